use super::Mishap;
use crate::engine::{Kind, Status, Trigger};
use crate::units::{Bytes, Duration, FaultId, Instant, ReleaseId, SiteId};

/// Everything that was recorded of a run, in the order in which it happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// The records.
    pub records: Vec<Record>,
}

/// One thing that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// When.
    pub at: Instant,
    /// At which site; for what happens at the source, the top-level site.
    pub site: SiteId,
    /// Because of which earlier record.
    pub cause: Cause,
    /// What.
    pub fact: Fact,
}

/// The record that led to another: its position in [`Trace::records`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cause(u32);

impl Cause {
    /// Nothing in the run caused it: a schedule, an administrator, a fault, a release.
    pub const NONE: Cause = Cause(u32::MAX);

    /// The record at that position.
    pub fn record(position: usize) -> Cause {
        Cause(u32::try_from(position).expect("a trace of fewer than four thousand million records"))
    }

    /// The position, or `None` when nothing in the run caused it.
    pub const fn position(self) -> Option<usize> {
        if self.0 == u32::MAX { None } else { Some(self.0 as usize) }
    }
}

/// What a site holds metadata in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The site database.
    Database,
    /// The WSUS database of the active software update point.
    Wsus,
    /// The WSUS database of the internet-based software update point.
    Internet,
}

/// In which order a sender takes what it is to send (R5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Sync requests.
    High,
    /// Packages of metadata.
    Normal,
    /// The catalogue for SMS 2003 clients (L2).
    Low,
}

/// What a job of a sender waits for (R4-R6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wait {
    /// The address to open for its priority: then; `None`: it never does.
    Closed {
        /// The first instant at which it is open.
        until: Option<Instant>,
    },
    /// A thread: as many sendings are under way as the site's sender does at once.
    Thread,
    /// A thread for this destination: as many are under way to it as may be.
    ThreadToIt,
    /// A job of its priority to be done, with the next of which it goes; at the latest then (R6).
    Together {
        /// When it goes by itself.
        until: Instant,
    },
}

/// What keeps a sending from being as fast as its link (R4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// Nothing.
    None,
    /// A share of the time, by the hour of the day.
    Hourly,
    /// Blocks with pauses between.
    Pulse,
}

/// By which way clients scan (C1-C5, L1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClientKind {
    /// Against the active software update point of their site.
    Intranet,
    /// Against its internet-based one (C5).
    Internet,
    /// SMS 2003 clients: against the Inventory Tool's catalogue (L1).
    Sms2003,
}

impl ClientKind {
    /// All of them.
    pub const ALL: [ClientKind; 3] =
        [ClientKind::Intranet, ClientKind::Internet, ClientKind::Sms2003];

    /// The one short name of this kind, everywhere.
    pub const fn name(self) -> &'static str {
        match self {
            ClientKind::Intranet => "intranet",
            ClientKind::Internet => "internet",
            ClientKind::Sms2003 => "sms2003",
        }
    }
}

