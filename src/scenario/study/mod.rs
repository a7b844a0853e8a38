//! `kind: study`: what is asked of a scenario, and what is varied for it.
//!
//! ```text
//!   study.yaml ──► Study { designs × settings + knobs = points } ──► scenario(point)
//!                                                                      base, design, levels laid
//!                                                                      over it, read as one file
//! ```
//!
//! Invariants:
//! - A [`Study`] that exists is valid, and so is the scenario of each of its points.
//! - A point is read by the same reader as a scenario, so that everything a scenario can say can
//!   be varied, and what is wrong is told at its place in the study.
//! - The points and their order follow from the text alone.

mod asked;
mod grid;
mod hours;
mod point;
mod read;
#[cfg(test)]
mod tests;

use std::fmt;
use std::rc::Rc;

pub use hours::BestHour;

use super::error::{Diagnostic, Report};
use super::files::{Files, text_of};
use super::reader::Reader;
use super::yaml::{self, Value};
use super::{Metric, Overrides, limits};

/// A study, checked.
#[derive(Clone, Debug)]
pub struct Study {
    /// `name`: lower-case words.
    pub name: String,
    /// `question`: free text; may be empty.
    pub question: String,
    /// `base`, as written: the scenario that is varied.
    pub base: String,
    /// `seed`; `None`: the base's own.
    pub seed: Option<u64>,
    /// The names of the designs, in the order written; at least one.
    pub designs: Vec<String>,
    /// What is varied, `grid` before `zip`.
    pub factors: Vec<Factor>,
    /// The combinations of levels, one level for each factor; at least one, perhaps an empty one.
    pub settings: Vec<Vec<usize>>,
    /// What is run: designs in each setting, then the knobs of `sensitivity`, then the hours of
    /// `best_hour`.
    pub points: Vec<Point>,
    /// How often each point is replicated; `None`: as its own scenario says.
    pub rule: Option<Rule>,
    /// Does replication `n` of every point meet the same chance?
    pub common_random_numbers: bool,
    /// What designs are compared in.
    pub compare: Comparing,
    /// One knob at a time.
    pub sensitivity: Option<Sensitivity>,
    /// One design at each hour of the day.
    pub best_hour: Option<BestHour>,
    written: Written,
}

/// Something that is varied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    /// A parameter or a path.
    pub name: String,
    /// Its values, as written.
    pub levels: Vec<String>,
    /// Does it go together with the other factors of `zip`?
    zipped: bool,
}

/// One world of a study.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// Which design.
    pub design: usize,
    /// Which setting of the factors; `None`: what the design itself says.
    pub setting: Option<usize>,
    /// Which knob of `sensitivity` stands on which of its values.
    pub knob: Option<(usize, usize)>,
    /// Which hour of `best_hour`.
    pub hour: Option<usize>,
}

impl Point {
    /// Is it this design as it is, beside which its knobs and hours are looked at?
    pub fn is_alone(&self, design: usize) -> bool {
        (self.design, self.setting, self.knob, self.hour) == (design, None, None, None)
    }
}

/// How often a point is replicated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// So often at least, and as many more each time.
    pub pilot: u32,
    /// Never more often.
    pub max: u32,
    /// Until this is known so well; `None`: `max` is `pilot`.
    pub until: Option<Until>,
}

/// How well something is to be known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Until {
    /// Its place in [`super::Scenario::watched`].
    pub watched: usize,
    /// What is measured.
    pub metric: Metric,
    /// Half the width of the interval, in the smallest step of the metric's unit.
    pub half_width: u64,
    /// The confidence of the interval, between 0 and 1.
    pub confidence: f64,
}

/// What designs are compared in.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparing {
    /// The design that the others are compared with; `None`: nothing is compared.
    pub baseline: Option<usize>,
    /// In the order written; their places are those in [`super::Scenario::watched`].
    pub metrics: Vec<StudyMetric>,
    /// How.
    pub method: Method,
    /// For how many comparisons there are.
    pub adjust: Adjust,
    /// Of intervals and judgements, between 0 and 1.
    pub confidence: f64,
}

