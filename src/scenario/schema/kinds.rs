//! The kinds of values that stand in maps.

use serde_json::{Map, Value, json};

use super::super::expect::HOLDERS;
use super::super::profile::PROFILES;
use super::super::{Metric, ParameterType};
use super::maps::SITE;

/// What a word of the table in `maps` stands for: `NAME`, `map:NAME`, `many:NAME` (one or a list),
/// `words:a|b`, `either:X/Y`.
pub(super) fn of(kind: &str) -> Value {
    match kind.split_once(':') {
        Some(("map", inner)) => json!({
            "type": "object",
            "propertyNames": { "$ref": "#/$defs/name" },
            // nothing there takes away what a file below has
            "additionalProperties": { "anyOf": [of(inner), { "type": "null" }] },
        }),
        Some(("many", inner)) => {
            json!({ "anyOf": [of(inner), { "type": "array", "minItems": 1, "items": of(inner) }] })
        }
        Some(("words", words)) => words_of(words.split('|')),
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
                "additionalProperties": false,
            })
        }
        _ => json!({ "$ref": format!("#/$defs/{kind}") }),
    }
}

fn words_of<'w>(words: impl Iterator<Item = &'w str>) -> Value {
    let words: Vec<&str> = words.collect();
    json!({ "anyOf": [{ "enum": words }, { "$ref": "#/$defs/parameter_use" }] })
}

/// `20:00-06:00`, and `Mon-Fri` or `Sat, Sun`.
const WINDOW: &str =
    "^ *([01][0-9]|2[0-3]):[0-5][0-9] *- *(([01][0-9]|2[0-3]):[0-5][0-9]|24:00) *$";
const DAYS: &str = "^ *(Mon|Tue|Wed|Thu|Fri|Sat|Sun) *(- *(Mon|Tue|Wed|Thu|Fri|Sat|Sun) *)?\
                    (, *(Mon|Tue|Wed|Thu|Fri|Sat|Sun) *(- *(Mon|Tue|Wed|Thu|Fri|Sat|Sun) *)?)*$";

/// A value for each window of the day.
fn by_hours(inner: &str) -> Value {
    json!({
        "type": "object",
        "minProperties": 1,
        "propertyNames": { "pattern": WINDOW },
        "additionalProperties": of(inner),
    })
}

/// The keys of a site, and what stands inside them.
fn site_paths() -> String {
    let keys: Vec<&str> = SITE.iter().map(|(key, ..)| *key).collect();
    format!(r"^({})(\.[^.]+)*$", keys.join("|"))
}

fn whole_from_one(most: u64) -> Value {
    json!({ "anyOf": [
        { "type": "integer", "minimum": 1, "maximum": most },
        { "$ref": "#/$defs/parameter_use" },
    ] })
}

/// When a sender is open: always, or by days, by windows of them, by what may pass.
fn open() -> Value {
    let window = json!({ "type": "string", "pattern": WINDOW });
    let word = of("openness");
    let day = json!({ "anyOf": [
        window, word,
        { "type": "array", "minItems": 1, "items": window },
        by_hours("openness"),
    ] });
    json!({ "anyOf": [
        of("words:always"),
        {
            "type": "object",
            "minProperties": 1,
            "propertyNames": { "pattern": DAYS },
            "additionalProperties": day,
        },
    ] })
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
        ("any_map", json!({ "type": "object" })),
        (
            "levels",
            json!({
                "type": "object",
                "additionalProperties": { "type": "array", "minItems": 1 },
            }),
        ),
        ("exclusions", json!({ "type": "array", "minItems": 1, "items": { "type": "object" } })),
        ("parameter_use", json!({ "type": "string", "pattern": r"^\$\{[A-Za-z0-9._-]+\}$" })),
        ("name", json!({ "type": "string", "pattern": r"^[A-Za-z0-9._-]+$", "maxLength": 100 })),
        ("text", json!({ "type": "string" })),
        ("truth", json!({ "anyOf": [{ "type": "boolean" }, { "$ref": "#/$defs/parameter_use" }] })),
        ("label", json!({ "type": "string", "maxLength": 100, "pattern": r"^([^=+\-@].*)?$" })),
        (
            "count",
            json!({ "anyOf": [{ "type": "integer", "minimum": 0 }, { "$ref": "#/$defs/parameter_use" }] }),
        ),
        ("number", of("amount")),
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
                "either:one:window=window/one:schedule=fault_schedule/one:renewal=renewal/one:per_attempt=share/one:attempts=attempt_numbers",
            ),
        ),
        (
            "attempt_numbers",
            json!({ "type": "array", "minItems": 1, "items": { "type": "integer", "minimum": 1 } }),
        ),
        ("pick", of("either:words:all|one/one:count=count/one:percent=share")),
        ("source_kind", of("either:words:microsoft_update|none/one:wsus=any")),
        ("sup_kind", of("either:words:none/sup")),
        ("bandwidth", of("either:words:unlimited/rate/one:hourly=rates_by_hour")),
        ("route_rate", of("either:words:unlimited/one:hourly=shares_by_hour/one:pulse=pulse")),
        ("rates_by_hour", by_hours("rate")),
        ("shares_by_hour", by_hours("share")),
        ("openness", of("words:all|all_but_low|high|closed")),
        ("open", open()),
        ("metric", words_of(Metric::ALL.into_iter().map(Metric::name))),
        ("part", words_of(HOLDERS.iter().map(|(word, _)| *word))),
        ("profile", words_of(PROFILES.iter().map(|(word, _)| *word))),
        ("parameter_type", words_of(ParameterType::words())),
        ("stat", pattern(r"^(mean|min|max|sum|p[0-9]{1,3}(\.[0-9]{1,3})?)$", "p95")),
        (
            "amount",
            json!({ "anyOf": [
            { "type": "number", "minimum": 0 },
                { "type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$" },
            { "$ref": "#/$defs/parameter_use" },
        ] }),
        ),
        ("offset", pattern(r"^[+-]?([0-9]+(\.[0-9]+)?(us|ms|s|min|h|d|w))+$", "-90s")),
        ("version", json!({ "const": 1 })),
        (
            "paths",
            json!({
                "type": "object",
                "minProperties": 1,
                "propertyNames": { "pattern": site_paths() },
            }),
        ),
        ("replications", whole_from_one(100_000)),
        ("pulls", json!({ "anyOf": [of("words:unlimited"), whole_from_one(100_000)] })),
        (
            "quotas",
            json!({ "anyOf": [{ "type": "null" }, {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": of("share"),
        }] }),
        ),
        (
            "assign",
            json!({
                "type": "object",
                "patternProperties": { r"^(link|route|timezone|labels\..+)$": of("quotas") },
                "additionalProperties": false,
            }),
        ),
    ];
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
