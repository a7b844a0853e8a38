use std::collections::BTreeMap;

use crate::kernel::Handle;
use crate::units::{Bytes, Instant, Rate, SiteId};

/// The circuit that all pulls from one parent share, fairly (language.md, 3).
///
/// Each pull goes as fast as its own circuit lets it, and no faster than its fair part of this
/// one; what the slow ones leave, the fast ones share. Pulls with equal circuits always go
/// equally fast, so they are counted together and each costs the same however many there are.
#[derive(Clone, Debug)]
pub(super) struct Uplink {
    capacity: Rate,
    /// When `classes` were last brought up to date.
    since: Instant,
    /// The pulls under way, by the rate of their own circuits; `u64::MAX` for no limit.
    classes: BTreeMap<u64, Class>,
    /// How many pulls have ever begun: what keeps those that end together in order.
    begun: u64,
    /// The event that tells of the first to end.
    pub due: Option<Handle>,
}

/// Pulls whose own circuits are equally fast.
#[derive(Clone, Debug, Default)]
struct Class {
    /// What each of them has been given so far, as if all had been there from the beginning
    /// \[millionths of a bit\].
    given: u128,
    /// What each is given now \[bit/s\].
    rate: u64,
    /// Those under way, by what will have been given when they end.
    pulls: BTreeMap<(u128, u64), (SiteId, u32)>,
}

impl Uplink {
    pub fn new(capacity: Rate) -> Self {
        Self { capacity, since: Instant::START, classes: BTreeMap::new(), begun: 0, due: None }
    }

    /// A pull begins, over a circuit of its own (`None`: no limit).
    pub fn begin(
        &mut self,
        now: Instant,
        own: Option<Rate>,
        bytes: Bytes,
        (site, attempt): (SiteId, u32),
    ) {
        self.bring_up_to(now);
        let class = self.classes.entry(own.map_or(u64::MAX, Rate::bits_per_second)).or_default();
        let end = class.given + u128::from(bytes.0) * 8 * 1_000_000;
        class.pulls.insert((end, self.begun), (site, attempt));
        self.begun += 1;
        self.share();
    }

    /// A pull is broken off; false when it was not under way.
    pub fn break_off(&mut self, now: Instant, site: SiteId) -> bool {
        self.bring_up_to(now);
        let under_way = |classes: &BTreeMap<u64, Class>| -> usize {
            classes.values().map(|class| class.pulls.len()).sum()
        };
        let before = under_way(&self.classes);
        for class in self.classes.values_mut() {
            class.pulls.retain(|_, pull| pull.0 != site);
        }
        let found = under_way(&self.classes) < before;
        self.share();
        found
    }

    /// The pulls that are through now, in the order in which they ended.
    pub fn finish(&mut self, now: Instant, through: &mut Vec<(SiteId, u32)>) {
        self.bring_up_to(now);
        for class in self.classes.values_mut() {
            while let Some(first) = class.pulls.first_entry() {
                if first.key().0 > class.given {
                    break;
                }
                through.push(first.remove());
            }
        }
        self.share();
    }

    /// When the first of them ends, if nothing changes before.
    pub fn next_end(&self) -> Option<Instant> {
        let end = |class: &Class| {
            let ((end, _), _) = class.pulls.first_key_value()?;
            let micros = (end - class.given).div_ceil(u128::from(class.rate));
            let micros = u64::try_from(micros).unwrap_or(u64::MAX);
            self.since.checked_add(crate::units::Duration::from_micros(micros))
        };
        self.classes.values().filter_map(end).min()
    }

    fn bring_up_to(&mut self, now: Instant) {
        let elapsed = u128::from((now - self.since).micros());
        for class in self.classes.values_mut() {
            class.given += u128::from(class.rate) * elapsed;
        }
        self.since = now;
    }

