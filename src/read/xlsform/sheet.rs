//! The sheets of a form, from a workbook or from CSV, with their columns under the names of the reference.

use std::collections::BTreeMap;
use std::path::Path;

use super::problem::Problems;
use crate::error::{Error, Result};
use crate::read::spreadsheet;

/// The sheets that are read.
pub(super) const SHEETS: [&str; 3] = ["survey", "choices", "settings"];

/// Beyond this column nobody looks: pyxform stops after twenty empty ones.
const MOST_COLUMNS: u32 = 2_000;

/// A column: what it holds, and the language of labels.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) language: Option<String>,
}

/// One sheet.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) name: String,
    columns: BTreeMap<usize, Column>,
    /// The number of each row as the file counts, 1 being the header, and its cells by column; `None` is an error.
    pub(super) rows: Vec<(u64, BTreeMap<usize, Option<String>>)>,
}

/// The sheets of a form, and the names of all sheets of the file.
pub(super) struct Workbook {
    pub(super) sheets: Vec<Sheet>,
    pub(super) others: Vec<String>,
}

impl Workbook {
    pub(super) fn sheet(&self, name: &str) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.name == name)
    }
}

/// Reads a workbook, a CSV file whose first column names the sheet, or a folder with `survey.csv`, `choices.csv` and
/// `settings.csv`.
pub(super) fn read(path: &Path, problems: &mut Problems) -> Result<Workbook> {
    let (raw, names) = if path.is_dir() {
        folder(path)?
    } else {
        crate::read::table::check_plain_file(path)?;
        match crate::read::table::Format::of(path) {
            crate::read::table::Format::Workbook => spreadsheet::form_sheets(path, &is_known)?,
            crate::read::table::Format::Delimited => in_one_file(path)?,
            _ => {
                return Err(Error::input("a form is a workbook or CSV")
                    .help("save it as .xlsx, or as CSV with the sheet's name in the first column"));
            }
        }
    };
    // A workbook with a lone sheet is its survey, whatever it is called.
    let lone = raw.len() == 1 && !is_known(&raw[0].0);
    let others = names.into_iter().filter(|name| !is_known(name) && !lone).collect();
    let mut sheets: Vec<Sheet> = Vec::new();
    for (name, cells) in raw {
        let name = if lone { "survey".to_owned() } else { name.trim().to_lowercase() };
        if SHEETS.contains(&name.as_str()) && sheets.iter().all(|sheet| sheet.name != name) {
            sheets.push(Sheet::new(name, cells, problems));
        }
    }
    Ok(Workbook { sheets, others })
}

fn is_known(name: &str) -> bool {
    SHEETS.contains(&name.trim().to_lowercase().as_str())
}

fn folder(path: &Path) -> Result<(Vec<spreadsheet::FormSheet>, Vec<String>)> {
    let mut sheets = Vec::new();
    for name in SHEETS {
        let file = path.join(name).with_extension("csv");
        if file.is_file() {
            let rows = rows(&file).map_err(|e| e.in_file(&file))?;
            sheets.push((name.to_owned(), cells(rows, 0)));
        }
    }
    if sheets.is_empty() {
        return Err(Error::input("this folder holds no form").help("a form in CSV is survey.csv, choices.csv and settings.csv"));
    }
    Ok((sheets, Vec::new()))
}

fn in_one_file(path: &Path) -> Result<(Vec<spreadsheet::FormSheet>, Vec<String>)> {
    let mut sheets: Vec<(String, Vec<Line>)> = Vec::new();
    for (line, row) in rows(path)? {
        if let Some(name) = row.first().filter(|name| !name.is_empty()) {
            sheets.push((name.clone(), Vec::new()));
        }
        if row.iter().skip(1).any(|cell| !cell.is_empty()) {
            let Some((_, rows)) = sheets.last_mut() else {
                return Err(no_sheet_named());
            };
            rows.push((line, row));
        }
    }
    if !sheets.iter().any(|(name, _)| is_known(name)) {
        return Err(no_sheet_named());
    }
    let names = sheets.iter().map(|(name, _)| name.clone()).collect();
    Ok((sheets.into_iter().map(|(name, rows)| (name, cells(rows, 1))).collect(), names))
}

