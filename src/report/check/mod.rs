//! What a check found: a suite for each scenario, a case for each thing that was held against it.
//!
//! ```text
//!   Suite { cases } ──► text         for who broke it
//!                   ──► junit        for a build server
//!                   ──► markdown     for a pull request
//!                   ──► annotations  for the lines of a file, where the build server shows them
//! ```
//!
//! Invariants:
//! - No clock: the same scenarios give the same bytes.
//! - Whoever reads a failure reads what was wanted, what came, why, and how to repeat it.

mod against;
mod annotations;
mod because;
mod busy;
mod junit;
mod markdown;
#[cfg(test)]
mod tests;
mod text;

use super::many::{bound, question};
use super::summary::{got, note};
use super::{Difference, Golden, Many, Run};
use crate::experiment::Verdict;
use crate::scenario::{Expectation, MustHold};

pub use against::{Against, Before, against_case};
pub use annotations::annotations;
pub use because::{Because, because};
pub(super) use because::{below, held, part_of, stuck, which};
pub use junit::junit;
pub use markdown::check_markdown;
pub use text::check_text;

/// One scenario and what was held against it.
#[derive(Clone, Debug)]
pub struct Suite {
    /// The scenario's name; of a file that could not be read, that of the file.
    pub name: String,
    /// The file, as it was named.
    pub file: String,
    /// What became of it.
    pub state: State,
    /// What was held against it, in the order of the scenario; the golden file and what it was last.
    pub cases: Vec<Case>,
    /// How it stands to what it was, where that is asked.
    pub before: Option<Before>,
}

/// What became of a scenario.
#[derive(Clone, Debug)]
pub enum State {
    /// It ran.
    Ran(Box<Ran>),
    /// It is nothing to run, in words.
    Skipped(String),
    /// It could not be run, in words of several lines.
    Broken(String),
}

/// What a scenario that ran came to.
#[derive(Clone, Debug)]
pub struct Ran {
    /// Its chance.
    pub seed: u64,
    /// How many replications were run.
    pub replications: usize,
    /// What it is now, as a golden file has it.
    pub now: Golden,
    /// What its golden file has; `None`: there is none, or it was not asked for.
    pub then: Option<Golden>,
    /// Where that file is, or would be.
    pub golden_file: String,
}

/// One thing that was held against a scenario.
#[derive(Clone, Debug)]
pub struct Case {
    /// The name of an expectation, or `golden`.
    pub name: String,
    /// Yes, no, or something between.
    pub finding: Finding,
    /// What was wanted, in words.
    pub wanted: String,
    /// What came.
    pub got: String,
    /// The largest cause, where the record tells one.
    pub because: Option<String>,
    /// The command that shows it again.
    pub repeat: String,
    /// The line of the scenario's file that asks for it, from 1, where it stands there.
    pub line: Option<usize>,
    /// Lines that differ from the golden file.
    pub lines: Vec<String>,
}

/// What was found of one case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// As wanted.
    Passed,
    /// Not as wanted, and `on_fail: warn`.
    Warned,
    /// Not as wanted.
    Failed,
    /// There was nothing to measure.
    NoData,
    /// Too few replications to say.
    Inconclusive,
    /// Other than the golden file.
    Differs,
    /// Worse than it was.
    Worse,
    /// Not held against anything.
    NotCompared,
}

impl Finding {
    /// Does it let a check pass?
    pub const fn is_good(self) -> bool {
        matches!(self, Finding::Passed | Finding::Warned | Finding::NotCompared)
    }
}

impl Suite {
    /// The cases that are expectations.
    pub fn expectations(&self) -> impl Iterator<Item = &Case> {
        self.cases.iter().filter(|case| ![GOLDEN, against::AGAINST].contains(&case.name.as_str()))
    }

    /// The case that is the golden file.
    pub fn golden(&self) -> Option<&Case> {
        self.cases.iter().find(|case| case.name == GOLDEN)
    }

    /// The case that is what it was.
    fn against(&self) -> Option<(&Against, &Case)> {
        let Some(Before::Changed(against)) = &self.before else { return None };
        Some((against, self.cases.iter().find(|case| case.name == against::AGAINST)?))
    }

