//! Is what is asked of a run answered: in words, in tables, in the exit code, whatever the number
//! of threads?

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use supsim::scenario::{Overrides, Scenario};
use supsim::world;

use crate::support;

const WORLD: &str = "\
supsim: 1
kind: scenario
name: asked
timezone: America/New_York
start: 2026-01-13 00:00
duration: 2d
catalogue:
  releases: { news: { when: { at: 2026-01-13 13:00 }, updates: 100, metadata: 40 MB } }
sites: { CEN: {}, PR1: { parent: CEN }, PR2: { parent: CEN } }
sync: { schedule: { weekly: { on: [Tue], at: \"22:00\" } } }
";

/// Every second synchronisation fails.
const LUCK: &str = "\
faults: { bad: { do: { fail_sync: { after: 5min } }, when: { per_attempt: 50% } } }
";

struct Ran {
    exit: i32,
    out: String,
    folder: tempfile::TempDir,
}

impl Ran {
    /// A file of the one run that was stored.
    fn file(&self, path: &str) -> String {
        fs::read_to_string(self.stored().join(path)).unwrap()
    }

    fn stored(&self) -> PathBuf {
        support::stored_runs(&self.folder.path().join("results")).remove(0)
    }

    /// Every file that was stored but the manifest.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        fn walk(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>, root: &Path) {
            for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    walk(&path, found, root);
                } else if !path.ends_with("manifest.json") {
                    let bytes = fs::read(&path).unwrap();
                    found.insert(path.strip_prefix(root).unwrap().to_owned(), bytes);
                }
            }
        }
        let (root, mut found) = (self.stored(), BTreeMap::new());
        walk(&root, &mut found, &root);
        found
    }
}

fn run(rest: &str, words: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("asked.yaml"), format!("{WORLD}{rest}")).unwrap();
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_supsim"))
        .args(["run", "asked.yaml", "--charts", "none"])
        .args(words)
        .current_dir(folder.path())
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let exit = status.code().unwrap();
    let out = String::from_utf8(stdout).unwrap();
    let complaint = String::from_utf8(stderr).unwrap();
    assert!(!complaint.contains("error"), "{complaint}");
    Ran { exit, out, folder }
}

/// The cells of a table, by the names of its columns.
fn rows(table: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let head = reader.headers().unwrap().clone();
    let row = |row: Result<csv::StringRecord, _>| {
        let cells = row.unwrap();
        head.iter().map(str::to_owned).zip(cells.iter().map(str::to_owned)).collect()
    };
    reader.records().map(row).collect()
}

#[test]
fn the_exit_code_is_the_answer() {
    let late = "late: { metric: time_to_current, at_most: 1h }";
    let good = "good: { metric: time_to_current, at_most: 24h }";
    let unsure =
        "unsure: { metric: retries, at_least: 1, must_hold: { in: 60%, confidence: 99.9% } }";
    let no_data = "none: { metric: time_to_current, during: never, at_most: 1h";
    let never = "never: { where: { code: PR1 }, do: link_down, when: { attempts: [99] } }";
    let faults = format!(
        "faults: {{ {never}, bad: {{ do: {{ fail_sync: {{ after: 5min }} }}, when: {{ per_attempt: 50% }} }} }}\n"
    );
    for (asked, exit, mark) in [
        (good.to_owned(), 0, "✓ good"),
        (late.to_owned(), 1, "✗ late"),
        (late.replace(" }", ", on_fail: warn }"), 0, "! late"),
        (unsure.to_owned(), 4, "? unsure"),
        (format!("{good}\n  {unsure}"), 4, "? unsure"),
        (format!("{late}\n  {unsure}"), 1, "? unsure"),
        (format!("{no_data} }}"), 1, "✗ none"),
        (format!("{no_data}, allow_no_data: true }}"), 0, "✓ none"),
    ] {
        let ran = run(&format!("{faults}expect:\n  {asked}\n"), &["--no-store", "--reps", "3"]);
        assert_eq!(ran.exit, exit, "{asked}\n{}", ran.out);
        assert!(ran.out.contains(mark), "{asked}\n{}", ran.out);
    }
}

const ASKED: &str = "\
expect:
  current: { metric: time_to_current, stat: mean, at_most: 24h }
  retries: { metric: retries, at_most: 1, must_hold: { in: 10%, confidence: 80% }, on_fail: warn }
  stale: { metric: staleness, stat: p95, at_most: 12h, on_fail: warn }
