//! What was changed on the way, in words: it is printed before a run and kept in its manifest.

use crate::scenario::yaml::{Node, Value};
use crate::scenario::{Overridden, limits};

/// The changes of one layer.
pub(in crate::scenario) struct Changes {
    by: String,
    path: Vec<String>,
    found: Vec<Overridden>,
    /// Does anybody want to know?
    seen: bool,
}

impl Changes {
    /// Of a layer that the user asked for, e.g. `--with emergency.yaml`.
    pub fn by(words: impl Into<String>) -> Changes {
        Changes { by: words.into(), path: Vec::new(), found: Vec::new(), seen: true }
    }

    /// Of a layer that belongs to the scenario.
    pub fn unseen() -> Changes {
        Changes { by: String::new(), path: Vec::new(), found: Vec::new(), seen: false }
    }

    pub fn into_found(self) -> Vec<Overridden> {
        self.found
    }

    pub fn within(&mut self, key: &str, work: impl FnOnce(&mut Changes)) {
        if self.seen {
            self.path.push(key.to_owned());
        }
        work(self);
        self.path.pop();
    }

    pub fn replaced(&mut self, key: &str, before: &Node<'_>, after: &Node<'_>) {
        self.note(key, Some(before), Some(after));
    }

    pub fn removed(&mut self, key: &str, before: &Node<'_>) {
        self.note(key, Some(before), None);
    }

    pub fn added(&mut self, key: &str, after: &Node<'_>) {
        self.note(key, None, Some(after));
    }

    fn note(&mut self, key: &str, before: Option<&Node<'_>>, after: Option<&Node<'_>>) {
        if !self.seen || self.found.len() >= limits::FINDINGS {
            return;
        }
        let path = self.path.iter().map(String::as_str).chain([key]).collect::<Vec<_>>().join(".");
        self.found.push(Overridden {
            by: self.by.clone(),
            path,
            before: before.map(shown),
            after: after.map(shown),
        });
    }
}

/// The most of a value that is shown \[characters\].
const SHOWN: usize = 60;

/// A value in one line, as it could be written; a long one is cut.
pub(in crate::scenario) fn shown(node: &Node<'_>) -> String {
    let mut text = String::new();
    push(&mut text, node);
    if text.chars().count() > SHOWN {
        text = text.chars().take(SHOWN - 3).chain("...".chars()).collect();
    }
    crate::scenario::source::printable(&text)
}

fn push(text: &mut String, node: &Node<'_>) {
    if text.len() > 4 * SHOWN {
        return;
    }
    match &node.value {
        Value::Plain(scalar) | Value::Quoted(scalar) => text.push_str(scalar),
        Value::Broken => text.push('?'),
        Value::List(list) => {
            text.push('[');
            for (number, node) in list.iter().take(SHOWN).enumerate() {
                if number > 0 {
                    text.push_str(", ");
                }
                push(text, node);
            }
            text.push(']');
        }
        Value::Map(entries) if entries.is_empty() => text.push_str("{}"),
        Value::Map(entries) => {
            text.push_str("{ ");
            for (number, entry) in entries.iter().take(SHOWN).enumerate() {
                if number > 0 {
                    text.push_str(", ");
                }
                text.push_str(&entry.key);
                text.push_str(": ");
                push(text, &entry.value);
            }
            text.push_str(" }");
        }
    }
}
