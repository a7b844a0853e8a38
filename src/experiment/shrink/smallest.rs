//! Of the faults that there are: which of them it takes, and how little of each.

use super::{Doubt, MINUTE, Shortest, minimal, minutes_between, shortest, silence};
use crate::experiment::replicate::Stage;
use crate::scenario::{Occurs, Pick, Scenario, Span};
use crate::units::{FaultId, Instant};

/// Of more windows, or sites, of one fault than this all are kept: to find out which of them are
/// needed can take as many worlds as half their square.
const MOST_PARTS: usize = 100;

/// The smallest that was found.
#[derive(Clone, Debug)]
pub struct Smallest {
    /// The world with what it takes and nothing else; faults that it does not take never occur.
    pub scenario: Scenario,
    /// The faults that it takes, in order.
    pub faults: Vec<FaultId>,
    /// How many worlds were asked.
    pub asked: usize,
}

/// Reduces the faults of a world that breaks it: first to a set of which each is needed, then,
/// where a fault holds at given times, to the windows and to the sites that are needed, then each
/// window to the shortest that still breaks it, and all of it again until nothing more is left out.
/// What is drawn by chance is kept as it is or left out whole.
///
/// # Errors
/// What `watch` said when it stopped a run.
pub fn smallest<E>(doubt: &Doubt, watch: &impl Fn(Stage) -> Result<(), E>) -> Result<Smallest, E> {
    let mut asked = 0;
    let mut breaks = |scenario: &Scenario| {
        asked += 1;
        doubt.breaks(scenario, watch)
    };
    let mut scenario = doubt.scenario.clone();
    loop {
        let before = scenario.faults.clone();
        fewer_faults(&mut scenario, &mut breaks)?;
        for number in 0..scenario.faults.len() {
            fewer_windows(&mut scenario, number, &mut breaks)?;
            fewer_sites(&mut scenario, number, &mut breaks)?;
        }
        for number in 0..scenario.faults.len() {
            for window in 0..windows(&scenario, number).len() {
                shorter(&mut scenario, (number, window), &mut breaks)?;
            }
        }
        if scenario.faults == before {
            break;
        }
    }
    let faults = present(&scenario);
    Ok(Smallest { scenario, faults, asked })
}

type Breaks<'b, E> = &'b mut dyn FnMut(&Scenario) -> Result<bool, E>;

/// The faults that occur.
fn present(scenario: &Scenario) -> Vec<FaultId> {
    let faults = scenario.faults.iter().zip(0..);
    faults
        .filter(|(fault, _)| !super::is_silent(fault))
        .map(|(_, number)| FaultId(number))
        .collect()
}

fn fewer_faults<E>(scenario: &mut Scenario, breaks: Breaks<'_, E>) -> Result<(), E> {
    let all = present(scenario);
    let with = |of: &Scenario, set: &[usize]| {
        let mut scenario = of.clone();
        for (place, fault) in all.iter().enumerate() {
            if !set.contains(&place) {
                silence(&mut scenario.faults[fault.index()]);
            }
        }
        scenario
    };
    let needed = minimal(all.len(), &mut |set| breaks(&with(scenario, set)))?;
    *scenario = with(scenario, &needed);
    Ok(())
}

/// The windows in which a fault holds, where they are given.
fn windows(scenario: &Scenario, number: usize) -> Vec<Span> {
    let end = Instant::START + scenario.duration;
    match &scenario.faults[number].occurs {
        Occurs::Window { from, until } => {
            vec![Span { from: *from, until: until.unwrap_or(end.max(*from + MINUTE)) }]
        }
        Occurs::Schedule(spans) => spans.clone(),
        Occurs::Renewal { .. } | Occurs::PerAttempt(_) | Occurs::Attempts(_) => Vec::new(),
    }
}

/// A fault that holds in these windows.
fn held(scenario: &Scenario, number: usize, spans: Vec<Span>) -> Scenario {
    let mut scenario = scenario.clone();
    scenario.faults[number].occurs = match spans[..] {
        [Span { from, until }] => Occurs::Window { from, until: Some(until) },
        _ => Occurs::Schedule(spans),
    };
    scenario
}

fn fewer_windows<E>(
    scenario: &mut Scenario,
    number: usize,
    breaks: Breaks<'_, E>,
) -> Result<(), E> {
    let all = windows(scenario, number);
    if all.len() < 2 || all.len() > MOST_PARTS {
        return Ok(());
    }
    let of = |set: &[usize]| set.iter().map(|&place| all[place]).collect::<Vec<_>>();
    let needed = minimal(all.len(), &mut |set| breaks(&held(scenario, number, of(set))))?;
    *scenario = held(scenario, number, of(&needed));
    Ok(())
}

/// Only where no site is drawn: of fewer sites others would be.
fn fewer_sites<E>(scenario: &mut Scenario, number: usize, breaks: Breaks<'_, E>) -> Result<(), E> {
    let all = scenario.faults[number].sites.clone();
    let drawn = windows(scenario, number).is_empty() || scenario.faults[number].pick != Pick::All;
    if drawn || all.len() > MOST_PARTS {
        return Ok(());
    }
    let at = |of: &Scenario, set: &[usize]| {
        let mut scenario = of.clone();
        scenario.faults[number].sites = set.iter().map(|&place| all[place]).collect();
        scenario
    };
    let needed = minimal(all.len(), &mut |set| breaks(&at(scenario, set)))?;
    *scenario = at(scenario, &needed);
    Ok(())
}

fn shorter<E>(
    scenario: &mut Scenario,
    (number, window): (usize, usize),
    breaks: Breaks<'_, E>,
) -> Result<(), E> {
    let all = windows(scenario, number);
    let Span { from, until } = all[window];
    // what lies behind the end of the run does nothing
    let until = until.min((Instant::START + scenario.duration).max(from + MINUTE));
    let lasting = |of: &Scenario, minutes: u64| {
        let mut spans = all.clone();
        spans[window].until = from + MINUTE * minutes;
        held(of, number, spans)
    };
    let Shortest { found, .. } =
        shortest(minutes_between(from, until), |minutes| breaks(&lasting(scenario, minutes)))?;
    // where none of whole minutes breaks it, the odd seconds do
    if let Some(minutes) = found {
        *scenario = lasting(scenario, minutes);
    }
    Ok(())
}
