//! Which knob is worth turning? One knob at a time, on its lowest and its highest effect.

use super::canvas::{Canvas, PX, Pen, Side};
use super::lettering::{Weight, cleaned};
use super::measure::Measure;
use super::palette::{self, Colour};
use super::picture::Picture;
use super::sheet::{MARGIN, Sentence, Sheet};
use super::signs::arrow_head;
use super::subject::counted;
use crate::scenario::{Better, Unit};

/// What it answers.
pub(in crate::report) const QUESTION: &str = "Which knob is worth turning?";

const WIDTH: i32 = 1000;
const TOP: i32 = 136 * PX;
const ROW: i32 = 42 * PX;
/// The most knobs that have a row.
const ROWS: usize = 30;
/// The most room for the names, and for the words at either end of the bars.
const NAMES: i32 = 230 * PX;
const WORDS: i32 = 150 * PX;

const NAME: Pen = Pen { size: 13, weight: Weight::Regular, colour: palette::INK };
const LEVEL: Pen = Pen { size: 12, weight: Weight::Heavy, colour: palette::INK };
const NEVER: Pen = Pen { weight: Weight::Heavy, colour: palette::FAILED_TEXT, ..Pen::NOTE };

/// What is drawn: a metric of a design, and what each knob does to it.
pub(in crate::report) struct Tornado<'t> {
    /// What it is about: study, replications, seed.
    pub heading: String,
    /// At the foot: how to repeat it.
    pub note: String,
    /// The name of the metric.
    pub metric: &'t str,
    /// In what it is counted.
    pub unit: Unit,
    /// Which way is better.
    pub better: Better,
    /// The design as it is, and its metric in words.
    pub as_it_is: (&'t str, String),
    /// Of the intervals, in words: `95 %`.
    pub confidence: String,
    /// The knobs, in the order of the study.
    pub knobs: Vec<Knob<'t>>,
}

/// A knob and what it does on each of its values.
pub(in crate::report) struct Knob<'t> {
    /// Its name.
    pub name: &'t str,
    /// Is what it stands on only an assumed default?
    pub is_assumed: bool,
    /// At least one.
    pub turns: Vec<Turn<'t>>,
}

/// A knob on one of its values.
pub(in crate::report) struct Turn<'t> {
    /// The value, as written.
    pub level: &'t str,
    /// What it does.
    pub effect: Effect,
    /// The same in words.
    pub words: String,
}

/// By how much a metric differs from that of the design as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum Effect {
    /// By so much, in the smallest step of its unit.
    By {
        /// On average.
        mean: i64,
        /// Half the width of the interval; `None` of one replication.
        half: Option<i64>,
        /// Does the interval leave out nothing at all?
        sure: bool,
    },
    /// A time that comes as the design is comes no more.
    Never,
    /// Nothing that could be drawn.
    Untold,
}

impl Effect {
    /// What it is ordered by: never is later than every time.
    const fn place(self) -> i64 {
        match self {
            Effect::By { mean, .. } => mean,
            Effect::Never => i64::MAX,
            Effect::Untold => 0,
        }
    }

    /// From where to where its interval reaches.
    pub(super) fn reach(self) -> Option<(i64, i64)> {
        let Effect::By { mean, half, .. } = self else { return None };
        let half = half.unwrap_or(0);
        Some((mean.saturating_sub(half), mean.saturating_add(half)))
    }
}

impl<'t> Knob<'t> {
    fn size(&self) -> u64 {
        let sizes = self.turns.iter().map(|turn| turn.effect.place().unsigned_abs());
        sizes.max().unwrap_or(0)
    }

    /// The values with the lowest and the highest effect; of one value the side that it lies on.
    fn ends(&self) -> (Option<&Turn<'t>>, Option<&Turn<'t>>) {
        let place = |turn: &&Turn<'t>| turn.effect.place();
        let low = self.turns.iter().min_by_key(place);
        let high = self.turns.iter().max_by_key(place);
        match self.turns.as_slice() {
            [only] if only.effect.place() < 0 => (low, None),
            [_] => (None, high),
            _ => (low, high),
        }
    }
}

