//! What is the smallest thing that breaks it? The answers stand as text in
//! `tests/commands/shrink.txt`; what shrink writes is run here, as anyone would.

use std::fs;
use std::path::Path;

use serde_json::Value;
use supsim::scenario::{Occurs, Scenario};

use crate::commands::{agreed, conversation, folder, supsim};
use crate::support;

fn night() -> tempfile::TempDir {
    folder(&["tests/commands/night.yaml"])
}

/// Does a scenario break what is asked of it, when it is run? What replications are too few to say
/// is not broken.
fn breaks(place: &Path, words: &[&str]) -> bool {
    let output = supsim(place, &[&["run", "-q", "--no-store"], words].concat());
    match output.status.code() {
        Some(0 | 4) => false,
        Some(1) => true,
        _ => panic!("{output:?}"),
    }
}

#[test]
fn shrink_tells_what_it_takes() {
    let place = night();
    let offer = "shrink night.yaml --break by-morning --offer link_down --from Tue-22:00";
    let conversation = conversation(
        place.path(),
        &[
            "shrink night.yaml --break by-morning -q",
            "shrink night.yaml --break by-morning",
            "shrink night.yaml --break by-morning --reps 4 --ascii",
            "shrink night.yaml --break by-evening",
            "shrink night.yaml --break at-once",
            &format!("{offer} --ascii"),
            &format!("{offer} --where code=[PR1,B01] --up-to 4h"),
            &format!("{offer} --where type=secondary --up-to 1h --format json"),
            &format!("{offer} --keep-faults"),
            &format!("{offer} --where tier=7"),
            &format!("{offer} --where code=PR9"),
            &format!("{offer} --up-to 30s"),
            "shrink night.yaml --break by-morning --offer link_dwn --from Tue-22:00",
            "shrink night.yaml --break by-morning --offer link_down --from Fri-22:00",
            "shrink night.yaml --break by-mornin",
            "shrink night.yaml --break by-morning -o chart.svg",
            "shrink night.yaml --break by-morning -o night.yaml",
            "shrink night.yaml --break by-morning --from Tue-22:00",
        ],
    );
    agreed("shrink", &conversation);
}

#[test]
fn what_is_written_fails_and_a_minute_less_does_not() {
    let place = night();
    let place = place.path();
    let written = |words: &[&str]| {
        let told =
            supsim(place, &[&["shrink", "night.yaml", "--break", "by-morning"], words].concat());
        assert_eq!(told.status.code(), Some(0), "{told:?}");
        let text = fs::read_to_string(place.join("night.shrunk.yaml")).unwrap();
        assert!(text.contains("extends: night.yaml") && text.lines().count() < 40, "{text}");
        let scenario = support::read(&place.join("night.shrunk.yaml"));
        assert_eq!(scenario.faults.len(), 1, "{words:?}");
        scenario
    };
    let offer = ["--offer", "link_down", "--where", "code=[PR1,B01]", "--from", "Tue-22:00"];
    for words in [&[][..], &["--reps", "4"], &offer, &["--seed", "3"]] {
        let scenario = written(words);
        assert!(breaks(place, &["night.shrunk.yaml"]), "{words:?}");
        let fault = &scenario.faults[0];
        assert_eq!(fault.sites.len(), 1, "{words:?}");
        let Occurs::Window { from, until: Some(until) } = fault.occurs else { panic!("{fault:?}") };
        let minutes = until.since(from).micros() / 60_000_000;
        let when = format!(
            "faults.{}.when={{ window: {{ from: \"{}\", for: {}min }} }}",
            fault.name,
            scenario.clock.utc(from),
            minutes - 1
        );
        assert!(!breaks(place, &["night.shrunk.yaml", "--set", &when]), "{words:?}: {when}");
    }
}

#[test]
fn what_the_command_line_says_is_in_the_file_that_is_written() {
    let place = night();
    let words = ["--set", "expect.by-morning.at_most=13h", "--set", "routes.evening=null"];
    let words = [&words[..], &["--set", "sites.B01.route=null", "-o", "deep/found.yaml"]].concat();
    let told = supsim(
        place.path(),
        &[&["shrink", "night.yaml", "--break", "by-morning"], &words[..]].concat(),
    );
    assert_eq!(told.status.code(), Some(0), "{told:?}");
    assert!(breaks(place.path(), &["deep/found.yaml"]));
    let found: Scenario = support::read(&place.path().join("deep/found.yaml"));
    assert!(found.routes.is_empty(), "it stands alone, and has no route");
}

