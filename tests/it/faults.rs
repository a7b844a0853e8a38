//! Faults in time and of a site's own work: worked out by hand, against theory, and against
//! worlds that lack one of them.

use supsim::engine::{Failure, Phase, Reason, Status, Trigger};
use supsim::measure::Ending;
use supsim::scenario::Scenario;
use supsim::trace::{Fact, Part, Trace};
use supsim::units::{Duration, Instant, SiteId};

use crate::support;
use crate::world_rules::{Run, at, run, with_fault};

const SITES: &str = "
sites:
  CEN: { type: central }
  PR1: { parent: CEN }
  B11: { parent: PR1, type: secondary }
";

fn with_faults(faults: &[&str]) -> Run {
    let faults: String =
        faults.iter().enumerate().map(|(number, one)| format!("  f{number}: {one}\n")).collect();
    run(&format!("{SITES}faults:\n{faults}"))
}

/// When the first synchronisation of PR1 is done.
fn pr1_done(run: &Run) -> Option<Instant> {
    run.attempts("PR1")[0].2
}

fn held(run: &Run) -> Vec<(Instant, Option<Instant>)> {
    run.outcome.faults.iter().map(|one| (one.from, one.until)).collect()
}

#[test]
fn f_work_that_begins_while_it_is_slow_takes_its_factor_times_as_long() {
    // PR1 connects at 08:19, pulls from 08:20 to 08:25, waits until 08:27.
    let slow = |phase: &str, factor: &str, window: &str| {
        format!(
            "{{ where: {{ code: PR1 }}, do: {{ slow: {{ phase: {phase}, factor: {factor} }} }}, \
             when: {{ window: {{ {window} }} }} }}"
        )
    };
    let one = |phase, factor, window| pr1_done(&with_faults(&[&slow(phase, factor, window)]));
    assert_eq!(one("pull", "3", ""), Some(at("8:37")));
    assert_eq!(one("connect", "2.5", ""), Some(at("8:28:30")));
    assert_eq!(one("settle", "2", ""), Some(at("8:29")));
    // It counts when the work begins, not when it ends.
    let begins = "from: 2026-01-12 08:20, for: 1min";
    assert_eq!(one("pull", "3", begins), Some(at("8:37")));
    let later = "from: 2026-01-12 08:21, for: 1h";
    assert_eq!(one("pull", "3", later), Some(at("8:27")));
    // Two at once: their factors multiply.
    let both = [slow("pull", "3", ""), slow("pull", "2", begins)];
    assert_eq!(pr1_done(&with_faults(&[&both[0], &both[1]])), Some(at("8:52")));
    // The hits are counted, but they are no failure.
    let run = with_faults(&[&both[0]]);
    assert_eq!(run.outcome.faults[0].attempts_hit, 1);
    assert!(run.outcome.attempts.iter().all(|attempt| attempt.fault.is_none()));
}

#[test]
fn f_a_single_attempt_can_be_slow() {
    let run = with_fault(
        "{ where: { code: CEN }, do: { slow: { phase: import, factor: 2 } }, when: { attempts: [1] } }",
    );
    assert_eq!(
        run.attempts("CEN"),
        [(Trigger::Schedule, at("8:00"), Some(at("8:28")), Ending::Ok)]
    );
    assert_eq!(held(&run), [(at("8:00"), Some(at("8:08")))]);
}

#[test]
fn f_requests_and_insertions_can_be_slow() {
    let run = with_fault(
        "{ where: { code: PR1 }, do: { slow: { phase: request, factor: 5 } }, when: { window: {} } }",
    );
    assert_eq!(run.attempts("PR1")[0].1, at("8:23"));
    let run = with_fault(
        "{ where: { code: PR1 }, do: { slow: { phase: insert, factor: 3 } }, when: { attempts: [1] } }",
    );
    assert_eq!(run.arrived("PR1", Part::Database), [at("8:30")]);
    assert_eq!(run.arrived("B11", Part::Database), [at("8:34")]);
    assert_eq!(pr1_done(&run), Some(at("8:27")), "R1: WSUS goes its own way");
}

