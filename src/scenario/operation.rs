//! `operations`: what an administrator does, and when (T2, U2, U3).

use super::catalogue;
use super::criteria;
use super::known::Known;
use super::mapping::{one, put};
use super::reader::Reader;
use super::selector::named_site;
use super::source::Place;
use super::values::Run;
use super::yaml::{Entry, Node, Value};
use super::{Action, Catalogue, Operation, Published, Release, Scenario, limits, reshape};
use crate::units::{ReleaseId, SiteId};
use serde_yaml::{Mapping, Value as Written};

/// What takes a value.
const KEYS: [&str; 7] = [
    "run_synchronization",
    "set_criteria",
    "publish_locally",
    "set_schedule",
    "install_sup",
    "remove_sup",
    "move_site",
];

/// How often criteria can change in one run.
const CHANGES_OF_CRITERIA: usize = 100;

/// All of `operations`, in order of time, then of name; what they publish goes into the catalogue.
pub(super) fn read(
    reader: &mut Reader,
    known: &mut Known<'_>,
    run: &Run,
    catalogue: &mut Catalogue,
    node: &Node<'_>,
) -> Vec<Operation> {
    let entries = reader.map(node, "`operations`").unwrap_or_default();
    if entries.len() > limits::WRITTEN {
        reader.error(
            "E0316",
            node.place,
            "too many operations",
            format!("at most {}", limits::WRITTEN),
        );
    }
    let mut operations = Vec::new();
    let mut published = Vec::new();
    for entry in entries.iter().take(limits::WRITTEN) {
        let Some(name) = reader.identifier(entry, "an operation") else { continue };
        let read = reader.within(&format!("operations.{name}"), |reader| {
            operation(reader, known, run, catalogue, &mut published, entry, name)
        });
        operations.extend(read.map(|operation: Operation| (operation, entry.place)));
    }
    operations.sort_by(|(a, _), (b, _)| (a.at, &a.name).cmp(&(b.at, &b.name)));
    reshape::check(reader, known.sites, &operations);
    let mut operations: Vec<Operation> =
        operations.into_iter().map(|(operation, _)| operation).collect();
    let changes = operations.iter().filter(|one| matches!(one.action, Action::SetCriteria(_)));
    if changes.count() > CHANGES_OF_CRITERIA {
        let note = format!("at most {CHANGES_OF_CRITERIA}");
        reader.error("E0316", node.place, "the criteria change too often", note);
    }
    if !published.is_empty() {
        catalogue.releases.append(&mut published);
        catalogue::check_size(reader, node, catalogue);
        catalogue::sort(&mut catalogue.releases);
        number_releases(&mut operations, catalogue);
    }
    operations
}

/// Tells each operation that publishes which release it publishes: both are in order of time and
/// name.
fn number_releases(operations: &mut [Operation], catalogue: &Catalogue) {
    let releases = catalogue.releases.iter().enumerate();
    let mut by_operation = releases
        .filter(|(_, release)| release.published == Published::ByOperation)
        .map(|(position, _)| ReleaseId(position as u32));
    for operation in operations {
        if let Action::PublishLocally(release) = &mut operation.action
            && let Some(next) = by_operation.next()
        {
            *release = next;
        }
    }
}

fn operation(
    reader: &mut Reader,
    known: &mut Known<'_>,
    run: &Run,
    catalogue: &Catalogue,
    published: &mut Vec<Release>,
    entry: &Entry<'_>,
    name: &str,
) -> Option<Operation> {
    let fields = reader.fields(&entry.value, "an operation", &["at", "do"], &[])?;
    let at = reader.required(&fields, "at", "an operation", "at: 2026-01-14 09:00");
    let at = at.and_then(|node| reader.instant(node, "this time", run.clock.zone(), run));
    let what = reader.required(&fields, "do", "an operation", "do: run_synchronization")?;
    let (words, keys): (&[&str], &[&str]) = match &what.value {
        Value::Map(_) => (&[], &KEYS),
        _ => (&KEYS[..1], &KEYS[1..]),
    };
    let choice = reader.choice(what, "an operation", words, keys, &[], &[])?;
    let (site, action) = match (choice.word, choice.value) {
        ("set_criteria", Some(value)) => {
            let criteria = reader.criteria(value, "`set_criteria`", catalogue)?;
            let action = Action::SetCriteria(Box::new(criteria));
            (top_level(reader, known, what.place)?, action)
        }
        ("publish_locally", Some(value)) => {
            let release =
                catalogue::published_locally(reader, value, name, at.unwrap_or_default())?;
            if catalogue.releases.iter().any(|other| other.name == name) {
                let note =
                    "a release has this name already; what is published takes the operation's";
                reader.error("E0341", entry.place, format!("`{name}` is published twice"), note);
            }
            let site = top_level(reader, known, what.place)?;
            at?;
            published.push(release);
            (site, Action::PublishLocally(ReleaseId(0)))
        }
        (word, Some(value)) if word != "run_synchronization" => {
            reshape::read(reader, known, run, word, value, at)?
        }
        (_, Some(value)) => {
            let fields = reader.fields(value, "`run_synchronization`", &["site"], &[])?;
            let node = reader.required(&fields, "site", "`run_synchronization`", "site: CEN")?;
            let site = named_site(reader, node, known.codes)?;
            (site, Action::RunSynchronization)
        }
        (_, None) => (top_level(reader, known, what.place)?, Action::RunSynchronization),
    };
    Some(Operation { name: name.to_owned(), at: at?, site, action })
}

fn top_level(reader: &mut Reader, known: &Known<'_>, place: Place) -> Option<SiteId> {
    let top = super::hierarchy::top_level(known.sites);
    if top.is_none() && !known.sites.is_empty() {
        let note = "give a site a software update point";
        reader.error("E0406", place, "there is no top-level site to run this at", note);
    }
    top
}

/// The way it is written.
pub(super) fn written(scenario: &Scenario, operation: &Operation) -> Written {
    match &operation.action {
        Action::SetSchedule(_)
        | Action::InstallSup
        | Action::RemoveSup
        | Action::MoveSite { .. } => reshape::written(scenario, operation),
        Action::RunSynchronization => {
            let code = scenario.sites[operation.site.index()].code.as_str();
            one("run_synchronization", one("site", code))
        }
        Action::SetCriteria(criteria) => one("set_criteria", criteria::written(criteria)),
        Action::PublishLocally(release) => {
            let release = &scenario.catalogue.releases[release.index()];
            let mut map = Mapping::new();
            catalogue::write_content(&mut map, release);
            put(&mut map, "classification", release.classification.as_str());
            one("publish_locally", map)
        }
    }
}
