//! What the smallest thing is that breaks an expectation: of the faults there are, or of an outage
//! that is offered to one site after another.
//!
//! ```text
//!   Surface { tolerances } ──► text, chart::surface      for a planner
//!   Reduced { smallest }   ──► text
//!                both      ──► JSON, and a surface CSV   for a program
//!   two runs, one without it ──► why                     what it delays, and by what
//! ```

mod data;
mod text;
mod why;

pub use data::{reduced_json, surface_json, write_surface};
pub use text::{reduced_text, surface_text};
pub use why::what_it_does;

use super::many::value;
use super::plain::plain;
use crate::experiment::{Offer, Reply, Smallest, Tolerance};
use crate::measure::Figure;
use crate::scenario::{Expectation, Scenario};
use crate::units::{Duration, FaultId, SiteId};

/// How much outage each site can stand.
#[derive(Clone, Copy, Debug)]
pub struct Surface<'a> {
    /// The world, with the expectation that is asked alone.
    pub scenario: &'a Scenario,
    /// How many replications answer together.
    pub replications: u32,
    /// The outage that was tried.
    pub offer: Offer,
    /// What each site stands: the least first, everything last.
    pub tolerances: &'a [Tolerance],
    /// The names of the scenario's own faults that were kept beside it.
    pub beside: &'a [String],
    /// What the world says without any outage of it.
    pub without: Reply,
    /// What it says with the shortest that breaks it; `None`: none does.
    pub broken: Option<Broken<'a>>,
    /// The command that repeats it.
    pub repeat: &'a str,
}

/// The fewest and shortest of the faults there are.
#[derive(Clone, Copy, Debug)]
pub struct Reduced<'a> {
    /// The world as it was, with the expectation that is asked alone.
    pub scenario: &'a Scenario,
    /// How many replications answer together.
    pub replications: u32,
    /// What the world says with all faults.
    pub all: Reply,
    /// What it says without any.
    pub without: Reply,
    /// What was found, and what the world says with that alone; `None`: it holds with all of them.
    pub found: Option<(&'a Smallest, Broken<'a>)>,
    /// The command that repeats it.
    pub repeat: &'a str,
}

/// A world that breaks it.
#[derive(Clone, Copy, Debug)]
pub struct Broken<'a> {
    /// What it says.
    pub reply: Reply,
    /// Why, where the record tells.
    pub because: Option<&'a str>,
    /// The file that holds it; `None`: none was written.
    pub file: Option<&'a str>,
}

impl<'a> Surface<'a> {
    /// What is asked.
    pub fn asked(&self) -> &'a Expectation {
        &self.scenario.expectations[0]
    }

    /// The word of what goes wrong: `link_down`.
    pub fn effect(&self) -> String {
        self.scenario.faults[self.offer.fault.index()].effect.word()
    }

    /// The longest outage that was tried.
    pub fn most(&self) -> Duration {
        Duration::from_mins(self.offer.most)
    }

    /// Those that some outage breaks, the shortest first, and those that stand every one.
    pub fn parted(&self) -> (&'a [Tolerance], &'a [Tolerance]) {
        let broken = self.tolerances.partition_point(|one| one.breaks.is_some());
        self.tolerances.split_at(broken)
    }

    /// The code of a site and what it is called: its name, or else the city of its time zone where
    /// that is not the scenario's own.
    pub fn called(&self, site: SiteId) -> (&'a str, String) {
        let described = &self.scenario.sites[site.index()];
        let zone = described.zone.name();
        let name = match described.name.as_str() {
            "" if zone != self.scenario.clock.zone().name() => {
                zone.rsplit('/').next().unwrap_or(zone).replace('_', " ")
            }
            name => plain(name),
        };
        (&described.code, name)
    }

    /// `link_down at one site at a time, from Tue 13 Jan 22:00, up to 12 h`.
    pub fn offered(&self) -> String {
        let from = self.scenario.clock.short(self.offer.from);
        format!(
            "{} at one site at a time, from {from}, up to {}",
            self.effect(),
            length(self.most())
        )
    }
}

/// A length of whole minutes: `47 min`, `2 h 3 min`.
pub(in crate::report) fn length(duration: Duration) -> String {
    let minutes = duration.micros() / Duration::from_mins(1).micros();
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// `90.5 %`, `never`, `nothing to measure`.
fn came(asked: &Expectation, reply: Reply) -> String {
    match reply.worst {
        Some(Figure::Of(worst)) => value(asked.metric.unit(), worst, 1),
        Some(Figure::Never) => "never".to_owned(),
        None => "nothing to measure".to_owned(),
    }
}

/// The names of the faults that are not part of what was found.
fn left_out<'a>(scenario: &'a Scenario, found: &Smallest) -> Vec<&'a str> {
    let all = scenario.faults.iter().zip(0..);
    let others = all.filter(|(_, number)| !found.faults.contains(&FaultId(*number)));
    others.map(|(fault, _)| fault.name.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_told_to_the_minute() {
        let told = |minutes| length(Duration::from_mins(minutes));
        assert_eq!(
            [told(1), told(60), told(123), told(2_940)],
            ["1 min", "1 h", "2 h 3 min", "49 h"]
        );
    }
}
