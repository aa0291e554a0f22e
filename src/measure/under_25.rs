//! Job seekers under 25: how many, and which share of the job seekers whose age is known.

use serde::Deserialize;

use super::stock::Group;
use super::{
    Contributors, Definition, Denominator, Evidence, Fraction, Indicator, Measure, MeasureId, Quantities, Quantity, Unit, params,
    share_measure,
};
use crate::error::{Error, Result};
use crate::period::Period;
use crate::territory::ZoneIdx;

/// Job seekers who are under 25 on the last day of the quarter.
#[derive(Debug)]
pub(super) struct Under25;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    denominator: Denominator,
}

impl Indicator for Under25 {
    fn definition(&self) -> Definition {
        Definition { id: "under_25", unit: Unit::Share, reference: "Forem: demandeurs d'emploi de moins de 25 ans" }
    }

    fn measure(&self, evidence: &Evidence<'_>, id: MeasureId, table: &toml::Table) -> Result<Measure> {
        let Params { denominator } = params(table)?;
        of_job_seekers(evidence, id, denominator, "under_25", |group| {
            (group.under_25.count, group.under_25.persons, group.with_age.count, group.with_age.persons)
        })
    }
}

/// A part of the job seekers, over those whose answer is known or over a public denominator. `part` gives count and persons
/// of the part, then of the known.
pub(super) fn of_job_seekers(
    evidence: &Evidence<'_>,
    id: MeasureId,
    denominator: Denominator,
    name: &str,
    part: impl Fn(&Group) -> (f64, u64, f64, u64),
) -> Result<Measure> {
    let stock = evidence.stock()?;
    let own = denominator == Denominator::JobSeekers;
    if !own && !evidence.denominators.knows(denominator) {
        return Err(Error::config("the population table lacks the denominator").help("name its column under [sources.population.columns]"));
    }
    // The known job seekers go by the name of all: where one is hidden, so is the other.
    let below = own.then(|| Quantity("job_seekers".to_owned()));
    let quantities = Quantities { numerator: Quantity(name.to_owned()), denominator: below, part_of: None };
    let periods = stock.quarters().iter().map(|q| Period::Quarter(*q)).collect();
    let of = if own { "job seekers whose answer is known".to_owned() } else { denominator.method() };
    let public = |zone: Option<ZoneIdx>, year| match zone {
        Some(zone) => evidence.denominators.of(zone, denominator, year),
        None => evidence.denominators.total(denominator, year),
    };
    Ok(share_measure(id, &evidence.observed.territory.quartiers, periods, quantities, vec![("denominator".to_owned(), of)], |at, zone| {
        let group = zone.map_or_else(|| stock.total(at), |zone| stock.group(at, zone));
        let (count, persons, known, known_persons) = part(group);
        let amount = if own { known } else { public(zone, stock.quarters()[at].year())? };
        let contributors = Contributors { persons, group: own.then_some(known_persons), smallest_class: None, amount: None };
        (group.observed && (known > 0.0 || group.job_seekers.count <= 0.0)).then_some(Fraction {
            numerator: count,
            denominator: amount,
            contributors,
        })
    }))
}
