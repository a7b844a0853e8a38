//! Which releases are told by themselves, and what is told of each.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use anstyle::Style;

use super::super::Run;
use super::super::sparkline::sparkline;
use super::page::{BAD, BOLD, Page};
use super::words::{Unit, counted, grouped, kind_of, tenths, time};
use crate::experiment::Average;
use crate::measure::Lag;
use crate::units::{Duration, SiteId};

/// Releases that get a table of their own.
const RELEASES: usize = 6;
/// Columns of a histogram.
const BINS: usize = 28;

/// The releases of a run, by how they are told.
pub(in crate::report) struct Releases {
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

/// The table of one release, by tier; of several replications their averages, the picture of the
/// one that the lag is of.
pub(super) fn release(
    page: &mut Page,
    run: &Run<'_>,
    lag: &Lag,
    averages: Option<(usize, &Vec<Average>)>,
) {
    let longest = lag.all.reached.last().copied().unwrap_or(Duration::ZERO);
    let unit = Unit::of(longest);
    let title = format!(
        "{}, published {}",
        page.plain(run.release(lag.release)),
        run.scenario.clock.short(lag.published)
    );
    let what = match averages {
        None => "from publication until current".to_owned(),
        Some((count, _)) => format!("until current, mean of {} replications", grouped(count)),
    };
    page.styled(BOLD, format_args!("{title:<50} {} {what}", unit.plural));
    let any_never = match averages {
        None => lag.all.never > 0,
        Some((_, averages)) => averages.iter().any(|average| average.never > 0),
    };
    let picture = match averages {
        None => String::new(),
        Some(_) => format!("    replication {}", run.replication),
    };
    let never = |text: &str| if any_never { format!("{text:>7}") } else { String::new() };
    page.line(format_args!(
        "  {:<16}{:>7}{:>8}{:>8}{:>8}{:>8}{}{picture}",
        "",
        "sites",
        "first",
        "half",
        "95 %",
        "all",
        never("never")
    ));
    for (position, group) in lag.groups.iter().enumerate() {
        let delays = &group.delays;
        let (after, missed, has_missed) = match averages.map(|(_, all)| &all[position]) {
            None => {
                let after = [delays.first(), delays.half(), delays.p95(), delays.all()];
                (after, delays.never.to_string(), delays.never > 0)
            }
            Some(average) => (average.after, tenths(average.never), average.never > 0),
        };
        let kind = kind_of(group.kind, delays.sites());
        // The kind alone names a row, unless it stands on several tiers.
        let several = lag.groups.iter().filter(|other| other.kind == group.kind).count() > 1;
        let name = if several { format!("{kind}, tier {}", group.tier) } else { kind.to_owned() };
        let cell = |delay: Option<Duration>| delay.map_or("never".to_owned(), |d| unit.show(d));
        let bar = if page.look.ascii { "|" } else { "▏" };
        let row = format!(
            "  {name:<16}{:>7}{:>8}{:>8}{:>8}{:>8}{}   {bar}{}",
            delays.sites(),
            cell(after[0]),
            cell(after[1]),
            cell(after[2]),
            cell(after[3]),
            never(&missed),
            sparkline(&delays.reached, longest, BINS, page.look.ascii),
        );
        // The glyphs are ours; the rest holds no foreign text.
        let style = if has_missed { BAD } else { Style::new() };
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
