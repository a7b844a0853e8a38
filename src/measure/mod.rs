//! Floor 3: what a trace says.
//!
//! ```text
//!   Trace + Scenario ──► Outcome { attempts, arrivals, faults }    tidy rows
//!                             ├──► lag: delays by tier, counts, the latest sites
//!                             ├──► expectation: one figure for each thing asked
//!                             ├──► series: the same instants apart, sampled
//!                             └──► causes: of every delay, what it is made of
//! ```
//!
//! Invariants:
//! - Nothing here looks at the world, the engine or the kernel: only at the record.
//! - Rows stand in a fixed order (site, then number; site, then release; fault, site, time).

mod blame;
mod causes;
mod circuit;
mod clients;
mod expectation;
mod figure;
mod holding;
mod lag;
mod level;
mod outcome;
mod queue;
mod reading;
#[cfg(test)]
pub(crate) mod sample;
mod scanned;
mod series;
mod span;
mod staleness;
mod standing;
mod syncs;

pub use blame::{Behind, Blame, Category, Stage};
pub use causes::Causes;
pub use circuit::{LinkHour, link_hours};
pub use clients::{Batch, Scanning};
pub use expectation::values;
pub use figure::Figure;
pub use lag::{Activity, Delays, Group, Lag, Milestones};
pub use level::{Steps, sites_current, syncs_running};
pub use outcome::{Arrival, Attempt, Ending, FaultOccurrence, Outcome};
pub use series::{Sample, series};
pub use staleness::{Tooth, median_staleness, worst_staleness};
pub use standing::{Coming, Doing, ExportStep, Standing, SyncStep, What};
pub use syncs::running;
