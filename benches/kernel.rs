//! What an event costs in the kernel, beside the best bare structures in the same run.
//!
//! `cargo bench --bench kernel`; with `-- --quick` a tenth of the work (a look, no
//! verdict on growth), with `-- tree` the lines
//! that have the word.
//!
//! - *hold*: so many events are pending; take one, add one with an exponential delay.
//! - *cancel*: a million events are added, half of them cancelled, the rest taken out.
//! - *tree*: sites with a fan-out of 20 synchronise weekly from the root: a request takes 1 to
//!   60 s, the work is exponential, and 10 % of the attempts fail and are retried after 60 min.
//!
//! Every workload must come out the same in every structure, to the last event. A figure is the
//! median of five rounds in which the structures take turns; times are processor time where the
//! system tells it, for the machine may be shared.
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the machine's clock")]

mod bare;
mod measuring;

use bare::{Cancellable, Heap, Order, Wheel};
use measuring::{Stopwatch, median, peak_memory};
use supsim::kernel::Kernel;
use supsim::units::Instant;

/// An event of the size the world's events have.
#[derive(Clone, Copy)]
pub struct Event {
    site: u32,
    done: bool,
    payload: u64,
}

impl Order<Event> for Kernel<Event> {
    fn new() -> Self {
        Kernel::new()
    }

    #[inline]
    fn push(&mut self, time: u64, event: Event) {
        self.schedule(Instant::from_micros(time), event);
    }

    #[inline]
    fn pop(&mut self) -> Option<(u64, Event)> {
        let event = self.advance(Instant::NEVER)?;
        Some((self.now().micros(), event))
    }
}

const SECOND: u64 = 1_000_000;
const HOUR: u64 = 3_600 * SECOND;
const WEEK: u64 = 168 * HOUR;

/// Cheap chance, the same for every structure, so that little is measured but the order.
struct Dice {
    state: u64,
    /// Quantiles of the exponential distribution with mean 2^20.
    quantiles: Vec<u64>,
}

impl Dice {
    fn new() -> Self {
        let quantile = |i: u32| -libm::log1p(-f64::from(i) / 1_024.5) * f64::from(1 << 20);
        Dice { state: 1, quantiles: (0..=1_024).map(|i| quantile(i) as u64).collect() }
    }

    #[inline]
    fn bits(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }

    /// Exponential, interpolated between quantiles.
    #[inline]
    fn exponential(&mut self, mean: u64) -> u64 {
        let bits = self.bits();
        let at = (bits >> 54) as usize;
        let (low, high) = (self.quantiles[at], self.quantiles[at + 1]);
        let within = (high - low) * (bits >> 22 & 0xffff);
        (((low << 16) + within) * (mean >> 16)) >> 20
    }
}

/// Mixes the events in their order into one number, so that structures can be compared.
#[inline]
fn digest(sum: u64, time: u64, event: Event) -> u64 {
    (sum.rotate_left(5) ^ time).wrapping_add(u64::from(event.site) ^ event.payload)
}

/// What one run says: events, nanoseconds, digest.
struct Run {
    events: u64,
    nanos: f64,
    digest: u64,
}

fn hold<O: Order<Event>>(pending: u32, steps: u64) -> Run {
    let mut order = O::new();
    let mut dice = Dice::new();
    for site in 0..pending {
        order.push(dice.exponential(HOUR), Event { site, done: false, payload: 0 });
    }
    let mut step = |payload| {
        let (time, event) = order.pop().expect("some are pending");
        order.push(time + dice.exponential(HOUR), Event { payload, ..event });
        (time, event)
    };
    (0..u64::from(pending).max(steps / 4)).for_each(|i| {
        step(i);
    });
    let stopwatch = Stopwatch::start();
    let sum = (0..steps).fold(0, |sum, i| {
        let (time, event) = step(i);
        digest(sum, time, event)
    });
    Run { events: steps, nanos: stopwatch.nanos(), digest: sum }
}

fn tree<O: Order<Event>>(sites: u32, weeks: u64) -> Run {
    const FAN_OUT: u32 = 20;
    let mut dice = Dice::new();
    let stopwatch = Stopwatch::start();
    let mut order = O::new();
    for week in 0..weeks {
        order.push(week * WEEK, Event { site: 0, done: false, payload: week });
    }
    let (mut events, mut sum) = (0, 0);
    while let Some((time, event)) = order.pop() {
        events += 1;
        sum = digest(sum, time, event);
        if !event.done {
            order.push(time + dice.exponential(HOUR / 6), Event { done: true, ..event });
        } else if dice.bits().is_multiple_of(10) {
            order.push(time + HOUR, Event { done: false, ..event });
        } else {
            let first = event.site * FAN_OUT + 1;
            for site in first..(first + FAN_OUT).min(sites) {
                let latency = SECOND + dice.bits() % (59 * SECOND);
                order.push(time + latency, Event { site, done: false, ..event });
            }
        }
    }
    Run { events, nanos: stopwatch.nanos(), digest: sum }
}

/// The part of an order that [`cancel`] needs.
trait Revocable {
    type Handle: Copy;
    fn new() -> Self;
    fn push(&mut self, time: u64, event: Event) -> Self::Handle;
    fn cancel(&mut self, handle: Self::Handle) -> bool;
    fn pop(&mut self) -> Option<(u64, Event)>;
}

impl<O: Order<(Event, u32)>> Revocable for Cancellable<O> {
    type Handle = u32;
    fn new() -> Self {
        Cancellable::new()
    }
    fn push(&mut self, time: u64, event: Event) -> u32 {
        Cancellable::push(self, time, event)
    }
    fn cancel(&mut self, handle: u32) -> bool {
        Cancellable::cancel(self, handle)
    }
    fn pop(&mut self) -> Option<(u64, Event)> {
        Cancellable::pop(self)
    }
}

