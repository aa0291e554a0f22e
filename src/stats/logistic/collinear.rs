//! Which columns say what columns before them already say.

use super::design::Pattern;

/// The share of a column's sum of squares that earlier columns must leave: below it is rounding.
const LEFT: f64 = 1e-10;

/// The columns to keep and those to drop, in order, by Cholesky's decomposition of the cross products column by column.
pub(super) fn split(patterns: &[Pattern], columns: usize) -> (Vec<usize>, Vec<usize>) {
    let mut products = vec![vec![0.0; columns]; columns];
    for pattern in patterns {
        for (i, x) in &pattern.entries {
            for (j, y) in &pattern.entries {
                products[*i][*j] += pattern.total * x * y;
            }
        }
    }
    let (mut kept, mut dropped) = (Vec::new(), Vec::new());
    // One row a kept column: its part that columns before it do not give, against each column.
    let mut factors: Vec<Vec<f64>> = Vec::new();
    for column in 0..columns {
        let mut rest = products[column].clone();
        for factor in &factors {
            let share = factor[column];
            rest.iter_mut().zip(factor).for_each(|(r, f)| *r -= share * f);
        }
        if rest[column] > LEFT * products[column][column] && rest[column] > 0.0 {
            let root = rest[column].sqrt();
            factors.push(rest.into_iter().map(|r| r / root).collect());
            kept.push(column);
        } else {
            dropped.push(column);
        }
    }
    (kept, dropped)
}
