//! Time since something, in words and on an axis.

use super::canvas::PX;
use crate::units::Duration;

const SECOND: u64 = 1_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// The steps people count time in \[µs\].
pub(super) const STEPS: [u64; 22] = [
    SECOND,
    2 * SECOND,
    5 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    28 * DAY,
    91 * DAY,
    364 * DAY,
];

/// The smallest step of which `span` holds at most so many.
pub(super) fn step_for(span: Duration, most: u64) -> Duration {
    let fits = |step: &&u64| span.micros() / **step <= most;
    let step = STEPS.iter().find(fits).copied();
    Duration::from_micros(step.unwrap_or(span.micros() / most.max(1) + 1))
}

/// A duration for people, in its two largest units, rounded: `1 h 6 min`, `36 min`, `2 d 3 h`.
pub(super) fn words(duration: Duration) -> String {
    let finest = match duration.micros() {
        0 => return "0 s".to_owned(),
        micros if micros < SECOND => return "less than 1 s".to_owned(),
        micros if micros < 10 * MINUTE => SECOND,
        micros if micros < DAY => MINUTE,
        _ => HOUR,
    };
    exact(Duration::from_micros((duration.micros() + finest / 2) / finest * finest))
}

/// A duration of whole seconds with all its units: `9 h 15 min`, `1 d 6 h`.
pub(super) fn exact(duration: Duration) -> String {
    let mut rest = duration.micros();
    let mut parts = Vec::new();
    for (unit, name) in [(DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s")] {
        if rest >= unit {
            parts.push(format!("{} {name}", rest / unit));
            rest %= unit;
        }
    }
    if parts.is_empty() { "0".to_owned() } else { parts.join(" ") }
}

/// An axis of time that has passed, drawn from left to right.
pub(super) struct Elapsed {
    from: Duration,
    until: Duration,
    left: i32,
    right: i32,
}

impl Elapsed {
    /// An axis from `from` at `left` until `until` at `right`; it is never without length.
    pub(super) fn new((from, until): (Duration, Duration), left: i32, right: i32) -> Self {
        let until = until.max(from + Duration::from_secs(1));
        Self { from, until, left, right }
    }

    /// Where the axis begins.
    pub(super) fn start(&self) -> Duration {
        self.from
    }

    /// Where `at` lies; outside the axis, at its nearer end.
    pub(super) fn x(&self, at: Duration) -> i32 {
        let at = at.clamp(self.from, self.until);
        between(at.micros(), (self.from.micros(), self.until.micros()), (self.left, self.right))
    }

    /// Where the marks stand, and what is written below them.
    pub(super) fn ticks(&self) -> Vec<(i32, String)> {
        let span = self.until.saturating_sub(self.from);
        let room = u64::from((self.right - self.left).unsigned_abs() / (86 * PX.unsigned_abs()));
        let step = step_for(span, room.max(2)).micros();
        let first = self.from.micros().div_ceil(step);
        let last = self.until.micros() / step;
        (first..=last)
            .map(|count| Duration::from_micros(count * step))
            .map(|at| (self.x(at), exact(at)))
            .collect()
    }
}

/// `value` of a range, carried over to another range; exact but for the last rounding down.
pub(super) fn between(value: u64, (from, until): (u64, u64), (left, right): (i32, i32)) -> i32 {
    let offset = i128::from(value) - i128::from(from);
    let length = (i128::from(until) - i128::from(from)).max(1);
    let moved = offset * i128::from(right - left) / length;
    left + i32::try_from(moved).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(from: u64, until: u64) -> Vec<String> {
        let range = (Duration::from_mins(from), Duration::from_mins(until));
        let ticks = Elapsed::new(range, 0, 900 * PX).ticks();
        ticks.into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn an_axis_counts_in_steps_people_use() {
        assert_eq!(labels(0, 25), ["0", "5 min", "10 min", "15 min", "20 min", "25 min"]);
        assert_eq!(labels(0, 130)[..4], ["0", "15 min", "30 min", "45 min"]);
        assert_eq!(
            labels(530, 575),
            [
                "8 h 50 min",
                "8 h 55 min",
                "9 h",
                "9 h 5 min",
                "9 h 10 min",
                "9 h 15 min",
                "9 h 20 min",
                "9 h 25 min",
                "9 h 30 min",
                "9 h 35 min"
            ]
        );
        assert_eq!(labels(0, 14 * 1440), ["0", "2 d", "4 d", "6 d", "8 d", "10 d", "12 d", "14 d"]);
    }

    #[test]
    fn an_axis_never_has_too_many_marks_nor_none() {
        for minutes in [1, 2, 7, 59, 61, 200, 1_000, 5_000, 50_000, 5_000_000] {
            let ticks = labels(0, minutes).len();
            assert!((2..=12).contains(&ticks), "{ticks} marks on {minutes} minutes");
        }
    }

    #[test]
    fn words_keep_two_units() {
        let words = |secs| words(Duration::from_secs(secs));
        assert_eq!(words(36 * 60 + 20), "36 min");
        assert_eq!(words(3_959), "1 h 6 min");
        assert_eq!(words(9 * 3_600), "9 h");
        assert_eq!(words(80), "1 min 20 s");
        assert_eq!(words(2 * 86_400 + 3 * 3_600 + 59), "2 d 3 h");
    }
}
