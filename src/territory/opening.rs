//! Opening a file of outlines that may be anything: a pipe, an empty file, half a download, a hostile database.
//!
//! GDAL opens what it is given, so what it is given is looked at first: only regular files, only formats that hold
//! outlines and nothing else (no virtual formats that name other files or hosts), `SQLite` files only when they are
//! sound, complete and locked against every write.

use std::io::Read;
use std::path::{Path, PathBuf};

use gdal::vector::sql::Dialect;
use gdal::vector::{FieldValue, Layer, LayerAccess};
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};

use super::archive::Archive;
use super::complaints::{complaints, quiet_gdal};
use crate::error::{Error, Result};
use crate::plain_file;

/// The formats that are read, by GDAL's names. KML, GML and the like are opened where GDAL was built with them.
const DRIVERS: [&str; 12] = [
    "GPKG",
    "SQLite",
    "GeoJSON",
    "GeoJSONSeq",
    "TopoJSON",
    "ESRI Shapefile",
    "FlatGeobuf",
    "LIBKML",
    "KML",
    "GML",
    "MapInfo File",
    "OpenFileGDB",
];

/// Expanded size above which a zip is refused (bytes): ten times the outlines of all Belgium.
const LARGEST_EXPANDED: u64 = 2 << 30;

/// What a file is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Outlines: only tables with geometry.
    Outlines,
    /// Rows: any table.
    Rows,
}

/// A file that GDAL opened for reading.
pub(crate) struct Opened {
    pub(crate) dataset: Dataset,
    /// The tables of an `SQLite` file; `None` for other formats. A view is a program: GDAL would run it only to describe
    /// it, so layers of such a file must be asked for by these names.
    tables: Option<Vec<String>>,
    /// Whether it is a `GeoPackage`, whose registers can be asked.
    geopackage: bool,
    /// Whether the format says nothing of a CRS and means degrees.
    pub(super) degrees_by_default: bool,
}

impl Opened {
    /// The layers, without views.
    pub(crate) fn layers(&self) -> Vec<Layer<'_>> {
        match &self.tables {
            Some(tables) => tables.iter().filter_map(|table| self.dataset.layer_by_name(table).ok()).collect(),
            None => self.dataset.layers().collect(),
        }
    }
}

/// Opens a file of outlines or of rows.
///
/// # Errors
/// Missing, no regular file, empty, damaged, in use, or not of a format that is read.
pub(crate) fn open(path: &Path, purpose: Purpose) -> Result<Opened> {
    open_inner(path, purpose).map_err(|e| e.in_file(path))
}

fn open_inner(path: &Path, purpose: Purpose) -> Result<Opened> {
    let metadata = std::fs::metadata(path).map_err(|e| Error::reading(path, &e))?;
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    if metadata.is_dir() && extension != "gdb" {
        return Err(Error::input("expected a file, found a folder").help("name the file of outlines itself"));
    }
    if !metadata.is_dir() && !metadata.is_file() {
        return Err(Error::input("expected a regular file, found a pipe, a device or a socket"));
    }
    if metadata.is_file() && metadata.len() == 0 {
        return Err(Error::input("the file is empty"));
    }
    let start = if metadata.is_file() { first_bytes(path)? } else { Vec::new() };
    if extension == "zip" {
        super::archive::look_through(path, Archive::Outlines, LARGEST_EXPANDED)?;
        return open_with(&member(path)?, &[], purpose, false);
    }
    if start.starts_with(b"SQLite format 3\0") {
        return open_sqlite(path, &start, purpose);
    }
    if matches!(extension.as_str(), "geojson" | "json" | "topojson") {
        super::json_check::look_through(path)?;
    }
    let options: &[&str] = if extension == "gml" { &["WRITE_GFS=NO", "DOWNLOAD_SCHEMA=NO"] } else { &[] };
    open_with(path, options, purpose, matches!(extension.as_str(), "geojson" | "json" | "geojsonl" | "topojson"))
}

fn first_bytes(path: &Path) -> Result<Vec<u8>> {
    let file = std::fs::File::open(path).map_err(|e| Error::reading(path, &e))?;
    let mut start = Vec::new();
    file.take(100).read_to_end(&mut start).map_err(|e| Error::reading(path, &e))?;
    Ok(start)
}

