//! Geary's C, global and local: how much do neighbors differ, pair by pair?

use crate::stats::refusal::Refusal;
use crate::stats::spatial_test::{Constants, Divisor, Null, Question, Test, count, deviations, power_sum, refuse_weights};
use crate::stats::spatial_weights::SpatialWeights;

/// Geary's C of one value a unit, with its moments. Below 1: neighbors are alike.
///
/// `C = (n − 1) / (2 S0) Σ_ij w_ij (x_i − x_j)² / Σ (x_i − x̄)²`; expectation 1. Variance under randomization with
/// `K = n Σz⁴ / (Σz²)²`: `((n − 1) S1 (n² − 3n + 3 − (n − 1) K) − ¼ (n − 1) S2 (n² + 3n − 6 − (n² − n + 2) K) + S0² (n² − 3 − (n − 1)² K)) /
/// (n (n − 2)(n − 3) S0²)`; under normality `((2 S1 + S2)(n − 1) − 4 S0²) / (2 (n + 1) S0²)`.
///
/// `z = (1 − C) / √V`: positive for similarity, as spdep's `geary.test` has it and unlike esda. Where islands are set aside, `n` is the
/// number of units with neighbors throughout (spdep 1.2 mixes both numbers in its variances). Cost: O(links log neighbors).
/// Sources: Geary, The Incorporated Statistician 5 (1954); Cliff & Ord, Spatial Processes (1981).
///
/// # Errors
/// As [`moran`](crate::stats::moran::moran).
///
/// ```
/// use optima::stats::geary::geary;
/// use optima::stats::spatial_test::Question;
/// use optima::stats::spatial_weights::SpatialWeights;
/// let chain = SpatialWeights::binary(&[vec![1], vec![0, 2], vec![1, 3], vec![2, 4], vec![3]]).unwrap();
/// let test = geary(&[1.0, 2.0, 3.0, 4.0, 5.0], &chain, &Question::default()).unwrap();
/// assert!((test.statistic - 0.2).abs() < 1e-15 && test.z > 0.0);
/// ```
pub fn geary(values: &[f64], weights: &SpatialWeights, question: &Question) -> Result<Test, Refusal> {
    refuse_weights(values.len(), weights)?;
    let z = deviations(values)?;
    let Constants { n, s0, s1, s2 } = Constants::of(weights, question.islands, question.null)?;
    let squares = power_sum(&z, 2);
    let differences: f64 = (0..z.len()).map(|unit| squared_differences(&z, weights, unit)).sum();
    let statistic = (n - 1.0) / (2.0 * s0) * differences / squares;
    let s02 = s0 * s0;
    let variance = match question.null {
        Null::Randomization => {
            let kurtosis = n * power_sum(&z, 4) / (squares * squares);
            let of_s1 = (n - 1.0) * s1 * (n * n - 3.0 * n + 3.0 - (n - 1.0) * kurtosis);
            let of_s2 = 0.25 * (n - 1.0) * s2 * (n * n + 3.0 * n - 6.0 - (n * n - n + 2.0) * kurtosis);
            let of_s0 = s02 * (n * n - 3.0 - (n - 1.0).powi(2) * kurtosis);
            (of_s1 - of_s2 + of_s0) / (n * (n - 2.0) * (n - 3.0) * s02)
        }
        Null::Normality => ((2.0 * s1 + s2) * (n - 1.0) - 4.0 * s02) / (2.0 * (n + 1.0) * s02),
    };
    Test::new(statistic, 1.0, variance, -1.0, question.alternative)
}

/// `Σ_j w_ij (z_i − z_j)²`.
fn squared_differences(z: &[f64], weights: &SpatialWeights, unit: usize) -> f64 {
    weights.row(unit).map(|(neighbor, weight)| weight * (z[unit] - z[neighbor]).powi(2)).sum()
}

/// Local Geary of each unit: `c_i = Σ_j w_ij (x_i − x_j)² / s²`, with `s² = Σ (x_i − x̄)² / n` or `/ (n − 1)`; small where a unit is like its
/// neighbors. `None` for a unit without a neighbor.
///
/// spdep's `localC` divides by `n − 1`, esda's `Geary_Local` by `n`. It has no analytic test here: use conditional permutations.
/// Source: Anselin, Geographical Analysis 27 (1995) and 51 (2019). Cost: O(links).
///
/// # Errors
/// A constant field, a value that is no number, no link.
///
/// ```
/// use optima::stats::geary::local_geary;
/// use optima::stats::spatial_test::Divisor;
/// use optima::stats::spatial_weights::SpatialWeights;
/// let weights = SpatialWeights::binary(&[vec![1], vec![0], vec![]]).unwrap();
/// assert_eq!(local_geary(&[1.0, 2.0, 3.0], &weights, Divisor::NMinusOne).unwrap(), [Some(1.0), Some(1.0), None]);
/// ```
pub fn local_geary(values: &[f64], weights: &SpatialWeights, divisor: Divisor) -> Result<Vec<Option<f64>>, Refusal> {
    refuse_weights(values.len(), weights)?;
    let z = deviations(values)?;
    let variance = power_sum(&z, 2) / divisor.of(count(z.len()));
    let of_unit = |unit| (!weights.is_island(unit)).then(|| squared_differences(&z, weights, unit) / variance);
    Ok((0..z.len()).map(of_unit).collect())
}
