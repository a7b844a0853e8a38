//! What there is to synchronise: criteria (U2), local publishing (U3) and what becomes of updates
//! (U4), each with round figures that can be added up by hand.

use supsim::measure::Outcome;
use supsim::trace::{Fact, Part};
use supsim::units::{Duration, Instant};

use crate::support;
use crate::world_rules::{Run, at};

/// Two sites that synchronise at 08:00 each day; what is asked of the source takes 5 min.
fn run(criteria: &str, catalogue: &str, operations: &str) -> Run {
    let scenario = support::scenario(&format!(
        "supsim: 1\nkind: scenario\nname: catalogue\nstart: 2026-01-12 00:00\nduration: 4d\n{criteria}\n\
         catalogue:\n  baseline: {{ updates: 100, metadata: 6 MB, besides: {{ office: {{ updates: 30, \
         metadata: 3 MB, product: Office }} }} }}\n  releases:\n{catalogue}\n\
         timing: {{ request: 1min, connect: 1min, pull: 5min, settle: 2min, import: 10min, insert: 4min, \
         internet: 3min }}\n\
         sites: {{ CEN: {{ type: central }}, PR1: {{ parent: CEN }} }}\n\
         sync: {{ schedule: {{ simple: {{ every: 1d, start: 2026-01-12 08:00 }} }} }}\n\
         operations:\n{operations}\n"
    ));
    let trace = support::run(&scenario);
    let outcome = Outcome::of(&scenario, &trace);
    Run { scenario, trace, outcome }
}

const NEWS: &str = "
    windows: { when: { at: 2026-01-12 06:00 }, updates: 5, metadata: 2 MB }
    office: { when: { at: 2026-01-12 07:00 }, updates: 7, metadata: 1 MB, product: Office }
    drivers: { when: { at: 2026-01-12 07:00 }, updates: 9, metadata: 4 MB, classification: Drivers }";

const NOTHING: &str = "  by-hand: { at: 2026-01-15 12:00, do: run_synchronization }";

/// How many revisions each synchronisation of a site brought to its WSUS.
fn pulled(run: &Run, code: &str) -> Vec<u32> {
    let site = support::site(&run.scenario, code);
    support::at(&run.trace, site)
        .filter_map(|record| match record.fact {
            Fact::Pulled { updates, .. } => Some(updates),
            _ => None,
        })
        .collect()
}

/// When a release reached a part of a site.
fn arrived(run: &Run, code: &str, release: &str, part: Part) -> Vec<Instant> {
    let wanted = run.scenario.catalogue.releases.iter().position(|one| one.name == release);
    let wanted = wanted.expect("a release of this name");
    run.times(code, |fact| {
        matches!(fact, Fact::Arrived { release, part: here }
            if release.index() == wanted && *here == part)
    })
}

/// The releases that have rows, and how long they took to reach a site.
fn delays(run: &Run, code: &str) -> Vec<(String, Option<Duration>)> {
    let site = support::site(&run.scenario, code);
    let rows = run.outcome.arrivals.iter().filter(|row| row.site == site);
    rows.map(|row| {
        let name = run.scenario.catalogue.releases[row.release.index()].name.clone();
        (name, row.time_to_current())
    })
    .collect()
}

fn day(number: u64, time: &str) -> Instant {
    at(time) + Duration::from_days(number)
}

#[test]
fn u2_only_what_matches_the_criteria_is_retrieved() {
    let everything = run("", NEWS, NOTHING);
    assert_eq!(pulled(&everything, "CEN")[0], 21);
    let windows = run("criteria: { products: [Windows] }", NEWS, NOTHING);
    assert_eq!(pulled(&windows, "CEN")[0], 14);
    let both = "criteria: { products: [Windows], classifications: [Security Updates] }";
    let both = run(both, NEWS, NOTHING);
    assert_eq!(pulled(&both, "CEN"), [5, 0, 0, 0, 0]);
    assert_eq!(pulled(&both, "PR1")[0], 5, "and what is not retrieved goes no further");
}

#[test]
fn u2_a_release_of_which_nothing_matches_has_no_arrivals_and_nobody_is_late() {
    let run = run("criteria: { products: [Windows] }", NEWS, NOTHING);
    let names: Vec<String> = delays(&run, "PR1").into_iter().map(|row| row.0).collect();
    assert_eq!(names, ["windows", "drivers"]);
    assert!(run.outcome.arrivals.iter().all(|row| row.current.is_some()));
    assert_eq!(arrived(&run, "CEN", "office", Part::Wsus), []);
}

