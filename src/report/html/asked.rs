//! What was asked, and the answer: all of it on the first page.

use super::Told;
use super::sheet::{Cell, Sheet, number, text};
use crate::experiment::Verdict;
use crate::report::many::question;
use crate::report::summary::{counted, days, got, kind_of, note, verdict_in_words, wanted};
use crate::scenario::{Expectation, SiteKind};
use crate::units::Instant;

/// Above everything: which run this is.
pub(super) fn header(told: &Told<'_>, sheet: &mut Sheet) {
    let scenario = told.run.scenario;
    sheet.element("h1", &scenario.name);
    let zone = scenario.clock.zone();
    let start = scenario.clock.civil(Instant::START, zone).strftime("%a %-d %b %Y %H:%M");
    let kinds = [SiteKind::Central, SiteKind::Primary, SiteKind::Secondary];
    let count = |kind| scenario.sites.iter().filter(|site| site.kind == kind).count();
    let kinds = kinds.into_iter().map(|kind| (kind, count(kind))).filter(|(_, count)| *count > 0);
    let kinds: Vec<String> =
        kinds.map(|(kind, count)| format!("{count} {}", kind_of(kind, count))).collect();
    sheet.para(&format!(
        "{}: {}. {} from {start}; times are {zone}.",
        counted(scenario.sites.len(), "site", "sites"),
        kinds.join(", "),
        days(scenario.duration),
    ));
    let replications = match told.many.replications.len() {
        0 | 1 if told.many.pointless => "one replication, as nothing in it is random".to_owned(),
        0 | 1 => format!("replication {}", told.run.replication),
        count => {
            format!("{} replications, of which {} is told in full", count, told.run.replication)
        }
    };
    let (seed, profile) = (scenario.seed, scenario.profile.word());
    sheet.para(&format!("Seed {seed}, {replications}, profile {profile}."));
}

/// The description, the expectations and the verdict.
pub(super) fn asked(told: &Told<'_>, sheet: &mut Sheet) {
    let scenario = told.run.scenario;
    if !scenario.description.is_empty() {
        sheet.element("p class=\"described\"", &scenario.description);
    }
    if scenario.expectations.is_empty() || told.many.answers.is_empty() {
        verdict(told, sheet);
        sheet.para(
            "The scenario has no expectations, so nothing in particular was asked. What should hold \
             can be written down under expect: and is then answered here.",
        );
        return;
    }
    let pairs = scenario.expectations.iter().zip(told.many.answers);
    let rows: Vec<Vec<Cell>> = pairs
        .map(|(asked, answer)| {
            let (word, good) = word(asked, answer.verdict);
            let got = got(asked, answer);
            vec![
                text(&asked.name),
                text(word),
                text(question(&told.run, asked)),
                number(wanted(asked, false)),
                if good { number(got) } else { Cell::Bad(got) },
                text(without_brackets(&note(asked, answer, told.many.replications.len()))),
            ]
        })
        .collect();
    sheet.table("", &["expectation", "verdict", "measured", "wanted", "got", "note"], &rows);
    verdict(told, sheet);
}

/// A note stands in brackets in a line of text, and alone in a cell.
fn without_brackets(note: &str) -> &str {
    note.strip_prefix('(').and_then(|note| note.strip_suffix(')')).unwrap_or(note)
}

/// The verdict in a word, and whether nobody has to do anything.
fn word(asked: &Expectation, verdict: Verdict) -> (&'static str, bool) {
    match verdict {
        Verdict::Pass => ("✓ holds", true),
        Verdict::Fail if asked.only_warns => ("! fails, only a warning", false),
        Verdict::Fail => ("✗ fails", false),
        Verdict::Inconclusive => ("? too few replications to say", false),
        Verdict::NoData => ("✗ nothing to measure", false),
    }
}

/// What became of the releases, in a sentence or a few.
fn verdict(told: &Told<'_>, sheet: &mut Sheet) {
    if told.many.replications.len() > 1 {
        sheet.para(&format!("In replication {}:", told.run.replication));
    }
    sheet.raw("<div class=\"verdict\">\n");
    for line in verdict_in_words(&told.run, &told.releases).lines() {
        match line.chars().next() {
            None => {}
            Some('✓') => sheet.element("p class=\"good\"", line),
            Some('✗') => sheet.element("p class=\"bad\"", line),
            Some(_) => sheet.element("p", line.trim_start()),
        }
        sheet.raw("\n");
    }
    sheet.raw("</div>\n");
}
