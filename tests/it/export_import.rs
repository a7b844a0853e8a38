//! P10: internet-based points that metadata are carried to, with instants worked out by hand.

use supsim::measure::{Ending, Outcome};
use supsim::trace::{Fact, Mishap, Part};
use supsim::units::{Duration, Instant};

use crate::support;
use crate::world_rules::{Run, at};

/// CEN synchronises at 08:00 and 20:00; its WSUS holds the news at 08:06. An export takes 15 min,
/// the way 2 h, an import 1 h; the first run starts where `first` says.
fn run(first: &str, mode: &str, sites: &str, rest: &str) -> Run {
    let scenario = support::scenario(&format!(
        "supsim: 1\nkind: scenario\nname: carried\nstart: 2026-01-12 00:00\nduration: 2d\n\
         catalogue:\n  baseline: {{ updates: 100, metadata: 6 MB }}\n  releases:\n    \
         news: {{ when: {{ at: 2026-01-12 06:00 }}, updates: 5, metadata: 2 MB }}\n    \
         more: {{ when: {{ at: 2026-01-12 18:00 }}, updates: 3, metadata: 1 MB }}\n\
         timing: {{ request: 1min, connect: 1min, pull: 5min, settle: 2min, import: 10min, insert: 4min, \
         internet: 3min }}\n\
         sync: {{ schedule: {{ simple: {{ every: 12h, start: 2026-01-12 08:00 }} }} }}\n\
         sites:\n  CEN: {{ type: central, {sites} internet_sup: {{ server: dmz, mode: {{ export_import: {{ \
         first: {first}, every: 12h, export: 15min, carry: 2h, import: 1h{mode} }} }} }} }}\n  \
         PR1: {{ parent: CEN }}\n{rest}\n"
    ));
    let trace = support::run(&scenario);
    let outcome = Outcome::of(&scenario, &trace);
    Run { scenario, trace, outcome }
}

fn mishaps(run: &Run) -> Vec<(Instant, u32, Mishap)> {
    let site = support::site(&run.scenario, "CEN");
    support::at(&run.trace, site)
        .filter_map(|record| match record.fact {
            Fact::PointRunFailed { run, why } => Some((record.at, run, why)),
            _ => None,
        })
        .collect()
}

fn imported(run: &Run) -> Vec<(Instant, u32)> {
    let site = support::site(&run.scenario, "CEN");
    support::at(&run.trace, site)
        .filter_map(|record| match record.fact {
            Fact::PointImported { updates, .. } => Some((record.at, updates)),
            _ => None,
        })
        .collect()
}

#[test]
fn p10_a_run_exports_what_the_active_point_holds_at_that_moment() {
    // 08:06 is before 08:30: the run of 08:30 carries the news; 08:30 + 15 min + 2 h + 1 h.
    let carried = run("8h30min", "", "", "");
    assert_eq!(carried.arrived("CEN", Part::Internet), [at("11:45"), at("23:45")]);
    assert_eq!(
        carried.times("CEN", |fact| matches!(fact, Fact::ExportStarted { .. })),
        [at("8:30"), at("20:30"), at("32:30"), at("44:30"),]
    );
    // What comes while the export runs is left for the next run: 08:00 is before 08:06.
    let early = run("8h", "", "", "");
    assert_eq!(imported(&early)[0], (at("11:15"), 0));
    assert_eq!(imported(&early)[1], (at("23:15"), 5));
}

#[test]
fn p10_such_a_point_takes_no_part_in_a_synchronisation() {
    let run = run("8h30min", "", "", "");
    let synced = |fact: &Fact| matches!(fact, Fact::InternetPointSynced { .. });
    assert_eq!(run.times("CEN", synced), []);
    // P6, P9: the site is done after phase 2, and the request leaves then.
    let first = run.attempts("CEN")[0];
    assert_eq!((first.1, first.2, first.3), (at("8:00"), Some(at("8:18")), Ending::Ok));
    assert_eq!(run.attempts("PR1")[0].1, at("8:19"));
}

#[test]
fn p10_without_every_word_the_profile_says_how_long_it_takes() {
    let scenario = support::scenario(
        "supsim: 1\nkind: scenario\nname: plain\nstart: 2026-01-12 00:00\nduration: 3d\nsites:\n  \
         CEN: { internet_sup: { mode: { export_import: {} } } }\n",
    );
    let trace = support::run(&scenario);
    let imported = |fact: &Fact| matches!(fact, Fact::PointImported { .. });
    // 15 min, 1 h and 75 min; then again after 7 days.
    assert_eq!(support::times(&trace, support::site(&scenario, "CEN"), imported), [at("2:30")]);
}

#[test]
fn p10_an_import_fails_when_languages_differ() {
    let differ = run("8h30min", ", languages: [en]", "", "criteria: { languages: [de, en] }");
    let expected = [at("10:45"), at("22:45"), at("34:45"), at("46:45")];
    let failed: Vec<_> = mishaps(&differ).into_iter().map(|one| (one.0, one.2)).collect();
    assert_eq!(failed, expected.map(|at| (at, Mishap::LanguagesDiffer)));
    assert_eq!(differ.arrived("CEN", Part::Internet), []);
    let agree = run("8h30min", ", languages: [en, de]", "", "criteria: { languages: [de, en] }");
    assert_eq!(mishaps(&agree), []);
    let all = run("8h30min", ", languages: all", "", "criteria: { languages: [de, en] }");
    assert_eq!(mishaps(&all).len(), 4);
}

