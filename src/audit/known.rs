//! What somebody knows besides the files: a partner its own clients, a contributor their own amount (S7, S9).

use std::collections::BTreeMap;
use std::path::Path;

use super::cells::{Cells, subject};
use super::counts::Name;
use super::finding::{Check, Finding};
use super::release::Release;
use super::sums::Told;
use crate::error::{Error, Result};
use crate::stats::dominance::{DominanceRules, sensitivity};

/// Rows of measure, period, zone and a number.
struct Row {
    measure: String,
    period: String,
    zone: String,
    number: f64,
}

fn rows(path: &Path, column: &str) -> Result<Vec<Row>> {
    let broken = |message: String| {
        Error::input(message).in_file(path).help(format!("a CSV file with the columns measure, period, zone_code, {column}"))
    };
    let mut reader = csv::Reader::from_path(path).map_err(|_| broken("the table cannot be read".to_owned()))?;
    let header = reader.headers().map_err(|_| broken("the table has no header".to_owned()))?.clone();
    let at = |name: &str| header.iter().position(|field| field == name).ok_or_else(|| broken(format!("the column \"{name}\" is missing")));
    let (measure, period, zone, number) = (at("measure")?, at("period")?, at("zone_code")?, at(column)?);
    let mut rows = Vec::new();
    for (row, record) in reader.records().enumerate() {
        let line = u64::try_from(row + 2).unwrap_or(u64::MAX);
        let record = record.map_err(|_| broken("the row has too many or too few fields".to_owned()).at_row(line))?;
        let value = record[number].parse().ok().filter(|n: &f64| n.is_finite() && *n >= 0.0);
        let number = value.ok_or_else(|| broken("a number of 0 or more is expected".to_owned()).at_row(line).in_column(column))?;
        rows.push(Row { measure: record[measure].to_owned(), period: record[period].to_owned(), zone: record[zone].to_owned(), number });
    }
    Ok(rows)
}

/// How many of each count are a partner's own clients, by the count's name.
pub(super) fn clients(path: Option<&Path>, told: &[Told<'_>]) -> Result<BTreeMap<Name, f64>> {
    let mut clients = BTreeMap::new();
    let (Some(path), Some((release, _))) = (path, told.last()) else { return Ok(clients) };
    for row in rows(path, "persons")? {
        let counts = release.measures.iter().find(|measure| measure.id == row.measure).and_then(|measure| measure.counts.as_ref());
        if let Some(counts) = counts {
            let zone = if row.zone == release.territory { String::new() } else { row.zone };
            clients.insert((counts.numerator.clone(), row.period, zone), row.number);
        }
    }
    Ok(clients)
}

/// The rules of the `ESSnet` handbook, where a policy names none: three contributors, two of them under 85 %, p = 10 %.
const RULES: DominanceRules = DominanceRules { threshold: 3, nk: (2, 85.0), p: 10.0, pq: (10.0, 50.0) };

/// Shown cells of which one contributor's amount could be estimated too closely.
pub(super) fn dominated(path: Option<&Path>, (release, cells): &(Release, Cells)) -> Result<Vec<Finding>> {
    let Some(path) = path else { return Ok(Vec::new()) };
    let names = release.measure_named();
    let mut amounts: BTreeMap<_, Vec<f64>> = BTreeMap::new();
    for row in rows(path, "amount")? {
        let Some(measure) = names.get(row.measure.as_str()) else { continue };
        let zone = if row.zone == release.territory { String::new() } else { row.zone };
        amounts.entry((*measure, row.period, zone)).or_default().push(row.number);
    }
    let mut findings = Vec::new();
    for (key, amounts) in amounts.iter().filter(|(key, _)| cells.get(key).is_some_and(super::cells::Cell::shown)) {
        let found = sensitivity(amounts, &RULES).map_err(super::solve::fault)?;
        if found.p_percent || found.nk {
            findings.push(Finding::new(Check::S9, "", subject(release, key), "dominated"));
        }
    }
    Ok(findings)
}
