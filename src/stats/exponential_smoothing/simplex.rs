//! The search as R's `ets` makes it: over parameters and states at once, in one simplex.

use super::estimation::{Criterion, LEAST, LEAST_PHI, MOST, MOST_PHI};
use super::start::starting_states;
use super::{Form, Parameters, Trend};
use crate::stats::innovations::{Process, State};
use crate::stats::nelder_mead::{Search, minimize};

/// The parameters and the states before the first value where R's search stops.
pub(super) fn best(form: Form, y: &[f64], criterion: Criterion) -> Option<(Parameters, State)> {
    let free = form.free_parameters();
    let mut start = starting_parameters(form);
    start.extend(starting_states(form, y)?);
    // R's first simplex has one step for all: a tenth of the largest number, be it a level or a weight.
    let step = start.iter().fold(0.0f64, |most, value| most.max(0.1 * value.abs()));
    let steps = vec![if step > 0.0 { step } else { 0.1 }; start.len()];
    #[expect(clippy::cast_precision_loss, reason = "numbers of values")]
    let values = y.len() as f64;
    let mut objective = |at: &[f64]| {
        let parameters = unpack(form, &at[..free]);
        if !form.admits(&parameters) {
            return f64::INFINITY;
        }
        let process = form.process(&parameters);
        let (sum, mean) = squared_errors(&process, process.assemble(&at[free..]), y);
        match criterion {
            Criterion::Likelihood => (values * sum.ln()).max(-1e10),
            Criterion::MeanSquare => mean,
        }
    };
    let search = Search { start: &start, steps: &steps, tolerance: f64::EPSILON.sqrt(), evaluations: 2000 };
    let (at, _) = minimize(&mut objective, &search)?;
    let parameters = unpack(form, &at[..free]);
    Some((parameters, form.process(&parameters).assemble(&at[free..])))
}

/// The sum and the mean of the squared errors, the mean value by value: R rounds so, and stops where that leads.
fn squared_errors(process: &Process, mut state: State, y: &[f64]) -> (f64, f64) {
    let (mut sum, mut mean, mut count) = (0.0, 0.0, 0.0);
    for (t, value) in y.iter().enumerate() {
        let e = value - process.predict(&state, t);
        sum += e * e;
        count += 1.0;
        mean = (mean * (count - 1.0) + e * e) / count;
        process.update(&mut state, t, e);
    }
    (sum, mean)
}

/// α, then β, γ and φ as far as there are any.
fn unpack(form: Form, free: &[f64]) -> Parameters {
    let mut rest = free.iter().copied();
    let mut next = |there: bool, otherwise: f64| if there { rest.next().unwrap_or(otherwise) } else { otherwise };
    let alpha = next(true, 0.0);
    let beta = next(form.trend != Trend::None, 0.0);
    let gamma = next(form.cycle > 1, 0.0);
    let phi = next(form.trend == Trend::Damped, 1.0);
    Parameters { alpha, beta, gamma, phi }
}

fn starting_parameters(form: Form) -> Vec<f64> {
    let between = |share: f64, low: f64, high: f64| low + share * (high - low);
    #[expect(clippy::cast_precision_loss, reason = "at most 12")]
    let alpha = LEAST + 0.2 * (MOST - LEAST) / form.cycle as f64;
    let mut start = vec![alpha];
    if form.trend != Trend::None {
        start.push(between(0.1, LEAST, alpha.min(MOST)));
    }
    if form.cycle > 1 {
        start.push(between(0.05, LEAST, (1.0 - alpha).min(MOST)));
    }
    if form.trend == Trend::Damped {
        start.push(between(0.99, LEAST_PHI, MOST_PHI));
    }
    start
}
