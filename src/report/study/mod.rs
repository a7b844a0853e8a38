//! What a study says: for a person, and as tables.

mod cheapest;
mod hour_page;
mod hours;
mod json;
mod page;
mod pictures;
mod table;
mod words;

pub use json::study_json;
pub use page::study_page;
pub use pictures::StudyChart;
pub use table::{StudyTable, write_study_table};
pub(super) use words::{apart, level, word};

use crate::experiment::{Answer, Contrast, Runs, Swing, Tried, Verdict};
use crate::scenario::{Change, Metric, Point, Study, Unit};

/// A study that was run.
#[derive(Clone, Debug)]
pub struct StudyTold<'a> {
    /// What was asked.
    pub study: &'a Study,
    /// Its points, in order.
    pub points: Vec<PointTold<'a>>,
    /// Each design against the baseline.
    pub contrasts: Vec<Contrast>,
    /// Each knob on each of its values.
    pub swings: Vec<Swing>,
    /// Of each knob of `sensitivity`: is what it stands on only an assumed default?
    pub assumed: Vec<bool>,
    /// For each design what it has otherwise than the baseline; `None`: it was compared nowhere.
    pub changes: Vec<Option<Vec<Change>>>,
    /// The seed that the points share.
    pub seed: u64,
}

/// A point that was run.
#[derive(Clone, Debug)]
pub struct PointTold<'a> {
    /// Which point.
    pub point: Point,
    /// What its scenario is called where it is stored.
    pub key: String,
    /// Its runs, by number.
    pub tried: &'a [Tried],
    /// What its own scenario expects, and what the runs say to it.
    pub expectations: &'a [AskedThere],
    /// Is nothing random there?
    pub certain: bool,
}

/// An expectation of a point's own scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct AskedThere {
    /// Its name.
    pub name: String,
    /// What it is about.
    pub metric: Metric,
    /// In what it is counted.
    pub unit: Unit,
    /// Is a failure only told?
    pub only_warns: bool,
    /// What the runs say together.
    pub answer: Answer,
}

impl AskedThere {
    /// Does it surely not hold?
    pub fn is_broken(&self) -> bool {
        let failed = matches!(self.answer.verdict, Verdict::Fail | Verdict::NoData);
        failed && !self.only_warns
    }

    /// Has it held wherever it was looked at?
    pub fn is_met(&self) -> bool {
        let held = self.answer.held;
        match self.answer.verdict {
            Verdict::Pass => true,
            Verdict::Inconclusive => held.held == held.of,
            Verdict::Fail | Verdict::NoData => false,
        }
    }
}

/// How much synchronising a point is.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Effort {
    /// Synchronisations of a run, on average.
    attempts: f64,
    /// Those that failed.
    failed: f64,
    /// The most that ran at once in any run.
    busiest: usize,
}

impl<'a> PointTold<'a> {
    /// Its runs, to be compared.
    pub fn runs(&self) -> Runs<'a> {
        let (point, tried, certain) = (self.point, self.tried, self.certain);
        Runs { point, tried, expectations: self.expectations.len(), certain }
    }

    /// The mean of a metric of `compare`, in the smallest step of its unit; `None`: nothing to
    /// measure, or a time that never came.
    pub(super) fn mean(&self, metric: usize) -> Option<f64> {
        let values: Vec<_> = self.runs().watched(metric).into_iter().flatten().collect();
        let sum = values.iter().try_fold(0_u128, |sum, it| Some(sum + u128::from(it.value()?)))?;
        (!values.is_empty()).then(|| sum as f64 / values.len() as f64)
    }

    fn activity(&self) -> Option<Effort> {
        let runs: Vec<_> = self.tried.iter().filter_map(|one| one.result.as_ref().ok()).collect();
        let mean = |count: fn(&crate::measure::Activity) -> usize| {
            runs.iter().map(|run| count(&run.activity)).sum::<usize>() as f64 / runs.len() as f64
        };
        let busiest = runs.iter().map(|run| run.activity.busiest).max()?;
        Some(Effort { attempts: mean(|it| it.attempts), failed: mean(|it| it.failed), busiest })
    }

    /// The expectations that surely do not hold.
    fn broken(&self) -> impl Iterator<Item = &str> {
        self.expectations.iter().filter(|one| one.is_broken()).map(|one| one.name.as_str())
    }
}
