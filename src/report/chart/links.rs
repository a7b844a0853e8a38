//! Link utilisation: is the circuit the bottleneck?

use std::collections::BTreeMap;

use super::canvas::{Canvas, PX, Pen, Place, Side};
use super::lettering::Weight;
use super::palette;
use super::picture::Picture;
use super::plot::{self, Frame};
use super::sheet::Sentence;
use super::shown::Shown;
use super::squeeze::Squeezed;
use super::subject::{Subject, counted, grouped};
use crate::measure::{LinkHour, link_hours};
use crate::scenario::{Recording, Scenario, WHOLE};
use crate::units::{Duration, Instant, LinkId, SiteId};

pub(super) const QUESTION: &str = "Is the circuit the bottleneck?";
const NOTHING: &str = "Nothing crossed a circuit with a limit that was recorded in this run.";
const WIDTH: i32 = 1000;
const LEFT: i32 = 156 * PX;
const RIGHT: i32 = 800 * PX;
const TOP: i32 = 140 * PX;
const STRIP: i32 = 52 * PX;
const GAP: i32 = 20 * PX;
/// More strips would not be read.
const MOST: usize = 10;
const HOUR: Duration = Duration::from_hours(1);

const NAME: Pen = Pen { size: 12, weight: Weight::Heavy, colour: palette::INK };

/// A strip for each link: how full its circuits were from hour to hour, on average and the fullest.
pub fn links(shown: &Shown<'_>) -> Picture {
    let subject = Subject::new(shown);
    let scenario = shown.run.scenario;
    let hours = link_hours(scenario, shown.run.trace);
    let strips = strips(scenario, &hours);
    if strips.is_empty() {
        return subject.sheet_of_run(QUESTION, Vec::new()).nothing(WIDTH, NOTHING);
    }
    let sheet = subject.sheet_of_run(QUESTION, sentences(scenario, &strips));
    let drawn = strips.len().min(MOST) as i32;
    let height = (TOP + drawn * (STRIP + GAP)) / PX + 110;
    sheet.picture((WIDTH, height), |canvas| draw(canvas, scenario, &strips))
}

/// What happened on the circuits of one link.
struct Strip {
    link: LinkId,
    /// How many circuits are of it.
    circuits: u64,
    /// For each hour: the sum over its circuits, and the fullest of them.
    hours: BTreeMap<Instant, (u128, u64)>,
    /// The fullest hour of all, whose it was and when.
    fullest: (u64, SiteId, Instant),
}

impl Strip {
    fn mean(&self, at: Instant) -> u64 {
        let sum = self.hours.get(&at).map_or(0, |hour| hour.0);
        u64::try_from(sum / u128::from(self.circuits.max(1))).unwrap_or(WHOLE)
    }
}

/// The fullest first.
fn strips(scenario: &Scenario, hours: &[LinkHour]) -> Vec<Strip> {
    let mut strips: BTreeMap<LinkId, Strip> = BTreeMap::new();
    for hour in hours {
        let Some(utilisation) = hour.utilisation else { continue };
        let strip = strips.entry(hour.link).or_insert_with(|| Strip {
            link: hour.link,
            circuits: circuits(scenario, hour.link),
            hours: BTreeMap::new(),
            fullest: (0, hour.site, hour.from),
        });
        let of_hour = strip.hours.entry(hour.from).or_default();
        of_hour.0 += u128::from(utilisation);
        of_hour.1 = of_hour.1.max(utilisation);
        if utilisation > strip.fullest.0 {
            strip.fullest = (utilisation, hour.site, hour.from);
        }
    }
    let mut strips: Vec<Strip> = strips.into_values().collect();
    strips.sort_by_key(|strip| (std::cmp::Reverse(strip.fullest.0), strip.link));
    strips
}

