//! Floor 2: the description of one world, checked.
//!
//! ```text
//!   text ──► yaml (a tree that knows its places) ──► shapes ──► Scenario (checked values)
//!                  every mistake found on the way is an error::Diagnostic; all are reported
//! ```
//!
//! Invariants:
//! - A [`Scenario`] that exists is valid: one tree, known names, units, no time outside the run.
//! - The topology is never random; only durations, sizes and faults are.
//! - A civil time becomes an [`Instant`] here and nowhere else.
//! - What was written, extended by every default that was used, can be written out again
//!   ([`Scenario::to_yaml`]) and describes the same world.

mod calendar;
mod catalogue;
mod civil;
mod clients;
mod clock;
mod clock_offset;
mod core_schema;
mod cost;
mod criteria;
mod defaults;
mod error;
mod expect;
mod expectation;
mod fault;
mod files;
mod generate;
mod hierarchy;
mod history;
mod hours;
mod known;
mod layers;
mod limits;
mod link;
mod lint;
mod mapping;
mod operation;
mod overrides;
mod pattern;
mod point;
mod profile;
mod quantity;
mod quota;
mod random;
mod read;
mod reader;
mod reshape;
mod route;
mod schema;
mod selector;
mod shape;
mod site;
mod sites;
mod source;
mod supported;
mod sync;
mod table;
mod text;
mod timing;
mod track;
mod values;
mod windows_zones;
mod write;
mod write_expect;
mod yaml;

use std::collections::BTreeMap;

pub use crate::kernel::Distribution;
use crate::units::{
    Bytes, Duration, Instant, LinkId, Probability, Rate, ReleaseId, RouteId, SiteId,
};

pub use clients::{ClientCounts, Clients, ScanOn, Sms2003};
pub use clock::{Clock, Zone};
pub use clock_offset::ClockOffset;
pub use criteria::{Criteria, LOCAL_PUBLISHER, Wanted};
pub use error::{Diagnostic, Report, Severity};
pub use expectation::{Bound, Expectation, Goal, Holder, Metric, MustHold, Stat, Unit, WHOLE};
pub use fault::{FailPhase, FailSync, Fault, FaultEffect, Occurs, Pick, Slow, SlowPhase, Span};
pub use files::{Disk, Files, Held, NamedFile, Refusal};
pub use hierarchy::Hierarchy;
pub use history::{History, HistoryRow};
pub use layers::{Overridden, Parameter, ParameterType};
pub use point::{ExportImport, Languages, PointMode};
pub use profile::Profile;
pub use schema::schema;
pub use supported::Supported;
pub use track::{Track, WallClock, Week};

/// What the command line says instead of the file, in the order in which it is applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Instead of `seed`.
    pub seed: Option<u64>,
    /// `--with FILE`: files laid over the scenario, as with `extends`.
    pub with: Vec<String>,
    /// `--set PATH=VALUE`: one value each, somewhere in the scenario.
    pub set: Vec<String>,
    /// `-p NAME=VALUE`: a declared parameter each.
    pub params: Vec<String>,
    /// `--where SEL --set PATH=VALUE`: values of the sites selected.
    pub sites: Vec<SitesOverride>,
    /// May the scenario name files outside its own folder?
    pub allow_outside: bool,
}

/// What the command line says of some sites.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SitesOverride {
    /// `KEY=VALUE` of a selector each; all must hold.
    pub selected: Vec<String>,
    /// `PATH=VALUE` in a site each.
    pub set: Vec<String>,
}

/// The description of one world, checked and with all defaults filled in.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// `name`: lower-case words.
    pub name: String,
    /// `description`: free text; may be empty.
    pub description: String,
    /// `profile`: where the defaults come from.
    pub profile: Profile,
    /// What turns instants into civil times.
    pub clock: Clock,
    /// `duration`: the horizon of the run.
    pub duration: Duration,
    /// `initial`: what sites hold at the start.
    pub initial: Initial,
    /// `warmup`: what happens before is not measured; shorter than the run.
    pub warmup: Duration,
    /// `seed`: which run of chance this is.
    pub seed: u64,
    /// `replications`: with how many different chances it is run; at least one.
    pub replications: u32,
    /// `source`: where the top-level site's metadata come from (U1).
    pub source: Source,
    /// `criteria`: which metadata are retrieved at the start (U2).
    pub criteria: Criteria,
    /// `catalogue`: what there is to synchronise, and when it appears (U4).
    pub catalogue: Catalogue,
    /// `links`, in the order of their names.
    pub links: Vec<Link>,
    /// `routes`, in the order of their names.
    pub routes: Vec<Route>,
    /// `sites` as written, then those of `generate`; a parent may stand after its children.
    pub sites: Vec<Site>,
    /// The different sets of `timing`; sites refer to them by position.
    pub timings: Vec<Timing>,
    /// `sync`.
    pub sync: Sync,
    /// `operations`, in order of time, then of name.
    pub operations: Vec<Operation>,
    /// `clients`: what all clients have in common (C1-C5).
    pub clients: Clients,
    /// `sms2003`; `None`: SMS 2003 clients are counted, but do nothing (L1, L2).
    pub sms2003: Option<Sms2003>,
    /// `faults`, in the order of their names; those with `enabled: false` are left out.
    pub faults: Vec<Fault>,
    /// `expect`, in the order of their names.
    pub expectations: Vec<Expectation>,
    /// `record`: how much is recorded.
    pub recording: Recording,
    /// `record.series_every`: how far apart the samples of `series.csv` are; `None`: no samples.
    pub series_every: Option<Duration>,
    /// The defaults that stood in for what was not written.
    pub defaults_used: Vec<Default>,
    /// The declared parameters, in the order written, with the values they stand for.
    pub parameters: Vec<Parameter>,
    /// What the command line said instead of the file, in the order in which it was applied.
    pub overridden: Vec<Overridden>,
}

