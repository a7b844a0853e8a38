//! Why sites hold releases so late: the causes in the record, followed back to their root.
//!
//! ```text
//!   Arrived ◄─ Pulled ◄─ ... ◄─ Started ◄─ RequestArrived ◄─ ... ◄─ the parent's Done ◄─ ...
//!      │  chain: from a record to the one that it waited for, and what the time between was
//!      │  holds: of a wait, what a fault held meanwhile is the fault's
//!      ▼
//!   Blame { stages }: [wanted, until] without a gap and without an overlap
//! ```
//!
//! Invariants:
//! - The stages of a delay are exactly as long as the delay: asserted for every one that is asked
//!   for, in whole microseconds.
//! - Looking for causes changes nothing: it reads what was recorded. From a record of
//!   synchronisations alone ([`Recording::Attempts`](crate::scenario::Recording)) the sums are as
//!   exact, but what a sender did is one category.

mod chain;
mod export;
mod holds;
mod sending;
mod slow;

use petgraph::graph::DiGraph;

use super::blame::{Behind, Blame, Category, Stage};
use super::{Arrival, Attempt, Outcome};
use crate::scenario::{Action, FaultEffect, Scenario};
use crate::trace::{Fact, Part, Record, Status, Trace};
use crate::units::{Duration, FaultId, Instant, ReleaseId, SiteId};

use chain::Chain;
use holds::Holds;
use slow::Slowed;

/// A synchronisation, by the positions of its first and, when it failed, its last record.
#[derive(Clone, Copy, Debug)]
struct Try {
    started: usize,
    failed: Option<usize>,
}

/// The causes of one run, ready to be asked.
#[derive(Debug)]
pub struct Causes<'a> {
    scenario: &'a Scenario,
    records: &'a [Record],
    outcome: &'a Outcome,
    top_level: Option<SiteId>,
    /// Every `Arrived`: of what at which site, and its position; in order.
    arrived: Vec<(SiteId, Part, ReleaseId, usize)>,
    /// The synchronisations of each site, by number.
    tries: Vec<Vec<Try>>,
    /// Where the rows of each site begin among the outcome's attempts.
    first_attempt: Vec<usize>,
    /// Of each site, where what a restart may have to go back to is recorded; in order.
    marks: Vec<Vec<usize>>,
    /// Sites that got another parent: where, which, and the parent; in order.
    moves: Vec<(usize, SiteId, SiteId)>,
    /// When the schedule of the top-level site fell due, by a clock that is right; in order.
    schedule: Vec<Instant>,
    holds: Holds,
    slowed: Slowed,
}

