//! Permutation tests of global statistics: is the whole map more ordered than its values put on it at random?
//!
//! Every relabeling is a full one (Fisher–Yates), all orders equally likely. Values must be known for all units: restrict weights and
//! values first. Islands take part with their values and have no links, as with spdep's `zero.policy`.
//!
//! Cost: O(M (n + links)), some 50 µs for a relabeling of 20,000 units on one thread.

use rayon::prelude::*;

use super::generator::Xoshiro256PlusPlus;
use super::relabeling::{Pairs, Sums};
use super::{Counts, Permutations, centered};
use crate::stats::refusal::Refusal;
use crate::stats::spatial_weights::SpatialWeights;

/// A global statistic beside what it is when the values are put on the map at random.
#[derive(Debug, Clone, PartialEq)]
pub struct GlobalTest {
    /// The observed statistic.
    pub statistic: f64,
    /// `(r + 1) / (M + 1)`, by the tail asked for.
    pub p: f64,
    /// The statistic of each permutation, in the order of the draws.
    pub permuted: Vec<f64>,
}

impl GlobalTest {
    /// `rounding`: how far two statistics may lie apart and be the same.
    fn new(statistic: f64, permuted: Vec<f64>, rounding: f64, expected: f64, permutations: &Permutations) -> Self {
        let count = |holds: &dyn Fn(f64) -> bool| permuted.iter().fold(0, |count, s| count + u32::from(holds(*s)));
        let distance = (statistic - expected).abs();
        let counts = Counts {
            at_least: count(&|s| s >= statistic - rounding),
            at_most: count(&|s| s <= statistic + rounding),
            as_far: count(&|s| (s - expected).abs() >= distance - rounding),
        };
        Self { statistic, p: permutations.p(counts), permuted }
    }
}

/// Moran's `I = n/S0 · Σ_ij w_ij z_i z_j / Σ z_i²`. Greater: neighbors are alike.
///
/// # Errors
/// No permutation asked for; not one value a unit, a value that is no number, values all equal, or no links at all.
///
/// Source: Cliff & Ord, Spatial Processes, 1981; spdep's `moran.mc`.
///
/// ```
/// use optima::stats::permutation::{Tail, Permutations, global};
/// use optima::stats::spatial_weights::SpatialWeights;
/// let chain: Vec<Vec<u32>> = (0_u32..10).map(|i| [i.wrapping_sub(1), i + 1].into_iter().filter(|j| *j < 10).collect()).collect();
/// let weights = SpatialWeights::binary(&chain).unwrap();
/// let permutations = Permutations { count: 999, seed: 1, tail: Tail::Greater };
/// let test = global::moran(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0], &weights, &permutations).unwrap();
/// assert!((test.statistic - 0.7778).abs() < 1e-4 && test.p < 0.01);
/// ```
pub fn moran(values: &[f64], weights: &SpatialWeights, permutations: &Permutations) -> Result<GlobalTest, Refusal> {
    let z = checked(values, weights, permutations)?;
    let squares: f64 = z.iter().map(|z| z * z).sum();
    let n = count(z.len());
    let scale = n / (weights.s0() * squares);
    Ok(by_pairs(
        &z,
        weights,
        permutations,
        squares,
        |sums| scale * sums.products,
        scale,
        |own| scale * squares * (own / n - (weights.s0() - own) / (n * (n - 1.0))),
    ))
}

/// Geary's `C = (n − 1)/(2 S0) · Σ_ij w_ij (z_i − z_j)² / Σ z_i²`. Greater: neighbors are alike, so a small `C`.
///
/// # Errors
/// As [`moran`].
///
/// Source: Cliff & Ord, Spatial Processes, 1981; spdep's `geary.mc`.
///
/// ```
/// use optima::stats::permutation::{Permutations, Tail, global};
/// use optima::stats::spatial_weights::SpatialWeights;
/// let ring: Vec<Vec<u32>> = (0..12).map(|i| vec![(i + 11) % 12, (i + 1) % 12]).collect();
/// let weights = SpatialWeights::binary(&ring).unwrap();
/// let values = [9.0, 9.5, 9.2, 4.0, 3.0, 3.5, 4.1, 3.3, 4.2, 3.9, 4.4, 8.9];
/// let permutations = Permutations { count: 999, seed: 1, tail: Tail::Greater };
/// let test = global::geary(&values, &weights, &permutations).unwrap();
/// assert!(test.statistic < 1.0 && test.p < 0.01 && test.permuted.len() == 999);
/// ```
pub fn geary(values: &[f64], weights: &SpatialWeights, permutations: &Permutations) -> Result<GlobalTest, Refusal> {
    let z = checked(values, weights, permutations)?;
    let squares: f64 = z.iter().map(|z| z * z).sum();
    let scale = (count(z.len()) - 1.0) / (2.0 * weights.s0() * squares);
    // Of −C, for which more is more alike.
    let statistic = |sums: &Sums| -scale * sums.squared_differences;
    let test = by_pairs(&z, weights, permutations, squares, statistic, 4.0 * scale, |own| own / weights.s0() - 1.0);
    Ok(GlobalTest { statistic: -test.statistic, p: test.p, permuted: test.permuted.into_iter().map(|c| -c).collect() })
}

