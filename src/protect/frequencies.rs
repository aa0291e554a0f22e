//! Tables of frequencies (bilans, cross tables, profiles of groups) as they may be shown.

use std::collections::BTreeSet;

use super::equations::{Cells, Equation, Worth, close, close_intervals};
use super::threshold::{Crowd, few, is_unsafe_crowd};
use crate::catalog::DisclosureRules;
use crate::error::Result;
use crate::interrupt;
use crate::measure::{BilanGrouping, BilanQuestion, Bilans, GroupCounts, Link};

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
    /// Asked, and not answered. Not protected, for it says nothing of a situation; `None` in a group whose size is hidden.
    pub no_answer: Option<u64>,
    /// Asked, and refused. The same.
    pub refused: Option<u64>,
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
    persons: bool,
    nested: Vec<(usize, usize, usize, Vec<usize>)>,
    links: Vec<Link>,
    cells: usize,
    hidden: usize,
}

impl ProtectedBilans {
    /// Whether what is counted are persons.
    #[must_use]
    pub fn persons(&self) -> bool {
        self.persons
    }

    /// Which groups are made of groups of another grouping: (grouping, group, other grouping, its groups).
    #[must_use]
    pub fn nested(&self) -> &[(usize, usize, usize, Vec<usize>)] {
        &self.nested
    }

    /// Which answers are those of the same persons.
    #[must_use]
    pub fn links(&self) -> &[Link] {
        &self.links
    }

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
    /// give them back through the totals of a group, of a modality, of groups that are parts of others, or of answers to other
    /// questions that the same persons must have given. A group made of an answer whose count is hidden has a hidden size, and
    /// nothing of it is shown.
    ///
    /// `mapped` names the answers (question, modality) whose count in the territory a map shows.
    ///
    /// # Errors
    /// A run that was interrupted.
    pub(super) fn of(bilans: &Bilans, mapped: &BTreeSet<(String, String)>, rules: &DisclosureRules) -> Result<Self> {
        let layout = Layout::of(bilans);
        let mut hidden = vec![false; layout.cells];
        let mut silent: Vec<Vec<bool>> = bilans.groupings.iter().map(|grouping| vec![false; grouping.groups.len()]).collect();
        if bilans.persons {
            let (persons, worth) = (layout.persons(bilans), layout.worth(bilans, mapped));
            let equations = layout.equations(bilans);
            hidden = layout.unsafe_cells(bilans, rules);
            loop {
                interrupt::check()?;
                let cells = Cells { persons: &persons, worth: &worth };
                close(&cells, &mut hidden, &equations, rules);
                close_intervals(&cells, &mut hidden, &equations, rules);
                if !layout.silence(bilans, &mut silent, &mut hidden) {
                    break;
                }
            }
        }
        let questions = bilans.questions.iter().enumerate().map(|(q, question)| layout.show(q, question, &hidden, &silent)).collect();
        let mut groupings = bilans.groupings.clone();
        for grouping in &mut groupings {
            grouping.sizes.clear();
        }
        let (persons, nested, links) = (bilans.persons, bilans.nested.clone(), bilans.links.clone());
        let (cells, hidden) = (hidden.len(), hidden.iter().filter(|hidden| **hidden).count());
        Ok(Self { groupings, questions, persons, nested, links, cells, hidden })
    }
}

/// Where the cells of all questions stand in one list: question by question, grouping by grouping, group by group, modalities
/// then "not asked".
struct Layout {
    starts: Vec<Vec<usize>>,
    states: Vec<usize>,
    cells: usize,
}

fn group_cells(group: &GroupCounts) -> impl Iterator<Item = crate::measure::Tally> {
    group.modalities.iter().copied().chain([group.not_asked])
}

fn all_groups(bilans: &Bilans) -> impl Iterator<Item = (&BilanQuestion, &GroupCounts)> {
    bilans.questions.iter().flat_map(|question| question.counts.iter().flatten().map(move |group| (question, group)))
}

#[expect(clippy::cast_precision_loss, reason = "counts of persons")]
fn float(persons: u64) -> f64 {
    persons as f64
}

