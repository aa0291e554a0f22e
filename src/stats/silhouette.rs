//! Silhouettes: whether rows lie well in their classes.

use rayon::prelude::*;

use crate::stats::distinct_points::square;
use crate::stats::matrix::Matrix;
use crate::stats::partition::Partition;
use crate::stats::refusal::Refusal;

/// The silhouette of each row, −1..=1: `(b − a) / max(a, b)`, with `a` the mean distance to the others of its class and `b`
/// the lowest mean distance to the rows of another class; 0 for a row alone in its class, and where both are 0.
///
/// Euclidean distances, unweighted. Cost: O(n² d) time on all threads, O(n) memory: for some ten thousand rows.
/// Source: Rousseeuw, J. Computational and Applied Mathematics 20 (1987); R's `cluster::silhouette`.
///
/// # Errors
/// A partition of other rows, one class, or coordinates that are no numbers.
///
/// ```
/// use optima::stats::{matrix::Matrix, partition::Partition, silhouette::silhouettes};
/// let points = Matrix::from_rows(1, vec![0.0, 1.0, 9.0]);
/// let found = silhouettes(&points, &Partition::new(vec![0, 0, 1]).unwrap()).unwrap();
/// assert_eq!(found, [8.0 / 9.0, 7.0 / 8.0, 0.0]);
/// ```
pub fn silhouettes(points: &Matrix, partition: &Partition) -> Result<Vec<f64>, Refusal> {
    let (rows, classed) = (points.rows(), partition.class_of().len());
    if rows != classed {
        return Err(Refusal::new(format!("a partition of {classed} rows for {rows} points")).remedy("give the partition of these points"));
    }
    if partition.classes() < 2 {
        return Err(Refusal::new("silhouettes of one class").remedy("cut into two classes or more"));
    }
    if points.as_slice().iter().any(|x| !x.is_finite()) {
        return Err(Refusal::new("a coordinate is not a number").remedy("leave the row out"));
    }
    let of_row = |row: usize| {
        let mut sums = vec![0.0; partition.classes()];
        for (other, class) in partition.class_of().iter().enumerate() {
            sums[*class as usize] += square(points.row(row), points.row(other)).sqrt();
        }
        let own = partition.class_of()[row] as usize;
        let size = f64::from(partition.sizes()[own]);
        if size < 2.0 {
            return 0.0;
        }
        let within = sums[own] / (size - 1.0);
        let others = sums.iter().zip(partition.sizes()).enumerate().filter(|(class, _)| *class != own);
        let nearest = others.map(|(_, (sum, size))| sum / f64::from(*size)).fold(f64::INFINITY, f64::min);
        let most = within.max(nearest);
        if most > 0.0 { (nearest - within) / most } else { 0.0 }
    };
    Ok((0..rows).into_par_iter().map(of_row).collect())
}

/// The mean of silhouettes; absent where there are none.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "numbers of rows")]
pub fn mean_silhouette(silhouettes: &[f64]) -> Option<f64> {
    (!silhouettes.is_empty()).then(|| silhouettes.iter().sum::<f64>() / silhouettes.len() as f64)
}