/// How many circuits a link stands for: one for each site that has it, and the internet-based
/// points' own.
fn circuits(scenario: &Scenario, link: LinkId) -> u64 {
    let of_site = scenario.sites.iter().filter(|site| site.link == Some(link)).count();
    let of_point = scenario.sites.iter().filter(|site| {
        let point = site.internet_sup.as_ref();
        point.is_some_and(|point| point.link == Some(link)) && site.link != Some(link)
    });
    (of_site + of_point.count()).max(1) as u64
}

fn sentences(scenario: &Scenario, strips: &[Strip]) -> Vec<Sentence> {
    let Some(first) = strips.first() else { return Vec::new() };
    let (most, site, at) = first.fullest;
    let code = &scenario.sites[site.index()].code;
    let (name, when) = (&scenario.links[first.link.index()].name, scenario.clock.short(at));
    let text =
        format!("The fullest circuit in any hour: {code}, {name}, {} on {when}.", share(most));
    let mut sentences = vec![Sentence::Plain(text)];
    // Nine tenths of an hour: what comes then waits.
    let full = strips.iter().flat_map(|strip| strip.hours.values());
    let full = full.filter(|(_, fullest)| *fullest >= WHOLE / 10 * 9).count();
    let text = match full {
        0 => "In no hour was any circuit nine tenths full.".to_owned(),
        1 => "In one hour a circuit was nine tenths full.".to_owned(),
        full => format!("In {} hours of a link a circuit was nine tenths full.", grouped(full)),
    };
    sentences.push(Sentence::Plain(text));
    if scenario.recording < Recording::All {
        let text = "Packages are not in it: that needs record: { events: all }.";
        sentences.push(Sentence::Plain(text.to_owned()));
    }
    sentences
}

/// A share in percent; below ten with a decimal.
fn share(parts: u64) -> String {
    let tenths = (parts.saturating_mul(1_000) + WHOLE / 2) / WHOLE;
    if tenths >= 100 || tenths.is_multiple_of(10) {
        format!("{}\u{2009}%", (tenths + 5) / 10)
    } else {
        format!("{}.{}\u{2009}%", tenths / 10, tenths % 10)
    }
}

fn draw(canvas: &mut Canvas<'_>, scenario: &Scenario, strips: &[Strip]) {
    let drawn = &strips[..strips.len().min(MOST)];
    let bottom = TOP + drawn.len() as i32 * (STRIP + GAP) - GAP;
    let frame = Frame { left: LEFT, right: RIGHT, top: TOP, bottom };
    let window = (Instant::START, Instant::START + scenario.duration);
    let axis = Squeezed::new(window, &[window], LEFT, RIGHT);
    // The same height for all: what is low beside the fullest is low.
    let most = drawn.first().map_or(WHOLE, |strip| strip.fullest.0).max(WHOLE / 1_000);
    let words = format!(
        "share of each hour that the circuits were busy; full height: {}; area: mean, line: the fullest",
        share(most)
    );
    canvas.text(&words, (24 * PX, TOP - 26 * PX), Side::Right, Pen::SCALE);
    plot::times(canvas, &axis, &scenario.clock, frame);
    for (place, strip) in drawn.iter().enumerate() {
        let top = TOP + place as i32 * (STRIP + GAP);
        let frame = Frame { left: LEFT, right: RIGHT, top, bottom: top + STRIP };
        draw_strip(canvas, scenario, strip, (&axis, frame, most));
    }
    if strips.len() > drawn.len() {
        let further = counted(strips.len() - drawn.len(), "emptier link");
        let words = format!("{further} not drawn.");
        canvas.text(&words, (24 * PX, bottom + 70 * PX), Side::Right, Pen::SCALE);
    }
}

