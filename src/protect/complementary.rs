//! Complementary suppression within one sum: no hidden term may be had by subtraction.

use crate::catalog::DisclosureRules;

/// One term of a published sum: a zone of a total, or a part of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Term {
    /// Persons behind the term; 0 is shown and protects nobody.
    pub(super) persons: u64,
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

/// The next step for one sum: hidden terms must be two or more and stand for `minimum_count` persons or more together.
///
/// Chosen is the shown term with the fewest persons (least is lost), the first of equals.
pub(super) fn need(terms: &[Term], rules: &DisclosureRules) -> Need {
    let hidden: Vec<u64> = terms.iter().filter(|term| term.hidden).map(|term| term.persons).collect();
    if hidden.is_empty() || (hidden.iter().filter(|n| **n > 0).count() >= 2 && hidden.iter().sum::<u64>() >= rules.minimum_count) {
        return Need::Nothing;
    }
    let least = terms.iter().enumerate().filter(|(_, term)| !term.hidden && term.persons > 0).min_by_key(|(_, term)| term.persons);
    least.map_or(Need::Sum, |(position, _)| Need::Term(position))
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

    fn terms(persons: &[u64], hidden: &[usize]) -> Vec<Term> {
        persons.iter().enumerate().map(|(i, persons)| Term { persons: *persons, hidden: hidden.contains(&i) }).collect()
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
