//! The faults there are, reduced to what it takes.

use super::super::cost::{self, CEILING};
use super::super::exit::{Exit, Stop};
use super::super::progress::Progress;
use super::super::replications::looked_after;
use super::super::screen::Screen;
use super::found::{Found, found};
use super::outputs::Outputs;
use super::{Form, Plan, must_hold, repeat};
use crate::experiment::{Doubt, Verdict, smallest};
use crate::report::{Reduced, reduced_json, reduced_text};
use crate::scenario::Scenario;

/// For the progress bar: about so many worlds are asked for each fault.
const ASKED_EACH: usize = 40;

pub(super) fn reduced(
    plan: &Plan,
    outputs: &Outputs,
    original: &Scenario,
    position: usize,
    screen: &mut Screen,
) -> Result<Exit, Stop> {
    let doubt = Doubt::of(original, position, plan.replications);
    let worlds = (2 + ASKED_EACH * doubt.scenario.faults.len()) * doubt.replications as usize;
    cost::check(&doubt.scenario, CEILING)?;
    let mut progress = Progress::new(plan.progress, &original.name, screen);
    let searched = looked_after((0, worlds as u64), &mut progress, screen, |watch| {
        let all = doubt.ask(&doubt.scenario, &watch)?;
        let without = doubt.ask(&doubt.with(&[]), &watch)?;
        if all.verdict != Verdict::Fail {
            return Ok((all, without, None));
        }
        // an expectation of the time during a fault has nothing to measure without it
        if without.verdict != Verdict::NoData {
            must_hold(plan, &doubt, without, "without any fault")?;
        }
        Ok((all, without, Some(smallest(&doubt, &watch)?)))
    });
    progress.done();
    let (all, without, smallest) = searched?;
    let shown = match &smallest {
        None => None,
        Some(smallest) => {
            let shown =
                found(plan, outputs, original, &doubt, (&doubt.with(&[]), &smallest.scenario))?;
            Some((smallest, shown))
        }
    };
    let repeat = repeat(plan);
    let told = Reduced {
        scenario: &doubt.scenario,
        replications: doubt.replications,
        all,
        without,
        found: shown.as_ref().map(|(smallest, shown)| (*smallest, Found::told(shown))),
        repeat: &repeat,
    };
    match plan.form {
        _ if plan.quiet => {}
        Form::Human => screen.say(&reduced_text(&told, plan.look)),
        Form::Json => screen.say(&reduced_json(&told)),
    }
    Ok(Exit::Ok)
}
