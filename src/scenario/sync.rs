//! `sync`: what starts a synchronisation at the top by itself (T1), and what comes after one.

use jiff::Timestamp;

use super::calendar::Rule;
use super::occurrences::{dates, due, zone_inside};
use super::reader::Reader;
use super::retry::RetryWritten;
use super::values::{Run, Zones};
use super::yaml::{Node, Value};
use super::{Replication, SiteComplete, limits};
use crate::units::{Duration, Instant};

/// `sync` as written.
pub(super) struct SyncWritten {
    pub schedule: Vec<Instant>,
    pub schedule_text: String,
    pub retry: RetryWritten,
    pub site_complete: SiteComplete,
    pub replication: Replication,
}

pub(super) const COMPLETE: [(&str, SiteComplete); 2] = [
    ("after_internet_point", SiteComplete::AfterInternetPoint),
    ("before_internet_point", SiteComplete::BeforeInternetPoint),
];

pub(super) const REPLICATION: [(&str, Replication); 2] =
    [("file_based", Replication::FileBased), ("database", Replication::Database)];

pub(super) fn read(
    reader: &mut Reader,
    zones: &mut Zones,
    run: &Run,
    node: Option<&Node<'_>>,
) -> SyncWritten {
    let keys = ["schedule", "retry", "site_complete", "replication"];
    let fields = node.and_then(|node| reader.fields(node, "`sync`", &keys, &[]));
    let get = |key: &str| fields.and_then(|fields| fields.get(key));
    let (schedule, schedule_text) = match get("schedule") {
        Some(node) => schedule(reader, zones, run, node, run.clock.start()).unwrap_or_default(),
        None => {
            let text = reader.default("sync.schedule");
            default_schedule(text, run)
        }
    };
    let retry = get("retry").map(|node| reader.retry(node)).unwrap_or_default();
    let site_complete = match get("site_complete") {
        Some(node) => reader.word_of(node, "an order", &COMPLETE),
        None => {
            let word = reader.default("sync.site_complete");
            COMPLETE.iter().find(|(name, _)| *name == word).map(|(_, order)| *order)
        }
    };
    let site_complete = site_complete.unwrap_or(SiteComplete::AfterInternetPoint);
    let replication = match get("replication") {
        Some(node) => reader.word_of(node, "a way to replicate", &REPLICATION),
        None => {
            let word = reader.default("sync.replication");
            REPLICATION.iter().find(|(name, _)| *name == word).map(|(_, way)| *way)
        }
    };
    let replication = replication.unwrap_or(Replication::FileBased);
    SyncWritten { schedule, schedule_text, retry, site_complete, replication }
}

/// The profile's schedule, read as it is printed.
fn default_schedule(text: &str, run: &Run) -> (Vec<Instant>, String) {
    let mut reader = Reader::new();
    let node = super::yaml::parse(&mut reader, text);
    let start = run.clock.start();
    let read = node.and_then(|node| schedule(&mut reader, &mut Zones::new(), run, &node, start));
    read.unwrap_or_default()
}

/// A schedule as written: its instants, and in words. `first`: when a simple one that does not say
/// so falls due first.
pub(super) fn schedule(
    reader: &mut Reader,
    zones: &mut Zones,
    run: &Run,
    node: &Node<'_>,
    first: Timestamp,
) -> Option<(Vec<Instant>, String)> {
    let keys = ["simple", "weekly", "monthly", "dates"];
    let choice = reader.choice(node, "a schedule", &["never"], &keys, &[], &[])?;
    let zone = zone_inside(reader, zones, node, &choice, run)?;
    let rule = match (choice.word, choice.value) {
        ("simple", Some(value)) => {
            let fields = reader.fields(value, "`simple`", &["every", "start", "timezone"], &[])?;
            let every = reader.required(&fields, "every", "`simple`", "every: 7d")?;
            let length = reader.positive_duration(every, "`every`")?;
            if !the_product_offers(length) {
                let note = "1 to 23 hours, 1 to 31 days or 1 to 4 weeks";
                reader.warning(
                    "W0504",
                    every.place,
                    "Configuration Manager cannot be set to this",
                    note,
                );
            }
            let first = match fields.get("start") {
                Some(node) => reader.timestamp(node, "`start`", &zone)?,
                None => first,
            };
            Rule::Every { every: length, first }
        }
        ("weekly", Some(value)) => reader.weekly(value)?,
        ("monthly", Some(value)) => reader.monthly(value)?,
        ("dates", Some(value)) => return given(reader, run, value),
        _ => Rule::Never,
    };
    let instants = due(reader, &rule, &zone, run, node)?;
    let elsewhere = rule.recurs() && zone != *run.clock.zone() && choice.word != "simple";
    let text = if elsewhere { format!("{rule} ({zone})") } else { rule.to_string() };
    Some((instants, text))
}

/// T1: what the dialog of the simple schedule offers.
fn the_product_offers(every: Duration) -> bool {
    let whole = |unit: Duration, most: u64| {
        every.micros().is_multiple_of(unit.micros()) && every.micros() / unit.micros() <= most
    };
    whole(Duration::from_hours(1), 23) || whole(Duration::from_days(1), 31)
}

/// Instants given one by one: what supsim writes when it writes a scenario out.
fn given(reader: &mut Reader, run: &Run, node: &Node<'_>) -> Option<(Vec<Instant>, String)> {
    let fields = reader.fields(node, "`dates`", &["at", "words"], &[])?;
    let at = reader.required(&fields, "at", "`dates`", "at: [2026-01-13 22:00]")?;
    let nodes = match &at.value {
        Value::List(list) => list.iter().collect(),
        _ => reader.one_or_more(at),
    };
    if nodes.len() > limits::OCCURRENCES {
        reader.error(
            "E0316",
            at.place,
            "this happens too often",
            format!("at most {}", limits::OCCURRENCES),
        );
        return None;
    }
    let instants = dates(reader, nodes.into_iter(), run.clock.zone(), run)?;
    let words = match fields.get("words") {
        Some(node) => reader.label(node, "`words`")?.to_owned(),
        None => format!("on {} dates", instants.len()),
    };
    Some((instants, words))
}
