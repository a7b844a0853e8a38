//! The kernel against a model that is obviously right: a sorted set of (time, insertion).

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Handle, Kernel};
use crate::units::Instant;

fn at(micros: u64) -> Instant {
    Instant::from_micros(micros)
}

#[derive(Clone, Debug)]
enum Act {
    /// An event so much later than now (saturating).
    Schedule(u64),
    /// So many events so much later than now.
    Burst(u64, usize),
    /// An event so much before the end of representable time.
    ScheduleNearEnd(u64),
    /// Cancel the n-th handle ever given, whatever became of it.
    Cancel(usize),
    /// Cancel every n-th handle ever given.
    CancelMany(usize),
    /// So many events, at most so far from now.
    Advance(u64, usize),
    /// To the end of time.
    Drain(usize),
}

/// Delays of every size: equal, near, far, across any digit.
fn delay() -> impl Strategy<Value = u64> {
    prop_oneof![
        3 => Just(0),
        3 => 0..4u64,
        2 => 0..1_000u64,
        3 => 0..1_000_000u64,
        2 => 0..1u64 << 40,
        1 => (0..64u32).prop_map(|bit| 1 << bit),
        1 => any::<u64>(),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => delay().prop_map(Act::Schedule),
        2 => (delay(), 1..700usize).prop_map(|(delay, count)| Act::Burst(delay, count)),
        1 => (0..1_000u64).prop_map(Act::ScheduleNearEnd),
        4 => any::<usize>().prop_map(Act::Cancel),
        1 => (1..4usize).prop_map(Act::CancelMany),
        6 => (delay(), 1..20usize).prop_map(|(horizon, count)| Act::Advance(horizon, count)),
        2 => (1..1_500usize).prop_map(Act::Drain),
    ]
}

/// The kernel beside its model; every act is done to both and every answer compared.
struct Pair {
    kernel: Kernel<(u32, u32)>,
    model: BTreeSet<(u64, u32)>,
    handles: Vec<(Handle, (u64, u32))>,
}

impl Pair {
    fn new() -> Self {
        Pair { kernel: Kernel::new(), model: BTreeSet::new(), handles: Vec::new() }
    }

    fn schedule(&mut self, time: u64) {
        let number = u32::try_from(self.handles.len()).unwrap();
        let handle = self.kernel.schedule(at(time), (number, !number));
        self.model.insert((time, number));
        self.handles.push((handle, (time, number)));
    }

    fn cancel(&mut self, number: usize) {
        let (handle, key) = self.handles[number];
        assert_eq!(self.kernel.cancel(handle), self.model.remove(&key));
    }

    fn advance(&mut self, horizon: u64) -> bool {
        let before = self.kernel.now();
        let expected = self.model.first().copied();
        let expected = expected.filter(|key| key.0 <= horizon);
        let got = self.kernel.advance(at(horizon));
        assert_eq!(got, expected.map(|(_, number)| (number, !number)));
        match expected {
            Some(key) => {
                self.model.remove(&key);
                assert_eq!(self.kernel.now(), at(key.0));
            }
            None => assert_eq!(self.kernel.now(), before),
        }
        got.is_some()
    }

