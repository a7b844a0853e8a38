use super::{Failure, Timer};

/// What has happened to a site: all that its engine ever learns.
///
/// Answers carry the number of the synchronisation (or insertion) they belong to, so that one
/// that comes late, after a crash, is recognised and ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// The schedule of the top-level site fell due (T1).
    ScheduleDue,
    /// An administrator chose *Run Synchronization* (T2).
    RunSynchronizationChosen,
    /// The parent's sync request has been noticed and read (T3).
    SyncRequested,
    /// A software update point has just been installed (T5); a site that had none has one from
    /// now on.
    PointInstalled,
    /// The software update point of a site below the top-level one has been removed; it only
    /// receives metadata in its database from now on (H4). A synchronisation under way is told by
    /// `StepFailed`.
    PointRemoved,
    /// A timer that [`super::Effect::SetTimer`] asked for has run out; never before its instant.
    TimerFired(Timer),
    /// Update Services on the active software update point answers.
    Connected {
        /// Of which synchronisation.
        attempt: u32,
    },
    /// WSUS has pulled and committed (P2).
    Pulled {
        /// Of which synchronisation.
        attempt: u32,
        /// The upstream site's content version at that time (P5); the top-level site's own
        /// upstream has none.
        version: Option<u32>,
        /// Were licence terms missing? (P11)
        licence_terms_pending: bool,
    },
    /// The fixed wait is over (P3).
    Settled {
        /// Of which synchronisation.
        attempt: u32,
    },
    /// The site database holds what WSUS held (P4).
    Imported {
        /// Of which synchronisation.
        attempt: u32,
        /// The content version now: one higher if the site database changed, else the old one
        /// (P5).
        version: u32,
    },
    /// The internet-based point has pulled and committed (P6).
    InternetPointSynced {
        /// Of which synchronisation.
        attempt: u32,
    },
    /// The step under way has failed (P1, P8).
    StepFailed {
        /// Of which synchronisation.
        attempt: u32,
        /// Where and why.
        failure: Failure,
    },
    /// A package of metadata for the site database has arrived (R1).
    PackageArrived {
        /// The content version it brings the database to.
        version: u32,
    },
    /// The package has been inserted into the site database (R1).
    Inserted {
        /// Of which insertion.
        insertion: u32,
    },
    /// The site server is up again; what it knew in memory is gone (T7).
    Restarted,
}
