//! The figures behind the pictures, as tables.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::Told;
use super::sheet::{Cell, Sheet, number, text};
use crate::experiment::Spread;
use crate::measure::{Attempt, Delays, Ending, Lag, Tooth, link_hours, worst_staleness};
use crate::report::Run;
use crate::report::chart::{BlameRow, Shown, blame_figures, heatmap_figures};
use crate::report::digits::in_threes;
use crate::report::many::value;
use crate::report::summary::{Unit, kind_of, time};
use crate::scenario::Unit as Measured;
use crate::trace::Trigger;
use crate::units::{Duration, Instant, ReleaseId, SiteId};

/// Rows in the table of the timeline.
const ROWS: usize = 60;

/// After how long so many of each tier were current.
pub(super) fn shares(told: &Told<'_>, release: Option<ReleaseId>, sheet: &mut Sheet) {
    let Some(release) = release else { return };
    let lag = Lag::of_one(told.run.scenario, told.run.outcome, release);
    let unit = Unit::of(lag.all.reached.last().copied().unwrap_or(Duration::ZERO));
    let percent = [10, 25, 50, 75, 90, 95, 100];
    let row = |name: String, delays: &Delays| {
        let mut cells = vec![text(name), number(delays.sites())];
        cells.extend(percent.map(|percent| match delays.percent(percent) {
            Some(delay) => number(unit.show(delay)),
            None => Cell::Bad("never".to_owned()),
        }));
        cells
    };
    let groups = lag.groups.iter().map(|group| {
        let kind = kind_of(group.kind, group.delays.sites());
        row(format!("{kind}, tier {}", group.tier), &group.delays)
    });
    let mut rows: Vec<_> = groups.collect();
    rows.push(row("all".to_owned(), &lag.all));
    sheet.table(
        &format!("{} from publication until so many of them were current", unit.plural),
        &["sites", "number", "10 %", "25 %", "50 %", "75 %", "90 %", "95 %", "100 %"],
        &rows,
    );
}

/// The synchronisations after publication, of the sites that were last.
pub(super) fn synchronisations(told: &Told<'_>, release: Option<ReleaseId>, sheet: &mut Sheet) {
    let (run, scenario) = (&told.run, told.run.scenario);
    let lag = release.map(|release| Lag::of_one(scenario, run.outcome, release));
    let from = lag.as_ref().map_or_else(Default::default, |lag| lag.wanted);
    // Where it was current it was current: what comes later is another story.
    let until = |attempt: &Attempt| {
        let latest = lag.as_ref().map(|lag| lag.latest.as_slice()).unwrap_or_default();
        let delay = latest.iter().find(|(site, _)| *site == attempt.site).and_then(|(_, it)| *it);
        delay.is_none_or(|delay| attempt.start <= from + delay)
    };
    let mut sites: Vec<_> = match &lag {
        Some(lag) => lag.latest.iter().map(|(site, _)| *site).collect(),
        None => run.outcome.attempts.iter().map(|attempt| attempt.site).collect(),
    };
    sites.truncate(ROWS);
    sites.dedup();
    let mut rows = Vec::new();
    for site in sites {
        let first = run.outcome.attempts.partition_point(|attempt| attempt.site < site);
        let of_site = run.outcome.attempts[first..].iter().take_while(|one| one.site == site);
        for attempt in of_site.filter(|one| one.start >= from && until(one)) {
            let end = attempt.end.map(|end| scenario.clock.short(end)).unwrap_or_default();
            let failure = attempt.failure.map(|failure| format!(": {}", failure.phase));
            let ending = format!("{}{}", attempt.ending.name(), failure.unwrap_or_default());
            rows.push(vec![
                text(run.attempt(site, attempt.number)),
                text(run.caused_by(attempt)),
                text(scenario.clock.short(attempt.start)),
                text(end),
                if attempt.ending == Ending::Failed { Cell::Bad(ending) } else { text(ending) },
            ]);
        }
        if rows.len() >= ROWS {
            rows.truncate(ROWS);
            break;
        }
    }
    sheet.table(
        "Synchronisations from publication until the site was current, the latest sites first",
        &["synchronisation", "because of", "start", "end", "ending"],
        &rows,
    );
    if rows.len() == ROWS {
        sheet.para("Only the first rows stand here; tables/attempts.csv has all.");
    }
}

/// What each day of the run had.
pub(super) fn days(told: &Told<'_>, sheet: &mut Sheet) {
    let row = |(day, counts): (Date, [usize; 4])| {
        let mut row = vec![text(day.strftime("%a %-d %b %Y").to_string())];
        row.extend(counts.map(number));
        row
    };
    let rows: Vec<_> = by_day(&told.run).into_iter().map(row).collect();
    let heads = ["day", "synchronisations started", "of them failed", "retries", "most at once"];
    sheet.table("", &heads, &rows);
}

