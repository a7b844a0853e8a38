//! Faults that meet: several on one site, one exactly at the instant of an event, one in the
//! middle of what another began. Figures as in `world_rules`: CEN from 08:00 to 08:18, its
//! internet-based point (when it has one) three minutes more, PR1 a minute after CEN is done.

use supsim::engine::{Failure, Phase, Reason, Status, Trigger};
use supsim::measure::Ending;
use supsim::trace::{Fact, Part};
use supsim::units::{Duration, Instant};

use crate::audit::audit;
use crate::world_rules::{Run, at, run, with_fault};

use Ending::{Failed, Ok};
use Trigger::{Manual, Parent, Retry, Schedule};

/// CEN with an internet-based point that has its turn after the site is done (P9).
const LATER: &str = "
sites:
  CEN: { type: central, internet_sup: { server: dmz } }
  PR1: { parent: CEN }
";

/// A run in which the site is done before its internet-based point, with more on 2026-01-12.
fn later_order(rest: &str) -> Run {
    let sync = "sync: { site_complete: before_internet_point, ";
    crate::world_rules::run_with(
        |head| head.replace("sync: { ", sync),
        &format!("{LATER}{}", rest.replace("today", "2026-01-12")),
    )
}

fn synced(fact: &Fact) -> bool {
    matches!(fact, Fact::InternetPointSynced { .. })
}

fn out_of_step(fact: &Fact) -> bool {
    matches!(fact, Fact::Announced(Status::OutOfStep { .. }))
}

fn day(text: &str) -> String {
    text.replace("today", "2026-01-12")
}

#[test]
fn p9_the_later_order_lets_the_children_begin_before_the_point_is_done() {
    let run = later_order("");
    assert_eq!(run.attempts("CEN"), [(Schedule, at("8:00"), Some(at("8:18")), Ok)]);
    assert_eq!(run.attempts("PR1")[0].1, at("8:19"));
    assert_eq!(run.times("CEN", synced), [at("8:21")]);
    assert_eq!(run.arrived("CEN", Part::Internet), [at("8:21")]);
}

#[test]
fn p9_a_point_that_a_crash_interrupts_begins_again_and_not_where_it_was() {
    let run = later_order(
        "faults: { cut: { where: { code: CEN }, do: site_down, \
         when: { window: { from: today 08:19, until: today 08:20 } } } }",
    );
    // It would have been through at 08:21; it begins again at 08:20 and takes three minutes.
    assert_eq!(run.times("CEN", synced), [at("8:23")]);
    assert_eq!(run.attempts("CEN").len(), 1, "the site's own sync was over");
}

#[test]
fn p9_the_points_failure_is_its_own_and_its_retry_starts_from_the_beginning() {
    let run = later_order(
        "faults: { cut: { where: { code: CEN }, do: internet_sup_down, \
         when: { window: { from: today 08:20, until: today 08:30 } } } }",
    );
    assert_eq!(run.times("CEN", out_of_step), [at("8:20")]);
    assert_eq!(run.times("CEN", synced), [at("9:23")]);
    assert_eq!(run.attempts("CEN"), [(Schedule, at("8:00"), Some(at("8:18")), Ok)]);
    assert_eq!(run.outcome.faults[0].attempts_hit, 1);
}

#[test]
fn p9_a_point_whose_active_one_goes_down_is_tried_again_alone() {
    let run = later_order(
        "faults: { cut: { where: { code: CEN }, do: sup_down, \
         when: { window: { from: today 08:18, until: today 08:30 } } } }",
    );
    // The fault is older than the end of the import: 6706 meets it.
    assert_eq!(run.times("CEN", out_of_step), [] as [Instant; 0]);
    assert_eq!(run.attempts("CEN")[0].3, Failed, "P4: the import needs the active point");
    let run = later_order(
        "faults: { cut: { where: { code: CEN }, do: sup_down, \
         when: { window: { from: today 08:19, until: today 08:30 } } } }",
    );
    assert_eq!(run.times("CEN", out_of_step), [at("8:19")]);
    assert_eq!(run.times("CEN", synced), [at("9:22")]);
    let failure = Failure { phase: Phase::Internet, reason: Reason::UpstreamUnreachable };
    assert_eq!(run.failures("CEN"), [failure]);
}

#[test]
fn f_what_was_to_strike_one_attempt_strikes_the_point_once() {
    for effect in ["{ fail_sync: { after: 1min, phase: internet } }", "internet_sup_down"] {
        let run = later_order(&format!(
            "faults: {{ once: {{ where: {{ code: CEN }}, do: {effect}, when: {{ attempts: [1] }} }} }}"
        ));
        assert_eq!(run.times("CEN", out_of_step), [at("8:18")], "{effect}");
        assert_eq!(run.times("CEN", synced), [at("9:21")], "{effect}");
    }
}

