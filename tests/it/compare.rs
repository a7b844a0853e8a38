//! Designs are compared over the same chances; the answers stand in `tests/commands/compare.txt`.

use std::fs;
use std::path::Path;

use crate::commands::{agreed, conversation, folder, supsim};

/// The design of `drawn.yaml` and some that differ from it in one thing each.
fn designs() -> tempfile::TempDir {
    let place = folder(&["scenarios/tutorial.yaml", "tests/commands/drawn.yaml"]);
    let write = |name: &str, text: &str| {
        let text = format!("supsim: 1\nkind: scenario\n{text}");
        fs::write(place.path().join(name), text).unwrap();
    };
    write(
        "earlier.yaml",
        "name: earlier\nextends: tutorial.yaml\n\
         sync: { schedule: { weekly: { on: [Tue], at: \"14:00\" } } }\n",
    );
    write("same.yaml", "name: same\nextends: tutorial.yaml\n");
    write(
        "never.yaml",
        "name: never\nextends: tutorial.yaml\nsync: { schedule: { weekly: { on: [Mon], at: \"14:00\" } } }\n",
    );
    write(
        "half-hour.yaml",
        "name: half-hour\nextends: drawn.yaml\nsync: { retry: { every: 30min } }\n",
    );
    place
}

#[test]
fn designs_are_told_apart_and_judged() {
    let place = designs();
    agreed(
        "compare",
        &conversation(
            place.path(),
            &[
                "compare tutorial.yaml earlier.yaml same.yaml",
                "compare tutorial.yaml earlier.yaml --matters-from 2d --quiet --fail-if-worse",
                "compare earlier.yaml tutorial.yaml --fail-if-worse --ascii -q",
                "compare tutorial.yaml never.yaml",
                "compare drawn.yaml half-hour.yaml --reps 12 --matters-from 10min",
                "compare tutorial.yaml",
                "compare tutorial.yaml missing.yaml",
                "compare tutorial.yaml same.yaml --matters-from much",
            ],
        ),
    );
}

fn table(place: &Path, words: &[&str]) -> String {
    let output = supsim(place, words);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    fs::read_to_string(place.join("differences.csv")).unwrap()
}

#[test]
fn the_number_of_threads_changes_no_byte_of_a_comparison() {
    let place = designs();
    let words = ["compare", "drawn.yaml", "half-hour.yaml", "--reps", "9", "-q", "-o"];
    let with = |threads: &str| {
        let more = ["differences.csv", "-j", threads];
        table(place.path(), &words.into_iter().chain(more).collect::<Vec<_>>())
    };
    let one = with("1");
    assert_eq!(one, with("3"));
    assert!(one.starts_with("baseline,design,metric,unit,n,"), "{one}");
    assert!(one.lines().count() > 3, "{one}");
}

#[test]
fn a_design_compared_with_itself_differs_in_nothing() {
    let place = designs();
    fs::copy(place.path().join("drawn.yaml"), place.path().join("again.yaml")).unwrap();
    let words = ["compare", "drawn.yaml", "again.yaml", "--reps", "6", "-q", "-o"];
    let words = words.into_iter().chain(["differences.csv"]).collect::<Vec<_>>();
    let table = table(place.path(), &words);
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let mut count = 0;
    for row in rows.records() {
        let row = row.unwrap();
        assert_eq!(&row[12], "same", "{row:?}");
        assert_eq!(&row[7], "0", "{row:?}");
        count += 1;
    }
    assert!(count >= 3, "{table}");
}

#[test]
fn a_file_whose_name_is_a_formula_computes_nothing_in_a_spreadsheet() {
    let place = designs();
    // Two designs of one name are called by their files, which nobody has checked.
    for name in ["=cmd().yaml", "@sum.yaml"] {
        fs::copy(place.path().join("tutorial.yaml"), place.path().join(name)).unwrap();
    }
    let words = ["compare", "=cmd().yaml", "@sum.yaml", "-q", "-o", "differences.csv"];
    let table = table(place.path(), &words);
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    for row in rows.records() {
        for cell in row.unwrap().iter() {
            let begins = cell.chars().next();
            let number = cell.parse::<f64>().is_ok();
            assert!(number || !begins.is_some_and(|c| "=+-@".contains(c)), "{cell}");
        }
    }
    assert!(table.contains("cmd()"), "{table}");
}

#[test]
fn how_a_release_reaches_each_design_is_drawn_the_same_whatever_the_threads() {
    let place = designs();
    let of = |words: &[&str]| {
        let always = ["compare", "drawn.yaml", "half-hour.yaml", "never.yaml", "-q", "--reps", "6"];
        let output = supsim(place.path(), &[&always, words].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code().unwrap(), said)
    };
    assert_eq!(of(&["-o", "one.svg", "-o", "d.csv", "-j", "1"]).0, 0);
    assert_eq!(of(&["-o", "three.svg", "-o", "p.png", "-j", "3"]).0, 0);
    let svg = |name: &str| fs::read_to_string(place.path().join(name)).unwrap();
    let one = svg("one.svg");
    assert_eq!(one, svg("three.svg"));
    assert!(one.contains("drawn") && one.contains("half-hour"), "{one}");
    assert!(!one.contains(">\nnever\n<"), "a design without that release has no line: {one}");
    assert!(fs::read(place.path().join("p.png")).unwrap().starts_with(b"\x89PNG"));
    assert!(place.path().join("d.csv").exists());
    let (code, said) = of(&["-o", "x.html"]);
    assert_eq!(code, 2);
    assert!(said.contains(".svg or .png"), "{said}");
    let (code, said) = of(&["-o", "x.svg", "--release", "olds"]);
    assert_eq!(code, 2);
    assert!(said.contains("olds"), "{said}");
}
