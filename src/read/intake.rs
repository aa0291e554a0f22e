//! The gate of a source: each row is used or set aside, and counted either way.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::columns::{Bad, Columns, Names};
use super::response::{GuideFacts, ResponseReport};
use super::table::{Field, Row, RowSink, TableFacts};
use super::{Issue, Sources, paths};
use crate::error::{Error, ErrorKind, Result};
use crate::interrupt;
use crate::observatory::{Observatory, SourceSpec};

/// A row that was not used, with what it says: personal data.
#[derive(Clone, PartialEq)]
pub struct SetAside {
    /// Where it is and why.
    pub issue: Issue,
    /// Whether something is wrong with it; a row of another period is only not asked for.
    pub defect: bool,
    /// Its cells, for the private list only.
    pub(crate) cells: Vec<String>,
}

impl fmt::Debug for SetAside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SetAside({})", self.issue)
    }
}

/// What became of a source's rows: `read = used + set_aside`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceReport {
    /// The source.
    pub source: String,
    /// What was found out about each file.
    pub files: Vec<(PathBuf, TableFacts)>,
    /// Rows in the files.
    pub read: u64,
    /// Rows that went on.
    pub used: u64,
    /// Rows that did not.
    pub set_aside: u64,
    /// Of these, rows that are wrong rather than of another period.
    pub defective: u64,
    /// The guide, where the source has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guide: Option<GuideFacts>,
    /// How the questions were answered, for filled-in forms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<ResponseReport>,
}

/// A row that is not asked for: right in itself.
pub(super) const OTHER_PERIOD: &str = "outside the study's period";

type TakeRow<'t> = dyn FnMut(&Columns<'_>, &[Field<'_>]) -> std::result::Result<(), Bad> + 't;

/// What becomes of a source's rows, file by file.
pub(super) trait Take {
    /// Looks at the columns of a file before its first row.
    fn file(&mut self, file: &Path, columns: &Columns<'_>) -> Result<()>;

    /// Takes a row, or says why not.
    fn row(&mut self, columns: &Columns<'_>, row: &[Field<'_>]) -> std::result::Result<(), Bad>;

    /// What a person should know of the file just read.
    fn notes(&mut self) -> Vec<String>;
}

/// Rows that are taken alike, whatever their file.
struct Rows<'a, 't>(&'a mut TakeRow<'t>);

impl Take for Rows<'_, '_> {
    fn file(&mut self, _: &Path, _: &Columns<'_>) -> Result<()> {
        Ok(())
    }

    fn row(&mut self, columns: &Columns<'_>, row: &[Field<'_>]) -> std::result::Result<(), Bad> {
        (self.0)(columns, row)
    }

    fn notes(&mut self) -> Vec<String> {
        Vec::new()
    }
}

struct Intake<'a, 't> {
    source: &'static str,
    spec: &'a SourceSpec,
    decimal: char,
    file: &'a Path,
    names: &'a Names<'a>,
    columns: Option<Columns<'a>>,
    take: &'a mut (dyn Take + 't),
    set_aside: &'a mut Vec<SetAside>,
    report: &'a mut SourceReport,
}

/// Sends all rows of a source through `take`; what it refuses is set aside. Gives the CRS the files say.
pub(super) fn intake(
    observatory: &Observatory,
    source: &'static str,
    spec: &SourceSpec,
    (known, needed): (&[&'static str], &[&'static str]),
    sources: &mut Sources,
    take: &mut TakeRow<'_>,
) -> Result<Option<u32>> {
    intake_files(observatory, source, spec, &Names { known, needed, ..Names::default() }, sources, &mut Rows(take))
}

/// [`intake`] for what looks at each file's columns first.
pub(super) fn intake_files(
    observatory: &Observatory,
    source: &'static str,
    spec: &SourceSpec,
    names: &Names<'_>,
    sources: &mut Sources,
    take: &mut dyn Take,
) -> Result<Option<u32>> {
    check_names(observatory, source, spec, names)?;
    let mut report = SourceReport {
        source: source.to_owned(),
        files: Vec::new(),
        read: 0,
        used: 0,
        set_aside: 0,
        defective: 0,
        guide: None,
        response: None,
    };
    let mut crs = spec.crs;
    for (path, name) in paths(observatory, &spec.files) {
        super::table::check_plain_file(&path)?;
        let decimal = super::csv::decimal_mark(&path, spec)?;
        let mut gate = Intake {
            source,
            spec,
            decimal,
            file: name,
            names,
            columns: None,
            take: &mut *take,
            set_aside: &mut sources.set_aside,
            report: &mut report,
        };
        let mut facts = super::read_table(&path, spec, &mut gate)?;
        let columns = gate.columns.take();
        facts.notes.extend(columns.map(|columns| columns.notes).unwrap_or_default());
        facts.notes.extend(take.notes());
        if facts.rows == 0 {
            facts.notes.push("there is no row under the names of the columns".to_owned());
        }
        match (crs, facts.crs) {
            (Some(declared), Some(said)) if declared != said => {
                return Err(Error::input(format!("the file says EPSG:{said}, and crs = {declared} is declared"))
                    .in_file(name)
                    .help("remove crs = or mend the file"));
            }
            (None, said) => crs = said,
            _ => {}
        }
        report.files.push((name.clone(), facts));
    }
    check_used(observatory, spec, &report)?;
    tracing::info!(source, read = report.read, used = report.used, set_aside = report.set_aside, "read");
    sources.reports.push(report);
    Ok(crs)
}

