//! What must stand together in a map, and what cannot.

use serde_json::{Map, Value, json};

use super::super::{Metric, Unit};

fn one_of(keys: &[&str]) -> Value {
    let one = |key: &&str| json!({ "required": [key] });
    Value::Array(keys.iter().map(one).collect())
}

fn never_together(keys: &[&str]) -> Value {
    json!({ "not": { "required": keys } })
}

/// What a map must be besides having no other keys, wherever it stands.
pub(super) fn of(shape: &str) -> Option<Value> {
    Some(match shape {
        "history" => json!({ "oneOf": one_of(&["file", "rows"]) }),
        "window" => never_together(&["for", "until"]),
        "monthly" => json!({ "oneOf": [
            { "required": ["week", "day"], "properties": { "day_of_month": false } },
            { "required": ["day_of_month"], "properties": { "week": false, "day": false } },
        ] }),
        "calendar_map" => json!({
            "oneOf": one_of(&["at", "every", "weekly", "monthly", "dates"]),
            "dependentRequired": { "start": ["every"] },
        }),
        "fault_schedule" => json!({ "oneOf": one_of(&["weekly", "monthly", "windows"]) }),
        "template" => json!({ "properties": { "template": false, "parent": false } }),
        "generator" => never_together(&["total", "each"]),
        "expectation" => bounds(),
        _ => return None,
    })
}

/// One bound at most, in the unit of the metric.
fn bounds() -> Value {
    let bounds = ["at_most", "at_least", "equals"];
    let mut all = vec![
        never_together(&bounds[..2]),
        never_together(&bounds[1..]),
        never_together(&["at_most", "equals"]),
    ];
    for (unit, kind) in [(Unit::Time, "duration"), (Unit::Share, "share"), (Unit::Count, "amount")]
    {
        let metrics: Vec<&str> =
            Metric::ALL.into_iter().filter(|one| one.unit() == unit).map(Metric::name).collect();
        let value = json!({ "$ref": format!("#/$defs/{kind}") });
        let of_unit: Map<String, Value> =
            bounds.iter().map(|bound| ((*bound).to_owned(), value.clone())).collect();
        all.push(json!({
            "if": { "properties": { "metric": { "enum": metrics } }, "required": ["metric"] },
            "then": { "properties": of_unit },
        }));
    }
    json!({ "allOf": all })
}

/// What must be there in a file that extends no other: there it may stand in that one.
pub(super) fn of_a_whole() -> Value {
    let each = |what: Value| json!({ "additionalProperties": what });
    let required = |keys: &[&str]| json!({ "required": keys });
    json!({
        "required": ["name", "start"],
        "properties": {
            "params": each(required(&["type"])),
            "catalogue": { "properties": { "releases": each(required(&["when", "metadata"])) } },
            "generate": each(json!({ "required": ["code"], "oneOf": one_of(&["total", "each"]) })),
            "overrides": each(required(&["where", "set"])),
            "operations": each(required(&["at", "do"])),
            "faults": each(required(&["do", "when"])),
            "expect": each(json!({
                "required": ["metric"],
                "oneOf": one_of(&["at_most", "at_least", "equals"]),
                "properties": { "must_hold": required(&["in"]) },
            })),
        },
    })
}
