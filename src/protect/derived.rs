//! What is computed from shown figures alone: clusters, smoothed rates, indexes, forecasts.
//!
//! A statistic of many cells would give a hidden one away (a quartier's local index is made of its neighbors' values). So these
//! come after protection: a [`Derivation`] is a value of the program without state, it sees [`Seen`] and nothing rawer, and what
//! it makes says no more than the release already does. Who has the release can compute it again.

use std::path::{Path, PathBuf};

use crate::catalog::{LayerSpec, MeasureSpec};
use crate::error::{Error, Result};
use crate::interrupt;
use crate::measure::{Definition, Interval, MeasureId, Unit};
use crate::observatory::DefinitionBreak;
use crate::period::Period;
use crate::stats::refusal::Refusal;
use crate::territory::{PerZone, Territory, ZoneIdx};
use crate::texts::Texts;

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

/// What is the same for all derivations of a run.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// The places.
    pub territory: &'a Territory,
    /// The declared breaks of definitions.
    pub breaks: &'a [DefinitionBreak],
    /// The words of categories.
    pub texts: &'a Texts,
    /// Where files that parameters name lie: the folder of `observatory.toml`.
    pub folder: &'a Path,
    /// The seed of the run.
    pub seed: u64,
}

/// All that a derivation may look at: what a release would show, where, with the declared breaks of definitions.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    shown: &'a Protected,
    frame: Frame<'a>,
}

impl<'a> Seen<'a> {
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
        self.frame.territory
    }

    /// A file that a parameter names, relative to `observatory.toml`.
    #[must_use]
    pub fn resolve(&self, file: &Path) -> PathBuf {
        self.frame.folder.join(file)
    }

    /// The shown cells of a measure in the period at this position, in zone order.
    #[must_use]
    pub fn cells(&self, measure: &'a ProtectedMeasure, at: usize) -> Vec<Option<&'a Shown>> {
        self.frame.territory.quartiers.indexes().map(|zone| measure.cell_ref(at, zone).and_then(ProtectedCell::shown)).collect()
    }

    /// The shown values of a measure in the period at this position, in zone order.
    #[must_use]
    pub fn values(&self, measure: &'a ProtectedMeasure, at: usize) -> Vec<Option<f64>> {
        self.cells(measure, at).into_iter().map(|cell| cell.map(|shown| shown.value)).collect()
    }

    /// The declared breaks of a measure's definition, in time order.
    #[must_use]
    pub fn breaks_of(&self, id: &str) -> Vec<&'a DefinitionBreak> {
        self.frame.breaks.iter().filter(|declared| declared.concerns(id)).collect()
    }

    /// A seed for one measure, from the run's and the measure's name: one layer more changes no other.
    #[must_use]
    pub fn seed_of(&self, id: &MeasureId) -> u64 {
        crate::measure::seed_of(self.frame.seed, id.as_str())
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
    /// For [`Unit::Group`], the names of the groups, `category.<name>` in the catalog of texts; empty otherwise.
    pub categories: Vec<&'static str>,
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
    frame: Frame<'_>,
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
        match derivation.derive(&Seen { shown: &shown, frame }, &id, &spec.params) {
            Err(NotDerived::Wrong(error)) => return Err(error.in_column(format!("measure {}", spec.id))),
            Err(NotDerived::Refused(refusal)) => refused.push((spec.id.clone(), refusal.to_string())),
            Ok(derived) => {
                let measure = admit(id, derived, &shown, frame);
                shown.measures.push(measure);
            }
        }
    }
    Ok((shown, refused))
}

