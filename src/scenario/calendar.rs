//! Recurrences, and the instants within a run at which they fall due.
//!
//! Intervals (`every`) are elapsed time: they do not follow daylight saving. Weekly and monthly
//! times are what the wall shows: `22:00` is 22:00 in summer and in winter.

use std::fmt;

use jiff::civil::{self, Weekday};
use jiff::{Span, Timestamp};

use super::civil::{Wall, on_the_wall};
use super::{Clock, Zone};
use crate::units::{Duration, Instant};

/// When something happens, again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    Never,
    Every { every: Duration, first: Timestamp },
    Weekly { on: Vec<Weekday>, at: civil::Time, weeks: u32 },
    Monthly { day: DayOfMonth, at: civil::Time },
}

/// Which day of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DayOfMonth {
    /// The nth weekday, from 1; -1 is the last.
    Nth(i8, Weekday),
    /// A date; a month that has none is left out.
    Date(i8),
}

/// What a rule gives within a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Occurrences {
    /// In order, each once, from the start of the run to before its end.
    pub instants: Vec<Instant>,
    /// The first of the times on the wall that daylight saving skips or repeats.
    pub irregular: Option<civil::DateTime>,
}

/// More than may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMany;

impl Rule {
    /// Does it name more than one time?
    pub fn recurs(&self) -> bool {
        matches!(self, Rule::Every { .. } | Rule::Weekly { .. } | Rule::Monthly { .. })
    }

    /// All instants within a run of this length, at most `most`.
    pub fn occurrences(
        &self,
        zone: &Zone,
        clock: &Clock,
        duration: Duration,
        most: usize,
    ) -> Result<Occurrences, TooMany> {
        self.occurrences_from(zone, clock, Duration::ZERO, duration, most)
    }

    /// As [`Rule::occurrences`], with those of the time `lead` before the run: instants are
    /// counted from then.
    pub fn occurrences_from(
        &self,
        zone: &Zone,
        run: &Clock,
        lead: Duration,
        duration: Duration,
        most: usize,
    ) -> Result<Occurrences, TooMany> {
        let clock = &run.earlier(lead);
        let duration = lead + duration;
        let mut found = Occurrences::default();
        match self {
            Rule::Never => {}
            Rule::Every { every, first } => {
                return intervals(*every, *first, clock, duration, most);
            }
            Rule::Weekly { on, at, weeks } => {
                let week = Span::new().weeks(i64::from(*weeks));
                let mut monday = Some(monday_of(first_date(zone, run)));
                let (first, last) = (first_date(zone, clock), last_date(zone, clock, duration));
                while let Some(begin) = monday.filter(|day| *day > first) {
                    monday = begin.checked_sub(week).ok();
                }
                while let Some(begin) = monday.filter(|day| *day <= last) {
                    for weekday in on {
                        let days = i64::from(weekday.to_monday_zero_offset());
                        if let Ok(date) = begin.checked_add(Span::new().days(days)) {
                            found.add_wall(date.to_datetime(*at), zone, clock, duration);
                        }
                    }
                    monday = begin.checked_add(week).ok();
                }
            }
            Rule::Monthly { day, at } => {
                let mut month = Some(first_date(zone, clock).first_of_month());
                let last = last_date(zone, clock, duration);
                while let Some(begin) = month.filter(|date| *date <= last) {
                    if let Some(date) = day.in_month(begin) {
                        found.add_wall(date.to_datetime(*at), zone, clock, duration);
                    }
                    month = begin.checked_add(Span::new().months(1)).ok();
                }
            }
        }
        found.instants.sort_unstable();
        found.instants.dedup();
        if found.instants.len() > most { Err(TooMany) } else { Ok(found) }
    }
}

impl Occurrences {
    fn add(&mut self, at: Option<Instant>, duration: Duration) {
        self.instants.extend(at.filter(|at| at.micros() < duration.micros()));
    }

    fn add_wall(&mut self, wall: civil::DateTime, zone: &Zone, clock: &Clock, duration: Duration) {
        let Some(found) = on_the_wall(wall, zone) else { return };
        let before = self.instants.len();
        self.add(clock.instant(found.timestamp()), duration);
        if self.instants.len() > before && !matches!(found, Wall::Once(_)) {
            self.irregular.get_or_insert(wall);
        }
    }
}

impl DayOfMonth {
    fn in_month(self, month: civil::Date) -> Option<civil::Date> {
        match self {
            DayOfMonth::Nth(nth, weekday) => month.nth_weekday_of_month(nth, weekday).ok(),
            DayOfMonth::Date(day) => civil::Date::new(month.year(), month.month(), day).ok(),
        }
    }
}

