//! A distribution in words: as the scenario language writes it, and what is wrong with it.

use std::fmt;

use super::Distribution;
use crate::units::Duration;

/// Further than this from the mean, in standard deviations, next to nothing of a normal
/// distribution is left to draw from.
const FAR: u64 = 8;

/// The way the scenario language writes it: `12min`, `{ lognormal: { median: 12min, p95: 40min } }`.
///
/// Measured lengths print as the list they are, whatever file they came from.
impl fmt::Display for Distribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Constant(duration) => return duration.fmt(f),
            Self::Uniform { min, max } => format!("{{ uniform: {{ min: {min}, max: {max} }} }}"),
            Self::Triangular { min, mode, max } => {
                format!("{{ triangular: {{ min: {min}, mode: {mode}, max: {max} }} }}")
            }
            Self::Exponential { mean } => format!("{{ exponential: {{ mean: {mean} }} }}"),
            Self::Normal { mean, sd, min, max } => {
                let min = if min.is_zero() { String::new() } else { format!(", min: {min}") };
                let max = max.map_or(String::new(), |max| format!(", max: {max}"));
                format!("{{ normal: {{ mean: {mean}, sd: {sd}{min}{max} }} }}")
            }
            Self::Lognormal { median, p95 } => {
                format!("{{ lognormal: {{ median: {median}, p95: {p95} }} }}")
            }
            Self::Weibull { mean, shape } => {
                format!("{{ weibull: {{ mean: {mean}, shape: {shape} }} }}")
            }
            Self::Gamma { mean, cv } => format!("{{ gamma: {{ mean: {mean}, cv: {cv} }} }}"),
            Self::Empirical(lengths) => {
                let lengths: Vec<String> = lengths.iter().map(Duration::to_string).collect();
                format!("{{ empirical: [{}] }}", lengths.join(", "))
            }
        };
        f.pad(&text)
    }
}

impl Distribution {
    /// Is it one that can be drawn from? If not: what is wrong, and what to do.
    pub fn validate(&self) -> Result<(), String> {
        match *self {
            Self::Constant(_) => Ok(()),
            Self::Uniform { min, max } => rising([("min", min), ("max", max)]),
            Self::Triangular { min, mode, max } => {
                rising([("min", min), ("mode", mode)])?;
                rising([("mode", mode), ("max", max)])
            }
            Self::Exponential { mean } => some_time("mean", mean),
            Self::Normal { mean, sd, min, max } => {
                some_time("sd", sd)?;
                if let Some(max) = max {
                    rising([("min", min), ("max", max)])?;
                }
                let reach = sd.checked_mul(FAR).unwrap_or(Duration::MAX);
                let (above, below) = (
                    min.saturating_sub(mean) > reach,
                    max.is_some_and(|max| mean.saturating_sub(max) > reach),
                );
                match (above, below) {
                    (true, _) => Err(format!(
                        "min ({min}) is more than {FAR} sd above mean ({mean}), where nothing is \
                         left to draw from; lower min or raise sd"
                    )),
                    (_, true) => Err(format!(
                        "max is more than {FAR} sd below mean ({mean}), where nothing is left to \
                         draw from; raise max or sd"
                    )),
                    _ => Ok(()),
                }
            }
            Self::Lognormal { median, p95 } => {
                some_time("median", median)?;
                if p95 > median {
                    return Ok(());
                }
                Err(format!(
                    "p95 ({p95}) is not longer than median ({median}), but 95 % are to be \
                     shorter than p95 and only half shorter than median; raise p95, or write \
                     {median} if it is always the same"
                ))
            }
            Self::Weibull { mean, shape } => {
                some_time("mean", mean)?;
                positive("shape", shape, "1 is exponential, above 1 is more even")
            }
            Self::Gamma { mean, cv } => {
                some_time("mean", mean)?;
                positive("cv", cv, "1 is exponential, below 1 is more even")
            }
            Self::Empirical(ref lengths) => match lengths.windows(2).find(|two| two[0] > two[1]) {
                _ if lengths.is_empty() => {
                    Err("no lengths were measured; give at least one".to_owned())
                }
                Some(two) => Err(format!(
                    "{} stands before {}; give the lengths in ascending order",
                    two[0], two[1]
                )),
                None => Ok(()),
            },
        }
    }
}

fn rising([(lower, low), (upper, high)]: [(&str, Duration); 2]) -> Result<(), String> {
    if low <= high {
        return Ok(());
    }
    Err(format!("{lower} ({low}) is longer than {upper} ({high}); exchange them"))
}

fn some_time(name: &str, duration: Duration) -> Result<(), String> {
    if duration > Duration::ZERO {
        return Ok(());
    }
    Err(format!(
        "{name} is no time at all; give one above 0s, or a plain duration if it never varies"
    ))
}

fn positive(name: &str, value: f64, meaning: &str) -> Result<(), String> {
    if value > 0.0 && value.is_finite() {
        return Ok(());
    }
    Err(format!("{name} ({value}) is not a number above 0; {meaning}"))
}
