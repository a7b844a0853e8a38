//! What should I change? What `supsim advise` says stands in `tests/commands/advise.txt`.

use serde_json::Value;

use crate::commands::{agreed, conversation, folder, supsim};

fn advised(place: &std::path::Path, words: &[&str]) -> Value {
    let output = supsim(place, &[&["advise"], words, &["--format", "json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn changes_are_ranked_by_what_they_buy_and_mistakes_are_answered() {
    let place = folder(&[
        "tests/commands/drawn-asked.yaml",
        "tests/commands/drawn.yaml",
        "scenarios/tutorial.yaml",
        "scenarios/three-tier.yaml",
        "scenarios/retry-herd.yaml",
    ]);
    agreed(
        "advise",
        &conversation(
            place.path(),
            &[
                "advise drawn-asked.yaml --goal within-14h --ascii",
                "advise drawn-asked.yaml --goal few-syncs",
                "advise retry-herd.yaml --goal herd --reps 2",
                "advise tutorial.yaml --goal everyone-by-morning",
                "advise tutorial.yaml --goal everyone",
                "advise three-tier.yaml --goal everyone",
                "advise tutorial.yaml",
            ],
        ),
    );
}

#[test]
fn the_hour_of_the_schedule_is_worth_most_in_contoso_and_two_cheap_changes_are_enough() {
    let place = folder(&["scenarios/contoso-200.yaml"]);
    let words = ["contoso-200.yaml", "--goal", "branches-24h", "--reps", "3"];
    let advice = advised(place.path(), &words);
    assert_eq!(advice["met"], false);
    assert_eq!(advice["changes"][0]["words"], "-p weekly_at=14:00");
    assert_eq!(advice["changes"][0]["verdict"], "better");
    assert_eq!(advice["together"]["meets"], true);
    // what is said to buy so much does when it is run
    let next = advice["next"].as_str().unwrap();
    let words: Vec<&str> = next.split(' ').skip(1).chain(["--no-store", "--reps", "3"]).collect();
    let output = supsim(place.path(), &words);
    let said = String::from_utf8(output.stdout).unwrap();
    let line = said.lines().find(|line| line.contains("branches-24h ")).unwrap();
    let got = advice["together"]["value"].as_f64().unwrap() * 100.0;
    assert!(
        line.contains(&format!("{got:.1} %")) || line.contains(&format!("{got} %")),
        "{line} {got}"
    );
}

#[test]
fn the_number_of_threads_changes_nothing_and_no_wish_is_an_advice() {
    let place = folder(&["scenarios/retry-herd.yaml"]);
    let words = ["retry-herd.yaml", "--goal", "herd", "--reps", "3"];
    let one = advised(place.path(), &[&words[..], &["-j", "1"]].concat());
    assert_eq!(one, advised(place.path(), &[&words[..], &["-j", "3"]].concat()));
    for change in one["changes"].as_array().unwrap() {
        let words = change["words"].as_str().unwrap();
        assert!(!words.contains("outage"), "that less goes wrong is no advice: {words}");
    }
}
