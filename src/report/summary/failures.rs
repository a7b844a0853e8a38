//! Which synchronisations failed, why, and what became of them.
//!
//! A site that fails again and again for one cause is told once: a streak. What a planner needs
//! stands first in a line (site, step, the fault's name, when); the message comes last, once, so
//! that nothing else is lost where a line is too long.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::super::Run;
use super::page::{BAD, Page};
use super::words::{counted, grouped};
use crate::measure::{Attempt, Ending};
use crate::trace::{Reason, Trigger};
use crate::units::SiteId;

/// Streaks, and causes, that are told one by one.
const TOLD: usize = 6;

/// Synchronisations of one site, one after the other, that failed for the same cause.
pub(in crate::report) struct Streak<'a> {
    pub failed: &'a [Attempt],
    /// The one after them.
    next: Option<&'a Attempt>,
    pub cause: Cause,
}

/// In which step, why, and the fault of the scenario behind it; and what the status message says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) struct Cause {
    pub what: String,
    pub message: String,
}

/// Tells of all failures of a run; says nothing when there is none.
pub(super) fn failures(page: &mut Page, run: &Run<'_>) {
    let mut streaks = streaks(run);
    if streaks.is_empty() {
        return;
    }
    // The longest first: it is the one that somebody has to do something about.
    streaks.sort_by_key(|streak| (Reverse(streak.failed.len()), streak.failed[0].end));
    let count = |streaks: &[Streak<'_>]| streaks.iter().map(|s| s.failed.len()).sum::<usize>();
    let total = counted(count(&streaks), "synchronisation", "synchronisations");
    page.styled(BAD, format_args!("FAILED    {total} at {}", sites(&streaks)));
    let mut messages = BTreeSet::new();
    if streaks.len() > TOLD {
        causes(page, &streaks, &mut messages);
    }
    let (told, rest) = streaks.split_at(streaks.len().min(TOLD));
    let width = told.iter().map(|s| s.name(run).chars().count()).max().unwrap_or(0).max(7);
    for streak in told {
        let cause = streak.cause.told(&mut messages);
        page.line(format_args!("  {:<width$}  {cause}", streak.name(run)));
        let indent = " ".repeat(width + 4);
        let when = format!("{indent}{}", streak.when(run));
        page.pair(&when, "; ", &streak.sequel(run), &indent);
    }
    if !rest.is_empty() {
        let (more, at) = (grouped(count(rest)), sites(rest));
        page.line(format_args!("  and {more} more at {at} (tables/attempts.csv)"));
    }
}

/// How often each cause occurred, the most frequent first.
fn causes(page: &mut Page, streaks: &[Streak<'_>], messages: &mut BTreeSet<String>) {
    let mut causes: BTreeMap<&Cause, usize> = BTreeMap::new();
    for streak in streaks {
        *causes.entry(&streak.cause).or_default() += streak.failed.len();
    }
    let mut causes: Vec<(&Cause, usize)> = causes.into_iter().collect();
    causes.sort_by_key(|(_, count)| Reverse(*count));
    for (cause, count) in causes.iter().take(TOLD) {
        let times = counted(*count, "time", "times");
        page.line(format_args!("  {times:>12}   {}", cause.told(messages)));
    }
    if causes.len() > TOLD {
        page.line(format_args!("  {:>12}   and {} more causes", "", causes.len() - TOLD));
    }
}

fn sites(streaks: &[Streak<'_>]) -> String {
    let sites: BTreeSet<SiteId> = streaks.iter().map(|streak| streak.failed[0].site).collect();
    counted(sites.len(), "site", "sites")
}

/// Every streak of a run, by site and number.
pub(in crate::report) fn streaks<'a>(run: &Run<'a>) -> Vec<Streak<'a>> {
    let attempts: &'a [Attempt] = &run.outcome.attempts;
    let mut streaks: Vec<Streak<'a>> = Vec::new();
    let mut at = 0;
    while at < attempts.len() {
        let first = &attempts[at];
        let of_site = |other: &&Attempt| other.site == first.site;
        let mut end = at + 1;
        if first.ending == Ending::Failed {
            let why = |attempt: &Attempt| (attempt.failure, attempt.fault);
            let same = |other: &Attempt| {
                of_site(&other) && other.ending == Ending::Failed && why(other) == why(first)
            };
            end += attempts[end..].iter().take_while(|other| same(other)).count();
            let next = attempts.get(end).filter(of_site);
            streaks.push(Streak { failed: &attempts[at..end], next, cause: cause(run, first) });
        }
        at = end;
    }
    streaks
}

fn cause(run: &Run<'_>, attempt: &Attempt) -> Cause {
    let Some(failure) = attempt.failure else {
        return Cause { what: "for an unknown reason".to_owned(), message: String::new() };
    };
    let reason = match failure.reason {
        Reason::Injected(_) => String::new(),
        reason => format!(": {reason}"),
    };
    let fault = attempt.fault.map(|fault| format!(" (fault {})", run.fault(fault)));
    Cause {
        what: format!("{}{reason}{}", failure.phase, fault.unwrap_or_default()),
        message: run.complaint(failure).message,
    }
}

impl Cause {
    /// The cause, with its message unless that has been told.
    fn told(&self, messages: &mut BTreeSet<String>) -> String {
        if self.message.is_empty() || !messages.insert(self.message.clone()) {
            return self.what.clone();
        }
        format!("{}: {}", self.what, self.message)
    }
}

impl Streak<'_> {
    fn first(&self) -> &Attempt {
        &self.failed[0]
    }

    fn last(&self) -> &Attempt {
        &self.failed[self.failed.len() - 1]
    }

    /// `CEN#1`, or `CEN#1 to #6`.
    pub fn name(&self, run: &Run<'_>) -> String {
        let first = run.attempt(self.first().site, self.first().number);
        match self.failed.len() {
            1 => first,
            _ => format!("{first} to #{}", self.last().number),
        }
    }

    /// When it failed: the first time and the last.
    pub fn when(&self, run: &Run<'_>) -> String {
        let end =
            |attempt: &Attempt| run.scenario.clock.short(attempt.end.unwrap_or(attempt.start));
        let (first, last) = (end(self.first()), end(self.last()));
        match (first.rsplit_once(' '), last.rsplit_once(' ')) {
            _ if self.failed.len() == 1 => first,
            (Some((one, _)), Some((same, time))) if one == same => format!("{first} to {time}"),
            _ => format!("{first} to {last}"),
        }
    }

    /// What came of it.
    pub fn sequel(&self, run: &Run<'_>) -> String {
        let clock = &run.scenario.clock;
        let Some(next) = self.next else {
            return match self.last().retry_at {
                Some(at) => format!("retry due {}, after the end of the run", clock.short(at)),
                None => "no retry: the site has given up".to_owned(),
            };
        };
        let start = clock.short(next.start);
        let began = match next.trigger {
            Trigger::Retry => format!("retried {start}"),
            other => format!("next started by {other} {start}"),
        };
        match next.end {
            Some(end) => format!("{began}: {} {}", next.ending.name(), clock.short(end)),
            None => format!("{began}: unfinished at the end of the run"),
        }
    }
}
