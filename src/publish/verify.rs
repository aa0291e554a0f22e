//! Is a release still what was published? Every file against the manifest, and the manifest against itself.
//!
//! A release may have been damaged on its way, or touched: nothing in it is believed, no link is followed, no name leads
//! out of the folder, and nothing is opened whose hash does not fit.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Component, Path};

use serde::Serialize;

use super::geopackage::check;
use super::manifest::{self, Listed, sha256};
use super::replaceable::MANIFEST;
use crate::error::{Error, Result};

/// A manifest of all Belgium has some megabytes; what is far larger is none.
const LARGEST_MANIFEST: u64 = 256 << 20;

/// What was found: a release is whole where there are no differences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// The program that made the release, with its version.
    pub program: String,
    /// The date of the release.
    pub date: String,
    /// How many files were verified, the manifest among them.
    pub files: usize,
    /// What differs, by the names of the files.
    pub differences: Vec<Difference>,
}

/// A file that is not as the manifest says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Difference {
    /// Its name in the release; control characters are escaped.
    pub name: String,
    /// What is wrong with it.
    pub kind: DifferenceKind,
}

/// How a file differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// The manifest lists it and it is not there.
    Missing,
    /// Its bytes are not those that were published.
    Changed,
    /// It is there and the manifest does not list it.
    Extra,
    /// Its bytes are those of the manifest, and still it does not open.
    NotOpening,
    /// A link, pipe or device: not followed, not opened.
    NoFile,
    /// It is there and cannot be read.
    Unreadable,
    /// A name that leads out of the folder: not followed.
    Refused,
    /// The manifest lists it twice.
    Twice,
}

impl Verification {
    /// Whether every byte is there, and nothing else.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.differences.is_empty()
    }
}

/// Compares every file of a release with the SHA-256 of its manifest, and opens those that fit: GeoPackages are asked for their
/// integrity and their rows, JSON and CSV are parsed, the members of archives unpacked.
///
/// All differences are found in one go. Cost: each byte is read twice, once for its hash.
///
/// ```
/// let folder = std::env::temp_dir().join("optima-no-release-here");
/// assert_eq!(optima::publish::verify::verify(&folder).unwrap_err().kind().exit_code(), 3);
/// ```
///
/// # Errors
/// [`ErrorKind::Input`](crate::error::ErrorKind::Input) where there is no manifest to compare with, or it cannot be read.
pub fn verify(folder: &Path) -> Result<Verification> {
    let (bytes, listed) = read_manifest(folder)?;
    let mut found = BTreeMap::new();
    walk(folder, "", &mut found).map_err(|e| Error::reading(folder, &e))?;
    let mut differences = BTreeSet::new();
    let mut differs = |name: &str, kind| {
        differences.insert(Difference { name: name.escape_debug().to_string(), kind });
    };
    let sealed = manifest::holds(&bytes);
    // Manifests of another version may not have a hash of their own.
    if sealed == Some(false) || (sealed.is_none() && listed.program == manifest::program()) {
        differs(MANIFEST, DifferenceKind::Changed);
    }
    let mut names = BTreeSet::from([MANIFEST]);
    for entry in &listed.outputs {
        let name = entry.name.as_str();
        if !stays_inside(name) {
            differs(name, DifferenceKind::Refused);
        } else if !names.insert(name) {
            differs(name, DifferenceKind::Twice);
        } else if let Some(kind) = found.get(name).map_or(Some(DifferenceKind::Missing), |found| match found {
            Found::File => compare(folder, name, &entry.sha256, &listed),
            Found::Other => Some(DifferenceKind::NoFile),
        }) {
            differs(name, kind);
        }
    }
    for (name, kind) in found.iter().filter(|(name, _)| !names.contains(name.as_str())) {
        differs(name, if *kind == Found::File { DifferenceKind::Extra } else { DifferenceKind::NoFile });
    }
    let shown = |text: &str| text.escape_debug().to_string();
    Ok(Verification {
        program: shown(&listed.program),
        date: shown(&listed.date),
        files: names.len(),
        differences: differences.into_iter().collect(),
    })
}

