use serde_json::Value;

use super::*;
use crate::measure::{Outcome, sample};
use crate::scenario::{Clock, Scenario, Zone};
use crate::trace::Trace;

fn intervals(world: &(Scenario, Trace, Outcome), most: usize) -> (Option<String>, Value) {
    let (scenario, trace, outcome) = world;
    let run = Run { scenario, trace, outcome, replication: 0 };
    let intervals = Intervals::of(&run, &Releases::of(&run), most);
    let json = intervals.to_json(&run, &Causes::of(scenario, trace, outcome));
    (intervals.left_out(), serde_json::from_str(&json).expect("JSON"))
}

#[test]
fn every_synchronisation_stands_in_the_row_of_its_site_and_its_steps_fill_it() {
    let world = sample::tutorial();
    let (left_out, data) = intervals(&world, 1000);
    assert_eq!(left_out, None);
    let codes: Vec<&str> =
        data["sites"].as_array().unwrap().iter().map(|s| s[0].as_str().unwrap()).collect();
    assert_eq!(codes, ["CEN", "PR2", "PR1"], "beside each other the latest first");
    let mut seen = 0;
    for (row, code) in codes.iter().enumerate() {
        for (at, one) in data["attempts"][row].as_array().unwrap().iter().enumerate() {
            let wanted = world.2.attempts.iter().find(|attempt| {
                world.0.sites[attempt.site.index()].code == *code && attempt.number == at as u32 + 1
            });
            let wanted = wanted.expect("it is one of the run");
            let one = one.as_array().unwrap();
            assert_eq!(one[0].as_u64(), Some(millis(wanted.start)));
            let steps: u64 = one[10..].chunks(2).map(|step| step[1].as_u64().unwrap()).sum();
            assert_eq!(Some(one[0].as_u64().unwrap() + steps), wanted.end.map(millis));
            seen += 1;
        }
    }
    assert_eq!(seen, world.2.attempts.len());
    let failed = &data["attempts"][1][0];
    assert_eq!(data["endings"][failed[2].as_u64().unwrap() as usize], "failed");
    assert_eq!(
        data["steps"][failed[failed.as_array().unwrap().len() - 2].as_u64().unwrap() as usize],
        "failed"
    );
    assert_eq!(
        (&data["attempts"][1][1][3], &data["attempts"][1][1][4]),
        (&1.into(), &1.into()),
        "a retry of itself"
    );
}

#[test]
fn what_does_not_fit_is_left_out_from_the_earliest_on_and_counted() {
    let world = sample::tutorial();
    let (left_out, data) = intervals(&world, 3);
    let words = left_out.expect("something is left out");
    assert!(words.contains("1 site is not in it, current after"), "{words}");
    assert!(words.contains("none of their synchronisations failed"), "{words}");
    assert_eq!(data["sites"].as_array().unwrap().len(), 2, "PR2, which was last, and CEN above it");
    assert_eq!(data["releases"][0][2].as_array().unwrap().len(), 2);
    let (left_out, data) = intervals(&world, 1);
    assert!(left_out.unwrap().contains("more than 1 synchronisations"), "of one site, too");
    assert_eq!(data["attempts"][1].as_array().unwrap().len(), 1);
}

#[test]
fn the_clock_of_the_zone_changes_within_the_run() {
    let mut world = sample::tutorial();
    let zone = Zone::named("America/New_York").unwrap();
    world.0.clock = Clock::new("2026-03-07T05:00:00Z".parse().unwrap(), zone);
    let (_, data) = intervals(&world, 1000);
    assert_eq!(data["shifts"].to_string(), "[[0,-300],[93600000,-240]]");
}
