//! Staleness: how old is what my clients scan against?

use super::axis::{exact, step_for, words};
use super::canvas::{Canvas, PX, Place};
use super::palette;
use super::picture::Picture;
use super::plot::{self, End, Frame};
use super::sheet::Sentence;
use super::shown::Shown;
use super::squeeze::Squeezed;
use super::subject::{Subject, grouped};
use super::tiers::tiers;
use crate::measure::{Tooth, median_staleness, worst_staleness};
use crate::scenario::{Bound, Metric, Scenario, Stat};
use crate::units::{Duration, Instant, SiteId};

pub(super) const QUESTION: &str = "How old is what clients scan against?";
const NOTHING: &str = "No release was published within this run, so nothing can be missing.";
const SIZE: (i32, i32) = (1000, 560);
/// The names at the right end need room.
const NAMES: i32 = 190 * PX;
const FRAME: Frame =
    Frame { left: 84 * PX, right: (SIZE.0 - 24) * PX - NAMES, top: 118 * PX, bottom: 450 * PX };

/// For each tier, the age of the oldest release that its worst site lacks; and what half of all
/// sites do not exceed.
pub fn staleness(shown: &Shown<'_>) -> Picture {
    let subject = Subject::new(shown);
    let (scenario, outcome) = (shown.run.scenario, shown.run.outcome);
    if outcome.arrivals.is_empty() {
        return subject.sheet_of_run(QUESTION, Vec::new()).nothing(SIZE.0, NOTHING);
    }
    let plan = Plan::new(shown);
    let sheet = subject.sheet_of_run(QUESTION, plan.sentences(scenario));
    sheet.picture(SIZE, |canvas| plan.draw(canvas, scenario))
}

/// The worst of some sites.
struct Curve {
    name: String,
    teeth: Vec<Tooth>,
}

struct Plan<'a> {
    curves: Vec<Curve>,
    /// What half of all sites do not exceed, at the edge of each pixel.
    median: Vec<(Instant, Duration)>,
    sites: usize,
    limit: Option<(Duration, &'a str)>,
}

/// How stale any site may be, and the name of that expectation.
fn limit(scenario: &Scenario) -> Option<(Duration, &str)> {
    let asked = scenario.expectations.iter().find(|asked| {
        asked.metric == Metric::Staleness
            && asked.stat == Stat::Max
            && asked.wanted.bound == Bound::AtMost
    })?;
    Some((Duration::from_micros(asked.wanted.value), &asked.name))
}

