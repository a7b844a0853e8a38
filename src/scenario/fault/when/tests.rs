use super::*;
use crate::scenario::{Overrides, Report, Scenario};

/// A scenario with one fault, which begins on a Sunday at 03:00 in New York.
fn parse(when: &str) -> Result<Scenario, Report> {
    let text = format!(
        "supsim: 1\nkind: scenario\nname: given\ntimezone: America/New_York\n\
         start: 2026-03-01 03:00\nduration: 15d\nsites: {{ CEN: {{}} }}\n\
         faults: {{ f: {{ do: sup_down, when: {when} }} }}\n"
    );
    Scenario::parse("given.yaml", &text, &Overrides::default()).map(|(scenario, _)| scenario)
}

/// Its windows, as the wall in New York shows them.
fn windows(when: &str) -> Vec<String> {
    let scenario = parse(when).unwrap_or_else(|report| panic!("{report}"));
    let Occurs::Schedule(spans) = &scenario.faults[0].occurs else { panic!("no schedule") };
    let local = |at| scenario.clock.local(at, scenario.clock.zone())[5..16].to_owned();
    spans.iter().map(|span| format!("{} - {}", local(span.from), local(span.until))).collect()
}

#[test]
fn a_window_that_was_open_when_the_run_began_is_open_at_its_start() {
    // 08 March is the night in which the clocks go forward: four hours later it is 07:00.
    assert_eq!(
        windows("{ schedule: { weekly: { on: [Sun], at: \"02:00\" }, for: 4h } }"),
        ["03-01 03:00 - 03-01 06:00", "03-08 03:00 - 03-08 07:00", "03-15 02:00 - 03-15 06:00"]
    );
}

#[test]
fn a_window_that_had_closed_when_the_run_began_is_not_there() {
    assert_eq!(
        windows("{ schedule: { weekly: { on: [Sun], at: \"02:00\" }, for: 1h } }"),
        ["03-08 03:00 - 03-08 04:00", "03-15 02:00 - 03-15 03:00"]
    );
}

#[test]
fn windows_may_be_given_in_another_zone_and_by_the_month() {
    assert_eq!(
        windows(
            "{ schedule: { monthly: { week: second, day: Tue, at: \"10:00\" }, for: 30min, \
             timezone: America/Los_Angeles } }"
        ),
        ["03-10 13:00 - 03-10 13:30"]
    );
    assert_eq!(
        windows(
            "{ schedule: { monthly: { day_of_month: 2, at: \"08:00\", timezone: Europe/Berlin }, \
             for: 90min } }"
        ),
        ["03-02 02:00 - 03-02 03:30"]
    );
}

#[test]
fn windows_that_run_into_one_another_are_one() {
    assert_eq!(
        windows("{ schedule: { weekly: { on: [Mon, Tue, Fri], at: \"22:00\" }, for: 1d } }"),
        [
            "03-02 22:00 - 03-04 22:00",
            "03-06 22:00 - 03-07 22:00",
            "03-09 22:00 - 03-11 22:00",
            "03-13 22:00 - 03-14 22:00"
        ]
    );
}

#[test]
fn windows_written_out_are_the_same() {
    for when in [
        "{ schedule: { weekly: { on: [Sun], at: \"02:00\" }, for: 4h } }",
        "{ schedule: { monthly: { day_of_month: 31, at: \"02:00\" }, for: 4h } }",
        "{ renewal: { mtbf: { exponential: { mean: 20d } }, mttr: { uniform: { min: 1h, max: 2h } } } }",
    ] {
        let scenario = parse(when).unwrap();
        let text = scenario.to_yaml();
        let again = Scenario::parse("again.yaml", &text, &Overrides::default());
        let (again, _) = again.unwrap_or_else(|report| panic!("{report}"));
        assert_eq!(scenario.faults, again.faults);
    }
}

#[test]
fn an_outage_that_takes_no_time_on_average_is_refused() {
    let codes = |when| -> Vec<&str> {
        parse(when).unwrap_err().diagnostics.iter().map(|found| found.code).collect()
    };
    assert_eq!(codes("{ renewal: { mtbf: 0s, mttr: 1h } }"), ["E0212"]);
    assert_eq!(codes("{ renewal: { mtbf: 20d, mttr: { empirical: [0s] } } }"), ["E0212"]);
    assert_eq!(codes("{ renewal: { mtbf: 20d } }"), ["E0104"]);
    assert_eq!(codes("{ schedule: { weekly: { on: [Sun], at: \"02:00\" } } }"), ["E0104"]);
    assert_eq!(codes("{ schedule: { for: 1h } }"), ["E0107"]);
}
