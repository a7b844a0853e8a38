//! Faults as they take hold of a world (F).

use std::collections::BTreeMap;

use super::chance::{Chance, Purpose};
use super::{Blueprint, Event, Fact, Input, SiteId, SiteState, State, World};
use crate::engine::{Phase, Reason};
use crate::kernel::Handle;
use crate::scenario::{FailPhase, FailSync, FaultEffect, Occurs, Pick, Scenario};
use crate::trace::Cause;
use crate::units::{FaultId, Instant};

/// Which faults hold which sites, and what they have in store. Sparse: what is in order costs
/// nothing.
#[derive(Clone, Debug)]
pub(super) struct Faults {
    /// The sites that each fault hits in this run, in order.
    hit: Vec<Vec<SiteId>>,
    /// The faults of single attempts that sites are prone to: each different list once.
    ///
    /// [`SiteState::prone`](super::site::SiteState::prone) says which list is a site's; the first
    /// is empty.
    prone: Vec<Vec<FaultId>>,
    /// The faults that hold each site now.
    holding: BTreeMap<SiteId, Vec<FaultId>>,
    /// The faults that the synchronisation under way at each site will meet.
    ahead: BTreeMap<SiteId, Vec<Ahead>>,
    /// Triggers that came while a site server was down (T7).
    kept: BTreeMap<SiteId, Vec<(Input, Cause)>>,
    /// The timers of internet-based points that were left behind (P9).
    internet_timers: BTreeMap<SiteId, Handle>,
    /// When internet-based points will be through. One that synchronises by itself is tried again
    /// under the same number (P9), so that number alone does not tell an old answer from a new.
    internet_ends: BTreeMap<SiteId, Handle>,
}

/// A fault that a synchronisation will meet.
#[derive(Clone, Copy, Debug)]
struct Ahead {
    fault: FaultId,
    /// For a sync that is made to fail: when, at the earliest.
    at: Instant,
}

impl Faults {
    /// Draws which sites each fault hits; tells each site what it is prone to.
    pub fn new(blueprint: &Blueprint<'_>, chance: &Chance, sites: &mut [SiteState]) -> Self {
        let scenario = blueprint.scenario;
        let hit: Vec<Vec<SiteId>> = (0..scenario.faults.len() as u32)
            .map(|fault| pick(blueprint, chance, FaultId(fault)))
            .collect();
        let prone = prone(blueprint, &hit, sites);
        Self {
            hit,
            prone,
            holding: BTreeMap::new(),
            ahead: BTreeMap::new(),
            kept: BTreeMap::new(),
            internet_timers: BTreeMap::new(),
            internet_ends: BTreeMap::new(),
        }
    }

    /// A trigger that comes while the site server is down waits for the restart (T7); anything
    /// else was meant for a memory that is gone.
    pub fn keep_for_restart(&mut self, site: SiteId, input: Input, cause: Cause) {
        match input {
            Input::ScheduleDue
            | Input::RunSynchronizationChosen
            | Input::SyncRequested
            | Input::PointInstalled => {
                let kept = self.kept.entry(site).or_default();
                if !kept.iter().any(|one| one.0 == input) {
                    kept.push((input, cause));
                }
            }
            _ => {}
        }
    }

    pub fn set_internet_timer(&mut self, site: SiteId, handle: Handle) {
        self.internet_timers.insert(site, handle);
    }

    pub fn set_internet_end(&mut self, site: SiteId, handle: Handle) {
        self.internet_ends.insert(site, handle);
    }

    pub fn take_internet_end(&mut self, site: SiteId) -> Option<Handle> {
        self.internet_ends.remove(&site)
    }

    /// What the synchronisation under way was to meet has struck: each attempt fails once, also
    /// that of an internet-based point which is tried again by itself (P9).
    pub fn have_struck(&mut self, site: SiteId) {
        self.ahead.remove(&site);
    }

