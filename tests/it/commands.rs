//! What do the commands around a scenario say? Each answer stands as text in `tests/commands`.
//!
//! `REWRITE=1 cargo test --test it commands` writes the answers anew; read them afterwards.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::support;

/// The program, in a folder of its own, without anything of this machine.
pub fn supsim(place: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_supsim"))
        .args(words)
        .current_dir(place)
        .env_remove("CLICOLOR_FORCE")
        .env_remove("GITHUB_ACTIONS")
        .output()
        .expect("the program starts")
}

/// Everything that a command says: its words, its exit code, and both outputs.
fn answer(place: &Path, words: &[&str]) -> String {
    let output = supsim(place, words);
    let text =
        |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8").replace("\r\n", "\n");
    let code = output.status.code().expect("it was not killed");
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    let err = if err.is_empty() { err } else { format!("--- standard error\n{err}") };
    format!("$ supsim {}\n{out}{err}--- exit {code}\n", words.join(" "))
}

/// Is a conversation as agreed in `tests/commands/NAME.txt`?
pub fn agreed(name: &str, conversation: &str) {
    let path = support::project(&format!("tests/commands/{name}.txt"));
    if std::env::var_os("REWRITE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, conversation).expect("writing the answer");
        return;
    }
    let there = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        there == conversation,
        "{} is otherwise; it is now\n{conversation}\nREWRITE=1 accepts this answer",
        path.display()
    );
}

/// A folder with some files of the project in it.
pub fn folder(files: &[&str]) -> tempfile::TempDir {
    let place = tempfile::tempdir().expect("a folder");
    for file in files {
        let name = Path::new(file).file_name().unwrap();
        fs::copy(support::project(file), place.path().join(name)).expect(file);
    }
    place
}

pub fn conversation(place: &Path, commands: &[&str]) -> String {
    let each = |command: &&str| answer(place, &command.split(' ').collect::<Vec<_>>());
    commands.iter().map(each).collect::<Vec<_>>().join("\n")
}

#[test]
fn validate_tells_what_is_wrong_and_what_is_good() {
    let place = folder(&[
        "scenarios/three-tier.yaml",
        "tests/bad/unknown-key.yaml",
        "tests/bad/lint-retry-too-late.yaml",
    ]);
    agreed(
        "validate",
        &conversation(
            place.path(),
            &[
                "validate three-tier.yaml",
                "validate *.yaml",
                "validate . --quiet --ascii",
                "validate lint-retry-too-late.yaml --deny warnings",
                "validate l*.yaml three-tier.yaml --format json",
                "validate u*.yaml l*.yaml --format jsonl",
                "validate no-*.yaml",
            ],
        ),
    );
    let output = supsim(place.path(), &["validate", "missing.yaml", "three-tier.yaml"]);
    assert_eq!(output.status.code(), Some(74), "the others are checked all the same");
    assert!(String::from_utf8_lossy(&output.stdout).contains("three-tier.yaml  good"));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("supsim: missing.yaml: "));
}

#[test]
fn new_writes_what_runs_and_never_over_what_is_there() {
    let place = folder(&[]);
    agreed(
        "new",
        &conversation(
            place.path(),
            &[
                "new",
                "new",
                "new three-tier -o tutorial.yaml --force",
                "init patch-tuesday -o plans/2026/",
                "new study -o plans/2026/",
                "study plans/2026/study.yaml list",
                "new study -o plans/asked.yaml",
                "new frogs",
                "validate tutorial.yaml plans/2026/*.yaml",
            ],
        ),
    );
    let there = |name: &str| fs::read_to_string(place.path().join(name)).unwrap();
    assert!(there("tutorial.yaml").contains("name: three-tier"));
    let output = supsim(place.path(), &["new", "patch-tuesday", "-o", "-"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), there("plans/2026/patch-tuesday.yaml"));
    for file in ["tutorial.yaml", "plans/2026/patch-tuesday.yaml"] {
        let output = supsim(place.path(), &["run", file, "--no-store"]);
        assert_eq!(output.status.code(), Some(0), "{file}");
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains("became current with"), "{said}");
    }
}

#[test]
fn show_tells_what_was_described() {
    let place = folder(&[
        "scenarios/three-tier.yaml",
        "scenarios/10-two-hundred-sites.yaml",
        "scenarios/contoso-200.yaml",
        "tests/commands/drawn.yaml",
    ]);
    agreed(
        "show",
        &conversation(
            place.path(),
            &[
                "show topology three-tier.yaml",
                "show topology 10-two-hundred-sites.yaml",
                "show topology drawn.yaml --expand --ascii",
                "show sites three-tier.yaml",
                "show schedule drawn.yaml -n 3",
                "show schedule drawn.yaml -n 2 --format json",
                "show faults drawn.yaml -n 3",
                "show faults drawn.yaml --rep 1 --seed 7 --format csv",
                "show params contoso-200.yaml -p branch_retry=30min",
                "show params contoso-200.yaml --format json",
                "show params drawn.yaml",
                "show defaults drawn.yaml --used",
                "show defaults --profile wsus --assumed --format csv",
                "show defaults",
                "show defaults --profile cm2010",
                "show defaults drawn.yaml --profile wsus",
            ],
        ),
    );
}

#[test]
fn what_show_faults_draws_is_what_a_run_meets() {
    use supsim::trace::Fact;
    use supsim::world::{DrawnOutage, drawn_faults};

    let scenario = support::read(&support::project("tests/commands/drawn.yaml"));
    let mut compared = 0;
    for replication in 0..5 {
        let trace = supsim::world::run(&scenario, replication);
        for drawn in drawn_faults(&scenario, replication) {
            let mut met: Vec<DrawnOutage> = Vec::new();
            for record in &trace.records {
                match record.fact {
                    Fact::FaultBegan { fault } if fault == drawn.fault => {
                        met.push(DrawnOutage { from: record.at, until: None, site: record.site })
                    }
                    Fact::FaultEnded { fault } if fault == drawn.fault => {
                        let open = met.iter_mut().rfind(|one| one.site == record.site);
                        open.expect("it had begun").until = Some(record.at);
                    }
                    _ => {}
                }
            }
            met.sort_unstable();
            compared += met.len();
            let name = &scenario.faults[drawn.fault.index()].name;
            assert_eq!(drawn.outages, met, "{name} in replication {replication}");
        }
    }
    assert!(compared > 100, "{compared} outages say little");
}

#[test]
fn every_scenario_of_the_project_is_good() {
    let output = supsim(&support::project(""), &["validate", "scenarios", "--format", "jsonl"]);
    let findings = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{findings}");
    // a lint on a scenario of ours is meant, and stands here with its reason
    let meant = [("W0510", "17-senders-by-night.yaml"), ("W0510", "contoso-200.yaml")];
    for finding in findings.lines() {
        let finding: serde_json::Value = serde_json::from_str(finding).unwrap();
        let of = |key: &str| finding[key].as_str().unwrap().to_owned();
        if !of("code").starts_with("W051") && !of("code").starts_with("W057") {
            continue;
        }
        let file = of("file").replace('\\', "/");
        let known = meant.contains(&(of("code").as_str(), file.trim_start_matches("scenarios/")));
        assert!(known, "{finding}");
    }
}
