//! What every site holds, does and waits for at an instant, and until when.

use std::collections::BTreeMap;

use super::Outcome;
use crate::scenario::{Action, Scenario};
use crate::trace::{Fact, Kind, Limit, Priority, Record, Status, Trace, Trigger, Wait};
use crate::units::{FaultId, Instant, ReleaseId, SiteId};

/// A site at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Which site.
    pub site: SiteId,
    /// Has it an active software update point?
    pub has_point: bool,
    /// The content version at its last success; `None`: none in this run yet.
    pub version: Option<u32>,
    /// The content version that its site database was brought to; `None`: not in this run yet.
    pub database_version: Option<u32>,
    /// The releases that are asked for and that it lacks, in order.
    pub lacks: Vec<ReleaseId>,
    /// What it does and waits for, what is out of order first.
    pub doings: Vec<Doing>,
}

/// Something that a site does or waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doing {
    /// What.
    pub what: What,
    /// Since when.
    pub since: Instant,
    /// Until when, by what was planned or else by what is recorded later; `None`: not before the
    /// end of the run.
    pub until: Option<Instant>,
}

/// What a site can be doing, or waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The site server is down.
    Down,
    /// A fault holds it.
    Held(FaultId),
    /// A synchronisation: its number, and its step.
    Syncing(u32, SyncStep),
    /// A package is being inserted into its database.
    Inserting(u32),
    /// An insertion was rolled back and is begun again.
    InsertingAgain(u32),
    /// A run of export, carrying and import.
    Exporting(u32, ExportStep),
    /// A trigger waits for the end of the synchronisation under way (T6).
    Deferred(Trigger),
    /// A request has arrived and is yet to be noticed and read.
    Reading,
    /// The retry of a synchronisation: its number.
    Retry(u32),
    /// The retry of the internet-based point alone.
    PointRetry,
    /// A request is on its way to it.
    RequestComing(Coming),
    /// The package of a content version is on its way to its database.
    PackageComing(u32, Coming),
    /// Nothing but the next time that the schedule falls due.
    Schedule,
}

/// The steps of a synchronisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncStep {
    /// From 6701 to 6704.
    Connecting,
    /// Behind other pulls.
    Queued,
    /// The catalogue is on its way.
    Transferring,
    /// WSUS works on it.
    WsusWork,
    /// The fixed wait.
    Settling,
    /// Phase 2.
    Importing,
    /// The internet-based point pulls.
    InternetPoint,
}

/// The steps of a run of export, carrying and import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportStep {
    /// The active point is exported.
    Exporting,
    /// It is carried.
    Carrying,
    /// It is imported.
    Importing,
}

/// Where something is that is being sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coming {
    /// Under way.
    Sent(Limit),
    /// At the sender, waiting.
    Waits(Wait),
    /// It failed and is tried again.
    Again,
}

/// What can be one at a time at a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Down,
    Fault(FaultId),
    Sync,
    Insert(u32),
    Export,
    Deferred,
    Reading,
    Retry,
    PointRetry,
    Request,
    Package(u32),
}

/// What has been read of a record.
struct Reading<'a> {
    scenario: &'a Scenario,
    records: &'a [Record],
    now: BTreeMap<(SiteId, Key), Doing>,
    points: Vec<bool>,
    versions: Vec<Option<u32>>,
    database_versions: Vec<Option<u32>>,
    /// What each site's last synchronisation was, for its retry.
    kinds: Vec<Kind>,
    /// The instant that is asked for, once it has been passed.
    asked: Option<BTreeMap<(SiteId, Key), Doing>>,
}

