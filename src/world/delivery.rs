//! What has been sent arrives at a child, or turns out not to have (R1-R3, R7).

use super::address::{Cargo, Job, JobState};
use super::event::Load;
use super::fault::Interference;
use super::{Event, Fact, Input, Purpose, SiteId, World};
use crate::scenario::SlowPhase;
use crate::store::SiteDatabase;
use crate::trace::{Cause, Part, Priority};
use crate::units::{Duration, Instant};

/// What a fault has overtaken arrives at the latest so much later [choice].
const OVERTAKEN_FOR: Duration = Duration::from_hours(1);

impl World<'_> {
    /// A sending reaches a child, or turns out not to have.
    pub(super) fn sending_arrives(&mut self, to: SiteId, number: u32) {
        let Some(&mut job) = self.senders.find(to).and_then(|address| address.job(number)) else {
            return;
        };
        let JobState::UnderWay(since) = job.state else { return };
        let from = job.from;
        self.senders.free_thread(from);
        self.leave_wire(to, number);
        self.cause = job.cause;
        self.note_sending(to, job.cargo, since, job.met.late);
        let Interference { lost, doubled, overtaken, delayed, .. } = job.met;
        for fault in [delayed, lost].into_iter().flatten() {
            self.record(from, Fact::SendingStruck { to, fault });
        }
        if lost.is_some() || self.is_lost((from, to), since) {
            self.sending_failed(from, to, Job { cause: self.cause, ..job });
        } else {
            let address = self.senders.address(to);
            address.jobs.retain(|one| one.number != number);
            for fault in [doubled, overtaken].into_iter().flatten() {
                self.record(from, Fact::SendingStruck { to, fault });
            }
            let cause = self.cause;
            match (job.cargo, overtaken) {
                (Cargo::Packages { .. }, Some(_)) => {
                    let until = self.now() + OVERTAKEN_FOR;
                    self.senders.address(to).overtaken.push((job.cargo, cause, until));
                }
                _ => {
                    self.deliver(to, job.cargo, cause);
                    self.deliver_overtaken(to, job.cargo);
                }
            }
            if doubled.is_some() {
                self.deliver(to, job.cargo, cause);
            }
        }
        // R6: what was held back for a job that is done goes now.
        let parent = self.upstream(to).unwrap_or(from);
        for priority in [Priority::High, Priority::Normal, Priority::Low] {
            if let Some(address) = self.senders.find(to)
                && let Some(held) = address.held[priority as usize]
                && address.pending(parent, priority).is_none()
            {
                self.release_held(to, held);
            }
        }
        self.serve(from);
        if self.senders.find(to).is_some_and(|address| address.has_waiting()) {
            self.bring_forward(parent, to);
        } else {
            self.plan_address(to);
        }
        self.tidy(to);
    }

    /// Has what was sent then been lost on its way, so that it does not arrive now?
    pub(super) fn is_lost(&self, (from, to): (SiteId, SiteId), sent: Instant) -> bool {
        let state = &self.sites[to.index()];
        // Cut when it was sent, or since: then the circuit is cut still, or was mended since.
        let cut_on_the_way = state.out_of_order.link > 0 || state.last_mended > sent;
        cut_on_the_way || self.is_down(from) || self.is_down(to)
    }

    /// What has overtaken earlier packages lets them in.
    fn deliver_overtaken(&mut self, to: SiteId, cargo: Cargo) {
        if cargo.priority() == Priority::High || !self.senders.has_address(to) {
            return;
        }
        for (cargo, cause, _) in std::mem::take(&mut self.senders.address(to).overtaken) {
            self.deliver(to, cargo, cause);
        }
    }

    /// Hands what has arrived to the child. A package that finds it down is sent again.
    pub(super) fn deliver(&mut self, to: SiteId, cargo: Cargo, cause: Cause) {
        match cargo {
            Cargo::Request => {
                self.cause = cause;
                self.request_has_arrived(to);
            }
            Cargo::Packages { .. } | Cargo::Catalogue { .. } if self.is_down(to) => {
                if let Some(from) = self.upstream(to) {
                    self.senders.add((from, to), cargo, self.now(), cause);
                }
            }
            Cargo::Packages { first, last } => {
                for version in first..=last {
                    self.cause = cause;
                    self.record(to, Fact::PackageArrived { version });
                    self.feed(to, Input::PackageArrived { version });
                }
            }
            Cargo::Catalogue { version } => {
                self.cause = cause;
                self.catalogue_has_arrived(to, version);
            }
        }
    }

    /// A sending has failed: it is tried again, or given up (R5).
    fn sending_failed(&mut self, from: SiteId, to: SiteId, mut job: Job) {
        let (now, terms) = (self.now(), self.terms(to));
        if self.upstream(to) != Some(from) {
            // It was on the wire when the site got another parent: that one sends what is lacking.
            self.senders.address(to).jobs.retain(|one| one.number != job.number);
            return;
        }
        job.tries += 1;
        let row_is_over = job.tries.is_multiple_of(terms.tries);
        let wait = if row_is_over { terms.again_every } else { terms.try_every };
        // R5, R7: a request is given up after seven days, the next sync sends another. A package
        // is not: nothing that belongs into a database is lost [choice].
        let gives_up =
            job.cargo == Cargo::Request && (now + wait).since(job.since) > terms.give_up_after;
        let again_at = (!gives_up).then_some(now + wait);
        job.cause = self.record_because(from, job.cause, Fact::SendingFailed { to, again_at });
        match again_at {
            Some(at) => {
                job.state = JobState::Resting(at);
                if let Some(place) = self.senders.address(to).job(job.number) {
                    *place = job;
                }
            }
            None => self.senders.address(to).jobs.retain(|one| one.number != job.number),
        }
    }
    /// What took no time has arrived, or turns out not to have: then it becomes a job.
    pub(super) fn arrives_at_once(&mut self, to: SiteId, load: Load) -> bool {
        let now = self.now();
        let Some(from) = self.upstream(to) else { return false };
        if !self.is_lost((from, to), now) {
            return true;
        }
        // Sent by a parent it has left, and not here yet: the new one sends it when it has it.
        if let Load::Package { version } = load
            && self.database(from).content_version() < version
        {
            return false;
        }
        let cause = self.cause;
        let number = self.senders.add((from, to), load.into(), now, cause);
        if let Some(&mut job) = self.senders.address(to).job(number) {
            self.sending_failed(from, to, job);
        }
        self.plan_address(to);
        self.tidy(to);
        false
    }

    /// A sync request that took no time reaches a child (R3).
    pub(super) fn request_arrives(&mut self, to: SiteId) {
        if self.arrives_at_once(to, Load::Request) {
            self.request_has_arrived(to);
        }
    }

    fn request_has_arrived(&mut self, to: SiteId) {
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

    /// A package that took no time reaches a child (R1).
    pub(super) fn package_arrives(&mut self, to: SiteId, version: u32) {
        if self.arrives_at_once(to, Load::Package { version }) {
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
