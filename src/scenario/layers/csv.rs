//! A table of sites: one row for each, the keys by the names of the columns.
//!
//! What spreadsheets and `Export-Csv` make of a table is understood: a byte order mark, either end
//! of a line, a comma, a semicolon or a tab between cells, a first line `sep=;` or `#TYPE ...`,
//! empty rows below.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::changes::Changes;
use super::merge::site;
use super::path::{path_of, set};
use crate::scenario::limits;
use crate::scenario::reader::{Reader, list};
use crate::scenario::source::Place;
use crate::scenario::yaml::{Entry, Node, Value};

/// The columns, and where in a site each belongs; `label.` and `labels.` before any name too.
const COLUMNS: [(&str, &str); 25] = [
    ("code", ""),
    ("name", "name"),
    ("type", "type"),
    ("parent", "parent"),
    ("template", "template"),
    ("link", "link"),
    ("route", "route"),
    ("timezone", "timezone"),
    ("clock_offset", "clock_offset"),
    ("sup", "sup"),
    ("clients", "clients.intranet"),
    ("clients.intranet", "clients.intranet"),
    ("clients.internet", "clients.internet"),
    ("clients.sms2003", "clients.sms2003"),
    ("retry.every", "retry.every"),
    ("retry.limit", "retry.limit"),
    ("retry.jitter", "retry.jitter"),
    ("timing.request", "timing.request"),
    ("timing.connect", "timing.connect"),
    ("timing.pull", "timing.pull"),
    ("timing.settle", "timing.settle"),
    ("timing.import", "timing.import"),
    ("timing.insert", "timing.insert"),
    ("timing.internet", "timing.internet"),
    ("region", "labels.region"),
];

/// A cell and where it stands.
type Cell<'a> = (Cow<'a, str>, Place);

/// The table as the map that `sites` would be. `None`: it cannot be read, and why is reported.
pub(super) fn sites<'a>(reader: &mut Reader, file: u16, text: &'a str) -> Option<Node<'a>> {
    let mut rows = Rows::new(file, text)?;
    let place = Place { file, start: 0, end: text.len() as u32 };
    let Some(header) = rows.next(reader).flatten() else {
        reader.error(
            "E0330",
            Place::whole(file),
            "there is no table in this file",
            "the first row names the columns",
        );
        return None;
    };
    let columns = header_columns(reader, &header)?;
    let mut entries: Vec<Entry<'a>> = Vec::new();
    let mut seen: BTreeMap<String, Place> = BTreeMap::new();
    while let Some(row) = rows.next(reader) {
        let row = row?;
        if row.iter().all(|(cell, _)| cell.trim().is_empty()) {
            continue;
        }
        if row.len() != header.len() {
            let note =
                format!("it has {} cells, the first row names {} columns", row.len(), header.len());
            reader.error("E0330", row[0].1, "this row does not fit the table", note);
            continue;
        }
        if entries.len() >= limits::SITES {
            let note = format!("at most {}", limits::SITES);
            reader.error("E0315", row[0].1, "too many sites", note);
            return None;
        }
        let row_place = Place { end: row.last().map_or(0, |(_, place)| place.end), ..row[0].1 };
        let mut node = Node { place: row_place, value: Value::Map(Vec::new()) };
        let mut code = None;
        for ((cell, place), column) in row.into_iter().zip(&columns) {
            let Some(path) = column.as_deref().filter(|_| !cell.trim().is_empty()) else {
                continue;
            };
            let cell = trimmed(cell);
            if path.is_empty() {
                code = Some((cell, place));
                continue;
            }
            let value = Node { place, value: Value::Quoted(cell) };
            let path: Vec<_> = path_of(path, place)
                .into_iter()
                .map(|(part, _)| (Cow::Owned(part.into_owned()), place))
                .collect();
            set(reader, &mut node, Some(site()), &path, value, &mut Changes::unseen());
        }
        let Some((key, place)) = code else {
            reader.error(
                "E0332",
                row_place,
                "this row has no site code",
                "a row with other cells needs one",
            );
            continue;
        };
        if let Some(first) = seen.insert(key.to_string(), place) {
            reader.repeated(first, place, &key);
            continue;
        }
        entries.push(Entry { key, quoted: true, place, value: node });
    }
    Some(Node { place, value: Value::Map(entries) })
}

