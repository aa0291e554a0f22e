//! Correspondence analysis (AFC) of a table: in which columns the rows differ, and in which rows the columns.
//!
//! Of the table `N` with sum `n`: `P = N/n`, masses `r` and `c` of rows and columns, `S = (P − r c') / √(r c')` entry by entry.
//! The squares λ of its singular values are the eigenvalues; principal coordinates are `F = D_r^-½ U √λ` and
//! `G = D_c^-½ V √λ`. The total inertia is χ²/n. Source: Benzécri, L'analyse des données 2 (1973); Greenacre, Correspondence
//! Analysis in Practice. Shares, contributions and cos² are 0..=1 where other programs print percentages or thousandths.

use super::eigen::{Spectrum, sign, spectrum};
use super::matrix::Matrix;
use super::refusal::Refusal;

/// A correspondence analysis. Rows and columns that are empty have no point.
///
/// ```
/// use optima::stats::{correspondence::Correspondence, matrix::Matrix};
/// // Staff by smoking: Greenacre's example.
/// let smoke = [4, 2, 3, 2, 4, 3, 7, 4, 25, 10, 12, 4, 18, 24, 33, 13, 10, 6, 7, 2];
/// let table = Matrix::from_rows(4, smoke.map(f64::from).to_vec());
/// let analysis = Correspondence::of(&table, 2).unwrap();
/// assert!((analysis.eigenvalues[0] - 0.074_759).abs() < 1e-6 && (analysis.shares[0] - 0.8776).abs() < 1e-4);
/// assert!((analysis.chi2 - 16.4416).abs() < 1e-4 && analysis.degrees_of_freedom == 12);
/// assert!((analysis.rows[2].as_ref().unwrap().contributions[0] - 0.512).abs() < 1e-3);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Correspondence {
    /// All eigenvalues above tolerance, in descending order; none where rows and columns are independent.
    pub eigenvalues: Vec<f64>,
    /// Their shares of the total inertia, 0..=1.
    pub shares: Vec<f64>,
    /// χ²/n.
    pub total_inertia: f64,
    /// Pearson's χ² of independence, `n Σ (p − r c)²/(r c)`.
    pub chi2: f64,
    /// (rows − 1) (columns − 1) of those that are not empty.
    pub degrees_of_freedom: u64,
    /// The sum n of the table.
    pub total: f64,
    /// Axes with coordinates: as many as were asked for and are there.
    pub kept: usize,
    /// The rows in their order; `None` for an empty one.
    pub rows: Vec<Option<Point>>,
    /// The columns in their order; `None` for an empty one.
    pub columns: Vec<Option<Point>>,
}

/// A row or column that makes the axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Its share of the table's sum.
    pub mass: f64,
    /// Its inertia, mass × d², with d² the χ² distance to the center.
    pub inertia: f64,
    /// Principal coordinates on the axes kept.
    pub coordinates: Vec<f64>,
    /// Contributions CTR, `mass × coordinate² / λ`, 0..=1: over all rows they sum to 1 on each axis, and so over all columns.
    pub contributions: Vec<f64>,
    /// Squared cosines COR, `coordinate² / d²`, 0..=1; 0 for a point at the center.
    pub cos2: Vec<f64>,
    /// The sum of cos² over the axes kept.
    pub quality: f64,
}

/// A supplementary row or column: placed on the axes that others make.
#[derive(Debug, Clone, PartialEq)]
pub struct SupplementaryPoint {
    /// Principal coordinates on the axes kept, by the transition formula.
    pub coordinates: Vec<f64>,
    /// Squared cosines COR, 0..=1; 0 for a point at the center.
    pub cos2: Vec<f64>,
    /// The sum of cos² over the axes kept.
    pub quality: f64,
}

/// The margins of a table without its empty rows and columns.
struct Margins {
    total: f64,
    rows: Vec<f64>,
    columns: Vec<f64>,
}

