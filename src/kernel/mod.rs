//! Floor 1: what happens next.
//!
//! ```text
//!   schedule ──► future event list ──► advance: the clock moves, the event happens
//!                     ▲
//!                  cancel               Streams ──► Stream ──► Distribution::sample
//! ```
//!
//! Time, order and chance live here, and nowhere else. Invariants:
//! - [`Kernel::advance`] is the only line that changes the time, and it never turns back.
//! - Events happen in the order of (time, insertion), also those scheduled for the present.
//! - The kernel has never heard of sites: an event is any small value.
//! - A draw depends on who draws, what for and because of what, never on who drew before.
//! - No floating point but in `distribution`, and there only functions whose result is the same
//!   on every machine.

mod chain;
mod distribution;
mod future_event_list;
mod roll;
mod stream;

pub use distribution::Distribution;
pub use roll::Handle;
pub use stream::{Entity, Stream, Streams};

use std::fmt;

use crate::units::Instant;
use future_event_list::FutureEventList;

/// The clock and the events to come.
///
/// Events are small values, copied in place; none is boxed, and a warm kernel allocates nothing.
#[derive(Clone)]
pub struct Kernel<E> {
    now: Instant,
    events: FutureEventList<E>,
}

impl<E: Copy> Kernel<E> {
    /// The start of a run; nothing is to come.
    pub fn new() -> Self {
        Kernel { now: Instant::START, events: FutureEventList::new() }
    }

    /// The present.
    #[inline]
    pub fn now(&self) -> Instant {
        self.now
    }

    /// How many events are to come; those cancelled do not count.
    pub fn pending(&self) -> usize {
        self.events.pending()
    }

    /// Room for about `events` more events, so that adding them allocates little.
    pub fn reserve(&mut self, events: usize) {
        self.events.reserve(events);
    }

    /// Lets an event happen at an instant, after all that were scheduled for it before.
    ///
    /// Panics when the instant is over: the past cannot be changed.
    #[inline]
    pub fn schedule(&mut self, at: Instant, event: E) -> Handle {
        if at < self.now {
            refuse_the_past(self.now, at);
        }
        self.events.push(at.micros(), event)
    }

    /// Takes an event back; false when it has already happened or been cancelled.
    #[inline]
    pub fn cancel(&mut self, handle: Handle) -> bool {
        self.events.cancel(handle)
    }

    /// Moves the clock to the next event at or before the horizon, and gives that event.
    ///
    /// When there is none, the clock stays: a later call with a later horizon goes on from here.
    #[inline]
    pub fn advance(&mut self, horizon: Instant) -> Option<E> {
        let (time, event) = self.events.pop(horizon.micros())?;
        self.now = Instant::from_micros(time);
        Some(event)
    }
}

impl<E: Copy> Default for Kernel<E> {
    fn default() -> Self {
        Kernel::new()
    }
}

/// The clock, and how much is to come.
impl<E: Copy> fmt::Debug for Kernel<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kernel").field("now", &self.now).field("pending", &self.pending()).finish()
    }
}

#[cold]
fn refuse_the_past(now: Instant, at: Instant) -> ! {
    panic!("the past cannot be changed: it is {now}, and an event was to be scheduled for {at}")
}

#[cfg(test)]
mod tests;
