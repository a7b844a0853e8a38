use std::collections::BTreeMap;

use super::*;
use crate::measure::{Outcome, sample};
use crate::scenario::Scenario;
use crate::trace::Trace;

fn written(scenario: &Scenario, trace: &Trace, outcome: &Outcome) -> Vec<Value> {
    let mut bytes = Vec::new();
    write_trace(&Run { scenario, trace, outcome, replication: 0 }, &mut bytes).unwrap();
    let trace: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(trace["otherData"]["v"], 1);
    trace["traceEvents"].as_array().unwrap().clone()
}

fn of<'e>(events: &'e [Value], ph: &str) -> Vec<&'e Value> {
    events.iter().filter(|event| event["ph"] == ph).collect()
}

/// The slices of each thread, as (from, until).
fn threads(events: &[Value]) -> BTreeMap<(u64, u64), Vec<(u64, u64)>> {
    let mut threads: BTreeMap<(u64, u64), Vec<(u64, u64)>> = BTreeMap::new();
    for slice in of(events, "X") {
        let number = |key: &str| slice[key].as_u64().unwrap();
        let bounds = (number("ts"), number("ts") + number("dur"));
        threads.entry((number("pid"), number("tid"))).or_default().push(bounds);
    }
    threads
}

/// On each thread, as a reader goes through it: a slice lies in the one that is open, or after it.
fn nests(events: &[Value]) {
    for (thread, mut slices) in threads(events) {
        slices.sort_by_key(|(from, until)| (*from, std::cmp::Reverse(*until)));
        let mut open: Vec<(u64, u64)> = Vec::new();
        for slice in slices {
            while open.last().is_some_and(|last| last.1 <= slice.0) {
                open.pop();
            }
            if let Some(last) = open.last() {
                assert!(slice.1 <= last.1, "{thread:?}: {slice:?} leaves {last:?}");
            }
            open.push(slice);
        }
    }
}

#[test]
fn slices_nest_and_each_phase_lies_in_its_synchronisation() {
    let (scenario, trace, outcome) = sample::tutorial();
    let events = written(&scenario, &trace, &outcome);
    nests(&events);
    let slices = of(&events, "X");
    let syncs = slices.iter().filter(|slice| slice["cat"] == "sync").count();
    assert_eq!(syncs, outcome.attempts.len());
    for phase in slices.iter().filter(|slice| slice["cat"] == "phase") {
        let number = |slice: &Value, key: &str| slice[key].as_u64().unwrap();
        let whole = slices.iter().find(|slice| {
            slice["cat"] == "sync" && slice["args"]["attempt"] == phase["args"]["attempt"]
        });
        let whole = whole.unwrap();
        assert_eq!((&whole["pid"], &whole["tid"]), (&phase["pid"], &phase["tid"]));
        let end = number(whole, "ts") + number(whole, "dur");
        assert!(number(phase, "ts") + number(phase, "dur") <= end, "{phase}");
    }
    let failed = slices.iter().find(|slice| slice["name"] == "sync failed").unwrap();
    assert_eq!(failed["args"]["fault"], "lima-first-try");
    assert_eq!((&failed["ts"], &failed["dur"]), (&79_505_000_000_u64.into(), &720_000_000.into()));
}

#[test]
fn a_point_that_goes_on_when_its_site_is_complete_has_a_thread_of_its_own() {
    let (scenario, trace, mut outcome) = sample::tutorial();
    let end = outcome.attempts[0].end.unwrap();
    outcome.attempts[0].internet_start = Some(Instant::from_micros(end.micros() - 5_000_000));
    outcome.attempts[0].internet_done = Some(end + crate::units::Duration::from_hours(9));
    let events = written(&scenario, &trace, &outcome);
    nests(&events);
    let point =
        of(&events, "X").into_iter().find(|slice| slice["name"] == "internet point").unwrap();
    let name = of(&events, "M").into_iter().find(|event| {
        event["name"] == "thread_name"
            && event["pid"] == point["pid"]
            && event["tid"] == point["tid"]
    });
    assert_eq!(name.unwrap()["args"]["name"], "CEN Office CEN (2)");
}

#[test]
fn an_arrow_leads_from_a_parents_synchronisation_to_the_childs() {
    let (scenario, trace, outcome) = sample::tutorial();
    let events = written(&scenario, &trace, &outcome);
    let (begins, ends) = (of(&events, "s"), of(&events, "f"));
    assert_eq!((begins.len(), ends.len()), (2, 2), "PR1 and PR2 follow CEN; a retry is no request");
    for (begin, end) in begins.iter().zip(&ends) {
        assert_eq!(begin["id"], end["id"]);
        assert!(begin["ts"].as_u64() < end["ts"].as_u64());
        assert_eq!((&begin["pid"], &end["pid"]), (&1.into(), &2.into()));
        // each within a slice of its thread
        for arrow in [begin, end] {
            let at = arrow["ts"].as_u64().unwrap();
            let inside = threads(&events)
                [&(arrow["pid"].as_u64().unwrap(), arrow["tid"].as_u64().unwrap())]
                .iter()
                .any(|(from, until)| *from <= at && at < *until);
            assert!(inside, "{arrow}");
        }
    }
}

#[test]
fn the_counters_end_where_the_run_ends() {
    let (scenario, trace, outcome) = sample::tutorial();
    let events = written(&scenario, &trace, &outcome);
    let last =
        |name: &str| of(&events, "C").into_iter().rfind(|event| event["name"] == name).unwrap();
    assert_eq!(last("sites current")["args"]["sites"], 3);
    assert_eq!(last("synchronisations running")["args"]["syncs"], 0);
}

#[test]
fn no_name_breaks_out_of_the_trace() {
    let (mut scenario, trace, outcome) = sample::tutorial();
    let hostile = "\"}],<script>alert(1)</script>\u{1b}[31m\n..\\";
    scenario.sites[0].name = hostile.to_owned();
    scenario.faults[0].name = hostile.to_owned();
    let mut bytes = Vec::new();
    let run = Run { scenario: &scenario, trace: &trace, outcome: &outcome, replication: 0 };
    write_trace(&run, &mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(!text.contains('\u{1b}') && !text.contains("\\u001b"), "{text}");
    let events = written(&scenario, &trace, &outcome);
    let name = of(&events, "M")
        .into_iter()
        .find(|event| event["name"] == "thread_name" && event["pid"] == 1);
    assert_eq!(name.unwrap()["args"]["name"], "CEN \"}],<script>alert(1)</script> [31m ..\\");
}
