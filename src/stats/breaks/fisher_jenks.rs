//! The exact least-squares partition of values into classes, by dynamic programming.

use super::{SortedValues, real};
use crate::stats::refusal::Refusal;

/// Breaks of the exact least-squares partition, halfway between neighbors (classInt's "fisher", not "jenks").
///
/// Minimizes the sum over classes of squared distances to the class mean; the best first value of the last class never moves left as the
/// row grows, so each class takes O(n log n). Of equal partitions the one with the earliest cuts is kept. Equal values are never parted.
/// Source: Fisher, On grouping for maximum homogeneity, JASA 53 (1958); Wang & Song, The R Journal 3 (2011).
///
/// # Errors
/// A refusal of no class, or of more classes than different values.
///
/// ```
/// use optima::stats::breaks::{SortedValues, fisher_jenks_breaks};
/// let values = SortedValues::new([1.0, 2.0, 2.0, 8.0, 9.0]).unwrap();
/// assert_eq!(fisher_jenks_breaks(&values, 2).unwrap(), [5.0]);
/// ```
pub fn fisher_jenks_breaks(values: &SortedValues, classes: usize) -> Result<Vec<f64>, Refusal> {
    values.allow(classes)?;
    let squares = Squares::of(values.as_slice());
    let n = squares.values.len();
    let mut best: Vec<f64> = (0..n).map(|end| squares.within(0, end)).collect();
    let mut starts: Vec<Vec<usize>> = Vec::with_capacity(classes - 1);
    for layer in 1..classes {
        let mut next = vec![f64::INFINITY; n];
        let mut start = vec![0; n];
        fill_layer(&squares, &best, &mut next, &mut start, (layer, n - 1), (layer, n - 1));
        best = next;
        starts.push(start);
    }
    let mut end = n - 1;
    let mut breaks = Vec::with_capacity(classes - 1);
    for start in starts.iter().rev() {
        let first = start[end];
        breaks.push(squares.values[first - 1].midpoint(squares.values[first]));
        end = first - 1;
    }
    breaks.reverse();
    Ok(breaks)
}

/// Fills `next[ends]`, knowing that the last class starts within `starts`: the middle first, then each side.
fn fill_layer(squares: &Squares, best: &[f64], next: &mut [f64], start: &mut [usize], ends: (usize, usize), starts: (usize, usize)) {
    if ends.0 > ends.1 {
        return;
    }
    let middle = ends.0.midpoint(ends.1);
    for first in starts.0..=starts.1.min(middle) {
        let cost = best[first - 1] + squares.within(first, middle);
        if cost < next[middle] {
            (next[middle], start[middle]) = (cost, first);
        }
    }
    if middle > ends.0 {
        fill_layer(squares, best, next, start, (ends.0, middle - 1), (starts.0, start[middle]));
    }
    fill_layer(squares, best, next, start, (middle + 1, ends.1), (start[middle], starts.1));
}

/// Distinct values with running sums, so that the squares within any run cost O(1).
struct Squares {
    values: Vec<f64>,
    weight: Vec<f64>,
    sum: Vec<f64>,
    square: Vec<f64>,
}

impl Squares {
    fn of(sorted: &[f64]) -> Self {
        // Sums are taken around the mean: far from it, squares would cancel.
        let mean = sorted.iter().sum::<f64>() / real(sorted.len().max(1));
        let mut this = Self { values: Vec::new(), weight: vec![0.0], sum: vec![0.0], square: vec![0.0] };
        for run in sorted.chunk_by(|a, b| a.total_cmp(b).is_eq()) {
            let (weight, centered) = (real(run.len()), run[0] - mean);
            let last = this.values.len();
            this.values.push(run[0]);
            this.weight.push(this.weight[last] + weight);
            this.sum.push(this.sum[last] + weight * centered);
            this.square.push(this.square[last] + weight * centered * centered);
        }
        this
    }

    fn within(&self, first: usize, last: usize) -> f64 {
        let of = |sums: &[f64]| sums[last + 1] - sums[first];
        let sum = of(&self.sum);
        (of(&self.square) - sum * sum / of(&self.weight)).max(0.0)
    }
}
