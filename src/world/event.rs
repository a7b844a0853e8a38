use crate::engine::Timer;
use crate::trace::Cause;
use crate::units::{FaultId, ReleaseId, SiteId};

/// An event and the record that led to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Happening {
    pub event: Event,
    pub cause: Cause,
}

/// Something that happens at an instant.
///
/// Kept small: the world moves millions of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// The source publishes a release.
    ReleaseDue {
        release: ReleaseId,
    },
    /// The top-level site's schedule falls due (T1): its `occurrence`-th time.
    ScheduleDue {
        occurrence: u32,
    },
    /// An administrator does something.
    OperationDue {
        operation: u32,
    },
    /// The software update point of a site has just been installed (T5).
    PointInstalled {
        site: SiteId,
    },
    /// A fault takes hold.
    FaultBegins {
        fault: FaultId,
    },
    /// A fault lets go.
    FaultEnds {
        fault: FaultId,
    },
    /// A site breaks at random, or is mended (renewal): for the `number`-th time, from 0.
    OutageBegins {
        fault: FaultId,
        site: SiteId,
        number: u32,
    },
    OutageEnds {
        fault: FaultId,
        site: SiteId,
        number: u32,
    },
    /// What the database of a site is being sent is due (database replication).
    ReplicationDue {
        to: SiteId,
    },
    /// A timer of a site runs out.
    TimerFired {
        site: SiteId,
        timer: Timer,
    },
    /// A site server has had the time it needs to connect to Update Services.
    ConnectDone {
        site: SiteId,
        attempt: u32,
    },
    /// The first of the pulls that share a parent's uplink is through.
    UplinkDue {
        parent: SiteId,
    },
    /// The bytes of a pull are through.
    Transferred {
        site: SiteId,
        attempt: u32,
    },
    /// WSUS has done its work on a pull.
    PullDone {
        site: SiteId,
        attempt: u32,
    },
    /// The fixed wait is over (P3).
    Settled {
        site: SiteId,
        attempt: u32,
    },
    /// Phase 2 is through.
    ImportDone {
        site: SiteId,
        attempt: u32,
    },
    /// The internet-based point is through.
    InternetPointDone {
        site: SiteId,
        attempt: u32,
    },
    /// A step of carrying metadata to an internet-based point (P10).
    PointRun {
        site: SiteId,
        run: u32,
        step: PointStep,
    },
    /// The step under way fails.
    StepFails {
        site: SiteId,
        attempt: u32,
    },
    /// A sync request reaches the child.
    RequestArrives {
        to: SiteId,
    },
    /// The child has noticed and read it.
    RequestRead {
        to: SiteId,
    },
    /// A package reaches the child.
    PackageArrives {
        to: SiteId,
        version: u32,
    },
    /// A sending that took time reaches the child.
    SendingArrives {
        to: SiteId,
        job: u32,
    },
    /// Of what is being sent to a child something is through, or goes at another pace.
    LineDue {
        to: SiteId,
    },
    /// An address opens, or something that waits there has waited long enough.
    AddressDue {
        to: SiteId,
    },
    /// An insertion that was rolled back is begun again (R7).
    InsertAgain {
        site: SiteId,
        insertion: u32,
    },
    /// A package is in the database.
    Inserted {
        site: SiteId,
        insertion: u32,
    },
    /// Clients must be looked after: somebody polls, or a scan is through (C2-C4).
    ClientsDue {
        group: u32,
    },
    /// The advertisement of the SMS 2003 catalogue falls due (L1).
    CatalogueDue,
    /// Its synchronisation is tried again.
    CatalogueAgain,
    /// It has been fetched (L2).
    CatalogueFetched,
    /// It reaches the child.
    CatalogueArrives {
        to: SiteId,
        version: u32,
    },
}

/// The steps of a run of export, carrying and import (P10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PointStep {
    /// The next run falls due.
    Due,
    /// The active point is exported.
    Exported,
    /// What was exported is at the internet-based point.
    Carried,
    /// It is imported there.
    Imported,
}

/// What a sender carries to a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Load {
    /// A sync request (R3).
    Request,
    /// The metadata that make this content version (R1).
    Package { version: u32 },
    /// The catalogue for SMS 2003 clients (L2).
    Catalogue { version: u32 },
}
