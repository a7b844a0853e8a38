use std::fmt;

use super::{Bytes, Duration};

/// A bandwidth \[bit/s\]; never zero: a line that carries nothing is a fault, not a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(u64);

impl Rate {
    /// A bandwidth of so many bits a second, or `None` for zero.
    pub const fn from_bits_per_second(bits: u64) -> Option<Rate> {
        if bits == 0 { None } else { Some(Rate(bits)) }
    }

    /// Bits a second.
    pub const fn bits_per_second(self) -> u64 {
        self.0
    }

    /// The first whole microsecond at which all of `bytes` have passed.
    pub fn time_for(self, bytes: Bytes) -> Duration {
        let micro_bits = u128::from(bytes.0) * 8 * 1_000_000;
        let micros = micro_bits.div_ceil(u128::from(self.0));
        Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }
}

/// The largest decimal unit that loses nothing: `2 Mbit/s`, `128 Kbit/s`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&largest_exact(
            self.0,
            &[("Gbit/s", 1_000_000_000), ("Mbit/s", 1_000_000), ("Kbit/s", 1_000), ("bit/s", 1)],
        ))
    }
}

/// `value` in the first of `units` that divides it; the last unit must be 1.
pub(super) fn largest_exact(value: u64, units: &[(&str, u64)]) -> String {
    let smallest = units[units.len() - 1];
    let fits = |unit: &&(&str, u64)| value >= unit.1 && value.is_multiple_of(unit.1);
    let (name, unit) = units.iter().find(fits).copied().unwrap_or(smallest);
    format!("{} {name}", value / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transfer_ends_at_the_first_microsecond_that_has_all_bytes() {
        let rate = Rate::from_bits_per_second(3_000_000).unwrap();
        assert_eq!(rate.time_for(Bytes(1)), Duration::from_micros(3));
        assert_eq!(rate.time_for(Bytes(3)), Duration::from_micros(8));
    }

    #[test]
    fn amounts_print_in_the_largest_exact_unit() {
        assert_eq!(Bytes(48_000_000).to_string(), "48 MB");
        assert_eq!(Bytes(48_000_001).to_string(), "48000001 B");
        assert_eq!(Bytes(0).to_string(), "0 B");
        assert_eq!(Rate(512_000).to_string(), "512 Kbit/s");
    }
}
