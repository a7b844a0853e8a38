//! One tree laid over another: named things merge, a value replaces.

use std::collections::BTreeMap;

use super::changes::Changes;
use crate::scenario::core_schema::is_null;
use crate::scenario::reader::Reader;
use crate::scenario::source::Place;
use crate::scenario::yaml::{Entry, Node, Value};

/// What the keys of a map that merges are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scenario) enum Keys {
    /// Words of the language.
    Words,
    /// Names that somebody chose.
    Names,
}

/// A map that merges.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::scenario) struct Merged {
    /// `*` stands for any name.
    pub path: &'static str,
    pub keys: Keys,
}

const fn words(path: &'static str) -> Merged {
    Merged { path, keys: Keys::Words }
}

const fn names(path: &'static str) -> Merged {
    Merged { path, keys: Keys::Names }
}

/// Every map that merges key by key when it is laid over another. What stands in none of these
/// is one value and replaces whole: a selector, a schedule, a calendar, a distribution, a rate,
/// an effect, a *when*, quotas, a list. `docs/language.md` shows this table.
pub(in crate::scenario) static TABLE: [Merged; 48] = [
    words(""),
    names("params"),
    words("params.*"),
    words("criteria"),
    words("catalogue"),
    words("catalogue.baseline"),
    names("catalogue.releases"),
    words("catalogue.releases.*"),
    names("links"),
    words("links.*"),
    names("routes"),
    words("routes.*"),
    words("timing"),
    names("templates"),
    words("templates.*"),
    names("templates.*.labels"),
    words("templates.*.clients"),
    words("templates.*.sup"),
    words("templates.*.internet_sup"),
    words("templates.*.timing"),
    words("templates.*.retry"),
    names("sites"),
    words("sites.*"),
    names("sites.*.labels"),
    words("sites.*.clients"),
    words("sites.*.sup"),
    words("sites.*.internet_sup"),
    words("sites.*.timing"),
    words("sites.*.retry"),
    names("generate"),
    words("generate.*"),
    names("generate.*.assign"),
    names("overrides"),
    words("overrides.*"),
    names("overrides.*.set"),
    words("sync"),
    words("sync.retry"),
    names("operations"),
    words("operations.*"),
    words("clients"),
    words("sms2003"),
    names("faults"),
    words("faults.*"),
    names("expect"),
    words("expect.*"),
    words("expect.*.must_hold"),
    words("record"),
    words("import"),
];

/// The scenario itself.
pub(in crate::scenario) fn root() -> &'static Merged {
    &TABLE[0]
}

/// A site by itself.
pub(in crate::scenario) fn site() -> &'static Merged {
    TABLE.iter().find(|merged| merged.path == "sites.*").unwrap_or(root())
}

impl Merged {
    /// The map behind `key`, if it merges.
    pub fn child(&self, key: &str) -> Option<&'static Merged> {
        let last = match self.keys {
            Keys::Words => key,
            Keys::Names => "*",
        };
        TABLE.iter().find(|merged| match merged.path.strip_prefix(self.path) {
            Some(rest) if self.path.is_empty() => !rest.is_empty() && rest == last,
            Some(rest) => rest.strip_prefix('.') == Some(last),
            None => false,
        })
    }

    /// What one of the named things in it is called: `faults` holds a `fault`.
    pub fn thing(&self) -> &'static str {
        match self.path.rsplit('.').next().unwrap_or_default() {
            "params" => "parameter",
            "releases" => "release",
            "links" => "link",
            "routes" => "route",
            "templates" => "template",
            "labels" => "label",
            "sites" => "site",
            "generate" => "generator",
            "assign" | "set" => "key",
            "overrides" => "override",
            "operations" => "operation",
            "faults" => "fault",
            _ => "expectation",
        }
    }
}

/// Does it say that what stands there is removed?
pub(in crate::scenario) fn removes(node: &Node<'_>) -> bool {
    matches!(&node.value, Value::Plain(text) if is_null(text))
}