#[test]
fn u2_a_change_takes_effect_at_the_next_sync_and_brings_the_whole_past() {
    let operations =
        "  more: { at: 2026-01-13 12:00, do: { set_criteria: { products: [Windows, Office] } } }";
    let run = run("criteria: { products: [Windows] }", NEWS, operations);
    // 30 of what had been published before the start, and the release of the first day.
    assert_eq!(pulled(&run, "CEN"), [14, 0, 37, 0]);
    assert_eq!(pulled(&run, "PR1"), [14, 0, 37, 0]);
    assert_eq!(arrived(&run, "CEN", "office", Part::Wsus), [day(2, "8:06")]);
    assert_eq!(arrived(&run, "CEN", "office", Part::Database), [day(2, "8:18")]);
    // The delay counts from the change: nobody asked for it before. CEN is current at 08:18.
    let office = delays(&run, "CEN").into_iter().find(|row| row.0 == "office").unwrap();
    assert_eq!(office.1, Some(day(2, "8:18") - day(1, "12:00")));
}

#[test]
fn u2_a_change_during_a_sync_waits_for_the_next() {
    // The pull of 08:01 to 08:06 has begun when the criteria change.
    let operations =
        "  more: { at: 2026-01-12 08:03, do: { set_criteria: { products: [Windows, Office] } } }";
    let run = run("criteria: { products: [Windows] }", NEWS, operations);
    assert_eq!(pulled(&run, "CEN"), [14, 37, 0, 0]);
}

#[test]
fn u2_what_no_longer_matches_stays_and_nothing_more_of_it_comes() {
    let news = format!(
        "{NEWS}\n    later: {{ when: {{ at: 2026-01-14 06:00 }}, updates: 3, metadata: 1 MB, product: Office }}"
    );
    let operations =
        "  less: { at: 2026-01-13 12:00, do: { set_criteria: { products: [Windows] } } }";
    let run = run("", &news, operations);
    assert_eq!(pulled(&run, "CEN"), [21, 0, 0, 0]);
    // What had arrived counts still; what came later is nobody's.
    let names: Vec<String> = delays(&run, "PR1").into_iter().map(|row| row.0).collect();
    assert_eq!(names, ["windows", "drivers", "office"]);
}

#[test]
fn u2_a_delta_after_a_change_brings_what_is_new_to_the_site() {
    let operations = "
  more: { at: 2026-01-13 12:00, do: { set_criteria: { products: all } } }
  by-hand: { at: 2026-01-13 13:00, do: run_synchronization }";
    let run = run("criteria: { products: [Windows] }", NEWS, operations);
    assert_eq!(arrived(&run, "CEN", "office", Part::Database), [day(1, "13:18")]);
}

#[test]
fn u3_what_is_published_locally_is_in_wsus_at_once_and_in_the_database_by_a_sync() {
    let operations =
        "  tool: { at: 2026-01-12 12:00, do: { publish_locally: { updates: 4, metadata: 1 MB } } }";
    let run = run("", NEWS, operations);
    assert_eq!(arrived(&run, "CEN", "tool", Part::Wsus), [at("12:00")]);
    assert_eq!(arrived(&run, "CEN", "tool", Part::Database), [day(1, "8:18")]);
    // Nothing is asked of the source for it; a child pulls it like anything else.
    assert_eq!(pulled(&run, "CEN"), [21, 0, 0, 0]);
    assert_eq!(pulled(&run, "PR1"), [21, 4, 0, 0]);
    assert_eq!(arrived(&run, "PR1", "tool", Part::Wsus), [day(1, "8:25")]);
}

#[test]
fn u3_it_enters_the_database_only_while_local_publisher_is_among_the_criteria() {
    let news = "    tool: { when: { at: 2026-01-12 06:00 }, updates: 4, metadata: 1 MB, published: locally }";
    let without = run("criteria: { products: [Windows] }", news, NOTHING);
    assert_eq!(arrived(&without, "CEN", "tool", Part::Wsus), [at("6:00")]);
    assert_eq!(arrived(&without, "CEN", "tool", Part::Database), []);
    assert_eq!(without.outcome.arrivals, [], "nobody is late with what nobody asks for");
    // Published long ago, it is found by the first sync after the change, although WSUS has
    // nothing new.
    let operations = "  more: { at: 2026-01-13 12:00, do: { set_criteria: { products: [Windows, Local Publisher] } } }";
    let then = run("criteria: { products: [Windows] }", news, operations);
    assert_eq!(pulled(&then, "CEN"), [0, 0, 0, 0]);
    assert_eq!(arrived(&then, "CEN", "tool", Part::Database), [day(2, "8:18")]);
    assert_eq!(delays(&then, "CEN")[0].1, Some(day(2, "8:18") - day(1, "12:00")));
}

