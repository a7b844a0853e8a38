//! Until when a scenario wants its sites to be current, as its expectations say.

use crate::scenario::{Bound, Expectation, Metric, Scenario, Stat, WHOLE};
use crate::units::{Duration, ReleaseId};

/// By when how many of some sites are to be current.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    /// Which expectation says so: its position among those of the scenario.
    pub position: usize,
    /// Itself.
    pub asked: &'a Expectation,
    /// So long after publication.
    pub after: Duration,
    /// Which share of its sites \[parts per thousand million\].
    pub share: u64,
}

/// Every expectation that gives a release so long to reach so many sites, in the order of the
/// scenario.
pub(super) fn wanted(
    scenario: &Scenario,
    release: Option<ReleaseId>,
) -> impl Iterator<Item = Wanted<'_>> {
    let all = scenario.expectations.iter().enumerate();
    all.filter_map(move |(position, asked)| {
        let concerns = release.is_some_and(|release| asked.releases.contains(&release));
        let (after, share) = match (asked.metric, asked.wanted.bound, asked.stat) {
            (Metric::ShareCurrent, Bound::AtLeast, _) => (asked.after?, asked.wanted.value),
            (Metric::TimeToCurrent, Bound::AtMost, Stat::Max) => {
                (Duration::from_micros(asked.wanted.value), WHOLE)
            }
            (Metric::TimeToCurrent, Bound::AtMost, Stat::Percentile(thousandths)) => {
                let share = u64::from(thousandths) * (WHOLE / 100_000);
                (Duration::from_micros(asked.wanted.value), share)
            }
            _ => return None,
        };
        concerns.then_some(Wanted { position, asked, after, share })
    })
}
