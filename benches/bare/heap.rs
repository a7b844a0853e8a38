use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Order;

/// The standard library's binary heap; its key is time and number of insertion in 16 bytes.
pub struct Heap<T> {
    heap: BinaryHeap<Reverse<Keyed<T>>>,
    inserted: u64,
}

struct Keyed<T>(u128, T);

impl<T> PartialEq for Keyed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for Keyed<T> {}

impl<T> PartialOrd for Keyed<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Keyed<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

impl<T> Order<T> for Heap<T> {
    fn new() -> Self {
        Heap { heap: BinaryHeap::new(), inserted: 0 }
    }

    #[inline]
    fn push(&mut self, time: u64, value: T) {
        self.inserted += 1;
        self.heap.push(Reverse(Keyed(u128::from(time) << 64 | u128::from(self.inserted), value)));
    }

    #[inline]
    fn pop(&mut self) -> Option<(u64, T)> {
        self.heap.pop().map(|Reverse(Keyed(key, value))| ((key >> 64) as u64, value))
    }
}
