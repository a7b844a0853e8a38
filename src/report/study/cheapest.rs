//! The least change that meets what is expected, and breaks nothing else.

use super::{PointTold, StudyTold};
use crate::experiment::{Proportion, Verdict};
use crate::scenario::{Metric, Study};

/// The cheapest design in a setting.
pub(super) struct Cheapest<'t> {
    /// The expectations that are called like a metric of `compare`.
    pub goals: Vec<&'t str>,
    /// The cheapest of those that meet them all; `None`: none does.
    pub best: Option<&'t PointTold<'t>>,
    /// In how many replications one of them held there, which are too few to show it.
    pub unsure: Option<Proportion>,
}

impl<'t> Cheapest<'t> {
    /// `None`: there is no goal, or no baseline to change something of.
    pub(super) fn of(told: &'t StudyTold<'t>, setting: usize) -> Option<Cheapest<'t>> {
        let study = told.study;
        let goal = |name: &str| study.compare.metrics.iter().any(|metric| metric.name == name);
        let goals =
            |one: &'t PointTold<'t>| one.expectations.iter().filter(move |it| goal(&it.name));
        let first = points_of(told, setting).next()?;
        let names: Vec<&str> = goals(first).map(|it| it.name.as_str()).collect();
        if names.is_empty() || study.compare.baseline.is_none() {
            return None;
        }
        let meets = |one: &&'t PointTold<'t>| {
            goals(one).next().is_some()
                && goals(one).all(|it| it.is_met())
                && others_broken(one, study).next().is_none()
        };
        let price = |one: &PointTold<'_>| {
            let changes = told.changes[one.point.design].as_ref();
            let changed = changes.map(|it| it.iter().map(|change| change.count).sum::<usize>());
            let attempts = one.activity().map_or(f64::INFINITY, |it| it.attempts);
            (changed.unwrap_or(usize::MAX), attempts)
        };
        let best = points_of(told, setting).filter(meets).min_by(|one, other| {
            let (one, other) = (price(one), price(other));
            one.0.cmp(&other.0).then(one.1.total_cmp(&other.1))
        });
        let unsure = best.and_then(|best| {
            let unsure = |it: &&super::AskedThere| it.answer.verdict == Verdict::Inconclusive;
            goals(best).find(unsure).map(|it| it.answer.held)
        });
        Some(Cheapest { goals: names, best, unsure })
    }
}

/// The points of a setting, in the order of the designs.
pub(super) fn points_of<'t, 'a>(
    told: &'t StudyTold<'a>,
    setting: usize,
) -> impl Iterator<Item = &'t PointTold<'a>> {
    told.points.iter().filter(move |one| one.point.setting == Some(setting))
}

/// The expectations that are broken and that the study does not compare by their names.
pub(super) fn others_broken<'t>(
    one: &'t PointTold<'_>,
    study: &'t Study,
) -> impl Iterator<Item = (&'t str, Metric)> {
    let compared = |name: &str| study.compare.metrics.iter().any(|metric| metric.name == name);
    let broken = one.expectations.iter().filter(move |it| it.is_broken() && !compared(&it.name));
    broken.map(|it| (it.name.as_str(), it.metric))
}
