//! Moran's I: do neighbors resemble each other more than chance would have it?

use crate::stats::refusal::Refusal;
use crate::stats::spatial_test::{Constants, Null, Question, Test, count, deviations, dot, power_sum, refuse_weights};
use crate::stats::spatial_weights::SpatialWeights;

/// Moran's I of one value a unit, with its moments.
///
/// `I = (n / S0) Σ_ij w_ij z_i z_j / Σ z_i²`, `z = x − x̄`; expectation `−1 / (n − 1)`. Variance under randomization with kurtosis
/// `K = n Σz⁴ / (Σz²)²`: `(n (S1 (n² − 3n + 3) − n S2 + 3 S0²) − K (S1 (n² − n) − 2 n S2 + 6 S0²)) / ((n − 1)(n − 2)(n − 3) S0²) − E²`;
/// under normality: `(n² S1 − n S2 + 3 S0²) / (S0² (n² − 1)) − E²`. Positive: similar values side by side. Cost: O(links log neighbors).
/// Sources: Moran, Biometrika 37 (1950); Cliff & Ord, Spatial Processes (1981).
///
/// # Errors
/// A constant field, a value that is no number, no link, fewer than four units (three under normality), weights under which I is always
/// the same (each unit next to each other).
///
/// ```
/// use optima::stats::moran::moran;
/// use optima::stats::spatial_test::Question;
/// use optima::stats::spatial_weights::SpatialWeights;
/// let chain = SpatialWeights::binary(&[vec![1], vec![0, 2], vec![1, 3], vec![2, 4], vec![3]]).unwrap();
/// let test = moran(&[1.0, 2.0, 3.0, 4.0, 5.0], &chain, &Question::default()).unwrap();
/// assert!((test.statistic - 0.5).abs() < 1e-15 && test.expectation == -0.25 && test.z > 1.5);
/// assert_eq!(moran(&[7.0; 5], &chain, &Question::default()).unwrap_err().reason, "all values are the same");
/// ```
pub fn moran(values: &[f64], weights: &SpatialWeights, question: &Question) -> Result<Test, Refusal> {
    refuse_weights(values.len(), weights)?;
    let z = deviations(values)?;
    let constants = Constants::of(weights, question.islands, question.null)?;
    let Constants { n, s0, .. } = constants;
    let squares = power_sum(&z, 2);
    let statistic = n / s0 * dot(&z, &weights.lag(&z)) / squares;
    let expectation = -1.0 / (n - 1.0);
    let variance = match question.null {
        Null::Randomization => randomization_variance(&constants, count(z.len()) * power_sum(&z, 4) / (squares * squares)),
        Null::Normality => {
            let Constants { n, s0, s1, s2 } = constants;
            (n * n * s1 - n * s2 + 3.0 * s0 * s0) / (s0 * s0 * (n * n - 1.0)) - expectation * expectation
        }
    };
    Test::new(statistic, expectation, variance, 1.0, question.alternative)
}

/// The variance of I over all permutations of values with this kurtosis.
pub(crate) fn randomization_variance(Constants { n, s0, s1, s2 }: &Constants, kurtosis: f64) -> f64 {
    let s02 = s0 * s0;
    let flat = n * (s1 * (n * n - 3.0 * n + 3.0) - n * s2 + 3.0 * s02);
    let peaked = kurtosis * (s1 * (n * n - n) - 2.0 * n * s2 + 6.0 * s02);
    (flat - peaked) / ((n - 1.0) * (n - 2.0) * (n - 3.0) * s02) - (n - 1.0).powi(-2)
}

/// Rates made comparable where populations differ in size, for Moran's I (empirical Bayes index).
///
/// `(p_i − b) / √(a + b / P_i)` with `p_i` = events / population, `b = Σ events / Σ P` and `a = Σ P_i (p_i − b)² / Σ P − b n / Σ P`, 0 where
/// that is negative (spdep's `EBImoran.mc`). Sources: Assunção & Reis, Statistics in Medicine 18 (1999); Marshall (1991) for `a`, `b`.
///
/// # Errors
/// Events and populations of different numbers of units, a population that is not above 0, events below 0, no event at all, not a number.
///
/// ```
/// use optima::stats::moran::standardized_rates;
/// let rates = standardized_rates(&[1.0, 2.0, 9.0], &[100.0, 100.0, 100.0]).unwrap();
/// assert!((rates.iter().sum::<f64>()).abs() < 1e-12 && rates[2] > 0.0);
/// let refusal = standardized_rates(&[0.0, 2.0], &[0.0, 10.0]).unwrap_err();
/// assert_eq!(refusal.reason, "the population of unit 0 is not above 0");
/// ```
pub fn standardized_rates(events: &[f64], population: &[f64]) -> Result<Vec<f64>, Refusal> {
    if events.len() != population.len() {
        return Err(Refusal::new(format!("events of {} units and populations of {}", events.len(), population.len()))
            .remedy("give both for each unit"));
    }
    if let Some(unit) = population.iter().position(|persons| !(persons.is_finite() && *persons > 0.0)) {
        return Err(Refusal::new(format!("the population of unit {unit} is not above 0")).remedy("leave units without population out"));
    }
    if let Some(unit) = events.iter().position(|events| !(events.is_finite() && *events >= 0.0)) {
        return Err(Refusal::new(format!("the events of unit {unit} are not a number from 0")).remedy("leave units without a count out"));
    }
    let persons: f64 = population.iter().sum();
    let mean = events.iter().sum::<f64>() / persons;
    if !(mean.is_finite() && mean > 0.0) {
        return Err(Refusal::new("there is no event at all").remedy("where nothing happened nothing can cluster"));
    }
    let units = || events.iter().zip(population).map(|(events, persons)| (events / persons - mean, *persons));
    let observed: f64 = units().map(|(deviation, persons_here)| persons_here / persons * deviation * deviation).sum();
    let between = (observed - mean * count(events.len()) / persons).max(0.0);
    Ok(units().map(|(deviation, persons)| deviation / (between + mean / persons).sqrt()).collect())
}

/// Moran's I of [`standardized_rates`], with the moments of [`moran`].
///
/// # Errors
/// Those of both.
///
/// ```
/// use optima::stats::moran::standardized_rates_moran;
/// use optima::stats::spatial_test::Question;
/// use optima::stats::spatial_weights::SpatialWeights;
/// let chain = SpatialWeights::binary(&[vec![1], vec![0, 2], vec![1, 3], vec![2]]).unwrap();
/// let test = standardized_rates_moran(&[1.0, 2.0, 7.0, 9.0], &[90.0, 80.0, 70.0, 60.0], &chain, &Question::default()).unwrap();
/// assert!(test.statistic > 0.3);
/// ```
pub fn standardized_rates_moran(
    events: &[f64],
    population: &[f64],
    weights: &SpatialWeights,
    question: &Question,
) -> Result<Test, Refusal> {
    moran(&standardized_rates(events, population)?, weights, question)
}
