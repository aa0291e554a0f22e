//! Recoding: modalities merged and numbers cut into classes as declared; rare modalities merged, so that no axis is made of
//! three persons. The records keep what was answered.

use std::collections::BTreeMap;

use super::coding::{CodedNumber, CodedQuestion, Coding, State};
use crate::error::{Error, Result};
use crate::observatory::Recode;
use crate::records::Modality;
use crate::texts::Localized;

/// Applies the declared recoding to all questions and numbers of a coding. A number that is cut into classes becomes a
/// question too, after the others, and stays a number.
///
/// # Errors
/// A question or modality that is not there.
pub(super) fn recode(coding: &mut Coding, declared: &BTreeMap<String, Recode>) -> Result<()> {
    for (id, recode) in declared {
        let at = |key: &str| format!("recode.{id}.{key}");
        if let Some(question) = coding.questions.iter_mut().find(|q| q.id == *id) {
            if !recode.classes.is_empty() {
                return Err(Error::config("this question is no number").in_column(at("classes")));
            }
            merge(question, recode).map_err(|e| e.in_column(at("merge")))?;
            if let Some(share) = recode.rare_below {
                let least = least_for(question, share);
                *question = merge_rare(question, least).0;
            }
        } else if let Some(number) = coding.numbers.iter().find(|n| n.id == *id) {
            let classed = classed(number, recode);
            coding.questions.push(classed);
        }
        // A question that this observatory's records lack was told when they were read.
    }
    Ok(())
}

/// The fewest units a modality must have to be no rare one: this share of those who answered.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of units")]
pub(super) fn least_for(question: &CodedQuestion, share: f64) -> u64 {
    let answered: u64 = question.counts().iter().sum();
    (answered as f64 * share).ceil() as u64
}

fn merge(question: &mut CodedQuestion, recode: &Recode) -> Result<()> {
    for (new, old) in &recode.merge {
        let missing: Vec<&str> =
            old.iter().map(String::as_str).filter(|code| !question.modalities.iter().any(|m| m.code == *code)).collect();
        if !missing.is_empty() {
            return Err(Error::config(format!("the question has no {}", missing.join(", "))));
        }
        let label = recode.labels.get(new).cloned().unwrap_or_else(|| Localized { fr: new.clone(), en: new.clone() });
        let mut to: Vec<u16> = Vec::new();
        let mut modalities: Vec<Modality> = Vec::new();
        let mut merged = None;
        for modality in &question.modalities {
            let here = u16::try_from(modalities.len()).unwrap_or(u16::MAX);
            if old.contains(&modality.code) {
                let place = *merged.get_or_insert(here);
                if place == here {
                    modalities.push(Modality::new(new.clone(), label.clone()));
                }
                to.push(place);
            } else {
                modalities.push(modality.clone());
                to.push(here);
            }
        }
        question.modalities = modalities;
        question.states.iter_mut().for_each(|state| *state = state.modality().map_or(*state, |m| State(to[m])));
    }
    Ok(())
}

/// A number as a question: one modality a class, `[low, high[`, the last one open; what lies under the first bound is in a
/// class of its own.
fn classed(number: &CodedNumber, recode: &Recode) -> CodedQuestion {
    let bounds = &recode.classes;
    let below = number.values.iter().flatten().any(|value| bounds.first().is_some_and(|first| value < first));
    let mut modalities: Vec<Modality> = Vec::new();
    let mut push = |code: String, fr: String, en: String| {
        let label = recode.labels.get(&code).cloned().unwrap_or(Localized { fr, en });
        modalities.push(Modality::new(code, label));
    };
    if let (true, Some(first)) = (below, bounds.first()) {
        push(format!("under_{first}"), format!("moins de {first}"), format!("under {first}"));
    }
    for pair in bounds.windows(2) {
        let (low, high) = (pair[0], pair[1]);
        push(format!("{low}_{high}"), format!("de {low} à moins de {high}"), format!("{low} to under {high}"));
    }
    if let Some(last) = bounds.last() {
        push(format!("{last}_up"), format!("{last} et plus"), format!("{last} and over"));
    }
    let first = usize::from(below);
    let state = |(value, absent): (&Option<f64>, &State)| {
        let Some(value) = value else { return *absent };
        let class = bounds.partition_point(|bound| bound <= value);
        State(u16::try_from((class + first).saturating_sub(1)).unwrap_or(u16::MAX))
    };
    CodedQuestion {
        id: number.id.clone(),
        label: number.label.clone(),
        short: number.short.clone(),
        theme: number.theme,
        states: number.values.iter().zip(&number.absent).map(state).collect(),
        modalities,
    }
}

