//! Which releases are told by themselves, and what is told of each.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use anstyle::Style;

use super::super::Run;
use super::super::sparkline::sparkline;
use super::page::{BAD, BOLD, Page};
use super::words::{Unit, counted, kind_of, time};
use crate::measure::Lag;
use crate::units::{Duration, SiteId};

/// Releases that get a table of their own.
const RELEASES: usize = 6;
/// Columns of a histogram.
const BINS: usize = 28;

/// The releases of a run, by how they are told.
pub(super) struct Releases {
    /// Those with a table: the largest first, of a recurring one its first occurrence.
    pub told: Vec<Lag>,
    /// The others.
    pub rest: Vec<Lag>,
    /// Those published after the top-level site's last synchronisation had started: no site could
    /// have them.
    pub too_late: Vec<Lag>,
}

impl Releases {
    /// Sorts the releases of a run.
    pub fn of(run: &Run<'_>) -> Releases {
        let sites = &run.scenario.sites;
        // H3: the highest site with a software update point; what it does not fetch, nobody has.
        let is_top = |site: SiteId| {
            let parent = sites[site.index()].parent;
            parent.is_none_or(|parent| sites[parent.index()].sup.is_none())
        };
        let attempts = run.outcome.attempts.iter();
        let last_start = attempts.filter(|a| is_top(a.site)).map(|a| a.start).max();
        let possible = |lag: &Lag| {
            !lag.all.reached.is_empty() || last_start.is_some_and(|last| last >= lag.wanted)
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
    pub fn possible(&self) -> impl Iterator<Item = &Lag> {
        self.told.iter().chain(&self.rest)
    }
}

/// The table of one release, by tier.
pub(super) fn release(page: &mut Page, run: &Run<'_>, lag: &Lag) {
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

/// The releases that have no table of their own, in one line.
pub(super) fn rest(page: &mut Page, lags: &[Lag]) {
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