    pub fn take_internet_timer(&mut self, site: SiteId) -> Option<Handle> {
        self.internet_timers.remove(&site)
    }

    /// Will the synchronisation under way find the gate closed, by a fault of this attempt?
    pub fn closes_gate(&self, blueprint: &Blueprint<'_>, site: SiteId) -> bool {
        self.ahead.get(&site).is_some_and(|ahead| {
            ahead
                .iter()
                .any(|one| effect(blueprint.scenario, one.fault) == &FaultEffect::WsusNotConfigured)
        })
    }

    /// The fault that a failure is owed to, if one is.
    pub fn responsible(
        &self,
        blueprint: &Blueprint<'_>,
        site: SiteId,
        phase: Phase,
        reason: Reason,
    ) -> Option<FaultId> {
        use FaultEffect as F;
        let scenario = blueprint.scenario;
        let (here, above): (&[F], &[F]) = match (reason, phase) {
            (Reason::Injected(fault), _) => return Some(fault),
            (Reason::Restarted, _) => (&[F::SiteDown], &[]),
            (Reason::NotConfigured, _) => (&[F::WsusNotConfigured], &[]),
            (Reason::NoUpdateServer, _) => (&[F::SupDown, F::SiteDown], &[]),
            (Reason::NoInternetPoint, _) => (&[F::InternetSupDown], &[]),
            (Reason::UpstreamUnreachable, Phase::Internet) => (&[F::SupDown], &[]),
            (Reason::UpstreamUnreachable, _) => {
                (&[F::LinkDown, F::SourceDown], &[F::SupDown, F::SiteDown])
            }
        };
        let holds = |site: SiteId, kinds: &[F]| {
            let holding = self.holding.get(&site).into_iter().flatten().copied();
            let ahead = self.ahead.get(&site).into_iter().flatten().map(|one| one.fault);
            ahead.chain(holding).find(|&fault| kinds.contains(effect(scenario, fault)))
        };
        let upstream = blueprint.places()[site.index()].upstream();
        holds(site, here).or_else(|| holds(upstream?, above))
    }
}

/// Tells each site which faults of single attempts it is prone to; gives the different lists.
fn prone(
    blueprint: &Blueprint<'_>,
    hit: &[Vec<SiteId>],
    sites: &mut [SiteState],
) -> Vec<Vec<FaultId>> {
    let mut lists = vec![Vec::new()];
    // A site's list with one fault more, by the list it had and the fault.
    let mut longer: BTreeMap<(u32, FaultId), u32> = BTreeMap::new();
    for &fault in &blueprint.faults_of_attempts {
        for site in &hit[fault.index()] {
            let state = &mut sites[site.index()];
            let with_fault = longer.entry((state.prone, fault)).or_insert_with(|| {
                let mut list: Vec<FaultId> = lists[state.prone as usize].clone();
                list.push(fault);
                lists.push(list);
                lists.len() as u32 - 1
            });
            state.prone = *with_fault;
        }
    }
    lists
}

fn effect(scenario: &Scenario, fault: FaultId) -> &FaultEffect {
    &scenario.faults[fault.index()].effect
}

/// The sites that a fault hits in this run, in order.
fn pick(blueprint: &Blueprint<'_>, chance: &Chance, id: FaultId) -> Vec<SiteId> {
    let fault = &blueprint.scenario.faults[id.index()];
    // There is one source, and the top-level site is the one that asks it.
    if fault.effect == FaultEffect::SourceDown {
        return blueprint.top_level.into_iter().collect();
    }
    let count = match fault.pick {
        Pick::All => return fault.sites.clone(),
        Pick::Count(count) => count as usize,
        Pick::Share(share) => {
            let parts = fault.sites.len() as u64 * u64::from(share.parts_per_billion());
            ((parts + 500_000_000) / 1_000_000_000).max(1) as usize
        }
    };
    // Each site draws a lot of its own: one site more or less changes at most one place.
    let name = blueprint.fault_entities[id.index()];
    let lot = |site: &SiteId| {
        let entity = name.with(blueprint.entities[site.index()]);
        (chance.stream(entity, Purpose::FaultPick, 0).bits(), *site)
    };
    let mut lots: Vec<(u64, SiteId)> = fault.sites.iter().map(lot).collect();
    lots.sort_unstable();
    lots.truncate(count);
    let mut picked: Vec<SiteId> = lots.into_iter().map(|(_, site)| site).collect();
    picked.sort_unstable();
    picked
}

