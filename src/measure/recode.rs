//! Recoding: rare modalities merged, so that no axis is made of three persons.

use super::coding::CodedQuestion;
use crate::records::Modality;
use crate::texts::Localized;

/// What [`merge_rare`] did to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merged {
    /// How many modalities were merged into one; 0 where none was.
    pub merged: usize,
    /// How many stay rare and are to be left out of the active set.
    pub passive: usize,
}

/// Merges the modalities that fewer than `least` units have into one, `other_rare`; gives the question and which of its
/// modalities are still too rare to be active.
///
/// One rare modality alone has nothing to be merged with and stays as it is, passive. Cost: O(units).
#[must_use]
pub fn merge_rare(question: &CodedQuestion, least: u64) -> (CodedQuestion, Vec<bool>, Merged) {
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
    modalities.push(Modality { code: "other_rare".to_owned(), label });
    let states = question.states.iter().map(|state| state.modality().map_or(*state, |m| super::coding::State(to[m]))).collect();
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
        let named = |i: usize| Modality { code: format!("m{i}"), label: Localized::default() };
        CodedQuestion {
            id: "q".to_owned(),
            label: Localized::default(),
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
    fn what_stays_rare_is_passive() {
        assert_eq!(merge_rare(&question(&[40, 3, 30]), 6).1, [false, true, false]);
        let (recoded, passive, _) = merge_rare(&question(&[40, 1, 2]), 6);
        assert_eq!((recoded.counts(), passive), (vec![40, 3], vec![false, true]));
    }
}
