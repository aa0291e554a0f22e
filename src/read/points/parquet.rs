//! Points from Parquet: only their columns, one row group at a time.

use std::sync::mpsc::SyncSender;

use polars::prelude::{Column, DataType, PolarsError};
use polars_io::prelude::{ParallelStrategy, ParquetReader, SerReader};

use super::super::parquet::uneven;
use super::{Numbers, PointBatch, PointFile, ROWS};
use crate::error::{Error, Result};

pub(super) fn read(file: &PointFile, batches: &SyncSender<PointBatch>) -> Result<()> {
    let opened = super::open(&file.path)?;
    let clone = || opened.try_clone().map_err(|error| Error::reading(&file.path, &error));
    let mut reader = ParquetReader::new(clone()?);
    let schema = reader.schema().map_err(|error| failed(&error))?;
    let names: Vec<String> = schema.iter_names().map(ToString::to_string).collect();
    super::positions(file, &names)?;
    let columns: Vec<String> = file.columns().map(str::to_owned).collect();
    let metadata = reader.get_metadata().map_err(|error| failed(&error))?.clone();

    // A panic on the footer's numbers is caught where this is called.
    let groups = metadata.row_groups.iter();
    let chunks = groups.flat_map(|group| group.parquet_columns().iter().map(|chunk| (chunk.byte_range(), chunk.num_values())));
    super::super::parquet_pages::check(clone()?, chunks)?;

    let mut first = 0;
    for group in &metadata.row_groups {
        let end = first + group.num_rows();
        while first < end {
            let rows = ROWS.min(end - first);
            // A new reader for each batch: the part of the file it maps is given back with it.
            let mut reader = ParquetReader::new(clone()?);
            reader.set_metadata(metadata.clone());
            let reader = reader.with_columns(Some(columns.clone())).with_slice(Some((first, rows)));
            let frame = reader.read_parallel(ParallelStrategy::RowGroups).finish().map_err(|error| failed(&error))?;
            let numbers = |name: &str| frame.column(name).map_err(|error| failed(&error)).and_then(numbers);
            let batch = PointBatch {
                first_row: first as u64 + 1,
                x: numbers(&file.x)?,
                y: numbers(&file.y)?,
                value: file.value.as_deref().map(numbers).transpose()?,
            };
            let lengths = [Some(batch.x.len()), Some(batch.y.len()), batch.value.as_ref().map(|value| value.len())];
            if lengths.into_iter().flatten().any(|length| length != rows) {
                return Err(uneven());
            }
            if batches.send(batch).is_err() {
                return Ok(()); // the other side has failed, and says why
            }
            first += rows;
        }
    }
    Ok(())
}

fn numbers(column: &Column) -> Result<Numbers> {
    if !column.dtype().is_primitive_numeric() {
        let message = format!("the column holds {}, not numbers", column.dtype());
        return Err(Error::input(message).in_column(column.name().to_string()));
    }
    let column = column.cast(&DataType::Float64).map_err(|error| failed(&error))?;
    let series = column.as_materialized_series().rechunk();
    Ok(series.f64().map_err(|error| failed(&error))?.clone().into())
}

fn failed(error: &PolarsError) -> Error {
    Error::input(format!("the Parquet file cannot be read: {error}"))
}
