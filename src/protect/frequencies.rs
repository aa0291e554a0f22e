//! Tables of frequencies (bilans, cross tables, profiles of groups) as they may be shown.

use super::equations::{Equation, close};
use super::threshold::{Crowd, is_unsafe_crowd};
use crate::catalog::DisclosureRules;
use crate::error::Result;
use crate::interrupt;
use crate::measure::{BilanGrouping, BilanQuestion, Bilans, GroupCounts};

/// What a reader may see of a count of a table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ShownCount {
    /// Shown.
    Published {
        /// Persons.
        persons: u64,
        /// The sum of their weights.
        weight: f64,
    },
    /// Hidden.
    Suppressed,
}

impl ShownCount {
    /// The persons, where they are shown.
    #[must_use]
    pub fn persons(self) -> Option<u64> {
        match self {
            Self::Published { persons, .. } => Some(persons),
            Self::Suppressed => None,
        }
    }
}

/// The counts of one question in one group.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownGroup {
    /// One count a modality.
    pub modalities: Vec<ShownCount>,
    /// The question was not put to them; protected like a modality, for it tells the answer to another question.
    pub not_asked: ShownCount,
    /// Asked, and not answered. Not protected: it says nothing of a situation.
    pub no_answer: u64,
    /// Asked, and refused. Not protected.
    pub refused: u64,
    /// Persons who answered; `None` where "not asked" is hidden, which it would give away.
    pub answered: Option<u64>,
    /// The weights of those who answered.
    pub answered_weight: Option<f64>,
}

/// One question in all groupings.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownQuestion {
    /// The question with its words; its counts are taken out.
    pub question: BilanQuestion,
    /// For each grouping, its groups.
    pub counts: Vec<Vec<ShownGroup>>,
}

/// Bilans that may be shown: made by [`protect`](super::protect) alone.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProtectedBilans {
    groupings: Vec<BilanGrouping>,
    questions: Vec<ShownQuestion>,
    cells: usize,
    hidden: usize,
}

impl ProtectedBilans {
    /// The groupings; the first is everyone.
    #[must_use]
    pub fn groupings(&self) -> &[BilanGrouping] {
        &self.groupings
    }

    /// The questions.
    #[must_use]
    pub fn questions(&self) -> &[ShownQuestion] {
        &self.questions
    }

    /// Cells, and how many of them are hidden.
    #[must_use]
    pub fn hidden(&self) -> (usize, usize) {
        (self.cells, self.hidden)
    }

    /// Hides what must be hidden: counts of few persons or of all but few, answers that a whole group shares, and what would
    /// give them back through the totals of a group, of a modality, or of groups that are parts of others.
    ///
    /// # Errors
    /// A run that was interrupted.
    pub(super) fn of(bilans: &Bilans, rules: &DisclosureRules) -> Result<Self> {
        let mut questions = Vec::with_capacity(bilans.questions.len());
        let (mut cells, mut hidden_cells) = (0, 0);
        for question in &bilans.questions {
            interrupt::check()?;
            let layout = Layout::of(question);
            let mut hidden = vec![false; layout.cells];
            if bilans.persons {
                hidden = layout.unsafe_cells(question, rules);
                close(&layout.persons(question), &mut hidden, &layout.equations(question, &bilans.nested), rules);
            }
            cells += hidden.len();
            hidden_cells += hidden.iter().filter(|hidden| **hidden).count();
            questions.push(layout.show(question, &hidden));
        }
        Ok(Self { groupings: bilans.groupings.clone(), questions, cells, hidden: hidden_cells })
    }
}

/// Where the cells of a question stand in one list: grouping by grouping, group by group, modalities then "not asked".
struct Layout {
    starts: Vec<usize>,
    states: usize,
    cells: usize,
}

fn group_cells(group: &GroupCounts) -> impl Iterator<Item = crate::measure::Tally> {
    group.modalities.iter().copied().chain([group.not_asked])
}

