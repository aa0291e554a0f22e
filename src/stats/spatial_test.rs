//! What the tests of spatial clustering share: the question asked, the answer's form, and values made ready for them.

use statrs::distribution::{ContinuousCDF, Normal};

use crate::stats::refusal::Refusal;
use crate::stats::spatial_weights::{SpatialWeights, sum};

/// Below this share of its natural scale a variance is rounding: the statistic cannot come out otherwise.
const NO_VARIANCE: f64 = 1e-13;

/// Which deviation from the expectation counts as evidence.
///
/// Every statistic here is oriented so that `Greater` means more: more similarity, higher values, more joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Alternative {
    /// `z` above the expectation.
    #[default]
    Greater,
    /// `z` below the expectation.
    Less,
    /// Either.
    TwoSided,
}

impl Alternative {
    /// The p-value of a standard normal deviate: `1 − Φ(z)`, `Φ(z)`, or `2 (1 − Φ(|z|))`.
    ///
    /// ```
    /// use optima::stats::spatial_test::Alternative;
    /// assert!((Alternative::TwoSided.p_value(-1.959963984540054) - 0.05).abs() < 1e-10);
    /// assert!((Alternative::Less.p_value(-1.959963984540054) - 0.025).abs() < 1e-10);
    /// ```
    #[must_use]
    pub fn p_value(self, z: f64) -> f64 {
        let normal = Normal::standard();
        match self {
            Self::Greater => normal.sf(z),
            Self::Less => normal.cdf(z),
            Self::TwoSided => (2.0 * normal.sf(z.abs())).min(1.0),
        }
    }
}

/// What "no clustering" means for the variance of a global statistic. The two differ; a result names its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Null {
    /// The values at hand fell on the units in any order, each as likely.
    #[default]
    Randomization,
    /// Each value is an independent draw from one normal distribution.
    Normality,
}

/// How many units the formulas of a global statistic count where some have no neighbor. Mean and variance of the values are those of all
/// units under both; to take islands out altogether, use [`SpatialWeights::restricted_to`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Islands {
    /// All units: the moments are then exactly those over all permutations of the values (esda; spdep with `adjust.n = FALSE`).
    #[default]
    Counted,
    /// Only units with a neighbor (spdep's default, `adjust.n = TRUE`).
    SetAside,
}

/// What is asked of a global statistic. By default: randomization, greater, islands counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Question {
    /// Where the variance comes from.
    pub null: Null,
    /// Which side counts.
    pub alternative: Alternative,
    /// How islands count.
    pub islands: Islands,
}

/// A statistic beside what it would be without clustering. All numbers are finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    /// The statistic.
    pub statistic: f64,
    /// Its expectation under the null hypothesis.
    pub expectation: f64,
    /// Its variance under the null hypothesis, above 0.
    pub variance: f64,
    /// The standard deviate, positive for similarity.
    pub z: f64,
    /// By the normal approximation, for the alternative that was asked for.
    pub p_value: f64,
}

/// The same for one part of the whole: a unit, or a pair of colors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PartTest {
    /// The statistic.
    pub statistic: f64,
    /// Its expectation under the null hypothesis.
    pub expectation: f64,
    /// Its variance under the null hypothesis.
    pub variance: f64,
    /// `(statistic − expectation) / √variance`; absent where the variance is 0, for then nothing else could have come out.
    pub z: Option<f64>,
    /// By the normal approximation; absent where `z` is.
    pub p_value: Option<f64>,
}

impl PartTest {
    /// `scale`: the size that the variance is the difference of numbers of.
    pub(crate) fn new(statistic: f64, expectation: f64, variance: f64, scale: f64, alternative: Alternative) -> Self {
        let varies = variance > NO_VARIANCE * scale;
        let z = Some((statistic - expectation) / variance.sqrt()).filter(|z| varies && z.is_finite());
        let variance = if varies { variance } else { 0.0 };
        Self { statistic, expectation, variance, z, p_value: z.map(|z| alternative.p_value(z)) }
    }
}

impl Test {
    /// `sign` is −1 where a low statistic is similarity.
    pub(crate) fn new(statistic: f64, expectation: f64, variance: f64, sign: f64, alternative: Alternative) -> Result<Self, Refusal> {
        if variance.is_nan() || variance <= NO_VARIANCE * expectation * expectation {
            return Err(Refusal::new("the statistic comes out the same wherever the values lie")
                .remedy("a test needs units of which some are neighbors and others are not"));
        }
        let z = sign * (statistic - expectation) / variance.sqrt();
        if !(statistic.is_finite() && variance.is_finite() && z.is_finite()) {
            return Err(Refusal::new("the weights are too large or too small to compute with").remedy("give them another unit"));
        }
        Ok(Self { statistic, expectation, variance, z, p_value: alternative.p_value(z) })
    }
}

/// A number of units as a real number.
#[expect(clippy::cast_precision_loss, reason = "numbers of units")]
pub(crate) fn count(units: usize) -> f64 {
    units as f64
}

/// The constants of Cliff and Ord for some weights.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Constants {
    /// The units that count.
    pub(crate) n: f64,
    pub(crate) s0: f64,
    pub(crate) s1: f64,
    pub(crate) s2: f64,
}

