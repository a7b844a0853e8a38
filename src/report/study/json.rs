//! What a study says, for a program. Numbers have the digits of the tables.

use serde_json::{Map, Value, json};

use super::cheapest::Cheapest;
use super::hours::{Hours, Keeps};
use super::{PointTold, StudyTold};
use crate::experiment::{Contrast, Difference};
use crate::report::digits;
use crate::scenario::{Adjust, Better, Method, Unit};

/// The number of this form.
const FORM: u32 = 1;

/// The whole answer as one document, ending with a line end.
pub fn study_json(told: &StudyTold<'_>) -> String {
    let (study, compare) = (told.study, &told.study.compare);
    let metrics = compare.metrics.iter().map(|metric| {
        let unit = metric.metric.unit();
        json!({
            "name": metric.name,
            "metric": metric.metric.name(),
            "unit": unit.name(),
            "better": match metric.better {
                Better::Lower => "lower",
                Better::Higher => "higher",
                Better::Neither => "neither",
            },
            "matters_from": number(unit, metric.matters_from as f64),
        })
    });
    let failed = told.points.iter().flat_map(|one| one.tried).filter(|it| it.result.is_err());
    let document = json!({
        "study": FORM,
        "version": env!("CARGO_PKG_VERSION"),
        "name": study.name,
        "question": study.question,
        "seed": told.seed,
        "common_random_numbers": study.common_random_numbers,
        "baseline": compare.baseline.map(|it| &study.designs[it]),
        "confidence": plain(compare.confidence, 6),
        "method": match compare.method {
            Method::PairedT => "paired_t",
            Method::WelchT => "welch_t",
        },
        "adjust": match compare.adjust {
            Adjust::Holm => "holm",
            Adjust::None => "none",
        },
        "metrics": metrics.collect::<Vec<_>>(),
        "points": told.points.iter().enumerate().map(|(at, one)| point(told, at, one)).collect::<Vec<_>>(),
        "differences": told.contrasts.iter().map(|it| contrast(told, it)).collect::<Vec<_>>(),
        "cheapest": (0..study.settings.len()).filter_map(|it| cheapest(told, it)).collect::<Vec<_>>(),
        "sensitivity": sensitivity(told),
        "best_hour": best_hour(told),
        "failed_runs": failed.count(),
    });
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn number(unit: Unit, value: f64) -> Value {
    serde_json::from_str(&digits::in_unit(unit, value)).unwrap_or(Value::Null)
}

fn plain(value: f64, decimals: usize) -> Value {
    serde_json::from_str(&digits::shortest(value, decimals)).unwrap_or(Value::Null)
}

fn point(told: &StudyTold<'_>, number_of: usize, one: &PointTold<'_>) -> Value {
    let study = told.study;
    let means = study.compare.metrics.iter().enumerate().map(|(place, metric)| {
        let measured = one.runs().watched(place).iter().any(Option::is_some);
        let mean = match one.mean(place) {
            Some(mean) => number(metric.metric.unit(), mean),
            None if measured => json!("never"),
            None => Value::Null,
        };
        (metric.name.clone(), mean)
    });
    json!({
        "point": number_of + 1,
        "design": study.designs[one.point.design],
        "levels": levels(told, one),
        "knob": study.knob(one.point).map(|(name, value)| json!({ "name": name, "value": value })),
        "scenario": one.key,
        "replications": one.tried.len(),
        "failed_runs": one.tried.iter().filter(|it| it.result.is_err()).count(),
        "means": means.collect::<Map<_, _>>(),
        "synchronisations": one.activity().map(|it| plain(it.attempts, 3)),
        "at_once_at_most": one.activity().map(|it| it.busiest),
        "broken": one.broken().collect::<Vec<_>>(),
    })
}

/// Each factor and how it stands.
fn levels(told: &StudyTold<'_>, one: &PointTold<'_>) -> Map<String, Value> {
    let names = told.study.factors.iter().map(|factor| factor.name.clone());
    names.zip(told.study.levels(one.point).into_iter().map(Value::from)).collect()
}

/// The pairs, the means and the interval of a difference.
fn difference(unit: Unit, it: &Difference) -> Map<String, Value> {
    let mean = |level: &crate::experiment::Level| match level.mean {
        Some(mean) => number(unit, mean),
        None => json!("never"),
    };
    let end = |side: f64| Some(number(unit, it.mean? + side * it.half_width?));
    let cells = [
        ("n", json!(it.pairs)),
        ("baseline_mean", mean(&it.base)),
        ("mean", mean(&it.design)),
        ("difference", json!(it.mean.map(|mean| number(unit, mean)))),
        ("ci_low", json!(end(-1.0))),
        ("ci_high", json!(end(1.0))),
    ];
    cells.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn contrast(told: &StudyTold<'_>, it: &Contrast) -> Value {
    let study = told.study;
    let metric = &study.compare.metrics[it.metric];
    let setting = study.settings[it.setting].iter().zip(&study.factors);
    let levels = setting
        .map(|(level, factor)| (factor.name.clone(), Value::from(factor.levels[*level].as_str())));
    let mut cells = difference(metric.metric.unit(), &it.difference);
    cells.insert("design".to_owned(), json!(study.designs[it.design]));
    cells.insert("levels".to_owned(), Value::Object(levels.collect()));
    cells.insert("metric".to_owned(), json!(metric.name));
    cells.insert("p_adjusted".to_owned(), plain(it.adjusted, 6));
    cells.insert("verdict".to_owned(), json!(it.judgement.name()));
    Value::Object(cells)
}

fn cheapest(told: &StudyTold<'_>, setting: usize) -> Option<Value> {
    let found = Cheapest::of(told, setting)?;
    let is_here = |one: &&PointTold<'_>| one.point.setting == Some(setting);
    let first = told.points.iter().find(is_here)?;
    let changed = found.best.and_then(|best| told.changes[best.point.design].as_ref());
    Some(json!({
        "levels": levels(told, first),
        "goals": found.goals,
        "design": found.best.map(|best| &told.study.designs[best.point.design]),
        "values_changed": changed.map(|it| it.iter().map(|change| change.count).sum::<usize>()),
        "shown": found.best.map(|_| found.unsure.is_none()),
    }))
}

fn sensitivity(told: &StudyTold<'_>) -> Option<Value> {
    let asked = told.study.sensitivity.as_ref()?;
    let metric = &told.study.compare.metrics[asked.of];
    let turned = told.swings.iter().map(|swing| {
        let knob = &asked.knobs[swing.knob.0];
        let it = swing.difference.as_ref();
        let mut cells = it.map_or_else(Map::new, |it| difference(metric.metric.unit(), it));
        cells.insert("knob".to_owned(), json!(knob.name));
        cells.insert("value".to_owned(), json!(knob.levels[swing.knob.1]));
        cells.insert("assumed".to_owned(), json!(told.assumed.get(swing.knob.0)));
        Value::Object(cells)
    });
    Some(json!({
        "metric": metric.name,
        "design": told.study.designs[asked.at],
        "turned": turned.collect::<Vec<_>>(),
    }))
}

fn best_hour(told: &StudyTold<'_>) -> Option<Value> {
    let hours = Hours::of(told)?;
    let each = hours.each.iter().enumerate().map(|(place, hour)| {
        let it = hour.difference.as_ref();
        let mut cells = it.map_or_else(Map::new, |it| difference(hours.metric.metric.unit(), it));
        cells.insert("hour".to_owned(), json!(hour.clock));
        cells.insert("as_it_is".to_owned(), json!(hour.is_today));
        cells.insert("not_surely_worse".to_owned(), json!(hours.as_good.contains(&place)));
        cells.insert("breaks_limit".to_owned(), json!(hour.kept == Keeps::Broken));
        Value::Object(cells)
    });
    Some(json!({
        "metric": hours.metric.name,
        "design": hours.design.0,
        "knob": hours.asked.knob,
        "limit": hours.asked.limit,
        "best": hours.best.map(|best| hours.each[best].clock),
        "hours": each.collect::<Vec<_>>(),
    }))
}
