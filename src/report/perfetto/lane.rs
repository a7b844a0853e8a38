//! Lanes for what overlaps: in one lane nothing does.

use crate::units::Instant;

/// The lanes so far, each with the instant from which it is free.
#[derive(Clone, Debug, Default)]
pub(super) struct Lanes {
    free: Vec<Instant>,
}

impl Lanes {
    /// The first lane that is free; what is asked for comes in the order of its beginnings.
    pub fn take(&mut self, from: Instant, until: Instant) -> usize {
        let found = self.free.iter().position(|free| *free <= from);
        let lane = found.unwrap_or(self.free.len());
        if lane == self.free.len() {
            self.free.push(until);
        }
        self.free[lane] = until;
        lane
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.free.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_overlaps_is_in_another_lane_and_what_follows_is_not() {
        let mut lanes = Lanes::default();
        let mut take =
            |from, until| lanes.take(Instant::from_micros(from), Instant::from_micros(until));
        assert_eq!(
            [take(0, 10), take(5, 7), take(7, 30), take(9, 12), take(10, 11)],
            [0, 1, 1, 2, 0]
        );
        assert_eq!(lanes.count(), 3);
    }
}
