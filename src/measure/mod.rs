//! Floor 3: what a trace says.
//!
//! ```text
//!   Trace + Scenario ──► Outcome { attempts, arrivals, faults }    tidy rows
//!                             └──► lag: delays by tier, counts, the latest sites
//! ```
//!
//! Invariants:
//! - Nothing here looks at the world, the engine or the kernel: only at the record.
//! - Rows stand in a fixed order (site, then number; site, then release; fault, site, time).

mod lag;
mod outcome;
mod reading;
#[cfg(test)]
pub(crate) mod sample;

pub use lag::{Activity, Delays, Group, Lag};
pub use outcome::{Arrival, Attempt, Ending, FaultOccurrence, Outcome};
