//! Metadata that go from database to database, without senders (R1, `sync.replication: database`):
//! every instant worked out by hand. CEN starts at 08:00 and has the release in its database at
//! 08:18; 2 MB are 16 Mbit: 200 s at 80 Kbit/s. An insertion takes 4 min.

use supsim::trace::{Fact, Part};
use supsim::units::Instant;

use crate::audit::audit;
use crate::world_rules::{Run, at, run_with};

const SITES: &str = "sites:\n  CEN: { type: central }\n  PR1: { parent: CEN, route: r, link: l }\n\
                     \x20 B11: { parent: PR1, type: secondary }\n";

/// CEN, PR1 and B11; metadata go from database to database.
fn replicated(network: &str, rest: &str) -> Run {
    let run = run_with(
        |head| head.replace("sync: { ", "sync: { replication: database, "),
        &format!("{network}\n{SITES}{rest}\n"),
    );
    assert_eq!(audit(&run.scenario, &run.trace, 1), Ok(()));
    run
}

fn packages(run: &Run, code: &str) -> Vec<Instant> {
    run.times(code, |fact| matches!(fact, Fact::PackageArrived { .. }))
}

const CLOSED: &str = "routes: { r: { open: { Mon-Sun: closed }, threads: 1, \
                      rate: { hourly: { \"00:00-24:00\": 10% } } } }";

#[test]
fn r1_no_hours_and_no_rate_limit_hold_metadata_back() {
    let run = replicated(&format!("{CLOSED}\nlinks: {{ l: {{ bandwidth: 80 Kbit/s }} }}"), "");
    assert_eq!(packages(&run, "PR1"), [at("8:21:20")]);
    assert_eq!(run.arrived("PR1", Part::Database), [at("8:25:20")]);
    // R2: hop by hop, from the parent's own insertion on.
    assert_eq!(packages(&run, "B11"), [at("8:25:20")]);
    assert_eq!(run.arrived("B11", Part::Database), [at("8:29:20")]);
    // R3: the request is a file still, and waits for a sender that never opens.
    assert_eq!(run.attempts("PR1"), []);
}

#[test]
fn r1_the_circuit_carries_them_at_the_pace_of_the_hour_and_its_latency_comes_behind() {
    let run = replicated(
        "routes: { r: {} }\nlinks: { l: { latency: 3s, bandwidth: { hourly: { \
         \"00:00-08:20\": 80 Kbit/s, \"08:20-24:00\": 160 Kbit/s } } } }",
        "",
    );
    // 120 s at 80 Kbit/s leave 6.4 Mbit, which take 40 s.
    assert_eq!(packages(&run, "PR1"), [at("8:20:43")]);
}

#[test]
fn r1_a_circuit_that_becomes_slow_in_the_middle_slows_them_down() {
    let run = replicated(
        "routes: { r: {} }\nlinks: { l: { bandwidth: 80 Kbit/s } }",
        "faults: { slow: { where: { code: PR1 }, do: { link_slow: { to: 25% } }, \
         when: { window: { from: 2026-01-12 08:20, for: 2min } } } }",
    );
    // 120 s, then 120 s at a quarter are 30 s more, then the 50 s that are left.
    assert_eq!(packages(&run, "PR1"), [at("8:22:50")]);
}

#[test]
fn r7_what_a_cut_or_a_server_that_is_down_has_cost_is_sent_again_until_it_arrives() {
    for effect in ["link_down", "site_down"] {
        let run = replicated(
            "routes: { r: {} }\nlinks: { l: { bandwidth: 80 Kbit/s } }",
            &format!(
                "faults: {{ out: {{ where: {{ code: PR1 }}, do: {effect}, \
                 when: {{ window: {{ from: 2026-01-12 08:19, for: 9min }} }} }} }}"
            ),
        );
        // 08:18 to 08:21:20 is lost; a minute later, and every minute after, nothing can be sent, until
        // 08:28:20.
        assert_eq!(packages(&run, "PR1"), [at("8:31:40")], "{effect}");
        let failed = |fact: &Fact| matches!(fact, Fact::SendingFailed { again_at: Some(_), .. });
        let said: Vec<Instant> = run.times("CEN", failed);
        assert_eq!(said.first(), Some(&at("8:21:20")), "{effect}");
    }
}