impl Constants {
    /// Refuses units too few for the moments under `null`.
    pub(crate) fn of(weights: &SpatialWeights, islands: Islands, null: Null) -> Result<Self, Refusal> {
        let linked = weights.len() - weights.islands().len();
        let units = if islands == Islands::Counted { weights.len() } else { linked };
        let least = if null == Null::Randomization { 4 } else { 3 };
        if units < least {
            return Err(Refusal::new(format!("{units} units")).remedy(format!("a test of clustering needs {least} or more")));
        }
        Ok(Self { n: count(units), s0: weights.s0(), s1: weights.s1(), s2: weights.s2() })
    }
}

/// Refuses weights that a statistic cannot be made of: not of these units, without a link, or with units linked to themselves.
pub(crate) fn refuse_weights(values: usize, weights: &SpatialWeights) -> Result<(), Refusal> {
    if weights.len() != values {
        return Err(Refusal::new(format!("{values} values and {} units", weights.len())).remedy("give one value a unit"));
    }
    if weights.links() == 0 {
        return Err(Refusal::new("no unit has a neighbor").remedy("choose other neighbors: the k nearest are never none"));
    }
    if weights.has_self() {
        return Err(Refusal::new("a unit is its own neighbor").remedy("only Gi* counts the unit itself"));
    }
    Ok(())
}

/// The power of two that brings a positive number into 1..2; a product with it loses no digit.
fn to_unit(largest: f64) -> f64 {
    let exponent = i32::try_from((largest.to_bits() >> 52) & 0x7ff).unwrap_or(0) - 1023;
    2_f64.powi(-exponent)
}

fn refuse_values(values: &[f64]) -> Result<f64, Refusal> {
    if let Some(unit) = values.iter().position(|value| !value.is_finite()) {
        return Err(Refusal::new(format!("the value of unit {unit} is not a number")).remedy("leave units without a value out"));
    }
    Ok(values.iter().fold(0.0, |largest, value| value.abs().max(largest)))
}

/// Values divided by a power of two so that the largest is in 1..2: their powers neither overflow nor vanish. Refuses none, and not a
/// number.
pub(crate) fn scaled(values: &[f64]) -> Result<Vec<f64>, Refusal> {
    let unit = to_unit(refuse_values(values)?);
    Ok(values.iter().map(|value| value * unit).collect())
}

/// Deviations from the mean, in a unit that makes the largest 1..2 (every statistic here is indifferent to the unit). A deviation within
/// rounding is 0: a unit at the mean is neither high nor low. Refuses a constant field, and not a number.
pub(crate) fn deviations(values: &[f64]) -> Result<Vec<f64>, Refusal> {
    let scaled = scaled(values)?;
    let mean = sum(scaled.iter().copied()) / count(scaled.len());
    let largest = scaled.iter().fold(0.0_f64, |largest, value| value.abs().max(largest));
    let rounding = 4.0 * f64::EPSILON * largest;
    let snapped = |deviation: f64| if deviation.abs() <= rounding { 0.0 } else { deviation };
    let mut deviations: Vec<f64> = scaled.iter().map(|value| snapped(value - mean)).collect();
    let largest = deviations.iter().fold(0.0_f64, |largest, deviation| deviation.abs().max(largest));
    if largest == 0.0 {
        return Err(Refusal::new("all values are the same").remedy("where nothing differs nothing can cluster"));
    }
    let unit = to_unit(largest);
    for deviation in &mut deviations {
        *deviation *= unit;
    }
    Ok(deviations)
}

/// `Σ z^k` over all units.
pub(crate) fn power_sum(z: &[f64], power: i32) -> f64 {
    z.iter().map(|z| z.powi(power)).sum()
}

/// `Σ a_i b_i`.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// What a local statistic is divided by: the variance of the values over `n` or over `n − 1`. Local values differ by `(n − 1) / n`;
/// their `z` and their quadrants do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Divisor {
    /// `Σz² / n`: spdep's `localmoran`; `Σ I_i / S0 = I`.
    #[default]
    N,
    /// `Σz² / (n − 1)`: esda's `Moran_Local`; spdep's `localC` and its bivariate Moran.
    NMinusOne,
}

impl Divisor {
    /// `n` or `n − 1`.
    pub(crate) fn of(self, n: f64) -> f64 {
        if self == Self::N { n } else { n - 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_is_refused_however_it_is_written() {
        for constant in [0.0, 0.1, -3.7, 1e300, 1e-310] {
            assert_eq!(deviations(&[constant; 7]).unwrap_err().reason, "all values are the same");
        }
        let rounding = [0.3, 0.1 + 0.2, 0.3, 0.3];
        assert!(deviations(&rounding).is_err());
    }

    #[test]
    fn a_unit_at_the_mean_deviates_by_nothing() {
        let z = deviations(&[0.1, 0.2, 0.3, 0.4, 0.5]).unwrap();
        assert_eq!(z[2], 0.0);
        assert!(z[4] >= 1.0 && z[4] < 2.0);
    }

    #[test]
    fn extreme_values_neither_overflow_nor_vanish() {
        for size in [1e308, 1e-300, 1.0] {
            let z = deviations(&[size, -size, 0.5 * size, 0.0]).unwrap();
            assert!(power_sum(&z, 4).is_finite() && power_sum(&z, 4) > 0.5, "{size}: {z:?}");
        }
        assert_eq!(deviations(&[1.0, f64::NAN]).unwrap_err().reason, "the value of unit 1 is not a number");
    }

    #[test]
    fn a_tail_keeps_its_digits() {
        // R: pnorm(8, lower.tail = FALSE)
        assert!((Alternative::Greater.p_value(8.0) / 6.220_960_574_271_785e-16 - 1.0).abs() < 1e-10);
    }
}
