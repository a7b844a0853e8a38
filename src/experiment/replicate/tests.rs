//! The same replications in other company.

use super::*;
use crate::scenario::Overrides;

const RANDOM: &str = "\
supsim: 1
kind: scenario
name: given
start: 2026-01-13 00:00
duration: 3d
replications: 12
catalogue:
  releases: { news: { when: { at: 2026-01-13 13:00 }, updates: 120, metadata: 45 MB } }
sites: { CEN: {}, PR1: { parent: CEN }, PR2: { parent: CEN } }
timing: { pull: { exponential: { mean: 20min } } }
sync: { schedule: { weekly: { on: [Tue], at: \"22:00\" } } }
faults: { f: { do: { fail_sync: { after: 5min } }, when: { per_attempt: 40% } } }
expect:
  a: { metric: time_to_current, stat: mean, at_most: 24h }
  b: { metric: failures, at_most: 3 }
  c: { metric: concurrent_syncs, stat: mean, at_most: 3 }
  d: { metric: staleness, stat: p95, at_most: 3d }
  e: { metric: redundant_syncs, at_most: 3 }
  f: { metric: share_current, after: 10h, at_least: 50% }
  g: { metric: sync_time, stat: p90, at_most: 2h }
  h: { metric: retries, during: f, at_most: 3, allow_no_data: true }
";

fn scenario() -> Scenario {
    let read = Scenario::parse("given.yaml", RANDOM, &Overrides::default());
    read.unwrap_or_else(|report| panic!("{report}")).0
}

fn run(scenario: &Scenario, numbers: &[u32], threads: usize) -> Vec<Replication> {
    let told = [ReleaseId(0)];
    replicate(scenario, numbers, &told, threads, &|_| Ok::<(), ()>(())).unwrap()
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let (scenario, numbers) = (scenario(), (0..12).collect::<Vec<u32>>());
    let alone = run(&scenario, &numbers, 1);
    assert_eq!(alone, run(&scenario, &numbers, 4));
    assert!(alone.iter().any(|one| one.values != alone[0].values), "chance has a say");
}

#[test]
fn a_replication_is_the_same_alone_and_among_others() {
    let scenario = scenario();
    let all = run(&scenario, &(0..12).collect::<Vec<u32>>(), 2);
    assert_eq!(run(&scenario, &[7], 1), all[7..8]);
    assert_eq!(run(&scenario, &[3, 11], 2), [all[3].clone(), all[11].clone()]);
}

#[test]
fn the_values_do_not_hang_on_how_much_is_recorded() {
    let mut scenario = scenario();
    let mut values = |recording| {
        scenario.recording = recording;
        let replications = run(&scenario, &[0, 1, 2], 1);
        replications.into_iter().map(|one| one.values).collect::<Vec<_>>()
    };
    assert_eq!(values(Recording::All), values(Recording::Attempts));
}

#[test]
fn whoever_watches_may_stop_it() {
    let stop = |stage| if stage == Stage::Done { Err("enough") } else { Ok(()) };
    assert_eq!(replicate(&scenario(), &[0, 1], &[], 2, &stop), Err("enough"));
}
