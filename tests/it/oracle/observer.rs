//! Stands at the doors of all engines: I1, I3, I5, I6, P7, and the counts that L3-L6 need.

use supsim::engine::{Effect, Engine, Input, Kind, Phase, Status, Timer, Trigger};
use supsim::scenario::{Action, Retry, Scenario};
use supsim::trace::{Fact, Record, Trace};
use supsim::units::{Instant, SiteId};
use supsim::world::Probe;

use super::promises::{
    Verdict, ensure, i1_a_child_starts_only_while_asked, i3_each_ends_exactly_once,
    i3_starts_are_numbered_one_by_one, i4_what_starts_by_hand_is_a_delta,
    i5_a_retry_does_not_disappear, i5_a_retry_is_on_time, i5_a_retry_is_planned,
    i6_a_child_is_full_and_waits_to_be_asked, p7_children_are_asked_after_a_success,
};
use super::reshaped::Schedule;
use super::{Asked, Clients, Complaint, Couriers, Oracle, Senders};

/// What makes an engine, or the way to it, a little different: a planted bug.
pub trait Tamper: std::fmt::Debug + Send {
    /// Learns who is whose parent, now and whenever that changes.
    fn meet(&mut self, _parents: &[Option<SiteId>]) {}

    /// Does this never reach the engine, lost in the world?
    fn loses(&mut self, _site: SiteId, _input: Input) -> bool {
        false
    }

    /// Takes the place of `engine.handle`.
    fn handle(
        &mut self,
        now: Instant,
        site: SiteId,
        engine: &mut Engine,
        input: Input,
        effects: &mut Vec<Effect>,
    );
}

/// What has been seen of a site.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub top: bool,
    /// Below the top-level site.
    pub child: bool,
    /// Has it a point, so that it is asked?
    pub point: bool,
    /// How many points have been installed at it.
    pub installed: u32,
    /// How often its point has begun to be exported, and been carried over and imported (P10).
    pub exported: u32,
    pub carried: u32,
    /// From whose WSUS it pulls, or pulled last.
    pub pulls_from: Option<usize>,
    /// Its parent below or at the top-level site.
    pub parent: Option<usize>,
    pub(super) retry_set: Retry,
    pub(super) attempts: u32,
    /// The attempt without an end.
    pub open: Option<Open>,
    /// The retry owed.
    pub retry: Option<(Instant, Kind)>,
    /// A retry that fell due while the site was busy.
    pub(super) retry_waits: Option<Kind>,
    pub(super) failures_in_row: u32,
    pub(super) synced_before: bool,
    /// The internet-based point synchronises by itself (P9).
    pub(super) catching_up: bool,
    /// When the internet-based point that was left behind is tried again.
    pub point_due: Option<Instant>,
    /// When it was busy last.
    pub(super) busy_until: Instant,
    pub(super) came_up: Instant,
    pub(super) down: bool,
    /// At which call the last request, or installation, was delivered to it.
    pub(super) delivered: u64,
    /// Is that still to be covered by a success?
    pub uncovered: bool,
    /// At which call its parent last sent it a request that was not given up.
    pub(super) sent: u64,
    /// Its last word was 6703, and it will not try again.
    pub given_up: bool,
    /// Its last word was 6703.
    pub failed: bool,
    /// The kind of the attempt whose import was committed last.
    pub imported_by: Option<Kind>,
}

/// An attempt under way.
#[derive(Clone, Copy, Debug)]
pub struct Open {
    pub(super) attempt: u32,
    pub(super) kind: Kind,
    /// At which call it started.
    pub(super) started: u64,
}

/// What the observer has counted; nothing of it decides anything.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub attempts: u64,
    pub successes: u64,
    pub failures: u64,
    pub retries_on_time: u64,
    pub retries_after_restart: u64,
    pub retries_that_waited: u64,
    pub retries_replaced: u64,
}

/// See the module.
#[derive(Debug)]
pub struct Observer {
    asked: Asked,
    pub(super) bug: Option<Box<dyn Tamper>>,
    pub ledgers: Vec<Ledger>,
    /// Where each site lies, as operations move it.
    pub(super) parents: Vec<Option<usize>>,
    /// What an administrator does.
    pub(super) operations: Vec<(SiteId, Action)>,
    pub(super) schedule: Option<Schedule>,
    /// What the senders do.
    pub senders: Senders,
    /// How metadata are carried to internet-based points.
    pub couriers: Couriers,
    /// What clients do.
    pub clients: Clients,
    /// So many calls of engines.
    pub(super) calls: u64,
    /// How much of the trace has been read.
    read: usize,
    pub counts: Counts,
    /// The first promise that was not kept.
    pub complaint: Option<Complaint>,
}

