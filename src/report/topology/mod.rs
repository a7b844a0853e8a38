//! The hierarchy as a drawing: who synchronises from whom, painted with when each became current.
//!
//! ```text
//!   Scenario (+ Outcome) ──► Topology ──► dot        for Graphviz
//!                                     ──► mermaid    for a page of Markdown
//!                                     ──► org_chart  for Visio
//! ```
//!
//! Specified in `docs/formats.md`. Without results the sites are not coloured.

mod dot;
mod mermaid;
mod org_chart;
mod paint;

use std::io;

use super::chart::release_to_draw;
use super::many::value;
use super::plain::plain;
use super::run::kind_name;
use crate::measure::Outcome;
use crate::scenario::{Scenario, Site, Unit};
use crate::units::{Duration, ReleaseId};
use paint::{Paint, STEPS};

pub use dot::write_dot;
pub use mermaid::{TooManySites, mermaid};
pub use org_chart::write_org_chart;

/// The sites of a scenario, and what became of them.
#[derive(Debug)]
pub struct Topology<'a> {
    scenario: &'a Scenario,
    results: Option<Results>,
}

/// When the sites had a release.
#[derive(Debug)]
struct Results {
    release: Option<ReleaseId>,
    /// By site.
    sites: Vec<State>,
    fastest: Duration,
    slowest: Duration,
}

/// What became of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// No metadata can reach it, or there is no release.
    Outside,
    /// Current so long after publication.
    After(Duration),
    /// Not before the end of the run.
    Never,
}

impl<'a> Topology<'a> {
    /// As described; nothing was run.
    pub fn described(scenario: &'a Scenario) -> Topology<'a> {
        Topology { scenario, results: None }
    }

    /// Painted with when the sites had the release that a chart would draw.
    pub fn painted(scenario: &'a Scenario, outcome: &Outcome) -> Topology<'a> {
        let release = release_to_draw(scenario);
        let mut sites = vec![State::Outside; scenario.sites.len()];
        for arrival in outcome.arrivals.iter().filter(|one| Some(one.release) == release) {
            sites[arrival.site.index()] =
                arrival.time_to_current().map_or(State::Never, State::After);
        }
        let delays = sites.iter().filter_map(|state| match state {
            State::After(delay) => Some(*delay),
            _ => None,
        });
        let slowest = delays.clone().max().unwrap_or(Duration::ZERO);
        let fastest = delays.min().unwrap_or(Duration::ZERO);
        Topology { scenario, results: Some(Results { release, sites, fastest, slowest }) }
    }

    /// What the drawing shows, in a line.
    fn title(&self) -> String {
        let (scenario, name) = (self.scenario, plain(&self.scenario.name));
        let Some(results) = &self.results else { return name };
        match results.release {
            None => format!("{name}: no release is published"),
            Some(release) => {
                let release = &scenario.catalogue.releases[release.index()];
                let when = scenario.clock.short(release.at);
                format!(
                    "{name}: from publication of {} ({when}) until current",
                    plain(&release.name)
                )
            }
        }
    }

    /// The words below the code of a site: its name, and when it was current.
    fn words(&self, number: usize) -> (String, String) {
        (plain(&self.scenario.sites[number].name), self.state(number))
    }

    fn state(&self, number: usize) -> String {
        match self.results.as_ref().map(|results| results.sites[number]) {
            None | Some(State::Outside) => String::new(),
            Some(State::After(delay)) => value(Unit::Time, delay.micros(), 1),
            Some(State::Never) => "never".to_owned(),
        }
    }

    fn paint(&self, number: usize) -> Paint {
        let Some(results) = &self.results else { return Paint::NONE };
        match results.sites[number] {
            State::Outside => Paint::NONE,
            State::Never => Paint::NEVER,
            State::After(delay) => Paint::step(results.step(delay)),
        }
    }

    /// The paints that occur, with what each means.
    fn key(&self) -> Vec<(Paint, String)> {
        let Some(results) = &self.results else { return Vec::new() };
        let mut key = Vec::new();
        let until = |step: usize| {
            let part = u128::from(results.range()) * (step as u128 + 1) / STEPS as u128;
            let part = u64::try_from(part).unwrap_or(u64::MAX);
            value(Unit::Time, results.fastest.micros().saturating_add(part), 1)
        };
        for number in 0..STEPS {
            let is_it = |state: &State| match state {
                State::After(delay) => results.step(*delay) == number,
                _ => false,
            };
            if results.sites.iter().any(is_it) {
                key.push((Paint::step(number), format!("up to {}", until(number))));
            }
        }
        if results.sites.contains(&State::Never) {
            key.push((Paint::NEVER, "never".to_owned()));
        }
        key
    }
}

impl Results {
    /// From the fastest site to the slowest \[µs\].
    fn range(&self) -> u64 {
        self.slowest.micros().saturating_sub(self.fastest.micros())
    }

    /// In which of so many equal steps from the fastest to the slowest a delay falls.
    fn step(&self, delay: Duration) -> usize {
        let beyond = delay.micros().saturating_sub(self.fastest.micros());
        let part = u128::from(beyond) * STEPS as u128;
        // A step ends with its bound: the slowest lies in the last one.
        let step = part.div_ceil(u128::from(self.range().max(1))).saturating_sub(1);
        usize::try_from(step).unwrap_or(STEPS).min(STEPS - 1)
    }
}

/// The kind of a site, and what it lacks.
fn title_of(site: &Site) -> String {
    let kind = kind_name(site.kind);
    let point = if site.sup.is_none() { ", no software update point" } else { "" };
    let internet = if site.internet_sup.is_some() { ", internet-based point" } else { "" };
    format!("{kind}{point}{internet}")
}

#[cfg(test)]
mod tests;
