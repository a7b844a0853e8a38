//! *tree*: sites with a fan-out of 20 synchronise weekly from the root.
//!
//! A request takes 1 to 60 s, the work is exponential with a mean of 10 minutes, and 10 % of the
//! attempts fail and are tried again after 60 minutes. Two events an attempt, and nothing is
//! carried: no catalogue, no database, no network.

use crate::workload::{Event, HOUR, SECOND, Tally, Workload, exponential_delays, scatter};
use serde::{Deserialize, Serialize};

const FAN_OUT: u32 = 20;
const WEEK: u64 = 168 * HOUR;
/// The work's delays, few enough to stay near the processor.
const DELAY_BITS: u32 = 12;

#[derive(Clone, Serialize, Deserialize)]
pub struct Tree {
    sites: u32,
    weeks: u64,
    work: Vec<u64>,
    tally: Tally,
}

impl Tree {
    pub fn new(sites: u32, weeks: u64) -> Self {
        let work = exponential_delays(1 << DELAY_BITS, HOUR / 6);
        Tree { sites, weeks, work, tally: Tally::default() }
    }
}

/// The chance of one attempt: it belongs to the attempt, so that no order of events changes it.
#[inline]
fn chance(event: Event) -> u64 {
    scatter(u64::from(event.site) << 32 | event.week << 16 | u64::from(event.attempt))
}

impl Workload for Tree {
    fn start(&mut self, mut later: impl FnMut(u64, Event)) {
        for week in 0..self.weeks {
            later(HOUR + week * WEEK, Event { site: 0, attempt: 0, done: false, week });
        }
    }

    #[inline]
    fn react(&mut self, now: u64, event: Event, mut later: impl FnMut(u64, Event)) {
        self.tally.count(now, u64::from(event.site));
        let chance = chance(event);
        if !event.done {
            let work = self.work[(chance >> (64 - DELAY_BITS)) as usize];
            later(work, Event { done: true, ..event });
        } else if (chance & 0xffff_ffff).is_multiple_of(10) {
            later(HOUR, Event { done: false, attempt: event.attempt + 1, ..event });
        } else {
            let first = event.site * FAN_OUT + 1;
            for site in first..(first + FAN_OUT).min(self.sites) {
                let latency = SECOND + scatter(chance ^ u64::from(site)) % (59 * SECOND);
                later(latency, Event { site, attempt: 0, done: false, week: event.week });
            }
        }
    }

    fn tally(&self) -> Tally {
        self.tally
    }
}