#[test]
fn f_p8_phase_2_that_cannot_be_committed_fails_at_its_end_and_applies_nothing() {
    let run = with_fault(
        "{ where: { code: CEN }, do: database_fails, when: { window: { until: 2026-01-12 08:30 } } }",
    );
    assert_eq!(
        run.attempts("CEN"),
        [
            (Trigger::Schedule, at("8:00"), Some(at("8:18")), Ending::Failed),
            (Trigger::Retry, at("9:18"), Some(at("9:36")), Ending::Ok),
        ]
    );
    let failure = Failure { phase: Phase::Import, reason: Reason::DatabaseFailed };
    assert_eq!(run.failures("CEN"), [failure]);
    assert_eq!(run.arrived("CEN", Part::Wsus), [at("8:06")], "what was committed stays (P8)");
    assert_eq!(run.arrived("CEN", Part::Database), [at("9:36")]);
    assert_eq!(run.arrived("PR1", Part::Database), [at("9:40")]);
    assert_eq!(run.outcome.faults[0].attempts_hit, 1);
    // A deadlock that is over before the commit is none.
    let run = with_fault(
        "{ where: { code: CEN }, do: database_fails, when: { window: { until: 2026-01-12 08:17 } } }",
    );
    assert_eq!(run.arrived("CEN", Part::Database), [at("8:18")]);
}

#[test]
fn f_r7_an_insertion_that_is_rolled_back_is_begun_again_and_nothing_is_lost() {
    let fails = |when: &str| {
        with_fault(&format!("{{ where: {{ code: PR1 }}, do: database_fails, when: {when} }}"))
    };
    // 08:18 to 08:22 rolled back; again from 08:32.
    let run = fails("{ window: { until: 2026-01-12 08:25 } }");
    assert_eq!(run.arrived("PR1", Part::Database), [at("8:36")]);
    assert_eq!(run.arrived("B11", Part::Database), [at("8:40")]);
    let failed = |fact: &Fact| matches!(fact, Fact::InsertionFailed { version: 2, .. });
    assert_eq!(run.times("PR1", failed), [at("8:22")]);
    // The synchronisation of its WSUS is not concerned.
    assert_eq!(pr1_done(&run), Some(at("8:27")));
    // Begun again is another attempt.
    let run = fails("{ attempts: [1, 2] }");
    assert_eq!(run.times("PR1", failed), [at("8:22"), at("8:36")]);
    assert_eq!(run.arrived("PR1", Part::Database), [at("8:50")]);
    let run = fails("{ attempts: [2] }");
    assert_eq!(run.arrived("PR1", Part::Database), [at("8:22")]);
}

#[test]
fn t7_a_crash_while_an_insertion_waits_begins_it_anew_at_the_restart() {
    let run = with_faults(&[
        "{ where: { code: PR1 }, do: database_fails, when: { attempts: [1] } }",
        "{ where: { code: PR1 }, do: site_down, when: { window: { from: 2026-01-12 08:25, for: 4min } } }",
    ]);
    assert_eq!(run.arrived("PR1", Part::Database), [at("8:33")]);
    let inserted = |fact: &Fact| matches!(fact, Fact::PackageInserted { .. });
    assert_eq!(run.times("PR1", inserted).len(), 1, "applied once (R7)");
}

#[test]
fn p11_missing_licence_terms_end_with_6708_and_count_as_success() {
    let run =
        with_fault("{ where: { code: CEN }, do: licence_terms_missing, when: { attempts: [1] } }");
    let pending = |fact: &Fact| {
        matches!(fact, Fact::Announced(Status::DoneLicenceTermsPending { attempt: 1, .. }))
    };
    assert_eq!(run.times("CEN", pending), [at("8:18")]);
    assert_eq!(run.attempts("PR1")[0].1, at("8:19"), "requests leave as after 6702 (P7)");
    assert_eq!(run.outcome.faults[0].attempts_hit, 1);
    // In a window it is the end of the pull that counts: 08:06.
    for (until, expected) in [("08:06", 0), ("08:07", 1)] {
        let run = with_fault(&format!(
            "{{ where: {{ code: CEN }}, do: licence_terms_missing, when: {{ window: {{ until: \
             2026-01-12 {until} }} }} }}"
        ));
        assert_eq!(run.times("CEN", pending).len(), expected, "{until}");
    }
}

#[test]
fn f_a_schedule_holds_in_each_of_its_windows() {
    let run = with_fault(
        "{ where: { code: PR1 }, do: sup_down, when: { schedule: { weekly: { on: [Mon, Tue], \
         at: \"08:15\" }, for: 10min } } }",
    );
    assert_eq!(held(&run), [(at("8:15"), Some(at("8:25"))), (at("32:15"), Some(at("32:25")))]);
    // PR1 starts at 08:19 and finds no server at 08:20; 09:20 is outside the window.
    assert_eq!(
        run.attempts("PR1"),
        [
            (Trigger::Parent, at("8:19"), Some(at("8:20")), Ending::Failed),
            (Trigger::Retry, at("9:20"), Some(at("9:28")), Ending::Ok),
        ]
    );
}

