//! Site-to-site replication: requests and packages on their way to children (R1-R7).
//!
//! ```text
//!   hand_over ──► job ──► closed? ──► a thread of the address? ──► one of the sender's five?
//!       │          ▲        until it opens       until one is free      in line, by priority
//!       └─ held ───┘                                                        │
//!          until the job before it is done (R6)                            start
//!                                                                           │
//!                   the child ◄── arrives ◄── latency ◄── the line carries ─┘
//!                                    └── fails: rests, and comes forward again (R5)
//! ```
//!
//! What is under way is in `wire`, what arrives in `delivery`. A sending holds its thread from its
//! start until it has arrived or failed. One that takes no time, for which nothing stands in the way
//! and nothing is pending, is on its way at once.

use super::address::{Cargo, Held, Job, JobState};
use super::event::Load;
use super::{Event, Fact, SiteId, World};
use crate::scenario::{Bandwidth, Openness, Replication, RouteRate};
use crate::trace::{Cause, Limit, Priority, Wait};
use crate::units::{Bytes, Duration, Instant};

/// R5: to one destination, where no route says otherwise.
const PLAIN: Terms = Terms {
    threads: 3,
    tries: 3,
    try_every: Duration::from_mins(1),
    again_every: Duration::from_mins(55),
    give_up_after: Duration::from_days(7),
    limit: Limit::None,
};

/// How a destination is sent to (R4, R5).
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    pub threads: u32,
    pub tries: u32,
    pub try_every: Duration,
    pub again_every: Duration,
    pub give_up_after: Duration,
    pub limit: Limit,
}

