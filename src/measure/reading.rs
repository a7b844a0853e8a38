//! From the record to the rows.

use std::collections::BTreeMap;

use super::{Arrival, Attempt, Ending, FaultOccurrence, Outcome};
use crate::scenario::{Action, FaultEffect, Scenario, Wanted};
use crate::trace::{Fact, Part, Record, Status, Trace};
use crate::units::{Bytes, FaultId, Instant, ReleaseId, SiteId};

impl Outcome {
    /// Reads what a trace says.
    pub fn of(scenario: &Scenario, trace: &Trace) -> Outcome {
        let mut reading = Reading::new(scenario, trace);
        for (position, record) in trace.records.iter().enumerate() {
            reading.read(position, record);
        }
        reading.finish()
    }
}

/// What has been read so far.
struct Reading<'a> {
    scenario: &'a Scenario,
    trace: &'a Trace,
    attempts: Vec<Attempt>,
    /// The last synchronisation of each site, by its position in `attempts`.
    last: Vec<Option<usize>>,
    /// Rows of sites that can be reached, `releases` for each.
    arrivals: Vec<Arrival>,
    /// Where the rows of each site begin in `arrivals`.
    rows: Vec<Option<usize>>,
    /// Since when each release is asked for (U2).
    wanted: Vec<Option<Wanted>>,
    faults: Vec<FaultOccurrence>,
    /// Which sites have a software update point now.
    points: Vec<bool>,
    /// The last time each fault took hold of each site, by its position in `faults`.
    last_hold: BTreeMap<(FaultId, SiteId), usize>,
}

impl<'a> Reading<'a> {
    fn new(scenario: &'a Scenario, trace: &'a Trace) -> Self {
        let sites = scenario.sites.len();
        let hierarchy = scenario.hierarchy();
        let releases = &scenario.catalogue.releases;
        let wanted = scenario.wanted();
        let mut rows = vec![None; sites];
        let mut arrivals = Vec::new();
        for site in (0..sites as u32).map(SiteId) {
            if !hierarchy.within_top_level(site) {
                continue;
            }
            rows[site.index()] = Some(arrivals.len());
            arrivals.extend(releases.iter().enumerate().map(|(position, release)| Arrival {
                site,
                release: ReleaseId(position as u32),
                published: release.at,
                wanted: wanted[position].map_or(release.at, |wanted| wanted.since),
                database: None,
                wsus: None,
                internet: None,
                current: None,
                attempt: None,
            }));
        }
        Self {
            scenario,
            trace,
            attempts: Vec::new(),
            last: vec![None; sites],
            arrivals,
            rows,
            wanted,
            faults: Vec::new(),
            points: scenario.sites.iter().map(|site| site.sup.is_some()).collect(),
            last_hold: BTreeMap::new(),
        }
    }

