//! What an expectation wants: one bound, and in how many replications it must hold.

use crate::scenario::expectation::WHOLE;
use crate::scenario::reader::{Reader, Wrong};
use crate::scenario::shape::Fields;
use crate::scenario::yaml::Node;
use crate::scenario::{Bound, Goal, Metric, MustHold, Unit, quantity};
use crate::units::{Duration, Probability};

const BOUNDS: [Bound; 3] = [Bound::AtMost, Bound::AtLeast, Bound::Equals];

/// Exactly one bound, in the unit of the metric.
pub(super) fn wanted(reader: &mut Reader, fields: &Fields<'_, '_>, metric: Metric) -> Option<Goal> {
    let written = BOUNDS.map(|bound| fields.entry(bound.name()).map(|entry| (bound, entry)));
    let mut written = written.into_iter().flatten();
    let Some((bound, entry)) = written.next() else {
        let note = format!("write `{}`", example(metric));
        reader.error("E0104", fields.place, "this expectation does not say what is wanted", note);
        return None;
    };
    if let Some((_, other)) = written.next() {
        let note = "one of at_most, at_least, equals; for both ends write two expectations";
        reader.error("E0107", other.place, "an expectation wants exactly one thing", note);
        return None;
    }
    let text = reader.scalar(&entry.value, &format!("`{}`", bound.name()))?;
    let value = in_unit(text, metric);
    reader.check(entry.value.place, value).map(|value| Goal { bound, value })
}

const fn example(metric: Metric) -> &'static str {
    match metric.unit() {
        Unit::Time => "at_most: 24h",
        Unit::Share => "at_least: 95%",
        Unit::Count => "at_most: 120",
    }
}

fn in_unit(text: &str, metric: Metric) -> Result<u64, Wrong> {
    let time = quantity::duration(text).map(Duration::micros);
    let share = quantity::probability(text).map(|share| u64::from(share.parts_per_billion()));
    let count = quantity::amount(text);
    let (right, others) = match metric.unit() {
        Unit::Time => (&time, text.ends_with('%')),
        Unit::Share => (&share, time.is_ok()),
        Unit::Count => (&count, time.is_ok() || text.ends_with('%')),
    };
    if !others || right.is_ok() {
        return right.clone();
    }
    let counted = match metric.unit() {
        Unit::Time => "a length of time",
        Unit::Share => "a share",
        Unit::Count => "a count",
    };
    let message = format!("`{}` is {counted}, and `{text}` is not", metric.name());
    Err(Wrong::new("E0424", message, format!("write for example `{}`", example(metric))))
}

pub(super) fn must_hold(reader: &mut Reader, node: &Node<'_>) -> Option<MustHold> {
    let fields = reader.fields(node, "`must_hold`", &["in", "confidence"], &[])?;
    let share = reader.required(&fields, "in", "`must_hold`", "in: 95%");
    let share = share.and_then(|node| {
        let share = reader.probability(node, "`in`")?;
        if share == Probability::ALWAYS {
            let note = "no number of replications shows that; leave `must_hold` out, and it must \
                        hold in every one that is run";
            reader.error("E0425", node.place, "`in` must be below 100%", note);
            return None;
        }
        Some(share)
    });
    let confidence = match fields.get("confidence") {
        None => quantity::probability("95%").ok(),
        Some(node) => {
            let confidence = reader.probability(node, "`confidence`")?;
            let enough = u64::from(confidence.parts_per_billion()) * 2 >= WHOLE;
            if confidence == Probability::ALWAYS || !enough {
                let note = "no number of replications is certain, and below 50% nothing is shown";
                let message = "`confidence` is from 50% to below 100%";
                reader.error("E0425", node.place, message, note);
                return None;
            }
            Some(confidence)
        }
    };
    Some(MustHold { share: share?, confidence: confidence? })
}