/// Getis and Ord's global `G = Σ_ij w_ij x_i x_j / Σ_{i≠j} x_i x_j`, for values of 0 or more. Greater: high values lie together.
///
/// # Errors
/// As [`moran`]; a negative value, or fewer than two positive ones.
///
/// Source: Getis & Ord, Geographical Analysis 24 (1992).
///
/// ```
/// use optima::stats::permutation::{Permutations, Tail, global};
/// use optima::stats::spatial_weights::SpatialWeights;
/// let ring: Vec<Vec<u32>> = (0..12).map(|i| vec![(i + 11) % 12, (i + 1) % 12]).collect();
/// let weights = SpatialWeights::binary(&ring).unwrap();
/// let values = [9.0, 9.5, 9.2, 4.0, 3.0, 3.5, 4.1, 3.3, 4.2, 3.9, 4.4, 8.9];
/// let permutations = Permutations { count: 999, seed: 1, tail: Tail::Greater };
/// assert!(global::getis_ord(&values, &weights, &permutations).unwrap().p < 0.01);
/// ```
pub fn getis_ord(values: &[f64], weights: &SpatialWeights, permutations: &Permutations) -> Result<GlobalTest, Refusal> {
    checked(values, weights, permutations)?;
    if values.iter().any(|x| *x < 0.0) {
        return Err(Refusal::new("a negative value").remedy("G is for values of 0 or more: take Moran's I"));
    }
    let (sum, squares) = (values.iter().sum::<f64>(), values.iter().map(|x| x * x).sum::<f64>());
    let products = sum * sum - squares;
    if values.iter().filter(|x| **x > 0.0).count() < 2 || products <= 0.0 {
        return Err(Refusal::new("fewer than two positive values").remedy("G compares products of values: there are none"));
    }
    let n = count(values.len());
    let expected = |own: f64| own / n * squares / products + (weights.s0() - own) / (n * (n - 1.0));
    Ok(by_pairs(values, weights, permutations, squares, |sums| sums.products / products, 1.0 / products, expected))
}

/// The join count `BB = ½ Σ_ij w_ij x_i x_j` of marked units. Greater: marked units lie together.
///
/// # Errors
/// As [`moran`]: all units marked, or none.
///
/// Source: Cliff & Ord, Spatial Processes, 1981; spdep's `joincount.mc`.
///
/// ```
/// use optima::stats::permutation::{Permutations, Tail, global};
/// use optima::stats::spatial_weights::SpatialWeights;
/// let ring: Vec<Vec<u32>> = (0..12).map(|i| vec![(i + 11) % 12, (i + 1) % 12]).collect();
/// let weights = SpatialWeights::binary(&ring).unwrap();
/// let marked: Vec<bool> = (0..12).map(|i| i < 4).collect();
/// let permutations = Permutations { count: 999, seed: 1, tail: Tail::Greater };
/// let test = global::join_count(&marked, &weights, &permutations).unwrap();
/// assert!(test.statistic == 3.0 && test.p < 0.05);
/// ```
pub fn join_count(marked: &[bool], weights: &SpatialWeights, permutations: &Permutations) -> Result<GlobalTest, Refusal> {
    let x: Vec<f64> = marked.iter().map(|marked| f64::from(u8::from(*marked))).collect();
    checked(&x, weights, permutations)?;
    let (n, b) = (count(x.len()), x.iter().sum::<f64>());
    let expected = |own: f64| 0.5 * (own * b / n + (weights.s0() - own) * b * (b - 1.0) / (n * (n - 1.0)));
    Ok(by_pairs(&x, weights, permutations, b, |sums| 0.5 * sums.products, 0.5, expected))
}