/// The scenario of the night in a folder below, with other faults, and what shrink says of it.
fn told_of(faults: &str, words: &[&str]) -> (tempfile::TempDir, Value) {
    let place = night();
    let below = place.path().join("a folder");
    fs::create_dir(&below).unwrap();
    let text = fs::read_to_string(place.path().join("night.yaml")).unwrap();
    let (head, tail) =
        (text.split("faults:").next().unwrap(), text.split("expect:").nth(1).unwrap());
    let text = format!("{head}faults: {faults}\nexpect:{tail}");
    fs::write(below.join("it's night.yaml"), text).unwrap();
    let words = [&["shrink", "a folder/it's night.yaml", "--format", "json", "--break"], words];
    let told = supsim(place.path(), &words.concat());
    assert_eq!(told.status.code(), Some(0), "{told:?}");
    assert!(breaks(place.path(), &["a folder/it's night.shrunk.yaml"]), "{told:?}");
    let told = serde_json::from_slice(&told.stdout).unwrap();
    (place, told)
}

#[test]
fn of_windows_that_come_again_and_again_only_those_that_it_takes_stay() {
    let faults = "{ daily: { do: link_down, where: { code: PR1 }, when: { schedule: { \
                  weekly: { on: [Tue, Wed, Thu], at: \"21:00\" }, for: 3h } } } }";
    let (_, told) = told_of(faults, &["by-morning"]);
    let found = &told["smallest"]["faults"];
    assert_eq!(found.as_array().unwrap().len(), 1, "{told}");
    let windows = found[0]["windows"].as_array().unwrap();
    assert_eq!(windows.len(), 1, "of three evenings the first: {told}");
    assert_eq!(windows[0]["from_utc"], "2026-01-13T21:00:00Z");
    assert_eq!(windows[0]["lasts_s"], 103 * 60, "{told}");
}

#[test]
fn two_faults_that_break_it_only_together_both_stay() {
    // the goal bears the sites that either of them keeps from it, but not both
    let faults = "{ one: { do: link_down, where: { code: PR1 }, when: { window: { from: 2026-01-13 21:00, for: 9h } } }, \
                   two: { do: link_down, where: { code: PR2 }, when: { window: { from: 2026-01-13 21:00, for: 9h } } }, \
                   idle: { do: sup_down, where: { code: PR2 }, when: { window: { from: 2026-01-13 05:00, for: 1h } } } }";
    let goal = [
        "by-morning",
        "--set",
        "expect.by-morning={ metric: sites_not_current, after: 12h, at_most: 2 }",
    ];
    let (_, told) = told_of(faults, &goal);
    let faults = told["smallest"]["faults"].as_array().unwrap();
    let names: Vec<&str> = faults.iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["one", "two"], "{told}");
    assert_eq!(told["smallest"]["not_needed"], serde_json::json!(["idle"]));
}

#[test]
fn what_is_drawn_by_chance_is_kept_whole_and_what_an_expectation_names_stays() {
    let faults = "{ cut: { do: link_down, where: { code: PR1 }, when: { window: { from: 2026-01-13 21:00, for: 6h } } }, \
                   timeouts: { do: { fail_sync: { after: 2min } }, where: { code: PR1 }, when: { per_attempt: 100% } } }";
    let (_, told) = told_of(faults, &["by-evening", "--set", "expect.by-evening.at_most=40h"]);
    let found = &told["smallest"]["faults"][0];
    assert_eq!((&found["name"], &found["windows"]), (&"timeouts".into(), &Value::Null), "{told}");
    let goal = "expect.by-morning={ metric: concurrent_syncs, during: cut, at_most: 0 }";
    let (_, told) = told_of(faults, &["by-morning", "--set", goal]);
    assert_eq!(told["smallest"]["faults"][0]["name"], "cut", "{told}");
}

