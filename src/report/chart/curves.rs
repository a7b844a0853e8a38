//! Several designs: how much of each has it, and when? The median over replications, a line each.

use super::axis::{Elapsed, words};
use super::canvas::{Canvas, PX, Pen, Place, Side};
use super::lettering::Weight;
use super::palette;
use super::picture::Picture;
use super::plot::{End, Frame, elapsed, name_ends};
use super::sheet::{Sentence, Sheet};
use super::subject::{brief, counted};
use super::wanted::{Wanted, wanted};
use crate::experiment::Spread;
use crate::scenario::{Scenario, WHOLE};
use crate::units::{Duration, ReleaseId, SiteId};

/// What it answers.
pub(super) const QUESTION: &str = "Which design has it sooner?";

const SIZE: (i32, i32) = (1000, 560);
const FRAME: Frame = Frame { left: 72 * PX, right: 808 * PX, top: 128 * PX, bottom: 470 * PX };
/// The room for the names at the ends of the lines.
const NAMES: i32 = 168 * PX;

/// A design, replicated.
#[derive(Clone, Copy, Debug)]
pub struct Curve<'a> {
    /// What it is called.
    pub name: &'a str,
    /// How the release reached its sites, once for each replication.
    pub spreads: &'a [Spread],
}

/// Designs side by side.
#[derive(Clone, Debug)]
pub struct Curves<'a> {
    /// The first design.
    pub scenario: &'a Scenario,
    /// The release, as the first design has it.
    pub release: ReleaseId,
    /// The designs, in their order; at most as many as there are colours are drawn.
    pub designs: Vec<Curve<'a>>,
    /// The command that draws it again.
    pub repeat: String,
}

/// The sites that such a picture of a release is about: those of the first goal for it, or all.
pub fn curve_sites(scenario: &Scenario, release: ReleaseId) -> Vec<SiteId> {
    match wanted(scenario, Some(release)).next() {
        Some(goal) => goal.asked.sites.clone(),
        None => (0..scenario.sites.len() as u32).map(SiteId).collect(),
    }
}

/// The share of sites that are current against the time since publication, a line for each design.
pub fn curves(all: &Curves<'_>) -> Picture {
    let Curves { scenario, release, designs, repeat } = all;
    let goal = wanted(scenario, Some(*release)).next();
    let drawn = &designs[..designs.len().min(palette::SERIES.len())];
    let axis = axis(scenario, goal, drawn);
    let published = &scenario.catalogue.releases[release.index()];
    let replications = drawn.first().map_or(0, |one| one.spreads.len());
    let mut parts = vec![
        format!(
            "{}, published {} {}",
            brief(&published.name),
            scenario.clock.short(published.at),
            scenario.clock.zone()
        ),
        counted(replications, "replication"),
        format!("paired on seed {}", scenario.seed),
    ];
    if designs.len() > drawn.len() {
        parts.push(format!("the first {} of {} designs", drawn.len(), designs.len()));
    }
    let sheet = Sheet {
        question: QUESTION,
        heading: parts.join("  \u{B7}  "),
        sentences: sentence(goal, drawn).into_iter().collect(),
        note: format!("repeat: {repeat}"),
    };
    sheet.picture(SIZE, |canvas| draw(canvas, &axis, goal, drawn))
}

/// From shortly before the first site of any design has it until the last has it.
fn axis(scenario: &Scenario, goal: Option<Wanted<'_>>, designs: &[Curve<'_>]) -> Elapsed {
    let each = || designs.iter().flat_map(|one| one.spreads).flat_map(|one| &one.delays);
    let last = each().max().copied().unwrap_or(scenario.duration);
    let last = goal.map_or(last, |goal| last.max(goal.after));
    let until = last + Duration::from_micros(last.micros() / 24);
    Elapsed::new((Duration::ZERO, until), FRAME.left, FRAME.right)
}

/// How many sites are current so long after publication, in the middle one of the replications; and
/// of how many.
fn median(spreads: &[Spread], after: Duration) -> (u64, u64) {
    let current = |one: &Spread| one.delays.partition_point(|delay| *delay <= after) as u64;
    let mut counts: Vec<u64> = spreads.iter().map(current).collect();
    counts.sort_unstable();
    let sites = spreads.first().map_or(1, |one| one.sites as u64).max(1);
    (counts.get(counts.len().saturating_sub(1) / 2).copied().unwrap_or(0), sites)
}

/// `After 1 d, 95 % wanted: today 73.7 %, earlier 89.9 %.`
fn sentence(goal: Option<Wanted<'_>>, designs: &[Curve<'_>]) -> Option<Sentence> {
    let goal = goal?;
    let said = designs.iter().map(|one| {
        let (current, sites) = median(one.spreads, goal.after);
        format!("{} {}", brief(one.name), percent(current, sites))
    });
    let said: Vec<String> = said.collect();
    let wanted = percent(goal.share, WHOLE);
    Some(Sentence::Plain(format!(
        "After {}, {wanted} wanted: {}.",
        words(goal.after),
        said.join(", ")
    )))
}

/// Rounded down: what is nearly reached is not reached.
fn percent(part: u64, whole: u64) -> String {
    let tenths = part * 1_000 / whole.max(1);
    match tenths % 10 {
        0 => format!("{}\u{2009}%", tenths / 10),
        tenth => format!("{}.{tenth}\u{2009}%", tenths / 10),
    }
}

