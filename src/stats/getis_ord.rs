//! Getis and Ord's G: do high values lie beside high ones, over the whole and around each unit?

use crate::stats::moran::randomization_variance;
use crate::stats::refusal::Refusal;
use crate::stats::spatial_test::{Alternative, Constants, Islands, Null, Test, count, deviations, dot, power_sum, refuse_weights, scaled};
use crate::stats::spatial_weights::SpatialWeights;

/// General G of one value a unit, none below 0, with its moments under randomization. Above its expectation: high values lie together;
/// below: low values do.
///
/// `G = Σ_ij w_ij x_i x_j / Σ_{i≠j} x_i x_j`; expectation `S0 / (n (n − 1))`. Weights are binary as a rule. The variance is that of Getis &
/// Ord with the coefficient of `m4` corrected (spdep's `B1correct`), over all permutations, computed from deviations, so that values far
/// from 0 lose no digits. Islands set aside are left out altogether (spdep's default, where links go both ways).
/// Cost: O(links log neighbors). Source: Getis & Ord, Geographical Analysis 24 (1992), corrected 25 (1993).
///
/// # Errors
/// A value below 0, a constant field, a value that is no number, no link, fewer than four units.
///
/// ```
/// use optima::stats::getis_ord::general_g;
/// use optima::stats::spatial_test::{Alternative, Islands};
/// use optima::stats::spatial_weights::SpatialWeights;
/// let chain = SpatialWeights::binary(&[vec![1], vec![0, 2], vec![1, 3], vec![2, 4], vec![3]]).unwrap();
/// let test = general_g(&[9.0, 8.0, 1.0, 1.0, 0.0], &chain, Alternative::Greater, Islands::Counted).unwrap();
/// assert!(test.expectation == 0.4 && test.statistic > 0.6 && test.z > 1.0);
/// ```
pub fn general_g(values: &[f64], weights: &SpatialWeights, alternative: Alternative, islands: Islands) -> Result<Test, Refusal> {
    refuse_weights(values.len(), weights)?;
    if islands == Islands::SetAside && !weights.islands().is_empty() {
        let linked: Vec<bool> = (0..weights.len()).map(|unit| !weights.is_island(unit)).collect();
        let (weights, units) = weights.restricted_to(&linked);
        let values: Vec<f64> = units.iter().map(|unit| values[*unit]).collect();
        return general_g(&values, &weights, alternative, Islands::Counted);
    }
    let x = scaled(values)?;
    if let Some(unit) = x.iter().position(|value| *value < 0.0) {
        return Err(Refusal::new(format!("the value of unit {unit} is below 0"))
            .remedy("general G is of quantities from 0 on: Moran's I takes any"));
    }
    let z = deviations(values)?;
    let constants = Constants::of(weights, Islands::Counted, Null::Randomization)?;
    let Constants { n, s0, s2, .. } = constants;
    let total: f64 = x.iter().sum();
    let pairs = total * total - power_sum(&x, 2);
    if pairs <= 0.0 {
        return Err(Refusal::new("one unit alone has a value above 0").remedy("general G compares pairs of units"));
    }
    let statistic = dot(&x, &weights.lag(&x)) / pairs;
    let expectation = s0 / (n * (n - 1.0));
    // x = mean + unit · z, so the numerator is a constant + mean · unit · Σ z_i d_i + unit² · Σ w z z, with d = row sum + column sum.
    let mean = total / n;
    let squares = power_sum(&z, 2);
    let cubes = power_sum(&z, 3);
    let unit = (power_sum(&x.iter().map(|x| x - mean).collect::<Vec<_>>(), 2) / squares).sqrt();
    let of_sums = squares * (s2 - 4.0 * s0 * s0 / n) / (n - 1.0);
    let of_products = randomization_variance(&constants, n * power_sum(&z, 4) / (squares * squares)) * (squares * s0 / n).powi(2);
    let of_both = cubes / (n * (n - 1.0)) * (2.0 * (2.0 * s0 * s0 - s2) / (n - 2.0) - s2);
    let (linear, quadratic) = (mean * unit, unit * unit);
    let variance = linear * linear * of_sums + quadratic * quadratic * of_products + 2.0 * linear * quadratic * of_both;
    Test::new(statistic, expectation, variance / (pairs * pairs), 1.0, alternative)
}

/// `G_i` or `G_i*` of one unit, as a standard deviate: hot above 0, cold below.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LocalG {
    /// The deviate; absent where the neighbors' values could not be other than they are (the unit is next to all others, or these are all
    /// the same).
    pub z: Option<f64>,
    /// By the normal approximation; absent where `z` is.
    pub p_value: Option<f64>,
}