impl Correspondence {
    /// Analyzes a table of counts, or of other amounts that add up, with coordinates on `axes` axes at most.
    ///
    /// On each axis the column with the largest absolute coordinate is positive. Independence leaves no axes and is no error.
    /// Cost: O(larger side × smaller side² + smaller side³).
    ///
    /// # Errors
    /// Amounts that are negative or not finite, fewer than two rows or columns that are not empty, and too many of both
    /// ([`super::eigen::LARGEST`]).
    pub fn of(table: &Matrix, axes: usize) -> Result<Self, Refusal> {
        let margins = margins(table)?;
        let (present_rows, present_columns) = (present(&margins.rows), present(&margins.columns));
        let (r, c) = (&margins.rows, &margins.columns);
        let mut residuals = Matrix::zeros(present_rows.len(), present_columns.len());
        for (i, &row) in present_rows.iter().enumerate() {
            for (entry, &column) in residuals.row_mut(i).iter_mut().zip(&present_columns) {
                *entry = (table[(row, column)] / margins.total - r[row] * c[column]) / (r[row] * c[column]).sqrt();
            }
        }
        let total_inertia = residuals.as_slice().iter().map(|s| s * s).sum::<f64>();
        let Singular { squares: eigenvalues, rows: u, columns: v } = singular(&residuals, axes)?;
        let kept = v.len();
        let mut rows = principal(&present_rows, r, &eigenvalues, &u);
        let mut columns = principal(&present_columns, c, &eigenvalues, &v);
        for axis in 0..kept {
            let sign = sign(columns.iter().map(|g| g[axis]));
            rows.iter_mut().chain(&mut columns).for_each(|point| point[axis] *= sign);
        }
        let of_row = |i: usize| residuals.row(i).iter().map(|s| s * s).sum::<f64>();
        let of_column = |j: usize| (0..present_rows.len()).map(|i| residuals[(i, j)].powi(2)).sum::<f64>();
        Ok(Self {
            shares: eigenvalues.iter().map(|value| value / total_inertia).collect(),
            total_inertia,
            chi2: margins.total * total_inertia,
            degrees_of_freedom: (present_rows.len() as u64 - 1) * (present_columns.len() as u64 - 1),
            total: margins.total,
            kept,
            rows: points(&present_rows, r, rows, &eigenvalues, of_row),
            columns: points(&present_columns, c, columns, &eigenvalues, of_column),
            eigenvalues,
        })
    }

    /// Places a row that took no part, with an amount a column: `F = Σ h G / √λ` of its profile `h`.
    ///
    /// Amounts in columns that were empty in the table are not counted. `None` where nothing else is there.
    ///
    /// # Errors
    /// Another number of amounts than of columns, and amounts that are negative or not finite.
    pub fn supplementary_row(&self, amounts: &[f64]) -> Result<Option<SupplementaryPoint>, Refusal> {
        self.place(amounts, &self.columns)
    }

    /// Places a column that took no part, with an amount a row.
    ///
    /// # Errors
    /// As for [`Self::supplementary_row`].
    pub fn supplementary_column(&self, amounts: &[f64]) -> Result<Option<SupplementaryPoint>, Refusal> {
        self.place(amounts, &self.rows)
    }

    fn place(&self, amounts: &[f64], points: &[Option<Point>]) -> Result<Option<SupplementaryPoint>, Refusal> {
        if amounts.len() != points.len() {
            return Err(Refusal::new(format!("{} supplementary amounts for {} points", amounts.len(), points.len())));
        }
        if !amounts.iter().all(|x| x.is_finite() && *x >= 0.0) {
            return Err(amounts_refused());
        }
        let counted = || amounts.iter().zip(points).filter_map(|(x, point)| point.as_ref().map(|point| (x, point)));
        let total: f64 = counted().map(|(x, _)| x).sum();
        if total <= 0.0 {
            return Ok(None);
        }
        let coordinate =
            |(axis, value): (usize, &f64)| counted().map(|(x, point)| x / total * point.coordinates[axis]).sum::<f64>() / value.sqrt();
        let coordinates: Vec<f64> = self.eigenvalues.iter().take(self.kept).enumerate().map(coordinate).collect();
        let distance = counted().map(|(x, point)| (x / total - point.mass).powi(2) / point.mass).sum();
        let cos2: Vec<f64> = coordinates.iter().map(|f| part(f * f, distance)).collect();
        Ok(Some(SupplementaryPoint { quality: cos2.iter().sum(), coordinates, cos2 }))
    }
}

fn amounts_refused() -> Refusal {
    Refusal::new("the table holds amounts that are negative or no numbers")
        .remedy("correspondence analysis takes counts: leave out columns of other kinds")
}

