use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::*;
use crate::scenario::{Disk, Overrides, Scenario};

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
        let _ = Scenario::decode("given.yaml", &bytes, &Overrides::default(), disk);
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

// what a schema lets pass is told by the program: exactly one of several keys, for example
#[test]
fn a_wrong_shape_does_not_fit_the_schema() {
    let judge = judge();
    for name in [
        "unknown-key",
        "unknown-key-top",
        "unknown-word",
        "duration-without-unit",
        "rate-mbps",
        "map-expected",
        "percent",
        "bad-codes",
        "reserved-codes",
        "time-wrong",
        "yes-is-no-boolean",
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/bad/{name}.yaml"));
        let given = value(&fs::read_to_string(&path).unwrap()).unwrap();
        assert!(!judge.is_valid(&given), "{name} fits");
    }
}
