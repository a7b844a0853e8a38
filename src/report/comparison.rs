//! Designs side by side: what is otherwise, what each measure comes to, and whether it matters.

use std::io::{self, Write};

use anstyle::Style;

use super::many::value;
use super::summary::page::{BAD, BOLD, GOOD, Page};
use super::summary::words::{counted, grouped};
use super::table::harmless;
use super::{Look, differences};
use crate::experiment::{Better, Difference, Judgement, Level};
use crate::scenario::{Change, Unit};

/// Designs that were compared with the first of them.
#[derive(Clone, Debug)]
pub struct Comparison<'a> {
    /// What each design is called; the first is the one that the others are compared with.
    pub names: Vec<String>,
    /// The file of each.
    pub files: Vec<String>,
    /// What each of the others has otherwise.
    pub changes: Vec<Vec<Change>>,
    /// What they were compared in.
    pub rows: &'a [Row],
    /// How many replications of each.
    pub replications: usize,
    /// The seed that all of them share.
    pub seed: u64,
    /// The confidence of intervals and judgements, between 0 and 1.
    pub confidence: f64,
    /// How many judgements Holm's adjustment counts.
    pub comparisons: usize,
}

/// A measure, and what each design comes to in it.
#[derive(Clone, Debug)]
pub struct Row {
    /// What is measured.
    pub name: String,
    /// In what.
    pub unit: Unit,
    /// Which way is better.
    pub better: Better,
    /// For each design but the first: the difference and its judgement; `None`: it does not have
    /// the measure, or nothing to measure.
    pub designs: Vec<Option<Judged>>,
}

/// A difference and what it comes to.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The difference.
    pub difference: Difference,
    /// Its `p`, adjusted for how many comparisons there are.
    pub adjusted: f64,
    /// What it comes to.
    pub judgement: Judgement,
}

/// How many changes of a design are told.
const TOLD: usize = 8;

/// For a person at a terminal.
pub fn comparison(compared: &Comparison<'_>, look: Look) -> String {
    let mut page = Page { text: String::new(), look };
    let (replications, seed) = (compared.replications, compared.seed);
    page.styled(
        BOLD,
        format_args!(
            "{} against {}   seed {seed}   {}",
            compared.names[1..].join(", "),
            compared.names[0],
            match replications {
                1 => "1 replication".to_owned(),
                many => format!("{} replications, paired", grouped(many)),
            }
        ),
    );
    page.gap();
    for (place, name) in compared.names[1..].iter().enumerate() {
        let judged = compared.rows.iter().filter_map(|row| row.designs[place].as_ref());
        verdict(&mut page, name, judged.map(|judged| judged.judgement));
    }
    page.gap();
    for (place, changes) in compared.changes.iter().enumerate() {
        told_changes(&mut page, &compared.names[place + 1], changes);
    }
    let width = compared.names.iter().map(|name| name.chars().count()).max().unwrap_or(0).min(28);
    for row in compared.rows {
        page.styled(BOLD, format_args!("{}", row.name));
        let first = row.designs.iter().flatten().next();
        let base = first.map_or_else(String::new, |judged| {
            level(row.unit, judged.difference.base, judged.difference.pairs)
        });
        page.line(format_args!("  {:<width$}  {base:>10}", cut(&compared.names[0], width)));
        for (judged, name) in row.designs.iter().zip(&compared.names[1..]) {
            design(&mut page, row, judged.as_ref(), &cut(name, width), width);
        }
    }
    page.gap();
    legend(&mut page, compared);
    page.text
}

/// What a design comes to in one line: in how many measures it is better and worse.
fn verdict(page: &mut Page, name: &str, judged: impl Iterator<Item = Judgement>) {
    let judged: Vec<Judgement> = judged.filter(|one| *one != Judgement::Other).collect();
    let count = |what: Judgement| judged.iter().filter(|one| **one == what).count();
    let (better, worse) = (count(Judgement::Better), count(Judgement::Worse));
    let unsure = count(Judgement::Unsure);
    let (yes, no) = if page.look.ascii { ("OK ", "!! ") } else { ("✓ ", "✗ ") };
    let (mark, style, what) = match (better, worse) {
        (0, 0) => ("", BOLD, "neither better nor worse in any".to_owned()),
        (_, 0) => (yes, GOOD, format!("better in {better}, worse in none")),
        (0, _) => (no, BAD, format!("worse in {worse}, better in none")),
        _ => ("", BOLD, format!("better in {better}, worse in {worse}")),
    };
    let open = if unsure > 0 { format!("; too few to say in {unsure}") } else { String::new() };
    let name = page.plain(name);
    let of = counted(judged.len(), "measure", "measures");
    page.ours(style, &format!("{mark}{name} is {what} of {of} that are judged{open}"));
}

