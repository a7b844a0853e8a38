//! The bars of one row: what a site was doing, phase by phase.

use super::canvas::PX;
use super::palette::{self, Colour};
use super::squeeze::Squeezed;
use crate::measure::{Attempt, Ending};
use crate::units::Instant;

/// A phase is drawn at least so wide, so that it can be seen.
pub(super) const NARROWEST: i32 = 2 * PX;

/// So much room a cross takes.
const CROSS: i32 = 12 * PX;

/// What a row is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bar {
    /// A step of a synchronisation.
    Phase {
        /// From where.
        left: i32,
        /// Until where.
        right: i32,
        /// Its colour.
        colour: Colour,
        /// Which step.
        step: Step,
    },
    /// The end of a synchronisation that failed.
    Failed {
        /// Where.
        x: i32,
    },
    /// Several synchronisations too close to be told apart.
    Several {
        /// From where.
        left: i32,
        /// Until where.
        right: i32,
        /// How many.
        count: usize,
        /// How many of them failed.
        failed: usize,
    },
    /// Until the next try.
    Waiting {
        /// From where.
        left: i32,
        /// Until where.
        right: i32,
    },
}

/// What is drawn of a synchronisation, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) enum Step {
    /// Until 6704.
    Connect,
    /// Until the bytes have crossed the link.
    Transfer,
    /// Until the pull is done.
    WsusWork,
    /// Until the results are available.
    FixedWait,
    /// Until the site database has them.
    Import,
    /// Until the internet-based point has them.
    Internet,
    /// The step that failed.
    Failed,
}

impl Step {
    /// As in the key of the picture, and its colour.
    pub(in crate::report) const fn named(self) -> (&'static str, Colour) {
        match self {
            Step::Connect => ("connect", palette::CONNECT),
            Step::Transfer => ("transfer", palette::TRANSFER),
            Step::WsusWork => ("WSUS work", palette::WSUS_WORK),
            Step::FixedWait => ("fixed wait", palette::FIXED_WAIT),
            Step::Import => ("import", palette::IMPORT),
            Step::Internet => ("internet point", palette::INTERNET),
            Step::Failed => ("failed", palette::FAILED),
        }
    }
}

/// The bars of one site's synchronisations (in order) within the window.
///
/// Synchronisations closer than `merge` to each other become one bar that says how many they are.
pub(super) fn bars(
    attempts: &[Attempt],
    axis: &Squeezed,
    window: (Instant, Instant),
    merge: i32,
) -> Vec<Bar> {
    let seen = |attempt: &&Attempt| {
        attempt.start <= window.1 && attempt.end.is_none_or(|end| end >= window.0)
    };
    let seen: Vec<&Attempt> = attempts.iter().filter(seen).collect();
    let groups = groups(&seen, axis, window, merge);
    let mut bars = waits(&groups, axis, window);
    for (members, drawn) in groups {
        if members.len() == 1 {
            bars.extend(drawn);
            continue;
        }
        let failed = members.iter().filter(|one| one.ending == Ending::Failed).count();
        let left = axis.x(members[0].start.max(window.0));
        let end = members.last().and_then(|last| last.end).unwrap_or(window.1);
        let right = axis.x(end.min(window.1)).max(left + NARROWEST);
        bars.push(Bar::Several { left, right, count: members.len(), failed });
    }
    bars
}

type Group<'a> = (Vec<&'a Attempt>, Vec<Bar>);

/// Synchronisations that can be told apart stand alone, with their bars; the others together.
fn groups<'a>(
    attempts: &[&'a Attempt],
    axis: &Squeezed,
    window: (Instant, Instant),
    merge: i32,
) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut drawn_until = i32::MIN / 2;
    let mut failed_before = false;
    for attempt in attempts {
        let bars = phases(attempt, axis, window);
        let left = axis.x(attempt.start.max(window.0));
        let failed = attempt.ending == Ending::Failed;
        // crosses on each other cannot be counted; a success beside a cross can be seen
        let room = if failed && failed_before { CROSS } else { 0 };
        match groups.last_mut() {
            // what would overlap is always merged, so that bars keep their place
            Some((members, _)) if left - drawn_until < merge + room => members.push(attempt),
            _ => groups.push((vec![attempt], bars.clone())),
        }
        let right = bars.iter().map(Bar::right).max().unwrap_or(left);
        drawn_until = drawn_until.max(right);
        failed_before = failed;
    }
    groups
}

/// Where the drawn bar of the synchronisation that ended at `end` ends; a bar of very short phases
/// ends later than its time.
pub(super) fn drawn_end(
    attempts: &[Attempt],
    axis: &Squeezed,
    window: (Instant, Instant),
    end: Instant,
) -> i32 {
    let ended = attempts.iter().find(|attempt| attempt.end == Some(end));
    let bars = ended.map(|attempt| phases(attempt, axis, window)).unwrap_or_default();
    bars.iter().map(Bar::right).max().unwrap_or(i32::MIN).max(axis.x(end))
}

impl Bar {
    fn right(&self) -> i32 {
        match self {
            Bar::Phase { right, .. } | Bar::Several { right, .. } | Bar::Waiting { right, .. } => {
                *right
            }
            Bar::Failed { x } => *x,
        }
    }
}

