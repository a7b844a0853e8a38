//! The roll of events: which of those ever scheduled are still to come.

use std::num::NonZeroU64;

/// Stands for one scheduled event; asked back with [`super::Kernel::cancel`].
///
/// It is the event's number in the order of scheduling, so none is ever used again: the handle
/// of an event that has happened or was cancelled stands for nothing for ever after.
/// `Option<Handle>` is as small as `Handle`: 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(NonZeroU64);

impl Handle {
    /// The event's number.
    #[inline]
    fn number(self) -> u64 {
        self.0.get()
    }
}

/// Words in a page.
const WORDS: usize = 64;
/// Events whose bits lie in one page.
const EVENTS: u64 = 64 * WORDS as u64;
/// The page of numbers that are all over.
const OVER: u32 = u32::MAX;
/// So many pages are used before any is looked for that is over.
const PAGES: usize = 16;

/// One bit for each event: set while it is to come.
///
/// The bits lie in pages; a page whose events are all over is used again, so that one event far
/// in the future does not keep the bits of all between.
#[derive(Clone)]
pub(super) struct Roll {
    /// The number of the last event entered.
    last: u64,
    /// The page of that event.
    page: u32,
    pages: Vec<[u64; WORDS]>,
    /// For each page the place in `contents` that names it.
    listed: Vec<usize>,
    /// The page of each [`EVENTS`] numbers.
    contents: Vec<u32>,
    free: Vec<u32>,
    /// With so many pages in use one looks for those that are over.
    enough: usize,
    standing: usize,
    cancelled: usize,
}

impl Roll {
    /// Nobody.
    pub(super) fn new() -> Self {
        Roll {
            last: 0,
            page: 0,
            pages: vec![[0; WORDS]],
            listed: vec![0],
            contents: vec![0],
            free: Vec::new(),
            enough: PAGES,
            standing: 0,
            cancelled: 0,
        }
    }

    /// How many events stand.
    #[inline]
    pub(super) fn standing(&self) -> usize {
        self.standing
    }

    /// How many events were cancelled and not yet struck off.
    #[inline]
    pub(super) fn cancelled(&self) -> usize {
        self.cancelled
    }

    /// Enters a new event.
    #[inline]
    pub(super) fn enter(&mut self) -> Handle {
        self.last += 1;
        if self.last % EVENTS == 0 {
            self.turn_page();
        }
        self.standing += 1;
        let (word, bit) = within(self.last);
        self.pages[self.page as usize][word] |= bit;
        Handle(NonZeroU64::new(self.last).expect("numbers begin at one"))
    }

    /// The next numbers begin a page.
    #[cold]
    fn turn_page(&mut self) {
        if self.free.is_empty() && self.pages.len() >= self.enough {
            self.find_pages_that_are_over();
        }
        self.page = self.free.pop().unwrap_or_else(|| {
            self.pages.push([0; WORDS]);
            self.listed.push(0);
            u32::try_from(self.pages.len() - 1).expect("pages are numbered in 32 bits")
        });
        self.listed[self.page as usize] = self.contents.len();
        self.contents.push(self.page);
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

    /// The word with this event's bit; `None` when its page is over.
    #[inline]
    fn word(&mut self, handle: Handle) -> Option<&mut u64> {
        let page = *self.contents.get((handle.number() / EVENTS) as usize)?;
        let (word, _) = within(handle.number());
        self.pages.get_mut(page as usize).map(|page| &mut page[word])
    }

    /// Is the event still to come?
    #[inline]
    pub(super) fn stands(&self, handle: Handle) -> bool {
        let (word, bit) = within(handle.number());
        let page = self.contents[(handle.number() / EVENTS) as usize];
        self.pages.get(page as usize).is_some_and(|page| page[word] & bit != 0)
    }

    /// Clears the event's bit; was it set?
    #[inline]
    fn clear(&mut self, handle: Handle) -> bool {
        let (_, bit) = within(handle.number());
        let Some(word) = self.word(handle) else { return false };
        let stood = *word & bit != 0;
        *word &= !bit;
        self.standing -= usize::from(stood);
        stood
    }

    /// An entry is taken off the list; did its event stand until now?
    #[inline]
    pub(super) fn strike(&mut self, handle: Handle) -> bool {
        let stood = self.clear(handle);
        self.cancelled -= usize::from(!stood);
        stood
    }

    /// The event shall not happen; was it still to come? Its entry is struck off later.
    #[inline]
    pub(super) fn cancel(&mut self, handle: Handle) -> bool {
        let stood = self.clear(handle);
        self.cancelled += usize::from(stood);
        stood
    }
}

/// Where in its page an event's bit is: the word, and the bit alone.
#[inline]
fn within(number: u64) -> (usize, u64) {
    ((number % EVENTS / 64) as usize, 1 << (number % 64))
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
    }
}
