//! What a run will cost, before it runs: a large one is refused while that is cheap.
//!
//! The figures are rough, and rather too high: every occurrence of the schedule is taken to reach
//! every site, every outage to be retried through. What they are good for is the difference
//! between a minute and a month, and between memory that is there and memory that is not.

use super::client_cost::ClientCost;
use super::exit::{Exit, Stop};
use crate::report::in_threes;
use crate::scenario::{
    Distribution, FaultEffect, Initial, Occurs, Pick, Recording, Scenario, Site,
};
use crate::units::{Duration, Instant};

/// The most that one run may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ceiling {
    /// Events: more would take hours.
    pub events: u64,
    /// Records: they lie in memory until the files are written.
    pub records: u64,
}

/// What `supsim run` allows.
pub(super) const CEILING: Ceiling = Ceiling { events: 2_000_000_000, records: 50_000_000 };

/// Up to so much everything is recorded, so that delays can be explained, also where less is kept.
pub(super) const CEILING_OF_CAUSES: Ceiling = Ceiling { records: 10_000_000, ..CEILING };

/// Events of a synchronisation, with its requests and packages.
const EVENTS_EACH: u64 = 10;
/// Events of one that fails.
const EVENTS_FAILED: u64 = 4;
/// Records of a synchronisation when everything is recorded, and when only what tables need is.
const RECORDS_EACH: [u64; 2] = [17, 8];
/// Further ones, of a pull and a package that cross a circuit, where there are any.
const RECORDS_CROSSED: u64 = 2;
/// Records of one that fails.
const RECORDS_FAILED: u64 = 5;
/// Records of a release at a site: database, WSUS, internet-based point.
const RECORDS_ARRIVED: u64 = 3;
/// Events and records of a run of export, carrying and import.
const EACH_EXPORT: u64 = 4;

/// How much of what a run is expected to be, at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cost {
    /// Sites with a software update point.
    points: u64,
    /// How often the top-level site synchronises.
    cycles: u64,
    /// Occurrences of releases.
    releases: u64,
    /// Records of a synchronisation that a circuit adds when everything is recorded.
    crossed: u64,
    /// Synchronisations that follow a failure.
    retries: u64,
    /// Times that a fault takes hold of a site, or strikes it.
    faults: u64,
    /// Insertions that are rolled back and begun again.
    rolled_back: u64,
    /// Runs of export, carrying and import (P10).
    exports: u64,
    /// What clients do.
    clients: ClientCost,
}

/// Refuses a run that would take hours, or more memory than there is.
pub(super) fn check(scenario: &Scenario, ceiling: Ceiling) -> Result<(), Stop> {
    let cost = Cost::of(scenario);
    let refuse = |text: String| Err(Stop { exit: Exit::NothingRan, text });
    let name = &scenario.name;
    let events = cost.events();
    if events > ceiling.events {
        return refuse(format!(
            "supsim: {name} is too large to run: about {} events, and at most {} are allowed\n  {}",
            grouped(events),
            grouped(ceiling.events),
            cost.advice(),
        ));
    }
    let records = cost.records(scenario.recording);
    if records > ceiling.records {
        let fewer = cost.records(Recording::Attempts);
        let advice = if fewer <= ceiling.records {
            format!(
                "with `--events attempts`, which is all that the tables need, it is about {}",
                grouped(fewer)
            )
        } else {
            cost.advice()
        };
        return refuse(format!(
            "supsim: {name} is too large to keep in memory: about {} records, and at most {} are \
             allowed\n  {advice}",
            grouped(records),
            grouped(ceiling.records),
        ));
    }
    Ok(())
}

/// How many events all replications of one command may have together, in runs of the greatest size.
const RUNS: u64 = 100;

