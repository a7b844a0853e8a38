//! Maps, lists and choices: the shape of what is read.

use super::core_schema::kind_of;
use super::reader::{Finding, Reader, list};
use super::source::Place;
use super::yaml::{Entry, Node, Value};

/// One of several alternatives: a bare word, or a map with one key.
#[derive(Clone, Copy)]
pub(super) struct Choice<'n, 'a> {
    pub word: &'n str,
    pub place: Place,
    /// What stands behind the key; `None` for a bare word.
    pub value: Option<&'n Node<'a>>,
}

/// A map whose keys have been checked.
#[derive(Clone, Copy)]
pub(super) struct Fields<'n, 'a> {
    pub place: Place,
    entries: &'n [Entry<'a>],
}

impl<'n, 'a> Fields<'n, 'a> {
    pub fn get(&self, key: &str) -> Option<&'n Node<'a>> {
        self.entry(key).map(|entry| &entry.value)
    }

    pub fn entry(&self, key: &str) -> Option<&'n Entry<'a>> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

/// The alternatives of a choice.
#[derive(Clone, Copy)]
struct Alternatives<'s> {
    what: &'s str,
    /// Bare words.
    words: &'s [&'s str],
    /// Keys with a value.
    keys: &'s [&'s str],
    /// Keys that may stand beside the chosen one.
    beside: &'s [&'s str],
    /// Words and keys that are not read yet.
    later: &'s [&'s str],
}

impl Reader {
    /// A map with these keys. `later`: words of the language that are not read yet.
    pub fn fields<'n, 'a>(
        &mut self,
        node: &'n Node<'a>,
        what: &str,
        known: &[&str],
        later: &[&str],
    ) -> Option<Fields<'n, 'a>> {
        #[cfg(test)]
        super::schema::met(what, known);
        let entries = self.map(node, what)?;
        for entry in entries {
            self.known_key(entry, what, known, later);
        }
        Some(Fields { place: first_place(node, entries), entries })
    }

