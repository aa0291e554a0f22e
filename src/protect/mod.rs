//! Stage 4: measured values become shown or hidden ones.
//!
//! [`Protected`] can be made by [`protect`] alone and the writers of [`publish`](crate::publish) accept nothing else:
//! publishing a raw value does not compile.
//!
//! ```compile_fail
//! // The fields are private and there is no constructor: a raw value cannot be dressed up as a protected one.
//! let shown = optima::protect::Protected { measures: Vec::new(), report: Default::default() };
//! ```

mod board;
mod derived;
mod earlier;
mod elimination;
mod equations;
mod frequencies;
mod hiding;
mod linked;
mod studies;
mod suppression;
mod threshold;
mod totals;

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde::Serialize;

pub use derived::{Derivation, Derived, DerivedCell, Detail, Frame, NotDerived, Refused, Seen, Statistic, derive};
pub use earlier::{Earlier, EarlierCount, Statement};
pub use frequencies::{ProtectedBilans, ShownCount, ShownGroup, ShownQuestion};
pub use studies::{ProtectedAnalysis, ProtectedStudies, ShownAnalysisGroup, ShownAssociation, ShownTree};

use crate::catalog::DisclosureRules;
use crate::error::Result;
use crate::measure::{Cell, Change, Interval, Measure, MeasureId, Measures, Quantities, Studies, Unit, judge};
use crate::period::Period;
use crate::territory::{PerZone, ZoneIdx, Zones};
use crate::texts::Localized;

use hiding::Hidden;

/// Why a cell is hidden. Published files carry one mark for all reasons; the report for the observatory tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Too few persons, too few others, or a group in which all are alike.
    Frequency,
    /// An amount of which the largest contributors make up too much.
    Dominance,
    /// Hidden so that another hidden cell cannot be computed from what is shown.
    Complementary,
}

impl Reason {
    /// The letter of the European code list (`CL_CONF_STATUS` as INSEE uses it): A frequency, B dominance, D secondary. For the
    /// private report alone: beside a D, an A would tell that a count is 1 to `minimum_count − 1`.
    #[must_use]
    pub fn code(self) -> char {
        match self {
            Self::Frequency => 'A',
            Self::Dominance => 'B',
            Self::Complementary => 'D',
        }
    }
}

