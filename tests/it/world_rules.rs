//! What a world does with what its engines want: sources, requests on the way, sendings that
//! fail, and every fault, each with round figures that can be added up by hand.

use supsim::engine::{Failure, Phase, Reason, Status, Trigger};
use supsim::measure::{Ending, Outcome};
use supsim::scenario::Scenario;
use supsim::trace::{Fact, Part, Trace};
use supsim::units::{Duration, Instant};

use crate::support::{self, times};

/// Two sites and a branch; the central site starts at 08:00 and is done at 08:18 sharp.
const HEAD: &str = "
supsim: 1
kind: scenario
name: rules
start: 2026-01-12 00:00
duration: 2d
catalogue:
  baseline: { updates: 100, metadata: 6 MB }
  releases: { news: { when: { at: 2026-01-12 06:00 }, updates: 5, metadata: 2 MB } }
timing: { request: 1min, connect: 1min, pull: 5min, settle: 2min, import: 10min, insert: 4min,
          internet: 3min }
sync: { schedule: { simple: { every: 7d, start: 2026-01-12 08:00 } } }
";
const SITES: &str = "
sites:
  CEN: { type: central }
  PR1: { parent: CEN }
  B11: { parent: PR1, type: secondary }
";

pub struct Run {
    pub scenario: Scenario,
    pub trace: Trace,
    pub outcome: Outcome,
}

pub fn run(rest: &str) -> Run {
    run_with(str::to_owned, rest)
}

/// A run with the head of the scenario changed.
pub fn run_with(change: impl Fn(&str) -> String, rest: &str) -> Run {
    let scenario = support::scenario(&format!("{}{rest}", change(HEAD)));
    let trace = support::run(&scenario);
    let outcome = Outcome::of(&scenario, &trace);
    Run { scenario, trace, outcome }
}

/// A run of the two sites and the branch with one fault.
pub fn with_fault(fault: &str) -> Run {
    run(&format!("{SITES}faults:\n  the-fault: {fault}\n"))
}

/// An instant of the first day.
pub fn at(time: &str) -> Instant {
    let parts: Vec<u64> = time.split(':').map(|part| part.parse().unwrap()).collect();
    let seconds = parts.get(2).copied().unwrap_or(0);
    Instant::START + Duration::from_secs(parts[0] * 3600 + parts[1] * 60 + seconds)
}

impl Run {
    /// Each synchronisation of a site: what started it, when, when it ended and how.
    pub fn attempts(&self, code: &str) -> Vec<(Trigger, Instant, Option<Instant>, Ending)> {
        let site = support::site(&self.scenario, code);
        let here = self.outcome.attempts.iter().filter(|attempt| attempt.site == site);
        here.map(|one| (one.trigger, one.start, one.end, one.ending)).collect()
    }

    pub fn failures(&self, code: &str) -> Vec<Failure> {
        let site = support::site(&self.scenario, code);
        let here = self.outcome.attempts.iter().filter(|attempt| attempt.site == site);
        here.filter_map(|one| one.failure).collect()
    }

    pub fn times(&self, code: &str, what: impl Fn(&Fact) -> bool) -> Vec<Instant> {
        times(&self.trace, support::site(&self.scenario, code), what)
    }

    pub fn arrived(&self, code: &str, wanted: Part) -> Vec<Instant> {
        self.times(code, |fact| matches!(fact, Fact::Arrived { part, .. } if *part == wanted))
    }
}

use Ending::{Failed, Ok};
use Trigger::{Installed, Parent, Retry, Schedule};

#[test]
fn without_faults_the_figures_add_up() {
    let run = run(SITES);
    assert_eq!(run.attempts("CEN"), [(Schedule, at("8:00"), Some(at("8:18")), Ok)]);
    assert_eq!(run.attempts("PR1"), [(Parent, at("8:19"), Some(at("8:27")), Ok)]);
    assert_eq!(run.attempts("B11"), [(Parent, at("8:28"), Some(at("8:36")), Ok)]);
    assert_eq!(run.arrived("B11", Part::Database), [at("8:26")]);
    assert_eq!(run.arrived("B11", Part::Wsus), [at("8:34")]);
}

