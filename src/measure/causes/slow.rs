//! Work and carrying that a fault made longer: what it would have taken without is the step's own,
//! the rest is the fault's.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::chain::Chain;
use crate::measure::Outcome;
use crate::measure::blame::{Behind, Category};
use crate::scenario::{FaultEffect, Scenario, SlowPhase};
use crate::trace::{Fact, Record};
use crate::units::{Duration, Factor, FaultId, Instant, Probability, SiteId};

/// What slowed the work and the circuits of the sites down.
#[derive(Debug, Default)]
pub(super) struct Slowed {
    /// Faults that hit a step of a synchronisation, by the record that it began with; in order.
    hits: Vec<(usize, FaultId)>,
    /// Faults that held the work of a site.
    work: BTreeMap<SiteId, Vec<(FaultId, SlowPhase, Instant, Instant)>>,
    /// Faults that held its circuit, and what they left of it.
    circuits: BTreeMap<SiteId, Vec<(FaultId, Probability, Instant, Instant)>>,
}

impl Slowed {
    pub fn of(scenario: &Scenario, records: &[Record], outcome: &Outcome) -> Slowed {
        let mut slowed = Slowed::default();
        let effect = |fault: FaultId| &scenario.faults[fault.index()].effect;
        if !scenario
            .faults
            .iter()
            .any(|fault| matches!(fault.effect, FaultEffect::Slow(_) | FaultEffect::LinkSlow(_)))
        {
            return slowed;
        }
        for record in records {
            if let Fact::FaultHit { fault, .. } = record.fact
                && let FaultEffect::Slow(_) = effect(fault)
                && let Some(cause) = record.cause.position()
            {
                slowed.hits.push((cause, fault));
            }
        }
        slowed.hits.sort_unstable();
        for one in &outcome.faults {
            let span = (one.from, one.until.unwrap_or(Instant::NEVER));
            match effect(one.fault) {
                FaultEffect::Slow(slow) if scenario.faults[one.fault.index()].occurs.holds() => {
                    let of_site = slowed.work.entry(one.site).or_default();
                    of_site.push((one.fault, slow.phase, span.0, span.1));
                }
                FaultEffect::LinkSlow(left) => {
                    let of_site = slowed.circuits.entry(one.site).or_default();
                    of_site.push((one.fault, *left, span.0, span.1));
                }
                _ => {}
            }
        }
        slowed
    }

    /// The faults because of which a step takes longer that began with a record.
    fn step(&self, began: usize) -> impl Iterator<Item = FaultId> + '_ {
        let first = self.hits.partition_point(|hit| hit.0 < began);
        self.hits[first..].iter().take_while(move |hit| hit.0 == began).map(|hit| hit.1)
    }

    /// Those that held such work of a site at an instant.
    fn held(&self, site: SiteId, phase: SlowPhase, at: Instant) -> impl Iterator<Item = FaultId> {
        let of_site = self.work.get(&site).into_iter().flatten();
        let held = of_site.filter(move |one| one.1 == phase && one.2 <= at && at < one.3);
        held.map(|one| one.0)
    }

    /// When the circuit of a site carried less than usual in a span, the last first; of several
    /// faults the one that left least.
    fn circuit(
        &self,
        site: SiteId,
        (from, until): (Instant, Instant),
    ) -> Vec<(FaultId, Probability, Instant, Instant)> {
        let of_site = self.circuits.get(&site).into_iter().flatten();
        let mut all: Vec<_> =
            of_site.filter(|one| one.2 < until && one.3 > from).copied().collect();
        all.sort_by_key(|one| (one.1, one.2, one.0));
        let mut apart: Vec<(FaultId, Probability, Instant, Instant)> = Vec::new();
        for one in all {
            if apart.iter().all(|other| other.3 <= one.2 || one.3 <= other.2) {
                apart.push(one);
            }
        }
        apart.sort_by_key(|one| Reverse(one.2));
        apart
    }
}

impl Chain<'_, '_> {
    /// The time that a step of a synchronisation took which began with a record.
    pub(super) fn worked(
        &mut self,
        began: usize,
        span: (Instant, Instant),
        category: Category,
        site: SiteId,
        behind: Behind,
    ) {
        let slowing: Vec<FaultId> = self.causes().slowed.step(began).collect();
        self.longer(&slowing, span, category, site, behind);
    }

    /// The time that an insertion, or the reading of a request, took.
    pub(super) fn handled(
        &mut self,
        phase: SlowPhase,
        span: (Instant, Instant),
        category: Category,
        site: SiteId,
        behind: Behind,
    ) {
        let slowing: Vec<FaultId> = self.causes().slowed.held(site, phase, span.0).collect();
        self.longer(&slowing, span, category, site, behind);
    }

    /// Work that some faults made longer, each by its factor.
    fn longer(
        &mut self,
        slowing: &[FaultId],
        (from, mut until): (Instant, Instant),
        category: Category,
        site: SiteId,
        behind: Behind,
    ) {
        for &fault in slowing {
            let FaultEffect::Slow(slow) = self.causes().effect(fault) else { continue };
            let extra = beyond(until.since(from), slow.factor);
            let own = Instant::from_micros(until.micros() - extra.micros());
            self.wait(own, until, category, site, Behind::Fault(fault));
            until = own;
        }
        self.wait(from, until, category, site, behind);
    }

    /// The time that carrying took over the circuit of a site.
    pub(super) fn carried(
        &mut self,
        (from, mut until): (Instant, Instant),
        category: Category,
        site: SiteId,
        behind: Behind,
    ) {
        let slow = match behind {
            Behind::Link(_) => self.causes().slowed.circuit(site, (from, until)),
            _ => Vec::new(),
        };
        for (fault, left, since, end) in slow {
            let (since, end) = (since.clamp(from, until), end.clamp(from, until));
            let lost = 1_000_000_000 - u64::from(left.parts_per_billion());
            let lost = u128::from(end.since(since).micros()) * u128::from(lost) / 1_000_000_000;
            let own = Instant::from_micros(end.micros() - lost as u64);
            self.wait(end, until, category, site, behind);
            self.wait(own, end, category, site, Behind::Fault(fault));
            self.wait(since, own, category, site, behind);
            until = since;
        }
        self.wait(from, until, category, site, behind);
    }
}

/// What of a length is owed to a factor.
fn beyond(length: Duration, factor: Factor) -> Duration {
    let own = u128::from(length.micros()) * 1_000 / u128::from(factor.thousandths());
    length.saturating_sub(Duration::from_micros(own as u64))
}
