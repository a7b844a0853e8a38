//! From a file to a checked [`Scenario`]: every part in turn, every mistake noted on the way.

pub(super) mod plain;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::rc::Rc;

use super::error::{Diagnostic, Report};
use super::expect::{self, Grounds};
use super::files::{Disk, Files, Texts, text_of};
use super::known::Known;
use super::layers::{self, Arena, Composed, Laid};
use super::names::Names;
use super::overrides::Overriding;
use super::reader::Reader;
use super::site::{Common, templates};
use super::sites::Sites;
use super::source::Place;
use super::timing::{TimingWritten, Timings};
use super::values::Zones;
use super::yaml::{self};
use super::{
    Criteria, Default, Overrides, Scenario, Sync, catalogue, clients, fault, generate, limits,
    link, lint, operation, reshape, route, sync,
};
use plain::{heading, initial, recording, run, scenario_name, seed, series_every, source, warmup};

const KEYS: [&str; 29] = [
    "supsim",
    "kind",
    "name",
    "description",
    "profile",
    "timezone",
    "start",
    "duration",
    "initial",
    "warmup",
    "seed",
    "replications",
    "source",
    "criteria",
    "catalogue",
    "links",
    "routes",
    "templates",
    "sites",
    "generate",
    "overrides",
    "sync",
    "operations",
    "timing",
    "clients",
    "sms2003",
    "faults",
    "expect",
    "record",
];

impl Scenario {
    /// The largest file \[bytes\]; whoever reads one need not read further.
    pub const MOST_BYTES: usize = limits::FILE_BYTES;

    /// Reads a file, and those that it names ([`Disk`]).
    ///
    /// # Errors
    /// Everything that is wrong with it, or that it cannot be read.
    pub fn read(path: &Path, overrides: &Overrides) -> Result<(Scenario, Vec<Diagnostic>), Report> {
        let name = path.display().to_string();
        let mut bytes = Vec::new();
        // a device without an end is no longer than the limit
        let read = File::open(path)
            .and_then(|file| file.take(Self::MOST_BYTES as u64 + 1).read_to_end(&mut bytes));
        if let Err(why) = read {
            return Err(refused(&name, "E0001", "this file cannot be read", why.to_string()));
        }
        let files = Rc::new(Disk::beside(path, overrides.allow_outside));
        Scenario::decode(&name, &bytes, overrides, files)
    }

    /// Reads the bytes of a file; `file_name` is for messages only, and `files` opens what it
    /// names.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn decode(
        file_name: &str,
        bytes: &[u8],
        overrides: &Overrides,
        files: Rc<dyn Files>,
    ) -> Result<(Scenario, Vec<Diagnostic>), Report> {
        if bytes.len() > limits::FILE_BYTES {
            let note = format!("at most {} bytes", limits::FILE_BYTES);
            return Err(refused(file_name, "E0002", "this file is too large", note));
        }
        let text = text_of(bytes)
            .map_err(|note| refused(file_name, "E0003", "this file is not UTF-8 text", note))?;
        parse(file_name, text, overrides, Texts::behind(files))
    }

    /// Reads a text that names no files; `file_name` is for messages only.
    ///
    /// # Errors
    /// Everything that is wrong with it, in order of place, warnings among the errors.
    pub fn parse(
        file_name: &str,
        text: &str,
        overrides: &Overrides,
    ) -> Result<(Scenario, Vec<Diagnostic>), Report> {
        parse(file_name, text, overrides, Texts::default())
    }
}

fn parse(
    file_name: &str,
    text: &str,
    overrides: &Overrides,
    texts: Texts,
) -> Result<(Scenario, Vec<Diagnostic>), Report> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader::new();
    reader.texts = texts;
    file_name.clone_into(&mut reader.main_shown);
    let arena = Arena::new(overrides);
    let scenario = if text.len() > limits::FILE_BYTES {
        let note = format!("{} bytes; at most {}", text.len(), limits::FILE_BYTES);
        reader.error("E0002", Place::default(), "this file is too large", note);
        None
    } else {
        let tree = yaml::parse(&mut reader, text);
        tree.and_then(|tree| compose(&mut reader, &arena, tree, overrides, Laid::default()))
            .and_then(|composed| document(&mut reader, &composed, overrides))
    };
    let sound = reader.errors() == 0;
    let report = reader.into_report(file_name, text);
    match scenario {
        Some(scenario) if sound => Ok((scenario, report.diagnostics)),
        _ => Err(report),
    }
}

/// Lays every layer over a tree; what a study says comes last.
pub(super) fn compose<'a>(
    reader: &mut Reader,
    arena: &'a Arena,
    own: yaml::Node<'a>,
    overrides: &Overrides,
    laid: Laid<'a>,
) -> Option<Composed<'a>> {
    layers::compose(reader, arena, own, overrides, laid, &KEYS)
}

/// A file that is refused as a whole.
pub(super) fn refused(file_name: &str, code: &'static str, message: &str, note: String) -> Report {
    let mut reader = Reader::new();
    reader.error(code, Place::default(), message, note);
    reader.into_report(file_name, "")
}

