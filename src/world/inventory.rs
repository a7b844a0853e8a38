//! The catalogue for SMS 2003 clients: fetched, compared, and distributed when it changed (L1, L2).

use std::ops::Range;

use super::event::Load;
use super::{Event, Fact, SiteId, World};
use crate::kernel::Handle;
use crate::scenario::{Initial, Published, Scenario, Sms2003};
use crate::trace::Cause;
use crate::units::{Bytes, Duration, Instant, ReleaseId};

/// The Inventory Tool for Microsoft Updates of a hierarchy.
#[derive(Clone, Debug, Default)]
pub(super) struct Inventory {
    /// How many synchronisations of the catalogue have started.
    attempts: u32,
    /// When the one under way began.
    fetching: Option<Instant>,
    /// Up to which release the catalogue goes, by its version; the first version is what there was
    /// before the run.
    versions: Vec<u32>,
    /// The next try of one that failed.
    retry: Option<Handle>,
    /// When the advertisement falls due next.
    advertised: Option<Instant>,
    /// Sites that have SMS 2003 clients, or lead to some: only these are sent the package.
    /// Empty when nobody asks.
    leads: Vec<bool>,
    /// The catalogue that each site has.
    reached: Vec<u32>,
}

impl Inventory {
    pub fn new(scenario: &Scenario) -> Self {
        if scenario.sms2003.is_none() {
            return Self::default();
        }
        let mut leads: Vec<bool> =
            scenario.sites.iter().map(|site| site.clients.sms2003 > 0).collect();
        for position in 0..leads.len() {
            let mut above = if leads[position] { scenario.sites[position].parent } else { None };
            while let Some(site) = above.filter(|site| !leads[site.index()]) {
                leads[site.index()] = true;
                above = scenario.sites[site.index()].parent;
            }
        }
        let reached = vec![0; leads.len()];
        Self { versions: vec![0], leads, reached, ..Self::default() }
    }

    /// The releases that a catalogue contains: those Microsoft had published before it was fetched.
    pub fn contains(&self, version: u32, scenario: &Scenario) -> Vec<ReleaseId> {
        let upto = self.versions.get(version as usize - 1).copied().unwrap_or(0);
        published(scenario, 0..upto).collect()
    }
}

