//! What is asked of a run: a metric, a figure of it, over some sites, and a bound.

use super::Recording;
use crate::units::{Duration, FaultId, Probability, ReleaseId, SiteId};

/// Something that must be true of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// Its name.
    pub name: String,
    /// What is measured.
    pub metric: Metric,
    /// Which figure of it.
    pub stat: Stat,
    /// The sites it is measured at, in order: those that `where` selects and that can be measured.
    pub sites: Vec<SiteId>,
    /// Are these all sites that can be measured?
    pub everywhere: bool,
    /// `release`, as written; empty: every release.
    pub release: Vec<String>,
    /// The occurrences of these releases, in order.
    pub releases: Vec<ReleaseId>,
    /// The part of a site that must hold a release.
    pub part: Holder,
    /// So long after publication; `None`: at the end of the run.
    pub after: Option<Duration>,
    /// Only while this fault holds any site.
    pub during: Option<FaultId>,
    /// The bound.
    pub wanted: Goal,
    /// In which share of the replications it must hold, and how surely; `None`: in every one.
    pub must_hold: Option<MustHold>,
    /// `on_fail: warn`: a failure is told, and is no failure of the run.
    pub only_warns: bool,
    /// A run without anything to measure is no failure.
    pub allow_no_data: bool,
}

/// What can be measured; `docs/metrics.md` defines each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// From publication until current, of each site and release.
    TimeToCurrent,
    /// The share of sites that are current, of each release.
    ShareCurrent,
    /// How many sites are not current, of each release.
    SitesNotCurrent,
    /// The age of the oldest release that a site lacks, at every instant.
    Staleness,
    /// How long successful synchronisations took.
    SyncTime,
    /// Synchronisations started, of each site.
    Attempts,
    /// Those that failed.
    Failures,
    /// Those that a failure led to.
    Retries,
    /// Synchronisations running at once, at every instant.
    ConcurrentSyncs,
    /// Successful synchronisations that changed nothing.
    RedundantSyncs,
    /// How full circuits are, hour by hour.
    LinkUtilisation,
    /// What waits to be sent, of each site, at every instant.
    SenderQueue,
    /// The share of clients that have scanned for it, of each release.
    ClientsScanned,
    /// From publication until scanned for, of each client and release.
    TimeToScanned,
}

/// In what a metric is counted, and the smallest step of its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// A length of time \[µs\].
    Time,
    /// A share \[parts per thousand million\].
    Share,
    /// A count \[thousand-millionths\]: a mean of counts need not be whole.
    Count,
}

/// One, as a share and as a count.
pub const WHOLE: u64 = 1_000_000_000;

/// Which figure of all the values of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stat {
    /// Their arithmetic mean; of a metric of every instant, over time.
    Mean,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// A quantile by nearest rank \[thousandths of a percent\]: 95,000 is `p95`.
    Percentile(u32),
    /// All of them together.
    Sum,
}

/// The part of a site that holds a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    /// The site: its database and WSUS both; without a software update point the database alone.
    Site,
    /// The site database.
    Database,
    /// The WSUS of the active software update point.
    Wsus,
    /// The internet-based software update point.
    Internet,
}

/// A bound and its value, in the smallest step of the metric's unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Goal {
    /// Which side of the value is wanted.
    pub bound: Bound,
    /// The value.
    pub value: u64,
}

/// Which side of a value is wanted; the value itself is on every side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// `at_most`.
    AtMost,
    /// `at_least`.
    AtLeast,
    /// `equals`.
    Equals,
}

/// What a pass means over replications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MustHold {
    /// In at least this share of all replications there could be; below 100 %.
    pub share: Probability,
    /// Shown with this confidence; from 50 % to below 100 %.
    pub confidence: Probability,
}

/// What stands beside a metric in the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Traits {
    name: &'static str,
    unit: Unit,
    stat: Stat,
    /// Is it told of releases and of a part that holds them?
    pub of_releases: bool,
    /// Is it told of clients, and so of no part that they do not scan against?
    pub of_clients: bool,
    /// Is it told some time after publication?
    pub after: bool,
    /// Can its values be added up?
    pub adds_up: bool,
}

