//! A scenario as it is meant: checked values, every default filled in.
//!
//! Nothing here knows how it was written; the readers beside this folder do.

mod catalogue;
mod network;
mod site;
mod sync;

pub use catalogue::{Catalogue, Lot, Published, Release};
pub use network::{Bandwidth, Link, Openness, Route, RouteRate};
pub use site::{InternetPoint, Site, SiteKind, SoftwareUpdatePoint, Timing, Work};
pub use sync::{Action, NewSchedule, Operation, Replication, Retry, SiteComplete, Sync};
