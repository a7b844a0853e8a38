//! Mean, spread and quantiles of a value over replications.
//!
//! Floats, and at the very end only: sums are of integers, exact whatever the order; what follows
//! are a few divisions and roots, which are exact to the last bit on every machine.

use super::beta;
use crate::measure::Figure;

/// What some values come to, in the smallest step of their unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    /// How many there are.
    pub count: usize,
    /// Their arithmetic mean.
    pub mean: f64,
    /// Their standard deviation, with `count - 1`; `None` of a single value.
    pub sd: Option<f64>,
    sorted: Vec<u64>,
}

impl Moments {
    /// Of these values; `None` when there are none, or one is a time that never comes.
    pub fn of(figures: &[Figure]) -> Option<Moments> {
        let values: Option<Vec<u64>> = figures.iter().map(|figure| figure.value()).collect();
        let mut sorted = values?;
        sorted.sort_unstable();
        let count = sorted.len();
        let least = *sorted.first()?;
        // from the least value on, so that nothing is lost in the squares of large ones
        let above = || sorted.iter().map(|value| value - least);
        let sum: u128 = above().map(u128::from).sum();
        let mean = sum as f64 / count as f64;
        let sd = (count > 1).then(|| {
            let squares = above().map(|value| (value as f64 - mean) * (value as f64 - mean));
            (squares.sum::<f64>() / (count - 1) as f64).sqrt()
        });
        Some(Moments { count, mean: least as f64 + mean, sd, sorted })
    }

    /// The smallest.
    pub fn min(&self) -> u64 {
        self.sorted[0]
    }

    /// The largest.
    pub fn max(&self) -> u64 {
        self.sorted[self.count - 1]
    }

    /// The quantile of so many percent, by nearest rank.
    pub fn percent(&self, percent: usize) -> u64 {
        self.sorted[(self.count * percent).div_ceil(100).max(1) - 1]
    }

    /// An interval that holds the quantile of so many percent of all values that there could be, with
    /// this confidence at least, whatever their distribution: from one order statistic to another
    /// (W. R. Thompson, Annals of Mathematical Statistics 7, 1936). An end is `None` where so few
    /// values bound it on no side.
    pub fn interval_of_percent(&self, percent: u32, confidence: f64) -> (Option<u64>, Option<u64>) {
        let (count, share) = (self.count as f64, f64::from(percent) / 100.0);
        let doubt = (1.0 - confidence) / 2.0;
        // the probability that at least so many of the values lie below the quantile
        let at_least = |number: usize| match number {
            0 => 1.0,
            number if number > self.count => 0.0,
            number => beta::probability(number as f64, count - number as f64 + 1.0, share),
        };
        // the value of rank `number` lies above the quantile if fewer than so many lie below it
        let low = (1..=self.count).take_while(|&number| 1.0 - at_least(number) <= doubt).last();
        let high = (1..=self.count).find(|&number| at_least(number) <= doubt);
        let value = |number: usize| self.sorted[number - 1];
        (low.map(value), high.map(value))
    }

    /// Student's interval around the mean, with this confidence; `None` of a single value.
    pub fn interval(&self, confidence: f64) -> Option<(f64, f64)> {
        let sd = self.sd?;
        let count = self.count as f64;
        let half = beta::student(count - 1.0, confidence) * sd / count.sqrt();
        Some((self.mean - half, self.mean + half))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[u64]) -> Moments {
        let figures: Vec<Figure> = values.iter().map(|&value| Figure::Of(value)).collect();
        Moments::of(&figures).unwrap()
    }

    #[test]
    fn by_hand() {
        let moments = of(&[4, 2, 4, 4, 5, 5, 7, 9]);
        assert_eq!((moments.count, moments.mean), (8, 5.0));
        // squares 1 + 9 + 1 + 1 + 0 + 0 + 4 + 16 = 32, by 7
        assert!((moments.sd.unwrap() - 2.138_089_935).abs() < 1e-9);
        assert_eq!((moments.min(), moments.percent(50), moments.max()), (2, 4, 9));
        // 2.364 624 × 2.138 090 / √8 = 1.787 487
        let (low, high) = moments.interval(0.95).unwrap();
        assert!((low - 3.212_513).abs() < 1e-5 && (high - 6.787_487).abs() < 1e-5, "{low} {high}");
    }

    #[test]
    fn one_value_has_no_spread_and_never_no_mean() {
        assert_eq!(of(&[7]).sd, None);
        assert_eq!(of(&[7]).interval(0.95), None);
        assert_eq!(Moments::of(&[Figure::Of(1), Figure::Never]), None);
        assert_eq!(Moments::of(&[]), None);
        assert_eq!(of(&[5, 5, 5]).sd, Some(0.0));
    }

    #[test]
    fn quantiles_lie_between_order_statistics() {
        // of ten values the median lies between the second and the ninth with 97.9 %
        let ten = of(&[10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
        assert_eq!(ten.interval_of_percent(50, 0.95), (Some(20), Some(90)));
        // of five with 93.8 % at most, which is not enough
        let five = of(&[1, 2, 3, 4, 5]);
        assert_eq!(five.interval_of_percent(50, 0.95), (None, None));
        assert_eq!(five.interval_of_percent(50, 0.9), (Some(1), Some(5)));
        // nothing bounds the 95th percentile of ten values from above
        assert_eq!(ten.interval_of_percent(95, 0.95), (Some(80), None));
        assert_eq!(ten.interval_of_percent(5, 0.95), (None, Some(30)));
    }

    #[test]
    fn large_values_that_differ_little_keep_their_spread() {
        let moments = of(&[1_000_000_000_000_000_001, 1_000_000_000_000_000_003]);
        assert!((moments.sd.unwrap() - std::f64::consts::SQRT_2).abs() < 1e-12);
    }
}
