//! XLSX, XLS and ODS sheets through calamine.

use std::fs::File;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::sync::Arc;

use calamine::{Data, Ods, Reader, SheetVisible, Sheets, open_workbook_auto_from_rs};

use super::guard::guarded;
use super::table::{Field, RowSink, TableFacts, check_header, text_field};
use crate::error::{Error, Result};
use crate::observatory::SourceSpec;

/// The most a workbook may hold unpacked: ten times the largest that a town's observatory was seen to send.
const UNPACKED_LIMIT_BYTES: u64 = 1 << 30;

pub(super) fn read(path: &Path, spec: &SourceSpec, sink: &mut dyn RowSink) -> Result<TableFacts> {
    check_unpacked_size(path)?;
    let unreadable = || Error::input("the workbook cannot be read").help("open and save it again as .xlsx, without a password");
    let mut workbook = guarded(|| open(path))?.ok_or_else(unreadable)?;
    let names = workbook.sheet_names();
    let name = match &spec.sheet {
        Some(name) if names.contains(name) => name.clone(),
        Some(name) => {
            return Err(Error::config(format!("there is no sheet \"{name}\"; there are: {}", names.join(", "))).in_column("sheet"));
        }
        None => names.first().cloned().ok_or_else(|| Error::input("the workbook has no sheet"))?,
    };
    let mut notes = Vec::new();
    if names.len() > 1 && spec.sheet.is_none() {
        notes.push(format!("{} sheets; only \"{name}\" is read (sheet = … chooses another)", names.len()));
    }
    let hidden: Vec<&str> =
        workbook.sheets_metadata().iter().filter(|s| s.visible != SheetVisible::Visible).map(|s| s.name.as_str()).collect();
    if !hidden.is_empty() {
        notes.push(format!("hidden sheets: {}", hidden.join(", ")));
    }
    let range = guarded(|| workbook.worksheet_range(&name).map_err(|_| unreadable()))?;
    let first_row = u64::from(range.start().map_or(0, |(row, _)| row)) + 1;
    let mut rows = range.rows();
    let columns: Vec<String> =
        rows.next().ok_or_else(|| Error::input("the sheet is empty"))?.iter().map(|cell| cell.to_string().trim().to_owned()).collect();
    check_header(&columns)?;
    sink.header(&columns)?;
    let mut count = 0;
    for (i, cells) in rows.enumerate() {
        if cells.iter().all(|cell| matches!(cell, Data::Empty)) {
            continue;
        }
        count += 1;
        let fields: Vec<Field<'_>> = cells.iter().map(field).collect();
        sink.row(first_row + 1 + i as u64, Ok(&fields))?;
    }
    Ok(TableFacts { format: "workbook".to_owned(), rows: count, notes, ..TableFacts::default() })
}

/// One cell of a form that is not empty: its row and column, counted from 0, and its text; `None` where it holds an error.
pub(super) type FormCell = (u32, u32, Option<String>);

/// A sheet of a form by its name, with its cells in reading order.
pub(super) type FormSheet = (String, Vec<FormCell>);

/// The most cells that a sheet of a form may have: far more than any form, and little memory.
const FORM_CELLS_LIMIT: usize = 2_000_000;