fn read_manifest(folder: &Path) -> Result<(Vec<u8>, Listed)> {
    let path = folder.join(MANIFEST);
    let metadata = fs::symlink_metadata(&path).map_err(|e| Error::reading(&path, &e).help("name the folder of a release"))?;
    if !metadata.is_file() {
        return Err(Error::input("this is not a plain file").in_file(&path).help("name the folder of a release"));
    }
    let no_manifest = || Error::input("this is no manifest of a release, or it is damaged").in_file(&path);
    if metadata.len() > LARGEST_MANIFEST {
        return Err(no_manifest());
    }
    let bytes = fs::read(&path).map_err(|e| Error::reading(&path, &e))?;
    match serde_json::from_slice::<Listed>(&bytes) {
        Ok(listed) if listed.program.starts_with("optima ") => Ok((bytes, listed)),
        Ok(_) => Err(no_manifest()),
        Err(_) => Err(other_version(&bytes).map_or_else(no_manifest, |error| error.in_file(&path))),
    }
}

/// A manifest that is JSON and of our program, but not as this version writes it.
fn other_version(bytes: &[u8]) -> Option<Error> {
    let manifest: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    let program = manifest["program"].as_str().filter(|program| program.starts_with("optima ") && *program != manifest::program())?;
    let program: String = program.chars().filter(|c| !c.is_control()).take(40).collect();
    Some(
        Error::input(format!("the manifest is of {program}, whose form {} does not know", manifest::program()))
            .help("verify it with the version that made it"),
    )
}

/// What lies in a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    File,
    /// A link, pipe, socket or device.
    Other,
}

/// All that is in a folder, by its path in it; no link is followed.
fn walk(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Found>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&entry.path(), &format!("{name}/"), found)?;
        } else {
            found.insert(name, if kind.is_file() { Found::File } else { Found::Other });
        }
    }
    Ok(())
}

/// Whether a name of the manifest is one of a file in the release.
fn stays_inside(name: &str) -> bool {
    let path = Path::new(name);
    !name.is_empty() && !name.contains(['\0', '\\']) && path.components().all(|part| matches!(part, Component::Normal(_)))
}

fn compare(folder: &Path, name: &str, expected: &str, listed: &Listed) -> Option<DifferenceKind> {
    let path = folder.join(name);
    match sha256(&path) {
        Err(_) => Some(DifferenceKind::Unreadable),
        Ok(hash) if hash != expected => Some(DifferenceKind::Changed),
        Ok(_) if !opens(&path, listed) => Some(DifferenceKind::NotOpening),
        Ok(_) => None,
    }
}

/// Whether a file is what its name says.
fn opens(path: &Path, listed: &Listed) -> bool {
    match path.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "gpkg" => check::check(path, listed.layers.iter().map(|layer| (layer.name.as_str(), layer.rows))).is_ok(),
        "geojson" | "json" => {
            let file = fs::File::open(path).map(std::io::BufReader::new);
            file.is_ok_and(|file| serde_json::from_reader::<_, serde::de::IgnoredAny>(file).is_ok())
        }
        "csv" => csv::Reader::from_path(path).is_ok_and(|mut reader| reader.byte_records().all(|record| record.is_ok())),
        "qgz" | "zip" | "xlsx" => unpacks(path),
        _ => true,
    }
}

