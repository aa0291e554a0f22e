//! A release as its readers have it: the manifest, and the tables of all its files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::table::{self, Table};
use crate::error::{Error, Result};

/// The rules that a release says it keeps.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Rules {
    #[serde(default)]
    pub(super) policy: String,
    #[serde(default)]
    pub(super) minimum_count: f64,
    #[serde(default)]
    pub(super) minimum_denominator: f64,
    #[serde(default)]
    pub(super) zero_groups: String,
    #[serde(default)]
    pub(super) full_groups: String,
}

impl Rules {
    /// Whether a count tells of 1 to `minimum_count − 1` persons.
    pub(super) fn few(&self, count: f64) -> bool {
        count > 1e-6 && count < self.minimum_count - 1e-6
    }

    /// Whether so many persons (of so many in their group, where that is known) may not be told.
    pub(super) fn forbids(&self, persons: f64, group: Option<f64>) -> bool {
        let of_group = |group: f64| {
            let others = group - persons;
            let all = others.abs() < 1e-6 && self.full_groups == "hide";
            let none = persons.abs() < 1e-6 && self.zero_groups == "hide";
            group > 1e-6 && (self.few(others) || group < self.minimum_denominator - 1e-6 || all || none)
        };
        self.few(persons) || group.is_some_and(of_group)
    }
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Counts {
    pub(super) numerator: String,
    pub(super) denominator: Option<String>,
    pub(super) parts: Option<usize>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Measure {
    pub(super) id: String,
    #[serde(default)]
    pub(super) unit: String,
    #[serde(default)]
    layers: Vec<Layer>,
    pub(super) counts: Option<Counts>,
    #[serde(default)]
    pub(super) made_of: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Layer {
    name: String,
    classification: Option<String>,
    #[serde(default)]
    shows: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Nested {
    pub(super) by: String,
    pub(super) group: String,
    pub(super) of: String,
    pub(super) parts: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Linked {
    pub(super) question: String,
    pub(super) modality: String,
    pub(super) other: String,
    pub(super) modalities: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Frequencies {
    pub(super) name: String,
    pub(super) persons: bool,
    #[serde(default)]
    pub(super) nested: Vec<Nested>,
    #[serde(default)]
    pub(super) linked: Vec<Linked>,
}

#[derive(Debug, Clone, Deserialize)]
struct Named {
    name: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Territory {
    id: String,
}

/// What of a manifest an audit reads.
#[derive(Debug, Clone, Deserialize)]
struct Manifest {
    #[serde(default)]
    date: String,
    territory: Territory,
    measures: Vec<Measure>,
    #[serde(default)]
    frequencies: Vec<Frequencies>,
    disclosure: Rules,
    outputs: Vec<Named>,
}

/// A release, read.
#[derive(Debug)]
pub(super) struct Release {
    pub(super) folder: PathBuf,
    pub(super) date: String,
    pub(super) territory: String,
    pub(super) measures: Vec<Measure>,
    pub(super) frequencies: Vec<Frequencies>,
    pub(super) rules: Rules,
    /// The files that the manifest lists.
    pub(super) listed: BTreeSet<String>,
    /// The files that are there.
    pub(super) files: Vec<(String, PathBuf)>,
    pub(super) tables: Vec<Table>,
}

/// The file that says what a release is.
pub(super) const MANIFEST: &str = "manifest.json";

impl Release {
    /// Reads a release, all of it.
    ///
    /// # Errors
    /// No manifest, or a file of tables that cannot be read: what cannot be read cannot be audited.
    pub(super) fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(MANIFEST);
        let bytes = std::fs::read(&path).map_err(|e| Error::reading(&path, &e).help("name the folder of a release"))?;
        let manifest: Manifest = serde_json::from_slice(&bytes)
            .map_err(|_| Error::input("this is no manifest of a release that can be audited").in_file(&path))?;
        let files = table::files(folder)?;
        let mut tables = Vec::new();
        for (name, path) in files.iter().filter(|(name, _)| name != MANIFEST) {
            crate::interrupt::check()?;
            tables.extend(table::tables(name, path)?);
        }
        Ok(Self {
            folder: folder.to_path_buf(),
            date: manifest.date,
            territory: manifest.territory.id,
            measures: manifest.measures,
            frequencies: manifest.frequencies,
            rules: manifest.disclosure,
            listed: manifest.outputs.into_iter().map(|file| file.name).collect(),
            files,
            tables,
        })
    }

    /// The place of a measure in the list, by its name or by that of a layer that shows it.
    pub(super) fn measure_named(&self) -> BTreeMap<&str, usize> {
        let mut names = BTreeMap::new();
        for (at, measure) in self.measures.iter().enumerate() {
            names.insert(measure.id.as_str(), at);
        }
        names
    }

    /// The measure that a layer shows.
    pub(super) fn measure_of_layer(&self, layer: &str) -> Option<usize> {
        self.measures.iter().position(|measure| measure.layers.iter().any(|shown| shown.name == layer))
    }

    fn layer(&self, name: &str) -> Option<&Layer> {
        self.measures.iter().flat_map(|measure| &measure.layers).find(|shown| shown.name == name)
    }

    /// Whether the values of a layer are counts.
    pub(super) fn shows_counts(&self, layer: &str) -> bool {
        self.layer(layer).is_some_and(|shown| shown.shows == "count")
    }

    /// Whether the classes of a layer are cut where the data say.
    pub(super) fn cut_from_data(&self, layer: &str) -> bool {
        let of = self.layer(layer).and_then(|shown| shown.classification.as_deref());
        !self.shows_counts(layer) && of.is_some_and(|classification| !matches!(classification, "manual" | "categories"))
    }

    /// A place as messages name it.
    pub(super) fn place<'a>(&'a self, zone: &'a str) -> &'a str {
        if zone.is_empty() { &self.territory } else { zone }
    }
}