/// By the days of the scenario's zone: synchronisations started, of them failed and retries, and
/// the most at once.
fn by_day(run: &Run<'_>) -> BTreeMap<Date, [usize; 4]> {
    let clock = &run.scenario.clock;
    let day = |at: Instant| clock.civil(at, clock.zone()).date();
    let mut days: BTreeMap<Date, [usize; 4]> = BTreeMap::new();
    // Of what ends and starts at one instant the end comes first: they do not run at once.
    let mut edges: Vec<(Instant, bool)> = Vec::new();
    for attempt in &run.outcome.attempts {
        let counts = days.entry(day(attempt.start)).or_default();
        counts[0] += 1;
        counts[1] += usize::from(attempt.ending == Ending::Failed);
        counts[2] += usize::from(attempt.trigger == Trigger::Retry);
        if attempt.end.is_none_or(|end| end > attempt.start) {
            edges.push((attempt.start, true));
            edges.extend(attempt.end.map(|end| (end, false)));
        }
    }
    edges.sort_unstable();
    let mut running = 0;
    for (at, starts) in edges {
        let before = running;
        running = if starts { running + 1 } else { running - 1 };
        let most = &mut days.entry(day(at)).or_default()[3];
        // what runs over midnight runs on the day after, too
        *most = before.max(running).max(*most);
    }
    days
}

/// The stretches in which some site lacked a release, the oldest first.
pub(super) fn staleness(told: &Told<'_>, sheet: &mut Sheet) {
    let (scenario, outcome) = (told.run.scenario, told.run.outcome);
    let mut sites: Vec<SiteId> = outcome.arrivals.iter().map(|arrival| arrival.site).collect();
    sites.dedup();
    let mut teeth = worst_staleness(scenario, outcome, &sites);
    let age = |tooth: &Tooth| tooth.until.since(tooth.published);
    teeth.sort_by_key(|tooth| (Reverse(age(tooth)), tooth.from));
    let row = |tooth: &Tooth| {
        vec![
            text(scenario.clock.short(tooth.published)),
            text(scenario.clock.short(tooth.from)),
            text(scenario.clock.short(tooth.until)),
            number(time(age(tooth))),
        ]
    };
    let rows: Vec<_> = teeth.iter().take(ROWS).map(row).collect();
    sheet.table(
        "Stretches in which some site lacked a release, and when the oldest such release was published",
        &["published", "lacking from", "until", "then so old"],
        &rows,
    );
    if teeth.len() > ROWS {
        sheet.para("Only the oldest stand here.");
    }
}

/// What crossed the circuits of each kind of link, and the fullest hour.
pub(super) fn links(told: &Told<'_>, sheet: &mut Sheet) {
    let (run, scenario) = (&told.run, told.run.scenario);
    let hours = link_hours(scenario, run.trace);
    let mut rows: Vec<(Option<u64>, Vec<Cell>)> = Vec::new();
    for (place, link) in scenario.links.iter().enumerate() {
        let of = || hours.iter().filter(|hour| hour.link.index() == place);
        let bytes: u64 = of().map(|hour| hour.bytes.0 + hour.bytes_up.0).sum();
        // Of equals the first, as in the picture.
        let limited = of().enumerate().filter(|(_, hour)| hour.utilisation.is_some());
        let fullest = limited.max_by_key(|(place, hour)| (hour.utilisation, Reverse(*place)));
        let (share, whose, when) = match fullest {
            Some((_, hour)) => (
                value(Measured::Share, hour.utilisation.unwrap_or(0), 1),
                run.code(hour.site),
                scenario.clock.short(hour.from),
            ),
            None => ("no limit".to_owned(), "", String::new()),
        };
        let sites: BTreeSet<SiteId> = of().map(|hour| hour.site).collect();
        let row = vec![
            text(&link.name),
            number(sites.len()),
            number(in_threes(bytes / 1_000_000, ",")),
            number(share),
            text(whose),
            text(when),
        ];
        rows.push((fullest.and_then(|(_, hour)| hour.utilisation), row));
    }
    rows.sort_by_key(|(fullest, _)| Reverse(*fullest));
    let rows: Vec<Vec<Cell>> = rows.into_iter().map(|(_, row)| row).collect();
    sheet.table(
        "Circuits over which something went; the fullest hour of any of them",
        &["link", "circuits", "MB", "fullest hour", "at", "from"],
        &rows,
    );
}

/// After how long so many of the sites were current, in how many of the replications.
pub(super) fn fan(told: &Told<'_>, sheet: &mut Sheet) {
    let quantiles = [5, 25, 50, 75, 95];
    let row = |percent: usize| {
        let mut cells = vec![text(format!("{percent} % of the sites"))];
        cells.extend(quantiles.map(|quantile| {
            match spread(told.many.spreads, percent, quantile) {
                Some(delay) => number(time(delay)),
                None => Cell::Bad("never".to_owned()),
            }
        }));
        cells
    };
    let rows: Vec<_> = [10, 25, 50, 75, 90, 95, 100].map(row).into();
    sheet.table(
        "Within what time they were current, in so many of the replications",
        &["", "5 %", "25 %", "50 %", "75 %", "95 %"],
        &rows,
    );
}

