//! A plan as a scenario.

use std::fmt::{self, Write as _};

use super::plan::{
    Cost, DAY, Flaw, HOUR, MINUTE, POLL, Place, Plan, Release, SCAN, SECOND, What, When,
};
use super::route::LINKS;
use crate::oracle::Courier;
use crate::oracle::address::Zone;

/// A time since the start of the run, as the language writes it; the run starts in March 2026.
struct Clock(u64);

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MONTHS: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let (mut day, mut month, mut year) = (self.0 / DAY, 2, 2026);
        let days = |month: usize, year: u64| {
            MONTHS[month] + u64::from(month == 1 && year.is_multiple_of(4))
        };
        while day >= days(month, year) {
            day -= days(month, year);
            month = (month + 1) % 12;
            year += u64::from(month == 0);
        }
        let (hour, minute) = (self.0 / HOUR % 24, self.0 / MINUTE % 60);
        write!(f, "{year}-{:02}-{:02} {hour:02}:{minute:02}", month + 1, day + 1)?;
        let (second, micros) = (self.0 / SECOND % 60, self.0 % SECOND);
        if second + micros > 0 {
            write!(f, ":{second:02}.{micros:06}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cost::Constant(seconds) => write!(f, "{seconds}s"),
            Cost::UpToTwice(seconds) => {
                write!(f, "{{ uniform: {{ min: {seconds}s, max: {}s }} }}", 2 * seconds)
            }
            Cost::Exponential(mean) => write!(f, "{{ exponential: {{ mean: {mean}s }} }}"),
            Cost::PerUpdate(seconds) => write!(f, "{{ base: {seconds}s, per_update: 150ms }}"),
        }
    }
}

impl Plan {
    /// The scenario, ready for `supsim run`.
    pub fn yaml(&self) -> String {
        let mut text = String::new();
        self.write(&mut text).expect("a text can be written to");
        text
    }

    fn write(&self, text: &mut String) -> fmt::Result {
        let name = format!("{:?}", self.lane).to_lowercase();
        let initial = if self.current { "current" } else { "empty" };
        write!(
            text,
            "supsim: 1\nkind: scenario\nname: swarm-{}-{name}\nstart: 2026-03-01 00:00\n\
             duration: {}min\ninitial: {initial}\nseed: {}\n",
            self.seed,
            self.end() / MINUTE,
            self.seed
        )?;
        if self.slow_source {
            text.push_str("source: { wsus: { link: slow } }\n");
        }
        text.push_str("catalogue:\n  baseline: { updates: 20, metadata: 2 MB }\n  releases:\n");
        for (number, release) in self.releases.iter().enumerate() {
            let Release { at, updates, revises, expires, kilobytes } = release;
            writeln!(
                text,
                "    r{number}: {{ when: {{ at: {} }}, updates: {updates}, revises: {revises}, \
                 expires: {expires}, supersedes: 1, metadata: {kilobytes} KB }}",
                Clock(*at)
            )?;
        }
        let timing: Vec<String> =
            self.timing.iter().map(|(what, cost)| format!("{what}: {cost}")).collect();
        writeln!(text, "timing: {{ {} }}", timing.join(", "))?;
        text.push_str(LINKS);
        if !self.routes.is_empty() {
            text.push_str("routes:\n");
        }
        for (number, route) in self.routes.iter().enumerate() {
            writeln!(text, "  r{number}: {route}")?;
        }
        self.write_sync(text)?;
        if self.has_clients() {
            writeln!(
                text,
                "clients: {{ poll_every: {}min, scan: {}s, individually: {} }}\n\
                 sms2003: {{ site: {}, every: 2d, catalogue: 20 KB }}",
                POLL / MINUTE,
                SCAN / SECOND,
                self.individually,
                self.places[0].code
            )?;
        }
        text.push_str("sites:\n");
        for place in &self.places {
            self.write_place(text, place)?;
        }
        self.write_flaws(text)
    }

    fn write_sync(&self, text: &mut String) -> fmt::Result {
        let limit = self.retry_limit.map_or("none".to_owned(), |limit| limit.to_string());
        let order = if self.point_first { "after" } else { "before" };
        writeln!(
            text,
            "sync:\n  schedule: {}\n  \
             retry: {{ every: {}min, limit: {limit}, jitter: {}s }}\n  \
             site_complete: {order}_internet_point",
            self.dates(&self.schedule),
            self.retry_every / MINUTE,
            self.jitter / SECOND
        )
    }

    /// A schedule, by the clock of the top-level site.
    fn dates(&self, schedule: &[u64]) -> String {
        let dates: Vec<String> = self.written(schedule).map(|at| Clock(at).to_string()).collect();
        format!("{{ dates: {{ at: [{}], words: as planned }} }}", dates.join(", "))
    }

