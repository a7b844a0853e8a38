//! Load: does everyone come at once?

use super::canvas::{Canvas, PX, Pen, Place, Side};
use super::lettering::Weight;
use super::palette;
use super::picture::Picture;
use super::plot::{self, Frame};
use super::sheet::Sentence;
use super::shown::Shown;
use super::squeeze::Squeezed;
use super::subject::{Subject, counted, grouped};
use crate::measure::{Activity, running};
use crate::scenario::{Bound, Metric, Scenario, Stat, WHOLE};
use crate::trace::Trigger;
use crate::units::{Duration, Instant};

pub(super) const QUESTION: &str = "Does everyone come at once?";
const NOTHING: &str = "No site synchronised in this run, so there is nothing to draw.";
const WIDTH: i32 = 1000;
const LEFT: i32 = 72 * PX;
const RIGHT: i32 = 948 * PX;
/// The three parts stand below each other, what each shows above it; of a short run the first is
/// left out, and the others take its place.
const OVERVIEW: Frame = Frame { left: LEFT, right: RIGHT, top: 132 * PX, bottom: 182 * PX };
const BELOW_OVERVIEW: i32 = 108 * PX;
const MAIN: Frame = Frame { left: LEFT, right: RIGHT, top: 132 * PX, bottom: 326 * PX };
const RETRIES: Frame = Frame { left: LEFT, right: RIGHT, top: 362 * PX, bottom: 420 * PX };
/// A run that is not much longer is shown as a whole, and no part of it apart.
const WHOLE_RUN: Duration = Duration::from_hours(36);
/// So long is the part of a longer one.
const PART: Duration = Duration::from_hours(24);
/// Retries are counted in bars of so many minutes.
const BARS: Duration = Duration::from_mins(10);

/// Synchronisations running at once and retries started: the whole run small, and large the day
/// with the busiest moment.
pub fn load(shown: &Shown<'_>) -> Picture {
    let subject = Subject::new(shown);
    let (scenario, outcome) = (shown.run.scenario, shown.run.outcome);
    if outcome.attempts.is_empty() {
        return subject.sheet_of_run(QUESTION, Vec::new()).nothing(WIDTH, NOTHING);
    }
    let retries = outcome.attempts.iter().filter(|one| one.trigger == Trigger::Retry);
    let mut retries: Vec<Instant> = retries.map(|one| one.start).collect();
    retries.sort_unstable();
    let activity = Activity::of(outcome);
    let plan = Plan {
        scenario,
        running: running(scenario, outcome.attempts.iter()),
        retries,
        activity,
        limit: limit(scenario),
        window: window(scenario, activity.busiest_at.unwrap_or(Instant::START)),
    };
    let sheet = subject.sheet_of_run(QUESTION, plan.sentences());
    let height = (plan.retries_at().bottom / PX) + 120;
    sheet.picture((WIDTH, height), |canvas| plan.draw(canvas))
}

/// How many the scenario wants to run at once at most, and the name of that expectation.
fn limit(scenario: &Scenario) -> Option<(u64, &str)> {
    let asked = scenario.expectations.iter().find(|asked| {
        asked.metric == Metric::ConcurrentSyncs
            && asked.stat == Stat::Max
            && asked.everywhere
            && asked.wanted.bound == Bound::AtMost
    })?;
    Some((asked.wanted.value / WHOLE, &asked.name))
}

/// The day with the busiest moment; a short run as a whole.
fn window(scenario: &Scenario, busiest: Instant) -> (Instant, Instant) {
    let end = Instant::START + scenario.duration;
    if scenario.duration <= WHOLE_RUN {
        return (Instant::START, end);
    }
    // A few hours before it, on the full hour of the run.
    let hour = Duration::from_hours(1).micros();
    let from = Instant::START + busiest.since(Instant::START).saturating_sub(PART_BEFORE);
    let from = Instant::from_micros(from.micros() / hour * hour);
    let latest = Instant::START + scenario.duration.saturating_sub(PART);
    let from = from.min(latest);
    (from, from + PART)
}

/// So much of the part lies before the busiest moment.
const PART_BEFORE: Duration = Duration::from_hours(4);

struct Plan<'a> {
    scenario: &'a Scenario,
    /// How many run from each instant on.
    running: Vec<(Instant, u64)>,
    /// When retries started.
    retries: Vec<Instant>,
    activity: Activity,
    limit: Option<(u64, &'a str)>,
    /// What is drawn large.
    window: (Instant, Instant),
}

