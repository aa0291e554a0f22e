//! Trend, seasons and remainder by local regression: STL, and a forecast from its parts.
//!
//! The decomposition is that of the crate `stlrs`, a port of the authors' Fortran that meets R's `stl` to 1e-11.

use crate::stats::exponential_smoothing::Search;
use crate::stats::innovations::LONGEST_CYCLE;
use crate::stats::prediction_interval::NormalForecast;
use crate::stats::refusal::Refusal;
use crate::stats::theta::theta;

/// How fast the seasons may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeasonalWindow {
    /// Not at all: each season is its mean over the years.
    Periodic,
    /// By local regression over so many years, an odd number of 7 or more.
    Years(usize),
}

/// A series in three parts that add up to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Decomposition {
    /// The seasons, value by value.
    pub seasonal: Vec<f64>,
    /// The trend.
    pub trend: Vec<f64>,
    /// What is left.
    pub remainder: Vec<f64>,
    cycle: usize,
}

/// Splits `y` into trend, seasons and remainder by STL, without robustness weights.
///
/// Windows, degrees and jumps are R's defaults: the trend's window is the next odd number from `1.5 m / (1 − 1.5 / s)`, the
/// low-pass filter's from m; seasons of degree 0, trend of degree 1, two inner loops. Cost: O(n).
///
/// # Errors
/// A cycle outside 2..=12, not more than two cycles of values, values that are not finite, an even window or one below 7.
///
/// Source: Cleveland et al., STL: a seasonal-trend decomposition procedure based on loess, J. of Official Statistics 6 (1990); R's `stats::stl`.
///
/// ```
/// use optima::stats::stl::{SeasonalWindow, stl};
/// let y: Vec<f64> = (0..20).map(|t| 10.0 + 0.5 * f64::from(t) + [1.0, -1.0, 2.0, -2.0][t as usize % 4]).collect();
/// let parts = stl(&y, 4, SeasonalWindow::Periodic)?;
/// assert!((parts.seasonal[2] - 2.0).abs() < 0.1 && (parts.trend[10] - 15.0).abs() < 0.1);
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
pub fn stl(y: &[f64], cycle: usize, window: SeasonalWindow) -> Result<Decomposition, Refusal> {
    if !(2..=LONGEST_CYCLE).contains(&cycle) {
        return Err(Refusal::new(format!("seasons in a cycle of {cycle} values")).remedy("cycles of seasons have 2 to 12 values"));
    }
    if y.len() <= 2 * cycle {
        let reason = format!("{} values in a cycle of {cycle}", y.len());
        return Err(Refusal::new(reason).remedy("seasons need more than two whole cycles"));
    }
    if let Some(at) = y.iter().position(|value| !value.is_finite()) {
        return Err(Refusal::new(format!("value {} is not a finite number", at + 1)));
    }
    let seasonal_length = match window {
        SeasonalWindow::Periodic => 10 * y.len() + 1,
        SeasonalWindow::Years(years) if years >= 7 && years % 2 == 1 => years,
        SeasonalWindow::Years(years) => {
            return Err(Refusal::new(format!("a window of {years} years")).remedy("give an odd number of 7 or more"));
        }
    };
    let trend_length = trend_window(cycle, seasonal_length);
    let low_pass_length = cycle + 1 - cycle % 2;
    let fitted = stlrs::params()
        .seasonal_length(seasonal_length)
        .trend_length(trend_length)
        .low_pass_length(low_pass_length)
        .seasonal_degree(0)
        .trend_degree(1)
        .low_pass_degree(1)
        .seasonal_jump(seasonal_length.div_ceil(10))
        .trend_jump(trend_length.div_ceil(10))
        .low_pass_jump(low_pass_length.div_ceil(10))
        .inner_loops(2)
        .outer_loops(0)
        .robust(false)
        .fit(y, cycle)
        .map_err(|error| Refusal::new(format!("no decomposition: {error}")))?;
    let mut seasonal = fitted.seasonal().to_vec();
    if window == SeasonalWindow::Periodic {
        average_seasons(&mut seasonal, cycle);
    }
    let trend = fitted.trend().to_vec();
    let remainder = y.iter().zip(&seasonal).zip(&trend).map(|((value, season), trend)| value - season - trend).collect();
    Ok(Decomposition { seasonal, trend, remainder, cycle })
}

impl Decomposition {
    /// The values without their seasons.
    ///
    /// ```
    /// use optima::stats::stl::{SeasonalWindow, stl};
    /// let y: Vec<f64> = (0..12).map(|t| [11.0, 9.0, 12.0, 8.0][t % 4]).collect();
    /// let parts = stl(&y, 4, SeasonalWindow::Periodic)?;
    /// assert!(parts.adjusted().iter().all(|value| (value - 10.0).abs() < 1e-9) && (parts.seasons_ahead(1)[0] - 1.0).abs() < 1e-9);
    /// # Ok::<(), optima::stats::refusal::Refusal>(())
    /// ```
    #[must_use]
    pub fn adjusted(&self) -> Vec<f64> {
        self.trend.iter().zip(&self.remainder).map(|(trend, rest)| trend + rest).collect()
    }

    /// The seasons of the `horizon` values to come: those of the last cycle.
    #[must_use]
    pub fn seasons_ahead(&self, horizon: usize) -> Vec<f64> {
        let last = &self.seasonal[self.seasonal.len() - self.cycle..];
        (0..horizon).map(|ahead| last[ahead % self.cycle]).collect()
    }
}

/// The forecast of `y` without its seasons by Theta, with those of the last cycle put back; STL with periodic seasons.
///
/// The standard errors are Theta's: they take the seasons for known.
///
/// # Errors
/// As [`stl`] and [`theta`].
///
/// ```
/// use optima::stats::{exponential_smoothing::Search, stl::stl_theta};
/// let y: Vec<f64> = (0..20).map(|t| 10.0 + [1.0, -1.0, 2.0, -2.0][t % 4]).collect();
/// assert!((stl_theta(&y, 4, 3, Search::Profiled)?.mean[2] - 12.0).abs() < 1e-9);
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
pub fn stl_theta(y: &[f64], cycle: usize, horizon: usize, search: Search) -> Result<NormalForecast, Refusal> {
    let parts = stl(y, cycle, SeasonalWindow::Periodic)?;
    let mut forecast = theta(&parts.adjusted(), 1, horizon, search)?;
    for (mean, season) in forecast.mean.iter_mut().zip(parts.seasons_ahead(horizon)) {
        *mean += season;
    }
    Ok(forecast)
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few years of values")]
fn trend_window(cycle: usize, seasonal_length: usize) -> usize {
    let window = (1.5 * cycle as f64 / (1.0 - 1.5 / seasonal_length as f64)).ceil() as usize;
    window + 1 - window % 2
}

fn average_seasons(seasonal: &mut [f64], cycle: usize) {
    for season in 0..cycle {
        let (sum, count) = seasonal.iter().skip(season).step_by(cycle).fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
        seasonal.iter_mut().skip(season).step_by(cycle).for_each(|value| *value = sum / count);
    }
}
