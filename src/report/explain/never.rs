//! Why a site never had a release: how far it has come, and what is waited for since.

use anstyle::Style;

use super::super::standing::doings;
use super::super::summary::Look;
use super::super::summary::page::{BAD, BOLD, Page};
use super::{Run, header, part_words, replication, until_the_end};
use crate::measure::{Arrival, Ending, Standing};
use crate::trace::Part;
use crate::units::{Instant, SiteId};

/// How far the release has come on its way to a site, from the top; and what the first site that
/// lacks it did and waited for when the run ended.
pub fn never(
    run: &Run<'_>,
    arrival: &Arrival,
    part: Option<Part>,
    standings: &[Standing],
    look: Look,
) -> String {
    let mut page = Page { text: String::new(), look };
    header(&mut page, run, arrival.site);
    let clock = &run.scenario.clock;
    let whose = match part {
        None => run.code(arrival.site).to_owned(),
        Some(part) => format!("the {} of {}", part_words(part), run.code(arrival.site)),
    };
    let published = format!(
        "{} was published {}",
        run.release(arrival.release),
        clock.short(arrival.published)
    );
    let later = until_the_end(run, arrival) + " later";
    let lacks = format!("{whose} did not have it when the run ended, {later}{}", replication(run));
    page.pair_styled(BAD, &published, "; ", &lacks, "");
    page.gap();
    let way = way(run, arrival);
    let width = way.iter().map(|one| run.code(one.site).chars().count()).max().unwrap_or(0);
    for one in &way {
        let held = |part: Part| {
            let at = held(one, part);
            at.map_or("never".to_owned(), |at| clock.short(at))
        };
        let code = run.code(one.site);
        let wsus = if has_point(standings, one.site) {
            format!("WSUS {:<18}", held(Part::Wsus))
        } else {
            format!("{:<23}", "no point")
        };
        let internet = match run.scenario.sites[one.site.index()].internet_sup {
            Some(_) => format!("   internet-based point {}", held(Part::Internet)),
            None => String::new(),
        };
        let database = format!("database {:<16}", held(Part::Database));
        let line = format!("  {code:<width$}  {wsus}{database}{internet}");
        page.styled(Style::new(), format_args!("{}", line.trim_end()));
    }
    let lacks = |one: &&&Arrival| {
        let wsus = has_point(standings, one.site) && one.wsus.is_none();
        match part {
            Some(Part::Wsus) => wsus,
            Some(Part::Database) => one.database.is_none(),
            Some(Part::Internet) => wsus || (one.site == arrival.site),
            None => wsus || one.database.is_none(),
        }
    };
    if let Some(first) = way.iter().find(lacks) {
        page.gap();
        stuck(&mut page, run, first.site, standings);
    }
    page.text
}

/// What a site did last, and waits for.
fn stuck(page: &mut Page, run: &Run<'_>, site: SiteId, standings: &[Standing]) {
    let code = run.code(site);
    page.styled(BOLD, format_args!("{code} at the end of the run"));
    let last = run.outcome.attempts.iter().rev().find(|attempt| attempt.site == site);
    let clock = &run.scenario.clock;
    match last {
        None => page.line(format_args!("  has not synchronised in this run")),
        Some(last) => {
            let name = run.attempt(last.site, last.number);
            let when = clock.short(last.end.unwrap_or(last.start));
            let fault = last.fault.map(|fault| format!(" by faults.{}", run.fault(fault)));
            let why = match (last.ending, last.failure) {
                (Ending::Failed, Some(failure)) => {
                    format!("failed at {}{}", failure.phase, fault.unwrap_or_default())
                }
                (ending, _) => ending.name().to_owned(),
            };
            page.line(format_args!("  its last synchronisation, {name}: {why}, {when}"));
        }
    }
    for one in standings.iter().filter(|one| one.site == site) {
        for line in doings(run, one) {
            page.line(format_args!("  {line}"));
        }
    }
}

/// The arrivals of the release from the top-level site down to the site.
fn way<'a>(run: &Run<'a>, arrival: &Arrival) -> Vec<&'a Arrival> {
    let above = |site: &SiteId| run.scenario.sites[site.index()].parent;
    let sites = std::iter::successors(Some(arrival.site), above);
    let mut way: Vec<&Arrival> = sites
        .filter_map(|site| {
            let of = |one: &&Arrival| (one.site, one.release) == (site, arrival.release);
            run.outcome.arrivals.iter().find(of)
        })
        .collect();
    way.reverse();
    way
}

fn held(arrival: &Arrival, part: Part) -> Option<Instant> {
    match part {
        Part::Database => arrival.database,
        Part::Wsus => arrival.wsus,
        Part::Internet => arrival.internet,
    }
}

fn has_point(standings: &[Standing], site: SiteId) -> bool {
    standings.iter().any(|one| one.site == site && one.has_point)
}
