//! Parameters and starting states from the values.

use super::{Form, Parameters, Smoothing, Trend, profile, simplex};
use crate::stats::innovations::LONGEST_CYCLE;
use crate::stats::refusal::Refusal;

/// The bounds of the search, R's "usual" ones: 0.0001 ≤ α ≤ 0.9999, 0.0001 ≤ β ≤ α, 0.0001 ≤ γ ≤ 1 − α, 0.8 ≤ φ ≤ 0.98.
pub(super) const LEAST: f64 = 1e-4;
pub(super) const MOST: f64 = 0.9999;
pub(super) const LEAST_PHI: f64 = 0.8;
pub(super) const MOST_PHI: f64 = 0.98;

/// How to look for the greatest likelihood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Search {
    /// The states by least squares for each trial of the parameters, and these from several starts: no lower a likelihood than
    /// the other, and an answer that moves with the values when they are shifted or scaled. What the choice of a method uses.
    Profiled,
    /// The same from the best start alone, and no finer than a hundredth of the likelihood's logarithm a value: for the many fits of
    /// a backtest.
    Coarse,
    /// Parameters and states together, from the start and in the steps of R's `forecast::ets`: where the likelihood is flat it
    /// stops where R stops. To compare with R; a shift of the values can change it.
    Simplex,
}

/// The smoothing of greatest likelihood within R's usual bounds.
///
/// Bounds: 0.0001 ≤ α ≤ 0.9999, 0.0001 ≤ β ≤ α, 0.0001 ≤ γ ≤ 1 − α, 0.8 ≤ φ ≤ 0.98. Cost: O(n states²) for each of some
/// hundred trials.
///
/// # Errors
/// A cycle outside 1..=12, values that are not finite, that are all the same, or too few of them:
/// [`Form::fewest_values`]; and, by [`Search::Simplex`], fewer than three cycles.
///
/// ```
/// use optima::stats::exponential_smoothing::{Form, Search, Trend, fit};
/// let rate = [17.6, 17.9, 18.1, 18.8, 18.7, 19.4, 19.9, 19.8, 20.6, 21.1, 20.9, 22.0];
/// let holt = fit(Form { trend: Trend::Additive, cycle: 1 }, &rate, Search::Profiled)?;
/// assert!(holt.log_likelihood() > 3.06 && (holt.forecast(8).mean[7] - 24.7).abs() < 0.05);
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
pub fn fit(form: Form, y: &[f64], search: Search) -> Result<Smoothing, Refusal> {
    fit_by(form, y, search, Criterion::Likelihood)
}

/// What the simplex makes least. Both have their least at the same place, but the search stops at different ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::stats) enum Criterion {
    /// Minus twice the log-likelihood, as R's `ets`.
    Likelihood,
    /// The mean squared error, as R's `ses`.
    MeanSquare,
}

pub(in crate::stats) fn fit_by(form: Form, y: &[f64], search: Search, criterion: Criterion) -> Result<Smoothing, Refusal> {
    check(form, y)?;
    let fewest = form.fewest_values(search);
    if y.len() < fewest {
        let reason = format!("{} values for a smoothing of {} parameters and states", y.len(), form.estimated());
        return Err(Refusal::new(reason).remedy(format!("it needs {fewest} values")));
    }
    if y.iter().all(|value| *value == y[0]) {
        return Err(
            Refusal::new("all values are the same").remedy("a constant series has no errors to learn from; its forecast is its value")
        );
    }
    let found = match search {
        Search::Profiled => profile::best(form, y, &profile::FINE),
        Search::Coarse => profile::best(form, y, &profile::COARSE),
        Search::Simplex => simplex::best(form, y, criterion),
    };
    let (parameters, state) = found.ok_or_else(|| Refusal::new("no smoothing fits the values"))?;
    Ok(Smoothing::from_state(form, parameters, form.process(&parameters), state, y))
}

pub(super) fn check(form: Form, y: &[f64]) -> Result<(), Refusal> {
    if !(1..=LONGEST_CYCLE).contains(&form.cycle) {
        return Err(Refusal::new(format!("a cycle of {} values", form.cycle)).remedy("cycles have 1 to 12 values"));
    }
    if y.is_empty() {
        return Err(Refusal::new("no values"));
    }
    if let Some(at) = y.iter().position(|value| !value.is_finite()) {
        return Err(Refusal::new(format!("value {} is not a finite number", at + 1)));
    }
    Ok(())
}

impl Form {
    /// Values below which [`fit`] refuses: by the simplex where R, too, leaves the model (four more than it estimates are too
    /// few, and less than three cycles); profiled, two more than are estimated.
    ///
    /// ```
    /// use optima::stats::exponential_smoothing::{Form, Search, Trend};
    /// let holt = Form { trend: Trend::Additive, cycle: 1 };
    /// assert_eq!((holt.fewest_values(Search::Profiled), holt.fewest_values(Search::Simplex)), (6, 9));
    /// ```
    #[must_use]
    pub fn fewest_values(self, search: Search) -> usize {
        match search {
            Search::Profiled | Search::Coarse => self.estimated() + 2,
            Search::Simplex => (self.estimated() + 5).max(if self.cycle > 1 { 3 * self.cycle } else { 0 }),
        }
    }

    /// Whether the parameters lie within the bounds.
    pub(super) fn admits(self, parameters: &Parameters) -> bool {
        let Parameters { alpha, beta, gamma, phi } = *parameters;
        (LEAST..=MOST).contains(&alpha)
            && (self.trend == Trend::None || (LEAST..=alpha.min(MOST)).contains(&beta))
            && (self.cycle == 1 || (LEAST..=(1.0 - alpha).min(MOST)).contains(&gamma))
            && (self.trend != Trend::Damped || (LEAST_PHI..=MOST_PHI).contains(&phi))
    }

    /// How many of the parameters are searched for.
    pub(super) fn free_parameters(self) -> usize {
        let trend = match self.trend {
            Trend::None => 0,
            Trend::Additive => 1,
            Trend::Damped => 2,
        };
        1 + trend + usize::from(self.cycle > 1)
    }
}
