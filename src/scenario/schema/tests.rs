use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::*;
use crate::scenario::{Disk, Overrides, Scenario, Study};

thread_local! {
    /// The maps that the reader has met on this thread: what it calls them, and their keys.
    static MET: RefCell<BTreeMap<String, BTreeSet<String>>> = const { RefCell::new(BTreeMap::new()) };
}

/// The reader asks for the keys of a map.
pub(in crate::scenario) fn met(what: &str, known: &[&str]) {
    MET.with_borrow_mut(|met| {
        let keys = met.entry(what.to_owned()).or_default();
        keys.extend(known.iter().map(|key| (*key).to_owned()));
    });
}

fn is_study(path: &Path) -> bool {
    Study::is_one(&fs::read(path).unwrap())
}

fn files(folder: &str) -> Vec<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|one| one.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    files
}

#[test]
fn every_map_has_the_keys_that_the_reader_asks_for() {
    MET.with_borrow_mut(BTreeMap::clear);
    let everything = include_str!("../everything.yaml");
    Scenario::parse("everything.yaml", everything, &Overrides::default()).unwrap();
    for path in files("scenarios").into_iter().chain(files("tests/bad")) {
        let bytes = fs::read(&path).unwrap();
        let disk = std::rc::Rc::new(Disk::beside(&path, false));
        if Study::is_one(&bytes) {
            let _ = Study::decode("given.yaml", &bytes, &Overrides::default(), disk);
        } else {
            let _ = Scenario::decode("given.yaml", &bytes, &Overrides::default(), disk);
        }
    }
    let met = MET.with_borrow(Clone::clone);
    assert!(met.len() > 40, "only {} maps met", met.len());
    let work: BTreeSet<String> = ["base", "per_update", "per_known"].map(str::to_owned).into();
    let mut unknown = Vec::new();
    for (what, keys) in &met {
        if *keys == work {
            continue;
        }
        let mut keys = keys.clone();
        if what == "a scenario" {
            // taken out before the rest is read: what is laid over what
            keys.extend(["extends", "params", "import"].map(str::to_owned));
        }
        let of_what: Vec<&Shape> =
            maps::all().filter(|shape| shape.called.contains(&what.as_str())).collect();
        match of_what.as_slice() {
            [shape] => {
                let listed: BTreeSet<String> =
                    shape.keys.iter().map(|(key, ..)| (*key).to_owned()).collect();
                if listed != keys {
                    unknown.push(format!("{what}: the schema has {listed:?}, the reader {keys:?}"));
                }
            }
            _ if NOT_SAID.contains(&what.as_str()) => {}
            _ => unknown.push(format!("{what} is not in the schema: {keys:?}")),
        }
    }
    assert!(unknown.is_empty(), "src/scenario/schema/maps.rs:\n{}", unknown.join("\n"));
}

/// Maps that the schema leaves open: only supsim writes them, or their shape hangs on a neighbour.
const NOT_SAID: [&str; 4] = ["`dates`", "`schedule`", "a window", "`wsus`"];

#[test]
fn the_schema_that_is_committed_is_this_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("supsim.schema.json");
    if std::env::var_os("REWRITE").is_some() {
        fs::write(&path, schema()).unwrap();
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(there == schema(), "REWRITE=1 cargo test writes supsim.schema.json anew");
}

fn judge() -> jsonschema::Validator {
    jsonschema::validator_for(&serde_json::from_str(&schema()).unwrap()).unwrap()
}

fn value(text: &str) -> Option<Value> {
    let read: serde_yaml::Value = serde_yaml::from_str(text).ok()?;
    serde_json::to_value(read).ok()
}

#[test]
fn every_scenario_fits_the_schema() {
    let judge = judge();
    for path in files("scenarios") {
        let given = value(&fs::read_to_string(&path).unwrap()).unwrap();
        let wrong: Vec<String> = judge
            .iter_errors(&given)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{}: {}", path.display(), wrong.join("\n"));
    }
}

