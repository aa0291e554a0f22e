//! The likelihood of a design, with Firth's penalty or without, and its maximum.

use faer::linalg::solvers::Solve;
use faer::{Mat, Side};

use super::design::Design;

/// Iterations of Newton's method: Firth's needs a few dozen in the smallest tables.
const ITERATIONS: usize = 500;

/// The largest change of any respondent's logarithm of the odds in one step.
const LONGEST_STEP: f64 = 5.0;

/// Iterations after which a maximum that exists has long been reached.
const SEPARATES_AFTER: usize = 30;

pub(super) struct Likelihood<'d> {
    pub(super) design: &'d Design,
    pub(super) penalized: bool,
}

/// A maximum: where, how high, and the slope of what was held fixed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Peak {
    pub(super) at: Vec<f64>,
    pub(super) value: f64,
    pub(super) score: Vec<f64>,
    information: Mat<f64>,
    /// What Newton's step divides by: the information, with Firth's leverages counted as persons.
    curvature: Mat<f64>,
}

impl Peak {
    pub(super) fn standard_errors(&self) -> Option<Vec<f64>> {
        let inverse = inverse(&self.information)?;
        Some((0..self.at.len()).map(|at| inverse[(at, at)].sqrt()).collect())
    }
}

/// Why there is no maximum.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Endless {
    /// The likelihood still rises along this direction, on which no respondent is on the wrong side.
    Separated(Vec<f64>),
    /// Newton's method does not settle.
    Unsettled,
}

impl Likelihood<'_> {
    /// The logarithm of the likelihood, without penalty.
    pub(super) fn plain(&self, beta: &[f64]) -> f64 {
        self.design.patterns().iter().fold(0.0, |sum, pattern| {
            let eta = predictor(&pattern.entries, beta);
            sum + pattern.events * eta - pattern.total * softplus(eta)
        })
    }

    /// Value, slope and information at `beta`; `None` where the information is singular or a number overflows.
    fn at(&self, beta: &[f64]) -> Option<Peak> {
        let patterns = self.design.patterns();
        let mut information = Mat::<f64>::zeros(beta.len(), beta.len());
        let mut score = vec![0.0; beta.len()];
        let mut fitted = Vec::with_capacity(patterns.len());
        let mut value = 0.0;
        for pattern in patterns {
            let eta = predictor(&pattern.entries, beta);
            let (share, other) = shares(eta);
            value += pattern.events * eta - pattern.total * softplus(eta);
            let weight = pattern.total * share * other;
            // events − total × share, without cancellation where the share is near 1.
            let residual = pattern.events * other - (pattern.total - pattern.events) * share;
            for (place, (i, x)) in pattern.entries.iter().enumerate() {
                score[*i] += x * residual;
                for (j, y) in &pattern.entries[..=place] {
                    information[(*i, *j)] += weight * x * y;
                }
            }
            fitted.push((share, other, weight));
        }
        let mut curvature = information.clone();
        if self.penalized {
            let factor = information.llt(Side::Lower).ok()?;
            let lower = factor.L();
            value += (0..beta.len()).map(|at| lower[(at, at)].ln()).sum::<f64>();
            let inverse = inverse(&information)?;
            for (pattern, (share, other, weight)) in patterns.iter().zip(fitted) {
                let mut leverage = 0.0;
                for (place, (i, x)) in pattern.entries.iter().enumerate() {
                    let below: f64 = pattern.entries[..place].iter().map(|(j, y)| y * inverse[(*i, *j)]).sum();
                    leverage += x * (2.0 * below + x * inverse[(*i, *i)]);
                }
                // Firth's slope is that of data with as much of a person more, half in the situation and half not.
                let more = weight * leverage;
                for (place, (i, x)) in pattern.entries.iter().enumerate() {
                    score[*i] += x * more * (other - share) / 2.0;
                    for (j, y) in &pattern.entries[..=place] {
                        curvature[(*i, *j)] += more * share * other * x * y;
                    }
                }
            }
        }
        (value.is_finite() && score.iter().all(|s| s.is_finite())).then_some(Peak {
            at: beta.to_vec(),
            value,
            score,
            information,
            curvature,
        })
    }

    /// The maximum over the coefficients that are not fixed, from `start`.
    pub(super) fn maximize(&self, start: &[f64], fixed: &[bool]) -> Result<Peak, Endless> {
        let free: Vec<usize> = (0..start.len()).filter(|at| !fixed[*at]).collect();
        let mut peak = self.at(start).ok_or(Endless::Unsettled)?;
        if free.is_empty() {
            return Ok(peak);
        }
        let mut last = Vec::new();
        for iteration in 0..ITERATIONS {
            let Some(mut step) = newton(&peak, &free) else { return Err(self.endless(last)) };
            let gain: f64 = step.iter().zip(&peak.score).map(|(d, s)| d * s).sum();
            let longest = self.longest(&step);
            if gain < 1e-18 && longest < 1e-6 {
                return Ok(peak);
            }
            if longest > LONGEST_STEP {
                scale(&mut step, LONGEST_STEP / longest);
            }
            if !self.penalized && iteration > SEPARATES_AFTER && self.separates(&step) {
                return Err(Endless::Separated(step));
            }
            last.clone_from(&step);
            match self.climb(&peak, &mut step) {
                Some(higher) => peak = higher,
                // No step gets higher: the top, as far as digits go.
                None if gain < 1e-9 && longest < 1e-3 => return Ok(peak),
                None => return Err(self.endless(last)),
            }
        }
        Err(self.endless(last))
    }

    fn endless(&self, direction: Vec<f64>) -> Endless {
        if !self.penalized && self.separates(&direction) { Endless::Separated(direction) } else { Endless::Unsettled }
    }

    /// The step, halved until it does not lead down.
    fn climb(&self, from: &Peak, step: &mut [f64]) -> Option<Peak> {
        let slack = 1e-13 * (1.0 + from.value.abs());
        for _ in 0..40 {
            let beta: Vec<f64> = from.at.iter().zip(&*step).map(|(b, d)| b + d).collect();
            if let Some(peak) = self.at(&beta).filter(|peak| peak.value >= from.value - slack) {
                return Some(peak);
            }
            scale(step, 0.5);
        }
        None
    }

    fn longest(&self, step: &[f64]) -> f64 {
        self.design.patterns().iter().map(|pattern| predictor(&pattern.entries, step).abs()).fold(0.0, f64::max)
    }

    /// Whether along this direction all in the situation go up or stay, and all others go down or stay, and some go.
    fn separates(&self, direction: &[f64]) -> bool {
        if direction.is_empty() {
            return false;
        }
        let most = self.longest(direction);
        most > 0.1
            && self.design.patterns().iter().all(|pattern| {
                let along = predictor(&pattern.entries, direction) / most;
                (pattern.events <= 0.0 || along >= -1e-3) && (pattern.events >= pattern.total || along <= 1e-3)
            })
    }
}

