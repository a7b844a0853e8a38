//! What is asked of the points: comparisons, how often each is replicated, one knob at a time.

use super::super::reader::Reader;
use super::super::shape::Fields;
use super::super::yaml::{Entry, Node, Value};
use super::super::{Metric, Unit, limits, quantity_in};
use super::read::{Designs, factor};
use super::{Adjust, Better, Comparing, Method, Rule, Sensitivity, StudyMetric, Until};
use crate::units::Probability;

/// What says where and when something is measured; each goes on to the reader of expectations.
pub(super) const MEASURED: [&str; 7] =
    ["metric", "stat", "where", "release", "part", "after", "during"];

const BETTER: [(&str, Better); 3] =
    [("lower", Better::Lower), ("higher", Better::Higher), ("neither", Better::Neither)];

/// `compare`; without it nothing is compared.
pub(super) fn compare(
    reader: &mut Reader,
    fields: &Fields<'_, '_>,
    designs: &Designs,
    common: Option<bool>,
) -> Option<Comparing> {
    let usual = if common == Some(false) { Method::WelchT } else { Method::PairedT };
    let Some(node) = fields.get("compare") else {
        let metrics = Vec::new();
        let (adjust, confidence) = (Adjust::Holm, 0.95);
        return Some(Comparing { baseline: None, metrics, method: usual, adjust, confidence });
    };
    let known = ["baseline", "metrics", "method", "adjust", "confidence"];
    let fields = reader.fields(node, "`compare`", &known, &[])?;
    let baseline = match fields.get("baseline") {
        Some(node) => Some(design(reader, node, designs)?),
        None if designs.len() == 1 => None,
        None => {
            let note = "the design that the others are compared with";
            reader.error("E0104", fields.place, "`compare` has no `baseline`", note);
            return None;
        }
    };
    let node = reader.required(&fields, "metrics", "`compare`", "metrics: { all: { metric: .. } }");
    let mut metrics = Vec::new();
    for entry in node.and_then(|node| reader.map(node, "`metrics`")).unwrap_or_default() {
        let Some(name) = reader.identifier(entry, "a metric") else { continue };
        let read = reader.within(&format!("metrics.{name}"), |reader| metric(reader, entry, name));
        metrics.extend(read);
    }
    if metrics.len() > limits::EXPECTATIONS {
        let most = format!("at most {}", limits::EXPECTATIONS);
        reader.error("E0316", fields.place, "too many metrics", most);
    }
    let method = match fields.get("method") {
        Some(node) => {
            let words = [("paired_t", Method::PairedT), ("welch_t", Method::WelchT)];
            let method = reader.word_of(node, "a way to compare", &words)?;
            if method == Method::PairedT && common == Some(false) {
                let message = "`paired_t` compares replications that met the same chance";
                let note = "here they do not: `common_random_numbers: false`";
                reader.error("E0608", node.place, message, note).help("write `welch_t`");
                return None;
            }
            method
        }
        None => usual,
    };
    let adjust = match fields.get("adjust") {
        Some(node) => {
            let words = [("holm", Adjust::Holm), ("none", Adjust::None)];
            reader.word_of(node, "an adjustment", &words)?
        }
        None => Adjust::Holm,
    };
    let confidence = confidence(reader, fields.get("confidence"))?;
    Some(Comparing { baseline, metrics, method, adjust, confidence })
}

pub(super) fn design(reader: &mut Reader, node: &Node<'_>, designs: &Designs) -> Option<usize> {
    let name = reader.text(node, "the name of a design")?;
    let names = || designs.iter().map(|(name, _)| name.as_str());
    let found = names().position(|known| known == name);
    if found.is_none() {
        reader.unknown_name("E0602", node.place, "design", name, names);
    }
    found
}

fn metric(reader: &mut Reader, entry: &Entry<'_>, name: &str) -> Option<StudyMetric> {
    let known: Vec<&str> = MEASURED.into_iter().chain(["better", "matters_from"]).collect();
    let fields = reader.fields(&entry.value, "a metric of a study", &known, &[])?;
    let metric = measured(reader, &fields)?;
    let better = match fields.get("better") {
        Some(node) => reader.word_of(node, "a way to be better", &BETTER)?,
        None => usually_better(metric),
    };
    let matters_from = match fields.get("matters_from") {
        Some(node) => size(reader, node, metric, "matters_from")?,
        None => 0,
    };
    Some(StudyMetric { name: name.to_owned(), metric, better, matters_from })
}

/// Which metric; the rest is checked where there are sites, releases and faults.
fn measured(reader: &mut Reader, fields: &Fields<'_, '_>) -> Option<Metric> {
    let node = reader.required(fields, "metric", "a metric", "metric: time_to_current")?;
    let words = Metric::ALL.map(|metric| (metric.name(), metric));
    reader.word_of(node, "a metric", &words)
}

const fn usually_better(metric: Metric) -> Better {
    match metric {
        Metric::ShareCurrent | Metric::ClientsScanned => Better::Higher,
        Metric::TimeToCurrent
        | Metric::SitesNotCurrent
        | Metric::Staleness
        | Metric::SyncTime
        | Metric::Failures
        | Metric::Retries
        | Metric::TimeToScanned => Better::Lower,
        Metric::Attempts
        | Metric::ConcurrentSyncs
        | Metric::RedundantSyncs
        | Metric::LinkUtilisation
        | Metric::SenderQueue => Better::Neither,
    }
}