impl<'a> Causes<'a> {
    /// Makes the causes of a run ready.
    pub fn of(scenario: &'a Scenario, trace: &'a Trace, outcome: &'a Outcome) -> Causes<'a> {
        let sites = scenario.sites.len();
        let top_level = scenario.top_level();
        let clock = top_level.map(|site| scenario.sites[site.index()].clock_offset);
        let clock = clock.unwrap_or_default();
        let mut causes = Causes {
            scenario,
            records: &trace.records,
            outcome,
            top_level,
            arrived: Vec::new(),
            tries: vec![Vec::new(); sites],
            first_attempt: vec![0; sites],
            marks: vec![Vec::new(); sites],
            moves: Vec::new(),
            schedule: scenario.sync.schedule.iter().filter_map(|&at| clock.really(at)).collect(),
            holds: Holds::of(scenario, outcome),
            slowed: Slowed::of(scenario, &trace.records, outcome),
        };
        for (position, attempt) in outcome.attempts.iter().enumerate().rev() {
            causes.first_attempt[attempt.site.index()] = position;
        }
        for (position, record) in trace.records.iter().enumerate() {
            causes.note(position, record);
        }
        causes.arrived.sort_unstable();
        causes
    }

    fn note(&mut self, position: usize, record: &Record) {
        let Record { site, fact, .. } = *record;
        match fact {
            Fact::Arrived { release, part } => {
                self.arrived.push((site, part, release, position));
            }
            Fact::Announced(Status::Started { .. }) => {
                self.tries[site.index()].push(Try { started: position, failed: None });
            }
            Fact::Announced(Status::Failed { .. }) => {
                if let Some(last) = self.tries[site.index()].last_mut() {
                    last.failed = Some(position);
                }
                self.marks[site.index()].push(position);
            }
            Fact::Announced(
                Status::Done { .. }
                | Status::DoneLicenceTermsPending { .. }
                | Status::OutOfStep { .. }
                | Status::SynchronizingInternetPoint { .. },
            )
            | Fact::PackageArrived { .. }
            | Fact::PackageInserted { .. }
            | Fact::InsertionFailed { .. }
            | Fact::ExportStarted { .. }
            | Fact::PointRunFailed { .. } => self.marks[site.index()].push(position),
            Fact::Operated { operation } => {
                let operations = &self.scenario.operations;
                if let Action::MoveSite { under } = operations[operation as usize].action {
                    self.moves.push((position, site, under));
                }
            }
            _ => {}
        }
    }

    /// Why a site became current so late; `None` when it never did.
    pub fn blame(&self, arrival: &Arrival) -> Option<Blame> {
        let until = arrival.current?;
        let Arrival { site, release, wanted, .. } = *arrival;
        // Ties: with both at one instant, it is WSUS that was waited for.
        let last = [Part::Wsus, Part::Database].into_iter().find_map(|part| {
            let at = self.position(site, release, part, until)?;
            Some((part, at))
        });
        if let Some((part, position)) = last {
            return self.walk((site, part, release), (wanted, until), position, Vec::new());
        }
        // Current since an administrator removed its point: its database alone counts from then.
        let database = arrival.database.filter(|database| *database <= until)?;
        let position = self.position(site, release, Part::Database, database)?;
        let operation = self.removal(site, until)?;
        let from = database.max(wanted);
        let behind = Behind::Operation(operation);
        let removed = Stage { from, until, category: Category::Administrator, at: site, behind };
        self.walk((site, Part::Database, release), (wanted, until), position, vec![removed])
    }

    /// Why a part of a site held a release so late; `None` when it never did.
    pub fn blame_of(&self, arrival: &Arrival, part: Part) -> Option<Blame> {
        let until = match part {
            Part::Database => arrival.database,
            Part::Wsus => arrival.wsus,
            Part::Internet => arrival.internet,
        }?;
        let Arrival { site, release, wanted, .. } = *arrival;
        let position = self.position(site, release, part, until)?;
        self.walk((site, part, release), (wanted, until), position, Vec::new())
    }

    /// Follows the causes of an arrival back to when the release was asked for.
    ///
    /// `stages`: what has come after that record, the last first.
    fn walk(
        &self,
        (site, part, release): (SiteId, Part, ReleaseId),
        (wanted, until): (Instant, Instant),
        position: usize,
        mut stages: Vec<Stage>,
    ) -> Option<Blame> {
        Chain::new(self, (site, part), (release, wanted), position, &mut stages).follow()?;
        stages.retain(|stage| stage.from < stage.until);
        stages.reverse();
        stages.dedup_by(|later, earlier| {
            let alike = earlier.is_like(later) && earlier.until == later.from;
            if alike {
                earlier.until = later.until;
            }
            alike
        });
        let blame = Blame { site, release, part, wanted, until, stages };
        // It all adds up, to the microsecond.
        let mut at = wanted.min(until);
        for stage in &blame.stages {
            assert_eq!(stage.from, at, "a gap or an overlap in {blame:?}");
            at = stage.until;
        }
        let sum: Duration = blame.stages.iter().map(Stage::length).sum();
        assert_eq!(sum, blame.delay(), "the stages are as long as the delay: {blame:?}");
        Some(blame)
    }

    /// Where it is recorded that a part held a release since that instant.
    fn position(&self, site: SiteId, release: ReleaseId, part: Part, at: Instant) -> Option<usize> {
        let mut arrivals = self.arrivals(site, release, part);
        arrivals.find(|&position| self.records[position].at == at)
    }

    /// Everywhere it is recorded that a part holds a release; in order.
    fn arrivals(
        &self,
        site: SiteId,
        release: ReleaseId,
        part: Part,
    ) -> impl DoubleEndedIterator<Item = usize> + '_ {
        let first = self.arrived.partition_point(|one| *one < (site, part, release, 0));
        let those = self.arrived[first..].iter();
        let count =
            those.clone().take_while(|one| (one.0, one.1, one.2) == (site, part, release)).count();
        self.arrived[first..first + count].iter().map(|one| one.3)
    }

