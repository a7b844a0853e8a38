//! `best_hour`: one design, its schedule moved to each hour of the day.

use std::borrow::Cow;

use super::super::Scenario;
use super::super::layers::Knob;
use super::super::reader::Reader;
use super::super::yaml::{Entry, Node, Value};
use super::asked::{design, metric_of};
use super::point::below;
use super::read::Designs;
use super::{Better, Comparing};
use crate::units::Duration;

/// The key of a study.
pub(super) const KEY: &str = "best_hour";
/// What is moved unless something else is named.
const SCHEDULE: &str = "sync.schedule.weekly.at";
/// What is told beside whatever is wrong with an hour.
pub(super) const HOLDS: &str = "`best_hour` writes times of day there: `knob` is a parameter or a path that holds one; \
     without it sync.schedule.weekly.at";
/// The longest step from one hour to the next, and the shortest.
const STEPS: (Duration, Duration) = (Duration::from_mins(15), Duration::from_hours(12));

/// One design with its schedule at each hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestHour {
    /// Of which metric: its place in [`Comparing::metrics`].
    pub of: usize,
    /// At which design.
    pub at: usize,
    /// The parameter or path that holds the time of day.
    pub knob: String,
    /// The times of day, in order: `00:00`, `01:00`, …
    pub hours: Vec<String>,
    /// The expectation that marks an hour which does not keep it.
    pub limit: Option<String>,
}

/// Reads `best_hour`.
pub(super) fn best_hour(
    reader: &mut Reader,
    node: &Node<'_>,
    compare: &Comparing,
    designs: &Designs,
) -> Option<BestHour> {
    let known = ["of", "at", "knob", "every", "limit"];
    let fields = reader.fields(node, "`best_hour`", &known, &[])?;
    let of = reader.required(&fields, "of", "`best_hour`", "of: p95-hours")?;
    let found = metric_of(reader, of, compare);
    if let Some(metric) = found.map(|it| &compare.metrics[it])
        && metric.better == Better::Neither
    {
        let message = format!("no hour is the best: `{}` is not judged", metric.name);
        let note = "the metric does not say which way is better";
        let help =
            format!("write `better: lower` or `better: higher` at the metric `{}`", metric.name);
        reader.error("E0611", of.place, message, note).help(help);
        return None;
    }
    let at = match (fields.get("at"), compare.baseline) {
        (Some(node), _) => design(reader, node, designs),
        (None, baseline) => Some(baseline.unwrap_or(0)),
    };
    let knob = match fields.get("knob") {
        Some(node) => reader.text(node, "`knob`")?,
        None => SCHEDULE,
    };
    let every = match fields.get("every") {
        Some(node) => every(reader, node)?,
        None => Duration::from_hours(1),
    };
    let limit = match fields.get("limit") {
        Some(node) => Some(reader.text(node, "the name of an expectation")?.to_owned()),
        None => None,
    };
    let minutes = (every.micros() / 60_000_000) as usize;
    let hours = (0..24 * 60).step_by(minutes);
    let hours = hours.map(|minute| format!("{:02}:{:02}", minute / 60, minute % 60)).collect();
    Some(BestHour { of: found?, at: at?, knob: knob.to_owned(), hours, limit })
}

/// From one hour to the next: whole minutes that divide the day.
fn every(reader: &mut Reader, node: &Node<'_>) -> Option<Duration> {
    let every = reader.duration(node, "`every`")?;
    let (least, most) = STEPS;
    let day = Duration::from_hours(24).micros();
    let whole = every.micros().is_multiple_of(60_000_000);
    if every < least || every > most || !whole || !day.is_multiple_of(every.micros()) {
        let message = format!("`every` is {every}");
        let note = "from 15min to 12h, whole minutes of which so many make a day";
        reader.error("E0612", node.place, message, note).help("write for example `every: 30min`");
        return None;
    }
    Some(every)
}

/// The knob on one of its hours, as it stands in the study or is understood there.
pub(super) fn turned<'a>(tree: &Node<'a>, best: &BestHour, hour: usize) -> Option<Knob<'a>> {
    let written = below(tree, KEY)?;
    let place = below(&written.value, "knob").map_or(written.place, |knob| knob.value.place);
    let value = Node { place, value: Value::Quoted(Cow::Owned(best.hours.get(hour)?.clone())) };
    let entry = Entry { key: Cow::Owned(best.knob.clone()), quoted: true, place, value };
    Some(Knob { within: KEY.to_owned(), entry, only_parameter: false })
}

/// Does the scenario have the expectation that `limit` names?
pub(super) fn check_limit(reader: &mut Reader, tree: &Node<'_>, scenario: &Scenario) {
    let Some(limit) = below(tree, KEY).and_then(|it| below(&it.value, "limit")) else { return };
    let (Value::Plain(name) | Value::Quoted(name)) = &limit.value.value else { return };
    let names = || scenario.expectations.iter().map(|asked| asked.name.as_str());
    if !names().any(|known| known == name) {
        reader.unknown_name("E0602", limit.value.place, "expectation", name, names);
    }
}