    fn read(&mut self, position: usize, record: &Record) {
        let Record { at, site, fact, .. } = *record;
        match fact {
            Fact::Announced(status) => self.read_status(position, record, status),
            Fact::Transferred { .. } => self.change_last(site, |one| one.transferred = Some(at)),
            Fact::Pulled { updates, bytes, .. } => self.change_last(site, |one| {
                one.pulled = Some(at);
                (one.updates, one.bytes) = (updates, bytes);
                one.applied = one.applied.saturating_add(updates);
            }),
            Fact::Settled { .. } => self.change_last(site, |one| one.settled = Some(at)),
            Fact::Imported { updates, .. } => self.change_last(site, |one| {
                one.imported = Some(at);
                one.applied = one.applied.saturating_add(updates);
            }),
            Fact::InternetPointSynced { updates, .. } => self.change_last(site, |one| {
                one.internet_done = Some(at);
                one.applied = one.applied.saturating_add(updates);
            }),
            Fact::Arrived { release, part } => self.read_arrival(at, site, release, part),
            Fact::FaultBegan { fault } => {
                self.last_hold.insert((fault, site), self.faults.len());
                self.faults.push(FaultOccurrence {
                    fault,
                    site,
                    from: at,
                    until: None,
                    attempts_hit: 0,
                });
            }
            Fact::FaultEnded { fault } => {
                if let Some(&held) = self.last_hold.get(&(fault, site)) {
                    self.faults[held].until = Some(at);
                }
            }
            Fact::FaultHit { fault, .. } => self.read_hit(at, site, fault),
            Fact::Operated { operation } => self.read_operation(at, site, operation),
            // They say how it came about, not how it ended.
            Fact::Released { .. }
            | Fact::ExportStarted { .. }
            | Fact::Exported { .. }
            | Fact::CarriedOver { .. }
            | Fact::PointImported { .. }
            | Fact::PointRunFailed { .. }
            | Fact::TriggerDeferred { .. }
            | Fact::TriggerRefused { .. }
            | Fact::PolicyCreated { .. }
            | Fact::RequestSent { .. }
            | Fact::RequestArrived
            | Fact::PackageSent { .. }
            | Fact::PackageArrived { .. }
            | Fact::PackageInserted { .. }
            | Fact::InsertionFailed { .. }
            | Fact::SendingFailed { .. }
            | Fact::SendingWaited { .. }
            | Fact::SendingStarted { .. }
            | Fact::SendingStruck { .. }
            | Fact::PullWaited { .. }
            | Fact::PullAdmitted { .. }
            | Fact::Scanned { .. }
            | Fact::Crossed { .. }
            | Fact::PolicyFetched { .. }
            | Fact::ScansFailed { .. }
            | Fact::CatalogueSyncStarted { .. }
            | Fact::CatalogueSyncDone { .. }
            | Fact::CatalogueSyncFailed { .. }
            | Fact::CatalogueSent { .. }
            | Fact::CatalogueArrived { .. }
            | Fact::WentDown
            | Fact::CameUp => {}
        }
    }

    fn read_status(&mut self, position: usize, record: &Record, status: Status) {
        let Record { at, site, cause, .. } = *record;
        match status {
            Status::Started { attempt, kind, trigger } => {
                self.last[site.index()] = Some(self.attempts.len());
                self.attempts.push(Attempt {
                    site,
                    number: attempt,
                    trigger,
                    cause,
                    caused_by: self.caused_by(position),
                    kind,
                    start: at,
                    pull_start: None,
                    transferred: None,
                    pulled: None,
                    settled: None,
                    imported: None,
                    internet_start: None,
                    internet_done: None,
                    end: None,
                    ending: Ending::Unfinished,
                    failure: None,
                    retry_at: None,
                    fault: None,
                    updates: 0,
                    bytes: Bytes::ZERO,
                    applied: 0,
                    version: None,
                });
            }
            Status::SynchronizingWsus { .. } => {
                self.change_last(site, |one| one.pull_start = Some(at));
            }
            Status::SynchronizingDatabase { .. } => {}
            Status::SynchronizingInternetPoint { .. } => {
                self.change_last(site, |one| one.internet_start = Some(at));
            }
            Status::Done { version, .. } => self.change_last(site, |one| {
                (one.end, one.ending, one.version) = (Some(at), Ending::Ok, Some(version));
            }),
            Status::DoneLicenceTermsPending { version, .. } => self.change_last(site, |one| {
                (one.end, one.ending) = (Some(at), Ending::LicenceTermsPending);
                one.version = Some(version);
            }),
            Status::Failed { failure, retry_at, .. } => self.change_last(site, |one| {
                (one.end, one.ending) = (Some(at), Ending::Failed);
                (one.failure, one.retry_at) = (Some(failure), retry_at);
            }),
            // The site's own sync stands; the point's failure is its own (P9). It may come under
            // the number of a later sync that failed itself: that one keeps its failure.
            Status::OutOfStep { failure, retry_at, .. } => self.change_last(site, |one| {
                if one.ending != Ending::Failed {
                    (one.failure, one.retry_at) = (Some(failure), retry_at);
                }
            }),
        }
    }

    /// The synchronisation whose end led to the record at `position`.
    fn caused_by(&self, position: usize) -> Option<(SiteId, u32)> {
        let before = |position: &usize| self.trace.records[*position].cause.position();
        std::iter::successors(before(&position), before).find_map(|position| {
            let Record { site, fact, .. } = self.trace.records[position];
            match fact {
                Fact::Announced(
                    Status::Done { attempt, .. }
                    | Status::DoneLicenceTermsPending { attempt, .. }
                    | Status::Failed { attempt, .. },
                ) => Some((site, attempt)),
                _ => None,
            }
        })
    }

