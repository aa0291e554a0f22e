//! Parquet through polars, one row group at a time.

use std::fs::File;
use std::path::Path;

use chrono::{DateTime, Days, NaiveDate};
use polars::prelude::{AnyValue, Column, TimeUnit};
use polars_io::SerReader;
use polars_io::prelude::ParquetReader;

use super::guard::guarded;
use super::table::{Field, RowSink, TableFacts, check_header, text_field};
use crate::error::{Error, Result};

const BATCH_ROWS: usize = 1 << 16;

pub(super) fn read(path: &Path, sink: &mut dyn RowSink) -> Result<TableFacts> {
    let unreadable = |_| Error::input("the file cannot be read as Parquet").help("it may be truncated; ask for it again");
    let open = || File::open(path).map_err(|e| Error::reading(path, &e));
    let mut reader = ParquetReader::new(open()?);
    let metadata = guarded(|| reader.get_metadata().map_err(unreadable).cloned())?;
    guarded(|| {
        let groups = metadata.row_groups.iter();
        let chunks = groups.flat_map(|group| group.parquet_columns().iter().map(|chunk| (chunk.byte_range(), chunk.num_values())));
        super::parquet_pages::check(open()?, chunks)
    })?;
    let total = metadata.num_rows;
    // The footer is believed only where its parts agree: a promise of 2^60 rows would be waited for.
    let parts = metadata.row_groups.iter().try_fold(0_usize, |sum, group| sum.checked_add(group.num_rows()));
    if parts != Some(total) {
        return Err(uneven());
    }
    let mut columns: Vec<String> = Vec::new();
    let mut offset = 0;
    while offset < total || columns.is_empty() {
        let length = BATCH_ROWS.min(total - offset);
        let mut batch_reader = ParquetReader::new(open()?).with_slice(Some((offset, length)));
        batch_reader.set_metadata(metadata.clone());
        let batch = guarded(|| batch_reader.finish().map_err(unreadable))?;
        if batch.height() != length || batch.columns().iter().any(|column| column.len() != length) {
            return Err(uneven());
        }
        if columns.is_empty() {
            columns = batch.get_column_names().iter().map(ToString::to_string).collect();
            if columns.is_empty() {
                return Err(Error::input("the file has no column"));
            }
            check_header(&columns)?;
            sink.header(&columns)?;
        }
        for i in 0..batch.height() {
            let values: Vec<AnyValue<'_>> = batch.columns().iter().map(|column| value(column, i)).collect();
            let fields: Vec<Field<'_>> = values.iter().map(field).collect();
            sink.row((offset + i) as u64 + 1, Ok(&fields))?;
        }
        offset += length.max(1);
    }
    Ok(TableFacts { format: "parquet".to_owned(), rows: total as u64, ..TableFacts::default() })
}

/// A damaged file may promise more rows than a column has, and polars gives the columns as they are.
pub(super) fn uneven() -> Error {
    Error::input("a column has more or fewer rows than the file promises").help("it may be truncated or damaged; ask for it again")
}

fn value(column: &Column, row: usize) -> AnyValue<'_> {
    column.get(row).unwrap_or(AnyValue::Null)
}

fn field<'a>(value: &'a AnyValue<'a>) -> Field<'a> {
    match value {
        AnyValue::Null => Field::Absent,
        AnyValue::String(text) => text_field(text),
        AnyValue::StringOwned(text) => text_field(text),
        AnyValue::Boolean(flag) => Field::Flag(*flag),
        AnyValue::Date(days) => date(i64::from(*days)),
        AnyValue::Datetime(moment, unit, _) => {
            let per_second = match unit {
                TimeUnit::Nanoseconds => 1_000_000_000,
                TimeUnit::Microseconds => 1_000_000,
                TimeUnit::Milliseconds => 1_000,
            };
            DateTime::from_timestamp(moment.div_euclid(per_second), 0).map_or(Field::Broken, |moment| Field::Date(moment.date_naive()))
        }
        other => match other.get_str() {
            Some(text) => text_field(text),
            None => other.try_extract::<f64>().map_or(Field::Broken, Field::Number),
        },
    }
}

fn date<'a>(days: i64) -> Field<'a> {
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap_or_default();
    let date = if days >= 0 {
        epoch.checked_add_days(Days::new(days.unsigned_abs()))
    } else {
        epoch.checked_sub_days(Days::new(days.unsigned_abs()))
    };
    date.map_or(Field::Broken, Field::Date)
}
