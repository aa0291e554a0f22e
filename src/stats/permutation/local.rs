//! Conditional permutation tests of local statistics: is this unit's surrounding more than chance?
//!
//! The unit keeps its value; its neighbors' values are drawn without replacement from those of all other units. All units share one
//! seeded table of draws, as in esda, so that equal surroundings get equal answers. Units that are their own neighbors
//! ([`SpatialWeights::with_self`]) keep that link as it is. Each test gives one p-value a unit, absent for an island; values must be known
//! for all units: restrict weights and values first. Many tests at once need [`multiplicity`](crate::stats::multiplicity).
//!
//! Cost: O(M (n + k²)) for equal weights in a row (M permutations, n units, k neighbors at most), some 3 ms for 999 permutations of 20,000
//! units on one thread; O(M n k) otherwise.
//!
//! Source: Anselin, Local indicators of spatial association, Geographical Analysis 27 (1995); esda's `crand`, from which
//! [`Tail::Directed`](super::Tail::Directed) differs in ties alone: there a statistic equal in all permutations gets the
//! smallest p possible, here 1.

use super::conditional::{Statistic, counts};
use super::{Counts, Permutations, centered};
use crate::stats::refusal::Refusal;
use crate::stats::spatial_weights::SpatialWeights;

/// p-values of local Moran's I, `I_i ∝ z_i Σ_j w_ij z_j`.
///
/// Greater: like its neighbors (high among high, low among low). A unit at the mean has p = 1: its `I_i` is 0 whatever its neighbors are.
///
/// # Errors
/// No permutation asked for; not one value a unit, a value that is no number, or values all equal.
///
/// ```
/// use optima::stats::permutation::{Tail, Permutations, local};
/// use optima::stats::spatial_weights::SpatialWeights;
/// let ring: Vec<Vec<u32>> = (0..12).map(|i| vec![(i + 11) % 12, (i + 1) % 12]).collect();
/// let weights = SpatialWeights::binary(&ring).unwrap().row_standardized();
/// let values = [9.0, 9.5, 9.2, 4.0, 3.0, 3.5, 4.1, 3.3, 4.2, 3.9, 4.4, 8.9];
/// let permutations = Permutations { count: 999, seed: 1, tail: Tail::Greater };
/// let p = local::moran(&values, &weights, &permutations).unwrap();
/// assert!(p[0].unwrap() < 0.05 && p[3].unwrap() > 0.05);
/// ```
pub fn moran(values: &[f64], weights: &SpatialWeights, permutations: &Permutations) -> Result<Vec<Option<f64>>, Refusal> {
    permutations.check(weights, values)?;
    let z = centered(values);
    Ok(signed(&z, counts(&z, weights, Statistic::Lag, permutations), permutations))
}

/// p-values of bivariate local Moran's I, `I_i ∝ zx_i Σ_j w_ij zy_j`: the unit's own `x` kept, its neighbors' `y` drawn from the others'.
///
/// Greater: the unit's `x` and its neighbors' `y` are high together or low together.
///
/// # Errors
/// As [`moran`], for either variable.
///
/// Source: Anselin, Syabri & Smirnov, Visualizing multivariate spatial correlation with dynamically linked windows, 2002.
///
/// ```
/// use optima::stats::permutation::{Permutations, Tail, local};
/// use optima::stats::spatial_weights::SpatialWeights;
/// let ring: Vec<Vec<u32>> = (0..12).map(|i| vec![(i + 11) % 12, (i + 1) % 12]).collect();
/// let weights = SpatialWeights::binary(&ring).unwrap();
/// let values = [9.0, 9.5, 9.2, 4.0, 3.0, 3.5, 4.1, 3.3, 4.2, 3.9, 4.4, 8.9];
/// let permutations = Permutations { count: 999, seed: 1, tail: Tail::Greater };
/// let other = values.map(|x| 20.0 - x);
/// assert!(local::bivariate_moran(&values, &other, &weights, &permutations).unwrap()[0].unwrap() > 0.95);
/// ```
pub fn bivariate_moran(x: &[f64], y: &[f64], weights: &SpatialWeights, permutations: &Permutations) -> Result<Vec<Option<f64>>, Refusal> {
    permutations.check(weights, x)?;
    permutations.check(weights, y)?;
    Ok(signed(&centered(x), counts(&centered(y), weights, Statistic::Lag, permutations), permutations))
}