impl Layout {
    fn of(bilans: &Bilans) -> Self {
        let mut layout = Self { starts: Vec::new(), states: Vec::new(), cells: 0 };
        for question in &bilans.questions {
            let states = question.modalities.len() + 1;
            let mut starts = Vec::new();
            for groups in &question.counts {
                starts.push(layout.cells);
                layout.cells += groups.len() * states;
            }
            layout.starts.push(starts);
            layout.states.push(states);
        }
        layout
    }

    fn cell(&self, question: usize, grouping: usize, group: usize, state: usize) -> usize {
        self.starts[question][grouping] + group * self.states[question] + state
    }

    fn persons(&self, bilans: &Bilans) -> Vec<f64> {
        let mut persons = Vec::with_capacity(self.cells);
        all_groups(bilans).for_each(|(_, group)| persons.extend(group_cells(group).map(|tally| float(tally.persons))));
        persons
    }

    /// What it is worth to show each cell. A total that a map shows comes with who answered, and so with who was not asked.
    fn worth(&self, bilans: &Bilans, mapped: &BTreeSet<(String, String)>) -> Vec<Worth> {
        let mut worth = Vec::with_capacity(self.cells);
        for question in &bilans.questions {
            let everyone: Vec<u64> = group_cells(&question.counts[0][0]).map(|tally| tally.persons).collect();
            let on_map = |code: &String| mapped.contains(&(question.id.clone(), code.clone()));
            let told: Vec<bool> = question.modalities.iter().map(|modality| on_map(&modality.code)).collect();
            let any = told.contains(&true);
            // Where all who answered are alike, that nobody gave another answer says so.
            let alike = everyone.iter().take(question.modalities.len()).filter(|persons| **persons > 0).count() < 2;
            let nobody_asked = everyone.iter().take(question.modalities.len()).all(|persons| *persons == 0);
            let no_secret = |state: usize| nobody_asked || (everyone[state] == 0 && (!alike || state == question.modalities.len()));
            for (grouping, groups) in question.counts.iter().enumerate() {
                for (at, group) in groups.iter().enumerate() {
                    let empty = group_cells(group).all(|tally| tally.persons == 0);
                    let outer = bilans.nested.iter().any(|(outer, group, ..)| (*outer, *group) == (grouping, at));
                    worth.extend((0..everyone.len()).map(|state| match state {
                        _ if empty || no_secret(state) => Worth::Nobody,
                        _ if grouping == 0 && told.get(state).copied().unwrap_or(any) => Worth::Elsewhere,
                        _ if grouping == 0 => Worth::Total,
                        _ if outer => Worth::Sum,
                        _ => Worth::Part,
                    }));
                }
            }
        }
        worth
    }

    /// A share is one of those who answered, so they are the group that must not be too small or all alike; "not asked" is a
    /// part of everybody in the group, and that all of them were not asked is no answer. What nobody at all answered is no secret.
    fn unsafe_cells(&self, bilans: &Bilans, rules: &DisclosureRules) -> Vec<bool> {
        let mut hidden = Vec::with_capacity(self.cells);
        for (question, group) in all_groups(bilans) {
            let everyone = &question.counts[0][0];
            let answered: u64 = group.modalities.iter().map(|tally| tally.persons).sum();
            for (tally, whole) in group.modalities.iter().zip(&everyone.modalities) {
                let others = Some(float(answered - tally.persons));
                let crowd = Crowd { persons: float(tally.persons), group: Some(float(answered)), others };
                // With one answer to choose, all there is to know is who was asked.
                let who_was_asked = group.not_asked.persons > 0 && few(crowd.persons, rules);
                let own = if question.modalities.len() > 1 { is_unsafe_crowd(crowd, rules) } else { who_was_asked };
                hidden.push(whole.persons > 0 && answered > 0 && own);
            }
            let spared = float(group.not_asked.persons);
            let asked = everyone.modalities.iter().any(|tally| tally.persons > 0);
            hidden.push(asked && (few(spared, rules) || (spared > 0.0 && few(float(answered), rules))));
        }
        hidden
    }

