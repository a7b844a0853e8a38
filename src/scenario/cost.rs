//! How long something takes: distributions and costs.

use std::sync::Arc;

use serde_yaml::{Mapping, Value as Written};

use super::mapping::{named, one, put};
use super::reader::{Reader, nearest};
use super::shape::Fields;
use super::source::Place;
use super::yaml::{Node, Value};
use super::{Work, limits, quantity};
use crate::kernel::Distribution;
use crate::units::Duration;

impl Reader {
    pub fn distribution(&mut self, node: &Node<'_>, what: &str) -> Option<Distribution> {
        if !matches!(node.value, Value::Map(_)) {
            return self.duration(node, what).map(Distribution::Constant);
        }
        let kinds = [
            "constant",
            "uniform",
            "triangular",
            "exponential",
            "normal",
            "lognormal",
            "weibull",
            "gamma",
            "empirical",
        ];
        let choice = self.choice(node, "a distribution", &[], &kinds, &[], &[])?;
        let value = choice.value?;
        let distribution = match choice.word {
            "constant" => return self.duration(value, what).map(Distribution::Constant),
            "empirical" => return self.empirical(value),
            kind => self.by_parameters(kind, value)?,
        };
        if let Err(note) = consistent(&distribution) {
            self.error("E0213", choice.place, "this distribution cannot be drawn from", note);
            return None;
        }
        Some(distribution)
    }

    fn by_parameters(&mut self, kind: &str, value: &Node<'_>) -> Option<Distribution> {
        let what = format!("`{kind}`");
        let keys: &[&str] = match kind {
            "uniform" => &["min", "max"],
            "triangular" => &["min", "mode", "max"],
            "exponential" => &["mean"],
            "normal" => &["mean", "sd", "min", "max"],
            "lognormal" => &["median", "p95"],
            "weibull" => &["mean", "shape"],
            _ => &["mean", "cv"],
        };
        let fields = self.fields(value, &what, keys, &[])?;
        let mut number = |key: &str, example: &str| -> Option<Duration> {
            let node = self.required(&fields, key, &what, example)?;
            self.duration(node, key)
        };
        Some(match kind {
            "uniform" => {
                let (min, max) = (number("min", "min: 5min"), number("max", "max: 10min"));
                Distribution::Uniform { min: min?, max: max? }
            }
            "triangular" => {
                let (min, mode) = (number("min", "min: 5min"), number("mode", "mode: 7min"));
                Distribution::Triangular {
                    min: min?,
                    mode: mode?,
                    max: number("max", "max: 10min")?,
                }
            }
            "exponential" => Distribution::Exponential { mean: number("mean", "mean: 5min")? },
            "lognormal" => {
                let (median, p95) =
                    (number("median", "median: 12min"), number("p95", "p95: 40min"));
                Distribution::Lognormal { median: median?, p95: p95? }
            }
            "normal" => {
                let (mean, sd) = (number("mean", "mean: 5min"), number("sd", "sd: 1min"));
                let min = match fields.get("min") {
                    Some(node) => self.duration(node, "min")?,
                    None => Duration::ZERO,
                };
                let max = match fields.get("max") {
                    Some(node) => Some(self.duration(node, "max")?),
                    None => None,
                };
                Distribution::Normal { mean: mean?, sd: sd?, min, max }
            }
            "weibull" => {
                let mean = number("mean", "mean: 5min");
                let shape = self.ratio(&fields, "shape", &what);
                Distribution::Weibull { mean: mean?, shape: shape? }
            }
            _ => {
                let mean = number("mean", "mean: 5min");
                let cv = self.ratio(&fields, "cv", &what);
                Distribution::Gamma { mean: mean?, cv: cv? }
            }
        })
    }

    fn ratio(&mut self, fields: &Fields<'_, '_>, key: &str, what: &str) -> Option<f64> {
        let node = self.required(fields, key, what, &format!("{key}: 1.5"))?;
        let text = self.scalar(node, key)?;
        self.check(node.place, quantity::ratio(text))
    }

