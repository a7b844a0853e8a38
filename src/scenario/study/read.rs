//! From the text of a study to its parts.

use std::rc::Rc;

use super::super::files::{Files, Texts, text_of};
use super::super::layers::shown;
use super::super::read::plain::scenario_name;
use super::super::read::refused;
use super::super::reader::Reader;
use super::super::shape::Fields;
use super::super::yaml::{self, Entry, Node, Value};
use super::super::{Diagnostic, Overrides, Report, limits};
use super::{Factor, Study, Written, asked, grid, hours};

const KEYS: [&str; 14] = [
    "supsim",
    "kind",
    "name",
    "question",
    "description",
    "base",
    "seed",
    "designs",
    "vary",
    "replications",
    "common_random_numbers",
    "compare",
    "sensitivity",
    hours::KEY,
];

/// Reads everything that the study itself says.
pub(super) fn decode(
    file_name: &str,
    bytes: &[u8],
    overrides: &Overrides,
    files: Rc<dyn Files>,
) -> Result<(Study, Vec<Diagnostic>), Report> {
    if bytes.len() > limits::FILE_BYTES {
        let note = format!("at most {} bytes", limits::FILE_BYTES);
        return Err(refused(file_name, "E0002", "this file is too large", note));
    }
    let text = text_of(bytes)
        .map_err(|note| refused(file_name, "E0003", "this file is not UTF-8 text", note))?;
    let mut reader = Reader::new();
    reader.texts = Texts::behind(files.clone());
    file_name.clone_into(&mut reader.main_shown);
    let written = Written {
        file_name: file_name.to_owned(),
        text: text.into(),
        files,
        overrides: overrides.clone(),
    };
    let tree = yaml::parse(&mut reader, text);
    let study = tree.and_then(|tree| study(&mut reader, &tree, written));
    let sound = reader.errors() == 0;
    let report = reader.into_report(file_name, text);
    match study {
        Some(study) if sound => Ok((study, report.diagnostics)),
        _ => Err(report),
    }
}

fn study(reader: &mut Reader, tree: &Node<'_>, written: Written) -> Option<Study> {
    if let Some(kind) = super::point::below(tree, "kind") {
        is_study(reader, &kind.value)?;
    }
    let fields = reader.fields(tree, "a study", &KEYS, &[])?;
    let version = reader.required(&fields, "supsim", "a study", "supsim: 1");
    if version.is_some_and(|node| reader.version(node).is_none()) {
        return None;
    }
    reader.required(&fields, "kind", "a study", "kind: study")?;
    let name = reader.required(&fields, "name", "a study", "name: lower-case-words");
    let name = name.and_then(|node| scenario_name(reader, node));
    let question = fields.get("question").and_then(|node| reader.prose(node, "`question`"));
    if let Some(node) = fields.get("description") {
        reader.prose(node, "`description`");
    }
    let base = reader.required(&fields, "base", "a study", "base: contoso.yaml");
    let base = base.and_then(|node| reader.text(node, "`base`"));
    let seed = fields.get("seed").and_then(|node| reader.count(node, "`seed`", 0, u64::MAX));
    let designs = designs(reader, &fields);
    let (factors, exclusions) = match fields.get("vary") {
        Some(node) => reader.within("vary", |reader| vary(reader, node, &designs))?,
        None => (Vec::new(), Vec::new()),
    };
    conflicts(reader, &fields, &factors);
    let common_random_numbers = match fields.get("common_random_numbers") {
        Some(node) => reader.truth(node, "`common_random_numbers`"),
        None => Some(true),
    };
    let compare = reader.within("compare", |reader| {
        asked::compare(reader, &fields, &designs, common_random_numbers)
    });
    let metrics = compare.as_ref().map_or(0, |compare| compare.metrics.len());
    let rule = match fields.get("replications") {
        Some(node) => {
            reader.within("replications", |reader| asked::rule(reader, node, metrics)).map(Some)
        }
        None => Some(None),
    };
    let sensitivity = match (fields.get("sensitivity"), &compare) {
        (Some(node), Some(compare)) => reader
            .within("sensitivity", |reader| asked::sensitivity(reader, node, compare, &designs))
            .map(Some),
        (Some(_), None) => None,
        (None, _) => Some(None),
    };
    let best_hour = match (fields.get(hours::KEY), &compare) {
        (Some(node), Some(compare)) => reader
            .within(hours::KEY, |reader| hours::best_hour(reader, node, compare, &designs))
            .map(Some),
        (Some(_), None) => None,
        (None, _) => Some(None),
    };
    let (sensitivity, best_hour) = (sensitivity?, best_hour?);
    let place = fields.entry("vary").map_or(fields.place, |entry| entry.place);
    let names: Vec<String> = designs.iter().map(|(name, _)| name.clone()).collect();
    let (settings, points) =
        grid::points(reader, place, &names, &factors, &exclusions, (&sensitivity, &best_hour))?;
    Some(Study {
        name: name?.to_owned(),
        question: question.unwrap_or_default().to_owned(),
        base: base?.to_owned(),
        seed: written.overrides.seed.or(seed),
        designs: names,
        factors,
        settings,
        points,
        rule: rule?,
        common_random_numbers: common_random_numbers?,
        compare: compare?,
        sensitivity,
        best_hour,
        written,
    })
}

