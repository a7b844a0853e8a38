//! A page of text that no name and no message can break.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::Look;

/// The widest line \[columns\].
pub(in crate::report) const WIDTH: usize = 100;

/// The text so far.
pub(in crate::report) struct Page {
    pub text: String,
    pub look: Look,
}

pub(in crate::report) const BOLD: Style = Style::new().bold();
pub(in crate::report) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(in crate::report) const BAD: Style = AnsiColor::Red.on_default().bold();

impl Page {
    /// One plain line, cut at the width.
    pub fn line(&mut self, line: std::fmt::Arguments<'_>) {
        self.styled(Style::new(), line);
    }

    /// One line that is never cut: a command is copied, and half of one is none.
    pub fn whole(&mut self, line: &str) {
        let line = self.plain(line);
        self.text += line.trim_end();
        self.text.push('\n');
    }

    /// One line, cut at the width; a style covers the whole of it.
    pub fn styled(&mut self, style: Style, line: std::fmt::Arguments<'_>) {
        let mut line = self.plain(&line.to_string());
        if line.chars().count() > WIDTH {
            let mark = if self.look.ascii { "..." } else { "…" };
            line = line.chars().take(WIDTH - mark.chars().count()).collect::<String>() + mark;
        }
        let line = line.trim_end();
        let painted = self.look.colour && style != Style::new() && !line.is_empty();
        let written = if painted {
            writeln!(self.text, "{style}{line}{style:#}")
        } else {
            writeln!(self.text, "{line}")
        };
        written.expect("a String takes everything");
    }

    /// Names and messages come from files: nothing in them may move a terminal's cursor.
    pub fn plain(&self, text: &str) -> String {
        let safe = |c: char| match c {
            c if c.is_control() => ' ',
            c if self.look.ascii && !c.is_ascii() => '?',
            c => c,
        };
        text.chars().map(safe).collect()
    }

    /// Two parts of a line; on two lines when they do not fit on one.
    pub fn pair(&mut self, one: &str, between: &str, other: &str, indent: &str) {
        if other.is_empty() {
            self.line(format_args!("{one}"));
        } else if one.chars().count() + between.len() + other.chars().count() <= WIDTH {
            self.line(format_args!("{one}{between}{other}"));
        } else {
            self.line(format_args!("{one}"));
            self.line(format_args!("{indent}{other}"));
        }
    }

    /// The same in a style.
    pub fn pair_styled(
        &mut self,
        style: Style,
        one: &str,
        between: &str,
        other: &str,
        indent: &str,
    ) {
        if one.chars().count() + between.len() + other.chars().count() <= WIDTH {
            self.styled(style, format_args!("{one}{between}{other}"));
        } else {
            self.styled(style, format_args!("{one}"));
            self.styled(style, format_args!("{indent}{other}"));
        }
    }

    /// An empty line.
    pub fn gap(&mut self) {
        self.text.push('\n');
    }

    /// A line that holds only our own characters.
    pub fn ours(&mut self, style: Style, line: &str) {
        let ascii = std::mem::replace(&mut self.look.ascii, false);
        self.styled(style, format_args!("{line}"));
        self.look.ascii = ascii;
    }
}
