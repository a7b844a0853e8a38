//! A golden file of today, replication by replication.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::super::run::kind_name;
use super::super::summary::{got, told_releases};
use super::super::{Many, Run};
use super::Golden;
use crate::measure::{Activity, Arrival, Attempt, Blame, Category, Causes, Figure, Stage, values};
use crate::scenario::Scenario;
use crate::units::{Duration, Instant, ReleaseId};

/// Arrivals of one replication that are listed one by one, where there are more: the latest of
/// each release that a summary tells.
const LISTED: usize = 40;

/// A golden file that is being made.
pub struct Gilding {
    parts: [Sha256; 5],
    arrived: Vec<[String; 6]>,
}

/// The ingredients, by their position.
#[derive(Clone, Copy)]
enum Into {
    Topology,
    Faults,
    Times,
    Causes,
    Metrics,
}

impl Gilding {
    /// The most replications that are looked into; of the others, only what they say to what is
    /// expected.
    pub const REPLICATIONS: u32 = 3;

    /// Begins: what is described is the same in every replication.
    pub fn begin(scenario: &Scenario) -> Gilding {
        let mut gilding = Gilding { parts: Default::default(), arrived: Vec::new() };
        gilding.topology(scenario);
        gilding
    }

    /// Looks into one replication, recorded in full.
    pub fn add(&mut self, run: &Run<'_>) {
        self.faults(run);
        self.synchronisations(run);
        self.arrivals(run);
        self.metrics(run);
    }

    /// What all of them came to.
    pub fn finish(self, scenario: &Scenario, many: &Many<'_>) -> Golden {
        let expected = scenario.expectations.iter().zip(many.answers).map(|(asked, answer)| {
            [asked.name.clone(), answer.verdict.name().to_owned(), got(asked, answer)]
        });
        Golden {
            scenario: scenario.name.clone(),
            seed: scenario.seed,
            replications: u32::try_from(many.replications.len()).unwrap_or(u32::MAX),
            fingerprint: self.parts.map(first_bits),
            expected: expected.collect(),
            arrived: self.arrived,
        }
    }

    /// A word, ended by a zero so that two words are never one.
    fn word(&mut self, into: Into, word: &str) {
        self.parts[into as usize].update(word.as_bytes());
        self.parts[into as usize].update([0]);
    }

    fn number(&mut self, into: Into, number: u64) {
        self.parts[into as usize].update(number.to_le_bytes());
    }

    /// An instant, or that there is none.
    fn instant(&mut self, into: Into, at: Option<Instant>) {
        self.number(into, u64::from(at.is_some()));
        self.number(into, at.map_or(0, Instant::micros));
    }

    fn topology(&mut self, scenario: &Scenario) {
        let mut sites: Vec<_> = scenario.sites.iter().collect();
        sites.sort_by(|a, b| a.code.cmp(&b.code));
        for site in sites {
            let parent = site.parent.map(|parent| scenario.sites[parent.index()].code.as_str());
            let link = site.link.map(|link| scenario.links[link.index()].name.as_str());
            let route = site.route.map(|route| scenario.routes[route.index()].name.as_str());
            let [code, kind] = [site.code.as_str(), kind_name(site.kind)];
            for word in
                [code, kind].into_iter().chain([parent, link, route].map(|it| it.unwrap_or("")))
            {
                self.word(Into::Topology, word);
            }
            let points = [site.sup.is_some(), site.internet_sup.is_some()];
            points.into_iter().for_each(|there| self.number(Into::Topology, u64::from(there)));
        }
    }

    fn faults(&mut self, run: &Run<'_>) {
        let mut faults: Vec<_> = run.outcome.faults.iter().collect();
        faults.sort_by_key(|one| (run.fault(one.fault), run.code(one.site), one.from));
        for one in faults {
            self.word(Into::Faults, run.fault(one.fault));
            self.word(Into::Faults, run.code(one.site));
            self.instant(Into::Faults, Some(one.from));
            self.instant(Into::Faults, one.until);
        }
        // so that the faults of one replication are never those of the next
        self.word(Into::Faults, "");
    }

    fn synchronisations(&mut self, run: &Run<'_>) {
        let mut attempts: Vec<&Attempt> = run.outcome.attempts.iter().collect();
        attempts.sort_by_key(|one| (run.code(one.site), one.number));
        for one in attempts {
            self.word(Into::Times, run.code(one.site));
            self.instant(Into::Times, Some(one.start));
            self.instant(Into::Times, one.end);
            self.word(Into::Causes, run.code(one.site));
            self.word(Into::Causes, one.trigger.name());
            self.word(Into::Causes, &run.caused_by(one));
            self.word(Into::Causes, one.ending.name());
            self.word(Into::Causes, one.failure.map_or("", |failure| failure.phase.name()));
            self.word(Into::Causes, one.fault.map_or("", |fault| run.fault(fault)));
        }
        self.word(Into::Times, "");
        self.word(Into::Causes, "");
    }

