//! The scenario of a point: its base, its design and its levels as one tree, read as one file.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::super::files::Texts;
use super::super::layers::{Arena, Knob, Laid};
use super::super::read::{compose, document};
use super::super::reader::Reader;
use super::super::source::Place;
use super::super::yaml::{self, Entry, Node, Value};
use super::super::{Diagnostic, Report, Scenario, Severity};
use super::{Point, Study, asked, hours};

impl Study {
    /// The world of a point, with what is odd about it.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn scenario(&self, point: Point) -> Result<(Scenario, Vec<Diagnostic>), Report> {
        let written = &self.written;
        let mut reader = Reader::new();
        reader.texts = Texts::behind(written.files.clone());
        written.file_name.clone_into(&mut reader.main_shown);
        let overrides = &written.overrides;
        let arena = Arena::new(overrides);
        let scenario = yaml::parse(&mut reader, &written.text).and_then(|tree| {
            let own = self.base_of(&tree, point)?;
            let laid = self.laid(&tree, point);
            let composed = compose(&mut reader, &arena, own, overrides, laid)?;
            let scenario = document(&mut reader, &composed, overrides)?;
            if point.hour.is_some() {
                hours::check_limit(&mut reader, &tree, &scenario);
            }
            Some(scenario)
        });
        let sound = reader.errors() == 0;
        let report = reader.into_report(&written.file_name, &written.text);
        match scenario {
            Some(mut scenario) if sound => {
                scenario.seed = self.seed.unwrap_or(scenario.seed);
                Ok((scenario, report.diagnostics))
            }
            _ => Err(report),
        }
    }

    /// Reads every point; gives back what is odd, each thing once.
    pub(super) fn check_points(&self) -> Result<Vec<Diagnostic>, Report> {
        let (mut seen, mut wrong, mut odd) = (BTreeSet::new(), Vec::new(), Vec::new());
        let (mut further, mut hours_wrong) = (0, false);
        for &point in &self.points {
            if hours_wrong && point.hour.is_some() {
                continue;
            }
            let found = match self.scenario(point) {
                // that an hour is a bad one is what is asked
                Ok(_) if point.hour.is_some() => continue,
                Ok((_, warnings)) => warnings,
                Err(mut report) if point.hour.is_some() => {
                    // what is wrong with one hour is wrong with all
                    hours_wrong = true;
                    let first = report.diagnostics.first_mut().filter(|one| one.code != "E0602");
                    first.into_iter().for_each(|one| one.help.push(hours::HOLDS.to_owned()));
                    further += report.further;
                    report.diagnostics
                }
                Err(report) => {
                    further += report.further;
                    report.diagnostics
                }
            };
            for mut one in found.into_iter().filter(|one| !IDLE.contains(&one.code)) {
                let key = (one.file.clone(), one.line, one.column, one.code, one.message.clone());
                if !seen.insert(key) {
                    continue;
                }
                if one.file != self.written.file_name {
                    one.help.push(self.where_found(point));
                }
                match one.severity {
                    Severity::Error => wrong.push(one),
                    Severity::Warning => odd.push(one),
                }
            }
            if wrong.len() >= super::limits::FINDINGS {
                break;
            }
        }
        let place = |one: &Diagnostic| (one.file.clone(), one.line, one.column);
        wrong.sort_by_key(place);
        odd.sort_by_key(place);
        if wrong.is_empty() { Ok(odd) } else { Err(Report { diagnostics: wrong, further }) }
    }

    fn where_found(&self, point: Point) -> String {
        let (design, told) = (&self.designs[point.design], self.told(point));
        let with = if told.is_empty() { told } else { format!(" with {told}") };
        format!("found in the design `{design}`{with} of {}", self.written.file_name)
    }

    /// A scenario that only extends the base.
    fn base_of<'a>(&self, tree: &Node<'a>, point: Point) -> Option<Node<'a>> {
        let own = self.design(tree, point).and_then(|design| below(design, "base"));
        let base = own.or_else(|| below(tree, "base"))?;
        let place = base.place;
        let word = |key: &'static str, text: &'static str| {
            entry(key, place, Node { place, value: Value::Plain(Cow::Borrowed(text)) })
        };
        let extends = entry("extends", place, base.value.clone());
        let entries = vec![word("supsim", "1"), word("kind", "scenario"), extends];
        Some(Node { place, value: Value::Map(entries) })
    }

    fn design<'n, 'a>(&self, tree: &'n Node<'a>, point: Point) -> Option<&'n Node<'a>> {
        let designs = &below(tree, "designs")?.value;
        Some(&below(designs, &self.designs[point.design])?.value)
    }

    /// What the design says, then the levels of the factors, then the knob.
    fn laid<'a>(&self, tree: &Node<'a>, point: Point) -> Laid<'a> {
        let mut laid = Laid::default();
        let name = &self.designs[point.design];
        if let Some(design) = self.design(tree, point) {
            if let Some(overrides) = below(design, "overrides") {
                let place = overrides.place;
                let value = Value::Map(vec![overrides.clone()]);
                laid.trees.push(Node { place, value });
            }
            for (key, only_parameter) in [("params", true), ("set", false)] {
                let within = format!("designs.{name}.{key}");
                for entry in below(design, key).map(|it| entries(&it.value)).unwrap_or_default() {
                    let (within, entry) = (within.clone(), entry.clone());
                    laid.knobs.push(Knob { within, entry, only_parameter });
                }
            }
        }
        if let (Some(setting), Some(vary)) = (point.setting, below(tree, "vary")) {
            for (factor, level) in self.factors.iter().zip(&self.settings[setting]) {
                let key = if factor.zipped { "zip" } else { "grid" };
                let group = below(&vary.value, key);
                let written = group.and_then(|group| below(&group.value, &factor.name));
                laid.knobs.extend(written.and_then(|it| level_of(it, *level, "vary")));
            }
        }
        if let (Some((knob, value)), Some(sensitivity)) = (point.knob, &self.sensitivity) {
            let knobs = below(tree, "sensitivity").and_then(|it| below(&it.value, "knobs"));
            let name = &sensitivity.knobs[knob].name;
            let written = knobs.and_then(|knobs| below(&knobs.value, name));
            laid.knobs.extend(written.and_then(|it| level_of(it, value, "sensitivity")));
        }
        if let (Some(hour), Some(best)) = (point.hour, &self.best_hour) {
            laid.knobs.extend(hours::turned(tree, best, hour));
        }
        if let Some(metrics) = below(tree, "compare").and_then(|it| below(&it.value, "metrics")) {
            for metric in entries(&metrics.value) {
                let path = format!("compare.metrics.{}", metric.key);
                laid.watched.push((path, measured(metric)));
            }
        }
        let until = below(tree, "replications").and_then(|it| below(&it.value, "until"));
        laid.watched.extend(until.map(|it| ("replications.until".to_owned(), measured(it))));
        laid
    }
}

