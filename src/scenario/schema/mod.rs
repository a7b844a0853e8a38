//! The JSON Schema (draft 2020-12) of the language, for editors: what may stand where.
//!
//! The program checks by itself and knows more than a schema can say; this one is made from the
//! table in `maps`, and a test compares every map of it with the keys that the reader itself asks
//! for, so that neither can have a key that the other has not.

mod choices;
mod kinds;
mod maps;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use maps::Shape;
#[cfg(test)]
pub(super) use tests::met;

/// The schema, as it is committed in `supsim.schema.json`.
pub fn schema() -> String {
    let mut definitions: Map<String, Value> = kinds::definitions();
    for shape in maps::all() {
        definitions.insert(shape.name.to_owned(), object(shape));
    }
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "supsim scenario or study",
        "description": "A scenario or a study of supsim, language version 1. supsim help scenario explains every word.",
        "if": { "required": ["kind"], "properties": { "kind": { "const": "study" } } },
        "then": { "$ref": "#/$defs/study" },
        "else": {
            "$ref": "#/$defs/scenario",
            "if": { "not": { "required": ["extends"] } },
            "then": choices::of_a_whole(),
        },
        "$defs": definitions,
    });
    // a tree of texts can always be written
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// Maps that merge: in a file that extends another, what is required may stand in that one.
const MERGING: [&str; 5] = ["parameter", "release", "generator", "operation", "expectation"];

fn object(shape: &Shape) -> Value {
    let required: &[&str] = if MERGING.contains(&shape.name) { &[] } else { shape.required };
    let mut properties = Map::new();
    for (key, kind, doc) in shape.keys {
        let mut value = kinds::of(kind);
        if let (Value::Object(value), false) = (&mut value, doc.is_empty()) {
            value.insert("description".to_owned(), (*doc).into());
        }
        properties.insert((*key).to_owned(), value);
    }
    let mut object = json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    if let (Value::Object(object), false) = (&mut object, shape.called.is_empty()) {
        let title = shape.called.join(" or ").replace('`', "");
        object.insert("title".to_owned(), title.into());
    }
    if let Some(further) = choices::of(shape.name) {
        object["allOf"] = json!([further]);
    }
    object
}
