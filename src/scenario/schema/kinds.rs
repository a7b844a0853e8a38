//! The kinds of values that stand in maps.

use serde_json::{Map, Value, json};

/// What a word of the table in `maps` stands for: `NAME`, `map:NAME`, `many:NAME` (one or a list),
/// `words:a|b`, `either:X/Y`.
pub(super) fn of(kind: &str) -> Value {
    match kind.split_once(':') {
        Some(("map", inner)) => json!({
            "type": "object",
            "propertyNames": { "$ref": "#/$defs/name" },
            "additionalProperties": of(inner),
        }),
        Some(("many", inner)) => {
            json!({ "anyOf": [of(inner), { "type": "array", "minItems": 1, "items": of(inner) }] })
        }
        Some(("words", words)) => {
            let words: Vec<&str> = words.split('|').collect();
            json!({ "anyOf": [{ "enum": words }, { "$ref": "#/$defs/parameter_use" }] })
        }
        Some(("either", kinds)) => {
            json!({ "anyOf": kinds.split('/').map(of).collect::<Vec<_>>() })
        }
        // one key, its value behind it
        Some(("one", choice)) => {
            let (key, inner) = choice.split_once('=').unwrap_or((choice, "any"));
            json!({
                "type": "object",
                "properties": { key: of(inner) },
                "required": [key],
                "additionalProperties": key == "weekly" || key == "monthly" || inner == "beside",
            })
        }
        _ => json!({ "$ref": format!("#/$defs/{kind}") }),
    }
}

fn pattern(pattern: &str, example: &str) -> Value {
    json!({
        "anyOf": [
            { "type": "string", "pattern": pattern, "examples": [example] },
            { "$ref": "#/$defs/parameter_use" },
        ]
    })
}

/// Everything that is no map.
pub(super) fn definitions() -> Map<String, Value> {
    let all = [
        ("any", json!({})),
        ("parameter_use", json!({ "type": "string", "pattern": r"^\$\{[A-Za-z0-9._-]+\}$" })),
        ("name", json!({ "type": "string", "pattern": r"^[A-Za-z0-9._-]+$", "maxLength": 100 })),
        ("text", json!({ "type": "string" })),
        ("truth", json!({ "anyOf": [{ "type": "boolean" }, { "$ref": "#/$defs/parameter_use" }] })),
        ("label", json!({ "type": "string", "maxLength": 100, "pattern": r"^([^=+\-@].*)?$" })),
        (
            "count",
            json!({ "anyOf": [{ "type": "integer", "minimum": 0 }, { "$ref": "#/$defs/parameter_use" }] }),
        ),
        ("number", json!({ "anyOf": [{ "type": "number" }, { "$ref": "#/$defs/parameter_use" }] })),
        ("duration", pattern(r"^([0-9]+(\.[0-9]+)?(us|ms|s|min|h|d|w))+$", "1h30min")),
        ("bytes", pattern(r"^[0-9]+(\.[0-9]+)? ?(B|KB|MB|GB|TB|KiB|MiB|GiB)$", "48 MB")),
        (
            "rate",
            pattern(r"^[0-9]+(\.[0-9]+)? ?([KMG]?bit/s|[KMG]?bps|[KMG]?B/s|[KM]iB/s)$", "2 Mbit/s"),
        ),
        (
            "share",
            json!({
                "anyOf": [
                    { "type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?%$", "examples": ["25%"] },
                    { "type": "number", "minimum": 0, "maximum": 1 },
                    { "$ref": "#/$defs/parameter_use" },
                ]
            }),
        ),
        (
            "time",
            pattern(
                r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?$",
                "2026-01-13 22:00",
            ),
        ),
        ("time_of_day", pattern(r"^[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?$", "22:00")),
        (
            "code",
            json!({ "type": "string", "pattern": "^[A-Z0-9]{3,8}$", "not": { "enum": ["AUX", "CON", "NUL", "PRN", "SMS", "ENV"] } }),
        ),
        (
            "scenario_name",
            json!({ "type": "string", "pattern": "^[a-z0-9][a-z0-9-]*$", "maxLength": 100 }),
        ),
        (
            "sites",
            json!({
                "type": "object",
                "propertyNames": { "$ref": "#/$defs/code" },
                "additionalProperties": { "anyOf": [{ "$ref": "#/$defs/site" }, { "type": "null" }] },
            }),
        ),
        (
            "labels",
            json!({ "type": "object", "propertyNames": { "$ref": "#/$defs/name" }, "additionalProperties": { "$ref": "#/$defs/label" } }),
        ),
        (
            "distribution",
            of(
                "either:duration/one:constant=duration/one:uniform=uniform/one:triangular=triangular/one:exponential=exponential/one:normal=normal/one:lognormal=lognormal/one:weibull=weibull/one:gamma=gamma/one:empirical=any",
            ),
        ),
        ("work", of("either:distribution/work_by_parts")),
        (
            "recurrence",
            of(
                "either:words:never/one:simple=simple/one:weekly=weekly/one:monthly=monthly/one:dates=any",
            ),
        ),
        ("calendar", of("either:words:never/calendar_map")),
        (
            "calendar_map",
            json!({
                "type": "object",
                "properties": {
                    "at": of("time"), "every": of("duration"), "start": of("time"), "weekly": of("weekly"),
                    "monthly": of("monthly"), "dates": { "type": "array" }, "timezone": of("text"),
                },
                "additionalProperties": false,
            }),
        ),
        (
            "operation_kind",
            of(
                "either:words:run_synchronization/one:run_synchronization=run_synchronization/one:set_criteria=criteria/one:set_schedule=recurrence/one:install_sup=at_site/one:remove_sup=at_site/one:move_site=move_site/one:publish_locally=publish_locally",
            ),
        ),
        (
            "effect",
            of(
                "either:words:link_down|site_down|sup_down|internet_sup_down|source_down|wsus_not_configured|database_fails|licence_terms_missing|lose_request|lose_package|duplicate_package|reorder_packages/one:fail_sync=fail_sync/one:link_slow=link_slow/one:slow=slow/one:delay_package=distribution",
            ),
        ),
        (
            "occurs",
            of(
                "either:one:window=window/one:schedule=any/one:renewal=renewal/one:per_attempt=share/one:attempts=attempt_numbers",
            ),
        ),
        (
            "attempt_numbers",
            json!({ "type": "array", "minItems": 1, "items": { "type": "integer", "minimum": 1 } }),
        ),
        ("pick", of("either:words:all|one/one:count=count/one:percent=share")),
        ("source_kind", of("either:words:microsoft_update|none/one:wsus=any")),
        ("sup_kind", of("either:words:none/sup")),
        ("bandwidth", of("either:words:unlimited/rate/one:hourly=any")),
        ("route_rate", of("either:words:unlimited/one:hourly=any/one:pulse=pulse")),
    ];
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
