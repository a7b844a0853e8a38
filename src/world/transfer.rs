//! The bytes of a pull on their way: over the site's own circuit, and over its parent's uplink
//! together with others (P2).

use super::circuit::{NO_LIMIT, Pace, time_to_carry};
use super::uplink::{Own, Uplink, Varying};
use super::{Event, SiteId, World};
use crate::store::Pull;
use crate::units::{Duration, Instant, Probability};

/// Stands for the uplink to the source, which is nobody's circuit.
const SOURCE: SiteId = SiteId(u32::MAX);

impl World<'_> {
    /// Carries the bytes of a pull over the site's circuit and its parent's uplink.
    pub(super) fn transfer(&mut self, site: SiteId, attempt: u32, pull: Pull) {
        let now = self.now();
        let state = &mut self.sites[site.index()];
        state.transferring = true;
        state.pull_began = self.cause;
        let varies = state.place.circuit_varies;
        self.note_pull_begins(site);
        let own = self.circuit_pace(site).unwrap_or(Pace::UNLIMITED);
        let uplink = self.uplink_of(site);
        let capacity = self.capacity(uplink);
        // A circuit that may change in the middle is watched, whether others share it or not.
        if pull.bytes.0 > 0 && (capacity.rate != NO_LIMIT || varies && own.rate != NO_LIMIT) {
            let own = self.own_circuit(site);
            let shared = self.uplinks.entry(uplink).or_insert_with(|| Uplink::new(capacity));
            shared.begin(now, own, pull.bytes, (site, attempt));
            return self.await_uplink(uplink);
        }
        let latency = self.circuit(site).map_or(Duration::ZERO, |link| link.latency);
        let carrying = time_to_carry(u128::from(pull.bytes.0) * 8_000_000, own.rate);
        let carrying = Duration::from_micros(u64::try_from(carrying).unwrap_or(u64::MAX));
        match carrying + latency {
            Duration::ZERO => self.transferred(site, attempt),
            time => {
                self.schedule(now + time, Event::Transferred { site, attempt });
            }
        }
    }

    /// Which uplink a site pulls through: its parent's, or the one to the source.
    pub(super) fn uplink_of(&self, site: SiteId) -> SiteId {
        self.upstream(site).unwrap_or(SOURCE)
    }

    /// What an uplink carries at this instant: the circuit that the parent's own `link` names, also
    /// where its source has another (U1).
    fn capacity(&self, uplink: SiteId) -> Pace {
        if uplink == SOURCE {
            return Pace::UNLIMITED;
        }
        let Some(link) = self.scenario().sites[uplink.index()].link else {
            return Pace::UNLIMITED;
        };
        self.link_pace(uplink, &self.scenario().links[link.index()])
    }

    /// How fast a site's own circuit is at this instant, and until when.
    fn own_circuit(&self, site: SiteId) -> (Own, Option<Instant>) {
        let pace = self.circuit_pace(site).unwrap_or(Pace::UNLIMITED);
        let place = &self.sites[site.index()].place;
        let link = place.circuit().filter(|_| place.circuit_varies);
        let varying = link.map(|link| Varying {
            link: link.0,
            wall: self.blueprint.wall_number(site),
            left: self.link_slowed(site).unwrap_or(Probability::ALWAYS).parts_per_billion(),
        });
        (Own { rate: pace.rate, varying }, pace.until)
    }

    /// Circuits change with the hour: those who pull through an uplink go on at another pace.
    fn refresh_uplink(&mut self, key: SiteId) {
        let (now, capacity, blueprint) = (self.now(), self.capacity(key), self.blueprint);
        if let Some(uplink) = self.uplinks.get_mut(&key) {
            uplink.refresh(now, capacity, |varying| {
                let link = &blueprint.scenario.links[varying.link as usize];
                let left = Probability::from_parts_per_billion(varying.left).unwrap_or_default();
                blueprint.link_pace(link, varying.wall, now).shared(left)
            });
        }
    }

    /// The circuit of a site has become slower or faster by a fault: what is on its way over it
    /// goes on at the new pace.
    pub(super) fn circuit_changes_speed(&mut self, site: SiteId) {
        let (now, above) = (self.now(), self.uplink_of(site));
        let own = self.own_circuit(site);
        if let Some(uplink) = self.uplinks.get_mut(&above) {
            uplink.change_own(now, site, own);
            self.await_uplink(above);
        }
        // Its children pull over it too.
        self.refresh_uplink(site);
        self.await_uplink(site);
        self.wire_changes_speed(site);
        self.replication_changes_speed(site);
    }

    /// Some of the pulls that share an uplink are through.
    pub(super) fn uplink_due(&mut self, parent: SiteId) {
        let now = self.now();
        let mut through = std::mem::take(&mut self.through);
        self.refresh_uplink(parent);
        if let Some(uplink) = self.uplinks.get_mut(&parent) {
            uplink.due = None;
            uplink.finish(now, &mut through);
        }
        for (site, attempt) in through.drain(..) {
            self.cause = self.sites[site.index()].pull_began;
            self.note_pull_has_left(site);
            match self.circuit(site).map_or(Duration::ZERO, |link| link.latency) {
                Duration::ZERO => self.transferred(site, attempt),
                latency => {
                    self.schedule(now + latency, Event::Transferred { site, attempt });
                }
            }
        }
        self.through = through;
        self.await_uplink(parent);
    }

    /// Plans for the next pull through an uplink; forgets an uplink that nobody shares.
    fn await_uplink(&mut self, parent: SiteId) {
        let Some(uplink) = self.uplinks.get_mut(&parent) else { return };
        if let Some(due) = uplink.due.take() {
            self.kernel.cancel(due);
        }
        match uplink.next_due().filter(|_| !uplink.is_empty()) {
            Some(at) => {
                let due = self.schedule(at, Event::UplinkDue { parent });
                self.uplinks.get_mut(&parent).expect("it was here").due = Some(due);
            }
            None => {
                self.uplinks.remove(&parent);
            }
        }
    }

    /// A pull is broken off: what it held of its parent's uplink is free.
    pub(super) fn break_off_transfer(&mut self, site: SiteId) {
        let now = self.now();
        self.sites[site.index()].transferring = false;
        let parent = self.uplink_of(site);
        let left = self.uplinks.get_mut(&parent).and_then(|uplink| uplink.break_off(now, site));
        if left.is_some() {
            self.await_uplink(parent);
        }
        self.note_pull_breaks_off(site, left, now);
        self.leave_pulls(site);
    }
}