record: { series_every: 1h }
";

#[test]
fn the_number_of_threads_changes_no_byte() {
    let rest = format!("{LUCK}replications: 24\n{ASKED}");
    let (one, many) = (run(&rest, &["-j", "1"]), run(&rest, &["-j", "7"]));
    assert_eq!((one.exit, &one.out), (many.exit, &many.out));
    assert_eq!(one.files(), many.files());
    assert_eq!(one.stored().file_name(), many.stored().file_name());
}

#[test]
fn one_replication_can_be_had_alone_with_everything_it_recorded() {
    let rest = format!("{LUCK}replications: 6\n{ASKED}");
    let all = run(&rest, &[]);
    let table = rows(&all.file("tables/expectations.csv"));
    assert_eq!(table.len(), 3 * 6);
    let of_four: Vec<_> = table.iter().filter(|row| row["rep"] == "4").cloned().collect();
    let alone = run(&rest, &["--rep", "4"]);
    assert_eq!(rows(&alone.file("tables/expectations.csv")), of_four);
    assert!(rows(&alone.file("tables/attempts.csv")).iter().all(|row| row["rep"] == "4"));
    assert!(alone.file("events.jsonl").contains("\"rep\":4"));
    assert!(alone.out.contains("replication 4"), "{}", alone.out);
    assert_ne!(all.stored().file_name(), alone.stored().file_name());
    // and the retries that the table of all replications tells of are those of its own attempts
    let retries = rows(&alone.file("tables/attempts.csv"));
    let retries = retries.iter().filter(|row| row["trigger"] == "retry").count();
    let told = of_four.iter().find(|row| row["expectation"] == "retries").unwrap();
    assert_eq!(told["value"], retries.to_string());
}

#[test]
fn more_replications_begin_with_the_same_ones() {
    let rest = format!("{LUCK}{ASKED}");
    let (few, many) = (run(&rest, &["--reps", "3"]), run(&rest, &["--reps", "9"]));
    let few = rows(&few.file("tables/expectations.csv"));
    let many = rows(&many.file("tables/expectations.csv"));
    for row in &few {
        assert!(many.contains(row), "{row:?}");
    }
    assert_eq!(many.len(), 3 * few.len());
}

#[test]
fn all_replications_together_are_what_their_rows_say() {
    let ran = run(&format!("{LUCK}replications: 20\n{ASKED}"), &[]);
    let each = rows(&ran.file("tables/expectations.csv"));
    for together in rows(&ran.file("tables/summary.csv")) {
        let of: Vec<_> =
            each.iter().filter(|row| row["expectation"] == together["expectation"]).collect();
        let values: Vec<f64> = of.iter().map(|row| row["value"].parse().unwrap()).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let told: f64 = together["mean"].parse().unwrap();
        assert!((mean - told).abs() < 1e-5, "{mean} is not {told}");
        let held = of.iter().filter(|row| row["verdict"] == "pass").count();
        assert_eq!((together["n"].as_str(), together["held"].clone()), ("20", held.to_string()));
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        assert_eq!(together["min"].parse::<f64>().unwrap(), least);
    }
}

#[test]
fn a_site_that_gets_its_point_in_the_middle_of_the_run_is_asked_as_well() {
    let rest = "\
operations: { given: { at: 2026-01-13 09:00, do: { install_sup: { site: PR2 } } } }
expect: { tries: { metric: attempts, where: { code: PR2 }, at_least: 1 } }
";
    let world = WORLD.replace("PR2: { parent: CEN }", "PR2: { parent: CEN, sup: none }");
    let read = Scenario::parse("given.yaml", &format!("{world}{rest}"), &Overrides::default());
    let (scenario, warnings) = read.unwrap_or_else(|report| panic!("{report}"));
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(scenario.expectations[0].sites.len(), 1);
}

/// What is taken for certain must be: else one replication would be told as if it were all.
#[test]
fn a_scenario_that_is_not_random_runs_the_same_with_every_chance() {
    let mut certain = 0;
    for path in support::scenarios() {
        let scenario = support::read(&path);
        if scenario.is_random() {
            continue;
        }
        certain += 1;
        let first = world::run(&scenario, 0);
        for number in 1..3 {
            assert!(world::run(&scenario, number) == first, "{}: {number}", path.display());
        }
    }
    assert!(certain >= 5, "only {certain} scenarios without chance");
}

