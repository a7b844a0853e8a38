//! What sites did: `sync_time`, `attempts`, `failures`, `retries`, `redundant_syncs`,
//! `concurrent_syncs`.

use super::figure::{Stretch, of_values, over_time};
use super::span::{Span, parts, steps, within};
use super::{Attempt, Ending, Figure, Outcome};
use crate::scenario::{Expectation, Metric, Scenario, WHOLE};
use crate::trace::Trigger;
use crate::units::{Instant, SiteId};

/// The synchronisations of a site, in order.
fn of_site(outcome: &Outcome, site: SiteId) -> &[Attempt] {
    let first = outcome.attempts.partition_point(|attempt| attempt.site < site);
    let rest = &outcome.attempts[first..];
    &rest[..rest.partition_point(|attempt| attempt.site == site)]
}

fn succeeded(attempt: &Attempt) -> bool {
    matches!(attempt.ending, Ending::Ok | Ending::LicenceTermsPending)
}

/// One value for each synchronisation that was started in the spans and succeeded.
pub(super) fn sync_time(outcome: &Outcome, asked: &Expectation, spans: &[Span]) -> Option<Figure> {
    let attempts = asked.sites.iter().flat_map(|&site| of_site(outcome, site));
    let mut values: Vec<Figure> = attempts
        .filter(|attempt| succeeded(attempt) && within(spans, attempt.start))
        .filter_map(|attempt| Some(Figure::Of(attempt.end?.since(attempt.start).micros())))
        .collect();
    of_values(asked.stat, &mut values)
}

/// One value for each site: how many of its synchronisations that were started in the spans count.
pub(super) fn of_each_site(
    outcome: &Outcome,
    asked: &Expectation,
    spans: &[Span],
) -> Option<Figure> {
    if spans.is_empty() {
        return None;
    }
    let counts = |attempt: &&Attempt| {
        within(spans, attempt.start)
            && match asked.metric {
                Metric::Failures => attempt.ending == Ending::Failed,
                Metric::Retries => attempt.trigger == Trigger::Retry,
                Metric::RedundantSyncs => succeeded(attempt) && attempt.applied == 0,
                _ => true,
            }
    };
    let count = |&site: &SiteId| of_site(outcome, site).iter().filter(counts).count() as u64;
    let mut values: Vec<Figure> =
        asked.sites.iter().map(|site| Figure::Of(count(site) * WHOLE)).collect();
    of_values(asked.stat, &mut values)
}

/// At every instant of the spans: how many of the sites are synchronising.
pub(super) fn concurrent(
    scenario: &Scenario,
    outcome: &Outcome,
    asked: &Expectation,
    spans: &[Span],
) -> Option<Figure> {
    let attempts = asked.sites.iter().flat_map(|&site| of_site(outcome, site));
    let steps = running(scenario, attempts);
    let stretch = |(part, count): (Span, u64)| Stretch {
        from: count * WHOLE,
        grows: false,
        length: part.length(),
    };
    let stretches: Vec<Stretch> = parts(scenario, &steps, spans).map(stretch).collect();
    over_time(asked.stat, &stretches)
}

/// How many synchronisations run from each instant on, from the start of the run; one that ends as
/// another starts is not counted with it.
pub fn running<'a>(
    scenario: &Scenario,
    attempts: impl Iterator<Item = &'a Attempt>,
) -> Vec<(Instant, u64)> {
    let end = Instant::START + scenario.duration;
    steps(attempts.map(|attempt| (attempt.start, attempt.end.unwrap_or(end))))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{self, at, attempt};
    use super::*;
    use crate::scenario::SiteKind;

    #[test]
    fn what_happens_at_one_instant_is_one_step() {
        let scenario = sample::scenario(vec![sample::site("CEN", None, 1, SiteKind::Central)]);
        let hour = |hour| at(hour, 0, 0);
        let ran = |from, until| attempt(SiteId(0), 1, hour(from), hour(until));
        // two end together as one begins, and one is over as it begins
        let attempts = [ran(0, 2), ran(1, 2), ran(2, 3), ran(5, 5)];
        let steps = running(&scenario, attempts.iter());
        let expected = [(0, 1), (1, 2), (2, 1), (3, 0), (5, 0)];
        assert_eq!(steps, expected.map(|(from, count)| (hour(from), count)));
    }
}
