//! Where values cluster, and whether that is more than chance: local statistics, tested by permutation, quartier by quartier.

mod global;
mod local;

use serde::Deserialize;

use super::fractions::{each_period, fraction, placed};
use super::neighbors::Neighbors;
use crate::measure::{Definition, MeasureId, Unit, params};
use crate::protect::{Derivation, Derived, DerivedCell, NotDerived, ProtectedMeasure, Seen, Statistic};
use crate::stats::moran::standardized_rates;
use crate::stats::multiplicity::benjamini_hochberg;
use crate::stats::permutation::{Permutations, Tail};
use crate::stats::refusal::Refusal;
use crate::stats::spatial_weights::SpatialWeights;
use crate::territory::PerZone;

/// A local statistic of the shown values, with p-values by conditional permutation.
///
/// Neighbors are weighted equally (rows sum to 1; for `G` each counts 1). A quartier is in a cluster where its two-sided p, adjusted
/// over the shown quartiers of the period (Benjamini–Hochberg), is at most `level`; otherwise it is *not significant*, and without a shown
/// neighbor it says so. Hidden quartiers and those without data take no part.
#[derive(Debug)]
pub(super) struct Clusters;

/// Which local statistic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Local {
    /// Local Moran's I over the variance with divisor n.
    Moran,
    /// Getis and Ord's G, the quartier left out.
    G,
    /// The same with the quartier itself.
    GStar,
    /// Local Geary's c over the variance with divisor n − 1.
    Geary,
    /// Bivariate local Moran: the quartier's first measure, its neighbors' second.
    BivariateMoran,
}

/// What is put on the map: values as they are, or made comparable where populations differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Values {
    /// As they are shown.
    #[default]
    AsShown,
    /// Rates less their mean, over the standard error that their population gives (Assunção & Reis 1999).
    StandardizedRates,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    of: Vec<String>,
    statistic: Local,
    #[serde(default)]
    values: Values,
    #[serde(default)]
    neighbors: Neighbors,
    #[serde(default = "draws")]
    permutations: u32,
    #[serde(default = "level")]
    level: f64,
}

fn draws() -> u32 {
    9_999
}

fn level() -> f64 {
    0.05
}

/// The numbers of one quartier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    /// The local statistic.
    pub(super) statistic: f64,
    /// Its standard deviate under conditional permutation, where there is a formula.
    pub(super) z: Option<f64>,
    /// Two-sided p-value by permutation.
    pub(super) p: f64,
    /// The category, where it is significant.
    pub(super) category: usize,
}

impl Derivation for Clusters {
    fn definition(&self) -> Definition {
        Definition { id: "clusters", unit: Unit::Group, reference: "Anselin 1995, 2019; Getis & Ord 1992; Ord & Getis 1995" }
    }

    fn derive(&self, seen: &Seen<'_>, id: &MeasureId, table: &toml::Table) -> Result<Derived, NotDerived> {
        let asked: Params = params(table)?;
        let wanted = if asked.statistic == Local::BivariateMoran { 2 } else { 1 };
        if asked.of.len() != wanted {
            return Err(crate::error::Error::config(format!("this statistic is of {wanted} measures")).in_column("params.of").into());
        }
        let measures: Vec<&ProtectedMeasure> = asked.of.iter().map(|of| seen.measure(of)).collect::<Result<_, _>>()?;
        let zones = &seen.territory().quartiers;
        let all = asked.neighbors.weights(seen)?;
        let periods = measures[0].periods().to_vec();
        let how = Permutations { count: asked.permutations, seed: seen.seed_of(id), tail: Tail::TwoSided };
        let mut statistics = Vec::new();
        let cells = each_period(periods.len(), |at| {
            let field = Field::of(seen, &measures, at, &asked, &all)?;
            let found = local::test(&field, asked.statistic, &how)?;
            let of_map = global::statistics(&field, asked.statistic, &how);
            statistics.extend(of_map.into_iter().map(|statistic| Statistic { period: Some(periods[at]), ..statistic }));
            Ok(placed(zones, field.cells(&found, &asked)))
        })?;
        Ok(Derived {
            unit: Unit::Group,
            of: measures.iter().map(|measure| measure.id().clone()).collect(),
            totals: vec![None; periods.len()],
            periods,
            cells: cells.into_iter().map(|cells| cells.unwrap_or_else(|| PerZone::from_fn(zones, |_| None))).collect(),
            categories: asked.statistic.categories().to_vec(),
            details: vec!["local_statistic", "z", "p_permutation", "p_adjusted", "neighbors"],
            statistics,
            method: asked.told(how.seed),
        })
    }
}

