//! The whole world: engines, stores, network and faults, at 1,000, 10,000 and 100,000 sites.
//!
//! `cargo bench --bench world` prints, for each size and level of recording, events, nanoseconds
//! of processor time per event, events per second and the peak memory of the process. With
//! `-- --sites N` only that size is run (1,000,000 is worth a try), with `-- --quick` a tenth of
//! a year; with `-- --unrecorded` nothing is recorded, for a profiler.
//!
//! Last come a planner's hierarchies: runs a second of `scenarios/10-two-hundred-sites.yaml`, the
//! world alone, and of `scenarios/contoso-200.yaml` with all that it asks measured, on one thread
//! and on two; with `-- --planner` they alone.
//!
//! The scenario is in `tree/mod.rs`; `peers/` runs it beside other engines.

#![allow(clippy::disallowed_methods, reason = "a benchmark reads the machine's clock")]

mod measuring;
mod tree;

use std::convert::Infallible;
use std::time::Instant;

use measuring::{Stopwatch, median, peak_memory};
use supsim::experiment::{needed, replicate};
use supsim::scenario::{Overrides, Recording, Scenario};
use supsim::units;
use supsim::world::{Blueprint, World};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let only = arguments.iter().position(|argument| argument == "--sites");
    let only = only.and_then(|place| arguments.get(place + 1)?.parse::<usize>().ok());
    let sizes = only.map_or(vec![1_000, 10_000, 100_000], |sites| vec![sites]);
    let bare = arguments.iter().any(|argument| argument == "--unrecorded");
    let rounds = if quick { 1 } else { 5 };
    if arguments.iter().any(|argument| argument == "--planner") {
        replications(rounds);
        return measured(rounds);
    }
    println!("whole world, weekly syncs, medians of {rounds} rounds");
    println!(
        "{:>9}  {:>9}  {:>11}  {:>9}  {:>12}  {:>7}  {:>8}",
        "sites", "recording", "events", "ns/event", "events/s", "ratio", "peak MiB"
    );
    for sites in sizes {
        let mut scenario = tree::scenario(sites);
        let weeks = if quick || sites > 100_000 { 5 } else { 52 };
        let days = if sites >= 100_000 { weeks.min(10) * 7 } else { weeks * 7 };
        scenario.duration = units::Duration::from_days(days);
        let mut none = f64::NAN;
        for (recording, name) in
            [(Recording::None, "none"), (Recording::Attempts, "attempts"), (Recording::All, "all")]
        {
            if recording != Recording::None && (bare || sites > 10_000) {
                continue;
            }
            scenario.recording = recording;
            let blueprint = Blueprint::new(&scenario);
            let mut times = Vec::new();
            let mut events = 0;
            for round in 0..rounds {
                let mut world = World::new(&blueprint, round);
                let watch = Stopwatch::start();
                world.run_until(units::Instant::START + scenario.duration);
                let nanos = watch.nanos();
                events = world.events();
                times.push(nanos / events as f64);
            }
            let time = median(&times);
            if recording == Recording::None {
                none = time;
            }
            let memory = peak_memory().map_or("-".to_owned(), |mebibytes| mebibytes.to_string());
            println!(
                "{sites:>9}  {name:>9}  {events:>11}  {time:>9.1}  {:>12.0}  {:>7.2}  {memory:>8}",
                1e9 / time,
                time / none,
            );
        }
    }
    if only.is_none() {
        replications(rounds);
        measured(rounds);
    }
}

/// How many replications of 200 sites and a week one thread makes in a second.
fn replications(rounds: u32) {
    const RUNS: u32 = 100;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/10-two-hundred-sites.yaml");
    let Ok((mut scenario, _)) = Scenario::read(path.as_ref(), &Overrides::default()) else {
        panic!("{path} is wrong");
    };
    for (recording, name) in [(Recording::None, "none"), (Recording::Attempts, "attempts")] {
        scenario.recording = recording;
        let blueprint = Blueprint::new(&scenario);
        let mut times = Vec::new();
        let mut events = 0;
        for round in 0..rounds {
            let watch = Stopwatch::start();
            for run in 0..RUNS {
                let mut world = World::new(&blueprint, round * RUNS + run);
                world.run_until(units::Instant::START + scenario.duration);
                events = world.events();
            }
            times.push(watch.nanos() / f64::from(RUNS));
        }
        let time = median(&times);
        println!(
            "200 sites, a week, recording {name}: {:.0} runs a second on one thread, {events} events",
            1e9 / time
        );
    }
}

/// How many replications of 200 sites and two weeks are run and measured in a second of the clock
/// on the wall, on one thread and on two, in turn.
fn measured(rounds: u32) {
    const RUNS: u32 = 500;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/contoso-200.yaml");
    let Ok((mut scenario, _)) = Scenario::read(path.as_ref(), &Overrides::default()) else {
        panic!("{path} is wrong");
    };
    scenario.recording = needed(&scenario);
    let watch = |_| Ok::<(), Infallible>(());
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..rounds {
        let numbers: Vec<u32> = (0..RUNS).map(|run| round * RUNS + run).collect();
        for (threads, times) in [1, 2].into_iter().zip(&mut times) {
            let began = Instant::now();
            let Ok(runs) = replicate(&scenario, &numbers, &[], threads, &watch);
            assert_eq!(runs.len(), numbers.len());
            times.push(began.elapsed().as_secs_f64() / f64::from(RUNS));
        }
    }
    let [one, two] = times.map(|times| median(&times));
    println!(
        "contoso-200, two weeks, all measured: {:.0} runs a second on one thread, {:.0} on two \
         ({:.2} times)",
        1.0 / one,
        1.0 / two,
        one / two
    );
}
