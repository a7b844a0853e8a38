use std::collections::BTreeMap;

use super::circuit::{Pace, earlier, time_to_carry};
use super::line::micro_bits;
use crate::kernel::Handle;
use crate::units::{Bytes, Duration, Instant, SiteId};

/// The circuit that all pulls from one parent share, fairly (language.md, 3).
///
/// Each pull goes as fast as its own circuit lets it, and no faster than its fair part of this
/// one; what the slow ones leave, the fast ones share. Pulls with equal circuits always go
/// equally fast, so they are counted together and each costs the same however many there are.
///
/// A circuit may become faster or slower, by the hour or by a fault; whoever drives this says so
/// at the instant at which it does ([`Uplink::refresh`]).
#[derive(Clone, Debug)]
pub(super) struct Uplink {
    capacity: Pace,
    /// When `classes` were last brought up to date.
    since: Instant,
    /// The pulls under way, by their own circuits, in their order: there are never many.
    classes: Vec<(Own, Class)>,
    /// How many pulls have ever begun: what keeps those that end together in order.
    begun: u64,
    /// The event that tells of the first to end, or of the next change of a circuit.
    pub due: Option<Handle>,
}

/// The circuit of a pull.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Own {
    /// How fast it is now \[bit/s\]; [`NO_LIMIT`] for no limit. First, so that the slowest are
    /// served first.
    pub rate: u64,
    /// By what it changes, if it does: circuits that change alike are one.
    pub varying: Option<Varying>,
}

/// What a circuit that changes hangs on: circuits of which all of it is equal are always equally
/// fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Varying {
    /// The link.
    pub link: u32,
    /// By whose clocks.
    pub wall: u32,
    /// What faults leave of it \[parts per thousand million\].
    pub left: u32,
}

/// Pulls whose own circuits are equally fast.
#[derive(Clone, Debug, Default)]
struct Class {
    /// What each of them has been given so far, as if all had been there from the beginning
    /// \[millionths of a bit\].
    given: u128,
    /// What each is given now \[bit/s\].
    rate: u64,
    /// When their circuits change next.
    until: Option<Instant>,
    /// Those under way, by what will have been given when they end.
    pulls: BTreeMap<(u128, u64), (SiteId, u32)>,
}

impl Uplink {
    pub fn new(capacity: Pace) -> Self {
        Self { capacity, since: Instant::START, classes: Vec::new(), begun: 0, due: None }
    }

    /// A pull begins, over a circuit of its own that stays as it is until then.
    pub fn begin(
        &mut self,
        now: Instant,
        (own, until): (Own, Option<Instant>),
        bytes: Bytes,
        (site, attempt): (SiteId, u32),
    ) {
        self.bring_up_to(now);
        let begun = self.begun;
        self.begun += 1;
        let class = self.class(own);
        class.until = until;
        let end = class.given + micro_bits(bytes);
        class.pulls.insert((end, begun), (site, attempt));
        self.share();
    }

    /// A pull is broken off: what is left of it \[millionths of a bit\]; `None` when it was not
    /// under way.
    pub fn break_off(&mut self, now: Instant, site: SiteId) -> Option<u128> {
        self.bring_up_to(now);
        let found = self.take(site).map(|(left, _, _)| left);
        self.share();
        found
    }

    /// The circuit of a pull changes by itself: a fault takes hold of it or lets go.
    pub fn change_own(&mut self, now: Instant, site: SiteId, own: (Own, Option<Instant>)) {
        self.bring_up_to(now);
        if let Some((left, number, pull)) = self.take(site) {
            let class = self.class(own.0);
            class.until = own.1;
            class.pulls.insert((class.given + left, number), pull);
        }
        self.share();
    }

    /// Circuits have become faster or slower at this instant: `pace` tells how fast one is that
    /// varies.
    pub fn refresh(&mut self, now: Instant, capacity: Pace, pace: impl Fn(Varying) -> Pace) {
        self.bring_up_to(now);
        self.capacity = capacity;
        for (own, class) in &mut self.classes {
            if let Some(varying) = own.varying
                && class.until.is_some_and(|until| until <= now)
            {
                // Nobody else varies alike, so no other class becomes this one.
                Pace { rate: own.rate, until: class.until } = pace(varying);
            }
        }
        self.classes.sort_unstable_by_key(|(own, _)| *own);
        self.share();
    }

    /// The pulls that are through now, in the order in which they ended.
    pub fn finish(&mut self, now: Instant, through: &mut Vec<(SiteId, u32)>) {
        self.bring_up_to(now);
        for (_, class) in &mut self.classes {
            while let Some(first) = class.pulls.first_entry() {
                if first.key().0 > class.given {
                    break;
                }
                through.push(first.remove());
            }
        }
        self.share();
    }

