//! `action.yml` is a composite action around `supsim check`.

use std::fs;

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
            let known = help.contains(&format!("{word} ")) || help.contains(&format!("{word},"));
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