#[test]
fn f_a_planned_failure_that_comes_too_late_strikes_nothing_else() {
    for (effect, ends) in [("sup_down", "9:15"), ("site_down", "9:16")] {
        let run = later_order(&format!(
            "faults:
  a-point: {{ where: {{ code: CEN }}, do: internet_sup_down, when: {{ window: {{ from: today 08:17, until: today 08:30 }} }} }}
  b-hangs: {{ where: {{ code: CEN }}, do: {{ fail_sync: {{ after: 10min }} }}, when: {{ attempts: [2] }} }}
  c-down: {{ where: {{ code: CEN }}, do: {effect}, when: {{ window: {{ from: today 09:15, until: today 09:16 }} }} }}
operations: {{ by-hand: {{ at: today 09:10, do: run_synchronization }} }}",
        ));
        let second = (Manual, at("9:10"), Some(at(ends)), Failed);
        assert_eq!(run.attempts("CEN")[1], second, "it hangs in phase 1 when it goes down");
        // The point's own retry, from 09:18 to 09:21, has nothing to do with 09:20.
        assert_eq!(run.times("CEN", synced)[0], at("9:21"), "{effect}");
        assert_eq!(run.times("CEN", out_of_step), [at("8:18")], "{effect}");
    }
}

#[test]
fn t4_jitter_is_of_the_sites_retries_and_not_of_its_points() {
    let sync = "sync: { site_complete: before_internet_point, retry: { jitter: 30min }, ";
    let run = crate::world_rules::run_with(
        |head| head.replace("sync: { ", sync),
        &day(&format!(
            "{LATER}faults: {{ cut: {{ where: {{ code: CEN }}, do: internet_sup_down, \
             when: {{ window: {{ from: today 08:00, until: today 11:00 }} }} }} }}"
        )),
    );
    assert_eq!(run.times("CEN", out_of_step), [at("8:18"), at("9:18"), at("10:18")]);
    assert_eq!(run.times("CEN", synced), [at("11:21")]);
}

#[test]
fn m_a_failed_sync_keeps_its_failure_though_the_point_fails_after_it() {
    let run = later_order(
        "faults:
  a-point: { where: { code: CEN }, do: internet_sup_down, when: { window: { from: today 08:17, until: today 09:30 } } }
  b-fails: { where: { code: CEN }, do: { fail_sync: { after: 5min } }, when: { attempts: [2] } }
operations: { by-hand: { at: today 09:10, do: run_synchronization } }",
    );
    assert_eq!(run.times("CEN", out_of_step), [at("8:18"), at("9:18")]);
    let second = &run.outcome.attempts[1];
    assert_eq!(second.failure.map(|failure| failure.phase), Some(Phase::Pull));
    assert_eq!(second.retry_at, Some(at("10:15")));
}

#[test]
fn t6_what_comes_while_the_point_catches_up_waits_for_it() {
    let run = later_order("operations: { by-hand: { at: today 08:19, do: run_synchronization } }");
    assert_eq!(run.attempts("CEN")[1].0, Manual);
    assert_eq!(run.attempts("CEN")[1].1, at("8:21"));
}

/// CEN sends a package of 2 MB over 80 Kbit/s at 08:18: 200 s, so it arrives at 08:21:20.
fn package_over_a_slow_circuit(from: &str, until: &str) -> Instant {
    let run = run(&day(&format!(
        "links: {{ slow: {{ bandwidth: 80 Kbit/s }} }}\nsites:\n  CEN: {{ type: central }}\n  \
         PR1: {{ parent: CEN, sup: none, link: slow }}\nfaults: {{ cut: {{ where: {{ code: PR1 }}, \
         do: link_down, when: {{ window: {{ from: today {from}, until: today {until} }} }} }} }}"
    )));
    let arrived = |fact: &Fact| matches!(fact, Fact::PackageArrived { .. });
    run.times("PR1", arrived)[0]
}

#[test]
fn r5_a_package_is_lost_when_the_circuit_was_cut_at_any_time_on_its_way() {
    assert_eq!(package_over_a_slow_circuit("08:10", "08:18"), at("8:21:20"), "mended in time");
    let again = at("8:25:40");
    assert_eq!(package_over_a_slow_circuit("08:10", "08:19"), again, "cut when it was sent");
    assert_eq!(package_over_a_slow_circuit("08:19", "08:20"), again, "cut in the middle");
    assert_eq!(package_over_a_slow_circuit("08:18", "08:18:01"), again, "cut as it was sent");
    assert_eq!(package_over_a_slow_circuit("08:21:20", "08:22"), again, "cut as it arrives");
    assert_eq!(package_over_a_slow_circuit("08:21:21", "08:22"), at("8:21:20"), "cut after it");
}