fn is_study(reader: &mut Reader, kind: &Node<'_>) -> Option<()> {
    if let Value::Plain(word) | Value::Quoted(word) = &kind.value
        && word == "scenario"
    {
        let message = "this is a scenario, and a study is wanted here";
        let note = "a study names a scenario as its `base`";
        reader.error("E0609", kind.place, message, note).help("run it with: supsim run FILE");
        return None;
    }
    reader.choice(kind, "a kind of file", &["study"], &[], &[], &[]).map(|_| ())
}

/// The names of the designs and the keys that each sets; without any, the base alone.
pub(super) type Designs = Vec<(String, Vec<String>)>;

fn designs(reader: &mut Reader, fields: &Fields<'_, '_>) -> Designs {
    let mut designs = Designs::new();
    let Some(node) = fields.get("designs") else { return vec![("base".to_owned(), Vec::new())] };
    let entries = reader.map(node, "`designs`").unwrap_or_default();
    if entries.is_empty() && matches!(node.value, Value::Map(_)) {
        let note = "write for example `today: {}`, or leave `designs` out";
        reader.error("E0104", node.place, "there is no design", note);
    }
    for entry in entries {
        let Some(name) = reader.identifier(entry, "a design") else { continue };
        let keys = reader.within(&format!("designs.{name}"), |reader| design(reader, entry));
        designs.push((name.to_owned(), keys.unwrap_or_default()));
    }
    designs
}

fn design(reader: &mut Reader, entry: &Entry<'_>) -> Option<Vec<String>> {
    let known = ["description", "base", "params", "set", "overrides"];
    let fields = reader.fields(&entry.value, "a design", &known, &[])?;
    if let Some(node) = fields.get("description") {
        reader.prose(node, "`description`");
    }
    if let Some(node) = fields.get("base") {
        reader.text(node, "`base`");
    }
    let mut keys = Vec::new();
    for key in ["params", "set"] {
        let Some(node) = fields.get(key) else { continue };
        let entries = reader.map(node, &format!("`{key}`")).unwrap_or_default();
        keys.extend(entries.iter().map(|entry| entry.key.to_string()));
    }
    if let Some(node) = fields.get("overrides") {
        for entry in reader.map(node, "`overrides`").unwrap_or_default() {
            reader.identifier(entry, "an override");
        }
    }
    Some(keys)
}

/// What a factor turns cannot be set by a design as well: which of them holds?
fn conflicts(reader: &mut Reader, fields: &Fields<'_, '_>, factors: &[Factor]) {
    let Some(Value::Map(designs)) = fields.get("designs").map(|node| &node.value) else { return };
    for design in designs {
        for key in ["params", "set"] {
            let entries = super::point::below(&design.value, key).map(|entry| &entry.value.value);
            let Some(Value::Map(entries)) = entries else { continue };
            for entry in entries {
                if factors.iter().any(|factor| factor.name == entry.key) {
                    let message = format!("`{}` is varied: a design cannot set it", entry.key);
                    let note = "every level of `vary` would replace it";
                    reader.error("E0606", entry.place, message, note);
                }
            }
        }
    }
}

