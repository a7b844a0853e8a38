//! What is drawn of knobs, plain and awkward.

use super::*;
use crate::report::chart::sample::texts;

const MINUTE: i64 = 60_000_000;

fn by(minutes: i64, half: i64) -> Effect {
    let (mean, half) = (minutes * MINUTE, half * MINUTE);
    Effect::By { mean, half: Some(half), sure: mean.abs() > half }
}

fn turn(level: &str, effect: Effect) -> Turn<'_> {
    let words = match effect {
        Effect::By { mean, .. } => format!("{} min ±{}", mean / MINUTE, 12.34),
        Effect::Never => "never in 3/20".to_owned(),
        Effect::Untold => "nothing to measure".to_owned(),
    };
    Turn { level, effect, words }
}

fn knob<'t>(name: &'t str, turns: Vec<Turn<'t>>) -> Knob<'t> {
    Knob { name, is_assumed: false, turns }
}

fn told(knobs: Vec<Knob<'_>>) -> Tornado<'_> {
    Tornado {
        heading:
            "branch-study  ·  p95-hours  ·  design today  ·  20 replications  ·  paired on seed 42"
                .to_owned(),
        note: "branch-study  ·  seed 42".to_owned(),
        metric: "p95-hours",
        unit: Unit::Time,
        better: Better::Lower,
        as_it_is: ("today", "25.4 h".to_owned()),
        confidence: "95 %".to_owned(),
        knobs,
    }
}

fn drawn(name: &str, told: &Tornado<'_>) -> Vec<String> {
    texts(&format!("tornado-{name}"), &tornado(told))
}

fn place(texts: &[String], wanted: &str) -> usize {
    texts.iter().position(|text| text == wanted).unwrap_or_else(|| panic!("{wanted}: {texts:?}"))
}

#[test]
fn the_knob_that_moves_it_most_comes_first_with_both_its_values() {
    let mut assumed =
        knob("timing.import", vec![turn("2min", by(0, 0)), turn("30min", by(36, 60))]);
    assumed.is_assumed = true;
    let knobs = vec![
        assumed,
        knob(
            "weekly_at",
            vec![turn("23:30", by(6, 2)), turn("14:00", by(-600, 12)), turn("18:00", by(-300, 9))],
        ),
    ];
    let texts = drawn("two", &told(knobs));
    assert!(place(&texts, "weekly_at") < place(&texts, "timing.import *"), "{texts:?}");
    assert!(place(&texts, "14:00") < place(&texts, "23:30"), "the lowest at the left");
    assert!(!texts.iter().any(|text| text == "18:00"), "between them there is a stroke alone");
    assert!(texts.iter().any(|text| text.starts_with("* stands on an assumed default")));
    assert!(
        texts
            .iter()
            .any(|text| text == "weekly_at moves p95-hours most: -600 min ±12.34 on 14:00.")
    );
}

#[test]
fn one_knob_on_one_value_is_a_picture() {
    let texts = drawn("one", &told(vec![knob("weekly_at", vec![turn("14:00", by(-600, 30))])]));
    assert!(texts.iter().any(|text| text == "14:00"));
    assert!(!texts.iter().any(|text| text.starts_with('*')), "nothing is assumed");
}

#[test]
fn what_never_comes_is_first_and_an_alarm() {
    let knobs = vec![
        knob("small", vec![turn("a", by(-30, 3)), turn("b", by(3_000, 300))]),
        knob("large", vec![turn("c", by(-10, 3)), turn("d", Effect::Never)]),
        knob("both", vec![turn("e", Effect::Never), turn("f", Effect::Never)]),
        knob("no measure", vec![turn("g", Effect::Untold), turn("h", Effect::Untold)]),
    ];
    let texts = drawn("never", &told(knobs));
    assert!(place(&texts, "large") < place(&texts, "small"));
    assert!(texts.iter().any(|text| text == "2 knobs can make it never come."), "{texts:?}");
}

#[test]
fn many_knobs_with_long_names_and_values_keep_to_their_places() {
    let names: Vec<String> = (0..34)
        .map(|number| format!("faults.the-fibre-below-the-street-number-{number}.when.window.for"))
        .collect();
    let level = "{ weekly: { on: [Mon, Tue, Wed, Thu, Fri, Sat, Sun], at: \"22:00\" } }";
    let knobs = names.iter().enumerate().map(|(number, name)| Knob {
        name,
        is_assumed: number % 3 == 0,
        turns: vec![
            turn(level, by(-20 * number as i64, 40)),
            turn("1d", by(15 * number as i64, 400)),
        ],
    });
    let texts = drawn("many", &told(knobs.collect()));
    assert!(texts.iter().any(|text| text.starts_with("4 more knobs")), "{texts:?}");
    assert!(!texts.iter().any(|text| text == level), "it is cut where it has no room");
}

#[test]
fn equal_effects_keep_the_order_of_the_study_and_none_at_all_is_said() {
    let knobs = |minutes| {
        ["one", "two", "three"]
            .map(|name| knob(name, vec![turn("1h", by(minutes, 0)), turn("2h", by(minutes, 0))]))
    };
    let texts = drawn("equal", &told(knobs(60).into()));
    assert!(
        place(&texts, "one") < place(&texts, "two")
            && place(&texts, "two") < place(&texts, "three")
    );
    let texts = drawn("nothing", &told(knobs(0).into()));
    assert!(texts.iter().any(|text| text == "No knob moves p95-hours."));
    assert!(drawn("negative", &told(knobs(-60).into())).iter().any(|text| text == "−1 h"));
}
