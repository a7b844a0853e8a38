//! A check for a pull request: what changed against the golden files, in GitHub's Markdown.

use super::super::markdown::{Page, fenced, safe};
use super::super::summary::counted;
use super::{Case, Finding, Ran, State, Suite, against};

/// The page, below what GitHub takes; its first line is a hidden mark, by which a later comment
/// replaces this one.
pub fn check_markdown(suites: &[Suite]) -> String {
    let mut page = Page::new("supsim:check");
    page.line(&format!("### supsim check: {}", headline(suites)));
    page.gap();
    let head = "| scenario | expectations | golden file | replications";
    page.table(head, suites.iter().map(row));
    let mut left_out = 0;
    for suite in suites {
        let text = detail(suite);
        if text.is_empty() {
            continue;
        }
        if page.has_room_for(&text) {
            text.lines().for_each(|line| page.line(line));
            page.gap();
        } else {
            left_out += 1;
        }
    }
    if left_out > 0 {
        let more = counted(left_out, "scenario", "scenarios");
        page.line(&format!("and {more} with something to tell; supsim check tells all"));
        page.gap();
    }
    page.line(&format!("<sub>supsim {}</sub>", env!("CARGO_PKG_VERSION")));
    page.text
}

fn headline(suites: &[Suite]) -> String {
    let asked = || suites.iter().filter(|suite| !matches!(suite.state, State::Skipped(_)));
    let bad = asked().filter(|suite| !suite.is_good()).count();
    let moved =
        asked().filter(|suite| suite.golden().is_some_and(|case| case.finding == Finding::Differs));
    let mut against = match moved.count() {
        0 => "no change against the golden files".to_owned(),
        moved => format!("{moved} changed against the golden files"),
    };
    if suites.iter().any(|suite| suite.before.is_some()) {
        let changed = asked().filter(|suite| suite.against().is_some()).count();
        against = format!("{changed} changed in design, {against}");
    }
    let all = counted(asked().count(), "scenario", "scenarios");
    match bad {
        0 => format!("{all} passed ({against})"),
        1 => format!("1 of {all} fails ({against})"),
        bad => format!("{bad} of {all} fail ({against})"),
    }
}

fn row(suite: &Suite) -> String {
    let name = safe(&suite.name);
    let mark = if suite.is_good() { "✅" } else { "❌" };
    match &suite.state {
        State::Skipped(why) => format!("⏭️ | {name} | {} |  | ", safe(why)),
        State::Broken(_) => format!("❌ | {name} | could not be run |  | "),
        State::Ran(ran) => {
            let all = suite.expectations().count();
            let held = suite.expectations().filter(|it| it.finding == Finding::Passed).count();
            let golden = suite.golden().map_or("", |case| match case.finding {
                Finding::Passed => "same",
                Finding::Differs => "**differs**",
                _ => "not compared",
            });
            format!("{mark} | {name} | {held} of {all} | {golden} | {}", ran.replications)
        }
    }
}

/// What there is to tell of a scenario beyond its row; empty where all is as it was.
fn detail(suite: &Suite) -> String {
    let mut text = String::new();
    match &suite.state {
        State::Skipped(_) => return text,
        State::Broken(why) => {
            text += &format!("#### {}\n\n", safe(&suite.name));
            text += &fenced("text", why.lines());
            return text;
        }
        State::Ran(ran) => {
            let told =
                |case: &&Case| !matches!(case.finding, Finding::Passed | Finding::NotCompared);
            let cases = suite.cases.iter().any(|case| told(&case));
            if !cases && suite.against().is_none() {
                return text;
            }
            text += &format!("#### {}\n\n", safe(&suite.name));
            if let Some((against, case)) = suite.against() {
                text += &against::markdown(against, &case.repeat);
            }
            if cases {
                text += &expectations(suite, ran);
            }
        }
    }
    for case in &suite.cases {
        let Some(because) = case.because.as_ref().filter(|_| case.finding != Finding::Passed)
        else {
            continue;
        };
        text += &format!("**{}** because {}\n\n", safe(&case.name), safe(because));
        text += &fenced("text", [case.repeat.as_str()].into_iter());
    }
    if let Some(case) = suite.golden().filter(|case| case.finding == Finding::Differs) {
        text += &format!(
            "<details><summary>Changed against the golden file: {}</summary>\n\n",
            safe(&case.got)
        );
        text += &fenced("diff", case.lines.iter().map(String::as_str));
        text += &fenced("text", [case.repeat.as_str()].into_iter());
        text += "</details>\n";
    }
    text
}

/// Every expectation, with what the golden file has of it.
fn expectations(suite: &Suite, ran: &Ran) -> String {
    let mut text =
        "| | expectation | wanted | golden file | now |\n|---|---|---|---|---|\n".to_owned();
    for case in suite.expectations() {
        let then = ran.then.as_ref().and_then(|golden| golden.of_expectation(&case.name));
        let mark = match case.finding {
            Finding::Passed | Finding::NotCompared => "✅",
            Finding::Warned => "⚠️",
            Finding::Inconclusive => "❔",
            Finding::Failed | Finding::NoData | Finding::Differs | Finding::Worse => "❌",
        };
        text += &format!(
            "| {mark} | {} | {} | {} | {} |\n",
            safe(&case.name),
            safe(&case.wanted),
            then.map(|(verdict, got)| safe(&format!("{got}, {verdict}"))).unwrap_or_default(),
            safe(&case.got),
        );
    }
    text + "\n"
}
