//! What is opened again is the run that was stored, or there is a word about it.

use std::fs;
use std::path::Path;

use crate::commands::supsim;
use crate::support;

fn said(place: &Path, words: &[&str]) -> (i32, String) {
    let output = supsim(place, words);
    let all = [output.stdout, output.stderr].concat();
    (output.status.code().expect("not killed"), String::from_utf8(all).expect("UTF-8"))
}

/// A folder with one stored run in `results`; its name.
fn stored() -> (tempfile::TempDir, String) {
    let place = tempfile::tempdir().unwrap();
    let scenario = support::project("scenarios/three-tier.yaml");
    fs::copy(scenario, place.path().join("three-tier.yaml")).unwrap();
    let (code, text) =
        said(place.path(), &["run", "three-tier.yaml", "-q", "--charts", "none", "--rep", "3"]);
    assert_eq!(code, 0, "{text}");
    let entries = fs::read_dir(place.path().join("results")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let name = names.into_iter().find(|name| !name.starts_with('.')).expect("a stored run");
    (place, name)
}

#[test]
fn a_stored_run_is_the_same_run_when_it_is_replayed() {
    let (place, name) = stored();
    for word in ["latest", &name, &format!("results/{name}")] {
        let (code, text) = said(place.path(), &["replay", word]);
        assert_eq!(code, 0, "{text}");
        assert!(text.starts_with(&format!("{name}   replication 3   seed ")), "{text}");
        assert!(text.ends_with("the same run\n") && !text.contains("other"), "{text}");
    }
    let (_, from_elsewhere) = said(
        &std::env::temp_dir(),
        &["replay", "latest", "--out", place.path().join("results").to_str().unwrap()],
    );
    assert!(from_elsewhere.ends_with("the same run\n"), "{from_elsewhere}");
}

#[test]
fn a_fingerprint_that_moved_is_named_and_nothing_else() {
    let (place, name) = stored();
    let path = place.path().join("results").join(&name).join("manifest.json");
    let mut manifest: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    manifest["fingerprints"][0]["causes"] = "00000000".into();
    fs::write(&path, manifest.to_string()).unwrap();
    let (code, text) = said(place.path(), &["replay", "latest"]);
    assert_eq!(code, 3, "{text}");
    let other: Vec<&str> = text.lines().filter(|line| line.ends_with("other")).collect();
    assert!(matches!(other[..], [line] if line.contains("causes")), "{text}");
    assert!(text.ends_with("NOT the same run\n"), "{text}");
}

#[test]
fn a_scenario_that_was_changed_after_the_run_is_another_run() {
    let (place, name) = stored();
    let path = place.path().join("results").join(&name).join("scenario.yaml");
    let text = fs::read_to_string(&path).unwrap() + "# a word\n";
    fs::write(&path, text).unwrap();
    let (code, text) = said(place.path(), &["replay", "latest"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("it was changed after the run was stored"), "{text}");
}

#[test]
fn a_run_is_held_against_its_fingerprint_also_when_more_is_recorded_than_was_stored() {
    let place = tempfile::tempdir().unwrap();
    fs::copy(support::project("scenarios/three-tier.yaml"), place.path().join("a.yaml")).unwrap();
    let words = ["run", "a.yaml", "-q", "--charts", "none", "--events", "attempts"];
    assert_eq!(said(place.path(), &words).0, 0);
    let (code, text) = said(place.path(), &["explain", "latest", "B21", "--tries", "0"]);
    assert_eq!(code, 0, "{text}");
    let manifests = fs::read_dir(place.path().join("results")).unwrap();
    let manifest = manifests
        .map(|entry| entry.unwrap().path().join("manifest.json"))
        .find(|path| path.is_file())
        .unwrap();
    let written = fs::read_to_string(&manifest).unwrap();
    let at = written.find("\"facts\": \"").unwrap() + "\"facts\": \"".len();
    let other = format!("{}00000000{}", &written[..at], &written[at + 8..]);
    fs::write(&manifest, other).unwrap();
    for words in [&["explain", "latest", "B21"][..], &["report", "latest", "-o", "a.html"]] {
        let (code, text) = said(place.path(), words);
        assert_eq!(code, 3, "{text}");
        assert!(text.contains("moved: facts"), "{text}");
    }
}

#[test]
fn what_logs_tell_is_not_shown_as_a_run_of_the_scenario_made_of_them() {
    let (place, name) = stored();
    let logs = format!("results/{name}/logs");
    let (code, text) = said(place.path(), &["import", "wsyncmgr", &logs, "--out", "told"]);
    assert_eq!(code, 0, "{text}");
    for words in [
        &["report", "latest", "-o", "a.html", "--out", "told"][..],
        &["export", "latest", "--to", "jsonl", "--out", "told"],
        &["chart", "latest", "timeline", "-o", "a.svg", "--out", "told"],
        &["replay", "latest", "--out", "told"],
    ] {
        let (code, text) = said(place.path(), words);
        assert_eq!(code, 2, "{text}");
        assert!(text.contains("this is what logs tell"), "{text}");
        assert!(text.contains("scenario.yaml"), "{text}");
    }
}

#[test]
fn what_is_not_a_stored_run_is_answered() {
    let (place, name) = stored();
    let (code, text) = said(place.path(), &["replay", &name[..name.len() - 1]]);
    assert_eq!(code, 2);
    assert!(text.contains(&format!("did you mean {name}?")), "{text}");
    let (code, text) = said(place.path(), &["replay", "latest", "--out", "nowhere"]);
    assert_eq!(code, 2);
    assert!(text.contains("no run is stored here"), "{text}");
    let (code, text) = said(place.path(), &["replay", "tutorial.yaml"]);
    assert_eq!(code, 2);
    assert!(text.contains("supsim run tutorial.yaml stores one"), "{text}");
    for manifest in ["", "{}", "[1", "{\"manifest\": 7}", "\u{0}"] {
        fs::write(place.path().join("results").join(&name).join("manifest.json"), manifest)
            .unwrap();
        let (code, text) = said(place.path(), &["replay", &format!("results/{name}")]);
        assert_eq!(code, 2, "{manifest}: {text}");
        assert!(text.contains("this is not the manifest of a run"), "{text}");
    }
}

#[test]
fn a_folder_in_place_of_a_scenario_is_called_one_on_every_system() {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("my plans")).unwrap();
    let (code, text) = said(place.path(), &["run", "my plans"]);
    assert_eq!(code, 74, "{text}");
    assert!(text.contains("my plans: this is a folder; name a scenario in it"), "{text}");
    assert!(text.contains("supsim validate \"my plans\" checks them all"), "{text}");
}
