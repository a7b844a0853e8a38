//! The tree painted with results: show me, on the drawing I know.
//!
//! A row for each site that has children: itself at the left, in the order of the tree, and beside
//! it the sites below it that have none, the latest first.

use std::collections::{BTreeMap, BTreeSet};

use super::axis::words;
use super::canvas::{Canvas, PX, Pen, Place, Side};
use super::heatmap::{scale, step};
use super::lettering::Weight;
use super::palette::{self, Colour};
use super::picture::Picture;
use super::sheet::{MARGIN, Sentence};
use super::shown::Shown;
use super::subject::{Subject, counted, grouped};
use super::wanted::wanted;
use crate::report::summary::Unit;
use crate::scenario::Scenario;
use crate::units::{Duration, SiteId};

pub(super) const QUESTION: &str = "Where on the tree is it late?";
const NOTHING: &str = "No release was published within this run, so there is nothing to paint.";
const WIDTH: i32 = 1200;
/// Where the first row begins; above it stands the key.
const TOP: i32 = 138 * PX;
/// So much lower it begins when the key says what a frame means.
const MEANING: i32 = 24 * PX;
/// The sites without children begin here at the latest.
const LEAVES: i32 = 360 * PX;
/// So much room has the time of a site that has children.
const TIME: i32 = 84 * PX;
const INDENT: i32 = 18 * PX;
/// From one line of sites to the next.
const LINE: i32 = 23 * PX;
/// More sites would not be told apart: the latest are drawn, with those above them.
const MOST: usize = 1_000;
/// So few sites have no latest twentieth.
const FEW: usize = 20;

const CODE: Pen = Pen { size: 11, weight: Weight::Regular, colour: palette::INK };
const NAME: Pen = Pen { size: 12, weight: Weight::Regular, colour: palette::INK };

/// The tree of the sites, each in the colour of the time that it took to be current.
pub fn topology(shown: &Shown<'_>) -> Picture {
    let subject = Subject::new(shown);
    if subject.arrivals.is_empty() {
        return subject.sheet(QUESTION, Vec::new()).nothing(WIDTH, NOTHING);
    }
    let plan = Plan::new(shown, &subject);
    let mut sentences = plan.late_in_words();
    sentences.extend(subject.sentences());
    // Both tell of sites that are late; those that never came come first.
    sentences.sort_by_key(|sentence| matches!(sentence, Sentence::Plain(_)));
    let height = plan.height();
    subject.sheet(QUESTION, sentences).picture((WIDTH, height), |canvas| plan.draw(canvas))
}

/// What became of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    /// No metadata can reach it.
    Apart,
    /// It took so long.
    After(Duration),
    /// It was not current before the run ended.
    Never,
}

/// A site with children, and what is drawn beside it.
struct Row {
    site: SiteId,
    depth: i32,
    /// The row of its parent.
    above: Option<usize>,
    /// Its children without children, the latest first.
    leaves: Vec<SiteId>,
    /// How many sites below it are not drawn.
    further: usize,
    y: i32,
}

struct Plan<'a> {
    scenario: &'a Scenario,
    fates: Vec<Fate>,
    late: BTreeSet<SiteId>,
    /// What the frame of a late site means.
    meaning: Option<String>,
    range: (Duration, Duration),
    rows: Vec<Row>,
    tile: i32,
    /// Where the sites without children begin.
    leaves: i32,
    bottom: i32,
}

