//! A reader with pencil and paper: equations with whole factors, solved exactly, in fractions.

use std::collections::{BTreeMap, BTreeSet};

/// A fraction in lowest terms, its denominator above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fraction(i128, i128);

impl Fraction {
    fn new(above: i128, below: i128) -> Self {
        let (mut a, mut b) = (above.abs(), below.abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let sign = if below < 0 { -1 } else { 1 };
        Self(sign * above / a.max(1), sign * below / a.max(1))
    }

    fn times(self, other: Self) -> Self {
        Self::new(self.0 * other.0, self.1 * other.1)
    }

    fn minus(self, other: Self) -> Self {
        Self::new(self.0 * other.1 - other.0 * self.1, self.1 * other.1)
    }
}

/// Equations Σ factor · unknown = number.
#[derive(Default)]
pub(crate) struct Reader<U> {
    equations: Vec<(BTreeMap<U, i128>, i128)>,
}

impl<U: Ord + Clone> Reader<U> {
    pub(crate) fn new() -> Self {
        Self { equations: Vec::new() }
    }

    /// Writes one equation down.
    pub(crate) fn learn(&mut self, terms: impl IntoIterator<Item = (U, i128)>, sum: i128) {
        let mut equation: BTreeMap<U, i128> = BTreeMap::new();
        for (unknown, factor) in terms {
            *equation.entry(unknown).or_default() += factor;
        }
        equation.retain(|_, factor| *factor != 0);
        if !equation.is_empty() {
            self.equations.push((equation, sum));
        }
    }

    /// The unknowns that have one value, with it.
    pub(crate) fn solved(&self) -> BTreeMap<U, i128> {
        let names: BTreeSet<&U> = self.equations.iter().flat_map(|(terms, _)| terms.keys()).collect();
        let column: BTreeMap<&U, usize> = names.iter().enumerate().map(|(at, name)| (*name, at)).collect();
        let names: Vec<&U> = names.into_iter().collect();
        let right = names.len();
        let mut done: Vec<(usize, BTreeMap<usize, Fraction>)> = Vec::new();
        for (terms, sum) in &self.equations {
            let mut row: BTreeMap<usize, Fraction> = terms.iter().map(|(name, x)| (column[name], Fraction::new(*x, 1))).collect();
            row.insert(right, Fraction::new(*sum, 1));
            for (lead, other) in &done {
                subtract(&mut row, *lead, other);
            }
            let Some((lead, factor)) = row.iter().find(|(at, x)| **at < right && x.0 != 0).map(|(at, x)| (*at, *x)) else {
                assert!(row.get(&right).is_none_or(|x| x.0 == 0), "what is published contradicts itself");
                continue;
            };
            row.values_mut().for_each(|x| *x = x.times(Fraction::new(factor.1, factor.0)));
            done.iter_mut().for_each(|(_, other)| subtract(other, lead, &row));
            done.push((lead, row));
        }
        let alone = |(lead, row): (usize, BTreeMap<usize, Fraction>)| {
            let other = row.iter().any(|(at, x)| *at != lead && *at < right && x.0 != 0);
            let value = row.get(&right).copied().unwrap_or(Fraction(0, 1));
            (!other).then(|| (names[lead].clone(), value.0 / value.1))
        };
        done.into_iter().filter_map(alone).collect()
    }
}

/// Takes the unknown `lead` out of a row by an equation in which it has the factor one.
fn subtract(row: &mut BTreeMap<usize, Fraction>, lead: usize, other: &BTreeMap<usize, Fraction>) {
    let Some(factor) = row.get(&lead).copied().filter(|x| x.0 != 0) else { return };
    for (at, x) in other {
        let here = row.entry(*at).or_insert(Fraction(0, 1));
        *here = here.minus(factor.times(*x));
    }
    row.retain(|_, x| x.0 != 0);
}

#[test]
fn a_pair_of_equations_has_one_solution_and_their_sum_none() {
    let mut reader = Reader::new();
    reader.learn([("x", 1), ("y", 1)], 7);
    assert!(reader.solved().is_empty());
    reader.learn([("x", 2), ("y", -1), ("z", 3), ("z", -3)], 2);
    assert_eq!(reader.solved(), BTreeMap::from([("x", 3), ("y", 4)]));
}
