//! The table at the end of the rulebook, to the microsecond, on three trees, with and without
//! failures. The expected instants are worked out here, from the table alone.

use std::collections::BTreeMap;

use supsim::engine::Status;
use supsim::scenario::Scenario;
use supsim::trace::{Fact, Part, Trace};
use supsim::units::{Duration, Instant};

use crate::support::{self, times};

const CONNECT: Duration = Duration::from_millis(1_100);
const PULL: Duration = Duration::from_mins(5);
const SETTLE: Duration = Duration::from_mins(2);
const IMPORT: Duration = Duration::from_mins(31);
const INSERT: Duration = Duration::from_mins(7);
const INTERNET: Duration = Duration::from_mins(9);
const REQUEST: Duration = Duration::from_secs(50);
const RETRY: Duration = Duration::from_mins(60);

/// A site of a test tree.
struct Place {
    code: &'static str,
    parent: Option<&'static str>,
    internet_point: bool,
    /// How long after the start of each of its first attempts it is made to fail, in phase 1.
    failures: &'static [Duration],
    /// The circuit to the parent: bits a second, and one way.
    link: Option<(u64, Duration)>,
}

const fn place(code: &'static str, parent: Option<&'static str>) -> Place {
    Place { code, parent, internet_point: false, failures: &[], link: None }
}

/// What the table says of one site.
#[derive(Debug, PartialEq, Eq)]
struct Instants {
    starts: Vec<Instant>,
    failures: Vec<Instant>,
    pulls: Instant,
    wsus: Instant,
    database: Instant,
    internet: Option<Instant>,
    done: Instant,
}

const RELEASE_BYTES: u64 = 3_000_001;

fn transfer(place: &Place) -> Duration {
    place.link.map_or(Duration::ZERO, |(bits, latency)| {
        let micros = (u128::from(RELEASE_BYTES) * 8_000_000).div_ceil(u128::from(bits));
        Duration::from_micros(micros as u64) + latency
    })
}

/// Works the table through, from the top down.
fn expected(places: &[Place], start: Instant) -> BTreeMap<&'static str, Instants> {
    let mut all: BTreeMap<&str, Instants> = BTreeMap::new();
    for place in places {
        let first = match place.parent {
            None => start,
            // parent's done + the transit of the request + `request`
            Some(parent) => {
                let latency = place.link.map_or(Duration::ZERO, |(_, latency)| latency);
                all[parent].done + latency + REQUEST
            }
        };
        let mut starts = vec![first];
        let mut failures = Vec::new();
        for after in place.failures {
            // a failed attempt ends at the instant of the failure; the next starts 60 min later
            let failed = starts[starts.len() - 1] + *after;
            failures.push(failed);
            starts.push(failed + RETRY);
        }
        let s = starts[starts.len() - 1];
        let pulls = s + CONNECT;
        let p = pulls + transfer(place) + PULL;
        let q = p + SETTLE;
        let i = q + IMPORT;
        let own_part = if place.parent.is_none() { i } else { q };
        let database = match place.parent {
            None => i,
            // parent's i (or insertion) + the transit of the package + `insert`
            Some(parent) => all[parent].database + transfer(place) + INSERT,
        };
        let internet = place.internet_point.then_some(own_part + INTERNET);
        let done = internet.unwrap_or(own_part);
        all.insert(
            place.code,
            Instants { starts, failures, pulls, wsus: p, database, internet, done },
        );
    }
    all
}

