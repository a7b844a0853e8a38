//! Clients as sentences (C1-C5, H4): who scans, when, against what, and what they wait for.

use supsim::scenario::Scenario;
use supsim::trace::{ClientKind, Fact, Part, Trace};
use supsim::units::{Duration, Instant, ReleaseId, SiteId};

use crate::support::{self, at, site, times};

const HOUR: Duration = Duration::from_mins(60);

/// Two releases, on Monday and on Wednesday; a synchronisation a day, at six.
fn scenario(clients: &str, rest: &str) -> Scenario {
    support::scenario(&format!(
        "supsim: 1\nkind: scenario\nname: clients\nstart: 2026-01-12 00:00\nduration: 5d\n\
         catalogue:\n  baseline: {{ updates: 100, metadata: 1 MB }}\n  releases:\n    \
         one: {{ when: {{ at: 2026-01-12 01:00 }}, updates: 7, metadata: 1 MB }}\n    \
         two: {{ when: {{ at: 2026-01-14 01:00 }}, updates: 7, metadata: 1 MB }}\n\
         timing: {{ request: 1min, connect: 1s, pull: 5min, settle: 2min, import: 10min, \
         insert: 4min, internet: 3min }}\n\
         sync: {{ schedule: {{ simple: {{ every: 1d, start: 2026-01-12 06:00 }} }} }}\n\
         clients: {clients}\n{rest}"
    ))
}

/// Scans that covered a release: when they ended, on average, and how many.
fn scans(trace: &Trace, place: SiteId, kind: ClientKind, wanted: u32) -> Vec<(Instant, u32)> {
    let scan = |fact: &Fact, at: Instant| match *fact {
        Fact::Scanned { release, by, clients, earlier } => {
            let end = Instant::from_micros(at.micros() - earlier.micros());
            (release == ReleaseId(wanted) && by == kind).then_some((end, clients))
        }
        _ => None,
    };
    at(trace, place).filter_map(|record| scan(&record.fact, record.at)).collect()
}

fn all(scans: &[(Instant, u32)]) -> u32 {
    scans.iter().map(|(_, clients)| clients).sum()
}

fn fetches(trace: &Trace, place: SiteId) -> Vec<Instant> {
    times(trace, place, |fact| matches!(fact, Fact::PolicyFetched { .. }))
}

fn policies(trace: &Trace, place: SiteId) -> Vec<Instant> {
    times(trace, place, |fact| matches!(fact, Fact::PolicyCreated { new_body: true, .. }))
}

const ONE_SITE: &str = "sites: { CEN: { clients: { intranet: 50 } } }\n";

#[test]
fn c1_only_a_new_policy_body_is_fetched() {
    let scenario = scenario("{ individually: true }", ONE_SITE);
    let (trace, cen) = (support::run(&scenario), site(&scenario, "CEN"));
    let bodies = policies(&trace, cen);
    let fetched = fetches(&trace, cen);
    let done = times(&trace, cen, |fact| matches!(fact, Fact::PolicyCreated { .. }));
    assert_eq!((done.len(), bodies.len()), (5, 2), "five syncs, two of which changed something");
    assert_eq!(fetched.len(), 100, "each client fetches each body once");
    for (body, fetched) in bodies.iter().zip(fetched.chunks(50)) {
        let inside = |at: &Instant| (*body..*body + HOUR).contains(at);
        assert!(fetched.iter().all(inside), "within one poll of {body}");
    }
}

#[test]
fn c2_a_client_polls_every_hour_at_its_own_phase() {
    let scenario = scenario("{ individually: true, scan: 0s }", ONE_SITE);
    let (trace, cen) = (support::run(&scenario), site(&scenario, "CEN"));
    let fetched = fetches(&trace, cen);
    let phases = |from: usize| {
        let phase = |at: &Instant| at.micros() % HOUR.micros();
        let mut phases: Vec<u64> = fetched[from..from + 50].iter().map(phase).collect();
        phases.sort_unstable();
        phases
    };
    assert_eq!(phases(0), phases(50), "the same clients at the same minutes");
    let mut different = phases(0);
    different.dedup();
    assert_eq!(different.len(), 50);
}

