//! Same input, same trace; and what does not concern a site does not touch its chance.

use supsim::trace::{Fact, Record, Trace};
use supsim::units::SiteId;
use supsim::world::{Blueprint, World};

use crate::support::{self, scenario};

#[test]
fn the_same_scenario_and_seed_give_the_same_trace() {
    for path in support::scenarios() {
        let (one, other) = (support::read(&path), support::read(&path));
        assert_eq!(support::run(&one), support::run(&other), "{}", path.display());
    }
}

#[test]
fn threads_change_nothing() {
    let scenario = support::read(&support::project("scenarios/10-two-hundred-sites.yaml"));
    let blueprint = Blueprint::new(&scenario);
    let run = |replication| {
        let mut world = World::new(&blueprint, replication);
        world.run_until(supsim::units::Instant::START + scenario.duration);
        world.into_trace()
    };
    let alone: Vec<Trace> = (0..4).map(run).collect();
    let together: Vec<Trace> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..4).map(|replication| scope.spawn(move || run(replication))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(alone == together, "a run depends on its thread");
    assert!(alone[0] != alone[1], "replications do not differ: is anything drawn at all?");
}

#[test]
fn stopping_in_the_middle_and_going_on_changes_nothing() {
    let scenario = support::read(&support::project("scenarios/three-tier.yaml"));
    let blueprint = Blueprint::new(&scenario);
    let mut world = World::new(&blueprint, 0);
    let end = supsim::units::Instant::START + scenario.duration;
    for hour in 0..48 {
        let until = supsim::units::Instant::START + supsim::units::Duration::from_hours(hour);
        world.run_until(until);
        world = world.clone();
    }
    world.run_until(end);
    assert_eq!(world.into_trace(), support::run(&scenario));
}

#[test]
fn a_lower_level_of_recording_leaves_records_out_and_changes_none() {
    let text = std::fs::read_to_string(support::project("scenarios/three-tier.yaml")).unwrap();
    let all = support::run(&scenario(&text));
    let attempts = support::run(&scenario(&format!("{text}\nrecord: {{ events: attempts }}\n")));
    let nothing = support::run(&scenario(&format!("{text}\nrecord: {{ events: none }}\n")));
    assert!(nothing.records.is_empty());
    assert!(!attempts.records.is_empty() && attempts.records.len() < all.records.len());
    let mut rest = all.records.iter().map(|record| (record.at, record.site, record.fact));
    for record in &attempts.records {
        let same = (record.at, record.site, record.fact);
        assert!(rest.any(|one| one == same), "{same:?} is not in the full trace");
    }
}

/// Everything that happened at a site, without the numbers of causes.
fn of_site(trace: &Trace, site: SiteId) -> Vec<(supsim::units::Instant, Fact)> {
    let here = |record: &&Record| record.site == site;
    trace.records.iter().filter(here).map(|record| (record.at, record.fact)).collect()
}

const BASE: &str = "
supsim: 1
kind: scenario
name: chance
start: 2026-01-12 00:00
duration: 10d
catalogue:
  baseline: { updates: 100, metadata: 6 MB }
  releases: { news: { when: { every: 12h }, updates: 5, metadata: 2 MB } }
timing:
  pull: { lognormal: { median: 6min, p95: 20min } }
  connect: { uniform: { min: 1s, max: 9s } }
  insert: { exponential: { mean: 4min } }
sync: { schedule: { simple: { every: 1d, start: 2026-01-12 06:00 } } }
faults:
  now-and-then:
    where: { code: [PR1, PR2] }
    do: { fail_sync: { after: { uniform: { min: 1min, max: 9min } } } }
    when: { per_attempt: 30% }
";

fn chance(sites: &str, more_faults: &str) -> Trace {
    support::run(&scenario(&format!("{BASE}{more_faults}sites:\n{sites}")))
}

const THREE: &str = "  CEN: { type: central }\n  PR1: { parent: CEN }\n  PR2: { parent: CEN }\n";

