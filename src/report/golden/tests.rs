use super::super::{Many, Run};
use super::*;
use crate::measure::{Outcome, sample};
use crate::scenario::{Scenario, SiteKind};
use crate::trace::Trace;

fn gilded(scenario: &Scenario, trace: &Trace, outcome: &Outcome) -> Golden {
    let mut gilding = Gilding::begin(scenario);
    gilding.add(&Run { scenario, trace, outcome, replication: 0 });
    gilding.finish(scenario, &Many::default())
}

fn tutorial() -> Golden {
    let (scenario, trace, outcome) = sample::tutorial();
    gilded(&scenario, &trace, &outcome)
}

/// The ingredients that are others than in the untouched run.
fn moved(change: impl FnOnce(&mut Scenario, &mut Outcome)) -> String {
    let (mut scenario, trace, mut outcome) = sample::tutorial();
    change(&mut scenario, &mut outcome);
    let now = gilded(&scenario, &trace, &outcome);
    let moved = tutorial().difference(&now).map(|it| it.moved).unwrap_or_default();
    moved.trim_end_matches("; no row that is listed").to_owned()
}

#[test]
fn a_golden_file_is_read_as_it_was_written() {
    let golden = tutorial();
    let text = golden.text();
    assert_eq!(Golden::read(&text), Ok(golden.clone()), "{text}");
    let on_windows = text.replace('\n', "\r\n");
    assert_eq!(Golden::read(&on_windows), Ok(golden), "line ends mean nothing");
}

#[test]
fn each_kind_of_change_moves_its_own_ingredient() {
    assert_eq!(moved(|_, _| {}), "");
    assert_eq!(
        moved(|scenario, _| scenario.sites[2].kind = SiteKind::Secondary),
        "other topology; same faults, times, causes, metrics"
    );
    assert_eq!(
        moved(|_, outcome| outcome.attempts[0].fault = Some(crate::units::FaultId(0))),
        "other causes; same topology, faults, times, metrics"
    );
    // nothing fell due on a schedule: the same times are blamed on something else
    assert_eq!(
        moved(|scenario, _| scenario.sync.schedule.clear()),
        "other causes; same topology, faults, times, metrics"
    );
    let shift = |_: &mut Scenario, outcome: &mut Outcome| outcome.faults.clear();
    assert_eq!(moved(shift), "other faults; same topology, times, causes, metrics");
    let later = |_: &mut Scenario, outcome: &mut Outcome| {
        let end = outcome.attempts[0].end.unwrap();
        outcome.attempts[0].end = Some(end + crate::units::Duration::from_micros(1));
    };
    assert_eq!(moved(later), "other times; same topology, faults, causes, metrics");
    // the record is another one, and all the rest is as it was
    assert_eq!(moved(|scenario, _| scenario.seed = 77), "seed was 1 and is 77");
}

#[test]
fn what_differs_is_shown_line_by_line_and_no_further_than_twenty() {
    let (then, mut now) = (tutorial(), tutorial());
    let last = now.arrived.last_mut().unwrap();
    last[3] = "99h00m00s".to_owned();
    let lines = then.difference(&now).unwrap().lines();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("- 0  PR2  ") && lines[1].contains("99h00m00s"), "{lines:?}");
    let row = now.arrived[1].clone();
    for number in 0..50 {
        let mut row = row.clone();
        row[1] = format!("X{number:02}");
        now.arrived.push(row);
    }
    let lines = then.difference(&now).unwrap().lines();
    assert_eq!(lines.len(), 21);
    assert_eq!(lines[20], "... and 32 more lines");
}

#[test]
fn what_is_no_golden_file_is_said_with_its_line() {
    let text = tutorial().text();
    let wrong = |text: &str| Golden::read(text).unwrap_err();
    assert!(wrong("").starts_with("line 1:"));
    assert!(wrong(&text.replace("golden 1", "golden 2")).contains("form 2"));
    assert!(wrong(&text.replace("seed", "sead")).starts_with("line 2:"));
    assert!(wrong(&text.replace("times ", "tomes ")).starts_with("line 3:"));
    assert!(
        wrong(&text.replace("fingerprint  topology", "fingerprint  topology zz"))
            .starts_with("line 3:")
    );
    assert!(wrong(&(text.clone() + "<<<<<<< HEAD\n")).ends_with("no row of a golden file"));
    // cut short is less, and not the same
    let cut: String = text.lines().take(6).map(|line| format!("{line}\n")).collect();
    assert_ne!(Golden::read(&cut), Ok(tutorial()));
}