#[test]
fn f_a_renewal_breaks_and_is_mended_again_and_again() {
    let run = with_fault(
        "{ where: { code: PR1 }, do: site_down, when: { renewal: { mtbf: 8h20min, mttr: 10min } } }",
    );
    let expected: Vec<(Instant, Option<Instant>)> = [
        ("8:20", "8:30"),
        ("16:50", "17:00"),
        ("25:20", "25:30"),
        ("33:50", "34:00"),
        ("42:20", "42:30"),
    ]
    .iter()
    .map(|(from, until)| (at(from), Some(at(until))))
    .collect();
    assert_eq!(held(&run), expected);
    // T7: cut short at 08:20, 6703 at the restart, a retry an hour later; the insertion anew.
    assert_eq!(
        run.attempts("PR1"),
        [
            (Trigger::Parent, at("8:19"), Some(at("8:30")), Ending::Failed),
            (Trigger::Retry, at("9:30"), Some(at("9:38")), Ending::Ok),
        ]
    );
    assert_eq!(run.arrived("PR1", Part::Database), [at("8:34")]);
}

#[test]
fn f_a_site_that_two_faults_hold_down_comes_up_when_the_last_lets_go() {
    let run = with_faults(&[
        "{ where: { code: PR1 }, do: site_down, when: { renewal: { mtbf: 9h, mttr: 100d } } }",
        "{ where: { code: PR1 }, do: site_down, when: { window: { from: 2026-01-12 08:50, for: 1h } } }",
        "{ where: { code: B11 }, do: site_down, when: { schedule: { weekly: { on: [Mon], at: \"08:50\" }, for: 1h } } }",
        "{ where: { code: B11 }, do: site_down, when: { window: { from: 2026-01-12 09:00, for: 2h } } }",
    ]);
    let (down, up) = (|fact: &Fact| *fact == Fact::WentDown, |fact: &Fact| *fact == Fact::CameUp);
    assert_eq!((run.times("PR1", down), run.times("PR1", up)), (vec![at("8:50")], vec![]));
    assert_eq!(
        (run.times("B11", down), run.times("B11", up)),
        (vec![at("8:50")], vec![at("11:00")])
    );
}

/// One site above many branches, and what is said of them.
fn many(branches: u32, days: u32, schedule: &str, rest: &str) -> Scenario {
    support::scenario(&format!(
        "supsim: 1\nkind: scenario\nname: many\nstart: 2026-01-12 00:00\nduration: {days}d\n\
         catalogue: {{ baseline: {{ updates: 10, metadata: 1 MB }} }}\n\
         timing: {{ request: 1s, connect: 1s, pull: 1min, settle: 1s, import: 1s, insert: 1s }}\n\
         sync: {{ schedule: {schedule}, retry: {{ every: 10min }} }}\n\
         templates: {{ branch: {{ type: secondary }} }}\nsites: {{ CEN: {{}} }}\n\
         generate: {{ b: {{ template: branch, under: {{ code: CEN }}, total: {branches}, code: \
         \"B{{n36:02}}\" }} }}\n{rest}"
    ))
}

/// The mean of a sample lies within 3.9 standard errors of what theory says: of ten thousand such
/// tests one fails by chance, and the seed is fixed.
fn assert_mean(what: &str, sample: &[f64], theory: f64) {
    let count = sample.len() as f64;
    let mean = sample.iter().sum::<f64>() / count;
    let variance = sample.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let error = (variance / count).sqrt();
    println!("{what}: {mean:.5} +- {error:.5}, theory {theory:.5}, {count} values");
    assert!(error > 0.0 && error < 0.05 * theory, "{what}: too few values to tell");
    assert!((mean - theory).abs() < 3.9 * error, "{what}: {mean} is not {theory} (+- {error})");
}

