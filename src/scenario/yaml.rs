//! A text as a tree that knows its places: the strict subset of YAML.
//!
//! No tags, no anchors, no merge keys, no directives, one document, no key twice. The tree is
//! built from the parser's events, so what is too deep or too large is refused when it is met.

use std::borrow::Cow;

use serde_saphyr::granit_parser::{self as granit, Event, Parser, ScalarStyle, Span};

use super::limits;
use super::reader::Reader;
use super::source::Place;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    pub place: Place,
    pub value: Value<'a>,
}

/// What a value can be; what a plain text means is decided by who reads it.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    /// Not quoted.
    Plain(Cow<'a, str>),
    /// In quotes, or a block.
    Quoted(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Map(Vec<Entry<'a>>),
    /// Already reported; whoever reads it says nothing more.
    Broken,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub(super) struct Entry<'a> {
    pub key: Cow<'a, str>,
    pub quoted: bool,
    pub place: Place,
    pub value: Node<'a>,
}

/// A collection that is not closed yet.
enum Open<'a> {
    List(Place, Vec<Node<'a>>),
    Map(Place, Vec<Entry<'a>>, Option<(Cow<'a, str>, bool, Place)>),
}

/// The tree of the scenario's own text, or `None` when it cannot be read further; why is reported.
pub(super) fn parse<'a>(reader: &mut Reader, text: &'a str) -> Option<Node<'a>> {
    parse_file(reader, 0, text)
}

/// As [`parse`], of the text with this number.
pub(super) fn parse_file<'a>(reader: &mut Reader, file: u16, text: &'a str) -> Option<Node<'a>> {
    let options = granit::options! {
        disallow_directives: true,
        flow_nesting_limit: limits::NESTING + 8,
        block_nesting_limit: limits::NESTING + 8,
    };
    let mut builder = Builder { file, open: Vec::new(), root: None, nodes: 0, documents: 0 };
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, span)) => builder.take(reader, event, span)?,
            Err(error) => {
                let mark = error.marker();
                let start = mark.byte_offset().unwrap_or(0);
                syntax_error(reader, file, text, start, &error.info());
                return None;
            }
        }
    }
    if builder.root.is_none() {
        reader.error(
            "E0005",
            Place::whole(file),
            "there is nothing in this file",
            "a scenario begins with `supsim: 1`",
        );
    }
    builder.root
}

fn syntax_error(reader: &mut Reader, file: u16, text: &str, start: usize, info: &str) {
    let place = Place { file, start: start as u32, end: start as u32 + 1 };
    let begin = text[..floor(text, start)].rfind('\n').map_or(0, |at| at + 1);
    let line = text[begin..].split('\n').next().unwrap_or("");
    let indentation = &line[..line.len() - line.trim_start().len()];
    let finding = if info.contains("nesting") || info.contains("recursion limit") {
        return too_large(reader, place, "is nested deeper", limits::NESTING);
    } else {
        reader.error("E0004", place, "this is not YAML", info)
    };
    // the parser notices late: what is wrong often stands before the place it names
    let advice = "if this line is right, look above it for a bracket, a quote or an indentation";
    if indentation.contains('\t') {
        finding.help("indent with spaces: YAML does not allow tabs there");
    } else if info.contains("directive") {
        finding.help("a line beginning with % is a directive; this language has none");
    } else {
        finding.help(advice);
    }
}

fn floor(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn too_large(reader: &mut Reader, place: Place, what: &str, limit: usize) {
    reader.error(
        "E0002",
        place,
        format!("this {what} than the limit of {limit}"),
        "reading stops here",
    );
}

struct Builder<'a> {
    file: u16,
    open: Vec<Open<'a>>,
    root: Option<Node<'a>>,
    nodes: usize,
    documents: usize,
}

impl<'a> Builder<'a> {
    /// `None`: reading stops.
    fn take(&mut self, reader: &mut Reader, event: Event<'a>, span: Span) -> Option<()> {
        let place = place_of(self.file, span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                if text.len() > limits::SCALAR_BYTES {
                    too_large(reader, place, "text is longer", limits::SCALAR_BYTES);
                    return None;
                }
                let refused = refuse_decoration(reader, place, anchor, tag.is_some());
                let value = match style {
                    _ if refused => Value::Broken,
                    ScalarStyle::Plain => Value::Plain(text),
                    _ => Value::Quoted(text),
                };
                self.put(reader, Node { place, value })
            }
            Event::Alias(_) => {
                no_anchors(reader, place);
                self.put(reader, Node { place, value: Value::Broken })
            }
            Event::SequenceStart(_, anchor, tag) => {
                refuse_decoration(reader, place, anchor, tag.is_some());
                self.open(reader, Open::List(place, Vec::new()), place)
            }
            Event::MappingStart(_, anchor, tag) => {
                refuse_decoration(reader, place, anchor, tag.is_some());
                self.open(reader, Open::Map(place, Vec::new(), None), place)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(reader, place),
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    reader
                        .error(
                            "E0006",
                            place,
                            "a second document begins here",
                            "one file holds one scenario",
                        )
                        .help("write it into a file of its own");
                    return None;
                }
                Some(())
            }
            _ => Some(()),
        }
    }

    fn open(&mut self, reader: &mut Reader, open: Open<'a>, place: Place) -> Option<()> {
        if self.open.len() >= limits::NESTING {
            too_large(reader, place, "is nested deeper", limits::NESTING);
            return None;
        }
        self.open.push(open);
        Some(())
    }

    fn close(&mut self, reader: &mut Reader, end: Place) -> Option<()> {
        let node = match self.open.pop()? {
            Open::List(place, list) => {
                let end = end.end.max(place.end);
                Node { place: Place { end, ..place }, value: Value::List(list) }
            }
            Open::Map(place, map, _) => {
                let end = end.end.max(place.end);
                repeated_keys(reader, &map);
                Node { place: Place { end, ..place }, value: Value::Map(map) }
            }
        };
        self.put(reader, node)
    }

    /// A finished node goes into the collection that is open, as a key, a value or an element.
    fn put(&mut self, reader: &mut Reader, node: Node<'a>) -> Option<()> {
        self.nodes += 1;
        if self.nodes > limits::NODES {
            too_large(reader, node.place, "file has more values", limits::NODES);
            return None;
        }
        let length = match self.open.last_mut() {
            None => {
                self.root = Some(node);
                0
            }
            Some(Open::List(_, list)) => {
                list.push(node);
                list.len()
            }
            Some(Open::Map(_, map, key)) => match key.take() {
                Some((key, quoted, place)) => {
                    map.push(Entry { key, quoted, place, value: node });
                    if map.len() > limits::NAMES {
                        too_large(reader, place, "map has more keys", limits::NAMES);
                        return None;
                    }
                    map.len()
                }
                None => {
                    *key = Some(as_key(reader, node));
                    0
                }
            },
        };
        if length > limits::ENTRIES {
            too_large(reader, Place::whole(self.file), "list has more values", limits::ENTRIES);
            return None;
        }
        Some(())
    }
}