#[test]
fn every_word_of_the_language_and_all_that_supsim_writes_fits_the_schema() {
    let judge = judge();
    let fits = |name: &str, text: &str| {
        let given = value(text).unwrap();
        let wrong = judge.iter_errors(&given).map(|one| format!("{}: {one}", one.instance_path()));
        let wrong: Vec<String> = wrong.collect();
        assert!(wrong.is_empty(), "{name}: {}", wrong.join("\n"));
    };
    let everything = include_str!("../everything.yaml");
    fits("everything.yaml", everything);
    let read = |text| Scenario::parse("given.yaml", text, &Overrides::default()).unwrap().0;
    fits("everything.yaml written out", &read(everything).to_yaml());
    for path in files("scenarios").into_iter().filter(|path| !is_study(path)) {
        let scenario = Scenario::read(&path, &Overrides::default()).unwrap().0;
        fits(&format!("{} written out", path.display()), &scenario.to_yaml());
    }
}

/// Is it wrong in form, by its code: what is no key, no word, no unit; what is missing or too much?
fn of_form(code: &str) -> bool {
    matches!(code, "E0101" | "E0102" | "E0104" | "E0105" | "E0106" | "E0107" | "E0112" | "E0421")
        || code.starts_with("E020")
}

/// Wrong files that a schema cannot tell from right ones, and why.
const PASS: &[(&str, &str)] = &[
    ("duration-too-long", "how long a duration is stands in its units"),
    ("history-columns", "what is wrong stands in the table that it names"),
    ("param-of-another-kind", "what stands behind `${name}` is not looked up"),
    ("study-hour-knob", "what a study lays over its base is read with the base"),
    ("study-hour-schedule", "what a study lays over its base is read with the base"),
    ("study-points", "what a study lays over its base is read with the base"),
    ("time-unquoted", "without its quotes it is the same text"),
    ("too-fine", "what the units of a duration come to"),
];

/// What is wrong in the form of a file, by the answer agreed to it.
fn wrong_in_form(answer: &str, file: &str) -> bool {
    let mut lines = answer.lines().peekable();
    std::iter::from_fn(|| lines.next().map(|line| (line, lines.peek().copied())))
        .filter(|(_, next)| next.is_some_and(|next| next.contains(&format!("--> {file}:"))))
        .filter_map(|(line, _)| line.strip_prefix("error[")?.get(..5))
        .any(of_form)
}

