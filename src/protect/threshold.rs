//! The frequency rule: which cells say something of too few persons, or of every member of a group.

use crate::catalog::{DisclosureRules, GroupRule};
use crate::measure::{Cell, Measure};

/// Whether a cell may not be shown for its own sake.
///
/// Unsafe are: 1 to `minimum_count − 1` persons in the numerator, or among the others of the group (the complement); a
/// group smaller than `minimum_denominator`; a group in which nobody or everybody is counted, where the policy says so.
pub(super) fn is_unsafe(measure: &Measure, cell: &Cell, rules: &DisclosureRules) -> bool {
    let persons = cell.contributors.persons;
    let few = |n: u64| n > 0 && n < rules.minimum_count;
    if few(persons) {
        return true;
    }
    // Without a group of observed persons (a mean, a rate of the population) there is no complement to protect.
    let Some(group) = cell.contributors.group else { return false };
    if group == 0 || measure.quantities.denominator.is_none() {
        return false;
    }
    let nobody = persons == 0 && rules.zero_groups == GroupRule::Hide;
    let everybody = persons == group && rules.full_groups == GroupRule::Hide;
    group < rules.minimum_denominator || few(group.saturating_sub(persons)) || nobody || everybody
}