impl Plan<'_> {
    fn sentences(&self) -> Vec<Sentence> {
        let Activity { attempts, retries, busiest, busiest_at, .. } = self.activity;
        let mut sentences = Vec::new();
        if let Some((limit, name)) = self.limit
            && busiest as u64 > limit
        {
            let text = format!("More than the {} that {name} allows.", grouped(limit as usize));
            sentences.push(Sentence::Alarm(text));
        }
        let when = busiest_at.map(|at| format!(", first on {}", self.scenario.clock.short(at)));
        let many = counted(attempts, "synchronisation");
        let mut text = format!("At most {} of {many} ran at once", grouped(busiest));
        text += &when.unwrap_or_default();
        text += "; ";
        text += &match retries {
            0 => "none was a retry.".to_owned(),
            1 => "1 was a retry.".to_owned(),
            retries => {
                let together = most_within(&self.retries, BARS);
                let minutes = BARS.micros() / 60_000_000;
                format!(
                    "{} were retries, at most {} of them within {minutes} min.",
                    grouped(retries),
                    grouped(together)
                )
            }
        };
        sentences.push(Sentence::Plain(text));
        sentences
    }

    fn draw(&self, canvas: &mut Canvas<'_>) {
        let clock = &self.scenario.clock;
        let whole = self.whole();
        if self.is_part() {
            self.overview(canvas, whole);
        }
        let (main, retries) = (self.main_at(), self.retries_at());
        let axis = Squeezed::new(self.window, &[self.window], LEFT, RIGHT);
        // The foot of the retries is that of both.
        plot::times(canvas, &axis, clock, retries);
        for tick in axis.ticks(clock) {
            canvas.line((tick.x, main.top), (tick.x, main.bottom), PX, palette::GRID);
        }
        let most = self.most();
        let step = plot::count_step(most, 6);
        plot::levels(canvas, main, (step, most), |value| grouped(value as usize));
        let (area, line) = self.curve(&axis, self.window, main, most);
        canvas.polygon(&area, palette::SCALE[1]);
        canvas.path(&line, 2 * PX, palette::SERIES[0].0);
        canvas.line((LEFT, main.bottom), (RIGHT, main.bottom), PX, palette::AXIS);
        let title = if self.is_part() {
            "synchronisations running at once, around the busiest moment"
        } else {
            "synchronisations running at once"
        };
        heading(canvas, main, title, palette::SERIES[0].1);
        if let Some((limit, name)) = self.limit.filter(|(limit, _)| *limit <= most) {
            let words = format!("{name}: at most {}", grouped(limit as usize));
            plot::limit(canvas, main, main.y(limit, most), &words);
        }
        self.bars(canvas, &axis, retries);
    }

    fn whole(&self) -> (Instant, Instant) {
        (Instant::START, Instant::START + self.scenario.duration)
    }

    /// Is only a part of the run drawn large?
    fn is_part(&self) -> bool {
        self.window != self.whole()
    }

    fn main_at(&self) -> Frame {
        if self.is_part() { MAIN.lower(BELOW_OVERVIEW) } else { MAIN }
    }

    fn retries_at(&self) -> Frame {
        if self.is_part() { RETRIES.lower(BELOW_OVERVIEW) } else { RETRIES }
    }

    /// The top of the scale: what ran, and the limit where that is not far away.
    fn most(&self) -> u64 {
        let busiest = self.activity.busiest.max(1) as u64;
        let limit = self.limit.map_or(0, |(limit, _)| limit);
        let most = if limit <= 2 * busiest { busiest.max(limit) } else { busiest };
        most + most / 12 + 1
    }

    /// The whole run, with the part that is drawn large.
    fn overview(&self, canvas: &mut Canvas<'_>, whole: (Instant, Instant)) {
        let axis = Squeezed::new(whole, &[whole], LEFT, RIGHT);
        let most = self.activity.busiest.max(1) as u64;
        let (from, until) = (axis.x(self.window.0), axis.x(self.window.1));
        let size = (until - from, OVERVIEW.bottom - OVERVIEW.top + 8 * PX);
        canvas.rect((from, OVERVIEW.top - 8 * PX), size, palette::GRID);
        let (area, line) = self.curve(&axis, whole, OVERVIEW, most);
        canvas.polygon(&area, palette::SCALE[2]);
        canvas.path(&line, PX, palette::SERIES[0].0);
        canvas.line((LEFT, OVERVIEW.bottom), (RIGHT, OVERVIEW.bottom), PX, palette::AXIS);
        let most = grouped(self.activity.busiest);
        canvas.text(&most, (LEFT - 10 * PX, OVERVIEW.top), Side::Left, Pen::SCALE);
        heading(canvas, OVERVIEW, "the whole run; grey: drawn large below", palette::QUIET);
        let ticks = axis.ticks(&self.scenario.clock);
        for tick in &ticks {
            let foot = (tick.x, OVERVIEW.bottom + 4 * PX);
            canvas.line((tick.x, OVERVIEW.bottom), foot, PX, palette::AXIS);
        }
        for (x, date) in dated(ticks.into_iter().map(|tick| (tick.x, tick.date)).collect()) {
            canvas.text(&date, (x, OVERVIEW.bottom + 14 * PX), Side::Centre, Pen::NOTE);
        }
    }

    /// Retries started, counted in bars.
    fn bars(&self, canvas: &mut Canvas<'_>, axis: &Squeezed, frame: Frame) {
        let bar = BARS.micros();
        let first = self.window.0.micros() / bar;
        let count = (self.window.1.micros() / bar).saturating_sub(first) + 1;
        let mut bars = vec![0_u64; usize::try_from(count).unwrap_or(0)];
        for at in &self.retries {
            let place = (at.micros() / bar).checked_sub(first);
            if let Some(bar) = place.and_then(|place| bars.get_mut(usize::try_from(place).ok()?)) {
                *bar += 1;
            }
        }
        let most = bars.iter().copied().max().unwrap_or(0);
        let title = if most == 0 {
            "retries started: none in this time".to_owned()
        } else {
            let minutes = BARS.micros() / 60_000_000;
            canvas.text(
                &grouped(most as usize),
                (LEFT - 10 * PX, frame.top),
                Side::Left,
                Pen::SCALE,
            );
            format!("retries started, in {minutes} min each")
        };
        heading(canvas, frame, &title, palette::FAILED_TEXT);
        for (count, number) in bars.into_iter().zip(first..).filter(|(count, _)| *count > 0) {
            let left = axis.x(Instant::from_micros(number * bar).max(self.window.0));
            let right = axis.x(Instant::from_micros((number + 1) * bar));
            let y = frame.y(count, most);
            let width = (right - left - PX / 2).max(PX);
            canvas.rect((left, y), (width, frame.bottom - y), palette::FAILED);
        }
    }

    /// The curve over a window, as an area and as its upper edge: for each pixel the most that ran
    /// in it.
    fn curve(
        &self,
        axis: &Squeezed,
        (from, until): (Instant, Instant),
        frame: Frame,
        most: u64,
    ) -> (Vec<Place>, Vec<Place>) {
        let first = self.running.partition_point(|(at, _)| *at <= from);
        let mut now = first.checked_sub(1).map_or(0, |before| self.running[before].1);
        let mut steps = self.running[first..].iter().take_while(|(at, _)| *at <= until).peekable();
        let mut line = vec![(frame.left, frame.y(now, most))];
        while let Some(&(at, count)) = steps.next() {
            let x = axis.x(at) / PX * PX;
            let (mut highest, mut last) = (now.max(count), count);
            while let Some(&&(at, count)) = steps.peek()
                && axis.x(at) / PX * PX == x
            {
                (highest, last) = (highest.max(count), count);
                steps.next();
            }
            let y = |count| frame.y(count, most);
            for corner in [(x, y(now)), (x, y(highest)), (x + PX, y(highest)), (x + PX, y(last))] {
                if line.last() != Some(&corner) {
                    line.push(corner);
                }
            }
            now = last;
        }
        line.push((frame.right, frame.y(now, most)));
        let mut area = line.clone();
        area.extend([(frame.right, frame.bottom), (frame.left, frame.bottom)]);
        (area, line)
    }
}

