//! Job seekers: how many, and which share of the active population (the administrative rate).

use serde::Deserialize;

use super::{
    Contributors, Definition, Denominator, Evidence, Fraction, Indicator, Measure, MeasureId, Quantities, Quantity, Unit, params,
    share_measure,
};
use crate::error::{Error, Result};
use crate::period::Period;

/// Job seekers on the last day of the quarter, over a public denominator of the year.
#[derive(Debug)]
pub(super) struct JobSeekerRate;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    denominator: Denominator,
}

impl Indicator for JobSeekerRate {
    fn definition(&self) -> Definition {
        Definition {
            id: "job_seekers",
            unit: Unit::Share,
            reference: "Forem: demandeurs d'emploi inoccupés; IWEPS: taux de chômage administratif",
        }
    }

    fn measure(&self, evidence: &Evidence<'_>, id: MeasureId, table: &toml::Table) -> Result<Measure> {
        let Params { denominator } = params(table)?;
        if denominator == Denominator::JobSeekers {
            return Err(
                Error::config("job seekers are no share of job seekers").help("denominator = \"active\", \"population\" or \"age_18_64\"")
            );
        }
        if !evidence.denominators.knows(denominator) {
            return Err(
                Error::config("the population table lacks the denominator").help("name its column under [sources.population.columns]")
            );
        }
        let stock = evidence.stock()?;
        let quantities = Quantities { numerator: Quantity("job_seekers".to_owned()), denominator: None, part_of: None };
        let periods = stock.quarters().iter().map(|q| Period::Quarter(*q)).collect();
        let method = vec![("denominator".to_owned(), denominator.method())];
        Ok(share_measure(id, &evidence.observed.territory.quartiers, periods, quantities, method, |at, zone| {
            let group = zone.map_or_else(|| stock.total(at), |zone| stock.group(at, zone));
            let year = stock.quarters()[at].year();
            let amount = zone
                .map_or_else(|| evidence.denominators.total(denominator, year), |zone| evidence.denominators.of(zone, denominator, year))?;
            let contributors = Contributors { persons: group.job_seekers.persons, group: None, smallest_class: None, amount: None };
            group.observed.then_some(Fraction { numerator: group.job_seekers.count, denominator: amount, contributors })
        }))
    }
}
