//! Coordinates of persons by table look-ups: no person needs a row of an indicator matrix.

use rayon::prelude::*;

use super::{Modality, MultipleCorrespondence};
use crate::stats::answers::{MISSING, Question, respondents};
use crate::stats::matrix::Matrix;
use crate::stats::refusal::Refusal;

/// Persons placed at a time.
const BLOCK: usize = 1_024;

/// The most entries of a table that answers for several questions at once.
const ENTRIES: usize = 128;

/// Axes placed at a time.
const SLAB: usize = 8;

/// What each answer adds to a person: a slot a modality, and one a question for answers that are missing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LookUp {
    /// The number of modalities of each question, active or not.
    pub(super) modalities: Vec<u16>,
    /// The first slot of each question.
    pub(super) first: Vec<usize>,
    /// Slot × axis: G/(Q√λ) of active modalities, 0 of others.
    pub(super) scores: Matrix,
    /// What a person without any active answer has: −Σ f G/(Q√λ), an axis an entry.
    pub(super) base: Vec<f64>,
    /// By slot: 1/f − 2 of active modalities, 0 of others; and the sum of f.
    pub(super) distances: Vec<f64>,
    pub(super) frequencies: f64,
}

impl LookUp {
    /// The look-ups of `q` active questions with these modalities and eigenvalues.
    pub(super) fn of(questions: &[Question<'_>], modalities: &[Modality], values: &[f64], q: f64) -> Self {
        let mut first = vec![0];
        for question in questions {
            first.push(first[first.len() - 1] + usize::from(question.modalities) + 1);
        }
        let slots = first.pop().unwrap_or(0);
        let axes = modalities.first().map_or(0, |modality| modality.coordinates.len());
        let (mut scores, mut distances) = (Matrix::zeros(slots, axes), vec![0.0; slots]);
        let (mut base, mut frequencies) = (vec![0.0; axes], 0.0);
        for modality in modalities {
            let (question, frequency) = (modality.question, modality.mass * q);
            let code = if modality.code == MISSING { questions[question].modalities } else { modality.code };
            let slot = first[question] + usize::from(code);
            distances[slot] = 1.0 / frequency - 2.0;
            frequencies += frequency;
            for (axis, g) in modality.coordinates.iter().enumerate() {
                let score = g / (q * values[axis].sqrt());
                scores[(slot, axis)] = score;
                base[axis] -= frequency * score;
            }
        }
        Self { modalities: questions.iter().map(|question| question.modalities).collect(), first, scores, base, distances, frequencies }
    }
}

/// A person in the space of the axes. Personal data: never to be published.
#[derive(Debug, Clone, PartialEq)]
pub struct Individual {
    /// Coordinates on the axes kept.
    pub coordinates: Vec<f64>,
    /// Contributions to the axes, `w F² / (W λ)`, 0..=1: over all persons they sum to 1 on each axis.
    pub contributions: Vec<f64>,
    /// Squared cosines, `F² / d²`, 0..=1; 0 for a person at the center.
    pub cos2: Vec<f64>,
}

impl MultipleCorrespondence {
    /// The coordinates of persons: those of the analysis, or supplementary ones who were asked the same questions.
    ///
    /// `F = (Σ G over the active modalities chosen − Σ f G over all active modalities) / (Q √λ)`: persons × axes kept, with
    /// mean 0 and variance λ over the persons of the analysis. A modality that was passive or chosen by nobody then adds
    /// nothing. Cost: O(n questions axes), by tables that answer for several questions at once; threads change nothing.
    ///
    /// # Errors
    /// Other questions than those of the analysis: another number, other modalities, columns of unequal length.
    pub fn individuals(&self, questions: &[Question<'_>]) -> Result<Matrix, Refusal> {
        let n = self.same_questions(questions)?;
        let axes = self.kept;
        let mut coordinates = Matrix::zeros(n, axes);
        let groups = groups(&self.look_up);
        for start in (0..axes).step_by(SLAB) {
            let out = coordinates.as_mut_slice();
            match axes - start {
                1 => self.place::<1>(start, &groups, questions, out),
                2 => self.place::<2>(start, &groups, questions, out),
                3 => self.place::<3>(start, &groups, questions, out),
                4 => self.place::<4>(start, &groups, questions, out),
                5 => self.place::<5>(start, &groups, questions, out),
                6 => self.place::<6>(start, &groups, questions, out),
                7 => self.place::<7>(start, &groups, questions, out),
                _ => self.place::<SLAB>(start, &groups, questions, out),
            }
        }
        Ok(coordinates)
    }

    /// One person with her aids to interpretation; `weight` is hers in the analysis, 1 where there were none.
    ///
    /// # Errors
    /// Other questions than those of the analysis, or no such row.
    pub fn individual(&self, questions: &[Question<'_>], row: usize, weight: f64) -> Result<Individual, Refusal> {
        if row >= self.same_questions(questions)? {
            return Err(Refusal::new("there is no such row"));
        }
        let look_up = &self.look_up;
        let mut coordinates = look_up.base.clone();
        let mut distance = look_up.frequencies;
        for ((question, modalities), first) in questions.iter().zip(&look_up.modalities).zip(&look_up.first) {
            let slot = first + usize::from(question.codes[row].min(*modalities));
            coordinates.iter_mut().zip(look_up.scores.row(slot)).for_each(|(sum, score)| *sum += score);
            distance += look_up.distances[slot];
        }
        #[expect(clippy::cast_precision_loss, reason = "a number of questions")]
        let distance = distance / self.questions.len() as f64;
        let contributions =
            coordinates.iter().zip(&self.axes).map(|(f, axis)| weight * f * f / (self.total_weight * axis.eigenvalue)).collect();
        let cos2 = coordinates.iter().map(|f| super::share(f * f, distance)).collect();
        Ok(Individual { coordinates, contributions, cos2 })
    }

    fn same_questions(&self, questions: &[Question<'_>]) -> Result<usize, Refusal> {
        let modalities = &self.look_up.modalities;
        if questions.len() != modalities.len() || questions.iter().zip(modalities).any(|(q, m)| q.modalities != *m) {
            return Err(Refusal::new("these are not the questions of the analysis").remedy("give the same questions and modalities"));
        }
        respondents(questions)
    }

    /// Writes the coordinates on `AXES` axes from `start` on.
    fn place<const AXES: usize>(&self, start: usize, groups: &[Group], questions: &[Question<'_>], coordinates: &mut [f64]) {
        let part = |row: &[f64]| -> [f64; AXES] { std::array::from_fn(|axis| row[start + axis]) };
        let base = part(&self.look_up.base);
        let tables: Vec<Vec<[f64; AXES]>> = groups.iter().map(|group| group.table(&self.look_up, part)).collect();
        let width = self.kept;
        coordinates.par_chunks_mut(BLOCK * width).enumerate().for_each(|(block, coordinates)| {
            let first = block * BLOCK;
            let mut sums = [base; BLOCK];
            let sums = &mut sums[..coordinates.len() / width];
            let mut entries = [0u16; BLOCK];
            for (group, table) in groups.iter().zip(&tables) {
                group.entries(questions, first, &mut entries[..sums.len()]);
                for (sum, entry) in sums.iter_mut().zip(&entries) {
                    let add = &table[usize::from(*entry)];
                    for axis in 0..AXES {
                        sum[axis] += add[axis];
                    }
                }
            }
            for (row, sum) in coordinates.chunks_exact_mut(width).zip(sums) {
                row[start..start + AXES].copy_from_slice(sum);
            }
        });
    }
}

/// Questions that share a table: an entry for each combination of their answers.
struct Group {
    /// The question, its number of modalities, and how many entries apart two neighboring answers are.
    members: Vec<(usize, u16, u16)>,
    entries: usize,
}

/// Neighboring questions in groups whose tables have at most [`ENTRIES`] entries, or one question each.
fn groups(look_up: &LookUp) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (question, &modalities) in look_up.modalities.iter().enumerate() {
        let slots = usize::from(modalities) + 1;
        match groups.last_mut() {
            Some(group) if group.entries * slots <= ENTRIES => {
                group.members.push((question, modalities, u16::try_from(group.entries).unwrap_or(1)));
                group.entries *= slots;
            }
            _ => groups.push(Group { members: vec![(question, modalities, 1)], entries: slots }),
        }
    }
    groups
}

impl Group {
    fn table<const AXES: usize>(&self, look_up: &LookUp, part: impl Fn(&[f64]) -> [f64; AXES]) -> Vec<[f64; AXES]> {
        let mut table = vec![[0.0; AXES]; self.entries];
        for &(question, modalities, stride) in &self.members {
            for (entry, sum) in table.iter_mut().enumerate() {
                let answer = entry / usize::from(stride) % (usize::from(modalities) + 1);
                let scores = part(look_up.scores.row(look_up.first[question] + answer));
                sum.iter_mut().zip(scores).for_each(|(sum, score)| *sum += score);
            }
        }
        table
    }

    /// The entries of the persons from `first` on.
    fn entries(&self, questions: &[Question<'_>], first: usize, entries: &mut [u16]) {
        for (position, &(question, modalities, stride)) in self.members.iter().enumerate() {
            let codes = &questions[question].codes[first..first + entries.len()];
            for (entry, code) in entries.iter_mut().zip(codes) {
                let step = (*code).min(modalities).wrapping_mul(stride);
                *entry = if position == 0 { step } else { entry.wrapping_add(step) };
            }
        }
    }
}