fn told_changes(page: &mut Page, name: &str, changes: &[Change]) {
    if changes.is_empty() {
        page.line(format_args!("{name} has nothing otherwise"));
        return page.gap();
    }
    page.line(format_args!("{name} has otherwise:"));
    for change in changes.iter().take(TOLD) {
        page.line(format_args!("  {}", change_words(change)));
    }
    if changes.len() > TOLD {
        let rest = counted(changes.len() - TOLD, "change", "changes");
        page.line(format_args!("  and {rest} more"));
    }
    page.gap();
}

/// `57 x sites.*.link: wan-512k, now wan-2m`.
pub(super) fn change_words(change: &Change) -> String {
    let times = if change.count > 1 { format!("{} x ", change.count) } else { String::new() };
    let what = match (change.before.as_deref(), change.after.as_deref()) {
        (Some(before), Some(after)) => format!("{before}, now {after}"),
        (None, Some(after)) => format!("new: {after}"),
        (Some(before), None) => format!("gone: {before}"),
        (None, None) => String::new(),
    };
    format!("{times}{}: {what}", change.path)
}

fn design(page: &mut Page, row: &Row, judged: Option<&Judged>, name: &str, width: usize) {
    let Some(Judged { difference, judgement, .. }) = judged else {
        return page.line(format_args!("  {name:<width$}  {:>10}", "-"));
    };
    let style = match judgement {
        Judgement::Better => GOOD,
        Judgement::Worse => BAD,
        _ => Style::new(),
    };
    let word = word(*judgement);
    let apart = apart(page.look, row.unit, difference);
    let here = level(row.unit, difference.design, difference.pairs);
    let line = format!("  {name:<width$}  {here:>10}  {apart:<22}  {word}");
    page.styled(style, format_args!("{line}"));
}

/// What a judgement is called.
pub(super) const fn word(judgement: Judgement) -> &'static str {
    match judgement {
        Judgement::Better => "better",
        Judgement::Worse => "worse",
        Judgement::Other => "",
        Judgement::TooSmall => "too small",
        Judgement::Same => "same",
        Judgement::Unsure => "too few to say",
    }
}

/// `+10.3 ±0.4 points`, `−8 h`.
pub(super) fn apart(look: Look, unit: Unit, difference: &Difference) -> String {
    let Some(mean) = difference.mean else { return String::new() };
    let none = mean == 0.0 && difference.half_width.is_none_or(|half| half == 0.0);
    if none {
        return String::new();
    }
    let minus = if look.ascii { "-" } else { "−" };
    let sign = if mean < 0.0 { minus } else { "+" };
    // What two shares differ by is no share: 20 % more of what?
    let (words, points): (fn(Unit, u64) -> String, _) = match unit {
        Unit::Share => (points, " points"),
        Unit::Time | Unit::Count => (|unit, size| value(unit, size, 2), ""),
    };
    let words = |size: f64| words(unit, size.abs().round() as u64);
    let half = difference.half_width.filter(|half| *half > 0.0).map(words);
    let plus_minus = if look.ascii { "+-" } else { "±" };
    let half = half.map(|half| format!(" {plus_minus}{half}")).unwrap_or_default();
    format!("{sign}{}{half}{points}", words(mean))
}

/// The number of a share in percent, without its sign.
fn points(unit: Unit, size: u64) -> String {
    value(unit, size, 2).trim_end_matches(" %").to_owned()
}

/// What a design comes to.
pub(super) fn level(unit: Unit, level: Level, pairs: usize) -> String {
    match level.mean {
        Some(mean) => value(unit, mean.round() as u64, 1),
        None if pairs == level.never => "never".to_owned(),
        None => format!("never in {} of {}", level.never, pairs),
    }
}

fn cut(name: &str, width: usize) -> String {
    name.chars().take(width).collect()
}

fn legend(page: &mut Page, compared: &Comparison<'_>) {
    let percent = (compared.confidence * 100.0).round();
    if compared.replications > 1 {
        let over = counted(compared.comparisons, "comparison", "comparisons");
        page.line(format_args!("better, worse: with {percent} % confidence, Holm over {over}"));
        page.line(format_args!("too small: certain, but less than --matters-from"));
    }
}

/// One row for each measure and design, for a spreadsheet.
///
/// # Errors
/// What `out` says.
pub fn write_differences(compared: &Comparison<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    csv.write_record(["baseline", "design"].iter().chain(&differences::COLUMNS))?;
    for row in compared.rows {
        for (judged, name) in row.designs.iter().zip(&compared.names[1..]) {
            let Some(Judged { difference, adjusted, judgement }) = judged else { continue };
            let cells = differences::cells(
                &row.name,
                row.unit,
                difference,
                compared.confidence,
                (*adjusted, *judgement),
            );
            // A design may be called by its file, whose name nobody has checked.
            let names = [harmless(&compared.names[0]), harmless(name)];
            csv.write_record(names.into_iter().chain(cells))?;
        }
    }
    csv.flush()
}
