//! One private file: of mode 0600 from its first byte, whole or not there.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::{durable, lock};
use crate::error::{Error, Result};

/// Writes the content; the path is the one to name in errors.
type Write<'a> = &'a dyn Fn(&File, &Path) -> Result<()>;

/// Writes a file (mode 0600) into a folder (made with mode 0700), synced, and renamed when it is whole; gives its path.
/// `None` removes the file. What dead runs left of it goes first: it is personal.
pub(crate) fn write_private(folder: &Path, name: &str, write: Option<Write<'_>>) -> Result<Option<PathBuf>> {
    let path = folder.join(name);
    clear(folder, name);
    let Some(write) = write else {
        return match fs::remove_file(&path) {
            Err(e) if !matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
                Err(Error::writing(&path, &e))
            }
            _ => Ok(None),
        };
    };
    if !folder.is_dir() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|e| Error::writing(folder, &e))?;
    }
    let part = folder.join(format!(".{name}-{}.part", std::process::id()));
    let written = make_locked(&part).map_err(|e| Error::writing(&path, &e)).and_then(|file| {
        write(&file, &path)?;
        file.sync_all().and_then(|()| fs::rename(&part, &path)).map_err(|e| Error::writing(&path, &e))
    });
    if let Err(error) = written {
        let _ = fs::remove_file(&part);
        return Err(error);
    }
    durable::sync(folder)?;
    Ok(Some(path))
}

/// Makes a file that nobody takes for what a dead run left, as long as we live.
fn make_locked(part: &Path) -> std::io::Result<File> {
    loop {
        let file = File::options().write(true).create_new(true).mode(0o600).open(part)?;
        // Another run may have looked at it before it was locked, and taken it away.
        while let Err(e) = file.lock() {
            if e.kind() != std::io::ErrorKind::Interrupted {
                return Err(e);
            }
        }
        if lock::is_at(&file, part) {
            return Ok(file);
        }
    }
}

/// Removes unfinished files of this name whose writers are dead.
fn clear(folder: &Path, name: &str) {
    let prefix = format!(".{name}-");
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let part = entry.file_name().to_string_lossy().into_owned();
        if part.strip_suffix(".part").is_some_and(|part| part.starts_with(&prefix)) && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            let path = entry.path();
            if File::open(&path).is_ok_and(|file| file.try_lock().is_ok() && lock::is_at(&file, &path)) {
                let _ = fs::remove_file(&path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_private_file_is_its_users_alone_and_replaced_as_a_whole() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("private");
        for text in ["one", "two"] {
            let path = write_private(
                &folder,
                "list.csv",
                Some(&|mut file, _| {
                    write!(file, "{text}").unwrap();
                    Ok(())
                }),
            );
            let path = path.unwrap().unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        }
        assert_eq!(names(&folder), ["list.csv"]);
        assert_eq!(write_private(&folder, "list.csv", None).unwrap(), None);
        assert_eq!(names(&folder), Vec::<String>::new());
    }

    #[test]
    fn what_a_dead_run_left_goes_and_what_a_living_one_writes_stays() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".list.csv-1.part"), "personal").unwrap();
        let living = File::create(folder.path().join(".list.csv-2.part")).unwrap();
        living.try_lock().unwrap();
        fs::write(folder.path().join(".other.csv-1.part"), "of another").unwrap();
        write_private(folder.path(), "list.csv", None).unwrap();
        assert_eq!(names(folder.path()), [".list.csv-2.part", ".other.csv-1.part"]);
    }

    #[test]
    fn a_file_that_cannot_be_written_leaves_the_earlier_one() {
        let folder = tempfile::tempdir().unwrap();
        write_private(folder.path(), "list.csv", Some(&|_, _| Ok(()))).unwrap();
        let failed = write_private(folder.path(), "list.csv", Some(&|_, path| Err(Error::output("full").in_file(path))));
        assert!(failed.is_err());
        assert_eq!(names(folder.path()), ["list.csv"]);
    }
}
