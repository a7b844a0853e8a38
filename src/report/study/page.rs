//! What a study says, for a person at a terminal.

use std::collections::BTreeSet;

use anstyle::Style;

use super::cheapest::{Cheapest, others_broken, points_of};
use super::hour_page::best_hour;
use super::words::{apart, level, word};
use super::{PointTold, StudyTold};
use crate::experiment::{Failure, Judgement};
use crate::report::many::value;
use crate::report::summary::page::{BAD, BOLD, GOOD, Page};
use crate::report::summary::words::{counted, grouped};
use crate::report::{Look, digits};
use crate::scenario::{Adjust, Change, Method, Metric, Study};

/// How many metrics stand side by side.
const ABREAST: usize = 2;
/// The widest name of a design \[columns\].
const NAME: usize = 18;
/// Half the width of the bars of `sensitivity` \[columns\].
const BAR: usize = 12;
/// How many failed runs are told one by one.
const FAILED: usize = 10;

/// The whole answer. `folder` is where the scenarios of the points lie, ending in `/` or empty.
pub fn study_page(told: &StudyTold<'_>, folder: &str, look: Look) -> String {
    let mut page = Page { text: String::new(), look };
    heading(&mut page, told);
    for setting in 0..told.study.settings.len() {
        self::setting(&mut page, told, setting);
    }
    legend(&mut page, told);
    sensitivity(&mut page, told);
    best_hour(&mut page, told);
    failures(&mut page, told, folder);
    page.text
}

fn heading(page: &mut Page, told: &StudyTold<'_>) {
    let study = told.study;
    let counts = || told.points.iter().map(|one| one.tried.len());
    let (least, most) = (counts().min().unwrap_or(0), counts().max().unwrap_or(0));
    let times = match least == most {
        true => counted(least, "replication", "replications"),
        false => format!("{} to {} replications", grouped(least), grouped(most)),
    };
    let crossed = || told.points.iter().filter(|one| one.point.setting.is_some());
    let designs: BTreeSet<usize> = crossed().map(|one| one.point.design).collect();
    let settings: BTreeSet<Option<usize>> = crossed().map(|one| one.point.setting).collect();
    let paired = if study.common_random_numbers { "paired on seed" } else { "from seed" };
    page.styled(
        BOLD,
        format_args!(
            "{}: {} in {}, {times} each, {paired} {}",
            study.name,
            counted(designs.len(), "design", "designs"),
            counted(settings.len(), "setting", "settings"),
            told.seed,
        ),
    );
    if !study.question.is_empty() {
        page.line(format_args!("{}", study.question));
    }
    page.gap();
}

fn setting(page: &mut Page, told: &StudyTold<'_>, setting: usize) {
    let Some(first) = points_of(told, setting).next() else { return };
    let words = told.study.told(first.point);
    if !words.is_empty() {
        page.styled(BOLD, format_args!("{words}"));
    }
    let metrics = told.study.compare.metrics.len();
    for begin in (0..metrics.max(1)).step_by(ABREAST) {
        block(page, told, setting, begin..metrics.min(begin + ABREAST));
    }
    cheapest(page, told, setting);
    page.gap();
}

/// What is told of one metric of one design.
struct Cell {
    value: String,
    /// By how much it differs from the baseline.
    apart: String,
    judgement: Option<Judgement>,
}

impl Cell {
    fn of(page: &Page, told: &StudyTold<'_>, one: &PointTold<'_>, metric: usize) -> Cell {
        let unit = told.study.compare.metrics[metric].metric.unit();
        let contrast = told.contrasts.iter().find(|it| {
            (Some(it.setting), it.design, it.metric)
                == (one.point.setting, one.point.design, metric)
        });
        let value = match (contrast, one.mean(metric)) {
            (Some(it), _) => level(unit, it.difference.design, it.difference.pairs),
            (None, Some(mean)) => value(unit, mean.round() as u64, 1),
            (None, None) => "-".to_owned(),
        };
        let apart = contrast.map_or(String::new(), |it| apart(page.look, unit, &it.difference));
        Cell { value, apart, judgement: contrast.map(|it| it.judgement) }
    }

    fn word(&self) -> &'static str {
        self.judgement.map_or("", word)
    }
}

/// As wide as the widest of these texts \[columns\].
fn widest<'t>(texts: impl Iterator<Item = &'t str>) -> usize {
    texts.map(|text| text.chars().count()).max().unwrap_or(0)
}

