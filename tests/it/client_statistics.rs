//! C4: clients one by one and in counted groups have the same statistics, and the queue at a
//! software update point is the one that queueing theory knows.

use supsim::scenario::Scenario;
use supsim::trace::Fact;
use supsim::units::{Duration, Instant};

use crate::support;

/// One site, one release, one synchronisation; so many clients and places, polls and scans as
/// given.
fn scenario(individually: bool, clients: u32, places: u32, poll: &str, scan: &str) -> Scenario {
    support::scenario(&format!(
        "supsim: 1\nkind: scenario\nname: statistics\nstart: 2026-01-12 00:00\nduration: 1d\n\
         catalogue:\n  baseline: {{ updates: 100, metadata: 1 MB }}\n  releases:\n    \
         one: {{ when: {{ at: 2026-01-12 00:00 }}, updates: 7, metadata: 1 MB }}\n\
         timing: {{ connect: 1s, pull: 5min, settle: 2min, import: 9min }}\n\
         record: {{ events: attempts }}\n\
         clients: {{ individually: {individually}, poll_every: {poll}, scan: {scan} }}\n\
         sites: {{ CEN: {{ clients: {{ intranet: {clients} }}, \
         sup: {{ scans_at_once: {places} }} }} }}\n"
    ))
}

/// The scans of one run.
struct Scans {
    /// From the policy to the end of the scan, on average \[min\].
    mean: f64,
    /// From the policy to the end of the last scan \[min\].
    last: f64,
    /// How many have scanned by the end of each minute of the day.
    by_minute: Vec<u32>,
}

fn scans(scenario: &Scenario, replication: u32) -> Scans {
    let trace = supsim::world::run(scenario, replication);
    let mut policy = Instant::START;
    let (mut sum, mut count, mut last) = (0.0, 0u32, 0f64);
    let mut by_minute = vec![0; 60 * 24];
    for record in &trace.records {
        if let Fact::Announced(supsim::engine::Status::Done { .. }) = record.fact
            && policy == Instant::START
        {
            policy = record.at;
        }
        let Fact::Scanned { clients, earlier, .. } = record.fact else { continue };
        let minutes = |length: Duration| length.as_secs_f64() / 60.0;
        let before = minutes(record.at.since(policy)) - minutes(earlier);
        sum += before * f64::from(clients);
        count += clients;
        last = last.max(before);
        // A group tells of a minute at its end.
        by_minute[(record.at.micros().div_ceil(60_000_000)) as usize] += clients;
    }
    let mut all = 0;
    for slot in &mut by_minute {
        all += *slot;
        *slot = all;
    }
    Scans { mean: sum / f64::from(count), last, by_minute }
}

/// Mean and standard deviation.
fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>();
    (mean, (squares / (n - 1.0)).sqrt())
}

/// Is the mean of these values that one, within the interval that holds it 999 times of a
/// thousand?
fn agrees(what: &str, values: &[f64], with: f64) {
    let (mean, sd) = moments(values);
    // Student's quantile for 29 degrees of freedom; for more it is smaller.
    let half = 3.66 * sd / (values.len() as f64).sqrt();
    assert!((mean - with).abs() <= half, "{what}: {mean:.4} ± {half:.4}, and not {with:.4}");
    assert!(half < 0.25 * with.abs().max(2.0), "{what}: ± {half} says nothing of {with}");
}

const REPLICATIONS: u32 = 30;

