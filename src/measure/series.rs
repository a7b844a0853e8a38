//! How a run went, sampled at even distances.

use std::collections::BTreeMap;

use super::Outcome;
use super::holding::{Holdings, lacks};
use super::syncs::running;
use crate::scenario::{Holder, Scenario, SiteKind, Unit};
use crate::units::{Duration, Instant, SiteId};

/// One value of one group of sites at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// What: `sites_current`, `syncs_running`, `staleness_max`, `staleness_mean`.
    pub metric: &'static str,
    /// Of which kind of site; `None`: of all.
    pub kind: Option<SiteKind>,
    /// When.
    pub at: Instant,
    /// In what it is counted.
    pub unit: Unit,
    /// How much, in whole sites or synchronisations, or \[µs\].
    pub value: u64,
}

/// The samples of a run at `every`, from the start of the run to before its end: by metric, then
/// by kind of site (all first), then by time.
pub fn series(scenario: &Scenario, outcome: &Outcome, every: Duration) -> Vec<Sample> {
    let mut groups: BTreeMap<Option<SiteKind>, Vec<SiteId>> = BTreeMap::new();
    let holdings = Holdings::of(scenario, outcome);
    for (site, number) in scenario.sites.iter().zip(0..) {
        let id = SiteId(number);
        // without a release nobody has rows, and everybody is current
        if !outcome.arrivals.is_empty() && holdings.rows(id).is_empty() {
            continue;
        }
        groups.entry(None).or_default().push(id);
        groups.entry(Some(site.kind)).or_default().push(id);
    }
    let ticks = scenario.duration.micros().div_ceil(every.micros().max(1));
    let ticks: Vec<Instant> = (0..ticks).map(|tick| Instant::START + every * tick).collect();
    let mut parts: [Vec<Sample>; 4] = Default::default();
    for (&kind, sites) in &groups {
        let lacking = Lacking::of(scenario, &holdings, sites);
        let attempts = outcome.attempts.iter();
        let attempts = attempts.filter(|attempt| sites.binary_search(&attempt.site).is_ok());
        let steps = running(scenario, attempts);
        let mut step = 0;
        let mut now = State::default();
        for &at in &ticks {
            while steps.get(step + 1).is_some_and(|next| next.0 <= at) {
                step += 1;
            }
            lacking.go_to(at, &mut now);
            let all = sites.len() as u64;
            let sample = |metric, unit, value| Sample { metric, kind, at, unit, value };
            parts[0].push(sample("sites_current", Unit::Count, all - now.sites));
            parts[1].push(sample("syncs_running", Unit::Count, steps[step].1));
            let oldest = now.oldest.map_or(0, |published| at.since(published).micros());
            parts[2].push(sample("staleness_max", Unit::Time, oldest));
            let ages = u128::from(now.sites) * u128::from(at.micros()) - now.published;
            let mean = u64::try_from(ages / u128::from(all.max(1))).unwrap_or(u64::MAX);
            parts[3].push(sample("staleness_mean", Unit::Time, mean));
        }
    }
    parts.into_iter().flatten().collect()
}

/// What some sites lack at an instant.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    /// How many edges lie behind.
    edges: usize,
    /// How many releases, of the oldest, nobody lacks any more.
    done: usize,
    /// The publication of the oldest release that any of the sites lacks.
    oldest: Option<Instant>,
    /// How many of them lack anything.
    sites: u64,
    /// The sum of the publications of the oldest release that each of them lacks \[µs\].
    published: u128,
}

/// What some sites lack, and when.
struct Lacking {
    /// When a site begins (true) or ceases to lack a release published then, in order.
    edges: Vec<(Instant, bool, Instant)>,
    /// Each release's publication and until when any of the sites lacks it, in order.
    releases: Vec<(Instant, Instant)>,
}

impl Lacking {
    fn of(scenario: &Scenario, holdings: &Holdings<'_>, sites: &[SiteId]) -> Lacking {
        let end = Instant::START + scenario.duration;
        let mut releases: Vec<(Instant, Instant)> = holdings.wanted().map(|at| (at, at)).collect();
        let all: Vec<usize> = (0..releases.len()).collect();
        let mut edges = Vec::new();
        for &site in sites {
            let rows = holdings.rows(site);
            for (published, span) in lacks(scenario, rows, Holder::Site, &all) {
                edges.push((span.from, true, published));
                edges.push((span.until, false, published));
            }
            for (release, row) in releases.iter_mut().zip(rows) {
                release.1 = release.1.max(row.current.unwrap_or(end));
            }
        }
        edges.sort_unstable();
        releases.sort_unstable();
        Lacking { edges, releases }
    }

    /// Takes the state on to a later instant.
    fn go_to(&self, at: Instant, state: &mut State) {
        while let Some(&(when, begins, published)) = self.edges.get(state.edges)
            && when <= at
        {
            if begins {
                state.sites += 1;
                state.published += u128::from(published.micros());
            } else {
                state.sites -= 1;
                state.published -= u128::from(published.micros());
            }
            state.edges += 1;
        }
        // What is in front and over never comes back; what is behind it was published later.
        while self.releases.get(state.done).is_some_and(|&(_, until)| until <= at) {
            state.done += 1;
        }
        let front = self.releases.get(state.done).map(|&(published, _)| published);
        state.oldest = front.filter(|published| *published <= at);
    }
}

#[cfg(test)]
mod tests;
