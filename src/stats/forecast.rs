//! Where a series is heading: the method that was best when tried out on its past, and an interval wider than its own.
//!
//! The point is that of the method chosen; the interval is not its own, which holds too rarely, but that of
//! [`Predictive`] around its point.

mod method;

use std::fmt;
use std::ops::Range;

use crate::stats::backtest::{RollingErrors, mean_absolute_change, rolling_origin};
use crate::stats::prediction_interval::Predictive;
use crate::stats::refusal::Refusal;
use crate::stats::series::{Note, Series};

pub use method::Method;

/// Origins that a method has to be tried from, at least.
pub const FEWEST_ORIGINS: usize = 4;

/// Origins that methods are tried from, at most: the latest. More would cost time and tell of a past that is over.
pub const MOST_ORIGINS: usize = 16;

/// One step ahead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The forecast, in the unit of the values; on a scale of logarithms or logits its median.
    pub point: f64,
    /// From where to where 80 of 100 such values lie.
    pub interval_80: (f64, f64),
    /// From where to where 95 of 100 such values lie.
    pub interval_95: (f64, f64),
}

/// A method as it was tried out.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The method.
    pub method: Method,
    /// Its error over all steps and origins, in the unit of the values: [`RollingErrors::weighted`].
    pub error: f64,
    /// `1 − error / error of the naive method`: above 0 it was better.
    pub skill: f64,
    /// For each step the mean absolute error.
    pub error_by_step: Vec<f64>,
}

/// How the choice was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// All methods that were tried, in the order of [`Method::ALL`]; empty where there were too few values.
    pub candidates: Vec<Candidate>,
    /// Origins, the same for all.
    pub origins: usize,
    /// Mean absolute change from one value to the next: an error divided by it is a scaled error (MASE). `None` where nothing changes.
    pub scale: Option<f64>,
}

/// A forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// The method chosen.
    pub method: Method,
    /// One and more steps behind the last value used.
    pub steps: Vec<Step>,
    /// How the method was chosen.
    pub trial: Trial,
    /// Places of the values it was fitted on, among those observed.
    pub used: Range<usize>,
    /// The last value used.
    pub last: f64,
    /// What a reader has to know.
    pub notes: Vec<Note>,
}

/// Whether a series goes anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The last step's 95 % interval lies above the last value.
    Rising,
    /// It lies below.
    Falling,
    /// It holds the last value: where the series is heading cannot be told.
    Untold,
}

/// The forecast of `horizon` values: all methods that the values allow are tried out from rolling origins, the best is taken if it
/// was better than the naive one, and its points are given intervals of [`Predictive`].
///
/// Seasonal methods are tried from three whole cycles on. A method is tried where it can be fitted at [`FEWEST_ORIGINS`] origins or
/// more; all are tried from the same origins, the latest [`MOST_ORIGINS`] at most, and by the same
/// [weighted error](RollingErrors::weighted) of the values (not of their logarithms). Equal errors go to the plainer method.
/// Points and intervals move with the values when these are shifted or scaled (with [`Bounds::None`](crate::stats::series::Bounds::None)); intervals widen with
/// each step on the scale on which the forecast is made.
/// Cost: about 5 ms for 40 quarters.
///
/// # Errors
/// No step, or more than twice as many as there are values.
///
/// ```
/// use optima::stats::{forecast::forecast, series::{Bounds, Series}};
/// let rate = [17.6, 17.9, 18.1, 18.8, 18.7, 19.4, 19.9, 19.8, 20.6, 21.1, 20.9, 22.0].map(Some);
/// let ahead = forecast(&Series::new(&rate, 1, &[], Bounds::None)?, 8)?;
/// let (low, high) = ahead.steps[7].interval_95;
/// assert!(low < ahead.steps[7].point && high - low > 4.0, "{ahead:?}");
/// assert!(ahead.trial.candidates.iter().any(|c| c.method == ahead.method && c.skill > 0.0));
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
pub fn forecast(series: &Series, horizon: usize) -> Result<Forecast, Refusal> {
    let y = series.values();
    if horizon == 0 || horizon > 2 * y.len() {
        let reason = format!("a forecast of {horizon} steps from {} values", y.len());
        return Err(Refusal::new(reason).remedy(format!("ask for 1 to {} steps", 2 * y.len())));
    }
    let mut notes = series.notes().to_vec();
    let trial = try_out(series, horizon);
    let method = chosen(&trial);
    let constant = trial.scale.is_none();
    if constant {
        notes.push(Note::Constant);
    } else {
        note_trial(&trial, method, series, horizon, &mut notes);
    }
    let points = method.forecast(y, series.cycle(), horizon)?.mean;
    let predictive = Predictive::new(y, series.cycle(), horizon)?;
    let (half_80, half_95) = (predictive.half_widths(&points, 0.8), predictive.half_widths(&points, 0.95));
    if !constant && predictive.is_certain() {
        notes.push(Note::OnALine);
    }
    let around = |point: f64, half: f64| (series.value_of(point - half), series.value_of(point + half));
    let step = |at: usize| Step {
        point: series.value_of(points[at]),
        interval_80: around(points[at], half_80[at]),
        interval_95: around(points[at], half_95[at]),
    };
    let last = series.value_of(y[y.len() - 1]);
    Ok(Forecast { method, steps: (0..horizon).map(step).collect(), trial, used: series.used(), last, notes })
}

