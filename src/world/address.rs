//! What waits for a sender, and what it is sending: jobs by destination (R4-R6).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::event::Load;
use super::fault::Interference;
use super::line::Line;
use crate::kernel::Handle;
use crate::trace::{Cause, Priority, Wait};
use crate::units::{Bytes, Duration, Instant, SiteId};

/// R5: sendings at once, to all destinations together.
const SENDINGS_AT_ONCE: u32 = 5;
/// R6: after so long what was held back goes even though a job is still pending.
pub(super) const TOGETHER_WITHIN: Duration = Duration::from_hours(6);

/// The senders of all sites. Sparse: where nothing waits and nothing is being sent, there is
/// nothing here.
#[derive(Clone, Debug, Default)]
pub(super) struct Senders {
    /// Where the address of each destination is, or [`NOWHERE`]: a site is reached from its parent
    /// alone. Only as long as it has been needed.
    places: Vec<u32>,
    addresses: Vec<Address>,
    /// Those of them that are free: what they have allocated is used again.
    free: Vec<u32>,
    /// Where the sender of each site is in `out`, or [`NOWHERE`] while it has sent nothing.
    out_places: Vec<u32>,
    out: Vec<Out>,
    /// How many jobs there have been: keeps them in order.
    jobs: u32,
}

/// There is nothing of a site.
const NOWHERE: u32 = u32::MAX;

/// The sender of one site.
#[derive(Clone, Debug, Default)]
struct Out {
    /// How many sendings are under way.
    under_way: u32,
    /// Jobs that could be sent if a thread were free, in the order in which they will be.
    queue: BinaryHeap<Reverse<(Priority, u32, SiteId)>>,
}

/// What is pending for one destination.
#[derive(Clone, Debug, Default)]
pub(super) struct Address {
    /// In the order in which they came.
    pub jobs: Vec<Job>,
    /// R6: what waits for a job of its priority to be done.
    pub held: [Option<Held>; 3],
    /// What is being carried and has the circuit to itself; then `line` is empty.
    pub alone: Option<Alone>,
    /// What is being carried otherwise.
    pub line: Line,
    /// When something of it is through, or goes at another pace.
    pub line_due: Option<Handle>,
    /// When something here is due next.
    pub due: Option<(Instant, Handle)>,
    /// Packages that what is sent after them overtakes, by a fault; at the latest they arrive
    /// then.
    pub overtaken: Vec<(Cargo, Cause, Instant)>,
}

/// A sending that has the circuit to itself, at a pace that does not change by itself: when it is
/// through is known, and so when it arrives.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alone {
    pub job: u32,
    pub bytes: Bytes,
    /// Since when it is being carried.
    pub since: Instant,
    /// How fast \[bit/s\].
    pub rate: u64,
    /// When all of it has left; from then on the circuit is free.
    pub through: Instant,
    /// Its arrival.
    pub arrival: Handle,
}

/// What is sent together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cargo {
    /// Sync requests: several say no more than one.
    Request,
    /// The packages of these content versions, which follow one another.
    Packages { first: u32, last: u32 },
    /// The catalogue for SMS 2003 clients: of several, the newest (L2).
    Catalogue { version: u32 },
}

/// Objects that wait for the job before them (R6).
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    pub cargo: Cargo,
    /// Since when the first of them waits.
    pub since: Instant,
    pub cause: Cause,
}

/// Something to be sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Job {
    pub number: u32,
    /// Who sends it; a site that moves may still get what its old parent has on the wire.
    pub from: SiteId,
    pub cargo: Cargo,
    /// When it was handed to the sender.
    pub since: Instant,
    /// How often it has failed.
    pub tries: u32,
    pub state: JobState,
    /// Is it in line for a thread?
    pub in_line: bool,
    /// What the last record says that it waits for.
    pub noted: Option<Wait>,
    /// The record that led to where it is now.
    pub cause: Cause,
    /// What faults have in store for the sending under way.
    pub met: Interference,
}

/// What a job is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum JobState {
    /// It waits for something else than a retry.
    Waiting(Wait),
    /// It is being sent, since then.
    UnderWay(Instant),
    /// It has failed and is tried again then (R5).
    Resting(Instant),
}

impl Cargo {
    /// R5: requests are of high priority, metadata of normal, catalogues of low [choice].
    pub fn priority(self) -> Priority {
        match self {
            Cargo::Request => Priority::High,
            Cargo::Packages { .. } => Priority::Normal,
            Cargo::Catalogue { .. } => Priority::Low,
        }
    }

    /// What stands for the sending as a whole.
    pub fn load(self) -> Load {
        match self {
            Cargo::Request => Load::Request,
            Cargo::Packages { first, .. } => Load::Package { version: first },
            Cargo::Catalogue { version } => Load::Catalogue { version },
        }
    }

    /// This, and something that comes after it.
    pub fn and(self, load: Load) -> Cargo {
        match (self, load) {
            (Cargo::Packages { first, .. }, Load::Package { version }) => {
                Cargo::Packages { first, last: version }
            }
            (Cargo::Catalogue { .. }, Load::Catalogue { version }) => Cargo::Catalogue { version },
            _ => self,
        }
    }
}

impl From<Load> for Cargo {
    fn from(load: Load) -> Cargo {
        match load {
            Load::Request => Cargo::Request,
            Load::Package { version } => Cargo::Packages { first: version, last: version },
            Load::Catalogue { version } => Cargo::Catalogue { version },
        }
    }
}

impl Job {
    pub fn is_under_way(&self) -> bool {
        matches!(self.state, JobState::UnderWay(_))
    }
}

