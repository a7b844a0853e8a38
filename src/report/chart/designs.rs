//! Which design is better? Each against the baseline, with its interval.

use super::canvas::{Canvas, PX, Pen, Side};
use super::lettering::Weight;
use super::measure::Measure;
use super::palette::{self, Colour};
use super::picture::Picture;
use super::sheet::{MARGIN, Sentence, Sheet};
use super::signs::arrow_head;
use super::tornado::Effect;
use crate::experiment::Judgement;
use crate::scenario::Unit;

/// What it answers.
pub(in crate::report) const QUESTION: &str = "Which design is better?";

const WIDTH: i32 = 1000;
const TOP: i32 = 116 * PX;
const ROW: i32 = 26 * PX;
/// The most lines, those with the name of a setting among them.
const LINES: usize = 60;
/// The most room for the names.
const NAMES: i32 = 200 * PX;
/// The room for the mean, the difference and the judgement.
const SAID: [i32; 3] = [100 * PX, 120 * PX, 70 * PX];

const NAME: Pen = Pen { size: 13, weight: Weight::Regular, colour: palette::INK };
const HEAVY: Pen = Pen { size: 12, weight: Weight::Heavy, colour: palette::INK };

/// What is drawn: a metric of the designs, in each setting.
pub(in crate::report) struct Designs<'t> {
    /// What it is about: study, replications, seed.
    pub heading: String,
    /// At the foot: how to repeat it.
    pub note: String,
    /// The name of the metric.
    pub metric: &'t str,
    /// In what it is counted.
    pub unit: Unit,
    /// From which difference on it matters; 0: from any.
    pub matters_from: i64,
    /// Of the intervals, in words: `95 %`.
    pub confidence: String,
    /// The settings.
    pub groups: Vec<Group<'t>>,
}

/// The designs in a setting.
pub(in crate::report) struct Group<'t> {
    /// What is varied and how it stands here; empty: nothing is varied.
    pub setting: String,
    /// The baseline and its metric, in words.
    pub baseline: String,
    /// The other designs, in the order of the study.
    pub rows: Vec<Row<'t>>,
}

/// A design against the baseline.
pub(in crate::report) struct Row<'t> {
    /// Its name.
    pub name: &'t str,
    /// By how much it differs.
    pub effect: Effect,
    /// What that comes to.
    pub judgement: Judgement,
    /// Its metric, the difference and the judgement in words.
    pub words: [String; 3],
}

/// A line of the picture.
enum Line<'d, 't> {
    Group(&'d Group<'t>),
    Row(&'d Row<'t>),
}

/// Draws it.
pub(in crate::report) fn designs(told: &Designs<'_>) -> Picture {
    let mut lines: Vec<Line<'_, '_>> = Vec::new();
    for group in &told.groups {
        lines.push(Line::Group(group));
        lines.extend(group.rows.iter().map(Line::Row));
    }
    let further = lines.split_off(lines.len().min(LINES));
    let further = further.iter().filter(|line| matches!(line, Line::Row(_))).count();
    let mut notes = vec![format!(
        "Squares: how much the mean differs from the baseline's. Thin lines: the {} interval of each by \
         itself; the judgement is of all together.",
        told.confidence
    )];
    if told.matters_from > 0 {
        notes.push("Grey band: what does not matter (matters_from).".to_owned());
    }
    if further > 0 {
        notes.push(format!("{further} more comparisons: differences.csv"));
    }
    let bottom = TOP + ROW * lines.len() as i32;
    let first = bottom / PX + 54;
    let sheet = Sheet {
        question: QUESTION,
        heading: told.heading.clone(),
        sentences: vec![Sentence::Plain(told.sentence())],
        note: told.note.clone(),
    };
    sheet.picture((WIDTH, first + 18 * notes.len() as i32 + 44), |canvas| {
        told.draw(canvas, &lines, bottom);
        for (line, words) in notes.iter().enumerate() {
            let words = Pen::SCALE.fitted(words, WIDTH * PX - 2 * MARGIN);
            let y = (first + 18 * line as i32) * PX;
            canvas.text(&words, (MARGIN, y), Side::Right, Pen::SCALE);
        }
    })
}

