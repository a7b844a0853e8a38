//! `catalogue`: what there is to synchronise, and when it appears (U4).

use std::collections::BTreeSet;

use serde_yaml::Mapping;

use super::mapping::{named, put, put_some};
use super::occurrences::{self, too_many};
use super::reader::Reader;
use super::shape::Fields;
use super::values::{Run, Zones};
use super::yaml::{Entry, Node};
use super::{
    Catalogue, History, LOCAL_PUBLISHER, Lot, Published, Release, history, limits, quantity,
};
use crate::units::{Bytes, Instant};

/// What a release changes.
const CHANGES: [&str; 5] = ["updates", "revises", "supersedes", "expires", "removes"];

const KEYS: [&str; 10] = [
    "when",
    "updates",
    "metadata",
    "product",
    "classification",
    "revises",
    "supersedes",
    "expires",
    "removes",
    "published",
];

/// What `publish_locally` says: all of a release but when, and who publishes it.
const LOCAL_KEYS: [&str; 7] =
    ["updates", "metadata", "classification", "revises", "supersedes", "expires", "removes"];

const PUBLISHERS: [(&str, bool); 2] = [("microsoft", false), ("locally", true)];

/// What all occurrences of a release have in common.
struct Content {
    published: Published,
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
        reader.fields(node, "`catalogue`", &["baseline", "releases", "history"], &[])
    });
    let mut catalogue = baseline(reader, fields.and_then(|fields| fields.get("baseline")));
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
    }
    if let Some(node) = fields.and_then(|fields| fields.get("history")) {
        let read = reader.within("catalogue.history", |reader| history::read(reader, run, node));
        if let Some((history, published)) = read {
            include(reader, node, &mut catalogue.releases, published);
            catalogue.history = history;
        }
    }
    if let Some(node) = releases.or(node) {
        check_size(reader, node, &catalogue);
    }
    sort(&mut catalogue.releases);
    catalogue
}

/// Adds the releases of a history to those written.
fn include(
    reader: &mut Reader,
    node: &Node<'_>,
    releases: &mut Vec<Release>,
    mut published: Vec<Release>,
) {
    let names: BTreeSet<&str> = releases.iter().map(|release| release.name.as_str()).collect();
    let repeated = published.iter().find(|release| names.contains(release.name.as_str()));
    if let Some(repeated) = repeated {
        let note = "a release that is written has the name of one of the history";
        let message = format!("`{}` is published twice", repeated.name);
        reader.error("E0341", node.place, message, note);
    }
    releases.append(&mut published);
}

/// In order of time, then of name; what an administrator publishes by an operation comes behind
/// what was written as a release, as operations come behind releases in the world.
pub(super) fn sort(releases: &mut [Release]) {
    releases.sort_by(|a, b| {
        let by_operation = |one: &Release| one.published == Published::ByOperation;
        (a.at, by_operation(a), &a.name).cmp(&(b.at, by_operation(b), &b.name))
    });
}

/// What a release changes, the way it is written.
pub(super) fn write_content(map: &mut Mapping, release: &Release) {
    let counts =
        [release.updates, release.revises, release.supersedes, release.expires, release.removes];
    for (key, count) in CHANGES.into_iter().zip(counts) {
        if count > 0 || key == "updates" {
            put(map, key, count);
        }
    }
    put(map, "metadata", release.metadata.to_string());
}

/// `baseline`, the way it is written.
pub(super) fn write_baseline(catalogue: &Catalogue) -> Mapping {
    let mut map = Mapping::new();
    put(&mut map, "updates", catalogue.baseline_updates);
    put(&mut map, "metadata", catalogue.baseline_metadata.to_string());
    let lot = |lot: &Lot| {
        let mut map = Mapping::new();
        put(&mut map, "updates", lot.updates);
        put(&mut map, "metadata", lot.metadata.to_string());
        put(&mut map, "product", lot.product.as_str());
        put(&mut map, "classification", lot.classification.as_str());
        map
    };
    let lots = catalogue.besides.iter().map(|one| (one.name.as_str(), lot(one)));
    put_some(&mut map, "besides", named(lots));
    map
}

