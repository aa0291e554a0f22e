//! A table to its factor analysis, file to file: for an analyst with a table at hand and no observatory.
//!
//! Coordinates of persons are individual data. What is written here passes no disclosure control and is not for publication:
//! it goes to a folder that only its user can read.

mod columns;
mod contingency;
mod folder;
mod group_tables;
mod groups;
mod persons;
mod results;
mod tables;

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};
use crate::observatory::SourceSpec;
use crate::stats::refusal::Refusal;

use folder::Folder;

/// What to analyze.
///
/// ```
/// use optima::analyze::{AnalyzeRequest, Method, Missing};
/// let request = AnalyzeRequest::new("answers.csv", "private/analysis");
/// assert_eq!(request.method, Method::Questions { missing: Missing::Modality });
/// ```
#[derive(Debug, Clone)]
pub struct AnalyzeRequest {
    /// The table: any format that a source of an observatory can have.
    pub table: PathBuf,
    /// How its cells are read.
    pub method: Method,
    /// Active columns; where empty, all that have a name and no other role.
    pub active: Vec<String>,
    /// Columns placed on the axes that the active ones make.
    pub supplementary: Vec<String>,
    /// Numbers that are correlated with the axes.
    pub numeric: Vec<String>,
    /// Columns without a role, such as a key.
    pub excluded: Vec<String>,
    /// The column with the weights of rows: a weight of k counts as k persons.
    pub weight: Option<String>,
    /// Rows of a table of counts that are placed on the axes, by name.
    pub supplementary_rows: Vec<String>,
    /// Axes with coordinates.
    pub axes: usize,
    /// Groups of persons on these axes, where they are wanted; a table of counts has none.
    pub groups: Option<GroupsRequest>,
    /// The folder to write, mode 0700.
    pub output: PathBuf,
    /// Whether an earlier analysis in this folder is replaced.
    pub force: bool,
}

/// How the cells of a table are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// A row a person, a column a question: multiple correspondence analysis.
    Questions {
        /// What an empty cell is.
        missing: Missing,
    },
    /// Counts, with the names of the rows in the first column: correspondence analysis.
    Counts,
}

/// What an empty cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// A modality of its own, active.
    Modality,
    /// No modality: specific analysis.
    Passive,
}

/// Groups of persons: Ward's hierarchy on the axes with coordinates, cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupsRequest {
    /// How many; where absent, the number from 3 to 10 with the largest relative loss of inertia, as in `FactoMineR`'s `HCPC`.
    pub number: Option<usize>,
    /// Whether passes of k-means follow the cut.
    pub consolidate: bool,
    /// Samples that the stability of the groups is told from; none where 0.
    pub resamples: u32,
    /// The seed of these samples.
    pub seed: u64,
}

/// What was read, found and written. `read = used + set_aside`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnalyzeReport {
    /// `multiple_correspondence` or `correspondence`.
    pub method: &'static str,
    /// Rows of the table.
    pub read: u64,
    /// Rows analyzed, supplementary ones included.
    pub used: u64,
    /// Rows with another number of cells than the header, or without a weight.
    pub set_aside: u64,
    /// The first of these, as a person counts rows.
    pub first_set_aside: Option<u64>,
    /// Cells of numeric columns that hold something else: taken as absent.
    pub not_numbers: u64,
    /// Active questions, or columns of counts.
    pub active: usize,
    /// Active modalities, or rows of counts.
    pub points: usize,
    /// Questions all respondents answered alike: left out.
    pub constant: Vec<String>,
    /// The sum of all eigenvalues.
    pub total_inertia: f64,
    /// The first axes, as many as have coordinates.
    pub axes: Vec<AxisReport>,
    /// The groups, where they were asked for.
    pub groups: Option<GroupsReport>,
    /// The folder.
    pub folder: PathBuf,
    /// What is in it.
    pub files: Vec<&'static str>,
}

/// An axis and its rates, 0..=1; the adjusted ones are absent for tables of counts, and where λ ≤ 1/Q.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AxisReport {
    /// λ.
    pub eigenvalue: f64,
    /// λ over the total inertia.
    pub raw_share: f64,
    /// Benzécri's adjusted share.
    pub benzecri_share: Option<f64>,
    /// Greenacre's adjusted share.
    pub greenacre_share: Option<f64>,
}

/// The groups that were found, and what of the inertia on the axes lies between them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupsReport {
    /// Whether their number was asked for; else the largest relative loss gave it.
    pub number_given: bool,
    /// Persons in no group: with no active answer, or a weight of 0.
    pub ungrouped: u64,
    /// Different points among the others.
    pub points: usize,
    /// The inertia of those in groups on the axes with coordinates.
    pub inertia: f64,
    /// What of it lies between the groups as cut, 0..=1.
    pub between_cut: f64,
    /// What of it lies between the groups after k-means; absent without.
    pub between_consolidated: Option<f64>,
    /// Persons whom k-means moved; absent without.
    pub moved: Option<u64>,
    /// The groups, the largest of the cut first.
    pub groups: Vec<GroupReport>,
}

/// One group.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GroupReport {
    /// Its number, from 1.
    pub group: usize,
    /// Its persons.
    pub rows: u32,
    /// Its share of the weight, 0..=1.
    pub share: f64,
    /// The mean Jaccard similarity with its like in each sample, 0..=1; absent without samples.
    pub stability: Option<f64>,
}

impl AnalyzeRequest {
    /// A request with five axes, empty cells as modalities, all columns active and no groups.
    #[must_use]
    pub fn new(table: impl Into<PathBuf>, output: impl Into<PathBuf>) -> Self {
        Self {
            table: table.into(),
            method: Method::Questions { missing: Missing::Modality },
            active: Vec::new(),
            supplementary: Vec::new(),
            numeric: Vec::new(),
            excluded: Vec::new(),
            weight: None,
            supplementary_rows: Vec::new(),
            axes: 5,
            groups: None,
            output: output.into(),
            force: false,
        }
    }
}

/// Reads a table, analyzes it and writes eigenvalues and points into a new folder (mode 0700, files 0600).
///
/// Memory: two bytes a cell of questions and eight a number; the file itself is streamed.
///
/// # Errors
/// A folder that is there and may not be replaced, a table that cannot be read or lacks a column, answers that allow no
/// analysis ([`ErrorKind::Findings`]), an output that cannot be written. No output is left then, and an earlier one stays.
pub fn analyze(request: &AnalyzeRequest) -> Result<AnalyzeReport> {
    let folder = Folder::begin(&request.output, request.force)?;
    match request.method {
        Method::Questions { missing } => persons::analyze(request, missing, folder),
        Method::Counts => contingency::analyze(request, folder),
    }
}

/// How the table is written: all is detected.
fn spec() -> SourceSpec {
    SourceSpec::default()
}

/// A refusal of the mathematics, about this file.
fn refused(refusal: Refusal, table: &Path) -> Error {
    let error = Error::new(ErrorKind::Findings, refusal.reason).in_file(table);
    if refusal.remedy.is_empty() { error } else { error.help(refusal.remedy) }
}
