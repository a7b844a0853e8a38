//! What must hold of senders and circuits whatever the scenario: against formulas, between two
//! scenarios of which one is better served, and in small random worlds.

use std::fmt::Write as _;

use supsim::scenario::Scenario;
use supsim::store::SiteDatabase;
use supsim::trace::{Fact, Part, Trace};
use supsim::units::{Duration, Instant, SiteId};
use supsim::world::{Blueprint, World};

use crate::audit::audit;
use crate::support;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % sides
    }
}

/// When each site first held everything of each release in one part.
fn arrivals(scenario: &Scenario, trace: &Trace, wanted: Part) -> Vec<Vec<Instant>> {
    let mut all =
        vec![vec![Instant::NEVER; scenario.catalogue.releases.len()]; scenario.sites.len()];
    for record in &trace.records {
        if let Fact::Arrived { release, part } = record.fact
            && part == wanted
        {
            let place = &mut all[record.site.index()][release.index()];
            *place = (*place).min(record.at);
        }
    }
    all
}

fn assert_never_later(slow: &Scenario, fast: &Scenario, part: Part) {
    let (slow_trace, fast_trace) = (support::run(slow), support::run(fast));
    let (before, after) = (arrivals(slow, &slow_trace, part), arrivals(fast, &fast_trace, part));
    for (site, (before, after)) in before.iter().zip(&after).enumerate() {
        for (release, (before, after)) in before.iter().zip(after).enumerate() {
            let code = &slow.sites[site].code;
            assert!(
                after <= before,
                "{}: release {release} reaches {code} at {after}, not {before}",
                slow.name
            );
        }
    }
}

const HEAD: &str = "supsim: 1\nkind: scenario\nstart: 2026-03-27 00:00\nduration: 9d\n\
    timing: { request: 50s, connect: 2s, pull: 4min, settle: 2min, import: 9min, insert: 5min }\n\
    sync: { schedule: { simple: { every: 24h, start: 2026-03-27 01:00 } } }\n";

/// A tree in which nobody has more than four children, so that no sender is ever busy with others.
fn tree(dice: &mut Dice, links: &[&str], routes: &[&str]) -> String {
    const ZONES: [&str; 3] = ["America/New_York", "Europe/Berlin", "Asia/Kolkata"];
    let mut children = vec![0];
    let mut text = "sites:\n  CEN: { type: central, link: up }\n".to_owned();
    for number in 1..3 + dice.roll(10) {
        let parent = loop {
            let parent = dice.roll(number) as usize;
            if children[parent] < 4 {
                break parent;
            }
        };
        children[parent] += 1;
        children.push(0);
        let above = if parent == 0 { "CEN".to_owned() } else { format!("S{parent:02}") };
        let zone = ZONES[dice.roll(3) as usize];
        let link = links[dice.roll(links.len() as u64) as usize];
        let route = routes[dice.roll(routes.len() as u64) as usize];
        writeln!(
            text,
            "  S{number:02}: {{ parent: {above}, timezone: {zone}, link: {link}, route: {route} }}"
        )
        .unwrap();
    }
    text
}

fn circuits(times: u64) -> String {
    format!(
        "links:\n  up: {{ bandwidth: {} Kbit/s }}\n  slow: {{ bandwidth: {} Kbit/s, latency: 300ms, \
         loss: 3% }}\n  hours: {{ bandwidth: {{ hourly: {{ \"06:00-20:00\": {} Kbit/s, \
         \"20:00-06:00\": {} Kbit/s }} }} }}\n",
        2_000 * times,
        64 * times,
        48 * times,
        512 * times
    )
}

const ONE_RELEASE: &str = "catalogue: { baseline: { updates: 10, metadata: 1 MB }, releases: { r: { \
    when: { at: 2026-03-27 00:30 }, updates: 20, metadata: 5 MB } } }\n";

#[test]
fn more_bandwidth_is_never_later() {
    for number in 0..10 {
        let dice = &mut Dice(number);
        let routes = "routes:\n  night: { open: { Mon-Sun: \"20:00-06:00\" } }\n  share: { rate: { \
                      hourly: { \"08:00-18:00\": 25% } } }\n  pulse: { rate: { pulse: { block: \
                      50 KB, delay: 2s } } }\n";
        let sites = tree(dice, &["slow", "hours"], &["night", "share", "pulse"]);
        let world = |times| {
            let links = circuits(times);
            support::scenario(&format!(
                "{HEAD}name: bandwidth-{number}\n{ONE_RELEASE}{links}{routes}{sites}"
            ))
        };
        for (slow, fast) in [(1, 2), (2, 7)] {
            for part in [Part::Database, Part::Wsus] {
                assert_never_later(&world(slow), &world(fast), part);
            }
        }
    }
}

