//! `faults`: what goes wrong, where, and when (F).

mod effect;
mod read;
mod when;

use serde_yaml::{Mapping, Value};

use super::Scenario;
use super::mapping::{one, put};
use crate::kernel::Distribution;
use crate::units::{Factor, Instant, Probability, SiteId};

pub(super) use read::read;

/// A fault and when it occurs.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Its name.
    pub name: String,
    /// What goes wrong.
    pub effect: FaultEffect,
    /// The sites that match `where`, in order.
    pub sites: Vec<SiteId>,
    /// How many of them are hit; drawn for each run.
    pub pick: Pick,
    /// When.
    pub occurs: Occurs,
}

/// Which of the matching sites a fault hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// Every one.
    All,
    /// So many, drawn.
    Count(u32),
    /// So large a share, rounded to the nearest whole site but at least one, drawn.
    Share(Probability),
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultEffect {
    /// The circuit to the parent (at the top-level site: to the source) carries nothing.
    LinkDown,
    /// The site server is down; with a local point, WSUS too.
    SiteDown,
    /// The active software update point is down.
    SupDown,
    /// The internet-based software update point is down.
    InternetSupDown,
    /// The source of the top-level site does not answer.
    SourceDown,
    /// The gate is closed (P1).
    WsusNotConfigured,
    /// A synchronisation hangs, and fails.
    FailSync(FailSync),
    /// The circuit to the parent (at the top-level site: to the source) carries this share of what
    /// it usually does.
    LinkSlow(Probability),
    /// Work of one kind that begins takes longer.
    Slow(Slow),
    /// Writing into the site database fails: phase 2 at the top-level site, insertions below.
    DatabaseFails,
    /// Licence terms are missing when WSUS has pulled: the synchronisation ends with 6708 (P11).
    LicenceTermsMissing,
    /// A sync request to the site is lost on its way; the sender notices and sends it again.
    LoseRequest,
    /// A package to the site's database is lost on its way; the sender notices and sends it again.
    LosePackage,
    /// A package to the site's database arrives twice.
    DuplicatePackage,
    /// Packages to the site's database overtake each other.
    ReorderPackages,
    /// A package to the site's database arrives so much later.
    DelayPackage(Distribution),
}

/// How a synchronisation is made to fail.
#[derive(Clone, Debug, PartialEq)]
pub struct FailSync {
    /// In which step it hangs: `connect`, `pull` (the default), `settle`, `import` or `internet`.
    pub phase: FailPhase,
    /// How long after the start of the synchronisation it fails; not before the step has begun.
    pub after: Distribution,
    /// `code`, e.g. `0x80072EE2`; empty when none was given.
    pub code: String,
    /// `message`; empty when none was given: then the product's usual words for that step.
    pub message: String,
}

/// The steps in which a synchronisation can be made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FailPhase {
    /// While connecting to Update Services.
    Connect,
    /// In phase 1.
    Pull,
    /// In the fixed wait.
    Settle,
    /// In phase 2 (top-level site only).
    Import,
    /// While the internet-based point pulls.
    Internet,
}

/// How work is made to take longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slow {
    /// Which work.
    pub phase: SlowPhase,
    /// How many times as long what begins now takes.
    pub factor: Factor,
}

/// The kinds of work that can be slowed down: those of [`super::Timing`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SlowPhase {
    /// Noticing and reading a sync request.
    Request,
    /// From 6701 to 6704.
    Connect,
    /// Phase 1 beyond the transfer itself.
    Pull,
    /// The fixed wait after phase 1.
    Settle,
    /// Phase 2 (top-level site only).
    Import,
    /// A replicated package into a child's database.
    Insert,
    /// The internet-based point's synchronisation beyond the transfer.
    Internet,
}

/// When a fault occurs.
#[derive(Clone, Debug, PartialEq)]
pub enum Occurs {
    /// Once, from an instant until another (`None`: for good).
    Window {
        /// The first instant at which it holds.
        from: Instant,
        /// The first instant at which it no longer holds.
        until: Option<Instant>,
    },
    /// Again and again: in these windows, in order, each apart from the next.
    Schedule(Vec<Span>),
    /// At random in time, at each site by itself, which is in order at the start of the run.
    Renewal {
        /// From the start, or from when it was last mended, until it breaks.
        mtbf: Distribution,
        /// From when it breaks until it is mended.
        mttr: Distribution,
    },
    /// In each attempt that would meet it, with this probability.
    PerAttempt(Probability),
    /// In exactly these attempts of a site, counted from 1; in order.
    Attempts(Vec<u32>),
}

/// A window of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first instant inside.
    pub from: Instant,
    /// The first instant after it.
    pub until: Instant,
}

impl Occurs {
    /// Does it hold for a while, rather than strike single attempts?
    pub fn holds(&self) -> bool {
        match self {
            Occurs::Window { .. } | Occurs::Schedule(_) | Occurs::Renewal { .. } => true,
            Occurs::PerAttempt(_) | Occurs::Attempts(_) => false,
        }
    }
}

impl FaultEffect {
    /// Its word in a scenario, e.g. `link_down`.
    pub fn word(&self) -> String {
        match effect::written(self) {
            Value::Mapping(map) => map.keys().next().and_then(Value::as_str).map(str::to_owned),
            word => word.as_str().map(str::to_owned),
        }
        .unwrap_or_default()
    }

    /// Is a single attempt of it a sending to the site, rather than a synchronisation or an
    /// insertion there?
    pub fn strikes_sendings(&self) -> bool {
        matches!(
            self,
            FaultEffect::LoseRequest
                | FaultEffect::LosePackage
                | FaultEffect::DuplicatePackage
                | FaultEffect::ReorderPackages
                | FaultEffect::DelayPackage(_)
        )
    }
}

/// The way it is written.
pub(super) fn written(scenario: &Scenario, fault: &Fault) -> Mapping {
    let mut map = Mapping::new();
    let code = |site: &SiteId| scenario.sites[site.index()].code.as_str().into();
    put(&mut map, "where", one("code", fault.sites.iter().map(code).collect::<Vec<Value>>()));
    let pick: Value = match fault.pick {
        Pick::All => "all".into(),
        Pick::Count(count) => one("count", count),
        Pick::Share(share) => one("percent", share.to_string()),
    };
    put(&mut map, "pick", pick);
    put(&mut map, "do", effect::written(&fault.effect));
    put(&mut map, "when", when::written(&scenario.clock, &fault.occurs));
    map
}
