//! `catalogue`: what there is to synchronise, and when it appears (U4).

use super::calendar::Rule;
use super::reader::Reader;
use super::shape::Choice;
use super::values::{Run, Zones};
use super::yaml::{Entry, Node, Value};
use super::{Catalogue, Release, Zone, defaults, limits, quantity};
use crate::units::{Bytes, Instant};

const KEYS: [&str; 9] = [
    "when",
    "updates",
    "metadata",
    "product",
    "classification",
    "revises",
    "supersedes",
    "expires",
    "removes",
];

/// What all occurrences of a release have in common.
struct Content {
    counts: [u32; 5],
    metadata: Bytes,
    product: String,
    classification: String,
}

/// The whole catalogue; what cannot be read is left out, and reported.
pub(super) fn read(
    reader: &mut Reader,
    zones: &mut Zones,
    run: &Run,
    node: Option<&Node<'_>>,
) -> Catalogue {
    let fields = node.and_then(|node| {
        reader.fields(node, "`catalogue`", &["baseline", "releases"], &["history"])
    });
    let (baseline_updates, baseline_metadata) =
        baseline(reader, fields.and_then(|fields| fields.get("baseline")));
    let mut catalogue = Catalogue { baseline_updates, baseline_metadata, releases: Vec::new() };
    let releases = fields.and_then(|fields| fields.get("releases"));
    if let Some(node) = releases {
        let entries = reader.map(node, "`releases`").unwrap_or_default();
        for entry in entries {
            if let Some(name) = reader.identifier(entry, "a release") {
                reader.within(&format!("catalogue.releases.{name}"), |reader| {
                    release(reader, zones, run, entry, name, &mut catalogue.releases)
                });
            }
        }
        check_size(reader, node, &catalogue);
    }
    catalogue.releases.sort_by(|a, b| (a.at, &a.name).cmp(&(b.at, &b.name)));
    catalogue
}

fn baseline(reader: &mut Reader, node: Option<&Node<'_>>) -> (u32, Bytes) {
    let fields =
        node.and_then(|node| reader.fields(node, "`baseline`", &["updates", "metadata"], &[]));
    let updates = match fields.and_then(|fields| fields.get("updates")) {
        Some(node) => reader.count32(node, "`updates`", 0, limits::UPDATES),
        None => {
            reader.used_default("catalogue.baseline.updates");
            defaults::text("catalogue.baseline.updates").parse().ok()
        }
    };
    let metadata = match fields.and_then(|fields| fields.get("metadata")) {
        Some(node) => reader.bytes(node, "`metadata`"),
        None => {
            reader.used_default("catalogue.baseline.metadata");
            quantity::bytes(defaults::text("catalogue.baseline.metadata")).ok()
        }
    };
    (updates.unwrap_or(0), metadata.unwrap_or(Bytes::ZERO))
}

fn release(
    reader: &mut Reader,
    zones: &mut Zones,
    run: &Run,
    entry: &Entry<'_>,
    name: &str,
    releases: &mut Vec<Release>,
) -> Option<()> {
    let fields = reader.fields(&entry.value, "a release", &KEYS, &["published"])?;
    let mut counts = [Some(0); 5];
    for (count, key) in
        counts.iter_mut().zip(["updates", "revises", "supersedes", "expires", "removes"])
    {
        if let Some(node) = fields.get(key) {
            *count = reader.count32(node, &format!("`{key}`"), 0, limits::UPDATES);
        }
    }
    if counts.iter().all(|count| *count == Some(0)) {
        let note = "write for example `updates: 130`";
        reader.error("E0104", fields.place, format!("release `{name}` changes nothing"), note);
    }
    let metadata = reader.required(&fields, "metadata", "a release", "metadata: 48 MB");
    let metadata = metadata.and_then(|node| reader.bytes(node, "`metadata`"));
    let mut word = |key: &str, default: &'static str| match fields.get(key) {
        Some(node) => reader.label(node, &format!("`{key}`")).map(str::to_owned),
        None => {
            reader.used_default(default);
            Some(defaults::text(default).to_owned())
        }
    };
    let product = word("product", "catalogue.releases.product");
    let classification = word("classification", "catalogue.releases.classification");
    let when = reader.required(&fields, "when", "a release", "when: { at: 2026-01-13 13:00 }")?;
    let instants = calendar(reader, zones, run, when)?;
    let [updates, revises, supersedes, expires, removes] = counts;
    let content = Content {
        counts: [updates?, revises?, supersedes?, expires?, removes?],
        metadata: metadata?,
        product: product?,
        classification: classification?,
    };
    if releases.len() + instants.len() > limits::OCCURRENCES {
        too_many(reader, when);
        return None;
    }
    // One that occurs only once within the run needs no number to be told from the others.
    let numbered = instants.len() > 1;
    for (number, at) in instants.iter().enumerate() {
        let name = if numbered { format!("{name}#{}", number + 1) } else { name.to_owned() };
        releases.push(content.at(name, *at));
    }
    Some(())
}

impl Content {
    fn at(&self, name: String, at: Instant) -> Release {
        let [updates, revises, supersedes, expires, removes] = self.counts;
        Release {
            name,
            at,
            updates,
            revises,
            supersedes,
            expires,
            removes,
            metadata: self.metadata,
            product: self.product.clone(),
            classification: self.classification.clone(),
        }
    }
}

fn too_many(reader: &mut Reader, when: &Node<'_>) {
    let note = format!("at most {} in all", limits::OCCURRENCES);
    reader.error("E0316", when.place, "this happens too often", note);
}

/// A calendar as written: its instants.
fn calendar(
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

/// The whole catalogue must fit into the numbers that it is counted in.
fn check_size(reader: &mut Reader, node: &Node<'_>, catalogue: &Catalogue) {
    let all = catalogue.releases.iter();
    let changes = all.clone().fold(u64::from(catalogue.baseline_updates), |sum, release| {
        let all = [
            release.updates,
            release.revises,
            release.supersedes,
            release.expires,
            release.removes,
        ];
        all.into_iter().fold(sum, |sum, count| sum.saturating_add(u64::from(count)))
    });
    let metadata = all
        .fold(catalogue.baseline_metadata.0, |sum, release| sum.saturating_add(release.metadata.0));
    if changes > u64::from(limits::UPDATES) || metadata > limits::METADATA {
        let note = format!(
            "at most {} changes and 10 TB of metadata, all occurrences together",
            limits::UPDATES
        );
        reader.error("E0208", node.place, "the catalogue is too large", note);
    }
}
