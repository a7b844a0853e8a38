//! A measured value, and the figures that sum up many of them.
//!
//! Everything is an integer in the smallest step of its unit. A quantile is an order statistic by
//! nearest rank: `p95` of 20 values is the 19th, of 30 the 29th; nothing is interpolated. A mean
//! is rounded to the nearest step, halves up.

use crate::scenario::Stat;

/// A value, in the smallest step of its metric's unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// So much.
    Of(u64),
    /// A time that never comes: later than any other.
    Never,
}

impl Figure {
    /// The value, or `None` for a time that never comes.
    pub const fn value(self) -> Option<u64> {
        match self {
            Figure::Of(value) => Some(value),
            Figure::Never => None,
        }
    }
}

/// The figure of these values, which it sorts; `None` when there are none.
pub(super) fn of_values(stat: Stat, values: &mut [Figure]) -> Option<Figure> {
    if values.is_empty() {
        return None;
    }
    let total = |values: &[Figure]| {
        values.iter().try_fold(0_u128, |sum, value| Some(sum + u128::from(value.value()?)))
    };
    match stat {
        Stat::Min => values.iter().min().copied(),
        Stat::Max => values.iter().max().copied(),
        Stat::Sum => Some(total(values).map_or(Figure::Never, narrowed)),
        Stat::Mean => {
            let count = values.len() as u128;
            Some(total(values).map_or(Figure::Never, |sum| narrowed((sum + count / 2) / count)))
        }
        Stat::Percentile(thousandths) => {
            let rank = (values.len() as u64 * u64::from(thousandths)).div_ceil(100_000);
            let place = usize::try_from(rank.max(1) - 1).ok()?;
            Some(*values.select_nth_unstable(place).1)
        }
    }
}

/// The figure of values of which each stands for so many, as if it were written so often.
pub(super) fn of_counted(stat: Stat, values: &mut Vec<(Figure, u64)>) -> Option<Figure> {
    values.retain(|(_, count)| *count > 0);
    values.sort_unstable();
    let all: u64 = values.iter().map(|(_, count)| count).sum();
    let (least, most) = (values.first()?.0, values.last()?.0);
    let total = || {
        values.iter().try_fold(0_u128, |sum, (value, count)| {
            Some(sum + u128::from(value.value()?) * u128::from(*count))
        })
    };
    Some(match stat {
        Stat::Min => least,
        Stat::Max => most,
        Stat::Sum => total().map_or(Figure::Never, narrowed),
        Stat::Mean => {
            let all = u128::from(all);
            total().map_or(Figure::Never, |sum| narrowed((sum + all / 2) / all))
        }
        Stat::Percentile(thousandths) => {
            let rank = (u128::from(all) * u128::from(thousandths)).div_ceil(100_000).max(1);
            let mut before = 0_u128;
            let reaches = |(_, count): &&(Figure, u64)| {
                before += u128::from(*count);
                before >= rank
            };
            values.iter().find(reaches)?.0
        }
    })
}

/// A stretch of time in which a value stays, or grows as fast as time goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    /// The value at its beginning.
    pub from: u64,
    /// Does it grow, a step in every microsecond?
    pub grows: bool,
    /// How long it lasts \[µs\].
    pub length: u64,
}

impl Stretch {
    /// The value that it ends with.
    fn until(&self) -> u64 {
        if self.grows { self.from + self.length } else { self.from }
    }

    /// For how much of it the value is at most `value`.
    fn at_most(&self, value: u64) -> u64 {
        match (self.from <= value, self.grows) {
            (false, _) => 0,
            (true, false) => self.length,
            (true, true) => (value - self.from).min(self.length),
        }
    }
}

/// The figure of a value that changes in time; `None` when there is no time.
///
/// A quantile is the smallest value that is not exceeded for that share of the time.
pub(super) fn over_time(stat: Stat, stretches: &[Stretch]) -> Option<Figure> {
    let lasting = || stretches.iter().filter(|one| one.length > 0);
    let total: u128 = lasting().map(|one| u128::from(one.length)).sum();
    if total == 0 {
        return None;
    }
    let value = match stat {
        Stat::Min => lasting().map(|one| one.from).min()?,
        Stat::Max => lasting().map(Stretch::until).max()?,
        Stat::Mean | Stat::Sum => {
            let twice: u128 = lasting()
                .map(|one| {
                    u128::from(one.length) * (u128::from(one.from) + u128::from(one.until()))
                })
                .sum();
            return Some(narrowed((twice + total) / (2 * total)));
        }
        Stat::Percentile(thousandths) => {
            let wanted = (total * u128::from(thousandths)).div_ceil(100_000);
            let enough =
                |value| lasting().map(|one| u128::from(one.at_most(value))).sum::<u128>() >= wanted;
            let (mut low, mut high) = (0, lasting().map(Stretch::until).max()?);
            while low < high {
                let middle = low + (high - low) / 2;
                if enough(middle) { high = middle } else { low = middle + 1 }
            }
            low
        }
    };
    Some(Figure::Of(value))
}