/// Within what time so many of the sites were current in so many of the replications, both in per
/// cent; `None`: in too few of them ever.
fn spread(spreads: &[Spread], percent: usize, quantile: usize) -> Option<Duration> {
    let place = |of: usize, percent: usize| (of * percent).div_ceil(100).saturating_sub(1);
    let reached = |one: &Spread| one.delays.get(place(one.sites, percent)).copied();
    let mut times: Vec<Option<Duration>> = spreads.iter().map(reached).collect();
    times.sort_by_key(|time| time.unwrap_or(Duration::MAX));
    times.get(place(times.len(), quantile)).copied().flatten()
}

/// What the delays of each bar are made of, on average.
pub(super) fn blame(shown: &Shown<'_>, sheet: &mut Sheet) {
    let (kinds, rows) = blame_figures(shown);
    let unit = Unit::of(rows.iter().map(|row| row.mean).max().unwrap_or_default());
    let rows: Vec<_> = rows
        .into_iter()
        .map(|BlameRow { name, mean, parts }| {
            let mut row = vec![text(name), number(unit.show(mean))];
            row.extend(
                parts.iter().map(|part| number(part.map_or(String::new(), |part| unit.show(part)))),
            );
            row
        })
        .collect();
    let mut heads = vec!["sites", "whole"];
    heads.extend(kinds);
    sheet.table(&format!("{}, means", unit.plural), &heads, &rows);
}

/// What each combination took, on average.
pub(super) fn heatmap(shown: &Shown<'_>, sheet: &mut Sheet) {
    let (what, heads, rows) = heatmap_figures(shown);
    let row = |cells: Vec<String>| {
        let cells = cells.into_iter().enumerate();
        cells.map(|(place, cell)| if place == 0 { text(cell) } else { number(cell) }).collect()
    };
    let rows: Vec<Vec<Cell>> = rows.into_iter().map(row).collect();
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    sheet.table(&what, &heads, &rows);
}

/// How long each site took, the latest first.
pub(super) fn delays(told: &Told<'_>, release: Option<ReleaseId>, sheet: &mut Sheet) {
    let Some(release) = release else { return };
    let (run, scenario) = (&told.run, told.run.scenario);
    let lag = Lag::of_one(scenario, run.outcome, release);
    let row = |(site, delay): &(SiteId, Option<Duration>)| {
        let place = &scenario.sites[site.index()];
        vec![
            text(&place.code),
            text(&place.name),
            text(place.parent.map_or("", |parent| run.code(parent))),
            match delay {
                Some(delay) => number(time(*delay)),
                None => Cell::Bad("never".to_owned()),
            },
        ]
    };
    let rows: Vec<_> = lag.latest.iter().take(ROWS).map(row).collect();
    let caption = format!("From publication of {} until current", run.release(release));
    sheet.table(&caption, &["site", "name", "parent", "delay"], &rows);
    if lag.latest.len() > ROWS {
        sheet.para("Only the latest stand here; tables/arrivals.csv has all.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{Activity, sample};

    #[test]
    fn what_never_came_is_later_than_any_time_in_a_fan() {
        let hours = |hours: &[u64]| hours.iter().map(|&h| Duration::from_hours(h)).collect();
        let of = |delays: &[u64]| Spread {
            number: 0,
            delays: hours(delays),
            sites: 2,
            values: Vec::new(),
        };
        let spreads = [of(&[5, 9]), of(&[1]), of(&[2, 3]), of(&[4, 7])];
        assert_eq!(spread(&spreads, 50, 50), Some(Duration::from_hours(2)));
        assert_eq!(spread(&spreads, 100, 50), Some(Duration::from_hours(7)));
        assert_eq!(spread(&spreads, 100, 75), Some(Duration::from_hours(9)));
        assert_eq!(spread(&spreads, 100, 95), None);
        assert_eq!(spread(&[], 100, 95), None);
    }

    #[test]
    fn the_days_together_are_the_run() {
        let (scenario, trace, outcome) = sample::tutorial();
        let run = Run { scenario: &scenario, trace: &trace, outcome: &outcome, replication: 0 };
        let activity = Activity::of(&outcome);
        let days = by_day(&run);
        let sum = |which: usize| days.values().map(|counts| counts[which]).sum::<usize>();
        assert_eq!(
            (sum(0), sum(1), sum(2)),
            (activity.attempts, activity.failed, activity.retries)
        );
        let most = days.values().map(|counts| counts[3]).max();
        assert_eq!(most, Some(activity.busiest));
    }
}
