//! From memory to the disk: what was written is synced, and what is read after that is what the disk holds.

use std::fs::{self, File};
use std::path::Path;

use rustix::fs::{Advice, fadvise};

use crate::error::{Error, Result};

/// Syncs a file, or a folder with all that is in it, and drops the pages of its files from memory.
///
/// An error of a sync is final: the system tells it once and may have thrown the data away, so that a second sync would
/// lie.
pub(super) fn settle(path: &Path) -> Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path).map_err(|e| Error::writing(path, &e))? {
            settle(&entry.map_err(|e| Error::writing(path, &e))?.path())?;
        }
        return sync(path);
    }
    let file = File::open(path).map_err(|e| Error::writing(path, &e))?;
    file.sync_all().map_err(|e| Error::writing(path, &e))?;
    // Advice: a file system without a cache of pages, such as tmpfs, may ignore it.
    let _ = fadvise(&file, 0, None, Advice::DontNeed);
    Ok(())
}

/// Syncs one file, or the names in one folder.
pub(super) fn sync(path: &Path) -> Result<()> {
    File::open(path).and_then(|file| file.sync_all()).map_err(|e| Error::writing(path, &e))
}
