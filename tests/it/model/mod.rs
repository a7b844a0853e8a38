//! Every order in which a few things can happen, looked at one by one.
//!
//! A breadth-first search over small hierarchies of real engines and a network in which answers
//! come late or twice, steps fail, and a site crashes before or after any call. Budgets make it
//! finite. The engines' clocks do not matter to one another, so a timer may run out at any moment
//! and every call happens at one instant: whatever order real delays could bring is among these.
//!
//! A swarm finds what needs a long time, a search what needs an odd order: `bugs` here are those
//! that the worlds of the swarm cannot even offer.

// Only whether a state is known is ever asked; the order of a hash set is not.
#![allow(clippy::disallowed_types)]

mod hierarchy;

use std::collections::HashSet;

use hierarchy::{Action, Budget, Bug, Model};

/// What a search has found.
struct Found {
    states: usize,
    transitions: usize,
    at_rest: usize,
    /// The promise that is broken, and the shortest way to break it.
    broken: Option<(&'static str, Vec<Action>)>,
}

fn search(start: Model) -> Found {
    let mut known = HashSet::from([start.clone()]);
    // Every state with the place of the one before it and what led from there.
    let mut queue: Vec<(Model, usize, Option<Action>)> = vec![(start, 0, None)];
    let mut found = Found { states: 0, transitions: 0, at_rest: 0, broken: None };
    while found.states < queue.len() {
        let state = queue[found.states].0.clone();
        if let Some(id) = state.complaint() {
            let mut way = Vec::new();
            let mut place = found.states;
            while let (_, before, Some(action)) = &queue[place] {
                way.push(*action);
                place = *before;
            }
            way.reverse();
            found.broken = Some((id, way));
            return found;
        }
        let progress = state.progress();
        found.at_rest += usize::from(progress.is_empty());
        for action in progress.into_iter().chain(state.trouble()) {
            let mut next = state.clone();
            next.take(action);
            found.transitions += 1;
            if known.insert(next.clone()) {
                queue.push((next, found.states, Some(action)));
            }
        }
        found.states += 1;
    }
    found
}

const CALM: Budget = Budget { schedule: 1, manual: 0, publish: 1, crash: 0, fail: 0, twice: 0 };

/// The searches that are made each time: how many sites, and what may happen.
const SEARCHES: [(usize, Budget); 5] = [
    (1, Budget { manual: 1, crash: 1, fail: 1, ..CALM }),
    (1, Budget { crash: 1, fail: 1, twice: 1, ..CALM }),
    (2, Budget { crash: 1, fail: 1, ..CALM }),
    (2, Budget { crash: 1, twice: 1, ..CALM }),
    (2, Budget { manual: 1, fail: 1, ..CALM }),
];

/// And those that take longer, when `SUPSIM_SEARCH` says `deep`.
const DEEP: [(usize, Budget); 4] = [
    (2, Budget { manual: 1, crash: 1, fail: 1, ..CALM }),
    (1, Budget { manual: 1, crash: 1, fail: 1, twice: 1, ..CALM }),
    (2, Budget { crash: 2, fail: 1, ..CALM }),
    (3, Budget { crash: 1, fail: 1, ..CALM }),
];

#[test]
fn every_order_of_a_few_events_keeps_what_is_promised() {
    let deep = std::env::var("SUPSIM_SEARCH").is_ok_and(|depth| depth == "deep");
    for (sites, budget) in SEARCHES.into_iter().chain(DEEP.into_iter().filter(|_| deep)) {
        let found = search(Model::new(sites, budget, None));
        let Found { states, transitions, at_rest, broken } = found;
        println!(
            "{sites} sites, {budget:?}: {states} states, {transitions} transitions, {at_rest} at rest"
        );
        assert!(broken.is_none(), "{broken:#?}");
        assert!(at_rest > 10 && states > 1_000, "it is no search");
    }
}

#[test]
fn every_bug_is_found_by_the_search() {
    use Bug::{
        AckBeforeKeep, AnchorBeforeCommit, DeltaAppliesAll, OutboxLost, RequestAfterFailure,
        RetryLost, StaleReply, StartsTwice,
    };
    let all = [
        StaleReply,
        OutboxLost,
        AckBeforeKeep,
        RetryLost,
        AnchorBeforeCommit,
        DeltaAppliesAll,
        StartsTwice,
        RequestAfterFailure,
    ];
    for bug in all {
        // A stale answer needs a crash, a failure and a second attempt.
        let mut searches = SEARCHES.iter().chain(&DEEP[..1]);
        let mut searches =
            searches.by_ref().map(|(sites, budget)| search(Model::new(*sites, *budget, Some(bug))));
        let found = searches.find(|found| found.broken.is_some());
        let found = found.unwrap_or_else(|| panic!("{bug:?} is not found"));
        let (id, way) = found.broken.expect("it was found");
        println!("{bug:?}: {id} in {} steps, {} states", way.len(), found.states);
    }
}