/// Something that designs are compared in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudyMetric {
    /// What it is called.
    pub name: String,
    /// What is measured.
    pub metric: Metric,
    /// Which way is better.
    pub better: Better,
    /// From which difference on it matters, in the smallest step of the unit.
    pub matters_from: u64,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Less is.
    Lower,
    /// More is.
    Higher,
    /// Neither: it is told, not judged.
    Neither,
}

/// How two designs are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Replication by replication: Student's t of the differences.
    PairedT,
    /// Mean by mean, without the same chance for both: Welch's t.
    WelchT,
}

/// What is done about many comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adjust {
    /// Holm's adjustment.
    Holm,
    /// Nothing: each stands for itself.
    None,
}

/// One knob at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sensitivity {
    /// Of which metric: its place in [`Comparing::metrics`].
    pub of: usize,
    /// At which design.
    pub at: usize,
    /// Each knob and its values, as written.
    pub knobs: Vec<Factor>,
}

/// The text of a study and the door to its files, to read its points from.
#[derive(Clone)]
struct Written {
    file_name: String,
    text: Rc<str>,
    files: Rc<dyn Files>,
    overrides: Overrides,
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Written").field("file_name", &self.file_name).finish_non_exhaustive()
    }
}

impl Study {
    /// Is this the text of a study?
    pub fn is_one(bytes: &[u8]) -> bool {
        let Ok(text) = text_of(bytes) else { return false };
        if !text.contains("study") || text.len() > limits::FILE_BYTES {
            return false;
        }
        let tree = yaml::parse(&mut Reader::new(), text);
        let Some(Value::Map(entries)) = tree.map(|tree| tree.value) else { return false };
        let kind = entries.into_iter().find(|entry| entry.key == "kind");
        matches!(kind.map(|kind| kind.value.value),
            Some(Value::Plain(word) | Value::Quoted(word)) if word == "study")
    }

    /// Reads the bytes of a study and every one of its points; `file_name` is for messages only,
    /// `files` opens what it names, and `overrides` are laid over the base before the study is.
    ///
    /// # Errors
    /// Everything that is wrong with it, and with its points.
    pub fn decode(
        file_name: &str,
        bytes: &[u8],
        overrides: &Overrides,
        files: Rc<dyn Files>,
    ) -> Result<(Study, Vec<Diagnostic>), Report> {
        let study = read::decode(file_name, bytes, overrides, files)?;
        let (study, mut warnings) = study;
        warnings.extend(study.check_points()?);
        Ok((study, warnings))
    }

    /// The study with nothing varied: each design as it is, no sensitivity and no hours.
    pub fn without_varying(mut self) -> Study {
        self.factors.clear();
        self.settings = vec![Vec::new()];
        self.sensitivity = None;
        self.best_hour = None;
        let plain = |design| Point { design, setting: Some(0), knob: None, hour: None };
        self.points = (0..self.designs.len()).map(plain).collect();
        self
    }

    /// The level of each factor at a point, as written.
    pub fn levels(&self, point: Point) -> Vec<&str> {
        let Some(setting) = point.setting else { return Vec::new() };
        let levels = self.settings[setting].iter().zip(&self.factors);
        levels.map(|(level, factor)| factor.levels[*level].as_str()).collect()
    }

    /// Which knob stands on which value at a point, as written; that of `best_hour` as well.
    pub fn knob(&self, point: Point) -> Option<(&str, &str)> {
        if let (Some(hour), Some(best)) = (point.hour, &self.best_hour) {
            return Some((&best.knob, &best.hours[hour]));
        }
        let (knob, value) = point.knob?;
        let knob = &self.sensitivity.as_ref()?.knobs[knob];
        Some((&knob.name, &knob.levels[value]))
    }

    /// What is otherwise at a point than in its design, in words; empty: nothing.
    pub fn told(&self, point: Point) -> String {
        let levels = self.factors.iter().map(|factor| factor.name.as_str()).zip(self.levels(point));
        let all: Vec<String> =
            levels.chain(self.knob(point)).map(|(name, level)| format!("{name}={level}")).collect();
        all.join(", ")
    }
}