fn no_sheet_named() -> Error {
    Error::input("no sheet is named in the first column")
        .help("a form in one CSV file has the name of a sheet (survey, choices, settings) alone in the first column, above its rows")
}

/// The number of a line, and its cells.
type Line = (u64, Vec<String>);

/// The cells of rows, without their first `skip`.
fn cells(rows: Vec<Line>, skip: usize) -> Vec<spreadsheet::FormCell> {
    let mut cells = Vec::new();
    for (line, row) in rows {
        let line = u32::try_from(line.saturating_sub(1)).unwrap_or(u32::MAX);
        for (column, cell) in row.into_iter().skip(skip).enumerate().filter(|(_, cell)| !cell.is_empty()) {
            cells.push((line, u32::try_from(column).unwrap_or(u32::MAX), Some(cell)));
        }
    }
    cells
}

fn rows(path: &Path) -> Result<Vec<Line>> {
    let text = std::fs::read_to_string(path).map_err(|e| Error::reading(path, &e))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let semicolons = text.lines().take(3).any(|line| line.contains(';') && !line.contains(','));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(if semicolons { b';' } else { b',' })
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| Error::input("the file cannot be read as CSV"))?;
        let line = record.position().map_or(0, csv::Position::line);
        rows.push((line, record.iter().map(|cell| cell.trim().replace('\u{a0}', " ")).collect()));
    }
    Ok(rows)
}

impl Sheet {
    fn new(name: String, cells: Vec<spreadsheet::FormCell>, problems: &mut Problems) -> Self {
        let mut rows: Vec<(u64, BTreeMap<usize, Option<String>>)> = Vec::new();
        for (row, column, text) in cells.into_iter().filter(|(_, column, _)| *column < MOST_COLUMNS) {
            let number = u64::from(row) + 1;
            if rows.last().is_none_or(|(last, _)| *last != number) {
                rows.push((number, BTreeMap::new()));
            }
            if let Some((_, cells)) = rows.last_mut() {
                cells.insert(column as usize, text);
            }
        }
        let mut sheet = Self { name, columns: BTreeMap::new(), rows };
        if sheet.rows.is_empty() {
            return sheet;
        }
        let (line, header) = sheet.rows.remove(0);
        let header: Vec<(usize, String)> = header.into_iter().filter_map(|(at, text)| text.map(|text| (at, text))).collect();
        let doubled = header.iter().any(|(_, text)| text.contains("::"));
        for (at, text) in header {
            let Some(column) = column(&sheet.name, &text, doubled) else { continue };
            if sheet.columns.values().any(|known| *known == column) {
                problems.add(&sheet.name, line, &text, "another column says the same: remove one of them");
            } else {
                sheet.columns.insert(at, column);
            }
        }
        sheet
    }

    /// Whether there is a column of this name, in any language.
    pub(super) fn has(&self, name: &str) -> bool {
        self.columns.values().any(|column| column.name == name)
    }

    /// The languages of its labels, in the order of the columns.
    pub(super) fn languages(&self) -> Vec<String> {
        let labels = self.columns.values().filter(|column| column.name == "label");
        labels.filter_map(|column| column.language.clone()).collect()
    }

    /// The cells of one row under their columns' names, without a language first.
    pub(super) fn row<'s>(&'s self, cells: &'s BTreeMap<usize, Option<String>>) -> SheetRow<'s> {
        SheetRow { sheet: self, cells }
    }
}

/// One row, with its columns' names.
#[derive(Clone, Copy)]
pub(super) struct SheetRow<'s> {
    sheet: &'s Sheet,
    cells: &'s BTreeMap<usize, Option<String>>,
}

