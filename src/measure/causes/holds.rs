//! Which faults held a site, and when: of a wait that one of them is to blame for, what it held
//! is *link down* or *site down*, and only the rest is waiting.

use std::collections::BTreeMap;

use crate::measure::Outcome;
use crate::measure::blame::Category;
use crate::scenario::{FaultEffect, Scenario};
use crate::units::{FaultId, Instant, SiteId};

/// A fault that held a site for a while.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hold {
    pub fault: FaultId,
    pub from: Instant,
    pub until: Instant,
    pub category: Category,
}

/// Every hold of the run that can keep somebody waiting, by site and in order of time.
#[derive(Debug)]
pub(super) struct Holds {
    of: BTreeMap<SiteId, Vec<Hold>>,
}

/// What it is while a fault of this kind holds.
fn category(effect: &FaultEffect) -> Option<Category> {
    match effect {
        FaultEffect::LinkDown => Some(Category::LinkDown),
        FaultEffect::SiteDown => Some(Category::SiteDown),
        FaultEffect::SupDown | FaultEffect::InternetSupDown => Some(Category::PointDown),
        FaultEffect::SourceDown => Some(Category::SourceDown),
        FaultEffect::WsusNotConfigured => Some(Category::NotConfigured),
        FaultEffect::FailSync(_)
        | FaultEffect::LinkSlow(_)
        | FaultEffect::Slow(_)
        | FaultEffect::DatabaseFails
        | FaultEffect::LicenceTermsMissing
        | FaultEffect::LoseRequest
        | FaultEffect::LosePackage
        | FaultEffect::DuplicatePackage
        | FaultEffect::ReorderPackages
        | FaultEffect::DelayPackage(_) => None,
    }
}

impl Holds {
    pub fn of(scenario: &Scenario, outcome: &Outcome) -> Holds {
        let mut of: BTreeMap<SiteId, Vec<Hold>> = BTreeMap::new();
        for one in &outcome.faults {
            let fault = &scenario.faults[one.fault.index()];
            let Some(category) = category(&fault.effect).filter(|_| fault.occurs.holds()) else {
                continue;
            };
            let until = one.until.unwrap_or(Instant::NEVER);
            let hold = Hold { fault: one.fault, from: one.from, until, category };
            of.entry(one.site).or_default().push(hold);
        }
        of.values_mut().for_each(|holds| holds.sort_by_key(|hold| (hold.from, hold.fault)));
        Holds { of }
    }

    /// The fault that held one of these places in some way when something failed there, of several
    /// the one that began first: what a failure without a name of its own is owed to.
    pub fn holding(
        &self,
        places: &[(SiteId, &[Category])],
        (from, until): (Instant, Instant),
    ) -> Option<FaultId> {
        let held = places.iter().flat_map(|&(site, kinds)| {
            let holds = self.of.get(&site).into_iter().flatten();
            holds.filter(move |hold| {
                kinds.contains(&hold.category) && hold.from <= until && hold.until > from
            })
        });
        held.min_by_key(|hold| (hold.from, hold.fault)).map(|hold| hold.fault)
    }

    /// When a fault held one of two places in a span; the last first, none touching another.
    ///
    /// Where it held both, the first one counts.
    pub fn of_fault(
        &self,
        fault: FaultId,
        places: [Option<SiteId>; 2],
        (from, until): (Instant, Instant),
    ) -> Vec<(SiteId, Hold)> {
        let mut found: Vec<(SiteId, Hold)> = Vec::new();
        for place in places.into_iter().flatten() {
            let holds = self.of.get(&place).into_iter().flatten();
            let held =
                holds.filter(|hold| hold.fault == fault && hold.from < until && hold.until > from);
            for hold in held {
                let is_new =
                    |(_, one): &(SiteId, Hold)| one.until <= hold.from || hold.until <= one.from;
                if found.iter().all(is_new) {
                    found.push((place, *hold));
                }
            }
        }
        found.sort_by_key(|(_, hold)| std::cmp::Reverse(hold.from));
        found
    }

    /// The faults because of which a site server came up only at the end of a span; the last
    /// first, each reaching to where the one after it began.
    pub fn down_until(&self, site: SiteId, from: Instant, until: Instant) -> Vec<Hold> {
        let mut found = Vec::new();
        let Some(holds) = self.of.get(&site) else { return found };
        let down = |hold: &&Hold| hold.category == Category::SiteDown;
        // It came up when the last of them let go, at that very instant.
        let last =
            holds.iter().filter(down).filter(|hold| hold.until == until && hold.from < until);
        let mut next = last.min_by_key(|hold| (hold.from, hold.fault));
        while let Some(hold) = next {
            found.push(*hold);
            let before = hold.from;
            let reaches = |one: &&Hold| one.from < before && one.until >= before;
            next =
                holds.iter().filter(down).filter(reaches).min_by_key(|one| (one.from, one.fault));
            if before <= from {
                break;
            }
        }
        found
    }
}
