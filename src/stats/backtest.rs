//! Forecasts tried out on the past: from each origin the values behind it are forecast from those before it alone.

use crate::stats::refusal::Refusal;

/// The errors of a method from rolling origins.
#[derive(Debug, Clone, PartialEq)]
pub struct RollingErrors {
    /// `by_step[h − 1]`: the errors `value − forecast`, h steps ahead, in order of their origins.
    pub by_step: Vec<Vec<f64>>,
    /// Origins from which it was forecast.
    pub origins: usize,
}

/// What is tried out: the values before an origin, and the number of steps, to so many forecasts.
pub type Forecaster<'f> = &'f dyn Fn(&[f64], usize) -> Result<Vec<f64>, Refusal>;

/// The errors of `forecaster` from every origin that leaves `first` values or more, up to `horizon` steps ahead.
///
/// No forecast sees a value behind its origin.
/// Cost: one forecast an origin.
///
/// # Errors
/// No horizon, no value behind the first origin, and what `forecaster` refuses.
///
/// Source: Tashman, Out-of-sample tests of forecasting accuracy, International J. of Forecasting 16 (2000); R's `forecast::tsCV`.
///
/// ```
/// use optima::stats::{backtest::rolling_origin, naive::naive};
/// let tried = rolling_origin(&[1.0, 2.0, 4.0, 4.0], 2, 2, &|past, steps| Ok(naive(past, steps)?.mean))?;
/// assert_eq!(tried.by_step, [vec![2.0, 0.0], vec![2.0]]);
/// assert_eq!(tried.root_mean_squares(), [Some(2.0f64.sqrt()), Some(2.0)]);
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
pub fn rolling_origin(y: &[f64], first: usize, horizon: usize, forecaster: Forecaster<'_>) -> Result<RollingErrors, Refusal> {
    if horizon == 0 || first >= y.len() {
        let reason = format!("origins from value {first} of {}, {horizon} steps ahead", y.len());
        return Err(Refusal::new(reason).remedy("leave a value to forecast, and forecast one step or more"));
    }
    let mut by_step = vec![Vec::new(); horizon.min(y.len() - first)];
    for origin in first..y.len() {
        let steps = horizon.min(y.len() - origin);
        let forecast = forecaster(&y[..origin], steps)?;
        for (step, (value, mean)) in y[origin..].iter().zip(&forecast).enumerate().take(steps) {
            by_step[step].push(value - mean);
        }
    }
    Ok(RollingErrors { by_step, origins: y.len() - first })
}

impl RollingErrors {
    /// For each step the mean absolute error, in the unit of the values.
    #[must_use]
    pub fn mean_absolute(&self) -> Vec<Option<f64>> {
        self.by_step.iter().map(|errors| mean(errors.iter().map(|e| e.abs()))).collect()
    }

    /// For each step the root of the mean squared error, in the unit of the values.
    #[must_use]
    pub fn root_mean_squares(&self) -> Vec<Option<f64>> {
        self.by_step.iter().map(|errors| mean(errors.iter().map(|e| e * e)).map(f64::sqrt)).collect()
    }

    /// All in one number, in the unit of the values: `Σ |e| / √h ÷ Σ 1 / √h` over origins and steps.
    ///
    /// The weight 1/√h is that of a random walk, whose errors grow by √h: no step rules over the others. `None` without errors.
    ///
    /// ```
    /// use optima::stats::backtest::RollingErrors;
    /// let tried = RollingErrors { by_step: vec![vec![1.0, -1.0], vec![2.0]], origins: 2 };
    /// let (one, two) = (1.0, 1.0 / 2.0f64.sqrt());
    /// assert!((tried.weighted().unwrap() - (2.0 * one + 2.0 * two) / (2.0 * one + two)).abs() < 1e-12);
    /// ```
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a few steps")]
    pub fn weighted(&self) -> Option<f64> {
        let (mut sum, mut weights) = (0.0, 0.0);
        for (step, errors) in self.by_step.iter().enumerate() {
            let weight = 1.0 / ((step + 1) as f64).sqrt();
            for e in errors {
                sum += weight * e.abs();
                weights += weight;
            }
        }
        (weights > 0.0).then(|| sum / weights)
    }
}

/// The mean absolute change over `lag` values, `mean |y(t) − y(t−lag)|`: what scaled errors (MASE) are divided by; `None` for too
/// few values.
///
/// Source: Hyndman & Koehler, Another look at measures of forecast accuracy, International J. of Forecasting 22 (2006).
///
/// ```
/// use optima::stats::backtest::mean_absolute_change;
/// assert_eq!(mean_absolute_change(&[1.0, 2.0, 4.0], 1), Some(1.5));
/// assert_eq!(mean_absolute_change(&[1.0, 2.0, 4.0], 3), None);
/// ```
#[must_use]
pub fn mean_absolute_change(y: &[f64], lag: usize) -> Option<f64> {
    if y.len() <= lag {
        return None;
    }
    mean(y.iter().zip(&y[lag..]).map(|(before, after)| (after - before).abs()))
}

#[expect(clippy::cast_precision_loss, reason = "numbers of values")]
fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0usize), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / count as f64)
}
