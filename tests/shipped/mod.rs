//! What both tests of the shipped data read with: GDAL for zones, nothing but text for tables.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gdal::vector::LayerAccess;
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};
use geo::MultiPolygon;

pub(crate) fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn territory(id: &str) -> PathBuf {
    project().join("layers/territories").join(id)
}

/// A zone as GDAL reads it: its columns, and its outline.
pub(crate) struct ReadZone {
    pub(crate) columns: BTreeMap<String, String>,
    pub(crate) shape: MultiPolygon<f64>,
}

impl ReadZone {
    pub(crate) fn column(&self, name: &str) -> &str {
        &self.columns[name]
    }
}

pub(crate) fn read_zones(path: &Path) -> Vec<ReadZone> {
    let options = DatasetOptions { open_flags: GdalOpenFlags::GDAL_OF_VECTOR, ..DatasetOptions::default() };
    let dataset = Dataset::open_ex(path, options).unwrap();
    let mut layer = dataset.layer(0).unwrap();
    assert_eq!(layer.spatial_ref().unwrap().auth_code().unwrap(), 31370, "{}", path.display());
    let read = |feature: gdal::vector::Feature<'_>| {
        let columns = feature.fields().filter_map(|(name, value)| Some((name, value?.into_string()?))).collect();
        let shape = match feature.geometry().unwrap().to_geo().unwrap() {
            geo::Geometry::Polygon(polygon) => MultiPolygon(vec![polygon]),
            geo::Geometry::MultiPolygon(shape) => shape,
            other => panic!("{other:?} is not an area"),
        };
        ReadZone { columns, shape }
    };
    layer.features().map(read).collect()
}

pub(crate) type Row = BTreeMap<String, String>;

/// A delimited file as rows by column name; a byte order mark is skipped, and what is not UTF-8 is taken as code page 1252.
pub(crate) fn table(path: &Path, delimiter: u8) -> Vec<Row> {
    let bytes = std::fs::read(path).unwrap();
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode(&bytes).0.into_owned(),
    };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    reader.records().map(|row| header.iter().cloned().zip(row.unwrap().iter().map(str::to_owned)).collect()).collect()
}
