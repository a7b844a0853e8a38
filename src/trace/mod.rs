//! Floor 2: what happened.
//!
//! ```text
//!   World ──► Trace { records } ──► text (one line a record, and back)
//!                 │                 fingerprint (what kind of thing moved)
//!                 └── each record: when, where, what, and because of which earlier record
//! ```
//!
//! Invariants:
//! - Records stand in the order in which they happened; equal instants keep their order.
//! - The cause of a record stands before it. Following causes leads back to something that
//!   nobody in the run caused: a release, a schedule, an administrator, a fault.
//! - Nothing here computes: what is judged and drawn is judged and drawn from these records.

pub mod cmtrace;
mod fingerprint;
#[cfg(test)]
mod generated;
mod mishap;
mod names;
mod record;
pub mod text;
mod word;

pub use crate::engine::{Failure, Kind, Phase, Reason, Status, Trigger};
pub use fingerprint::Fingerprint;
pub use mishap::Mishap;
pub use names::{Name, Names};
pub use record::{Cause, ClientKind, Fact, Limit, Part, Priority, Record, Trace, Wait};
