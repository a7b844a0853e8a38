//! The fan: how sure are we? The propagation curve over many replications.

use super::axis::{Elapsed, words};
use super::canvas::{Canvas, PX, Pen, Place, Side};
use super::label::Area;
use super::lettering::Weight;
use super::palette::{self, Colour};
use super::picture::Picture;
use super::plot::{Frame, elapsed};
use super::sheet::Sentence;
use super::shown::Shown;
use super::subject::{Subject, counted, grouped};
use super::tiers::tiers;
use super::wanted::{Wanted, wanted};
use crate::experiment::{Proportion, Spread, needed};
use crate::measure::values;
use crate::report::Run;
use crate::scenario::{Scenario, WHOLE};
use crate::units::{Duration, SiteId};

pub(super) const QUESTION: &str = "How sure are we?";
const NOTHING: &str = "No release was published within this run, so there is nothing to draw.";
const SIZE: (i32, i32) = (1000, 580);
const FRAME: Frame = Frame { left: 72 * PX, right: 948 * PX, top: 128 * PX, bottom: 470 * PX };
/// How sure the bounds of a share are.
const CONFIDENCE: f64 = 0.95;
/// The quantiles drawn \[percent\]: two bands and the line between them.
const QUANTILES: [usize; 5] = [5, 25, 50, 75, 95];

/// The share of sites that are current against the time since publication: the median of the
/// replications, and between which bounds half and nine tenths of them lie.
///
/// Of the sites that the scenario's first goal for this release is about; without one, of all.
pub fn fan(shown: &Shown<'_>, spreads: &[Spread]) -> Picture {
    let subject = Subject::new(shown);
    let goal = wanted(shown.run.scenario, shown.release).next();
    if subject.arrivals.is_empty() || spreads.is_empty() {
        return subject.sheet(QUESTION, Vec::new()).nothing(SIZE.0, NOTHING);
    }
    let plan = Plan::new(shown.run.scenario, goal, spreads, &fan_sites(shown));
    let question = plan.question();
    let mut sheet = subject.sheet(&question, plan.sentences());
    if spreads.len() > 1 {
        sheet.note = subject.note_of(&plan.replications());
    }
    sheet.picture(SIZE, |canvas| plan.draw(canvas))
}

/// The fan of the one replication that is at hand.
pub(super) fn fan_of_one(shown: &Shown<'_>) -> Picture {
    let Run { scenario, trace, outcome, replication } = shown.run;
    let Some(release) = shown.release else { return fan(shown, &[]) };
    // what was not recorded cannot be measured
    let measured = needed(scenario) <= scenario.recording;
    let values = if measured { values(scenario, trace, outcome) } else { Vec::new() };
    fan(shown, &[Spread::of(replication, outcome, values, release, &fan_sites(shown))])
}

/// The sites that a fan of this release is about.
pub fn fan_sites(shown: &Shown<'_>) -> Vec<SiteId> {
    match wanted(shown.run.scenario, shown.release).next() {
        Some(goal) => goal.asked.sites.clone(),
        None => {
            let arrivals = shown.run.outcome.arrivals.iter();
            let arrivals = arrivals.filter(|one| Some(one.release) == shown.release);
            arrivals.map(|arrival| arrival.site).collect()
        }
    }
}

struct Plan<'a> {
    scenario: &'a Scenario,
    goal: Option<Wanted<'a>>,
    spreads: &'a [Spread],
    /// `190 secondaries`.
    whom: String,
    axis: Elapsed,
}

