//! What is drawn, against the theory.

use super::*;
use crate::kernel::{Entity, Streams};

const DRAWS: u32 = 20_000;

fn mins(minutes: u64) -> Duration {
    Duration::from_mins(minutes)
}

fn square(x: f64) -> f64 {
    x * x
}

/// A stream for each number, the same in every run of the tests.
fn stream(number: u64) -> Stream {
    Streams::new(2007, 0).stream(Entity::named("P01"), 0, number)
}

/// Draws the way the world does: each from a stream of its own.
fn drawn(distribution: &Distribution) -> Vec<Duration> {
    (0..DRAWS).map(|number| distribution.sample(&mut stream(u64::from(number)))).collect()
}

/// The probability of at most so many minutes.
type Probability = Box<dyn Fn(f64) -> f64>;

/// Each distribution, with its distribution function.
fn theory() -> Vec<(Distribution, Probability)> {
    let normal = |low: f64, high: f64| {
        move |x: f64| {
            let p = |x: f64| normal::probability((x - 10.0) / 4.0);
            (p(x) - p(low)) / (p(high) - p(low))
        }
    };
    let triangular = |x: f64| match x {
        x if x < 12.0 => (x - 10.0) * (x - 10.0) / 20.0,
        x => 1.0 - (20.0 - x) * (20.0 - x) / 80.0,
    };
    let lognormal = |x: f64| {
        let sd = libm::log(40.0 / 12.0) / SD_TO_P95;
        normal::probability(libm::log(x / 12.0) / sd)
    };
    let weibull = |shape: f64| {
        let scale = 10.0 / libm::tgamma(1.0 + 1.0 / shape);
        move |x: f64| 1.0 - libm::exp(-libm::pow(x / scale, shape))
    };
    vec![
        (Distribution::Uniform { min: mins(5), max: mins(25) }, Box::new(|x| (x - 5.0) / 20.0)),
        (
            Distribution::Triangular { min: mins(10), mode: mins(12), max: mins(20) },
            Box::new(triangular),
        ),
        (Distribution::Exponential { mean: mins(10) }, Box::new(|x| 1.0 - libm::exp(-x / 10.0))),
        (
            Distribution::Normal { mean: mins(10), sd: mins(4), min: Duration::ZERO, max: None },
            Box::new(normal(0.0, f64::INFINITY)),
        ),
        (
            Distribution::Normal {
                mean: mins(10),
                sd: mins(4),
                min: mins(16),
                max: Some(mins(30)),
            },
            Box::new(normal(16.0, 30.0)),
        ),
        (Distribution::Lognormal { median: mins(12), p95: mins(40) }, Box::new(lognormal)),
        (Distribution::Weibull { mean: mins(10), shape: 0.7 }, Box::new(weibull(0.7))),
        (Distribution::Weibull { mean: mins(10), shape: 3.0 }, Box::new(weibull(3.0))),
        (Distribution::Gamma { mean: mins(10), cv: 0.5 }, Box::new(gamma(4.0))),
        (Distribution::Gamma { mean: mins(10), cv: 1.6 }, Box::new(gamma(1.0 / 2.56))),
    ]
}

/// The gamma distribution of mean 10 by its series.
fn gamma(shape: f64) -> impl Fn(f64) -> f64 {
    move |x| {
        let x = x / 10.0 * shape;
        let mut term = libm::exp(shape * libm::log(x) - x - libm::lgamma(shape + 1.0));
        let mut sum = 0.0;
        for n in 1..200 {
            sum += term;
            term *= x / (shape + f64::from(n));
        }
        sum
    }
}

#[test]
fn draws_fall_where_the_distribution_function_says() {
    for (distribution, probability) in theory() {
        let mut seen = [0u32; 100];
        for duration in drawn(&distribution) {
            let p = probability(float(duration) / 6e7);
            seen[((p * 100.0) as usize).min(99)] += 1;
        }
        let expected = f64::from(DRAWS) / 100.0;
        let sum: f64 = seen.iter().map(|&n| square(f64::from(n) - expected) / expected).sum();
        // 99 degrees of freedom: mean 99, standard deviation 14
        assert!((50.0..155.0).contains(&sum), "{distribution}: chi-square {sum:.0}");
    }
}

