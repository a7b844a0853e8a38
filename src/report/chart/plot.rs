//! What the charts with time along their foot share: axes, levels, lines named at their ends.

use super::axis::{Elapsed, between, words};
use super::canvas::{Canvas, PX, Pen, Side};
use super::lettering::Weight;
use super::palette::{self, Colour};
use super::squeeze::Squeezed;
use crate::scenario::Clock;

/// Where something is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub left: i32,
    pub right: i32,
    pub top: i32,
    pub bottom: i32,
}

impl Frame {
    /// The same, so much further down.
    pub(super) const fn lower(self, by: i32) -> Frame {
        Frame { top: self.top + by, bottom: self.bottom + by, ..self }
    }

    /// How high `value` of `most` stands.
    pub(super) fn y(&self, value: u64, most: u64) -> i32 {
        between(value.min(most), (0, most.max(1)), (self.bottom, self.top))
    }
}

/// Faint lines at the marks of the clock, and below them times, dates and the zone.
pub(super) fn times(canvas: &mut Canvas<'_>, axis: &Squeezed, clock: &Clock, frame: Frame) {
    let Frame { left, right, top, bottom } = frame;
    let mut dated_until = i32::MIN;
    let mut last_date = String::new();
    for tick in axis.ticks(clock) {
        canvas.line((tick.x, top), (tick.x, bottom), PX, palette::GRID);
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
    canvas.line((left, bottom), (right, bottom), PX, palette::AXIS);
    let zone = Pen::SCALE.fitted(&format!("local time, {}", clock.zone()), 300 * PX);
    canvas.text(&zone, (right, bottom + 52 * PX), Side::Left, Pen::SCALE);
}

/// The shares that have a line.
pub(super) const PERCENT: [u64; 6] = [0, 20, 40, 60, 80, 100];

/// Percent lines, the axis of the time that has passed and what it counts.
pub(super) fn elapsed(canvas: &mut Canvas<'_>, frame: Frame, axis: &Elapsed) {
    let Frame { left, right, bottom, .. } = frame;
    for percent in PERCENT {
        let y = frame.y(percent, 100);
        if percent > 0 {
            canvas.line((left, y), (right, y), PX, palette::GRID);
        }
        let text = format!("{percent}\u{2009}%");
        canvas.text(&text, (left - 10 * PX, y), Side::Left, Pen::SCALE);
    }
    canvas.line((left, bottom), (right, bottom), PX, palette::AXIS);
    for (x, text) in axis.ticks() {
        canvas.line((x, bottom), (x, bottom + 5 * PX), PX, palette::AXIS);
        canvas.text(&text, (x, bottom + 18 * PX), Side::Centre, Pen::SCALE);
    }
    canvas.text(&counted_time(axis), (right, bottom + 40 * PX), Side::Left, Pen::SCALE);
}

/// What such an axis counts.
pub(super) fn counted_time(axis: &Elapsed) -> String {
    let begins = axis.start();
    if begins.is_zero() {
        "time since publication".to_owned()
    } else {
        format!("time since publication; the axis begins after {}", words(begins))
    }
}

/// Faint level lines at multiples of `step`, each with its words at the left.
pub(super) fn levels(
    canvas: &mut Canvas<'_>,
    frame: Frame,
    (step, most): (u64, u64),
    words: impl Fn(u64) -> String,
) {
    for value in (0..=most / step.max(1)).map(|count| count * step) {
        let y = frame.y(value, most);
        if value > 0 {
            canvas.line((frame.left, y), (frame.right, y), PX, palette::GRID);
        }
        canvas.text(&words(value), (frame.left - 10 * PX, y), Side::Left, Pen::SCALE);
    }
}

/// The step of 1, 2, 5, 10, … of which at most so many make up `most`.
pub(super) fn count_step(most: u64, lines: u64) -> u64 {
    let mut ten = 1_u64;
    loop {
        for step in [1, 2, 5].map(|first| ten.saturating_mul(first)) {
            if most / step <= lines || step > u64::MAX / 10 {
                return step;
            }
        }
        ten = ten.saturating_mul(10);
    }
}

/// What is wanted at most, as a line across with its words above it.
pub(super) fn limit(canvas: &mut Canvas<'_>, frame: Frame, y: i32, words: &str) {
    const PEN: Pen = Pen { size: 12, weight: Weight::Heavy, colour: palette::INK };
    let mut x = frame.left;
    while x < frame.right {
        canvas.line((x, y), ((x + 6 * PX).min(frame.right), y), PX + PX / 2, palette::INK);
        x += 10 * PX;
    }
    let words = PEN.fitted(words, frame.right - frame.left);
    canvas.text(&words, (frame.right, y - 9 * PX), Side::Left, PEN);
}

/// A name at the right end of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct End {
    /// How high the line ends.
    pub y: i32,
    /// Its name.
    pub name: String,
    /// The colour of its letters.
    pub colour: Colour,
}

/// Writes names at the right of the frame, each as near to the end of its line as the others let it.
pub(super) fn name_ends(canvas: &mut Canvas<'_>, frame: Frame, mut ends: Vec<End>, room: i32) {
    ends.sort_by_key(|end| end.y);
    let places = spread(
        &ends.iter().map(|end| end.y).collect::<Vec<_>>(),
        16 * PX,
        (frame.top, frame.bottom),
    );
    for (end, y) in ends.iter().zip(places) {
        let pen = Pen { size: 12, weight: Weight::Heavy, colour: end.colour };
        let name = pen.fitted(&end.name, room - 12 * PX);
        canvas.text(&name, (frame.right + 12 * PX, y), Side::Right, pen);
        if (y - end.y).abs() > 4 * PX {
            let (from, until) = ((frame.right + 2 * PX, end.y), (frame.right + 10 * PX, y));
            canvas.line(from, until, PX, palette::AXIS);
        }
    }
}

/// Places in order, as near to those wanted as a gap between them allows, from the bottom up.
fn spread(wanted: &[i32], gap: i32, (top, bottom): (i32, i32)) -> Vec<i32> {
    let mut places = wanted.to_vec();
    let mut least = top;
    for place in &mut places {
        *place = (*place).max(least);
        least = *place + gap;
    }
    let mut most = bottom;
    for place in places.iter_mut().rev() {
        *place = (*place).min(most);
        most = *place - gap;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_those_that_people_count_in() {
        let steps = [0, 3, 8, 10, 42, 109, 5_000].map(|most| count_step(most, 5));
        assert_eq!(steps, [1, 1, 2, 2, 10, 20, 1_000]);
        assert!(u64::MAX / count_step(u64::MAX, 5) <= 10);
    }

    #[test]
    fn names_keep_apart_and_inside() {
        assert_eq!(spread(&[10, 12, 50], 16, (0, 100)), [10, 26, 50]);
        assert_eq!(spread(&[98, 99, 100], 16, (0, 100)), [68, 84, 100]);
        assert_eq!(spread(&[], 16, (0, 100)), Vec::<i32>::new());
    }
}