/// A hidden count that would open.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Opened {
    quantity: String,
    period: Period,
    /// The code of the zone; empty for the territory.
    place: String,
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
    categories: Vec<Localized>,
    method: Vec<(String, String)>,
    periods: Vec<Period>,
    cells: Vec<PerZone<ProtectedCell>>,
    totals: Vec<ProtectedCell>,
    details: Vec<Detail>,
    statistics: Vec<Statistic>,
    derived: bool,
    counts: Option<Quantities>,
    made_of: Vec<MeasureId>,
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

    /// The words of its groups, where its values are their numbers.
    #[must_use]
    pub fn categories(&self) -> &[Localized] {
        &self.categories
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

    /// Its further numbers, for derived measures.
    #[must_use]
    pub fn details(&self) -> &[Detail] {
        &self.details
    }

    /// Numbers about the territory as a whole, for derived measures.
    #[must_use]
    pub fn statistics(&self) -> &[Statistic] {
        &self.statistics
    }

    /// The counts that its cells tell, by name: who audits a release writes sums of them. None for a derived measure, which tells what
    /// the measures tell that it is [made of](Self::made_of).
    #[must_use]
    pub fn counts(&self) -> Option<&Quantities> {
        self.counts.as_ref()
    }

    /// The measures it was computed from.
    #[must_use]
    pub fn made_of(&self) -> &[MeasureId] {
        &self.made_of
    }

    /// Whether it was computed from shown figures.
    #[must_use]
    pub fn is_derived(&self) -> bool {
        self.derived
    }

    fn cell_ref(&self, period: usize, zone: ZoneIdx) -> Option<&ProtectedCell> {
        self.cells.get(period).map(|cells| &cells[zone])
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
    /// Hidden because of their largest contributors.
    pub dominance: usize,
    /// Hidden to keep others hidden.
    pub complementary: usize,
    /// Persons counted in all cells of zones, and in the hidden ones: the information that is lost.
    pub persons: u64,
    /// Persons in the hidden cells of zones.
    pub persons_hidden: u64,
}

impl HiddenCells {
    /// All hidden cells.
    #[must_use]
    pub fn hidden(&self) -> usize {
        self.frequency + self.dominance + self.complementary
    }
}

/// What is shown: the only thing that [`publish`](crate::publish) takes.
#[derive(Debug, Clone)]
pub struct Protected {
    measures: Vec<ProtectedMeasure>,
    studies: ProtectedStudies,
    report: Vec<HiddenCells>,
}

impl Protected {
    /// The studies of groups.
    #[must_use]
    pub fn studies(&self) -> &ProtectedStudies {
        &self.studies
    }

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

/// Decides what may be shown.
///
/// A cell is hidden for its own sake (`threshold.rs`), because a count it gives away is hidden elsewhere, because an
/// ingredient of it is, or so that no hidden count can be told within less than `minimum_count` by whoever puts everything together
/// (`totals.rs` for sums over zones, `suppression.rs` for what links more than that), nor by one who knows her own count of one.
/// Values that belong together are one cell and fall together; a change is shown where both its ends are. Cost: O(cells) and a small
/// linear program for each hidden count that more than a total links.
///
/// # Errors
/// A run that was interrupted; hidden counts that what `earlier` releases show would open ([`ErrorKind::Disclosure`]), by measure,
/// period and zone.
///
/// [`ErrorKind::Disclosure`]: crate::error::ErrorKind::Disclosure
pub fn protect(measures: &Measures, studies: &Studies, rules: &DisclosureRules, zones: &Zones, earlier: &Earlier) -> Result<Protected> {
    let hidden = Hidden::decide(measures.as_slice(), rules, zones, earlier)?;
    let (mut shown, mut report) = (Vec::new(), Vec::new());
    let dressed: Vec<(ProtectedMeasure, HiddenCells)> =
        measures.as_slice().par_iter().enumerate().map(|(m, measure)| show(measure, m, &hidden, zones)).collect();
    for (protected, counts) in dressed {
        let measure = &protected;
        tracing::info!(measure = %measure.id, cells = counts.cells, frequency = counts.frequency, dominance = counts.dominance, complementary = counts.complementary, "protected");
        shown.push(protected);
        report.push(counts);
    }
    let mapped = mapped(measures.as_slice(), &shown);
    Ok(Protected { measures: shown, studies: ProtectedStudies::of(studies, &mapped, rules)?, report })
}

/// The answers (question, modality) whose count in the territory some map shows.
fn mapped(measures: &[Measure], shown: &[ProtectedMeasure]) -> BTreeSet<(String, String)> {
    let told = |measure: &ProtectedMeasure| measure.totals.iter().any(|total| total.shown().is_some());
    let counted = measures.iter().zip(shown).filter(|(_, shown)| told(shown)).map(|(measure, _)| &measure.quantities.numerator.0);
    let answer = |counted: &String| {
        let (question, modality) = counted.strip_prefix("interviews.")?.split_once('=')?;
        Some((question.to_owned(), modality.to_owned()))
    };
    counted.filter_map(answer).collect()
}

/// Tells changes from noise among the cells of one period that are shown together.
fn judge_shown<'a>(cells: impl IntoIterator<Item = &'a mut ProtectedCell>) {
    let (mut quarter, mut year) = (Vec::new(), Vec::new());
    for cell in cells {
        if let ProtectedCell::Published(shown) = cell {
            quarter.extend(shown.since_quarter.as_mut());
            year.extend(shown.since_year.as_mut());
        }
    }
    judge(&mut quarter);
    judge(&mut year);
}

fn show(measure: &Measure, m: usize, hidden: &Hidden, zones: &Zones) -> (ProtectedMeasure, HiddenCells) {
    let mut counts =
        HiddenCells { measure: measure.id.clone(), cells: 0, frequency: 0, dominance: 0, complementary: 0, persons: 0, persons_hidden: 0 };
    let before = |at: usize, quarters: i32| match measure.periods[at] {
        Period::Quarter(now) => measure.position(Period::Quarter(now.minus(quarters))),
        Period::Span(..) => None,
    };
    let mut dress = |cell: Option<&Cell>, at: usize, zone: Option<ZoneIdx>| {
        let Some(cell) = cell else { return ProtectedCell::Empty };
        counts.cells += 1;
        let persons = zone.map_or(0, |_| cell.contributors.persons);
        counts.persons += persons;
        if let Some(reason) = hidden.reason(m, at, zone) {
            counts.persons_hidden += persons;
            *match reason {
                Reason::Frequency => &mut counts.frequency,
                Reason::Dominance => &mut counts.dominance,
                Reason::Complementary => &mut counts.complementary,
            } += 1;
            return ProtectedCell::Suppressed(reason);
        }
        let seen = |quarters: i32| before(at, quarters).is_some_and(|then| hidden.reason(m, then, zone).is_none());
        ProtectedCell::Published(Shown {
            value: cell.value,
            numerator: cell.numerator,
            denominator: cell.denominator,
            interval: cell.interval,
            reliable: cell.reliable,
            since_quarter: cell.since_quarter.filter(|_| seen(1)),
            since_year: cell.since_year.filter(|_| seen(4)),
        })
    };
    let mut cells: Vec<PerZone<ProtectedCell>> =
        (0..measure.periods.len()).map(|at| PerZone::from_fn(zones, |zone| dress(measure.cell(at, zone), at, Some(zone)))).collect();
    let mut totals: Vec<ProtectedCell> = (0..measure.periods.len()).map(|at| dress(measure.totals[at].as_ref(), at, None)).collect();
    for (cells, total) in cells.iter_mut().zip(&mut totals) {
        judge_shown(cells);
        judge_shown([total]);
    }
    let protected = ProtectedMeasure {
        id: measure.id.clone(),
        unit: measure.unit,
        categories: measure.categories.clone(),
        method: measure.method.clone(),
        periods: measure.periods.clone(),
        cells,
        totals,
        details: Vec::new(),
        statistics: Vec::new(),
        derived: false,
        counts: measure.ingredients.is_empty().then(|| measure.quantities.clone()),
        made_of: measure.ingredients.clone(),
    };
    (protected, counts)
}
/// Shown values made up by tests of the writers. Not compiled into the library: outside tests only [`protect`] makes them.
#[cfg(test)]
impl Protected {
    pub(crate) fn for_tests(measures: Vec<ProtectedMeasure>) -> Self {
        Self { measures, studies: ProtectedStudies::default(), report: Vec::new() }
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
        Self {
            id,
            unit,
            categories: Vec::new(),
            method,
            periods,
            cells,
            totals,
            details: Vec::new(),
            statistics: Vec::new(),
            derived: false,
            counts: None,
            made_of: Vec::new(),
        }
    }
}
