use super::Order;

const DIGIT: u32 = 8;
const SLOTS: usize = 1 << DIGIT;
const LEVELS: usize = 64usize.div_ceil(DIGIT as usize);
const WORDS: usize = SLOTS.div_ceil(64);
const CHUNK: usize = 32;
const SORTED: usize = 512;
const RUN: usize = 1024;
const PLACE: u32 = 10;
const NONE: u32 = u32::MAX;

/// A radix wheel without clock, horizon, handles or cancellation: time and value, no more.
pub struct Wheel<T> {
    base: u64,
    span: u64,
    keys: Vec<u64>,
    due: Vec<(u64, T)>,
    levels: u32,
    occupied: [[u64; WORDS]; LEVELS],
    slots: Box<[Slot; SLOTS * LEVELS]>,
    chunks: Vec<Chunk<T>>,
    next: Vec<u32>,
    free: u32,
}

#[repr(align(64))]
struct Chunk<T>([(u64, T); CHUNK]);

#[derive(Clone, Copy)]
struct Slot {
    first: u32,
    last: u32,
    len: u32,
}

const EMPTY: Slot = Slot { first: NONE, last: NONE, len: 0 };

impl<T: Copy> Wheel<T> {
    #[inline]
    fn file(&mut self, time: u64, value: T) {
        let level = ((time ^ self.base) | 1).ilog2() / DIGIT;
        let digit = (time >> (level * DIGIT)) as usize % SLOTS;
        let level = level as usize % LEVELS;
        let slot = &mut self.slots[level * SLOTS + digit];
        let place = slot.len as usize % CHUNK;
        slot.len += 1;
        if place > 0 {
            self.chunks[slot.last as usize].0[place] = (time, value);
            return;
        }
        let chunk = self.free;
        let chunk = if chunk == NONE {
            self.chunks.push(Chunk([(time, value); CHUNK]));
            self.next.push(NONE);
            self.chunks.len() as u32 - 1
        } else {
            self.free = self.next[chunk as usize];
            self.chunks[chunk as usize].0[0] = (time, value);
            chunk
        };
        if slot.len == 1 {
            slot.first = chunk;
            self.occupied[level][digit / 64] |= 1 << (digit % 64);
            self.levels |= 1 << level;
        } else {
            self.next[slot.last as usize] = chunk;
        }
        slot.last = chunk;
    }

    #[inline]
    fn join_run(&mut self, time: u64, value: T) {
        if self.keys.is_empty() {
            self.due.clear();
        } else if self.due.len() == RUN {
            self.span = 0;
            while let Some(key) = self.keys.pop() {
                let (time, value) = self.due[key as usize % (1 << PLACE)];
                self.file(time, value);
            }
            self.due.clear();
            return self.file(time, value);
        }
        let key = (time - self.base) << PLACE | self.due.len() as u64;
        self.due.push((time, value));
        let at = self.keys.partition_point(|&other| other > key);
        self.keys.insert(at, key);
    }

    fn refill(&mut self) -> bool {
        while self.levels != 0 {
            let level = self.levels.trailing_zeros() as usize % LEVELS;
            let words = &mut self.occupied[level];
            let word = words.iter().position(|&word| word != 0).unwrap_or(0);
            let digit = word * 64 + words[word].trailing_zeros() as usize;
            words[word] &= words[word] - 1;
            if *words == [0; WORDS] {
                self.levels &= !(1 << level);
            }
            let shift = level as u32 * DIGIT;
            let above = (!0 << shift) << DIGIT;
            self.base = self.base & above | (digit as u64) << shift;
            let slot = std::mem::replace(&mut self.slots[level * SLOTS + digit], EMPTY);
            let short = slot.len as usize <= SORTED && level + 1 < LEVELS;
            self.due.clear();
            self.span = if short { 1 << shift } else { 0 };
            let (mut left, mut chunk) = (slot.len as usize, slot.first);
            while left > 0 {
                let count = left.min(CHUNK);
                let values = self.chunks[chunk as usize].0;
                let after = std::mem::replace(&mut self.next[chunk as usize], self.free);
                self.free = chunk;
                (left, chunk) = (left - count, after);
                if short {
                    for value in &values[..count] {
                        self.keys.push((value.0 - self.base) << PLACE | self.due.len() as u64);
                        self.due.push(*value);
                    }
                } else if level == 0 {
                    self.due.extend_from_slice(&values[..count]);
                    if self.due.len() == SORTED && left > 0 {
                        self.slots[digit] =
                            Slot { first: chunk, last: slot.last, len: left as u32 };
                        self.occupied[0][digit / 64] |= 1 << (digit % 64);
                        self.levels |= 1;
                        break;
                    }
                } else {
                    values[..count].iter().for_each(|&(time, value)| self.file(time, value));
                }
            }
            if short {
                self.keys.sort_unstable_by(|a, b| b.cmp(a));
                return true;
            }
            if level == 0 {
                self.keys.extend((0..self.due.len() as u64).rev());
                return true;
            }
        }
        false
    }
}

impl<T: Copy> Order<T> for Wheel<T> {
    fn new() -> Self {
        Wheel {
            base: 0,
            span: 0,
            keys: Vec::with_capacity(RUN),
            due: Vec::with_capacity(RUN),
            levels: 0,
            occupied: [[0; WORDS]; LEVELS],
            slots: Box::new([EMPTY; SLOTS * LEVELS]),
            chunks: Vec::new(),
            next: Vec::new(),
            free: NONE,
        }
    }

    #[inline]
    fn push(&mut self, time: u64, value: T) {
        if time ^ self.base < self.span {
            self.join_run(time, value);
        } else {
            self.file(time, value);
        }
    }

    #[inline]
    fn pop(&mut self) -> Option<(u64, T)> {
        loop {
            if let Some(key) = self.keys.pop() {
                return Some(self.due[key as usize % (1 << PLACE)]);
            }
            if !self.refill() {
                return None;
            }
        }
    }
}
