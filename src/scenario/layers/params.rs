//! `params` and `${name}`: the knobs that a reader of a scenario may turn.
//!
//! A parameter has a type, so that a value given for it is checked where it is given. `${name}`
//! stands for a whole value and for nothing else: there is nothing to parenthesise and nothing to
//! quote.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::changes::{Changes, shown};
use super::merge::take;
use super::{Arena, Parameter, ParameterType};
use crate::scenario::civil::{date_time, time_of_day};
use crate::scenario::limits;
use crate::scenario::quantity;
use crate::scenario::reader::{Reader, Wrong, list};
use crate::scenario::source::Place;
use crate::scenario::text::checked_label;
use crate::scenario::yaml::{Entry, Node, Value};

const TYPES: [(&str, ParameterType); 11] = [
    ("duration", ParameterType::Duration),
    ("time_of_day", ParameterType::TimeOfDay),
    ("time", ParameterType::Time),
    ("share", ParameterType::Share),
    ("data", ParameterType::Data),
    ("rate", ParameterType::Rate),
    ("count", ParameterType::Count),
    ("number", ParameterType::Number),
    ("text", ParameterType::Text),
    ("choice", ParameterType::Choice),
    ("truth", ParameterType::Truth),
];

impl ParameterType {
    /// As the language writes it.
    pub fn word(self) -> &'static str {
        TYPES.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }
}

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

/// How large a value is, in the smallest unit of its type; texts have no size.
type Size = Option<i128>;

/// Is this a value of that type?
fn measure(kind: ParameterType, text: &str) -> Result<Size, Wrong> {
    let size = |size: u64| Some(i128::from(size));
    Ok(match kind {
        ParameterType::Duration => size(quantity::duration(text)?.micros()),
        ParameterType::TimeOfDay => {
            let time = time_of_day(text)?;
            let seconds = i128::from(time.hour()) * 3_600
                + i128::from(time.minute()) * 60
                + i128::from(time.second());
            Some(seconds * 1_000_000_000 + i128::from(time.subsec_nanosecond()))
        }
        ParameterType::Time => {
            let wall = date_time(text)?.wall;
            let at = jiff::tz::Offset::UTC.to_timestamp(wall);
            at.ok().map(jiff::Timestamp::as_nanosecond)
        }
        ParameterType::Share => size(u64::from(quantity::probability(text)?.parts_per_billion())),
        ParameterType::Data => size(quantity::bytes(text)?.0),
        ParameterType::Rate => size(quantity::rate(text)?.bits_per_second()),
        ParameterType::Count => {
            let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            let number = text.parse::<u64>().ok().filter(|_| digits);
            Some(i128::from(number.ok_or_else(|| {
                let note = "digits only: no sign, no point, no unit";
                Wrong::new("E0101", format!("`{text}` is not a whole number"), note)
            })?))
        }
        ParameterType::Number => Some(decimal(text).ok_or_else(|| {
            let note = "digits, a point, at most nine decimals";
            Wrong::new("E0101", format!("`{text}` is not a number"), note)
        })?),
        ParameterType::Text | ParameterType::Choice => {
            checked_label(text, "a text").map(|()| None)?
        }
        ParameterType::Truth => match text {
            "true" | "false" => None,
            _ => {
                let message = format!("`{text}` is not true or false");
                return Err(Wrong::new("E0110", message, "write `true` or `false`"));
            }
        },
    })
}

/// A decimal number in thousand-millionths.
fn decimal(text: &str) -> Option<i128> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let fits =
        |part: &str, most: usize| part.len() <= most && part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !fits(whole, 18) || !fits(decimals, 9) || digits.ends_with('.') {
        return None;
    }
    let size: i128 = format!("{whole}{decimals:0<9}").parse().ok()?;
    Some(if text.starts_with('-') { -size } else { size })
}