fn narrowed(value: u128) -> Figure {
    Figure::Of(u64::try_from(value).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(stat: Stat, values: &[u64]) -> Option<u64> {
        let mut figures: Vec<Figure> = values.iter().map(|&value| Figure::Of(value)).collect();
        of_values(stat, &mut figures).map(|figure| figure.value().unwrap())
    }

    #[test]
    fn quantiles_are_by_nearest_rank() {
        let twenty: Vec<u64> = (1..=20).rev().collect();
        assert_eq!(of(Stat::Percentile(95_000), &twenty), Some(19));
        assert_eq!(of(Stat::Percentile(95_001), &twenty), Some(20));
        assert_eq!(of(Stat::Percentile(50_000), &[5, 6, 9]), Some(6));
        assert_eq!(of(Stat::Percentile(1), &[5, 6, 9]), Some(5));
        assert_eq!(of(Stat::Percentile(99_999), &[7]), Some(7));
        assert_eq!(of(Stat::Min, &[5, 3, 9]), Some(3));
        assert_eq!(of(Stat::Max, &[5, 3, 9]), Some(9));
        assert_eq!(of(Stat::Max, &[]), None);
    }

    #[test]
    fn a_mean_is_rounded_to_the_nearest_step() {
        assert_eq!(of(Stat::Mean, &[1, 2]), Some(2));
        assert_eq!(of(Stat::Mean, &[1, 1, 2]), Some(1));
        assert_eq!(of(Stat::Sum, &[1, 1, 2]), Some(4));
        assert_eq!(of(Stat::Mean, &[u64::MAX, u64::MAX]), Some(u64::MAX));
    }

    #[test]
    fn never_is_later_than_any_other_and_spoils_a_mean() {
        let mut values = [Figure::Never, Figure::Of(1), Figure::Of(2), Figure::Of(3)];
        let mut stat = |stat| of_values(stat, &mut values);
        assert_eq!(stat(Stat::Percentile(75_000)), Some(Figure::Of(3)));
        assert_eq!(stat(Stat::Percentile(76_000)), Some(Figure::Never));
        assert_eq!(stat(Stat::Mean), Some(Figure::Never));
        assert_eq!(stat(Stat::Min), Some(Figure::Of(1)));
    }

    #[test]
    fn values_that_stand_for_many_are_as_if_each_were_written_so_often() {
        let counted = [(7, 3), (5, 2), (9, 0), (6, 1)];
        let each = [7, 7, 7, 5, 5, 6];
        let stats = [1, 33_333, 33_334, 50_000, 51_000, 99_999].map(Stat::Percentile);
        for stat in [Stat::Min, Stat::Max, Stat::Sum, Stat::Mean].into_iter().chain(stats) {
            let mut values = counted.map(|(value, count)| (Figure::Of(value), count)).to_vec();
            let figure = of_counted(stat, &mut values).unwrap();
            assert_eq!(figure.value(), of(stat, &each), "{stat}");
        }
        assert_eq!(of_counted(Stat::Max, &mut vec![(Figure::Never, 0)]), None);
        let mut never = vec![(Figure::Never, 1), (Figure::Of(4), 3)];
        assert_eq!(of_counted(Stat::Mean, &mut never), Some(Figure::Never));
        assert_eq!(of_counted(Stat::Percentile(75_000), &mut never), Some(Figure::Of(4)));
    }

    #[test]
    fn a_saw_tooth_over_time_by_hand() {
        // 6 µs at nothing, then from 10 up to 14 within 4 µs
        let saw = [
            Stretch { from: 0, grows: false, length: 6 },
            Stretch { from: 10, grows: true, length: 4 },
        ];
        assert_eq!(over_time(Stat::Max, &saw), Some(Figure::Of(14)));
        assert_eq!(over_time(Stat::Min, &saw), Some(Figure::Of(0)));
        // (6 × 0 + 4 × 12) / 10 = 4.8
        assert_eq!(over_time(Stat::Mean, &saw), Some(Figure::Of(5)));
        let quantile = |thousandths| over_time(Stat::Percentile(thousandths), &saw);
        assert_eq!(quantile(60_000), Some(Figure::Of(0)));
        assert_eq!(quantile(80_000), Some(Figure::Of(12)));
        assert_eq!(quantile(100_000 - 1), Some(Figure::Of(14)));
        assert_eq!(over_time(Stat::Max, &[]), None);
        assert_eq!(over_time(Stat::Max, &[Stretch { from: 9, grows: true, length: 0 }]), None);
    }
}
