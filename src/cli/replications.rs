//! The replications of a run, and what they come to.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration as WallDuration;
use std::{panic, thread};

use super::cost::{self, CEILING, exceeded};
use super::exit::{Exit, Stop};
use super::interrupt;
use super::progress::Progress;
use super::screen::{Screen, When};
use crate::experiment::{
    Answer, Replication, Spread, Stage, Verdict, answers, needed, replicate, spread,
};
use crate::report::{Many, Run, told};
use crate::scenario::Scenario;
use crate::units::{ReleaseId, SiteId};

/// How often the progress bar is looked after.
const TICK: WallDuration = WallDuration::from_millis(100);

/// The replications of a run, and what they say together.
pub(super) struct Replicated {
    replications: Vec<Replication>,
    answers: Vec<Answer>,
    pointless: bool,
}

/// Which replications there shall be beside the one that has been run in full.
#[derive(Clone, Copy, Debug)]
pub(super) struct Others {
    /// None: that one was asked for by its number.
    pub alone: bool,
    /// On how many threads; `None`: as many as the machine has.
    pub threads: Option<usize>,
}

/// Runs the other replications beside the one that has been run in full.
pub(super) fn all(
    run: &Run<'_>,
    others: Others,
    progress: &mut Progress,
    screen: &mut Screen,
) -> Result<Replicated, Stop> {
    let scenario = run.scenario;
    let (count, alone) = (scenario.replications, others.alone);
    let pointless = count > 1 && !alone && !scenario.is_random();
    let mut numbers: Vec<u32> = Vec::new();
    if !alone && !pointless {
        numbers.extend(1..count);
    }
    let told = told(run);
    let recording = needed(scenario);
    let mut replications = Vec::new();
    if recording <= scenario.recording {
        let (number, trace) = (run.replication, run.trace);
        replications.push(Replication::of(scenario, number, trace, run.outcome, &told));
    } else {
        // what is stored does not say enough to measure what is asked
        numbers.insert(0, run.replication);
    }
    if !numbers.is_empty() {
        let mut lean = scenario.clone();
        lean.recording = recording;
        let threads = threads(&lean, others.threads);
        let further = watched(&lean, &numbers, &told, threads, progress, screen)?;
        replications.extend(further);
    }
    let answers = answers(scenario, &replications);
    Ok(Replicated { replications, answers, pointless })
}

/// The first replications of a scenario: how a release reached some sites in each.
pub(super) fn spreads(
    scenario: &Scenario,
    count: u32,
    (release, sites): (ReleaseId, &[SiteId]),
    screen: &mut Screen,
) -> Result<Vec<Spread>, Stop> {
    let mut lean = scenario.clone();
    lean.recording = needed(scenario);
    cost::check_all(&lean, count, CEILING)?;
    let numbers: Vec<u32> = (0..count).collect();
    let threads = threads(&lean, None);
    let mut progress = Progress::new(When::Auto, &scenario.name, screen);
    let spreads = looked_after(numbers.len(), &mut progress, screen, |watch| {
        spread(&lean, &numbers, (release, sites), threads, &watch)
    });
    progress.done();
    spreads
}

/// On how many threads, when so many were asked for: no more than fit into the memory together.
pub(super) fn threads(scenario: &Scenario, asked: Option<usize>) -> usize {
    let threads = asked.or_else(|| thread::available_parallelism().ok().map(Into::into));
    threads.map_or(1, |threads| threads.min(cost::at_once(scenario, CEILING)))
}

/// Replicates, and looks after the progress bar meanwhile.
pub(super) fn watched(
    scenario: &Scenario,
    numbers: &[u32],
    told: &[ReleaseId],
    threads: usize,
    progress: &mut Progress,
    screen: &mut Screen,
) -> Result<Vec<Replication>, Stop> {
    looked_after(numbers.len(), progress, screen, |watch| {
        replicate(scenario, numbers, told, threads, &watch)
    })
}

/// What hears of every replication, and may stop them all.
type Watch<'w> = &'w (dyn Fn(Stage) -> Result<(), Stop> + Sync);

/// Runs so many replications, and looks after the progress bar meanwhile.
fn looked_after<T: Send>(
    count: usize,
    progress: &mut Progress,
    screen: &mut Screen,
    run: impl FnOnce(Watch<'_>) -> Result<T, Stop> + Send,
) -> Result<T, Stop> {
    let done = AtomicU64::new(0);
    let watch = |stage| {
        match stage {
            Stage::Running { events, now, .. } if events >= CEILING.events => {
                return Err(exceeded("events", CEILING.events, now));
            }
            Stage::Running { records, now, .. } if records >= CEILING.records => {
                return Err(exceeded("records", CEILING.records, now));
            }
            Stage::Running { .. } => {}
            Stage::Done => {
                done.fetch_add(1, Ordering::Relaxed);
            }
        }
        interrupt::go_on("replicating")
    };
    progress.again("replicating");
    let all = (count as u64).max(1);
    thread::scope(|scope| {
        let (over, ended) = sync_channel::<()>(1);
        let work = scope.spawn(|| {
            let over = over;
            let replications = run(&watch);
            drop(over);
            replications
        });
        while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
            progress.reached(done.load(Ordering::Relaxed) * 1000 / all, screen);
        }
        match work.join() {
            Ok(replications) => {
                progress.reached(1000, screen);
                replications
            }
            Err(defect) => panic::resume_unwind(defect),
        }
    })
}

impl Replicated {
    /// For the report.
    pub fn many(&self) -> Many<'_> {
        Many {
            replications: &self.replications,
            answers: &self.answers,
            pointless: self.pointless,
            spreads: &[],
        }
    }

    /// How the program ends with these answers.
    pub fn exit(&self, scenario: &Scenario) -> Exit {
        let exits = scenario.expectations.iter().zip(&self.answers).map(|(asked, answer)| {
            match answer.verdict {
                Verdict::Pass => Exit::Ok,
                _ if asked.only_warns => Exit::Ok,
                Verdict::Fail | Verdict::NoData => Exit::ExpectationFailed,
                Verdict::Inconclusive => Exit::Inconclusive,
            }
        });
        exits.fold(Exit::Ok, Exit::or_worse)
    }
}
