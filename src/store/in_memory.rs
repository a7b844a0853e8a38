use std::ops::Range;
use std::sync::Arc;

use super::log::Log;
use super::{
    Anchor, Catalogue, Change, Criteria, Pull, RevisionId, SiteDatabase, UpdateId, UpdateServices,
};
use crate::units::{Bytes, ReleaseId};

/// What all databases of a hierarchy share: the catalogue and the two logs.
///
/// What one site holds of them is its [`Holdings`]; the world keeps those beside the engines.
#[derive(Clone, Debug)]
pub struct Stores {
    catalogue: Arc<Catalogue>,
    /// How much of the catalogue the source has published.
    published: u32,
    /// How much of what was published the top-level WSUS has asked for.
    source_anchor: u32,
    /// What it asks for (U2).
    criteria: Criteria,
    /// What it is to ask for from the next synchronisation on.
    next_criteria: Option<Criteria>,
    /// Have the criteria changed since it last asked, so that what newly matches of all that was
    /// published before is asked for too?
    looks_back: bool,
    /// What the top-level WSUS received.
    wsus_log: Log,
    /// What the top-level site database took from it.
    database_log: Log,
    /// The end of the database log at each content version, from version 0, and the metadata
    /// that brought it there.
    versions: Vec<(Anchor, Bytes)>,
    /// Up to where the last scheduled (full) synchronisation compared (P4).
    last_scheduled: Option<Anchor>,
    /// Up to where the last synchronisation of any kind looked (P4).
    last_any: Option<Anchor>,
}

/// What one site holds: three beginnings of two logs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    wsus: Anchor,
    internet: Anchor,
    database: u32,
}

/// What phase 2 would apply, found by comparing the two databases (P4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    changes: Vec<Range<u32>>,
    upto: Anchor,
    full: bool,
}

impl Comparison {
    /// How many revisions would be applied.
    pub fn updates(&self) -> u32 {
        self.changes.iter().map(|range| range.len() as u32).sum()
    }
}

impl Stores {
    /// Logs in which nothing has arrived; every site holds nothing ([`Holdings::default`]).
    pub fn empty(catalogue: Arc<Catalogue>, baseline: u32, criteria: Criteria) -> Self {
        let mut stores = Self {
            published: baseline,
            source_anchor: 0,
            criteria,
            next_criteria: None,
            looks_back: false,
            wsus_log: Log::new(&catalogue),
            database_log: Log::new(&catalogue),
            versions: vec![(Anchor(0), Bytes::ZERO)],
            last_scheduled: None,
            last_any: None,
            catalogue,
        };
        stores.expect();
        stores
    }

    /// Logs in which what matches of the first `baseline` revisions has arrived, as content
    /// version 1; and what a site holds that has all of it.
    pub fn current(
        catalogue: Arc<Catalogue>,
        baseline: u32,
        criteria: Criteria,
    ) -> (Self, Holdings) {
        let mut stores = Self::empty(catalogue, baseline, criteria);
        for range in stores.retrievable(baseline) {
            stores.wsus_log.append(range.clone(), &stores.catalogue);
            stores.database_log.append(range, &stores.catalogue);
        }
        stores.source_anchor = baseline;
        stores.add_version();
        let wsus = stores.wsus_log.end();
        (stores.last_scheduled, stores.last_any) = (Some(wsus), Some(wsus));
        (stores, Holdings { wsus, internet: wsus, database: 1 })
    }

    /// Everything the source ever publishes.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// How many updates the top-level WSUS knows, in whatever state: what a full comparison
    /// must get through (P4).
    pub fn known_updates(&self) -> u32 {
        self.wsus_log.updates()
    }

    /// The source publishes a release (U4); releases come in order.
    pub fn publish(&mut self, release: ReleaseId) {
        let range = self.catalogue.release(release);
        assert_eq!(range.start, self.published, "releases are published in order");
        self.published = range.end;
    }

    /// A release is published locally (U3): it is in the top-level WSUS at once.
    pub fn publish_locally(&mut self, release: ReleaseId, top_level: &mut Holdings) {
        self.publish(release);
        self.wsus_log.append(self.catalogue.release(release), &self.catalogue);
        top_level.wsus = self.wsus_log.end();
    }

    /// The criteria are changed; that takes effect at the next synchronisation (U2).
    pub fn set_criteria(&mut self, criteria: Criteria) {
        self.next_criteria = Some(criteria);
    }

