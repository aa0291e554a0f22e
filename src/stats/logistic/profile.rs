//! Intervals by profile likelihood: the values of a coefficient that a likelihood ratio test would not reject.

use super::likelihood::{Likelihood, Peak};

/// The two values of coefficient `at` whose best likelihood is `z²/2` below the maximum.
///
/// The signed root `√(2 (maximum − profile))` is nearly a straight line, so that Newton's method on it, kept between bounds, takes
/// four or five steps. Source: Venzon & Moolgavkar, Applied Statistics 37 (1988), with the target of Heinze & Schemper (2002).
pub(super) fn interval(likelihood: &Likelihood<'_>, peak: &Peak, at: usize, error: f64, z: f64) -> (f64, f64) {
    (limit(likelihood, peak, at, -error, z), limit(likelihood, peak, at, error, z))
}

fn limit(likelihood: &Likelihood<'_>, peak: &Peak, at: usize, error: f64, z: f64) -> f64 {
    let center = peak.at[at];
    let mut fixed = vec![false; peak.at.len()];
    fixed[at] = true;
    // In standard errors from the estimate, outward.
    let (mut inner, mut outer): (f64, Option<f64>) = (0.0, None);
    let mut distance = z;
    let mut start = peak.at.clone();
    for _ in 0..200 {
        start[at] = center + error * distance;
        let mut guess = None;
        match likelihood.maximize(&start, &fixed) {
            Ok(best) => {
                let root = (2.0 * (peak.value - best.value)).max(0.0).sqrt();
                let rise = -best.score[at] * error / root;
                if root < z {
                    inner = distance;
                } else {
                    outer = Some(distance);
                }
                if rise > 0.0 && rise.is_finite() {
                    let next = distance + (z - root) / rise;
                    // One step more from here is right to 1e-12.
                    if (root - z).abs() < 1e-6 {
                        return center + error * next;
                    }
                    guess = Some(next);
                }
                start = best.at;
            }
            Err(_) => outer = Some(distance),
        }
        if outer.is_some_and(|outer| outer - inner <= 1e-12 * outer) {
            break;
        }
        distance = match (guess, outer) {
            (Some(guess), Some(outer)) if guess > inner && guess < outer => guess,
            (_, Some(outer)) => f64::midpoint(inner, outer),
            (Some(guess), None) => guess.clamp(inner * 1.05, inner * 3.0 + 1.0),
            (None, None) => inner * 2.0 + 1.0,
        };
    }
    center + error * distance
}
