//! A table as CSV by RFC 4180: UTF-8 without a mark, commas, CR LF, a header.

use std::io::{self, Write};

use csv::{Terminator, WriterBuilder};

use super::cell::{Cell, Column, Sink};

/// Writes CSV.
pub(in crate::report) struct Comma<W: Write> {
    csv: csv::Writer<W>,
}

impl<W: Write> Comma<W> {
    pub fn new(out: W) -> Self {
        Comma { csv: WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out) }
    }
}

impl<W: Write> Sink for Comma<W> {
    fn head(&mut self, columns: &[Column]) -> io::Result<()> {
        Ok(self.csv.write_record(columns.iter().map(|column| harmless(&column.name)))?)
    }

    fn cell(&mut self, cell: Cell<'_>) -> io::Result<()> {
        let csv = &mut self.csv;
        Ok(match cell {
            Cell::Empty => csv.write_field(""),
            Cell::Text(text) => csv.write_field(harmless(text)),
            Cell::Whole(number) => csv.write_field(number.to_string()),
            Cell::Number(number) => csv.write_field(number),
            Cell::Utc(at) => csv.write_field(at.to_string()),
            // Cut to the second: the form Excel reads as a date.
            Cell::Local(at) => csv.write_field(at.strftime("%Y-%m-%d %H:%M:%S").to_string()),
        }?)
    }

    /// csv itself sees to it that every row has as many cells as the header has columns.
    fn end_row(&mut self) -> io::Result<()> {
        Ok(self.csv.write_record(None::<&[u8]>)?)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.csv.flush()
    }
}

/// A text that no spreadsheet takes for a formula: control characters become blanks, and a text
/// that begins like a formula (`=`, `+`, `-`, `@`) gets an apostrophe before it.
pub(in crate::report) fn harmless(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 1);
    if text.starts_with(|c: char| matches!(c, '=' | '+' | '-' | '@') || c.is_control()) {
        safe.push('\'');
    }
    safe.extend(text.chars().map(|c| if c.is_control() { ' ' } else { c }));
    safe
}
