//! An axis of a metric: what is less than nothing has room as well.

use super::super::digits::{in_threes, shortest};
use super::axis::{exact, step_for};
use super::plot::count_step;
use crate::scenario::{Unit, WHOLE};
use crate::units::Duration;

/// An axis drawn from `left` to `right` (or from the foot to the top), in the smallest step of a
/// unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measure {
    unit: Unit,
    /// What stands at either end.
    range: (i64, i64),
    /// Where the ends are.
    places: (i32, i32),
}

impl Measure {
    /// An axis of that range; it is never without length.
    pub(super) fn new(unit: Unit, (low, high): (i64, i64), places: (i32, i32)) -> Measure {
        let least = match unit {
            Unit::Time => 1_000_000,
            Unit::Share => WHOLE as i64 / 1_000,
            Unit::Count => WHOLE as i64 / 10,
        };
        let short = (least - high.saturating_sub(low)).max(0);
        Measure { unit, range: (low, high.saturating_add(short)), places }
    }

    /// Where a value stands; one beyond the range stands at its end.
    pub(super) fn place(&self, value: i64) -> i32 {
        let ((low, high), (first, last)) = (self.range, self.places);
        let value = i128::from(value.clamp(low, high)) - i128::from(low);
        let length = i128::from(high) - i128::from(low);
        first + (value * i128::from(last - first) / length) as i32
    }

    /// From one mark to the next, so that there are at most so many.
    fn step(&self, most: u64) -> i64 {
        let length = self.range.1.abs_diff(self.range.0);
        let step = match self.unit {
            Unit::Time => step_for(Duration::from_micros(length), most).micros(),
            Unit::Share | Unit::Count => count_step(length, most),
        };
        i64::try_from(step).unwrap_or(i64::MAX)
    }

    /// Its marks, at most so many, each with its place and its words; `signed`: what is more than
    /// nothing has a plus.
    pub(super) fn ticks(&self, most: u64, signed: bool) -> Vec<(i32, String)> {
        let (step, (low, high)) = (self.step(most), self.range);
        let first = low.div_euclid(step) + i64::from(low.rem_euclid(step) > 0);
        let values = (first..=high.div_euclid(step)).map(|count| count * step);
        values.map(|value| (self.place(value), self.words(value, signed))).collect()
    }

    fn words(&self, value: i64, signed: bool) -> String {
        let size = value.unsigned_abs();
        let words = match self.unit {
            Unit::Time => exact(Duration::from_micros(size)),
            Unit::Share => {
                format!("{}\u{2009}%", shortest(size as f64 / (WHOLE / 100) as f64, 7))
            }
            Unit::Count if size.is_multiple_of(WHOLE) => in_threes(size / WHOLE, " "),
            Unit::Count => shortest(size as f64 / WHOLE as f64, 9),
        };
        match value.signum() {
            -1 => format!("\u{2212}{words}"),
            1 if signed => format!("+{words}"),
            _ => words,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000;

    fn words(unit: Unit, range: (i64, i64)) -> Vec<String> {
        let ticks = Measure::new(unit, range, (0, 8_000)).ticks(6, true);
        ticks.into_iter().map(|(_, words)| words).collect()
    }

    #[test]
    fn marks_stand_on_both_sides_of_nothing() {
        let hours = words(Unit::Time, (-10 * HOUR, 3 * HOUR));
        assert_eq!(hours, ["−10 h", "−8 h", "−6 h", "−4 h", "−2 h", "0", "+2 h"]);
        let percent = words(Unit::Share, (-10_000_000, 20_000_000));
        assert_eq!(
            percent,
            [
                "−1\u{2009}%",
                "−0.5\u{2009}%",
                "0\u{2009}%",
                "+0.5\u{2009}%",
                "+1\u{2009}%",
                "+1.5\u{2009}%",
                "+2\u{2009}%"
            ]
        );
        assert_eq!(
            words(Unit::Count, (0, 3 * WHOLE as i64)),
            ["0", "+0.5", "+1", "+1.5", "+2", "+2.5", "+3"]
        );
    }

    #[test]
    fn every_value_has_a_place_between_the_ends() {
        let axis = Measure::new(Unit::Time, (i64::MIN, i64::MAX), (80, 800));
        assert_eq!([i64::MIN, i64::MAX].map(|value| axis.place(value)), [80, 800]);
        let none = Measure::new(Unit::Share, (5, 5), (80, 800));
        assert_eq!(none.place(5), 80);
        let falling = Measure::new(Unit::Count, (0, WHOLE as i64), (800, 80));
        assert_eq!(falling.place(WHOLE as i64 / 2), 440);
    }
}
