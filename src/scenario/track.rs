//! What hangs on the hour of the week, and how it runs through a run.
//!
//! A [`Week`] is what is written: a value for every minute of the week, as a clock on the wall
//! shows it. A [`WallClock`] says what the wall of one zone shows at each instant of the run. A
//! [`Track`] is both together: a function of the run's time that is constant between the instants
//! at which it changes.
//!
//! What holds is what the wall says [choice]: when the clocks are put forward from 02:00 to 03:00
//! a window from 02:00 to 02:30 does not occur that night, and what changes at 02:30 changes at
//! 03:00; when they are put back over an hour, what holds in that hour holds twice.
//!
//! Nothing is tabulated over the run: a zone costs two entries for each year, a pattern one for
//! each change in a week, whatever their product.

use super::{Clock, Zone};
use crate::units::{Duration, Instant};

/// Minutes of a day.
pub(super) const DAY: u32 = 24 * 60;
/// Minutes of a week.
pub(super) const WEEK: u32 = 7 * DAY;
const MINUTE_MICROS: u64 = 60_000_000;
const WEEK_MICROS: u64 = WEEK as u64 * MINUTE_MICROS;
/// The first Monday after the beginning of Unix time, which was a Thursday \[µs\].
const FIRST_MONDAY: i64 = 4 * 86_400_000_000;
/// For so long after the end of a run its clocks are still right; later they are put no more.
const BEYOND: Duration = Duration::from_days(366);

/// A value for every minute of the week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Week<T> {
    /// From which minute on which value holds; the first from 0, which is Monday 00:00; no two
    /// neighbours hold the same.
    pieces: Vec<(u32, T)>,
}

impl<T: Copy + PartialEq> Week<T> {
    /// The same value all week.
    pub fn always(value: T) -> Self {
        Self { pieces: vec![(0, value)] }
    }

    /// From which minute on which value holds.
    pub(super) fn of(minutes: impl IntoIterator<Item = T>) -> Self {
        let mut pieces: Vec<(u32, T)> = Vec::new();
        for (minute, value) in (0..WEEK).zip(minutes) {
            if pieces.last().is_none_or(|(_, last)| *last != value) {
                pieces.push((minute, value));
            }
        }
        Self { pieces }
    }

    /// The value that holds all week, if one does.
    pub fn constant(&self) -> Option<T> {
        if let [(_, value)] = self.pieces[..] { Some(value) } else { None }
    }

    /// Every value that ever holds; one may come more than once.
    pub fn values(&self) -> impl Iterator<Item = T> + '_ {
        self.pieces.iter().map(|(_, value)| *value)
    }

    /// From which minute of the week on, counted from Monday 00:00, which value holds.
    pub fn pieces(&self) -> &[(u32, T)] {
        &self.pieces
    }

    fn piece_at(&self, micros_of_week: u64) -> usize {
        let minute = (micros_of_week / MINUTE_MICROS) as u32;
        self.pieces.partition_point(|(from, _)| *from <= minute) - 1
    }

    /// How long until the next piece begins \[µs\]; it may hold the same value.
    fn until_next_piece(&self, micros_of_week: u64) -> u64 {
        let next = self.pieces.get(self.piece_at(micros_of_week) + 1);
        next.map_or(WEEK_MICROS, |(from, _)| u64::from(*from) * MINUTE_MICROS) - micros_of_week
    }
}

/// What the clocks on the wall of one zone show during a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WallClock {
    /// From which instant on the clocks go without being put, and what they show then, counted
    /// from Monday 00:00 \[µs\]. The first from the start of the run.
    runs: Vec<(Instant, u64)>,
}

impl WallClock {
    /// The clocks of a zone, for a run of this length.
    pub fn new(clock: &Clock, zone: &Zone, duration: Duration) -> Self {
        let shown = |at: jiff::Timestamp, offset: jiff::tz::Offset| {
            let local = at.as_microsecond() + i64::from(offset.seconds()) * 1_000_000;
            (local - FIRST_MONDAY).rem_euclid(WEEK_MICROS as i64) as u64
        };
        let start = clock.start();
        let mut runs = vec![(Instant::START, shown(start, zone.rules().to_offset(start)))];
        let end = clock.timestamp(Instant::START + duration + BEYOND);
        for put in zone.rules().following(start) {
            let at = put.timestamp();
            if at > end {
                break;
            }
            runs.extend(clock.instant(at).map(|instant| (instant, shown(at, put.offset()))));
        }
        Self { runs }
    }

    /// What the wall shows \[µs since Monday 00:00\], and when the clocks are put next.
    fn reading(&self, at: Instant) -> (u64, Option<Instant>) {
        let next = self.runs.partition_point(|(from, _)| *from <= at);
        let (from, shown) = self.runs[next - 1];
        let shown = (shown + (at - from).micros() % WEEK_MICROS) % WEEK_MICROS;
        (shown, self.runs.get(next).map(|(from, _)| *from))
    }
}

/// A value that hangs on the hour of the week in one zone, as a function of the run's time.
#[derive(Debug)]
pub struct Track<'t, T> {
    week: &'t Week<T>,
    wall: &'t WallClock,
}

impl<T> Clone for Track<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Track<'_, T> {}

impl<'t, T: Copy + PartialEq> Track<'t, T> {
    /// That week, by these clocks.
    pub fn new(week: &'t Week<T>, wall: &'t WallClock) -> Self {
        Self { week, wall }
    }

    /// What holds at an instant.
    pub fn at(&self, at: Instant) -> T {
        let (shown, _) = self.wall.reading(at);
        self.week.pieces[self.week.piece_at(shown)].1
    }

