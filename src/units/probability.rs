use std::fmt;

const BILLION: u32 = 1_000_000_000;

/// A probability or a share \[parts per thousand million\], from 0 to 1.
///
/// An integer, so that `3 %` is exactly three hundredths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Probability(u32);

impl Probability {
    /// It never happens.
    pub const NEVER: Probability = Probability(0);
    /// It always happens.
    pub const ALWAYS: Probability = Probability(BILLION);

    /// A probability in parts per thousand million, or `None` above 1.
    pub const fn from_parts_per_billion(parts: u32) -> Option<Probability> {
        if parts <= BILLION { Some(Probability(parts)) } else { None }
    }

    /// Parts per thousand million.
    pub const fn parts_per_billion(self) -> u32 {
        self.0
    }

    /// So much of a rate, rounded down; but never nothing.
    pub const fn of_rate(self, rate: u64) -> u64 {
        let part = (rate as u128 * self.0 as u128 / BILLION as u128) as u64;
        if part == 0 { 1 } else { part }
    }

    /// Does it happen, given 64 evenly distributed bits?
    pub const fn happens(self, bits: u64) -> bool {
        ((bits as u128 * BILLION as u128) >> 64) < self.0 as u128
    }
}

/// In percent: `3%`, `0.5%`.
impl fmt::Display for Probability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 10_000_000, self.0 % 10_000_000);
        let fraction = format!("{rest:07}");
        let fraction = fraction.trim_end_matches('0');
        let dot = if fraction.is_empty() { "" } else { "." };
        f.pad(&format!("{whole}{dot}{fraction}%"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_certain() {
        assert!(!Probability::NEVER.happens(0));
        assert!(Probability::ALWAYS.happens(u64::MAX));
    }

    #[test]
    fn percent_print_without_needless_zeros() {
        assert_eq!(Probability(5_000_000).to_string(), "0.5%");
        assert_eq!(Probability::ALWAYS.to_string(), "100%");
    }
}
