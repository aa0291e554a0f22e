//! The combination of the quarterly indicators: the source names it and gives no formula, so ours is declared.

use serde::Deserialize;

use super::{Cell, Contributors, Definition, Evidence, Indicator, Measure, MeasureId, Quantities, Quantity, Unit, change, params};
use crate::error::{Error, Result};
use crate::territory::{PerZone, ZoneIdx};

/// `I(z) = 100 × Σ w(k) · r(k, z) / r(k, T)`, the weighted mean of the quartier's values over the territory's; 100 is the territory.
///
/// Absent where one of its ingredients is absent. No interval: the ingredients depend on each other.
#[derive(Debug)]
pub(super) struct CombinedIndex;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    of: Vec<String>,
    #[serde(default)]
    weights: Vec<f64>,
}

impl Indicator for CombinedIndex {
    fn definition(&self) -> Definition {
        Definition { id: "combined_index", unit: Unit::Index, reference: "rebuilt: mean of the ratios to the territory, declared weights" }
    }

    fn measure(&self, evidence: &Evidence<'_>, id: MeasureId, table: &toml::Table) -> Result<Measure> {
        let Params { of, weights } = params(table)?;
        let weights = shares(&of, &weights)?;
        let parts: Vec<&Measure> = of
            .iter()
            .map(|name| evidence.earlier.get(name).ok_or_else(|| Error::config(format!("there is no measure \"{name}\""))))
            .collect::<Result<_>>()?;
        let periods = parts[0].periods.clone();
        if parts.iter().any(|part| part.periods != periods) {
            return Err(Error::config("the ingredients of an index need the same periods"));
        }
        let zones = &evidence.observed.territory.quartiers;
        let cells = (0..periods.len()).map(|at| PerZone::from_fn(zones, |zone| index(&parts, &weights, at, Some(zone)))).collect();
        let totals = (0..periods.len()).map(|at| index(&parts, &weights, at, None)).collect();
        let formula: Vec<String> = of.iter().zip(&weights).map(|(name, w)| format!("{w:.4} {name}")).collect();
        let mut measure = Measure {
            quantities: Quantities { numerator: Quantity(id.to_string()), denominator: None, part_of: None },
            id,
            unit: Unit::Index,
            relations: Vec::new(),
            ingredients: parts.iter().map(|part| part.id.clone()).collect(),
            periods,
            cells,
            totals,
            categories: Vec::new(),
            method: vec![("weights".to_owned(), formula.join(", "))],
        };
        change::fill(&mut measure, zones);
        Ok(measure)
    }
}

/// Weights that sum to 1; equal ones where none are declared.
#[expect(clippy::cast_precision_loss, reason = "a handful of ingredients")]
fn shares(of: &[String], weights: &[f64]) -> Result<Vec<f64>> {
    if of.is_empty() {
        return Err(Error::config("an index needs ingredients").in_column("params.of"));
    }
    if weights.is_empty() {
        return Ok(vec![1.0 / of.len() as f64; of.len()]);
    }
    let sum: f64 = weights.iter().sum();
    if weights.len() != of.len() || weights.iter().any(|w| !w.is_finite() || *w < 0.0) || sum <= 0.0 {
        return Err(Error::config("expected one weight an ingredient, 0 or more, not all 0").in_column("params.weights"));
    }
    Ok(weights.iter().map(|w| w / sum).collect())
}

fn index(parts: &[&Measure], weights: &[f64], at: usize, zone: Option<ZoneIdx>) -> Option<Cell> {
    let mut value = 0.0;
    let mut persons = u64::MAX;
    let mut reliable = true;
    for (part, weight) in parts.iter().zip(weights) {
        let total = part.totals[at].as_ref()?;
        let cell = zone.map_or(Some(total), |zone| part.cell(at, zone))?;
        if total.value <= 0.0 {
            return None;
        }
        value += weight * cell.value / total.value;
        persons = persons.min(cell.contributors.persons);
        reliable &= cell.reliable;
    }
    Some(Cell {
        value: 100.0 * value,
        numerator: None,
        denominator: None,
        interval: None,
        deviation: None,
        contributors: Contributors { persons, group: None, smallest_class: None, amount: None },
        reliable,
        since_quarter: None,
        since_year: None,
    })
}