/// Lays `over` on `base`, a map that merges: its keys win, `null` removes.
pub(super) fn merge<'a>(
    reader: &mut Reader,
    base: &mut Node<'a>,
    over: Node<'a>,
    at: &'static Merged,
    changes: &mut Changes,
) {
    let over = match over.value {
        Value::Map(entries) => {
            if !matches!(base.value, Value::Map(_)) {
                base.value = Value::Map(Vec::new());
            }
            base.place = over.place;
            entries
        }
        value => {
            *base = Node { place: over.place, value };
            return;
        }
    };
    let Value::Map(entries) = &mut base.value else { return };
    // many keys over many: found by their order, not one by one
    let many = over.len() > 8;
    let mut index: BTreeMap<String, usize> = BTreeMap::new();
    if many {
        index.extend(entries.iter().enumerate().map(|(n, entry)| (entry.key.to_string(), n)));
    }
    let mut gone = vec![false; entries.len()];
    for Entry { key, quoted, place, value } in over {
        if key.is_empty() {
            continue;
        }
        let found = match many {
            true => index.get(key.as_ref()).copied(),
            false => entries.iter().position(|entry| entry.key == key),
        };
        let found = found.filter(|number| !gone[*number]);
        let child = at.child(&key).filter(|_| matches!(value.value, Value::Map(_)));
        match (found, child) {
            (None, _) if removes(&value) => {
                let known = entries.iter().map(|entry| entry.key.as_ref());
                nothing_to_remove(reader, place, &key, at, known);
            }
            (Some(number), _) if removes(&value) => {
                gone[number] = true;
                changes.removed(&key, &entries[number].value);
            }
            (Some(number), Some(child)) => {
                let entry = &mut entries[number];
                entry.place = place;
                changes
                    .within(&key, |changes| merge(reader, &mut entry.value, value, child, changes));
            }
            (Some(number), None) => {
                changes.replaced(&key, &entries[number].value, &value);
                entries[number] = Entry { key, quoted, place, value };
            }
            // merged with nothing, so that what it removes is told here too
            (None, Some(child)) => {
                changes.added(&key, &value);
                let mut fresh = Node { place: value.place, value: Value::Map(Vec::new()) };
                merge(reader, &mut fresh, value, child, &mut Changes::unseen());
                entries.push(Entry { key, quoted, place, value: fresh });
                gone.push(false);
            }
            (None, None) => {
                changes.added(&key, &value);
                entries.push(Entry { key, quoted, place, value });
                gone.push(false);
            }
        }
    }
    if gone.contains(&true) {
        let mut gone = gone.into_iter();
        entries.retain(|_| !gone.next().unwrap_or(false));
    }
}

pub(super) fn nothing_to_remove<'w>(
    reader: &mut Reader,
    place: Place,
    key: &str,
    at: &Merged,
    known: impl Iterator<Item = &'w str>,
) {
    let thing = if at.keys == Keys::Names { at.thing() } else { "key" };
    let note = match reader.meant(key, known.take(500)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("no such {thing} is written below this"),
    };
    reader.error("E0123", place, format!("there is no `{key}` to remove"), note);
}

/// Takes an entry out of a map.
pub(super) fn take<'a>(node: &mut Node<'a>, key: &str) -> Option<Entry<'a>> {
    let Value::Map(entries) = &mut node.value else { return None };
    let at = entries.iter().position(|entry| entry.key == key)?;
    Some(entries.remove(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_shows_every_map_that_merges_and_no_other() {
        let page = include_str!("../../../docs/language.md");
        let table = page.split("and `null` removes an entry:\n\n```text\n").nth(1).unwrap();
        let table = table.split("```").next().unwrap();
        let words = table.split([' ', ',', '\n']).filter(|word| !word.is_empty());
        let shown: Vec<&str> = words
            .filter(|word| !["the", "scenario", "itself", "with", "their", "and"].contains(word))
            .collect();
        let mut expected: Vec<&str> = Vec::new();
        for Merged { path, .. } in TABLE.iter().filter(|merged| !merged.path.is_empty()) {
            match path.strip_prefix("sites.*.").or(path.strip_prefix("templates.*.")) {
                Some(inside) => expected.push(inside),
                None => expected.push(path),
            }
        }
        for path in &expected {
            assert!(shown.contains(path), "docs/language.md does not show that `{path}` merges");
        }
        for word in shown {
            assert!(
                expected.contains(&word),
                "docs/language.md shows `{word}`, which does not merge"
            );
        }
    }

    #[test]
    fn a_template_merges_as_a_site_does() {
        let inside = |of: &str| -> Vec<(String, Keys)> {
            let below =
                |merged: &Merged| Some((merged.path.strip_prefix(of)?.to_owned(), merged.keys));
            TABLE.iter().filter_map(below).collect()
        };
        assert_eq!(inside("templates.*."), inside("sites.*."));
        assert_eq!(inside("sites.*.").len(), 6);
    }

    #[test]
    fn every_map_is_reached_from_the_top() {
        for Merged { path, .. } in &TABLE {
            let mut at = root();
            for part in path.split('.').filter(|part| !part.is_empty()) {
                at = at.child(if part == "*" { "any-name" } else { part }).expect(path);
            }
            assert_eq!(at.path, *path);
        }
        assert_eq!(root().child("seed"), None);
        assert!(root().child("faults").unwrap().child("cut").unwrap().child("when").is_none());
    }
}