#[test]
fn u1_without_a_source_nothing_comes_from_above() {
    let run = run(&format!("source: none\n{SITES}"));
    assert_eq!(run.attempts("CEN").len(), 1);
    assert_eq!(run.arrived("CEN", Part::Wsus), []);
    assert_eq!(run.arrived("PR1", Part::Wsus), []);
}

#[test]
fn u1_a_wsus_outside_is_reached_over_its_own_link() {
    let run = run(&format!(
        "source: {{ wsus: {{ link: slow }} }}\nlinks: {{ slow: {{ bandwidth: 80 Kbit/s }} }}\n{SITES}"
    ));
    // 2 MB at 80 Kbit/s take 200 s.
    assert_eq!(run.arrived("CEN", Part::Wsus), [at("8:09:20")]);
}

#[test]
fn t5_an_empty_hierarchy_begins_by_itself_and_full() {
    let run = run(&format!("initial: empty\n{SITES}"));
    let first = run.attempts("CEN")[0];
    assert_eq!((first.0, first.1), (Installed, at("0:00")));
    // The baseline came with it, and went on to the branch's database and WSUS.
    let pulled = |fact: &Fact| matches!(fact, Fact::Pulled { updates: 100, .. });
    assert_eq!(run.times("B11", pulled).len(), 1);
    let inserted = |fact: &Fact| matches!(fact, Fact::PackageInserted { version: 1 });
    assert_eq!(run.times("B11", inserted).len(), 1);
}

#[test]
fn p1_a_closed_gate_fails_at_the_instant_of_the_start() {
    let run = with_fault(
        "{ where: { code: PR1 }, do: wsus_not_configured, \
         when: { window: { from: 2026-01-12 08:00, until: 2026-01-12 09:00 } } }",
    );
    let failed = (Parent, at("8:19"), Some(at("8:19")), Failed);
    assert_eq!(run.attempts("PR1"), [failed, (Retry, at("9:19"), Some(at("9:27")), Ok)]);
    let failure = Failure { phase: Phase::Gate, reason: Reason::NotConfigured };
    assert_eq!(run.failures("PR1"), [failure]);
    // R1: the database does not wait for WSUS.
    assert_eq!(run.arrived("PR1", Part::Database), [at("8:22")]);
    assert_eq!(run.times("PR1", |fact| matches!(fact, Fact::Transferred { .. })), [at("9:20")]);
}

#[test]
fn r3_a_cut_circuit_delays_the_request_and_r5_it_is_sent_again() {
    let run = with_fault(
        "{ where: { code: PR1 }, do: link_down, \
         when: { window: { from: 2026-01-12 08:10, for: 30min } } }",
    );
    // Sent at 08:18, 08:19, 08:20, handed back, and again 55 minutes later, at 09:15.
    let failed = |fact: &Fact| matches!(fact, Fact::SendingFailed { .. });
    let sendings = run.times("CEN", failed);
    assert_eq!(sendings.len(), 6, "three tries of the request, three of the package");
    assert_eq!(run.times("PR1", |fact| *fact == Fact::RequestArrived), [at("9:15")]);
    assert_eq!(run.attempts("PR1"), [(Parent, at("9:16"), Some(at("9:24")), Ok)]);
    assert_eq!(run.arrived("PR1", Part::Database), [at("9:19")]);
}

#[test]
fn r5_a_request_is_given_up_after_seven_days_but_a_package_is_not() {
    let long = HEAD.replace("duration: 2d", "duration: 12d");
    let text = format!(
        "{long}{SITES}faults:\n  cut: {{ where: {{ code: PR1 }}, do: link_down, \
         when: {{ window: {{ from: 2026-01-12 08:00, for: 7d12h }} }} }}\n"
    )
    .replace("every: 7d", "every: 4w");
    let scenario = support::scenario(&text);
    let trace = support::run(&scenario);
    let cen = support::site(&scenario, "CEN");
    let given_up = |fact: &Fact| matches!(fact, Fact::SendingFailed { again_at: None, .. });
    assert_eq!(times(&trace, cen, given_up).len(), 1);
    let pr1 = support::site(&scenario, "PR1");
    assert!(times(&trace, pr1, |fact| *fact == Fact::RequestArrived).is_empty());
    let inserted = |fact: &Fact| matches!(fact, Fact::PackageInserted { .. });
    assert_eq!(times(&trace, pr1, inserted).len(), 1);
}

