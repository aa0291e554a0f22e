//! The list of rows set aside: personal data, for the observatory's own eyes, in a folder that only its user can read.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::Sources;
use crate::error::{Error, Result};
use crate::staging::write_private;

/// Writes `set_aside.csv` (mode 0600) into the private folder (made with mode 0700): file, row, column, the reason as `say`
/// puts it, then the cells.
/// Gives its path, or `None` where nothing was set aside; then an earlier list is removed.
///
/// # Errors
/// A folder that cannot be made or written.
pub fn write(sources: &Sources, folder: &Path, say: &dyn Fn(&str) -> String) -> Result<Option<PathBuf>> {
    let rows = |file: &File, path: &Path| write_rows(sources, file, path, say);
    write_private(folder, "set_aside.csv", if sources.set_aside.is_empty() { None } else { Some(&rows) })
}

fn write_rows(sources: &Sources, file: &File, path: &Path, say: &dyn Fn(&str) -> String) -> Result<()> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(file);
    let broken = |e: csv::Error| match e.into_kind() {
        csv::ErrorKind::Io(source) => Error::writing(path, &source),
        _ => Error::output("the list cannot be written").in_file(path),
    };
    writer.write_record(["source", "file", "row", "column", "reason", "cells"]).map_err(broken)?;
    for row in &sources.set_aside {
        let issue = &row.issue;
        let place =
            [issue.source.clone(), issue.file.display().to_string(), issue.row.to_string(), issue.column.clone(), say(&issue.reason)];
        writer.write_record(place.iter().chain(&row.cells)).map_err(broken)?;
    }
    writer.flush().map_err(|e| Error::writing(path, &e))
}
