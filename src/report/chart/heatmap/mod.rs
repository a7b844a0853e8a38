//! The heat map of delays: which combination is slow?

mod grid;
mod text;

use super::attribute::Attribute;
use super::canvas::{Canvas, PX, Pen, Side};
use super::lettering::Weight;
use super::palette::{self, Colour};
use super::picture::Picture;
use super::sheet::{MARGIN, Sentence};
use super::shown::Shown;
use super::subject::{Subject, counted, grouped};
use crate::report::summary::words::Unit;
use crate::units::Duration;
pub(super) use grid::Grid;
use grid::{Cell, Line};

pub use grid::words as heatmap_words;
pub(in crate::report) use text::heatmap_figures;
pub use text::text as heatmap_text;

pub(super) const QUESTION: &str = "Which combination is slow?";
pub(super) const NOTHING: &str =
    "No release was published within this run, so there is nothing to compare.";
const WIDTH: i32 = 1000;
const TOP: i32 = 160 * PX;

const NAME: Pen = Pen { size: 12, weight: Weight::Regular, colour: palette::INK };
const HEAD: Pen = Pen { size: 12, weight: Weight::Heavy, colour: palette::INK };
const LATE: Pen = Pen { size: 12, weight: Weight::Heavy, colour: palette::FAILED_TEXT };

/// The mean time from publication until current, by two attributes of the sites: by those named,
/// or by those that tell them apart best.
pub fn heatmap(shown: &Shown<'_>, rows: Option<Attribute>, columns: Option<Attribute>) -> Picture {
    let subject = Subject::new(shown);
    let grid = Grid::of(shown, rows, columns);
    if grid.rows.is_empty() {
        return subject.sheet(QUESTION, Vec::new()).nothing(WIDTH, NOTHING);
    }
    let sentences = grid.sentences();
    let sheet = if grid.all_releases {
        subject.sheet_of_run(QUESTION, sentences)
    } else {
        subject.sheet(QUESTION, sentences)
    };
    let plan = Plan::new(&grid);
    sheet.picture((WIDTH, plan.height()), |canvas| plan.draw(canvas))
}

impl Grid {
    /// What one would take away.
    pub(super) fn sentences(&self) -> Vec<Sentence> {
        let mut sentences = Vec::new();
        if self.all.never > 0 {
            let (never, all) =
                (grouped(self.all.never as usize), grouped(self.all.count() as usize));
            let what = if self.all_releases {
                "times a site did not become"
            } else {
                "sites never became"
            };
            let text = format!("{never} of {all} {what} current before the run ended.");
            sentences.push(Sentence::Alarm(text));
        }
        let (Some(slow), Some(fast)) = (self.slowest(), self.fastest()) else { return sentences };
        if self.combinations().count() < 2 {
            let text = "There is one combination only, and nothing to compare it with.";
            sentences.push(Sentence::Plain(text.to_owned()));
            return sentences;
        }
        if slow.2.mean() == fast.2.mean() {
            sentences.push(Sentence::Plain("All combinations take the same time.".to_owned()));
            return sentences;
        }
        let unit = self.unit();
        let named = |&(row, column, cell): &(usize, usize, &Cell)| {
            let mean = cell
                .mean()
                .map_or("never".to_owned(), |mean| format!("{} {}", unit.show(mean), unit.short));
            format!("{}, {}: {mean}", self.rows[row].words, self.columns[column].words)
        };
        let (slow, fast) = (named(&slow), named(&fast));
        sentences.push(Sentence::Plain(format!("Slowest: {slow}. Fastest: {fast}.")));
        sentences
    }

    /// In what the means are written: all in one.
    pub(super) fn unit(&self) -> Unit {
        let longest = self.combinations().filter_map(|(_, _, cell)| cell.mean()).max();
        Unit::of(longest.unwrap_or_default())
    }

    /// What the numbers are: `mean hours from publication until current`.
    pub(super) fn what(&self) -> String {
        let of = if self.all_releases { ", of all releases" } else { "" };
        format!("mean {} from publication until current{of}", self.unit().plural)
    }

    /// The least and the most of the scale.
    fn range(&self) -> (Duration, Duration) {
        let means = || self.combinations().filter_map(|(_, _, cell)| cell.mean());
        scale(means().min().unwrap_or_default(), means().max().unwrap_or_default())
    }
}

/// A scale of times, at least a third of the least time long: what is nearly the same looks nearly
/// the same, and pale.
pub(super) fn scale(low: Duration, high: Duration) -> (Duration, Duration) {
    (low, high.max(low + Duration::from_micros(low.micros() / 3)))
}

/// The step of the scale on which a time lies.
pub(super) fn step(at: Duration, (low, high): (Duration, Duration)) -> usize {
    let steps = palette::SCALE.len() as u128;
    let over = u128::from(at.saturating_sub(low).micros()) * steps;
    let step = over / u128::from(high.saturating_sub(low).micros().max(1));
    usize::try_from(step.min(steps - 1)).unwrap_or(0)
}

struct Plan<'g> {
    grid: &'g Grid,
    unit: Unit,
    range: (Duration, Duration),
    left: i32,
    width: i32,
    row_height: i32,
}