/// p-values of Getis and Ord's `G_i`, or of `G_i*` where each unit is its own neighbor: by `Σ_j w_ij x_j`, in which both rise.
///
/// Greater: high values around the unit (hot); less: low values (cold). Ranked as its z-score is, so that negative values do no harm.
///
/// # Errors
/// As [`moran`].
///
/// Source: Getis & Ord, Geographical Analysis 24 (1992); Ord & Getis, Geographical Analysis 27 (1995).
///
/// ```
/// use optima::stats::permutation::{Permutations, Tail, local};
/// use optima::stats::spatial_weights::SpatialWeights;
/// let ring: Vec<Vec<u32>> = (0..12).map(|i| vec![(i + 11) % 12, (i + 1) % 12]).collect();
/// let weights = SpatialWeights::binary(&ring).unwrap();
/// let values = [9.0, 9.5, 9.2, 4.0, 3.0, 3.5, 4.1, 3.3, 4.2, 3.9, 4.4, 8.9];
/// let permutations = Permutations { count: 999, seed: 1, tail: Tail::Greater };
/// // Gi: hot at 0, not at 5. For Gi*, each unit is its own neighbor.
/// let p = local::getis_ord(&values, &weights, &permutations).unwrap();
/// assert!(p[0].unwrap() < 0.05 && p[5].unwrap() > 0.5);
/// assert!(local::getis_ord(&values, &weights.with_self(), &permutations).unwrap()[0].unwrap() < 0.05);
/// ```
pub fn getis_ord(values: &[f64], weights: &SpatialWeights, permutations: &Permutations) -> Result<Vec<Option<f64>>, Refusal> {
    permutations.check(weights, values)?;
    let counts = counts(&centered(values), weights, Statistic::Lag, permutations);
    Ok(counts.into_iter().map(|counts| counts.map(|counts| permutations.p(counts))).collect())
}

/// p-values of local Geary's c, `c_i ∝ Σ_j w_ij (z_i − z_j)²`. Greater: like its neighbors, so a small `c_i`.
///
/// # Errors
/// As [`moran`].
///
/// Source: Anselin, A local indicator of multivariate spatial association, Geographical Analysis 51 (2019).
///
/// ```
/// use optima::stats::permutation::{Permutations, Tail, local};
/// use optima::stats::spatial_weights::SpatialWeights;
/// let ring: Vec<Vec<u32>> = (0..12).map(|i| vec![(i + 11) % 12, (i + 1) % 12]).collect();
/// let weights = SpatialWeights::binary(&ring).unwrap();
/// let values = [9.0, 9.5, 9.2, 4.0, 3.0, 3.5, 4.1, 3.3, 4.2, 3.9, 4.4, 8.9];
/// let permutations = Permutations { count: 999, seed: 1, tail: Tail::Greater };
/// let p = local::geary(&values, &weights, &permutations).unwrap();
/// assert!(p[1].unwrap() < 0.05 && p[3].unwrap() > 0.05);
/// ```
pub fn geary(values: &[f64], weights: &SpatialWeights, permutations: &Permutations) -> Result<Vec<Option<f64>>, Refusal> {
    permutations.check(weights, values)?;
    let counts = counts(&centered(values), weights, Statistic::SquaredDifferences, permutations);
    Ok(counts.into_iter().map(|counts| counts.map(|counts| permutations.p(counts.reversed()))).collect())
}

/// p-values of the local join count `BB_i = x_i Σ_j w_ij x_j`, for marked units; absent for the others and for islands.
///
/// Greater: more marked neighbors than chance gives.
///
/// # Errors
/// As [`moran`]: all units marked, or none.
///
/// Source: Anselin & Li, Operational local join count statistics, J. Geographical Systems 21 (2019).
///
/// ```
/// use optima::stats::permutation::{Permutations, Tail, local};
/// use optima::stats::spatial_weights::SpatialWeights;
/// let ring: Vec<Vec<u32>> = (0..12).map(|i| vec![(i + 11) % 12, (i + 1) % 12]).collect();
/// let weights = SpatialWeights::binary(&ring).unwrap();
/// let marked: Vec<bool> = (0..12).map(|i| i < 4).collect();
/// let permutations = Permutations { count: 999, seed: 1, tail: Tail::Greater };
/// let p = local::join_count(&marked, &weights, &permutations).unwrap();
/// assert!(p[1].unwrap() < 0.1 && p[5].is_none());
/// ```
pub fn join_count(marked: &[bool], weights: &SpatialWeights, permutations: &Permutations) -> Result<Vec<Option<f64>>, Refusal> {
    let values: Vec<f64> = marked.iter().map(|marked| f64::from(u8::from(*marked))).collect();
    permutations.check(weights, &values)?;
    let counts = counts(&values, weights, Statistic::Lag, permutations);
    Ok(counts.into_iter().zip(marked).map(|(counts, marked)| counts.filter(|_| *marked).map(|counts| permutations.p(counts))).collect())
}

/// p-values of `z_i` times a lag: a negative factor changes the sides, a factor of zero makes all permutations equal.
fn signed(z: &[f64], counts: Vec<Option<Counts>>, permutations: &Permutations) -> Vec<Option<f64>> {
    let all = permutations.count;
    let one = |(counts, z): (Option<Counts>, &f64)| {
        counts.map(|counts| {
            permutations.p(if *z == 0.0 {
                Counts { at_least: all, at_most: all, as_far: all }
            } else if *z < 0.0 {
                counts.reversed()
            } else {
                counts
            })
        })
    };
    counts.into_iter().zip(z).map(one).collect()
}
