//! Which targets are sums and differences of exact statements: elimination without a tolerance, modulo a prime.

use super::system::Statement;

/// `2^61 - 1`. A target outside of the row space passes for one within only if this prime divides a determinant made of the
/// coefficients: for the small ones of published sums a chance of about `10^-18`.
const PRIME: u64 = (1 << 61) - 1;

/// The exact statements in echelon form: each row has 1 in its first unknown, which no later row has.
#[derive(Debug, Clone)]
pub(super) struct RowSpace {
    rows: Vec<Vec<(usize, u64)>>,
    /// The row that begins with the unknown.
    led_by: Vec<Option<usize>>,
}

impl RowSpace {
    /// Of statements whose bounds are equal and whose coefficients are whole; others are left out, which can only miss a linear target.
    ///
    /// Short rows first: they fill in least. Cost: O(rows² × terms) at worst, near O(terms) for sums that hardly overlap.
    pub(super) fn new(statements: &[Statement], unknowns: usize) -> Self {
        let mut exact: Vec<Vec<(usize, u64)>> =
            statements.iter().filter(|statement| statement.bounds.0 == statement.bounds.1).filter_map(|s| residues(&s.terms)).collect();
        exact.sort_by_key(Vec::len);
        let mut space = Self { rows: Vec::new(), led_by: vec![None; unknowns] };
        for row in exact {
            let mut rest = space.rest(row);
            if let Some(&(leader, first)) = rest.first() {
                let inverse = power(first, PRIME - 2);
                for (_, coefficient) in &mut rest {
                    *coefficient = product(*coefficient, inverse);
                }
                space.led_by[leader] = Some(space.rows.len());
                space.rows.push(rest);
            }
        }
        space
    }

    /// Whether the exact statements alone give the value of the combination.
    pub(super) fn has(&self, terms: &[(usize, f64)]) -> bool {
        residues(terms).is_some_and(|row| self.rest(row).is_empty())
    }

    /// What is left of a row after the rows led by its unknowns are taken off.
    fn rest(&self, mut row: Vec<(usize, u64)>) -> Vec<(usize, u64)> {
        let mut at = 0;
        while let Some(&(unknown, coefficient)) = row.get(at) {
            match self.led_by.get(unknown).copied().flatten() {
                // Taking it off removes the term at `at` and touches later ones only.
                Some(led) => row = difference(&row, coefficient, &self.rows[led], at),
                None => at += 1,
            }
        }
        row
    }
}

/// `row - coefficient × other`, where `other` begins with the unknown at `at`.
fn difference(row: &[(usize, u64)], coefficient: u64, other: &[(usize, u64)], at: usize) -> Vec<(usize, u64)> {
    let mut result = row[..at].to_vec();
    let (mut left, mut right) = (row[at..].iter().peekable(), other.iter().peekable());
    loop {
        let term = match (left.peek(), right.peek()) {
            (Some(&&(a, value)), Some(&&(b, factor))) if a == b => {
                left.next();
                right.next();
                (a, minus(value, product(coefficient, factor)))
            }
            (Some(&&(a, value)), other) if other.is_none_or(|(b, _)| a < *b) => {
                left.next();
                (a, value)
            }
            (_, Some(&&(b, factor))) => {
                right.next();
                (b, minus(0, product(coefficient, factor)))
            }
            // Both are at their end.
            (_, None) => return result,
        };
        if term.1 != 0 {
            result.push(term);
        }
    }
}

/// Whole coefficients modulo the prime; `None` where one is not whole, or too great to be exact.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and below 2^53")]
fn residues(terms: &[(usize, f64)]) -> Option<Vec<(usize, u64)>> {
    terms
        .iter()
        .map(|(unknown, coefficient)| {
            let size = coefficient.abs();
            (coefficient.fract() == 0.0 && size < 9e15).then(|| {
                let residue = size as u64;
                (*unknown, if *coefficient < 0.0 { minus(0, residue) } else { residue })
            })
        })
        .collect()
}

fn minus(a: u64, b: u64) -> u64 {
    if a >= b { a - b } else { a + (PRIME - b) }
}

#[expect(clippy::cast_possible_truncation, reason = "a remainder is below the prime")]
fn product(a: u64, b: u64) -> u64 {
    (u128::from(a) * u128::from(b) % u128::from(PRIME)) as u64
}

fn power(mut base: u64, mut exponent: u64) -> u64 {
    let mut result = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = product(result, base);
        }
        base = product(base, base);
        exponent >>= 1;
    }
    result
}