#[test]
fn a_selector_of_labels_and_a_name_that_is_taken_are_no_trouble() {
    let faults = "{ offered: { enabled: false, do: link_down, when: { window: {} } }, \
                   offered-2: { do: site_down, where: { code: PR2 }, when: { window: { for: 1min } } } }";
    let offer =
        ["--offer", "{ slow: { phase: pull, factor: 1000 } }", "--from", "+0h", "--up-to", "2d"];
    let labels = ["--set", "sites.PR1.labels={ region: EMEA }"];
    let words = [&["by-morning", "--where", "labels.region=EMEA"], &offer[..], &labels].concat();
    let (_, told) = told_of(faults, &words);
    let sites = told["sites"].as_array().unwrap();
    assert_eq!((sites.len(), &sites[0]["site"]), (1, &"PR1".into()), "{told}");
}

#[test]
fn only_what_shrink_wrote_is_written_over() {
    let place = night();
    let words = ["shrink", "night.yaml", "--break", "by-morning", "-q"];
    for _ in 0..2 {
        assert_eq!(supsim(place.path(), &words).status.code(), Some(0));
    }
    fs::write(place.path().join("night.shrunk.yaml"), "mine").unwrap();
    let refused = supsim(place.path(), &words);
    assert_eq!(refused.status.code(), Some(74), "{refused:?}");
    assert_eq!(fs::read_to_string(place.path().join("night.shrunk.yaml")).unwrap(), "mine");
}

#[test]
fn tables_and_charts_are_the_same_on_any_number_of_threads() {
    let place = night();
    let of = |threads: &str| {
        let words = ["shrink", "night.yaml", "--break", "by-morning", "--offer", "link_down"];
        let files = ["-o", "out/s.csv", "-o", "out/s.svg", "-o", "out/s.png", "-j", threads];
        let told = supsim(place.path(), &[&words[..], &["--from", "+22h"], &files].concat());
        assert_eq!(told.status.code(), Some(0), "{told:?}");
        let read = |name: &str| fs::read(place.path().join("out").join(name)).unwrap();
        (told.stdout, read("s.csv"), read("s.svg"), read("s.png"))
    };
    let one = of("1");
    assert!(one == of("3"), "another answer on three threads");
    let table = String::from_utf8(one.1).unwrap();
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let lengths: Vec<Option<u64>> =
        rows.records().map(|row| row.unwrap()[2].parse().ok()).collect();
    assert_eq!(lengths.len(), 4, "{table}");
    let broken: Vec<u64> = lengths.iter().map_while(|one| *one).collect();
    assert!(broken.is_sorted() && broken.len() >= 2, "{table}");
    assert!(lengths[broken.len()..].iter().all(Option::is_none), "those that stand all come last");
    assert!(one.3.starts_with(b"\x89PNG"));
}

/// The central site is done at 22:39 in New York. In Berlin that is 04:39 and in Johannesburg 05:39,
/// and senders to branches close at 06:00; in Kolkata, Tokyo and Sydney they are closed in any case.
#[test]
fn berlin_and_johannesburg_are_the_most_fragile_regions_of_contoso() {
    let place = folder(&["scenarios/contoso-200.yaml"]);
    let words = [
        "shrink",
        "contoso-200.yaml",
        "--break",
        "branches-24h",
        "--set",
        "expect.branches-24h.at_least=82%",
        "--offer",
        "link_down",
        "--where",
        "type=primary",
        "--from",
        "2026-01-13T22:00",
        "--format",
        "json",
    ];
    let told = supsim(place.path(), &words);
    assert_eq!(told.status.code(), Some(0), "{told:?}");
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    let sites = told["sites"].as_array().unwrap().iter();
    let sites: Vec<(&str, Option<u64>)> = sites
        .map(|one| (one["site"].as_str().unwrap(), one["breaks_after_s"].as_u64().map(|s| s / 60)))
        .collect();
    let first = [("R05", Some(43)), ("R06", Some(43)), ("R04", Some(103)), ("R03", Some(281))];
    assert_eq!(sites[..4], first);
    assert_eq!(sites[6..], [("R07", None), ("R08", None), ("R09", None)]);
    let because = told["smallest"]["because"].as_str().unwrap();
    assert!(because.contains("all below R05") && because.contains("sender closed"), "{because}");
}
