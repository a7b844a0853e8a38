//! What can never arrive, or never be seen: releases without a synchronisation behind them,
//! clients without anything to scan against.

use std::collections::BTreeMap;

use super::super::reader::Reader;
use super::super::{Action, Published, Release, SiteKind, Source};
use super::{Lints, counted, in_threes};
use crate::units::{Instant, SiteId};

pub(super) fn lint(reader: &mut Reader, lints: &Lints<'_, '_>) {
    no_source(reader, lints);
    published_too_late(reader, lints);
    clients_without_a_point(reader, lints);
}

/// The last instant at which something starts a synchronisation at the top by itself.
fn last_trigger(lints: &Lints<'_, '_>) -> Option<Instant> {
    let scenario = lints.scenario;
    let manual = scenario.operations.iter().filter(|operation| {
        matches!(operation.action, Action::RunSynchronization)
            && Some(operation.site) == lints.top_level
    });
    scenario.sync.schedule.iter().copied().chain(manual.map(|operation| operation.at)).max()
}

/// W0517: nobody brings what is published.
fn no_source(reader: &mut Reader, lints: &Lints<'_, '_>) {
    let scenario = lints.scenario;
    let of_the_source = |release: &&Release| release.published == Published::Source;
    let count = scenario.catalogue.releases.iter().filter(of_the_source).count();
    if scenario.source == Source::None && count > 0 {
        let note = "the top-level site asks nobody (U1)";
        let message = format!(
            "{} without a source to bring {}",
            counted(count, "release", "releases"),
            if count == 1 { "it" } else { "them" }
        );
        reader
            .warning("W0517", lints.place(&["source"]), message, note)
            .help("write `source: microsoft_update`, or publish them locally");
    }
}

/// W0514: a release appears when nothing synchronises any more.
fn published_too_late(reader: &mut Reader, lints: &Lints<'_, '_>) {
    let scenario = lints.scenario;
    if lints.top_level.is_none() {
        return;
    }
    let last = last_trigger(lints);
    // of one that recurs, the last occurrences are always too late; that is no mistake
    let mut earliest: BTreeMap<&str, Instant> = BTreeMap::new();
    for release in &scenario.catalogue.releases {
        let name = release.name.split('#').next().unwrap_or_default();
        let at = earliest.entry(name).or_insert(release.at);
        *at = (*at).min(release.at);
    }
    for (name, at) in earliest.into_iter().filter(|(_, at)| last.is_none_or(|last| last < *at)) {
        let place = lints.place(&["catalogue", "releases", name, "when"]);
        let note = match last {
            Some(last) => format!(
                "published {}, and the last synchronisation starts {}",
                lints.time(at),
                lints.time(last)
            ),
            None => "nothing starts a synchronisation in this run".to_owned(),
        };
        reader.within(&format!("catalogue.releases.{name}"), |reader| {
            reader
                .warning(
                    "W0514",
                    place,
                    "no synchronisation brings this release before the end",
                    note,
                )
                .help("let the run last longer, or write an operation `run_synchronization`");
        });
    }
}

/// W0516: clients that have nothing to scan against (H4).
fn clients_without_a_point(reader: &mut Reader, lints: &Lints<'_, '_>) {
    let scenario = lints.scenario;
    let has_point = |site: SiteId| scenario.sites[site.index()].sup.is_some();
    let served = |site: SiteId| {
        let described = &scenario.sites[site.index()];
        // H4: clients of a secondary site without a point use its parent's
        let by_parent = described.kind == SiteKind::Secondary;
        has_point(site) || (by_parent && described.parent.is_some_and(has_point))
    };
    let sites = (0..scenario.sites.len() as u32).map(SiteId);
    let unserved: Vec<SiteId> = sites
        .filter(|site| scenario.sites[site.index()].clients.intranet > 0 && !served(*site))
        .collect();
    let Some(first) = unserved.first() else { return };
    let clients: u64 =
        unserved.iter().map(|site| u64::from(scenario.sites[site.index()].clients.intranet)).sum();
    let message = format!(
        "{} clients at {} have no software update point to scan against",
        in_threes(clients),
        counted(unserved.len(), "site", "sites")
    );
    let note = "only those of a secondary site may use their parent's (H4)";
    reader
        .warning("W0516", lints.place_of(*first), message, note)
        .help(format!("give it a `sup`, or leave its clients out: {}", lints.codes(&unserved)));
}
