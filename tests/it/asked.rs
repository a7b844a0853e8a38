//! Metrics of senders, circuits and clients on whole runs, against values worked out by hand.

use supsim::experiment::{needed, replicate};
use supsim::measure::{Figure, link_hours};
use supsim::scenario::{Recording, Scenario, WHOLE};

use supsim::trace::{Fact, Record};
use supsim::units::{Instant, SiteId};

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

#[test]
fn a_circuit_is_as_full_as_what_crosses_it() {
    let asked = "
  a: { metric: link_utilisation, at_most: 20% }
  b: { metric: link_utilisation, stat: mean, at_most: 20% }
  c: { metric: link_utilisation, stat: p95, at_most: 20% }
    ";
    let got = values(asked, 1).remove(0);
    // The package crosses from 06:00 to 06:06, the pull from 06:01 to 06:07: both fill it. They go
    // beside each other and are told together: 12 of 60 minutes, and of 48 hours.
    let share = |minutes: u64, of: u64| Some(Figure::Of((minutes * WHOLE + of / 2) / of));
    assert_eq!(got, [share(12, 60), share(12, 48 * 60), share(0, 1)]);
}

/// What is recorded to have crossed circuits: site, bytes, minutes from when until when, over whom.
fn crossings(scenario: &Scenario) -> Vec<(String, u64, u64, u64, Option<String>)> {
    let code = |site: SiteId| scenario.sites[site.index()].code.clone();
    let minutes = |at: Instant| at.micros() / 60_000_000;
    let crossing = |record: &Record| match record.fact {
        Fact::Crossed { since, until, bytes, over } => {
            let (from, until) = (minutes(since), minutes(until));
            Some((code(record.site), bytes.0, from, until, over.map(code)))
        }
        _ => None,
    };
    support::run(scenario).records.iter().filter_map(crossing).collect()
}

fn crossed(
    site: &str,
    bytes: u64,
    from: u64,
    until: u64,
) -> (String, u64, u64, u64, Option<String>) {
    (site.to_owned(), bytes, from, until, None)
}

#[test]
fn what_crosses_a_circuit_is_recorded_when_it_has() {
    let six = 30 * 60;
    let expected =
        [crossed("PR1", 45_000_000, six, six + 6), crossed("PR1", 45_000_000, six + 1, six + 7)];
    assert_eq!(crossings(&asking("a: { metric: sender_queue, at_most: 2 }")), expected);
}

#[test]
fn what_is_cut_off_counts_as_far_as_it_had_crossed() {
    // From 06:03 to 06:20 the circuit is cut: the pull has run for two of its six minutes, the
    // package for three. Tried while it is cut, nothing crosses; tried after it, both do.
    let fault = "faults: { cut: { where: { code: PR1 }, do: link_down, when: { window: \
                 { from: 2026-01-14 06:03, for: 17min } } } }\n";
    let night = NIGHT.replace("expect:\n", "");
    let scenario = support::scenario(&format!("{night}{fault}"));
    let got = crossings(&scenario);
    let six = 30 * 60;
    assert_eq!(got[0], crossed("PR1", 15_000_000, six + 1, six + 3));
    assert_eq!(got[1], crossed("PR1", 22_500_000, six, six + 3));
    let again: Vec<u64> = got[2..].iter().map(|crossing| crossing.1).collect();
    assert_eq!(again, [45_000_000, 45_000_000], "{got:?}");
    assert!(got[2..].iter().all(|crossing| crossing.2 >= six + 20), "{got:?}");
}

#[test]
fn what_the_end_of_the_run_cuts_short_counts_as_far_as_it_had_crossed() {
    // It ends at 06:05: the package has crossed for five of six minutes, the pull for four.
    let night = NIGHT.replace("expect:\n", "").replace("duration: 2d", "duration: 30h5min");
    let mut got = crossings(&support::scenario(&night));
    got.sort();
    let six = 30 * 60;
    let expected =
        [crossed("PR1", 30_000_000, six + 1, six + 5), crossed("PR1", 37_500_000, six, six + 5)];
    assert_eq!(got, expected);
}

#[test]
fn children_pull_over_the_circuit_of_their_parent_and_share_it() {
    let night = NIGHT
        .replace("expect:\n", "")
        .replace("CEN: {", "CEN: { link: wan,")
        .replace("link: wan, route: days", "link: lan");
    let text = night.replace("bandwidth: 1 Mbit/s } }", "bandwidth: 1 Mbit/s }, lan: {} }");
    let scenario = support::scenario(&format!("{text}record: {{ events: all }}\n"));
    let got = crossings(&scenario);
    let pull = got.iter().find(|crossing| crossing.4.is_some()).unwrap();
    assert_eq!((pull.0.as_str(), pull.1, pull.4.as_deref()), ("PR1", 45_000_000, Some("CEN")));
    assert_eq!(pull.3 - pull.2, 6, "at the pace of CEN's circuit: {got:?}");
    // CEN's own pull and that of PR1 are six minutes each, in opposite directions.
    let hours = link_hours(&scenario, &support::run(&scenario));
    let cen = support::site(&scenario, "CEN");
    let of_cen: Vec<_> = hours.iter().filter(|hour| hour.site == cen).collect();
    assert_eq!(of_cen.iter().map(|hour| hour.bytes.0).sum::<u64>(), 45_000_000);
    assert_eq!(of_cen.iter().map(|hour| hour.bytes_up.0).sum::<u64>(), 45_000_000);
    assert_eq!(of_cen.iter().filter_map(|hour| hour.utilisation).max(), Some(WHOLE / 10));
    let lan = hours.iter().find(|hour| hour.site != cen).unwrap();
    assert_eq!(lan.utilisation, None, "it has no limit");
}

#[test]
fn what_is_not_recorded_is_not_noted() {
    let mut scenario = asking("a: { metric: sender_queue, at_most: 2 }");
    scenario.recording = Recording::Attempts;
    assert_eq!(crossings(&scenario), []);
}
