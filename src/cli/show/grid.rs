//! A table for whoever asks: aligned for a person, comma-separated for a spreadsheet, objects for
//! a program.

use std::fmt::Write;

use anstyle::Style;

use crate::report::Look;

/// For whom a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Form {
    Human,
    Csv,
    Json,
}

/// A column.
pub(super) struct Column {
    /// In snake case, the unit in the name where there is one.
    pub name: String,
    /// Are these numbers? They stand to the right, and are numbers for a program.
    pub number: bool,
}

/// Columns and rows.
pub(super) struct Grid {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<String>>,
}

const BOLD: Style = Style::new().bold();

impl Grid {
    /// A table of texts; a name that begins with `#` is that of numbers.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Grid {
        let column = |name: &str| Column {
            name: name.trim_start_matches('#').to_owned(),
            number: name.starts_with('#'),
        };
        Grid { columns: names.into_iter().map(column).collect(), rows: Vec::new() }
    }

    pub fn row(&mut self, cells: Vec<String>) {
        debug_assert_eq!(cells.len(), self.columns.len());
        self.rows.push(cells);
    }

    /// Aligned, the names above; a column in which nothing stands is left out.
    pub fn human(&self, look: Look) -> String {
        let shown: Vec<usize> = (0..self.columns.len())
            .filter(|column| self.rows.iter().any(|row| !row[*column].is_empty()))
            .collect();
        let width = |column: usize| {
            let cells = self.rows.iter().map(|row| columns(&row[column]));
            cells.chain([columns(&self.columns[column].name)]).max().unwrap_or(0)
        };
        let widths: Vec<usize> = shown.iter().map(|column| width(*column)).collect();
        let line = |cell: &dyn Fn(usize) -> String| {
            let mut line = String::new();
            for (&column, &width) in shown.iter().zip(&widths) {
                let cell = cell(column);
                let gap = " ".repeat(width - columns(&cell));
                match self.columns[column].number {
                    true => line += &format!("{gap}{cell}  "),
                    false => line += &format!("{cell}{gap}  "),
                }
            }
            plain(&line, look).trim_end().to_owned()
        };
        let head = line(&|column| self.columns[column].name.replace('_', " "));
        let mut text = match look.colour {
            true => format!("{BOLD}{head}{BOLD:#}\n"),
            false => format!("{head}\n"),
        };
        for row in &self.rows {
            let _ = writeln!(text, "{}", line(&|column| row[column].clone()));
        }
        text
    }

    /// RFC 4180, with CR LF.
    pub fn csv(&self) -> String {
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        let names = self.columns.iter().map(|column| column.name.as_str());
        let mut written = writer.write_record(names);
        for row in &self.rows {
            written = written.and_then(|()| writer.write_record(row));
        }
        // memory takes everything
        let bytes = written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    }

    /// One document: a list of objects.
    pub fn json(&self) -> String {
        let object = |row: &Vec<String>| {
            let cells = self.columns.iter().zip(row).map(|(column, cell)| {
                let number = column.number.then(|| cell.parse::<u64>().ok()).flatten();
                let value = match number {
                    Some(number) => number.into(),
                    None if cell.is_empty() => serde_json::Value::Null,
                    None => cell.as_str().into(),
                };
                (column.name.clone(), value)
            });
            cells.collect::<serde_json::Map<_, _>>().into()
        };
        let all: Vec<serde_json::Value> = self.rows.iter().map(object).collect();
        serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
    }
}

/// Names come from files: nothing in them may move a cursor, or be what this console has not.
pub(super) fn plain(text: &str, look: Look) -> String {
    let safe = |c: char| match c {
        c if c.is_control() => ' ',
        c if look.ascii && !c.is_ascii() => '?',
        c => c,
    };
    text.chars().map(safe).collect()
}

fn columns(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_table_for_everybody() {
        let mut grid = Grid::new(["site", "#clients", "name", "link"]);
        grid.row(vec!["CEN".into(), "1200".into(), "HQ, \"Süd\"\u{1b}".into(), String::new()]);
        grid.row(vec!["R01".into(), "8".into(), String::new(), String::new()]);
        let ascii = Look { ascii: true, colour: false };
        assert_eq!(
            grid.human(ascii),
            "site  clients  name\nCEN      1200  HQ, \"S?d\"\nR01         8\n"
        );
        assert_eq!(
            grid.csv(),
            "site,clients,name,link\r\nCEN,1200,\"HQ, \"\"Süd\"\"\u{1b}\",\r\nR01,8,,\r\n"
        );
        let json: serde_json::Value = serde_json::from_str(&grid.json()).unwrap();
        assert_eq!(json[0]["clients"], 1200);
        assert!(json[1]["name"].is_null());
    }
}