    /// Is nothing being pulled?
    pub fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }

    /// When the first of them ends, if nothing changes before, or something changes.
    pub fn next_due(&self) -> Option<Instant> {
        let end = |class: &Class| {
            let ((end, _), _) = class.pulls.first_key_value()?;
            let micros = time_to_carry(end - class.given, class.rate);
            let micros = u64::try_from(micros).unwrap_or(u64::MAX);
            self.since.checked_add(Duration::from_micros(micros))
        };
        let classes = || self.classes.iter().map(|(_, class)| class);
        let ends = classes().filter_map(end).min();
        let changes = classes().filter_map(|class| class.until).min();
        // A change of a circuit that nobody uses is nobody's business.
        let capacity = self.capacity.until.filter(|_| !self.is_empty());
        earlier(ends, earlier(changes, capacity))
    }

    /// Takes the pull of a site out: what is left of it, its number, and itself.
    fn take(&mut self, site: SiteId) -> Option<(u128, u64, (SiteId, u32))> {
        for (_, class) in &mut self.classes {
            let found = class.pulls.iter().find(|(_, pull)| pull.0 == site);
            if let Some((&(end, number), _)) = found {
                let pull = class.pulls.remove(&(end, number))?;
                return Some((end - class.given, number, pull));
            }
        }
        None
    }

    /// The pulls whose circuits are this.
    fn class(&mut self, own: Own) -> &mut Class {
        let place = self.classes.partition_point(|(other, _)| *other < own);
        if self.classes.get(place).is_none_or(|(other, _)| *other != own) {
            self.classes.insert(place, (own, Class::default()));
        }
        &mut self.classes[place].1
    }

    fn bring_up_to(&mut self, now: Instant) {
        let elapsed = u128::from((now - self.since).micros());
        for (_, class) in &mut self.classes {
            class.given += u128::from(class.rate) * elapsed;
        }
        self.since = now;
    }

    /// Gives every class its rate: the slow circuits first, the rest shared evenly.
    fn share(&mut self) {
        self.classes.retain(|(_, class)| !class.pulls.is_empty());
        let mut pulls: u64 = self.classes.iter().map(|(_, class)| class.pulls.len() as u64).sum();
        let mut left = self.capacity.rate;
        for (own, class) in &mut self.classes {
            class.rate = own.rate.min(left / pulls).max(1);
            let count = class.pulls.len() as u64;
            left = left.saturating_sub(class.rate.saturating_mul(count));
            pulls -= count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::circuit::NO_LIMIT;

    fn mbit(rate: u64) -> u64 {
        rate * 1_000_000
    }

    fn uplink(rate: u64) -> Uplink {
        Uplink::new(Pace { rate, until: None })
    }

    /// A circuit that never changes.
    fn own(rate: Option<u64>) -> (Own, Option<Instant>) {
        (Own { rate: rate.unwrap_or(NO_LIMIT), varying: None }, None)
    }

    fn at(micros: u64) -> Instant {
        Instant::from_micros(micros)
    }

    /// Runs an uplink to its end; gives who ended when \[µs\].
    fn ends(uplink: &mut Uplink) -> Vec<(u32, u64)> {
        let mut ends = Vec::new();
        let mut through = Vec::new();
        while let Some(next) = uplink.next_due() {
            uplink.finish(next, &mut through);
            ends.extend(through.drain(..).map(|(site, _)| (site.0, next.micros())));
        }
        ends
    }

    #[test]
    fn one_pull_alone_goes_as_fast_as_the_slower_of_the_two_circuits() {
        for (rate, expected) in
            [(Some(mbit(2)), 4_000_000), (Some(mbit(50)), 800_000), (None, 800_000)]
        {
            let mut uplink = uplink(mbit(10));
            uplink.begin(at(0), own(rate), Bytes(1_000_000), (SiteId(1), 1));
            assert_eq!(ends(&mut uplink), [(1, expected)]);
        }
    }

    #[test]
    fn equal_pulls_share_evenly_and_the_last_takes_what_is_left() {
        let mut uplink = uplink(mbit(8));
        uplink.begin(at(0), own(None), Bytes(1_000_000), (SiteId(1), 1));
        uplink.begin(at(0), own(None), Bytes(2_000_000), (SiteId(2), 1));
        // Both at 4 Mbit/s for 2 s; then the second alone at 8 Mbit/s for its last 1 MB.
        assert_eq!(ends(&mut uplink), [(1, 2_000_000), (2, 3_000_000)]);
    }

    #[test]
    fn what_a_slow_circuit_leaves_the_fast_one_takes() {
        let mut uplink = uplink(mbit(8));
        uplink.begin(at(0), own(Some(mbit(2))), Bytes(1_000_000), (SiteId(1), 1));
        uplink.begin(at(0), own(None), Bytes(1_500_000), (SiteId(2), 1));
        // 2 Mbit/s and 6 Mbit/s.
        assert_eq!(ends(&mut uplink), [(2, 2_000_000), (1, 4_000_000)]);
    }

    #[test]
    fn every_slow_circuit_takes_its_part_before_the_fast_one() {
        let mut uplink = uplink(mbit(10));
        uplink.begin(at(0), own(Some(mbit(2))), Bytes(1_000_000), (SiteId(1), 1));
        uplink.begin(at(0), own(Some(mbit(2))), Bytes(1_000_000), (SiteId(2), 1));
        uplink.begin(at(0), own(None), Bytes(3_000_000), (SiteId(3), 1));
        // 2, 2 and 6 Mbit/s: 8, 8 and 24 Mbit.
        assert_eq!(ends(&mut uplink), [(1, 4_000_000), (2, 4_000_000), (3, 4_000_000)]);
    }

    #[test]
    fn a_pull_that_is_broken_off_gives_its_part_back() {
        let mut uplink = uplink(mbit(8));
        uplink.begin(at(0), own(None), Bytes(1_000_000), (SiteId(1), 1));
        uplink.begin(at(0), own(None), Bytes(1_000_000), (SiteId(2), 1));
        assert_eq!(uplink.break_off(at(1_000_000), SiteId(1)), Some(4_000_000_000_000));
        assert_eq!(uplink.break_off(at(1_000_000), SiteId(1)), None);
        // 4 Mbit in the first second at half speed, the other 4 Mbit in half a second.
        assert_eq!(ends(&mut uplink), [(2, 1_500_000)]);
    }

    #[test]
    fn n_pulls_that_begin_together_all_end_after_n_times_the_time_of_one() {
        let one = Duration::from_secs(1);
        let mut uplink = uplink(mbit(10));
        for site in 0..40 {
            uplink.begin(at(0), own(Some(mbit(100))), Bytes(1_250_000), (SiteId(site), 1));
        }
        let all = ends(&mut uplink);
        assert_eq!(all.len(), 40);
        let expected = one * 40;
        assert!(all.iter().all(|&(_, end)| Duration::from_micros(end) == expected), "{all:?}");
    }

    #[test]
    fn an_uplink_that_becomes_faster_carries_the_rest_faster() {
        let mut uplink = uplink(mbit(8));
        uplink.begin(at(0), own(None), Bytes(1_000_000), (SiteId(1), 1));
        uplink.begin(at(0), own(None), Bytes(1_000_000), (SiteId(2), 1));
        let faster = Pace { rate: mbit(24), until: None };
        uplink.refresh(at(1_000_000), faster, |_| faster);
        // 4 Mbit each in the first second, the other 4 at 12 Mbit/s.
        assert_eq!(ends(&mut uplink), [(1, 1_333_334), (2, 1_333_334)]);
    }

    #[test]
    fn circuits_that_change_together_change_for_all_pulls_and_for_no_other() {
        let varying = Some(Varying { link: 0, wall: 0, left: 1_000_000_000 });
        let slow = (Own { rate: mbit(1), varying }, Some(at(1_000_000)));
        let mut uplink = uplink(mbit(8));
        for site in [1, 2] {
            uplink.begin(at(0), slow, Bytes(1_000_000), (SiteId(site), 1));
        }
        uplink.begin(at(0), own(Some(mbit(1))), Bytes(1_000_000), (SiteId(3), 1));
        assert_eq!(uplink.next_due(), Some(at(1_000_000)), "the hour ends before any pull");
        let capacity = Pace { rate: mbit(8), until: None };
        uplink.refresh(at(1_000_000), capacity, |_| Pace { rate: mbit(3), until: None });
        // 1 Mbit in the first second, the other 7 at 3 Mbit/s; the third goes on at 1 Mbit/s.
        assert_eq!(ends(&mut uplink), [(1, 3_333_334), (2, 3_333_334), (3, 8_000_000)]);
    }

    #[test]
    fn a_pull_whose_circuit_a_fault_slows_down_goes_on_more_slowly() {
        let mut uplink = uplink(mbit(100));
        uplink.begin(at(0), own(Some(mbit(4))), Bytes(1_000_000), (SiteId(1), 1));
        uplink.change_own(at(1_000_000), SiteId(1), own(Some(mbit(1))));
        assert_eq!(ends(&mut uplink), [(1, 5_000_000)]);
    }
}