#[test]
fn r5_packages_and_requests_wait_for_a_sender_or_a_receiver_that_is_down() {
    // CEN is down when its request and its package are on the way for ten seconds.
    let run = run(&day("links: { far: { latency: 10s } }\nsites:\n  CEN: { type: central }\n  \
         PR1: { parent: CEN, link: far }\nfaults: { cut: { where: { code: CEN }, do: site_down, \
         when: { window: { from: today 08:18:05, until: today 08:19 } } } }"));
    // Noticed at 08:18:10, sent again a minute later.
    assert_eq!(run.times("PR1", |fact| *fact == Fact::RequestArrived), [at("8:19:20")]);
    let run = with_fault(
        "{ where: { code: PR1 }, do: site_down, \
         when: { window: { from: 2026-01-12 08:10, until: 2026-01-12 08:18:30 } } }",
    );
    assert_eq!(run.times("PR1", |fact| *fact == Fact::RequestArrived), [at("8:19")]);
    assert_eq!(run.arrived("PR1", Part::Database), [at("8:23")]);
}

#[test]
fn r6_a_request_behind_one_that_is_tried_again_adds_nothing() {
    let run = run(&day(
        "sites:\n  CEN: { type: central }\n  PR1: { parent: CEN }\nfaults: { cut: { where: \
         { code: PR1 }, do: link_down, when: { window: { from: today 08:10, until: today 09:00 } } } }\n\
         operations: { by-hand: { at: today 08:30, do: run_synchronization } }",
    ));
    let sent = |fact: &Fact| matches!(fact, Fact::RequestSent { .. });
    assert_eq!(run.times("CEN", sent).len(), 2);
    assert_eq!(run.times("PR1", |fact| *fact == Fact::RequestArrived), [at("9:15")]);
    assert_eq!(run.attempts("PR1").len(), 1);
}

#[test]
fn r5_after_a_success_the_count_of_tries_begins_anew() {
    // Three tries for the first request, then 55 minutes; the second, days later, a minute apart.
    let run = run(&day(
        "sites:\n  CEN: { type: central }\n  PR1: { parent: CEN }\nfaults:\n  a: { where: { code: PR1 }, \
         do: link_down, when: { window: { from: today 08:10, until: today 08:18:30 } } }\n  \
         b: { where: { code: PR1 }, do: link_down, when: { window: { from: today 11:00, until: today 11:18:30 } } }\n\
         operations: { by-hand: { at: today 11:00, do: run_synchronization } }",
    ));
    let arrived = run.times("PR1", |fact| *fact == Fact::RequestArrived);
    // The delta of 11:00 takes 18 minutes too.
    assert_eq!(arrived, [at("8:19"), at("11:19")]);
    let again = |fact: &Fact| match fact {
        Fact::SendingFailed { again_at, .. } => *again_at == Some(at("11:19")),
        _ => false,
    };
    assert_eq!(run.times("CEN", again), [at("11:18")]);
}

#[test]
fn t7_a_request_that_was_not_yet_read_is_read_at_the_restart_and_keeps_its_cause() {
    let run = with_fault(
        "{ where: { code: PR1 }, do: site_down, \
         when: { window: { from: 2026-01-12 08:18:30, until: 2026-01-12 08:40 } } }",
    );
    assert_eq!(run.attempts("PR1")[0], (Parent, at("8:40"), Some(at("8:48")), Ok));
    let first = run.outcome.attempts.iter().find(|one| one.site.0 == 1).unwrap();
    assert_eq!(first.caused_by.map(|(site, number)| (site.0, number)), Some((0, 1)));
}

#[test]
fn t7_a_retry_after_a_restart_goes_back_to_the_failure() {
    let run = run(&day(
        "sites:\n  CEN: { type: central }\n  PR1: { parent: CEN }\nfaults:\n  bad: { where: { code: PR1 }, \
         do: { fail_sync: { after: 2min } }, when: { attempts: [1] } }\n  \
         power: { where: { code: PR1 }, do: site_down, when: { window: { from: today 08:30, until: today 10:00 } } }",
    ));
    assert_eq!(run.attempts("PR1")[1], (Retry, at("10:00"), Some(at("10:08")), Ok));
    let retry = &run.outcome.attempts[2];
    assert_eq!(retry.caused_by.map(|(site, number)| (site.0, number)), Some((1, 1)));
}

#[test]
fn t7_equal_triggers_that_come_while_a_site_is_down_are_one_and_come_once() {
    let run = run(&day(
        "sites:\n  CEN: { type: central }\noperations:\n  one: { at: today 05:10, do: run_synchronization }\n  \
         two: { at: today 05:20, do: run_synchronization }\nfaults:\n  power: { where: { code: CEN }, do: site_down, \
         when: { window: { from: today 05:00, until: today 05:30 } } }\n  \
         again: { where: { code: CEN }, do: site_down, when: { window: { from: today 10:00, until: today 10:30 } } }",
    ));
    let starts: Vec<_> = run.attempts("CEN").iter().map(|one| (one.0, one.1)).collect();
    assert_eq!(starts, [(Manual, at("5:30")), (Schedule, at("8:00"))]);
}