    /// Was there anything of it before?
    pub const fn was_there(&self) -> bool {
        matches!(self.before, Some(Before::Same | Before::Changed(_) | Before::Unreadable(_)))
    }

    /// Is all as wanted, and all as it was?
    pub fn is_as_before(&self) -> bool {
        let before = matches!(self.before, None | Some(Before::Same));
        self.is_good() && before && self.cases.iter().all(|case| case.finding != Finding::Warned)
    }

    /// Did anything of it go wrong?
    pub fn is_good(&self) -> bool {
        !matches!(self.state, State::Broken(_)) && self.cases.iter().all(|it| it.finding.is_good())
    }

    /// Is nothing wrong but that there are too few replications?
    fn is_open(&self) -> bool {
        let open = |case: &Case| case.finding == Finding::Inconclusive || case.finding.is_good();
        !self.is_good() && !matches!(self.state, State::Broken(_)) && self.cases.iter().all(open)
    }
}

/// The name of the case that is the golden file; no expectation can have it.
const GOLDEN: &str = "golden file";

/// An expectation of a run, answered; `because`, the repeating command and the line are the
/// caller's.
pub fn expectation_case(run: &Run<'_>, many: &Many<'_>, position: usize) -> Case {
    let (asked, answer) = (&run.scenario.expectations[position], &many.answers[position]);
    let finding = match answer.verdict {
        Verdict::Pass => Finding::Passed,
        _ if asked.only_warns => Finding::Warned,
        Verdict::Fail => Finding::Failed,
        Verdict::NoData => Finding::NoData,
        Verdict::Inconclusive => Finding::Inconclusive,
    };
    let mean = if many.replications.len() > 1 { " on average" } else { "" };
    let note = note(asked, answer, many.replications.len());
    let got = got(asked, answer);
    let mean = if got.starts_with(|c: char| c.is_ascii_digit()) { mean } else { "" };
    Case {
        name: asked.name.clone(),
        finding,
        wanted: wanted_in_words(run, asked),
        got: format!("{got}{mean} {note}").trim_end().to_owned(),
        because: None,
        repeat: String::new(),
        line: None,
        lines: Vec::new(),
    }
}

/// `at least 95 %: share_current after 24 h, 190 secondaries, with patch-tuesday; in 95 % of
/// replications`.
fn wanted_in_words(run: &Run<'_>, asked: &Expectation) -> String {
    let releases = match &asked.release[..] {
        [] => String::new(),
        names => format!(", with {}", names.join(", ")),
    };
    let share = match asked.must_hold {
        Some(MustHold { share, .. }) => format!("; in {share} of replications"),
        None => String::new(),
    };
    format!("{}: {}{releases}{share}", bound(asked), question(run, asked))
}

/// How a scenario stands to its golden file.
#[derive(Clone, Debug)]
pub enum Compared {
    /// Nothing moved.
    Same,
    /// Something did.
    Differs(Box<Difference>),
    /// The file holds something else than a golden file: what is wrong with it.
    Unreadable(String),
    /// There is none, and there must be.
    Missing,
    /// It was not compared, and why.
    Not(String),
}

/// The golden file as a case; `file` is where it is, `scenario` the file to accept anew.
pub fn golden_case(compared: &Compared, file: &str, scenario: &str) -> Case {
    let mut case = Case {
        name: GOLDEN.to_owned(),
        finding: Finding::Differs,
        wanted: format!("the same as {file}"),
        got: String::new(),
        because: None,
        repeat: format!("supsim golden review {scenario}"),
        line: None,
        lines: Vec::new(),
    };
    match compared {
        Compared::Same => {
            case.finding = Finding::Passed;
            case.got = "same".to_owned();
        }
        Compared::Not(why) => {
            case.finding = Finding::NotCompared;
            case.got = why.clone();
        }
        Compared::Missing => {
            case.got = "there is none".to_owned();
            case.repeat = format!("supsim golden accept {scenario}");
        }
        Compared::Unreadable(why) => case.got = why.clone(),
        Compared::Differs(difference) => {
            case.got = difference.moved.clone();
            case.lines = difference.lines();
        }
    }
    case
}