/// What [`merge_rare`] did to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Merged {
    /// How many modalities were merged into one; 0 where none was.
    pub(super) merged: usize,
    /// How many stay rare and are to be left out of the active set.
    pub(super) passive: usize,
}

/// Merges the modalities that fewer than `least` units have into one, `other_rare`; gives the question and which of its
/// modalities are still too rare to be active.
///
/// One rare modality alone has nothing to be merged with and stays as it is, passive. Cost: O(units).
#[must_use]
pub(super) fn merge_rare(question: &CodedQuestion, least: u64) -> (CodedQuestion, Vec<bool>, Merged) {
    let counts = question.counts();
    let rare: Vec<bool> = counts.iter().map(|n| *n < least).collect();
    let chosen_and_rare = counts.iter().filter(|n| **n > 0 && **n < least).count();
    if chosen_and_rare < 2 {
        let passive = chosen_and_rare;
        return (question.clone(), rare, Merged { merged: 0, passive });
    }
    let mut modalities: Vec<Modality> = Vec::new();
    let mut to: Vec<u16> = Vec::with_capacity(counts.len());
    let kept = rare.iter().filter(|rare| !**rare).count();
    for (modality, rare) in question.modalities.iter().zip(&rare) {
        let target = if *rare { kept } else { modalities.len() };
        to.push(u16::try_from(target).unwrap_or(u16::MAX));
        if !rare {
            modalities.push(modality.clone());
        }
    }
    let label = Localized { fr: "autre (réponses rares)".to_owned(), en: "other (rare answers)".to_owned() };
    modalities.push(Modality::new("other_rare", label));
    let states = question.states.iter().map(|state| state.modality().map_or(*state, |m| State(to[m]))).collect();
    let recoded = CodedQuestion { modalities, states, ..question.clone() };
    let together = recoded.counts()[kept];
    let still_rare: Vec<bool> = (0..recoded.modalities.len()).map(|m| m == kept && together < least).collect();
    (recoded, still_rare, Merged { merged: chosen_and_rare, passive: usize::from(together < least) })
}

#[cfg(test)]
mod tests {
    use super::super::coding::State;
    use super::*;

    fn question(counts: &[usize]) -> CodedQuestion {
        let named = |i: usize| Modality::new(format!("m{i}"), Localized::default());
        CodedQuestion {
            id: "q".to_owned(),
            label: Localized::default(),
            short: Localized::default(),
            theme: None,
            modalities: (0..counts.len()).map(named).collect(),
            states: counts.iter().zip(0..).flat_map(|(n, code)| std::iter::repeat_n(State(code), *n)).chain([State::REFUSED]).collect(),
        }
    }

    #[test]
    fn two_rare_modalities_become_one_and_no_unit_is_lost() {
        let (recoded, passive, merged) = merge_rare(&question(&[40, 3, 30, 4]), 6);
        assert_eq!(recoded.counts(), [40, 30, 7]);
        assert_eq!((recoded.modalities[2].code.as_str(), passive), ("other_rare", vec![false; 3]));
        assert_eq!(merged, Merged { merged: 2, passive: 0 });
        assert_eq!(recoded.states.last(), Some(&State::REFUSED));
    }

    #[test]
    fn a_number_that_was_not_asked_is_of_no_class_and_no_silence() {
        let number = CodedNumber {
            id: "rent".to_owned(),
            label: Localized::default(),
            short: Localized::default(),
            theme: None,
            values: vec![Some(250.0), Some(600.0), None, None, None, Some(300.0)],
            absent: vec![State::NOT_ASKED, State::NOT_ASKED, State::NOT_ASKED, State::NO_ANSWER, State::REFUSED, State::NOT_ASKED],
        };
        let recode = Recode { classes: vec![0.0, 300.0, 500.0], ..Recode::default() };
        let classes = classed(&number, &recode);
        assert_eq!(classes.states, [State(0), State(2), State::NOT_ASKED, State::NO_ANSWER, State::REFUSED, State(1)]);
        assert_eq!(classes.modalities.iter().map(|m| m.code.as_str()).collect::<Vec<_>>(), ["0_300", "300_500", "500_up"]);
    }

    #[test]
    fn what_stays_rare_is_passive() {
        assert_eq!(merge_rare(&question(&[40, 3, 30]), 6).1, [false, true, false]);
        let (recoded, passive, _) = merge_rare(&question(&[40, 1, 2]), 6);
        assert_eq!((recoded.counts(), passive), (vec![40, 3], vec![false, true]));
    }
}
