//! Sums that a reader can write about cells of tables, and which further cells must be hidden so that none of them opens.

use super::elimination::determined as solved;
use super::suppression::{self, Count, Guard, System, Unit};
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

/// What is known of the cells: who is in them, and which are shown elsewhere anyway.
pub(super) struct Cells<'a> {
    /// Persons in each.
    pub(super) persons: &'a [f64],
    /// What it is worth to show each.
    pub(super) worth: &'a [Worth],
}

/// What it is worth to show a cell, in the order in which cells fall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Worth {
    /// A cell of one group.
    Part,
    /// A cell of a group that is made up of others.
    Sum,
    /// A total of everyone.
    Total,
    /// A total that another part of the release shows: hiding it here would hide nothing.
    Elsewhere,
    /// A zero that goes without saying, in an empty group or of an answer that nobody gave: hiding it would hide nothing.
    Nobody,
}

/// Hides further cells until no hidden one can be computed from what is shown, exactly (rank of the equations) or
/// nearly (hidden terms of a known sum that stand for fewer than `minimum_count` persons together).
///
/// `hidden` holds what is hidden for its own sake and, afterwards, all of it. Each step hides the shown term that costs least
/// ([`Work::price`]); every round hides one cell more, so it ends. Cost: O(terms) a step, and a sparse elimination a round.
pub(super) fn close(cells: &Cells<'_>, hidden: &mut [bool], equations: &[Equation], rules: &DisclosureRules) {
    let mut work = Work::of(cells, hidden, equations, rules);
    loop {
        let mut moved = true;
        while moved {
            moved = false;
            for at in 0..equations.len() {
                while let Some(cell) = work.wanted(at) {
                    work.hide(cell);
                    moved = true;
                }
            }
        }
        if !work.close_determined() {
            return;
        }
    }
}

/// Goes on where [`close`] ended: hides further cells until no hidden count can be told within less than `minimum_count`, from
/// outside or by who knows her own count of one, as far as there is something left to hide.
pub(super) fn close_intervals(cells: &Cells<'_>, hidden: &mut [bool], equations: &[Equation], rules: &DisclosureRules) {
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let width = rules.minimum_count as f64;
    let mut system = System::default();
    for ((persons, worth), hidden) in cells.persons.iter().zip(cells.worth).zip(hidden.iter()) {
        let factor = match worth {
            Worth::Part => 1.0,
            Worth::Sum => 2.0,
            Worth::Total => 4.0,
            Worth::Elsewhere | Worth::Nobody => f64::INFINITY,
        };
        let count = system.count(Count::of(*persons), false);
        system.unit(Unit { gives: vec![count], worth: factor * (1.0 + persons).powf(0.6), hidden: *hidden });
    }
    for equation in equations {
        let parts = equation.parts.iter().map(|part| (*part, 1.0));
        system.equation(parts.chain(equation.sum.map(|sum| (sum, -1.0))).collect());
    }
    suppression::close(&mut system, Guard { width, every: true, lone: true });
    hidden.iter_mut().enumerate().for_each(|(cell, hidden)| *hidden |= system.is_hidden(cell));
}

fn terms(equation: &Equation) -> impl Iterator<Item = usize> {
    equation.parts.iter().copied().chain(equation.sum)
}

/// What is hidden in an equation.
#[derive(Clone, Copy, Default)]
struct Tally {
    hidden: usize,
    persons: f64,
}

struct Work<'a> {
    cells: &'a Cells<'a>,
    hidden: &'a mut [bool],
    equations: &'a [Equation],
    rules: &'a DisclosureRules,
    /// The equations of each cell.
    of_cell: Vec<Vec<usize>>,
    tallies: Vec<Tally>,
}

impl<'a> Work<'a> {
    fn of(cells: &'a Cells<'a>, hidden: &'a mut [bool], equations: &'a [Equation], rules: &'a DisclosureRules) -> Self {
        let mut of_cell = vec![Vec::new(); hidden.len()];
        for (at, equation) in equations.iter().enumerate() {
            terms(equation).for_each(|cell| of_cell[cell].push(at));
        }
        let mut work = Self { cells, hidden, equations, rules, of_cell, tallies: vec![Tally::default(); equations.len()] };
        let first: Vec<usize> = (0..work.hidden.len()).filter(|cell| work.hidden[*cell]).collect();
        for cell in first {
            work.count(cell);
        }
        work
    }

