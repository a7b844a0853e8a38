//! Floor 1: what a site decides.
mod words;
pub use words::{Failure, Kind, Phase, Reason, Status, Trigger};
