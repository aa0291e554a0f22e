//! The territory's total of one count: zones hidden beside each other so that the total minus the shown ones tells none of them.
//!
//! Sums over zones are by far most of the equations of a release, and for them what readers can tell has a closed form. With `H` the
//! persons of all hidden zones, `x` of them in one zone and `o` others of her group there (of `O` in all hidden zones), the zone can
//! have up to `min(o, H − x)` more and `min(x, O − o)` fewer while its group stays as large; without a group to be a part of, all of
//! `H`. Where the groups of several zones are hidden too, whole persons can have lived in any of them.

use super::Reason;
use super::board::{Board, Item};

/// A zone as a term of the sum.
#[derive(Debug, Clone, Copy)]
struct Term {
    persons: f64,
    /// The others of its group, where groups add up too and give the others away by subtraction.
    others: Option<f64>,
    /// Whether the size of the group is hidden as well.
    free: bool,
    lone: bool,
}

impl Term {
    fn of(item: &Item, free: bool) -> Self {
        Self { persons: item.persons, others: item.group.map(|(_, others)| others), free, lone: item.lone }
    }
}

/// What the hidden zones come to.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    terms: f64,
    persons: f64,
    other_terms: f64,
    others: f64,
    /// The same of zones whose group is hidden.
    free: f64,
    free_persons: f64,
    free_others: f64,
    lone: bool,
    small: f64,
}

impl Sum {
    fn of(terms: &[Term], minimum: f64) -> Self {
        let mut sum = Self::default();
        for term in terms {
            let others = term.others.unwrap_or_default();
            let one = |n: f64| if n > 0.0 { 1.0 } else { 0.0 };
            sum.terms += one(term.persons);
            sum.other_terms += one(others);
            sum.persons += term.persons;
            sum.others += others;
            sum.lone |= term.lone;
            sum.small += if term.persons > 0.0 && term.persons < minimum { 1.0 } else { 0.0 };
            if term.free {
                sum.free += 1.0;
                sum.free_persons += term.persons;
                sum.free_others += others;
            }
        }
        sum
    }

    /// Whether no hidden zone is told within less than `minimum`. `floor` is what readers know each to be at least.
    fn holds(&self, terms: &[Term], minimum: f64, floor: f64) -> bool {
        let enough = |n: f64| n >= minimum - 1e-9;
        if self.terms < 2.0 || !enough(self.persons - floor * self.terms) {
            return false;
        }
        // Who knows her own count of one must not see the other small ones.
        if self.lone && self.small >= 2.0 && !(self.terms >= 3.0 && enough(self.persons - 1.0 - floor * (self.terms - 2.0))) {
            return false;
        }
        // Without a group, or with all groups hidden, only the sum is known.
        if terms.iter().all(|term| term.others.is_none()) {
            return true;
        }
        if self.other_terms < 2.0 || !enough(self.others) {
            return false;
        }
        let of_free = self.free_persons + self.free_others.min(self.persons - self.free_persons);
        terms.iter().all(|term| {
            let others = term.others.unwrap_or_default();
            let fixed = others.min(self.persons - term.persons) + term.persons.min(self.others - others);
            enough(fixed) || (term.free && self.free >= 2.0 && enough(of_free))
        })
    }
}

/// How many of the smallest candidates are tried alone before the first of them is taken anyway.
const ALONE: usize = 12;

