//! Writes the zones as a `GeoPackage` with the column names of Statbel's file of statistical sectors, so that the
//! official outlines can take their place without a word of configuration.

use std::path::Path;

use gdal::DriverManager;
use gdal::spatial_ref::SpatialRef;
use gdal::vector::{Feature, Geometry, LayerAccess, LayerOptions, OGRFieldType, OGRwkbGeometryType};

use super::outline::{outline, to_wkt};
use super::tiling::{Outcome, Tiling};

/// The columns, as Statbel names them.
const COLUMNS: [&str; 4] = ["cd_sector", "tx_sector_descr_fr", "cd_munty_refnis", "cd_sub_munty"];

/// Written in place of the clock, so that the same centers give the same bytes.
const DATE: &str = "2004-01-15T00:00:00.000Z";

/// Writes one row a zone in code order, and replaces the file.
pub(crate) fn write(tiling: &Tiling, commune: &str, path: &Path) -> Outcome<()> {
    gdal::config::set_config_option("OGR_CURRENT_DATE", DATE)?;
    if path.exists() {
        std::fs::remove_file(path)?;
    }
    let mut dataset = DriverManager::get_driver_by_name("GPKG")?.create_vector_only(path)?;
    let crs = SpatialRef::from_epsg(31370)?;
    let layer = dataset.create_layer(LayerOptions {
        name: "sectors",
        srs: Some(&crs),
        ty: OGRwkbGeometryType::wkbMultiPolygon,
        // Tens of zones are read in one go: an index would only make the file larger.
        options: Some(&["SPATIAL_INDEX=NO"]),
    })?;
    layer.create_defn_fields(&COLUMNS.map(|name| (name, OGRFieldType::OFTString)))?;
    for (zone, center) in tiling.centers.iter().enumerate() {
        let geometry = Geometry::from_wkt(&to_wkt(&outline(tiling, zone)))?;
        let mut feature = Feature::new(layer.defn())?;
        feature.set_geometry(geometry)?;
        for (column, text) in [center.code.as_str(), &center.name, commune, &center.parent].into_iter().enumerate() {
            feature.set_field_string(column, text)?;
        }
        feature.create(&layer)?;
    }
    dataset.close()?;
    Ok(())
}
