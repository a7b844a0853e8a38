//! The steps of a synchronisation as they cost time and fail: connecting, pulling, the fixed
//! wait, phase 2, the internet-based point (P1-P6).

use super::{Event, Fact, Input, Purpose, SiteId, State, World};
use crate::engine::{Failure, Kind, Phase, Reason};
use crate::scenario::{FailPhase, FaultEffect, Link, SlowPhase, Source, Timing};
use crate::store::{Pull, SiteDatabase, UpdateServices};
use crate::trace::Part;
use crate::units::Duration;

impl World<'_> {
    /// What a step takes at a site, for the synchronisation under way.
    fn cost(&mut self, site: SiteId, purpose: Purpose, updates: u32, known: u32) -> Duration {
        let timing = self.timing(site);
        let state = &self.sites[site.index()];
        let draw = (state.entity, purpose, state.origin.key());
        let work = self.chance.cost(purpose.work(timing), draw, updates, known);
        let phase = match purpose {
            Purpose::Connect => SlowPhase::Connect,
            Purpose::Settle => SlowPhase::Settle,
            Purpose::Import => SlowPhase::Import,
            _ => SlowPhase::Pull,
        };
        self.slowed(site, phase, work)
    }

    /// The gate, and the way to Update Services (P1).
    pub(super) fn connect(&mut self, site: SiteId, attempt: u32) {
        // P1: a closed gate fails the sync at once, before any WSUS contact.
        if self.sites[site.index()].out_of_order.gate > 0
            || (self.sites[site.index()].fault_ahead
                && self.faults.closes_gate(self.blueprint, site))
        {
            return self.fail_now(site, attempt, Reason::NotConfigured);
        }
        if self.hangs(site, attempt, FailPhase::Connect) {
            return;
        }
        let at = self.now() + self.cost(site, Purpose::Connect, 0, 0);
        self.schedule(at, Event::ConnectDone { site, attempt });
    }

    pub(super) fn connect_done(&mut self, site: SiteId, attempt: u32) {
        if !self.awaits(site, attempt, State::Connecting) {
            return;
        }
        if self.point_is_down(site) {
            return self.step_failed(site, attempt, Reason::NoUpdateServer);
        }
        self.feed(site, Input::Connected { attempt });
    }

    /// Phase 1: WSUS pulls from its upstream (P2).
    pub(super) fn pull(&mut self, site: SiteId, attempt: u32) {
        if self.hangs(site, attempt, FailPhase::Pull) {
            return;
        }
        if !self.upstream_answers(site) {
            return self.fail_now(site, attempt, Reason::UpstreamUnreachable);
        }
        if self.is_admitted(site, attempt) {
            self.begin_pull(site, attempt);
        }
    }

    /// WSUS begins to pull what its upstream holds now (P2).
    pub(super) fn begin_pull(&mut self, site: SiteId, attempt: u32) {
        let parent = self.upstream(site);
        if parent.is_none() {
            // U2: a change of criteria takes effect with this synchronisation.
            self.stores.adopt_criteria();
            self.exports.adopt_criteria();
        }
        let pull = match parent {
            // U1: without a source nothing comes from above.
            None if self.scenario().source == Source::None => {
                let upto = self.stores.pull_from_source();
                Pull { updates: 0, bytes: crate::units::Bytes::ZERO, ..upto }
            }
            None => self.stores.pull_from_source(),
            // P2: everything the upstream has received since this server's own anchor.
            Some(parent) => {
                let anchor = self.wsus(site).anchor();
                self.wsus(parent).since(anchor)
            }
        };
        let version = parent.map_or(0, |up| self.sites[up.index()].engine.version());
        let state = &mut self.sites[site.index()];
        state.pull = pull;
        state.upstream_version = version;
        self.transfer(site, attempt, pull);
    }

    /// The bytes are through: what remains is WSUS's own work.
    pub(super) fn transferred(&mut self, site: SiteId, attempt: u32) {
        if !self.awaits(site, attempt, State::Pulling) {
            return;
        }
        let state = &mut self.sites[site.index()];
        state.transferring = false;
        let Pull { updates, bytes, .. } = state.pull;
        self.note_pull_is_through(site);
        self.record(site, Fact::Transferred { attempt, bytes });
        let at = self.now() + self.cost(site, Purpose::Pull, updates, self.known());
        self.schedule(at, Event::PullDone { site, attempt });
    }

    pub(super) fn pull_done(&mut self, site: SiteId, attempt: u32) {
        if !self.awaits(site, attempt, State::Pulling) {
            return;
        }
        let pull = self.sites[site.index()].pull;
        let Pull { updates, bytes, .. } = pull;
        let before = self.wsus(site).anchor();
        self.clients_catch_up(site);
        // P2: the anchor moves only now that the pull has been committed.
        let version = match self.upstream(site) {
            None => {
                if self.scenario().source != Source::None {
                    let holdings = &mut self.sites[site.index()].holdings;
                    self.stores.commit_from_source(holdings, pull);
                }
                None
            }
            Some(_) => {
                self.sites[site.index()].holdings.commit(pull);
                Some(self.sites[site.index()].upstream_version)
            }
        };
        self.record(site, Fact::Pulled { attempt, updates, bytes });
        self.leave_pulls(site);
        let after = self.wsus(site).anchor();
        for index in 0..self.stores.arrived_in_wsus(before, after).len() {
            let (_, release) = self.stores.arrived_in_wsus(before, after)[index];
            self.record_aside(site, Fact::Arrived { release, part: Part::Wsus });
        }
        // P11: the licence terms are missing when WSUS has pulled.
        let missing = self.will_meet(site, &FaultEffect::LicenceTermsMissing);
        if let Some(fault) = missing {
            self.record_aside(site, Fact::FaultHit { fault, attempt });
        }
        let licence_terms_pending = missing.is_some();
        self.feed(site, Input::Pulled { attempt, version, licence_terms_pending });
    }

    /// The fixed wait (P3).
    pub(super) fn settle(&mut self, site: SiteId, attempt: u32) {
        if self.hangs(site, attempt, FailPhase::Settle) {
            return;
        }
        let at = self.now() + self.cost(site, Purpose::Settle, 0, 0);
        self.schedule(at, Event::Settled { site, attempt });
    }

    pub(super) fn settled(&mut self, site: SiteId, attempt: u32) {
        if self.awaits(site, attempt, State::Settling) {
            self.record(site, Fact::Settled { attempt });
            self.feed(site, Input::Settled { attempt });
        }
    }

    /// Phase 2, at the top-level site (P4).
    pub(super) fn import(&mut self, site: SiteId, attempt: u32, kind: Kind) {
        if self.hangs(site, attempt, FailPhase::Import) {
            return;
        }
        let full = kind == Kind::Full;
        self.importing = self.stores.compare(&self.sites[site.index()].holdings, full);
        let updates = self.importing.updates();
        // P4: a full one costs with the catalogue, a delta with the change.
        let known = if full { self.known() } else { 0 };
        let at = self.now() + self.cost(site, Purpose::Import, updates, known);
        self.schedule(at, Event::ImportDone { site, attempt });
    }

    pub(super) fn import_done(&mut self, site: SiteId, attempt: u32) {
        if !self.awaits(site, attempt, State::Importing) {
            return;
        }
        // Writing fails at the instant of the commit: nothing of it stays.
        if self.will_meet(site, &FaultEffect::DatabaseFails).is_some() {
            return self.step_failed(site, attempt, Reason::DatabaseFailed);
        }
        let comparison = std::mem::take(&mut self.importing);
        let updates = comparison.updates();
        let before = self.database(site).content_version();
        let version = self.stores.apply(&mut self.sites[site.index()].holdings, comparison);
        self.record(site, Fact::Imported { attempt, updates, version });
        if version > before {
            self.record_database_arrivals(site, version);
        }
        self.feed(site, Input::Imported { attempt, version });
    }

    /// The internet-based point pulls from its site's active one (P6).
    pub(super) fn sync_internet_point(&mut self, site: SiteId, attempt: u32) {
        if let Some(end) = self.faults.take_internet_end(site) {
            self.kernel.cancel(end);
        }
        if self.hangs(site, attempt, FailPhase::Internet) {
            return;
        }
        let state = &self.sites[site.index()].out_of_order;
        if state.internet_point > 0 {
            return self.fail_now(site, attempt, Reason::NoInternetPoint);
        }
        if self.point_is_down(site) {
            return self.fail_now(site, attempt, Reason::UpstreamUnreachable);
        }
        let anchor = self.internet_wsus(site).anchor();
        let pull = self.wsus(site).since(anchor);
        self.sites[site.index()].pull = pull;
        let scenario = self.scenario();
        let point = scenario.sites[site.index()].internet_sup.as_ref();
        let point = point.expect("only a site with an internet-based point synchronises one");
        let link = point.link.map(|link| &scenario.links[link.index()]);
        let carrying = link.map_or(Duration::ZERO, |link| {
            self.blueprint.carrying(link, site, pull.bytes, self.now())
        });
        let state = &self.sites[site.index()];
        let draw = (state.entity, Purpose::Internet, state.origin.key());
        let work = self.chance.cost(&point.work, draw, pull.updates, self.known());
        let work = self.slowed(site, SlowPhase::Internet, work);
        let at = self.now() + carrying + work;
        let end = self.schedule(at, Event::InternetPointDone { site, attempt });
        self.faults.set_internet_end(site, end);
    }

    pub(super) fn internet_point_done(&mut self, site: SiteId, attempt: u32) {
        let waiting = self.awaits(site, attempt, State::SyncingInternetPoint)
            || self.awaits(site, attempt, State::CatchingUpInternetPoint);
        if !waiting {
            return;
        }
        let pull = self.sites[site.index()].pull;
        let Pull { updates, bytes, upto } = pull;
        let before = self.internet_wsus(site).anchor();
        self.clients_catch_up(site);
        self.sites[site.index()].holdings.commit_internet(pull);
        self.record(site, Fact::InternetPointSynced { attempt, updates, bytes });
        for index in 0..self.stores.arrived_in_wsus(before, upto).len() {
            let (_, release) = self.stores.arrived_in_wsus(before, upto)[index];
            self.record_aside(site, Fact::Arrived { release, part: Part::Internet });
        }
        self.feed(site, Input::InternetPointSynced { attempt });
    }

    /// A planned failure of the step under way falls due.
    pub(super) fn step_fails(&mut self, site: SiteId, attempt: u32) {
        if self.sites[site.index()].engine.attempts() == attempt
            && let Some(reason) = self.sites[site.index()].failing.take()
        {
            self.step_failed(site, attempt, reason);
        }
    }

    /// The step that a site's engine has just asked for fails at this instant.
    ///
    /// Through the future event list, like any other answer.
    fn fail_now(&mut self, site: SiteId, attempt: u32, reason: Reason) {
        self.sites[site.index()].failing = Some(reason);
        self.schedule(self.now(), Event::StepFails { site, attempt });
    }

    /// The step under way at a site has failed.
    pub(super) fn step_failed(&mut self, site: SiteId, attempt: u32, reason: Reason) {
        let phase = match self.sites[site.index()].engine.state() {
            State::Idle => return,
            State::Connecting if reason == Reason::NotConfigured => Phase::Gate,
            State::Connecting => Phase::Connect,
            State::Pulling => Phase::Pull,
            State::Settling => Phase::Settle,
            State::Importing => Phase::Import,
            State::SyncingInternetPoint | State::CatchingUpInternetPoint => Phase::Internet,
        };
        if let Some(fault) =
            self.faults.responsible(self.blueprint, (site, self.upstream(site)), phase, reason)
        {
            self.record(site, Fact::FaultHit { fault, attempt });
        }
        self.sites[site.index()].failing = None;
        if phase == Phase::Pull {
            self.leave_pulls(site);
        }
        self.faults.have_struck(site);
        self.feed(site, Input::StepFailed { attempt, failure: Failure { phase, reason } });
    }

    /// What each step takes at a site.
    pub(super) fn timing(&self, site: SiteId) -> &Timing {
        &self.scenario().timings[self.sites[site.index()].place.timing as usize]
    }

    /// The site whose WSUS this one's pulls from; `None` at the top-level site (P2). A
    /// replica and an autonomous server pull alike (H6).
    pub(super) fn upstream(&self, site: SiteId) -> Option<SiteId> {
        self.sites[site.index()].place.upstream()
    }

    /// The circuit over which a site is reached; at the top-level site, its source.
    pub(super) fn circuit(&self, site: SiteId) -> Option<&Link> {
        let link = self.sites[site.index()].place.circuit()?;
        Some(&self.scenario().links[link.index()])
    }

    /// Does the upstream of a site answer its WSUS at this instant?
    pub(super) fn upstream_answers(&self, site: SiteId) -> bool {
        let out_of_order = &self.sites[site.index()].out_of_order;
        match self.upstream(site) {
            Some(parent) => out_of_order.link == 0 && !self.point_is_down(parent),
            None if self.scenario().source == Source::None => true,
            None => out_of_order.link == 0 && out_of_order.source == 0,
        }
    }

    /// Is the active software update point of a site out of order?
    pub(super) fn point_is_down(&self, site: SiteId) -> bool {
        let out_of_order = &self.sites[site.index()].out_of_order;
        // H5: a local point goes down with its site server.
        let local = self.sites[site.index()].place.point_is_local;
        out_of_order.point > 0 || (local && out_of_order.server > 0)
    }

    /// How many updates the catalogue holds now, as far as phase 2 must compare them.
    fn known(&self) -> u32 {
        self.stores.known_updates()
    }
}
