//! The faults of a replication as they are drawn, without running it: the same sites, the same
//! instants, from the same streams.

use super::hold::lasting;
use super::pick;
use crate::scenario::{Occurs, Span};
use crate::units::{FaultId, Instant, SiteId};
use crate::world::chance::{Chance, Purpose};
use crate::world::{Blueprint, Scenario};

/// A fault as one replication meets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnFault {
    /// Which.
    pub fault: FaultId,
    /// The sites it hits, in order.
    pub sites: Vec<SiteId>,
    /// When it holds each of them, in order of time, then of site; none when it strikes single
    /// attempts, which only a run meets.
    pub outages: Vec<DrawnOutage>,
}

/// A time during which a fault holds a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DrawnOutage {
    /// The first instant at which it holds.
    pub from: Instant,
    /// The first at which it no longer does; `None`: not within the run.
    pub until: Option<Instant>,
    /// The site.
    pub site: SiteId,
}

/// The faults that a replication meets within its run, in the order of the scenario.
pub fn drawn_faults(scenario: &Scenario, replication: u32) -> Vec<DrawnFault> {
    let blueprint = Blueprint::new(scenario);
    let chance = Chance::new(scenario.seed, replication);
    let faults = 0..scenario.faults.len() as u32;
    faults.map(|fault| drawn(&blueprint, &chance, FaultId(fault))).collect()
}

fn drawn(blueprint: &Blueprint<'_>, chance: &Chance, fault: FaultId) -> DrawnFault {
    let scenario = blueprint.scenario;
    let end = Instant::START + scenario.duration;
    let sites = pick(blueprint, chance, fault);
    let mut outages = Vec::new();
    for &site in &sites {
        let mut hold = |from: Instant, until: Option<Instant>| {
            if from < end {
                let until = until.filter(|until| *until < end);
                outages.push(DrawnOutage { from, until, site });
            }
        };
        match &scenario.faults[fault.index()].occurs {
            Occurs::Window { from, until } => hold(*from, *until),
            Occurs::Schedule(spans) => {
                spans.iter().for_each(|Span { from, until }| hold(*from, Some(*until)));
            }
            Occurs::Renewal { mtbf, mttr } => {
                let mut number = 0;
                let mut mended = Some(Instant::START);
                while let Some(since) = mended {
                    let drawn = |span, purpose| {
                        lasting(blueprint, chance, span, (fault, site, number), purpose)
                    };
                    let breaks = since.checked_add(drawn(mtbf, Purpose::OutageBegins));
                    let Some(breaks) = breaks.filter(|at| *at < end) else { break };
                    let whole = breaks.checked_add(drawn(mttr, Purpose::OutageEnds));
                    hold(breaks, whole);
                    mended = whole.filter(|at| *at < end);
                    number += 1;
                }
            }
            Occurs::PerAttempt(_) | Occurs::Attempts(_) => {}
        }
    }
    outages.sort_unstable();
    DrawnFault { fault, sites, outages }
}
