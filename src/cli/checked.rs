//! A scenario, run so that something can be held against it: the first few replications in full,
//! the others as far as is asked; and where its golden file is.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::cost::{self, CEILING, CEILING_OF_CAUSES};
use super::exit::{Exit, Stop};
use super::kept::{self, again};
use super::progress::Progress;
use super::replications::{threads, watched};
use super::screen::{Screen, When};
use crate::experiment::{Answer, Replication, answers, needed};
use crate::report::{Gilding, Golden, Many, told};
use crate::scenario::{Recording, Scenario};
use crate::units::ReleaseId;

/// A golden file is not larger than this [bytes]; one of ours has 200 lines and no long names.
const MOST_GOLDEN_BYTES: u64 = 4 << 20;
/// The folder of golden files, beside the scenarios.
pub(super) const FOLDER: &str = "golden";
/// What the name of a golden file ends in.
pub(super) const ENDING: &str = "golden";

/// How it shall be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct How {
    /// How many replications; wins over the scenario's own.
    pub replications: Option<u32>,
    /// On how many threads; `None`: as many as the machine has.
    pub threads: Option<usize>,
    /// The progress bar.
    pub progress: When,
}

/// A scenario that was run.
pub(super) struct Checked {
    pub scenario: Scenario,
    pub replications: Vec<Replication>,
    pub answers: Vec<Answer>,
    /// The releases whose milestones the replications have.
    pub told: Vec<ReleaseId>,
    /// What a golden file of it says.
    pub now: Golden,
}

impl Checked {
    /// For the report.
    pub fn many(&self) -> Many<'_> {
        Many {
            replications: &self.replications,
            answers: &self.answers,
            pointless: false,
            spreads: &[],
        }
    }
}

/// Runs a scenario.
pub(super) fn checked(
    mut scenario: Scenario,
    how: How,
    screen: &mut Screen,
) -> Result<Checked, Stop> {
    let count = if scenario.is_random() {
        how.replications.unwrap_or(scenario.replications).max(1)
    } else {
        1
    };
    scenario.replications = count;
    cost::check_all(&scenario, count, CEILING)?;
    let lean = Scenario { recording: needed(&scenario), ..scenario.clone() };
    scenario.recording = Recording::All;
    if cost::check(&scenario, CEILING_OF_CAUSES).is_err() {
        scenario.recording = lean.recording;
    }
    let mut progress = Progress::new(how.progress, &scenario.name, screen);
    let mut gilding = Gilding::begin(&scenario);
    let mut replications = Vec::new();
    let mut tell = Vec::new();
    let full = count.min(Gilding::REPLICATIONS);
    for number in 0..full {
        // One at a time: a record can be as large as the memory allows.
        let kept = again(None, scenario, number)?;
        let run = kept.run();
        if number == 0 {
            tell = told(&run);
        }
        gilding.add(&run);
        replications.push(Replication::of(
            &kept.scenario,
            number,
            &kept.trace,
            &kept.outcome,
            &tell,
        ));
        scenario = kept.scenario;
        progress.reached(u64::from(number + 1) * 1000 / u64::from(full + 1), screen);
    }
    let rest: Vec<u32> = (full..count).collect();
    if !rest.is_empty() {
        let threads = threads(&lean, how.threads);
        replications.extend(watched(&lean, &rest, &tell, threads, &mut progress, screen)?);
    }
    progress.done();
    let answers = answers(&scenario, &replications);
    let many = Many { replications: &replications, answers: &answers, ..Many::default() };
    let now = gilding.finish(&scenario, &many);
    Ok(Checked { scenario, replications, answers, told: tell, now })
}

/// One replication of it, recorded as far as is worth it.
pub(super) fn replication(scenario: &Scenario, number: u32) -> Result<kept::Kept, Stop> {
    again(None, scenario.clone(), number)
}

/// Where the golden file of a scenario is, or would be: `golden/NAME.golden` beside it.
pub(super) fn golden_file(scenario: &Path) -> PathBuf {
    let stem = scenario.file_stem().unwrap_or_default().to_string_lossy();
    scenario.with_file_name(FOLDER).join(format!("{stem}.{ENDING}"))
}

/// What a golden file says, or what is wrong with it; `None` when there is none.
pub(super) fn read_golden(path: &Path) -> Result<Option<Result<Golden, String>>, Stop> {
    let trouble = |error: io::Error| Stop {
        exit: Exit::FileTrouble,
        text: format!("supsim: {}: {error}", path.display()),
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(trouble(error)),
    };
    let mut bytes = Vec::new();
    file.take(MOST_GOLDEN_BYTES).read_to_end(&mut bytes).map_err(trouble)?;
    let text = String::from_utf8(bytes).map_err(|_| "it is not text in UTF-8".to_owned());
    Ok(Some(text.and_then(|text| Golden::read(&text))))
}

/// A file as it would be typed.
pub(super) fn typed(file: &Path) -> String {
    let file = file.display().to_string();
    if file.contains(' ') { format!("\"{file}\"") } else { file }
}

/// Is it a study, which is not run by itself? The word after `kind:` says so.
pub(super) fn is_study(path: &Path) -> bool {
    /// A key that stands further back is not looked for.
    const LOOKED_AT: u64 = 64 << 10;
    // what can be read only once is left to the reader of scenarios
    if !path.is_file() {
        return false;
    }
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LOOKED_AT).read_to_end(&mut bytes));
    if read.is_err() {
        return false;
    }
    let text = String::from_utf8_lossy(&bytes);
    let kind = text.lines().find_map(|line| line.strip_prefix("kind:"));
    let word = kind.and_then(|kind| kind.split_whitespace().next());
    word.is_some_and(|word| word.trim_matches(['"', '\'']) == "study")
}