#[test]
fn f_two_faults_of_a_kind_hold_until_the_last_lets_go() {
    // Each kind from 08:00 to 08:40 and from 08:10 to 09:10, on PR1; then nothing stands in the
    // way of what is tried after it.
    for (effect, from) in [
        ("link_down", "9:15"),
        ("site_down", "9:15"),
        ("sup_down", "9:20"),
        ("wsus_not_configured", "9:19"),
    ] {
        for order in [["a", "b"], ["b", "a"]] {
            let run = run(&day(&format!(
                "sites:\n  CEN: {{ type: central }}\n  PR1: {{ parent: CEN }}\nfaults:\n  \
                 {}: {{ where: {{ code: PR1 }}, do: {effect}, when: {{ window: {{ from: today 08:00, \
                 until: today 08:40 }} }} }}\n  {}: {{ where: {{ code: PR1 }}, do: {effect}, \
                 when: {{ window: {{ from: today 08:10, until: today 09:10 }} }} }}",
                order[0], order[1]
            )));
            let first = run.attempts("PR1").into_iter().find(|one| one.3 == Ok).expect("a success");
            let earliest = at(from);
            assert!(first.1 >= earliest, "{effect}: {} is before {earliest}", first.1);
            assert!(first.1 <= earliest + Duration::from_mins(2), "{effect}: {}", first.1);
        }
    }
}

#[test]
fn f_two_faults_of_the_source_and_the_internet_point_hold_until_the_last_lets_go() {
    for (effect, tries) in [("source_down", 3), ("internet_sup_down", 2)] {
        let run = run(&day(&format!(
            "sites:\n  CEN: {{ type: central, internet_sup: {{ server: dmz }} }}\nfaults:\n  \
             a: {{ do: {effect}, when: {{ window: {{ from: today 07:00, until: today 08:30 }} }} }}\n  \
             b: {{ do: {effect}, when: {{ window: {{ from: today 08:00, until: today 09:18 }} }} }}"
        )));
        let attempts = run.attempts("CEN");
        assert_eq!(attempts.len(), tries, "{effect}: {attempts:?}");
        assert_eq!(attempts[tries - 1].3, Ok);
    }
}

#[test]
fn f_of_two_faults_ahead_the_first_to_strike_is_named() {
    let run = run(&day(
        "sites:\n  CEN: { type: central }\n  PR1: { parent: CEN }\nfaults:\n  a: { where: { code: PR1 }, \
         do: { fail_sync: { after: 4min } }, when: { attempts: [1] } }\n  \
         b: { where: { code: PR1 }, do: { fail_sync: { after: 3min } }, when: { attempts: [1] } }",
    ));
    assert_eq!(run.attempts("PR1")[0].2, Some(at("8:22")));
    assert_eq!(run.outcome.attempts[1].fault.map(|fault| fault.0), Some(1));
}

#[test]
fn f_every_fault_of_single_attempts_strikes_in_its_step() {
    for (effect, ends, phase) in [
        ("wsus_not_configured", "8:00", Phase::Gate),
        ("sup_down", "8:00", Phase::Connect),
        ("{ fail_sync: { after: 30s, phase: connect } }", "8:00:30", Phase::Connect),
        ("link_down", "8:01", Phase::Pull),
        ("source_down", "8:01", Phase::Pull),
        ("{ fail_sync: { after: 30s, phase: pull } }", "8:01", Phase::Pull),
        ("{ fail_sync: { after: 7min, phase: settle } }", "8:07", Phase::Settle),
        ("{ fail_sync: { after: 9min, phase: import } }", "8:09", Phase::Import),
        ("internet_sup_down", "8:18", Phase::Internet),
        ("{ fail_sync: { after: 19min, phase: internet } }", "8:19", Phase::Internet),
    ] {
        let place = if effect == "source_down" { "" } else { "where: { code: CEN }, " };
        let run = run(&day(&format!(
            "sites:\n  CEN: {{ type: central, internet_sup: {{ server: dmz }} }}\nfaults: {{ one: {{ \
             {place}do: {effect}, when: {{ attempts: [1] }} }} }}"
        )));
        let attempts = run.attempts("CEN");
        assert_eq!(attempts[0], (Schedule, at("8:00"), Some(at(ends)), Failed), "{effect}");
        assert_eq!(run.failures("CEN")[0].phase, phase, "{effect}");
        assert_eq!(attempts.len(), 2, "{effect}: only the first");
        assert_eq!(attempts[1].3, Ok, "{effect}");
        let hits: Vec<_> =
            run.outcome.faults.iter().map(|one| (one.from, one.until, one.attempts_hit)).collect();
        assert_eq!(hits, [(at("8:00"), Some(at(ends)), 1)], "{effect}");
    }
}

