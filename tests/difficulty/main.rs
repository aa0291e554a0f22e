//! The synthetic index of difficulty, inequality and segregation: against values from R and `PySAL` (tests/reference), against the
//! definitions written out, and by what always holds.

#![allow(clippy::unwrap_used, clippy::cast_precision_loss, reason = "tests may: a panic is how they fail, and their counts are small")]

mod correlations;
mod index;
mod inequality;
mod properties;
mod segregation;
mod sensitivity;

use std::path::{Path, PathBuf};

use optima::stats::composite_index::{Declaration, Direction, Indicator};
use serde_json::Value;

fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name)
}

fn case(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(reference(name).with_extension("json")).unwrap()).unwrap()
}

/// The cells of a CSV without its header, its column of names left out.
fn csv(name: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(reference("data").join(name)).unwrap();
    text.lines().skip(1).map(|line| line.split(',').skip(1).map(|cell| cell.trim_matches('"').to_owned()).collect()).collect()
}

fn column(rows: &[Vec<String>], at: usize) -> Vec<f64> {
    rows.iter().map(|row| row[at].parse().unwrap()).collect()
}

/// Numbers, also of nested lists, in order.
fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(numbers).collect(),
        number => vec![number.as_f64().unwrap_or_else(|| panic!("{number} is no number"))],
    }
}

/// Compares all numbers; a quantity that the reference does not have cannot pass.
fn close(what: &str, found: &[f64], expected: &Value, tolerance: f64) {
    let expected = numbers(expected);
    assert!(!found.is_empty() && found.len() == expected.len(), "{what}: {} for {}", found.len(), expected.len());
    for (at, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert!((found - expected).abs() <= tolerance, "{what} {at}: {found}, expected {expected}");
    }
}

fn known(values: &[Option<f64>]) -> Vec<f64> {
    values.iter().map(|value| value.unwrap()).collect()
}

fn indicator(values: &[f64], direction: Direction, weight: f64, domain: Option<usize>) -> Indicator {
    Indicator { values: values.iter().map(|x| Some(*x)).collect(), direction, weight, domain }
}

/// Ten events as indicators: a longer time is worse, a longer throw is better.
fn decathlon(weights: [f64; 10], domain_of: Option<[usize; 10]>, domains: &[f64]) -> Declaration {
    let rows = csv("decathlon.csv");
    let times = [0, 4, 5, 9];
    let of = |at: usize| {
        let direction = if times.contains(&at) { Direction::MoreIsWorse } else { Direction::MoreIsBetter };
        indicator(&column(&rows, at), direction, weights[at], domain_of.map(|domains| domains[at]))
    };
    Declaration { indicators: (0..10).map(of).collect(), domains: domains.to_vec(), least_units: 10 }
}

const WEIGHTS: [f64; 10] = [1.0, 2.0, 1.0, 0.5, 1.0, 1.5, 1.0, 1.0, 3.0, 1.0];
const DOMAIN_OF: [usize; 10] = [0, 1, 2, 1, 0, 0, 2, 1, 2, 3];
const DOMAINS: [f64; 4] = [3.0, 2.0, 2.0, 0.5];
