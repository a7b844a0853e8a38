//! The plain values of a scenario: what it is, when it plays, how much of it is recorded.

use crate::scenario::names::Names;
use crate::scenario::profile::PROFILES;
use crate::scenario::reader::Reader;
use crate::scenario::shape::Fields;
use crate::scenario::values::{Run, Zones};
use crate::scenario::yaml::{Node, Value};
use crate::scenario::{Clock, Initial, Overrides, Recording, Source, Zone, limits, quantity};
use crate::units::Duration;

/// `supsim`, `kind`, `profile`: is it ours to read at all?
pub(super) fn heading(reader: &mut Reader, fields: &Fields<'_, '_>) -> bool {
    let version = reader.required(fields, "supsim", "a scenario", "supsim: 1");
    if version.is_some_and(|node| reader.version(node).is_none()) {
        return false;
    }
    let kind = reader.required(fields, "kind", "a scenario", "kind: scenario");
    let is_scenario = kind.is_none_or(|node| reader.kind(node).is_some());
    if let Some(node) = fields.get("profile") {
        let profile = reader.word_of(node, "a profile", &PROFILES);
        reader.set_profile(profile.unwrap_or_default());
    }
    is_scenario
}

impl Reader {
    /// Is it a version of the language that we read? What is no version at all is only told.
    pub fn version(&mut self, node: &Node<'_>) -> Option<()> {
        let text = self.scalar(node, "`supsim`").unwrap_or("1");
        if text != "1" {
            let message = format!("unknown version `{text}` of the language");
            self.error("E0112", node.place, message, "this program reads version 1");
            return None;
        }
        Some(())
    }

    /// Is it a kind of file that we read?
    pub fn kind(&mut self, node: &Node<'_>) -> Option<()> {
        if let Value::Plain(word) | Value::Quoted(word) = &node.value
            && word == "study"
        {
            let message = "this is a study, and a scenario is wanted here";
            self.error(
                "E0601",
                node.place,
                message,
                "it varies a scenario that it names as `base`",
            )
            .help("run it with: supsim study FILE");
            return None;
        }
        self.choice(node, "a kind of file", &["scenario"], &[], &[], &[]).map(|_| ())
    }
}

pub(in crate::scenario) fn scenario_name<'n>(
    reader: &mut Reader,
    node: &'n Node<'_>,
) -> Option<&'n str> {
    let text = reader.text(node, "`name`")?;
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let good = text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text.chars().all(fits)
        && text.len() <= limits::NAME_CHARACTERS;
    if !good {
        let note = "lower-case letters, digits and `-`, at most 100: it names files too";
        reader.error(
            "E0109",
            node.place,
            format!("`{text}` cannot be the name of a scenario"),
            note,
        );
        return None;
    }
    Some(text)
}

/// `timezone`, `start`, `duration`.
pub(super) fn run(reader: &mut Reader, zones: &mut Zones, fields: &Fields<'_, '_>) -> Run {
    let zone = match fields.get("timezone") {
        Some(node) => reader.zone(zones, node),
        None => {
            reader.used_default("timezone");
            Some(Zone::utc())
        }
    };
    let node = reader.required(fields, "start", "a scenario", "start: 2026-01-12 00:00");
    let start = node.and_then(|node| {
        let here = zone.clone().unwrap_or_else(Zone::utc);
        reader.timestamp(node, "`start`", &here)
    });
    let duration = match fields.get("duration") {
        Some(node) => reader.positive_duration(node, "`duration`"),
        None => quantity::duration(reader.default("duration")).ok(),
    };
    Run {
        known: zone.is_some() && start.is_some() && duration.is_some(),
        clock: Clock::new(start.unwrap_or_default(), zone.unwrap_or_else(Zone::utc)),
        duration: duration.unwrap_or(Duration::from_days(1)),
    }
}

const INITIAL: [(&str, Initial); 2] = [("current", Initial::Current), ("empty", Initial::Empty)];

pub(super) fn initial(reader: &mut Reader, fields: &Fields<'_, '_>) -> Option<Initial> {
    match fields.get("initial") {
        Some(node) => reader.word_of(node, "an initial state", &INITIAL),
        None => {
            let word = reader.default("initial");
            INITIAL.iter().find(|(name, _)| *name == word).map(|(_, initial)| *initial)
        }
    }
}

pub(super) fn seed(
    reader: &mut Reader,
    fields: &Fields<'_, '_>,
    overrides: &Overrides,
) -> Option<u64> {
    let written = fields.get("seed").map(|node| reader.count(node, "`seed`", 0, u64::MAX));
    if let Some(seed) = overrides.seed {
        return Some(seed);
    }
    written.unwrap_or_else(|| reader.default("seed").parse().ok())
}

pub(super) fn warmup(reader: &mut Reader, run: &Run, fields: &Fields<'_, '_>) -> Option<Duration> {
    let Some(node) = fields.get("warmup") else { return Some(Duration::ZERO) };
    let warmup = reader.duration(node, "`warmup`")?;
    if run.known && warmup >= run.duration {
        let note = format!("`duration` is {}", run.duration);
        reader.error("E0427", node.place, "`warmup` must be shorter than the run", note);
        return None;
    }
    Some(warmup)
}

pub(super) fn source(
    reader: &mut Reader,
    names: &Names<'_>,
    fields: &Fields<'_, '_>,
) -> Option<Source> {
    let Some(node) = fields.get("source") else {
        reader.used_default("source");
        return Some(Source::MicrosoftUpdate);
    };
    let choice =
        reader.choice(node, "a source", &["microsoft_update", "none"], &["wsus"], &[], &[])?;
    match (choice.word, choice.value) {
        ("wsus", Some(value)) => {
            let fields = reader.fields(value, "`wsus`", &["link"], &[])?;
            match fields.get("link") {
                Some(node) => names.link(reader, node).map(|link| Source::Wsus(Some(link))),
                None => Some(Source::Wsus(None)),
            }
        }
        ("none", _) => Some(Source::None),
        _ => Some(Source::MicrosoftUpdate),
    }
}

pub(in crate::scenario) const RECORDINGS: [(&str, Recording); 3] =
    [("all", Recording::All), ("attempts", Recording::Attempts), ("none", Recording::None)];

pub(super) fn recording(reader: &mut Reader, fields: &Fields<'_, '_>) -> Option<Recording> {
    let record = fields
        .get("record")
        .and_then(|node| reader.fields(node, "`record`", &["events", "series_every"], &[]));
    match record.and_then(|fields| fields.get("events")) {
        Some(node) => reader.word_of(node, "a way to record", &RECORDINGS),
        None => {
            let word = reader.default("record.events");
            RECORDINGS.iter().find(|(name, _)| *name == word).map(|(_, recording)| *recording)
        }
    }
}

/// `record.series_every`.
pub(super) fn series_every(
    reader: &mut Reader,
    run: &Run,
    fields: &Fields<'_, '_>,
) -> Option<Option<Duration>> {
    // `recording` has told of what is no map
    let Some(Value::Map(entries)) = fields.get("record").map(|node| &node.value) else {
        return Some(None);
    };
    let Some(entry) = entries.iter().find(|entry| entry.key == "series_every") else {
        return Some(None);
    };
    let every = reader.positive_duration(&entry.value, "`series_every`")?;
    if run.known && run.duration.micros() / every.micros() > limits::SAMPLES {
        let note = format!("at most {} samples in a run", limits::SAMPLES);
        reader.error("E0428", entry.value.place, "`series_every` is too fine", note);
        return None;
    }
    Some(Some(every))
}