#[test]
fn h5_what_hangs_on_the_site_server_goes_down_with_it_and_a_remote_point_does_not() {
    for (sup, starts) in [("local", 2), ("remote", 1)] {
        let run = run(&day(&format!(
            "links: {{ slow: {{ bandwidth: 80 Kbit/s }} }}\nsites:\n  CEN: {{ type: central, sup: {{ \
             server: {sup} }} }}\n  PR1: {{ parent: CEN, link: slow }}\nfaults: {{ power: {{ where: \
             {{ code: CEN }}, do: site_down, when: {{ window: {{ from: today 08:24, until: today 08:25 }} }} }} }}"
        )));
        // PR1 starts a minute after 08:18, its transfer runs from 08:20 to 08:23:20 ...
        let pulls = run.attempts("PR1");
        assert_eq!(pulls.len(), 1, "{sup}: it was through");
        let run = self::run(&day(&format!(
            "links: {{ slow: {{ bandwidth: 80 Kbit/s }} }}\nsites:\n  CEN: {{ type: central, sup: {{ \
             server: {sup} }} }}\n  PR1: {{ parent: CEN, link: slow }}\nfaults: {{ power: {{ where: \
             {{ code: CEN }}, do: site_down, when: {{ window: {{ from: today 08:22, until: today 08:22:30 }} }} }} }}"
        )));
        assert_eq!(run.attempts("PR1").len(), starts, "{sup}: in the middle of it");
        // ... and one that begins while CEN is down finds only a remote point.
        let run = self::run(&day(&format!(
            "sites:\n  CEN: {{ type: central, sup: {{ server: {sup} }} }}\n  PR1: {{ parent: CEN }}\nfaults: \
             {{ power: {{ where: {{ code: CEN }}, do: site_down, when: {{ window: {{ from: today 08:19, \
             until: today 08:21 }} }} }} }}"
        )));
        assert_eq!(run.attempts("PR1").len(), starts, "{sup}: as it begins");
    }
}