fn yaml(places: &[Place]) -> String {
    let mut text = format!(
        "supsim: 1\nkind: scenario\nname: worked-instants\nstart: 2026-01-12 00:00\nduration: 3d\n\
         catalogue:\n  baseline: {{ updates: 100, metadata: 1 MB }}\n  releases: {{ news: {{ when: \
         {{ at: 2026-01-12 01:00 }}, updates: 7, metadata: {RELEASE_BYTES} B }} }}\n\
         timing: {{ request: {REQUEST}, connect: {CONNECT}, pull: {PULL}, settle: {SETTLE}, \
         import: {IMPORT}, insert: {INSERT}, internet: {INTERNET} }}\n\
         sync: {{ schedule: {{ simple: {{ every: 7d, start: 2026-01-12 06:00 }} }} }}\n"
    );
    let mut links = String::new();
    let mut sites = String::new();
    let mut faults = String::new();
    for place in places {
        let code = place.code;
        sites += &format!("  {code}: {{ ");
        match place.parent {
            Some(parent) => sites += &format!("parent: {parent}"),
            None => sites += "type: central",
        }
        if place.internet_point {
            sites += ", internet_sup: { server: dmz }";
        }
        if let Some((bits, latency)) = place.link {
            sites += &format!(", link: to-{code}");
            links += &format!("  to-{code}: {{ bandwidth: {bits} bit/s, latency: {latency} }}\n");
        }
        sites += " }\n";
        for (position, after) in place.failures.iter().enumerate() {
            faults += &format!(
                "  {code}-{n}: {{ where: {{ code: {code} }}, do: {{ fail_sync: {{ after: {after}, \
                 phase: pull }} }}, when: {{ attempts: [{n}] }} }}\n",
                n = position + 1
            );
        }
    }
    for (key, body) in [("links", links), ("sites", sites), ("faults", faults)] {
        if !body.is_empty() {
            text += &format!("{key}:\n{body}");
        }
    }
    text
}

fn observed(scenario: &Scenario, trace: &Trace, place: &Place) -> Instants {
    let site = support::site(scenario, place.code);
    let one = |what: fn(&Fact) -> bool| -> Instant {
        let all = times(trace, site, what);
        assert_eq!(all.len(), 1, "{}: once", place.code);
        all[0]
    };
    let arrived =
        |fact: &Fact, part: Part| matches!(fact, Fact::Arrived { part: p, .. } if *p == part);
    let announced =
        |fact: &Fact, id: u16| matches!(fact, Fact::Announced(status) if status.id() == id);
    let internet = times(trace, site, |fact| arrived(fact, Part::Internet));
    let pulls = times(trace, site, |fact| announced(fact, 6704));
    Instants {
        starts: times(trace, site, |fact| announced(fact, 6701)),
        failures: times(trace, site, |fact| announced(fact, 6703)),
        pulls: pulls[pulls.len() - 1],
        wsus: one(|fact| matches!(fact, Fact::Arrived { part: Part::Wsus, .. })),
        database: one(|fact| matches!(fact, Fact::Arrived { part: Part::Database, .. })),
        internet: internet.first().copied(),
        done: one(|fact| matches!(fact, Fact::Announced(Status::Done { .. }))),
    }
}

fn check(places: &[Place]) {
    let scenario = support::scenario(&yaml(places));
    let trace = support::run(&scenario);
    let start = Instant::START + Duration::from_hours(6);
    let expected = expected(places, start);
    for place in places {
        assert_eq!(observed(&scenario, &trace, place), expected[place.code], "site {}", place.code);
    }
}