impl<'a> Plan<'a> {
    fn new(shown: &Shown<'a>) -> Plan<'a> {
        let (scenario, outcome) = (shown.run.scenario, shown.run.outcome);
        let mut sites: Vec<SiteId> = outcome.arrivals.iter().map(|one| one.site).collect();
        sites.dedup();
        let mut curves: Vec<Curve> = Vec::new();
        for tier in tiers(scenario, sites.iter().map(|site| (*site, *site))) {
            let teeth = worst_staleness(scenario, outcome, &tier.members);
            // equal curves are one with both names
            match curves.iter_mut().find(|curve| curve.teeth == teeth) {
                Some(curve) => curve.name = format!("{}, {}", curve.name, tier.name),
                None if tier.members.len() == 1 => curves.push(Curve { name: tier.name, teeth }),
                None => {
                    let name = format!("worst of {}", tier.name);
                    curves.push(Curve { name, teeth });
                }
            }
        }
        let pixels = u64::from((FRAME.right - FRAME.left).unsigned_abs() / PX.unsigned_abs());
        // the last one just before the end, after which nothing is known
        let last = scenario.duration.micros().saturating_sub(1);
        let at = |pixel| u128::from(last) * u128::from(pixel) / u128::from(pixels);
        let at = |pixel| Instant::from_micros(u64::try_from(at(pixel)).unwrap_or(last));
        let instants: Vec<Instant> = (0..=pixels).map(at).collect();
        let median = median_staleness(scenario, outcome, &sites, &instants);
        let median = instants.into_iter().zip(median).collect();
        Plan { curves, median, sites: sites.len(), limit: limit(scenario) }
    }

    /// The oldest that anything lacking ever was, and when.
    fn worst(&self) -> Option<(Duration, Instant)> {
        let teeth = self.curves.iter().flat_map(|curve| &curve.teeth);
        let each = teeth.map(|tooth| (tooth.until.since(tooth.published), tooth.until));
        each.max_by_key(|(age, at)| (*age, std::cmp::Reverse(*at)))
    }

    fn sentences(&self, scenario: &Scenario) -> Vec<Sentence> {
        let Some((age, at)) = self.worst() else {
            return vec![Sentence::Plain("No site ever lacked a release.".to_owned())];
        };
        let mut sentences = Vec::new();
        if let Some((limit, name)) = self.limit
            && age > limit
        {
            let text = format!("Older than the {} that {name} allows.", words(limit));
            sentences.push(Sentence::Alarm(text));
        }
        let text = format!(
            "At the worst a site lacked a release {} old, on {}.",
            words(age),
            scenario.clock.short(at)
        );
        sentences.push(Sentence::Plain(text));
        if self.sites > 1 {
            let fresh = self.median.iter().map(|(_, age)| *age).max().unwrap_or_default();
            let text = format!("Half of the sites never lacked one older than {}.", words(fresh));
            sentences.push(Sentence::Plain(text));
        }
        sentences
    }

    fn draw(&self, canvas: &mut Canvas<'_>, scenario: &Scenario) {
        let window = (Instant::START, Instant::START + scenario.duration);
        let axis = Squeezed::new(window, &[window], FRAME.left, FRAME.right);
        let age = self.worst().map_or(Duration::from_hours(1), |(age, _)| age);
        let limit = self.limit.filter(|(limit, _)| limit.micros() <= 2 * age.micros());
        let highest = age.max(limit.map_or(Duration::ZERO, |(limit, _)| limit));
        let most = highest.micros() + highest.micros() / 12 + 1;
        plot::times(canvas, &axis, &scenario.clock, FRAME);
        let step = step_for(Duration::from_micros(most), 7).micros();
        plot::levels(canvas, FRAME, (step, most), |micros| exact(Duration::from_micros(micros)));
        if let Some((limit, name)) = limit {
            let text = format!("{name}: at most {}", words(limit));
            plot::limit(canvas, FRAME, FRAME.y(limit.micros(), most), &text);
        }
        let mut ends = Vec::new();
        // one site has no half
        if self.sites > 1 {
            let line: Vec<Place> = self
                .median
                .iter()
                .map(|(at, age)| (axis.x(*at), FRAME.y(age.micros(), most)))
                .collect();
            canvas.path(&thinned(line), 2 * PX, palette::AXIS);
            let y = self.median.last().map_or(FRAME.bottom, |(_, age)| FRAME.y(age.micros(), most));
            let name = format!("half of all {}", grouped(self.sites));
            ends.push(End { y, name, colour: palette::QUIET });
        }
        for (curve, (line, text)) in self.curves.iter().zip(palette::SERIES).rev() {
            let corners = corners(&curve.teeth, &axis, most);
            let y = corners.last().map_or(FRAME.bottom, |corner| corner.1);
            canvas.path(&corners, 2 * PX, line);
            ends.push(End { y, name: curve.name.clone(), colour: text });
        }
        plot::name_ends(canvas, FRAME, ends, NAMES);
    }
}

/// The saw-tooth as a line: along the foot where nothing is lacking.
fn corners(teeth: &[Tooth], axis: &Squeezed, most: u64) -> Vec<Place> {
    let mut corners = vec![(FRAME.left, FRAME.bottom)];
    let mut before = Instant::START;
    for tooth in teeth {
        let place = |at: Instant| (axis.x(at), FRAME.y(at.since(tooth.published).micros(), most));
        if tooth.from > before {
            // what is lacking next is lacking later: until then nothing is
            corners.push((axis.x(before), FRAME.bottom));
            corners.push((axis.x(tooth.from), FRAME.bottom));
        }
        corners.push(place(tooth.from));
        corners.push(place(tooth.until));
        before = tooth.until;
    }
    if axis.x(before) < FRAME.right {
        corners.push((axis.x(before), FRAME.bottom));
        corners.push((FRAME.right, FRAME.bottom));
    }
    corners.dedup();
    corners
}

/// Without the places that lie on a level line between two others.
fn thinned(line: Vec<Place>) -> Vec<Place> {
    let mut kept: Vec<Place> = Vec::new();
    for place in line {
        if let [.., one, other] = kept[..]
            && one.1 == other.1
            && other.1 == place.1
        {
            kept.pop();
        }
        kept.push(place);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::chart::sample::{Sample, shown};

    #[test]
    fn the_worst_age_is_in_words_and_the_tiers_are_named_at_their_ends() {
        let (scenario, outcome) = Sample::three_tiers().finish();
        let svg = staleness(&shown(&scenario, &outcome)).svg;
        let latest = outcome.arrivals.iter().filter_map(|one| one.time_to_current()).max();
        let wanted = format!("At the worst a site lacked a release {} old", words(latest.unwrap()));
        for wanted in [wanted.as_str(), "worst of 54 secondaries", "half of all 60"] {
            assert!(svg.contains(wanted), "{wanted} is missing in {svg}");
        }
    }

    #[test]
    fn a_line_rises_as_time_goes_by_and_falls_to_the_foot() {
        let (scenario, outcome) = Sample::one_site().finish();
        let plan = Plan::new(&shown(&scenario, &outcome));
        let window = (Instant::START, Instant::START + scenario.duration);
        let axis = Squeezed::new(window, &[window], FRAME.left, FRAME.right);
        let arrival = &outcome.arrivals[0];
        let age = arrival.time_to_current().unwrap();
        let line = corners(&plan.curves[0].teeth, &axis, age.micros());
        let (from, until) = (axis.x(arrival.published), axis.x(arrival.current.unwrap()));
        let wanted = [
            (FRAME.left, FRAME.bottom),
            (from, FRAME.bottom),
            (until, FRAME.top),
            (until, FRAME.bottom),
            (FRAME.right, FRAME.bottom),
        ];
        assert_eq!(line, wanted);
    }

    #[test]
    fn what_is_level_is_one_stroke() {
        let line = vec![(0, 5), (1, 5), (2, 5), (3, 4), (4, 4), (5, 4), (6, 4)];
        assert_eq!(thinned(line), [(0, 5), (2, 5), (3, 4), (6, 4)]);
    }
}