#[test]
fn r6_a_request_that_joins_an_older_one_gives_it_another_seven_days() {
    let long = HEAD.replace("duration: 2d", "duration: 12d").replace("every: 7d", "every: 4d");
    let text = format!(
        "{long}{SITES}faults:\n  cut: {{ where: {{ code: PR1 }}, do: link_down, \
         when: {{ window: {{ from: 2026-01-12 08:00, for: 9d }} }} }}\n"
    );
    let scenario = support::scenario(&text);
    let trace = support::run(&scenario);
    let cen = support::site(&scenario, "CEN");
    let given_up = |fact: &Fact| matches!(fact, Fact::SendingFailed { again_at: None, .. });
    assert!(times(&trace, cen, given_up).is_empty(), "asked on days 0, 4 and 8: none is too old");
    let pr1 = support::site(&scenario, "PR1");
    assert_eq!(times(&trace, pr1, |fact| *fact == Fact::RequestArrived).len(), 1);
}

#[test]
fn f_a_circuit_cut_in_the_middle_of_a_transfer_fails_the_pull_at_once() {
    let run = run(&format!(
        "links: {{ slow: {{ bandwidth: 80 Kbit/s }} }}\n{}faults:\n  cut: {{ where: {{ code: PR1 }}, \
         do: link_down, when: {{ window: {{ from: 2026-01-12 08:24:30, for: 10min }} }} }}\n",
        SITES.replace("{ parent: CEN }", "{ parent: CEN, link: slow }")
    ));
    // 6704 at 08:20, 200 s of transfer until 08:23:20: the cut at 08:24:30 comes too late.
    assert_eq!(run.attempts("PR1"), [(Parent, at("8:19"), Some(at("8:30:20")), Ok)]);

    let run = self::run(&format!(
        "links: {{ slow: {{ bandwidth: 80 Kbit/s }} }}\n{}faults:\n  cut: {{ where: {{ code: PR1 }}, \
         do: link_down, when: {{ window: {{ from: 2026-01-12 08:22, for: 10min }} }} }}\n",
        SITES.replace("{ parent: CEN }", "{ parent: CEN, link: slow }")
    ));
    let failed = (Parent, at("8:19"), Some(at("8:22")), Failed);
    assert_eq!(run.attempts("PR1"), [failed, (Retry, at("9:22"), Some(at("9:33:20")), Ok)]);
    let failure = Failure { phase: Phase::Pull, reason: Reason::UpstreamUnreachable };
    assert_eq!(run.failures("PR1"), [failure]);
    assert_eq!(run.outcome.faults[0].attempts_hit, 1);
}

#[test]
fn f_a_down_update_point_fails_its_site_and_its_children() {
    let run = with_fault(
        "{ where: { code: PR1 }, do: sup_down, \
         when: { window: { from: 2026-01-12 08:30, for: 30min } } }",
    );
    // B11's transfer (of no time) was through at 08:29; its WSUS finishes by itself.
    assert_eq!(run.attempts("B11"), [(Parent, at("8:28"), Some(at("8:36")), Ok)]);

    let run = with_fault(
        "{ where: { code: PR1 }, do: sup_down, \
         when: { window: { from: 2026-01-12 08:28, for: 30min } } }",
    );
    let failed = (Parent, at("8:28"), Some(at("8:29")), Failed);
    assert_eq!(run.attempts("B11"), [failed, (Retry, at("9:29"), Some(at("9:37")), Ok)]);
    assert_eq!(run.outcome.faults[0].attempts_hit, 1, "the hit counts where the fault is");

    let run = with_fault(
        "{ where: { code: PR1 }, do: sup_down, \
         when: { window: { from: 2026-01-12 08:22, for: 30min } } }",
    );
    let failed = (Parent, at("8:19"), Some(at("8:22")), Failed);
    assert_eq!(run.attempts("PR1")[0], failed, "its own pull is broken off");
}

#[test]
fn f_the_source_is_down_and_the_top_level_site_tries_every_hour() {
    let run = with_fault(
        "{ do: source_down, when: { window: { from: 2026-01-12 07:00, until: 2026-01-12 10:30 } } }",
    );
    let tries = run.attempts("CEN");
    let starts: Vec<Instant> = tries.iter().map(|one| one.1).collect();
    assert_eq!(starts, [at("8:00"), at("9:01"), at("10:02"), at("11:03")]);
    assert_eq!(tries[3].3, Ok);
    assert_eq!(run.attempts("PR1").len(), 1, "P8: below, nobody heard of the failures");
}

