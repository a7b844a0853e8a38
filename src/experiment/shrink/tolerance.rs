//! How much outage can each site stand? One outage at one site at a time, longer and longer.

use rayon::prelude::*;

use super::{Doubt, MINUTE, Shortest, shortest};
use crate::experiment::replicate::Stage;
use crate::scenario::{Occurs, Pick, Scenario};
use crate::units::{Duration, FaultId, Instant, SiteId};

/// An outage that is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The fault of the scenario that is tried at each of its sites.
    pub fault: FaultId,
    /// From when on.
    pub from: Instant,
    /// How long at most \[minutes\].
    pub most: u64,
}

/// How much of it a site can stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tolerance {
    /// The site.
    pub site: SiteId,
    /// The shortest outage that breaks it; `None`: none that was tried does.
    pub breaks: Option<Duration>,
    /// How many lengths were tried.
    pub tried: usize,
}

impl Offer {
    /// The world of a doubt with that outage at one site, and of its other faults only these.
    pub fn at(&self, doubt: &Doubt, kept: &[FaultId], site: SiteId, length: Duration) -> Scenario {
        let with: Vec<FaultId> = kept.iter().copied().chain([self.fault]).collect();
        let mut scenario = doubt.with(&with);
        let fault = &mut scenario.faults[self.fault.index()];
        fault.sites = vec![site];
        fault.pick = Pick::All;
        fault.occurs = Occurs::Window { from: self.from, until: Some(self.from + length) };
        scenario
    }
}

/// Tries the outage at each site that the offered fault can hit, on so many threads; the site that
/// stands least first, those that stand everything last, alike ones in the order of the scenario.
///
/// # Errors
/// What `watch` said when it stopped a run.
///
/// # Panics
/// When the machine cannot start threads.
pub fn tolerances<E: Send>(
    doubt: &Doubt,
    offer: Offer,
    kept: &[FaultId],
    threads: usize,
    watch: &(impl Fn(Stage) -> Result<(), E> + Sync),
) -> Result<Vec<Tolerance>, E> {
    let one = |&site: &SiteId| {
        let Shortest { found, tried } = shortest(offer.most, |minutes| {
            doubt.breaks(&offer.at(doubt, kept, site, MINUTE * minutes), watch)
        })?;
        let breaks = found.map(|minutes| MINUTE * minutes);
        Ok(Tolerance { site, breaks, tried: tried.len() })
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.expect("a machine that can start a thread");
    let sites = &doubt.scenario.faults[offer.fault.index()].sites;
    let found: Result<Vec<Tolerance>, E> = pool.install(|| sites.par_iter().map(one).collect());
    let mut found = found?;
    found.sort_by_key(|one| (one.breaks.is_none(), one.breaks, one.site));
    Ok(found)
}