fn intervals(
    every: Duration,
    first: Timestamp,
    clock: &Clock,
    duration: Duration,
    most: usize,
) -> Result<Occurrences, TooMany> {
    let offset = i128::from(first.as_microsecond()) - i128::from(clock.start().as_microsecond());
    let step = i128::from(every.micros().max(1));
    let end = i128::from(duration.micros());
    let mut at = if offset < 0 { offset.rem_euclid(step) } else { offset };
    let count = (end - at + step - 1).max(0) / step;
    if count > most as i128 {
        return Err(TooMany);
    }
    let mut found = Occurrences::default();
    while at < end {
        found.instants.extend(u64::try_from(at).ok().map(Instant::from_micros));
        at += step;
    }
    Ok(found)
}

fn first_date(zone: &Zone, clock: &Clock) -> civil::Date {
    clock.civil(Instant::START, zone).date()
}

fn last_date(zone: &Zone, clock: &Clock, duration: Duration) -> civil::Date {
    clock.civil(Instant::START + duration, zone).date()
}

fn monday_of(date: civil::Date) -> civil::Date {
    let days = i64::from(date.weekday().to_monday_zero_offset());
    date.checked_sub(Span::new().days(days)).unwrap_or(date)
}

/// `Mon` to `Sun`.
pub(super) const WEEKDAYS: [(&str, Weekday); 7] = [
    ("Mon", Weekday::Monday),
    ("Tue", Weekday::Tuesday),
    ("Wed", Weekday::Wednesday),
    ("Thu", Weekday::Thursday),
    ("Fri", Weekday::Friday),
    ("Sat", Weekday::Saturday),
    ("Sun", Weekday::Sunday),
];

/// The weeks of a month.
pub(super) const WEEKS: [(&str, i8); 5] =
    [("first", 1), ("second", 2), ("third", 3), ("fourth", 4), ("last", -1)];

fn short(weekday: Weekday) -> &'static str {
    WEEKDAYS[usize::from(weekday.to_monday_zero_offset().unsigned_abs())].0
}