#[test]
fn f_theory_exponential_outages_leave_a_site_available_for_mtbf_of_mtbf_and_mttr() {
    let scenario = many(
        300,
        200,
        "never",
        "faults: { f: { where: { type: secondary }, do: site_down, when: { renewal: { mtbf: \
         { exponential: { mean: 63h } }, mttr: { exponential: { mean: 7h } } } } } }\n",
    );
    let trace = support::run(&scenario);
    let end = Instant::START + scenario.duration;
    let mut down_since = vec![None; scenario.sites.len()];
    let mut down = vec![0.0; scenario.sites.len()];
    let (mut ups, mut downs) = (Vec::new(), Vec::new());
    let mut up_since = vec![Instant::START; scenario.sites.len()];
    for record in &trace.records {
        let site = record.site.index();
        match record.fact {
            Fact::WentDown => {
                down_since[site] = Some(record.at);
                ups.push((record.at - up_since[site]).as_hours_f64());
            }
            Fact::CameUp => {
                let span = (record.at - down_since[site].take().unwrap()).as_hours_f64();
                (down[site], up_since[site]) = (down[site] + span, record.at);
                downs.push(span);
            }
            _ => {}
        }
    }
    let whole = scenario.duration.as_hours_f64();
    let available: Vec<f64> = (1..scenario.sites.len())
        .map(|site| {
            let open = down_since[site].map_or(0.0, |since| (end - since).as_hours_f64());
            1.0 - (down[site] + open) / whole
        })
        .collect();
    assert_mean("availability", &available, 0.9);
    assert!(ups.len() > 15_000, "{}", ups.len());
    // What is still under way at the end is left out, and is longer than most: a little bias.
    let longer = |values: &[f64], hours: f64| {
        values.iter().map(|value| f64::from(*value > hours)).collect::<Vec<f64>>()
    };
    assert_mean("repairs longer than their mean", &longer(&downs, 7.0), (-1.0_f64).exp());
    let firsts = first_outages(&trace, scenario.sites.len());
    assert_mean("the first outage", &firsts, 63.0);
}

/// When each site broke first, in hours; with 200 days to do so, all of them have.
fn first_outages(trace: &Trace, sites: usize) -> Vec<f64> {
    let mut first = vec![None; sites];
    for record in &trace.records {
        if record.fact == Fact::WentDown {
            first[record.site.index()].get_or_insert((record.at - Instant::START).as_hours_f64());
        }
    }
    first.into_iter().flatten().collect()
}

#[test]
fn f_theory_tries_under_a_probability_per_attempt_are_geometric() {
    let p = 0.4;
    let scenario = many(
        250,
        30,
        "{ simple: { every: 1d } }",
        "faults: { f: { where: { type: secondary }, do: { fail_sync: { after: 30s } }, when: \
         { per_attempt: 40% } } }\n",
    );
    let outcome = supsim::measure::Outcome::of(&scenario, &support::run(&scenario));
    let mut tries = Vec::new();
    let mut so_far = 0;
    for attempt in outcome.attempts.iter().filter(|attempt| attempt.site != SiteId(0)) {
        so_far = if attempt.trigger == Trigger::Parent { 1 } else { so_far + 1 };
        if attempt.ending == Ending::Ok {
            tries.push(so_far);
        }
    }
    assert!(tries.len() > 7_000, "{}", tries.len());
    let all: Vec<f64> = tries.iter().map(|&tries| f64::from(tries)).collect();
    assert_mean("tries", &all, 1.0 / (1.0 - p));
    for number in 1..=3 {
        let share: Vec<f64> =
            tries.iter().map(|&tries| f64::from(u8::from(tries == number))).collect();
        let theory = (1.0 - p) * f64::powi(p, number - 1);
        assert_mean(&format!("done at try {number}"), &share, theory);
    }
}

#[test]
fn f_theory_insertions_that_are_rolled_back_are_geometric_too() {
    let scenario = many(
        200,
        20,
        "{ simple: { every: 1d, start: 2026-01-12 00:10 } }",
        "faults: { f: { where: { type: secondary }, do: database_fails, when: { per_attempt: 30% } } }\n",
    );
    // One release a day, so one version a day.
    let text = scenario.to_yaml().replace(
        "baseline:\n    updates: 10\n    metadata: 1 MB\n",
        "baseline:\n    updates: 10\n    metadata: 1 MB\n  releases: { n: { when: { every: 1d }, \
         updates: 1, metadata: 1 KB } }\n",
    );
    let trace = support::run(&support::scenario(&text));
    let mut failed = vec![0_u32; scenario.sites.len()];
    let mut tries = Vec::new();
    for record in &trace.records {
        match record.fact {
            Fact::InsertionFailed { .. } => failed[record.site.index()] += 1,
            Fact::PackageInserted { .. } => {
                tries.push(f64::from(std::mem::take(&mut failed[record.site.index()]) + 1));
            }
            _ => {}
        }
    }
    assert!(tries.len() > 3_000, "{}", tries.len());
    assert_mean("insertions", &tries, 1.0 / 0.7);
}