    /// A synchronisation begins at the top-level site: a change of criteria takes effect (U2).
    pub fn adopt_criteria(&mut self) {
        let Some(criteria) = self.next_criteria.take() else { return };
        if criteria == self.criteria {
            return;
        }
        self.criteria = criteria;
        self.looks_back = true;
        // U3: what was published locally and matches only now is in WSUS already; phase 2 finds it
        // by comparing everything once more.
        (self.last_scheduled, self.last_any) = (None, None);
        self.expect();
    }

    /// What each log is to hold of each release before it counts as arrived.
    fn expect(&mut self) {
        let Self { catalogue, criteria, wsus_log, database_log, .. } = self;
        if criteria.is_everything() && wsus_log.end() == Anchor(0) {
            wsus_log.expect_everything(catalogue);
            database_log.expect_everything(catalogue);
            return;
        }
        let matches = |id| criteria.matches(catalogue.revision(id));
        let is_local = |id| catalogue.revision(id).local;
        wsus_log.expect(catalogue, |id| is_local(id) || matches(id));
        let retrieved = |id| !is_local(id) && wsus_log.position(id).is_some();
        database_log.expect(catalogue, |id| matches(id) || retrieved(id));
    }

    /// What the top-level WSUS has not asked for, of the first `upto` revisions (U2, U3).
    fn retrievable(&self, upto: u32) -> Vec<Range<u32>> {
        let Self { catalogue, criteria, looks_back, .. } = self;
        let from = if *looks_back { 0 } else { self.source_anchor };
        if criteria.is_everything() && !looks_back && !catalogue.has_local() {
            return std::iter::once(from..upto).collect();
        }
        ranges((from..upto).map(RevisionId).filter(|&id| {
            let revision = catalogue.revision(id);
            let is_here = || id.0 < self.source_anchor && self.wsus_log.position(id).is_some();
            // U3: nothing is asked of the source for what is published locally.
            criteria.matches(revision) && !revision.local && !is_here()
        }))
    }

    /// What the top-level WSUS would pull from the source now (P2).
    pub fn pull_from_source(&self) -> Pull {
        let ranges = self.retrievable(self.published);
        Pull {
            upto: Anchor(self.published),
            updates: ranges.iter().map(|range| range.len() as u32).sum(),
            bytes: ranges
                .into_iter()
                .fold(Bytes::ZERO, |sum, range| sum + self.catalogue.bytes(range)),
        }
    }

    /// The top-level WSUS has committed what it pulled from the source.
    pub fn commit_from_source(&mut self, top_level: &mut Holdings, pull: Pull) {
        for range in self.retrievable(pull.upto.0) {
            self.wsus_log.append(range, &self.catalogue);
        }
        self.source_anchor = pull.upto.0;
        self.looks_back = false;
        top_level.wsus = self.wsus_log.end();
    }

    /// What a full or a delta import at the top-level site would apply now (P4).
    pub fn compare(&self, top_level: &Holdings, full: bool) -> Comparison {
        let upto = top_level.wsus;
        // P4: full looks at everything since the last scheduled sync (before that the two hold
        // the same), delta at what came since the last sync of any kind.
        let since = if full { self.last_scheduled } else { self.last_any };
        let new = self.wsus_log.between(since.unwrap_or_default(), upto).flatten();
        let changes = ranges(new.map(RevisionId).filter(|id| self.is_wanted(*id, full)));
        Comparison { changes, upto, full }
    }

    fn is_wanted(&self, id: RevisionId, full: bool) -> bool {
        let revision = self.catalogue.revision(id);
        // P4: a delta inserts new updates only; what changed, expired or went stays untouched.
        (full || revision.change == Change::Released)
            // U3: what is published locally only while it is among the criteria. What was
            // retrieved goes on into the database also when it no longer matches [choice].
            && (!revision.local || self.criteria.matches(revision))
            && self.database_log.position(id).is_none()
    }

    /// The top-level site database has applied a comparison; gives the content version (P5).
    pub fn apply(&mut self, top_level: &mut Holdings, comparison: Comparison) -> u32 {
        self.last_any = Some(comparison.upto);
        if comparison.full {
            self.last_scheduled = Some(comparison.upto);
        }
        // P5: one higher if the database changed, else it stays.
        if !comparison.changes.is_empty() {
            for range in comparison.changes {
                self.database_log.append(range, &self.catalogue);
            }
            self.add_version();
            top_level.database += 1;
        }
        top_level.database
    }