/// Takes `params` out of the tree, with the values that `-p` gives.
pub(super) fn declared<'a>(
    reader: &mut Reader,
    arena: &'a Arena,
    tree: &mut Node<'a>,
    given: &[String],
    changes: &mut Vec<Changes>,
) -> Params<'a> {
    let mut given = given_values(reader, given);
    let mut params = Params::default();
    if let Some(entry) = take(tree, "params") {
        let entries = reader.map(&entry.value, "`params`").unwrap_or_default();
        if entries.len() > limits::PARAMS {
            let note = format!("at most {}", limits::PARAMS);
            reader.error("E0126", entry.place, "too many parameters", note);
        }
        for entry in entries.iter().take(limits::PARAMS) {
            let Some(name) = reader.identifier(entry, "a parameter") else { continue };
            let given = given.remove(name);
            let value = reader.within(&format!("params.{name}"), |reader| {
                declaration(reader, arena, entry, name, given, &mut params.declared, changes)
            });
            let param = Param { place: entry.place, value, used: false };
            params.by_name.insert(name.to_owned(), param);
        }
    }
    for (name, (_, place)) in given {
        let place = Place { start: 0, end: place.start.saturating_sub(1), ..place };
        let known = || params.by_name.keys().map(String::as_str);
        reader.unknown_name("E0125", place, "parameter", &name, known);
    }
    params
}

/// The values of `-p`, each with its place; the last of several wins.
fn given_values(reader: &mut Reader, given: &[String]) -> BTreeMap<String, (String, Place)> {
    let mut values = BTreeMap::new();
    for words in given {
        let file = reader.texts.add("-p", "", words).file;
        let whole = Place { file, start: 0, end: words.len() as u32 };
        match words.split_once('=') {
            Some((name, value)) if !name.is_empty() && !value.is_empty() => {
                let place = Place { start: name.len() as u32 + 1, ..whole };
                values.insert(name.to_owned(), (value.to_owned(), place));
            }
            _ => {
                let note = "write NAME=VALUE";
                reader.error("E0124", whole, format!("`{words}` does not say a value"), note);
            }
        }
    }
    values
}

fn declaration<'a>(
    reader: &mut Reader,
    arena: &'a Arena,
    entry: &Entry<'a>,
    name: &str,
    given: Option<(String, Place)>,
    declared: &mut Vec<Parameter>,
    changes: &mut Vec<Changes>,
) -> Option<Value<'a>> {
    let keys = ["type", "default", "min", "max", "choices", "doc"];
    let fields = reader.fields(&entry.value, "a parameter", &keys, &[])?;
    let node = reader.required(&fields, "type", "a parameter", "type: duration")?;
    let kind = reader.word_of(node, "a type of parameter", &TYPES)?;
    let has_size =
        !matches!(kind, ParameterType::Text | ParameterType::Choice | ParameterType::Truth);
    let mut sound = true;
    let mut bound = |reader: &mut Reader, key: &str| {
        let entry = fields.entry(key)?;
        if !has_size {
            let note = "only a type with a size has one";
            reader.error("E0126", entry.place, format!("there is no `{key}` of this type"), note);
            sound = false;
            return None;
        }
        let size = typed(reader, kind, &entry.value, key);
        sound &= size.is_some();
        Some((size.flatten()?, shown(&entry.value)))
    };
    let (min, max) = (bound(reader, "min"), bound(reader, "max"));
    if let (Some((least, _)), Some((most, _)), Some(entry)) = (&min, &max, fields.entry("max"))
        && least > most
    {
        reader.error("E0126", entry.place, "`max` is less than `min`", "nothing lies between");
        return None;
    }
    let choices: Option<Vec<(Size, String)>> = match fields.get("choices") {
        Some(node) => {
            let nodes = reader.list(node, "`choices`", "choices: [a, b]")?;
            let typed = nodes
                .iter()
                .map(|node| Some((typed(reader, kind, node, "a choice")?, shown(node))));
            Some(typed.collect::<Option<_>>()?)
        }
        None if kind == ParameterType::Choice => {
            let note = "write `choices: [a, b]`";
            reader.error("E0126", node.place, "a choice has no `choices`", note);
            return None;
        }
        None => None,
    };
    let doc = fields.get("doc").and_then(|node| reader.prose(node, "`doc`"));
    let allowed = |size: &Size, text: &str| -> Result<(), String> {
        let outside = size.is_some_and(|size| {
            min.as_ref().is_some_and(|(least, _)| size < *least)
                || max.as_ref().is_some_and(|(most, _)| size > *most)
        });
        let within = match (&min, &max) {
            (Some((_, least)), Some((_, most))) => format!("from {least} to {most}"),
            (Some((_, least)), None) => format!("at least {least}"),
            (None, Some((_, most))) => format!("at most {most}"),
            (None, None) => String::new(),
        };
        if outside {
            return Err(within);
        }
        let Some(choices) = &choices else { return Ok(()) };
        let same = |(other, word): &(Size, String)| {
            if size.is_some() { size == other } else { text == word }
        };
        if choices.iter().any(same) {
            return Ok(());
        }
        Err(format!("one of {}", list(choices.iter().map(|(_, word)| word.as_str()))))
    };
    let default = match fields.get("default") {
        Some(node) => {
            let size = typed(reader, kind, node, "`default`")?;
            let (Value::Plain(text) | Value::Quoted(text)) = &node.value else { return None };
            if let Err(note) = allowed(&size, text) {
                let message = format!("`{text}` cannot be the default of `{name}`");
                reader.error("E0128", node.place, message, note);
                return None;
            }
            Some(node)
        }
        None => None,
    };
    let value = match (&given, default) {
        (Some((text, place)), _) => {
            let size = reader.check(*place, measure(kind, text))?;
            if let Err(note) = allowed(&size, text) {
                reader.error("E0128", *place, format!("`{name}` cannot be `{text}`"), note);
                return None;
            }
            let mut change = Changes::by(format!("-p {name}={text}"));
            let after = Node { place: *place, value: Value::Quoted(text.as_str().into()) };
            change.within("params", |change| match default {
                Some(before) => change.replaced(name, before, &after),
                None => change.added(name, &after),
            });
            changes.push(change);
            Value::Quoted(Cow::Borrowed(arena.keep(text)?))
        }
        (None, Some(node)) => match &node.value {
            Value::Plain(text) => Value::Plain(Cow::Borrowed(arena.keep(text)?)),
            Value::Quoted(text) => Value::Quoted(Cow::Borrowed(arena.keep(text)?)),
            _ => return None,
        },
        (None, None) => {
            let note = format!("run with -p {name}=VALUE, or write a `default`");
            reader.error("E0126", entry.place, format!("`{name}` has no value"), note);
            return None;
        }
    };
    declared.push(Parameter {
        name: name.to_owned(),
        kind,
        value: match &value {
            Value::Plain(text) | Value::Quoted(text) => text.to_string(),
            _ => String::new(),
        },
        default: default.map(shown),
        min: min.map(|(_, text)| text),
        max: max.map(|(_, text)| text),
        choices: choices.unwrap_or_default().into_iter().map(|(_, word)| word).collect(),
        doc: doc.unwrap_or_default().to_owned(),
    });
    sound.then_some(value)
}