fn margins(table: &Matrix) -> Result<Margins, Refusal> {
    if !table.as_slice().iter().all(|x| x.is_finite() && *x >= 0.0) {
        return Err(amounts_refused());
    }
    let total: f64 = table.as_slice().iter().sum();
    if !total.is_finite() {
        return Err(amounts_refused());
    }
    let mut columns = vec![0.0; table.columns()];
    let mut rows = Vec::with_capacity(table.rows());
    for row in 0..table.rows() {
        let row = table.row(row);
        columns.iter_mut().zip(row).for_each(|(sum, x)| *sum += x / total);
        rows.push(row.iter().sum::<f64>() / total);
    }
    if present(&rows).len() < 2 || present(&columns).len() < 2 {
        return Err(Refusal::new("the table has fewer than two rows or columns that are not empty")
            .remedy("an analysis compares rows by columns: two or more of both are needed"));
    }
    Ok(Margins { total, rows, columns })
}

/// The places of margins that are not empty.
fn present(margins: &[f64]) -> Vec<usize> {
    (0..margins.len()).filter(|i| margins[*i] > 0.0).collect()
}

/// A singular value decomposition: the squares of the singular values, and the first vectors of rows and columns.
struct Singular {
    squares: Vec<f64>,
    rows: Vec<Vec<f64>>,
    columns: Vec<Vec<f64>>,
}

/// Decomposes by the product on the smaller side.
fn singular(s: &Matrix, axes: usize) -> Result<Singular, Refusal> {
    if s.rows() < s.columns() {
        let Singular { squares, rows, columns } = singular(&s.transposed(), axes)?;
        return Ok(Singular { squares, rows: columns, columns: rows });
    }
    let size = s.columns();
    if size > super::eigen::LARGEST {
        return Err(
            Refusal::new(format!("a table with {size} rows and columns and more is too large")).remedy("merge rare rows or columns")
        );
    }
    let mut product = Matrix::zeros(size, size);
    for row in 0..s.rows() {
        for (j, a) in s.row(row).iter().enumerate() {
            product.row_mut(j)[..=j].iter_mut().zip(s.row(row)).for_each(|(sum, b)| *sum += a * b);
        }
    }
    for i in 0..size {
        for j in i + 1..size {
            product[(i, j)] = product[(j, i)];
        }
    }
    let Spectrum { values, vectors: v } = spectrum(&product, axes)?;
    let left = |(v, value): (&Vec<f64>, &f64)| {
        (0..s.rows()).map(|i| s.row(i).iter().zip(v).map(|(s, v)| s * v).sum::<f64>() / value.sqrt()).collect()
    };
    Ok(Singular { rows: v.iter().zip(&values).map(left).collect(), squares: values, columns: v })
}

/// Principal coordinates by point: `√λ` times the singular vector over the root of the mass.
fn principal(present: &[usize], masses: &[f64], values: &[f64], vectors: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let point = |(i, place): (usize, &usize)| {
        vectors.iter().zip(values).map(|(vector, value)| vector[i] * (value / masses[*place]).sqrt()).collect()
    };
    present.iter().enumerate().map(point).collect()
}

/// The points at their places, with their aids to interpretation; `inertia` is that of a present point.
fn points(
    present: &[usize],
    masses: &[f64],
    coordinates: Vec<Vec<f64>>,
    values: &[f64],
    inertia: impl Fn(usize) -> f64,
) -> Vec<Option<Point>> {
    let mut points = vec![None; masses.len()];
    for (i, (&place, coordinates)) in present.iter().zip(coordinates).enumerate() {
        let (mass, inertia) = (masses[place], inertia(i));
        let cos2: Vec<f64> = coordinates.iter().map(|f| part(f * f * mass, inertia)).collect();
        points[place] = Some(Point {
            mass,
            inertia,
            contributions: coordinates.iter().zip(values).map(|(f, value)| mass * f * f / value).collect(),
            quality: cos2.iter().sum(),
            coordinates,
            cos2,
        });
    }
    points
}

/// A part of a whole, at most 1; 0 where the whole is no more than rounding.
fn part(part: f64, whole: f64) -> f64 {
    if whole > 1e-24 { (part / whole).min(1.0) } else { 0.0 }
}
