//! `supsim study`: designs, and what is varied for a question.

mod block;
mod charts;
mod gauge;
mod list;
mod merge;
mod publish;
mod ready;
mod run;
mod shard;
mod siblings;
mod sources;
mod told;

use std::fs;
use std::path::PathBuf;
use std::rc::Rc;

use super::exit::{Exit, Stop};
use super::overriding::as_typed;
use super::pipeline;
use super::run::Charts;
use super::screen::{Screen, When};
pub(super) use charts::{Wanted, draw, is_kept, page};
use ready::Ready;
use run::trouble;
pub(super) use shard::Shard;
use sources::{Command, Recorder, Sources};

use crate::report::Look;
use crate::scenario::{Overrides, Point, Rule, Scenario, Study};

/// What was meant.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plan {
    /// The study, or the folder of one that was run.
    pub file: PathBuf,
    /// Further folders of it, where its shards lie apart.
    pub folders: Vec<PathBuf>,
    /// What is done with it.
    pub action: Action,
    /// Where studies are kept.
    pub results: PathBuf,
    /// Laid over the base before the study is.
    pub overrides: Overrides,
    /// So many replications of each point, whatever the study says.
    pub replications: Option<u32>,
    /// Only points with all of this.
    pub only: Vec<String>,
    /// Only the designs.
    pub no_vary: bool,
    /// Only this share of it.
    pub shard: Option<Shard>,
    /// Into how many shards it is split, where its missing ones are asked for.
    pub split: Option<u32>,
    /// Nothing but the numbers of the shards that are missing.
    pub missing: bool,
    /// Where what it says goes as well.
    pub output: Option<PathBuf>,
    /// On how many threads; `None`: as many as the machine has.
    pub threads: Option<usize>,
    /// Which forms of the charts are stored.
    pub charts: Charts,
    /// For whom the answer is.
    pub form: Form,
    /// How the text looks.
    pub look: Look,
    /// No text.
    pub quiet: bool,
    /// The line that tells how far it is.
    pub progress: When,
}

impl Plan {
    /// The words that do this with the same study, as they would be typed.
    fn again(&self, action: &str) -> String {
        let mut words = vec![format!("supsim study {} {action}", self.file.display())];
        if self.file.join(sources::FILE).is_file() {
            // the folder knows how it was run
            words.extend(self.shard.map(|it| format!("--shard {}/{}", it.number, it.of)));
            return words.join(" ");
        }
        words.extend(self.overrides.seed.map(|seed| format!("--seed {seed}")));
        words.extend(as_typed(&self.overrides));
        words.extend(self.replications.map(|count| format!("--reps {count}")));
        words.extend(self.only.iter().map(|only| match only.contains(' ') {
            true => format!("--only \"{only}\""),
            false => format!("--only {only}"),
        }));
        words.extend(self.no_vary.then(|| "--no-vary".to_owned()));
        words.extend(self.shard.map(|it| format!("--shard {}/{}", it.number, it.of)));
        if self.results != std::path::Path::new("results") {
            words.push(format!("--out {}", self.results.display()));
        }
        words.join(" ")
    }
}

/// For whom the answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A person.
    Human,
    /// A program.
    Json,
}

/// What is done with a study.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Tell what would be run.
    List,
    /// Run what is missing, and tell what it says.
    Run,
    /// Tell how far it is.
    Status,
    /// Run what is missing of a study that was begun.
    Resume,
    /// Tell again what it says.
    Report,
    /// Put its shards together.
    Merge,
}

