//! Floor 4: many replications, and what they say together.
//!
//! ```text
//!   Scenario ──► replicate (one run, one thread; by number) ──► Replication { values, .. }
//!                                                                   ├──► verdict: pass, fail, or too few to say
//!                                                                   └──► averages
//!            ├──► shrink: the smallest outage that breaks an expectation
//!            └──► spread: how one release reached some sites, each time
//! ```
//!
//! Invariants:
//! - The number of threads changes no byte: what is kept of a run hangs on its number alone, and
//!   sums are of integers.
//! - Of a replication only what was asked for is kept: a thousand of them cost a thousand lines.
//! - Floats are asked for last, and from libm: bounds and intervals are the same on every machine.

mod averages;
mod beta;
mod canary;
mod contrast;
mod difference;
mod measures;
mod memory;
mod moments;
mod precise;
mod proportion;
mod remedy;
mod replicate;
mod shrink;
mod spread;
mod tried;
mod verdict;

pub use averages::{Average, Averages};
pub use canary::canary;
pub use contrast::{Contrast, Runs, Swing, contrasts, difference, swings};
pub use difference::{Better, Difference, Judgement, Level, holm};
pub use measures::{Compared, Measure, measures};
pub use moments::Moments;
pub use precise::{fixed_blocks, half_width, next_block};
pub use proportion::Proportion;
pub use remedy::{Remedy, Trial};
pub use replicate::{Replication, Stage, needed, replicate};
pub use shrink::{
    Doubt, Offer, Reply, Smallest, Tolerance, most_tried, smallest, tolerances, without_silent,
};
pub use spread::{Spread, spread};
pub use tried::{Failure, Halt, Stopped, Tried, try_each};
pub use verdict::{Answer, Verdict, alone, answers, answers_to};
