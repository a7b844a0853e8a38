//! `supsim replay`: does it still give the same?

use super::exit::{Exit, Stop};
use super::kept::{Found, Named, again, find, is_scenario};
use super::overriding::quoted;
use super::screen::Screen;
use crate::scenario::Recording;

/// What was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Which run.
    pub named: Named,
    /// Say nothing but complaints.
    pub quiet: bool,
}

/// Runs a stored run once more and compares fingerprints.
pub(super) fn replay(plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    if is_scenario(&plan.named.word) {
        let file = plan.named.word.display().to_string();
        let text = format!(
            "supsim: {file}: this is a scenario; replay compares a run that is stored with what it gives now\n  \
             supsim run {} stores one; then: supsim replay latest",
            quoted(&file)
        );
        return Err(Stop { exit: Exit::NothingRan, text });
    }
    let Found { folder, manifest, mut scenario } = find(&plan.named)?;
    let Some(then) = manifest.printed() else {
        let text = format!("supsim: {}: its manifest has no fingerprint", folder.display());
        return Err(Stop { exit: Exit::NothingRan, text });
    };
    scenario.recording = manifest.recording().max(Recording::Attempts);
    let seed = scenario.seed;
    let now = again(Some(folder.clone()), scenario, then.rep)?.fingerprint();
    let moved = then.moved(&now);
    if plan.quiet {
        return Ok(if moved.is_empty() { Exit::Ok } else { Exit::Differs });
    }
    let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy();
    let (stored_by, ours) = (&manifest.version, env!("CARGO_PKG_VERSION"));
    let mut text = format!("{name}   replication {}   seed {seed}\n", then.rep);
    if stored_by != ours {
        text += &format!("stored by supsim {stored_by}, run by supsim {ours}\n");
    }
    for (ingredient, value) in now.ingredients() {
        let same = if moved.contains(&ingredient) { "other" } else { "same" };
        text += &format!("  {ingredient:<9}{value:08x}  {same}\n");
    }
    text += if moved.is_empty() { "the same run\n" } else { "NOT the same run\n" };
    screen.say(&text);
    Ok(if moved.is_empty() { Exit::Ok } else { Exit::Differs })
}
