//! The timeline of the sites: what was each site doing?

use std::collections::{BTreeMap, BTreeSet};

use super::axis::words;
use super::bars::{Bar, NARROWEST, Step, bars, drawn_end};
use super::canvas::{Canvas, PX, Pen, Side};
use super::lettering::Weight;
use super::palette;
use super::picture::Picture;
use super::rows::{Row, Rows, rows};
use super::signs::{self, Key, Mark};
use super::span::{attempts, busy, window};
use super::squeeze::Squeezed;
use super::subject::{Subject, counted, grouped};
use crate::measure::{Attempt, Ending, Outcome};
use crate::scenario::{Occurs, Scenario};
use crate::units::{Instant, ReleaseId, SiteId};

const QUESTION: &str = "What was each site doing?";
const WIDTH: i32 = 1200;
const MARGIN: i32 = 24 * PX;
/// The rightmost column: how long each site took.
const COLUMN: i32 = 88 * PX;
/// More bars would make the file large and the picture no clearer.
const MOST_BARS: usize = 1_400;

const CODE: Pen = Pen { size: 12, weight: Weight::Heavy, colour: palette::INK };
const NAME: Pen = Pen { size: 12, weight: Weight::Regular, colour: palette::QUIET };
const VALUE: Pen = Pen { size: 12, weight: Weight::Regular, colour: palette::INK };
const LATE: Pen = Pen { size: 12, weight: Weight::Heavy, colour: palette::FAILED_TEXT };

/// A row for each site, the phases of its synchronisations as bars, from the publication of
/// `release` until the last site is current.
///
/// `repeat` is the command that repeats the run; it stands at the foot, unless it is empty.
pub fn timeline(
    scenario: &Scenario,
    outcome: &Outcome,
    release: Option<ReleaseId>,
    repeat: &str,
) -> Picture {
    let subject = Subject::new(scenario, outcome, release);
    let rows = rows(scenario, outcome, &subject);
    if rows.drawn.is_empty() || outcome.attempts.is_empty() {
        return nothing(&subject, repeat);
    }
    let plan = Plan::new(scenario, outcome, &subject, rows);
    let said = plan.sentences();
    let description = format!("{}. {}", subject.heading(), said.join(" "));
    Canvas::picture((WIDTH, plan.height()), QUESTION, &description, |canvas| {
        heading(canvas, &subject, repeat, plan.height());
        plan.draw(canvas);
    })
}

fn heading(canvas: &mut Canvas<'_>, subject: &Subject<'_>, repeat: &str, height: i32) {
    let room = WIDTH * PX - 2 * MARGIN;
    canvas.text(QUESTION, (MARGIN, 34 * PX), Side::Right, Pen::TITLE);
    let text = Pen::SUBTITLE.fitted(&subject.heading(), room);
    canvas.text(&text, (MARGIN, 60 * PX), Side::Right, Pen::SUBTITLE);
    let note = Pen::NOTE.fitted(&subject.note(repeat), room);
    canvas.text(&note, (MARGIN, (height - 20) * PX), Side::Right, Pen::NOTE);
}

