//! Shares with their interval: what all indicators of the form x of n have in common.

use super::{Cell, Contributors, Interval, IntervalMethod, Measure, MeasureId, Quantities, Unit, change, reliability};
use crate::period::Period;
use crate::stats::proportion::wilson;
use crate::territory::{PerZone, ZoneIdx, Zones};

/// The numbers of one share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fraction {
    /// The count above the line.
    pub numerator: f64,
    /// The count below the line.
    pub denominator: f64,
    /// Who stands behind both.
    pub contributors: Contributors,
}

impl Fraction {
    /// The cell: value x/n with Wilson's 95 % interval; `None` where the denominator is 0, for then nothing can be said.
    ///
    /// A numerator above its denominator (vintages that do not match) keeps its value, has no interval and counts as unreliable.
    #[must_use]
    pub fn cell(self) -> Option<Cell> {
        let Self { numerator, denominator, contributors } = self;
        (denominator > 0.0).then(|| {
            let interval = wilson(numerator, denominator, 0.95).map(|(low, high)| Interval { low, high, method: IntervalMethod::Wilson95 });
            Cell {
                value: numerator / denominator,
                numerator: Some(numerator),
                denominator: Some(denominator),
                interval,
                deviation: None,
                contributors,
                reliable: interval.is_some() && reliability::of_share(numerator, denominator),
                since_quarter: None,
                since_year: None,
            }
        })
    }
}

/// Makes a measure of shares, with its changes over time. `fraction` gives the numbers of a zone (`None` for the territory)
/// in the period at a position, and `None` where nothing was observed.
pub fn share_measure(
    id: MeasureId,
    zones: &Zones,
    periods: Vec<Period>,
    quantities: Quantities,
    method: Vec<(String, String)>,
    fraction: impl Fn(usize, Option<ZoneIdx>) -> Option<Fraction>,
) -> Measure {
    let cells = (0..periods.len()).map(|at| PerZone::from_fn(zones, |zone| fraction(at, Some(zone)).and_then(Fraction::cell))).collect();
    let totals = (0..periods.len()).map(|at| fraction(at, None).and_then(Fraction::cell)).collect();
    let mut measure = Measure {
        id,
        unit: Unit::Share,
        quantities,
        relations: Vec::new(),
        ingredients: Vec::new(),
        periods,
        cells,
        totals,
        categories: Vec::new(),
        method,
    };
    change::fill(&mut measure, zones);
    measure
}
