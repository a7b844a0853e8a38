use std::fmt;

use jiff::{Timestamp, civil, tz::TimeZone};

use crate::units::{Duration, Instant};

/// A time zone by its IANA name, from the data built into the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), rules: TimeZone::UTC }
    }

    /// The zone of that IANA name, or `None` when there is none.
    pub fn named(name: &str) -> Option<Self> {
        if name == "UTC" {
            return Some(Self::utc());
        }
        let rules = jiff::tz::TimeZoneDatabase::bundled().get(name).ok()?;
        let name = rules.iana_name().unwrap_or(name).to_owned();
        Some(Self { name, rules })
    }

    /// The zone of that Windows name, e.g. `Eastern Standard Time`, or `None` when there is none.
    pub fn windows(name: &str) -> Option<Self> {
        super::windows_zones::iana(name).and_then(Self::named)
    }

    /// Its IANA name, e.g. `America/New_York`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What turns civil times into instants and back.
    pub fn rules(&self) -> &TimeZone {
        &self.rules
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}

/// What turns the instants of a run into civil times: where its start lies, and in which zone.
///
/// All of it is in UTC between, so that daylight saving is right on both sides.
#[derive(Clone, Debug)]
pub struct Clock {
    start: Timestamp,
    zone: Zone,
}

impl Clock {
    /// A run that starts at `start`; times are shown in `zone` unless asked otherwise.
    pub fn new(start: Timestamp, zone: Zone) -> Self {
        Self { start, zone }
    }

    /// The same of a run that starts so much earlier.
    pub fn earlier(&self, by: Duration) -> Self {
        let by = i64::try_from(by.micros()).unwrap_or(i64::MAX);
        let start = self.start.as_microsecond().saturating_sub(by);
        let start = Timestamp::from_microsecond(start).unwrap_or(Timestamp::MIN);
        Self { start, zone: self.zone.clone() }
    }

    /// The start of the run.
    pub fn start(&self) -> Timestamp {
        self.start
    }

    /// The scenario's own zone.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The instant of the run at which it is `time`, or `None` when that is before the start.
    pub fn instant(&self, time: Timestamp) -> Option<Instant> {
        let micros = time.as_microsecond() - self.start.as_microsecond();
        u64::try_from(micros).ok().map(Instant::from_micros)
    }

    /// The point on the world's time line.
    pub fn timestamp(&self, at: Instant) -> Timestamp {
        let micros = i64::try_from(at.micros()).unwrap_or(i64::MAX);
        let micros = self.start.as_microsecond().saturating_add(micros);
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
    }

    /// What a clock on the wall in `zone` shows.
    pub fn civil(&self, at: Instant, zone: &Zone) -> civil::DateTime {
        zone.rules.to_datetime(self.timestamp(at))
    }

    /// `2026-01-14T03:00:00Z`, with as many decimals as the instant needs.
    pub fn utc(&self, at: Instant) -> String {
        self.timestamp(at).to_string()
    }

    /// `2026-01-13 22:00:00` in `zone`, cut to the second: the form Excel reads as a date.
    pub fn local(&self, at: Instant, zone: &Zone) -> String {
        self.civil(at, zone).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// `Tue 13 Jan 22:00` in the scenario's zone, for people.
    pub fn short(&self, at: Instant) -> String {
        self.civil(at, &self.zone).strftime("%a %-d %b %H:%M").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_time_follows_daylight_saving() {
        let zone = Zone::named("America/New_York").unwrap();
        let start: Timestamp = "2026-03-08T05:00:00Z".parse().unwrap();
        let clock = Clock::new(start, zone.clone());
        let before = Instant::START + Duration::from_hours(1);
        let after = Instant::START + Duration::from_hours(3);
        assert_eq!(clock.local(before, &zone), "2026-03-08 01:00:00");
        assert_eq!(clock.local(after, &zone), "2026-03-08 04:00:00");
    }

    #[test]
    fn an_instant_and_its_timestamp_are_one_to_one() {
        let clock = Clock::new("2026-01-12T00:00:00Z".parse().unwrap(), Zone::utc());
        let at = Instant::from_micros(1_234_567);
        assert_eq!(clock.instant(clock.timestamp(at)), Some(at));
        assert_eq!(clock.utc(at), "2026-01-12T00:00:01.234567Z");
    }
}
