use crate::units::{Bytes, Instant, ReleaseId};

/// An update, by its position in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UpdateId(pub u32);

/// A revision, by its position in the catalogue: the order of publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RevisionId(pub u32);

/// One change of one update's metadata, as published (U4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Which update.
    pub update: UpdateId,
    /// 1 when it is released, one more with each change.
    pub number: u32,
    /// What became of the update.
    pub change: Change,
    /// Position in [`super::Catalogue::products`], or [`EVERY`].
    pub product: u16,
    /// Position in [`super::Catalogue::classifications`], or [`EVERY`].
    pub classification: u16,
    /// Was it published locally (U3)? Then no source has it.
    pub local: bool,
    /// The size of its metadata.
    pub size: Bytes,
    /// When it was published.
    pub created: Instant,
    /// The release that brought it; `None` for what had been published before the run.
    pub release: Option<ReleaseId>,
}

/// The product and the classification of what is of every kind: the baseline.
pub const EVERY: u16 = 0;

/// What a revision says of its update (U4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// It is new.
    Released,
    /// Its metadata have changed.
    Revised,
    /// A newer one takes its place.
    Superseded,
    /// It must not be installed any more.
    Expired,
    /// It is gone from the source.
    Removed,
}
