//! What a picture is about, in words: the release, the scenario, and how to draw it again.

use super::super::digits::in_threes_if_long;
use super::axis::{exact, words};
use super::canvas::PX;
use super::lettering::{Weight, fitted};
use super::sheet::{Sentence, Sheet};
use super::shown::Shown;
use crate::measure::Arrival;
use crate::scenario::{Clock, Release, Scenario};
use crate::units::{Duration, Instant, ReleaseId};

/// The release worth a picture when none was named: the one with the most metadata, the first of
/// equals. One that is never asked for (U2) only when there is no other. `None` when the scenario
/// has no release.
pub fn release_to_draw(scenario: &Scenario) -> Option<ReleaseId> {
    let releases = &scenario.catalogue.releases;
    let wanted = scenario.wanted();
    let rank = |number: usize| (wanted[number].is_some(), releases[number].metadata);
    let largest = (0..releases.len()).map(rank).max()?;
    let found = (0..releases.len()).find(|number| rank(*number) == largest)?;
    u32::try_from(found).ok().map(ReleaseId)
}

/// The release of that name; of a release that recurs, its first occurrence unless `#n` says which.
pub fn release_named(scenario: &Scenario, name: &str) -> Option<ReleaseId> {
    let releases = &scenario.catalogue.releases;
    let first = format!("{name}#1");
    position(releases, |release| release.name == name)
        .or_else(|| position(releases, |release| release.name == first))
}

fn position(releases: &[Release], is_it: impl Fn(&Release) -> bool) -> Option<ReleaseId> {
    let found = releases.iter().position(is_it)?;
    u32::try_from(found).ok().map(ReleaseId)
}

/// What the pictures say of their run and its release.
pub(super) struct Subject<'a> {
    /// The release drawn.
    pub release: Option<&'a Release>,
    /// What became of it at every site that it could reach.
    pub arrivals: Vec<&'a Arrival>,
    /// The world.
    pub scenario: &'a Scenario,
    shown: Shown<'a>,
}

impl<'a> Subject<'a> {
    /// What the run says of the release.
    pub(super) fn new(shown: &Shown<'a>) -> Self {
        let Shown { run, release, .. } = *shown;
        let arrivals = run.outcome.arrivals.iter().filter(|one| Some(one.release) == release);
        let releases = &run.scenario.catalogue.releases;
        let known = release.and_then(|release| releases.get(release.index()));
        Self { release: known, arrivals: arrivals.collect(), scenario: run.scenario, shown: *shown }
    }

    /// The words of a picture about the release.
    pub(super) fn sheet<'q>(&self, question: &'q str, sentences: Vec<Sentence>) -> Sheet<'q> {
        Sheet { question, heading: self.heading(), sentences, note: self.note() }
    }

    /// The words of a picture about the whole run.
    pub(super) fn sheet_of_run<'q>(
        &self,
        question: &'q str,
        sentences: Vec<Sentence>,
    ) -> Sheet<'q> {
        Sheet { question, heading: self.heading_of_run(), sentences, note: self.note() }
    }

    /// Below the title: scenario, release with its time, sites, seed.
    pub(super) fn heading(&self) -> String {
        let scenario = self.scenario;
        let release = self.release.map_or_else(
            || "no release".to_owned(),
            |release| {
                let when = full(&scenario.clock, release.at);
                format!("{}, published {when}", brief(&release.name))
            },
        );
        let sites = counted(scenario.sites.len(), "site");
        let (name, seed) = (brief(&scenario.name), scenario.seed);
        format!("{name}  \u{B7}  {release}  \u{B7}  {sites}  \u{B7}  seed {seed}")
    }

    /// Below the title of a picture of the whole run: scenario, its time, sites, seed.
    pub(super) fn heading_of_run(&self) -> String {
        let scenario = self.scenario;
        let from = full(&scenario.clock, Instant::START);
        let lasts = exact(scenario.duration);
        let sites = counted(scenario.sites.len(), "site");
        let (name, seed) = (brief(&scenario.name), scenario.seed);
        format!("{name}  \u{B7}  {lasts} from {from}  \u{B7}  {sites}  \u{B7}  seed {seed}")
    }

    /// How long each site took that became current, the fastest first.
    pub(super) fn delays(&self) -> Vec<Duration> {
        let mut delays: Vec<_> =
            self.arrivals.iter().filter_map(|arrival| arrival.time_to_current()).collect();
        delays.sort_unstable();
        delays
    }

    /// How many sites never became current.
    pub(super) fn never(&self) -> usize {
        self.arrivals.iter().filter(|arrival| arrival.current.is_none()).count()
    }

    /// Which sites never became current, as a sentence without its stop; `None` when there are none.
    pub(super) fn never_in_words(&self) -> Option<String> {
        let (never, all) = (self.never(), self.arrivals.len());
        let whom = match (never, all) {
            (0, _) => return None,
            (1, 1) => "The only site".to_owned(),
            (never, all) if never == all => format!("None of the {} sites ever", grouped(all)),
            (never, all) => format!("{} of {} sites never", grouped(never), grouped(all)),
        };
        let verb = if (never, all) == (1, 1) { " never became" } else { " became" };
        Some(format!("{whom}{verb} current before the run ended"))
    }

    /// Who never became current, and when the others were.
    pub(super) fn sentences(&self) -> Vec<Sentence> {
        let never = self.never_in_words().map(|words| Sentence::Alarm(words + "."));
        let milestones = self.milestones().map(|words| Sentence::Plain(words + "."));
        [never, milestones].into_iter().flatten().collect()
    }

    /// When half, nearly all and all sites were current, as a sentence without its stop.
    pub(super) fn milestones(&self) -> Option<String> {
        let delays = self.delays();
        let all = self.arrivals.len();
        let last = words(*delays.last()?);
        if all == 1 {
            return Some(format!("The only site was current after {last}"));
        }
        let at = |percent: usize| delays.get((all * percent).div_ceil(100).max(1) - 1);
        let (half, most) = (at(50).copied().map(words), at(95).copied().map(words));
        let whole = delays.len() == all;
        let end = if whole { "all" } else { "the last of the others" };
        let Some(half) = half.filter(|half| *half != last) else {
            let whom = if whole { "All sites were" } else { "The last of the others was" };
            return Some(format!("{whom} current after {last}"));
        };
        let most = most.filter(|most| *most != last);
        let most = most.map(|most| format!(", 95\u{2009}% after {most}")).unwrap_or_default();
        Some(format!("Half of the sites were current after {half}{most}, {end} after {last}"))
    }

    /// At the foot: scenario, seed, replication, and the command that gives the same run again.
    pub(super) fn note(&self) -> String {
        let all = grouped(self.scenario.replications as usize);
        match self.scenario.replications {
            0 | 1 => self.note_of(""),
            _ => self.note_of(&format!("replication {} (of {all})", self.shown.run.replication)),
        }
    }

    /// The same of those replications.
    pub(super) fn note_of(&self, replications: &str) -> String {
        let (name, seed) = (brief(&self.scenario.name), self.scenario.seed);
        let mut note = format!("{name}  \u{B7}  seed {seed}");
        let repeat = match self.shown.repeat {
            "" => String::new(),
            repeat => format!("repeat: {repeat}"),
        };
        for part in [replications, &repeat].into_iter().filter(|part| !part.is_empty()) {
            note += &format!("  \u{B7}  {part}");
        }
        note
    }
}

