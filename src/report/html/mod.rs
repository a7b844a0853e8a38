//! A report to hand on: one file of HTML that needs nothing but a browser.
//!
//! ```text
//!   Run + Many ──► asked        what was asked, and the answer
//!              ├──► arrivals     when the releases arrived
//!              ├──► why          the latest sites, and what their delays are made of
//!              ├──► pictures     the charts, each with its table
//!              ├──► intervals ──► timeline/*.js   every synchronisation, to look into
//!              ├──► failures     what failed, and what came of it
//!              ├──► assumptions  the defaults that were used, and how well each is known
//!              ├──► model        the model by the list of STRESS-DES, its gaps marked
//!              └──► repeat       how to have the same again
//! ```
//!
//! Invariants:
//! - The same run gives the same bytes: no clock, no path, no machine.
//! - It asks nobody: style, letters and script are in it, and its policy lets nothing else in.
//! - Everything is there without scripts, but for the interactive timeline.
//! - No text that a person wrote is anything but text ([`sheet`]).

mod arrivals;
mod asked;
mod assumptions;
mod dress;
mod failures;
mod figures;
mod intervals;
mod model;
mod pictures;
mod repeat;
mod sheet;
mod study;
mod why;

use std::io::{self, Write};

use super::summary::Releases;
use super::{Many, Run};
use crate::measure::Causes;
use intervals::Intervals;
use sheet::Sheet;
pub use study::write_study_html;

/// What writes a part of the page.
type Part = fn(&Told<'_>, &mut Sheet);

/// The parts of the page in their order: where each is, what it is called, and what writes it.
const PARTS: [(&str, &str, Part); 9] = [
    ("asked", "What was asked, and the answer", asked::asked),
    ("arrivals", "When the releases arrived", arrivals::arrivals),
    ("latest", "The latest sites, and why", why::latest),
    ("pictures", "Pictures", pictures::pictures),
    ("timeline", "Timeline", timeline),
    ("failures", "What failed", failures::failures),
    ("assumptions", "Assumptions", assumptions::assumptions),
    ("model", "The model", model::model),
    ("repeat", "How to repeat it", repeat::repeat),
];

/// So many synchronisations the timeline holds: of the latest sites all, of the others none.
const MOST_SYNCHRONISATIONS: usize = 100_000;

/// What is told.
struct Told<'a> {
    run: Run<'a>,
    many: Many<'a>,
    releases: Releases,
    causes: Causes<'a>,
    /// What the timeline does not show, in words.
    left_out: Option<String>,
}

/// Writes the report of a run.
///
/// # Errors
/// What `out` says.
pub fn write_html(run: &Run<'_>, many: &Many<'_>, out: &mut dyn Write) -> io::Result<()> {
    let releases = Releases::of(run);
    let causes = Causes::of(run.scenario, run.trace, run.outcome);
    let intervals = Intervals::of(run, &releases, MOST_SYNCHRONISATIONS);
    let left_out = intervals.left_out();
    let told = Told { run: *run, many: *many, releases, causes, left_out };
    let script = dress::script();
    let policy = dress::policy(&script);
    let mut main = Sheet::default();
    let mut contents = Sheet::default();
    for (id, heading, write) in PARTS {
        main.section(id, heading);
        write(&told, &mut main);
        main.end_section();
        entry(&mut contents, id, heading);
    }
    let mut header = Sheet::default();
    asked::header(&told, &mut header);
    let mut title = Sheet::default();
    title.text(&run.scenario.name);
    title.raw(" — supsim");
    let parts = [
        ("POLICY", policy),
        ("VERSION", env!("CARGO_PKG_VERSION").to_owned()),
        ("TITLE", title.into_html()),
        ("STYLE", dress::style()),
        ("HEADER", header.into_html()),
        ("CONTENTS", contents.into_html()),
        ("MAIN", main.into_html()),
        ("DATA", intervals.to_json(run, &told.causes)),
        ("SCRIPT", script),
    ];
    fill(dress::PAGE, &parts, out)
}

/// The interactive timeline, and what it does not show.
fn timeline(told: &Told<'_>, sheet: &mut Sheet) {
    if told.run.outcome.attempts.is_empty() {
        sheet.para("No site synchronised.");
        return;
    }
    sheet.raw(include_str!("timeline.html"));
    if let Some(left_out) = &told.left_out {
        sheet.para(left_out);
    }
}

/// A part of the page in its contents.
fn entry(contents: &mut Sheet, id: &'static str, heading: &'static str) {
    contents.raw("<li><a href=\"#");
    contents.raw(id);
    contents.raw("\">");
    contents.raw(heading);
    contents.raw("</a></li>\n");
}

/// Puts each part in its place. What looks like a place inside a part stays as it is.
fn fill(page: &str, parts: &[(&str, String)], out: &mut dyn Write) -> io::Result<()> {
    let mut pieces = page.split("{{");
    out.write_all(pieces.next().unwrap_or_default().as_bytes())?;
    for piece in pieces {
        let (name, after) = piece.split_once("}}").unwrap_or((piece, ""));
        let part = parts.iter().find(|(known, _)| *known == name);
        out.write_all(part.map_or("", |(_, part)| part).as_bytes())?;
        out.write_all(after.as_bytes())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
