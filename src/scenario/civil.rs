//! Civil times as written, and the points on the time line that they name.

use jiff::tz::Offset;
use jiff::{Timestamp, civil};

use super::Zone;
use super::reader::Wrong;

/// A time as written: on the wall of some zone, or with its own offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub wall: civil::DateTime,
    pub offset: Option<Offset>,
}

/// What daylight saving makes of a time on the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wall {
    /// It occurs once.
    Once(Timestamp),
    /// It occurs twice; this is the first.
    Twice(Timestamp),
    /// It does not occur: the clocks are put forward over it. As much later as they are moved.
    Never(Timestamp),
}

impl Wall {
    /// The point meant, or the nearest there is.
    pub fn timestamp(self) -> Timestamp {
        match self {
            Wall::Once(at) | Wall::Twice(at) | Wall::Never(at) => at,
        }
    }
}

/// When a clock on the wall in `zone` shows this; `None` beyond the calendar.
pub(super) fn on_the_wall(wall: civil::DateTime, zone: &Zone) -> Option<Wall> {
    let ambiguous = zone.rules().to_ambiguous_timestamp(wall);
    let offset = ambiguous.offset();
    let at = ambiguous.compatible().ok()?;
    Some(match offset {
        jiff::tz::AmbiguousOffset::Unambiguous { .. } => Wall::Once(at),
        jiff::tz::AmbiguousOffset::Fold { .. } => Wall::Twice(at),
        jiff::tz::AmbiguousOffset::Gap { .. } => Wall::Never(at),
    })
}

/// `2026-01-13 22:00`, with seconds and decimals when needed, and `Z` or `-05:00` behind it for a
/// time that does not hang on a zone.
pub(super) fn date_time(text: &str) -> Result<Written, Wrong> {
    let wrong = || {
        Wrong::new("E0206", format!("`{text}` is not a time"), "write for example 2026-01-13 22:00")
    };
    let (date, rest) = text.trim().split_at_checked(10).ok_or_else(wrong)?;
    let no_date = || {
        Wrong::new(
            "E0206",
            format!("`{date}` is not a date"),
            "year-month-day, for example 2026-01-13; years 1990 to 2199",
        )
    };
    if rest.is_empty() && parse_date(date).is_none() {
        return Err(no_date());
    }
    let Some(rest) = rest.strip_prefix([' ', 'T']) else {
        let note = if rest.is_empty() {
            format!("add the time of day: {date} 00:00")
        } else {
            wrong().note
        };
        return Err(Wrong { note, ..wrong() });
    };
    let (time, offset) = match rest.find(['Z', '+', '-']) {
        Some(at) => (&rest[..at], Some(offset(&rest[at..]).ok_or_else(wrong)?)),
        None => (rest, None),
    };
    let date = parse_date(date).ok_or_else(no_date)?;
    let time = parse_time(time.trim_end()).ok_or_else(wrong)?;
    Ok(Written { wall: date.to_datetime(time), offset })
}

/// `22:00`, with seconds and decimals when needed.
pub(super) fn time_of_day(text: &str) -> Result<civil::Time, Wrong> {
    parse_time(text.trim()).ok_or_else(|| {
        Wrong::new(
            "E0207",
            format!("`{text}` is not a time of day"),
            "write \"00:00\" to \"23:59\"",
        )
    })
}

fn parse_date(text: &str) -> Option<civil::Date> {
    let mut parts = text.split('-');
    let year = number(parts.next()?, 4)?;
    let month = number(parts.next()?, 2)?;
    let day = number(parts.next()?, 2)?;
    if parts.next().is_some() || !(1990..=2199).contains(&year) {
        return None;
    }
    civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
        .ok()
}

fn parse_time(text: &str) -> Option<civil::Time> {
    let mut parts = text.split(':');
    let hour = number(parts.next()?, 2)?;
    let minute = number(parts.next()?, 2)?;
    let (second, nanos) = match parts.next() {
        None => (0, 0),
        Some(seconds) => match seconds.split_once('.') {
            None => (number(seconds, 2)?, 0),
            Some((whole, decimals)) if (1..=6).contains(&decimals.len()) => {
                let micros = number(&format!("{decimals:0<6}"), 6)?;
                (number(whole, 2)?, micros * 1_000)
            }
            Some(_) => return None,
        },
    };
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let small = |n: u32| i8::try_from(n).ok();
    civil::Time::new(small(hour)?, small(minute)?, small(second)?, i32::try_from(nanos).ok()?).ok()
}

