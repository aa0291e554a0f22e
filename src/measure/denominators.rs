//! Public denominators: inhabitants and active population by quartier and year.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::locate::{Observations, Placement};
use crate::territory::{PerZone, ZoneIdx};

/// What a rate is given of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Denominator {
    /// The job seekers themselves.
    JobSeekers,
    /// The active population of 15 to 64.
    Active,
    /// All inhabitants.
    Population,
    /// Inhabitants of 18 to 64.
    #[serde(rename = "age_18_64")]
    Age18To64,
}

impl Denominator {
    /// Its name in a method line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::JobSeekers => "job seekers",
            Self::Active => "active population",
            Self::Population => "inhabitants",
            Self::Age18To64 => "inhabitants of 18 to 64",
        }
    }

    /// The method line of a rate that is given of it.
    #[must_use]
    pub fn method(self) -> String {
        format!("{} of the year, or of the latest year before it", self.name())
    }
}

type Amounts = BTreeMap<(i32, Denominator), f64>;

/// Amounts by year, for each quartier and for the territory.
#[derive(Debug)]
pub struct Denominators {
    zones: PerZone<Amounts>,
    total: Amounts,
}

impl Denominators {
    /// Sums the population table over sectors, by their shares. Cost: O(rows).
    #[must_use]
    pub fn count(observed: &Observations<'_>) -> Self {
        let territory = observed.territory;
        let mut zones = PerZone::from_fn(&territory.quartiers, |_| Amounts::new());
        let mut total = Amounts::new();
        let Some(located) = &observed.population else { return Self { zones, total } };
        for (row, placement) in located.records.as_slice().iter().zip(&located.placements) {
            let Placement::Within(sector) = placement else { continue };
            let amounts =
                [(Denominator::Population, row.population), (Denominator::Active, row.active), (Denominator::Age18To64, row.age_18_64)];
            for (kind, amount) in amounts.into_iter().filter_map(|(kind, amount)| amount.map(|a| (kind, a))) {
                for (quartier, share) in &territory.membership[*sector] {
                    *zones[*quartier].entry((row.year, kind)).or_default() += amount * share;
                    *total.entry((row.year, kind)).or_default() += amount * share;
                }
            }
        }
        Self { zones, total }
    }

    /// The amount of a quartier for a year: of that year, or of the latest year before it; `None` before the first.
    #[must_use]
    pub fn of(&self, zone: ZoneIdx, kind: Denominator, year: i32) -> Option<f64> {
        latest(&self.zones[zone], kind, year)
    }

    /// The amount of the territory.
    #[must_use]
    pub fn total(&self, kind: Denominator, year: i32) -> Option<f64> {
        latest(&self.total, kind, year)
    }

    /// Whether any figure of this kind is known.
    #[must_use]
    pub fn knows(&self, kind: Denominator) -> bool {
        self.total.keys().any(|(_, k)| *k == kind)
    }
}

fn latest(amounts: &Amounts, kind: Denominator, year: i32) -> Option<f64> {
    amounts.iter().rev().find(|((y, k), _)| *k == kind && *y <= year).map(|(_, amount)| *amount)
}
