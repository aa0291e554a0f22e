//! The search over the parameters alone, the states before the first value being found by least squares at each trial.
//!
//! What is searched is the unit cube, so that nothing depends on the unit of the values: α and φ between their bounds, β as a part
//! of what α leaves it, γ as a part of what α leaves. Outside of the cube the nearest point of it counts.

use super::estimation::{LEAST, LEAST_PHI, MOST, MOST_PHI};
use super::{Form, Parameters, Trend};
use crate::stats::innovations::State;
use crate::stats::least_squares::Columns;
use crate::stats::nelder_mead::{Search, minimize};

/// How far a search goes.
pub(super) struct Effort {
    /// Of the starts tried, those from which the search goes on.
    starts: usize,
    tolerance: f64,
    evaluations: usize,
}

pub(super) const FINE: Effort = Effort { starts: 2, tolerance: 1e-7, evaluations: 400 };
pub(super) const COARSE: Effort = Effort { starts: 1, tolerance: 1e-2, evaluations: 100 };

/// The parameters and the states of greatest likelihood.
pub(super) fn best(form: Form, y: &[f64], effort: &Effort) -> Option<(Parameters, State)> {
    let mut columns = Columns::default();
    // Around the first value, in units of the changes: rounding then does not depend on the level.
    let origin = y[0];
    let changes: f64 = y.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f64::max);
    let scaled: Vec<f64> = y.iter().map(|value| (value - origin) / changes).collect();
    // A shift of the values changes their last digits; what is searched has none, or it might stop elsewhere.
    let searched: Vec<f64> = scaled.iter().map(|value| (value * 1e9).round() / 1e9).collect();
    let mut objective = |at: &[f64]| {
        form.process(&within(form, at)).design(&searched, 0, &mut columns);
        // A perfect fit has no logarithm; 1e-17 of the changes is what rounding leaves.
        columns.solve().map_or(f64::INFINITY, |found| found.residual.max(1e-17).ln())
    };
    let mut tried: Vec<(f64, Vec<f64>)> = starts(form).into_iter().map(|start| (objective(&start), start)).collect();
    tried.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut found: Option<(Vec<f64>, f64)> = None;
    for (_, start) in tried.iter().take(effort.starts) {
        let steps: Vec<f64> = start.iter().map(|at| if *at < 0.5 { 0.15 } else { -0.15 }).collect();
        let search = Search { start, steps: &steps, tolerance: effort.tolerance, evaluations: effort.evaluations };
        if let Some((at, value)) = minimize(&mut objective, &search)
            && found.as_ref().is_none_or(|(_, least)| value < *least)
        {
            found = Some((at, value));
        }
    }
    let parameters = within(form, &found?.0);
    let process = form.process(&parameters);
    process.design(&scaled, 0, &mut columns);
    let mut state = process.assemble(&columns.solve()?.coefficients);
    state.level = origin + changes * state.level;
    state.slope *= changes;
    state.season.iter_mut().for_each(|season| *season *= changes);
    Some((parameters, state))
}

/// The corners of the search, and its middle: slow and fast, for each parameter.
fn starts(form: Form) -> Vec<Vec<f64>> {
    let mut starts = vec![Vec::new()];
    for parameter in 0..form.free_parameters() {
        let values: &[f64] = if parameter == 0 { &[0.1, 0.5, 0.95] } else { &[0.1, 0.8] };
        let longer = |start: &Vec<f64>| values.iter().map(|value| [&start[..], &[*value]].concat()).collect::<Vec<_>>();
        starts = starts.iter().flat_map(longer).collect();
    }
    starts
}

/// The parameters at a point of the unit cube, or at the point of it that is nearest.
fn within(form: Form, at: &[f64]) -> Parameters {
    let mut rest = at.iter().map(|value| value.clamp(0.0, 1.0));
    let mut next = || rest.next().unwrap_or(0.0);
    let alpha = LEAST + (MOST - LEAST) * next();
    let beta = if form.trend == Trend::None { 0.0 } else { LEAST + (alpha - LEAST) * next() };
    let gamma = if form.cycle == 1 { 0.0 } else { LEAST + (1.0 - alpha - LEAST) * next() };
    let phi = if form.trend == Trend::Damped { LEAST_PHI + (MOST_PHI - LEAST_PHI) * next() } else { 1.0 };
    Parameters { alpha, beta, gamma, phi }
}
