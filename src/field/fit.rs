//! From real synchronisations to `timing`.
//!
//! For each step the durations found in the logs are described by the one of four shapes that
//! lies nearest to them: a constant, or an exponential, a normal or a lognormal distribution with
//! the parameters of greatest likelihood. Phase 1 and phase 2 may also grow with the number of
//! items, when the logs count them.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;

use super::story::{Ended, LoggedSync, Story};
use crate::scenario::Distribution;
use crate::trace::Trigger;
use crate::units::Duration;

/// A step that `timing` describes and logs show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The parent's 6702 to the child's 6701: transit and noticing together (two clocks).
    Request,
    /// 6701 to 6704.
    Connect,
    /// 6704 to the end of phase 1, the transfer with it.
    Pull,
    /// The fixed wait.
    Settle,
    /// Phase 2.
    Import,
    /// The internet-based point.
    Internet,
}

impl Step {
    /// Its key in `timing`.
    pub const fn key(self) -> &'static str {
        match self {
            Step::Request => "request",
            Step::Connect => "connect",
            Step::Pull => "pull",
            Step::Settle => "settle",
            Step::Import => "import",
            Step::Internet => "internet",
        }
    }
}

/// What the logs say of one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// Which step.
    pub step: Step,
    /// At the top-level site, or at the sites below it?
    pub top_level: bool,
    /// How many synchronisations show it.
    pub count: usize,
    /// The shortest, the median and the longest of them.
    pub seen: [Duration; 3],
    /// How it is described.
    pub base: Distribution,
    /// What each item adds, when that explains at least half of the variance.
    pub per_item: Option<Duration>,
    /// How far the description lies from the durations at most: the greatest difference of the
    /// two cumulative distributions (Kolmogorov's distance), from 0 to 1.
    pub distance: f64,
}

/// The value of the step in `timing`.
impl fmt::Display for Fitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.per_item {
            Some(each) => write!(f, "{{ base: {}, per_update: {each} }}", self.base),
            None => write!(f, "{}", self.base),
        }
    }
}

/// A duration in seconds, and the items it was for.
type Sample = (f64, Option<u32>);

/// Describes every step that the stories show, the top-level site's by itself.
pub fn fit(stories: &[Story]) -> Vec<Fitted> {
    let mut samples: BTreeMap<(Step, bool), Vec<Sample>> = BTreeMap::new();
    for story in stories {
        let top_level = is_top_level(story);
        for sync in &story.syncs {
            for (step, from, to) in steps(sync) {
                let items = matches!(step, Step::Pull | Step::Import).then_some(sync.items);
                let sample = seconds(from, to).map(|length| (length, items.flatten()));
                samples.entry((step, top_level)).or_default().extend(sample);
            }
        }
    }
    let requests = stories.iter().flat_map(|story| requests(story, stories));
    samples
        .entry((Step::Request, false))
        .or_default()
        .extend(requests.map(|length| (length, None)));
    let found = samples.into_iter().filter(|(_, samples)| !samples.is_empty());
    found.map(|((step, top_level), samples)| described(step, top_level, &samples)).collect()
}

/// A site that never heard of a parent and runs phase 2, or has children and no parent.
fn is_top_level(story: &Story) -> bool {
    story.parent.is_none()
}

fn steps(sync: &LoggedSync) -> impl Iterator<Item = (Step, Timestamp, Timestamp)> {
    let between = |step, from: Option<Timestamp>, to: Option<Timestamp>| Some((step, from?, to?));
    [
        between(Step::Connect, Some(sync.started), sync.connected),
        between(Step::Pull, sync.connected, sync.pulled),
        between(Step::Settle, sync.pulled, sync.settled),
        between(Step::Import, sync.import_began, sync.imported),
        between(Step::Internet, sync.internet_began, sync.internet_done),
    ]
    .into_iter()
    .flatten()
}