/// Draws it, the knob that moves the metric most first.
pub(in crate::report) fn tornado(told: &Tornado<'_>) -> Picture {
    let mut knobs: Vec<&Knob<'_>> = told.knobs.iter().collect();
    // of equal ones the first that is written
    knobs.sort_by_key(|knob| std::cmp::Reverse(knob.size()));
    let further = knobs.split_off(knobs.len().min(ROWS));
    let sheet = Sheet {
        question: QUESTION,
        heading: told.heading.clone(),
        sentences: told.sentences(&knobs),
        note: told.note.clone(),
    };
    let notes = told.notes(&knobs, &further);
    let bottom = TOP / PX + ROW / PX * knobs.len() as i32;
    let height = bottom + 54 + 18 * notes.len() as i32 + 44;
    sheet.picture((WIDTH, height), |canvas| {
        Drawing::of(told, &knobs, bottom * PX).draw(canvas, &knobs);
        for (line, words) in notes.iter().enumerate() {
            let y = (bottom + 54 + 18 * line as i32) * PX;
            let words = Pen::SCALE.fitted(words, WIDTH * PX - 2 * MARGIN);
            canvas.text(&words, (MARGIN, y), Side::Right, Pen::SCALE);
        }
    })
}

impl Tornado<'_> {
    fn sentences(&self, knobs: &[&Knob<'_>]) -> Vec<Sentence> {
        let mut said = Vec::new();
        let Some(first) = knobs.first() else { return said };
        let never =
            knobs.iter().filter(|knob| knob.turns.iter().any(|turn| turn.effect == Effect::Never));
        match never.count() {
            0 => {}
            1 => said.push(Sentence::Alarm("One knob can make it never come.".to_owned())),
            more => said.push(Sentence::Alarm(format!("{more} knobs can make it never come."))),
        }
        let by_size = |turn: &&Turn<'_>| turn.effect.place().unsigned_abs();
        let turn = first.turns.iter().max_by_key(by_size);
        said.extend(turn.map(|turn| {
            let Turn { level, words, .. } = turn;
            Sentence::Plain(match first.size() {
                0 => format!("No knob moves {}.", self.metric),
                _ => format!("{} moves {} most: {words} on {level}.", first.name, self.metric),
            })
        }));
        said
    }

    /// What is explained below the axis.
    fn notes(&self, knobs: &[&Knob<'_>], further: &[&Knob<'_>]) -> Vec<String> {
        let mut notes = vec![format!(
            "Thin lines: the {} interval of each by itself. \
             Grey: it holds zero, so that the effect may be chance.",
            self.confidence
        )];
        if knobs.iter().any(|knob| knob.turns.len() > 2) {
            notes.push("Strokes: the values between the two that are named.".to_owned());
        }
        if knobs.iter().any(|knob| knob.is_assumed) {
            notes.push("* stands on an assumed default (supsim show defaults).".to_owned());
        }
        if !further.is_empty() {
            let count = counted(further.len(), "more knob");
            notes.push(format!("{count}, none of which moves it further: sensitivity.csv"));
        }
        notes
    }
}