/// Some metrics of all designs; how much synchronising it is stands behind the first ones.
fn block(page: &mut Page, told: &StudyTold<'_>, setting: usize, metrics: std::ops::Range<usize>) {
    let study = told.study;
    let name = |one: &PointTold<'_>| study.designs[one.point.design].chars().take(NAME).collect();
    let names: Vec<String> = points_of(told, setting).map(name).collect();
    let width = widest(names.iter().map(String::as_str));
    let mut head = format!("{:<width$}", "");
    let mut columns = Vec::new();
    for metric in metrics.clone() {
        let cells: Vec<Cell> =
            points_of(told, setting).map(|one| Cell::of(page, told, one, metric)).collect();
        let heading: String = study.compare.metrics[metric].name.chars().take(30).collect();
        let value = widest(cells.iter().map(|it| it.value.as_str())).max(7);
        let apart = widest(cells.iter().map(|it| it.apart.as_str()));
        let word = widest(cells.iter().map(Cell::word)).max(6);
        let whole = (value + apart + word + 2).max(heading.chars().count() + 1);
        head += &format!("  {heading:<whole$}");
        columns.push((cells, value, apart, whole));
    }
    let first = metrics.start == 0;
    if first {
        head += "  busiest   syncs";
    }
    page.line(format_args!("{}", head.trim_end()));
    let baseline = study.compare.baseline;
    let base = points_of(told, setting).find(|one| Some(one.point.design) == baseline);
    for (row, (one, name)) in points_of(told, setting).zip(&names).enumerate() {
        let mut line = format!("{name:<width$}");
        let mut style = Style::new();
        for (cells, value, apart, whole) in &columns {
            let cell = &cells[row];
            let words = format!("{:>value$} {:<apart$} {}", cell.value, cell.apart, cell.word());
            line += &format!("  {words:<whole$}");
            style = match cell.judgement {
                Some(Judgement::Worse) => BAD,
                Some(Judgement::Better) if style != BAD => GOOD,
                _ => style,
            };
        }
        if first {
            line += &effort(one, base, study);
        }
        page.styled(style, format_args!("{}", line.trim_end()));
        if first {
            let others = others_broken(one, study);
            for (name, _) in others.filter(|(_, metric)| *metric != Metric::ConcurrentSyncs) {
                page.styled(BAD, format_args!("{:width$}  ! breaks {name}", ""));
            }
        }
    }
}

/// How many synchronisations ran at once and in all, with a mark where that is another trouble.
fn effort(one: &PointTold<'_>, base: Option<&PointTold<'_>>, study: &Study) -> String {
    let Some(effort) = one.activity() else { return format!("  {:>7}  {:>6}", "-", "-") };
    let too_many = others_broken(one, study).any(|(_, it)| it == Metric::ConcurrentSyncs);
    let doubled = base.filter(|base| base.point.design != one.point.design).is_some_and(|base| {
        base.activity().is_some_and(|base| effort.attempts > 2.0 * base.attempts)
    });
    let mark = |broken: bool| if broken { "!" } else { " " };
    let attempts = digits::shortest(effort.attempts, 0);
    format!("  {:>7}{} {attempts:>6}{}", grouped(effort.busiest), mark(too_many), mark(doubled))
}

fn cheapest(page: &mut Page, told: &StudyTold<'_>, setting: usize) {
    let Some(found) = Cheapest::of(told, setting) else { return };
    let names = found.goals.join(", ");
    let Some(best) = found.best else {
        return page.line(format_args!("No design meets {names} and breaks nothing else."));
    };
    let design = &told.study.designs[best.point.design];
    let how = match told.changes[best.point.design].as_deref() {
        Some([]) => "nothing changed".to_owned(),
        Some([Change { path, before: Some(before), after: Some(after), count: 1 }]) => {
            let arrow = if page.look.ascii { "->" } else { "→" };
            format!("one value changed: {path} {before} {arrow} {after}")
        }
        Some(changes) => {
            let count = changes.iter().map(|change| change.count).sum();
            counted(count, "value changed", "values changed")
        }
        None => "another hierarchy".to_owned(),
    };
    page.styled(GOOD, format_args!("Cheapest design that meets {names}: {design} ({how})"));
    if let Some(held) = found.unsure {
        page.line(format_args!(
            "  it held in {} of {} replications, which are too few to show it",
            held.held, held.of
        ));
    }
}

fn legend(page: &mut Page, told: &StudyTold<'_>) {
    let compare = &told.study.compare;
    if told.contrasts.is_empty() {
        return;
    }
    let percent = digits::shortest(compare.confidence * 100.0, 1);
    let over = counted(told.contrasts.len(), "comparison", "comparisons");
    let adjusted = match compare.adjust {
        Adjust::Holm => format!("Holm over {over}"),
        Adjust::None => format!("each of {over} by itself"),
    };
    let method = match compare.method {
        Method::PairedT => "paired t",
        Method::WelchT => "Welch's t",
    };
    let matters: Vec<String> = compare
        .metrics
        .iter()
        .filter(|metric| metric.matters_from > 0)
        .map(|metric| value(metric.metric.unit(), metric.matters_from, 2))
        .collect();
    let beyond = match matters.is_empty() {
        true => String::new(),
        false => format!(" beyond matters_from ({})", matters.join(", ")),
    };
    page.line(format_args!("  better/worse:{beyond} with {percent} % confidence"));
    page.line(format_args!("    {method}, {adjusted}"));
    page.line(format_args!("  too small: certain, but below matters_from"));
    page.line(format_args!("  same: surely no difference that matters    unsure: too few to say"));
    page.line(format_args!(
        "  !  breaks another expectation, or costs over twice as many synchronisations"
    ));
}