impl Designs<'_> {
    fn rows(&self) -> impl Iterator<Item = &Row<'_>> {
        self.groups.iter().flat_map(|group| &group.rows)
    }

    /// Who is better and who is worse: by name in one setting, by number in several.
    fn sentence(&self) -> String {
        let of = |judgement: Judgement| -> Vec<&str> {
            self.rows().filter(|row| row.judgement == judgement).map(|row| row.name).collect()
        };
        let told = [
            (Judgement::Better, "better"),
            (Judgement::Worse, "worse"),
            (Judgement::Other, "another, not judged"),
            (Judgement::TooSmall, "too small to matter"),
            (Judgement::Same, "the same"),
            (Judgement::Unsure, "unsure"),
        ];
        let parts = told.into_iter().map(|(judgement, word)| (of(judgement), word));
        let parts: Vec<_> = parts.filter(|(names, _)| !names.is_empty()).collect();
        let words = parts.iter().map(|(names, word)| match self.groups.len() {
            1 => format!("{}: {word}", names.join(", ")),
            _ => format!("{} {word}", names.len()),
        });
        let words: Vec<String> = words.collect();
        match self.groups.len() {
            0 | 1 => words.join("; ") + ".",
            settings => format!("In {settings} settings: {}.", words.join(", ")),
        }
    }

    fn axis(&self, left: i32, right: i32) -> Measure {
        let reach = || self.rows().filter_map(|row| row.effect.reach());
        let band = self.matters_from;
        let low = reach().map(|reach| reach.0).min().unwrap_or(0).min(-band).min(0);
        let high = reach().map(|reach| reach.1).max().unwrap_or(0).max(band).max(0);
        let edge = high.saturating_sub(low) / 16;
        let range = (low.saturating_sub(edge), high.saturating_add(edge));
        Measure::new(self.unit, range, (left, right))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, lines: &[Line<'_, '_>], bottom: i32) {
        let names = self.rows().map(|row| NAME.width(row.name)).max().unwrap_or(0).min(NAMES);
        let left = MARGIN + names.max(80 * PX) + 12 * PX;
        let right = WIDTH * PX - MARGIN - SAID.iter().sum::<i32>();
        let axis = self.axis(left, right);
        if self.matters_from > 0 {
            let [from, to] = [-self.matters_from, self.matters_from].map(|it| axis.place(it));
            canvas.rect((from, TOP), (to - from, bottom - TOP), palette::GRID);
        }
        for (x, words) in axis.ticks(5, true) {
            canvas.line((x, TOP), (x, bottom), PX, palette::GRID);
            canvas.line((x, bottom), (x, bottom + 5 * PX), PX, palette::AXIS);
            canvas.text(&words, (x, bottom + 16 * PX), Side::Centre, Pen::SCALE);
        }
        canvas.line((left, bottom), (right, bottom), PX, palette::AXIS);
        let zero = axis.place(0);
        canvas.line((zero, TOP), (zero, bottom), 3 * PX / 2, palette::INK);
        let metric = format!("{}, by how much it differs", self.metric);
        let metric = Pen::SCALE.fitted(&metric, right - MARGIN);
        canvas.text(&metric, (right, bottom + 34 * PX), Side::Left, Pen::SCALE);
        for (place, line) in lines.iter().enumerate() {
            let middle = TOP + ROW * place as i32 + ROW / 2;
            match line {
                Line::Row(row) => draw_row(canvas, row, middle, &axis, right),
                Line::Group(group) => draw_group(canvas, group, middle),
            }
        }
    }
}

/// The name of a setting, and what the baseline is there.
fn draw_group(canvas: &mut Canvas<'_>, group: &Group<'_>, middle: i32) {
    let (left, right) = (MARGIN, WIDTH * PX - MARGIN);
    // the axis runs through all lines, and no letter lies on it
    canvas.rect((left, middle - ROW / 2), (right - left, ROW), palette::PAPER);
    let words = match group.setting.is_empty() {
        true => format!("baseline {}", group.baseline),
        false => format!("{}  \u{B7}  baseline {}", group.setting, group.baseline),
    };
    let words = HEAVY.fitted(&words, right - left);
    canvas.text(&words, (left, middle + 2 * PX), Side::Right, HEAVY);
}

