//! What is run: written once, handed to every engine.
//!
//! An engine brings time and order. What an event does, how much chance costs and what is counted
//! lie here, so that nothing else differs between two rows of the table.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Microseconds in a second; times and delays are counted in microseconds everywhere.
pub const SECOND: u64 = 1_000_000;
/// Microseconds in an hour.
pub const HOUR: u64 = 3_600 * SECOND;

/// An event of the size the world's events have.
#[derive(Clone, Copy, Serialize, serde::Deserialize)]
pub struct Event {
    pub site: u32,
    pub attempt: u16,
    pub done: bool,
    pub week: u64,
}

/// What happened, in numbers that must be the same in every engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Tally {
    pub events: u64,
    /// When the last event happened.
    pub last: u64,
    /// All events mixed, whatever their order at equal times: not every engine keeps one.
    pub sum: u64,
}

impl Tally {
    #[inline]
    pub fn count(&mut self, now: u64, mark: u64) {
        self.events += 1;
        self.last = now;
        self.sum = self.sum.wrapping_add(scatter(now ^ mark << 48));
    }
}

/// Something to run. It is `Serialize` and `Send` because one of the engines asks for that.
pub trait Workload: Serialize + DeserializeOwned + Send + 'static {
    /// Gives the first events, each with its delay from time 0; no delay is 0.
    fn start(&mut self, later: impl FnMut(u64, Event));
    /// Lets an event happen; what follows is given with its delay from now; no delay is 0.
    fn react(&mut self, now: u64, event: Event, later: impl FnMut(u64, Event));
    fn tally(&self) -> Tally;
}

/// A number in which every bit depends on every bit of another.
#[inline]
pub fn scatter(number: u64) -> u64 {
    let number = (number ^ number >> 31).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (number ^ number >> 29).wrapping_mul(0xd6e8_feb8_6659_fd93)
}

/// So many delays with an exponential distribution of that mean, at least 1, in a fixed order
/// that looks like chance.
pub fn exponential_delays(count: u64, mean: u64) -> Vec<u64> {
    let delay = |i: u64| {
        let share = (scatter(i + 1) >> 11) as f64 / (1_u64 << 53) as f64;
        1 + (-libm::log1p(-share) * mean as f64) as u64
    };
    (0..count).map(delay).collect()
}