/// What happened. Past participles; those marked * are recorded at `attempts` already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// * The source published a release (U4).
    Released {
        /// Which.
        release: ReleaseId,
    },
    /// * A part of the site now holds everything of a release.
    Arrived {
        /// Which release.
        release: ReleaseId,
        /// Which part.
        part: Part,
    },
    /// * A status message (M).
    Announced(Status),
    /// * The bytes of a pull have crossed the link; what remains is WSUS's own work.
    Transferred {
        /// Of which synchronisation.
        attempt: u32,
        /// How much.
        bytes: Bytes,
    },
    /// * Phase 1 is done; the WSUS database holds the changes (P2).
    Pulled {
        /// Of which synchronisation.
        attempt: u32,
        /// How many revisions.
        updates: u32,
        /// Their metadata.
        bytes: Bytes,
    },
    /// * The fixed wait is over (P3).
    Settled {
        /// Of which synchronisation.
        attempt: u32,
    },
    /// * Phase 2 is done; the site database holds the changes (P4, P5).
    Imported {
        /// Of which synchronisation.
        attempt: u32,
        /// How many revisions were applied.
        updates: u32,
        /// The content version now.
        version: u32,
    },
    /// * The internet-based point is done (P6).
    InternetPointSynced {
        /// Of which synchronisation.
        attempt: u32,
        /// How many revisions.
        updates: u32,
        /// Their metadata.
        bytes: Bytes,
    },
    /// * A fault took hold of the site.
    FaultBegan {
        /// Which.
        fault: FaultId,
    },
    /// * It let go.
    FaultEnded {
        /// Which.
        fault: FaultId,
    },
    /// * A fault hit this synchronisation: it is why it fails, takes longer or ends with 6708.
    FaultHit {
        /// Which.
        fault: FaultId,
        /// Which synchronisation.
        attempt: u32,
    },
    /// * A run of export, carrying and import started (P10).
    ExportStarted {
        /// The number of the run at its point, from 1.
        run: u32,
    },
    /// * The active point has been exported, with so much that the internet-based one lacked.
    Exported {
        /// Of which run.
        run: u32,
        /// How many revisions.
        updates: u32,
        /// Their metadata.
        bytes: Bytes,
    },
    /// * What was exported is at the internet-based point.
    CarriedOver {
        /// Of which run.
        run: u32,
    },
    /// * The internet-based point has imported it.
    PointImported {
        /// Of which run.
        run: u32,
        /// How many revisions.
        updates: u32,
        /// Their metadata.
        bytes: Bytes,
    },
    /// * A run came to nothing.
    PointRunFailed {
        /// Which.
        run: u32,
        /// Why.
        why: Mishap,
    },
    /// An administrator did something (T2).
    Operated {
        /// The position among the scenario's operations.
        operation: u32,
    },
    /// A trigger came while a synchronisation was running, and waits (T6).
    TriggerDeferred {
        /// Which trigger.
        trigger: Trigger,
        /// What it asks for.
        kind: Kind,
    },
    /// A trigger was refused: *Run Synchronization* at a child (T2).
    TriggerRefused {
        /// Which trigger.
        trigger: Trigger,
    },
    /// A site-wide policy was created (C1).
    PolicyCreated {
        /// The content version it carries.
        version: u32,
        /// Is its body a new one? Not when the synchronisation changed nothing.
        new_body: bool,
    },
    /// A pull waits: as many sites pull from the upstream as may at once.
    PullWaited {
        /// Of which synchronisation.
        attempt: u32,
    },
    /// Its turn has come.
    PullAdmitted {
        /// Of which synchronisation.
        attempt: u32,
    },
    /// A sync request was handed to the sender for a child (P7). Unless it says that it waits, it
    /// leaves at once.
    RequestSent {
        /// Which child.
        to: SiteId,
    },
    /// A sync request arrived from the parent (R3); it has yet to be noticed and read.
    RequestArrived,
    /// A package of metadata was handed to the sender for a child's database (R1). Unless it says
    /// that it waits, it leaves at once.
    PackageSent {
        /// Which child.
        to: SiteId,
        /// The content version it brings.
        version: u32,
        /// How much.
        bytes: Bytes,
    },
    /// A package arrived (R1).
    PackageArrived {
        /// The content version it brings.
        version: u32,
    },
    /// A package was inserted into the site database (R1, R7).
    PackageInserted {
        /// The content version it brought.
        version: u32,
    },
    /// An insertion was rolled back; it is done again (R7).
    InsertionFailed {
        /// The content version it would have brought.
        version: u32,
        /// When it is begun again.
        again_at: Instant,
    },
    /// What is to be sent waits, and for what; said again when that changes (R4-R6). Not while a
    /// failed sending waits for its next try: that is said when it fails.
    SendingWaited {
        /// To which neighbour.
        to: SiteId,
        /// Of which priority it is.
        priority: Priority,
        /// For what.
        what: Wait,
    },
    /// A sending that has waited, or that its route slows down, began (R4, R5).
    SendingStarted {
        /// To which neighbour.
        to: SiteId,
        /// Of which priority it is.
        priority: Priority,
        /// What slows it down.
        limit: Limit,
    },
    /// A fault struck a sending: lost, late, doubled or overtaken (R7).
    SendingStruck {
        /// To which neighbour.
        to: SiteId,
        /// Which fault.
        fault: FaultId,
    },
    /// A sending failed; the sender tries again (R5).
    SendingFailed {
        /// To which neighbour.
        to: SiteId,
        /// When it is tried again; `None`: given up.
        again_at: Option<Instant>,
    },
    /// * Clients of the site have scanned for a release, each for the first time (C3).
    ///
    /// A scan covers a release when it began after what it is against held everything of it. The
    /// share of clients that have scanned for it by an instant is the sum of `clients` over its
    /// records up to then, over the clients of the site. The time that it took them is
    /// `at - earlier - release.at`: exact for clients one by one (`clients` is 1 and `earlier`
    /// zero); for a counted group the mean is exact, and every one of them finished after the
    /// group's record before and not after this one.
    Scanned {
        /// Which release.
        release: ReleaseId,
        /// Which clients.
        by: ClientKind,
        /// How many of them: each counts once for each release.
        clients: u32,
        /// By how much, on average, they had finished before this record.
        earlier: Duration,
    },
    /// Metadata have crossed the circuit over which the site is reached; so many of them as did,
    /// when the transfer was broken off or the run ended.
    Crossed {
        /// When the first of them began to.
        since: Instant,
        /// When the last of them had left; they arrive a latency later.
        until: Instant,
        /// How much.
        bytes: Bytes,
        /// Whose own circuit they crossed as well: that of the site pulled from (P2). None for
        /// what senders send.
        over: Option<SiteId>,
    },
    /// Clients of the site fetched a new policy body, which starts a scan (C2, C3).
    PolicyFetched {
        /// Which clients.
        by: ClientKind,
        /// How many of them.
        clients: u32,
    },
    /// Scans of the site's clients were broken off or could not begin; the clients try again at
    /// their next poll (C4).
    ScansFailed {
        /// Which clients.
        by: ClientKind,
        /// How many of them.
        clients: u32,
    },
    /// * 6709: the synchronisation of the catalogue for SMS 2003 clients has started (L2).
    CatalogueSyncStarted {
        /// Its number, from 1.
        attempt: u32,
    },
    /// * 6710: it is done.
    CatalogueSyncDone {
        /// Which one.
        attempt: u32,
        /// The catalogue there is now.
        version: u32,
        /// Is it another than before? Only then it is distributed.
        changed: bool,
    },
    /// * 6711: it has failed.
    CatalogueSyncFailed {
        /// Which one.
        attempt: u32,
        /// When it is tried again; `None`: with the next advertisement.
        again_at: Option<Instant>,
    },
    /// The catalogue for SMS 2003 clients left for a child (L2).
    CatalogueSent {
        /// Which child.
        to: SiteId,
        /// Which catalogue.
        version: u32,
        /// How much.
        bytes: Bytes,
    },
    /// It arrived: the SMS 2003 clients of the site can scan with it.
    CatalogueArrived {
        /// Which catalogue.
        version: u32,
    },
    /// The site server went down (T7).
    WentDown,
    /// The site server came up (T7).
    CameUp,
}