#[test]
fn p10_u2_languages_are_those_of_the_criteria_in_force() {
    // The change of 09:00 takes effect with the sync of 20:00: the run of 20:30 is the first to
    // export under it.
    let operations = "operations: { de: { at: 2026-01-12 09:00, do: { set_criteria: { languages: [de, en] } } } }";
    let run = run("8h30min", ", languages: all", "", operations);
    let failed: Vec<u32> = mishaps(&run).into_iter().map(|one| one.1).collect();
    assert_eq!(failed, [2, 3, 4]);
    assert_eq!(imported(&run), [(at("11:45"), 5)]);
}

#[test]
fn p10_an_import_fails_when_only_one_has_express_files() {
    let differ = run("8h30min", ", express: true", "", "");
    assert!(mishaps(&differ).iter().all(|one| one.2 == Mishap::ExpressDiffers));
    assert_eq!(mishaps(&differ).len(), 4);
    let both = run("8h30min", ", express: true", "sup: { express: true },", "");
    assert_eq!(mishaps(&both), []);
    let same = run("8h30min", "", "sup: { express: true },", "");
    assert_eq!(mishaps(&same), [], "left out, it is that of the exporting server");
}

#[test]
fn p10_what_a_run_did_not_bring_the_next_one_does() {
    let fault = "faults: { down: { where: { code: CEN }, do: internet_sup_down, when: { window: { from: 2026-01-12 11:00, until: 2026-01-12 12:00 } } } }";
    let run = run("8h30min", "", "", fault);
    // It is down when the import should be over.
    assert_eq!(mishaps(&run), [(at("11:45"), 1, Mishap::NoInternetPoint)]);
    assert_eq!(imported(&run)[0], (at("23:45"), 8));
    assert_eq!(run.arrived("CEN", Part::Internet), [at("23:45"), at("23:45")]);
}

#[test]
fn p10_without_the_active_point_there_is_nothing_to_export() {
    let fault = |what: &str| {
        format!(
            "faults: {{ down: {{ where: {{ code: CEN }}, do: {what}, when: {{ window: {{ from: 2026-01-12 08:20, until: 2026-01-12 08:40 }} }} }} }}"
        )
    };
    for what in ["sup_down", "site_down"] {
        let down = run("8h30min", "", "", &fault(what));
        assert_eq!(mishaps(&down), [(at("8:30"), 1, Mishap::NoUpdateServer)], "{what}");
    }
    // H5: a remote point does not go down with its site server.
    let remote = run("8h30min", "", "sup: { server: remote },", &fault("site_down"));
    assert_eq!(mishaps(&remote), []);
}

#[test]
fn p10_one_run_at_a_time() {
    // 3 h 15 min each, and one would start every 2 h.
    let text = "supsim: 1\nkind: scenario\nname: often\nstart: 2026-01-12 00:00\nduration: 8h\nsites:\n  \
                CEN: { internet_sup: { mode: { export_import: { every: 2h, export: 15min, carry: 2h, import: 1h } } } }\n";
    let scenario = support::scenario(text);
    let trace = support::run(&scenario);
    let outcome = Outcome::of(&scenario, &trace);
    let run = Run { scenario, trace, outcome };
    assert_eq!(imported(&run), [(at("3:15"), 0), (at("7:15"), 0)]);
    let left_out = Mishap::StillUnderWay;
    assert_eq!(mishaps(&run), [(at("2:00"), 2, left_out), (at("6:00"), 4, left_out)]);
}

#[test]
fn p10_h6_a_replica_can_be_exported_from_and_is_never_imported_into() {
    let scenario = support::scenario(
        "supsim: 1\nkind: scenario\nname: branch\nstart: 2026-01-12 00:00\nduration: 1d\n\
         catalogue:\n  baseline: { updates: 100, metadata: 6 MB }\n  releases: { news: { when: { at: \
         2026-01-12 06:00 }, updates: 5, metadata: 2 MB } }\n\
         timing: { request: 1min, connect: 1min, pull: 5min, settle: 2min, import: 10min, insert: 4min }\n\
         sync: { schedule: { simple: { every: 7d, start: 2026-01-12 08:00 } } }\n\
         sites:\n  CEN: { type: central }\n  B11: { parent: CEN, type: secondary, internet_sup: { mode: { \
         export_import: { first: 9h, export: 10min, carry: 0s, import: 20min } } } }\n",
    );
    let trace = support::run(&scenario);
    let b11 = support::site(&scenario, "B11");
    let arrived = |wanted| {
        support::times(
            &trace,
            b11,
            |fact| matches!(fact, Fact::Arrived { part, .. } if *part == wanted),
        )
    };
    // CEN is done at 08:18, B11's pull at 08:25; the import changes its internet point alone.
    assert_eq!(arrived(Part::Wsus), [at("8:25")]);
    assert_eq!(arrived(Part::Internet), [at("9:30")]);
}

#[test]
fn p10_draws_hang_on_the_run_alone() {
    let durations = |rest: &str| {
        let mode = ", languages: same";
        let text = run("8h30min", mode, "", rest);
        let scenario =
            text.scenario.to_yaml().replace("carry: 2h", "carry: { exponential: { mean: 2h } }");
        let scenario = support::scenario(&scenario);
        let trace = support::run(&scenario);
        support::times(&trace, support::site(&scenario, "CEN"), |fact| {
            matches!(fact, Fact::CarriedOver { .. })
        })
    };
    let calm = durations("");
    let fault = "faults: { slow: { where: { code: PR1 }, do: sup_down, when: { window: { from: 2026-01-12 08:00, for: 5h } } } }";
    assert_eq!(calm, durations(fault));
    let way =
        |number: usize| calm[number].since(at("8:45") + Duration::from_hours(12 * number as u64));
    assert!(calm.len() >= 2 && way(0) != way(1), "each run its own draw: {calm:?}");
}
