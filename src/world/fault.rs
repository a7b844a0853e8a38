//! Faults as they take hold of a world (F).

mod attempt;
mod drawn;
mod hold;
mod sending;
mod work;

pub(super) use sending::Interference;

use std::collections::BTreeMap;

pub use drawn::{DrawnFault, DrawnOutage, drawn_faults};

use super::chance::{Chance, Purpose};
use super::{Blueprint, Input, SiteId, SiteState};
use crate::engine::{Phase, Reason};
use crate::kernel::Handle;
use crate::scenario::{Fault, FaultEffect, Occurs, Pick, Scenario};
use crate::trace::Cause;
use crate::units::{FaultId, Instant};

/// Which faults hold which sites, and what they have in store. Sparse: what is in order costs
/// nothing.
#[derive(Clone, Debug)]
pub(super) struct Faults {
    /// The sites that each fault hits in this run, in order.
    hit: Vec<Vec<SiteId>>,
    /// The faults of single attempts that sites are prone to: each different list once.
    ///
    /// [`SiteState::prone`](super::site::SiteState::prone) says which list is a site's; the first
    /// is empty.
    prone: Vec<Vec<FaultId>>,
    /// The faults that hold each site now.
    holding: BTreeMap<SiteId, Vec<FaultId>>,
    /// The faults that the synchronisation under way at each site will meet.
    ahead: BTreeMap<SiteId, Vec<Ahead>>,
    /// Triggers that came while a site server was down (T7).
    kept: BTreeMap<SiteId, Vec<(Input, Cause)>>,
    /// The timers of internet-based points that were left behind (P9).
    internet_timers: BTreeMap<SiteId, Handle>,
    /// When internet-based points will be through. One that synchronises by itself is tried again
    /// under the same number (P9), so that number alone does not tell an old answer from a new.
    internet_ends: BTreeMap<SiteId, Handle>,
    /// Is there any fault that strikes sendings?
    meddle: bool,
    /// Insertions that were rolled back at each site.
    rolled_back: BTreeMap<SiteId, RolledBack>,
    /// How many sendings to a site each fault of numbered ones has met.
    sendings: BTreeMap<(FaultId, SiteId), u32>,
}

/// Insertions that were rolled back at a site.
#[derive(Clone, Copy, Debug, Default)]
struct RolledBack {
    /// The last of them would have brought this version, ...
    version: u32,
    /// ... and was rolled back so often.
    tries: u32,
    /// All of them.
    all: u32,
}

/// A fault that a synchronisation will meet.
#[derive(Clone, Copy, Debug)]
struct Ahead {
    fault: FaultId,
    /// For a sync that is made to fail: when, at the earliest.
    at: Instant,
}

impl Faults {
    /// Draws which sites each fault hits; tells each site what it is prone to.
    pub fn new(blueprint: &Blueprint<'_>, chance: &Chance, sites: &mut [SiteState]) -> Self {
        let scenario = blueprint.scenario;
        let hit: Vec<Vec<SiteId>> = (0..scenario.faults.len() as u32)
            .map(|fault| pick(blueprint, chance, FaultId(fault)))
            .collect();
        let prone = prone(blueprint, &hit, sites);
        Self {
            hit,
            prone,
            holding: BTreeMap::new(),
            ahead: BTreeMap::new(),
            kept: BTreeMap::new(),
            internet_timers: BTreeMap::new(),
            internet_ends: BTreeMap::new(),
            meddle: scenario.faults.iter().any(|fault| fault.effect.strikes_sendings()),
            rolled_back: BTreeMap::new(),
            sendings: BTreeMap::new(),
        }
    }

