//! The frequency rule: which cells say something of too few persons, or of every member of a group.

use crate::catalog::{DisclosureRules, GroupRule};
use crate::measure::{Cell, Measure};

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

/// Whether a cell may not be shown for its own sake.
///
/// Unsafe are: 1 to `minimum_count − 1` persons in the numerator, or among the others of the group (the complement); a
/// group smaller than `minimum_denominator`; a value made of classes of which one has so few persons; a group in which nobody or everybody is counted, where the policy says so.
pub(super) fn is_unsafe(measure: &Measure, cell: &Cell, rules: &DisclosureRules) -> bool {
    if cell.contributors.smallest_class.is_some_and(|count| few(count, rules)) {
        return true;
    }
    let crowd = Crowd::behind(cell);
    // Without a group of observed persons (a mean, a rate of the population) there is no complement to protect.
    let group = crowd.group.filter(|_| measure.quantities.denominator.is_some());
    is_unsafe_crowd(Crowd { group, ..crowd }, rules)
}

/// [`is_unsafe`] for a count and the group it is a part of.
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
