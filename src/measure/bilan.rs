//! Pragma's bilan: for each question and each group of persons, how many gave each answer, non-response apart.

use super::coding::{CodedGrouping, CodedQuestion, Coding};
use super::linked::{self, Link};
use crate::records::Modality;
use crate::texts::Localized;

/// The persons of one group who have one state, counted and weighted.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tally {
    /// Persons.
    pub persons: u64,
    /// The sum of their weights.
    pub weight: f64,
}

impl Tally {
    fn add(&mut self, weight: f64) {
        self.persons += 1;
        self.weight += weight;
    }
}

/// The counts of one question in one group.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupCounts {
    /// One tally a modality.
    pub modalities: Vec<Tally>,
    /// The question was not put to them.
    pub not_asked: Tally,
    /// Asked, and not answered.
    pub no_answer: Tally,
    /// Asked, and refused.
    pub refused: Tally,
}

/// One question.
#[derive(Debug, Clone, PartialEq)]
pub struct BilanQuestion {
    /// Its name.
    pub id: String,
    /// What readers see.
    pub label: Localized,
    /// What readers see of its theme.
    pub theme: Localized,
    /// Its modalities.
    pub modalities: Vec<Modality>,
    /// For each grouping, its groups; none for a grouping that is made of this very question.
    pub counts: Vec<Vec<GroupCounts>>,
}

/// A way to group persons; its groups cover all of them once.
#[derive(Debug, Clone, PartialEq)]
pub struct BilanGrouping {
    /// Its name: `all`, `partner`, `service`, `public`, `campaign`, an analysis, or a question.
    pub id: String,
    /// What readers see; the catalog's words where absent.
    pub label: Option<Localized>,
    /// Its groups; the last is `not_stated` where some person has none.
    pub groups: Vec<Modality>,
    /// Persons in each; none where they may be shown, since some may not.
    pub sizes: Vec<u64>,
}

/// All bilans of a run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bilans {
    /// The groupings; the first is everyone.
    pub groupings: Vec<BilanGrouping>,
    /// The questions.
    pub questions: Vec<BilanQuestion>,
    /// Which groups are made of groups of another grouping: (grouping, group, other grouping, its groups).
    pub nested: Vec<(usize, usize, usize, Vec<usize>)>,
    /// Which answers are those of the same persons: a reader can add up one from the others.
    pub links: Vec<Link>,
    /// Whether what is counted are persons: only they are protected, a directory of services is public.
    pub persons: bool,
}

impl Bilans {
    /// Counts all questions of a coding in all its groupings and these further ones.
    ///
    /// Cost: O(units × questions × groupings).
    #[must_use]
    pub fn count(coding: &Coding, further: &[CodedGrouping], persons: bool) -> Self {
        let everyone = CodedGrouping {
            id: "all".to_owned(),
            label: None,
            groups: vec![Modality::new("all", Localized { fr: "ensemble".to_owned(), en: "all".to_owned() })],
            of: vec![Some(0); coding.units.len()],
        };
        let groupings: Vec<Whole> = std::iter::once(&everyone).chain(&coding.groupings).chain(further).map(Whole::of).collect();
        let questions = coding.questions.iter().map(|question| count(question, coding, &groupings)).collect();
        let nested = nested(&groupings);
        let named = groupings.into_iter().map(|whole| whole.named).collect();
        let links = if persons { linked::links(&coding.questions) } else { Vec::new() };
        Self { groupings: named, questions, nested, links, persons }
    }
}

/// A grouping in which every unit has a group.
struct Whole {
    named: BilanGrouping,
    of: Vec<usize>,
}

impl Whole {
    fn of(grouping: &CodedGrouping) -> Self {
        let mut groups = grouping.groups.clone();
        let none = groups.len();
        let of: Vec<usize> = grouping.of.iter().map(|group| group.map_or(none, usize::from)).collect();
        if of.contains(&none) {
            let label = Localized { fr: "non précisé".to_owned(), en: "not stated".to_owned() };
            groups.push(Modality::new("not_stated", label));
        }
        let mut sizes = vec![0; groups.len()];
        for group in &of {
            sizes[*group] += 1;
        }
        Self { named: BilanGrouping { id: grouping.id.clone(), label: grouping.label.clone(), groups, sizes }, of }
    }
}

fn count(question: &CodedQuestion, coding: &Coding, groupings: &[Whole]) -> BilanQuestion {
    use super::coding::State;
    let empty = GroupCounts {
        modalities: vec![Tally::default(); question.modalities.len()],
        not_asked: Tally::default(),
        no_answer: Tally::default(),
        refused: Tally::default(),
    };
    let groups = |whole: &Whole| if whole.named.id == question.id { 0 } else { whole.named.groups.len() };
    let mut counts: Vec<Vec<GroupCounts>> = groupings.iter().map(|whole| vec![empty.clone(); groups(whole)]).collect();
    for (unit, state) in question.states.iter().enumerate() {
        for (groups, whole) in counts.iter_mut().zip(groupings) {
            let Some(group) = groups.get_mut(whole.of[unit]) else { continue };
            let tally = match *state {
                State::NOT_ASKED => &mut group.not_asked,
                State::NO_ANSWER => &mut group.no_answer,
                State::REFUSED => &mut group.refused,
                State(code) => &mut group.modalities[usize::from(code)],
            };
            tally.add(coding.weights[unit]);
        }
    }
    let theme = question.theme.and_then(|theme| coding.themes.get(theme)).map(|theme| theme.label.clone()).unwrap_or_default();
    BilanQuestion { id: question.id.clone(), label: question.label.clone(), theme, modalities: question.modalities.clone(), counts }
}

/// Groups that are exactly a union of groups of another grouping: their counts add up.
fn nested(groupings: &[Whole]) -> Vec<(usize, usize, usize, Vec<usize>)> {
    let mut found = Vec::new();
    for (a, outer) in groupings.iter().enumerate().skip(1) {
        for (b, inner) in groupings.iter().enumerate().skip(1) {
            if a == b {
                continue;
            }
            // For each inner group, the one outer group that holds all of it, if there is one.
            let mut holder: Vec<Option<Option<usize>>> = vec![None; inner.named.groups.len()];
            for (out, within) in outer.of.iter().zip(&inner.of) {
                holder[*within] = match holder[*within] {
                    None => Some(Some(*out)),
                    Some(Some(held)) if held == *out => Some(Some(held)),
                    Some(_) => Some(None),
                };
            }
            for group in 0..outer.named.groups.len() {
                let parts: Vec<usize> = (0..holder.len()).filter(|part| holder[*part] == Some(Some(group))).collect();
                let covered: u64 = parts.iter().map(|part| inner.named.sizes[*part]).sum();
                if !parts.is_empty() && covered == outer.named.sizes[group] {
                    found.push((a, group, b, parts));
                }
            }
        }
    }
    found
}