    fn act(&mut self, act: Act) {
        let now = self.kernel.now().micros();
        match act {
            Act::Schedule(delay) => self.schedule(now.saturating_add(delay)),
            Act::Burst(delay, count) => {
                (0..count).for_each(|_| self.schedule(now.saturating_add(delay)));
            }
            Act::ScheduleNearEnd(before) => self.schedule((u64::MAX - before).max(now)),
            Act::Cancel(number) => {
                if !self.handles.is_empty() {
                    self.cancel(number % self.handles.len());
                }
            }
            Act::CancelMany(every) => {
                (0..self.handles.len()).step_by(every).for_each(|number| self.cancel(number));
            }
            Act::Advance(ahead, count) => {
                let horizon = now.saturating_add(ahead);
                let _ = (0..count).all(|_| self.advance(horizon));
            }
            Act::Drain(count) => {
                let _ = (0..count).all(|_| self.advance(u64::MAX));
            }
        }
        assert_eq!(self.kernel.pending(), self.model.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn events_happen_in_the_order_of_time_and_insertion(
        acts in prop::collection::vec(act(), 1..120),
    ) {
        let mut pair = Pair::new();
        for act in acts {
            pair.act(act);
        }
        while pair.advance(u64::MAX) {}
        prop_assert_eq!(pair.kernel.pending(), 0);
    }
}

#[test]
fn an_event_scheduled_for_the_present_follows_those_that_were_there() {
    let mut kernel = Kernel::new();
    for name in 0..3 {
        kernel.schedule(at(5), name);
    }
    assert_eq!(kernel.advance(Instant::NEVER), Some(0));
    kernel.schedule(at(5), 3);
    kernel.schedule(at(6), 4);
    kernel.schedule(at(5), 5);
    let rest: Vec<i32> = std::iter::from_fn(|| kernel.advance(Instant::NEVER)).collect();
    assert_eq!(rest, [1, 2, 3, 5, 4]);
    assert_eq!(kernel.now(), at(6));
}

#[test]
fn the_clock_stays_when_nothing_happens_up_to_the_horizon() {
    let mut kernel = Kernel::new();
    kernel.schedule(at(1_000_000), 'b');
    assert_eq!(kernel.advance(at(999_999)), None);
    assert_eq!(kernel.now(), Instant::START);
    kernel.schedule(at(1), 'a');
    assert_eq!(kernel.advance(at(1_000_000)), Some('a'));
    assert_eq!(kernel.advance(at(1_000_000)), Some('b'));
    assert_eq!(kernel.advance(Instant::NEVER), None);
    assert_eq!(kernel.now(), at(1_000_000));
}

#[test]
fn a_cancelled_event_never_moves_the_clock() {
    let mut kernel = Kernel::new();
    let early = kernel.schedule(at(1_000), 'x');
    kernel.schedule(at(500_000_000), 'b');
    assert!(kernel.cancel(early));
    assert_eq!(kernel.advance(at(2_000)), None);
    kernel.schedule(at(10), 'a');
    assert_eq!(kernel.advance(at(2_000)), Some('a'));
}

#[test]
fn an_old_handle_stands_for_nothing() {
    let mut kernel = Kernel::new();
    let first = kernel.schedule(at(1), 'a');
    assert_eq!(kernel.advance(Instant::NEVER), Some('a'));
    let second = kernel.schedule(at(2), 'b');
    assert!(!kernel.cancel(first));
    assert!(kernel.cancel(second));
    assert!(!kernel.cancel(second));
    assert_eq!((kernel.pending(), kernel.advance(Instant::NEVER)), (0, None));
}

#[test]
fn the_end_of_representable_time_is_an_instant_like_any_other() {
    let mut kernel = Kernel::new();
    kernel.schedule(Instant::NEVER, 2);
    kernel.schedule(at(u64::MAX - 1), 1);
    assert_eq!(kernel.advance(at(u64::MAX - 1)), Some(1));
    kernel.schedule(Instant::NEVER, 3);
    assert_eq!(kernel.advance(at(u64::MAX - 1)), None);
    assert_eq!(kernel.advance(Instant::NEVER), Some(2));
    kernel.schedule(Instant::NEVER, 4);
    assert_eq!(kernel.advance(Instant::NEVER), Some(3));
    assert_eq!(kernel.advance(Instant::NEVER), Some(4));
}

#[test]
#[should_panic(expected = "the past cannot be changed: it is 0d 00:00:05, and an event")]
fn an_event_in_the_past_is_refused() {
    let mut kernel = Kernel::new();
    kernel.schedule(at(5_000_000), ());
    kernel.advance(Instant::NEVER);
    kernel.schedule(at(4_999_999), ());
}