/// The phases of one synchronisation, and the mark of its failure.
fn phases(attempt: &Attempt, axis: &Squeezed, window: (Instant, Instant)) -> Vec<Bar> {
    let failed = attempt.ending == Ending::Failed;
    let end = attempt.end.unwrap_or(window.1).min(window.1);
    let begun = begun(attempt);
    let mut bars = Vec::new();
    let mut cursor = axis.x(attempt.start.max(window.0));
    for (place, (step, from)) in begun.iter().enumerate() {
        let last = place + 1 == begun.len();
        let until = begun.get(place + 1).map_or(end, |(_, next)| (*next).min(end));
        let step = if failed && last { Step::Failed } else { *step };
        // a step without any time took place, but there is nothing to see of it
        if until <= window.0 || *from > window.1 || (until == *from && step != Step::Failed) {
            continue;
        }
        let left = axis.x((*from).max(window.0)).max(cursor);
        let right = axis.x(until).max(left + NARROWEST);
        bars.push(Bar::Phase { left, right, colour: step.named().1, step });
        cursor = right;
    }
    if failed && attempt.end.is_some_and(|end| end <= window.1) {
        bars.push(Bar::Failed { x: cursor });
    }
    bars
}

/// The steps that began, each with its beginning.
pub(in crate::report) fn begun(attempt: &Attempt) -> Vec<(Step, Instant)> {
    let mut steps = vec![(Step::Connect, Some(attempt.start))];
    steps.push((Step::Transfer, attempt.pull_start));
    steps.push((Step::WsusWork, attempt.transferred));
    steps.push((Step::FixedWait, attempt.pulled));
    // only the top-level site imports; elsewhere nothing follows the fixed wait at once
    let imports = attempt.imported.is_some() || attempt.end.is_none() || failed_import(attempt);
    steps.push((Step::Import, attempt.settled.filter(|_| imports)));
    steps.push((Step::Internet, attempt.internet_start));
    steps.into_iter().filter_map(|(step, from)| from.map(|from| (step, from))).collect()
}

fn failed_import(attempt: &Attempt) -> bool {
    attempt.failure.is_some_and(|failure| failure.phase == crate::trace::Phase::Import)
}

/// From each failure until the next try; what lies inside a merged bar is covered by it.
fn waits(groups: &[Group<'_>], axis: &Squeezed, window: (Instant, Instant)) -> Vec<Bar> {
    let wait = |(place, (members, _)): (usize, &Group<'_>)| {
        let last = members.last()?;
        let (end, retry) = (last.end?, last.retry_at?);
        let next = groups.get(place + 1).and_then(|(members, _)| members.first());
        let next = next.map_or(retry, |next| next.start.min(retry));
        let (left, right) = (axis.x(end.max(window.0)), axis.x(next.min(window.1)));
        (right > left).then_some(Bar::Waiting { left, right })
    };
    groups.iter().enumerate().filter_map(wait).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::chart::sample::Sample;
    use crate::units::Duration;

    fn at(minutes: u64) -> Instant {
        Instant::START + Duration::from_mins(minutes)
    }

    fn row(attempts: &[Attempt], until: u64, merge: i32) -> Vec<Bar> {
        // the samples synchronise in the hours after 46:00
        let window = (at(46 * 60), at(46 * 60 + until));
        let axis = Squeezed::new(window, &[window], 0, 1_000 * PX);
        bars(attempts, &axis, window, merge)
    }

    fn failing() -> Vec<Attempt> {
        let (_, outcome) = Sample::three_sites().finish();
        outcome.attempts.into_iter().filter(|attempt| attempt.site.0 == 2).collect()
    }

    #[test]
    fn a_failed_step_is_marked_and_the_wait_for_the_retry_follows() {
        let bars = row(&failing(), 2 * 60, 0);
        let failed = bars.iter().filter(|bar| matches!(bar, Bar::Failed { .. })).count();
        let waits = bars.iter().filter(|bar| matches!(bar, Bar::Waiting { .. })).count();
        assert_eq!((failed, waits), (1, 1));
        assert!(bars.iter().any(|bar| matches!(bar, Bar::Phase { step: Step::Failed, .. })));
    }

    #[test]
    fn short_phases_keep_their_order_and_can_be_seen() {
        let phases: Vec<_> = row(&failing()[1..], 20 * 60, 0)
            .into_iter()
            .filter_map(|bar| match bar {
                Bar::Phase { left, right, step, .. } => Some((step, left, right)),
                _ => None,
            })
            .collect();
        assert!(phases.len() >= 4);
        assert!(phases.iter().all(|(_, left, right)| right - left >= NARROWEST));
        assert!(phases.windows(2).all(|pair| pair[0].2 <= pair[1].1 && pair[0].0 < pair[1].0));
    }

    #[test]
    fn crosses_that_would_touch_are_counted_and_the_success_behind_them_stands_alone() {
        let (_, outcome) = Sample::patience().finish();
        let branch: Vec<_> =
            outcome.attempts.into_iter().filter(|attempt| attempt.site.0 == 1).collect();
        let bars = row(&branch, 7 * 24 * 60, 0);
        let several = |bar: &&Bar| matches!(bar, Bar::Several { count: 140, failed: 140, .. });
        assert_eq!(bars.iter().filter(several).count(), 1, "{bars:?}");
        assert!(bars.iter().any(|bar| matches!(bar, Bar::Phase { step: Step::Transfer, .. })));
    }

    #[test]
    fn what_cannot_be_told_apart_is_one_bar_that_never_hides_a_failure() {
        let bars = row(&failing(), 500 * 24 * 60, 0);
        assert!(matches!(bars[..], [Bar::Several { count: 2, failed: 1, .. }]), "{bars:?}");
    }
}
