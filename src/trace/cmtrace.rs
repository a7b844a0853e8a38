//! The field's own line of a log, in the form that CMTrace and Trace32 read.
//!
//! ```text
//! <![LOG[text]LOG]!><time="22:08:05.000+300" date="01-13-2026" component="C" context="" type="1" thread="4242" file="PR2">
//! ```
//!
//! One entry is one physical line, whatever its text holds.

use std::fmt;

use jiff::civil;

/// The longest component and file names that the viewers read \[characters\].
const LONGEST_NAME: usize = 100;

/// One entry of a log.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// What it says; line ends in it are folded to `~`, as the product does.
    pub text: &'a str,
    /// Local civil time, shown to the millisecond (cut, not rounded).
    pub at: civil::DateTime,
    /// Windows' bias \[minutes\]: UTC = local time + bias; `+300` is US Eastern winter.
    pub bias_minutes: i32,
    /// Who says it, e.g. `SMS_WSUS_SYNC_MANAGER`.
    pub component: &'a str,
    /// How grave it is.
    pub severity: Severity,
    /// The number of the thread that says it.
    pub thread: u32,
    /// Where in the source it is said.
    pub file: &'a str,
}

/// How grave an entry is; viewers colour by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// `type="1"`.
    Information,
    /// `type="2"`: yellow.
    Warning,
    /// `type="3"`: red.
    Error,
}

impl Severity {
    /// The number in `type`.
    pub const fn number(self) -> u8 {
        match self {
            Severity::Information => 1,
            Severity::Warning => 2,
            Severity::Error => 3,
        }
    }
}

/// The physical line, without its line end.
impl fmt::Display for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, time) = (self.at.date(), self.at.time());
        f.write_str("<![LOG[")?;
        write_text(f, self.text)?;
        write!(
            f,
            "]LOG]!><time=\"{:02}:{:02}:{:02}.{:03}{:+}\" date=\"{:02}-{:02}-{:04}\" component=\"",
            time.hour(),
            time.minute(),
            time.second(),
            time.subsec_nanosecond() / 1_000_000,
            self.bias_minutes,
            date.month(),
            date.day(),
            date.year(),
        )?;
        write_name(f, self.component)?;
        write!(
            f,
            "\" context=\"\" type=\"{}\" thread=\"{}\" file=\"",
            self.severity.number(),
            self.thread
        )?;
        write_name(f, self.file)?;
        f.write_str("\">")
    }
}

/// Line ends become `~`, other control characters a blank, and the mark that ends a text is
/// broken by a blank (`]LOG] !>`), so that no text can end its own entry or begin another.
fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    use fmt::Write as _;
    if !text.contains(|c: char| c.is_control() || c == ']') {
        return f.write_str(text);
    }
    let folded = text.replace("\r\n", "~").replace(['\n', '\r', '\u{85}'], "~");
    for c in folded.replace("]LOG]!>", "]LOG] !>").chars() {
        f.write_char(if c.is_control() { ' ' } else { c })?;
    }
    Ok(())
}

/// Names stand in quotation marks and are at most a hundred characters.
fn write_name(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    use fmt::Write as _;
    for c in name.chars().take(LONGEST_NAME) {
        f.write_char(match c {
            '"' => '\'',
            c if c.is_control() => ' ',
            c => c,
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> Entry<'_> {
        Entry {
            text,
            at: civil::date(2026, 1, 13).at(22, 8, 5, 7_999_999),
            bias_minutes: 300,
            component: "SMS_WSUS_SYNC_MANAGER",
            severity: Severity::Information,
            thread: 4242,
            file: "PR2",
        }
    }

    #[test]
    fn an_entry_is_the_line_that_viewers_read() {
        assert_eq!(
            entry("Performing sync on parent request").to_string(),
            "<![LOG[Performing sync on parent request]LOG]!><time=\"22:08:05.007+300\" \
             date=\"01-13-2026\" component=\"SMS_WSUS_SYNC_MANAGER\" context=\"\" type=\"1\" \
             thread=\"4242\" file=\"PR2\">"
        );
        let berlin = Entry { bias_minutes: -60, severity: Severity::Error, ..entry("x") };
        assert!(berlin.to_string().contains("22:08:05.007-60\""), "{berlin}");
        assert!(berlin.to_string().contains("type=\"3\""));
        assert!(Entry { bias_minutes: 0, ..entry("x") }.to_string().contains("05.007+0\""));
    }

    #[test]
    fn no_text_can_end_its_own_entry_or_break_its_line() {
        let hostile = entry("a]LOG]!>b\r\nc\nd\u{1b}[31m").to_string();
        assert_eq!(hostile.matches("]LOG]!>").count(), 1);
        assert!(hostile.starts_with("<![LOG[a]LOG] !>b~c~d [31m]LOG]!>"), "{hostile}");
        assert_eq!(hostile.lines().count(), 1);
    }

    #[test]
    fn names_keep_to_their_quotation_marks_and_length() {
        let long = "x".repeat(150);
        let line = Entry { component: "a\"b", file: &long, ..entry("t") }.to_string();
        assert!(line.contains("component=\"a'b\""), "{line}");
        assert!(line.ends_with(&format!("file=\"{}\">", "x".repeat(100))));
    }
}