fn trimmed(cell: Cow<'_, str>) -> Cow<'_, str> {
    match cell {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// Where each column belongs; `None` for one that is not understood, which has been reported.
fn header_columns(reader: &mut Reader, header: &[Cell<'_>]) -> Option<Vec<Option<String>>> {
    let mut columns: Vec<Option<String>> = Vec::new();
    let mut has_code = false;
    for (name, place) in header {
        let name = name.trim();
        let label = name.strip_prefix("label.").or(name.strip_prefix("labels."));
        let path = match label {
            Some(label) if !label.is_empty() => Some(format!("labels.{label}")),
            _ => {
                COLUMNS.iter().find(|(known, _)| *known == name).map(|(_, path)| (*path).to_owned())
            }
        };
        if path.is_none() {
            let known = || COLUMNS.iter().map(|(known, _)| *known);
            let note = match reader.meant(name, known()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "not a column of a table of sites".to_owned(),
            };
            let all = list(known().chain(["label.NAME"]));
            reader
                .error("E0331", *place, format!("unknown column `{name}`"), note)
                .help(format!("known here: {all}"));
        }
        if path.is_some() && columns.contains(&path) {
            let note = "each thing is said once";
            reader.error("E0331", *place, format!("the column `{name}` is there twice"), note);
            columns.push(None);
            continue;
        }
        has_code |= path.as_deref() == Some("");
        columns.push(path);
    }
    if !has_code {
        let place = header.first().map_or(Place::default(), |(_, place)| *place);
        let note = "one column must be called `code`: the site codes";
        reader.error("E0332", place, "this table has no column `code`", note);
        return None;
    }
    Some(columns)
}

/// The rows of a table, one after the other.
struct Rows<'a> {
    file: u16,
    text: &'a str,
    at: usize,
    separator: u8,
}

impl<'a> Rows<'a> {
    fn new(file: u16, text: &'a str) -> Option<Rows<'a>> {
        let mut rows = Rows { file, text, at: 0, separator: b',' };
        loop {
            let line = rows.text[rows.at..].split(['\n', '\r']).next().unwrap_or("");
            let skip = line.starts_with("#TYPE ") || line.trim().is_empty() && !line.is_empty();
            if let Some(&[separator]) = line.strip_prefix("sep=").map(str::as_bytes) {
                rows.separator = separator;
                rows.at = rows.after_line(rows.at + line.len());
                return Some(rows);
            }
            let empty = line.is_empty() && rows.at < rows.text.len();
            if !(skip || empty) {
                // the separator that parts the word `code` from the others
                let parts = |separator: char| {
                    line.split(separator).any(|name| name.trim().trim_matches('"') == "code")
                };
                let known = [',', ';', '\t'];
                let found = known.into_iter().find(|c| parts(*c));
                let most = || known.into_iter().max_by_key(|c| line.matches(*c).count());
                rows.separator = found.or_else(most).map_or(b',', |c| c as u8);
                return Some(rows);
            }
            rows.at = rows.after_line(rows.at + line.len());
        }
    }

    /// Where the next line begins when this one ends at `at`.
    fn after_line(&self, at: usize) -> usize {
        let rest = &self.text.as_bytes()[at..];
        at + if rest.starts_with(b"\r\n") { 2 } else { usize::from(!rest.is_empty()) }
    }

    /// `None`: that was the last row. `Some(None)`: it cannot be read further.
    fn next(&mut self, reader: &mut Reader) -> Option<Option<Vec<Cell<'a>>>> {
        if self.at >= self.text.len() {
            return None;
        }
        let mut cells = Vec::new();
        loop {
            let Some(cell) = self.cell(reader) else { return Some(None) };
            cells.push(cell);
            if cells.len() > limits::COLUMNS {
                let place = Place { file: self.file, start: self.at as u32, end: self.at as u32 };
                let note = format!("at most {}", limits::COLUMNS);
                reader.error("E0330", place, "this row has too many cells", note);
                return Some(None);
            }
            match self.text.as_bytes().get(self.at) {
                Some(byte) if *byte == self.separator => self.at += 1,
                _ => {
                    self.at = self.after_line(self.at);
                    return Some(Some(cells));
                }
            }
        }
    }

    /// One cell, up to the separator or the end of the line behind it.
    fn cell(&mut self, reader: &mut Reader) -> Option<Cell<'a>> {
        let (start, bytes) = (self.at, self.text.as_bytes());
        let ends = |byte: u8| byte == self.separator || byte == b'\n' || byte == b'\r';
        let place = |start: usize, end: usize| Place {
            file: self.file,
            start: start as u32,
            end: end as u32,
        };
        if bytes.get(start) != Some(&b'"') {
            let end =
                bytes[start..].iter().position(|b| ends(*b)).map_or(bytes.len(), |n| start + n);
            self.at = end;
            return self.bounded(reader, Cow::Borrowed(&self.text[start..end]), place(start, end));
        }
        let mut end = start + 1;
        let mut doubled = false;
        loop {
            match (bytes.get(end), bytes.get(end + 1)) {
                (None, _) => {
                    let note = "the quotation mark here is not closed";
                    reader.error("E0330", place(start, start + 1), "this cell does not end", note);
                    return None;
                }
                (Some(b'"'), Some(b'"')) => {
                    doubled = true;
                    end += 2;
                }
                (Some(b'"'), _) => break,
                _ => end += 1,
            }
        }
        let inside = &self.text[start + 1..end];
        let text =
            if doubled { Cow::Owned(inside.replace("\"\"", "\"")) } else { Cow::Borrowed(inside) };
        self.at = end + 1;
        if bytes.get(self.at).is_some_and(|byte| !ends(*byte)) {
            let note = "a quotation mark inside a cell is written twice";
            let at = place(self.at, self.at + 1);
            reader.error("E0330", at, "something stands behind the end of this cell", note);
            return None;
        }
        self.bounded(reader, text, place(start, end + 1))
    }

    fn bounded(&self, reader: &mut Reader, text: Cow<'a, str>, place: Place) -> Option<Cell<'a>> {
        if text.len() > limits::SCALAR_BYTES {
            let note = format!("at most {} bytes", limits::SCALAR_BYTES);
            reader.error("E0002", place, "this cell is too large", note);
            return None;
        }
        Some((text, place))
    }
}
