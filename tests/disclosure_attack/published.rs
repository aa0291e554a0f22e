//! What published figures give away: zonings, quarters, rates and their intervals.

use optima::stats::disclosure_attack::{Depth, Proof, Rule, System, Target, Verdict, compatible, numerators, pairs, safe_decimals};
use optima::stats::proportion::wilson;
use proptest::prelude::*;

use crate::{all, attack, counts};

#[test]
fn a_group_less_its_part_is_a_target() {
    // 57 in a quartier; 55 in the zoning that leaves out one block, of which two streets are hidden.
    let system = counts(3, &[(&[(0, 1.0), (1, 1.0), (2, 1.0)], 57.0), (&[(0, 1.0)], 55.0)]);
    let block = Target::combination(&[(1, 1.0), (2, 1.0)], 0.0).unwrap();
    let found = attack(&system).intervals(&[block, Target::unknown(1)], Depth::Interval).unwrap();
    assert!(found[0].linear && found[0].whole == (2.0, 2.0));
    assert!(!found[1].linear && found[1].whole == (0.0, 2.0));
}

#[test]
fn a_rounded_total_and_rounded_parts_narrow_each_other() {
    // 10 to 12 in all; parts rounded to 5 within 2: 3 to 7 and 3 to 7; the third hidden.
    let mut system = counts(3, &[]);
    system.state(&[(0, 1.0), (1, 1.0), (2, 1.0)], 10.0, 12.0).unwrap();
    system.bound(0, 3.0, 7.0).unwrap();
    system.bound(1, 3.0, 7.0).unwrap();
    let found = attack(&system).intervals(&all(&system), Depth::Interval).unwrap();
    assert_eq!(found[2].whole, (0.0, 6.0));
    assert!(found.iter().all(|f| f.proof == Proof::Exact && f.real == f.whole));
}

#[test]
fn whole_counts_are_known_where_real_numbers_are_not() {
    // 2a + 4b = 3c + 1 with c at most 1: c = 1, a + 2b = 2.
    let mut system = counts(3, &[(&[(0, 2.0), (1, 4.0), (2, -3.0)], 1.0)]);
    system.bound(2, 0.0, 1.0).unwrap();
    let found = attack(&system).intervals(&all(&system), Depth::Interval).unwrap();
    assert_eq!((found[2].real, found[2].whole), ((0.0, 1.0), (1.0, 1.0)));
    assert_eq!((found[0].whole, found[1].whole), ((0.0, 2.0), (0.0, 1.0)));
}

#[test]
fn nothing_published_bounds_nothing() {
    let mut system = counts(2, &[]);
    system.state(&[(0, 1.0), (1, -1.0)], 0.0, f64::INFINITY).unwrap();
    for depth in [Depth::Interval, Depth::Width(5.0)] {
        let found = attack(&system).intervals(&all(&system), depth).unwrap();
        assert_eq!(found[0].whole, (0.0, f64::INFINITY));
        assert!(found.iter().all(|f| Rule::Count { threshold: 5.0, zero_is_public: false }.verdict(f) == Verdict::Safe));
    }
}

#[test]
fn amounts_are_judged_by_percent() {
    let mut system = System::new();
    let (a, b) = (system.amount(), system.amount());
    system.state(&[(a, 1.0), (b, 1.0)], 1000.5, 1000.5).unwrap();
    system.bound(b, 0.0, 60.0).unwrap();
    let found = attack(&system).intervals(&all(&system), Depth::Interval).unwrap();
    assert!((found[a].whole.0 - 940.5).abs() < 1e-9 && (found[a].whole.1 - 1000.5).abs() < 1e-9);
    let verdict = |percent, value| Rule::Amount { percent, value }.verdict(&found[a]);
    assert_eq!(
        [verdict(10.0, None), verdict(10.0, Some(990.0)), verdict(1.0, Some(970.0)), verdict(3.2, None)],
        [Verdict::Narrow, Verdict::Narrow, Verdict::Safe, Verdict::Narrow]
    );
    assert_eq!(verdict(3.0, None), Verdict::Safe);
}

#[test]
fn a_zero_that_is_public_discloses_nothing() {
    let system = counts(1, &[(&[(0, 1.0)], 0.0)]);
    let found = attack(&system).intervals(&all(&system), Depth::Interval).unwrap()[0];
    assert_eq!(Rule::Count { threshold: 5.0, zero_is_public: true }.verdict(&found), Verdict::Safe);
    assert_eq!(Rule::Count { threshold: 5.0, zero_is_public: false }.verdict(&found), Verdict::Exact(0.0));
}

#[test]
fn a_count_known_to_be_small_is_few() {
    let mut system = counts(1, &[]);
    system.bound(0, 1.0, 4.0).unwrap();
    let found = attack(&system).intervals(&all(&system), Depth::Width(5.0)).unwrap()[0];
    assert_eq!(Rule::Count { threshold: 5.0, zero_is_public: false }.verdict(&found), Verdict::Few);
    assert_eq!(Rule::Count { threshold: 3.0, zero_is_public: false }.verdict(&found), Verdict::Safe);
}

#[test]
fn a_rate_with_its_interval_gives_both_counts() {
    let tenths = |share: f64| (1000.0 * share).round() / 10.0;
    let published = |x: u64, n: u64| {
        let (low, high) = wilson(x as f64, n as f64, 0.95)?;
        Some([tenths(x as f64 / n as f64), tenths(low), tenths(high)])
    };
    let seen = published(2, 23).unwrap();
    assert_eq!(compatible((1, 300), seen, published).unwrap(), [(2, 23)]);
    assert!(pairs((1, 300), seen[0], 1).unwrap().len() > 10, "the rate alone does not");
}

proptest! {
    #[test]
    fn numerators_are_those_whose_percentage_is_as_near_as_rounding_leaves(n in 1_u64..400, units in 0_u64..=1000, decimals in 0_u32..2) {
        let scale = 10_u64.pow(decimals);
        let units = units.min(100 * scale);
        let percentage = units as f64 / scale as f64;
        let listed: Vec<u64> = (0..=n).filter(|x| 2 * (100 * scale * x).abs_diff(units * n) <= n).collect();
        prop_assert_eq!(&numerators(n, percentage, decimals).unwrap(), &listed);
        let both: Vec<u64> = pairs((n, n), percentage, decimals).unwrap().into_iter().map(|(x, _)| x).collect();
        prop_assert_eq!(both, listed);
    }

    #[test]
    fn decimals_are_safe_exactly_where_each_percentage_leaves_enough_numerators(n in 1_u64..3000, minimum in 1_u64..8) {
        let enough = |decimals: u32| {
            let scale = 10_u64.pow(decimals);
            let rounded = |x: u64| (200 * scale * x + n) / (2 * n);
            (0..=n).all(|x| numerators(n, rounded(x) as f64 / scale as f64, decimals).unwrap().len() as u64 >= minimum)
        };
        prop_assert_eq!(safe_decimals(n, minimum), (0..=2).rev().find(|decimals| enough(*decimals)));
    }
}
