//! The frequency rule: which cells say something of too few persons, or of every member of a group.

use super::Reason;
use crate::catalog::{DisclosureRules, GroupRule};
use crate::measure::{Amount, Cell, Measure};

/// Who is behind a cell, counted as a reader could count them: by persons, and by the shares of persons that are published
/// where a sector is split. The smaller of the two is what a rule must hold for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Crowd {
    /// Counted above the line.
    pub(super) persons: f64,
    /// The group below the line, where it is a group of persons observed here.
    pub(super) group: Option<f64>,
    /// The others of that group.
    pub(super) others: Option<f64>,
}

impl Crowd {
    #[expect(clippy::cast_precision_loss, reason = "counts of persons")]
    pub(super) fn behind(cell: &Cell) -> Self {
        let least = |persons: u64, published: Option<f64>| published.map_or(persons as f64, |shares| shares.min(persons as f64));
        let contributors = cell.contributors;
        let others = |group: u64| {
            let shares = cell.denominator.zip(cell.numerator).map(|(below, above)| settled(below - above));
            least(group.saturating_sub(contributors.persons), shares)
        };
        Self {
            persons: least(contributors.persons, cell.numerator),
            group: contributors.group.map(|group| least(group, cell.denominator)),
            others: contributors.group.map(others),
        }
    }
}

/// Sums of shares miss a whole number by rounding; nobody is a part of a person.
fn settled(count: f64) -> f64 {
    if (count - count.round()).abs() < 1e-9 { count.round() } else { count }
}

/// Whether a count says something of 1 to `minimum_count − 1` persons.
#[expect(clippy::cast_precision_loss, reason = "a small number")]
pub(super) fn few(count: f64, rules: &DisclosureRules) -> bool {
    settled(count) > 0.0 && settled(count) < rules.minimum_count as f64
}

/// Why a cell may not be shown for its own sake; `None` where it may.
///
/// Unsafe are: 1 to `minimum_count − 1` persons in the numerator, or among the others of the group (the complement); a
/// group smaller than `minimum_denominator`; a value made of classes of which one has so few persons; a group in which nobody or everybody is counted, where the policy says so; an amount of which the largest contributors make up too much.
pub(super) fn unsafe_for(measure: &Measure, cell: &Cell, rules: &DisclosureRules) -> Option<Reason> {
    if cell.contributors.smallest_class.is_some_and(|count| few(count, rules)) {
        return Some(Reason::Frequency);
    }
    let crowd = Crowd::behind(cell);
    // Without a group of observed persons (a mean, a rate of the population) there is no complement to protect.
    let group = crowd.group.filter(|_| measure.quantities.denominator.is_some());
    if is_unsafe_crowd(Crowd { group, ..crowd }, rules) {
        return Some(Reason::Frequency);
    }
    cell.contributors.amount.filter(|amount| is_dominated(*amount, rules)).map(|_| Reason::Dominance)
}

/// Whether the largest contributors make up too much of an amount: (n, k), p % and pq as in the ESSnet/SDC handbook.
fn is_dominated(amount: Amount, rules: &DisclosureRules) -> bool {
    let Amount { total, largest: [first, second] } = amount;
    if total <= 0.0 {
        return false;
    }
    let of_largest = |n: usize| if n > 1 { first + second } else { first };
    let dominant = rules.dominance.is_some_and(|rule| of_largest(rule.n) > rule.k / 100.0 * total);
    let rest = (total - first - second).max(0.0);
    let within = |percent: f64| rest < percent / 100.0 * first;
    dominant || rules.p_percent.is_some_and(within) || rules.prior_posterior.is_some_and(|rule| within(100.0 * rule.p / rule.q))
}

/// [`unsafe_for`] for a count and the group it is a part of.
pub(super) fn is_unsafe_crowd(crowd: Crowd, rules: &DisclosureRules) -> bool {
    if few(crowd.persons, rules) {
        return true;
    }
    let (Some(group), Some(others)) = (crowd.group, crowd.others) else { return false };
    if group <= 0.0 {
        return false;
    }
    let nobody = crowd.persons <= 0.0 && rules.zero_groups == GroupRule::Hide;
    let everybody = others <= 0.0 && rules.full_groups == GroupRule::Hide;
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let small = settled(group) < rules.minimum_denominator as f64;
    small || few(others, rules) || nobody || everybody
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Dominance, PriorPosterior};

    #[test]
    fn amounts_are_dominated_as_the_handbook_has_it() {
        // The shared case sdc_dominance_a: total, p % of 10, pq of 10 and 50, (2, 85).
        let cells: [(&[f64], [bool; 3]); 6] = [
            (&[100.0, 80.0, 5.0], [true, true, true]),
            (&[100.0, 60.0, 40.0, 10.0], [false, false, false]),
            (&[50.0, 49.0, 48.0], [false, false, false]),
            (&[7.0], [true, true, true]),
            (&[30.0, 30.0], [true, true, true]),
            (&[900.0, 55.0, 30.0, 20.0], [true, true, true]),
        ];
        let rules = [
            DisclosureRules { p_percent: Some(10.0), ..DisclosureRules::default() },
            DisclosureRules { prior_posterior: Some(PriorPosterior { p: 10.0, q: 50.0 }), ..DisclosureRules::default() },
            DisclosureRules { dominance: Some(Dominance { n: 2, k: 85.0 }), ..DisclosureRules::default() },
        ];
        for (contributions, expected) in cells {
            let amount = Amount::of(contributions.iter().copied());
            assert_eq!(rules.each_ref().map(|rules| is_dominated(amount, rules)), expected, "{contributions:?}");
        }
    }
}
