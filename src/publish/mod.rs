//! Stage 5: what is shown becomes files.
//!
//! Every writer takes [`Protected`] and nothing rawer.

mod arithmetic;
mod class_risk;
pub mod classify;
mod derived;
pub mod drawing;
mod figures;
mod geojson;
pub mod geopackage;
pub mod legend;
mod manifest;
mod qgis;
mod replaceable;
pub mod scenarios;
pub mod sql;
mod studies;
mod tables;
#[cfg(test)]
pub(crate) mod town;
pub mod verify;

use std::path::Path;

use chrono::NaiveDate;
use serde::Serialize;

pub use arithmetic::{Counts, FrequencyTable, LayerEntry, Linked, MeasureEntry, Nested};
pub use manifest::{Disclosure, FileEntry, HiddenEntry, Manifest, TerritoryEntry};
pub use replaceable::preflight;

use crate::catalog::{Catalog, DisclosureRules};
use crate::error::{Error, Result};
use crate::interrupt;
use crate::measure::MeasureId;
use crate::protect::Protected;
use crate::territory::Territory;
use crate::territory::crs::{Transformer, WGS84};
use crate::texts::Texts;

use scenarios::Scenarios;

/// What the files say about the run they come from.
#[derive(Debug, Clone)]
pub struct Release {
    /// The observatory's title, in the readers' language.
    pub title: String,
    /// What readers see, in their language.
    pub texts: Texts,
    /// The date written into the files; never the clock's.
    pub date: NaiveDate,
    /// The seed of the run.
    pub seed: u64,
    /// The files that were read.
    pub inputs: Vec<InputFile>,
    /// What became of the records, source by source.
    pub stages: Vec<StageCounts>,
    /// Whether the records are synthetic; said in every title.
    pub synthetic: bool,
    /// Where the figures come from, for map sources and metadata.
    pub source: String,
    /// The declared scenarios.
    pub scenarios: Vec<Scenarios>,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InputFile {
    /// Its name, relative to the observatory's file.
    pub name: String,
    /// SHA-256 of the bytes that were used, in hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// How its coordinates became the territory's, with the accuracy of that way; `None` where they are in its CRS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transformation: Option<String>,
}

/// What became of the records of one source: `read = used + set_aside` and `used = within + outside + missing`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StageCounts {
    /// The source, such as `job_seekers`.
    pub source: String,
    /// Rows in the files.
    pub read: u64,
    /// Rows that did not hold and were listed privately.
    pub set_aside: u64,
    /// Rows that went on.
    pub used: u64,
    /// Of these, located in a zone.
    pub within: u64,
    /// Of these, with a place that is outside the territory.
    pub outside: u64,
    /// Of these, without a place.
    pub missing: u64,
}

