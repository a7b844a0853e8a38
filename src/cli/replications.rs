//! The replications of a run, and what they come to.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration as WallDuration;
use std::{panic, thread};

use super::cost::{self, CEILING, exceeded};
use super::earlier::Earlier;
use super::exit::{Exit, Stop};
use super::interrupt;
use super::progress::Progress;
use super::screen::{Screen, When};
use super::until::{PILOT, Until};
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
    /// How many of them were kept of earlier runs.
    pub kept: usize,
}

/// Which replications there shall be beside the one that has been run in full.
#[derive(Clone, Copy, Default)]
pub(super) struct Others<'o> {
    /// None: that one was asked for by its number.
    pub alone: bool,
    /// On how many threads; `None`: as many as the machine has.
    pub threads: Option<usize>,
    /// How well what is to be known; nothing: as many as the scenario says.
    pub until: &'o [Until],
    /// Where replications are kept; `None`: nowhere.
    pub results: Option<&'o Path>,
}

/// So many for each thread are run, and kept, at once, where nothing has to be known well: what is
/// stopped in between is lost.
const AT_ONCE: u32 = 32;

/// Runs the other replications beside the one that has been run in full: as many as the scenario
/// says, or fewer where enough is known.
pub(super) fn all(
    run: &Run<'_>,
    others: Others<'_>,
    progress: &mut Progress,
    screen: &mut Screen,
) -> Result<Replicated, Stop> {
    let scenario = run.scenario;
    let (count, alone) = (scenario.replications, others.alone);
    let pointless = count > 1 && !alone && !scenario.is_random();
    let told = told(run);
    let lean = Scenario { recording: needed(scenario), ..scenario.clone() };
    let threads = threads(&lean, others.threads);
    let mut runner = Runner { lean: &lean, told: &told, threads, done: 0, all: u64::from(count) };
    let own = match lean.recording <= scenario.recording {
        true => Replication::of(scenario, run.replication, run.trace, run.outcome, &told),
        // what is stored does not say enough to measure what is asked
        false => runner.run(&[run.replication], progress, screen)?.remove(0),
    };
    let (replications, kept) = if alone || pointless || count <= 1 {
        (vec![own], 0)
    } else {
        let earlier = others.results.map(|results| Earlier::of(results, scenario, &told));
        further(&mut runner, own, others.until, earlier.as_ref(), progress, screen)?
    };
    let answers = answers(scenario, &replications);
    Ok(Replicated { replications, answers, pointless, kept })
}

/// The first replication and those behind it, block by block until there are enough; and how many
/// of them were kept of earlier runs.
fn further(
    runner: &mut Runner<'_>,
    first: Replication,
    until: &[Until],
    earlier: Option<&Earlier>,
    progress: &mut Progress,
    screen: &mut Screen,
) -> Result<(Vec<Replication>, usize), Stop> {
    let mut known = earlier.map_or_else(BTreeMap::new, |earlier| earlier.load(&first));
    known.insert(0, first);
    let size = if until.is_empty() { AT_ONCE * runner.threads as u32 } else { PILOT };
    let (count, mut kept) = (runner.lean.replications, 0);
    let mut replications: Vec<Replication> = Vec::new();
    while replications.len() < count as usize {
        let from = replications.len() as u32;
        let looks = from > 0 && !until.is_empty();
        if looks && until.iter().all(|until| until.is_met(&replications)) {
            break;
        }
        let block = from..count.min(from + size);
        let missing: Vec<u32> =
            block.clone().filter(|number| !known.contains_key(number)).collect();
        let there = block.len() - missing.len();
        kept += there;
        runner.done = u64::from(from) + there as u64;
        if !missing.is_empty() {
            let learnt = until.iter().map(|it| it.words(runner.lean, &replications, false));
            let learnt: Vec<String> = learnt.filter(|_| looks).collect();
            progress.doing(format!("replicating   {}", learnt.join(", ")));
            let more = runner.run(&missing, progress, screen);
            let more = more.map_err(|stop| if earlier.is_some() { goes_on(stop) } else { stop })?;
            known.extend(more.into_iter().map(|one| (one.number, one)));
        }
        let all: Vec<Replication> = block.filter_map(|number| known.remove(&number)).collect();
        if let Some(earlier) = earlier.filter(|_| !missing.is_empty()) {
            earlier.keep(&all)?;
        }
        replications.extend(all);
    }
    // the first has been run, and not kept
    Ok((replications, kept - 1))
}

/// What stopped it, and that it can go on.
fn goes_on(stop: Stop) -> Stop {
    let text = stop.text.replace("nothing of this run was stored", "the same command goes on");
    Stop { text, ..stop }
}

/// Runs replications of one world, some at a time.
struct Runner<'r> {
    lean: &'r Scenario,
    told: &'r [ReleaseId],
    threads: usize,
    /// How many are done, of how many.
    done: u64,
    all: u64,
}

impl Runner<'_> {
    fn run(
        &self,
        numbers: &[u32],
        progress: &mut Progress,
        screen: &mut Screen,
    ) -> Result<Vec<Replication>, Stop> {
        looked_after((self.done, self.all), progress, screen, |watch| {
            replicate(self.lean, numbers, self.told, self.threads, &watch)
        })
    }
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
    progress.again("replicating");
    let spreads = looked_after((0, u64::from(count)), &mut progress, screen, |watch| {
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
    progress.again("replicating");
    looked_after((0, numbers.len() as u64), progress, screen, |watch| {
        replicate(scenario, numbers, told, threads, &watch)
    })
}

/// What hears of every replication, and may stop them all.
pub(super) type Watch<'w> = &'w (dyn Fn(Stage) -> Result<(), Stop> + Sync);

/// Runs replications, and looks after the progress bar meanwhile: so many are done, of so many
/// or about so many.
pub(super) fn looked_after<T: Send>(
    (before, all): (u64, u64),
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
    let all = all.max(1);
    let per_mille = |done: u64| (before + done).min(all) * 1000 / all;
    thread::scope(|scope| {
        let (over, ended) = sync_channel::<()>(1);
        let work = scope.spawn(|| {
            let over = over;
            let replications = run(&watch);
            drop(over);
            replications
        });
        while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
            progress.reached(per_mille(done.load(Ordering::Relaxed)), screen);
        }
        match work.join() {
            Ok(replications) => {
                progress.reached(per_mille(done.load(Ordering::Relaxed)), screen);
                replications
            }
            Err(defect) => panic::resume_unwind(defect),
        }
    })
}

impl Replicated {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.replications.len()
    }

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
