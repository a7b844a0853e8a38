//! What starts a synchronisation, what waits, and what is tried again (T1-T7).

use super::state::{Asked, Planned, Ram, State};
use super::{Effect, Engine, Failure, Kind, Phase, Reason, Role, Status, Timer, Trigger};
use crate::units::Instant;

impl Engine {
    /// Something asks for a synchronisation: now, or after the one under way.
    pub(super) fn ask(&mut self, asked: Asked, effects: &mut Vec<Effect>) {
        if self.ram.state == State::Idle {
            self.start(asked, effects);
        } else {
            // T6: one at a time; equal triggers merge, a waiting full absorbs a waiting delta.
            let Asked { trigger, kind } = asked;
            effects.push(Effect::Defer { trigger, kind });
            match &mut self.disk.waiting {
                Some(waiting) if waiting.kind >= kind => {}
                waiting => *waiting = Some(asked),
            }
        }
    }

    /// Starts a synchronisation; the site must be idle.
    fn start(&mut self, asked: Asked, effects: &mut Vec<Effect>) {
        assert_eq!(self.ram.state, State::Idle, "one synchronisation at a time (T6)");
        let Asked { trigger, mut kind } = asked;
        // T5: without a last sync time the first one is full, whatever started it.
        if !self.disk.synced_before {
            kind = Kind::Full;
        }
        // T6: it replaces a pending retry that it covers. A full retry behind a delta stays:
        // no trigger is ever lost.
        if self.disk.retry.is_some_and(|retry| retry.kind <= kind) {
            self.disk.retry = None;
            if trigger != Trigger::Retry {
                effects.push(Effect::CancelTimer(Timer::Retry));
            }
        }
        // T4: the limit counts retries in a row; anything else starts the count anew.
        if trigger != Trigger::Retry {
            self.disk.failures_in_row = 0;
        }
        self.disk.attempts += 1;
        let attempt = self.disk.attempts;
        self.disk.open = Some(Asked { kind, trigger });
        self.ram =
            Ram { state: State::Connecting, inserting: self.ram.inserting, ..Ram::default() };
        // P0: 6701 is the first thing that is heard of it.
        effects.push(Effect::Announce(Status::Started { attempt, kind, trigger }));
        effects.push(Effect::Connect { attempt });
    }

    /// The retry timer has run out (T4).
    pub(super) fn retry(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        match self.disk.retry {
            // T4: a child retries without a new request; the kind is that of the failed run.
            Some(Planned { at, kind }) if at <= now => {
                self.disk.retry = None;
                self.ask(Asked { kind, trigger: Trigger::Retry }, effects);
            }
            // Moved meanwhile: a timer may be late, but it is never obeyed early.
            Some(Planned { at, .. }) => {
                effects.push(Effect::SetTimer { timer: Timer::Retry, at });
            }
            // Replaced meanwhile.
            None => {}
        }
    }

    /// The site has lost its software update point (H4): nothing is tried again, nothing waits.
    pub(super) fn point_removed(&mut self, effects: &mut Vec<Effect>) {
        self.policy.role = Role::DatabaseOnly;
        self.disk.waiting = None;
        if self.disk.retry.take().is_some() {
            effects.push(Effect::CancelTimer(Timer::Retry));
        }
    }

    /// The synchronisation under way has failed (P8).
    pub(super) fn fail(&mut self, now: Instant, failure: Failure, effects: &mut Vec<Effect>) {
        let open = self.disk.open.take().expect("only an open synchronisation fails");
        self.ram.state = State::Idle;
        self.disk.failures_in_row += 1;
        // H4: without a point there is nothing to try again.
        let gives_up = self.policy.role == Role::DatabaseOnly
            || self.policy.retry_limit.is_some_and(|limit| self.disk.failures_in_row > limit);
        let pending = self.disk.retry;
        if !gives_up {
            // T4: sixty minutes after the end of the failed run. A retry that is pending
            // already (full, behind this delta) keeps its earlier instant and covers both.
            self.disk.retry = Some(match pending {
                Some(Planned { at, kind }) => Planned { at, kind: kind.max(open.kind) },
                None => Planned { at: now + self.policy.retry_every, kind: open.kind },
            });
        }
        let retry_at = self.disk.retry.map(|retry| retry.at);
        let attempt = self.disk.attempts;
        // P8: 6703; nothing is sent to the children, so the subtree below waits.
        effects.push(Effect::Announce(Status::Failed { attempt, failure, retry_at }));
        if let (None, Some(at)) = (pending, retry_at) {
            effects.push(Effect::SetTimer { timer: Timer::Retry, at });
        }
        self.take_up_what_waits(now, effects);
    }

    /// The site has become idle: whatever waited has its turn (T6).
    pub(super) fn take_up_what_waits(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        if let Some(waiting) = self.disk.waiting.take() {
            self.start(waiting, effects);
        } else if self.disk.point_owed <= now {
            self.catch_up_internet_point(effects);
        }
    }

    /// The site server is up again (T7).
    pub(super) fn restart(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        self.ram = Ram::default();
        if self.disk.open.is_some() {
            // T7: an attempt cut short gets its 6703 at the restart, and a retry.
            let failure = Failure { phase: Phase::Restart, reason: Reason::Restarted };
            self.fail(now, failure, effects);
        } else {
            self.take_up_what_waits(now, effects);
        }
        // T7: a retry that fell due while the site was down is made now.
        if let Some(Planned { at, .. }) = self.disk.retry {
            effects.push(Effect::SetTimer { timer: Timer::Retry, at: at.max(now) });
        }
        let at = self.disk.point_owed;
        if at > now && at != Instant::NEVER {
            effects.push(Effect::SetTimer { timer: Timer::InternetPoint, at });
        }
        self.insert_next(effects);
    }
}