impl Observer {
    pub fn new(
        scenario: &Scenario,
        current: bool,
        asked: Asked,
        mut bug: Option<Box<dyn Tamper>>,
    ) -> Self {
        let hierarchy = scenario.hierarchy();
        if let Some(bug) = &mut bug {
            let parents: Vec<_> = scenario.sites.iter().map(|site| site.parent).collect();
            bug.meet(&parents);
        }
        let top_level = hierarchy.top_level();
        let ledger = |number: usize| {
            let site = SiteId(number as u32);
            let child = hierarchy.within_top_level(site) && top_level != Some(site);
            Ledger {
                top: top_level == Some(site),
                child,
                installed: 0,
                exported: 0,
                carried: 0,
                pulls_from: None,
                point: scenario.sites[number].sup.is_some(),
                parent: hierarchy.parent(site).filter(|_| child).map(SiteId::index),
                retry_set: scenario.sites[number].retry,
                attempts: 0,
                open: None,
                retry: None,
                retry_waits: None,
                failures_in_row: 0,
                synced_before: current,
                catching_up: false,
                point_due: None,
                busy_until: Instant::START,
                came_up: Instant::START,
                down: false,
                delivered: 0,
                uncovered: false,
                sent: 0,
                given_up: false,
                failed: false,
                imported_by: None,
            }
        };
        Self {
            asked,
            bug,
            ledgers: (0..scenario.sites.len()).map(ledger).collect(),
            parents: scenario.sites.iter().map(|site| site.parent.map(SiteId::index)).collect(),
            operations: scenario
                .operations
                .iter()
                .map(|operation| (operation.site, operation.action.clone()))
                .collect(),
            schedule: None,
            senders: Senders::default(),
            couriers: Couriers::default(),
            clients: Clients::default(),
            calls: 0,
            read: 0,
            counts: Counts::default(),
            complaint: None,
        }
    }

    /// Reads what was recorded of the sites' surroundings: who went down, what was given up.
    pub fn read(&mut self, trace: &Trace, now: Instant) {
        for position in self.read..trace.records.len() {
            let Record { at, site, fact, .. } = trace.records[position];
            let senders = self.senders.read(trace, position);
            let couriers = self.couriers.read(&trace.records[position]);
            let clients = self.clients.read(&trace.records[position]);
            self.complain(at, site, senders.and(couriers).and(clients));
            match fact {
                Fact::WentDown => {
                    let ledger = &mut self.ledgers[site.index()];
                    ledger.down = true;
                    ledger.catching_up = false;
                }
                Fact::CameUp => {
                    let ledger = &mut self.ledgers[site.index()];
                    (ledger.down, ledger.came_up) = (false, at);
                }
                // R5: after seven days a request is given up; the next success sends another.
                Fact::SendingFailed { to, again_at: None } => self.ledgers[to.index()].sent = 0,
                Fact::ExportStarted { .. } => self.ledgers[site.index()].exported += 1,
                Fact::PointImported { .. } => self.ledgers[site.index()].carried += 1,
                Fact::Operated { operation } => self.operated(operation as usize),
                _ => {}
            }
        }
        self.read = trace.records.len();
        self.schedule_is_kept(now);
        if let Err((site, found)) = self.couriers.are_on_time(now.micros()) {
            self.complain(now, site, Err((Oracle::P10, found)));
        }
    }

    fn complain(&mut self, at: Instant, site: SiteId, verdict: Verdict) {
        if let (Err((oracle, found)), None) = (verdict, &self.complaint)
            && self.asked.for_oracle(oracle)
        {
            self.complaint = Some(Complaint { oracle, at, site, found });
        }
    }

    /// L3, as far as it can be counted here: was the last request to this site delivered?
    pub fn last_request_was_delivered(&self, site: usize) -> bool {
        self.ledgers[site].sent <= self.ledgers[site].delivered
    }

    fn before(&mut self, now: Instant, site: SiteId, input: Input) -> Verdict {
        let calls = self.calls;
        let ledger = &mut self.ledgers[site.index()];
        match input {
            Input::Restarted => (ledger.down, ledger.came_up) = (false, now),
            Input::SyncRequested if ledger.child && !ledger.point => {}
            Input::SyncRequested | Input::PointInstalled if ledger.child => {
                ledger.gets_a_point(input);
                ledger.delivered = calls;
                ledger.uncovered = true;
            }
            Input::PointRemoved => ledger.loses_its_point(),
            Input::ScheduleDue => {
                if let Some(schedule) = &mut self.schedule {
                    schedule.falls_due(ledger, now)?;
                }
            }
            Input::TimerFired(Timer::Retry) => {
                let due = ledger.retry.filter(|(at, _)| *at <= now);
                if ledger.is_busy()
                    && let Some((_, kind)) = due
                {
                    ledger.retry = None;
                    ledger.retry_waits = Some(kind);
                }
            }
            Input::Imported { .. } => ledger.imported_by = ledger.open.map(|open| open.kind),
            Input::InternetPointSynced { .. } | Input::StepFailed { .. } if ledger.catching_up => {
                ledger.catching_up = false;
                ledger.busy_until = now;
                if matches!(input, Input::InternetPointSynced { .. }) {
                    ledger.point_due = None;
                }
            }
            _ => {}
        }
        // A retry that comes too late is another matter, and asked when it starts.
        match input {
            Input::TimerFired(Timer::Retry) => Ok(()),
            _ => i5_a_retry_does_not_disappear(ledger, now),
        }
    }