#[test]
fn u3_it_works_without_a_source() {
    let operations =
        "  tool: { at: 2026-01-12 12:00, do: { publish_locally: { updates: 4, metadata: 1 MB } } }";
    let run = run("source: none", NEWS, operations);
    assert_eq!(arrived(&run, "PR1", "tool", Part::Wsus), [day(1, "8:25")]);
    assert_eq!(arrived(&run, "CEN", "windows", Part::Wsus), []);
}

#[test]
fn u3_two_worlds_in_which_it_is_written_as_a_release_or_as_an_operation_are_the_same() {
    let release = "    tool: { when: { at: 2026-01-12 12:00 }, updates: 4, metadata: 1 MB, published: locally }";
    let operation =
        "  tool: { at: 2026-01-12 12:00, do: { publish_locally: { updates: 4, metadata: 1 MB } } }";
    let written = run("", release, "  none: { at: 2026-01-12 12:00, do: { set_criteria: {} } }");
    let other = "    other: { when: never, updates: 1, metadata: 1 MB }";
    let operated = run("", other, operation);
    assert_eq!(written.outcome.arrivals, operated.outcome.arrivals);
    assert!(written.outcome.arrivals.iter().all(|row| row.current.is_some()));
}

#[test]
fn u4_a_full_sync_applies_a_removal_and_a_delta_leaves_it() {
    let news = "    gone: { when: { at: 2026-01-12 09:00 }, updates: 1, expires: 2, removes: 3, metadata: 1 MB }";
    let run = run("", news, "  by-hand: { at: 2026-01-12 12:00, do: run_synchronization }");
    let applied: Vec<u32> = support::at(&run.trace, support::site(&run.scenario, "CEN"))
        .filter_map(|record| match record.fact {
            Fact::Imported { updates, .. } => Some(updates),
            _ => None,
        })
        .collect();
    // The first finds nothing; the delta takes what is new; the full one what has changed.
    assert_eq!(applied, [0, 1, 5, 0, 0]);
    assert_eq!(arrived(&run, "CEN", "gone", Part::Database), [day(1, "8:18")]);
}

/// A catalogue that is told row by row; the run begins on 12 January.
const TOLD: [&str; 13] = [
    "time,change,update,revision,product,classification,metadata",
    "2025-11-11T18:00:00Z,released,KB1,1,Windows,Security Updates,100 KB",
    "2025-11-11T18:00:00Z,released,KB2,1,Office,Security Updates,100 KB",
    "2025-12-02T18:00:00Z,revised,KB1,2,Windows,Security Updates,100 KB",
    "2025-12-09T18:00:00Z,released,KB3,1,Windows,Security Updates,100 KB",
    "2025-12-10T18:00:00Z,removed,KB3,2,Windows,Security Updates,100 KB",
    "2025-12-11T18:00:00Z,released,KB4,1,Windows,Security Updates,100 KB",
    "2025-12-12T18:00:00Z,expired,KB4,2,Windows,Security Updates,100 KB",
    "2026-01-12T06:00:00Z,revised,KB1,3,Windows,Security Updates,40 KB",
    "2026-01-12T06:00:00Z,released,KB5,1,Office,Security Updates,300 KB",
    "2026-01-12T06:00:00Z,superseded,KB2,2,Office,Security Updates,60 KB",
    "2026-01-13T18:00:30Z,expired,KB5,2,Office,Security Updates,60 KB",
    "2026-02-12T06:00:00Z,released,KB6,1,Windows,Security Updates,300 KB",
];

fn with_history(criteria: &str, rows: &[&str], operations: &str) -> Run {
    let rows: Vec<String> = rows.iter().map(|row| format!("\"{row}\"")).collect();
    let scenario = support::scenario(&format!(
        "supsim: 1\nkind: scenario\nname: told\nstart: 2026-01-12 00:00\nduration: 4d\n{criteria}\n\
         catalogue:\n  baseline: {{ updates: 100, metadata: 6 MB }}\n  history: {{ rows: [{}] }}\n\
         timing: {{ request: 1min, connect: 1min, pull: 5min, settle: 2min, import: 10min, insert: 4min }}\n\
         sites: {{ CEN: {{ type: central }}, PR1: {{ parent: CEN }} }}\n\
         sync: {{ schedule: {{ simple: {{ every: 1d, start: 2026-01-12 08:00 }} }} }}\n{operations}\n",
        rows.join(", ")
    ));
    let trace = support::run(&scenario);
    let outcome = Outcome::of(&scenario, &trace);
    Run { scenario, trace, outcome }
}