/// The join count `BW = ½ Σ_ij w_ij (x_i − x_j)²` of marked with other units. Less, that is fewer joins: marked units lie together.
///
/// # Errors
/// As [`join_count`].
///
/// ```
/// use optima::stats::permutation::{Permutations, Tail, global};
/// use optima::stats::spatial_weights::SpatialWeights;
/// let ring: Vec<Vec<u32>> = (0..12).map(|i| vec![(i + 11) % 12, (i + 1) % 12]).collect();
/// let weights = SpatialWeights::binary(&ring).unwrap();
/// let marked: Vec<bool> = (0..12).map(|i| i < 4).collect();
/// let permutations = Permutations { count: 999, seed: 1, tail: Tail::Greater };
/// let test = global::join_count_mixed(&marked, &weights, &permutations).unwrap();
/// assert!(test.statistic == 2.0 && test.p > 0.95);
/// ```
pub fn join_count_mixed(marked: &[bool], weights: &SpatialWeights, permutations: &Permutations) -> Result<GlobalTest, Refusal> {
    let x: Vec<f64> = marked.iter().map(|marked| f64::from(u8::from(*marked))).collect();
    checked(&x, weights, permutations)?;
    let (n, b) = (count(x.len()), x.iter().sum::<f64>());
    let expected = |own: f64| (weights.s0() - own) * b * (n - b) / (n * (n - 1.0));
    Ok(by_pairs(&x, weights, permutations, b, |sums| 0.5 * sums.squared_differences, 2.0, expected))
}

/// Bivariate Moran's `I = n/S0 · Σ_ij w_ij zx_i zy_j / √(Σ zx² Σ zy²)`: `x` stays, `y` is put on the map anew. Greater: `x` is high where
/// the neighbors' `y` is.
///
/// # Errors
/// As [`moran`], for either variable.
///
/// Source: Wartenberg, Geographical Analysis 17 (1985); esda's `Moran_BV`.
///
/// ```
/// use optima::stats::permutation::{Permutations, Tail, global};
/// use optima::stats::spatial_weights::SpatialWeights;
/// let ring: Vec<Vec<u32>> = (0..12).map(|i| vec![(i + 11) % 12, (i + 1) % 12]).collect();
/// let weights = SpatialWeights::binary(&ring).unwrap();
/// let values = [9.0, 9.5, 9.2, 4.0, 3.0, 3.5, 4.1, 3.3, 4.2, 3.9, 4.4, 8.9];
/// let permutations = Permutations { count: 999, seed: 1, tail: Tail::Greater };
/// let other = values.map(|x| 20.0 - x);
/// assert!(global::bivariate_moran(&values, &other, &weights, &permutations).unwrap().p > 0.95);
/// ```
pub fn bivariate_moran(x: &[f64], y: &[f64], weights: &SpatialWeights, permutations: &Permutations) -> Result<GlobalTest, Refusal> {
    let (x, y) = (checked(x, weights, permutations)?, checked(y, weights, permutations)?);
    // Σ_ij w_ij x_i y_j = Σ_j y_j Σ_i w_ij x_i.
    let mut pulled = vec![0.0; x.len()];
    for (unit, x) in x.iter().enumerate() {
        for (neighbor, weight) in weights.row(unit) {
            pulled[neighbor] += weight * x;
        }
    }
    let (xx, yy): (f64, f64) = (x.iter().map(|x| x * x).sum(), y.iter().map(|y| y * y).sum());
    let scale = count(x.len()) / weights.s0() / (xx * yy).sqrt();
    let dot = |labels: &[u32]| scale * pulled.iter().zip(labels).map(|(pulled, label)| pulled * y[*label as usize]).sum::<f64>();
    let size = pulled.iter().map(|pulled| pulled * pulled).sum::<f64>() * yy;
    let rounding = f64::EPSILON * count(x.len() + 8) * scale * size.sqrt();
    // The values of y sum to 0: so does what is expected.
    Ok(by_labels(x.len(), permutations, dot, rounding, 0.0))
}

