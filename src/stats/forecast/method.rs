//! The methods that are tried out, from the plainest to the most demanding: this is also the order in which ties are decided.

use std::fmt;

use crate::stats::exponential_smoothing::{Form, Search, Trend, fit};
use crate::stats::naive::{drift, naive, seasonal_naive};
use crate::stats::prediction_interval::NormalForecast;
use crate::stats::refusal::Refusal;
use crate::stats::stl::stl_theta;
use crate::stats::theta::theta;

/// A way to forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// The last value goes on.
    Naive,
    /// The last cycle is repeated.
    SeasonalNaive,
    /// The mean change goes on.
    Drift,
    /// A smoothed level goes on.
    Level,
    /// Theta: a smoothed level and half the slope of the line through all values.
    Theta,
    /// Holt's level and slope.
    Holt,
    /// Holt's, the slope dying away.
    DampedHolt,
    /// A smoothed level with seasons.
    SeasonalLevel,
    /// Seasons by STL, and Theta without them.
    StlTheta,
    /// Holt's level and slope with seasons.
    SeasonalHolt,
}

impl Method {
    /// All of them, in the order in which ties are decided.
    pub const ALL: [Self; 10] = [
        Self::Naive,
        Self::SeasonalNaive,
        Self::Drift,
        Self::Level,
        Self::Theta,
        Self::Holt,
        Self::DampedHolt,
        Self::SeasonalLevel,
        Self::StlTheta,
        Self::SeasonalHolt,
    ];

    /// Whether it has seasons.
    #[must_use]
    pub fn is_seasonal(self) -> bool {
        matches!(self, Self::SeasonalNaive | Self::SeasonalLevel | Self::StlTheta | Self::SeasonalHolt)
    }

    /// Values it has to be given at least.
    #[must_use]
    pub fn fewest_values(self, cycle: usize) -> usize {
        match self {
            Self::Naive => 2,
            Self::SeasonalNaive => cycle + 1,
            Self::Drift => 3,
            Self::StlTheta => 2 * cycle + 1,
            Self::Level | Self::Theta | Self::Holt | Self::DampedHolt | Self::SeasonalLevel | Self::SeasonalHolt => {
                self.form(cycle).fewest_values(Search::Profiled)
            }
        }
    }

    /// The forecast of `horizon` values behind `y`, with the standard errors of its own formula.
    ///
    /// # Errors
    /// Fewer values than [`Method::fewest_values`], values that are not finite or all the same where parameters are fitted.
    ///
    /// ```
    /// use optima::stats::forecast::Method;
    /// let rate = [17.6, 17.9, 18.1, 18.8, 18.7, 19.4, 19.9, 19.8, 20.6, 21.1, 20.9, 22.0];
    /// assert!((Method::Drift.forecast(&rate, 1, 8)?.mean[7] - 25.2).abs() < 1e-9);
    /// # Ok::<(), optima::stats::refusal::Refusal>(())
    /// ```
    pub fn forecast(self, y: &[f64], cycle: usize, horizon: usize) -> Result<NormalForecast, Refusal> {
        self.run(y, cycle, horizon, Search::Profiled)
    }

    /// The same, with a coarser search where parameters are fitted: for the many forecasts of a try.
    pub(super) fn try_out(self, y: &[f64], cycle: usize, horizon: usize) -> Result<NormalForecast, Refusal> {
        self.run(y, cycle, horizon, Search::Coarse)
    }

    fn run(self, y: &[f64], cycle: usize, horizon: usize, search: Search) -> Result<NormalForecast, Refusal> {
        match self {
            Self::Naive => naive(y, horizon),
            Self::SeasonalNaive => seasonal_naive(y, cycle, horizon),
            Self::Drift => drift(y, horizon),
            Self::Theta => theta(y, 1, horizon, search),
            Self::StlTheta => stl_theta(y, cycle, horizon, search),
            Self::Level | Self::Holt | Self::DampedHolt | Self::SeasonalLevel | Self::SeasonalHolt => {
                Ok(fit(self.form(cycle), y, search)?.forecast(horizon))
            }
        }
    }

    fn form(self, cycle: usize) -> Form {
        let trend = match self {
            Self::Holt | Self::SeasonalHolt => Trend::Additive,
            Self::DampedHolt => Trend::Damped,
            _ => Trend::None,
        };
        Form { trend, cycle: if self.is_seasonal() { cycle } else { 1 } }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Naive => "naive",
            Self::SeasonalNaive => "seasonal naive",
            Self::Drift => "drift",
            Self::Level => "smoothed level",
            Self::Theta => "theta",
            Self::Holt => "Holt",
            Self::DampedHolt => "damped Holt",
            Self::SeasonalLevel => "smoothed level with seasons",
            Self::StlTheta => "STL and theta",
            Self::SeasonalHolt => "Holt with seasons",
        })
    }
}
