//! The schedule against what is planned for the same hours: maintenance, retries.

use super::super::reader::Reader;
use super::super::{Fault, FaultEffect, Occurs};
use super::{Lints, counted};
use crate::units::{Duration, Instant};

pub(super) fn lint(reader: &mut Reader, lints: &Lints<'_, '_>) {
    meets_a_fault(reader, lints);
    retries_too_late(reader, lints);
}

/// W0511: a synchronisation is scheduled for hours in which it is known to fail.
fn meets_a_fault(reader: &mut Reader, lints: &Lints<'_, '_>) {
    let Some(top) = lints.top_level else { return };
    let scenario = lints.scenario;
    for fault in &scenario.faults {
        if !fault.sites.contains(&top) || !is_maintenance(fault) {
            continue;
        }
        let held: Vec<Instant> =
            scenario.sync.schedule.iter().copied().filter(|at| holds(fault, *at)).collect();
        let Some(first) = held.first() else { continue };
        let message = format!(
            "{} of {} scheduled synchronisations {} into `{}`",
            held.len(),
            scenario.sync.schedule.len(),
            if held.len() == 1 { "falls" } else { "fall" },
            fault.name
        );
        let note = format!("it holds `{}`, the top-level site", lints.code(top));
        let place = lints.place(&["faults", &fault.name, "when"]);
        reader.within(&format!("faults.{}", fault.name), |reader| {
            reader
                .warning("W0511", place, message, note)
                .help(format!(
                    "the first is that of {}, and the schedule is {}",
                    lints.time(*first),
                    scenario.sync.schedule_text
                ))
                .help("move `sync.schedule` or this fault, unless it is meant as a test");
        });
    }
}

/// Is it planned, as maintenance is, and does it keep a site from synchronising? A circuit or a
/// source that fails once while a synchronisation is due is what scenarios are written for.
fn is_maintenance(fault: &Fault) -> bool {
    use FaultEffect as F;
    match &fault.occurs {
        Occurs::Window { .. } => {
            matches!(fault.effect, F::SiteDown | F::SupDown | F::WsusNotConfigured)
        }
        Occurs::Schedule(_) => matches!(
            fault.effect,
            F::SiteDown
                | F::SupDown
                | F::WsusNotConfigured
                | F::LinkDown
                | F::SourceDown
                | F::DatabaseFails
                | F::FailSync(_)
        ),
        Occurs::Renewal { .. } | Occurs::PerAttempt(_) | Occurs::Attempts(_) => false,
    }
}

/// Is it known to hold at that instant?
fn holds(fault: &Fault, at: Instant) -> bool {
    match &fault.occurs {
        Occurs::Window { from, until } => *from <= at && until.is_none_or(|until| at < until),
        Occurs::Schedule(spans) => spans.iter().any(|span| span.from <= at && at < span.until),
        Occurs::Renewal { .. } | Occurs::PerAttempt(_) | Occurs::Attempts(_) => false,
    }
}

/// W0513: a failed synchronisation is tried again only when the next would have come anyway.
fn retries_too_late(reader: &mut Reader, lints: &Lints<'_, '_>) {
    let scenario = lints.scenario;
    let gaps = scenario.sync.schedule.windows(2).map(|pair| pair[1].since(pair[0]));
    let Some(shortest) = gaps.min() else { return };
    let late = |every: Duration| every >= shortest;
    let synchronising = (0..scenario.sites.len() as u32)
        .map(crate::units::SiteId)
        .filter(|site| lints.hierarchy.within_top_level(*site))
        .filter(|site| scenario.sites[site.index()].sup.is_some());
    let sites: Vec<_> =
        synchronising.filter(|site| late(scenario.sites[site.index()].retry.every)).collect();
    let Some(first) = sites.first() else { return };
    let every = scenario.sites[first.index()].retry.every;
    let path: &[&str] = if late(scenario.sync.retry.every) {
        &["sync", "retry", "every"]
    } else if lints.is_written(&["sites", lints.code(*first), "retry"]) {
        &["sites", lints.code(*first), "retry"]
    } else {
        &["templates"]
    };
    let message =
        format!("a retry after {every} comes no sooner than the next scheduled synchronisation");
    let note = format!("the schedule falls due as little as {shortest} apart");
    reader
        .warning("W0513", lints.place(path), message, note)
        .help(format!(
            "this concerns {}: {}",
            counted(sites.len(), "site", "sites"),
            lints.codes(&sites)
        ))
        .help("write a shorter `retry: { every }`; the product's own is 60min");
}