#[test]
fn u4_the_rows_of_one_instant_are_one_release_with_a_name_of_its_own() {
    let run = with_history("", &TOLD, "");
    let releases = &run.scenario.catalogue.releases;
    let names: Vec<&str> = releases.iter().map(|release| release.name.as_str()).collect();
    // The last row lies behind the end of the run.
    assert_eq!(names, ["history-2026-01-12-0600", "history-2026-01-13-180030"]);
    let first = &releases[0];
    assert_eq!((first.updates, first.revises, first.supersedes, first.expires), (1, 1, 1, 0));
    assert_eq!(first.metadata, supsim::units::Bytes(400_000));
    assert_eq!(first.at, at("6:00"));
    assert_eq!(pulled(&run, "CEN"), [3, 0, 1, 0]);
    assert!(run.outcome.arrivals.iter().all(|row| row.current.is_some()));
}

#[test]
fn u4_the_rows_before_the_start_are_what_sites_hold_then() {
    let run = with_history("", &TOLD, "");
    let blueprint = supsim::world::Blueprint::new(&run.scenario);
    let world = supsim::world::World::new(&blueprint, 0);
    let catalogue = world.stores().catalogue();
    // KB1 in its second revision, KB2, and KB4, which has expired; KB3 had been removed.
    assert_eq!(catalogue.len() - 100 - 4, 3);
    let state: Vec<_> = (100..103)
        .map(|one| *catalogue.revision(supsim::store::RevisionId(one)))
        .map(|revision| (revision.number, revision.change))
        .collect();
    use supsim::store::Change;
    assert_eq!(state, [(2, Change::Released), (1, Change::Released), (2, Change::Expired)]);
    assert_eq!(world.stores().known_updates(), 103);
}

#[test]
fn u4_u2_of_a_history_that_comes_which_matches_row_by_row() {
    let run = with_history("criteria: { products: [Windows] }", &TOLD, "");
    assert_eq!(pulled(&run, "CEN"), [1, 0, 0, 0]);
    // What matches of the first release is one row of three; with it the site is current.
    let rows = delays(&run, "PR1");
    assert_eq!(rows.len(), 1, "of the second nothing matches: {rows:?}");
    assert!(rows[0].1.is_some());
    let operations = "operations: { office: { at: 2026-01-13 12:00, do: { set_criteria: {} } } }";
    let then = with_history("criteria: { products: [Windows] }", &TOLD, operations);
    // KB2 as it stood at the start, KB5, the end of KB2, and the news of the day.
    assert_eq!(pulled(&then, "CEN"), [1, 0, 4, 0]);
    assert_eq!(delays(&then, "PR1").len(), 2);
}

#[test]
fn u4_a_history_survives_being_written_out_and_makes_the_same_world() {
    let run = with_history("", &TOLD, "");
    let text = run.scenario.to_yaml();
    assert!(!text.contains("history.csv"), "it stands alone");
    let again = support::scenario(&text);
    assert_eq!(again.catalogue, run.scenario.catalogue);
    assert_eq!(support::run(&again), run.trace);
    assert_eq!(again.to_yaml(), text);
}

#[test]
fn u4_the_order_of_the_rows_in_a_file_does_not_matter_and_numbers_may_be_left_out() {
    let mut turned: Vec<String> = TOLD[1..]
        .iter()
        .rev()
        .map(|row| {
            let mut cells: Vec<&str> = row.split(',').collect();
            cells.remove(3);
            cells.join(",")
        })
        .collect();
    // Those of one instant keep the order written.
    turned[2..5].reverse();
    turned.insert(0, TOLD[0].replace("revision,", ""));
    let turned: Vec<&str> = turned.iter().map(String::as_str).collect();
    let (told, turned) = (with_history("", &TOLD, ""), with_history("", &turned, ""));
    assert_eq!(told.trace, turned.trace);
    assert_eq!(told.scenario.catalogue.releases, turned.scenario.catalogue.releases);
}

#[test]
fn u4_a_file_is_read_through_the_door_and_durations_of_a_column_too() {
    let scenario = support::read(&support::project("scenarios/15-history.yaml"));
    assert!(scenario.catalogue.history.before > 0);
    assert!(scenario.catalogue.releases.len() >= 5);
    let text = scenario.to_yaml();
    let again = support::scenario(&text);
    assert_eq!(again.catalogue, scenario.catalogue);
    assert_eq!(again.timings, scenario.timings);
    assert_eq!(support::run(&again), support::run(&scenario));
}
