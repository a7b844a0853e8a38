//! What every trace must keep, whatever the scenario: an auditor that reads the record and shares
//! no logic with the engine. `swarm` has it read many random worlds, and it reads the scenarios
//! of this project.

use std::collections::BTreeMap;

use supsim::engine::{Kind, Status, Trigger};
use supsim::scenario::{Action, Fault, FaultEffect, Operation, Scenario};
use supsim::trace::{Fact, Record, Trace};
use supsim::units::{Instant, SiteId};

use crate::support;

/// A complaint: which record, and what is wrong with it.
type Verdict = Result<(), String>;

/// What the auditor remembers of a site.
#[derive(Clone, Debug, Default)]
struct Ledger {
    attempts: u32,
    /// The synchronisation without an end.
    open: Option<(u32, Kind)>,
    /// The retry that has been announced.
    retry: Option<(Instant, Kind)>,
    /// A retry that fell due while another synchronisation ran (T6).
    retry_waits: bool,
    down: bool,
    /// When it last came up.
    came_up: Option<Instant>,
    requests: u32,
    requested: u32,
    successes: u32,
    /// The content version of its database.
    database: u32,
    /// The versions of the packages that have arrived.
    packages: Vec<u32>,
}

struct Auditor<'a> {
    scenario: &'a Scenario,
    trace: &'a Trace,
    top_level: SiteId,
    ledgers: Vec<Ledger>,
    /// Requests sent, by sender and receiver.
    sent: BTreeMap<(SiteId, SiteId), u32>,
    /// Is there something that doubles packages?
    doubles: bool,
    /// The parent of each site, as operations move them.
    parents: Vec<Option<SiteId>>,
    /// Do operations move sites, or install and remove their points? Then a new parent sends what
    /// the old one would have.
    reshaped: bool,
}

/// Holds a trace against the rules; needs everything recorded.
pub fn audit(scenario: &Scenario, trace: &Trace, database: u32) -> Verdict {
    let Some(top_level) = scenario.hierarchy().top_level() else { return Ok(()) };
    let ledger = Ledger { database, ..Ledger::default() };
    let ledgers = vec![ledger; scenario.sites.len()];
    let doubling = |fault: &Fault| fault.effect == FaultEffect::DuplicatePackage;
    let reshapes = |operation: &Operation| {
        matches!(operation.action, Action::MoveSite { .. } | Action::InstallSup | Action::RemoveSup)
    };
    let reshaped = scenario.operations.iter().any(reshapes);
    let doubles = reshaped || scenario.faults.iter().any(doubling);
    let parents = scenario.sites.iter().map(|site| site.parent).collect();
    let mut auditor = Auditor {
        scenario,
        trace,
        top_level,
        ledgers,
        sent: BTreeMap::new(),
        doubles,
        parents,
        reshaped,
    };
    let mut now = Instant::START;
    for (position, record) in trace.records.iter().enumerate() {
        let complaint =
            |what: String| format!("record {position} {:?}: {what}", trace.records[position]);
        if record.at != now {
            ensure(record.at > now, "time goes back").map_err(complaint)?;
            auditor.instant_is_over(now).map_err(complaint)?;
            now = record.at;
        }
        auditor.cause(position, record).map_err(complaint)?;
        auditor.fact(position, record).map_err(complaint)?;
    }
    auditor.requests()
}

fn ensure(holds: bool, otherwise: &str) -> Verdict {
    if holds { Ok(()) } else { Err(otherwise.to_owned()) }
}

