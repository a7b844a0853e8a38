//! What a planner reads at the terminal when a run is over: the verdict first.
//!
//! Plain text of at most [`WIDTH`] columns, the same for the same run; the time that computing
//! took is not part of it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::Run;
use super::run::kind_name;
use super::sparkline::sparkline;
use crate::measure::{Activity, Attempt, Ending, Lag};
use crate::scenario::{Known, SiteKind};
use crate::trace::{Reason, Trigger};
use crate::units::{Duration, Instant, SiteId};

/// The widest line \[columns\].
const WIDTH: usize = 100;
/// Releases that get a table of their own.
const RELEASES: usize = 6;
/// Failures that are told one by one.
const FAILURES: usize = 6;
/// Sites that are named in a list.
const SITES: usize = 8;
/// Columns of a histogram.
const BINS: usize = 28;

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

/// The releases of a run, by how they are told.
struct Releases {
    /// Those with a table: the largest first, of a recurring one its first occurrence.
    told: Vec<Lag>,
    /// The others.
    rest: Vec<Lag>,
    /// Those published after the top-level site's last synchronisation had started: no site could
    /// have them.
    too_late: Vec<Lag>,
}

impl Releases {
    fn of(run: &Run<'_>) -> Releases {
        let sites = &run.scenario.sites;
        // H3: the highest site with a software update point; what it does not fetch, nobody has.
        let is_top = |site: SiteId| {
            let parent = sites[site.index()].parent;
            parent.is_none_or(|parent| sites[parent.index()].sup.is_none())
        };
        let attempts = run.outcome.attempts.iter();
        let last_start = attempts.filter(|a| is_top(a.site)).map(|a| a.start).max();
        let possible = |lag: &Lag| {
            !lag.all.reached.is_empty() || last_start.is_some_and(|last| last >= lag.published)
        };
        let (mut lags, too_late): (Vec<Lag>, Vec<Lag>) =
            Lag::of(run.scenario, run.outcome).into_iter().partition(possible);
        let catalogue = &run.scenario.catalogue.releases;
        lags.sort_by_key(|lag| (Reverse(catalogue[lag.release.index()].metadata), lag.release));
        let mut names = BTreeSet::new();
        let (mut told, mut rest) = (Vec::new(), Vec::new());
        for lag in lags {
            let name = run.release(lag.release);
            let base = name.rsplit_once('#').map_or(name, |(base, _)| base);
            if told.len() < RELEASES && names.insert(base) {
                told.push(lag);
            } else {
                rest.push(lag);
            }
        }
        Releases { told, rest, too_late }
    }

    /// Those that could arrive, the largest first.
    fn possible(&self) -> impl Iterator<Item = &Lag> {
        self.told.iter().chain(&self.rest)
    }
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

struct Page {
    text: String,
    look: Look,
}

const BOLD: Style = Style::new().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();

impl Page {
    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        self.styled(Style::new(), line);
    }

    /// One line, cut at the width; a style covers the whole of it.
    fn styled(&mut self, style: Style, line: std::fmt::Arguments<'_>) {
        let mut line = self.plain(&line.to_string());
        if line.chars().count() > WIDTH {
            let mark = if self.look.ascii { "..." } else { "…" };
            line = line.chars().take(WIDTH - mark.chars().count()).collect::<String>() + mark;
        }
        let line = line.trim_end();
        let painted = self.look.colour && style != Style::new() && !line.is_empty();
        let written = if painted {
            writeln!(self.text, "{style}{line}{style:#}")
        } else {
            writeln!(self.text, "{line}")
        };
        written.expect("a String takes everything");
    }

    /// Names and messages come from files: nothing in them may move a terminal's cursor.
    fn plain(&self, text: &str) -> String {
        let safe = |c: char| match c {
            c if c.is_control() => ' ',
            c if self.look.ascii && !c.is_ascii() => '?',
            c => c,
        };
        text.chars().map(safe).collect()
    }

    /// Two parts of a line; on two lines when they do not fit on one.
    fn pair(&mut self, one: &str, between: &str, other: &str, indent: &str) {
        if other.is_empty() {
            self.line(format_args!("{one}"));
        } else if one.chars().count() + between.len() + other.chars().count() <= WIDTH {
            self.line(format_args!("{one}{between}{other}"));
        } else {
            self.line(format_args!("{one}"));
            self.line(format_args!("{indent}{other}"));
        }
    }

