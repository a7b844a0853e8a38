//! What is being carried from a sender to a child, and when it is through.
//!
//! A sending that has the circuit to itself, at a pace that does not change by itself, is one
//! event: its arrival. As soon as something joins it, or a fault changes the pace, it goes on as
//! one of those that share a [`Line`](super::line::Line).

use super::address::{Alone, Job};
use super::circuit::{NO_LIMIT, Pace, earlier, time_to_carry};
use super::line::micro_bits;
use super::{Event, SiteId, World};
use crate::kernel::Handle;
use crate::scenario::{Route, RouteRate};
use crate::units::{Bytes, Duration, Instant};

impl World<'_> {
    /// The bytes of a sending begin to cross the circuit to its destination.
    pub(super) fn carry(&mut self, to: SiteId, job: Job, bytes: Bytes) {
        let (now, pace) = (self.now(), self.sending_pace(to));
        let pulse = match self.route(to) {
            Some(Route { rate: RouteRate::Pulse { block, delay }, .. }) => Some((*block, *delay)),
            _ => None,
        };
        if pace.rate == NO_LIMIT && pulse.is_none() {
            self.arrives_later(now, to, job);
            return;
        }
        self.share_wire(to);
        if pulse.is_none() && pace.until.is_none() && self.senders.address(to).line.is_empty() {
            let Some(through) = through(now, bytes, pace) else { return };
            let arrival = self.arrives_later(through, to, job);
            let (job, rate) = (job.number, pace.rate);
            self.senders.address(to).alone =
                arrival.map(|arrival| Alone { job, bytes, since: now, rate, through, arrival });
            return;
        }
        self.senders.address(to).line.begin(now, job.number, bytes, pulse);
        self.plan_line(to);
    }

    /// What had the circuit to itself, if it is not through, has it no more.
    fn share_wire(&mut self, to: SiteId) {
        let now = self.now();
        let Some(address) = self.senders.find(to) else { return };
        if let Some(alone) = address.alone.take_if(|alone| alone.through > now) {
            address.line.resume(alone);
            self.kernel.cancel(alone.arrival);
        }
    }

    /// A sending has arrived, or has turned out to be lost.
    pub(super) fn leave_wire(&mut self, to: SiteId, job: u32) {
        if let Some(address) = self.senders.find(to) {
            address.alone.take_if(|alone| alone.job == job);
        }
    }

    /// The circuit to a destination goes at another pace.
    pub(super) fn wire_changes_speed(&mut self, to: SiteId) {
        self.share_wire(to);
        self.plan_line(to);
    }

    /// Something that is being carried to a destination is through, or goes at another pace.
    pub(super) fn line_due(&mut self, to: SiteId) {
        let now = self.now();
        let Some(address) = self.senders.find(to) else { return };
        address.line_due = None;
        while let Some(number) = self.senders.address(to).line.take_through(now) {
            if let Some(&mut job) = self.senders.address(to).job(number) {
                self.arrives_later(now, to, job);
            }
        }
        self.plan_line(to);
    }

    /// Shares out what the line to a destination carries now, and plans for what comes next.
    fn plan_line(&mut self, to: SiteId) {
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

    /// All of it has left by an instant: it arrives a latency later. `None`: never.
    pub(super) fn arrives_later(&mut self, left: Instant, to: SiteId, job: Job) -> Option<Handle> {
        let latency = self.circuit(to).map_or(Duration::ZERO, |link| link.latency);
        let at = left.checked_add(latency.checked_add(job.met.late)?)?;
        let cause = std::mem::replace(&mut self.cause, job.cause);
        let arrival = self.schedule(at, Event::SendingArrives { to, job: job.number });
        self.cause = cause;
        Some(arrival)
    }
}

/// When something that begins now is through at a pace that stays; `None`: never.
fn through(now: Instant, bytes: Bytes, pace: Pace) -> Option<Instant> {
    let micros = time_to_carry(micro_bits(bytes), pace.rate);
    now.checked_add(Duration::from_micros(u64::try_from(micros).ok()?))
}