/// The spread over the hour, against an even one, by the largest difference (Kolmogorov).
#[test]
fn c2_phases_are_spread_evenly() {
    for individually in [true, false] {
        let clients = format!("{{ individually: {individually}, scan: 0s }}");
        let text =
            "sites: { CEN: { clients: { intranet: 20000 }, sup: { scans_at_once: 100000 } } }\n";
        let scenario = scenario(&clients, text);
        let (trace, cen) = (support::run(&scenario), site(&scenario, "CEN"));
        let body = policies(&trace, cen)[0];
        let mut seen = 0u32;
        let mut furthest = 0f64;
        for record in at(&trace, cen) {
            if let Fact::PolicyFetched { clients, .. } = record.fact
                && record.at <= body + HOUR
            {
                let even = record.at.since(body).as_secs_f64() / 3_600.0;
                // Of a group, everything up to the end of its slice.
                seen += clients;
                furthest = furthest.max((f64::from(seen) / 20_000.0 - even).abs());
            }
        }
        assert!(furthest < 1.63 / 20_000f64.sqrt(), "{individually}: {furthest}");
    }
}

#[test]
fn c3_a_new_body_starts_a_scan_when_it_is_fetched() {
    let scenario = scenario("{ individually: true, scan: 90s }", ONE_SITE);
    let (trace, cen) = (support::run(&scenario), site(&scenario, "CEN"));
    let fetched = fetches(&trace, cen);
    for release in [0, 1] {
        let ends: Vec<Instant> =
            scans(&trace, cen, ClientKind::Intranet, release).iter().map(|(at, _)| *at).collect();
        let began = &fetched[50 * release as usize..][..50];
        let expected: Vec<Instant> = began.iter().map(|at| *at + Duration::from_secs(90)).collect();
        assert_eq!(ends, expected);
    }
}

#[test]
fn c3_by_schedule_only_the_first_policy_starts_a_scan_and_the_rest_come_every_seven_days() {
    let clients = "{ individually: true, scan: 0s, scan_on: schedule, scan_every: 2d }";
    let scenario = scenario(clients, &format!("initial: empty\n{ONE_SITE}"));
    let (trace, cen) = (support::run(&scenario), site(&scenario, "CEN"));
    let body = policies(&trace, cen)[0];
    // With nothing held the first sync runs at once; the first release comes with the second.
    let first = scans(&trace, cen, ClientKind::Intranet, 0);
    let second = scans(&trace, cen, ClientKind::Intranet, 1);
    assert_eq!((all(&first), all(&second)), (50, 50));
    assert!(fetches(&trace, cen).is_empty(), "no poll starts a scan");
    let two_days = Duration::from_days(2);
    for (at, _) in first.iter().chain(&second) {
        let since = at.since(body).micros() % two_days.micros();
        assert!(since < (HOUR * 3).micros(), "a poll, up to two hours, then every two days: {at}");
    }
    // The first is covered by the second scan of each, two days after its first one.
    assert!(first.iter().all(|(at, _)| *at >= body + two_days), "{first:?}");
}

#[test]
fn c3_clients_that_have_followed_the_schedule_for_long_are_spread_over_it() {
    let clients = "{ individually: true, scan: 0s, scan_on: schedule, scan_every: 1d }";
    let scenario = scenario(clients, ONE_SITE);
    let (trace, cen) = (support::run(&scenario), site(&scenario, "CEN"));
    let ends = scans(&trace, cen, ClientKind::Intranet, 0);
    let holds =
        times(&trace, cen, |fact| matches!(fact, Fact::Arrived { part: Part::Wsus, .. }))[0];
    assert_eq!(all(&ends), 50);
    assert!(ends.iter().all(|(at, _)| (holds..holds + Duration::from_days(1)).contains(at)));
    let late = ends.iter().filter(|(at, _)| *at > holds + Duration::from_hours(12)).count();
    assert!((10..40).contains(&late), "{late} of 50 in the second half of the day");
}

/// A scan is against what the point holds when it begins.
#[test]
fn c3_a_scan_that_began_before_the_point_held_a_release_does_not_cover_it() {
    let clients = "{ individually: true, scan: 30min, scan_on: schedule, scan_every: 1h }";
    let scenario = scenario(clients, ONE_SITE);
    let (trace, cen) = (support::run(&scenario), site(&scenario, "CEN"));
    let holds =
        times(&trace, cen, |fact| matches!(fact, Fact::Arrived { part: Part::Wsus, .. }))[0];
    let ends = scans(&trace, cen, ClientKind::Intranet, 0);
    let scan = Duration::from_mins(30);
    assert_eq!(all(&ends), 50);
    assert!(ends.iter().all(|(at, _)| (holds + scan..=holds + scan + HOUR).contains(at)));
}

