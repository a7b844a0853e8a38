//! The table as it is read.

use super::super::{Look, summary};
use super::*;
use crate::experiment::{Replication, answers};
use crate::measure::{Activity, Outcome};
use crate::scenario::{Overrides, Scenario, WHOLE};
use crate::trace::Trace;
use crate::units::Duration;

const SCENARIO: &str = "\
supsim: 1
kind: scenario
name: tutorial
timezone: America/New_York
start: 2026-01-13 00:00
duration: 2d
sites: { CEN: {}, PR1: { parent: CEN, timing: { pull: { exponential: { mean: 5min } } } }, PR2: { parent: CEN } }
catalogue: { releases: { patch-tuesday: { when: { at: 2026-01-13 13:00 }, updates: 120, metadata: 45 MB } } }
expect:
  current: { metric: time_to_current, where: { tier: 2 }, at_most: 24h }
  share: { metric: share_current, where: { tier: 2 }, after: 9h, at_least: 95%, must_hold: { in: 50% } }
  storm: { metric: concurrent_syncs, at_most: 1, on_fail: warn }
";

/// The table of replications with these values: minutes, thousandths, synchronisations.
fn table(rows: &[[Option<u64>; 3]], ascii: bool) -> String {
    let read = Scenario::parse("given.yaml", SCENARIO, &Overrides::default());
    let (scenario, _) = read.unwrap_or_else(|report| panic!("{report}"));
    let (trace, outcome) = (Trace::default(), Outcome::default());
    let steps = [Duration::from_mins(1).micros(), WHOLE / 1000, WHOLE];
    let replications: Vec<Replication> = (0..)
        .zip(rows)
        .map(|(number, row)| Replication {
            number,
            values: row
                .iter()
                .zip(steps)
                .map(|(value, step)| value.map(|value| Figure::Of(value * step)))
                .collect(),
            activity: Activity::of(&outcome),
            milestones: Vec::new(),
        })
        .collect();
    let answers = answers(&scenario, &replications);
    let many = Many { replications: &replications, answers: &answers, ..Many::default() };
    let run = Run { scenario: &scenario, trace: &trace, outcome: &outcome, replication: 0 };
    let text = summary(&run, &many, Look { ascii, colour: false });
    assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
    let from = text.find("EXPECTATIONS").unwrap();
    text[from..].split("\n\n").next().unwrap().to_owned()
}

#[test]
fn one_replication_is_told_plainly() {
    assert_eq!(
        table(&[[Some(612), Some(500), Some(2)]], false),
        "\
EXPECTATIONS                                       wanted  got
  ✓ current  time_to_current max, 2 primaries      ≤ 24 h  10.2 h
  ? share    share_current after 9 h, 2 primaries  ≥ 95 %  50 %   (too few to say whether 50% do)
  ! storm    concurrent_syncs max, 3 sites         ≤ 1     2   (only a warning)"
    );
}

#[test]
fn several_are_told_by_their_mean_and_the_worst() {
    let rows = [[Some(600), Some(1000), Some(1)], [Some(1500), Some(500), Some(1)]].repeat(4);
    assert_eq!(
        table(&rows, true),
        "\
EXPECTATIONS                                        wanted   got
  !! current  time_to_current max, 2 primaries      <= 24 h  17.5 h
      (holds in 4 of 8; worst 25 h in replication 1)
  ?  share    share_current after 9 h, 2 primaries  >= 95 %  75 %
      (holds in 4 of 8; worst 50 % in replication 1; too few to say whether 50% do)
  OK storm    concurrent_syncs max, 3 sites         <= 1     1   (worst 1)"
    );
}

#[test]
fn a_value_that_misses_by_little_is_not_rounded_to_what_is_wanted() {
    let text = table(&[[Some(1441), Some(949), Some(1)]], false);
    assert!(text.contains("24.02 h"), "{text}");
    assert!(text.contains("94.9 %"), "{text}");
}

#[test]
fn no_data_and_never_are_said() {
    let text = table(&[[None, Some(949), Some(1)], [Some(60), Some(949), Some(1)]], false);
    assert!(
        text.contains("(holds in 1 of 1; worst 60 min in replication 1; no data in 1 of 2)"),
        "{text}"
    );
    let text = table(&[[None, Some(949), Some(1)]], false);
    assert!(text.contains("no data"), "{text}");
}
