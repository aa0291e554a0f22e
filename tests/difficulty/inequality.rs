//! Gini and Theil against `PySAL`, against their double sums, and by their invariants.

use optima::stats::inequality::{gini, theil};
use proptest::prelude::*;

use crate::{case, close, column, csv};

#[test]
fn states_of_mexico_are_as_unequal_as_pysal_has_them() {
    let rows = csv("mexico.csv");
    for (name, at) in [("inequality_mexico_1940", 0), ("inequality_mexico_2000", 1)] {
        let expected = &case(name)["expected"];
        let values = column(&rows, at);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "regions are numbered from 1")]
        let regions: Vec<u32> = column(&rows, 2).into_iter().map(|region| region as u32).collect();
        let (gini, theil) = (gini(&values, None).unwrap(), theil(&values, &regions, None).unwrap());
        close("Theil", &[theil.total], &expected["theil"], 1e-10);
        close("between", &[theil.between], &expected["between"], 1e-10);
        close("within", &[theil.within], &expected["within"], 1e-10);
        close("Gini", &[gini.population], &expected["gini"], 1e-10);
        close("unbiased", &[gini.unbiased.unwrap()], &expected["gini_unbiased_n_minus_1"], 1e-10);
        assert_eq!(expected.as_object().unwrap().len(), 5);
    }
}

fn gini_by_pairs(values: &[f64], weights: &[f64]) -> f64 {
    let sum = |term: &dyn Fn(usize, usize) -> f64| {
        (0..values.len()).flat_map(|i| (0..values.len()).map(move |j| (i, j))).map(|(i, j)| term(i, j)).sum::<f64>()
    };
    let weight: f64 = weights.iter().sum();
    let mean = values.iter().zip(weights).map(|(x, w)| x * w).sum::<f64>() / weight;
    sum(&|i, j| weights[i] * weights[j] * (values[i] - values[j]).abs()) / (2.0 * weight * weight * mean)
}

/// Values with zeros, weights from 1, groups.
fn units() -> impl Strategy<Value = Vec<(f64, f64, u32)>> {
    prop::collection::vec((prop_oneof![Just(0.0), 0.01f64..1e4], 1.0f64..50.0, 0u32..4), 1..40)
        .prop_filter("somebody has something", |units| units.iter().any(|unit| unit.0 > 0.0))
}

fn split(units: &[(f64, f64, u32)]) -> (Vec<f64>, Vec<f64>, Vec<u32>) {
    (units.iter().map(|u| u.0).collect(), units.iter().map(|u| u.1).collect(), units.iter().map(|u| u.2).collect())
}

proptest! {
    #[test]
    fn gini_is_the_mean_difference_of_all_pairs(units in units()) {
        let (values, weights, _) = split(&units);
        prop_assert!((gini(&values, Some(&weights)).unwrap().population - gini_by_pairs(&values, &weights)).abs() < 1e-12);
        prop_assert!((gini(&values, None).unwrap().population - gini_by_pairs(&values, &vec![1.0; values.len()])).abs() < 1e-12);
    }

    #[test]
    fn between_and_within_sum_to_the_total(units in units()) {
        let (values, weights, groups) = split(&units);
        for weights in [None, Some(weights.as_slice())] {
            let found = theil(&values, &groups, weights).unwrap();
            prop_assert!((found.between + found.within - found.total).abs() < 1e-12 * (1.0 + found.total));
            prop_assert!(found.between >= 0.0 && found.within >= 0.0);
            // The groups tell both parts again.
            let (between, within) = found.groups.iter().flatten().fold((0.0, 0.0), |(between, within), group| {
                let ratio = group.share_of_sum / group.share_of_weight;
                (between + if ratio > 0.0 { group.share_of_sum * ratio.ln() } else { 0.0 }, within + group.share_of_sum * group.theil)
            });
            prop_assert!((between - found.between).abs() < 1e-12 && (within - found.within).abs() < 1e-12);
        }
    }

    #[test]
    fn scale_and_order_do_not_matter(units in units(), scale in 1e-6f64..1e6) {
        let (values, weights, groups) = split(&units);
        let scaled: Vec<f64> = values.iter().map(|x| x * scale).collect();
        let (g, t) = (gini(&values, Some(&weights)).unwrap(), theil(&values, &groups, Some(&weights)).unwrap());
        prop_assert!((gini(&scaled, Some(&weights)).unwrap().population - g.population).abs() < 1e-12);
        prop_assert!((theil(&scaled, &groups, Some(&weights)).unwrap().between - t.between).abs() < 1e-12);
        let turned: Vec<(f64, f64, u32)> = units.into_iter().rev().collect();
        let (values, weights, groups) = split(&turned);
        prop_assert_eq!(gini(&values, Some(&weights)).unwrap(), g);
        prop_assert_eq!(theil(&values, &groups, Some(&weights)).unwrap(), t);
    }

    #[test]
    fn a_weight_of_k_counts_as_k_units(units in prop::collection::vec((0.1f64..9.0, 1u8..5, 0u32..3), 1..12)) {
        let repeated: Vec<(f64, u32)> = units.iter().flat_map(|(x, k, g)| (0..*k).map(|_| (*x, *g))).collect();
        let (values, weights): (Vec<f64>, Vec<f64>) = units.iter().map(|(x, k, _)| (*x, f64::from(*k))).unzip();
        let groups: Vec<u32> = units.iter().map(|unit| unit.2).collect();
        let (each, of): (Vec<f64>, Vec<u32>) = repeated.into_iter().unzip();
        let (weighted, single) = (gini(&values, Some(&weights)).unwrap(), gini(&each, None).unwrap());
        prop_assert!((weighted.population - single.population).abs() < 1e-12);
        prop_assert_eq!(weighted.unbiased.is_some(), single.unbiased.is_some());
        prop_assert!((weighted.unbiased.unwrap_or(0.0) - single.unbiased.unwrap_or(0.0)).abs() < 1e-12);
        let (weighted, single) = (theil(&values, &groups, Some(&weights)).unwrap(), theil(&each, &of, None).unwrap());
        prop_assert!((weighted.total - single.total).abs() < 1e-12 && (weighted.between - single.between).abs() < 1e-12);
    }
}

#[test]
fn equal_values_are_not_unequal_whatever_their_weights() {
    let weights = [0.3, 4.0, 7.7, 0.1];
    assert_eq!(gini(&[0.1; 4], Some(&weights)).unwrap().population, 0.0);
    assert!(theil(&[0.1; 4], &[0, 1, 1, 2], Some(&weights)).unwrap().total < 1e-15);
}
