//! The structures the kernel is compared with: an order of events and nothing else.
//!
//! None of them keeps a clock or refuses the past.

mod heap;
mod wheel;

pub use heap::Heap;
pub use wheel::Wheel;

use crate::Event;

/// An order of events, earliest first, equal times in the order of insertion.
pub trait Order<T> {
    fn new() -> Self;
    fn push(&mut self, time: u64, value: T);
    fn pop(&mut self) -> Option<(u64, T)>;
}

/// An order whose events can be taken back: each has a number, and a set of bits says which
/// numbers still stand.
pub struct Cancellable<O> {
    order: O,
    standing: Vec<u64>,
    next: u32,
}

impl<O: Order<(Event, u32)>> Cancellable<O> {
    pub fn new() -> Self {
        Cancellable { order: O::new(), standing: Vec::new(), next: 0 }
    }

    pub fn push(&mut self, time: u64, event: Event) -> u32 {
        let number = self.next;
        self.next += 1;
        if number.is_multiple_of(64) {
            self.standing.push(0);
        }
        self.standing[number as usize / 64] |= 1 << (number % 64);
        self.order.push(time, (event, number));
        number
    }

    pub fn cancel(&mut self, number: u32) -> bool {
        let word = &mut self.standing[number as usize / 64];
        let stood = *word >> (number % 64) & 1 == 1;
        *word &= !(1 << (number % 64));
        stood
    }

    pub fn pop(&mut self) -> Option<(u64, Event)> {
        loop {
            let (time, (event, number)) = self.order.pop()?;
            if self.cancel(number) {
                return Some((time, event));
            }
        }
    }
}
