//! The line that a byte of a text file stands on, counted as an editor counts: LF, CRLF and CR alone each end a line.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use crate::error::Result;

/// Counts along with a reader: offsets are asked for in rising order.
pub(super) struct Lines<R> {
    reader: R,
    at: u64,
    line: u64,
    after_cr: bool,
}

impl Lines<BufReader<Box<dyn Read>>> {
    pub(super) fn open(path: &Path) -> Result<Self> {
        Ok(Self::new(BufReader::with_capacity(1 << 18, super::text_source::open(path)?)))
    }
}

impl<R: BufRead> Lines<R> {
    fn new(reader: R) -> Self {
        Self { reader, at: 0, line: 1, after_cr: false }
    }

    /// The line of the first byte at or after `offset` that ends no line: rows are skipped over blank lines.
    pub(super) fn line_of(&mut self, offset: u64) -> std::io::Result<u64> {
        loop {
            let block = self.reader.fill_buf()?;
            if block.is_empty() {
                return Ok(self.line);
            }
            let (mut used, mut found) = (0, false);
            for &byte in block {
                if self.at >= offset && !matches!(byte, b'\r' | b'\n') {
                    found = true;
                    break;
                }
                self.line += u64::from(byte == b'\r' || byte == b'\n' && !self.after_cr);
                self.after_cr = byte == b'\r';
                self.at += 1;
                used += 1;
            }
            self.reader.consume(used);
            if found {
                return Ok(self.line);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_end_counts_once_and_blank_lines_are_skipped() {
        let text = b"a\nb\r\nc\rd\n\n\re";
        let mut lines = Lines::new(&text[..]);
        let found: Vec<u64> = [0, 2, 5, 7, 9].iter().map(|offset| lines.line_of(*offset).unwrap()).collect();
        assert_eq!(found, [1, 2, 3, 4, 7]);
    }
}
