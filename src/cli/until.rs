//! `--until EXPECTATION=HALFWIDTH`: how well the value of an expectation is to be known.

use super::exit::{Exit, Stop};
use crate::experiment::{Replication, half_width};
use crate::measure::Figure;
use crate::report::{Look, Many, Run, in_threes, quantity};
use crate::scenario::{Scenario, Unit, WHOLE, quantity_in};

/// So many replications at least, and as many more each time.
pub(super) const PILOT: u32 = 20;
/// Never more, unless `--reps` says otherwise.
pub(super) const MOST: u32 = 1000;
/// Of the interval.
const CONFIDENCE: f64 = 0.95;

/// What is to be known, and how well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Until {
    /// The place of the expectation in the scenario.
    place: usize,
    unit: Unit,
    /// Half the width of the interval, in the smallest step of the unit.
    half_width: u64,
}

/// Reads what was written, for this scenario.
pub(super) fn read(written: &[String], scenario: &Scenario) -> Result<Vec<Until>, Stop> {
    let wrong = |text: String| Stop { exit: Exit::NothingRan, text };
    let one = |word: &String| {
        let (name, size) = word.split_once('=').ok_or_else(|| {
            wrong(format!("supsim: --until {word}: write EXPECTATION=SIZE, as branches-24h=1%"))
        })?;
        let named = scenario.expectations.iter().position(|asked| asked.name == name);
        let place = named.ok_or_else(|| wrong(unknown(name, scenario)))?;
        let unit = scenario.expectations[place].metric.unit();
        let half_width = size_in(unit, size).filter(|size| *size > 0).ok_or_else(|| {
            let how = match unit {
                Unit::Time => "a time, as 30min",
                Unit::Share => "a share, as 1% or 0.01",
                Unit::Count => "a count, as 5",
            };
            wrong(format!("supsim: --until {word}: {name} is known to {how}"))
        })?;
        Ok(Until { place, unit, half_width })
    };
    written.iter().map(one).collect()
}

/// The same of those expectations that this scenario has.
pub(super) fn read_known(written: &[String], scenario: &Scenario) -> Result<Vec<Until>, Stop> {
    let has = |word: &&String| {
        let name = word.split_once('=').map_or(word.as_str(), |(name, _)| name);
        scenario.expectations.iter().any(|asked| asked.name == name)
    };
    read(&written.iter().filter(has).cloned().collect::<Vec<_>>(), scenario)
}

/// Is each the expectation of one of these scenarios at least?
pub(super) fn known_to_any(written: &[String], scenarios: &[Scenario]) -> Result<(), Stop> {
    let nobodys = |word: &String| {
        let answers = scenarios.iter().map(|scenario| read(std::slice::from_ref(word), scenario));
        let answers: Vec<_> = answers.collect();
        if answers.iter().any(Result::is_ok) {
            None
        } else {
            answers.into_iter().find_map(Result::err)
        }
    };
    written.iter().find_map(nobodys).map_or(Ok(()), Err)
}

/// A share may also be written as part of one: a percent sign must be doubled in a batch file.
fn size_in(unit: Unit, text: &str) -> Option<u64> {
    let part = || text.parse::<f64>().ok().filter(|part| (0.0..=1.0).contains(part));
    match unit {
        Unit::Share if !text.ends_with('%') => Some((part()? * WHOLE as f64).round() as u64),
        _ => quantity_in(unit, text),
    }
}

fn unknown(name: &str, scenario: &Scenario) -> String {
    let names: Vec<&str> = scenario.expectations.iter().map(|it| it.name.as_str()).collect();
    let known = match names.is_empty() {
        true => "it expects nothing: write `expect` into the scenario".to_owned(),
        false => format!("it expects {}", names.join(", ")),
    };
    format!("supsim: --until {name}: {} has no such expectation; {known}", scenario.name)
}

impl Until {
    fn known(&self, replications: &[Replication]) -> Option<f64> {
        let values: Vec<Option<Figure>> =
            replications.iter().map(|one| one.values[self.place]).collect();
        half_width(&values, CONFIDENCE)
    }

    /// Is it known so well? What is never, or cannot be measured, is not known at all.
    pub fn is_met(&self, replications: &[Replication]) -> bool {
        self.known(replications).is_some_and(|half| half <= self.half_width as f64)
    }

    /// How many replications it would take, roughly; `None`: nobody can tell.
    fn needed(&self, replications: &[Replication]) -> Option<u64> {
        let ratio = self.known(replications)? / self.half_width as f64;
        Some((replications.len() as f64 * ratio * ratio).ceil() as u64)
    }

    /// `branches-24h to ±0.7 %, wanted ±1 %`.
    pub fn words(&self, scenario: &Scenario, replications: &[Replication], ascii: bool) -> String {
        let plus_minus = if ascii { "+-" } else { "±" };
        let name = &scenario.expectations[self.place].name;
        let wanted = quantity(self.unit, self.half_width);
        match self.known(replications) {
            Some(half) => {
                let half = quantity(self.unit, half.round() as u64);
                format!("{name} to {plus_minus}{half}, wanted {plus_minus}{wanted}")
            }
            None => format!("{name} not at all, wanted {plus_minus}{wanted}"),
        }
    }
}

/// Is everything known so well, and the same in words, each line ending with a line end.
pub(super) fn told(untils: &[Until], run: &Run<'_>, many: &Many<'_>, look: Look) -> (bool, String) {
    let replications = many.replications;
    if untils.is_empty() || many.pointless || !run.scenario.is_random() {
        return (true, String::new());
    }
    let mut text = String::new();
    for until in untils {
        let words = until.words(run.scenario, replications, look.ascii);
        let count = in_threes(replications.len() as u64, ",");
        text += &format!("KNOWN     {words}, after {count} replications");
        if !until.is_met(replications) {
            text += &until.needed(replications).map_or(String::new(), |needed| {
                format!("; about {} would do: --reps {needed}", in_threes(needed, ","))
            });
        }
        text.push('\n');
    }
    (untils.iter().all(|until| until.is_met(replications)), text + "\n")
}
