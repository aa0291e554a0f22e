//! One run at a time: a lock of the system's on a small file that says who holds it.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::Path;

use crate::error::{Error, Result};

/// Takes the lock beside an output. A file that a dead run left locks nobody out.
pub(super) fn take(lock: &Path, output: &Path) -> Result<File> {
    loop {
        let mut file =
            File::options().create(true).truncate(false).write(true).read(true).open(lock).map_err(|e| Error::writing(lock, &e))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::Error(e)) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(TryLockError::Error(e)) => return Err(Error::writing(lock, &e)),
            Err(TryLockError::WouldBlock) => {
                let holder = fs::read_to_string(lock).unwrap_or_default();
                let who = if holder.trim().is_empty() {
                    "another run".to_owned()
                } else {
                    format!("the run with process number {}", holder.trim())
                };
                return Err(Error::output(format!("the output is in use by {who}")).in_file(output).help("wait until it ends"));
            }
        }
        // The one who held the lock may have removed the file between our open and our lock.
        if is_at(&file, lock) {
            file.set_len(0).and_then(|()| write!(file, "{}", std::process::id())).map_err(|e| {
                let _ = fs::remove_file(lock);
                Error::writing(lock, &e)
            })?;
            return Ok(file);
        }
    }
}

/// Whether an open file is still the one of this name.
pub(super) fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let there = fs::symlink_metadata(path).and_then(|there| file.metadata().map(|held| (there, held)));
    there.is_ok_and(|(there, held)| (there.dev(), there.ino()) == (held.dev(), held.ino()))
}
