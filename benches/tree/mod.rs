//! The hierarchy whose whole world is measured, here and beside other engines (`peers/`).
//!
//! It is the `tree` of the comparison with other engines: fan-out 20, a sync from the root every
//! week for a year, requests that take 1 to 60 seconds, exponential work, 10 % of the attempts
//! failing and retried after 60 minutes. Beside it everything else is real too: a catalogue that
//! grows, packages for the databases, pulls by anchor.

use supsim::scenario::{Overrides, Scenario};
use supsim::units::SiteId;

const THREE_SITES: &str = "
supsim: 1
kind: scenario
name: tree
start: 2026-01-01 00:00
duration: 364d
catalogue:
  baseline: { updates: 20000, metadata: 1200 MB }
  releases: { weekly: { when: { every: 7d }, updates: 40, revises: 10, metadata: 12 MB } }
sync: { schedule: { simple: { every: 7d, start: 2026-01-01 01:00 } } }
timing:
  request: { uniform: { min: 1s, max: 60s } }
  connect: 1s
  pull: { exponential: { mean: 10min } }
  settle: 2min
  import: 30min
  insert: { exponential: { mean: 5min } }
sites:
  CEN: { type: central }
  PR1: { parent: CEN }
  PR2: { parent: CEN }
faults:
  now-and-then:
    where: { not: { code: CEN } }
    do: { fail_sync: { after: { exponential: { mean: 5min } } } }
    when: { per_attempt: 10% }
";

const FAN_OUT: usize = 20;

/// The scenario with that many sites.
pub fn scenario(sites: usize) -> Scenario {
    let Ok((mut scenario, _)) = Scenario::parse("tree.yaml", THREE_SITES, &Overrides::default())
    else {
        panic!("the scenario of this bench is wrong");
    };
    let child = scenario.sites[1].clone();
    scenario.sites.truncate(1);
    for number in 1..sites {
        let parent = (number - 1) / FAN_OUT;
        let mut site = child.clone();
        site.code = format!("S{number}");
        site.parent = Some(SiteId(parent as u32));
        site.tier = scenario.sites[parent].tier + 1;
        scenario.sites.push(site);
    }
    scenario.faults[0].sites = (1..sites as u32).map(SiteId).collect();
    scenario
}
