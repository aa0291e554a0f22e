//! The pursuit of one target: by linear programs, then by integer ones.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::engine::{Answer, Ask, greatest};
use super::feasible::{Feasible, Proof};
use super::program::{Program, Row, sum, whole_below};
use super::{Depth, Effort};

/// Directions in which a first solution is looked for, before it is looked for in none.
pub(super) const DIVES: u32 = 3;
/// Any solution is near enough.
pub(super) const ANY: f64 = 1e6;
/// Of what is looked for, beside the direction that all unknowns are given.
pub(super) const WEIGHT: f64 = 50.0;

/// A target within the component, and what is known of it.
#[derive(Debug, Clone)]
pub(super) struct Aim {
    pub terms: Vec<(usize, f64)>,
    /// Takes whole values only.
    pub is_whole: bool,
    pub real: (f64, f64),
    pub whole: (f64, f64),
    pub attained: Option<(f64, f64)>,
    /// Whether more work would be of no use.
    pub closed: bool,
}

/// What pursuing a target brings: bounds on it, and solutions, which are news for all.
#[derive(Debug, Default)]
pub(super) struct Catch {
    pub witnesses: Vec<Vec<f64>>,
    pub bounds: Option<((f64, f64), (f64, f64))>,
    pub unbounded: (bool, bool),
}

/// The pursuit of one target.
pub(super) struct Chase<'a> {
    program: &'a Program,
    effort: Effort,
    aim: Aim,
    catch: Catch,
}

impl<'a> Chase<'a> {
    pub(super) fn new(program: &'a Program, effort: Effort, aim: &Aim) -> Self {
        Self { program, effort, aim: aim.clone(), catch: Catch::default() }
    }

    /// To both ends, or until the target is seen to be wide enough or not to be.
    pub(super) fn pursue(mut self, depth: Depth) -> Catch {
        match depth {
            Depth::Interval => {
                self.end(1.0, Some(Ask::Real));
                self.end(-1.0, Some(Ask::Real));
            }
            Depth::Width(width) => self.width(width),
        }
        self.catch.bounds = Some((self.aim.real, self.aim.whole));
        self.catch
    }

    /// Is the target at least so wide? The linear programs first, for they often say no; then solutions at that distance.
    fn width(&mut self, width: f64) {
        for sign in [1.0, -1.0] {
            self.relax(sign, Ask::Tight);
            if self.aim.is_decided(Depth::Width(width)) {
                return;
            }
        }
        if self.aim.whole.1 - self.aim.whole.0 >= width {
            for sign in [1.0, -1.0] {
                self.reach_out(sign, width);
                if self.aim.is_decided(Depth::Width(width)) {
                    return;
                }
            }
        }
        self.end(1.0, None);
        self.end(-1.0, None);
    }

    fn objective(&self, sign: f64) -> Vec<(usize, f64)> {
        self.aim.terms.iter().map(|(unknown, coefficient)| (*unknown, sign * coefficient)).collect()
    }

    /// The greatest value, or the least with sign -1: by a linear program, then the integer one if ends still differ.
    fn end(&mut self, sign: f64, relaxed: Option<Ask>) {
        if self.aim.end_is_proven(sign, relaxed.is_some()) {
            return;
        }
        if let Some(ask) = relaxed {
            self.relax(sign, ask);
        }
        if self.aim.end_is_proven(sign, false) {
            return;
        }
        match greatest(self.program, &self.objective(sign), Ask::Whole { nodes: self.effort.nodes_of(self.program), gap: 0.0 }, None) {
            Answer::Bounded { bound, solution, .. } => {
                self.found(solution);
                self.aim.lower(sign, bound, false);
            }
            Answer::Unbounded | Answer::Infeasible | Answer::Unknown => {}
        }
    }

    /// The end of the linear program.
    fn relax(&mut self, sign: f64, ask: Ask) {
        match greatest(self.program, &self.objective(sign), ask, None) {
            Answer::Bounded { bound, solution, .. } => {
                self.found(solution);
                self.aim.lower(sign, bound, true);
            }
            // Statements have rational numbers: where real numbers go on for ever, whole ones do, from any solution.
            Answer::Unbounded if self.aim.attained.is_some() => {
                self.aim.unbounded(sign);
                if sign > 0.0 { self.catch.unbounded.1 = true } else { self.catch.unbounded.0 = true }
            }
            Answer::Unbounded | Answer::Infeasible | Answer::Unknown => {}
        }
    }

