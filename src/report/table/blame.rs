//! What each delay is made of.

use std::io;

use super::cell::Sink;
use super::{Run, Table};
use crate::measure::Causes;
use crate::trace::Part;

/// One row for each site, release, category, place and line of the scenario, by site, then by
/// release, then in the order of time; the rows of a site and a release add up to its
/// `time_to_current_s`.
pub(super) fn blame(run: &Run<'_>, sink: &mut dyn Sink) -> io::Result<()> {
    let causes = Causes::of(run.scenario, run.trace, run.outcome);
    let mut table = Table::new(run, sink);
    table.head(&["site", "release", "part", "category", "at_site"]);
    table.head_numbers(&["seconds"]);
    table.head(&["cause"]);
    table.end_head()?;
    for arrival in &run.outcome.arrivals {
        let Some(blame) = causes.blame(arrival) else { continue };
        for (stage, length) in blame.parts() {
            table.begin()?;
            table.text(run.code(blame.site))?;
            table.text(run.release(blame.release))?;
            table.text(part_name(blame.part))?;
            table.text(stage.category.name())?;
            table.text(run.code(stage.at))?;
            table.seconds(Some(length))?;
            table.text(&stage.behind.path(run.scenario, stage.at))?;
            table.end()?;
        }
    }
    table.finish()
}

/// The one word for a part of a site.
const fn part_name(part: Part) -> &'static str {
    match part {
        Part::Database => "database",
        Part::Wsus => "wsus",
        Part::Internet => "internet",
    }
}
