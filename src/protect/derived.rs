//! What is computed from shown figures alone: clusters, smoothed rates, indexes, forecasts.
//!
//! A statistic of many cells would give a hidden one away (a quartier's local index is made of its neighbors' values). So these
//! come after protection: a [`Derivation`] is a value of the program without state, it sees [`Seen`] and nothing rawer, and what
//! it makes says no more than the release already does. Who has the release can compute it again.

use crate::catalog::{LayerSpec, MeasureSpec};
use crate::error::{Error, Result};
use crate::interrupt;
use crate::measure::{Definition, Interval, MeasureId, Unit};
use crate::observatory::DefinitionBreak;
use crate::period::Period;
use crate::stats::refusal::Refusal;
use crate::territory::{PerZone, Territory, ZoneIdx};
use crate::texts::Localized;

use super::{Protected, ProtectedCell, ProtectedMeasure, Reason, Shown};

/// A way to turn shown figures into further ones.
pub trait Derivation: Sync {
    /// What it is.
    fn definition(&self) -> Definition;

    /// Computes it for all quartiers and periods.
    ///
    /// # Errors
    /// Parameters that do not hold, which stop the run; figures that allow no answer, which leave the layer out, with the reason.
    fn derive(&self, seen: &Seen<'_>, id: &MeasureId, params: &toml::Table) -> std::result::Result<Derived, NotDerived>;
}

/// Why there is no derived measure.
#[derive(Debug)]
pub enum NotDerived {
    /// What was asked for is wrong: the run stops.
    Wrong(Error),
    /// The figures allow no answer: the layer is left out.
    Refused(Refusal),
}

impl From<Error> for NotDerived {
    fn from(error: Error) -> Self {
        Self::Wrong(error)
    }
}

impl From<Refusal> for NotDerived {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// All that a derivation may look at.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    shown: &'a Protected,
    territory: &'a Territory,
    breaks: &'a [DefinitionBreak],
    seed: u64,
}

impl<'a> Seen<'a> {
    /// What a release would show, where, with the declared breaks of definitions and the seed of the run.
    #[must_use]
    pub fn new(shown: &'a Protected, territory: &'a Territory, breaks: &'a [DefinitionBreak], seed: u64) -> Self {
        Self { shown, territory, breaks, seed }
    }

    /// The measure of this name.
    ///
    /// # Errors
    /// A name that no layer measures.
    pub fn measure(&self, id: &str) -> Result<&'a ProtectedMeasure> {
        let found = self.shown.measures().iter().find(|measure| measure.id().as_str() == id);
        found.ok_or_else(|| Error::config(format!("there is no measure \"{id}\"")).in_column("params.of"))
    }

    /// The places.
    #[must_use]
    pub fn territory(&self) -> &'a Territory {
        self.territory
    }

    /// The shown cells of a measure in the period at this position, in zone order.
    #[must_use]
    pub fn cells(&self, measure: &'a ProtectedMeasure, at: usize) -> Vec<Option<&'a Shown>> {
        self.territory.quartiers.indexes().map(|zone| measure.cell_ref(at, zone).and_then(ProtectedCell::shown)).collect()
    }

    /// The shown values of a measure in the period at this position, in zone order.
    #[must_use]
    pub fn values(&self, measure: &'a ProtectedMeasure, at: usize) -> Vec<Option<f64>> {
        self.cells(measure, at).into_iter().map(|cell| cell.map(|shown| shown.value)).collect()
    }

    /// The declared breaks of a measure's definition, in time order.
    #[must_use]
    pub fn breaks_of(&self, id: &str) -> Vec<&'a DefinitionBreak> {
        self.breaks.iter().filter(|declared| declared.concerns(id)).collect()
    }

    /// A seed for one measure, from the run's and the measure's name: one layer more changes no other.
    #[must_use]
    pub fn seed_of(&self, id: &MeasureId) -> u64 {
        crate::measure::seed_of(self.seed, id.as_str())
    }
}

