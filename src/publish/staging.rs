//! A release is written beside its place and put there by one rename: readers see the old one or the new one, never a mix.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::manifest::Manifest;
use crate::error::{Error, Result};

/// The file that says that a folder is a release of ours, and may be replaced.
pub(super) const MANIFEST: &str = "manifest.json";

/// A folder being written; removed when dropped before [`Staging::commit`].
#[derive(Debug)]
pub(super) struct Staging {
    folder: PathBuf,
    output: PathBuf,
    lock: PathBuf,
    /// The folders above the output that this run made, the outermost first.
    made: Vec<PathBuf>,
    /// Held as long as the run lasts; the system frees it with the process, however that ends.
    _held: File,
    done: bool,
}

/// Says early, before any work, whether a release could be written here.
///
/// # Errors
/// An output that exists and may not be replaced, is no folder, or lies where nothing can be written.
pub fn preflight(output: &Path, force: bool) -> Result<()> {
    let staging = Staging::begin(output, force)?;
    drop(staging);
    Ok(())
}

impl Staging {
    /// Takes the lock of this output, clears what a dead run left, and makes a folder to write in.
    pub(super) fn begin(output: &Path, force: bool) -> Result<Self> {
        let (parent, name) = split(output)?;
        check_replaceable(output, force)?;
        let mut made: Vec<PathBuf> = parent.ancestors().take_while(|f| !f.as_os_str().is_empty() && !f.exists()).map(Into::into).collect();
        made.reverse();
        let begun = fs::create_dir_all(&parent).map_err(|e| Error::writing(&parent, &e)).and_then(|()| {
            let lock = parent.join(format!(".{name}.lock"));
            let held = take_lock(&lock, output)?;
            let prefix = format!(".{name}.staging-");
            for entry in fs::read_dir(&parent).map_err(|e| Error::writing(&parent, &e))?.flatten() {
                if entry.file_name().to_string_lossy().starts_with(&prefix) {
                    // We hold the lock: whoever made this folder is dead.
                    let _ = fs::remove_dir_all(entry.path());
                }
            }
            Ok((parent.join(format!("{prefix}{}", std::process::id())), lock, held))
        });
        let (folder, lock, held) = match begun {
            Ok(begun) => begun,
            Err(error) => {
                remove_empty(&made);
                return Err(error);
            }
        };
        // From here on, whatever happens, dropping it leaves nothing behind.
        let staging = Self { folder, output: output.to_path_buf(), lock, made, _held: held, done: false };
        fs::create_dir(&staging.folder).map_err(|e| Error::writing(output, &e))?;
        Ok(staging)
    }

    /// The folder to write in.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes every byte durable, then puts the folder in its place.
    pub(super) fn commit(mut self) -> Result<()> {
        sync_tree(&self.folder)?;
        let failed = |e: Errno| Error::writing(&self.output, &std::io::Error::from(e));
        if self.output.exists() {
            match renameat_with(CWD, &self.folder, CWD, &self.output, RenameFlags::EXCHANGE) {
                Ok(()) => {
                    // What lies in the staging place now is the old release.
                    let _ = fs::remove_dir_all(&self.folder);
                }
                Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => self.replace_in_two_steps()?,
                Err(e) => return Err(failed(e)),
            }
        } else {
            fs::rename(&self.folder, &self.output).map_err(|e| Error::writing(&self.output, &e))?;
        }
        self.done = true;
        let (parent, _) = split(&self.output)?;
        sync(&parent)
    }

    /// For file systems that cannot exchange two folders: the old release steps aside, and comes back if the new one cannot take its place.
    fn replace_in_two_steps(&self) -> Result<()> {
        let (parent, name) = split(&self.output)?;
        let aside = parent.join(format!(".{name}.staging-old-{}", std::process::id()));
        fs::rename(&self.output, &aside).map_err(|e| Error::writing(&self.output, &e))?;
        if let Err(e) = fs::rename(&self.folder, &self.output) {
            let _ = fs::rename(&aside, &self.output);
            return Err(Error::writing(&self.output, &e));
        }
        let _ = fs::remove_dir_all(&aside);
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_dir_all(&self.folder);
        }
        // Removed while the lock is still held: nobody else can hold a file of this name that we would take away.
        let _ = fs::remove_file(&self.lock);
        if !self.done {
            remove_empty(&self.made);
        }
    }
}

