//! Breaks against classInt, against brute force, and by what always holds.

use super::*;
use proptest::prelude::*;

fn reference(name: &str) -> serde_json::Value {
    let path = format!("{}/tests/reference/expected/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn data(name: &str) -> String {
    std::fs::read_to_string(format!("{}/tests/reference/data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn jenks71() -> SortedValues {
    SortedValues::new(data("jenks71.csv").lines().skip(1).map(|line| line.trim().parse::<f64>().unwrap())).unwrap()
}

fn columbus_crime() -> SortedValues {
    let json: serde_json::Value = serde_json::from_str(&data("columbus.geojson")).unwrap();
    SortedValues::new(json["features"].as_array().unwrap().iter().map(|f| f["properties"]["CRIME"].as_f64().unwrap())).unwrap()
}

fn numbers(value: &serde_json::Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

/// The values of each class, open on the left where `right` says so.
fn counts(values: &SortedValues, breaks: &[f64], right: bool) -> Vec<f64> {
    let sorted = values.as_slice();
    let ends = breaks.iter().map(|b| sorted.partition_point(|v| if right { v <= b } else { v < b })).chain([sorted.len()]);
    let mut from = 0;
    ends.map(|to| real(to - std::mem::replace(&mut from, to))).collect()
}

#[test]
fn breaks_counts_and_fit_equal_those_of_classint() {
    let mut compared = 0;
    for (name, values) in [("breaks_jenks71", jenks71()), ("breaks_columbus_crime", columbus_crime())] {
        for (key, expected) in reference(name)["expected"].as_object().unwrap() {
            let k: usize = key[1..].parse().unwrap();
            let close = |ours: &[f64], theirs: &str| {
                let theirs = numbers(&expected[theirs]);
                let (low, high) = values.range();
                let ours: Vec<f64> = [&[low], ours, &[high]].concat();
                assert_eq!(ours.len(), theirs.len());
                // The reference is printed with 12 significant digits.
                assert!(ours.iter().zip(&theirs).all(|(a, b)| (a - b).abs() < 1e-9), "{name} {key}: {ours:?} against {theirs:?}");
            };
            let fisher = fisher_jenks_breaks(&values, k).unwrap();
            close(&fisher, "fisher_midpoint_breaks");
            close(&quantile_breaks(&values, k).unwrap(), "quantile");
            close(&equal_breaks(&values, k).unwrap(), "equal");
            assert_eq!(counts(&values, &fisher, false), numbers(&expected["fisher_counts"]), "{name} {key}");
            // "jenks" puts its breaks on the last value of each class, closed on the right: the partition is ours.
            let at_values = numbers(&expected["jenks_breaks_at_values"]);
            assert_eq!(counts(&values, &at_values[1..k], true), numbers(&expected["fisher_counts"]), "{name} {key}");
            let below: Vec<f64> = fisher.iter().map(|b| values.as_slice()[values.as_slice().partition_point(|v| v < b) - 1]).collect();
            close(&below, "jenks_breaks_at_values");
            let fit = goodness_of_variance_fit(&values, &fisher).unwrap();
            assert!((fit - expected["fisher_gvf"].as_f64().unwrap()).abs() < 1e-9, "{name} {key}: {fit}");
            compared += 1;
        }
    }
    assert_eq!(compared, 6);
}

#[test]
fn the_golden_partition_of_the_formats_page_is_found() {
    let values = SortedValues::new([4.2, 5.1, 5.3, 7.7, 8.0, 8.1, 12.4, 13.0, 19.9, 20.2, 31.0, 33.3]).unwrap();
    let breaks = fisher_jenks_breaks(&values, 4).unwrap();
    for (ours, theirs) in breaks.iter().zip([10.25, 16.45, 25.6]) {
        assert!((ours - theirs).abs() < 1e-12, "{breaks:?}");
    }
    let fit = goodness_of_variance_fit(&values, &breaks).unwrap();
    let within = (1.0 - fit) * squares(values.as_slice());
    assert!((within - 17.75).abs() < 1e-9 && (fit - 0.98386).abs() < 5e-6, "{within} {fit}");
}

#[test]
fn more_classes_than_values_are_refused() {
    let values = SortedValues::new([1.0, 2.0, 2.0, 5.0]).unwrap();
    for breaks in [quantile_breaks, equal_breaks, fisher_jenks_breaks] {
        assert_eq!(breaks(&values, 3).unwrap().len(), 2);
        assert_eq!(breaks(&values, 4).unwrap_err().reason, "4 classes of 3 different values");
        assert_eq!(breaks(&values, 0).unwrap_err().reason, "no class is asked for");
    }
    assert_eq!(q6_breaks(&values).unwrap_err().reason, "6 classes of 3 different values");
    assert_eq!(head_tail_breaks(&values, 0).unwrap_err().reason, "no class is asked for");
    assert_eq!(SortedValues::new([]).unwrap_err().reason, "there is no value to class");
}

#[test]
fn equal_values_are_one_class_without_a_fit() {
    let values = SortedValues::new([0.1; 7]).unwrap();
    assert!(head_tail_breaks(&values, 5).unwrap().is_empty());
    assert!(fisher_jenks_breaks(&values, 1).unwrap().is_empty());
    assert_eq!(goodness_of_variance_fit(&values, &[]), None);
    assert_eq!(SortedValues::new([0.0, -0.0]).unwrap().distinct(), 1);
}

/// The least sum of squares within, over all partitions of the distinct values.
fn cheapest_by_brute_force(values: &SortedValues, distinct: &[f64], classes: usize, breaks: &mut Vec<f64>, from: usize) -> f64 {
    if breaks.len() == classes - 1 {
        return (1.0 - goodness_of_variance_fit(values, breaks).unwrap_or(1.0)) * squares(values.as_slice());
    }
    let mut cheapest = f64::INFINITY;
    for i in from..distinct.len() {
        breaks.push(distinct[i - 1].midpoint(distinct[i]));
        cheapest = cheapest.min(cheapest_by_brute_force(values, distinct, classes, breaks, i + 1));
        breaks.pop();
    }
    cheapest
}

proptest! {
    #[test]
    fn fisher_jenks_is_never_beaten(values in prop::collection::vec(-30_i32..30, 1..12), classes in 2_usize..5) {
        let values = SortedValues::new(values.into_iter().map(|v| f64::from(v) / 4.0)).unwrap();
        let mut distinct = values.as_slice().to_vec();
        distinct.dedup();
        let classes = classes.min(distinct.len());
        prop_assume!(classes > 1);
        let fit = goodness_of_variance_fit(&values, &fisher_jenks_breaks(&values, classes).unwrap()).unwrap();
        let ours = (1.0 - fit) * squares(values.as_slice());
        let best = cheapest_by_brute_force(&values, &distinct, classes, &mut Vec::new(), 1);
        prop_assert!((ours - best).abs() < 1e-9, "{ours} against {best}");
    }

    #[test]
    fn breaks_ascend_within_the_range_and_fisher_jenks_stays_off_the_values(
        values in prop::collection::vec(-1e6_f64..1e6, 1..60), classes in 1_usize..8
    ) {
        let values = SortedValues::new(values).unwrap();
        let (low, high) = values.range();
        let classes = classes.min(values.distinct());
        let fisher = fisher_jenks_breaks(&values, classes).unwrap();
        prop_assert!(fisher.iter().all(|b| !values.as_slice().contains(b)));
        let head_tail = head_tail_breaks(&values, classes).unwrap();
        prop_assert!(head_tail.len() < classes);
        prop_assert!(counts(&values, &head_tail, false).iter().all(|n| *n > 0.0));
        let q6 = q6_breaks(&values).unwrap_or_default();
        for breaks in [fisher, head_tail, quantile_breaks(&values, classes).unwrap(), equal_breaks(&values, classes).unwrap(), q6] {
            prop_assert!(breaks.windows(2).all(|w| w[0] <= w[1]) && breaks.iter().all(|b| (low..=high).contains(b)), "{breaks:?}");
        }
    }

    #[test]
    fn q6_is_the_quantile_of_type_7(values in prop::collection::vec(0.0_f64..100.0, 6..50)) {
        let values = SortedValues::new(values).unwrap();
        prop_assume!(values.distinct() >= 6);
        let sorted = values.as_slice();
        for (ours, p) in q6_breaks(&values).unwrap().into_iter().zip([0.05, 0.25, 0.5, 0.75, 0.95]) {
            // Near a whole position rounding may pick the next pair, which joins on to the first.
            let h = (real(sorted.len()) - 1.0) * p;
            let at = (0..sorted.len() - 1).take_while(|i| real(*i) <= h).count() - 1;
            let expected = sorted[at] + (h - real(at)) * (sorted[at + 1] - sorted[at]);
            prop_assert!((ours - expected).abs() < 1e-9);
        }
    }
}
