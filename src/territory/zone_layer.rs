//! Zones as a file has them, and back to a file with what was found in them: any format GDAL reads, to GeoPackage.

use std::cmp::Ordering;
use std::path::Path;

use gdal::config::{clear_thread_local_config_option, set_thread_local_config_option};
use gdal::errors::GdalError;
use gdal::spatial_ref::SpatialRef;
use gdal::vector::sql::Dialect;
use gdal::vector::{Feature, FieldDefn, FieldValue, Geometry, LayerAccess, LayerOptions, OGRFieldType, OGRwkbGeometryType};
use gdal::{Dataset, DatasetOptions, DriverManager, GdalOpenFlags};

use super::complaints::{all_written, complaints, quiet_gdal, unwritable};
use super::opening::{self, Purpose};
use super::outlines::Outlines;
use super::wkb;
use crate::error::{Error, Result};

/// The date that GeoPackages are given, so that the same inputs make the same bytes.
const WRITTEN: &str = "2000-01-01T00:00:00Z";

/// Outlines above this size, in bytes, are written on larger pages.
const LARGE: usize = 1 << 22;
/// How many zones are read back to check a file.
const READ_BACK: usize = 64;

/// Zones in the order of their key, with their columns.
#[derive(Debug)]
pub struct ZoneLayer {
    /// The names of the columns that were kept.
    columns: Vec<String>,
    /// For each zone its values, one a column; `None` where the file has none.
    values: Vec<Vec<Option<FieldValue>>>,
    outlines: Outlines,
    crs: Option<SpatialRef>,
}

/// A column to write beside those of the zones.
#[derive(Debug, Clone, Copy)]
pub enum NewColumn<'a> {
    /// Whole numbers.
    Count(&'a str, &'a [u64]),
    /// Numbers; `None` is written as null.
    Number(&'a str, &'a [Option<f64>]),
}

impl ZoneLayer {
    /// Reads the first layer of a file.
    ///
    /// With a key, zones are ordered by it and only that column is kept; without, zones stay in the order of the file and
    /// all columns are kept.
    ///
    /// # Errors
    /// A file that GDAL cannot read; a key column that is missing, has gaps or values that occur twice; an outline that is
    /// missing, or not made of polygons, or not finite.
    pub fn read(path: &Path, key: Option<&str>) -> Result<Self> {
        read(path, key).map_err(|error| error.in_file(path))
    }

    /// The outlines in the order of the zones; the layer can be written only while it has them.
    #[must_use]
    pub fn outlines(&self) -> &Outlines {
        &self.outlines
    }

    /// Gives the outlines away, for an index to keep.
    #[must_use]
    pub fn take_outlines(&mut self) -> Outlines {
        std::mem::take(&mut self.outlines)
    }

    /// The number of zones.
    #[must_use]
    pub fn count(&self) -> usize {
        self.values.len()
    }

