//! Long inoccupation: the share of job seekers without work for a number of months or more.

use serde::Deserialize;

use super::stock::{Durations, Group};
use super::under_25::of_job_seekers;
use super::{Definition, Denominator, Evidence, Indicator, Measure, MeasureId, Unit, params};
use crate::error::{Error, Result};

/// Job seekers whose inoccupation has lasted `months` or more.
#[derive(Debug)]
pub(super) struct LongTerm;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    months: f64,
}

impl Indicator for LongTerm {
    fn definition(&self) -> Definition {
        Definition { id: "long_term", unit: Unit::Share, reference: "Forem: durée d'inoccupation de 2 ans et plus" }
    }

    fn measure(&self, evidence: &Evidence<'_>, id: MeasureId, table: &toml::Table) -> Result<Measure> {
        let Params { months } = params(table)?;
        let classes = evidence.stock()?.classes().to_vec();
        if !classes.is_empty() && !classes.iter().any(|c| (c.from_months - months).abs() < 1e-9) {
            return Err(
                Error::config(format!("no duration class begins at {months} months")).help("choose months = the lower bound of a class")
            );
        }
        let long_classes: Vec<bool> = classes.iter().map(|c| c.from_months >= months).collect();
        let mut measure = of_job_seekers(evidence, id, Denominator::JobSeekers, "long_term", |group| part(group, months, &long_classes))?;
        measure.method.push(("months".to_owned(), months.to_string()));
        Ok(measure)
    }
}

/// Count and persons of the long, then of all with a known duration.
fn part(group: &Group, months: f64, long_classes: &[bool]) -> (f64, u64, f64, u64) {
    match &group.durations {
        Durations::Persons(durations) => {
            let long = durations.iter().filter(|(duration, _)| *duration >= months);
            let persons = long.clone().count() as u64;
            (long.map(|(_, share)| share).sum(), persons, durations.iter().map(|(_, share)| share).sum(), group.with_duration)
        }
        Durations::Classes(classes) => {
            let long: f64 = classes.iter().zip(long_classes).filter(|(_, long)| **long).map(|(count, _)| count).sum();
            // Shares only shrink a count, so rounding up never hides a person.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count, 0 or more")]
            let persons = long.ceil() as u64;
            (long, persons, classes.iter().sum(), group.with_duration)
        }
    }
}
