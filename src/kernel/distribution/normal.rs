//! The normal distribution with mean 0 and standard deviation 1.

use std::f64::consts::{PI, SQRT_2};

/// Beyond so many standard deviations the probabilities are too small for a float.
const FAR: f64 = 37.0;

/// The probability of at most `z`; of small ones, too, all digits are right.
pub(super) fn probability(z: f64) -> f64 {
    libm::erfc(-z / SQRT_2) / 2.0
}

fn density(z: f64) -> f64 {
    libm::exp(-z * z / 2.0) / (2.0 * PI).sqrt()
}

/// The value below which a share `p` lies, strictly between 0 and 1.
///
/// By rational approximation, right to about 16 digits: M. J. Wichura, *Algorithm AS 241: The
/// percentage points of the normal distribution*, Applied Statistics 37 (1988), routine PPND16.
#[rustfmt::skip]
#[allow(clippy::excessive_precision, reason = "the coefficients as they were published")]
pub(super) fn quantile(p: f64) -> f64 {
    const CENTRE: [[f64; 8]; 2] = [
        [3.387_132_872_796_366_608_0, 1.331_416_678_917_843_774_5e2,
         1.971_590_950_306_551_442_7e3, 1.373_169_376_550_946_112_5e4,
         4.592_195_393_154_987_145_7e4, 6.726_577_092_700_870_085_3e4,
         3.343_057_558_358_812_810_5e4, 2.509_080_928_730_122_672_7e3],
        [1.0, 4.231_333_070_160_091_125_2e1,
         6.871_870_074_920_579_083_0e2, 5.394_196_021_424_751_107_7e3,
         2.121_379_430_158_659_586_7e4, 3.930_789_580_009_271_061_0e4,
         2.872_908_573_572_194_267_4e4, 5.226_495_278_852_854_561_0e3],
    ];
    const TAIL: [[f64; 8]; 2] = [
        [1.423_437_110_749_683_577_34, 4.630_337_846_156_545_295_90,
         5.769_497_221_460_691_405_50, 3.647_848_324_763_204_605_04,
         1.270_458_252_452_368_382_58, 2.417_807_251_774_506_117_70e-1,
         2.272_384_498_926_918_458_33e-2, 7.745_450_142_783_414_076_40e-4],
        [1.0, 2.053_191_626_637_758_821_87,
         1.676_384_830_183_803_849_40, 6.897_673_349_851_000_045_50e-1,
         1.481_039_764_274_800_745_90e-1, 1.519_866_656_361_645_719_66e-2,
         5.475_938_084_995_344_946_00e-4, 1.050_750_071_644_416_843_24e-9],
    ];
    const FAR_TAIL: [[f64; 8]; 2] = [
        [6.657_904_643_501_103_777_20, 5.463_784_911_164_114_369_90,
         1.784_826_539_917_291_335_80, 2.965_605_718_285_048_912_30e-1,
         2.653_218_952_657_612_309_30e-2, 1.242_660_947_388_078_438_60e-3,
         2.711_555_568_743_487_578_15e-5, 2.010_334_399_292_288_132_65e-7],
        [1.0, 5.998_322_065_558_879_376_90e-1,
         1.369_298_809_227_358_053_10e-1, 1.487_536_129_085_061_485_25e-2,
         7.868_691_311_456_132_591_00e-4, 1.846_318_317_510_054_681_80e-5,
         1.421_511_758_316_445_888_70e-7, 2.044_263_103_389_939_785_64e-15],
    ];
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        return q * ratio(&CENTRE, 0.180_625 - q * q);
    }
    let r = (-libm::log(if q < 0.0 { p } else { 1.0 - p })).sqrt();
    let z = if r <= 5.0 { ratio(&TAIL, r - 1.6) } else { ratio(&FAR_TAIL, r - 5.0) };
    if q < 0.0 { -z } else { z }
}

/// One polynomial over another; the coefficients begin with the constant one.
fn ratio([above, below]: &[[f64; 8]; 2], x: f64) -> f64 {
    let polynomial = |terms: &[f64; 8]| terms.iter().rev().fold(0.0, |sum, term| sum * x + term);
    polynomial(above) / polynomial(below)
}

/// The value below which lies a share `u` of what is between two bounds.
pub(super) fn quantile_between(low: f64, high: f64, u: f64) -> f64 {
    if low > 0.0 {
        // the mirror image, because probabilities near 1 have lost the digits that count
        return -quantile_between(-high, -low, 1.0 - u);
    }
    let z = if high < -FAR {
        // so far out the curve falls like an exponential one
        let below = libm::exp(high * (high - low));
        high - libm::log(below + u * (1.0 - below)) / high
    } else {
        let (below, above) = (probability(low), probability(high));
        quantile(below + u * (above - below))
    };
    z.max(low).min(high)
}

/// The mean of what is between two bounds.
pub(super) fn mean_between(low: f64, high: f64) -> f64 {
    if low > 0.0 {
        return -mean_between(-high, -low);
    }
    let z = if high < -FAR {
        let (width, below) = (high - low, libm::exp(high * (high - low)));
        let missing = if below > 0.0 { width * below / (1.0 - below) } else { 0.0 };
        high + 1.0 / high + missing
    } else {
        (density(low) - density(high)) / (probability(high) - probability(low))
    };
    z.max(low).min(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (p, z) in [
            (0.5, 0.0),
            (0.75, 0.674_489_750_196_081_7),
            (0.95, super::super::SD_TO_P95),
            (0.975, 1.959_963_984_540_054),
            (0.001, -3.090_232_306_167_813_5),
            (1e-20, -9.262_340_089_798_408),
        ] {
            assert!((quantile(p) - z).abs() < 4e-15 * z.abs().max(1.0), "{p}: {}", quantile(p));
        }
    }

    #[test]
    fn the_quantile_undoes_the_probability_far_into_the_tails() {
        for tenth in -370..=80 {
            let z = f64::from(tenth) / 10.0;
            let back = quantile(probability(z));
            // near 1 a probability has few digits left to tell one z from the next
            let slack = if z > 0.0 { 2e-16 / density(z) } else { 0.0 };
            assert!((back - z).abs() <= 1e-14 * z.abs().max(1.0) + slack, "{z}: {back}");
        }
    }

    #[test]
    fn what_lies_between_bounds_stays_between_them_and_rises() {
        let bounds = [
            (-1.0, 2.0),
            (5.0, 6.0),
            (20.0, f64::INFINITY),
            (36.9, 38.0),
            (40.0, f64::INFINITY),
            (60.0, 60.001),
            (1e9, f64::INFINITY),
            (-50.0, -45.0),
            (-1e6, 1e6),
        ];
        for (low, high) in bounds {
            let drawn = (1..100).map(|u| quantile_between(low, high, f64::from(u) / 100.0));
            let drawn: Vec<f64> = drawn.collect();
            assert!(drawn.iter().all(|z| (low..=high).contains(z)), "{low} to {high}: {drawn:?}");
            assert!(drawn.is_sorted(), "{low} to {high}: {drawn:?}");
            let average = drawn.iter().sum::<f64>() / 99.0;
            let (mean, spread) = (mean_between(low, high), drawn[98] - drawn[0]);
            assert!((average - mean).abs() <= 0.03 * spread, "{low} to {high}: {average}, {mean}");
        }
    }
}
