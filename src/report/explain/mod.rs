//! Why was it late? One screen whose parts add up.
//!
//! ```text
//!   Blame  ──► stages: when, where, what, how long, what share, which line of the scenario
//!   Trials ──► what would have helped, each with what it saves beside what it is blamed for
//! ```

mod behind;
mod never;
mod tried;

use anstyle::Style;

use super::Run;
use super::run::kind_name;
use super::summary::page::{BOLD, Page};
use super::summary::words::grouped;
use super::summary::{Look, days, shared_out};
use crate::measure::{Arrival, Blame, Category, Stage};
use crate::trace::Part;
use crate::units::{Duration, Instant, SiteId};

use behind::behind;
pub use never::never;
pub use tried::tried;

/// Columns of what a stage is.
const WHAT: usize = 26;
/// A way of more stages than this is told by its parts: alike stages together.
pub(super) const STAGES: usize = 40;

/// Lines that are told as one: when, where, what, how long together, and what is behind them.
struct Line {
    from: Instant,
    at: SiteId,
    what: String,
    length: Duration,
    stage: Stage,
}

/// A site and release, and what the delay is made of; `part` as it was asked for, `None`: the site
/// as a whole.
pub fn explain(run: &Run<'_>, blame: &Blame, part: Option<Part>, look: Look) -> String {
    let mut page = Page { text: String::new(), look };
    header(&mut page, run, blame.site);
    let clock = &run.scenario.clock;
    let (site, release) = (run.code(blame.site), run.release(blame.release));
    let published = run.scenario.catalogue.releases[blame.release.index()].at;
    let since = if published == blame.wanted {
        format!("was published {}", clock.short(published))
    } else {
        format!("was asked for from {}", clock.short(blame.wanted))
    };
    let whose = match part {
        None => site.to_owned(),
        Some(part) => format!("the {} of {site}", part_words(part)),
    };
    let had = format!(
        "{whose} had it {}: {} later",
        clock.short(blame.until),
        clock_time(seconds(blame.delay())),
    );
    page.pair(&format!("{release} {since}"), "; ", &(had + &replication(run)), "");
    page.gap();
    let there = part.map_or("current".to_owned(), |part| format!("{} had it", part_words(part)));
    stages(&mut page, run, blame, &there);
    page.text
}

/// ` (replication 3)`, where there is chance.
fn replication(run: &Run<'_>) -> String {
    if run.scenario.is_random() {
        format!("   (replication {})", run.replication)
    } else {
        String::new()
    }
}

/// Which site it is.
fn header(page: &mut Page, run: &Run<'_>, site: SiteId) {
    let described = &run.scenario.sites[site.index()];
    let mut parts = vec![format!("{} {}", described.code, described.name).trim().to_owned()];
    let parent = described.parent.map(|parent| format!(" below {}", run.code(parent)));
    parts.push(format!("{}{}", kind_name(described.kind), parent.unwrap_or_default()));
    let link = described.link.map(|link| run.scenario.links[link.index()].name.clone());
    let route =
        described.route.map(|route| format!("route {}", run.scenario.routes[route.index()].name));
    let way: Vec<String> = link.into_iter().chain(route).collect();
    if !way.is_empty() {
        parts.push(way.join(", "));
    }
    if described.sup.is_none() {
        parts.push("no software update point".to_owned());
    }
    parts.push(described.zone.name().to_owned());
    page.styled(BOLD, format_args!("{}", parts.join("   ")));
}

