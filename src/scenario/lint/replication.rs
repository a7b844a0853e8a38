//! What the way in which metadata are replicated makes pointless: routes that they never pass, and
//! faults of packages where none are sent.

use super::super::reader::Reader;
use super::super::{FaultEffect, Openness, Replication, Route};
use super::{Lints, counted};

pub(super) fn lint(reader: &mut Reader, lints: &Lints<'_, '_>) {
    for route in &lints.scenario.routes {
        never_passed(reader, lints, route);
    }
    if lints.scenario.sync.replication == Replication::Database {
        without_packages(reader, lints);
    }
}

/// W0521: a route that lets nothing pass, or no metadata where they go by it.
fn never_passed(reader: &mut Reader, lints: &Lints<'_, '_>, route: &Route) {
    let passes = |wanted: fn(Openness) -> bool| route.open.values().any(wanted);
    let (message, note) = if !passes(Openness::admits_requests) {
        ("nothing ever passes this route", "it is closed all week")
    } else if lints.scenario.sync.replication == Replication::FileBased
        && !passes(Openness::admits_metadata)
    {
        (
            "metadata never pass this route",
            "they are of normal priority, and it opens for high only",
        )
    } else {
        return;
    };
    let place = lints.place(&["routes", &route.name, "open"]);
    reader.within(&format!("routes.{}", route.name), |reader| {
        reader.warning("W0521", place, message, note);
    });
}

/// W0522: faults of packages, which only senders send.
fn without_packages(reader: &mut Reader, lints: &Lints<'_, '_>) {
    let of_packages = |effect: &FaultEffect| {
        matches!(
            effect,
            FaultEffect::LosePackage
                | FaultEffect::DuplicatePackage
                | FaultEffect::ReorderPackages
                | FaultEffect::DelayPackage(_)
        )
    };
    let faults = &lints.scenario.faults;
    let found: Vec<&str> = faults
        .iter()
        .filter(|fault| of_packages(&fault.effect))
        .map(|fault| fault.name.as_str())
        .collect();
    let Some(first) = found.first() else { return };
    let message =
        format!("{} no package to meet", counted(found.len(), "fault has", "faults have"));
    let note = "metadata go from database to database here, by no sender";
    reader
        .warning("W0522", lints.place(&["faults", first]), message, note)
        .help("write `sync: { replication: file_based }` if senders carry them");
}
