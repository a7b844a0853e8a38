//! What a change bought: scenarios beside what they were.

use std::fs;
use std::path::Path;

use super::{code, out, scenarios};
use crate::commands::{agreed, conversation, supsim};

/// The scenarios as they were, in `was`, and what has become of three of them.
fn changed() -> tempfile::TempDir {
    let place = scenarios();
    let was = place.path().join("was");
    fs::create_dir(&was).unwrap();
    for name in ["tutorial.yaml", "drawn.yaml", "late.yaml", "open.yaml"] {
        fs::copy(place.path().join(name), was.join(name)).unwrap();
    }
    let late = place.path().join("late.yaml");
    let text = fs::read_to_string(&late).unwrap();
    fs::write(&late, text + "sync: { retry: { every: 2h } }\n").unwrap();
    fs::write(was.join("open.yaml"), "supsim: 0\n").unwrap();
    place
}

fn markdown(place: &Path, words: &[&str]) -> String {
    let file = place.join("summary.md");
    let _ = fs::remove_file(&file);
    supsim(place, &[&["check", "-o", "summary.md", "-q"], words].concat());
    fs::read_to_string(file).unwrap()
}

#[test]
fn what_changed_and_what_it_bought_is_told() {
    let place = changed();
    let said = conversation(
        place.path(),
        &["check tutorial.yaml late.yaml open.yaml --against was --reps 6 --matters-from 30min"],
    );
    let page = markdown(place.path(), &["late.yaml", "--against", "was", "--reps", "6"]);
    agreed("check-against", &format!("{said}\n{page}"));
}

#[test]
fn what_is_worse_fails_where_it_shall_and_only_then() {
    let place = changed();
    let of = |words: &[&str]| {
        let always = ["check", "drawn.yaml", "--reps", "8", "--against", "was", "-o", "j.xml"];
        code(&supsim(place.path(), &[&always, words].concat()))
    };
    assert_eq!(of(&["--fail-if-worse"]), 0, "nothing has changed");
    let drawn = place.path().join("drawn.yaml");
    let text = fs::read_to_string(&drawn).unwrap();
    fs::write(&drawn, text + "timing: { settle: 5h }\n").unwrap();
    assert_eq!(of(&[]), 0, "worse, but only told");
    let failed = of(&["--fail-if-worse"]);
    assert_eq!(failed, 1);
    let xml = fs::read_to_string(place.path().join("j.xml")).unwrap();
    assert!(xml.contains("<failure type=\"worse\""), "{xml}");
    assert!(xml.contains("name=\"against before\""), "{xml}");
    of(&["--fail-if-worse", "--matters-from", "30d", "--matters-from", "100%"]);
    let xml = fs::read_to_string(place.path().join("j.xml")).unwrap();
    assert!(!xml.contains("type=\"worse\""), "so much does not matter: {xml}");
}

#[test]
fn where_nothing_was_there_to_compare_with_it_is_said() {
    let place = changed();
    fs::create_dir(place.path().join("empty")).unwrap();
    for base in ["empty", "nowhere"] {
        let output = supsim(place.path(), &["check", "tutorial.yaml", "--against", base]);
        assert_eq!(code(&output), 5, "{}", out(&output));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(base), "{said}");
    }
    let output = supsim(
        place.path(),
        &["check", "tutorial.yaml", "--against", "was", "--matters-from", "much"],
    );
    assert_eq!(code(&output), 2);
    let output = supsim(place.path(), &["check", "tutorial.yaml", "--fail-if-worse"]);
    assert_eq!(code(&output), 2, "worse than what?");
}

#[test]
fn a_page_about_nothing_is_empty_where_that_is_wanted() {
    let place = changed();
    let only = |words: &[&str]| markdown(place.path(), &[&["--only-if-changed"], words].concat());
    assert_eq!(only(&["tutorial.yaml"]), "");
    assert_eq!(only(&["tutorial.yaml", "--against", "was"]), "");
    assert_ne!(only(&["late.yaml"]), "", "an expectation failed");
    assert_ne!(only(&["tutorial.yaml", "--golden", "require"]), "");
    let tutorial = place.path().join("tutorial.yaml");
    let text = fs::read_to_string(&tutorial).unwrap();
    fs::write(&tutorial, text.replace("after: 12min", "after: 13min")).unwrap();
    assert_eq!(only(&["tutorial.yaml"]), "", "nothing says what it was");
    assert_ne!(only(&["tutorial.yaml", "--against", "was"]), "");
}

#[test]
fn a_scenario_is_looked_for_under_its_path_and_then_under_its_name() {
    let place = changed();
    let inside = place.path().join("was/deep");
    fs::create_dir_all(&inside).unwrap();
    fs::create_dir(place.path().join("deep")).unwrap();
    let tutorial = fs::read_to_string(place.path().join("tutorial.yaml")).unwrap();
    fs::write(place.path().join("deep/tutorial.yaml"), &tutorial).unwrap();
    let of = |file: &str, base: &str| {
        out(&supsim(place.path(), &["check", file, "--against", base, "--golden", "ignore"]))
    };
    assert!(of("deep/tutorial.yaml", "was").contains("unchanged"), "by its name");
    fs::write(inside.join("tutorial.yaml"), tutorial.replace("12min", "13min")).unwrap();
    assert!(of("deep/tutorial.yaml", "was").contains("changed:"), "by its path");
    let whole = place.path().join("deep/tutorial.yaml").display().to_string();
    assert!(of(&whole, "was").contains("changed:"), "by its path, written in full");
    assert!(
        of("deep/tutorial.yaml", "was/tutorial.yaml").contains("unchanged"),
        "by the file itself"
    );
}
