//! The kernel of the local tests: for every unit, the statistic of every row of the table of draws, and how it compares.
//!
//! Where a row's weights are equal the statistic needs the sum of the first `k` values alone, kept for all `k` and renewed where a value
//! changed; a unit then costs one pass over `M` sums. Threads share blocks of draws and take chunks of units: both change nothing.

use rayon::prelude::*;

use super::draws::Draws;
use super::sliding::{Block, State};
use super::{Counts, Permutations, Tail};
use crate::stats::spatial_weights::SpatialWeights;

/// Rows of the table looked at together: sums of one length then stay in the first cache.
const ROWS: usize = 1000;
/// Draws of the table looked at together at most: bounds the memory of a thread (20 bytes a draw).
const MOST_DRAWS: usize = 1 << 22;
/// Units between two preparations of the values.
const CHUNK: usize = 4096;

/// What is computed for unit `i` from its neighbors `j` and their weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Statistic {
    /// `Σ_j w_ij z_j`.
    Lag,
    /// `Σ_j w_ij (z_i − z_j)²`.
    SquaredDifferences,
}

/// What a unit is compared with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Observed {
    /// Its neighbors other than itself.
    pub(super) neighbors: usize,
    /// Whether these have one weight: then the statistic is taken with weights of 1.
    pub(super) uniform: bool,
    /// The statistic below this, to rounding less than observed.
    pub(super) low: f64,
    /// The statistic above this, to rounding more than observed.
    pub(super) high: f64,
    /// Whether the two mean "farther than observed", inward.
    folded: bool,
}

/// For each unit the counts of its statistic; none for a unit without neighbors.
pub(super) fn counts(z: &[f64], weights: &SpatialWeights, statistic: Statistic, permutations: &Permutations) -> Vec<Option<Counts>> {
    let observed: Vec<Option<Observed>> = Reference::new(z, statistic, permutations.tail).of_all(weights);
    let draws = observed.iter().flatten().map(|unit| unit.neighbors).max().unwrap_or(0);
    let Some(others) = z.len().checked_sub(1).and_then(|others| u32::try_from(others).ok()).filter(|_| draws > 0) else {
        return vec![None; z.len()];
    };
    let summed = summed(&observed);
    let count = permutations.count as usize;
    let rows = (MOST_DRAWS / draws).clamp(1, ROWS);
    let mut counts = vec![(0_u32, 0_u32); z.len()];
    for first in (0..count).step_by(rows) {
        let block = Block::new(Draws::of(permutations.seed, first, rows.min(count - first), draws, others), z.len());
        let chunks: Vec<usize> = (0..z.len()).step_by(CHUNK).collect();
        let counted: Vec<Vec<(u32, u32)>> = chunks
            .into_par_iter()
            .map(|from| {
                let mut state = State::new(&block, z, statistic, summed, from);
                let units = from..z.len().min(from + CHUNK);
                units
                    .map(|unit| {
                        state.advance(unit);
                        observed[unit].map_or((0, 0), |observed| state.compare(unit, &observed, weights))
                    })
                    .collect()
            })
            .collect();
        for (total, (below, above)) in counts.iter_mut().zip(counted.into_iter().flatten()) {
            *total = (total.0 + below, total.1 + above);
        }
    }
    let all = permutations.count;
    let interpret = |((below, above), observed): ((u32, u32), Option<Observed>)| {
        observed.map(|unit| {
            if unit.folded {
                // Where nothing is between the limits, every permutation is as far.
                Counts { as_far: if unit.low >= unit.high { all } else { below + above }, ..Counts::default() }
            } else {
                Counts { at_least: all - below, at_most: all - above, as_far: 0 }
            }
        })
    };
    counts.into_iter().zip(observed).map(interpret).collect()
}

/// How many first draws are summed ahead: renewing costs their square, not having them a pass a draw.
fn summed(observed: &[Option<Observed>]) -> usize {
    let mut lengths: Vec<usize> = observed.iter().flatten().filter(|unit| unit.uniform).map(|unit| unit.neighbors).collect();
    lengths.sort_unstable();
    let mut passes: usize = lengths.iter().sum();
    let mut best = (passes, 0);
    for group in lengths.chunk_by(|a, b| a == b) {
        passes -= group[0] * group.len();
        best = best.min((passes.saturating_add(2 * group[0] * group[0]), group[0]));
    }
    best.1
}

/// What the comparison of each unit needs of all values.
struct Reference<'a> {
    z: &'a [f64],
    statistic: Statistic,
    folded: bool,
    largest: f64,
    sum: f64,
    squares: f64,
}

impl<'a> Reference<'a> {
    fn new(z: &'a [f64], statistic: Statistic, tail: Tail) -> Self {
        let folded = tail == Tail::Folded;
        Self { z, statistic, folded, largest: super::largest(z), sum: z.iter().sum(), squares: z.iter().map(|z| z * z).sum() }
    }

    fn of_all(&self, weights: &SpatialWeights) -> Vec<Option<Observed>> {
        (0..self.z.len()).map(|unit| self.of(unit, weights)).collect()
    }

    #[expect(clippy::cast_precision_loss, reason = "numbers of units")]
    fn of(&self, unit: usize, weights: &SpatialWeights) -> Option<Observed> {
        let others = || weights.row(unit).filter(|(neighbor, _)| *neighbor != unit);
        let (_, first) = others().next()?;
        let uniform = others().all(|(_, weight)| weight == first);
        let weight = |weight: f64| if uniform { 1.0 } else { weight };
        let (neighbors, total) = others().fold((0, 0.0), |(count, total), (_, w)| (count + 1, total + weight(w)));
        // The expectation is a sum over all.
        let (own, terms) = (self.z[unit], 4.0 + (neighbors + if self.folded { self.z.len() } else { 0 }) as f64);
        let rest = (self.z.len() - 1) as f64;
        let (statistic, expected, rounding) = match self.statistic {
            Statistic::Lag => {
                let lag = others().fold(0.0, |sum, (j, w)| sum + weight(w) * self.z[j]);
                (lag, total * (self.sum - own) / rest, terms * total * self.largest)
            }
            Statistic::SquaredDifferences => {
                let statistic = if uniform {
                    let (sum, squares) = others().fold((0.0, 0.0), |(s, q), (j, _)| (s + self.z[j], q + self.z[j] * self.z[j]));
                    squares - 2.0 * own * sum
                } else {
                    others().fold(0.0, |sum, (j, w)| sum + w * (own - self.z[j]).powi(2))
                };
                let (sum, squares) = ((self.sum - own) / rest, (self.squares - own * own) / rest);
                let expected = total * (squares - 2.0 * own * sum + if uniform { 0.0 } else { own * own });
                (statistic, expected, 4.0 * terms * total * (own.abs() + self.largest).powi(2))
            }
        };
        // The same set in another order sums to this much more or less at most.
        let rounding = f64::EPSILON * rounding;
        let (low, high) = if self.folded {
            let distance = (statistic - expected).abs() - rounding;
            (expected - distance, expected + distance)
        } else {
            (statistic - rounding, statistic + rounding)
        };
        Some(Observed { neighbors, uniform, low, high, folded: self.folded })
    }
}
