//! Whether a GeoPackage on disk is sound: asked of what was just written, and of any release later.

use std::path::Path;

use gdal::{Dataset, DatasetOptions, GdalOpenFlags};

use crate::error::{Error, Result};
use crate::publish::sql::{identifier, texts};
use crate::territory::complaints::{complaints, quiet_gdal, unwritable};

/// Opens the file so that nothing in it runs, and nothing is written beside it.
pub(super) fn open(path: &Path) -> Result<Dataset> {
    quiet_gdal();
    drop(complaints());
    let prelude = "PRELUDE_STATEMENTS=PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0";
    let options = DatasetOptions {
        open_flags: GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_READONLY,
        allowed_drivers: Some(&["GPKG"]),
        open_options: Some(&["IMMUTABLE=YES", prelude]),
        ..DatasetOptions::default()
    };
    Dataset::open_ex(path, options).map_err(|e| unwritable("the GeoPackage does not open", &e))
}

/// Asks a question that has one answer.
pub(super) fn expect(dataset: &Dataset, question: &str, answer: &str) -> Result<()> {
    let found = texts(dataset, question)?;
    if found == [answer] {
        return Ok(());
    }
    Err(Error::output(format!("the GeoPackage does not hold: {question} says {}", found.join("; "))))
}

/// Whether every page of the file fits, and each of these tables has as many rows.
///
/// # Errors
/// What does not hold.
pub(in crate::publish) fn check<'a>(path: &Path, layers: impl Iterator<Item = (&'a str, usize)>) -> Result<()> {
    let dataset = open(path)?;
    expect(&dataset, "PRAGMA integrity_check", "ok")?;
    if !texts(&dataset, "PRAGMA foreign_key_check")?.is_empty() {
        return Err(Error::output("the GeoPackage does not hold: a row refers to one that is missing"));
    }
    for (layer, rows) in layers {
        let found = texts(&dataset, &format!("SELECT count(*) FROM {}", identifier(layer)))?;
        if found != [rows.to_string()] {
            return Err(Error::output(format!("the table {layer} holds {} rows and not {rows}", found.join(""))));
        }
    }
    Ok(())
}
