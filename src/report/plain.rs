//! What people wrote, as one line that moves no cursor.

/// Control characters, line ends and the start of an ANSI escape among them, become blanks.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
