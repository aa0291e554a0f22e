//! How far the future may lie from a forecast: intervals that hold as often as they say, from short series too.
//!
//! The interval of a fitted model takes the model, its parameters and its starting states for known. From twelve years the
//! "95 %" of Holt then hold the truth eight years ahead in about 60 of 100 cases. Here the truth may be any of a number of
//! processes that a short series cannot tell apart, each with its own uncertainty of level, slope, seasons and variance, and
//! each weighted by what the series says for it: [`Predictive`]. Its interval is put around whatever forecast is published.

mod mixture;
mod processes;

use crate::stats::innovations::{LONGEST_CYCLE, Process};
use crate::stats::least_squares::Columns;
use crate::stats::proportion::normal_quantile;
use crate::stats::refusal::Refusal;

use mixture::{Component, half_width};
use processes::processes;

/// Values below which no interval is given: level and slope are estimated, and at least three changes about them have to remain.
pub const FEWEST_VALUES: usize = 6;

/// A forecast and its standard errors by a model's formula, taken for normal.
#[derive(Debug, Clone, PartialEq)]
pub struct NormalForecast {
    /// The mean, one and more steps ahead, in the unit of the values.
    pub mean: Vec<f64>,
    /// The standard error at each step, in that unit.
    pub standard_error: Vec<f64>,
}

impl NormalForecast {
    /// `mean ± z standard errors` at each step; `level` is 0.95, say.
    ///
    /// ```
    /// use optima::stats::naive::naive;
    /// let (low, high) = naive(&[1.0, 2.0, 1.0, 2.0], 1)?.intervals(0.95)[0];
    /// assert!((low - 0.040036).abs() < 1e-6 && (high - 3.959964).abs() < 1e-6);
    /// # Ok::<(), optima::stats::refusal::Refusal>(())
    /// ```
    #[must_use]
    pub fn intervals(&self, level: f64) -> Vec<(f64, f64)> {
        let z = normal_quantile(level);
        self.mean.iter().zip(&self.standard_error).map(|(mean, error)| (mean - z * error, mean + z * error)).collect()
    }
}

/// What the next values may be, averaged over the processes that the series may come from.
///
/// Each process g is linear: `y = level + slope t + season + noise`, the noise with the responses ψ of a random walk, of a random walk
/// under noise, of an autoregression around the line, of a walk whose changes persist, or of a slope that wanders. Its level,
/// slope and seasons have a flat prior, its variance the prior 1/σ²; then step h is Student's t with n − k degrees of freedom
/// around the least-squares forecast, of scale `s² (Σ ψ² + x'(X'X)⁻¹x)`, and the weight of g is
/// `prior(g) |X'X|^(−1/2) SSE^(−(n−k)/2)`. The prior gives two thirds to walks that keep the whole of an error or more: no interval of
/// a random walk can then be much too narrow, whatever the others say.
///
/// True coverage of "95 %" at steps 1 to 8, simulated: 0.90 to 1.00 for series of 8 to 40 values, with seasons and without, from random
/// walks, around lines and levels, with a step of the level, heavy tails, changes remembered by 0.5, or a slope that wanders; high
/// where a dozen values cannot tell a steady series from a walk. Known limit: changes remembered by 0.8 (business cycles) with 20
/// values or fewer, 0.77 to 0.90.
///
/// Source: Draper, Assessment and propagation of model uncertainty, JRSS B 57 (1995); Chatfield, Calculating interval forecasts,
/// J. of Business & Economic Statistics 11 (1993); the grid of processes and their prior are ours, checked by simulation
/// (`tests/forecast`).
#[derive(Debug, Clone, PartialEq)]
pub struct Predictive {
    /// For each step the processes' t distributions.
    steps: Vec<Vec<Component>>,
    freedom: u32,
}

