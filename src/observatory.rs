//! All there is to say about one run: `observatory.toml`.
//!
//! Flags say *which* run, this file *on what*, `layers/` *what to make*. Paths are relative to this file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::period::Quarter;
use crate::territory::folder::Zoning;
use crate::territory::zone_file::ZoneColumns;
use crate::texts::{Language, Localized};

/// The encodings a text file may be declared in, by their usual names.
const ENCODINGS: [&str; 6] = ["utf-8", "utf8", "windows-1252", "cp1252", "iso-8859-1", "latin1"];

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

/// The sources of a run; each may be absent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceTable {
    /// Job seekers, one row a person and quarter.
    pub job_seekers: Option<SourceSpec>,
    /// Job seekers counted by zone and quarter.
    pub job_seeker_counts: Option<SourceSpec>,
    /// Inhabitants and active population by zone and year.
    pub population: Option<SourceSpec>,
    /// Interviews, one row a person.
    pub interviews: Option<SourceSpec>,
    /// A register of streets or addresses with coordinates.
    pub addresses: Option<SourceSpec>,
}

impl SourceTable {
    /// The sources that are there, with their names.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &SourceSpec)> {
        [
            ("addresses", &self.addresses),
            ("population", &self.population),
            ("job_seekers", &self.job_seekers),
            ("job_seeker_counts", &self.job_seeker_counts),
            ("interviews", &self.interviews),
        ]
        .into_iter()
        .filter_map(|(name, spec)| spec.as_ref().map(|spec| (name, spec)))
    }
}

/// One source: its files, how they are written, and what their columns are called.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSpec {
    /// The files, in the order read.
    pub files: Vec<PathBuf>,
    /// `utf-8` or `windows-1252`; detected where absent.
    pub encoding: Option<String>,
    /// `,`, `;` or a tab; detected where absent.
    pub delimiter: Option<char>,
    /// `.` or `,`; detected where absent.
    pub decimal: Option<char>,
    /// The sheet of a workbook; the first where absent.
    pub sheet: Option<String>,
    /// The layer of a GDAL source; the first where absent.
    pub layer: Option<String>,
    /// The CRS of the coordinates; the territory's where absent.
    pub crs: Option<u32>,
    /// The form of dates, as in `%d/%m/%Y`; ISO 8601 where absent.
    pub date_format: Option<String>,
    /// Our name = their name.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// For a column of ours: their value = our value.
    #[serde(default)]
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// Interviews only: our question = their column.
    #[serde(default)]
    pub questions: BTreeMap<String, String>,
    /// Counts only: the columns of the duration classes.
    #[serde(default)]
    pub duration_classes: Vec<DurationClass>,
}

/// A class of duration of inoccupation in a table of counts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DurationClass {
    /// Their column.
    pub column: String,
    /// Its lower bound, included.
    pub from_months: f64,
    /// Its upper bound, excluded; for the open class an assumption, which is published with the method.
    pub to_months: f64,
}

/// Whether a day comes back the same after it was written in this form and read again.
fn is_date_form(form: &str) -> bool {
    use chrono::format::{Item, StrftimeItems};
    let Some(day) = NaiveDate::from_ymd_opt(2003, 12, 31) else { return false };
    let items: Vec<Item<'_>> = StrftimeItems::new(form).collect();
    !items.contains(&Item::Error) && {
        let written = day.format_with_items(items.iter()).to_string();
        NaiveDate::parse_from_str(&written, form) == Ok(day)
    }
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
        let text = std::fs::read_to_string(file).map_err(|e| Error::reading(file, &e))?;
        let mut observatory: Self = toml::from_str(&text).map_err(|e| {
            Error::config(e.to_string().trim_end().to_owned())
                .in_file(file)
                .help("README.md, \"Your own data\", lists what the file may contain")
        })?;
        file.clone_into(&mut observatory.file);
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
            if spec.files.is_empty() {
                return Err(Error::config("no file is named").in_column(format!("sources.{name}.files")));
            }
            if name != "interviews" && !spec.questions.is_empty() {
                return Err(Error::config("only interviews have questions").in_column(format!("sources.{name}.questions")));
            }
            if name != "job_seeker_counts" && !spec.duration_classes.is_empty() {
                return Err(Error::config("only counts have duration classes").in_column(format!("sources.{name}.duration_classes")));
            }
            for class in &spec.duration_classes {
                if !(class.from_months >= 0.0 && class.to_months > class.from_months && class.to_months.is_finite()) {
                    return Err(Error::config("a class runs from 0 or more to a greater, finite number of months")
                        .in_column(format!("sources.{name}.duration_classes.{}", class.column)));
                }
            }
            if spec.decimal.is_some_and(|d| d != '.' && d != ',') {
                return Err(Error::config("expected \".\" or \",\"").in_column(format!("sources.{name}.decimal")));
            }
            if spec.encoding.as_ref().is_some_and(|label| !ENCODINGS.contains(&label.to_ascii_lowercase().as_str())) {
                return Err(Error::config("expected \"utf-8\" or \"windows-1252\"").in_column(format!("sources.{name}.encoding")));
            }
            if spec.date_format.as_ref().is_some_and(|form| !is_date_form(form)) {
                return Err(Error::config("this is no form of a date")
                    .in_column(format!("sources.{name}.date_format"))
                    .help("day, month and year, as in \"%d/%m/%Y\""));
            }
            if spec.delimiter.is_some_and(|d| !d.is_ascii()) {
                return Err(Error::config("expected \",\", \";\" or a tab").in_column(format!("sources.{name}.delimiter")));
            }
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
