//! Stage 1: files become checked records, and rows that do not hold are set aside.
//!
//! `read = used + set aside`, always. What is set aside is personal: it goes to a private folder and is never published.

mod columns;
mod csv;
pub mod guard;
mod intake;
mod interviews;
mod issue;
mod job_seekers;
mod lines;
mod ogr;
mod open_document;
mod parquet;
mod parquet_pages;
mod plain_text;
pub mod points;
pub mod private;
mod public;
mod quotes;
pub mod relevance;
mod response;
mod spreadsheet;
mod table;
mod text_source;
pub mod xlsform;

use std::path::PathBuf;

pub use issue::Issue;
pub use table::{Field, Row, RowSink, TableFacts, check_header, hex, read_table, text_field};

pub use intake::{SetAside, SourceReport};
pub use response::{GroupResponse, GuideFacts, ResponseReport};

use crate::error::{Error, ErrorKind, Result};
use crate::observatory::Observatory;
use crate::records::{AddressRegister, Interviews, JobSeekerCounts, JobSeekers, Population};

/// All that was read for one run.
#[derive(Debug, Default)]
pub struct Sources {
    /// Job seekers, one record a person and quarter.
    pub job_seekers: Option<Sourced<JobSeekers>>,
    /// Job seekers counted by zone and quarter.
    pub job_seeker_counts: Option<Sourced<JobSeekerCounts>>,
    /// Population by zone and year.
    pub population: Option<Sourced<Population>>,
    /// Interviews.
    pub interviews: Option<Sourced<Interviews>>,
    /// The directory of services.
    pub services: Option<Sourced<Interviews>>,
    /// A register to locate addresses with.
    pub addresses: Option<Sourced<AddressRegister>>,
    /// What was read, source by source and file by file.
    pub reports: Vec<SourceReport>,
    /// The rows that do not hold.
    pub set_aside: Vec<SetAside>,
}

/// Records with the CRS of their coordinates.
#[derive(Debug)]
pub struct Sourced<R> {
    /// The records.
    pub records: R,
    /// The CRS their coordinates are in; the territory's where the source and the file say nothing.
    pub crs: Option<u32>,
}

/// Reads all sources of an observatory.
///
/// # Errors
/// A file that cannot be read, a column that is missing, or more rows set aside than `max_set_aside` allows. All sources
/// are tried before the first failure is given, so that one run tells of every file.
pub fn read(observatory: &Observatory) -> Result<Sources> {
    let mut sources = Sources::default();
    let mut failures: Vec<Error> = Vec::new();
    for (name, spec) in observatory.sources.iter() {
        tracing::info!(source = name, "reading");
        let outcome = match name {
            "addresses" => public::addresses(observatory, spec, &mut sources),
            "population" => public::population(observatory, spec, &mut sources),
            "job_seekers" => job_seekers::persons(observatory, spec, &mut sources),
            "job_seeker_counts" => job_seekers::counts(observatory, spec, &mut sources),
            "interviews" => interviews::interviews(observatory, spec, &mut sources),
            _ => interviews::services(observatory, spec, &mut sources),
        };
        match outcome {
            Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
            Err(error) => failures.push(error),
            Ok(()) => {}
        }
    }
    if failures.is_empty()
        && let Err(error) = interviews::check_recodes(observatory, &sources)
    {
        failures.push(error);
    }
    match failures.len() {
        0 => Ok(sources),
        1 => Err(failures.remove(0)),
        n => {
            let kind = failures[0].kind();
            let error = Error::new(kind, format!("{n} sources cannot be used"));
            Err(failures.into_iter().fold(error, |error, failure| error.detail(failure.to_string())))
        }
    }
}

/// Stops the run where too much was set aside.
///
/// # Errors
/// Each source above its share, with its most frequent reasons.
pub fn check_set_aside(sources: &Sources, limit: f64) -> Result<()> {
    let mut problems = Vec::new();
    for report in &sources.reports {
        #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
        let share = report.defective as f64 / report.read.max(1) as f64;
        if share > limit {
            let (source, bad, read) = (&report.source, report.defective, report.read);
            problems.push(format!("{source}: {bad} of {read} rows set aside ({:.1} %)", share * 100.0));
            problems.extend(intake::frequent_reasons(&sources.set_aside, source));
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    let error = Error::new(ErrorKind::Findings, format!("more rows set aside than max_set_aside = {limit} allows"));
    Err(problems
        .into_iter()
        .fold(error, Error::detail)
        .help("mend the file or its description; `optima check --format json` lists every row"))
}

/// The path of a source's file, and its name for messages.
fn paths<'a>(observatory: &'a Observatory, files: &'a [PathBuf]) -> impl Iterator<Item = (PathBuf, &'a PathBuf)> {
    files.iter().map(|file| (observatory.resolve(file), file))
}
