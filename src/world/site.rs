use crate::engine::{Engine, Kind, Reason};
use crate::kernel::{Entity, Handle};
use crate::store::{Holdings, Pull};
use crate::trace::Cause;
use crate::units::Instant;

use super::blueprint::Place;

/// One site: its engine, and what surrounds it: what is under way, and what is out of order.
///
/// All that an event asks of its site lies together here, so that a large hierarchy costs one
/// trip to memory for each event and not five.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) struct SiteState {
    /// What the site decides.
    pub engine: Engine,
    /// What the scenario says of it.
    pub place: Place,
    /// What it holds.
    pub holdings: Holdings,
    /// By what its draws are named.
    pub entity: Entity,
    /// How many faults hold each of its parts.
    pub out_of_order: OutOfOrder,
    /// What the pull under way will bring.
    pub pull: Pull,
    /// The upstream's content version when the pull began (P5).
    pub upstream_version: u32,
    /// Which list of faults of single attempts it is prone to; 0: none.
    pub prone: u32,
    /// Will the synchronisation under way meet a fault?
    pub fault_ahead: bool,
    /// Is a transfer to its WSUS under way?
    pub transferring: bool,
    /// The record that the pull under way began with.
    pub pull_began: Cause,
    /// What [`super::Event::StepFails`] will say.
    pub failing: Option<Reason>,
    /// The retry timer (T4).
    pub retry_timer: Option<Handle>,
    /// Because of what it synchronises, or did last: keys its draws.
    pub origin: Origin,
    /// Because of what it will when it next starts by something other than a retry.
    pub next_trigger: Root,
    /// When its circuit was last mended; the start of the run when never.
    pub last_mended: Instant,
    /// The trigger that waits (T6): what it asks for, and its record.
    pub deferred: Option<(Kind, Cause)>,
    /// The record of the last failure: what a retry goes back to (T4).
    pub last_failure: Cause,
}

/// The trigger at the top-level site that a synchronisation anywhere goes back to: 0 the
/// installation; else one more than the position of a schedule's occurrence, or, with the highest
/// bit set, of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Root(u32);

/// Because of what a synchronisation runs: what it goes back to, and which try of this site it is.
///
/// Draws are keyed by it and not by the number of the attempt, so that a fault which adds an
/// attempt on Tuesday, here or further up, leaves all other draws alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    pub root: Root,
    /// 0 for the first try, one more for each retry.
    tries: u32,
}

impl Root {
    /// The installation of the software update point (T5).
    pub const INSTALLED: Root = Root(0);

    /// An occurrence of the schedule (T1).
    pub fn schedule(occurrence: u32) -> Self {
        Self(occurrence + 1)
    }

    /// An operation of the administrator (T2).
    pub fn operation(operation: u32) -> Self {
        Self((1 << 31) | (operation + 1))
    }

    /// The first synchronisation of a site because of it.
    pub fn first_try(self) -> Origin {
        Origin { root: self, tries: 0 }
    }
}

impl Origin {
    /// The same, tried again (T4).
    pub fn retried(self) -> Self {
        Self { tries: self.tries + 1, ..self }
    }

    /// What keys the draws.
    pub fn key(self) -> u64 {
        u64::from(self.root.0) << 32 | u64::from(self.tries)
    }
}

/// How many faults hold each part of a site at this instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct OutOfOrder {
    pub link: u16,
    pub server: u16,
    pub point: u16,
    pub internet_point: u16,
    pub source: u16,
    pub gate: u16,
    /// What makes work or the circuit slow, writing fail, licence terms missing: asked for in
    /// detail when one of them could matter.
    pub work: u16,
}

impl SiteState {
    pub fn new(engine: Engine, place: Place, holdings: Holdings, entity: Entity) -> Self {
        Self {
            engine,
            place,
            holdings,
            entity,
            out_of_order: OutOfOrder::default(),
            pull: Pull::default(),
            upstream_version: 0,
            prone: 0,
            fault_ahead: false,
            transferring: false,
            pull_began: Cause::NONE,
            failing: None,
            retry_timer: None,
            origin: Root::INSTALLED.first_try(),
            next_trigger: Root::INSTALLED,
            last_mended: Instant::START,
            deferred: None,
            last_failure: Cause::NONE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_takes_four_cache_lines() {
        assert!(
            size_of::<SiteState>() <= 256,
            "a fifth costs a large hierarchy a tenth of its time"
        );
    }
}