/// Refuses more replications than could be run within days.
pub(super) fn check_all(
    scenario: &Scenario,
    replications: u32,
    ceiling: Ceiling,
) -> Result<(), Stop> {
    let each = Cost::of(scenario).events();
    let all = each.saturating_mul(replications.into());
    let most = ceiling.events.saturating_mul(RUNS);
    if all <= most {
        return Ok(());
    }
    let text = format!(
        "supsim: {} is too large to run {} times: about {} events in all, and at most {} are \
         allowed\n  at most {} replications of it can be run",
        scenario.name,
        grouped(replications.into()),
        grouped(all),
        grouped(most),
        grouped(most / each.max(1)),
    );
    Err(Stop { exit: Exit::NothingRan, text })
}

/// How many runs may be under way at once: their records lie in memory side by side.
pub(super) fn at_once(scenario: &Scenario, ceiling: Ceiling) -> usize {
    let each = Cost::of(scenario).records(scenario.recording).max(1);
    usize::try_from(ceiling.records / each).unwrap_or(usize::MAX).max(1)
}

/// For a run that turns out larger than was expected.
pub(super) fn exceeded(what: &str, most: u64, now: Instant) -> Stop {
    let text = format!(
        "supsim: stopped at {now}: the run has reached the limit of {} {what}; nothing was stored\n  \
         a shorter `duration`, fewer sites or a longer `retry.every` make it smaller",
        grouped(most)
    );
    Stop { exit: Exit::StoppedEarly, text }
}

impl Cost {
    pub fn of(scenario: &Scenario) -> Cost {
        let by_hand = scenario.operations.len() as u64;
        let installed = u64::from(scenario.initial == Initial::Empty);
        let mut cost = Cost {
            points: scenario.sites.iter().filter(|site| site.sup.is_some()).count() as u64,
            cycles: scenario.sync.schedule.len() as u64 + by_hand + installed,
            releases: scenario.catalogue.releases.len() as u64,
            crossed: if scenario.links.is_empty() { 0 } else { RECORDS_CROSSED },
            retries: 0,
            faults: 0,
            rolled_back: 0,
            exports: scenario
                .sites
                .iter()
                .fold(0, |sum, site| exports(scenario, site).saturating_add(sum)),
            clients: ClientCost::default(),
        };
        cost.clients = ClientCost::of(scenario, cost.cycles);
        let whole = (Instant::START, Instant::START + scenario.duration);
        // H5: a remote point without its console fails for good.
        let closed = |site: &&Site| site.sup.is_some_and(|point| !point.local && !point.console);
        for site in scenario.sites.iter().filter(closed) {
            cost.retries = cost.retries.saturating_add(cost.tries(site, whole));
        }
        let children = children(scenario);
        for fault in &scenario.faults {
            // Of those that are drawn at random, all are taken to be the ones with most to lose.
            let share = |of: u64| match fault.pick {
                Pick::All => of,
                Pick::Count(count) => of
                    .div_ceil(fault.sites.len().max(1) as u64)
                    .saturating_mul(count.into())
                    .min(of),
                Pick::Share(share) => scaled(of, share.parts_per_billion().into(), BILLION),
            };
            // Whoever pulls from a point that is down fails with it.
            let spreads = matches!(fault.effect, FaultEffect::SupDown | FaultEffect::SiteDown);
            let mut retries = 0u64;
            for &site in &fault.sites {
                let own = &scenario.sites[site.index()];
                let below = if spreads { children[site.index()] } else { 0 };
                let held =
                    |from: Instant, until: Instant| cost.tries(own, (from, until.min(whole.1)));
                let each = match &fault.occurs {
                    Occurs::Window { from, until } => held(*from, until.unwrap_or(whole.1)),
                    Occurs::Schedule(spans) => spans
                        .iter()
                        .map(|span| held(span.from, span.until))
                        .fold(0, u64::saturating_add),
                    Occurs::Renewal { mtbf, mttr } => {
                        let outages = outages(scenario.duration, mtbf, mttr);
                        let one = held(
                            Instant::START,
                            Instant::START + mttr.mean().min(scenario.duration),
                        );
                        // However often it breaks: each failure is `every` after the one before.
                        outages.saturating_mul(one).min(cost.tries(own, whole) + cost.cycles)
                    }
                    Occurs::PerAttempt(often) => {
                        let (fails, goes) = odds(often.parts_per_billion().into());
                        scaled(cost.cycles, fails, goes).min(cost.tries(own, whole))
                    }
                    Occurs::Attempts(numbers) => numbers.len() as u64,
                };
                retries = retries.saturating_add(each.saturating_mul(1 + below));
            }
            if cost.cycles > 0 {
                cost.retries = cost.retries.saturating_add(share(retries));
            }
            let times = match &fault.occurs {
                Occurs::Schedule(spans) => spans.len() as u64,
                Occurs::Renewal { mtbf, mttr } => outages(scenario.duration, mtbf, mttr),
                Occurs::Window { .. } | Occurs::PerAttempt(_) | Occurs::Attempts(_) => 1,
            };
            let held = share(fault.sites.len() as u64).saturating_mul(times);
            cost.faults = cost.faults.saturating_add(held);
            if fault.effect == FaultEffect::DatabaseFails {
                let again = rolled_back(&fault.occurs, cost.releases, whole.1);
                let all = share(fault.sites.len() as u64).saturating_mul(again);
                cost.rolled_back = cost.rolled_back.saturating_add(all);
            }
        }
        cost
    }