fn sensitivity(page: &mut Page, told: &StudyTold<'_>) {
    let Some(sensitivity) = &told.study.sensitivity else { return };
    let metric = &told.study.compare.metrics[sensitivity.of];
    let unit = metric.metric.unit();
    let mean = |swing: usize| told.swings[swing].difference.as_ref().and_then(|it| it.mean);
    let size = |swing: usize| mean(swing).map_or(0.0, f64::abs);
    let largest = (0..told.swings.len()).map(size).fold(0.0, f64::max);
    let mut knobs: Vec<(f64, usize)> = (0..sensitivity.knobs.len())
        .map(|knob| {
            let own = (0..told.swings.len()).filter(|&it| told.swings[it].knob.0 == knob);
            (own.map(size).fold(0.0, f64::max), knob)
        })
        .collect();
    // the knob that turns most comes first; of equal ones the first that is written
    knobs.sort_by(|one, other| other.0.total_cmp(&one.0));
    page.gap();
    let alone = told.points.iter().find(|it| it.point.is_alone(sensitivity.at));
    let as_it_is = alone.and_then(|it| it.mean(sensitivity.of));
    let as_it_is = as_it_is.map_or("never".to_owned(), |mean| value(unit, mean.round() as u64, 1));
    let at = &told.study.designs[sensitivity.at];
    page.styled(
        BOLD,
        format_args!("SENSITIVITY of {} at {at} ({as_it_is}), one knob at a time", metric.name),
    );
    for (_, knob) in knobs {
        page.line(format_args!("  {}", sensitivity.knobs[knob].name));
        for (number, swing) in told.swings.iter().enumerate().filter(|(_, it)| it.knob.0 == knob) {
            let level: String =
                sensitivity.knobs[knob].levels[swing.knob.1].chars().take(16).collect();
            let words = match &swing.difference {
                Some(difference) if difference.mean.is_some() => {
                    let words = apart(page.look, unit, difference);
                    if words.is_empty() { "no difference".to_owned() } else { words }
                }
                Some(_) => "never".to_owned(),
                None => "-".to_owned(),
            };
            let bar = bar(page, mean(number).unwrap_or(0.0), largest);
            let line = page.plain(&format!("    {level:<16}  {words:<18}"));
            page.ours(Style::new(), &format!("{line}  {bar}"));
        }
    }
}

/// To the left of the middle what is less, to the right what is more.
fn bar(page: &Page, mean: f64, largest: f64) -> String {
    let (full, middle) = if page.look.ascii { ("#", "|") } else { ("█", "│") };
    let share = if largest > 0.0 { (mean.abs() / largest).min(1.0) } else { 0.0 };
    let length = (share * BAR as f64).round() as usize;
    let (blank, bar) = (" ".repeat(BAR - length), full.repeat(length));
    if mean < 0.0 {
        format!("{blank}{bar}{middle}")
    } else {
        format!("{}{middle}{bar}", " ".repeat(BAR))
    }
}

fn failures(page: &mut Page, told: &StudyTold<'_>, folder: &str) {
    let failed = told.points.iter().flat_map(|one| {
        one.tried.iter().filter_map(move |run| Some((one, run.number, run.result.as_ref().err()?)))
    });
    let failed: Vec<_> = failed.collect();
    if failed.is_empty() {
        return;
    }
    page.gap();
    page.styled(BAD, format_args!("{} failed", counted(failed.len(), "run", "runs")));
    for (one, number, failure) in failed.iter().take(FAILED) {
        let words = told.study.told(one.point);
        let with = if words.is_empty() { words } else { format!(", {words}") };
        let design = &told.study.designs[one.point.design];
        let (Failure::Limit(why) | Failure::Defect(why)) = failure;
        page.line(format_args!("  {design}{with}, replication {number}: {why}"));
        page.line(format_args!(
            "    repeat it: supsim run {folder}scenarios/{}.yaml --rep {number}",
            one.key
        ));
    }
    if failed.len() > FAILED {
        page.line(format_args!("  and {} more (replications.csv)", failed.len() - FAILED));
    }
}
