//! Values, differences and judgements, as the page and the pictures of a study say them.

use crate::experiment::{Difference, Judgement, Level};
use crate::report::many::value;
use crate::report::{Look, digits};
use crate::scenario::{Unit, WHOLE};

/// A judgement in a word.
pub(in crate::report) const fn word(judgement: Judgement) -> &'static str {
    match judgement {
        Judgement::Better => "better",
        Judgement::Worse => "worse",
        Judgement::Other => "",
        Judgement::TooSmall => "too small",
        Judgement::Same => "same",
        Judgement::Unsure => "unsure",
    }
}

/// The mean of one design, or that it never comes.
pub(in crate::report) fn level(unit: Unit, level: Level, pairs: usize) -> String {
    match level.mean {
        Some(mean) => value(unit, mean.round() as u64, 1),
        None if pairs == level.never => "never".to_owned(),
        None => format!("never in {}/{}", level.never, pairs),
    }
}

/// `+10.3 % ±0.4`: both in the unit that suits the larger of the two.
pub(in crate::report) fn apart(look: Look, unit: Unit, difference: &Difference) -> String {
    let Some(mean) = difference.mean else { return String::new() };
    let half = difference.half_width.unwrap_or(0.0);
    if mean == 0.0 && half == 0.0 {
        return String::new();
    }
    let (step, word) = step(unit, mean.abs().max(half));
    let minus = if look.ascii { "-" } else { "−" };
    let sign = if mean < 0.0 { minus } else { "+" };
    let decimals = if mean.abs() < 10.0 * step { 2 } else { 1 };
    let mean = digits::shortest(mean.abs() / step, decimals);
    let plus_minus = if look.ascii { "+-" } else { "±" };
    let half = match half > 0.0 {
        true => format!(" {plus_minus}{}", digits::shortest(half / step, 2)),
        false => String::new(),
    };
    format!("{sign}{mean}{word}{half}")
}

/// The unit that suits a size.
fn step(unit: Unit, size: f64) -> (f64, &'static str) {
    match unit {
        Unit::Count => (WHOLE as f64, ""),
        Unit::Share => (WHOLE as f64 / 100.0, " %"),
        Unit::Time if size >= 360e9 => (86.4e9, " d"),
        Unit::Time if size >= 3.6e9 => (3.6e9, " h"),
        Unit::Time if size >= 60e6 => (60e6, " min"),
        Unit::Time => (1e6, " s"),
    }
}