/// Lee's `L = n / Σ_i (Σ_j w_ij)² · Σ_i (Σ_j w_ij zx_j)(Σ_j w_ij zy_j) / √(Σ zx² Σ zy²)`: pairs of values are put on the map anew together.
/// Greater: the two are alike after smoothing.
///
/// # Errors
/// As [`moran`], for either variable.
///
/// Source: Lee, J. Geographical Systems 3 (2001); spdep's `lee.mc`.
///
/// ```
/// use optima::stats::permutation::{Permutations, Tail, global};
/// use optima::stats::spatial_weights::SpatialWeights;
/// let ring: Vec<Vec<u32>> = (0..12).map(|i| vec![(i + 11) % 12, (i + 1) % 12]).collect();
/// let weights = SpatialWeights::binary(&ring).unwrap();
/// let values = [9.0, 9.5, 9.2, 4.0, 3.0, 3.5, 4.1, 3.3, 4.2, 3.9, 4.4, 8.9];
/// let permutations = Permutations { count: 999, seed: 1, tail: Tail::Greater };
/// let other = values.map(|x| 2.0 * x + 1.0);
/// assert!(global::lee(&values, &other, &weights.with_self(), &permutations).unwrap().p < 0.05);
/// ```
pub fn lee(x: &[f64], y: &[f64], weights: &SpatialWeights, permutations: &Permutations) -> Result<GlobalTest, Refusal> {
    let (x, y) = (checked(x, weights, permutations)?, checked(y, weights, permutations)?);
    let n = count(x.len());
    let row_sums: Vec<f64> = (0..x.len()).map(|unit| weights.weights(unit).iter().sum()).collect();
    let total: f64 = row_sums.iter().map(|sum| sum * sum).sum();
    let (xx, yy): (f64, f64) = (x.iter().map(|x| x * x).sum(), y.iter().map(|y| y * y).sum());
    let scale = n / total / (xx * yy).sqrt();
    let smoothed = |labels: &[u32]| {
        let of_unit = |unit: usize| {
            let lags = weights.row(unit).fold((0.0, 0.0), |(a, b), (neighbor, weight)| {
                let label = labels[neighbor] as usize;
                (a + weight * x[label], b + weight * y[label])
            });
            lags.0 * lags.1
        };
        scale * (0..x.len()).map(of_unit).sum::<f64>()
    };
    // E Σ_i Σ_jk w_ij w_ik x_j y_k: pairs of the same unit, and of two (Lee 2004).
    let same: f64 = (0..x.len()).flat_map(|unit| weights.weights(unit)).map(|weight| weight * weight).sum();
    let xy: f64 = x.iter().zip(&y).map(|(x, y)| x * y).sum();
    let expected = scale * (same * xy / n - (total - same) * xy / (n * (n - 1.0)));
    let rounding = 4.0 * f64::EPSILON * (n + 16.0) * n / total * weights_bound(weights, &row_sums);
    Ok(by_labels(x.len(), permutations, smoothed, rounding, expected))
}

/// Bounds `Σ_i (Σ_j w_ij |x_j|)(Σ_j w_ij |y_j|) / √(Σ x² Σ y²)` for all labelings: the largest row sum times the largest column sum.
fn weights_bound(weights: &SpatialWeights, row_sums: &[f64]) -> f64 {
    let mut columns = vec![0.0; weights.len()];
    for unit in 0..weights.len() {
        for (neighbor, weight) in weights.row(unit) {
            columns[neighbor] += weight;
        }
    }
    let largest = |sums: &[f64]| sums.iter().copied().fold(0.0, f64::max);
    largest(row_sums) * largest(&columns)
}

fn checked(values: &[f64], weights: &SpatialWeights, permutations: &Permutations) -> Result<Vec<f64>, Refusal> {
    permutations.check(weights, values)?;
    if weights.links() == 0 {
        return Err(Refusal::new("no unit has a neighbor").remedy("a global statistic needs links: take k nearest neighbors or a distance"));
    }
    Ok(centered(values))
}

/// A statistic that is a function of the sums over pairs; `scale` is how fast it changes with them.
fn by_pairs(
    values: &[f64],
    weights: &SpatialWeights,
    permutations: &Permutations,
    squares: f64,
    statistic: impl Fn(&Sums) -> f64,
    scale: f64,
    expected: impl Fn(f64) -> f64,
) -> GlobalTest {
    let pairs = Pairs::of(weights);
    let observed = statistic(&observed(values, weights));
    let permuted: Vec<f64> = pairs.relabeled(values, permutations.seed, permutations.count).iter().map(statistic).collect();
    let rounding = f64::EPSILON * count(values.len() + 64) * scale * pairs.largest_degree() * squares;
    let own = (0..weights.len()).map(|unit| weights.weight(unit, unit)).sum();
    GlobalTest::new(observed, permuted, rounding, expected(own), permutations)
}

fn observed(z: &[f64], weights: &SpatialWeights) -> Sums {
    let (mut products, mut squared_differences) = (0.0, 0.0);
    for (i, z_i) in z.iter().enumerate() {
        for (j, weight) in weights.row(i) {
            products += weight * z_i * z[j];
            squared_differences += weight * (z_i - z[j]) * (z_i - z[j]);
        }
    }
    Sums { products, squared_differences }
}

/// A statistic of the labels: which unit's values each unit is given.
fn by_labels(
    units: usize,
    permutations: &Permutations,
    statistic: impl Fn(&[u32]) -> f64 + Sync,
    rounding: f64,
    expected: f64,
) -> GlobalTest {
    let labels: Vec<u32> = (0..u32::try_from(units).unwrap_or(u32::MAX)).collect();
    let one = |index: u32| {
        let mut labels = labels.clone();
        Xoshiro256PlusPlus::stream(permutations.seed, u64::from(index)).shuffle(&mut labels);
        statistic(&labels)
    };
    let permuted = (0..permutations.count).into_par_iter().map(one).collect();
    GlobalTest::new(statistic(&labels), permuted, rounding, expected, permutations)
}

#[expect(clippy::cast_precision_loss, reason = "numbers of units")]
fn count(units: usize) -> f64 {
    units as f64
}
