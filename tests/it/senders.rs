//! Site-to-site replication as it is (R3-R7), circuits by the hour, and who may pull at once:
//! every instant worked out by hand. CEN starts at 08:00 and is done at 08:18; a release of 2 MB is
//! then handed to its sender, with the requests. 2 MB are 16 Mbit: 200 s at 80 Kbit/s.

use supsim::trace::{Fact, Limit, Part, Priority, Wait};
use supsim::units::{Duration, Instant};

use crate::audit::audit;
use crate::world_rules::{Run, at, run, run_with};

const TWO: &str = "sites:\n  CEN: { type: central }\n  PR1: { parent: CEN, ";

/// CEN and PR1, of which more is said, with routes and links.
fn pair(head: &str, of_child: &str) -> Run {
    run(&format!("{head}\n{TWO}{of_child} }}\n"))
}

/// The same with faults on 2026-01-12.
fn pair_with(head: &str, of_child: &str, faults: &str) -> Run {
    let faults = faults.replace("today", "2026-01-12");
    run(&format!("{head}\n{TWO}{of_child} }}\nfaults: {{ {faults} }}\n"))
}

fn package(fact: &Fact) -> bool {
    matches!(fact, Fact::PackageArrived { .. })
}

fn request(fact: &Fact) -> bool {
    matches!(fact, Fact::RequestArrived)
}

/// What CEN's sender says that things wait for.
fn waits(run: &Run) -> Vec<(Instant, Priority, Wait)> {
    let waits = run.trace.records.iter().filter_map(|record| match record.fact {
        Fact::SendingWaited { priority, what, .. } => Some((record.at, priority, what)),
        _ => None,
    });
    waits.collect()
}

fn sound(run: &Run) {
    assert_eq!(audit(&run.scenario, &run.trace, 1), Ok(()));
}

#[test]
fn r4_arrival_at_a_closed_sender_waits_for_the_first_opening_instant() {
    let run = pair("routes: { nights: { open: { Mon-Fri: \"20:00-06:00\" } } }", "route: nights");
    let closed = Wait::Closed { until: Some(at("20:00")) };
    assert_eq!(
        waits(&run),
        [(at("8:18"), Priority::Normal, closed), (at("8:18"), Priority::High, closed)]
    );
    assert_eq!(run.times("PR1", package), [at("20:00")]);
    assert_eq!(run.times("PR1", request), [at("20:00")]);
    assert_eq!(run.arrived("PR1", Part::Database), [at("20:04")]);
    // R5: the request, which came later, goes first.
    let started: Vec<Priority> = run
        .trace
        .records
        .iter()
        .filter_map(|record| match record.fact {
            Fact::SendingStarted { priority, .. } => Some(priority),
            _ => None,
        })
        .collect();
    assert_eq!(started, [Priority::High, Priority::Normal]);
    sound(&run);
}

#[test]
fn r4_an_hour_may_be_open_for_requests_only() {
    let run = pair(
        "routes: { r: { open: { Mon: { \"08:00-18:00\": high, \"20:00-21:00\": all_but_low } } } }",
        "route: r",
    );
    assert_eq!(run.times("PR1", request), [at("8:18")]);
    assert_eq!(run.times("PR1", package), [at("20:00")]);
    // R3: a pull does not go by the route.
    assert_eq!(run.arrived("PR1", Part::Wsus), [at("8:25")]);
}

#[test]
fn r4_a_sending_under_way_when_its_window_closes_is_finished() {
    let run = pair(
        "routes: { r: { open: { Mon: \"08:00-08:20\" } } }\nlinks: { l: { bandwidth: 80 Kbit/s } }",
        "route: r, link: l",
    );
    assert_eq!(run.times("PR1", package), [at("8:21:20")]);
}

#[test]
fn r4_a_route_that_never_opens_keeps_what_waits() {
    let run = pair("routes: { shut: { open: { Mon-Sun: closed } } }", "route: shut");
    let closed = Wait::Closed { until: None };
    assert!(waits(&run).iter().all(|wait| wait.2 == closed), "{:?}", waits(&run));
    assert_eq!(run.times("PR1", package), []);
    assert_eq!(run.attempts("PR1"), []);
}

