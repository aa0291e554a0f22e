//! Every file of a release as tables of texts and numbers, whatever its format: an attacker reads them all.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader};
use gdal::vector::{FieldValue, LayerAccess, geometry_type_to_name};
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};
use geo::{Coord, LineString, MultiPolygon, Polygon};
use serde_json::Value;

use crate::error::{Error, Result};

/// The largest text file that is read whole (bytes): far above any release, far below what a memory holds.
const LARGEST: u64 = 2 << 30;

/// A cell as it stands in a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Entry {
    /// Nothing.
    Empty,
    /// A number.
    Number(f64),
    /// Anything else.
    Text(String),
}

impl Entry {
    /// A field of a CSV file, as it stands: "01" is no 1.
    fn of_field(text: &str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }

    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
            Self::Empty => None,
        }
    }

    /// The text of a cell that holds text.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::Empty
    }
}

/// A table of a file.
#[derive(Debug, Clone)]
pub(super) struct Table {
    /// The file, by its name in the release.
    pub(super) file: String,
    /// Its name: of the layer, the sheet, or the file without extension.
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<Entry>>,
    /// The kinds of geometry of its rows, as GDAL names them.
    pub(super) geometries: BTreeSet<String>,
    /// The outlines row by row, in degrees, where they are polygons: GeoJSON has all of them in one reference system.
    pub(super) outlines: Vec<Option<MultiPolygon>>,
}

impl Table {
    fn new(file: &str, name: &str, columns: Vec<String>) -> Self {
        Self { file: file.to_owned(), name: name.to_owned(), columns, rows: Vec::new(), geometries: BTreeSet::new(), outlines: Vec::new() }
    }

    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }
}

/// All files of a folder, by their names in it, in order; links are not followed.
pub(super) fn files(folder: &Path) -> Result<Vec<(String, PathBuf)>> {
    fn walk(folder: &Path, prefix: &str, found: &mut Vec<(String, PathBuf)>) -> std::io::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() { walk(&entry.path(), &format!("{name}/"), found)? } else { found.push((name, entry.path())) }
        }
        Ok(())
    }
    let mut found = Vec::new();
    walk(folder, "", &mut found).map_err(|e| Error::reading(folder, &e))?;
    found.sort();
    Ok(found)
}

/// The tables of a file; none where it holds none (a picture, a style).
///
/// # Errors
/// A file of tables that cannot be read.
pub(super) fn tables(name: &str, path: &Path) -> Result<Vec<Table>> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "csv" => Ok(vec![csv(name, path)?]),
        "geojson" => Ok(vec![geojson(name, path)?]),
        "gpkg" | "fgb" | "shp" | "parquet" => layers(name, path),
        "xlsx" | "ods" => sheets(name, path),
        "html" | "htm" => embedded(name, path),
        _ => Ok(Vec::new()),
    }
}

fn stem(name: &str) -> &str {
    let base = name.rsplit('/').next().unwrap_or(name);
    base.split('.').next().unwrap_or(base)
}

fn text(path: &Path) -> Result<String> {
    let failed = |e: std::io::Error| Error::reading(path, &e);
    if std::fs::metadata(path).map_err(failed)?.len() > LARGEST {
        return Err(Error::input("the file is too large to be audited").in_file(path));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)).map_err(failed)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").map_or(bytes.clone(), <[u8]>::to_vec);
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Commas or semicolons, whichever the first line has more of; with semicolons, commas are decimal marks.
fn csv(name: &str, path: &Path) -> Result<Table> {
    let text = text(path)?;
    let first = text.lines().next().unwrap_or_default();
    let french = first.matches(';').count() > first.matches(',').count();
    let broken = |e: &csv::Error| Error::input(format!("the table cannot be read: {e}")).in_file(path);
    let mut reader = csv::ReaderBuilder::new().delimiter(if french { b';' } else { b',' }).flexible(true).from_reader(text.as_bytes());
    let columns = reader.headers().map_err(|e| broken(&e))?.iter().map(|column| unguarded(column).to_owned()).collect();
    let mut table = Table::new(name, stem(name), columns);
    for record in reader.records() {
        let record = record.map_err(|e| broken(&e))?;
        let entry = |field: &str| match Entry::of_field(unguarded(field)) {
            Entry::Text(text) if french && text.contains(',') => {
                text.replacen(',', ".", 1).parse().ok().filter(|n: &f64| n.is_finite()).map_or(Entry::Text(text), Entry::Number)
            }
            entry => entry,
        };
        table.rows.push(record.iter().map(entry).collect());
    }
    Ok(table)
}