    fn count(&mut self, cell: usize) {
        for at in &self.of_cell[cell] {
            let tally = &mut self.tallies[*at];
            tally.hidden += 1;
            tally.persons += self.cells.persons[cell];
        }
    }

    fn hide(&mut self, cell: usize) {
        self.hidden[cell] = true;
        self.count(cell);
    }

    fn sum_is_shown(&self, equation: &Equation) -> bool {
        equation.sum.is_none_or(|sum| !self.hidden[sum])
    }

    /// Whether so many persons are too few to stand hidden in a known sum; none are too few as well.
    fn too_few(&self, persons: f64) -> bool {
        persons <= 0.0 || few(persons, self.rules)
    }

    /// Whether an equation gives a hidden term away, for all that it says itself.
    fn is_open(&self, at: usize) -> bool {
        let tally = self.tallies[at];
        if tally.hidden == 0 {
            return false;
        }
        // Where the sum and a part are hidden, only their difference is known.
        tally.hidden < 2 || (self.sum_is_shown(&self.equations[at]) && self.too_few(tally.persons))
    }

    /// The next cell to hide for one equation; `None` where it holds, or where nothing is left that could help.
    fn wanted(&self, at: usize) -> Option<usize> {
        if !self.is_open(at) {
            return None;
        }
        let (equation, tally) = (&self.equations[at], self.tallies[at]);
        let somebody = |cell: &usize| self.cells.persons[*cell] > 0.0;
        let parts = || equation.parts.iter().copied();
        if self.sum_is_shown(equation) && self.too_few(tally.persons) {
            let helps = self.cheapest(terms(equation).filter(somebody));
            return helps.or_else(|| if tally.hidden < 2 { self.cheapest(terms(equation)) } else { None });
        }
        // Enough persons behind a single term: a second one, and not the sum as long as there is another.
        self.cheapest(parts().filter(somebody)).or_else(|| self.cheapest(parts())).or_else(|| self.cheapest(terms(equation)))
    }

    fn cheapest(&self, cells: impl Iterator<Item = usize>) -> Option<usize> {
        let can_fall = cells.filter(|cell| !self.hidden[*cell] && self.cells.worth[*cell] != Worth::Nobody);
        let priced = can_fall.map(|cell| (self.price(cell), cell));
        priced.min_by(|((a, x), i), ((b, y), j)| a.cmp(b).then(x.total_cmp(y)).then(i.cmp(j))).map(|(_, cell)| cell)
    }

    /// What hiding a cell costs, least first: no total of everyone, no zero (it protects nobody), no sum of other groups; then
    /// the cell that opens the fewest equations and closes the most; then the fewest persons.
    fn price(&self, cell: usize) -> ((Worth, bool, Worth, i64), f64) {
        let (persons, worth) = (self.cells.persons[cell], self.cells.worth[cell]);
        let mut opens = 0;
        for at in &self.of_cell[cell] {
            opens += i64::from(self.tallies[*at].hidden == 0) - i64::from(self.is_open(*at));
        }
        let total = if worth == Worth::Sum { Worth::Part } else { worth };
        ((total, persons <= 0.0, worth, opens), persons)
    }

    /// Hides a cell beside each hidden one that all equations together determine; whether there was any to hide.
    fn close_determined(&mut self) -> bool {
        let mut touched = vec![false; self.equations.len()];
        let mut moved = false;
        for open in determined(self.hidden, self.equations) {
            if self.of_cell[open].iter().any(|at| touched[*at]) {
                continue;
            }
            // Where all cells of its equations are hidden already, it is a known sum of zeros: there is nothing to find out.
            let beside = self.of_cell[open].iter().flat_map(|at| terms(&self.equations[*at]));
            if let Some(cell) = self.cheapest(beside) {
                self.hide(cell);
                self.of_cell[cell].iter().for_each(|at| touched[*at] = true);
                moved = true;
            }
        }
        moved
    }
}

