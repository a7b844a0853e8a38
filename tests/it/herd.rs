//! A herd that fails together and tries again: how far apart its tries are, against the formula.

use supsim::scenario::Scenario;
use supsim::units::SiteId;

use crate::support;

/// Tries in vain of every branch, in all replications and whatever the outage draws.
const TRIES: usize = 9;
const RUNS: u32 = 12;

/// Minutes from the start of each branch's first try to the start of its tries after it, of every
/// branch of every replication.
fn later(scenario: &Scenario) -> Vec<[f64; TRIES]> {
    let mut found = Vec::new();
    for run in 0..RUNS {
        let trace = supsim::world::run(scenario, run);
        let outcome = supsim::measure::Outcome::of(scenario, &trace);
        for site in 2..scenario.sites.len() {
            let site = SiteId(site as u32);
            let mut starts =
                outcome.attempts.iter().filter(|one| one.site == site).map(|one| one.start);
            let first = starts.next().expect("every branch tries");
            let mut after = [0.0; TRIES];
            for minutes in &mut after {
                let start = starts.next().expect("the outage is longer than so many tries");
                *minutes = start.since(first).as_secs_f64() / 60.0;
            }
            found.push(after);
        }
    }
    found
}

/// `connect` and `jitter` as a scenario says them, with their means and variances in minutes.
fn check(connect: (&str, f64, f64), jitter: (&str, f64)) {
    let (connect, fails_after, fails_variance) = connect;
    let (jitter, most) = jitter;
    let overrides = support::overrides(&format!(
        "-p outage=12h30min\n--set templates.branch.timing.connect={connect}\n\
         --set sync.retry.jitter={jitter}\n"
    ));
    let path = support::project("scenarios/retry-herd.yaml");
    let Ok((scenario, _)) = Scenario::read(&path, &overrides) else {
        panic!("the scenario is sound");
    };
    let found = later(&scenario);
    assert_eq!(found.len(), 150 * RUNS as usize);
    let count = found.len() as f64;
    for tries in 1..=TRIES {
        let values = found.iter().map(|after| after[tries - 1]);
        let mean = values.clone().sum::<f64>() / count;
        let variance = values.map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
        // every round adds its own failing and its own jitter, whatever came before
        let expected = tries as f64 * (60.0 + fails_after + most / 2.0);
        let spread = tries as f64 * (fails_variance + most * most / 12.0);
        let error = (spread / count).sqrt();
        println!(
            "{connect}, {jitter}, {tries}: {mean:.2} ({expected:.2}), {variance:.2} ({spread:.2})"
        );
        assert!((mean - expected).abs() <= 4.0 * error + 1e-9, "mean {mean}, not {expected}");
        // four standard errors of a variance of nearly normal values
        let off = 4.0 * (2.0 / count).sqrt();
        assert!((variance - spread).abs() <= off * spread + 1e-9, "{variance}, not {spread}");
    }
}

#[test]
fn t4_a_fixed_interval_keeps_those_that_fail_together_together_for_ever() {
    check(("2min", 2.0, 0.0), ("0s", 0.0));
}

#[test]
fn t4_jitter_spreads_them_with_the_square_root_of_their_tries() {
    check(("2min", 2.0, 0.0), ("15min", 15.0));
}

#[test]
fn t4_so_does_whatever_makes_one_try_fail_later_than_another() {
    check(("{ uniform: { min: 0s, max: 4min } }", 2.0, 16.0 / 12.0), ("0s", 0.0));
}
