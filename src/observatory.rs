//! All there is to say about one run: `observatory.toml`.
//!
//! Flags say *which* run, this file *on what*, `layers/` *what to make*. Paths are relative to this file.

mod recode;
mod source;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::Deserialize;

pub use recode::{Recode, WellBeing, WellBeingCoding};
pub use source::{DurationClass, SourceSpec, SourceTable};

use crate::error::{Error, Result};
use crate::period::Quarter;
use crate::plain_file;
use crate::territory::folder::Zoning;
use crate::territory::zone_file::ZoneColumns;
use crate::texts::{Language, Localized};

/// One run: sources, territory, periods, seed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observatory {
    /// Where it was read; paths are relative to its folder.
    #[serde(skip)]
    pub file: PathBuf,
    /// The title readers see.
    pub title: Localized,
    /// A folder of `layers/territories/`, or a path to such a folder.
    pub territory: String,
    /// The readers' language.
    #[serde(default)]
    pub language: Language,
    /// The date written into the release.
    pub date: NaiveDate,
    /// The seed of everything random.
    #[serde(default)]
    pub seed: u64,
    /// Whether the records are invented; said in every title.
    #[serde(default)]
    pub synthetic: bool,
    /// Where the figures come from.
    pub source: Localized,
    /// A policy of `layers/disclosure/`.
    #[serde(default = "default_policy")]
    pub disclosure: String,
    /// The themes to make; all where empty.
    #[serde(default)]
    pub themes: Vec<String>,
    /// The zones to publish.
    #[serde(default)]
    pub zoning: Option<Zoning>,
    /// Official outlines in place of the territory's own.
    #[serde(default)]
    pub zones: Option<PathBuf>,
    /// The layer of that file.
    #[serde(default)]
    pub zones_layer: Option<String>,
    /// The CRS of that file, where it does not say it.
    #[serde(default)]
    pub zones_crs: Option<u32>,
    /// The columns of that file, where they are not recognized.
    #[serde(default)]
    pub zones_columns: ZoneColumns,
    /// Where the catalog lies; found by going up from this file where absent.
    #[serde(default)]
    pub layers: Option<PathBuf>,
    /// Where set-aside rows go: personal data, never part of a release.
    #[serde(default = "default_private")]
    pub private: PathBuf,
    /// The folder of the ledger of releases; without one, a release is audited by itself alone.
    #[serde(default)]
    pub ledger: Option<PathBuf>,
    /// Share of rows set aside above which the run stops.
    #[serde(default = "default_set_aside")]
    pub max_set_aside: f64,
    /// Share of records outside or without a place above which the run stops.
    #[serde(default = "default_unlocated")]
    pub max_unlocated: f64,
    /// The quarters of the study.
    #[serde(default)]
    pub periods: Option<Quarters>,
    /// The span of the interviews.
    #[serde(default)]
    pub campaign: Option<Campaign>,
    /// What is read.
    #[serde(default)]
    pub sources: SourceTable,
    /// How the answers to a question are put together before they are analyzed.
    #[serde(default)]
    pub recode: BTreeMap<String, Recode>,
    /// From which quarter on a measure means something else; nothing is compared or prolonged across it.
    #[serde(default)]
    pub breaks: Vec<DefinitionBreak>,
    /// Declared paths between two values.
    #[serde(default)]
    pub scenarios: Vec<ScenarioSpec>,
}

/// A path between two declared values, such as "from 22 % in 2001 to 26 % in 2009". A scenario, not a forecast.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioSpec {
    /// Its name in files.
    pub id: String,
    /// What readers see.
    pub title: Localized,
    /// Where it begins.
    pub from: ScenarioEnd,
    /// Where it ends.
    pub to: ScenarioEnd,
    /// Who says so.
    pub source: Localized,
}

/// One end of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioEnd {
    /// The year.
    pub year: i32,
    /// The value in that year, in percent.
    pub percent: f64,
}

/// A break in a definition: from this quarter on the same name counts something else.
///
/// In January 2022, say, free registrations were kept and the number of job seekers jumped, which says nothing of quartiers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefinitionBreak {
    /// The first quarter of the new definition.
    pub quarter: Quarter,
    /// The measures concerned; all quarterly ones where empty.
    #[serde(default)]
    pub measures: Vec<String>,
    /// What changed, for readers.
    pub reason: Localized,
}