/// A name so short that what follows it can still be read.
pub(super) fn brief(name: &str) -> String {
    fitted(name, 13, Weight::Regular, 200 * PX)
}

/// `1 site`, `2 sites`, `10 000 sites`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(count))
}

/// Digits in groups of three, from ten thousand on.
pub(super) fn grouped(count: usize) -> String {
    in_threes_if_long(count, "\u{2009}")
}

/// `Tue 13 Jan 2026 13:00 America/New_York`.
pub(super) fn full(clock: &Clock, at: Instant) -> String {
    let zone = clock.zone();
    format!("{} {zone}", clock.civil(at, zone).strftime("%a %-d %b %Y %H:%M"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Outcome;
    use crate::report::chart::sample::{Sample, shown};
    use crate::units::Bytes;

    #[test]
    fn the_largest_release_is_drawn_and_the_first_of_equals() {
        let (mut scenario, _) = Sample::one_site().finish();
        let first = scenario.catalogue.releases[0].clone();
        let named = |name: &str, bytes| Release {
            name: name.to_owned(),
            metadata: Bytes(bytes),
            ..first.clone()
        };
        scenario.catalogue.releases =
            vec![named("small", 5), named("big#1", 9), named("big#2", 9), named("tiny", 1)];
        assert_eq!(release_to_draw(&scenario), Some(ReleaseId(1)));
        assert_eq!(release_named(&scenario, "big"), Some(ReleaseId(1)));
        assert_eq!(release_named(&scenario, "big#2"), Some(ReleaseId(2)));
        assert_eq!(release_named(&scenario, "none"), None);
        scenario.catalogue.releases.clear();
        assert_eq!(release_to_draw(&scenario), None);
    }

    #[test]
    fn sites_that_never_became_current_are_said_in_words() {
        let (scenario, mut outcome) = Sample::three_sites().finish();
        let said = |outcome: &Outcome| Subject::new(&shown(&scenario, outcome)).never_in_words();
        assert_eq!(said(&outcome), None);
        outcome.arrivals[2].current = None;
        let words = said(&outcome).unwrap();
        assert_eq!(words, "1 of 3 sites never became current before the run ended");
        outcome.arrivals.iter_mut().for_each(|arrival| arrival.current = None);
        let words = said(&outcome).unwrap();
        assert_eq!(words, "None of the 3 sites ever became current before the run ended");
    }

    #[test]
    fn nothing_is_said_twice() {
        let said = |outcome: &Outcome, scenario: &Scenario| {
            Subject::new(&shown(scenario, outcome)).milestones().unwrap()
        };
        let (scenario, mut outcome) = Sample::three_sites().finish();
        let wanted = "Half of the sites were current after 9 h 22 min, all after 10 h 28 min";
        assert_eq!(said(&outcome, &scenario), wanted);
        outcome.arrivals[1].current = None;
        outcome.arrivals[2].current = None;
        let wanted = "The last of the others was current after 9 h 12 min";
        assert_eq!(said(&outcome, &scenario), wanted);
    }

    #[test]
    fn large_counts_are_grouped() {
        assert_eq!(counted(1, "site"), "1 site");
        assert_eq!(counted(9_999, "site"), "9999 sites");
        assert_eq!(counted(1_210_000, "site"), "1\u{2009}210\u{2009}000 sites");
    }
}
