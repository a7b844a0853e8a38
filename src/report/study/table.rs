//! The tables of a study: one row for each point, each replication, each difference, each knob.

use std::io::{self, Write};

use super::StudyTold;
use super::hours::Hours;
use crate::experiment::{Tried, half_width};
use crate::measure::Figure;
use crate::report::table::harmless;
use crate::report::{differences, digits};
use crate::scenario::Study;

/// A table of a study.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StudyTable {
    /// One row for each point.
    Points,
    /// One row for each value of each replication of each point.
    Replications,
    /// One row for each design, metric and setting, against the baseline.
    Differences,
    /// One row for each value of each knob.
    Sensitivity,
    /// One row for each hour of the day.
    BestHour,
}

impl StudyTable {
    /// All of them.
    pub const ALL: [StudyTable; 5] = [
        StudyTable::Points,
        StudyTable::Replications,
        StudyTable::Differences,
        StudyTable::Sensitivity,
        StudyTable::BestHour,
    ];

    /// The name of its file.
    pub const fn file(self) -> &'static str {
        match self {
            StudyTable::Points => "points.csv",
            StudyTable::Replications => "replications.csv",
            StudyTable::Differences => "differences.csv",
            StudyTable::Sensitivity => "sensitivity.csv",
            StudyTable::BestHour => "best_hour.csv",
        }
    }

    /// Does this study ask for it?
    pub const fn is_of(self, study: &Study) -> bool {
        match self {
            StudyTable::Points | StudyTable::Replications | StudyTable::Differences => true,
            StudyTable::Sensitivity => study.sensitivity.is_some(),
            StudyTable::BestHour => study.best_hour.is_some(),
        }
    }
}

type Csv<'w> = csv::Writer<&'w mut dyn Write>;

/// Writes a table of a study.
///
/// # Errors
/// What `out` says.
pub fn write_study_table(
    told: &StudyTold<'_>,
    table: StudyTable,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    match table {
        StudyTable::Points => points(told, &mut csv)?,
        StudyTable::Replications => replications(told, &mut csv)?,
        StudyTable::Differences => differences(told, &mut csv)?,
        StudyTable::Sensitivity => sensitivity(told, &mut csv)?,
        StudyTable::BestHour => best_hour(told, &mut csv)?,
    }
    csv.flush()
}

fn row(csv: &mut Csv<'_>, cells: &[String]) -> io::Result<()> {
    // what is a number is no formula, though it may begin with a minus
    let safe = |cell: &String| match cell.parse::<f64>() {
        Ok(_) => cell.clone(),
        Err(_) => harmless(cell),
    };
    Ok(csv.write_record(cells.iter().map(safe))?)
}

/// What tells one point from another.
fn place_head(told: &StudyTold<'_>) -> Vec<String> {
    let fixed = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let mut head = fixed(&["point", "design"]);
    head.extend(told.study.factors.iter().map(|factor| factor.name.clone()));
    head.extend(fixed(&["knob", "knob_value"]));
    head
}

fn place(told: &StudyTold<'_>, number: usize) -> Vec<String> {
    let (study, point) = (told.study, told.points[number].point);
    let mut cells = vec![(number + 1).to_string(), study.designs[point.design].clone()];
    let levels = study.levels(point);
    cells
        .extend((0..study.factors.len()).map(|factor| {
            levels.get(factor).map_or_else(String::new, |level| (*level).to_owned())
        }));
    let (knob, value) = study.knob(point).unwrap_or_default();
    cells.extend([knob.to_owned(), value.to_owned()]);
    cells
}

fn points(told: &StudyTold<'_>, csv: &mut Csv<'_>) -> io::Result<()> {
    let metrics = &told.study.compare.metrics;
    let mut head = place_head(told);
    head.extend(["scenario", "replications", "failed_runs"].map(str::to_owned));
    for metric in metrics {
        let unit = metric.metric.unit().name();
        head.push(format!("{} [{unit}]", metric.name));
        head.push(format!("{} half_width", metric.name));
    }
    head.extend(["synchronisations", "failed", "at_once_at_most", "broken"].map(str::to_owned));
    row(csv, &head)?;
    for (number, one) in told.points.iter().enumerate() {
        let mut cells = place(told, number);
        let failed = one.tried.iter().filter(|run| run.result.is_err()).count();
        cells.extend([one.key.clone(), one.tried.len().to_string(), failed.to_string()]);
        for (place, metric) in metrics.iter().enumerate() {
            let unit = metric.metric.unit();
            let values = one.runs().watched(place);
            let mean = one.mean(place).map_or_else(String::new, |mean| digits::in_unit(unit, mean));
            let half = half_width(&values, told.study.compare.confidence);
            cells.extend([mean, half.map_or_else(String::new, |half| digits::in_unit(unit, half))]);
        }
        let activity = one.activity();
        cells.extend(activity.map_or([String::new(), String::new()], |it| {
            [it.attempts, it.failed].map(|mean| digits::shortest(mean, 3))
        }));
        cells.push(activity.map_or_else(String::new, |it| it.busiest.to_string()));
        cells.push(one.broken().collect::<Vec<_>>().join(" "));
        row(csv, &cells)?;
    }
    Ok(())
}

