//! Faults of a site's own work: what takes longer, what is not committed, what lacks its licence
//! terms (P4, P11, R7).

use super::{RolledBack, effect};
use crate::scenario::{FaultEffect, Occurs, Slow, SlowPhase};
use crate::trace::Fact;
use crate::units::{Duration, Factor, FaultId, SiteId};
use crate::world::chance::Purpose;
use crate::world::{Event, World};

/// How long after an insertion was rolled back it is begun again [choice].
const INSERT_AGAIN_EVERY: Duration = Duration::from_mins(10);

/// Is a single attempt of it an insertion, below the top-level site?
pub(super) fn strikes_insertions(effect: &FaultEffect) -> bool {
    matches!(
        effect,
        FaultEffect::DatabaseFails | FaultEffect::Slow(Slow { phase: SlowPhase::Insert, .. })
    )
}

impl World<'_> {
    /// What work of a synchronisation (or the reading of a request) that begins now takes, with
    /// all faults that slow it down: their factors multiply [choice].
    pub(in crate::world) fn slowed(
        &mut self,
        site: SiteId,
        phase: SlowPhase,
        work: Duration,
    ) -> Duration {
        let state = &self.sites[site.index()];
        // What is in order costs a test.
        if state.out_of_order.work == 0 && !state.fault_ahead {
            return work;
        }
        let attempt = state.engine.attempts();
        let ahead = self.faults.ahead.get(&site).into_iter().flatten().map(|one| one.fault);
        let slowing: Vec<(FaultId, Factor)> = self
            .faults
            .holding_at(site)
            .chain(ahead)
            .filter_map(|fault| Some((fault, self.factor(fault, phase)?)))
            .collect();
        let mut all = Factor::ONE;
        for (fault, factor) in slowing {
            all = all.and(factor);
            // The reading of a request comes before its synchronisation.
            if phase != SlowPhase::Request {
                self.record_aside(site, Fact::FaultHit { fault, attempt });
            }
        }
        all.times(work)
    }

    /// What an insertion that begins now takes.
    pub(in crate::world) fn slowed_insertion(
        &self,
        site: SiteId,
        insertion: u32,
        version: u32,
        work: Duration,
    ) -> Duration {
        let state = &self.sites[site.index()];
        if state.out_of_order.work == 0 && state.prone == 0 {
            return work;
        }
        let faults = self.faults_of_insertion(site, insertion, version).into_iter();
        let slowing = faults.filter_map(|fault| self.factor(fault, SlowPhase::Insert));
        slowing.fold(Factor::ONE, Factor::and).times(work)
    }

    fn factor(&self, fault: FaultId, wanted: SlowPhase) -> Option<Factor> {
        match effect(self.scenario(), fault) {
            FaultEffect::Slow(Slow { phase, factor }) if *phase == wanted => Some(*factor),
            _ => None,
        }
    }

    /// The fault of this kind that holds a site now, or that its synchronisation will meet.
    pub(in crate::world) fn will_meet(
        &self,
        site: SiteId,
        wanted: &FaultEffect,
    ) -> Option<FaultId> {
        let state = &self.sites[site.index()];
        if state.out_of_order.work == 0 && !state.fault_ahead {
            return None;
        }
        let ahead = self.faults.ahead.get(&site).into_iter().flatten().map(|one| one.fault);
        let mut faults = self.faults.holding_at(site).chain(ahead);
        faults.find(|&fault| effect(self.scenario(), fault) == wanted)
    }

    /// What keys the draws of an insertion: the version it brings, and which try it is.
    pub(in crate::world) fn insertion_key(&self, site: SiteId, version: u32) -> u64 {
        u64::from(self.faults.times_rolled_back(site, version)) << 32 | u64::from(version)
    }

    /// The faults that hold a site now, and those that strike this insertion.
    fn faults_of_insertion(&self, site: SiteId, insertion: u32, version: u32) -> Vec<FaultId> {
        let scenario = self.scenario();
        let state = &self.sites[site.index()];
        // Begun again is another attempt.
        let number = insertion + self.faults.rolled_back.get(&site).map_or(0, |one| one.all);
        let key = self.insertion_key(site, version);
        let prone = self.faults.prone[state.prone as usize].iter().copied();
        let struck = prone.filter(|id| {
            let fault = &scenario.faults[id.index()];
            if !strikes_insertions(&fault.effect) {
                return false;
            }
            match &fault.occurs {
                Occurs::PerAttempt(probability) => {
                    let own = self.blueprint.fault_entities[id.index()].with(state.entity);
                    let stream = &mut self.chance.stream(own, Purpose::FaultHitsInsertion, key);
                    probability.happens(stream.bits())
                }
                Occurs::Attempts(numbers) => numbers.binary_search(&number).is_ok(),
                Occurs::Window { .. } | Occurs::Schedule(_) | Occurs::Renewal { .. } => false,
            }
        });
        self.faults.holding_at(site).chain(struck).collect()
    }

    /// Is the insertion that would be committed now rolled back? Then it is begun again later:
    /// the package is in the site's inbox, and nothing is lost (R7).
    pub(in crate::world) fn rolls_back(
        &mut self,
        site: SiteId,
        insertion: u32,
        version: u32,
    ) -> bool {
        let state = &self.sites[site.index()];
        if state.out_of_order.work == 0 && state.prone == 0 {
            return false;
        }
        let faults = self.faults_of_insertion(site, insertion, version);
        let fails =
            |fault: &FaultId| *effect(self.scenario(), *fault) == FaultEffect::DatabaseFails;
        if !faults.iter().any(fails) {
            return false;
        }
        let tries = self.faults.times_rolled_back(site, version) + 1;
        let all = self.faults.rolled_back.get(&site).map_or(0, |one| one.all) + 1;
        self.faults.rolled_back.insert(site, RolledBack { version, tries, all });
        let again_at = self.now() + INSERT_AGAIN_EVERY;
        self.record(site, Fact::InsertionFailed { version, again_at });
        self.schedule(again_at, Event::InsertAgain { site, insertion });
        true
    }

    /// An insertion that was rolled back is begun again, unless a crash has begun it anew.
    pub(in crate::world) fn insert_again(&mut self, site: SiteId, insertion: u32) {
        if let Some(version) = self.sites[site.index()].engine.inserting(insertion) {
            self.insert(site, insertion, version);
        }
    }
}
