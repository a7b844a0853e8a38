//! Verdicts on values made by hand.

use super::*;
use crate::scenario::{Overrides, WHOLE};

/// An expectation with this said of it, on a scenario of one site.
fn asked(words: &str) -> Expectation {
    let text = format!(
        "supsim: 1\nkind: scenario\nname: given\nstart: 2026-01-12 00:00\nsites: {{ CEN: {{}} }}\n\
         expect: {{ e: {{ metric: attempts, {words} }} }}\n"
    );
    let read = Scenario::parse("given.yaml", &text, &Overrides::default());
    read.unwrap_or_else(|report| panic!("{report}")).0.expectations.remove(0)
}

/// The answer to values in whole counts; a negative one is no data.
fn answered(words: &str, values: &[i64], certain: bool) -> Answer {
    let figure = |value: &i64| u64::try_from(*value).ok().map(|value| Figure::Of(value * WHOLE));
    let values: Vec<(u32, Option<Figure>)> = (0..).zip(values.iter().map(figure)).collect();
    answer(&asked(words), &values, certain)
}

fn verdict(words: &str, values: &[i64]) -> Verdict {
    answered(words, values, false).verdict
}

#[test]
fn without_must_hold_it_holds_in_every_replication() {
    assert_eq!(verdict("at_most: 3", &[1, 2, 3]), Verdict::Pass);
    assert_eq!(verdict("at_most: 3", &[1, 2, 4]), Verdict::Fail);
    assert_eq!(verdict("equals: 2", &[2]), Verdict::Pass);
}

#[test]
fn must_hold_needs_enough_replications_for_either_answer() {
    let words = "at_most: 3, must_hold: { in: 95%, confidence: 95% }";
    assert_eq!(verdict(words, &[0; 58]), Verdict::Inconclusive);
    assert_eq!(verdict(words, &[0; 59]), Verdict::Pass);
    // one failure in one: 5 % of all would do that, even if 95 % held
    assert_eq!(verdict(words, &[9]), Verdict::Fail);
    let words = "at_most: 3, must_hold: { in: 50%, confidence: 95% }";
    assert_eq!(verdict(words, &[9; 4]), Verdict::Inconclusive);
    assert_eq!(verdict(words, &[9; 5]), Verdict::Fail);
    assert_eq!(verdict(words, &[0, 9, 0, 9, 0, 9]), Verdict::Inconclusive);
}

#[test]
fn where_nothing_is_random_one_replication_is_enough() {
    let words = "at_most: 3, must_hold: { in: 95%, confidence: 95% }";
    assert_eq!(answered(words, &[0], true).verdict, Verdict::Pass);
    assert_eq!(answered(words, &[9], true).verdict, Verdict::Fail);
}

#[test]
fn no_data_is_a_failure_unless_it_is_allowed() {
    assert_eq!(verdict("at_most: 3", &[1, -1]), Verdict::NoData);
    assert_eq!(verdict("at_most: 3, allow_no_data: true", &[1, -1]), Verdict::Pass);
    assert_eq!(verdict("at_most: 3, allow_no_data: true", &[9, -1]), Verdict::Fail);
    assert_eq!(verdict("at_most: 3, allow_no_data: true", &[-1]), Verdict::Pass);
    let answer = answered("at_most: 3, allow_no_data: true", &[1, -1], false);
    assert_eq!(answer.held, Proportion { held: 1, of: 1 });
    assert_eq!(alone(&asked("at_most: 3"), None), Verdict::NoData);
    assert_eq!(alone(&asked("at_most: 3, allow_no_data: true"), None), Verdict::Pass);
}

#[test]
fn the_worst_is_furthest_from_what_is_wanted_and_the_first_of_equals() {
    let worst = |words: &str| {
        let answer = answered(words, &[4, 1, 9, 9, 1], false);
        answer.worst.map(|(figure, number)| (figure.value().unwrap() / WHOLE, number))
    };
    assert_eq!(worst("at_most: 3"), Some((9, 2)));
    assert_eq!(worst("at_least: 3"), Some((1, 1)));
    assert_eq!(worst("equals: 4"), Some((9, 2)));
    assert_eq!(worst("equals: 6"), Some((1, 1)));
}
