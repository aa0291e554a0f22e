//! From one solution to others without a solver: changes of a few cells that leave all exact sums as they are.
//!
//! The changes are a basis of the kernel of the exact rows, in whole numbers and verified. The basis is chosen so that the cells that give
//! way are those farthest from their bounds, and the solution is first moved to the middle of what the changes allow; then nearly each
//! change goes far, and most targets are seen to be wide at once. Where it shows nothing, nothing is proven, and programs are solved.
//!
//! Source: the moves of Diaconis & Sturmfels, Algebraic algorithms for sampling from conditional distributions, Ann. Statist. 26 (1998),
//! a basis of the kernel in place of a Markov basis.

use super::program::{Program, sum};

/// Above so many rows × unknowns, elimination is no longer cheap.
const LARGE: usize = 500_000;
/// Times that a basis is chosen anew, at most, at the point that the last one led to.
const BASES: u32 = 6;
/// Times that the solution is centered before it is looked around.
const SWEEPS: u32 = 3;
/// A step in a direction that nothing bounds.
const FAR: f64 = 1e6;

/// A change of a few unknowns.
type Move = Vec<(usize, f64)>;

/// A solution, and the least and the greatest value of each target from there.
type Seen = (Vec<f64>, Vec<(f64, f64)>);

/// A solution far from its bounds, and changes that lead from it to others.
#[derive(Debug, Clone)]
pub(super) struct Moves {
    center: Vec<f64>,
    moves: Vec<Move>,
}

impl Moves {
    /// From a solution of a program of whole unknowns; no move where an unknown or a coefficient is not whole, or there is too much of it.
    ///
    /// Cost: O(rows² × unknowns) at worst.
    pub(super) fn from(program: &Program, solution: &[f64]) -> Self {
        let exact = program.rows.iter().filter(|row| row.tight.0 == row.tight.1);
        if program.whole.contains(&false)
            || program.rows.iter().any(|row| !program.is_whole(&row.terms))
            || program.rows.len() * program.whole.len() > LARGE
        {
            return Self { center: solution.to_vec(), moves: Vec::new() };
        }
        let rows: Vec<Move> = exact.map(|row| row.terms.clone()).collect();
        let mut center = solution.to_vec();
        let mut moves = Vec::new();
        let mut before = usize::MAX;
        for _ in 0..BASES {
            moves = kernel(&rows, &program.tight, &center);
            let mut walk = Walk::new(program, &program.tight, &center);
            walk.settle(&moves);
            center = walk.point;
            let at_bounds = center.iter().zip(&program.tight).filter(|(x, (low, high))| *x <= low || *x >= high).count();
            if at_bounds == 0 || at_bounds >= before - before / 10 {
                break;
            }
            before = at_bounds;
        }
        Self { center, moves }
    }

    /// Solutions known, as the least and the greatest value of each target.
    pub(super) fn spans(&self, program: &Program, targets: &[&[(usize, f64)]]) -> Vec<(f64, f64)> {
        Walk::new(program, &program.tight, &self.center).spans(&self.moves, targets)
    }

    pub(super) fn center(&self) -> &[f64] {
        &self.center
    }

    /// A solution under narrower bounds, and the spans of targets from there; `None` where no way to one is found.
    pub(super) fn within(&self, program: &Program, bounds: &[(f64, f64)], targets: &[&[(usize, f64)]]) -> Option<Seen> {
        let mut walk = Walk::new(program, &program.tight, &self.center);
        let mut moves = self.moves.clone();
        for (unknown, narrow) in bounds.iter().enumerate().filter(|(unknown, narrow)| **narrow != program.tight[*unknown]) {
            walk.approach(&moves, unknown, *narrow)?;
            walk.bounds[unknown] = *narrow;
            if narrow.0 == narrow.1 {
                moves = without(moves, unknown);
            }
        }
        walk.settle(&moves);
        let spans = walk.spans(&moves, targets);
        Some((walk.point, spans))
    }
}

/// A solution on its way.
struct Walk {
    bounds: Vec<(f64, f64)>,
    point: Vec<f64>,
    /// Rows that are intervals, by unknown: the row and the coefficient.
    of: Vec<Vec<(usize, f64)>>,
    /// Of those rows: the sum at the point, and its bounds.
    sums: Vec<(f64, (f64, f64))>,
}

impl Walk {
    fn new(program: &Program, bounds: &[(f64, f64)], point: &[f64]) -> Self {
        let mut of = vec![Vec::new(); point.len()];
        let mut sums = Vec::new();
        for row in program.rows.iter().filter(|row| row.tight.0 != row.tight.1) {
            row.terms.iter().for_each(|(unknown, coefficient)| of[*unknown].push((sums.len(), *coefficient)));
            sums.push((sum(&row.terms, point), row.tight));
        }
        Self { bounds: bounds.to_vec(), point: point.to_vec(), of, sums }
    }

