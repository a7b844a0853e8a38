//! Chains of small values in pooled chunks: first in, first out, nothing allocated once warm.

/// Values in one chunk: of 32 bytes each, a chunk is a kibibyte. Smaller ones lie about in
/// memory and cost more to reach; larger ones stand half empty.
const CHUNK: usize = 32;

const NONE: u32 = u32::MAX;

/// A chunk begins on a cache line, so that no entry of 32 bytes lies across two.
#[derive(Clone)]
#[repr(align(64))]
struct Chunk<T>([T; CHUNK]);

/// A queue of values; they lie in the [`Chunks`] that pushed them.
///
/// Every chunk but the last is full, so the length alone says where the next value goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    first: u32,
    last: u32,
    len: u32,
}

impl Chain {
    /// No values.
    pub(super) const EMPTY: Chain = Chain { first: NONE, last: NONE, len: 0 };

    /// How many values.
    pub(super) fn len(&self) -> usize {
        self.len as usize
    }

    /// Has it no values?
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// The pool in which chains lie.
#[derive(Clone)]
pub(super) struct Chunks<T> {
    chunks: Vec<Chunk<T>>,
    /// For each chunk the one after it, in its chain or among the free ones.
    next: Vec<u32>,
    free: u32,
}

impl<T: Copy> Chunks<T> {
    /// A pool without chunks.
    pub(super) fn new() -> Self {
        Chunks { chunks: Vec::new(), next: Vec::new(), free: NONE }
    }

    /// Room for `values` more values, if they lie in few chains.
    pub(super) fn reserve(&mut self, values: usize) {
        self.chunks.reserve(values.div_ceil(CHUNK));
        self.next.reserve(values.div_ceil(CHUNK));
    }

    /// How many values fit without growing, all chains together.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.chunks.len() * CHUNK
    }

    /// Adds a value at the end.
    #[inline(always)]
    pub(super) fn push(&mut self, chain: &mut Chain, value: T) {
        let place = chain.len as usize % CHUNK;
        chain.len += 1;
        if place == 0 {
            self.extend(chain, value);
        } else {
            self.chunks[chain.last as usize].0[place] = value;
        }
    }

    /// Adds a chunk at the end, its first value being `value`.
    #[inline(never)]
    fn extend(&mut self, chain: &mut Chain, value: T) {
        let chunk = if self.free == NONE {
            self.chunks.push(Chunk([value; CHUNK]));
            self.next.push(NONE);
            u32::try_from(self.chunks.len() - 1).expect("chunks are numbered in 32 bits")
        } else {
            let chunk = self.free;
            self.free = std::mem::replace(&mut self.next[chunk as usize], NONE);
            self.chunks[chunk as usize].0[0] = value;
            chunk
        };
        if chain.len == 1 {
            chain.first = chunk;
        } else {
            self.next[chain.last as usize] = chunk;
        }
        chain.last = chunk;
    }

    /// The values of the first chunk; none of an empty chain.
    #[inline]
    pub(super) fn first(&self, chain: &Chain) -> &[T] {
        match self.chunks.get(chain.first as usize) {
            Some(chunk) => &chunk.0[..chain.len().min(CHUNK)],
            None => &[],
        }
    }

    /// Takes the first chunk from a chain that is not empty and gives it back to the pool.
    #[inline]
    pub(super) fn drop_first(&mut self, chain: &mut Chain) {
        let chunk = chain.first;
        chain.len -= chain.len.min(CHUNK as u32);
        chain.first = std::mem::replace(&mut self.next[chunk as usize], self.free);
        self.free = chunk;
    }

    /// Takes the first chunk and gives a copy of its values, and how many they are.
    ///
    /// A copy made at once is faster than looking at one value after another: all its cache
    /// lines are asked for together.
    #[inline]
    pub(super) fn take_first(&mut self, chain: &mut Chain) -> ([T; CHUNK], usize) {
        let values = self.chunks[chain.first as usize].0;
        let count = chain.len().min(CHUNK);
        self.drop_first(chain);
        (values, count)
    }

    /// All values, in order.
    pub(super) fn values(&self, chain: &Chain) -> impl Iterator<Item = &T> {
        let mut left = chain.len();
        let mut chunk = chain.first;
        std::iter::from_fn(move || {
            (left > 0).then(|| {
                let values = &self.chunks[chunk as usize].0[..left.min(CHUNK)];
                left -= values.len();
                chunk = self.next[chunk as usize];
                values
            })
        })
        .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_first_comes_out_first_and_chunks_are_used_again() {
        let mut chunks = Chunks::new();
        for round in 0..3u32 {
            let (mut even, mut odd) = (Chain::EMPTY, Chain::EMPTY);
            for value in 0..1_001 {
                chunks.push(if value % 2 == 0 { &mut even } else { &mut odd }, value + round);
            }
            let listed: Vec<u32> = chunks.values(&odd).copied().collect();
            let mut taken = Vec::new();
            while !odd.is_empty() {
                taken.extend_from_slice(chunks.first(&odd));
                chunks.drop_first(&mut odd);
            }
            assert_eq!(taken, (0..500).map(|i| 2 * i + 1 + round).collect::<Vec<_>>());
            assert_eq!(listed, taken);
            assert_eq!(even.len(), 501);
            while !even.is_empty() {
                chunks.drop_first(&mut even);
            }
        }
        assert!(chunks.capacity() <= 1_001 + 2 * CHUNK);
    }
}
