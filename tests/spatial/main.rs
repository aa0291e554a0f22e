//! Spatial autocorrelation: against R's and Python's numbers, against all permutations, and what must hold for any field.

#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "tests may: a panic is how they fail, their counts are small, and they say when they skip"
)]

mod brute;
mod columbus;
mod compare;
mod liege;
mod properties;
mod refusals;
mod spdep;
