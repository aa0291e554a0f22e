//! Nothing is published that nobody decided to publish: files that the manifest lists, columns that the catalog of texts knows,
//! outlines of zones and no points of persons (S10, S12).

use super::finding::{Check, Finding};
use super::release::{MANIFEST, Release};
use super::table::{Entry, Table};
use crate::texts::Texts;

/// Columns that databases keep for themselves.
const OWN: [&str; 5] = ["fid", "ogc_fid", "OGC_FID", "id", "geom"];
/// Columns of cells that are titled by what they show, or are in the long table alone.
const OF_CELLS: [&str; 8] =
    ["value", "numerator", "denominator", "category", "unit", "interval_method", "change_quarter_p_adjusted", "change_year_p_adjusted"];
/// Tables of a GeoPackage that describe the others.
const ADMINISTRATIVE: [&str; 5] = ["gpkg_", "rtree_", "sqlite_", "layer_styles", "qgis_projects"];
/// Pictures of analyses: their points are answers and groups.
const PICTURES: [&str; 3] = ["plane", "groups", "dendrogram"];
/// What the names of a measure's columns end in, where measures stand side by side.
const SUFFIXES: [&str; 17] = [
    "",
    "_n",
    "_d",
    "_low",
    "_high",
    "_status",
    "_change_quarter",
    "_change_quarter_low",
    "_change_quarter_high",
    "_change_quarter_p",
    "_change_quarter_signal",
    "_change_year",
    "_change_year_low",
    "_change_year_high",
    "_change_year_p",
    "_change_year_signal",
    "_category",
];

pub(super) fn check(release: &Release, texts: &Texts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, _) in release.files.iter().filter(|(name, _)| name != MANIFEST) {
        if !release.listed.contains(name) {
            let at_work = ["-wal", "-journal", "-shm", ".tmp", ".part", ".lock", "~"].iter().any(|end| name.ends_with(end));
            findings.push(Finding::new(Check::S12, name, "", if at_work { "file_at_work" } else { "file_unlisted" }));
        }
    }
    for table in &release.tables {
        if ADMINISTRATIVE.iter().any(|name| table.name.starts_with(name)) {
            continue;
        }
        for column in &table.columns {
            let known = OWN.contains(&column.as_str())
                || OF_CELLS.contains(&column.as_str())
                || texts.has(&format!("column.{column}"))
                || side_by_side(release, column);
            if !known {
                findings.push(Finding::new(Check::S10, &table.file, &table.name, "column_unknown").naming(column));
            }
        }
        if let Some(kind) = pointed(table) {
            findings.push(Finding::new(Check::S10, &table.file, &table.name, "points").naming(kind));
        }
        findings.extend(records(release, table));
    }
    findings
}

fn side_by_side(release: &Release, column: &str) -> bool {
    release.measures.iter().any(|measure| column.strip_prefix(measure.id.as_str()).is_some_and(|rest| SUFFIXES.contains(&rest)))
}

fn pointed(table: &Table) -> Option<&str> {
    let polygons = |kind: &&String| kind.to_ascii_lowercase().contains("polygon");
    table.geometries.iter().find(|kind| !polygons(kind) && !PICTURES.contains(&table.name.as_str())).map(String::as_str)
}

/// More rows of one place and time than a layer has cells: those are records.
fn records(release: &Release, table: &Table) -> Option<Finding> {
    let layer = release.measure_of_layer(&table.name).is_some();
    let (zone, period) = (table.column("zone_code")?, table.column("period")?);
    if !layer {
        return None;
    }
    let mut seen = std::collections::BTreeSet::new();
    let twice = table.rows.iter().any(|row| !seen.insert((row.get(zone).map(Entry::text), row.get(period).map(Entry::text))));
    twice.then(|| Finding::new(Check::S10, &table.file, &table.name, "rows_are_records"))
}
