//! The pictures of a study: which there are, and what each is drawn from.

use super::hours::{Hour, Hours, Keeps};
use super::words::{apart, level, word};
use super::{PointTold, StudyTold};
use crate::experiment::{Contrast, Difference};
use crate::report::chart::{
    BEST_HOUR, BestHour, Column, DESIGNS, Designs, Effect, Group, Knob, Mark, Picture, Rank, Row,
    TORNADO, Tornado, Turn, best_hour, designs, tornado,
};
use crate::report::many::value;
use crate::report::summary::words::{counted, grouped};
use crate::report::{Look, digits};
use crate::scenario::Study;

/// A chart of a study: a question that it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StudyChart {
    /// Which design is better, in this metric of `compare`?
    Designs(usize),
    /// Which knob is worth turning?
    Tornado,
    /// Which hour is best?
    BestHour,
}

impl StudyChart {
    /// The charts that this study has, in the order of the manual.
    pub fn all(study: &Study) -> Vec<StudyChart> {
        let tornado = study.sensitivity.as_ref().map(|_| StudyChart::Tornado);
        let best_hour = study.best_hour.as_ref().map(|_| StudyChart::BestHour);
        let designs = is_compared(study).then_some(0..study.compare.metrics.len());
        let designs = designs.into_iter().flatten().map(StudyChart::Designs);
        designs.chain(tornado).chain(best_hour).collect()
    }

    /// The charts that it would have if it said more, each with what it does not say.
    pub fn absent(study: &Study) -> Vec<(&'static str, &'static str)> {
        let tornado = study.sensitivity.is_none().then_some(("tornado", "`sensitivity`"));
        let best_hour = study.best_hour.is_none().then_some(("best-hour", "`best_hour`"));
        let designs = (!is_compared(study)).then_some(("designs-METRIC", "a second of `designs`"));
        [designs, tornado, best_hour].into_iter().flatten().collect()
    }

    /// The word by which it is asked for, and the name of its files.
    pub fn name(self, study: &Study) -> String {
        match self {
            StudyChart::Designs(metric) => {
                format!("designs-{}", study.compare.metrics[metric].name)
            }
            StudyChart::Tornado => "tornado".to_owned(),
            StudyChart::BestHour => "best-hour".to_owned(),
        }
    }

    /// What it answers.
    pub const fn question(self) -> &'static str {
        match self {
            StudyChart::Designs(_) => DESIGNS,
            StudyChart::Tornado => TORNADO,
            StudyChart::BestHour => BEST_HOUR,
        }
    }

    /// Draws it; `repeat` is the command that draws it again. `None`: the study does not say what
    /// it is drawn from.
    pub fn draw(self, told: &StudyTold<'_>, repeat: &str) -> Option<Picture> {
        match self {
            StudyChart::Designs(metric) => drawn_designs(told, metric, repeat),
            StudyChart::Tornado => drawn_tornado(told, repeat),
            StudyChart::BestHour => drawn_best_hour(told, repeat),
        }
    }
}

/// What stands between two parts of a heading.
const PART: &str = "  \u{B7}  ";

/// Is any design compared with another?
fn is_compared(study: &Study) -> bool {
    let crossed = |baseline: usize| {
        let others =
            study.points.iter().filter(move |it| it.setting.is_some() && it.design != baseline);
        others.count() > 0
    };
    study.compare.baseline.is_some_and(crossed)
}

fn drawn_designs(told: &StudyTold<'_>, metric: usize, repeat: &str) -> Option<Picture> {
    let study = told.study;
    let asked = &study.compare.metrics[metric];
    let unit = asked.metric.unit();
    let baseline = study.compare.baseline?;
    let group = |setting: usize| {
        let own = |it: &&Contrast| (it.setting, it.metric) == (setting, metric);
        let rows = told.contrasts.iter().filter(own).map(|it| Row {
            name: &study.designs[it.design],
            effect: effect(Some(&it.difference), study.compare.confidence),
            judgement: it.judgement,
            words: [
                level(unit, it.difference.design, it.difference.pairs),
                apart(Look::default(), unit, &it.difference),
                word(it.judgement).to_owned(),
            ],
        });
        let is_base =
            |it: &&PointTold<'_>| (it.point.design, it.point.setting) == (baseline, Some(setting));
        let base = told.points.iter().find(is_base)?;
        let mean = base.mean(metric).map(|mean| value(unit, mean.round() as u64, 1));
        Some(Group {
            setting: study.told(base.point),
            baseline: format!(
                "{}: {}",
                study.designs[baseline],
                mean.unwrap_or_else(|| "never".to_owned())
            ),
            rows: rows.collect(),
        })
    };
    let groups = (0..study.settings.len()).filter_map(group);
    Some(designs(&Designs {
        heading: heading(told, &[&asked.name]),
        note: note(told, repeat),
        metric: &asked.name,
        unit,
        matters_from: i64::try_from(asked.matters_from).unwrap_or(i64::MAX),
        confidence: percent(told),
        groups: groups.filter(|group| !group.rows.is_empty()).collect(),
    }))
}