    /// What goes wrong or is done, in the words of the language.
    fn words(&self, what: &What) -> String {
        match what {
            What::Words(words) => words.clone(),
            What::Reshapes(reshape) => reshape.to_string(),
            What::Schedules(schedule) => {
                format!("{{ set_schedule: {} }}", self.dates(schedule))
            }
        }
    }

    fn write_place(&self, text: &mut String, place: &Place) -> fmt::Result {
        write!(text, "  {}: {{ ", place.code)?;
        match place.parent {
            None => text.push_str("type: central"),
            Some(parent) => write!(text, "parent: {}", self.places[parent].code)?,
        }
        if place.secondary {
            text.push_str(", type: secondary");
        }
        if !place.point {
            text.push_str(", sup: none");
        } else if place.hopeless {
            text.push_str(", sup: { server: remote, console: missing }");
        } else if place.remote {
            text.push_str(", sup: { server: remote }");
        }
        if let Some(courier) = place.courier {
            let minutes = |micros: u64| format!("{}min", micros / MINUTE);
            let Courier { first, every, export, carry, import, matches } = courier;
            let languages = if matches { "same" } else { "[en]" };
            write!(
                text,
                ", internet_sup: {{ mode: {{ export_import: {{ first: {}, every: {}, export: {}, carry: \
                 {}, import: {}, languages: {languages} }} }} }}",
                minutes(first),
                minutes(every),
                minutes(export),
                minutes(carry),
                minutes(import)
            )?;
        } else if place.internet {
            text.push_str(", internet_sup: { server: dmz, link: slow }");
        }
        if let Some(link) = place.link {
            write!(text, ", link: {link}")?;
        }
        if place.clients != [0; 3] {
            let [intranet, internet, sms2003] = place.clients;
            write!(
                text,
                ", clients: {{ intranet: {intranet}, internet: {internet}, sms2003: {sms2003} }}"
            )?;
        }
        if let Some(route) = place.route {
            write!(text, ", route: r{route}")?;
        }
        match place.zone {
            Zone::Utc => {}
            Zone::Tokyo => text.push_str(", timezone: Asia/Tokyo"),
            Zone::NewYork => text.push_str(", timezone: America/New_York"),
        }
        if self.clock_ahead != 0 && place.code == self.places[self.top()].code {
            write!(text, ", clock_offset: {}s", self.clock_ahead)?;
        }
        text.push_str(" }\n");
        Ok(())
    }

    fn write_flaws(&self, text: &mut String) -> fmt::Result {
        if self.flaws.iter().any(|flaw| !flaw.is_operation()) || self.broken.is_some() {
            text.push_str("faults:\n");
        }
        for flaw in &self.flaws {
            let place = flaw.code.as_ref();
            let place = place.map_or(String::new(), |code| format!("where: {{ code: {code} }}, "));
            let when = match &flaw.when {
                When::Window { from, until } => {
                    format!("window: {{ from: {}, until: {} }}", Clock(*from), Clock(*until))
                }
                When::Windows(windows) => {
                    let windows = windows.iter().map(|(from, until)| {
                        format!("{{ from: {}, until: {} }}", Clock(*from), Clock(*until))
                    });
                    let windows: Vec<String> = windows.collect();
                    format!("schedule: {{ windows: [{}] }}", windows.join(", "))
                }
                When::Renewal { minutes } => format!(
                    "renewal: {{ mtbf: {{ exponential: {{ mean: 1d }} }}, mttr: {{ exponential: {{ \
                     mean: {minutes}min }} }} }}"
                ),
                When::Attempts(numbers) => format!("attempts: {numbers:?}"),
                When::PerAttempt(percent) => format!("per_attempt: {percent}%"),
                When::At(_) => continue,
            };
            let (name, what) = (&flaw.name, self.words(&flaw.what));
            writeln!(text, "  {name}: {{ {place}do: {what}, when: {{ {when} }} }}")?;
        }
        if let Some(code) = &self.broken {
            writeln!(
                text,
                "  for-good: {{ where: {{ code: {code} }}, do: site_down, when: {{ window: {{ \
                 from: {} }} }} }}",
                Clock(self.calm / 2)
            )?;
        }
        if self.flaws.iter().any(Flaw::is_operation) {
            text.push_str("operations:\n");
        }
        for flaw in &self.flaws {
            if let When::At(at) = flaw.when {
                let what = self.words(&flaw.what);
                writeln!(text, "  {}: {{ at: {}, do: {what} }}", flaw.name, Clock(at))?;
            }
        }
        Ok(())
    }
}