/// The scenario that a tree describes.
pub(super) fn document(
    reader: &mut Reader,
    composed: &Composed<'_>,
    overrides: &Overrides,
) -> Option<Scenario> {
    // a study has keys of its own: that it is one says it all
    if let yaml::Value::Map(entries) = &composed.tree.value
        && let Some(kind) = entries.iter().find(|entry| entry.key == "kind")
        && let yaml::Value::Plain(word) | yaml::Value::Quoted(word) = &kind.value.value
        && word == "study"
    {
        reader.kind(&kind.value);
        return None;
    }
    let fields = reader.fields(&composed.tree, "a scenario", &KEYS, &[])?;
    let is_scenario = heading(reader, &fields);
    if !is_scenario {
        return None;
    }
    let name = reader.required(&fields, "name", "a scenario", "name: lower-case-words");
    let name = name.and_then(|node| scenario_name(reader, node));
    let description =
        fields.get("description").and_then(|node| reader.prose(node, "`description`"));
    let mut zones = Zones::new();
    let run = run(reader, &mut zones, &fields);
    let initial = initial(reader, &fields);
    let seed = seed(reader, &fields, overrides);
    let warmup = warmup(reader, &run, &fields);
    let replications = match fields.get("replications") {
        Some(node) => reader.count32(node, "`replications`", 1, limits::REPLICATIONS),
        None => Some(1),
    };

    let links = fields.get("links").map(|node| link::read(reader, node)).unwrap_or_default();
    let routes = fields.get("routes").map(|node| route::read(reader, node)).unwrap_or_default();
    let mut catalogue = catalogue::read(reader, &mut zones, &run, fields.get("catalogue"));
    let criteria = match fields.get("criteria") {
        Some(node) => reader.criteria(node, "`criteria`", &catalogue),
        // everything: no figure that somebody assumed
        None => Some(Criteria::default()),
    };
    let sync = sync::read(reader, &mut zones, &run, fields.get("sync"));
    let mut names = Names { links: &links, routes: &routes, zones };
    let source = source(reader, &names, &fields);

    let timing = fields.get("timing").and_then(|node| reader.timing(node));
    let templates = templates(reader, &mut names, fields.get("templates"));
    let template_names: BTreeSet<String> = templates.keys().cloned().collect();
    let common = Common { zone: run.clock.zone().clone(), retry: sync.retry, templates };
    let mut sites = Sites::new(Timings::new(timing.unwrap_or_else(TimingWritten::default)));
    let defaults_before = reader.defaults().clone();
    sites.keeps_made = fields.get("overrides").is_some() || !composed.sites.is_empty();
    if let Some(node) = fields.get("sites") {
        sites.read(reader, &mut names, &common, node);
    }
    if let Some(node) = fields.get("generate") {
        generate::read(reader, &mut names, &common, &mut sites, &template_names, node);
    }
    let mut overridden = composed.overridden.clone();
    if sites.keeps_made {
        let overriding = Overriding {
            names: &mut names,
            common: &common,
            sites: &mut sites,
            templates: &template_names,
            written: fields.get("sites"),
            defaults: defaults_before,
        };
        overridden.extend(overriding.apply(reader, fields.get("overrides"), &composed.sites));
    }
    sites.check(reader, fields.entry("sites").map_or(fields.place, |entry| entry.place));
    let retry = sync.retry.resolved(reader);
    let written = clients::read(reader, fields.get("clients"));
    let clients = clients::resolve(reader, written, &mut sites.list, fields.get("clients"));

    let mut known = Known {
        names: &names,
        templates: &template_names,
        sites: &sites.list,
        codes: &sites.codes,
    };
    let operations = fields
        .get("operations")
        .map(|node| operation::read(reader, &mut known, &run, &mut catalogue, node))
        .unwrap_or_default();
    let sms2003 =
        fields.get("sms2003").and_then(|node| clients::sms2003(reader, &known, &run, node));
    let faults =
        fields.get("faults").map(|node| fault::read(reader, &known, &run, &operations, node));
    let faults = faults.unwrap_or_default();
    let grounds = Grounds {
        known: &known,
        run: &run,
        source: source.as_ref(),
        catalogue: &catalogue,
        faults: &faults,
        operations: &operations,
    };
    let expectations = fields.get("expect").map(|node| expect::read(reader, &grounds, node));
    let watched = expect::watched(reader, &grounds, &composed.watched);
    let recording = recording(reader, &fields);
    let series_every = series_every(reader, &run, &fields);
    let profile = reader.profile();
    let used = |default: &&&Default| reader.defaults().contains(default.key);
    let defaults_used = profile.defaults().iter().filter(used).copied().cloned().collect();
    let schedule = reshape::scheduled(sync.schedule, &operations, &sites.list);
    let scenario = Scenario {
        name: name?.to_owned(),
        description: description.unwrap_or_default().to_owned(),
        profile,
        clock: run.clock,
        duration: run.duration,
        initial: initial?,
        warmup: warmup?,
        seed: seed?,
        replications: replications?,
        source: source?,
        criteria: criteria?,
        catalogue,
        sites: sites.list,
        timings: sites.timings.into_found(),
        sync: Sync {
            schedule,
            schedule_text: sync.schedule_text,
            retry,
            site_complete: sync.site_complete,
            replication: sync.replication,
        },
        operations,
        clients,
        sms2003,
        faults,
        expectations: expectations.unwrap_or_default(),
        watched,
        recording: recording?,
        series_every: series_every?,
        links,
        routes,
        defaults_used,
        parameters: composed.parameters.clone(),
        overridden,
    };
    if let Some(node) = fields.get("expect") {
        expect::too_few(reader, &scenario, node);
    }
    if reader.errors() == 0 {
        lint::lint(reader, &composed.tree, &scenario);
    }
    Some(scenario)
}

#[cfg(test)]
mod tests;
