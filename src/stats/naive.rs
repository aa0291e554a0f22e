//! The forecasts that any other has to beat: the last value, the last cycle, the line from the first value to the last.

use crate::stats::prediction_interval::NormalForecast;
use crate::stats::refusal::Refusal;

/// The last value goes on: `y(n)`, with standard error `σ √h`, `σ² = mean of (y(t) − y(t−1))²`.
///
/// Cost: O(n). Source: R's `forecast::naive`.
///
/// # Errors
/// Fewer than two values.
///
/// ```
/// use optima::stats::naive::naive;
/// let next = naive(&[1.0, 2.0, 4.0], 4)?;
/// assert_eq!(next.mean, [4.0; 4]);
/// assert!((next.standard_error[3] - 2.0 * 2.5f64.sqrt()).abs() < 1e-12);
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
pub fn naive(y: &[f64], horizon: usize) -> Result<NormalForecast, Refusal> {
    seasonal_naive(y, 1, horizon)
}

/// The last cycle is repeated: `y(n + h − m k)`, with standard error `σ √k`, `k` the number of cycles begun by step h, and
/// `σ² = mean of (y(t) − y(t−m))²`.
///
/// Cost: O(n). Source: R's `forecast::snaive`.
///
/// # Errors
/// A cycle of no value, or not more values than one cycle.
///
/// ```
/// use optima::stats::naive::seasonal_naive;
/// let next = seasonal_naive(&[1.0, 5.0, 2.0, 6.0], 2, 3)?;
/// assert_eq!(next.mean, [2.0, 6.0, 2.0]);
/// assert_eq!(next.standard_error, [1.0, 1.0, 2.0f64.sqrt()]);
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
#[expect(clippy::cast_precision_loss, reason = "numbers of values")]
pub fn seasonal_naive(y: &[f64], cycle: usize, horizon: usize) -> Result<NormalForecast, Refusal> {
    if cycle == 0 || y.len() <= cycle {
        let reason = format!("{} values and a cycle of {cycle}", y.len());
        return Err(Refusal::new(reason).remedy("more values than a cycle has are needed"));
    }
    let squares: f64 = y.iter().zip(&y[cycle..]).map(|(before, after)| (after - before).powi(2)).sum();
    let variance = squares / (y.len() - cycle) as f64;
    let mean = (0..horizon).map(|ahead| y[y.len() - cycle + ahead % cycle]).collect();
    let standard_error = (0..horizon).map(|ahead| (variance * (ahead / cycle + 1) as f64).sqrt()).collect();
    Ok(NormalForecast { mean, standard_error })
}

/// The mean change goes on: `y(n) + h b`, `b = (y(n) − y(1)) / (n − 1)`, with the exact standard error of a random walk with drift.
///
/// `variance(h) = s² h (1 + h / (n − 1))`, `s² = Σ (y(t) − y(t−1) − b)² / (n − 2)`: the drift is estimated, too. With two
/// values the variance is unknown, and refused. Cost: O(n). Source: R's `forecast::rwf(drift = TRUE)`.
///
/// # Errors
/// Fewer than three values.
///
/// ```
/// use optima::stats::naive::drift;
/// let next = drift(&[1.0, 2.0, 4.0, 5.0, 5.0], 1)?;
/// assert_eq!(next.mean, [6.0]);
/// // Changes of 1, 2, 1, 0: s² = 2/3, and 1 + 1/4 of it one step ahead.
/// assert!((next.standard_error[0].powi(2) - 2.0 / 3.0 * 1.25).abs() < 1e-12);
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
#[expect(clippy::cast_precision_loss, reason = "numbers of values")]
pub fn drift(y: &[f64], horizon: usize) -> Result<NormalForecast, Refusal> {
    if y.len() < 3 {
        return Err(Refusal::new(format!("{} values for a drift", y.len())).remedy("it needs three values"));
    }
    let changes = (y.len() - 1) as f64;
    let drift = (y[y.len() - 1] - y[0]) / changes;
    let squares: f64 = y.windows(2).map(|pair| (pair[1] - pair[0] - drift).powi(2)).sum();
    let variance = squares / (changes - 1.0);
    let standard_error = (1..=horizon).map(|ahead| ahead as f64).map(|h| (variance * h * (1.0 + h / changes)).sqrt()).collect();
    Ok(NormalForecast { mean: drift_means(y, horizon)?, standard_error })
}

/// The means of [`drift`] alone, for which two values are enough.
///
/// # Errors
/// Fewer than two values.
///
/// ```
/// assert_eq!(optima::stats::naive::drift_means(&[1.0, 3.0], 2)?, [5.0, 7.0]);
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
#[expect(clippy::cast_precision_loss, reason = "numbers of values")]
pub fn drift_means(y: &[f64], horizon: usize) -> Result<Vec<f64>, Refusal> {
    if y.len() < 2 {
        return Err(Refusal::new(format!("{} values for a mean change", y.len())).remedy("it needs two values"));
    }
    let last = y[y.len() - 1];
    let drift = (last - y[0]) / (y.len() - 1) as f64;
    Ok((1..=horizon).map(|ahead| last + ahead as f64 * drift).collect())
}