impl Predictive {
    /// The predictive distributions of the `horizon` values behind `y`; `cycle` is 4 for quarters, 1 without seasons.
    ///
    /// Seasons are taken into account from three whole cycles on; below, they count as noise. A series without any change, or
    /// exactly on a line, has distributions without width. Cost: O(n k²) for each of some dozen processes, k = cycle + 1.
    ///
    /// # Errors
    /// Fewer than [`FEWEST_VALUES`] values, values that are not finite, a cycle outside 1..=12.
    ///
    /// ```
    /// use optima::stats::{naive::drift, prediction_interval::Predictive};
    /// let rate = [17.6, 17.9, 18.1, 18.8, 18.7, 19.4, 19.9, 19.8, 20.6, 21.1, 20.9, 22.0];
    /// let mean = drift(&rate, 8)?.mean;
    /// let half = Predictive::new(&rate, 1, 8)?.half_widths(&mean, 0.95);
    /// assert!(half[7] > half[0] && (1.0..5.0).contains(&half[7]), "{half:?}");
    /// # Ok::<(), optima::stats::refusal::Refusal>(())
    /// ```
    pub fn new(y: &[f64], cycle: usize, horizon: usize) -> Result<Self, Refusal> {
        if !(1..=LONGEST_CYCLE).contains(&cycle) {
            return Err(Refusal::new(format!("a cycle of {cycle} values")).remedy("cycles have 1 to 12 values"));
        }
        if let Some(at) = y.iter().position(|value| !value.is_finite()) {
            return Err(Refusal::new(format!("value {} is not a finite number", at + 1)));
        }
        if y.len() < FEWEST_VALUES {
            let reason = format!("{} values for a prediction interval", y.len());
            return Err(Refusal::new(reason).remedy(format!("it needs {FEWEST_VALUES} values without a gap or a break")));
        }
        let cycle = if y.len() >= 3 * cycle { cycle } else { 1 };
        let origin = y[0];
        let changes = y.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f64::max);
        if changes == 0.0 {
            return Ok(Self { steps: vec![vec![Component::certain(origin)]; horizon], freedom: 1 });
        }
        let scaled: Vec<f64> = y.iter().map(|value| (value - origin) / changes).collect();
        let (mut all, freedom) = components(&scaled, &processes(cycle), horizon);
        for component in all.iter_mut().flatten() {
            component.center = origin + changes * component.center;
            component.scale *= changes;
        }
        Ok(Self { steps: all, freedom })
    }

    /// For each step the half-width around `points` that holds `level` of the distribution: what the points are off the middle
    /// of it is part of the uncertainty, and widens. Never narrower than at the step before.
    ///
    /// ```
    /// use optima::stats::prediction_interval::Predictive;
    /// let predictive = Predictive::new(&[3.0, 4.0, 3.5, 4.5, 4.0, 5.0, 4.5], 1, 2)?;
    /// let (middle, off) = (predictive.half_widths(&predictive.means(), 0.95), predictive.half_widths(&[9.0, 9.0], 0.95));
    /// assert!(off[0] > middle[0] && middle[1] > middle[0] && middle[0] > predictive.half_widths(&predictive.means(), 0.8)[0]);
    /// # Ok::<(), optima::stats::refusal::Refusal>(())
    /// ```
    #[must_use]
    pub fn half_widths(&self, points: &[f64], level: f64) -> Vec<f64> {
        let mut least = 0.0f64;
        let each = self.steps.iter().zip(points).map(|(components, point)| {
            least = least.max(half_width(components, self.freedom, *point, level));
            least
        });
        each.collect()
    }

    /// Whether there is no uncertainty at all: all values the same, or exactly on a line.
    ///
    /// ```
    /// use optima::stats::prediction_interval::Predictive;
    /// assert!(Predictive::new(&[2.0, 4.0, 6.0, 8.0, 10.0, 12.0], 1, 3)?.is_certain());
    /// # Ok::<(), optima::stats::refusal::Refusal>(())
    /// ```
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.steps.iter().flatten().all(|component| component.scale == 0.0)
    }

    /// For each step the mean of the distribution: what the average over the processes expects.
    #[must_use]
    pub fn means(&self) -> Vec<f64> {
        self.steps.iter().map(|components| components.iter().map(|c| c.weight * c.center).sum()).collect()
    }
}