/// Text without the apostrophe that guards spreadsheets against formulas.
fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '\t', '\r'])).unwrap_or(text)
}

fn of_json(value: &Value) -> Entry {
    match value {
        Value::Null => Entry::Empty,
        Value::Number(number) => number.as_f64().map_or(Entry::Empty, Entry::Number),
        Value::String(text) => Entry::Text(text.clone()),
        other => Entry::Text(other.to_string()),
    }
}

fn geojson(name: &str, path: &Path) -> Result<Table> {
    let broken = || Error::input("this is no GeoJSON").in_file(path);
    let value: Value = serde_json::from_str(&text(path)?).map_err(|_| broken())?;
    let features = value["features"].as_array().ok_or_else(broken)?;
    let mut table = Table::new(name, stem(name), Vec::new());
    for feature in features {
        let properties = feature["properties"].as_object();
        add_object(&mut table, properties.into_iter().flatten().map(|(key, value)| (key.as_str(), of_json(value))));
        if let Some(kind) = feature["geometry"]["type"].as_str() {
            table.geometries.insert(kind.to_owned());
        }
        table.outlines.push(outline(&feature["geometry"]));
    }
    Ok(table)
}

fn outline(geometry: &Value) -> Option<MultiPolygon> {
    let point = |value: &Value| Some(Coord { x: value.get(0)?.as_f64()?, y: value.get(1)?.as_f64()? });
    let ring = |value: &Value| Some(LineString(value.as_array()?.iter().map(point).collect::<Option<Vec<_>>>()?));
    let polygon = |value: &Value| {
        let mut rings = value.as_array()?.iter().map(ring).collect::<Option<Vec<_>>>()?.into_iter();
        Some(Polygon::new(rings.next()?, rings.collect()))
    };
    match geometry["type"].as_str()? {
        "Polygon" => Some(MultiPolygon(vec![polygon(&geometry["coordinates"])?])),
        "MultiPolygon" => Some(MultiPolygon(geometry["coordinates"].as_array()?.iter().map(polygon).collect::<Option<Vec<_>>>()?)),
        _ => None,
    }
}

/// Adds a row by names; columns that only later rows have are columns too.
fn add_object<'a>(table: &mut Table, fields: impl Iterator<Item = (&'a str, Entry)>) {
    let mut row = vec![Entry::Empty; table.columns.len()];
    for (name, entry) in fields {
        let at = table.column(name).unwrap_or_else(|| {
            table.columns.push(name.to_owned());
            row.push(Entry::Empty);
            table.columns.len() - 1
        });
        row[at] = entry;
    }
    table.rows.push(row);
}