impl<'a> Plan<'a> {
    fn new(shown: &Shown<'a>, subject: &Subject<'a>) -> Plan<'a> {
        let scenario = shown.run.scenario;
        let mut fates = vec![Fate::Apart; scenario.sites.len()];
        for arrival in &subject.arrivals {
            let delay = arrival.time_to_current();
            fates[arrival.site.index()] = delay.map_or(Fate::Never, Fate::After);
        }
        let (late, meaning) = late(shown, subject, &fates);
        let codes = scenario.sites.iter().map(|site| CODE.width(&site.code));
        let tile = codes.max().unwrap_or(0).clamp(24 * PX, 84 * PX) + 10 * PX;
        let range = range(&subject.delays());
        let (rows, leaves, bottom) = (Vec::new(), LEAVES, TOP);
        // a frame that nobody has needs no meaning
        let meaning = meaning.filter(|_| !late.is_empty());
        let mut plan = Plan { scenario, fates, late, meaning, range, rows, tile, leaves, bottom };
        plan.lay_out();
        plan
    }

    /// Who is drawn: everybody, or the latest with all above them.
    fn drawn(&self) -> BTreeSet<SiteId> {
        let mut latest: Vec<SiteId> =
            (0..).zip(&self.scenario.sites).map(|(number, _)| SiteId(number)).collect();
        latest.sort_by_key(|site| (std::cmp::Reverse(self.fates[site.index()]), *site));
        let mut drawn = BTreeSet::new();
        for site in latest {
            let above = |id: &SiteId| self.scenario.sites[id.index()].parent;
            let chain = std::iter::successors(Some(site), above);
            let new: Vec<SiteId> = chain.take_while(|site| !drawn.contains(site)).collect();
            if drawn.len() + new.len() > MOST {
                break;
            }
            drawn.extend(new);
        }
        drawn
    }

    fn lay_out(&mut self) {
        let drawn = self.drawn();
        let sites = &self.scenario.sites;
        let mut below: BTreeMap<SiteId, Vec<SiteId>> = BTreeMap::new();
        let mut further: BTreeMap<SiteId, usize> = BTreeMap::new();
        let mut roots = Vec::new();
        for (number, site) in (0..).zip(sites) {
            let id = SiteId(number);
            match site.parent {
                _ if !drawn.contains(&id) => {
                    let above = std::iter::successors(site.parent, |id| sites[id.index()].parent);
                    let nearest = above.into_iter().find(|above| drawn.contains(above));
                    *further.entry(nearest.unwrap_or(id)).or_default() += 1;
                }
                None => roots.push(id),
                Some(parent) => below.entry(parent).or_default().push(id),
            }
        }
        let mut open: Vec<(SiteId, i32, Option<usize>)> =
            roots.into_iter().rev().map(|root| (root, 0, None)).collect();
        while let Some((site, depth, above)) = open.pop() {
            let children = below.get(&site).map(Vec::as_slice).unwrap_or_default();
            let (inner, mut leaves): (Vec<SiteId>, Vec<SiteId>) =
                children.iter().partition(|child| below.contains_key(child));
            leaves.sort_by_key(|leaf| (std::cmp::Reverse(self.fates[leaf.index()]), *leaf));
            let further = further.get(&site).copied().unwrap_or(0);
            let place = self.rows.len();
            self.rows.push(Row { site, depth, above, leaves, further, y: 0 });
            open.extend(inner.into_iter().rev().map(|child| (child, depth + 1, Some(place))));
        }
        let ends = self.rows.iter().map(|row| {
            let name = NAME.width(&self.scenario.sites[row.site.index()].name);
            self.left(row) + self.tile + 8 * PX + name + TIME + 14 * PX
        });
        self.leaves = ends.max().unwrap_or(0).min(LEAVES);
        let across = self.across();
        let mut y = TOP + if self.meaning.is_some() { MEANING } else { 0 };
        for row in &mut self.rows {
            row.y = y;
            let tiles = row.leaves.len() as i32 + if row.further > 0 { 2 } else { 0 };
            y += ((tiles + across - 1) / across).max(1) * LINE + 6 * PX;
        }
        self.bottom = y;
    }

    fn left(&self, row: &Row) -> i32 {
        MARGIN + INDENT * row.depth.min(8)
    }

    /// How many sites stand beside each other.
    fn across(&self) -> i32 {
        ((WIDTH * PX - MARGIN - self.leaves) / (self.tile + 3 * PX)).max(1)
    }

    fn height(&self) -> i32 {
        self.bottom / PX + 56
    }

    fn late_in_words(&self) -> Vec<Sentence> {
        // those that never came are counted by themselves
        let after = |site: &&SiteId| matches!(self.fates[site.index()], Fate::After(_));
        let late = self.late.iter().filter(after).count();
        match (&self.meaning, late) {
            (Some(meaning), 1..) if meaning.starts_with(LATER) => {
                let verb = if late == 1 { "is" } else { "are" };
                let text = format!("{} {verb} {meaning}.", counted(late, "site"));
                vec![Sentence::Alarm(text)]
            }
            _ => Vec::new(),
        }
    }

    fn draw(&self, canvas: &mut Canvas<'_>) {
        self.key(canvas);
        for row in &self.rows {
            self.branch(canvas, row);
        }
        for row in &self.rows {
            self.row(canvas, row);
        }
    }

    /// What each colour and frame means.
    fn key(&self, canvas: &mut Canvas<'_>) {
        let y = 118 * PX;
        let (low, high) = self.range;
        let unit = Unit::of(high);
        let what = format!("{} from publication until current", unit.plural);
        canvas.text(&what, (MARGIN, y), Side::Right, Pen::SCALE);
        let mut x = MARGIN + Pen::SCALE.width(&what) + 14 * PX;
        let steps = palette::SCALE.len() as u64;
        let span = high.saturating_sub(low).micros();
        let bound = |step: u64| {
            let over = u128::from(span) * u128::from(step) / u128::from(steps);
            unit.show(low + Duration::from_micros(u64::try_from(over).unwrap_or(span)))
        };
        for (step, colour) in palette::SCALE.into_iter().enumerate() {
            let words = match step as u64 {
                0 => format!("up to {}", bound(1)),
                last if last + 1 == steps => format!("over {}", bound(last)),
                step => format!("to {}", bound(step + 1)),
            };
            let width = CODE.width(&words) + 12 * PX;
            canvas.rect((x, y - 9 * PX), (width, 18 * PX), colour);
            let pen = Pen { colour: palette::on_scale(step), ..CODE };
            canvas.text(&words, (x + width / 2, y), Side::Centre, pen);
            x += width + 2 * PX;
        }
        x += 16 * PX;
        let has = |fate| self.fates.contains(&fate);
        let never = has(Fate::Never).then_some(("never".to_owned(), Fate::Never));
        let apart = has(Fate::Apart).then_some(("receives nothing".to_owned(), Fate::Apart));
        for (words, fate) in never.into_iter().chain(apart) {
            let (fill, frame, _) = self.look(fate, fate == Fate::Never);
            tile(canvas, (x, y), 18 * PX, fill, frame);
            x += 24 * PX;
            canvas.text(&words, (x, y), Side::Right, Pen::SCALE);
            x += Pen::SCALE.width(&words) + 16 * PX;
        }
        if let Some(meaning) = &self.meaning {
            let y = y + MEANING;
            tile(canvas, (MARGIN, y), 18 * PX, palette::PAPER, Some(palette::FAILED));
            let words = Pen::SCALE.fitted(meaning, WIDTH * PX - 2 * MARGIN - 30 * PX);
            canvas.text(&words, (MARGIN + 24 * PX, y), Side::Right, Pen::SCALE);
        }
    }

    /// Fill, frame and letters of a site.
    fn look(&self, fate: Fate, late: bool) -> (Colour, Option<Colour>, Colour) {
        let frame = late.then_some(palette::FAILED);
        match fate {
            Fate::Apart => (palette::GRID, frame, palette::QUIET),
            Fate::Never => (palette::OUTAGE, Some(palette::FAILED_TEXT), palette::FAILED_TEXT),
            Fate::After(delay) => {
                let step = step(delay, self.range);
                (palette::SCALE[step], frame, palette::on_scale(step))
            }
        }
    }

    /// The line from a row to that of its parent.
    fn branch(&self, canvas: &mut Canvas<'_>, row: &Row) {
        let Some(above) = row.above.map(|above| &self.rows[above]) else { return };
        let x = self.left(above) + 8 * PX;
        let middle = row.y + LINE / 2;
        canvas.line((x, above.y + LINE / 2), (x, middle), PX, palette::AXIS);
        canvas.line((x, middle), (self.left(row), middle), PX, palette::AXIS);
    }

    fn row(&self, canvas: &mut Canvas<'_>, row: &Row) {
        let left = self.left(row);
        let middle = row.y + LINE / 2;
        self.site(canvas, row.site, (left, middle));
        let site = &self.scenario.sites[row.site.index()];
        let after = match self.fates[row.site.index()] {
            Fate::Apart => String::new(),
            Fate::Never => "never".to_owned(),
            Fate::After(delay) => words(delay),
        };
        let x = left + self.tile + 8 * PX;
        let end = self.leaves - 14 * PX;
        canvas.text(&after, (end, middle), Side::Left, Pen::NOTE);
        let room = end - Pen::NOTE.width(&after) - 8 * PX - x;
        if room > 20 * PX {
            canvas.text(&NAME.fitted(&site.name, room), (x, middle), Side::Right, NAME);
        }
        let across = self.across();
        let place = |number: usize| {
            let number = number as i32;
            let x = self.leaves + number % across * (self.tile + 3 * PX);
            (x, middle + number / across * LINE)
        };
        for (number, leaf) in row.leaves.iter().enumerate() {
            self.site(canvas, *leaf, place(number));
        }
        if row.further > 0 {
            let mut at = place(row.leaves.len());
            if at.0 + 90 * PX > WIDTH * PX - MARGIN {
                at = (self.leaves, at.1 + LINE);
            }
            let words = format!("+ {} earlier", grouped(row.further));
            canvas.text(&words, (at.0 + 4 * PX, at.1), Side::Right, Pen::SCALE);
        }
    }

    fn site(&self, canvas: &mut Canvas<'_>, site: SiteId, (left, middle): Place) {
        let (fill, frame, letters) = self.look(self.fates[site.index()], self.late.contains(&site));
        tile(canvas, (left, middle), self.tile, fill, frame);
        let code = &self.scenario.sites[site.index()].code;
        let pen = Pen { colour: letters, ..CODE };
        let code = pen.fitted(code, self.tile - 8 * PX);
        canvas.text(&code, (left + self.tile / 2, middle), Side::Centre, pen);
    }
}