/// The size of a value written in the declaration.
fn typed(reader: &mut Reader, kind: ParameterType, node: &Node<'_>, what: &str) -> Option<Size> {
    let text = match kind {
        ParameterType::Text | ParameterType::Choice => reader.text(node, what)?,
        // quoted, as everywhere
        ParameterType::TimeOfDay => {
            reader.time_of_day(node, what)?;
            reader.scalar(node, what)?
        }
        _ => reader.scalar(node, what)?,
    };
    if text.len() > limits::NAME_CHARACTERS {
        let note = format!("at most {} characters", limits::NAME_CHARACTERS);
        reader.error("E0113", node.place, format!("{what} is too long"), note);
        return None;
    }
    reader.check(node.place, measure(kind, text))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_values_and_knows_which_is_larger() {
        let less = [
            (ParameterType::Duration, "59min", "1h"),
            (ParameterType::TimeOfDay, "09:59", "22:00"),
            (ParameterType::Time, "2026-01-13 09:00", "2026-01-13 22:00"),
            (ParameterType::Share, "9%", "0.1"),
            (ParameterType::Data, "900 KB", "1 MB"),
            (ParameterType::Rate, "900 Kbit/s", "1 Mbit/s"),
            (ParameterType::Count, "9", "10"),
            (ParameterType::Number, "-1.5", "0.000000001"),
        ];
        for (kind, small, large) in less {
            assert!(measure(kind, small).unwrap() < measure(kind, large).unwrap(), "{kind:?}");
        }
        for kind in TYPES.map(|(_, kind)| kind) {
            let wrong = if matches!(kind, ParameterType::Text | ParameterType::Choice) {
                "=x"
            } else {
                "x"
            };
            assert!(measure(kind, wrong).is_err(), "{kind:?}");
        }
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!(decimal("1.5"), Some(1_500_000_000));
        assert_eq!(decimal("-0.25"), Some(-250_000_000));
        for text in ["", ".", "1.", ".5", "1e3", "+1", "1.0000000001", "--1"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }
}
