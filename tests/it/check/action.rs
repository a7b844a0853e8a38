//! `action.yml` is a composite action around `supsim check`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_yaml::Value;

use crate::commands::supsim;
use crate::support;

fn action() -> Value {
    let text = fs::read_to_string(support::project("action.yml")).unwrap();
    serde_yaml::from_str(&text).expect("action.yml is YAML")
}

fn names(value: &Value) -> Vec<&str> {
    value.as_mapping().unwrap().keys().map(|key| key.as_str().unwrap()).collect()
}

#[test]
fn every_input_is_described_and_used_and_every_flag_is_one_of_check() {
    let action = action();
    assert_eq!(action["runs"]["using"].as_str(), Some("composite"));
    let steps = action["runs"]["steps"].as_sequence().unwrap();
    let text = fs::read_to_string(support::project("action.yml")).unwrap();
    for name in names(&action["inputs"]) {
        let described = action["inputs"][name]["description"].as_str().unwrap_or_default();
        assert!(!described.is_empty(), "{name} is not described");
        assert!(text.contains(&format!("inputs.{name} ")), "{name} is used nowhere");
    }
    let help = supsim(&support::project(""), &["check", "--help"]);
    let help = String::from_utf8(help.stdout).unwrap();
    let script = steps.iter().filter_map(|step| step["run"].as_str()).collect::<String>();
    assert!(script.contains(" check "), "{script}");
    let check = script.lines().filter_map(|line| Some(line.split_once("arguments+=(")?.1));
    let mut flags = 0;
    for line in check {
        for word in line.split([' ', '(', ')', '"']).filter(|word| word.starts_with('-')) {
            flags += 1;
            let known = [' ', ',', '\n'].iter().any(|end| help.contains(&format!("{word}{end}")));
            assert!(known, "check has no flag {word}: {line}");
        }
    }
    assert!(flags >= 3, "{script}");
}

#[test]
fn inputs_reach_the_shell_as_values_and_never_as_code() {
    for step in action()["runs"]["steps"].as_sequence().unwrap() {
        let script = step["run"].as_str().unwrap_or_default();
        assert!(!script.contains("${{"), "an expression in a script is code: {script}");
        assert!(step["run"].is_null() || step["shell"].as_str() == Some("bash"), "{step:?}");
    }
}

#[test]
fn it_sends_nothing_anywhere() {
    for step in action()["runs"]["steps"].as_sequence().unwrap() {
        assert!(step["uses"].is_null(), "another action may send: {step:?}");
        let script = step["run"].as_str().unwrap_or_default();
        for word in ["curl", "wget", "gh ", "upload"] {
            assert!(!script.contains(word), "{word}: {script}");
        }
    }
}

/// Does the last step's script as a runner would; `None` where there is no bash.
fn done(place: &Path, more: &[(&str, &str)]) -> Option<Output> {
    let action = action();
    let step = action["runs"]["steps"].as_sequence().unwrap().last().unwrap().clone();
    let mut command = Command::new("bash");
    command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"].as_str().unwrap()]);
    for key in names(&step["env"]) {
        let expression = step["env"][key].as_str().unwrap();
        let input = expression.trim_start_matches("${{ inputs.").trim_end_matches(" }}");
        command.env(key, action["inputs"][input]["default"].as_str().unwrap_or_default());
    }
    command.current_dir(place).env("BINARY", env!("CARGO_BIN_EXE_supsim"));
    command.env("GITHUB_OUTPUT", "output.txt").env("GITHUB_STEP_SUMMARY", "step.md");
    command.env("GITHUB_ACTIONS", "true").envs(more.iter().copied());
    command.output().ok()
}

#[test]
fn it_checks_what_it_is_given_and_ends_as_the_check_does() {
    let place = super::scenarios();
    let file = |name: &str| fs::read_to_string(place.path().join(name)).unwrap_or_default();
    let Some(output) = done(place.path(), &[("FILES", "tutorial.yaml\n")]) else {
        eprintln!("skipped: no bash here");
        return;
    };
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(file("output.txt"), "exit-code=0\n");
    assert!(file("junit.xml").contains("<testsuite name=\"tutorial\""));
    assert_eq!(file("step.md"), file("summary.md"));
    // a name with a blank and what a shell would do something with is one file
    fs::copy(place.path().join("late.yaml"), place.path().join("a $(b) 'c.yaml")).unwrap();
    let more = [("FILES", "a $(b) 'c.yaml\nopen.yaml"), ("REPS", "3"), ("JUNIT", "")];
    fs::remove_file(place.path().join("junit.xml")).unwrap();
    let output = done(place.path(), &more).unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("::error file=a $(b) 'c.yaml,line=6,"), "{said}");
    assert!(said.contains("of 3; worst"), "{said}");
    assert!(file("output.txt").ends_with("exit-code=1\n"));
    assert!(!place.path().join("junit.xml").exists());
}

#[test]
fn it_tells_what_a_pull_request_changed_against_its_branch() {
    let place = super::scenarios();
    let git = |place: &Path, words: &[&str]| {
        let mut command = Command::new("git");
        let who = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org"];
        command.args(who).args(words).current_dir(place);
        command.output().is_ok_and(|output| output.status.success())
    };
    if !git(place.path(), &["init", "--quiet", "--initial-branch=main"]) {
        eprintln!("skipped: no git here");
        return;
    }
    assert!(git(place.path(), &["add", "."]) && git(place.path(), &["commit", "--quiet", "-mwas"]));
    // as a runner does it: the one commit of the change, and nothing of the branch it is for
    let checkout = tempfile::tempdir().unwrap();
    let origin = format!("file://{}", place.path().display());
    assert!(git(checkout.path(), &["clone", "--quiet", "--depth", "1", &origin, "work"]));
    let work = checkout.path().join("work");
    let tutorial = work.join("tutorial.yaml");
    let text = fs::read_to_string(&tutorial).unwrap();
    fs::write(&tutorial, text.replace("after: 12min", "after: 13min")).unwrap();
    assert!(git(&work, &["checkout", "--quiet", "-b", "change"]));
    assert!(git(&work, &["commit", "--quiet", "-am", "changed"]));
    assert!(git(&work, &["branch", "-D", "main"]));
    let more =
        [("FILES", "tutorial.yaml\ndrawn.yaml"), ("AGAINST", "main"), ("MATTERS_FROM", "5min 1%")];
    let Some(output) = done(&work, &more) else {
        eprintln!("skipped: no bash here");
        return;
    };
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let page = fs::read_to_string(work.join("summary.md")).unwrap();
    assert!(page.contains("1 changed in design"), "{page}");
    assert!(page.contains("faults&#46;"), "{page}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("unchanged"), "{said}");
}