#[test]
fn f_a_down_internet_point_fails_the_site_that_has_it() {
    let sites =
        SITES.replace("{ type: central }", "{ type: central, internet_sup: { server: dmz } }");
    let run = run(&format!(
        "{sites}faults:\n  dmz: {{ where: {{ code: CEN }}, do: internet_sup_down, \
         when: {{ window: {{ from: 2026-01-12 08:19, for: 30min }} }} }}\n"
    ));
    // 6706 at 08:18, cut off at 08:19, again at 09:19 with everything before it.
    let failed = (Schedule, at("8:00"), Some(at("8:19")), Failed);
    assert_eq!(run.attempts("CEN"), [failed, (Retry, at("9:19"), Some(at("9:40")), Ok)]);
    assert_eq!(run.arrived("PR1", Part::Database), [at("8:22")], "R1 does not wait for P6");
    assert_eq!(run.attempts("PR1")[0].1, at("9:41"));
}

#[test]
fn f_a_sync_made_to_fail_hangs_until_then() {
    let run = with_fault(
        "{ where: { code: PR1 }, do: { fail_sync: { after: 30s, phase: settle, code: \"0x80\" } }, \
         when: { attempts: [1] } }",
    );
    // Half a minute after the start it has not even connected: it fails when the wait begins.
    let failed = (Parent, at("8:19"), Some(at("8:25")), Failed);
    assert_eq!(run.attempts("PR1")[0], failed);
    // P8: what was committed stays; the retry pulls nothing more.
    assert_eq!(run.arrived("PR1", Part::Wsus), [at("8:25")]);
    let pulled = |fact: &Fact| matches!(fact, Fact::Pulled { updates: 0, .. });
    assert_eq!(run.times("PR1", pulled).len(), 1);
}

#[test]
fn f_a_window_of_failing_syncs_hits_those_that_start_in_it() {
    let run = with_fault(
        "{ where: { code: PR1 }, do: { fail_sync: { after: 3min } }, \
         when: { window: { from: 2026-01-12 08:00, until: 2026-01-12 10:00 } } }",
    );
    let starts: Vec<Instant> = run.attempts("PR1").iter().map(|one| one.1).collect();
    assert_eq!(starts, [at("8:19"), at("9:22"), at("10:25")]);
}

#[test]
fn t7_a_site_that_is_down_acts_on_its_schedule_at_the_restart() {
    let run = with_fault(
        "{ where: { code: CEN }, do: site_down, \
         when: { window: { from: 2026-01-12 07:00, until: 2026-01-12 08:30 } } }",
    );
    assert_eq!(run.attempts("CEN"), [(Schedule, at("8:30"), Some(at("8:48")), Ok)]);
}

#[test]
fn t7_a_site_that_goes_down_in_the_middle_fails_at_the_restart_and_retries_after_that() {
    let run = with_fault(
        "{ where: { code: CEN }, do: site_down, \
         when: { window: { from: 2026-01-12 08:07, until: 2026-01-12 08:50 } } }",
    );
    let cut_short = (Schedule, at("8:00"), Some(at("8:50")), Failed);
    assert_eq!(run.attempts("CEN"), [cut_short, (Retry, at("9:50"), Some(at("10:08")), Ok)]);
    let failure = Failure { phase: Phase::Restart, reason: Reason::Restarted };
    assert_eq!(run.failures("CEN"), [failure]);
    // What WSUS had committed at 08:06 survived.
    assert_eq!(run.arrived("CEN", Part::Wsus), [at("8:06")]);
}

#[test]
fn t7_an_insertion_cut_short_begins_again_at_the_restart() {
    let run = with_fault(
        "{ where: { code: PR1 }, do: site_down, \
         when: { window: { from: 2026-01-12 08:20, until: 2026-01-12 08:21 } } }",
    );
    // It began at 08:18 and would have ended at 08:22; it begins again at 08:21.
    assert_eq!(run.arrived("PR1", Part::Database), [at("8:25")]);
    assert_eq!(run.arrived("B11", Part::Database), [at("8:29")]);
}