    /// What the database log has grown by makes a content version.
    fn add_version(&mut self) {
        let (from, to) = (self.versions[self.versions.len() - 1].0, self.database_log.end());
        self.versions.push((to, self.database_log.bytes(from, to, &self.catalogue)));
    }

    /// The package that brings a database to that version: revisions and bytes (R1).
    pub fn package(&self, version: u32) -> (u32, Bytes) {
        let ((from, _), (to, bytes)) =
            (self.versions[version as usize - 1], self.versions[version as usize]);
        (to.0 - from.0, bytes)
    }

    /// The releases a WSUS holds whole at `to` and did not at `from`.
    pub fn arrived_in_wsus(&self, from: Anchor, to: Anchor) -> &[(u32, ReleaseId)] {
        self.wsus_log.completed(from, to)
    }

    /// The releases a database holds whole at that version and did not at the one before.
    pub fn arrived_in_database(&self, version: u32) -> &[(u32, ReleaseId)] {
        let (from, to) = (self.versions[version as usize - 1].0, self.versions[version as usize].0);
        self.database_log.completed(from, to)
    }

    /// A site's active WSUS.
    pub fn wsus(&self, site: &Holdings) -> impl UpdateServices + '_ {
        Wsus { stores: self, anchor: site.wsus }
    }

    /// A site's internet-based WSUS.
    pub fn internet_wsus(&self, site: &Holdings) -> impl UpdateServices + '_ {
        Wsus { stores: self, anchor: site.internet }
    }

    /// A site's database.
    pub fn database(&self, site: &Holdings) -> impl SiteDatabase + '_ {
        Database { stores: self, version: site.database }
    }
}

/// Revisions in order of publication as ranges; each run of neighbours is one.
fn ranges(revisions: impl Iterator<Item = RevisionId>) -> Vec<Range<u32>> {
    let mut ranges: Vec<Range<u32>> = Vec::new();
    for RevisionId(position) in revisions {
        match ranges.last_mut() {
            Some(last) if last.end == position => last.end += 1,
            _ => ranges.push(position..position + 1),
        }
    }
    ranges
}

impl Holdings {
    /// A software update point is installed: its WSUS holds nothing (T5).
    pub fn install_wsus(&mut self) {
        (self.wsus, self.internet) = (Anchor(0), Anchor(0));
    }

    /// The WSUS has committed what it pulled from its parent's (P2).
    pub fn commit(&mut self, pull: Pull) {
        // I2: what is held only grows.
        assert!(pull.upto >= self.wsus, "an anchor never moves back");
        self.wsus = pull.upto;
    }

    /// The internet-based WSUS has committed what it pulled from the active one (P6).
    pub fn commit_internet(&mut self, pull: Pull) {
        assert!(pull.upto >= self.internet && pull.upto <= self.wsus, "a replica follows");
        self.internet = pull.upto;
    }

    /// The database has taken the package that brings it to that version (R1, R7).
    pub fn insert(&mut self, version: u32) {
        assert_eq!(version, self.database + 1, "packages go in one by one, in order (R7)");
        self.database = version;
    }
}

struct Wsus<'a> {
    stores: &'a Stores,
    anchor: Anchor,
}

impl UpdateServices for Wsus<'_> {
    fn anchor(&self) -> Anchor {
        self.anchor
    }

    fn since(&self, anchor: Anchor) -> Pull {
        let Stores { wsus_log, catalogue, .. } = self.stores;
        Pull {
            upto: self.anchor.max(anchor),
            updates: self.anchor.0.saturating_sub(anchor.0),
            bytes: wsus_log.bytes(anchor.min(self.anchor), self.anchor, catalogue),
        }
    }

    fn held(&self, update: UpdateId) -> Option<RevisionId> {
        self.stores.wsus_log.held(update, self.anchor, &self.stores.catalogue)
    }
}

struct Database<'a> {
    stores: &'a Stores,
    version: u32,
}

impl SiteDatabase for Database<'_> {
    fn content_version(&self) -> u32 {
        self.version
    }

    fn held(&self, update: UpdateId) -> Option<RevisionId> {
        let (end, _) = self.stores.versions[self.version as usize];
        self.stores.database_log.held(update, end, &self.stores.catalogue)
    }
}

#[cfg(test)]
mod tests;
