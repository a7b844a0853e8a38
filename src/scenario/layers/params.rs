//! `params` and `${name}`: the knobs that a reader of a scenario may turn.
//!
//! A parameter has a type, so that a value given for it is checked where it is given. `${name}`
//! stands for a whole value and for nothing else: there is nothing to parenthesise and nothing to
//! quote.

use std::collections::BTreeMap;

use super::changes::Changes;
use super::declaration::declaration;
use super::laid::Given;
use super::merge::take;
use super::{Arena, Parameter};
use crate::scenario::limits;
use crate::scenario::reader::Reader;
use crate::scenario::source::Place;
use crate::scenario::yaml::{Node, Value};

/// Texts for people, in which `${` is only a text.
const PROSE: [&str; 3] = ["description", "doc", "message"];

/// The parameters of a scenario, and what each stands for.
#[derive(Default)]
pub(super) struct Params<'a> {
    by_name: BTreeMap<String, Param<'a>>,
    pub declared: Vec<Parameter>,
}

struct Param<'a> {
    place: Place,
    /// `None`: it could not be read, which has been reported.
    value: Option<Value<'a>>,
    used: bool,
}

/// Takes `params` out of the tree, with the values that are given.
pub(super) fn declared<'a>(
    reader: &mut Reader,
    arena: &'a Arena,
    tree: &mut Node<'a>,
    mut given: BTreeMap<String, Given>,
    changes: &mut Vec<Changes>,
) -> Params<'a> {
    let mut params = Params::default();
    if let Some(entry) = take(tree, "params") {
        let entries = reader.map(&entry.value, "`params`").unwrap_or_default();
        if entries.len() > limits::PARAMS {
            let note = format!("at most {}", limits::PARAMS);
            reader.error("E0126", entry.place, "too many parameters", note);
        }
        for entry in entries.iter().take(limits::PARAMS) {
            let Some(name) = reader.identifier(entry, "a parameter") else { continue };
            let given = given.remove(name).map(|given| (given.text, given.place));
            let value = reader.within(&format!("params.{name}"), |reader| {
                declaration(reader, arena, entry, name, given, &mut params.declared, changes)
            });
            let param = Param { place: entry.place, value, used: false };
            params.by_name.insert(name.to_owned(), param);
        }
    }
    for (name, Given { named: place, .. }) in given {
        let known = || params.by_name.keys().map(String::as_str);
        reader.unknown_name("E0125", place, "parameter", &name, known);
    }
    params
}

/// The values of `-p`, each with its place; the last of several wins.
pub(super) fn given(reader: &mut Reader, given: &[String]) -> BTreeMap<String, Given> {
    let mut values = BTreeMap::new();
    for words in given {
        let file = reader.texts.add("-p", "", words).file;
        let whole = Place { file, start: 0, end: words.len() as u32 };
        match words.split_once('=') {
            Some((name, value)) if !name.is_empty() && !value.is_empty() => {
                let place = Place { start: name.len() as u32 + 1, ..whole };
                let named = Place { end: name.len() as u32, ..whole };
                values.insert(name.to_owned(), Given { text: value.to_owned(), place, named });
            }
            _ => {
                let note = "write NAME=VALUE";
                reader.error("E0124", whole, format!("`{words}` does not say a value"), note);
            }
        }
    }
    values
}

impl<'a> Params<'a> {
    /// Puts the value of each parameter where `${name}` stands.
    pub fn substitute(&mut self, reader: &mut Reader, node: &mut Node<'a>) {
        match &mut node.value {
            Value::Map(entries) => {
                for entry in entries {
                    let scalar = matches!(entry.value.value, Value::Plain(_) | Value::Quoted(_));
                    if !(scalar && PROSE.contains(&entry.key.as_ref())) {
                        self.substitute(reader, &mut entry.value);
                    }
                }
            }
            Value::List(list) => list.iter_mut().for_each(|node| self.substitute(reader, node)),
            Value::Broken => {}
            Value::Plain(text) | Value::Quoted(text) if !text.contains("${") => {}
            Value::Plain(text) | Value::Quoted(text) => {
                let name = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
                let Some(name) = name.filter(|name| !name.contains(['$', '{', '}'])) else {
                    let message = "`${name}` can only be a whole value";
                    let note = "this language computes nothing and joins no texts";
                    reader.error("E0127", node.place, message, note);
                    node.value = Value::Broken;
                    return;
                };
                let Some(param) = self.by_name.get_mut(name) else {
                    let known = || self.by_name.keys().map(String::as_str);
                    reader.unknown_name("E0125", node.place, "parameter", name, known);
                    node.value = Value::Broken;
                    return;
                };
                param.used = true;
                node.value = param.value.clone().unwrap_or(Value::Broken);
            }
        }
    }

    /// A parameter that nothing refers to turns nothing.
    pub fn unused(&self, reader: &mut Reader) {
        for (name, param) in
            self.by_name.iter().filter(|(_, param)| !param.used && param.value.is_some())
        {
            let note = format!("write \"${{{name}}}\" where it belongs, or remove it");
            let message = format!("the parameter `{name}` is used nowhere");
            reader.within(&format!("params.{name}"), |reader| {
                reader.warning("W0130", param.place, message, note);
            });
        }
    }
}
