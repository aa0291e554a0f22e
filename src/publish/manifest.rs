//! What a release was made from, and what it is: enough to make it again, and to see that it is whole.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::arithmetic::{self, FrequencyTable, MeasureEntry};
use super::geopackage::LayerInfo;
use super::{InputFile, Release, StageCounts};
use crate::catalog::{Catalog, DisclosureRules};
use crate::error::{Error, Result};
use crate::measure::MeasureId;
use crate::protect::{HiddenCells, Protected};
use crate::read::hex;
use crate::territory::{Outlines, Territory};

/// The content of `manifest.json`.
#[derive(Debug, Clone, Serialize)]
pub struct Manifest {
    /// The program that made the release.
    pub program: String,
    /// The date of the release, from the observatory's file.
    pub date: String,
    /// The readers' language.
    pub language: String,
    /// The seed of everything random.
    pub seed: u64,
    /// Whether the records are invented.
    pub synthetic: bool,
    /// The territory.
    pub territory: TerritoryEntry,
    /// The files that were read.
    pub inputs: Vec<InputFile>,
    /// The files of the catalog, by name and SHA-256.
    pub catalog: Vec<FileEntry>,
    /// What became of the records.
    pub stages: Vec<StageCounts>,
    /// The measures with their methods, and which counts their cells tell.
    pub measures: Vec<MeasureEntry>,
    /// The tables of frequencies, and which of their counts add up.
    pub frequencies: Vec<FrequencyTable>,
    /// The disclosure policy in force.
    pub disclosure: Disclosure,
    /// The layers of the GeoPackage.
    pub layers: Vec<LayerInfo>,
    /// The files of the release, by name and SHA-256.
    pub outputs: Vec<FileEntry>,
}

/// The territory, as the manifest names it.
#[derive(Debug, Clone, Serialize)]
pub struct TerritoryEntry {
    /// Its identifier.
    pub id: String,
    /// Its CRS.
    pub crs: String,
    /// Official or schematic outlines.
    pub outlines: Outlines,
    /// Where the outlines come from.
    pub source: String,
    /// The number of sectors.
    pub sectors: usize,
    /// The number of published zones.
    pub quartiers: usize,
    /// How coordinates became degrees for GeoJSON, with the accuracy of that way.
    pub to_wgs84: String,
}

/// A file and its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its name, relative to the release or the catalog.
    pub name: String,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// The rules, and how many cells fell to them.
#[derive(Debug, Clone, Serialize)]
pub struct Disclosure {
    /// The policy's name.
    pub policy: String,
    /// Its rules.
    #[serde(flatten)]
    pub rules: DisclosureRules,
    /// Hidden cells by measure.
    pub hidden: Vec<HiddenEntry>,
}

/// How many cells of a measure are hidden. Not why: who knows that one of two was hidden for the other's sake knows more of both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HiddenEntry {
    /// The measure.
    pub measure: MeasureId,
    /// Cells with something to say.
    pub cells: usize,
    /// Of these, hidden.
    pub hidden: usize,
}

pub(super) struct Parts<'a> {
    pub(super) shown: &'a Protected,
    pub(super) rules: &'a DisclosureRules,
    pub(super) territory: &'a Territory,
    pub(super) catalog: &'a Catalog,
    pub(super) release: &'a Release,
    pub(super) layers: Vec<LayerInfo>,
    pub(super) to_wgs84: String,
}

impl Manifest {
    /// The files that an earlier manifest lists; `None` where there is none, or one of another program.
    pub(super) fn outputs_listed_in(path: &Path) -> Option<BTreeSet<String>> {
        // A pipe of this name would be waited for.
        std::fs::symlink_metadata(path).ok().filter(std::fs::Metadata::is_file)?;
        let listed: Listed = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
        Some(listed.outputs.into_iter().map(|file| file.name).collect())
    }

    /// The text of `manifest.json`: as JSON, and as its last member the hash of all that stands before it, so that a changed
    /// byte of the manifest is found as one of any other file is.
    pub(super) fn to_text(&self) -> Result<String> {
        let text = serde_json::to_string_pretty(self).map_err(|e| Error::output(e.to_string()))?;
        let head = text.strip_suffix("\n}").unwrap_or(&text);
        Ok(format!("{head}{SEAL}{}{SEAL_END}", hex(&Sha256::digest(head))))
    }

