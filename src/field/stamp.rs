//! The times that logs show: local, local with Windows' bias, or UTC.

use jiff::{Timestamp, civil, tz::Offset};

use crate::scenario::Zone;

/// What the clock of an entry showed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stamp {
    /// A point on the world's time line.
    Exact(Timestamp),
    /// A time on the wall of a zone that the entry does not name.
    Local(civil::DateTime),
}

/// `22:08:05.000+300` and `01-13-2026`: local time and Windows' bias \[minutes\], UTC = local + bias.
///
/// Some scripts write `+-240`.
pub(super) fn with_bias(time: &str, date: &str) -> Option<Stamp> {
    let (clock, bias) = split_bias(time)?;
    let local = civil_of(date, clock)?;
    let minutes: i32 = bias.parse().ok()?;
    if minutes.abs() > 24 * 60 {
        return None;
    }
    let offset = Offset::from_seconds(-minutes * 60).ok()?;
    Some(Stamp::Exact(offset.to_timestamp(local).ok()?))
}

/// The bias begins at the first sign; a second sign behind it is a slip of the script.
fn split_bias(time: &str) -> Option<(&str, &str)> {
    let at = time.find(['+', '-'])?;
    let (clock, bias) = time.split_at(at);
    let bias = match bias.strip_prefix('+') {
        Some(rest) => rest,
        None => bias,
    };
    Some((clock, bias))
}

/// `01-13-2026` or `1/13/2026`, and `8:13:13.869`: month, day, year.
pub(super) fn civil_of(date: &str, clock: &str) -> Option<civil::DateTime> {
    let mut parts = date.split(['-', '/']);
    let mut next = || parts.next()?.trim().parse::<i16>().ok();
    let (month, day, year) = (next()?, next()?, next()?);
    let day = civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    Some(day.to_datetime(clock_of(clock)?))
}

/// `8:13:13.869`, `16:19:22`, with as many decimals as you like.
pub(super) fn clock_of(text: &str) -> Option<civil::Time> {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let mut parts = whole.split(':');
    let mut next = || parts.next()?.parse::<i8>().ok();
    let (hour, minute, second) = (next()?, next()?, next()?);
    if parts.next().is_some() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let nine: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    civil::Time::new(hour, minute, second, nine.parse().ok()?).ok()
}

/// `Fri Dec 10 01:12:40.304 1999`, as status messages and the oldest logs write it.
pub(super) fn spoken(text: &str) -> Option<civil::DateTime> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut words = text.split_whitespace();
    let (_weekday, month, day, clock, year) =
        (words.next()?, words.next()?, words.next()?, words.next()?, words.next()?);
    let month = MONTHS.iter().position(|name| *name == month)? as i8 + 1;
    let date = civil::Date::new(year.parse().ok()?, month, day.parse().ok()?).ok()?;
    Some(date.to_datetime(clock_of(clock)?))
}

/// A time in UTC.
pub(super) fn utc(at: civil::DateTime) -> Option<Timestamp> {
    Offset::UTC.to_timestamp(at).ok()
}

/// A time on the wall of a Windows zone by its name, standard or daylight.
///
/// Windows says `Pacific Daylight Time` in summer; the zone is the same.
pub(super) fn in_windows_zone(at: civil::DateTime, name: &str) -> Stamp {
    let standard = name.replace("Daylight Time", "Standard Time");
    let daylight = standard.as_str() != name;
    let Some(zone) = Zone::windows(&standard) else { return Stamp::Local(at) };
    let found = zone.rules().to_ambiguous_zoned(at);
    // In the hour that comes twice the name says which it is.
    let zoned = if daylight { found.earlier() } else { found.later() };
    zoned.map_or(Stamp::Local(at), |zoned| Stamp::Exact(zoned.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Stamp {
        Stamp::Exact(text.parse().unwrap())
    }

    #[test]
    fn the_bias_is_windows_own_sign() {
        assert_eq!(
            with_bias("22:08:05.000+300", "01-13-2026"),
            Some(exact("2026-01-14T03:08:05Z"))
        );
        assert_eq!(
            with_bias("01:03:34.174-60", "11-30-2022"),
            Some(exact("2022-11-30T00:03:34.174Z"))
        );
        assert_eq!(with_bias("8:00:00.5+-240", "7-16-2016"), Some(exact("2016-07-16T04:00:00.5Z")));
        assert_eq!(with_bias("8:00:00.5", "7-16-2016"), None);
        assert_eq!(with_bias("25:00:00+0", "7-16-2016"), None);
        assert_eq!(with_bias("08:00:00+99999999999", "7-16-2016"), None);
    }

    #[test]
    fn the_oldest_logs_name_the_zone() {
        let at = spoken("Fri Oct 15 17:09:46.507 1999").unwrap();
        assert_eq!(in_windows_zone(at, "Pacific Daylight Time"), exact("1999-10-16T00:09:46.507Z"));
        let twice = civil::date(2006, 10, 29).at(1, 30, 0, 0);
        assert_eq!(in_windows_zone(twice, "Eastern Daylight Time"), exact("2006-10-29T05:30:00Z"));
        assert_eq!(in_windows_zone(twice, "Eastern Standard Time"), exact("2006-10-29T06:30:00Z"));
        assert_eq!(in_windows_zone(twice, "Nowhere Time"), Stamp::Local(twice));
    }
}