impl DefinitionBreak {
    /// Whether it is about this measure.
    #[must_use]
    pub fn concerns(&self, measure: &str) -> bool {
        self.measures.is_empty() || self.measures.iter().any(|id| id == measure)
    }

    /// Whether it lies between two quarters: the earlier one is of the old definition, the later one of the new.
    #[must_use]
    pub fn parts(&self, earlier: Quarter, later: Quarter) -> bool {
        earlier < self.quarter && self.quarter <= later
    }
}

/// First and last quarter.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quarters {
    /// The first quarter of the study.
    pub first: Quarter,
    /// The last one.
    pub last: Quarter,
}

/// First and last day.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    /// The first day of the interviews.
    pub first: NaiveDate,
    /// The last one.
    pub last: NaiveDate,
}

fn default_policy() -> String {
    "default".to_owned()
}

fn default_private() -> PathBuf {
    PathBuf::from("private")
}

fn default_set_aside() -> f64 {
    0.02
}

fn default_unlocated() -> f64 {
    0.10
}

impl Observatory {
    /// Reads an `observatory.toml`.
    ///
    /// # Errors
    /// A file that is not there, is not TOML, has an unknown key, or contradicts itself.
    pub fn load(file: &Path) -> Result<Self> {
        let text = plain_file::read_text(file)?;
        Error::refuse_lost_letters(&text).map_err(|e| e.in_file(file))?;
        let mut observatory: Self = toml::from_str(&text)
            .map_err(|e| Error::toml(&e).in_file(file).help("README.md, \"Your own data\", lists what the file may contain"))?;
        file.clone_into(&mut observatory.file);
        observatory.sources.compose();
        observatory.check().map_err(|e| e.in_file(file))?;
        Ok(observatory)
    }

    fn check(&self) -> Result<()> {
        let share = 0.0..=1.0;
        if !share.contains(&self.max_set_aside) || !share.contains(&self.max_unlocated) {
            return Err(Error::config("max_set_aside and max_unlocated are shares between 0 and 1"));
        }
        if self.sources.job_seekers.is_some() && self.sources.job_seeker_counts.is_some() {
            return Err(
                Error::config("job_seekers and job_seeker_counts are two forms of one source").help("keep the one your partner delivers")
            );
        }
        if (self.sources.job_seekers.is_some() || self.sources.job_seeker_counts.is_some()) && self.periods.is_none() {
            return Err(Error::config("[periods] is missing").help("name the first and last quarter, as in first = \"1999-Q1\""));
        }
        if self.sources.interviews.is_some() && self.campaign.is_none() {
            return Err(Error::config("[campaign] is missing").help("name the first and last day of the interviews"));
        }
        if self.periods.is_some_and(|p| p.first > p.last) || self.campaign.is_some_and(|c| c.first > c.last) {
            return Err(Error::config("a period ends before it begins"));
        }
        for (name, spec) in self.sources.iter() {
            spec.check(name)?;
        }
        for (question, recode) in &self.recode {
            recode.check(question)?;
        }
        Ok(())
    }

    /// A path of this file, made relative to its folder.
    #[must_use]
    pub fn resolve(&self, path: &Path) -> PathBuf {
        self.folder().join(path)
    }

    /// The folder this file lies in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        match self.file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }

    /// The `layers/` folder of this run: the one named, else the nearest going up from this file; `None` where there is none
    /// and the shipped catalog serves.
    ///
    /// # Errors
    /// A folder that is named and not there.
    pub fn layers_folder(&self) -> Result<Option<PathBuf>> {
        if let Some(named) = &self.layers {
            let path = self.resolve(named);
            return if path.is_dir() {
                Ok(Some(path))
            } else {
                Err(Error::config("there is no such folder").in_file(path).in_column("layers"))
            };
        }
        let start = self.folder().canonicalize().map_err(|e| Error::reading(self.folder(), &e))?;
        Ok(start.ancestors().map(|folder| folder.join("layers")).find(|layers| layers.join("texts.toml").is_file()))
    }

    /// All quarters of the study, in time order; empty where there is no quarterly source.
    #[must_use]
    pub fn quarters(&self) -> Vec<Quarter> {
        let Some(Quarters { first, last }) = self.periods else { return Vec::new() };
        std::iter::successors(Some(first), |q| (*q < last).then(|| q.minus(-1))).collect()
    }
}
