use std::fmt;
use std::ops::{Add, AddAssign, Mul, Sub};

const SECOND: u64 = 1_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// An instant \[µs since the start of the run\].
///
/// An integer, so that equal instants are equal on every machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

/// A length of time \[µs\]; never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(u64);

impl Instant {
    /// The start of the run.
    pub const START: Instant = Instant(0);
    /// Later than anything that happens.
    pub const NEVER: Instant = Instant(u64::MAX);

    /// The instant `micros` microseconds after the start of the run.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Microseconds since the start of the run.
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// How long after `earlier` this is; zero when it is not after it.
    pub const fn since(self, earlier: Instant) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }

    /// This instant and `duration`, or `None` past the end of representable time.
    pub const fn checked_add(self, duration: Duration) -> Option<Instant> {
        match self.0.checked_add(duration.0) {
            Some(micros) => Some(Instant(micros)),
            None => None,
        }
    }
}

impl Duration {
    /// No time at all.
    pub const ZERO: Duration = Duration(0);
    /// Longer than any run.
    pub const MAX: Duration = Duration(u64::MAX);

    /// A duration of whole microseconds.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// A duration of whole milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis * 1_000)
    }

    /// A duration of whole seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds * SECOND)
    }

    /// A duration of whole minutes.
    pub const fn from_mins(minutes: u64) -> Self {
        Self(minutes * MINUTE)
    }

    /// A duration of whole hours.
    pub const fn from_hours(hours: u64) -> Self {
        Self(hours * HOUR)
    }

    /// A duration of whole days of 24 hours.
    pub const fn from_days(days: u64) -> Self {
        Self(days * DAY)
    }

    /// Whole microseconds.
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// Is it no time at all?
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Seconds, for drawing and for people; never fed back into a run.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / SECOND as f64
    }

    /// Hours, for drawing and for people; never fed back into a run.
    pub fn as_hours_f64(self) -> f64 {
        self.0 as f64 / HOUR as f64
    }

    /// The sum, or `None` when it does not fit.
    pub const fn checked_add(self, other: Duration) -> Option<Duration> {
        match self.0.checked_add(other.0) {
            Some(micros) => Some(Duration(micros)),
            None => None,
        }
    }

    /// `count` times this, or `None` when it does not fit.
    pub const fn checked_mul(self, count: u64) -> Option<Duration> {
        match self.0.checked_mul(count) {
            Some(micros) => Some(Duration(micros)),
            None => None,
        }
    }

    /// The difference, or zero when `other` is longer.
    pub const fn saturating_sub(self, other: Duration) -> Duration {
        Duration(self.0.saturating_sub(other.0))
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;
    fn add(self, duration: Duration) -> Instant {
        Instant(self.0 + duration.0)
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, duration: Duration) {
        self.0 += duration.0;
    }
}

impl Sub<Instant> for Instant {
    type Output = Duration;
    /// Panics when `earlier` is later: a difference of instants is asked for only when their
    /// order is known. [`Instant::since`] is for when it is not.
    fn sub(self, earlier: Instant) -> Duration {
        Duration(self.0 - earlier.0)
    }
}

impl Add for Duration {
    type Output = Duration;
    fn add(self, other: Duration) -> Duration {
        Duration(self.0 + other.0)
    }
}

impl AddAssign for Duration {
    fn add_assign(&mut self, other: Duration) {
        self.0 += other.0;
    }
}

impl Mul<u64> for Duration {
    type Output = Duration;
    fn mul(self, count: u64) -> Duration {
        Duration(self.0 * count)
    }
}

impl std::iter::Sum for Duration {
    fn sum<I: Iterator<Item = Duration>>(durations: I) -> Duration {
        durations.fold(Duration::ZERO, |sum, one| sum + one)
    }
}

/// The way the scenario language writes it: `1h30min`, `2min`, `1.1s`, `20ms`, `7d`.
///
/// Exact: what is printed reads back as the same duration.
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.pad("0s");
        }
        let mut text = String::new();
        let mut rest = self.0;
        for (unit, name) in [(DAY, "d"), (HOUR, "h"), (MINUTE, "min")] {
            if rest >= unit {
                text += &format!("{}{name}", rest / unit);
                rest %= unit;
            }
        }
        if rest >= SECOND || (rest > 0 && !text.is_empty()) {
            text += &decimal(rest, SECOND, 6, "s");
        } else if rest >= 1_000 {
            text += &decimal(rest, 1_000, 3, "ms");
        } else if rest > 0 {
            text += &format!("{rest}us");
        }
        f.pad(&text)
    }
}

/// `value / unit` in decimals without trailing zeros; `unit` is ten to the power `digits`.
fn decimal(value: u64, unit: u64, digits: usize, name: &str) -> String {
    let fraction = format!("{:0digits$}", value % unit);
    let fraction = fraction.trim_end_matches('0');
    let dot = if fraction.is_empty() { "" } else { "." };
    format!("{}{dot}{fraction}{name}", value / unit)
}

/// Days, hours, minutes and seconds since the start: `0d 22:00:00`, `1d 03:08:05.25`.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Instant::NEVER {
            return f.pad("never");
        }
        let (days, rest) = (self.0 / DAY, self.0 % DAY);
        let (hours, rest) = (rest / HOUR, rest % HOUR);
        let (minutes, rest) = (rest / MINUTE, rest % MINUTE);
        let seconds = decimal(rest, SECOND, 6, "");
        let pad = if rest / SECOND < 10 { "0" } else { "" };
        f.pad(&format!("{days}d {hours:02}:{minutes:02}:{pad}{seconds}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_prints_as_the_language_writes_it() {
        let printed = |micros| Duration::from_micros(micros).to_string();
        assert_eq!(printed(0), "0s");
        assert_eq!(printed(7), "7us");
        assert_eq!(printed(20_000), "20ms");
        assert_eq!(printed(1_100_000), "1.1s");
        assert_eq!(printed(90 * 60 * SECOND), "1h30min");
        assert_eq!(printed(DAY + 1), "1d0.000001s");
        assert_eq!(printed(1_500), "1.5ms");
    }

    #[test]
    fn an_instant_prints_as_days_and_a_time_of_day() {
        let at = Instant::START + Duration::from_hours(27) + Duration::from_millis(5_250);
        assert_eq!(at.to_string(), "1d 03:00:05.25");
    }

    #[test]
    #[should_panic(expected = "overflow")]
    fn time_never_wraps() {
        let _ = Instant::NEVER + Duration::from_micros(1);
    }
}
