//! What the replications say together to each expectation.

use super::moments::Moments;
use super::{Proportion, Replication};
use crate::measure::Figure;
use crate::scenario::{Bound, Expectation, Scenario};

/// Yes, no, or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It holds as it must.
    Pass,
    /// It does not.
    Fail,
    /// Too few replications to say.
    Inconclusive,
    /// There was nothing to measure, and that is not allowed.
    NoData,
}

impl Verdict {
    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::Inconclusive => "inconclusive",
            Verdict::NoData => "no_data",
        }
    }
}

/// What the replications say together to one expectation.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// All of them together.
    pub verdict: Verdict,
    /// In how many it held, of those that had anything to measure.
    pub held: Proportion,
    /// The values of those, where none is a time that never comes.
    pub moments: Option<Moments>,
    /// The value that is furthest from what is wanted, and the first replication that has it.
    pub worst: Option<(Figure, u32)>,
}

/// The verdict of one replication alone.
pub fn alone(asked: &Expectation, value: Option<Figure>) -> Verdict {
    match value {
        None if asked.allow_no_data => Verdict::Pass,
        None => Verdict::NoData,
        Some(value) if asked.wanted.holds(value.value()) => Verdict::Pass,
        Some(_) => Verdict::Fail,
    }
}

/// What the replications say together, to each expectation in the order of the scenario.
///
/// Where nothing is random, one replication speaks for all that there could be.
pub fn answers(scenario: &Scenario, replications: &[Replication]) -> Vec<Answer> {
    answers_to(&scenario.expectations, !scenario.is_random(), replications)
}

/// As [`answers`], to these expectations, which are the first of what the replications measured;
/// `certain`: nothing is random.
pub fn answers_to(
    expectations: &[Expectation],
    certain: bool,
    replications: &[Replication],
) -> Vec<Answer> {
    let expectations = expectations.iter().enumerate();
    expectations
        .map(|(position, asked)| {
            let values: Vec<(u32, Option<Figure>)> =
                replications.iter().map(|one| (one.number, one.values[position])).collect();
            answer(asked, &values, certain)
        })
        .collect()
}

fn answer(asked: &Expectation, values: &[(u32, Option<Figure>)], certain: bool) -> Answer {
    let known: Vec<(u32, Figure)> =
        values.iter().filter_map(|&(number, value)| Some((number, value?))).collect();
    let holds = |value: Figure| asked.wanted.holds(value.value());
    let held = known.iter().filter(|&&(_, value)| holds(value)).count();
    let held = Proportion { held: held as u32, of: known.len() as u32 };
    let verdict = if known.len() < values.len() && !asked.allow_no_data || values.is_empty() {
        Verdict::NoData
    } else {
        match asked.must_hold.filter(|_| !certain) {
            // nothing was measured, and that is allowed
            _ if held.of == 0 => Verdict::Pass,
            None if held.held == held.of => Verdict::Pass,
            None => Verdict::Fail,
            Some(wanted) => match held.shows(wanted) {
                Some(true) => Verdict::Pass,
                Some(false) => Verdict::Fail,
                None => Verdict::Inconclusive,
            },
        }
    };
    let figures: Vec<Figure> = known.iter().map(|&(_, figure)| figure).collect();
    Answer { verdict, held, moments: Moments::of(&figures), worst: worst(asked, &known) }
}

/// The value furthest from what is wanted; of equal ones the first.
fn worst(asked: &Expectation, known: &[(u32, Figure)]) -> Option<(Figure, u32)> {
    let wanted = asked.wanted;
    let key = |figure: Figure| match wanted.bound {
        Bound::AtMost => figure,
        Bound::AtLeast => match figure {
            Figure::Of(value) => Figure::Of(u64::MAX - value),
            Figure::Never => Figure::Of(0),
        },
        Bound::Equals => match figure {
            Figure::Of(value) => Figure::Of(value.abs_diff(wanted.value)),
            Figure::Never => Figure::Never,
        },
    };
    let mut worst: Option<(Figure, u32)> = None;
    for &(number, figure) in known {
        if worst.is_none_or(|(so_far, _)| key(figure) > key(so_far)) {
            worst = Some((figure, number));
        }
    }
    worst
}

#[cfg(test)]
mod tests;