/// Whether each member of an archive has the bytes that its checksum says.
fn unpacks(path: &Path) -> bool {
    let Ok(Ok(mut archive)) = fs::File::open(path).map(zip::ZipArchive::new) else { return false };
    (0..archive.len()).all(|i| {
        archive.by_index(i).is_ok_and(|member| {
            let size = member.size();
            // No more than it says: what expands beyond that is no archive of ours.
            std::io::copy(&mut member.take(size.saturating_add(1)), &mut std::io::sink()).is_ok_and(|read| read == size)
        })
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn release(folder: &Path, outputs: &[(&str, &str)]) {
        let entries: Vec<_> = outputs
            .iter()
            .map(|(name, text)| {
                if stays_inside(name) {
                    let path = folder.join(name);
                    fs::create_dir_all(path.parent().unwrap()).unwrap();
                    fs::write(path, text).unwrap();
                }
                serde_json::json!({ "name": name, "sha256": crate::read::hex(&<sha2::Sha256 as sha2::Digest>::digest(text)) })
            })
            .collect();
        write_manifest(folder, "optima 0.0.9", &serde_json::json!(entries));
    }

    fn write_manifest(folder: &Path, program: &str, outputs: &serde_json::Value) {
        let text = serde_json::json!({ "program": program, "date": "2004-01-15", "outputs": outputs }).to_string();
        fs::write(folder.join(MANIFEST), text).unwrap();
    }

    fn found(folder: &Path) -> Vec<(String, DifferenceKind)> {
        verify(folder).unwrap().differences.into_iter().map(|d| (d.name, d.kind)).collect()
    }

    #[test]
    fn all_differences_are_listed_in_one_go() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        release(folder, &[("a.csv", "x\n1\n"), ("maps/b.geojson", "{}"), ("c.svg", "c"), ("d.svg", "d")]);
        assert_eq!(found(folder), []);
        fs::write(folder.join("a.csv"), "x\n2\n").unwrap();
        fs::remove_file(folder.join("c.svg")).unwrap();
        fs::write(folder.join("maps/notes.txt"), "mine").unwrap();
        fs::remove_file(folder.join("d.svg")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", folder.join("d.svg")).unwrap();
        std::os::unix::fs::symlink("/etc", folder.join("etc")).unwrap();
        let expected = [
            ("a.csv", DifferenceKind::Changed),
            ("c.svg", DifferenceKind::Missing),
            ("d.svg", DifferenceKind::NoFile),
            ("etc", DifferenceKind::NoFile),
            ("maps/notes.txt", DifferenceKind::Extra),
        ];
        assert_eq!(found(folder), expected.map(|(name, kind)| (name.to_owned(), kind)));
    }

    #[test]
    fn names_that_lead_out_of_the_folder_are_refused() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("release");
        fs::create_dir(&folder).unwrap();
        fs::write(parent.path().join("x"), "outside").unwrap();
        let names = ["../x", "/etc/passwd", "", ".", "a/../../x", "C:\\x", "./x"];
        release(&folder, &names.map(|name| (name, "outside")));
        assert!(found(&folder).iter().all(|(_, kind)| *kind == DifferenceKind::Refused));
        assert_eq!(found(&folder).len(), names.len());
    }

    #[test]
    fn a_file_whose_hash_fits_and_that_does_not_open_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["a.geojson", "b.gpkg", "c.qgz", "d.csv"];
        release(folder.path(), &names.map(|name| (name, "\"a,b\nc,d,\n{")));
        let damaged: Vec<_> = found(folder.path()).into_iter().filter(|(_, kind)| *kind == DifferenceKind::NotOpening).collect();
        assert_eq!(damaged.len(), 3, "{damaged:?}");
    }

    #[test]
    fn a_manifest_of_another_version_is_read_or_named() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |program: &str, outputs: serde_json::Value| {
            write_manifest(folder.path(), program, &outputs);
            verify(folder.path()).unwrap_err().to_string()
        };
        assert!(refused("optima 9.0.0", serde_json::json!({ "files": 3 })).contains("of optima 9.0.0"));
        assert!(refused("cooking 1.0", serde_json::json!([])).contains("no manifest of a release"));
        write_manifest(folder.path(), "optima 9.0.0", &serde_json::json!([]));
        assert!(verify(folder.path()).unwrap().is_whole());
        // One of this version says what its own hash is.
        write_manifest(folder.path(), &manifest::program(), &serde_json::json!([]));
        assert_eq!(found(folder.path()), [(MANIFEST.to_owned(), DifferenceKind::Changed)]);
    }

    #[test]
    fn what_has_no_manifest_is_no_release() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |path: PathBuf| verify(&path).unwrap_err().kind().exit_code();
        assert_eq!(refused(folder.path().to_path_buf()), 3);
        fs::write(folder.path().join(MANIFEST), "{\"program\": \"optima 0.1.0\", \"outp").unwrap();
        assert_eq!(refused(folder.path().to_path_buf()), 3);
        fs::write(folder.path().join(MANIFEST), "[".repeat(100_000)).unwrap();
        assert_eq!(refused(folder.path().to_path_buf()), 3);
        fs::remove_file(folder.path().join(MANIFEST)).unwrap();
        std::os::unix::fs::symlink("/dev/zero", folder.path().join(MANIFEST)).unwrap();
        assert_eq!(refused(folder.path().to_path_buf()), 3);
    }
}
