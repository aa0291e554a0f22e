//! Local Moran: which units lie in a cluster, and which stand out from their surroundings?

use crate::stats::refusal::Refusal;
use crate::stats::spatial_test::{Alternative, Divisor, PartTest, count, deviations, power_sum, refuse_weights};
use crate::stats::spatial_weights::SpatialWeights;

/// What is held fixed when a unit's expectation and variance are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Moments {
    /// The unit keeps its value, the others are shuffled among the other units (Sokal, Oden & Thomson 1998; spdep's default since 1.1).
    #[default]
    Conditional,
    /// All values are shuffled among all units (Anselin 1995).
    Total,
}

/// Where "high" begins for the surroundings of a unit; the unit itself is high above the mean of the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Center {
    /// The mean of the values: the quadrant agrees with the sign of `I_i` (esda, `GeoDa`; spdep's `pysal`).
    #[default]
    MeanOfValues,
    /// The mean of the lags of units with a neighbor (spdep's `mean`, which counts the lag of an island as 0).
    MeanOfLags,
}

/// What is asked of local Moran. By default: divided by `n`, conditional, two-sided, quadrants around the mean of the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalQuestion {
    /// What `I_i` is divided by.
    pub divisor: Divisor,
    /// Where expectation and variance come from.
    pub moments: Moments,
    /// Which side counts.
    pub alternative: Alternative,
    /// Where the quadrants meet.
    pub center: Center,
}

impl Default for LocalQuestion {
    fn default() -> Self {
        Self { divisor: Divisor::default(), moments: Moments::default(), alternative: Alternative::TwoSided, center: Center::default() }
    }
}

/// A unit and its surroundings, in this order: each above its center (`High`) or not (`Low`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quadrant {
    /// High among high.
    HighHigh,
    /// Low among low.
    LowLow,
    /// Low among high.
    LowHigh,
    /// High among low.
    HighLow,
}

impl Quadrant {
    fn of(high: bool, among_high: bool) -> Self {
        match (high, among_high) {
            (true, true) => Self::HighHigh,
            (false, false) => Self::LowLow,
            (false, true) => Self::LowHigh,
            (true, false) => Self::HighLow,
        }
    }
}

/// Local Moran of one unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LocalMoran {
    /// `I_i` with its moments. `z` is absent where the unit is at the mean (conditional), or next to all others.
    pub test: PartTest,
    /// Its place in Moran's scatter plot; whether it is significant is another question.
    pub quadrant: Quadrant,
}

/// Local Moran of each unit; `None` for a unit without a neighbor.
///
/// `I_i = z_i Σ_j w_ij z_j / m`, `z = x − x̄`, `m = Σz² / n` (spdep) or `Σz² / (n − 1)` (esda). With `W = Σ_j w_ij`, `V = Σ_j w_ij²`,
/// `m2 = Σz² / n`. Conditional: expectation `−z_i² W / ((n − 1) m2)`, variance `(z_i / m2)² n / (n − 2) (V − W² / (n − 1)) (m2 − z_i² / (n − 1))`.
/// Total, with `b = n Σz⁴ / (Σz²)²`: expectation `−W / (n − 1)`, variance
/// `V (n − b) / (n − 1) + (W² − V)(2b − n) / ((n − 1)(n − 2)) − E²`. Over `n − 1` all are scaled alike, so that `z` stays. Mean, variance
/// and `n` are of all units, islands too. Cost: O(links).
/// Sources: Anselin, Geographical Analysis 27 (1995); Sokal, Oden & Thomson, Geographical Analysis 30 (1998).
///
/// # Errors
/// A constant field, a value that is no number, no link, fewer than three units.
///
/// ```
/// use optima::stats::local_moran::{LocalQuestion, Quadrant, local_moran};
/// use optima::stats::spatial_weights::SpatialWeights;
/// let weights = SpatialWeights::binary(&[vec![1], vec![0, 2], vec![1], vec![]]).unwrap().row_standardized();
/// let units = local_moran(&[1.0, 2.0, 9.0, 8.0], &weights, &LocalQuestion::default()).unwrap();
/// assert_eq!(units[0].unwrap().quadrant, Quadrant::LowLow);
/// assert!(units[0].unwrap().test.statistic > 0.0 && units[3].is_none());
/// ```
pub fn local_moran(values: &[f64], weights: &SpatialWeights, question: &LocalQuestion) -> Result<Vec<Option<LocalMoran>>, Refusal> {
    refuse_weights(values.len(), weights)?;
    let z = deviations(values)?;
    if z.len() < 3 {
        return Err(Refusal::new(format!("{} units", z.len())).remedy("a local test needs 3 or more"));
    }
    let surroundings = quadrants(&z, weights, question.center);
    let field = Field { n: count(z.len()), squares: power_sum(&z, 2), fourth: power_sum(&z, 4) };
    let lags = weights.lag(&z);
    let of_unit = |(unit, quadrant): (usize, Option<Quadrant>)| {
        let test = field.test(z[unit], lags[unit], weights.weights(unit), question);
        quadrant.map(|quadrant| LocalMoran { test, quadrant })
    };
    Ok(surroundings.into_iter().enumerate().map(of_unit).collect())
}