#[test]
fn a_route_that_is_open_longer_never_delays() {
    for number in 0..20 {
        let dice = &mut Dice(number);
        let sites = tree(dice, &["slow", "hours"], &["a", "b"]);
        let world = |a: &str, b: &str| {
            let links = circuits(1);
            support::scenario(&format!(
                "{HEAD}name: open-{number}\n{ONE_RELEASE}{links}routes:\n  a: {{ open: {a} }}\n  \
                 b: {{ open: {b} }}\n{sites}"
            ))
        };
        let narrow = world(
            "{ Mon-Sun: \"22:00-23:00\" }",
            "{ Mon, Thu: \"02:15-02:45\" }".replace("Mon, Thu", "\"Mon, Thu\"").as_str(),
        );
        let wide = world("{ Mon-Sun: \"20:00-06:00\" }", "{ Mon-Sat: \"02:00-03:00\" }");
        let open = world("always", "always");
        assert_never_later(&narrow, &wide, Part::Database);
        assert_never_later(&wide, &open, Part::Database);
    }
}

/// With several releases only between neighbours: what goes together (R6) hangs on what came
/// meanwhile, so below it a release may gain when the one after it is late.
#[test]
fn a_route_that_is_open_longer_never_delays_what_follows_either() {
    for number in 0..40 {
        let dice = &mut Dice(number);
        let mut releases = String::new();
        for release in 0..6 {
            let (day, hour) = (27 + release / 2, dice.roll(24));
            write!(
                releases,
                "r{release}: {{ when: {{ at: 2026-03-{day} {hour:02}:10 }}, updates: 3, metadata: \
                 {} KB }}, ",
                1 + dice.roll(9_000)
            )
            .unwrap();
        }
        let world = |open: &str| {
            support::scenario(&format!(
                "{HEAD}name: follow-{number}\ncatalogue: {{ baseline: {{ updates: 1, metadata: 1 KB }}, \
                 releases: {{ {releases} }} }}\n{}routes: {{ r: {{ open: {open} }} }}\nsites:\n  \
                 CEN: {{ type: central }}\n  ONE: {{ parent: CEN, link: slow, route: r }}\n  \
                 TWO: {{ parent: CEN, link: hours, route: r }}\n",
                circuits(1)
            ))
        };
        let narrow = world("{ Mon-Sun: \"22:00-23:00\" }");
        let wide = world("{ Mon-Sun: \"20:00-04:00\" }");
        assert_never_later(&narrow, &wide, Part::Database);
        assert_never_later(&wide, &world("always"), Part::Database);
    }
}

#[test]
fn pulls_that_share_an_uplink_take_as_long_as_the_formula_says() {
    // n equal pulls through C: each is through after n times its bytes over C.
    for children in [1, 3, 8, 40] {
        let scenario = support::scenario(&format!(
            "{HEAD}name: fair\n{ONE_RELEASE}links: {{ up: {{ bandwidth: 2 Mbit/s }} }}\n\
             templates: {{ b: {{ type: secondary }} }}\nsites: {{ CEN: {{ link: up }} }}\ngenerate: {{ b: \
             {{ template: b, under: {{ code: CEN }}, total: {children}, code: \"B{{n:02}}\" }} }}\n"
        ));
        let trace = support::run(&scenario);
        let began = |fact: &Fact| {
            matches!(fact, Fact::Announced(supsim::engine::Status::SynchronizingWsus { .. }))
        };
        let through = |fact: &Fact| matches!(fact, Fact::Transferred { .. });
        for site in (1..=children).map(SiteId) {
            let took =
                support::times(&trace, site, through)[0] - support::times(&trace, site, began)[0];
            // 5 MB are 40 Mbit: 20 s alone.
            let expected = 20_000_000 * u64::from(children);
            let off = took.micros().abs_diff(expected);
            // What rounding down bits a second costs: less than a part in ten thousand.
            assert!(off * 10_000 < expected, "{children} children: {took}, not {expected} us");
        }
    }
}

