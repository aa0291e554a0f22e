//! The search of one component: each solution found is a witness that widens the intervals of all targets at once.
//!
//! So most targets of an audit to a threshold need no program of their own: a few programs whose objectives push all targets apart,
//! up and down at random, decide them. What is left is pursued target by target.

use std::sync::Arc;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

use super::component::Component;
use super::engine::{Answer, Ask, greatest};
use super::feasible::{Feasible, Proof};
use super::moves::Moves;
use super::program::{Program, Row, reach, sum, whole_below};
use super::{Depth, Effort};

/// Targets pursued side by side: a constant, so that threads change nothing.
const BATCH: usize = 4;
/// Witnesses kept of a component, for later targets and for informed attackers.
const KEPT: usize = 256;
/// Rounds that decide less than one in 20 of the open targets, before all are pursued one by one.
const PATIENCE: u32 = 3;
/// Of what is looked for, beside the direction that all unknowns are given.
const WEIGHT: f64 = 50.0;
/// Directions in which a first solution is looked for, before it is looked for in none.
const DIVES: u32 = 3;
/// Any solution is near enough.
const ANY: f64 = 1e6;

/// A target within the component, and what is known of it.
#[derive(Debug, Clone)]
struct Aim {
    terms: Vec<(usize, f64)>,
    /// Takes whole values only.
    is_whole: bool,
    real: (f64, f64),
    whole: (f64, f64),
    attained: Option<(f64, f64)>,
    /// Whether more work would be of no use.
    closed: bool,
}

/// What pursuing a target brings: bounds on it, and solutions, which are news for all.
#[derive(Debug, Default)]
struct Catch {
    witnesses: Vec<Vec<f64>>,
    bounds: Option<((f64, f64), (f64, f64))>,
    unbounded: (bool, bool),
}

struct Hunt<'a> {
    program: &'a Program,
    witnesses: &'a mut Vec<Vec<f64>>,
    effort: Effort,
    depth: Depth,
    aims: Vec<Aim>,
}

impl Component {
    /// The intervals of targets within the component.
    pub fn intervals(&mut self, targets: &[Vec<(usize, f64)>], depth: Depth, effort: Effort) -> Vec<Feasible> {
        let simple = self.closed && targets.iter().all(|terms| terms.len() == 1);
        if !simple && !self.limited {
            self.find_solution(effort);
        }
        let program = &self.program;
        let aims = targets
            .iter()
            .map(|terms| Aim {
                is_whole: program.is_whole(terms),
                real: reach(terms, &program.real),
                whole: reach(terms, &program.tight),
                attained: (self.closed && terms.len() == 1).then(|| reach(terms, &program.tight)),
                closed: self.closed && terms.len() == 1,
                terms: terms.clone(),
            })
            .collect();
        let mut hunt = Hunt { program, witnesses: &mut self.witnesses, effort, depth, aims };
        for at in 0..hunt.witnesses.len() {
            let witness = hunt.witnesses[at].clone();
            hunt.learn(&witness);
        }
        if !simple && !hunt.witnesses.is_empty() {
            if let Some(moves) = self.moves.get_or_insert_with(|| Moves::from(program, &hunt.witnesses[0]).map(Arc::new)) {
                hunt.look_around(moves);
            }
            hunt.drive();
        }
        if !simple {
            hunt.pursue_all();
        }
        hunt.aims.iter().map(|aim| aim.told(depth)).collect()
    }

    /// Finds a first solution, whole where counts are; `false` where there is none.
    pub fn find_solution(&mut self, effort: Effort) -> bool {
        if !self.witnesses.is_empty() {
            return true;
        }
        match greatest(&self.program, &[], Ask::Tight, None) {
            Answer::Infeasible => return false,
            Answer::Bounded { solution: Some(solution), .. } => {
                self.witnesses.push(solution);
                return true;
            }
            _ => {}
        }
        let mut chance = ChaCha8Rng::seed_from_u64(effort.seed);
        for _ in 0..DIVES {
            let direction: Vec<(usize, f64)> = stir(&mut chance, &self.program).into_iter().enumerate().collect();
            let ask = Ask::Whole { nodes: effort.nodes_of(&self.program), gap: ANY };
            if let Answer::Bounded { solution: Some(solution), .. } = greatest(&self.program, &direction, ask, None) {
                self.witnesses.push(solution);
                return true;
            }
        }
        match greatest(&self.program, &[], Ask::Whole { nodes: 10 * effort.nodes_of(&self.program), gap: 0.0 }, None) {
            Answer::Infeasible => return false,
            Answer::Bounded { solution: Some(solution), .. } => self.witnesses.push(solution),
            _ => self.limited = true,
        }
        true
    }
}