    /// The faults that hold a site now.
    fn holding_at(&self, site: SiteId) -> impl Iterator<Item = FaultId> + '_ {
        self.holding.get(&site).into_iter().flatten().copied()
    }

    /// How often the insertion that brings a database to that version was rolled back.
    fn times_rolled_back(&self, site: SiteId, version: u32) -> u32 {
        self.rolled_back
            .get(&site)
            .filter(|last| last.version == version)
            .map_or(0, |one| one.tries)
    }

    /// How many events plan the faults of a scenario at its start.
    pub fn planned(&self, scenario: &Scenario) -> usize {
        let events = |(fault, hit): (&Fault, &Vec<SiteId>)| match &fault.occurs {
            Occurs::Window { .. } => 2,
            Occurs::Schedule(spans) => 2 * spans.len(),
            Occurs::Renewal { .. } => hit.len(),
            Occurs::PerAttempt(_) | Occurs::Attempts(_) => 0,
        };
        scenario.faults.iter().zip(&self.hit).map(events).sum()
    }

    /// A trigger that comes while the site server is down waits for the restart (T7); anything
    /// else was meant for a memory that is gone.
    pub fn keep_for_restart(&mut self, site: SiteId, input: Input, cause: Cause) {
        match input {
            Input::ScheduleDue | Input::RunSynchronizationChosen | Input::SyncRequested => {
                let kept = self.kept.entry(site).or_default();
                if !kept.iter().any(|one| one.0 == input) {
                    kept.push((input, cause));
                }
            }
            // Each of these is done, in their order.
            Input::PointInstalled | Input::PointRemoved => {
                self.kept.entry(site).or_default().push((input, cause));
            }
            Input::TimerFired(_)
            | Input::Connected { .. }
            | Input::Pulled { .. }
            | Input::Settled { .. }
            | Input::Imported { .. }
            | Input::InternetPointSynced { .. }
            | Input::StepFailed { .. }
            | Input::PackageArrived { .. }
            | Input::Inserted { .. }
            | Input::Restarted => {}
        }
    }

    pub fn set_internet_timer(&mut self, site: SiteId, handle: Handle) {
        self.internet_timers.insert(site, handle);
    }

    pub fn set_internet_end(&mut self, site: SiteId, handle: Handle) {
        self.internet_ends.insert(site, handle);
    }

    pub fn take_internet_end(&mut self, site: SiteId) -> Option<Handle> {
        self.internet_ends.remove(&site)
    }

    /// What the synchronisation under way was to meet has struck: each attempt fails once, also
    /// that of an internet-based point which is tried again by itself (P9).
    pub fn have_struck(&mut self, site: SiteId) {
        self.ahead.remove(&site);
    }

    pub fn take_internet_timer(&mut self, site: SiteId) -> Option<Handle> {
        self.internet_timers.remove(&site)
    }

    /// Will the synchronisation under way find the gate closed, by a fault of this attempt?
    pub fn closes_gate(&self, blueprint: &Blueprint<'_>, site: SiteId) -> bool {
        self.ahead.get(&site).is_some_and(|ahead| {
            ahead
                .iter()
                .any(|one| effect(blueprint.scenario, one.fault) == &FaultEffect::WsusNotConfigured)
        })
    }

    /// The fault that a failure is owed to, if one is.
    pub fn responsible(
        &self,
        blueprint: &Blueprint<'_>,
        (site, upstream): (SiteId, Option<SiteId>),
        phase: Phase,
        reason: Reason,
    ) -> Option<FaultId> {
        use FaultEffect as F;
        let scenario = blueprint.scenario;
        let (here, above): (&[F], &[F]) = match (reason, phase) {
            (Reason::Injected(fault), _) => return Some(fault),
            (Reason::Restarted, _) => (&[F::SiteDown], &[]),
            (Reason::NotConfigured, _) => (&[F::WsusNotConfigured], &[]),
            (Reason::NoUpdateServer, _) => (&[F::SupDown, F::SiteDown], &[]),
            (Reason::NoInternetPoint, _) => (&[F::InternetSupDown], &[]),
            (Reason::DatabaseFailed, _) => (&[F::DatabaseFails], &[]),
            (Reason::UpstreamUnreachable, Phase::Internet) => (&[F::SupDown], &[]),
            (Reason::UpstreamUnreachable, _) => {
                (&[F::LinkDown, F::SourceDown], &[F::SupDown, F::SiteDown])
            }
        };
        let holds = |site: SiteId, kinds: &[F]| {
            let holding = self.holding.get(&site).into_iter().flatten().copied();
            let ahead = self.ahead.get(&site).into_iter().flatten().map(|one| one.fault);
            ahead.chain(holding).find(|&fault| kinds.contains(effect(scenario, fault)))
        };
        holds(site, here).or_else(|| holds(upstream?, above))
    }
}

/// Tells each site which faults of single attempts it is prone to; gives the different lists.
fn prone(
    blueprint: &Blueprint<'_>,
    hit: &[Vec<SiteId>],
    sites: &mut [SiteState],
) -> Vec<Vec<FaultId>> {
    let mut lists = vec![Vec::new()];
    // A site's list with one fault more, by the list it had and the fault.
    let mut longer: BTreeMap<(u32, FaultId), u32> = BTreeMap::new();
    for &fault in &blueprint.faults_of_attempts {
        for site in &hit[fault.index()] {
            let state = &mut sites[site.index()];
            let with_fault = longer.entry((state.prone, fault)).or_insert_with(|| {
                let mut list: Vec<FaultId> = lists[state.prone as usize].clone();
                list.push(fault);
                lists.push(list);
                lists.len() as u32 - 1
            });
            state.prone = *with_fault;
        }
    }
    lists
}

fn effect(scenario: &Scenario, fault: FaultId) -> &FaultEffect {
    &scenario.faults[fault.index()].effect
}

/// The sites that a fault hits in this run, in order.
fn pick(blueprint: &Blueprint<'_>, chance: &Chance, id: FaultId) -> Vec<SiteId> {
    let fault = &blueprint.scenario.faults[id.index()];
    // There is one source, and the top-level site is the one that asks it.
    if fault.effect == FaultEffect::SourceDown {
        return blueprint.top_level.into_iter().collect();
    }
    let count = match fault.pick {
        Pick::All => return fault.sites.clone(),
        Pick::Count(count) => count as usize,
        Pick::Share(share) => {
            let parts = fault.sites.len() as u64 * u64::from(share.parts_per_billion());
            ((parts + 500_000_000) / 1_000_000_000).max(1) as usize
        }
    };
    // Each site draws a lot of its own: one site more or less changes at most one place.
    let name = blueprint.fault_entities[id.index()];
    let lot = |site: &SiteId| {
        let entity = name.with(blueprint.entities[site.index()]);
        (chance.stream(entity, Purpose::FaultPick, 0).bits(), *site)
    };
    let mut lots: Vec<(u64, SiteId)> = fault.sites.iter().map(lot).collect();
    lots.sort_unstable();
    lots.truncate(count);
    let mut picked: Vec<SiteId> = lots.into_iter().map(|(_, site)| site).collect();
    picked.sort_unstable();
    picked
}
