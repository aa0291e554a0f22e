//! What is refused, and what is nothing.

use optima::stats::disclosure_attack::{
    Attack, Depth, Effort, Knowledge, Rule, System, Target, compatible, numerators, pairs, safe_decimals,
};

use crate::{all, attack, counts};

#[test]
fn no_unknown_no_statement_and_no_target_are_answered() {
    let mut empty = attack(&System::new());
    assert_eq!(empty.intervals(&[], Depth::Interval).unwrap(), []);
    let constant = empty.intervals(&[Target::combination(&[], 4.0).unwrap()], Depth::Width(5.0)).unwrap()[0];
    assert!(constant.whole == (4.0, 4.0) && constant.linear);
    let system = counts(1, &[]);
    assert_eq!(attack(&system).intervals(&all(&system), Depth::Interval).unwrap()[0].whole, (0.0, f64::INFINITY));
    let nothing_stated = counts(1, &[(&[], 0.0)]);
    assert!(Attack::new(&nothing_stated, Effort::default()).is_ok());
    assert_eq!(attack(&system).lone_contributors(&[], &[], Rule::Count { threshold: 5.0, zero_is_public: false }).unwrap(), []);
}

#[test]
fn statements_that_contradict_each_other_are_named() {
    // A quarter that is more than its year, beside sums that agree.
    let system = counts(4, &[(&[(2, 1.0), (3, 1.0)], 7.0), (&[(0, 1.0), (1, 1.0)], 9.0), (&[(1, 1.0)], 11.0), (&[(0, 1.0)], 3.0)]);
    let contradiction = Attack::new(&system, Effort::default()).unwrap_err();
    assert_eq!((contradiction.statements.as_slice(), contradiction.irreducible), (&[1, 2][..], true));
    assert_eq!(contradiction.to_string(), "2 statements between 1 and 2 cannot all be true");
    // An empty sum that is 3; an odd number as a sum of even ones; a cycle whose sum is odd.
    for (statements, named) in [
        (counts(1, &[(&[], 3.0)]), vec![0]),
        (counts(2, &[(&[(0, 2.0), (1, 4.0)], 5.0)]), vec![0]),
        (counts(3, &[(&[(0, 1.0), (1, 1.0)], 3.0), (&[(1, 1.0), (2, 1.0)], 3.0), (&[(0, 1.0), (2, 1.0)], 3.0)]), vec![0, 1, 2]),
    ] {
        assert_eq!(Attack::new(&statements, Effort::default()).unwrap_err().statements, named);
    }
    let mut bounds = counts(1, &[]);
    bounds.bound(0, 0.0, 2.0).unwrap();
    bounds.bound(0, 3.0, 4.0).unwrap();
    assert_eq!(Attack::new(&bounds, Effort::default()).unwrap_err().to_string(), "the bounds of an unknown exclude each other");
}

#[test]
fn what_is_no_number_or_not_there_is_refused() {
    let mut system = counts(1, &[]);
    for (low, high) in [(f64::NAN, 1.0), (2.0, 1.0), (f64::INFINITY, f64::INFINITY)] {
        assert!(system.state(&[(0, 1.0)], low, high).unwrap_err().reason.starts_with("bounds"));
        assert!(system.bound(0, low, high).is_err());
    }
    assert_eq!(system.state(&[(1, 1.0)], 0.0, 1.0).unwrap_err().reason, "there is no unknown 1");
    assert_eq!(system.bound(7, 0.0, 1.0).unwrap_err().reason, "there is no unknown 7");
    assert_eq!(system.state(&[(0, f64::NAN)], 0.0, 1.0).unwrap_err().reason, "a coefficient is not finite");
    assert!(Target::combination(&[(0, f64::INFINITY)], 0.0).is_err() && Target::combination(&[], f64::NAN).is_err());
    let mut attack = attack(&system);
    assert_eq!(attack.intervals(&[Target::unknown(3)], Depth::Interval).unwrap_err().reason, "there is no unknown 3");
    assert!(attack.informed(&Knowledge::fixed(&[(3, 1.0)]), &[], Depth::Interval).is_err());
    assert!(attack.informed(&Knowledge::fixed(&[(0, f64::NAN)]), &[], Depth::Interval).is_err());
    let rule = Rule::Count { threshold: 5.0, zero_is_public: false };
    assert!(attack.lone_contributors(&[3], &[], rule).is_err() && attack.coalitions(&[(3, 1.0)], &[], rule).is_err());
}

#[test]
fn percentages_that_are_none_are_refused() {
    assert_eq!(numerators(0, 5.0, 0).unwrap_err().reason, "a percentage of nobody");
    for (percentage, decimals) in [(8.75, 1), (-1.0, 0), (f64::NAN, 1), (f64::INFINITY, 1), (5.0, 10)] {
        assert!(numerators(10, percentage, decimals).is_err() && pairs((1, 10), percentage, decimals).is_err(), "{percentage}");
    }
    assert_eq!(numerators(10, 104.0, 0).unwrap(), Vec::<u64>::new());
    assert_eq!(safe_decimals(0, 1), None);
    assert_eq!(pairs((0, u64::MAX), 5.0, 0).unwrap_err().reason, "too many denominators to try");
    assert!(compatible((0, u64::MAX), [5.0], |_, _| None).is_err() && compatible((0, 3), [f64::NAN], |_, _| None).is_err());
}
