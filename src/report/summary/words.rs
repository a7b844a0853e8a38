//! Numbers and times as a summary says them.

use super::super::digits::in_threes_if_long;
use super::super::run::kind_name;
use crate::scenario::SiteKind;
use crate::units::Duration;

/// In what a table of delays is written.
#[derive(Clone, Copy, Debug)]
pub(in crate::report) struct Unit {
    pub plural: &'static str,
    pub short: &'static str,
    micros: u64,
}

impl Unit {
    /// The unit in which the longest delay reads best.
    pub fn of(longest: Duration) -> Unit {
        if longest >= Duration::from_hours(100) {
            Unit { plural: "days", short: "d", micros: 86_400_000_000 }
        } else if longest >= Duration::from_hours(2) {
            Unit { plural: "hours", short: "h", micros: 3_600_000_000 }
        } else if longest >= Duration::from_mins(2) {
            Unit { plural: "minutes", short: "min", micros: 60_000_000 }
        } else {
            Unit { plural: "seconds", short: "s", micros: 1_000_000 }
        }
    }

    /// One of it \[µs\].
    pub fn micros(&self) -> u64 {
        self.micros
    }

    /// One decimal, rounded half up, in integers.
    pub fn show(&self, delay: Duration) -> String {
        let tenths = (u128::from(delay.micros()) * 10 + u128::from(self.micros) / 2)
            / u128::from(self.micros);
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

/// A delay by itself: `10.3 h`.
pub(in crate::report) fn time(delay: Duration) -> String {
    let unit = Unit::of(delay);
    format!("{} {}", unit.show(delay), unit.short)
}

/// A length of time in whole days, where it is.
pub(in crate::report) fn days(duration: Duration) -> String {
    let day = Duration::from_days(1).micros();
    if duration.micros().is_multiple_of(day) && !duration.is_zero() {
        let days = usize::try_from(duration.micros() / day).unwrap_or(usize::MAX);
        counted(days, "day", "days")
    } else {
        duration.to_string()
    }
}

/// How many of what: `1 site`, `2 sites`.
pub(in crate::report) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// Digits in groups of three, from ten thousand on: `1,500,300`.
pub(in crate::report) fn grouped(count: usize) -> String {
    in_threes_if_long(count, ",")
}

/// A number that is counted in tenths: `619.4`, `20`.
pub(in crate::report) fn tenths(number: u64) -> String {
    let whole = grouped(usize::try_from(number / 10).unwrap_or(usize::MAX));
    match number % 10 {
        0 => whole,
        tenth => format!("{whole}.{tenth}"),
    }
}

/// What so many sites of a kind are called.
pub(in crate::report) fn kind_of(kind: SiteKind, count: usize) -> &'static str {
    match (kind, count) {
        (SiteKind::Primary, 2..) => "primaries",
        (SiteKind::Secondary, 2..) => "secondaries",
        (kind, _) => kind_name(kind),
    }
}
