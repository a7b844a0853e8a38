//! Single values: texts, names, truth values and numbers.

use super::core_schema::{is_null, is_number, is_truth, kind_of};
use super::limits;
use super::reader::{Reader, Wrong};
use super::source::{Place, is_hidden};
use super::yaml::{Entry, Node, Value};

impl Reader {
    /// A single value as it is written, quoted or not.
    pub fn scalar<'n>(&mut self, node: &'n Node<'_>, what: &str) -> Option<&'n str> {
        match &node.value {
            Value::Broken => None,
            Value::Quoted(text) => Some(text.as_ref()),
            Value::Plain(text) if is_null(text) => {
                self.error(
                    "E0105",
                    node.place,
                    format!("{what} has no value"),
                    "write one, or remove the key",
                );
                None
            }
            Value::Plain(text) => Some(text.as_ref()),
            other => {
                let note = format!("this is {}", kind_of(other));
                self.error("E0101", node.place, format!("{what} must be a single value"), note);
                None
            }
        }
    }

    /// A text: what YAML reads as a number, a truth value or nothing must be quoted.
    pub fn text<'n>(&mut self, node: &'n Node<'_>, what: &str) -> Option<&'n str> {
        let text = self.scalar(node, what)?;
        if matches!(node.value, Value::Plain(_)) && !self.is_text(node.place, text) {
            return None;
        }
        Some(text)
    }

    fn is_text(&mut self, place: Place, text: &str) -> bool {
        let kind = if is_number(text) {
            "a number"
        } else if is_truth(text) {
            "true or false"
        } else if is_null(text) {
            "nothing"
        } else {
            return true;
        };
        self.error(
            "E0111",
            place,
            format!("YAML reads `{text}` as {kind}"),
            format!("quote it: \"{text}\""),
        );
        false
    }

    /// A name for people: short, printable, and harmless in a spreadsheet.
    pub fn label<'n>(&mut self, node: &'n Node<'_>, what: &str) -> Option<&'n str> {
        let text = self.text(node, what)?;
        let result = checked_label(text, what);
        self.check(node.place, result)?;
        Some(text)
    }

    /// Free text of several lines.
    pub fn prose<'n>(&mut self, node: &'n Node<'_>, what: &str) -> Option<&'n str> {
        let text = self.text(node, what)?;
        if let Some(c) = text.chars().find(|c| is_hidden(*c) && !matches!(c, '\n' | '\t')) {
            let note = format!("{} must not stand here", c.escape_unicode());
            self.error(
                "E0009",
                node.place,
                format!("{what} holds a character that cannot be seen"),
                note,
            );
            return None;
        }
        if text.chars().count() > limits::DESCRIPTION_CHARACTERS {
            let note = format!("at most {} characters", limits::DESCRIPTION_CHARACTERS);
            self.error("E0113", node.place, format!("{what} is too long"), note);
            return None;
        }
        Some(text)
    }

    /// A key that names something: letters, digits, `.`, `_`, `-`.
    pub fn identifier<'n>(&mut self, entry: &'n Entry<'_>, what: &str) -> Option<&'n str> {
        let key = entry.key.as_ref();
        if key.is_empty() || (!entry.quoted && !self.is_text(entry.place, key)) {
            return None;
        }
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let good = key.starts_with(|c: char| c.is_ascii_alphanumeric())
            && key.chars().all(fits)
            && key.len() <= limits::NAME_CHARACTERS;
        if !good {
            let note = "letters A-Z a-z, digits, `.`, `_` and `-`, beginning with a letter or digit, at most 100";
            self.error("E0109", entry.place, format!("`{key}` cannot be the name of {what}"), note);
            return None;
        }
        Some(key)
    }

    /// `true` or `false`.
    pub fn truth(&mut self, node: &Node<'_>, what: &str) -> Option<bool> {
        match self.scalar(node, what)? {
            "true" => Some(true),
            "false" => Some(false),
            text => {
                let meant = match text.to_ascii_lowercase().as_str() {
                    "yes" | "on" | "y" | "true" => "write `true`",
                    "no" | "off" | "n" | "false" => "write `false`",
                    _ => "write `true` or `false`",
                };
                self.error("E0110", node.place, format!("`{text}` is not true or false"), meant);
                None
            }
        }
    }

    /// A whole number between two bounds.
    pub fn count(&mut self, node: &Node<'_>, what: &str, least: u64, most: u64) -> Option<u64> {
        let text = self.scalar(node, what)?;
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
            let note = "digits only: no sign, no point, no unit";
            self.error(
                "E0101",
                node.place,
                format!("{what} must be a whole number, not `{text}`"),
                note,
            );
            return None;
        }
        let number = text.parse::<u64>().ok().filter(|number| (least..=most).contains(number));
        if number.is_none() {
            let note = format!("between {least} and {most}");
            self.error("E0208", node.place, format!("{what} is out of range"), note);
        }
        number
    }

    /// As [`Reader::count`], up to 32 bits.
    pub fn count32(&mut self, node: &Node<'_>, what: &str, least: u32, most: u32) -> Option<u32> {
        let number = self.count(node, what, u64::from(least), u64::from(most))?;
        u32::try_from(number).ok()
    }
}

/// Is this a name that can be shown, printed and opened in a spreadsheet?
pub(super) fn checked_label(text: &str, what: &str) -> Result<(), Wrong> {
    if let Some(c) = text.chars().find(|c| is_hidden(*c)) {
        let message = format!("{what} holds a character that cannot be seen");
        return Err(Wrong::new(
            "E0009",
            message,
            format!("{} must not stand here", c.escape_unicode()),
        ));
    }
    if text.starts_with(['=', '+', '-', '@']) {
        let message = format!("{what} must not begin with `{}`", &text[..1]);
        return Err(Wrong::new("E0113", message, "a spreadsheet would take it for a formula"));
    }
    if text.is_empty() || text.chars().count() > limits::NAME_CHARACTERS {
        let message = format!("{what} must have 1 to {} characters", limits::NAME_CHARACTERS);
        return Err(Wrong::new("E0113", message, format!("this has {}", text.chars().count())));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_a_spreadsheet_would_compute_are_refused() {
        assert_eq!(checked_label("=HYPERLINK(1)", "a name").unwrap_err().code, "E0113");
        assert_eq!(checked_label("a\u{202e}b", "a name").unwrap_err().code, "E0009");
        assert_eq!(checked_label("Zürich, Büro 3", "a name"), Ok(()));
    }
}
