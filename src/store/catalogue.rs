use std::collections::BTreeMap;
use std::ops::Range;

use super::line::Line;
use super::{Change, EVERY, Revision, RevisionId, UpdateId};
use crate::units::{Bytes, Instant, ReleaseId};

/// Every revision that the source publishes in the course of a run, in order of publication.
///
/// It depends on the scenario alone, so that replications share one.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    revisions: Vec<Revision>,
    /// Of the same update: the position of the revision before this one.
    previous: Vec<Option<RevisionId>>,
    /// The metadata of all revisions before this position; one entry more than revisions.
    bytes_before: Vec<u64>,
    /// The newest revision of each update.
    newest: Vec<RevisionId>,
    /// Where each release's revisions lie.
    releases: Vec<Range<u32>>,
    /// The names that [`Revision::product`] points at.
    pub products: Vec<String>,
    /// The names that [`Revision::classification`] points at.
    pub classifications: Vec<String>,
    /// The baseline, as far as releases can change it.
    baseline: Line,
    /// What releases have brought: by origin (local or not), product and classification.
    lines: BTreeMap<(bool, u16, u16), Line>,
    /// Is anything published locally (U3)?
    has_local: bool,
}

/// What else had been published before the run, of one product and classification.
#[derive(Clone, Copy, Debug)]
pub struct Lot<'a> {
    /// How many updates.
    pub updates: u32,
    /// Their metadata together; shared evenly.
    pub metadata: Bytes,
    /// Of all of them.
    pub product: &'a str,
    /// Of all of them.
    pub classification: &'a str,
}

/// A change of one named update, as a history tells it (U4).
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    /// Which update; the next free number when it is the first heard of it.
    pub update: UpdateId,
    /// The number that the history gives this revision.
    pub number: u32,
    /// What became of the update.
    pub change: Change,
    /// Its product from now on.
    pub product: &'a str,
    /// Its classification from now on.
    pub classification: &'a str,
    /// The metadata of this revision.
    pub size: Bytes,
}

/// What one release brings (U4).
#[derive(Clone, Copy, Debug)]
pub struct Contents<'a> {
    /// When it is published.
    pub at: Instant,
    /// How many new updates.
    pub updates: u32,
    /// How many updates it revises, supersedes, expires and removes.
    pub changes: [(Change, u32); 4],
    /// The metadata of all of these together; shared evenly.
    pub metadata: Bytes,
    /// Of all of these.
    pub product: &'a str,
    /// Of all of these.
    pub classification: &'a str,
    /// Published locally (U3)?
    pub local: bool,
}

impl Catalogue {
    /// What had been published before the run and every site counts on: so many updates, with so
    /// much metadata in all. It is of every product and classification.
    pub fn with_baseline(updates: u32, metadata: Bytes) -> Self {
        let mut catalogue = Self { bytes_before: vec![0], ..Self::default() };
        catalogue.products.push(String::new());
        catalogue.classifications.push(String::new());
        catalogue.publish_before(updates, metadata, EVERY, EVERY);
        catalogue.baseline = Line::first(updates);
        catalogue
    }

    /// Adds what else had been published before the run; before any release.
    pub fn add_lot(&mut self, lot: &Lot<'_>) {
        let product = intern(&mut self.products, lot.product);
        let classification = intern(&mut self.classifications, lot.classification);
        self.publish_before(lot.updates, lot.metadata, product, classification);
    }

    fn publish_before(&mut self, updates: u32, metadata: Bytes, product: u16, classification: u16) {
        let size = even_shares(metadata, updates);
        let first = self.updates();
        for position in 0..updates {
            self.push(Revision {
                update: UpdateId(first + position),
                number: 1,
                change: Change::Released,
                product,
                classification,
                local: false,
                size: size(position),
                created: Instant::START,
                release: None,
            });
        }
    }

