//! `PATH=VALUE`: one value somewhere in a tree.
//!
//! A path names exactly what is replaced, also inside what merging would replace whole:
//! `faults.cut.when.window.for=4h` leaves the rest of the *when* alone. Named things on the way
//! must be there; words of the language need not, and are checked when the tree is read.

use std::borrow::Cow;

use super::Arena;
use super::changes::Changes;
use super::merge::{Keys, Merged, nothing_to_remove, removes};
use crate::scenario::core_schema::kind_of;
use crate::scenario::reader::Reader;
use crate::scenario::source::Place;
use crate::scenario::yaml::{self, Entry, Node, Value};

/// A path and what shall stand there.
#[derive(Clone, Debug)]
pub(in crate::scenario) struct Assignment<'a> {
    /// As it was given, e.g. `faults.cut=null`.
    pub words: String,
    pub path: Path<'a>,
    pub value: Node<'a>,
}

/// The parts between the dots, and where each stands.
pub(in crate::scenario) type Path<'a> = Vec<(Cow<'a, str>, Place)>;

/// The parts of a path that stands at `place`.
pub(in crate::scenario) fn path_of<'a>(text: &'a str, place: Place) -> Path<'a> {
    let mut path = Vec::new();
    let mut start = place.start;
    for part in text.split('.') {
        let end = start + part.len() as u32;
        path.push((Cow::Borrowed(part), Place { file: place.file, start, end }));
        start = end + 1;
    }
    path
}

/// Reads `PATH=VALUE`, the value as YAML of the strict subset.
pub(super) fn assignment<'a>(
    reader: &mut Reader,
    arena: &'a Arena,
    flag: &str,
    words: &str,
) -> Option<Assignment<'a>> {
    let file = reader.texts.add(flag, "", words).file;
    let whole = Place { file, start: 0, end: words.len() as u32 };
    let Some((path, value)) = words.split_once('=') else {
        let note = "write PATH=VALUE; PATH=null removes what stands there";
        reader.error("E0124", whole, format!("`{words}` does not say a value"), note);
        return None;
    };
    let places = Place { end: path.len() as u32, ..whole };
    if path.is_empty() || path.split('.').any(str::is_empty) {
        let note = "names with a dot between them, e.g. sync.retry.every";
        reader.error("E0124", places, format!("`{path}` is not a path"), note);
        return None;
    }
    if value.trim().is_empty() {
        let note = "write the value behind it; null removes what stands there";
        reader.error("E0124", whole, format!("`{path}` gets no value"), note);
        return None;
    }
    // blanks in front keep every place what it is in the argument
    let padded = format!("{}{value}", " ".repeat(path.len() + 1));
    let mut value = yaml::parse_file(reader, file, arena.keep(&padded)?)?;
    as_given(&mut value);
    let path = path_of(arena.keep(path)?, places);
    Some(Assignment { words: words.to_owned(), path, value })
}

/// What is given outside a file needs no quotes.
fn as_given(node: &mut Node<'_>) {
    let remove = removes(node);
    match &mut node.value {
        Value::Plain(text) if !remove => node.value = Value::Quoted(std::mem::take(text)),
        Value::Plain(_) | Value::Quoted(_) | Value::Broken => {}
        Value::List(list) => list.iter_mut().for_each(as_given),
        Value::Map(entries) => {
            for entry in entries {
                entry.quoted = true;
                as_given(&mut entry.value);
            }
        }
    }
}

/// Writes `value` at `path` below `node`, which merges as `at` says. `None`: it cannot, and why
/// has been reported.
pub(in crate::scenario) fn set<'a>(
    reader: &mut Reader,
    node: &mut Node<'a>,
    at: Option<&'static Merged>,
    path: &[(Cow<'a, str>, Place)],
    value: Node<'a>,
    changes: &mut Changes,
) -> Option<()> {
    let (first, place) = path.first()?;
    let entries = match &mut node.value {
        Value::Map(entries) => entries,
        Value::Broken => return None,
        other => {
            let message = format!("nothing stands below this: `{first}` leads nowhere");
            let note = format!("what is written there is {}", kind_of(other));
            reader.error("E0129", *place, message, note).help("give the whole value instead");
            return None;
        }
    };
    // names may hold dots, so the longest that is there is meant
    let found = (1..=path.len()).rev().find_map(|parts| {
        let key = joined(&path[..parts]);
        let at = entries.iter().position(|entry| entry.key == key)?;
        Some((at, parts))
    });
    if let Some((number, parts)) = found {
        let key = entries[number].key.clone();
        let rest = &path[parts..];
        if !rest.is_empty() {
            let child = at.and_then(|at| at.child(&key));
            let below = &mut entries[number].value;
            let mut done = None;
            changes.within(&key, |changes| {
                done = set(reader, below, child, rest, value, changes);
            });
            return done;
        }
        if removes(&value) {
            let gone = entries.remove(number);
            changes.removed(&key, &gone.value);
        } else {
            changes.replaced(&key, &entries[number].value, &value);
            entries[number] = Entry { key, quoted: true, place: span(path), value };
        }
        return Some(());
    }
    let named = at.filter(|at| at.keys == Keys::Names);
    // what stands behind a label or a quota is a value, so the rest of the path is its name
    let whole = path.len() == 1 || named.is_some_and(|named| named.child("").is_none());
    let key = if whole { joined(path) } else { first.clone() };
    let known = || entries.iter().map(|entry| entry.key.as_ref());
    if let Some(named) = named.filter(|_| !whole) {
        reader.unknown_name("E0129", *place, named.thing(), first, known);
        if named.path == "sites" {
            reader.advise("of a site that a generator makes: --where code=B01 --set PATH=VALUE");
        }
        return None;
    }
    if removes(&value) {
        let no_name = Merged { path: "", keys: Keys::Words };
        nothing_to_remove(reader, *place, &key, at.unwrap_or(&no_name), known());
        return None;
    }
    if whole {
        changes.added(&key, &value);
        entries.push(Entry { key, quoted: true, place: span(path), value });
        return Some(());
    }
    let child = at.and_then(|at| at.child(&key));
    let mut below = Node { place: span(path), value: Value::Map(Vec::new()) };
    changes.within(&key, |changes| {
        // an empty map takes whatever it is given
        set(reader, &mut below, child, &path[1..], value, changes);
    });
    entries.push(Entry { key, quoted: true, place: *place, value: below });
    Some(())
}

fn joined<'a>(path: &[(Cow<'a, str>, Place)]) -> Cow<'a, str> {
    match path {
        [(only, _)] => only.clone(),
        _ => {
            let parts: Vec<&str> = path.iter().map(|(part, _)| part.as_ref()).collect();
            Cow::Owned(parts.join("."))
        }
    }
}

fn span(path: &[(Cow<'_, str>, Place)]) -> Place {
    let first = path.first().map_or(Place::default(), |(_, place)| *place);
    Place { end: path.last().map_or(first.end, |(_, place)| place.end), ..first }
}
