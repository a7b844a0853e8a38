//! The program as a user meets it: its output, its files, its exit codes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support;

fn supsim(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_supsim"))
        .args(words)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .expect("supsim starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

/// Every file below a folder; a manifest without `this_time`, the one place that may differ.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let mut bytes = fs::read(&path).unwrap();
            if path.ends_with("manifest.json") {
                let mut manifest: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
                let manifest = manifest.as_object_mut().unwrap();
                assert!(manifest.remove("this_time").is_some(), "the manifest has its clock");
                bytes = serde_json::to_vec(manifest).unwrap();
            }
            let path = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            found.insert(path, bytes);
        }
    }
    found
}

/// The one stored run below a results folder.
fn only_run(results: &Path) -> PathBuf {
    let runs = support::stored_runs(results);
    assert_eq!(runs.len(), 1, "{runs:?}");
    runs.into_iter().next().unwrap()
}

/// Runs a scenario of the project into a folder of its own.
fn run(scenario: &Path, more: &[&str]) -> (tempfile::TempDir, PathBuf, Output) {
    let place = tempfile::tempdir().unwrap();
    let path = scenario.to_str().unwrap();
    let words: Vec<&str> =
        ["run", path, "--out", "results"].into_iter().chain(more.iter().copied()).collect();
    let output = supsim(place.path(), &words);
    // a scenario of which an expectation fails has run all the same
    let ran = matches!(output.status.code(), Some(0 | 1 | 4));
    assert!(ran, "{path}: {}", text(&output.stderr));
    let stored = only_run(&place.path().join("results"));
    (place, stored, output)
}

fn three_tier() -> PathBuf {
    support::project("scenarios/three-tier.yaml")
}

#[test]
fn the_first_command_of_the_readme_says_what_a_planner_asks() {
    let (_place, stored, output) = run(&three_tier(), &[]);
    let said = text(&output.stdout);
    assert_eq!(text(&output.stderr), "", "piped, it is quiet");
    let first = said.lines().next().unwrap();
    assert_eq!(first, "three-tier   seed 1   profile cm2007   times are America/New_York");
    for words in [
        "✓ All 8 sites became current with patch-tuesday, at the latest after 11.0 h",
        "9 synchronisations: 8 ok, 1 failed, 1 was a retry",
        "B21#1    pull (fault cusco-first-try): The operation timed out (0x80072EE2)",
        "Tue 13 Jan 22:56; retried Tue 13 Jan 23:56: ok Wed 14 Jan 00:04",
    ] {
        assert!(said.contains(words), "`{words}` is not in\n{said}");
    }
    assert!(said.lines().all(|line| line.chars().count() <= 100), "{said}");
    for file in [
        "charts/propagation.svg",
        "charts/timeline.png",
        "charts/blame.svg",
        "charts/blame.png",
        "charts/topology.svg",
        "charts/links.svg",
        "tables/attempts.csv",
        "logs/B21/wsyncmgr.log",
        "events.jsonl",
        "scenario.yaml",
        "manifest.json",
    ] {
        assert!(stored.join(file).is_file(), "{file} is missing");
    }
}

/// The blocks of a Markdown text that are fenced as `kind`.
fn fenced<'t>(text: &'t str, kind: &str) -> Vec<&'t str> {
    let open = format!("```{kind}\n");
    let blocks = text.split(&open).skip(1);
    blocks.map(|rest| rest.split("```").next().unwrap()).collect()
}