impl<'s> World<'s> {
    fn tool(&self) -> &'s Sms2003 {
        let tool = self.scenario().sms2003.as_ref();
        tool.expect("only where the tool is installed is its catalogue synchronised")
    }

    /// L1: the advertisement recurs from its start, independent of WSUS.
    pub(super) fn plan_catalogue(&mut self) {
        if let Some(tool) = &self.scenario().sms2003 {
            if self.scenario().initial == Initial::Empty {
                self.inventory.versions.clear();
            }
            self.schedule(tool.first, Event::CatalogueDue);
        }
    }

    /// The advertisement falls due (L1).
    pub(super) fn catalogue_due(&mut self) {
        self.inventory.advertised = self.now().checked_add(self.tool().every);
        if let Some(next) = self.inventory.advertised {
            self.schedule(next, Event::CatalogueDue);
        }
        // It replaces a retry [choice].
        if let Some(retry) = self.inventory.retry.take() {
            self.kernel.cancel(retry);
        }
        self.synchronise_catalogue();
    }

    /// One that failed is tried again.
    pub(super) fn catalogue_again(&mut self) {
        self.inventory.retry = None;
        self.synchronise_catalogue();
    }

    /// L2: the catalogue is fetched.
    fn synchronise_catalogue(&mut self) {
        let tool = self.tool();
        if self.inventory.fetching.is_some() {
            return;
        }
        if self.is_down(tool.site) {
            // Nobody is there to start it; it is tried again like one that failed [choice].
            return self.catalogue_later();
        }
        self.inventory.attempts += 1;
        let attempt = self.inventory.attempts;
        self.record(tool.site, Fact::CatalogueSyncStarted { attempt });
        if !self.catalogue_answers() {
            return self.catalogue_fails();
        }
        self.inventory.fetching = Some(self.now());
        let now = self.now();
        let takes = self.circuit(tool.site).map_or(Duration::ZERO, |link| {
            self.blueprint.carrying(link, tool.site, tool.catalogue, now)
        });
        if let Some(at) = now.checked_add(takes) {
            self.schedule(at, Event::CatalogueFetched);
        }
    }

    /// Does the source answer the tool? It is Microsoft Update, whatever the source of WSUS; over
    /// the circuit of the tool's site [choice].
    fn catalogue_answers(&self) -> bool {
        let source = self.blueprint.top_level.unwrap_or(self.tool().site);
        self.sites[self.tool().site.index()].out_of_order.link == 0
            && self.sites[source.index()].out_of_order.source == 0
    }

    /// The bytes are through.
    pub(super) fn catalogue_fetched(&mut self) {
        let (site, attempt) = (self.tool().site, self.inventory.attempts);
        let Some(began) = self.inventory.fetching.take() else { return };
        self.note_fetch(site, began, self.tool().catalogue);
        // Cut on the way, or now: then it was fetched in vain.
        let cut = self.sites[site.index()].last_mended > began;
        if cut || !self.catalogue_answers() || self.is_down(site) {
            return self.catalogue_fails();
        }
        // L2: compared; only a catalogue that has changed is distributed.
        let now = self.now();
        let releases = &self.scenario().catalogue.releases;
        let contains = releases.partition_point(|release| release.at <= now) as u32;
        let known = self.inventory.versions.last().copied();
        let news = published(self.scenario(), known.unwrap_or(0)..contains).next();
        let changed = known.is_none() || news.is_some();
        if changed {
            self.inventory.versions.push(contains);
        }
        let version = self.inventory.versions.len() as u32;
        self.record(site, Fact::CatalogueSyncDone { attempt, version, changed });
        if changed {
            self.catalogue_reaches(site, version);
        }
    }

    fn catalogue_fails(&mut self) {
        let (site, attempt) = (self.tool().site, self.inventory.attempts);
        let again_at = self.next_catalogue_try();
        self.record(site, Fact::CatalogueSyncFailed { attempt, again_at });
        self.catalogue_later();
    }

    /// It is tried again after the time that its site waits after a failed synchronisation
    /// [choice], or when the advertisement falls due, whichever is first.
    fn next_catalogue_try(&self) -> Option<Instant> {
        let every = self.scenario().sites[self.tool().site.index()].retry.every;
        let retry = self.now().checked_add(every);
        retry.into_iter().chain(self.inventory.advertised).min()
    }

    fn catalogue_later(&mut self) {
        if let Some(at) =
            self.next_catalogue_try().filter(|at| Some(*at) != self.inventory.advertised)
        {
            self.inventory.retry = Some(self.schedule(at, Event::CatalogueAgain));
        }
    }

    /// A site has a new catalogue: its clients scan with it, and it is sent on (R2).
    pub(super) fn catalogue_reaches(&mut self, site: SiteId, version: u32) {
        // Once, and never an older one after a newer.
        let reached = &mut self.inventory.reached[site.index()];
        if *reached >= version {
            return;
        }
        *reached = version;
        let cause: Cause = self.cause;
        self.clients_get_catalogue(site, version);
        self.cause = cause;
        let bytes = self.catalogue_bytes();
        for index in 0.. {
            let Some(to) = self.child(site, index) else { break };
            if !self.inventory.leads[to.index()] {
                continue;
            }
            let sent = self.record_aside(site, Fact::CatalogueSent { to, version, bytes });
            let cause = std::mem::replace(&mut self.cause, sent);
            if self.upstream(to) == Some(site) {
                self.hand_over(site, to, Load::Catalogue { version });
            } else {
                self.schedule(self.now(), Event::CatalogueArrives { to, version });
            }
            self.cause = cause;
        }
    }

    /// How large the package is.
    pub(super) fn catalogue_bytes(&self) -> Bytes {
        self.tool().catalogue
    }

    /// A package with the catalogue that took no time reaches a child (L2).
    pub(super) fn catalogue_arrives(&mut self, to: SiteId, version: u32) {
        // Above the top-level site nothing else is sent, and nothing goes wrong on the way.
        if self.upstream(to).is_none() || self.arrives_at_once(to, Load::Catalogue { version }) {
            self.catalogue_has_arrived(to, version);
        }
    }

    pub(super) fn catalogue_has_arrived(&mut self, to: SiteId, version: u32) {
        self.record(to, Fact::CatalogueArrived { version });
        self.catalogue_reaches(to, version);
    }
}

/// What Microsoft published, of a range of all releases; U3: what is published locally is no part
/// of its catalogue.
fn published(scenario: &Scenario, range: Range<u32>) -> impl Iterator<Item = ReleaseId> {
    let releases = &scenario.catalogue.releases;
    let ours = |release: &ReleaseId| releases[release.index()].published == Published::Source;
    range.map(ReleaseId).filter(ours)
}

/// Does the tool's catalogue reach a site? Only those below it, and its own (L2).
pub(super) fn is_below_tool(scenario: &Scenario, site: SiteId) -> bool {
    let Some(tool) = &scenario.sms2003 else { return false };
    let above = |site: &SiteId| scenario.sites[site.index()].parent;
    std::iter::successors(Some(site), above).any(|site| site == tool.site)
}
