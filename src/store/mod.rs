//! Floor 1: what a site holds.
//!
//! ```text
//!   Catalogue   every revision the source ever publishes, in order
//!      │ pull (P2): what the source has, the criteria ask for (U2) and the anchor has not;
//!      │            what is published locally is put in beside it (U3)
//!      ▼
//!   WSUS log of the hierarchy ◄── each WSUS database is a beginning of it, up to its anchor
//!      │ import (P4): full or delta, by comparing what is held
//!      ▼
//!   database log of the hierarchy ◄── each site database is a beginning of it, up to its version
//! ```
//!
//! Every WSUS server below the top-level site pulls what its upstream received, in the order
//! received; every site database takes the packages of the one above in order (R7). So what they
//! hold is always a beginning of what the top-level site received, and sharing that one log is
//! exact, not an approximation: a thousand sites with a hundred thousand updates each cost one
//! log and a thousand anchors. `tests` hold this against plain maps of revisions.
//!
//! Criteria decide what enters the first log and nothing else, so that databases stay beginnings
//! when criteria change: what newly matches comes behind what has come already.
//!
//! Invariants:
//! - A revision enters a database once; nothing is forgotten (I2: what is held only grows).
//! - A pull of k changes costs O(k) at most, whatever the catalogue; only the first after a change
//!   of criteria looks at all of it.
//! - Anchors move only when a pull is committed (P2).

mod catalogue;
mod criteria;
mod in_memory;
mod line;
mod log;
mod revision;

use crate::units::Bytes;

pub use catalogue::{Catalogue, Contents, Listed, Lot};
pub use criteria::Criteria;
pub use in_memory::{Comparison, Holdings, Stores};
pub use revision::{Change, EVERY, Revision, RevisionId, UpdateId};

/// How far a WSUS server has taken what its upstream received (P2): a number of revisions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Anchor(pub(in crate::store) u32);

/// What a pull brings: everything its upstream has received since an anchor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pull {
    /// The anchor once it is committed.
    pub upto: Anchor,
    /// How many revisions.
    pub updates: u32,
    /// Their metadata.
    pub bytes: Bytes,
}

/// What a WSUS server holds, as its site and its downstream servers see it (P2).
pub trait UpdateServices {
    /// Everything its upstream received up to here has been committed.
    fn anchor(&self) -> Anchor;
    /// What a downstream server with that anchor would pull now.
    fn since(&self, anchor: Anchor) -> Pull;
    /// The newest revision it holds of an update.
    fn held(&self, update: UpdateId) -> Option<RevisionId>;
}

/// What a site database holds (P4, P5, R1).
pub trait SiteDatabase {
    /// The content version (P5).
    fn content_version(&self) -> u32;
    /// The newest revision it holds of an update.
    fn held(&self, update: UpdateId) -> Option<RevisionId>;
}