impl Standing {
    /// Every site at an instant, in the order of the scenario.
    pub fn at(scenario: &Scenario, trace: &Trace, outcome: &Outcome, at: Instant) -> Vec<Standing> {
        let sites = scenario.sites.len();
        let mut reading = Reading {
            scenario,
            records: &trace.records,
            now: BTreeMap::new(),
            points: scenario.sites.iter().map(|site| site.sup.is_some()).collect(),
            versions: vec![None; sites],
            database_versions: vec![None; sites],
            kinds: vec![Kind::Full; sites],
            asked: None,
        };
        let then = trace.records.partition_point(|record| record.at <= at);
        trace.records[..then].iter().for_each(|record| reading.read(record));
        let (points, versions) = (reading.points.clone(), reading.versions.clone());
        let database_versions = reading.database_versions.clone();
        reading.asked = Some(reading.now.clone());
        // What comes later says until when.
        trace.records[then..].iter().for_each(|record| reading.read(record));
        let asked = reading.asked.unwrap_or_default();
        let mut standings: Vec<Standing> = (0..sites)
            .map(|site| Standing {
                site: SiteId(site as u32),
                has_point: points[site],
                version: versions[site],
                database_version: database_versions[site],
                lacks: Vec::new(),
                doings: Vec::new(),
            })
            .collect();
        for (&(site, _), doing) in &asked {
            standings[site.index()].doings.push(*doing);
        }
        for arrival in outcome.arrivals.iter().filter(|arrival| arrival.wanted <= at) {
            if arrival.current.is_none_or(|current| current > at) {
                standings[arrival.site.index()].lacks.push(arrival.release);
            }
        }
        if let Some(top) = scenario.top_level()
            && standings[top.index()].doings.iter().all(|doing| !doing.what.is_work())
        {
            let clock = scenario.sites[top.index()].clock_offset;
            let due = scenario.sync.schedule.iter().filter_map(|&due| clock.really(due));
            let until = due.filter(|due| *due > at).min();
            standings[top.index()].doings.push(Doing { what: What::Schedule, since: at, until });
        }
        standings
    }
}

impl What {
    /// Is it work of its own, and not waiting for somebody?
    pub fn is_work(self) -> bool {
        matches!(self, What::Syncing(..) | What::Inserting(_) | What::Exporting(..))
    }
}

