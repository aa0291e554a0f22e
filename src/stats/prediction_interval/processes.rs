//! The processes that a short series may come from, and how much each counts before the series is seen.

use crate::stats::innovations::{Gains, Process};

/// A process without seasons: its part of the prior, then level α, slope β, transient λ and its persistence ρ.
type Response = (f64, f64, f64, f64, f64);

/// Prior weights and processes, with every kind of seasons.
///
/// Their responses to one error are `α + β j + λ ρ^(j−1)`.
pub(super) fn processes(cycle: usize) -> Vec<(f64, Process)> {
    let mut all = Vec::new();
    for (prior, level, slope, transient, persistence) in responses() {
        let seasons: &[(f64, f64)] = if cycle > 1 { &SEASONS } else { &[(1.0, 0.0)] };
        for (share, season) in seasons {
            let gains = Gains { level, slope, damping: 1.0, season: *season, transient, persistence };
            all.push((prior * share, Process { gains, slope: true, cycle }));
        }
    }
    all
}

/// Seasons that stay, that drift, and that are remade each cycle.
const SEASONS: [(f64, f64); 3] = [(0.6, 0.0), (0.25, 0.3), (0.15, 0.8)];

/// The weights are ours, chosen by simulation so that 90 of 100 values are held in each world of `tests/forecast/worlds.rs` but the
/// business cycle: with less on them, slopes that wander and changes that persist are missed; with more, steady series get the
/// intervals of walks.
fn responses() -> Vec<Response> {
    let mut all = vec![
        // A random walk, and walks under noise down to a fixed line.
        (0.23, 1.0, 0.0, 0.0, 0.0),
        (0.03, 0.75, 0.0, 0.0, 0.0),
        (0.03, 0.5, 0.0, 0.0, 0.0),
        (0.04, 0.25, 0.0, 0.0, 0.0),
        (0.04, 0.0, 0.0, 0.0, 0.0),
        // A slope that wanders.
        (0.22, 1.0, 0.25, 0.0, 0.0),
        (0.02, 1.0, 0.5, 0.0, 0.0),
        (0.03, 0.5, 0.1, 0.0, 0.0),
    ];
    // Around a line: the deviation is remembered by ρ.
    for (prior, rho) in [(0.04, 0.4), (0.06, 0.7), (0.04, 0.85)] {
        all.push((prior, 0.0, 0.0, rho, rho));
    }
    // A walk whose changes are remembered: ψ(j) = (1 − ρ^(j+1)) / (1 − ρ).
    for (prior, rho) in [(0.07, 0.3), (0.08, 0.55), (0.07, 0.8)] {
        all.push((prior, 1.0 / (1.0 - rho), 0.0, -rho * rho / (1.0 - rho), rho));
    }
    all
}
