//! The values that a block of draws means for one unit after the other, and the sums of the first of them.
//!
//! A unit's others are numbered without it, so that from one unit to the next a drawn place means another value only where it is the
//! place just passed: of `M` rows of `k` draws about `M k / n` values change. What is kept is a function of the table and the unit,
//! however it was arrived at.

use super::conditional::{Observed, Statistic};
use super::draws::Draws;
use crate::stats::spatial_weights::SpatialWeights;

/// Some rows of the table, and where each place is drawn in them.
pub(super) struct Block {
    draws: Draws,
    /// Where in `draws.places` each place stands: place `p` at `drawn[starts[p]..starts[p + 1]]`.
    drawn: Vec<u32>,
    starts: Vec<u32>,
}

impl Block {
    pub(super) fn new(draws: Draws, units: usize) -> Self {
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
pub(super) struct State<'a> {
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
    pub(super) fn new(block: &'a Block, z: &'a [f64], statistic: Statistic, summed: usize, unit: usize) -> Self {
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
    pub(super) fn advance(&mut self, unit: usize) {
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
    pub(super) fn compare(&mut self, unit: usize, observed: &Observed, weights: &SpatialWeights) -> (u32, u32) {
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
