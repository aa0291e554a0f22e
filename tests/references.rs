//! Statistics against reference values computed with R (tests/reference/*.json), at the tolerance stated in each file.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests may: a panic is how they fail, and they say when they skip"
)]

use std::path::Path;

use optima::stats::multiplicity::benjamini_hochberg;
use optima::stats::proportion::{newcombe, wilson};
use serde_json::Value;

fn case(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name).with_extension("json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect()
}

/// Compares limits at an absolute tolerance of 1e-9, that of `intervals_a`.
fn same((low, high): (f64, f64), expected: &Value, what: &Value) {
    let expected = numbers(expected);
    assert!((low - expected[0]).abs() < 1e-9 && (high - expected[1]).abs() < 1e-9, "{what}: {low} {high}, expected {expected:?}");
}

#[test]
fn wilson_limits_are_those_of_the_reference() {
    let case = case("intervals_a");
    assert_eq!(case["tolerance"]["bounds"], "abs 1e-9 (x/n), rel 1e-8 (counts)");
    let mut compared = 0;
    for (pair, expected) in
        case["settings"]["proportions"].as_array().unwrap().iter().zip(case["expected"]["proportions"].as_array().unwrap())
    {
        let counts = numbers(pair);
        for (alpha, key) in [(0.05, "a0.05"), (0.002, "a0.002")] {
            same(wilson(counts[0], counts[1], 1.0 - alpha).unwrap(), &expected[key]["wilson"], pair);
            compared += 1;
        }
    }
    assert_eq!(compared, 10);
}

#[test]
fn newcombe_limits_are_those_of_the_reference() {
    let case = case("intervals_a");
    let expected = case["expected"]["newcombe_diff"].as_array().unwrap();
    let pairs = case["settings"]["pairs"].as_array().unwrap();
    assert_eq!((pairs.len(), expected.len()), (3, 3));
    for (pair, expected) in pairs.iter().zip(expected) {
        let (counts, expected) = (numbers(pair), numbers(expected));
        let limits = newcombe((counts[0], counts[1]), (counts[2], counts[3]), 0.95).unwrap();
        // The reference gives the difference before its limits.
        assert!((counts[0] / counts[1] - counts[2] / counts[3] - expected[0]).abs() < 1e-9, "{pair}");
        same(limits, &serde_json::json!(expected[1..]), pair);
    }
}

#[test]
fn wilson_covers_as_often_as_the_reference_says() {
    let case = case("interval_coverage_binomial");
    let rows = case["expected"].as_array().unwrap();
    assert_eq!(rows.len(), 5);
    for row in rows {
        let (n, p) = (row["n"].as_f64().unwrap(), row["p"].as_f64().unwrap());
        // The probability of x successes, from that of x − 1.
        let (mut probability, mut covered, mut x) = ((1.0 - p).powf(n), 0.0, 0.0);
        while x <= n {
            let (low, high) = wilson(x, n, 0.95).unwrap();
            covered += if low <= p && p <= high { probability } else { 0.0 };
            probability *= (n - x) / (x + 1.0) * p / (1.0 - p);
            x += 1.0;
        }
        assert!((covered - row["wilson"].as_f64().unwrap()).abs() < 1e-9, "{row}: {covered}");
    }
}

#[test]
fn p_values_adjusted_over_quartiers_are_those_of_the_reference() {
    let case = case("padjust_a");
    assert_eq!(case["tolerance"]["p"], "abs 1e-12");
    let p_values = numbers(&case["settings"]["p"]);
    let expected = numbers(&case["expected"]["BH"]);
    // The file gives 12 digits, so that half of the last one is the least that can be asked.
    let near = |p: &[f64]| p.len() == 14 && p.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-12);
    assert!(near(&benjamini_hochberg(&p_values)));
    let reversed: Vec<f64> = p_values.iter().rev().copied().collect();
    let mut adjusted = benjamini_hochberg(&reversed);
    adjusted.reverse();
    assert!(near(&adjusted), "the order given does not matter");
}
