//! The same scenario with other chances: one run, one thread; the results by number.

use rayon::prelude::*;

use super::memory;
use crate::measure::{Activity, Figure, Lag, Milestones, Outcome, values};
use crate::scenario::{Recording, Scenario};
use crate::trace::Trace;
use crate::units::{Instant, ReleaseId};
use crate::world::{Blueprint, World};

/// After so many events a run looks up.
const LOOK_UP: u64 = 1 << 14;

/// What is kept of a replication.
#[derive(Clone, Debug, PartialEq)]
pub struct Replication {
    /// Its number: which chance it was.
    pub number: u32,
    /// The value of each expectation, in the order of the scenario; `None`: nothing to measure.
    pub values: Vec<Option<Figure>>,
    /// How much synchronising it was.
    pub activity: Activity,
    /// How the releases that were asked for reached each tier: by release, then by tier.
    pub milestones: Vec<Vec<Milestones>>,
}

/// Where a replication stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// So many events have happened and so many records are kept, now.
    Running {
        /// Events so far.
        events: u64,
        /// Records so far.
        records: u64,
        /// The present of that run.
        now: Instant,
    },
    /// It is over.
    Done,
}

impl Replication {
    /// What is kept of a run: `told` are the releases whose milestones are wanted.
    pub fn of(
        scenario: &Scenario,
        number: u32,
        trace: &Trace,
        outcome: &Outcome,
        told: &[ReleaseId],
    ) -> Replication {
        let milestones = |&release| Lag::of_one(scenario, outcome, release).milestones();
        Replication {
            number,
            values: values(scenario, trace, outcome),
            activity: Activity::of(outcome),
            milestones: told.iter().map(milestones).collect(),
        }
    }
}

/// The least that must be recorded to measure what is asked.
pub fn needed(scenario: &Scenario) -> Recording {
    let needs = scenario.expectations.iter().map(|asked| asked.metric.needs());
    needs.max().unwrap_or(Recording::Attempts).max(Recording::Attempts)
}

/// Runs these replications of a scenario on so many threads; what they say, in the order of
/// `numbers`, whatever the number of threads.
///
/// `watch` hears from every run now and then, from whichever thread it is on, and may stop it all.
///
/// # Errors
/// What `watch` said when it stopped a run.
///
/// # Panics
/// When the machine cannot start threads.
pub fn replicate<E: Send>(
    scenario: &Scenario,
    numbers: &[u32],
    told: &[ReleaseId],
    threads: usize,
    watch: &(impl Fn(Stage) -> Result<(), E> + Sync),
) -> Result<Vec<Replication>, E> {
    each(scenario, numbers, threads, watch, &|number, trace, outcome| {
        Replication::of(scenario, number, trace, outcome, told)
    })
}

/// Runs these replications, and keeps of each what `keep` makes of its number, trace and outcome.
pub(super) fn each<T: Send, E: Send>(
    scenario: &Scenario,
    numbers: &[u32],
    threads: usize,
    watch: &(impl Fn(Stage) -> Result<(), E> + Sync),
    keep: &(impl Fn(u32, &Trace, &Outcome) -> T + Sync),
) -> Result<Vec<T>, E> {
    memory::keep_between_runs();
    let blueprint = Blueprint::new(scenario);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.expect("a machine that can start a thread");
    let one = |&number: &u32| {
        let trace = one(&blueprint, number, watch)?;
        let outcome = Outcome::of(scenario, &trace);
        let kept = keep(number, &trace, &outcome);
        watch(Stage::Done)?;
        Ok(kept)
    };
    pool.install(|| numbers.par_iter().map(one).collect())
}

/// Runs one replication to its end.
pub(super) fn one<E>(
    blueprint: &Blueprint<'_>,
    number: u32,
    watch: &impl Fn(Stage) -> Result<(), E>,
) -> Result<Trace, E> {
    let mut world = World::new(blueprint, number);
    let end = Instant::START + world.scenario().duration;
    while world.step(end) {
        if world.events().is_multiple_of(LOOK_UP) {
            let records = world.trace().records.len() as u64;
            watch(Stage::Running { events: world.events(), records, now: world.now() })?;
        }
    }
    Ok(world.into_trace())
}

#[cfg(test)]
mod tests;