/// The same in a group: of the hour in which the point comes to hold it, only the rest.
#[test]
fn c3_a_group_is_told_apart_by_what_the_point_held_when_each_scan_began() {
    let text = "sites: { CEN: { clients: { intranet: 20000 }, timing: { pull: 50min } } }\n";
    let scenario = scenario("{ scan: 1s, scan_on: schedule }", text);
    let (trace, cen) = (support::run(&scenario), site(&scenario, "CEN"));
    let holds =
        times(&trace, cen, |fact| matches!(fact, Fact::Arrived { part: Part::Wsus, .. }))[0];
    let ends = scans(&trace, cen, ClientKind::Intranet, 0);
    // 20,000 in 168 hours are 119 an hour; ten minutes of it are left.
    let until = |hours| Instant::START + Duration::from_hours(hours);
    let within = |from, to| {
        let inside = |(at, _): &&(Instant, u32)| (until(from)..until(to)).contains(at);
        ends.iter().filter(inside).map(|(_, clients)| clients).sum::<u32>()
    };
    assert!(ends[0].0 > holds && (8..40).contains(&within(6, 7)), "{}", within(6, 7));
    assert!((90..150).contains(&within(7, 8)), "{}", within(7, 8));
}

/// U3: and of the hour in which something is published locally, too.
#[test]
fn c3_what_is_published_locally_is_not_seen_by_scans_that_had_begun() {
    let text = "sites: { CEN: { clients: { intranet: 20000 } } }\noperations: { ours: { at: 2026-01-12 \
                10:30, do: { publish_locally: { updates: 1, metadata: 1 KB } } } }\n";
    let scenario = scenario("{ scan: 1s, scan_on: schedule }", text);
    let (trace, cen) = (support::run(&scenario), site(&scenario, "CEN"));
    let ends = scans(&trace, cen, ClientKind::Intranet, 1);
    let first = ends.iter().filter(|(at, _)| *at <= Instant::START + Duration::from_hours(11));
    let first: u32 = first.map(|(_, clients)| clients).sum();
    // 119 in the hour, and half of it is left.
    assert!((35..85).contains(&first), "{first}");
}

/// The same queue by hand, from the polls: each scan begins when it comes, or when the first
/// place is free, in order.
#[test]
fn c4_scans_beyond_what_is_served_at_once_wait_in_order() {
    let text = "sites: { CEN: { clients: { intranet: 50 }, sup: { scans_at_once: 3 } } }\n";
    let scenario = scenario("{ individually: true, scan: 5min }", text);
    let (trace, cen) = (support::run(&scenario), site(&scenario, "CEN"));
    let mut free = [Instant::START; 3];
    let expected: Vec<Instant> = fetches(&trace, cen)[..50]
        .iter()
        .map(|came| {
            free.sort_unstable();
            free[0] = free[0].max(*came) + Duration::from_mins(5);
            free[0]
        })
        .collect();
    let ends = scans(&trace, cen, ClientKind::Intranet, 0);
    let ends: Vec<Instant> = ends.iter().map(|(at, _)| *at).collect();
    assert_eq!(ends, expected);
    let last = ends[49].since(policies(&trace, cen)[0]);
    assert!(last > Duration::from_mins(70), "50 scans of 5 min at 3 places: {last}");
}

#[test]
fn c4_a_scan_that_a_point_going_down_breaks_off_is_tried_again_at_the_next_poll() {
    // All scans are under way at 06:30: the policy comes at 06:17:01.
    let text = format!(
        "{ONE_SITE}faults: {{ down: {{ do: sup_down, when: {{ window: {{ from: 2026-01-12 06:40, \
         for: 3h }} }} }} }}\n"
    );
    let scenario = scenario("{ individually: true, scan: 10min }", &text);
    let (trace, cen) = (support::run(&scenario), site(&scenario, "CEN"));
    let up = Instant::START + Duration::from_mins(9 * 60 + 40);
    let down = Instant::START + Duration::from_mins(6 * 60 + 40);
    let failed = times(&trace, cen, |fact| matches!(fact, Fact::ScansFailed { .. }));
    assert!(!failed.is_empty() && failed.iter().all(|at| *at == down));
    let ends = scans(&trace, cen, ClientKind::Intranet, 0);
    assert_eq!(all(&ends), 50);
    let scan = Duration::from_mins(10);
    let (before, after): (Vec<_>, Vec<_>) = ends.into_iter().partition(|(at, _)| *at <= down);
    assert!(!before.is_empty() && !after.is_empty());
    assert!(after.iter().all(|(at, _)| (up + scan..up + HOUR + scan).contains(at)), "{after:?}");
    // At the client's own phase, as ever.
    let phase = |at: &Instant| at.micros() % HOUR.micros();
    let phases: Vec<u64> = fetches(&trace, cen).iter().map(phase).collect();
    let again: Vec<u64> =
        after.iter().map(|(at, _)| (at.micros() - scan.micros()) % HOUR.micros()).collect();
    assert!(again.iter().all(|phase| phases.contains(phase)));
}

