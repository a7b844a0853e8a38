//! A table as a Parquet file, for pandas, R and DuckDB: built with the feature `parquet` alone.
//!
//! The same names and rows as everywhere; words are strings, instants are timestamps, every column
//! may be empty. A row group has at most [`GROUP`] rows, so that not the whole table is in memory
//! twice.

use std::io::{self, Write};
use std::sync::Arc;

use jiff::tz::TimeZone;
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::plain::plain;
use super::table::{Cell, Column, Kind, Sink, write_table};
use super::{Many, Run, TableName};
use crate::trace::Fingerprint;

/// So many rows are written at once.
const GROUP: usize = 1 << 17;

/// Writes one table as Parquet.
pub fn write_parquet(
    name: TableName,
    run: &Run<'_>,
    many: &Many<'_>,
    mut out: impl Write,
) -> io::Result<()> {
    let mut sink = Columnar { properties: properties(run), ..Columnar::default() };
    write_table(name, run, many, &mut sink)?;
    out.write_all(&sink.done)?;
    out.flush()
}

/// Where the file comes from, in its own metadata.
fn properties(run: &Run<'_>) -> WriterPropertiesPtr {
    let fingerprint = Fingerprint::of(run.trace, &run.names()).all;
    let pairs = [
        ("supsim.table", "1".to_owned()),
        ("supsim.scenario", plain(&run.scenario.name)),
        ("supsim.seed", run.scenario.seed.to_string()),
        ("supsim.replication", run.replication.to_string()),
        ("supsim.fingerprint", format!("{fingerprint:08x}")),
        ("supsim.timezone", run.scenario.clock.zone().name().to_owned()),
    ];
    let pairs = pairs.map(|(key, value)| KeyValue { key: key.to_owned(), value: Some(value) });
    let properties = WriterProperties::builder()
        .set_created_by(format!("supsim {}", env!("CARGO_PKG_VERSION")))
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(Some(pairs.to_vec()));
    Arc::new(properties.build())
}

/// The values of a column since the last group, without the empty cells.
enum Values {
    Text(Vec<ByteArray>),
    Whole(Vec<i64>),
    Number(Vec<f64>),
}

/// A column since the last group.
struct Part {
    values: Values,
    /// 1 where a row has a value, 0 where it has none.
    there: Vec<i16>,
}

#[derive(Default)]
struct Columnar {
    properties: WriterPropertiesPtr,
    writer: Option<SerializedFileWriter<Vec<u8>>>,
    parts: Vec<Part>,
    column: usize,
    rows: usize,
    done: Vec<u8>,
}

impl Columnar {
    /// Writes the rows since the last group.
    fn group(&mut self) -> io::Result<()> {
        let Some(writer) = self.writer.as_mut().filter(|_| self.rows > 0) else { return Ok(()) };
        self.rows = 0;
        let mut group = writer.next_row_group().map_err(trouble)?;
        for part in &mut self.parts {
            let Some(mut column) = group.next_column().map_err(trouble)? else { break };
            let there = Some(part.there.as_slice());
            let written = match &mut part.values {
                Values::Text(values) => {
                    let written = column.typed::<ByteArrayType>().write_batch(values, there, None);
                    values.clear();
                    written
                }
                Values::Whole(values) => {
                    let written = column.typed::<Int64Type>().write_batch(values, there, None);
                    values.clear();
                    written
                }
                Values::Number(values) => {
                    let written = column.typed::<DoubleType>().write_batch(values, there, None);
                    values.clear();
                    written
                }
            };
            written.map_err(trouble)?;
            column.close().map_err(trouble)?;
            part.there.clear();
        }
        group.close().map_err(trouble)?;
        Ok(())
    }
}

impl Sink for Columnar {
    fn head(&mut self, columns: &[Column]) -> io::Result<()> {
        let fields: Result<Vec<_>, ParquetError> = columns.iter().map(field).collect();
        let schema = Type::group_type_builder("table").with_fields(fields.map_err(trouble)?);
        let schema = Arc::new(schema.build().map_err(trouble)?);
        let writer = SerializedFileWriter::new(Vec::new(), schema, self.properties.clone());
        self.writer = Some(writer.map_err(trouble)?);
        let part = |column: &Column| Part {
            there: Vec::new(),
            values: match column.kind {
                Kind::Text => Values::Text(Vec::new()),
                Kind::Whole | Kind::Utc | Kind::Local => Values::Whole(Vec::new()),
                Kind::Number => Values::Number(Vec::new()),
            },
        };
        self.parts = columns.iter().map(part).collect();
        Ok(())
    }

    fn cell(&mut self, cell: Cell<'_>) -> io::Result<()> {
        let Some(part) = self.parts.get_mut(self.column) else {
            return Err(io::Error::other("a row has more cells than the table has columns"));
        };
        self.column += 1;
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let there = match (&mut part.values, cell) {
            (_, Cell::Empty) => false,
            (Values::Text(values), cell) => {
                values.push(ByteArray::from(words(cell).as_str()));
                true
            }
            (Values::Whole(values), Cell::Whole(number)) => {
                values.push(whole(number));
                true
            }
            (Values::Whole(values), Cell::Utc(at)) => {
                values.push(at.as_microsecond());
                true
            }
            (Values::Whole(values), Cell::Local(at)) => {
                let at = at.to_zoned(TimeZone::UTC).map_err(io::Error::other)?;
                values.push(at.timestamp().as_second() * 1_000_000);
                true
            }
            (Values::Number(values), Cell::Whole(number)) => {
                values.push(number as f64);
                true
            }
            (Values::Number(values), Cell::Number(text)) => {
                values.push(text.parse().map_err(io::Error::other)?);
                true
            }
            (Values::Whole(_) | Values::Number(_), cell) => {
                return Err(io::Error::other(format!("{cell:?} stands in a column of numbers")));
            }
        };
        part.there.push(i16::from(there));
        Ok(())
    }

    fn end_row(&mut self) -> io::Result<()> {
        self.column = 0;
        self.rows += 1;
        if self.rows >= GROUP { self.group() } else { Ok(()) }
    }

    fn finish(&mut self) -> io::Result<()> {
        self.group()?;
        if let Some(writer) = self.writer.take() {
            self.done = writer.into_inner().map_err(trouble)?;
        }
        Ok(())
    }
}

fn field(column: &Column) -> Result<Arc<Type>, ParquetError> {
    let (physical, logical) = match column.kind {
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Whole => (Physical::INT64, None),
        Kind::Number => (Physical::DOUBLE, None),
        Kind::Utc => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
        Kind::Local => (Physical::INT64, Some(LogicalType::timestamp(false, TimeUnit::MICROS))),
    };
    let name = plain(&column.name);
    let field = Type::primitive_type_builder(&name, physical);
    Ok(Arc::new(field.with_repetition(Repetition::OPTIONAL).with_logical_type(logical).build()?))
}

/// A cell of a column of words.
fn words(cell: Cell<'_>) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) | Cell::Number(text) => plain(text),
        Cell::Whole(number) => number.to_string(),
        Cell::Utc(at) => at.to_string(),
        Cell::Local(at) => at.to_string(),
    }
}

fn trouble(error: ParquetError) -> io::Error {
    io::Error::other(error)
}