impl<'a> Plan<'a> {
    fn new(
        scenario: &'a Scenario,
        goal: Option<Wanted<'a>>,
        spreads: &'a [Spread],
        sites: &[SiteId],
    ) -> Plan<'a> {
        let tiers = tiers(scenario, sites.iter().map(|site| (*site, ())));
        let whom = match &tiers[..] {
            [one] => one.name.clone(),
            _ => counted(sites.len(), "site"),
        };
        let each = || spreads.iter().flat_map(|one| &one.delays);
        let first = each().min().copied().unwrap_or_default();
        let last = each().max().copied().unwrap_or(scenario.duration);
        let last = goal.map_or(last, |goal| last.max(goal.after));
        // As with the propagation curve: a long wait for the schedule is left out.
        let spread = last.saturating_sub(first);
        let margin = Duration::from_micros(spread.micros() / 8);
        let late = !spread.is_zero() && first > spread;
        let from = if late { first.saturating_sub(margin) } else { Duration::ZERO };
        let until = last + Duration::from_micros(last.saturating_sub(from).micros() / 12);
        let axis = Elapsed::new((from, until), FRAME.left, FRAME.right);
        Plan { scenario, goal, spreads, whom, axis }
    }

    /// In how many replications the goal is met, of those that had anything to measure.
    fn met(&self) -> Option<Proportion> {
        let goal = self.goal?;
        let values = self.spreads.iter().filter_map(|one| one.values.get(goal.position)?.as_ref());
        let (mut held, mut of) = (0, 0);
        for value in values {
            of += 1;
            held += u32::from(goal.asked.wanted.holds(value.value()));
        }
        (of > 0).then_some(Proportion { held, of })
    }

    fn question(&self) -> String {
        match (self.goal, self.met()) {
            (Some(goal), Some(Proportion { held, of })) => {
                let held = grouped(held as usize);
                let of = counted(of as usize, "replication");
                format!("{QUESTION}  {} holds in {held} of {of}", goal.asked.name)
            }
            _ => QUESTION.to_owned(),
        }
    }

    fn sentences(&self) -> Vec<Sentence> {
        if !self.scenario.is_random() {
            let text = "Nothing in this scenario is random: every replication is the same.";
            return vec![Sentence::Plain(text.to_owned())];
        }
        let mut sentences = Vec::new();
        if let Some(met) = self.met().filter(|met| met.of > 1) {
            let (low, high) = met.between(CONFIDENCE);
            let text = format!(
                "With 95\u{2009}% confidence it holds in {} to {} of all that could be.",
                percent(low, false),
                percent(high, true)
            );
            sentences.push(Sentence::Plain(text));
        }
        // the moment at which half of the sites are current
        let half = self.spreads.iter().map(|one| {
            one.delays.get(one.sites.div_ceil(2).max(1) - 1).copied().unwrap_or(Duration::MAX)
        });
        let mut half: Vec<Duration> = half.collect();
        half.sort_unstable();
        let at = |percent| half[rank(half.len(), percent)];
        if half.len() > 1 && at(95) < Duration::MAX {
            let (low, high) = (words(at(5)), words(at(95)));
            let text = if low == high {
                format!("Half of the {} have it after {low} nearly always.", self.whom)
            } else {
                format!("Half of the {} have it after {low} to {high}.", self.whom)
            };
            sentences.push(Sentence::Plain(text));
        } else if half.len() == 1 {
            sentences.push(Sentence::Plain("One replication says nothing of chance.".to_owned()));
        }
        sentences
    }

    /// `replications 0 to 49`.
    fn replications(&self) -> String {
        match self.spreads {
            [one] => format!("replication {}", one.number),
            [first, .., last] => format!("replications {} to {}", first.number, last.number),
            [] => String::new(),
        }
    }

    fn draw(&self, canvas: &mut Canvas<'_>) {
        let columns = self.columns();
        let band = |low: usize, high: usize| band(&columns, low, high, self.sites());
        canvas.polygon(&band(0, 4), palette::SCALE[1]);
        canvas.polygon(&band(1, 3), palette::SCALE[2]);
        elapsed(canvas, FRAME, &self.axis);
        canvas.path(&edge(&columns, 2, self.sites()), 2 * PX, palette::SERIES[0].1);
        let mut key = FRAME.left;
        let many = self.spreads.len();
        let nine_tenths = format!("nine tenths of {}", counted(many, "replication"));
        let meanings: [(&str, Colour, i32); 3] = [
            (
                if many == 1 { "the only replication" } else { "median" },
                palette::SERIES[0].1,
                3 * PX,
            ),
            ("half of them", palette::SCALE[2], 12 * PX),
            (&nine_tenths, palette::SCALE[1], 12 * PX),
        ];
        let y = FRAME.bottom + 62 * PX;
        // one replication has no spread
        let meanings = if many == 1 { &meanings[..1] } else { &meanings[..] };
        for &(words, colour, thick) in meanings {
            canvas.rect((key, y - thick / 2), (18 * PX, thick), colour);
            canvas.text(words, (key + 24 * PX, y), Side::Right, Pen::SCALE);
            key += 24 * PX + Pen::SCALE.width(words) + 22 * PX;
        }
        let whom = match self.sites() {
            1 => format!("is it current? ({})", self.whom),
            _ => format!("share of the {} that are current", self.whom),
        };
        let pen = Pen { size: 12, weight: Weight::Heavy, colour: palette::INK };
        canvas.text(&whom, (FRAME.left, FRAME.top - 18 * PX), Side::Right, pen);
        if let Some(goal) = self.goal {
            self.cross(canvas, goal, &columns);
        }
    }

    fn sites(&self) -> u64 {
        self.spreads.first().map_or(1, |one| one.sites as u64)
    }

    /// For each pixel, how many sites are current by then: the quantiles of the replications.
    fn columns(&self) -> Vec<(i32, [u64; 5])> {
        let mut next = vec![0_usize; self.spreads.len()];
        let mut counts = vec![0_u64; self.spreads.len()];
        let mut columns: Vec<(i32, [u64; 5])> = Vec::new();
        let mut x = FRAME.left;
        while x <= FRAME.right {
            for ((spread, next), count) in self.spreads.iter().zip(&mut next).zip(&mut counts) {
                while spread.delays.get(*next).is_some_and(|delay| self.axis.x(*delay) <= x) {
                    *next += 1;
                }
                *count = *next as u64;
            }
            let mut sorted = counts.clone();
            sorted.sort_unstable();
            let quantiles = QUANTILES.map(|percent| sorted[rank(sorted.len(), percent)]);
            if columns.last().is_none_or(|(_, before)| *before != quantiles) || x == FRAME.right {
                columns.push((x, quantiles));
            }
            x += PX;
        }
        columns
    }

    /// The goal: where the curve must be above and to the left of.
    fn cross(&self, canvas: &mut Canvas<'_>, goal: Wanted<'_>, columns: &[(i32, [u64; 5])]) {
        let y = FRAME.y(goal.share, WHOLE);
        let x = self.axis.x(goal.after);
        let arm = 8 * PX;
        for (thick, colour, arm) in
            [(7 * PX, palette::PAPER, arm + 2 * PX), (3 * PX, palette::FAILED_TEXT, arm)]
        {
            canvas.line((x - arm, y), (x + arm, y), thick, colour);
            canvas.line((x, y - arm), (x, y + arm), thick, colour);
        }
        let share = percent(goal.share as f64 / WHOLE as f64, false);
        let text = format!("wanted: {share} after {}", words(goal.after));
        let pen = Pen { size: 12, weight: Weight::Heavy, colour: palette::FAILED_TEXT };
        let size = (pen.width(&text), 18 * PX);
        let gap = arm + 6 * PX;
        let places = [
            (x - gap - size.0, y),
            (x + gap, y),
            (x + 4 * PX, y + 24 * PX),
            (x - 4 * PX - size.0, y + 24 * PX),
        ];
        let mut places = places.map(|(left, middle)| Area::level(left, middle, size)).into_iter();
        let inside = |area: &Area| area.left >= FRAME.left && area.right <= FRAME.right;
        // Where every place lies on the curve, none is better than another.
        if let Some(area) = places.find(|area| inside(area) && !self.is_crossed(columns, area)) {
            let middle = (area.top + area.bottom) / 2;
            canvas.text(&text, (area.left, middle), Side::Right, pen);
        } else {
            let middle = FRAME.bottom + 62 * PX;
            canvas.text(&text, (FRAME.right, middle), Side::Left, pen);
        }
    }

    /// Does anything of the curve lie in this area?
    fn is_crossed(&self, columns: &[(i32, [u64; 5])], area: &Area) -> bool {
        let y = |count| FRAME.y(count, self.sites());
        columns.windows(2).any(|pair| {
            let ((left, from), (right, until)) = (pair[0], pair[1]);
            let beside = right < area.left || left > area.right;
            // the lowest quantile stands lowest on the paper, the highest follows in the next pair
            let beyond = y(from[0]) < area.top || y(until[4].max(from[4])) > area.bottom;
            !beside && !beyond
        })
    }
}

