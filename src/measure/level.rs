//! How many sites are current, and how many synchronise, from instant to instant.

use super::Outcome;
use super::holding::{Holdings, lacks};
use super::syncs::running;
use crate::scenario::{Holder, Scenario};
use crate::units::{Instant, SiteId};

/// From each instant on, so much; the first is the start of the run.
pub type Steps = Vec<(Instant, u64)>;

/// How many synchronisations run.
pub fn syncs_running(scenario: &Scenario, outcome: &Outcome) -> Steps {
    running(scenario, outcome.attempts.iter())
}

/// How many sites lack no release, of those that metadata can reach.
pub fn sites_current(scenario: &Scenario, outcome: &Outcome) -> Steps {
    let holdings = Holdings::of(scenario, outcome);
    let every: Vec<usize> = (0..holdings.wanted().count()).collect();
    let mut edges: Vec<(Instant, i64)> = Vec::new();
    let mut sites = 0_i64;
    for (_, number) in scenario.sites.iter().zip(0..) {
        let rows = holdings.rows(SiteId(number));
        // without a release nobody has rows, and everybody is current
        if !outcome.arrivals.is_empty() && rows.is_empty() {
            continue;
        }
        sites += 1;
        for (_, span) in lacks(scenario, rows, Holder::Site, &every) {
            edges.push((span.from, -1));
            edges.push((span.until, 1));
        }
    }
    edges.sort_unstable();
    let end = Instant::START + scenario.duration;
    let mut steps: Steps = vec![(Instant::START, u64::try_from(sites).unwrap_or(0))];
    for (at, change) in edges.into_iter().take_while(|(at, _)| *at < end) {
        sites += change;
        let now = u64::try_from(sites).unwrap_or(0);
        match steps.last_mut() {
            // what happens at one instant is one step
            Some(last) if last.0 == at => last.1 = now,
            _ => steps.push((at, now)),
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::super::{sample, series};
    use super::*;
    use crate::units::Duration;

    #[test]
    fn the_steps_are_what_the_samples_are_taken_of() {
        let (scenario, _, outcome) = sample::tutorial();
        let samples = series(&scenario, &outcome, Duration::from_mins(7));
        for (metric, steps) in [
            ("sites_current", sites_current(&scenario, &outcome)),
            ("syncs_running", syncs_running(&scenario, &outcome)),
        ] {
            let of_all = samples.iter().filter(|one| one.metric == metric && one.kind.is_none());
            let mut values = std::collections::BTreeSet::new();
            for sample in of_all {
                let step = steps.iter().rev().find(|(at, _)| *at <= sample.at);
                assert_eq!(step.map(|step| step.1), Some(sample.value), "{metric} {}", sample.at);
                values.insert(sample.value);
            }
            assert!(values.len() > 1, "{metric} never changes: {values:?}");
        }
    }
}
