//! Changes on the quarter and on the year, with a test that says whether each is more than noise.
//!
//! Shares are compared by Newcombe's interval and the pooled score test, means by Welch. Both treat the two stocks as
//! independent; as many persons are in both, the tests are conservative. p-values are adjusted over the shown zones of a
//! period (Benjamini–Hochberg): among 71 quartiers three or four changes at 5 % are chance.

use super::{Cell, Change, Measure, Signal, Unit};
use crate::observatory::Observatory;
use crate::period::Period;
use crate::stats::mean::{Moments, welch};
use crate::stats::multiplicity::benjamini_hochberg;
use crate::stats::proportion::{equality_p_value, newcombe};
use crate::territory::Zones;

const LEVEL: f64 = 0.95;

/// Fills in the changes of all cells of a measure; periods without an earlier one are left as they are.
pub(super) fn fill(measure: &mut Measure, zones: &Zones) {
    for at in 0..measure.periods.len() {
        for (quarters, year) in [(1, false), (4, true)] {
            let Some(before) = earlier(&measure.periods, at, quarters) else { continue };
            let changes: Vec<Option<Change>> =
                zones.indexes().map(|zone| compare(measure.unit, measure.cell(at, zone)?, measure.cell(before, zone)?)).collect();
            for (zone, change) in zones.indexes().zip(changes) {
                set(measure.cells[at][zone].as_mut(), change, year);
            }
            let total = match (&measure.totals[at], &measure.totals[before]) {
                (Some(now), Some(then)) => compare(measure.unit, now, then),
                _ => None,
            };
            set(measure.totals[at].as_mut(), total, year);
        }
    }
}

/// Takes away the changes across a declared break of the definition: they compare two things of one name.
pub(super) fn respect(measure: &mut Measure, observatory: &Observatory) {
    for declared in &observatory.breaks {
        let built_on = measure.ingredients.iter().any(|id| declared.concerns(id.as_str()));
        if !(declared.concerns(measure.id.as_str()) || built_on) {
            continue;
        }
        let mut found = false;
        for at in 0..measure.periods.len() {
            let Period::Quarter(now) = measure.periods[at] else { continue };
            for (quarters, year) in [(1, false), (4, true)] {
                if declared.parts(now.minus(quarters), now) {
                    found = true;
                    measure.cells[at].iter_mut().for_each(|cell| set(cell.as_mut(), None, year));
                    set(measure.totals[at].as_mut(), None, year);
                }
            }
        }
        if found {
            let reason = declared.reason.get(observatory.language);
            measure.method.push(("break in the definition".to_owned(), format!("{}: {reason}", declared.quarter)));
        }
    }
}

fn set(cell: Option<&mut Cell>, change: Option<Change>, year: bool) {
    if let Some(cell) = cell {
        *(if year { &mut cell.since_year } else { &mut cell.since_quarter }) = change;
    }
}

fn earlier(periods: &[Period], at: usize, quarters: i32) -> Option<usize> {
    let Period::Quarter(now) = periods[at] else { return None };
    periods.iter().position(|period| *period == Period::Quarter(now.minus(quarters)))
}

fn compare(unit: Unit, now: &Cell, then: &Cell) -> Option<Change> {
    let difference = now.value - then.value;
    let (interval, p_value) = match unit {
        Unit::Share => {
            let pair = ((now.numerator?, now.denominator?), (then.numerator?, then.denominator?));
            (newcombe(pair.0, pair.1, LEVEL), equality_p_value(pair.0, pair.1))
        }
        Unit::Months | Unit::Points => match welch(&moments_of(now)?, &moments_of(then)?, LEVEL) {
            Some((interval, p)) => (Some(interval), Some(p)),
            None => (None, None),
        },
        Unit::Index | Unit::Group | Unit::Rank => (None, None),
    };
    Some(Change { difference, interval, p_value, p_adjusted: None, signal: Signal::Untested })
}

fn moments_of(cell: &Cell) -> Option<Moments> {
    Some(Moments { n: cell.numerator?, mean: cell.value, deviation: cell.deviation })
}

/// Adjusts the p-values of changes that are shown together for their number, and gives each its verdict at 5 %.
///
/// For shown changes only: an adjusted p-value may be that of another change, and a hidden one could be read from it.
pub(crate) fn judge(together: &mut [&mut Change]) {
    let tested: Vec<f64> = together.iter().filter_map(|change| change.p_value).collect();
    let mut adjusted = benjamini_hochberg(&tested).into_iter();
    for change in together.iter_mut().filter(|change| change.p_value.is_some()) {
        change.p_adjusted = adjusted.next();
        change.signal = match change.p_adjusted {
            Some(p) if p <= 1.0 - LEVEL && change.difference > 0.0 => Signal::Up,
            Some(p) if p <= 1.0 - LEVEL && change.difference < 0.0 => Signal::Down,
            _ => Signal::Noise,
        };
    }
}