fn baseline(reader: &mut Reader, node: Option<&Node<'_>>) -> Catalogue {
    let keys = ["updates", "metadata", "besides"];
    let fields = node.and_then(|node| reader.fields(node, "`baseline`", &keys, &[]));
    let get = |key| fields.and_then(|fields| fields.get(key));
    let updates = match get("updates") {
        Some(node) => reader.count32(node, "`updates`", 0, limits::UPDATES),
        None => reader.default("catalogue.baseline.updates").parse().ok(),
    };
    let metadata = match get("metadata") {
        Some(node) => reader.bytes(node, "`metadata`"),
        None => quantity::bytes(reader.default("catalogue.baseline.metadata")).ok(),
    };
    Catalogue {
        baseline_updates: updates.unwrap_or(0),
        baseline_metadata: metadata.unwrap_or(Bytes::ZERO),
        besides: get("besides").map(|node| besides(reader, node)).unwrap_or_default(),
        history: History::default(),
        releases: Vec::new(),
    }
}

/// What else had been published: it matters once criteria ask for it (U2).
fn besides(reader: &mut Reader, node: &Node<'_>) -> Vec<Lot> {
    let mut lots = Vec::new();
    for entry in reader.map(node, "`besides`").unwrap_or_default().iter().take(limits::WRITTEN) {
        let Some(name) = reader.identifier(entry, "a lot") else { continue };
        lots.extend(reader.within(&format!("catalogue.baseline.besides.{name}"), |reader| {
            lot(reader, name, &entry.value)
        }));
    }
    lots.sort_by(|a: &Lot, b| a.name.cmp(&b.name));
    lots
}

fn lot(reader: &mut Reader, name: &str, node: &Node<'_>) -> Option<Lot> {
    let keys = ["updates", "metadata", "product", "classification"];
    let fields = reader.fields(node, "a lot", &keys, &[])?;
    let updates = reader.required(&fields, "updates", "a lot", "updates: 3000");
    let updates = updates.and_then(|node| reader.count32(node, "`updates`", 1, limits::UPDATES));
    let metadata = reader.required(&fields, "metadata", "a lot", "metadata: 200 MB");
    let metadata = metadata.and_then(|node| reader.bytes(node, "`metadata`"));
    let product = reader.required(&fields, "product", "a lot", "product: Office");
    let product = product.and_then(|node| reader.label(node, "`product`"));
    let classification = word(reader, &fields, "classification", CLASSIFICATION);
    Some(Lot {
        name: name.to_owned(),
        updates: updates?,
        metadata: metadata?,
        product: product?.to_owned(),
        classification: classification?,
    })
}

const PRODUCT: &str = "catalogue.releases.product";
const CLASSIFICATION: &str = "catalogue.releases.classification";

/// `product` or `classification`, or its default.
fn word(
    reader: &mut Reader,
    fields: &Fields<'_, '_>,
    key: &str,
    default: &'static str,
) -> Option<String> {
    match fields.get(key) {
        Some(node) => reader.label(node, &format!("`{key}`")).map(str::to_owned),
        None => Some(reader.default(default).to_owned()),
    }
}

