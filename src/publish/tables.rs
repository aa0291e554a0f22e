//! CSV tables by RFC 4180: every measure of every zone and period, and of the territory, in one long table.

use std::path::Path;

use csv::{QuoteStyle, Terminator, WriterBuilder};

use super::classify::{reader_value, round_to};
use crate::error::{Error, Result};
use crate::measure::{Change, IntervalMethod, Signal, Unit};
use crate::protect::{Protected, ProtectedCell};
use crate::territory::Territory;

const HEADER: [&str; 23] = [
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
            let zones = territory.quartiers.iter().map(|(index, zone)| (zone.code.0.as_str(), zone.name.as_str(), measure.cell(at, index)));
            let total = (territory.id.0.as_str(), territory.name.as_str(), measure.total(at));
            for (code, name, cell) in zones.chain([total]) {
                let place = [guard(code), guard(name), measure.id().to_string(), unit_name(measure.unit()).to_owned()];
                let time = [period.to_string(), period.start().to_string(), period.end().to_string()];
                let row = place.into_iter().chain(time).chain(numbers(measure.unit(), &cell));
                writer.write_record(row).map_err(failed)?;
            }
        }
    }
    writer.flush().map_err(|e| Error::writing(path, &e))
}

fn numbers(unit: Unit, cell: &ProtectedCell) -> Vec<String> {
    let shown = cell.shown();
    let number = |value: Option<f64>| value.map(|v| v.to_string()).unwrap_or_default();
    let interval = shown.and_then(|s| s.interval);
    let method = interval.map(|i| match i.method {
        IntervalMethod::Wilson95 => "wilson_95",
        IntervalMethod::StudentT95 => "student_t_95",
        IntervalMethod::ClassBounds => "class_bounds",
    });
    let mut row = vec![
        number(shown.map(|s| reader_value(unit, s.value))),
        number(shown.and_then(|s| s.numerator).map(|n| round_to(n, 4))),
        number(shown.and_then(|s| s.denominator).map(|n| round_to(n, 4))),
        number(interval.map(|i| reader_value(unit, i.low))),
        number(interval.map(|i| reader_value(unit, i.high))),
        method.unwrap_or_default().to_owned(),
        cell.status().to_owned(),
    ];
    let change = |change: Option<Change>, with_p: bool, row: &mut Vec<String>| {
        let limits = change.and_then(|c| c.interval);
        row.push(number(change.map(|c| reader_value(unit, c.difference))));
        row.push(number(limits.map(|(low, _)| reader_value(unit, low))));
        row.push(number(limits.map(|(_, high)| reader_value(unit, high))));
        if with_p {
            row.push(number(change.and_then(|c| c.p_adjusted).map(|p| round_to(p, 6))));
        }
        row.push(change.map_or("", |c| signal_name(c.signal)).to_owned());
    };
    change(shown.and_then(|s| s.since_quarter), true, &mut row);
    change(shown.and_then(|s| s.since_year), false, &mut row);
    row
}

fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Share => "percent",
        Unit::Months => "months",
        Unit::Index => "index",
    }
}

fn signal_name(signal: Signal) -> &'static str {
    match signal {
        Signal::Up => "up",
        Signal::Down => "down",
        Signal::Noise => "noise",
        Signal::Untested => "untested",
    }
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
