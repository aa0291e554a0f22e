//! The ledger: what every release published, kept so that no later one gives an earlier cell away.
//!
//! An entry is a folder that an audit reads as a release: the manifest, the long table, the tables of frequencies and the outlines of
//! the zones. It holds nothing that was not published. A correction is a release, and has its entry.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// The files of a release that an entry keeps, besides one map for the outlines.
const KEPT: [&str; 3] = ["tables/indicators.csv", "tables/bilan.csv", "manifest.json"];

/// A folder of entries, `0001_2004-01-15_1f0c…` the oldest.
#[derive(Debug, Clone)]
pub struct Ledger {
    folder: PathBuf,
}

impl Ledger {
    /// The ledger in a folder, which need not exist yet.
    #[must_use]
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The entries, the oldest first; entries that were being written when a run died are none.
    ///
    /// # Errors
    /// A folder that cannot be read: without the ledger nobody knows what was published.
    pub fn entries(&self) -> Result<Vec<PathBuf>> {
        let found = match fs::read_dir(&self.folder) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            found => found.map_err(|e| Error::reading(&self.folder, &e))?,
        };
        let mut entries = Vec::new();
        for entry in found {
            let entry = entry.map_err(|e| Error::reading(&self.folder, &e))?;
            if number(&entry.file_name().to_string_lossy()).is_some() && entry.path().is_dir() {
                entries.push(entry.path());
            }
        }
        entries.sort();
        Ok(entries)
    }

    /// Enters a release; `None` where the same figures under the same rules were entered before.
    ///
    /// Written beside its place and put there by one rename, so that an entry is whole or is none.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn enter(&self, release: &Path, date: &str) -> Result<Option<PathBuf>> {
        let mut files: Vec<(String, Vec<u8>)> = Vec::new();
        for name in KEPT {
            let path = release.join(name);
            match fs::read(&path) {
                Ok(bytes) => files.push((name.to_owned(), bytes)),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound && name != "manifest.json" => {}
                Err(e) => return Err(Error::reading(&path, &e)),
            }
        }
        let hash = figures(&files);
        let entries = self.entries()?;
        if entries.iter().any(|entry| entry.file_name().is_some_and(|name| name.to_string_lossy().ends_with(&hash))) {
            return Ok(None);
        }
        files.extend(outlines(&release.join("geojson"))?);
        let last = entries.last().and_then(|entry| number(&entry.file_name()?.to_string_lossy())).unwrap_or(0);
        let part = self.folder.join(format!(".part-{}", std::process::id()));
        let written = self.write(&part, &files).and_then(|()| self.place(&part, last, date, &hash));
        if written.is_err() {
            let _ = fs::remove_dir_all(&part);
        }
        written.map(Some)
    }

    /// Takes an entry back: its release did not come about.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn withdraw(&self, entry: &Path) -> Result<()> {
        fs::remove_dir_all(entry).map_err(|e| Error::writing(entry, &e))
    }

    fn write(&self, part: &Path, files: &[(String, Vec<u8>)]) -> Result<()> {
        fs::create_dir_all(&self.folder).map_err(|e| Error::writing(&self.folder, &e))?;
        for entry in fs::read_dir(&self.folder).map_err(|e| Error::writing(&self.folder, &e))?.flatten() {
            // What a dead run left; a living one of the same number does not exist.
            if entry.file_name() == part.file_name().unwrap_or_default() {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        for (name, bytes) in files {
            let path = part.join(name);
            let failed = |e: std::io::Error| Error::writing(&path, &e);
            fs::create_dir_all(path.parent().unwrap_or(part)).map_err(failed)?;
            let mut file = File::create(&path).map_err(failed)?;
            file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
        }
        Ok(())
    }

    /// Gives an entry the next number; where another run took it in the meantime, the one after.
    fn place(&self, part: &Path, last: u32, date: &str, hash: &str) -> Result<PathBuf> {
        let mut next = last + 1;
        loop {
            let entry = self.folder.join(format!("{next:04}_{date}_{hash}"));
            let taken = self.entries()?.iter().any(|other| other.file_name().and_then(|n| number(&n.to_string_lossy())) == Some(next));
            if taken {
                next += 1;
                continue;
            }
            fs::rename(part, &entry).map_err(|e| Error::writing(&entry, &e))?;
            File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(|e| Error::writing(&self.folder, &e))?;
            return Ok(entry);
        }
    }
}

/// The number that the name of an entry begins with.
fn number(name: &str) -> Option<u32> {
    let (number, rest) = name.split_once('_')?;
    if number.len() < 4 || rest.is_empty() { None } else { number.parse().ok() }
}

/// The hash of the figures and rules of a release: what else the manifest says (dates, versions) makes no other release.
fn figures(files: &[(String, Vec<u8>)]) -> String {
    let mut hash = Sha256::new();
    for (name, bytes) in files {
        if name == "manifest.json" {
            let manifest: serde_json::Value = serde_json::from_slice(bytes).unwrap_or_default();
            let mut rules = manifest["disclosure"].clone();
            if let Some(rules) = rules.as_object_mut() {
                rules.remove("hidden");
            }
            hash.update(rules.to_string());
        } else {
            hash.update(name);
            hash.update(bytes);
        }
    }
    hash.finalize().iter().take(8).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The first map of a release, for the outlines of its zones.
fn outlines(maps: &Path) -> Result<Option<(String, Vec<u8>)>> {
    let Ok(found) = fs::read_dir(maps) else { return Ok(None) };
    let first = found.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "geojson")).min();
    let Some(path) = first else { return Ok(None) };
    let bytes = fs::read(&path).map_err(|e| Error::reading(&path, &e))?;
    Ok(Some((format!("geojson/{}", path.file_name().unwrap_or_default().to_string_lossy()), bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(folder: &Path, figures: &str) -> PathBuf {
        fs::create_dir_all(folder.join("tables")).unwrap();
        fs::write(folder.join("tables/indicators.csv"), figures).unwrap();
        fs::write(folder.join("manifest.json"), r#"{"date":"2004-01-15","disclosure":{"minimum_count":5,"hidden":[1]}}"#).unwrap();
        folder.to_path_buf()
    }

    #[test]
    fn a_release_is_entered_once_and_a_correction_after_it() {
        let place = tempfile::tempdir().unwrap();
        let ledger = Ledger::at(place.path().join("ledger"));
        assert!(ledger.entries().unwrap().is_empty());
        let first = release(&place.path().join("a"), "one");
        let entry = ledger.enter(&first, "2004-01-15").unwrap().unwrap();
        assert!(entry.join("tables/indicators.csv").is_file() && entry.join("manifest.json").is_file());
        assert_eq!(ledger.enter(&first, "2004-01-15").unwrap(), None);
        let corrected = release(&place.path().join("b"), "two");
        let second = ledger.enter(&corrected, "2004-02-01").unwrap().unwrap();
        assert_eq!(ledger.entries().unwrap(), [entry, second.clone()]);
        ledger.withdraw(&second).unwrap();
        assert_eq!(ledger.entries().unwrap().len(), 1);
    }

    #[test]
    fn what_a_dead_run_left_is_no_entry() {
        let place = tempfile::tempdir().unwrap();
        for name in [".part-123", "notes", "1_x", "12345"] {
            fs::create_dir_all(place.path().join(name)).unwrap();
        }
        assert!(Ledger::at(place.path()).entries().unwrap().is_empty());
    }
}
