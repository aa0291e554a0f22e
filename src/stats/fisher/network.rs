//! All tables with given margins, column by column: what is left of the rows is a node, and paths to it that are as likely are one.

use std::collections::BTreeMap;

use statrs::function::gamma::ln_gamma;

use super::Table;

/// Relative difference within which two probabilities are equal.
const EQUAL: f64 = 1e-7;

/// More rows and columns than this are never enumerated.
const MOST_ROWS: usize = 30;

/// A node: what is left of each row, in descending order, and the path's `Σ ln n!` so far, in steps of 1e-9.
type Node = (Vec<u64>, i64);

/// A path to a node: `Σ ln n!` so far, and the logarithm of how many paths share it.
type Path = (f64, f64);

/// The probability of tables no more likely than this one; `None` after so many steps.
pub(super) fn p_value(table: &Table, most_steps: u64) -> Option<f64> {
    if table.rows.len() > MOST_ROWS {
        return None;
    }
    let ln = |n: u64| table.factorials.ln(n);
    let margins = table.factorials.sum(&table.rows) + table.factorials.sum(&table.columns) - ln(table.total);
    let mut nodes: BTreeMap<Node, Path> = BTreeMap::from([((table.rows.clone(), 0), (0.0, 0.0))]);
    let mut found = 0.0;
    let mut steps = 0;
    for (at, column) in table.columns.iter().enumerate() {
        let left = &table.columns[at + 1..];
        let rest = Rest {
            table,
            columns: left.len(),
            factorials: table.factorials.sum(left),
            total: left.iter().sum(),
            spread: left.iter().map(|total| spread_factorial(*total, table.rows.len())).sum(),
        };
        let mut next: BTreeMap<Node, Path> = BTreeMap::new();
        for ((rows, _), (path, paths)) in nodes {
            let mut filled = rows.clone();
            let done = fill(&rows, *column, 0, &mut filled, 0.0, table, &mut |filled: &[u64], added: f64| {
                steps += table.rows.len() as u64;
                let mut remaining = filled.to_vec();
                remaining.sort_unstable_by(|a, b| b.cmp(a));
                let path = path + added;
                match rest.verdict(&remaining, path) {
                    Verdict::All => found += (margins - path + paths + rest.completions(&remaining)).exp(),
                    Verdict::None => {}
                    Verdict::Some => insert(&mut next, remaining, path, paths),
                }
                steps <= most_steps
            });
            if !done {
                return None;
            }
        }
        nodes = next;
    }
    Some(found)
}

#[expect(clippy::cast_possible_truncation, reason = "a logarithm times 1e9 is far below 2^63")]
fn insert(next: &mut BTreeMap<Node, Path>, remaining: Vec<u64>, path: f64, paths: f64) {
    let node = next.entry((remaining, (path * 1e9).round() as i64)).or_insert((path, f64::NEG_INFINITY));
    let (high, low) = if node.1 > paths { (node.1, paths) } else { (paths, node.1) };
    node.1 = high + (low - high).exp().ln_1p();
}

/// Each way to share `column` among the rows: calls `each` with what the rows still have, and `Σ ln n!` of the shares; false where
/// `each` said to stop.
fn fill(
    rows: &[u64],
    column: u64,
    at: usize,
    filled: &mut [u64],
    added: f64,
    table: &Table,
    each: &mut impl FnMut(&[u64], f64) -> bool,
) -> bool {
    if at + 1 == rows.len() {
        filled[at] = rows[at] - column;
        return each(filled, added + table.factorials.ln(column));
    }
    let others: u64 = rows[at + 1..].iter().sum();
    for share in column.saturating_sub(others)..=column.min(rows[at]) {
        filled[at] = rows[at] - share;
        if !fill(rows, column - share, at + 1, filled, added + table.factorials.ln(share), table, each) {
            return false;
        }
    }
    true
}

/// Of the tables that complete a path, which are no more likely than the table seen.
enum Verdict {
    All,
    None,
    Some,
}

/// The columns that are not filled yet.
struct Rest<'t> {
    table: &'t Table,
    columns: usize,
    factorials: f64,
    total: u64,
    /// `Σ ln n!` were each column spread evenly.
    spread: f64,
}

impl Rest<'_> {
    fn verdict(&self, rows: &[u64], path: f64) -> Verdict {
        let seen = self.table.cells - EQUAL;
        let of_rows = self.table.factorials.sum(rows);
        if self.columns <= 1 {
            // One column left, or none: the rows are its cells.
            return if path + of_rows >= seen { Verdict::All } else { Verdict::None };
        }
        // Σ ln n! is least where counts are spread (ln Γ is convex), and at most that of all of a row, or of a column, in one cell.
        let least = rows.iter().map(|total| spread_factorial(*total, self.columns)).sum::<f64>().max(self.spread);
        let most = of_rows.min(self.factorials);
        if path + least >= seen {
            Verdict::All
        } else if path + most < seen {
            Verdict::None
        } else {
            Verdict::Some
        }
    }

    /// The logarithm of `Σ Π 1/n!` over all tables that fill the rest: `N! / (Π row! Π column!)`.
    fn completions(&self, rows: &[u64]) -> f64 {
        self.table.factorials.ln(self.total) - self.table.factorials.sum(rows) - self.factorials
    }
}

/// The least `Σ ln n!` of a total shared among so many cells, whole or not.
#[expect(clippy::cast_precision_loss, reason = "counts below MOST_COUNTED")]
fn spread_factorial(total: u64, over: usize) -> f64 {
    let cells = over as u64;
    let (each, more) = (total / cells, total % cells);
    // Whole shares that differ by at most one are the least.
    (cells - more) as f64 * ln_gamma(each as f64 + 1.0) + more as f64 * ln_gamma(each as f64 + 2.0)
}
