//! Stage 4: measured values become shown or hidden ones.
//!
//! [`Protected`] can be made by [`protect`] alone and the writers of [`publish`](crate::publish) accept nothing else:
//! publishing a raw value does not compile.
//!
//! ```compile_fail
//! // The fields are private and there is no constructor: a raw value cannot be dressed up as a protected one.
//! let shown = optima::protect::Protected { measures: Vec::new(), report: Default::default() };
//! ```

use serde::Serialize;

use crate::measure::{Change, Interval, MeasureId, Unit};
use crate::period::Period;
use crate::territory::{PerZone, ZoneIdx};

/// Why a cell is hidden. Published files carry one mark for all reasons; the report for the observatory tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Too few persons, too few others, or a group in which all are alike.
    Frequency,
    /// Hidden so that another hidden cell cannot be computed from what is shown.
    Complementary,
}

/// What a reader may see of a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shown {
    /// The value, in the measure's unit.
    pub value: f64,
    /// The count above the line.
    pub numerator: Option<f64>,
    /// The count below the line.
    pub denominator: Option<f64>,
    /// The interval of the value.
    pub interval: Option<Interval>,
    /// Whether the value is precise enough to be read.
    pub reliable: bool,
    /// Change since the quarter before, where both ends are shown.
    pub since_quarter: Option<Change>,
    /// Change since the year before, where both ends are shown.
    pub since_year: Option<Change>,
}

/// A cell as published.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ProtectedCell {
    /// Shown.
    Published(Shown),
    /// Hidden.
    Suppressed(Reason),
    /// Nothing can be said: not observed, or no denominator.
    Empty,
}

impl ProtectedCell {
    /// The value, where it is shown.
    #[must_use]
    pub fn shown(&self) -> Option<&Shown> {
        match self {
            Self::Published(shown) => Some(shown),
            Self::Suppressed(_) | Self::Empty => None,
        }
    }

    /// The status letter of published files: `V` shown, `U` shown but unreliable, `S` hidden, `N` no data.
    #[must_use]
    pub fn status(&self) -> &'static str {
        match self {
            Self::Published(shown) if shown.reliable => "V",
            Self::Published(_) => "U",
            Self::Suppressed(_) => "S",
            Self::Empty => "N",
        }
    }
}

/// A measure as published.
#[derive(Debug, Clone)]
pub struct ProtectedMeasure {
    id: MeasureId,
    unit: Unit,
    method: Vec<(String, String)>,
    periods: Vec<Period>,
    cells: Vec<PerZone<ProtectedCell>>,
    totals: Vec<ProtectedCell>,
}

impl ProtectedMeasure {
    /// Its name.
    #[must_use]
    pub fn id(&self) -> &MeasureId {
        &self.id
    }

    /// The unit of its values.
    #[must_use]
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// What the methods page says of it.
    #[must_use]
    pub fn method(&self) -> &[(String, String)] {
        &self.method
    }

    /// Its periods, in time order.
    #[must_use]
    pub fn periods(&self) -> &[Period] {
        &self.periods
    }

    /// The cell of a zone in the period at this position.
    #[must_use]
    pub fn cell(&self, period: usize, zone: ZoneIdx) -> ProtectedCell {
        self.cells.get(period).map_or(ProtectedCell::Empty, |cells| cells[zone])
    }

    /// The cell of the territory in the period at this position.
    #[must_use]
    pub fn total(&self, period: usize) -> ProtectedCell {
        self.totals.get(period).copied().unwrap_or(ProtectedCell::Empty)
    }

    /// All shown values of all periods: what classes are made of, so that no break rests on a hidden value.
    pub fn shown_values(&self) -> impl Iterator<Item = &Shown> + '_ {
        self.cells.iter().flat_map(PerZone::iter).filter_map(ProtectedCell::shown)
    }
}

/// How many cells of a measure were hidden, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HiddenCells {
    /// The measure.
    pub measure: MeasureId,
    /// Cells with something to say.
    pub cells: usize,
    /// Hidden for their own sake.
    pub frequency: usize,
    /// Hidden to keep others hidden.
    pub complementary: usize,
}

/// What is shown: the only thing that [`publish`](crate::publish) takes.
#[derive(Debug, Clone)]
pub struct Protected {
    measures: Vec<ProtectedMeasure>,
    report: Vec<HiddenCells>,
}

impl Protected {
    /// The measures, in the order computed.
    #[must_use]
    pub fn measures(&self) -> &[ProtectedMeasure] {
        &self.measures
    }

    /// The measure of this name.
    #[must_use]
    pub fn measure(&self, id: &MeasureId) -> Option<&ProtectedMeasure> {
        self.measures.iter().find(|m| m.id == *id)
    }

    /// How many cells were hidden, measure by measure.
    #[must_use]
    pub fn report(&self) -> &[HiddenCells] {
        &self.report
    }
}

/// Shown values made up by tests of the writers. Not compiled into the library: outside tests only [`protect`] makes them.
#[cfg(test)]
impl Protected {
    pub(crate) fn for_tests(measures: Vec<ProtectedMeasure>) -> Self {
        Self { measures, report: Vec::new() }
    }
}

#[cfg(test)]
impl ProtectedMeasure {
    pub(crate) fn for_tests(
        id: MeasureId,
        unit: Unit,
        method: Vec<(String, String)>,
        periods: Vec<Period>,
        cells: Vec<PerZone<ProtectedCell>>,
        totals: Vec<ProtectedCell>,
    ) -> Self {
        Self { id, unit, method, periods, cells, totals }
    }
}
