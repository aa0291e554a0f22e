//! The list of rows set aside: personal data, for the observatory's own eyes, in a folder that only its user can read.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::Sources;
use crate::error::{Error, Result};

/// Writes `set_aside.csv` (mode 0600) into the private folder (made with mode 0700): file, row, column, the reason as `say`
/// puts it, then the cells.
/// Gives its path, or `None` where nothing was set aside; then an earlier list is removed.
///
/// # Errors
/// A folder that cannot be made or written.
pub fn write(sources: &Sources, folder: &Path, say: &dyn Fn(&str) -> String) -> Result<Option<PathBuf>> {
    let path = folder.join("set_aside.csv");
    if sources.set_aside.is_empty() {
        return match fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::writing(&path, &e)),
            _ => Ok(None),
        };
    }
    if !folder.is_dir() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|e| Error::writing(folder, &e))?;
    }
    let part = folder.join(format!(".set_aside-{}.part", std::process::id()));
    let written = write_rows(sources, &part, say).and_then(|()| fs::rename(&part, &path).map_err(|e| Error::writing(&path, &e)));
    if let Err(error) = written {
        let _ = fs::remove_file(&part);
        return Err(error);
    }
    Ok(Some(path))
}

fn write_rows(sources: &Sources, path: &Path, say: &dyn Fn(&str) -> String) -> Result<()> {
    let failed = |e: &std::io::Error| Error::writing(path, e);
    let _ = fs::remove_file(path);
    let file = File::options().write(true).create_new(true).mode(0o600).open(path).map_err(|e| failed(&e))?;
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(file);
    let broken = |e: csv::Error| match e.into_kind() {
        csv::ErrorKind::Io(source) => failed(&source),
        _ => Error::output("the list cannot be written").in_file(path),
    };
    writer.write_record(["source", "file", "row", "column", "reason", "cells"]).map_err(broken)?;
    for row in &sources.set_aside {
        let issue = &row.issue;
        let place =
            [issue.source.clone(), issue.file.display().to_string(), issue.row.to_string(), issue.column.clone(), say(&issue.reason)];
        writer.write_record(place.iter().chain(&row.cells)).map_err(broken)?;
    }
    let mut file = writer.into_inner().map_err(|e| Error::output(e.error().to_string()).in_file(path))?;
    file.flush().and_then(|()| file.sync_all()).map_err(|e| failed(&e))
}
