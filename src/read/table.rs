//! Rows of any tabular file, one at a time: what the readers of all formats have in common.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use chrono::NaiveDate;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::observatory::SourceSpec;

/// A cell as the file holds it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Field<'a> {
    /// Nothing, or only blanks.
    Absent,
    /// Text, trimmed.
    Text(&'a str),
    /// A number that the format itself knows to be one.
    Number(f64),
    /// A date that the format itself knows to be one.
    Date(NaiveDate),
    /// True or false.
    Flag(bool),
    /// A cell that the format marks as broken (a formula's error).
    Broken,
}

/// What was found out about a file while reading it; said to the user, overridable in the observatory's file.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TableFacts {
    /// Its format, such as `csv`.
    pub format: String,
    /// The encoding of text files.
    pub encoding: Option<String>,
    /// The delimiter of text files.
    pub delimiter: Option<char>,
    /// The decimal mark of text files.
    pub decimal: Option<char>,
    /// The CRS, where the file says one.
    pub crs: Option<u32>,
    /// The number of rows, header not counted.
    pub rows: u64,
    /// SHA-256 of the bytes that were used.
    pub sha256: String,
    /// The number of bytes.
    pub bytes: u64,
    /// What else a user should know, such as hidden sheets.
    pub notes: Vec<String>,
}

/// A row, or why it is none.
pub type Row<'a> = std::result::Result<&'a [Field<'a>], &'static str>;

/// What takes the rows of a file.
pub trait RowSink {
    /// Takes the column names; called once, before the first row.
    ///
    /// # Errors
    /// A column that is needed and missing.
    fn header(&mut self, columns: &[String]) -> Result<()>;

    /// Takes one row. `number` is the line of a text file (the header is 1), the row of a sheet, the feature of a layer.
    ///
    /// # Errors
    /// Only what makes all further reading pointless; a bad row is the sink's to set aside.
    fn row(&mut self, number: u64, row: Row<'_>) -> Result<()>;
}

/// Reads a file of any supported format: CSV and text by content, XLSX/XLS/ODS, Parquet, and all vector formats of GDAL.
///
/// # Errors
/// A file that is missing, empty, truncated, of another encoding than declared, or changed while it was read.
pub fn read_table(path: &Path, spec: &SourceSpec, sink: &mut dyn RowSink) -> Result<TableFacts> {
    check_plain_file(path)?;
    let fingerprint = Fingerprint::of(path)?;
    let mut facts = match Format::of(path) {
        Format::Delimited => super::csv::read(path, spec, &fingerprint, sink),
        Format::Workbook => super::spreadsheet::read(path, spec, sink),
        Format::Parquet => super::parquet::read(path, sink),
        Format::Other => super::ogr::read(path, spec, sink),
    }
    .map_err(|e| e.in_file(path))?;
    if Fingerprint::of(path)?.sha256 != fingerprint.sha256 {
        return Err(Error::input("the file changed while it was read")
            .in_file(path)
            .help("close the program that writes it and run again"));
    }
    facts.sha256 = fingerprint.sha256;
    facts.bytes = fingerprint.bytes;
    Ok(facts)
}

/// Which reader a file goes to, by its extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Delimited,
    Workbook,
    Parquet,
    Other,
}

impl Format {
    pub(super) fn of(path: &Path) -> Self {
        match path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default().as_str() {
            "csv" | "txt" | "tsv" => Self::Delimited,
            "xlsx" | "xls" | "xlsm" | "xlsb" | "ods" => Self::Workbook,
            "parquet" => Self::Parquet,
            _ => Self::Other,
        }
    }
}

/// Checks that there is something to read before it is opened: opening a pipe would wait for ever.
///
/// # Errors
/// No such file, a folder, pipe or device, an empty file.
pub(super) fn check_plain_file(path: &Path) -> Result<()> {
    let metadata = std::fs::metadata(path).map_err(|e| Error::reading(path, &e))?;
    if !metadata.is_file() {
        return Err(Error::input("this is not a plain file").in_file(path).help("name a file, not a folder, pipe or device"));
    }
    if metadata.len() == 0 {
        return Err(Error::input("the file is empty").in_file(path).help("ask for it again: the transfer may have failed"));
    }
    Ok(())
}

/// What one pass over the bytes tells.
pub(super) struct Fingerprint {
    pub(super) sha256: String,
    pub(super) bytes: u64,
    /// Whether there is a quotation mark anywhere.
    pub(super) quoted: bool,
    pub(super) text: TextKind,
}

/// How the bytes can be text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextKind {
    /// Nothing but ASCII: the same text in all encodings we read.
    Ascii,
    /// UTF-8 with characters of several bytes.
    Utf8,
    /// Not UTF-8, and nothing that windows-1252 lacks.
    Windows1252,
    Utf16,
    /// Valid multi-byte UTF-8 and stray bytes in one file; the line of the first stray byte.
    Mixed(u64),
    /// A NUL byte or one that windows-1252 lacks; its line.
    Binary(u64),
}

