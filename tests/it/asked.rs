//! Metrics of senders, circuits and clients on whole runs, against values worked out by hand.

use supsim::experiment::{needed, replicate};
use supsim::measure::Figure;
use supsim::scenario::{Recording, Scenario, WHOLE};

use crate::support;

/// CEN is done at 22:15. PR1's address is open until 22:00 and from 06:00: until then a package and
/// a request wait. Both sites pull 45 MB, and so does the package: 6 min at 1 Mbit/s.
const NIGHT: &str = "\
supsim: 1
kind: scenario
name: asked
timezone: America/New_York
start: 2026-01-13 00:00
duration: 2d
catalogue:
  releases: { news: { when: { at: 2026-01-13 13:00 }, updates: 100, metadata: 45 MB } }
links: { wan: { bandwidth: 1 Mbit/s } }
routes: { days: { open: { \"Mon-Sun\": \"06:00-22:00\" } } }
timing: { request: 0s, connect: 1min, pull: 4min, settle: 2min, import: 8min, insert: 5min }
sites:
  CEN: { clients: { intranet: 10 } }
  PR1: { parent: CEN, link: wan, route: days, clients: { intranet: 30 } }
sync: { schedule: { weekly: { on: [Tue], at: \"22:00\" } } }
clients: { individually: true }
expect:
";

/// The night, and what is asked of it: an expectation on each line.
fn asking(expect: &str) -> Scenario {
    let expect: String = expect.trim().lines().map(|line| format!("  {}\n", line.trim())).collect();
    support::scenario(&format!("{NIGHT}{expect}"))
}

/// The value of each expectation, in the order of their names, in so many replications.
fn values(expect: &str, replications: u32) -> Vec<Vec<Option<Figure>>> {
    let mut scenario = asking(expect);
    scenario.recording = needed(&scenario);
    let numbers: Vec<u32> = (0..replications).collect();
    let all = replicate(&scenario, &numbers, &[], 2, &|_| Ok::<(), ()>(())).unwrap();
    all.into_iter().map(|one| one.values).collect()
}

fn count(thousandths: u64) -> Option<Figure> {
    Some(Figure::Of(thousandths * WHOLE / 1000))
}

#[test]
fn a_package_and_a_request_wait_for_the_morning() {
    let asked = "
  a: { metric: sender_queue, at_most: 2 }
  b: { metric: sender_queue, stat: p50, at_most: 2 }
  c: { metric: sender_queue, stat: mean, at_most: 2 }
    ";
    let got = values(asked, 1).remove(0);
    // 2 from 22:15 to 06:00, which is 7.75 of 48 hours
    let mean = Some(Figure::Of(2 * 31 * WHOLE / (4 * 48) + 1));
    assert_eq!(got, [count(2000), count(0), mean]);
}

#[test]
fn what_is_asked_of_senders_needs_everything_recorded_and_of_clients_it_does_not() {
    let needs = |asked: &str| needed(&asking(asked));
    assert_eq!(needs("  a: { metric: sender_queue, at_most: 2 }\n"), Recording::All);
    assert_eq!(needs("  a: { metric: clients_scanned, at_least: 9% }\n"), Recording::Attempts);
    assert_eq!(needs("  a: { metric: time_to_scanned, at_most: 9d }\n"), Recording::Attempts);
}

#[test]
fn clients_scan_when_their_site_has_it_and_each_replication_by_its_own_chances() {
    let asked = "
  a: { metric: clients_scanned, after: 12h, at_least: 25% }
  b: { metric: clients_scanned, after: 24h, at_least: 25% }
  c: { metric: time_to_scanned, stat: min, at_most: 2d }
  d: { metric: time_to_scanned, stat: max, at_most: 2d }
  e: { metric: time_to_scanned, stat: mean, at_most: 2d }
    ";
    let all = values(asked, 8);
    let minutes = |figure: Option<Figure>| figure.unwrap().value().unwrap() / 60_000_000;
    for got in &all {
        // The 10 of CEN by 23:16, a poll (60 min) and a scan after its policy at 22:15; the 30 of
        // PR1 after theirs at 06:13.
        assert_eq!(got[..2], [count(250), count(1000)]);
        let (first, last, mean) = (minutes(got[2]), minutes(got[3]), minutes(got[4]));
        assert!((9 * 60 + 15..10 * 60 + 15).contains(&first), "{first}");
        assert!((17 * 60 + 13..18 * 60 + 20).contains(&last), "{last}");
        // a quarter of them about 9 h 45 min, three quarters about 17 h 43 min
        assert!((15 * 60..16 * 60 + 30).contains(&mean), "{mean}");
    }
    assert!(all.iter().any(|got| got[4] != all[0][4]), "chance has a say");
}