    /// How often a site tries within a span in which it always fails (T4).
    fn tries(&self, site: &Site, (from, until): (Instant, Instant)) -> u64 {
        let span = Duration::from_micros(until.micros().saturating_sub(from.micros()));
        let all = span.micros() / site.retry.every.micros().max(1) + 1;
        match site.retry.limit {
            Some(limit) => all.min(self.cycles.saturating_mul(u64::from(limit) + 1)),
            None => all,
        }
    }

    fn attempts(&self) -> u64 {
        self.points.saturating_mul(self.cycles)
    }

    fn arrivals(&self) -> u64 {
        if self.cycles == 0 { 0 } else { self.points.saturating_mul(self.releases) }
    }

    pub fn events(&self) -> u64 {
        let synced = self.attempts().saturating_mul(EVENTS_EACH);
        let failed = self.retries.saturating_mul(EVENTS_FAILED);
        // A release is compared at each site once, whatever else happens there.
        let held = self.faults.saturating_mul(2).saturating_add(self.rolled_back.saturating_mul(2));
        let carried = self.exports.saturating_mul(EACH_EXPORT);
        let all = [failed, self.arrivals(), held, carried, self.clients.events];
        all.into_iter().fold(synced, u64::saturating_add)
    }

    fn records(&self, recording: Recording) -> u64 {
        let each = match recording {
            Recording::All => RECORDS_EACH[0] + self.crossed,
            Recording::Attempts => RECORDS_EACH[1],
            Recording::None => return 0,
        };
        let synced = self.attempts().saturating_mul(each);
        let failed = self.retries.saturating_mul(RECORDS_FAILED);
        let arrived = self.arrivals().saturating_mul(RECORDS_ARRIVED);
        let held = self.faults.saturating_mul(2).saturating_add(self.rolled_back);
        let carried = self.exports.saturating_mul(EACH_EXPORT);
        let scanned = self.clients.records(recording);
        let all = [failed, arrived, self.releases, held, carried, scanned];
        all.into_iter().fold(synced, u64::saturating_add)
    }

