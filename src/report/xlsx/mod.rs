//! A run as one workbook, for whoever opens Excel: a sheet to read first, then a sheet for each
//! table.
//!
//! Dates are dates, numbers are numbers, and what people wrote is text, never a formula and never
//! a link. Every sheet has its header frozen and a filter. The same run gives the same bytes: the
//! workbook says that it was made at the beginning of 2000, whenever that was.

mod sheet;

use std::io;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::plain::plain;
use super::table::{TableName, write_table};
use super::{Many, Run};
use crate::scenario::Known;
use crate::units::Instant;
use sheet::Sheet;

/// The version of the format, on the first sheet.
const VERSION: &str = "supsim workbook 1";

/// The run as a workbook: the bytes of the file.
pub fn workbook(run: &Run<'_>, many: &Many<'_>) -> io::Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1).map_err(trouble)?;
    let properties = DocProperties::new()
        .set_title(plain(&run.scenario.name))
        .set_author(format!("supsim {}", env!("CARGO_PKG_VERSION")))
        .set_creation_datetime(&made);
    workbook.set_properties(&properties);
    let mut sheets = Vec::new();
    let mut told = Vec::new();
    for name in TableName::of(run) {
        let mut sheet = Sheet::new(&title(name))?;
        write_table(name, run, many, &mut sheet)?;
        told.push((name, sheet.rows(), sheet.left_out()));
        sheets.push(sheet.done());
    }
    workbook.push_worksheet(read_me(run, many, &told).map_err(trouble)?);
    for sheet in sheets {
        workbook.push_worksheet(sheet);
    }
    workbook.save_to_buffer().map_err(trouble)
}

/// `attempts` becomes `Attempts`.
fn title(name: TableName) -> String {
    let word = name.word();
    word[..1].to_ascii_uppercase() + &word[1..]
}

/// What this is, what stands where, and what was assumed.
fn read_me(
    run: &Run<'_>,
    many: &Many<'_>,
    sheets: &[(TableName, u32, u64)],
) -> Result<Worksheet, XlsxError> {
    let scenario = run.scenario;
    let mut lines: Vec<[String; 3]> = Vec::new();
    let mut say = |a: &str, b: &str, c: &str| lines.push([a, b, c].map(plain));
    say(&scenario.name, "", "");
    say(&scenario.description, "", "");
    say("", "", "");
    say("Seed", &scenario.seed.to_string(), "");
    say("Replications", &many.replications.len().max(1).to_string(), "");
    let one = "every sheet but Expectations and Summary is of this one";
    say("Replication", &run.replication.to_string(), one);
    say("Start", &scenario.clock.local(Instant::START, scenario.clock.zone()), "");
    say("Time zone", scenario.clock.zone().name(), "of every column that ends in _local");
    say("Profile", scenario.profile.word(), "where the defaults come from");
    say("Written by", &format!("supsim {}", env!("CARGO_PKG_VERSION")), VERSION);
    say("", "", "");
    say("Sheet", "Rows", "");
    for (name, rows, left_out) in sheets {
        let about = match left_out {
            0 => name.about().to_owned(),
            more => format!("{}; {more} MORE ROWS DO NOT FIT: export .csv", name.about()),
        };
        say(&title(*name), &rows.to_string(), &about);
    }
    say("", "", "");
    say("Columns", "", "supsim help outputs explains every one");
    say("", "_s", "seconds since the start of the run, or a length of time in seconds");
    say("", "_utc", "the same instant in UTC");
    say("", "_local", "the same instant on a wall clock in the time zone above");
    let assumed = scenario.defaults_used.iter().filter(|one| one.status == Known::Assumed);
    let assumed: Vec<_> = assumed.collect();
    if !assumed.is_empty() {
        say("", "", "");
        say(
            "Assumed",
            "Value",
            "numbers that nobody wrote, and that nobody has documented or measured",
        );
        assumed.iter().for_each(|one| say(one.key, one.value, one.source));
    }
    let mut sheet = Worksheet::new();
    sheet.set_name("Read me")?;
    let bold = Format::new().set_bold();
    for (row, cells) in (0..).zip(&lines) {
        let heads = row == 0 || ["Sheet", "Columns", "Assumed"].contains(&cells[0].as_str());
        for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            match heads {
                true => sheet.write_string_with_format(row, column, cell, &bold)?,
                false => sheet.write_string(row, column, cell)?,
            };
        }
    }
    for (column, width) in [(0, 28.0), (1, 22.0), (2, 80.0)] {
        sheet.set_column_width(column, width)?;
    }
    Ok(sheet)
}

fn trouble(error: XlsxError) -> io::Error {
    io::Error::other(error)
}
