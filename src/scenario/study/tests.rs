use std::collections::BTreeMap;

use super::*;
use crate::scenario::{Held, Scenario};

const BASE: &str = "\
supsim: 1
kind: scenario
name: two-tiers
start: 2026-01-12 00:00
duration: 7d
params:
  retry: { type: duration, default: 60min, min: 5min, max: 24h }
catalogue: { releases: { tuesday: { when: { at: 2026-01-13 10:00 }, updates: 9, metadata: 9 MB } } }
sites:
  CEN: { type: central }
  PR1: { parent: CEN }
  PR2: { parent: CEN }
sync: { schedule: { weekly: { on: [Tue], at: \"22:00\" } }, retry: { every: \"${retry}\" } }
faults:
  unlucky: { where: { code: PR2 }, do: { fail_sync: { after: 1min } }, when: { per_attempt: 40% } }
";

const HEAD: &str = "supsim: 1\nkind: study\nname: which\nbase: base.yaml\n";

fn decode(rest: &str) -> Result<(Study, Vec<Diagnostic>), Report> {
    let mut files = BTreeMap::new();
    files.insert("base.yaml".to_owned(), BASE.as_bytes().to_vec());
    let other = BASE.replace("PR2: { parent: CEN }", "PR2: { parent: PR1 }");
    files.insert("other.yaml".to_owned(), other.into_bytes());
    let held = Held { main: "study.yaml".to_owned(), files };
    let text = format!("{HEAD}{rest}");
    Study::decode("study.yaml", text.as_bytes(), &Overrides::default(), Rc::new(held))
}

fn read(rest: &str) -> Study {
    decode(rest).unwrap_or_else(|report| panic!("{report}")).0
}

fn scenarios(study: &Study) -> Vec<Scenario> {
    study.points.iter().map(|&point| study.scenario(point).unwrap().0).collect()
}

#[test]
fn a_study_without_anything_is_its_base() {
    let study = read("");
    assert_eq!((study.designs.as_slice(), study.points.len()), (&["base".to_owned()][..], 1));
    assert_eq!(scenarios(&study)[0].name, "two-tiers");
}

#[test]
fn designs_are_crossed_with_the_grid_and_zipped_values_go_together() {
    let study = read(
        "designs: { today: {}, late: { set: { sync.schedule: never } } }\n\
         vary:\n  grid: { retry: [60min, 30min] }\n  \
         zip: { faults.unlucky.when.per_attempt: [0%, 40%], duration: [7d, 8d] }\n  \
         exclude: [{ design: late, retry: 30min }]\n",
    );
    let told: Vec<String> = study
        .points
        .iter()
        .map(|&point| format!("{}: {}", study.designs[point.design], study.told(point)))
        .collect();
    let (zero, forty) = (
        "faults.unlucky.when.per_attempt=0%, duration=7d",
        "faults.unlucky.when.per_attempt=40%, duration=8d",
    );
    let expected = [
        format!("today: retry=60min, {zero}"),
        format!("late: retry=60min, {zero}"),
        format!("today: retry=60min, {forty}"),
        format!("late: retry=60min, {forty}"),
        format!("today: retry=30min, {zero}"),
        format!("today: retry=30min, {forty}"),
    ];
    assert_eq!(told, expected);
    let scenarios = scenarios(&study);
    assert_eq!(scenarios[5].parameters[0].value, "30min");
    assert_eq!(scenarios[5].duration, crate::units::Duration::from_days(8));
    let fault = |number: usize| format!("{:?}", scenarios[number].faults[0]);
    assert_ne!(fault(4), fault(5));
    assert!(scenarios[1].sync.schedule.is_empty() && !scenarios[0].sync.schedule.is_empty());
}

#[test]
fn a_design_may_set_parameters_paths_overrides_and_another_base() {
    let study = read(
        "designs:\n  today: {}\n  sooner: { params: { retry: 10min } }\n  \
         other: { base: other.yaml }\n  \
         moved: { overrides: { m: { where: { code: PR2 }, set: { clients: { intranet: 7 } } } } }\n",
    );
    let scenarios = scenarios(&study);
    assert_eq!(scenarios[1].parameters[0].value, "10min");
    let parent = |scenario: &Scenario| scenario.sites[2].parent.map(|parent| parent.index());
    assert_eq!((parent(&scenarios[0]), parent(&scenarios[2])), (Some(0), Some(1)));
    assert_eq!(scenarios[3].sites[2].clients.intranet, 7);
}

#[test]
fn one_knob_at_a_time_comes_after_the_grid() {
    let study = read(
        "designs: { today: {}, sooner: { params: { retry: 10min } } }\n\
         compare: { baseline: today, metrics: { all: { metric: time_to_current } } }\n\
         sensitivity: { of: all, at: sooner, knobs: { retry: [5min, 4h], duration: [8d] } }\n",
    );
    let values: Vec<String> = study.points[2..].iter().map(|&point| study.told(point)).collect();
    assert_eq!(values, ["", "retry=5min", "retry=4h", "duration=8d"]);
    let scenarios = scenarios(&study);
    let retry = |number: usize| scenarios[number].parameters[0].value.clone();
    assert_eq!([retry(2), retry(3), retry(4), retry(5)], ["10min", "5min", "4h", "10min"]);
}

#[test]
fn what_is_compared_is_measured_in_every_point_and_its_bound_always_holds() {
    let study = read(
        "designs: { today: {}, other: { base: other.yaml } }\n\
         compare:\n  baseline: today\n  metrics:\n    \
         share: { metric: share_current, release: tuesday, after: 24h, matters_from: 1% }\n    \
         hours: { metric: time_to_current, stat: p95, matters_from: 30min }\n\
         replications: { pilot: 5, max: 9, until: { metric: attempts, half_width: 2 } }\n",
    );
    for scenario in scenarios(&study) {
        let names: Vec<&str> = scenario.watched.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["share", "hours", "until"]);
        assert!(scenario.watched.iter().all(|one| one.wanted.holds(Some(0))));
    }
    let better: Vec<Better> = study.compare.metrics.iter().map(|metric| metric.better).collect();
    assert_eq!(better, [Better::Higher, Better::Lower]);
    let rule = study.rule.unwrap();
    assert_eq!((rule.pilot, rule.max, rule.until.unwrap().watched), (5, 9, 2));
}

#[test]
fn what_is_wrong_in_a_point_is_told_once_and_at_its_place_in_the_study() {
    let report = decode(
        "designs: { today: {}, odd: { set: { sync.schedul: never } } }\n\
         vary: { grid: { retry: [60min, 30h], duration: [7d, 8d] } }\n",
    )
    .unwrap_err();
    let told: Vec<String> = report
        .diagnostics
        .iter()
        .map(|one| format!("{} {}:{}:{}", one.code, one.file, one.line, one.column))
        .collect();
    assert_eq!(told, ["E0102 study.yaml:5:42", "E0128 study.yaml:6:32"], "{report}");
}

#[test]
fn the_question_of_a_study_is_no_scenario() {
    assert!(Study::is_one(HEAD.as_bytes()));
    assert!(!Study::is_one(BASE.as_bytes()));
    assert!(!Study::is_one(b"kind: [study"));
    let found = Scenario::parse("study.yaml", HEAD, &Overrides::default()).unwrap_err();
    assert_eq!(found.diagnostics[0].code, "E0601");
}

/// Everything that a study can say.
const WHOLE: &str = "\
designs:
  today: {}
  sooner: { params: { retry: 10min }, set: { faults.unlucky: null } }
  moved: { overrides: { m: { where: { code: PR2 }, set: { clients: { intranet: 7 } } } } }
vary:
  grid: { faults.pause: [{ where: { code: PR1 }, do: site_down, when: { window: { for: 1h } } }] }
  zip: { duration: [7d, 8d], warmup: [0s, 1h] }
  exclude: [{ design: moved, duration: 8d }]
replications: { pilot: 5, max: 9, until: { metric: attempts, half_width: 2, confidence: 90% } }
common_random_numbers: true
compare:
  baseline: today
  metrics: { all: { metric: time_to_current, stat: p95, better: lower, matters_from: 1min } }
  method: paired_t
  adjust: holm
sensitivity: { of: all, at: today, knobs: { retry: [5min, 4h] } }
";

#[test]
fn a_study_with_any_word_gone_or_replaced_is_answered_and_never_breaks_the_reader() {
    assert!(decode(WHOLE).is_ok(), "{}", decode(WHOLE).unwrap_err());
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '%');
    let mut at = 0;
    let (mut read, mut refused) = (0, 0);
    while let Some(start) = WHOLE[at..].find(is_word).map(|found| at + found) {
        let end = WHOLE[start..].find(|c| !is_word(c)).map_or(WHOLE.len(), |found| start + found);
        for other in ["", "null", "[]", "{ a: [b] }", "-1", "9999999999999999999", "\"\\e[2J\""] {
            match decode(&format!("{}{other}{}", &WHOLE[..start], &WHOLE[end..])) {
                Ok(_) => read += 1,
                Err(report) => {
                    assert!(!report.diagnostics.is_empty());
                    assert!(!report.to_string().contains('\u{1b}'));
                    refused += 1;
                }
            }
        }
        at = end;
    }
    assert!(read > 0 && refused > 300, "{read} read, {refused} refused");
}