#[test]
fn a_site_more_changes_no_other_draw() {
    let before = chance(THREE, "");
    let after = chance(&format!("{THREE}  NEW: {{ parent: CEN }}\n"), "");
    for site in (0..3).map(SiteId) {
        let (mut before, mut after) = (of_site(&before, site), of_site(&after, site));
        // The central site now sends to one more; its own times are what must not move.
        let sent =
            |fact: &Fact| matches!(fact, Fact::RequestSent { .. } | Fact::PackageSent { .. });
        before.retain(|(_, fact)| !sent(fact));
        after.retain(|(_, fact)| !sent(fact));
        assert_eq!(before, after, "site {site:?}");
    }
}

#[test]
fn a_fault_more_changes_no_draw_of_others_and_none_of_its_own_other_syncs() {
    let before = chance(THREE, "");
    let fault = "  very-bad-tuesday: { where: { code: PR2 }, do: { fail_sync: { after: 30s, phase: connect } }, \
                 when: { attempts: [3] } }\n";
    let after = chance(THREE, fault);
    assert!(of_site(&before, SiteId(1)) == of_site(&after, SiteId(1)), "PR1 is not concerned");
    assert!(of_site(&before, SiteId(2)) != of_site(&after, SiteId(2)), "PR2 is");
    // A week later PR2's syncs begin and end as if Tuesday had not been.
    let late = |trace: &Trace| -> Vec<_> {
        let done = |fact: &Fact| matches!(fact, Fact::Pulled { .. } | Fact::Settled { .. });
        let times = support::times(trace, SiteId(2), done);
        times
            .into_iter()
            .filter(|at| at.since(supsim::units::Instant::START).as_hours_f64() > 120.0)
            .collect()
    };
    assert!(!late(&before).is_empty());
    assert_eq!(late(&before), late(&after));
}

#[test]
fn the_order_in_which_sites_are_written_changes_no_draw() {
    let one = chance(THREE, "");
    let other =
        chance("  PR2: { parent: CEN }\n  CEN: { type: central }\n  PR1: { parent: CEN }\n", "");
    let numbers = [(0, 1), (1, 2), (2, 0)];
    for (before, after) in numbers {
        let times = |trace: &Trace, site| {
            let done = |fact: &Fact| matches!(fact, Fact::Pulled { .. } | Fact::Announced(_));
            support::times(trace, SiteId(site), done)
        };
        assert_eq!(times(&one, before), times(&other, after));
    }
}

#[test]
fn a_failure_of_the_parent_moves_its_children_and_changes_none_of_their_draws() {
    let before = chance(THREE, "");
    let fault = "  central: { where: { code: CEN }, do: { fail_sync: { after: 30s, phase: connect } }, \
                 when: { attempts: [2, 3] } }\n";
    let after = chance(THREE, fault);
    // From 6701 to 6704 and from there to the end of phase 1, sync by sync, wherever they lie.
    let lengths = |trace: &Trace| -> Vec<supsim::units::Duration> {
        let step = |fact: &Fact| {
            matches!(fact, Fact::Announced(status) if [6701, 6704].contains(&status.id()))
                || matches!(fact, Fact::Pulled { .. })
        };
        let times = support::times(trace, SiteId(1), step);
        times
            .windows(2)
            .map(|pair| pair[1] - pair[0])
            .filter(|one| one.as_hours_f64() < 0.9)
            .collect()
    };
    assert!(of_site(&before, SiteId(1)) != of_site(&after, SiteId(1)), "it does move them");
    assert_eq!(lengths(&before), lengths(&after));
}

#[test]
fn every_occurrence_of_the_schedule_is_a_new_draw_for_every_site() {
    let trace = chance(THREE, "");
    for site in (0..3).map(SiteId) {
        // From 6701 to 6704, drawn evenly between one second and nine, once in each sync.
        let step = |fact: &Fact| matches!(fact, Fact::Announced(status) if [6701, 6704].contains(&status.id()));
        let times = support::times(&trace, site, step);
        let mut lengths: Vec<_> = times.chunks_exact(2).map(|pair| pair[1] - pair[0]).collect();
        let syncs = lengths.len();
        assert!(syncs >= 9, "{syncs} syncs at site {site:?}");
        lengths.sort_unstable();
        lengths.dedup();
        assert_eq!(lengths.len(), syncs, "some syncs of site {site:?} share a draw");
    }
}
