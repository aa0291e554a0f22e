//! Rank correlations against R and against their definitions.

use optima::stats::rank_correlation::{average_ranks, kendall_tau_b, spearman};
use proptest::prelude::*;

use crate::{case, close, numbers};

#[test]
fn spearman_and_kendall_are_those_of_r() {
    let composite = case("composite");
    let pairs = composite["pairs"].as_object().unwrap();
    assert_eq!(pairs.len(), 5);
    for (name, pair) in pairs {
        let (x, y) = (numbers(&pair["x"]), numbers(&pair["y"]));
        close(name, &[spearman(&x, &y).unwrap()], &pair["spearman"], 1e-13);
        close(name, &[kendall_tau_b(&x, &y).unwrap()], &pair["kendall"], 1e-13);
    }
}

/// All pairs of units, one by one.
fn tau_by_pairs(x: &[f64], y: &[f64]) -> f64 {
    let (mut excess, mut apart_x, mut apart_y) = (0.0, 0.0, 0.0);
    for i in 0..x.len() {
        for j in 0..i {
            let sign = |a: f64, b: f64| if a == b { 0.0 } else { (a - b).signum() };
            let (dx, dy) = (sign(x[i], x[j]), sign(y[i], y[j]));
            (excess, apart_x, apart_y) = (excess + dx * dy, apart_x + dx * dx, apart_y + dy * dy);
        }
    }
    excess / f64::sqrt(apart_x * apart_y)
}

proptest! {
    #[test]
    fn knights_count_is_the_count_of_all_pairs(pairs in prop::collection::vec((0u8..12, 0u8..12), 2..70)) {
        let (x, y): (Vec<f64>, Vec<f64>) = pairs.iter().map(|(x, y)| (f64::from(*x), f64::from(*y))).unzip();
        match kendall_tau_b(&x, &y) {
            Ok(tau) => prop_assert!((tau - tau_by_pairs(&x, &y)).abs() < 1e-13),
            Err(_) => prop_assert!(x.iter().all(|a| *a == x[0]) || y.iter().all(|b| *b == y[0])),
        }
    }

    #[test]
    fn a_rank_is_one_more_than_the_smaller_and_half_the_equal_others(values in prop::collection::vec(0u8..9, 1..40)) {
        let values: Vec<f64> = values.into_iter().map(f64::from).collect();
        for (value, rank) in values.iter().zip(average_ranks(&values, 0.0)) {
            let smaller = values.iter().filter(|other| *other < value).count() as f64;
            let equal = values.iter().filter(|other| *other == value).count() as f64;
            prop_assert_eq!(rank, smaller + f64::midpoint(equal, 1.0));
        }
    }
}