    /// Gives every class its rate: the slow circuits first, the rest shared evenly.
    fn share(&mut self) {
        self.classes.retain(|_, class| !class.pulls.is_empty());
        let mut pulls: u64 = self.classes.values().map(|class| class.pulls.len() as u64).sum();
        let mut left = self.capacity.bits_per_second();
        for (&own, class) in &mut self.classes {
            class.rate = own.min(left / pulls).max(1);
            let count = class.pulls.len() as u64;
            left = left.saturating_sub(class.rate * count);
            pulls -= count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Duration;

    fn mbit(rate: u64) -> Rate {
        Rate::from_bits_per_second(rate * 1_000_000).unwrap()
    }

    fn at(micros: u64) -> Instant {
        Instant::from_micros(micros)
    }

    /// Runs an uplink to its end; gives who ended when \[µs\].
    fn ends(uplink: &mut Uplink) -> Vec<(u32, u64)> {
        let mut ends = Vec::new();
        let mut through = Vec::new();
        while let Some(next) = uplink.next_end() {
            uplink.finish(next, &mut through);
            ends.extend(through.drain(..).map(|(site, _)| (site.0, next.micros())));
        }
        ends
    }

    #[test]
    fn one_pull_alone_goes_as_fast_as_the_slower_of_the_two_circuits() {
        for (own, expected) in
            [(Some(mbit(2)), 4_000_000), (Some(mbit(50)), 800_000), (None, 800_000)]
        {
            let mut uplink = Uplink::new(mbit(10));
            uplink.begin(at(0), own, Bytes(1_000_000), (SiteId(1), 1));
            assert_eq!(ends(&mut uplink), [(1, expected)]);
        }
    }

    #[test]
    fn equal_pulls_share_evenly_and_the_last_takes_what_is_left() {
        let mut uplink = Uplink::new(mbit(8));
        uplink.begin(at(0), None, Bytes(1_000_000), (SiteId(1), 1));
        uplink.begin(at(0), None, Bytes(2_000_000), (SiteId(2), 1));
        // Both at 4 Mbit/s for 2 s; then the second alone at 8 Mbit/s for its last 1 MB.
        assert_eq!(ends(&mut uplink), [(1, 2_000_000), (2, 3_000_000)]);
    }

    #[test]
    fn what_a_slow_circuit_leaves_the_fast_one_takes() {
        let mut uplink = Uplink::new(mbit(8));
        uplink.begin(at(0), Some(mbit(2)), Bytes(1_000_000), (SiteId(1), 1));
        uplink.begin(at(0), None, Bytes(1_500_000), (SiteId(2), 1));
        // 2 Mbit/s and 6 Mbit/s.
        assert_eq!(ends(&mut uplink), [(2, 2_000_000), (1, 4_000_000)]);
    }

    #[test]
    fn every_slow_circuit_takes_its_part_before_the_fast_one() {
        let mut uplink = Uplink::new(mbit(10));
        uplink.begin(at(0), Some(mbit(2)), Bytes(1_000_000), (SiteId(1), 1));
        uplink.begin(at(0), Some(mbit(2)), Bytes(1_000_000), (SiteId(2), 1));
        uplink.begin(at(0), None, Bytes(3_000_000), (SiteId(3), 1));
        // 2, 2 and 6 Mbit/s: 8, 8 and 24 Mbit.
        assert_eq!(ends(&mut uplink), [(1, 4_000_000), (2, 4_000_000), (3, 4_000_000)]);
    }

    #[test]
    fn a_pull_that_is_broken_off_gives_its_part_back() {
        let mut uplink = Uplink::new(mbit(8));
        uplink.begin(at(0), None, Bytes(1_000_000), (SiteId(1), 1));
        uplink.begin(at(0), None, Bytes(1_000_000), (SiteId(2), 1));
        assert!(uplink.break_off(at(1_000_000), SiteId(1)));
        assert!(!uplink.break_off(at(1_000_000), SiteId(1)));
        // 4 Mbit in the first second at half speed, the other 4 Mbit in half a second.
        assert_eq!(ends(&mut uplink), [(2, 1_500_000)]);
    }

    #[test]
    fn n_pulls_that_begin_together_all_end_after_n_times_the_time_of_one() {
        let one = mbit(10).time_for(Bytes(1_250_000));
        let mut uplink = Uplink::new(mbit(10));
        for site in 0..40 {
            uplink.begin(at(0), Some(mbit(100)), Bytes(1_250_000), (SiteId(site), 1));
        }
        let all = ends(&mut uplink);
        assert_eq!(all.len(), 40);
        let expected = one * 40;
        assert!(all.iter().all(|&(_, end)| Duration::from_micros(end) == expected), "{all:?}");
    }
}