fn release(
    reader: &mut Reader,
    zones: &mut Zones,
    run: &Run,
    entry: &Entry<'_>,
    name: &str,
    releases: &mut Vec<Release>,
) -> Option<()> {
    let fields = reader.fields(&entry.value, "a release", &KEYS, &[])?;
    let locally =
        fields.get("published").map(|node| reader.word_of(node, "a publisher", &PUBLISHERS));
    let published = match locally.unwrap_or(Some(false)) {
        Some(true) => Published::Locally,
        _ => Published::Source,
    };
    let content = content(reader, &fields, name, published);
    let when = reader.required(&fields, "when", "a release", "when: { at: 2026-01-13 13:00 }")?;
    let instants = occurrences::read(reader, zones, run, when)?;
    let content = content?;
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

/// What a release consists of.
fn content(
    reader: &mut Reader,
    fields: &Fields<'_, '_>,
    name: &str,
    published: Published,
) -> Option<Content> {
    let mut counts = [Some(0); 5];
    for (count, key) in counts.iter_mut().zip(CHANGES) {
        if let Some(node) = fields.get(key) {
            *count = reader.count32(node, &format!("`{key}`"), 0, limits::UPDATES);
        }
    }
    if counts.iter().all(|count| *count == Some(0)) {
        let note = "write for example `updates: 130`";
        reader.error("E0104", fields.place, format!("release `{name}` changes nothing"), note);
    }
    let metadata = reader.required(fields, "metadata", "a release", "metadata: 48 MB");
    let metadata = metadata.and_then(|node| reader.bytes(node, "`metadata`"));
    let product = match (&published, fields.get("product")) {
        (Published::Source | Published::History { .. }, _) => {
            word(reader, fields, "product", PRODUCT)
        }
        // U3: there is one product for everything that is published locally.
        (_, None) => Some(LOCAL_PUBLISHER.to_owned()),
        (_, Some(node)) => {
            let written = reader.label(node, "`product`");
            if written.is_some_and(|written| written != LOCAL_PUBLISHER) {
                let note = format!("leave it out: it is always `{LOCAL_PUBLISHER}`");
                reader.error(
                    "E0340",
                    node.place,
                    "what is published locally has no other product",
                    note,
                );
            }
            written.map(str::to_owned)
        }
    };
    let classification = word(reader, fields, "classification", CLASSIFICATION);
    let [updates, revises, supersedes, expires, removes] = counts;
    Some(Content {
        published,
        counts: [updates?, revises?, supersedes?, expires?, removes?],
        metadata: metadata?,
        product: product?,
        classification: classification?,
    })
}

/// The value of `publish_locally`: a release of that name at that instant (U3).
pub(super) fn published_locally(
    reader: &mut Reader,
    node: &Node<'_>,
    name: &str,
    at: Instant,
) -> Option<Release> {
    let fields = reader.fields(node, "`publish_locally`", &LOCAL_KEYS, &[])?;
    let content = content(reader, &fields, name, Published::ByOperation)?;
    Some(content.at(name.to_owned(), at))
}

impl Content {
    fn at(&self, name: String, at: Instant) -> Release {
        let [updates, revises, supersedes, expires, removes] = self.counts;
        Release {
            name,
            at,
            published: self.published.clone(),
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

/// The whole catalogue must fit into the numbers that it is counted in.
pub(super) fn check_size(reader: &mut Reader, node: &Node<'_>, catalogue: &Catalogue) {
    let all = catalogue.releases.iter();
    let lots = catalogue.besides.iter();
    let listed = &catalogue.history.rows[..catalogue.history.before];
    let before = lots
        .clone()
        .fold(u64::from(catalogue.baseline_updates) + listed.len() as u64, |sum, lot| {
            sum.saturating_add(u64::from(lot.updates))
        });
    let changes = all.clone().fold(before, |sum, release| {
        let all = [
            release.updates,
            release.revises,
            release.supersedes,
            release.expires,
            release.removes,
        ];
        all.into_iter().fold(sum, |sum, count| sum.saturating_add(u64::from(count)))
    });
    let before =
        lots.map(|lot| lot.metadata.0).fold(catalogue.baseline_metadata.0, u64::saturating_add);
    let metadata = all.map(|release| release.metadata.0).fold(before, u64::saturating_add);
    if changes > u64::from(limits::UPDATES) || metadata > limits::METADATA {
        let note = format!(
            "at most {} changes and 10 TB of metadata, all occurrences together",
            limits::UPDATES
        );
        reader.error("E0208", node.place, "the catalogue is too large", note);
    }
}
