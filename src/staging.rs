//! All or nothing on disk: what is written lies beside its place, unreadable for others, until one rename puts it there.
//!
//! Whoever looks at an output finds what was there before or what was made, whatever the moment at which the program, or
//! the machine, stopped. What a dead run left is cleared by the next one.

mod durable;
mod file;
mod lock;

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use crate::error::{Error, Result};

pub(crate) use file::write_private;

/// Says whether what lies at the output may be replaced; it is asked when the work begins and again when it is done.
type Replaceable<'a> = Box<dyn Fn(&Path) -> Result<()> + 'a>;

/// A place beside an output, of mode 0700, where its successor is made; gone when dropped before [`Staging::commit`].
///
/// One run at a time holds an output. The lock is the system's: it ends with the process, however that ends.
pub(crate) struct Staging<'a> {
    output: PathBuf,
    replaceable: Replaceable<'a>,
    /// The folder of mode 0700.
    place: PathBuf,
    /// What is made in it.
    made: PathBuf,
    /// Where the output steps aside on file systems that cannot exchange two names.
    aside: PathBuf,
    lock: PathBuf,
    /// The folders above the output that this run made, the outermost first.
    parents: Vec<PathBuf>,
    _held: File,
    done: bool,
}

impl std::fmt::Debug for Staging<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Staging").field("output", &self.output).finish_non_exhaustive()
    }
}

impl<'a> Staging<'a> {
    /// Takes the lock of this output, clears what a dead run left, and makes a place to write in.
    pub(crate) fn begin(output: &Path, replaceable: impl Fn(&Path) -> Result<()> + 'a) -> Result<Self> {
        let (parent, name) = split(output)?;
        let replaceable: Replaceable<'a> = Box::new(replaceable);
        replaceable(output)?;
        let mut parents: Vec<PathBuf> =
            parent.ancestors().take_while(|f| !f.as_os_str().is_empty() && !f.exists()).map(Into::into).collect();
        parents.reverse();
        let lock = parent.join(format!(".{name}.lock"));
        let aside = parent.join(format!(".{name}.before"));
        let held = fs::create_dir_all(&parent).map_err(|e| Error::writing(&parent, &e)).and_then(|()| {
            let held = lock::take(&lock, output)?;
            clear(&parent, &name, output, &aside).map(|()| held)
        });
        let held = match held {
            Ok(held) => held,
            Err(error) => {
                remove_empty(&parents);
                return Err(error);
            }
        };
        let place = parent.join(format!(".{name}.staging-{}", std::process::id()));
        let made = place.join(&name);
        // From here on, whatever happens, dropping it leaves nothing behind.
        let staging = Self { output: output.to_path_buf(), replaceable, place, made, aside, lock, parents, _held: held, done: false };
        DirBuilder::new().mode(0o700).create(&staging.place).map_err(|e| Error::writing(output, &e))?;
        Ok(staging)
    }

    /// Where to make the file or folder that is to take the output's place. It is not there yet.
    pub(crate) fn made(&self) -> &Path {
        &self.made
    }

    /// Makes every byte durable, and lets go of what memory holds of it: what is read next comes from the disk.
    pub(crate) fn settle(&self) -> Result<()> {
        durable::settle(&self.made)
    }

    /// Puts what was made in its place by one rename. [`Staging::settle`] comes first.
    pub(crate) fn commit(mut self) -> Result<()> {
        (self.replaceable)(&self.output)?;
        let there = fs::symlink_metadata(&self.output);
        if there.is_ok_and(|there| there.is_dir()) {
            match renameat_with(CWD, &self.made, CWD, &self.output, RenameFlags::EXCHANGE) {
                Ok(()) => {}
                Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => self.replace_in_two_steps()?,
                Err(e) => return Err(Error::writing(&self.output, &e.into())),
            }
        } else {
            fs::rename(&self.made, &self.output).map_err(|e| Error::writing(&self.output, &e))?;
        }
        self.done = true;
        let (parent, _) = split(&self.output)?;
        durable::sync(&parent).map_err(|_| {
            Error::output("the new one is in its place, but the disk did not confirm that it will stay there")
                .in_file(&self.output)
                .help("check the disk, then run again")
        })
    }

