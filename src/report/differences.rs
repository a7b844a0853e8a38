//! The cells of a difference between designs, which stand in more than one table.

use super::digits;
use crate::experiment::{Difference, Judgement};
use crate::scenario::Unit;

/// What follows the names of the two designs.
pub(super) const COLUMNS: [&str; 11] = [
    "metric",
    "unit",
    "n",
    "baseline_mean",
    "design_mean",
    "difference",
    "ci_low",
    "ci_high",
    "confidence",
    "p_adjusted",
    "verdict",
];

/// The cells of [`COLUMNS`].
pub(super) fn cells(
    metric: &str,
    unit: Unit,
    difference: &Difference,
    confidence: f64,
    (adjusted, judgement): (f64, Judgement),
) -> Vec<String> {
    let mut cells = vec![metric.to_owned(), unit.name().to_owned()];
    cells.extend(numbers(unit, difference));
    cells.push(digits::shortest(confidence, 4));
    cells.push(digits::shortest(adjusted, 6));
    cells.push(judgement.name().to_owned());
    cells
}

/// Pairs, both means, the difference and its interval.
pub(super) fn numbers(unit: Unit, difference: &Difference) -> Vec<String> {
    let number =
        |value: Option<f64>| value.map_or_else(String::new, |it| digits::in_unit(unit, it));
    let end = |side: f64| Some(difference.mean? + side * difference.half_width?);
    let mut cells = vec![difference.pairs.to_string()];
    cells.extend(
        [difference.base.mean, difference.design.mean, difference.mean, end(-1.0), end(1.0)]
            .map(number),
    );
    cells
}
