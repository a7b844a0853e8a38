use std::ops::Range;

use super::{Anchor, Catalogue, Revision, RevisionId, UpdateId};
use crate::units::{Bytes, ReleaseId};

/// The revisions that came into a database, in the order in which they came.
///
/// Kept as ranges of the catalogue, so that what a pull adds costs a few words however large it
/// is, and shared: a database further down the tree that has taken the first `n` of them *is*
/// those first `n`, and needs to remember no more than `n`.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    segments: Vec<Segment>,
    /// The positions in `segments`, by the first revision of each.
    by_revision: Vec<u32>,
    len: u32,
    /// How many different updates there are among them.
    updates: u32,
    /// Which updates these are: one bit each.
    known: Vec<u64>,
    /// How many revisions of each release are still expected; [`ARRIVED`] once all had come.
    missing: Vec<u32>,
    /// The releases that are complete, and how long the log was then.
    complete: Vec<(u32, ReleaseId)>,
}

/// Revisions `first .. first + len` stand at `at .. at + len` of the log.
#[derive(Clone, Copy, Debug)]
struct Segment {
    at: u32,
    first: u32,
    len: u32,
}

/// In [`Log::missing`]: a release arrives once, whatever is expected of it later.
const ARRIVED: u32 = u32::MAX;

impl Log {
    pub fn new(catalogue: &Catalogue) -> Self {
        let known = vec![0; (catalogue.updates() as usize).div_ceil(64)];
        Self { missing: vec![0; catalogue.releases()], known, ..Self::default() }
    }

    /// Says which revisions are expected from now on, besides those that are here: a release is
    /// complete when all of it that is expected has come (U2).
    pub fn expect(&mut self, catalogue: &Catalogue, expected: impl Fn(RevisionId) -> bool) {
        for release in (0..catalogue.releases() as u32).map(ReleaseId) {
            if self.missing[release.index()] != ARRIVED {
                let revisions = catalogue.release(release).map(RevisionId);
                let missing = revisions.filter(|id| self.position(*id).is_none() && expected(*id));
                self.missing[release.index()] = missing.count() as u32;
            }
        }
    }

    /// As [`Log::expect`], when everything is expected and nothing has come yet.
    pub fn expect_everything(&mut self, catalogue: &Catalogue) {
        let size = |release| catalogue.release(ReleaseId(release)).len() as u32;
        self.missing = (0..catalogue.releases() as u32).map(size).collect();
    }

    pub fn end(&self) -> Anchor {
        Anchor(self.len)
    }

    /// How many different updates have come.
    pub fn updates(&self) -> u32 {
        self.updates
    }

    /// Appends revisions; none of them may be here already.
    pub fn append(&mut self, range: Range<u32>, catalogue: &Catalogue) {
        if range.is_empty() {
            return;
        }
        let segment = Segment { at: self.len, first: range.start, len: range.len() as u32 };
        let place = self.by_revision.partition_point(|&at| self.at(at).first < range.start);
        let follows = |at: &u32| range.end <= self.at(*at).first;
        let precedes = |at: &u32| self.at(*at).first + self.at(*at).len <= range.start;
        assert!(
            self.by_revision.get(place).is_none_or(follows)
                && (place == 0 || precedes(&self.by_revision[place - 1])),
            "a revision enters a database once"
        );
        self.by_revision.insert(place, self.segments.len() as u32);
        self.segments.push(segment);
        self.len += segment.len;
        for position in range.clone() {
            let Revision { update, .. } = catalogue.revision(RevisionId(position));
            let (word, bit) = (update.0 as usize / 64, 1 << (update.0 % 64));
            self.updates += u32::from(self.known[word] & bit == 0);
            self.known[word] |= bit;
        }
        self.count_releases(range, catalogue);
    }

    fn count_releases(&mut self, range: Range<u32>, catalogue: &Catalogue) {
        let mut position = range.start;
        while position < range.end {
            let Some(release) = catalogue.revision(RevisionId(position)).release else {
                position += 1;
                continue;
            };
            let end = catalogue.release(release).end.min(range.end);
            let missing = &mut self.missing[release.index()];
            if *missing != ARRIVED {
                let still = missing.checked_sub(end - position);
                *missing = still.expect("what comes was expected");
                if *missing == 0 {
                    *missing = ARRIVED;
                    self.complete.push((self.len - (range.end - end), release));
                }
            }
            position = end;
        }
    }

    fn at(&self, segment: u32) -> &Segment {
        &self.segments[segment as usize]
    }

    /// Where a revision stands.
    pub fn position(&self, revision: RevisionId) -> Option<u32> {
        let place = self.by_revision.partition_point(|&at| self.at(at).first <= revision.0);
        let segment = self.at(*self.by_revision.get(place.checked_sub(1)?)?);
        let offset = revision.0 - segment.first;
        (offset < segment.len).then_some(segment.at + offset)
    }

    /// The ranges of the catalogue that stand between two places, in order.
    pub fn between(&self, from: Anchor, to: Anchor) -> impl Iterator<Item = Range<u32>> + '_ {
        // From the end: who asks is seldom far behind.
        let behind = self.segments.iter().rev();
        let behind = behind.take_while(|segment| segment.at + segment.len > from.0).count();
        let start = self.segments.len() - behind;
        self.segments[start..].iter().take_while(move |segment| segment.at < to.0).map(
            move |segment| {
                let skipped = from.0.saturating_sub(segment.at);
                let kept = segment.len.min(to.0 - segment.at);
                segment.first + skipped..segment.first + kept
            },
        )
    }

    /// The metadata between two places.
    pub fn bytes(&self, from: Anchor, to: Anchor, catalogue: &Catalogue) -> Bytes {
        self.between(from, to).fold(Bytes::ZERO, |sum, range| sum + catalogue.bytes(range))
    }

    /// The releases that are complete at `to` and were not at `from`.
    pub fn completed(&self, from: Anchor, to: Anchor) -> &[(u32, ReleaseId)] {
        let after = |place: Anchor| {
            let behind = self.complete.iter().rev().take_while(|(at, _)| *at > place.0).count();
            self.complete.len() - behind
        };
        &self.complete[after(from)..after(to.max(from))]
    }

    /// The newest revision of an update among those before `end`.
    pub fn held(&self, update: UpdateId, end: Anchor, catalogue: &Catalogue) -> Option<RevisionId> {
        let inside = |id: &RevisionId| self.position(*id).is_some_and(|position| position < end.0);
        catalogue.history(update).find(inside)
    }
}