    /// What a move does to the sums that are not exact.
    fn pulls(&self, change: &[(usize, f64)]) -> Vec<(usize, f64)> {
        let mut pulls: Vec<(usize, f64)> = change
            .iter()
            .flat_map(|(unknown, by)| self.of[*unknown].iter().map(move |(row, coefficient)| (*row, coefficient * by)))
            .collect();
        pulls.sort_by_key(|(row, _)| *row);
        pulls.chunk_by(|a, b| a.0 == b.0).map(|same| (same[0].0, same.iter().map(|(_, by)| by).sum())).collect()
    }

    /// How often a move can be made, backwards and forwards.
    fn range(&self, change: &[(usize, f64)]) -> (f64, f64) {
        let mut range = (f64::NEG_INFINITY, f64::INFINITY);
        let mut limit = |at: f64, by: f64, (low, high): (f64, f64)| {
            let (down, up) = ((low - at) / by, (high - at) / by);
            let (down, up) = if by > 0.0 { (down, up) } else { (up, down) };
            range = (range.0.max(down.ceil()), range.1.min(up.floor()));
        };
        for (unknown, by) in change {
            limit(self.point[*unknown], *by, self.bounds[*unknown]);
        }
        for (row, by) in self.pulls(change).into_iter().filter(|(_, by)| *by != 0.0) {
            limit(self.sums[row].0, by, self.sums[row].1);
        }
        (range.0.max(-FAR), range.1.min(FAR))
    }

    fn step(&mut self, change: &[(usize, f64)], times: f64) {
        for (row, by) in self.pulls(change) {
            self.sums[row].0 += times * by;
        }
        for (unknown, by) in change {
            self.point[*unknown] += times * by;
        }
    }

    /// Moves to the middle of what each move allows, a few times over.
    fn settle(&mut self, moves: &[Move]) {
        for _ in 0..SWEEPS {
            for change in moves {
                let (down, up) = self.range(change);
                // Not to the middle of what has no end.
                let middle = f64::midpoint(down.max(-100.0), up.min(100.0)).trunc();
                if middle != 0.0 && down <= middle && middle <= up {
                    self.step(change, middle);
                }
            }
        }
    }

    /// Moves until an unknown lies within narrower bounds; `None` where the moves do not lead there.
    fn approach(&mut self, moves: &[Move], unknown: usize, (low, high): (f64, f64)) -> Option<()> {
        for _ in 0..SWEEPS {
            for change in moves {
                let missing = if self.point[unknown] < low { low - self.point[unknown] } else { (high - self.point[unknown]).min(0.0) };
                if missing == 0.0 {
                    return Some(());
                }
                let Some((_, by)) = change.iter().find(|(moved, _)| *moved == unknown) else { continue };
                let (down, up) = self.range(change);
                let times = (missing / by).trunc().clamp(down.min(0.0), up.max(0.0));
                if times != 0.0 {
                    self.step(change, times);
                }
            }
        }
        (low..=high).contains(&self.point[unknown]).then_some(())
    }

    /// The least and the greatest value of each target over the solutions one move away.
    fn spans(&self, moves: &[Move], targets: &[&[(usize, f64)]]) -> Vec<(f64, f64)> {
        let mut each: Vec<(f64, f64)> = self.point.iter().map(|x| (*x, *x)).collect();
        let mut ranges = Vec::with_capacity(moves.len());
        for change in moves {
            let range = self.range(change);
            for (unknown, by) in change {
                let ends = [self.point[*unknown] + range.0 * by, self.point[*unknown] + range.1 * by];
                each[*unknown] = (each[*unknown].0.min(ends[0]).min(ends[1]), each[*unknown].1.max(ends[0]).max(ends[1]));
            }
            ranges.push(range);
        }
        let combined = |terms: &[(usize, f64)]| {
            let here = sum(terms, &self.point);
            let mut change = vec![0.0; self.point.len()];
            for (unknown, coefficient) in terms {
                change[*unknown] = *coefficient;
            }
            moves.iter().zip(&ranges).fold((here, here), |span, (m, range)| {
                let by: f64 = m.iter().map(|(unknown, by)| by * change[*unknown]).sum();
                let ends = [here + range.0 * by, here + range.1 * by];
                (span.0.min(ends[0]).min(ends[1]), span.1.max(ends[0]).max(ends[1]))
            })
        };
        let one = |terms: &[(usize, f64)]| match terms {
            [(unknown, coefficient)] => super::program::times(*coefficient, each[*unknown]),
            _ => combined(terms),
        };
        targets.iter().map(|terms| one(terms)).collect()
    }
}

/// The moves of a basis that leave an unknown alone: one that does not is spent to correct the others.
fn without(moves: Vec<Move>, unknown: usize) -> Vec<Move> {
    let by = |change: &Move| change.iter().find(|(moved, _)| *moved == unknown).map(|(_, by)| *by);
    // The one that moves fewest cells, by one.
    let spent = moves.iter().filter(|change| by(change).is_some_and(|by| by.abs() == 1.0)).min_by_key(|change| change.len()).cloned();
    moves
        .into_iter()
        .filter_map(|change| match (by(&change), &spent) {
            (None, _) => Some(change),
            (Some(amount), Some(spent)) => Some(minus(&change, amount / by(spent)?, spent)).filter(|change| !change.is_empty()),
            (Some(_), None) => None,
        })
        .collect()
}

