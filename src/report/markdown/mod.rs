//! A run for a pull request, or the summary of a job: GitHub's Markdown, the verdict first.
//!
//! The first line is a hidden mark, by which a later comment finds and replaces this one. The page
//! stays below what GitHub takes: a table that would grow beyond it ends with how much is left out.

mod page;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::many::{question, value};
use super::summary::{
    Releases, Unit as Scale, counted, got, grouped, kind_of, note, tenths, time, wanted,
};
use super::{Many, Run};
use crate::experiment::{Average, Averages, Verdict};
use crate::measure::{Attempt, Ending, Lag};
use crate::scenario::Unit;
use crate::units::{Duration, Instant, SiteId};
pub(super) use page::{Page, fenced, safe};

/// Sites that are named as the latest.
const LATEST: usize = 15;

/// The run as a page of Markdown.
pub fn markdown(run: &Run<'_>, many: &Many<'_>) -> String {
    let releases = Releases::of(run);
    let averages = Averages::of(many.replications);
    let mut page = Page::new(&format!("supsim:{}", run.scenario.name));
    page.line(&format!("### supsim: {}", headline(run, many, &releases)));
    page.gap();
    about(&mut page, run, many);
    expectations(&mut page, run, many);
    for (number, lag) in releases.told.iter().enumerate() {
        let averages = averages.as_ref().and_then(|all| all.milestones.get(number));
        release(&mut page, run, lag, averages.map_or(&[], Vec::as_slice));
    }
    rest(&mut page, &releases.rest);
    if let Some(averages) = &averages {
        activity(&mut page, averages);
    }
    latest(&mut page, run, releases.told.first());
    failed(&mut page, run);
    page.line(&format!("<sub>supsim {}, {}</sub>", env!("CARGO_PKG_VERSION"), origin(run, many)));
    page.text
}

/// The answer, in a line.
fn headline(run: &Run<'_>, many: &Many<'_>, releases: &Releases) -> String {
    let asked = run.scenario.expectations.len();
    if asked > 0 && many.answers.len() == asked {
        let of = |wanted: &[Verdict]| {
            let answers = run.scenario.expectations.iter().zip(many.answers);
            answers.filter(|(one, it)| wanted.contains(&it.verdict) && !one.only_warns).count()
        };
        let (failed, unsure) =
            (of(&[Verdict::Fail, Verdict::NoData]), of(&[Verdict::Inconclusive]));
        let all = counted(asked, "expectation", "expectations");
        return match (failed, unsure) {
            (0, 0) if asked == 1 => "the expectation holds".to_owned(),
            (0, 0) => format!("all {all} hold"),
            (0, unsure) => format!("{unsure} of {all} cannot be told yet"),
            (1, _) => format!("1 of {all} fails"),
            (failed, _) => format!("{failed} of {all} fail"),
        };
    }
    let never: usize = releases.possible().map(|lag| lag.all.never).sum();
    let slowest = releases.possible().filter_map(|lag| lag.all.reached.last()).max();
    match (never, slowest) {
        (0, None) => "nothing arrived, and nothing could".to_owned(),
        (0, Some(slowest)) => {
            format!("every site became current, after {} at the latest", time(*slowest))
        }
        (1, _) => "one site never became current with a release".to_owned(),
        (never, _) => {
            format!("{} times a site never became current with a release", grouped(never))
        }
    }
}

fn about(page: &mut Page, run: &Run<'_>, many: &Many<'_>) {
    let scenario = run.scenario;
    let sites = counted(scenario.sites.len(), "site", "sites");
    let replications = match many.replications.len() {
        count @ 2.. => format!(", {} replications", grouped(count)),
        _ => String::new(),
    };
    let name = safe(&scenario.name);
    page.line(&format!(
        "**{name}**: {sites}, seed {}{replications}; times are {}",
        scenario.seed,
        safe(scenario.clock.zone().name())
    ));
    page.gap();
}

fn expectations(page: &mut Page, run: &Run<'_>, many: &Many<'_>) {
    let asked = &run.scenario.expectations;
    if asked.is_empty() || many.answers.is_empty() {
        return;
    }
    let rows = asked.iter().zip(many.answers).map(|(one, answer)| {
        let mark = match answer.verdict {
            Verdict::Pass => "✅",
            _ if one.only_warns => "⚠️",
            Verdict::Fail | Verdict::NoData => "❌",
            Verdict::Inconclusive => "❔",
        };
        let note = note(one, answer, many.replications.len());
        let cells = [&one.name, &question(run, one), &wanted(one, false), &got(one, answer), &note];
        format!("{mark} | {}", cells.map(|cell| safe(cell)).join(" | "))
    });
    page.table("| expectation | measured | wanted | got | ", rows);
}

