//! Job seekers who live on the RIS (revenu d'intégration sociale): how many, and which share.

use serde::Deserialize;

use super::under_25::of_job_seekers;
use super::{Definition, Denominator, Evidence, Indicator, Measure, MeasureId, Unit, params};
use crate::error::Result;

/// Job seekers on the RIS on the last day of the quarter. Neither of the two published indicators of RIS beneficiaries
/// (SPP IS counts months, Statbel persons of the year): it counts job seekers only.
#[derive(Debug)]
pub(super) struct RisBeneficiaries;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    denominator: Denominator,
}

impl Indicator for RisBeneficiaries {
    fn definition(&self) -> Definition {
        Definition {
            id: "ris_beneficiaries",
            unit: Unit::Share,
            reference: "CPAS: bénéficiaires du revenu d'intégration inscrits comme demandeurs d'emploi",
        }
    }

    fn measure(&self, evidence: &Evidence<'_>, id: MeasureId, table: &toml::Table) -> Result<Measure> {
        let Params { denominator } = params(table)?;
        of_job_seekers(evidence, id, denominator, "ris_beneficiaries", |group| {
            (group.ris.count, group.ris.persons, group.with_ris.count, group.with_ris.persons)
        })
    }
}
