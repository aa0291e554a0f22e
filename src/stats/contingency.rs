//! Cross tables: how far two questions are from having nothing to do with each other, and in which cells.

mod association;
mod independence;
mod maximum_deviation;

use statrs::distribution::{ChiSquared, ContinuousCDF};

pub use association::Association;
pub use independence::{Independence, Test};

use crate::stats::matrix::Matrix;
use crate::stats::refusal::Refusal;

/// A table of counts without its empty rows and columns, and its totals.
///
/// Counts may be weighted (not whole). A test takes the total for a number of respondents: [`Contingency::scaled_to`] gives a
/// weighted table the number that really answered, or Kish's effective number.
///
/// ```
/// use optima::stats::{contingency::Contingency, matrix::Matrix};
/// let table = Contingency::new(&Matrix::from_rows(3, vec![3.0, 0.0, 1.0, 1.0, 0.0, 3.0])).unwrap();
/// assert_eq!((table.columns(), table.empty_columns()), ([0, 2].as_slice(), [1].as_slice()));
/// assert_eq!(table.chi_square().statistic, 2.0);
/// assert_eq!(table.expected().row(0), [2.0, 2.0]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Contingency {
    counts: Matrix,
    rows: Vec<usize>,
    columns: Vec<usize>,
    empty_rows: Vec<usize>,
    empty_columns: Vec<usize>,
    row_totals: Vec<f64>,
    column_totals: Vec<f64>,
    total: f64,
}

/// A statistic that follows χ² where rows and columns are independent, its degrees of freedom and its p-value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChiSquare {
    /// The statistic.
    pub statistic: f64,
    /// `(rows − 1)(columns − 1)`, over rows and columns that are not empty.
    pub freedom: f64,
    /// The probability of a statistic at least as large; never 0.
    pub p: f64,
}

/// How small the expected counts are: what Cochran's rule looks at.
///
/// Source: Cochran, Some methods for strengthening the common χ² tests, Biometrics 10 (1954).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExpectedCounts {
    /// The smallest expected count.
    pub least: f64,
    /// The share of cells with an expected count under 5, in 0..=1.
    pub share_under_5: f64,
}

impl ExpectedCounts {
    /// Whether χ² may be trusted: no expected count under 1, and no more than a fifth of them under 5.
    #[must_use]
    pub fn suffice(&self) -> bool {
        self.least >= 1.0 && self.share_under_5 <= 0.2
    }
}

impl Contingency {
    /// The table of these counts; rows and columns without any count are left out and told.
    ///
    /// Cost: O(cells).
    ///
    /// # Errors
    /// A count that is negative or no number; a table with nothing in it; a table with all its counts in one row or column,
    /// where nothing can be compared.
    pub fn new(counts: &Matrix) -> Result<Self, Refusal> {
        if counts.as_slice().iter().any(|n| !(n.is_finite() && *n >= 0.0)) {
            return Err(Refusal::new("a count of the table is negative or no number"));
        }
        let totals = margins(counts);
        let split = |totals: &[f64]| (0..totals.len()).partition::<Vec<usize>, _>(|at| totals[*at] > 0.0);
        let ((rows, empty_rows), (columns, empty_columns)) = (split(&totals.0), split(&totals.1));
        if rows.is_empty() {
            return Err(Refusal::new("the table is empty").remedy("nobody answered both questions"));
        }
        for (kept, what) in [(&rows, "row"), (&columns, "column")] {
            if kept.len() == 1 {
                return Err(
                    Refusal::new(format!("all counts are in one {what}")).remedy("nothing can be compared: all gave the same answer")
                );
            }
        }
        let kept = rows.iter().flat_map(|row| columns.iter().map(|column| counts[(*row, *column)])).collect();
        let row_totals: Vec<f64> = rows.iter().map(|row| totals.0[*row]).collect();
        let column_totals = columns.iter().map(|column| totals.1[*column]).collect();
        let total: f64 = row_totals.iter().sum();
        if !total.is_finite() {
            return Err(Refusal::new("the counts are too large to be added"));
        }
        let counts = Matrix::from_rows(columns.len(), kept);
        Ok(Self { counts, rows, columns, empty_rows, empty_columns, row_totals, column_totals, total })
    }

    /// The same shares with another total: for weighted counts, the number of respondents (or their effective number).
    ///
    /// # Errors
    /// A number that is not above 0.
    pub fn scaled_to(&self, respondents: f64) -> Result<Self, Refusal> {
        if !(respondents > 0.0 && respondents.is_finite()) {
            return Err(Refusal::new("the number of respondents is not above 0"));
        }
        let scale = respondents / self.total;
        let counts = Matrix::from_rows(self.columns.len(), self.counts.as_slice().iter().map(|n| n * scale).collect());
        let scaled = |totals: &[f64]| totals.iter().map(|n| n * scale).collect();
        let (row_totals, column_totals) = (scaled(&self.row_totals), scaled(&self.column_totals));
        Ok(Self { counts, row_totals, column_totals, total: respondents, ..self.clone() })
    }

    /// The counts, without empty rows and columns.
    #[must_use]
    pub fn counts(&self) -> &Matrix {
        &self.counts
    }

    /// Where the rows of [`Contingency::counts`] were in the table given.
    #[must_use]
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// Where the columns of [`Contingency::counts`] were in the table given.
    #[must_use]
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// The rows of the table given that were left out: nobody is in them.
    #[must_use]
    pub fn empty_rows(&self) -> &[usize] {
        &self.empty_rows
    }

    /// The columns of the table given that were left out: nobody is in them.
    #[must_use]
    pub fn empty_columns(&self) -> &[usize] {
        &self.empty_columns
    }