#[test]
fn every_file_that_is_wrong_in_form_does_not_fit_the_schema() {
    let judge = judge();
    let mut given: Vec<_> = files("tests/bad")
        .into_iter()
        .map(|path| (path.clone(), path.with_extension("txt")))
        .collect();
    let folders = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad")).unwrap();
    let folders = folders.map(|one| one.unwrap().path()).filter(|path| path.is_dir());
    given.extend(folders.map(|folder| (folder.join("main.yaml"), folder.join("answer.txt"))));
    given.sort();
    let (mut refused, mut wrong) = (0, Vec::new());
    for (path, answer) in given {
        let folder = path.parent().unwrap().file_name().unwrap().to_string_lossy();
        let (file, stem) = (path.file_name().unwrap(), path.file_stem().unwrap());
        let name = if folder == "bad" { stem.to_string_lossy() } else { folder };
        let form = wrong_in_form(&fs::read_to_string(answer).unwrap(), &file.to_string_lossy());
        // what is no YAML never meets a schema
        let Some(given) = fs::read_to_string(&path).ok().and_then(|text| value(&text)) else {
            continue;
        };
        let (fits, passes) = (judge.is_valid(&given), PASS.iter().any(|(pass, _)| *pass == name));
        match (form, fits, passes) {
            (true, true, false) => wrong.push(format!("{name} fits the schema")),
            (_, false, true) => wrong.push(format!("{name} is refused, and need not be excused")),
            _ => refused += usize::from(!fits),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(refused > 40, "only {refused} are refused");
}

#[test]
fn two_alternatives_at_once_or_none_are_refused_by_the_schema_and_by_the_reader() {
    let judge = judge();
    let base = "supsim: 1\nkind: scenario\nname: form\nstart: 2026-01-12 00:00\nduration: 7d\n\
                sites: { CEN: {}, PR1: { parent: CEN } }\n";
    let fits = |rest: &str| judge.is_valid(&value(&format!("{base}{rest}\n")).unwrap());
    let reads = |rest: &str| {
        Scenario::parse("form.yaml", &format!("{base}{rest}\n"), &Overrides::default()).is_ok()
    };
    for right in [
        "sync: { schedule: { weekly: { on: [Tue], at: \"22:00\" } } }",
        "faults: { f: { do: link_down, when: { window: { for: 1h } } } }",
        "faults: { f: { do: { slow: { phase: pull, factor: 2 } }, when: { per_attempt: 5% } } }",
        "expect: { e: { metric: sync_time, at_most: 1h } }",
        "routes: { r: { open: { \"Mon-Fri\": \"20:00-06:00\" } } }",
    ] {
        assert!(fits(right) && reads(right), "{right}");
    }
    let (weekly, monthly) =
        ("weekly: { on: [Tue], at: \"22:00\" }", "monthly: { day_of_month: 3, at: \"22:00\" }");
    for wrong in [
        format!("sync: {{ schedule: {{ {weekly}, {monthly} }} }}"),
        "sync: { schedule: {} }".to_owned(),
        "sync: { schedule: { monthly: { day_of_month: 3, week: first, day: Tue, at: \"22:00\" } } }".into(),
        "sync: { schedule: { monthly: { at: \"22:00\" } } }".into(),
        "faults: { f: { do: { link_slow: { to: 5% }, delay_package: 1h }, when: { per_attempt: 5% } } }".into(),
        "faults: { f: { do: {}, when: { per_attempt: 5% } } }".into(),
        "faults: { f: { do: link_down, when: { per_attempt: 5%, attempts: [1] } } }".into(),
        "faults: { f: { do: link_down, when: {} } }".into(),
        "faults: { f: { do: link_down } }".into(),
        "faults: { f: { when: { per_attempt: 5% } } }".into(),
        "faults: { f: { do: link_down, when: { window: { for: 1h, until: 2026-01-13 00:00 } } } }".into(),
        format!("faults: {{ f: {{ do: link_down, when: {{ schedule: {{ {weekly}, {monthly}, for: 1h }} }} }} }}"),
        "faults: { f: { do: link_down, pick: { count: 1, percent: 5% }, when: { per_attempt: 5% } } }".into(),
        "expect: { e: { metric: sync_time, at_most: 1h, at_least: 1min } }".into(),
        "expect: { e: { metric: sync_time } }".into(),
        "expect: { e: { at_most: 1h } }".into(),
        "expect: { e: { metric: sync_time, at_most: 95% } }".into(),
        "expect: { e: { metric: attempts, at_most: 1h } }".into(),
        "links: { l: { bandwidth: { hourly: {} } } }".into(),
        "timing: { pull: { constant: 1h, exponential: { mean: 1h } } }".into(),
        "operations: { o: { do: run_synchronization } }".into(),
        "operations: { o: { at: 2026-01-13 00:00, do: { install_sup: { site: PR1 }, remove_sup: { site: PR1 } } } }".into(),
        "routes: { r: { rate: { hourly: { \"00:00-24:00\": 5% }, pulse: { block: 3 KB, delay: 5s } } } }".into(),
        "source: { wsus: {}, microsoft: {} }".into(),
    ] {
        assert!(!reads(&wrong), "it is read: {wrong}");
        assert!(!fits(&wrong), "it fits the schema: {wrong}");
    }
}
