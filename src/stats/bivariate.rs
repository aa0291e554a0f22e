//! Two variables in space: does one go with its neighbors' other (bivariate Moran), do both vary alike over space (Lee's L)?

use crate::stats::refusal::Refusal;
use crate::stats::spatial_test::{Alternative, Divisor, Test, count, deviations, dot, power_sum, refuse_weights};
use crate::stats::spatial_weights::SpatialWeights;

/// Which bivariate Moran. The two are one where each row of weights sums to 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Bivariate {
    /// `Σ_i z_i Σ_j w_ij u_j / Σ z_i²`: the slope of the lag of `y` on `x` (spdep's `moran_bv`, esda, `GeoDa`).
    #[default]
    Slope,
    /// `(n / S0) Σ_i z_i Σ_j w_ij u_j / Σ z_i²`: in the units of Moran's I, whose value it is where `y = x` (Wartenberg 1985).
    PerWeight,
}

/// Bivariate Moran: the values of `x` beside the neighbors' values of `y`; `z`, `u` are both standardized. It is not symmetric in
/// `x` and `y` unless the weights are, and mixes their correlation in place with that across space.
///
/// Whether one standardizes by `n` or by `n − 1` changes nothing here. The moments are those of shuffling `y` over the units while `x`
/// stays: expectation 0, variance `Σ (a_j − ā)² Σ u² / (n − 1)`, `a_j = Σ_i w_ij z_i`, scaled as the statistic. Cost: O(links).
/// Sources: Wartenberg, Geographical Analysis 17 (1985); Anselin, Syabri & Smirnov (2002).
///
/// # Errors
/// A constant `x` or `y`, a value that is no number, other units than the weights, no link, weights under which it is always the same.
///
/// ```
/// use optima::stats::bivariate::{Bivariate, bivariate_moran};
/// use optima::stats::spatial_test::Alternative;
/// use optima::stats::spatial_weights::SpatialWeights;
/// let chain = SpatialWeights::binary(&[vec![1], vec![0, 2], vec![1, 3], vec![2]]).unwrap().row_standardized();
/// let (x, y) = ([1.0, 2.0, 3.0, 5.0], [9.0, 7.0, 4.0, 0.0]);
/// assert!(bivariate_moran(&x, &y, &chain, Bivariate::Slope, Alternative::Less).unwrap().statistic < -0.3);
/// ```
pub fn bivariate_moran(
    x: &[f64],
    y: &[f64],
    weights: &SpatialWeights,
    which: Bivariate,
    alternative: Alternative,
) -> Result<Test, Refusal> {
    let (z, u) = standardized(x, y, weights)?;
    let n = count(z.len());
    let scale = if which == Bivariate::Slope { 1.0 / n } else { 1.0 / weights.s0() };
    let mut drawn = vec![0.0; z.len()];
    for (unit, z) in z.iter().enumerate() {
        weights.row(unit).for_each(|(neighbor, weight)| drawn[neighbor] += weight * z);
    }
    let mean = drawn.iter().sum::<f64>() / n;
    let spread: f64 = drawn.iter().map(|drawn| (drawn - mean).powi(2)).sum();
    let varies = spread > 1e-13 * power_sum(&drawn, 2);
    let variance = if varies { scale * scale * spread * n / (n - 1.0) } else { 0.0 };
    Test::new(scale * dot(&z, &weights.lag(&u)), 0.0, variance, 1.0, alternative)
}

/// Local bivariate Moran of each unit, `z_i Σ_j w_ij u_j` with both variables divided by their standard deviation over `n` or `n − 1`.
/// `None` for a unit without a neighbor.
///
/// spdep's `localmoran_bv` and esda take `n − 1`. No analytic test: use conditional permutations. Cost: O(links).
///
/// # Errors
/// As [`bivariate_moran`].
///
/// ```
/// use optima::stats::bivariate::local_bivariate_moran;
/// use optima::stats::spatial_test::Divisor;
/// use optima::stats::spatial_weights::SpatialWeights;
/// let weights = SpatialWeights::binary(&[vec![1], vec![0], vec![]]).unwrap();
/// let units = local_bivariate_moran(&[1.0, 2.0, 3.0], &[4.0, 2.0, 0.0], &weights, Divisor::NMinusOne).unwrap();
/// assert_eq!(units, [Some(0.0), Some(0.0), None]);
/// ```
pub fn local_bivariate_moran(x: &[f64], y: &[f64], weights: &SpatialWeights, divisor: Divisor) -> Result<Vec<Option<f64>>, Refusal> {
    let (z, u) = standardized(x, y, weights)?;
    let n = count(z.len());
    let lags = weights.lag(&u);
    let of_unit = |unit: usize| (!weights.is_island(unit)).then(|| z[unit] * lags[unit] * divisor.of(n) / n);
    Ok((0..z.len()).map(of_unit).collect())
}

/// Lee's L and what each unit contributes to it.
#[derive(Debug, Clone, PartialEq)]
pub struct LeeL {
    /// The coefficient: Pearson's correlation of the two lagged variables, times how smooth they are.
    pub l: f64,
    /// Local L; `None` for a unit without a neighbor. With row-standardized weights and no islands their mean is `l`.
    pub local: Vec<Option<f64>>,
}

/// Lee's L of two variables: `n / Σ_i (Σ_j w_ij)² · Σ_i lag_i(x − x̄) lag_i(y − ȳ) / √(Σ (x − x̄)² Σ (y − ȳ)²)`, as spdep's `lee`; local
/// `n lag_i(x − x̄) lag_i(y − ȳ) / √(…)`. Symmetric in `x` and `y`. Cost: O(links). Source: Lee, Journal of Geographical Systems 3 (2001).
///
/// # Errors
/// A constant `x` or `y`, a value that is no number, other units than the weights, no link.
///
/// ```
/// use optima::stats::bivariate::lee;
/// use optima::stats::spatial_weights::SpatialWeights;
/// let chain = SpatialWeights::binary(&[vec![1], vec![0, 2], vec![1, 3], vec![2]]).unwrap().row_standardized();
/// let found = lee(&[1.0, 2.0, 3.0, 5.0], &[9.0, 7.0, 4.0, 0.0], &chain).unwrap();
/// assert!(found.l < 0.0 && (found.local.iter().flatten().sum::<f64>() / 4.0 - found.l).abs() < 1e-15);
/// ```
pub fn lee(x: &[f64], y: &[f64], weights: &SpatialWeights) -> Result<LeeL, Refusal> {
    let (z, u) = standardized(x, y, weights)?;
    let (of_x, of_y) = (weights.lag(&z), weights.lag(&u));
    let sums: f64 = (0..weights.len()).map(|unit| weights.weights(unit).iter().sum::<f64>().powi(2)).sum();
    let local = |unit: usize| (!weights.is_island(unit)).then(|| of_x[unit] * of_y[unit]);
    Ok(LeeL { l: dot(&of_x, &of_y) / sums, local: (0..weights.len()).map(local).collect() })
}

/// Both variables with mean 0 and `Σ z² = n`.
fn standardized(x: &[f64], y: &[f64], weights: &SpatialWeights) -> Result<(Vec<f64>, Vec<f64>), Refusal> {
    refuse_weights(x.len(), weights)?;
    refuse_weights(y.len(), weights)?;
    let of = |values: &[f64]| {
        let z = deviations(values)?;
        let sd = (power_sum(&z, 2) / count(z.len())).sqrt();
        Ok(z.iter().map(|z| z / sd).collect::<Vec<f64>>())
    };
    Ok((of(x)?, of(y)?))
}
