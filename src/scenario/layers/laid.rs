//! What a study lays over its base for one of its points: as an `--with` and a `--set` would, but
//! every value keeps its place in the study.

use super::changes::Changes;
use super::merge::{merge, root};
use super::path::{path_of, set};
use crate::scenario::reader::Reader;
use crate::scenario::source::Place;
use crate::scenario::yaml::{Entry, Node, Value};

/// What one point of a study says instead of its base.
#[derive(Default)]
pub(in crate::scenario) struct Laid<'a> {
    /// Trees, each laid over the whole.
    pub trees: Vec<Node<'a>>,
    /// Parameters and paths with their values; the last of several wins.
    pub knobs: Vec<Knob<'a>>,
    /// What is measured beside the expectations, and where it stands.
    pub watched: Vec<(String, Entry<'a>)>,
}

/// A parameter or a path, and its value.
pub(in crate::scenario) struct Knob<'a> {
    /// Where it stands, for messages.
    pub within: String,
    pub entry: Entry<'a>,
    /// Is it a parameter whatever it is called?
    pub only_parameter: bool,
}

/// A value given for a parameter.
pub(super) struct Given {
    pub text: String,
    pub place: Place,
    /// Where the parameter is named.
    pub named: Place,
}

/// Lays trees and paths; gives back what parameters were given.
pub(super) fn lay<'a>(
    reader: &mut Reader,
    tree: &mut Node<'a>,
    laid: Laid<'a>,
    keys: &[&str],
) -> Vec<(String, Given)> {
    for over in laid.trees {
        merge(reader, tree, over, root(), &mut Changes::unseen());
    }
    let mut given = Vec::new();
    for Knob { within, entry, only_parameter } in laid.knobs {
        let declared = is_declared(tree, &entry.key);
        // a name alone that is no word of the language can only be meant as a parameter
        let alone = !entry.key.contains('.') && !keys.contains(&entry.key.as_ref());
        reader.within(&within, |reader| {
            if only_parameter || declared || alone {
                given.extend(parameter(reader, &entry));
            } else {
                path(reader, tree, entry);
            }
        });
    }
    given
}

fn is_declared(tree: &Node<'_>, name: &str) -> bool {
    let Value::Map(entries) = &tree.value else { return false };
    let params = entries.iter().find(|entry| entry.key == "params");
    match params.map(|entry| &entry.value.value) {
        Some(Value::Map(params)) => params.iter().any(|entry| entry.key == name),
        _ => false,
    }
}

fn parameter(reader: &mut Reader, entry: &Entry<'_>) -> Option<(String, Given)> {
    let text = reader.scalar(&entry.value, "the value of a parameter")?.to_owned();
    let given = Given { text, place: entry.value.place, named: entry.place };
    Some((entry.key.to_string(), given))
}

fn path<'a>(reader: &mut Reader, tree: &mut Node<'a>, entry: Entry<'a>) -> Option<()> {
    let key = entry.key.into_owned();
    if key.split('.').any(str::is_empty) {
        let note = "names with a dot between them, e.g. sync.retry.every";
        reader.error("E0124", entry.place, format!("`{key}` is not a path"), note);
        return None;
    }
    let owned = |(part, place): (std::borrow::Cow<'_, str>, Place)| {
        (std::borrow::Cow::Owned(part.into_owned()), place)
    };
    let path: super::Path<'a> = path_of(&key, entry.place).into_iter().map(owned).collect();
    set(reader, tree, Some(root()), &path, entry.value, &mut Changes::unseen())
}
