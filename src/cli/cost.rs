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

/// Events of a synchronisation, with its requests and packages.
const EVENTS_EACH: u64 = 10;
/// Events of one that fails.
const EVENTS_FAILED: u64 = 4;
/// Records of a synchronisation when everything is recorded, and when only what tables need is.
const RECORDS_EACH: [u64; 2] = [17, 8];
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
    fn of(scenario: &Scenario) -> Cost {
        let by_hand = scenario.operations.len() as u64;
        let installed = u64::from(scenario.initial == Initial::Empty);
        let mut cost = Cost {
            points: scenario.sites.iter().filter(|site| site.sup.is_some()).count() as u64,
            cycles: scenario.sync.schedule.len() as u64 + by_hand + installed,
            releases: scenario.catalogue.releases.len() as u64,
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

    fn events(&self) -> u64 {
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
            Recording::All => RECORDS_EACH[0],
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
mod tests {
    use super::*;
    use crate::scenario::Overrides;

    fn scenario(days: u32, sites: u32, rest: &str) -> Scenario {
        let text = format!(
            "supsim: 1\nkind: scenario\nname: large\nstart: 2026-01-12 00:00\nduration: {days}d\n\
             sites: {{ CEN: {{}} }}\ntemplates: {{ b: {{ type: secondary }} }}\n\
             generate: {{ b: {{ under: {{ code: CEN }}, template: b, total: {sites}, \
             code: \"B{{n36:05}}\" }} }}\n{rest}"
        );
        match Scenario::parse("large.yaml", &text, &Overrides::default()) {
            Ok((scenario, _)) => scenario,
            Err(report) => panic!("{report}"),
        }
    }

    fn refused(scenario: &Scenario) -> String {
        let stop = check(scenario, CEILING).unwrap_err();
        assert_eq!(stop.exit, Exit::NothingRan);
        stop.text
    }

    #[test]
    fn ten_years_of_a_hundred_thousand_sites_every_hour_are_refused_with_what_to_reduce() {
        let said =
            refused(&scenario(3650, 90_000, "sync: { schedule: { simple: { every: 1h } } }\n"));
        assert!(said.starts_with("supsim: large is too large to run: about 78,8"), "{said}");
        assert!(said.contains("at most 2,000,000,000 are allowed"), "{said}");
        assert!(said.contains("90,001 sites that synchronise 87,600 times"), "{said}");
        assert!(said.contains("`sync.schedule`"), "{said}");
    }

    #[test]
    fn replications_are_counted_together_and_only_as_many_run_at_once_as_fit() {
        let mut some = scenario(30, 500, "sync: { schedule: { simple: { every: 1h } } }\n");
        some.recording = Recording::Attempts;
        assert_eq!(check_all(&some, 1_000, CEILING), Ok(()));
        let stop = check_all(&some, 100_000, CEILING).unwrap_err();
        assert_eq!(stop.exit, Exit::NothingRan);
        assert!(stop.text.contains("too large to run 100,000 times"), "{}", stop.text);
        assert!(stop.text.contains("at most 55,444 replications"), "{}", stop.text);
        // 501 sites × 720 syncs × 8 records
        assert_eq!(at_once(&some, CEILING), 17);
        assert_eq!(at_once(&some, Ceiling { records: 1, ..CEILING }), 1);
    }

    #[test]
    fn what_fits_with_fewer_records_says_how() {
        let mut large = scenario(365, 12_000, "sync: { schedule: { simple: { every: 1d } } }\n");
        let said = refused(&large);
        assert!(
            said.contains(
                "`--events attempts`, which is all that the tables need, it is about 35,"
            ),
            "{said}"
        );
        large.recording = Recording::Attempts;
        assert_eq!(check(&large, CEILING), Ok(()));
    }

    #[test]
    fn retries_without_end_and_releases_without_number_are_seen_coming() {
        let schedule = "sync: { schedule: { simple: { every: 7d } }, retry: { every: 1s } }\n";
        let outage = "faults: { f: { do: wsus_not_configured, when: { window: {} } } }\n";
        let said = refused(&scenario(3650, 10, &format!("{schedule}{outage}")));
        assert!(said.contains(" retries\n"), "{said}");
        let often = "catalogue: { releases: { r: { when: { every: 6min }, updates: 1, \
                     metadata: 1 KB } } }\n";
        let said = refused(&scenario(3650, 50_000, &format!("{schedule}{often}")));
        assert!(said.contains(" releases that arrive at 50,001 sites"), "{said}");
    }

    #[test]
    fn faults_that_come_again_and_again_are_counted() {
        let never = "sync: { schedule: never }\n";
        let often = "faults: { f: { do: link_down, when: { renewal: { mtbf: { exponential: { mean: \
                     50s } }, mttr: 10s } } } }\n";
        let said = refused(&scenario(365, 1_000, &format!("{never}{often}")));
        assert!(said.contains("from faults that take hold 526,"), "{said}");
        let rarely = often.replace("50s", "50d");
        assert_eq!(check(&scenario(365, 1_000, &format!("{never}{rarely}")), CEILING), Ok(()));
        // A renewal of 10 of them, and a schedule: about as many records as there are.
        for when in [
            "renewal: { mtbf: { exponential: { mean: 20h } }, mttr: { exponential: { mean: 4h } } }",
            "schedule: { weekly: { on: [Sun, Wed], at: \"02:00\" }, for: 4h }",
        ] {
            let fault = format!(
                "faults: {{ f: {{ do: link_down, pick: {{ count: 10 }}, when: {{ {when} }} }} }}\n"
            );
            let scenario = scenario(100, 40, &format!("{never}{fault}"));
            let records = crate::world::run(&scenario, 0).records.len() as u64;
            let expected = Cost::of(&scenario).records(Recording::All);
            assert!(records <= expected, "{when}: {records} records, expected {expected}");
            assert!(expected <= 3 * records, "{when}: {records} records, expected {expected}");
        }
    }

    #[test]
    fn clients_one_by_one_are_seen_coming_and_groups_are_cheap() {
        let clients = |individually| {
            let schedule = "sync: { schedule: { simple: { every: 1d } } }\n";
            let often = "catalogue: { releases: { r: { when: { every: 1d }, updates: 1, \
                         metadata: 1 KB } } }\n";
            let text = format!("{schedule}{often}clients: {{ individually: {individually} }}\n");
            let mut scenario = scenario(30, 200, &text);
            scenario.sites[1..].iter_mut().for_each(|site| site.clients.intranet = 10_000);
            scenario
        };
        let said = refused(&clients(true));
        assert!(said.contains("2,000,000 clients that scan"), "{said}");
        assert_eq!(check(&clients(false), CEILING), Ok(()));
    }

    #[test]
    fn the_scenarios_of_the_project_cost_what_was_expected_and_not_much_less() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "yaml") {
                continue;
            }
            let (scenario, _) = Scenario::read(&path, &Overrides::default()).unwrap();
            assert_eq!(check(&scenario, CEILING), Ok(()));
            let cost = Cost::of(&scenario);
            let trace = crate::world::run(&scenario, 0);
            let (records, expected) = (trace.records.len() as u64, cost.records(Recording::All));
            let name = path.display();
            assert!(records <= expected + 10, "{name}: {records} records, expected {expected}");
            assert!(expected <= 5 * records, "{name}: {records} records, expected {expected}");
        }
    }

    #[test]
    fn the_records_that_are_allowed_fit_into_four_gigabytes() {
        let each = size_of::<crate::trace::Record>() as u64;
        assert!(each * CEILING.records <= 4_000_000_000, "{each} bytes each");
    }

    #[test]
    fn a_run_that_grows_beyond_what_was_expected_is_stopped() {
        let small = scenario(30, 20, "sync: { schedule: { simple: { every: 1h } } }\n");
        let ran = |ceiling| crate::cli::pipeline::simulate(&small, 0, ceiling, &mut |_| Ok(()));
        assert!(ran(CEILING).is_ok());
        for (ceiling, what) in [
            (Ceiling { events: 20_000, ..CEILING }, "limit of 20,000 events"),
            (Ceiling { records: 20_000, ..CEILING }, "limit of 20,000 records"),
        ] {
            let stop = ran(ceiling).unwrap_err();
            assert_eq!(stop.exit, Exit::StoppedEarly);
            assert!(stop.text.contains(what), "{}", stop.text);
            assert!(stop.text.contains("nothing was stored"), "{}", stop.text);
        }
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(2_000_000_000), "2,000,000,000");
    }
}