#[test]
fn where_nothing_is_random_one_replication_says_all() {
    let must = ASKED.replace("in: 10%, confidence: 80%", "in: 99%, confidence: 99%");
    let ran = run(&format!("replications: 50\n{must}"), &[]);
    assert_eq!(ran.exit, 0, "{}", ran.out);
    assert!(ran.out.contains("one replication: nothing in this scenario is random"), "{}", ran.out);
    assert_eq!(rows(&ran.file("tables/expectations.csv")).len(), 3);
}

#[test]
fn what_is_recorded_changes_no_answer() {
    let rest = format!("{LUCK}replications: 5\n{ASKED}");
    let table = |events| run(&rest, &["--events", events]).file("tables/expectations.csv");
    let all = table("all");
    assert_eq!(all, table("attempts"));
    assert_eq!(all, table("none"));
}

#[test]
fn samples_are_as_far_apart_as_asked() {
    let ran = run(ASKED, &[]);
    let series = rows(&ran.file("tables/series.csv"));
    let current: Vec<_> = series
        .iter()
        .filter(|row| row["metric"] == "sites_current" && row["selector"] == "all")
        .collect();
    assert_eq!(current.len(), 48);
    assert_eq!((current[13]["time_s"].as_str(), current[13]["value"].as_str()), ("46800", "0"));
    assert_eq!(current[47]["value"], "3");
}

#[test]
fn the_summary_says_of_how_many_replications_it_tells() {
    let ran = run(&format!("{LUCK}replications: 20\n{ASKED}"), &["--no-store"]);
    assert!(ran.out.starts_with("asked   seed 1   20 replications   profile"), "{}", ran.out);
    assert!(ran.out.contains("hours until current, mean of 20 replications"), "{}", ran.out);
    assert!(ran.out.contains(" synchronisations a replication, "), "{}", ran.out);
    assert!(ran.out.contains("REPLICATION 0, the one that is stored in full"), "{}", ran.out);
}

const CIRCUITS: &str = "\
links: { wan: { bandwidth: 1 Mbit/s } }
overrides: { wan: { where: { not: { code: CEN } }, set: { link: wan } } }
expect:
  busy: { metric: link_utilisation, stat: max, at_most: 15% }
";

#[test]
fn links_csv_says_in_which_hours_what_crossed_which_circuit() {
    let ran = run(CIRCUITS, &["--reps", "1"]);
    let links = rows(&ran.file("tables/links.csv"));
    // Two sites pull 40 MB and are sent as much: 320 s each at 1 Mbit/s, within an hour or two.
    let of = |site: &str, column: &str| -> f64 {
        let rows = links.iter().filter(|row| row["site"] == site);
        rows.map(|row| row[column].parse::<f64>().unwrap()).sum()
    };
    for site in ["PR1", "PR2"] {
        assert_eq!(of(site, "bytes"), 80_000_000.0, "{site}");
        assert!((of(site, "utilisation") - 640.0 / 3600.0).abs() < 2e-9, "{site}");
        assert_eq!(of(site, "bytes_up"), 0.0);
    }
    assert!(links.iter().all(|row| row["link"] == "wan" && row["until_s"] > row["from_s"]));
    // The fullest hour of the table is the value of the expectation.
    let expected = rows(&ran.file("tables/expectations.csv")).remove(0);
    let fullest = links.iter().map(|row| row["utilisation"].parse::<f64>().unwrap());
    assert_eq!(fullest.fold(0.0, f64::max), expected["value"].parse::<f64>().unwrap());
    assert!(ran.out.contains("link_utilisation max, 2 primaries"), "{}", ran.out);
    assert_eq!((ran.exit, expected["unit"].as_str()), (1, "share"));
}

#[test]
fn what_needs_everything_recorded_is_measured_even_if_less_is_stored() {
    let rest =
        CIRCUITS.replace("expect:\n", "expect:\n  q: { metric: sender_queue, at_most: 9 }\n");
    let all = run(&rest, &["--reps", "1"]);
    for events in ["none", "attempts"] {
        let less = run(&rest, &["--reps", "1", "--events", events]);
        for table in ["tables/expectations.csv", "tables/links.csv"] {
            assert_eq!(less.file(table), all.file(table), "--events {events}");
        }
    }
}