    fn after(&mut self, now: Instant, site: SiteId, effects: &[Effect]) -> Verdict {
        let mut succeeded = 0;
        let mut asked = 0;
        for effect in effects {
            match *effect {
                Effect::Announce(status) => {
                    if matches!(
                        status,
                        Status::Done { .. } | Status::DoneLicenceTermsPending { .. }
                    ) {
                        succeeded += 1;
                    }
                    self.announced(now, site, status)?;
                }
                Effect::RequestSync => {
                    asked += 1;
                    let calls = self.calls;
                    for ledger in &mut self.ledgers {
                        if ledger.point && ledger.parent == Some(site.index()) {
                            ledger.sent = calls;
                        }
                    }
                }
                Effect::SyncInternetPoint { .. } => {
                    let ledger = &mut self.ledgers[site.index()];
                    ledger.catching_up = ledger.open.is_none();
                }
                _ => {}
            }
        }
        p7_children_are_asked_after_a_success(succeeded, asked)
    }

    fn announced(&mut self, now: Instant, site: SiteId, status: Status) -> Verdict {
        let calls = self.calls;
        let ledger = &mut self.ledgers[site.index()];
        match status {
            Status::Started { attempt, kind, trigger } => {
                i3_starts_are_numbered_one_by_one(ledger, attempt)?;
                i1_a_child_starts_only_while_asked(ledger, trigger)?;
                i6_a_child_is_full_and_waits_to_be_asked(ledger, kind, trigger)?;
                i5_a_retry_is_on_time(ledger, now, kind, trigger, &mut self.counts)?;
                i4_what_starts_by_hand_is_a_delta(ledger, kind, trigger)?;
                if trigger != Trigger::Retry {
                    ledger.failures_in_row = 0;
                    self.counts.retries_replaced += u64::from(ledger.retry.is_some());
                }
                if ledger.retry.is_some_and(|(_, planned)| planned <= kind) {
                    ledger.retry = None;
                }
                self.counts.attempts += 1;
                ledger.retry_waits = None;
                ledger.attempts = attempt;
                ledger.open = Some(Open { attempt, kind, started: calls });
                ledger.failed = false;
            }
            Status::Failed { attempt, failure, retry_at } => {
                let open = i3_each_ends_exactly_once(ledger, attempt)?;
                ledger.busy_until = now;
                ledger.failures_in_row += 1;
                ledger.failed = true;
                self.counts.failures += 1;
                if failure.phase == Phase::Restart {
                    ledger.catching_up = false;
                }
                i5_a_retry_is_planned(ledger, now, open.kind, retry_at)?;
            }
            Status::Done { attempt, .. } | Status::DoneLicenceTermsPending { attempt, .. } => {
                let open = i3_each_ends_exactly_once(ledger, attempt)?;
                ledger.busy_until = now;
                ledger.failures_in_row = 0;
                ledger.synced_before = true;
                ledger.failed = false;
                ledger.given_up = false;
                self.counts.successes += 1;
                // A success covers what had been delivered when it started.
                if open.started >= ledger.delivered {
                    ledger.uncovered = false;
                }
            }
            Status::OutOfStep { retry_at, .. } => ledger.point_due = retry_at,
            Status::SynchronizingWsus { attempt }
            | Status::SynchronizingDatabase { attempt, .. } => {
                let open = ledger.open.is_some_and(|open| open.attempt == attempt);
                ensure(open, Oracle::I3, || format!("{status:?}, but it is not open"))?;
                if matches!(status, Status::SynchronizingWsus { .. }) {
                    ledger.pulls_from = ledger.parent;
                }
            }
            Status::SynchronizingInternetPoint { .. } => {}
        }
        Ok(())
    }
}

impl Ledger {
    pub(super) fn is_busy(&self) -> bool {
        self.open.is_some() || self.catching_up
    }

    /// Is a retry planned for a time that is still to come?
    pub fn will_retry(&self, now: Instant) -> bool {
        self.retry.is_some_and(|(at, _)| at + self.retry_set.jitter >= now)
    }

    /// May it give up after failing (T4)?
    pub fn has_limit(&self) -> bool {
        self.retry_set.limit.is_some()
    }
}

impl Probe for Observer {
    fn handle(
        &mut self,
        now: Instant,
        site: SiteId,
        engine: &mut Engine,
        input: Input,
        effects: &mut Vec<Effect>,
    ) {
        if let Some(bug) = &mut self.bug
            && bug.loses(site, input)
        {
            return;
        }
        self.calls += 1;
        let verdict = self.before(now, site, input);
        self.complain(now, site, verdict);
        match &mut self.bug {
            Some(bug) => bug.handle(now, site, engine, input, effects),
            None => engine.handle(now, input, effects),
        }
        let verdict = self.after(now, site, effects);
        self.complain(now, site, verdict);
    }
}