    /// Writes the zones with these outlines and new columns as a GeoPackage with a spatial index. The file must not exist.
    ///
    /// # Errors
    /// A column that occurs twice, or a file that cannot be written.
    pub fn write(&self, outlines: &Outlines, new: &[NewColumn<'_>], layer: &str, path: &Path) -> Result<()> {
        for column in new {
            if self.columns.iter().any(|have| have.eq_ignore_ascii_case(column.name())) {
                let message = format!("the zones already have a column \"{}\"", column.name());
                return Err(Error::config(message).help("name the key column of the zones: then no other column is copied"));
            }
        }
        quiet_gdal();
        drop(complaints());
        // Long outlines spread over few large pages take a third less time, and a fifth less space.
        let pages = if outlines.bytes() > LARGE { "page_size=16384" } else { "page_size=4096" };
        // Thread-local, and taken back: other work of the process keeps its dates and its syncs.
        let settings =
            [("OGR_CURRENT_DATE", WRITTEN), ("OGR_SQLITE_SYNCHRONOUS", "OFF"), ("OGR_SQLITE_JOURNAL", "OFF"), ("OGR_SQLITE_PRAGMA", pages)];
        let written = settings
            .iter()
            .try_for_each(|(name, value)| set_thread_local_config_option(name, value))
            .and_then(|()| self.write_layer(outlines, new, layer, path));
        let cleared = settings.iter().try_for_each(|(name, _)| clear_thread_local_config_option(name));
        written.and(cleared).map_err(|error| unwritable("the GeoPackage cannot be written", &error))?;
        all_written("the GeoPackage cannot be written")
    }

    fn write_layer(&self, outlines: &Outlines, new: &[NewColumn<'_>], layer: &str, path: &Path) -> Result<(), GdalError> {
        let mut dataset = DriverManager::get_driver_by_name("GPKG")?.create_vector_only(path)?;
        let mut transaction = dataset.start_transaction()?;
        // The spatial index comes before the outlines: made after them, it would read them all back.
        let spatial_index = format!("SELECT CreateSpatialIndex('{}', 'geom')", layer.replace('\'', "''"));
        let options = LayerOptions {
            name: layer,
            srs: self.crs.as_ref(),
            ty: OGRwkbGeometryType::wkbMultiPolygon,
            options: Some(&["GEOMETRY_NAME=geom", "FID=fid", "SPATIAL_INDEX=NO"]),
        };
        {
            let layer = transaction.create_layer(options)?;
            for (i, name) in self.columns.iter().enumerate() {
                let kind = self.values.iter().find_map(|row| row[i].as_ref()).map_or(OGRFieldType::OFTString, FieldValue::ogr_field_type);
                FieldDefn::new(name, kind)?.add_to_layer(&layer)?;
            }
            for column in new {
                let kind = match column {
                    NewColumn::Count(..) => OGRFieldType::OFTInteger64,
                    NewColumn::Number(..) => OGRFieldType::OFTReal,
                };
                FieldDefn::new(column.name(), kind)?.add_to_layer(&layer)?;
            }
        }
        transaction.execute_sql(spatial_index, None, Dialect::DEFAULT)?;
        {
            let layer = transaction.layer(0)?;
            let mut bytes = Vec::new();
            for (zone, row) in self.values.iter().enumerate() {
                let mut feature = Feature::new(layer.defn())?;
                for (i, value) in row.iter().enumerate() {
                    match value {
                        Some(value) => feature.set_field(i, value)?,
                        None => feature.set_field_null(i)?,
                    }
                }
                for (i, column) in (row.len()..).zip(new) {
                    match column {
                        NewColumn::Count(_, counts) => feature.set_field_integer64(i, counts[zone].try_into().unwrap_or(i64::MAX))?,
                        NewColumn::Number(_, numbers) => match numbers[zone] {
                            Some(number) => feature.set_field_double(i, number)?,
                            None => feature.set_field_null(i)?,
                        },
                    }
                }
                bytes.clear();
                wkb::write_multipolygon(outlines, zone, &mut bytes);
                feature.set_geometry(Geometry::from_wkb(&bytes)?)?;
                feature.create(&layer)?;
            }
        }
        transaction.commit()?;
        dataset.close()
    }

    /// Reads back a written file: whether it has as many zones, in its table and in its spatial index, and whether zones
    /// from the first to the last have the values that were written.
    ///
    /// # Errors
    /// A file that cannot be read, or does not hold what was written.
    pub fn verify(&self, new: &[NewColumn<'_>], path: &Path) -> Result<()> {
        let check = || -> Result<bool, GdalError> {
            let dataset = open(path)?;
            let layer = dataset.layer(0)?;
            let name = layer.name().replace('"', "\"\"");
            for table in [format!("\"{name}\""), format!("\"rtree_{name}_geom\"")] {
                let rows = dataset.execute_sql(format!("SELECT COUNT(*) FROM {table}"), None, Dialect::DEFAULT)?;
                let count = rows.and_then(|mut rows| rows.features().next().and_then(|row| row.field_as_integer64(0).ok().flatten()));
                if count.and_then(|count| usize::try_from(count).ok()) != Some(self.count()) {
                    return Ok(false);
                }
            }
            let step = self.count().div_ceil(READ_BACK).max(1);
            for zone in (0..self.count()).step_by(step).chain(self.count().checked_sub(1)) {
                let Some(feature) = layer.feature(zone as u64 + 1) else { return Ok(false) };
                for (i, column) in (self.columns.len()..).zip(new) {
                    let same = match column {
                        NewColumn::Count(_, counts) => feature.field_as_integer64(i)? == i64::try_from(counts[zone]).ok(),
                        NewColumn::Number(_, numbers) => feature.field_as_double(i)? == numbers[zone],
                    };
                    if !same {
                        return Ok(false);
                    }
                }
            }
            Ok(true)
        };
        let holds = check().map_err(|error| unwritable("the GeoPackage cannot be read back", &error))?;
        if holds { Ok(()) } else { Err(Error::output("the written file does not hold what was written").help("check the disk")) }
    }
}

impl NewColumn<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Count(name, _) | Self::Number(name, _) => name,
        }
    }
}