/// When each fault held each site, in order.
fn all_held(run: &Run, except: &str) -> Vec<(String, SiteId, Instant, Option<Instant>)> {
    let named = |fault: supsim::units::FaultId| run.scenario.faults[fault.index()].name.clone();
    let mut held: Vec<_> = run
        .outcome
        .faults
        .iter()
        .map(|one| (named(one.fault), one.site, one.from, one.until))
        .filter(|one| one.0 != except)
        .collect();
    held.sort();
    held
}

const CHANCE: &str = "  outages: { do: site_down, when: { renewal: { mtbf: { exponential: { mean: 6h } }, mttr: { exponential: { mean: 20min } } } } }
  cut: { do: link_down, when: { renewal: { mtbf: { exponential: { mean: 9h } }, mttr: 30min } } }
";

#[test]
fn f_metamorphic_a_fault_more_or_less_leaves_the_draws_of_the_others_alone() {
    let without = run(&format!("{SITES}faults:\n{CHANCE}"));
    // In front of the others and behind them, by renewal, by attempt and by pick.
    for more in [
        "a-first: { do: { slow: { phase: pull, factor: 1 } }, when: { renewal: { mtbf: 2h, mttr: 1h } } }",
        "z-last: { do: sup_down, pick: one, when: { renewal: { mtbf: { exponential: { mean: 5h } }, mttr: 1h } } }",
        "b-hits: { do: { fail_sync: { after: 1min } }, when: { per_attempt: 50% } }",
    ] {
        let with = run(&format!("{SITES}faults:\n{CHANCE}  {more}\n"));
        let name = more.split(':').next().unwrap();
        assert_eq!(all_held(&with, name), all_held(&without, ""), "{more}");
    }
    // A site more changes nothing for the others.
    let more = run(&format!("{SITES}  PR0: {{ parent: CEN }}\nfaults:\n{CHANCE}"));
    let others =
        all_held(&more, "").into_iter().filter(|one| one.1 != support::site(&more.scenario, "PR0"));
    assert_eq!(others.collect::<Vec<_>>(), all_held(&without, ""));
}

#[test]
fn f_metamorphic_a_fault_at_a_site_that_nobody_asks_changes_nothing_elsewhere() {
    let sites = format!("{SITES}  LNE: {{ parent: CEN, type: secondary, sup: none }}\n");
    let what_others_do = |run: &Run| -> Vec<(Instant, SiteId, Fact)> {
        let lonely = support::site(&run.scenario, "LNE");
        let told = run.trace.records.iter().filter(|record| {
            let kept = matches!(record.fact, Fact::Announced(_) | Fact::Arrived { .. });
            record.site != lonely && kept
        });
        told.map(|record| (record.at, record.site, record.fact)).collect()
    };
    let expected = what_others_do(&run(&sites));
    for effect in
        ["site_down", "link_down", "database_fails", "{ slow: { phase: insert, factor: 9 } }"]
    {
        let fault = format!(
            "faults: {{ f: {{ where: {{ code: LNE }}, do: {effect}, when: {{ renewal: {{ mtbf: \
             {{ exponential: {{ mean: 3h }} }}, mttr: {{ exponential: {{ mean: 1h }} }} }} }} }} }}\n"
        );
        assert_eq!(what_others_do(&run(&format!("{sites}{fault}"))), expected, "{effect}");
    }
}

#[test]
fn f_renewal_has_one_event_pending_for_each_site_and_draws_by_number() {
    // A shorter run sees the beginning of the same outages.
    let held = |hours: u32| -> Vec<(Instant, Option<Instant>)> {
        let text = format!(
            "supsim: 1\nkind: scenario\nname: n\nstart: 2026-01-12 00:00\nduration: {hours}h\n\
             sites: {{ CEN: {{}} }}\nfaults:\n{CHANCE}"
        );
        let scenario = support::scenario(&text);
        let outcome = supsim::measure::Outcome::of(&scenario, &support::run(&scenario));
        outcome.faults.iter().map(|one| (one.from, one.until)).collect()
    };
    let horizon = Instant::START + Duration::from_hours(100);
    let long: Vec<_> =
        held(400).into_iter().filter(|one| one.1.is_some_and(|at| at < horizon)).collect();
    let short: Vec<_> = held(100).into_iter().filter(|one| one.1.is_some()).collect();
    assert!(short.len() > 10);
    assert_eq!(long, short);
}
