//! The gamma distribution.

use super::normal;
use crate::kernel::Stream;

/// So many proposals are looked at; each is taken with a probability above 0.95, so that not
/// one in any simulated lifetime gets to the end.
const PROPOSALS: u32 = 100;

/// A gamma draw of mean 1 and this coefficient of variation.
///
/// By Marsaglia and Tsang, *A simple method for generating gamma variables* (2000): a normal
/// draw, cubed, is proposed and mostly taken. A shape below 1 is drawn one higher and then
/// multiplied by a power of one more draw.
pub(super) fn sample(cv: f64, stream: &mut Stream) -> f64 {
    let shape = 1.0 / (cv * cv);
    if !(shape > 0.0 && shape.is_finite()) {
        // too even for a float to tell it from a constant; or refused by `validate`
        return if cv.abs() < 1.0 { 1.0 } else { 0.0 };
    }
    let (boosted, factor) = if shape < 1.0 {
        (shape + 1.0, libm::exp(libm::log(stream.unit_open()) / shape))
    } else {
        (shape, 1.0)
    };
    let d = boosted - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    for _ in 0..PROPOSALS {
        let z = normal::quantile(stream.unit_open());
        let u = stream.unit_open();
        let root = 1.0 + c * z;
        if root > 0.0 {
            let v = root * root * root;
            if libm::log(u) < z * z / 2.0 + d * (1.0 - v + libm::log(v)) {
                return d * v / shape * factor;
            }
        }
    }
    boosted / shape * factor
}