#[test]
fn r1_what_comes_meanwhile_goes_together_after_what_is_under_way() {
    let every_hour = |head: &str| {
        let head = head.replace("sync: { ", "sync: { replication: database, ");
        head.replace("every: 7d", "every: 1h").replace(
            "releases: {",
            "releases: { second: { when: { at: 2026-01-12 09:00 }, updates: 5, metadata: 2 MB }, \
             third: { when: { at: 2026-01-12 10:00 }, updates: 5, metadata: 2 MB },",
        )
    };
    let network = "routes: { r: {} }\nlinks: { l: { bandwidth: 2 Kbit/s } }";
    let run = run_with(every_hour, &format!("{network}\n{SITES}"));
    // 2 MB take 8,000 s: from 08:18 to 10:31:20. The second is there since 09:18, the third since
    // 10:18: together they take 16,000 s.
    assert_eq!(packages(&run, "PR1"), [at("10:31:20"), at("14:58"), at("14:58")]);
    assert_eq!(audit(&run.scenario, &run.trace, 1), Ok(()));
}

#[test]
fn r7_that_it_is_sent_again_is_said_once_for_each_thing_in_the_way() {
    let run = run_with(
        |head| head.replace("sync: { ", "sync: { replication: database, "),
        "sites: { CEN: { type: central }, PR1: { parent: CEN, sup: none } }\n\
         faults: { cut: { where: { code: PR1 }, do: link_down, \
         when: { window: { from: 2026-01-12 08:00, for: 2h } } } }\n",
    );
    let failed = run.times("CEN", |fact| matches!(fact, Fact::SendingFailed { .. }));
    // The circuit is mended before the try of the same instant.
    assert_eq!((failed, packages(&run, "PR1")), (vec![at("8:18")], vec![at("10:00")]));
    let run = run_with(
        |head| head.replace("sync: { ", "sync: { replication: database, "),
        "sites: { CEN: { type: central }, PR1: { parent: CEN, sup: none } }\n\
         faults: { cut: { where: { code: PR1 }, do: link_down, \
         when: { window: { from: 2026-01-12 08:00, for: 2h } } }, \
         down: { where: { code: PR1 }, do: site_down, \
         when: { window: { from: 2026-01-12 09:30, for: 2h } } } }\n",
    );
    let failed = run.times("CEN", |fact| matches!(fact, Fact::SendingFailed { .. }));
    let said = [at("8:18"), at("9:30"), at("10:00")];
    assert_eq!((failed.as_slice(), packages(&run, "PR1")), (&said[..], vec![at("11:30")]));
}

#[test]
fn r7_a_site_that_moves_is_sent_what_it_lacks_by_its_new_parent() {
    for cut in [
        "",
        "faults: { cut: { where: { code: PR2 }, do: link_down, \
                     when: { window: { from: 2026-01-12 08:19, for: 3h } } } }\n",
    ] {
        let run = run_with(
            |head| head.replace("sync: { ", "sync: { replication: database, "),
            &format!(
                "links: {{ l: {{ bandwidth: 2 Kbit/s }} }}\n\
                 sites: {{ CEN: {{ type: central }}, PR1: {{ parent: CEN }}, PR2: {{ parent: CEN, link: l }} }}\n\
                 operations: {{ move: {{ at: 2026-01-12 10:45, do: {{ move_site: {{ site: PR2, under: PR1 }} }} }} }}\n{cut}"
            ),
        );
        assert_eq!(audit(&run.scenario, &run.trace, 1), Ok(()));
        // 2 MB take 2:13:20: from 08:18 to 10:31:20. Cut, it rests then and is forgotten at the
        // move; what PR1 sends then is lost at 12:58:20, and carried from 12:59:20 on.
        let arrives = if cut.is_empty() { at("10:31:20") } else { at("15:12:40") };
        assert_eq!(packages(&run, "PR2").first(), Some(&arrives), "{cut}");
    }
}
