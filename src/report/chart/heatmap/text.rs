//! The heat map in the terminal.

use super::super::attribute::Attribute;
use super::super::shown::Shown;
use super::super::subject::{Subject, grouped};
use super::super::terminal::{self, bar, column, shortened};
use super::grid::Cell;
use super::{Grid, NOTHING, QUESTION};
use crate::report::Look;

/// So wide is the bar of the slowest row.
const BAR: usize = 16;
const NAME: usize = 22;
const CELL: usize = 10;

/// The same as figures: what the numbers are, the heads of the columns, and the rows.
pub(in crate::report) fn heatmap_figures(
    shown: &Shown<'_>,
) -> (String, Vec<String>, Vec<Vec<String>>) {
    let grid = Grid::of(shown, None, None);
    let unit = grid.unit();
    let words = |cell: &Cell| match (cell.mean(), cell.never) {
        (None, 0) => String::new(),
        (None, _) => "never".to_owned(),
        (Some(mean), 0) => unit.show(mean),
        (Some(mean), never) => format!("{}, {} never", unit.show(mean), grouped(never as usize)),
    };
    let mut heads = vec![format!("{} / {}", grid.by[0], grid.by[1])];
    heads.extend(grid.columns.iter().map(|line| line.words.clone()));
    heads.push("all".to_owned());
    let rows = grid.rows.iter().zip(&grid.cells).map(|(line, cells)| {
        let cells = cells.iter().map(|cell| cell.as_ref().map_or_else(String::new, words));
        std::iter::once(line.words.clone()).chain(cells).chain([words(&line.all)]).collect()
    });
    (grid.what(), heads, rows.collect())
}

/// The same table as text.
pub fn text(
    shown: &Shown<'_>,
    rows: Option<Attribute>,
    columns: Option<Attribute>,
    look: Look,
) -> String {
    let subject = Subject::new(shown);
    let grid = Grid::of(shown, rows, columns);
    let heading = if grid.all_releases { subject.heading_of_run() } else { subject.heading() };
    let mut page = terminal::page(QUESTION, &heading, look);
    if grid.rows.is_empty() {
        page.line(format_args!("{NOTHING}"));
        return page.text;
    }
    page.line(format_args!("{}", grid.what()));
    page.gap();
    let unit = grid.unit();
    let by = shortened(&format!("{} / {}", grid.by[0], grid.by[1]), NAME, look);
    let head: String = grid.columns.iter().map(|line| column(&line.words, CELL, look)).collect();
    page.line(format_args!("{by:NAME$}{head}"));
    let longest = grid.rows.iter().filter_map(|row| row.all.mean()).max().unwrap_or_default();
    let words = |cell: &Cell| match (cell.mean(), cell.never) {
        (None, 0) => String::new(),
        (None, _) => "never".to_owned(),
        (Some(mean), 0) => unit.show(mean),
        (Some(mean), never) => format!("{} -{}", unit.show(mean), grouped(never as usize)),
    };
    for (row, line) in grid.rows.iter().enumerate() {
        let name = shortened(&line.words, NAME, look);
        let cells = grid.cells[row].iter().map(|cell| cell.as_ref().map_or(String::new(), words));
        let cells: String = cells.map(|cell| column(&cell, CELL, look)).collect();
        let share = line.all.mean().unwrap_or(longest);
        let bar = bar((share.micros(), longest.micros()), BAR, look);
        page.line(format_args!("{name:NAME$}{cells}  {bar}"));
    }
    if grid.further.0 > 0 {
        page.line(format_args!("and {} faster", grid.further.0));
    }
    if grid.all.never > 0 {
        page.gap();
        page.line(format_args!("-2: two of them never became current"));
    }
    terminal::finished(page, &grid.sentences(), &subject)
}
