//! The reference cases: their numbers and their data.

use std::path::{Path, PathBuf};

use optima::stats::partition::Partition;
use serde_json::Value;

fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name)
}

pub(crate) fn case(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(reference(name).with_extension("json")).unwrap()).unwrap()
}

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect()
}

pub(crate) fn words(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
}

/// A partition written as one digit a row, classes from 1.
pub(crate) fn partition(value: &Value) -> Partition {
    Partition::new(value.as_str().unwrap().chars().map(|digit| digit.to_digit(10).unwrap() - 1).collect()).unwrap()
}

/// Header and rows of a table.
pub(crate) fn table(name: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(reference("data").join(name)).unwrap();
    let header = reader.headers().unwrap().iter().map(ToOwned::to_owned).collect();
    (header, reader.records().map(|row| row.unwrap().iter().map(ToOwned::to_owned).collect()).collect())
}
