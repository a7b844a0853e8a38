//! `supsim check --against`: the same scenarios as they were before a change.

use std::path::{Path, PathBuf};

use super::checked::{Checked, How, typed};
use super::cost::{self, CEILING};
use super::exit::{Exit, Stop};
use super::overriding::as_typed;
use super::paired::{Design, as_in, matters, rows};
use super::pipeline;
use super::progress::Progress;
use super::replications::{threads, watched};
use super::screen::Screen;
use crate::experiment::{Compared, measures, needed};
use crate::report::{Against, Before, Case, against_case};
use crate::scenario::{Overrides, Scenario, changes};
use crate::units::ReleaseId;

/// Of what is judged.
const CONFIDENCE: f64 = 0.95;

/// What a check is held against beside expectations and golden files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Base {
    /// Where the scenarios are as they were: a folder, or the file itself.
    pub place: PathBuf,
    /// From which size on a difference matters, as written.
    pub matters_from: Vec<String>,
    /// Does what is worse fail?
    pub fails: bool,
}

impl Base {
    /// The file that a scenario was: below the folder, under its own path or its bare name.
    fn file(&self, now: &Path) -> Option<PathBuf> {
        if self.place.is_file() {
            return Some(self.place.clone());
        }
        let here = std::env::current_dir().ok();
        let inside = here.and_then(|here| now.strip_prefix(here).ok().map(Path::to_owned));
        let path = inside.or_else(|| now.is_relative().then(|| now.to_owned()));
        let names = path.into_iter().chain(now.file_name().map(PathBuf::from));
        names.map(|name| self.place.join(name)).find(|file| file.is_file())
    }
}

/// What cannot be compared with is said before anything runs.
pub(super) fn check(base: &Base) -> Result<(), Stop> {
    matters(&base.matters_from)?;
    if base.place.exists() {
        return Ok(());
    }
    let text =
        format!("supsim: --against {}: there is no such folder or file", base.place.display());
    Err(Stop { exit: Exit::NothingSelected, text })
}

/// Holds a scenario that was run against what it was.
pub(super) fn against(
    base: &Base,
    (overrides, how): (&Overrides, How),
    file: &Path,
    now: &Checked,
    screen: &mut Screen,
) -> Result<(Before, Case), Stop> {
    let Some(then) = base.file(file) else {
        let case = against_case(&Before::New, "", String::new(), base.fails);
        return Ok((Before::New, case));
    };
    let before = match pipeline::read(&then, overrides) {
        Ok(read) => compared(base, how, read.scenario, now, screen)?,
        Err(stop) if stop.exit == Exit::StoppedEarly => return Err(stop),
        Err(stop) => Before::Unreadable(stop.text.lines().next().unwrap_or_default().to_owned()),
    };
    let mut words = vec![format!("supsim compare {} {}", typed(&then), typed(file))];
    words.extend(as_typed(overrides));
    words.extend(base.matters_from.iter().map(|size| format!("--matters-from {size}")));
    let case = against_case(&before, &typed(&then), words.join(" "), base.fails);
    Ok((before, case))
}

fn compared(
    base: &Base,
    how: How,
    mut then: Scenario,
    now: &Checked,
    screen: &mut Screen,
) -> Result<Before, Stop> {
    then.replications = now.scenario.replications;
    then.recording = now.scenario.recording;
    let changes = changes(&then, &now.scenario);
    if changes.is_empty() {
        return Ok(Before::Same);
    }
    // the same chance for both, so that what differs is the design
    then.seed = now.scenario.seed;
    then.recording = needed(&then);
    let count = now.replications.len() as u32;
    cost::check_all(&then, count, CEILING)?;
    let numbers: Vec<u32> = (0..count).collect();
    let here: Vec<Option<ReleaseId>> = now.told.iter().copied().map(Some).collect();
    let there = as_in(&now.scenario, &here, &then);
    let tell: Vec<ReleaseId> = there.iter().flatten().copied().collect();
    let mut progress = Progress::new(how.progress, &then.name, screen);
    let threads = threads(&then, how.threads);
    let replications = watched(&then, &numbers, &tell, threads, &mut progress, screen)?;
    progress.done();
    let certain = !then.is_random() && !now.scenario.is_random();
    let then = Design { scenario: then, told: there, replications };
    let now = Compared { scenario: &now.scenario, replications: &now.replications, told: &here };
    let sizes = matters(&base.matters_from)?;
    let (rows, _) = rows(measures(&[then.compared(), now]), CONFIDENCE, certain, &sizes);
    Ok(Before::Changed(Against { changes, rows }))
}
