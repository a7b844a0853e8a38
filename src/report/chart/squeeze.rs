//! A time axis that squeezes the hours in which nothing begins or ends.
//!
//! Pieces of true scale stand side by side; between two of them lies a break of fixed width, however
//! long it lasted. Labels are those of the clock, on both sides of a break.

use jiff::ToSpan;
use jiff::civil::DateTime;

use super::axis::{between, step_for};
use super::canvas::PX;
use crate::scenario::Clock;
use crate::units::{Duration, Instant};

/// So wide is a break.
const BREAK: i32 = 46 * PX;
/// A piece is at least so wide, however short.
const NARROWEST: i32 = 22 * PX;
/// More breaks would make the axis unreadable.
const MOST_BREAKS: usize = 8;
/// From one mark to the next there is at least so much room.
const ROOM: i32 = 62 * PX;

/// A span of time drawn to scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its first instant.
    pub from: Instant,
    /// Its last.
    pub until: Instant,
    /// Where it begins.
    pub left: i32,
    /// Where it ends.
    pub right: i32,
}

/// A mark of the axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tick {
    /// Where.
    pub x: i32,
    /// The time of day.
    pub time: String,
    /// The date.
    pub date: String,
}

/// The axis.
pub(super) struct Squeezed {
    /// The pieces in order; between each two lies a break.
    pub pieces: Vec<Piece>,
}

impl Squeezed {
    /// An axis over `window`, from `left` to `right`. `busy` are the spans in which something is
    /// going on (an event is a span without length), in any order.
    ///
    /// A gap between them is squeezed when it would take more than a tenth of the time shown.
    pub(super) fn new(
        window: (Instant, Instant),
        busy: &[(Instant, Instant)],
        left: i32,
        right: i32,
    ) -> Self {
        let (from, until) = (window.0, window.1.max(window.0 + Duration::from_secs(1)));
        let mut breaks = squeezed(&gaps((from, until), busy), until - from);
        breaks.sort_unstable();
        let mut pieces = Vec::new();
        let mut begins = from;
        for (quiet, busy_again) in breaks {
            pieces.push(Piece { from: begins, until: quiet, left: 0, right: 0 });
            begins = busy_again;
        }
        pieces.push(Piece { from: begins, until, left: 0, right: 0 });
        place(&mut pieces, left, right);
        Self { pieces }
    }

    /// Where `at` lies; outside the window, at its nearer end.
    pub(super) fn x(&self, at: Instant) -> i32 {
        let later = self.pieces.partition_point(|piece| piece.from <= at);
        let Some(piece) = later.checked_sub(1).map(|place| self.pieces[place]) else {
            return self.pieces[0].left;
        };
        if at <= piece.until {
            let span = (piece.from.micros(), piece.until.micros());
            return between(at.micros(), span, (piece.left, piece.right));
        }
        match self.pieces.get(later) {
            Some(next) => {
                let span = (piece.until.micros(), next.from.micros());
                between(at.micros(), span, (piece.right, next.left))
            }
            None => piece.right,
        }
    }

    /// Where each break lies (its middle) and how long it lasted.
    pub(super) fn breaks(&self) -> Vec<(i32, Duration)> {
        let pairs = self.pieces.windows(2);
        pairs
            .map(|pair| ((pair[0].right + pair[1].left) / 2, pair[1].from - pair[0].until))
            .collect()
    }

