//! Clustering: against R's numbers, against brute force, and what must hold for any points.

#![allow(clippy::unwrap_used, clippy::cast_precision_loss, reason = "tests may: a panic is how they fail; their counts are small")]

mod brute;
mod classes;
mod decathlon;
mod properties;
mod reference;
mod tea;
mod tea_axes;