#[test]
fn r4_a_percent_limit_leaves_a_share_of_the_bandwidth_and_changes_with_the_hour() {
    let limited = |hours: &str| {
        let run = pair(
            &format!(
                "routes: {{ r: {{ rate: {{ hourly: {{ {hours} }} }} }} }}\n\
                 links: {{ l: {{ bandwidth: 80 Kbit/s, latency: 2s }} }}"
            ),
            "route: r, link: l",
        );
        sound(&run);
        run.times("PR1", package)[0]
    };
    // 16 Mbit at 20 Kbit/s take 800 s; the latency is not slowed down.
    assert_eq!(limited("\"08:00-18:00\": 25%"), at("8:31:22"));
    // 4.8 Mbit in the two minutes at half speed, the other 11.2 at 80 Kbit/s.
    assert_eq!(limited("\"08:00-08:20\": 50%"), at("8:22:22"));
}

#[test]
fn r4_in_pulse_mode_there_is_a_pause_between_two_blocks() {
    let run = pair(
        "routes: { r: { rate: { pulse: { block: 100 KB, delay: 5s } } } }\n\
         links: { l: { bandwidth: 80 Kbit/s } }",
        "route: r, link: l",
    );
    // Twenty blocks of 10 s, nineteen pauses of 5 s.
    assert_eq!(run.times("PR1", package), [at("8:22:55")]);
    // R4: there is one thread, and the request came second.
    assert_eq!(run.times("PR1", request), [at("8:22:55")]);
    let pulsed = |fact: &Fact| matches!(fact, Fact::SendingStarted { limit: Limit::Pulse, .. });
    assert_eq!(run.times("CEN", pulsed).len(), 2);
}

#[test]
fn a_bandwidth_that_changes_in_mid_transfer_counts_from_then_on() {
    let run = pair(
        "links: { l: { bandwidth: { hourly: { \"00:00-08:21\": 80 Kbit/s, \
         \"08:21-00:00\": 160 Kbit/s } } } }",
        "link: l",
    );
    // From 08:18 three minutes at 80 Kbit/s, 14.4 Mbit; the other 1.6 at 160 Kbit/s.
    assert_eq!(run.times("PR1", package), [at("8:21:10")]);
    // From 08:20 one minute, 4.8 Mbit; the other 11.2 at 160 Kbit/s.
    let transferred = |fact: &Fact| matches!(fact, Fact::Transferred { .. });
    assert_eq!(run.times("PR1", transferred), [at("8:22:10")]);
    sound(&run);
}

#[test]
fn an_uplink_whose_bandwidth_changes_is_shared_out_anew() {
    let run =
        run("links:\n  up: { bandwidth: { hourly: { \"00:00-08:21\": 80 Kbit/s, \"08:21-00:00\": \
         320 Kbit/s } } }\nsites:\n  CEN: { type: central, link: up }\n  PR1: { parent: CEN }\n  \
         PR2: { parent: CEN, link: up }\n");
    // CEN itself pulls 16 Mbit from 08:01 over its circuit: done 200 s later, at 08:21:20. Its
    // children begin two minutes after that and share 320 Kbit/s: 100 s.
    let transferred = |fact: &Fact| matches!(fact, Fact::Transferred { .. });
    assert_eq!(run.times("CEN", transferred), [at("8:04:20")]);
    assert_eq!(run.times("PR1", transferred), [at("8:25:00")]);
    assert_eq!(run.times("PR2", transferred), [at("8:25:00")]);
}

#[test]
fn what_a_link_loses_is_sent_again() {
    let run = pair("links: { l: { bandwidth: 80 Kbit/s, loss: 20% } }", "link: l");
    // 64 Kbit/s are left: 250 s.
    assert_eq!(run.times("PR1", package), [at("8:22:10")]);
    let transferred = |fact: &Fact| matches!(fact, Fact::Transferred { .. });
    assert_eq!(run.times("PR1", transferred), [at("8:24:10")]);
}

