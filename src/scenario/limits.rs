//! The limits of a scenario file: what is larger is refused before it costs time or memory.

use crate::units::Duration;

/// A file \[bytes\]: a hundred thousand sites of one line each fit.
pub const FILE_BYTES: usize = 16 * 1024 * 1024;
/// Files that a scenario names, directly or through others; arguments of the command line count.
pub const FILES: usize = 1_000;
/// All of them together \[bytes\].
pub const FILES_BYTES: usize = 64 * 1024 * 1024;
/// Files below one another by `extends`.
pub const EXTENDS: usize = 16;
/// Declared parameters.
pub const PARAMS: usize = 1_000;
/// Columns of a table.
pub const COLUMNS: usize = 200;
/// Sites that all overrides together select, one counted as often as it is.
pub const OVERRIDDEN: usize = 2_000_000;
/// Maps and lists inside one another.
pub const NESTING: usize = 32;
/// Values, keys, maps and lists in one file.
pub const NODES: usize = 3_000_000;
/// Keys of one map, or values of one list.
pub const ENTRIES: usize = 1_000_000;
/// Keys of one map whose names are free.
pub const NAMES: usize = 150_000;
/// One text \[bytes\].
pub const SCALAR_BYTES: usize = 64 * 1024;
/// Mistakes that are shown; more are counted.
pub const FINDINGS: usize = 1_000;

/// Sites, written or generated.
pub const SITES: usize = 100_000;
/// Tiers of the hierarchy.
pub const TIERS: u32 = 64;
/// Faults written, and as many releases and operations.
pub const WRITTEN: usize = 10_000;
/// Routes: each has a pattern of the week.
pub const ROUTES: usize = 1_000;
/// Windows of one pattern: one for every hour of the week.
pub const WINDOWS: usize = 168;
/// Sendings at once to one destination, and pulls at once from one software update point.
pub const AT_ONCE: u32 = 100_000;
/// Expectations.
pub const EXPECTATIONS: usize = 1_000;
/// Replications of one run; what is kept of each lies in memory.
pub const REPLICATIONS: u32 = 100_000;
/// A count that is wanted \[thousand-millionths\]: a thousand million.
pub const AMOUNT: u64 = 1_000_000_000_000_000_000;
/// Points of a study.
pub const POINTS: usize = 10_000;
/// Samples of a series.
pub const SAMPLES: u64 = 100_000;
/// Values of one column of a file.
pub const VALUES: usize = 100_000;
/// Occurrences of all releases together, and as many instants of the schedule.
pub const OCCURRENCES: usize = 1_000_000;
/// The run, and every duration written: ten years and a little.
pub const LONGEST: Duration = Duration::from_days(3_660);
/// `per_update` and `per_known`.
pub const PER_UPDATE: Duration = Duration::from_hours(1);
/// Clients of one kind at one site.
pub const CLIENTS: u32 = 10_000_000;
/// Clients of all sites, in counted groups.
pub const CLIENTS_IN_ALL: u64 = 1_000_000_000;
/// Clients of all sites, one by one: each lies in memory.
pub const CLIENTS_ONE_BY_ONE: u64 = 2_000_000;
/// Scans that one software update point serves at once.
pub const SCANS_AT_ONCE: u32 = 100_000;
/// Updates of the whole catalogue: with `PER_UPDATE`, no product leaves 64 bits.
pub const UPDATES: u32 = 100_000_000;
/// Metadata of the whole catalogue \[bytes\].
pub const METADATA: u64 = 10_000_000_000_000;
/// The slowest link \[bit/s\].
pub const SLOWEST: u64 = 1_000;
/// The fastest link \[bit/s\].
pub const FASTEST: u64 = 1_000_000_000_000;
/// A name or a label \[characters\].
pub const NAME_CHARACTERS: usize = 100;
/// A description \[characters\].
pub const DESCRIPTION_CHARACTERS: usize = 10_000;
