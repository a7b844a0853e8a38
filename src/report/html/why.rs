//! Which sites were last, and why: every delay in parts that add up to it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Told;
use super::sheet::{Cell, Sheet, number, text};
use crate::measure::{Arrival, Attempt, Blame, Category, Ending, Lag, Stage};
use crate::report::explain::STAGES;
use crate::report::summary::{Unit, counted, shared_out, time};
use crate::units::{Duration, ReleaseId, SiteId};

/// So many of the latest sites are told.
const LATEST: usize = 10;
/// So many parts of a delay are named; the others are one.
const PARTS: usize = 4;

/// The latest sites with their causes, the whole way to the last one, and what all the time was.
pub(super) fn latest(told: &Told<'_>, sheet: &mut Sheet) {
    let Some(lag) = told.releases.told.first() else {
        return sheet.para("No release reached any site that was to have it.");
    };
    sites(told, sheet, lag);
    let reached = lag.latest.iter().find(|(_, delay)| delay.is_some());
    let way = reached.and_then(|(site, _)| blame(told, *site, lag.release));
    if let Some(blame) = way {
        stages(told, sheet, &blame);
    }
    categories(told, sheet, lag);
}

fn sites(told: &Told<'_>, sheet: &mut Sheet, lag: &Lag) {
    let scenario = told.run.scenario;
    let unit = Unit::of(lag.all.reached.last().copied().unwrap_or(Duration::ZERO));
    let row = |&(site, delay): &(SiteId, Option<Duration>)| {
        let place = &scenario.sites[site.index()];
        vec![
            text(match place.name.as_str() {
                "" => place.code.clone(),
                name => format!("{} {name}", place.code),
            }),
            match delay {
                Some(delay) => number(format!("{} {}", unit.show(delay), unit.short)),
                None => Cell::Bad("never".to_owned()),
            },
            text(match blame(told, site, lag.release) {
                Some(blame) => parts(told, &blame),
                None => why(told, lag, site),
            }),
        ]
    };
    let rows: Vec<_> = lag.latest.iter().take(LATEST).map(row).collect();
    let name = told.run.release(lag.release);
    sheet.table(
        &format!("Until current with {name}"),
        &["site", "delay", "what the delay is made of, the longest first"],
        &rows,
    );
    if lag.latest.len() > LATEST {
        let more = lag.latest.len() - LATEST;
        let more = counted(more, "other site was", "other sites were");
        sheet.para(&format!("{more} not later than these."));
    }
}

fn arrival<'a>(told: &Told<'a>, site: SiteId, release: ReleaseId) -> Option<&'a Arrival> {
    let arrivals = &told.run.outcome.arrivals;
    let place = arrivals.binary_search_by_key(&(site, release), |one| (one.site, one.release));
    place.ok().map(|place| &arrivals[place])
}

fn blame(told: &Told<'_>, site: SiteId, release: ReleaseId) -> Option<Blame> {
    told.causes.blame(arrival(told, site, release)?)
}

/// `link down at R05 8.8 h (faults.cut), ...`: the longest parts, and the rest as one.
fn parts(told: &Told<'_>, blame: &Blame) -> String {
    let mut parts = blame.parts();
    // Equal ones in the order in which they came.
    parts.sort_by_key(|(_, length)| Reverse(*length));
    let (named, rest) = parts.split_at(parts.len().min(PARTS));
    let mut words: Vec<String> =
        named.iter().map(|(stage, length)| part(told, blame, stage, *length)).collect();
    let rest: u64 = rest.iter().map(|(_, length)| length.micros()).sum();
    if rest > 0 {
        words.push(format!("everything else {}", time(Duration::from_micros(rest))));
    }
    words.join("; ")
}

fn part(told: &Told<'_>, blame: &Blame, stage: &Stage, length: Duration) -> String {
    let at = match stage.at {
        own if own == blame.site => String::new(),
        other => format!(" at {}", told.run.code(other)),
    };
    let behind = stage.behind.path(told.run.scenario, stage.at);
    format!("{}{at} {} ({behind})", stage.category.words(), time(length))
}

