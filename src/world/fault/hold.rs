//! Faults that hold for a while: how they take hold of a site and let go, once, by a schedule or
//! at random in time.

use super::effect;
use crate::engine::{Input, Reason, State, Timer};
use crate::kernel::Distribution;
use crate::scenario::{FaultEffect, Occurs};
use crate::trace::{Cause, Fact};
use crate::units::{Duration, FaultId, SiteId};
use crate::world::chance::{Chance, Purpose};
use crate::world::{Blueprint, Event, World};

/// How long a site lasts, or takes to be mended: drawn by fault, site and number, so that nothing
/// else moves it. At least a microsecond, so that time goes on.
pub(super) fn lasting(
    blueprint: &Blueprint<'_>,
    chance: &Chance,
    span: &Distribution,
    (fault, site, number): (FaultId, SiteId, u32),
    purpose: Purpose,
) -> Duration {
    let own = blueprint.fault_entities[fault.index()].with(blueprint.entities[site.index()]);
    let stream = &mut chance.stream(own, purpose, u64::from(number));
    span.sample(stream).max(Duration::from_micros(1))
}

impl<'s> World<'s> {
    /// Puts into the future event list when each fault takes hold and lets go.
    pub(in crate::world) fn plan_faults(&mut self) {
        let scenario = self.scenario();
        for (position, described) in scenario.faults.iter().enumerate() {
            let fault = FaultId(position as u32);
            match &described.occurs {
                Occurs::Window { from, until } => {
                    self.schedule(*from, Event::FaultBegins { fault });
                    if let Some(until) = until {
                        self.schedule(*until, Event::FaultEnds { fault });
                    }
                }
                Occurs::Schedule(spans) => {
                    for span in spans {
                        self.schedule(span.from, Event::FaultBegins { fault });
                        self.schedule(span.until, Event::FaultEnds { fault });
                    }
                }
                // One event for each site: the next follows when it has happened.
                Occurs::Renewal { .. } => {
                    for index in 0..self.faults.hit[fault.index()].len() {
                        let site = self.faults.hit[fault.index()][index];
                        self.plan_outage(fault, site, 0);
                    }
                }
                Occurs::PerAttempt(_) | Occurs::Attempts(_) => {}
            }
        }
    }

    /// A fault takes hold.
    pub(in crate::world) fn fault_begins(&mut self, fault: FaultId) {
        for index in 0..self.faults.hit[fault.index()].len() {
            self.begin_at(fault, self.faults.hit[fault.index()][index]);
        }
    }

    /// A fault lets go.
    pub(in crate::world) fn fault_ends(&mut self, fault: FaultId) {
        for index in 0..self.faults.hit[fault.index()].len() {
            self.end_at(fault, self.faults.hit[fault.index()][index]);
        }
    }

    /// A site breaks at random.
    pub(in crate::world) fn outage_begins(&mut self, fault: FaultId, site: SiteId, number: u32) {
        self.begin_at(fault, site);
        let (_, mttr) = self.renewal(fault);
        let lasts = self.draw_span(mttr, (fault, site, number), Purpose::OutageEnds);
        if let Some(at) = self.now().checked_add(lasts) {
            self.cause = Cause::NONE;
            self.schedule(at, Event::OutageEnds { fault, site, number });
        }
    }

    /// It is mended, until the next time.
    pub(in crate::world) fn outage_ends(&mut self, fault: FaultId, site: SiteId, number: u32) {
        self.end_at(fault, site);
        self.plan_outage(fault, site, number + 1);
    }

    fn plan_outage(&mut self, fault: FaultId, site: SiteId, number: u32) {
        let (mtbf, _) = self.renewal(fault);
        let lasts = self.draw_span(mtbf, (fault, site, number), Purpose::OutageBegins);
        if let Some(at) = self.now().checked_add(lasts) {
            self.cause = Cause::NONE;
            self.schedule(at, Event::OutageBegins { fault, site, number });
        }
    }

