//! Which hour is best? One bar for each hour of the day.

use super::canvas::{Canvas, PX, Pen, Side};
use super::lettering::Weight;
use super::measure::Measure;
use super::palette;
use super::picture::Picture;
use super::plot::{Frame, limit};
use super::sheet::{MARGIN, Sentence, Sheet};
use super::signs::cross;
use crate::scenario::Unit;

/// What it answers.
pub(in crate::report) const QUESTION: &str = "Which hour is best?";

const WIDTH: i32 = 1000;
const FRAME: Frame =
    Frame { left: 96 * PX, right: WIDTH * PX - MARGIN, top: 132 * PX, bottom: 400 * PX };
/// Half the width of a column whose hour can be written below it.
const WIDEST: i32 = 17 * PX;

const BEST: Pen = Pen { size: 12, weight: Weight::Heavy, colour: palette::INK };

/// What is drawn: a metric of a design at each hour.
pub(in crate::report) struct BestHour<'t> {
    /// What it is about: study, replications, seed.
    pub heading: String,
    /// At the foot: how to repeat it.
    pub note: String,
    /// What went wrong; empty: nothing.
    pub alarm: String,
    /// What a planner would take away.
    pub answer: String,
    /// The name of the metric.
    pub metric: &'t str,
    /// In what it is counted.
    pub unit: Unit,
    /// The design as it is, in words, and its metric; `None`: it never comes.
    pub today: (String, Option<i64>),
    /// The hours, in order.
    pub hours: Vec<Column<'t>>,
    /// The expectation that some hours do not keep.
    pub limit: Option<&'t str>,
    /// Of the intervals, in words: `95 %`.
    pub confidence: String,
}

/// A bar.
pub(in crate::report) struct Column<'t> {
    /// The hour: `14:00`.
    pub clock: &'t str,
    /// How high; `None`: the time never comes, or there is nothing to measure.
    pub mean: Option<i64>,
    /// Half the width of the interval of what differs from the design as it is.
    pub half: i64,
    /// How good.
    pub rank: Rank,
    /// How it keeps the limit.
    pub mark: Option<Mark>,
    /// Does the design have this hour as it is?
    pub is_today: bool,
}

/// How good an hour is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum Rank {
    /// The best.
    Best,
    /// Not surely worse than the best.
    AsGood,
    /// Every other.
    Other,
}

/// How an hour does not keep the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum Mark {
    /// Not in every replication.
    Sometimes,
    /// As it is to be shown, it is not.
    Broken,
}

/// Draws it.
pub(in crate::report) fn best_hour(told: &BestHour<'_>) -> Picture {
    let mut sentences = Vec::new();
    if !told.alarm.is_empty() {
        sentences.push(Sentence::Alarm(told.alarm.clone()));
    }
    sentences.push(Sentence::Plain(told.answer.clone()));
    let axis = told.axis();
    let notes = told.notes(axis.begins);
    let sheet = Sheet {
        question: QUESTION,
        heading: told.heading.clone(),
        sentences,
        note: told.note.clone(),
    };
    let first = FRAME.bottom / PX + 86;
    let height = first + 18 * notes.len() as i32 + 40;
    sheet.picture((WIDTH, height), |canvas| {
        told.draw(canvas, &axis);
        for (line, words) in notes.iter().enumerate() {
            let y = (first + 18 * line as i32) * PX;
            let words = Pen::SCALE.fitted(words, WIDTH * PX - 2 * MARGIN);
            canvas.text(&words, (MARGIN, y), Side::Right, Pen::SCALE);
        }
    })
}

/// How high the bars are.
struct Axis {
    measure: Measure,
    /// Where it begins when that is not at nothing.
    begins: bool,
}