    /// Where most of it comes from, and what would make it smaller.
    fn advice(&self) -> String {
        let synced = self.attempts().saturating_mul(RECORDS_EACH[0]);
        let failed = self.retries.saturating_mul(RECORDS_FAILED);
        let arrived = self.arrivals().saturating_mul(RECORDS_ARRIVED);
        let points = grouped(self.points);
        let held = self.faults.saturating_mul(2).saturating_add(self.rolled_back);
        let carried = self.exports.saturating_mul(EACH_EXPORT);
        if carried > failed.max(synced).max(arrived).max(held) {
            return format!(
                "most of these come from {} runs of export and import\n  a longer `every` of \
                 `export_import`, fewer such points or a shorter `duration` make it smaller",
                grouped(self.exports)
            );
        }
        if held > failed.max(synced).max(arrived) {
            let times = grouped(self.faults.saturating_add(self.rolled_back));
            return format!(
                "most of these come from faults that take hold {times} times\n  a longer `mtbf`, a \
                 rarer `schedule`, fewer sites or a shorter `duration` make it smaller"
            );
        }
        let scanned = self.clients.records(Recording::All).max(self.clients.events);
        if scanned > synced.max(arrived).max(failed) {
            let clients = grouped(self.clients.clients);
            return format!(
                "most of these come from {clients} clients that scan\n  counted groups \
                 (`individually: false`), fewer releases or a shorter `duration` make it smaller"
            );
        }
        if failed > synced.max(arrived) {
            let retries = grouped(self.retries);
            return format!(
                "most of these come from {retries} retries\n  a longer `retry.every`, a `retry.limit` \
                 or shorter faults make it smaller"
            );
        }
        if arrived > synced {
            let releases = grouped(self.releases);
            return format!(
                "most of these come from {releases} releases that arrive at {points} sites\n  fewer \
                 occurrences, fewer sites or a shorter `duration` make it smaller"
            );
        }
        let cycles = grouped(self.cycles);
        format!(
            "most of these come from {points} sites that synchronise {cycles} times\n  a rarer \
             `sync.schedule`, fewer sites or a shorter `duration` make it smaller"
        )
    }
}

/// How often a site breaks within a run, about.
fn outages(duration: Duration, mtbf: &Distribution, mttr: &Distribution) -> u64 {
    let cycle = mtbf.mean().micros().saturating_add(mttr.mean().micros()).max(1);
    duration.micros() / cycle + 1
}

/// How often metadata are carried to a site's internet-based point (P10).
fn exports(scenario: &Scenario, site: &Site) -> u64 {
    let point = site.internet_sup.as_ref();
    point.and_then(|point| point.mode.export_import()).map_or(0, |mode| {
        let span = scenario.duration.micros().saturating_sub(mode.first.micros());
        span / mode.every.micros().max(1) + 1
    })
}

/// How many insertions at a site are rolled back, at most: each is begun again every ten minutes.
fn rolled_back(occurs: &Occurs, releases: u64, end: Instant) -> u64 {
    let within = |from: Instant, until: Instant| {
        until.min(end).since(from).micros() / Duration::from_mins(10).micros() + 1
    };
    match occurs {
        Occurs::Window { from, until } => within(*from, until.unwrap_or(end)),
        Occurs::Schedule(spans) => spans.iter().map(|span| within(span.from, span.until)).sum(),
        Occurs::Renewal { .. } => within(Instant::START, end),
        Occurs::PerAttempt(often) => {
            let (fails, goes) = odds(often.parts_per_billion().into());
            scaled(releases, fails, goes).min(within(Instant::START, end))
        }
        Occurs::Attempts(numbers) => numbers.len() as u64,
    }
}

const BILLION: u64 = 1_000_000_000;

/// How many failures come to so many successes; a synchronisation that never succeeds has no bound.
fn odds(parts_per_billion: u64) -> (u64, u64) {
    (parts_per_billion, (BILLION - parts_per_billion).max(1))
}

/// `count × times / of`, rounded up.
fn scaled(count: u64, times: u64, of: u64) -> u64 {
    let all = (u128::from(count) * u128::from(times)).div_ceil(u128::from(of));
    u64::try_from(all).unwrap_or(u64::MAX)
}

/// How many children each site has.
fn children(scenario: &Scenario) -> Vec<u64> {
    let mut children = vec![0; scenario.sites.len()];
    for parent in scenario.sites.iter().filter_map(|site| site.parent) {
        children[parent.index()] += 1;
    }
    children
}

/// `2,000,000,000`.
fn grouped(number: u64) -> String {
    in_threes(number, ",")
}

#[cfg(test)]
mod tests;
