//! The search of one component: each solution found is a witness that widens the intervals of all targets at once.
//!
//! So most targets of an audit to a threshold need no program of their own: a few programs whose objectives push all targets apart,
//! up and down at random, decide them. What is left is pursued target by target.

use std::sync::Arc;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;

use super::chase::{ANY, Aim, Catch, Chase, DIVES, WEIGHT, sign, stir};
use super::component::Component;
use super::engine::{Answer, Ask, greatest};
use super::feasible::Feasible;
use super::moves::Moves;
use super::program::{Program, reach, sum};
use super::{Depth, Effort};

/// Targets pursued side by side: a constant, so that threads change nothing.
const BATCH: usize = 4;
/// Witnesses kept of a component, for later targets and for informed attackers.
const KEPT: usize = 256;
/// Rounds that decide less than one in 20 of the open targets, before all are pursued one by one.
const PATIENCE: u32 = 3;

/// The search of one component.
struct Hunt<'a> {
    program: &'a Program,
    witnesses: &'a mut Vec<Vec<f64>>,
    effort: Effort,
    depth: Depth,
    aims: Vec<Aim>,
}

impl Component {
    /// The intervals of targets within the component.
    pub(super) fn intervals(&mut self, targets: &[Vec<(usize, f64)>], depth: Depth, effort: Effort) -> Vec<Feasible> {
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
            let moves = self.moves.get_or_insert_with(|| Arc::new(Moves::from(program, &hunt.witnesses[0])));
            hunt.look_around(moves);
            hunt.drive();
        }
        if !simple {
            hunt.pursue_all();
        }
        hunt.aims.iter().map(|aim| aim.told(depth)).collect()
    }

    /// Finds a first solution, whole where counts are; `false` where there is none.
    pub(super) fn find_solution(&mut self, effort: Effort) -> bool {
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
            let caught: Vec<Catch> =
                batch.par_iter().map(|at| Chase::new(self.program, self.effort, &self.aims[*at]).pursue(self.depth)).collect();
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
}
