use std::sync::Arc;

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
