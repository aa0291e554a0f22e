//! The headers of a Parquet file's pages, looked through before polars decodes them.
//!
//! polars reserves what a header claims, and a claim of 2^61 bytes ends the program, not the reading: no panic that could be caught.
//! Headers are Thrift's compact protocol; of each, only sizes and counts are taken.
//!
//! Source: apache/parquet-format, `parquet.thrift` (`PageHeader`); Apache Thrift, "Thrift compact protocol encoding".

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;

use crate::error::{Error, Result};

/// The most values of one page. Writers make pages of a megabyte, or of twenty thousand rows.
const MOST_VALUES: i64 = 1 << 24;

/// The most bytes of one page, unpacked.
const LARGEST_PAGE: i64 = 1 << 28;

/// How deep structures may lie in one another; a page header has three.
const DEEPEST: u32 = 8;

/// A column's part of a row group, as the footer has it: where it lies, and its number of values.
pub(super) type Chunk = (Range<u64>, i64);

/// Checks that the pages of these chunks lie within them, are of bearable size, and hold together what the footer promises.
///
/// # Errors
/// A file that says otherwise of itself. Cost: a seek a page.
pub(super) fn check(file: File, chunks: impl IntoIterator<Item = Chunk>) -> Result<()> {
    let damaged = || Error::input("the file is damaged").help("ask for it again");
    let length = file.metadata().map_err(|_| damaged())?.len();
    let mut reader = BufReader::new(file);
    for (range, values) in chunks {
        let sound = range.start <= range.end && range.end <= length && (0..=i64::MAX).contains(&values);
        if !sound || pages(&mut reader, &range, values).is_none() {
            return Err(damaged());
        }
    }
    Ok(())
}

/// `None` where a page does not hold.
fn pages(file: &mut BufReader<File>, range: &Range<u64>, values: i64) -> Option<()> {
    let (mut at, mut seen) = (range.start, 0);
    while seen < values {
        file.seek(SeekFrom::Start(at)).ok()?;
        let mut thrift = Thrift { rest: file.by_ref().take(range.end - at) };
        let header = Header::read(&mut thrift)?;
        let body = thrift.rest.limit();
        let bearable = (0..=LARGEST_PAGE).contains(&header.unpacked)
            && u64::try_from(header.packed).is_ok_and(|packed| packed <= body)
            && (0..=MOST_VALUES).contains(&header.values);
        if !bearable {
            return None;
        }
        if header.is_data {
            seen += header.values;
        }
        at = range.end - body + header.packed.unsigned_abs();
    }
    (seen == values).then_some(())
}

/// What a page says of itself.
#[derive(Debug, Default)]
struct Header {
    unpacked: i64,
    packed: i64,
    /// Values, nulls included; of a dictionary, its entries.
    values: i64,
    is_data: bool,
}

impl Header {
    fn read(thrift: &mut Thrift<impl BufRead>) -> Option<Self> {
        let mut header = Self { unpacked: -1, packed: -1, ..Self::default() };
        thrift.fields(&mut |thrift, field, kind| {
            match (field, kind) {
                (2, INTEGER) => header.unpacked = thrift.integer()?,
                (3, INTEGER) => header.packed = thrift.integer()?,
                // Data, dictionary, data of the second form: each begins with its number of values, and other counts are no larger.
                (5 | 7 | 8, STRUCTURE) => {
                    header.is_data |= field != 7;
                    let mut counts = Vec::new();
                    thrift.fields(&mut |thrift, field, kind| {
                        // 2 and 3 of the second form are nulls and rows; elsewhere they are encodings, small numbers too.
                        if kind == INTEGER {
                            counts.push((field, thrift.integer()?));
                        } else {
                            thrift.skip(kind, 0)?;
                        }
                        Some(())
                    })?;
                    header.values = counts.iter().find(|(field, _)| *field == 1)?.1;
                    if counts.iter().any(|(_, count)| *count < 0) {
                        return None;
                    }
                }
                _ => thrift.skip(kind, 0)?,
            }
            Some(())
        })?;
        Some(header)
    }
}

// Kinds of values, by the numbers of the protocol.
const INTEGER: u8 = 5;
const STRUCTURE: u8 = 12;

/// Bytes in Thrift's compact protocol.
struct Thrift<R> {
    rest: R,
}