#[test]
fn r5_a_sender_runs_five_sendings_at_once_and_requests_go_first() {
    let mut sites = "sites:\n  CEN: { type: central }\n".to_owned();
    for number in 1..=7 {
        sites += &format!("  PR{number}: {{ parent: CEN, link: l }}\n");
    }
    let run = run(&format!("links: {{ l: {{ bandwidth: 80 Kbit/s }} }}\n{sites}"));
    for number in 1..=7 {
        let code = format!("PR{number}");
        let expected = if number <= 5 { at("8:21:20") } else { at("8:24:40") };
        assert_eq!(run.times(&code, package), [expected], "{code}");
        // Behind five packages, before the other two.
        assert_eq!(run.times(&code, request), [at("8:21:20")], "{code}");
    }
    let busy = (at("8:18"), Priority::Normal, Wait::Thread);
    assert_eq!(waits(&run)[..2], [busy, busy]);
    sound(&run);
}

#[test]
fn r5_what_would_take_no_time_waits_for_a_thread_like_everything_else() {
    let mut sites = "sites:\n  CEN: { type: central }\n".to_owned();
    for number in 1..=5 {
        sites += &format!("  PR{number}: {{ parent: CEN, link: l }}\n");
    }
    let run = run(&format!(
        "links: {{ l: {{ bandwidth: 80 Kbit/s }} }}\n{sites}  PR6: {{ parent: CEN }}\n"
    ));
    // Five packages have all threads; over no link at all the sixth is there as soon as one is free.
    assert_eq!(run.times("PR6", package), [at("8:21:20")]);
    assert_eq!(run.times("PR6", request), [at("8:21:20")]);
    sound(&run);
}

/// Syncs at 08:00, 08:40, 15:10 and 21:40, each with a release of 3 MB; done 18 minutes later.
const FOUR_SYNCS: &str = "
operations:
  a: { at: 2026-01-12 08:40, do: run_synchronization }
  b: { at: 2026-01-12 15:10, do: run_synchronization }
  c: { at: 2026-01-12 21:40, do: run_synchronization }
";

fn four_releases(head: &str) -> String {
    let one =
        |hour: &str| format!("{{ when: {{ at: 2026-01-12 {hour} }}, updates: 5, metadata: 3 MB }}");
    head.replace("metadata: 2 MB", "metadata: 3 MB").replace(
        "releases: { news:",
        &format!(
            "releases: {{ n2: {}, n3: {}, n4: {}, news:",
            one("08:30"),
            one("15:00"),
            one("21:30")
        ),
    )
}

#[test]
fn r5_r6_three_sendings_go_to_one_destination_and_the_fourth_waits() {
    let run = run_with(
        four_releases,
        &format!(
            "routes: {{ r: {{ open: {{ Mon-Sun: \"04:00-05:00\" }} }} }}\n\
             links: {{ l: {{ bandwidth: 120 Kbit/s }} }}\n{TWO}route: r, link: l }}\n{FOUR_SYNCS}"
        ),
    );
    // R6: the first waits for 04:00; each of the others is held back for it, and a job of its own
    // six hours later: at 14:58, 21:28 and 03:58.
    let together = |time: &str| Wait::Together { until: at(time) };
    let held: Vec<Wait> = waits(&run)
        .into_iter()
        .filter(|wait| matches!(wait.2, Wait::Together { .. }) && wait.1 == Priority::Normal)
        .map(|wait| wait.2)
        .collect();
    assert_eq!(held, [together("14:58"), together("21:28"), together("27:58")]);
    // Three share the circuit, 24 Mbit at 40 Kbit/s each; the fourth has it for itself.
    let arrivals = run.times("PR1", package);
    assert_eq!(arrivals, [at("28:10"), at("28:10"), at("28:10"), at("28:13:20")]);
    let to_it =
        |wait: &(Instant, Priority, Wait)| wait.0 == at("28:00") && wait.2 == Wait::ThreadToIt;
    assert!(waits(&run).iter().any(to_it), "{:?}", waits(&run));
    // Four requests of which none had left are one.
    assert_eq!(run.times("PR1", request), [at("28:00")]);
    sound(&run);
}

