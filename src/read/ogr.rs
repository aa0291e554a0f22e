//! Everything else that GDAL opens as a vector layer: its attributes, and the points of its geometries as `x` and `y`.

use std::path::Path;

use chrono::NaiveDate;
use gdal::vector::{FieldValue, Geometry, LayerAccess, geometry_type_to_name};
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};

use super::table::{Field, RowSink, TableFacts, check_header, text_field};
use crate::error::{Error, Result};
use crate::observatory::SourceSpec;
use crate::plain_file;

/// The formats that are read, by GDAL's names: files that hold their rows themselves, none that names other files or hosts.
const DRIVERS: [&str; 11] =
    ["GPKG", "SQLite", "GeoJSON", "GeoJSONSeq", "ESRI Shapefile", "FlatGeobuf", "LIBKML", "KML", "GML", "MapInfo File", "OpenFileGDB"];

enum Owned {
    Absent,
    Text(String),
    Number(f64),
    Date(NaiveDate),
    Broken,
}

pub(super) fn read(path: &Path, spec: &SourceSpec, sink: &mut dyn RowSink) -> Result<TableFacts> {
    let settled = plain_file::is_settled_database(path)?;
    let package = settled && path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gpkg"));
    let options = DatasetOptions {
        open_flags: GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_READONLY,
        // No lock, no journal, not a byte beside the file.
        open_options: package.then_some(&["IMMUTABLE=YES"]),
        allowed_drivers: Some(&DRIVERS),
        ..DatasetOptions::default()
    };
    let dataset = Dataset::open_ex(path, options).map_err(|_| {
        Error::input("neither CSV, workbook nor Parquet, and GDAL does not open it")
            .help("deliver it as CSV, XLSX, Parquet, GeoPackage or GeoJSON")
    })?;
    let names: Vec<String> = dataset.layers().map(|layer| layer.name()).collect();
    let mut layer = match &spec.layer {
        Some(name) => dataset
            .layer_by_name(name)
            .map_err(|_| Error::config(format!("there is no layer \"{name}\"; there are: {}", names.join(", "))).in_column("layer"))?,
        None => dataset.layer(0).map_err(|_| Error::input("the file has no layer"))?,
    };
    let mut columns: Vec<String> = layer.defn().fields().map(|field| field.name()).collect();
    let attributes = columns.len();
    let has_xy = columns.iter().any(|c| c == "x") || columns.iter().any(|c| c == "y");
    if !has_xy {
        columns.extend(["x".to_owned(), "y".to_owned()]);
    }
    check_header(&columns)?;
    sink.header(&columns)?;
    let crs = layer.spatial_ref().and_then(|srs| srs.auth_code().ok()).and_then(|code| u32::try_from(code).ok());
    let promised = layer.try_feature_count();
    let mut rows = 0;
    for feature in layer.features() {
        rows += 1;
        let mut cells: Vec<Owned> = (0..attributes).map(|i| feature.field(i).map_or(Owned::Broken, owned)).collect();
        if !has_xy {
            let point = feature.geometry().and_then(point);
            cells.extend(point.map_or([Owned::Absent, Owned::Absent], |(x, y)| [Owned::Number(x), Owned::Number(y)]));
        }
        let fields: Vec<Field<'_>> = cells.iter().map(borrowed).collect();
        sink.row(feature.fid().unwrap_or(rows), Ok(&fields))?;
    }
    // GDAL stops at what it cannot read, and says so only on the side.
    if let Some(promised) = promised.filter(|promised| *promised != rows) {
        return Err(Error::input(format!("the file promises {promised} rows and gives {rows}"))
            .help("it may be truncated or damaged; ask for it again"));
    }
    let mut notes = Vec::new();
    if names.len() > 1 && spec.layer.is_none() {
        notes.push(format!("{} layers; only \"{}\" is read (layer = … chooses another)", names.len(), names[0]));
    }
    Ok(TableFacts { format: dataset.driver().short_name(), crs, rows, notes, ..TableFacts::default() })
}

fn point(geometry: &Geometry) -> Option<(f64, f64)> {
    let name = geometry_type_to_name(geometry.geometry_type()).to_lowercase();
    (name.contains("point") && !name.contains("multi") && !geometry.is_empty()).then(|| {
        let (x, y, _) = geometry.get_point(0);
        (x, y)
    })
}

fn owned(value: Option<FieldValue>) -> Owned {
    match value {
        None => Owned::Absent,
        Some(FieldValue::IntegerValue(number)) => Owned::Number(f64::from(number)),
        #[expect(clippy::cast_precision_loss, reason = "identifiers beyond 2^53 are text in any file we know")]
        Some(FieldValue::Integer64Value(number)) => Owned::Number(number as f64),
        Some(FieldValue::RealValue(number)) => Owned::Number(number),
        Some(FieldValue::StringValue(text)) => Owned::Text(text),
        Some(FieldValue::DateValue(date)) => Owned::Date(date),
        Some(FieldValue::DateTimeValue(moment)) => Owned::Date(moment.date_naive()),
        Some(_) => Owned::Broken,
    }
}

fn borrowed(cell: &Owned) -> Field<'_> {
    match cell {
        Owned::Absent => Field::Absent,
        Owned::Text(text) => text_field(text),
        Owned::Number(number) => Field::Number(*number),
        Owned::Date(date) => Field::Date(*date),
        Owned::Broken => Field::Broken,
    }
}
