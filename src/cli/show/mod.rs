//! `supsim show`: what did I actually describe? Everything here is read from the scenario as it is
//! meant, with templates, generators and defaults resolved; nothing is run.

mod defaults;
mod faults;
mod grid;
mod params;
mod schedule;
mod sites;
mod topology;

use std::path::PathBuf;

use super::exit::{Exit, Stop};
use super::overriding::quoted;
use super::pipeline::{self, Read};
use super::screen::Screen;
use super::{export, format};
use crate::report::Look;
use crate::scenario::{Overrides, Profile, Scenario};

pub(super) use grid::Form;
use grid::Grid;

/// What shall be shown.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// Of which scenario; the defaults of a profile need none.
    pub file: Option<PathBuf>,
    /// What the command line says instead of the file.
    pub overrides: Overrides,
    pub what: What,
    pub form: Form,
    pub look: Look,
}

/// The things that can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// The tree; `expand`: every site of it; `output`: as drawings in these files instead.
    Topology { expand: bool, output: Vec<PathBuf> },
    /// Every site with what it is meant to be.
    Sites,
    /// The first triggers, in every zone.
    Schedule { first: usize },
    /// The faults as one replication draws them.
    Faults { replication: u32, first: usize },
    /// The parameters that the scenario declares.
    Params,
    /// The defaults of a profile; only those nobody knows, only those that were used.
    Defaults { profile: Option<Profile>, assumed: bool, used: bool },
}

/// A table, and what a person reads around it.
struct Shown {
    grid: Grid,
    /// For a person; the table itself stands in it where it belongs.
    human: String,
}

/// Shows it.
pub(super) fn show(plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    let scenario = match &plan.file {
        Some(file) => {
            let Read { scenario, warnings, .. } = pipeline::read(file, &plan.overrides)?;
            if !warnings.is_empty() {
                let lines = warnings.lines().filter(|line| line.starts_with("warning["));
                let file = quoted(&file.display().to_string());
                let count = lines.count();
                let words = if count == 1 { "warning" } else { "warnings" };
                screen.complain(&format!("{count} {words}: supsim validate {file}"));
            }
            Some(scenario)
        }
        None => None,
    };
    let shown = match (&plan.what, &scenario) {
        (&What::Defaults { profile, assumed, used }, scenario) => {
            defaults::show(scenario.as_ref(), profile, assumed, used, plan.look)
        }
        (What::Topology { output, .. }, Some(scenario)) if !output.is_empty() => {
            export::write_topology(&format::drawings(output)?, scenario, screen)?;
            return Ok(Exit::Ok);
        }
        (what, Some(scenario)) => of_scenario(what, scenario, plan.look),
        // the arguments ask for a file for everything else
        (_, None) => return Ok(Exit::NothingRan),
    };
    screen.say(&match plan.form {
        Form::Human => shown.human,
        Form::Csv => shown.grid.csv(),
        Form::Json => shown.grid.json(),
    });
    Ok(Exit::Ok)
}

fn of_scenario(what: &What, scenario: &Scenario, look: Look) -> Shown {
    match *what {
        What::Topology { expand, .. } => topology::show(scenario, expand, look),
        What::Sites => sites::show(scenario, look),
        What::Schedule { first } => schedule::show(scenario, first, look),
        What::Faults { replication, first } => faults::show(scenario, replication, first, look),
        What::Params => params::show(scenario, look),
        What::Defaults { profile, assumed, used } => {
            defaults::show(Some(scenario), profile, assumed, used, look)
        }
    }
}

/// `1 site`, `3 sites`.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