/// A difference or a width, in the unit of the metric.
fn size(reader: &mut Reader, node: &Node<'_>, metric: Metric, key: &str) -> Option<u64> {
    let text = reader.scalar(node, &format!("`{key}`"))?;
    let read = quantity_in(metric.unit(), text);
    if read.is_none() {
        let example = match metric.unit() {
            Unit::Time => "30min",
            Unit::Share => "1%",
            Unit::Count => "5",
        };
        let message = format!("`{text}` is no size of `{}`", metric.name());
        let note = format!("write for example `{key}: {example}`");
        reader.error("E0604", node.place, message, note);
    }
    read
}

/// From 50 % to below 100 %; 95 % unless it is written.
fn confidence(reader: &mut Reader, node: Option<&Node<'_>>) -> Option<f64> {
    let Some(node) = node else { return Some(0.95) };
    let confidence = reader.probability(node, "`confidence`")?;
    let billionths = confidence.parts_per_billion();
    if confidence == Probability::ALWAYS || billionths < 500_000_000 {
        let message = "`confidence` is from 50% to below 100%";
        let note = "no number of replications is certain, and below 50% nothing is shown";
        reader.error("E0425", node.place, message, note);
        return None;
    }
    Some(f64::from(billionths) / 1e9)
}

/// `replications`: a number, or how precise it shall be. `watched`: what is measured before.
pub(super) fn rule(reader: &mut Reader, node: &Node<'_>, watched: usize) -> Option<Rule> {
    if !matches!(node.value, Value::Map(_)) {
        let count = reader.count32(node, "`replications`", 1, limits::REPLICATIONS)?;
        return Some(Rule { pilot: count, max: count, until: None });
    }
    let fields = reader.fields(node, "`replications`", &["pilot", "until", "max"], &[])?;
    let count = |reader: &mut Reader, key: &str, usual: u32, least: u32| match fields.get(key) {
        Some(node) => reader.count32(node, &format!("`{key}`"), least, limits::REPLICATIONS),
        None => Some(usual),
    };
    let pilot = count(reader, "pilot", 20, 2);
    let max = count(reader, "max", 1_000, 2);
    let until = reader.required(&fields, "until", "`replications`", "until: { metric: .. }")?;
    let until = reader.within("until", |reader| {
        let known: Vec<&str> = MEASURED.into_iter().chain(["half_width", "confidence"]).collect();
        let fields = reader.fields(until, "`until`", &known, &[])?;
        let metric = measured(reader, &fields)?;
        let half = reader.required(&fields, "half_width", "`until`", "half_width: 1%")?;
        let half_width = size(reader, half, metric, "half_width")?;
        let confidence = confidence(reader, fields.get("confidence"))?;
        Some(Until { watched, metric, half_width, confidence })
    });
    let (pilot, max) = (pilot?, max?);
    if max < pilot {
        let place = fields.entry("max").map_or(fields.place, |entry| entry.value.place);
        let note = format!("`pilot` is {pilot}");
        reader.error("E0603", place, "`max` is less than `pilot`", note);
        return None;
    }
    Some(Rule { pilot, max, until: Some(until?) })
}

/// `sensitivity`: one knob at a time.
pub(super) fn sensitivity(
    reader: &mut Reader,
    node: &Node<'_>,
    compare: &Comparing,
    designs: &Designs,
) -> Option<Sensitivity> {
    let fields = reader.fields(node, "`sensitivity`", &["of", "at", "knobs"], &[])?;
    let of = reader
        .required(&fields, "of", "`sensitivity`", "of: p95-hours")
        .and_then(|node| metric_of(reader, node, compare));
    let at = match (fields.get("at"), compare.baseline) {
        (Some(node), _) => design(reader, node, designs),
        (None, Some(baseline)) => Some(baseline),
        (None, None) => Some(0),
    };
    let knobs = reader.required(&fields, "knobs", "`sensitivity`", "knobs: { a: [1h, 2h] }");
    let knobs = knobs.and_then(|node| reader.map(node, "`knobs`"));
    let knobs: Vec<_> = knobs?.iter().filter_map(|entry| factor(reader, entry, false)).collect();
    Some(Sensitivity { of: of?, at: at?, knobs })
}

/// Which of the metrics of `compare` is named.
pub(super) fn metric_of(
    reader: &mut Reader,
    node: &Node<'_>,
    compare: &Comparing,
) -> Option<usize> {
    let name = reader.text(node, "the name of a metric")?;
    let names = || compare.metrics.iter().map(|metric| metric.name.as_str());
    let found = names().position(|known| known == name);
    if found.is_none() {
        reader.unknown_name("E0602", node.place, "metric of `compare`", name, names);
    }
    found
}

/// The value at which a bound of this metric always holds.
pub(super) fn nothing(metric: &str) -> &'static str {
    let metric = Metric::ALL.into_iter().find(|known| known.name() == metric);
    match metric.map(Metric::unit) {
        Some(Unit::Time) => "0s",
        Some(Unit::Share) => "0%",
        Some(Unit::Count) | None => "0",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_that_always_holds_can_be_read_in_every_unit() {
        for metric in Metric::ALL {
            assert_eq!(quantity_in(metric.unit(), nothing(metric.name())), Some(0), "{metric:?}");
        }
    }
}
