//! A system taken apart: what is already fixed, and components that have nothing to do with each other.

use std::sync::Arc;

use super::moves::Moves;
use super::program::{Program, Row, reach, times};
use super::propagation::{Conflict, propagate};

/// Unknowns that statements tie together, with a program of their own.
#[derive(Debug, Clone)]
pub(super) struct Component {
    /// Their numbers in the system, by their numbers here.
    pub unknowns: Vec<usize>,
    pub program: Program,
    /// Is the interval of each unknown its bounds? So it is under a single sum, or none.
    pub closed: bool,
    /// Verified solutions.
    pub witnesses: Vec<Vec<f64>>,
    /// Was a solution looked for and not found within the limits?
    pub limited: bool,
    /// Changes that lead from one solution to others, once they have been asked for.
    pub moves: Option<Arc<Moves>>,
}

/// Where an unknown has gone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Place {
    Fixed(f64),
    In { component: usize, at: usize },
}

/// A system taken apart.
#[derive(Debug)]
pub(super) struct Parts {
    pub places: Vec<Place>,
    pub components: Vec<Component>,
}

/// Propagates bounds, sets fixed unknowns aside, drops what always holds, and separates what is left, in the order of the unknowns.
///
/// A row is dropped or an unknown fixed by what holds for real numbers, so that both kinds of intervals come from the same components.
pub(super) fn take_apart(program: &mut Program) -> Result<Parts, Conflict> {
    propagate(&program.rows, &program.whole, &mut program.real, false)?;
    for (tight, real) in program.tight.iter_mut().zip(&program.real) {
        *tight = (tight.0.max(real.0), tight.1.min(real.1));
    }
    propagate(&program.rows, &program.whole, &mut program.tight, true)?;
    let fixed: Vec<Option<f64>> = (0..program.real.len())
        .map(|at| {
            let (low, high) = program.real[at];
            let value = if program.whole[at] { program.tight[at].0 } else { low };
            (high - low <= 1e-9 * low.abs().max(1.0)).then_some(value)
        })
        .collect();
    let left: Vec<Row> = program.rows.iter().filter_map(|row| what_is_left(row, &fixed, program)).collect();
    let groups = groups(&left, &fixed);
    let mut places: Vec<Place> = fixed.iter().map(|value| Place::Fixed(value.unwrap_or(0.0))).collect();
    let mut components: Vec<Component> = Vec::new();
    let mut of_root: Vec<Option<usize>> = vec![None; fixed.len()];
    for unknown in (0..fixed.len()).filter(|unknown| fixed[*unknown].is_none()) {
        let component = *of_root[groups[unknown]].get_or_insert_with(|| {
            components.push(Component {
                unknowns: Vec::new(),
                program: Program::default(),
                closed: false,
                witnesses: Vec::new(),
                limited: false,
                moves: None,
            });
            components.len() - 1
        });
        let Component { unknowns, program: part, .. } = &mut components[component];
        places[unknown] = Place::In { component, at: unknowns.len() };
        unknowns.push(unknown);
        part.whole.push(program.whole[unknown]);
        part.real.push(program.real[unknown]);
        part.tight.push(program.tight[unknown]);
    }
    for mut row in left {
        let mut home = 0;
        for (unknown, _) in &mut row.terms {
            if let Place::In { component, at } = places[*unknown] {
                (home, *unknown) = (component, at);
            }
        }
        let part = &mut components[home].program;
        part.rows.push(Row::new(row.terms, row.real, &part.whole, row.source));
    }
    for component in &mut components {
        component.close()?;
    }
    Ok(Parts { places, components })
}

impl Component {
    /// Finds out whether bounds say all, after they say all that a single row leaves.
    fn close(&mut self) -> Result<(), Conflict> {
        let Program { whole, real, tight, rows } = &mut self.program;
        let [row] = rows.as_slice() else {
            self.closed = rows.is_empty();
            return Ok(());
        };
        // With whole counts under coefficients of one size, any whole sum between the least and the greatest can be had.
        let size = row.terms[0].1.abs();
        self.closed = !whole.contains(&true) || (!whole.contains(&false) && row.terms.iter().all(|(_, c)| c.abs() == size));
        let source = row.source;
        propagate(rows, whole, real, false).and_then(|()| propagate(rows, whole, tight, true)).map_err(|_| Conflict::Statement(source))
    }
}

/// The row without fixed unknowns; `None` where it says nothing more.
fn what_is_left(row: &Row, fixed: &[Option<f64>], program: &Program) -> Option<Row> {
    let mut known = 0.0;
    let mut terms = Vec::with_capacity(row.terms.len());
    for (unknown, coefficient) in &row.terms {
        match fixed[*unknown] {
            Some(value) => known += times(*coefficient, (value, value)).0,
            None => terms.push((*unknown, *coefficient)),
        }
    }
    let real = (row.real.0 - known, row.real.1 - known);
    let reach = reach(&terms, &program.real);
    if terms.is_empty() || (reach.0 >= real.0 && reach.1 <= real.1) {
        return None;
    }
    // Sums of decimals: an exact value stays one.
    Some(Row { terms, real, tight: real, source: row.source })
}

/// The root of each unknown's group: the smallest number in it.
fn groups(rows: &[Row], fixed: &[Option<f64>]) -> Vec<usize> {
    let mut parent: Vec<usize> = (0..fixed.len()).collect();
    for row in rows {
        join(&mut parent, row);
    }
    (0..fixed.len()).map(|unknown| root(&mut parent, unknown)).collect()
}

/// Puts the unknowns of a row in one group.
pub(super) fn join(parent: &mut [usize], row: &Row) {
    for pair in row.terms.windows(2) {
        let (a, b) = (root(parent, pair[0].0), root(parent, pair[1].0));
        parent[a.max(b)] = a.min(b);
    }
}

/// The smallest number in the group of an unknown.
pub(super) fn root(parent: &mut [usize], unknown: usize) -> usize {
    let mut at = unknown;
    while parent[at] != at {
        parent[at] = parent[parent[at]];
        at = parent[at];
    }
    at
}