#[test]
fn f_a_fault_at_any_instant_leaves_a_trace_in_order_and_everything_arrives() {
    let order = ["after_internet_point", "before_internet_point"];
    let effects = [
        "link_down",
        "site_down",
        "sup_down",
        "internet_sup_down",
        "source_down",
        "wsus_not_configured",
        "{ fail_sync: { after: 5min } }",
    ];
    for (order, effect) in order.iter().flat_map(|order| effects.map(|effect| (order, effect))) {
        for code in ["CEN", "PR1"] {
            for from in 0..32 {
                // On the minute of an event and half a minute after it.
                let (minute, second) = (from, if from % 3 == 0 { 30 } else { 0 });
                let place = match effect {
                    "source_down" => String::new(),
                    _ => format!("where: {{ code: {code} }}, "),
                };
                let sites = "sites:\n  CEN: { type: central, internet_sup: { server: dmz } }\n  \
                             PR1: { parent: CEN, internet_sup: { server: dmz } }\n  B11: { parent: PR1 }\n";
                let run = crate::world_rules::run_with(
                    |head| head.replace("sync: { ", &format!("sync: {{ site_complete: {order}, ")),
                    &day(&format!(
                        "{sites}faults: {{ it: {{ {place}do: {effect}, when: {{ window: {{ \
                         from: today 08:{minute:02}:{second:02}, for: 2min }} }} }} }}"
                    )),
                );
                let told = format!("{order}, {effect} on {code} from 08:{minute:02}:{second:02}");
                assert_eq!(
                    audit(&run.scenario, &run.trace, 1),
                    std::result::Result::Ok(()),
                    "{told}"
                );
                for arrival in &run.outcome.arrivals {
                    assert!(arrival.current.is_some(), "{told}: {arrival:?}");
                    assert!(
                        arrival.internet.is_some() || arrival.site.0 == 2,
                        "{told}: {arrival:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn r5_after_a_request_was_given_up_the_next_success_sends_another() {
    let run = crate::world_rules::run_with(
        |head| head.replace("duration: 2d", "duration: 12d").replace("every: 7d", "every: 4w"),
        "sites:\n  CEN: { type: central }\n  PR1: { parent: CEN }\nfaults: { cut: { where: { code: PR1 }, \
         do: link_down, when: { window: { from: 2026-01-12 08:00, for: 7d12h } } } }\n\
         operations: { by-hand: { at: 2026-01-20 08:00, do: run_synchronization } }",
    );
    let given_up = |fact: &Fact| matches!(fact, Fact::SendingFailed { again_at: None, .. });
    assert_eq!(run.times("CEN", given_up).len(), 1);
    let ninth_day = Duration::from_days(8);
    assert_eq!(run.times("PR1", |fact| *fact == Fact::RequestArrived), [at("8:18") + ninth_day]);
    assert_eq!(run.attempts("PR1").len(), 1);
}

#[test]
fn the_last_instant_belongs_to_the_run_and_the_one_after_it_does_not() {
    let done = |connect: &str| {
        let run = crate::world_rules::run_with(
            |head| {
                head.replace("connect: 1min", &format!("connect: {connect}"))
                    .replace("start: 2026-01-12 08:00", "start: 2026-01-13 23:59")
            },
            "sites: { CEN: { type: central } }",
        );
        let began = |fact: &Fact| matches!(fact, Fact::Announced(Status::SynchronizingWsus { .. }));
        run.times("CEN", began).len()
    };
    assert_eq!(done("60s"), 1);
    assert_eq!(done("60s1us"), 0);
}

#[test]
fn p5_a_child_takes_the_version_of_its_parents_last_success_whatever_the_databases_hold() {
    // Inserting takes half an hour: PR1 is done at 08:27, its database only at 08:48.
    let run = crate::world_rules::run_with(
        |head| head.replace("insert: 4min", "insert: 30min"),
        "sites:\n  CEN: { type: central }\n  PR1: { parent: CEN }\n  B11: { parent: PR1 }\n",
    );
    let versions: Vec<_> = run.outcome.attempts.iter().map(|one| one.version).collect();
    assert_eq!(versions, [Some(2); 3]);
    assert_eq!(run.arrived("PR1", Part::Database), [at("8:48")]);
}

#[test]
fn f_a_cut_while_a_site_connects_does_not_matter_though_its_last_transfer_was_broken_off() {
    let run = run(&day(
        "links: { slow: { bandwidth: 80 Kbit/s } }\nsites:\n  CEN: { type: central }\n  \
         PR1: { parent: CEN, link: slow }\nfaults:\n  a: { where: { code: PR1 }, do: link_down, \
         when: { window: { from: today 08:22, until: today 08:23 } } }\n  \
         b: { where: { code: PR1 }, do: link_down, when: { window: { from: today 09:22:20, \
         until: today 09:22:40 } } }",
    ));
    let failed = (Parent, at("8:19"), Some(at("8:22")), Failed);
    assert_eq!(run.attempts("PR1"), [failed, (Retry, at("9:22"), Some(at("9:33:20")), Ok)]);
}

#[test]
fn p2_what_a_broken_off_transfer_held_of_the_uplink_goes_to_the_others_at_once() {
    for effect in ["link_down", "site_down", "sup_down"] {
        let run = run(&day(&format!(
            "links: {{ up: {{ bandwidth: 80 Kbit/s }} }}\nsites:\n  CEN: {{ type: central, link: up }}\n  \
             PR1: {{ parent: CEN }}\n  PR2: {{ parent: CEN }}\nfaults: {{ cut: {{ where: {{ code: PR2 }}, \
             do: {effect}, when: {{ window: {{ from: today 08:25, until: today 09:00 }} }} }} }}"
        )));
        // CEN's own 2 MB take 200 s, so it is done at 08:21:20. Both transfers begin at 08:23:20
        // at half the rate; from 08:25 on PR1 has all of it for its other 12 Mbit: 150 s.
        let transferred = |fact: &Fact| matches!(fact, Fact::Transferred { .. });
        assert_eq!(run.times("PR1", transferred), [at("8:27:30")], "{effect}");
    }
}

#[test]
fn p4_each_step_costs_with_what_has_changed_and_with_what_the_catalogue_holds() {
    let timing = "timing: { request: 1min, connect: 1min, \
        pull: { base: 1min, per_update: 1s, per_known: 200ms }, settle: 2min, \
        import: { base: 1min, per_update: 2s, per_known: 200ms }, \
        insert: { base: 1min, per_update: 3s, per_known: 200ms }, \
        internet: { base: 1min, per_update: 4s } }\nsync:";
    let run = crate::world_rules::run_with(
        |head| {
            let from = head.find("timing:").expect("a head has timings");
            let to = head.find("sync:").expect("and a schedule behind them");
            format!("{}{}{}", &head[..from], timing, &head[to + "sync:".len()..])
        },
        &day(&format!(
            "{}operations: {{ by-hand: {{ at: today 12:00, do: run_synchronization }} }}",
            LATER.replace("PR1: { parent: CEN }", "PR1: { parent: CEN, sup: none }")
        )),
    );
    let pulled = |fact: &Fact| matches!(fact, Fact::Pulled { .. });
    let imported = |fact: &Fact| matches!(fact, Fact::Imported { .. });
    // 100 updates known before the pull, 105 after it; 5 of them new, and none at noon.
    assert_eq!(run.times("CEN", pulled), [at("8:02:25"), at("12:02:21")]);
    // A delta compares nothing.
    assert_eq!(run.times("CEN", imported), [at("8:05:56"), at("12:05:21")]);
    assert_eq!(run.times("CEN", synced)[0], at("8:07:16"));
    assert_eq!(run.arrived("PR1", Part::Database), [at("8:07:32")]);
}

#[test]
fn p6_an_internet_point_needs_the_active_one_of_its_site() {
    // PR1's wait ends at 08:27; its point has been down since 08:26, which only 6706 notices.
    let run = run(&day(
        "sites:\n  CEN: { type: central }\n  PR1: { parent: CEN, internet_sup: { server: dmz } }\n\
         faults: { cut: { where: { code: PR1 }, do: sup_down, \
         when: { window: { from: today 08:26, until: today 08:30 } } } }",
    ));
    assert_eq!(run.attempts("PR1")[0], (Parent, at("8:19"), Some(at("8:27")), Failed));
    let failure = Failure { phase: Phase::Internet, reason: Reason::UpstreamUnreachable };
    assert_eq!(run.failures("PR1"), [failure]);
    assert_eq!(run.outcome.faults[0].attempts_hit, 1);
}

#[test]
fn p6_the_internet_point_pulls_what_it_lacks_over_its_own_circuit() {
    let run = run(&day(
        "links: { slow: { bandwidth: 80 Kbit/s, latency: 10s } }\nsites: { CEN: { type: central, \
         internet_sup: { server: dmz, link: slow } } }\n\
         operations: { by-hand: { at: today 12:00, do: run_synchronization } }",
    ));
    // From 08:18: 200 s for 2 MB, 10 s on the way, 3 min of work; at noon there is nothing new.
    assert_eq!(run.times("CEN", synced), [at("8:24:30"), at("12:21:10")]);
    let five = |fact: &Fact| matches!(fact, Fact::InternetPointSynced { updates: 5, .. });
    assert_eq!(run.times("CEN", five), [at("8:24:30")]);
}

#[test]
fn f_a_failure_planned_for_one_attempt_leaves_the_plans_of_the_next_alone() {
    // The first hangs until 10:00 but is broken off at 08:30; the second hangs until 11:30.
    let run =
        run(&day("sites: { CEN: { type: central } }\nfaults:\n  hang: { where: { code: CEN }, \
         do: { fail_sync: { after: 2h } }, when: { attempts: [1, 2] } }\n  \
         down: { where: { code: CEN }, do: sup_down, \
         when: { window: { from: today 08:30, until: today 08:31 } } }"));
    let ends: Vec<_> = run.attempts("CEN").iter().map(|one| (one.1, one.2)).collect();
    assert_eq!(ends[0], (at("8:00"), Some(at("8:30"))));
    assert_eq!(ends[1], (at("9:30"), Some(at("11:30"))));
    assert_eq!(ends.len(), 3);
}

#[test]
fn p2_a_pull_cannot_begin_over_a_circuit_that_is_cut() {
    for (code, from, ends) in [("PR1", "08:19:30", "8:20"), ("CEN", "07:00", "8:01")] {
        let run = run(&day(&format!(
            "sites:\n  CEN: {{ type: central }}\n  PR1: {{ parent: CEN }}\nfaults: {{ cut: {{ where: \
             {{ code: {code} }}, do: link_down, when: {{ window: {{ from: today {from}, until: today 08:25 }} }} }} }}"
        )));
        assert_eq!(run.attempts(code)[0].2, Some(at(ends)), "{code}");
        let failure = Failure { phase: Phase::Pull, reason: Reason::UpstreamUnreachable };
        assert_eq!(run.failures(code), [failure]);
        assert_eq!(run.outcome.faults[0].attempts_hit, 1);
    }
}

#[test]
fn u1_without_a_source_there_is_nothing_to_be_cut_off_from() {
    let run = run(&day(
        "source: none\nsites: { CEN: { type: central } }\nfaults: { cut: { where: { code: CEN }, \
         do: link_down, when: { window: { from: today 07:00, until: today 09:00 } } } }",
    ));
    assert_eq!(run.attempts("CEN"), [(Schedule, at("8:00"), Some(at("8:18")), Ok)]);
}

#[test]
fn f_what_a_crash_kept_an_attempt_from_meeting_does_not_wait_for_the_next() {
    let run = run(&day(
        "sites:\n  CEN: { type: central }\n  PR1: { parent: CEN }\nfaults:\n  fails: { where: { code: PR1 }, \
         do: { fail_sync: { after: 1min, phase: settle } }, when: { attempts: [1] } }\n  \
         power: { where: { code: PR1 }, do: site_down, \
         when: { window: { from: today 08:21, until: today 08:22 } } }",
    ));
    let cut_short = (Parent, at("8:19"), Some(at("8:22")), Failed);
    assert_eq!(run.attempts("PR1"), [cut_short, (Retry, at("9:22"), Some(at("9:30")), Ok)]);
}

#[test]
fn f_a_transfer_is_broken_off_at_once_when_what_it_comes_from_goes_down() {
    // CEN's transfer runs from 08:01 to 08:04:20, PR1's from 08:23:20 to 08:26:40.
    for (code, fault, ends) in [
        (
            "CEN",
            "do: source_down, when: { window: { from: today 08:02, until: today 08:03 } }",
            "8:02",
        ),
        (
            "CEN",
            "where: { code: CEN }, do: link_down, when: { window: { from: today 08:04:20, until: today 08:05 } }",
            "8:04:20",
        ),
        (
            "PR1",
            "where: { code: CEN }, do: sup_down, when: { window: { from: today 08:24, until: today 08:25 } }",
            "8:24",
        ),
        (
            "PR1",
            "where: { code: CEN }, do: site_down, when: { window: { from: today 08:24, until: today 08:25 } }",
            "8:24",
        ),
    ] {
        let run = run(&day(&format!(
            "links: {{ slow: {{ bandwidth: 80 Kbit/s }} }}\nsites:\n  CEN: {{ type: central, link: slow }}\n  \
             PR1: {{ parent: CEN, link: slow }}\nfaults: {{ cut: {{ {fault} }} }}"
        )));
        assert_eq!(run.attempts(code)[0].2, Some(at(ends)), "{fault}");
        assert_eq!(run.attempts(code)[0].3, Failed, "{fault}");
        let failure = Failure { phase: Phase::Pull, reason: Reason::UpstreamUnreachable };
        assert_eq!(run.failures(code), [failure], "{fault}");
        assert_eq!(run.outcome.faults[0].attempts_hit, 1, "{fault}");
    }
}

#[test]
fn f_of_the_sites_that_a_fault_can_hit_as_many_are_picked_as_it_says() {
    for (pick, count) in [
        ("all", 5),
        ("one", 1),
        ("{ count: 3 }", 3),
        ("{ percent: 30% }", 2),
        ("{ percent: 29% }", 1),
        ("{ percent: 1% }", 1),
    ] {
        let mut sites = "sites:\n  CEN: { type: central }\n".to_owned();
        for number in 1..=5 {
            sites += &format!("  PR{number}: {{ parent: CEN }}\n");
        }
        let run = run(&day(&format!(
            "{sites}faults: {{ cut: {{ where: {{ type: primary }}, pick: {pick}, do: sup_down, \
             when: {{ window: {{ from: today 07:00, until: today 07:30 }} }} }} }}"
        )));
        let began = |fact: &Fact| matches!(fact, Fact::FaultBegan { .. });
        let hit = (1..=5).filter(|number| run.times(&format!("PR{number}"), began).len() == 1);
        assert_eq!(hit.count(), count, "{pick}");
        assert_eq!(run.outcome.faults.len(), count, "{pick}");
    }
}

#[test]
fn f_a_failure_is_owed_to_the_fault_that_still_holds() {
    let run = run(&day(
        "sites:\n  CEN: { type: central }\nfaults:\n  a: { do: source_down, when: { window: { \
         from: today 06:00, until: today 07:00 } } }\n  b: { do: source_down, when: { window: { \
         from: today 06:30, until: today 08:30 } } }",
    ));
    assert_eq!(run.outcome.attempts[0].fault.map(|fault| fault.0), Some(1));
    let hits: Vec<u32> = run.outcome.faults.iter().map(|one| one.attempts_hit).collect();
    assert_eq!(hits, [0, 1]);
}

#[test]
fn f_children_that_lose_one_parent_lose_it_because_of_the_fault_and_not_of_one_another() {
    for effect in ["sup_down", "site_down"] {
        let run = run(&day(&format!(
            "links: {{ up: {{ bandwidth: 80 Kbit/s }} }}\nsites:\n  CEN: {{ type: central, link: up }}\n  \
             PR1: {{ parent: CEN }}\n  PR2: {{ parent: CEN }}\nfaults: {{ cut: {{ where: {{ code: CEN }}, \
             do: {effect}, when: {{ window: {{ from: today 08:25, until: today 09:00 }} }} }} }}"
        )));
        for code in ["PR1", "PR2"] {
            assert_eq!(run.attempts(code)[0].2, Some(at("8:25")), "{effect}, {code}");
        }
        assert_eq!(audit(&run.scenario, &run.trace, 1), std::result::Result::Ok(()), "{effect}");
    }
}

#[test]
fn f_a_point_that_goes_down_while_it_pulls_itself_fails_its_site_and_its_children_alike() {
    let run = run(&day(
        "links: { slow: { bandwidth: 80 Kbit/s } }\nsites:\n  CEN: { type: central }\n  \
         PR1: { parent: CEN, link: slow }\noperations: { by-hand: { at: today 08:20, \
         do: run_synchronization } }\nfaults: { cut: { where: { code: CEN }, do: sup_down, \
         when: { window: { from: today 08:22, until: today 08:23 } } } }",
    ));
    assert_eq!(run.attempts("CEN")[1], (Manual, at("8:20"), Some(at("8:22")), Failed));
    assert_eq!(run.attempts("PR1")[0].2, Some(at("8:22")));
    assert_eq!(run.outcome.faults[0].attempts_hit, 2);
    assert_eq!(audit(&run.scenario, &run.trace, 1), std::result::Result::Ok(()));
}
