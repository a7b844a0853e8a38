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
    let answers: Vec<(&str, bool, Verdict)> = pairs
        .clone()
        .map(|(asked, answer)| (asked.name.as_str(), asked.only_warns, answer.verdict))
        .collect();
    sheet.raw("<div class=\"verdict\">\n");
    for (class, line) in answer(&answers) {
        sheet.element(class, &line);
        sheet.raw("\n");
    }
    sheet.raw("</div>\n");
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

/// Does what was asked hold? One line before all figures, with its tag; of each expectation its name,
/// whether it only warns, and its verdict.
fn answer<'a>(asked: &[(&'a str, bool, Verdict)]) -> Vec<(&'static str, String)> {
    let (good, bad) = ("p class=\"good\"", "p class=\"bad\"");
    let named = |is: fn(bool, Verdict) -> bool| -> Vec<&'a str> {
        let of = |(name, warns, verdict): &(&'a str, bool, Verdict)| {
            is(*warns, *verdict).then_some(*name)
        };
        asked.iter().filter_map(of).collect()
    };
    let failed =
        named(|warns, verdict| !warns && matches!(verdict, Verdict::Fail | Verdict::NoData));
    let unsure = named(|warns, verdict| !warns && verdict == Verdict::Inconclusive);
    let warned = named(|warns, verdict| warns && verdict != Verdict::Pass);
    let all = counted(asked.len(), "expectation", "expectations");
    let mut lines = Vec::new();
    if !failed.is_empty() {
        let fail = if failed.len() == 1 { "fails" } else { "fail" };
        lines.push((bad, format!("✗ {} of {all} {fail}: {}", failed.len(), failed.join(", "))));
    }
    if !unsure.is_empty() {
        lines.push((bad, format!("? Too few replications to say: {}", unsure.join(", "))));
    }
    if lines.is_empty() && warned.is_empty() {
        let what = match asked.len() {
            1 => "The one expectation holds".to_owned(),
            _ => format!("All {all} hold"),
        };
        lines.push((good, format!("✓ {what}")));
    } else if lines.is_empty() {
        lines.push((good, format!("✓ Of {all} none fails that is more than a warning")));
    }
    if !warned.is_empty() {
        lines.push(("p", format!("! Only a warning: {}", warned.join(", "))));
    }
    lines
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

#[cfg(test)]
mod tests {
    use super::*;

    fn told(asked: &[(&str, bool, Verdict)]) -> String {
        answer(asked).into_iter().map(|(_, line)| line).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn the_answer_is_said_before_all_figures() {
        let (pass, fail) = (Verdict::Pass, Verdict::Fail);
        assert_eq!(told(&[("a", false, pass)]), "✓ The one expectation holds");
        assert_eq!(told(&[("a", false, pass), ("b", true, pass)]), "✓ All 2 expectations hold");
        assert_eq!(
            told(&[("a", false, pass), ("b", false, fail), ("c", true, fail)]),
            "✗ 1 of 3 expectations fails: b; ! Only a warning: c"
        );
        assert_eq!(
            told(&[("a", false, Verdict::NoData), ("b", false, fail)]),
            "✗ 2 of 2 expectations fail: a, b"
        );
        assert_eq!(
            told(&[("a", false, pass), ("c", true, fail)]),
            "✓ Of 2 expectations none fails that is more than a warning; ! Only a warning: c"
        );
        assert_eq!(
            told(&[("a", false, Verdict::Inconclusive)]),
            "? Too few replications to say: a"
        );
    }
}
