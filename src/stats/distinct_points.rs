//! The distinct points of a cloud in an order of their own, so that nothing downstream can depend on the order of rows.

use std::cmp::Ordering;

use rayon::prelude::*;

use crate::stats::matrix::Matrix;
use crate::stats::refusal::Refusal;

/// Beyond this a square of a difference may overflow, and the levels with it.
const LARGEST: f64 = 1e150;

/// Points that differ, in lexicographic order of their coordinates; equal rows are one point with their weights together.
#[derive(Debug)]
pub(in crate::stats) struct DistinctPoints {
    /// Coordinates a point.
    pub(in crate::stats) axes: usize,
    /// Coordinates, point by point.
    pub(in crate::stats) coordinates: Vec<f64>,
    /// Weight of each point; they sum to 1.
    pub(in crate::stats) weights: Vec<f64>,
    /// Rows at each point.
    pub(in crate::stats) sizes: Vec<u32>,
    /// The point of each row.
    pub(in crate::stats) point_of_row: Vec<u32>,
    /// The sum of the weights given.
    pub(in crate::stats) total_weight: f64,
}

impl DistinctPoints {
    /// Sorts and collapses. Weights are summed in the order of the points, equal ones in the order of their weights.
    pub(in crate::stats) fn of(points: &Matrix, weights: Option<&[f64]>) -> Result<Self, Refusal> {
        refuse_unfit(points, weights)?;
        let axes = points.columns();
        let weight = |row: u32| weights.map_or(1.0, |w| w[row as usize]);
        let mut order: Vec<(u64, u32)> =
            (0..).zip(points.as_slice().chunks_exact(axes)).map(|(row, point): (u32, _)| (sort_key(point[0]), row)).collect();
        order.par_sort_unstable_by(|a, b| {
            let rest = || compare(&points.row(a.1 as usize)[1..], &points.row(b.1 as usize)[1..]);
            a.0.cmp(&b.0).then_with(rest).then_with(|| weight(a.1).total_cmp(&weight(b.1))).then(a.1.cmp(&b.1))
        });
        let mut found = Self {
            axes,
            coordinates: Vec::with_capacity(points.as_slice().len()),
            weights: Vec::with_capacity(order.len()),
            sizes: Vec::with_capacity(order.len()),
            point_of_row: vec![0; order.len()],
            total_weight: 0.0,
        };
        let mut last: Option<&[f64]> = None;
        for (_, row) in order {
            let point = points.row(row as usize);
            if last.is_none_or(|last| compare(last, point) != Ordering::Equal) {
                // Minus zero becomes zero.
                found.coordinates.extend(point.iter().map(|x| x + 0.0));
                found.weights.push(0.0);
                found.sizes.push(0);
                last = Some(point);
            }
            let at = found.weights.len() - 1;
            found.weights[at] += weight(row);
            found.sizes[at] += 1;
            found.point_of_row[row as usize] = u32::try_from(at).unwrap_or(u32::MAX);
        }
        found.total_weight = found.weights.iter().sum();
        if !found.total_weight.is_finite() {
            return Err(Refusal::new("the weights sum to no finite number").remedy("give weights near 1"));
        }
        let total = found.total_weight;
        found.weights.iter_mut().for_each(|w| *w /= total);
        if found.weights.iter().any(|w| !(1.0 / w).is_finite()) {
            return Err(Refusal::new("a weight is vanishingly small beside the others").remedy("leave the row out"));
        }
        Ok(found)
    }

    /// The number of distinct points.
    pub(in crate::stats) fn len(&self) -> usize {
        self.weights.len()
    }

    /// One point.
    pub(in crate::stats) fn point(&self, index: usize) -> &[f64] {
        &self.coordinates[index * self.axes..(index + 1) * self.axes]
    }

    /// The weighted mean of all points.
    pub(in crate::stats) fn center(&self) -> Vec<f64> {
        let mut center = vec![0.0; self.axes];
        for (point, weight) in self.coordinates.chunks_exact(self.axes).zip(&self.weights) {
            center.iter_mut().zip(point).for_each(|(sum, x)| *sum += weight * x);
        }
        center
    }

    /// `Σ w |x − g|²`, with weights that sum to 1.
    pub(in crate::stats) fn inertia(&self) -> f64 {
        let center = self.center();
        self.coordinates.chunks_exact(self.axes).zip(&self.weights).map(|(point, weight)| weight * square(point, &center)).sum()
    }
}

/// The squared Euclidean distance.
pub(in crate::stats) fn square(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum()
}

/// Bits that sort as the numbers do, with one zero.
pub(in crate::stats) fn sort_key(number: f64) -> u64 {
    let bits = (number + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

fn compare(a: &[f64], b: &[f64]) -> Ordering {
    a.iter().zip(b).map(|(x, y)| (x + 0.0).total_cmp(&(y + 0.0))).find(|order| *order != Ordering::Equal).unwrap_or(Ordering::Equal)
}

fn refuse_unfit(points: &Matrix, weights: Option<&[f64]>) -> Result<(), Refusal> {
    let rows = points.rows();
    if rows < 2 {
        let reason = if rows == 0 { "no point to cluster" } else { "one point to cluster" };
        return Err(Refusal::new(reason).remedy("clustering compares points: two or more are needed"));
    }
    if u32::try_from(rows).is_err() || rows > usize::try_from(i32::MAX).unwrap_or(usize::MAX) {
        return Err(Refusal::new(format!("{rows} points to cluster")).remedy("two thousand million is the limit"));
    }
    if let Some(at) = points.as_slice().iter().position(|x| !x.is_finite() || x.abs() > LARGEST) {
        let (row, axis) = (at / points.columns() + 1, at % points.columns() + 1);
        return Err(Refusal::new(format!("coordinate {axis} of point {row} is not a number of use"))
            .remedy("leave the point out, or give it coordinates of ordinary size"));
    }
    let Some(weights) = weights else { return Ok(()) };
    if weights.len() != rows {
        return Err(Refusal::new(format!("{} weights for {rows} points", weights.len())).remedy("give one weight a point"));
    }
    match weights.iter().position(|w| !(*w > 0.0 && w.is_finite())) {
        Some(at) => Err(Refusal::new(format!("the weight of point {} is not a positive number", at + 1))
            .remedy("leave out the points that count for nothing")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_are_one_point_with_their_weights_together() {
        let points = Matrix::from_rows(2, vec![1.0, 0.0, -2.0, 5.0, 1.0, -0.0, -2.0, 4.0]);
        let found = DistinctPoints::of(&points, Some(&[1.0, 2.0, 3.0, 2.0])).unwrap();
        assert_eq!(found.coordinates, [-2.0, 4.0, -2.0, 5.0, 1.0, 0.0]);
        assert_eq!((found.weights, found.sizes), (vec![0.25, 0.25, 0.5], vec![1, 1, 2]));
        assert_eq!((found.point_of_row, found.total_weight), (vec![2, 1, 2, 0], 8.0));
    }

    #[test]
    fn keys_sort_as_the_numbers_do() {
        let numbers = [f64::MIN, -3.5, -1e-300, 0.0, 1e-300, 2.0, 1e150];
        assert!(numbers.windows(2).all(|pair| sort_key(pair[0]) < sort_key(pair[1])));
        assert_eq!(sort_key(-0.0), sort_key(0.0));
    }
}
