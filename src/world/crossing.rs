//! What has crossed the circuits, as the record tells it: a fact for each transfer, when the last of
//! it has left. Decides nothing, and costs nothing unless everything is recorded.

use std::collections::BTreeMap;

use super::address::{Cargo, JobState};
use super::circuit::NO_LIMIT;
use super::line::micro_bits;
use super::{Fact, SiteId, World};
use crate::scenario::Recording;
use crate::trace::Cause;
use crate::units::{Bytes, Duration, Instant};

/// Since when the pulls under way are being carried, and until when they were.
#[derive(Clone, Debug, Default)]
pub(super) struct Crossings {
    pulls: BTreeMap<SiteId, (Instant, Option<Instant>)>,
    /// From when until when the circuit of a site was cut; the last may be cut still.
    cuts: BTreeMap<SiteId, Vec<(Instant, Option<Instant>)>>,
}

impl World<'_> {
    fn notes_crossings(&self) -> bool {
        self.recorder.keeps(Recording::All)
    }

    /// The circuit of a site is cut: from now on it carries nothing.
    pub(super) fn note_cut(&mut self, site: SiteId) {
        if self.notes_crossings() {
            let now = self.now();
            self.crossings.cuts.entry(site).or_default().push((now, None));
        }
    }

    /// It is mended.
    pub(super) fn note_mended(&mut self, site: SiteId) {
        let now = self.now();
        if let Some((_, until)) = self.crossings.cuts.get_mut(&site).and_then(|it| it.last_mut()) {
            *until = Some(now);
        }
    }

    /// What of a sending has left before the circuit was cut, and when the last of that did.
    fn before_a_cut(
        &self,
        to: SiteId,
        (since, until): (Instant, Instant),
        bytes: Bytes,
    ) -> (Instant, Bytes) {
        let cuts = self.crossings.cuts.get(&to).into_iter().flatten();
        let after = |(_, mended): &&(Instant, Option<Instant>)| mended.is_none_or(|it| it > since);
        let Some(cut) = cuts.filter(after).map(|(cut, _)| (*cut).max(since)).min() else {
            return (until, bytes);
        };
        if cut > until || (cut == until && cut > since) {
            return (until, bytes);
        }
        let all = u128::from((until - since).micros().max(1));
        let part = u128::from(bytes.0) * u128::from((cut - since).micros()) / all;
        (cut, Bytes(part as u64))
    }

    /// A pull begins to be carried.
    pub(super) fn note_pull_begins(&mut self, site: SiteId) {
        if self.notes_crossings() && self.sites[site.index()].pull.bytes.0 > 0 {
            let now = self.now();
            self.crossings.pulls.insert(site, (now, None));
        }
    }

    /// The last of it has left.
    pub(super) fn note_pull_has_left(&mut self, site: SiteId) {
        let now = self.now();
        if let Some((_, until)) = self.crossings.pulls.get_mut(&site) {
            *until = Some(now);
        }
    }

    /// All of it has arrived.
    pub(super) fn note_pull_is_through(&mut self, site: SiteId) {
        let Some((since, until)) = self.crossings.pulls.remove(&site) else { return };
        let until = until.unwrap_or_else(|| self.left(site, since, Duration::ZERO));
        self.note_pull(site, (since, until), self.sites[site.index()].pull.bytes);
    }

    /// It is broken off, with so much left of it \[millionths of a bit\] if it shared an uplink.
    pub(super) fn note_pull_breaks_off(&mut self, site: SiteId, left: Option<u128>, now: Instant) {
        let Some((since, until)) = self.crossings.pulls.remove(&site) else { return };
        let all = self.sites[site.index()].pull.bytes;
        let crossed = match (until, left) {
            (Some(_), _) => all,
            (None, Some(left)) => without(all, left),
            (None, None) => {
                // Over a circuit of its own that never changes.
                let rate = self.circuit_pace(site).map_or(NO_LIMIT, |pace| pace.rate);
                carried(all, rate, now - since)
            }
        };
        self.note_pull(site, (since, until.unwrap_or(now)), crossed);
    }

    fn note_pull(&mut self, site: SiteId, span: (Instant, Instant), bytes: Bytes) {
        let parent = self.upstream(site);
        let over = parent.filter(|up| self.scenario().sites[up.index()].link.is_some());
        self.note(site, span, bytes, over);
    }

    /// A sending is over, so much later than a latency after the last of it had left.
    pub(super) fn note_sending(
        &mut self,
        to: SiteId,
        cargo: Cargo,
        since: Instant,
        late: Duration,
    ) {
        if self.notes_crossings() {
            let until = self.left(to, since, late);
            let (until, bytes) = self.before_a_cut(to, (since, until), self.bytes_of(cargo));
            self.note(to, (since, until), bytes, None);
        }
    }

    /// When the last had left of what is here now.
    fn left(&self, to: SiteId, since: Instant, late: Duration) -> Instant {
        let latency = self.circuit(to).map_or(Duration::ZERO, |link| link.latency);
        let before = latency.micros().saturating_add(late.micros());
        Instant::from_micros(self.now().micros().saturating_sub(before)).max(since)
    }

    /// The catalogue for SMS 2003 clients has been fetched (L1).
    pub(super) fn note_fetch(&mut self, site: SiteId, since: Instant, bytes: Bytes) {
        if self.notes_crossings() {
            self.note(site, (since, self.left(site, since, Duration::ZERO)), bytes, None);
        }
    }

    fn note(
        &mut self,
        site: SiteId,
        (since, until): (Instant, Instant),
        bytes: Bytes,
        over: Option<SiteId>,
    ) {
        if bytes.0 > 0 && (over.is_some() || self.circuit(site).is_some()) {
            self.record_aside(site, Fact::Crossed { since, until, bytes, over });
        }
    }

    /// The end of the run: what is still crossing has done so until now.
    pub(super) fn note_what_is_under_way(&mut self) {
        if !self.notes_crossings() {
            return;
        }
        let end = self.reached.max(self.now());
        self.cause = Cause::NONE;
        for site in self.crossings.pulls.keys().copied().collect::<Vec<_>>() {
            let above = self.uplink_of(site);
            let left = self.uplinks.get_mut(&above).and_then(|one| one.break_off(end, site));
            self.note_pull_breaks_off(site, left, end);
        }
        for to in (0..self.sites.len() as u32).map(SiteId) {
            let Some(address) = self.senders.find(to) else { continue };
            for job in address.jobs.clone() {
                let JobState::UnderWay(since) = job.state else { continue };
                let Some(address) = self.senders.find(to) else { continue };
                let (left, all) = (address.line.left_of(end, job.number), self.bytes_of(job.cargo));
                // What shares no line has left already, or has had the circuit to itself.
                let crossed = match left {
                    Some(left) => without(all, left),
                    None => carried(all, self.sending_pace(to).rate, end - since),
                };
                let (until, crossed) = self.before_a_cut(to, (since, end), crossed);
                self.note(to, (since, until), crossed, None);
            }
        }
    }
}

/// What of it a rate carries in so much time.
fn carried(all: Bytes, rate: u64, time: Duration) -> Bytes {
    let carried = u128::from(rate) * u128::from(time.micros());
    without(all, micro_bits(all).saturating_sub(carried))
}

/// The whole bytes of it that are not left.
fn without(all: Bytes, left: u128) -> Bytes {
    let crossed = (micro_bits(all).saturating_sub(left) / 8_000_000).min(u128::from(all.0));
    Bytes(crossed as u64)
}
