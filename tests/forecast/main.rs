//! Forecasts: reference values, coverage by simulation, what must hold for any series, and what is refused.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::cast_precision_loss, reason = "tests may: a panic is how they fail")]

mod coverage;
mod degenerate;
mod properties;
mod reference;
mod scenario;
mod worlds;

use std::path::Path;

use serde_json::Value;

fn reference_file(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name)).unwrap()
}

fn case(name: &str) -> Value {
    serde_json::from_slice(&reference_file(&format!("{name}.json"))).unwrap()
}

/// The last column of a table of the references.
fn column(name: &str) -> Vec<f64> {
    let text = String::from_utf8(reference_file(&format!("data/{name}.csv"))).unwrap();
    text.lines().skip(1).map(|line| line.rsplit(',').next().unwrap().parse().unwrap()).collect()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect()
}