/// A derived value of one place at one time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DerivedCell {
    /// The value, in the measure's unit.
    pub value: f64,
    /// The count above the line, where the value is a fraction.
    pub numerator: Option<f64>,
    /// The count below the line.
    pub denominator: Option<f64>,
    /// The interval of the value.
    pub interval: Option<Interval>,
    /// Whether the value is too imprecise to be read.
    pub unreliable: bool,
    /// The further numbers, in the order of [`Derived::details`]; absent ones may be left off at the end.
    pub details: Vec<Option<f64>>,
}

/// A number about the territory as a whole, or about one ingredient of a measure.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Statistic {
    /// When; `None` where it is about all periods.
    pub period: Option<Period>,
    /// Its name: `statistic.<name>` in the catalog of texts.
    pub name: &'static str,
    /// The ingredient it is about; empty for the measure as a whole.
    pub about: String,
    /// The number.
    pub value: f64,
    /// Lower limit of its 95 % interval.
    pub low: Option<f64>,
    /// Upper limit.
    pub high: Option<f64>,
    /// What is expected by chance.
    pub expected: Option<f64>,
    /// The standardized deviation from what is expected.
    pub z: Option<f64>,
    /// The p-value; the name says of which test.
    pub p: Option<f64>,
    /// Quartiers behind it.
    pub zones: Option<usize>,
}

/// What one derivation says of all quartiers and periods.
#[derive(Debug, Clone)]
pub struct Derived {
    /// The unit of the values.
    pub unit: Unit,
    /// The measures it is made of; where one of them is hidden, so is this.
    pub of: Vec<MeasureId>,
    /// The periods, in time order; for a forecast, those to come.
    pub periods: Vec<Period>,
    /// For each period, a cell a zone; `None` where nothing can be said.
    pub cells: Vec<PerZone<Option<DerivedCell>>>,
    /// For each period, the territory as a whole.
    pub totals: Vec<Option<DerivedCell>>,
    /// For [`Unit::Group`], the words of the groups; empty otherwise.
    pub categories: Vec<Localized>,
    /// The names of the further numbers: `column.<name>` in the catalog of texts.
    pub details: Vec<&'static str>,
    /// Numbers about the territory as a whole.
    pub statistics: Vec<Statistic>,
    /// What a reader of the methods page must know.
    pub method: Vec<(String, String)>,
}

/// The further numbers of a derived measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Detail {
    /// Its name: `column.<name>` in the catalog of texts.
    pub name: &'static str,
    cells: Vec<PerZone<Option<f64>>>,
    totals: Vec<Option<f64>>,
}

impl Detail {
    /// The number of a zone, or of the territory, in the period at this position.
    #[must_use]
    pub fn number(&self, at: usize, zone: Option<ZoneIdx>) -> Option<f64> {
        match zone {
            Some(zone) => self.cells.get(at).and_then(|cells| cells[zone]),
            None => self.totals.get(at).copied().flatten(),
        }
    }
}

/// The layers that could not be derived, with the reason.
pub type Refused = Vec<(String, String)>;

