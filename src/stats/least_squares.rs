//! Small least-squares problems, solved many times: the starting states of a series, for each trial of the parameters.

/// The columns of a problem, one after the other, in storage that is used again and again.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    rows: usize,
    values: Vec<f64>,
}

/// What least squares found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Solution {
    /// One number a column.
    pub(super) coefficients: Vec<f64>,
    /// The sum of squares that is left.
    pub(super) residual: f64,
    /// `ln |R|`: half the logarithm of the determinant of X'X.
    pub(super) log_determinant: f64,
    /// R, row by row, with as many columns as there are coefficients.
    factor: Vec<f64>,
}

impl Columns {
    /// Makes room for `columns` columns of `rows` values, all zero.
    pub(super) fn reset(&mut self, rows: usize, columns: usize) {
        self.rows = rows;
        self.values.clear();
        self.values.resize(rows * columns, 0.0);
    }

    /// Column `at`, to be written.
    pub(super) fn column_mut(&mut self, at: usize) -> &mut [f64] {
        &mut self.values[at * self.rows..(at + 1) * self.rows]
    }

    /// Explains the last column by the others, by Householder reflections; the columns are used up.
    ///
    /// `None` where they are not independent, to `1e-11` of their length. Cost: O(rows × columns²).
    /// Source: Golub & Van Loan, Matrix Computations (4th ed.), §5.3.
    pub(super) fn solve(&mut self) -> Option<Solution> {
        let rows = self.rows;
        let unknowns = self.values.len().checked_div(rows)?.checked_sub(1)?;
        if rows < unknowns {
            return None;
        }
        let mut factor = vec![0.0; unknowns * unknowns];
        for at in 0..unknowns {
            let (done, rest) = self.values.split_at_mut((at + 1) * rows);
            let pivot = &mut done[at * rows..];
            let whole = norm(pivot);
            let length = norm(&pivot[at..]);
            if !(length > 1e-11 * whole && length.is_finite()) {
                return None;
            }
            let signed = if pivot[at] > 0.0 { -length } else { length };
            pivot[at] -= signed;
            let reflector = &pivot[at..];
            let scale = -1.0 / (signed * reflector[0]);
            factor[at * unknowns + at] = signed;
            for (further, column) in rest.chunks_exact_mut(rows).enumerate() {
                let along = scale * dot(reflector, &column[at..]);
                for (value, direction) in column[at..].iter_mut().zip(reflector) {
                    *value -= along * direction;
                }
                if at + 1 + further < unknowns {
                    factor[at * unknowns + at + 1 + further] = column[at];
                }
            }
        }
        let explained = &self.values[unknowns * rows..];
        let mut coefficients = explained[..unknowns].to_vec();
        for at in (0..unknowns).rev() {
            let known: f64 = (at + 1..unknowns).map(|other| factor[at * unknowns + other] * coefficients[other]).sum();
            coefficients[at] = (coefficients[at] - known) / factor[at * unknowns + at];
        }
        let residual = explained[unknowns..].iter().map(|e| e * e).sum();
        let log_determinant = (0..unknowns).map(|at| factor[at * unknowns + at].abs().ln()).sum();
        Some(Solution { coefficients, residual, log_determinant, factor })
    }
}

impl Solution {
    /// `x' (X'X)⁻¹ x`: what not knowing the coefficients adds to the variance at `x`.
    pub(super) fn leverage(&self, x: &[f64]) -> f64 {
        let unknowns = self.coefficients.len();
        let mut solved = x.to_vec();
        let mut sum = 0.0;
        for at in 0..unknowns {
            solved[at] /= self.factor[at * unknowns + at];
            sum += solved[at] * solved[at];
            for other in at + 1..unknowns {
                solved[other] -= self.factor[at * unknowns + other] * solved[at];
            }
        }
        sum
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_through_points_off_it_is_that_of_the_textbook() {
        let mut columns = Columns::default();
        columns.reset(4, 3);
        columns.column_mut(0).fill(1.0);
        columns.column_mut(1).copy_from_slice(&[1.0, 2.0, 3.0, 4.0]);
        columns.column_mut(2).copy_from_slice(&[6.0, 5.0, 7.0, 10.0]);
        let found = columns.solve().unwrap();
        assert!((found.coefficients[0] - 3.5).abs() < 1e-12 && (found.coefficients[1] - 1.4).abs() < 1e-12, "{found:?}");
        assert!((found.residual - 4.2).abs() < 1e-12);
        // (X'X)⁻¹ = [[1.5, -0.5], [-0.5, 0.2]], |X'X| = 20.
        assert!((found.leverage(&[1.0, 5.0]) - (1.5 - 5.0 + 5.0)).abs() < 1e-12);
        assert!((2.0 * found.log_determinant - 20.0f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn columns_that_say_the_same_are_not_solved() {
        let mut columns = Columns::default();
        columns.reset(3, 3);
        columns.column_mut(0).fill(1.0);
        columns.column_mut(1).fill(2.0);
        columns.column_mut(2).copy_from_slice(&[1.0, 2.0, 3.0]);
        assert_eq!(columns.solve(), None);
        columns.reset(1, 3);
        assert_eq!(columns.solve(), None);
    }
}
