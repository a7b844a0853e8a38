//! The future event list: a radix wheel.
//!
//! ```text
//!              base = the times up to here are over
//!   level 7   ┌─┬─┬─┬─┬─┬─┐   a time stands at the level of the highest digit in which it
//!     ...     └─┴─┴─┴─┴─┴─┘   differs from base, in the slot of that digit: the lowest slot
//!   level 1   ┌─┬─┬─┬─┬─┬─┐   of the lowest level that has any holds what comes next.
//!   level 0   └─┴─┴─┴─┴─┴─┘   A digit is eight bits; one slot of level 0 is one microsecond.
//!                   │
//!        few: sorted │ many: spread over the levels below
//!                   ▼
//!   run       ──────────►     what is due next, in order; an event that falls into its span joins it
//! ```
//!
//! Invariants:
//! - `base` is never later than the clock, so no event can come before it.
//! - Equal times lie in one place, a slot or the run, in the order in which they were pushed: a
//!   slot is spread only when the levels below are empty. So no sequence number is compared; the
//!   one in an entry is there to cancel it by.
//! - While the run has a span, the levels below it are empty.
//! - A cancelled entry stays until it is met, or until there are more of them than others.
//!
//! The cost of an event does not grow with the number of pending ones: it is spread a few times
//! at most, and sorted among a few.

use super::chain::{Chain, Chunks};
use super::roll::{Handle, Roll};

/// Bits in a digit.
const DIGIT: u32 = 8;
const SLOTS: usize = 1 << DIGIT;
const LEVELS: usize = 64usize.div_ceil(DIGIT as usize);
/// Words in the bitmap of one level.
const WORDS: usize = SLOTS.div_ceil(64);

/// At most so many entries of a slot are sorted; more are spread.
const SORTED: usize = 512;
/// So many entries a run may have held when others joined it; then it is spread.
const RUN: usize = 1024;
/// The low bits of a run's key: the entry's place in the run.
const PLACE: u32 = RUN.ilog2();

/// Cancelled entries are left alone while there are at most so many.
const TOLERATED: usize = 1_024;

#[derive(Clone, Copy, Debug)]
struct Entry<E> {
    time: u64,
    event: E,
    handle: Handle,
}

/// What the next slot holds, as seen from a horizon.
enum Outlook {
    /// An event at or before the horizon.
    Due,
    /// Only later ones, the first at this time.
    Later(u64),
    /// No event that stands.
    Nothing,
}

/// The events to come, by (time, insertion).
#[derive(Clone)]
pub(super) struct FutureEventList<E> {
    base: u64,
    /// No event in the slots comes before this; it spares looking again for what is later.
    quiet: u64,
    /// The run takes in the times that differ from base by less than this; 0: none.
    span: u64,
    /// (time - base, place in `due`), the soonest last.
    keys: Vec<u64>,
    due: Vec<Entry<E>>,
    /// One bit for each level that has entries.
    levels: u32,
    /// One bit for each slot that has entries.
    occupied: [[u64; WORDS]; LEVELS],
    slots: Box<[Chain; SLOTS * LEVELS]>,
    chunks: Chunks<Entry<E>>,
    roll: Roll,
}

impl<E: Copy> FutureEventList<E> {
    /// Nothing to come.
    pub(super) fn new() -> Self {
        FutureEventList {
            base: 0,
            quiet: 0,
            span: 0,
            keys: Vec::with_capacity(RUN),
            due: Vec::with_capacity(RUN),
            levels: 0,
            occupied: [[0; WORDS]; LEVELS],
            slots: Box::new([Chain::EMPTY; SLOTS * LEVELS]),
            chunks: Chunks::new(),
            roll: Roll::new(),
        }
    }

    /// Room for `events` more events.
    pub(super) fn reserve(&mut self, events: usize) {
        self.chunks.reserve(events);
    }

    /// How many events are to come.
    pub(super) fn pending(&self) -> usize {
        self.roll.standing()
    }

    /// Adds an event; `time` must not be before the last one that was popped.
    #[inline(always)]
    pub(super) fn push(&mut self, time: u64, event: E) -> Handle {
        let handle = self.roll.enter();
        let entry = Entry { time, event, handle };
        if time ^ self.base < self.span {
            self.join_run(entry);
        } else {
            if time < self.quiet {
                self.quiet = time;
            }
            self.file(entry);
        }
        handle
    }

    /// Takes the next event at or before the horizon.
    #[inline(always)]
    pub(super) fn pop(&mut self, horizon: u64) -> Option<(u64, E)> {
        loop {
            while let Some(&key) = self.keys.last() {
                let entry = self.due[key as usize % (1 << PLACE)];
                if entry.time > horizon {
                    return None;
                }
                self.keys.pop();
                if self.roll.strike(entry.handle) {
                    return Some((entry.time, entry.event));
                }
            }
            if !self.refill(horizon) {
                return None;
            }
        }
    }