/// Adds to what is shown what these derivations make of it, for the layers that name one of them.
///
/// Derivations may build on each other: those whose `of` is there come first. Cost: that of the derivations.
///
/// # Errors
/// Wrong parameters, a measure that builds on one that is not there, a run that was interrupted.
pub fn derive(
    mut shown: Protected,
    derivations: &[&'static dyn Derivation],
    territory: &Territory,
    (breaks, seed): (&[DefinitionBreak], u64),
    layers: &[&LayerSpec],
) -> Result<(Protected, Refused)> {
    let mut open: Vec<&MeasureSpec> = Vec::new();
    for layer in layers {
        let known = derivations.iter().any(|derivation| derivation.definition().id == layer.measure.indicator);
        if known && !open.iter().any(|spec| spec.id == layer.measure.id) {
            open.push(&layer.measure);
        }
    }
    let mut refused: Refused = Vec::new();
    while !open.is_empty() {
        interrupt::check()?;
        let there = |of: &str| shown.measures().iter().any(|measure| measure.id().as_str() == of);
        let Some(position) = open.iter().position(|spec| spec.built_on().all(there)) else {
            // What is left builds on what was refused, or on itself.
            for spec in open {
                let missing: Vec<&str> = spec.built_on().filter(|of| !there(of)).collect();
                refused.push((spec.id.clone(), format!("it builds on {}, which is not there", missing.join(", "))));
            }
            break;
        };
        let spec = open.remove(position);
        let Some(derivation) = derivations.iter().find(|derivation| derivation.definition().id == spec.indicator) else { continue };
        tracing::info!(measure = spec.id, "deriving");
        let id = MeasureId::new(spec.id.clone())?;
        match derivation.derive(&Seen::new(&shown, territory, breaks, seed), &id, &spec.params) {
            Err(NotDerived::Wrong(error)) => return Err(error.in_column(format!("measure {}", spec.id))),
            Err(NotDerived::Refused(refusal)) => refused.push((spec.id.clone(), refusal.to_string())),
            Ok(derived) => {
                let measure = admit(id, derived, &shown, territory);
                shown.measures.push(measure);
            }
        }
    }
    Ok((shown, refused))
}

/// A derived measure as it is published: hidden where something that it is made of is hidden.
fn admit(id: MeasureId, derived: Derived, shown: &Protected, territory: &Territory) -> ProtectedMeasure {
    let zones = &territory.quartiers;
    let of: Vec<&ProtectedMeasure> = derived.of.iter().filter_map(|id| shown.measure(id)).collect();
    let hides = |period: Period, zone: Option<ZoneIdx>| {
        of.iter().any(|measure| {
            let at = measure.periods().iter().position(|p| *p == period).or_else(|| measure.periods().len().checked_sub(1));
            at.is_some_and(|at| {
                matches!(zone.map_or_else(|| measure.total(at), |zone| measure.cell(at, zone)), ProtectedCell::Suppressed(_))
            })
        })
    };
    let dress = |cell: Option<&DerivedCell>, period: Period, zone: Option<ZoneIdx>| match cell {
        _ if hides(period, zone) => ProtectedCell::Suppressed(Reason::Complementary),
        None => ProtectedCell::Empty,
        Some(cell) if !cell.value.is_finite() => ProtectedCell::Empty,
        Some(cell) => ProtectedCell::Published(Shown {
            value: cell.value,
            numerator: cell.numerator,
            denominator: cell.denominator,
            interval: cell.interval,
            reliable: !cell.unreliable,
            since_quarter: None,
            since_year: None,
        }),
    };
    let number = |cell: Option<&DerivedCell>, detail: usize, period: Period, zone: Option<ZoneIdx>| {
        let number = cell.and_then(|cell| cell.details.get(detail).copied().flatten());
        number.filter(|number| number.is_finite() && !hides(period, zone))
    };
    let periods = || derived.periods.iter().copied().zip(&derived.cells);
    let totals = || derived.periods.iter().copied().zip(&derived.totals);
    let details = derived.details.iter().enumerate().map(|(i, name)| Detail {
        name,
        cells: periods()
            .map(|(period, cells)| PerZone::from_fn(zones, |zone| number(cells[zone].as_ref(), i, period, Some(zone))))
            .collect(),
        totals: totals().map(|(period, total)| number(total.as_ref(), i, period, None)).collect(),
    });
    ProtectedMeasure {
        details: details.collect(),
        cells: periods().map(|(period, cells)| PerZone::from_fn(zones, |zone| dress(cells[zone].as_ref(), period, Some(zone)))).collect(),
        totals: totals().map(|(period, total)| dress(total.as_ref(), period, None)).collect(),
        id,
        unit: derived.unit,
        categories: derived.categories,
        method: derived.method,
        periods: derived.periods,
        statistics: derived.statistics,
        derived: true,
    }
}