/// Does with a study what was meant.
pub(super) fn study(plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    if plan.action == Action::Merge {
        return merge::merge(plan, screen);
    }
    let mut plan = plan.clone();
    if plan.file.is_dir() {
        // a folder in which one study is kept, perhaps in several folders
        let mut folders = merge::studies_in(&plan)?;
        plan.file = folders.remove(0);
        plan.folders = folders;
    }
    let asked = read(&plan, screen)?;
    let Asked { study, plan, .. } = &asked;
    match plan.action {
        Action::List => list::list(study, plan, screen),
        Action::Run | Action::Resume => {
            let ready = Ready::new(study, plan)?;
            if plan.action == Action::Resume {
                begun(&ready, plan)?;
            }
            asked.is_as_kept(&ready)?;
            told::describe(study, &ready, &asked.sources)?;
            run::run(study, &ready, plan, screen)?;
            match plan.shard {
                Some(shard) => told::shard(&ready, plan, shard, screen),
                None => tell(study, &ready, plan, screen),
            }
        }
        Action::Status | Action::Report | Action::Merge => {
            let ready = Ready::new(study, plan)?;
            asked.is_as_kept(&ready)?;
            begun(&ready, plan)?;
            match plan.action {
                Action::Status => told::status(&ready, plan, screen),
                _ => tell(study, &ready, plan, screen),
            }
        }
    }
}

/// Tells what a study says that is complete.
fn tell(study: &Study, ready: &Ready, plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    let exit = told::tell(study, ready, plan, screen)?;
    if let Some(place) = &plan.output {
        publish::publish(ready, place)?;
    }
    Ok(exit)
}

/// A study that was read.
struct Asked {
    study: Study,
    sources: Sources,
    /// What was meant; of the folder of a study what was meant when it was run.
    plan: Plan,
    /// The folder, if it is one.
    folder: Option<PathBuf>,
}

impl Asked {
    /// Is the folder that was named the one in which this version keeps this study?
    fn is_as_kept(&self, ready: &Ready) -> Result<(), Stop> {
        let Some(folder) = &self.folder else { return Ok(()) };
        if folder.file_name() == ready.folder.file_name() {
            return Ok(());
        }
        let text = format!(
            "supsim: {}: not a study of this version, which would keep it in {}\n  \
             its tables hold what it said; to run it again: supsim study {} run",
            folder.display(),
            ready.folder.display(),
            self.sources.file,
        );
        Err(Stop { exit: Exit::NothingRan, text })
    }
}

/// Has anything of this study been run?
fn begun(ready: &Ready, plan: &Plan) -> Result<(), Stop> {
    if ready.folder.join("study.json").exists() {
        return Ok(());
    }
    let (folder, run) = (ready.folder.display(), plan.again("run"));
    let text = format!(
        "supsim: nothing of this study has been run: there is no {folder}\n  \
         the folder belongs to the study, its base and this version; if one of them has changed,\n  \
         it is another study: {run}"
    );
    Err(Stop { exit: Exit::NothingSelected, text })
}

/// Reads the study, and takes of it what is wanted.
fn read(plan: &Plan, screen: &mut Screen) -> Result<Asked, Stop> {
    if plan.file.join(sources::FILE).is_file() {
        return read_kept(plan);
    }
    let bytes = pipeline::bytes(&plan.file)?;
    let allow_outside = plan.overrides.allow_outside;
    let recorder = Rc::new(Recorder::beside(&plan.file, &bytes, allow_outside));
    let told = plan.file.display().to_string();
    let (study, warnings) = pipeline::read_study(&told, &bytes, &plan.overrides, recorder.clone())?;
    if warnings > 0 && !plan.quiet {
        let file = plan.file.display();
        let plural = if warnings == 1 { "" } else { "s" };
        screen.complain(&format!("{warnings} warning{plural} (supsim validate {file})"));
    }
    let study = wanted(study, plan)?;
    let overrides = plan.overrides.clone();
    let sites = overrides.sites.into_iter().map(|one| (one.selected, one.set));
    let sources = recorder.sources(Command {
        seed: overrides.seed,
        with: overrides.with,
        set: overrides.set,
        params: overrides.params,
        sites: sites.collect(),
        replications: plan.replications,
        only: plan.only.clone(),
        no_vary: plan.no_vary,
    });
    Ok(Asked { study, sources, plan: plan.clone(), folder: None })
}

