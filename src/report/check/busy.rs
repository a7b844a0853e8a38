//! What made a synchronisation long, and what filled a circuit: causes that are no lateness. Each with the
//! site that it is of; `which` names the run.

use super::super::Run;
use super::super::summary::time;
use crate::measure::{Attempt, Ending, link_hours};
use crate::scenario::{Bound, Expectation, WHOLE};
use crate::units::{Duration, Instant, SiteId};

/// The longest synchronisation that succeeded, and its two longest phases.
pub(super) fn long(run: &Run<'_>, asked: &Expectation, which: &str) -> Option<(String, SiteId)> {
    if asked.wanted.bound == Bound::AtLeast {
        return None;
    }
    let of = |one: &&Attempt| {
        asked.sites.binary_search(&one.site).is_ok() && one.ending != Ending::Failed
    };
    let took = |one: &Attempt| one.end.map(|end| end.since(one.start));
    let longest = run.outcome.attempts.iter().filter(of).rev().max_by_key(|one| took(one))?;
    let (name, length) = (run.attempt(longest.site, longest.number), took(longest)?);
    let at = run.scenario.clock.short(longest.start);
    let mut phases = phases(longest);
    phases.sort_by_key(|phase| std::cmp::Reverse(phase.1));
    let told = phases.iter().take(2).map(|(word, length)| format!("{word} {}", time(*length)));
    let told: Vec<String> = told.collect();
    let text = format!("{name} took {}, {at} in {}: {}", time(length), which, told.join(", then "));
    Some((text, longest.site))
}

/// What a synchronisation went through, each with how long it took.
fn phases(one: &Attempt) -> Vec<(&'static str, Duration)> {
    let stops: [(&str, Option<Instant>); 7] = [
        ("connecting", one.pull_start),
        ("catalogue transfer", one.transferred),
        ("WSUS processing", one.pulled),
        ("fixed wait", one.settled),
        ("database work", one.imported),
        ("waiting for the internet-based point", one.internet_start),
        ("internet-based point", one.internet_done),
    ];
    let mut phases = Vec::new();
    let mut since = one.start;
    for (word, until) in stops {
        let Some(until) = until.filter(|until| *until >= since) else { continue };
        phases.push((word, until.since(since)));
        since = until;
    }
    phases
}

/// The hour in which a circuit was fullest.
pub(super) fn full(run: &Run<'_>, asked: &Expectation, which: &str) -> Option<(String, SiteId)> {
    if asked.wanted.bound == Bound::AtLeast {
        return None;
    }
    let hours = link_hours(run.scenario, run.trace);
    let hours = hours.iter().filter(|hour| asked.sites.binary_search(&hour.site).is_ok());
    let fullest = hours.rev().max_by_key(|hour| hour.utilisation)?;
    let percent = fullest.utilisation? as f64 * 100.0 / WHOLE as f64;
    let link = &run.scenario.links[fullest.link.index()].name;
    let at = run.scenario.clock.short(fullest.from);
    let text = format!(
        "the circuit of {} ({link}) was {percent:.1} % full in the hour from {at}, in {}",
        run.code(fullest.site),
        which
    );
    Some((text, fullest.site))
}
