//! CSV as it comes from a partner's desk: comma or semicolon, decimal comma, UTF-8 or windows-1252.
//!
//! What is not declared is detected and said; what contradicts itself is refused with its line.

use std::borrow::Cow;
use std::io::Read;
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};
use encoding_rs::{Encoding, UTF_8, UTF_16LE, WINDOWS_1252};

use super::lines::Lines;
use super::table::{Field, Fingerprint, Format, RowSink, TableFacts, TextKind, check_header, text_field};
use super::text_source;
use crate::error::{Error, Result};
use crate::observatory::SourceSpec;

const SAMPLE: usize = 1 << 16;

/// How a text file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Dialect {
    encoding: &'static Encoding,
    delimiter: u8,
    decimal: char,
}

pub(super) fn read(path: &Path, spec: &SourceSpec, print: &Fingerprint, sink: &mut dyn RowSink) -> Result<TableFacts> {
    let dialect = detect(path, spec, print)?;
    if print.quoted {
        super::quotes::check(path, dialect.delimiter)?;
    }
    let mut reader = open(path, dialect)?;
    let mut record = ByteRecord::new();
    let mut next = |record: &mut ByteRecord| reader.read_byte_record(record).map_err(|e| unreadable(path, e));
    if !next(&mut record)? {
        return Err(Error::input("the file holds no header").help("the first row names the columns"));
    }
    let columns: Vec<String> = record
        .iter()
        .enumerate()
        .map(|(i, field)| {
            let field = if i == 0 { field.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(field) } else { field };
            decode(field, dialect.encoding).trim().trim_matches('"').to_owned()
        })
        .collect();
    check_header(&columns)?;
    sink.header(&columns)?;
    let mut lines = Lines::open(path)?;
    let mut rows = 0;
    while next(&mut record)? {
        let start = record.position().map_or(0, csv::Position::byte);
        let line = lines.line_of(start).map_err(|e| text_source::failed(path, &e))?;
        if record.len() == 1 && record.iter().all(<[u8]>::is_empty) {
            continue;
        }
        rows += 1;
        if record.len() != columns.len() {
            let reason = if record.len() < columns.len() { "fewer fields than the header" } else { "more fields than the header" };
            sink.row(line, Err(reason))?;
            continue;
        }
        let texts: Vec<Cow<'_, str>> = record.iter().map(|field| decode(field, dialect.encoding)).collect();
        let fields: Vec<Field<'_>> = texts.iter().map(|text| text_field(text)).collect();
        sink.row(line, Ok(&fields))?;
    }
    Ok(TableFacts {
        format: "csv".to_owned(),
        encoding: Some(if dialect.encoding == UTF_16LE { "utf-16".to_owned() } else { dialect.encoding.name().to_lowercase() }),
        delimiter: Some(char::from(dialect.delimiter)),
        decimal: Some(dialect.decimal),
        rows,
        ..TableFacts::default()
    })
}

/// The decimal mark that [`read`] will use, so that the sink can parse numbers.
pub(super) fn decimal_mark(path: &Path, spec: &SourceSpec) -> Result<char> {
    if let Some(decimal) = spec.decimal {
        return Ok(decimal);
    }
    if Format::of(path) != Format::Delimited {
        return Ok('.');
    }
    let sample = sample(path)?;
    Ok(detect_decimal(&sample, delimiter(&sample, spec)))
}

fn open(path: &Path, dialect: Dialect) -> Result<csv::Reader<Box<dyn Read>>> {
    Ok(ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(dialect.delimiter)
        .buffer_capacity(1 << 18)
        .from_reader(text_source::open(path)?))
}

fn unreadable(path: &Path, error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(source) => text_source::failed(path, &source),
        _ => Error::input("the file cannot be read as CSV"),
    }
}

fn sample(path: &Path) -> Result<Vec<u8>> {
    let mut sample = Vec::with_capacity(SAMPLE);
    text_source::open(path)?.take(SAMPLE as u64).read_to_end(&mut sample).map_err(|e| text_source::failed(path, &e))?;
    Ok(sample)
}