fn tile(
    canvas: &mut Canvas<'_>,
    (left, middle): Place,
    width: i32,
    fill: Colour,
    frame: Option<Colour>,
) {
    const HEIGHT: i32 = 20 * PX;
    const EDGE: i32 = 5 * PX / 2;
    let top = middle - HEIGHT / 2;
    match frame {
        None => canvas.rect((left, top), (width, HEIGHT), fill),
        Some(frame) => {
            canvas.rect((left, top), (width, HEIGHT), frame);
            let size = (width - 2 * EDGE, HEIGHT - 2 * EDGE);
            canvas.rect((left + EDGE, top + EDGE), size, fill);
        }
    }
}

/// The scale: from the fastest to what 95 % do not exceed. One straggler would make all the others
/// look alike.
fn range(delays: &[Duration]) -> (Duration, Duration) {
    let low = delays.first().copied().unwrap_or_default();
    let most = (delays.len() * 95).div_ceil(100).max(1) - 1;
    scale(low, delays.get(most).copied().unwrap_or(Duration::from_hours(1)))
}

const LATER: &str = "later than wanted";

/// Who is late, and what that means: later than an expectation wants, or without one of many
/// sites the latest twentieth.
fn late(
    shown: &Shown<'_>,
    subject: &Subject<'_>,
    fates: &[Fate],
) -> (BTreeSet<SiteId>, Option<String>) {
    let mut until: BTreeMap<SiteId, Duration> = BTreeMap::new();
    let mut names: Vec<String> = Vec::new();
    for wanted in wanted(shown.run.scenario, shown.release) {
        names.push(format!("{}: {}", wanted.asked.name, words(wanted.after)));
        for site in &wanted.asked.sites {
            // of several the strictest
            let by = until.entry(*site).or_insert(wanted.after);
            *by = (*by).min(wanted.after);
        }
    }
    let is_late = |site: SiteId, by: Duration| fates[site.index()] > Fate::After(by);
    if !names.is_empty() {
        let late = until.into_iter().filter(|(site, by)| is_late(*site, *by)).map(|(site, _)| site);
        return (late.collect(), Some(format!("{LATER} ({})", names.join("; "))));
    }
    let delays = subject.delays();
    let most = (delays.len() * 95).div_ceil(100).max(1) - 1;
    match delays.get(most) {
        Some(by) if subject.arrivals.len() >= FEW && delays.last() > Some(by) => {
            let sites = subject.arrivals.iter().map(|arrival| arrival.site);
            let late = sites.filter(|site| is_late(*site, *by));
            (late.collect(), Some("later than 95 % of the sites".to_owned()))
        }
        _ => (BTreeSet::new(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Outcome;
    use crate::report::chart::sample::{self, Sample, shown};

    fn plan<'a>(scenario: &'a Scenario, outcome: &'a Outcome) -> Plan<'a> {
        let shown = shown(scenario, outcome);
        Plan::new(&shown, &Subject::new(&shown))
    }

    #[test]
    fn a_row_for_each_site_with_children_and_every_site_stands_once() {
        let (scenario, outcome) = Sample::three_tiers().finish();
        let plan = plan(&scenario, &outcome);
        let codes: Vec<&str> =
            plan.rows.iter().map(|row| scenario.sites[row.site.index()].code.as_str()).collect();
        assert_eq!(codes, ["CEN", "R01", "R02", "R03", "R04", "R05"]);
        let leaves: usize = plan.rows.iter().map(|row| row.leaves.len()).sum();
        assert_eq!(leaves + plan.rows.len(), 60);
        for row in &plan.rows {
            let fates: Vec<Fate> = row.leaves.iter().map(|leaf| plan.fates[leaf.index()]).collect();
            assert!(fates.is_sorted_by(|one, next| one >= next), "the latest first: {fates:?}");
        }
    }

    #[test]
    fn the_latest_twentieth_has_a_frame_where_nothing_is_wanted() {
        let (scenario, mut outcome) = Sample::three_tiers().finish();
        let late = plan(&scenario, &outcome).late.len();
        assert!((1..=3).contains(&late), "{late} of 60");
        outcome.arrivals[59].current = None;
        let plan = plan(&scenario, &outcome);
        assert!(plan.late.contains(&SiteId(59)), "never is later than any time");
        let svg = topology(&shown(&scenario, &outcome)).svg;
        assert!(svg.contains("later than 95 % of the sites") && svg.contains(">\nnever\n"));
    }

    #[test]
    fn thousands_of_sites_are_the_latest_thousand_and_a_number() {
        let (scenario, outcome) = Sample::wide(10_000).finish();
        let plan = plan(&scenario, &outcome);
        let drawn: usize = plan.rows.iter().map(|row| 1 + row.leaves.len()).sum();
        let further: usize = plan.rows.iter().map(|row| row.further).sum();
        assert_eq!((drawn, further), (MOST, 10_000 - MOST));
        let picture = topology(&shown(&scenario, &outcome));
        sample::assert_legible("ten thousand", &picture);
        assert!(picture.svg.len() < 300_000, "{} bytes", picture.svg.len());
    }
}
