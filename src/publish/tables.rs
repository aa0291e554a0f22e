//! CSV tables by RFC 4180: every measure of every zone and period, and of the territory, in one long table.

use std::path::Path;

use csv::{QuoteStyle, Terminator, WriterBuilder};

use super::derived::{DETAILS, details};
use super::figures::Figures;
use super::geopackage::{Field, Table};
use crate::catalog::Shows;
use crate::error::{Error, Result};
use crate::measure::{IntervalMethod, Unit};
use crate::protect::Protected;
use crate::territory::Territory;
use crate::territory::contiguity::{Tolerance, queen_of_zones};
use crate::territory::weights_file::{self, Header};

const HEADER: [&str; 24] = [
    "zone_code",
    "zone_name",
    "measure",
    "unit",
    "period",
    "period_start",
    "period_end",
    "value",
    "numerator",
    "denominator",
    "low",
    "high",
    "interval_method",
    "status",
    "change_quarter",
    "change_quarter_low",
    "change_quarter_high",
    "change_quarter_p_adjusted",
    "change_quarter_signal",
    "change_year",
    "change_year_low",
    "change_year_high",
    "change_year_p_adjusted",
    "change_year_signal",
];

/// Writes the long table; the territory is the zone whose code is its identifier.
pub(super) fn write(path: &Path, shown: &Protected, territory: &Territory) -> Result<()> {
    let failed = |e: csv::Error| match e.into_kind() {
        csv::ErrorKind::Io(source) => Error::writing(path, &source),
        _ => Error::output("the table cannot be written").in_file(path),
    };
    let mut writer =
        WriterBuilder::new().terminator(Terminator::CRLF).quote_style(QuoteStyle::Necessary).from_path(path).map_err(failed)?;
    writer.write_record(HEADER).map_err(failed)?;
    for measure in shown.measures() {
        for (at, period) in measure.periods().iter().enumerate() {
            let zones = territory.quartiers.iter().map(|(index, zone)| (zone.code.0.as_str(), zone.name.as_str(), Some(index)));
            let total = (territory.id.0.as_str(), territory.name.as_str(), None);
            for (code, name, index) in zones.chain([total]) {
                let place = [guard(code), guard(name), measure.id().to_string(), unit_name(measure.unit()).to_owned()];
                let time = [period.to_string(), period.start().to_string(), period.end().to_string()];
                let cell = index.map_or_else(|| measure.total(at), |index| measure.cell(at, index));
                let method = cell.shown().and_then(|shown| shown.interval).map(|interval| interval.method);
                let row = place.into_iter().chain(time).chain(numbers(&Figures::of(measure, Shows::Value, at, index), method));
                writer.write_record(row).map_err(failed)?;
            }
        }
    }
    writer.flush().map_err(|e| Error::writing(path, &e))
}

/// Writes who is next to whom (queen contiguity of the published zones), for those who compute on.
pub(super) fn write_neighbors(path: &Path, territory: &Territory) -> Result<()> {
    let codes: Vec<&str> = territory.quartiers.iter().map(|(_, zone)| zone.code.0.as_str()).collect();
    let weights = queen_of_zones(&territory.quartiers, Tolerance::default())?;
    weights_file::write(path, &weights, &codes, Some(Header { layer: "quartiers", key: "code" }))
}

/// Writes the further numbers of derived measures, where there are any.
pub(super) fn write_details(path: &Path, shown: &Protected, territory: &Territory) -> Result<()> {
    let rows = details(shown, territory);
    if rows.is_empty() {
        return Ok(());
    }
    let failed = |e: csv::Error| match e.into_kind() {
        csv::ErrorKind::Io(source) => Error::writing(path, &source),
        _ => Error::output("the table cannot be written").in_file(path),
    };
    let mut writer =
        WriterBuilder::new().terminator(Terminator::CRLF).quote_style(QuoteStyle::Necessary).from_path(path).map_err(failed)?;
    writer.write_record(DETAILS).map_err(failed)?;
    for [code, name, rest @ ..] in &rows {
        let row = [guard(code), guard(name)].into_iter().chain(rest.iter().cloned());
        writer.write_record(row).map_err(failed)?;
    }
    writer.flush().map_err(|e| Error::writing(path, &e))
}

/// Writes a table of a study as it is in the GeoPackage.
pub(super) fn write_rows(path: &Path, table: &Table) -> Result<()> {
    let failed = |e: csv::Error| match e.into_kind() {
        csv::ErrorKind::Io(source) => Error::writing(path, &source),
        _ => Error::output("the table cannot be written").in_file(path),
    };
    let mut writer =
        WriterBuilder::new().terminator(Terminator::CRLF).quote_style(QuoteStyle::Necessary).from_path(path).map_err(failed)?;
    writer.write_record(table.columns.iter().map(|column| &column.name)).map_err(failed)?;
    for row in &table.rows {
        let cells = row.fields.iter().map(|field| match field {
            Field::Text(text) => guard(text),
            Field::Real(number) => number.to_string(),
            Field::Date(day) => day.to_string(),
            Field::Null => String::new(),
        });
        writer.write_record(cells).map_err(failed)?;
    }
    writer.flush().map_err(|e| Error::writing(path, &e))
}

fn numbers(figures: &Figures, method: Option<IntervalMethod>) -> Vec<String> {
    let number = |value: Option<f64>| value.map(|v| v.to_string()).unwrap_or_default();
    let method = method.map_or("", IntervalMethod::name);
    let mut row: Vec<String> = [figures.value, figures.numerator, figures.denominator, figures.low, figures.high].map(number).into();
    row.extend([method.to_owned(), figures.status.to_owned()]);
    for change in [&figures.since_quarter, &figures.since_year] {
        row.extend([change.difference, change.low, change.high, change.p].map(number));
        row.push(change.signal.unwrap_or_default().to_owned());
    }
    row
}

/// Shares are written in percent.
fn unit_name(unit: Unit) -> &'static str {
    if unit == Unit::Share { "percent" } else { unit.name() }
}

/// A text that a spreadsheet would run as a formula gets an apostrophe before it.
fn guard(text: &str) -> String {
    let runs = text.trim_start().starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
        || text.starts_with(['\t', '\r']);
    if runs { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_looks_like_a_formula_comes_out_as_text() {
        assert_eq!(guard("=cmd()"), "'=cmd()");
        assert_eq!(guard(" @x"), "' @x");
        assert_eq!(guard("62096A00-"), "62096A00-");
        assert_eq!(guard("Ougrée-Bas"), "Ougrée-Bas");
    }
}