impl World<'_> {
    /// A synchronisation starts: which faults will it meet?
    pub(super) fn draw_faults_of_attempt(&mut self, site: SiteId, attempt: u32) {
        if std::mem::take(&mut self.sites[site.index()].fault_ahead) {
            self.faults.ahead.remove(&site);
        }
        if self.sites[site.index()].prone == 0 && self.faults.holding.is_empty() {
            return;
        }
        let (now, scenario) = (self.now(), self.scenario());
        let state = &self.sites[site.index()];
        let (entity, key) = (state.entity, state.origin.key());
        let mut ahead = Vec::new();
        for &id in &self.faults.prone[state.prone as usize] {
            let fault = &scenario.faults[id.index()];
            let own = self.blueprint.fault_entities[id.index()].with(entity);
            let hits = match &fault.occurs {
                Occurs::PerAttempt(probability) => {
                    probability.happens(self.chance.stream(own, Purpose::FaultHits, key).bits())
                }
                Occurs::Attempts(attempts) => attempts.contains(&attempt),
                Occurs::Window { .. } => unreachable!("a window holds, it does not hit attempts"),
            };
            if hits {
                ahead.push(id);
            }
        }
        // A window in which syncs are made to fail hits those that start in it.
        let made_to_fail = |id: &FaultId| matches!(effect(scenario, *id), FaultEffect::FailSync(_));
        let holding = self.faults.holding.get(&site).into_iter().flatten();
        ahead.extend(holding.copied().filter(made_to_fail));
        let ahead = ahead.into_iter().map(|fault| {
            let after = match effect(scenario, fault) {
                FaultEffect::FailSync(FailSync { after, .. }) => {
                    let own = self.blueprint.fault_entities[fault.index()].with(entity);
                    after.sample(&mut self.chance.stream(own, Purpose::FaultAfter, key))
                }
                _ => crate::units::Duration::ZERO,
            };
            Ahead { fault, at: now + after }
        });
        let ahead: Vec<Ahead> = ahead.collect();
        if !ahead.is_empty() {
            self.sites[site.index()].fault_ahead = true;
            self.faults.ahead.insert(site, ahead);
        }
    }

    /// Will a fault of this attempt keep the step that begins now from being done? Then the
    /// failure is planned.
    pub(super) fn hangs(&mut self, site: SiteId, attempt: u32, step: FailPhase) -> bool {
        if !self.sites[site.index()].fault_ahead {
            return false;
        }
        let now = self.now();
        let scenario = self.scenario();
        let meets = |one: &Ahead| {
            let (at, reason) = match (effect(scenario, one.fault), step) {
                (FaultEffect::FailSync(fail), step) if fail.phase == step => {
                    (one.at.max(now), Reason::Injected(one.fault))
                }
                (FaultEffect::LinkDown | FaultEffect::SourceDown, FailPhase::Pull) => {
                    (now, Reason::UpstreamUnreachable)
                }
                (FaultEffect::SupDown, FailPhase::Connect) => (now, Reason::NoUpdateServer),
                (FaultEffect::InternetSupDown, FailPhase::Internet) => {
                    (now, Reason::NoInternetPoint)
                }
                _ => return None,
            };
            Some((at, one.fault, reason))
        };
        let ahead = self.faults.ahead.get(&site).into_iter().flatten();
        // Of several, the one that strikes first.
        let Some((at, _, reason)) = ahead.filter_map(meets).min_by_key(|one| (one.0, one.1)) else {
            return false;
        };
        self.sites[site.index()].failing = Some(reason);
        self.schedule(at, Event::StepFails { site, attempt });
        true
    }

    /// A fault takes hold.
    pub(super) fn fault_begins(&mut self, fault: FaultId) {
        for index in 0..self.faults.hit[fault.index()].len() {
            let site = self.faults.hit[fault.index()][index];
            self.cause = Cause::NONE;
            self.record(site, Fact::FaultBegan { fault });
            self.faults.holding.entry(site).or_default().push(fault);
            self.take_hold(site, fault);
        }
    }

    fn take_hold(&mut self, site: SiteId, fault: FaultId) {
        let out_of_order = &mut self.sites[site.index()].out_of_order;
        match effect(self.blueprint.scenario, fault) {
            FaultEffect::LinkDown => {
                out_of_order.link += 1;
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
            FaultEffect::FailSync(_) => {}
        }
    }

    /// A fault lets go.
    pub(super) fn fault_ends(&mut self, fault: FaultId) {
        for index in 0..self.faults.hit[fault.index()].len() {
            let site = self.faults.hit[fault.index()][index];
            self.cause = Cause::NONE;
            self.record(site, Fact::FaultEnded { fault });
            let holding = self.faults.holding.entry(site).or_default();
            holding.retain(|one| *one != fault);
            if holding.is_empty() {
                self.faults.holding.remove(&site);
            }
            let now = self.now();
            let state = &mut self.sites[site.index()];
            let out_of_order = &mut state.out_of_order;
            match effect(self.blueprint.scenario, fault) {
                FaultEffect::LinkDown => {
                    out_of_order.link -= 1;
                    state.last_mended = now;
                }
                FaultEffect::SourceDown => out_of_order.source -= 1,
                FaultEffect::SupDown => out_of_order.point -= 1,
                FaultEffect::InternetSupDown => out_of_order.internet_point -= 1,
                FaultEffect::WsusNotConfigured => out_of_order.gate -= 1,
                FaultEffect::FailSync(_) => {}
                FaultEffect::SiteDown => {
                    out_of_order.server -= 1;
                    if out_of_order.server == 0 {
                        self.site_comes_up(site);
                    }
                }
            }
        }
    }

    fn site_goes_down(&mut self, site: SiteId, fault: FaultId) {
        let attempt = self.sites[site.index()].engine.attempts();
        if self.sites[site.index()].engine.state() != State::Idle {
            self.record(site, Fact::FaultHit { fault, attempt });
        }
        self.record(site, Fact::WentDown);
        self.break_off_transfer(site);
        // T7: volatile state is lost, databases survive; the timers go with the memory.
        self.sites[site.index()].engine.crash();
        self.sites[site.index()].failing = None;
        self.cancel_timer(site, crate::engine::Timer::Retry);
        self.cancel_timer(site, crate::engine::Timer::InternetPoint);
        // H5: a local point goes down with its server.
        if self.sites[site.index()].place.point_is_local {
            self.break_off_pulls_from(site);
        }
    }

    /// The site server is up again: it resumes, then acts on what came meanwhile (T7).
    fn site_comes_up(&mut self, site: SiteId) {
        self.record(site, Fact::CameUp);
        self.feed(site, Input::Restarted);
        for (input, cause) in self.faults.kept.remove(&site).unwrap_or_default() {
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
        let blueprint = self.blueprint;
        let cause = self.cause;
        for &child in blueprint.children(site) {
            self.break_off_pull(child);
            self.cause = cause;
        }
    }

    /// A site's WSUS loses its upstream: a transfer under way fails. What has come through
    /// already is WSUS's own to finish.
    fn break_off_pull(&mut self, site: SiteId) {
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
