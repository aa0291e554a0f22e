//! How strong: numbers between 0 and 1 that do not grow with the number of respondents.

use super::Contingency;

/// Measures of association that χ² gives; all 0 for independence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Association {
    /// Cramér's `V = √(χ²/n / min(rows − 1, columns − 1))`, in 0..=1.
    pub cramers_v: f64,
    /// Cramér's V without its bias upward in small and large tables, in 0..=1: the one to compare questions with.
    pub cramers_v_corrected: f64,
    /// Tschuprow's `T = √(χ²/n / √((rows − 1)(columns − 1)))`, in 0..=1.
    pub tschuprow_t: f64,
    /// Pearson's contingency coefficient `√(χ²/(χ² + n))`, in 0..1.
    pub contingency_coefficient: f64,
    /// `φ = √(χ²/n)`, without sign, for two rows and two columns; absent for other tables.
    pub phi: Option<f64>,
}

impl Contingency {
    /// The measures of association of the table.
    ///
    /// The corrected V takes `max(0, χ²/n − (r−1)(c−1)/(n−1))` for `χ²/n` and `r − (r−1)²/(n−1)`, `c − (c−1)²/(n−1)` for the
    /// numbers of rows and columns; it is 0 where these leave nothing (about one respondent a row).
    /// Source: Bergsma, A bias-correction for Cramér's V and Tschuprow's T, J. Korean Statistical Society 42 (2013).
    ///
    /// ```
    /// use optima::stats::{contingency::Contingency, matrix::Matrix};
    /// let table = Contingency::new(&Matrix::from_rows(2, vec![3.0, 1.0, 1.0, 3.0])).unwrap();
    /// let association = table.association();
    /// assert_eq!((association.cramers_v, association.phi), (0.5, Some(0.5)));
    /// assert!((association.cramers_v_corrected - 0.353553390593).abs() < 1e-9);
    /// ```
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "numbers of rows and columns")]
    pub fn association(&self) -> Association {
        let (rows, columns, n) = (self.rows().len() as f64, self.columns().len() as f64, self.total());
        let square = self.chi_square().statistic / n;
        let (p, q) = (rows - 1.0, columns - 1.0);
        Association {
            cramers_v: (square / p.min(q)).sqrt().min(1.0),
            cramers_v_corrected: corrected(square, p, q, n),
            tschuprow_t: (square / (p * q).sqrt()).sqrt().min(1.0),
            contingency_coefficient: (square / (square + 1.0)).sqrt(),
            phi: (rows == 2.0 && columns == 2.0).then(|| square.sqrt().min(1.0)),
        }
    }
}

fn corrected(square: f64, p: f64, q: f64, n: f64) -> f64 {
    if n <= 1.0 {
        return 0.0;
    }
    let least = (p - p * p / (n - 1.0)).min(q - q * q / (n - 1.0));
    let square = square - p * q / (n - 1.0);
    // Below 1e-14, what is left is rounding.
    if square > 1e-14 && least > 0.0 { (square / least).sqrt().min(1.0) } else { 0.0 }
}
