//! A check as GitHub's workflow commands: what failed is shown at its line of the file.
//!
//! A command is a line on standard output, so that nothing of a scenario may end a line or begin
//! a command of its own.

use super::{Case, Finding, State, Suite};

/// A command for everything that did not pass, each ending with a line end.
pub fn annotations(suites: &[Suite]) -> String {
    let mut text = String::new();
    for suite in suites {
        if let State::Broken(why) = &suite.state {
            text += &command(
                "error",
                &suite.file,
                1,
                &format!("{}: could not be run", suite.name),
                why,
            );
        }
        for case in &suite.cases {
            let level = match case.finding {
                Finding::Passed | Finding::NotCompared => continue,
                Finding::Warned => "warning",
                _ => "error",
            };
            let title = format!("{}: {}", suite.name, case.name);
            text += &command(level, &suite.file, case.line.unwrap_or(1), &title, &message(case));
        }
    }
    text
}

fn message(case: &Case) -> String {
    let mut text = format!("wanted {}\ngot {}", case.wanted, case.got);
    if let Some(because) = &case.because {
        text += &format!("\nbecause {because}");
    }
    case.lines.iter().for_each(|line| text += &format!("\n{line}"));
    text + &format!("\nrepeat: {}", case.repeat)
}

fn command(level: &str, file: &str, line: usize, title: &str, message: &str) -> String {
    // the names of files have one form there
    let file = property(&file.replace('\\', "/"));
    format!("::{level} file={file},line={line},title={}::{}\n", property(title), data(message))
}

/// What stands behind the second `::`.
fn data(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => safe += "%25",
            '\r' => safe += "%0D",
            '\n' => safe += "%0A",
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

/// A value before it, where `:` and `,` mean something too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