/// What is left out: a level for each key, and perhaps a design.
pub(super) type Exclusions = Vec<grid::Exclusion>;

fn vary(
    reader: &mut Reader,
    node: &Node<'_>,
    designs: &Designs,
) -> Option<(Vec<Factor>, Exclusions)> {
    let fields = reader.fields(node, "`vary`", &["grid", "zip", "exclude"], &[])?;
    let mut factors = Vec::new();
    for (key, zipped) in [("grid", false), ("zip", true)] {
        let Some(node) = fields.get(key) else { continue };
        for entry in reader.map(node, &format!("`{key}`")).unwrap_or_default() {
            let Some(factor) = factor(reader, entry, zipped) else { continue };
            if factors.iter().any(|other: &Factor| other.name == factor.name) {
                let note = "once is enough";
                let message = format!("`{}` stands in `grid` and in `zip`", factor.name);
                reader.error("E0606", entry.place, message, note);
                continue;
            }
            let first = factors.iter().find(|other: &&Factor| zipped && other.zipped);
            if first.is_some_and(|first| first.levels.len() != factor.levels.len()) {
                let note = "one value of each belongs together";
                let message = "all lists of `zip` have the same length";
                reader.error("E0607", entry.value.place, message, note);
            }
            factors.push(factor);
        }
    }
    let mut exclusions = Exclusions::new();
    if let Some(node) = fields.get("exclude") {
        let nodes = reader.list(node, "`exclude`", "exclude: [{ branch_retry: 15min }]");
        for node in nodes.unwrap_or_default() {
            exclusions.extend(exclusion(reader, node, designs, &factors));
        }
    }
    Some((factors, exclusions))
}

/// A parameter or a path, and the values it takes.
pub(super) fn factor(reader: &mut Reader, entry: &Entry<'_>, zipped: bool) -> Option<Factor> {
    let name = entry.key.to_string();
    if name.is_empty() || name == "design" {
        let note = "a parameter, or a path such as sync.retry.every";
        reader.error("E0606", entry.place, format!("`{name}` cannot be varied"), note);
        return None;
    }
    let example = format!("{name}: [60min, 30min]");
    let nodes = reader.list(&entry.value, &format!("`{name}`"), &example)?;
    let mut levels: Vec<String> = Vec::new();
    for node in nodes {
        let level = shown(node);
        if levels.contains(&level) {
            let note = "each value would be run twice";
            reader.error("E0606", node.place, format!("`{level}` stands here twice"), note);
        }
        levels.push(level);
    }
    Some(Factor { name, levels, zipped })
}

fn exclusion(
    reader: &mut Reader,
    node: &Node<'_>,
    designs: &Designs,
    factors: &[Factor],
) -> Option<grid::Exclusion> {
    let mut exclusion = grid::Exclusion { place: node.place, design: None, levels: Vec::new() };
    for entry in reader.map(node, "an exclusion")? {
        let word = shown(&entry.value);
        if entry.key == "design" {
            let names = || designs.iter().map(|(name, _)| name.as_str());
            let Some(found) = names().position(|name| name == word) else {
                reader.unknown_name("E0602", entry.value.place, "design", &word, names);
                return None;
            };
            exclusion.design = Some(found);
            continue;
        }
        let names = || factors.iter().map(|factor| factor.name.as_str());
        let Some(factor) = names().position(|name| name == entry.key) else {
            reader.unknown_name("E0602", entry.place, "factor", &entry.key, names);
            return None;
        };
        let levels = || factors[factor].levels.iter().map(String::as_str);
        let Some(level) = levels().position(|level| level == word) else {
            let what = format!("value of `{}`", entry.key);
            reader.unknown_name("E0602", entry.value.place, &what, &word, levels);
            return None;
        };
        exclusion.levels.push((factor, level));
    }
    Some(exclusion)
}
