//! The files of a run, with the hashes of the bytes that were used.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::Ground;
use crate::error::{Error, Result};
use crate::plain_file::{self, Signature};
use crate::publish::InputFile;
use crate::read::{Sources, hex};
use crate::territory::Epsg;
use crate::territory::crs::Transformer;

/// Files as they were before they were read: one that has changed since is not the one that was used.
#[derive(Debug, Default)]
pub(super) struct Seen(BTreeMap<PathBuf, Option<Signature>>);

impl Seen {
    /// Takes down how a file is.
    pub(super) fn look_at(&mut self, path: &Path) {
        self.0.insert(path.to_path_buf(), Signature::of(path));
    }

    /// The same of all files in a folder.
    pub(super) fn look_into(&mut self, folder: &Path) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            self.look_at(&entry.path());
        }
    }

    fn has_changed(&self, path: &Path) -> bool {
        self.0.get(path).is_some_and(|before| *before != Signature::of(path))
    }
}

/// Every file that decides what the release says, by its name within the project; no path of the machine.
pub(super) fn inputs(ground: &Ground, sources: &Sources) -> Result<Vec<InputFile>> {
    let mut inputs = Vec::new();
    let mut hash = |path: &Path, name: String, transformation: Option<String>| -> Result<()> {
        let bytes = plain_file::read(path)?;
        if ground.seen.has_changed(path) {
            return Err(Error::input("the file changed while it was read")
                .in_file(path)
                .help("close the program that writes it and run again"));
        }
        inputs.push(InputFile { name, sha256: hex(&Sha256::digest(&bytes)), bytes: bytes.len() as u64, transformation });
        Ok(())
    };
    let file_name = |path: &Path| path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    hash(&ground.observatory.file, file_name(&ground.observatory.file), None)?;
    let outlines = &ground.report.transformation;
    for (at, path) in ground.report.files.iter().enumerate() {
        // The second file holds the outlines.
        let transformation = (at == 1 && outlines.from != outlines.to).then(|| outlines.to_string());
        hash(path, format!("territory/{}", file_name(path)), transformation)?;
    }
    for report in &sources.reports {
        let guide = report.guide.iter().map(|guide| (&guide.file, &guide.sha256, guide.bytes));
        let files = report.files.iter().map(|(name, facts)| (name, &facts.sha256, facts.bytes));
        let declared = ground.observatory.sources.iter().find(|(name, _)| *name == report.source).and_then(|(_, spec)| spec.crs);
        let crs = declared.or_else(|| report.files.iter().find_map(|(_, facts)| facts.crs)).map(Epsg);
        let transformation = match crs.filter(|crs| *crs != ground.territory.crs) {
            // A CRS that nobody knows is refused where records are located.
            Some(crs) => Transformer::new(crs, ground.territory.crs).ok().map(|way| way.transformation().to_string()),
            None => None,
        };
        for (name, sha256, bytes) in guide.chain(files) {
            let name = if name.is_absolute() { file_name(name) } else { name.to_string_lossy().into_owned() };
            inputs.push(InputFile { name, sha256: sha256.clone(), bytes, transformation: transformation.clone() });
        }
    }
    Ok(inputs)
}