/// From the parent's success to the start of the synchronisation that it asked for. A request
/// that takes longer has waited for a sender, which is no property of the child.
fn requests<'s>(story: &'s Story, stories: &'s [Story]) -> impl Iterator<Item = f64> + 's {
    const LONGEST: f64 = 3_600.0;
    let parent = stories.iter().find(|other| Some(&other.site) == story.parent.as_ref());
    let asked = story.syncs.iter().filter(|sync| sync.trigger == Some(Trigger::Parent));
    asked.filter_map(move |sync| {
        let done = parent?.syncs.iter().filter_map(|above| match above.ended {
            Ended::Done(at) | Ended::DoneLicenceTermsPending(at) => Some(at),
            Ended::Failed { .. } | Ended::CutOff => None,
        });
        let last = done.filter(|at| *at <= sync.started).max()?;
        seconds(last, sync.started).filter(|length| *length <= LONGEST)
    })
}

fn seconds(from: Timestamp, to: Timestamp) -> Option<f64> {
    let micros = to.as_microsecond() - from.as_microsecond();
    (micros >= 0).then(|| micros as f64 / 1e6)
}

fn described(step: Step, top_level: bool, samples: &[Sample]) -> Fitted {
    let mut lengths: Vec<f64> = samples.iter().map(|(length, _)| *length).collect();
    lengths.sort_unstable_by(f64::total_cmp);
    let seen = [lengths[0], lengths[lengths.len() / 2], lengths[lengths.len() - 1]].map(rounded);
    let per_item = slope(samples);
    if let Some(each) = per_item {
        lengths = samples
            .iter()
            .map(|(length, items)| (length - each * f64::from(items.unwrap_or(0))).max(0.0))
            .collect();
        lengths.sort_unstable_by(f64::total_cmp);
    }
    let (base, distance) = nearest(&lengths);
    let per_item = per_item.map(rounded);
    Fitted { step, top_level, count: samples.len(), seen, base, per_item, distance }
}

/// What each item adds \[s\], by least squares; `None` unless it explains half of the variance of
/// at least eight durations.
fn slope(samples: &[Sample]) -> Option<f64> {
    let counted: Vec<(f64, f64)> = samples
        .iter()
        .filter_map(|(length, items)| Some((f64::from((*items)?), *length)))
        .collect();
    if counted.len() < 8 || counted.len() < samples.len() {
        return None;
    }
    let n = counted.len() as f64;
    let mean_x = counted.iter().map(|(x, _)| x).sum::<f64>() / n;
    let mean_y = counted.iter().map(|(_, y)| y).sum::<f64>() / n;
    let xx: f64 = counted.iter().map(|(x, _)| (x - mean_x) * (x - mean_x)).sum();
    let yy: f64 = counted.iter().map(|(_, y)| (y - mean_y) * (y - mean_y)).sum();
    let xy: f64 = counted.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    if xx <= 0.0 || yy <= 0.0 || xy <= 0.0 {
        return None;
    }
    let each = xy / xx;
    let explained = xy * xy / (xx * yy);
    // A line that starts below nothing would make small synchronisations free.
    (explained >= 0.5 && mean_y - each * mean_x >= 0.0).then_some(each)
}

/// The shape nearest to these durations (in order, at least one), and how near.
fn nearest(lengths: &[f64]) -> (Distribution, f64) {
    let (n, median) = (lengths.len() as f64, lengths[lengths.len() / 2]);
    let spread = lengths[lengths.len() - 1] - lengths[0];
    if lengths.len() < 3 || spread <= 0.02 * median {
        return (Distribution::Constant(rounded(median)), 0.0);
    }
    let mean = lengths.iter().sum::<f64>() / n;
    let variance = lengths.iter().map(|one| (one - mean) * (one - mean)).sum::<f64>() / n;
    let sd = variance.sqrt();
    let mut candidates = vec![
        (
            Distribution::Exponential { mean: rounded(mean) },
            distance(lengths, |length| 1.0 - libm::exp(-length / mean)),
        ),
        (
            Distribution::Normal {
                mean: rounded(mean),
                sd: rounded(sd),
                min: Duration::ZERO,
                max: None,
            },
            distance(lengths, |length| normal((length - mean) / sd)),
        ),
    ];
    if lengths[0] > 0.0 {
        let logs: Vec<f64> = lengths.iter().map(|length| libm::log(*length)).collect();
        let mu = logs.iter().sum::<f64>() / n;
        let sigma = (logs.iter().map(|log| (log - mu) * (log - mu)).sum::<f64>() / n).sqrt();
        let shape = Distribution::Lognormal {
            median: rounded(libm::exp(mu)),
            p95: rounded(libm::exp(mu + 1.644_853_626_951_472_2 * sigma)),
        };
        candidates
            .push((shape, distance(lengths, |length| normal((libm::log(length) - mu) / sigma))));
    }
    // Of equally near ones the first: the simplest.
    candidates.into_iter().min_by(|a, b| a.1.total_cmp(&b.1)).expect("there are candidates")
}

