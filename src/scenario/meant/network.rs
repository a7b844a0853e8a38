//! Circuits, and what senders may carry over them, as they are meant.

use crate::scenario::Week;
use crate::units::{Bytes, Duration, Probability, Rate};

/// A circuit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its name.
    pub name: String,
    /// How fast it is.
    pub bandwidth: Bandwidth,
    /// One way.
    pub latency: Duration,
    /// What is lost on the way and sent again at once: of the bandwidth, 1 minus this carries
    /// what is to be carried [choice].
    pub loss: Probability,
}

/// How fast a circuit is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bandwidth {
    /// Never the bottleneck.
    Unlimited,
    /// Always the same.
    Constant(Rate),
    /// By the hour of the day, in the local time of the site whose link it is.
    Hourly(Week<Rate>),
}

/// What a sender may carry to a site, and when: an address of Configuration Manager 2007, later a
/// file replication route (R4, R5).
///
/// The route of a site is the address by which its parent reaches it. Its hours are in the local
/// time of the site that names it [choice].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Its name.
    pub name: String,
    /// `open`: for what, by the hour of the week.
    pub open: Week<Openness>,
    /// `rate`.
    pub rate: RouteRate,
    /// `threads`: sendings at once to this destination; any limit of the rate leaves one.
    pub threads: u32,
    /// `tries`: how often in a row a sending is tried, the first try included.
    pub tries: u32,
    /// From the failure of one of them to the next.
    pub try_every: Duration,
    /// From the failure of the last of them to the first of the next row.
    pub again_every: Duration,
    /// So long after it was to be sent a sending that fails is given up; what belongs into a
    /// database is not (R7).
    pub give_up_after: Duration,
}

/// For what an address is open at some hour (R4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Openness {
    /// Everything.
    All,
    /// High and normal priority.
    AllButLow,
    /// High priority.
    HighOnly,
    /// Nothing.
    Closed,
}

impl Openness {
    /// Do sync requests pass? They are of high priority (R5).
    pub fn admits_requests(self) -> bool {
        self != Openness::Closed
    }

    /// Do packages of metadata pass? They are of normal priority (R5).
    pub fn admits_metadata(self) -> bool {
        matches!(self, Openness::All | Openness::AllButLow)
    }

    /// Does the catalogue for SMS 2003 clients pass? It is of low priority [choice].
    pub fn admits_catalogues(self) -> bool {
        self == Openness::All
    }
}

/// How fast a sender may send (R4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RouteRate {
    /// As fast as the link is.
    Unlimited,
    /// A share of the time, and so of the bandwidth, by the hour of the day.
    Hourly(Week<Probability>),
    /// A block, a pause, a block.
    Pulse {
        /// How much is sent at a time.
        block: Bytes,
        /// The pause between two blocks.
        delay: Duration,
    },
}