impl Hunt<'_> {
    /// Widens all targets by a solution.
    fn learn(&mut self, witness: &[f64]) {
        for aim in self.aims.iter_mut().filter(|aim| !aim.closed) {
            let value = sum(&aim.terms, witness);
            aim.attained = Some(aim.attained.map_or((value, value), |(low, high)| (low.min(value), high.max(value))));
        }
    }

    /// Widens all targets by the solutions that moves lead to.
    fn look_around(&mut self, moves: &Moves) {
        self.keep(moves.center().to_vec());
        let terms: Vec<&[(usize, f64)]> = self.aims.iter().map(|aim| aim.terms.as_slice()).collect();
        let spans = moves.spans(self.program, &terms);
        for (aim, span) in self.aims.iter_mut().zip(spans).filter(|(aim, _)| !aim.closed) {
            aim.attained = Some(aim.attained.map_or(span, |(low, high)| (low.min(span.0), high.max(span.1))));
        }
    }

    fn keep(&mut self, witness: Vec<f64>) {
        self.learn(&witness);
        if self.witnesses.len() < KEPT {
            self.witnesses.push(witness);
        }
    }

    /// The targets that more solutions would still tell something of.
    fn open(&self) -> Vec<usize> {
        (0..self.aims.len()).filter(|at| !self.aims[*at].is_decided(self.depth)).collect()
    }

    /// Pushes all open targets apart, up and down at random, for as long as that decides many of them.
    fn drive(&mut self) {
        let mut chance = ChaCha8Rng::seed_from_u64(self.effort.seed);
        let mut open = self.open();
        let mut fruitless = 0;
        for _ in 0..self.effort.rounds {
            // A few targets are pursued one by one as fast.
            if open.len() < BATCH {
                break;
            }
            let mut push = stir(&mut chance, self.program);
            for at in &open {
                let sign = sign(&mut chance);
                self.aims[*at].terms.iter().for_each(|(unknown, coefficient)| push[*unknown] += WEIGHT * sign * coefficient);
            }
            let objective = |sign: f64| -> Vec<(usize, f64)> {
                push.iter().enumerate().filter(|(_, c)| **c != 0.0).map(|(unknown, c)| (unknown, sign * c)).collect()
            };
            let (up, down) = (objective(1.0), objective(-1.0));
            let (up, down) = rayon::join(|| self.far(&up), || self.far(&down));
            up.into_iter().chain(down).for_each(|witness| self.keep(witness));
            let left = self.open();
            fruitless = if 20 * (open.len() - left.len()) < open.len() { fruitless + 1 } else { 0 };
            open = left;
            if fruitless == PATIENCE {
                break;
            }
        }
    }

    /// A solution far out in a direction, not the farthest.
    fn far(&self, objective: &[(usize, f64)]) -> Option<Vec<f64>> {
        if let Answer::Bounded { solution: Some(solution), .. } = greatest(self.program, objective, Ask::Tight, None) {
            return Some(solution);
        }
        match greatest(self.program, objective, Ask::Whole { nodes: self.effort.nodes_of(self.program), gap: ANY }, None) {
            Answer::Bounded { solution, .. } => solution,
            _ => None,
        }
    }

    /// Pursues what is still open, in batches: what one finds may decide those that come after.
    fn pursue_all(&mut self) {
        let all: Vec<usize> = (0..self.aims.len()).collect();
        let mut rest = all.as_slice();
        while !rest.is_empty() {
            let mut batch = Vec::with_capacity(BATCH);
            while let ([first, others @ ..], true) = (rest, batch.len() < BATCH) {
                if !self.aims[*first].is_decided(self.depth) {
                    batch.push(*first);
                }
                rest = others;
            }
            let caught: Vec<Catch> = batch.par_iter().map(|at| self.pursue(&self.aims[*at])).collect();
            for (at, catch) in batch.into_iter().zip(caught) {
                catch.witnesses.into_iter().for_each(|witness| self.keep(witness));
                let aim = &mut self.aims[at];
                if let Some((real, whole)) = catch.bounds {
                    (aim.real, aim.whole) = (real, whole);
                }
                aim.settle(catch.unbounded);
            }
        }
    }

    fn pursue(&self, aim: &Aim) -> Catch {
        let mut chase = Chase { program: self.program, effort: self.effort, aim: aim.clone(), catch: Catch::default() };
        match self.depth {
            Depth::Interval => {
                chase.end(1.0, Some(Ask::Real));
                chase.end(-1.0, Some(Ask::Real));
            }
            Depth::Width(width) => chase.width(width),
        }
        chase.catch.bounds = Some((chase.aim.real, chase.aim.whole));
        chase.catch
    }
}

/// A direction for every unknown: a solver that has one to go in dives to whole numbers sooner than one that may choose.
fn stir(chance: &mut ChaCha8Rng, program: &Program) -> Vec<f64> {
    program.whole.iter().map(|_| sign(chance)).collect()
}

/// Up or down.
fn sign(chance: &mut ChaCha8Rng) -> f64 {
    if chance.next_u32() & 1 == 0 { 1.0 } else { -1.0 }
}

/// The pursuit of one target.
struct Chase<'a> {
    program: &'a Program,
    effort: Effort,
    aim: Aim,
    catch: Catch,
}

impl Chase<'_> {
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

    fn is_decided(&self, depth: Depth) -> bool {
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
    fn settle(&mut self, unbounded: (bool, bool)) {
        if unbounded.0 {
            self.unbounded(-1.0);
        }
        if unbounded.1 {
            self.unbounded(1.0);
        }
        self.closed = true;
    }

    fn told(&self, depth: Depth) -> Feasible {
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
