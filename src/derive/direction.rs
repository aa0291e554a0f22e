//! Whether a quartier is heading anywhere: its forecast beside its latest value.

use serde::Deserialize;

use crate::measure::{Definition, MeasureId, Unit, params};
use crate::protect::{Derivation, Derived, DerivedCell, NotDerived, ProtectedCell, Seen};
use crate::stats::refusal::Refusal;
use crate::territory::{PerZone, ZoneIdx};

/// Rising, falling or not to be told: whether the 95 % interval of the forecast for the last quarter ahead leaves the latest value out.
///
/// Absent where there is no forecast or the latest value is not shown.
#[derive(Debug)]
pub(super) struct Direction;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    /// What was observed, then its forecast.
    of: [String; 2],
}

impl Derivation for Direction {
    fn definition(&self) -> Definition {
        Definition { id: "direction", unit: Unit::Group, reference: "prediction interval beside the latest value" }
    }

    fn derive(&self, seen: &Seen<'_>, _id: &MeasureId, table: &toml::Table) -> Result<Derived, NotDerived> {
        let Params { of: [observed, ahead] } = params(table)?;
        let (observed, ahead) = (seen.measure(&observed)?, seen.measure(&ahead)?);
        let (Some(now), Some(then)) = (observed.periods().len().checked_sub(1), ahead.periods().len().checked_sub(1)) else {
            return Err(Refusal::new("there is no period to compare").into());
        };
        // Further numbers are in the unit of readers: shares in percent.
        let scale = if observed.unit() == Unit::Share { 100.0 } else { 1.0 };
        let cell = |latest: ProtectedCell, forecast: ProtectedCell| {
            let (latest, forecast) = (latest.shown()?.value, *forecast.shown()?);
            let interval = forecast.interval?;
            let category = match (interval.low > latest, interval.high < latest) {
                (true, _) => 1.0,
                (_, true) => 2.0,
                _ => 3.0,
            };
            let change = |value: f64| Some(scale * (value - latest));
            let details = vec![change(forecast.value), change(interval.low), change(interval.high)];
            Some(DerivedCell { value: category, details, ..DerivedCell::default() })
        };
        let zones = &seen.territory().quartiers;
        let of_zone = |zone: ZoneIdx| cell(observed.cell(now, zone), ahead.cell(then, zone));
        Ok(Derived {
            unit: Unit::Group,
            of: vec![observed.id().clone(), ahead.id().clone()],
            periods: vec![ahead.periods()[then]],
            cells: vec![PerZone::from_fn(zones, of_zone)],
            totals: vec![cell(observed.total(now), ahead.total(then))],
            categories: vec!["rising", "falling", "not_told"],
            details: vec!["expected_change", "expected_change_low", "expected_change_high"],
            statistics: Vec::new(),
            method: vec![("latest value".to_owned(), observed.periods()[now].to_string())],
        })
    }
}
