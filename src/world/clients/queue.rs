//! The places of a software update point: so many scans at once, the rest wait in order (C4).

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// A scan that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ended {
    /// When \[µs since the start\].
    pub at: u64,
    /// Whose it was.
    pub cohort: u32,
    /// What the point held when it began: so many releases.
    pub held: u32,
}

/// Whoever is told what becomes of the scans.
pub(super) trait Desk {
    /// A scan of that cohort begins, after a wait or not: how long does it take \[µs\], and how
    /// many releases does the point hold whole?
    fn begins(&mut self, cohort: u32, waited: bool) -> (u64, u32);
    /// A scan has ended.
    fn ended(&mut self, scan: Ended);
}

/// The scans at one point.
#[derive(Clone, Debug)]
pub(super) struct ScanQueue {
    places: usize,
    /// Those that are served: when each ends, whose it is, what was held when it began.
    served: BinaryHeap<Reverse<(u64, u32, u32)>>,
    /// Those that wait, in order; neighbours of one cohort are counted.
    waiting: VecDeque<(u32, u32)>,
}

impl Default for ScanQueue {
    /// Without bound.
    fn default() -> Self {
        Self::new(u32::MAX)
    }
}

impl ScanQueue {
    /// With so many places.
    pub fn new(places: u32) -> Self {
        let places = places as usize;
        Self { places, served: BinaryHeap::new(), waiting: VecDeque::new() }
    }

    /// Nobody is served, so nobody waits.
    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.served.is_empty()
    }

    /// When the first of those served is through \[µs since the start\].
    pub fn next_end(&self) -> Option<u64> {
        self.served.peek().map(|Reverse((end, ..))| *end)
    }

    /// Lets scans end, and begin in their places, up to and including an instant.
    pub fn run(&mut self, upto: u64, desk: &mut impl Desk) {
        while let Some(&Reverse((at, cohort, held))) = self.served.peek() {
            if at > upto {
                break;
            }
            self.served.pop();
            desk.ended(Ended { at, cohort, held });
            if let Some((next, count)) = self.waiting.front_mut() {
                let next = *next;
                *count -= 1;
                if *count == 0 {
                    self.waiting.pop_front();
                }
                let (takes, held) = desk.begins(next, true);
                self.served.push(Reverse((at + takes, next, held)));
            }
        }
    }

    /// A client comes; the queue has been run up to that instant. Does its scan begin at once?
    /// Otherwise it waits.
    pub fn arrive(&mut self, at: u64, cohort: u32, desk: &mut impl Desk) -> bool {
        if self.served.len() < self.places {
            let (takes, held) = desk.begins(cohort, false);
            self.served.push(Reverse((at + takes, cohort, held)));
            return true;
        }
        match self.waiting.back_mut() {
            Some((last, count)) if *last == cohort => *count += 1,
            _ => self.waiting.push_back((cohort, 1)),
        }
        false
    }

    /// Everything is broken off; gives whose scans it were, and how many.
    pub fn break_off(&mut self, mut broken: impl FnMut(u32, u32)) {
        // In order: a heap's own order hangs on how it was filled.
        let mut served: Vec<u32> =
            self.served.drain().map(|Reverse((_, cohort, _))| cohort).collect();
        served.sort_unstable();
        served.into_iter().for_each(|cohort| broken(cohort, 1));
        self.waiting.drain(..).for_each(|(cohort, count)| broken(cohort, count));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every scan takes so long.
    struct Clock {
        takes: u64,
        ends: Vec<(u64, u32)>,
    }

    impl Desk for Clock {
        fn begins(&mut self, _: u32, _: bool) -> (u64, u32) {
            (self.takes, 0)
        }

        fn ended(&mut self, scan: Ended) {
            self.ends.push((scan.at, scan.cohort));
        }
    }

    /// Everybody's end, for clients that come at these instants and take so long.
    fn ends(places: u32, came: &[u64], takes: u64) -> Vec<(u64, u32)> {
        let mut queue = ScanQueue::new(places);
        let mut clock = Clock { takes, ends: Vec::new() };
        for (cohort, &at) in (0u32..).zip(came) {
            queue.run(at, &mut clock);
            queue.arrive(at, cohort, &mut clock);
        }
        queue.run(u64::MAX, &mut clock);
        assert!(queue.is_empty());
        clock.ends
    }

    #[test]
    fn c4_whoever_finds_no_place_waits_for_the_first_that_is_free_in_order() {
        assert_eq!(ends(2, &[0, 1, 2, 3, 30], 10), [(10, 0), (11, 1), (20, 2), (21, 3), (40, 4)]);
        assert_eq!(ends(1, &[5, 5, 5], 10), [(15, 0), (25, 1), (35, 2)]);
    }

    #[test]
    fn a_place_that_is_free_at_the_instant_of_an_arrival_is_taken_at_once() {
        assert_eq!(ends(1, &[0, 10], 10), [(10, 0), (20, 1)]);
    }

    #[test]
    fn what_is_broken_off_is_told_with_its_number() {
        let mut queue = ScanQueue::new(2);
        for cohort in [7, 3, 5, 5, 4] {
            queue.arrive(0, cohort, &mut Clock { takes: 10, ends: Vec::new() });
        }
        let mut broken = Vec::new();
        queue.break_off(|cohort, count| broken.push((cohort, count)));
        assert_eq!(broken, [(3, 1), (7, 1), (5, 2), (4, 1)]);
        assert!(queue.is_empty());
    }
}
