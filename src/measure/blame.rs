//! What a delay is made of: stages, each of one category, at one site, with one thing behind it.

use crate::scenario::Scenario;
use crate::trace::Part;
use crate::units::{Duration, FaultId, Instant, LinkId, ReleaseId, RouteId, SiteId};

/// Why a part of a site held a release so late.
///
/// The stages lie between `wanted` and `until` without a gap and without an overlap, in order of
/// time: together they are exactly as long as the delay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blame {
    /// Whose delay it is.
    pub site: SiteId,
    /// With which release.
    pub release: ReleaseId,
    /// Of which part; of a site as a whole, the part that came last. With both at one instant that
    /// is WSUS; at a site without a software update point it is the database.
    pub part: Part,
    /// From when on the release was published and asked for.
    pub wanted: Instant,
    /// When the part held it.
    pub until: Instant,
    /// What happened between, in order; none is empty, and no two neighbours are alike.
    pub stages: Vec<Stage>,
}

/// A stage of the way of a release to a site: who or what had it, or let it wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage {
    /// From when.
    pub from: Instant,
    /// Until when.
    pub until: Instant,
    /// What it was.
    pub category: Category,
    /// At which site. A sending, and what holds it up at its address, counts at the site it goes
    /// to; a sender without a free thread counts at the site that sends.
    pub at: SiteId,
    /// What of the scenario is behind it.
    pub behind: Behind,
}

impl Stage {
    /// How long it was.
    pub fn length(&self) -> Duration {
        self.until - self.from
    }
}

impl Blame {
    /// From publication, or from when it was asked for, until the part held it.
    pub fn delay(&self) -> Duration {
        self.until.since(self.wanted)
    }

    /// The stages that are alike, put together: what one row of the table `blame` is; in the order
    /// in which they first occur.
    pub fn parts(&self) -> Vec<(Stage, Duration)> {
        let mut parts: Vec<(Stage, Duration)> = Vec::new();
        for stage in &self.stages {
            match parts.iter_mut().find(|(one, _)| one.is_like(stage)) {
                Some((_, length)) => *length += stage.length(),
                None => parts.push((*stage, stage.length())),
            }
        }
        parts
    }
}

impl Stage {
    /// Is the other of the same category at the same site with the same behind it?
    pub(super) fn is_like(&self, other: &Stage) -> bool {
        (self.category, self.at, self.behind) == (other.category, other.at, other.behind)
    }
}

/// What of the scenario is behind a stage: the line that one would change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Behind {
    /// A fault.
    Fault(FaultId),
    /// A circuit.
    Link(LinkId),
    /// An address.
    Route(RouteId),
    /// The schedule of the top-level site (T1).
    Schedule,
    /// What an administrator did, or did so late: the position among the scenario's operations.
    Operation(u32),
    /// How long a step takes: its key in `timing`.
    Timing(&'static str),
    /// The time from a failure to the next try (T4).
    Retry,
    /// How many may pull from the site of the stage at once.
    PullsAtOnce,
    /// How many sendings a sender does at once, and that objects go together: the product's own
    /// numbers (R5, R6), which no line of the scenario changes.
    Sender,
    /// That one synchronisation runs at a time (T6).
    OneAtATime,
    /// The internet-based point of the site of the stage.
    InternetPoint,
    /// When a site is done (P9).
    SiteComplete,
}

impl Behind {
    /// The fault, if it is one.
    pub fn fault(self) -> Option<FaultId> {
        match self {
            Behind::Fault(fault) => Some(fault),
            _ => None,
        }
    }

    /// The path of the line, at that site: `faults.emea-fibre-cut`, `routes.nights`,
    /// `sync.schedule`; for what no line of a scenario changes, a rule (`R5`).
    pub fn path(self, scenario: &Scenario, at: SiteId) -> String {
        let code = || &scenario.sites[at.index()].code;
        match self {
            Behind::Fault(fault) => format!("faults.{}", scenario.faults[fault.index()].name),
            Behind::Link(link) => format!("links.{}", scenario.links[link.index()].name),
            Behind::Route(route) => format!("routes.{}", scenario.routes[route.index()].name),
            Behind::Schedule => "sync.schedule".to_owned(),
            Behind::Operation(operation) => {
                format!("operations.{}", scenario.operations[operation as usize].name)
            }
            Behind::Timing(key) => format!("timing.{key}"),
            Behind::Retry => "sync.retry".to_owned(),
            Behind::PullsAtOnce => format!("sites.{}.sup.pulls_at_once", code()),
            Behind::Sender => "R5".to_owned(),
            Behind::OneAtATime => "T6".to_owned(),
            Behind::InternetPoint => format!("sites.{}.internet_sup", code()),
            Behind::SiteComplete => "sync.site_complete".to_owned(),
        }
    }
}

