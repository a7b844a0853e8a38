//! The signs of the timeline: bars, crosses, arrows and diamonds, on a row and in the key.

use super::bars::{Bar, Step};
use super::canvas::{Canvas, PX, Pen, Place, Side};
use super::lettering::Weight;
use super::palette::{self, Colour};

const SMALL: Pen = Pen { size: 10, weight: Weight::Heavy, colour: palette::PAPER };

/// A sign of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// A step of a synchronisation.
    Step(Step),
    /// Several synchronisations in one bar.
    Several(Colour),
    /// Until the next try.
    Waiting,
    /// While a fault holds.
    Outage,
    /// From a parent to a child.
    Request,
    /// The site holds the release.
    Current,
}

impl Mark {
    /// From the beginning of the sign to its meaning.
    fn width(self) -> i32 {
        if self == Mark::Step(Step::Failed) { 25 * PX } else { 19 * PX }
    }

    fn draw(self, canvas: &mut Canvas<'_>, (x, y): Place) {
        match self {
            Mark::Step(step) => {
                let thick = if step == Step::Internet { 5 * PX } else { 10 * PX };
                canvas.rect((x, y - thick / 2), (13 * PX, thick), step.named().1);
                if step == Step::Failed {
                    cross(canvas, (x + 13 * PX, y), 4 * PX);
                }
            }
            Mark::Several(colour) => {
                canvas.rect((x, y - 6 * PX), (14 * PX, 12 * PX), colour);
                canvas.text("3", (x + 7 * PX, y), Side::Centre, SMALL);
            }
            Mark::Waiting => wait(canvas, (x, y), 14 * PX),
            Mark::Outage => {
                canvas.rect((x, y - 7 * PX), (14 * PX, 14 * PX), palette::OUTAGE);
            }
            Mark::Request => {
                let corner = [(x + PX, y - 6 * PX), (x + PX, y), (x + 9 * PX, y)];
                canvas.path(&corner, PX, palette::AXIS);
                arrow_head(canvas, (x + 14 * PX, y));
            }
            Mark::Current => diamond(canvas, (x + 7 * PX, y)),
        }
    }
}

/// What each sign means, laid out on as many lines as it needs.
pub(super) struct Key {
    entries: Vec<(String, Mark, Place)>,
    /// How many lines.
    pub lines: i32,
}

impl Key {
    /// The key whose first line is level with `y`, between `left` and `right`.
    pub(super) fn laid(meanings: Vec<(String, Mark)>, (left, right): (i32, i32), y: i32) -> Key {
        let (mut x, mut line) = (left, 0);
        let mut entries = Vec::new();
        for (name, mark) in meanings {
            let width = mark.width() + Pen::SCALE.width(&name);
            if x > left && x + width > right {
                (x, line) = (left, line + 1);
            }
            entries.push((name, mark, (x, y + 20 * PX * line)));
            x += width + 18 * PX;
        }
        Key { entries, lines: line + 1 }
    }

    /// Draws it.
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>) {
        for (name, mark, (x, y)) in &self.entries {
            canvas.text(name, (x + mark.width(), *y), Side::Right, Pen::SCALE);
            mark.draw(canvas, (*x, *y));
        }
    }
}

/// Draws a bar on the row with that middle.
pub(super) fn bar(canvas: &mut Canvas<'_>, bar: &Bar, middle: i32, thick: i32) {
    match bar {
        Bar::Waiting { left, right } => wait(canvas, (*left, middle), right - left),
        Bar::Phase { left, right, colour, step } => {
            let thick = if *step == Step::Internet { thick / 2 } else { thick };
            canvas.rect((*left, middle - thick / 2), (right - left, thick), *colour);
        }
        Bar::Failed { x } => cross(canvas, (*x, middle), thick * 2 / 5),
        Bar::Several { left, right, count, failed } => {
            let width = right - left;
            let colour = if *failed > 0 { palette::FAILED_TEXT } else { palette::QUIET };
            canvas.rect((*left, middle - thick / 2), (width, thick), colour);
            let short = count.to_string();
            let long = match failed {
                0 => format!("{count} done"),
                failed if failed == count => format!("{count} failed"),
                failed => format!("{failed} of {count} failed"),
            };
            let fits = |text: &&String| SMALL.width(text) + 6 * PX <= width;
            if let Some(text) = [&long, &short].into_iter().find(fits) {
                canvas.text(text, ((left + right) / 2, middle), Side::Centre, SMALL);
            }
        }
    }
}

pub(super) fn wait(canvas: &mut Canvas<'_>, (left, middle): (i32, i32), width: i32) {
    canvas.rect((left, middle - 3 * PX / 2), (width, 3 * PX), palette::WAITING_LINE);
}

/// A cross with a white edge, so that it can be seen on every bar.
pub(super) fn cross(canvas: &mut Canvas<'_>, (x, y): (i32, i32), arm: i32) {
    for (thickness, colour, arm) in
        [(5 * PX, palette::PAPER, arm + PX), (5 * PX / 2, palette::FAILED_TEXT, arm)]
    {
        canvas.line((x - arm, y - arm), (x + arm, y + arm), thickness, colour);
        canvas.line((x - arm, y + arm), (x + arm, y - arm), thickness, colour);
    }
}

/// The mark of a site that has become current, with a white edge.
pub(super) fn diamond(canvas: &mut Canvas<'_>, (x, y): (i32, i32)) {
    for (reach, colour) in [(7 * PX, palette::PAPER), (5 * PX, palette::INK)] {
        canvas.polygon(&[(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)], colour);
    }
}

/// The head of an arrow that points to the right.
pub(super) fn arrow_head(canvas: &mut Canvas<'_>, (x, y): (i32, i32)) {
    let corners = [(x, y), (x - 6 * PX, y - 3 * PX), (x - 6 * PX, y + 3 * PX)];
    canvas.polygon(&corners, palette::QUIET);
}
