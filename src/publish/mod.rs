//! Stage 5: what is shown becomes files.
//!
//! Every writer takes [`Protected`](crate::protect::Protected) and nothing rawer.

pub mod classify;
pub mod geopackage;
pub mod legend;
mod qgis;
pub mod sql;
#[cfg(test)]
pub(crate) mod town;

use chrono::NaiveDate;
use serde::Serialize;

use crate::texts::Texts;

/// What the files say about the run they come from.
#[derive(Debug, Clone)]
pub struct Release {
    /// The observatory's title, in the readers' language.
    pub title: String,
    /// What readers see, in their language.
    pub texts: Texts,
    /// The date written into the files; never the clock's.
    pub date: NaiveDate,
    /// The seed of the run.
    pub seed: u64,
    /// The files that were read.
    pub inputs: Vec<InputFile>,
    /// What became of the records, source by source.
    pub stages: Vec<StageCounts>,
    /// Whether the records are synthetic; said in every title.
    pub synthetic: bool,
    /// Where the figures come from, for map sources and metadata.
    pub source: String,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InputFile {
    /// Its name, relative to the observatory's file.
    pub name: String,
    /// SHA-256 of the bytes that were used, in hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

/// What became of the records of one source: `read = used + set_aside` and `used = within + outside + missing`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StageCounts {
    /// The source, such as `job_seekers`.
    pub source: String,
    /// Rows in the files.
    pub read: u64,
    /// Rows that did not hold and were listed privately.
    pub set_aside: u64,
    /// Rows that went on.
    pub used: u64,
    /// Of these, located in a zone.
    pub within: u64,
    /// Of these, with a place that is outside the territory.
    pub outside: u64,
    /// Of these, without a place.
    pub missing: u64,
}
