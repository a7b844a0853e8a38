use crate::trace::{Cause, Failure, Kind, Trigger};
use crate::units::{Bytes, Duration, FaultId, Instant, ReleaseId, SiteId};

/// The tidy rows of one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Every synchronisation, by site and then by number.
    pub attempts: Vec<Attempt>,
    /// Every site and release, whether it arrived or not, by site and then by release; without
    /// the releases of which nothing matches the criteria (U2).
    ///
    /// Sites that no metadata can reach (those above the top-level site) are left out.
    pub arrivals: Vec<Arrival>,
    /// Every time a fault took hold, by fault, then site, then time.
    pub faults: Vec<FaultOccurrence>,
}

/// One synchronisation of one site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Where.
    pub site: SiteId,
    /// Its number at that site, from 1.
    pub number: u32,
    /// What started it.
    pub trigger: Trigger,
    /// The record that led to its start.
    pub cause: Cause,
    /// The synchronisation that led to it: the parent's, or for a retry the failed one.
    pub caused_by: Option<(SiteId, u32)>,
    /// Delta or full.
    pub kind: Kind,
    /// 6701.
    pub start: Instant,
    /// 6704: connected, the pull begins.
    pub pull_start: Option<Instant>,
    /// The bytes have crossed the link.
    pub transferred: Option<Instant>,
    /// Phase 1 is done.
    pub pulled: Option<Instant>,
    /// The fixed wait is over.
    pub settled: Option<Instant>,
    /// Phase 2 is done (top-level site only).
    pub imported: Option<Instant>,
    /// 6706: the internet-based point begins.
    pub internet_start: Option<Instant>,
    /// The internet-based point is done.
    pub internet_done: Option<Instant>,
    /// 6702, 6708 or 6703; `None` when the run ended first.
    pub end: Option<Instant>,
    /// How it ended.
    pub ending: Ending,
    /// Where and why, when it failed.
    pub failure: Option<Failure>,
    /// When the site tries again, when it failed.
    pub retry_at: Option<Instant>,
    /// The fault that made it fail, or end with licence terms pending, when one did.
    pub fault: Option<FaultId>,
    /// How many revisions phase 1 brought.
    pub updates: u32,
    /// Their metadata.
    pub bytes: Bytes,
    /// How many changes it made anywhere: in WSUS, in the site database, at the internet-based
    /// point.
    pub applied: u32,
    /// The content version at its end.
    pub version: Option<u32>,
}

/// How a synchronisation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// 6702.
    Ok,
    /// 6708: done, with licence terms pending.
    LicenceTermsPending,
    /// 6703.
    Failed,
    /// Neither before the end of the run.
    Unfinished,
}

impl Ending {
    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Ending::Ok => "ok",
            Ending::LicenceTermsPending => "ok-licence-terms-pending",
            Ending::Failed => "failed",
            Ending::Unfinished => "unfinished",
        }
    }
}

/// When a release reached a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Where.
    pub site: SiteId,
    /// Which release.
    pub release: ReleaseId,
    /// When it was published.
    pub published: Instant,
    /// Since when it is asked for: its publication, or the change of criteria that first matched
    /// it (U2).
    pub wanted: Instant,
    /// When the site database held all of it.
    pub database: Option<Instant>,
    /// When the WSUS of the active point held all of it.
    pub wsus: Option<Instant>,
    /// When the internet-based point held all of it.
    pub internet: Option<Instant>,
    /// When the site was current: database and WSUS; without a point, the database alone.
    pub current: Option<Instant>,
    /// The number of the synchronisation that brought it to WSUS.
    pub attempt: Option<u32>,
}

impl Arrival {
    /// From when it was published and asked for to current; `None` when it never was.
    pub fn time_to_current(&self) -> Option<Duration> {
        self.current.map(|current| current.since(self.wanted))
    }
}

/// One time a fault took hold of a site, or hit single attempts of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultOccurrence {
    /// Which fault.
    pub fault: FaultId,
    /// Where.
    pub site: SiteId,
    /// From when; for a fault of single attempts, the start of that attempt.
    pub from: Instant,
    /// Until when; `None` when it held at the end of the run.
    pub until: Option<Instant>,
    /// How many synchronisations of that site it made fail.
    pub attempts_hit: u32,
}