    fn gap(&mut self) {
        self.text.push('\n');
    }
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

/// Did every site become current? Those that did not are said before anything else.
fn verdict(page: &mut Page, run: &Run<'_>, releases: &Releases) {
    let (yes, no) = if page.look.ascii { ("OK ", "!! ") } else { ("✓ ", "✗ ") };
    if run.scenario.catalogue.releases.is_empty() {
        page.line(format_args!("No release is published in this run: nothing can arrive."));
        return page.gap();
    }
    if run.outcome.arrivals.is_empty() {
        page.styled(BAD, format_args!("{no}No site can receive metadata."));
        return page.gap();
    }
    // Releases that the same sites never got are told together.
    let mut missed: Vec<(Vec<SiteId>, Vec<&Lag>)> = Vec::new();
    for lag in releases.possible().filter(|lag| lag.all.never > 0) {
        let sites: Vec<SiteId> =
            lag.latest[..lag.all.never].iter().map(|&(site, _)| site).collect();
        match missed.iter_mut().find(|(others, _)| *others == sites) {
            Some((_, lags)) => lags.push(lag),
            None => missed.push((sites, vec![lag])),
        }
    }
    let end = Instant::START + run.scenario.duration;
    for (sites, lags) in missed.iter().take(3) {
        let (never, all, name) = (sites.len(), lags[0].all.sites(), run.release(lags[0].release));
        let others = match lags.len() - 1 {
            0 => String::new(),
            others => format!(" and {}", counted(others, "other release", "other releases")),
        };
        page.styled(
            BAD,
            format_args!("{no}{never} of {all} sites NEVER became current with {name}{others}"),
        );
        let codes: Vec<&str> = sites.iter().take(SITES).map(|&site| run.code(site)).collect();
        let more = match never.saturating_sub(SITES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let since = time(end.since(lags[0].published));
        page.line(format_args!("  {}{more}; the run ended {since} after {name}", codes.join(" ")));
    }
    if missed.len() > 3 {
        let more: usize = missed[3..].iter().map(|(_, lags)| lags.len()).sum();
        let more = counted(more, "more release", "more releases");
        page.styled(BAD, format_args!("{no}nor did every site with {more}"));
    }
    let possible = releases.possible().count();
    if missed.is_empty() && possible > 0 {
        let sites = counted(releases.told[0].all.sites(), "site became", "sites became");
        let what = match possible {
            1 => run.release(releases.told[0].release).to_owned(),
            many => format!("every release ({many})"),
        };
        let slowest = releases.possible().filter_map(|lag| lag.all.all()).max();
        let slowest = time(slowest.unwrap_or(Duration::ZERO));
        page.styled(
            GOOD,
            format_args!("{yes}All {sites} current with {what}, at the latest after {slowest}"),
        );
    }
    if let Some(first) = releases.too_late.first() {
        let count = counted(releases.too_late.len(), "release", "releases");
        let name = run.release(first.release);
        let later = if releases.too_late.len() > 1 { " and later" } else { "" };
        page.line(format_args!(
            "  {count} came after the last synchronisation of the top-level site: {name}{later}"
        ));
    }
    page.gap();
}

/// The table of one release, by tier.
fn release(page: &mut Page, run: &Run<'_>, lag: &Lag) {
    let longest = lag.all.reached.last().copied().unwrap_or(Duration::ZERO);
    let unit = Unit::of(longest);
    let title = format!(
        "{}, published {}",
        page.plain(run.release(lag.release)),
        run.scenario.clock.short(lag.published)
    );
    page.styled(BOLD, format_args!("{title:<50} {} from publication until current", unit.plural));
    let any_never = lag.all.never > 0;
    let never = |text: &str| if any_never { format!("{text:>7}") } else { String::new() };
    page.line(format_args!(
        "  {:<16}{:>7}{:>8}{:>8}{:>8}{:>8}{}",
        "",
        "sites",
        "first",
        "half",
        "95 %",
        "all",
        never("never")
    ));
    for group in &lag.groups {
        let delays = &group.delays;
        let kind = kind_of(group.kind, delays.sites());
        // The kind alone names a row, unless it stands on several tiers.
        let several = lag.groups.iter().filter(|other| other.kind == group.kind).count() > 1;
        let name = if several { format!("{kind}, tier {}", group.tier) } else { kind.to_owned() };
        let cell = |delay: Option<Duration>| delay.map_or("never".to_owned(), |d| unit.show(d));
        let bar = if page.look.ascii { "|" } else { "▏" };
        let row = format!(
            "  {name:<16}{:>7}{:>8}{:>8}{:>8}{:>8}{}   {bar}{}",
            delays.sites(),
            cell(delays.first()),
            cell(delays.half()),
            cell(delays.p95()),
            cell(delays.all()),
            never(&delays.never.to_string()),
            sparkline(&delays.reached, longest, BINS, page.look.ascii),
        );
        // The glyphs are ours; the rest holds no foreign text.
        let style = if delays.never > 0 { BAD } else { Style::new() };
        page.ours(style, &row);
    }
    if !lag.all.reached.is_empty() {
        // Under the first and the last column of the histogram.
        let (zero, end) = (62 + if any_never { 7 } else { 0 }, BINS - 1);
        let longest = format!("{} {}", unit.show(longest), unit.short);
        page.line(format_args!("{:>zero$}{longest:>end$}", "0"));
    }
    page.gap();
}

impl Page {
    /// A line that holds only our own characters.
    fn ours(&mut self, style: Style, line: &str) {
        let ascii = std::mem::replace(&mut self.look.ascii, false);
        self.styled(style, format_args!("{line}"));
        self.look.ascii = ascii;
    }
}

/// The releases that have no table of their own, in one line.
fn rest(page: &mut Page, lags: &[Lag]) {
    if lags.is_empty() {
        return;
    }
    let never: usize = lags.iter().map(|lag| lag.all.never).sum();
    let slowest = lags.iter().filter_map(|lag| lag.all.reached.last()).max();
    let slowest = time(slowest.copied().unwrap_or(Duration::ZERO));
    let never = match never {
        0 => String::new(),
        never => format!("; {never} times a site never became current"),
    };
    let count = counted(lags.len(), "other release", "other releases");
    page.line(format_args!("and {count}: at the latest after {slowest}{never}"));
    page.gap();
}

fn activity(page: &mut Page, run: &Run<'_>) {
    let activity = Activity::of(run.outcome);
    if activity.attempts == 0 {
        return page.styled(BAD, format_args!("ATTEMPTS  no site synchronised in this run"));
    }
    let mut parts = vec![format!("{} ok", activity.succeeded)];
    for (count, what) in [(activity.failed, "failed"), (activity.unfinished, "unfinished")] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
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

/// Which synchronisations failed, why, and what became of them.
fn failures(page: &mut Page, run: &Run<'_>) {
    let attempts = &run.outcome.attempts;
    let failed = |&(_, attempt): &(usize, &Attempt)| attempt.ending == Ending::Failed;
    let mut list: Vec<(usize, &Attempt)> = attempts.iter().enumerate().filter(failed).collect();
    if list.is_empty() {
        return;
    }
    list.sort_by_key(|(position, attempt)| (attempt.end, *position));
    let count = counted(list.len(), "synchronisation", "synchronisations");
    page.styled(BAD, format_args!("FAILED    {count}"));
    if list.len() > FAILURES {
        let mut causes: BTreeMap<String, usize> = BTreeMap::new();
        for (_, attempt) in &list {
            *causes.entry(cause(run, attempt)).or_default() += 1;
        }
        let mut causes: Vec<(String, usize)> = causes.into_iter().collect();
        causes.sort_by_key(|(_, count)| Reverse(*count));
        for (cause, count) in causes.iter().take(FAILURES) {
            page.line(format_args!("  {count:>6} times   {cause}"));
        }
    }
    for &(position, attempt) in list.iter().take(FAILURES) {
        let end = attempt.end.unwrap_or(attempt.start);
        let name = run.attempt(attempt.site, attempt.number);
        let when = run.scenario.clock.short(end);
        page.line(format_args!("  {name:<8} {when}   {}", cause(run, attempt)));
        let next = attempts.get(position + 1).filter(|next| next.site == attempt.site);
        page.line(format_args!("  {:<8} {}", "", sequel(run, attempt, next)));
    }
    if list.len() > FAILURES {
        let more = list.len() - FAILURES;
        page.line(format_args!("  and {more} more (tables/attempts.csv)"));
    }
}

/// In which step and why, and the fault of the scenario behind it.
fn cause(run: &Run<'_>, attempt: &Attempt) -> String {
    let Some(failure) = attempt.failure else { return "for an unknown reason".to_owned() };
    let fault = attempt.fault.map(|fault| run.fault(fault));
    let message = run.complaint(failure).message;
    match (failure.reason, fault) {
        (Reason::Injected(_), Some(fault)) => {
            format!("{}: {message} (injected: {fault})", failure.phase)
        }
        (reason, Some(fault)) => format!("{}: {reason}: {message} (fault: {fault})", failure.phase),
        (reason, None) => format!("{}: {reason}: {message}", failure.phase),
    }
}

/// What became of a failed synchronisation.
fn sequel(run: &Run<'_>, failed: &Attempt, next: Option<&Attempt>) -> String {
    let clock = &run.scenario.clock;
    let Some(next) = next else {
        return match failed.retry_at {
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
    page.line(format_args!("LATEST    {} after {}", sites.join(", "), run.release(lag.release)));
}

/// In what a table of delays is written.
struct Unit {
    plural: &'static str,
    short: &'static str,
    micros: u64,
}

impl Unit {
    /// The unit in which the longest delay reads best.
    fn of(longest: Duration) -> Unit {
        if longest >= Duration::from_hours(100) {
            Unit { plural: "days", short: "d", micros: 86_400_000_000 }
        } else if longest >= Duration::from_hours(2) {
            Unit { plural: "hours", short: "h", micros: 3_600_000_000 }
        } else if longest >= Duration::from_mins(2) {
            Unit { plural: "minutes", short: "min", micros: 60_000_000 }
        } else {
            Unit { plural: "seconds", short: "s", micros: 1_000_000 }
        }
    }

    /// One decimal, rounded half up, in integers.
    fn show(&self, delay: Duration) -> String {
        let tenths = (u128::from(delay.micros()) * 10 + u128::from(self.micros) / 2)
            / u128::from(self.micros);
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

/// A delay by itself: `10.3 h`.
fn time(delay: Duration) -> String {
    let unit = Unit::of(delay);
    format!("{} {}", unit.show(delay), unit.short)
}

fn days(duration: Duration) -> String {
    let day = Duration::from_days(1).micros();
    if duration.micros().is_multiple_of(day) && !duration.is_zero() {
        let days = usize::try_from(duration.micros() / day).unwrap_or(usize::MAX);
        counted(days, "day", "days")
    } else {
        duration.to_string()
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn kind_of(kind: SiteKind, count: usize) -> &'static str {
    match (kind, count) {
        (SiteKind::Primary, 2..) => "primaries",
        (SiteKind::Secondary, 2..) => "secondaries",
        (kind, _) => kind_name(kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{Outcome, sample};
    use crate::scenario::Scenario;

    const PLAIN: Look = Look { ascii: false, colour: false };

    fn told(scenario: &Scenario, outcome: &Outcome, look: Look) -> String {
        let (_, trace, _) = sample::tutorial();
        let text = summary(&Run { scenario, trace: &trace, outcome, replication: 0 }, look);
        for line in text.lines().filter(|_| !look.colour) {
            assert!(line.chars().count() <= WIDTH, "{line}");
            assert_eq!(line, line.trim_end());
        }
        text
    }

    #[test]
    fn the_tutorial_is_understood_at_once() {
        let (scenario, _, outcome) = sample::tutorial();
        assert_eq!(told(&scenario, &outcome, PLAIN), TUTORIAL);
    }

    const TUTORIAL: &str = "\
tutorial   seed 1   profile cm2007   times are America/New_York
3 sites: 1 central, 2 primaries   2 days from Tue 13 Jan 2026

✓ All 3 sites became current with patch-tuesday, at the latest after 10.3 h

patch-tuesday, published Tue 13 Jan 13:00          hours from publication until current
                    sites   first    half    95 %     all
  central               1     9.1     9.1     9.1     9.1   ▏                        █
  primaries             2     9.1     9.1    10.3    10.3   ▏                        █  █
                                                             0                     10.3 h

ATTEMPTS  4 synchronisations: 3 ok, 1 failed, 1 was a retry; at most 2 at once, Tue 13 Jan 22:05
FAILED    1 synchronisation
  PR2#1    Tue 13 Jan 22:17   pull: UssCommunicationError: WebException (injected: lima-first-try)
           retried Tue 13 Jan 23:17: ok Tue 13 Jan 23:22
LATEST    PR2 10.3 h, PR1 9.1 h, CEN 9.1 h after patch-tuesday
";

    #[test]
    fn sites_that_never_became_current_come_first_and_loudly() {
        let (scenario, _, mut outcome) = sample::tutorial();
        outcome.arrivals[2].current = None;
        outcome.attempts.truncate(3);
        let text = told(&scenario, &outcome, PLAIN);
        let verdict = text.lines().nth(3).unwrap();
        assert_eq!(verdict, "✗ 1 of 3 sites NEVER became current with patch-tuesday");
        assert_eq!(text.lines().nth(4).unwrap(), "  PR2; the run ended 35.0 h after patch-tuesday");
        assert!(text.contains("LATEST    PR2 never, "), "{text}");
        assert!(text.contains("retry due Tue 13 Jan 23:17, after the end of the run"), "{text}");
        let row = text.lines().find(|line| line.starts_with("  primaries")).unwrap();
        assert!(row.contains("never   never      1"), "{row}");
    }

    #[test]
    fn an_old_console_gets_nothing_but_ascii() {
        let (mut scenario, _, outcome) = sample::tutorial();
        scenario.catalogue.releases[0].name = "März\u{1b}[2J".to_owned();
        let text = told(&scenario, &outcome, Look { ascii: true, colour: false });
        assert!(text.is_ascii(), "{text}");
        assert!(text.contains("M?rz [2J, published"), "{text}");
        assert!(text.contains("OK All 3 sites"), "{text}");
    }

    #[test]
    fn colour_adds_nothing_but_colour() {
        let (scenario, _, outcome) = sample::tutorial();
        let colour = told(&scenario, &outcome, Look { ascii: false, colour: true });
        let plain = told(&scenario, &outcome, PLAIN);
        assert!(colour.contains('\u{1b}'));
        assert_eq!(anstream::adapter::strip_str(&colour).to_string(), plain);
    }

    #[test]
    fn a_run_without_releases_or_synchronisations_says_so() {
        let (mut scenario, _, _) = sample::tutorial();
        let text = told(&scenario, &Outcome::default(), PLAIN);
        assert!(text.contains("✗ No site can receive metadata."), "{text}");
        scenario.catalogue.releases.clear();
        let text = told(&scenario, &Outcome::default(), PLAIN);
        assert!(text.contains("No release is published in this run"), "{text}");
        assert!(text.contains("no site synchronised in this run"), "{text}");
    }

    #[test]
    fn a_large_run_stays_short() {
        let mut sites = vec![sample::site("CEN", None, 1, SiteKind::Central)];
        for number in 1..3000u32 {
            sites.push(sample::site(
                &format!("B{number:04}"),
                Some(SiteId(0)),
                2,
                SiteKind::Secondary,
            ));
        }
        let mut scenario = sample::scenario(sites);
        let (_, _, small) = sample::tutorial();
        let mut outcome = Outcome::default();
        scenario.catalogue.releases = (0..20u64)
            .map(|n| sample::release(&format!("defs#{n}"), sample::at(n, 0, 0), n))
            .collect();
        for site in 0..3000u32 {
            let mut failed = small.attempts[2].clone();
            failed.site = SiteId(site);
            outcome.attempts.push(failed);
            for release in 0..20u32 {
                let mut arrival = small.arrivals[2];
                arrival.site = SiteId(site);
                arrival.release = crate::units::ReleaseId(release);
                arrival.published = sample::at(u64::from(release), 0, 0);
                arrival.current =
                    (site % 3 > 0 || release < 10).then_some(sample::at(30, site.into(), 0));
                outcome.arrivals.push(arrival);
            }
        }
        let text = told(&scenario, &outcome, PLAIN);
        assert!(text.lines().count() < 40, "{text}");
        let missed = "✗ 1000 of 3000 sites NEVER became current with defs#19 and 9 other releases";
        assert!(text.contains(missed), "{text}");
        assert!(
            text.contains("CEN B0003 B0006 B0009 B0012 B0015 B0018 B0021 and 992 more"),
            "{text}"
        );
        assert!(text.contains("  3000 times   pull: UssCommunicationError"), "{text}");
        assert_eq!(text.matches("from publication until current").count(), 1, "{text}");
        assert!(text.contains("and 19 other releases: at the latest after"), "{text}");
    }

    #[test]
    fn a_release_after_the_last_synchronisation_is_no_failure_of_any_site() {
        let (mut scenario, _, mut outcome) = sample::tutorial();
        scenario.catalogue.releases.push(sample::release("late", sample::at(40, 0, 0), 99));
        for arrival in outcome.arrivals.clone() {
            let release = crate::units::ReleaseId(1);
            let (published, current) = (sample::at(40, 0, 0), None);
            outcome.arrivals.push(crate::measure::Arrival {
                release,
                published,
                current,
                ..arrival
            });
        }
        let text = told(&scenario, &outcome, PLAIN);
        assert!(text.contains("✓ All 3 sites became current with patch-tuesday, "), "{text}");
        let late = "  1 release came after the last synchronisation of the top-level site: \
                    late";
        assert!(text.contains(late), "{text}");
        assert!(!text.contains("NEVER"), "{text}");
    }

    #[test]
    fn the_footer_says_where_and_how_again() {
        let text = footer(PLAIN, Some("results/tutorial-7f3a91c2"), "supsim run tutorial.yaml");
        assert_eq!(
            text,
            "stored as results/tutorial-7f3a91c2\nrepeat    supsim run tutorial.yaml\n"
        );
    }
}