fn draw_strip(
    canvas: &mut Canvas<'_>,
    scenario: &Scenario,
    strip: &Strip,
    (axis, frame, most): (&Squeezed, Frame, u64),
) {
    let mean: Vec<Place> = steps(strip, axis, frame, |at| frame.y(strip.mean(at), most));
    let mut area = mean;
    area.extend([(frame.right, frame.bottom), (frame.left, frame.bottom)]);
    canvas.polygon(&area, palette::SCALE[3]);
    let fullest = |at: Instant| strip.hours.get(&at).map_or(0, |hour| hour.1);
    if strip.circuits > 1 {
        let line = steps(strip, axis, frame, |at| frame.y(fullest(at), most));
        canvas.path(&line, PX, palette::SERIES[0].1);
    }
    canvas.line((frame.left, frame.bottom), (frame.right, frame.bottom), PX, palette::AXIS);
    let middle = (frame.top + frame.bottom) / 2;
    let name = NAME.fitted(&scenario.links[strip.link.index()].name, LEFT - 40 * PX);
    canvas.text(&name, (24 * PX, middle - 8 * PX), Side::Right, NAME);
    let circuits = counted(strip.circuits as usize, "circuit");
    canvas.text(&circuits, (24 * PX, middle + 9 * PX), Side::Right, Pen::NOTE);
    let (most, site, at) = strip.fullest;
    let code = &scenario.sites[site.index()].code;
    let x = RIGHT + 14 * PX;
    let room = WIDTH * PX - 20 * PX - x;
    let whose = NAME.fitted(&format!("{} at {code}", share(most)), room);
    canvas.text(&whose, (x, middle - 8 * PX), Side::Right, NAME);
    let when = Pen::NOTE.fitted(&scenario.clock.short(at), room);
    canvas.text(&when, (x, middle + 9 * PX), Side::Right, Pen::NOTE);
}

/// Steps from hour to hour; at the foot where nothing crossed.
fn steps(strip: &Strip, axis: &Squeezed, frame: Frame, y: impl Fn(Instant) -> i32) -> Vec<Place> {
    let mut places = vec![(frame.left, frame.bottom)];
    let mut before = Instant::START;
    for &from in strip.hours.keys() {
        let (left, right) = (axis.x(from), axis.x(from + HOUR));
        if from > before {
            places.push((axis.x(before), frame.bottom));
            places.push((left, frame.bottom));
        }
        places.push((left, y(from)));
        places.push((right, y(from)));
        before = from + HOUR;
    }
    places.push((axis.x(before), frame.bottom));
    places.push((frame.right, frame.bottom));
    places.dedup();
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Overrides;
    use crate::units::Bytes;

    fn hour(site: u32, at: u64, utilisation: Option<u64>) -> LinkHour {
        let from = Instant::START + Duration::from_hours(at);
        let bytes = Bytes(1);
        let (site, link) = (SiteId(site), LinkId(0));
        LinkHour { site, link, from, until: from + HOUR, bytes, bytes_up: bytes, utilisation }
    }

    #[test]
    fn a_strip_is_the_mean_over_all_circuits_and_knows_the_fullest() {
        let text = include_str!("../../../scenarios/contoso-200.yaml");
        let (scenario, _) = Scenario::parse("it.yaml", text, &Overrides::default()).unwrap();
        let link = (0..scenario.links.len()).find(|link| scenario.links[*link].name == "backbone");
        let link = LinkId(link.unwrap() as u32);
        assert_eq!(circuits(&scenario, link), 9);
        let mut hours =
            [hour(1, 5, Some(WHOLE / 2)), hour(2, 5, Some(WHOLE / 4)), hour(1, 6, None)];
        hours.iter_mut().for_each(|hour| hour.link = link);
        let strips = strips(&scenario, &hours);
        assert_eq!(strips.len(), 1);
        let at = Instant::START + Duration::from_hours(5);
        assert_eq!(strips[0].fullest, (WHOLE / 2, SiteId(1), at));
        assert_eq!(strips[0].mean(at), WHOLE / 4 * 3 / 9);
        assert_eq!(strips[0].hours.len(), 1, "without a limit nothing is full");
    }

    #[test]
    fn shares_have_a_decimal_where_they_are_small() {
        assert_eq!(share(WHOLE), "100\u{2009}%");
        assert_eq!(share(WHOLE / 2), "50\u{2009}%");
        assert_eq!(share(24_000_000), "2.4\u{2009}%");
        assert_eq!(share(0), "0\u{2009}%");
    }
}
