//! SMS 2003 clients and their catalogue, as sentences (L1, L2).

use supsim::scenario::Scenario;
use supsim::trace::{ClientKind, Fact, Trace};
use supsim::units::{Duration, Instant, ReleaseId};

use crate::support::{self, at, site, times};

/// A chain of three sites and one beside it; the circuits carry a megabyte a second, and one way
/// takes 100 ms. One release on Monday at 01:00, the next on Friday of the week after.
fn scenario(rest: &str) -> Scenario {
    support::scenario(&format!(
        "supsim: 1\nkind: scenario\nname: inventory\nstart: 2026-01-12 00:00\nduration: 21d\n\
         catalogue:\n  baseline: {{ updates: 100, metadata: 1 MB }}\n  releases:\n    \
         one: {{ when: {{ at: 2026-01-12 01:00 }}, updates: 7, metadata: 1 MB }}\n    \
         two: {{ when: {{ at: 2026-01-23 01:00 }}, updates: 7, metadata: 1 MB }}\n\
         sync: {{ schedule: never }}\nlinks: {{ wan: {{ bandwidth: 1 MB/s, latency: 100ms }} }}\n\
         clients: {{ individually: true, scan: 2min }}\n\
         sites:\n  CEN: {{ link: wan, clients: {{ sms2003: 5 }} }}\n  \
         PR1: {{ parent: CEN, link: wan }}\n  \
         SEC: {{ parent: PR1, type: secondary, link: wan, sup: none, clients: {{ sms2003: 20 }} }}\n  \
         PR2: {{ parent: CEN, link: wan, clients: {{ intranet: 3 }} }}\n{rest}"
    ))
}

const TOOL: &str = "sms2003: { site: CEN, every: 7d, start: 2026-01-12 06:00, catalogue: 20 MB }\n";

fn instant(days: u64, hours: u64, millis: u64) -> Instant {
    Instant::START
        + Duration::from_days(days)
        + Duration::from_hours(hours)
        + Duration::from_millis(millis)
}

fn told(trace: &Trace, what: impl Fn(&Fact) -> bool) -> usize {
    trace.records.iter().filter(|record| what(&record.fact)).count()
}

fn is_of_catalogue(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::CatalogueSyncStarted { .. }
            | Fact::CatalogueSyncDone { .. }
            | Fact::CatalogueSyncFailed { .. }
            | Fact::CatalogueSent { .. }
            | Fact::CatalogueArrived { .. }
            | Fact::Scanned { .. }
    )
}

#[test]
fn l1_without_the_tool_sms_2003_clients_are_counted_and_do_nothing() {
    assert_eq!(told(&support::run(&scenario("")), is_of_catalogue), 0);
}

#[test]
fn l1_the_catalogue_is_synchronised_every_seven_days_whatever_wsus_does() {
    let scenario = scenario(TOOL);
    let (trace, cen) = (support::run(&scenario), site(&scenario, "CEN"));
    let started = times(&trace, cen, |fact| matches!(fact, Fact::CatalogueSyncStarted { .. }));
    assert_eq!(started, [instant(0, 6, 0), instant(7, 6, 0), instant(14, 6, 0)]);
    // 20 MB at 1 MB/s, and 100 ms.
    let done = times(&trace, cen, |fact| matches!(fact, Fact::CatalogueSyncDone { .. }));
    assert_eq!(done, [instant(0, 6, 20_100), instant(7, 6, 20_100), instant(14, 6, 20_100)]);
    assert_eq!(
        told(&trace, |fact| matches!(fact, Fact::Announced(_))),
        0,
        "WSUS never synchronised"
    );
}

