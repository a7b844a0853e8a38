//! A site, and how long each step takes there, as they are meant.

use std::collections::BTreeMap;

use super::Retry;
use crate::kernel::Distribution;
use crate::scenario::{ClientCounts, ClockOffset, PointMode, Zone};
use crate::units::{Duration, LinkId, RouteId, SiteId};

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