/// Reads a study from the folder in which its runs are kept.
fn read_kept(plan: &Plan) -> Result<Asked, Stop> {
    let changed = plan.overrides != Overrides::default()
        || plan.replications.is_some()
        || !plan.only.is_empty()
        || plan.no_vary;
    if changed {
        let text = format!(
            "supsim: {}: what was run is told as it was run; -p, --set, --where, --with, --seed,\n  \
             --reps, --only and --no-vary are for the study's own file",
            plan.file.display()
        );
        return Err(Stop { exit: Exit::NothingRan, text });
    }
    let path = plan.file.join(sources::FILE);
    let text = fs::read_to_string(&path).map_err(|error| trouble(&path, &error))?;
    let sources = Sources::read(&text).ok_or_else(|| Stop {
        exit: Exit::FileTrouble,
        text: format!("supsim: {}: damaged, or of another version", path.display()),
    })?;
    let command = sources.command().clone();
    let folder = plan.file.canonicalize().unwrap_or_else(|_| plan.file.clone());
    let results = match plan.file.parent() {
        Some(parent) if plan.file.file_name().is_some() => parent.to_owned(),
        _ => folder.parent().map(PathBuf::from).unwrap_or_default(),
    };
    let plan = Plan {
        results,
        overrides: command.overrides(),
        replications: command.replications,
        only: command.only,
        no_vary: command.no_vary,
        ..plan.clone()
    };
    let files = Rc::new(sources.clone());
    let (study, _) =
        pipeline::read_study(&sources.file, sources.text().as_bytes(), &plan.overrides, files)?;
    Ok(Asked { study: wanted(study, &plan)?, sources, plan, folder: Some(folder) })
}

/// What the command line leaves of a study.
fn wanted(mut study: Study, plan: &Plan) -> Result<Study, Stop> {
    if let Some(count) = plan.replications {
        study.rule = Some(Rule { pilot: count, max: count, until: None });
    }
    if plan.no_vary {
        study = study.without_varying();
    }
    for word in &plan.only {
        only(&mut study, word)?;
    }
    Ok(study)
}

/// Keeps the points with this; knobs are turned one at a time, and are not among them.
fn only(study: &mut Study, word: &str) -> Result<(), Stop> {
    let Some((key, value)) = word.split_once('=') else {
        let text = format!("supsim: --only {word}: write KEY=VALUE");
        return Err(Stop { exit: Exit::NothingRan, text });
    };
    let meant = |study: &Study, point: Point| {
        if key == "design" {
            return study.designs[point.design] == value;
        }
        let levels = study.factors.iter().map(|factor| factor.name.as_str());
        levels.zip(study.levels(point)).any(|(name, level)| name == key && level == value)
    };
    let kept: Vec<Point> = study
        .points
        .iter()
        .copied()
        .filter(|&point| point.setting.is_some() && meant(study, point))
        .collect();
    if kept.is_empty() {
        let text = format!("supsim: --only {word}: no point of the study has this");
        return Err(Stop { exit: Exit::NothingSelected, text });
    }
    study.points = kept;
    study.sensitivity = None;
    study.best_hour = None;
    Ok(())
}

/// How often a point is replicated: once where nothing is random.
fn rule(study: &Study, scenario: &Scenario) -> Rule {
    if !scenario.is_random() {
        return Rule { pilot: 1, max: 1, until: None };
    }
    let count = scenario.replications;
    study.rule.unwrap_or(Rule { pilot: count, max: count, until: None })
}

/// The scenario of a point, which has been read before.
fn scenario(study: &Study, point: Point) -> Result<Scenario, Stop> {
    match study.scenario(point) {
        Ok((scenario, _)) => Ok(scenario),
        Err(report) => Err(Stop { exit: Exit::NothingRan, text: report.to_string() }),
    }
}