/// The quadrant of each unit in Moran's scatter plot; `None` for a unit without a neighbor. A unit at its center is low.
///
/// # Errors
/// A constant field, a value that is no number, no link.
///
/// ```
/// use optima::stats::local_moran::{Center, Quadrant, moran_quadrants};
/// use optima::stats::spatial_weights::SpatialWeights;
/// let weights = SpatialWeights::binary(&[vec![1], vec![0], vec![]]).unwrap();
/// let quadrants = moran_quadrants(&[1.0, 5.0, 3.0], &weights, Center::MeanOfValues).unwrap();
/// assert_eq!(quadrants, [Some(Quadrant::LowHigh), Some(Quadrant::HighLow), None]);
/// ```
pub fn moran_quadrants(values: &[f64], weights: &SpatialWeights, center: Center) -> Result<Vec<Option<Quadrant>>, Refusal> {
    refuse_weights(values.len(), weights)?;
    Ok(quadrants(&deviations(values)?, weights, center))
}

fn quadrants(z: &[f64], weights: &SpatialWeights, center: Center) -> Vec<Option<Quadrant>> {
    // The weighted mean of the neighbors: what is within rounding of the center is at the center.
    let rounding = 16.0 * f64::EPSILON;
    let of_unit = |(unit, lag): (usize, f64)| (!weights.is_island(unit)).then(|| lag / weights.weights(unit).iter().sum::<f64>());
    let around: Vec<Option<f64>> = weights.lag(z).into_iter().enumerate().map(of_unit).collect();
    let middle = match center {
        Center::MeanOfValues => 0.0,
        Center::MeanOfLags => around.iter().flatten().sum::<f64>() / count(around.iter().flatten().count()),
    };
    let quadrant = |(z, around): (&f64, Option<f64>)| around.map(|around| Quadrant::of(*z > 0.0, around - middle > rounding));
    z.iter().zip(around).map(quadrant).collect()
}

/// What all units share.
struct Field {
    n: f64,
    squares: f64,
    fourth: f64,
}

impl Field {
    fn test(&self, z: f64, lag: f64, weights: &[f64], question: &LocalQuestion) -> PartTest {
        let Self { n, squares, fourth } = *self;
        let m2 = squares / n;
        let sum: f64 = weights.iter().sum();
        let squared: f64 = weights.iter().map(|weight| weight * weight).sum();
        let (expectation, variance, scale) = match question.moments {
            Moments::Conditional => {
                let fixed = (z / m2).powi(2) * n / (n - 2.0);
                let of_weights = squared - sum * sum / (n - 1.0);
                let of_others = m2 - z * z / (n - 1.0);
                // Either factor may be a difference of equals.
                let none = of_weights <= 1e-13 * squared || of_others <= 1e-13 * m2;
                let variance = if none { 0.0 } else { fixed * of_weights * of_others };
                (-z * z * sum / ((n - 1.0) * m2), variance, 0.0)
            }
            Moments::Total => {
                let expectation = -sum / (n - 1.0);
                let kurtosis = n * fourth / (squares * squares);
                let of_links = squared * (n - kurtosis) / (n - 1.0);
                let of_pairs = (sum * sum - squared) * (2.0 * kurtosis - n) / ((n - 1.0) * (n - 2.0));
                (expectation, of_links + of_pairs - expectation * expectation, sum * sum)
            }
        };
        let ratio = question.divisor.of(n) / n;
        PartTest::new(ratio * z * lag / m2, ratio * expectation, ratio * ratio * variance, scale, question.alternative)
    }
}