#[expect(clippy::cast_precision_loss, reason = "counts of persons")]
fn float(persons: u64) -> f64 {
    persons as f64
}

impl Layout {
    fn of(question: &BilanQuestion) -> Self {
        let states = question.modalities.len() + 1;
        let mut starts = Vec::new();
        let mut cells = 0;
        for groups in &question.counts {
            starts.push(cells);
            cells += groups.len() * states;
        }
        Self { starts, states, cells }
    }

    fn cell(&self, grouping: usize, group: usize, state: usize) -> usize {
        self.starts[grouping] + group * self.states + state
    }

    fn persons(&self, question: &BilanQuestion) -> Vec<f64> {
        let mut persons = Vec::with_capacity(self.cells);
        question.counts.iter().flatten().for_each(|group| persons.extend(group_cells(group).map(|tally| float(tally.persons))));
        persons
    }

    fn unsafe_cells(&self, question: &BilanQuestion, rules: &DisclosureRules) -> Vec<bool> {
        let mut hidden = Vec::with_capacity(self.cells);
        for group in question.counts.iter().flatten() {
            let all: u64 = group_cells(group).map(|tally| tally.persons).sum();
            for tally in group_cells(group) {
                let crowd = Crowd { persons: float(tally.persons), group: Some(float(all)), others: Some(float(all - tally.persons)) };
                hidden.push(all > 0 && is_unsafe_crowd(crowd, rules));
            }
        }
        hidden
    }

    fn equations(&self, question: &BilanQuestion, nested: &[(usize, usize, usize, Vec<usize>)]) -> Vec<Equation> {
        let mut equations = Vec::new();
        for (grouping, groups) in question.counts.iter().enumerate() {
            // A group's size and its non-response are known, hence the sum of all other states.
            for group in 0..groups.len() {
                equations.push(Equation { sum: None, parts: (0..self.states).map(|s| self.cell(grouping, group, s)).collect() });
            }
            if grouping > 0 && !groups.is_empty() {
                for state in 0..self.states {
                    let parts = (0..groups.len()).map(|group| self.cell(grouping, group, state)).collect();
                    equations.push(Equation { sum: Some(self.cell(0, 0, state)), parts });
                }
            }
        }
        let there = |grouping: usize| !question.counts[grouping].is_empty();
        for (outer, group, inner, parts) in nested.iter().filter(|(outer, _, inner, _)| there(*outer) && there(*inner)) {
            for state in 0..self.states {
                let parts = parts.iter().map(|part| self.cell(*inner, *part, state)).collect();
                equations.push(Equation { sum: Some(self.cell(*outer, *group, state)), parts });
            }
        }
        equations
    }

    fn show(&self, question: &BilanQuestion, hidden: &[bool]) -> ShownQuestion {
        let mut counts = Vec::new();
        for (grouping, groups) in question.counts.iter().enumerate() {
            let mut shown_groups = Vec::new();
            for (g, group) in groups.iter().enumerate() {
                let mut shown: Vec<ShownCount> = group_cells(group)
                    .enumerate()
                    .map(|(state, tally)| {
                        if hidden[self.cell(grouping, g, state)] {
                            ShownCount::Suppressed
                        } else {
                            ShownCount::Published { persons: tally.persons, weight: tally.weight }
                        }
                    })
                    .collect();
                let not_asked = shown.pop().unwrap_or(ShownCount::Suppressed);
                let known = not_asked.persons().is_some();
                shown_groups.push(ShownGroup {
                    modalities: shown,
                    not_asked,
                    no_answer: group.no_answer.persons,
                    refused: group.refused.persons,
                    answered: known.then(|| group.modalities.iter().map(|tally| tally.persons).sum()),
                    answered_weight: known.then(|| group.modalities.iter().map(|tally| tally.weight).sum()),
                });
            }
            counts.push(shown_groups);
        }
        ShownQuestion { question: BilanQuestion { counts: Vec::new(), ..question.clone() }, counts }
    }
}