    /// Describes the files of a folder.
    pub(super) fn of(folder: &Path, parts: Parts<'_>) -> Result<Self> {
        let Parts { shown, rules, territory, catalog, release, layers, to_wgs84 } = parts;
        let count = |m: &HiddenCells| HiddenEntry { measure: m.measure.clone(), cells: m.cells, hidden: m.hidden() };
        let hidden = shown.report().iter().map(count).collect();
        let mut outputs = Vec::new();
        list(folder, "", &mut outputs)?;
        outputs.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self {
            program: program(),
            date: release.date.to_string(),
            language: release.texts.language().code().to_owned(),
            seed: release.seed,
            synthetic: release.synthetic,
            territory: TerritoryEntry {
                id: territory.id.0.clone(),
                crs: territory.crs.to_string(),
                outlines: territory.outlines,
                source: territory.source.clone(),
                sectors: territory.sectors.count(),
                quartiers: territory.quartiers.count(),
                to_wgs84,
            },
            inputs: release.inputs.clone(),
            catalog: catalog
                .files
                .iter()
                .map(|(name, content)| FileEntry { name: name.clone(), sha256: hex(&Sha256::digest(content)) })
                .collect(),
            stages: release.stages.clone(),
            measures: arithmetic::measures(shown, catalog),
            frequencies: arithmetic::frequency_tables(shown),
            disclosure: Disclosure { policy: rules.id.clone(), rules: rules.clone(), hidden },
            layers,
            outputs,
        })
    }
}

/// This program, as manifests name it.
pub(super) fn program() -> String {
    format!("optima {}", env!("CARGO_PKG_VERSION"))
}

const SEAL: &str = ",\n  \"manifest_sha256\": \"";
const SEAL_END: &str = "\"\n}\n";

/// Whether the bytes of a manifest are those that were written: as its own last member says. `None` where it says nothing.
pub(super) fn holds(bytes: &[u8]) -> Option<bool> {
    let head = bytes.strip_suffix(SEAL_END.as_bytes())?;
    let (head, hash) = head.split_at_checked(head.len().checked_sub(64)?)?;
    let head = head.strip_suffix(SEAL.as_bytes())?;
    Some(hash == hex(&Sha256::digest(head)).as_bytes())
}

/// What of a manifest is read again, of this program's version or another.
#[derive(Deserialize)]
pub(super) struct Listed {
    #[serde(default)]
    pub(super) program: String,
    #[serde(default)]
    pub(super) date: String,
    pub(super) outputs: Vec<FileEntry>,
    #[serde(default)]
    pub(super) layers: Vec<ListedLayer>,
}

/// A layer of the GeoPackage, as a manifest lists it.
#[derive(Deserialize)]
pub(super) struct ListedLayer {
    pub(super) name: String,
    pub(super) rows: usize,
}

fn list(folder: &Path, prefix: &str, files: &mut Vec<FileEntry>) -> Result<()> {
    for entry in std::fs::read_dir(folder).map_err(|e| Error::writing(folder, &e))? {
        let entry = entry.map_err(|e| Error::writing(folder, &e))?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let path = entry.path();
        if path.is_dir() {
            list(&path, &format!("{name}/"), files)?;
        } else {
            files.push(FileEntry { name, sha256: sha256(&path).map_err(|e| Error::writing(&path, &e))? });
        }
    }
    Ok(())
}

/// The hash of a file, read in blocks.
pub(super) fn sha256(path: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut hash = Sha256::new();
    let mut block = vec![0_u8; 1 << 18];
    loop {
        match file.read(&mut block) {
            Ok(0) => return Ok(hex(&hash.finalize())),
            Ok(read) => hash.update(&block[..read]),
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_a_manifest_is_covered_by_its_own_hash() {
        let head = "{\n  \"outputs\": []";
        let text = format!("{head}{SEAL}{}{SEAL_END}", hex(&Sha256::digest(head)));
        assert_eq!(holds(text.as_bytes()), Some(true));
        let whole: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(whole["manifest_sha256"].is_string());
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            assert_ne!(holds(&bytes), Some(true), "byte {at}");
        }
        assert_eq!(holds(b"{\n  \"outputs\": []\n}\n"), None);
    }
}
