//! The numbers of a cell as they are published, the same in every output: in the unit readers see, rounded once.

use super::classify::{reader_value, round_to};
use super::legend::number;
use crate::catalog::Shows;
use crate::measure::{Change, Signal};
use crate::period::Period;
use crate::protect::{Detail, ProtectedCell, ProtectedMeasure};
use crate::territory::ZoneIdx;

/// The published numbers of one cell; all absent but the status where the cell is hidden or empty.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figures {
    pub(super) value: Option<f64>,
    pub(super) numerator: Option<f64>,
    pub(super) denominator: Option<f64>,
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
    pub(super) status: &'static str,
    pub(super) since_quarter: Changed,
    pub(super) since_year: Changed,
}

/// A published change.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Changed {
    pub(super) difference: Option<f64>,
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
    /// Adjusted over the shown zones of the period.
    pub(super) p: Option<f64>,
    pub(super) signal: Option<&'static str>,
}

impl Figures {
    /// The numbers of a zone, or of the territory, in the period at this position. For a count there is no interval, and
    /// a change is the difference of the counts without a verdict: the tests of the cell are about its rate.
    pub(super) fn of(measure: &ProtectedMeasure, shows: Shows, at: usize, zone: Option<ZoneIdx>) -> Self {
        let unit = measure.unit();
        let cell = cell(measure, at, zone);
        let shown = cell.shown();
        let interval = shown.and_then(|s| s.interval).filter(|_| shows == Shows::Value);
        let change = |change: Option<Change>, quarters: i32| match shows {
            Shows::Value => change.map(|c| Changed {
                difference: Some(reader_value(unit, c.difference)),
                low: c.interval.map(|(low, _)| reader_value(unit, low)),
                high: c.interval.map(|(_, high)| reader_value(unit, high)),
                p: c.p_adjusted.map(|p| round_to(p, 6)),
                signal: Some(signal_name(c.signal)),
            }),
            Shows::Count => count_change(measure, at, zone, quarters).map(|difference| Changed {
                difference: Some(difference),
                signal: Some(signal_name(Signal::Untested)),
                ..Changed::default()
            }),
        };
        Self {
            value: shown.and_then(|s| number(shows, unit, s)),
            numerator: shown.and_then(|s| s.numerator).map(|n| round_to(n, 4)),
            denominator: shown.and_then(|s| s.denominator).map(|n| round_to(n, 4)),
            low: interval.map(|i| reader_value(unit, i.low)),
            high: interval.map(|i| reader_value(unit, i.high)),
            status: cell.status(),
            since_quarter: change(shown.and_then(|s| s.since_quarter), 1).unwrap_or_default(),
            since_year: change(shown.and_then(|s| s.since_year), 4).unwrap_or_default(),
        }
    }
}

fn cell(measure: &ProtectedMeasure, at: usize, zone: Option<ZoneIdx>) -> ProtectedCell {
    zone.map_or_else(|| measure.total(at), |zone| measure.cell(at, zone))
}

/// A further number of a derived cell as it is published: six significant digits, which no figure of a quartier bears out.
pub(super) fn detail_number(detail: &Detail, at: usize, zone: Option<ZoneIdx>) -> Option<f64> {
    detail.number(at, zone).map(six_digits)
}

/// A number with six significant digits.
pub(super) fn six_digits(value: f64) -> f64 {
    let rounded = format!("{value:.5e}").parse().unwrap_or(value);
    // -0.0 would be written "-0".
    if rounded == 0.0 { 0.0 } else { rounded }
}

/// Count now minus count then, where both are shown.
fn count_change(measure: &ProtectedMeasure, at: usize, zone: Option<ZoneIdx>, quarters: i32) -> Option<f64> {
    let Period::Quarter(now) = *measure.periods().get(at)? else { return None };
    let then = measure.periods().iter().position(|p| *p == Period::Quarter(now.minus(quarters)))?;
    let count_at = |at| cell(measure, at, zone).shown().and_then(|s| s.numerator);
    Some(round_to(count_at(at)? - count_at(then)?, 4))
}

/// The word of a verdict in published files.
pub(super) fn signal_name(signal: Signal) -> &'static str {
    match signal {
        Signal::Up => "up",
        Signal::Down => "down",
        Signal::Noise => "noise",
        Signal::Untested => "untested",
    }
}
