//! A file that is read whole: looked at before it is opened, for opening a pipe waits for ever and a device never ends.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::error::{Error, Result};

/// The bytes of a plain file.
///
/// # Errors
/// No such file, a folder, pipe or device, or one that cannot be read.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    look(path)?;
    fs::read(path).map_err(|e| Error::reading(path, &e))
}

/// The text of a plain file.
///
/// # Errors
/// As [`read`]; and what is not UTF-8.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    look(path)?;
    fs::read_to_string(path).map_err(|e| Error::reading(path, &e))
}

fn look(path: &Path) -> Result<Metadata> {
    let metadata = fs::metadata(path).map_err(|e| Error::reading(path, &e))?;
    if metadata.is_file() {
        return Ok(metadata);
    }
    Err(Error::input("this is not a plain file").in_file(path).help("name a file, not a folder, pipe or device"))
}

/// Whether an `SQLite` file, a GeoPackage for one, can be read as it stands: `true` for one, `false` for any other format.
///
/// # Errors
/// One that another program is writing to, or was stopped while it did: what is committed stands beside it, and whoever opens
/// it would change it.
pub(crate) fn is_settled_database(path: &Path) -> Result<bool> {
    let mut start = [0; 16];
    let read =
        fs::File::open(path).and_then(|mut file| std::io::Read::read(&mut file, &mut start)).map_err(|e| Error::reading(path, &e))?;
    if &start[..read] != b"SQLite format 3\0" {
        return Ok(false);
    }
    for suffix in ["-wal", "-journal"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(suffix);
        if fs::metadata(beside).is_ok_and(|there| there.len() > 0) {
            return Err(Error::input(format!(
                "another program is writing to this file, or was stopped while it did (there is a file that ends in {suffix})"
            ))
            .in_file(path)
            .help("close the program that has it open, for example QGIS; or export the layer to a new file"));
        }
    }
    Ok(true)
}

/// What changes when a file does: its place on the disk, its size, the times of its content and of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signature {
    place: (u64, u64),
    size: u64,
    content: (i64, i64),
    name: (i64, i64),
}

impl Signature {
    /// That of a file as it is now; `None` where there is none.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let there = fs::metadata(path).ok()?;
        let (content, name) = ((there.mtime(), there.mtime_nsec()), (there.ctime(), there.ctime_nsec()));
        Some(Self { place: (there.dev(), there.ino()), size: there.len(), content, name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_or_a_device_is_not_read() {
        for path in ["/dev/zero", "/"] {
            assert!(read(Path::new(path)).unwrap_err().to_string().contains("not a plain file"), "{path}");
        }
    }

    #[test]
    fn a_file_that_changes_has_another_signature() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "one").unwrap();
        let before = Signature::of(&path);
        assert_eq!(before, Signature::of(&path));
        fs::write(&path, "three").unwrap();
        assert_ne!(before, Signature::of(&path));
        fs::remove_file(&path).unwrap();
        assert_eq!(Signature::of(&path), None);
    }
}
