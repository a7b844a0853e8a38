//! What reads the tree: it collects every mistake and goes on.
//!
//! Each method gives `None` when the value cannot be used; the mistake has then been noted, and
//! the caller goes on with whatever stands next, so that one reading finds all mistakes.

use std::collections::BTreeSet;

use super::error::{Diagnostic, Report, Severity};
use super::limits;
use super::source::{Place, Source, is_hidden};
use super::yaml::{Entry, Node, Value};

/// A mistake before its place has been turned into a line and a column.
pub(super) struct Finding {
    severity: Severity,
    code: &'static str,
    message: String,
    place: Place,
    path: String,
    note: String,
    help: Vec<String>,
    /// Where the other one stands, for a key written twice.
    other: Option<Place>,
}

impl Finding {
    /// Adds a line of advice.
    pub fn help(&mut self, line: impl Into<String>) -> &mut Finding {
        self.help.push(line.into());
        self
    }
}

/// A mistake in a single value, found where its place is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub code: &'static str,
    pub message: String,
    pub note: String,
}

impl Wrong {
    pub fn new(code: &'static str, message: impl Into<String>, note: impl Into<String>) -> Self {
        Self { code, message: message.into(), note: note.into() }
    }
}

/// The mistakes and the defaults of one reading.
pub(super) struct Reader {
    found: Vec<Finding>,
    further: usize,
    errors: usize,
    path: Vec<String>,
    defaults: BTreeSet<&'static str>,
    spare: Finding,
}

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

impl Reader {
    pub fn new() -> Self {
        Self {
            found: Vec::new(),
            further: 0,
            errors: 0,
            path: Vec::new(),
            defaults: BTreeSet::new(),
            spare: Finding {
                severity: Severity::Error,
                code: "",
                message: String::new(),
                place: Place::default(),
                path: String::new(),
                note: String::new(),
                help: Vec::new(),
                other: None,
            },
        }
    }

    /// Notes an error.
    pub fn error(
        &mut self,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
        note: impl Into<String>,
    ) -> &mut Finding {
        self.errors += 1;
        self.note(Severity::Error, code, place, message.into(), note.into())
    }

    /// Notes a warning.
    pub fn warning(
        &mut self,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
        note: impl Into<String>,
    ) -> &mut Finding {
        self.note(Severity::Warning, code, place, message.into(), note.into())
    }

    fn note(
        &mut self,
        severity: Severity,
        code: &'static str,
        place: Place,
        message: String,
        note: String,
    ) -> &mut Finding {
        if self.found.len() >= limits::FINDINGS {
            self.further += 1;
            self.spare.help.clear();
            return &mut self.spare;
        }
        let path = self.path.join(".");
        self.found.push(Finding {
            severity,
            code,
            message,
            place,
            path,
            note,
            help: Vec::new(),
            other: None,
        });
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    /// Notes a key that stands twice.
    pub fn repeated(&mut self, first: Place, second: Place, key: &str) {
        let finding = self.error("E0103", second, format!("`{key}` is written twice"), "");
        finding.other = Some(first);
    }

    /// Takes over a mistake in a value.
    pub fn check<T>(&mut self, place: Place, result: Result<T, Wrong>) -> Option<T> {
        result
            .map_err(|wrong| {
                self.error(wrong.code, place, wrong.message, wrong.note);
            })
            .ok()
    }

    /// Does `work` with `name` added to the path that messages show.
    pub fn within<T>(&mut self, name: &str, work: impl FnOnce(&mut Reader) -> T) -> T {
        self.path.push(name.to_owned());
        let result = work(self);
        self.path.pop();
        result
    }

    /// A default stood in.
    pub fn used_default(&mut self, key: &'static str) {
        self.defaults.insert(key);
    }

    pub fn defaults(&self) -> &BTreeSet<&'static str> {
        &self.defaults
    }

    /// Are further mistakes only counted?
    pub fn is_full(&self) -> bool {
        self.found.len() >= limits::FINDINGS
    }

    /// How many errors there are so far.
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// Everything found, in order of place.
    pub fn into_report(mut self, file: &str, text: &str) -> Report {
        self.found.sort_by_key(|finding| (finding.place.start, finding.severity, finding.code));
        let source = Source::new(text);
        let diagnostics =
            self.found.into_iter().map(|finding| finding.located(file, &source)).collect();
        Report { diagnostics, further: self.further }
    }

    // ---- maps --------------------------------------------------------------------------------