    /// A map whose keys are free names.
    pub fn map<'n, 'a>(&mut self, node: &'n Node<'a>, what: &str) -> Option<&'n [Entry<'a>]> {
        match &node.value {
            Value::Map(entries) => Some(entries),
            Value::Broken => None,
            other => {
                let note = format!("this is {}", kind_of(other));
                self.error(
                    "E0101",
                    node.place,
                    format!("{what} must be a map: `key: value`"),
                    note,
                );
                None
            }
        }
    }

    fn known_key(&mut self, entry: &Entry<'_>, what: &str, known: &[&str], later: &[&str]) {
        let key = entry.key.as_ref();
        if known.contains(&key) || key.is_empty() {
            return;
        }
        if later.contains(&key) {
            self.not_yet(entry.place, key);
            return;
        }
        let note = match self.meant(key, known.iter().chain(later).copied()) {
            Some(meant) => format!("not a key of {what}; did you mean `{meant}`?"),
            None => format!("not a key of {what}"),
        };
        self.error("E0102", entry.place, format!("unknown key `{key}`"), note)
            .help(known_here(known));
    }

    /// A word of the language that this version does not read.
    pub fn not_yet(&mut self, place: Place, word: &str) -> &mut Finding {
        self.error(
            "E0190",
            place,
            format!("`{word}` is part of the language, but this version of supsim cannot read it"),
            "remove it to run the rest",
        )
    }

    /// A key that must be there.
    pub fn required<'n, 'a>(
        &mut self,
        fields: &Fields<'n, 'a>,
        key: &str,
        what: &str,
        example: &str,
    ) -> Option<&'n Node<'a>> {
        let value = fields.get(key);
        if value.is_none() {
            self.error(
                "E0104",
                fields.place,
                format!("{what} has no `{key}`"),
                format!("write `{example}`"),
            );
        }
        value
    }

    /// One of several alternatives: a bare word of `words`, or a map with one key of `keys`.
    /// `beside` are keys that may stand beside it.
    pub fn choice<'n, 'a>(
        &mut self,
        node: &'n Node<'a>,
        what: &str,
        words: &[&str],
        keys: &[&str],
        beside: &[&str],
        later: &[&str],
    ) -> Option<Choice<'n, 'a>> {
        match &node.value {
            Value::Broken => None,
            Value::Plain(text) | Value::Quoted(text) => {
                let word = text.as_ref();
                if words.contains(&word) {
                    return Some(Choice { word, place: node.place, value: None });
                }
                if later.contains(&word) {
                    let known = list(words.iter().chain(keys).copied());
                    self.not_yet(node.place, word).instead(format!("this version knows {known}"));
                } else if keys.contains(&word) {
                    let note = format!("write {{ {word}: ... }}");
                    self.error("E0104", node.place, format!("`{word}` says too little"), note);
                } else {
                    let beside = &[];
                    self.not_one_of(
                        node.place,
                        word,
                        Alternatives { what, words, keys, beside, later },
                    );
                }
                None
            }
            Value::List(_) => {
                self.error(
                    "E0101",
                    node.place,
                    format!("{what} must be one value"),
                    "this is a list",
                );
                None
            }
            Value::Map(entries) => {
                self.chosen_key(node, entries, Alternatives { what, words, keys, beside, later })
            }
        }
    }

    fn chosen_key<'n, 'a>(
        &mut self,
        node: &'n Node<'a>,
        entries: &'n [Entry<'a>],
        alternatives: Alternatives<'_>,
    ) -> Option<Choice<'n, 'a>> {
        let Alternatives { what, words, keys, beside, later } = alternatives;
        let mut chosen = None;
        let mut usable = true;
        for entry in entries {
            let key = entry.key.as_ref();
            if beside.contains(&key) || key.is_empty() {
                continue;
            }
            if later.contains(&key) {
                self.not_yet(entry.place, key);
                usable = false;
            } else if !keys.contains(&key) {
                if words.contains(&key) {
                    let note = format!("write `{key}` alone");
                    self.error("E0106", entry.place, format!("`{key}` takes no value"), note);
                } else {
                    self.not_one_of(entry.place, key, alternatives);
                }
                usable = false;
            } else if chosen.is_some() {
                let note = "there is already another".to_owned();
                self.error(
                    "E0107",
                    entry.place,
                    format!("{what} is exactly one of its alternatives"),
                    note,
                );
                usable = false;
            } else {
                chosen = Some(Choice { word: key, place: entry.place, value: Some(&entry.value) });
            }
        }
        if chosen.is_none() && usable {
            let place = first_place(node, entries);
            let note = format!("write one of {}", list(keys.iter().chain(words).copied()));
            self.error("E0107", place, format!("{what} says nothing"), note);
        }
        chosen.filter(|_| usable)
    }

    fn not_one_of(&mut self, place: Place, word: &str, alternatives: Alternatives<'_>) {
        let Alternatives { what, words, keys, later, .. } = alternatives;
        let all = || words.iter().chain(keys).copied();
        let note = match self.meant(word, all().chain(later.iter().copied())) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "not known here".to_owned(),
        };
        self.error("E0106", place, format!("`{word}` is not {what}"), note)
            .help(format!("known here: {}", list(all())));
    }

    /// The values of a list; a value alone is a list of one.
    pub fn one_or_more<'n, 'a>(&mut self, node: &'n Node<'a>) -> Vec<&'n Node<'a>> {
        match &node.value {
            Value::List(list) => list.iter().collect(),
            Value::Broken => Vec::new(),
            _ => vec![node],
        }
    }

    /// The values of a list that must be one.
    pub fn list<'n, 'a>(
        &mut self,
        node: &'n Node<'a>,
        what: &str,
        example: &str,
    ) -> Option<&'n [Node<'a>]> {
        match &node.value {
            Value::List(list) if !list.is_empty() => Some(list),
            Value::Broken => None,
            _ => {
                self.error(
                    "E0101",
                    node.place,
                    format!("{what} must be a list"),
                    format!("write `{example}`"),
                );
                None
            }
        }
    }
}

fn known_here(known: &[&str]) -> String {
    let mut known = known.to_vec();
    known.sort_unstable();
    format!("known here: {}", known.join(", "))
}

fn first_place(node: &Node<'_>, entries: &[Entry<'_>]) -> Place {
    match entries.first() {
        Some(first) if node.place.start == first.place.start => first.place,
        _ => node.place,
    }
}