fn nothing(subject: &Subject<'_>, repeat: &str) -> Picture {
    let height = 220;
    let words = "No site synchronised in this run, so there is nothing to draw.";
    let description = format!("{}. {words}", subject.heading());
    Canvas::picture((WIDTH, height), QUESTION, &description, |canvas| {
        heading(canvas, subject, repeat, height);
        canvas.text(words, (WIDTH * PX / 2, height * PX / 2), Side::Centre, Pen::SUBTITLE);
    })
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
        self.verdict(canvas);
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

    /// The sentences of the picture, each with its stop: what went wrong first.
    fn sentences(&self) -> Vec<String> {
        let failed = self.failed_among(|_| true);
        let failures =
            (failed > 0).then(|| format!("{} failed.", counted(failed, "synchronisation")));
        let never = self.subject.never_in_words().map(|words| words + ".");
        let milestones = self.subject.milestones().map(|words| words + ".");
        [never, milestones, failures].into_iter().flatten().collect()
    }

    fn verdict(&self, canvas: &mut Canvas<'_>) {
        let mut left = MARGIN;
        let never = self.subject.never() > 0;
        for (place, sentence) in self.sentences().into_iter().enumerate() {
            let alarm = never && place == 0;
            let weight = if alarm { Weight::Heavy } else { Weight::Regular };
            let colour = if alarm { palette::FAILED_TEXT } else { palette::INK };
            let pen = Pen { weight, colour, ..Pen::SUBTITLE };
            let sentence = pen.fitted(&sentence, WIDTH * PX - MARGIN - left);
            canvas.text(&sentence, (left, 82 * PX), Side::Right, pen);
            left += pen.width(&sentence) + 8 * PX;
        }
    }

    /// What each colour and mark means; only those that occur.
    fn meanings(&self) -> Vec<(String, Mark)> {
        let all = || self.bars.iter().flatten();
        let any = |is: fn(&Bar) -> bool| all().any(is);
        let steps: BTreeSet<Step> = all()
            .filter_map(|bar| match bar {
                Bar::Phase { step, .. } => Some(*step),
                _ => None,
            })
            .collect();
        let steps = steps.into_iter().map(|step| (step.named().0, Mark::Step(step)));
        let mut meanings: Vec<(&str, Mark)> = steps.collect();
        if any(|bar| matches!(bar, Bar::Several { failed: 0, .. })) {
            meanings.push(("several, all done", Mark::Several(palette::QUIET)));
        }
        if any(|bar| matches!(bar, Bar::Several { failed: 1.., .. })) {
            meanings.push(("several, with failures", Mark::Several(palette::FAILED_TEXT)));
        }
        if any(|bar| matches!(bar, Bar::Waiting { .. })) {
            meanings.push(("waiting for the retry", Mark::Waiting));
        }
        let outages = self.outage_names();
        meanings.extend(outages.as_deref().map(|names| (names, Mark::Outage)));
        if !self.arrows().is_empty() {
            meanings.push(("request", Mark::Request));
        }
        if self.rows.drawn.iter().any(|row| row.current.is_some()) {
            meanings.push(("current", Mark::Current));
        }
        let owned = |(name, mark): (&str, Mark)| (Pen::SCALE.fitted(name, 420 * PX), mark);
        meanings.into_iter().map(owned).collect()
    }

    fn key(&self) -> Key {
        Key::laid(self.meanings(), (MARGIN, WIDTH * PX - MARGIN), 112 * PX)
    }

    /// The spans in which a fault held a site, on the sites drawn: the row and the span.
    fn held(&self) -> impl Iterator<Item = (usize, &crate::measure::FaultOccurrence)> {
        let place: BTreeMap<SiteId, usize> =
            self.rows.drawn.iter().enumerate().map(|(place, row)| (row.site, place)).collect();
        self.outcome.faults.iter().filter_map(move |held| {
            let fault = self.scenario.faults.get(held.fault.index())?;
            let lasts = matches!(fault.occurs, Occurs::Window { .. });
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

    /// Faint lines at the marks, breaks with how long they lasted, times and dates.
    fn grid(&self, canvas: &mut Canvas<'_>) {
        let (bottom, clock) = (self.bottom(), &self.scenario.clock);
        for place in 0..=self.rows.drawn.len() {
            let y = self.top + self.row_height * place as i32;
            if self.row_height > 20 * PX && place > 0 && y < bottom {
                canvas.line((MARGIN, y), (WIDTH * PX - MARGIN, y), PX / 2, palette::GRID);
            }
        }
        let mut dated_until = i32::MIN;
        let mut last_date = String::new();
        for tick in self.axis.ticks(clock) {
            canvas.line((tick.x, self.top), (tick.x, bottom), PX, palette::GRID);
            canvas.line((tick.x, bottom), (tick.x, bottom + 5 * PX), PX, palette::AXIS);
            canvas.text(&tick.time, (tick.x, bottom + 17 * PX), Side::Centre, Pen::SCALE);
            // a date without room is written below the next mark of its day
            let pen = Pen { weight: Weight::Heavy, ..Pen::SCALE };
            let half = pen.width(&tick.date) / 2;
            if tick.date != last_date && tick.x - half > dated_until {
                canvas.text(&tick.date, (tick.x, bottom + 34 * PX), Side::Centre, pen);
                dated_until = tick.x + half + 4 * PX;
                last_date = tick.date;
            }
        }
        canvas.line((self.left, bottom), (self.right(), bottom), PX, palette::AXIS);
        for (x, lasted) in self.axis.breaks() {
            for y in [self.top, bottom] {
                canvas.rect((x - 3 * PX, y - 3 * PX), (6 * PX, 6 * PX), palette::PAPER);
                for side in [-3 * PX, 3 * PX] {
                    let (from, until) =
                        ((x + side - 2 * PX, y + 5 * PX), (x + side + 2 * PX, y - 5 * PX));
                    canvas.line(from, until, PX + PX / 4, palette::QUIET);
                }
            }
            canvas.text(&words(lasted), (x, self.top - 14 * PX), Side::Centre, Pen::NOTE);
        }
        let zone = format!("local time, {}", clock.zone());
        let zone = Pen::SCALE.fitted(&zone, 300 * PX);
        canvas.text(&zone, (self.right(), bottom + 52 * PX), Side::Left, Pen::SCALE);
        if self.subject.release.is_some() {
            let end = WIDTH * PX - MARGIN;
            canvas.text("current after", (end, self.top - 14 * PX), Side::Left, Pen::NOTE);
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

    /// How many synchronisations failed at the sites for which `counts` holds.
    fn failed_among(&self, counts: impl Fn(SiteId) -> bool) -> usize {
        let failed = |one: &&Attempt| one.ending == Ending::Failed && counts(one.site);
        self.outcome.attempts.iter().filter(failed).count()
    }

    /// What is not drawn, or not quite as it was.
    fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if !self.rows.left_out.is_empty() {
            remarks.push(self.left_out());
        }
        if self.cut {
            let until = super::subject::full(&self.scenario.clock, self.window.1);
            remarks.push(format!("Drawn until {until}; the run went on."));
        }
        let mut small = vec!["A phase is drawn at least two pixels wide."];
        if !self.axis.breaks().is_empty() {
            small.push("At // hours are squeezed in which nothing began or ended at these sites.");
        }
        remarks.push(small.join(" "));
        remarks
    }

    fn left_out(&self) -> String {
        let left_out: BTreeSet<SiteId> = self.rows.left_out.iter().copied().collect();
        let more = counted(left_out.len(), "more site");
        let arrivals = || self.subject.arrivals.iter().filter(|one| left_out.contains(&one.site));
        let delays = || arrivals().filter_map(|arrival| arrival.time_to_current());
        let range = match (delays().min(), delays().max()) {
            (Some(first), Some(last)) if words(first) == words(last) => {
                format!(", current after {}", words(first))
            }
            (Some(first), Some(last)) => {
                format!(", current after {} to {}", words(first), words(last))
            }
            _ => String::new(),
        };
        let never = arrivals().filter(|arrival| arrival.current.is_none()).count();
        let never =
            if never > 0 { format!(", {} never current", grouped(never)) } else { String::new() };
        let failed = self.failed_among(|site| left_out.contains(&site));
        let (whose, of) =
            if left_out.len() == 1 { ("its", "its own") } else { ("their", "theirs") };
        let failed = match failed {
            0 => format!("none of {whose} synchronisations failed"),
            failed => format!("{} among {of}", counted(failed, "failed synchronisation")),
        };
        format!("{more} not drawn{range}{never}; {failed}.")
    }

    fn foot(&self, canvas: &mut Canvas<'_>) {
        let mut y = self.bottom() + 76 * PX;
        for remark in self.remarks() {
            let remark = Pen::SCALE.fitted(&remark, WIDTH * PX - 2 * MARGIN);
            canvas.text(&remark, (MARGIN, y), Side::Right, Pen::SCALE);
            y += 18 * PX;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::chart::sample::{self, Sample};

    const RELEASE: Option<ReleaseId> = Some(ReleaseId(0));

    fn drawn(sample: Sample) -> Picture {
        let (scenario, outcome) = sample.finish();
        timeline(&scenario, &outcome, RELEASE, "supsim run sample.yaml")
    }

    #[test]
    fn every_label_is_whole_and_on_nothing() {
        for (name, sample) in sample::all() {
            sample::assert_legible(name, &drawn(sample));
        }
    }

    #[test]
    fn the_rest_of_many_sites_is_counted_with_its_range() {
        let svg = drawn(Sample::three_tiers()).svg;
        assert!(svg.contains("20 more sites not drawn, current after"), "{svg}");
    }

    #[test]
    fn a_failure_is_in_the_key_and_in_the_words() {
        let svg = drawn(Sample::three_sites()).svg;
        for wanted in ["failed", "1 synchronisation failed.", "waiting for the retry"] {
            assert!(svg.contains(wanted), "{wanted} is missing");
        }
        assert!(!drawn(Sample::one_site()).svg.contains("failed"));
    }

    #[test]
    fn a_site_that_is_never_current_does_not_stretch_the_picture_to_the_end_of_the_run() {
        let svg = drawn(Sample::storm()).svg;
        assert!(svg.contains("never became current before the run ended."));
        assert!(svg.contains("the run went on."));
    }

    #[test]
    fn a_run_without_synchronisations_is_a_picture_that_says_so() {
        let picture = drawn(Sample::empty());
        assert!(picture.svg.contains("No site synchronised in this run"));
        sample::assert_legible("nothing", &picture);
    }

    #[test]
    fn ten_thousand_sites_make_a_small_picture() {
        for sample in [Sample::wide(10_000), Sample::storm()] {
            let size = drawn(sample).svg.len();
            assert!(size < 300_000, "{size} bytes");
        }
    }
}
