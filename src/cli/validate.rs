//! `supsim validate`: is it right? Reads and checks, runs nothing.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::exit::{Exit, Stop};
use super::pipeline;
use super::screen::Screen;
use super::{glob, interrupt};
use crate::report::Look;
use crate::scenario::{Diagnostic, Overrides, Report, Severity};

/// The check that was meant.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// Names, perhaps with `*` and `?`.
    pub files: Vec<PathBuf>,
    /// What the command line says instead of the files.
    pub overrides: Overrides,
    /// Is a warning as bad as an error?
    pub deny_warnings: bool,
    /// For whom.
    pub format: Format,
    /// How it looks to a person.
    pub look: Look,
    /// Nothing about files that are good, and no summary.
    pub quiet: bool,
}

/// For whom findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// A person.
    Human,
    /// A program: one document.
    Json,
    /// A program: one finding a line.
    JsonLines,
}

/// The version of the two forms for programs; `docs/commands.md` describes them.
const VERSION: u32 = 1;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// What became of one file.
struct Checked {
    file: String,
    report: Report,
}

/// A finding, for a program.
#[derive(Serialize)]
struct Finding<'f> {
    v: u32,
    severity: &'static str,
    code: &'static str,
    file: &'f str,
    /// From 1; 0 when it concerns the file as a whole.
    line: usize,
    column: usize,
    path: &'f str,
    message: &'f str,
    note: &'f str,
    help: &'f [String],
}

/// All of them, and what they come to.
#[derive(Serialize)]
struct Document<'f> {
    v: u32,
    files: Vec<Verdict<'f>>,
    findings: Vec<Finding<'f>>,
}

#[derive(Serialize)]
struct Verdict<'f> {
    file: &'f str,
    verdict: &'static str,
    errors: usize,
    warnings: usize,
    /// Found, but not among the findings: only the first thousand of a file are.
    further: usize,
}

/// Checks every file, tells what is wrong, and says so in the exit code.
pub(super) fn validate(plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    let mut exit = Exit::Ok;
    let mut checked: Vec<Checked> = Vec::new();
    for file in glob::expand(&plan.files)? {
        interrupt::go_on("checking")?;
        match pipeline::check(&file, &plan.overrides) {
            Ok(report) => checked.push(Checked { file: shown(&file), report }),
            Err(stop) => {
                screen.complain(&stop.text);
                exit = exit.or_worse(stop.exit);
            }
        }
    }
    let bad = |one: &Checked| one.errors() > 0 || (plan.deny_warnings && one.warnings() > 0);
    if checked.iter().any(bad) {
        exit = exit.or_worse(Exit::NothingRan);
    }
    screen.say(&match plan.format {
        Format::Human => told(plan, &checked),
        Format::Json => document(&checked),
        Format::JsonLines => lines(&checked),
    });
    Ok(exit)
}

fn shown(file: &Path) -> String {
    file.display().to_string()
}

impl Checked {
    fn errors(&self) -> usize {
        self.report.errors()
    }

    fn warnings(&self) -> usize {
        self.report.diagnostics.len() - self.errors()
    }

    fn verdict(&self) -> Verdict<'_> {
        let (errors, warnings) = (self.errors(), self.warnings());
        let verdict = match (errors, warnings) {
            (0, 0) => "good",
            (0, _) => "warnings",
            _ => "errors",
        };
        Verdict { file: &self.file, verdict, errors, warnings, further: self.report.further }
    }
}

/// For a person: every finding, then a line for each file, then one for all.
fn told(plan: &Plan, checked: &[Checked]) -> String {
    let mut text = String::new();
    for found in checked.iter().flat_map(|one| &one.report.diagnostics) {
        text += &painted(found, plan.look);
        text.push('\n');
    }
    if plan.quiet {
        return text;
    }
    let width = checked.iter().map(|one| one.file.chars().count()).max().unwrap_or(0).min(60);
    for one in checked {
        let (mark, verdict) = match (one.errors(), one.warnings(), plan.look.ascii) {
            (0, 0, false) => ("✓", "good".to_owned()),
            (0, 0, true) => ("ok", "good".to_owned()),
            (0, warnings, ascii) => (if ascii { "! " } else { "!" }, counted(warnings, "warning")),
            (errors, warnings, ascii) => {
                let mut words = counted(errors, "error");
                if warnings > 0 {
                    words += &format!(", {}", counted(warnings, "warning"));
                }
                (if ascii { "X " } else { "✗" }, words)
            }
        };
        let more = match one.report.further {
            0 => String::new(),
            further => format!(" and {further} more that are only counted"),
        };
        let _ = writeln!(text, "{mark} {:<width$}  {verdict}{more}", one.file);
    }
    if checked.len() > 1 {
        let with = |wanted: fn(&Checked) -> bool| checked.iter().filter(|one| wanted(one)).count();
        let good = with(|one| one.report.diagnostics.is_empty());
        let warned = with(|one| one.errors() == 0 && one.warnings() > 0);
        let wrong = with(|one| one.errors() > 0);
        let _ = writeln!(
            text,
            "{}: {good} good, {warned} with warnings, {wrong} with errors",
            counted(checked.len(), "file")
        );
    }
    let mut codes: Vec<&str> =
        checked.iter().flat_map(|one| &one.report.diagnostics).map(|found| found.code).collect();
    codes.sort_unstable();
    codes.dedup();
    if let Some(first) = codes.first() {
        let _ = writeln!(text, "what a code means and what to do: supsim help {first}");
    }
    text
}

/// A finding with its first word in colour.
fn painted(found: &Diagnostic, look: Look) -> String {
    let mut text = found.to_string();
    if look.ascii {
        text = text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect();
    }
    let style = match found.severity {
        Severity::Error => ERROR,
        Severity::Warning => WARNING,
    };
    match text.split_once(':') {
        Some((head, rest)) if look.colour => format!("{style}{head}{style:#}:{rest}"),
        _ => text,
    }
}

/// `1 error`, `3 errors`.
fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

fn finding(found: &Diagnostic) -> Finding<'_> {
    Finding {
        v: VERSION,
        severity: match found.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        code: found.code,
        file: &found.file,
        line: found.line,
        column: found.column,
        path: &found.path,
        message: &found.message,
        note: &found.note,
        help: &found.help,
    }
}

fn findings(checked: &[Checked]) -> impl Iterator<Item = Finding<'_>> {
    checked.iter().flat_map(|one| &one.report.diagnostics).map(finding)
}

fn document(checked: &[Checked]) -> String {
    let files = checked.iter().map(Checked::verdict).collect();
    let document = Document { v: VERSION, files, findings: findings(checked).collect() };
    // texts and numbers can always be written
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn lines(checked: &[Checked]) -> String {
    let line = |finding| serde_json::to_string(&finding).unwrap_or_default() + "\n";
    findings(checked).map(line).collect()
}
