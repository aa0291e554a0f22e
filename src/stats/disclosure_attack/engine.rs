//! The linear and integer programs, given to `microlp`: the one place that names it.
//!
//! Its answers are floating point. A point is believed only after it is verified against the statements ([`Program::solution`]), and a
//! bound is rounded outwards by its noise.

use std::panic::{AssertUnwindSafe, catch_unwind};

use microlp::{ComparisonOp, Error, OptimizationDirection, Problem, SolutionStatus, SolveOptions, SolveOutcome};

use super::program::{Program, Row, sum};

/// What is asked of the solver, beside the objective.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ask {
    /// Real numbers within real bounds.
    Real,
    /// Real numbers within the bounds that whole counts leave: a bound on them, found faster.
    Tight,
    /// Whole counts, within so many nodes, at best or within a relative gap of it.
    Whole { nodes: u64, gap: f64 },
}

/// What the solver answers to "the greatest value of this combination".
#[derive(Debug, Clone)]
pub(super) enum Answer {
    /// No value is greater than the bound; a verified solution, whole where counts are, if the point is one.
    Bounded { bound: f64, solution: Option<Vec<f64>> },
    /// Any value can be exceeded.
    Unbounded,
    /// No point meets all statements.
    Infeasible,
    /// Not found within the limits, or the numbers defeat the solver.
    Unknown,
}

/// The greatest value of `objective` under the statements, and those of `and`.
///
/// Cost: a linear program is about rows² × unknowns; an integer one is up to `nodes` times that.
pub(super) fn greatest(program: &Program, objective: &[(usize, f64)], ask: Ask, and: Option<&Row>) -> Answer {
    // The solver panics where it finds itself in contradiction: then nothing is known, which is an answer here.
    catch_unwind(AssertUnwindSafe(|| solve(program, objective, ask, and))).unwrap_or(Answer::Unknown)
}

fn solve(program: &Program, objective: &[(usize, f64)], ask: Ask, and: Option<&Row>) -> Answer {
    let tight = !matches!(ask, Ask::Real);
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let mut costs = vec![0.0; program.whole.len()];
    for (unknown, coefficient) in objective {
        costs[*unknown] = *coefficient;
    }
    let variables: Vec<_> = program
        .bounds(tight)
        .iter()
        .zip(&program.whole)
        .zip(&costs)
        .map(|(((low, high), whole), cost)| match (ask, small(*low, i32::MIN), small(*high, i32::MAX)) {
            (Ask::Whole { .. }, Some(low), Some(high)) if *whole => problem.add_integer_var(*cost, (low, high)),
            _ => problem.add_var(*cost, (*low, *high)),
        })
        .collect();
    for row in program.rows.iter().chain(and) {
        let terms = || row.terms.iter().map(|(unknown, coefficient)| (variables[*unknown], *coefficient));
        let (low, high) = row.bounds(tight);
        if low == high {
            problem.add_constraint(terms(), ComparisonOp::Eq, low);
            continue;
        }
        if low.is_finite() {
            problem.add_constraint(terms(), ComparisonOp::Ge, low);
        }
        if high.is_finite() {
            problem.add_constraint(terms(), ComparisonOp::Le, high);
        }
    }
    let mut options = SolveOptions::default();
    if let Ask::Whole { nodes, gap } = ask {
        options.node_limit = Some(nodes);
        options.mip_gap = gap;
    }
    match problem.solve_with(options) {
        Ok(SolveOutcome::Solution(found)) => {
            let solution = program.solution(variables.iter().map(|v| found[*v]).collect());
            let proven = matches!(found.status(), SolutionStatus::Optimal);
            let bound = if proven { found.objective() } else { found.stats().best_bound.unwrap_or(f64::INFINITY).max(found.objective()) };
            // The verified point is whole and the solver's nearly so: its value is the exact one.
            let bound = solution.as_ref().map_or(bound, |point| bound.max(sum(objective, point)));
            Answer::Bounded { bound, solution }
        }
        Err(Error::Infeasible) => Answer::Infeasible,
        Err(Error::Unbounded) => Answer::Unbounded,
        Ok(_) | Err(_) => Answer::Unknown,
    }
}

/// An end of a whole unknown as the solver takes it; `None` where it is too far away to be kept whole.
#[expect(clippy::cast_possible_truncation, reason = "compared before")]
fn small(end: f64, infinite: i32) -> Option<i32> {
    if end.is_infinite() {
        return Some(infinite);
    }
    (end.abs() < f64::from(i32::MAX)).then_some(end as i32)
}
