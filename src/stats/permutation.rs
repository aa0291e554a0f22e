//! Permutation tests of spatial statistics: how often does chance alone give what was observed?
//!
//! [`global`] puts all values on the map anew; [`local`] keeps a unit's own value and draws its neighbors' among all others. The p-value
//! is `(r + 1) / (M + 1)` with `r` of `M` permutations at least as extreme as the observed statistic. A permutation that gives the
//! observed statistic, to rounding, counts as at least as extreme on either side. The same seed gives the same p for any number of threads.

mod conditional;
mod draws;
mod generator;
pub mod global;
pub mod local;
mod relabeling;
mod sliding;
#[cfg(test)]
mod twins;

use crate::stats::refusal::Refusal;
use crate::stats::spatial_weights::SpatialWeights;

/// What counts as at least as extreme as the observed statistic. As in [`spatial_test`](crate::stats::spatial_test), `Greater` means more:
/// more similarity (so a smaller Geary), higher values, more joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tail {
    /// At least as much.
    Greater,
    /// At most as much.
    Less,
    /// The smaller p of the two above: one-sided, on the side that was observed. At most about 0.5, so not uniform under the null;
    /// what esda gives as `p_sim` ("directed") and `GeoDa` shows.
    Directed,
    /// Twice [`Directed`](Self::Directed), at most 1.
    TwoSided,
    /// At least as far from the expectation under permutation, on either side ("folded").
    Folded,
}

/// How to permute: 999 or 9,999 times, from a seed that is told with the result. [`local`] and [`global`] have examples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permutations {
    /// How many, `M`; the smallest p possible is `1 / (M + 1)`.
    pub count: u32,
    /// The seed of the draws; the first of `M` permutations are those of a run with fewer.
    pub seed: u64,
    /// What counts as extreme.
    pub tail: Tail,
}

/// The permutations that were as large, as small or as far from expectation as what was observed, ties on either side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Counts {
    at_least: u32,
    at_most: u32,
    as_far: u32,
}

impl Counts {
    /// Of the statistic with its sign changed.
    fn reversed(self) -> Self {
        Self { at_least: self.at_most, at_most: self.at_least, ..self }
    }
}

impl Permutations {
    fn p(&self, counts: Counts) -> f64 {
        let p = |count: u32| (f64::from(count) + 1.0) / (f64::from(self.count) + 1.0);
        let directed = p(counts.at_least.min(counts.at_most));
        match self.tail {
            Tail::Greater => p(counts.at_least),
            Tail::Less => p(counts.at_most),
            Tail::Directed => directed,
            Tail::TwoSided => (2.0 * directed).min(1.0),
            Tail::Folded => p(counts.as_far),
        }
    }

    /// Refuses what cannot be permuted: none asked for, values that are not one a unit, or are no numbers, or are all equal.
    fn check(&self, weights: &SpatialWeights, values: &[f64]) -> Result<(), Refusal> {
        if self.count == 0 || self.count == u32::MAX {
            return Err(Refusal::new(format!("{} permutations", self.count)).remedy("ask for 999 or more"));
        }
        if values.len() != weights.len() {
            return Err(Refusal::new(format!("{} values for {} units", values.len(), weights.len())).remedy("give one value a unit"));
        }
        if let Some(unit) = values.iter().position(|value| !value.is_finite()) {
            return Err(
                Refusal::new(format!("the value of unit {unit} is not a number")).remedy("restrict weights and values to known ones")
            );
        }
        if values.len() > 1 && values.iter().all(|value| *value == values[0]) {
            return Err(Refusal::new("all units have the same value").remedy("nothing can cluster: there is no test to make"));
        }
        Ok(())
    }
}

/// Each value less their mean; what differs from it by rounding alone is 0.
#[expect(clippy::cast_precision_loss, reason = "a number of units")]
fn centered(values: &[f64]) -> Vec<f64> {
    // Divided first: the sum of large values could be too large.
    let mean = values.iter().map(|value| value / values.len() as f64).sum::<f64>();
    let rounding = 4.0 * f64::EPSILON * largest(values);
    values.iter().map(|value| value - mean).map(|z| if z.abs() <= rounding { 0.0 } else { z }).collect()
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest, value| value.abs().max(largest))
}