impl World<'_> {
    /// Sends the changes that made a content version to every child's database (R1, R2).
    pub(super) fn replicate(&mut self, site: SiteId, version: u32) {
        let mut index = 0;
        while let Some(to) = self.child(site, index) {
            index += 1;
            self.send_package(site, to, version);
        }
    }

    /// Sends the changes that made a content version to one child's database.
    pub(super) fn send_package(&mut self, site: SiteId, to: SiteId, version: u32) {
        let (_, bytes) = self.stores.package(version);
        let sent = self.record_aside(site, Fact::PackageSent { to, version, bytes });
        let cause = std::mem::replace(&mut self.cause, sent);
        match self.scenario().sync.replication {
            Replication::FileBased => self.hand_over(site, to, Load::Package { version }),
            Replication::Database => self.replicate_from_database(site, to, version),
        }
        self.cause = cause;
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
        let cause = std::mem::replace(&mut self.cause, sent);
        self.hand_over(site, to, Load::Request);
        self.cause = cause;
    }

    /// What a site's parent was to send it is forgotten: it gets another parent, which sends what
    /// it lacks. What is on the wire still arrives.
    pub(super) fn forget_sendings(&mut self, to: SiteId) {
        let Some(from) = self.upstream(to) else { return };
        let Some(address) = self.senders.find(to) else { return };
        address.held = [None, None, None];
        address.overtaken.clear();
        address.jobs.retain(Job::is_under_way);
        self.plan_address(to);
        self.tidy(to);
        self.serve(from);
    }

    /// Something is handed to the sender of a site for a child.
    pub(super) fn hand_over(&mut self, from: SiteId, to: SiteId, load: Load) {
        let (now, cause) = (self.now(), self.cause);
        if self.passes_at_once(from, to) {
            self.note_sending(to, load.into(), now, Duration::ZERO);
            let event = match load {
                Load::Request => Event::RequestArrives { to },
                Load::Package { version } => Event::PackageArrives { to, version },
                Load::Catalogue { version } => Event::CatalogueArrives { to, version },
            };
            self.schedule(now, event);
            return;
        }
        let priority = Cargo::from(load).priority();
        let address = self.senders.address(to);
        if let Some(job) = address.pending(from, priority) {
            // A request says no more than one that has not left yet, and makes that as fresh as
            // itself: the seven days count from now.
            if load == Load::Request && !job.is_under_way() {
                job.since = now;
                return;
            }
            // R6: it goes together with what comes after it, when that job is done.
            let held = address.held[priority as usize].map_or_else(
                || Held { cargo: load.into(), since: now, cause },
                |held| Held { cargo: held.cargo.and(load), ..held },
            );
            address.held[priority as usize] = Some(held);
            let what = Wait::Together { until: held.since + super::address::TOGETHER_WITHIN };
            let noted = self.record_aside(from, Fact::SendingWaited { to, priority, what });
            if held.since == now
                && let Some(held) = &mut self.senders.address(to).held[priority as usize]
            {
                held.cause = noted;
            }
            return self.plan_address(to);
        }
        let number = self.senders.add((from, to), load.into(), now, cause);
        self.come_forward(from, to, number);
    }

    /// Is nothing in the way of what takes no time?
    fn passes_at_once(&self, from: SiteId, to: SiteId) -> bool {
        let place = &self.sites[to.index()].place;
        let takes_no_time = self
            .circuit(to)
            .is_none_or(|link| link.latency.is_zero() && link.bandwidth == Bandwidth::Unlimited);
        !place.routed
            && takes_no_time
            && !self.faults.meddle()
            && !self.senders.has_address(to)
            && self.senders.has_thread(from)
    }

    /// On what terms a destination is sent to.
    pub(super) fn terms(&self, to: SiteId) -> Terms {
        if !self.sites[to.index()].place.routed {
            return PLAIN;
        }
        let Some(route) = self.route(to) else { return PLAIN };
        let limit = match route.rate {
            RouteRate::Unlimited => Limit::None,
            RouteRate::Hourly(_) => Limit::Hourly,
            RouteRate::Pulse { .. } => Limit::Pulse,
        };
        Terms {
            // R4: any rate limit leaves an address one thread.
            threads: if limit == Limit::None { route.threads } else { 1 },
            tries: route.tries,
            try_every: route.try_every,
            again_every: route.again_every,
            give_up_after: route.give_up_after,
            limit,
        }
    }

    /// A new job goes, gets in line or waits.
    fn come_forward(&mut self, from: SiteId, to: SiteId, number: u32) {
        let Some(&mut job) = self.senders.find(to).and_then(|address| address.job(number)) else {
            return;
        };
        let hindrance = self.hindrance(from, to, job.cargo);
        if hindrance.is_none() && self.senders.is_free(from) {
            return self.start(from, to, job);
        }
        self.wait(from, to, number, hindrance);
        self.serve(from);
        self.note_waits(from, to);
    }

    /// Every job of an address that may go now gets in line; whoever's turn it is starts.
    pub(super) fn bring_forward(&mut self, from: SiteId, to: SiteId) {
        let now = self.now();
        let mut position = 0;
        while let Some(&job) = self.senders.find(to).and_then(|it| it.jobs.get(position)) {
            position += 1;
            match job.state {
                JobState::UnderWay(_) => {}
                JobState::Resting(until) if until > now => {}
                JobState::Resting(_) | JobState::Waiting(_) => {
                    let hindrance = self.hindrance(from, to, job.cargo);
                    self.wait(from, to, job.number, hindrance);
                }
            }
        }
        self.serve(from);
        self.note_waits(from, to);
    }

    /// Whoever is next in line for a thread of a site starts, as long as one is free (R5).
    pub(super) fn serve(&mut self, from: SiteId) {
        while let Some((job, next)) = self.senders.next_in_line(from) {
            match self.hindrance(from, next, job.cargo) {
                None => self.start(from, next, job),
                hindrance => {
                    self.wait(from, next, job.number, hindrance);
                    self.note_waits(from, next);
                }
            }
        }
    }

    /// A job waits for that; with nothing in its way, in line for a thread.
    fn wait(&mut self, from: SiteId, to: SiteId, number: u32, hindrance: Option<Wait>) {
        let what = hindrance.unwrap_or(Wait::Thread);
        if let Some(job) = self.senders.find(to).and_then(|address| address.job(number)) {
            job.state = JobState::Waiting(what);
        }
        if what == Wait::Thread {
            self.senders.queue(from, to, number);
        }
    }

    /// What keeps a sending to a destination back, other than that the sender is busy.
    fn hindrance(&mut self, from: SiteId, to: SiteId, cargo: Cargo) -> Option<Wait> {
        // R4: arrival at a closed sender waits for the first opening instant.
        if self.sites[to.index()].place.routed {
            let admits = match cargo.priority() {
                Priority::High => Openness::admits_requests,
                Priority::Normal => Openness::admits_metadata,
                Priority::Low => Openness::admits_catalogues,
            };
            let until = self.opens(to, admits);
            if until != Some(self.now()) {
                return Some(Wait::Closed { until });
            }
        }
        // R5: three sendings at once to one destination.
        let threads = self.terms(to).threads;
        let under_way = self.senders.find(to).map_or(0, |address| address.under_way(from));
        (under_way >= threads).then_some(Wait::ThreadToIt)
    }

    /// Records what the jobs of an address wait for, where that is new.
    fn note_waits(&mut self, from: SiteId, to: SiteId) {
        let mut position = 0;
        while let Some(&job) = self.senders.find(to).and_then(|it| it.jobs.get(position)) {
            if let JobState::Waiting(what) = job.state
                && job.noted != Some(what)
            {
                let priority = job.cargo.priority();
                let fact = Fact::SendingWaited { to, priority, what };
                let cause = self.record_because(from, job.cause, fact);
                let job = &mut self.senders.address(to).jobs[position];
                (job.noted, job.cause) = (Some(what), cause);
            }
            position += 1;
        }
        self.plan_address(to);
    }

    /// A sending begins.
    fn start(&mut self, from: SiteId, to: SiteId, mut job: Job) {
        let now = self.now();
        let limit = self.terms(to).limit;
        self.senders.take_thread(from);
        if job.noted.is_some() || limit != Limit::None {
            let priority = job.cargo.priority();
            let fact = Fact::SendingStarted { to, priority, limit };
            job.cause = self.record_because(from, job.cause, fact);
        }
        job.noted = None;
        job.state = JobState::UnderWay(now);
        if self.faults.meddle() {
            job.met = self.interference(to, job.cargo.load(), self.sending_key(from, job));
        }
        if let Some(place) = self.senders.address(to).job(job.number) {
            *place = job;
        }
        match self.bytes_of(job.cargo) {
            Bytes::ZERO => _ = self.arrives_later(now, to, job),
            bytes => self.carry(to, job, bytes),
        }
    }

    /// What names a sending for draws: what it carries, and which try it is.
    fn sending_key(&self, from: SiteId, job: Job) -> u64 {
        let tries = u64::from(job.tries);
        match job.cargo {
            Cargo::Request => {
                self.sites[from.index()].origin.root.first_try().key().wrapping_add(tries)
            }
            Cargo::Packages { first, .. } => u64::from(first) << 32 | tries,
            // Told from the package of that number by the highest bit.
            Cargo::Catalogue { version } => 1 << 63 | u64::from(version) << 32 | tries,
        }
    }

    pub(super) fn bytes_of(&self, cargo: Cargo) -> Bytes {
        match cargo {
            // R3: a request is a small file; it takes the latency alone [choice].
            Cargo::Request => Bytes::ZERO,
            Cargo::Packages { first, last } => {
                Bytes((first..=last).map(|version| self.stores.package(version).1.0).sum())
            }
            Cargo::Catalogue { .. } => self.catalogue_bytes(),
        }
    }

    /// Plans for when something waiting at an address is due.
    pub(super) fn plan_address(&mut self, to: SiteId) {
        let Some(address) = self.senders.find(to) else { return };
        let next = address.next_due();
        if address.due.map(|(at, _)| at) == next {
            return;
        }
        if let Some((_, old)) = address.due.take() {
            self.kernel.cancel(old);
        }
        if let Some(at) = next {
            let due = self.schedule(at, Event::AddressDue { to });
            self.senders.address(to).due = Some((at, due));
        }
    }

    /// An address opens, a failed sending is tried again, or something has waited long enough.
    pub(super) fn address_due(&mut self, to: SiteId) {
        let now = self.now();
        let Some(address) = self.senders.find(to) else { return };
        address.due = None;
        // R6: at the latest after six hours it goes, whatever is pending.
        let held = address.held.map(|held| {
            held.filter(|held| now.since(held.since) >= super::address::TOGETHER_WITHIN)
        });
        for held in held.into_iter().flatten() {
            self.release_held(to, held);
        }
        let waited: Vec<(Cargo, Cause, Instant)> = match self.senders.find(to) {
            Some(address) if !address.overtaken.is_empty() => {
                address.overtaken.extract_if(.., |one| one.2 <= now).collect()
            }
            _ => Vec::new(),
        };
        for (cargo, cause, _) in waited {
            self.deliver(to, cargo, cause);
        }
        if self.senders.has_address(to)
            && let Some(from) = self.upstream(to)
        {
            self.bring_forward(from, to);
            self.tidy(to);
        }
    }

    /// What was held back becomes a job.
    pub(super) fn release_held(&mut self, to: SiteId, held: Held) {
        let Some(from) = self.upstream(to) else { return };
        self.senders.address(to).held[held.cargo.priority() as usize] = None;
        self.senders.add((from, to), held.cargo, self.now(), held.cause);
        let added = self.senders.address(to).jobs.last_mut();
        if let Some(job) = added {
            // It has said already that it waits.
            job.noted = Some(Wait::Together { until: held.since });
        }
    }

    /// Forgets an address for which nothing is pending.
    pub(super) fn tidy(&mut self, to: SiteId) {
        for handle in self.senders.tidy(to).into_iter().flatten() {
            self.kernel.cancel(handle);
        }
    }

    /// Keeps a fact that something else than what is happening led to; gives its place.
    pub(super) fn record_because(&mut self, site: SiteId, cause: Cause, fact: Fact) -> Cause {
        let before = std::mem::replace(&mut self.cause, cause);
        let place = self.record_aside(site, fact);
        self.cause = before;
        place
    }
}