    fn arrivals(&mut self, run: &Run<'_>) {
        let causes = Causes::of(run.scenario, run.trace, run.outcome);
        let mut arrivals: Vec<&Arrival> = run.outcome.arrivals.iter().collect();
        arrivals.sort_by_key(|one| (run.code(one.site), run.release(one.release), one.release));
        let mut sums: BTreeMap<(ReleaseId, Category), u128> = BTreeMap::new();
        let mut largest: Vec<Option<Stage>> = Vec::with_capacity(arrivals.len());
        for &one in &arrivals {
            for into in [Into::Times, Into::Causes] {
                self.word(into, run.code(one.site));
                self.word(into, run.release(one.release));
            }
            for at in [one.database, one.wsus, one.internet, one.current] {
                self.instant(Into::Times, at);
            }
            let parts = causes.blame(one).as_ref().map(Blame::parts).unwrap_or_default();
            for (stage, length) in &parts {
                self.word(Into::Causes, stage.category.name());
                self.word(Into::Causes, run.code(stage.at));
                self.word(Into::Causes, &stage.behind.path(run.scenario, stage.at));
                let sum = sums.entry((one.release, stage.category)).or_default();
                *sum += u128::from(length.micros());
            }
            // of equal parts the first
            largest.push(parts.iter().rev().max_by_key(|part| part.1).map(|part| part.0));
        }
        self.word(Into::Times, "");
        self.word(Into::Causes, "");
        self.arrived.push(together(run, None, &arrivals, &sums));
        let told = told_releases(run);
        let each = if arrivals.len() <= LISTED { LISTED } else { LISTED / told.len().max(1) };
        for release in told {
            self.arrived.push(together(run, Some(release), &arrivals, &sums));
            for place in listed(&arrivals, release, each) {
                self.arrived.push(row(run, arrivals[place], largest[place]));
            }
        }
    }

    fn metrics(&mut self, run: &Run<'_>) {
        let values = values(run.scenario, run.trace, run.outcome);
        for (asked, value) in run.scenario.expectations.iter().zip(values) {
            self.word(Into::Metrics, &asked.name);
            let (kind, value) = match value {
                None => (0, 0),
                Some(Figure::Never) => (1, 0),
                Some(Figure::Of(value)) => (2, value),
            };
            self.number(Into::Metrics, kind);
            self.number(Into::Metrics, value);
        }
        let activity = Activity::of(run.outcome);
        let counts = [activity.attempts, activity.failed, activity.retries, activity.busiest];
        counts.into_iter().for_each(|count| self.number(Into::Metrics, count as u64));
    }
}

/// The arrivals of one release, or of all, in one row.
fn together(
    run: &Run<'_>,
    release: Option<ReleaseId>,
    arrivals: &[&Arrival],
    sums: &BTreeMap<(ReleaseId, Category), u128>,
) -> [String; 6] {
    let is_meant = |one: ReleaseId| release.is_none_or(|release| release == one);
    let all = arrivals.iter().filter(|one| is_meant(one.release));
    let current = all.clone().filter(|one| one.current.is_some()).count();
    let mut by_category: BTreeMap<Category, u128> = BTreeMap::new();
    for ((_, category), sum) in sums.iter().filter(|((one, _), _)| is_meant(*one)) {
        *by_category.entry(*category).or_default() += sum;
    }
    let most = by_category.iter().rev().max_by_key(|(_, sum)| **sum);
    let attempts = run.outcome.attempts.len();
    [
        run.replication.to_string(),
        "*".to_owned(),
        release.map_or("*", |release| run.release(release)).to_owned(),
        format!("{current} of {}", all.count()),
        if release.is_none() { format!("{attempts} in all") } else { "-".to_owned() },
        most.map_or("-", |(category, _)| category.name()).to_owned(),
    ]
}

/// The positions of the arrivals of a release that are listed: all, or the latest; in the order
/// given.
fn listed(arrivals: &[&Arrival], release: ReleaseId, most: usize) -> Vec<usize> {
    let of_release = |place: &usize| arrivals[*place].release == release;
    let mut places: Vec<usize> = (0..arrivals.len()).filter(of_release).collect();
    if places.len() > most {
        let key = |place: &usize| {
            let delay = arrivals[*place].time_to_current();
            (delay.is_some(), std::cmp::Reverse(delay), *place)
        };
        places.sort_by_key(key);
        places.truncate(most);
        places.sort_unstable();
    }
    places
}

fn row(run: &Run<'_>, one: &Arrival, largest: Option<Stage>) -> [String; 6] {
    let cause = largest.map_or("-".to_owned(), |stage| {
        let path = stage.behind.path(run.scenario, stage.at);
        let at = if stage.at == one.site {
            String::new()
        } else {
            format!(" at {}", run.code(stage.at))
        };
        format!("{}{at} ({path})", stage.category.name())
    });
    [
        run.replication.to_string(),
        run.code(one.site).to_owned(),
        run.release(one.release).to_owned(),
        one.time_to_current().map_or("never".to_owned(), clock_time),
        one.attempt.map_or("-".to_owned(), |number| number.to_string()),
        cause,
    ]
}

/// `25h48m02s`, to the second, halves up.
fn clock_time(delay: Duration) -> String {
    let seconds = (delay.micros() + 500_000) / 1_000_000;
    format!("{}h{:02}m{:02}s", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn first_bits(hash: Sha256) -> u32 {
    let hash = hash.finalize();
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}
