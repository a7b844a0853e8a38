//! The timeline of the sites: what was each site doing?

mod axes;
mod key;
mod remarks;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::axis::words;
use super::bars::{Bar, NARROWEST, bars, drawn_end};
use super::canvas::{Canvas, PX, Pen, Side};
use super::lettering::Weight;
use super::palette;
use super::picture::Picture;
use super::rows::{Row, Rows, rows};
use super::sheet::{MARGIN, Sentence};
use super::shown::Shown;
use super::signs;
use super::span::{attempts, busy, window};
use super::squeeze::Squeezed;
use super::subject::{Subject, counted, grouped};
use crate::measure::Outcome;
use crate::scenario::Scenario;
use crate::units::{Instant, SiteId};

pub(super) const QUESTION: &str = "What was each site doing?";
const NOTHING: &str = "No site synchronised in this run, so there is nothing to draw.";
const WIDTH: i32 = 1200;
/// The rightmost column: how long each site took.
const COLUMN: i32 = 88 * PX;
/// More bars would make the file large and the picture no clearer.
const MOST_BARS: usize = 1_400;

const CODE: Pen = Pen { size: 12, weight: Weight::Heavy, colour: palette::INK };
const NAME: Pen = Pen { size: 12, weight: Weight::Regular, colour: palette::QUIET };
const VALUE: Pen = Pen { size: 12, weight: Weight::Regular, colour: palette::INK };
const LATE: Pen = Pen { size: 12, weight: Weight::Heavy, colour: palette::FAILED_TEXT };

/// A row for each site, the phases of its synchronisations as bars, from the publication of the
/// release until the last site is current.
pub fn timeline(shown: &Shown<'_>) -> Picture {
    let subject = Subject::new(shown);
    let (scenario, outcome) = (shown.run.scenario, shown.run.outcome);
    let rows = rows(scenario, outcome, &subject);
    if rows.drawn.is_empty() || outcome.attempts.is_empty() {
        return subject.sheet(QUESTION, Vec::new()).nothing(WIDTH, NOTHING);
    }
    let plan = Plan::new(scenario, outcome, &subject, rows);
    let sheet = subject.sheet(QUESTION, plan.sentences());
    sheet.picture((WIDTH, plan.height()), |canvas| plan.draw(canvas))
}

/// Everything that is settled before the first line is drawn.
struct Plan<'a> {
    scenario: &'a Scenario,
    outcome: &'a Outcome,
    subject: &'a Subject<'a>,
    rows: Rows,
    window: (Instant, Instant),
    /// Does the window end before the run although a site was never current?
    cut: bool,
    axis: Squeezed,
    bars: Vec<Vec<Bar>>,
    left: i32,
    /// The top of the first row.
    top: i32,
    row_height: i32,
}

impl<'a> Plan<'a> {
    fn new(
        scenario: &'a Scenario,
        outcome: &'a Outcome,
        subject: &'a Subject<'a>,
        rows: Rows,
    ) -> Self {
        let (window, cut) = window(scenario, outcome, subject, &rows);
        let names = rows.drawn.iter().map(|row| label_width(scenario, row)).max();
        let left = MARGIN + names.unwrap_or(0).min(220 * PX) + 14 * PX;
        let right = WIDTH * PX - MARGIN - COLUMN;
        let busy = busy(scenario, outcome, &rows, window);
        let axis = Squeezed::new(window, &busy, left, right);
        let mut merge = 0;
        let bars = loop {
            let of_row = |row: &Row| bars(attempts(outcome, row.site), &axis, window, merge);
            let bars: Vec<_> = rows.drawn.iter().map(of_row).collect();
            if bars.iter().map(Vec::len).sum::<usize>() <= MOST_BARS || merge > WIDTH * PX {
                break bars;
            }
            merge = (2 * merge).max(8 * PX);
        };
        let row_height = match rows.drawn.len() {
            0..=8 => 30 * PX,
            9..=20 => 25 * PX,
            _ => 20 * PX,
        };
        let mut plan = Self {
            scenario,
            outcome,
            subject,
            rows,
            window,
            cut,
            axis,
            bars,
            left,
            top: 0,
            row_height,
        };
        plan.top = (132 + 20 * plan.key().lines) * PX;
        plan
    }

    fn right(&self) -> i32 {
        WIDTH * PX - MARGIN - COLUMN
    }

    fn bottom(&self) -> i32 {
        self.top + self.row_height * self.rows.drawn.len() as i32
    }

    /// The height of the picture \[pixels\].
    fn height(&self) -> i32 {
        self.bottom() / PX + 70 + 18 * self.remarks().len() as i32 + 40
    }

    fn middle(&self, row: usize) -> i32 {
        self.top + self.row_height * row as i32 + self.row_height / 2
    }

    fn draw(&self, canvas: &mut Canvas<'_>) {
        self.key().draw(canvas);
        self.outages(canvas);
        self.grid(canvas);
        self.requests(canvas);
        let thick = self.row_height * 3 / 5 / PX * PX;
        for (place, row) in self.rows.drawn.iter().enumerate() {
            self.label(canvas, row, self.middle(place));
            for bar in &self.bars[place] {
                signs::bar(canvas, bar, self.middle(place), thick);
            }
            self.current(canvas, row, self.middle(place));
        }
        self.foot(canvas);
    }

    /// What went wrong first.
    fn sentences(&self) -> Vec<Sentence> {
        let failed = self.failed_among(|_| true);
        // Whoever counts the crosses must not miss those that come after the picture.
        let later = match self.failed_later() {
            0 => String::new(),
            later if later == failed => ", later than is drawn".to_owned(),
            later => format!(", {} of them later than is drawn", grouped(later)),
        };
        let failures =
            (failed > 0).then(|| format!("{} failed{later}.", counted(failed, "synchronisation")));
        let mut sentences = self.subject.sentences();
        sentences.extend(failures.map(Sentence::Plain));
        sentences
    }

