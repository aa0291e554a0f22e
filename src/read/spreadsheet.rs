//! XLSX, XLS and ODS sheets through calamine.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;
use std::sync::Arc;

use calamine::{Data, Ods, Reader, SheetVisible, Sheets, open_workbook_auto_from_rs};

use super::guard::guarded;
use super::open_document;
use super::plain_text::{listed, shortened};
use super::table::{Field, RowSink, TableFacts, check_header, text_field};
use crate::error::{Error, Result};
use crate::observatory::SourceSpec;
use crate::territory::archive::{self, Archive};

/// The most a workbook may hold unpacked: ten times the largest that a town's observatory was seen to send.
const UNPACKED_LIMIT_BYTES: u64 = 1 << 30;

/// Columns that any spreadsheet program has (XFD).
const WIDEST: u32 = 16_384;

pub(super) fn read(path: &Path, spec: &SourceSpec, sink: &mut dyn RowSink) -> Result<TableFacts> {
    archive::look_through(path, Archive::Workbook, UNPACKED_LIMIT_BYTES)?;
    check_lock(path)?;
    let unreadable = || Error::input("the workbook cannot be read").help("open and save it again as .xlsx, without a password");
    let mut workbook = guarded(|| open(path))?.ok_or_else(unreadable)?;
    let names = workbook.sheet_names();
    let name = match &spec.sheet {
        Some(name) if names.contains(name) => name.clone(),
        Some(name) => {
            return Err(Error::config(format!("there is no sheet \"{name}\"; there are: {}", listed(&names))).in_column("sheet"));
        }
        None => names.first().cloned().ok_or_else(|| Error::input("the workbook has no sheet"))?,
    };
    let mut notes = Vec::new();
    if names.len() > 1 && spec.sheet.is_none() {
        notes.push(format!("{} sheets; only \"{}\" is read (sheet = … chooses another)", names.len(), shortened(&name)));
    }
    let hidden: Vec<&str> =
        workbook.sheets_metadata().iter().filter(|s| s.visible != SheetVisible::Visible).map(|s| s.name.as_str()).collect();
    if !hidden.is_empty() {
        notes.push(format!("hidden sheets: {}", listed(&hidden)));
    }
    if let Some(merged) = guarded(|| Ok(merged_ranges(&mut workbook, &name)))?.filter(|merged| *merged > 0) {
        notes.push(format!("{merged} ranges of merged cells; only the first cell of each has its value"));
    }
    let mut rows = SheetRows { sink, header: None, count: 0 };
    match &mut workbook {
        Sheets::Xlsx(workbook) => {
            let mut cells = guarded(|| workbook.worksheet_cells_reader(&name).map_err(|_| unreadable()))?;
            rows.take_all(|| {
                let cell = cells.next_cell().map_err(|_| unreadable())?;
                Ok(cell.map(|cell| (cell.get_position(), Data::from(cell.get_value().clone()))))
            })?;
        }
        Sheets::Xlsb(workbook) => {
            let mut cells = guarded(|| workbook.worksheet_cells_reader(&name).map_err(|_| unreadable()))?;
            rows.take_all(|| {
                let cell = cells.next_cell().map_err(|_| unreadable())?;
                Ok(cell.map(|cell| (cell.get_position(), Data::from(cell.get_value().clone()))))
            })?;
        }
        workbook => {
            let range = guarded(|| workbook.worksheet_range(&name).map_err(|_| unreadable()))?;
            let first = range.start().map_or(0, |(row, _)| row);
            (first..).zip(range.rows()).try_for_each(|(number, cells)| rows.row(number, cells))?;
        }
    }
    if rows.header.is_none() {
        return Err(Error::input("the sheet is empty"));
    }
    Ok(TableFacts { format: "workbook".to_owned(), rows: rows.count, notes, ..TableFacts::default() })
}

