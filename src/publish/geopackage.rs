//! The GeoPackage of a release: maps, series, a view for the temporal controller, metadata, styles and the project.
//!
//! Made in one pass and one transaction, then opened again and checked. With the release's date in place of the clock
//! the bytes are the same every run, and no page holds what an earlier state left.

pub(super) mod check;
mod columns;
mod contents;
mod metadata;
mod registers;
mod tables;

use std::path::Path;

use gdal::spatial_ref::SpatialRef;
use gdal::vector::{Defn, Feature, FieldDefn, Geometry, LayerOptions, OGRFieldType, OGRwkbGeometryType, ToGdal};
use gdal::{Dataset, DriverManager};

use crate::catalog::Catalog;
use crate::error::{Error, Result};
use crate::protect::Protected;
use crate::publish::{Release, qgis};
use crate::territory::Territory;
use crate::territory::complaints::{all_written, complaints, quiet_gdal, unwritable};

pub(crate) use columns::{Codes, Column, Kind, best_layer};
use contents::Contents;
pub(crate) use tables::{Field, Picture, Row, Table, common_lines, is_outlook, marked};

/// The `application_id` of every GeoPackage: "GPKG".
const APPLICATION_ID: &str = "1196444487";
/// GeoPackage 1.3: the newest that GDAL 3.6 opens without a warning.
const USER_VERSION: &str = "10300";

/// A layer that was written.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LayerInfo {
    /// The name of its table.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its rows.
    pub rows: usize,
    /// Whether its rows are polygons.
    pub spatial: bool,
}

/// Writes the GeoPackage and checks what was written.
///
/// The file must not exist. Layers whose measure is not in `shown` are left out. The view for the temporal controller is
/// the last of the layers returned.
///
/// # Errors
/// A file that exists or cannot be written; a file that does not hold, read back, what was to be written.
pub fn write(path: &Path, shown: &Protected, territory: &Territory, catalog: &Catalog, release: &Release) -> Result<Vec<LayerInfo>> {
    let in_file = |e: Error| e.in_file(path);
    if path.exists() {
        return Err(Error::output("the file exists").in_file(path));
    }
    // The system says why a file cannot be made; SQLite only that it cannot be opened.
    std::fs::File::create_new(path).and_then(|_| std::fs::remove_file(path)).map_err(|e| Error::writing(path, &e))?;
    quiet_gdal();
    drop(complaints());
    let contents = Contents::of(shown, territory, catalog, release)?;
    let srs = spatial_ref(territory)?;
    fill(path, &contents, &srs, territory, catalog, release).map_err(in_file)?;
    let mut layers: Vec<LayerInfo> = contents
        .tables
        .iter()
        .map(|table| LayerInfo { name: table.name.clone(), title: table.title.clone(), rows: table.rows.len(), spatial: table.spatial })
        .collect();
    if let Some((title, _)) = &contents.view {
        let rows = layers.iter().find(|layer| layer.name == tables::SERIES).map_or(0, |layer| layer.rows);
        layers.push(LayerInfo { name: tables::QUARTIERS_SERIES.to_owned(), title: title.clone(), rows, spatial: true });
    }
    check(path, &layers).map_err(in_file)?;
    Ok(layers)
}

/// Writes the `.qgz` that stands beside the GeoPackage of this file name; it opens wherever the two are moved together.
///
/// # Errors
/// A file that cannot be written.
pub fn write_project(
    path: &Path,
    geopackage: &str,
    shown: &Protected,
    territory: &Territory,
    catalog: &Catalog,
    release: &Release,
) -> Result<()> {
    let contents = Contents::of(shown, territory, catalog, release)?;
    let bytes = packed_project(&contents, geopackage, &spatial_ref(territory)?, territory, catalog, release)?;
    std::fs::write(path, bytes).map_err(|e| Error::writing(path, &e))
}

fn packed_project(
    contents: &Contents,
    geopackage: &str,
    srs: &SpatialRef,
    territory: &Territory,
    catalog: &Catalog,
    release: &Release,
) -> Result<Vec<u8>> {
    let wkt = srs.to_wkt().map_err(|e| fault(&e))?;
    let project = contents.project(geopackage, territory, catalog, release, wkt);
    qgis::archive(&territory.id.0, &qgis::document(&project, &release.texts), release.date)
}

fn spatial_ref(territory: &Territory) -> Result<SpatialRef> {
    SpatialRef::from_epsg(territory.crs.0).map_err(|_| Error::config(format!("{} is not a CRS that PROJ knows", territory.crs)))
}

fn fault(source: &gdal::errors::GdalError) -> Error {
    unwritable("the GeoPackage cannot be written", source)
}

/// How GDAL writes on this thread as long as the value lives: this day wherever it would write the clock's; no journal and
/// no sync of its own, for an unfinished file is thrown away and a finished one is synced as a whole; nothing in the
/// system's folder for temporary files.
struct Settings;

const SETTINGS: [(&str, &str); 3] =
    [("OGR_SQLITE_SYNCHRONOUS", "OFF"), ("OGR_SQLITE_JOURNAL", "OFF"), ("OGR_SQLITE_PRAGMA", "temp_store=MEMORY")];
const DAY: &str = "OGR_CURRENT_DATE";

impl Settings {
    fn set(release: &Release) -> Result<Self> {
        let day = registers::timestamp(release);
        for (name, value) in SETTINGS.into_iter().chain([(DAY, day.as_str())]) {
            gdal::config::set_thread_local_config_option(name, value).map_err(|e| fault(&e))?;
        }
        Ok(Self)
    }
}

impl Drop for Settings {
    fn drop(&mut self) {
        for (name, _) in SETTINGS.into_iter().chain([(DAY, "")]) {
            // Nothing can be done about a failure here, and nothing depends on it.
            let _ = gdal::config::clear_thread_local_config_option(name);
        }
    }
}

