//! Points from delimited text: comma, semicolon or tab, quoted or not; a decimal comma where the comma does not delimit.

use std::sync::mpsc::SyncSender;

use csv::{ByteRecord, ReaderBuilder};

use super::{PointBatch, PointFile, ROWS};
use crate::error::{Error, Result};

/// Bytes read at once.
const BUFFER: usize = 1 << 18;
/// Powers of ten that a double holds exactly.
const TENS: [f64; 23] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

pub(super) fn read(file: &PointFile, batches: &SyncSender<PointBatch>) -> Result<()> {
    let delimiter = delimiter(file)?;
    let mut reader = ReaderBuilder::new().delimiter(delimiter).buffer_capacity(BUFFER).from_reader(super::open(&file.path)?);
    let header = reader.byte_headers().map_err(|error| failed(&error))?;
    let name = |field: &[u8]| String::from_utf8_lossy(field.strip_prefix(b"\xef\xbb\xbf").unwrap_or(field)).trim().to_owned();
    let names: Vec<String> = header.iter().map(name).collect();
    let at = super::positions(file, &names)?;

    let decimal_comma = delimiter != b',';
    let field = |record: &ByteRecord, at: usize| record.get(at).map_or(Some(f64::NAN), |field| number(field, decimal_comma));
    let mut record = ByteRecord::new();
    let mut first_row = 2;
    loop {
        let column = || Vec::with_capacity(ROWS);
        let (mut x, mut y, mut value) = (column(), column(), file.value.as_ref().map(|_| column()));
        let mut more = true;
        while x.len() < ROWS && more {
            more = reader.read_byte_record(&mut record).map_err(|error| failed(&error))?;
            if !more {
                break;
            }
            let [px, py] = [at[0], at[1]].map(|at| field(&record, at).unwrap_or(f64::NAN));
            let v = at.get(2).map_or(Some(f64::NAN), |&at| field(&record, at));
            // A value that is not a number spoils its row; one that is absent does not.
            x.push(if v.is_none() { f64::NAN } else { px });
            y.push(py);
            if let Some(value) = &mut value {
                value.push(v.unwrap_or(f64::NAN));
            }
        }
        let rows = x.len() as u64;
        let batch = PointBatch { first_row, x: x.into(), y: y.into(), value: value.map(Into::into) };
        first_row += rows;
        if rows > 0 && batches.send(batch).is_err() || !more {
            return Ok(());
        }
    }
}

/// The delimiter: of comma, semicolon and tab the one the header has most of.
fn delimiter(file: &PointFile) -> Result<u8> {
    let mut header = Vec::new();
    let opened = std::io::BufReader::new(super::open(&file.path)?);
    let limited = &mut std::io::Read::take(opened, 1 << 20);
    std::io::BufRead::read_until(limited, b'\n', &mut header).map_err(|error| Error::reading(&file.path, &error))?;
    let count = |delimiter: u8| header.iter().filter(|&&byte| byte == delimiter).count();
    Ok([b',', b';', b'\t'].into_iter().rev().max_by_key(|&delimiter| count(delimiter)).unwrap_or(b','))
}

/// The number that a field says: NaN for an empty field, `None` for what is not a number.
fn number(field: &[u8], decimal_comma: bool) -> Option<f64> {
    let field = field.trim_ascii();
    if field.is_empty() {
        return Some(f64::NAN);
    }
    // Up to 15 digits and a point are exact in a double, and so is one division by a power of ten.
    let (negative, digits) = match field {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let (mut whole, mut decimals, mut point) = (0_u64, 0, false);
    if digits.len() <= 16 && digits.first().is_some_and(u8::is_ascii_digit) {
        let plain = digits.iter().all(|&byte| {
            if byte.is_ascii_digit() {
                whole = whole * 10 + u64::from(byte - b'0');
                decimals += usize::from(point);
                true
            } else {
                let first_point = !point && (byte == b'.' || (decimal_comma && byte == b','));
                point |= first_point;
                first_point
            }
        });
        if plain && whole < 1 << 53 {
            #[allow(clippy::cast_precision_loss, reason = "below 2^53")]
            let magnitude = whole as f64 / TENS[decimals];
            return Some(if negative { -magnitude } else { magnitude });
        }
    }
    let text = std::str::from_utf8(field).ok()?;
    let parsed: f64 = if decimal_comma { text.replacen(',', ".", 1).parse() } else { text.parse() }.ok()?;
    parsed.is_finite().then_some(parsed)
}

fn failed(error: &csv::Error) -> Error {
    let row = error.position().map(csv::Position::line);
    let message = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => format!("the row has {len} fields, the header {expected_len}"),
        csv::ErrorKind::Io(source) => format!("the file cannot be read: {source}"),
        _ => "the row is not delimited text".to_owned(),
    };
    let error = Error::input(message).help("check the delimiter and the quotes");
    if let Some(row) = row { error.at_row(row) } else { error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_the_nearest_double() {
        for text in [
            "0",
            "-0",
            "7",
            "151234.56",
            "-0.001",
            "123456789012345",
            "9007199254740993",
            "1e3",
            "0.1",
            "3.",
            "1.7976931348623157e308",
            "-12.5e-3",
        ] {
            assert_eq!(number(text.as_bytes(), false).map(f64::to_bits), text.parse().ok().map(f64::to_bits), "{text}");
        }
        assert_eq!(number(b"151234,56", true), Some(151_234.56));
        assert_eq!(number(b" 5 ", false), Some(5.0));
    }

    #[test]
    fn what_is_absent_and_what_is_no_number_are_told_apart() {
        assert!(number(b"", false).is_some_and(f64::is_nan));
        for text in ["abc", "1,5", "1.2.3", "-", ".", "nan", "inf", "1e999", "0x10", "1 2", "\u{e9}"] {
            assert_eq!(number(text.as_bytes(), false), None, "{text}");
        }
    }
}
