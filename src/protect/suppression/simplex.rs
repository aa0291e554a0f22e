//! How far one count can move when a reader's equations must go on holding: a linear program, started from the truth.
//!
//! All numbers are displacements from the true counts, so that "nothing moves" is feasible and no first phase is needed.

/// What is taken for zero.
const TINY: f64 = 1e-9;

/// How far one count may move, and what a unit of its movement is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Column {
    /// How far down, not above 0.
    pub(super) low: f64,
    /// How far up, not below 0.
    pub(super) high: f64,
    /// The gain of one up.
    pub(super) gain: f64,
}

/// The displacements with the most gain among those that keep every row at zero; `rows` has `columns.len()` factors a row.
///
/// The first columns' ranges must bound the gain: an unbounded direction stops where it was found. Bounded simplex on a dense
/// tableau, with Bland's rule once it no longer gains. Cost: O(rows² · columns) and as much a pivot as the tableau has entries.
pub(super) fn best(columns: &[Column], rows: Vec<Vec<f64>>) -> Vec<f64> {
    Tableau::of(columns, rows).solve()
}

struct Tableau<'a> {
    columns: &'a [Column],
    rows: Vec<Vec<f64>>,
    /// The column that each row is solved for.
    solved_for: Vec<usize>,
    is_solved: Vec<bool>,
    at: Vec<f64>,
    /// The gain of each column with what the solved ones do along with it.
    reduced: Vec<f64>,
}

impl<'a> Tableau<'a> {
    fn of(columns: &'a [Column], mut rows: Vec<Vec<f64>>) -> Self {
        let mut solved_for = Vec::new();
        let mut is_solved = vec![false; columns.len()];
        let mut done = 0;
        while done < rows.len() {
            // The widest range first: a step is then seldom of length zero.
            let width = |at: usize| columns[at].high - columns[at].low;
            let candidates = (0..columns.len()).filter(|at| rows[done][*at].abs() > TINY);
            let Some(pivot) = candidates.max_by(|a, b| width(*a).total_cmp(&width(*b)).then(b.cmp(a))) else {
                rows.swap_remove(done);
                continue;
            };
            eliminate(&mut rows, done, pivot);
            solved_for.push(pivot);
            is_solved[pivot] = true;
            done += 1;
        }
        let mut reduced: Vec<f64> = columns.iter().map(|column| column.gain).collect();
        for (row, pivot) in rows.iter().zip(&solved_for) {
            let gain = columns[*pivot].gain;
            if gain != 0.0 {
                reduced.iter_mut().zip(row).for_each(|(z, x)| *z -= gain * x);
            }
        }
        Self { columns, rows, solved_for, is_solved, at: vec![0.0; columns.len()], reduced }
    }

    fn solve(mut self) -> Vec<f64> {
        let mut idle = 0;
        for _ in 0..50 * (self.columns.len() + 10) {
            let Some((entering, up)) = self.entering(idle > 20) else { break };
            let Some(step) = self.step(entering, up) else { break };
            idle = if step > TINY { 0 } else { idle + 1 };
        }
        self.at
    }

    fn entering(&self, first: bool) -> Option<(usize, bool)> {
        let mut found: Option<(usize, bool, f64)> = None;
        for (at, z) in self.reduced.iter().enumerate() {
            if self.is_solved[at] || z.abs() <= TINY {
                continue;
            }
            let up = *z > 0.0;
            let room = if up { self.columns[at].high - self.at[at] } else { self.at[at] - self.columns[at].low };
            if room > TINY && found.is_none_or(|(.., best)| z.abs() > best) {
                found = Some((at, up, z.abs()));
                if first {
                    break;
                }
            }
        }
        found.map(|(at, up, _)| (at, up))
    }

    /// Moves a column as far as it goes; `None` where nothing ends it.
    fn step(&mut self, entering: usize, up: bool) -> Option<f64> {
        let sign = if up { 1.0 } else { -1.0 };
        let own = &self.columns[entering];
        let mut length = if up { own.high - self.at[entering] } else { self.at[entering] - own.low };
        let mut leaving = None;
        for (r, pivot) in self.solved_for.iter().enumerate() {
            let factor = self.rows[r][entering] * sign;
            if factor.abs() <= TINY {
                continue;
            }
            let column = &self.columns[*pivot];
            let room = if factor > 0.0 { self.at[*pivot] - column.low } else { column.high - self.at[*pivot] };
            let most = (room / factor.abs()).max(0.0);
            if most < length - TINY || (most <= length && leaving.is_some_and(|(_, best): (usize, usize)| *pivot < best)) {
                length = most.min(length);
                leaving = Some((r, *pivot));
            }
        }
        if !length.is_finite() {
            return None;
        }
        self.at[entering] += sign * length;
        for (row, pivot) in self.rows.iter().zip(&self.solved_for) {
            self.at[*pivot] -= row[entering] * sign * length;
        }
        if let Some((r, pivot)) = leaving {
            eliminate(&mut self.rows, r, entering);
            let z = self.reduced[entering];
            self.reduced.iter_mut().zip(&self.rows[r]).for_each(|(reduced, x)| *reduced -= z * x);
            self.is_solved[pivot] = false;
            self.is_solved[entering] = true;
            self.solved_for[r] = entering;
        }
        Some(length)
    }
}

/// Solves a row for a column, and takes it out of all others.
fn eliminate(rows: &mut [Vec<f64>], row: usize, column: usize) {
    let factor = rows[row][column];
    let mut solved = std::mem::take(&mut rows[row]);
    for x in &mut solved {
        *x /= factor;
    }
    for other in rows.iter_mut().filter(|other| !other.is_empty()) {
        let factor = other[column];
        if factor.abs() > TINY {
            other.iter_mut().zip(&solved).for_each(|(x, y)| *x -= factor * y);
            other[column] = 0.0;
        }
    }
    rows[row] = solved;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_of_a_rectangle_moves_as_far_as_its_neighbors_allow() {
        // 3 20 / 14 2 hidden in a table with known margins: the reference has [1, 17] for the 3.
        let counts = [3.0, 20.0, 14.0, 2.0];
        let rows = || vec![vec![1.0, 1.0, 0.0, 0.0], vec![0.0, 0.0, 1.0, 1.0], vec![1.0, 0.0, 1.0, 0.0], vec![0.0, 1.0, 0.0, 1.0]];
        let reach = |gain: f64| {
            let column = |(at, count): (usize, &f64)| Column { low: -count, high: f64::INFINITY, gain: if at == 0 { gain } else { 0.0 } };
            counts[0] + best(&counts.iter().enumerate().map(column).collect::<Vec<_>>(), rows())[0]
        };
        assert!((reach(-1.0) - 1.0).abs() < 1e-9 && (reach(1.0) - 17.0).abs() < 1e-9);
    }
}