    /// Adds the state of named updates before the run; before any release.
    pub fn add_listed_before(&mut self, listed: &[Listed<'_>]) {
        self.add_each(listed, Instant::START, None);
    }

    /// Adds a release that changes these updates and no others.
    pub fn add_listed(&mut self, at: Instant, listed: &[Listed<'_>]) -> ReleaseId {
        let release = ReleaseId(u32::try_from(self.releases.len()).expect("fewer releases"));
        let first = self.len();
        self.add_each(listed, at, Some(release));
        self.releases.push(first..self.len());
        release
    }

    fn add_each(&mut self, listed: &[Listed<'_>], created: Instant, release: Option<ReleaseId>) {
        for one in listed {
            let product = intern(&mut self.products, one.product);
            let classification = intern(&mut self.classifications, one.classification);
            self.push(Revision {
                update: one.update,
                number: one.number,
                change: one.change,
                product,
                classification,
                local: false,
                size: one.size,
                created,
                release,
            });
        }
    }

    /// Adds a release behind those before it; they must come in order of time.
    ///
    /// Which updates a release changes is no chance: it revises and supersedes the newest, and
    /// expires and removes the oldest that still can be, of its own product and classification
    /// and of the baseline, which is of every one. What is published locally changes only what was
    /// published locally. When there are fewer, it changes fewer.
    pub fn add_release(&mut self, contents: &Contents<'_>) -> ReleaseId {
        let release = ReleaseId(u32::try_from(self.releases.len()).expect("fewer releases"));
        let first = self.len();
        let product = intern(&mut self.products, contents.product);
        let classification = intern(&mut self.classifications, contents.classification);
        let kind = (contents.local, product, classification);
        self.lines.entry(kind).or_default();
        let changed = self.changed_by(contents, kind);
        let size = even_shares(contents.metadata, contents.updates + changed.len() as u32);
        let already_there = self.updates();
        let base = Revision {
            update: UpdateId(already_there),
            number: 1,
            change: Change::Released,
            product,
            classification,
            local: contents.local,
            size: Bytes::ZERO,
            created: contents.at,
            release: Some(release),
        };
        for position in 0..contents.updates {
            let update = UpdateId(already_there + position);
            self.push(Revision { update, size: size(position), ..base });
        }
        for (position, (change, update)) in (contents.updates..).zip(changed) {
            let number = self.newest_of(update).number + 1;
            self.push(Revision { update, number, change, size: size(position), ..base });
        }
        let mut line = self.lines.remove(&kind).unwrap_or_default();
        (already_there..already_there + contents.updates).for_each(|one| line.push(UpdateId(one)));
        line.move_on(|update| self.newest_of(update).change);
        self.lines.insert(kind, line);
        if !contents.local {
            let mut baseline = std::mem::take(&mut self.baseline);
            baseline.move_on(|update| self.newest_of(update).change);
            self.baseline = baseline;
        }
        self.has_local |= contents.local;
        self.releases.push(first..self.len());
        release
    }

    /// Which updates a release changes, and how.
    fn changed_by(
        &self,
        contents: &Contents<'_>,
        kind: (bool, u16, u16),
    ) -> Vec<(Change, UpdateId)> {
        let (own, none) = (&self.lines[&kind], Line::default());
        let baseline = if contents.local { &none } else { &self.baseline };
        let already_there = own.len() + baseline.len();
        let mut changed: Vec<(Change, UpdateId)> = Vec::new();
        for (change, count) in contents.changes {
            let count = count as usize;
            match change {
                Change::Revised | Change::Superseded => {
                    let live = |update: &UpdateId| self.newest_of(*update).change < Change::Expired;
                    let newest = own.newest().chain(baseline.newest()).filter(live);
                    // Those just revised are not superseded in the same breath.
                    let skip = changed.len().min(already_there.saturating_sub(count));
                    changed.extend(newest.skip(skip).take(count).map(|update| (change, update)));
                }
                Change::Expired | Change::Removed => {
                    let still = |update: &UpdateId| self.newest_of(*update).change < change;
                    let oldest = baseline.oldest(change).chain(own.oldest(change)).filter(still);
                    changed.extend(oldest.take(count).map(|update| (change, update)));
                }
                Change::Released => unreachable!("new updates are counted by themselves"),
            }
        }
        changed
    }

    fn push(&mut self, revision: Revision) {
        let id = RevisionId(self.len());
        let update = revision.update.0 as usize;
        if update == self.newest.len() {
            self.newest.push(id);
            self.previous.push(None);
        } else {
            self.previous.push(Some(self.newest[update]));
            self.newest[update] = id;
        }
        self.bytes_before.push(self.bytes_before[self.bytes_before.len() - 1] + revision.size.0);
        self.revisions.push(revision);
    }

    fn newest_of(&self, update: UpdateId) -> &Revision {
        &self.revisions[self.newest[update.0 as usize].0 as usize]
    }

    /// How many revisions there are.
    pub fn len(&self) -> u32 {
        u32::try_from(self.revisions.len()).expect("fewer than four thousand million revisions")
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.revisions.is_empty()
    }

    /// Is anything of it published locally (U3)?
    pub fn has_local(&self) -> bool {
        self.has_local
    }

    /// How many updates there are, in whatever state.
    pub fn updates(&self) -> u32 {
        self.newest.len() as u32
    }

    /// A revision.
    pub fn revision(&self, id: RevisionId) -> &Revision {
        &self.revisions[id.0 as usize]
    }

    /// The revisions of an update, the newest first.
    pub fn history(&self, update: UpdateId) -> impl Iterator<Item = RevisionId> + '_ {
        let newest = self.newest.get(update.0 as usize).copied();
        std::iter::successors(newest, |id| self.previous[id.0 as usize])
    }

    /// The metadata of the revisions in `range`.
    pub fn bytes(&self, range: Range<u32>) -> Bytes {
        Bytes(self.bytes_before[range.end as usize] - self.bytes_before[range.start as usize])
    }

    /// Where a release's revisions lie.
    pub fn release(&self, release: ReleaseId) -> Range<u32> {
        self.releases[release.index()].clone()
    }

    /// How many releases there are.
    pub fn releases(&self) -> usize {
        self.releases.len()
    }
}

/// `total` in `count` shares that differ by at most one byte, the larger ones first.
fn even_shares(total: Bytes, count: u32) -> impl Fn(u32) -> Bytes {
    let count = u64::from(count.max(1));
    let (share, rest) = (total.0 / count, total.0 % count);
    move |position| Bytes(share + u64::from(u64::from(position) < rest))
}

fn intern(names: &mut Vec<String>, name: &str) -> u16 {
    let place = names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    });
    u16::try_from(place).expect("fewer than 65,536 names")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch_tuesday(updates: u32, changes: [(Change, u32); 4]) -> Contents<'static> {
        Contents {
            at: Instant::START,
            updates,
            changes,
            metadata: Bytes(1_000),
            product: "Windows",
            classification: "Security Updates",
            local: false,
        }
    }

    const NONE: [(Change, u32); 4] =
        [(Change::Revised, 0), (Change::Superseded, 0), (Change::Expired, 0), (Change::Removed, 0)];

    #[test]
    fn the_shares_of_a_release_add_up_to_its_metadata() {
        let mut catalogue = Catalogue::with_baseline(3, Bytes(10));
        let release = catalogue.add_release(&patch_tuesday(7, NONE));
        assert_eq!(catalogue.bytes(0..3), Bytes(10));
        assert_eq!(catalogue.bytes(catalogue.release(release)), Bytes(1_000));
    }

    #[test]
    fn u4_a_release_changes_the_newest_and_retires_the_oldest() {
        let mut catalogue = Catalogue::with_baseline(10, Bytes(10));
        let changes = [
            (Change::Revised, 2),
            (Change::Superseded, 1),
            (Change::Expired, 2),
            (Change::Removed, 1),
        ];
        let release = catalogue.add_release(&patch_tuesday(1, changes));
        let seen: Vec<_> = catalogue
            .release(release)
            .map(|position| catalogue.revision(RevisionId(position)))
            .map(|revision| (revision.change, revision.update.0, revision.number))
            .collect();
        assert_eq!(
            seen,
            [
                (Change::Released, 10, 1),
                (Change::Revised, 9, 2),
                (Change::Revised, 8, 2),
                (Change::Superseded, 7, 2),
                (Change::Expired, 0, 2),
                (Change::Expired, 1, 2),
                (Change::Removed, 0, 3),
            ]
        );
    }

    #[test]
    fn an_expired_update_is_not_expired_again() {
        let mut catalogue = Catalogue::with_baseline(3, Bytes(3));
        let mut changes = NONE;
        changes[2].1 = 2;
        catalogue.add_release(&patch_tuesday(0, changes));
        let release = catalogue.add_release(&patch_tuesday(0, changes));
        let range = catalogue.release(release);
        assert_eq!(range.len(), 1, "only one of three was left");
        assert_eq!(catalogue.revision(RevisionId(range.start)).update, UpdateId(2));
    }
}
