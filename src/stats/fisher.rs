//! Fisher's exact test: whether rows and columns may be independent, where χ² has too few counts to say.

mod network;
mod odds_ratio;
mod simulation;

use statrs::function::gamma::ln_gamma;

pub use odds_ratio::{TwoByTwo, two_by_two};

use crate::stats::matrix::Matrix;
use crate::stats::refusal::Refusal;

/// Random tables drawn where enumeration is too long: the Monte Carlo error of p = 0.05 is then 0.0022. Large tables get fewer,
/// down to 999; how many is said.
pub const RANDOM_TABLES: u32 = 9_999;

/// Cells filled by the enumeration after which random tables take over: a second of work.
pub const MOST_STEPS: u64 = 10_000_000;

/// The largest total that is tested; past it, an expected count under 1 hardly comes from a table that χ² cannot serve.
pub const MOST_COUNTED: u64 = 2_000_000;

/// How the p-value was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Method {
    /// From all tables with the same margins.
    Exact,
    /// From random tables with the same margins.
    MonteCarlo {
        /// How many tables were drawn.
        tables: u32,
        /// The seed they were drawn with.
        seed: u64,
        /// The standard error of p that the drawing leaves, `√(p(1−p)/tables)`.
        standard_error: f64,
    },
}

/// The two-sided p-value of Fisher's test, and how it was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exact {
    /// The probability, given the margins, of a table no more likely than this one; never 0.
    pub p: f64,
    /// How it was found.
    pub method: Method,
}

/// Fisher's exact test of a table of any size (Freeman and Halton's, for more than two rows or columns).
///
/// All tables with the same margins are enumerated column by column, those with the same margins left and the same probability so
/// far as one, until [`MOST_STEPS`]; past that, up to [`RANDOM_TABLES`] tables are drawn with `seed`, and
/// `p = (r + 1)/(tables + 1)` with r of them no more likely than the table seen. Two probabilities are equal within 1e-7, as in R's
/// `fisher.test`. A table with one row or column that is not empty has p = 1.
///
/// Source: Mehta & Patel, A network algorithm for performing Fisher's exact test in r×c contingency tables, JASA 78 (1983).
///
/// # Errors
/// Counts that are not whole (weighted ones); a total past [`MOST_COUNTED`].
///
/// ```
/// use optima::stats::{fisher::{Method, exact}, matrix::Matrix};
/// // Agresti's job satisfaction by income, as in R's help of fisher.test: p = 0.7827.
/// let jobs = Matrix::from_rows(4, vec![1., 2., 1., 0., 3., 3., 6., 1., 10., 10., 14., 9., 6., 7., 12., 11.]);
/// let test = exact(&jobs, 1).unwrap();
/// assert!((test.p - 0.7827).abs() < 1e-4 && test.method == Method::Exact);
/// ```
pub fn exact(counts: &Matrix, seed: u64) -> Result<Exact, Refusal> {
    let Some(cells) = whole(counts) else {
        return Err(Refusal::new("counts that are not whole have no exact test").remedy("test the numbers of respondents, without weights"));
    };
    let table = Table::new(&cells, counts.columns());
    if table.total > MOST_COUNTED {
        return Err(Refusal::new(format!("more than {MOST_COUNTED} counts are too many for an exact test")).remedy("use chi-square"));
    }
    if table.rows.len() < 2 || table.columns.len() < 2 {
        return Ok(Exact { p: 1.0, method: Method::Exact });
    }
    if let Some(p) = network::p_value(&table, MOST_STEPS) {
        return Ok(Exact { p: p.clamp(f64::MIN_POSITIVE, 1.0), method: Method::Exact });
    }
    let (p, tables) = simulation::p_value(&table, seed);
    let standard_error = (p * (1.0 - p) / f64::from(tables)).sqrt();
    Ok(Exact { p, method: Method::MonteCarlo { tables, seed, standard_error } })
}

/// The counts as whole numbers, row by row; `None` where one is not whole, or negative, or 2⁵³ and more.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and within 0 and 2^53")]
pub fn whole(counts: &Matrix) -> Option<Vec<u64>> {
    let fits = |n: &f64| n.fract() == 0.0 && (0.0..9_007_199_254_740_992.0).contains(n);
    counts.as_slice().iter().map(|n| fits(n).then_some(*n as u64)).collect()
}

/// Margins without zeros, the smaller side as rows, both in descending order; and how likely the table is.
struct Table {
    rows: Vec<u64>,
    columns: Vec<u64>,
    total: u64,
    /// `Σ ln n!` over the cells: the larger, the less likely the table.
    cells: f64,
    factorials: Factorials,
}

impl Table {
    fn new(cells: &[u64], width: usize) -> Self {
        let width = width.max(1);
        let mut columns = vec![0u64; width];
        let mut rows: Vec<u64> = Vec::new();
        for row in cells.chunks(width) {
            rows.push(row.iter().fold(0, |sum, n| sum.saturating_add(*n)));
            columns.iter_mut().zip(row).for_each(|(sum, n)| *sum = sum.saturating_add(*n));
        }
        let total = rows.iter().fold(0u64, |sum, n| sum.saturating_add(*n));
        for side in [&mut rows, &mut columns] {
            side.retain(|n| *n > 0);
            side.sort_unstable_by(|a, b| b.cmp(a));
        }
        if rows.len() > columns.len() {
            std::mem::swap(&mut rows, &mut columns);
        }
        let factorials = Factorials::up_to(total.min(MOST_COUNTED));
        let cells = if total > MOST_COUNTED { 0.0 } else { cells.iter().map(|n| factorials.ln(*n)).sum() };
        Self { rows, columns, total, cells, factorials }
    }
}

/// `ln n!`, from a table.
struct Factorials(Vec<f64>);

impl Factorials {
    #[expect(clippy::cast_precision_loss, reason = "below MOST_COUNTED")]
    fn up_to(most: u64) -> Self {
        Self((0..=most).map(|n| ln_gamma(n as f64 + 1.0)).collect())
    }

    #[expect(clippy::cast_possible_truncation, reason = "no more than MOST_COUNTED")]
    fn ln(&self, n: u64) -> f64 {
        self.0[n as usize]
    }

    fn sum(&self, counts: &[u64]) -> f64 {
        counts.iter().map(|n| self.ln(*n)).sum()
    }
}
