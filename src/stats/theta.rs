//! The Theta method: half the slope of the line through all values, on top of an exponentially smoothed level.

use crate::stats::exponential_smoothing::{Criterion, Form, Search, Trend, fit_by, line};
use crate::stats::prediction_interval::NormalForecast;
use crate::stats::proportion::normal_quantile;
use crate::stats::refusal::Refusal;
use crate::stats::seasonal_adjustment::multiplicative_seasons;

/// The Theta forecast of `y`, with R's standard errors.
///
/// `level(n) + b/2 (h − 1 + (1 − (1−α)^n) / α)`, with `b` the slope of the least-squares line and `level`, `α` of the simple
/// exponential smoothing; `variance(h) = σ² (1 + (h − 1) α²)`. Where there are seasons — a `cycle` of 2 or more, more than
/// two of it, and an autocorrelation at that lag beyond 1.645 of its standard error — the values are first divided by their
/// seasons, and the forecast multiplied. [`Search::Simplex`] stops where R stops; the others do not depend on the unit. Cost: that of the smoothing.
///
/// # Errors
/// What the smoothing refuses; a cycle outside 1..=12.
///
/// Source: Assimakopoulos & Nikolopoulos, International J. of Forecasting 16 (2000); Hyndman & Billah, ibid. 19 (2003);
/// R's `forecast::thetaf`.
///
/// ```
/// use optima::stats::{exponential_smoothing::Search, theta::theta};
/// let rate = [17.6, 17.9, 18.1, 18.8, 18.7, 19.4, 19.9, 19.8, 20.6, 21.1, 20.9, 22.0];
/// assert!((theta(&rate, 1, 8, Search::Simplex)?.mean[7] - 23.527).abs() < 1e-3);
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
#[expect(clippy::cast_precision_loss, reason = "numbers of values")]
pub fn theta(y: &[f64], cycle: usize, horizon: usize, search: Search) -> Result<NormalForecast, Refusal> {
    let seasons = if is_seasonal(y, cycle) { seasons(y, cycle) } else { None };
    let season = |t: usize| seasons.as_ref().map_or(1.0, |seasons| seasons[t % cycle]);
    let adjusted: Vec<f64> = y.iter().enumerate().map(|(t, value)| value / season(t)).collect();
    let smoothing = fit_by(Form { trend: Trend::None, cycle: 1 }, &adjusted, search, Criterion::MeanSquare)?;
    let (alpha, variance) = (smoothing.parameters.alpha, smoothing.variance());
    let half_slope = line(&adjusted).1 / 2.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "numbers of values")]
    let begun = (1.0 - (1.0 - alpha).powi(y.len() as i32)) / alpha;
    let mean = (0..horizon).map(|ahead| (smoothing.last.level + half_slope * (ahead as f64 + begun)) * season(y.len() + ahead));
    let standard_error = (0..horizon).map(|ahead| (variance * (1.0 + ahead as f64 * alpha * alpha)).sqrt());
    Ok(NormalForecast { mean: mean.collect(), standard_error: standard_error.collect() })
}

/// Whether the autocorrelation at the lag of a cycle stands out, given those at shorter lags (Bartlett's standard error).
#[expect(clippy::cast_precision_loss, reason = "numbers of values")]
fn is_seasonal(y: &[f64], cycle: usize) -> bool {
    if cycle < 2 || y.len() <= 2 * cycle {
        return false;
    }
    let mean = y.iter().sum::<f64>() / y.len() as f64;
    let around: Vec<f64> = y.iter().map(|value| value - mean).collect();
    let product = |lag: usize| around.iter().zip(&around[lag..]).map(|(a, b)| a * b).sum::<f64>();
    let whole = product(0);
    if whole <= 0.0 {
        return false;
    }
    let before: f64 = (1..cycle).map(|lag| (product(lag) / whole).powi(2)).sum();
    let error = ((1.0 + 2.0 * before) / y.len() as f64).sqrt();
    (product(cycle) / whole).abs() / error > normal_quantile(0.9)
}

/// The multiplicative seasons, where none is close to zero.
fn seasons(y: &[f64], cycle: usize) -> Option<Vec<f64>> {
    multiplicative_seasons(y, cycle).filter(|seasons| seasons.iter().all(|season| season.abs() >= 1e-4))
}
