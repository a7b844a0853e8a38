//! How the benches measure: processor time, memory, medians.

use std::fs;
use std::time::Instant as WallClock;

/// Processor time of this process where the system tells it, else the time of day.
pub struct Stopwatch {
    processor: Option<u64>,
    wall: WallClock,
}

impl Stopwatch {
    /// Starts it.
    pub fn start() -> Self {
        Stopwatch { processor: processor_nanos(), wall: WallClock::now() }
    }

    /// Nanoseconds since the start.
    pub fn nanos(&self) -> f64 {
        match (self.processor, processor_nanos()) {
            (Some(before), Some(after)) => (after - before) as f64,
            _ => self.wall.elapsed().as_nanos() as f64,
        }
    }
}

fn processor_nanos() -> Option<u64> {
    // the system brings its account up to date when it is asked for a turn
    std::thread::yield_now();
    fs::read_to_string("/proc/self/schedstat").ok()?.split(' ').next()?.parse().ok()
}

/// The most memory held at once since the last call, where the system tells it.
pub fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    // the next peak is counted from now on; without that it is the peak of the whole process
    let _ = fs::write("/proc/self/clear_refs", "5");
    Some(kib / 1_024)
}

/// The middle one of several figures.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