impl Auditor<'_> {
    fn parent(&self, site: SiteId) -> Option<SiteId> {
        self.parents[site.index()]
    }

    /// Nothing more happens at `now`: what fell due then must have been done.
    fn instant_is_over(&self, now: Instant) -> Verdict {
        for (site, ledger) in self.ledgers.iter().enumerate() {
            let jitter = self.scenario.sites[site].retry.jitter;
            // T7: one that fell due while the site was down is made, and delayed, at the restart.
            let up = ledger.came_up.unwrap_or(Instant::START);
            let due = ledger.retry.is_some_and(|(at, _)| at.max(up) + jitter <= now);
            let idle = !ledger.down && ledger.open.is_none();
            let code = &self.scenario.sites[site].code;
            ensure(!(due && idle), &format!("T4, T7: the retry of {code} was not made"))?;
        }
        Ok(())
    }

    /// A cause stands before its record, and nothing happens because of a site beside.
    fn cause(&self, position: usize, record: &Record) -> Verdict {
        let Some(before) = record.cause.position() else { return Ok(()) };
        ensure(before < position, "its cause stands behind it")?;
        let cause = &self.trace.records[before];
        let own = cause.site == record.site;
        // From the parent, also from the one it had when that was sent; and a site that moves makes
        // its new parent send.
        let above = self.parent(record.site) == Some(cause.site)
            || matches!(cause.fact, Fact::RequestSent { to } | Fact::PackageSent { to, .. }
                | Fact::CatalogueSent { to, .. } | Fact::SendingWaited { to, .. } | Fact::SendingStarted { to, .. }
                | Fact::SendingStruck { to, .. } | Fact::SendingFailed { to, .. }
                if to == record.site)
            // Clients of a secondary site without a point stay with the point they had (H4).
            || matches!(record.fact, Fact::PolicyFetched { .. } | Fact::Scanned { .. }
                | Fact::ScansFailed { .. })
                && self.scenario.sites[record.site.index()].parent == Some(cause.site)
            || matches!(cause.fact, Fact::Operated { .. })
                && self.parent(cause.site) == Some(record.site);
        let strikes = matches!(cause.fact, Fact::FaultBegan { .. } | Fact::WentDown);
        let hit = matches!(record.fact, Fact::FaultHit { .. });
        ensure(own || !hit || strikes, "F: it is hit by something that is no fault")?;
        ensure(own || above, &format!("its cause is at neither its site nor above: {cause:?}"))
    }

    /// What led to a start is what its trigger says (T1-T5).
    fn led_by(&self, position: usize, trigger: Trigger) -> Verdict {
        let before = |record: &Record| record.cause.position().map(|at| &self.trace.records[at]);
        let mut cause = before(&self.trace.records[position]);
        if let Some(deferred) = cause
            && let Fact::TriggerDeferred { trigger: waiting, .. } = deferred.fact
        {
            ensure(waiting == trigger, "T6: it is not the trigger that waited")?;
            cause = before(deferred);
        }
        let led = match (trigger, cause.map(|record| record.fact)) {
            (Trigger::Installed, Some(Fact::Operated { .. })) => true,
            (Trigger::Schedule | Trigger::Installed, cause) => cause.is_none(),
            (Trigger::Manual, Some(Fact::Operated { .. })) => true,
            (Trigger::Parent, Some(Fact::RequestArrived)) => true,
            (Trigger::Retry, Some(Fact::Announced(Status::Failed { .. }))) => true,
            _ => false,
        };
        ensure(led, &format!("its trigger is {trigger}, but it was led to by {cause:?}"))
    }

    fn started(&mut self, position: usize, attempt: u32, kind: Kind, trigger: Trigger) -> Verdict {
        let record = &self.trace.records[position];
        self.led_by(position, trigger)?;
        let top_level = record.site == self.top_level;
        let jitter = self.scenario.sites[record.site.index()].retry.jitter;
        let ledger = &mut self.ledgers[record.site.index()];
        ensure(ledger.open.is_none(), "T6: two synchronisations at once")?;
        ensure(!ledger.down, "T7: it starts while the site is down")?;
        ensure(attempt == ledger.attempts + 1, "M: a number is missing")?;
        match trigger {
            Trigger::Parent => {
                ledger.requested += 1;
                ensure(ledger.requested <= ledger.requests, "T3: nobody asked for it")?;
                ensure(!top_level && kind == Kind::Full, "T3: a child's sync is full")?;
            }
            Trigger::Schedule => ensure(top_level && kind == Kind::Full, "T1")?,
            Trigger::Installed if self.reshaped => {}
            Trigger::Manual | Trigger::Installed => ensure(top_level, "T2")?,
            Trigger::Retry if ledger.retry_waits => {}
            Trigger::Retry => {
                let Some((at, planned)) = ledger.retry else {
                    return Err("T4: a retry that nobody planned".to_owned());
                };
                ensure(kind == planned, "T4: a retry keeps its kind")?;
                let late = ledger.came_up.is_some_and(|up| record.at <= up + jitter && up > at);
                let in_time = (at..=at + jitter).contains(&record.at);
                ensure(in_time || late, "T4: a retry at another time than was announced")?;
            }
        }
        // T6: a start replaces the pending retry that it covers.
        if ledger.retry.is_some_and(|(_, planned)| planned <= kind) {
            ledger.retry = None;
        }
        ledger.retry_waits = false;
        ledger.attempts = attempt;
        ledger.open = Some((attempt, kind));
        Ok(())
    }

    fn failed(&mut self, record: &Record, attempt: u32, retry_at: Option<Instant>) -> Verdict {
        let retry = self.scenario.sites[record.site.index()].retry;
        let ledger = &mut self.ledgers[record.site.index()];
        let Some((number, kind)) = ledger.open.take() else {
            return Err("M: it ends twice".to_owned());
        };
        ensure(number == attempt, "M: the end of another")?;
        match (retry_at, ledger.retry) {
            (None, _) => {
                let may = retry.limit.is_some() || self.reshaped;
                ensure(may, "T4: it gives up without a limit")?;
            }
            (Some(at), Some((pending, planned))) => {
                ensure(at == pending, "T4: a pending retry is moved")?;
                ledger.retry = Some((at, planned.max(kind)));
            }
            (Some(at), None) => {
                ensure(at == record.at + retry.every, "T4: a retry at the wrong time")?;
                ledger.retry = Some((at, kind));
            }
        }
        Ok(())
    }

    fn fact(&mut self, position: usize, record: &Record) -> Verdict {
        let Record { site, at, fact, .. } = *record;
        let parent = self.parent(site);
        match fact {
            Fact::Announced(Status::Started { attempt, kind, trigger }) => {
                return self.started(position, attempt, kind, trigger);
            }
            Fact::Announced(Status::Failed { attempt, retry_at, .. }) => {
                return self.failed(record, attempt, retry_at);
            }
            Fact::RequestSent { to } => {
                let sent = self.sent.entry((site, to)).or_default();
                *sent += 1;
                let successes = self.ledgers[site.index()].successes;
                return ensure(
                    *sent == successes || self.reshaped,
                    "P7: one request for each success",
                );
            }
            Fact::Operated { operation } => {
                match self.scenario.operations[operation as usize].action {
                    Action::MoveSite { under, .. } => self.parents[site.index()] = Some(under),
                    Action::RemoveSup => self.ledgers[site.index()].retry = None,
                    _ => {}
                }
                return Ok(());
            }
            _ => {}
        }
        let reshaped = self.reshaped;
        let above = parent.map_or(0, |parent| self.ledgers[parent.index()].database);
        let top_level = site == self.top_level;
        let ledger = &mut self.ledgers[site.index()];
        match fact {
            Fact::Announced(
                Status::Done { attempt, .. } | Status::DoneLicenceTermsPending { attempt, .. },
            ) => {
                let open = ledger.open.take();
                ledger.successes += 1;
                ensure(open.is_some_and(|open| open.0 == attempt), "M: the end of another")
            }
            Fact::Announced(
                Status::SynchronizingWsus { attempt }
                | Status::SynchronizingDatabase { attempt, .. },
            )
            | Fact::Transferred { attempt, .. }
            | Fact::Pulled { attempt, .. }
            | Fact::Settled { attempt } => {
                ensure(ledger.open.is_some_and(|open| open.0 == attempt), "it is not under way")
            }
            Fact::Imported { attempt, version, .. } => {
                ensure(ledger.open.is_some_and(|open| open.0 == attempt), "it is not under way")?;
                ensure(top_level, "P4: phase 2 below the top")?;
                let risen = version - ledger.database;
                ledger.database = version;
                ensure(risen <= 1, "P5: the content version leaps")
            }
            Fact::TriggerDeferred { trigger, .. } => {
                if trigger == Trigger::Retry {
                    ledger.retry = None;
                    ledger.retry_waits = true;
                }
                // While the internet-based point catches up (P9) none is open.
                Ok(())
            }
            Fact::RequestArrived => {
                ledger.requests += 1;
                ensure(!ledger.down, "a request reaches a site that is down")
            }
            Fact::PackageSent { version, .. } => {
                let inserted = version == ledger.database || reshaped && version < ledger.database;
                ensure(inserted, "R2: what is sent is what was inserted")
            }
            Fact::PackageArrived { version } => {
                ensure(!ledger.down, "a package reaches a site that is down")?;
                ensure(version <= above || reshaped, "R2: a package from nowhere")?;
                if ledger.packages.contains(&version) {
                    return ensure(self.doubles, "R7: a package comes twice");
                }
                ledger.packages.push(version);
                Ok(())
            }
            Fact::PackageInserted { version } => {
                ensure(ledger.packages.contains(&version), "R7: it never arrived")?;
                ensure(version == ledger.database + 1, "R7: out of order")?;
                ledger.database = version;
                Ok(())
            }
            Fact::WentDown => {
                let up = !std::mem::replace(&mut ledger.down, true);
                ensure(up, "T7: it is down already")
            }
            Fact::CameUp => {
                ledger.came_up = Some(at);
                let down = std::mem::replace(&mut ledger.down, false);
                ensure(down, "T7: it is up already")
            }
            _ => Ok(()),
        }
    }

    /// P7: every success asked every child with a point, and nothing else did.
    fn requests(&self) -> Verdict {
        if self.reshaped {
            return Ok(());
        }
        for (child, site) in self.scenario.sites.iter().enumerate() {
            let child = SiteId(child as u32);
            let Some(parent) = site.parent.filter(|_| child != self.top_level) else { continue };
            let sent = self.sent.get(&(parent, child)).copied().unwrap_or(0);
            let successes = self.ledgers[parent.index()].successes;
            let wanted = if site.sup.is_some() { successes } else { 0 };
            let code = &site.code;
            ensure(sent == wanted, &format!("P7: {sent} requests to {code}, not {wanted}"))?;
        }
        Ok(())
    }
}

