//! Complementary suppression within one sum: no hidden term may be had by subtraction.

use super::threshold::few;
use crate::catalog::DisclosureRules;

/// One term of a published sum: a zone of a total, or a part of a group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Term {
    /// Persons behind the term; 0 is shown and protects nobody.
    pub(super) persons: f64,
    /// The others of its group, where groups add up too and give the others away by subtraction.
    pub(super) others: Option<f64>,
    /// Whether the term is hidden.
    pub(super) hidden: bool,
}

/// What is needed to keep the hidden terms of a sum hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// Nothing is hidden, or enough is.
    Nothing,
    /// This term must be hidden as well.
    Term(usize),
    /// No term is left: the sum itself must be hidden.
    Sum,
}

/// The next step for one sum: hidden terms must be two or more and stand for `minimum_count` persons or more together, and
/// so must the others of their groups, for two groups without others would be known to be without.
///
/// Chosen is the shown term with the fewest persons (least is lost), the first of equals.
pub(super) fn need(terms: &[Term], rules: &DisclosureRules) -> Need {
    if terms.iter().all(|term| !term.hidden) {
        return Need::Nothing;
    }
    let persons: Vec<f64> = terms.iter().map(|term| term.persons).collect();
    let others: Option<Vec<f64>> = terms.iter().map(|term| term.others).collect();
    for side in std::iter::once(persons).chain(others) {
        let hidden: Vec<f64> = terms.iter().zip(&side).filter(|(term, n)| term.hidden && **n > 0.0).map(|(_, n)| *n).collect();
        if hidden.len() >= 2 && !few(hidden.iter().sum(), rules) {
            continue;
        }
        let shown = terms.iter().zip(&side).enumerate().filter(|(_, (term, n))| !term.hidden && **n > 0.0);
        let least = shown.min_by(|(_, (_, a)), (_, (_, b))| a.total_cmp(b));
        return least.map_or(Need::Sum, |(position, _)| Need::Term(position));
    }
    Need::Nothing
}
