//! The folder of an analysis: private, whole or not there, and never in the place of anything else.

use std::fs::{self, DirBuilder, File};
use std::io::{BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

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
    part: PathBuf,
    files: Vec<&'static str>,
    /// The parents that were made for it, the innermost first.
    parents: Vec<PathBuf>,
}

impl Folder {
    /// Makes a folder to write in, readable by its user only.
    pub(super) fn begin(output: &Path, force: bool) -> Result<Self> {
        let name = output.file_name().ok_or_else(|| Error::config("the output has no file name").in_file(output))?;
        if output.exists() {
            if !force {
                return Err(Error::output("the folder exists").in_file(output).help("--force replaces it once the new one is complete"));
            }
            check_ours(output)?;
        }
        let part = output.with_file_name(format!(".{}.{}.part", name.to_string_lossy(), std::process::id()));
        let missing = |parent: &&Path| !parent.as_os_str().is_empty() && !parent.exists();
        let parents: Vec<PathBuf> = output.ancestors().skip(1).take_while(missing).map(Path::to_path_buf).collect();
        let made = parents.first().map_or(Ok(()), fs::create_dir_all);
        let made = made.and_then(|()| DirBuilder::new().mode(0o700).create(&part));
        if let Err(error) = made {
            withdraw(&parents);
            return Err(Error::writing(output, &error));
        }
        Ok(Self { output: output.to_path_buf(), part, files: Vec::new(), parents })
    }

    /// Writes one file (mode 0600).
    pub(super) fn write(&mut self, name: &'static str, rows: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<()> {
        let path = self.part.join(name);
        let written = File::options().write(true).create_new(true).mode(0o600).open(&path).and_then(|file| {
            let mut file = BufWriter::with_capacity(1 << 18, file);
            rows(&mut file)?;
            file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()
        });
        written.map_err(|e| Error::writing(&self.output.join(name), &e))?;
        self.files.push(name);
        Ok(())
    }

    /// Puts the folder in its place and gives the names of its files.
    pub(super) fn commit(mut self) -> Result<Vec<&'static str>> {
        let failed = |e: &std::io::Error| Error::writing(&self.output, e);
        if self.output.exists() {
            check_ours(&self.output)?;
            let aside = self.part.with_extension("old");
            fs::rename(&self.output, &aside).map_err(|e| failed(&e))?;
            if let Err(error) = fs::rename(&self.part, &self.output) {
                let _ = fs::rename(&aside, &self.output);
                return Err(failed(&error));
            }
            let _ = fs::remove_dir_all(&aside);
        } else {
            fs::rename(&self.part, &self.output).map_err(|e| failed(&e))?;
        }
        self.parents.clear();
        Ok(std::mem::take(&mut self.files))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // After a commit nothing of this name is there.
        let _ = fs::remove_dir_all(&self.part);
        withdraw(&self.parents);
    }
}

/// Removes folders that were made and are still empty.
fn withdraw(folders: &[PathBuf]) {
    let _ = folders.iter().try_for_each(fs::remove_dir);
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
