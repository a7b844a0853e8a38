//! The grid of the timeline: marks, breaks, times and dates.

use super::super::axis::words;
use super::super::canvas::{Canvas, PX, Pen, Side};
use super::super::lettering::Weight;
use super::super::palette;
use super::super::sheet::MARGIN;
use super::{Plan, WIDTH};

impl Plan<'_> {
    /// Faint lines at the marks, breaks with how long they lasted, times and dates.
    pub(super) fn grid(&self, canvas: &mut Canvas<'_>) {
        let (bottom, clock) = (self.bottom(), &self.scenario.clock);
        for place in 0..=self.rows.drawn.len() {
            let y = self.top + self.row_height * place as i32;
            if self.row_height > 20 * PX && place > 0 && y < bottom {
                canvas.line((MARGIN, y), (WIDTH * PX - MARGIN, y), PX / 2, palette::GRID);
            }
        }
        let mut dated_until = i32::MIN;
        let mut last_date = String::new();
        for tick in self.axis.ticks(clock) {
            canvas.line((tick.x, self.top), (tick.x, bottom), PX, palette::GRID);
            canvas.line((tick.x, bottom), (tick.x, bottom + 5 * PX), PX, palette::AXIS);
            canvas.text(&tick.time, (tick.x, bottom + 17 * PX), Side::Centre, Pen::SCALE);
            // a date without room is written below the next mark of its day
            let pen = Pen { weight: Weight::Heavy, ..Pen::SCALE };
            let half = pen.width(&tick.date) / 2;
            if tick.date != last_date && tick.x - half > dated_until {
                canvas.text(&tick.date, (tick.x, bottom + 34 * PX), Side::Centre, pen);
                dated_until = tick.x + half + 4 * PX;
                last_date = tick.date;
            }
        }
        canvas.line((self.left, bottom), (self.right(), bottom), PX, palette::AXIS);
        for (x, lasted) in self.axis.breaks() {
            for y in [self.top, bottom] {
                canvas.rect((x - 3 * PX, y - 3 * PX), (6 * PX, 6 * PX), palette::PAPER);
                for side in [-3 * PX, 3 * PX] {
                    let (from, until) =
                        ((x + side - 2 * PX, y + 5 * PX), (x + side + 2 * PX, y - 5 * PX));
                    canvas.line(from, until, PX + PX / 4, palette::QUIET);
                }
            }
            canvas.text(&words(lasted), (x, self.top - 14 * PX), Side::Centre, Pen::NOTE);
        }
        let zone = format!("local time, {}", clock.zone());
        let zone = Pen::SCALE.fitted(&zone, 300 * PX);
        canvas.text(&zone, (self.right(), bottom + 52 * PX), Side::Left, Pen::SCALE);
        if self.subject.release.is_some() {
            let end = WIDTH * PX - MARGIN;
            canvas.text("current after", (end, self.top - 14 * PX), Side::Left, Pen::NOTE);
        }
    }
}