#[test]
fn the_average_of_many_draws_is_the_mean() {
    for (distribution, _) in theory() {
        let draws: Vec<f64> = drawn(&distribution).into_iter().map(float).collect();
        let count = f64::from(DRAWS);
        let average = draws.iter().sum::<f64>() / count;
        let variance = draws.iter().map(|x| square(x - average)).sum::<f64>() / count;
        let off = (average - float(distribution.mean())) / (variance / count).sqrt();
        assert!(off.abs() < 4.0, "{distribution}: {off:.1} standard errors from its mean");
    }
}

#[test]
fn a_lognormal_keeps_the_two_quantiles_it_was_given() {
    let draws = drawn(&Distribution::Lognormal { median: mins(12), p95: mins(40) });
    let share = |limit| draws.iter().filter(|&&d| d < limit).count() as f64 / f64::from(DRAWS);
    assert!((share(mins(12)) - 0.5).abs() < 0.01);
    assert!((share(mins(40)) - 0.95).abs() < 0.005);
}

#[test]
fn bounds_are_kept_and_both_ends_of_a_short_uniform_are_reached() {
    let [low, high] = [3, 5].map(Duration::from_micros);
    let draws = drawn(&Distribution::Uniform { min: low, max: high });
    for micros in 3..=5 {
        let count = draws.iter().filter(|d| d.micros() == micros).count();
        assert!((6_400..6_950).contains(&count), "{micros}: {count}");
    }
    let list = Distribution::Empirical([low, high, high].into());
    assert_eq!(list.mean(), Duration::from_micros(4));
    let long = drawn(&list).iter().filter(|&&d| d == high).count();
    assert!((13_050..13_600).contains(&long), "{long}");
}

#[test]
fn all_but_gamma_take_one_draw() {
    for (distribution, _) in theory() {
        let (mut used, mut plain) = (stream(9), stream(9));
        distribution.sample(&mut used);
        plain.bits();
        let gamma = matches!(distribution, Distribution::Gamma { .. });
        assert_eq!(used == plain, !gamma, "{distribution}");
    }
    let mut untouched = stream(9);
    Distribution::Constant(mins(1)).sample(&mut untouched);
    assert_eq!(untouched, stream(9));
}

#[test]
fn draws_never_change_from_one_version_to_the_next() {
    let pinned: Vec<Vec<u64>> = theory()
        .iter()
        .map(|(distribution, _)| {
            (0..3).map(|number| distribution.sample(&mut stream(number)).micros()).collect()
        })
        .collect();
    let expected = [
        [432_032_372, 1_439_366_491, 392_986_389],
        [689_005_294, 1_079_368_154, 674_693_931],
        [69_938_477, 1_791_137_485, 48_393_365],
        [312_596_978, 994_267_356, 267_899_429],
        [974_244_291, 1_250_122_620, 969_895_173],
        [293_413_363, 2_391_062_141, 254_239_244],
        [21_993_756, 2_261_088_840, 12_996_532],
        [328_219_764, 967_465_856, 290_305_065],
        [267_597_335, 1_168_215_917, 234_295_989],
        [277_569, 3_606_479_621, 417_054],
    ];
    assert_eq!(pinned, expected);
}

#[test]
fn no_parameters_make_it_panic_or_hang() {
    let lengths =
        [0, 1, 1_000_000, u64::MAX / 2, u64::MAX - 1, u64::MAX].map(Duration::from_micros);
    let numbers = [0.0, -1.0, 1e-300, 1e-9, 0.01, 1.0, 1e9, 1e300, f64::INFINITY, f64::NAN];
    let mut all = vec![Distribution::Empirical([].into())];
    for a in lengths {
        for number in numbers {
            all.push(Distribution::Weibull { mean: a, shape: number });
            all.push(Distribution::Gamma { mean: a, cv: number });
        }
        all.push(Distribution::Exponential { mean: a });
        for b in lengths {
            all.push(Distribution::Uniform { min: a, max: b });
            all.push(Distribution::Lognormal { median: a, p95: b });
            for c in lengths {
                all.push(Distribution::Triangular { min: a, mode: b, max: c });
                all.push(Distribution::Normal { mean: a, sd: b, min: c, max: None });
                all.push(Distribution::Normal { mean: a, sd: b, min: c, max: Some(mins(1)) });
            }
        }
    }
    for distribution in all {
        let draws = [0, 1, 2].map(|number| distribution.sample(&mut stream(number)));
        let again = [0, 1, 2].map(|number| distribution.sample(&mut stream(number)));
        assert_eq!(draws, again, "{distribution}");
        let _ = (distribution.mean(), distribution.validate());
    }
}