    fn empirical(&mut self, node: &Node<'_>) -> Option<Distribution> {
        if matches!(node.value, Value::Map(_)) {
            return self.empirical_file(node);
        }
        let list = self.list(node, "`empirical`", "empirical: [3min, 5min]")?;
        let values: Vec<Option<Duration>> =
            list.iter().map(|node| self.duration(node, "a value")).collect();
        let mut values: Vec<Duration> = values.into_iter().collect::<Option<_>>()?;
        values.sort_unstable();
        Some(Distribution::Empirical(Arc::from(values)))
    }

    /// The durations in a column of a file, each as likely.
    fn empirical_file(&mut self, node: &Node<'_>) -> Option<Distribution> {
        let fields = self.fields(node, "`empirical`", &["file", "column"], &[])?;
        let file = self.required(&fields, "file", "`empirical`", "file: pulls.csv");
        let column = self.required(&fields, "column", "`empirical`", "column: pull");
        let (file, column) = (file?, column?);
        let (name, column) = (self.text(file, "`file`")?, self.text(column, "`column`")?);
        let named = self.named_file(file.place, name)?;
        let table = self.table(file.place, &named, limits::VALUES)?;
        let column = self.column(Place::whole(named.file), &table, column)?;
        let mut values = Vec::with_capacity(table.rows().len());
        for row in table.rows().iter().filter(|row| !row.cell(column).is_empty()) {
            values.push(self.check(row.place, quantity::duration(row.cell(column)))?);
        }
        if values.is_empty() {
            let note = "write one duration with its unit in each row, e.g. 70.9s";
            self.error("E0346", file.place, "there is no value in this column", note);
            return None;
        }
        values.sort_unstable();
        Some(Distribution::Empirical(Arc::from(values)))
    }

    /// A duration, a distribution, or a cost by parts.
    pub fn work(&mut self, node: &Node<'_>, what: &str) -> Option<Work> {
        let parts = ["base", "per_update", "per_known"];
        let by_parts = matches!(&node.value, Value::Map(entries)
            if entries.is_empty() || entries.iter().any(|entry| nearest(&entry.key, parts.into_iter()).is_some()));
        if !by_parts {
            let base = self.distribution(node, what)?;
            return Some(Work { base, per_update: Duration::ZERO, per_known: Duration::ZERO });
        }
        let fields = self.fields(node, what, &parts, &[])?;
        let base = fields.get("base").map(|node| self.distribution(node, "`base`"));
        let per_update =
            fields.get("per_update").map(|node| self.small_duration(node, "`per_update`"));
        let per_known =
            fields.get("per_known").map(|node| self.small_duration(node, "`per_known`"));
        Some(Work {
            base: base.unwrap_or(Some(Distribution::Constant(Duration::ZERO)))?,
            per_update: per_update.unwrap_or(Some(Duration::ZERO))?,
            per_known: per_known.unwrap_or(Some(Duration::ZERO))?,
        })
    }

    fn small_duration(&mut self, node: &Node<'_>, what: &str) -> Option<Duration> {
        let duration = self.duration(node, what)?;
        if duration > limits::PER_UPDATE {
            self.error(
                "E0208",
                node.place,
                format!("{what} is out of range"),
                "at most 1h for each update",
            );
            return None;
        }
        Some(duration)
    }
}

/// Can it be drawn from? If not, why.
fn consistent(distribution: &Distribution) -> Result<(), &'static str> {
    let unless = |bad: bool, note| if bad { Err(note) } else { Ok(()) };
    match distribution {
        Distribution::Constant(_) | Distribution::Empirical(_) => Ok(()),
        Distribution::Uniform { min, max } => unless(min > max, "`min` is longer than `max`"),
        Distribution::Triangular { min, mode, max } => unless(
            min > mode || mode > max || min == max,
            "`mode` must lie between `min` and `max`, and they must differ",
        ),
        Distribution::Lognormal { median, p95 } => unless(
            median.is_zero() || p95 <= median,
            "`p95` must be longer than `median`, and `median` longer than nothing",
        ),
        Distribution::Normal { mean, sd, min, max } => {
            // drawn inside the bounds, which must therefore be likely to be met
            let reach = *sd * 3;
            let apart =
                *min > *mean + reach || max.is_some_and(|max| max < mean.saturating_sub(reach));
            let empty = max.is_some_and(|max| max <= *min);
            unless(
                sd.is_zero() || empty || apart,
                "`sd` must be longer than nothing, `min` shorter than `max`, both within three `sd` of `mean`",
            )
        }
        Distribution::Exponential { mean }
        | Distribution::Weibull { mean, .. }
        | Distribution::Gamma { mean, .. } => {
            unless(mean.is_zero(), "`mean` must be longer than nothing")
        }
    }
}