/// In words, for people: `weekly on Tue at 22:00`.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = |at: &civil::Time| {
            at.strftime(if at.second() == 0 { "%H:%M" } else { "%H:%M:%S" }).to_string()
        };
        match self {
            Rule::Never => f.write_str("never"),
            Rule::Every { every, .. } => write!(f, "simple every {every}"),
            Rule::Weekly { on, at, weeks } => {
                let days: Vec<&str> = on.iter().map(|day| short(*day)).collect();
                match weeks {
                    1 => f.write_str("weekly")?,
                    weeks => write!(f, "every {weeks} weeks")?,
                }
                write!(f, " on {} at {}", days.join(", "), clock(at))
            }
            Rule::Monthly { day: DayOfMonth::Nth(nth, weekday), at } => {
                let week =
                    WEEKS.iter().find(|(_, number)| number == nth).map_or("", |(name, _)| name);
                write!(f, "monthly on the {week} {} at {}", short(*weekday), clock(at))
            }
            Rule::Monthly { day: DayOfMonth::Date(day), at } => {
                write!(f, "monthly on day {day} at {}", clock(at))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOS_ANGELES: &str = "America/Los_Angeles";
    const NEW_YORK: &str = "America/New_York";

    /// What the wall in `shown` shows at each occurrence of a rule of `zone`, in a run that starts
    /// at that time there.
    fn times(rule: &Rule, zone: &str, shown: &str, start: &str, days: u64) -> Vec<String> {
        let zone = Zone::named(zone).unwrap();
        let shown = Zone::named(shown).unwrap();
        let start = on_the_wall(super::super::civil::date_time(start).unwrap().wall, &shown)
            .unwrap()
            .timestamp();
        let clock = Clock::new(start, shown.clone());
        let found = rule.occurrences(&zone, &clock, Duration::from_days(days), 1_000_000).unwrap();
        found.instants.iter().map(|at| clock.local(*at, &shown)[..16].to_owned()).collect()
    }

    fn at(hour: i8, minute: i8) -> civil::Time {
        civil::time(hour, minute, 0, 0)
    }

    #[test]
    fn patch_tuesday_in_redmond_is_early_afternoon_in_new_york() {
        let rule = Rule::Monthly { day: DayOfMonth::Nth(2, Weekday::Tuesday), at: at(10, 0) };
        assert_eq!(
            times(&rule, LOS_ANGELES, NEW_YORK, "2026-01-12 00:00", 90),
            ["2026-01-13 13:00", "2026-02-10 13:00", "2026-03-10 13:00"]
        );
        assert_eq!(rule.to_string(), "monthly on the second Tue at 10:00");
    }

    #[test]
    fn the_week_in_which_only_one_coast_has_changed_its_clocks_moves_the_hour() {
        let rule = Rule::Weekly { on: vec![Weekday::Sunday], at: at(1, 0), weeks: 1 };
        assert_eq!(
            times(&rule, LOS_ANGELES, "Europe/Berlin", "2026-03-02 00:00", 35),
            [
                "2026-03-08 10:00",
                "2026-03-15 09:00",
                "2026-03-22 09:00",
                "2026-03-29 10:00",
                "2026-04-05 10:00"
            ]
        );
    }

    #[test]
    fn a_month_without_a_thirty_first_is_left_out() {
        let rule = Rule::Monthly { day: DayOfMonth::Date(31), at: at(0, 0) };
        assert_eq!(
            times(&rule, "UTC", "UTC", "2026-01-01 00:00", 160),
            ["2026-01-31 00:00", "2026-03-31 00:00", "2026-05-31 00:00"]
        );
    }

    #[test]
    fn weeks_are_counted_from_the_week_in_which_the_run_starts() {
        let rule =
            Rule::Weekly { on: vec![Weekday::Tuesday, Weekday::Monday], at: at(22, 0), weeks: 2 };
        // the run starts on a Wednesday: that week counts, though its days have passed
        assert_eq!(
            times(&rule, "UTC", "UTC", "2026-01-14 00:00", 28),
            ["2026-01-26 22:00", "2026-01-27 22:00", "2026-02-09 22:00", "2026-02-10 22:00"]
        );
        assert_eq!(rule.to_string(), "every 2 weeks on Tue, Mon at 22:00");
    }

    #[test]
    fn weekly_follows_the_wall_and_every_does_not() {
        let weekly = Rule::Weekly { on: vec![Weekday::Sunday], at: at(22, 0), weeks: 1 };
        assert_eq!(
            times(&weekly, NEW_YORK, NEW_YORK, "2026-03-01 00:00", 14),
            ["2026-03-01 22:00", "2026-03-08 22:00"]
        );
        let first = "2026-03-02T03:00:00Z".parse().unwrap();
        let every = Rule::Every { every: Duration::from_days(7), first };
        assert_eq!(
            times(&every, NEW_YORK, NEW_YORK, "2026-03-01 00:00", 14),
            ["2026-03-01 22:00", "2026-03-08 23:00"]
        );
    }

    #[test]
    fn a_night_without_the_hour_is_done_an_hour_later_and_a_night_with_two_once() {
        let rule = Rule::Weekly { on: vec![Weekday::Sunday], at: at(2, 30), weeks: 1 };
        assert_eq!(times(&rule, NEW_YORK, NEW_YORK, "2026-03-07 00:00", 3), ["2026-03-08 03:30"]);
        let rule = Rule::Weekly { on: vec![Weekday::Sunday], at: at(1, 30), weeks: 1 };
        assert_eq!(times(&rule, NEW_YORK, NEW_YORK, "2026-10-31 00:00", 3), ["2026-11-01 01:30"]);
    }

    #[test]
    fn an_interval_that_began_before_the_run_keeps_its_beat() {
        let first = "2025-12-31T01:00:00Z".parse().unwrap();
        let rule = Rule::Every { every: Duration::from_hours(8), first };
        assert_eq!(
            times(&rule, "UTC", "UTC", "2026-01-01 00:00", 1),
            ["2026-01-01 01:00", "2026-01-01 09:00", "2026-01-01 17:00"]
        );
    }

    #[test]
    fn the_end_of_the_run_lies_outside_it() {
        let first = "2026-01-01T00:00:00Z".parse().unwrap();
        let rule = Rule::Every { every: Duration::from_hours(12), first };
        assert_eq!(
            times(&rule, "UTC", "UTC", "2026-01-01 00:00", 1),
            ["2026-01-01 00:00", "2026-01-01 12:00"]
        );
    }

    #[test]
    fn what_began_before_the_run_is_found_and_keeps_the_weeks_of_the_run() {
        let start = "2026-01-14T00:00:00Z".parse().unwrap();
        let clock = Clock::new(start, Zone::utc());
        let found = |weeks, lead: u64| {
            let rule = Rule::Weekly { on: vec![Weekday::Tuesday], at: at(22, 0), weeks };
            let (lead, duration) = (Duration::from_days(lead), Duration::from_days(8));
            let found = rule.occurrences_from(&Zone::utc(), &clock, lead, duration, 10).unwrap();
            let early = clock.earlier(lead);
            let at =
                found.instants.iter().map(|at| early.local(*at, &Zone::utc())[..10].to_owned());
            at.collect::<Vec<_>>()
        };
        assert_eq!(found(1, 0), ["2026-01-20"]);
        assert_eq!(found(1, 1), ["2026-01-13", "2026-01-20"]);
        // the week in which the run starts counts, and every second one before and after it
        assert_eq!(found(2, 15), ["2025-12-30", "2026-01-13"]);
    }

    #[test]
    fn too_many_occurrences_are_refused_before_they_are_made() {
        let clock = Clock::new("2026-01-01T00:00:00Z".parse().unwrap(), Zone::utc());
        let rule = Rule::Every { every: Duration::from_micros(1), first: clock.start() };
        let answer = rule.occurrences(&Zone::utc(), &clock, Duration::from_days(3_660), 1_000_000);
        assert_eq!(answer, Err(TooMany));
    }
}
