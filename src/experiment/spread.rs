//! How a release reached some sites, once for each replication.

use super::replicate::{Stage, each};
use crate::measure::{Figure, Outcome, values};
use crate::scenario::Scenario;
use crate::units::{Duration, ReleaseId, SiteId};

/// How long the sites took in one replication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spread {
    /// The number of the replication.
    pub number: u32,
    /// From publication until current, of the sites that became it; ascending.
    pub delays: Vec<Duration>,
    /// How many sites there are.
    pub sites: usize,
    /// The value of each expectation; `None`: nothing to measure.
    pub values: Vec<Option<Figure>>,
}

impl Spread {
    /// What one replication says of a release at these sites (in order).
    pub fn of(
        number: u32,
        outcome: &Outcome,
        values: Vec<Option<Figure>>,
        release: ReleaseId,
        sites: &[SiteId],
    ) -> Spread {
        let concerns = |site: SiteId| sites.binary_search(&site).is_ok();
        let arrivals = outcome.arrivals.iter();
        let arrivals = arrivals.filter(|one| one.release == release && concerns(one.site));
        let mut all = 0;
        let mut delays = Vec::with_capacity(sites.len());
        for arrival in arrivals {
            all += 1;
            delays.extend(arrival.time_to_current());
        }
        delays.sort_unstable();
        Spread { number, delays, sites: all, values }
    }
}

/// Runs these replications, as [`replicate`](super::replicate()) does, and keeps how the release
/// reached the sites.
///
/// # Errors
/// What `watch` said when it stopped a run.
pub fn spread<E: Send>(
    scenario: &Scenario,
    numbers: &[u32],
    (release, sites): (ReleaseId, &[SiteId]),
    threads: usize,
    watch: &(impl Fn(Stage) -> Result<(), E> + Sync),
) -> Result<Vec<Spread>, E> {
    each(scenario, numbers, threads, watch, &|number, trace, outcome| {
        Spread::of(number, outcome, values(scenario, trace, outcome), release, sites)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Overrides;

    #[test]
    fn the_number_of_threads_changes_nothing_and_a_replication_is_its_number() {
        let text = include_str!("../../scenarios/21-outages-at-random.yaml");
        let (scenario, _) = Scenario::parse("it.yaml", text, &Overrides::default()).unwrap();
        let sites: Vec<SiteId> = (0..scenario.sites.len() as u32).map(SiteId).collect();
        let watch = |_: Stage| Ok::<(), ()>(());
        let of = |numbers: &[u32], threads| {
            spread(&scenario, numbers, (ReleaseId(0), &sites), threads, &watch).unwrap()
        };
        let all = of(&[0, 1, 2, 3], 2);
        assert_eq!(all, of(&[0, 1, 2, 3], 1));
        assert_eq!(all[2..3], of(&[2], 1));
        for one in &all {
            assert!(one.delays.is_sorted() && one.delays.len() <= one.sites);
        }
        let some = spread(&scenario, &[0], (ReleaseId(0), &sites[..1]), 1, &watch).unwrap();
        assert_eq!(some[0].sites, 1);
    }
}
