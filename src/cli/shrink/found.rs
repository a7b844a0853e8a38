//! What was found: why it breaks, and the file that shows it again.

use std::fs;
use std::path::Path;
use std::rc::Rc;

use super::super::exit::{Exit, Stop};
use super::super::interrupt;
use super::super::kept::again;
use super::super::placed;
use super::outputs::Outputs;
use super::{Plan, repeat};
use crate::experiment::{Doubt, Reply, Stage, Verdict, without_silent};
use crate::report::{Broken, what_it_does};
use crate::scenario::{Disk, Overrides, Recording, Scenario};

/// With these words every file begins that shrink writes; another is not written over.
const MARK: &str = "# Shrunk by supsim";
/// Names of scenarios are not longer [characters].
const LONGEST_NAME: usize = 100;

/// A world that breaks it, told and written.
pub(super) struct Found {
    reply: Reply,
    because: Option<String>,
    file: String,
}

impl Found {
    /// For the report.
    pub fn told(&self) -> Broken<'_> {
        Broken { reply: self.reply, because: self.because.as_deref(), file: Some(&self.file) }
    }
}

/// Asks a world that breaks it once more, and the same without what was found, for why, and writes the file that shows it.
pub(super) fn found(
    plan: &Plan,
    outputs: &Outputs,
    original: &Scenario,
    doubt: &Doubt,
    (without, broken): (&Scenario, &Scenario),
) -> Result<Found, Stop> {
    let watch = |_: Stage| interrupt::go_on("shrinking");
    let reply = doubt.ask(broken, &watch)?;
    let everything = |scenario: &Scenario| {
        let scenario = Scenario { recording: Recording::All, ..scenario.clone() };
        again(None, scenario, reply.number)
    };
    let because = match everything(without).and_then(|without| Ok((without, everything(broken)?))) {
        Ok((without, with)) => what_it_does(&without.run(), &with.run(), &broken.expectations[0]),
        Err(stop) if stop.exit == Exit::StoppedEarly => return Err(stop),
        // one that is too large to explain is found all the same
        Err(_) => None,
    };
    let mut lean = without_silent(broken);
    lean.recording = original.recording;
    if lean.name.len() + "-shrunk".len() <= LONGEST_NAME {
        lean.name += "-shrunk";
    }
    write(plan, outputs, original, doubt, &lean)?;
    Ok(Found { reply, because, file: outputs.scenario.display().to_string() })
}

/// Writes the file: one that extends the scenario where that says it all, else one that stands
/// alone. Either is read again and run before it is kept: it must break.
fn write(
    plan: &Plan,
    outputs: &Outputs,
    original: &Scenario,
    doubt: &Doubt,
    lean: &Scenario,
) -> Result<(), Stop> {
    let path = &outputs.scenario;
    let ours = fs::read(path).is_ok_and(|bytes| bytes.starts_with(MARK.as_bytes()));
    if path.exists() && !ours {
        let text = format!(
            "supsim: {}: this is there already and was not written by shrink; name another: \
             -o NAME.yaml",
            path.display()
        );
        return Err(Stop { exit: Exit::FileTrouble, text });
    }
    let base = plan.file.file_name().unwrap_or_default().to_string_lossy();
    let heading = format!(
        "{MARK} from {}: the smallest that was found to break {}.\n# Again: {}\n",
        one_line(&base),
        plan.expectation,
        one_line(&repeat(plan))
    );
    let alone = heading.clone() + &lean.to_yaml();
    let over = heading + &lean.to_yaml_over(original, &base);
    let extends = says_it_all(plan) && folder(path) == folder(&plan.file);
    for text in [extends.then_some(over), Some(alone)].into_iter().flatten() {
        if breaks(path, &text, doubt)? {
            return placed::file(path, |out| out.write_all(text.as_bytes()));
        }
    }
    let text = "supsim: what was found does not break it when it is written and read again\n  \
                this is a defect in supsim; please report it with the scenario";
    Err(Stop { exit: Exit::Defect, text: text.to_owned() })
}

/// Does the command line say nothing that a file which extends the scenario would have to say?
fn says_it_all(plan: &Plan) -> bool {
    let Overrides { seed: _, with, set, params, sites, allow_outside: _ } = &plan.overrides;
    with.is_empty() && set.is_empty() && params.is_empty() && sites.is_empty()
}

/// Is it a scenario that breaks the expectation, and none but that is asked?
fn breaks(path: &Path, text: &str, doubt: &Doubt) -> Result<bool, Stop> {
    let files = Rc::new(Disk::beside(path, false));
    let name = path.display().to_string();
    let decoded = Scenario::decode(&name, text.as_bytes(), &Overrides::default(), files);
    let Ok((scenario, _)) = decoded else { return Ok(false) };
    if scenario.expectations.len() != 1 {
        return Ok(false);
    }
    let again = Doubt::of(&scenario, 0, doubt.replications);
    let reply = again.ask(&again.scenario, &|_: Stage| interrupt::go_on("shrinking"))?;
    Ok(reply.verdict == Verdict::Fail)
}

fn folder(path: &Path) -> Option<std::path::PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).canonicalize().ok()
}

/// Nothing in a name ends a comment.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
