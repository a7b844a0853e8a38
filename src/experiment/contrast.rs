//! The designs of a study against its baseline, setting by setting, and knobs against none.

use super::{Difference, Judgement, Tried, holm};
use crate::measure::Figure;
use crate::scenario::{Adjust, Method, Point, Study};

/// A design against the baseline in one metric and one setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Contrast {
    /// Which setting.
    pub setting: usize,
    /// Which design.
    pub design: usize,
    /// Which metric of `compare`.
    pub metric: usize,
    /// By how much they differ.
    pub difference: Difference,
    /// Its `p`, adjusted for how many comparisons there are.
    pub adjusted: f64,
    /// What it comes to.
    pub judgement: Judgement,
}

/// A knob on one of its values against the design as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Swing {
    /// Which knob, and which of its values.
    pub knob: (usize, usize),
    /// By how much it differs in the metric of `sensitivity`; `None`: nothing to measure in both.
    pub difference: Option<Difference>,
}

/// The runs of a point.
#[derive(Clone, Copy, Debug)]
pub struct Runs<'a> {
    /// Which point.
    pub point: Point,
    /// Its runs, by number.
    pub tried: &'a [Tried],
    /// How many values its own expectations have, before those that are watched.
    pub expectations: usize,
    /// Is nothing random there?
    pub certain: bool,
}

impl Runs<'_> {
    /// What was watched, one value for each run; `None`: it failed, or had nothing to measure.
    pub fn watched(&self, watched: usize) -> Vec<Option<Figure>> {
        self.values(self.expectations + watched)
    }

    /// A value of each run: those of expectations first.
    pub fn values(&self, place: usize) -> Vec<Option<Figure>> {
        let of = |one: &Tried| one.result.as_ref().ok().and_then(|run| *run.values.get(place)?);
        self.tried.iter().map(of).collect()
    }
}

/// Every design against the baseline in every metric and setting that both have; judged together.
pub fn contrasts(study: &Study, runs: &[Runs<'_>]) -> Vec<Contrast> {
    let Some(baseline) = study.compare.baseline else { return Vec::new() };
    let mut found = Vec::new();
    for other in runs {
        let Some(setting) = other.point.setting.filter(|_| other.point.design != baseline) else {
            continue;
        };
        let is_base = |one: &&Runs<'_>| {
            (one.point.design, one.point.setting) == (baseline, other.point.setting)
        };
        let Some(base) = runs.iter().find(is_base) else { continue };
        for metric in 0..study.compare.metrics.len() {
            let difference = difference(study, base, other, metric);
            found.extend(difference.map(|it| (setting, other.point.design, metric, it)));
        }
    }
    let confidence = study.compare.confidence;
    let all: Vec<f64> = found.iter().map(|(.., difference)| difference.p).collect();
    let adjusted = match study.compare.adjust {
        Adjust::Holm => holm(&all),
        Adjust::None => all,
    };
    let judged = found.into_iter().zip(adjusted).map(|(found, adjusted)| {
        let (setting, design, metric, difference) = found;
        let asked = &study.compare.metrics[metric];
        let matters_from = asked.matters_from as f64;
        let judgement = difference.judged(asked.better, adjusted, confidence, matters_from);
        Contrast { setting, design, metric, difference, adjusted, judgement }
    });
    judged.collect()
}

/// Every knob on each of its values; empty without `sensitivity`.
pub fn swings(study: &Study, runs: &[Runs<'_>]) -> Vec<Swing> {
    let Some(sensitivity) = &study.sensitivity else { return Vec::new() };
    let Some(base) = runs.iter().find(|one| one.point.is_alone(sensitivity.at)) else {
        return Vec::new();
    };
    let turned = runs.iter().filter_map(|one| Some((one.point.knob?, one)));
    let swing =
        |(knob, other)| Swing { knob, difference: difference(study, base, other, sensitivity.of) };
    turned.map(swing).collect()
}

/// Two points in a metric of `compare`; `None`: nothing to measure in both.
pub fn difference(
    study: &Study,
    base: &Runs<'_>,
    other: &Runs<'_>,
    metric: usize,
) -> Option<Difference> {
    let (bases, others) = (base.watched(metric), other.watched(metric));
    let confidence = study.compare.confidence;
    let certain = base.certain && other.certain;
    // one run speaks for all where nothing is random
    let spread = |values: Vec<Option<Figure>>, is_certain: bool, count: usize| match is_certain {
        true => vec![values.first().copied().flatten(); count],
        false => values,
    };
    let count = bases.len().max(others.len());
    let (bases, others) =
        (spread(bases, base.certain, count), spread(others, other.certain, count));
    match study.compare.method {
        Method::PairedT => Difference::of(&bases, &others, confidence, certain),
        Method::WelchT => Difference::unpaired(&bases, &others, confidence, certain),
    }
}
