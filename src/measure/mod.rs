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

mod outcome;
mod reading;

pub use outcome::{Arrival, Attempt, Ending, FaultOccurrence, Outcome};
