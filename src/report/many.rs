//! What all replications of a run say together.

use super::Run;
use super::summary::told_releases;
use crate::experiment::{Answer, Replication, Spread};
use crate::scenario::{Bound, Expectation, Holder, Metric, SiteKind, Unit, WHOLE};
use crate::units::{Duration, ReleaseId, SiteId};

/// The replications of a run, and what they say to what is asked of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Many<'a> {
    /// One for each replication, by number; their milestones are those of [`told`].
    pub replications: &'a [Replication],
    /// One for each expectation, in the order of the scenario.
    pub answers: &'a [Answer],
    /// Were more asked for, although nothing is random?
    pub pointless: bool,
    /// How the release that is drawn reached the sites that a fan is about, once for each
    /// replication; empty where nobody asked.
    pub spreads: &'a [Spread],
}

/// The releases that a summary tells by themselves, in its order.
pub fn told(run: &Run<'_>) -> Vec<ReleaseId> {
    told_releases(run)
}

/// A value in the smallest step of its unit, with so many decimals, rounded half up.
pub(super) fn value(unit: Unit, value: u64, decimals: u32) -> String {
    let (step, word) = match unit {
        Unit::Count => (WHOLE, ""),
        Unit::Share => (WHOLE / 100, " %"),
        Unit::Time => {
            let duration = Duration::from_micros(value);
            match duration {
                _ if duration >= Duration::from_hours(100) => (86_400_000_000, " d"),
                _ if duration >= Duration::from_hours(2) => (3_600_000_000, " h"),
                _ if duration >= Duration::from_mins(2) => (60_000_000, " min"),
                _ => (1_000_000, " s"),
            }
        }
    };
    let scale = 10_u128.pow(decimals);
    let scaled = (u128::from(value) * scale + u128::from(step) / 2) / u128::from(step);
    let digits = usize::try_from(decimals).unwrap_or(0);
    let (whole, rest) = (scaled / scale, scaled % scale);
    if rest == 0 {
        return format!("{whole}{word}");
    }
    format!("{whole}.{rest:0digits$}{word}")
}

/// A value for people, in the unit that suits its size: `1 %`, `30 min`, `2.5`.
pub fn quantity(unit: Unit, size: u64) -> String {
    value(unit, size, 2)
}

/// What is wanted of it, in words: `at least 95 %`.
pub(super) fn bound(asked: &Expectation) -> String {
    let word = match asked.wanted.bound {
        Bound::AtMost => "at most",
        Bound::AtLeast => "at least",
        Bound::Equals => "exactly",
    };
    format!("{word} {}", value(asked.metric.unit(), asked.wanted.value, 6))
}

/// What is measured, in words: `time_to_current max, 9 primaries`.
pub(super) fn question(run: &Run<'_>, asked: &Expectation) -> String {
    let mut words = asked.metric.name().to_owned();
    // of a share or a number of sites there is one for each release, and mostly one release
    let plain = matches!(
        asked.metric,
        Metric::ShareCurrent | Metric::SitesNotCurrent | Metric::ClientsScanned
    );
    if !plain || asked.stat != asked.metric.usual_stat() {
        words += &format!(" {}", asked.stat);
    }
    if let Some(after) = asked.after {
        words += &format!(" after {}", value(Unit::Time, after.micros(), 6));
    }
    if let Some(fault) = asked.during {
        words += &format!(" during {}", run.fault(fault));
    }
    match asked.part {
        Holder::Site => {}
        Holder::Database => words += " (database)",
        Holder::Wsus => words += " (WSUS)",
        Holder::Internet => words += " (internet-based point)",
    }
    format!("{words}, {}", sites(run, &asked.sites))
}

/// Some sites in words: `9 primaries`, `R05`, `12 sites`.
pub(super) fn sites(run: &Run<'_>, sites: &[SiteId]) -> String {
    let kind = |site: &SiteId| run.scenario.sites[site.index()].kind;
    let count = sites.len();
    match sites {
        [one] => run.code(*one).to_owned(),
        [first, rest @ ..] if rest.iter().all(|site| kind(site) == kind(first)) => {
            let word = match kind(first) {
                SiteKind::Central => "central sites",
                SiteKind::Primary => "primaries",
                SiteKind::Secondary => "secondaries",
            };
            format!("{count} {word}")
        }
        _ => format!("{count} sites"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_people_write_them() {
        let hours = |hours| Duration::from_hours(hours).micros();
        assert_eq!(value(Unit::Time, hours(24), 1), "24 h");
        assert_eq!(value(Unit::Time, hours(18) + hours(1) / 3, 1), "18.3 h");
        assert_eq!(value(Unit::Time, hours(216), 1), "9 d");
        assert_eq!(value(Unit::Time, 90_500_000, 1), "90.5 s");
        assert_eq!(value(Unit::Share, 896_000_000, 1), "89.6 %");
        assert_eq!(value(Unit::Share, WHOLE, 1), "100 %");
        assert_eq!(value(Unit::Count, 104 * WHOLE, 1), "104");
        assert_eq!(value(Unit::Count, 3 * WHOLE + WHOLE / 2, 1), "3.5");
        assert_eq!(value(Unit::Share, 949_999_999, 1), "95 %");
        assert_eq!(value(Unit::Share, 949_900_000, 2), "94.99 %");
    }
}