fn draw(canvas: &mut Canvas<'_>, axis: &Elapsed, goal: Option<Wanted<'_>>, designs: &[Curve<'_>]) {
    elapsed(canvas, FRAME, axis);
    let pen = Pen { size: 12, weight: Weight::Heavy, colour: palette::INK };
    let whom = "share of the sites asked for that are current, median of the replications";
    canvas.text(whom, (FRAME.left, FRAME.top - 18 * PX), Side::Right, pen);
    let mut ends = Vec::new();
    for (one, (line, label)) in designs.iter().zip(palette::SERIES) {
        let places = steps(axis, one.spreads);
        ends.push(End {
            y: places.last().map_or(FRAME.bottom, |place| place.1),
            name: one.name.to_owned(),
            colour: label,
        });
        canvas.path(&places, 2 * PX, line);
    }
    name_ends(canvas, FRAME, ends, NAMES);
    if let Some(goal) = goal {
        let (x, y) = (axis.x(goal.after), FRAME.y(goal.share, WHOLE));
        let arm = 8 * PX;
        for (thick, colour, arm) in
            [(7 * PX, palette::PAPER, arm + 2 * PX), (3 * PX, palette::FAILED_TEXT, arm)]
        {
            canvas.line((x - arm, y), (x + arm, y), thick, colour);
            canvas.line((x, y - arm), (x, y + arm), thick, colour);
        }
        let pen = Pen { colour: palette::FAILED_TEXT, ..pen };
        let text = format!("wanted: {} after {}", percent(goal.share, WHOLE), words(goal.after));
        let place = (FRAME.left, FRAME.bottom + 40 * PX);
        canvas.text("+", place, Side::Right, pen);
        canvas.text(&text, (place.0 + 14 * PX, place.1), Side::Right, pen);
    }
}

/// The median as steps, a place for each moment at which it changes.
fn steps(axis: &Elapsed, spreads: &[Spread]) -> Vec<Place> {
    let mut moments: Vec<Duration> = spreads.iter().flat_map(|one| one.delays.clone()).collect();
    moments.sort_unstable();
    moments.dedup();
    let (_, sites) = median(spreads, Duration::ZERO);
    let mut places = vec![(FRAME.left, FRAME.bottom)];
    for moment in moments {
        let (x, y) = (axis.x(moment), FRAME.y(median(spreads, moment).0, sites));
        let before = places.last().map_or(FRAME.bottom, |place| place.1);
        if y != before {
            places.push((x, before));
            places.push((x, y));
        }
    }
    let last = places.last().map_or(FRAME.bottom, |place| place.1);
    places.push((FRAME.right, last));
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::chart::sample::{self, Sample};
    use crate::scenario::{Bound, Expectation, Goal, Holder, Metric, Stat};

    fn spreads(minutes: &[&[u64]]) -> Vec<Spread> {
        let one = |(number, minutes): (usize, &&[u64])| {
            let delays = minutes.iter().map(|minutes| Duration::from_mins(*minutes)).collect();
            Spread { number: number as u32, delays, sites: 3, values: Vec::new() }
        };
        minutes.iter().enumerate().map(one).collect()
    }

    fn drawn(names: &[&str], all: &[Vec<Spread>]) -> Picture {
        let (mut scenario, _) = Sample::three_sites().finish();
        scenario.expectations.push(Expectation {
            name: "soon".to_owned(),
            metric: Metric::ShareCurrent,
            stat: Stat::Min,
            sites: vec![SiteId(0), SiteId(1), SiteId(2)],
            everywhere: true,
            release: Vec::new(),
            releases: vec![ReleaseId(0)],
            part: Holder::Site,
            after: Some(Duration::from_mins(25)),
            during: None,
            wanted: Goal { bound: Bound::AtLeast, value: WHOLE },
            must_hold: None,
            only_warns: false,
            allow_no_data: false,
        });
        let designs = names.iter().zip(all).map(|(name, spreads)| Curve { name, spreads });
        let repeat = "supsim compare a.yaml b.yaml -o curves.svg".to_owned();
        let (scenario, release) = (&scenario, ReleaseId(0));
        curves(&Curves { scenario, release, designs: designs.collect(), repeat })
    }

    #[test]
    fn the_middle_replication_is_drawn_and_what_it_comes_to_at_the_goal_is_said() {
        let one = spreads(&[&[10, 20, 30], &[10, 20, 40], &[10, 50]]);
        assert_eq!(median(&one, Duration::from_mins(25)), (2, 3));
        assert_eq!(median(&one, Duration::from_mins(45)), (3, 3));
        assert_eq!(median(&one, Duration::from_mins(5)), (0, 3));
        let two = spreads(&[&[5, 6, 7], &[5, 6, 8], &[5, 6, 9]]);
        let picture = drawn(&["today", "earlier"], &[one, two]);
        sample::assert_legible("curves", &picture);
        let said = "After 25 min, 100\u{2009}% wanted: today 66.6\u{2009}%, earlier 100\u{2009}%.";
        assert!(picture.svg.contains(said), "{}", picture.svg);
    }

    #[test]
    fn many_designs_long_names_and_one_that_never_has_it_can_be_read() {
        let all: Vec<Vec<Spread>> = (0..7)
            .map(|number| if number == 3 { spreads(&[&[]]) } else { spreads(&[&[10, 20, 30]]) })
            .collect();
        let long = "a-design-whose-name-says-all-that-there-is-to-say-of-it";
        let names = ["one", long, "three", "never", "five", "six", "seven"];
        let picture = drawn(&names, &all);
        sample::assert_legible("curves", &picture);
        assert!(picture.svg.contains("the first 5 of 7 designs"), "{}", picture.svg);
    }
}
