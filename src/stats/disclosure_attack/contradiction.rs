//! Statements that cannot all be true: which ones, as few as can be found at little cost.

use super::component::{join, root, take_apart};
use super::engine::{Answer, Ask, greatest};
use super::program::{Program, Row};
use super::propagation::Conflict;

/// Up to so many statements are reduced where each trial is an integer program, and where it is a propagation.
const FEW: (usize, usize) = (40, 400);
/// Nodes of an integer program that looks for a solution of a part: these are small.
const NODES: u64 = 100_000;

/// Published statements that contradict each other: no numbers meet them all.
///
/// An error in what was published or in how it was read, or a rounding that was assumed finer than it is; an attack has no answer then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// The statements by their numbers, in order; none where the bounds of one unknown exclude each other.
    pub statements: Vec<usize>,
    /// Whether the others would agree without any one of them.
    pub irreducible: bool,
}

impl std::fmt::Display for Contradiction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.statements.as_slice() {
            [] => write!(f, "the bounds of an unknown exclude each other"),
            [one] => write!(f, "statement {one} contradicts the bounds of its unknowns"),
            [first, .., last] => write!(f, "{} statements between {first} and {last} cannot all be true", self.statements.len()),
        }
    }
}

impl std::error::Error for Contradiction {}

/// Of a program that has no solution, given where it shows: all that hangs together with it, reduced.
pub(super) fn explain(program: &Program, conflict: Conflict) -> Contradiction {
    let concerns = |row: &&Row| match conflict {
        Conflict::Statement(source) => row.source == source,
        Conflict::Unknown(unknown) => row.terms.iter().any(|(other, _)| *other == unknown),
    };
    let Some(seed) = program.rows.iter().find(concerns) else {
        return Contradiction { statements: Vec::new(), irreducible: true };
    };
    let mut parent: Vec<usize> = (0..program.whole.len()).collect();
    program.rows.iter().for_each(|row| join(&mut parent, row));
    let group = |row: &Row, parent: &mut [usize]| row.terms.first().map(|(unknown, _)| root(parent, *unknown));
    let home = group(seed, &mut parent);
    let rows: Vec<Row> = program.rows.iter().filter(|row| group(row, &mut parent) == home).cloned().collect();
    reduce(program, rows)
}

/// Leaves out each statement without which there is still no solution.
fn reduce(program: &Program, mut rows: Vec<Row>) -> Contradiction {
    let propagates = |rows: &[Row]| take_apart(&mut Program { rows: rows.to_vec(), ..program.clone() }).is_err();
    let solves = |rows: &[Row]| {
        let mut part = Program { rows: rows.to_vec(), ..program.clone() };
        take_apart(&mut part).is_err() || matches!(greatest(&part, &[], Ask::Whole { nodes: NODES, gap: 1e6 }, None), Answer::Infeasible)
    };
    // Propagation is fast and finds most; what it keeps may still be more than is needed.
    if rows.len() <= FEW.1 && propagates(&rows) {
        leave_out(&mut rows, propagates);
    }
    let irreducible = rows.len() <= FEW.0;
    if irreducible {
        leave_out(&mut rows, solves);
    }
    let mut statements: Vec<usize> = rows.iter().map(|row| row.source).collect();
    statements.sort_unstable();
    statements.dedup();
    Contradiction { statements, irreducible }
}

/// Leaves out each row without which the rest still contradict each other.
fn leave_out(rows: &mut Vec<Row>, contradict: impl Fn(&[Row]) -> bool) {
    let mut at = 0;
    while at < rows.len() && rows.len() > 1 {
        let row = rows.remove(at);
        if !contradict(rows) {
            rows.insert(at, row);
            at += 1;
        }
    }
}
