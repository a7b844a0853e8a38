//! What one is tempted to assert and must not: each with the run that shows why.

use supsim::store::{SiteDatabase, UpdateId, UpdateServices};
use supsim::units::{Duration, Instant, SiteId};
use supsim::world::{Blueprint, World};

use crate::support::scenario;

const BASE: &str = "
supsim: 1
kind: scenario
name: not-invariants
start: 2026-01-12 00:00
duration: 1d
catalogue:
  baseline: { updates: 20, metadata: 2 MB }
  releases: { news: { when: { at: 2026-01-12 00:30 }, updates: 2, revises: 3, metadata: 1 MB } }
sites: { CEN: { type: central }, PR1: { parent: CEN } }
";

const CEN: SiteId = SiteId(0);
const PR1: SiteId = SiteId(1);

/// Does this ever hold in a run?
fn ever(rest: &str, holds: impl Fn(&World<'_>, UpdateId) -> bool) -> bool {
    let scenario = scenario(&format!("{BASE}{rest}"));
    let blueprint = Blueprint::new(&scenario);
    let mut world = World::new(&blueprint, 0);
    while world.step(Instant::START + Duration::from_days(1)) {
        let mut updates = (0..world.stores().catalogue().updates()).map(UpdateId);
        if updates.any(|update| holds(&world, update)) {
            return true;
        }
    }
    false
}

const BY_HAND: &str = "
sync: { schedule: never }
operations: { by-hand: { at: 2026-01-12 01:00, do: run_synchronization } }
";

/// A delta leaves revisions out of the parent's database (P4), and the child's WSUS pulls them all
/// the same (P2).
#[test]
fn a_childs_wsus_may_be_ahead_of_its_parents_database() {
    let ahead =
        |world: &World<'_>, update| world.wsus(PR1).held(update) > world.database(CEN).held(update);
    assert!(ever(BY_HAND, ahead));
}

/// Databases are filled by replication and WSUS by pulling, and either may come first (R1).
#[test]
fn a_childs_database_may_be_ahead_of_its_own_wsus() {
    let rest = "
sync: { schedule: { dates: { at: [2026-01-12 01:00], words: once } } }
faults: { closed: { where: { code: PR1 }, do: wsus_not_configured, when: { window: {} } } }
";
    let ahead =
        |world: &World<'_>, update| world.database(PR1).held(update) > world.wsus(PR1).held(update);
    assert!(ever(rest, ahead));
}

/// Where a child's database is filled from its own WSUS, a delta at the top puts it ahead of its
/// parent's. Here it is filled by its parent's packages (R2) and never is, while no site moves.
#[test]
fn a_childs_database_is_never_ahead_of_its_parents_because_it_is_filled_by_it() {
    let ahead = |world: &World<'_>, update| {
        world.database(PR1).held(update) > world.database(CEN).held(update)
    };
    assert!(!ever(BY_HAND, ahead));
    // And it does receive something.
    assert!(ever(BY_HAND, |world, _| world.database(PR1).content_version() > 1));
}
