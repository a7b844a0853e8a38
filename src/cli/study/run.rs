//! Runs what is missing of a study: points side by side, blocks one after the other.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration as WallDuration;
use std::{panic, thread};

use rayon::prelude::*;

use super::super::cost::{CEILING, Ceiling, exceeded};
use super::super::exit::{Exit, Stop};
use super::super::interrupt;
use super::super::progress::Progress;
use super::super::screen::Screen;
use super::super::whole::put;
use super::Plan;
use super::block::Block;
use super::gauge::Gauge;
use super::ready::{Ready, Work, world};
use super::siblings::Siblings;
use crate::experiment::{Halt, Replication, Stage, Tried, try_each};
use crate::measure::Activity;
use crate::scenario::{Scenario, Study};

/// How often the progress line is looked after.
const TICK: WallDuration = WallDuration::from_millis(100);
/// So many points for each thread are held in memory at once.
const FOR_EACH_THREAD: usize = 4;

/// What is run of a point.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Task {
    number: usize,
    /// These blocks; `None`: block after block until there are enough.
    blocks: Option<Vec<Range<u32>>>,
}

impl Task {
    /// These units, those of one point together.
    fn of(units: Vec<Work>) -> Vec<Task> {
        let mut tasks: Vec<Task> = Vec::new();
        for Work { number, block } in units {
            match (block, tasks.last_mut()) {
                (Some(block), Some(Task { number: last, blocks: Some(blocks) }))
                    if *last == number =>
                {
                    blocks.push(block);
                }
                (block, _) => tasks.push(Task { number, blocks: block.map(|it| vec![it]) }),
            }
        }
        tasks
    }

    /// How many runs it can be.
    fn most(&self, ready: &Ready) -> u64 {
        match &self.blocks {
            Some(blocks) => blocks.iter().map(|block| block.len() as u64).sum(),
            None => u64::from(ready.points[self.number].rule.max),
        }
    }

    /// The block that comes after these; `None`: there is none.
    fn next<'r>(&self, ready: &'r Ready, tried: &[Tried], done: usize) -> Option<Block<'r>> {
        match &self.blocks {
            Some(blocks) => Some(ready.block(self.number, blocks.get(done)?.clone())),
            None => ready.next(self.number, tried),
        }
    }

    /// How many runs of it are kept; and are these all?
    fn kept(&self, ready: &Ready) -> (u64, bool) {
        let folder = ready.blocks(self.number);
        let (mut tried, mut done) = (Vec::new(), 0);
        while let Some(block) = self.next(ready, &tried, done) {
            match block.load(&folder) {
                Some(more) => tried.extend(more),
                // a later block may be there: it is found when its turn comes
                None => return (tried.len() as u64, false),
            }
            done += 1;
        }
        (tried.len() as u64, true)
    }
}

/// A point that is being run.
struct Job<'r> {
    task: Task,
    scenario: Scenario,
    ready: &'r Ready,
}

/// What all jobs know of one another.
struct Common {
    gauge: Gauge,
    siblings: Siblings,
    ceiling: Ceiling,
    /// Shall everything stop?
    stop: AtomicBool,
    /// Why, when a file could not be written.
    trouble: Mutex<Option<Stop>>,
}

/// Runs everything that is missing of the study, or of a shard of it.
pub(super) fn run(
    study: &Study,
    ready: &Ready,
    plan: &Plan,
    screen: &mut Screen,
) -> Result<(), Stop> {
    within(study, ready, plan, CEILING, screen)
}

/// How many threads an engine gives this task; it does not always bind them.
fn given() -> Option<usize> {
    std::env::var("SLURM_CPUS_PER_TASK").ok()?.parse().ok().filter(|threads| *threads > 0)
}

