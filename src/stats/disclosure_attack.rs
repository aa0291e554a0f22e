//! What an attacker can compute of hidden numbers from published ones: the feasible interval of each.
//!
//! Published numbers are linear statements on unknowns. Bounds are propagated, the system falls apart into components, and the least and
//! the greatest value of a target are found by linear programs, then by integer ones where counts are whole. Every solution found is
//! verified and kept as a witness: it widens the intervals of all targets of its component, so most need no program of their own.
//! It shares nothing with what decides on suppression, which it is there to test.
//!
//! Source: Hundepool et al., Statistical Disclosure Control (2012), ch. 4; the SDC Handbook of `ESSnet`, on the auditing of suppression patterns.

mod chase;
mod coalition;
mod component;
mod contradiction;
mod engine;
mod feasible;
mod hunt;
mod informed;
mod moves;
mod program;
mod propagation;
mod rounding;
mod row_space;
mod system;

pub use coalition::Opened;
pub use contradiction::Contradiction;
pub use feasible::{Feasible, Proof, Rule, Verdict};
pub use informed::{Informed, Knowledge};
pub use rounding::{compatible, numerators, pairs, safe_decimals};
pub use system::{System, Target};

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::stats::refusal::Refusal;

use component::{Component, Place, take_apart};
use program::{Program, Row};
use propagation::Conflict;
use row_space::RowSpace;
use system::no_such;

/// How much work an attack is worth. No clock: the same limits give the same answers anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Nodes of each integer program of 10,000 terms; of smaller ones more in proportion, and of each at least these. Ten times as many for
    /// the first solution of a component.
    pub nodes: u64,
    /// Rounds in which all open targets are pushed apart at once, at most.
    pub rounds: u32,
    /// Of the random directions in which they are pushed. Intervals do not depend on it, but for what a limit cuts off.
    pub seed: u64,
}

impl Effort {
    /// The limit of a program.
    fn nodes_of(self, program: &Program) -> u64 {
        let terms: usize = program.rows.iter().map(|row| row.terms.len()).sum();
        self.nodes.saturating_mul((10_000 / terms.max(1) as u64).max(1))
    }
}

impl Default for Effort {
    fn default() -> Self {
        Self { nodes: 200, rounds: 40, seed: 1 }
    }
}

/// How far each interval is pursued.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Depth {
    /// To both of its ends.
    Interval,
    /// Until solutions at least so wide apart are known, or there are none: enough for a rule on widths, and much less work.
    Width(f64),
}

/// An attack on what is published: the system taken apart, and the solutions found so far.
#[derive(Debug, Clone)]
pub struct Attack {
    places: Vec<Place>,
    components: Vec<Component>,
    space: Arc<RowSpace>,
    effort: Effort,
}

impl Attack {
    /// Takes the system apart and finds a solution of each component.
    ///
    /// Cost: O(terms) for components under one sum; a linear program, at times an integer one, for each other.
    ///
    /// # Errors
    /// [`Contradiction`] where no numbers meet all statements.
    ///
    /// ```
    /// use optima::stats::disclosure_attack::{Attack, Effort, System};
    /// let mut system = System::new();
    /// let a = system.count();
    /// system.state(&[(a, 1.0)], 3.0, 3.0).unwrap();
    /// assert!(Attack::new(&system, Effort::default()).is_ok());
    /// system.state(&[(a, 1.0)], 4.0, 4.0).unwrap();
    /// assert_eq!(Attack::new(&system, Effort::default()).unwrap_err().statements, [0, 1]);
    /// ```
    pub fn new(system: &System, effort: Effort) -> Result<Self, Contradiction> {
        let whole: Vec<bool> = system.unknowns.iter().map(|unknown| unknown.whole).collect();
        let bounds: Vec<(f64, f64)> = system.unknowns.iter().map(|unknown| unknown.bounds).collect();
        let rows = system.statements.iter().enumerate().map(|(source, s)| Row::new(s.terms.clone(), s.bounds, &whole, source)).collect();
        let mut attack = Self::on(Program { rows, real: bounds.clone(), tight: bounds, whole }, &[], effort)?;
        attack.space = Arc::new(RowSpace::new(&system.statements, system.unknowns.len()));
        Ok(attack)
    }

