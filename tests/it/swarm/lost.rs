//! Bugs on the way to an engine: what is lost in a crash, or when a site moves.

use std::collections::{BTreeMap, BTreeSet};

use supsim::engine::{Effect, Engine, Input};
use supsim::units::{Instant, SiteId};

use crate::oracle::Tamper;

/// Requests that are lost because a server goes down between their sending and their reading.
#[derive(Debug, Default)]
pub struct LostOnCrash {
    /// At the child, once it has been delivered; else at the parent, before it leaves.
    at_child: bool,
    parents: Vec<Option<SiteId>>,
    /// When each site last came up.
    up: BTreeMap<SiteId, u64>,
    /// When each site last succeeded and asked its children.
    asked: BTreeMap<SiteId, u64>,
    calls: u64,
}

impl LostOnCrash {
    pub fn at_child() -> Self {
        Self { at_child: true, ..Self::default() }
    }

    pub fn at_parent() -> Self {
        Self::default()
    }

    /// Has the server that kept the request come up since the parent sent it?
    fn is_lost(&self, site: SiteId, input: Input) -> bool {
        let Some(parent) = self.parents[site.index()] else { return false };
        let keeper = if self.at_child { site } else { parent };
        let when = |of: &BTreeMap<SiteId, u64>, site| of.get(&site).copied().unwrap_or(0);
        input == Input::SyncRequested && when(&self.up, keeper) > when(&self.asked, parent)
    }
}

impl Tamper for LostOnCrash {
    fn meet(&mut self, parents: &[Option<SiteId>]) {
        self.parents = parents.to_vec();
    }

    fn loses(&mut self, site: SiteId, input: Input) -> bool {
        !self.at_child && self.is_lost(site, input)
    }

    fn handle(
        &mut self,
        now: Instant,
        site: SiteId,
        engine: &mut Engine,
        input: Input,
        effects: &mut Vec<Effect>,
    ) {
        self.calls += 1;
        if input == Input::Restarted {
            self.up.insert(site, self.calls);
        }
        if self.at_child && self.is_lost(site, input) {
            return;
        }
        engine.handle(now, input, effects);
        if effects.contains(&Effect::RequestSync) {
            self.asked.insert(site, self.calls);
        }
    }
}

/// The first thing of a kind that a site gets after it has moved.
#[derive(Debug)]
pub struct LostAfterMove {
    is_of_kind: fn(Input) -> bool,
    parents: Vec<Option<SiteId>>,
    owed: BTreeSet<SiteId>,
}

impl LostAfterMove {
    pub fn requests() -> Self {
        Self::new(|input| input == Input::SyncRequested)
    }

    pub fn packages() -> Self {
        Self::new(|input| matches!(input, Input::PackageArrived { .. }))
    }

    fn new(is_of_kind: fn(Input) -> bool) -> Self {
        Self { is_of_kind, parents: Vec::new(), owed: BTreeSet::new() }
    }
}

impl Tamper for LostAfterMove {
    fn meet(&mut self, parents: &[Option<SiteId>]) {
        let moved = self.parents.iter().zip(parents).enumerate();
        let moved = moved.filter(|(_, (old, new))| old != new);
        self.owed.extend(moved.map(|(site, _)| SiteId(site as u32)));
        self.parents = parents.to_vec();
    }

    fn loses(&mut self, site: SiteId, input: Input) -> bool {
        (self.is_of_kind)(input) && self.owed.remove(&site)
    }

    fn handle(
        &mut self,
        now: Instant,
        _site: SiteId,
        engine: &mut Engine,
        input: Input,
        effects: &mut Vec<Effect>,
    ) {
        engine.handle(now, input, effects);
    }
}
