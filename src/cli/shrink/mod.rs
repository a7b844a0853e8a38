//! `supsim shrink`: what is the smallest thing that breaks it?
//!
//! ```text
//!   the expectation ──► reduced    the faults there are: which, where, how long
//!                   └─► offered    an outage at each site: how long
//!                          each ──► found    why it breaks, and the file that shows it again
//! ```

mod found;
mod offered;
mod outputs;
mod reduced;

use std::path::PathBuf;

use super::exit::{Exit, Stop};
use super::explain::unknown;
use super::overriding::{as_typed, quoted};
use super::pipeline;
use super::screen::{Screen, When};
use crate::experiment::{Doubt, Reply};
use crate::measure::Figure;
use crate::report::{Look, quantity};
use crate::scenario::{Overrides, Scenario};

use outputs::Outputs;

/// What was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// The scenario.
    pub file: PathBuf,
    /// The name of the expectation that shall break.
    pub expectation: String,
    /// What is tried at each site; `None`: the faults of the scenario are reduced.
    pub offer: Option<Offered>,
    /// Wins over what the scenario says.
    pub overrides: Overrides,
    /// How many replications answer together.
    pub replications: u32,
    /// On how many threads; `None`: as many as the machine has.
    pub threads: Option<usize>,
    /// What to write, and where.
    pub outputs: Vec<PathBuf>,
    /// For whom.
    pub form: Form,
    /// How the text looks.
    pub look: Look,
    /// No text.
    pub quiet: bool,
    /// The progress bar.
    pub progress: When,
}

/// An outage that is offered, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Offered {
    /// What goes wrong, as after `do:`.
    pub effect: String,
    /// `KEY=VALUE` of a selector each; none: every site.
    pub selected: Vec<String>,
    /// From when on.
    pub from: String,
    /// The longest.
    pub up_to: String,
    /// Do the faults of the scenario occur as well?
    pub keep_faults: bool,
}

/// For whom the answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Human,
    Json,
}

/// Finds the smallest thing that breaks an expectation.
pub(super) fn shrink(plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    let outputs = Outputs::of(plan)?;
    let read = pipeline::read(&plan.file, &plan.overrides)?;
    if !read.warnings.is_empty() && !plan.quiet {
        screen.complain(&read.warnings);
    }
    let position = position(&read.scenario, &plan.expectation)?;
    match &plan.offer {
        None => reduced::reduced(plan, &outputs, &read.scenario, position, screen),
        Some(offer) => offered::offered(plan, offer, &outputs, &read.scenario, position, screen),
    }
}

/// Which of the expectations it is.
fn position(scenario: &Scenario, name: &str) -> Result<usize, Stop> {
    let names = scenario.expectations.iter().map(|asked| asked.name.as_str());
    if names.len() == 0 {
        let text = format!(
            "supsim: {} expects nothing, so nothing can break\n  \
             write what must be true under `expect:`; supsim help language tells how",
            scenario.name
        );
        return Err(Stop { exit: Exit::NothingRan, text });
    }
    let found = names.clone().position(|one| one == name);
    found.ok_or_else(|| unknown("expectation", name, names))
}

/// That it breaks, or says nothing, where it must hold: then nothing can be found.
fn must_hold(plan: &Plan, doubt: &Doubt, reply: Reply, without: &str) -> Result<(), Stop> {
    use crate::experiment::Verdict;
    let (scenario, asked) = (&doubt.scenario.name, &doubt.scenario.expectations[0]);
    let name = &asked.name;
    let what = match reply.verdict {
        Verdict::Pass | Verdict::Inconclusive => return Ok(()),
        Verdict::NoData => format!("{name} of {scenario} has nothing to measure {without}"),
        Verdict::Fail => {
            let came = match reply.worst {
                Some(Figure::Of(value)) => quantity(asked.metric.unit(), value),
                _ => "never".to_owned(),
            };
            format!("{name} of {scenario} breaks already {without}: {came}")
        }
    };
    let advice = match &plan.offer {
        Some(Offered { keep_faults: true, .. }) => {
            "its own faults occur as well: leave out --keep-faults, or --offer, to shrink them"
        }
        _ => "what does not hold when nothing goes wrong is not for an outage to break",
    };
    let text = format!("supsim: {what}\n  {advice}");
    Err(Stop { exit: Exit::ExpectationFailed, text })
}

/// The command that does it again; without the folders of this machine.
fn repeat(plan: &Plan) -> String {
    let file = plan.file.file_name().unwrap_or(plan.file.as_os_str()).to_string_lossy();
    let mut words =
        vec![format!("supsim shrink {} --break {}", quoted(&file), quoted(&plan.expectation))];
    words.extend(as_typed(&plan.overrides));
    words.extend(plan.overrides.seed.map(|seed| format!("--seed {seed}")));
    if let Some(offer) = &plan.offer {
        words.push(format!("--offer {}", quoted(&offer.effect)));
        words.extend(offer.selected.iter().map(|word| format!("--where {}", quoted(word))));
        words.push(format!("--from {} --up-to {}", quoted(&offer.from), quoted(&offer.up_to)));
        if offer.keep_faults {
            words.push("--keep-faults".to_owned());
        }
    }
    if plan.replications > 1 {
        words.push(format!("--reps {}", plan.replications));
    }
    words.join(" ")
}
