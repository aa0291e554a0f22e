//! Classes by modalities: shares, test-values, and the χ² of each question.

use rayon::prelude::*;

use super::Threshold;
use crate::stats::answers::{MISSING, Missing, Question};
use crate::stats::partition::Partition;
use crate::stats::test_value::{TestValue, hypergeometric, ln_chi_square_tail};

/// A modality that a class has more of than everybody, or less.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ModalityMark {
    /// The place of the question among those given.
    pub question: usize,
    /// The code of the modality; [`MISSING`] for missing answers that are one.
    pub code: u16,
    /// The weight of those of the class who chose it.
    pub count: f64,
    /// Cla/Mod, 0..=1: of those who chose it, the share in the class.
    pub of_modality: f64,
    /// Mod/Cla, 0..=1: of the class, the share that chose it.
    pub of_class: f64,
    /// Global, 0..=1: of all who answered, the share that chose it.
    pub overall: f64,
    /// Positive where the class has more of it.
    pub test: TestValue,
}

/// How far a question goes with the classes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuestionLink {
    /// The place of the question among those given.
    pub question: usize,
    /// χ² of classes by modalities, without correction.
    pub statistic: f64,
    /// Degrees of freedom; classes and modalities that nobody is in count for nothing.
    pub freedom: f64,
    /// `ln p`; finite where p is too small for a double.
    pub ln_p: f64,
}

impl QuestionLink {
    /// The p-value, 0..=1.
    #[must_use]
    pub fn p(&self) -> f64 {
        self.ln_p.exp()
    }
}

/// What all questions are crossed with.
pub(super) struct Crossing<'a> {
    pub(super) partition: &'a Partition,
    pub(super) weights: Option<&'a [f64]>,
    pub(super) scale: f64,
    pub(super) threshold: &'a Threshold,
}

/// Weights by class and modality, and their margins.
struct Table {
    cells: Vec<f64>,
    of_class: Vec<f64>,
    of_modality: Vec<f64>,
    all: f64,
}

impl Crossing<'_> {
    /// The marks of each class, and the questions that go with the classes.
    pub(super) fn describe(&self, questions: &[Question<'_>]) -> (Vec<Vec<ModalityMark>>, Vec<QuestionLink>) {
        let tables: Vec<Table> = questions.par_iter().map(|question| self.table(question)).collect();
        let mut marks = vec![Vec::new(); self.partition.classes()];
        let mut links = Vec::new();
        for (number, (question, table)) in questions.iter().zip(&tables).enumerate() {
            links.extend(self.link(number, table));
            for (class, marks) in marks.iter_mut().enumerate() {
                marks.extend((0..table.of_modality.len()).filter_map(|at| self.mark(number, question, table, class, at)));
            }
        }
        for marks in &mut marks {
            marks.sort_by(|a, b| b.test.value.total_cmp(&a.test.value));
        }
        links.sort_by(|a, b| a.ln_p.total_cmp(&b.ln_p));
        (marks, links)
    }

    fn table(&self, question: &Question<'_>) -> Table {
        let (classes, modalities) = (self.partition.classes(), usize::from(question.modalities) + 1);
        let mut cells = vec![0.0; classes * modalities];
        for (row, (class, code)) in self.partition.class_of().iter().zip(question.codes).enumerate() {
            let at = if *code == MISSING { modalities - 1 } else { usize::from(*code) };
            cells[*class as usize * modalities + at] += self.weights.map_or(1.0, |w| w[row]);
        }
        if question.missing == Missing::Passive {
            cells.iter_mut().skip(modalities - 1).step_by(modalities).for_each(|cell| *cell = 0.0);
        }
        let of_class: Vec<f64> = cells.chunks_exact(modalities).map(|row| row.iter().sum()).collect();
        let of_modality = (0..modalities).map(|at| cells.iter().skip(at).step_by(modalities).sum()).collect();
        Table { cells, all: of_class.iter().sum(), of_class, of_modality }
    }

    fn mark(&self, number: usize, question: &Question<'_>, table: &Table, class: usize, at: usize) -> Option<ModalityMark> {
        let count = table.cells[class * table.of_modality.len() + at];
        let (in_class, chose, all) = (table.of_class[class], table.of_modality[at], table.all);
        if !(in_class > 0.0 && chose > 0.0) {
            return None;
        }
        let test = self.test([count, in_class, chose, all])?;
        self.threshold.keeps(&test).then(|| ModalityMark {
            question: number,
            code: if at == usize::from(question.modalities) { MISSING } else { u16::try_from(at).unwrap_or(MISSING) },
            count,
            of_modality: count / chose,
            of_class: count / in_class,
            overall: chose / all,
            test,
        })
    }

    /// The test-value on effective counts, whole and free of contradictions.
    fn test(&self, counts: [f64; 4]) -> Option<TestValue> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of persons, rounded")]
        let [count, in_class, chose, all] = counts.map(|count| (count * self.scale).round() as u64);
        let (in_class, chose) = (in_class.min(all), chose.min(all));
        // What everybody is or chose marks nobody.
        if in_class == all || chose == all {
            return None;
        }
        let count = count.min(in_class).min(chose).max((in_class + chose).saturating_sub(all));
        hypergeometric(count, in_class, chose, all, self.threshold.tails)
    }

    fn link(&self, question: usize, table: &Table) -> Option<QuestionLink> {
        let used = |margin: &[f64]| margin.iter().filter(|sum| **sum > 0.0).map(|_| 1.0).sum::<f64>() - 1.0;
        let (classes, modalities) = (used(&table.of_class), used(&table.of_modality));
        if classes <= 0.0 || modalities <= 0.0 {
            return None;
        }
        let freedom = classes * modalities;
        let mut statistic = 0.0;
        for (row, of_class) in table.cells.chunks_exact(table.of_modality.len()).zip(&table.of_class) {
            for (count, of_modality) in row.iter().zip(&table.of_modality) {
                let expected = of_class * of_modality / table.all;
                if expected > 0.0 {
                    statistic += (count - expected) * (count - expected) / expected * self.scale;
                }
            }
        }
        let ln_p = ln_chi_square_tail(statistic, freedom);
        (ln_p <= self.threshold.p.ln()).then_some(QuestionLink { question, statistic, freedom, ln_p })
    }
}