/// Where everything stands.
struct Drawing {
    axis: Measure,
    left: i32,
    right: i32,
    bottom: i32,
    /// Less and more.
    colours: [Colour; 2],
    sides: [&'static str; 2],
    as_it_is: String,
    metric: String,
}

impl Drawing {
    fn of(told: &Tornado<'_>, knobs: &[&Knob<'_>], bottom: i32) -> Drawing {
        let names = knobs.iter().flat_map(|knob| shown(knob)).map(|line| NAME.width(&line));
        let names = names.max().unwrap_or(0);
        let turns = || knobs.iter().flat_map(|knob| &knob.turns);
        let words = turns().map(|turn| LEVEL.width(turn.level).max(NEVER.width(&turn.words)));
        let words = words.max().unwrap_or(0).min(WORDS) + 14 * PX;
        let left = MARGIN + names + words;
        let right = WIDTH * PX - MARGIN - words;
        let reach = || turns().filter_map(|turn| turn.effect.reach());
        let low = reach().map(|(low, _)| low).min().unwrap_or(0).min(0);
        let high = reach().map(|(_, high)| high).max().unwrap_or(0).max(0);
        // what never comes goes further than all the rest
        let never = turns().any(|turn| turn.effect == Effect::Never);
        let beyond = if never { high.saturating_sub(low).max(8) / 8 } else { 0 };
        let range = (low, high.saturating_add(beyond));
        let (less, more) = (palette::SERIES[0].0, palette::SERIES[1].0);
        let (colours, sides) = match told.better {
            Better::Lower => ([less, more], ["better", "worse"]),
            Better::Higher => ([more, less], ["worse", "better"]),
            Better::Neither => ([palette::QUEUED; 2], ["less", "more"]),
        };
        let (design, value) = &told.as_it_is;
        Drawing {
            axis: Measure::new(told.unit, range, (left, right)),
            left,
            right,
            bottom,
            colours,
            sides,
            as_it_is: format!("{design}: {value}"),
            metric: format!("{}, by how much it differs", told.metric),
        }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, knobs: &[&Knob<'_>]) {
        let (left, right, bottom, zero) = (self.left, self.right, self.bottom, self.axis.place(0));
        for (x, words) in self.axis.ticks(6, true) {
            canvas.line((x, TOP), (x, bottom), PX, palette::GRID);
            canvas.line((x, bottom), (x, bottom + 5 * PX), PX, palette::AXIS);
            canvas.text(&words, (x, bottom + 16 * PX), Side::Centre, Pen::SCALE);
        }
        canvas.line((left, bottom), (right, bottom), PX, palette::AXIS);
        let metric = Pen::SCALE.fitted(&self.metric, right - MARGIN);
        canvas.text(&metric, (right, bottom + 32 * PX), Side::Left, Pen::SCALE);
        self.head(canvas, zero);
        for (row, knob) in knobs.iter().enumerate() {
            self.row(canvas, knob, TOP + ROW * row as i32 + ROW / 2);
        }
        canvas.line((zero, TOP), (zero, bottom), 3 * PX / 2, palette::INK);
    }

    /// Above the bars: which side is which, and what the middle is.
    fn head(&self, canvas: &mut Canvas<'_>, zero: i32) {
        let y = TOP - 14 * PX;
        let edges = (MARGIN, WIDTH * PX - MARGIN);
        let words = LEVEL.fitted(&self.as_it_is, (edges.1 - edges.0) / 2);
        let half = LEVEL.width(&words) / 2;
        let middle = zero.clamp(edges.0 + half, edges.1 - half);
        canvas.text(&words, (middle, y), Side::Centre, LEVEL);
        let [less, more] = self.sides;
        let gap = 26 * PX;
        if middle - half - gap - Pen::SCALE.width(less) - 16 * PX > edges.0 {
            canvas.text(
                &format!("\u{2190} {less}"),
                (middle - half - gap, y),
                Side::Left,
                Pen::SCALE,
            );
        }
        if middle + half + gap + Pen::SCALE.width(more) + 16 * PX < edges.1 {
            canvas.text(
                &format!("{more} \u{2192}"),
                (middle + half + gap, y),
                Side::Right,
                Pen::SCALE,
            );
        }
    }

    fn row(&self, canvas: &mut Canvas<'_>, knob: &Knob<'_>, middle: i32) {
        let name = shown(knob);
        let first = middle - 8 * PX * (name.len() as i32 - 1);
        for (line, words) in name.iter().enumerate() {
            canvas.text(words, (MARGIN, first + 16 * PX * line as i32), Side::Right, NAME);
        }
        let (low, high) = knob.ends();
        // the longer bar lies behind the shorter one on the same side
        let mut ends: Vec<&Turn<'_>> = [low, high].into_iter().flatten().collect();
        ends.sort_by_key(|turn| std::cmp::Reverse(turn.effect.place().unsigned_abs()));
        for turn in &ends {
            self.bar(canvas, turn.effect, middle);
        }
        for turn in &knob.turns {
            let between = knob.turns.len() > 2 || ends.len() == 2;
            if let Effect::By { mean, .. } = turn.effect
                && between
                && mean != 0
            {
                let x = self.axis.place(mean);
                canvas.line((x, middle - 9 * PX), (x, middle + 9 * PX), PX, palette::INK);
            }
        }
        for turn in &ends {
            self.whisker(canvas, turn.effect, middle);
        }
        // words stand clear of both intervals
        let zero = self.axis.place(0);
        let drawn = ends.iter().map(|turn| self.span(turn.effect));
        let (from, to) = drawn.fold((zero, zero), |all, one| (all.0.min(one.0), all.1.max(one.1)));
        for (turn, x, side) in [(low, from - 8 * PX, Side::Left), (high, to + 8 * PX, Side::Right)]
        {
            if let Some(turn) = turn {
                words(canvas, turn, (x, middle), side);
            }
        }
    }

    /// From where to where something is drawn of an effect.
    fn span(&self, effect: Effect) -> (i32, i32) {
        let zero = self.axis.place(0);
        match effect.reach() {
            Some((low, high)) => (self.axis.place(low), self.axis.place(high)),
            None if effect == Effect::Never => (zero, self.right),
            None => (zero, zero),
        }
    }

    fn bar(&self, canvas: &mut Canvas<'_>, effect: Effect, middle: i32) {
        let zero = self.axis.place(0);
        let (end, colour) = match effect {
            Effect::By { mean, sure, .. } => {
                let colour = self.colours[usize::from(mean > 0)];
                (self.axis.place(mean), if sure { colour } else { palette::WAITING })
            }
            Effect::Never => (self.right - 6 * PX, palette::FAILED),
            Effect::Untold => return,
        };
        canvas.rect((zero.min(end), middle - 9 * PX), ((zero - end).abs(), 18 * PX), colour);
        if effect == Effect::Never {
            arrow_head(canvas, (self.right, middle));
        }
    }

    fn whisker(&self, canvas: &mut Canvas<'_>, effect: Effect, y: i32) {
        let Some((low, high)) = effect.reach().filter(|(low, high)| low < high) else { return };
        let (from, to) = (self.axis.place(low), self.axis.place(high));
        canvas.line((from, y), (to, y), 3 * PX / 2, palette::INK);
        for x in [from, to] {
            canvas.line((x, y - 4 * PX), (x, y + 4 * PX), 3 * PX / 2, palette::INK);
        }
    }
}

/// The value and what it does, beyond its end of the bar.
fn words(canvas: &mut Canvas<'_>, turn: &Turn<'_>, (x, middle): (i32, i32), side: Side) {
    let pen = if turn.effect == Effect::Never { NEVER } else { Pen::NOTE };
    let level = LEVEL.fitted(turn.level, WORDS);
    canvas.text(&level, (x, middle - 7 * PX), side, LEVEL);
    canvas.text(&pen.fitted(&turn.words, WORDS), (x, middle + 8 * PX), side, pen);
}

/// The name of a knob on one line or two, as far as there is room, with its mark.
fn shown(knob: &Knob<'_>) -> Vec<String> {
    const MARK: &str = " *";
    let (mark, room) = match knob.is_assumed {
        true => (MARK, NAMES - NAME.width(MARK)),
        false => ("", NAMES),
    };
    let name = cleaned(knob.name);
    if NAME.width(&name) <= room {
        return vec![name + mark];
    }
    // broken behind a dot of a path, where the rest has room then; else as late as can be
    let fits = |end: &usize| NAME.width(&name[..*end]) <= room;
    let behind = |dots: bool| {
        let places = name.char_indices().filter(move |(_, it)| !dots || *it == '.');
        places.map(|(at, it)| at + it.len_utf8()).take_while(fits).last()
    };
    let dot = behind(true).filter(|at| NAME.width(&name[*at..]) <= room);
    let (first, rest) = name.split_at(dot.or_else(|| behind(false)).unwrap_or(0));
    vec![first.to_owned(), NAME.fitted(rest, room) + mark]
}

#[cfg(test)]
mod tests;