#[test]
fn every_scenario_of_the_project_stands_an_audit() {
    for path in support::scenarios() {
        let mut scenario = support::read(&path);
        // Whatever it records for itself: an auditor must see everything.
        scenario.recording = supsim::scenario::Recording::All;
        for replication in 0..3 {
            let trace = supsim::world::run(&scenario, replication);
            let current = scenario.initial == supsim::scenario::Initial::Current;
            if let Err(complaint) = audit(&scenario, &trace, u32::from(current)) {
                panic!("{} replication {replication}: {complaint}", path.display());
            }
        }
    }
}

/// The auditor sees what it looks for: a trace with one record less, or one twice, is no longer
/// in order wherever that record is one of those that belong together.
#[test]
fn an_audit_notices_what_is_missing_and_what_is_doubled() {
    let scenario = support::read(&support::project("scenarios/06-site-down.yaml"));
    let trace = support::run(&scenario);
    assert_eq!(audit(&scenario, &trace, 1), Ok(()));
    let mut noticed = 0;
    for (position, record) in trace.records.iter().enumerate() {
        let ends = matches!(
            record.fact,
            Fact::Announced(Status::Started { .. } | Status::Done { .. } | Status::Failed { .. })
        );
        if !ends {
            continue;
        }
        let mut doubled = trace.clone();
        // At the end, so that no other record's cause moves.
        doubled.records.push(Record { at: trace.records[trace.records.len() - 1].at, ..*record });
        assert!(audit(&scenario, &doubled, 1).is_err(), "record {position} doubled");
        let mut missing = trace.clone();
        missing.records[position].fact = Fact::Settled { attempt: 0 };
        assert!(audit(&scenario, &missing, 1).is_err(), "record {position} missing");
        noticed += 1;
    }
    assert!(noticed >= 4);
}