/// Names that we do not have are mistakes of the observatory's file, whatever the table holds.
fn check_names(observatory: &Observatory, source: &str, spec: &SourceSpec, names: &Names<'_>) -> Result<()> {
    let known = names.known;
    let is_question = |name: &String| spec.questions.contains_key(name) || names.questions.contains(&name.as_str());
    let values = spec.values.keys().filter(|name| !is_question(name));
    let tables = [("columns", spec.columns.keys().collect::<Vec<_>>()), ("values", values.collect())];
    for (table, names) in tables {
        let unknown: Vec<String> = names.iter().filter(|n| !known.contains(&n.as_str())).map(|n| format!("\"{n}\"")).collect();
        if !unknown.is_empty() {
            return Err(Error::config(format!("we have no {}", unknown.join(", ")))
                .in_file(&observatory.file)
                .in_column(format!("sources.{source}.{table}"))
                .help(format!("we have: {}", known.join(", "))));
        }
    }
    Ok(())
}

/// A source of which nothing goes on would make empty maps: rather a failed export than a town without people.
fn check_used(observatory: &Observatory, spec: &SourceSpec, report: &SourceReport) -> Result<()> {
    let error = |message: &str| {
        let error = Error::new(ErrorKind::Findings, message);
        spec.files.first().map_or_else(|| Error::config("no file is named"), |file| error.in_file(observatory.resolve(file)))
    };
    if report.read == 0 && spec.may_be_empty {
        return Ok(());
    }
    if report.read == 0 {
        let help = format!(
            "fill it in or ask for it again; without [sources.{}] its maps are left out; may_be_empty = true says that there is nobody",
            report.source
        );
        return Err(error("there is no row under the names of the columns").help(help));
    }
    if report.used == 0 && report.defective == 0 {
        return Err(error("all rows are outside the study's period").help("check [periods] and [campaign]"));
    }
    Ok(())
}

impl RowSink for Intake<'_, '_> {
    fn header(&mut self, columns: &[String]) -> Result<()> {
        let header = super::plain_text::header(columns)?;
        super::table::check_header(&header)?;
        let columns = Columns::bind(self.spec, self.decimal, self.source, &header, self.names)?;
        self.take.file(self.file, &columns)?;
        self.columns = Some(columns);
        Ok(())
    }

    fn row(&mut self, number: u64, row: Row<'_>) -> Result<()> {
        if number.is_multiple_of(4096) {
            interrupt::check()?;
        }
        self.report.read += 1;
        let Some(columns) = &self.columns else { return Err(Error::input("a row before the header")) };
        let (bad, cells) = match row {
            Ok(fields) => {
                let texts = super::plain_text::composed(fields);
                let rebuilt: Option<Vec<Field<'_>>> = texts
                    .as_ref()
                    .map(|texts| fields.iter().zip(texts).map(|(field, text)| text.as_deref().map_or(*field, Field::Text)).collect());
                let fields = rebuilt.as_deref().unwrap_or(fields);
                match columns.fault(fields).map_or_else(|| self.take.row(columns, fields), Err) {
                    Ok(()) => {
                        self.report.used += 1;
                        return Ok(());
                    }
                    Err(bad) => (bad, fields.iter().map(cell_text).collect()),
                }
            }
            Err(reason) => (Bad { column: "row".to_owned(), reason: reason.to_owned() }, Vec::new()),
        };
        let defect = bad.reason != OTHER_PERIOD;
        self.report.set_aside += 1;
        self.report.defective += u64::from(defect);
        let issue =
            Issue { source: self.source.to_owned(), file: self.file.to_path_buf(), row: number, column: bad.column, reason: bad.reason };
        self.set_aside.push(SetAside { issue, defect, cells });
        Ok(())
    }
}

fn cell_text(field: &Field<'_>) -> String {
    match field {
        Field::Absent => String::new(),
        Field::Text(text) => text.chars().take(super::plain_text::LONGEST).collect(),
        Field::Number(number) => number.to_string(),
        Field::Date(date) => date.to_string(),
        Field::Flag(flag) => flag.to_string(),
        Field::Broken => "#ERROR".to_owned(),
    }
}

/// The three most frequent reasons of a source's defects, with their counts.
pub(super) fn frequent_reasons(set_aside: &[SetAside], source: &str) -> Vec<String> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for row in set_aside.iter().filter(|row| row.defect && row.issue.source == source) {
        *counts.entry((&row.issue.column, &row.issue.reason)).or_default() += 1;
    }
    let mut reasons: Vec<_> = counts.into_iter().collect();
    reasons.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    reasons.into_iter().take(3).map(|((column, reason), n)| format!("{source}: {n} × {column}: {reason}")).collect()
}
