//! Tables that a scenario names: CSV with a header, each row with its place in its file.

use super::files::Named;
use super::reader::{Reader, list};
use super::source::Place;
use super::yaml::Node;

/// A table of texts.
pub(super) struct Table {
    head: csv::StringRecord,
    rows: Vec<Row>,
}

/// One row, and where it stands.
pub(super) struct Row {
    pub place: Place,
    cells: csv::StringRecord,
}

/// Where a column stands in a table.
#[derive(Clone, Copy)]
pub(super) struct Column(usize);

impl Row {
    /// What stands in a column, without blanks around it; empty when the row is too short.
    pub fn cell(&self, column: Column) -> &str {
        self.cells.get(column.0).unwrap_or("").trim()
    }

    /// As [`Row::cell`], for a column that a table need not have.
    pub fn cell_of(&self, column: Option<Column>) -> &str {
        column.map_or("", |column| self.cell(column))
    }
}

impl Table {
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// A column, if the table has it.
    pub fn find(&self, name: &str) -> Option<Column> {
        self.head.iter().position(|head| head.trim() == name).map(Column)
    }
}

impl Reader {
    /// The table in a file that has been opened; at most `most` rows of it.
    pub fn table(&mut self, place: Place, named: &Named, most: usize) -> Option<Table> {
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).from_reader(named.text.as_bytes());
        let at = |position: Option<&csv::Position>, end: u64| {
            let start = position.map_or(0, |position| position.byte());
            let number = |byte: u64| u32::try_from(byte).unwrap_or(u32::MAX);
            let line = named.text.get(start as usize..end as usize).unwrap_or("");
            // blank lines may stand before a row, and its own line end behind it
            let before = line.len() - line.trim_start_matches(['\r', '\n']).len();
            let length = line.trim_matches(['\r', '\n']).len();
            let start = number(start + before as u64);
            Place { file: named.file, start, end: start + number(length as u64) }
        };
        let head = match reader.headers() {
            Ok(head) => head.clone(),
            Err(why) => {
                self.error("E0342", place, "this table cannot be read", why.to_string());
                return None;
            }
        };
        let mut rows = Vec::new();
        loop {
            let mut cells = csv::StringRecord::new();
            let more = reader.read_record(&mut cells);
            let place = at(cells.position(), reader.position().byte());
            match more {
                Ok(false) => break,
                Ok(true) if rows.len() >= most => {
                    let note = format!("at most {most}");
                    self.error("E0316", place, "this table has too many rows", note);
                    return None;
                }
                Ok(true) => rows.push(Row { place, cells }),
                Err(why) => {
                    self.error("E0342", place, "this row cannot be read", why.to_string());
                    return None;
                }
            }
        }
        Some(Table { head, rows })
    }

    /// The table that the lines of a list are: the first is its header.
    pub fn inline_table(&mut self, nodes: &[Node<'_>]) -> Option<Table> {
        let mut records = Vec::with_capacity(nodes.len());
        for node in nodes {
            let line = self.scalar(node, "a row")?;
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
            let mut cells = csv::StringRecord::new();
            if !matches!(reader.read_record(&mut cells), Ok(true)) {
                self.error("E0342", node.place, "this row cannot be read", "write `a,b,c`");
                return None;
            }
            records.push(Row { place: node.place, cells });
        }
        let mut records = records.into_iter();
        let head = records.next()?.cells;
        Some(Table { head, rows: records.collect() })
    }

    /// A column that a table must have; `place` is where the table is named.
    pub fn column(&mut self, place: Place, table: &Table, name: &str) -> Option<Column> {
        let found = table.find(name);
        if found.is_none() {
            let head = || table.head.iter().map(str::trim);
            let note = match self.meant(name, head()) {
                Some(meant) => format!("there is a column `{meant}`"),
                None => format!("its columns are {}", list(head())),
            };
            self.error("E0343", place, format!("this table has no column `{name}`"), note);
        }
        found
    }
}
