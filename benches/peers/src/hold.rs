//! *hold*: so many events are pending; each that happens is followed by one.

use crate::workload::{Event, HOUR, Tally, Workload, exponential_delays};
use serde::{Deserialize, Serialize};

/// How many delays there are before they come again.
const DELAYS: u64 = 1 << 20;

/// The delays are exponential with a mean of an hour: in an hour as many events happen as are
/// pending.
#[derive(Clone, Serialize, Deserialize)]
pub struct Hold {
    pending: u32,
    delays: Vec<u64>,
    next: usize,
    tally: Tally,
}

impl Hold {
    pub fn new(pending: u32) -> Self {
        let delays = exponential_delays(DELAYS, HOUR);
        Hold { pending, delays, next: 0, tally: Tally::default() }
    }

    #[inline]
    fn delay(&mut self) -> u64 {
        let delay = self.delays[self.next];
        self.next = (self.next + 1) % DELAYS as usize;
        delay
    }
}

impl Workload for Hold {
    fn start(&mut self, mut later: impl FnMut(u64, Event)) {
        for site in 0..self.pending {
            later(self.delay(), Event { site, attempt: 0, done: false, week: 0 });
        }
    }

    #[inline]
    fn react(&mut self, now: u64, event: Event, mut later: impl FnMut(u64, Event)) {
        // delays are dealt in the order of events, so which site comes first at equal times is
        // the engine's affair; the times are not
        self.tally.count(now, 0);
        later(self.delay(), event);
    }

    fn tally(&self) -> Tally {
        self.tally
    }
}