impl BestHour<'_> {
    fn axis(&self) -> Axis {
        let ends = self.hours.iter().filter_map(|one| {
            let mean = one.mean?;
            Some((mean.saturating_sub(one.half), mean.saturating_add(one.half)))
        });
        let today = self.today.1.map(|mean| (mean, mean));
        let ends: Vec<(i64, i64)> = ends.chain(today).collect();
        let high = ends.iter().map(|end| end.1).max().unwrap_or(0).max(0);
        let low = ends.iter().map(|end| end.0).min().unwrap_or(0).clamp(0, high);
        // what differs by little is lost on an axis from nothing
        let begins = low / 5 * 4 > (high - low).saturating_mul(4);
        let from = if begins { (low - (high - low) / 2).max(0) } else { 0 };
        let top = high.saturating_add((high - from) / 12);
        let measure = Measure::new(self.unit, (from, top), (FRAME.bottom, FRAME.top));
        Axis { measure, begins }
    }

    fn notes(&self, begins: bool) -> Vec<String> {
        let mut notes = vec![format!(
            "Blue: the best; paler blue: not surely worse than the best. Thin lines: the {} interval \
             of what differs from the dashed line.",
            self.confidence
        )];
        if begins {
            notes.push("The axis does not begin at nothing.".to_owned());
        }
        if self.hours.iter().any(|one| one.mean.is_none()) {
            notes.push("Vermilion: in some replication it never comes.".to_owned());
        }
        if let Some(limit) = self.limit {
            let marked = |mark| self.hours.iter().any(|one| one.mark == Some(mark));
            let (broken, some) = (marked(Mark::Broken), marked(Mark::Sometimes));
            notes.push(match (broken, some) {
                (false, false) => format!("Every hour keeps {limit}."),
                (true, false) => format!("Cross below the hour: it breaks {limit}."),
                (false, true) => format!("Dot below the hour: it does not keep {limit} in every replication."),
                (true, true) => format!(
                    "Below the hour: a cross where it breaks {limit}, a dot where it does not keep it in \
                     every replication."
                ),
            });
        }
        notes
    }

    fn draw(&self, canvas: &mut Canvas<'_>, axis: &Axis) {
        let Frame { left, right, bottom, .. } = FRAME;
        for (y, words) in axis.measure.ticks(6, false) {
            canvas.line((left, y), (right, y), PX, palette::GRID);
            canvas.text(&words, (left - 10 * PX, y), Side::Left, Pen::SCALE);
        }
        let metric = Pen::SCALE.fitted(self.metric, right - MARGIN);
        canvas.text(&metric, (MARGIN, FRAME.top - 18 * PX), Side::Right, Pen::SCALE);
        let count = self.hours.len().max(1) as i32;
        let width = (right - left) / count;
        let each = named(self.hours.len(), (2 * WIDEST / width.max(1) + 1) as usize);
        for (place, one) in self.hours.iter().enumerate() {
            let middle = left + (right - left) * (2 * place as i32 + 1) / (2 * count);
            self.column(canvas, one, (middle, width), axis);
            if place % each == 0 {
                canvas.text(one.clock, (middle, bottom + 14 * PX), Side::Centre, Pen::SCALE);
            }
        }
        canvas.line((left, bottom), (right, bottom), PX, palette::AXIS);
        if let (words, Some(mean)) = (&self.today.0, self.today.1) {
            limit(canvas, FRAME, axis.measure.place(mean), "");
            canvas.text(words, (right, FRAME.top - 18 * PX), Side::Left, BEST);
        }
    }

    fn column(
        &self,
        canvas: &mut Canvas<'_>,
        one: &Column<'_>,
        (middle, width): (i32, i32),
        axis: &Axis,
    ) {
        let bottom = FRAME.bottom;
        let half = (width * 3 / 8).max(PX);
        match one.mean {
            Some(mean) => {
                let colour = match one.rank {
                    Rank::Best => palette::SERIES[0].0,
                    Rank::AsGood => palette::SCALE[3],
                    Rank::Other => palette::WAITING,
                };
                let y = axis.measure.place(mean);
                canvas.rect((middle - half, y), (2 * half, bottom - y), colour);
                if one.half > 0 {
                    let ends = [mean.saturating_sub(one.half), mean.saturating_add(one.half)];
                    let [low, high] = ends.map(|end| axis.measure.place(end));
                    canvas.line((middle, low), (middle, high), 3 * PX / 2, palette::INK);
                    for y in [low, high] {
                        canvas.line(
                            (middle - 3 * PX, y),
                            (middle + 3 * PX, y),
                            3 * PX / 2,
                            palette::INK,
                        );
                    }
                }
            }
            None => {
                let top = FRAME.top;
                canvas.rect((middle - half, top), (2 * half, bottom - top), palette::OUTAGE);
            }
        }
        if one.is_today {
            let y = bottom + 32 * PX;
            canvas.text("as it is", (middle, y), Side::Centre, BEST);
        }
        let sign = (middle, bottom + 52 * PX);
        match one.mark {
            Some(Mark::Broken) => cross(canvas, sign, (5 * PX).min(width / 3)),
            Some(Mark::Sometimes) => {
                let (x, y) = sign;
                canvas.rect((x - 3 * PX, y - 3 * PX), (6 * PX, 6 * PX), palette::FAILED);
            }
            None => {}
        }
    }
}

