//! How long things take: distributions of lengths of time, and drawing from them.
//!
//! Drawn by inverting the distribution function, so that one draw is enough, a larger draw gives
//! a longer time, and two layouts under the same chance stay comparable. (The gamma distribution
//! alone is drawn by rejection, and takes as many draws of its stream as it needs.)
//!
//! The only floating point of the kernel: plain arithmetic, square roots and functions of `libm`,
//! each the same on every machine; rounded once, at the end, to whole microseconds.

mod gamma;
mod normal;
mod words;

use std::sync::Arc;

use super::Stream;
use crate::units::Duration;

/// How long something takes.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Always the same.
    Constant(Duration),
    /// Evenly between two lengths.
    Uniform {
        /// The shortest.
        min: Duration,
        /// The longest.
        max: Duration,
    },
    /// A triangle: shortest, most likely, longest.
    Triangular {
        /// The shortest.
        min: Duration,
        /// The most likely.
        mode: Duration,
        /// The longest.
        max: Duration,
    },
    /// Exponential: without memory.
    Exponential {
        /// The mean.
        mean: Duration,
    },
    /// Normal, cut at zero and at the bounds given (by drawing inside them, not by clamping).
    Normal {
        /// The mean before the cut.
        mean: Duration,
        /// The standard deviation before the cut.
        sd: Duration,
        /// Nothing shorter; zero when not given.
        min: Duration,
        /// Nothing longer.
        max: Option<Duration>,
    },
    /// Lognormal, by two quantiles.
    Lognormal {
        /// Half are shorter.
        median: Duration,
        /// 95 % are shorter.
        p95: Duration,
    },
    /// Weibull.
    Weibull {
        /// The mean.
        mean: Duration,
        /// The shape, above zero; 1 is exponential.
        shape: f64,
    },
    /// Gamma.
    Gamma {
        /// The mean.
        mean: Duration,
        /// The coefficient of variation (standard deviation over mean), above zero.
        cv: f64,
    },
    /// One of the lengths measured, each as likely as the other; at least one, in ascending order.
    Empirical(Arc<[Duration]>),
}

/// How many standard deviations of a normal distribution lie between its median and the quantile
/// below which 95 % are.
const SD_TO_P95: f64 = 1.644_853_626_951_472_2;

impl Distribution {
    /// Draws a length of time.
    ///
    /// A constant and an empty list take no draw, a gamma distribution two or more, each of the
    /// others exactly one. Never panics, whatever the parameters: what
    /// [`Distribution::validate`] refuses gives some length, the same one each time.
    pub fn sample(&self, stream: &mut Stream) -> Duration {
        match *self {
            Self::Constant(duration) => duration,
            Self::Uniform { min, max } => {
                let lengths = u128::from(max.saturating_sub(min).micros()) + 1;
                let above = ((u128::from(stream.bits()) * lengths) >> 64) as u64;
                Duration::from_micros(min.micros().saturating_add(above))
            }
            Self::Triangular { min, mode, max } => {
                let (left, right) = (float(mode) - float(min), float(max) - float(mode));
                let width = left + right;
                let u = stream.unit_open();
                if u * width < left {
                    round(float(min) + (u * width * left).sqrt())
                } else {
                    round(float(max) - ((1.0 - u) * width * right).sqrt())
                }
            }
            Self::Exponential { mean } => round(-libm::log(1.0 - stream.unit_open()) * float(mean)),
            Self::Normal { mean, sd, min, max } => {
                let u = stream.unit_open();
                let max = max.unwrap_or(Duration::MAX).max(min);
                if sd.is_zero() {
                    return mean.clamp(min, max);
                }
                let z =
                    normal::quantile_between(standard(min, mean, sd), standard(max, mean, sd), u);
                round(float(mean) + float(sd) * z).clamp(min, max)
            }
            Self::Lognormal { median, p95 } => {
                let z = normal::quantile(stream.unit_open());
                round(float(median) * libm::exp(log_sd(median, p95) * z))
            }
            Self::Weibull { mean, shape } => {
                let ln = libm::log(-libm::log(1.0 - stream.unit_open())) / shape;
                // in logarithms, because the scale alone may be too small for a float
                round(libm::exp(libm::log(float(mean)) - libm::lgamma(1.0 + 1.0 / shape) + ln))
            }
            Self::Gamma { mean, cv } => round(float(mean) * gamma::sample(cv, stream)),
            Self::Empirical(ref lengths) => {
                if lengths.is_empty() {
                    return Duration::ZERO;
                }
                let index = (u128::from(stream.bits()) * lengths.len() as u128) >> 64;
                lengths[index as usize]
            }
        }
    }

    /// The mean, to the nearest microsecond; [`Duration::MAX`] when it is longer than that.
    pub fn mean(&self) -> Duration {
        match *self {
            Self::Constant(duration) => duration,
            Self::Uniform { min, max } => average(&[min, max]),
            Self::Triangular { min, mode, max } => average(&[min, mode, max]),
            Self::Exponential { mean } | Self::Weibull { mean, .. } | Self::Gamma { mean, .. } => {
                mean
            }
            Self::Normal { mean, sd, min, max } => {
                let max = max.unwrap_or(Duration::MAX).max(min);
                if sd.is_zero() {
                    return mean.clamp(min, max);
                }
                let z = normal::mean_between(standard(min, mean, sd), standard(max, mean, sd));
                round(float(mean) + float(sd) * z).clamp(min, max)
            }
            Self::Lognormal { median, p95 } => {
                let sd = log_sd(median, p95);
                round(float(median) * libm::exp(sd * sd / 2.0))
            }
            Self::Empirical(ref lengths) => average(lengths),
        }
    }

    /// The one length it always has, if it has.
    pub fn as_constant(&self) -> Option<Duration> {
        match *self {
            Self::Constant(duration) => Some(duration),
            Self::Uniform { min, max } | Self::Triangular { min, max, .. } if min == max => {
                Some(min)
            }
            Self::Empirical(ref lengths) => {
                let first = *lengths.first()?;
                lengths.iter().all(|&length| length == first).then_some(first)
            }
            _ => None,
        }
    }
}

/// Microseconds as a float: exact up to 285 years.
fn float(duration: Duration) -> f64 {
    duration.micros() as f64
}

/// To the nearest microsecond; too short is no time at all, too long the longest there is.
fn round(micros: f64) -> Duration {
    Duration::from_micros(libm::round(micros) as u64)
}

/// How many standard deviations a bound lies above the mean.
fn standard(bound: Duration, mean: Duration, sd: Duration) -> f64 {
    if bound == Duration::MAX { f64::INFINITY } else { (float(bound) - float(mean)) / float(sd) }
}

/// The standard deviation of the logarithm.
fn log_sd(median: Duration, p95: Duration) -> f64 {
    libm::log(float(p95) / float(median)) / SD_TO_P95
}

/// The arithmetic mean, to the nearest microsecond; zero of none.
fn average(durations: &[Duration]) -> Duration {
    let count = durations.len().max(1) as u128;
    let sum: u128 = durations.iter().map(|duration| u128::from(duration.micros())).sum();
    Duration::from_micros(((sum + count / 2) / count) as u64)
}

#[cfg(test)]
mod tests;