/// Rows of a sheet on their way: the first that holds something is the header.
struct SheetRows<'s> {
    sink: &'s mut dyn RowSink,
    /// The number of its columns.
    header: Option<usize>,
    count: u64,
}

impl SheetRows<'_> {
    /// Puts cells together to rows, one row in memory at a time: a sheet may say that it has a cell in its last corner.
    fn take_all(&mut self, mut next: impl FnMut() -> Result<Option<((u32, u32), Data)>>) -> Result<()> {
        let mut row: Vec<Data> = Vec::new();
        let mut number = 0;
        while let Some(((at, column), data)) = guarded(&mut next)? {
            if at < number || column >= WIDEST {
                return Err(
                    Error::input("the rows of the sheet are not in order").help("open and save it again as .xlsx, without a password")
                );
            }
            if at > number {
                self.row(number, &row)?;
                row.clear();
                number = at;
            }
            let column = column as usize;
            if row.len() <= column {
                row.resize(column + 1, Data::Empty);
            }
            row[column] = data;
        }
        self.row(number, &row)
    }

    /// One row, counted from 0; a row in which nothing stands is none.
    fn row(&mut self, number: u32, cells: &[Data]) -> Result<()> {
        if cells.iter().all(|cell| matches!(cell, Data::Empty)) {
            return Ok(());
        }
        let Some(width) = self.header else {
            let columns: Vec<String> = cells.iter().map(|cell| cell.to_string().trim().to_owned()).collect();
            check_header(&columns)?;
            self.header = Some(columns.len());
            return self.sink.header(&columns);
        };
        self.count += 1;
        let mut fields: Vec<Field<'_>> = cells.iter().map(field).collect();
        fields.resize(width.max(fields.len()), Field::Absent);
        self.sink.row(u64::from(number) + 1, Ok(&fields))
    }
}

/// How many ranges of merged cells a sheet has, where the format tells.
fn merged_ranges(workbook: &mut Workbook, name: &str) -> Option<usize> {
    match workbook {
        Sheets::Xlsx(workbook) => workbook.merge_cells_by_sheet_name(name).ok().map(|ranges| ranges.len()),
        _ => None,
    }
}

/// Refuses a workbook behind a password: it is no zip, but the container that old workbooks are too.
fn check_lock(path: &Path) -> Result<()> {
    const CONTAINER: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    let mut start = [0; 8];
    let read = File::open(path).and_then(|mut file| file.read(&mut start)).map_err(|e| Error::reading(path, &e))?;
    let old = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xls"));
    if !old && read == 8 && start == CONTAINER {
        return Err(Error::input("the workbook is locked with a password, or is an old .xls under another name")
            .help("open it and save it again as .xlsx, without a password"));
    }
    Ok(())
}

/// One cell of a form that is not empty: its row and column, counted from 0, and its text; `None` where it holds an error.
pub(super) type FormCell = (u32, u32, Option<String>);

/// A sheet of a form by its name, with its cells in reading order.
pub(super) type FormSheet = (String, Vec<FormCell>);

/// The most cells that a sheet of a form may have: far more than any form, and little memory.
const FORM_CELLS_LIMIT: usize = 2_000_000;

/// All sheets of a form that `wanted` takes, cell by cell: a lone cell far away costs nothing.
pub(super) fn form_sheets(path: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<(Vec<FormSheet>, Vec<String>)> {
    archive::look_through(path, Archive::Workbook, UNPACKED_LIMIT_BYTES)?;
    check_lock(path)?;
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
        open_document::check_spread(&bytes)?;
        let open = |bytes| Ods::new(Cursor::new(bytes)).ok().map(Sheets::Ods);
        // QGIS and GDAL write each cell on a line of its own, which calamine does not expect.
        return Ok(open(bytes.clone()).or_else(|| open(open_document::on_one_line(&bytes)?)));
    }
    Ok(open_workbook_auto_from_rs(Cursor::new(bytes)).ok())
}