impl Address {
    /// The first job of a sender and a priority that is pending.
    pub fn pending(&mut self, from: SiteId, priority: Priority) -> Option<&mut Job> {
        self.jobs.iter_mut().find(|job| job.from == from && job.cargo.priority() == priority)
    }

    pub fn job(&mut self, number: u32) -> Option<&mut Job> {
        self.jobs.iter_mut().find(|job| job.number == number)
    }

    /// How many sendings of a sender to it are under way.
    pub fn under_way(&self, from: SiteId) -> u32 {
        self.jobs.iter().filter(|job| job.from == from && job.is_under_way()).count() as u32
    }

    /// When something here is due next.
    pub fn next_due(&self) -> Option<Instant> {
        let jobs = self.jobs.iter().filter_map(|job| match job.state {
            JobState::Resting(until) => Some(until),
            JobState::Waiting(Wait::Closed { until }) => until,
            _ => None,
        });
        let held = self.held.iter().flatten();
        let held = held.filter_map(|held| held.since.checked_add(TOGETHER_WITHIN));
        jobs.chain(held).chain(self.overtaken.iter().map(|one| one.2)).min()
    }

    /// Is there a job that is not under way?
    pub fn has_waiting(&self) -> bool {
        self.jobs.iter().any(|job| !job.is_under_way())
    }

    fn is_idle(&self) -> bool {
        self.jobs.is_empty() && self.held.iter().all(Option::is_none) && self.overtaken.is_empty()
    }
}

impl Senders {
    fn place(&self, to: SiteId) -> Option<usize> {
        self.places.get(to.index()).filter(|place| **place != NOWHERE).map(|place| *place as usize)
    }

    /// Is something pending for a destination?
    pub fn has_address(&self, to: SiteId) -> bool {
        self.place(to).is_some()
    }

    pub fn find(&mut self, to: SiteId) -> Option<&mut Address> {
        let place = self.place(to)?;
        Some(&mut self.addresses[place])
    }

    /// The address of a destination, a new one if nothing is pending for it.
    pub fn address(&mut self, to: SiteId) -> &mut Address {
        let place = self.place(to).unwrap_or_else(|| {
            if self.places.len() <= to.index() {
                self.places.resize(to.index() + 1, NOWHERE);
            }
            let place = self.free.pop().unwrap_or_else(|| {
                self.addresses.push(Address::default());
                self.addresses.len() as u32 - 1
            });
            self.places[to.index()] = place;
            place as usize
        });
        &mut self.addresses[place]
    }

    /// Forgets an address for which nothing is pending; gives what was still to come of it.
    pub fn tidy(&mut self, to: SiteId) -> [Option<Handle>; 2] {
        let Some(place) = self.place(to) else { return [None, None] };
        let address = &mut self.addresses[place];
        if !address.is_idle() {
            return [None, None];
        }
        self.places[to.index()] = NOWHERE;
        self.free.push(place as u32);
        [address.line_due.take(), address.due.take().map(|(_, handle)| handle)]
    }

    /// A new job for a destination; gives its number.
    pub fn add(
        &mut self,
        (from, to): (SiteId, SiteId),
        cargo: Cargo,
        since: Instant,
        cause: Cause,
    ) -> u32 {
        self.jobs += 1;
        let number = self.jobs;
        self.address(to).jobs.push(Job {
            number,
            from,
            cargo,
            since,
            tries: 0,
            state: JobState::Waiting(Wait::Thread),
            in_line: false,
            noted: None,
            cause,
            met: Interference::default(),
        });
        number
    }

    /// Has the sender of a site a free thread?
    pub fn has_thread(&self, from: SiteId) -> bool {
        self.out_of(from).is_none_or(|out| out.under_way < SENDINGS_AT_ONCE)
    }

    /// Has it one, and is nobody in line for it?
    pub fn is_free(&self, from: SiteId) -> bool {
        self.out_of(from).is_none_or(|out| out.under_way < SENDINGS_AT_ONCE && out.queue.is_empty())
    }

    fn out_of(&self, from: SiteId) -> Option<&Out> {
        let place = self.out_places.get(from.index()).filter(|place| **place != NOWHERE)?;
        Some(&self.out[*place as usize])
    }

    fn out_at(&mut self, from: SiteId) -> &mut Out {
        if self.out_places.len() <= from.index() {
            self.out_places.resize(from.index() + 1, NOWHERE);
        }
        let place = &mut self.out_places[from.index()];
        if *place == NOWHERE {
            *place = self.out.len() as u32;
            self.out.push(Out::default());
        }
        &mut self.out[*place as usize]
    }

    /// A job gets in line for a thread, unless it is.
    pub fn queue(&mut self, from: SiteId, to: SiteId, number: u32) {
        let Some(job) = self.find(to).and_then(|address| address.job(number)) else { return };
        if !std::mem::replace(&mut job.in_line, true) {
            let priority = job.cargo.priority();
            self.out_at(from).queue.push(Reverse((priority, number, to)));
        }
    }

    /// R5: the next job in line, if a thread is free: high before normal priority, then in order.
    pub fn next_in_line(&mut self, from: SiteId) -> Option<(Job, SiteId)> {
        loop {
            let out = self.out_at(from);
            if out.under_way >= SENDINGS_AT_ONCE {
                return None;
            }
            let Reverse((_, number, to)) = out.queue.pop()?;
            // What has been forgotten meanwhile is passed over.
            if let Some(job) = self.find(to).and_then(|address| address.job(number)) {
                job.in_line = false;
                return Some((*job, to));
            }
        }
    }

    /// A thread of a site is taken.
    pub fn take_thread(&mut self, from: SiteId) {
        self.out_at(from).under_way += 1;
    }

    /// A thread of a site is free again.
    pub fn free_thread(&mut self, from: SiteId) {
        self.out_at(from).under_way -= 1;
    }
}