/// The place of a quantile among so many, by nearest rank.
fn rank(count: usize, percent: usize) -> usize {
    (count * percent).div_ceil(100).max(1) - 1
}

/// A share in percent with a decimal where it needs one, rounded away from the middle.
fn percent(share: f64, up: bool) -> String {
    // a share of a thousand-millionth is nothing that a float could have gained or lost
    let tenths = (share * 1_000_000.0 + 0.5) as u64;
    let tenths = if up { tenths.div_ceil(1_000) } else { tenths / 1_000 };
    match tenths % 10 {
        0 => format!("{}\u{2009}%", tenths / 10),
        tenth => format!("{}.{tenth}\u{2009}%", tenths / 10),
    }
}

/// A quantile as steps.
fn edge(columns: &[(i32, [u64; 5])], which: usize, sites: u64) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for (x, counts) in columns {
        let y = FRAME.y(counts[which], sites);
        if let Some((_, before)) = places.last().copied()
            && before != y
        {
            places.push((*x, before));
        }
        if places.last() != Some(&(*x, y)) {
            places.push((*x, y));
        }
    }
    places
}

/// The area between two quantiles.
fn band(columns: &[(i32, [u64; 5])], low: usize, high: usize, sites: u64) -> Vec<Place> {
    let mut places = edge(columns, low, sites);
    places.extend(edge(columns, high, sites).into_iter().rev());
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::chart::sample::{self, Sample, shown};
    use crate::scenario::{Bound, Expectation, Goal, Holder, Metric, Stat};
    use crate::units::ReleaseId;

    fn spread(number: u32, minutes: &[u64]) -> Spread {
        let delays = minutes.iter().map(|minutes| Duration::from_mins(*minutes)).collect();
        Spread { number, delays, sites: 3, values: vec![None] }
    }

    fn asked(minutes: u64) -> Expectation {
        Expectation {
            name: "quick".to_owned(),
            metric: Metric::TimeToCurrent,
            stat: Stat::Max,
            sites: vec![SiteId(0), SiteId(1), SiteId(2)],
            everywhere: true,
            release: Vec::new(),
            releases: vec![ReleaseId(0)],
            part: Holder::Site,
            after: None,
            during: None,
            wanted: Goal { bound: Bound::AtMost, value: minutes * 60_000_000 },
            must_hold: None,
            only_warns: false,
            allow_no_data: false,
        }
    }

    #[test]
    fn quantiles_are_those_of_the_replications_at_each_moment() {
        let (scenario, _) = Sample::three_sites().finish();
        let spreads = [spread(0, &[10, 20, 30]), spread(1, &[10, 30, 40]), spread(2, &[10, 50])];
        let plan = Plan::new(&scenario, None, &spreads, &[SiteId(0), SiteId(1), SiteId(2)]);
        let at = |minutes| {
            let x = plan.axis.x(Duration::from_mins(minutes)) + PX;
            let columns = plan.columns();
            columns[columns.partition_point(|(left, _)| *left <= x) - 1].1
        };
        assert_eq!(at(5), [0; 5]);
        assert_eq!(at(12), [1; 5]);
        assert_eq!(at(32), [1, 1, 2, 3, 3]);
        assert_eq!(at(52), [2, 2, 3, 3, 3], "the third never came to the third site");
    }

    #[test]
    fn the_title_says_in_how_many_the_goal_is_met_and_a_sentence_how_sure_that_is() {
        let (mut scenario, outcome) = Sample::three_sites().finish();
        scenario.expectations.push(asked(35));
        // chance: the sites of the sample would do without
        scenario.timings.clear();
        let figure = |minutes: u64| Some(crate::measure::Figure::Of(minutes * 60_000_000));
        let mut spreads = vec![spread(0, &[10, 20, 30]), spread(1, &[10, 30, 40])];
        spreads[0].values = vec![figure(30)];
        spreads[1].values = vec![figure(40)];
        let goal = wanted(&scenario, Some(ReleaseId(0))).next();
        let plan = Plan::new(&scenario, goal, &spreads, &[SiteId(0), SiteId(1), SiteId(2)]);
        assert_eq!(plan.question(), "How sure are we?  quick holds in 1 of 2 replications");
        let picture = fan(&shown(&scenario, &outcome), &spreads);
        sample::assert_legible("fan", &picture);
        for wanted in ["wanted: 100\u{2009}% after 35 min", "replications 0 to 1"] {
            assert!(picture.svg.contains(wanted), "{wanted} is missing: {}", picture.svg);
        }
    }

    #[test]
    fn a_bound_is_never_rounded_towards_the_better() {
        assert_eq!(percent(0.0, false), "0\u{2009}%");
        assert_eq!(percent(0.071_121, true), "7.2\u{2009}%");
        assert_eq!(percent(0.928_879, false), "92.8\u{2009}%");
        assert_eq!(percent(1.0, true), "100\u{2009}%");
        assert_eq!(percent(0.95, false), "95\u{2009}%");
    }
}