    /// Takes back an event; false when it stands no longer.
    #[inline]
    pub(super) fn cancel(&mut self, handle: Handle) -> bool {
        let stood = self.roll.cancel(handle);
        if stood && self.roll.cancelled() > TOLERATED.max(self.roll.standing()) {
            self.sweep();
        }
        stood
    }

    /// Puts an entry into its slot.
    #[inline(always)]
    fn file(&mut self, entry: Entry<E>) {
        let level = ((entry.time ^ self.base) | 1).ilog2() / DIGIT;
        let digit = (entry.time >> (level * DIGIT)) as usize % SLOTS;
        let level = level as usize % LEVELS;
        let slot = &mut self.slots[level * SLOTS + digit];
        if slot.is_empty() {
            self.occupied[level][digit / 64] |= 1 << (digit % 64);
            self.levels |= 1 << level;
        }
        self.chunks.push(slot, entry);
    }

    /// Puts an entry that falls into the run's span where it belongs.
    #[inline(always)]
    fn join_run(&mut self, entry: Entry<E>) {
        if self.keys.is_empty() {
            self.due.clear();
        } else if self.due.len() == RUN {
            self.spread_run();
            return self.file(entry);
        }
        let key = (entry.time - self.base) << PLACE | self.due.len() as u64;
        self.due.push(entry);
        // its place is the highest, so it comes after its equals
        let at = self.keys.partition_point(|&other| other > key);
        self.keys.insert(at, key);
    }

    /// The run has grown long: its entries go to the levels below, which are empty.
    #[inline(never)]
    fn spread_run(&mut self) {
        (self.span, self.quiet) = (0, 0);
        while let Some(key) = self.keys.pop() {
            self.file(self.due[key as usize % (1 << PLACE)]);
        }
        self.due.clear();
    }

    /// Makes a run of what comes next; false when nothing does up to the horizon.
    #[inline(never)]
    fn refill(&mut self, horizon: u64) -> bool {
        while self.levels != 0 && self.quiet <= horizon {
            let level = self.levels.trailing_zeros() as usize % LEVELS;
            let words = &self.occupied[level];
            let word = words.iter().position(|&word| word != 0).unwrap_or(0);
            let digit = word * 64 + words[word].trailing_zeros() as usize;
            // base must not pass the clock, so it moves only towards an event that will happen
            match self.outlook(level * SLOTS + digit, horizon) {
                Outlook::Due => {}
                Outlook::Later(first) => {
                    self.quiet = first;
                    return false;
                }
                Outlook::Nothing => {
                    self.weed(level, digit);
                    continue;
                }
            }
            let shift = level as u32 * DIGIT;
            let above = (!0 << shift) << DIGIT;
            self.base = self.base & above | (digit as u64) << shift;
            if level == 0 && self.slots[digit].len() > SORTED {
                self.load_some(digit);
                return true;
            }
            let chain = self.take(level, digit);
            if chain.len() <= SORTED && shift + PLACE < u64::BITS {
                self.load(chain, 1 << shift);
                return true;
            }
            self.spread(chain);
        }
        false
    }

    /// What does the slot hold?
    #[inline]
    fn outlook(&self, slot: usize, horizon: u64) -> Outlook {
        let due = |entry: &Entry<E>| self.roll.stands(entry.handle) && entry.time <= horizon;
        let chain = &self.slots[slot];
        if due(&self.chunks.first(chain)[0]) {
            return Outlook::Due;
        }
        let standing = self.chunks.values(chain).filter(|entry| self.roll.stands(entry.handle));
        let mut first = None;
        for entry in standing {
            if entry.time <= horizon {
                return Outlook::Due;
            }
            first = Some(first.map_or(entry.time, |first: u64| first.min(entry.time)));
        }
        first.map_or(Outlook::Nothing, Outlook::Later)
    }

    /// Empties a slot.
    #[inline]
    fn take(&mut self, level: usize, digit: usize) -> Chain {
        self.occupied[level][digit / 64] &= !(1 << (digit % 64));
        if self.occupied[level] == [0; WORDS] {
            self.levels &= !(1 << level);
        }
        std::mem::replace(&mut self.slots[level * SLOTS + digit], Chain::EMPTY)
    }

    /// All of a slot becomes the run, which takes in what else falls there.
    #[inline]
    fn load(&mut self, mut chain: Chain, span: u64) {
        self.due.clear();
        self.span = span;
        while !chain.is_empty() {
            self.load_chunk(&mut chain);
        }
        if self.roll.is_wide() {
            // asked for together, the bits come faster than one by one
            self.weed_run();
        }
        self.keys.sort_unstable_by(|a, b| b.cmp(a));
    }