fn normal(z: f64) -> f64 {
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}

fn distance(lengths: &[f64], cumulative: impl Fn(f64) -> f64) -> f64 {
    let n = lengths.len() as f64;
    let gap = |(place, length): (usize, &f64)| {
        let (expected, place) = (cumulative(*length), place as f64);
        (expected - place / n).abs().max(((place + 1.0) / n - expected).abs())
    };
    lengths.iter().enumerate().map(gap).fold(0.0, f64::max)
}

/// To the millisecond, as logs have it; never nothing where something was seen.
fn rounded(seconds: f64) -> Duration {
    let millis = (seconds * 1e3 + 0.5).floor().max(0.0);
    Duration::from_micros(millis as u64 * 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Entity, Streams};

    /// Durations drawn from a distribution \[s\], in order.
    fn drawn(distribution: &Distribution, count: u64) -> Vec<f64> {
        let streams = Streams::new(7, 0);
        let entity = Entity::named("x");
        let draw = |cause| distribution.sample(&mut streams.stream(entity, 1, cause));
        let mut lengths: Vec<f64> =
            (0..count).map(|cause| draw(cause).micros() as f64 / 1e6).collect();
        lengths.sort_unstable_by(f64::total_cmp);
        lengths
    }

    #[test]
    fn what_was_drawn_from_a_lognormal_is_found_again() {
        let (median, p95) = (Duration::from_mins(9), Duration::from_mins(25));
        let lengths = drawn(&Distribution::Lognormal { median, p95 }, 2_000);
        let (shape, distance) = nearest(&lengths);
        let Distribution::Lognormal { median: found, p95: tail } = shape else { panic!("{shape}") };
        let near =
            |a: Duration, b: Duration| (a.micros() as f64 / b.micros() as f64 - 1.0).abs() < 0.05;
        assert!(near(found, median) && near(tail, p95), "{shape}");
        assert!(distance < 0.03, "{distance}");
    }

    #[test]
    fn what_was_drawn_from_an_exponential_is_found_again() {
        let lengths = drawn(&Distribution::Exponential { mean: Duration::from_secs(40) }, 2_000);
        let (shape, _) = nearest(&lengths);
        let Distribution::Exponential { mean } = shape else { panic!("{shape}") };
        assert!((mean.micros() as f64 / 40e6 - 1.0).abs() < 0.06, "{mean}");
    }

    #[test]
    fn what_hardly_varies_or_was_seen_twice_is_a_constant() {
        assert_eq!(
            nearest(&[120.0, 120.1, 120.2, 121.0]).0,
            Distribution::Constant(Duration::from_micros(120_200_000))
        );
        assert_eq!(nearest(&[1.0, 50.0]).0, Distribution::Constant(Duration::from_secs(50)));
    }

    #[test]
    fn what_grows_with_the_items_is_told_apart_from_what_does_not() {
        let grows: Vec<Sample> =
            (1..=20).map(|n| (10.0 + 0.4 * f64::from(n * 10), Some(n * 10))).collect();
        let each = slope(&grows).unwrap();
        assert!((each - 0.4).abs() < 1e-9, "{each}");
        let fitted = described(Step::Pull, true, &grows);
        assert_eq!(fitted.to_string(), "{ base: 10s, per_update: 400ms }");
        let flat: Vec<Sample> =
            (1..=20).map(|n| (if n % 2 == 0 { 10.0 } else { 12.0 }, Some(n * 10))).collect();
        assert_eq!(slope(&flat), None);
    }
}
