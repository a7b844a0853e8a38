//! Which instants of a run count.

use super::Outcome;
use crate::scenario::{Expectation, Scenario};
use crate::units::Instant;

/// From an instant to before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub from: Instant,
    pub until: Instant,
}

impl Span {
    /// Does it hold this instant?
    pub fn holds(&self, at: Instant) -> bool {
        self.from <= at && at < self.until
    }

    /// How long it is \[µs\].
    pub fn length(&self) -> u64 {
        self.until.since(self.from).micros()
    }

    /// What this and another have in common.
    pub fn and(&self, other: Span) -> Option<Span> {
        let both = Span { from: self.from.max(other.from), until: self.until.min(other.until) };
        (both.from < both.until).then_some(both)
    }
}

/// The spans that count for an expectation, in order, none touching the next: the run without its
/// warm-up, or what of it the fault named holds some site.
pub(super) fn counted(
    scenario: &Scenario,
    outcome: &Outcome,
    expectation: &Expectation,
) -> Vec<Span> {
    let end = Instant::START + scenario.duration;
    let whole = Span { from: Instant::START + scenario.warmup, until: end };
    let Some(fault) = expectation.during else { return vec![whole] };
    let held = outcome.faults.iter().filter(|one| one.fault == fault);
    let mut held: Vec<Span> = held
        .filter_map(|one| whole.and(Span { from: one.from, until: one.until.unwrap_or(end) }))
        .collect();
    held.sort_unstable();
    let mut spans: Vec<Span> = Vec::new();
    for span in held {
        match spans.last_mut() {
            Some(last) if span.from <= last.until => last.until = last.until.max(span.until),
            _ => spans.push(span),
        }
    }
    spans
}

/// Does one of the spans hold this instant?
pub(super) fn within(spans: &[Span], at: Instant) -> bool {
    spans.iter().any(|span| span.holds(at))
}

/// How many last from each instant on, from the start of the run; one that ends as another begins
/// is not counted with it.
pub(super) fn steps(lasting: impl Iterator<Item = (Instant, Instant)>) -> Vec<(Instant, u64)> {
    let mut edges = Vec::new();
    for (from, until) in lasting {
        edges.push((from, 1_i64));
        edges.push((until, -1));
    }
    edges.sort_unstable();
    let mut steps = vec![(Instant::START, 0)];
    let mut count = 0_i64;
    for (at, change) in edges {
        count += change;
        let now = u64::try_from(count).unwrap_or(0);
        match steps.last_mut() {
            // only what lasts is a step
            Some(last) if last.0 == at => last.1 = now,
            _ => steps.push((at, now)),
        }
    }
    steps
}

/// What of each step lies in the spans.
pub(super) fn parts<'a>(
    scenario: &Scenario,
    steps: &'a [(Instant, u64)],
    spans: &'a [Span],
) -> impl Iterator<Item = (Span, u64)> + 'a {
    let end = Instant::START + scenario.duration;
    steps.iter().enumerate().flat_map(move |(number, &(from, count))| {
        let until = steps.get(number + 1).map_or(end, |next| next.0);
        let whole = Span { from, until };
        spans.iter().filter_map(move |span| Some((span.and(whole)?, count)))
    })
}
