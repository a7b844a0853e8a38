use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::super::{perform, screen::Captured};
use super::*;

struct Ran {
    exit: Exit,
    out: String,
    err: String,
}

/// Runs with `words` in which `DIR` stands for the folder given.
fn supsim(dir: &Path, words: &str) -> Ran {
    let (mut screen, out, err): (_, Captured, Captured) = Screen::captured();
    let place = |word: &str| word.replace("DIR", &dir.display().to_string()).into();
    let words = std::iter::once("supsim").chain(words.split(' ')).map(place).collect();
    let exit = perform(words, &mut screen);
    Ran { exit, out: out.text(), err: err.text() }
}

/// Every file below a folder, by path; a manifest without its `this_time`.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let mut bytes = fs::read(&path).unwrap();
            if path.ends_with(MANIFEST) {
                let text = String::from_utf8(bytes).unwrap();
                bytes = text.split("\"this_time\"").next().unwrap().as_bytes().to_vec();
            }
            let path = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            files.insert(path, bytes);
        }
    }
    files
}

fn workplace() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("tutorial.yaml"), crate::cli::pipeline::tests::TUTORIAL).unwrap();
    dir
}

fn only_run(results: &Path) -> PathBuf {
    let mut runs: Vec<PathBuf> = fs::read_dir(results)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    assert_eq!(runs.len(), 1, "{runs:?}");
    runs.remove(0)
}

#[test]
fn a_run_is_told_and_stored() {
    let dir = workplace();
    let ran = supsim(dir.path(), "run DIR/tutorial.yaml --out DIR/results");
    assert_eq!((ran.exit, ran.err.as_str()), (Exit::Ok, ""));
    assert!(ran.out.starts_with("tutorial   seed 1 "), "{}", ran.out);
    let run = only_run(&dir.path().join("results"));
    assert!(ran.out.contains(&format!("stored as {}", run.display())), "{}", ran.out);
    let files = files(&run);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    for name in [
        "events.jsonl",
        "logs/CEN/wsyncmgr.log",
        "logs/PR2/wsyncmgr.log",
        "manifest.json",
        "scenario.yaml",
        "summary.txt",
        "tables/arrivals.csv",
        "tables/attempts.csv",
        "tables/faults.csv",
        "tables/sites.csv",
    ] {
        assert!(names.contains(&name), "{name} is missing in {names:?}");
    }
    assert!(names.iter().any(|name| name.starts_with("charts/") && name.ends_with(".svg")));
}

#[test]
fn the_same_run_again_gives_the_same_bytes_in_the_same_folder() {
    let dir = workplace();
    let command = "run DIR/tutorial.yaml --out DIR/results";
    let first = supsim(dir.path(), command);
    let run = only_run(&dir.path().join("results"));
    let before = files(&run);
    let second = supsim(dir.path(), command);
    assert_eq!(first.out, second.out);
    assert_eq!(files(&only_run(&dir.path().join("results"))), before);
}