/// Newton's step over the free coefficients; 0 for the others.
fn newton(peak: &Peak, free: &[usize]) -> Option<Vec<f64>> {
    let lower = |i: usize, j: usize| peak.curvature[(i.max(j), i.min(j))];
    let block = Mat::from_fn(free.len(), free.len(), |i, j| lower(free[i], free[j]));
    let score = Mat::from_fn(free.len(), 1, |i, _| peak.score[free[i]]);
    let solved = block.llt(Side::Lower).ok()?.solve(score);
    let mut step = vec![0.0; peak.at.len()];
    for (place, at) in free.iter().enumerate() {
        step[*at] = solved[(place, 0)];
    }
    step.iter().all(|d| d.is_finite()).then_some(step)
}

fn scale(step: &mut [f64], by: f64) {
    for d in step {
        *d *= by;
    }
}

fn inverse(information: &Mat<f64>) -> Option<Mat<f64>> {
    let size = information.nrows();
    let inverse = information.llt(Side::Lower).ok()?.solve(Mat::<f64>::identity(size, size));
    (0..size).all(|at| inverse[(at, at)].is_finite() && inverse[(at, at)] > 0.0).then_some(inverse)
}

pub(super) fn predictor(entries: &[(usize, f64)], beta: &[f64]) -> f64 {
    entries.iter().map(|(at, x)| x * beta[*at]).sum()
}

/// The probability of a logarithm of odds, and that of the contrary.
pub(super) fn shares(eta: f64) -> (f64, f64) {
    let small = (-eta.abs()).exp();
    let (large, small) = (1.0 / (1.0 + small), small / (1.0 + small));
    if eta >= 0.0 { (large, small) } else { (small, large) }
}

/// `ln(1 + e^x)`.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}
