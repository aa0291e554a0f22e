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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::GroupRule;

    fn rules() -> DisclosureRules {
        DisclosureRules {
            id: "test".to_owned(),
            minimum_count: 5,
            minimum_denominator: 10,
            zero_groups: GroupRule::Show,
            full_groups: GroupRule::Hide,
        }
    }

    fn terms(persons: &[u32], hidden: &[usize]) -> Vec<Term> {
        let term = |(i, persons): (usize, &u32)| Term { persons: f64::from(*persons), others: None, hidden: hidden.contains(&i) };
        persons.iter().enumerate().map(term).collect()
    }

    #[test]
    fn groups_without_others_are_not_hidden_among_themselves() {
        let term = |persons, others, hidden| Term { persons, others: Some(others), hidden };
        // The territory's others less the shown ones are 0: both hidden groups are full, and a third must stand with them.
        let full = [term(12.0, 0.0, true), term(15.0, 0.0, true), term(20.0, 30.0, false), term(9.0, 40.0, false)];
        assert_eq!(need(&full, &rules()), Need::Term(2));
        let enough = [term(12.0, 0.0, true), term(15.0, 7.0, true), term(20.0, 30.0, true), term(9.0, 40.0, false)];
        assert_eq!(need(&enough, &rules()), Need::Nothing);
    }

    #[test]
    fn shares_of_persons_count_as_shares() {
        let term = |persons, hidden| Term { persons, others: None, hidden };
        assert_eq!(need(&[term(1.8, true), term(1.2, true), term(30.0, false)], &rules()), Need::Term(2));
    }

    #[test]
    fn a_lone_hidden_term_takes_the_smallest_shown_one_with_it() {
        assert_eq!(need(&terms(&[3, 40, 12, 12], &[0]), &rules()), Need::Term(2));
        assert_eq!(need(&terms(&[3, 40, 12, 12], &[0, 2]), &rules()), Need::Nothing);
        assert_eq!(need(&terms(&[3, 40], &[]), &rules()), Need::Nothing);
    }

    #[test]
    fn two_hidden_terms_that_are_small_together_need_a_third() {
        assert_eq!(need(&terms(&[1, 2, 30], &[0, 1]), &rules()), Need::Term(2));
    }

    #[test]
    fn a_zero_protects_nobody() {
        assert_eq!(need(&terms(&[3, 0, 0], &[0]), &rules()), Need::Sum);
        assert_eq!(need(&terms(&[3, 0, 9], &[0, 1]), &rules()), Need::Term(2));
    }
}
