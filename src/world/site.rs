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
    pub next_origin: Origin,
    /// When its circuit was last mended; the start of the run when never.
    pub last_mended: Instant,
    /// The trigger that waits (T6): what it asks for, and its record.
    pub deferred: Option<(Kind, Cause)>,
    /// The record of the last failure: what a retry goes back to (T4).
    pub last_failure: Cause,
}

/// Because of what a synchronisation runs: the trigger at the top-level site that it goes back
/// to, and which try this is.
///
/// Draws are keyed by it and not by the number of the attempt, so that a fault which adds an
/// attempt on Tuesday leaves Wednesday's draws alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Origin {
    /// 0 the installation; else one more than the position of a schedule's occurrence, or, with
    /// the highest bit set, of an operation.
    pub trigger: u32,
    /// 0 for the first try, one more for each retry.
    pub tries: u32,
}

impl Origin {
    /// The installation of the software update point (T5).
    pub const INSTALLED: Origin = Origin { trigger: 0, tries: 0 };

    /// An occurrence of the schedule (T1).
    pub fn schedule(occurrence: u32) -> Self {
        Self { trigger: occurrence + 1, tries: 0 }
    }

    /// An operation of the administrator (T2).
    pub fn operation(operation: u32) -> Self {
        Self { trigger: (1 << 31) | (operation + 1), tries: 0 }
    }

    /// The same trigger, tried again (T4).
    pub fn retried(self) -> Self {
        Self { tries: self.tries + 1, ..self }
    }

    /// What keys the draws.
    pub fn key(self) -> u64 {
        u64::from(self.trigger) << 32 | u64::from(self.tries)
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
            origin: Origin::INSTALLED,
            next_origin: Origin::INSTALLED,
            last_mended: Instant::START,
            deferred: None,
            last_failure: Cause::NONE,
        }
    }
}