#[test]
fn l2_only_a_catalogue_that_changed_is_distributed_hop_by_hop() {
    let scenario = scenario(TOOL);
    let trace = support::run(&scenario);
    let cen = site(&scenario, "CEN");
    let changes: Vec<bool> = at(&trace, cen)
        .filter_map(|record| match record.fact {
            Fact::CatalogueSyncDone { changed, .. } => Some(changed),
            _ => None,
        })
        .collect();
    assert_eq!(changes, [true, false, true]);
    let arrived = |code| {
        times(&trace, site(&scenario, code), |fact| matches!(fact, Fact::CatalogueArrived { .. }))
    };
    assert_eq!(arrived("PR1"), [instant(0, 6, 40_200), instant(14, 6, 40_200)]);
    assert_eq!(arrived("SEC"), [instant(0, 6, 60_300), instant(14, 6, 60_300)]);
    assert!(arrived("PR2").is_empty(), "it has no such clients, and leads to none");
}

#[test]
fn l2_clients_scan_with_what_their_site_has() {
    let scenario = scenario(TOOL);
    let trace = support::run(&scenario);
    for (code, clients, after) in [("CEN", 5, 20_100), ("SEC", 20, 60_300)] {
        for (release, day) in [(0, 0), (1, 14)] {
            let scan = |fact: &Fact| {
                matches!(fact, Fact::Scanned { release: ReleaseId(r), by: ClientKind::Sms2003, clients: 1, .. }
                    if *r == release)
            };
            let ends = times(&trace, site(&scenario, code), scan);
            assert_eq!(ends.len(), clients, "{code}: each once");
            let began = instant(day, 6, after) + Duration::from_mins(2);
            let within = |at: &Instant| (began..began + Duration::from_mins(60)).contains(at);
            assert!(ends.iter().all(within), "{code}: within a poll: {ends:?}");
        }
    }
    let other = |fact: &Fact| {
        matches!(fact, Fact::Scanned { by: ClientKind::Intranet | ClientKind::Internet, .. })
    };
    assert_eq!(told(&trace, other), 0);
}

#[test]
fn l2_a_source_that_does_not_answer_is_tried_again_after_the_sites_retry() {
    let outage = "faults: { out: { do: source_down, when: { window: { from: 2026-01-12 05:00, \
                  until: 2026-01-12 07:30 } } } }\n";
    let scenario = scenario(&format!("{TOOL}{outage}"));
    let (trace, cen) = (support::run(&scenario), site(&scenario, "CEN"));
    let failed = times(&trace, cen, |fact| matches!(fact, Fact::CatalogueSyncFailed { .. }));
    assert_eq!(failed, [instant(0, 6, 0), instant(0, 7, 0)]);
    let done = times(&trace, cen, |fact| matches!(fact, Fact::CatalogueSyncDone { .. }));
    assert_eq!(done[0], instant(0, 8, 20_100));
    assert_eq!(done[1], instant(7, 6, 20_100), "the advertisement keeps its days");
}

#[test]
fn l2_a_circuit_that_is_cut_on_the_way_fails_the_fetch() {
    let cut = "faults: { cut: { where: { code: CEN }, do: link_down, when: { window: { \
               from: 2026-01-12 06:00:05, for: 2s } } } }\n";
    let scenario = scenario(&format!("{TOOL}{cut}"));
    let (trace, cen) = (support::run(&scenario), site(&scenario, "CEN"));
    let failed = times(&trace, cen, |fact| matches!(fact, Fact::CatalogueSyncFailed { .. }));
    assert_eq!(failed, [instant(0, 6, 20_100)]);
}

#[test]
fn l2_a_package_that_finds_its_site_down_is_sent_again() {
    let down = "faults: { down: { where: { code: PR1 }, do: site_down, when: { window: { \
                from: 2026-01-12 06:00, until: 2026-01-12 06:01 } } } }\n";
    let scenario = scenario(&format!("{TOOL}{down}"));
    let trace = support::run(&scenario);
    let arrived = |code| {
        times(&trace, site(&scenario, code), |fact| matches!(fact, Fact::CatalogueArrived { .. }))
            [0]
    };
    assert!(arrived("PR1") > instant(0, 6, 60_000));
    assert_eq!(arrived("SEC"), arrived("PR1") + Duration::from_millis(20_100));
    let scans = |fact: &Fact| matches!(fact, Fact::Scanned { release: ReleaseId(0), .. });
    assert_eq!(times(&trace, site(&scenario, "SEC"), scans).len(), 20);
}