/// Takes back folders that were made for nothing; one that meanwhile holds something stays.
fn remove_empty(made: &[PathBuf]) {
    for folder in made.iter().rev() {
        let _ = fs::remove_dir(folder);
    }
}

fn split(output: &Path) -> Result<(PathBuf, String)> {
    let name = output.file_name().map(|n| n.to_string_lossy().into_owned());
    let name = name.ok_or_else(|| Error::config("the output has no name").in_file(output).help("--out NAME_OF_A_NEW_FOLDER"))?;
    let parent = match output.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    };
    Ok((parent, name))
}

fn check_replaceable(output: &Path, force: bool) -> Result<()> {
    let Ok(metadata) = fs::symlink_metadata(output) else { return Ok(()) };
    if !metadata.is_dir() {
        return Err(Error::output("this is no folder").in_file(output).help("choose another --out"));
    }
    let empty = fs::read_dir(output).map_err(|e| Error::writing(output, &e))?.next().is_none();
    if empty {
        return Ok(());
    }
    let Some(own) = Manifest::outputs_listed_in(&output.join(MANIFEST)) else {
        return Err(Error::output("this folder holds something else than a release").in_file(output).help("choose another --out"));
    };
    if !force {
        return Err(Error::output("there is a release already").in_file(output).help("--force replaces it, at once and as a whole"));
    }
    let mut found = Vec::new();
    list(output, "", &mut found).map_err(|e| Error::writing(output, &e))?;
    found.retain(|name| name != MANIFEST && !own.contains(name));
    // Beside a package that is open, its program keeps what it has not yet written into it.
    if let Some(open) = found.iter().find(|name| name.ends_with("-wal") || name.ends_with("-journal")) {
        return Err(Error::output(format!("another program has the release open, or was stopped while it had (there is {open})"))
            .in_file(output)
            .help("close the program, for example QGIS, and run again"));
    }
    found.retain(|name| !name.ends_with("-shm"));
    if found.is_empty() {
        return Ok(());
    }
    let error = Error::output("this folder also holds files that are no part of the release, and would be lost").in_file(output);
    let error = found.iter().take(10).fold(error, Error::detail);
    Err(error.help("move them elsewhere, or choose another --out"))
}

/// All files in a folder, by their path in it.
fn list(folder: &Path, prefix: &str, names: &mut Vec<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() { list(&entry.path(), &format!("{name}/"), names)? } else { names.push(name) }
    }
    names.sort();
    Ok(())
}

fn take_lock(lock: &Path, output: &Path) -> Result<File> {
    loop {
        let mut file =
            File::options().create(true).truncate(false).write(true).read(true).open(lock).map_err(|e| Error::writing(lock, &e))?;
        if file.try_lock().is_err() {
            let holder = fs::read_to_string(lock).unwrap_or_default();
            let who =
                if holder.trim().is_empty() { "another run".to_owned() } else { format!("the run with process number {}", holder.trim()) };
            return Err(Error::output(format!("the output is in use by {who}")).in_file(output).help("wait until it ends"));
        }
        // The one who held the lock may have removed the file between our open and our lock.
        let same = fs::metadata(lock).and_then(|there| file.metadata().map(|held| same_file(&there, &held)));
        if same.unwrap_or(false) {
            file.set_len(0).and_then(|()| write!(file, "{}", std::process::id())).map_err(|e| Error::writing(lock, &e))?;
            return Ok(file);
        }
    }
}