    fn draw_span(
        &self,
        span: &Distribution,
        which: (FaultId, SiteId, u32),
        purpose: Purpose,
    ) -> Duration {
        lasting(self.blueprint, &self.chance, span, which, purpose)
    }

    fn renewal(&self, fault: FaultId) -> (&'s Distribution, &'s Distribution) {
        match &self.blueprint.scenario.faults[fault.index()].occurs {
            Occurs::Renewal { mtbf, mttr } => (mtbf, mttr),
            _ => unreachable!("only a fault by renewal breaks at random in time"),
        }
    }

    fn begin_at(&mut self, fault: FaultId, site: SiteId) {
        self.cause = Cause::NONE;
        self.record(site, Fact::FaultBegan { fault });
        self.faults.holding.entry(site).or_default().push(fault);
        self.take_hold(site, fault);
        self.clients_notice(site);
    }

    fn take_hold(&mut self, site: SiteId, fault: FaultId) {
        let out_of_order = &mut self.sites[site.index()].out_of_order;
        match effect(self.blueprint.scenario, fault) {
            FaultEffect::LinkDown => {
                out_of_order.link += 1;
                if out_of_order.link == 1 {
                    self.note_cut(site);
                }
                self.break_off_pull(site);
            }
            FaultEffect::SourceDown => {
                out_of_order.source += 1;
                self.break_off_pull(site);
            }
            FaultEffect::SupDown => {
                out_of_order.point += 1;
                let cause = self.cause;
                self.point_goes_down(site);
                self.cause = cause;
                self.break_off_pulls_from(site);
            }
            FaultEffect::InternetSupDown => {
                out_of_order.internet_point += 1;
                if self.is_at_internet_point(site) {
                    let attempt = self.sites[site.index()].engine.attempts();
                    self.step_failed(site, attempt, Reason::NoInternetPoint);
                }
            }
            FaultEffect::SiteDown => {
                out_of_order.server += 1;
                if out_of_order.server == 1 {
                    self.site_goes_down(site, fault);
                }
            }
            FaultEffect::WsusNotConfigured => out_of_order.gate += 1,
            FaultEffect::LinkSlow(_) => {
                out_of_order.work += 1;
                self.circuit_changes_speed(site);
            }
            FaultEffect::Slow(_)
            | FaultEffect::DatabaseFails
            | FaultEffect::LicenceTermsMissing => {
                out_of_order.work += 1;
            }
            // These are asked for when they could matter.
            FaultEffect::FailSync(_)
            | FaultEffect::LoseRequest
            | FaultEffect::LosePackage
            | FaultEffect::DuplicatePackage
            | FaultEffect::ReorderPackages
            | FaultEffect::DelayPackage(_) => {}
        }
    }

    fn end_at(&mut self, fault: FaultId, site: SiteId) {
        self.cause = Cause::NONE;
        self.record(site, Fact::FaultEnded { fault });
        let holding = self.faults.holding.entry(site).or_default();
        holding.retain(|one| *one != fault);
        if holding.is_empty() {
            self.faults.holding.remove(&site);
        }
        self.let_go(site, fault);
        self.clients_notice(site);
    }

    fn let_go(&mut self, site: SiteId, fault: FaultId) {
        let now = self.now();
        let state = &mut self.sites[site.index()];
        let out_of_order = &mut state.out_of_order;
        match effect(self.blueprint.scenario, fault) {
            FaultEffect::LinkDown => {
                out_of_order.link -= 1;
                state.last_mended = now;
                if out_of_order.link == 0 {
                    self.note_mended(site);
                }
            }
            FaultEffect::SourceDown => out_of_order.source -= 1,
            FaultEffect::SupDown => out_of_order.point -= 1,
            FaultEffect::InternetSupDown => out_of_order.internet_point -= 1,
            FaultEffect::WsusNotConfigured => out_of_order.gate -= 1,
            FaultEffect::LinkSlow(_) => {
                out_of_order.work -= 1;
                self.circuit_changes_speed(site);
            }
            FaultEffect::SiteDown => {
                out_of_order.server -= 1;
                if out_of_order.server == 0 {
                    self.site_comes_up(site);
                }
            }
            FaultEffect::Slow(_)
            | FaultEffect::DatabaseFails
            | FaultEffect::LicenceTermsMissing => {
                out_of_order.work -= 1;
            }
            // These are asked for when they could matter.
            FaultEffect::FailSync(_)
            | FaultEffect::LoseRequest
            | FaultEffect::LosePackage
            | FaultEffect::DuplicatePackage
            | FaultEffect::ReorderPackages
            | FaultEffect::DelayPackage(_) => {}
        }
    }

