//! What marks a group: each modality's share in it against all, with its test-value.

use super::analysis::{AnalysisGroup, Described, Mark, NumberMark};
use crate::measure::coding::Coding;
use crate::stats::matrix::Matrix;
use crate::stats::test_value::{Tails, hypergeometric};

/// Marks are kept under this p-value.
const SIGNIFICANCE: f64 = 0.05;

/// Describes groups of units by all questions and numbers of a coding. `group_of` gives the group of each unit, if it has one.
///
/// A question counts those who answered it; test-values are those of persons, whatever their weights.
pub(super) fn describe(coding: &Coding, group_of: &[Option<usize>], active: &[String], groups: &mut [AnalysisGroup]) -> Vec<Described> {
    let mut described = Vec::new();
    for question in &coding.questions {
        let modalities = question.modalities.len();
        let mut counts = vec![vec![0u64; modalities]; groups.len()];
        for (state, group) in question.states.iter().zip(group_of) {
            if let (Some(modality), Some(group)) = (state.modality(), group) {
                counts[*group][modality] += 1;
            }
        }
        let answered: Vec<u64> = counts.iter().map(|group| group.iter().sum()).collect();
        let all: u64 = answered.iter().sum();
        let position = described.len();
        for (g, group) in groups.iter_mut().enumerate() {
            for modality in 0..modalities {
                let of_all: u64 = counts.iter().map(|group| group[modality]).sum();
                let together = counts[g][modality];
                let Some(test) = hypergeometric(together, answered[g], of_all, all, Tails::MidP) else { continue };
                if of_all == 0 || answered[g] == 0 || test.p() >= SIGNIFICANCE {
                    continue;
                }
                group.marks.push(Mark {
                    question: position,
                    modality,
                    units: together,
                    of_modality: share(together, of_all),
                    of_group: share(together, answered[g]),
                    of_all: share(of_all, all),
                    p_value: test.p(),
                    test_value: test.value,
                });
            }
        }
        described.push(Described {
            id: question.id.clone(),
            label: question.label.clone(),
            modalities: question.modalities.clone(),
            active: active.contains(&question.id),
            p_value: independence(&counts, modalities),
        });
    }
    for number in &coding.numbers {
        for mark in numbers(number, group_of, groups.len()) {
            let (group, mark) = mark;
            groups[group].numbers.push(mark);
        }
    }
    for group in groups {
        group.marks.sort_by(|a, b| {
            b.test_value.abs().total_cmp(&a.test_value.abs()).then(a.question.cmp(&b.question)).then(a.modality.cmp(&b.modality))
        });
        group.numbers.sort_by(|a, b| b.test_value.abs().total_cmp(&a.test_value.abs()).then(a.id.cmp(&b.id)));
    }
    described
}

#[expect(clippy::cast_precision_loss, reason = "counts of persons")]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// The p-value of the χ² of question × group; `None` where there is no table.
fn independence(counts: &[Vec<u64>], modalities: usize) -> Option<f64> {
    let mut table = Matrix::zeros(counts.len(), modalities);
    for (g, group) in counts.iter().enumerate() {
        for (m, n) in group.iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "counts of persons")]
            let n = *n as f64;
            table[(g, m)] = n;
        }
    }
    crate::stats::contingency::Contingency::new(&table).ok().map(|table| table.chi_square().p)
}

/// `v = (x̄_g − x̄) / √(s²/n_g · (N − n_g)/(N − 1))`, s² with divisor N, among those who have the number.
fn numbers(number: &crate::measure::coding::CodedNumber, group_of: &[Option<usize>], groups: usize) -> Vec<(usize, NumberMark)> {
    let values: Vec<(f64, usize)> = number.values.iter().zip(group_of).filter_map(|(value, group)| Some(((*value)?, (*group)?))).collect();
    if values.len() < 2 {
        return Vec::new();
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of persons")]
    let float = |n: usize| n as f64;
    let n = float(values.len());
    let mean = values.iter().map(|(x, _)| x).sum::<f64>() / n;
    let variance = values.iter().map(|(x, _)| (x - mean).powi(2)).sum::<f64>() / n;
    let mut marks = Vec::new();
    for group in 0..groups {
        let inside: Vec<f64> = values.iter().filter(|(_, g)| *g == group).map(|(x, _)| *x).collect();
        let size = float(inside.len());
        if inside.is_empty() || inside.len() == values.len() || variance <= 0.0 {
            continue;
        }
        let center = inside.iter().sum::<f64>() / size;
        let deviation = (inside.iter().map(|x| (x - center).powi(2)).sum::<f64>() / size).sqrt();
        let value = (center - mean) / (variance / size * (n - size) / (n - 1.0)).sqrt();
        let test = crate::stats::test_value::TestValue::of_normal(value);
        if test.p() < SIGNIFICANCE {
            marks.push((
                group,
                NumberMark {
                    id: number.id.clone(),
                    label: number.label.clone(),
                    units: inside.len() as u64,
                    mean: center,
                    mean_of_all: mean,
                    deviation,
                    test_value: value,
                    p_value: test.p(),
                },
            ));
        }
    }
    marks
}
