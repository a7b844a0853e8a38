//! Faults of single attempts, and what a synchronisation will meet of those that hold.

use super::work::strikes_insertions;
use super::{Ahead, effect};
use crate::engine::Reason;
use crate::scenario::{FailPhase, FailSync, FaultEffect, Occurs};
use crate::units::{FaultId, SiteId};
use crate::world::chance::Purpose;
use crate::world::{Event, World};

impl World<'_> {
    /// A synchronisation starts: which faults will it meet?
    pub(in crate::world) fn draw_faults_of_attempt(&mut self, site: SiteId, attempt: u32) {
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
            let of_insertions = self.upstream(site).is_some() && strikes_insertions(&fault.effect);
            if fault.effect.strikes_sendings() || of_insertions {
                continue;
            }
            let own = self.blueprint.fault_entities[id.index()].with(entity);
            let hits = match &fault.occurs {
                Occurs::PerAttempt(probability) => {
                    probability.happens(self.chance.stream(own, Purpose::FaultHits, key).bits())
                }
                Occurs::Attempts(attempts) => attempts.contains(&attempt),
                Occurs::Window { .. } | Occurs::Schedule(_) | Occurs::Renewal { .. } => {
                    unreachable!("what holds does not hit single attempts")
                }
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
    pub(in crate::world) fn hangs(&mut self, site: SiteId, attempt: u32, step: FailPhase) -> bool {
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
}