/// All layers of a file that GDAL opens, attribute tables included.
fn layers(name: &str, path: &Path) -> Result<Vec<Table>> {
    let broken = |e: &gdal::errors::GdalError| Error::input(format!("the file cannot be read: {e}")).in_file(path);
    // All tables, also those that the contents do not list: they are there for whoever opens the file with another program.
    let listed = ["LIST_ALL_TABLES=YES"];
    let open = |open_options| {
        let open_flags = GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_READONLY;
        Dataset::open_ex(path, DatasetOptions { open_flags, open_options, ..DatasetOptions::default() })
    };
    let dataset = open(Some(listed.as_slice())).or_else(|_| open(None)).map_err(|e| broken(&e))?;
    let mut tables = Vec::new();
    for mut layer in dataset.layers() {
        let columns: Vec<String> = layer.defn().fields().map(|field| field.name()).collect();
        let mut table = Table::new(name, &layer.name(), columns);
        for feature in layer.features() {
            let mut row = Vec::with_capacity(table.columns.len());
            for at in 0..table.columns.len() {
                row.push(match feature.field(at).unwrap_or_else(|_| Some(FieldValue::StringValue("bytes".to_owned()))) {
                    None => Entry::Empty,
                    Some(FieldValue::RealValue(number)) => Entry::Number(number),
                    Some(FieldValue::IntegerValue(number)) => Entry::Number(f64::from(number)),
                    #[expect(clippy::cast_precision_loss, reason = "counts and identifiers")]
                    Some(FieldValue::Integer64Value(number)) => Entry::Number(number as f64),
                    Some(FieldValue::StringValue(text)) => Entry::Text(text),
                    Some(other) => Entry::Text(format!("{other:?}")),
                });
            }
            table.rows.push(row);
            let geometry = feature.geometry();
            let kind = geometry.map(gdal::vector::Geometry::geometry_type);
            if let Some(kind) = kind {
                table.geometries.insert(geometry_type_to_name(kind));
            }
        }
        tables.push(table);
    }
    Ok(tables)
}

fn sheets(name: &str, path: &Path) -> Result<Vec<Table>> {
    let broken = |what: &str| Error::input(format!("the workbook cannot be read: {what}")).in_file(path);
    let mut book = calamine::open_workbook_auto(path).map_err(|e| broken(&e.to_string()))?;
    let mut tables = Vec::new();
    for sheet in book.sheet_names() {
        let range = book.worksheet_range(&sheet).map_err(|e| broken(&e.to_string()))?;
        let mut rows = range.rows();
        let Some(header) = rows.next() else { continue };
        let mut table = Table::new(name, &sheet, header.iter().map(ToString::to_string).collect());
        let entry = |data: &Data| match data {
            Data::Empty => Entry::Empty,
            Data::Float(number) => Entry::Number(*number),
            #[expect(clippy::cast_precision_loss, reason = "counts")]
            Data::Int(number) => Entry::Number(*number as f64),
            other => Entry::Text(other.to_string()),
        };
        table.rows = rows.map(|row| row.iter().map(entry).collect()).collect();
        tables.push(table);
    }
    Ok(tables)
}

/// The data of an atlas: every JSON block in a page, each list of objects in it a table named by its key.
fn embedded(name: &str, path: &Path) -> Result<Vec<Table>> {
    let page = text(path)?;
    let mut tables = Vec::new();
    for block in page.split("<script").skip(1) {
        let Some((head, rest)) = block.split_once('>') else { continue };
        if !head.contains("json") {
            continue;
        }
        let body = rest.split("</script").next().unwrap_or_default();
        let value: Value = serde_json::from_str(body).map_err(|_| Error::input("a block of data in the page is no JSON").in_file(path))?;
        lists(name, stem(name), &value, &mut tables);
    }
    Ok(tables)
}

fn lists(file: &str, key: &str, value: &Value, tables: &mut Vec<Table>) {
    match value {
        Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_object) => {
            let mut table = Table::new(file, key, Vec::new());
            for item in items {
                add_object(&mut table, item.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), of_json(value))));
            }
            tables.push(table);
            items.iter().flat_map(|item| item.as_object().into_iter().flatten()).for_each(|(key, value)| lists(file, key, value, tables));
        }
        Value::Array(items) => items.iter().for_each(|item| lists(file, key, item, tables)),
        Value::Object(fields) => fields.iter().for_each(|(key, value)| lists(file, key, value, tables)),
        _ => {}
    }
}
