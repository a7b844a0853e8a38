//! What reads the tree: it collects every mistake and goes on.
//!
//! Each method gives `None` when the value cannot be used; the mistake has then been noted, and
//! the caller goes on with whatever stands next, so that one reading finds all mistakes.

use std::collections::BTreeSet;

use super::error::{Diagnostic, Report, Severity};
use super::files::Texts;
use super::limits;
use super::profile::Profile;
use super::source::{Place, Source};

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
    /// Says something else below the caret.
    pub fn instead(&mut self, note: String) {
        self.note = note;
    }

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

/// How far a reading had come.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    found: usize,
    further: usize,
    errors: usize,
}

/// The mistakes and the defaults of one reading.
pub(super) struct Reader {
    found: Vec<Finding>,
    further: usize,
    errors: usize,
    path: Vec<String>,
    profile: Profile,
    defaults: BTreeSet<&'static str>,
    /// The texts beside the scenario's own, and the door to those that are not read yet.
    pub texts: Texts,
    /// What the scenario's own file is called in messages.
    pub main_shown: String,
    spare: Finding,
}

impl Reader {
    pub fn new() -> Self {
        Self {
            found: Vec::new(),
            further: 0,
            errors: 0,
            path: Vec::new(),
            profile: Profile::default(),
            defaults: BTreeSet::new(),
            texts: Texts::default(),
            main_shown: String::new(),
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

    /// Adds a line of advice to what was noted last.
    pub fn advise(&mut self, line: &str) {
        if !self.is_full()
            && let Some(last) = self.found.last_mut()
        {
            last.help(line);
        }
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

    /// From here on defaults are those of this profile.
    pub fn set_profile(&mut self, profile: Profile) {
        self.profile = profile;
    }

    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// A default stands in: as text, to be read the way a scenario is read.
    pub fn default(&mut self, key: &'static str) -> &'static str {
        self.used_default(key);
        self.profile.text_of(key)
    }

    /// A default stood in whose value the code itself knows.
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

    /// The word that was probably meant; none once mistakes are only counted, as that would cost
    /// more than the reading.
    pub fn meant<'w>(&self, word: &str, known: impl Iterator<Item = &'w str>) -> Option<&'w str> {
        if self.is_full() { None } else { nearest(word, known) }
    }

    /// What has been found so far, to come back to.
    pub fn mark(&self) -> Mark {
        Mark { found: self.found.len(), further: self.further, errors: self.errors }
    }

    /// Has an error been found since?
    pub fn has_errors_since(&self, mark: Mark) -> bool {
        self.errors > mark.errors
    }

    /// Forgets what has been found since.
    pub fn rewind(&mut self, mark: Mark) {
        self.found.truncate(mark.found);
        self.further = mark.further;
        self.errors = mark.errors;
    }

    /// Forgets every default used but these.
    pub fn back_to_defaults(&mut self, defaults: BTreeSet<&'static str>) {
        self.defaults = defaults;
    }

    /// How many errors there are so far.
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// Everything found, in order of place.
    pub fn into_report(mut self, file: &str, text: &str) -> Report {
        let order = |f: &Finding| (f.place.file, f.place.start, f.severity, f.code);
        self.found.sort_by_key(order);
        let mut diagnostics = Vec::with_capacity(self.found.len());
        let (mut at, mut source) = (0, Source::new(text));
        for finding in self.found {
            if finding.place.file != at {
                at = finding.place.file;
                source = Source::new(self.texts.text(at).unwrap_or(text));
            }
            let shown = self.texts.shown(at).unwrap_or(file);
            diagnostics.push(finding.located(shown, &source));
        }
        Report { diagnostics, further: self.further }
    }
}

impl Finding {
    fn located(self, file: &str, source: &Source<'_>) -> Diagnostic {
        let whole = self.place.is_whole() && self.code.starts_with("E00") && self.code < "E0004";
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

/// The word of `known` that was probably meant.
pub(super) fn nearest<'w>(word: &str, known: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    if word.len() > 2 * limits::NAME_CHARACTERS {
        return None;
    }
    let lower = word.to_lowercase();
    let known: Vec<&str> = known.collect();
    let close = known
        .iter()
        .map(|candidate| {
            (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), *candidate)
        })
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count().max(2) / 3).max(1))
        .min()
        .map(|(_, candidate)| candidate);
    close.or_else(|| {
        // `Tuesday` for `Tue`: far apart by letters, and yet the same word.
        let begins = |candidate: &&&str| {
            candidate.len() >= 3 && lower.starts_with(&candidate.to_lowercase())
        };
        let mut longer = known.iter().filter(begins);
        longer.next().filter(|_| longer.next().is_none()).copied()
    })
}

/// `a`, `b` and so on, for people; many are cut short.
pub(super) fn list<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let words: Vec<&str> = words.collect();
    let shown = words.iter().take(20).copied().collect::<Vec<_>>().join(", ");
    if words.len() > 20 { format!("{shown} and {} more", words.len() - 20) } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_meant_is_near() {
        let known = ["schedule", "retry", "site_complete"];
        assert_eq!(nearest("shedule", known.into_iter()), Some("schedule"));
        assert_eq!(nearest("Retry", known.into_iter()), Some("retry"));
        assert_eq!(nearest("banana", known.into_iter()), None);
    }
}