/// All sheets of a form that `wanted` takes, cell by cell: a lone cell far away costs nothing.
pub(super) fn form_sheets(path: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<(Vec<FormSheet>, Vec<String>)> {
    check_unpacked_size(path)?;
    let unreadable = || Error::input("the workbook cannot be read").help("open and save it again as .xlsx, without a password");
    let mut workbook = guarded(|| open(path))?.ok_or_else(unreadable)?;
    let names = workbook.sheet_names();
    let mut sheets = Vec::new();
    for name in names.iter().filter(|name| wanted(name) || names.len() == 1) {
        let mut cells = guarded(|| form_cells(&mut workbook, name).ok_or_else(unreadable))?;
        if cells.len() > FORM_CELLS_LIMIT {
            return Err(Error::input(format!("the sheet \"{name}\" has more cells than a form can have")).help("is this really a form?"));
        }
        cells.sort_by_key(|(row, column, _)| (*row, *column));
        sheets.push((name.clone(), cells));
    }
    Ok((sheets, names))
}

fn form_cells(workbook: &mut Workbook, name: &str) -> Option<Vec<FormCell>> {
    let mut cells = Vec::new();
    if let Sheets::Xlsx(workbook) = workbook {
        let mut reader = workbook.worksheet_cells_reader(name).ok()?;
        loop {
            match reader.next_cell() {
                Ok(Some(cell)) if cells.len() <= FORM_CELLS_LIMIT => {
                    let ((row, column), data) = (cell.get_position(), Data::from(cell.get_value().clone()));
                    cells.extend(form_cell(row, column, &data));
                }
                Ok(_) => return Some(cells),
                Err(_) => return None,
            }
        }
    }
    let range = workbook.worksheet_range(name).ok()?;
    let (top, left) = range.start().unwrap_or_default();
    for (row, column, data) in range.used_cells() {
        let place = |start: u32, at: usize| u32::try_from(at).unwrap_or(u32::MAX).saturating_add(start);
        cells.extend(form_cell(place(top, row), place(left, column), data));
    }
    Some(cells)
}

/// A cell of a form as text, as pyxform takes it; `None` where it is blank.
fn form_cell(row: u32, column: u32, cell: &Data) -> Option<FormCell> {
    let text = match cell {
        Data::Error(_) => return Some((row, column, None)),
        Data::Bool(flag) => if *flag { "TRUE" } else { "FALSE" }.to_owned(),
        cell => cell.to_string().replace('\u{a0}', " "),
    };
    let text = text.trim();
    (!text.is_empty()).then(|| (row, column, Some(text.to_owned())))
}

fn field(cell: &Data) -> Field<'_> {
    match cell {
        Data::Empty => Field::Absent,
        #[expect(clippy::cast_precision_loss, reason = "a sheet's integers are doubles")]
        Data::Int(number) => Field::Number(*number as f64),
        Data::Float(number) => Field::Number(*number),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text_field(text),
        Data::Bool(flag) => Field::Flag(*flag),
        Data::DateTime(moment) => moment.as_datetime().map_or(Field::Broken, |moment| Field::Date(moment.date())),
        Data::Error(_) => Field::Broken,
    }
}

type Workbook = Sheets<Cursor<Arc<[u8]>>>;

/// The workbook, or `None` where it is none.
fn open(path: &Path) -> Result<Option<Workbook>> {
    let bytes: Arc<[u8]> = std::fs::read(path).map_err(|e| Error::reading(path, &e))?.into();
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("ods")) {
        let open = |bytes| Ods::new(Cursor::new(bytes)).ok().map(Sheets::Ods);
        // QGIS and GDAL write each cell on a line of its own, which calamine does not expect.
        return Ok(open(bytes.clone()).or_else(|| open(on_one_line(&bytes)?)));
    }
    Ok(open_workbook_auto_from_rs(Cursor::new(bytes)).ok())
}

/// The same workbook without the line ends between the elements of its content.
fn on_one_line(workbook: &[u8]) -> Option<Arc<[u8]>> {
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

fn check_unpacked_size(path: &Path) -> Result<()> {
    let file = File::open(path).map_err(|e| Error::reading(path, &e))?;
    // The old XLS format is no archive, and cannot be a bomb of this kind.
    let Ok(mut archive) = zip::ZipArchive::new(file) else { return Ok(()) };
    let mut unpacked = 0u64;
    for i in 0..archive.len() {
        unpacked = unpacked.saturating_add(archive.by_index_raw(i).map_or(0, |entry| entry.size()));
    }
    if unpacked > UNPACKED_LIMIT_BYTES {
        return Err(Error::input(format!(
            "the workbook unpacks to {} MiB, over the limit of {}",
            unpacked >> 20,
            UNPACKED_LIMIT_BYTES >> 20
        ))
        .help("deliver it as CSV"));
    }
    Ok(())
}