fn within(
    study: &Study,
    ready: &Ready,
    plan: &Plan,
    ceiling: Ceiling,
    screen: &mut Screen,
) -> Result<(), Stop> {
    let machine = thread::available_parallelism().ok().map(Into::into);
    let threads = plan.threads.or_else(given).or(machine).unwrap_or(1).min(ready.at_once).max(1);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| Stop {
        exit: Exit::FileTrouble,
        text: format!("supsim: this machine starts no threads: {error}"),
    })?;
    let units = ready.units();
    let mine = plan.shard.map_or(0..units.len(), |shard| shard.of_units(units.len()));
    let tasks = Task::of(units[mine].to_vec());
    let gauge = Gauge::of(tasks.len(), tasks.iter().map(|task| task.most(ready)).sum());
    let mut missing = Vec::new();
    for task in tasks {
        let (kept, complete) = task.kept(ready);
        gauge.found(kept, complete.then(|| task.most(ready)));
        if !complete {
            missing.push(task);
        }
    }
    let mut progress = Progress::new(plan.progress, &ready.name, screen);
    progress.again("running");
    let (stop, trouble) = (AtomicBool::new(false), Mutex::new(None));
    let common = Common { gauge, siblings: Siblings::of(ready), ceiling, stop, trouble };
    for some in missing.chunks(threads * FOR_EACH_THREAD) {
        let mut jobs = Vec::new();
        for task in some {
            go_on(ready, plan, &common)?;
            keep_world(study, ready, task.number)?;
            let scenario = ready.lean(study, task.number)?;
            jobs.push(Job { task: task.clone(), scenario, ready });
        }
        thread::scope(|scope| {
            let (over, ended) = sync_channel::<()>(1);
            let work = scope.spawn(|| {
                let over = over;
                pool.install(|| jobs.par_iter().for_each(|job| job.run(&common)));
                drop(over);
            });
            while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                progress.doing(common.gauge.words());
                progress.reached(common.gauge.per_mille(), screen);
            }
            if let Err(defect) = work.join() {
                panic::resume_unwind(defect);
            }
        });
        go_on(ready, plan, &common)?;
    }
    progress.done();
    Ok(())
}

/// Goes on, unless somebody wants to stop, or a file could not be written.
fn go_on(ready: &Ready, plan: &Plan, common: &Common) -> Result<(), Stop> {
    let trouble = common.trouble.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(stop) = trouble {
        return Err(stop);
    }
    if !interrupt::asked() {
        return Ok(());
    }
    let (folder, resume) = (ready.folder.display(), plan.again("resume"));
    let text = format!(
        "supsim: stopped by {}; what was run is kept in {folder}\n  \
         go on with: {resume}",
        interrupt::by()
    );
    Err(Stop { exit: Exit::StoppedEarly, text })
}

/// Writes out the world of a point, so that each of its runs can be repeated.
pub(super) fn keep_world(study: &Study, ready: &Ready, number: usize) -> Result<(), Stop> {
    let path = ready.scenario(number);
    if path.exists() {
        return Ok(());
    }
    let text = world(study, ready.points[number].point)?.to_yaml();
    let folder = ready.folder.join("scenarios");
    let kept = fs::create_dir_all(&folder).and_then(|()| put(&path, text.as_bytes()));
    kept.map_err(|error| trouble(&path, &error))
}

/// What went wrong with a file.
pub(super) fn trouble(path: &Path, error: &io::Error) -> Stop {
    let text = format!("supsim: {}: {error}", path.display());
    Stop { exit: Exit::FileTrouble, text }
}

impl Job<'_> {
    /// Runs block after block until there are enough.
    fn run(&self, common: &Common) {
        let (number, ready) = (self.task.number, self.ready);
        let folder = ready.blocks(number);
        let (mut tried, mut done): (Vec<Tried>, usize) = (Vec::new(), 0);
        let mut known = None;
        while let Some(block) = self.task.next(ready, &tried, done) {
            done += 1;
            match block.load(&folder) {
                Some(more) => tried.extend(more),
                None => match self.block(
                    &block,
                    &folder,
                    known.get_or_insert_with(|| self.known(common)),
                    common,
                ) {
                    Some(more) => {
                        tried.extend(more);
                        common.gauge.ran(ready, number, &tried);
                    }
                    None => return,
                },
            }
        }
        common.gauge.complete(tried.len() as u64, self.task.most(ready));
    }

    /// What other studies know of this point, if one of their runs, run again, says the same: they may
    /// be of another program that bears the same version.
    fn known(&self, common: &Common) -> BTreeMap<u32, Tried> {
        let known = common.siblings.known(self.ready, self.task.number);
        let Some((&number, before)) = known.first_key_value() else { return known };
        let again = try_each(&self.scenario, &[number], &|stage| match stage {
            Stage::Done => Ok(()),
            running => common.watch(running),
        });
        match again {
            Ok(again) if again.first().is_some_and(|again| say_the_same(again, before)) => known,
            _ => BTreeMap::new(),
        }
    }

    /// Runs what nobody knows of a block, and keeps it; `None`: everything stops.
    fn block(
        &self,
        block: &Block<'_>,
        folder: &Path,
        known: &BTreeMap<u32, Tried>,
        common: &Common,
    ) -> Option<Vec<Tried>> {
        let of_block = block.numbers.clone().filter_map(|number| known.get(&number).cloned());
        let mut tried: Vec<Tried> = of_block.collect();
        common.gauge.taken(tried.len() as u64);
        let numbers: Vec<u32> =
            block.numbers.clone().filter(|number| !known.contains_key(number)).collect();
        if !numbers.is_empty() {
            let watch = |stage| common.watch(stage);
            tried.extend(try_each(&self.scenario, &numbers, &watch).ok()?);
            tried.sort_by_key(|one| one.number);
        }
        if let Err(error) = block.store(folder, &tried) {
            let stop = trouble(&folder.join(block.file()), &error);
            *common.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(stop);
            common.stop.store(true, Ordering::Relaxed);
            return None;
        }
        Some(tried)
    }
}

