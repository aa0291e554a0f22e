//! Answers that go without saying: who was not asked one question gave known answers to another, and the same question put
//! twice has the same answers. A reader knows it from the guide, so protection must know it from the data.

use super::coding::{CodedQuestion, State};

/// The persons who have a state of one question are exactly those who have one of these states of another.
///
/// A state is a modality by position, or the number of modalities for "not asked".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The question, by position.
    pub question: usize,
    /// Its state.
    pub state: usize,
    /// The other question.
    pub other: usize,
    /// The states of the other that make it up, besides non-response.
    pub states: Vec<usize>,
    /// The non-response that is part of it too, which is never hidden: 0 for no answer, 1 for refused.
    pub non_response: Vec<usize>,
}

/// Where the state stands among a question's states, non-response after the others.
fn place(question: &CodedQuestion, state: State) -> usize {
    let modalities = question.modalities.len();
    match state {
        State::NOT_ASKED => modalities,
        State::NO_ANSWER => modalities + 1,
        State::REFUSED => modalities + 2,
        State(code) => usize::from(code).min(modalities),
    }
}

/// All links of questions, each found from the later question to the earlier one and back.
///
/// Cost: O(units × questions²) at worst; most pairs are told apart by their first units.
pub(super) fn links(questions: &[CodedQuestion]) -> Vec<Link> {
    let mut found = Vec::new();
    for (q, question) in questions.iter().enumerate() {
        for (o, other) in questions.iter().enumerate().filter(|(o, _)| *o != q) {
            found.extend(
                within(question, other)
                    .into_iter()
                    .map(|(state, mut states)| {
                        let modalities = other.modalities.len();
                        let non_response = states.iter().filter(|there| **there > modalities).map(|there| there - modalities - 1).collect();
                        states.retain(|there| *there <= modalities);
                        Link { question: q, state, other: o, states, non_response }
                    })
                    .filter(|link| !link.states.is_empty()),
            );
        }
    }
    found
}

/// For the states of a question that are made up of states of another: which.
fn within(question: &CodedQuestion, other: &CodedQuestion) -> Vec<(usize, Vec<usize>)> {
    let states = question.modalities.len() + 1;
    // For each state of the other question, the one state here that all its units have, if there is one; and for each state
    // here, whether no unit of it has yet been seen in a state of the other that is mixed or non-response.
    let mut holder: Vec<Option<Option<usize>>> = vec![None; other.modalities.len() + 3];
    let mut mixed = 0;
    for (here, there) in question.states.iter().zip(&other.states) {
        let (here, there) = (place(question, *here), place(other, *there));
        holder[there] = match holder[there] {
            None => Some(Some(here)),
            Some(Some(held)) if held == here => continue,
            Some(Some(_)) => {
                mixed += 1;
                Some(None)
            }
            Some(None) => continue,
        };
        if mixed == holder.len() {
            return Vec::new();
        }
    }
    let mut whole = vec![true; states + 2];
    let mut seen = vec![false; states + 2];
    for (here, there) in question.states.iter().zip(&other.states) {
        let here = place(question, *here);
        seen[here] = true;
        whole[here] &= holder[place(other, *there)] == Some(Some(here));
    }
    let made_of = |state: usize| (0..holder.len()).filter(|there| holder[*there] == Some(Some(state))).collect::<Vec<_>>();
    (0..states)
        .filter(|state| seen[*state] && whole[*state])
        .map(|state| (state, made_of(state)))
        .filter(|(_, of)| !of.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Modality;
    use crate::texts::Localized;

    fn question(modalities: usize, states: &[State]) -> CodedQuestion {
        let named = |i: usize| Modality::new(format!("m{i}"), Localized::default());
        let modalities = (0..modalities).map(named).collect();
        CodedQuestion {
            id: "q".to_owned(),
            label: Localized::default(),
            short: Localized::default(),
            theme: None,
            modalities,
            states: states.to_vec(),
        }
    }

    #[test]
    fn who_was_not_asked_is_linked_to_the_answers_that_spared_them() {
        let activity = question(3, &[State(0), State(1), State(2), State(0), State(1), State::REFUSED]);
        let duration = question(2, &[State(0), State::NOT_ASKED, State::NOT_ASKED, State(1), State::NOT_ASKED, State::NOT_ASKED]);
        let found = links(&[activity, duration]);
        // Not asked are those with activity 1 or 2, and one who refused to tell hers.
        assert!(found.contains(&Link { question: 1, state: 2, other: 0, states: vec![1, 2], non_response: vec![1] }), "{found:?}");
        // The answers of the second question make up the first activity.
        assert!(found.contains(&Link { question: 0, state: 0, other: 1, states: vec![0, 1], non_response: vec![] }), "{found:?}");
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn the_same_question_twice_is_linked_both_ways() {
        let once = question(2, &[State(0), State(1), State(1), State::NO_ANSWER]);
        assert_eq!(links(&[once.clone(), once]).len(), 4);
    }
}
