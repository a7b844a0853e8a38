//! Every delay of every random world is explained, and the parts add up.

use std::collections::BTreeSet;

use supsim::measure::{Arrival, Blame, Category, Causes, Outcome, Stage};
use supsim::scenario::{Overrides, Recording, Scenario};
use supsim::trace::{Part, Trace};
use supsim::units::Duration;

use super::{draw, first_seed, worlds};

/// What is asked of every arrival; gives what kinds of time there were.
fn is_explained(scenario: &Scenario, trace: &Trace) -> Result<BTreeSet<Category>, String> {
    let outcome = Outcome::of(scenario, trace);
    let causes = Causes::of(scenario, trace, &outcome);
    let mut seen = BTreeSet::new();
    for arrival in &outcome.arrivals {
        let parts = [Part::Database, Part::Wsus, Part::Internet];
        let held = [arrival.database, arrival.wsus, arrival.internet];
        let blames = parts.into_iter().zip(held).map(|(part, held)| {
            let delay = held.map(|held| held.since(arrival.wanted));
            (format!("{part:?}"), delay, causes.blame_of(arrival, part))
        });
        let site = ("site".to_owned(), arrival.time_to_current(), causes.blame(arrival));
        for (what, delay, blame) in blames.chain([site]) {
            adds_up(arrival, delay, blame.as_ref()).map_err(|wrong| {
                format!("{} {what}: {wrong}", scenario.sites[arrival.site.index()].code)
            })?;
            seen.extend(blame.iter().flat_map(|blame| &blame.stages).map(|one| one.category));
        }
    }
    Ok(seen)
}

fn adds_up(
    arrival: &Arrival,
    delay: Option<Duration>,
    blame: Option<&Blame>,
) -> Result<(), String> {
    let (delay, blame) = match (delay, blame) {
        (None, None) => return Ok(()),
        (Some(delay), Some(blame)) => (delay, blame),
        (delay, blame) => return Err(format!("{delay:?} is told as {blame:?}")),
    };
    let sum: Duration = blame.stages.iter().map(Stage::length).sum();
    let parts: Duration = blame.parts().iter().map(|(_, length)| *length).sum();
    let starts = blame.stages.first().map_or(blame.until.max(arrival.wanted), |one| one.from);
    let tiles = blame.stages.windows(2).all(|pair| pair[0].until == pair[1].from);
    let ends = blame.stages.last().is_none_or(|last| last.until == blame.until);
    let whole = sum == delay && parts == delay && tiles && ends;
    let first = blame.stages.is_empty() || starts == arrival.wanted;
    if whole && first { Ok(()) } else { Err(format!("{delay} is not {blame:?}")) }
}

#[test]
fn every_delay_is_explained_and_the_parts_add_up() {
    let mut seen = BTreeSet::new();
    let (first, worlds) = (first_seed(), worlds());
    for seed in first..first + worlds {
        let plan = draw(seed);
        let read = Scenario::parse("plan.yaml", &plan.yaml(), &Overrides::default());
        let (mut scenario, _) = read.unwrap_or_else(|report| panic!("seed {seed}: {report}"));
        for recording in [Recording::All, Recording::Attempts] {
            scenario.recording = recording;
            let trace = supsim::world::run(&scenario, 0);
            match is_explained(&scenario, &trace) {
                Ok(found) if recording == Recording::All => seen.extend(found),
                Ok(_) => {}
                Err(wrong) => panic!("seed {seed}, {recording:?}: {wrong}\n{}", plan.yaml()),
            }
        }
    }
    println!("{worlds} worlds: {seen:?}");
}