impl Metric {
    /// Every metric, in the order of the reference.
    pub const ALL: [Metric; 14] = [
        Metric::TimeToCurrent,
        Metric::ShareCurrent,
        Metric::SitesNotCurrent,
        Metric::Staleness,
        Metric::SyncTime,
        Metric::Attempts,
        Metric::Failures,
        Metric::Retries,
        Metric::ConcurrentSyncs,
        Metric::RedundantSyncs,
        Metric::LinkUtilisation,
        Metric::SenderQueue,
        Metric::ClientsScanned,
        Metric::TimeToScanned,
    ];

    pub(super) const fn traits(self) -> Traits {
        use Unit::{Count, Share, Time};
        const fn of(name: &'static str, unit: Unit, stat: Stat) -> Traits {
            let (of_releases, of_clients) = (false, false);
            Traits { name, unit, stat, of_releases, of_clients, after: false, adds_up: false }
        }
        match self {
            Metric::TimeToCurrent => {
                Traits { of_releases: true, ..of("time_to_current", Time, Stat::Max) }
            }
            Metric::ShareCurrent => {
                Traits { of_releases: true, after: true, ..of("share_current", Share, Stat::Min) }
            }
            Metric::SitesNotCurrent => Traits {
                of_releases: true,
                after: true,
                ..of("sites_not_current", Count, Stat::Max)
            },
            Metric::Staleness => Traits { of_releases: true, ..of("staleness", Time, Stat::Max) },
            Metric::SyncTime => Traits { adds_up: true, ..of("sync_time", Time, Stat::Max) },
            Metric::Attempts => Traits { adds_up: true, ..of("attempts", Count, Stat::Sum) },
            Metric::Failures => Traits { adds_up: true, ..of("failures", Count, Stat::Sum) },
            Metric::Retries => Traits { adds_up: true, ..of("retries", Count, Stat::Sum) },
            Metric::ConcurrentSyncs => of("concurrent_syncs", Count, Stat::Max),
            Metric::RedundantSyncs => {
                Traits { adds_up: true, ..of("redundant_syncs", Count, Stat::Sum) }
            }
            Metric::LinkUtilisation => of("link_utilisation", Share, Stat::Max),
            Metric::SenderQueue => of("sender_queue", Count, Stat::Max),
            Metric::ClientsScanned => Traits {
                of_releases: true,
                of_clients: true,
                after: true,
                ..of("clients_scanned", Share, Stat::Min)
            },
            Metric::TimeToScanned => Traits {
                of_releases: true,
                of_clients: true,
                ..of("time_to_scanned", Time, Stat::Max)
            },
        }
    }

    /// The word of the language.
    pub const fn name(self) -> &'static str {
        self.traits().name
    }

    /// In what it is counted.
    pub const fn unit(self) -> Unit {
        self.traits().unit
    }

    /// The figure that is meant when none is written.
    pub const fn usual_stat(self) -> Stat {
        self.traits().stat
    }

    /// How much of a run must be recorded to measure it.
    pub const fn needs(self) -> Recording {
        match self {
            Metric::TimeToCurrent
            | Metric::ShareCurrent
            | Metric::SitesNotCurrent
            | Metric::Staleness
            | Metric::SyncTime
            | Metric::Attempts
            | Metric::Failures
            | Metric::Retries
            | Metric::ConcurrentSyncs
            | Metric::RedundantSyncs
            | Metric::ClientsScanned
            | Metric::TimeToScanned => Recording::Attempts,
            Metric::LinkUtilisation | Metric::SenderQueue => Recording::All,
        }
    }
}

impl Unit {
    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Unit::Time => "s",
            Unit::Share => "share",
            Unit::Count => "count",
        }
    }
}