#[test]
fn r6_what_comes_while_a_job_is_pending_goes_together_with_the_next_one() {
    let one =
        |hour: &str| format!("{{ when: {{ at: 2026-01-12 {hour} }}, updates: 5, metadata: 2 MB }}");
    let run = run_with(
        |head| {
            let more = format!("releases: {{ n2: {}, n3: {}, news:", one("08:19"), one("08:39"));
            head.replace("releases: { news:", &more)
        },
        &format!(
            "links: {{ l: {{ bandwidth: 4 Kbit/s }} }}\n{TWO}link: l }}\noperations:\n  \
             a: {{ at: 2026-01-12 08:20, do: run_synchronization }}\n  \
             b: {{ at: 2026-01-12 08:40, do: run_synchronization }}\n"
        ),
    );
    // 4000 s for the first, from 08:18; the two made at 08:38 and 08:58 then take 8000 s together.
    let arrivals = run.times("PR1", package);
    assert_eq!(arrivals, [at("9:24:40"), at("11:38"), at("11:38")]);
    sound(&run);
}

#[test]
fn r4_two_hops_open_by_the_clocks_of_two_zones_also_when_one_of_them_is_put() {
    let run = run_with(
        |head| {
            head.replace("start: 2026-01-12 00:00", "start: 2026-03-28 00:00")
                .replace("2026-01-12", "2026-03-28")
        },
        "routes:\n  early: { open: { Mon-Sun: \"02:30-05:00\" } }\n  \
         late: { open: { Mon-Sun: \"22:00-23:00\" } }\nsites:\n  CEN: { type: central }\n  \
         PR1: { parent: CEN, route: early, timezone: Europe/Berlin }\n  \
         B11: { parent: PR1, route: late, timezone: America/New_York }\n",
    );
    // That night there is no 02:30 in Berlin: at 01:00 UTC the clocks show 03:00, and it opens.
    assert_eq!(run.times("PR1", package), [at("25:00")]);
    assert_eq!(run.arrived("PR1", Part::Database), [at("25:04")]);
    // 22:00 in New York, which has had its summer time for three weeks, is 02:00 UTC.
    assert_eq!(run.times("B11", package), [at("26:00")]);
    assert_eq!(run.arrived("B11", Part::Database), [at("26:04")]);
    // PR1 has read its request at 01:01 and is done at 01:09; B11's waits until 02:00.
    assert_eq!(run.attempts("PR1")[0].1, at("25:01"));
    assert_eq!(run.attempts("B11")[0].1, at("26:01"));
    sound(&run);
}

#[test]
fn r5_a_failed_sending_is_tried_again_as_the_route_says() {
    let run = pair_with(
        "routes: { r: { tries: 2, try_every: 2min, again_every: 10min } }",
        "route: r",
        "cut: { where: { code: PR1 }, do: link_down, when: { window: { from: today 08:00, \
         until: today 08:50 } } }",
    );
    let failed = |fact: &Fact| matches!(fact, Fact::SendingFailed { .. });
    let all = run.times("CEN", failed);
    // Package and request alike.
    let expected = ["8:18", "8:20", "8:30", "8:32", "8:42", "8:44"].map(at);
    assert_eq!(all, expected.into_iter().flat_map(|one| [one, one]).collect::<Vec<_>>());
    assert_eq!(run.times("PR1", package), [at("8:54")]);
    sound(&run);
}

#[test]
fn r5_a_failed_sending_that_finds_its_address_closed_waits_for_it() {
    let run = pair_with(
        "routes: { r: { open: { Mon: [\"08:00-08:19\", \"09:00-10:00\"] } } }",
        "route: r",
        "cut: { where: { code: PR1 }, do: link_down, when: { window: { from: today 08:00, \
         until: today 08:30 } } }",
    );
    // Failed at 08:18; at 08:19 the address has just closed.
    assert_eq!(run.times("PR1", package), [at("9:00")]);
    assert_eq!(run.times("PR1", request), [at("9:00")]);
}

#[test]
fn r5_a_request_is_given_up_in_time_and_a_package_never() {
    let run = pair_with(
        "routes: { r: { give_up_after: 1h } }",
        "route: r",
        "cut: { where: { code: PR1 }, do: link_down, when: { window: { from: today 08:00, \
         until: today 22:00 } } }",
    );
    let given_up = |fact: &Fact| matches!(fact, Fact::SendingFailed { again_at: None, .. });
    // 08:18, 08:19, 08:20, then 09:15, 09:16, 09:17: the next would be after 09:18.
    assert_eq!(run.times("CEN", given_up), [at("9:17")]);
    assert_eq!(run.attempts("PR1"), []);
    assert_eq!(run.times("PR1", package).len(), 1);
}

