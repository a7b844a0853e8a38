//! Site-to-site replication: requests and packages on their way to children (R1-R3, R5, R7).

use std::collections::BTreeMap;

use super::event::Load;
use super::{Event, Fact, Input, Purpose, SiteId, World};
use crate::scenario::SlowPhase;
use crate::store::SiteDatabase;
use crate::trace::Part;
use crate::units::{Duration, Instant};

/// R5: a failed sending is tried again twice, a minute apart, ...
const TRIES_IN_A_ROW: u32 = 3;
const TRY_EVERY: Duration = Duration::from_mins(1);
/// R5: ... then handed back and tried again later, ...
const AGAIN_EVERY: Duration = Duration::from_mins(55);
/// R5: ... for up to seven days.
const GIVE_UP_AFTER: Duration = Duration::from_days(7);

/// The sendings that have failed and will be tried again.
#[derive(Clone, Debug, Default)]
pub(super) struct Senders {
    failing: BTreeMap<(SiteId, Load), Failing>,
}

/// A sending that has failed.
#[derive(Clone, Copy, Debug)]
struct Failing {
    since: Instant,
    tries: u32,
}

impl World<'_> {
    /// Sends the changes that made a content version to every child's database (R1, R2).
    pub(super) fn replicate(&mut self, site: SiteId, version: u32) {
        let (_, bytes) = self.stores.package(version);
        let mut index = 0;
        while let Some(to) = self.child(site, index) {
            index += 1;
            let sent = self.record_aside(site, Fact::PackageSent { to, version, bytes });
            let cause = std::mem::replace(&mut self.cause, sent);
            self.send(to, Load::Package { version });
            self.cause = cause;
        }
    }

    /// Sends a sync request to every child with a software update point (P7).
    pub(super) fn request_sync(&mut self, site: SiteId) {
        let mut index = 0;
        while let Some(to) = self.child(site, index) {
            index += 1;
            if self.sites[to.index()].place.has_point {
                self.request(site, to);
            }
        }
    }

    /// Sends a sync request to one child.
    pub(super) fn request(&mut self, site: SiteId, to: SiteId) {
        let sent = self.record_aside(site, Fact::RequestSent { to });
        // R6: a request goes together with one that is being tried again, which is then as
        // fresh as this: the seven days count from now.
        let now = self.now();
        if let Some(failing) = self.senders.failing.get_mut(&(to, Load::Request)) {
            failing.since = now;
            return;
        }
        let cause = std::mem::replace(&mut self.cause, sent);
        self.send(to, Load::Request);
        self.cause = cause;
    }

    /// What was to be tried again for a site is forgotten: it has another parent now.
    pub(super) fn forget_sendings(&mut self, to: SiteId) {
        self.senders.failing.retain(|(site, _), _| *site != to);
    }

    /// Puts something on the way to a child.
    pub(super) fn send(&mut self, to: SiteId, load: Load) {
        let arrival = self.now() + self.transit(to, load);
        let event = match load {
            Load::Request => Event::RequestArrives { to },
            Load::Package { version } => Event::PackageArrives { to, version },
        };
        self.schedule(arrival, event);
    }

    /// How long something is on the way over the child's circuit.
    fn transit(&self, to: SiteId, load: Load) -> Duration {
        let Some(link) = self.circuit(to) else { return Duration::ZERO };
        match load {
            // R3: a request is a small file; it takes the latency alone [choice].
            Load::Request => link.latency,
            Load::Package { version } => {
                let (_, bytes) = self.stores.package(version);
                let carrying = super::update_point::carries(link)
                    .map_or(Duration::ZERO, |rate| rate.time_for(bytes));
                carrying + link.latency
            }
        }
    }

    /// Has what arrives now really arrived? If not, the sender notices and sends it again (R5).
    fn has_arrived(&mut self, to: SiteId, load: Load) -> bool {
        let now = self.now();
        let sent = now.since(Instant::START + self.transit(to, load));
        let sent = Instant::START + sent;
        let state = &self.sites[to.index()];
        // Cut when it was sent, or since: then the circuit is cut still, or was mended since.
        let cut_on_the_way = state.out_of_order.link > 0 || state.last_mended > sent;
        let parent = self.upstream(to);
        let sender_is_down = parent.is_some_and(|parent| self.is_down(parent));
        let lost = cut_on_the_way || sender_is_down || self.is_down(to);
        if !lost {
            if !self.senders.failing.is_empty() {
                self.senders.failing.remove(&(to, load));
            }
            return true;
        }
        self.try_again(to, load);
        false
    }

    fn try_again(&mut self, to: SiteId, load: Load) {
        let now = self.now();
        // Sent by a parent it has left, and not here yet: the new one sends it when it has it.
        if let (Load::Package { version }, Some(parent)) = (load, self.upstream(to))
            && self.database(parent).content_version() < version
        {
            return;
        }
        let first = Failing { since: now, tries: 0 };
        let failing = self.senders.failing.entry((to, load)).or_insert(first);
        failing.tries += 1;
        let wait =
            if failing.tries.is_multiple_of(TRIES_IN_A_ROW) { AGAIN_EVERY } else { TRY_EVERY };
        // R5, R7: a request is given up after seven days, the next sync sends another. A package
        // is not: nothing that belongs into a database is lost [choice].
        let gives_up = load == Load::Request && (now + wait).since(failing.since) > GIVE_UP_AFTER;
        let again_at = (!gives_up).then_some(now + wait);
        let from = self.upstream(to).unwrap_or(to);
        self.record(from, Fact::SendingFailed { to, again_at });
        match again_at {
            Some(at) => {
                self.schedule(at, Event::SendAgain { to, load });
            }
            None => {
                self.senders.failing.remove(&(to, load));
            }
        }
    }

    /// A failed sending is tried again.
    pub(super) fn send_again(&mut self, to: SiteId, load: Load) {
        // What was forgotten meanwhile is not.
        if self.senders.failing.contains_key(&(to, load)) {
            self.send(to, load);
        }
    }

    /// A sync request reaches a child (R3).
    pub(super) fn request_arrives(&mut self, to: SiteId) {
        if !self.has_arrived(to, Load::Request) {
            return;
        }
        self.record(to, Fact::RequestArrived);
        if let Some(parent) = self.upstream(to) {
            self.sites[to.index()].next_trigger = self.sites[parent.index()].origin.root;
        }
        // What the child needs to notice and read it.
        let state = &self.sites[to.index()];
        let timing = self.timing(to);
        let draw = (state.entity, Purpose::Request, state.next_trigger.first_try().key());
        let reading = self.chance.cost(&timing.request, draw, 0, 0);
        let reading = self.slowed(to, SlowPhase::Request, reading);
        self.schedule(self.now() + reading, Event::RequestRead { to });
    }

    /// A package reaches a child (R1).
    pub(super) fn package_arrives(&mut self, to: SiteId, version: u32) {
        if self.has_arrived(to, Load::Package { version }) {
            self.record(to, Fact::PackageArrived { version });
            self.feed(to, Input::PackageArrived { version });
        }
    }

    /// A site starts to insert a package into its database (R1).
    pub(super) fn insert(&mut self, site: SiteId, insertion: u32, version: u32) {
        let (updates, _) = self.stores.package(version);
        let timing = self.timing(site);
        let key = self.insertion_key(site, version);
        let draw = (self.sites[site.index()].entity, Purpose::Insert, key);
        let known = self.stores.known_updates();
        let work = self.chance.cost(&timing.insert, draw, updates, known);
        let work = self.slowed_insertion(site, insertion, version, work);
        self.schedule(self.now() + work, Event::Inserted { site, insertion });
    }

    /// The package is in the database (R1, R7).
    pub(super) fn inserted(&mut self, site: SiteId, insertion: u32) {
        let Some(version) = self.sites[site.index()].engine.inserting(insertion) else { return };
        if self.is_down(site) || self.rolls_back(site, insertion, version) {
            return;
        }
        self.sites[site.index()].holdings.insert(version);
        self.record(site, Fact::PackageInserted { version });
        self.record_database_arrivals(site, version);
        self.feed(site, Input::Inserted { insertion });
    }

    /// Notes which releases a database holds whole since it has that version.
    pub(super) fn record_database_arrivals(&mut self, site: SiteId, version: u32) {
        for index in 0..self.stores.arrived_in_database(version).len() {
            let (_, release) = self.stores.arrived_in_database(version)[index];
            self.record_aside(site, Fact::Arrived { release, part: Part::Database });
        }
    }
}