#[test]
fn a_very_even_gamma_is_its_mean() {
    for cv in [1e-12, 1e-100, 1e-300] {
        let distribution = Distribution::Gamma { mean: mins(10), cv };
        assert_eq!(distribution.sample(&mut stream(1)), mins(10), "{cv}");
    }
}

#[test]
fn a_distribution_prints_as_the_language_writes_it() {
    let printed: Vec<String> = theory().iter().map(|(one, _)| one.to_string()).collect();
    assert_eq!(
        printed,
        [
            "{ uniform: { min: 5min, max: 25min } }",
            "{ triangular: { min: 10min, mode: 12min, max: 20min } }",
            "{ exponential: { mean: 10min } }",
            "{ normal: { mean: 10min, sd: 4min } }",
            "{ normal: { mean: 10min, sd: 4min, min: 16min, max: 30min } }",
            "{ lognormal: { median: 12min, p95: 40min } }",
            "{ weibull: { mean: 10min, shape: 0.7 } }",
            "{ weibull: { mean: 10min, shape: 3 } }",
            "{ gamma: { mean: 10min, cv: 0.5 } }",
            "{ gamma: { mean: 10min, cv: 1.6 } }",
        ]
    );
    assert_eq!(Distribution::Constant(mins(90)).to_string(), "1h30min");
    let measured = Distribution::Empirical([mins(1), mins(2)].into());
    assert_eq!(measured.to_string(), "{ empirical: [1min, 2min] }");
}

#[test]
fn what_never_varies_is_known_as_constant() {
    let (one, two) = (mins(1), mins(2));
    let constant = |distribution: Distribution| distribution.as_constant();
    assert_eq!(constant(Distribution::Constant(one)), Some(one));
    assert_eq!(constant(Distribution::Uniform { min: one, max: one }), Some(one));
    assert_eq!(constant(Distribution::Empirical([two, two].into())), Some(two));
    assert_eq!(constant(Distribution::Empirical([one, two].into())), None);
    assert_eq!(constant(Distribution::Exponential { mean: one }), None);
}

#[test]
fn a_mistake_is_named_with_what_to_do() {
    let (one, two) = (mins(1), mins(2));
    let normal = |min, max| Distribution::Normal { mean: mins(60), sd: one, min, max };
    for (distribution, message) in [
        (Distribution::Uniform { min: two, max: one }, "min (2min) is longer than max (1min)"),
        (Distribution::Triangular { min: one, mode: two, max: one }, "mode (2min) is longer than"),
        (Distribution::Triangular { min: two, mode: one, max: two }, "min (2min) is longer than"),
        (Distribution::Exponential { mean: Duration::ZERO }, "mean is no time at all"),
        (normal(mins(69), None), "min (1h9min) is more than 8 sd above mean (1h)"),
        (normal(one, Some(two)), "max is more than 8 sd below mean (1h)"),
        (normal(two, Some(one)), "min (2min) is longer than max (1min)"),
        (Distribution::Lognormal { median: two, p95: two }, "p95 (2min) is not longer than median"),
        (Distribution::Weibull { mean: one, shape: 0.0 }, "shape (0) is not a number above 0"),
        (Distribution::Weibull { mean: one, shape: f64::NAN }, "shape (NaN) is not a number"),
        (Distribution::Gamma { mean: one, cv: f64::INFINITY }, "cv (inf) is not a number above 0"),
        (Distribution::Empirical([].into()), "no lengths were measured"),
        (Distribution::Empirical([two, one].into()), "2min stands before 1min"),
    ] {
        let found = distribution.validate().expect_err(message);
        assert!(found.contains(message), "{distribution}: {found}");
    }
    for (distribution, _) in theory() {
        assert_eq!(distribution.validate(), Ok(()), "{distribution}");
    }
}
