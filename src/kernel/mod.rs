//! Floor 1: what happens next.
mod distribution;
pub use distribution::Distribution;