/// One default of the profile, as `supsim show defaults` will print it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Default {
    /// The path of the key, e.g. `timing.settle`.
    pub key: &'static str,
    /// The value, as one would write it.
    pub value: &'static str,
    /// How well it is known.
    pub status: Known,
    /// Where it comes from.
    pub source: &'static str,
}

/// How well a default is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// The product's documentation says so.
    Documented,
    /// It was measured in the field.
    Observed,
    /// Nobody says; we chose it.
    Assumed,
}

/// What sites hold at the start of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initial {
    /// Every site holds everything that had been published; it has synchronised before.
    Current,
    /// No site holds anything; no site has ever synchronised (T5).
    Empty,
}

/// The upstream of the top-level site (U1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Microsoft Update, over the top-level site's own link.
    MicrosoftUpdate,
    /// A WSUS server outside the hierarchy, over the link named (or none: no transfer time).
    Wsus(Option<LinkId>),
    /// None: only what is imported or published locally.
    None,
}

/// What there is to synchronise.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalogue {
    /// How many updates had been published before the start, of every product: they match
    /// whatever the criteria are.
    pub baseline_updates: u32,
    /// Their metadata in all.
    pub baseline_metadata: Bytes,
    /// What else had been published before the start, in the order of the names.
    pub besides: Vec<Lot>,
    /// `history`: a real catalogue, row by row; may be empty.
    pub history: History,
    /// Every occurrence of every release within the run, in order of time, then of name.
    ///
    /// [`crate::units::ReleaseId`] is a position in this list.
    pub releases: Vec<Release>,
}

/// Updates that had been published before the start, beside the baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    /// Its name.
    pub name: String,
    /// How many updates.
    pub updates: u32,
    /// Their metadata in all.
    pub metadata: Bytes,
    /// `product` of all of them.
    pub product: String,
    /// `classification` of all of them.
    pub classification: String,
}

/// Who publishes a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Published {
    /// The source (U1).
    Source,
    /// An administrator, into the top-level WSUS (U3); written among the releases.
    Locally,
    /// The same, written as an operation of that name.
    ByOperation,
    /// The source, as these rows of [`Catalogue::history`] say; product and classification are
    /// those of each row.
    History {
        /// Positions in [`History::rows`].
        rows: std::ops::Range<usize>,
    },
}

/// One occurrence of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The name written; with `#n` behind it (from 1) when the release recurs.
    pub name: String,
    /// When it is published.
    pub at: Instant,
    /// By whom.
    pub published: Published,
    /// How many new updates it brings.
    pub updates: u32,
    /// How many updates it revises.
    pub revises: u32,
    /// How many it supersedes.
    pub supersedes: u32,
    /// How many it expires.
    pub expires: u32,
    /// How many it removes.
    pub removes: u32,
    /// The metadata of all these changes together.
    pub metadata: Bytes,
    /// `product`, e.g. `Windows`.
    pub product: String,
    /// `classification`, e.g. `Security Updates`.
    pub classification: String,
}

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

/// A site.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// The site code, e.g. `CEN`: what chance, results and messages hang on.
    pub code: String,
    /// `name`; empty when none was given.
    pub name: String,
    /// Central, primary or secondary (H1).
    pub kind: SiteKind,
    /// Its parent; `None` at the root only.
    pub parent: Option<SiteId>,
    /// 1 at the root, one more below.
    pub tier: u32,
    /// The template it was made from.
    pub template: Option<String>,
    /// `labels`.
    pub labels: BTreeMap<String, String>,
    /// Its own time zone.
    pub zone: Zone,
    /// `clients`: how many it has of each kind.
    pub clients: ClientCounts,
    /// The circuit to its parent (at the top-level site: to its source).
    pub link: Option<LinkId>,
    /// The address by which its parent's sender reaches it (R4); `None`: always open, as fast as
    /// the link is.
    pub route: Option<RouteId>,
    /// Its active software update point (H2, H4, H5).
    pub sup: Option<SoftwareUpdatePoint>,
    /// Its internet-based software update point; only beside an active one (H2).
    pub internet_sup: Option<InternetPoint>,
    /// Position in [`Scenario::timings`].
    pub timing: usize,
    /// What it does after a failure (T4).
    pub retry: Retry,
    /// How far its clock is wrong.
    pub clock_offset: ClockOffset,
}

