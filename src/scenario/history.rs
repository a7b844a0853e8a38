//! `catalogue.history`: a real catalogue, one row for each change of an update (U4).
//!
//! ```text
//!   rows before the start    the state of each update then: part of what had been published
//!   rows within the run      releases: those of one instant together are one
//!   rows after it            left out
//! ```

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::Timestamp;
use serde_yaml::{Mapping, Value as Written};

use super::civil::{date_time, on_the_wall, written};
use super::mapping::put;
use super::reader::{Reader, Wrong, nearest};
use super::source::Place;
use super::table::{Column, Row, Table};
use super::text::checked_label;
use super::values::Run;
use super::yaml::Node;
use super::{Published, Release, Zone, limits, quantity};
use crate::store::Change;
use crate::units::{Bytes, Instant};

/// What a history says, in order of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Every change before the end of the run; those of one instant in the order written.
    pub rows: Vec<HistoryRow>,
    /// How many of the rows lie before the start of the run.
    pub before: usize,
    /// The names of the updates, which rows point at.
    pub updates: Vec<String>,
    /// The products, which rows point at.
    pub products: Vec<String>,
    /// The classifications, which rows point at.
    pub classifications: Vec<String>,
}

/// One change of one update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    /// When it was published.
    pub at: Timestamp,
    /// What became of the update.
    pub change: Change,
    /// Position in [`History::updates`].
    pub update: usize,
    /// The number of this revision.
    pub number: u32,
    /// Position in [`History::products`].
    pub product: usize,
    /// Position in [`History::classifications`].
    pub classification: usize,
    /// The size of its metadata.
    pub metadata: Bytes,
}

impl History {
    /// The rows in `range`.
    pub fn range(&self, range: &Range<usize>) -> &[HistoryRow] {
        &self.rows[range.clone()]
    }

    /// The product and the classification of a row.
    pub fn kind(&self, row: &HistoryRow) -> (&str, &str) {
        (&self.products[row.product], &self.classifications[row.classification])
    }

    /// The state of each update at the start of the run, in the order in which they appeared:
    /// those that had been removed are not among them.
    pub fn state_at_start(&self) -> Vec<HistoryRow> {
        let mut last: BTreeMap<usize, HistoryRow> = BTreeMap::new();
        for row in &self.rows[..self.before] {
            last.insert(row.update, *row);
        }
        let mut state: Vec<HistoryRow> = last.into_values().collect();
        state.retain(|row| row.change != Change::Removed);
        for row in &mut state {
            // What it became before the run is not news: only that it is there, or expired.
            if row.change < Change::Expired {
                row.change = Change::Released;
            }
        }
        state
    }
}

const CHANGES: [(&str, Change); 5] = [
    ("released", Change::Released),
    ("revised", Change::Revised),
    ("superseded", Change::Superseded),
    ("expired", Change::Expired),
    ("removed", Change::Removed),
];

/// How many different products or classifications a history may have.
const KINDS: usize = 10_000;

/// The columns of a history.
struct Columns {
    time: Column,
    change: Column,
    update: Column,
    product: Column,
    classification: Column,
    revision: Option<Column>,
    metadata: Option<Column>,
}

/// A row before it is sorted in.
struct Told {
    at: Timestamp,
    change: Change,
    update: String,
    number: Option<u32>,
    product: String,
    classification: String,
    metadata: Bytes,
    place: Place,
}

/// `history`, and the releases of which it consists.
pub(super) fn read(
    reader: &mut Reader,
    run: &Run,
    node: &Node<'_>,
) -> Option<(History, Vec<Release>)> {
    let fields = reader.fields(node, "`history`", &["file", "rows", "metadata"], &[])?;
    let size = match fields.get("metadata") {
        Some(node) => reader.bytes(node, "`metadata`")?,
        None => {
            quantity::bytes(reader.default("catalogue.history.metadata")).unwrap_or(Bytes::ZERO)
        }
    };
    let (table, place) = match (fields.get("file"), fields.get("rows")) {
        (Some(file), None) => {
            let name = reader.text(file, "`file`")?;
            let named = reader.named_file(file.place, name)?;
            let table = reader.table(file.place, &named, limits::OCCURRENCES)?;
            (table, Place::whole(named.file))
        }
        (None, Some(rows)) => {
            let example = "rows: [\"time,change,update,product,classification\", ..]";
            let list = reader.list(rows, "`rows`", example)?;
            (reader.inline_table(list)?, rows.place)
        }
        (Some(_), Some(rows)) => {
            let note = "either this, or `file`";
            reader.error("E0107", rows.place, "`history` is told twice", note);
            return None;
        }
        (None, None) => {
            let note = "write `file: history.csv`";
            reader.error("E0104", fields.place, "`history` has no `file`", note);
            return None;
        }
    };
    let told = told(reader, run, &table, place, size)?;
    let history = History::of(reader, run, place, told)?;
    let releases = history.releases(run);
    if releases.is_empty() && run.known {
        reader.warning(
            "W0541",
            node.place,
            "nothing of this history lies within the run",
            run.span(),
        );
    }
    Some((history, releases))
}