/// The hidden cells that have one value only.
fn determined(hidden: &[bool], equations: &[Equation]) -> Vec<usize> {
    let unknowns: Vec<usize> = (0..hidden.len()).filter(|cell| hidden[*cell]).collect();
    let place = |cell: usize| unknowns.binary_search(&cell).ok();
    let row = |equation: &Equation| {
        let parts = equation.parts.iter().filter_map(|cell| place(*cell)).map(|at| (at, 1));
        parts.chain(equation.sum.and_then(place).map(|at| (at, -1))).collect()
    };
    solved(unknowns.len(), equations.iter().map(row).collect()).into_iter().map(|at| unknowns[at]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rules() -> DisclosureRules {
        DisclosureRules::default()
    }

    /// A table of rows × columns whose margins are known.
    fn margins_known(rows: usize, columns: usize) -> Vec<Equation> {
        let row = |r: usize| (0..columns).map(|c| r * columns + c).collect();
        let column = |c: usize| (0..rows).map(|r| r * columns + c).collect();
        let known = |parts| Equation { sum: None, parts };
        (0..rows).map(row).map(known).chain((0..columns).map(column).map(known)).collect()
    }

    fn run(persons: &[f64], hidden: &mut [bool], equations: &[Equation]) {
        close(&Cells { persons, worth: &vec![Worth::Part; persons.len()] }, hidden, equations, &rules());
    }

    #[test]
    fn a_full_group_takes_a_rectangle_with_it_and_leaves_the_totals() {
        // Group by answer, with the totals as cells: all of the first group gave the first answer.
        let persons = [60.0, 50.0, 30.0, 0.0, 20.0, 30.0, 10.0, 20.0];
        let mut hidden = [false, false, true, false, false, false, false, false];
        let rows = (0..4).map(|group| Equation { sum: None, parts: vec![2 * group, 2 * group + 1] });
        let columns = (0..2).map(|answer| Equation { sum: Some(answer), parts: (1..4).map(|group| 2 * group + answer).collect() });
        let equations: Vec<Equation> = rows.chain(columns).collect();
        let worth: Vec<Worth> = (0..8).map(|cell| if cell < 2 { Worth::Total } else { Worth::Part }).collect();
        close(&Cells { persons: &persons, worth: &worth }, &mut hidden, &equations, &rules());
        assert!(!hidden[0] && !hidden[1], "{hidden:?}");
        assert!(determined(&hidden, &equations).is_empty(), "{hidden:?}");
        assert_eq!(hidden.iter().filter(|hidden| **hidden).count(), 4);
    }

    #[test]
    fn a_lone_hidden_cell_of_a_table_takes_a_rectangle_with_it() {
        let persons = [3.0, 20.0, 30.0, 40.0, 9.0, 60.0, 70.0, 80.0, 8.0];
        let mut hidden = [true, false, false, false, false, false, false, false, false];
        run(&persons, &mut hidden, &margins_known(3, 3));
        assert!(hidden.iter().filter(|hidden| **hidden).count() >= 4, "{hidden:?}");
        assert!(determined(&hidden, &margins_known(3, 3)).is_empty());
    }

    #[test]
    fn a_hidden_part_of_a_hidden_sum_is_not_given_away_by_its_brothers() {
        // Two services make up a structure: with the structure and one service shown, the other would open.
        let equations = [Equation { sum: Some(0), parts: vec![1, 2] }];
        let mut hidden = [false, false, true];
        run(&[40.0, 37.0, 3.0], &mut hidden, &equations);
        assert!(hidden[2] && (hidden[0] || hidden[1]));
    }

    proptest! {
        #[test]
        fn nothing_opens_whatever_the_table(counts in proptest::collection::vec(0u32..60, 20)) {
            let persons: Vec<f64> = counts.iter().map(|n| f64::from(*n)).collect();
            let mut hidden: Vec<bool> = persons.iter().map(|n| few(*n, &rules())).collect();
            let equations = margins_known(4, 5);
            run(&persons, &mut hidden, &equations);
            for (cell, n) in persons.iter().enumerate() {
                prop_assert!(!few(*n, &rules()) || hidden[cell]);
            }
            for open in determined(&hidden, &equations) {
                // Only where everything beside it is hidden or zero does a cell stay open: no table can hide it.
                prop_assert!(equations.iter().filter(|e| e.parts.contains(&open)).all(|e| e.parts.iter().all(|c| hidden[*c])));
            }
        }
    }
}