/// What kind of site (H1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SiteKind {
    /// The root.
    Central,
    /// Below the root or another primary.
    Primary,
    /// A leaf below a primary or the central site; its WSUS is a replica (H6).
    Secondary,
}

/// An active software update point: a WSUS 3.0 server (H2, H5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoftwareUpdatePoint {
    /// Does it stand on the site server itself?
    pub local: bool,
    /// Is the WSUS administration console on the site server? Without it every sync of a site
    /// with a remote point fails at the gate (H5, P1).
    pub console: bool,
    /// `pulls_at_once`: how many sites may pull from it at once, the rest wait in order; `None`:
    /// no limit.
    pub pulls_at_once: Option<u32>,
    /// `express`: is WSUS set to express installation files? It matters to exports alone (P10).
    pub express: bool,
    /// How many scans it serves at once (C4); `None`: no client scans, so nobody asks.
    pub scans_at_once: Option<u32>,
}

/// An internet-based software update point (P6, P10).
#[derive(Clone, Debug, PartialEq)]
pub struct InternetPoint {
    /// `server`: its name; empty when none was given.
    pub server: String,
    /// The circuit between it and the active point.
    pub link: Option<LinkId>,
    /// What its synchronisation costs beyond the transfer.
    pub work: Work,
    /// How metadata reach it.
    pub mode: PointMode,
}

impl Work {
    /// Always the same.
    pub fn constant(length: Duration) -> Work {
        let base = Distribution::Constant(length);
        Work { base, per_update: Duration::ZERO, per_known: Duration::ZERO }
    }
}

/// How long each step takes at a site.
#[derive(Clone, Debug, PartialEq)]
pub struct Timing {
    /// What a child needs to notice and read a sync request.
    pub request: Work,
    /// From 6701 to 6704.
    pub connect: Work,
    /// Phase 1 beyond the transfer itself.
    pub pull: Work,
    /// The fixed wait after phase 1 (P3).
    pub settle: Work,
    /// Phase 2, at the top-level site only (P4).
    pub import: Work,
    /// A replicated package into a child's database (R1).
    pub insert: Work,
    /// The internet-based point's synchronisation beyond the transfer (P6).
    pub internet: Work,
}

/// A cost: something drawn, something for each change, something for each update known.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    /// Drawn once each time.
    pub base: Distribution,
    /// For each change.
    pub per_update: Duration,
    /// For each update the catalogue holds; only a full comparison pays it (P4).
    pub per_known: Duration,
}

/// `sync`.
#[derive(Clone, Debug, PartialEq)]
pub struct Sync {
    /// Every instant within the run at which the top-level site's schedule falls due (T1), with
    /// what [`Action::SetSchedule`] makes of it.
    pub schedule: Vec<Instant>,
    /// The schedule in words, for people: `weekly on Tue at 22:00`.
    pub schedule_text: String,
    /// After a failure, unless a site says otherwise (T4).
    pub retry: Retry,
    /// P9.
    pub site_complete: SiteComplete,
}

/// What a site does after a failed synchronisation (T4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// From the end of the failed run to the next try.
    pub every: Duration,
    /// How many retries in a row before it gives up; `None`: no limit.
    pub limit: Option<u32>,
    /// Each retry is later by an evenly distributed time up to this.
    pub jitter: Duration,
}

/// When a site with an internet-based point counts as done (P9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiteComplete {
    /// After the internet-based point: its failure is the site's.
    AfterInternetPoint,
    /// Before it: its failure is its own.
    BeforeInternetPoint,
}

/// Something an administrator does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its name.
    pub name: String,
    /// When.
    pub at: Instant,
    /// At which site: the top-level one, unless the scenario says otherwise.
    pub site: SiteId,
    /// What.
    pub action: Action,
}

/// What an administrator can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// *Run Synchronization* (T2).
    RunSynchronization,
    /// The criteria become these, from the next synchronisation of the top-level site on (U2).
    SetCriteria(Box<Criteria>),
    /// Updates are published locally (U3).
    PublishLocally(ReleaseId),
    /// From now on the schedule is another: [`Sync::schedule`] says so already (T1).
    SetSchedule(NewSchedule),
    /// The site, below the top-level one, gets a software update point of its own (T5).
    InstallSup,
    /// The site, below the top-level one, loses it.
    RemoveSup,
    /// The site moves below another parent, with everything below it.
    MoveSite {
        /// The new parent.
        under: SiteId,
    },
}

/// A schedule that an administrator sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSchedule {
    /// Every instant within the run at which it falls due.
    pub at: Vec<Instant>,
    /// In words, for people.
    pub words: String,
}

/// How much of a run is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recording {
    /// Nothing: for benches and for runs of which only the end counts.
    None,
    /// What the tables need: synchronisations, arrivals and faults.
    Attempts,
    /// Everything.
    All,
}
