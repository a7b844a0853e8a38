//! Windows of hours and days of the week, as written: `"Mon-Fri"`, `"20:00-06:00"`.

use serde_yaml::Mapping;

use super::calendar::WEEKDAYS;
use super::limits;
use super::mapping::put;
use super::reader::{Reader, Wrong};
use super::source::Place;
use super::track::{DAY, WEEK, Week};
use super::yaml::Node;

/// Hours of a day \[minutes since its midnight\], from the first to before the second; one that
/// ends no later than it begins goes on into the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    from: u32,
    until: u32,
}

impl Window {
    /// The whole day.
    pub const DAY: Window = Window { from: 0, until: DAY };

    /// Its minutes of the week, on a day counted from Monday: a window over midnight belongs to
    /// the day on which it begins [choice].
    fn minutes(self, day: u32) -> impl Iterator<Item = u32> {
        let length = if self.until > self.from {
            self.until - self.from
        } else {
            DAY - self.from + self.until
        };
        let first = day * DAY + self.from;
        first..first + length
    }
}

/// `20:00-06:00`.
pub(super) fn window(text: &str) -> Result<Window, Wrong> {
    let wrong = |note: &str| Wrong::new("E0320", format!("`{text}` is no window of hours"), note);
    let (from, until) =
        text.split_once('-').ok_or_else(|| wrong("write for example \"20:00-06:00\""))?;
    let hours = "hours are \"00:00\" to \"24:00\", for example \"08:00-18:00\"";
    let from = minute(from.trim()).filter(|from| *from < DAY).ok_or_else(|| wrong(hours))?;
    let until = minute(until.trim()).ok_or_else(|| wrong(hours))?;
    if from == until || (from == 0 && until == 0) {
        return Err(wrong("it ends when it begins; the whole day is \"00:00-24:00\""));
    }
    Ok(Window { from, until })
}

fn minute(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str| -> Option<u32> {
        (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| text.parse().ok())
            .flatten()
    };
    let (hour, minute) = (number(hour)?, number(minute)?);
    let all = hour * 60 + minute;
    (minute < 60 && all <= DAY).then_some(all)
}

/// `Mon-Fri`, `Sat`, `Mon, Wed-Thu`; `Fri-Mon` goes over the end of the week.
pub(super) fn days(text: &str) -> Result<Vec<u32>, Wrong> {
    let day = |word: &str| -> Result<u32, Wrong> {
        let found = WEEKDAYS.iter().position(|(name, _)| *name == word.trim());
        found.map(|day| day as u32).ok_or_else(|| {
            let known: Vec<&str> = WEEKDAYS.iter().map(|(name, _)| *name).collect();
            let note = match super::reader::nearest(word.trim(), known.into_iter()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "write for example \"Mon-Fri\" or \"Sat, Sun\"".to_owned(),
            };
            Wrong::new("E0321", format!("`{text}` names no days of the week"), note)
        })
    };
    let mut days = Vec::new();
    for part in text.split(',') {
        match part.split_once('-') {
            None => days.push(day(part)?),
            Some((first, last)) => {
                let (first, last) = (day(first)?, day(last)?);
                days.extend((first..=first + (last + 7 - first) % 7).map(|day| day % 7));
            }
        }
    }
    Ok(days)
}

/// A week while it is being read, or a day that every day is like: which minutes have a value
/// already.
pub(super) struct Draft<T> {
    minutes: Vec<Option<T>>,
}

impl<T: Copy + PartialEq> Draft<T> {
    pub fn week() -> Self {
        Self { minutes: vec![None; WEEK as usize] }
    }

    pub fn day() -> Self {
        Self { minutes: vec![None; DAY as usize] }
    }

    /// Gives a value to a window on some days. Windows may overlap when they say the same; the
    /// first minute of which two different things are said is a mistake.
    pub fn fill(
        &mut self,
        reader: &mut Reader,
        place: Place,
        days: &[u32],
        window: Window,
        value: T,
    ) -> Option<()> {
        for &day in days {
            for minute in window.minutes(day) {
                let place_in_draft = minute as usize % self.minutes.len();
                let held = &mut self.minutes[place_in_draft];
                if held.is_some_and(|other| other != value) {
                    let of_week = self.minutes.len() == WEEK as usize;
                    let at = if of_week { when(minute % WEEK) } else { clock(minute % DAY) };
                    let note = format!("{at} has another value already");
                    reader.error("E0322", place, "two windows contradict each other", note);
                    return None;
                }
                *held = Some(value);
            }
        }
        Some(())
    }

    /// The week, with `rest` where nothing was said.
    pub fn or(self, rest: T) -> Week<T> {
        Week::of(self.minutes.iter().cycle().map(|value| value.unwrap_or(rest)))
    }

    /// The week, or the first minute of which nothing was said, in words.
    pub fn complete(self) -> Result<Week<T>, String> {
        match self.minutes.iter().position(Option::is_none) {
            Some(missing) => Err(clock(missing as u32 % DAY)),
            None => Ok(Week::of(self.minutes.iter().cycle().copied().flatten())),
        }
    }
}

