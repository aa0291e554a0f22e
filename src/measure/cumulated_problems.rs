//! From the interviews: the share of persons in whom several problems come together, by quartier.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::residents::{count, interviews};
use super::{Definition, Evidence, Indicator, Measure, MeasureId, Quantities, Quantity, Unit, params, share_measure};
use crate::error::{Error, Result};
use crate::records::{Answer, Interview, Questionnaire};

/// Persons with `at_least` of the problems, over persons of whom that can be told.
///
/// A problem is there where one of its questions has one of its modalities; it is not there where all its questions are
/// answered otherwise or were not put; else it is unknown. A person counts above the line with `at_least` problems that are
/// there, and below it alone where problems that are there and unknown ones together do not make up `at_least`.
#[derive(Debug)]
pub(super) struct CumulatedProblems;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    /// Problem → question → modalities.
    problems: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    at_least: usize,
}

/// One question of a problem: its position, and the modalities that make the problem.
type Sign = (usize, Vec<u16>);

impl Indicator for CumulatedProblems {
    fn definition(&self) -> Definition {
        Definition { id: "cumulated_problems", unit: Unit::Share, reference: "Optim@: five problems that come together (2004)" }
    }

    fn measure(&self, evidence: &Evidence<'_>, id: MeasureId, table: &toml::Table) -> Result<Measure> {
        let Params { problems, at_least } = params(table)?;
        let (located, period) = interviews(evidence)?;
        if at_least == 0 || at_least > problems.len() {
            return Err(Error::config(format!("at_least is a number from 1 to {}", problems.len())));
        }
        let guide = located.records.questionnaire();
        let signs: Vec<Vec<Sign>> = problems.values().map(|questions| signs(guide, questions)).collect::<Result<_>>()?;
        let records = located.records.as_slice();
        let (zones, total) = count(evidence, located, |record| cumulates(&records[record], &signs, at_least));
        let names: Vec<&str> = problems.keys().map(String::as_str).collect();
        let quantities = Quantities {
            numerator: Quantity(format!("interviews.{id}")),
            denominator: Some(Quantity(format!("interviews.{id}.known"))),
            part_of: None,
        };
        let method = vec![
            ("problems".to_owned(), names.join(", ")),
            ("at least".to_owned(), at_least.to_string()),
            ("unknown".to_owned(), "persons of whom it cannot be told are left out of both counts".to_owned()),
        ];
        Ok(share_measure(id, &evidence.observed.territory.quartiers, vec![period], quantities, method, |_, zone| {
            Some(zone.map_or(total, |zone| zones[zone]).fraction())
        }))
    }
}

fn signs(guide: &Questionnaire, questions: &BTreeMap<String, Vec<String>>) -> Result<Vec<Sign>> {
    let sign = |(name, modalities): (&String, &Vec<String>)| {
        let position = guide.position(name).ok_or_else(|| Error::config(format!("there is no question \"{name}\"")))?;
        let question = &guide.questions[position];
        // A modality that nobody chose is none of a question without a guide: nobody has the problem by it.
        let codes = modalities.iter().filter_map(|code| question.modality(code)).collect();
        Ok((position, codes))
    };
    questions.iter().map(sign).collect()
}

/// Whether the person has the problem; `None` where it cannot be told.
fn has(person: &Interview, signs: &[Sign]) -> Option<bool> {
    let mut unknown = false;
    for (position, codes) in signs {
        match person.answers.get(*position) {
            Some(Answer::Modality(code)) if codes.contains(code) => return Some(true),
            Some(Answer::Modality(_) | Answer::NotAsked | Answer::Number) => {}
            Some(Answer::NoAnswer | Answer::Refused) | None => unknown = true,
        }
    }
    (!unknown).then_some(false)
}

fn cumulates(person: &Interview, problems: &[Vec<Sign>], at_least: usize) -> Option<bool> {
    let answers: Vec<Option<bool>> = problems.iter().map(|signs| has(person, signs)).collect();
    let there = answers.iter().filter(|answer| **answer == Some(true)).count();
    let unknown = answers.iter().filter(|answer| answer.is_none()).count();
    if there >= at_least { Some(true) } else { (there + unknown < at_least).then_some(false) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Place;

    fn person(answers: &[Answer]) -> Interview {
        Interview::for_tests(answers.to_vec(), Place::default())
    }

    #[test]
    fn what_is_unknown_counts_neither_way() {
        let problems: Vec<Vec<Sign>> = (0..3).map(|q| vec![(q, vec![0])]).collect();
        let (yes, no, silent) = (Answer::Modality(0), Answer::Modality(1), Answer::NoAnswer);
        assert_eq!(cumulates(&person(&[yes, yes, no]), &problems, 2), Some(true));
        assert_eq!(cumulates(&person(&[yes, yes, silent]), &problems, 2), Some(true));
        assert_eq!(cumulates(&person(&[yes, no, silent]), &problems, 2), None);
        assert_eq!(cumulates(&person(&[no, no, silent]), &problems, 2), Some(false));
        assert_eq!(cumulates(&person(&[yes, Answer::NotAsked, no]), &problems, 2), Some(false));
    }
}