impl<R: BufRead> Thrift<R> {
    fn byte(&mut self) -> Option<u8> {
        let mut byte = [0];
        self.rest.read_exact(&mut byte).ok()?;
        Some(byte[0])
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// A number of 32 bits, zigzag.
    fn integer(&mut self) -> Option<i64> {
        let number = self.varint()?;
        let half = i64::try_from(number >> 1).ok()?;
        Some(if number & 1 == 1 { -half - 1 } else { half }).filter(|number| i32::try_from(*number).is_ok())
    }

    /// Each field of a structure; `each` takes its value.
    fn fields(&mut self, each: &mut dyn FnMut(&mut Self, i64, u8) -> Option<()>) -> Option<()> {
        let mut field = 0;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(());
            }
            field = if head >> 4 == 0 { self.integer()? } else { field + i64::from(head >> 4) };
            each(self, field, head & 15)?;
        }
    }

    fn skip(&mut self, kind: u8, depth: u32) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        match kind {
            // The values of flags are their kinds.
            1 | 2 => Some(()),
            3 => self.byte().map(|_| ()),
            4..=6 => self.varint().map(|_| ()),
            7 => self.pass(8),
            8 => {
                let length = self.varint()?;
                self.pass(length)
            }
            9 | 10 => {
                let head = self.byte()?;
                let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
                (0..count).try_for_each(|_| if head & 15 < 3 { self.byte().map(|_| ()) } else { self.skip(head & 15, depth + 1) })
            }
            STRUCTURE => self.fields(&mut |thrift, _, kind| thrift.skip(kind, depth + 1)),
            // No map, nor anything newer, is in a page header.
            _ => None,
        }
    }

    fn pass(&mut self, length: u64) -> Option<()> {
        let passed = std::io::copy(&mut self.rest.by_ref().take(length), &mut std::io::sink()).ok()?;
        (passed == length).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::{Column, DataFrame};
    use polars_io::SerReader;
    use polars_io::prelude::{ParquetReader, ParquetWriter};

    use super::*;

    /// The file's bytes with a change, and what [`check`] says of it.
    fn judged(rows: usize, change: impl FnOnce(&mut Vec<u8>)) -> Result<()> {
        let numbers: Vec<Option<f64>> = (0..rows).map(|i| (i % 7 != 0).then_some(f64::from(u32::try_from(i).unwrap()))).collect();
        let words: Vec<&str> = (0..rows).map(|i| if i % 2 == 0 { "even" } else { "odd" }).collect();
        let mut frame = DataFrame::new(rows, vec![Column::new("x".into(), numbers), Column::new("word".into(), words)]).unwrap();
        let mut bytes = Vec::new();
        ParquetWriter::new(&mut bytes).with_row_group_size(Some(5_000)).finish(&mut frame).unwrap();
        let mut reader = ParquetReader::new(std::io::Cursor::new(bytes.clone()));
        let metadata = reader.get_metadata().unwrap().clone();
        let columns = metadata.row_groups.iter().flat_map(|group| group.parquet_columns());
        let chunks: Vec<Chunk> = columns.map(|column| (column.byte_range(), column.num_values())).collect();
        change(&mut bytes);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        std::fs::write(&path, bytes).unwrap();
        check(File::open(path).unwrap(), chunks)
    }

    #[test]
    fn files_as_they_are_written_hold() {
        for rows in [0, 1, 20_000] {
            judged(rows, |_| {}).unwrap();
        }
    }

    #[test]
    fn a_page_that_claims_what_is_not_there_is_refused() {
        // The first page's header begins behind the file's mark: kind of page, then size unpacked (15 …), then size packed (15 …).
        assert!(judged(50, |bytes| bytes.truncate(20)).is_err());
        assert!(judged(50, |bytes| bytes[4] = 0).is_err());
        for at in 4..24 {
            let mut refused = 0;
            for bit in 0..8 {
                refused += u8::from(judged(50, |bytes| bytes[at] ^= 1 << bit).is_err());
            }
            assert!(at > 12 || refused > 0, "byte {at}");
        }
        let negative = [21, 0, 21, 2, 21, 2, 44, 21, 1, 21, 0, 21, 6, 21, 6, 0, 0];
        assert!(judged(50, |bytes| bytes[4..4 + negative.len()].copy_from_slice(&negative)).is_err());
    }
}