    /// An attack on a program, of which some solutions may be known already.
    fn on(mut program: Program, solutions: &[Vec<f64>], effort: Effort) -> Result<Self, Contradiction> {
        let given = program.clone();
        let mut parts = take_apart(&mut program).map_err(|conflict| contradiction::explain(&given, conflict))?;
        let failed: Vec<bool> = parts
            .components
            .par_iter_mut()
            .map(|component| {
                for solution in solutions {
                    let part = component.unknowns.iter().map(|unknown| solution[*unknown]).collect();
                    component.witnesses.extend(component.program.solution(part));
                }
                !component.closed && !component.find_solution(effort)
            })
            .collect();
        if let Some(at) = failed.iter().position(|failed| *failed) {
            return Err(contradiction::explain(&given, Conflict::Unknown(parts.components[at].unknowns[0])));
        }
        let space = Arc::new(RowSpace::new(&[], 0));
        Ok(Self { places: std::mem::take(&mut parts.places), components: parts.components, space, effort })
    }

    /// What the statements leave of each target, in the order of the targets.
    ///
    /// Solutions found are kept, so later calls are faster; the intervals are the same in any order of unknowns, statements and targets,
    /// except that `attained` after [`Depth::Width`] says what happened to be found. Cost: two linear programs a target at most where counts
    /// are as good as real numbers, and two integer programs more where they are not.
    ///
    /// # Errors
    /// An unknown that is not there.
    ///
    /// ```
    /// use optima::stats::disclosure_attack::{Attack, Depth, Effort, Proof, System, Target};
    /// // A table of two rows and two columns of hidden cells, with its margins: rows 20 and 16, columns 14 and 22.
    /// let mut system = System::new();
    /// let cells: Vec<usize> = (0..4).map(|_| system.count()).collect();
    /// for (pair, sum) in [([0, 1], 20.0), ([2, 3], 16.0), ([0, 2], 14.0), ([1, 3], 22.0)] {
    ///     system.state(&pair.map(|cell| (cells[cell], 1.0)), sum, sum).unwrap();
    /// }
    /// let mut attack = Attack::new(&system, Effort::default()).unwrap();
    /// let found = attack.intervals(&[Target::unknown(cells[1])], Depth::Interval).unwrap();
    /// assert_eq!((found[0].whole, found[0].proof, found[0].linear), ((6.0, 20.0), Proof::Exact, false));
    /// ```
    pub fn intervals(&mut self, targets: &[Target], depth: Depth) -> Result<Vec<Feasible>, Refusal> {
        let mut found = Vec::with_capacity(targets.len());
        let mut asked: BTreeMap<usize, Vec<Vec<(usize, f64)>>> = BTreeMap::new();
        let mut owners: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (number, target) in targets.iter().enumerate() {
            let mut parts: BTreeMap<usize, Vec<(usize, f64)>> = BTreeMap::new();
            let mut known = target.constant;
            for (unknown, coefficient) in &target.terms {
                match self.places.get(*unknown) {
                    None => return Err(no_such(*unknown)),
                    Some(Place::Fixed(value)) => known += coefficient * value,
                    Some(Place::In { component, at }) => parts.entry(*component).or_default().push((*at, *coefficient)),
                }
            }
            found.push(Feasible::known(known));
            for (component, terms) in parts {
                asked.entry(component).or_default().push(terms);
                owners.entry(component).or_default().push(number);
            }
        }
        let effort = self.effort;
        let told: Vec<Vec<Feasible>> = self
            .components
            .par_iter_mut()
            .enumerate()
            .map(|(at, component)| asked.get(&at).map_or_else(Vec::new, |terms| component.intervals(terms, depth, effort)))
            .collect();
        for (component, owners) in owners {
            for (owner, feasible) in owners.into_iter().zip(&told[component]) {
                found[owner] = found[owner].plus(*feasible);
            }
        }
        for (target, feasible) in targets.iter().zip(&mut found) {
            // Solutions that differ show that the statements do not give the value: no elimination needed.
            feasible.linear =
                feasible.attained.is_none_or(|(low, high)| high - low <= 1e-6 * low.abs().max(1.0)) && self.space.has(&target.terms);
        }
        Ok(found)
    }

    fn component_of(&self, unknown: usize) -> Option<usize> {
        match self.places.get(unknown) {
            Some(Place::In { component, .. }) => Some(*component),
            _ => None,
        }
    }

    fn components_of<'a>(&'a self, target: &'a Target) -> impl Iterator<Item = usize> + 'a {
        target.terms.iter().filter_map(|(unknown, _)| self.component_of(*unknown))
    }
}