fn fill(path: &Path, contents: &Contents, srs: &SpatialRef, territory: &Territory, catalog: &Catalog, release: &Release) -> Result<()> {
    let _settings = Settings::set(release)?;
    let driver = DriverManager::get_driver_by_name("GPKG").map_err(|e| fault(&e))?;
    let options = gdal::raster::RasterCreationOptions::from_iter(["VERSION=1.3"]);
    let mut dataset = driver.create_with_band_type_with_options::<u8, _>(path, 0, 0, 0, &options).map_err(|e| fault(&e))?;
    let mut transaction = dataset.start_transaction().map_err(|e| fault(&e))?;
    for table in &contents.tables {
        write_table(&mut transaction, table, srs, territory)?;
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let project = packed_project(contents, &name, srs, territory, catalog, release)?;
    registers::write(&transaction, contents, &project, srs, territory, release)?;
    transaction.commit().map_err(|e| fault(&e))?;
    // Pages that the building left free are given back: no old state stays in the file.
    crate::publish::sql::run(&dataset, "VACUUM")?;
    dataset.flush_cache().map_err(|e| fault(&e))?;
    dataset.close().map_err(|e| fault(&e))?;
    all_written("the GeoPackage cannot be written")
}

fn write_table(dataset: &mut Dataset, table: &Table, srs: &SpatialRef, territory: &Territory) -> Result<()> {
    let identifier = format!("IDENTIFIER={}", table.title);
    let description = format!("DESCRIPTION={}", table.abstract_lines.join("\n"));
    let mut options = vec![identifier.as_str(), description.as_str()];
    if table.spatial || table.picture.is_some() {
        options.extend(["GEOMETRY_NAME=geom", "SPATIAL_INDEX=YES"]);
    } else {
        options.push("ASPATIAL_VARIANT=GPKG_ATTRIBUTES");
    }
    let nowhere = SpatialRef::from_wkt(NOWHERE).map_err(|e| fault(&e))?;
    let (srs, ty) = match table.picture {
        Some(Picture::Points) => (Some(&nowhere), OGRwkbGeometryType::wkbPoint25D),
        Some(Picture::Lines) => (Some(&nowhere), OGRwkbGeometryType::wkbLineString),
        None if table.spatial => (Some(srs), OGRwkbGeometryType::wkbMultiPolygon),
        None => (None, OGRwkbGeometryType::wkbNone),
    };
    let layer = dataset.create_layer(LayerOptions { name: &table.name, srs, ty, options: Some(&options) }).map_err(|e| fault(&e))?;
    for column in &table.columns {
        let kind = match column.kind {
            Kind::Text => OGRFieldType::OFTString,
            Kind::Real => OGRFieldType::OFTReal,
            Kind::Date => OGRFieldType::OFTDate,
        };
        FieldDefn::new(&column.name, kind).and_then(|field| field.add_to_layer(&layer)).map_err(|e| fault(&e))?;
    }
    let definition = Defn::from_layer(&layer);
    for row in &table.rows {
        let mut feature = Feature::new(&definition).map_err(|e| fault(&e))?;
        for (i, field) in row.fields.iter().enumerate() {
            set(&mut feature, i, field).map_err(|e| fault(&e))?;
        }
        if let Some(zone) = row.zone.filter(|_| table.spatial) {
            let outline: Geometry = territory.quartiers[zone].shape.to_gdal().map_err(|e| fault(&e))?;
            feature.set_geometry(outline).map_err(|e| fault(&e))?;
        }
        if let (Some(picture), false) = (table.picture, row.path.is_empty()) {
            feature.set_geometry(drawn(picture, &row.path).map_err(|e| fault(&e))?).map_err(|e| fault(&e))?;
        }
        feature.create(&layer).map_err(|e| fault(&e))?;
    }
    Ok(())
}

/// The plane of a picture: coordinates without a place on earth (`srs_id` −1 of the standard).
const NOWHERE: &str = "LOCAL_CS[\"Undefined Cartesian SRS\",UNIT[\"unknown\",1]]";

fn drawn(picture: Picture, path: &[[f64; 3]]) -> gdal::errors::Result<Geometry> {
    match picture {
        Picture::Points => {
            let mut point = Geometry::empty(OGRwkbGeometryType::wkbPoint25D)?;
            for [x, y, z] in path {
                point.add_point((*x, *y, *z));
            }
            Ok(point)
        }
        Picture::Lines => {
            let mut line = Geometry::empty(OGRwkbGeometryType::wkbLineString)?;
            for [x, y, _] in path {
                line.add_point_2d((*x, *y));
            }
            Ok(line)
        }
    }
}

fn set(feature: &mut Feature<'_>, at: usize, field: &Field) -> gdal::errors::Result<()> {
    match field {
        Field::Text(text) => feature.set_field_string(at, text),
        Field::Real(number) => feature.set_field_double(at, *number),
        Field::Date(day) => feature.set_field(at, &gdal::vector::FieldValue::DateValue(*day)),
        Field::Null => feature.set_field_null(at),
    }
}

/// Asks the file whether it is a GeoPackage of ours without anything that an earlier state left, and holds what was written.
fn check(path: &Path, layers: &[LayerInfo]) -> Result<()> {
    let dataset = check::open(path)?;
    for (question, answer) in
        [("PRAGMA freelist_count", "0"), ("PRAGMA application_id", APPLICATION_ID), ("PRAGMA user_version", USER_VERSION)]
    {
        check::expect(&dataset, question, answer)?;
    }
    drop(dataset);
    check::check(path, layers.iter().map(|layer| (layer.name.as_str(), layer.rows)))
}

#[cfg(test)]
mod tests;
