//! Did anything break? What `supsim check` and `supsim golden` say stands in `tests/commands`.

mod action;
mod against;
mod junit;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::commands::{agreed, conversation, folder, supsim};
use crate::support;

/// A folder of scenarios: one that is good, one that fails, one that cannot be told, a study, one
/// with a mistake.
fn scenarios() -> tempfile::TempDir {
    let place = folder(&["scenarios/tutorial.yaml", "tests/commands/drawn.yaml"]);
    let write = |name: &str, text: &str| {
        let text = format!("supsim: 1\nkind: scenario\n{text}");
        fs::write(place.path().join(name), text).unwrap();
    };
    write(
        "late.yaml",
        "name: late\nextends: drawn.yaml\nexpect:\n  \
         in-time:\n    { metric: share_current, where: { type: secondary }, after: 6h, at_least: 90% }\n  \
         no-failures: { metric: failures, at_most: 3, on_fail: warn }\n  \
         quiet: { metric: concurrent_syncs, at_most: 5 }\n",
    );
    write(
        "open.yaml",
        "name: open\nextends: drawn.yaml\nreplications: 4\nexpect:\n  \
         sure:\n    metric: time_to_current\n    stat: max\n    at_most: 10d\n    \
         must_hold: { in: 95%, confidence: 95% }\n",
    );
    let study = "supsim: 1\nkind: study\nname: many\n";
    fs::write(place.path().join("study.yaml"), study).unwrap();
    write("wrong.yaml", "name: wrong\nextends: tutorial.yaml\nshedule: never\n");
    place
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("it was not killed")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_check_tells_what_was_wanted_what_came_why_and_how_to_repeat_it() {
    let place = scenarios();
    agreed(
        "check",
        &conversation(
            place.path(),
            &[
                "check tutorial.yaml late.yaml study.yaml",
                "check open.yaml",
                "check wrong.yaml tutorial.yaml",
                "check late.yaml --rep 1",
                "check late.yaml --reps 5 --seed 7 --set faults.cut=null",
                "check tutorial.yaml -o run.csv",
            ],
        ),
    );
}

#[test]
fn what_took_long_and_what_was_full_is_told_by_its_site_and_time() {
    let place = folder(&["scenarios/retry-herd.yaml"]);
    let text = "supsim: 1\nkind: scenario\nname: busy\nextends: retry-herd.yaml\nreplications: 2\n\
                expect:\n  herd: null\n  \
                quick: { metric: sync_time, where: { type: secondary }, at_most: 5min }\n  \
                free: { metric: link_utilisation, where: { type: secondary }, at_most: 1% }\n";
    fs::write(place.path().join("busy.yaml"), text).unwrap();
    let output = supsim(place.path(), &["check", "busy.yaml"]);
    assert_eq!(code(&output), 1);
    let said = out(&output);
    // every branch pulls over what they share of 50 Mbit/s: 150 times 40 MB take 16 minutes
    assert!(said.contains(" took 20.8 min, Tue 13 Jan "), "{said}");
    assert!(said.contains("catalogue transfer 16.0 min, then"), "{said}");
    // 40 MB in an hour, of 4 Mbit/s
    assert!(said.contains(" (branch) was 2.2 % full in the hour from Tue 13 Jan "), "{said}");
}

#[test]
fn the_worst_of_all_scenarios_is_the_exit_code() {
    let place = scenarios();
    let of = |words: &[&str]| code(&supsim(place.path(), &[&["check", "-q"], words].concat()));
    assert_eq!(of(&["tutorial.yaml"]), 0);
    assert_eq!(of(&["open.yaml"]), 4);
    assert_eq!(of(&["open.yaml", "late.yaml"]), 1);
    assert_eq!(of(&["late.yaml", "wrong.yaml"]), 2);
    assert_eq!(of(&["late.yaml", "missing.yaml"]), 74, "the others are checked all the same");
    assert_eq!(of(&["tutorial.yaml", "--golden", "require"]), 3);
    assert_eq!(of(&["tutorial.yaml", "open.yaml", "--golden", "require"]), 3);
    assert_eq!(of(&["tutorial.yaml", "late.yaml", "--golden", "require"]), 1);
}

#[test]
fn what_selects_nothing_fails() {
    let place = scenarios();
    fs::create_dir(place.path().join("empty")).unwrap();
    let of = |words: &[&str]| code(&supsim(place.path(), words));
    for words in [
        &["check", "no-*.yaml"][..],
        &["check", "empty"],
        &["check", "study.yaml"],
        &["check", "tutorial.yaml", "--where", "code=ZZZ", "--set", "link=null"],
        &["check", "tutorial.yaml", "--where", "type=secondary", "--set", "link=null"],
        &["golden", "accept", "study.yaml"],
        &["golden", "review", "empty"],
        &["golden", "list", "none-*"],
        &["golden", "--check-unused", "empty"],
    ] {
        assert_eq!(of(words), 5, "{words:?}");
    }
    let mistyped = ["check", "tutorial.yaml", "--where", "cod=CEN", "--set", "link=null"];
    assert_eq!(of(&mistyped), 2, "a key that does not exist is a mistake");
    assert_eq!(of(&["golden", "list", "missing.yaml"]), 74);
}

#[test]
fn a_change_differs_from_the_golden_file_until_it_is_accepted() {
    let place = scenarios();
    let golden = place.path().join("golden/tutorial.golden");
    let said =
        conversation(place.path(), &["golden review tutorial.yaml", "golden accept tutorial.yaml"]);
    let first = fs::read_to_string(&golden).unwrap();
    let file = place.path().join("tutorial.yaml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("after: 12min", "after: 13min")).unwrap();
    let changed = conversation(
        place.path(),
        &[
            "check tutorial.yaml",
            "check tutorial.yaml --golden ignore",
            "check tutorial.yaml --set sync.retry.every=30min",
            "golden review tutorial.yaml",
            "golden list .",
            "golden accept tutorial.yaml",
            "check tutorial.yaml",
        ],
    );
    fs::write(&file, text.replace("{ after: 12min }", "{ after: 13min, phase: connect }")).unwrap();
    let caused = conversation(place.path(), &["golden review tutorial.yaml"]);
    agreed("golden", &format!("{said}\n{changed}\n{caused}"));
    assert_ne!(fs::read_to_string(&golden).unwrap(), first);
    fs::write(&file, text).unwrap();
    supsim(place.path(), &["golden", "accept", "tutorial.yaml"]);
    assert_eq!(fs::read_to_string(&golden).unwrap(), first, "what it was is what it is again");
}

#[test]
fn a_golden_file_that_is_none_differs_and_can_be_renewed() {
    let place = scenarios();
    fs::create_dir(place.path().join("golden")).unwrap();
    let golden = place.path().join("golden/tutorial.golden");
    for bytes in [&b"<<<<<<< HEAD\n"[..], b"", b"\xff\xfe\x00", b"supsim-golden 9\n"] {
        fs::write(&golden, bytes).unwrap();
        let output = supsim(place.path(), &["check", "tutorial.yaml"]);
        assert_eq!(code(&output), 3, "{}", out(&output));
        assert!(out(&output).contains("golden differs"), "{}", out(&output));
    }
    assert_eq!(code(&supsim(place.path(), &["golden", "accept", "tutorial.yaml"])), 0);
    assert_eq!(code(&supsim(place.path(), &["check", "tutorial.yaml"])), 0);
}

#[test]
fn a_golden_file_whose_scenario_is_gone_is_found() {
    let place = scenarios();
    supsim(place.path(), &["golden", "accept", "tutorial.yaml", "drawn.yaml"]);
    let words = ["golden", "--check-unused"];
    assert_eq!(code(&supsim(place.path(), &words)), 0);
    fs::rename(place.path().join("drawn.yaml"), place.path().join("renamed.yaml")).unwrap();
    let output = supsim(place.path(), &words);
    assert_eq!(code(&output), 3);
    assert!(out(&output).contains("drawn.golden"), "{}", out(&output));
}

#[test]
fn a_large_hierarchy_has_a_short_golden_file() {
    let place = folder(&["scenarios/contoso-200.yaml"]);
    let output = supsim(place.path(), &["golden", "accept", "contoso-200.yaml"]);
    assert_eq!(code(&output), 0, "{}", out(&output));
    let text = fs::read_to_string(place.path().join("golden/contoso-200.golden")).unwrap();
    assert!(text.lines().count() < 150, "{text}");
    assert!(text.contains("0    *     patch-tuesday  200 of 200 "), "{text}");
    assert!(text.lines().all(|line| line.chars().count() < 120), "{text}");
}

#[test]
fn neither_threads_nor_order_within_the_file_move_a_golden_file() {
    let place = scenarios();
    let golden = || fs::read_to_string(place.path().join("golden/drawn.golden")).unwrap();
    let accept = |threads| {
        let words = ["golden", "accept", "drawn.yaml", "-j", threads];
        assert_eq!(code(&supsim(place.path(), &words)), 0);
        golden()
    };
    let one = accept("1");
    assert_eq!(one, accept("3"));
    let file = place.path().join("tutorial.yaml");
    let text = fs::read_to_string(&file).unwrap();
    supsim(place.path(), &["golden", "accept", "tutorial.yaml"]);
    let line = text.lines().find(|line| line.starts_with("  PR1:")).unwrap();
    let without = text.replace(&format!("{line}\n"), "");
    fs::write(&file, without.replace("\nsync:", &format!("{line}\n\nsync:"))).unwrap();
    let output = supsim(place.path(), &["check", "tutorial.yaml"]);
    assert_eq!(code(&output), 0, "{}", out(&output));
}

fn annotated(place: &Path, setting: Option<&str>) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_supsim"));
    command.args(["check", "late.yaml", "wrong.yaml", "-q"]).current_dir(place);
    match setting {
        Some(value) => command.env("GITHUB_ACTIONS", value),
        None => command.env_remove("GITHUB_ACTIONS"),
    };
    out(&command.output().unwrap())
}

#[test]
fn lines_are_annotated_where_github_runs_it_and_nowhere_else() {
    let place = scenarios();
    assert_eq!(annotated(place.path(), None), "");
    assert_eq!(annotated(place.path(), Some("false")), "");
    let said = annotated(place.path(), Some("true"));
    assert!(
        said.contains("::error file=late.yaml,line=6,title=late%3A in-time::wanted "),
        "{said}"
    );
    assert!(said.contains("::warning file=late.yaml,line=8,"), "{said}");
    assert!(said.contains("::error file=wrong.yaml,line=1,"), "{said}");
}

/// The project's own scenarios with golden files: small ones, so that this takes a moment.
#[test]
fn our_own_scenarios_come_to_what_their_golden_files_say() {
    let place = support::project("scenarios");
    assert_eq!(code(&supsim(&place, &["golden", "--check-unused"])), 0);
    let goldens = fs::read_dir(place.join("golden")).unwrap();
    let mut files: Vec<String> = goldens
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .map(|stem| format!("{stem}.yaml"))
        .collect();
    files.sort();
    assert!(files.len() >= 3, "{files:?}");
    let words: Vec<&str> = files.iter().map(String::as_str).collect();
    if std::env::var_os("REWRITE").is_some() {
        supsim(&place, &[&["golden", "accept"], &words[..]].concat());
    }
    let words = [&["check", "--golden", "require"], &words[..]].concat();
    let output = supsim(&place, &words);
    assert_eq!(code(&output), 0, "{}\nREWRITE=1 accepts a change that is meant", out(&output));
}

#[test]
fn the_golden_file_in_the_docs_is_the_one_there_is() {
    let read =
        |path: &str| fs::read_to_string(support::project(path)).unwrap().replace("\r\n", "\n");
    let golden = read("scenarios/golden/tutorial.golden");
    assert!(read("docs/check.md").contains(&format!("```text\n{golden}```\n")), "{golden}");
}

#[test]
fn what_a_check_says_is_what_a_run_says() {
    let place = scenarios();
    for file in ["tutorial.yaml", "late.yaml", "open.yaml"] {
        let run = supsim(place.path(), &["run", file, "--no-store", "-q"]);
        let check = supsim(place.path(), &["check", file, "-q"]);
        assert_eq!(code(&run), code(&check), "{file}");
    }
}

#[test]
fn the_command_that_repeats_tells_more() {
    let place = scenarios();
    let output = supsim(place.path(), &["check", "late.yaml", "--seed", "7", "--reps", "5"]);
    let said = out(&output);
    let commands: Vec<&str> =
        said.lines().filter_map(|line| line.trim().strip_prefix("repeat  supsim ")).collect();
    assert_eq!(commands.len(), 3, "{said}");
    for command in commands {
        let words: Vec<&str> = command.split(' ').collect();
        let output = supsim(place.path(), &words);
        assert!([0, 1].contains(&code(&output)), "{command}");
        assert!(!output.stdout.is_empty(), "{command}");
    }
}