#[test]
fn a_chain_converges_after_the_sum_of_its_hops() {
    // Six hops, each 100 s on its way and an exponential insertion of 10 min in the mean: 72 min
    // of which six insertions vary by 10 min each.
    const HOPS: usize = 6;
    const RUNS: u32 = 400;
    let mut sites = "sites:\n  CEN: { type: central }\n".to_owned();
    let mut above = "CEN".to_owned();
    for hop in 1..=HOPS {
        writeln!(sites, "  S{hop:02}: {{ parent: {above}, sup: none, link: l }}").unwrap();
        above = format!("S{hop:02}");
    }
    let scenario = support::scenario(&format!(
        "{}name: chain\n{ONE_RELEASE}links: {{ l: {{ bandwidth: 400 Kbit/s }} }}\n{sites}",
        HEAD.replace("insert: 5min", "insert: { exponential: { mean: 10min } }")
    ));
    let blueprint = Blueprint::new(&scenario);
    let mut sum = 0.0;
    for replication in 0..RUNS {
        let mut world = World::new(&blueprint, replication);
        world.run_until(Instant::START + Duration::from_days(2));
        let database = arrivals(&scenario, world.trace(), Part::Database);
        sum += (database[HOPS][0] - database[0][0]).as_secs_f64();
    }
    let mean = sum / f64::from(RUNS);
    let expected = HOPS as f64 * (100.0 + 600.0);
    let error = (HOPS as f64).sqrt() * 600.0 / f64::from(RUNS).sqrt();
    // Four standard errors: by chance one test in sixteen thousand, and the seed is fixed.
    assert!((mean - expected).abs() < 4.0 * error, "{mean:.0} s, not {expected:.0} s");
}

/// Random worlds with every kind of route, circuit and fault of sendings: the record is in order,
/// and everything arrives in the end.
#[test]
fn whatever_is_lost_late_doubled_or_overtaken_everything_arrives_in_the_end() {
    const ROUTES: &str = "routes:\n  night: { open: { Mon-Sun: \"20:00-06:00\" } }\n  share: { rate: { \
        hourly: { \"08:00-18:00\": 25%, \"18:00-19:00\": 1% } }, threads: 1 }\n  pulse: { open: { \
        Mon-Fri: { \"00:00-12:00\": high, \"12:00-24:00\": all }, Sat-Sun: all_but_low }, rate: { \
        pulse: { block: 20 KB, delay: 900ms } } }\n  plain: { tries: 1, again_every: 20min }\n";
    for number in 0..20 {
        let dice = &mut Dice(1_000 + number);
        let mut text = format!("{HEAD}name: senders-{number}\n{}{ROUTES}", circuits(1));
        text += "catalogue:\n  baseline: { updates: 5, metadata: 1 MB }\n  releases:\n";
        for release in 0..5 {
            let hour = dice.roll(48);
            let (day, hour) = (27 + hour / 24, hour % 24);
            let (size, at) = (1 + dice.roll(3_000), format!("2026-03-{day} {hour:02}:00"));
            writeln!(
                text,
                "    r{release}: {{ when: {{ at: {at} }}, updates: 3, metadata: {size} KB }}"
            )
            .unwrap();
        }
        text += "operations:\n";
        for operation in 0..4 {
            let hour = dice.roll(60);
            let (day, hour) = (27 + hour / 24, hour % 24);
            writeln!(
                text,
                "  o{operation}: {{ at: 2026-03-{day} {hour:02}:20, do: run_synchronization }}"
            )
            .unwrap();
        }
        text += "faults:\n";
        for (name, effect) in [
            ("lost", "lose_package"),
            ("asked", "lose_request"),
            ("twice", "duplicate_package"),
            ("later", "{ delay_package: { uniform: { min: 1s, max: 9h } } }"),
            ("after", "reorder_packages"),
            ("slow", "{ link_slow: { to: 30% } }"),
            ("cut", "link_down"),
            ("down", "site_down"),
        ] {
            let from = dice.roll(60);
            let until = from + 1 + dice.roll(12);
            let when = if dice.roll(2) == 0 && !["slow", "down", "cut"].contains(&name) {
                "{ attempts: [1, 3, 4] }".to_owned()
            } else {
                let time = |hour: u64| format!("2026-03-{:02} {:02}:30", 27 + hour / 24, hour % 24);
                format!("{{ window: {{ from: {}, until: {} }} }}", time(from), time(until))
            };
            if dice.roll(3) > 0 {
                writeln!(text, "  {name}: {{ do: {effect}, when: {when} }}").unwrap();
            }
        }
        text += "  never: { do: lose_request, when: { attempts: [9999] } }\n";
        text += &tree(dice, &["slow", "hours"], &["night", "share", "pulse", "plain"]);
        let scenario = support::scenario(&text);
        let blueprint = Blueprint::new(&scenario);
        let mut world = World::new(&blueprint, 0);
        world.run_until(Instant::START + Duration::from_days(20));
        let twice = scenario.faults.iter().any(|fault| fault.name == "twice");
        if !twice && let Err(complaint) = audit(&scenario, world.trace(), 1) {
            panic!("world {number}: {complaint}\n{text}");
        }
        let wanted = world.database(SiteId(0)).content_version();
        assert!(wanted > 1, "world {number} brings nothing");
        for site in 0..scenario.sites.len() as u32 {
            let version = world.database(SiteId(site)).content_version();
            let code = &scenario.sites[site as usize].code;
            assert_eq!(version, wanted, "world {number}: {code}\n{text}");
        }
    }
}
