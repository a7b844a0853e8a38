//! Names that are meant to do harm do none, in any format.

use std::fs;

use super::{said, text};
use crate::support;

/// Names that the language lets through: markup, quotes, back-quotes, brackets, bars, dots.
const NAMES: [&str; 4] = [
    "<script>alert(1)</script>",
    "\\\"]};--><b> `x` | ](javascript:alert(1)) &quot;",
    "..\\\\..\\\\etc ]LOG]!> <!-- $(x) %COMSPEC% {{7*7}}",
    "'=cmd()' \\\" -> A[\\\"click\\\"]; %% %s",
];

/// A scenario in which everything that a person names is meant to do harm.
pub(super) fn scenario() -> String {
    let [central, one, two, label] = NAMES;
    format!(
        "supsim: 1\nkind: scenario\nname: hostile\ntimezone: America/New_York\n\
         start: 2026-01-13 00:00\nduration: 2d\n\
         catalogue:\n  releases:\n    patch-tuesday: {{ when: {{ at: 2026-01-13 13:00 }}, updates: 120, metadata: 45 MB }}\n\
         sites:\n  CEN: {{ type: central, name: \"{central}\" }}\n  \
         PR1: {{ parent: CEN, name: \"{one}\", labels: {{ place: \"{label}\" }} }}\n  \
         PR2: {{ parent: CEN, name: \"{two}\" }}\n\
         sync:\n  schedule: {{ weekly: {{ on: [Tue], at: \"22:00\" }} }}\n\
         faults:\n  lima:\n    where: {{ code: PR2 }}\n    \
         do: {{ fail_sync: {{ after: 12min, message: \"{two}\" }} }}\n    when: {{ attempts: [1] }}\n\
         expect:\n  soon: {{ metric: time_to_current, stat: max, at_most: 24h }}\n"
    )
}

#[test]
fn the_reader_lets_no_escape_and_no_formula_into_a_name() {
    for name in ["\\e[31mred", "=cmd()", "@x", "a\\u202eb"] {
        let yaml = scenario().replace(NAMES[0], name);
        let read = supsim::scenario::Scenario::parse("a.yaml", &yaml, &Default::default());
        assert!(read.is_err(), "{name}");
    }
    support::scenario(&scenario());
}

#[test]
fn csv_has_as_many_cells_in_every_row_and_none_is_a_formula() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("a.yaml"), scenario()).unwrap();
    let (code, told) = said(place.path(), &["export", "a.yaml", "-o", "a.csv"]);
    assert_eq!(code, 0, "{told}");
    for entry in fs::read_dir(place.path().join("a.csv")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "csv") {
            continue;
        }
        let mut reader = csv::Reader::from_path(&path).unwrap();
        for row in reader.records() {
            for cell in &row.expect("a row as long as the head") {
                assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
                assert!(!cell.contains(char::is_control), "{cell:?}");
            }
        }
    }
}

#[test]
fn an_entry_of_a_log_is_one_line_and_ends_once() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("a.yaml"), scenario()).unwrap();
    let (code, told) = said(place.path(), &["export", "a.yaml", "-o", "a.log"]);
    assert_eq!(code, 0, "{told}");
    let log = text(place.path(), "a.log/PR2/wsyncmgr.log");
    assert!(log.contains("etc"), "the message is in it");
    for line in log.split_terminator("\r\n") {
        assert!(line.starts_with("<![LOG[") && line.ends_with('>'), "{line}");
        assert_eq!(line.matches("]LOG]!>").count(), 1, "{line}");
        assert!(!line.contains(char::is_control), "{line:?}");
    }
}

#[test]
fn json_lines_and_the_trace_give_back_the_names_as_they_are() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("a.yaml"), scenario()).unwrap();
    let words = ["export", "a.yaml", "-o", "a.jsonl", "-o", "a.trace.json"];
    let (code, told) = said(place.path(), &words);
    assert_eq!(code, 0, "{told}");
    let message = NAMES[2].replace("\\\\", "\\");
    let events = text(place.path(), "a.jsonl");
    let mut events =
        events.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
    assert!(events.any(|event| event["message"] == message.as_str()));
    let trace: serde_json::Value =
        serde_json::from_str(&text(place.path(), "a.trace.json")).expect("JSON");
    let events = trace["traceEvents"].as_array().unwrap();
    let named = |name: &str| events.iter().any(|event| event["args"]["name"] == name);
    assert!(named("CEN <script>alert(1)</script>"));
}