impl Local {
    /// The names of its categories; the last two are "not significant" and "no neighbor".
    fn categories(self) -> &'static [&'static str] {
        match self {
            Self::Moran => &["high_high", "low_low", "low_high", "high_low", "not_significant", "no_neighbor"],
            Self::BivariateMoran => {
                &["high_beside_high", "low_beside_low", "low_beside_high", "high_beside_low", "not_significant", "no_neighbor"]
            }
            Self::G | Self::GStar => &["hot_spot", "cold_spot", "not_significant", "no_neighbor"],
            Self::Geary => &["alike_high", "alike_low", "alike", "unlike", "not_significant", "no_neighbor"],
        }
    }
}

impl Params {
    fn told(&self, seed: u64) -> Vec<(String, String)> {
        let statistic = match self.statistic {
            Local::Moran => "local Moran, variance with divisor n (as spdep), quadrants around the mean",
            Local::G => "Getis and Ord's G, the quartier itself left out, binary weights",
            Local::GStar => "Getis and Ord's G*, the quartier itself included, binary weights",
            Local::Geary => "local Geary, variance with divisor n - 1",
            Local::BivariateMoran => "bivariate local Moran: the quartier's first measure, its neighbors' second; divisor n - 1",
        };
        let values = match self.values {
            Values::AsShown => "as shown",
            Values::StandardizedRates => "rates over their standard error (empirical Bayes, Assunção and Reis)",
        };
        let test = format!("{} conditional permutations without replacement, two-sided, seed {seed}", self.permutations);
        let adjusted = format!("Benjamini-Hochberg over the shown quartiers of the period, {} %", 100.0 * self.level);
        vec![
            ("statistic".to_owned(), statistic.to_owned()),
            ("values".to_owned(), values.to_owned()),
            ("neighbors".to_owned(), self.neighbors.told()),
            ("test".to_owned(), test),
            ("significance".to_owned(), adjusted),
        ]
    }
}

/// The shown values of one period and who is next to whom among them.
pub(super) struct Field {
    /// The values tested; for two measures, those of the first.
    pub(super) values: Vec<f64>,
    /// Those of the second.
    pub(super) second: Vec<f64>,
    /// Each neighbor counts 1.
    pub(super) binary: SpatialWeights,
    /// Rows sum to 1.
    pub(super) weights: SpatialWeights,
    /// The positions of the quartiers among all.
    zones: Vec<usize>,
}

impl Field {
    fn of(seen: &Seen<'_>, measures: &[&ProtectedMeasure], at: usize, asked: &Params, all: &SpatialWeights) -> Result<Self, Refusal> {
        let cells = seen.cells(measures[0], at);
        let period = measures[0].periods()[at];
        let others = match measures.get(1) {
            None => None,
            Some(second) => {
                let at = second.periods().iter().position(|p| *p == period);
                Some(at.map_or_else(|| vec![None; cells.len()], |at| seen.values(second, at)))
            }
        };
        let counted = |zone: usize| cells[zone].and_then(fraction);
        let usable = |zone: &usize| {
            let told = match asked.values {
                Values::AsShown => cells[*zone].is_some(),
                Values::StandardizedRates => counted(*zone).is_some(),
            };
            told && others.as_ref().is_none_or(|others| others[*zone].is_some())
        };
        let zones: Vec<usize> = (0..cells.len()).filter(usable).collect();
        let kept: Vec<bool> = (0..cells.len()).map(|zone| zones.binary_search(&zone).is_ok()).collect();
        let (binary, _) = all.restricted_to(&kept);
        let values = match asked.values {
            Values::AsShown => zones.iter().filter_map(|zone| cells[*zone].map(|cell| cell.value)).collect(),
            Values::StandardizedRates => {
                let (events, persons): (Vec<f64>, Vec<f64>) = zones.iter().filter_map(|zone| counted(*zone)).unzip();
                standardized_rates(&events, &persons)?
            }
        };
        let second = others.map_or_else(Vec::new, |others| zones.iter().filter_map(|zone| others[*zone]).collect());
        Ok(Self { values, second, weights: binary.row_standardized(), binary, zones })
    }

    /// What was found, by the quartier's position among all, with its category.
    fn cells(&self, found: &[Option<Found>], asked: &Params) -> Vec<(usize, DerivedCell)> {
        let p: Vec<f64> = found.iter().flatten().map(|found| found.p).collect();
        let mut adjusted = benjamini_hochberg(&p).into_iter();
        let categories = asked.statistic.categories().len();
        let cell = |(unit, found): (usize, &Option<Found>)| {
            let (category, mut details) = match found {
                None => (categories - 1, vec![None; 4]),
                Some(found) => {
                    let adjusted = adjusted.next();
                    let significant = adjusted.is_some_and(|p| p <= asked.level);
                    let category = if significant { found.category } else { categories - 2 };
                    (category, vec![Some(found.statistic), found.z, Some(found.p), adjusted])
                }
            };
            details.push(Some(number(self.binary.cardinality(unit))));
            (self.zones[unit], DerivedCell { value: number(category + 1), details, ..DerivedCell::default() })
        };
        found.iter().enumerate().map(cell).collect()
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of quartiers")]
fn number(count: usize) -> f64 {
    count as f64
}