/// As the language writes it: `mean`, `p95`, `p99.9`.
impl std::fmt::Display for Stat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Stat::Mean => f.pad("mean"),
            Stat::Min => f.pad("min"),
            Stat::Max => f.pad("max"),
            Stat::Sum => f.pad("sum"),
            Stat::Percentile(thousandths) => {
                let rest = format!("{:03}", thousandths % 1000);
                let rest = rest.trim_end_matches('0');
                let dot = if rest.is_empty() { "" } else { "." };
                f.pad(&format!("p{}{dot}{rest}", thousandths / 1000))
            }
        }
    }
}

impl Bound {
    /// The word of the language.
    pub const fn name(self) -> &'static str {
        match self {
            Bound::AtMost => "at_most",
            Bound::AtLeast => "at_least",
            Bound::Equals => "equals",
        }
    }
}

impl Goal {
    /// Is this what is wanted? `None` stands for a time that never comes: later than any other.
    pub fn holds(self, value: Option<u64>) -> bool {
        match (self.bound, value) {
            (Bound::AtMost, Some(value)) => value <= self.value,
            (Bound::AtLeast, Some(value)) => value >= self.value,
            (Bound::Equals, Some(value)) => value == self.value,
            (Bound::AtLeast, None) => true,
            (Bound::AtMost | Bound::Equals, None) => false,
        }
    }
}

impl MustHold {
    /// How many replications it takes to show it, when it holds in every one of them; at most
    /// `most`.
    ///
    /// With a share `p` of all replications holding, `n` in a row hold with probability `p^n`;
    /// that must be no more than what is left to doubt.
    pub fn least_replications(self, most: u32) -> u32 {
        const ONE: u128 = 1_000_000_000_000_000_000;
        let share = u128::from(self.share.parts_per_billion());
        let doubt = u128::from(WHOLE - u64::from(self.confidence.parts_per_billion()));
        let doubt = doubt * (ONE / u128::from(WHOLE));
        let mut chance = ONE;
        for replications in 1..most {
            // rounded up: rather one too many than one too few
            chance = (chance * share).div_ceil(u128::from(WHOLE));
            if chance <= doubt {
                return replications;
            }
        }
        most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stats_print_as_they_are_written() {
        let printed = |thousandths| Stat::Percentile(thousandths).to_string();
        assert_eq!(printed(95_000), "p95");
        assert_eq!(printed(99_900), "p99.9");
        assert_eq!(printed(50), "p0.05");
        assert_eq!(Stat::Mean.to_string(), "mean");
    }

    #[test]
    fn the_value_itself_is_on_every_side_and_never_is_later_than_any_time() {
        let holds = |bound, value| Goal { bound, value: 5 }.holds(value);
        assert!(holds(Bound::AtMost, Some(5)) && holds(Bound::AtLeast, Some(5)));
        assert!(holds(Bound::Equals, Some(5)) && !holds(Bound::Equals, Some(6)));
        assert!(!holds(Bound::AtMost, Some(6)) && !holds(Bound::AtLeast, Some(4)));
        assert!(!holds(Bound::AtMost, None) && holds(Bound::AtLeast, None));
    }

    #[test]
    fn fifty_nine_replications_show_nineteen_in_twenty() {
        let share = |parts| Probability::from_parts_per_billion(parts).unwrap();
        let hold = |of, sure| MustHold { share: share(of), confidence: share(sure) };
        // 0.95^58 = 0.0510, 0.95^59 = 0.0485
        assert_eq!(hold(950_000_000, 950_000_000).least_replications(1_000_000), 59);
        // 0.5^1 = 0.5
        assert_eq!(hold(500_000_000, 500_000_000).least_replications(1_000_000), 1);
        // 0.99^299 = 0.0495
        assert_eq!(hold(990_000_000, 950_000_000).least_replications(1_000_000), 299);
        assert_eq!(hold(0, 999_999_999).least_replications(1_000_000), 1);
        assert_eq!(hold(999_999_999, 999_999_999).least_replications(1_000_000), 1_000_000);
    }
}
