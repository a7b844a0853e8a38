//! An outage that is offered to one site after another.

use std::path::Path;
use std::rc::Rc;

use super::super::cost::{self, CEILING};
use super::super::exit::{Exit, Stop};
use super::super::progress::Progress;
use super::super::replications::{looked_after, threads};
use super::super::screen::Screen;
use super::found::{Found, found};
use super::outputs::Outputs;
use super::{Form, Offered, Plan, must_hold, repeat};
use crate::experiment::{Doubt, Offer, most_tried, tolerances};
use crate::report::{Surface, surface_json, surface_text};
use crate::scenario::{Disk, Report, Scenario, Unit, quantity_in};
use crate::units::{Duration, FaultId, Instant};

/// What the offer is called where messages point into it.
const CALLED: &str = "--offer";

pub(super) fn offered(
    plan: &Plan,
    asked: &Offered,
    outputs: &Outputs,
    original: &Scenario,
    position: usize,
    screen: &mut Screen,
) -> Result<Exit, Stop> {
    let (with, fault) = with_offer(plan, asked, original)?;
    let offer = Offer { fault, ..timed(asked, &with)? };
    let doubt = Doubt::of(&with, position, plan.replications);
    let own = (0..with.faults.len() as u32).map(FaultId).filter(|one| *one != fault);
    let kept: Vec<FaultId> = if asked.keep_faults { own.collect() } else { Vec::new() };
    let sites = doubt.scenario.faults[fault.index()].sites.len();
    let worlds = 1 + sites * most_tried(offer.most) as usize;
    let runs = worlds.saturating_mul(doubt.replications as usize);
    cost::check(&doubt.scenario, CEILING)?;
    cost::check_all(&doubt.scenario, u32::try_from(runs).unwrap_or(u32::MAX), CEILING)?;
    let threads = threads(&doubt.scenario, plan.threads);
    let mut progress = Progress::new(plan.progress, &original.name, screen);
    let searched = looked_after((0, runs as u64), &mut progress, screen, |watch| {
        let without = doubt.ask(&doubt.with(&kept), &watch)?;
        must_hold(plan, &doubt, without, "without any outage that is offered")?;
        Ok((without, tolerances(&doubt, offer, &kept, threads, &watch)?))
    });
    progress.done();
    let (without, tolerances) = searched?;
    let least = tolerances.first().and_then(|one| Some((one.site, one.breaks?)));
    let shown = match least {
        None => None,
        Some((site, length)) => {
            let broken = offer.at(&doubt, &kept, site, length);
            let without = doubt.with(&kept);
            Some(found(plan, outputs, original, &doubt, (&without, &broken))?)
        }
    };
    let name = |fault: &FaultId| with.faults[fault.index()].name.clone();
    let (beside, repeat): (Vec<String>, _) = (kept.iter().map(name).collect(), repeat(plan));
    let told = Surface {
        scenario: &doubt.scenario,
        replications: doubt.replications,
        offer,
        tolerances: &tolerances,
        beside: &beside,
        without,
        broken: shown.as_ref().map(Found::told),
        repeat: &repeat,
    };
    outputs.write(&told)?;
    match plan.form {
        _ if plan.quiet => {}
        Form::Human => screen.say(&surface_text(&told, plan.look)),
        Form::Json => screen.say(&surface_json(&told)),
    }
    Ok(Exit::Ok)
}

/// From when on, and how long at most: no longer than the run goes on.
fn timed(asked: &Offered, scenario: &Scenario) -> Result<Offer, Stop> {
    let wrong = |text: String| Stop { exit: Exit::NothingRan, text: format!("supsim: {text}") };
    let from = scenario.moment(&asked.from).map_err(|why| wrong(format!("--from {why}")))?;
    let minute = Duration::from_mins(1).micros();
    let most = quantity_in(Unit::Time, &asked.up_to).map(|micros| micros / minute);
    let most = most.filter(|most| *most > 0).ok_or_else(|| {
        wrong(format!(
            "--up-to {} is no length of at least a minute: write 12h or 90min",
            asked.up_to
        ))
    })?;
    let left = (Instant::START + scenario.duration).since(from).micros() / minute;
    if left == 0 {
        return Err(wrong(format!("--from {} is where the run ends", asked.from)));
    }
    Ok(Offer { fault: FaultId(0), from, most: most.min(left) })
}

/// The scenario with the offer as one more fault of it: read as if a file said so that lies over
/// it, so that every effect and every selector of the language can be offered.
fn with_offer(
    plan: &Plan,
    asked: &Offered,
    original: &Scenario,
) -> Result<(Scenario, FaultId), Stop> {
    let taken = |name: &String| original.faults.iter().any(|fault| fault.name == *name);
    let names = std::iter::once("offered".to_owned())
        .chain((2..).map(|number| format!("offered-{number}")));
    // a name of a fault that is not enabled is taken as well, and gives no fault
    for name in names.filter(|name| !taken(name)).take(3) {
        let text = overlay(&plan.file, asked, &name);
        let files =
            Rc::new(Disk::beside(&plan.file.with_file_name(CALLED), plan.overrides.allow_outside));
        let (scenario, _) =
            Scenario::decode(CALLED, text.as_bytes(), &plan.overrides, files).map_err(refused)?;
        if let Some(place) = scenario.faults.iter().position(|fault| fault.name == name) {
            return Ok((scenario, FaultId(place as u32)));
        }
    }
    let text =
        "supsim: the scenario has faults called offered, offered-2, ...; rename one".to_owned();
    Err(Stop { exit: Exit::NothingRan, text })
}

/// A file that lies over the scenario and adds the offer.
fn overlay(file: &Path, asked: &Offered, name: &str) -> String {
    let base = file.file_name().unwrap_or_default().to_string_lossy();
    let base = base.replace('\\', "\\\\").replace('"', "\\\"");
    let mut text = format!(
        "supsim: 1\nkind: scenario\nextends: \"{base}\"\nfaults:\n  {name}:\n    do: {}\n    \
         when: {{ window: {{}} }}\n",
        asked.effect
    );
    if !asked.selected.is_empty() {
        text += "    where:\n";
    }
    for word in &asked.selected {
        let (path, value) = word.split_once('=').unwrap_or((word, "null"));
        let keys: Vec<&str> = path.split('.').collect();
        let (last, outer) = keys.split_last().unwrap_or((&"", &[]));
        let open: String = outer.iter().map(|key| format!("{key}: {{ ")).collect();
        text += &format!("      {open}{last}: {value}{}\n", " }".repeat(outer.len()));
    }
    text
}

/// What is wrong with the offer; that it selects nothing has a code of its own.
fn refused(report: Report) -> Stop {
    const NOTHING: [&str; 4] = ["E0402", "E0403", "E0405", "E0406"];
    let nothing = |code: &str| NOTHING.contains(&code);
    let of_offer = |one: &&crate::scenario::Diagnostic| one.file == CALLED && nothing(one.code);
    let selects_nothing = report.errors() > 0
        && report.diagnostics.iter().filter(of_offer).count() == report.errors();
    let exit = if selects_nothing { Exit::NothingSelected } else { Exit::NothingRan };
    Stop { exit, text: report.to_string() }
}