/// Writes a release: GeoPackage, QGIS project, GeoJSON, tables and manifest, all or nothing.
///
/// Everything is written beside `output`, made durable, read back and verified, and put in place by one rename; until then an
/// earlier release stays whole. Only protected values can be given: `shown` has no other maker than
/// [`protect`](crate::protect::protect). `inspect` is called with the folder when all files are in it, before it takes its place: what
/// it refuses is not published.
///
/// # Errors
/// What `inspect` refuses; an output that exists (without `force`), is in use, is full or cannot be written.
#[expect(clippy::too_many_arguments, reason = "what a release is made of, and where it goes")]
pub fn publish(
    shown: &Protected,
    rules: &DisclosureRules,
    territory: &Territory,
    catalog: &Catalog,
    release: &Release,
    output: &Path,
    force: bool,
    inspect: &mut dyn FnMut(&Path) -> Result<()>,
) -> Result<Manifest> {
    let staging = replaceable::begin(output, force)?;
    let folder = staging.made();
    std::fs::create_dir(folder).map_err(|e| Error::writing(folder, &e))?;
    let geopackage = format!("{}.gpkg", territory.id.0);
    tracing::info!(file = geopackage, "writing");
    let layers = geopackage::write(&folder.join(&geopackage), shown, territory, catalog, release)?;
    geopackage::write_project(&folder.join(format!("{}.qgz", territory.id.0)), &geopackage, shown, territory, catalog, release)?;
    interrupt::check()?;
    let maps = folder.join("geojson");
    std::fs::create_dir(&maps).map_err(|e| Error::writing(&maps, &e))?;
    for layer in &catalog.layers {
        let id = MeasureId::new(layer.measure.id.clone())?;
        if let (Some(measure), Some(style)) = (shown.measure(&id), catalog.styles.get(&layer.style)) {
            let path = maps.join(format!("{}.geojson", layer.id));
            tracing::info!(file = %path.file_name().unwrap_or_default().to_string_lossy(), "writing");
            geojson::write(&path, (layer, style), measure, territory, release)?;
        }
    }
    interrupt::check()?;
    let tables = folder.join("tables");
    std::fs::create_dir(&tables).map_err(|e| Error::writing(&tables, &e))?;
    tables::write(&tables.join("indicators.csv"), shown, territory)?;
    tables::write_neighbors(&tables.join("neighbors.gal"), territory)?;
    tables::write_details(&tables.join("details.csv"), shown, territory)?;
    let derived = derived::tables(shown, territory, catalog, release);
    for table in derived.into_iter().chain(scenarios::table(release)).chain(studies::tables(shown.studies(), release)) {
        tables::write_rows(&tables.join(format!("{}.csv", table.name)), &table)?;
    }
    let pictures = studies::pictures(shown.studies(), release);
    if !pictures.is_empty() {
        let drawings = folder.join("pictures");
        std::fs::create_dir(&drawings).map_err(|e| Error::writing(&drawings, &e))?;
        for (name, svg) in pictures {
            let path = drawings.join(name);
            std::fs::write(&path, svg).map_err(|e| Error::writing(&path, &e))?;
        }
    }
    check_contents(folder, shown, territory)?;
    let to_wgs84 = Transformer::new(territory.crs, WGS84)?.transformation().to_string();
    let manifest = Manifest::of(folder, manifest::Parts { shown, rules, territory, catalog, release, layers, to_wgs84 })?;
    let path = folder.join(replaceable::MANIFEST);
    std::fs::write(&path, manifest.to_text()?).map_err(|e| Error::writing(&path, &e))?;
    interrupt::check()?;
    staging.settle()?;
    // From the disk, not from memory: what is published is what can be read.
    if let Some(difference) = verify::verify(folder)?.differences.first() {
        return Err(Error::output("read back, the file does not hold what was written").in_file(&difference.name));
    }
    inspect(folder)?;
    interrupt::check()?;
    staging.commit()?;
    Ok(manifest)
}

/// Counts what the text files hold: a writer that stopped short must not pass for a release.
fn check_contents(folder: &Path, shown: &Protected, territory: &Territory) -> Result<()> {
    let broken =
        |path: &Path| Error::output("read back, the file does not hold what was written").in_file(path.file_name().unwrap_or_default());
    let zones = territory.quartiers.count();
    let maps = folder.join("geojson");
    for entry in std::fs::read_dir(&maps).map_err(|e| Error::writing(&maps, &e))? {
        let path = entry.map_err(|e| Error::writing(&maps, &e))?.path();
        let bytes = std::fs::read(&path).map_err(|e| Error::writing(&path, &e))?;
        let collection: serde_json::Value = serde_json::from_slice(&bytes).map_err(|_| broken(&path))?;
        if collection["features"].as_array().map(Vec::len) != Some(zones) {
            return Err(broken(&path));
        }
    }
    let path = folder.join("tables/indicators.csv");
    let expected: usize = shown.measures().iter().map(|measure| measure.periods().len() * (zones + 1)).sum();
    let mut reader = csv::Reader::from_path(&path).map_err(|_| broken(&path))?;
    let rows = reader.byte_records().try_fold(0, |rows, record| record.map(|_| rows + 1)).map_err(|_| broken(&path))?;
    if rows == expected { Ok(()) } else { Err(broken(&path)) }
}
