//! The kernel of the local tests: for every unit, the statistic of every row of the table of draws, and how it compares.
//!
//! A unit's others are numbered without it, so that from one unit to the next a drawn place means another value only where it is the
//! place just passed: of `M` rows of `k` draws about `M k / n` values change. Where a row's weights are equal the statistic needs the
//! sum of the first `k` values alone, kept for all `k` and renewed where a value changed; a unit then costs one pass over `M` sums.
//! The values of a unit are a function of the table and the unit, however it was arrived at: chunks and threads change nothing.

use rayon::prelude::*;

use super::draws::Draws;
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
struct Observed {
    /// Its neighbors other than itself.
    neighbors: usize,
    /// Whether these have one weight: then the statistic is taken with weights of 1.
    uniform: bool,
    /// The statistic below this, to rounding less than observed.
    low: f64,
    /// The statistic above this, to rounding more than observed.
    high: f64,
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
        observed.map(|unit| match unit.folded {
            false => Counts { at_least: all - below, at_most: all - above, as_far: 0 },
            // Where nothing is between the limits, every permutation is as far.
            true => Counts { as_far: if unit.low >= unit.high { all } else { below + above }, ..Counts::default() },
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

/// Some rows of the table, and where each place is drawn in them.
struct Block {
    draws: Draws,
    /// Where in `draws.places` each place stands: place `p` at `drawn[starts[p]..starts[p + 1]]`.
    drawn: Vec<u32>,
    starts: Vec<u32>,
}

impl Block {
    fn new(draws: Draws, units: usize) -> Self {
        let mut starts = vec![0_u32; units + 1];
        for place in &draws.places {
            starts[*place as usize + 1] += 1;
        }
        for place in 0..units {
            starts[place + 1] += starts[place];
        }
        let mut next = starts.clone();
        let mut drawn = vec![0; draws.places.len()];
        for (at, place) in (0_u32..).zip(&draws.places) {
            let next = &mut next[*place as usize];
            drawn[*next as usize] = at;
            *next += 1;
        }
        Self { draws, drawn, starts }
    }
}

/// The values drawn for one unit, and the sums of the first of them.
struct State<'a> {
    block: &'a Block,
    z: &'a [f64],
    statistic: Statistic,
    unit: usize,
    /// `values[draw * rows + row]`, as the places in the table.
    values: Vec<f64>,
    /// In its place the sum of the row's values up to this draw, and the sum of their squares where the statistic needs it.
    sums: Vec<f64>,
    squares: Vec<f64>,
    /// The sums in half the width, where they alone are compared.
    narrow: Vec<f32>,
    scratch: Vec<f64>,
}

impl<'a> State<'a> {
    #[expect(clippy::cast_possible_truncation, reason = "what is lost is looked at in full where it matters")]
    fn new(block: &'a Block, z: &'a [f64], statistic: Statistic, summed: usize, unit: usize) -> Self {
        let rows = block.draws.rows;
        let values: Vec<f64> = block.draws.places.iter().map(|place| z[*place as usize + usize::from(*place as usize >= unit)]).collect();
        let cumulate = |value: &dyn Fn(f64) -> f64| {
            let mut sums: Vec<f64> = values[..summed * rows].iter().map(|z| value(*z)).collect();
            for at in rows..sums.len() {
                sums[at] += sums[at - rows];
            }
            sums
        };
        let sums = cumulate(&|z| z);
        let (squares, narrow) = match statistic {
            Statistic::Lag => (Vec::new(), sums.iter().map(|sum| *sum as f32).collect()),
            Statistic::SquaredDifferences => (cumulate(&|z| z * z), Vec::new()),
        };
        Self { block, z, statistic, unit, values, sums, squares, narrow, scratch: vec![0.0; rows] }
    }

    /// Goes on to a unit: the places just passed now mean the units just left.
    fn advance(&mut self, unit: usize) {
        let rows = self.block.draws.rows;
        while self.unit < unit {
            let passed = self.unit;
            self.unit += 1;
            let at = self.block.starts[passed] as usize..self.block.starts[passed + 1] as usize;
            for at in &self.block.drawn[at] {
                let at = *at as usize;
                self.values[at] = self.z[passed];
                renew(&mut self.sums, &self.values, at, rows, |z| z);
                renew(&mut self.squares, &self.values, at, rows, |z| z * z);
                narrow(&mut self.narrow, &self.sums, at, rows);
            }
        }
    }

    /// In how many rows the unit's statistic is below the lower limit, and above the upper one.
    #[expect(clippy::cast_possible_truncation, reason = "what is lost is looked at in full where it matters")]
    fn compare(&mut self, unit: usize, observed: &Observed, weights: &SpatialWeights) -> (u32, u32) {
        let rows = self.block.draws.rows;
        let own = self.z[unit];
        if observed.uniform && observed.neighbors * rows <= self.sums.len() {
            let last = (observed.neighbors - 1) * rows..observed.neighbors * rows;
            if self.statistic == Statistic::Lag {
                // Rounding keeps the order: whoever is outside the rounded limits is outside the limits.
                let (below, above) = outside_narrow(&self.narrow[last.clone()], observed.low as f32, observed.high as f32);
                let certain = (below + above) as usize == rows;
                return if certain { (below, above) } else { outside(&self.sums[last], observed.low, observed.high) };
            }
            for ((out, sum), squares) in self.scratch.iter_mut().zip(&self.sums[last.clone()]).zip(&self.squares[last]) {
                *out = squares - 2.0 * own * sum;
            }
            return outside(&self.scratch, observed.low, observed.high);
        }
        self.scratch.fill(0.0);
        let others = weights.row(unit).filter(|(neighbor, _)| *neighbor != unit);
        for ((_, weight), values) in others.zip(self.values.chunks_exact(rows)) {
            let weight = if observed.uniform { 1.0 } else { weight };
            match self.statistic {
                Statistic::Lag => self.scratch.iter_mut().zip(values).for_each(|(sum, z)| *sum += weight * z),
                Statistic::SquaredDifferences if observed.uniform => {
                    self.scratch.iter_mut().zip(values).for_each(|(sum, z)| *sum += z * (z - 2.0 * own));
                }
                Statistic::SquaredDifferences => {
                    self.scratch.iter_mut().zip(values).for_each(|(sum, z)| *sum += weight * (own - z) * (own - z));
                }
            }
        }
        outside(&self.scratch, observed.low, observed.high)
    }
}

/// Sums a row's values anew from the draw at this place on, as far as sums are kept.
#[inline]
fn renew(sums: &mut [f64], values: &[f64], at: usize, rows: usize, value: impl Fn(f64) -> f64) {
    if at >= sums.len() {
        return;
    }
    let mut sum = if at < rows { 0.0 } else { sums[at - rows] };
    for (sums, z) in sums[at..].iter_mut().step_by(rows).zip(values[at..].iter().step_by(rows)) {
        sum += value(*z);
        *sums = sum;
    }
}

/// Copies the sums of a row from the draw at this place on.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "what is lost is looked at in full where it matters")]
fn narrow(narrow: &mut [f32], sums: &[f64], at: usize, rows: usize) {
    if at < narrow.len() {
        narrow[at..].iter_mut().step_by(rows).zip(sums[at..].iter().step_by(rows)).for_each(|(narrow, sum)| *narrow = *sum as f32);
    }
}

/// [`outside`] with twice as many values at a time.
#[inline]
fn outside_narrow(values: &[f32], low: f32, high: f32) -> (u32, u32) {
    let (mut below, mut above) = (0_u32, 0_u32);
    for value in values {
        below = below.wrapping_add(u32::from(*value < low));
        above = above.wrapping_add(u32::from(*value > high));
    }
    (below, above)
}

/// How many values are below the one and above the other limit.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "at most as many as rows in a block")]
fn outside(values: &[f64], low: f64, high: f64) -> (u32, u32) {
    // Counters as wide as the values, which do not check for overflow: the loop then runs on vectors.
    let (mut below, mut above) = (0_u64, 0_u64);
    for value in values {
        below = below.wrapping_add(u64::from(*value < low));
        above = above.wrapping_add(u64::from(*value > high));
    }
    (below as u32, above as u32)
}
