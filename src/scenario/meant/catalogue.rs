//! What there is to synchronise, as it is meant.

use crate::scenario::History;
use crate::units::{Bytes, Instant};

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
