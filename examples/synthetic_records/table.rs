//! Delimited text as partners send it.

/// A table under construction. Cells hold no delimiter, quote or line end: all of them are made here.
#[derive(Debug)]
pub(crate) struct Table {
    text: String,
    delimiter: char,
}

impl Table {
    pub(crate) fn new(header: &str, delimiter: char) -> Self {
        let mut table = Self { text: String::new(), delimiter };
        table.line(header);
        table
    }

    /// Adds a row.
    pub(crate) fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        for (position, cell) in cells.into_iter().enumerate() {
            if position > 0 {
                self.text.push(self.delimiter);
            }
            self.text.push_str(cell.as_ref());
        }
        self.text.push('\n');
    }

    /// Adds a row that is already delimited.
    pub(crate) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// As UTF-8.
    pub(crate) fn utf8(self) -> Vec<u8> {
        self.text.into_bytes()
    }

    /// As UTF-8 with a byte order mark, as Excel writes it.
    pub(crate) fn utf8_with_mark(self) -> Vec<u8> {
        [b"\xEF\xBB\xBF", self.text.as_bytes()].concat()
    }

    /// In the code page of western Windows, with its line ends.
    pub(crate) fn windows(self) -> Vec<u8> {
        encoding_rs::WINDOWS_1252.encode(&self.text.replace('\n', "\r\n")).0.into_owned()
    }
}
