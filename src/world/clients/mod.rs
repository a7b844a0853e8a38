//! Clients and their scans, one by one or as counted groups (C1-C5).
//!
//! ```text
//!   policy ──► wheel: who polls when ──► queue: so many scans at once ──► records: scanned
//! ```
//!
//! Clients by themselves and groups go the same way. What differs is when the world looks: at
//! each poll and each end of a scan of a client; at the end of each slice of the period of a
//! group, for everything that happened in it. So a group costs one event a slice, however many
//! clients it has, and nothing while no policy is new.
//!
//! Invariants:
//! - The phase of a client is drawn by its site and number. A group counts the same draws.
//! - Nothing is pending for clients that have nothing to do.
//! - Each client counts once for each release (`Fact::Scanned`).

mod clientele;
mod queue;
mod wheel;

use std::collections::BTreeMap;

use super::chance::Chance;
use super::inventory::is_below_tool;
use super::{Blueprint, Event, Fact, SiteId, World};
use crate::kernel::Entity;
use crate::scenario::Initial;
use crate::store::{Anchor, UpdateServices};
use crate::trace::{Cause, ClientKind};
use crate::units::Duration;
use clientele::{Around, Clientele};
use wheel::Riders;

/// The clients of a world that act.
#[derive(Clone, Debug, Default)]
pub(super) struct Clients {
    groups: Vec<Clientele>,
    /// By the site whose points they use and whose policy they follow. Sparse: a site without
    /// clients costs nothing.
    by_site: BTreeMap<SiteId, Vec<u32>>,
}

/// What has become of a clientele's world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum News {
    /// Nothing: time has passed.
    None,
    /// The run begins.
    Begins,
    /// There is a new policy body (C1).
    Policy,
    /// There is a new catalogue for SMS 2003 clients (L2).
    Catalogue(u32),
    /// The site server or a point may have gone down or come up.
    State,
}

impl Clients {
    /// The clients of a scenario that act.
    pub fn new(blueprint: &Blueprint<'_>) -> Self {
        let scenario = blueprint.scenario;
        let mut by_point: BTreeMap<SiteId, Vec<(SiteId, Riders)>> = BTreeMap::new();
        let mut clients = Self::default();
        let mut others = Vec::new();
        for (position, site) in scenario.sites.iter().enumerate() {
            let id = SiteId(position as u32);
            let own = blueprint.entities[position];
            if let (Some(point), 1..) = (scenario.scans_at(id), site.clients.intranet) {
                let riders = Riders { entity: own, clients: site.clients.intranet };
                by_point.entry(point).or_default().push((id, riders));
            }
            // C5: internet clients have the internet-based point of their site, or none.
            if let (Some(_), 1..) = (&site.internet_sup, site.clients.internet) {
                let entity = own.with(Entity::named(ClientKind::Internet.name()));
                let riders = Riders { entity, clients: site.clients.internet };
                let places = site.sup.and_then(|point| point.scans_at_once);
                let members = vec![(id, riders)];
                others.push(Clientele::new(id, ClientKind::Internet, members, places));
            }
        }
        for (position, site) in scenario.sites.iter().enumerate() {
            let id = SiteId(position as u32);
            // L1: SMS 2003 clients scan without a point, by the catalogue that their site has.
            if site.clients.sms2003 > 0 && is_below_tool(scenario, id) {
                let sms2003 = Entity::named(ClientKind::Sms2003.name());
                let entity = blueprint.entities[position].with(sms2003);
                let riders = Riders { entity, clients: site.clients.sms2003 };
                others.push(Clientele::new(id, ClientKind::Sms2003, vec![(id, riders)], None));
            }
        }
        for (point, members) in by_point {
            let places = scenario.sites[point.index()].sup.and_then(|point| point.scans_at_once);
            clients.add(Clientele::new(point, ClientKind::Intranet, members, places));
        }
        others.into_iter().for_each(|one| clients.add(one));
        clients
    }

    fn add(&mut self, one: Clientele) {
        self.by_site.entry(one.site).or_default().push(self.groups.len() as u32);
        self.groups.push(one);
    }
}