/// A derived measure as it is published: hidden where something that it is made of is hidden.
fn admit(id: MeasureId, derived: Derived, shown: &Protected, frame: Frame<'_>) -> ProtectedMeasure {
    let zones = &frame.territory.quartiers;
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
        categories: derived.categories.iter().map(|name| frame.texts.both(&format!("category.{name}"))).collect(),
        method: derived.method,
        periods: derived.periods,
        statistics: derived.statistics,
        derived: true,
        counts: None,
        made_of: derived.of,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::period::Quarter;
    use crate::publish::town;

    /// Says a number wherever it is asked, shown or not.
    struct Loud;

    impl Derivation for Loud {
        fn definition(&self) -> Definition {
            Definition { id: "loud", unit: Unit::Index, reference: "" }
        }

        fn derive(&self, seen: &Seen<'_>, _: &MeasureId, params: &toml::Table) -> std::result::Result<Derived, NotDerived> {
            if params.contains_key("refuse") {
                return Err(Refusal::new("nothing to say").into());
            }
            let measure = seen.measure("job_seekers")?;
            let zones = &seen.territory().quartiers;
            let cell = |value: f64| Some(DerivedCell { value, details: vec![Some(value)], ..DerivedCell::default() });
            let last = measure.periods().len() - 1;
            let value = |zone: ZoneIdx| if zones[zone].code.0.ends_with("3-") { f64::NAN } else { 7.0 };
            Ok(Derived {
                unit: Unit::Index,
                of: vec![measure.id().clone()],
                periods: vec![measure.periods()[last], Period::Quarter(Quarter::new(2099, 1).unwrap())],
                cells: (0..2).map(|_| PerZone::from_fn(zones, |zone| cell(value(zone)))).collect(),
                totals: vec![cell(1.0), None],
                categories: Vec::new(),
                details: vec!["z"],
                statistics: Vec::new(),
                method: Vec::new(),
            })
        }
    }

    fn layer(id: &str, params: &str) -> LayerSpec {
        let text = format!(
            "order = 1\nshows = \"value\"\nstyle = \"x\"\n[measure]\nid = \"{id}\"\nindicator = \"loud\"\nparams = {params}\n\
             [title]\nfr = \"t\"\nen = \"t\"\n[label]\nfr = \"t\"\nen = \"t\"\n[reading]\nfr = \"t\"\nen = \"t\"\n"
        );
        toml::from_str(&text).unwrap()
    }

    fn derived(layers: &[LayerSpec]) -> (Protected, Refused, Territory) {
        let territory = town::territory();
        let shown = Protected::for_tests(town::shown().measures()[..1].to_vec());
        let layers: Vec<&LayerSpec> = layers.iter().collect();
        let texts = Texts::empty(crate::texts::Language::Fr);
        let (shown, refused) =
            derive(shown, &[&Loud], Frame { territory: &territory, breaks: &[], texts: &texts, folder: Path::new("."), seed: 1 }, &layers)
                .unwrap();
        (shown, refused, territory)
    }

    #[test]
    fn what_stands_on_a_hidden_cell_is_hidden_and_so_are_its_further_numbers() {
        let (shown, refused, territory) = derived(&[layer("loud", "{ of = [\"job_seekers\"] }")]);
        assert!(refused.is_empty());
        let (rate, loud) = (&shown.measures()[0], &shown.measures()[1]);
        let (mut hidden, mut told) = (0, 0);
        for zone in territory.quartiers.indexes() {
            let of = rate.cell(rate.periods().len() - 1, zone);
            // The quarter to come stands on the last one that was measured.
            for at in 0..2 {
                let number = loud.details()[0].number(at, Some(zone));
                match loud.cell(at, zone) {
                    ProtectedCell::Suppressed(_) => {
                        hidden += 1;
                        assert!(matches!(of, ProtectedCell::Suppressed(_)) && number.is_none());
                    }
                    ProtectedCell::Published(cell) => {
                        told += 1;
                        assert!(!matches!(of, ProtectedCell::Suppressed(_)) && cell.value == 7.0 && number == Some(7.0));
                    }
                    // No number that is none is published.
                    ProtectedCell::Empty => assert!(territory.quartiers[zone].code.0.ends_with("3-") && number.is_none()),
                }
            }
        }
        assert!(hidden > 0 && told > 0, "{hidden} hidden, {told} told");
    }

    #[test]
    fn derivations_wait_for_what_they_build_on_and_fall_with_it() {
        let layers = [
            layer("third", "{ of = [\"second\"] }"),
            layer("second", "{ of = [\"job_seekers\"] }"),
            layer("lone", "{ of = [\"unwilling\"] }"),
            layer("unwilling", "{ of = [\"job_seekers\"], refuse = true }"),
        ];
        let (shown, refused, _) = derived(&layers);
        let made: Vec<&str> = shown.measures().iter().map(|measure| measure.id().as_str()).collect();
        assert_eq!(made, ["job_seekers", "second", "third"]);
        let refused: Vec<&str> = refused.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(refused, ["unwilling", "lone"]);
    }
}
