//! The tables of what is asked of a run: each replication, all of them together, and samples.

use std::io;

use super::super::many::sites;
use super::super::run::kind_name;
use super::super::{Many, Run};
use super::{Sink, Table, seconds};
use crate::experiment::alone;
use crate::measure::{Figure, series};
use crate::scenario::{Expectation, Unit, WHOLE};

/// The confidence of the intervals in `summary.csv`.
const CONFIDENCE: f64 = 0.95;

/// One row for each expectation and replication.
pub(super) fn expectations(run: &Run<'_>, many: &Many<'_>, sink: &mut dyn Sink) -> io::Result<()> {
    let mut table = Table::new(run, sink);
    table.head(&["expectation", "metric", "stat", "selector", "unit"]);
    table.head_numbers(&["value"]);
    table.head(&["bound"]);
    table.head_numbers(&["wanted"]);
    table.head(&["verdict"]);
    table.end_head()?;
    for (position, asked) in run.scenario.expectations.iter().enumerate() {
        for replication in many.replications {
            let got = replication.values[position];
            table.begin_of(Some(replication.number))?;
            question(&mut table, run, asked)?;
            table.decimal(&figure(asked.metric.unit(), got))?;
            table.text(asked.wanted.bound.name())?;
            table.decimal(&number(asked.metric.unit(), asked.wanted.value))?;
            table.text(alone(asked, got).name())?;
            table.end()?;
        }
    }
    table.finish()
}

/// One row for each expectation: all replications together.
pub(super) fn summary(run: &Run<'_>, many: &Many<'_>, sink: &mut dyn Sink) -> io::Result<()> {
    let mut table = Table::new(run, sink);
    table.head(&["expectation", "metric", "stat", "selector", "unit"]);
    table.head_whole(&["n"]);
    table.head_numbers(&["mean", "sd", "min", "p5", "p50", "p95", "max", "ci_low", "ci_high"]);
    table.head_numbers(&["p50_low", "p50_high", "p95_low", "p95_high"]);
    table.head_numbers(&["confidence"]);
    table.head_whole(&["held"]);
    table.head_numbers(&["held_low", "held_high"]);
    table.head(&["bound"]);
    table.head_numbers(&["wanted"]);
    table.head(&["verdict"]);
    table.end_head()?;
    for (asked, answer) in run.scenario.expectations.iter().zip(many.answers) {
        let unit = asked.metric.unit();
        table.begin_of(None)?;
        question(&mut table, run, asked)?;
        table.number(answer.held.of)?;
        match &answer.moments {
            None => table.empty(13)?,
            Some(moments) => {
                table.decimal(&decimals(unit, moments.mean))?;
                table.decimal(&moments.sd.map(|sd| decimals(unit, sd)).unwrap_or_default())?;
                let quantiles = [5, 50, 95].map(|percent| moments.percent(percent));
                for value in [&[moments.min()], &quantiles[..], &[moments.max()]].concat() {
                    table.decimal(&number(unit, value))?;
                }
                match moments.interval(CONFIDENCE) {
                    None => table.empty(2)?,
                    Some((low, high)) => {
                        table.decimal(&decimals(unit, low))?;
                        table.decimal(&decimals(unit, high))?;
                    }
                }
                for percent in [50, 95] {
                    let (low, high) = moments.interval_of_percent(percent, CONFIDENCE);
                    for end in [low, high] {
                        table.decimal(&end.map(|end| number(unit, end)).unwrap_or_default())?;
                    }
                }
            }
        }
        table.decimal(&CONFIDENCE.to_string())?;
        table.number(answer.held.held)?;
        if answer.held.of > 0 {
            let (low, high) = answer.held.between(CONFIDENCE);
            table.decimal(&fixed(low, 9))?;
            table.decimal(&fixed(high, 9))?;
        } else {
            table.empty(2)?;
        }
        table.text(asked.wanted.bound.name())?;
        table.decimal(&number(unit, asked.wanted.value))?;
        table.text(answer.verdict.name())?;
        table.end()?;
    }
    table.finish()
}

/// One row for each metric, group of sites and sample; nothing but the head when no samples were
/// asked for.
pub(super) fn samples(run: &Run<'_>, sink: &mut dyn Sink) -> io::Result<()> {
    let mut table = Table::new(run, sink);
    table.head(&["metric", "selector", "unit"]);
    table.head_time("time");
    table.head_numbers(&["value"]);
    table.end_head()?;
    let every = run.scenario.series_every;
    let samples = every.map(|every| series(run.scenario, run.outcome, every));
    for sample in samples.into_iter().flatten() {
        table.begin()?;
        table.text(sample.metric)?;
        table.text(sample.kind.map_or("all", kind_name))?;
        table.text(sample.unit.name())?;
        table.time(Some(sample.at))?;
        match sample.unit {
            Unit::Time => table.decimal(&seconds(sample.value))?,
            Unit::Share | Unit::Count => table.number(sample.value)?,
        }
        table.end()?;
    }
    table.finish()
}

fn question(table: &mut Table<'_>, run: &Run<'_>, asked: &Expectation) -> io::Result<()> {
    table.text(&asked.name)?;
    table.text(asked.metric.name())?;
    table.text(&asked.stat.to_string())?;
    table.text(&sites(run, &asked.sites))?;
    table.text(asked.metric.unit().name())
}

/// A value, exactly; empty when there is none, `inf` for a time that never comes.
fn figure(unit: Unit, figure: Option<Figure>) -> String {
    match figure {
        None => String::new(),
        Some(Figure::Never) => "inf".to_owned(),
        Some(Figure::Of(value)) => number(unit, value),
    }
}

/// A value in seconds, or as a number, exactly.
fn number(unit: Unit, value: u64) -> String {
    match unit {
        Unit::Time => seconds(value),
        Unit::Share | Unit::Count => {
            let rest = format!(".{:09}", value % WHOLE);
            format!("{}{}", value / WHOLE, rest.trim_end_matches('0').trim_end_matches('.'))
        }
    }
}

/// A share, exactly.
pub(super) fn share(value: u64) -> String {
    number(Unit::Share, value)
}

/// What floats have made of values, to the smallest step of their unit.
fn decimals(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Time => fixed(value / 1_000_000.0, 6),
        Unit::Share | Unit::Count => fixed(value / WHOLE as f64, 9),
    }
}

fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_exact_as_they_were_counted() {
        assert_eq!(number(Unit::Time, 1_500_000), "1.5");
        assert_eq!(number(Unit::Share, 896_000_000), "0.896");
        assert_eq!(number(Unit::Count, 104 * WHOLE), "104");
        assert_eq!(number(Unit::Count, 1), "0.000000001");
        assert_eq!(decimals(Unit::Time, 1_234_567.8), "1.234568");
        assert_eq!(decimals(Unit::Count, 0.0), "0");
        assert_eq!(figure(Unit::Time, Some(Figure::Never)), "inf");
        assert_eq!(figure(Unit::Time, None), "");
    }
}
