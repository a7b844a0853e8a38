//! The timeline of the sites: what was each site doing?

use std::collections::{BTreeMap, BTreeSet};

use super::axis::words;
use super::bars::{Bar, NARROWEST, Step, bars};
use super::canvas::{Canvas, PX, Pen, Side};
use super::lettering::Weight;
use super::palette;
use super::picture::Picture;
use super::rows::{Row, Rows, rows};
use super::squeeze::Squeezed;
use super::subject::{Subject, counted, grouped};
use crate::measure::{Attempt, Ending, Outcome};
use crate::scenario::{Occurs, Scenario};
use crate::units::{Duration, Instant, ReleaseId, SiteId};

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
const SMALL: Pen = Pen { size: 10, weight: Weight::Heavy, colour: palette::PAPER };

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

/// A sign of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Step(Step),
    Several,
    Waiting,
    Outage,
    Request,
    Current,
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
        plan.top = (132 + 20 * plan.key().1) * PX;
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
        self.draw_key(canvas);
        self.outages(canvas);
        self.grid(canvas);
        self.requests(canvas);
        for (place, row) in self.rows.drawn.iter().enumerate() {
            self.label(canvas, row, self.middle(place));
            for bar in &self.bars[place] {
                self.bar(canvas, bar, self.middle(place));
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
        if any(|bar| matches!(bar, Bar::Several { .. })) {
            meanings.push(("several, and how many", Mark::Several));
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

    /// Where each meaning stands, on as many lines as they need; and how many those are.
    fn key(&self) -> (Vec<(String, Mark, (i32, i32))>, i32) {
        let (mut x, mut line) = (MARGIN, 0);
        let mut key = Vec::new();
        for (name, mark) in self.meanings() {
            let width = 19 * PX + Pen::SCALE.width(&name);
            if x > MARGIN && x + width > WIDTH * PX - MARGIN {
                (x, line) = (MARGIN, line + 1);
            }
            key.push((name, mark, (x, (112 + 20 * line) * PX)));
            x += width + 18 * PX;
        }
        (key, line + 1)
    }

    fn draw_key(&self, canvas: &mut Canvas<'_>) {
        for (name, mark, (x, y)) in self.key().0 {
            canvas.text(&name, (x + 19 * PX, y), Side::Right, Pen::SCALE);
            match mark {
                Mark::Step(step) => {
                    let thick = if step == Step::Internet { 5 * PX } else { 10 * PX };
                    let length = if step == Step::Failed { 8 * PX } else { 13 * PX };
                    canvas.rect((x, y - thick / 2), (length, thick), step.named().1);
                    if step == Step::Failed {
                        cross(canvas, (x + length, y), 4 * PX);
                    }
                }
                Mark::Several => {
                    canvas.rect((x, y - 6 * PX), (14 * PX, 12 * PX), palette::QUIET);
                    canvas.text("3", (x + 7 * PX, y), Side::Centre, SMALL);
                }
                Mark::Waiting => wait(canvas, (x, y), 14 * PX),
                Mark::Outage => {
                    canvas.rect((x, y - 7 * PX), (14 * PX, 14 * PX), palette::OUTAGE);
                }
                Mark::Request => {
                    let corner = [(x + PX, y - 6 * PX), (x + PX, y), (x + 9 * PX, y)];
                    canvas.path(&corner, PX, palette::AXIS);
                    arrow_head(canvas, (x + 14 * PX, y));
                }
                Mark::Current => diamond(canvas, (x + 7 * PX, y)),
            }
        }
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
        for tick in self.axis.ticks(clock) {
            canvas.line((tick.x, self.top), (tick.x, bottom), PX, palette::GRID);
            canvas.line((tick.x, bottom), (tick.x, bottom + 5 * PX), PX, palette::AXIS);
            canvas.text(&tick.time, (tick.x, bottom + 17 * PX), Side::Centre, Pen::SCALE);
            if let Some(date) = tick.date {
                let pen = Pen { weight: Weight::Heavy, ..Pen::SCALE };
                let half = pen.width(&date) / 2;
                if tick.x - half > dated_until {
                    canvas.text(&date, (tick.x, bottom + 34 * PX), Side::Centre, pen);
                    dated_until = tick.x + half + 4 * PX;
                }
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
                    arrow_head(canvas, tip);
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

    fn bar(&self, canvas: &mut Canvas<'_>, bar: &Bar, middle: i32) {
        let thick = self.row_height * 3 / 5 / PX * PX;
        match bar {
            Bar::Waiting { left, right } => wait(canvas, (*left, middle), right - left),
            Bar::Phase { left, right, colour, step } => {
                let thick = if *step == Step::Internet { thick / 2 } else { thick };
                canvas.rect((*left, middle - thick / 2), (right - left, thick), *colour);
            }
            Bar::Failed { x } => cross(canvas, (*x, middle), thick * 2 / 5),
            Bar::Several { left, right, count, failed } => {
                let width = right - left;
                let colour = if *failed > 0 { palette::FAILED_TEXT } else { palette::QUIET };
                canvas.rect((*left, middle - thick / 2), (width, thick), colour);
                let short = count.to_string();
                let long = match failed {
                    0 => format!("{count} done"),
                    failed if failed == count => format!("{count} failed"),
                    failed => format!("{failed} of {count} failed"),
                };
                let fits = |text: &&String| SMALL.width(text) + 6 * PX <= width;
                if let Some(text) = [&long, &short].into_iter().find(fits) {
                    canvas.text(text, ((left + right) / 2, middle), Side::Centre, SMALL);
                }
            }
        }
    }

    fn current(&self, canvas: &mut Canvas<'_>, row: &Row, middle: i32) {
        if let Some(at) = row.current.filter(|at| *at >= self.window.0 && *at <= self.window.1) {
            diamond(canvas, (self.axis.x(at), middle));
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
        let failed = match failed {
            0 => "none of their synchronisations failed".to_owned(),
            failed => format!("{} among theirs", counted(failed, "failed synchronisation")),
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

/// The synchronisations of a site, in order.
fn attempts(outcome: &Outcome, site: SiteId) -> &[Attempt] {
    let first = outcome.attempts.partition_point(|attempt| attempt.site < site);
    let after = outcome.attempts.partition_point(|attempt| attempt.site <= site);
    &outcome.attempts[first..after]
}

/// From publication (without a release: from the first synchronisation) until the last site is
/// current, and whether the run went on with a site that was never current.
///
/// Such a site is followed for half as long again, but at least for six hours.
fn window(
    scenario: &Scenario,
    outcome: &Outcome,
    subject: &Subject<'_>,
    rows: &Rows,
) -> ((Instant, Instant), bool) {
    let horizon = Instant::START + scenario.duration;
    let drawn = || rows.drawn.iter().flat_map(|row| attempts(outcome, row.site));
    let first = drawn().map(|attempt| attempt.start).min().unwrap_or_default();
    let Some(release) = subject.release else {
        let last = drawn().map(|attempt| attempt.end.unwrap_or(horizon)).max().unwrap_or(horizon);
        return ((first, last), false);
    };
    let from = release.at;
    let last = rows.drawn.iter().filter_map(|row| row.current).max();
    let never = rows.drawn.iter().any(|row| row.current.is_none());
    let later = |at: Instant, by: Duration| at.checked_add(by).unwrap_or(horizon).min(horizon);
    match (last, never) {
        (Some(last), false) => {
            let busy = last.since(first.max(from)).micros();
            ((from, later(last, Duration::from_micros(busy / 20))), false)
        }
        (last, _) => {
            let last = last.unwrap_or(first.max(from));
            let more = Duration::from_micros(last.since(from).micros() / 2);
            let until = later(last, more.max(Duration::from_hours(6)));
            ((from, until), until < horizon)
        }
    }
}

/// The spans in which something is going on at the sites drawn; edges of faults have no length.
fn busy(
    scenario: &Scenario,
    outcome: &Outcome,
    rows: &Rows,
    window: (Instant, Instant),
) -> Vec<(Instant, Instant)> {
    let event = |at: Instant| (at, at);
    let mut busy = vec![event(window.0)];
    let sites: BTreeSet<SiteId> = rows.drawn.iter().map(|row| row.site).collect();
    for row in &rows.drawn {
        busy.extend(row.current.map(event));
        let spans = attempts(outcome, row.site).iter();
        busy.extend(spans.map(|attempt| (attempt.start, attempt.end.unwrap_or(window.1))));
    }
    for held in outcome.faults.iter().filter(|held| sites.contains(&held.site)) {
        let fault = scenario.faults.get(held.fault.index());
        if fault.is_some_and(|fault| matches!(fault.occurs, Occurs::Window { .. })) {
            busy.push(event(held.from));
            busy.extend(held.until.map(event));
        }
    }
    busy
}

fn wait(canvas: &mut Canvas<'_>, (left, middle): (i32, i32), width: i32) {
    canvas.rect((left, middle - 3 * PX / 2), (width, 3 * PX), palette::WAITING_LINE);
}

/// A cross with a white edge, so that it can be seen on every bar.
fn cross(canvas: &mut Canvas<'_>, (x, y): (i32, i32), arm: i32) {
    for (thickness, colour, arm) in
        [(5 * PX, palette::PAPER, arm + PX), (5 * PX / 2, palette::FAILED_TEXT, arm)]
    {
        canvas.line((x - arm, y - arm), (x + arm, y + arm), thickness, colour);
        canvas.line((x - arm, y + arm), (x + arm, y - arm), thickness, colour);
    }
}

/// The mark of a site that has become current, with a white edge.
fn diamond(canvas: &mut Canvas<'_>, (x, y): (i32, i32)) {
    for (reach, colour) in [(7 * PX, palette::PAPER), (5 * PX, palette::INK)] {
        canvas.polygon(&[(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)], colour);
    }
}

/// The head of an arrow that points to the right.
fn arrow_head(canvas: &mut Canvas<'_>, (x, y): (i32, i32)) {
    let corners = [(x, y), (x - 6 * PX, y - 3 * PX), (x - 6 * PX, y + 3 * PX)];
    canvas.polygon(&corners, palette::QUIET);
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