#[test]
fn r7_what_is_lost_is_sent_again() {
    for (effect, request_at, package_at) in
        [("lose_package", "8:18", "8:19"), ("lose_request", "8:19", "8:18")]
    {
        let run = pair_with(
            "",
            "type: primary",
            &format!("f: {{ do: {effect}, when: {{ attempts: [1] }} }}"),
        );
        assert_eq!(run.times("PR1", request), [at(request_at)], "{effect}");
        assert_eq!(run.times("PR1", package), [at(package_at)], "{effect}");
        let struck = |fact: &Fact| matches!(fact, Fact::SendingStruck { .. });
        assert_eq!(run.times("CEN", struck), [at("8:18")], "{effect}");
        sound(&run);
    }
}

#[test]
fn r7_what_comes_twice_is_applied_once() {
    let run =
        pair_with("", "type: primary", "f: { do: duplicate_package, when: { attempts: [1] } }");
    assert_eq!(run.times("PR1", package), [at("8:18"), at("8:18")]);
    let inserted = |fact: &Fact| matches!(fact, Fact::PackageInserted { .. });
    assert_eq!(run.times("PR1", inserted), [at("8:22")]);
}

#[test]
fn r7_what_is_late_arrives_so_much_later() {
    let run = pair_with(
        "links: { l: { bandwidth: 80 Kbit/s } }",
        "link: l",
        "f: { do: { delay_package: 30min }, when: { attempts: [1] } }",
    );
    assert_eq!(run.times("PR1", package), [at("8:51:20")]);
    sound(&run);
}

#[test]
fn r7_what_is_overtaken_comes_after_the_next_and_is_applied_before_it() {
    let overtaken = "faults: { f: { do: reorder_packages, when: { attempts: [1] } } }\n";
    let both = run_with(four_releases, &format!("{TWO}type: primary }}\n{FOUR_SYNCS}{overtaken}"));
    // The first, made at 08:18, waits for the one made at 08:58.
    let versions: Vec<(Instant, u32)> = both
        .trace
        .records
        .iter()
        .filter_map(|record| match record.fact {
            Fact::PackageArrived { version } => Some((record.at, version)),
            _ => None,
        })
        .collect();
    assert_eq!(versions[..2], [(at("8:58"), 3), (at("8:58"), 2)]);
    let inserted = |fact: &Fact| matches!(fact, Fact::PackageInserted { .. });
    assert_eq!(both.times("PR1", inserted)[..2], [at("9:02"), at("9:06")]);
    sound(&both);
    // Alone it arrives an hour later.
    let alone = run(&format!("{TWO}type: primary }}\n{overtaken}"));
    assert_eq!(alone.times("PR1", package), [at("9:18")]);
}

#[test]
fn f_a_slow_link_carries_less_while_the_fault_holds() {
    let run = pair_with(
        "links: { l: { bandwidth: 80 Kbit/s } }",
        "link: l",
        "f: { where: { code: PR1 }, do: { link_slow: { to: 25% } }, \
         when: { window: { from: today 08:21, until: today 08:22 } } }",
    );
    // 14.4 Mbit until 08:21, 1.2 in that minute, the last 0.4 in 5 s.
    assert_eq!(run.times("PR1", package), [at("8:22:05")]);
    // From 08:20: 4.8 Mbit, 1.2, and 10 in 125 s.
    let transferred = |fact: &Fact| matches!(fact, Fact::Transferred { .. });
    assert_eq!(run.times("PR1", transferred), [at("8:24:05")]);
    sound(&run);
}