#[test]
fn c4_nobody_polls_a_site_that_is_down() {
    let text = format!(
        "{ONE_SITE}faults: {{ down: {{ do: site_down, when: {{ window: {{ from: 2026-01-12 06:18, \
         for: 5h }} }} }} }}\n"
    );
    let scenario = scenario("{ individually: true }", &text);
    let (trace, cen) = (support::run(&scenario), site(&scenario, "CEN"));
    let (down, up) = (6 * 60 + 18, 11 * 60 + 18);
    let minute = |at: &Instant| at.micros() / 60_000_000;
    let fetched = fetches(&trace, cen);
    assert!(fetched.iter().all(|at| !(down..up).contains(&minute(at))));
    assert_eq!(all(&scans(&trace, cen, ClientKind::Intranet, 0)), 50);
}

#[test]
fn c5_internet_clients_scan_at_the_internet_based_point_of_their_site_and_wait_for_it() {
    let text = "sites:\n  CEN: { clients: { intranet: 20, internet: 30 }, internet_sup: {} }\n  \
         PR1: { parent: CEN, clients: { internet: 10 } }\n\
         faults: { down: { where: { code: CEN }, do: internet_sup_down, \
         when: { window: { from: 2026-01-12 06:21, for: 4h } } } }\n";
    let scenario = scenario("{ individually: true, scan: 1min }", text);
    let (trace, cen) = (support::run(&scenario), site(&scenario, "CEN"));
    let body = policies(&trace, cen)[0];
    let intranet = scans(&trace, cen, ClientKind::Intranet, 0);
    let internet = scans(&trace, cen, ClientKind::Internet, 0);
    assert_eq!((all(&intranet), all(&internet)), (20, 30));
    assert!(intranet.iter().all(|(at, _)| *at < body + HOUR + Duration::from_mins(1)));
    let up = Instant::START + Duration::from_mins(10 * 60 + 21);
    let waited = internet.iter().filter(|(at, _)| *at > up).count();
    assert!(waited > 20, "{waited} of 30 waited for the point");
    let pr1 = site(&scenario, "PR1");
    let none = scans(&trace, pr1, ClientKind::Internet, 0);
    assert!(none.is_empty(), "C5: without an internet-based point they do not scan");
}

#[test]
fn h4_clients_of_a_secondary_site_without_a_point_use_its_parents_and_others_do_not_scan() {
    let text = "sites:\n  CEN: { clients: { intranet: 5 }, sup: { scans_at_once: 1 } }\n  \
         SEC: { parent: CEN, type: secondary, sup: none, clients: { intranet: 40 } }\n  \
         OWN: { parent: CEN, type: secondary, clients: { intranet: 40 } }\n  \
         PRI: { parent: CEN, sup: none, clients: { intranet: 40 } }\n";
    let scenario = scenario("{ individually: true, scan: 3min }", text);
    let trace = support::run(&scenario);
    let of = |code: &str| scans(&trace, site(&scenario, code), ClientKind::Intranet, 0);
    assert_eq!([all(&of("CEN")), all(&of("SEC")), all(&of("OWN"))], [5, 40, 40]);
    assert!(of("PRI").is_empty());
    // They share the one place of their parent's point.
    let mut ends: Vec<Instant> = of("CEN").iter().chain(&of("SEC")).map(|(at, _)| *at).collect();
    ends.sort_unstable();
    let apart = |pair: &[Instant]| pair[1] - pair[0] >= Duration::from_mins(3);
    assert!(ends.windows(2).all(apart));
    // They follow the policy of the site whose point they use.
    let body = policies(&trace, site(&scenario, "CEN"))[0];
    assert!(fetches(&trace, site(&scenario, "SEC")).iter().all(|at| *at >= body));
}

#[test]
fn a_hierarchy_whose_clients_are_not_counted_is_left_alone() {
    let without = scenario("{ }", "sites: { CEN: {}, PR1: { parent: CEN } }\n");
    let idle = scenario(
        "{ }",
        "sites: { CEN: { sup: none, clients: { intranet: 9 } }, PR1: { parent: CEN } }\n",
    );
    let trace = support::run(&without);
    let told = |trace: &Trace| {
        trace
            .records
            .iter()
            .any(|record| matches!(record.fact, Fact::Scanned { .. } | Fact::PolicyFetched { .. }))
    };
    assert!(!told(&trace) && !told(&support::run(&idle)));
}