impl<'g> Plan<'g> {
    fn new(grid: &'g Grid) -> Plan<'g> {
        let names = grid.rows.iter().map(|row| NAME.width(&row.words)).max();
        let left = MARGIN + names.unwrap_or(0).clamp(40 * PX, 220 * PX) + 14 * PX;
        // the last column holds what all the others say together
        let columns = grid.columns.len() as i32 + 1;
        let width = ((WIDTH * PX - MARGIN - 90 * PX - left) / columns).min(130 * PX);
        let row_height = if grid.rows.len() <= 14 { 30 * PX } else { 22 * PX };
        let (unit, range) = (grid.unit(), grid.range());
        Plan { grid, unit, range, left, width, row_height }
    }

    fn height(&self) -> i32 {
        let rows = self.grid.rows.len() as i32 + i32::from(self.grid.further.0 > 0);
        (TOP + rows * self.row_height) / PX + 64
    }

    fn draw(&self, canvas: &mut Canvas<'_>) {
        let grid = self.grid;
        let what = format!("{}; rows by {}, columns by {}", grid.what(), grid.by[0], grid.by[1]);
        let what = Pen::SCALE.fitted(&what, WIDTH * PX - 2 * MARGIN);
        canvas.text(&what, (MARGIN, 112 * PX), Side::Right, Pen::SCALE);
        let noun = if grid.all_releases { "arrival" } else { "site" };
        let head = |canvas: &mut Canvas<'_>, column: usize, line: &Line| {
            let middle = self.left + self.width * column as i32 + self.width / 2;
            let words = HEAD.fitted(&line.words, self.width - 6 * PX);
            canvas.text(&words, (middle, TOP - 24 * PX), Side::Centre, HEAD);
            let count = counted(line.all.count() as usize, noun);
            let count = Pen::NOTE.fitted(&count, self.width - 4 * PX);
            canvas.text(&count, (middle, TOP - 9 * PX), Side::Centre, Pen::NOTE);
        };
        for (column, line) in grid.columns.iter().enumerate() {
            head(canvas, column, line);
        }
        if self.has_sums() {
            head(canvas, grid.columns.len(), &Line { words: "all".to_owned(), all: grid.all });
        }
        for (row, line) in grid.rows.iter().enumerate() {
            self.row(canvas, row, line, noun);
        }
        if grid.further.0 > 0 {
            let (count, cell) = grid.further;
            let unit = self.unit;
            let average = |mean| format!(", {} {} on average", unit.show(mean), unit.short);
            let mean = cell.mean().map(average);
            let never = match cell.never {
                0 => String::new(),
                never => format!(", {} never", grouped(never as usize)),
            };
            let rows = counted(count, "faster row");
            let text = format!("{rows} not drawn{}{never}", mean.unwrap_or_default());
            let y = self.middle(grid.rows.len());
            canvas.text(&text, (MARGIN, y), Side::Right, Pen::SCALE);
        }
    }

    /// A sum of a single column would say the same twice.
    fn has_sums(&self) -> bool {
        self.grid.columns.len() > 1
    }

    fn middle(&self, row: usize) -> i32 {
        TOP + self.row_height * row as i32 + self.row_height / 2
    }

    fn row(&self, canvas: &mut Canvas<'_>, row: usize, line: &Line, noun: &str) {
        let y = self.middle(row);
        let name = NAME.fitted(&line.words, self.left - MARGIN - 10 * PX);
        canvas.text(&name, (MARGIN, y), Side::Right, NAME);
        for (column, cell) in self.grid.cells[row].iter().enumerate() {
            if let Some(cell) = cell {
                self.cell(canvas, (row, column), cell);
            }
        }
        let mut end = self.left + self.width * self.grid.columns.len() as i32;
        if self.has_sums() {
            let (words, never) = self.words(&line.all);
            let pen = if never { LATE } else { HEAD };
            let words = pen.fitted(&words, self.width - 4 * PX);
            canvas.text(&words, (end + self.width / 2, y), Side::Centre, pen);
            end += self.width;
        }
        let count = counted(line.all.count() as usize, noun);
        canvas.text(&count, (end + 8 * PX, y), Side::Right, Pen::NOTE);
    }

    fn cell(&self, canvas: &mut Canvas<'_>, (row, column): (usize, usize), cell: &Cell) {
        let top = TOP + self.row_height * row as i32 + PX;
        let corner = (self.left + self.width * column as i32, top);
        let size = (self.width - 2 * PX, self.row_height - 2 * PX);
        let step = cell.mean().map(|mean| step(mean, self.range));
        let fill = step.map_or(palette::PAPER, |step| palette::SCALE[step]);
        let (words, never) = self.words(cell);
        if never {
            canvas.rect(corner, size, palette::FAILED);
            let inner = (size.0 - 6 * PX, size.1 - 6 * PX);
            canvas.rect((corner.0 + 3 * PX, corner.1 + 3 * PX), inner, fill);
        } else {
            canvas.rect(corner, size, fill);
        }
        let colour: Colour = step.map_or(palette::INK, palette::on_scale);
        let pen = Pen { colour, ..if never { LATE } else { NAME } };
        let words = pen.fitted(&words, self.width - 8 * PX);
        let middle = (corner.0 + size.0 / 2, corner.1 + size.1 / 2);
        canvas.text(&words, middle, Side::Centre, pen);
    }

    /// What is written of a cell, and whether it tells of sites that never became current.
    fn words(&self, cell: &Cell) -> (String, bool) {
        let mean = cell.mean().map(|mean| self.unit.show(mean));
        match (mean, cell.never) {
            (Some(mean), 0) => (mean, false),
            (None, _) => ("never".to_owned(), true),
            (Some(mean), never) => {
                let long = format!("{mean}, {} never", grouped(never as usize));
                if NAME.width(&long) <= self.width - 10 * PX {
                    (long, true)
                } else {
                    (format!("{} never", grouped(never as usize)), true)
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
