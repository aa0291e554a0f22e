//! `OpenDocument` tables, before calamine reads them: cells that repeat are counted, and lines between elements dropped.
//!
//! A row says how often it repeats, and so does a cell: eight bytes more, and one cell is seventeen thousand million.

use std::io::{Cursor, Read, Write};
use std::sync::Arc;

use crate::error::{Error, Result};

/// The most cells that a table may spread over: a million rows of twenty columns.
const MOST_CELLS: u64 = 20_000_000;

/// Refuses a workbook of which a table would fill the memory.
pub(super) fn check_spread(workbook: &[u8]) -> Result<()> {
    let Some(content) = part(workbook, "content.xml") else { return Ok(()) };
    if spread(&content) > MOST_CELLS {
        return Err(Error::input("a table of the workbook spreads over more cells than can be kept")
            .help("delete what lies far below or to the right of the table, or deliver it as CSV"));
    }
    Ok(())
}

fn part(workbook: &[u8], name: &str) -> Option<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).ok()?;
    let mut bytes = Vec::new();
    archive.by_name(name).ok()?.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// The cells of the rectangle around all that a table holds, of the largest table.
fn spread(content: &[u8]) -> u64 {
    let (mut most, mut rows, mut filled_rows, mut widest, mut width) = (0_u64, 0_u64, 0_u64, 0_u64, 0_u64);
    for element in elements(content) {
        if element.starts_with(b"table:table-row") {
            rows = rows.saturating_add(attribute(element, b"table:number-rows-repeated="));
            width = 0;
        } else if element.starts_with(b"table:table-cell") || element.starts_with(b"table:covered-table-cell") {
            width = width.saturating_add(attribute(element, b"table:number-columns-repeated="));
            // A closed element without a value is a blank; one at the end of a row is none at all.
            if !element.ends_with(b"/") || contains(element, b"office:") || contains(element, b"formula") {
                filled_rows = rows;
                widest = widest.max(width);
            }
        } else if element.starts_with(b"/table:table") && !element.starts_with(b"/table:table-") {
            most = most.max(filled_rows.saturating_mul(widest));
            (rows, filled_rows, widest) = (0, 0, 0);
        }
    }
    most.max(filled_rows.saturating_mul(widest))
}

/// What stands between `<` and `>`.
fn elements(xml: &[u8]) -> impl Iterator<Item = &[u8]> {
    xml.split(|byte| *byte == b'<').skip(1).filter_map(|rest| rest.split(|byte| *byte == b'>').next())
}

/// A number of repeats; once where there is none. What is no number is for calamine to refuse.
fn attribute(element: &[u8], name: &[u8]) -> u64 {
    let Some(at) = element.windows(name.len()).position(|part| part == name) else { return 1 };
    let digits = element[at + name.len() + 1..].iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0_u64, |number, digit| number.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
}

fn contains(element: &[u8], word: &[u8]) -> bool {
    element.windows(word.len()).any(|part| part == word)
}

/// The same workbook without the line ends between the elements of its content.
pub(super) fn on_one_line(workbook: &[u8]) -> Option<Arc<[u8]>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).ok()?;
    let mut packed = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for i in 0..archive.len() {
        let mut entry = archive.by_index(i).ok()?;
        let name = entry.name().ok()?.into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).ok()?;
        if name == "content.xml" {
            bytes = without_line_ends(&bytes);
        }
        packed.start_file(name, options).ok()?;
        packed.write_all(&bytes).ok()?;
    }
    Some(packed.finish().ok()?.into_inner().into())
}

/// Drops blanks between `>` and `<` where a line ends among them; text keeps all of its own.
fn without_line_ends(xml: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(xml.len());
    let mut rest = xml;
    while let Some(close) = rest.iter().position(|b| *b == b'>') {
        let (element, after) = rest.split_at(close + 1);
        kept.extend_from_slice(element);
        let blanks = after.iter().take_while(|b| b.is_ascii_whitespace()).count();
        let indented = after.get(blanks) == Some(&b'<') && after[..blanks].contains(&b'\n');
        rest = if indented { &after[blanks..] } else { after };
    }
    kept.extend_from_slice(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_that_repeat_to_the_end_of_a_sheet_count_for_nothing_and_cells_for_all_they_are() {
        let table = |rows: &str| format!("<table:table>{rows}</table:table>").into_bytes();
        let cell = "<table:table-cell office:value-type=\"string\"><text:p>x</text:p></table:table-cell>";
        let blank = "<table:table-cell table:number-columns-repeated=\"16384\"/>";
        let usual = format!(
            "<table:table-row>{cell}{cell}{blank}</table:table-row><table:table-row table:number-rows-repeated=\"1048575\">{blank}</table:table-row>"
        );
        assert_eq!(spread(&table(&usual)), 2);
        let far = format!(
            "<table:table-row table:number-rows-repeated=\"1000\">{blank}</table:table-row><table:table-row>{blank}{cell}</table:table-row>"
        );
        assert_eq!(spread(&table(&far)), 1001 * 16_385);
        let value = "<table:table-cell office:value=\"1\" table:number-columns-repeated=\"16384\"/>";
        let bomb = format!("<table:table-row table:number-rows-repeated=\"1048576\">{value}</table:table-row>");
        assert_eq!(spread(&table(&bomb)), 1_048_576 * 16_384);
    }
}