/// Every how many of so many times of day have a name: at least every `room`-th has room for it, and
/// where not all have, those at full hours.
fn named(count: usize, room: usize) -> usize {
    let full = |each: &usize| count.is_multiple_of(*each) && (24 * each).is_multiple_of(count);
    if room <= 1 { 1 } else { (room..count).find(full).unwrap_or(room) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::chart::sample::texts;

    const HOUR: i64 = 3_600_000_000;

    fn told(means: &[Option<i64>]) -> BestHour<'static> {
        const CLOCKS: [&str; 24] = [
            "00:00", "01:00", "02:00", "03:00", "04:00", "05:00", "06:00", "07:00", "08:00",
            "09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00", "17:00",
            "18:00", "19:00", "20:00", "21:00", "22:00", "23:00",
        ];
        let column = |(place, mean): (usize, &Option<i64>)| Column {
            clock: CLOCKS[place % 24],
            mean: *mean,
            half: HOUR / 2,
            rank: match place {
                14 => Rank::Best,
                13 | 15 => Rank::AsGood,
                _ => Rank::Other,
            },
            mark: match place % 24 {
                9 | 10 => Some(Mark::Broken),
                11 => Some(Mark::Sometimes),
                _ => None,
            },
            is_today: place == 22,
        };
        BestHour {
            heading:
                "best-hour  ·  p95-hours  ·  design today  ·  20 replications  ·  paired on seed 42"
                    .to_owned(),
            note: "best-hour  ·  seed 42".to_owned(),
            alarm: String::new(),
            answer: "14:00 is best: −10 h ±0.4 against today.".to_owned(),
            metric: "p95-hours",
            unit: Unit::Time,
            today: ("dashed: today, 25.4 h".to_owned(), Some(25 * HOUR)),
            hours: means.iter().enumerate().map(column).collect(),
            limit: Some("no-retry-storm"),
            confidence: "95 %".to_owned(),
        }
    }

    fn means(least: i64, step: i64) -> Vec<Option<i64>> {
        (0..24).map(|hour: i64| Some(least + step * (hour - 14).abs())).collect()
    }

    #[test]
    fn every_hour_has_its_bar_its_name_and_what_it_breaks() {
        let texts = texts("hours-plain", &best_hour(&told(&means(15 * HOUR, HOUR))));
        for wanted in ["00:00", "14:00", "23:00", "as it is", "dashed: today, 25.4 h"] {
            assert!(texts.iter().any(|text| text == wanted), "{wanted}: {texts:?}");
        }
        assert!(
            texts.iter().any(|text| text.starts_with("Below the hour: a cross where it breaks"))
        );
        assert!(!texts.iter().any(|text| text.starts_with("The axis does not")));
    }

    #[test]
    fn what_differs_by_little_has_an_axis_of_its_own_and_says_so() {
        let today = ("dashed: today, 901 h".to_owned(), Some(901 * HOUR));
        let told = BestHour { today, ..told(&means(900 * HOUR, HOUR / 4)) };
        let texts = texts("hours-close", &best_hour(&told));
        assert!(
            texts.iter().any(|text| text == "The axis does not begin at nothing."),
            "{texts:?}"
        );
    }

    #[test]
    fn hours_at_which_it_never_comes_are_told() {
        let mut means = means(15 * HOUR, HOUR);
        means[3] = None;
        let texts = texts("hours-never", &best_hour(&told(&means)));
        assert!(texts.iter().any(|text| text == "Vermilion: in some replication it never comes."));
        let nothing = BestHour { today: ("today: never".to_owned(), None), ..told(&[None; 24]) };
        assert!(best_hour(&nothing).svg.contains("Vermilion"));
    }

    #[test]
    fn quarters_of_an_hour_and_halves_of_a_day_have_room() {
        let quarters: Vec<Option<i64>> =
            (0..96).map(|place| Some(HOUR * (20 + place % 7))).collect();
        let texts = texts("hours-quarters", &best_hour(&told(&quarters)));
        assert!(
            texts.iter().filter(|text| text.ends_with(":00")).count() < 30,
            "not every one is named"
        );
        best_hour(&told(&[Some(HOUR), None]));
        assert_eq!(
            [(24, 1), (48, 2), (72, 3), (96, 3), (96, 5)].map(|(count, room)| named(count, room)),
            [1, 2, 3, 4, 8]
        );
    }
}
