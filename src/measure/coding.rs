//! One coding for persons, services and territories: units in rows, closed questions in columns, a number for each modality.

use crate::catalog::studies::{Missing, Selection};
use crate::error::{Error, Result};
use crate::locate::{Located, Placement};
use crate::records::{Answer, Grouping, Interviews, Modality, QuestionKind, Questionnaire, Theme};
use crate::texts::Localized;

/// What a unit has in a column: a modality by its position, or one of [`State::NOT_ASKED`], [`State::NO_ANSWER`], [`State::REFUSED`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct State(pub u16);

impl State {
    /// The question was not put to the unit.
    pub const NOT_ASKED: Self = Self(u16::MAX);
    /// Asked, and not answered.
    pub const NO_ANSWER: Self = Self(u16::MAX - 1);
    /// Asked, and refused.
    pub const REFUSED: Self = Self(u16::MAX - 2);

    /// The modality, where there is one.
    #[must_use]
    pub fn modality(self) -> Option<usize> {
        (self.0 < Self::REFUSED.0).then_some(usize::from(self.0))
    }
}

/// A column: a closed question (a box of one, a number cut into classes, an indicator cut into classes).
#[derive(Debug, Clone, PartialEq)]
pub struct CodedQuestion {
    /// Its name.
    pub id: String,
    /// What readers see.
    pub label: Localized,
    /// A few words for it, to stand before the short label of a modality.
    pub short: Localized,
    /// Its theme, by position in [`Coding::themes`].
    pub theme: Option<usize>,
    /// Its modalities.
    pub modalities: Vec<Modality>,
    /// One state a unit.
    pub states: Vec<State>,
}

/// A numeric column that describes groups.
#[derive(Debug, Clone, PartialEq)]
pub struct CodedNumber {
    /// Its name.
    pub id: String,
    /// What readers see.
    pub label: Localized,
    /// A few words for it.
    pub short: Localized,
    /// Its theme, by position in [`Coding::themes`].
    pub theme: Option<usize>,
    /// One value a unit.
    pub values: Vec<Option<f64>>,
    /// Where there is no value: not asked, no answer or refused.
    pub absent: Vec<State>,
}

/// A grouping of the units: the structures, the services, the publics, the campaigns.
#[derive(Debug, Clone, PartialEq)]
pub struct CodedGrouping {
    /// Its name.
    pub id: String,
    /// What readers see; the catalog's words for `id` where absent.
    pub label: Option<Localized>,
    /// Its groups.
    pub groups: Vec<Modality>,
    /// The group of each unit; `None` where it is not stated.
    pub of: Vec<Option<u16>>,
}

/// Units × questions.
#[derive(Clone, Default)]
pub struct Coding {
    /// The positions of the units among the records read.
    pub units: Vec<usize>,
    /// The weight of each unit.
    pub weights: Vec<f64>,
    /// The themes of the guide.
    pub themes: Vec<Theme>,
    /// The closed questions.
    pub questions: Vec<CodedQuestion>,
    /// The numeric questions.
    pub numbers: Vec<CodedNumber>,
    /// The groupings.
    pub groupings: Vec<CodedGrouping>,
}

impl std::fmt::Debug for Coding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Coding({} units, {} questions)", self.units.len(), self.questions.len())
    }
}

impl Coding {
    /// The records that live in the territory, with all their questions. Persons placed elsewhere or nowhere are no part of
    /// the published picture, so that tables and maps add up to the same totals.
    #[must_use]
    pub fn of_located(located: &Located<Interviews>) -> Self {
        let inside = |(i, placement): (usize, &Placement)| matches!(placement, Placement::Within(_)).then_some(i);
        Self::of_records(&located.records, located.placements.iter().enumerate().filter_map(inside).collect())
    }

    /// The records at these positions.
    #[must_use]
    pub fn of_records(interviews: &Interviews, units: Vec<usize>) -> Self {
        let guide: &Questionnaire = interviews.questionnaire();
        let records = interviews.as_slice();
        let state = |answer: Option<&Answer>| match answer {
            Some(Answer::Modality(code)) => State(*code),
            Some(Answer::NoAnswer) => State::NO_ANSWER,
            Some(Answer::Refused) => State::REFUSED,
            Some(Answer::NotAsked | Answer::Number) | None => State::NOT_ASKED,
        };
        let mut coding = Self { weights: units.iter().map(|unit| records[*unit].weight).collect(), ..Self::default() };
        coding.themes.clone_from(&guide.themes);
        for (position, question) in guide.questions.iter().enumerate() {
            if question.kind == QuestionKind::Number {
                if let Some(values) = interviews.numbers(position) {
                    let values = units.iter().map(|unit| values[*unit]).collect();
                    coding.numbers.push(CodedNumber {
                        id: question.id.clone(),
                        label: question.label.clone(),
                        short: question.short.clone(),
                        theme: question.theme,
                        values,
                        absent: units.iter().map(|unit| state(records[*unit].answers.get(position))).collect(),
                    });
                }
                continue;
            }
            let label = match &question.kind {
                QuestionKind::Box { label, .. } => {
                    Localized { fr: format!("{} : {}", label.fr, question.label.fr), en: format!("{}: {}", label.en, question.label.en) }
                }
                QuestionKind::One | QuestionKind::Number => question.label.clone(),
            };
            coding.questions.push(CodedQuestion {
                id: question.id.clone(),
                label,
                short: question.short.clone(),
                theme: question.theme,
                modalities: question.modalities.clone(),
                states: units.iter().map(|unit| state(records[*unit].answers.get(position))).collect(),
            });
        }
        for by in Grouping::ALL {
            let names = interviews.groups(by);
            if !names.is_empty() {
                let plain = |name: &String| Modality::new(name.clone(), Localized { fr: name.clone(), en: name.clone() });
                let of = units.iter().map(|unit| records[*unit].group(by)).collect();
                coding.groupings.push(CodedGrouping {
                    id: by.name().to_owned(),
                    label: None,
                    groups: names.iter().map(plain).collect(),
                    of,
                });
            }
        }
        coding.units = units;
        coding
    }

