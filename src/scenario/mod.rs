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
mod changes;
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
mod meant;
mod moment;
mod names;
mod occurrences;
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
mod retry;
mod route;
mod schema;
mod selector;
mod shape;
mod site;
mod sites;
mod source;
mod study;
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
mod write_over;
mod yaml;

pub use crate::kernel::Distribution;
use crate::units::{Duration, LinkId};
pub use changes::{Change, changes};
pub use quantity::quantity_in;

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
pub use layers::{FieldRoute, Overridden, Parameter, ParameterType, field_routes};
pub use meant::{
    Action, Bandwidth, Catalogue, InternetPoint, Link, Lot, NewSchedule, Openness, Operation,
    Published, Release, Replication, Retry, Route, RouteRate, Site, SiteComplete, SiteKind,
    SoftwareUpdatePoint, Sync, Timing, Work,
};
pub use point::{ExportImport, Languages, PointMode};
pub use profile::Profile;
pub use schema::schema;
pub use study::{
    Adjust, BestHour, Better, Comparing, Factor, Method, Point, Rule, Sensitivity, Study,
    StudyMetric, Until,
};
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
    /// What a study measures beside them, in the order written; their bounds always hold.
    pub watched: Vec<Expectation>,
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
