//! supsim beside other engines: one table, from one run on one machine.
//!
//! `cargo run --release --manifest-path benches/peers/Cargo.toml`; with `-- --quick` one round
//! and less work. README.md says what is compared and what is not.

#![allow(clippy::disallowed_methods, reason = "a benchmark reads the machine's clock")]

mod engines;
mod hold;
#[path = "../../measuring/mod.rs"]
#[allow(dead_code, reason = "shared with benches that ask for more")]
mod measuring;
mod tree;
#[path = "../../tree/mod.rs"]
mod whole;
mod workload;

use engines::{Desru, Engine, Nexosim, Ours, Simcore};
use hold::Hold;
use measuring::{Stopwatch, median};
use supsim::scenario::{Recording, Scenario};
use supsim::units::{Duration, Instant};
use supsim::world::{Blueprint, World};
use tree::Tree;
use workload::{HOUR, Tally};

const SITES: u32 = 10_000;
const OURS: &str = "supsim kernel";
const WORLD: &str = "supsim world";
const ENGINES: [&str; 4] = [OURS, "simcore", "desru", "nexosim"];
/// Takes several times as long as the others and is given fewer rounds.
const SLOW: (&str, usize) = ("nexosim", 3);

/// What one run says.
struct Run {
    /// Events in the time measured.
    events: u64,
    nanos: f64,
    /// What must be the same in every engine; the whole world has no such thing.
    tally: Option<Tally>,
}

/// Measures about so many events after as long as it takes until the structure is in its stride.
fn hold<E: Engine<Hold>>(workload: &Hold, pending: u64, steps: u64) -> Run {
    let mut engine = E::new(workload.clone());
    let warm = HOUR * pending.max(steps / 4) / pending;
    engine.run_until(warm);
    let before = engine.tally();
    let stopwatch = Stopwatch::start();
    engine.run_until(warm + HOUR * steps / pending);
    let nanos = stopwatch.nanos();
    let tally = engine.tally();
    Run { events: tally.events - before.events, nanos, tally: Some(tally) }
}

/// Measures all of it, from the first event to the last.
fn tree<E: Engine<Tree>>(workload: &Tree) -> Run {
    let mut engine = E::new(workload.clone());
    let stopwatch = Stopwatch::start();
    engine.run_out();
    let nanos = stopwatch.nanos();
    let tally = engine.tally();
    Run { events: tally.events, nanos, tally: Some(tally) }
}

/// Measures a run of the whole world, with nothing recorded.
fn world(blueprint: &Blueprint, duration: Duration, replication: u32) -> Run {
    let mut world = World::new(blueprint, replication);
    let stopwatch = Stopwatch::start();
    world.run_until(Instant::START + duration);
    Run { events: world.events(), nanos: stopwatch.nanos(), tally: None }
}

/// Something that is measured, given the number of the round.
type Measured<'a> = Box<dyn Fn(u32) -> Run + 'a>;
type Runs<'a> = Vec<(&'static str, Measured<'a>)>;

fn held(pending: u32, steps: u64) -> Runs<'static> {
    let [a, b, c, d] = [(); 4].map(|()| Hold::new(pending));
    let pending = u64::from(pending);
    let runs: [Measured; 4] = [
        Box::new(move |_| hold::<Ours<Hold>>(&a, pending, steps)),
        Box::new(move |_| hold::<Simcore<Hold>>(&b, pending, steps)),
        Box::new(move |_| hold::<Desru<Hold>>(&c, pending, steps)),
        Box::new(move |_| hold::<Nexosim>(&d, pending, steps)),
    ];
    ENGINES.into_iter().zip(runs).collect()
}

fn grown(weeks: u64, scenario: &Scenario) -> Runs<'_> {
    let [a, b, c, d] = [(); 4].map(|()| Tree::new(SITES, weeks));
    let blueprint = Blueprint::new(scenario);
    let runs: [Measured; 5] = [
        Box::new(move |_| tree::<Ours<Tree>>(&a)),
        Box::new(move |_| tree::<Simcore<Tree>>(&b)),
        Box::new(move |_| tree::<Desru<Tree>>(&c)),
        Box::new(move |_| tree::<Nexosim>(&d)),
        Box::new(move |round| world(&blueprint, scenario.duration, round)),
    ];
    ENGINES.into_iter().chain([WORLD]).zip(runs).collect()
}

/// Lets them run in turns and gives each one's nanoseconds per event and its events.
fn compete(workload: &str, runs: &Runs, rounds: usize) -> Vec<(&'static str, f64, u64)> {
    let mut figures: Vec<_> = runs.iter().map(|(name, _)| (*name, Vec::new(), 0)).collect();
    let mut expected = None;
    for round in 0..rounds as u32 {
        for ((name, run), (_, nanos, events)) in runs.iter().zip(&mut figures) {
            if *name == SLOW.0 && round as usize >= SLOW.1 {
                continue;
            }
            let result = run(round);
            if let Some(tally) = result.tally {
                let expected = *expected.get_or_insert(tally);
                assert_eq!(tally, expected, "{workload}: {name} and {OURS} do the same");
            }
            nanos.push(result.nanos / result.events as f64);
            *events = result.events;
        }
    }
    figures.into_iter().map(|(name, nanos, events)| (name, median(&nanos), events)).collect()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let quick = arguments.iter().any(|argument| argument == "--quick");
    if let Some(unknown) = arguments.iter().find(|argument| *argument != "--quick") {
        eprintln!("{unknown} is not an option; the only one is --quick");
        std::process::exit(2);
    }
    let (rounds, steps, weeks) = if quick { (1, 200_000, 5) } else { (5, 1_000_000, 52) };
    println!(
        "nanoseconds of processor time per event (times {OURS}), medians of {rounds} alternating \
         rounds, {} of {}",
        rounds.min(SLOW.1),
        SLOW.0
    );
    println!(
        "{:<16}{:<14}{:>12}{:>10}{:>10}{:>14}",
        "workload", "engine", "events", "ns/event", "ratio", "events/s"
    );
    let mut scenario = whole::scenario(SITES as usize);
    scenario.duration = Duration::from_days(weeks * 7);
    scenario.recording = Recording::None;
    let mut last = Vec::new();
    for (name, runs) in [
        ("hold 1000", held(1_000, steps)),
        ("hold 100000", held(100_000, steps)),
        ("hold 1000000", held(1_000_000, steps)),
        ("tree 10000", grown(weeks, &scenario)),
    ] {
        last = compete(name, &runs, rounds);
        let ours = last[0].1;
        for (engine, nanos, events) in &last {
            println!(
                "{name:<16}{engine:<14}{events:>12}{nanos:>10.1}{:>10.2}{:>14.0}",
                nanos / ours,
                1e9 / nanos
            );
        }
    }
    let peers = || last.iter().filter(|(name, ..)| *name != OURS && *name != WORLD);
    let fastest = peers().min_by(|a, b| a.1.total_cmp(&b.1)).expect("there are peers");
    let whole = last.iter().find(|(name, ..)| *name == WORLD).expect("the world has run");
    let (dearer, more) = (whole.1 / fastest.1, whole.2 as f64 / fastest.2 as f64);
    println!(
        "per event, the whole world costs {dearer:.2} times the fastest peer's toy tree ({}): {}",
        fastest.0,
        if dearer <= 1.0 { "not slower" } else { "SLOWER" }
    );
    println!(
        "for the same weeks, it has {more:.2} times as many events and takes {:.2} times as long",
        more * dearer
    );
}