/// A key that cannot be one becomes an empty text, which nobody looks for.
fn as_key<'a>(reader: &mut Reader, node: Node<'a>) -> (Cow<'a, str>, bool, Place) {
    match node.value {
        Value::Plain(text) if text == "<<" => {
            reader
                .error("E0007", node.place, "merge keys are not part of the language", "")
                .help("use `templates`, or write the keys twice");
            (Cow::Borrowed(""), false, node.place)
        }
        Value::Plain(text) | Value::Quoted(text) if text.is_empty() => {
            reader.error("E0101", node.place, "a key must be a word", "this one is empty");
            (text, false, node.place)
        }
        Value::Plain(text) => (text, false, node.place),
        Value::Quoted(text) => (text, true, node.place),
        Value::List(_) | Value::Map(_) => {
            reader.error("E0101", node.place, "a key must be a word", "this is a map or a list");
            (Cow::Borrowed(""), false, node.place)
        }
        Value::Broken => (Cow::Borrowed(""), false, node.place),
    }
}

fn repeated_keys(reader: &mut Reader, map: &[Entry<'_>]) {
    let mut order: Vec<&Entry<'_>> = map.iter().filter(|entry| !entry.key.is_empty()).collect();
    order.sort_by(|a, b| a.key.cmp(&b.key).then(a.place.cmp(&b.place)));
    for pair in order.windows(2).filter(|pair| pair[0].key == pair[1].key) {
        reader.repeated(pair[0].place, pair[1].place, &pair[1].key);
    }
}

fn refuse_decoration(reader: &mut Reader, place: Place, anchor: usize, tagged: bool) -> bool {
    if tagged {
        reader
            .error("E0008", place, "tags (`!word`) are not part of the language", "")
            .help("leave the tag out");
    }
    if anchor > 0 {
        no_anchors(reader, place);
    }
    tagged || anchor > 0
}

fn no_anchors(reader: &mut Reader, place: Place) {
    reader
        .error(
            "E0007",
            place,
            "anchors and aliases (`&name`, `*name`) are not part of the language",
            "",
        )
        .help("use `templates`, or write the value twice: that is clearer");
}

fn place_of(file: u16, span: Span) -> Place {
    let start = span.start.byte_offset().unwrap_or(0);
    let end = span.end.byte_offset().unwrap_or(start).max(start);
    Place {
        file,
        start: u32::try_from(start).unwrap_or(u32::MAX),
        end: u32::try_from(end).unwrap_or(u32::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_code(text: &str) -> &'static str {
        let mut reader = Reader::new();
        parse(&mut reader, text);
        reader.into_report("given.yaml", text).diagnostics.first().map_or("", |found| found.code)
    }

    #[test]
    fn every_value_knows_its_place() {
        let text = "a: 1\nb:\n  - \"x y\"\n  - { c: über }\n";
        let root = parse(&mut Reader::new(), text).unwrap();
        let Value::Map(entries) = &root.value else { panic!("{root:?}") };
        let Value::List(list) = &entries[1].value.value else { panic!("{root:?}") };
        let Value::Map(inner) = &list[1].value else { panic!("{root:?}") };
        let part = |place: Place| &text[place.start as usize..place.end as usize];
        assert_eq!(part(entries[1].place), "b");
        assert_eq!(part(list[0].place), "\"x y\"");
        assert_eq!(part(list[1].place), "{ c: über }");
        assert_eq!(part(inner[0].value.place), "über");
    }

    #[test]
    fn only_the_strict_subset_is_read() {
        assert_eq!(first_code("a: &x 1\n"), "E0007");
        assert_eq!(first_code("a: *x\n"), "E0004");
        assert_eq!(first_code("a: { <<: { b: 1 } }\n"), "E0007");
        assert_eq!(first_code("a: !x 1\n"), "E0008");
        assert_eq!(first_code("a: 1\na: 2\n"), "E0103");
        assert_eq!(first_code("a: 1\n---\nb: 1\n"), "E0006");
        assert_eq!(first_code("? [a]\n: 1\n"), "E0101");
        assert_eq!(first_code(""), "E0005");
        assert_eq!(first_code("\"<<\": 1\n"), "");
    }
}
