//! A plain matrix of doubles, row by row: what the analyses take and give.

use std::ops::{Index, IndexMut};

/// Numbers in rows of equal length; `matrix[(row, column)]`.
///
/// ```
/// use optima::stats::matrix::Matrix;
/// let mut counts = Matrix::from_rows(2, vec![4.0, 2.0, 3.0, 1.0]);
/// counts[(1, 0)] += 1.0;
/// assert_eq!((counts.rows(), counts.row(1)), (2, [4.0, 1.0].as_slice()));
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Matrix {
    columns: usize,
    data: Vec<f64>,
}

impl Matrix {
    /// A matrix of zeros.
    #[must_use]
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self { columns, data: vec![0.0; rows * columns] }
    }

    /// The matrix with these rows, one after the other.
    ///
    /// # Panics
    /// Where the numbers do not fill whole rows.
    #[must_use]
    pub fn from_rows(columns: usize, data: Vec<f64>) -> Self {
        assert!(data.len().is_multiple_of(columns.max(1)), "{} numbers do not fill rows of {columns}", data.len());
        Self { columns, data }
    }

    /// The number of rows; 0 where there are no columns.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.data.len().checked_div(self.columns).unwrap_or(0)
    }

    /// The number of columns.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// One row.
    #[must_use]
    pub fn row(&self, row: usize) -> &[f64] {
        &self.data[row * self.columns..(row + 1) * self.columns]
    }

    /// One row, to be written.
    #[must_use]
    pub fn row_mut(&mut self, row: usize) -> &mut [f64] {
        &mut self.data[row * self.columns..(row + 1) * self.columns]
    }

    /// One column, copied.
    #[must_use]
    pub fn column(&self, column: usize) -> Vec<f64> {
        (0..self.rows()).map(|row| self[(row, column)]).collect()
    }

    /// All numbers, row by row.
    #[must_use]
    pub fn as_slice(&self) -> &[f64] {
        &self.data
    }

    /// All numbers, row by row, to be written.
    #[must_use]
    pub fn as_mut_slice(&mut self) -> &mut [f64] {
        &mut self.data
    }

    /// Rows become columns.
    #[must_use]
    pub fn transposed(&self) -> Self {
        let mut transposed = Self::zeros(self.columns, self.rows());
        for row in 0..self.rows() {
            for (column, x) in self.row(row).iter().enumerate() {
                transposed[(column, row)] = *x;
            }
        }
        transposed
    }
}

impl Index<(usize, usize)> for Matrix {
    type Output = f64;

    fn index(&self, (row, column): (usize, usize)) -> &f64 {
        &self.data[row * self.columns..(row + 1) * self.columns][column]
    }
}

impl IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, (row, column): (usize, usize)) -> &mut f64 {
        &mut self.data[row * self.columns..(row + 1) * self.columns][column]
    }
}
