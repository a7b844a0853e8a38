//! When the releases arrived, tier by tier, and which sites were last.

use super::Told;
use super::sheet::{Cell, Sheet, number, text};
use crate::experiment::{Average, Averages};
use crate::measure::{Attempt, Ending, Lag};
use crate::report::summary::{Unit, counted, kind_of, tenths, time};
use crate::units::{Duration, SiteId};

/// So many of the latest sites are told.
const LATEST: usize = 10;

/// A table for each release that is told, and the latest sites of the first.
pub(super) fn arrivals(told: &Told<'_>, sheet: &mut Sheet) {
    let averages = Averages::of(told.many.replications).filter(|all| all.replications > 1);
    if told.releases.told.is_empty() {
        sheet.para("No release reached any site that was to have it.");
    }
    for (position, lag) in told.releases.told.iter().enumerate() {
        let averages = averages.as_ref().map(|all| (all.replications, &all.milestones[position]));
        release(told, sheet, lag, averages);
    }
    rest(told, sheet);
    if let Some(lag) = told.releases.told.first() {
        latest(told, sheet, lag);
    }
}

fn release(
    told: &Told<'_>,
    sheet: &mut Sheet,
    lag: &Lag,
    averages: Option<(usize, &Vec<Average>)>,
) {
    let unit = Unit::of(lag.all.reached.last().copied().unwrap_or(Duration::ZERO));
    let what = match averages {
        None => "from publication until current".to_owned(),
        Some((count, _)) => {
            format!("from publication until current, mean of {count} replications")
        }
    };
    let published = told.run.scenario.clock.short(lag.published);
    let name = told.run.release(lag.release);
    sheet.element("h3", name);
    let row = |(position, group): (usize, &crate::measure::Group)| {
        let delays = &group.delays;
        let (after, never, missed) = match averages.map(|(_, all)| &all[position]) {
            None => {
                let after = [delays.first(), delays.half(), delays.p95(), delays.all()];
                (after, delays.never.to_string(), delays.never > 0)
            }
            Some(average) => (average.after, tenths(average.never), average.never > 0),
        };
        let several = lag.groups.iter().filter(|other| other.kind == group.kind).count() > 1;
        let kind = kind_of(group.kind, delays.sites());
        let tier = if several { format!("{kind}, tier {}", group.tier) } else { kind.to_owned() };
        let mut cells = vec![text(tier), number(delays.sites())];
        cells.extend(after.map(|delay| match delay {
            Some(delay) => number(unit.show(delay)),
            None => Cell::Bad("never".to_owned()),
        }));
        cells.push(if missed { Cell::Bad(never) } else { number(never) });
        cells
    };
    let rows: Vec<_> = lag.groups.iter().enumerate().map(row).collect();
    sheet.table(
        &format!("Published {published}; {} {what}", unit.plural),
        &["sites", "number", "first", "half", "95 %", "all", "never"],
        &rows,
    );
}

/// The releases that have no table.
fn rest(told: &Told<'_>, sheet: &mut Sheet) {
    let (rest, too_late) = (&told.releases.rest, &told.releases.too_late);
    if !rest.is_empty() {
        let never: usize = rest.iter().map(|lag| lag.all.never).sum();
        let slowest = rest.iter().filter_map(|lag| lag.all.reached.last()).max();
        let slowest = time(slowest.copied().unwrap_or(Duration::ZERO));
        let never = match never {
            0 => String::new(),
            never => {
                format!("; {} a site never became current", counted(never, "time", "times"))
            }
        };
        let count = counted(rest.len(), "release has", "releases have");
        sheet.para(&format!("{count} no table here: at the latest after {slowest}{never}."));
    }
    if !too_late.is_empty() {
        let count = counted(too_late.len(), "release was", "releases were");
        sheet.para(&format!(
            "{count} published after the last synchronisation of the top-level site; no site could \
             have them."
        ));
    }
}

/// The sites that were last, each with the synchronisations that led to its own.
fn latest(told: &Told<'_>, sheet: &mut Sheet, lag: &Lag) {
    let scenario = told.run.scenario;
    let unit = Unit::of(lag.all.reached.last().copied().unwrap_or(Duration::ZERO));
    sheet.raw("<h3 id=\"latest\">The latest sites, and why</h3>\n");
    let row = |&(site, delay): &(SiteId, Option<Duration>)| {
        let place = &scenario.sites[site.index()];
        vec![
            text(&place.code),
            text(&place.name),
            match delay {
                Some(delay) => number(format!("{} {}", unit.show(delay), unit.short)),
                None => Cell::Bad("never".to_owned()),
            },
            text(why(told, lag, site)),
        ]
    };
    let rows: Vec<_> = lag.latest.iter().take(LATEST).map(row).collect();
    let name = told.run.release(lag.release);
    sheet.table(
        &format!("Until current with {name}"),
        &["site", "name", "delay", "the synchronisations that led to it"],
        &rows,
    );
    if lag.latest.len() > LATEST {
        let more = counted(lag.latest.len() - LATEST, "other site was", "other sites were");
        sheet.para(&format!("{more} not later than these."));
    }
}

/// The chain of synchronisations from the first to the one that brought it, or to the last failed.
fn why(told: &Told<'_>, lag: &Lag, site: SiteId) -> String {
    let outcome = told.run.outcome;
    let arrival =
        outcome.arrivals.partition_point(|one| (one.site, one.release) < (site, lag.release));
    let Some(arrival) = outcome.arrivals.get(arrival) else { return String::new() };
    let number = match (arrival.current, arrival.attempt) {
        (Some(_), Some(number)) => Some(number),
        (Some(_), None) => return "by replication of its database".to_owned(),
        (None, _) => attempts_of(told, site)
            .iter()
            .rfind(|one| one.start >= lag.wanted)
            .map(|one| one.number),
    };
    let Some(number) = number else {
        return "it did not synchronise after the release was published".to_owned();
    };
    let mut chain = Vec::new();
    let mut next = Some((site, number));
    while let Some((site, number)) = next {
        let Some(attempt) = attempts_of(told, site).iter().find(|one| one.number == number) else {
            break;
        };
        chain.push(step(told, attempt));
        next = attempt.caused_by;
        if next.is_none() {
            chain.push(told.run.caused_by(attempt));
        }
        if chain.len() == 12 {
            chain.push("…".to_owned());
            break;
        }
    }
    chain.reverse();
    chain.join(" → ")
}

fn step(told: &Told<'_>, attempt: &Attempt) -> String {
    let name = told.run.attempt(attempt.site, attempt.number);
    let clock = &told.run.scenario.clock;
    let start = clock.short(attempt.start);
    match (attempt.ending, attempt.failure) {
        (Ending::Failed, Some(failure)) => {
            let fault = attempt.fault.map(|fault| format!(", {}", told.run.fault(fault)));
            format!("{name} {start} failed ({}{})", failure.phase, fault.unwrap_or_default())
        }
        (Ending::Unfinished, _) => format!("{name} {start}, unfinished at the end of the run"),
        _ => format!("{name} {start}"),
    }
}

fn attempts_of<'a>(told: &Told<'a>, site: SiteId) -> &'a [Attempt] {
    let attempts = &told.run.outcome.attempts;
    let first = attempts.partition_point(|attempt| attempt.site < site);
    let after = attempts.partition_point(|attempt| attempt.site <= site);
    &attempts[first..after]
}