fn open_sqlite(path: &Path, start: &[u8], purpose: Purpose) -> Result<Opened> {
    plain_file::is_settled_database(path)?;
    if registers_are_views(path)? {
        return Err(Error::input("the database's registers are views: programs that would run when it is opened")
            .help("export its layer to a new file"));
    }
    // Immutable: no lock, no journal, not a byte beside the file. Views and triggers may call nothing.
    let geopackage = start.get(68..72).is_some_and(|id| id == b"GPKG" || id == b"GP10" || id == b"GP11");
    if !geopackage && start.get(18) == Some(&2) {
        return Err(
            Error::input("reading this database would write files beside it (it is in WAL mode)").help("export the layer to a GeoPackage")
        );
    }
    let prelude = "PRELUDE_STATEMENTS=PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0";
    let options: &[&str] = if geopackage { &["IMMUTABLE=YES", "LIST_ALL_TABLES=NO", prelude] } else { &[prelude] };
    let mut opened = open_with(path, options, purpose, false)?;
    let checked = texts(&opened.dataset, "PRAGMA quick_check(1)")?;
    if checked.iter().any(|line| line != "ok") || checked.is_empty() {
        return Err(Error::input("the database is damaged").help("get the file again, or export its layer to a new file with QGIS"));
    }
    let registered = match (purpose, geopackage) {
        (Purpose::Outlines, true) => "JOIN gpkg_geometry_columns g ON lower(m.name) = lower(g.table_name)",
        (Purpose::Outlines, false) => "JOIN geometry_columns g ON lower(m.name) = lower(g.f_table_name)",
        (Purpose::Rows, true) => "JOIN gpkg_contents g ON lower(m.name) = lower(g.table_name)",
        (Purpose::Rows, false) => "",
    };
    let tables = format!("SELECT m.name FROM sqlite_master m {registered} WHERE m.type = 'table' ORDER BY m.name");
    opened.tables = Some(texts(&opened.dataset, &tables)?);
    opened.geopackage = geopackage;
    Ok(opened)
}

/// Whether a table that GDAL asks on opening is a view, which might never end. The schema stores `view` and the name side
/// by side, so that it can be seen without running anything.
fn registers_are_views(path: &Path) -> Result<bool> {
    const REGISTERS: [&[u8]; 3] = [b"viewgpkg_", b"viewgeometry_columns", b"viewspatial_ref_sys"];
    const LONGEST: usize = 32;
    let mut file = std::fs::File::open(path).map_err(|e| Error::reading(path, &e))?;
    let mut block = vec![0; 1 << 20];
    let mut kept = 0;
    loop {
        let read = file.read(&mut block[kept..]).map_err(|e| Error::reading(path, &e))?;
        if read == 0 {
            return Ok(false);
        }
        let seen = &mut block[..kept + read];
        seen.make_ascii_lowercase();
        let starts = seen.iter().enumerate().filter(|(_, byte)| **byte == b'v').map(|(i, _)| &seen[i..]);
        if starts.into_iter().any(|rest| REGISTERS.iter().any(|register| rest.starts_with(register))) {
            return Ok(true);
        }
        let end = kept + read;
        kept = end.min(LONGEST);
        block.copy_within(end - kept..end, 0);
    }
}

impl Opened {
    /// What the registers of a `GeoPackage` say against each other about the CRS of a layer, or the outlines against them;
    /// `None` where all agree, and for other formats.
    pub(super) fn crs_contradiction(&self, layer: &str) -> Result<Option<String>> {
        if !self.geopackage {
            return Ok(None);
        }
        // The names are quoted by SQLite itself (%w for a name, %Q for a text), in a query that it writes for us.
        let facts = texts(
            &self.dataset,
            "SELECT g.table_name || char(10) || g.srs_id || char(10) || c.srs_id || char(10) || \
             printf('SELECT DISTINCT hex(substr(\"%w\", 4, 5)) FROM \"%w\" WHERE \"%w\" IS NOT NULL LIMIT 9', g.column_name, g.table_name, g.column_name) \
             FROM gpkg_geometry_columns g JOIN gpkg_contents c ON lower(c.table_name) = lower(g.table_name)",
        )?;
        for fact in &facts {
            // From the right: a table may be called anything.
            let mut parts = fact.rsplitn(4, '\n');
            let (Some(query), Some(said), Some(stated), Some(table)) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
                continue;
            };
            if table != layer {
                continue;
            }
            if said != stated {
                return Ok(Some(format!("the file contradicts itself: the layer's CRS is {stated} in one register and {said} in another")));
            }
            for header in texts(&self.dataset, query)? {
                let inside = srs_of_header(&header);
                if inside.is_some_and(|inside| inside.to_string() != stated) {
                    return Ok(Some(format!(
                        "the file contradicts itself: the layer's CRS is {stated}, and that of its outlines {}",
                        inside.unwrap_or_default()
                    )));
                }
            }
        }
        Ok(None)
    }
}