    /// The same questions for these units only, by position.
    #[must_use]
    pub fn only(&self, units: &[usize]) -> Self {
        let pick = |states: &[State]| units.iter().map(|unit| states[*unit]).collect();
        Self {
            units: units.iter().map(|unit| self.units[*unit]).collect(),
            weights: units.iter().map(|unit| self.weights[*unit]).collect(),
            themes: self.themes.clone(),
            questions: self.questions.iter().map(|q| CodedQuestion { states: pick(&q.states), ..q.clone() }).collect(),
            numbers: self
                .numbers
                .iter()
                .map(|n| CodedNumber { values: units.iter().map(|unit| n.values[*unit]).collect(), absent: pick(&n.absent), ..n.clone() })
                .collect(),
            groupings: self
                .groupings
                .iter()
                .map(|g| CodedGrouping { of: units.iter().map(|unit| g.of[*unit]).collect(), ..g.clone() })
                .collect(),
        }
    }

    /// The question of this name.
    #[must_use]
    pub fn question(&self, id: &str) -> Option<&CodedQuestion> {
        self.questions.iter().find(|q| q.id == id)
    }

    /// The questions that a selection names, in the guide's order; a question with boxes stands for its boxes.
    ///
    /// # Errors
    /// A theme or question that is not there.
    pub fn select(&self, selection: &Selection) -> Result<Vec<usize>> {
        let named = |name: &str, id: &str| id == name || id.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'));
        let mut missing: Vec<&str> = Vec::new();
        let theme_is_there = |theme: &str| {
            let position = self.themes.iter().position(|t| t.id == theme);
            position.is_some_and(|position| self.questions.iter().any(|q| q.theme == Some(position)))
        };
        missing.extend(selection.themes.iter().map(String::as_str).filter(|theme| !theme_is_there(theme)));
        let is_there = |name: &&str| self.questions.iter().any(|q| named(name, &q.id));
        missing.extend(selection.questions.iter().map(String::as_str).filter(|name| !is_there(name)));
        if !missing.is_empty() {
            return Err(Error::config(format!("the records have no {}", missing.join(", "))).help("a theme or a question of the guide"));
        }
        let chosen = |q: &CodedQuestion| {
            let theme = q.theme.and_then(|theme| self.themes.get(theme));
            let by_theme = theme.is_some_and(|theme| selection.themes.contains(&theme.id));
            let by_name = selection.questions.iter().any(|name| named(name, &q.id));
            (by_theme || by_name) && !selection.except.iter().any(|name| named(name, &q.id))
        };
        Ok((0..self.questions.len()).filter(|position| chosen(&self.questions[*position])).collect())
    }
}

impl CodedQuestion {
    /// How many units have each modality.
    #[must_use]
    pub fn counts(&self) -> Vec<u64> {
        let mut counts = vec![0; self.modalities.len()];
        for modality in self.states.iter().filter_map(|state| state.modality()) {
            counts[modality] += 1;
        }
        counts
    }

    /// The codes that an analysis takes: modalities, and `u16::MAX` for what is left out; not answered and not asked become
    /// modalities of their own where they are to be.
    #[must_use]
    pub fn active(&self, missing: Missing, not_asked: Missing) -> (Vec<u16>, Vec<Modality>) {
        let mut modalities = self.modalities.clone();
        let mut own = |wanted: Missing, code: &str, fr: &str, en: &str| {
            (wanted == Missing::Modality).then(|| {
                modalities.push(Modality::new(code, Localized { fr: fr.to_owned(), en: en.to_owned() }));
                u16::try_from(modalities.len() - 1).unwrap_or(u16::MAX)
            })
        };
        let silent = own(missing, "no_answer", "sans réponse", "no answer").unwrap_or(u16::MAX);
        let spared = own(not_asked, "not_asked", "question non posée", "not asked").unwrap_or(u16::MAX);
        let code = |state: &State| match *state {
            State::NOT_ASKED => spared,
            State::NO_ANSWER | State::REFUSED => silent,
            State(code) => code,
        };
        (self.states.iter().map(code).collect(), modalities)
    }
}
