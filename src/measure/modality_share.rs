//! From the interviews: the share of one modality among those who answered the question, by quartier.

use serde::Deserialize;

use super::residents::{count, interviews};
use super::{Definition, Evidence, Indicator, Measure, MeasureId, Quantities, Quantity, Unit, params, share_measure};
use crate::error::{Error, Result};
use crate::records::{Answer, Interview, Modality};

/// Persons who gave this answer, over persons who answered. Non-response is left out of both.
///
/// Interviews are not a random sample: the share describes the persons met, and its interval only what chance adds.
#[derive(Debug)]
pub(super) struct ModalityShare;

/// As many persons must have given an answer for a message to quote it.
const TOLD: u64 = 5;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    question: String,
    modality: String,
}

/// The answers that [`TOLD`] persons or more gave: a rarer one may be the free text of one person.
fn known_answers(records: &[Interview], question: usize, modalities: &[Modality]) -> String {
    let mut persons = vec![0u64; modalities.len()];
    for record in records {
        if let Some(Answer::Modality(given)) = record.answers.get(question)
            && let Some(count) = persons.get_mut(usize::from(*given))
        {
            *count += 1;
        }
    }
    let frequent: Vec<&str> = modalities.iter().zip(&persons).filter(|(_, n)| **n >= TOLD).map(|(m, _)| m.code.as_str()).collect();
    if frequent.is_empty() {
        return "no answer was given often; is this the column of a closed question?".to_owned();
    }
    format!("the frequent answers are: {}", frequent.join(", "))
}

impl Indicator for ModalityShare {
    fn definition(&self) -> Definition {
        Definition { id: "modality_share", unit: Unit::Share, reference: "Catalyse: bilan of the interview guide (Pragma)" }
    }

    fn measure(&self, evidence: &Evidence<'_>, id: MeasureId, table: &toml::Table) -> Result<Measure> {
        let Params { question, modality } = params(table)?;
        let (located, period) = interviews(evidence)?;
        let guide = located.records.questionnaire();
        let position = guide.position(&question).ok_or_else(|| {
            let known: Vec<&str> = guide.questions.iter().map(|q| q.id.as_str()).collect();
            Error::config(format!("there is no question \"{question}\"")).help(format!("there are: {}", known.join(", ")))
        })?;
        let modalities = &guide.questions[position].modalities;
        let wanted = guide.questions[position].modality(&modality).ok_or_else(|| {
            Error::config(format!("nobody answered \"{modality}\" to \"{question}\"")).help(known_answers(
                located.records.as_slice(),
                position,
                modalities,
            ))
        })?;
        let records = located.records.as_slice();
        let (zones, total) = count(evidence, located, |record| match records[record].answers.get(position) {
            Some(Answer::Modality(given)) => Some(*given == wanted),
            _ => None,
        });
        let quantities = Quantities {
            numerator: Quantity(format!("interviews.{question}={modality}")),
            denominator: Some(Quantity(format!("interviews.{question}"))),
            part_of: Some(modalities.len()),
        };
        let method = vec![
            ("question".to_owned(), question),
            ("modality".to_owned(), modality),
            ("non-response".to_owned(), "left out of both counts".to_owned()),
        ];
        Ok(share_measure(id, &evidence.observed.territory.quartiers, vec![period], quantities, method, |_, zone| {
            Some(zone.map_or(total, |zone| zones[zone]).fraction())
        }))
    }
}