fn open(path: &Path) -> Result<Dataset, GdalError> {
    Dataset::open_ex(path, DatasetOptions { open_flags: GdalOpenFlags::GDAL_OF_VECTOR, ..DatasetOptions::default() })
}

fn read(path: &Path, key: Option<&str>) -> Result<ZoneLayer> {
    let failed =
        |error: GdalError| Error::input(reason(&error)).help("zones can be in any format that GDAL reads: GeoPackage, GeoJSON, Shapefile");
    let opened = opening::open(path, Purpose::Outlines)?;
    let mut layers = opened.layers();
    let Some(layer) = layers.first_mut() else { return Err(Error::input("the file has no layer")) };
    let names: Vec<String> = layer.defn().fields().map(|field| field.name()).collect();
    let kept: Vec<usize> = match key {
        None => (0..names.len()).collect(),
        Some(key) => {
            let at = names.iter().position(|name| name == key);
            vec![at.ok_or_else(|| {
                Error::config(format!("there is no column \"{key}\"")).help(format!("the columns are {}", names.join(", ")))
            })?]
        }
    };
    let crs = layer.spatial_ref();

    let mut rows: Vec<(Vec<Option<FieldValue>>, usize)> = Vec::new();
    let mut outlines = Outlines::default();
    for (i, feature) in layer.features().enumerate() {
        let at_row = |error: Error| error.at_row(i as u64 + 1);
        let values: Result<Vec<_>, GdalError> = kept.iter().map(|&column| feature.field(column)).collect();
        let geometry = feature.geometry().filter(|geometry| !geometry.is_empty());
        let bytes =
            geometry.ok_or_else(|| at_row(Error::input("the zone has no outline")))?.wkb().map_err(|error| at_row(failed(error)))?;
        wkb::push_polygons(&bytes, &mut outlines).and_then(|()| outlines.end_zone()).map_err(at_row)?;
        rows.push((values.map_err(|error| at_row(failed(error)))?, i));
    }
    if rows.is_empty() {
        return Err(Error::input("there is no zone"));
    }
    if let Some(key) = key {
        order_by_key(&mut rows, key)?;
        if !rows.is_sorted_by_key(|(_, place)| *place) {
            let order: Vec<usize> = rows.iter().map(|(_, place)| *place).collect();
            outlines = outlines.reordered(&order)?;
        }
    }
    let columns = kept.iter().map(|&column| names[column].clone()).collect();
    Ok(ZoneLayer { columns, values: rows.into_iter().map(|(values, _)| values).collect(), outlines, crs })
}

/// Sorts zones by their key; a key must be there for every zone and occur once.
fn order_by_key(rows: &mut [(Vec<Option<FieldValue>>, usize)], key: &str) -> Result<()> {
    let compare = |a: &Option<FieldValue>, b: &Option<FieldValue>| match (a, b) {
        (Some(FieldValue::StringValue(a)), Some(FieldValue::StringValue(b))) => a.cmp(b),
        (Some(FieldValue::IntegerValue(a)), Some(FieldValue::IntegerValue(b))) => a.cmp(b),
        (Some(FieldValue::Integer64Value(a)), Some(FieldValue::Integer64Value(b))) => a.cmp(b),
        _ => Ordering::Equal,
    };
    let usable = |value: &Option<FieldValue>| {
        matches!(value, Some(FieldValue::StringValue(_) | FieldValue::IntegerValue(_) | FieldValue::Integer64Value(_)))
    };
    if let Some((_, place)) = rows.iter().find(|(values, _)| !usable(&values[0])) {
        let error = Error::input("the key of a zone is missing, or neither text nor a whole number");
        return Err(error.in_column(key).at_row(*place as u64 + 1));
    }
    rows.sort_by(|(a, _), (b, _)| compare(&a[0], &b[0]));
    let twice: Vec<usize> =
        rows.windows(2).filter(|pair| compare(&pair[0].0[0], &pair[1].0[0]).is_eq()).map(|pair| pair[1].1 + 1).collect();
    if twice.is_empty() {
        return Ok(());
    }
    let listed: Vec<String> = twice.iter().take(10).map(ToString::to_string).collect();
    let error = Error::input(format!("{} keys occur twice", twice.len())).in_column(key);
    Err(error.detail(format!("rows {}", listed.join(", "))).help("one row a zone; merge the parts into a multipolygon"))
}

/// What GDAL says, or that it says nothing.
fn reason(error: &GdalError) -> String {
    match error {
        GdalError::CplError { msg, .. } | GdalError::NullPointer { msg, .. } if !msg.is_empty() => msg.clone(),
        other => other.to_string(),
    }
}
