//! A calendar as written, and the instants within the run that it means.

use super::calendar::Rule;
use super::reader::Reader;
use super::shape::Choice;
use super::values::{Run, Zones};
use super::yaml::{Entry, Node, Value};
use super::{Zone, limits};
use crate::units::Instant;

pub(super) fn too_many(reader: &mut Reader, when: &Node<'_>) {
    let note = format!("at most {} in all", limits::OCCURRENCES);
    reader.error("E0316", when.place, "this happens too often", note);
}

/// A calendar as written: its instants.
pub(super) fn read(
    reader: &mut Reader,
    zones: &mut Zones,
    run: &Run,
    node: &Node<'_>,
) -> Option<Vec<Instant>> {
    let beside = ["timezone", "start"];
    let keys = ["at", "every", "weekly", "monthly", "dates"];
    let choice = reader.choice(node, "a calendar", &["never"], &keys, &beside, &[])?;
    let zone = zone_inside(reader, zones, node, &choice, run)?;
    if let (Some(start), true) = (entry_of(node, "start"), choice.word != "every") {
        reader.error(
            "E0102",
            start.place,
            format!("`{}` takes no `start`", choice.word),
            "only `every` has one",
        );
        return None;
    }
    let rule = match (choice.word, choice.value) {
        ("at", Some(value)) => {
            let at = reader.instant(value, "this time", &zone, run)?;
            return Some(vec![at]);
        }
        ("dates", Some(value)) => {
            let list = reader.list(value, "`dates`", "dates: [2026-01-13 13:00]")?;
            return dates(reader, list.iter(), &zone, run);
        }
        ("every", Some(value)) => {
            let every = reader.positive_duration(value, "`every`")?;
            let first = match entry_of(node, "start") {
                Some(start) => reader.timestamp(&start.value, "`start`", &zone)?,
                None => run.clock.start(),
            };
            Rule::Every { every, first }
        }
        ("weekly", Some(value)) => reader.weekly(value)?,
        ("monthly", Some(value)) => reader.monthly(value)?,
        _ => Rule::Never,
    };
    due(reader, &rule, &zone, run, node)
}

/// Instants given one by one, in order, each once.
pub(super) fn dates<'n, 'a: 'n>(
    reader: &mut Reader,
    nodes: impl Iterator<Item = &'n Node<'a>>,
    zone: &Zone,
    run: &Run,
) -> Option<Vec<Instant>> {
    let instants: Vec<Option<Instant>> =
        nodes.map(|node| reader.instant(node, "this time", zone, run)).collect();
    let mut instants: Vec<Instant> = instants.into_iter().collect::<Option<_>>()?;
    instants.sort_unstable();
    instants.dedup();
    Some(instants)
}

/// The instants of a rule within the run; what is odd about them is reported.
pub(super) fn due(
    reader: &mut Reader,
    rule: &Rule,
    zone: &Zone,
    run: &Run,
    node: &Node<'_>,
) -> Option<Vec<Instant>> {
    let Ok(found) = rule.occurrences(zone, &run.clock, run.duration, limits::OCCURRENCES) else {
        too_many(reader, node);
        return None;
    };
    if !run.known {
        return Some(found.instants);
    }
    if let Some(wall) = found.irregular {
        let note = format!(
            "on {}: an hour that is skipped is kept an hour later, one that is twice the first time",
            wall.date()
        );
        reader.warning(
            "W0505",
            node.place,
            format!("the clocks of {zone} change at this time"),
            note,
        );
    }
    if found.instants.is_empty() && rule.recurs() {
        reader.warning("W0503", node.place, "this never happens within the run", run.span());
    }
    Some(found.instants)
}

/// The zone named beside or inside a calendar, else the scenario's.
pub(super) fn zone_inside(
    reader: &mut Reader,
    zones: &mut Zones,
    node: &Node<'_>,
    choice: &Choice<'_, '_>,
    run: &Run,
) -> Option<Zone> {
    let inside = choice.value.and_then(|value| entry_of(value, "timezone"));
    match inside.or_else(|| entry_of(node, "timezone")) {
        Some(entry) => reader.zone(zones, &entry.value),
        None => Some(run.clock.zone().clone()),
    }
}

fn entry_of<'n, 'a>(node: &'n Node<'a>, key: &str) -> Option<&'n Entry<'a>> {
    match &node.value {
        Value::Map(entries) => entries.iter().find(|entry| entry.key == key),
        _ => None,
    }
}
