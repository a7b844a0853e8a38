//! What a table consists of, whatever it is written to: columns of a kind, rows of cells.

use std::io;

use jiff::Timestamp;
use jiff::civil::DateTime;

/// A column: its name, and what stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::report) struct Column {
    /// In snake case, the unit at the end.
    pub name: String,
    /// What every cell of it is, unless it is empty.
    pub kind: Kind,
}

/// What stands in the cells of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum Kind {
    /// Words.
    Text,
    /// Whole numbers, not negative.
    Whole,
    /// Numbers with decimals; a length of time in seconds.
    Number,
    /// Instants.
    Utc,
    /// What a clock on the wall showed.
    Local,
}

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::report) enum Cell<'a> {
    /// There is no value.
    Empty,
    /// As somebody wrote it: the sink makes it harmless in its own way.
    Text(&'a str),
    /// A whole number.
    Whole(u64),
    /// A decimal number, exactly; `inf`: never.
    Number(&'a str),
    /// An instant.
    Utc(Timestamp),
    /// A wall clock's time.
    Local(DateTime),
}

/// Where a table goes.
pub(in crate::report) trait Sink {
    /// The columns; before any row.
    fn head(&mut self, columns: &[Column]) -> io::Result<()>;

    /// The next cell of the row; as many as there are columns.
    fn cell(&mut self, cell: Cell<'_>) -> io::Result<()>;

    /// The row is complete.
    fn end_row(&mut self) -> io::Result<()>;

    /// The table is complete.
    fn finish(&mut self) -> io::Result<()>;
}
