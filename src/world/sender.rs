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
//! A sending holds its thread from its start until it has arrived or failed. One that takes no
//! time, for which nothing stands in the way and nothing is pending, is on its way at once.

use super::address::{Cargo, Held, Job, JobState};
use super::circuit::{NO_LIMIT, earlier};
use super::event::Load;
use super::fault::Interference;
use super::{Event, Fact, Input, Purpose, SiteId, World};
use crate::scenario::{Bandwidth, Openness, Replication, RouteRate, SlowPhase};
use crate::store::SiteDatabase;
use crate::trace::{Cause, Limit, Part, Priority, Wait};
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
/// What a fault has overtaken arrives at the latest so much later [choice].
const OVERTAKEN_FOR: Duration = Duration::from_hours(1);

/// How a destination is sent to (R4, R5).
#[derive(Clone, Copy, Debug)]
struct Terms {
    threads: u32,
    tries: u32,
    try_every: Duration,
    again_every: Duration,
    give_up_after: Duration,
    limit: Limit,
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
        self.senders.add((from, to), load.into(), now, cause);
        self.bring_forward(from, to);
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
    fn terms(&self, to: SiteId) -> Terms {
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

    /// Every job of an address that may go now gets in line; whoever's turn it is starts.
    fn bring_forward(&mut self, from: SiteId, to: SiteId) {
        let now = self.now();
        // One alone, with a thread to spare and nobody in line, need not get in line.
        if let [job] = self.senders.address(to).jobs[..]
            && let JobState::Waiting(_) = job.state
            && self.senders.is_free(from)
            && self.hindrance(from, to, job.cargo).is_none()
        {
            self.start(from, to, job);
            return self.plan_address(to);
        }
        let mut position = 0;
        while let Some(&job) = self.senders.address(to).jobs.get(position) {
            position += 1;
            match job.state {
                JobState::UnderWay(_) => {}
                JobState::Resting(until) if until > now => {}
                JobState::Resting(_) | JobState::Waiting(_) => self.ask(from, to, job),
            }
        }
        self.serve(from);
        self.note_waits(from, to);
        self.tidy(to);
    }

    /// Whoever is next in line for a thread of a site starts, as long as one is free (R5).
    fn serve(&mut self, from: SiteId) {
        while let Some((number, next)) = self.senders.next_in_line(from) {
            let found = self.senders.find(next).and_then(|address| address.job(number)).copied();
            let Some(job) = found else { continue };
            match self.hindrance(from, next, job.cargo) {
                None => self.start(from, next, job),
                Some(what) => {
                    self.set_state(next, number, JobState::Waiting(what));
                    self.note_waits(from, next);
                }
            }
        }
    }

    /// What a job waits for now; nothing but a thread: it gets in line.
    fn ask(&mut self, from: SiteId, to: SiteId, job: Job) {
        let what = self.hindrance(from, to, job.cargo).unwrap_or(Wait::Thread);
        self.set_state(to, job.number, JobState::Waiting(what));
        if what == Wait::Thread {
            self.senders.queue(from, job.cargo.priority(), job.number, to);
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
        (self.senders.address(to).under_way(from) >= threads).then_some(Wait::ThreadToIt)
    }

    fn set_state(&mut self, to: SiteId, number: u32, state: JobState) {
        if let Some(job) = self.senders.address(to).job(number) {
            job.state = state;
        }
    }

    /// Records what the jobs of an address wait for, where that is new.
    fn note_waits(&mut self, from: SiteId, to: SiteId) {
        let mut position = 0;
        while let Some(&job) = self.senders.address(to).jobs.get(position) {
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
        job.met = self.interference(to, job.cargo.load(), self.sending_key(from, job));
        if let Some(place) = self.senders.address(to).job(job.number) {
            *place = job;
        }
        let bytes = self.bytes_of(job.cargo);
        let pulse = match self.route(to).map(|route| &route.rate) {
            Some(RouteRate::Pulse { block, delay }) => Some((*block, *delay)),
            _ => None,
        };
        let pace = self.sending_pace(to);
        if bytes.0 == 0 || (pace.rate == NO_LIMIT && pulse.is_none()) {
            return self.arrives_later(to, job);
        }
        let line = &mut self.senders.address(to).line;
        line.begin(now, job.number, bytes, pulse);
        self.plan_line(to);
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

    /// All of it has left: it arrives a latency later.
    fn arrives_later(&mut self, to: SiteId, job: Job) {
        let latency = self.circuit(to).map_or(Duration::ZERO, |link| link.latency);
        let way = latency.checked_add(job.met.late).unwrap_or(Duration::MAX);
        let Some(at) = self.now().checked_add(way) else { return };
        let cause = std::mem::replace(&mut self.cause, job.cause);
        self.schedule(at, Event::SendingArrives { to, job: job.number });
        self.cause = cause;
    }

    /// Something that is being carried to a destination is through, or goes at another pace.
    pub(super) fn line_due(&mut self, to: SiteId) {
        let now = self.now();
        let Some(address) = self.senders.find(to) else { return };
        address.line_due = None;
        while let Some(number) = self.senders.address(to).line.take_through(now) {
            if let Some(&mut job) = self.senders.address(to).job(number) {
                self.arrives_later(to, job);
            }
        }
        self.plan_line(to);
    }

    /// Shares out what the line to a destination carries now, and plans for what comes next.
    pub(super) fn plan_line(&mut self, to: SiteId) {
        let (now, pace) = (self.now(), self.sending_pace(to));
        let Some(address) = self.senders.find(to) else { return };
        let old = address.line_due.take();
        address.line.share(now, pace.rate);
        let next = earlier(address.line.next_end(), pace.until);
        let next = next.filter(|_| !address.line.is_empty());
        if let Some(old) = old {
            self.kernel.cancel(old);
        }
        if let Some(at) = next {
            let due = self.schedule(at, Event::LineDue { to });
            self.senders.address(to).line_due = Some(due);
        }
    }

    /// Plans for when something waiting at an address is due.
    fn plan_address(&mut self, to: SiteId) {
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
        }
    }

    /// What was held back becomes a job.
    fn release_held(&mut self, to: SiteId, held: Held) {
        let Some(from) = self.upstream(to) else { return };
        self.senders.address(to).held[held.cargo.priority() as usize] = None;
        self.senders.add((from, to), held.cargo, self.now(), held.cause);
        let added = self.senders.address(to).jobs.last_mut();
        if let Some(job) = added {
            // It has said already that it waits.
            job.noted = Some(Wait::Together { until: held.since });
        }
    }

    /// A sending reaches a child, or turns out not to have.
    pub(super) fn sending_arrives(&mut self, to: SiteId, number: u32) {
        let Some(&mut job) = self.senders.find(to).and_then(|address| address.job(number)) else {
            return;
        };
        let JobState::UnderWay(since) = job.state else { return };
        let from = job.from;
        self.senders.free_thread(from);
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
            let address = self.senders.address(to);
            if let Some(held) = address.held[priority as usize]
                && address.pending(parent, priority).is_none()
            {
                self.release_held(to, held);
            }
        }
        self.serve(from);
        self.bring_forward(parent, to);
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
    fn deliver(&mut self, to: SiteId, cargo: Cargo, cause: Cause) {
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

    /// Forgets an address for which nothing is pending.
    fn tidy(&mut self, to: SiteId) {
        for handle in self.senders.tidy(to).into_iter().flatten() {
            self.kernel.cancel(handle);
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

    /// Keeps a fact that something else than what is happening led to; gives its place.
    pub(super) fn record_because(&mut self, site: SiteId, cause: Cause, fact: Fact) -> Cause {
        let before = std::mem::replace(&mut self.cause, cause);
        let place = self.record_aside(site, fact);
        self.cause = before;
        place
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