impl Forecast {
    /// Whether the last step's 95 % interval leaves the last value out, and on which side.
    ///
    /// ```
    /// use optima::stats::{forecast::{Direction, forecast}, series::{Bounds, Series}};
    /// let rate = [17.6, 17.9, 18.1, 18.8, 18.7, 19.4, 19.9, 19.8, 20.6, 21.1, 20.9, 22.0].map(Some);
    /// assert_eq!(forecast(&Series::new(&rate, 1, &[], Bounds::None)?, 8)?.direction(), Direction::Rising);
    /// # Ok::<(), optima::stats::refusal::Refusal>(())
    /// ```
    #[must_use]
    pub fn direction(&self) -> Direction {
        match self.steps.last().map(|step| step.interval_95) {
            Some((low, _)) if low > self.last => Direction::Rising,
            Some((_, high)) if high < self.last => Direction::Falling,
            _ => Direction::Untold,
        }
    }
}

impl fmt::Display for Forecast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "forecast by {} on values {} to {}", self.method, self.used.start + 1, self.used.end)?;
        if let Some(chosen) = self.trial.candidates.iter().find(|candidate| candidate.method == self.method) {
            write!(f, ", chosen among {} from {} origins, skill {:.2}", self.trial.candidates.len(), self.trial.origins, chosen.skill)?;
        }
        let Some(Step { point, interval_95: (low, high), .. }) = self.steps.last() else { return Ok(()) };
        write!(f, "; {} steps ahead {point:.4}, 95 % interval {low:.4} to {high:.4}", self.steps.len())
    }
}

/// Tries out what can be tried.
fn try_out(series: &Series, horizon: usize) -> Trial {
    let (y, cycle) = (series.values(), series.cycle());
    let scale = mean_absolute_change(&y.iter().map(|value| series.value_of(*value)).collect::<Vec<_>>(), 1).filter(|scale| *scale > 0.0);
    let seasonal = cycle > 1 && y.len() >= 3 * cycle;
    let possible = |method: &Method| (seasonal || !method.is_seasonal()) && y.len() >= method.fewest_values(cycle) + FEWEST_ORIGINS;
    let methods: Vec<Method> = Method::ALL.into_iter().filter(possible).collect();
    if methods.len() < 2 || scale.is_none() {
        return Trial { candidates: Vec::new(), origins: 0, scale };
    }
    let fewest = methods.iter().map(|method| method.fewest_values(cycle)).max().unwrap_or(0);
    let first = fewest.max(y.len().saturating_sub(MOST_ORIGINS));
    let mut candidates: Vec<Candidate> = Vec::with_capacity(methods.len());
    let mut naive_error = 0.0;
    for method in methods {
        // A method that cannot be fitted from one of the origins (all values there the same, say) is out.
        let Ok(errors) = rolling_origin(y, first, horizon, &|past, steps| Ok(method.try_out(past, cycle, steps)?.mean)) else { continue };
        let errors = of_values(series, &errors, first);
        let Some(error) = errors.weighted().filter(|error| error.is_finite()) else { continue };
        if method == Method::Naive {
            naive_error = error;
        }
        let skill = if naive_error > 0.0 { 1.0 - error / naive_error } else { 0.0 };
        candidates.push(Candidate { method, error, skill, error_by_step: errors.mean_absolute().into_iter().flatten().collect() });
    }
    Trial { candidates, origins: y.len() - first, scale }
}

/// Errors on the working scale as errors of the values.
fn of_values(series: &Series, errors: &RollingErrors, first: usize) -> RollingErrors {
    let y = series.values();
    let of_value = |step: usize, at: usize, e: f64| series.value_of(y[first + at + step]) - series.value_of(y[first + at + step] - e);
    let by_step =
        errors.by_step.iter().enumerate().map(|(step, errors)| errors.iter().enumerate().map(|(at, e)| of_value(step, at, *e)).collect());
    RollingErrors { by_step: by_step.collect(), origins: errors.origins }
}

/// The best candidate, if it is better than the naive one; a billionth is no difference.
fn chosen(trial: &Trial) -> Method {
    let mut best: Option<&Candidate> = None;
    for candidate in &trial.candidates {
        if best.is_none_or(|best| candidate.error < best.error * (1.0 - 1e-9)) {
            best = Some(candidate);
        }
    }
    best.map_or(Method::Naive, |best| best.method)
}

fn note_trial(trial: &Trial, method: Method, series: &Series, horizon: usize, notes: &mut Vec<Note>) {
    if series.cycle() > 1 && series.values().len() < 3 * series.cycle() {
        notes.push(Note::SeasonsUnknown);
    }
    if trial.candidates.is_empty() {
        notes.push(Note::NotTried);
        return;
    }
    if method == Method::Naive {
        notes.push(Note::NothingBeatsNaive);
    }
    if trial.origins < horizon {
        notes.push(Note::TriedAhead(trial.origins));
    }
}
