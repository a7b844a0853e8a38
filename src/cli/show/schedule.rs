//! `supsim show schedule`: what starts a synchronisation, in every zone involved.

use std::collections::BTreeMap;

use super::grid::Grid;
use super::{Shown, counted};
use crate::report::Look;
use crate::scenario::{Action, Operation, Scenario, Zone};
use crate::units::Instant;

/// So many zones fit on a screen.
const ZONES: usize = 6;

pub(super) fn show(scenario: &Scenario, first: usize, look: Look) -> Shown {
    let zones = zones(scenario);
    let triggers = triggers(scenario);
    let shown: Vec<&(Instant, String)> = triggers.iter().take(first).collect();
    let mut grid = Grid::new(["trigger", "time_utc"]);
    let mut people = Grid::new(["trigger"]);
    for (number, zone) in zones.iter().enumerate() {
        grid.columns.extend(Grid::new([zone.name()]).columns);
        if number < ZONES {
            let city = zone.name().rsplit('/').next().unwrap_or_default();
            people.columns.extend(Grid::new([city]).columns);
        }
    }
    for (at, trigger) in shown {
        let local = |zone: &Zone| scenario.clock.local(*at, zone);
        let mut cells = vec![trigger.clone(), scenario.clock.utc(*at)];
        cells.extend(zones.iter().map(local));
        grid.row(cells);
        let short =
            |zone: &Zone| scenario.clock.civil(*at, zone).strftime("%a %-d %b %H:%M").to_string();
        let mut cells = vec![trigger.clone()];
        cells.extend(zones.iter().take(ZONES).map(short));
        people.row(cells);
    }
    let mut human = format!("{}: {}\n", scenario.name, scenario.sync.schedule_text);
    if triggers.is_empty() {
        human += "nothing starts a synchronisation in this run\n";
    } else {
        human += &people.human(look);
        human += &format!(
            "{} of {} in {} of the run",
            triggers.len().min(first),
            counted(triggers.len(), "trigger", "triggers"),
            scenario.duration
        );
        if zones.len() > ZONES {
            let more = counted(zones.len() - ZONES, "more zone", "more zones");
            human += &format!(", {more} with --format csv");
        }
        human.push('\n');
    }
    Shown { grid, human }
}

/// Everything that starts a synchronisation by itself, in order.
fn triggers(scenario: &Scenario) -> Vec<(Instant, String)> {
    let schedule = scenario.sync.schedule.iter().map(|at| (*at, "schedule".to_owned()));
    let runs = |operation: &&Operation| matches!(operation.action, Action::RunSynchronization);
    let manual = scenario.operations.iter().filter(runs);
    let manual = manual.map(|operation| (operation.at, operation.name.clone()));
    let mut all: Vec<(Instant, String)> = schedule.chain(manual).collect();
    all.sort();
    all
}

/// The scenario's zone, then those of most sites first.
fn zones(scenario: &Scenario) -> Vec<Zone> {
    let own = scenario.clock.zone();
    let mut sites: BTreeMap<&str, (usize, &Zone)> = BTreeMap::new();
    for site in &scenario.sites {
        sites.entry(site.zone.name()).or_insert((0, &site.zone)).0 += 1;
    }
    sites.remove(own.name());
    let mut others: Vec<(usize, &Zone)> = sites.into_values().collect();
    others.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.name().cmp(b.1.name())));
    std::iter::once(own).chain(others.into_iter().map(|(_, zone)| zone)).cloned().collect()
}
