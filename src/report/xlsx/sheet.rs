//! A table as a sheet of a workbook.

use std::io;

use rust_xlsxwriter::{Format, Worksheet};

use super::super::plain::plain;
use super::super::table::{Cell, Column, Kind, Sink};
use super::trouble;

/// A sheet has no more rows, the header among them.
const MOST_ROWS: u32 = 1_048_576;
/// A cell has no more characters.
const MOST_CHARACTERS: usize = 32_000;
/// The widest column \[characters\].
const WIDEST: usize = 44;

/// A sheet that is being written.
pub(super) struct Sheet {
    sheet: Worksheet,
    date: Format,
    widths: Vec<usize>,
    row: u32,
    column: u16,
    left_out: u64,
}

impl Sheet {
    pub fn new(title: &str) -> io::Result<Sheet> {
        let mut sheet = Worksheet::new();
        sheet.set_name(title).map_err(trouble)?;
        let date = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        Ok(Sheet { sheet, date, widths: Vec::new(), row: 0, column: 0, left_out: 0 })
    }

    /// How many rows there are below the header.
    pub fn rows(&self) -> u32 {
        self.row.saturating_sub(1)
    }

    /// How many rows there was no room for.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    pub fn done(self) -> Worksheet {
        self.sheet
    }

    fn widen(&mut self, characters: usize) {
        if let Some(width) = self.widths.get_mut(usize::from(self.column)) {
            *width = (*width).max(characters).min(WIDEST);
        }
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        let text: String = plain(text).chars().take(MOST_CHARACTERS).collect();
        self.widen(text.chars().count());
        self.sheet.write_string(self.row, self.column, text).map_err(trouble)?;
        Ok(())
    }

    fn number(&mut self, number: f64, characters: usize) -> io::Result<()> {
        self.widen(characters);
        self.sheet.write_number(self.row, self.column, number).map_err(trouble)?;
        Ok(())
    }

    /// Days since the end of 1899, as Excel counts them.
    fn date(&mut self, micros: i64) -> io::Result<()> {
        const EPOCH: i64 = -2_209_161_600_000_000;
        let days = (micros - EPOCH) as f64 / 86_400e6;
        self.widen("2026-01-13 22:00:00".len());
        let written = self.sheet.write_number_with_format(self.row, self.column, days, &self.date);
        written.map_err(trouble)?;
        Ok(())
    }
}

impl Sink for Sheet {
    fn head(&mut self, columns: &[Column]) -> io::Result<()> {
        let bold = Format::new().set_bold();
        for (number, column) in (0..).zip(columns) {
            let name = plain(&column.name);
            // Room for the button of the filter.
            self.widths.push((name.chars().count() + 3).min(WIDEST));
            self.sheet.write_string_with_format(0, number, name, &bold).map_err(trouble)?;
            let date = matches!(column.kind, Kind::Utc | Kind::Local);
            if date {
                self.sheet.set_column_format(number, &self.date).map_err(trouble)?;
            }
        }
        self.sheet.set_freeze_panes(1, 0).map_err(trouble)?;
        self.row = 1;
        Ok(())
    }

    fn cell(&mut self, cell: Cell<'_>) -> io::Result<()> {
        if self.row < MOST_ROWS {
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => self.text(text)?,
                Cell::Whole(number) => self.number(number as f64, number.to_string().len())?,
                Cell::Number(text) => match text.parse::<f64>() {
                    Ok(number) if number.is_finite() => self.number(number, text.len())?,
                    _ => self.text(text)?,
                },
                Cell::Utc(at) => self.date(at.as_microsecond())?,
                Cell::Local(at) => {
                    let at = at.to_zoned(jiff::tz::TimeZone::UTC).map_err(io::Error::other)?;
                    self.date(at.timestamp().as_second() * 1_000_000)?;
                }
            }
        }
        self.column += 1;
        Ok(())
    }

    fn end_row(&mut self) -> io::Result<()> {
        self.column = 0;
        if self.row < MOST_ROWS {
            self.row += 1;
        } else {
            self.left_out += 1;
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let columns = self.widths.len() as u16;
        for (number, width) in (0..).zip(&self.widths) {
            self.sheet.set_column_width(number, *width as f64 + 1.0).map_err(trouble)?;
        }
        if columns > 0 {
            let last = self.row.saturating_sub(1);
            self.sheet.autofilter(0, 0, last, columns - 1).map_err(trouble)?;
        }
        Ok(())
    }
}