    /// Marks at round times of the clock on the wall, and at the beginning of every piece that has
    /// none; never closer than there is room for.
    pub(super) fn ticks(&self, clock: &Clock) -> Vec<Tick> {
        let Some(scale) = self.pieces.iter().max_by_key(|piece| piece.right - piece.left) else {
            return Vec::new();
        };
        let most = u64::from(((scale.right - scale.left) / ROOM).max(1).unsigned_abs());
        let step = step_for(scale.until - scale.from, most);
        let mut marks: Vec<(i32, Instant)> = Vec::new();
        let clear = |marks: &[(i32, Instant)], x: i32| {
            marks.iter().all(|(other, _)| (x - other).abs() >= ROOM)
        };
        let round: Vec<Vec<(i32, Instant)>> = self
            .pieces
            .iter()
            .map(|piece| {
                let times = round_times(clock, (piece.from, piece.until), step);
                times.into_iter().map(|at| (self.x(at), at)).collect()
            })
            .collect();
        // the beginning of the window is the publication: it always has its mark
        for (place, (piece, round)) in self.pieces.iter().zip(&round).enumerate() {
            if (place == 0 || round.is_empty()) && clear(&marks, piece.left) {
                marks.push((piece.left, piece.from));
            }
        }
        for mark in round.into_iter().flatten() {
            if clear(&marks, mark.0) {
                marks.push(mark);
            }
        }
        marks.sort_unstable();
        written(&marks, clock, step)
    }
}

/// The spans of the window in which nothing is going on.
fn gaps(window: (Instant, Instant), busy: &[(Instant, Instant)]) -> Vec<(Instant, Instant)> {
    let mut busy: Vec<_> = busy
        .iter()
        .filter(|(from, until)| *from <= window.1 && *until >= window.0)
        .map(|(from, until)| ((*from).max(window.0), (*until).min(window.1)))
        .collect();
    busy.sort_unstable();
    let mut gaps = Vec::new();
    let mut quiet = window.0;
    for (from, until) in busy {
        if from > quiet {
            gaps.push((quiet, from));
        }
        quiet = quiet.max(until);
    }
    gaps
}

/// The gaps to squeeze: each takes more than a tenth of what is shown when it is squeezed.
fn squeezed(gaps: &[(Instant, Instant)], window: Duration) -> Vec<(Instant, Instant)> {
    let mut gaps = gaps.to_vec();
    gaps.sort_by_key(|(from, until)| (std::cmp::Reverse(*until - *from), *from));
    let mut shown = window;
    let mut squeezed = Vec::new();
    for (from, until) in gaps.into_iter().take(MOST_BREAKS) {
        let gap = until - from;
        if gap.micros() <= shown.micros() / 10 || shown.saturating_sub(gap).is_zero() {
            break;
        }
        shown = shown.saturating_sub(gap);
        squeezed.push((from, until));
    }
    squeezed
}

/// Gives each piece its part of the width: the least there must be, and the rest by its length.
fn place(pieces: &mut [Piece], left: i32, right: i32) {
    let count = i32::try_from(pieces.len()).unwrap_or(1);
    let least = if count > 1 { NARROWEST } else { 0 };
    let shared = (right - left - (count - 1) * BREAK - count * least).max(0);
    let all: u64 = pieces.iter().map(|piece| (piece.until - piece.from).micros()).sum();
    let (mut before, mut x) = (0, left);
    for piece in pieces {
        let after = before + (piece.until - piece.from).micros();
        let width = between(after, (0, all), (0, shared)) - between(before, (0, all), (0, shared));
        (piece.left, piece.right) = (x, x + least + width);
        x = piece.right + BREAK;
        before = after;
    }
}

/// Every instant of the span at which a clock on the wall shows a multiple of `step`.
fn round_times(clock: &Clock, span: (Instant, Instant), step: Duration) -> Vec<Instant> {
    let seconds = i64::try_from(step.micros() / 1_000_000).unwrap_or(i64::MAX).max(1);
    let mut wall = round_down(clock.civil(span.0, clock.zone()), seconds);
    let mut found: Vec<Instant> = Vec::new();
    while let Ok(zoned) = clock.zone().rules().to_timestamp(wall) {
        if let Some(at) = clock.instant(zoned) {
            if at > span.1 {
                break;
            }
            // an hour that the clock shows twice has its marks the first time only
            if at >= span.0 && found.last().is_none_or(|last| at > *last) {
                found.push(at);
            }
        }
        let Ok(next) = wall.checked_add(seconds.seconds()) else { break };
        wall = next;
    }
    found
}

/// The last multiple of so many seconds since midnight; of whole days, the midnight.
fn round_down(wall: DateTime, seconds: i64) -> DateTime {
    let midnight = wall.date().at(0, 0, 0, 0);
    let time = wall.time();
    let passed =
        i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    midnight.checked_add((passed / seconds * seconds).seconds()).unwrap_or(midnight)
}