/// What is odd about a scenario alone: how often it is run is the study's affair, and a design may
/// do without a parameter.
const IDLE: [&str; 2] = ["W0130", "W0561"];

fn entry<'a>(key: &'static str, place: Place, value: Node<'a>) -> Entry<'a> {
    Entry { key: Cow::Borrowed(key), quoted: true, place, value }
}

fn entries<'n, 'a>(node: &'n Node<'a>) -> &'n [Entry<'a>] {
    match &node.value {
        Value::Map(entries) => entries,
        _ => &[],
    }
}

/// The entry of a map with this key.
pub(super) fn below<'n, 'a>(node: &'n Node<'a>, key: &str) -> Option<&'n Entry<'a>> {
    entries(node).iter().find(|entry| entry.key == key)
}

/// A factor on one of its levels.
fn level_of<'a>(factor: &Entry<'a>, level: usize, within: &str) -> Option<Knob<'a>> {
    let Value::List(levels) = &factor.value.value else { return None };
    let value = levels.get(level)?.clone();
    let entry = Entry { value, ..factor.clone() };
    Some(Knob { within: within.to_owned(), entry, only_parameter: false })
}

/// A metric as an expectation that always holds: what belongs to the study alone is left out.
fn measured<'a>(metric: &Entry<'a>) -> Entry<'a> {
    let place = metric.place;
    let written = entries(&metric.value).iter();
    let own = |entry: &&Entry<'_>| asked::MEASURED.contains(&entry.key.as_ref());
    let mut kept: Vec<Entry<'a>> = written.filter(own).cloned().collect();
    let word = match below(&metric.value, "metric").map(|entry| &entry.value.value) {
        Some(Value::Plain(word) | Value::Quoted(word)) => word.as_ref(),
        _ => "",
    };
    let bound = Value::Plain(Cow::Borrowed(asked::nothing(word)));
    kept.push(entry("at_least", place, Node { place, value: bound }));
    let value = Node { place: metric.value.place, value: Value::Map(kept) };
    Entry { value, ..metric.clone() }
}
