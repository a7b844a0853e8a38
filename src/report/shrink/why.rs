//! Why an outage breaks an expectation: what it delays, and what there is more of then.

use std::collections::BTreeSet;

use crate::measure::{Arrival, Blame, Causes};
use crate::report::check::{below, held, part_of, stuck, which};
use crate::report::summary::time;
use crate::report::{Run, because, many};
use crate::scenario::Expectation;
use crate::units::{Duration, SiteId};

/// Later by less than this is not delayed by it.
const MATTERS: Duration = Duration::from_mins(1);

/// What an outage does to what is asked for: which of the sites have it later than without the
/// outage, and of the one that is delayed most the two kinds of time of which there is most more,
/// in order of time. Both runs are of one world, and of one replication; where nothing is delayed,
/// or no delay is asked for, the largest cause of the run with the outage.
pub fn what_it_does(without: &Run<'_>, with: &Run<'_>, asked: &Expectation) -> Option<String> {
    if asked.releases.is_empty() {
        return because(with, asked).map(|because| because.text);
    }
    let asked_for = |one: &&Arrival| {
        asked.sites.binary_search(&one.site).is_ok() && asked.releases.contains(&one.release)
    };
    // Of one world, so that the arrivals of the same site and release stand side by side.
    let pairs = without.outcome.arrivals.iter().zip(&with.outcome.arrivals);
    let same =
        |one: &Arrival, other: &Arrival| (one.site, one.release) == (other.site, other.release);
    let pairs = pairs.filter(|(before, after)| asked_for(before) && same(before, after));
    let delayed = |(before, after): (&Arrival, &Arrival)| {
        let before = held(before, asked.part)?;
        let by = held(after, asked.part).map_or(Duration::MAX, |after| after.since(before));
        (by >= MATTERS).then_some(by)
    };
    let delayed: Vec<(Duration, &Arrival, &Arrival)> = pairs
        .filter_map(|(before, after)| Some((delayed((before, after))?, before, after)))
        .collect();
    let sites: BTreeSet<SiteId> = delayed.iter().map(|(_, _, after)| after.site).collect();
    let sites: Vec<SiteId> = sites.into_iter().collect();
    // of equal ones the first
    let most = delayed.iter().rev().max_by_key(|(by, ..)| *by);
    let Some(&(by, before, after)) = most else {
        return because(with, asked).map(|because| because.text);
    };
    let (whose, below) = (many::sites(with, &sites), below(with, &sites));
    let head = format!("it delays {whose} in {}{below}", which(with));
    let blamed = |run: &Run<'_>, arrival: &Arrival| {
        let causes = Causes::of(run.scenario, run.trace, run.outcome);
        match part_of(asked.part) {
            None => causes.blame(arrival),
            Some(part) => causes.blame_of(arrival, part),
        }
    };
    let code = with.code(after.site);
    Some(match (blamed(without, before), blamed(with, after)) {
        (Some(before), Some(after)) => {
            format!("{head}; {code} by {}: {}", time(by), more_of(with, &before, &after))
        }
        _ => format!("{head}; {code} for good: {}", stuck(with, after).0),
    })
}

/// The two kinds of time of which there is most more: `link down 43 min, then sender closed 13 h`.
fn more_of(run: &Run<'_>, before: &Blame, after: &Blame) -> String {
    let before = before.parts();
    let mut more: Vec<(usize, Duration, String)> = Vec::new();
    for (place, (stage, length)) in after.parts().into_iter().enumerate() {
        let alike = |one: &&(crate::measure::Stage, Duration)| {
            (one.0.category, one.0.at, one.0.behind) == (stage.category, stage.at, stage.behind)
        };
        let was = before.iter().find(alike).map_or(Duration::ZERO, |(_, length)| *length);
        let path = stage.behind.path(run.scenario, stage.at);
        let words = format!("{} ({path})", stage.category.words());
        more.push((place, length.saturating_sub(was), words));
    }
    more.sort_by_key(|(place, more, _)| (std::cmp::Reverse(*more), *place));
    more.truncate(2);
    more.retain(|(_, more, _)| *more >= MATTERS);
    more.sort_by_key(|(place, ..)| *place);
    let told: Vec<String> =
        more.into_iter().map(|(_, more, words)| format!("{words} {}", time(more))).collect();
    told.join(", then ")
}