/// Do two runs say the same, as far as a block keeps it?
fn say_the_same(one: &Tried, other: &Tried) -> bool {
    let kept = |run: &Replication| {
        let activity = Activity { busiest_at: None, ..run.activity };
        (run.number, run.values.clone(), activity)
    };
    match (&one.result, &other.result) {
        (Ok(one), Ok(other)) => kept(one) == kept(other),
        _ => false,
    }
}

impl Common {
    fn watch(&self, stage: Stage) -> Result<(), Halt> {
        if self.stop.load(Ordering::Relaxed) || interrupt::asked() {
            return Err(Halt::All);
        }
        let too_large = |what, most, now| {
            let text = exceeded(what, most, now).text;
            // the advice of a single run stands in its second line
            let why = text.lines().next().unwrap_or_default();
            Err(Halt::One(why.trim_start_matches("supsim: ").replace("; nothing was stored", "")))
        };
        match stage {
            Stage::Running { events, now, .. } if events >= self.ceiling.events => {
                too_large("events", self.ceiling.events, now)
            }
            Stage::Running { records, now, .. } if records >= self.ceiling.records => {
                too_large("records", self.ceiling.records, now)
            }
            Stage::Running { .. } => Ok(()),
            Stage::Done => {
                self.gauge.run_over();
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Action, Asked, read, told};
    use super::*;
    use crate::report::Look;

    const BASE: &str = "\
supsim: 1
kind: scenario
name: large
start: 2026-01-12 00:00
duration: 14d
sites: { CEN: {} }
generate: { branches: { under: { code: CEN }, total: 300, code: \"B{n36:02}\" } }
timing: { pull: { exponential: { mean: 20min } } }
sync: { schedule: { simple: { every: 1d } } }
";

    #[test]
    fn runs_that_grow_too_large_are_told_and_the_rest_of_the_study_is_run() {
        let place = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(place.path().join(name), text).unwrap();
        write("large.yaml", BASE);
        write(
            "study.yaml",
            "supsim: 1\nkind: study\nname: s\nbase: large.yaml\nreplications: 2\n\
             designs: { large: {}, small: { set: { generate.branches.total: 2 } } }\n\
             compare: { baseline: small, metrics: { all: { metric: attempts } } }\n",
        );
        let plan = Plan {
            file: place.path().join("study.yaml"),
            action: Action::Run,
            results: place.path().join("results"),
            threads: Some(2),
            look: Look { ascii: true, colour: false },
            quiet: false,
            ..Plan::of(place.path())
        };
        let (mut screen, out, _) = Screen::captured();
        let Asked { study, sources, .. } = read(&plan, &mut screen).unwrap();
        let ready = Ready::new(&study, &plan).unwrap();
        told::describe(&study, &ready, &sources).unwrap();
        let ceiling = Ceiling { events: 1, ..CEILING };
        within(&study, &ready, &plan, ceiling, &mut screen).unwrap();
        let exit = told::tell(&study, &ready, &plan, &mut screen).unwrap();
        assert_eq!(exit, Exit::StoppedEarly);
        let said = out.text();
        assert!(said.contains("2 runs failed"), "{said}");
        assert!(said.contains("large, replication 1: stopped at "), "{said}");
        assert!(said.contains("small"), "{said}");
    }
}
