//! How far the colors of a map can be believed: the chance that a quartier's true value lies in another class than its own.

use crate::catalog::{Drawing, LayerSpec, Shows, StyleSpec};
use crate::measure::{IntervalMethod, Unit};
use crate::protect::{ProtectedMeasure, Shown};
use crate::publish::classify::{Classes, reader_value, round_to};
use crate::stats::class_uncertainty::map_reliability;
use crate::stats::sampling_law::SamplingLaw;
use crate::territory::ZoneIdx;

/// The column's name in files.
pub(super) const CLASS_RISK: &str = "class_risk";

/// The chance of another class, quartier by quartier, in percent; and the mean of the map.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ClassRisk {
    by_zone: Vec<Option<f64>>,
    /// The mean over the shown quartiers whose uncertainty is known.
    pub(super) mean: f64,
}

impl ClassRisk {
    /// Of a map of areas in one period; `None` where its values have no known uncertainty, or are no quantities.
    ///
    /// A share x of n is taken as Beta(x + ½, n − x + ½), another value as normal with the width of its interval.
    pub(super) fn of(layer: &LayerSpec, style: &StyleSpec, measure: &ProtectedMeasure, at: usize, zones: &[ZoneIdx]) -> Option<Self> {
        if layer.shows != Shows::Value || style.drawing != Drawing::Choropleth || matches!(measure.unit(), Unit::Group | Unit::Rank) {
            return None;
        }
        let classes = Classes::over(measure.shown_values().map(|shown| reader_value(measure.unit(), shown.value)), style)?;
        let laws: Vec<Option<SamplingLaw>> = zones.iter().map(|zone| measure.cell(at, *zone).shown().and_then(law)).collect();
        // Breaks are in the unit of readers, laws in that of measures.
        let percent = if measure.unit() == Unit::Share { 100.0 } else { 1.0 };
        let breaks: Vec<f64> = classes.breaks().iter().map(|b| b / percent).collect();
        let map = map_reliability(&laws, &breaks).ok()?;
        let by_zone = map.places.iter().map(|place| place.as_ref().map(|place| round_to(100.0 * place.wrong, 1))).collect();
        Some(Self { by_zone, mean: round_to(100.0 * map.mean?, 1) })
    }

    /// The chance of the quartier at this position, in percent.
    pub(super) fn at(&self, position: usize) -> Option<f64> {
        self.by_zone.get(position).copied().flatten()
    }
}

/// What is known of the true value behind a shown one.
fn law(shown: &Shown) -> Option<SamplingLaw> {
    let interval = shown.interval?;
    match (interval.method, shown.numerator, shown.denominator) {
        (IntervalMethod::Wilson95, Some(x), Some(n)) => SamplingLaw::proportion(x, n),
        (IntervalMethod::ClassBounds, ..) => None,
        _ => SamplingLaw::from_interval(shown.value, (interval.low, interval.high), 0.95),
    }
}