#[test]
fn f_a_slow_link_of_the_parent_slows_down_its_children() {
    let run = run(
        "links: { l: { bandwidth: 80 Kbit/s } }\nsites:\n  CEN: { type: central, link: l }\n  \
         PR1: { parent: CEN }\nfaults: { f: { where: { code: CEN }, do: { link_slow: { to: 50% } }, \
         when: { window: { from: 2026-01-12 08:24, until: 2026-01-12 08:25 } } } }",
    );
    // CEN is done 200 s later than without a link; PR1 pulls from 08:23:20: 40 s at 80 Kbit/s,
    // a minute at 40, and the other 10.4 Mbit in 130 s.
    let transferred = |fact: &Fact| matches!(fact, Fact::Transferred { .. });
    assert_eq!(run.times("PR1", transferred), [at("8:27:10")]);
}

const THREE: &str = "sites:\n  CEN: { type: central, sup: { pulls_at_once: 1 } }\n  \
                     PR1: { parent: CEN }\n  PR2: { parent: CEN }\n  PR3: { parent: CEN }\n";

#[test]
fn pulls_beyond_pulls_at_once_wait_in_order() {
    let run = run(THREE);
    let waited = |fact: &Fact| matches!(fact, Fact::PullWaited { .. });
    let admitted = |fact: &Fact| matches!(fact, Fact::PullAdmitted { .. });
    let pulled = |fact: &Fact| matches!(fact, Fact::Pulled { .. });
    assert_eq!(run.times("PR1", waited), []);
    assert_eq!(run.times("PR1", pulled), [at("8:25")]);
    for (code, begins, ends) in [("PR2", "8:25", "8:30"), ("PR3", "8:30", "8:35")] {
        assert_eq!(run.times(code, waited), [at("8:20")], "{code}");
        assert_eq!(run.times(code, admitted), [at(begins)], "{code}");
        assert_eq!(run.times(code, pulled), [at(ends)], "{code}");
    }
    sound(&run);
}

#[test]
fn a_pull_that_fails_leaves_its_place_and_one_that_waits_loses_its_upstream_too() {
    let pulled = |fact: &Fact| matches!(fact, Fact::Pulled { .. });
    for effect in ["site_down", "sup_down"] {
        let run = run(&format!(
            "{THREE}faults: {{ f: {{ where: {{ code: PR1 }}, do: {effect}, when: {{ window: {{ \
             from: 2026-01-12 08:22, until: 2026-01-12 08:23 }} }} }} }}"
        ));
        assert_eq!(run.times("PR2", pulled), [at("8:27")], "{effect}");
        assert_eq!(run.times("PR3", pulled), [at("8:32")], "{effect}");
        sound(&run);
    }
    let run = run(&format!(
        "{THREE}faults: {{ f: {{ where: {{ code: CEN }}, do: sup_down, when: {{ window: {{ \
         from: 2026-01-12 08:22, until: 2026-01-12 08:23 }} }} }} }}"
    ));
    // PR1's transfer takes no time, so it is through; the others fail, and try again at 09:22.
    assert_eq!(run.times("PR1", pulled), [at("8:25")]);
    for (code, ends) in [("PR2", "9:28"), ("PR3", "9:33")] {
        assert_eq!(run.attempts(code)[0].2, Some(at("8:22")), "{code}");
        assert_eq!(run.times(code, pulled), [at(ends)], "{code}");
    }
    sound(&run);
}

#[test]
fn a_route_of_which_nothing_is_said_changes_nothing() {
    let sites = |route: &str| {
        format!(
            "routes: {{ r: {{}} }}\nlinks: {{ l: {{ bandwidth: 80 Kbit/s, latency: 3s }} }}\nsites:\n  \
             CEN: {{ type: central }}\n  PR1: {{ parent: CEN, link: l{route} }}\n  \
             PR2: {{ parent: CEN{route} }}\n  B11: {{ parent: PR1, type: secondary{route} }}\n"
        )
    };
    assert_eq!(run(&sites("")).trace, run(&sites(", route: r")).trace);
}

#[test]
fn the_longest_wait_is_bounded_by_what_the_route_says() {
    // Whatever waits at a closed address is told when it opens, and goes then.
    let run = pair("routes: { r: { open: { Tue: \"03:07-03:08\" } } }", "route: r");
    let opening = Instant::START + Duration::from_hours(27) + Duration::from_mins(7);
    assert!(waits(&run).iter().all(|wait| wait.2.until() == Some(opening)));
    assert_eq!(run.times("PR1", package), [opening]);
}