    /// The spans in which a fault held a site, on the sites drawn: the row and the span.
    fn held(&self) -> impl Iterator<Item = (usize, &crate::measure::FaultOccurrence)> {
        let place: BTreeMap<SiteId, usize> =
            self.rows.drawn.iter().enumerate().map(|(place, row)| (row.site, place)).collect();
        self.outcome.faults.iter().filter_map(move |held| {
            let fault = self.scenario.faults.get(held.fault.index())?;
            let lasts = fault.occurs.holds();
            let seen =
                held.from <= self.window.1 && held.until.is_none_or(|until| until >= self.window.0);
            (lasts && seen).then_some(())?;
            place.get(&held.site).map(|place| (*place, held))
        })
    }

    fn outage_names(&self) -> Option<String> {
        let mut names: Vec<&str> = Vec::new();
        for (_, held) in self.held() {
            let name = self.scenario.faults[held.fault.index()].name.as_str();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let more = names.len().saturating_sub(2);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let first = names.first()?;
        let second = names.get(1).map(|name| format!(", {name}")).unwrap_or_default();
        Some(format!("outage ({first}{second}{more})"))
    }

    fn outages(&self, canvas: &mut Canvas<'_>) {
        for (place, held) in self.held() {
            let left = self.axis.x(held.from);
            let right = self.axis.x(held.until.unwrap_or(Instant::NEVER)).max(left + NARROWEST);
            let top = self.top + self.row_height * place as i32;
            let size = (right - left, self.row_height - 2 * PX);
            canvas.rect((left, top + PX), size, palette::OUTAGE);
        }
    }

    /// From which request (the end of a parent's synchronisation) which rows began, and where.
    fn arrows(&self) -> BTreeMap<(usize, u32), Vec<(usize, i32)>> {
        let place: BTreeMap<SiteId, usize> =
            self.rows.drawn.iter().enumerate().map(|(place, row)| (row.site, place)).collect();
        let mut arrows: BTreeMap<(usize, u32), Vec<(usize, i32)>> = BTreeMap::new();
        for (own, row) in self.rows.drawn.iter().enumerate() {
            // in a row of merged bars an arrow would point at nothing
            if self.bars[own].iter().any(|bar| matches!(bar, Bar::Several { .. })) {
                continue;
            }
            for attempt in attempts(self.outcome, row.site) {
                let Some((by, number)) = attempt.caused_by else { continue };
                let Some(above) = place.get(&by).filter(|above| **above != own) else { continue };
                if attempt.start >= self.window.0 && attempt.start <= self.window.1 {
                    let arrow = (own, self.axis.x(attempt.start));
                    arrows.entry((*above, number)).or_default().push(arrow);
                }
            }
        }
        arrows
    }

    /// A line down from the end of the parent's bar, and an arrow to each child that it started.
    fn requests(&self, canvas: &mut Canvas<'_>) {
        for ((above, number), children) in self.arrows() {
            let parent = attempts(self.outcome, self.rows.drawn[above].site);
            let end = parent.iter().find(|one| one.number == number).and_then(|one| one.end);
            let Some(end) = end.filter(|end| *end >= self.window.0) else { continue };
            let x = self.axis.x(end);
            let rows = || children.iter().map(|(row, _)| *row);
            let highest = rows().chain([above]).min().unwrap_or(above);
            let lowest = rows().chain([above]).max().unwrap_or(above);
            canvas.line((x, self.middle(highest)), (x, self.middle(lowest)), PX, palette::AXIS);
            for (row, start) in children {
                let tip = (start, self.middle(row));
                canvas.line((x, tip.1), tip, PX, palette::AXIS);
                // where the bar begins at the line itself there is no room for a head
                if start - x >= 8 * PX {
                    signs::arrow_head(canvas, tip);
                }
            }
        }
    }

    fn label(&self, canvas: &mut Canvas<'_>, row: &Row, middle: i32) {
        let site = &self.scenario.sites[row.site.index()];
        let left = MARGIN + indent(row);
        let room = self.left - 10 * PX - left;
        let code = CODE.fitted(&site.code, room);
        canvas.text(&code, (left, middle), Side::Right, CODE);
        let after = CODE.width(&code) + 7 * PX;
        if !site.name.is_empty() && room - after > 24 * PX {
            let name = NAME.fitted(&site.name, room - after);
            canvas.text(&name, (left + after, middle), Side::Right, NAME);
        }
        let Some(release) = self.subject.release else { return };
        let (text, pen) = match row.current {
            Some(at) => (words(at.since(release.at)), VALUE),
            None => ("never".to_owned(), LATE),
        };
        canvas.text(&text, (WIDTH * PX - MARGIN, middle), Side::Left, pen);
    }

    fn current(&self, canvas: &mut Canvas<'_>, row: &Row, middle: i32) {
        if let Some(at) = row.current.filter(|at| *at >= self.window.0 && *at <= self.window.1) {
            let attempts = attempts(self.outcome, row.site);
            signs::diamond(canvas, (drawn_end(attempts, &self.axis, self.window, at), middle));
        }
    }
}

fn indent(row: &Row) -> i32 {
    12 * PX * row.depth.min(6) as i32
}

fn label_width(scenario: &Scenario, row: &Row) -> i32 {
    let site = &scenario.sites[row.site.index()];
    indent(row) + CODE.width(&site.code) + 7 * PX + NAME.width(&site.name)
}