/// `G_i` of each unit: its neighbors without itself against all others. `None` for a unit without a neighbor.
///
/// `z_i = (Σ_j w_ij x_j − W x̄_(i)) / (s_(i) √(((n − 1) V − W²) / (n − 2)))` with mean and variance (over `n − 1`) of all units but `i`,
/// `W = Σ_j w_ij`, `V = Σ_j w_ij²`; spdep's `localG`. With binary weights it is, up to the sign of `z_i`, the conditional deviate of local
/// Moran. Cost: O(links). Source: Ord & Getis, Geographical Analysis 27 (1995).
///
/// # Errors
/// A constant field, a value that is no number, no link, fewer than three units.
///
/// ```
/// use optima::stats::getis_ord::gi;
/// use optima::stats::spatial_test::Alternative;
/// use optima::stats::spatial_weights::SpatialWeights;
/// let weights = SpatialWeights::binary(&[vec![1], vec![0, 2], vec![1], vec![]]).unwrap();
/// let units = gi(&[1.0, 7.0, 9.0, 2.0], &weights, Alternative::TwoSided).unwrap();
/// assert!(units[2].unwrap().z.unwrap() > 0.0 && units[3].is_none());
/// ```
pub fn gi(values: &[f64], weights: &SpatialWeights, alternative: Alternative) -> Result<Vec<Option<LocalG>>, Refusal> {
    refuse_weights(values.len(), weights)?;
    let z = deviations(values)?;
    refuse_few(z.len())?;
    let others = count(z.len()) - 1.0;
    let squares = power_sum(&z, 2);
    let of_unit = |unit: usize| {
        let mean = -z[unit] / others;
        // n − 1 times the variance of the others: nothing where they are all the same.
        let spread = squares - z[unit] * z[unit] * (1.0 + 1.0 / others);
        let spread = if spread <= 1e-13 * squares { 0.0 } else { spread };
        deviate(&z, weights, unit, mean, spread, others, alternative)
    };
    Ok((0..z.len()).map(|unit| (!weights.is_island(unit)).then(|| of_unit(unit))).collect())
}

/// `G_i*` of each unit: its neighbors and itself against all units. `None` for a unit without a neighbor other than itself.
///
/// `z_i = (Σ_j w_ij x_j − W x̄) / (s √((n V − W²) / (n − 1)))`, `s² = Σ (x − x̄)² / n`; spdep's `localG` with `include.self`. Units that are
/// not their own neighbors become so at weight 1 ([`SpatialWeights::with_self`]); for row-standardized weights give
/// `weights.with_self().row_standardized()`. spdep gives an island, which is alone with itself, a number. Cost: O(links).
/// Source: Ord & Getis, Geographical Analysis 27 (1995).
///
/// # Errors
/// As [`gi`].
///
/// ```
/// use optima::stats::getis_ord::gi_star;
/// use optima::stats::spatial_test::Alternative;
/// use optima::stats::spatial_weights::SpatialWeights;
/// let weights = SpatialWeights::binary(&[vec![1], vec![0], vec![]]).unwrap();
/// let units = gi_star(&[1.0, 2.0, 6.0], &weights, Alternative::Less).unwrap();
/// assert!((units[0].unwrap().z.unwrap() + 1.3887301496588271).abs() < 1e-12 && units[2].is_none());
/// ```
pub fn gi_star(values: &[f64], weights: &SpatialWeights, alternative: Alternative) -> Result<Vec<Option<LocalG>>, Refusal> {
    if weights.islands().len() == weights.len() && weights.len() == values.len() {
        return Err(Refusal::new("no unit has a neighbor").remedy("choose other neighbors: the k nearest are never none"));
    }
    let star = weights.with_self();
    if star.len() != values.len() {
        return Err(Refusal::new(format!("{} values and {} units", values.len(), star.len())).remedy("give one value a unit"));
    }
    let z = deviations(values)?;
    refuse_few(z.len())?;
    let squares = power_sum(&z, 2);
    let of_unit = |unit| deviate(&z, &star, unit, 0.0, squares, count(z.len()), alternative);
    Ok((0..z.len()).map(|unit| (!star.is_island(unit)).then(|| of_unit(unit))).collect())
}

/// The deviate of a lag among `drawn` values with this mean and sum of squared deviations.
fn deviate(z: &[f64], weights: &SpatialWeights, unit: usize, mean: f64, spread: f64, drawn: f64, alternative: Alternative) -> LocalG {
    let lag: f64 = weights.row(unit).map(|(neighbor, weight)| weight * (z[neighbor] - mean)).sum();
    let sum: f64 = weights.weights(unit).iter().sum();
    let squared: f64 = weights.weights(unit).iter().map(|weight| weight * weight).sum();
    let of_weights = drawn * squared - sum * sum;
    let varies = spread > 0.0 && of_weights > 1e-13 * drawn * squared;
    let z = Some(lag / (spread / drawn * of_weights / (drawn - 1.0)).sqrt()).filter(|z| varies && z.is_finite());
    LocalG { z, p_value: z.map(|z| alternative.p_value(z)) }
}

fn refuse_few(units: usize) -> Result<(), Refusal> {
    if units < 3 { Err(Refusal::new(format!("{units} units")).remedy("a local test needs 3 or more")) } else { Ok(()) }
}