fn offset(text: &str) -> Option<Offset> {
    if text == "Z" {
        return Some(Offset::UTC);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
    if hours > 18 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * i32::try_from(hours * 3_600 + minutes * 60).ok()?).ok()
}

fn number(text: &str, digits: usize) -> Option<u32> {
    (text.len() == digits && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// The way a point is written in a scenario of this zone: as the wall shows it, or in UTC where
/// the wall shows it twice.
pub(super) fn written(at: Timestamp, zone: &Zone) -> String {
    let wall = zone.rules().to_datetime(at);
    match on_the_wall(wall, zone) {
        Some(Wall::Once(same)) if same == at => plain(wall),
        _ => format!("{}Z", plain(Zone::utc().rules().to_datetime(at))),
    }
}

fn plain(wall: civil::DateTime) -> String {
    let seconds = wall.second() != 0 || wall.subsec_nanosecond() != 0;
    wall.strftime(if seconds { "%Y-%m-%d %H:%M:%S%.f" } else { "%Y-%m-%d %H:%M" }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new_york() -> Zone {
        Zone::named("America/New_York").unwrap()
    }

    fn wall(text: &str) -> Wall {
        on_the_wall(date_time(text).unwrap().wall, &new_york()).unwrap()
    }

    #[test]
    fn a_time_may_carry_seconds_decimals_and_an_offset() {
        let time = date_time("2026-01-13 22:00:05.25-05:00").unwrap();
        assert_eq!(time.wall.to_string(), "2026-01-13T22:00:05.25");
        assert_eq!(time.offset.unwrap().seconds(), -5 * 3_600);
        assert_eq!(date_time("2026-01-13T22:00Z").unwrap().offset, Some(Offset::UTC));
    }

    #[test]
    fn what_is_not_a_time_is_refused() {
        for text in [
            "2026-01-13",
            "2026-13-01 00:00",
            "2026-02-30 00:00",
            "13.01.2026 22:00",
            "2026-01-13 24:00",
            "2026-01-13 22:60",
            "2026-01-13 22:00:00.1234567",
            "2026-01-13 22",
            "0026-01-13 22:00",
            "2026-01-13 22:00+99:00",
            "2026-01-1é 22:00",
            "",
            "é",
        ] {
            assert_eq!(date_time(text).unwrap_err().code, "E0206", "{text}");
        }
        assert!(date_time("2026-01-13").unwrap_err().note.contains("2026-01-13 00:00"));
        for text in ["24:00", "7:00", "22", "22:00:00:00", "10pm"] {
            assert_eq!(time_of_day(text).unwrap_err().code, "E0207", "{text}");
        }
    }

    #[test]
    fn daylight_saving_makes_times_that_never_are_and_times_that_are_twice() {
        assert!(matches!(wall("2026-03-08 01:59"), Wall::Once(_)));
        assert_eq!(wall("2026-03-08 02:30"), Wall::Never("2026-03-08T07:30:00Z".parse().unwrap()));
        assert_eq!(wall("2026-11-01 01:30"), Wall::Twice("2026-11-01T05:30:00Z".parse().unwrap()));
    }

    #[test]
    fn every_point_is_written_so_that_it_reads_back() {
        for at in [
            "2026-11-01T05:30:00Z",
            "2026-11-01T06:30:00Z",
            "2026-01-13T03:00:00.25Z",
            "2026-07-01T04:00:00Z",
        ] {
            let at: Timestamp = at.parse().unwrap();
            let read = date_time(&written(at, &new_york())).unwrap();
            let back = match read.offset {
                Some(offset) => offset.to_timestamp(read.wall).unwrap(),
                None => on_the_wall(read.wall, &new_york()).unwrap().timestamp(),
            };
            assert_eq!(back, at);
        }
        assert_eq!(
            written("2026-01-13T03:00:00Z".parse().unwrap(), &new_york()),
            "2026-01-12 22:00"
        );
    }
}