    /// The head of a long slot of one microsecond becomes the run; what else falls there still
    /// goes to the slot's end.
    fn load_some(&mut self, digit: usize) {
        self.due.clear();
        self.span = 0;
        let mut chain = self.slots[digit];
        while self.due.len() < SORTED {
            self.load_chunk(&mut chain);
        }
        self.slots[digit] = chain;
        self.keys.reverse();
    }

    #[inline]
    fn load_chunk(&mut self, chain: &mut Chain) {
        let entries = self.chunks.first(chain);
        let places = self.due.len() as u64..;
        let key = |(entry, place): (&Entry<E>, u64)| (entry.time - self.base) << PLACE | place;
        self.keys.extend(entries.iter().zip(places).map(key));
        self.due.extend_from_slice(entries);
        self.chunks.drop_first(chain);
    }

    /// Files the entries of a slot in the levels below it.
    #[inline]
    fn spread(&mut self, mut chain: Chain) {
        self.span = 0;
        while !chain.is_empty() {
            let (entries, count) = self.chunks.take_first(&mut chain);
            entries[..count].iter().for_each(|entry| self.file(*entry));
        }
    }

    /// Drops every cancelled entry, so that what is kept is at most about twice what stands.
    #[cold]
    fn sweep(&mut self) {
        self.weed_run();
        for level in 0..LEVELS {
            for digit in 0..SLOTS {
                if self.slots[level * SLOTS + digit].is_empty() {
                    continue;
                }
                self.weed(level, digit);
            }
        }
    }

    /// Drops the cancelled entries of the run.
    fn weed_run(&mut self) {
        let (roll, due) = (&mut self.roll, &self.due);
        self.keys.retain(|key| {
            let handle = due[*key as usize % (1 << PLACE)].handle;
            roll.stands(handle) || roll.strike(handle)
        });
    }

    /// Drops the cancelled entries of a slot.
    fn weed(&mut self, level: usize, digit: usize) {
        let mut chain = self.take(level, digit);
        while !chain.is_empty() {
            let (entries, count) = self.chunks.take_first(&mut chain);
            for entry in &entries[..count] {
                if self.roll.stands(entry.handle) {
                    self.file(*entry);
                } else {
                    self.roll.strike(entry.handle);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes everything out and says whether it came by (time, number of insertion).
    fn is_in_order(list: &mut FutureEventList<u64>, expected: usize) -> bool {
        let all: Vec<(u64, u64)> = std::iter::from_fn(|| list.pop(u64::MAX)).collect();
        all.is_sorted() && all.len() == expected
    }

    #[test]
    fn a_run_that_many_join_stays_in_order() {
        for width in [1, 7, 200, 60_000] {
            let mut list = FutureEventList::new();
            for number in 0..10 {
                list.push(1_000_000, number);
                list.push(1_060_000, number);
            }
            assert_eq!(list.pop(u64::MAX), Some((1_000_000, 0)));
            for number in 10..5_000 {
                list.push(1_000_000 + number * 7_919 % width, number);
            }
            assert!(is_in_order(&mut list, 19 + 4_990), "{width}");
        }
    }

    #[test]
    fn a_crowd_at_one_instant_stays_in_order_while_others_join_it() {
        let mut list = FutureEventList::new();
        for number in 0..3_000 {
            list.push(77, number);
        }
        for number in 3_000..6_000 {
            assert_eq!(list.pop(77), Some((77, number - 3_000)));
            list.push(77, number);
        }
        assert!(is_in_order(&mut list, 3_000));
    }

    #[test]
    fn cancelled_events_give_their_memory_back() {
        let mut list = FutureEventList::new();
        for number in 0..200_000 {
            let handle = list.push(1 << (number % 50), number);
            assert!(list.cancel(handle));
        }
        assert_eq!(list.pending(), 0);
        // two chunks for every slot in use, and what is tolerated
        assert!(list.chunks.capacity() < 2 * TOLERATED + 50 * 64, "{}", list.chunks.capacity());
        assert_eq!(list.pop(u64::MAX), None);
        assert_eq!(list.roll.cancelled(), 0);
    }

    #[test]
    fn what_is_later_is_not_looked_for_again() {
        let mut list = FutureEventList::new();
        list.push(1 << 40, 0);
        list.push((1 << 40) + 5, 1);
        assert_eq!(list.pop(9), None);
        assert_eq!(list.quiet, 1 << 40);
        list.push(8, 2);
        assert_eq!(list.pop(9), Some((8, 2)));
        assert!(is_in_order(&mut list, 2));
    }

    #[test]
    fn a_run_that_was_spread_is_looked_for_again() {
        let mut list = FutureEventList::new();
        list.push(1 << 24, 0);
        assert_eq!(list.pop(u64::MAX), Some((1 << 24, 0)));
        list.push(2 << 24, 1);
        assert_eq!(list.pop(1 << 24), None);
        (0..=RUN as u64).for_each(|number| {
            list.push(1 << 24, 2 + number);
        });
        assert_eq!(list.pop(1 << 24), Some((1 << 24, 2)));
    }
}
