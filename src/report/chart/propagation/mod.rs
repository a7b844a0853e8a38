//! The propagation curve: how much of the hierarchy has it, and when?

mod text;

use super::axis::Elapsed;
use super::canvas::{Canvas, PX, Pen, Side};
use super::label::{self, Area, Corners};
use super::lettering::Weight;
use super::palette::{self, Colour};
use super::picture::Picture;
use super::plot::{self, Frame};
use super::shown::Shown;
use super::subject::{Subject, counted};
use super::tiers::tiers;
use crate::measure::Arrival;
use crate::scenario::Scenario;
use crate::units::Duration;

pub(super) use text::text;

pub(super) const QUESTION: &str = "How much of the hierarchy has it, and when?";
const NOTHING: &str = "No release was published within this run, so there is nothing to draw.";
const SIZE: (i32, i32) = (1000, 560);
const LEFT: i32 = 72 * PX;
const RIGHT: i32 = 968 * PX;
const TOP: i32 = 118 * PX;
const BOTTOM: i32 = 472 * PX;
const FRAME: Frame = Frame { left: LEFT, right: RIGHT, top: TOP, bottom: BOTTOM };

const LABEL: Pen = Pen { size: 13, weight: Weight::Heavy, colour: palette::INK };

/// The share of sites that are current against the time since publication: one line for each
/// tier, one for all sites.
pub fn propagation(shown: &Shown<'_>) -> Picture {
    let subject = Subject::new(shown);
    let sheet = subject.sheet(QUESTION, subject.sentences());
    if subject.arrivals.is_empty() {
        return sheet.nothing(SIZE.0, NOTHING);
    }
    let scenario = shown.run.scenario;
    sheet.picture(SIZE, |canvas| {
        let axis = axis(scenario, &subject);
        plot::elapsed(canvas, FRAME, &axis);
        draw_curves(canvas, &curves(scenario, &subject), &axis);
    })
}

/// From publication, or from shortly before the first site when nothing happens for long, until a
/// little after the last site that became current.
fn range(scenario: &Scenario, subject: &Subject<'_>) -> (Duration, Duration) {
    let delays = subject.delays();
    let published = subject.release.map(|release| release.at).unwrap_or_default();
    let horizon = scenario.duration.saturating_sub(published.since(Default::default()));
    let (Some(first), Some(last)) = (delays.first(), delays.last()) else {
        return (Duration::ZERO, horizon);
    };
    let spread = last.saturating_sub(*first);
    // the wait for the schedule would fill more than half of the picture
    let late = !spread.is_zero() && *first > spread;
    let margin = Duration::from_micros(spread.micros() / 8);
    let from = if late { first.saturating_sub(margin) } else { Duration::ZERO };
    let shown = last.saturating_sub(from).micros();
    let until = *last + Duration::from_micros(shown / 12);
    (from, until)
}

fn axis(scenario: &Scenario, subject: &Subject<'_>) -> Elapsed {
    Elapsed::new(range(scenario, subject), LEFT, RIGHT)
}

fn height(count: u64, all: u64) -> i32 {
    FRAME.y(count, all)
}

/// One line of the picture: those sites, and when each of them became current.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Curve {
    name: String,
    sites: u64,
    delays: Vec<Duration>,
    line: Colour,
    text: Colour,
    thickness: i32,
}

/// A line for each kind of site, by tier, and one for all; equal lines are one with both names.
fn curves(scenario: &Scenario, subject: &Subject<'_>) -> Vec<Curve> {
    let mut curves: Vec<Curve> = Vec::new();
    let mut colours = palette::SERIES.iter();
    let mut add = |name: String, arrivals: &[&Arrival], all: bool| {
        let mut delays: Vec<_> =
            arrivals.iter().filter_map(|arrival| arrival.time_to_current()).collect();
        delays.sort_unstable();
        let sites = arrivals.len() as u64;
        // equal lines: the same steps, or none at all
        let same = |curve: &&mut Curve| {
            curve.delays == delays && (curve.sites == sites || delays.is_empty())
        };
        if let Some(curve) = curves.iter_mut().find(same) {
            curve.name = format!("{}, {name}", curve.name);
            return;
        }
        let (line, text, thickness) = if all {
            (palette::INK, palette::INK, 3 * PX)
        } else {
            let (line, text) = colours.next().copied().unwrap_or((palette::AXIS, palette::QUIET));
            (line, text, 2 * PX)
        };
        curves.push(Curve { name, sites, delays, line, text, thickness });
    };
    let tiers = tiers(scenario, subject.arrivals.iter().map(|arrival| (arrival.site, *arrival)));
    for tier in &tiers {
        add(tier.name.clone(), &tier.members, false);
    }
    if tiers.len() > 1 {
        let name = match subject.arrivals.len() {
            2 => "both sites".to_owned(),
            count => format!("all {}", counted(count, "site")),
        };
        add(name, &subject.arrivals, true);
    }
    curves
}

