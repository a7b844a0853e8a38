//! Floor 0: quantities, each with one unit, and the numbers by which things are called.
//!
//! Every value here is an integer. Nothing on this floor reads a clock, rounds, or depends on
//! the machine; a sum that does not fit stops the program instead of wrapping.

mod bytes;
mod factor;
mod id;
mod probability;
mod rate;
mod time;

pub use bytes::Bytes;
pub use factor::Factor;
pub use id::{FaultId, LinkId, ReleaseId, RouteId, SiteId};
pub use probability::Probability;
pub use rate::Rate;
pub use time::{Duration, Instant};
