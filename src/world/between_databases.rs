//! Metadata on their way from database to database, without the senders, as later versions of the
//! product carry them (R1, `sync.replication: database`).
//!
//! ```text
//!   a version ──► waits behind what is under way ──► carried over the circuit ──► latency ──► in
//!                                     ▲                                             │
//!                                     └────────── a minute's rest ◄── lost ◄────────┘
//! ```
//!
//! Invariants:
//! - One transfer at a time to a site; all that has come meanwhile goes together after it, in order.
//! - No hours, no rate limits, no threads and no priorities: those are the senders'.
//! - Nothing is lost, doubled or overtaken: what a circuit or a server out of order has cost is sent
//!   again, once they are in order.
//! - Every try that fails is told, and what else stands in the way of the next.

use super::circuit::{Pace, time_to_carry};
use super::{Event, Fact, Input, SiteId, World};
use crate::kernel::Handle;
use crate::trace::Cause;
use crate::units::{Duration, Instant};

/// From a transfer that has not arrived to the next try, or to the next look at whether one can
/// be made [choice].
const AGAIN_AFTER: Duration = Duration::from_mins(1);

/// All that a site's database is being sent, and is to be sent.
#[derive(Clone, Debug)]
pub(super) struct Conversation {
    under_way: Transfer,
    /// What has come meanwhile.
    waiting: Option<Versions>,
}

/// The changes of content versions that follow one another.
#[derive(Clone, Copy, Debug)]
struct Versions {
    first: u32,
    last: u32,
    /// The record that led to the first of them being sent.
    cause: Cause,
}

/// One transfer.
#[derive(Clone, Debug)]
struct Transfer {
    from: SiteId,
    versions: Versions,
    /// When this try began.
    began: Instant,
    stage: Stage,
    due: Option<Handle>,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    /// So many millionths of a bit are still to be carried, at this rate since then.
    Carried { left: u128, rate: u64, since: Instant },
    /// All of it has left.
    Arriving,
    /// It has not arrived, and is sent again when nothing stands in the way.
    Resting(Hindrances),
}

/// What keeps a transfer from being tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Hindrances {
    circuit: bool,
    sender: bool,
    receiver: bool,
}

