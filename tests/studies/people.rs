//! Small invented towns of interviews: rare answers, services within structures, publics, campaigns, questions that are put to
//! some only, and the same question twice.

use optima::measure::Bilans;
use optima::measure::coding::{CodedGrouping, CodedQuestion, Coding, State};
use optima::records::Modality;
use optima::texts::Localized;
use proptest::collection::vec;
use proptest::prelude::*;

/// A person: where she was met, and numbers that her answers are made of.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) service: u8,
    pub(crate) public: Option<u8>,
    pub(crate) campaign: u8,
    pub(crate) draws: Vec<u8>,
    pub(crate) weight: u8,
}

/// People and what they are asked.
#[derive(Clone)]
pub(crate) struct People {
    pub(crate) persons: Vec<Person>,
    /// The modalities of each question.
    pub(crate) sizes: Vec<u8>,
    /// How rare the later modalities are: the higher the rarer.
    pub(crate) skew: Vec<u8>,
    /// Whether the last question is put to those only who gave the first answer to the first one.
    pub(crate) conditional: bool,
    /// Whether the first question is there twice.
    pub(crate) twice: bool,
}

impl std::fmt::Debug for People {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} persons, questions of {:?}, skew {:?}, conditional {}, twice {}",
            self.persons.len(),
            self.sizes,
            self.skew,
            self.conditional,
            self.twice
        )
    }
}

fn named(code: String) -> Modality {
    Modality::new(code.clone(), Localized { fr: code.clone(), en: code })
}

/// The services of each structure: a reader knows which are whose.
pub(crate) const STRUCTURE_OF: [u16; 5] = [0, 0, 1, 1, 2];

impl People {
    /// The state of a person under a question, without a condition.
    fn drawn(&self, person: &Person, question: usize) -> State {
        let draw = u32::from(person.draws[question]);
        let size = u32::from(self.sizes[question]);
        match draw {
            0..=7 => State::NO_ANSWER,
            8..=9 => State::REFUSED,
            _ => {
                // Each further modality is half as frequent, or less.
                let mut left = (draw - 10) * 100 / 246;
                let share = 40 + 10 * u32::from(self.skew[question]);
                let mut modality = 0;
                while modality + 1 < size && left >= share {
                    left = (left - share) * 100 / (100 - share);
                    modality += 1;
                }
                State(u16::try_from(modality).unwrap())
            }
        }
    }

    pub(crate) fn coding(&self) -> Coding {
        let mut coding = Coding {
            units: (0..self.persons.len()).collect(),
            weights: self.persons.iter().map(|person| f64::from(person.weight.max(1)) / 2.0).collect(),
            ..Coding::default()
        };
        let last = self.sizes.len() - 1;
        for question in 0..self.sizes.len() {
            let state = |person: &Person| {
                let spared = self.conditional && question == last && self.drawn(person, 0) != State(0);
                if spared { State::NOT_ASKED } else { self.drawn(person, question) }
            };
            coding.questions.push(CodedQuestion {
                id: format!("q{question}"),
                label: Localized::default(),
                short: Localized::default(),
                theme: None,
                modalities: (0..self.sizes[question]).map(|m| named(format!("m{m}"))).collect(),
                states: self.persons.iter().map(state).collect(),
            });
        }
        if self.twice {
            let first = coding.questions[0].clone();
            coding.questions.push(CodedQuestion { id: "again".to_owned(), ..first });
        }
        let grouping = |id: &str, groups: u8, of: &dyn Fn(&Person) -> Option<u16>| CodedGrouping {
            id: id.to_owned(),
            label: None,
            groups: (0..groups).map(|group| named(format!("g{group}"))).collect(),
            of: self.persons.iter().map(of).collect(),
        };
        coding.groupings = vec![
            grouping("partner", 3, &|person| Some(STRUCTURE_OF[usize::from(person.service)])),
            grouping("service", 5, &|person| Some(u16::from(person.service))),
            grouping("public", 3, &|person| person.public.map(u16::from)),
            grouping("campaign", 2, &|person| Some(u16::from(person.campaign))),
        ];
        coding
    }

    /// The bilans with a cross table by the first question.
    pub(crate) fn bilans(&self) -> Bilans {
        let coding = self.coding();
        let first = &coding.questions[0];
        let by = CodedGrouping {
            id: first.id.clone(),
            label: None,
            groups: first.modalities.clone(),
            of: first.states.iter().map(|state| state.modality().and_then(|m| u16::try_from(m).ok())).collect(),
        };
        Bilans::count(&coding, &[by], true)
    }
}

pub(crate) fn people() -> impl Strategy<Value = People> {
    (3..=6usize).prop_flat_map(|questions| {
        let person = (0..5u8, proptest::option::weighted(0.9, 0..3u8), 0..2u8, vec(any::<u8>(), questions), 1..5u8)
            .prop_map(|(service, public, campaign, draws, weight)| Person { service, public, campaign, draws, weight });
        (vec(person, 30..150), vec(1..=5u8, questions), vec(0..6u8, questions), any::<bool>(), any::<bool>()).prop_map(
            |(persons, mut sizes, skew, conditional, twice)| {
                // What others depend on is a question with a choice.
                sizes[0] = sizes[0].max(2);
                People { persons, sizes, skew, conditional, twice }
            },
        )
    })
}
