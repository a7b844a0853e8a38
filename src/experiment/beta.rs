//! The regularised incomplete beta function: from it come the exact bounds on a share and the
//! quantiles of Student's t.
//!
//! Our own, because what others offer asks the platform for logarithms and powers, whose last bits
//! differ between machines. Here they come from libm; the rest is +, −, ×, ÷, which are exact to
//! the last bit everywhere.

/// Below this nothing is divided by.
const TINY: f64 = 1e-300;
/// As near as the fraction is followed.
const NEAR: f64 = 1e-15;
/// Steps in the worst case; it takes about the square root of the larger parameter.
const STEPS: u32 = 20_000;

/// The probability that a beta variable with parameters `a` and `b` is at most `x`.
///
/// `a`, `b` above 0, `x` from 0 to 1. The continued fraction of Lentz's method: W. H. Press and
/// others, *Numerical Recipes*, section 6.4.
pub(super) fn probability(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let log_front = libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b)
        + a * libm::log(x)
        + b * libm::log1p(-x);
    let front = libm::exp(log_front);
    // the fraction converges fast on this side of the mean
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(a, b, x) / a
    } else {
        1.0 - front * fraction(b, a, 1.0 - x) / b
    }
}

fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let nonzero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / nonzero(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for step in 1..=STEPS {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / nonzero(1.0 + even * d);
        c = nonzero(1.0 + even / c);
        value *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / nonzero(1.0 + odd * d);
        c = nonzero(1.0 + odd / c);
        let change = d * c;
        value *= change;
        if (change - 1.0).abs() < NEAR {
            break;
        }
    }
    value
}

/// The value below which a share `p` of a beta variable lies: where [`probability`] is `p`.
///
/// By halving, so that nothing but the order of floats decides where it ends.
pub(super) fn quantile(a: f64, b: f64, p: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..100 {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if probability(a, b, middle) < p { low = middle } else { high = middle }
    }
    low + (high - low) / 2.0
}

/// The quantile of Student's t with so many degrees of freedom that is exceeded on either side
/// with probability `1 - confidence` together.
pub(super) fn student(freedom: f64, confidence: f64) -> f64 {
    // P(|t| > q) is the probability that a beta variable (freedom / 2, 1 / 2) is at most
    // freedom / (freedom + q²).
    let x = quantile(freedom / 2.0, 0.5, 1.0 - confidence);
    (freedom * (1.0 - x) / x).sqrt()
}

/// How probable it is that Student's t with so many degrees of freedom is further from 0 than this.
pub(super) fn beyond(freedom: f64, t: f64) -> f64 {
    probability(freedom / 2.0, 0.5, freedom / (freedom + t * t))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(one: f64, other: f64) {
        assert!((one - other).abs() <= 1e-9 * other.abs().max(1.0), "{one} is not {other}");
    }

    /// The probability of at least `k` successes in `n` tries, summed term by term.
    fn at_least(n: u32, k: u32, p: f64) -> f64 {
        let mut choose = 1.0;
        let mut sum = 0.0;
        for i in 0..=n {
            if i >= k {
                let power = |base: f64, times: u32| (0..times).fold(1.0, |all, _| all * base);
                sum += choose * power(p, i) * power(1.0 - p, n - i);
            }
            choose = choose * f64::from(n - i) / f64::from(i + 1);
        }
        sum
    }

    #[test]
    fn it_is_the_tail_of_the_binomial() {
        for n in [1_u32, 2, 7, 30, 100] {
            for k in [1, n.div_ceil(3), n.div_ceil(2), n] {
                for p in [0.01, 0.2, 0.5, 0.77, 0.99] {
                    let beta = probability(f64::from(k), f64::from(n - k) + 1.0, p);
                    near(beta, at_least(n, k, p));
                }
            }
        }
    }

    #[test]
    fn a_quantile_leads_back() {
        for (a, b) in [(1.0, 1.0), (0.5, 0.5), (3.0, 48.0), (950.0, 51.0), (5e5, 5e5)] {
            for p in [0.001, 0.05, 0.5, 0.975] {
                near(probability(a, b, quantile(a, b, p)), p);
            }
        }
        // uniform: the quantile is the share itself
        near(quantile(1.0, 1.0, 0.3), 0.3);
    }

    #[test]
    fn students_quantiles_are_those_of_the_tables() {
        for (freedom, table) in [
            (1.0, 12.706_204_736),
            (4.0, 2.776_445_105),
            (9.0, 2.262_157_163),
            (49.0, 2.009_575_237),
        ] {
            let quantile = student(freedom, 0.95);
            assert!((quantile - table).abs() < 1e-8, "{freedom}: {quantile}");
        }
    }
}