/// How a release reached the tiers.
fn release(page: &mut Page, run: &Run<'_>, lag: &Lag, averages: &[Average]) {
    let slowest = averages.iter().filter_map(|one| one.after[3]).max();
    let longest = lag.all.reached.last().copied().unwrap_or(Duration::ZERO);
    let scale = Scale::of(slowest.unwrap_or(longest));
    let (name, when) = (safe(run.release(lag.release)), run.scenario.clock.short(lag.published));
    page.line(&format!("**{name}**, published {when}: {} until current", scale.plural));
    page.gap();
    let cell = |after: Option<Duration>| after.map_or("never".to_owned(), |it| scale.show(it));
    let rows = averages.iter().map(|one| {
        let several = averages.iter().filter(|other| other.kind == one.kind).count() > 1;
        let tier = if several { format!(", tier {}", one.tier) } else { String::new() };
        let after = one.after.map(cell).join(" | ");
        let never = if one.never == 0 { String::new() } else { tenths(one.never) };
        format!("{}{tier} | {} | {after} | {never}", kind_of(one.kind, one.sites), one.sites)
    });
    page.numbers(" | sites | first | half | 95 % | all | never", rows);
}

fn rest(page: &mut Page, lags: &[Lag]) {
    if lags.is_empty() {
        return;
    }
    let slowest = lags.iter().filter_map(|lag| lag.all.reached.last()).max();
    let slowest = time(slowest.copied().unwrap_or(Duration::ZERO));
    let count = counted(lags.len(), "other release", "other releases");
    page.line(&format!("And {count}: at the latest after {slowest}."));
    page.gap();
}

fn activity(page: &mut Page, averages: &Averages) {
    let [attempts, failed, retries] = averages.activity.map(tenths);
    let each = if averages.replications > 1 { " a replication" } else { "" };
    let were = if retries == "1" { "was a retry" } else { "were retries" };
    page.line(&format!(
        "{attempts} synchronisations{each}, {failed} failed, {retries} {were}; at most {} at once.",
        averages.busiest
    ));
    page.gap();
}

/// The sites that were last with the largest release.
fn latest(page: &mut Page, run: &Run<'_>, lag: Option<&Lag>) {
    let Some(lag) = lag.filter(|lag| lag.latest.len() > 1) else { return };
    let name = safe(run.release(lag.release));
    page.open(&format!("The latest sites with {name}"));
    let rows = lag.latest.iter().take(LATEST).map(|&(site, delay)| {
        let of = &run.scenario.sites[site.index()];
        let parent = of.parent.map_or("", |parent| run.code(parent));
        let after = delay.map_or("never".to_owned(), |it| value(Unit::Time, it.micros(), 1));
        format!("{} | {} | {} | {after}", safe(&of.code), safe(&of.name), safe(parent))
    });
    page.table("site | name | below | current after", rows);
    page.close();
}

/// What failed, by cause, the most frequent first.
fn failed(page: &mut Page, run: &Run<'_>) {
    let mut causes: BTreeMap<[String; 3], Vec<&Attempt>> = BTreeMap::new();
    let failed = run.outcome.attempts.iter().filter(|one| one.ending == Ending::Failed);
    for attempt in failed {
        let message = attempt.failure.map(|failure| run.complaint(failure).message);
        let phase = attempt.failure.map_or("", |failure| failure.phase.name());
        let fault = attempt.fault.map_or("", |fault| run.fault(fault));
        let cause = [phase, fault, message.as_deref().unwrap_or("")].map(str::to_owned);
        causes.entry(cause).or_default().push(attempt);
    }
    let count: usize = causes.values().map(Vec::len).sum();
    if count == 0 {
        return;
    }
    page.open(&counted(count, "failed synchronisation", "failed synchronisations"));
    let mut causes: Vec<_> = causes.into_iter().collect();
    causes.sort_by_key(|(_, attempts)| Reverse(attempts.len()));
    let rows = causes.iter().map(|(cause, attempts)| {
        let sites: BTreeSet<SiteId> = attempts.iter().map(|one| one.site).collect();
        let when = |at: Option<Instant>| at.map(|at| run.scenario.clock.short(at));
        let ends = || attempts.iter().filter_map(|one| one.end);
        let between = [when(ends().min()), when(ends().max())].map(Option::unwrap_or_default);
        let told = cause.each_ref().map(|word| safe(word)).join(" | ");
        format!("{told} | {} | {} | {}", attempts.len(), sites.len(), between.join(" | "))
    });
    page.table("step | fault | message | times | sites | first | last", rows);
    page.close();
}

fn origin(run: &Run<'_>, many: &Many<'_>) -> String {
    let which = format!("replication {}", run.replication);
    if many.replications.len() > 1 {
        return format!("averages of all replications; latest sites and failures of {which}");
    }
    which
}

#[cfg(test)]
mod tests;
