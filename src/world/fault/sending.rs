//! Faults of sendings: what is lost, doubled, late or overtaken on its way to a site (R7).

use super::{Faults, effect};
use crate::scenario::{FaultEffect, Occurs};
use crate::units::{Duration, FaultId, Probability, SiteId};
use crate::world::World;
use crate::world::chance::Purpose;
use crate::world::event::Load;

/// What faults do to one sending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::world) struct Interference {
    /// It is lost on its way: to which fault that is owed.
    pub lost: Option<FaultId>,
    /// It arrives twice.
    pub doubled: Option<FaultId>,
    /// It is overtaken by what is sent after it.
    pub overtaken: Option<FaultId>,
    /// It arrives so much later: to which fault, of several the last, that is owed.
    pub delayed: Option<FaultId>,
    pub late: Duration,
}

impl Faults {
    /// Is there any fault that strikes sendings?
    pub fn meddle(&self) -> bool {
        self.meddle
    }
}

impl World<'_> {
    /// What faults do to what leaves for a site at this instant; to be asked once for each
    /// sending, tries included.
    ///
    /// `key` names the sending by what it carries and which try it is, so that one more or less
    /// leaves the draws of the others alone.
    pub(in crate::world) fn interference(
        &mut self,
        to: SiteId,
        load: Load,
        key: u64,
    ) -> Interference {
        let mut interference = Interference::default();
        // What is in order costs a test.
        if !self.faults.meddle {
            return interference;
        }
        let scenario = self.scenario();
        let entity = self.sites[to.index()].entity;
        let holding = self.faults.holding.get(&to).map_or(&[][..], Vec::as_slice);
        let prone = &self.faults.prone[self.sites[to.index()].prone as usize];
        for &id in holding.iter().chain(prone) {
            let effect = effect(scenario, id);
            if !concerns(effect, load) {
                continue;
            }
            let own = self.blueprint.fault_entities[id.index()].with(entity);
            let strikes = match &scenario.faults[id.index()].occurs {
                Occurs::PerAttempt(probability) => {
                    probability.happens(self.chance.stream(own, Purpose::FaultHits, key).bits())
                }
                Occurs::Attempts(numbers) => {
                    let count = self.faults.sendings.entry((id, to)).or_default();
                    *count += 1;
                    numbers.binary_search(count).is_ok()
                }
                Occurs::Window { .. } | Occurs::Schedule(_) | Occurs::Renewal { .. } => true,
            };
            if !strikes {
                continue;
            }
            match effect {
                FaultEffect::DuplicatePackage => interference.doubled = Some(id),
                FaultEffect::ReorderPackages => interference.overtaken = Some(id),
                FaultEffect::DelayPackage(delay) => {
                    let stream = &mut self.chance.stream(own, Purpose::FaultDelay, key);
                    let late = interference.late.checked_add(delay.sample(stream));
                    interference.late = late.unwrap_or(Duration::MAX);
                    interference.delayed = Some(id);
                }
                _ => interference.lost = Some(id),
            }
        }
        interference
    }

    /// What share of what it usually does the circuit of a site carries; `None`: all of it.
    ///
    /// Of several faults at once, the one that leaves least counts [choice].
    pub(in crate::world) fn link_slowed(&self, site: SiteId) -> Option<Probability> {
        if self.sites[site.index()].out_of_order.work == 0 {
            return None;
        }
        let holding = self.faults.holding.get(&site)?;
        let shares = holding.iter().filter_map(|&fault| match effect(self.scenario(), fault) {
            FaultEffect::LinkSlow(share) => Some(*share),
            _ => None,
        });
        shares.min()
    }
}

/// Can it happen to a sending of this kind?
fn concerns(effect: &FaultEffect, load: Load) -> bool {
    match load {
        Load::Request => matches!(effect, FaultEffect::LoseRequest),
        Load::Package { .. } | Load::Catalogue { .. } => matches!(
            effect,
            FaultEffect::LosePackage
                | FaultEffect::DuplicatePackage
                | FaultEffect::ReorderPackages
                | FaultEffect::DelayPackage(_)
        ),
    }
}