fn detect(path: &Path, spec: &SourceSpec, print: &Fingerprint) -> Result<Dialect> {
    let label = spec.encoding.as_deref().map(str::to_ascii_lowercase);
    let encoding = match (label.as_deref(), print.text) {
        (Some(label), TextKind::Utf16) if label != "utf-16" => {
            return Err(Error::input(format!("declared as {label}, and it is UTF-16")).help("remove encoding = …, or declare \"utf-16\""));
        }
        (_, TextKind::Utf16) => {
            text_source::check(path)?;
            UTF_16LE
        }
        (_, TextKind::Binary(line)) => {
            return Err(Error::input("a byte here is no text")
                .at_row(line)
                .help("is this really a CSV file? Export it again as \"CSV UTF-8\""));
        }
        (Some("utf-16"), _) => {
            return Err(Error::input("declared as UTF-16, and it does not begin with its byte order mark")
                .at_row(1)
                .help("save it as \"CSV UTF-8\""));
        }
        (Some(label), kind) => {
            // Labels that we do not read were refused with the observatory's file.
            let encoding = Encoding::for_label(label.as_bytes()).unwrap_or(UTF_8);
            match kind {
                TextKind::Mixed(line) if encoding == UTF_8 => return Err(not_utf8(Some(line))),
                TextKind::Windows1252 if encoding == UTF_8 => return Err(not_utf8(None)),
                TextKind::Utf8 if encoding == WINDOWS_1252 => {
                    return Err(Error::input("declared as windows-1252, and it is UTF-8").help("remove encoding = …, or declare \"utf-8\""));
                }
                _ => encoding,
            }
        }
        (None, TextKind::Ascii | TextKind::Utf8) => UTF_8,
        (None, TextKind::Windows1252) => WINDOWS_1252,
        (None, TextKind::Mixed(line)) => {
            return Err(Error::input("two encodings in one file: UTF-8 so far, but not here")
                .at_row(line)
                .help("save the whole file again as \"CSV UTF-8\""));
        }
    };
    let sample = sample(path)?;
    let delimiter = delimiter(&sample, spec);
    let decimal = spec.decimal.unwrap_or_else(|| detect_decimal(&sample, delimiter));
    Ok(Dialect { encoding, delimiter, decimal })
}

fn not_utf8(line: Option<u64>) -> Error {
    let error =
        Error::input("declared as UTF-8, and it is not").help("declare encoding = \"windows-1252\", or save the file as \"CSV UTF-8\"");
    match line {
        Some(line) => error.at_row(line),
        None => error,
    }
}

fn delimiter(sample: &[u8], spec: &SourceSpec) -> u8 {
    if let Some(declared) = spec.delimiter.and_then(|d| u8::try_from(d).ok()) {
        return declared;
    }
    let mut counts = [(b';', 0u32), (b',', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in sample.iter().take_while(|b| **b != b'\n') {
        match byte {
            b'"' => quoted = !quoted,
            byte if !quoted => counts.iter_mut().filter(|(d, _)| d == byte).for_each(|(_, n)| *n += 1),
            _ => {}
        }
    }
    // The first of equals: a lone column has no delimiter, and a semicolon is the safer guess in French files.
    counts.into_iter().rev().max_by_key(|(_, n)| *n).map_or(b';', |(d, _)| d)
}

fn detect_decimal(sample: &[u8], delimiter: u8) -> char {
    let mut reader = ReaderBuilder::new().has_headers(true).flexible(true).delimiter(delimiter).from_reader(sample);
    let (mut commas, mut points) = (0, 0);
    for record in reader.byte_records().map_while(std::result::Result::ok) {
        for field in &record {
            match decimal_of(field) {
                Some(b',') => commas += 1,
                Some(_) => points += 1,
                None => {}
            }
        }
    }
    if commas > 0 && points == 0 { ',' } else { '.' }
}

fn decimal_of(field: &[u8]) -> Option<u8> {
    let digits = field.trim_ascii().strip_prefix(b"-").unwrap_or(field.trim_ascii());
    let mark = digits.iter().position(|b| !b.is_ascii_digit())?;
    let (whole, rest) = digits.split_at(mark);
    let fits = !whole.is_empty() && rest.len() > 1 && rest[1..].iter().all(u8::is_ascii_digit) && matches!(rest[0], b',' | b'.');
    fits.then(|| rest[0])
}

fn decode<'a>(field: &'a [u8], encoding: &'static Encoding) -> Cow<'a, str> {
    // UTF-16 was turned into UTF-8 on the way.
    let encoding = if encoding == UTF_16LE { UTF_8 } else { encoding };
    encoding.decode_without_bom_handling(field).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_most_frequent_outside_quotes() {
        let spec = SourceSpec::default();
        assert_eq!(delimiter(b"a;b;c\n1,2;3;4", &spec), b';');
        assert_eq!(delimiter(b"\"a;b;c\",d\n", &spec), b',');
        assert_eq!(delimiter(b"a\tb\n", &spec), b'\t');
        assert_eq!(delimiter(b"alone\n", &spec), b';');
    }

    #[test]
    fn a_decimal_comma_is_detected_only_where_no_point_contradicts_it() {
        assert_eq!(detect_decimal(b"x;y\n1,5;2\n3;-4,25\n", b';'), ',');
        assert_eq!(detect_decimal(b"x;y\n1,5;2.5\n", b';'), '.');
        assert_eq!(detect_decimal(b"x,y\n1.5,2\n", b','), '.');
        assert_eq!(detect_decimal(b"x;y\n12/03/2001;a,b\n", b';'), '.');
    }
}