impl World<'_> {
    /// The run begins for clients that follow a scan schedule already.
    pub(super) fn clients_begin(&mut self) {
        // With nothing held, no client has been enabled yet.
        if self.scenario().initial == Initial::Current {
            (0..self.clients.groups.len()).for_each(|group| self.tend(group as u32, News::Begins));
        }
    }

    /// A site's clients get a new policy body (C1).
    pub(super) fn clients_get_policy(&mut self, site: SiteId) {
        self.tend_all(site, News::Policy);
    }

    /// A site's SMS 2003 clients get a new catalogue (L2).
    pub(super) fn clients_get_catalogue(&mut self, site: SiteId, version: u32) {
        self.tend_all(site, News::Catalogue(version));
    }

    /// A point of the site is about to hold more: scans that have begun saw it as it was.
    pub(super) fn clients_catch_up(&mut self, site: SiteId) {
        self.tend_all(site, News::None);
    }

    /// The site server or a point of it may have gone down or come up.
    pub(super) fn clients_notice(&mut self, site: SiteId) {
        self.tend_all(site, News::State);
    }

    /// A clientele must be tended.
    pub(super) fn clients_due(&mut self, group: u32) {
        self.clients.groups[group as usize].due = None;
        self.tend(group, News::None);
    }

    fn tend_all(&mut self, site: SiteId, news: News) {
        if self.clients.groups.is_empty() {
            return;
        }
        let cause = self.cause;
        let groups = self.clients.by_site.get(&site).map_or(0, Vec::len);
        for position in 0..groups {
            let group = self.clients.by_site[&site][position];
            let by_catalogue = self.clients.groups[group as usize].kind == ClientKind::Sms2003;
            let concerns = match news {
                News::Policy => !by_catalogue,
                News::Catalogue(_) => by_catalogue,
                News::None | News::Begins | News::State => true,
            };
            if concerns {
                self.tend(group, news);
            }
            self.cause = cause;
        }
    }

    /// Brings a clientele up to the present, tells what became of it, and acts on the news.
    fn tend(&mut self, group: u32, news: News) {
        let nobody = || Clientele::new(SiteId(0), ClientKind::Intranet, Vec::new(), None);
        let place = &mut self.clients.groups[group as usize];
        let mut one = std::mem::replace(place, nobody());
        self.look_at_point(&mut one);
        let chance: &Chance = &self.chance;
        let now = self.kernel.now();
        let around = Around { chance, clients: &self.blueprint.scenario.clients, now };
        one.catch_up(&around);
        match news {
            News::None => {}
            News::Begins => one.follow_schedule(&around),
            News::Policy => {
                one.cause = self.cause;
                one.hear_of_policy(&around);
            }
            News::Catalogue(version) => {
                one.cause = self.cause;
                one.held = self.inventory.contains(version, self.blueprint.scenario);
                one.hear_of_policy(&around);
            }
            News::State => {
                let (answers, serves) = (self.answers_polls(&one), self.serves_scans(&one));
                let was = std::mem::replace(&mut one.answers, answers);
                let served = std::mem::replace(&mut one.serves, serves);
                if served && !serves {
                    one.break_off(&around);
                } else if was && !answers {
                    one.stop_polls(&around);
                } else if answers && serves && !(was && served) {
                    one.wake(&around);
                }
            }
        }
        let next = one.look_ahead(&around);
        self.tell(&mut one);
        if let Some(due) = one.due.take() {
            self.kernel.cancel(due);
        }
        if let Some(at) = next {
            self.cause = one.cause;
            one.due = Some(self.schedule(at.max(now), Event::ClientsDue { group }));
        }
        self.clients.groups[group as usize] = one;
    }

    /// Notes the releases that have come to the point; whoever begins a scan from now on sees
    /// them.
    fn look_at_point(&self, one: &mut Clientele) {
        let anchor = match one.kind {
            ClientKind::Intranet => self.wsus(one.site).anchor(),
            ClientKind::Internet => self.internet_wsus(one.site).anchor(),
            ClientKind::Sms2003 => return,
        };
        if anchor < one.looked {
            // A point that was installed anew holds less than the one before.
            one.held.truncate(self.stores.arrived_in_wsus(Anchor::default(), anchor).len());
            one.looked = anchor;
        }
        let fresh = self.stores.arrived_in_wsus(one.looked, anchor);
        one.held.extend(fresh.iter().map(|(_, release)| *release));
        one.looked = anchor;
    }

    /// Does whoever has the policy answer?
    fn answers_polls(&self, one: &Clientele) -> bool {
        !self.is_down(one.site)
    }

    /// Does what they scan against answer?
    fn serves_scans(&self, one: &Clientele) -> bool {
        let site = &self.sites[one.site.index()];
        match one.kind {
            ClientKind::Intranet => site.place.has_point && !self.point_is_down(one.site),
            ClientKind::Internet => site.out_of_order.internet_point == 0,
            // L2: with the catalogue that their site has.
            ClientKind::Sms2003 => !self.is_down(one.site),
        }
    }

    /// Records what became of a clientele.
    fn tell(&mut self, one: &mut Clientele) {
        self.cause = one.cause;
        let (by, now) = (one.kind, self.now());
        for member in 0..one.members.len() {
            let clients = std::mem::take(&mut one.tally.fetched[member]);
            if clients > 0 {
                self.record_aside(one.members[member], Fact::PolicyFetched { by, clients });
            }
            let clients = std::mem::take(&mut one.tally.failed[member]);
            if clients > 0 {
                self.record_aside(one.members[member], Fact::ScansFailed { by, clients });
            }
        }
        while let Some(((member, position), (clients, ends))) = one.tally.covered.pop_first() {
            let before = u128::from(now.micros()) * u128::from(clients) - ends;
            let half = u128::from(clients / 2);
            let earlier = Duration::from_micros(((before + half) / u128::from(clients)) as u64);
            let release = one.held[position as usize];
            let site = one.members[member as usize];
            self.record_aside(site, Fact::Scanned { release, by, clients, earlier });
        }
        self.cause = Cause::NONE;
    }
}
