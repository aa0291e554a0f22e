//! Whether the quotation marks of a delimited file are in order.
//!
//! One mark too many and a reader takes hundreds of rows for the text of one cell, without a word. So each quoted cell is
//! followed to its end before any row is believed.

use std::path::Path;

use crate::error::{Error, Result};

/// Where in a row the scan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// At the first byte of a cell: only here a mark opens.
    CellStart,
    /// In a cell without marks around it; marks inside are text.
    Plain,
    /// Between the marks.
    Quoted,
    /// After a mark that closes the cell, or is the first of a doubled one.
    Closed,
}

/// What is wrong, and the line where the cell was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Text follows the mark that closes a cell.
    TextAfter(u64),
    /// The file ends inside a quoted cell.
    Unclosed(u64),
}

struct Scan {
    delimiter: u8,
    at: At,
    line: u64,
    opened: u64,
    after_cr: bool,
}

impl Scan {
    fn new(delimiter: u8) -> Self {
        Self { delimiter, at: At::CellStart, line: 1, opened: 0, after_cr: false }
    }

    fn block(&mut self, bytes: &[u8]) -> std::result::Result<(), Fault> {
        for &byte in bytes {
            self.at = match (self.at, byte) {
                (At::CellStart, b'"') => {
                    self.opened = self.line;
                    At::Quoted
                }
                (At::Quoted, b'"') => At::Closed,
                (At::Quoted, _) | (At::Closed, b'"') => At::Quoted,
                (_, b'\n' | b'\r') => At::CellStart,
                (_, byte) if byte == self.delimiter => At::CellStart,
                (At::Closed, _) => return Err(Fault::TextAfter(self.opened)),
                (At::CellStart | At::Plain, _) => At::Plain,
            };
            // A file may end its lines with CR alone.
            self.line += u64::from(byte == b'\r' || byte == b'\n' && !self.after_cr);
            self.after_cr = byte == b'\r';
        }
        Ok(())
    }

    fn end(&self) -> std::result::Result<(), Fault> {
        if self.at == At::Quoted { Err(Fault::Unclosed(self.opened)) } else { Ok(()) }
    }
}

/// Follows every quoted cell of a file to its end.
///
/// # Errors
/// The line of a cell that is never closed, or after whose closing mark more text stands.
pub(super) fn check(path: &Path, delimiter: u8) -> Result<()> {
    let failed = |e: &std::io::Error| super::text_source::failed(path, e);
    let mut reader = super::text_source::open(path)?;
    let mut scan = Scan::new(delimiter);
    let mut block = vec![0; 1 << 18];
    let mut begun = false;
    loop {
        let n = reader.read(&mut block).map_err(|e| failed(&e))?;
        if n == 0 {
            return scan.end().map_err(told);
        }
        let bytes = if begun { &block[..n] } else { block[..n].strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&block[..n]) };
        begun = true;
        scan.block(bytes).map_err(told)?;
    }
}

fn told(fault: Fault) -> Error {
    let (line, message) = match fault {
        Fault::Unclosed(line) => (line, "a quote is opened and never closed: all rows after it would be lost"),
        Fault::TextAfter(line) => (line, "a quote is opened here and closed in the middle of a cell: rows could be lost"),
    };
    Error::input(message).at_row(line).help("double the quote or remove it")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Option<Fault> {
        let mut scan = Scan::new(b',');
        scan.block(text.as_bytes()).and_then(|()| scan.end()).err()
    }

    #[test]
    fn quotes_in_order_pass() {
        for text in ["a,b\n", "\"a\",\"b, c\"\n", "\"a \"\"b\"\" c\",d", "rue du \"Bois\",1\n", "\"two\nlines\",x\r\n\"\",\"\"\r", ""] {
            assert_eq!(fault(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_quote_that_swallows_rows_is_found_where_it_opens() {
        assert_eq!(fault("a,b\n1,\"2\n3,4\n"), Some(Fault::Unclosed(2)));
        assert_eq!(fault("a,b\n\"1,2\n3,4\n\"5,6\n"), Some(Fault::TextAfter(2)));
        assert_eq!(fault("a,b\r1,2\r\"3,4\r"), Some(Fault::Unclosed(3)));
        assert_eq!(fault("a,b\r\n1,2\r\n\"3,4\r\n"), Some(Fault::Unclosed(3)));
        assert_eq!(fault("a,b\n\"1\" ,2\n"), Some(Fault::TextAfter(2)));
    }
}