fn heading(canvas: &mut Canvas<'_>, frame: Frame, words: &str, colour: palette::Colour) {
    let pen = Pen { size: 12, weight: Weight::Heavy, colour };
    canvas.text(words, (frame.left, frame.top - 18 * PX), Side::Right, pen);
}

/// The dates that are written: each once, where its day begins, and only every second, third, ...
/// day when all would not have room, so that they stand evenly.
fn dated(mut marks: Vec<(i32, String)>) -> Vec<(i32, String)> {
    marks.dedup_by(|later, earlier| later.1 == earlier.1);
    marks.retain(|(x, date)| x + Pen::NOTE.width(date) / 2 <= RIGHT + 20 * PX);
    let wide = marks.iter().map(|(_, date)| Pen::NOTE.width(date)).max().unwrap_or(0) + 6 * PX;
    let fits = |step: &usize| {
        let places: Vec<i32> = marks.iter().step_by(*step).map(|(x, _)| *x).collect();
        places.windows(2).all(|two| two[1] - two[0] >= wide)
    };
    let step = (1..=marks.len()).find(fits).unwrap_or(1);
    marks.into_iter().step_by(step).collect()
}

/// The most of these instants (in order) that lie within so long.
fn most_within(instants: &[Instant], span: Duration) -> usize {
    let mut most = 0;
    let mut first = 0;
    for (last, at) in instants.iter().enumerate() {
        while at.since(instants[first]) >= span {
            first += 1;
        }
        most = most.max(last - first + 1);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::chart::sample::{Sample, shown};
    use crate::scenario::{Expectation, Goal, Holder};
    use crate::units::SiteId;

    #[test]
    fn the_busiest_moment_is_in_words_and_in_the_part_that_is_drawn_large() {
        let (scenario, outcome) = Sample::wide(200).finish();
        let busiest = Activity::of(&outcome).busiest_at.unwrap();
        let (from, until) = window(&scenario, busiest);
        assert!(from <= busiest && busiest <= until && until - from == PART);
        let svg = load(&shown(&scenario, &outcome)).svg;
        assert!(svg.contains("At most 199 of 200 synchronisations ran at once, first on"), "{svg}");
        assert!(svg.contains("none was a retry."));
    }

    #[test]
    fn a_date_of_the_whole_run_is_written_once_and_dates_stand_evenly() {
        // A mark each six hours: four of a day, of which the first has the date.
        let marks = |days: i32, each: i32, apart: i32| -> Vec<(i32, String)> {
            let mark = |n| (LEFT + n * apart, format!("Tue {:02} Jan", 10 + n / each));
            (0..days * each).map(mark).collect()
        };
        let three = dated(marks(3, 4, 60 * PX));
        let places: Vec<i32> = three.iter().map(|(x, _)| (x - LEFT) / PX).collect();
        assert_eq!(places, [0, 240, 480], "{three:?}");
        // A mark each day, closer than two dates have room beside each other: every second.
        let fourteen = dated(marks(14, 1, 60 * PX));
        let apart: Vec<i32> = fourteen.windows(2).map(|two| (two[1].0 - two[0].0) / PX).collect();
        assert_eq!(apart, [120; 6], "{fourteen:?}");
        assert!(dated(Vec::new()).is_empty());
    }

    #[test]
    fn retries_in_step_are_counted_together() {
        let at = |minutes| Instant::START + Duration::from_mins(minutes);
        let times = [0, 3, 9, 10, 60, 61].map(at);
        assert_eq!(most_within(&times, Duration::from_mins(10)), 3);
        assert_eq!(most_within(&[], BARS), 0);
        let (scenario, outcome) = Sample::storm().finish();
        let svg = load(&shown(&scenario, &outcome)).svg;
        assert!(svg.contains("were retries, at most"), "{svg}");
    }

    #[test]
    fn a_limit_that_is_broken_is_said_first_and_drawn() {
        let (mut scenario, outcome) = Sample::wide(60).finish();
        scenario.expectations.push(Expectation {
            name: "no-storm".to_owned(),
            metric: Metric::ConcurrentSyncs,
            stat: Stat::Max,
            sites: (0..60).map(SiteId).collect(),
            everywhere: true,
            release: Vec::new(),
            releases: Vec::new(),
            part: Holder::Site,
            after: None,
            during: None,
            wanted: Goal { bound: Bound::AtMost, value: 40 * WHOLE },
            must_hold: None,
            only_warns: false,
            allow_no_data: false,
        });
        let svg = load(&shown(&scenario, &outcome)).svg;
        assert!(svg.contains("More than the 40 that no-storm allows."), "{svg}");
        assert!(svg.contains("no-storm: at most 40"));
    }
}
