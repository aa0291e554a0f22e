//! Principal components of standardized variables (ACP normée): for indicators by quartier.
//!
//! `Z = (x − mean)/deviation`, with the population's deviation (divisor n, or the sum of weights); the eigenvalues λ are
//! those of the correlation matrix `R = Z' diag(w/W) Z`, with eigenvectors `v`. A variable's coordinate `√λ v` is its
//! correlation with the axis; a row's is `Z v`. Source: Lebart, Morineau & Piron, Statistique exploratoire
//! multidimensionnelle. Shares, contributions and cos² are 0..=1.

use super::answers::total_weight;
use super::eigen::{sign, spectrum};
use super::matrix::Matrix;
use super::refusal::Refusal;

/// A principal component analysis.
///
/// ```
/// use optima::stats::{matrix::Matrix, principal_components::PrincipalComponents};
/// let analysis = PrincipalComponents::of(&Matrix::from_rows(2, vec![1.0, 2.0, 2.0, 1.0, 3.0, 3.0]), None, 2).unwrap();
/// // Two variables: λ = 1 ± r, here with r = 0.5.
/// assert!((analysis.eigenvalues[0] - 1.5).abs() < 1e-14 && (analysis.shares[0] - 0.75).abs() < 1e-14);
/// assert!((analysis.variables[0].coordinates[0] - 0.75f64.sqrt()).abs() < 1e-14);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PrincipalComponents {
    /// All eigenvalues above tolerance, in descending order; they sum to the number of variables.
    pub eigenvalues: Vec<f64>,
    /// Their shares of the sum, 0..=1.
    pub shares: Vec<f64>,
    /// Axes with coordinates: as many as were asked for and are there.
    pub kept: usize,
    /// The variables in their order.
    pub variables: Vec<Variable>,
    /// Rows × axes kept: the scores, with mean 0 and variance λ.
    pub individuals: Matrix,
    /// Rows × axes kept: squared cosines, 0..=1; 0 for a row at the center.
    pub individuals_cos2: Matrix,
}

/// A variable on the axes kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation, with divisor n.
    pub deviation: f64,
    /// Coordinates: the correlations with the axes.
    pub coordinates: Vec<f64>,
    /// Contributions, `coordinate²/λ`, 0..=1: over all variables they sum to 1 on each axis.
    pub contributions: Vec<f64>,
    /// Squared cosines: the squares of the coordinates.
    pub cos2: Vec<f64>,
}

impl PrincipalComponents {
    /// Analyzes rows × variables, with coordinates on `axes` axes at most. A weight of k counts as k rows.
    ///
    /// On each axis the variable with the largest absolute coordinate is positive. Cost: O(rows × variables² + variables³).
    ///
    /// # Errors
    /// Numbers that are not finite, fewer than two rows, a variable that does not vary, weights that are none.
    pub fn of(table: &Matrix, weights: Option<&[f64]>, axes: usize) -> Result<Self, Refusal> {
        let (n, p) = (table.rows(), table.columns());
        if n < 2 || p == 0 {
            return Err(Refusal::new(format!("{n} rows of {p} variables")).remedy("two rows and a variable at least are needed"));
        }
        if table.as_slice().iter().any(|x| !x.is_finite()) {
            return Err(Refusal::new("a value is missing or no number").remedy("leave out its row or its variable, or impute it"));
        }
        let total = total_weight(weights, n)?;
        let share = |row: usize| weights.map_or(1.0, |weights| weights[row]) / total;
        let (z, scales) = standardized(table, share)?;
        let mut correlations = Matrix::zeros(p, p);
        for row in 0..n {
            for (j, a) in z.row(row).iter().enumerate() {
                let a = a * share(row);
                correlations.row_mut(j).iter_mut().zip(z.row(row)).for_each(|(sum, b)| *sum += a * b);
            }
        }
        let mut spectrum = spectrum(&correlations, axes)?;
        for vector in &mut spectrum.vectors {
            let sign = sign(vector.iter().copied());
            for x in vector {
                *x *= sign;
            }
        }
        let (values, vectors) = (&spectrum.values, &spectrum.vectors);
        let variable = |(j, (mean, deviation)): (usize, (f64, f64))| {
            let coordinates: Vec<f64> = vectors.iter().zip(values).map(|(v, value)| value.sqrt() * v[j]).collect();
            let contributions = vectors.iter().map(|v| v[j] * v[j]).collect();
            let cos2 = coordinates.iter().map(|g| (g * g).min(1.0)).collect();
            Variable { mean, deviation, coordinates, contributions, cos2 }
        };
        let kept = vectors.len();
        let (mut individuals, mut cos2) = (Matrix::zeros(n, kept), Matrix::zeros(n, kept));
        for row in 0..n {
            let distance: f64 = z.row(row).iter().map(|z| z * z).sum();
            for (axis, v) in vectors.iter().enumerate() {
                let score: f64 = z.row(row).iter().zip(v).map(|(z, v)| z * v).sum();
                individuals[(row, axis)] = score;
                cos2[(row, axis)] = if distance > 1e-24 { (score * score / distance).min(1.0) } else { 0.0 };
            }
        }
        let variables = scales.into_iter().enumerate().map(variable).collect();
        #[expect(clippy::cast_precision_loss, reason = "a number of variables")]
        let shares = values.iter().map(|value| value / p as f64).collect();
        Ok(Self { shares, kept, variables, individuals, individuals_cos2: cos2, eigenvalues: spectrum.values })
    }
}

/// The table in deviations from the mean, with mean and deviation of each variable.
fn standardized(table: &Matrix, share: impl Fn(usize) -> f64) -> Result<(Matrix, Vec<(f64, f64)>), Refusal> {
    let mut z = table.clone();
    let mut scales = Vec::with_capacity(table.columns());
    for j in 0..table.columns() {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for row in (0..table.rows()).filter(|row| share(*row) > 0.0) {
            (low, high) = (low.min(table[(row, j)]), high.max(table[(row, j)]));
        }
        // Differences from one of the values keep the digits of a small spread.
        let mean = low + (0..table.rows()).map(|row| share(row) * (table[(row, j)] - low)).sum::<f64>();
        let variance: f64 = (0..table.rows()).map(|row| share(row) * (table[(row, j)] - mean).powi(2)).sum();
        if low >= high || !(variance.is_finite() && variance > 0.0) {
            return Err(Refusal::new(format!("variable {} does not vary", j + 1)).remedy("leave it out"));
        }
        let deviation = variance.sqrt();
        (0..table.rows()).for_each(|row| z[(row, j)] = (table[(row, j)] - mean) / deviation);
        scales.push((mean, deviation));
    }
    Ok((z, scales))
}
