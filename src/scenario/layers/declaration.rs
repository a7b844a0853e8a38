//! One declared parameter: its type, what it may be, and what it stands for.

use std::borrow::Cow;

use super::changes::{Changes, shown};
use super::kind::{Size, TYPES, measure, typed};
use super::{Arena, Parameter, ParameterType};
use crate::scenario::reader::{Reader, list};
use crate::scenario::shape::Fields;
use crate::scenario::source::Place;
use crate::scenario::yaml::{Entry, Node, Value};

/// One declared parameter: what it may be, and what it stands for.
pub(super) fn declaration<'a>(
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
    let range = Range::read(reader, &fields, kind)?;
    let choices = choices(reader, &fields, kind, node.place)?;
    let doc = fields.get("doc").and_then(|node| reader.prose(node, "`doc`"));
    let allowed = Allowed { range, choices };
    let default = match fields.get("default") {
        Some(node) => Some(default(reader, node, kind, &allowed, name)?),
        None => None,
    };
    let value = match (&given, default) {
        (Some((text, place)), _) => {
            given_value(reader, kind, &allowed, name, text, *place)?;
            changes.push(change(name, text, *place, default));
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
    let Allowed { range, choices } = allowed;
    declared.push(Parameter {
        name: name.to_owned(),
        kind,
        value: match &value {
            Value::Plain(text) | Value::Quoted(text) => text.to_string(),
            _ => String::new(),
        },
        default: default.map(shown),
        min: range.min.map(|(_, text)| text),
        max: range.max.map(|(_, text)| text),
        choices: choices.unwrap_or_default().into_iter().map(|(_, word)| word).collect(),
        doc: doc.unwrap_or_default().to_owned(),
    });
    range.sound.then_some(value)
}

/// `min` and `max`, with the texts they were written as.
struct Range {
    min: Option<(i128, String)>,
    max: Option<(i128, String)>,
    /// Could all that was written of it be read?
    sound: bool,
}

impl Range {
    fn read(reader: &mut Reader, fields: &Fields<'_, '_>, kind: ParameterType) -> Option<Range> {
        let mut range = Range { min: None, max: None, sound: true };
        range.min = range.bound(reader, fields, kind, "min");
        range.max = range.bound(reader, fields, kind, "max");
        if let (Some((least, _)), Some((most, _)), Some(entry)) =
            (&range.min, &range.max, fields.entry("max"))
            && least > most
        {
            reader.error("E0126", entry.place, "`max` is less than `min`", "nothing lies between");
            return None;
        }
        Some(range)
    }

    fn bound(
        &mut self,
        reader: &mut Reader,
        fields: &Fields<'_, '_>,
        kind: ParameterType,
        key: &str,
    ) -> Option<(i128, String)> {
        let entry = fields.entry(key)?;
        if matches!(kind, ParameterType::Text | ParameterType::Choice | ParameterType::Truth) {
            let note = "only a type with a size has one";
            reader.error("E0126", entry.place, format!("there is no `{key}` of this type"), note);
            self.sound = false;
            return None;
        }
        let size = typed(reader, kind, &entry.value, key);
        self.sound &= size.is_some();
        Some((size.flatten()?, shown(&entry.value)))
    }

    /// `from 1h to 2h`, for messages.
    fn words(&self) -> String {
        match (&self.min, &self.max) {
            (Some((_, least)), Some((_, most))) => format!("from {least} to {most}"),
            (Some((_, least)), None) => format!("at least {least}"),
            (None, Some((_, most))) => format!("at most {most}"),
            (None, None) => String::new(),
        }
    }

    fn leaves_out(&self, size: i128) -> bool {
        self.min.as_ref().is_some_and(|(least, _)| size < *least)
            || self.max.as_ref().is_some_and(|(most, _)| size > *most)
    }
}

/// `choices`, with their sizes; `None` inside: there are none. `place`: where the type stands.
fn choices(
    reader: &mut Reader,
    fields: &Fields<'_, '_>,
    kind: ParameterType,
    place: Place,
) -> Option<Option<Vec<(Size, String)>>> {
    match fields.get("choices") {
        Some(node) => {
            let nodes = reader.list(node, "`choices`", "choices: [a, b]")?;
            let typed = nodes
                .iter()
                .map(|node| Some((typed(reader, kind, node, "a choice")?, shown(node))));
            typed.collect::<Option<_>>().map(Some)
        }
        None if kind == ParameterType::Choice => {
            let note = "write `choices: [a, b]`";
            reader.error("E0126", place, "a choice has no `choices`", note);
            None
        }
        None => Some(None),
    }
}

/// What a parameter may be.
struct Allowed {
    range: Range,
    choices: Option<Vec<(Size, String)>>,
}

impl Allowed {
    /// Is this allowed? If not: what is.
    fn check(&self, size: &Size, text: &str) -> Result<(), String> {
        if size.is_some_and(|size| self.range.leaves_out(size)) {
            return Err(self.range.words());
        }
        let Some(choices) = &self.choices else { return Ok(()) };
        let same = |(other, word): &(Size, String)| {
            if size.is_some() { size == other } else { text == word }
        };
        if choices.iter().any(same) {
            return Ok(());
        }
        Err(format!("one of {}", list(choices.iter().map(|(_, word)| word.as_str()))))
    }
}

/// `default`, if it is allowed.
fn default<'n, 'a>(
    reader: &mut Reader,
    node: &'n Node<'a>,
    kind: ParameterType,
    allowed: &Allowed,
    name: &str,
) -> Option<&'n Node<'a>> {
    let size = typed(reader, kind, node, "`default`")?;
    let (Value::Plain(text) | Value::Quoted(text)) = &node.value else { return None };
    if let Err(note) = allowed.check(&size, text) {
        let message = format!("`{text}` cannot be the default of `{name}`");
        reader.error("E0128", node.place, message, note);
        return None;
    }
    Some(node)
}

/// Is what `-p` gives allowed?
fn given_value(
    reader: &mut Reader,
    kind: ParameterType,
    allowed: &Allowed,
    name: &str,
    text: &str,
    place: Place,
) -> Option<()> {
    let size = reader.check(place, measure(kind, text))?;
    if let Err(note) = allowed.check(&size, text) {
        reader.error("E0128", place, format!("`{name}` cannot be `{text}`"), note);
        return None;
    }
    Some(())
}

/// What `-p` changes, for the list of what was overridden.
fn change(name: &str, text: &str, place: Place, default: Option<&Node<'_>>) -> Changes {
    let mut change = Changes::by(format!("-p {name}={text}"));
    let after = Node { place, value: Value::Quoted(text.to_owned().into()) };
    change.within("params", |change| match default {
        Some(before) => change.replaced(name, before, &after),
        None => change.added(name, &after),
    });
    change
}