/// `{ "08:00-18:00": VALUE, .. }`, the same every day.
pub(super) fn hourly<T: Copy + PartialEq>(
    reader: &mut Reader,
    node: &Node<'_>,
    mut value_of: impl FnMut(&mut Reader, &Node<'_>) -> Option<T>,
) -> Option<Draft<T>> {
    let entries = reader.map(node, "`hourly`")?;
    if entries.is_empty() {
        let note = "write for example { \"08:00-18:00\": VALUE }";
        reader.error("E0104", node.place, "`hourly` names no hours", note);
        return None;
    }
    if entries.len() > limits::WINDOWS {
        let note = format!("at most {}", limits::WINDOWS);
        reader.error("E0315", node.place, "too many windows", note);
        return None;
    }
    let mut draft = Draft::day();
    let mut complete = true;
    for entry in entries {
        let window = reader.check(entry.place, window(&entry.key));
        let value = value_of(reader, &entry.value);
        let filled = window
            .zip(value)
            .and_then(|(window, value)| draft.fill(reader, entry.place, &[0], window, value));
        complete &= filled.is_some();
    }
    complete.then_some(draft)
}

/// `Mon 20:00`.
fn when(minute: u32) -> String {
    format!("{} {}", WEEKDAYS[(minute / DAY) as usize].0, clock(minute % DAY))
}

fn clock(minute: u32) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// What holds on each day: from which minute until which other, and what.
fn by_days<T: Copy + PartialEq>(week: &Week<T>) -> Vec<Vec<(u32, u32, T)>> {
    let pieces = week.pieces();
    let ends = pieces.iter().skip(1).map(|(from, _)| *from).chain([WEEK]);
    let mut days = vec![Vec::new(); 7];
    for (&(from, value), until) in pieces.iter().zip(ends) {
        for day in from / DAY..=(until - 1) / DAY {
            let (midnight, next) = (day * DAY, (day + 1) * DAY);
            let part = (from.max(midnight) - midnight, until.min(next) - midnight, value);
            days[day as usize].push(part);
        }
    }
    days
}

/// The hours of the first day, which are those of every other.
pub(super) fn written_hourly<T: Copy + PartialEq>(
    week: &Week<T>,
    value: impl Fn(T) -> String,
) -> Mapping {
    let mut map = Mapping::new();
    for &(from, until, held) in by_days(week).first().into_iter().flatten() {
        put(&mut map, &format!("{}-{}", clock(from), clock(until)), value(held));
    }
    map
}

/// Days of equal hours together; `closed` is what is left out.
pub(super) fn written_days<T: Copy + PartialEq>(
    week: &Week<T>,
    closed: T,
    value: impl Fn(T) -> &'static str,
) -> Mapping {
    let days = by_days(week);
    let mut map = Mapping::new();
    let mut day = 0;
    while day < days.len() {
        let alike = days[day..].iter().take_while(|other| **other == days[day]).count();
        let mut hours = Mapping::new();
        for &(from, until, held) in days[day].iter().filter(|part| part.2 != closed) {
            put(&mut hours, &format!("{}-{}", clock(from), clock(until)), value(held));
        }
        if !hours.is_empty() {
            let (first, last) = (WEEKDAYS[day].0, WEEKDAYS[day + alike - 1].0);
            let name = if alike == 1 { first.to_owned() } else { format!("{first}-{last}") };
            put(&mut map, &name, hours);
        }
        day += alike;
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(windows: &[(&str, &str)]) -> Week<bool> {
        let mut draft = Draft::week();
        let mut reader = Reader::new();
        for (on, hours) in windows {
            let (on, hours) = (days(on).unwrap(), window(hours).unwrap());
            draft.fill(&mut reader, Place::default(), &on, hours, true).unwrap();
        }
        draft.or(false)
    }

    fn written(week: &Week<bool>) -> String {
        let map = written_days(week, false, |_| "all");
        serde_yaml::to_string(&map).unwrap().replace('\n', ";")
    }

    #[test]
    fn a_window_over_midnight_belongs_to_the_day_on_which_it_begins() {
        let nights = open(&[("Sun", "20:00-06:00")]);
        assert_eq!(nights.pieces(), [(0, true), (360, false), (6 * DAY + 1200, true)]);
    }

    #[test]
    fn days_may_be_ranges_lists_and_go_over_the_end_of_the_week() {
        assert_eq!(days("Mon-Fri").unwrap(), [0, 1, 2, 3, 4]);
        assert_eq!(days("Sat, Mon").unwrap(), [5, 0]);
        assert_eq!(days("Fri-Mon").unwrap(), [4, 5, 6, 0]);
        assert_eq!(days("Sun-Sun").unwrap(), [6]);
        for wrong in ["", "Monday-", "Mo", "mon", "Mon-", "Mon..Fri"] {
            assert_eq!(days(wrong).unwrap_err().code, "E0321", "{wrong}");
        }
    }

    #[test]
    fn what_is_no_window_is_refused() {
        assert_eq!(window("00:00-24:00").unwrap(), Window::DAY);
        for wrong in [
            "20:00",
            "24:00-06:00",
            "8:00-18:00",
            "08:00-18:60",
            "08:00-25:00",
            "08:00-08:00",
            "x-y",
        ] {
            assert_eq!(window(wrong).unwrap_err().code, "E0320", "{wrong}");
        }
        assert!(window("00:00-00:00").is_err());
        assert_eq!(window("18:00-00:00").unwrap(), Window { from: 1080, until: 0 });
    }

    #[test]
    fn what_is_written_out_reads_back_as_the_same_week() {
        let week = open(&[("Mon-Fri", "20:00-06:00"), ("Sat-Sun", "00:00-24:00")]);
        assert_eq!(
            written(&week),
            "Mon:;  20:00-24:00: all;Tue-Fri:;  00:00-06:00: all;  20:00-24:00: all;\
             Sat-Sun:;  00:00-24:00: all;"
        );
        let again = open(&[
            ("Mon", "20:00-24:00"),
            ("Tue-Fri", "00:00-06:00"),
            ("Tue-Fri", "20:00-24:00"),
            ("Sat-Sun", "00:00-24:00"),
        ]);
        assert_eq!(week, again);
    }
}
