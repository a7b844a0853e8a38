//! How old the oldest release is that some sites lack, as it grows and falls: a saw-tooth.

use super::Outcome;
use super::holding::{Holdings, lacks};
use crate::scenario::{Holder, Scenario};
use crate::units::{Duration, Instant, SiteId};

/// A stretch in which at least one of some sites lacks a release; of all that any of them lacks in
/// it the oldest was published at `published`, so that the age grows from one end to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tooth {
    /// From when.
    pub from: Instant,
    /// Until when.
    pub until: Instant,
    /// When that release was published (or first asked for).
    pub published: Instant,
}

/// The saw-tooth of the worst of these sites, over the whole run: in order, none touching none but
/// the next. Between them no site lacks anything.
pub fn worst_staleness(scenario: &Scenario, outcome: &Outcome, sites: &[SiteId]) -> Vec<Tooth> {
    let end = Instant::START + scenario.duration;
    let holdings = Holdings::of(scenario, outcome);
    let mut lacked: Vec<(Instant, Instant)> = holdings.wanted().map(|at| (at, at)).collect();
    for &site in sites {
        for (release, row) in lacked.iter_mut().zip(holdings.rows(site)) {
            release.1 = release.1.max(row.current.unwrap_or(end).min(end));
        }
    }
    lacked.sort_unstable();
    let mut teeth = Vec::new();
    // Until here an older one was lacking.
    let mut lacked_until = Instant::START;
    for (published, until) in lacked {
        let from = published.max(lacked_until);
        if from < until {
            teeth.push(Tooth { from, until, published });
            lacked_until = until;
        }
    }
    teeth
}

/// At each of these instants (in order), the age that half of the sites do not exceed; zero when
/// half of them lack nothing.
pub fn median_staleness(
    scenario: &Scenario,
    outcome: &Outcome,
    sites: &[SiteId],
    instants: &[Instant],
) -> Vec<Duration> {
    let holdings = Holdings::of(scenario, outcome);
    let every: Vec<usize> = (0..holdings.wanted().count()).collect();
    let mut ages: Vec<Vec<Duration>> = vec![Vec::with_capacity(sites.len()); instants.len()];
    for &site in sites {
        let lacks = lacks(scenario, holdings.rows(site), Holder::Site, &every);
        let mut next = lacks.iter().peekable();
        for (at, ages) in instants.iter().zip(&mut ages) {
            while next.next_if(|(_, span)| span.until <= *at).is_some() {}
            let lacking = next.peek().filter(|(_, span)| span.from <= *at);
            ages.push(lacking.map_or(Duration::ZERO, |(published, _)| at.since(*published)));
        }
    }
    let median = |mut ages: Vec<Duration>| {
        let half = ages.len().div_ceil(2).checked_sub(1)?;
        Some(*ages.select_nth_unstable(half).1)
    };
    ages.into_iter().map(|ages| median(ages).unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::measure::Arrival;
    use crate::units::ReleaseId;

    /// Two releases, published after 13 h and 20 h, and when each of three sites held them.
    fn outcome(current: [[Option<u64>; 2]; 3]) -> (Scenario, Outcome) {
        let (mut scenario, _, mut outcome) = sample::tutorial();
        let mut second = scenario.catalogue.releases[0].clone();
        second.name = "second".to_owned();
        second.at = sample::at(20, 0, 0);
        scenario.catalogue.releases.push(second);
        let first = outcome.arrivals[0];
        outcome.arrivals.clear();
        for (site, current) in (0..).zip(current) {
            for (release, current) in (0..).zip(current) {
                let published = sample::at([13, 20][release as usize], 0, 0);
                let current = current.map(|hour| sample::at(hour, 0, 0));
                outcome.arrivals.push(Arrival {
                    site: SiteId(site),
                    release: ReleaseId(release),
                    published,
                    wanted: published,
                    current,
                    ..first
                });
            }
        }
        (scenario, outcome)
    }

    const SITES: [SiteId; 3] = [SiteId(0), SiteId(1), SiteId(2)];

    #[test]
    fn the_worst_site_makes_the_teeth() {
        let some = [[Some(14), Some(21)], [Some(16), Some(22)], [Some(15), Some(30)]];
        let (scenario, outcome) = outcome(some);
        let tooth = |from, until, published| Tooth {
            from: sample::at(from, 0, 0),
            until: sample::at(until, 0, 0),
            published: sample::at(published, 0, 0),
        };
        let teeth = worst_staleness(&scenario, &outcome, &SITES);
        assert_eq!(teeth, [tooth(13, 16, 13), tooth(20, 30, 20)]);
        let teeth = worst_staleness(&scenario, &outcome, &SITES[..1]);
        assert_eq!(teeth, [tooth(13, 14, 13), tooth(20, 21, 20)]);
    }

    #[test]
    fn a_release_that_never_came_is_the_oldest_until_the_end() {
        let (scenario, outcome) = outcome([[None, Some(21)], [Some(14); 2], [Some(14); 2]]);
        let teeth = worst_staleness(&scenario, &outcome, &SITES);
        let end = Instant::START + scenario.duration;
        let published = sample::at(13, 0, 0);
        assert_eq!(teeth, [Tooth { from: published, until: end, published }]);
    }

    #[test]
    fn half_of_the_sites_are_no_staler_than_the_median() {
        let some = [[Some(14), Some(21)], [Some(16), Some(22)], [Some(18), Some(30)]];
        let (scenario, outcome) = outcome(some);
        let hours = |hours: &[u64]| -> Vec<Instant> {
            hours.iter().map(|hour| sample::at(*hour, 0, 0)).collect()
        };
        let median = median_staleness(&scenario, &outcome, &SITES, &hours(&[12, 15, 16, 21, 25]));
        assert_eq!(median, [0, 2, 0, 1, 0].map(Duration::from_hours));
        let two = median_staleness(&scenario, &outcome, &SITES[1..], &hours(&[15, 17, 25]));
        assert_eq!(two, [2, 0, 0].map(Duration::from_hours), "of two the better one");
        assert_eq!(median_staleness(&scenario, &outcome, &[], &hours(&[15])), [Duration::ZERO]);
    }
}
