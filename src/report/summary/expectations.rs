//! What was asked of the run, and the answers.

use anstyle::{AnsiColor, Style};

use super::super::many::{question, value};
use super::super::{Many, Run};
use super::page::{BAD, BOLD, GOOD, Page, WIDTH};
use crate::experiment::{Answer, Verdict};
use crate::measure::Figure;
use crate::scenario::{Bound, Expectation, MustHold};

const UNSURE: Style = AnsiColor::Yellow.on_default().bold();

/// The widest name, and the widest question, before they are cut.
const NAME: usize = 26;
const QUESTION: usize = 46;

/// One line for each expectation, the verdict in front.
pub(super) fn expectations(page: &mut Page, run: &Run<'_>, many: &Many<'_>) {
    let asked = &run.scenario.expectations;
    if asked.is_empty() || many.answers.is_empty() {
        return;
    }
    let questions: Vec<String> = asked.iter().map(|one| question(run, one)).collect();
    let wanted: Vec<String> = asked.iter().map(|one| wanted(one, page.look.ascii)).collect();
    let got: Vec<String> =
        asked.iter().zip(many.answers).map(|(one, answer)| got(one, answer)).collect();
    let widest = |texts: &mut dyn Iterator<Item = &str>, most: usize| {
        texts.map(|text| text.chars().count()).max().unwrap_or(0).clamp("wanted".len(), most)
    };
    let name_width = widest(&mut asked.iter().map(|one| one.name.as_str()), NAME);
    let question_width = widest(&mut questions.iter().map(String::as_str), QUESTION);
    let wanted_width = widest(&mut wanted.iter().map(String::as_str), WIDTH);
    let mark_width = if page.look.ascii { 2 } else { 1 };
    let before = 3 + mark_width + name_width + 2 + question_width + 2;
    page.styled(BOLD, format_args!("{:<before$}{:<wanted_width$}  got", "EXPECTATIONS", "wanted"));
    for (position, (one, answer)) in asked.iter().zip(many.answers).enumerate() {
        let (mark, style) = mark(page, one, answer.verdict);
        let line = format!(
            "  {mark} {:<name_width$}  {:<question_width$}  {:<wanted_width$}  {}",
            cut(&one.name, NAME),
            cut(&page.plain(&questions[position]), QUESTION),
            wanted[position],
            got[position],
        );
        let note = note(one, answer, many.replications.len());
        if note.is_empty() {
            page.ours(style, &line);
        } else if line.chars().count() + 3 + note.chars().count() <= WIDTH {
            page.ours(style, &format!("{line}   {note}"));
        } else {
            page.ours(style, &line);
            page.ours(style, &format!("{:>6}{note}", ""));
        }
    }
    page.gap();
}

/// A mark that says it without colour; a failure that only warns says so.
fn mark(page: &Page, asked: &Expectation, verdict: Verdict) -> (&'static str, Style) {
    let ascii = page.look.ascii;
    match verdict {
        Verdict::Pass => (if ascii { "OK" } else { "✓" }, GOOD),
        _ if asked.only_warns => (if ascii { "! " } else { "!" }, UNSURE),
        Verdict::Fail | Verdict::NoData => (if ascii { "!!" } else { "✗" }, BAD),
        Verdict::Inconclusive => (if ascii { "? " } else { "?" }, UNSURE),
    }
}

/// What is wanted: `≤ 24 h`.
pub(in crate::report) fn wanted(asked: &Expectation, ascii: bool) -> String {
    let sign = match (asked.wanted.bound, ascii) {
        (Bound::AtMost, false) => "≤",
        (Bound::AtMost, true) => "<=",
        (Bound::AtLeast, false) => "≥",
        (Bound::AtLeast, true) => ">=",
        (Bound::Equals, _) => "=",
    };
    format!("{sign} {}", value(asked.metric.unit(), asked.wanted.value, 6))
}

/// The mean over the replications, with as many decimals as tell it from what is wanted.
pub(in crate::report) fn got(asked: &Expectation, answer: &Answer) -> String {
    let unit = asked.metric.unit();
    let Some(moments) = &answer.moments else {
        return if answer.worst.is_some() { "never".to_owned() } else { "no data".to_owned() };
    };
    // a float holds every value that can be told apart in a line
    let mean = if moments.count == 1 { moments.min() } else { (moments.mean + 0.5) as u64 };
    let bound = value(unit, asked.wanted.value, 6);
    let differs = mean != asked.wanted.value;
    let shown = (1..6).map(|decimals| value(unit, mean, decimals));
    let mut shown = shown.filter(|text| !differs || *text != bound);
    shown.next().unwrap_or(bound)
}

/// How far it went wrong, in how many replications it held, and what would be needed to say more.
pub(in crate::report) fn note(asked: &Expectation, answer: &Answer, replications: usize) -> String {
    let unit = asked.metric.unit();
    let mut parts = Vec::new();
    if let Some((worst, number)) = answer.worst.filter(|_| replications > 1) {
        let worst = match worst {
            Figure::Of(worst) => value(unit, worst, 1),
            Figure::Never => "never".to_owned(),
        };
        let holds = format!("{} of {}", answer.held.held, answer.held.of);
        match (asked.must_hold, answer.verdict) {
            (None, Verdict::Pass) => parts.push(format!("worst {worst}")),
            (Some(_), Verdict::Pass) => parts.push(holds),
            _ => {
                parts.push(format!("holds in {holds}"));
                parts.push(format!("worst {worst} in replication {number}"));
            }
        }
    }
    match answer.verdict {
        Verdict::Inconclusive => {
            if let Some(wanted) = asked.must_hold {
                parts.push(more(wanted, answer));
            }
        }
        Verdict::NoData if answer.worst.is_some() => {
            let without = replications - answer.held.of as usize;
            parts.push(format!("no data in {without} of {replications}"));
        }
        Verdict::Pass | Verdict::Fail | Verdict::NoData => {}
    }
    if asked.only_warns && answer.verdict != Verdict::Pass {
        parts.push("only a warning".to_owned());
    }
    if parts.is_empty() { String::new() } else { format!("({})", parts.join("; ")) }
}

fn more(wanted: MustHold, answer: &Answer) -> String {
    let least = wanted.least_replications(1_000_000);
    if answer.held.held == answer.held.of && answer.held.of < least {
        format!("{least} replications are needed to show {}", wanted.share)
    } else {
        format!("too few to say whether {} do", wanted.share)
    }
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['~']).collect()
}

#[cfg(test)]
mod tests;