    fn change_last(&mut self, site: SiteId, change: impl FnOnce(&mut Attempt)) {
        if let Some(last) = self.last[site.index()] {
            change(&mut self.attempts[last]);
        }
    }

    fn read_arrival(&mut self, at: Instant, site: SiteId, release: ReleaseId, part: Part) {
        let Some(row) = self.rows[site.index()] else { return };
        let attempt = self.last[site.index()].map(|last| self.attempts[last].number);
        let has_point = self.points[site.index()];
        let arrival = &mut self.arrivals[row + release.index()];
        match part {
            Part::Database => arrival.database = Some(at),
            Part::Wsus => (arrival.wsus, arrival.attempt) = (Some(at), attempt),
            Part::Internet => arrival.internet = Some(at),
        }
        // Current: database and WSUS both; without a point, the database alone.
        // What it was once it stays: a point that is installed later takes nothing back.
        arrival.current = arrival.current.or(match (arrival.database, arrival.wsus) {
            (Some(database), Some(wsus)) => Some(database.max(wsus)),
            (Some(database), None) if !has_point => Some(database),
            _ => None,
        });
    }

    fn read_operation(&mut self, at: Instant, site: SiteId, operation: u32) {
        match &self.scenario.operations[operation as usize].action {
            Action::InstallSup => self.points[site.index()] = true,
            Action::RemoveSup => {
                self.points[site.index()] = false;
                // Without a point the database alone counts, from now on.
                let Some(row) = self.rows[site.index()] else { return };
                let releases = self.scenario.catalogue.releases.len();
                for arrival in &mut self.arrivals[row..row + releases] {
                    arrival.current = arrival.current.or(arrival.database.map(|_| at));
                }
            }
            Action::RunSynchronization
            | Action::SetSchedule(_)
            | Action::SetCriteria(_)
            | Action::PublishLocally(_)
            | Action::MoveSite { .. } => {}
        }
    }

    fn read_hit(&mut self, at: Instant, site: SiteId, fault: FaultId) {
        let Some(last) = self.last[site.index()] else { return };
        // What only takes longer does not fail by it.
        if !matches!(self.scenario.faults[fault.index()].effect, FaultEffect::Slow(_)) {
            self.attempts[last].fault = Some(fault);
        }
        let start = self.attempts[last].start;
        if !self.scenario.faults[fault.index()].occurs.holds() {
            self.faults.push(FaultOccurrence {
                fault,
                site,
                from: start,
                until: Some(at),
                attempts_hit: 1,
            });
            return;
        }
        // What is down may be the parent's: the hit counts where the fault is.
        let places = [Some(site), self.scenario.sites[site.index()].parent];
        for place in places.into_iter().flatten() {
            if let Some(&held) = self.last_hold.get(&(fault, place)) {
                self.faults[held].attempts_hit += 1;
                return;
            }
        }
    }

    /// U2: a release of which nothing matches the criteria has no arrivals, and nobody is late
    /// with it; nor with one that had not come before it ceased to match.
    fn leave_out_what_nobody_asks_for(&mut self) {
        let mut counts: Vec<bool> =
            self.wanted.iter().map(|wanted| wanted.is_some_and(|one| one.in_the_end)).collect();
        if counts.iter().all(|counts| *counts) {
            return;
        }
        for arrival in self.arrivals.iter().filter(|arrival| arrival.database.is_some()) {
            counts[arrival.release.index()] |= self.wanted[arrival.release.index()].is_some();
        }
        self.arrivals.retain(|arrival| counts[arrival.release.index()]);
    }

    fn finish(mut self) -> Outcome {
        self.leave_out_what_nobody_asks_for();
        self.attempts.sort_by_key(|one| (one.site, one.number));
        self.faults.sort_by_key(|one| (one.fault, one.site, one.from));
        Outcome { attempts: self.attempts, arrivals: self.arrivals, faults: self.faults }
    }
}