    /// The output steps aside, and comes back if its successor cannot take its place; a run that dies in between leaves it
    /// to the next one to bring it back.
    fn replace_in_two_steps(&self) -> Result<()> {
        fs::rename(&self.output, &self.aside).map_err(|e| Error::writing(&self.output, &e))?;
        if let Err(e) = fs::rename(&self.made, &self.output) {
            let _ = fs::rename(&self.aside, &self.output);
            return Err(Error::writing(&self.output, &e));
        }
        let _ = fs::remove_dir_all(&self.aside);
        Ok(())
    }
}

impl Drop for Staging<'_> {
    fn drop(&mut self) {
        // Unfinished work, or after an exchange what lay at the output before.
        let _ = fs::remove_dir_all(&self.place);
        // Removed while the lock is still held: nobody else can hold a file of this name that we would take away.
        let _ = fs::remove_file(&self.lock);
        if !self.done {
            remove_empty(&self.parents);
        }
    }
}

/// Removes what dead runs left beside an output whose lock we hold, and brings back what one of them had set aside.
fn clear(parent: &Path, name: &str, output: &Path, aside: &Path) -> Result<()> {
    if fs::symlink_metadata(aside).is_ok() {
        if fs::symlink_metadata(output).is_err() {
            fs::rename(aside, output).map_err(|e| Error::writing(output, &e))?;
        } else {
            let _ = fs::remove_dir_all(aside);
        }
    }
    let prefix = format!(".{name}.staging-");
    for entry in fs::read_dir(parent).map_err(|e| Error::writing(parent, &e))?.flatten() {
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    Ok(())
}

/// Makes a folder of these files (path in it, content) all at once.
///
/// ```
/// let parent = std::env::temp_dir().join(format!("optima-doc-{}", std::process::id()));
/// let folder = parent.join("new");
/// optima::staging::write_folder(&folder, &[("a/b.txt".into(), "text".to_owned())], |_| Ok(()))?;
/// assert_eq!(std::fs::read_to_string(folder.join("a/b.txt")).unwrap(), "text");
/// # std::fs::remove_dir_all(parent).unwrap();
/// # Ok::<(), optima::error::Error>(())
/// ```
///
/// # Errors
/// What `replaceable` says of a folder that is there; one that cannot be written.
pub fn write_folder(folder: &Path, files: &[(PathBuf, String)], replaceable: impl Fn(&Path) -> Result<()>) -> Result<()> {
    let staging = Staging::begin(folder, replaceable)?;
    fs::create_dir(staging.made()).map_err(|e| Error::writing(folder, &e))?;
    for (name, text) in files {
        let path = staging.made().join(name);
        let parent = path.parent().map_or(Ok(()), fs::create_dir_all);
        parent.and_then(|()| fs::write(&path, text)).map_err(|e| Error::writing(&folder.join(name), &e))?;
    }
    staging.settle()?;
    staging.commit()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn any(_: &Path) -> Result<()> {
        Ok(())
    }

    fn folder(output: &Path, text: &str) -> Result<()> {
        let staging = Staging::begin(output, any)?;
        fs::create_dir_all(staging.made().join("maps")).unwrap();
        fs::write(staging.made().join("maps/one"), text).unwrap();
        staging.settle()?;
        staging.commit()
    }

    pub(super) fn left(parent: &Path) -> Vec<String> {
        let names = fs::read_dir(parent).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned());
        names.filter(|name| name.starts_with('.')).collect()
    }

    #[test]
    fn a_folder_takes_the_place_of_another_as_a_whole() {
        let parent = tempfile::tempdir().unwrap();
        let output = parent.path().join("release");
        folder(&output, "one").unwrap();
        folder(&output, "two").unwrap();
        assert_eq!(fs::read_to_string(output.join("maps/one")).unwrap(), "two");
        assert_eq!(left(parent.path()), Vec::<String>::new());
    }

    #[test]
    fn a_file_takes_the_place_of_another() {
        let parent = tempfile::tempdir().unwrap();
        let output = parent.path().join("joined.gpkg");
        for text in ["one", "two"] {
            let staging = Staging::begin(&output, any).unwrap();
            fs::write(staging.made(), text).unwrap();
            staging.settle().unwrap();
            staging.commit().unwrap();
            assert_eq!(fs::read_to_string(&output).unwrap(), text);
        }
        assert_eq!(left(parent.path()), Vec::<String>::new());
    }

    #[test]
    fn work_that_fails_leaves_nothing_and_what_was_there_whole() {
        let parent = tempfile::tempdir().unwrap();
        let output = parent.path().join("release");
        folder(&output, "one").unwrap();
        let staging = Staging::begin(&output, any).unwrap();
        fs::write(staging.made(), "half").unwrap();
        drop(staging);
        assert_eq!(fs::read_to_string(output.join("maps/one")).unwrap(), "one");
        assert_eq!(left(parent.path()), Vec::<String>::new());
    }

    #[test]
    fn what_a_dead_run_left_is_cleared_by_the_next() {
        let parent = tempfile::tempdir().unwrap();
        let output = parent.path().join("release");
        fs::create_dir(parent.path().join(".release.staging-1")).unwrap();
        fs::write(parent.path().join(".release.lock"), "1").unwrap();
        folder(&output, "one").unwrap();
        assert_eq!(left(parent.path()), Vec::<String>::new());
    }

    #[test]
    fn what_a_dead_run_had_set_aside_comes_back() {
        let parent = tempfile::tempdir().unwrap();
        let output = parent.path().join("release");
        folder(&output, "one").unwrap();
        let aside = parent.path().join(".release.before");
        fs::rename(&output, &aside).unwrap();
        drop(Staging::begin(&output, any).unwrap());
        assert_eq!(fs::read_to_string(output.join("maps/one")).unwrap(), "one");
        // Set aside by a run that died after its successor had taken the place.
        fs::create_dir(&aside).unwrap();
        drop(Staging::begin(&output, any).unwrap());
        assert_eq!(left(parent.path()), Vec::<String>::new());
        assert_eq!(fs::read_to_string(output.join("maps/one")).unwrap(), "one");
    }

    #[test]
    fn a_file_system_that_cannot_exchange_gets_two_renames() {
        let parent = tempfile::tempdir().unwrap();
        let output = parent.path().join("release");
        folder(&output, "one").unwrap();
        let staging = Staging::begin(&output, any).unwrap();
        fs::create_dir(staging.made()).unwrap();
        staging.replace_in_two_steps().unwrap();
        assert!(!output.join("maps").exists() && output.is_dir());
        drop(staging);
        assert_eq!(left(parent.path()), Vec::<String>::new());
    }

    #[test]
    fn two_runs_on_one_output_do_not_mix() {
        let parent = tempfile::tempdir().unwrap();
        let output = parent.path().join("release");
        let first = Staging::begin(&output, any).unwrap();
        let second = Staging::begin(&output, any).unwrap_err();
        assert!(second.to_string().contains("in use by the run with process number"), "{second}");
        drop(first);
        Staging::begin(&output, any).unwrap();
    }

    #[test]
    fn folders_made_for_work_that_fails_are_taken_back() {
        let parent = tempfile::tempdir().unwrap();
        let output = parent.path().join("2004/january/release");
        drop(Staging::begin(&output, any).unwrap());
        assert!(!parent.path().join("2004").exists());
        folder(&output, "one").unwrap();
        drop(Staging::begin(&output, any).unwrap());
        assert!(output.is_dir());
    }

    #[test]
    fn nobody_else_can_look_into_what_is_unfinished() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let staging = Staging::begin(&parent.path().join("release"), any).unwrap();
        let mode = fs::metadata(staging.made().parent().unwrap()).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
    }
}
