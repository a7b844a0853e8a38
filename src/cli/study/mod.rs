//! `supsim study`: designs, and what is varied for a question.

mod block;
mod gauge;
mod list;
mod ready;
mod run;
mod told;

use std::path::PathBuf;

use super::exit::{Exit, Stop};
use super::overriding::as_typed;
use super::pipeline;
use super::screen::{Screen, When};
use ready::Ready;

use crate::report::Look;
use crate::scenario::{Overrides, Point, Rule, Scenario, Study};

/// What was meant.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plan {
    /// The study.
    pub file: PathBuf,
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
    /// On how many threads; `None`: as many as the machine has.
    pub threads: Option<usize>,
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
        words.extend(self.overrides.seed.map(|seed| format!("--seed {seed}")));
        words.extend(as_typed(&self.overrides));
        words.extend(self.replications.map(|count| format!("--reps {count}")));
        words.extend(self.only.iter().map(|only| match only.contains(' ') {
            true => format!("--only \"{only}\""),
            false => format!("--only {only}"),
        }));
        words.extend(self.no_vary.then(|| "--no-vary".to_owned()));
        if self.results != std::path::Path::new("results") {
            words.push(format!("--out {}", self.results.display()));
        }
        words.join(" ")
    }
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
}

/// Does with a study what was meant.
pub(super) fn study(plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    let study = read(plan, screen)?;
    match plan.action {
        Action::List => list::list(&study, plan, screen),
        Action::Run | Action::Resume => {
            let ready = Ready::new(&study, plan)?;
            if plan.action == Action::Resume {
                begun(&ready, plan)?;
            }
            told::describe(&study, &ready)?;
            run::run(&study, &ready, plan, screen)?;
            told::tell(&study, &ready, plan, screen)
        }
        Action::Status | Action::Report => {
            let ready = Ready::new(&study, plan)?;
            begun(&ready, plan)?;
            match plan.action {
                Action::Status => told::status(&ready, plan, screen),
                _ => told::tell(&study, &ready, plan, screen),
            }
        }
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
fn read(plan: &Plan, screen: &mut Screen) -> Result<Study, Stop> {
    let (mut study, warnings) = pipeline::read_study(&plan.file, &plan.overrides)?;
    if warnings > 0 && !plan.quiet {
        let file = plan.file.display();
        let plural = if warnings == 1 { "" } else { "s" };
        screen.complain(&format!("{warnings} warning{plural} (supsim validate {file})"));
    }
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