#[test]
fn t4_jitter_makes_a_retry_later_and_never_earlier() {
    let text = format!("{HEAD}{SITES}").replace(
        "sync: { schedule",
        "faults: { bad: { where: { code: PR1 }, do: { fail_sync: { after: 3min } }, \
         when: { attempts: [1, 2, 3, 4, 5] } } }\nsync: { retry: { every: 60min, jitter: 20min }, schedule",
    );
    let scenario = support::scenario(&text);
    let trace = support::run(&scenario);
    let pr1 = support::site(&scenario, "PR1");
    let failed = |fact: &Fact| matches!(fact, Fact::Announced(Status::Failed { .. }));
    let retried = |fact: &Fact| {
        matches!(fact, Fact::Announced(Status::Started { trigger: Trigger::Retry, .. }))
    };
    let waits: Vec<Duration> = times(&trace, pr1, failed)
        .into_iter()
        .zip(times(&trace, pr1, retried))
        .map(|(failed, retried)| retried - failed)
        .collect();
    assert_eq!(waits.len(), 5);
    let (least, most) = (Duration::from_mins(60), Duration::from_mins(80));
    assert!(waits.iter().all(|wait| (least..=most).contains(wait)), "{waits:?}");
    assert!(waits.windows(2).any(|pair| pair[0] != pair[1]), "nothing is drawn: {waits:?}");
}

#[test]
fn one_transfer_alone_is_as_with_an_unshared_circuit() {
    let alone = |up: &str| {
        let run = run(&format!(
            "links: {{ up: {up}, own: {{ bandwidth: 1 Mbit/s, latency: 40ms }} }}\nsites:\n  \
             CEN: {{ type: central, link: up }}\n  PR1: {{ parent: CEN, link: own }}\n"
        ));
        run.arrived("PR1", Part::Wsus)[0]
    };
    // The central site's own pull takes no time on either circuit: they differ in nothing else.
    let wide = alone("{ bandwidth: 100 Gbit/s }");
    let unlimited = alone("{ latency: 160us }");
    assert_eq!(wide, unlimited);
}

/// F: a schedule falls due when the site's own clock says so; what is measured is the right time.
#[test]
fn f_a_site_goes_by_its_own_clock_for_its_schedule_and_its_log() {
    let starts = |offset: &str| {
        let text = format!(
            "supsim: 1\nkind: scenario\nname: given\nstart: 2026-01-12 00:00\nduration: 1d\n\
             sites: {{ CEN: {{ clock_offset: {offset} }}, PR1: {{ parent: CEN }} }}\n\
             sync: {{ schedule: {{ simple: {{ every: 12h, start: 2026-01-12 00:02 }} }} }}\n"
        );
        let scenario = support::scenario(&text);
        let trace = support::run(&scenario);
        let is_start = |fact: &Fact| matches!(fact, Fact::Announced(Status::Started { .. }));
        let times = support::times(&trace, support::site(&scenario, "CEN"), is_start);
        let outcome = supsim::measure::Outcome::of(&scenario, &trace);
        let run = supsim::report::Run {
            scenario: &scenario,
            trace: &trace,
            outcome: &outcome,
            replication: 0,
        };
        let mut log = Vec::new();
        supsim::report::Logs::new(run)
            .write(support::site(&scenario, "CEN"), &mut log)
            .expect("writing to memory");
        let minutes: Vec<u64> = times.iter().map(|at| at.micros() / 60_000_000).collect();
        (minutes, String::from_utf8(log).expect("UTF-8"))
    };
    let (right, log) = starts("0s");
    assert_eq!(right, [2, 12 * 60 + 2]);
    assert!(log.contains("time=\"12:02:00.000+0\""), "{log}");
    // Ahead by five minutes: the first time had come before the run began.
    let (ahead, log) = starts("5min");
    assert_eq!(ahead, [11 * 60 + 57]);
    assert!(log.contains("time=\"12:02:00.000+0\"") && log.contains("12:02:00.000 2026"), "{log}");
    let (behind, log) = starts("-5min");
    assert_eq!(behind, [7, 12 * 60 + 7]);
    assert!(log.contains("time=\"00:02:00.000+0\""), "{log}");
}