impl<'s> SheetRow<'s> {
    /// The text of a column; in whatever language it is, for those that have none.
    pub(super) fn cell(self, name: &str) -> Option<&'s str> {
        let columns = self.sheet.columns.iter().filter(|(_, column)| column.name == name);
        columns.filter_map(|(at, _)| self.cells.get(at)).find_map(Option::as_deref)
    }

    /// The labels with their languages.
    pub(super) fn labels(self) -> Vec<(Option<&'s str>, &'s str)> {
        self.translated("label")
    }

    /// The short labels with their languages.
    pub(super) fn shorts(self) -> Vec<(Option<&'s str>, &'s str)> {
        self.translated("short")
    }

    fn translated(self, name: &str) -> Vec<(Option<&'s str>, &'s str)> {
        let columns = self.sheet.columns.iter().filter(|(_, column)| column.name == name);
        columns.filter_map(|(at, column)| Some((column.language.as_deref(), self.cells.get(at)?.as_deref()?))).collect()
    }

    /// The columns that hold an error.
    pub(super) fn broken(self) -> impl Iterator<Item = &'s str> {
        self.sheet.columns.iter().filter(move |(at, _)| matches!(self.cells.get(at), Some(None))).map(|(_, column)| column.name.as_str())
    }
}

/// What a column's name means; `None` for one that says nothing to us.
fn column(sheet: &str, text: &str, doubled: bool) -> Option<Column> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (first, rest) = match text.split_once(if doubled { "::" } else { ":" }) {
        Some((first, rest)) => (first.trim().to_owned(), Some(rest.trim().to_owned())),
        None => (text, None),
    };
    let snake = |text: &str| text.split_whitespace().collect::<Vec<_>>().join("_").to_lowercase();
    if let Some(column) = short(&snake(&first), rest.as_deref()).filter(|_| matches!(sheet, "survey" | "choices")) {
        return Some(column);
    }
    let name = match (sheet, snake(&first).as_str(), rest.as_deref().map(snake).as_deref()) {
        ("survey", "type" | "command", None) => "type",
        ("survey", "name" | "tag" | "value", None) | ("choices", "name" | "value", None) => "name",
        ("survey" | "choices", "label" | "caption", _) => "label",
        ("survey", "relevant" | "relevance", None) | ("survey", "bind", Some("relevant" | "relevance")) => "relevant",
        ("survey", "constraint", None) | ("survey", "bind", Some("constraint")) => "constraint",
        ("survey", "parameters", None) => "parameters",
        ("survey", "choice_filter", None) => "choice_filter",
        ("survey", "disabled", None) => "disabled",
        ("survey", "optima", Some("indicators")) | ("survey", "optima_indicators", None) => "indicators",
        ("survey", "optima", Some("theme")) | ("survey", "optima_theme", None) => "theme",
        ("choices", "list_name", None) => "list_name",
        ("settings", "form_title" | "set_form_title" | "title", None) => "form_title",
        ("settings", "form_id" | "set_form_id" | "id_string", None) => "form_id",
        ("settings", "version", None) => "version",
        ("settings", "default_language", None) => "default_language",
        ("settings", "allow_choice_duplicates", None) => "allow_choice_duplicates",
        _ => return None,
    };
    let language = if name == "label" { rest.filter(|language| !language.is_empty()) } else { None };
    Some(Column { name: name.to_owned(), language })
}

/// A column of short labels: `optima::short::Français (fr)`, `optima::short`, or, on the sheet of choices, where form tools take
/// no `::` of others, `optima_short_fr` and `optima_short`.
fn short(first: &str, rest: Option<&str>) -> Option<Column> {
    let language = match (first, rest) {
        ("optima", Some(rest)) => {
            let (name, language) = rest.split_once(':').unwrap_or((rest, ""));
            name.trim().eq_ignore_ascii_case("short").then_some(language)?
        }
        (name, None) => name.strip_prefix("optima_short")?,
        _ => return None,
    };
    let language = language.trim_start_matches([':', '_']).trim();
    Some(Column { name: "short".to_owned(), language: (!language.is_empty()).then(|| language.to_owned()) })
}