fn drawn_tornado(told: &StudyTold<'_>, repeat: &str) -> Option<Picture> {
    let sensitivity = told.study.sensitivity.as_ref()?;
    let metric = &told.study.compare.metrics[sensitivity.of];
    let unit = metric.metric.unit();
    let alone = told.points.iter().find(|it| it.point.is_alone(sensitivity.at));
    let as_it_is = alone.and_then(|it| it.mean(sensitivity.of));
    let as_it_is = as_it_is.map_or("never".to_owned(), |mean| value(unit, mean.round() as u64, 1));
    let turn = |knob: usize| move |swing: &&crate::experiment::Swing| swing.knob.0 == knob;
    let knobs = sensitivity.knobs.iter().enumerate().map(|(number, knob)| Knob {
        name: &knob.name,
        is_assumed: told.assumed.get(number).copied().unwrap_or(false),
        turns: told
            .swings
            .iter()
            .filter(turn(number))
            .map(|swing| Turn {
                level: &knob.levels[swing.knob.1],
                effect: effect(swing.difference.as_ref(), told.study.compare.confidence),
                words: effect_words(told, swing.difference.as_ref()),
            })
            .collect(),
    });
    let knobs: Vec<Knob<'_>> = knobs.filter(|knob| !knob.turns.is_empty()).collect();
    let design = told.study.designs[sensitivity.at].as_str();
    Some(tornado(&Tornado {
        heading: heading(told, &[&metric.name, &format!("design {design}")]),
        note: note(told, repeat),
        metric: &metric.name,
        unit,
        better: metric.better,
        as_it_is: (design, as_it_is),
        confidence: percent(told),
        knobs,
    }))
}

fn drawn_best_hour(told: &StudyTold<'_>, repeat: &str) -> Option<Picture> {
    let hours = Hours::of(told)?;
    let (design, mean) = hours.design;
    let column = |(place, hour): (usize, &Hour<'_>)| {
        let half = hour.difference.as_ref().and_then(|it| it.half_width);
        Column {
            clock: hours.each[place].clock,
            mean: hour.mean.map(|mean| mean.round() as i64),
            half: half.map_or(0, |half| half.round() as i64),
            rank: match hours.best {
                Some(best) if best == place => Rank::Best,
                _ if hours.as_good.contains(&place) => Rank::AsGood,
                _ => Rank::Other,
            },
            mark: match hour.kept {
                Keeps::Always => None,
                Keeps::Mostly => Some(Mark::Sometimes),
                Keeps::Broken => Some(Mark::Broken),
            },
            is_today: hour.is_today,
        }
    };
    let broken = hours.each.iter().filter(|hour| hour.kept == Keeps::Broken).count();
    let alarm = match (&hours.asked.limit, broken) {
        (Some(limit), 1..) => format!("{} {limit}.", counted_breaking(broken)),
        _ => String::new(),
    };
    Some(best_hour(&BestHour {
        heading: heading(told, &[&hours.metric.name, &format!("design {design}")]),
        note: note(told, repeat),
        alarm,
        answer: hours.answer(Look::default()),
        metric: &hours.metric.name,
        unit: hours.metric.metric.unit(),
        today: (
            format!("dashed: {design} as it is, {}", hours.as_it_is()),
            mean.map(|it| it.round() as i64),
        ),
        hours: hours.each.iter().enumerate().map(column).collect(),
        limit: hours.asked.limit.as_deref(),
        confidence: percent(told),
    }))
}

fn counted_breaking(count: usize) -> String {
    if count == 1 { "1 hour breaks".to_owned() } else { format!("{count} hours break") }
}

fn effect(difference: Option<&Difference>, confidence: f64) -> Effect {
    let Some(difference) = difference else { return Effect::Untold };
    let Some(mean) = difference.mean else {
        let (base, design) = (difference.base, difference.design);
        return if design.never > base.never { Effect::Never } else { Effect::Untold };
    };
    let sure = match difference.half_width {
        Some(half) => mean.abs() > half,
        None => difference.p < 1.0 - confidence,
    };
    let half = difference.half_width.map(|half| half.round() as i64);
    Effect::By { mean: mean.round() as i64, half, sure }
}

fn effect_words(told: &StudyTold<'_>, difference: Option<&Difference>) -> String {
    let Some((sensitivity, difference)) = told.study.sensitivity.as_ref().zip(difference) else {
        return "nothing to measure".to_owned();
    };
    let unit = told.study.compare.metrics[sensitivity.of].metric.unit();
    if difference.mean.is_none() {
        return level(unit, difference.design, difference.pairs);
    }
    let words = apart(Look::default(), unit, difference);
    if words.is_empty() { "no difference".to_owned() } else { words }
}

/// The study, and what else a picture is about.
fn heading(told: &StudyTold<'_>, parts: &[&str]) -> String {
    let counts = || told.points.iter().map(|one| one.tried.len());
    let (least, most) = (counts().min().unwrap_or(0), counts().max().unwrap_or(0));
    let times = match least == most {
        true => counted(least, "replication", "replications"),
        false => format!("{} to {} replications", grouped(least), grouped(most)),
    };
    let seed = match told.study.common_random_numbers {
        true => format!("paired on seed {}", told.seed),
        false => format!("from seed {}", told.seed),
    };
    let all = [told.study.name.as_str()].into_iter().chain(parts.iter().copied());
    all.chain([times.as_str(), seed.as_str()]).collect::<Vec<_>>().join(PART)
}

/// How to repeat a picture.
fn note(told: &StudyTold<'_>, repeat: &str) -> String {
    let note = format!("{}{PART}seed {}", told.study.name, told.seed);
    if repeat.is_empty() { note } else { format!("{note}{PART}repeat: {repeat}") }
}

/// Of the intervals: `95 %`.
fn percent(told: &StudyTold<'_>) -> String {
    format!("{} %", digits::shortest(told.study.compare.confidence * 100.0, 1))
}
