//! What may lie at the output and be replaced: nothing, an empty folder, or an earlier release of ours with nothing added.

use std::fs;
use std::path::Path;

use super::manifest::Manifest;
use crate::error::{Error, Result};
use crate::staging::Staging;

/// The file that says that a folder is a release of ours, and may be replaced.
pub(super) const MANIFEST: &str = "manifest.json";

/// Says early, before any work, whether a release could be written here.
///
/// # Errors
/// An output that exists and may not be replaced, is no folder, or lies where nothing can be written.
pub fn preflight(output: &Path, force: bool) -> Result<()> {
    begin(output, force).map(drop)
}

/// A place to make a release in.
pub(super) fn begin(output: &Path, force: bool) -> Result<Staging<'static>> {
    Staging::begin(output, move |there| check(there, force))
}

fn check(output: &Path, force: bool) -> Result<()> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn release(folder: &Path, text: &str, force: bool) -> Result<()> {
        let staging = begin(folder, force)?;
        fs::create_dir_all(staging.made().join("maps")).unwrap();
        fs::write(staging.made().join(MANIFEST), r#"{"outputs":[{"name":"maps/one.gpkg","sha256":""}]}"#).unwrap();
        fs::write(staging.made().join("maps/one.gpkg"), text).unwrap();
        staging.commit()
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
    }

    #[test]
    fn files_that_a_person_put_into_a_release_are_not_lost() {
        let parent = tempfile::tempdir().unwrap();
        let output = parent.path().join("release");
        release(&output, "one", false).unwrap();
        fs::write(output.join("maps/notes.txt"), "mine").unwrap();
        let refused = begin(&output, true).unwrap_err().to_string();
        assert!(refused.contains("maps/notes.txt") && !refused.contains("one.gpkg"), "{refused}");
        fs::rename(output.join("maps/notes.txt"), output.join("maps/one.gpkg-wal")).unwrap();
        let refused = begin(&output, true).unwrap_err().to_string();
        assert!(refused.contains("open"), "{refused}");
        fs::remove_file(output.join("maps/one.gpkg-wal")).unwrap();
        release(&output, "two", true).unwrap();
    }

    #[test]
    fn a_folder_that_is_no_release_is_never_replaced() {
        let parent = tempfile::tempdir().unwrap();
        let output = parent.path().join("photos");
        fs::create_dir(&output).unwrap();
        fs::write(output.join("cat.jpg"), "meow").unwrap();
        fs::write(output.join(MANIFEST), r#"{"name":"another program's"}"#).unwrap();
        assert!(begin(&output, true).unwrap_err().to_string().contains("something else"));
        let file = parent.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(begin(&file, true).unwrap_err().to_string().contains("no folder"));
    }

    #[test]
    fn a_file_put_into_a_release_while_its_successor_is_made_is_not_lost() {
        let parent = tempfile::tempdir().unwrap();
        let output = parent.path().join("release");
        release(&output, "one", false).unwrap();
        let staging = begin(&output, true).unwrap();
        fs::create_dir(staging.made()).unwrap();
        fs::write(output.join("notes.txt"), "mine").unwrap();
        assert!(staging.commit().unwrap_err().to_string().contains("notes.txt"));
        assert!(output.join("maps/one.gpkg").is_file());
    }
}
