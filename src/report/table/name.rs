//! Which tables there are, by name.

use std::io::{self, Write};

use super::super::{Many, Run};
use super::asked::{expectations, samples, summary};
use super::blame::blame;
use super::cell::Sink;
use super::comma::Comma;
use super::{arrivals, attempts, clients, faults, links, sites};
use crate::scenario::Recording;

/// A table of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableName {
    /// One row for each expectation and replication.
    Expectations,
    /// One row for each expectation, all replications together.
    Summary,
    /// One row for each site.
    Sites,
    /// One row for each synchronisation.
    Attempts,
    /// One row for each site and release.
    Arrivals,
    /// One row for each part of each delay.
    Blame,
    /// One row for each time a fault took hold.
    Faults,
    /// One row for each metric, group of sites and sample.
    Series,
    /// One row for each site, kind of client and release.
    Clients,
    /// One row for each circuit and hour in which something crossed it.
    Links,
}

impl TableName {
    /// The tables that this run has, in the order in which one reads them.
    pub fn of(run: &Run<'_>) -> Vec<TableName> {
        use TableName as T;
        let scenario = run.scenario;
        let all = [
            (T::Expectations, !scenario.expectations.is_empty()),
            (T::Summary, !scenario.expectations.is_empty()),
            (T::Sites, true),
            (T::Attempts, true),
            (T::Arrivals, true),
            (T::Blame, true),
            (T::Faults, true),
            (T::Series, scenario.series_every.is_some()),
            (T::Clients, scenario.has_clients()),
            (T::Links, scenario.recording == Recording::All && !scenario.links.is_empty()),
        ];
        all.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect()
    }

    /// The name of its file, without the extension.
    pub const fn word(self) -> &'static str {
        match self {
            TableName::Expectations => "expectations",
            TableName::Summary => "summary",
            TableName::Sites => "sites",
            TableName::Attempts => "attempts",
            TableName::Arrivals => "arrivals",
            TableName::Blame => "blame",
            TableName::Faults => "faults",
            TableName::Series => "series",
            TableName::Clients => "clients",
            TableName::Links => "links",
        }
    }

    /// What one row of it is.
    pub const fn about(self) -> &'static str {
        match self {
            TableName::Expectations => "one row for each expectation and replication",
            TableName::Summary => "one row for each expectation, all replications together",
            TableName::Sites => "one row for each site",
            TableName::Attempts => "one row for each synchronisation",
            TableName::Arrivals => "one row for each site and release",
            TableName::Blame => "one row for each part of the delay of a site and a release",
            TableName::Faults => "one row for each time a fault took hold",
            TableName::Series => "one row for each metric, group of sites and sample",
            TableName::Clients => "one row for each site, kind of client and release",
            TableName::Links => "one row for each circuit and hour in which something crossed it",
        }
    }
}

/// Writes one table into whatever takes it.
pub(in crate::report) fn write_table(
    name: TableName,
    run: &Run<'_>,
    many: &Many<'_>,
    sink: &mut dyn Sink,
) -> io::Result<()> {
    match name {
        TableName::Expectations => expectations(run, many, sink),
        TableName::Summary => summary(run, many, sink),
        TableName::Sites => sites(run, sink),
        TableName::Attempts => attempts(run, sink),
        TableName::Arrivals => arrivals(run, sink),
        TableName::Blame => blame(run, sink),
        TableName::Faults => faults(run, sink),
        TableName::Series => samples(run, sink),
        TableName::Clients => clients(run, sink),
        TableName::Links => links(run, sink),
    }
}

/// Writes one table as CSV.
pub fn write_csv(
    name: TableName,
    run: &Run<'_>,
    many: &Many<'_>,
    out: impl Write,
) -> io::Result<()> {
    write_table(name, run, many, &mut Comma::new(out))
}
