//! The span of time that the timeline shows, and what is going on in it.

use std::collections::BTreeSet;

use super::rows::Rows;
use super::subject::Subject;
use crate::measure::{Attempt, Outcome};
use crate::scenario::Scenario;
use crate::units::{Duration, Instant, SiteId};

/// The synchronisations of a site, in order.
pub(super) fn attempts(outcome: &Outcome, site: SiteId) -> &[Attempt] {
    let first = outcome.attempts.partition_point(|attempt| attempt.site < site);
    let after = outcome.attempts.partition_point(|attempt| attempt.site <= site);
    &outcome.attempts[first..after]
}

/// From publication (without a release: from the first synchronisation) until the last site is
/// current, and whether the run went on with a site that was never current.
///
/// Such a site is followed for half as long again, but at least for six hours.
pub(super) fn window(
    scenario: &Scenario,
    outcome: &Outcome,
    subject: &Subject<'_>,
    rows: &Rows,
) -> ((Instant, Instant), bool) {
    let horizon = Instant::START + scenario.duration;
    let drawn = || rows.drawn.iter().flat_map(|row| attempts(outcome, row.site));
    let first = drawn().map(|attempt| attempt.start).min().unwrap_or_default();
    let Some(release) = subject.release else {
        let last = drawn().map(|attempt| attempt.end.unwrap_or(horizon)).max().unwrap_or(horizon);
        return ((first, last), false);
    };
    let from = release.at;
    let last = rows.drawn.iter().filter_map(|row| row.current).max();
    let never = rows.drawn.iter().any(|row| row.current.is_none());
    let later = |at: Instant, by: Duration| at.checked_add(by).unwrap_or(horizon).min(horizon);
    match (last, never) {
        (Some(last), false) => {
            // A little more: a twentieth of the time in which something ran; and the end of what
            // was running, unless it takes far longer.
            let shown = || drawn().filter(|attempt| attempt.start >= from && attempt.start <= last);
            let first = shown().map(|attempt| attempt.start).min().unwrap_or(from);
            let far = later(last, Duration::from_micros(last.since(first).micros() / 20));
            let near = later(last, Duration::from_micros(active(shown(), last).micros() / 20));
            let ends = shown().filter_map(|attempt| attempt.end).max().unwrap_or(last);
            ((from, near.max(ends.min(far))), false)
        }
        (last, _) => {
            let last = last.unwrap_or(first.max(from));
            let more = Duration::from_micros(last.since(from).micros() / 2);
            let until = later(last, more.max(Duration::from_hours(6)));
            ((from, until), until < horizon)
        }
    }
}

/// For how long at least one of these synchronisations was running until `last`.
fn active<'a>(attempts: impl Iterator<Item = &'a Attempt>, last: Instant) -> Duration {
    let span = |attempt: &Attempt| (attempt.start, attempt.end.unwrap_or(last).min(last));
    let mut spans: Vec<(Instant, Instant)> = attempts.map(span).collect();
    spans.sort_unstable();
    let (mut total, mut reached) = (Duration::ZERO, Instant::START);
    for (from, until) in spans {
        total += until.max(reached).since(from.max(reached));
        reached = reached.max(until);
    }
    total
}

/// The spans in which something is going on at the sites drawn; edges of faults have no length.
pub(super) fn busy(
    scenario: &Scenario,
    outcome: &Outcome,
    rows: &Rows,
    window: (Instant, Instant),
) -> Vec<(Instant, Instant)> {
    let event = |at: Instant| (at, at);
    let mut busy = vec![event(window.0)];
    let sites: BTreeSet<SiteId> = rows.drawn.iter().map(|row| row.site).collect();
    for row in &rows.drawn {
        busy.extend(row.current.map(event));
        let spans = attempts(outcome, row.site).iter();
        busy.extend(spans.map(|attempt| (attempt.start, attempt.end.unwrap_or(window.1))));
    }
    for held in outcome.faults.iter().filter(|held| sites.contains(&held.site)) {
        let fault = scenario.faults.get(held.fault.index());
        if fault.is_some_and(|fault| fault.occurs.holds()) {
            busy.push(event(held.from));
            busy.extend(held.until.map(event));
        }
    }
    busy
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Ending;
    use crate::report::chart::rows::rows;
    use crate::report::chart::sample::{Sample, shown};

    #[test]
    fn a_long_idle_wait_adds_no_emptiness_after_the_last_site() {
        let (scenario, mut outcome) = Sample::one_site().finish();
        // Tried right after publication, in vain, and again nine hours later.
        let mut early = outcome.attempts[0].clone();
        early.start = outcome.arrivals[0].published;
        early.end = Some(early.start + Duration::from_mins(10));
        early.ending = Ending::Failed;
        outcome.attempts[0].number = 2;
        outcome.attempts.insert(0, early);
        let subject = Subject::new(&shown(&scenario, &outcome));
        let rows = rows(&scenario, &outcome, &subject);
        let ((_, until), _) = window(&scenario, &outcome, &subject, &rows);
        let last = outcome.arrivals[0].current.unwrap();
        let more = until.since(last);
        assert!(more <= Duration::from_mins(2) && !more.is_zero(), "{more} after {last}");
    }
}