/// Mean, spread, every quantile: in a poll that the point can hardly serve, in one that it
/// cannot, and where nobody waits.
#[test]
fn c4_counted_groups_have_the_statistics_of_clients_one_by_one() {
    for (places, scan) in [
        (20, "{ exponential: { mean: 1min } }"),
        (13, "{ uniform: { min: 30s, max: 90s } }"),
        (15, "55s"),
        (100_000, "{ lognormal: { median: 2min, p95: 9min } }"),
    ] {
        let one_by_one = scenario(true, 1_000, places, "60min", scan);
        let counted = scenario(false, 1_000, places, "60min", scan);
        let mut differences = [Vec::new(), Vec::new()];
        let mut spread = [Vec::new(), Vec::new()];
        let mut by_minute = [vec![0u32; 60 * 24], vec![0u32; 60 * 24]];
        for replication in 0..REPLICATIONS {
            let pair = [scans(&one_by_one, replication), scans(&counted, replication)];
            differences[0].push(pair[1].mean - pair[0].mean);
            differences[1].push(pair[1].last - pair[0].last);
            for (side, scans) in pair.iter().enumerate() {
                spread[side].push(scans.mean);
                let sums = by_minute[side].iter_mut().zip(&scans.by_minute);
                sums.for_each(|(sum, scanned)| *sum += scanned);
            }
        }
        let what = format!("{places} places, {scan}");
        agrees(&format!("{what}: mean"), &differences[0], 0.0);
        // The last one of a group is known by the average of its slice.
        let (last, sd) = moments(&differences[1]);
        let half = 3.66 * sd / f64::from(REPLICATIONS).sqrt();
        assert!(last.abs() < half + 0.5, "{what}: the last is {last} ± {half} min later");
        let [(_, single), (_, group)] = [&spread[0], &spread[1]].map(|means| moments(means));
        assert!((0.5..2.0).contains(&(group / single)), "{what}: spread {group} and {single}");
        let all = f64::from(1_000 * REPLICATIONS);
        let apart = by_minute[0].iter().zip(&by_minute[1]);
        let apart = apart.map(|(a, b)| (f64::from(*a) - f64::from(*b)).abs() / all);
        let furthest = apart.fold(0f64, f64::max);
        // Kolmogorov's for two samples of 30,000 is 0.013 at one in a hundred.
        assert!(furthest < 0.016, "{what}: the distributions are {furthest} apart");
    }
}

/// Erlang's second formula: the probability to wait, with `load` erlangs at `places`.
fn erlang_c(places: u32, load: f64) -> f64 {
    let mut blocked = 1.0;
    for place in 1..=places {
        blocked = load * blocked / (f64::from(place) + load * blocked);
    }
    blocked / (1.0 - load / f64::from(places) * (1.0 - blocked))
}

#[test]
fn erlangs_formula_is_the_published_one() {
    assert!((erlang_c(1, 0.5) - 0.5).abs() < 1e-12);
    assert!((erlang_c(2, 1.0) - 1.0 / 3.0).abs() < 1e-12);
    assert!((erlang_c(10, 8.0) - 0.409).abs() < 1e-3);
}

/// How much longer scans take with so many places than with as many as there are clients.
fn waits(individually: bool, places: u32, scan: &str) -> Vec<f64> {
    // Ten clients a minute for six hours: a Poisson stream, but for its number.
    let of = |places| scenario(individually, 3_600, places, "6h", scan);
    let (bounded, free) = (of(places), of(100_000));
    let wait = |replication| scans(&bounded, replication).mean - scans(&free, replication).mean;
    (0..REPLICATIONS).map(wait).collect()
}

#[test]
fn c4_the_queue_at_a_point_is_m_m_c() {
    let (arrivals, mean) = (10.0, 1.0);
    for (individually, places) in [(true, 12), (true, 14), (false, 12)] {
        let expected = erlang_c(places, arrivals * mean) / (f64::from(places) / mean - arrivals);
        let scan = "{ exponential: { mean: 1min } }";
        let what = format!("{places} places, one by one: {individually}");
        agrees(&what, &waits(individually, places, scan), expected);
    }
}

/// One place and scans of constant length: Pollaczek and Khinchine.
#[test]
fn c4_the_queue_at_one_place_with_scans_of_one_length_is_m_d_1() {
    let (arrivals, length) = (10.0, 0.08);
    let load: f64 = arrivals * length;
    let expected = load * length / (2.0 * (1.0 - load));
    for individually in [true, false] {
        let what = format!("one by one: {individually}");
        agrees(&what, &waits(individually, 1, "4.8s"), expected);
    }
}
