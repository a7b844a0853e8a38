//! A check for a person at a terminal: a line for each scenario, then what is wrong.

use anstyle::{AnsiColor, Style};

use super::super::summary::page::{BAD, BOLD, GOOD, Page};
use super::super::summary::{Look, counted};
use super::{Before, Case, Finding, State, Suite};

const OPEN: Style = AnsiColor::Yellow.on_default().bold();
/// The widest name before it is cut.
const NAME: usize = 40;
/// Where the lines of a failure begin.
const LABEL: usize = 8;
/// The widest line of a failure, which is broken rather than cut.
const WIDE: usize = 100 - 2 - LABEL;

/// Everything, ending with a line end; `exit` is how the program ends.
pub fn check_text(suites: &[Suite], exit: u8, look: Look) -> String {
    let mut page = Page { text: String::new(), look };
    let width = suites.iter().map(|it| it.name.chars().count()).max().unwrap_or(0).min(NAME);
    let counts = suites.iter().map(|suite| counts(suite).chars().count()).max().unwrap_or(0);
    for suite in suites {
        let (word, style) = match &suite.state {
            State::Skipped(_) => ("SKIP", Style::new()),
            State::Broken(_) => ("FAIL", BAD),
            State::Ran(_) if suite.is_open() => ("OPEN", OPEN),
            State::Ran(_) if suite.is_good() => ("PASS", GOOD),
            State::Ran(_) => ("FAIL", BAD),
        };
        let name: String = suite.name.chars().take(NAME).collect();
        let rest = match &suite.state {
            State::Skipped(why) => format!("({why})"),
            State::Broken(_) => "(could not be run)".to_owned(),
            State::Ran(_) => {
                let warned = suite.cases.iter().filter(|it| it.finding == Finding::Warned).count();
                let warned = match warned {
                    0 => String::new(),
                    count => format!("   ({})", counted(count, "warning", "warnings")),
                };
                let before = match &suite.before {
                    None => String::new(),
                    Some(Before::New) => "   new".to_owned(),
                    Some(Before::Unreadable(_)) => "   not compared with before".to_owned(),
                    Some(Before::Same) => "   unchanged".to_owned(),
                    Some(Before::Changed(against)) => format!("   changed: {}", against.brief()),
                };
                format!("{:<counts$}   {}{warned}{before}", self::counts(suite), golden_word(suite))
            }
        };
        page.styled(style, format_args!("{word}  {name:<width$}   {rest}"));
    }
    for suite in suites {
        if let State::Broken(why) = &suite.state {
            page.gap();
            page.styled(BOLD, format_args!("{}: could not be run", suite.file));
            why.lines().for_each(|line| page.line(format_args!("  {line}")));
        }
        for case in suite.cases.iter().filter(|case| shows(case)) {
            told(&mut page, suite, case);
        }
    }
    ending(&mut page, suites, exit);
    page.text
}

/// Is a case told in full? What is as wanted, or compared with nothing, is not.
fn shows(case: &Case) -> bool {
    !matches!(case.finding, Finding::Passed | Finding::NotCompared)
}

/// `3/4`: how many expectations hold.
fn counts(suite: &Suite) -> String {
    if !matches!(suite.state, State::Ran(_)) {
        return String::new();
    }
    let held = suite.expectations().filter(|case| case.finding == Finding::Passed).count();
    format!("{held}/{}", suite.expectations().count())
}

fn golden_word(suite: &Suite) -> String {
    match suite.golden() {
        None => String::new(),
        Some(case) => match case.finding {
            Finding::Passed => "golden same".to_owned(),
            Finding::NotCompared => case.got.clone(),
            _ => "golden differs".to_owned(),
        },
    }
}

fn told(page: &mut Page, suite: &Suite, case: &Case) {
    page.gap();
    let what = match case.finding {
        Finding::Differs => "differs",
        Finding::NoData => "had nothing to measure",
        Finding::Inconclusive => "cannot be told yet",
        Finding::Worse => "worse",
        Finding::Warned => "failed (only a warning)",
        Finding::Failed | Finding::Passed | Finding::NotCompared => "failed",
    };
    page.styled(BOLD, format_args!("{}: {} {what}", suite.name, case.name));
    label(page, "wanted", &case.wanted);
    label(page, "got", &case.got);
    for line in &case.lines {
        page.line(format_args!("  {:LABEL$}{line}", ""));
    }
    if let Some(because) = &case.because {
        label(page, "because", because);
    }
    // a command is never broken: it is there to be copied
    let repeat = page.plain(&case.repeat);
    page.text += &format!("  {:<LABEL$}{repeat}\n", "repeat");
}

/// A line with its label, broken at blanks where it is too long.
fn label(page: &mut Page, label: &str, text: &str) {
    let mut label = label;
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDE {
            page.line(format_args!("  {label:<LABEL$}{line}"));
            label = "";
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line += word;
    }
    page.line(format_args!("  {label:<LABEL$}{line}"));
}

fn ending(page: &mut Page, suites: &[Suite], exit: u8) {
    let asked = suites.iter().filter(|suite| !matches!(suite.state, State::Skipped(_)));
    let all = asked.clone().count();
    let open = asked.clone().filter(|suite| suite.is_open()).count();
    let bad = asked.filter(|suite| !suite.is_good()).count() - open;
    let scenarios = counted(all, "scenario", "scenarios");
    let (style, text) = match (bad, open) {
        (0, 0) if all == 0 => (BAD, "nothing to check".to_owned()),
        (0, 0) => (GOOD, format!("{scenarios} passed")),
        (0, open) => (OPEN, format!("{open} of {scenarios} cannot be told yet")),
        (bad, 0) => (BAD, format!("{bad} of {scenarios} failed")),
        (bad, open) => (BAD, format!("{bad} of {scenarios} failed, {open} cannot be told yet")),
    };
    let told = |it: &Suite| matches!(it.state, State::Broken(_)) || it.cases.iter().any(shows);
    if suites.iter().any(told) {
        page.gap();
    }
    page.styled(style, format_args!("{text:<80}exit {exit}"));
}