/// The way it is written.
pub(super) fn written(work: &Work) -> Written {
    if work.per_update.is_zero() && work.per_known.is_zero() {
        return written_distribution(&work.base);
    }
    let mut map = Mapping::new();
    put(&mut map, "base", written_distribution(&work.base));
    put(&mut map, "per_update", work.per_update.to_string());
    put(&mut map, "per_known", work.per_known.to_string());
    map.into()
}

/// The way it is written.
pub(super) fn written_distribution(distribution: &Distribution) -> Written {
    let (kind, parameters): (&str, Vec<(&str, Written)>) = match distribution {
        Distribution::Constant(length) => return length.to_string().into(),
        Distribution::Empirical(values) => {
            let values: Vec<Written> =
                values.iter().map(|value| value.to_string().into()).collect();
            return one("empirical", values);
        }
        Distribution::Uniform { min, max } => {
            ("uniform", vec![("min", text(*min)), ("max", text(*max))])
        }
        Distribution::Triangular { min, mode, max } => {
            ("triangular", vec![("min", text(*min)), ("mode", text(*mode)), ("max", text(*max))])
        }
        Distribution::Exponential { mean } => ("exponential", vec![("mean", text(*mean))]),
        Distribution::Normal { mean, sd, min, max } => {
            let mut all = vec![("mean", text(*mean)), ("sd", text(*sd)), ("min", text(*min))];
            all.extend(max.map(|max| ("max", text(max))));
            ("normal", all)
        }
        Distribution::Lognormal { median, p95 } => {
            ("lognormal", vec![("median", text(*median)), ("p95", text(*p95))])
        }
        Distribution::Weibull { mean, shape } => {
            ("weibull", vec![("mean", text(*mean)), ("shape", (*shape).into())])
        }
        Distribution::Gamma { mean, cv } => {
            ("gamma", vec![("mean", text(*mean)), ("cv", (*cv).into())])
        }
    };
    one(kind, named(parameters.into_iter()))
}

fn text(length: Duration) -> Written {
    length.to_string().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::yaml;

    fn read(text: &str) -> Option<Work> {
        let mut reader = Reader::new();
        let node = yaml::parse(&mut reader, text)?;
        reader.work(&node, "a step")
    }

    #[test]
    fn a_cost_is_a_duration_a_distribution_or_parts() {
        let minutes = |n| Distribution::Constant(Duration::from_mins(n));
        assert_eq!(read("5min").unwrap().base, minutes(5));
        assert_eq!(read("{ constant: 5min }").unwrap().base, minutes(5));
        let parts = read("{ base: 5min, per_update: 400ms }").unwrap();
        assert_eq!(
            (parts.base, parts.per_update, parts.per_known),
            (minutes(5), Duration::from_millis(400), Duration::ZERO)
        );
        assert_eq!(read("{ per_known: 1ms }").unwrap().base, minutes(0));
        let empirical = read("{ empirical: [5min, 3min] }").unwrap().base;
        assert_eq!(
            empirical,
            Distribution::Empirical(Arc::from([Duration::from_mins(3), Duration::from_mins(5)]))
        );
    }

    #[test]
    fn what_could_never_be_drawn_is_refused() {
        for text in [
            "{ uniform: { min: 2s, max: 1s } }",
            "{ triangular: { min: 1s, mode: 1s, max: 1s } }",
            "{ triangular: { min: 1s, mode: 9s, max: 5s } }",
            "{ lognormal: { median: 0s, p95: 1s } }",
            "{ normal: { mean: 1min, sd: 0s } }",
            "{ normal: { mean: 1min, sd: 1s, min: 2min } }",
            "{ exponential: { mean: 0s } }",
            "{ gamma: { mean: 1s, cv: 0 } }",
            "{ gamma: { mean: 1s, cv: -1 } }",
            "{ weibull: { mean: 1s, shape: 1e400 } }",
            "{ empirical: [] }",
            "{ per_update: 2h }",
            "{}x",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
