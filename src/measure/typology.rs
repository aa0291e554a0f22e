//! The typology of quartiers: which group of an analysis of quartiers each belongs to.

use serde::Deserialize;

use super::group_share::method;
use super::{Cell, Contributors, Definition, Evidence, Indicator, Measure, MeasureId, Quantities, Quantity, Unit, params};
use crate::catalog::studies::Units;
use crate::error::{Error, Result};
use crate::period::Period;
use crate::territory::PerZone;

/// The number of the quartier's group, from 1; none where the quartier was left out of the analysis (too few persons met).
///
/// The group of a quartier says which of a handful of types its table of answers is nearest to; the persons behind it are
/// all who were met there.
#[derive(Debug)]
pub(super) struct Typology;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    analysis: String,
}

impl Indicator for Typology {
    fn definition(&self) -> Definition {
        Definition { id: "typology", unit: Unit::Group, reference: "Catalyse: AFC and CAH of a table quartier × modality" }
    }

    fn measure(&self, evidence: &Evidence<'_>, id: MeasureId, table: &toml::Table) -> Result<Measure> {
        let Params { analysis: name } = params(table)?;
        let analysis = evidence.studies.analysis(&name).ok_or_else(|| Error::config(format!("there is no analysis \"{name}\"")))?;
        let period = match (analysis.of, analysis.period, evidence.campaign) {
            (Units::Measures, Some(period), _) => period,
            (Units::Quartiers, _, Some(campaign)) => Period::Span(campaign.first, campaign.last),
            _ => return Err(Error::config(format!("the analysis \"{name}\" is not one of quartiers"))),
        };
        // A type made of measures falls with any of them.
        let ingredients = match analysis.of {
            Units::Measures => analysis.active.iter().map(|id| MeasureId::new(id.clone())).collect::<Result<_>>()?,
            _ => Vec::new(),
        };
        let zones = &evidence.observed.territory.quartiers;
        let positions: Vec<_> = zones.indexes().collect();
        let mut cells: PerZone<Option<Cell>> = PerZone::from_fn(zones, |_| None);
        for (at, unit) in analysis.units.iter().enumerate() {
            let group = analysis.group_of[at];
            let (Some(zone), false) = (positions.get(*unit), analysis.groups[group].withheld) else { continue };
            cells[*zone] = Some(Cell {
                value: f64::from(u32::try_from(group + 1).unwrap_or(u32::MAX)),
                numerator: None,
                denominator: None,
                interval: None,
                deviation: None,
                contributors: Contributors {
                    persons: analysis.persons_of_unit.get(at).copied().unwrap_or(0),
                    group: None,
                    smallest_class: None,
                    amount: None,
                },
                reliable: true,
                since_quarter: None,
                since_year: None,
            });
        }
        let word = &analysis.word;
        let named = |group: usize| {
            let name = analysis.name(group);
            crate::texts::Localized {
                fr: format!("{} {} : {}", word.fr, group + 1, name.fr),
                en: format!("{} {}: {}", word.en, group + 1, name.en),
            }
        };
        Ok(Measure {
            quantities: Quantities { numerator: Quantity(format!("analysis.{name}.group")), denominator: None, part_of: None },
            id,
            unit: Unit::Group,
            relations: Vec::new(),
            ingredients,
            periods: vec![period],
            cells: vec![cells],
            totals: vec![None],
            categories: (0..analysis.groups.len()).filter(|group| !analysis.groups[*group].withheld).map(named).collect(),
            method: method(analysis, 0).into_iter().filter(|(name, _)| name != "stability").collect(),
        })
    }
}
