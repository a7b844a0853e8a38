use super::{Kind, Status, Trigger};
use crate::units::Instant;

/// What the engine asks of the one who drives it.
///
/// Steps (`Connect` to `SyncInternetPoint`) are answered, sooner or later, by the matching
/// [`super::Input`] or by `StepFailed`. The rest need no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Send a status message (M).
    Announce(Status),
    /// Pass the gate (P1) and connect to Update Services on the active software update point.
    Connect {
        /// For which synchronisation.
        attempt: u32,
    },
    /// Let WSUS pull from its upstream (P2).
    Pull {
        /// For which synchronisation.
        attempt: u32,
    },
    /// Wait until WSUS results are available (P3).
    Settle {
        /// For which synchronisation.
        attempt: u32,
    },
    /// Take from the WSUS database into the site database (P4).
    Import {
        /// For which synchronisation.
        attempt: u32,
        /// Everything, or only what is new.
        kind: Kind,
    },
    /// Let the internet-based point pull from this site's active one (P6).
    SyncInternetPoint {
        /// For which synchronisation.
        attempt: u32,
    },
    /// Insert a package into the site database (R1).
    Insert {
        /// The number of this insertion.
        insertion: u32,
        /// The content version it brings the database to.
        version: u32,
    },
    /// Send the changes that made this content version to every child's database (R1, R2).
    Replicate {
        /// The content version.
        version: u32,
    },
    /// Create the site-wide policy (C1).
    CreatePolicy {
        /// The content version it carries.
        version: u32,
        /// Has anything changed, so that its body is new?
        new_body: bool,
    },
    /// Send a sync request to every child with a software update point (P7).
    RequestSync,
    /// Give back `TimerFired` at that instant, or as soon after as can be.
    SetTimer {
        /// Which timer; setting it again moves it.
        timer: Timer,
        /// When.
        at: Instant,
    },
    /// Forget that timer.
    CancelTimer(Timer),
    /// Note that a trigger waits for the synchronisation under way (T6).
    Defer {
        /// Which trigger.
        trigger: Trigger,
        /// What it asks for.
        kind: Kind,
    },
    /// Tell whoever asked that this site cannot be asked so (T1-T3).
    Refuse {
        /// Which trigger.
        trigger: Trigger,
    },
}

/// The timers of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// Until the retry of a failed synchronisation (T4).
    Retry,
    /// Until the retry of the internet-based point alone (P9, *before*).
    InternetPoint,
}