    fn equations(&self, bilans: &Bilans) -> Vec<Equation> {
        let mut equations = Vec::new();
        for (q, question) in bilans.questions.iter().enumerate() {
            for (grouping, groups) in question.counts.iter().enumerate() {
                // A group's size and its non-response are known, hence the sum of all other states.
                for group in 0..groups.len() {
                    equations.push(Equation { sum: None, parts: (0..self.states[q]).map(|s| self.cell(q, grouping, group, s)).collect() });
                }
                if grouping > 0 && !groups.is_empty() {
                    for state in 0..self.states[q] {
                        let parts = (0..groups.len()).map(|group| self.cell(q, grouping, group, state)).collect();
                        equations.push(Equation { sum: Some(self.cell(q, 0, 0, state)), parts });
                    }
                }
            }
            let there = |grouping: usize| !question.counts[grouping].is_empty();
            for (outer, group, inner, parts) in bilans.nested.iter().filter(|(outer, _, inner, _)| there(*outer) && there(*inner)) {
                for state in 0..self.states[q] {
                    let parts = parts.iter().map(|part| self.cell(q, *inner, *part, state)).collect();
                    equations.push(Equation { sum: Some(self.cell(q, *outer, *group, state)), parts });
                }
            }
        }
        // The same persons under another question, in each group that both questions have.
        for link in &bilans.links {
            let [sum, part] = [link.question, link.other].map(|q| &bilans.questions[q].counts);
            for (grouping, (a, b)) in sum.iter().zip(part).enumerate() {
                for group in 0..a.len().min(b.len()) {
                    let parts = link.states.iter().map(|state| self.cell(link.other, grouping, group, *state)).collect();
                    equations.push(Equation { sum: Some(self.cell(link.question, grouping, group, link.state)), parts });
                }
            }
        }
        equations
    }

    /// Hides all of the groups that are made of a hidden answer; whether there was any.
    fn silence(&self, bilans: &Bilans, silent: &mut [Vec<bool>], hidden: &mut [bool]) -> bool {
        let mut moved = false;
        for (g, grouping) in bilans.groupings.iter().enumerate().skip(1) {
            let Some(q) = bilans.questions.iter().position(|question| question.id == grouping.id) else { continue };
            for (group, silent) in silent[g].iter_mut().enumerate() {
                // The group after the modalities is that of persons without an answer: it is as large as "not asked" makes it.
                let state = group.min(self.states[q] - 1);
                if *silent || !hidden[self.cell(q, 0, 0, state)] {
                    continue;
                }
                *silent = true;
                moved = true;
                for (other, question) in bilans.questions.iter().enumerate().filter(|(_, question)| !question.counts[g].is_empty()) {
                    let cells = (0..self.states[other]).map(|state| self.cell(other, g, group, state));
                    let nobody = group_cells(&question.counts[0][0]).map(|tally| tally.persons == 0);
                    cells.zip(nobody).filter(|(_, nobody)| !nobody).for_each(|(cell, _)| hidden[cell] = true);
                }
            }
        }
        moved
    }

    fn show(&self, q: usize, question: &BilanQuestion, hidden: &[bool], silent: &[Vec<bool>]) -> ShownQuestion {
        let mut counts = Vec::new();
        for (grouping, groups) in question.counts.iter().enumerate() {
            let mut shown_groups = Vec::new();
            for (g, group) in groups.iter().enumerate() {
                let mut shown: Vec<ShownCount> = group_cells(group)
                    .enumerate()
                    .map(|(state, tally)| {
                        if silent[grouping][g] || hidden[self.cell(q, grouping, g, state)] {
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
                    no_answer: (!silent[grouping][g]).then_some(group.no_answer.persons),
                    refused: (!silent[grouping][g]).then_some(group.refused.persons),
                    answered: known.then(|| group.modalities.iter().map(|tally| tally.persons).sum()),
                    answered_weight: known.then(|| group.modalities.iter().map(|tally| tally.weight).sum()),
                });
            }
            counts.push(shown_groups);
        }
        ShownQuestion { question: BilanQuestion { counts: Vec::new(), ..question.clone() }, counts }
    }
}
