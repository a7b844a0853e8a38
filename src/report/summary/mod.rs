//! What a planner reads at the terminal when a run is over: the verdict first.
//!
//! ```text
//!   header ──► verdict ──► releases ──► attempts ──► failures ──► latest
//! ```
//!
//! Plain text of at most [`WIDTH`](page::WIDTH) columns, the same for the same run; the time that
//! computing took is not part of it.

mod failures;
mod page;
mod releases;
#[cfg(test)]
mod tests;
mod verdict;
mod words;

use failures::failures;
use page::{BAD, BOLD, Page, WIDTH};
use releases::{Releases, release, rest};
use verdict::verdict;
use words::{Unit, counted, days, grouped, kind_of};

use super::Run;
use crate::measure::{Activity, Lag};
use crate::scenario::{Known, SiteKind};
use crate::units::{Duration, Instant};

/// How it shall look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Only characters that every console has.
    pub ascii: bool,
    /// With ANSI colours.
    pub colour: bool,
}

/// The summary of a run, ending with a line end.
pub fn summary(run: &Run<'_>, look: Look) -> String {
    let mut page = Page { text: String::new(), look };
    let releases = Releases::of(run);
    header(&mut page, run);
    verdict(&mut page, run, &releases);
    for lag in &releases.told {
        release(&mut page, run, lag);
    }
    rest(&mut page, &releases.rest);
    activity(&mut page, run);
    failures(&mut page, run);
    latest(&mut page, run, releases.told.first());
    page.text
}

/// Where a run was stored and how to have it again; the lines below its summary.
pub fn footer(look: Look, stored: Option<&str>, repeat: &str) -> String {
    let mut page = Page { text: String::new(), look };
    if let Some(stored) = stored {
        page.line(format_args!("stored as {stored}"));
    }
    page.line(format_args!("repeat    {repeat}"));
    page.text
}

fn header(page: &mut Page, run: &Run<'_>) {
    let scenario = run.scenario;
    let (seed, zone) = (scenario.seed, scenario.clock.zone());
    let replication = match run.replication {
        0 => String::new(),
        number => format!("   replication {number}"),
    };
    page.styled(
        BOLD,
        format_args!(
            "{}   seed {seed}{replication}   profile cm2007   times are {zone}",
            scenario.name
        ),
    );
    let kinds = [SiteKind::Central, SiteKind::Primary, SiteKind::Secondary];
    let mut kinds: Vec<String> = kinds
        .into_iter()
        .map(|kind| (kind, scenario.sites.iter().filter(|site| site.kind == kind).count()))
        .filter(|&(_, count)| count > 0)
        .map(|(kind, count)| format!("{count} {}", kind_of(kind, count)))
        .collect();
    match scenario.sites.iter().filter(|site| site.internet_sup.is_some()).count() {
        0 => {}
        count => kinds.push(counted(count, "internet-based point", "internet-based points")),
    }
    let start = scenario.clock.civil(Instant::START, zone);
    let midnight = start.time() == jiff::civil::Time::midnight();
    let start = start.strftime(if midnight { "%a %-d %b %Y" } else { "%a %-d %b %Y %H:%M" });
    let sites = counted(scenario.sites.len(), "site", "sites");
    let duration = format!("{} from {start}", days(scenario.duration));
    page.pair(&format!("{sites}: {}", kinds.join(", ")), "   ", &duration, "");
    let assumed = scenario.defaults_used.iter().filter(|d| d.status == Known::Assumed).count();
    if assumed > 0 {
        let defaults =
            counted(assumed, "number is an assumed default", "numbers are assumed defaults");
        page.line(format_args!("{defaults}, listed in the manifest of a stored run"));
    }
    page.gap();
}

/// How much synchronising it was.
fn activity(page: &mut Page, run: &Run<'_>) {
    let activity = Activity::of(run.outcome);
    if activity.attempts == 0 {
        return page.styled(BAD, format_args!("ATTEMPTS  no site synchronised in this run"));
    }
    let mut parts = vec![format!("{} ok", grouped(activity.succeeded))];
    for (count, what) in [(activity.failed, "failed"), (activity.unfinished, "unfinished")] {
        if count > 0 {
            parts.push(format!("{} {what}", grouped(count)));
        }
    }
    if activity.retries > 0 {
        parts.push(counted(activity.retries, "was a retry", "were retries"));
    }
    let busiest = match activity.busiest_at {
        Some(at) if activity.busiest > 1 => {
            format!("at most {} at once, {}", activity.busiest, run.scenario.clock.short(at))
        }
        _ => String::new(),
    };
    let attempts = counted(activity.attempts, "synchronisation", "synchronisations");
    page.pair(&format!("ATTEMPTS  {attempts}: {}", parts.join(", ")), "; ", &busiest, "          ");
}

/// The sites that were last with a release.
fn latest(page: &mut Page, run: &Run<'_>, lag: Option<&Lag>) {
    let Some(lag) = lag.filter(|lag| lag.latest.len() > 1) else { return };
    let unit = Unit::of(lag.all.reached.last().copied().unwrap_or(Duration::ZERO));
    let sites: Vec<String> = lag
        .latest
        .iter()
        .take(5)
        .map(|&(site, delay)| match delay {
            Some(delay) => format!("{} {} {}", run.code(site), unit.show(delay), unit.short),
            None => format!("{} never", run.code(site)),
        })
        .collect();
    // Fewer sites rather than half a word.
    let after = format!(" after {}", run.release(lag.release));
    let mut line = format!("LATEST    {}", sites[0]);
    for site in &sites[1..] {
        if line.chars().count() + 2 + site.chars().count() + after.chars().count() > WIDTH {
            break;
        }
        line = format!("{line}, {site}");
    }
    page.line(format_args!("{line}{after}"));
}
