//! The field's words for what a synchronisation is, why it starts and how it fails.

use std::fmt;

use crate::units::{FaultId, Instant};

/// How much a synchronisation looks at (T1-T3, P4).
///
/// Ordered: a full one covers a delta.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Only updates that are new since the last synchronisation.
    Delta,
    /// Everything is compared; every change is applied.
    Full,
}

/// What started a synchronisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trigger {
    /// The schedule of the top-level site fell due (T1).
    Schedule,
    /// An administrator chose *Run Synchronization* at the top-level site (T2).
    Manual,
    /// The parent's sync request was read (T3).
    Parent,
    /// An earlier synchronisation of this site failed (T4).
    Retry,
    /// A software update point has just been installed (T5).
    Installed,
}

/// The steps of one synchronisation, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Is the site's WSUS configured at all? (P1)
    Gate,
    /// The site server connects to Update Services on the active software update point.
    Connect,
    /// WSUS pulls from its upstream: 6704 (P2).
    Pull,
    /// The fixed wait for WSUS results to become available (P3).
    Settle,
    /// From the WSUS database into the site database: 6705, top-level site only (P4).
    Import,
    /// The internet-based software update point pulls: 6706 (P6).
    Internet,
    /// Not a step: the site server came up again and found the synchronisation cut short (T7).
    Restart,
}

/// Why a step failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// WSUS is not configured, or its console is missing on the site server (P1, H5).
    NotConfigured,
    /// Update Services on the software update point cannot be reached.
    NoUpdateServer,
    /// The upstream server does not answer WSUS.
    UpstreamUnreachable,
    /// The internet-based software update point cannot be reached.
    NoInternetPoint,
    /// What was written into the site database was not committed (P4).
    DatabaseFailed,
    /// The site server was restarted in the middle (T7).
    Restarted,
    /// A fault of the scenario said so, with its own code and message.
    Injected(FaultId),
}

/// A step that failed, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Failure {
    /// The step.
    pub phase: Phase,
    /// The reason.
    pub reason: Reason,
}

/// A status message of SMS_WSUS_SYNC_MANAGER (M).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// 6701: a synchronisation has started.
    Started {
        /// The number of this synchronisation at its site, from 1.
        attempt: u32,
        /// Delta or full.
        kind: Kind,
        /// What started it.
        trigger: Trigger,
    },
    /// 6702: it is done.
    Done {
        /// Which one.
        attempt: u32,
        /// The content version the site has now (P5).
        version: u32,
    },
    /// 6703: it has failed.
    Failed {
        /// Which one.
        attempt: u32,
        /// Where and why.
        failure: Failure,
        /// When this site tries again; `None` when it has given up (T4).
        retry_at: Option<Instant>,
    },
    /// 6704: phase 1 begins; WSUS pulls from its upstream.
    SynchronizingWsus {
        /// Of which synchronisation.
        attempt: u32,
    },
    /// 6705: phase 2 begins; the site database takes from WSUS.
    SynchronizingDatabase {
        /// Of which synchronisation.
        attempt: u32,
        /// Delta or full.
        kind: Kind,
    },
    /// 6706: the internet-based software update point pulls.
    SynchronizingInternetPoint {
        /// Of which synchronisation.
        attempt: u32,
    },
    /// 6707: the internet-based point is out of step with its upstream
    /// (only when its failure is its own: P9, *before*).
    OutOfStep {
        /// Of which synchronisation.
        attempt: u32,
        /// Where and why.
        failure: Failure,
        /// When the point is tried again.
        retry_at: Option<Instant>,
    },
    /// 6708: it is done, with licence terms pending (P11).
    DoneLicenceTermsPending {
        /// Which one.
        attempt: u32,
        /// The content version the site has now (P5).
        version: u32,
    },
}

impl Status {
    /// The number administrators search for.
    pub const fn id(&self) -> u16 {
        match self {
            Status::Started { .. } => 6701,
            Status::Done { .. } => 6702,
            Status::Failed { .. } => 6703,
            Status::SynchronizingWsus { .. } => 6704,
            Status::SynchronizingDatabase { .. } => 6705,
            Status::SynchronizingInternetPoint { .. } => 6706,
            Status::OutOfStep { .. } => 6707,
            Status::DoneLicenceTermsPending { .. } => 6708,
        }
    }
}

impl Reason {
    /// The source and the message of the 6703, in the product's own words where they are known.
    ///
    /// An injected failure brings its own; this gives what it says when it does not.
    pub const fn text(self) -> (&'static str, &'static str) {
        match self {
            Reason::NotConfigured => (
                "CWSyncMgr::DoSync",
                "WSUS server not configured. Please refer to WCM.log for configuration error details.",
            ),
            Reason::NoUpdateServer => (
                "Microsoft.UpdateServices.Administration.AdminProxy.CreateUpdateServer",
                "Request for principal permission failed (0x8013150A)",
            ),
            Reason::UpstreamUnreachable | Reason::NoInternetPoint | Reason::Injected(_) => (
                "Microsoft.UpdateServices.Internal.ApiRemoting.WSyncAction.SyncWSUS",
                "UssCommunicationError: WebException",
            ),
            Reason::DatabaseFailed => (
                "Microsoft SQL Server",
                "[23000][2627] Violation of UNIQUE KEY constraint. Cannot insert duplicate key.",
            ),
            Reason::Restarted => ("SMS_EXECUTIVE", "site server restarted"),
        }
    }
}

/// Enumerations whose every value has one short stable name, used in stories, tables and
/// fingerprints alike.
macro_rules! named {
    ($type:ident { $($variant:ident => $name:literal),+ $(,)? }) => {
        impl $type {
            /// The one short name of this value, everywhere.
            pub const fn name(self) -> &'static str {
                match self { $($type::$variant => $name),+ }
            }
        }
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.name())
            }
        }
    };
}

named!(Kind { Delta => "delta", Full => "full" });
named!(Trigger {
    Schedule => "schedule", Manual => "manual", Parent => "parent", Retry => "retry",
    Installed => "installed",
});
named!(Phase {
    Gate => "gate", Connect => "connect", Pull => "pull", Settle => "settle",
    Import => "import", Internet => "internet", Restart => "restart",
});

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::NotConfigured => f.pad("not-configured"),
            Reason::NoUpdateServer => f.pad("no-update-server"),
            Reason::UpstreamUnreachable => f.pad("upstream-unreachable"),
            Reason::NoInternetPoint => f.pad("no-internet-point"),
            Reason::DatabaseFailed => f.pad("database-failed"),
            Reason::Restarted => f.pad("restarted"),
            Reason::Injected(fault) => f.pad(&format!("injected#{}", fault.0)),
        }
    }
}
