//! A report to hand on: one file of HTML that needs nothing but a browser.
//!
//! ```text
//!   Run + Many ──► asked        what was asked, and the answer
//!              ├──► arrivals     when the releases arrived, the latest sites and why
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
mod model;
mod pictures;
mod repeat;
mod sheet;

use std::io::{self, Write};

use super::summary::Releases;
use super::{Many, Run};
use sheet::Sheet;

/// The parts of the page in their order: where each is, what it is called, and what writes it.
const PARTS: [(&str, &str, fn(&Told<'_>, &mut Sheet)); 7] = [
    ("asked", "What was asked, and the answer", asked::asked),
    ("arrivals", "When the releases arrived", arrivals::arrivals),
    ("pictures", "Pictures", pictures::pictures),
    ("failures", "What failed", failures::failures),
    ("assumptions", "Assumptions", assumptions::assumptions),
    ("model", "The model", model::model),
    ("repeat", "How to repeat it", repeat::repeat),
];

/// What is told.
struct Told<'a> {
    run: Run<'a>,
    many: Many<'a>,
    releases: Releases,
}

/// Writes the report of a run.
///
/// # Errors
/// What `out` says.
pub fn write_html(run: &Run<'_>, many: &Many<'_>, out: &mut dyn Write) -> io::Result<()> {
    let told = Told { run: *run, many: *many, releases: Releases::of(run) };
    let script = dress::script();
    let policy = dress::policy(&script);
    let mut main = Sheet::default();
    let mut contents = Sheet::default();
    for (id, heading, write) in PARTS {
        main.section(id, heading);
        write(&told, &mut main);
        main.end_section();
        contents.raw("<li><a href=\"#");
        contents.raw(id);
        contents.raw("\">");
        contents.raw(heading);
        contents.raw("</a></li>\n");
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
        ("DATA", "{}".to_owned()),
        ("SCRIPT", script),
    ];
    fill(dress::PAGE, &parts, out)
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
