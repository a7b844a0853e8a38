//! A mistake in a file: where it is, what it is, and what to write instead.

use std::fmt;

use super::source::{Excerpt, printable};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The scenario cannot be run.
    Error,
    /// It can, but probably does not mean what its author thinks.
    Warning,
}

/// One mistake, or one thing that looks like one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// Its stable code, e.g. `E0102`; `docs/errors.md` explains each.
    pub code: &'static str,
    /// What is wrong, in one line.
    pub message: String,
    /// The file, as it was named.
    pub file: String,
    /// From 1; 0 when it concerns the file as a whole.
    pub line: usize,
    /// In characters, from 1; 0 when it concerns the file as a whole.
    pub column: usize,
    /// The path of the entry it lies in, e.g. `faults.lima`; may be empty.
    pub path: String,
    /// What stands under the caret.
    pub note: String,
    /// Further lines, each a piece of advice.
    pub help: Vec<String>,
    pub(super) excerpt: Option<Excerpt>,
}

/// Everything that is wrong with a file, in order of place; warnings among the errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What was found, at most a thousand.
    pub diagnostics: Vec<Diagnostic>,
    /// How many more were found than are kept.
    pub further: usize,
}

impl Report {
    /// How many errors there are among those kept.
    pub fn errors(&self) -> usize {
        self.diagnostics.iter().filter(|found| found.severity == Severity::Error).count()
    }
}

/// ```text
/// error[E0102]: unknown key `shedule`
///   --> contoso.yaml:121:3 (in sync)
///     |
/// 121 |   shedule: never
///     |   ^^^^^^^ not a key of `sync`; did you mean `schedule`?
///     = known here: replication, retry, schedule, site_complete
/// ```
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        writeln!(f, "{severity}[{}]: {}", self.code, printable(&self.message))?;
        write!(f, "  --> {}", printable(&self.file))?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        if !self.path.is_empty() {
            write!(f, " (in {})", printable(&self.path))?;
        }
        writeln!(f)?;
        let width = self.line.to_string().len().max(3);
        match &self.excerpt {
            Some(excerpt) => {
                writeln!(f, "{:width$} |", "")?;
                writeln!(f, "{:>width$} | {}", self.line, excerpt.line)?;
                let carets = "^".repeat(excerpt.carets);
                let note = printable(&self.note);
                let caret_line =
                    format!("{:width$} | {:2$}{carets} {note}", "", "", excerpt.before);
                writeln!(f, "{}", caret_line.trim_end())?;
            }
            None if self.note.is_empty() => {}
            None => writeln!(f, "{:width$} = {}", "", printable(&self.note))?,
        }
        for line in &self.help {
            writeln!(f, "{:width$} = {}", "", printable(line))?;
        }
        Ok(())
    }
}

/// One after the other, an empty line between.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, found) in self.diagnostics.iter().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            write!(f, "{found}")?;
        }
        if self.further > 0 {
            writeln!(f, "\n... and {} more", self.further)?;
        }
        Ok(())
    }
}

impl std::error::Error for Report {}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_a_file_says_reaches_the_terminal_as_a_control_character() {
        let report = crate::scenario::Scenario::parse(
            "evil\u{1b}[2J.yaml",
            "supsim: 1\n\"\\e[31m\": \u{9b}x\n",
            &crate::scenario::Overrides::default(),
        );
        let text = report.unwrap_err().to_string();
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    }
}