/// Hides further zones of a column until its total gives none of the hidden ones away, the ones with the fewest persons that do;
/// where no zone is left that helps, the total falls. Cost: O(zones) a step; hardly ever more than two steps.
pub(super) fn close_total(board: &mut Board<'_>, column: usize) {
    let territory = board.places - 1;
    let Some(total) = board.columns[column].items[territory].filter(|_| board.columns[column].adds_up()) else { return };
    if total.hidden.is_some() && !total.known {
        hide_beside_total(board, column);
        return;
    }
    let floor = if board.columns[column].zeros_are_shown() { 1.0 } else { 0.0 };
    let minimum = board.minimum();
    let below = board.columns[column].below;
    let free = |board: &Board<'_>, place: usize| below.is_some_and(|below| !board.is_given(below, place));
    let mut hidden: Vec<(usize, Term)> = Vec::new();
    let mut shown: Vec<(usize, Term)> = Vec::new();
    for place in 0..territory {
        let Some(item) = &board.columns[column].items[place] else { continue };
        match item.hidden {
            _ if item.known => {}
            Some(_) => hidden.push((place, Term::of(item, free(board, place)))),
            None => shown.push((place, Term::of(item, false))),
        }
    }
    if hidden.is_empty() {
        return;
    }
    shown.retain(|(_, term)| term.persons > 0.0 || term.others.is_some_and(|others| others > 0.0));
    shown.sort_by(|(a, x), (b, y)| x.persons.total_cmp(&y.persons).then(a.cmp(b)));
    let mut terms: Vec<Term> = hidden.iter().map(|(_, term)| *term).collect();
    let mut taken: Vec<usize> = Vec::new();
    while !Sum::of(&terms, minimum).holds(&terms, minimum, floor) {
        if shown.is_empty() {
            // Where the total is known for good, all that is left is to say so.
            if total.known {
                board.give_up(column);
            } else {
                board.hide(column, territory, Reason::Complementary);
            }
            return;
        }
        let alone = |term: Term| {
            terms.push(term);
            let holds = Sum::of(&terms, minimum).holds(&terms, minimum, floor);
            terms.pop();
            holds
        };
        let mut alone = alone;
        let sum = Sum::of(&hidden.iter().map(|(_, term)| *term).collect::<Vec<_>>(), minimum);
        // A zone that has none of what is lacking does not help.
        let helps = |term: &Term| {
            (term.persons > 0.0 || sum.persons > 0.0) && (term.others.is_none_or(|others| others > 0.0) || sum.other_terms > 1.0)
        };
        let candidates: Vec<usize> = (0..shown.len()).filter(|at| helps(&shown[*at].1)).take(ALONE).collect();
        let best = candidates.iter().copied().find(|at| alone(shown[*at].1)).or(candidates.first().copied()).unwrap_or(0);
        let (place, term) = shown.remove(best);
        terms.push(term);
        taken.push(place);
    }
    // What later ones have made needless stays shown.
    for at in (0..taken.len()).rev() {
        let place = hidden.len() + at;
        let term = terms.remove(place);
        if Sum::of(&terms, minimum).holds(&terms, minimum, floor) {
            taken.remove(at);
        } else {
            terms.insert(place, term);
        }
    }
    for place in taken {
        board.hide(column, place, Reason::Complementary);
    }
}

/// A hidden total opens where all zones are shown.
fn hide_beside_total(board: &mut Board<'_>, column: usize) {
    let zones = || board.columns[column].items[..board.places - 1].iter().enumerate().filter_map(|(place, item)| Some((place, (*item)?)));
    let somebody = |item: &Item| item.persons > 0.0 && !item.known;
    if zones().any(|(_, item)| somebody(&item) && item.hidden.is_some()) {
        return;
    }
    let shown = zones().filter(|(_, item)| somebody(item));
    if let Some((place, _)) = shown.min_by(|(a, x), (b, y)| x.persons.total_cmp(&y.persons).then(a.cmp(b))) {
        board.hide(column, place, Reason::Complementary);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(persons: u32, others: Option<u32>) -> Term {
        Term { persons: f64::from(persons), others: others.map(f64::from), free: false, lone: persons == 1 }
    }

    fn holds(terms: &[Term], floor: f64) -> bool {
        Sum::of(terms, 5.0).holds(terms, 5.0, floor)
    }

    #[test]
    fn two_hidden_zones_are_told_apart_by_no_less_than_the_minimum() {
        assert!(!holds(&[term(3, None)], 0.0));
        assert!(!holds(&[term(1, None), term(2, None)], 0.0));
        assert!(holds(&[term(2, None), term(4, None)], 0.0));
        assert!(!holds(&[term(2, None), term(4, None)], 1.0), "both are 1 to 5, for neither is empty");
        assert!(holds(&[term(3, None), term(4, None)], 1.0));
    }

    #[test]
    fn one_who_is_alone_does_not_see_the_other_small_zone() {
        assert!(!holds(&[term(1, None), term(4, None)], 0.0));
        assert!(holds(&[term(1, None), term(4, None), term(6, None)], 0.0));
        assert!(holds(&[term(1, None), term(14, None)], 0.0), "what she sees is no small count");
    }

    #[test]
    fn groups_without_others_are_not_hidden_among_themselves() {
        assert!(!holds(&[term(12, Some(0)), term(15, Some(0))], 0.0));
        assert!(!holds(&[term(12, Some(0)), term(15, Some(0)), term(20, Some(30))], 0.0));
        assert!(holds(&[term(12, Some(0)), term(15, Some(7)), term(20, Some(30))], 0.0));
    }

    #[test]
    fn a_part_is_no_larger_than_its_group() {
        // 3 of 13 and 2 of 30 hidden: 0 to 5 in each. 3 of 10 and 40 of 41: of the one other person little can be moved.
        assert!(holds(&[term(3, Some(10)), term(2, Some(28))], 0.0));
        assert!(!holds(&[term(9, Some(3)), term(40, Some(1))], 0.0));
    }
}
