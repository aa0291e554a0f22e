//! The sources of a run: their files, how these are written, and what their columns are called.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::NaiveDate;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use super::WellBeing;
use crate::error::{Error, Result};

/// The encodings a text file may be declared in, by their usual names.
const ENCODINGS: [&str; 7] = ["utf-16", "utf-8", "utf8", "windows-1252", "cp1252", "iso-8859-1", "latin1"];

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
    /// The directory of services, one row a service: read as interviews are.
    pub services: Option<SourceSpec>,
    /// A register of streets or addresses with coordinates.
    pub addresses: Option<SourceSpec>,
}

impl SourceTable {
    /// Spells their names and values as the records are spelled (composed, NFC), so that both spellings of é are one.
    pub(super) fn compose(&mut self) {
        let sources = [
            &mut self.job_seekers,
            &mut self.job_seeker_counts,
            &mut self.population,
            &mut self.interviews,
            &mut self.services,
            &mut self.addresses,
        ];
        sources.into_iter().flatten().for_each(SourceSpec::compose);
    }

    /// The sources that are there, with their names.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &SourceSpec)> {
        [
            ("addresses", &self.addresses),
            ("population", &self.population),
            ("job_seekers", &self.job_seekers),
            ("job_seeker_counts", &self.job_seeker_counts),
            ("interviews", &self.interviews),
            ("services", &self.services),
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
    /// `utf-8`, `windows-1252` or `utf-16` (with its byte order mark); detected where absent.
    pub encoding: Option<String>,
    /// Whether its files may hold no row: then nobody is counted, and that is published. Otherwise a file that is a header
    /// alone stops the run, because an export that failed looks like a town without people.
    #[serde(default)]
    pub may_be_empty: bool,
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
    /// For a column or question of ours: their value = our value.
    #[serde(default)]
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// Interviews and services: our question = their column. With a guide only where it is called otherwise.
    #[serde(default)]
    pub questions: BTreeMap<String, String>,
    /// Interviews and services: the guide (an `XLSForm`), a path or the name of one in `layers/guides/`.
    pub guide: Option<String>,
    /// With a guide: our question = the names of its column in other campaigns.
    #[serde(default)]
    pub renamed: BTreeMap<String, Vec<String>>,
    /// With a guide: the codes that stand for a refusal, in all questions.
    #[serde(default)]
    pub refused: Vec<String>,
    /// Interviews and services: the campaign of a file whose rows do not say it.
    #[serde(default)]
    pub campaigns: BTreeMap<PathBuf, String>,
    /// Interviews only: the five items of the WHO-5 index and how they are coded.
    pub well_being: Option<WellBeing>,
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

fn composed(text: &str) -> String {
    text.nfc().collect()
}

impl SourceSpec {
    /// Files keep their spelling: a disk compares bytes.
    fn compose(&mut self) {
        let map = |map: &BTreeMap<String, String>| map.iter().map(|(ours, theirs)| (composed(ours), composed(theirs))).collect();
        self.columns = map(&self.columns);
        self.questions = map(&self.questions);
        self.values = self.values.iter().map(|(name, values)| (composed(name), map(values))).collect();
        self.renamed =
            self.renamed.iter().map(|(name, others)| (composed(name), others.iter().map(|other| composed(other)).collect())).collect();
        self.refused.iter_mut().for_each(|code| *code = composed(code));
        self.duration_classes.iter_mut().for_each(|class| class.column = composed(&class.column));
    }

    /// Whether it contradicts itself, or says what a source of this name does not have.
    pub(super) fn check(&self, name: &str) -> Result<()> {
        let at = |key: &str| format!("sources.{name}.{key}");
        if self.files.is_empty() {
            return Err(Error::config("no file is named").in_column(at("files")));
        }
        self.check_questions(name)?;
        if name != "job_seeker_counts" && !self.duration_classes.is_empty() {
            return Err(Error::config("only counts have duration classes").in_column(at("duration_classes")));
        }
        for class in &self.duration_classes {
            if !(class.from_months >= 0.0 && class.to_months > class.from_months && class.to_months.is_finite()) {
                return Err(Error::config("a class runs from 0 or more to a greater, finite number of months")
                    .in_column(at(&format!("duration_classes.{}", class.column))));
            }
        }
        if self.decimal.is_some_and(|d| d != '.' && d != ',') {
            return Err(Error::config("expected \".\" or \",\"").in_column(at("decimal")));
        }
        if self.encoding.as_ref().is_some_and(|label| !ENCODINGS.contains(&label.to_ascii_lowercase().as_str())) {
            return Err(Error::config("expected \"utf-8\" or \"windows-1252\"; \"utf-16\" where a file has its byte order mark")
                .in_column(at("encoding")));
        }
        if self.date_format.as_ref().is_some_and(|form| !is_date_form(form)) {
            return Err(Error::config("this is no form of a date")
                .in_column(at("date_format"))
                .help("day, month and year, as in \"%d/%m/%Y\""));
        }
        if self.delimiter.is_some_and(|d| !d.is_ascii()) {
            return Err(Error::config("expected \",\", \";\" or a tab").in_column(at("delimiter")));
        }
        Ok(())
    }

    /// What only filled-in forms have, and what needs a guide.
    fn check_questions(&self, name: &str) -> Result<()> {
        let at = |key: &str| format!("sources.{name}.{key}");
        let forms = [
            ("questions", !self.questions.is_empty()),
            ("guide", self.guide.is_some()),
            ("renamed", !self.renamed.is_empty()),
            ("refused", !self.refused.is_empty()),
            ("campaigns", !self.campaigns.is_empty()),
            ("well_being", self.well_being.is_some()),
        ];
        if !matches!(name, "interviews" | "services")
            && let Some((key, _)) = forms.iter().find(|(_, said)| *said)
        {
            return Err(Error::config("only interviews have questions").in_column(at(key)));
        }
        let needing =
            [("renamed", !self.renamed.is_empty()), ("refused", !self.refused.is_empty()), ("well_being", self.well_being.is_some())];
        if self.guide.is_none()
            && let Some((key, _)) = needing.iter().find(|(_, said)| *said)
        {
            return Err(Error::config("this needs a guide").in_column(at(key)).help("name the form's file: guide = \"guide.xlsx\""));
        }
        if name == "services" && self.well_being.is_some() {
            return Err(Error::config("only persons have a well-being").in_column(at("well_being")));
        }
        if let Some(file) = self.campaigns.keys().find(|file| !self.files.contains(file)) {
            return Err(Error::config(format!("\"{}\" is not among the files of this source", file.display()))
                .in_column(at("campaigns"))
                .help("write it as under files ="));
        }
        self.well_being.as_ref().map_or(Ok(()), WellBeing::check)
    }
}

/// Whether a day comes back the same after it was written in this form and read again.
fn is_date_form(form: &str) -> bool {
    use std::fmt::Write;

    use chrono::format::{Item, StrftimeItems};
    let Some(day) = NaiveDate::from_ymd_opt(2003, 12, 31) else { return false };
    let items: Vec<Item<'_>> = StrftimeItems::new(form).collect();
    let mut written = String::new();
    // A form that asks for the hour cannot be written from a day.
    !items.contains(&Item::Error)
        && write!(written, "{}", day.format_with_items(items.iter())).is_ok()
        && NaiveDate::parse_from_str(&written, form) == Ok(day)
}
