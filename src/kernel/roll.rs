//! The roll of events: which of those ever scheduled are still to come.

use std::num::NonZeroU64;

/// Stands for one scheduled event; asked back with [`super::Kernel::cancel`].
///
/// It is the event's number in the order of scheduling, so none is ever used again: the handle
/// of an event that has happened or was cancelled stands for nothing for ever after.
/// `Option<Handle>` is as small as `Handle`: 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(NonZeroU64);

/// Words in a page.
const WORDS: usize = 64;
/// Events whose bits lie in one page.
const EVENTS: u64 = 64 * WORDS as u64;
/// Pages that fit the nearer caches of most processors: half a mebibyte.
const WIDE: usize = (1 << 19) / (8 * WORDS);
/// The page of numbers that are all over.
const OVER: u32 = u32::MAX;
/// So many pages are used before any is looked for that is over.
const PAGES: usize = 16;

/// One bit for each event: clear when it is over, that is, has happened or was cancelled.
///
/// The bits lie in pages; a page whose events are all over is used again, so that one event far
/// in the future does not keep the bits of all between. A new page has all its bits set before
/// its events are entered: nobody can ask for them yet, and entering an event is only counting.
#[derive(Clone)]
pub(super) struct Roll {
    /// The number of the last event entered.
    last: u64,
    /// How many of them are over.
    over: u64,
    /// How many of those were cancelled and not yet struck off.
    cancelled: usize,
    pages: Vec<[u64; WORDS]>,
    /// The page of each [`EVENTS`] numbers.
    contents: Vec<u32>,
    /// For each page its place in `contents`.
    listed: Vec<usize>,
    free: Vec<u32>,
    /// With so many pages in use one looks for those that are over.
    enough: usize,
}

impl Roll {
    /// Nobody.
    pub(super) fn new() -> Self {
        let mut first = [u64::MAX; WORDS];
        // no event has the number zero
        first[0] -= 1;
        Roll {
            last: 0,
            over: 0,
            cancelled: 0,
            pages: vec![first],
            contents: vec![0],
            listed: vec![0],
            free: Vec::new(),
            enough: PAGES,
        }
    }

    /// How many events stand.
    #[inline]
    pub(super) fn standing(&self) -> usize {
        (self.last - self.over) as usize
    }

    /// How many events were cancelled and not yet struck off.
    #[inline]
    pub(super) fn cancelled(&self) -> usize {
        self.cancelled
    }

    /// Are the bits too many for the nearer caches?
    #[inline]
    pub(super) fn is_wide(&self) -> bool {
        self.pages.len() > WIDE
    }

    /// Enters a new event.
    #[inline]
    pub(super) fn enter(&mut self) -> Handle {
        self.last += 1;
        if self.last.is_multiple_of(EVENTS) {
            self.turn_page();
        }
        Handle(NonZeroU64::new(self.last).expect("numbers begin at one"))
    }

    /// The next numbers begin a page.
    #[cold]
    fn turn_page(&mut self) {
        if self.free.is_empty() && self.pages.len() >= self.enough {
            self.find_pages_that_are_over();
        }
        let page = self.free.pop().unwrap_or_else(|| {
            self.pages.push([0; WORDS]);
            self.listed.push(0);
            u32::try_from(self.pages.len() - 1).expect("pages are numbered in 32 bits")
        });
        self.pages[page as usize] = [u64::MAX; WORDS];
        self.listed[page as usize] = self.contents.len();
        self.contents.push(page);
    }

    /// Looks through all pages; the next look comes when twice as many are in use, so that its
    /// cost is shared by many events.
    fn find_pages_that_are_over(&mut self) {
        for (number, page) in (0..).zip(&self.pages) {
            if *page == [0; WORDS] {
                self.contents[self.listed[number as usize]] = OVER;
                self.free.push(number);
            }
        }
        self.enough = PAGES + 2 * (self.pages.len() - self.free.len());
    }

    /// Is the event still to come?
    #[inline]
    pub(super) fn stands(&self, handle: Handle) -> bool {
        let (place, word, bit) = find(handle);
        let page = self.contents[place];
        self.pages.get(page as usize).is_some_and(|page| page[word] & bit != 0)
    }

    /// The event is over; was it still to come?
    #[inline]
    fn end(&mut self, handle: Handle) -> bool {
        let (place, word, bit) = find(handle);
        let page = self.contents.get(place).map_or(OVER, |&page| page);
        let Some(page) = self.pages.get_mut(page as usize) else { return false };
        let stood = page[word] & bit != 0;
        page[word] &= !bit;
        self.over += u64::from(stood);
        stood
    }

    /// An entry is taken off the list; did its event stand until now?
    #[inline]
    pub(super) fn strike(&mut self, handle: Handle) -> bool {
        let stood = self.end(handle);
        if !stood {
            self.cancelled -= 1;
        }
        stood
    }

    /// The event shall not happen; was it still to come? Its entry is struck off later.
    #[inline]
    pub(super) fn cancel(&mut self, handle: Handle) -> bool {
        let stood = self.end(handle);
        if stood {
            self.cancelled += 1;
        }
        stood
    }
}

/// Where the bit of an event is: the place in the contents, the word of the page, the bit alone.
#[inline]
fn find(handle: Handle) -> (usize, usize, u64) {
    let number = handle.0.get();
    ((number / EVENTS) as usize, (number % EVENTS / 64) as usize, 1 << (number % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_and_the_want_of_one_take_eight_bytes() {
        assert_eq!(size_of::<Option<Handle>>(), 8);
    }

    #[test]
    fn pages_that_are_over_are_used_again() {
        let mut roll = Roll::new();
        let first = roll.enter();
        let mut old = Vec::new();
        for _ in 0..100 * EVENTS {
            let handle = roll.enter();
            assert!(roll.stands(handle) && roll.strike(handle));
            old.push(handle);
        }
        assert!(roll.pages.len() <= 2 * PAGES, "{} pages", roll.pages.len());
        assert!(roll.stands(first));
        assert!(!old.iter().any(|&handle| roll.stands(handle) || roll.cancel(handle)));
        assert_eq!((roll.standing(), roll.cancelled()), (1, 0));
        assert!(roll.strike(first));
        roll.find_pages_that_are_over();
        assert_eq!(roll.contents[0], OVER);
    }
}
