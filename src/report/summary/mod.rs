//! What a planner reads at the terminal when a run is over: the verdict first.
//!
//! ```text
//!   header ──► expectations ──► verdict ──► releases ──► where the time went ──► attempts ──► failures ──► latest
//! ```
//!
//! Of several replications the releases and the attempts are averages; what can only be told of
//! one, the verdict, the failures and the latest sites, is told of the one that is stored in full.
//!
//! Plain text of at most [`WIDTH`](page::WIDTH) columns, the same for the same run; the time that
//! computing took is not part of it.

mod clients;
mod expectations;
mod failures;
pub(super) mod page;
mod releases;
#[cfg(test)]
mod tests;
mod verdict;
mod went;
pub(super) mod words;

use clients::clients;
pub(super) use clients::together;
use expectations::expectations;
pub(super) use expectations::{got, note, wanted};
use failures::failures;
pub(super) use failures::{Streak, streaks};
use page::{BAD, BOLD, Page, WIDTH};
pub(super) use releases::Releases;
use releases::{release, rest};
use verdict::verdict;
pub(super) use went::shared_out;
use went::where_the_time_went;
pub(super) use words::{Unit, counted, days, grouped, kind_of, tenths, time};

use super::{Many, Run};
use crate::experiment::Averages;
use crate::measure::{Activity, Lag};
use crate::scenario::{Known, SiteKind};
use crate::units::{Duration, Instant, ReleaseId};

/// How it shall look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Only characters that every console has.
    pub ascii: bool,
    /// With ANSI colours.
    pub colour: bool,
}

/// The summary of a run, ending with a line end.
pub fn summary(run: &Run<'_>, many: &Many<'_>, look: Look) -> String {
    let mut page = Page { text: String::new(), look };
    let releases = Releases::of(run);
    header(&mut page, run, many);
    expectations(&mut page, run, many);
    match Averages::of(many.replications).filter(|averages| averages.replications > 1) {
        None => {
            verdict(&mut page, run, &releases);
            for lag in &releases.told {
                release(&mut page, run, lag, None);
            }
            rest(&mut page, &releases.rest);
            where_the_time_went(&mut page, run, releases.told.first());
            activity(&mut page, run);
        }
        Some(averages) => {
            for (lag, average) in releases.told.iter().zip(&averages.milestones) {
                release(&mut page, run, lag, Some((averages.replications, average)));
            }
            on_average(&mut page, &averages);
            page.gap();
            let number = run.replication;
            page.styled(BOLD, format_args!("REPLICATION {number}, the one that is stored in full"));
            verdict(&mut page, run, &releases);
            where_the_time_went(&mut page, run, releases.told.first());
        }
    }
    failures(&mut page, run);
    latest(&mut page, run, releases.told.first());
    clients(&mut page, run, &releases.told);
    page.text
}

/// The verdict alone, in plain text: bad news begins with ✗, good with ✓, what explains with blanks.
pub(super) fn verdict_in_words(run: &Run<'_>, releases: &Releases) -> String {
    let mut page = Page { text: String::new(), look: Look::default() };
    verdict(&mut page, run, releases);
    page.text
}

/// The releases that are told by themselves, in the order of the summary.
pub(super) fn told_releases(run: &Run<'_>) -> Vec<ReleaseId> {
    Releases::of(run).told.iter().map(|lag| lag.release).collect()
}

/// The code of the site that was last with the first release that is told, as far as there are
/// several: the one to ask about.
pub fn latest_site<'a>(run: &Run<'a>) -> Option<&'a str> {
    let releases = Releases::of(run);
    let lag = releases.told.first().filter(|lag| lag.latest.len() > 1)?;
    lag.latest.first().map(|&(site, _)| run.code(site))
}

/// Where a run was stored, how to ask why, and how to have it again; the lines below its summary.
pub fn footer(look: Look, stored: Option<&str>, why: Option<&str>, repeat: &str) -> String {
    let mut page = Page { text: String::new(), look };
    if let Some(why) = why {
        page.whole(&format!("why       {why}"));
    }
    if let Some(stored) = stored {
        page.whole(&format!("stored as {stored}"));
    }
    page.whole(&format!("repeat    {repeat}"));
    page.text
}

fn header(page: &mut Page, run: &Run<'_>, many: &Many<'_>) {
    let scenario = run.scenario;
    let (seed, zone) = (scenario.seed, scenario.clock.zone());
    let replication = match (many.replications.len(), run.replication) {
        (2.., _) => format!("   {} replications", grouped(many.replications.len())),
        (_, 0) => String::new(),
        (_, number) => format!("   replication {number}"),
    };
    page.styled(
        BOLD,
        format_args!(
            "{}   seed {seed}{replication}   profile {}   times are {zone}",
            scenario.name,
            scenario.profile.word()
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
    if many.pointless {
        page.line(format_args!("one replication: nothing in this scenario is random"));
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

/// How much synchronising it was, on average.
fn on_average(page: &mut Page, averages: &Averages) {
    let [attempts, failed, retries] = averages.activity.map(tenths);
    let line = format!(
        "ATTEMPTS  {attempts} synchronisations a replication, {failed} failed, {retries} retries"
    );
    page.pair(&line, "; ", &format!("at most {} at once", averages.busiest), "          ");
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
