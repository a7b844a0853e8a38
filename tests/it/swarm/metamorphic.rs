//! What must not matter does not: the same plan with something left out that nobody notices.

use std::collections::BTreeSet;

use supsim::scenario::{Overrides, Scenario};
use supsim::trace::{Fact, Names, text};
use supsim::units::{Duration, Instant};
use supsim::world::{Blueprint, World};

use super::draw::draw;
use super::marks::effective;
use super::minimise::remove_site;
use super::plan::{Class, Flaw, Plan, What};

/// What happens while things go wrong, one line a record without its number, but at the sites and
/// to the sites that are left out.
///
/// Nothing when the plan is no scenario any more, because a fault has lost all that it could hit.
fn story(plan: &Plan, without: Option<&str>) -> Option<(Vec<String>, BTreeSet<String>)> {
    let (scenario, _) = Scenario::parse("plan.yaml", &plan.yaml(), &Overrides::default()).ok()?;
    let blueprint = Blueprint::new(&scenario);
    let mut world = World::new(&blueprint, 0);
    world.run_until(Instant::START + Duration::from_micros(plan.calm));
    let trace = world.into_trace();
    let names = Names::new(
        scenario.sites.iter().map(|site| &site.code),
        scenario.catalogue.releases.iter().map(|release| &release.name),
        scenario.faults.iter().map(|fault| &fault.name),
        scenario.operations.iter().map(|operation| &operation.name),
    );
    let code = |site: supsim::units::SiteId| Some(&*scenario.sites[site.index()].code);
    let counts = trace.records.iter().filter(|record| {
        // That a fault held what nobody used is no matter.
        let held = matches!(record.fact, Fact::FaultBegan { .. } | Fact::FaultEnded { .. });
        !held && (without.is_none() || code(record.site) != without)
    });
    let to_it = without.map(|code| format!(" to {code} "));
    let lines = counts.map(|record| {
        let line = text::Line { record, names: &names }.to_string();
        line.split("  <- ").next().unwrap_or_default().trim_end().to_owned()
    });
    let elsewhere = |line: &String| {
        // What is sent to it is its business, too.
        to_it.as_ref().is_none_or(|to_it| !format!("{line} ").contains(to_it))
    };
    Some((lines.filter(elsewhere).collect(), effective(&scenario, &trace)))
}

fn assert_same(plan: &Plan, one: &[String], other: &[String], what: &str) {
    let differs = one.iter().zip(other).find(|(one, other)| one != other);
    assert!(
        one == other,
        "seed {}: {what}: {differs:#?}, {} and {} records\n{}",
        plan.seed,
        one.len(),
        other.len(),
        plan.yaml()
    );
}

#[test]
fn a_site_nobody_listens_to_changes_nothing_elsewhere() {
    let mut compared = 0;
    for seed in 0..150 {
        let mut plan = draw(seed);
        // A site that moves may come below it, and take what it would have had.
        plan.flaws.retain(|flaw| !matches!(flaw.what, What::Reshapes(_)));
        let last = plan.places.len() - 1;
        let place = &plan.places[last];
        // Those who have one parent share its circuit, and the five threads of its sender (R5).
        let siblings = plan.places.iter().filter(|other| other.parent == place.parent).count() - 1;
        let shares = siblings > 0;
        // An operation less would number those after it anew.
        let operated = plan.flaws.iter().any(|flaw| flaw.names(&place.code));
        if last == plan.top() || shares || operated || place.internet {
            continue;
        }
        let mut smaller = plan.clone();
        remove_site(&mut smaller, last);
        let (with, _) = story(&plan, Some(&place.code)).expect("a plan is a scenario");
        let Some((without, _)) = story(&smaller, Some(&place.code)) else { continue };
        assert_same(&plan, &with, &without, &format!("without {}", place.code));
        compared += 1;
    }
    println!("{compared} worlds compared");
    assert!(compared > 20, "{compared} worlds compared");
}

#[test]
fn a_fault_that_meets_nothing_changes_nothing() {
    let mut left_out = 0;
    for seed in 0..100 {
        let mut plan = draw(seed);
        // Where a point is removed under a synchronisation that was to fail and hangs, the record
        // names the removal alone.
        if plan.flaws.iter().any(|flaw| flaw.class == Class::RemoveSup) {
            plan.flaws.retain(|flaw| !matches!(flaw.what, What::Reshapes(_)));
        }
        // Whose polls and scans an outage has broken off is not named.
        plan.places.iter_mut().for_each(|place| place.clients = [0; 3]);
        let (with, effective) = story(&plan, None).expect("a plan is a scenario");
        let mut smaller = plan.clone();
        let counts = |flaw: &Flaw| flaw.class.is_always_named() && !flaw.is_operation();
        smaller.flaws.retain(|flaw| !counts(flaw) || effective.contains(&flaw.name));
        left_out += plan.flaws.len() - smaller.flaws.len();
        let (without, _) = story(&smaller, None).expect("a plan is a scenario");
        assert_same(&plan, &with, &without, "without the faults that met nothing");
    }
    assert!(left_out > 200, "{left_out} faults left out");
}
