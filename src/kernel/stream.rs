//! Chance: streams of draws, each drawn by who needs it, what for and because of what.
//!
//! ```text
//!   seed, replication ──ChaCha8──► run key ┐
//!   entity (by name), purpose, cause ──────┴─ mixed ──► the place where a SplitMix64 sequence begins
//! ```
//!
//! A stream depends on nothing else: not on the order in which streams are asked for, nor on
//! which others exist. So adding a site, a link or a fault changes no draw of another one, and
//! two layouts can be compared under the same chance.
//!
//! The key comes from a cipher; a draw then costs three multiplicative mixings, some
//! nanoseconds, where a cipher's block would cost more than the event that needs it. The mixing
//! is the finaliser of SplitMix64 (Steele, Lea and Flood, *Fast splittable pseudorandom number
//! generators*, 2014; constants: Stafford's thirteenth variant), which passes the known batteries
//! of tests even on a counter; the tests below check it on keys that lie side by side.

use std::convert::Infallible;

use rand::rand_core::TryRng;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// 2^64 divided by the golden ratio, made odd: the step of a stream, and of bytes of a name.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
/// 2^64 divided by the square root of two, made odd: the step from one purpose to the next.
const PURPOSE: u64 = 0xb504_f333_f9de_6485;
/// The fraction of pi in 64 bits: where a pair begins.
const PAIR: u64 = 0x243f_6a88_85a3_08d3;

/// A bijection of 64 bits in which every bit of the result hangs on every bit of the argument.
#[inline]
const fn mix(bits: u64) -> u64 {
    let bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}

/// Who draws: 64 bits made from a name, never from a position or an order of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entity(u64);

impl Entity {
    /// The entity of this name.
    ///
    /// The name's UTF-8 bytes are taken eight at a time, as little-endian numbers, the last one
    /// filled up with zeros. Beginning with the number of bytes, each is mixed in:
    /// `state = mix((state ^ number) + 0x9e3779b97f4a7c15)`.
    pub fn named(name: &str) -> Entity {
        let state = name.as_bytes().chunks(8).fold(name.len() as u64, |state, bytes| {
            let mut number = [0; 8];
            number[..bytes.len()].copy_from_slice(bytes);
            mix((state ^ u64::from_le_bytes(number)).wrapping_add(STEP))
        });
        Entity(mix(state.wrapping_add(STEP)))
    }

    /// The pair of this entity and another, in this order: a link from one site to another.
    #[must_use]
    pub const fn with(self, other: Entity) -> Entity {
        Entity(mix(mix(self.0 ^ PAIR).wrapping_add(other.0)))
    }
}

/// All the chance of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streams {
    key: [u64; 2],
}

impl Streams {
    /// The chance of one replication under one seed.
    pub fn new(seed: u64, replication: u32) -> Streams {
        let mut cipher = ChaCha8Rng::seed_from_u64(seed);
        cipher.set_stream(u64::from(replication));
        Streams { key: [cipher.next_u64(), cipher.next_u64()] }
    }

    /// The stream of `entity` for `purpose` because of `cause`: always the same one.
    ///
    /// Two causes of one entity and purpose never share a stream. `cause` may be anything that
    /// tells one occasion from another and does not hang on others: an attempt, a day, a release.
    #[inline]
    pub fn stream(&self, entity: Entity, purpose: u32, cause: u64) -> Stream {
        let [entity_key, cause_key] = self.key;
        let purpose = PURPOSE.wrapping_mul(u64::from(purpose));
        let place = mix((entity.0 ^ entity_key).wrapping_add(purpose));
        Stream { state: mix(place ^ cause.wrapping_add(cause_key)) }
    }
}

/// Draws one after another.
///
/// Also one of rand's generators ([`rand::Rng`]); what is drawn with rand's own methods is the
/// same only as long as rand's minor version is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    state: u64,
}