/// The components of each step, and their degrees of freedom; `y` begins at 0 and has a largest change of 1.
fn components(y: &[f64], processes: &[(f64, Process)], horizon: usize) -> (Vec<Vec<Component>>, u32) {
    let mut columns = Columns::default();
    let unknowns = processes.first().map_or(0, |(_, process)| process.free_states());
    let freedom = u32::try_from(y.len() - unknowns).unwrap_or(u32::MAX);
    let mut found = Vec::new();
    for (prior, process) in processes {
        let ahead = process.design(y, horizon, &mut columns);
        let Some(solved) = columns.solve() else { continue };
        // What rounding leaves of a line is no error.
        let squares = if solved.residual < 1e-22 { 1e-300 } else { solved.residual };
        let evidence = prior.ln() - solved.log_determinant - 0.5 * f64::from(freedom) * squares.ln();
        found.push((evidence, process, ahead, solved));
    }
    let best = found.iter().map(|(evidence, ..)| *evidence).fold(f64::NEG_INFINITY, f64::max);
    // A process that a thousand others outweigh changes no digit that is shown.
    found.retain(|(evidence, ..)| evidence - best > -9.0);
    let total: f64 = found.iter().map(|(evidence, ..)| (evidence - best).exp()).sum();
    let mut steps: Vec<Vec<Component>> = vec![Vec::with_capacity(found.len()); horizon];
    for (evidence, process, ahead, solved) in &found {
        let weight = (evidence - best).exp() / total;
        let variance = if solved.residual < 1e-22 { 0.0 } else { solved.residual / f64::from(freedom) };
        let factors = process.variance_factors(horizon);
        for (step, components) in steps.iter_mut().enumerate() {
            let x: Vec<f64> = ahead[..unknowns].iter().map(|path| path[step]).collect();
            let center = ahead[unknowns][step] + solved.coefficients.iter().zip(&x).map(|(b, x)| b * x).sum::<f64>();
            let scale = (variance * (factors[step] + solved.leverage(&x))).sqrt();
            components.push(Component { weight, center, scale });
        }
    }
    (steps, freedom)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::innovations::Gains;
    use crate::stats::naive::drift;

    const Y: [f64; 10] = [0.0, 0.4, 0.3, 1.1, 0.9, 1.6, 1.2, 1.9, 2.6, 2.2];

    // R: f <- lm(y ~ t); p <- predict(f, data.frame(t = 11:16), se.fit = TRUE); sqrt(p$se.fit^2 + p$residual.scale^2)
    const REGRESSION: ([f64; 6], [f64; 6]) = (
        [2.693_333_333_333, 2.961_212_121_212, 3.229_090_909_091, 3.496_969_696_970, 3.764_848_484_848, 4.032_727_272_727],
        [0.352_010_100_865, 0.369_052_592_926, 0.387_990_514_212, 0.408_560_374_279, 0.430_528_323_438, 0.453_691_318_709],
    );
    // The same of lm(y ~ t + factor((t - 1) %% 4)).
    const SEASONAL_REGRESSION: ([f64; 6], [f64; 6]) = (
        [2.325, 3.075, 3.266_666_666_667, 3.5, 3.375, 4.125],
        [0.384_545_185_901, 0.384_545_185_901, 0.402_216_083_440, 0.402_216_083_440, 0.456_663_625_294, 0.456_663_625_294],
    );

    /// The distributions of one process: of level gain α, with seasons that stay.
    fn alone(level: f64, cycle: usize) -> (Vec<Vec<Component>>, u32) {
        let gains = Gains { level, slope: 0.0, damping: 1.0, season: 0.0, transient: 0.0, persistence: 0.0 };
        components(&Y, &[(1.0, Process { gains, slope: true, cycle })], 6)
    }

    #[test]
    fn a_walk_alone_is_the_drift_with_students_quantile() {
        let (steps, freedom) = alone(1.0, 1);
        let drift = drift(&Y, 6).unwrap();
        assert_eq!(freedom, 8);
        for ((components, mean), error) in steps.iter().zip(&drift.mean).zip(&drift.standard_error) {
            assert!((components[0].center - mean).abs() < 1e-12 && (components[0].scale - error).abs() < 1e-12, "{components:?}");
        }
    }

    #[test]
    fn a_fixed_line_alone_is_the_textbooks_regression() {
        let (steps, freedom) = alone(0.0, 1);
        assert_eq!(freedom, 8);
        let (center, scale) = REGRESSION;
        for (components, (center, scale)) in steps.iter().zip(center.iter().zip(&scale)) {
            assert!((components[0].center - center).abs() < 1e-9 && (components[0].scale - scale).abs() < 1e-9, "{components:?}");
        }
    }

    #[test]
    fn fixed_seasons_alone_are_the_regression_on_dummies() {
        let (steps, freedom) = alone(0.0, 4);
        assert_eq!(freedom, 5);
        let (center, scale) = SEASONAL_REGRESSION;
        for (components, (center, scale)) in steps.iter().zip(center.iter().zip(&scale)) {
            assert!((components[0].center - center).abs() < 1e-9 && (components[0].scale - scale).abs() < 1e-9, "{components:?}");
        }
    }
}
