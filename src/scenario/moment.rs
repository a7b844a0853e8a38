//! An instant of a run as somebody says it on a command line.

use jiff::civil::Weekday;

use super::civil::{date_time, on_the_wall, time_of_day};
use super::{Clock, Scenario, quantity};
use crate::units::Instant;

/// The days of the week, as one says them.
const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

impl Scenario {
    /// The instant that somebody means: `2026-01-14 14:00` on the scenario's clock (or with `Z` or
    /// an offset behind it), `Wed-14:00` for the first Wednesday of the run at that time, or
    /// `+3d4h` after its start.
    ///
    /// # Errors
    ///
    /// What is wrong with it: not a time, or not one of this run.
    pub fn moment(&self, text: &str) -> Result<Instant, String> {
        let at = spoken(&self.clock, text.trim())?;
        if at > Instant::START + self.duration {
            let (start, end) = (Instant::START, Instant::START + self.duration);
            let (start, end) = (self.clock.short(start), self.clock.short(end));
            return Err(format!("`{text}` is after the run, which is from {start} to {end}"));
        }
        Ok(at)
    }
}

fn spoken(clock: &Clock, text: &str) -> Result<Instant, String> {
    let help = "write 2026-01-14 14:00, Wed-14:00 or +3d4h";
    let wrong = |said: String| format!("{said}: {help}");
    if let Some(after) = text.strip_prefix('+') {
        let after = quantity::duration(after)
            .map_err(|_| wrong(format!("`{after}` is not a length of time")))?;
        return Instant::START
            .checked_add(after)
            .ok_or_else(|| format!("`{text}` is after every run"));
    }
    if let Some((day, time)) = weekday(text) {
        let time = time_of_day(time).map_err(|one| wrong(one.message))?;
        let first = clock.civil(Instant::START, clock.zone());
        // The first such day from the start on, or a week later when its hour is over then.
        let ahead = first.date().weekday().until(day);
        for days in [i64::from(ahead), i64::from(ahead) + 7] {
            let date = first.date().checked_add(jiff::Span::new().days(days));
            let date = date.map_err(|_| format!("`{text}` is beyond the calendar"))?;
            let wall = on_the_wall(date.to_datetime(time), clock.zone());
            if let Some(at) = wall.and_then(|wall| clock.instant(wall.timestamp())) {
                return Ok(at);
            }
        }
        return Err(format!("`{text}` is beyond the calendar"));
    }
    let written = date_time(text).map_err(|one| wrong(one.message))?;
    let timestamp = match written.offset {
        Some(offset) => offset.to_timestamp(written.wall).ok(),
        None => on_the_wall(written.wall, clock.zone()).map(|wall| wall.timestamp()),
    };
    let timestamp = timestamp.ok_or_else(|| format!("`{text}` is beyond the calendar"))?;
    clock.instant(timestamp).ok_or_else(|| {
        format!("`{text}` is before the run, which begins {}", clock.short(Instant::START))
    })
}

/// `Wed-14:00` or `Wed 14:00`: the day, and the rest.
fn weekday(text: &str) -> Option<(Weekday, &str)> {
    let (day, time) = text.split_once(['-', ' '])?;
    let day = day.to_ascii_lowercase();
    let known = DAYS.iter().find(|(name, _)| day.len() >= 3 && day.starts_with(name))?;
    day.chars().all(|c| c.is_ascii_alphabetic()).then_some((known.1, time))
}
