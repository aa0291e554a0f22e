//! Clustering: against R's numbers, against brute force, and what must hold for any points.

#![allow(clippy::unwrap_used, clippy::cast_precision_loss, reason = "tests may: a panic is how they fail; their counts are small")]

mod brute;
mod properties;