fn draw_curves(canvas: &mut Canvas<'_>, curves: &[Curve], axis: &Elapsed) {
    let corners: Vec<Corners> = curves.iter().map(|curve| steps(curve, axis)).collect();
    // all sites first, so that the finer lines lie on the heavy one
    for (curve, corners) in curves.iter().zip(&corners).rev() {
        canvas.path(corners, curve.thickness, curve.line);
    }
    let names: Vec<String> =
        curves.iter().map(|curve| LABEL.fitted(&curve.name, 420 * PX)).collect();
    let sizes: Vec<_> = names.iter().map(|name| (LABEL.width(name), 17 * PX)).collect();
    let room = Area { left: LEFT + 4 * PX, top: TOP - 24 * PX, right: RIGHT, bottom: BOTTOM - PX };
    let mut key = LEFT;
    for ((curve, name), area) in curves.iter().zip(&names).zip(label::beside(
        &corners,
        &sizes,
        room,
        &plot::PERCENT.map(|percent| height(percent, 100)),
        7 * PX,
    )) {
        let pen = Pen { colour: curve.text, ..LABEL };
        if let Some(area) = area {
            let middle = (area.top + area.bottom) / 2;
            canvas.text(name, (area.left, middle), Side::Right, pen);
        } else {
            // no room beside the curve: in a key below the axis
            let y = BOTTOM + 40 * PX;
            canvas.line((key, y), (key + 14 * PX, y), curve.thickness, curve.line);
            canvas.text(name, (key + 20 * PX, y), Side::Right, pen);
            key += pen.width(name) + 40 * PX;
        }
    }
}

/// The corners of a curve; steps closer than half a pixel are one.
fn steps(curve: &Curve, axis: &Elapsed) -> Corners {
    let mut corners = vec![(LEFT, BOTTOM)];
    let mut current = 0;
    let mut y = BOTTOM;
    let mut delays = curve.delays.iter().peekable();
    while let Some(delay) = delays.next() {
        current += 1;
        let x = axis.x(*delay);
        let follows = |next: &&&Duration| axis.x(***next) - x < PX / 2;
        while delays.next_if(|next| follows(&next)).is_some() {
            current += 1;
        }
        corners.push((x, y));
        y = height(current, curve.sites);
        corners.push((x, y));
    }
    corners.push((RIGHT, y));
    corners
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Outcome;
    use crate::report::chart::sample::{self, Sample, shown};

    fn drawn(sample: Sample) -> Picture {
        let (scenario, outcome) = sample.finish();
        propagation(&shown(&scenario, &outcome))
    }

    #[test]
    fn the_title_is_the_question_and_the_tiers_stand_at_their_curves() {
        let svg = drawn(Sample::three_tiers()).svg;
        for wanted in [QUESTION, "central site", "5 primaries", "54 secondaries", "all 60 sites"] {
            assert!(svg.contains(wanted), "{wanted} is missing");
        }
    }

    #[test]
    fn a_site_that_is_never_current_keeps_the_curve_below_the_top() {
        let (scenario, mut outcome) = Sample::three_sites().finish();
        let top_reached = |outcome: &Outcome| {
            let subject = Subject::new(&shown(&scenario, outcome));
            let axis = axis(&scenario, &subject);
            let curves = curves(&scenario, &subject);
            steps(curves.last().unwrap(), &axis).last().unwrap().1 == TOP
        };
        assert!(top_reached(&outcome));
        outcome.arrivals[2].current = None;
        assert!(!top_reached(&outcome));
        let svg = propagation(&shown(&scenario, &outcome)).svg;
        assert!(svg.contains("1 of 3 sites never became current before the run ended."));
    }

    #[test]
    fn a_curve_steps_up_where_a_site_becomes_current() {
        let curve = Curve {
            name: String::new(),
            sites: 4,
            delays: [10, 20, 20].map(Duration::from_mins).to_vec(),
            line: palette::INK,
            text: palette::INK,
            thickness: PX,
        };
        let axis = Elapsed::new((Duration::ZERO, Duration::from_mins(30)), LEFT, RIGHT);
        let x = |minutes| axis.x(Duration::from_mins(minutes));
        let wanted = vec![
            (LEFT, BOTTOM),
            (x(10), BOTTOM),
            (x(10), height(1, 4)),
            (x(20), height(1, 4)),
            (x(20), height(3, 4)),
            (RIGHT, height(3, 4)),
        ];
        assert_eq!(steps(&curve, &axis), wanted);
    }

    #[test]
    fn a_run_without_a_release_is_a_picture_that_says_so() {
        let (mut scenario, outcome) = Sample::empty().finish();
        scenario.catalogue.releases.clear();
        let picture = propagation(&shown(&scenario, &outcome).of(None));
        assert!(picture.svg.contains("No release was published"));
        sample::assert_legible("nothing", &picture);
    }
}
