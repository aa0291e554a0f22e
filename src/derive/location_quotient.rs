//! Over- and under-representation: the share of a quartier over that of the territory.

mod concentration;

use serde::Deserialize;

use crate::measure::{Definition, MeasureId, Unit, params};
use crate::protect::{Derivation, Derived, DerivedCell, NotDerived, ProtectedCell, Seen, Shown};
use crate::stats::refusal::Refusal;
use crate::territory::PerZone;

/// `100 × (x_i / n_i) / (X / N)`: 100 is the territory.
///
/// Absent where the territory's share is hidden or 0. Beside the map, period by period: how apart those counted (x) and all others (n − x)
/// live, and how unequal the rates are, over the quartiers that are shown in all periods.
#[derive(Debug)]
pub(super) struct LocationQuotient;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    /// The share.
    of: [String; 1],
}

impl Derivation for LocationQuotient {
    fn definition(&self) -> Definition {
        Definition { id: "location_quotient", unit: Unit::Index, reference: "Isard 1960; Massey & Denton 1988 (segregation)" }
    }

    fn derive(&self, seen: &Seen<'_>, _id: &MeasureId, table: &toml::Table) -> Result<Derived, NotDerived> {
        let Params { of: [of] } = params(table)?;
        let measure = seen.measure(&of)?;
        if measure.unit() != Unit::Share {
            return Err(Refusal::new(format!("{of} is no share")).remedy("name a measure of x of n").into());
        }
        let zones = &seen.territory().quartiers;
        let quotient = |cell: Option<&Shown>, total: ProtectedCell| {
            let whole = total.shown().filter(|total| total.value > 0.0)?;
            cell.map(|cell| DerivedCell { value: 100.0 * cell.value / whole.value, unreliable: !cell.reliable, ..DerivedCell::default() })
        };
        let periods = measure.periods().to_vec();
        let cells = (0..periods.len()).map(|at| {
            let total = measure.total(at);
            PerZone::from_fn(zones, |zone| quotient(measure.cell(at, zone).shown(), total))
        });
        let (statistics, base) = concentration::over_time(seen, measure);
        let mut method = vec![("statistics".to_owned(), base)];
        // No index compares across a change of what is counted.
        method.extend(measure.method().iter().filter(|(name, _)| name == "break in the definition").cloned());
        Ok(Derived {
            unit: Unit::Index,
            of: vec![measure.id().clone()],
            cells: cells.collect(),
            totals: (0..periods.len()).map(|at| quotient(measure.total(at).shown(), measure.total(at))).collect(),
            periods,
            categories: Vec::new(),
            details: Vec::new(),
            statistics,
            method,
        })
    }
}

#[cfg(test)]
mod tests;
