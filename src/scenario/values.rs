//! Values of the language that have a place: quantities, zones, times, recurrences.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil;

use super::calendar::{DayOfMonth, Rule, WEEKDAYS, WEEKS};
use super::civil::{Wall, Written, date_time, on_the_wall, time_of_day};
use super::core_schema::is_null;
use super::reader::{Reader, Wrong, nearest};
use super::source::Place;
use super::yaml::{Node, Value};
use super::{Clock, Zone, quantity, windows_zones};
use crate::units::{Bytes, Duration, Instant, Probability, Rate};

/// Zones that have been looked up, by the name written.
pub(super) type Zones = BTreeMap<String, Zone>;

/// The run as far as values need it.
pub(super) struct Run {
    pub clock: Clock,
    pub duration: Duration,
    /// Were `start`, `duration` and `timezone` readable? Otherwise nothing can lie outside.
    pub known: bool,
}

impl Run {
    /// The instant at that time, if it lies within the run.
    pub fn instant(&self, at: Timestamp) -> Option<Instant> {
        self.clock.instant(at).filter(|at| at.micros() < self.duration.micros())
    }

    /// Where the run begins and ends, for messages.
    pub fn span(&self) -> String {
        let local = |at| self.clock.local(at, self.clock.zone())[..16].to_owned();
        let end = Instant::START + self.duration;
        format!(
            "the run lasts from {} to {} ({})",
            local(Instant::START),
            local(end),
            self.clock.zone()
        )
    }
}

impl Reader {
    pub fn duration(&mut self, node: &Node<'_>, what: &str) -> Option<Duration> {
        let text = self.scalar(node, what)?;
        self.check(node.place, quantity::duration(text))
    }

    pub fn positive_duration(&mut self, node: &Node<'_>, what: &str) -> Option<Duration> {
        let duration = self.duration(node, what)?;
        if duration.is_zero() {
            self.error(
                "E0212",
                node.place,
                format!("{what} must be longer than nothing"),
                "write for example 1h",
            );
            return None;
        }
        Some(duration)
    }

    pub fn bytes(&mut self, node: &Node<'_>, what: &str) -> Option<Bytes> {
        let text = self.scalar(node, what)?;
        self.check(node.place, quantity::bytes(text))
    }

    pub fn rate(&mut self, node: &Node<'_>, what: &str) -> Option<Rate> {
        let text = self.scalar(node, what)?;
        self.check(node.place, quantity::rate(text))
    }

    pub fn probability(&mut self, node: &Node<'_>, what: &str) -> Option<Probability> {
        let text = self.scalar(node, what)?;
        self.check(node.place, quantity::probability(text))
    }

    pub fn zone(&mut self, zones: &mut Zones, node: &Node<'_>) -> Option<Zone> {
        let text = self.text(node, "`timezone`")?;
        self.zone_named(zones, node.place, text)
    }

