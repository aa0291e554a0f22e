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

type Amounts = BTreeMap<(Denominator, i32), f64>;

/// Amounts by sector and year, summed over the sectors of a quartier or of the territory when they are asked for: the
/// latest year is looked up sector by sector, so that a table that is ahead for some sectors does not stand for all.
#[derive(Debug)]
pub struct Denominators {
    sectors: PerZone<Amounts>,
    /// Whether anybody was observed in the sector.
    peopled: PerZone<bool>,
    /// The sectors of each quartier, with their shares.
    members: PerZone<Vec<(ZoneIdx, f64)>>,
}

impl Denominators {
    /// Indexes the population table by sector. Cost: O(rows).
    #[must_use]
    pub fn count(observed: &Observations<'_>) -> Self {
        let territory = observed.territory;
        let mut members = PerZone::from_fn(&territory.quartiers, |_| Vec::new());
        for (sector, shares) in territory.membership.enumerate() {
            for (quartier, share) in shares {
                members[*quartier].push((sector, *share));
            }
        }
        let mut sectors = PerZone::from_fn(&territory.sectors, |_| Amounts::new());
        if let Some(located) = &observed.population {
            for (row, placement) in located.records.as_slice().iter().zip(&located.placements) {
                let Placement::Within(sector) = placement else { continue };
                let amounts =
                    [(Denominator::Population, row.population), (Denominator::Active, row.active), (Denominator::Age18To64, row.age_18_64)];
                for (kind, amount) in amounts.into_iter().filter_map(|(kind, amount)| amount.map(|a| (kind, a))) {
                    *sectors[*sector].entry((kind, row.year)).or_default() += amount;
                }
            }
        }
        Self { sectors, peopled: peopled(observed), members }
    }

    /// The amount of a quartier for a year: the sum over its sectors, each of that year or of the latest year before it.
    /// `None` where a sector in which somebody was observed, or that is in the table for later years only, has none.
    #[must_use]
    pub fn of(&self, zone: ZoneIdx, kind: Denominator, year: i32) -> Option<f64> {
        self.sum(&self.members[zone], kind, year)
    }

    /// The amount of the territory: the sum over its quartiers; `None` where one of them has none for the reason above.
    #[must_use]
    pub fn total(&self, kind: Denominator, year: i32) -> Option<f64> {
        let mut total = None;
        for members in &self.members {
            match self.sum(members, kind, year) {
                Some(amount) => *total.get_or_insert(0.0) += amount,
                None if members.iter().any(|(sector, _)| self.lacks(*sector, kind, year)) => return None,
                None => {}
            }
        }
        total
    }

    /// The sectors where somebody was observed and this denominator is not known for the year.
    pub fn missing(&self, kind: Denominator, year: i32) -> impl Iterator<Item = ZoneIdx> + '_ {
        self.sectors.enumerate().map(|(sector, _)| sector).filter(move |sector| self.lacks(*sector, kind, year))
    }

    /// Whether any figure of this kind is known.
    #[must_use]
    pub fn knows(&self, kind: Denominator) -> bool {
        self.sectors.iter().any(|amounts| amounts.keys().any(|(k, _)| *k == kind))
    }

    fn sum(&self, members: &[(ZoneIdx, f64)], kind: Denominator, year: i32) -> Option<f64> {
        let mut sum = None;
        for (sector, share) in members {
            match latest(&self.sectors[*sector], kind, year) {
                Some(amount) => *sum.get_or_insert(0.0) += amount * share,
                None if self.lacks(*sector, kind, year) => return None,
                None => {}
            }
        }
        sum
    }

    fn lacks(&self, sector: ZoneIdx, kind: Denominator, year: i32) -> bool {
        let amounts = &self.sectors[sector];
        latest(amounts, kind, year).is_none() && (self.peopled[sector] || amounts.keys().any(|(k, _)| *k == kind))
    }
}

fn latest(amounts: &Amounts, kind: Denominator, year: i32) -> Option<f64> {
    amounts.range((kind, i32::MIN)..=(kind, year)).next_back().map(|(_, amount)| *amount)
}

fn peopled(observed: &Observations<'_>) -> PerZone<bool> {
    let mut peopled = PerZone::from_fn(&observed.territory.sectors, |_| false);
    let persons = observed.job_seekers.iter().flat_map(|located| located.placements.iter().map(|placement| (placement, true)));
    let counts = observed.job_seeker_counts.iter().flat_map(|located| {
        located.records.as_slice().iter().zip(&located.placements).map(|(row, placement)| (placement, row.job_seekers > 0))
    });
    for (placement, somebody) in persons.chain(counts) {
        if let Placement::Within(sector) = placement {
            peopled[*sector] |= somebody;
        }
    }
    peopled
}
