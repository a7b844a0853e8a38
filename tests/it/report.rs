//! Is a report whole, the same each time, and harmless?

use std::fs;
use std::path::Path;

use crate::commands::supsim;
use crate::support;

/// A folder with one stored run of a scenario of the project, called `latest`.
pub fn stored(scenario: &str, words: &[&str]) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    fs::copy(support::project(scenario), place.path().join("scenario.yaml")).unwrap();
    let quiet = ["run", "scenario.yaml", "-q", "--charts", "none", "--logs", "none"];
    let ran = supsim(place.path(), &[&quiet, words].concat());
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    place
}

/// The report that these words write.
pub fn report(place: &Path, words: &[&str]) -> String {
    let said = supsim(place, &[&["report"], words].concat());
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let name = words.iter().rfind(|word| word.ends_with(".html")).unwrap_or(&"report.html");
    fs::read_to_string(place.join(name)).expect("the report was written")
}

#[test]
fn a_report_of_a_stored_run_is_the_same_bytes_each_time() {
    let place = stored("scenarios/three-tier.yaml", &["--reps", "3"]);
    let first = report(place.path(), &["latest", "-o", "a.html"]);
    let second = report(place.path(), &["latest", "-j", "1", "-o", "b.html"]);
    assert!(first == second);
    assert!(first.contains("3 replications, of which 0 is told in full"), "of all replications");
    assert!(!place.path().join("a.html.part").exists());
}

#[test]
fn a_report_says_what_the_stored_scenario_no_longer_knows() {
    let place = stored("scenarios/three-tier.yaml", &["--set", "sync.retry.every=30min"]);
    let page = report(place.path(), &["latest"]);
    for wanted in ["timing.settle", "documented", "assumed", "--set sync.retry.every=30min"] {
        assert!(page.contains(wanted), "{wanted} is missing");
    }
}

#[test]
fn the_scenario_in_a_report_gives_the_fingerprint_in_it() {
    let place = stored("scenarios/three-tier.yaml", &["--seed", "7"]);
    let page = report(place.path(), &["latest"]);
    let (_, rest) = page.split_once("<pre id=\"scenario\">").expect("the scenario");
    let (text, _) = rest.split_once("</pre>").expect("its end");
    let text = text.replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<");
    let text = text.replace("&gt;", ">").replace("&amp;", "&");
    fs::write(place.path().join("again.yaml"), text).unwrap();
    let again = supsim(place.path(), &["run", "again.yaml", "-q", "--out", "again"]);
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
    let said = supsim(place.path(), &["replay", "latest", "--out", "again"]);
    let said = String::from_utf8(said.stdout).unwrap();
    let line = said.lines().find(|line| line.trim_start().starts_with("all ")).expect("all");
    let print = line.split_whitespace().nth(1).unwrap();
    assert!(page.contains(&format!("all {print}")), "{print} is not in the report");
}

#[test]
fn what_is_no_name_of_a_report_is_answered() {
    let place = stored("scenarios/three-tier.yaml", &[]);
    for (words, code, answer) in [
        (["report", "latest", "-o", "report.pdf"], 2, "name it so: -o NAME.html"),
        (["report", "latest", "-o", "scenario.yaml/a.html"], 74, "scenario.yaml"),
        (["report", "frogs", "-o", "a.html"], 2, "this is not a stored run"),
    ] {
        let said = supsim(place.path(), &words);
        assert_eq!(said.status.code(), Some(code));
        let text = String::from_utf8(said.stderr).unwrap();
        assert!(text.contains(answer), "{text}");
    }
}

#[test]
fn a_report_beside_a_run_is_the_same_as_one_of_the_stored_run() {
    let place = stored("scenarios/three-tier.yaml", &["--reps", "4", "-o", "beside.html"]);
    let beside = fs::read_to_string(place.path().join("beside.html")).unwrap();
    assert!(beside == report(place.path(), &["latest", "-o", "a.html"]));
    assert!(beside.contains("How sure are we?"), "of several replications there is a fan");
    let alone = report(place.path(), &["scenario.yaml", "-o", "b.html"]);
    assert!(!alone.contains("How sure are we?"), "of one there is none");
}