impl Reading<'_> {
    fn begin(&mut self, at: Instant, site: SiteId, key: Key, what: What, until: Option<Instant>) {
        self.end(at, site, key);
        self.now.insert((site, key), Doing { what, since: at, until });
    }

    /// It is over; of what was asked for it is known now until when it went on.
    fn end(&mut self, at: Instant, site: SiteId, key: Key) {
        let Some(over) = self.now.remove(&(site, key)) else { return };
        if let Some(asked) = &mut self.asked
            && let Some(doing) = asked.get_mut(&(site, key))
            && (doing.what, doing.since) == (over.what, over.since)
        {
            doing.until = Some(at);
        }
    }

    /// All that is on its way to a site in a priority is now there.
    fn coming(
        &mut self,
        at: Instant,
        to: SiteId,
        priority: Priority,
        coming: Coming,
        until: Option<Instant>,
    ) {
        let of_priority = |key: &Key| match key {
            Key::Request => priority == Priority::High,
            Key::Package(_) => priority == Priority::Normal,
            _ => false,
        };
        let all = self.now.range((to, Key::Down)..=(to, Key::Package(u32::MAX)));
        let keys: Vec<Key> = all.map(|(&(_, key), _)| key).filter(of_priority).collect();
        for key in keys {
            let what = match key {
                Key::Package(version) => What::PackageComing(version, coming),
                _ => What::RequestComing(coming),
            };
            self.begin(at, to, key, what, until);
        }
    }

    fn read(&mut self, record: &Record) {
        let Record { at, site, fact, .. } = *record;
        let sent = Coming::Sent(Limit::None);
        match fact {
            Fact::Announced(status) => self.read_status(at, site, status),
            Fact::PullWaited { attempt } => self.step(at, site, attempt, SyncStep::Queued),
            Fact::PullAdmitted { attempt } => self.step(at, site, attempt, SyncStep::Transferring),
            Fact::Transferred { attempt, .. } => self.step(at, site, attempt, SyncStep::WsusWork),
            Fact::Pulled { attempt, .. } => self.step(at, site, attempt, SyncStep::Settling),
            Fact::Imported { version, .. } => {
                self.database_versions[site.index()] = Some(version);
            }
            Fact::InternetPointSynced { .. } => self.end(at, site, Key::Sync),
            Fact::FaultBegan { fault } => {
                self.begin(at, site, Key::Fault(fault), What::Held(fault), None);
            }
            Fact::FaultEnded { fault } => self.end(at, site, Key::Fault(fault)),
            Fact::WentDown => {
                self.begin(at, site, Key::Down, What::Down, None);
                [Key::Sync, Key::Reading].iter().for_each(|key| self.end(at, site, *key));
            }
            Fact::CameUp => self.end(at, site, Key::Down),
            Fact::TriggerDeferred { trigger, .. } => {
                self.end(at, site, Key::Reading);
                self.begin(at, site, Key::Deferred, What::Deferred(trigger), None);
            }
            Fact::TriggerRefused { .. } => self.end(at, site, Key::Reading),
            Fact::RequestSent { to } => {
                self.begin(at, to, Key::Request, What::RequestComing(sent), None);
            }
            Fact::RequestArrived => {
                self.end(at, site, Key::Request);
                self.begin(at, site, Key::Reading, What::Reading, None);
            }
            Fact::PackageSent { to, version, .. } => {
                let what = What::PackageComing(version, sent);
                self.begin(at, to, Key::Package(version), what, None);
            }
            Fact::PackageArrived { version } => {
                self.end(at, site, Key::Package(version));
                if self.database_versions[site.index()].is_none_or(|there| there < version) {
                    let what = What::Inserting(version);
                    self.begin(at, site, Key::Insert(version), what, None);
                }
            }
            Fact::PackageInserted { version } => {
                self.end(at, site, Key::Insert(version));
                self.database_versions[site.index()] = Some(version);
            }
            Fact::InsertionFailed { version, again_at } => {
                let what = What::InsertingAgain(version);
                self.begin(at, site, Key::Insert(version), what, Some(again_at));
            }
            Fact::SendingWaited { to, priority, what } => {
                let until = match what {
                    Wait::Closed { until } => until,
                    Wait::Together { until } => Some(until),
                    Wait::Thread | Wait::ThreadToIt => None,
                };
                self.coming(at, to, priority, Coming::Waits(what), until);
            }
            Fact::SendingStarted { to, priority, limit } => {
                self.coming(at, to, priority, Coming::Sent(limit), None);
            }
            Fact::SendingFailed { to, again_at } => {
                let priority = self.priority(record);
                match again_at {
                    Some(_) => self.coming(at, to, priority, Coming::Again, again_at),
                    None => self.end(at, to, Key::Request),
                }
            }
            Fact::ExportStarted { run } => {
                let what = What::Exporting(run, ExportStep::Exporting);
                self.begin(at, site, Key::Export, what, None);
            }
            Fact::Exported { run, .. } => {
                let what = What::Exporting(run, ExportStep::Carrying);
                self.begin(at, site, Key::Export, what, None);
            }
            Fact::CarriedOver { run } => {
                let what = What::Exporting(run, ExportStep::Importing);
                self.begin(at, site, Key::Export, what, None);
            }
            Fact::PointImported { .. } | Fact::PointRunFailed { .. } => {
                self.end(at, site, Key::Export);
            }
            Fact::Operated { operation } => {
                match self.scenario.operations[operation as usize].action {
                    Action::InstallSup => self.points[site.index()] = true,
                    Action::RemoveSup => self.points[site.index()] = false,
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn step(&mut self, at: Instant, site: SiteId, attempt: u32, step: SyncStep) {
        self.begin(at, site, Key::Sync, What::Syncing(attempt, step), None);
    }

    /// Of which priority a sending was that failed: that of what was handed to the sender.
    fn priority(&self, failed: &Record) -> Priority {
        let mut cause = failed.cause;
        while let Some(record) = cause.position().map(|position| &self.records[position]) {
            match record.fact {
                Fact::PackageSent { .. } => return Priority::Normal,
                Fact::CatalogueSent { .. } => return Priority::Low,
                Fact::RequestSent { .. } => return Priority::High,
                _ => cause = record.cause,
            }
        }
        Priority::High
    }

    fn read_status(&mut self, at: Instant, site: SiteId, status: Status) {
        let place = site.index();
        match status {
            Status::Started { attempt, kind, .. } => {
                self.step(at, site, attempt, SyncStep::Connecting);
                self.end(at, site, Key::Deferred);
                self.end(at, site, Key::Reading);
                // T6: a full retry behind a delta stays.
                if kind >= self.kinds[place] {
                    self.end(at, site, Key::Retry);
                }
                self.kinds[place] = kind;
            }
            Status::SynchronizingWsus { attempt } => {
                self.step(at, site, attempt, SyncStep::Transferring);
            }
            Status::SynchronizingDatabase { attempt, .. } => {
                self.step(at, site, attempt, SyncStep::Importing);
            }
            Status::SynchronizingInternetPoint { attempt } => {
                self.step(at, site, attempt, SyncStep::InternetPoint);
                self.end(at, site, Key::PointRetry);
            }
            Status::Done { version, .. } | Status::DoneLicenceTermsPending { version, .. } => {
                self.end(at, site, Key::Sync);
                self.versions[place] = Some(version);
            }
            Status::Failed { attempt, retry_at, .. } => {
                self.end(at, site, Key::Sync);
                if retry_at.is_some() {
                    self.begin(at, site, Key::Retry, What::Retry(attempt), retry_at);
                }
            }
            Status::OutOfStep { retry_at, .. } => {
                self.end(at, site, Key::Sync);
                if retry_at.is_some() {
                    self.begin(at, site, Key::PointRetry, What::PointRetry, retry_at);
                }
            }
        }
    }
}
