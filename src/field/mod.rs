//! Floor 3: what the field's own files say.
//!
//! ```text
//!   bytes ──► decoded ──► entry (three line formats) ──► saying ──► Story (what one site did)
//!          described (a scenario that has it happen again, `timing` fitted) ◄───┤
//!          retold (a trace: tables and charts as of a simulated run)        ◄───┘
//!   Get-CMSite, Get-CMFileReplicationRoute ──► configmgr (a scenario of the hierarchy)
//! ```
//!
//! Real files come rotated, cut off, in several encodings and with lines that nobody has
//! documented. What can be read is read; what cannot is counted and named, and nothing is guessed
//! silently.
//!
//! Invariants:
//! - No file makes this panic, and none takes more memory than a few times its size.
//! - Nothing here knows the world: a story is told from the log alone.
//! - The clock of a status message (GMTDATE) is believed before the clock of its line.

mod configmgr;
mod decoded;
mod described;
mod entry;
mod export_csv;
mod fit;
mod listening;
mod retold;
mod saying;
mod stamp;
mod story;

pub use configmgr::{FieldHierarchy, NoHierarchy, describe_hierarchy};
pub use decoded::text_of;
pub use described::{Described, NotDescribed, describe};
pub use entry::Format;
pub use fit::{Fitted, Step, fit};
pub use listening::{FileRead, LocalClock};
pub use retold::retell;
pub use story::{Account, Ended, LoggedSync, Story, read};