fn written(marks: &[(i32, Instant)], clock: &Clock, step: Duration) -> Vec<Tick> {
    let tick = |(x, at): &(i32, Instant)| {
        let wall = clock.civil(*at, clock.zone());
        let fine = step < Duration::from_mins(1) || wall.second() != 0;
        let time = wall.strftime(if fine { "%H:%M:%S" } else { "%H:%M" }).to_string();
        Tick { x: *x, time, date: wall.strftime("%a %-d %b").to_string() }
    };
    marks.iter().map(tick).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Zone;

    fn at(minutes: u64) -> Instant {
        Instant::START + Duration::from_mins(minutes)
    }

    fn axis(until: u64, busy: &[(u64, u64)]) -> Squeezed {
        let busy: Vec<_> = busy.iter().map(|(from, until)| (at(*from), at(*until))).collect();
        Squeezed::new((at(0), at(until)), &busy, 0, 900 * PX)
    }

    fn clock(zone: &str, start: &str) -> Clock {
        Clock::new(start.parse().unwrap(), Zone::named(zone).unwrap())
    }

    #[test]
    fn a_busy_time_is_drawn_to_one_scale() {
        let axis = axis(100, &[(0, 30), (35, 60), (60, 95)]);
        assert_eq!(axis.pieces.len(), 1);
        assert_eq!(axis.x(at(50)), 450 * PX);
    }

    #[test]
    fn idle_hours_are_squeezed_and_say_how_long_they_were() {
        let axis = axis(600, &[(0, 0), (540, 560), (560, 595)]);
        assert_eq!(axis.breaks().len(), 1);
        assert_eq!(axis.breaks()[0].1, Duration::from_hours(9));
        assert!(axis.x(at(540)) < 80 * PX, "the idle hours still take {}", axis.x(at(540)));
    }

    #[test]
    fn nothing_that_runs_is_squeezed() {
        let axis = axis(600, &[(0, 540), (540, 600)]);
        assert!(axis.breaks().is_empty());
    }

    #[test]
    fn time_never_runs_backwards_on_the_axis() {
        let axis = axis(2_000, &[(100, 110), (700, 720), (721, 721), (1_900, 1_910)]);
        let places: Vec<i32> = (0..=2_000).map(|minute| axis.x(at(minute))).collect();
        assert!(places.is_sorted());
        assert_eq!((places[0], places[2_000]), (0, 900 * PX));
    }

    #[test]
    fn marks_stand_at_round_local_times_and_say_a_new_day() {
        let clock = clock("America/New_York", "2026-01-13T23:50:00-05:00");
        let ticks = axis(60, &[]).ticks(&clock);
        assert_eq!(ticks[0].time, "23:50");
        assert_eq!(ticks[0].date, "Tue 13 Jan");
        let midnight = ticks.iter().find(|tick| tick.time == "00:00").unwrap();
        assert_eq!(midnight.date, "Wed 14 Jan");
    }

    #[test]
    fn marks_follow_the_clock_over_both_changes_of_daylight_saving() {
        for start in ["2026-03-08T00:00:00-05:00", "2026-11-01T00:00:00-04:00"] {
            let ticks = axis(360, &[]).ticks(&clock("America/New_York", start));
            assert!(ticks.windows(2).all(|pair| pair[0].x < pair[1].x));
            let round = |time: &str| time.ends_with(":00") || time.ends_with(":30");
            assert!(ticks.iter().all(|tick| round(&tick.time)), "{ticks:?}");
        }
    }

    #[test]
    fn marks_have_room_on_both_sides_of_a_break() {
        let clock = clock("UTC", "2026-01-13T00:00:00Z");
        let axis = axis(5_000, &[(1, 2), (900, 903), (2_000, 2_003), (4_990, 4_995)]);
        let ticks = axis.ticks(&clock);
        assert!(ticks.len() >= 3);
        assert!(ticks.windows(2).all(|pair| pair[1].x - pair[0].x >= ROOM), "{ticks:?}");
    }
}
