//! Every format that a run is written as, read back by something else than what wrote it.

#[cfg(feature = "parquet")]
mod columnar;
mod drawings;
mod hostile;
mod markdown;
mod workbook;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use supsim::measure::Outcome;
use supsim::report::{Run, write_trace};
use supsim::scenario::Scenario;
use supsim::trace::Trace;

use crate::commands::supsim;
use crate::support;

/// What a command says, all of it, and how it ends.
fn said(place: &Path, words: &[&str]) -> (i32, String) {
    let output = supsim(place, words);
    let all = [output.stdout, output.stderr].concat();
    (output.status.code().expect("not killed"), String::from_utf8(all).expect("UTF-8"))
}

/// A folder with a scenario in it.
fn with(file: &str) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let name = Path::new(file).file_name().unwrap();
    fs::copy(support::project(file), place.path().join(name)).unwrap();
    place
}

fn text(place: &Path, file: &str) -> String {
    fs::read_to_string(place.join(file)).expect(file)
}

/// A world, and what happened in it.
struct Ran {
    scenario: Scenario,
    trace: Trace,
    outcome: Outcome,
}

impl Ran {
    fn of(scenario: Scenario) -> Ran {
        let trace = support::run(&scenario);
        let outcome = Outcome::of(&scenario, &trace);
        Ran { scenario, trace, outcome }
    }

    fn run(&self) -> Run<'_> {
        let Ran { scenario, trace, outcome } = self;
        Run { scenario, trace, outcome, replication: 0 }
    }
}

#[test]
fn an_export_of_a_stored_run_is_what_the_run_had_stored() {
    let place = with("scenarios/three-tier.yaml");
    let place = place.path();
    let words = ["run", "three-tier.yaml", "-q", "--charts", "none", "--reps", "3", "-o", "b.csv"];
    let (code, told) = said(place, &words);
    assert_eq!(code, 0, "{told}");
    let (code, told) =
        said(place, &["export", "latest", "-o", "a.csv", "-o", "new/a.jsonl", "-o", "a.log"]);
    assert_eq!((code, told.as_str()), (0, "wrote a.csv\nwrote new/a.jsonl\nwrote a.log\n"));
    let stored = support::stored_runs(&place.join("results")).remove(0);
    let mut compared = 0;
    for table in fs::read_dir(stored.join("tables")).unwrap() {
        let name = table.unwrap().file_name().into_string().unwrap();
        let as_stored = text(&stored, &format!("tables/{name}"));
        assert_eq!(text(place, &format!("a.csv/{name}")), as_stored, "{name}");
        assert_eq!(text(place, &format!("b.csv/{name}")), as_stored, "{name}");
        compared += 1;
    }
    assert!(compared >= 4);
    assert_eq!(text(place, "new/a.jsonl"), text(&stored, "events.jsonl"));
    let log = "CEN/wsyncmgr.log";
    assert_eq!(text(&place.join("a.log"), log), text(&stored.join("logs"), log));
    let origin: Value = serde_json::from_str(&text(place, "a.csv/export.json")).unwrap();
    assert_eq!((&origin["export"], &origin["scenario"]), (&1.into(), &"three-tier".into()));
    // on standard output it is the same
    let (code, told) = said(place, &["export", "latest", "--to", "jsonl"]);
    assert_eq!((code, told), (0, text(&stored, "events.jsonl")));
}

#[test]
fn an_ending_that_says_nothing_is_answered_before_anything_runs() {
    let place = with("scenarios/tutorial.yaml");
    let place = place.path();
    for words in [
        &["export", "tutorial.yaml", "-o", "a.doc"][..],
        &["export", "tutorial.yaml"],
        &["export", "tutorial.yaml", "--to", "doc"],
        &["run", "tutorial.yaml", "-o", "a.doc"],
        &["export", "latest", "-o", "a.csv"],
    ] {
        let (code, told) = said(place, words);
        assert_eq!(code, 2, "{told}");
        assert!(!told.contains("panicked"), "{told}");
    }
    let names = fs::read_dir(place).unwrap().count();
    assert_eq!(names, 1, "nothing was written");
}

#[test]
fn a_folder_of_somebody_elses_is_never_replaced() {
    let place = with("scenarios/tutorial.yaml");
    let place = place.path();
    fs::create_dir(place.join("a.csv")).unwrap();
    fs::write(place.join("a.csv/thesis.txt"), "years").unwrap();
    let (code, told) = said(place, &["export", "tutorial.yaml", "-o", "a.csv"]);
    assert_eq!(code, 74, "{told}");
    assert!(told.contains("no export of supsim"), "{told}");
    assert_eq!(text(place, "a.csv/thesis.txt"), "years");
}

/// As a reader of a trace goes through it: by time, the longer slice first.
fn nests(events: &[Value]) -> usize {
    let mut threads: BTreeMap<(u64, u64), Vec<(u64, u64)>> = BTreeMap::new();
    for slice in events.iter().filter(|event| event["ph"] == "X") {
        let number = |key: &str| slice[key].as_u64().expect(key);
        let bounds = (number("ts"), number("ts") + number("dur"));
        threads.entry((number("pid"), number("tid"))).or_default().push(bounds);
    }
    let mut slices = 0;
    for (thread, mut bounds) in threads {
        bounds.sort_by_key(|(from, until)| (*from, std::cmp::Reverse(*until)));
        let mut open: Vec<(u64, u64)> = Vec::new();
        for slice in bounds {
            while open.last().is_some_and(|last| last.1 <= slice.0) {
                open.pop();
            }
            let inside = open.last().is_none_or(|last| slice.1 <= last.1);
            assert!(inside, "{thread:?}: {slice:?} leaves {:?}", open.last());
            open.push(slice);
            slices += 1;
        }
    }
    slices
}

#[test]
fn the_slices_of_every_scenario_nest() {
    let mut slices = 0;
    for path in support::scenarios() {
        let mut scenario = support::read(&path);
        if scenario.sites.len() > 250 {
            continue;
        }
        scenario.recording = supsim::scenario::Recording::Attempts;
        let ran = Ran::of(scenario);
        let mut bytes = Vec::new();
        write_trace(&ran.run(), &mut bytes).unwrap();
        let trace: Value = serde_json::from_slice(&bytes).expect("JSON");
        slices += nests(trace["traceEvents"].as_array().unwrap());
    }
    assert!(slices > 1_000, "{slices}");
}