fn draw_row(canvas: &mut Canvas<'_>, row: &Row<'_>, middle: i32, axis: &Measure, right: i32) {
    let name = NAME.fitted(row.name, NAMES);
    canvas.text(&name, (MARGIN, middle), Side::Right, NAME);
    let colour = colour_of(row.judgement);
    match row.effect {
        Effect::By { mean, .. } => {
            if let Some((low, high)) = row.effect.reach().filter(|(low, high)| low < high) {
                let (from, to) = (axis.place(low), axis.place(high));
                canvas.line((from, middle), (to, middle), 3 * PX / 2, palette::INK);
                for x in [from, to] {
                    canvas.line(
                        (x, middle - 4 * PX),
                        (x, middle + 4 * PX),
                        3 * PX / 2,
                        palette::INK,
                    );
                }
            }
            let x = axis.place(mean);
            canvas.rect((x - 5 * PX, middle - 5 * PX), (10 * PX, 10 * PX), palette::INK);
            canvas.rect((x - 4 * PX, middle - 4 * PX), (8 * PX, 8 * PX), colour);
        }
        Effect::Never => {
            let zero = axis.place(0);
            let width = (right - 6 * PX - zero).max(0);
            canvas.rect((zero, middle - 2 * PX), (width, 4 * PX), palette::FAILED);
            arrow_head(canvas, (right, middle));
        }
        Effect::Untold => {}
    }
    let mut edge = right;
    for ((words, room), place) in row.words.iter().zip(SAID).zip(0..) {
        edge += room;
        let pen = if place == 2 { HEAVY } else { Pen::SCALE };
        canvas.text(&pen.fitted(words, room - 8 * PX), (edge, middle), Side::Left, pen);
    }
}

const fn colour_of(judgement: Judgement) -> Colour {
    match judgement {
        Judgement::Better => palette::SERIES[0].0,
        Judgement::Worse => palette::SERIES[1].0,
        Judgement::Other => palette::QUEUED,
        Judgement::TooSmall | Judgement::Same => palette::WAITING,
        Judgement::Unsure => palette::PAPER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::chart::sample::texts;

    const HOUR: i64 = 3_600_000_000;

    fn row(name: &str, hours: i64, half: i64, judgement: Judgement) -> Row<'_> {
        let (mean, half) = (hours * HOUR, half * HOUR / 10);
        let effect = Effect::By { mean, half: Some(half), sure: mean.abs() > half };
        let words = ["15.4 h", "−10.1 h ±12.34", judgement.name()].map(str::to_owned);
        Row { name, effect, judgement, words }
    }

    fn told(groups: Vec<Group<'_>>) -> Designs<'_> {
        Designs {
            heading: "branch-study  ·  p95-hours  ·  20 replications  ·  paired on seed 42"
                .to_owned(),
            note: "branch-study  ·  seed 42".to_owned(),
            metric: "p95-hours",
            unit: Unit::Time,
            matters_from: HOUR / 2,
            confidence: "95 %".to_owned(),
            groups,
        }
    }

    fn group<'t>(setting: &str, rows: Vec<Row<'t>>) -> Group<'t> {
        Group { setting: setting.to_owned(), baseline: "today: 25.4 h".to_owned(), rows }
    }

    fn twelve() -> Vec<Row<'static>> {
        let long = "the-design-whose-name-was-agreed-on-by-a-whole-committee";
        let mut rows = vec![
            row("earlier", -10, 4, Judgement::Better),
            row("flat", 4, 9, Judgement::Worse),
            row(long, 1, 20, Judgement::Unsure),
            row("same", 0, 0, Judgement::Same),
            row("small", 0, 3, Judgement::TooSmall),
        ];
        rows.push(Row { effect: Effect::Never, ..row("lost", 0, 0, Judgement::Worse) });
        rows.push(Row { effect: Effect::Untold, ..row("unmeasured", 0, 0, Judgement::Unsure) });
        rows.extend(["h", "i", "j", "k"].map(|name| row(name, -3, 50, Judgement::Unsure)));
        rows
    }

    #[test]
    fn every_design_stands_beside_the_baseline_with_its_judgement() {
        let texts = texts("designs-twelve", &designs(&told(vec![group("", twelve())])));
        for wanted in ["baseline today: 25.4 h", "earlier", "better", "lost"] {
            assert!(texts.iter().any(|text| text == wanted), "{wanted}: {texts:?}");
        }
        let said =
            texts.iter().find(|text| text.starts_with("earlier: better; flat, lost: worse;"));
        assert!(said.is_some(), "{texts:?}");
    }

    #[test]
    fn settings_have_their_headings_and_too_many_are_counted() {
        let setting =
            "branch_retry=15min, faults.wsus-timeouts.when.per_attempt=40%, and so on and so on";
        let groups: Vec<Group<'_>> = (0..6).map(|_| group(setting, twelve())).collect();
        let texts = texts("designs-settings", &designs(&told(groups)));
        assert!(
            texts.iter().any(|text| text == "11 more comparisons: differences.csv"),
            "{texts:?}"
        );
        assert!(texts.iter().any(|text| text.starts_with("In 6 settings: 6 better, 12 worse, ")));
        let alone = Designs {
            matters_from: 0,
            ..told(vec![group("", vec![row("a", 0, 0, Judgement::Same)])])
        };
        assert!(!designs(&alone).svg.contains("Grey band"));
    }
}