impl Revocable for Kernel<Event> {
    type Handle = supsim::kernel::Handle;
    fn new() -> Self {
        Kernel::new()
    }
    fn push(&mut self, time: u64, event: Event) -> Self::Handle {
        self.schedule(Instant::from_micros(time), event)
    }
    fn cancel(&mut self, handle: Self::Handle) -> bool {
        Kernel::cancel(self, handle)
    }
    fn pop(&mut self) -> Option<(u64, Event)> {
        Order::pop(self)
    }
}

fn cancel<R: Revocable>(count: u32) -> Run {
    let mut dice = Dice::new();
    let mut unwanted: Vec<u32> = (0..count).collect();
    for i in (1..unwanted.len()).rev() {
        unwanted.swap(i, dice.bits() as usize % (i + 1));
    }
    unwanted.truncate(count as usize / 2);
    let stopwatch = Stopwatch::start();
    let mut order = R::new();
    let push = |site| order.push(dice.exponential(HOUR), Event { site, done: false, payload: 0 });
    let handles: Vec<R::Handle> = (0..count).map(push).collect();
    for &number in &unwanted {
        assert!(order.cancel(handles[number as usize]));
    }
    let mut sum = 0;
    while let Some((time, event)) = order.pop() {
        sum = digest(sum, time, event);
    }
    Run { events: u64::from(count) * 2, nanos: stopwatch.nanos(), digest: sum }
}

/// One workload and what it may cost.
struct Contest {
    name: String,
    /// The kernel's time over that of the best bare structure, at most.
    target: f64,
    /// On the kernel, the wheel and the heap.
    runs: [Box<dyn Fn() -> Run>; 3],
}

fn contests(scale: u64) -> Vec<Contest> {
    let steps = 2_000_000 / scale;
    let held = |pending: u32| Contest {
        name: format!("hold {pending}"),
        target: 1.25,
        runs: [
            Box::new(move || hold::<Kernel<Event>>(pending, steps)),
            Box::new(move || hold::<Wheel<Event>>(pending, steps)),
            Box::new(move || hold::<Heap<Event>>(pending, steps)),
        ],
    };
    let count = 1_000_000 / scale as u32;
    let cancelled = Contest {
        name: format!("cancel {count}"),
        target: 1.5,
        runs: [
            Box::new(move || cancel::<Kernel<Event>>(count)),
            Box::new(move || cancel::<Cancellable<Wheel<(Event, u32)>>>(count)),
            Box::new(move || cancel::<Cancellable<Heap<(Event, u32)>>>(count)),
        ],
    };
    let grown = |sites: u32, weeks: u64| Contest {
        name: format!("tree {sites}"),
        target: 1.3,
        runs: [
            Box::new(move || tree::<Kernel<Event>>(sites, weeks)),
            Box::new(move || tree::<Wheel<Event>>(sites, weeks)),
            Box::new(move || tree::<Heap<Event>>(sites, weeks)),
        ],
    };
    let [short, long] = [8, 52].map(|weeks| (weeks / scale).max(1));
    vec![
        held(1_000),
        held(100_000),
        held(1_000_000),
        cancelled,
        grown(10_000, long),
        grown(200_000, short),
    ]
}

/// Lets the three run in turns, prints a line, and gives the kernel's time per event.
fn compete(contest: &Contest) -> f64 {
    const ROUNDS: usize = 5;
    let Contest { name, target, runs } = contest;
    let mut nanos = [const { Vec::new() }; 3];
    let mut memory = None;
    for _ in 0..ROUNDS {
        peak_memory();
        let results = [0, 1, 2].map(|i| {
            let result = runs[i]();
            memory = memory.or_else(peak_memory);
            result
        });
        for (nanos, result) in nanos.iter_mut().zip(&results) {
            assert_eq!(result.digest, results[0].digest, "{name}: all orders are the same");
            nanos.push(result.nanos / result.events as f64);
        }
    }
    let [kernel, wheel, heap] = nanos.map(|nanos| median(&nanos));
    let ratio = kernel / wheel.min(heap);
    let memory = memory.map_or("-".to_owned(), |mib| format!("{mib} MiB"));
    println!(
        "{name:<16}{kernel:>8.1}{wheel:>8.1}{heap:>8.1}{:>12.1}{ratio:>8.2}  {:<18}{memory:>8}",
        1_000.0 / kernel,
        format!("<= {target}: {}", verdict(ratio, *target)),
    );
    kernel
}

fn verdict(ratio: f64, target: f64) -> &'static str {
    if ratio <= target { "met" } else { "MISSED" }
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    println!("nanoseconds per event (cancel: per operation), medians of 5 alternating rounds");
    println!(
        "{:<16}{:>8}{:>8}{:>8}{:>12}{:>8}  {:<18}{:>8}",
        "", "kernel", "wheel", "heap", "M events/s", "ratio", "target", "peak"
    );
    let (mut small, mut large) = (None, None);
    for contest in contests(if quick { 10 } else { 1 }) {
        if only.as_ref().is_some_and(|only| !contest.name.contains(only.as_str())) {
            continue;
        }
        let nanos = compete(&contest);
        match contest.name.as_str() {
            "hold 1000" => small = Some(nanos),
            "hold 1000000" => large = Some(nanos),
            _ => {}
        }
    }
    if let (false, Some(small), Some(large)) = (quick, small, large) {
        let growth = large / small;
        println!("hold: 1000000 costs {growth:.2} x 1000 (<= 2: {})", verdict(growth, 2.0));
    }
}
