//! The phases of one synchronisation (P0-P9, P11).

use super::state::State;
use super::{Effect, Engine, Failure, InternetTurn, Role, Status, Timer};
use crate::units::Instant;

impl Engine {
    /// Is this an answer to what the synchronisation under way asked last?
    ///
    /// One that comes after a crash, or twice, is not; it is ignored.
    pub(super) fn expects(&self, attempt: u32, state: State) -> bool {
        attempt == self.disk.attempts && self.ram.state == state
    }

    /// Update Services answers: phase 1 begins (P2).
    pub(super) fn connected(&mut self, effects: &mut Vec<Effect>) {
        let attempt = self.disk.attempts;
        self.ram.state = State::Pulling;
        // P2: 6704, then a manual WSUS sync with the upstream.
        effects.push(Effect::Announce(Status::SynchronizingWsus { attempt }));
        effects.push(Effect::Pull { attempt });
    }

    /// WSUS holds the changes: the fixed wait begins (P3).
    pub(super) fn pulled(
        &mut self,
        version: Option<u32>,
        licence_terms_pending: bool,
        effects: &mut Vec<Effect>,
    ) {
        self.ram.state = State::Settling;
        // P5: a child takes its parent's number; the top-level site keeps its own until phase 2.
        // One that has moved below a parent that is behind keeps its own: it never goes back.
        self.ram.learnt.version = version.map_or(self.disk.version, |up| up.max(self.disk.version));
        self.ram.learnt.licence_terms_pending = licence_terms_pending;
        effects.push(Effect::Settle { attempt: self.disk.attempts });
    }

    /// The fixed wait is over: phase 2 at the top-level site, else what comes after it.
    pub(super) fn settled(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        if self.policy.role != Role::TopLevel {
            return self.database_done(now, effects);
        }
        let attempt = self.disk.attempts;
        let kind = self.disk.open.expect("a synchronisation is open while it settles").kind;
        self.ram.state = State::Importing;
        // P4: 6705; full compares everything, delta takes what is new.
        effects.push(Effect::Announce(Status::SynchronizingDatabase { attempt, kind }));
        effects.push(Effect::Import { attempt, kind });
    }

    /// The top-level site's database holds the changes (P4, P5).
    pub(super) fn imported(&mut self, now: Instant, version: u32, effects: &mut Vec<Effect>) {
        self.ram.learnt.version = version;
        // R1: metadata leave for the children's databases, whatever becomes of the rest: every
        // version they have not been sent, also one whose import was committed but never heard of.
        while self.disk.database_version < version {
            self.disk.database_version += 1;
            effects.push(Effect::Replicate { version: self.disk.database_version });
        }
        self.database_done(now, effects);
    }

    /// The site's own part is done: the internet-based point has its turn, or the site is done.
    fn database_done(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        match self.policy.internet_point {
            InternetTurn::BeforeDone => {
                let attempt = self.disk.attempts;
                self.ram.state = State::SyncingInternetPoint;
                // P6: 6706; P9, the default order: the site is not done before it.
                effects.push(Effect::Announce(Status::SynchronizingInternetPoint { attempt }));
                effects.push(Effect::SyncInternetPoint { attempt });
            }
            InternetTurn::None | InternetTurn::AfterDone => self.succeed(now, effects),
        }
    }

    /// The synchronisation has succeeded (P7).
    pub(super) fn succeed(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        let attempt = self.disk.attempts;
        let version = self.ram.learnt.version;
        let new_body = version != self.disk.version || !self.disk.synced_before;
        self.disk.open = None;
        self.disk.failures_in_row = 0;
        self.disk.synced_before = true;
        self.disk.version = version;
        self.ram.state = State::Idle;
        // P11: 6708 counts as success; exactly one of 6702, 6703, 6708 ends a run (M).
        let pending = self.ram.learnt.licence_terms_pending;
        effects.push(Effect::Announce(match pending {
            false => Status::Done { attempt, version },
            true => Status::DoneLicenceTermsPending { attempt, version },
        }));
        // C1: the site-wide policy; its body is new only when something changed.
        effects.push(Effect::CreatePolicy { version, new_body });
        // P7: only after success do the children hear of it.
        effects.push(Effect::RequestSync);
        if self.policy.internet_point == InternetTurn::AfterDone {
            // P9, the later order: owed from now on, and first in line.
            self.disk.point_owed = now;
            self.catch_up_internet_point(effects);
        } else {
            self.take_up_what_waits(now, effects);
        }
    }

    /// The internet-based point synchronises by itself (P9, *before*).
    pub(super) fn catch_up_internet_point(&mut self, effects: &mut Vec<Effect>) {
        let attempt = self.disk.attempts;
        self.ram.state = State::CatchingUpInternetPoint;
        effects.push(Effect::CancelTimer(Timer::InternetPoint));
        effects.push(Effect::Announce(Status::SynchronizingInternetPoint { attempt }));
        effects.push(Effect::SyncInternetPoint { attempt });
    }

    /// The point that synchronised by itself is done.
    pub(super) fn internet_point_caught_up(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        self.disk.point_owed = Instant::NEVER;
        self.ram.state = State::Idle;
        self.take_up_what_waits(now, effects);
    }

    /// The point that synchronised by itself has failed: its failure is its own (P9).
    pub(super) fn internet_point_left_behind(
        &mut self,
        now: Instant,
        failure: Failure,
        effects: &mut Vec<Effect>,
    ) {
        let attempt = self.disk.attempts;
        let at = now + self.policy.retry_every;
        self.disk.point_owed = at;
        self.ram.state = State::Idle;
        // M: 6707, out of step with its upstream; the site's own 6702 stands.
        let retry_at = Some(at);
        effects.push(Effect::Announce(Status::OutOfStep { attempt, failure, retry_at }));
        effects.push(Effect::SetTimer { timer: Timer::InternetPoint, at });
        self.take_up_what_waits(now, effects);
    }
}