impl Fingerprint {
    fn of(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|e| Error::reading(path, &e))?;
        let mut reader = BufReader::with_capacity(1 << 20, file);
        let mut hash = Sha256::new();
        let mut scan = TextScan::default();
        let (mut bytes, mut quoted) = (0u64, false);
        let mut buffer = vec![0u8; 1 << 20];
        loop {
            let n = match reader.read(&mut buffer) {
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                read => read.map_err(|e| Error::reading(path, &e))?,
            };
            if n == 0 {
                break;
            }
            let block = &buffer[..n];
            hash.update(block);
            if bytes == 0 {
                scan.utf16 = block.starts_with(&[0xFF, 0xFE]) || block.starts_with(&[0xFE, 0xFF]);
            }
            bytes += n as u64;
            quoted |= block.contains(&b'"');
            scan.block(block);
        }
        Ok(Self { sha256: hex(&hash.finalize()), bytes, quoted, text: scan.verdict() })
    }
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[derive(Default)]
struct TextScan {
    utf16: bool,
    carry: Vec<u8>,
    line: u64,
    multibyte: bool,
    stray: Option<u64>,
    foreign: Option<u64>,
}

impl TextScan {
    fn block(&mut self, block: &[u8]) {
        if self.carry.is_empty() && block.is_ascii() && !block.contains(&0) {
            self.line += newlines(block);
            return;
        }
        let mut joined = std::mem::take(&mut self.carry);
        joined.extend_from_slice(block);
        let mut rest: &[u8] = &joined;
        loop {
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    self.valid(text);
                    return;
                }
                Err(error) => {
                    let (good, bad) = rest.split_at(error.valid_up_to());
                    self.valid(std::str::from_utf8(good).unwrap_or_default());
                    let Some(length) = error.error_len() else {
                        self.carry = bad.to_vec();
                        return;
                    };
                    self.stray.get_or_insert(self.line + 1);
                    if bad[..length].iter().any(|b| matches!(b, 0x81 | 0x8D | 0x8F | 0x90 | 0x9D)) {
                        self.foreign.get_or_insert(self.line + 1);
                    }
                    rest = &bad[length..];
                }
            }
        }
    }

    fn valid(&mut self, text: &str) {
        self.multibyte |= !text.strip_prefix('\u{feff}').unwrap_or(text).is_ascii();
        if let Some(nul) = text.find('\0') {
            self.foreign.get_or_insert(self.line + newlines(&text.as_bytes()[..nul]) + 1);
        }
        self.line += newlines(text.as_bytes());
    }

    fn verdict(mut self) -> TextKind {
        if !self.carry.is_empty() {
            self.stray.get_or_insert(self.line + 1);
        }
        match (self.utf16, self.foreign, self.stray) {
            (true, ..) => TextKind::Utf16,
            (_, Some(line), _) => TextKind::Binary(line),
            (_, _, Some(line)) if self.multibyte => TextKind::Mixed(line),
            (_, _, Some(_)) => TextKind::Windows1252,
            _ if self.multibyte => TextKind::Utf8,
            _ => TextKind::Ascii,
        }
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|b| **b == b'\n').count() as u64
}

/// Trims a text cell; blank is absent.
#[must_use]
pub fn text_field(text: &str) -> Field<'_> {
    match text.trim() {
        "" => Field::Absent,
        text => Field::Text(text),
    }
}

/// Whether a first row seems to hold data: a file without a header. Then a message must not quote it.
pub(super) fn looks_like_data(columns: &[String]) -> bool {
    columns.iter().any(|name| {
        let digits = name.bytes().filter(u8::is_ascii_digit).count();
        let others = |allowed: &str| name.chars().all(|c| c.is_ascii_digit() || allowed.contains(c));
        // A year may head a column, and so may "12-23"; other numbers and dates do not.
        (digits > 0 && digits != 4 && others(".,")) || (digits == 8 && others("-/. "))
    })
}

/// The first row is data. It is not quoted.
pub(super) fn no_header() -> Error {
    Error::input("the first row looks like data and not like the names of the columns").at_row(1).help("put a row of names above it")
}

/// Checks that each column has a name of its own.
///
/// # Errors
/// All names that occur twice.
pub fn check_header(columns: &[String]) -> Result<()> {
    let mut sorted: Vec<&String> = columns.iter().filter(|c| !c.is_empty()).collect();
    sorted.sort();
    let mut twice: Vec<&str> = sorted.windows(2).filter(|w| w[0] == w[1]).map(|w| w[0].as_str()).collect();
    twice.dedup();
    if twice.is_empty() {
        return Ok(());
    }
    if looks_like_data(columns) {
        return Err(no_header());
    }
    Err(Error::input(format!("columns occur twice: {}", super::plain_text::listed(&twice)))
        .at_row(1)
        .help("rename one of them in the file"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_a_person_is_not_taken_for_names_of_columns() {
        let row = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        for text in ["10000,2003-Q1,deda", "P1,1978-03-02,O", "P1,02/03/1978,O", "P1,A,22"] {
            assert!(looks_like_data(&row(text)), "{text}");
        }
        for text in ["person,quarter,zone", "zone,2003,2004", "0-5,6-11,12-23", "p1,x,y"] {
            assert!(!looks_like_data(&row(text)), "{text}");
        }
    }

    #[test]
    fn the_line_of_a_byte_that_is_no_text_is_its_own() {
        let mut scan = TextScan::default();
        scan.block(b"a\nb\nc\0d\n");
        assert_eq!(scan.verdict(), TextKind::Binary(3));
        let mut scan = TextScan::default();
        scan.block("é\n".as_bytes());
        scan.block(b"b\nr\xE9\n");
        assert_eq!(scan.verdict(), TextKind::Mixed(3));
    }
}