    /// A map with these keys. `later`: words of the language that are not read yet.
    pub fn fields<'n, 'a>(
        &mut self,
        node: &'n Node<'a>,
        what: &str,
        known: &[&str],
        later: &[&str],
    ) -> Option<Fields<'n, 'a>> {
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
        let note = match nearest(key, known.iter().chain(later).copied()) {
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
                    self.not_yet(node.place, word).note = format!("this version knows {known}");
                } else if keys.contains(&word) {
                    let note = format!("write {{ {word}: ... }}");
                    self.error("E0104", node.place, format!("`{word}` says too little"), note);
                } else {
                    self.not_one_of(node.place, word, what, words, keys, later);
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
            Value::Map(entries) => self.chosen_key(node, entries, what, words, keys, beside, later),
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn chosen_key<'n, 'a>(
        &mut self,
        node: &'n Node<'a>,
        entries: &'n [Entry<'a>],
        what: &str,
        words: &[&str],
        keys: &[&str],
        beside: &[&str],
        later: &[&str],
    ) -> Option<Choice<'n, 'a>> {
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
                    self.not_one_of(entry.place, key, what, words, keys, later);
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

    fn not_one_of(
        &mut self,
        place: Place,
        word: &str,
        what: &str,
        words: &[&str],
        keys: &[&str],
        later: &[&str],
    ) {
        let all = || words.iter().chain(keys).copied();
        let note = match nearest(word, all().chain(later.iter().copied())) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "not known here".to_owned(),
        };
        self.error("E0106", place, format!("`{word}` is not {what}"), note)
            .help(format!("known here: {}", list(all())));
    }

    // ---- lists and single values ---------------------------------------------------------------

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

    /// A single value as it is written, quoted or not.
    pub fn scalar<'n>(&mut self, node: &'n Node<'_>, what: &str) -> Option<&'n str> {
        let text = match &node.value {
            Value::Broken => return None,
            Value::Quoted(text) => text.as_ref(),
            Value::Plain(text) if is_null(text) => {
                self.error(
                    "E0105",
                    node.place,
                    format!("{what} has no value"),
                    "write one, or remove the key",
                );
                return None;
            }
            Value::Plain(text) => text.as_ref(),
            other => {
                let note = format!("this is {}", kind_of(other));
                self.error("E0101", node.place, format!("{what} must be a single value"), note);
                return None;
            }
        };
        if text.starts_with("${") {
            self.not_yet(node.place, "${name}").help("write the value itself");
            return None;
        }
        Some(text)
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

    /// A key that names something: letters, digits, `.`, `_`, `-`; `also` one more character.
    pub fn identifier<'n>(
        &mut self,
        entry: &'n Entry<'_>,
        what: &str,
        also: &[char],
    ) -> Option<&'n str> {
        let key = entry.key.as_ref();
        if key.is_empty() || (!entry.quoted && !self.is_text(entry.place, key)) {
            return None;
        }
        let fits = |c: char| {
            c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') || also.contains(&c)
        };
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

impl Finding {
    fn located(self, file: &str, source: &Source<'_>) -> Diagnostic {
        let whole =
            self.place == Place::default() && self.code.starts_with("E00") && self.code < "E0004";
        let (line, column) = if whole { (0, 0) } else { source.position(self.place) };
        let note = match self.other {
            Some(other) => format!("the first stands in line {}", source.position(other).0),
            None => self.note,
        };
        Diagnostic {
            severity: self.severity,
            code: self.code,
            message: self.message,
            file: file.to_owned(),
            line,
            column,
            path: self.path,
            note,
            help: self.help,
            excerpt: (!whole).then(|| source.excerpt(self.place)),
        }
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

/// The word of `known` that was probably meant.
pub(super) fn nearest<'w>(word: &str, known: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    if word.len() > 2 * limits::NAME_CHARACTERS {
        return None;
    }
    let lower = word.to_lowercase();
    known
        .map(|candidate| {
            (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate)
        })
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count().max(2) / 3).max(1))
        .min()
        .map(|(_, candidate)| candidate)
}

/// `a`, `b` and so on, for people; many are cut short.
pub(super) fn list<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let words: Vec<&str> = words.collect();
    let shown = words.iter().take(20).copied().collect::<Vec<_>>().join(", ");
    if words.len() > 20 { format!("{shown} and {} more", words.len() - 20) } else { shown }
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

fn kind_of(value: &Value<'_>) -> &'static str {
    match value {
        Value::Plain(text) if is_null(text) => "nothing",
        Value::Plain(_) | Value::Quoted(_) | Value::Broken => "a single value",
        Value::List(_) => "a list",
        Value::Map(_) => "a map",
    }
}

/// What the YAML 1.2 core schema reads as nothing.
pub(super) fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

fn is_truth(text: &str) -> bool {
    matches!(text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE")
}

/// What the YAML 1.2 core schema reads as a number.
pub(super) fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let special =
        matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN");
    let all = |digits: &str, fits: fn(&u8) -> bool| {
        !digits.is_empty() && digits.bytes().all(|b| fits(&b))
    };
    let octal = text.strip_prefix("0o").is_some_and(|d| all(d, |b| (b'0'..=b'7').contains(b)));
    let hexadecimal = text.strip_prefix("0x").is_some_and(|d| all(d, u8::is_ascii_hexdigit));
    special || octal || hexadecimal || is_decimal(unsigned)
}

fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let exponent = exponent.map(|part| part.strip_prefix(['+', '-']).unwrap_or(part));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|part| !part.is_empty() && digits(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_yaml_calls_numbers() {
        for text in [
            "0", "001", "-4", "+1", "1.5", ".5", "1.", "1E3", "1e-3", "0x1F", "0o17", ".nan",
            "-.inf",
        ] {
            assert!(is_number(text), "{text}");
        }
        for text in ["", ".", "1E", "E3", "0xG", "1_000", "1:30", "CEN", "2026-01-13", "-", "0o8"] {
            assert!(!is_number(text), "{text}");
        }
    }

    #[test]
    fn the_word_meant_is_near() {
        let known = ["schedule", "retry", "site_complete"];
        assert_eq!(nearest("shedule", known.into_iter()), Some("schedule"));
        assert_eq!(nearest("Retry", known.into_iter()), Some("retry"));
        assert_eq!(nearest("banana", known.into_iter()), None);
    }

    #[test]
    fn names_that_a_spreadsheet_would_compute_are_refused() {
        assert_eq!(checked_label("=HYPERLINK(1)", "a name").unwrap_err().code, "E0113");
        assert_eq!(checked_label("a\u{202e}b", "a name").unwrap_err().code, "E0009");
        assert_eq!(checked_label("Zürich, Büro 3", "a name"), Ok(()));
    }
}