#[test]
fn the_readme_shows_what_the_program_says() {
    let readme = fs::read_to_string(support::project("README.md")).unwrap();
    let shown = fenced(&readme, "text");
    let (_place, stored, _) = run(&three_tier(), &["--charts", "none"]);
    let summary = fs::read_to_string(stored.join("summary.txt")).unwrap();
    let told = summary.split("\nrepeat ").next().unwrap();
    assert_eq!(shown[0].trim_end(), told.trim_end());

    let place = tempfile::tempdir().unwrap();
    let own = fenced(&readme, "yaml")[0];
    fs::write(place.path().join("my-hierarchy.yaml"), own).unwrap();
    let output = supsim(place.path(), &["run", "my-hierarchy.yaml", "--no-store"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "");
    let wrong = own.replace("  schedule:", "  shedule:");
    fs::write(place.path().join("my-hierarchy.yaml"), wrong).unwrap();
    let output = supsim(place.path(), &["run", "my-hierarchy.yaml", "--no-store"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(shown[1].trim_end(), text(&output.stderr).trim_end());
}

#[test]
fn the_storm_is_one() {
    let path = support::project("scenarios/07-retry-storm.yaml");
    let output = supsim(Path::new("."), &["run", path.to_str().unwrap(), "--no-store"]);
    let said = text(&output.stdout);
    assert!(said.contains("FAILED    240 synchronisations at 60 sites"), "{said}");
    assert!(
        said.contains("  B01#1 to #4  pull: upstream-unreachable (fault wsus-restarts)"),
        "{said}"
    );
}

#[test]
fn every_byte_of_every_file_is_the_same_again_and_elsewhere() {
    let (_here, one, _) = run(&three_tier(), &[]);
    let (_there, other, _) = run(&three_tier(), &["--quiet", "--progress", "never"]);
    let (one, other) = (files(&one), files(&other));
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (name, bytes) in one {
        assert!(other[&name] == bytes, "{name} differs");
    }
}

#[test]
fn the_written_out_scenario_runs_by_itself_and_gives_the_same_tables() {
    for path in support::scenarios() {
        let how = ["--charts", "none", "--reps", "2"];
        let (_place, stored, _) = run(&path, &how);
        let (_again, repeated, _) = run(&stored.join("scenario.yaml"), &how);
        let (before, after) = (files(&stored), files(&repeated));
        for (name, bytes) in &before {
            match name.as_str() {
                // It knows which defaults stood in, and nothing stands in for what is written out.
                "manifest.json" => {}
                "summary.txt" => {
                    let told = |bytes: &[u8]| -> Vec<String> {
                        let lines = text(bytes);
                        let lines = lines.lines().filter(|line| !line.contains("assumed default"));
                        lines.map(str::to_owned).collect()
                    };
                    assert_eq!(told(bytes), told(&after[name]), "{}", path.display());
                }
                _ => assert!(after[name] == *bytes, "{}: {name} differs", path.display()),
            }
        }
    }
}

#[test]
fn another_seed_is_another_run() {
    let (_one, first, _) = run(&three_tier(), &["--charts", "none"]);
    let (_two, second, _) = run(&three_tier(), &["--charts", "none", "--seed", "2"]);
    assert_ne!(first.file_name(), second.file_name());
    let table = |run: &Path| fs::read(run.join("tables/attempts.csv")).unwrap();
    assert_ne!(table(&first), table(&second));
}

#[test]
fn a_wrong_scenario_runs_nothing_and_is_told_where_and_what_instead() {
    let place = tempfile::tempdir().unwrap();
    let wrong = "supsim: 1\nkind: scenario\nname: wrong\nstart: 2026-01-12 00:00\n\
                 sites: { CEN: { type: central } }\nsync: { shedule: never, retry: { every: 60 } }\n";
    fs::write(place.path().join("wrong.yaml"), wrong).unwrap();
    let output = supsim(place.path(), &["run", "wrong.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text(&output.stdout), "");
    let said = text(&output.stderr);
    for words in ["wrong.yaml:6:9", "unknown key `shedule`", "did you mean `schedule`", "60min"] {
        assert!(said.contains(words), "`{words}` is not in\n{said}");
    }
    assert!(!place.path().join("results").exists(), "nothing is left behind");
}

#[test]
fn a_code_from_an_error_has_its_page() {
    let place = tempfile::tempdir().unwrap();
    let output = supsim(place.path(), &["help", "E0102"]);
    assert!(output.status.success());
    assert!(text(&output.stdout).contains("E0102"));
    let output = supsim(place.path(), &["help", "exit-codes"]);
    assert!(text(&output.stdout).contains("74"));
}

#[test]
fn a_missing_file_ends_with_74() {
    let place = tempfile::tempdir().unwrap();
    let output = supsim(place.path(), &["run", "nothing.yaml"]);
    assert_eq!(output.status.code(), Some(74));
    assert!(text(&output.stderr).contains("nothing.yaml"));
}

#[test]
fn wrong_words_end_with_2() {
    let place = tempfile::tempdir().unwrap();
    assert_eq!(supsim(place.path(), &["rnu"]).status.code(), Some(2));
    assert_eq!(supsim(place.path(), &["run"]).status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_cleanly_with_6_and_leaves_nothing_half_done() {
    let place = tempfile::tempdir().unwrap();
    let long = "supsim: 1\nkind: scenario\nname: long\nstart: 2026-01-12 00:00\nduration: 400w\n\
                templates: { branch: {} }\nsites: { CEN: { type: central } }\n\
                generate: { all: { template: branch, under: { code: CEN }, total: 1000, code: \"B{n:04}\" } }\n\
                sync: { schedule: { simple: { every: 1d } } }\n";
    fs::write(place.path().join("long.yaml"), long).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_supsim"))
        .args(["run", "long.yaml"])
        .current_dir(place.path())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(700));
    let interrupted =
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    let status = child.wait().unwrap();
    let mut said = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut said).unwrap();
    assert_eq!(status.code(), Some(6), "{said}");
    assert!(said.contains("stopped by Ctrl-C"), "{said}");
    assert!(!place.path().join("results").exists());
}

#[test]
#[cfg(unix)]
fn ctrl_c_stops_while_files_are_written_too() {
    let place = tempfile::tempdir().unwrap();
    let many = "supsim: 1\nkind: scenario\nname: many\nstart: 2026-01-12 00:00\nduration: 60d\n\
                templates: { branch: {} }\nsites: { CEN: { type: central } }\n\
                generate: { all: { template: branch, under: { code: CEN }, total: 900, code: \"B{n:04}\" } }\n\
                sync: { schedule: { simple: { every: 1d } } }\n";
    fs::write(place.path().join("many.yaml"), many).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_supsim"))
        .args(["run", "many.yaml", "--quiet"])
        .current_dir(place.path())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let results = place.path().join("results");
    let writing = || {
        let entries = fs::read_dir(&results).into_iter().flatten().flatten();
        entries.map(|entry| entry.path().join("events.jsonl")).any(|events| events.exists())
    };
    while !writing() && child.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let asked = std::time::Instant::now();
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let status = child.wait().unwrap();
    let took = asked.elapsed();
    let mut said = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut said).unwrap();
    assert_eq!(status.code(), Some(6), "{said}");
    assert!(said.contains("stopped by Ctrl-C while storing"), "{said}");
    assert!(took < std::time::Duration::from_secs(5), "it took {took:?}");
    let left: Vec<_> = fs::read_dir(&results).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, [".supsim.lock"]);
}

#[test]
fn what_would_never_end_is_refused_before_it_runs() {
    let place = tempfile::tempdir().unwrap();
    let years = "supsim: 1\nkind: scenario\nname: years\nstart: 2026-01-12 00:00\nduration: 3650d\n\
                 templates: { branch: {} }\nsites: { CEN: { type: central } }\n\
                 generate: { all: { template: branch, under: { code: CEN }, total: 90000, code: \"B{n36:05}\" } }\n\
                 sync: { schedule: { simple: { every: 1h } } }\n";
    fs::write(place.path().join("years.yaml"), years).unwrap();
    let output = supsim(place.path(), &["run", "years.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let said = text(&output.stderr);
    assert!(said.contains("years is too large to run"), "{said}");
    assert!(
        said.contains("a rarer `sync.schedule`, fewer sites or a shorter `duration`"),
        "{said}"
    );
    assert!(!place.path().join("results").exists());
}

#[test]
#[cfg(unix)]
fn a_scenario_may_come_from_a_pipe_and_a_device_without_an_end_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let path = three_tier();
    let command = format!("cat '{}' | \"$SUPSIM\" run /dev/stdin --no-store", path.display());
    let output = Command::new("sh")
        .args(["-c", &command])
        .env("SUPSIM", env!("CARGO_BIN_EXE_supsim"))
        .output()
        .unwrap();
    assert!(text(&output.stdout).starts_with("three-tier "), "{}", text(&output.stderr));
    let output = supsim(place.path(), &["run", "/dev/zero"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("error[E0002]: this file is too large"));
}

#[test]
fn the_scenario_in_the_readme_runs_and_its_mistake_is_answered_as_shown() {
    let readme = fs::read_to_string(support::project("README.md")).unwrap();
    let place = tempfile::tempdir().unwrap();
    let yaml = readme.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    support::run(&support::scenario(yaml));
    fs::write(place.path().join("my-hierarchy.yaml"), yaml.replace("schedule:", "shedule:"))
        .unwrap();
    let output = supsim(place.path(), &["run", "my-hierarchy.yaml"]);
    let complaint = text(&output.stderr);
    let shown = readme.split("```text\nerror").nth(1).unwrap().split("\n```").next().unwrap();
    assert!(
        complaint.contains(shown.trim()),
        "README.md shows another complaint than\n{complaint}"
    );
}

#[test]
fn the_manifest_knows_every_file_that_the_scenario_was_read_from() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("mine");
    fs::create_dir_all(folder.join("data")).unwrap();
    let files = [
        (
            "mine/top.yaml",
            "supsim: 1\nkind: scenario\nname: top\nextends: data/base.yaml\nimport: { sites: sites.csv }\n",
        ),
        (
            "mine/data/base.yaml",
            "supsim: 1\nkind: scenario\nname: base\nstart: 2026-01-12 00:00\nduration: 3d\n\
         catalogue: { history: { file: history.csv } }\n\
         timing: { pull: { empirical: { file: pulls.csv, column: pull } } }\n",
        ),
        ("mine/data/pulls.csv", "pull\n3min\n4min\n"),
        ("mine/sites.csv", "code,parent\nCEN,\nPR1,CEN\n"),
        ("with.yaml", "duration: 2d\n"),
        ("mine/never-named.csv", "x\n"),
    ];
    for (path, text) in files {
        fs::write(place.path().join(path), text).unwrap();
    }
    let history = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/15-history.csv");
    fs::copy(history, folder.join("data/history.csv")).unwrap();
    let words =
        ["run", "mine/top.yaml", "--with", "with.yaml", "--charts", "none", "--logs", "none"];
    let ran = supsim(place.path(), &words);
    assert_eq!(ran.status.code(), Some(0), "{}", text(&ran.stderr));
    let run = support::stored_runs(&place.path().join("results")).remove(0);
    let manifest = fs::read(run.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    let inputs = manifest["inputs"].as_array().unwrap();
    let paths: Vec<&str> = inputs.iter().map(|one| one["path"].as_str().unwrap()).collect();
    let expected =
        ["data/base.yaml", "data/history.csv", "data/pulls.csv", "sites.csv", "with.yaml"];
    assert_eq!(paths, expected);
    // sha256sum of "pull\n3min\n4min\n"
    let pulls = &inputs[2];
    assert_eq!(
        (pulls["bytes"].as_u64(), pulls["sha256"].as_str().map(str::len)),
        (Some(15), Some(64))
    );
    assert_eq!(pulls["sha256"], PULLS);
    // Other values are another input, and the manifest shows it.
    fs::write(folder.join("data/pulls.csv"), "pull\n3min\n5min\n").unwrap();
    let again = supsim(place.path(), &words);
    assert_eq!(again.status.code(), Some(0), "{}", text(&again.stderr));
    let runs = support::stored_runs(&place.path().join("results"));
    assert_eq!(runs.len(), 2, "another run, not the same again");
}
const PULLS: &str = "6b8c4be19e88be52a05169e932a2a6a1e94a4f66e89754364c1763efd3a1aaab";
