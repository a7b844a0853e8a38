//! What is the smallest thing that breaks it? One expectation, asked of worlds that differ in
//! their faults alone.
//!
//! ```text
//!   Doubt { scenario, one expectation } ──► smallest     of the faults there are: which, and how long
//!                                       ──► tolerances   of an outage that is offered: how long, at each site
//!                 (both: minimal, of which things it takes; shortest, of how long)
//! ```
//!
//! Draws are keyed by what they are for, so that a world with a fault less draws everything else as
//! before.

mod minimal;
mod shortest;
mod smallest;
mod tolerance;

pub use minimal::minimal;
pub use shortest::{Shortest, most_tried, shortest};
pub use smallest::{Smallest, smallest};
pub use tolerance::{Offer, Tolerance, tolerances};

use super::replicate::{Replication, Stage, one};
use super::verdict::{Verdict, alone, answers};
use super::{Answer, needed};
use crate::measure::{Figure, Outcome};
use crate::scenario::{Fault, Occurs, Pick, Scenario};
use crate::units::{Duration, FaultId, Instant};
use crate::world::Blueprint;

/// One expectation of a world, and how it is asked.
#[derive(Clone, Debug)]
pub struct Doubt {
    /// The world with all its faults; of its expectations only that one.
    pub scenario: Scenario,
    /// How many replications answer it together.
    pub replications: u32,
}

/// What a world says to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// What its replications say together; of one, what it says by itself.
    pub verdict: Verdict,
    /// The value furthest from what is wanted; `None`: nothing was measured.
    pub worst: Option<Figure>,
    /// The replication that has it.
    pub number: u32,
}

impl Doubt {
    /// Asks the expectation at that position. Of a single replication its bound is asked alone,
    /// without `must_hold`; and a failure counts, whether it only warns or not.
    pub fn of(scenario: &Scenario, position: usize, replications: u32) -> Doubt {
        let mut scenario = scenario.clone();
        let replications = if scenario.is_random() { replications.max(1) } else { 1 };
        let mut asked = scenario.expectations.swap_remove(position);
        asked.only_warns = false;
        if replications == 1 {
            asked.must_hold = None;
        }
        scenario.expectations = vec![asked];
        scenario.watched.clear();
        scenario.replications = replications;
        scenario.recording = needed(&scenario);
        Doubt { scenario, replications }
    }

    /// The world in which of the faults only these occur.
    pub fn with(&self, faults: &[FaultId]) -> Scenario {
        let mut scenario = self.scenario.clone();
        for (fault, number) in scenario.faults.iter_mut().zip(0..) {
            if !faults.contains(&FaultId(number)) {
                silence(fault);
            }
        }
        scenario
    }

    /// Asks a world, on this thread. `watch` hears of every replication, and may stop it.
    ///
    /// # Errors
    /// What `watch` said when it stopped a run.
    pub fn ask<E>(
        &self,
        scenario: &Scenario,
        watch: &impl Fn(Stage) -> Result<(), E>,
    ) -> Result<Reply, E> {
        let blueprint = Blueprint::new(scenario);
        let mut replications = Vec::new();
        for number in 0..self.replications {
            let trace = one(&blueprint, number, watch)?;
            let outcome = Outcome::of(scenario, &trace);
            replications.push(Replication::of(scenario, number, &trace, &outcome, &[]));
            watch(Stage::Done)?;
        }
        Ok(reply(scenario, &replications))
    }

    /// Does a world break it? What cannot be measured, or not be told yet, breaks nothing.
    ///
    /// # Errors
    /// What `watch` said when it stopped a run.
    pub fn breaks<E>(
        &self,
        scenario: &Scenario,
        watch: &impl Fn(Stage) -> Result<(), E>,
    ) -> Result<bool, E> {
        Ok(self.ask(scenario, watch)?.verdict == Verdict::Fail)
    }
}

fn reply(scenario: &Scenario, replications: &[Replication]) -> Reply {
    let together: Vec<Answer> = answers(scenario, replications);
    let Answer { verdict, worst, .. } = &together[0];
    let verdict = match replications {
        [single] => alone(&scenario.expectations[0], single.values[0]),
        _ => *verdict,
    };
    let (worst, number) = worst.map_or((None, 0), |(worst, number)| (Some(worst), number));
    Reply { verdict, worst, number }
}

/// Makes a fault never occur; it keeps its number, by which records and expectations call it.
fn silence(fault: &mut Fault) {
    fault.occurs = Occurs::Schedule(Vec::new());
    fault.pick = Pick::All;
}

/// The same world without the faults that never occur, but for one that an expectation names.
pub fn without_silent(scenario: &Scenario) -> Scenario {
    let named: Vec<FaultId> = scenario.expectations.iter().filter_map(|one| one.during).collect();
    let stays =
        |(fault, number): &(&Fault, u32)| !is_silent(fault) || named.contains(&FaultId(*number));
    let kept: Vec<(&Fault, u32)> = scenario.faults.iter().zip(0..).filter(stays).collect();
    let place = |old: FaultId| kept.iter().zip(0..).find(|(one, _)| one.1 == old.0);
    let mut lean = scenario.clone();
    for asked in &mut lean.expectations {
        asked.during = asked.during.and_then(place).map(|(_, new)| FaultId(new));
    }
    lean.faults = kept.iter().map(|(fault, _)| (*fault).clone()).collect();
    lean
}

/// Does it never occur?
fn is_silent(fault: &Fault) -> bool {
    matches!(&fault.occurs, Occurs::Schedule(spans) if spans.is_empty())
}

/// A minute.
const MINUTE: Duration = Duration::from_mins(1);

/// The whole minutes from one instant to another.
fn minutes_between(from: Instant, until: Instant) -> u64 {
    until.since(from).micros() / MINUTE.micros()
}

#[cfg(test)]
mod tests;
