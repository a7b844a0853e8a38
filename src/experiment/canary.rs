//! A canary: do the functions behind draws and statistics give here the bits that they gave there?

/// How many arguments of each function are tried.
const TRIED: u32 = 64;

/// The results of every function that chance and statistics are made of, as bits, over fixed
/// arguments.
///
/// Runs of two machines may be put together if these are the same on both. They are, as long as
/// both use the same version of the same library; it says so where somebody built it otherwise.
pub fn canary() -> Vec<u64> {
    let functions: [fn(f64) -> f64; 7] =
        [libm::exp, libm::log, libm::sqrt, libm::erfc, libm::lgamma, libm::cbrt, libm::log1p];
    let arguments = (1..=TRIED).map(|number| f64::from(number) * 0.371);
    let one = |x: f64| functions.iter().map(move |function| function(x).to_bits());
    let two = |x: f64| [libm::pow(x, 0.73), libm::pow(1.0 / x, x)].map(f64::to_bits);
    arguments.flat_map(|x| one(x).chain(two(x)).collect::<Vec<_>>()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bits_are_those_of_every_machine() {
        let all = canary();
        assert_eq!(all.len(), 9 * TRIED as usize);
        let folded = all.iter().fold(0_u64, |sum, bits| sum.rotate_left(7) ^ bits);
        assert_eq!(folded, FOLDED, "{folded:#x}: is libm another version, or built otherwise?");
    }

    /// As measured on a processor with FMA and AVX2, and without them.
    const FOLDED: u64 = 0xe99f_1386_e31d_f350;
}
