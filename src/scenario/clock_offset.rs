use std::fmt;

use jiff::{SignedDuration, Timestamp};

use super::quantity;
use super::reader::{Reader, Wrong};
use super::yaml::Node;
use crate::units::{Duration, Instant};

/// The clock of a site server is wrong by no more than this; Kerberos refuses it long before.
const MOST: Duration = Duration::from_hours(24);

/// How far the clock of a site is wrong.
///
/// What the site decides by its clock happens when its clock says so: the schedule of the top-level
/// site (T1). What it writes bears its time: its log. What is measured and stored is the right time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClockOffset {
    /// \[µs\]; positive: the clock is ahead.
    micros: i64,
}

impl ClockOffset {
    /// When a clock that is so wrong shows what a right one shows at `shown`; `None` when that is
    /// before the run begins.
    pub fn really(self, shown: Instant) -> Option<Instant> {
        let micros = i64::try_from(shown.micros()).ok()?.checked_sub(self.micros)?;
        u64::try_from(micros).ok().map(Instant::from_micros)
    }

    /// What the clock shows when it is really that time.
    pub fn shown(self, really: Timestamp) -> Timestamp {
        really.checked_add(SignedDuration::from_micros(self.micros)).unwrap_or(really)
    }

    /// Is the clock right?
    pub const fn is_right(self) -> bool {
        self.micros == 0
    }
}

/// The way the language writes it: `90s`, `-5min`.
impl fmt::Display for ClockOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = Duration::from_micros(self.micros.unsigned_abs());
        let sign = if self.micros < 0 { "-" } else { "" };
        f.pad(&format!("{sign}{by}"))
    }
}

impl Reader {
    /// `clock_offset`: a duration, with `-` before it when the clock is behind.
    pub fn clock_offset(&mut self, node: &Node<'_>) -> Option<ClockOffset> {
        let text = self.scalar(node, "`clock_offset`")?;
        let (behind, length) = match text.strip_prefix('-') {
            Some(length) => (true, length),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let by = self.check(node.place, quantity::duration(length))?;
        let micros = i64::try_from(by.micros()).ok().filter(|_| by <= MOST);
        let micros = micros.ok_or_else(|| {
            let note = format!("at most {MOST}, ahead or (with `-`) behind");
            Wrong::new("E0208", "no clock is so wrong".to_owned(), note)
        });
        let micros = self.check(node.place, micros)?;
        Some(ClockOffset { micros: if behind { -micros } else { micros } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Overrides, Scenario};

    fn read(offset: &str) -> ClockOffset {
        let text = format!(
            "supsim: 1\nkind: scenario\nname: given\nstart: 2026-01-13 00:00\n\
             sites: {{ CEN: {{ clock_offset: {offset} }} }}\n"
        );
        let read = Scenario::parse("given.yaml", &text, &Overrides::default());
        read.unwrap_or_else(|report| panic!("{report}")).0.sites[0].clock_offset
    }

    #[test]
    fn a_clock_may_be_ahead_or_behind_and_is_written_as_it_is_read() {
        for (text, micros, written) in
            [("90s", 90_000_000, "1min30s"), ("-5min", -300_000_000, "-5min"), ("0s", 0, "0s")]
        {
            let offset = read(text);
            assert_eq!((offset.micros, offset.to_string().as_str()), (micros, written));
            assert_eq!(read(written), offset);
        }
    }

    #[test]
    fn a_clock_that_is_ahead_shows_a_time_before_it_has_come() {
        let at = |minutes| Instant::START + Duration::from_mins(minutes);
        assert_eq!(read("5min").really(at(60)), Some(at(55)));
        assert_eq!(read("-5min").really(at(60)), Some(at(65)));
        assert_eq!(read("5min").really(at(3)), None, "before the run");
        let noon: Timestamp = "2026-01-13T12:00:00Z".parse().unwrap();
        assert_eq!(read("-5min").shown(noon).to_string(), "2026-01-13T11:55:00Z");
    }
}