/// What kind of time a stage is. Every instant of every delay is of exactly one; there is no
/// *other*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// Until the schedule of the top-level site fell due (T1).
    Schedule,
    /// Until an administrator did something (T2, T5).
    Administrator,
    /// After a failure, until the next try (T4).
    Retry,
    /// In a try that failed: all it did was done again.
    FailedTry,
    /// Behind a synchronisation of the same site (T6).
    Deferred,
    /// The circuit was down.
    LinkDown,
    /// The site server was down (T7).
    SiteDown,
    /// A software update point was down.
    PointDown,
    /// The source did not answer.
    SourceDown,
    /// The gate was closed (P1).
    NotConfigured,
    /// The address was closed (R4).
    SenderClosed,
    /// Behind other sendings (R5, R6).
    SenderBusy,
    /// In a sending that failed, and until it was tried again (R5).
    SendingRetry,
    /// Sending under a limit of the rate, beyond what the circuit alone would take (R4).
    RateLimited,
    /// A sync request on its way (R3).
    RequestTransit,
    /// A package on its way (R1).
    PackageTransit,
    /// Until a request that had arrived was noticed and read.
    Noticing,
    /// From 6701 to 6704.
    Connecting,
    /// Behind other pulls.
    PullQueue,
    /// The catalogue on its way over the circuit (P2).
    CatalogueTransfer,
    /// WSUS's own work on a pull (P2).
    WsusWork,
    /// The fixed wait (P3).
    Settle,
    /// Comparing, importing, inserting: the site database (P4, R1).
    Database,
    /// The internet-based point (P6).
    InternetPoint,
    /// Until the next export for the internet-based point (P10).
    ExportWait,
    /// Exporting, carrying, importing (P10).
    ExportImport,
}

impl Category {
    /// Every one, in the order in which they are told.
    pub const ALL: [Category; 26] = [
        Category::Schedule,
        Category::Administrator,
        Category::Retry,
        Category::FailedTry,
        Category::Deferred,
        Category::LinkDown,
        Category::SiteDown,
        Category::PointDown,
        Category::SourceDown,
        Category::NotConfigured,
        Category::SenderClosed,
        Category::SenderBusy,
        Category::SendingRetry,
        Category::RateLimited,
        Category::RequestTransit,
        Category::PackageTransit,
        Category::Noticing,
        Category::Connecting,
        Category::PullQueue,
        Category::CatalogueTransfer,
        Category::WsusWork,
        Category::Settle,
        Category::Database,
        Category::InternetPoint,
        Category::ExportWait,
        Category::ExportImport,
    ];

    /// The one short name of this category in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Category::Schedule => "schedule",
            Category::Administrator => "administrator",
            Category::Retry => "retry",
            Category::FailedTry => "failed-try",
            Category::Deferred => "deferred",
            Category::LinkDown => "link-down",
            Category::SiteDown => "site-down",
            Category::PointDown => "point-down",
            Category::SourceDown => "source-down",
            Category::NotConfigured => "not-configured",
            Category::SenderClosed => "sender-closed",
            Category::SenderBusy => "sender-busy",
            Category::SendingRetry => "sending-retry",
            Category::RateLimited => "rate-limited",
            Category::RequestTransit => "request-transit",
            Category::PackageTransit => "package-transit",
            Category::Noticing => "noticing",
            Category::Connecting => "connecting",
            Category::PullQueue => "pull-queue",
            Category::CatalogueTransfer => "catalogue-transfer",
            Category::WsusWork => "wsus-work",
            Category::Settle => "settle",
            Category::Database => "database",
            Category::InternetPoint => "internet-point",
            Category::ExportWait => "export-wait",
            Category::ExportImport => "export-import",
        }
    }

    /// The same in words, for people.
    pub const fn words(self) -> &'static str {
        match self {
            Category::Schedule => "waiting for the schedule",
            Category::Administrator => "waiting for administrator",
            Category::Retry => "waiting for the retry",
            Category::FailedTry => "a try that failed",
            Category::Deferred => "waiting for a running sync",
            Category::LinkDown => "link down",
            Category::SiteDown => "site down",
            Category::PointDown => "update point down",
            Category::SourceDown => "source down",
            Category::NotConfigured => "WSUS not configured",
            Category::SenderClosed => "sender closed",
            Category::SenderBusy => "sender busy",
            Category::SendingRetry => "sending again",
            Category::RateLimited => "sender's rate limit",
            Category::RequestTransit => "request in transit",
            Category::PackageTransit => "package in transit",
            Category::Noticing => "request to be noticed",
            Category::Connecting => "connecting",
            Category::PullQueue => "behind other pulls",
            Category::CatalogueTransfer => "catalogue transfer",
            Category::WsusWork => "WSUS processing",
            Category::Settle => "fixed wait",
            Category::Database => "database work",
            Category::InternetPoint => "internet-based point",
            Category::ExportWait => "waiting for the export",
            Category::ExportImport => "export, carrying, import",
        }
    }

    /// Is it waiting, and not work or carrying?
    pub const fn is_waiting(self) -> bool {
        !matches!(
            self,
            Category::RequestTransit
                | Category::PackageTransit
                | Category::Connecting
                | Category::CatalogueTransfer
                | Category::WsusWork
                | Category::Database
                | Category::InternetPoint
                | Category::ExportImport
        )
    }
}