/// Every row, in order of time.
fn told(
    reader: &mut Reader,
    run: &Run,
    table: &Table,
    place: Place,
    size: Bytes,
) -> Option<Vec<Told>> {
    let mut column = |name: &str| reader.column(place, table, name);
    let (time, change, update) = (column("time"), column("change"), column("update"));
    let (product, classification) = (column("product"), column("classification"));
    let columns = Columns {
        time: time?,
        change: change?,
        update: update?,
        product: product?,
        classification: classification?,
        revision: table.find("revision"),
        metadata: table.find("metadata"),
    };
    let before = reader.errors();
    let mut all = Vec::with_capacity(table.rows().len());
    for row in table.rows() {
        let read = columns.told(row, run.clock.zone(), size);
        all.extend(reader.check(row.place, read));
    }
    if reader.errors() > before {
        return None;
    }
    all.sort_by_key(|row| row.at);
    Some(all)
}

impl Columns {
    fn told(&self, row: &Row, zone: &Zone, size: Bytes) -> Result<Told, Wrong> {
        let at = time(row.cell(self.time), zone)?;
        let word = row.cell(self.change);
        let change = CHANGES.iter().find(|(name, _)| *name == word).map(|(_, change)| *change);
        let change = change.ok_or_else(|| {
            let note = match nearest(word, CHANGES.iter().map(|(name, _)| *name)) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "released, revised, superseded, expired or removed".to_owned(),
            };
            Wrong::new("E0344", format!("`{word}` is not a change of an update"), note)
        })?;
        let label = |column, what| {
            let text = row.cell(column);
            checked_label(text, what).map(|()| text.to_owned())
        };
        let number = match row.cell_of(self.revision) {
            "" => None,
            text => Some(text.parse().ok().filter(|number| *number > 0).ok_or_else(|| {
                let note = "a whole number from 1";
                Wrong::new("E0344", format!("`{text}` is not the number of a revision"), note)
            })?),
        };
        let metadata = match row.cell_of(self.metadata) {
            "" => size,
            text => quantity::bytes(text)?,
        };
        Ok(Told {
            at,
            change,
            update: label(self.update, "the name of an update")?,
            number,
            product: label(self.product, "a product")?,
            classification: label(self.classification, "a classification")?,
            metadata,
            place: row.place,
        })
    }
}

/// A time of a history: to the second, in `zone` unless it carries an offset.
fn time(text: &str, zone: &Zone) -> Result<Timestamp, Wrong> {
    let wrong =
        |note: &str| Wrong::new("E0344", format!("`{text}` is not a time of a history"), note);
    let found = date_time(text)?;
    let at = match found.offset {
        Some(offset) => offset.to_timestamp(found.wall).ok(),
        None => on_the_wall(found.wall, zone).map(super::civil::Wall::timestamp),
    };
    let at = at.ok_or_else(|| wrong("it is out of range"))?;
    if at.subsec_nanosecond() != 0 {
        return Err(wrong("to the second, not finer"));
    }
    Ok(at)
}

/// Names in the order in which they are met.
#[derive(Default)]
struct Names {
    list: Vec<String>,
    known: BTreeMap<String, usize>,
}

impl Names {
    fn number(&mut self, name: String) -> usize {
        let next = self.list.len();
        let list = &mut self.list;
        *self.known.entry(name).or_insert_with_key(|name| {
            list.push(name.clone());
            next
        })
    }
}

