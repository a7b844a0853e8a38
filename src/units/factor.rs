use std::fmt;

use super::Duration;

/// How many times as long \[thousandths\], from 1 to 1000.
///
/// An integer, so that three times two minutes are exactly six.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Factor(u32);

impl Factor {
    /// As long as ever.
    pub const ONE: Factor = Factor(1_000);
    /// The largest there is.
    pub const MOST: Factor = Factor(1_000_000);

    /// A factor in thousandths, or `None` outside 1 to 1000.
    pub const fn from_thousandths(thousandths: u32) -> Option<Factor> {
        if thousandths >= Self::ONE.0 && thousandths <= Self::MOST.0 {
            Some(Factor(thousandths))
        } else {
            None
        }
    }

    /// Thousandths.
    pub const fn thousandths(self) -> u32 {
        self.0
    }

    /// So many times `duration`, to the nearest microsecond; what does not fit is the longest
    /// there is.
    pub fn times(self, duration: Duration) -> Duration {
        let micros = (u128::from(duration.micros()) * u128::from(self.0) + 500) / 1_000;
        Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }

    /// Both together: their product, at most [`Factor::MOST`].
    pub fn and(self, other: Factor) -> Factor {
        let product = (u64::from(self.0) * u64::from(other.0) + 500) / 1_000;
        Factor(u32::try_from(product).map_or(Self::MOST.0, |product| product.min(Self::MOST.0)))
    }
}

/// As it is written: `3`, `1.5`.
impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 1_000, self.0 % 1_000);
        let fraction = format!("{rest:03}");
        let fraction = fraction.trim_end_matches('0');
        let dot = if fraction.is_empty() { "" } else { "." };
        f.pad(&format!("{whole}{dot}{fraction}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_takes_a_duration_so_many_times_and_rounds_once() {
        assert_eq!(Factor(3_000).times(Duration::from_mins(2)), Duration::from_mins(6));
        assert_eq!(Factor(1_500).times(Duration::from_micros(1)), Duration::from_micros(2));
        assert_eq!(Factor(1_001).times(Duration::from_micros(499)), Duration::from_micros(499));
        assert_eq!(Factor::MOST.times(Duration::MAX), Duration::MAX);
    }

    #[test]
    fn factors_multiply_up_to_the_largest_there_is() {
        assert_eq!(Factor(1_500).and(Factor(2_000)), Factor(3_000));
        assert_eq!(Factor(900_000).and(Factor(2_000)), Factor::MOST);
        assert_eq!(Factor::ONE.and(Factor::ONE), Factor::ONE);
    }

    #[test]
    fn factors_print_without_needless_zeros() {
        assert_eq!(Factor(3_000).to_string(), "3");
        assert_eq!(Factor(1_250).to_string(), "1.25");
    }
}