/// The stages, as a tree trunk from publication down to the arrival, which is called `there`.
fn stages(page: &mut Page, run: &Run<'_>, blame: &Blame, there: &str) {
    let mut lines = lines(blame);
    if lines.len() > STAGES {
        let stages = grouped(blame.stages.len());
        page.line(format_args!("{stages} stages; alike ones together, since the first of them"));
        page.gap();
        lines = parts(blame);
    }
    let wide = lines.iter().map(|line| line.what.chars().count()).max().unwrap_or(0).max(WHAT);
    let code_width = lines.iter().map(|line| run.code(line.at).chars().count()).max().unwrap_or(3);
    let sums: Vec<(&str, u128)> =
        lines.iter().map(|line| ("", u128::from(line.length.micros()))).collect();
    let whole = seconds(blame.delay());
    let lengths = shared_out(&sums, whole);
    let shares = shared_out(&sums, if whole == 0 { 0 } else { 1000 });
    let (first, next, last) = if page.look.ascii { ("+", "|", "=") } else { ("┬", "├", "┴") };
    // Within a week the day of the week is enough.
    let short = blame.delay() < Duration::from_days(6);
    let time = |at: Instant| {
        let clock = &run.scenario.clock;
        let form = if short { "%a %H:%M" } else { "%a %d %b %H:%M" };
        clock.civil(at, clock.zone()).strftime(form).to_string()
    };
    let mut site = None;
    for (number, line) in lines.iter().enumerate() {
        let code = if site == Some(line.at) { "" } else { run.code(line.at) };
        site = Some(line.at);
        let mark = if number == 0 { first } else { next };
        let time = time(line.from);
        let head = page.plain(&format!("  {code:<code_width$}  {time} "));
        let what = page.plain(&line.what);
        let behind = page.plain(&behind(run, line.stage));
        let length = clock_time(lengths[number]);
        let share = tenth(shares[number]);
        page.ours(
            Style::new(),
            &format!("{head}{mark} {what:<wide$}{length:>9}{share:>6} % {behind}"),
        );
    }
    let head = format!("  {:code_width$}  {} ", "", time(blame.until));
    let length = clock_time(whole);
    let hundred = if whole == 0 { "0.0" } else { "100.0" };
    page.ours(BOLD, &format!("{head}{last} {there:<wide$}{length:>9}{hundred:>6} %"));
}

/// The lines of a delay: a stage each, but many tries that failed one after the other are one.
fn lines(blame: &Blame) -> Vec<Line> {
    /// More tries than these are told together.
    const TRIES: usize = 3;
    let is_try = |stage: &Stage| {
        matches!(
            stage.category,
            Category::FailedTry
                | Category::Retry
                | Category::SendingRetry
                | Category::LinkDown
                | Category::SiteDown
                | Category::PointDown
                | Category::SourceDown
                | Category::NotConfigured
        )
    };
    let mut lines: Vec<Line> = Vec::new();
    let mut rest = &blame.stages[..];
    while let Some(first) = rest.first() {
        let alike = |one: &&Stage| {
            is_try(one) && one.at == first.at && one.behind.fault() == first.behind.fault()
        };
        let streak = if is_try(first) { rest.iter().take_while(alike).count() } else { 0 };
        let tries = rest[..streak].iter().filter(|one| one.category == Category::FailedTry).count();
        let count = if tries > TRIES { streak } else { 1 };
        let (together, after) = rest.split_at(count);
        rest = after;
        let what = match count {
            1 => first.category.words().to_owned(),
            _ => format!("{tries} failed tries, and waits"),
        };
        let length = together.iter().map(Stage::length).sum();
        lines.push(Line { from: first.from, at: first.at, what, length, stage: *first });
    }
    lines
}

/// The lines of a delay of hundreds of short stages: those that are alike as one, with how many.
fn parts(blame: &Blame) -> Vec<Line> {
    let line = |(stage, length): (Stage, Duration)| {
        let like = |one: &&Stage| {
            (one.category, one.at, one.behind) == (stage.category, stage.at, stage.behind)
        };
        let what = match blame.stages.iter().filter(like).count() {
            1 => stage.category.words().to_owned(),
            times => format!("{times} x {}", stage.category.words()),
        };
        Line { from: stage.from, at: stage.at, what, length, stage }
    };
    blame.parts().into_iter().map(line).collect()
}

/// Whole seconds, rounded half up.
fn seconds(length: Duration) -> u64 {
    (length.micros() + 500_000) / 1_000_000
}

/// `25:48:02`.
fn clock_time(seconds: u64) -> String {
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Tenths of a number.
fn tenth(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// What a part of a site is called.
fn part_words(part: Part) -> &'static str {
    match part {
        Part::Database => "database",
        Part::Wsus => "WSUS",
        Part::Internet => "internet-based point",
    }
}

/// How long after a release was asked for the run ended.
fn until_the_end(run: &Run<'_>, arrival: &Arrival) -> String {
    days((Instant::START + run.scenario.duration).since(arrival.wanted))
}
