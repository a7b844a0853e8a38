//! Warnings of expectations that say less than they seem to.

use super::super::reader::Reader;
use super::super::shape::Fields;
use super::super::yaml::{Entry, Node};
use super::super::{Expectation, Scenario, limits};
use super::Grounds;
use crate::units::{Duration, Instant};

/// Warns of an expectation that no run can say anything to.
pub(super) fn lacks_data(
    reader: &mut Reader,
    on: &Grounds<'_>,
    fields: &Fields<'_, '_>,
    entry: &Entry<'_>,
    expectation: &Expectation,
) {
    let end = Instant::START + on.run.duration;
    let published = expectation.releases.iter().map(|id| on.catalogue.releases[id.index()].at);
    let decided = |at: Instant| {
        at.checked_add(expectation.after.unwrap_or(Duration::ZERO)).is_some_and(|due| due <= end)
    };
    let note = if expectation.releases.is_empty() {
        "no release is published in this run".to_owned()
    } else if !published.into_iter().any(decided) {
        let from = fields.entry("after").map_or(entry.place, |after| after.place);
        let note = format!("for every release that is later than the end: {}", on.run.span());
        reader.warning("W0560", from, "this expectation will have no data", note);
        return;
    } else {
        return;
    };
    reader.warning("W0560", entry.place, "this expectation will have no data", note);
}

/// Warns of expectations that so few replications cannot show.
pub(in crate::scenario) fn too_few(reader: &mut Reader, scenario: &Scenario, node: &Node<'_>) {
    if !scenario.is_random() {
        return;
    }
    let entries = reader.map(node, "`expect`").unwrap_or_default();
    for entry in entries {
        let expectation = scenario.expectations.iter().find(|one| one.name == entry.key);
        let Some(hold) = expectation.and_then(|one| one.must_hold) else { continue };
        let least = hold.least_replications(limits::REPLICATIONS);
        if scenario.replications >= least {
            continue;
        }
        let has = match scenario.replications {
            1 => "one replication".to_owned(),
            many => format!("{many} replications"),
        };
        let note = format!(
            "even if it holds in all of them, that {} hold is not shown with {} confidence",
            hold.share, hold.confidence
        );
        reader
            .warning("W0561", entry.place, format!("{has} cannot show this"), note)
            .help(format!("write `replications: {least}` or more"));
    }
}