/// The CRS in the header of an outline: one byte of flags, of which the first says the order of the other four.
fn srs_of_header(hex: &str) -> Option<i32> {
    let bytes: Vec<u8> = (0..5).map_while(|i| u8::from_str_radix(hex.get(2 * i..2 * i + 2)?, 16).ok()).collect();
    let number: [u8; 4] = bytes.get(1..5)?.try_into().ok()?;
    Some(if bytes[0] & 1 == 1 { i32::from_le_bytes(number) } else { i32::from_be_bytes(number) })
}

/// The first column of a query's answer.
fn texts(dataset: &Dataset, query: &str) -> Result<Vec<String>> {
    let damaged = |e: gdal::errors::GdalError| Error::input(format!("the database cannot be read: {}", reason(&e)));
    let Some(mut answer) = dataset.execute_sql(query, None, Dialect::DEFAULT).map_err(damaged)? else {
        return Ok(Vec::new());
    };
    let lines = answer.features().filter_map(|row| row.field(0).ok().flatten().and_then(FieldValue::into_string));
    Ok(lines.collect())
}

fn open_with(path: &Path, options: &[&str], purpose: Purpose, degrees_by_default: bool) -> Result<Opened> {
    quiet_gdal();
    drop(complaints());
    let dataset = Dataset::open_ex(
        path,
        DatasetOptions {
            open_flags: GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_READONLY | GdalOpenFlags::GDAL_OF_VERBOSE_ERROR,
            allowed_drivers: Some(&DRIVERS),
            open_options: (!options.is_empty()).then_some(options),
            ..DatasetOptions::default()
        },
    );
    match dataset {
        Ok(dataset) => Ok(Opened { dataset, tables: None, geopackage: false, degrees_by_default }),
        Err(e) => {
            let why = reason(&e);
            if purpose == Purpose::Rows && !why.contains("malformed") {
                return Err(Error::input("neither CSV, workbook nor Parquet, and GDAL does not open it")
                    .help("deliver it as CSV, XLSX, Parquet, GeoPackage or GeoJSON"));
            }
            let told = if why.contains("malformed") {
                "the database is damaged".to_owned()
            } else if why.is_empty() || why.contains("not recognized") {
                "the file is damaged or of no format that holds outlines".to_owned()
            } else {
                why
            };
            Err(Error::input(told)
                .help(
                "get the file again if it should hold outlines; GeoPackage, GeoJSON, Shapefile, FlatGeobuf, KML and GML are read, a table (CSV) holds no outlines",
            ))
        }
    }
}

/// The one file of outlines in a zip, as GDAL names it.
fn member(path: &Path) -> Result<PathBuf> {
    const OUTLINES: [&str; 10] = ["gpkg", "sqlite", "geojson", "json", "shp", "fgb", "kml", "gml", "mif", "tab"];
    let broken = |_| Error::input("the zip is damaged");
    let file = std::fs::File::open(path).map_err(|e| Error::reading(path, &e))?;
    let mut archive = zip::ZipArchive::new(file).map_err(broken)?;
    let mut found = Vec::new();
    for i in 0..archive.len() {
        let entry = archive.by_index_raw(i).map_err(broken)?;
        let Some(name) = entry.enclosed_name() else {
            return Err(Error::input("the zip names files outside itself"));
        };
        let extension = name.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        if entry.is_file() && OUTLINES.contains(&extension.as_str()) {
            found.push(name);
        }
    }
    match found.as_slice() {
        [one] => Ok(PathBuf::from(format!("/vsizip/{}/{}", path.display(), one.display()))),
        [] => Err(Error::input("the zip holds no file of outlines")),
        many => Err(many
            .iter()
            .fold(Error::input("the zip holds several files of outlines"), |e, name| e.detail(name.display().to_string()))
            .help("unpack it and name one of them")),
    }
}

/// GDAL's words without the names of its functions.
pub(super) fn reason(error: &gdal::errors::GdalError) -> String {
    use gdal::errors::GdalError as E;
    let text = match error {
        E::CplError { msg, .. } | E::NullPointer { msg, .. } => msg.clone(),
        other => other.to_string(),
    };
    text.lines().next().unwrap_or_default().chars().filter(|c| !c.is_control()).take(300).collect()
}
