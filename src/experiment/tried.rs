//! Runs that may fail without taking the others with them.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use super::memory;
use super::replicate::{Replication, Stage, one};
use crate::measure::Outcome;
use crate::scenario::Scenario;
use crate::world::Blueprint;

/// A run that was tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// Its number: which chance it was.
    pub number: u32,
    /// What it says, or why it says nothing.
    pub result: Result<Replication, Failure>,
}

/// Why a run says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It grew larger than a run may be.
    Limit(String),
    /// A defect of this program, in its own words.
    Defect(String),
}

/// What whoever watches a run may say to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Halt {
    /// All runs stop; nothing is kept of those that are not over.
    All,
    /// This run has grown too large; the others go on.
    One(String),
}

/// Everything was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

/// Tries these replications on the threads of the current pool; in the order of `numbers`,
/// whatever the number of threads.
///
/// # Errors
/// When `watch` stopped them all.
pub fn try_each(
    scenario: &Scenario,
    numbers: &[u32],
    watch: &(impl Fn(Stage) -> Result<(), Halt> + Sync),
) -> Result<Vec<Tried>, Stopped> {
    memory::keep_between_runs();
    let failed = |number: u32, failure| Tried { number, result: Err(failure) };
    let blueprint = match catch_unwind(AssertUnwindSafe(|| Blueprint::new(scenario))) {
        Ok(blueprint) => blueprint,
        Err(defect) => {
            let failure = Failure::Defect(words(&*defect));
            return Ok(numbers.iter().map(|&number| failed(number, failure.clone())).collect());
        }
    };
    let try_one = |&number: &u32| {
        // nothing that a run has touched is looked at after it has broken down
        match catch_unwind(AssertUnwindSafe(|| run(scenario, &blueprint, number, watch))) {
            Ok(Ok(replication)) => Ok(Tried { number, result: Ok(replication) }),
            Ok(Err(Halt::All)) => Err(Stopped),
            Ok(Err(Halt::One(why))) => Ok(failed(number, Failure::Limit(why))),
            Err(defect) => Ok(failed(number, Failure::Defect(words(&*defect)))),
        }
    };
    numbers.par_iter().map(try_one).collect()
}

fn run(
    scenario: &Scenario,
    blueprint: &Blueprint<'_>,
    number: u32,
    watch: &impl Fn(Stage) -> Result<(), Halt>,
) -> Result<Replication, Halt> {
    let trace = one(blueprint, number, watch)?;
    let replication =
        Replication::of(scenario, number, &trace, &Outcome::of(scenario, &trace), &[]);
    watch(Stage::Done)?;
    Ok(replication)
}

/// What a panic says, in one line.
fn words(defect: &(dyn Any + Send)) -> String {
    let owned = defect.downcast_ref::<String>().map(String::as_str);
    let text = owned.or(defect.downcast_ref::<&str>().copied()).unwrap_or("no message");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::scenario::Overrides;

    fn scenario() -> Scenario {
        let text = "supsim: 1\nkind: scenario\nname: given\nstart: 2026-01-13 00:00\n\
                    duration: 3d\nsites: { CEN: {}, PR1: { parent: CEN } }\n\
                    sync: { schedule: { weekly: { on: [Tue], at: \"22:00\" } } }\n\
                    timing: { pull: { exponential: { mean: 20min } } }\n";
        Scenario::parse("given.yaml", text, &Overrides::default()).unwrap().0
    }

    #[test]
    fn a_run_that_breaks_down_or_grows_too_large_takes_no_other_with_it() {
        let scenario = scenario();
        let over = AtomicU32::new(0);
        let watch = |stage| match stage {
            Stage::Done => match over.fetch_add(1, Ordering::Relaxed) {
                1 => panic!("as if\nit were broken"),
                2 => Err(Halt::One("too large".to_owned())),
                _ => Ok(()),
            },
            Stage::Running { .. } => Ok(()),
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let tried = pool.install(|| try_each(&scenario, &[0, 1, 2, 3], &watch)).unwrap();
        let failures: Vec<Option<Failure>> =
            tried.iter().map(|one| one.result.clone().err()).collect();
        let mut sorted = failures.clone();
        sorted.sort_by_key(|failure| format!("{failure:?}"));
        assert_eq!(tried.iter().map(|one| one.number).collect::<Vec<_>>(), [0, 1, 2, 3]);
        assert!(sorted.contains(&Some(Failure::Defect("as if it were broken".to_owned()))));
        assert!(sorted.contains(&Some(Failure::Limit("too large".to_owned()))));
        assert_eq!(failures.iter().filter(|failure| failure.is_none()).count(), 2);
    }

    #[test]
    fn whoever_watches_may_stop_them_all() {
        let watch = |_| Err(Halt::All);
        assert_eq!(try_each(&scenario(), &[0, 1, 2], &watch), Err(Stopped));
    }
}