/// Every stage of the way to one site, from publication on.
fn stages(told: &Told<'_>, sheet: &mut Sheet, blame: &Blame) {
    let (run, clock) = (&told.run, &told.run.scenario.clock);
    let whole = blame.delay();
    // A way of hundreds of short stages is told by its parts: alike ones together.
    let (told, note) = match blame.stages.len() {
        0..=STAGES => {
            (blame.stages.iter().map(|stage| (*stage, stage.length())).collect(), "in its order")
        }
        _ => (blame.parts(), "alike stages together, in the order in which they first came"),
    };
    let lengths: Vec<u128> = told.iter().map(|(_, length)| u128::from(length.micros())).collect();
    let mut rows: Vec<_> = told
        .iter()
        .zip(shares(&lengths))
        .map(|((stage, length), share)| {
            vec![
                text(clock.short(stage.from)),
                text(run.code(stage.at)),
                text(stage.category.words()),
                number(time(*length)),
                number(share),
                text(stage.behind.path(run.scenario, stage.at)),
            ]
        })
        .collect();
    rows.push(vec![
        text(clock.short(blame.until)),
        text(run.code(blame.site)),
        text("current"),
        number(time(whole)),
        number("100.0 %"),
        text(""),
    ]);
    sheet.raw("<h3>The whole way to the last one</h3>\n");
    let (site, release) = (run.code(blame.site), run.release(blame.release));
    sheet.table(
        &format!("{release} on its way to {site}, {note}; the parts add up to the microsecond"),
        &["from", "at", "what", "how long", "share", "what of the scenario is behind it"],
        &rows,
    );
}

/// What the time of all sites was, together.
fn categories(told: &Told<'_>, sheet: &mut Sheet, lag: &Lag) {
    let mut all: BTreeMap<Category, u128> = BTreeMap::new();
    let mut sites: u128 = 0;
    for (site, _) in &lag.latest {
        let Some(blame) = blame(told, *site, lag.release) else { continue };
        sites += 1;
        for stage in &blame.stages {
            *all.entry(stage.category).or_default() += u128::from(stage.length().micros());
        }
    }
    let total: u128 = all.values().sum();
    if total == 0 {
        return;
    }
    let mut all: Vec<(Category, u128)> = all.into_iter().collect();
    all.sort_by_key(|(category, sum)| (Reverse(*sum), *category));
    let small = |value: u128| u64::try_from(value).unwrap_or(u64::MAX);
    let sums: Vec<u128> = all.iter().map(|(_, sum)| *sum).collect();
    let rows: Vec<_> = all
        .iter()
        .zip(shares(&sums))
        .map(|((category, sum), share)| {
            let mean = Duration::from_micros(small(sum / sites));
            vec![text(category.words()), number(time(mean)), number(share)]
        })
        .collect();
    sheet.raw("<h3>Where the time went</h3>\n");
    let sites = usize::try_from(sites).unwrap_or(usize::MAX);
    sheet.table(
        &format!("{}, mean of {}", told.run.release(lag.release), counted(sites, "site", "sites")),
        &["what", "mean", "share"],
        &rows,
    );
}

/// The shares of all parts of a whole, in per cent with one decimal, that add up to 100.0 as in
/// `explain`.
fn shares(parts: &[u128]) -> Vec<String> {
    let rows: Vec<(&str, u128)> = parts.iter().map(|part| ("", *part)).collect();
    let tenths = shared_out(&rows, 1000).into_iter();
    tenths.map(|tenths| format!("{}.{} %", tenths / 10, tenths % 10)).collect()
}

/// The chain of synchronisations from the first to the one that brought it, or to the last failed.
fn why(told: &Told<'_>, lag: &Lag, site: SiteId) -> String {
    let Some(arrival) = arrival(told, site, lag.release) else { return String::new() };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_that_are_printed_add_up() {
        assert_eq!(shares(&[1, 1, 1]), ["33.4 %", "33.3 %", "33.3 %"]);
        assert_eq!(shares(&[0, 7]), ["0.0 %", "100.0 %"]);
        assert_eq!(shares(&[0]), ["0.0 %"]);
    }
}
