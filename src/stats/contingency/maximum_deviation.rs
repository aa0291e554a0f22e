//! The percentage of maximum deviation (PEM) of Philippe Cibois: how much of what the margins allow a cell, or a table, reaches.

use faer::Mat;

use super::Contingency;
use crate::stats::matrix::Matrix;

/// Past this number of rows and columns, the order along the first axis would take minutes.
const ORDERED: usize = 1000;

impl Contingency {
    /// Each cell's deviation from independence as a share of the largest one that its margins allow, in −1..=1.
    ///
    /// `(n − e)/(min(row, column) − e)` above independence and `(n − e)/(e − max(0, row + column − total))` below.
    /// Source: Cibois, Le PEM, pourcentage de l'écart maximum: un indice de liaison entre modalités d'un tableau de
    /// contingence, Bulletin de méthodologie sociologique 40 (1993).
    ///
    /// ```
    /// use optima::stats::{contingency::Contingency, matrix::Matrix};
    /// let table = Contingency::new(&Matrix::from_rows(2, vec![3.0, 1.0, 1.0, 3.0])).unwrap();
    /// assert_eq!(table.shares_of_maximum_deviation().as_slice(), [0.5, -0.5, -0.5, 0.5]);
    /// assert_eq!(table.share_of_maximum_deviation(), Some(0.5));
    /// ```
    #[must_use]
    pub fn shares_of_maximum_deviation(&self) -> Matrix {
        let total = self.total();
        self.each(|n, row, column| {
            let expected = row * column / total;
            let deviation = n - expected;
            let most = if deviation >= 0.0 { row.min(column) - expected } else { expected - (row + column - total).max(0.0) };
            if most > 0.0 { (deviation / most).clamp(-1.0, 1.0) } else { 0.0 }
        })
    }

    /// The table's deviation from independence as a share of that of the table with the same margins that is as diagonal as
    /// can be: `Σ positive deviations / Σ positive deviations of the diagonal table`.
    ///
    /// Rows and columns stand in the order of the first axis of the correspondence analysis, as Cibois has them. 0 for
    /// independence, 1 for a table that is diagonal; a table without such an order may go past 1. `None` where both rows and
    /// columns are more than 1000. Cost: O(smaller side³).
    #[must_use]
    pub fn share_of_maximum_deviation(&self) -> Option<f64> {
        let deviations = self.each(|n, row, column| n - row * column / self.total());
        let reached = positive(&deviations);
        if reached <= 0.0 {
            return Some(0.0);
        }
        let (row_order, column_order) = self.first_axis_order()?;
        let (mut row_left, mut column_left) = (self.row_totals().to_vec(), self.column_totals().to_vec());
        // The diagonal table: from one corner, each cell takes all that its row and column still have.
        let mut diagonal = Matrix::zeros(row_left.len(), column_left.len());
        let (mut at, mut across) = (0, 0);
        while at < row_order.len() && across < column_order.len() {
            let (row, column) = (row_order[at], column_order[across]);
            let taken = row_left[row].min(column_left[column]);
            diagonal[(row, column)] += taken;
            row_left[row] -= taken;
            column_left[column] -= taken;
            if row_left[row] <= column_left[column] {
                at += 1;
            } else {
                across += 1;
            }
        }
        for (row, total) in self.row_totals().iter().enumerate() {
            for (cell, column_total) in diagonal.row_mut(row).iter_mut().zip(self.column_totals()) {
                *cell -= total * column_total / self.total();
            }
        }
        let most = positive(&diagonal);
        (most > 0.0).then(|| reached / most)
    }

    /// Rows and columns in the order of their scores on the first axis; equal scores by position.
    fn first_axis_order(&self) -> Option<(Vec<usize>, Vec<usize>)> {
        let residuals = self.pearson_residuals();
        let (rows, columns) = (residuals.rows(), residuals.columns());
        if rows.min(columns) > ORDERED {
            return None;
        }
        let by_row = rows <= columns;
        let side = if by_row { rows } else { columns };
        let at = |one: usize, other: usize| if by_row { residuals[(one, other)] } else { residuals[(other, one)] };
        let products = Mat::from_fn(side, side, |i, j| (0..rows.max(columns)).map(|k| at(i, k) * at(j, k)).sum::<f64>());
        let eigen = products.self_adjoint_eigen(faer::Side::Lower).ok()?;
        // Eigenvalues come in ascending order.
        let first: Vec<f64> = (0..side).map(|i| eigen.U()[(i, side - 1)]).collect();
        let other: Vec<f64> = (0..rows.max(columns)).map(|k| (0..side).map(|i| first[i] * at(i, k)).sum()).collect();
        let (row_scores, column_scores) = if by_row { (first, other) } else { (other, first) };
        Some((order(&row_scores, self.row_totals()), order(&column_scores, self.column_totals())))
    }
}

fn order(scores: &[f64], totals: &[f64]) -> Vec<usize> {
    // A score is the vector's element over the root of the mass.
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| (scores[*a] / totals[*a].sqrt()).total_cmp(&(scores[*b] / totals[*b].sqrt())));
    order
}

fn positive(deviations: &Matrix) -> f64 {
    deviations.as_slice().iter().map(|d| d.max(0.0)).sum()
}