impl Stream {
    /// The next 64 bits, each as likely 0 as 1.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        mix(self.state)
    }

    /// The next number between 0 and 1, neither of them included.
    ///
    /// An odd multiple of 2^-53: the upper 52 bits and one half, so that 1 minus it is exact too
    /// and as likely, and no logarithm of it is infinite.
    #[inline]
    pub fn unit_open(&mut self) -> f64 {
        const UNIT: f64 = 1.0 / (1u64 << 53) as f64;
        (self.bits() >> 12 << 1 | 1) as f64 * UNIT
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    /// The upper half of the next 64 bits.
    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.bits() >> 32) as u32)
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.bits())
    }

    /// Little-endian, so that the bytes are the same on every machine.
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for bytes in bytes.chunks_mut(8) {
            bytes.copy_from_slice(&self.bits().to_le_bytes()[..bytes.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The first draw of a stream by all five parts of its key.
    fn draw(seed: u64, replication: u32, entity: u64, purpose: u32, cause: u64) -> u64 {
        Streams::new(seed, replication).stream(Entity(entity), purpose, cause).bits()
    }

    /// What neighbouring keys draw, one part of the key counting up and the others at rest; the
    /// names are those that sites of a generated hierarchy have.
    fn neighbours(count: u64) -> [(&'static str, Vec<u64>); 7] {
        let run = Streams::new(1, 0);
        let of = |draw: &dyn Fn(u64) -> u64| (0..count).map(draw).collect::<Vec<u64>>();
        let mut stream = run.stream(Entity::named("P01"), 1, 0);
        let name = |i: u64| Entity::named(&format!("S{i:05}"));
        let root = Entity::named("CEN");
        [
            ("seed", of(&|i| draw(i, 0, 7, 1, 0))),
            ("replication", of(&|i| draw(1, i as u32, 7, 1, 0))),
            ("name", of(&|i| run.stream(name(i), 1, 0).bits())),
            ("pair", of(&|i| run.stream(root.with(name(i)), 1, 0).bits())),
            ("purpose", of(&|i| run.stream(root, i as u32, 0).bits())),
            ("cause", of(&|i| run.stream(root, 1, i).bits())),
            ("draw", (0..count).map(|_| stream.bits()).collect()),
        ]
    }

    /// The square sum of what was seen against what an even spread would give, as so many
    /// standard deviations.
    fn chi_square(seen: &[u32], total: usize) -> f64 {
        let expected = total as f64 / seen.len() as f64;
        let square = |n: u32| (f64::from(n) - expected) * (f64::from(n) - expected);
        let sum = seen.iter().map(|&n| square(n)).sum::<f64>() / expected;
        let freedom = (seen.len() - 1) as f64;
        (sum - freedom) / (2.0 * freedom).sqrt()
    }

    #[test]
    fn neighbouring_keys_draw_evenly_in_every_byte() {
        for (part, draws) in neighbours(1 << 14) {
            for byte in 0..8 {
                let mut seen = [0; 256];
                draws.iter().for_each(|bits| seen[(bits >> (8 * byte)) as usize % 256] += 1);
                let off = chi_square(&seen, draws.len());
                assert!(off.abs() < 4.5, "{part}, byte {byte}: {off:.1} standard deviations");
            }
        }
    }

    #[test]
    fn neighbouring_keys_draw_pairs_evenly() {
        for (part, draws) in neighbours(1 << 14) {
            for shift in [0, 30, 60] {
                let mut seen = [0; 256];
                for pair in draws.windows(2) {
                    let four = |bits: u64| (bits >> shift) as usize % 16;
                    seen[16 * four(pair[0]) + four(pair[1])] += 1;
                }
                let off = chi_square(&seen, draws.len() - 1);
                assert!(off.abs() < 4.5, "{part}, bit {shift}: {off:.1} standard deviations");
            }
        }
    }

    #[test]
    fn neighbouring_keys_do_not_follow_each_other() {
        for (part, draws) in neighbours(1 << 14) {
            for lag in [1, 2, 3, 8, 64] {
                let centred = |bits: u64| bits as f64 / u64::MAX as f64 - 0.5;
                let pairs = draws.iter().zip(&draws[lag..]);
                let sum: f64 = pairs.map(|(&a, &b)| centred(a) * centred(b)).sum();
                let off = sum * 12.0 / ((draws.len() - lag) as f64).sqrt();
                assert!(off.abs() < 4.5, "{part}, lag {lag}: {off:.1} standard deviations");
            }
        }
    }

    #[test]
    fn one_bit_of_a_key_turns_half_of_the_draw() {
        let rounds = 256;
        let turn = |part: &str, bits: u32, draw: &dyn Fn(u64, u64) -> u64| {
            for bit in 0..bits {
                let mut turned = [0u32; 64];
                for round in 0..rounds {
                    let difference = draw(round, 0) ^ draw(round, 1 << bit);
                    for (i, turned) in turned.iter_mut().enumerate() {
                        *turned += u32::from(difference >> i & 1 == 1);
                    }
                }
                for (i, &turned) in turned.iter().enumerate() {
                    let off = (f64::from(turned) - 128.0) / 8.0;
                    assert!(off.abs() < 6.0, "{part}: bit {bit} turns bit {i} {turned} of 256");
                }
            }
        };
        turn("seed", 64, &|round, flip| draw(round ^ flip, 0, 7, 1, 0));
        turn("replication", 32, &|round, flip| draw(1, round as u32 ^ flip as u32, 7, 1, 0));
        turn("entity", 64, &|round, flip| draw(1, 0, round ^ flip, 1, 0));
        turn("purpose", 32, &|round, flip| draw(1, 0, 7, round as u32 ^ flip as u32, 0));
        turn("cause", 64, &|round, flip| draw(1, 0, 7, 1, round ^ flip));
    }

    #[test]
    fn a_million_neighbouring_keys_share_no_stream() {
        let run = Streams::new(42, 3);
        let sites: Vec<Entity> = (0..100).map(|i| Entity::named(&format!("S{i:02}"))).collect();
        let mut states = Vec::new();
        for &site in &sites {
            for purpose in 0..10 {
                states.extend((0..1_000).map(|cause| run.stream(site, purpose, cause).state));
            }
        }
        let different: BTreeSet<u64> = states.iter().copied().collect();
        assert_eq!(different.len(), 1_000_000);
    }

    #[test]
    fn names_that_differ_little_are_different_entities() {
        let names = ["", "A", "AB", "BA", "A\0", "A\0\0\0\0\0\0\0", "ABCDEFGH", "ABCDEFGHA"];
        let entities: BTreeSet<Entity> = names.iter().map(|name| Entity::named(name)).collect();
        assert_eq!(entities.len(), names.len());
        let [a, b] = ["A", "B"].map(Entity::named);
        let pairs = BTreeSet::from([a, b, a.with(b), b.with(a), a.with(a)]);
        assert_eq!(pairs.len(), 5);
    }

    #[test]
    fn a_unit_lies_strictly_between_its_ends() {
        // undoes the mixing: the stream whose next bits are these
        let before = |target: u64| {
            let unshift = |bits: u64, by: u32| bits ^ bits >> by ^ bits >> (2 * by);
            let inverse = |odd: u64| {
                (0..6).fold(odd, |x, _| x.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(x))))
            };
            let bits = unshift(target, 31).wrapping_mul(inverse(0x94d0_49bb_1331_11eb));
            let bits = unshift(bits, 27).wrapping_mul(inverse(0xbf58_476d_1ce4_e5b9));
            Stream { state: unshift(bits, 30).wrapping_sub(STEP) }
        };
        assert_eq!(before(u64::MAX).bits(), u64::MAX);
        assert_eq!(before(0).unit_open(), f64::EPSILON / 2.0);
        assert_eq!(before(u64::MAX).unit_open(), 1.0 - f64::EPSILON / 2.0);
    }

    #[test]
    fn draws_never_change_from_one_version_to_the_next() {
        let [site, parent] = ["P01", "CEN"].map(Entity::named);
        assert_eq!([site.0, site.with(parent).0], [0x9c97_a071_4f3e_1e27, 0xc26b_a9aa_e822_5b7d]);
        let mut stream = Streams::new(7, 2).stream(site, 3, 4);
        assert_eq!([stream.bits(), stream.bits()], [0x4e98_acde_4695_c767, 0xef6e_182d_16a0_31e7]);
        assert_eq!(stream.unit_open().to_bits(), 0x3fe8f1e2db21dd7f);
        let mut bytes = [0; 11];
        stream.fill_bytes(&mut bytes);
        assert_eq!(bytes, [100, 58, 37, 229, 209, 219, 243, 171, 70, 148, 109]);
        assert_eq!(stream.next_u32(), 0x46e3f632);
    }
}