    fn site_goes_down(&mut self, site: SiteId, fault: FaultId) {
        let attempt = self.sites[site.index()].engine.attempts();
        if let Some(Reason::Injected(fault)) = self.sites[site.index()].failing {
            // It has hung on that one so far, which is why it was still under way.
            self.record_aside(site, Fact::FaultHit { fault, attempt });
        }
        if self.sites[site.index()].engine.state() != State::Idle {
            self.record(site, Fact::FaultHit { fault, attempt });
        }
        self.record(site, Fact::WentDown);
        self.break_off_transfer(site);
        // T7: volatile state is lost, databases survive; the timers go with the memory.
        self.sites[site.index()].engine.crash();
        self.sites[site.index()].failing = None;
        self.cancel_timer(site, Timer::Retry);
        self.cancel_timer(site, Timer::InternetPoint);
        // H5: a local point goes down with its server.
        if self.sites[site.index()].place.point_is_local {
            self.break_off_pulls_from(site);
        }
    }

    /// The site server is up again: it resumes, then acts on what came meanwhile (T7).
    fn site_comes_up(&mut self, site: SiteId) {
        self.record(site, Fact::CameUp);
        let mut kept = self.faults.kept.remove(&site).unwrap_or_default();
        // H4: it knows of a point that it has lost meanwhile before it plans to try again.
        let reshaped =
            |one: &(Input, Cause)| matches!(one.0, Input::PointInstalled | Input::PointRemoved);
        if let Some(first) = kept.iter().position(reshaped)
            && kept[first].0 == Input::PointRemoved
        {
            kept.remove(first);
            self.feed(site, Input::PointRemoved);
        }
        self.feed(site, Input::Restarted);
        for (input, cause) in kept {
            self.cause = cause;
            self.feed(site, input);
        }
    }

    /// The active point of a site goes down: what was using it fails.
    fn point_goes_down(&mut self, site: SiteId) {
        let attempt = self.sites[site.index()].engine.attempts();
        let reason = match self.sites[site.index()].engine.state() {
            State::Pulling | State::Importing => Reason::NoUpdateServer,
            State::SyncingInternetPoint | State::CatchingUpInternetPoint => {
                Reason::UpstreamUnreachable
            }
            // Connecting finds out by itself; nothing else uses it.
            State::Connecting | State::Settling | State::Idle => return,
        };
        self.break_off_transfer(site);
        self.step_failed(site, attempt, reason);
    }

    /// The children whose WSUS are in the middle of a transfer from this site's lose it.
    fn break_off_pulls_from(&mut self, site: SiteId) {
        let cause = self.cause;
        let mut index = 0;
        while let Some(child) = self.child(site, index) {
            index += 1;
            self.break_off_pull(child);
            self.cause = cause;
        }
    }

    /// A site's WSUS loses its upstream: a transfer under way fails. What has come through
    /// already is WSUS's own to finish.
    pub(in crate::world) fn break_off_pull(&mut self, site: SiteId) {
        if self.sites[site.index()].transferring {
            let attempt = self.sites[site.index()].engine.attempts();
            self.break_off_transfer(site);
            self.step_failed(site, attempt, Reason::UpstreamUnreachable);
        }
    }

    fn is_at_internet_point(&self, site: SiteId) -> bool {
        let state = self.sites[site.index()].engine.state();
        matches!(state, State::SyncingInternetPoint | State::CatchingUpInternetPoint)
    }
}
