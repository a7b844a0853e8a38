//! How releases reached the tiers and how much synchronising it was, on average.

use super::Replication;
use crate::measure::Milestones;
use crate::scenario::SiteKind;
use crate::units::Duration;

/// The average of some replications.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Averages {
    /// How many replications there are.
    pub replications: usize,
    /// For each release that was asked for, by tier and kind.
    pub milestones: Vec<Vec<Average>>,
    /// Synchronisations started, failed, and retries, each in tenths.
    pub activity: [u64; 3],
    /// The most that ran at once in any of them.
    pub busiest: usize,
}

/// How a release reached the sites of one tier and kind, on average.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Average {
    /// 1 at the root.
    pub tier: u32,
    /// Central, primary or secondary.
    pub kind: SiteKind,
    /// How many sites there are.
    pub sites: usize,
    /// Until the first, half, 95 % and all of them were current; `None` where one never was in
    /// some replication.
    pub after: [Option<Duration>; 4],
    /// How many never were, in tenths.
    pub never: u64,
}

impl Averages {
    /// Of these, which were asked for the same releases; none when there are none.
    pub fn of(replications: &[Replication]) -> Option<Averages> {
        let first = replications.first()?;
        let count = replications.len();
        let tenths = |what: &dyn Fn(&Replication) -> usize| {
            let sum: u64 = replications.iter().map(|one| what(one) as u64).sum();
            (sum * 10 + count as u64 / 2) / count as u64
        };
        let milestones = first.milestones.iter().enumerate().map(|(release, groups)| {
            let groups = groups.iter().enumerate();
            groups
                .map(|(group, Milestones { tier, kind, sites, .. })| {
                    let each = replications.iter().map(|one| &one.milestones[release][group]);
                    Average {
                        tier: *tier,
                        kind: *kind,
                        sites: *sites,
                        after: [0, 1, 2, 3].map(|which| mean(each.clone().map(|m| m.after[which]))),
                        never: tenths(&|one| one.milestones[release][group].never),
                    }
                })
                .collect()
        });
        Some(Averages {
            replications: count,
            milestones: milestones.collect(),
            activity: [
                tenths(&|one| one.activity.attempts),
                tenths(&|one| one.activity.failed),
                tenths(&|one| one.activity.retries),
            ],
            busiest: replications.iter().map(|one| one.activity.busiest).max()?,
        })
    }
}

fn mean(delays: impl Iterator<Item = Option<Duration>>) -> Option<Duration> {
    let (mut sum, mut count) = (0_u128, 0_u128);
    for delay in delays {
        sum += u128::from(delay?.micros());
        count += 1;
    }
    let mean = (sum + count / 2).checked_div(count)?;
    Some(Duration::from_micros(u64::try_from(mean).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Activity;

    fn replication(number: u32, attempts: usize, after: [Option<u64>; 4]) -> Replication {
        let after = after.map(|minutes| minutes.map(Duration::from_mins));
        let never = usize::from(after[3].is_none());
        let kind = SiteKind::Secondary;
        Replication {
            number,
            values: Vec::new(),
            activity: Activity { attempts, busiest: attempts / 2, ..Activity::default() },
            milestones: vec![vec![Milestones { tier: 2, kind, sites: 9, never, after }]],
        }
    }

    #[test]
    fn an_average_is_of_all_replications_and_never_where_one_never_was() {
        let replications = [
            replication(0, 10, [Some(10), Some(20), Some(30), Some(40)]),
            replication(1, 11, [Some(20), Some(20), Some(60), None]),
            replication(2, 11, [Some(30), Some(50), Some(90), Some(90)]),
        ];
        let averages = Averages::of(&replications).unwrap();
        let average = &averages.milestones[0][0];
        let minutes = |minutes| Some(Duration::from_mins(minutes));
        assert_eq!(average.after, [minutes(20), minutes(30), minutes(60), None]);
        // 1 of 3 in tenths, 32 / 3 in tenths
        assert_eq!((average.never, average.sites), (3, 9));
        assert_eq!((averages.activity, averages.busiest), ([107, 0, 0], 5));
        assert_eq!(Averages::of(&[]), None);
    }
}