/// A basis of the changes that leave all rows as they are, made of whole numbers; those of its members that are not are left out.
fn kernel(rows: &[Move], bounds: &[(f64, f64)], point: &[f64]) -> Vec<Move> {
    let slack = |unknown: usize| (point[unknown] - bounds[unknown].0).min(bounds[unknown].1 - point[unknown]);
    let mut order: Vec<usize> = (0..point.len()).collect();
    order.sort_by(|a, b| slack(*b).total_cmp(&slack(*a)).then(a.cmp(b)));
    let mut reduced = rows.to_vec();
    let mut pivot_of: Vec<Option<usize>> = vec![None; rows.len()];
    let mut is_pivot = vec![false; point.len()];
    let coefficient = |row: &Move, unknown: usize| row.binary_search_by_key(&unknown, |(u, _)| *u).ok().map(|at| row[at].1);
    let mut left = rows.len();
    // First where nothing has to be divided, so that the changes stay whole.
    for (unknown, any) in order.iter().map(|unknown| (*unknown, false)).chain(order.iter().map(|unknown| (*unknown, true))) {
        if left == 0 {
            break;
        }
        if is_pivot[unknown] {
            continue;
        }
        let may = |c: f64| any || c.abs() == 1.0;
        let candidates = (0..reduced.len()).filter(|row| pivot_of[*row].is_none() && coefficient(&reduced[*row], unknown).is_some_and(may));
        let Some(row) = candidates.min_by_key(|row| reduced[*row].len()) else { continue };
        let size = coefficient(&reduced[row], unknown).unwrap_or(1.0);
        reduced[row].iter_mut().for_each(|(_, c)| *c = snapped(*c / size));
        let pivot = reduced[row].clone();
        for (other, terms) in reduced.iter_mut().enumerate().filter(|(other, _)| *other != row) {
            if let Some(factor) = coefficient(terms, unknown) {
                *terms = minus(terms, factor, &pivot);
                if terms.is_empty() && pivot_of[other].is_none() {
                    left -= 1;
                }
            }
        }
        pivot_of[row] = Some(unknown);
        is_pivot[unknown] = true;
        left -= 1;
    }
    let mut moves: Vec<Move> = (0..point.len()).map(|unknown| vec![(unknown, 1.0)]).collect();
    for (row, pivot) in reduced.iter().zip(&pivot_of) {
        if let Some(pivot) = pivot {
            for (unknown, c) in row.iter().filter(|(unknown, _)| unknown != pivot) {
                moves[*unknown].push((*pivot, -c));
            }
        }
    }
    let free = moves.into_iter().zip(&is_pivot).filter(|(_, pivot)| !**pivot).map(|(change, _)| change);
    free.filter_map(whole).filter(|change| keeps(rows, point.len(), change)).collect()
}

/// A change as whole numbers, in the order of the unknowns.
fn whole(mut change: Move) -> Option<Move> {
    change.sort_by_key(|(unknown, _)| *unknown);
    let scaled = |scale: f64| -> Option<Move> {
        let whole = |by: f64| (scale * by - (scale * by).round()).abs() < 1e-9 && by.abs() < 1e9;
        change.iter().all(|(_, by)| whole(*by)).then(|| change.iter().map(|(unknown, by)| (*unknown, (scale * by).round())).collect())
    };
    [1.0, 2.0, 3.0, 4.0, 6.0, 12.0].into_iter().find_map(scaled)
}

/// Does the change leave each row as it is, exactly?
fn keeps(rows: &[Move], unknowns: usize, change: &[(usize, f64)]) -> bool {
    let mut by = vec![0.0; unknowns];
    for (unknown, amount) in change {
        by[*unknown] = *amount;
    }
    rows.iter().all(|row| sum(row, &by) == 0.0)
}

/// `row - factor × other`, both in the order of the unknowns.
fn minus(row: &[(usize, f64)], factor: f64, other: &[(usize, f64)]) -> Move {
    let mut result = Vec::with_capacity(row.len() + other.len());
    let (mut a, mut b) = (0, 0);
    while a < row.len() || b < other.len() {
        let first = row.get(a).map_or(usize::MAX, |term| term.0);
        let second = other.get(b).map_or(usize::MAX, |term| term.0);
        let value = match first.cmp(&second) {
            std::cmp::Ordering::Less => row[a].1,
            std::cmp::Ordering::Greater => -factor * other[b].1,
            std::cmp::Ordering::Equal => row[a].1 - factor * other[b].1,
        };
        a += usize::from(first <= second);
        b += usize::from(second <= first);
        let value = snapped(value);
        if value != 0.0 {
            result.push((first.min(second), value));
        }
    }
    result
}

/// Without the noise of division.
fn snapped(value: f64) -> f64 {
    if (value - value.round()).abs() < 1e-9 { value.round() } else { value }
}
