//! What one run says to what is asked of it.

use super::holding::{self, Holdings};
use super::{Figure, Outcome, span, syncs};
use crate::scenario::{Expectation, Metric, Scenario, WHOLE};

/// The value of each expectation, in their order; `None` where there was nothing to measure.
pub fn values(scenario: &Scenario, outcome: &Outcome) -> Vec<Option<Figure>> {
    let value = |asked| value(scenario, outcome, asked);
    scenario.expectations.iter().map(value).collect()
}

/// The value that is held against the bound of an expectation.
fn value(scenario: &Scenario, outcome: &Outcome, asked: &Expectation) -> Option<Figure> {
    let spans = span::counted(scenario, outcome, asked);
    let holdings = Holdings::of(scenario, outcome);
    match asked.metric {
        Metric::TimeToCurrent => holding::time_to_current(&holdings, asked, &spans),
        Metric::ShareCurrent => {
            holding::of_each_release(scenario, &holdings, asked, &spans, holding::share)
        }
        Metric::SitesNotCurrent => {
            let lacking = |have, all| (all - have) * WHOLE;
            holding::of_each_release(scenario, &holdings, asked, &spans, lacking)
        }
        Metric::Staleness => holding::staleness(scenario, &holdings, asked, &spans),
        Metric::SyncTime => syncs::sync_time(outcome, asked, &spans),
        Metric::Attempts | Metric::Failures | Metric::Retries | Metric::RedundantSyncs => {
            syncs::of_each_site(outcome, asked, &spans)
        }
        Metric::ConcurrentSyncs => syncs::concurrent(scenario, outcome, asked, &spans),
    }
}

#[cfg(test)]
mod tests;