impl History {
    /// Checks that each row can follow those before it; keeps those before the end of the run.
    fn of(reader: &mut Reader, run: &Run, place: Place, told: Vec<Told>) -> Option<History> {
        let (mut updates, mut products, mut classifications) =
            (Names::default(), Names::default(), Names::default());
        // Of each update: the number and the change of its last revision.
        let mut last: BTreeMap<String, (u32, Change)> = BTreeMap::new();
        let mut rows = Vec::with_capacity(told.len());
        let mut before = 0;
        let errors = reader.errors();
        for one in told {
            let number = match follows(last.get(&one.update).copied(), one.change, one.number) {
                Ok(number) => number,
                Err(note) => {
                    let message = format!("`{}` cannot be {} here", one.update, word(one.change));
                    reader.error("E0345", one.place, message, note);
                    continue;
                }
            };
            last.insert(one.update.clone(), (number, one.change));
            if one.at < run.clock.start() {
                before += 1;
            } else if run.instant(one.at).is_none() {
                continue;
            }
            rows.push(HistoryRow {
                at: one.at,
                change: one.change,
                update: updates.number(one.update),
                number,
                product: products.number(one.product),
                classification: classifications.number(one.classification),
                metadata: one.metadata,
            });
        }
        if products.list.len().max(classifications.list.len()) > KINDS {
            let note = format!("at most {KINDS} of each");
            reader.error("E0316", place, "too many products or classifications", note);
        }
        (reader.errors() == errors).then_some(History {
            rows,
            before,
            updates: updates.list,
            products: products.list,
            classifications: classifications.list,
        })
    }

    /// The rows within the run, those of one instant together.
    fn releases(&self, run: &Run) -> Vec<Release> {
        let mut releases: Vec<Release> = Vec::new();
        let mut first = self.before;
        while first < self.rows.len() {
            let at = self.rows[first].at;
            let same = self.rows[first..].iter().take_while(|row| row.at == at).count();
            let range = first..first + same;
            first = range.end;
            let Some(instant) = run.instant(at) else { continue };
            releases.push(self.release(at, instant, range));
        }
        releases
    }

    fn release(&self, at: Timestamp, instant: Instant, range: Range<usize>) -> Release {
        let rows = self.range(&range);
        let count = |change| rows.iter().filter(|row| row.change == change).count() as u32;
        let metadata = rows.iter().fold(0u64, |sum, row| sum.saturating_add(row.metadata.0));
        Release {
            name: name(at),
            at: instant,
            updates: count(Change::Released),
            revises: count(Change::Revised),
            supersedes: count(Change::Superseded),
            expires: count(Change::Expired),
            removes: count(Change::Removed),
            metadata: Bytes(metadata),
            product: String::new(),
            classification: String::new(),
            published: Published::History { rows: range },
        }
    }
}

/// `history-2006-02-14-1800`: the same whatever else the file holds. In UTC, to the second when
/// it is not a whole minute.
fn name(at: Timestamp) -> String {
    let utc = at.to_zoned(jiff::tz::TimeZone::UTC);
    match utc.second() {
        0 => utc.strftime("history-%Y-%m-%d-%H%M").to_string(),
        _ => utc.strftime("history-%Y-%m-%d-%H%M%S").to_string(),
    }
}

/// The number of a revision that follows what is known of an update, or why it cannot follow.
fn follows(
    known: Option<(u32, Change)>,
    change: Change,
    number: Option<u32>,
) -> Result<u32, String> {
    let last = match (known, change) {
        (None, Change::Released) => return Ok(number.unwrap_or(1)),
        (None, _) => {
            return Err("no row before it, in order of time, releases this update".to_owned());
        }
        (Some((_, Change::Removed)), Change::Released) => known.map_or(0, |known| known.0),
        (Some(_), Change::Released) => {
            return Err("it has been released before, and not removed since".to_owned());
        }
        (Some((_, Change::Removed)), _) => return Err("it has been removed before".to_owned()),
        (Some((last, _)), _) => last,
    };
    match number {
        None => Ok(last.saturating_add(1)),
        Some(number) if number > last => Ok(number),
        Some(number) => Err(format!("revision {number} comes after revision {last}")),
    }
}

fn word(change: Change) -> &'static str {
    CHANGES.iter().find(|(_, one)| *one == change).map_or("", |(word, _)| word)
}

/// The way it is written: every row, so that the file stands alone.
pub(super) fn written_out(history: &History) -> Mapping {
    let mut rows: Vec<Written> =
        vec!["time,change,update,revision,product,classification,metadata".into()];
    for row in &history.rows {
        let time = format!("{}Z", written(row.at, &Zone::utc()));
        let cells = [
            &time,
            word(row.change),
            &history.updates[row.update],
            &row.number.to_string(),
            &history.products[row.product],
            &history.classifications[row.classification],
            &row.metadata.to_string(),
        ];
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::Any(b'\n'))
            .from_writer(Vec::new());
        let line = writer.write_record(cells).ok().and_then(|()| writer.into_inner().ok());
        let line = line.and_then(|line| String::from_utf8(line).ok()).unwrap_or_default();
        rows.push(line.trim_end().into());
    }
    let mut map = Mapping::new();
    put(&mut map, "metadata", "0 B");
    put(&mut map, "rows", rows);
    map
}