    /// The first instant after this one at which something else holds; `None`: never.
    pub fn next_change(&self, after: Instant) -> Option<Instant> {
        if self.week.constant().is_some() {
            return None;
        }
        let value = self.at(after);
        let mut at = after;
        // Ends within a week of the last time the clocks are put: some piece holds another value.
        while self.at(at) == value {
            let (shown, put) = self.wall.reading(at);
            let next = at.checked_add(Duration::from_micros(self.week.until_next_piece(shown)))?;
            at = put.map_or(next, |put| put.min(next));
        }
        Some(at)
    }

    /// The first instant, from this one on, at which what holds is wanted; `None`: never.
    pub fn first(&self, from: Instant, wanted: impl Fn(T) -> bool) -> Option<Instant> {
        if !self.week.values().any(&wanted) {
            return None;
        }
        let mut at = from;
        while !wanted(self.at(at)) {
            at = self.next_change(at)?;
        }
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BERLIN: &str = "Europe/Berlin";

    /// A run of 30 days from that time on.
    fn wall(zone: &str, start: &str) -> (Clock, WallClock) {
        let zone = Zone::named(zone).unwrap();
        let clock = Clock::new(start.parse().unwrap(), zone.clone());
        let wall = WallClock::new(&clock, &zone, Duration::from_days(30));
        (clock, wall)
    }

    /// True from one minute of each day until before another.
    fn daily(from: u32, until: u32) -> Week<bool> {
        Week::of((0..WEEK).map(|minute| (from..until).contains(&(minute % DAY))))
    }

    /// The first changes, as the wall shows them.
    fn changes(week: &Week<bool>, zone: &str, start: &str, count: usize) -> Vec<String> {
        let (clock, wall) = wall(zone, start);
        let track = Track::new(week, &wall);
        let mut at = Instant::START;
        let mut shown = Vec::new();
        for _ in 0..count {
            at = track.next_change(at).unwrap();
            shown.push(format!("{} {}", clock.local(at, clock.zone()), track.at(at)));
        }
        shown
    }

    #[test]
    fn a_pattern_changes_when_the_wall_says_so() {
        assert_eq!(
            changes(&daily(8 * 60, 18 * 60), BERLIN, "2026-01-12T00:00:00Z", 3),
            ["2026-01-12 08:00:00 true", "2026-01-12 18:00:00 false", "2026-01-13 08:00:00 true"]
        );
    }

    #[test]
    fn the_week_begins_on_monday() {
        let (clock, wall) = wall("UTC", "2026-01-14T06:30:00Z");
        let friday = Week::of((0..WEEK).map(|minute| minute / DAY == 4));
        let at = Track::new(&friday, &wall).next_change(Instant::START).unwrap();
        assert_eq!(clock.short(at), "Fri 16 Jan 00:00");
    }

    #[test]
    fn in_the_night_that_lacks_an_hour_what_would_change_in_it_changes_after_it() {
        // 02:00 to 03:00 does not occur on 29 March 2026.
        let start = "2026-03-28T23:30:00Z";
        assert_eq!(
            changes(&daily(2 * 60 + 30, 5 * 60), BERLIN, start, 2),
            ["2026-03-29 03:00:00 true", "2026-03-29 05:00:00 false"]
        );
        // A window that lies in that hour alone does not occur that night.
        assert_eq!(
            changes(&daily(2 * 60, 2 * 60 + 45), BERLIN, start, 1),
            ["2026-03-30 02:00:00 true"]
        );
    }

    #[test]
    fn in_the_night_that_has_an_hour_twice_it_holds_twice() {
        let (clock, wall) = wall(BERLIN, "2026-10-24T22:00:00Z");
        let week = daily(2 * 60, 3 * 60);
        let track = Track::new(&week, &wall);
        let opens = track.next_change(Instant::START).unwrap();
        let closes = track.next_change(opens).unwrap();
        assert_eq!(clock.utc(opens), "2026-10-25T00:00:00Z");
        assert_eq!(clock.utc(closes), "2026-10-25T02:00:00Z", "two hours later");
    }

    #[test]
    fn next_change_agrees_with_asking_every_minute() {
        for (zone, start) in [
            (BERLIN, "2026-03-27T11:17:00Z"),
            ("America/New_York", "2026-10-30T11:17:00Z"),
            ("Australia/Lord_Howe", "2026-04-03T11:17:00Z"),
            ("Asia/Kolkata", "2026-01-01T00:00:00Z"),
        ] {
            let (_, wall) = wall(zone, start);
            let week = Week::of((0..WEEK).map(|minute| minute / 97 % 5));
            let track = Track::new(&week, &wall);
            let minute = |number: u64| Instant::START + Duration::from_mins(number);
            let mut expected = None;
            for number in (0..u64::from(2 * WEEK)).rev() {
                assert_eq!(
                    track.next_change(minute(number)).filter(|_| expected.is_some()),
                    expected
                );
                if number > 0 && track.at(minute(number)) != track.at(minute(number - 1)) {
                    expected = Some(minute(number));
                }
            }
        }
    }

    #[test]
    fn what_never_holds_is_never_waited_for() {
        let (_, wall) = wall("UTC", "2026-01-12T00:00:00Z");
        let closed = Week::always(false);
        assert_eq!(Track::new(&closed, &wall).first(Instant::START, |open| open), None);
        assert_eq!(Track::new(&closed, &wall).next_change(Instant::START), None);
        let night = daily(20 * 60, 22 * 60);
        let first = Track::new(&night, &wall).first(Instant::START, |open| open);
        assert_eq!(first, Some(Instant::START + Duration::from_hours(20)));
    }
}
