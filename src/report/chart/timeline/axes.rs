//! The grid of the timeline: marks, breaks, times and dates.

use super::super::axis::words;
use super::super::canvas::{Canvas, PX, Pen, Side};
use super::super::palette;
use super::super::plot::{self, Frame};
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
        let frame = Frame { left: self.left, right: self.right(), top: self.top, bottom };
        plot::times(canvas, &self.axis, clock, frame);
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
        if self.subject.release.is_some() {
            let end = WIDTH * PX - MARGIN;
            canvas.text("current after", (end, self.top - 14 * PX), Side::Left, Pen::NOTE);
        }
    }
}
