//! Are the oracles good enough? Each planted bug must be found by them.

use std::collections::BTreeMap;

use super::draw::{draw, long};
use super::minimise::minimise;
use super::plan::Plan;
use super::planted::{BUGS, Bug};
use super::trial::{Failure, trial};
use crate::oracle::{Asked, Oracle};
use crate::support;

/// The seeds in which a bug must be found; the last is the long plan.
const SEEDS: u64 = 120;

fn plans() -> impl Iterator<Item = Plan> {
    (0..SEEDS).map(draw).chain([long(0)])
}

/// The first plan in which a bug breaks a promise that is asked for, and how many were tried.
fn hunt(bug: &Bug, asked: Asked) -> Option<(Plan, Box<Failure>, usize)> {
    plans().enumerate().find_map(|(number, plan)| {
        let failure = trial(&plan, asked, Some(bug)).err()?;
        assert_ne!(failure.complaint.oracle, Oracle::Read, "{failure}");
        Some((plan, failure, number + 1))
    })
}

fn bug(name: &str) -> &'static Bug {
    BUGS.iter().find(|bug| bug.name == name).expect("it is planted here")
}

#[test]
fn every_planted_bug_is_found() {
    let mut survivors = Vec::new();
    for bug in BUGS {
        match hunt(bug, Asked::All) {
            Some((plan, failure, worlds)) => println!(
                "{}: {} in world {worlds} (seed {})",
                bug.name,
                failure.complaint.oracle.id(),
                plan.seed
            ),
            None => survivors.push((bug.name, bug.says)),
        }
    }
    assert!(survivors.is_empty(), "not found in {SEEDS} worlds: {survivors:?}");
}

/// The table of docs/reliability.md: which promises each bug breaks, and in how many worlds.
#[test]
#[ignore = "it takes a minute; to be asked when the swarm or the oracles change"]
fn how_often_each_planted_bug_is_found_is_what_the_docs_say() {
    let path = support::project("docs/reliability.md");
    let docs = std::fs::read_to_string(path).expect("docs/reliability.md").replace("\r\n", "\n");
    let mut others = Vec::new();
    for bug in BUGS {
        let mut broken: BTreeMap<&str, u32> = BTreeMap::new();
        for plan in plans() {
            if let Err(failure) = trial(&plan, Asked::All, Some(bug)) {
                *broken.entry(failure.complaint.oracle.id()).or_default() += 1;
            }
        }
        let worlds: u32 = broken.values().sum();
        let broken: Vec<String> =
            broken.iter().map(|(id, worlds)| format!("{id} {worlds}")).collect();
        let row = format!("| {} | {} | {worlds} | {} |", bug.name, bug.says, broken.join(", "));
        println!("{row}");
        if !docs.contains(&format!("\n{row}\n")) {
            others.push(row);
        }
    }
    assert!(others.is_empty(), "docs/reliability.md has others than\n{}", others.join("\n"));
}

/// The next cycle hides what was lost before it. So what must hold at rest is asked before that.
#[test]
fn without_a_look_before_the_next_cycle_lost_requests_and_lost_retries_are_not_found() {
    for bug in ["outbox lost on crash", "retry lost on crash"].map(bug) {
        if let Some((_, failure, _)) = hunt(bug, Asked::FirstSet) {
            panic!("{} is found by the first set of oracles already: {failure}", bug.name);
        }
        assert!(hunt(bug, Asked::All).is_some(), "{} is found by all of them", bug.name);
    }
}

/// One seed may get stuck; of the first few that fail, the smallest is shown.
const SHRUNK: usize = 3;

#[test]
fn a_failing_plan_is_made_small() {
    for name in ["retry lost on crash", "request after failure", "early package dropped"] {
        let bug = bug(name);
        let failing = plans().filter_map(|plan| {
            let failure = trial(&plan, Asked::All, Some(bug)).err()?;
            Some((plan, failure.complaint.oracle))
        });
        let mut shrunk: Vec<(usize, Plan, Oracle)> = Vec::new();
        for (plan, oracle) in failing.take(SHRUNK) {
            let (small, runs) = minimise(&plan, oracle, Some(bug));
            let size = |plan: &Plan| plan.flaws.len() + plan.places.len();
            println!("{name}: {} to {} faults and sites, {runs} runs", size(&plan), size(&small));
            shrunk.push((size(&small), small, oracle));
        }
        let (size, small, oracle) = shrunk.iter().min_by_key(|one| one.0).expect("it is found");
        assert!(*size <= 4, "{name} is not made small:\n{}", small.yaml());
        let again = trial(small, Asked::All, Some(bug));
        assert!(again.is_err_and(|failure| failure.complaint.oracle == *oracle), "{name}");
        assert!(trial(small, Asked::All, None).is_ok(), "without the bug it keeps everything");
    }
}
