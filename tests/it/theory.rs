//! Against formulas: how long a chain of sites takes to hold what is new.

use supsim::scenario::Scenario;
use supsim::trace::{Fact, Part};
use supsim::units::{Instant, SiteId};

use crate::support;

/// Sites in the chain, and replications of it.
const SITES: usize = 6;
const RUNS: u32 = 600;

/// Means of the exponential steps, in minutes.
const REQUEST: f64 = 4.0;
const CONNECT: f64 = 1.0;
const PULL: f64 = 15.0;
const SETTLE: f64 = 2.0;
const IMPORT: f64 = 20.0;

fn chain(faults: &str) -> Scenario {
    let mut sites = "  S0: { type: central }\n".replace("S0", "S00");
    for site in 1..SITES {
        sites += &format!("  S{site:02}: {{ parent: S{:02} }}\n", site - 1);
    }
    let step = |mean: f64| format!("{{ exponential: {{ mean: {mean}min }} }}");
    support::scenario(&format!(
        "supsim: 1\nkind: scenario\nname: chain\nstart: 2026-01-12 00:00\nduration: 90d\n\
         catalogue: {{ releases: {{ news: {{ when: {{ at: 2026-01-12 00:00 }}, updates: 10, \
         metadata: 1 MB }} }} }}\n\
         timing: {{ request: {}, connect: {}, pull: {}, settle: {}, import: {} }}\n\
         sync: {{ schedule: {{ dates: {{ at: [2026-01-12 00:00], words: once }} }} }}\n\
         {faults}sites:\n{sites}",
        step(REQUEST),
        step(CONNECT),
        step(PULL),
        step(SETTLE),
        step(IMPORT)
    ))
}

/// How long each run takes until the last WSUS of the chain holds the release, in minutes.
fn times(scenario: &Scenario) -> Vec<f64> {
    let last = SiteId(SITES as u32 - 1);
    let time = |run| {
        let trace = supsim::world::run(scenario, run);
        let here = |fact: &Fact| matches!(fact, Fact::Arrived { part: Part::Wsus, .. });
        let at = support::times(&trace, last, here);
        assert_eq!(at.len(), 1, "it arrives once, in replication {run}");
        at[0].since(Instant::START).as_secs_f64() / 60.0
    };
    (0..RUNS).map(time).collect()
}

/// The mean must lie within four standard errors of what the formula says, and the variance within
/// a quarter.
fn check(times: &[f64], mean: f64, variance: f64) {
    let runs = times.len() as f64;
    let found = times.iter().sum::<f64>() / runs;
    let spread = times.iter().map(|time| (time - found).powi(2)).sum::<f64>() / (runs - 1.0);
    let error = (variance / runs).sqrt();
    println!("mean {found:.2}, by the formula {mean:.2} +- {error:.2} min");
    println!("variance {spread:.0}, by the formula {variance:.0}");
    assert!((found - mean).abs() < 4.0 * error, "mean {found}, not {mean} +- {error}");
    assert!((spread / variance - 1.0).abs() < 0.25, "variance {spread}, not {variance}");
}

fn square(mean: f64) -> f64 {
    mean * mean
}

/// From the schedule to the last WSUS: at the top connect, pull, settle and import, then at every
/// child the reading of the request, connect and pull, and at all but the last settle.
fn without_faults() -> (f64, f64) {
    let children = (SITES - 1) as f64;
    let sum = |of: fn(f64) -> f64| {
        of(CONNECT)
            + of(PULL)
            + of(SETTLE)
            + of(IMPORT)
            + children * (of(REQUEST) + of(CONNECT) + of(PULL))
            + (children - 1.0) * of(SETTLE)
    };
    // The variance of an exponential time is the square of its mean.
    (sum(|mean| mean), sum(square))
}

#[test]
fn p2_p7_a_chain_converges_in_the_sum_of_its_steps() {
    let (mean, variance) = without_faults();
    check(&times(&chain("")), mean, variance);
}

#[test]
fn t4_failures_by_chance_add_a_geometric_number_of_retries_at_each_site() {
    let faults = "faults: { now-and-then: { do: { fail_sync: { after: 6min, phase: connect } }, \
                  when: { per_attempt: 30% } } }\n";
    let (mean, variance) = without_faults();
    let (fails, passes): (f64, f64) = (0.3, 0.7);
    // Six minutes until it fails and an hour until it is tried again, each time.
    let each = 66.0;
    let sites = SITES as f64;
    let retries = sites * fails / passes;
    let spread = sites * fails / square(passes);
    check(&times(&chain(faults)), mean + retries * each, variance + spread * square(each));
}