fn same_file(a: &fs::Metadata, b: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

fn sync_tree(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(|e| Error::writing(folder, &e))? {
        let path = entry.map_err(|e| Error::writing(folder, &e))?.path();
        if path.is_dir() { sync_tree(&path)? } else { sync(&path)? }
    }
    sync(folder)
}

fn sync(path: &Path) -> Result<()> {
    File::open(path).and_then(|file| file.sync_all()).map_err(|e| Error::writing(path, &e))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(folder: &Path, text: &str, force: bool) -> Result<()> {
        let staging = Staging::begin(folder, force)?;
        fs::write(staging.folder().join(MANIFEST), r#"{"outputs":[{"name":"maps/one.gpkg","sha256":""}]}"#).unwrap();
        fs::create_dir(staging.folder().join("maps")).unwrap();
        fs::write(staging.folder().join("maps/one.gpkg"), text).unwrap();
        staging.commit()
    }

    fn leftovers(parent: &Path) -> Vec<String> {
        let names = fs::read_dir(parent).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned());
        names.filter(|name| name.starts_with('.')).collect()
    }

    #[test]
    fn a_release_replaces_another_only_when_asked_and_as_a_whole() {
        let parent = tempfile::tempdir().unwrap();
        let output = parent.path().join("release");
        release(&output, "one", false).unwrap();
        let refused = release(&output, "two", false).unwrap_err();
        assert!(refused.to_string().contains("--force"), "{refused}");
        assert_eq!(fs::read_to_string(output.join("maps/one.gpkg")).unwrap(), "one");
        release(&output, "two", true).unwrap();
        assert_eq!(fs::read_to_string(output.join("maps/one.gpkg")).unwrap(), "two");
        assert_eq!(leftovers(parent.path()), Vec::<String>::new());
    }

    #[test]
    fn a_run_that_fails_leaves_nothing_and_the_old_release_whole() {
        let parent = tempfile::tempdir().unwrap();
        let output = parent.path().join("release");
        release(&output, "one", false).unwrap();
        let staging = Staging::begin(&output, true).unwrap();
        fs::write(staging.folder().join("half"), "half").unwrap();
        drop(staging);
        assert_eq!(fs::read_to_string(output.join("maps/one.gpkg")).unwrap(), "one");
        assert_eq!(leftovers(parent.path()), Vec::<String>::new());
    }

    #[test]
    fn what_a_dead_run_left_is_cleared_by_the_next() {
        let parent = tempfile::tempdir().unwrap();
        let output = parent.path().join("release");
        fs::create_dir(parent.path().join(".release.staging-1")).unwrap();
        fs::write(parent.path().join(".release.lock"), "1").unwrap();
        release(&output, "one", false).unwrap();
        assert_eq!(leftovers(parent.path()), Vec::<String>::new());
    }

    #[test]
    fn two_runs_on_one_output_do_not_mix() {
        let parent = tempfile::tempdir().unwrap();
        let output = parent.path().join("release");
        let first = Staging::begin(&output, false).unwrap();
        let second = Staging::begin(&output, false).unwrap_err();
        assert!(second.to_string().contains("in use by the run with process number"), "{second}");
        drop(first);
        Staging::begin(&output, false).unwrap();
    }

    #[test]
    fn files_that_a_person_put_into_a_release_are_not_lost() {
        let parent = tempfile::tempdir().unwrap();
        let output = parent.path().join("release");
        release(&output, "one", false).unwrap();
        fs::write(output.join("maps/notes.txt"), "mine").unwrap();
        let refused = Staging::begin(&output, true).unwrap_err().to_string();
        assert!(refused.contains("maps/notes.txt") && !refused.contains("one.gpkg"), "{refused}");
        fs::rename(output.join("maps/notes.txt"), output.join("maps/one.gpkg-wal")).unwrap();
        let refused = Staging::begin(&output, true).unwrap_err().to_string();
        assert!(refused.contains("open"), "{refused}");
        fs::remove_file(output.join("maps/one.gpkg-wal")).unwrap();
        release(&output, "two", true).unwrap();
    }

    #[test]
    fn folders_made_for_a_run_that_fails_are_taken_back() {
        let parent = tempfile::tempdir().unwrap();
        let output = parent.path().join("2004/january/release");
        drop(Staging::begin(&output, false).unwrap());
        assert!(!parent.path().join("2004").exists());
        release(&output, "one", false).unwrap();
        drop(Staging::begin(&output, true).unwrap());
        assert!(output.is_dir());
    }

    #[test]
    fn a_folder_that_is_no_release_is_never_replaced() {
        let parent = tempfile::tempdir().unwrap();
        let output = parent.path().join("photos");
        fs::create_dir(&output).unwrap();
        fs::write(output.join("cat.jpg"), "meow").unwrap();
        fs::write(output.join(MANIFEST), r#"{"name":"another program's"}"#).unwrap();
        assert!(Staging::begin(&output, true).unwrap_err().to_string().contains("something else"));
        let file = parent.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(Staging::begin(&file, true).unwrap_err().to_string().contains("no folder"));
    }
}