    /// Looks for any solution so far from the other end that the width is reached; where there is none, that is a bound.
    fn reach_out(&mut self, sign: f64, width: f64) {
        let Some((low, high)) = self.aim.attained else { return };
        let far = if sign > 0.0 { low + width } else { -(high - width) };
        let terms = self.objective(sign);
        let beyond = Row::new(terms, (far, f64::INFINITY), &self.program.whole, usize::MAX);
        let mut chance = ChaCha8Rng::seed_from_u64(self.effort.seed);
        for _ in 0..DIVES {
            let push: Vec<(usize, f64)> = stir(&mut chance, self.program).into_iter().enumerate().collect();
            let ask = Ask::Whole { nodes: self.effort.nodes_of(self.program), gap: ANY };
            match greatest(self.program, &push, ask, Some(&beyond)) {
                Answer::Bounded { solution: Some(solution), .. } => return self.found(Some(solution)),
                Answer::Infeasible if self.aim.is_whole => return self.aim.lower(sign, far.ceil() - 1.0, false),
                _ => {}
            }
        }
    }

    fn found(&mut self, solution: Option<Vec<f64>>) {
        if let Some(solution) = solution {
            let value = sum(&self.aim.terms, &solution);
            self.aim.attained = Some(self.aim.attained.map_or((value, value), |(low, high)| (low.min(value), high.max(value))));
            self.catch.witnesses.push(solution);
        }
    }
}

impl Aim {
    /// Takes a new bound on the greatest value, or on that of the negative.
    fn lower(&mut self, sign: f64, bound: f64, of_reals: bool) {
        // The noise of the solver is taken off an end that is whole.
        let noisy = self.is_whole && (bound - bound.round()).abs() <= 1e-7 * bound.abs().max(1.0);
        let bound = if noisy { bound.round() } else { bound };
        let whole = if self.is_whole { whole_below(bound) } else { bound };
        if sign > 0.0 {
            self.whole.1 = self.whole.1.min(whole);
            if of_reals {
                self.real.1 = self.real.1.min(bound);
            }
        } else {
            self.whole.0 = self.whole.0.max(-whole);
            if of_reals {
                self.real.0 = self.real.0.max(-bound);
            }
        }
    }

    fn unbounded(&mut self, sign: f64) {
        if let Some(attained) = &mut self.attained {
            if sign > 0.0 { attained.1 = f64::INFINITY } else { attained.0 = f64::NEG_INFINITY }
        }
    }

    /// Whether the outer end is attained: that for whole counts, and with `both` that for real numbers as well.
    fn end_is_proven(&self, sign: f64, both: bool) -> bool {
        let Some(attained) = self.attained else { return false };
        let (attained, whole, real) =
            if sign > 0.0 { (attained.1, self.whole.1, self.real.1) } else { (-attained.0, -self.whole.0, -self.real.0) };
        self.meets(attained, whole) && (!both || self.meets(attained, real))
    }

    /// Values that are not whole meet within the tolerance of the solver.
    fn meets(&self, attained: f64, outer: f64) -> bool {
        attained >= outer || (outer.is_finite() && attained >= outer - if self.is_whole { 0.0 } else { 1e-6 * outer.abs().max(1.0) })
    }

    pub(super) fn is_decided(&self, depth: Depth) -> bool {
        self.closed
            || match depth {
                Depth::Interval => self.end_is_proven(1.0, true) && self.end_is_proven(-1.0, true),
                Depth::Width(width) => {
                    self.attained.is_some_and(|(low, high)| high - low >= width)
                        || (self.end_is_proven(1.0, false) && self.end_is_proven(-1.0, false))
                }
            }
    }

    /// Nothing more will be tried.
    pub(super) fn settle(&mut self, unbounded: (bool, bool)) {
        if unbounded.0 {
            self.unbounded(-1.0);
        }
        if unbounded.1 {
            self.unbounded(1.0);
        }
        self.closed = true;
    }

    pub(super) fn told(&self, depth: Depth) -> Feasible {
        let exact = self.end_is_proven(1.0, false) && self.end_is_proven(-1.0, false);
        let wide = matches!(depth, Depth::Width(width) if self.attained.is_some_and(|(low, high)| high - low >= width));
        let proof = if exact {
            Proof::Exact
        } else if wide {
            Proof::Wide
        } else {
            Proof::Relaxed
        };
        // A solution that is attained within the tolerance of the solver is never outside of the outer interval.
        let around = |outer: (f64, f64)| self.attained.map_or(outer, |(low, high)| (outer.0.min(low), outer.1.max(high)));
        let whole = around(self.whole);
        Feasible { real: (self.real.0.min(whole.0), self.real.1.max(whole.1)), whole, attained: self.attained, linear: false, proof }
    }
}

/// A direction for every unknown: a solver that has one to go in dives to whole numbers sooner than one that may choose.
pub(super) fn stir(chance: &mut ChaCha8Rng, program: &Program) -> Vec<f64> {
    program.whole.iter().map(|_| sign(chance)).collect()
}

/// Up or down.
pub(super) fn sign(chance: &mut ChaCha8Rng) -> f64 {
    if chance.next_u32() & 1 == 0 { 1.0 } else { -1.0 }
}