fn replications(told: &StudyTold<'_>, csv: &mut Csv<'_>) -> io::Result<()> {
    let mut head = place_head(told);
    head.extend(["rep", "metric", "unit", "value"].map(str::to_owned));
    row(csv, &head)?;
    for (number, one) in told.points.iter().enumerate() {
        let place = place(told, number);
        for tried in one.tried {
            for (metric, unit, value) in values(told, number, tried) {
                let more = [tried.number.to_string(), metric, unit.to_owned(), value];
                row(csv, &[place.as_slice(), &more].concat())?;
            }
        }
    }
    Ok(())
}

/// What one replication says: metric, unit, value; a run that failed says only that.
fn values(
    told: &StudyTold<'_>,
    number: usize,
    tried: &Tried,
) -> Vec<(String, &'static str, String)> {
    let Ok(run) = &tried.result else {
        return vec![("failed_run".to_owned(), "count", "1".to_owned())];
    };
    let one = &told.points[number];
    let metrics = told.study.compare.metrics.iter().enumerate().map(|(place, metric)| {
        (metric.name.clone(), metric.metric.unit(), one.expectations.len() + place)
    });
    let asked = one.expectations.iter().enumerate();
    let asked = asked.map(|(place, it)| (format!("expect.{}", it.name), it.unit, place));
    let measured = metrics.chain(asked).map(|(name, unit, place)| {
        let value = match run.values.get(place).copied().flatten() {
            Some(Figure::Of(value)) => digits::in_unit(unit, value as f64),
            Some(Figure::Never) => "never".to_owned(),
            None => String::new(),
        };
        (name, unit.name(), value)
    });
    let activity = run.activity;
    let counts = [
        ("synchronisations", activity.attempts),
        ("failed", activity.failed),
        ("at_once_at_most", activity.busiest),
    ];
    let counts = counts.map(|(name, count)| (name.to_owned(), "count", count.to_string()));
    measured.chain(counts).collect()
}

fn differences(told: &StudyTold<'_>, csv: &mut Csv<'_>) -> io::Result<()> {
    let study = told.study;
    let mut head = vec!["baseline".to_owned(), "design".to_owned()];
    head.extend(study.factors.iter().map(|factor| factor.name.clone()));
    head.extend(differences::COLUMNS.map(str::to_owned));
    row(csv, &head)?;
    let baseline = study.compare.baseline.map_or("", |baseline| study.designs[baseline].as_str());
    for contrast in &told.contrasts {
        let metric = &study.compare.metrics[contrast.metric];
        let unit = metric.metric.unit();
        let mut cells = vec![baseline.to_owned(), study.designs[contrast.design].clone()];
        let setting = study.settings[contrast.setting].iter().zip(&study.factors);
        cells.extend(setting.map(|(level, factor)| factor.levels[*level].clone()));
        cells.extend(differences::cells(
            &metric.name,
            unit,
            &contrast.difference,
            study.compare.confidence,
            (contrast.adjusted, contrast.judgement),
        ));
        row(csv, &cells)?;
    }
    Ok(())
}

fn sensitivity(told: &StudyTold<'_>, csv: &mut Csv<'_>) -> io::Result<()> {
    let head = [
        "design",
        "knob",
        "knob_value",
        "metric",
        "unit",
        "n",
        "mean_as_it_is",
        "mean",
        "difference",
        "ci_low",
        "ci_high",
        "confidence",
    ];
    row(csv, &head.map(str::to_owned))?;
    let Some(sensitivity) = &told.study.sensitivity else { return Ok(()) };
    let metric = &told.study.compare.metrics[sensitivity.of];
    for swing in &told.swings {
        let (knob, value) = (&sensitivity.knobs[swing.knob.0], swing.knob.1);
        let unit = metric.metric.unit();
        let mut cells = vec![told.study.designs[sensitivity.at].clone(), knob.name.clone()];
        cells.extend([knob.levels[value].clone(), metric.name.clone(), unit.name().to_owned()]);
        let empty = || vec![String::new(); 6];
        cells.extend(
            swing.difference.as_ref().map_or_else(empty, |it| differences::numbers(unit, it)),
        );
        cells.push(digits::shortest(told.study.compare.confidence, 4));
        row(csv, &cells)?;
    }
    Ok(())
}

fn best_hour(told: &StudyTold<'_>, csv: &mut Csv<'_>) -> io::Result<()> {
    let head = [
        "design",
        "knob",
        "hour",
        "metric",
        "unit",
        "n",
        "mean_as_it_is",
        "mean",
        "difference",
        "ci_low",
        "ci_high",
        "confidence",
        "limit",
        "held",
        "of",
        "rank",
    ];
    row(csv, &head.map(str::to_owned))?;
    let Some(hours) = Hours::of(told) else { return Ok(()) };
    let unit = hours.metric.metric.unit();
    for (place, hour) in hours.each.iter().enumerate() {
        let words =
            [hours.design.0, &hours.asked.knob, hour.clock, &hours.metric.name, unit.name()];
        let mut cells: Vec<String> = words.map(str::to_owned).into();
        let empty = || vec![String::new(); 6];
        let difference = hour.difference.as_ref();
        cells.extend(difference.map_or_else(empty, |it| differences::numbers(unit, it)));
        cells.push(digits::shortest(told.study.compare.confidence, 4));
        cells.push(hours.asked.limit.clone().unwrap_or_default());
        let counts = hour.held.map(|(held, of)| [held, of].map(|count| count.to_string()));
        cells.extend(counts.unwrap_or_default());
        cells.push(match hours.best {
            Some(best) if best == place => "best".to_owned(),
            _ if hours.as_good.contains(&place) => "not_surely_worse".to_owned(),
            _ => String::new(),
        });
        row(csv, &cells)?;
    }
    Ok(())
}