    /// The total of each row.
    #[must_use]
    pub fn row_totals(&self) -> &[f64] {
        &self.row_totals
    }

    /// The total of each column.
    #[must_use]
    pub fn column_totals(&self) -> &[f64] {
        &self.column_totals
    }

    /// The total of the table.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.total
    }

    /// The counts to be expected were rows and columns independent: `row total × column total / total`.
    #[must_use]
    pub fn expected(&self) -> Matrix {
        self.each(|_, row, column| row * column / self.total)
    }

    /// Each count as a share of its row, in 0..=1.
    #[must_use]
    pub fn row_shares(&self) -> Matrix {
        self.each(|n, row, _| n / row)
    }

    /// Each count as a share of its column, in 0..=1.
    #[must_use]
    pub fn column_shares(&self) -> Matrix {
        self.each(|n, _, column| n / column)
    }

    /// Pearson residuals `(n − e)/√e`: their squares add up to χ².
    #[must_use]
    pub fn pearson_residuals(&self) -> Matrix {
        self.each(|n, row, column| {
            let expected = row * column / self.total;
            (n - expected) / expected.sqrt()
        })
    }

    /// Adjusted standardized residuals `(n − e)/√(e (1 − row share)(1 − column share))`: about standard normal cell by cell.
    ///
    /// Source: Haberman, The analysis of residuals in cross-classified tables, Biometrics 29 (1973).
    #[must_use]
    pub fn adjusted_residuals(&self) -> Matrix {
        self.each(|n, row, column| {
            let expected = row * column / self.total;
            (n - expected) / (expected * (1.0 - row / self.total) * (1.0 - column / self.total)).sqrt()
        })
    }

    /// Pearson's `χ² = Σ (n − e)²/e`, without continuity correction.
    #[must_use]
    pub fn chi_square(&self) -> ChiSquare {
        self.tested(&self.each(|n, row, column| {
            let expected = row * column / self.total;
            (n - expected) * (n - expected) / expected
        }))
    }

    /// The likelihood ratio `G² = 2 Σ n ln(n/e)`, where a count of 0 adds 0.
    #[must_use]
    pub fn likelihood_ratio(&self) -> ChiSquare {
        self.tested(&self.each(|n, row, column| if n > 0.0 { 2.0 * n * (n * self.total / (row * column)).ln() } else { 0.0 }))
    }

    /// χ² with Yates's continuity correction, for two rows and two columns; `None` for other tables.
    ///
    /// `Σ (|n − e| − c)²/e` with `c = ½`, or `|n − e|` where that is smaller, as R's `chisq.test`.
    /// Source: Yates, Contingency tables involving small numbers and the χ² test, JRSS Supplement 1 (1934).
    #[must_use]
    pub fn yates(&self) -> Option<ChiSquare> {
        ((self.rows.len(), self.columns.len()) == (2, 2)).then(|| {
            self.tested(&self.each(|n, row, column| {
                let expected = row * column / self.total;
                let distance = (n - expected).abs();
                (distance - distance.min(0.5)).powi(2) / expected
            }))
        })
    }

    /// How small the expected counts are.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "numbers of cells")]
    pub fn expected_counts(&self) -> ExpectedCounts {
        let expected = self.expected();
        let cells = expected.as_slice();
        let under = cells.iter().filter(|e| **e < 5.0).count();
        ExpectedCounts { least: cells.iter().copied().fold(f64::INFINITY, f64::min), share_under_5: under as f64 / cells.len() as f64 }
    }

    /// A number of each cell, from its count, its row total and its column total.
    fn each(&self, number: impl Fn(f64, f64, f64) -> f64) -> Matrix {
        let mut cells = self.counts.clone();
        for (row, row_total) in self.row_totals.iter().enumerate() {
            for (cell, column_total) in cells.row_mut(row).iter_mut().zip(&self.column_totals) {
                *cell = number(*cell, *row_total, *column_total);
            }
        }
        cells
    }

    #[expect(clippy::cast_precision_loss, reason = "numbers of rows and columns")]
    fn tested(&self, terms: &Matrix) -> ChiSquare {
        // The terms of G² may cancel to less than 0 by rounding.
        let statistic = terms.as_slice().iter().sum::<f64>().max(0.0);
        let freedom = ((self.rows.len() - 1) * (self.columns.len() - 1)) as f64;
        ChiSquare { statistic, freedom, p: chi_square_p_value(statistic, freedom) }
    }
}

/// The probability that χ² with these degrees of freedom (above 0) is at least `statistic`.
///
/// Below 2.2e-308, the smallest number a computer has at full precision, that number is given: a p-value is never 0.
///
/// ```
/// use optima::stats::contingency::chi_square_p_value;
/// assert!((chi_square_p_value(3.841_458_820_694_124, 1.0) - 0.05).abs() < 1e-12);
/// assert_eq!(chi_square_p_value(0.0, 3.0), 1.0);
/// ```
#[must_use]
pub fn chi_square_p_value(statistic: f64, freedom: f64) -> f64 {
    if statistic <= 0.0 {
        return 1.0;
    }
    ChiSquared::new(freedom).map_or(1.0, |chi| chi.sf(statistic)).clamp(f64::MIN_POSITIVE, 1.0)
}

fn margins(counts: &Matrix) -> (Vec<f64>, Vec<f64>) {
    let mut columns = vec![0.0; counts.columns()];
    let rows = (0..counts.rows()).map(|row| {
        columns.iter_mut().zip(counts.row(row)).for_each(|(total, n)| *total += n);
        counts.row(row).iter().sum()
    });
    (rows.collect(), columns)
}
