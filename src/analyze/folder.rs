//! The folder of an analysis: private, whole or not there, and never in the place of anything else.

use std::fs::{self, DirBuilder, File};
use std::io::{BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::staging::Staging;

/// All files that an analysis may hold: a folder with anything else is not replaced.
const FILES: [&str; 10] = [
    "eigenvalues.csv",
    "modalities.csv",
    "questions.csv",
    "individuals.csv",
    "rows.csv",
    "columns.csv",
    "groups.csv",
    "nodes.csv",
    "profiles.csv",
    "links.csv",
];

/// A folder being written beside its place; removed when dropped before [`Folder::commit`].
#[derive(Debug)]
pub(super) struct Folder {
    output: PathBuf,
    staging: Staging<'static>,
    files: Vec<&'static str>,
}

impl Folder {
    /// Makes a folder to write in, readable by its user only.
    pub(super) fn begin(output: &Path, force: bool) -> Result<Self> {
        let staging = Staging::begin(output, move |there| check_replaceable(there, force))?;
        DirBuilder::new().mode(0o700).create(staging.made()).map_err(|e| Error::writing(output, &e))?;
        Ok(Self { output: output.to_path_buf(), staging, files: Vec::new() })
    }

    /// Writes one file (mode 0600).
    pub(super) fn write(&mut self, name: &'static str, rows: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<()> {
        let path = self.staging.made().join(name);
        let written = File::options().write(true).create_new(true).mode(0o600).open(&path).and_then(|file| {
            let mut file = BufWriter::with_capacity(1 << 18, file);
            rows(&mut file)?;
            file.flush()
        });
        written.map_err(|e| Error::writing(&self.output.join(name), &e))?;
        self.files.push(name);
        Ok(())
    }

    /// Puts the folder in its place and gives the names of its files.
    pub(super) fn commit(self) -> Result<Vec<&'static str>> {
        self.staging.settle()?;
        self.staging.commit()?;
        Ok(self.files)
    }
}

fn check_replaceable(output: &Path, force: bool) -> Result<()> {
    let Ok(there) = fs::symlink_metadata(output) else { return Ok(()) };
    if !there.is_dir() {
        return Err(Error::output("this is no folder").in_file(output).help("choose another --out"));
    }
    if !force {
        return Err(Error::output("the folder exists").in_file(output).help("--force replaces it once the new one is complete"));
    }
    check_ours(output)
}

/// Checks that a folder holds an analysis and nothing else.
fn check_ours(folder: &Path) -> Result<()> {
    let foreign =
        || Error::output("this is no folder of an analysis").in_file(folder).help("choose another folder: only an analysis is replaced");
    for entry in fs::read_dir(folder).map_err(|_| foreign())? {
        let name = entry.map_err(|e| Error::writing(folder, &e))?.file_name();
        if !FILES.iter().any(|file| name == *file) {
            return Err(foreign());
        }
    }
    Ok(())
}