impl World<'_> {
    /// The database of a site has a content version that a child's has not.
    pub(super) fn replicate_from_database(&mut self, from: SiteId, to: SiteId, version: u32) {
        let new = Versions { first: version, last: version, cause: self.cause };
        match self.conversations.get_mut(&to) {
            Some(conversation) => {
                let waiting = conversation.waiting.get_or_insert(new);
                waiting.last = version;
            }
            None => self.converse(from, to, new),
        }
    }

    /// What a site's old parent was still to send it is forgotten; what is under way arrives.
    pub(super) fn forget_replication(&mut self, to: SiteId) {
        let Some(conversation) = self.conversations.get_mut(&to) else { return };
        conversation.waiting = None;
        if let Stage::Resting(_) = conversation.under_way.stage {
            if let Some(due) = conversation.under_way.due.take() {
                self.kernel.cancel(due);
            }
            self.conversations.remove(&to);
        }
    }

    /// The circuit of a site has become slower or faster.
    pub(super) fn replication_changes_speed(&mut self, to: SiteId) {
        if self.conversations.contains_key(&to) {
            self.carry_on(to);
        }
    }

    fn converse(&mut self, from: SiteId, to: SiteId, versions: Versions) {
        let (began, stage) = (self.now(), self.all_of(versions));
        let under_way = Transfer { from, versions, began, stage, due: None };
        self.conversations.insert(to, Conversation { under_way, waiting: None });
        self.carry_on(to);
    }

    fn all_of(&self, versions: Versions) -> Stage {
        let bytes: u64 = (versions.first..=versions.last)
            .map(|version| self.stores.package(version).1.0)
            .fold(0, u64::saturating_add);
        Stage::Carried { left: u128::from(bytes) * 8_000_000, rate: 0, since: self.now() }
    }

    /// Takes account of what has been carried so far, and plans for what comes next.
    fn carry_on(&mut self, to: SiteId) {
        let (now, pace) = (self.now(), self.circuit_pace(to).unwrap_or(Pace::UNLIMITED));
        let latency = self.circuit(to).map_or(Duration::ZERO, |link| link.latency);
        let Some(conversation) = self.conversations.get_mut(&to) else { return };
        let transfer = &mut conversation.under_way;
        let Stage::Carried { left, rate, since } = transfer.stage else { return };
        let carried = u128::from(rate) * u128::from(now.since(since).micros());
        let left = left.saturating_sub(carried);
        let needs = time_to_carry(left, pace.rate);
        let at = if needs == 0 {
            transfer.stage = Stage::Arriving;
            now.checked_add(latency)
        } else {
            transfer.stage = Stage::Carried { left, rate: pace.rate, since: now };
            let through = u64::try_from(needs).ok().map(Duration::from_micros);
            let through = through.and_then(|needs| now.checked_add(needs));
            super::circuit::earlier(through, pace.until)
        };
        let cause = transfer.versions.cause;
        let old = transfer.due.take();
        self.plan_replication(to, at, cause, old);
    }

    /// Plans for when something of it is due; beyond the end of time it never is.
    fn plan_replication(
        &mut self,
        to: SiteId,
        at: Option<Instant>,
        cause: Cause,
        old: Option<Handle>,
    ) {
        if let Some(old) = old {
            self.kernel.cancel(old);
        }
        let Some(at) = at else { return };
        let before = std::mem::replace(&mut self.cause, cause);
        let due = self.schedule(at, Event::ReplicationDue { to });
        self.cause = before;
        if let Some(conversation) = self.conversations.get_mut(&to) {
            conversation.under_way.due = Some(due);
        }
    }

    /// Some of it has been carried, all of it has arrived, or it is tried again.
    pub(super) fn replication_due(&mut self, to: SiteId) {
        let Some(conversation) = self.conversations.get_mut(&to) else { return };
        let transfer = &mut conversation.under_way;
        transfer.due = None;
        match transfer.stage {
            Stage::Carried { .. } => self.carry_on(to),
            Stage::Arriving => self.replication_arrives(to),
            Stage::Resting(known) => self.try_again(to, known),
        }
    }

    /// Sends again what has not arrived, if nothing stands in the way now.
    fn try_again(&mut self, to: SiteId, known: Hindrances) {
        let Some(Conversation { under_way, .. }) = self.conversations.get(&to) else { return };
        let Transfer { from, versions, .. } = *under_way;
        let now = self.hindrances(from, to);
        if now.circuit || now.sender || now.receiver {
            if now != known {
                self.tell_that_it_rests(from, to);
            }
            return self.replication_rests(to, now);
        }
        let (began, stage) = (self.now(), self.all_of(versions));
        if let Some(Conversation { under_way, .. }) = self.conversations.get_mut(&to) {
            (under_way.began, under_way.stage) = (began, stage);
        }
        self.carry_on(to);
    }

    fn hindrances(&self, from: SiteId, to: SiteId) -> Hindrances {
        Hindrances {
            circuit: self.sites[to.index()].out_of_order.link > 0,
            sender: self.is_down(from),
            receiver: self.is_down(to),
        }
    }

    fn replication_arrives(&mut self, to: SiteId) {
        let Some(Conversation { under_way, .. }) = self.conversations.get(&to) else { return };
        let Transfer { from, versions, began, .. } = *under_way;
        if self.is_lost((from, to), began) {
            // Its new parent sends what a site lacks that has moved meanwhile.
            if self.upstream(to) == Some(from) {
                let hindrances = self.hindrances(from, to);
                self.tell_that_it_rests(from, to);
                return self.replication_rests(to, hindrances);
            }
        } else {
            for version in versions.first..=versions.last {
                self.cause = versions.cause;
                self.record(to, Fact::PackageArrived { version });
                self.feed(to, Input::PackageArrived { version });
            }
        }
        let waiting = self.conversations.remove(&to).and_then(|conversation| conversation.waiting);
        if let (Some(next), Some(parent)) = (waiting, self.upstream(to)) {
            self.converse(parent, to, next);
        }
    }

    fn tell_that_it_rests(&mut self, from: SiteId, to: SiteId) {
        let again_at = Some(self.now() + AGAIN_AFTER);
        self.record(from, Fact::SendingFailed { to, again_at });
    }

    /// It has not arrived: it rests, and is sent again.
    fn replication_rests(&mut self, to: SiteId, hindrances: Hindrances) {
        let (at, cause) = (self.now() + AGAIN_AFTER, self.cause);
        let Some(conversation) = self.conversations.get_mut(&to) else { return };
        let transfer = &mut conversation.under_way;
        transfer.stage = Stage::Resting(hindrances);
        transfer.versions.cause = cause;
        self.plan_replication(to, Some(at), cause, None);
    }
}
