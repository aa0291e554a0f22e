//! The eigenproblem of a multiple correspondence analysis: from Burt's table, in as few dimensions as it has.

use crate::stats::burt::Burt;
use crate::stats::eigen::{Spectrum, spectrum};
use crate::stats::matrix::Matrix;
use crate::stats::refusal::Refusal;

/// An active level: its place in Burt's table, its question, its relative frequency.
#[derive(Debug, Clone, Copy)]
pub(super) struct Active {
    pub(super) level: usize,
    pub(super) question: usize,
    pub(super) frequency: f64,
}

/// What the eigenproblem gives: eigenvectors have an entry an active level.
pub(super) struct Space {
    pub(super) spectrum: Spectrum,
    /// The sum of squares outside the blocks of single questions.
    pub(super) between_questions: f64,
}

/// Decomposes `S'S = (B/W − f f') / (Q √(f f'))` over the active levels, where `Q` questions have active levels.
pub(super) fn space(burt: &Burt, active: &[Active], questions: f64, axes: usize) -> Result<Space, Refusal> {
    let n = active.len();
    let mut matrix = Matrix::zeros(n, n);
    let mut between_questions = 0.0;
    for (i, a) in active.iter().enumerate() {
        let line = burt.counts.row(a.level);
        for (entry, b) in matrix.row_mut(i).iter_mut().zip(active) {
            *entry = (line[b.level] / burt.total - a.frequency * b.frequency) / (questions * (a.frequency * b.frequency).sqrt());
            between_questions += if a.question == b.question { 0.0 } else { *entry * *entry };
        }
    }
    let reflections = reflections(active);
    for reflection in &reflections {
        reflection.rows(&mut matrix);
    }
    for i in 0..n {
        for reflection in &reflections {
            reflection.apply(matrix.row_mut(i));
        }
    }
    let mut left = vec![true; n];
    for reflection in &reflections {
        left[reflection.pivot] = false;
    }
    let left: Vec<usize> = (0..n).filter(|i| left[*i]).collect();
    let smaller = left.iter().flat_map(|i| left.iter().map(|j| matrix[(*i, *j)])).collect();
    drop(matrix);
    let mut spectrum = spectrum(&Matrix::from_rows(left.len(), smaller), axes)?;
    for vector in &mut spectrum.vectors {
        let mut whole = vec![0.0; n];
        for (i, entry) in left.iter().zip(&*vector) {
            whole[*i] = *entry;
        }
        for reflection in &reflections {
            reflection.apply(&mut whole);
        }
        *vector = whole;
    }
    Ok(Space { spectrum, between_questions })
}

/// A Householder reflection of the levels of one question: it takes √f, on which a question that everybody answered has no
/// spread, to a coordinate of its own, and that coordinate needs no eigenvalue: J dimensions become J − Q.
struct Reflection {
    first: usize,
    pivot: usize,
    normal: Vec<f64>,
    factor: f64,
}

impl Reflection {
    /// Reflects a vector with an entry a level.
    fn apply(&self, vector: &mut [f64]) {
        let part = &mut vector[self.first..self.first + self.normal.len()];
        let along = self.factor * part.iter().zip(&self.normal).map(|(x, w)| x * w).sum::<f64>();
        part.iter_mut().zip(&self.normal).for_each(|(x, w)| *x -= along * w);
    }

    /// Reflects each column.
    fn rows(&self, matrix: &mut Matrix) {
        let mut along = vec![0.0; matrix.columns()];
        for (i, w) in self.normal.iter().enumerate() {
            along.iter_mut().zip(matrix.row(self.first + i)).for_each(|(sum, x)| *sum += self.factor * w * x);
        }
        for (i, w) in self.normal.iter().enumerate() {
            matrix.row_mut(self.first + i).iter_mut().zip(&along).for_each(|(x, sum)| *x -= w * sum);
        }
    }
}

/// A reflection for each question whose active levels are all answers there are.
fn reflections(active: &[Active]) -> Vec<Reflection> {
    let mut reflections = Vec::new();
    let mut first = 0;
    for levels in active.chunk_by(|a, b| a.question == b.question) {
        let whole: f64 = levels.iter().map(|level| level.frequency).sum();
        if (whole - 1.0).abs() < 1e-12 {
            let mut normal: Vec<f64> = levels.iter().map(|level| level.frequency.sqrt()).collect();
            let last = normal.len() - 1;
            normal[last] += 1.0;
            let factor = 2.0 / normal.iter().map(|w| w * w).sum::<f64>();
            reflections.push(Reflection { first, pivot: first + last, normal, factor });
        }
        first += levels.len();
    }
    reflections
}
