//! How far a study has come, and what it says so far: the line on standard error.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::ready::Ready;
use crate::experiment::{Tried, half_width};
use crate::measure::Figure;
use crate::report::{in_threes, quantity};
use crate::scenario::Unit;

/// What is known of the way so far; many threads tell it.
pub(super) struct Gauge {
    began: Instant,
    /// Runs of all times, and of this time alone.
    kept: AtomicU64,
    ran: AtomicU64,
    /// The most runs that there can be, less those that turned out not to be needed.
    most: AtomicU64,
    points: u64,
    complete: AtomicU64,
    /// What was learnt last.
    latest: Mutex<String>,
}

impl Gauge {
    /// Nothing is run yet of so many points, with so many runs at most.
    pub fn of(points: usize, most: u64) -> Gauge {
        Gauge {
            began: Instant::now(),
            kept: AtomicU64::new(0),
            ran: AtomicU64::new(0),
            most: AtomicU64::new(most),
            points: points as u64,
            complete: AtomicU64::new(0),
            latest: Mutex::new(String::new()),
        }
    }

    /// So many runs of a point were kept from an earlier time; was that all of them, and how many
    /// could it have been?
    pub fn found(&self, kept: u64, complete: Option<u64>) {
        self.taken(kept);
        if let Some(most) = complete {
            self.complete(kept, most);
        }
    }

    /// So many runs need not be run again.
    pub fn taken(&self, runs: u64) {
        self.kept.fetch_add(runs, Ordering::Relaxed);
    }

    /// One more run is over.
    pub fn run_over(&self) {
        self.ran.fetch_add(1, Ordering::Relaxed);
    }

    /// A point has come so far.
    pub fn ran(&self, ready: &Ready, number: usize, tried: &[Tried]) {
        if let Some(words) = learnt(ready, number, tried) {
            *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = words;
        }
    }

    /// A point has enough runs: so many, where it could have been `most`.
    pub fn complete(&self, runs: u64, most: u64) {
        self.most.fetch_sub(most.saturating_sub(runs), Ordering::Relaxed);
        self.complete.fetch_add(1, Ordering::Relaxed);
    }

    /// How much of all that there can be.
    pub fn per_mille(&self) -> u64 {
        let most = self.most.load(Ordering::Relaxed).max(1);
        (self.kept.load(Ordering::Relaxed) + self.ran.load(Ordering::Relaxed)) * 1000 / most
    }

    /// `4,120 of ≤ 12,000 runs   2 of 30 points   1,810 runs/s   ≤ 4 s left   ...`
    pub fn words(&self) -> String {
        let ran = self.ran.load(Ordering::Relaxed);
        let kept = self.kept.load(Ordering::Relaxed);
        let (runs, most) = (kept + ran, self.most.load(Ordering::Relaxed));
        let rate = ran as f64 / self.began.elapsed().as_secs_f64().max(0.001);
        let left = match rate > 0.0 {
            true => format!("≤ {} s left", (most.saturating_sub(runs) as f64 / rate).ceil()),
            false => String::new(),
        };
        let complete = self.complete.load(Ordering::Relaxed);
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner).clone();
        format!(
            "{} of ≤ {} runs   {complete} of {} points   {} runs/s   {left}   {latest}",
            in_threes(runs, ","),
            in_threes(most, ","),
            self.points,
            rate.round(),
        )
    }
}

/// What is to be known, as it is known so far: `share_current today 89.6 % ±0.7 %`.
fn learnt(ready: &Ready, number: usize, tried: &[Tried]) -> Option<String> {
    let point = &ready.points[number];
    let (metric, unit, place, confidence) = match point.rule.until {
        Some(until) => (until.metric.name(), until.metric.unit(), until.watched, until.confidence),
        None => {
            let (name, unit) = ready.first.as_ref()?;
            (name.as_str(), *unit, 0, ready.confidence)
        }
    };
    let known = ready.runs(number, tried).watched(place);
    Some(format!("{metric} {} {}", point.design, estimate(unit, &known, confidence)?))
}

fn estimate(unit: Unit, known: &[Option<Figure>], confidence: f64) -> Option<String> {
    let values: Vec<u64> = known.iter().flatten().map(|it| it.value()).collect::<Option<_>>()?;
    let sum: u128 = values.iter().copied().map(u128::from).sum();
    let mean = u64::try_from(sum.checked_div(values.len() as u128)?).ok()?;
    let half = half_width(known, confidence)?.round() as u64;
    Some(format!("{} ±{}", quantity(unit, mean), quantity(unit, half)))
}