#[test]
fn the_manifest_knows_every_other_file_by_its_hash() {
    let dir = workplace();
    supsim(dir.path(), "run DIR/tutorial.yaml --out DIR/results");
    let run = only_run(&dir.path().join("results"));
    let manifest = fs::read_to_string(run.join(MANIFEST)).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let mut listed = Vec::new();
    for file in manifest["files"].as_array().unwrap() {
        let path = file["path"].as_str().unwrap();
        let bytes = fs::read(run.join(path)).unwrap();
        assert_eq!(file["sha256"], hex(&Sha256::digest(&bytes)), "{path}");
        assert_eq!(file["bytes"], bytes.len(), "{path}");
        listed.push(path.to_owned());
    }
    let there: Vec<String> = files(&run).into_keys().filter(|path| path != MANIFEST).collect();
    assert_eq!(listed, there);
    assert_eq!(manifest["scenario"]["name"], "tutorial");
    let file = fs::read(dir.path().join("tutorial.yaml")).unwrap();
    assert_eq!(manifest["scenario"]["sha256"], hex(&Sha256::digest(&file)));
    assert_eq!(manifest["fingerprints"][0]["all"].as_str().unwrap().len(), 8);
    assert!(manifest["this_time"]["start"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn nothing_is_stored_when_nothing_shall_be() {
    let dir = workplace();
    let ran = supsim(dir.path(), "run DIR/tutorial.yaml --no-store");
    assert_eq!(ran.exit, Exit::Ok);
    assert!(!ran.out.contains("stored as"), "{}", ran.out);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "only the scenario");
    let ran = supsim(dir.path(), "run DIR/tutorial.yaml --no-store --out DIR/x");
    assert_eq!(ran.exit, Exit::NothingRan);
}

#[test]
fn quiet_says_nothing_and_stores_all_the_same() {
    let dir = workplace();
    let ran = supsim(dir.path(), "run DIR/tutorial.yaml -q --out DIR/results");
    assert_eq!((ran.exit, ran.out.as_str(), ran.err.as_str()), (Exit::Ok, "", ""));
    assert!(only_run(&dir.path().join("results")).join("summary.txt").exists());
}

#[test]
fn without_events_charts_and_logs_the_tables_stay() {
    let dir = workplace();
    let words = "run DIR/tutorial.yaml --out DIR/r --events none --charts none --logs none";
    supsim(dir.path(), words);
    let run = only_run(&dir.path().join("r"));
    assert!(!run.join("events.jsonl").exists());
    assert!(!run.join("charts").exists());
    assert!(!run.join("logs").exists());
    let attempts = fs::read_to_string(run.join("tables/attempts.csv")).unwrap();
    assert!(attempts.lines().count() > 1, "{attempts}");
}

#[test]
fn what_was_overridden_is_said_first_and_kept_in_the_manifest() {
    let dir = workplace();
    let words = "run DIR/tutorial.yaml --out DIR/r --set faults.lima-first-try=null --where code=PR2 --set name=Lima";
    let ran = supsim(dir.path(), words);
    assert_eq!((ran.exit, ran.err.as_str()), (Exit::Ok, ""));
    let lines: Vec<&str> = ran.out.lines().take(3).collect();
    assert!(
        lines[0].starts_with("overridden: faults.lima-first-try removed (was { where"),
        "{}",
        ran.out
    );
    assert_eq!(lines[1], "overridden: name of 1 site (PR2) = Lima");
    assert!(lines[2].starts_with("tutorial "), "{}", ran.out);
    let manifest = fs::read_to_string(only_run(&dir.path().join("r")).join(MANIFEST)).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["overridden"][0]["path"], "faults.lima-first-try");
    assert_eq!(manifest["overridden"][0]["after"], serde_json::Value::Null);
    assert_eq!(manifest["overridden"][1]["by"], "--where { code: PR2 } --set name=Lima");
    let again = "tutorial.yaml --set faults.lima-first-try=null --where code=PR";
    assert!(ran.out.contains(again), "{}", ran.out);
}

#[test]
fn a_file_that_is_not_there_ends_with_74_and_its_name() {
    let dir = workplace();
    let ran = supsim(dir.path(), "run DIR/tutorail.yaml --out DIR/results");
    assert_eq!((ran.exit, ran.out.as_str()), (Exit::FileTrouble, ""));
    assert!(ran.err.contains("tutorail.yaml: "), "{}", ran.err);
    assert!(ran.err.ends_with("did you mean tutorial.yaml?\n"), "{}", ran.err);
    assert!(!dir.path().join("results").exists());
}

#[test]
fn a_place_that_cannot_be_written_ends_with_74_after_the_summary() {
    let dir = workplace();
    fs::write(dir.path().join("results"), "in the way").unwrap();
    let ran = supsim(dir.path(), "run DIR/tutorial.yaml --out DIR/results");
    assert_eq!(ran.exit, Exit::FileTrouble);
    assert!(ran.out.starts_with("tutorial "), "the answer is not lost: {}", ran.out);
    assert!(ran.err.contains("results"), "{}", ran.err);
}

#[test]
fn devices_of_windows_are_no_folders() {
    assert_eq!(safe_folder("COM1"), "COM1_");
    assert_eq!(safe_folder("CO1"), "CO1");
    assert_eq!(safe_folder("COM12"), "COM12");
}