/// The same tree with some attempts that fail.
fn failing(mut places: Vec<Place>, at: &[(&str, &'static [Duration])]) -> Vec<Place> {
    for (code, failures) in at {
        let place =
            places.iter_mut().find(|place| place.code == *code).expect("a site of the tree");
        place.failures = failures;
    }
    places
}

const ONCE: &[Duration] = &[Duration::from_mins(12)];
const TWICE: &[Duration] = &[Duration::from_mins(3), Duration::from_millis(90_500)];

fn chain() -> Vec<Place> {
    vec![
        place("CEN", None),
        place("PR1", Some("CEN")),
        place("PR2", Some("PR1")),
        place("SE1", Some("PR2")),
    ]
}

fn star() -> Vec<Place> {
    let mut places = vec![Place { internet_point: true, ..place("CEN", None) }];
    for code in ["PR1", "PR2", "PR3", "PR4", "PR5"] {
        places.push(place(code, Some("CEN")));
    }
    places
}

/// Circuits of their own below sites without one, so that nothing is shared.
fn tree_with_circuits() -> Vec<Place> {
    let slow = Some((512_000, Duration::from_millis(90)));
    let fast = Some((10_000_000, Duration::from_millis(45)));
    vec![
        place("CEN", None),
        Place { link: fast, ..place("PR1", Some("CEN")) },
        Place { internet_point: true, ..place("PR2", Some("CEN")) },
        Place { link: slow, ..place("B21", Some("PR2")) },
        Place { link: fast, ..place("B22", Some("PR2")) },
    ]
}

#[test]
fn a_chain_keeps_the_worked_instants() {
    check(&chain());
}

#[test]
fn a_chain_with_failures_keeps_the_worked_instants() {
    check(&failing(chain(), &[("PR1", ONCE), ("SE1", TWICE)]));
}

#[test]
fn a_star_with_an_internet_point_keeps_the_worked_instants() {
    check(&star());
}

#[test]
fn a_star_with_failures_keeps_the_worked_instants() {
    check(&failing(star(), &[("CEN", TWICE), ("PR3", ONCE), ("PR5", TWICE)]));
}

#[test]
fn a_tree_with_circuits_keeps_the_worked_instants() {
    check(&tree_with_circuits());
}

#[test]
fn a_tree_with_circuits_and_failures_keeps_the_worked_instants() {
    check(&failing(tree_with_circuits(), &[("CEN", ONCE), ("PR2", ONCE), ("B21", TWICE)]));
}

/// The scenario in which a site moves, by the rules: a row of three tries a minute apart and then 55
/// minutes (R5), requests before packages, 48 MB over 2 Mbit/s and 45 ms, and the observed times.
#[test]
fn r5_and_r7_every_instant_of_the_scenario_in_which_a_site_moves() {
    let scenario = support::read(&support::project("scenarios/22-a-site-moves.yaml"));
    let trace = support::run(&scenario);
    let millis = |hours: u64, minutes: u64, millis: u64| {
        Instant::START + Duration::from_mins(60 * hours + minutes) + Duration::from_millis(millis)
    };
    let (cen, pr1, b11) = ("CEN", "PR1", "B11");
    let times = |code, wanted: &dyn Fn(&Fact) -> bool| {
        times(&trace, support::site(&scenario, code), wanted)
    };
    let done = millis(8, 38, 58_600);
    let row = Duration::from_mins(57);
    // PR1 is down for two days: every try of the request and of the package fails, in 49 rows.
    let mut tries: Vec<Instant> = Vec::new();
    for number in 0..49 {
        for minute in 0..3 {
            let at = done + row * number + Duration::from_mins(minute);
            tries.extend([at, at]);
        }
    }
    assert_eq!(times(cen, &|fact| matches!(fact, Fact::SendingFailed { .. })), tries);
    // In the first try of the 50th row both arrive, and the request is first.
    let first = done + row * 49;
    assert_eq!(times(pr1, &|fact| *fact == Fact::RequestArrived)[0], first);
    assert_eq!(times(pr1, &|fact| matches!(fact, Fact::PackageArrived { .. })), [first]);
    let arrived = |wanted: &dyn Fn(&Fact) -> bool| {
        let site = support::site(&scenario, pr1);
        trace.records.iter().position(|one| one.site == site && wanted(&one.fact)).unwrap()
    };
    let package = arrived(&|fact| matches!(fact, Fact::PackageArrived { .. }));
    assert!(arrived(&|fact| *fact == Fact::RequestArrived) < package);
    // B11 moves at 15:00: the request takes the latency, the package 192 s more, its insertion 43 s.
    let moved = |later: u64| millis(15, 0, 45 + later);
    assert_eq!(times(b11, &|fact| *fact == Fact::RequestArrived)[0], moved(0));
    assert_eq!(times(b11, &|fact| matches!(fact, Fact::PackageArrived { .. })), [moved(192_000)]);
    assert_eq!(times(b11, &|fact| matches!(fact, Fact::PackageInserted { .. })), [moved(235_000)]);
    // Read after 50 s, connected after 1.1 s, transferred in 192.045 s; 62 s of work, two minutes.
    assert_eq!(times(b11, &|fact| matches!(fact, Fact::Pulled { .. }))[0], moved(305_145));
    let ends = |fact: &Fact| matches!(fact, Fact::Announced(Status::Done { .. }));
    assert_eq!(times(b11, &ends)[0], moved(425_145));
}