    pub fn zone_named(&mut self, zones: &mut Zones, place: Place, text: &str) -> Option<Zone> {
        if let Some(zone) = zones.get(text) {
            return Some(zone.clone());
        }
        let zone = Zone::named(windows_zones::iana(text).unwrap_or(text));
        match zone {
            Some(zone) => {
                zones.insert(text.to_owned(), zone.clone());
                Some(zone)
            }
            None => {
                let mut all: Vec<String> = Vec::new();
                if !self.is_full() {
                    let iana = jiff::tz::TimeZoneDatabase::bundled();
                    all.extend(iana.available().map(|name| name.to_string()));
                    all.extend(windows_zones::names().map(str::to_owned));
                }
                let note = match nearest(text, all.iter().map(String::as_str)) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "neither an IANA name nor a Windows name".to_owned(),
                };
                self.error("E0210", place, format!("unknown time zone `{text}`"), note)
                    .help("write for example Europe/Berlin or W. Europe Standard Time");
                None
            }
        }
    }

    /// A time with its date, in `zone` unless it carries an offset.
    pub fn timestamp(&mut self, node: &Node<'_>, what: &str, zone: &Zone) -> Option<Timestamp> {
        let text = self.scalar(node, what)?;
        let Written { wall, offset } = self.check(node.place, date_time(text))?;
        if let Some(offset) = offset {
            let result = offset.to_timestamp(wall);
            return self.check(
                node.place,
                result.map_err(|_| Wrong::new("E0206", "this time is out of range", "")),
            );
        }
        let found = on_the_wall(wall, zone)?;
        match found {
            Wall::Once(at) => Some(at),
            Wall::Twice(at) => {
                let note = "the clocks go back that night; the first is taken";
                self.warning("W0214", node.place, format!("`{text}` occurs twice in {zone}"), note)
                    .help(format!("for the second write it in UTC: {}", second_of(wall, zone)));
                Some(at)
            }
            Wall::Never(later) => {
                let shown = super::civil::written(later, zone);
                let note = format!("the clocks go forward then; did you mean {shown}?");
                self.error("E0211", node.place, format!("`{text}` does not occur in {zone}"), note);
                None
            }
        }
    }

    /// A time within the run.
    pub fn instant(
        &mut self,
        node: &Node<'_>,
        what: &str,
        zone: &Zone,
        run: &Run,
    ) -> Option<Instant> {
        let at = self.timestamp(node, what, zone)?;
        let inside = run.instant(at);
        if inside.is_none() && run.known {
            self.error("E0408", node.place, format!("{what} lies outside the run"), run.span());
        }
        inside
    }

    pub fn time_of_day(&mut self, node: &Node<'_>, what: &str) -> Option<civil::Time> {
        let text = self.scalar(node, what)?;
        let time = self.check(node.place, time_of_day(text))?;
        if matches!(node.value, Value::Plain(_)) {
            let note = format!("write \"{text}\": some programs read it as a number");
            self.error("E0207", node.place, "a time of day must be quoted", note);
            return None;
        }
        Some(time)
    }

    /// What stands in `weekly`.
    pub fn weekly(&mut self, node: &Node<'_>) -> Option<Rule> {
        let fields =
            self.fields(node, "`weekly`", &["on", "at", "every_weeks", "timezone"], &[])?;
        let on = self.required(&fields, "on", "`weekly`", "on: [Tue]");
        let on = on.and_then(|node| {
            let nodes = self.one_or_more(node);
            let days: Vec<Option<civil::Weekday>> =
                nodes.into_iter().map(|node| self.weekday(node)).collect();
            let mut days: Vec<civil::Weekday> = days.into_iter().collect::<Option<_>>()?;
            days.sort_unstable_by_key(|day| day.to_monday_zero_offset());
            days.dedup();
            if days.is_empty() {
                self.error("E0101", node.place, "`on` must name a day", "write `on: [Tue]`");
                return None;
            }
            Some(days)
        });
        let at = self.required(&fields, "at", "`weekly`", "at: \"22:00\"");
        let at = at.and_then(|node| self.time_of_day(node, "`at`"));
        let weeks =
            fields.get("every_weeks").map(|node| self.count32(node, "`every_weeks`", 1, 520));
        Some(Rule::Weekly { on: on?, at: at?, weeks: weeks.unwrap_or(Some(1))? })
    }

    /// What stands in `monthly`.
    pub fn monthly(&mut self, node: &Node<'_>) -> Option<Rule> {
        let fields = self.fields(
            node,
            "`monthly`",
            &["week", "day", "day_of_month", "at", "timezone"],
            &[],
        )?;
        let at = self.required(&fields, "at", "`monthly`", "at: \"22:00\"");
        let at = at.and_then(|node| self.time_of_day(node, "`at`"));
        let day = match (fields.entry("day_of_month"), fields.entry("week"), fields.entry("day")) {
            (Some(date), None, None) => self
                .count(&date.value, "`day_of_month`", 1, 31)
                .map(|day| DayOfMonth::Date(day as i8)),
            (None, Some(week), Some(day)) => {
                let week = self.word_of(&week.value, "a week of the month", &WEEKS);
                let day = self.weekday(&day.value);
                week.zip(day).map(|(week, day)| DayOfMonth::Nth(week, day))
            }
            (Some(date), ..) => {
                let note = "either this, or `week` with `day`";
                self.error("E0107", date.place, "`monthly` names its day twice", note);
                None
            }
            _ => {
                let note = "write `week: second, day: Tue` or `day_of_month: 10`";
                self.error("E0104", fields.place, "`monthly` does not say on which day", note);
                None
            }
        };
        Some(Rule::Monthly { day: day?, at: at? })
    }

    fn weekday(&mut self, node: &Node<'_>) -> Option<civil::Weekday> {
        self.word_of(node, "a day of the week", &WEEKDAYS)
    }

    /// One of a table of words.
    pub fn word_of<T: Copy>(
        &mut self,
        node: &Node<'_>,
        what: &str,
        table: &[(&'static str, T)],
    ) -> Option<T> {
        let words: Vec<&str> = table.iter().map(|(word, _)| *word).collect();
        if let Value::Plain(text) = &node.value
            && is_null(text)
        {
            self.scalar(node, what);
            return None;
        }
        if matches!(node.value, Value::Map(_)) {
            self.scalar(node, what);
            return None;
        }
        let choice = self.choice(node, what, &words, &[], &[], &[])?;
        table.iter().find(|(word, _)| *word == choice.word).map(|(_, value)| *value)
    }
}

/// The second time at which a wall shows this, in UTC.
fn second_of(wall: civil::DateTime, zone: &Zone) -> String {
    let later = zone.rules().to_ambiguous_timestamp(wall).later();
    later.map(|at| format!("{}Z", &super::civil::written(at, &Zone::utc()))).unwrap_or_default()
}
