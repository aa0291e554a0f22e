//! Pairs of answers counted person by person: for weights, and for questions with many modalities.

use super::{Burt, mirror};
use crate::stats::answers::Question;
use crate::stats::matrix::Matrix;

/// Persons whose answers are turned into rows at a time.
const BLOCK: usize = 1_024;

/// Adds each person's weight to all pairs of levels that are hers, in the order of the rows.
pub(super) fn counts(questions: &[Question<'_>], weights: Option<&[f64]>, burt: &Burt) -> Matrix {
    let n = questions.first().map_or(0, |question| question.codes.len());
    let mut counts = Matrix::zeros(burt.levels(), burt.levels());
    let mut levels = vec![0u32; BLOCK * questions.len()];
    for start in (0..n).step_by(BLOCK) {
        let end = (start + BLOCK).min(n);
        for (q, question) in questions.iter().enumerate() {
            let first = u32::try_from(burt.offsets[q]).unwrap_or(u32::MAX);
            for (i, code) in question.codes[start..end].iter().enumerate() {
                // A missing answer is beyond all modalities: the level after them.
                levels[i * questions.len() + q] = first + u32::from((*code).min(question.modalities));
            }
        }
        for (i, levels) in levels.chunks_exact(questions.len()).take(end - start).enumerate() {
            let weight = weights.map_or(1.0, |weights| weights[start + i]);
            for (q, a) in levels.iter().enumerate() {
                let line = counts.row_mut(*a as usize);
                for b in &levels[q..] {
                    line[*b as usize] += weight;
                }
            }
        }
    }
    mirror(&mut counts);
    counts
}