    /// The administrator's removal of a site's point at an instant.
    fn removal(&self, site: SiteId, at: Instant) -> Option<u32> {
        let operations = self.scenario.operations.iter();
        let place = operations.clone().position(|operation| {
            operation.at == at && operation.site == site && operation.action == Action::RemoveSup
        })?;
        u32::try_from(place).ok()
    }

    /// The parent of a site when a record was made; `None` at the top-level site.
    fn parent(&self, site: SiteId, position: usize) -> Option<SiteId> {
        if Some(site) == self.top_level {
            return None;
        }
        let before = self.moves.iter().rev().filter(|one| one.0 <= position);
        let moved = before.clone().find(|one| one.1 == site).map(|one| one.2);
        moved.or(self.scenario.sites[site.index()].parent)
    }

    /// Where a part of a site has a release from, and the last time that it began to hold it before
    /// that; `None` where nothing in the hierarchy is above it.
    fn source_of(
        &self,
        (site, part): (SiteId, Part),
        release: ReleaseId,
        before: usize,
    ) -> Option<usize> {
        let (upstream, part) = match part {
            Part::Internet => (site, Part::Wsus),
            Part::Wsus => (self.parent(site, before)?, Part::Wsus),
            Part::Database => match self.parent(site, before) {
                Some(parent) => (parent, Part::Database),
                None => (site, Part::Wsus),
            },
        };
        self.arrivals(upstream, release, part).rev().find(|&position| position < before)
    }

    /// A synchronisation, by its number at its site.
    fn attempt(&self, site: SiteId, number: u32) -> Option<&Attempt> {
        let place = self.first_attempt[site.index()] + (number as usize).checked_sub(1)?;
        self.outcome.attempts.get(place).filter(|one| (one.site, one.number) == (site, number))
    }

    /// The fault that made a synchronisation fail.
    fn fault_of_try(&self, site: SiteId, number: u32) -> Option<FaultId> {
        self.attempt(site, number)?.fault
    }

    /// The last time at or before an instant at which the schedule fell due.
    fn schedule_before(&self, at: Instant) -> Option<Instant> {
        let due = self.schedule.partition_point(|due| *due <= at);
        self.schedule[..due].last().copied()
    }

    /// The fault that rolled an insertion back: one that held the database, else the first of
    /// those that strike single insertions there.
    fn database_fault(&self, site: SiteId, at: Instant) -> Option<FaultId> {
        let fails = |fault: &FaultId| *self.effect(*fault) == FaultEffect::DatabaseFails;
        let held = self.outcome.faults.iter().filter(|one| {
            one.site == site && one.from <= at && one.until.is_none_or(|until| until >= at)
        });
        let strikes = (0..self.scenario.faults.len() as u32).map(FaultId).filter(|fault| {
            let fault = &self.scenario.faults[fault.index()];
            !fault.occurs.holds() && fault.sites.contains(&site)
        });
        held.map(|one| one.fault).filter(fails).min().or_else(|| strikes.filter(fails).min())
    }

    fn effect(&self, fault: FaultId) -> &FaultEffect {
        &self.scenario.faults[fault.index()].effect
    }

    /// The causal graph of the run: a node for each record, in their order, and an edge from
    /// each to everything that it led to.
    ///
    /// The weight of a node is the position of its record. For drawing and for algorithms; what a
    /// single delay is made of is told faster by [`Causes::blame`].
    pub fn graph(&self) -> DiGraph<usize, ()> {
        let mut graph = DiGraph::with_capacity(self.records.len(), self.records.len());
        let nodes: Vec<_> = (0..self.records.len()).map(|place| graph.add_node(place)).collect();
        for (position, record) in self.records.iter().enumerate() {
            if let Some(cause) = record.cause.position() {
                graph.add_edge(nodes[cause], nodes[position], ());
            }
        }
        graph
    }
}
