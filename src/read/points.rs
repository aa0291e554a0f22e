//! Points in bulk: two coordinates and a value, streamed in batches so that memory does not grow with the file.
//!
//! One thread reads ahead while the caller works on the batch before; batches come in the order of the file, whatever
//! the number of threads.

mod delimited;
mod parquet;

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};

use polars::prelude::Float64Chunked;

use super::guard::guarded;
use crate::error::{Error, ErrorKind, Result};

/// Rows a batch, at most.
const ROWS: usize = 1 << 18;

/// Which columns of which file are the points.
///
/// A name that ends in `.parquet` is read as Parquet, all others as delimited text with a header.
#[derive(Debug, Clone)]
pub struct PointFile {
    /// The file.
    pub path: PathBuf,
    /// The column of the x coordinate.
    pub x: String,
    /// The column of the y coordinate.
    pub y: String,
    /// The column of the value, if there is one.
    pub value: Option<String>,
}

/// Some points, in the order of the file. All columns have the same length.
#[derive(Debug)]
pub struct PointBatch {
    /// The row of the first point, as a person counts: in delimited text the header is row 1.
    pub first_row: u64,
    /// The x coordinates; NaN where the file has no number.
    pub x: Numbers,
    /// The y coordinates; NaN where the file has no number.
    pub y: Numbers,
    /// The values, NaN where there is none; `None` if no column was asked for.
    pub value: Option<Numbers>,
}

/// A column of numbers; reads as a slice.
#[derive(Debug)]
pub struct Numbers(Storage);

#[derive(Debug)]
enum Storage {
    /// As the reader left it, without a copy. It has one chunk and no nulls.
    Chunk(Float64Chunked),
    Owned(Vec<f64>),
}

impl Deref for Numbers {
    type Target = [f64];

    fn deref(&self) -> &[f64] {
        match &self.0 {
            Storage::Chunk(chunk) => chunk.cont_slice().unwrap_or_default(),
            Storage::Owned(numbers) => numbers,
        }
    }
}

impl From<Vec<f64>> for Numbers {
    fn from(numbers: Vec<f64>) -> Self {
        Self(Storage::Owned(numbers))
    }
}

impl From<Float64Chunked> for Numbers {
    fn from(column: Float64Chunked) -> Self {
        if column.cont_slice().is_ok() {
            Self(Storage::Chunk(column))
        } else {
            Self(Storage::Owned(column.iter().map(|number| number.unwrap_or(f64::NAN)).collect()))
        }
    }
}

impl PointFile {
    /// Gives all batches, in the order of the file. Cost: memory for three batches.
    ///
    /// # Errors
    /// A file that cannot be read, a column that is missing or not numeric, or what `each` fails with.
    pub fn for_each_batch(&self, mut each: impl FnMut(&PointBatch) -> Result<()>) -> Result<()> {
        let (batches, incoming) = sync_channel(1);
        std::thread::scope(|scope| {
            let reader = scope.spawn(move || self.read_into(&batches));
            // If `each` fails, the channel is dropped, and the reader stops at its next batch.
            let done = incoming.into_iter().try_for_each(|batch| each(&batch));
            let read = reader.join().unwrap_or_else(|_| Err(Error::new(ErrorKind::Internal, "the reader of the points failed")));
            done.and(read.map_err(|error| error.in_file(&self.path)))
        })
    }

    fn read_into(&self, batches: &SyncSender<PointBatch>) -> Result<()> {
        if self.is_parquet() { guarded(|| parquet::read(self, batches)) } else { delimited::read(self, batches) }
    }

    fn is_parquet(&self) -> bool {
        self.path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet"))
    }

    fn columns(&self) -> impl Iterator<Item = &str> {
        [&self.x, &self.y].into_iter().chain(&self.value).map(String::as_str)
    }
}

/// Where the wanted columns are among those of a file.
fn positions(file: &PointFile, have: &[String]) -> Result<Vec<usize>> {
    let mut missing = Vec::new();
    let mut found = Vec::new();
    for column in file.columns() {
        match have.iter().position(|name| name == column) {
            Some(at) => found.push(at),
            None => missing.push(format!("\"{column}\"")),
        }
    }
    if missing.is_empty() {
        return Ok(found);
    }
    Err(Error::input(format!("the columns {} are missing", missing.join(", "))).help(format!("the file has {}", have.join(", "))))
}

fn open(path: &Path) -> Result<std::fs::File> {
    std::fs::File::open(path).map_err(|error| Error::reading(path, &error))
}
