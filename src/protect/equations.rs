//! Sums that a reader can write about cells of tables, and which further cells must be hidden so that none of them opens.

use super::threshold::few;
use crate::catalog::DisclosureRules;

/// `sum = parts[0] + parts[1] + …`; the sum is a cell, or a number that is known anyway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Equation {
    /// The cell that is the sum; `None` where the sum is known.
    pub(super) sum: Option<usize>,
    /// The cells that add up to it.
    pub(super) parts: Vec<usize>,
}

/// Hides further cells until no hidden one can be computed from what is shown, exactly (rank of the equations) or
/// nearly (hidden terms of a known sum that stand for fewer than `minimum_count` persons together).
///
/// `hidden` holds what is hidden for its own sake and, afterwards, all of it. Each step hides the shown term with the fewest
/// persons, the first of equals; every round hides one cell more, so it ends. Cost: O(hidden cells³) a round.
pub(super) fn close(persons: &[f64], hidden: &mut [bool], equations: &[Equation], rules: &DisclosureRules) {
    loop {
        let before = count(hidden);
        for equation in equations {
            close_one(persons, hidden, equation, rules);
        }
        if count(hidden) > before {
            continue;
        }
        let Some(open) = first_open(hidden, equations) else { return };
        let beside = equations.iter().filter(|e| terms(e).any(|cell| cell == open)).flat_map(terms).filter(|cell| !hidden[*cell]);
        match least(persons, beside) {
            Some(cell) => hidden[cell] = true,
            // All cells of its equations are hidden already: a known sum of zeros. There is nothing to find out.
            None => return,
        }
    }
}

fn count(hidden: &[bool]) -> usize {
    hidden.iter().filter(|hidden| **hidden).count()
}

fn terms(equation: &Equation) -> impl Iterator<Item = usize> {
    equation.parts.iter().copied().chain(equation.sum)
}

/// The cell with the fewest persons; one with persons rather than a zero, which protects nobody.
fn least(persons: &[f64], cells: impl Iterator<Item = usize>) -> Option<usize> {
    cells.min_by(|a, b| (persons[*a] <= 0.0).cmp(&(persons[*b] <= 0.0)).then(persons[*a].total_cmp(&persons[*b])).then(a.cmp(b)))
}

fn close_one(persons: &[f64], hidden: &mut [bool], equation: &Equation, rules: &DisclosureRules) {
    loop {
        let all: Vec<usize> = terms(equation).filter(|cell| hidden[*cell]).collect();
        if all.is_empty() {
            return;
        }
        let sum_is_shown = equation.sum.is_none_or(|sum| !hidden[sum]);
        let with_persons: Vec<f64> = all.iter().map(|cell| persons[*cell]).filter(|n| *n > 0.0).collect();
        let enough = if sum_is_shown {
            with_persons.len() >= 2 && !few(with_persons.iter().sum(), rules)
        } else {
            // The sum and a part are hidden: only their difference is known.
            all.len() >= 2
        };
        if enough {
            return;
        }
        match least(persons, terms(equation).filter(|cell| !hidden[*cell])) {
            Some(cell) => hidden[cell] = true,
            None => return,
        }
    }
}

/// The first hidden cell that the equations determine: it stands alone in a row of their reduced echelon form.
fn first_open(hidden: &[bool], equations: &[Equation]) -> Option<usize> {
    let unknowns: Vec<usize> = (0..hidden.len()).filter(|cell| hidden[*cell]).collect();
    let place = |cell: usize| unknowns.binary_search(&cell).ok();
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for equation in equations {
        let mut row = vec![0.0; unknowns.len()];
        equation.parts.iter().filter_map(|cell| place(*cell)).for_each(|at| row[at] += 1.0);
        equation.sum.and_then(place).into_iter().for_each(|at| row[at] -= 1.0);
        if row.iter().any(|x| *x != 0.0) {
            rows.push(row);
        }
    }
    let mut done = 0;
    for column in 0..unknowns.len() {
        let best = (done..rows.len()).max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()).then(b.cmp(a)))?;
        if rows[best][column].abs() < 1e-9 {
            continue;
        }
        rows.swap(done, best);
        let pivot = rows[done][column];
        rows[done].iter_mut().for_each(|x| *x /= pivot);
        let lead = rows[done].clone();
        for (i, row) in rows.iter_mut().enumerate() {
            let factor = row[column];
            if i != done && factor != 0.0 {
                row.iter_mut().zip(&lead).for_each(|(x, l)| *x -= factor * l);
            }
        }
        done += 1;
        if done == rows.len() {
            break;
        }
    }
    let alone = |row: &Vec<f64>| {
        let mut filled = row.iter().enumerate().filter(|(_, x)| x.abs() > 1e-9);
        filled.next().filter(|_| filled.next().is_none()).map(|(at, _)| unknowns[at])
    };
    rows.iter().filter_map(alone).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::GroupRule;
    use proptest::prelude::*;

    fn rules() -> DisclosureRules {
        DisclosureRules {
            id: "test".to_owned(),
            minimum_count: 5,
            minimum_denominator: 10,
            zero_groups: GroupRule::Show,
            full_groups: GroupRule::Hide,
        }
    }

    /// A table of rows × columns whose margins are known.
    fn margins_known(rows: usize, columns: usize) -> Vec<Equation> {
        let row = |r: usize| (0..columns).map(|c| r * columns + c).collect();
        let column = |c: usize| (0..rows).map(|r| r * columns + c).collect();
        let known = |parts| Equation { sum: None, parts };
        (0..rows).map(row).map(known).chain((0..columns).map(column).map(known)).collect()
    }

    #[test]
    fn a_lone_hidden_cell_of_a_table_takes_a_rectangle_with_it() {
        let persons = [3.0, 20.0, 30.0, 40.0, 9.0, 60.0, 70.0, 80.0, 8.0];
        let mut hidden = [true, false, false, false, false, false, false, false, false];
        close(&persons, &mut hidden, &margins_known(3, 3), &rules());
        assert!(count(&hidden) >= 4, "{hidden:?}");
        assert_eq!(first_open(&hidden, &margins_known(3, 3)), None);
    }

    #[test]
    fn a_hidden_part_of_a_hidden_sum_is_not_given_away_by_its_brothers() {
        // Two services make up a structure: with the structure and one service shown, the other would open.
        let equations = [Equation { sum: Some(0), parts: vec![1, 2] }];
        let mut hidden = [false, false, true];
        close(&[40.0, 37.0, 3.0], &mut hidden, &equations, &rules());
        assert!(hidden[2] && (hidden[0] || hidden[1]));
    }

    proptest! {
        #[test]
        fn nothing_opens_whatever_the_table(counts in proptest::collection::vec(0u32..60, 20)) {
            let persons: Vec<f64> = counts.iter().map(|n| f64::from(*n)).collect();
            let mut hidden: Vec<bool> = persons.iter().map(|n| few(*n, &rules())).collect();
            let equations = margins_known(4, 5);
            close(&persons, &mut hidden, &equations, &rules());
            for (cell, n) in persons.iter().enumerate() {
                prop_assert!(!few(*n, &rules()) || hidden[cell]);
            }
            if let Some(open) = first_open(&hidden, &equations) {
                // Only where everything beside it is hidden or zero does a cell stay open: no table can hide it.
                prop_assert!(equations.iter().filter(|e| e.parts.contains(&open)).all(|e| e.parts.iter().all(|c| hidden[*c])));
            }
        }
    }
}
