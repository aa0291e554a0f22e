//! Consolidation of a partition: after the hierarchy was cut, persons who lie nearer to another class may move there.

use crate::stats::distinct_points::{DistinctPoints, square};
use crate::stats::matrix::Matrix;
use crate::stats::partition::Partition;
use crate::stats::refusal::Refusal;

mod hartigan_wong;

/// How the inertia of a cloud divides over a partition, with weights that sum to 1; `total = within + between`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Inertia {
    /// `Σ w |x − g|²`.
    pub total: f64,
    /// `Σ w |x − g_class|²`.
    pub within: f64,
    /// `Σ w_class |g_class − g|²`.
    pub between: f64,
}

/// A partition after consolidation, beside what it was before.
#[derive(Debug, Clone, PartialEq)]
pub struct Consolidation {
    /// The classes after; class `c` is what class `c` of the start has become.
    pub partition: Partition,
    /// The inertia of the start.
    pub before: Inertia,
    /// The inertia after; `within` is not above that of the start.
    pub after: Inertia,
    /// Whether it came to rest within the passes allowed.
    pub converged: bool,
}

/// Moves rows between classes while that lowers the inertia within: k-means by Hartigan and Wong, from the centers of `start`.
///
/// A row of weight `w` goes from class `a` to `b` where `W_b |x − g_b|² / (W_b + w) < W_a |x − g_a|² / (W_a − w)`; with weights 1
/// this is R's `kmeans(x, centers, iter.max = passes)`, which `FactoMineR`'s `HCPC` calls with 10 passes. Equal rows move
/// together, and rows are looked at in lexicographic order of their coordinates (`HCPC` sorts by the first axis), so that the
/// order of rows changes nothing. Ties stay where they are. A class that nobody is nearest to takes the row that adds most
/// to the inertia; no class loses its last point. Where a start that does better than where the moves lead was given, it is kept.
/// Cost: O(passes n k d). Source: Hartigan & Wong, Algorithm AS 136, Applied Statistics 28 (1979).
///
/// # Errors
/// Points or weights that cannot be clustered, a partition of other rows, or more classes than distinct points.
///
/// ```
/// use optima::stats::{k_means::consolidate, matrix::Matrix, partition::Partition};
/// let points = Matrix::from_rows(1, vec![0.0, 1.0, 2.0, 10.0, 11.0]);
/// let start = Partition::new(vec![0, 0, 1, 1, 1]).unwrap();
/// let moved = consolidate(&points, None, &start, 10).unwrap();
/// assert_eq!(moved.partition.class_of(), [0, 0, 0, 1, 1]);
/// assert!(moved.converged && moved.after.within < moved.before.within);
/// ```
pub fn consolidate(points: &Matrix, weights: Option<&[f64]>, start: &Partition, passes: usize) -> Result<Consolidation, Refusal> {
    refuse_unfit(points, start)?;
    let distinct = DistinctPoints::of(points, weights)?;
    let (n, classes) = (distinct.len(), start.classes());
    if classes > n {
        return Err(Refusal::new(format!("{classes} classes of {n} distinct points")).remedy(format!("ask for {n} classes or fewer")));
    }
    let before = inertia(points, weights, start)?;
    // Equal rows that the start tells apart go to the first of their classes.
    let mut class_of = vec![u32::MAX; n];
    for (point, class) in distinct.point_of_row.iter().zip(start.class_of()) {
        let place = &mut class_of[*point as usize];
        *place = (*class).min(*place);
    }
    let (class_of, converged) = hartigan_wong::exchange(&distinct, &class_of, classes, passes);
    let partition = Partition::new(distinct.point_of_row.iter().map(|point| class_of[*point as usize]).collect())?;
    let after = inertia(points, weights, &partition)?;
    if after.within > before.within {
        return Ok(Consolidation { partition: start.clone(), before, after: before, converged });
    }
    Ok(Consolidation { partition, before, after, converged })
}

/// The inertia of a partition. Weights are divided by their sum; without them each row weighs 1/n. Cost: O(n d).
///
/// # Errors
/// A partition of other rows, or weights that do not fit.
///
/// ```
/// use optima::stats::{k_means::inertia, matrix::Matrix, partition::Partition};
/// let points = Matrix::from_rows(1, vec![0.0, 2.0, 10.0, 12.0]);
/// let found = inertia(&points, None, &Partition::new(vec![0, 0, 1, 1]).unwrap()).unwrap();
/// assert_eq!((found.total, found.within, found.between), (26.0, 1.0, 25.0));
/// ```
pub fn inertia(points: &Matrix, weights: Option<&[f64]>, partition: &Partition) -> Result<Inertia, Refusal> {
    let (of_class, centers) = class_centers(points, weights, partition)?;
    let weight = |row: usize| weights.map_or(1.0, |w| w[row]);
    let all: f64 = of_class.iter().sum();
    let mut center = vec![0.0; points.columns()];
    for (class, weight) in of_class.iter().enumerate() {
        center.iter_mut().zip(centers.row(class)).for_each(|(sum, x)| *sum += weight / all * x);
    }
    let between = of_class.iter().enumerate().map(|(class, weight)| weight / all * square(centers.row(class), &center)).sum();
    let (mut within, mut total) = (0.0, 0.0);
    for (row, class) in partition.class_of().iter().enumerate() {
        within += weight(row) / all * square(points.row(row), centers.row(*class as usize));
        total += weight(row) / all * square(points.row(row), &center);
    }
    Ok(Inertia { total, within, between })
}

/// The weight and the weighted mean of each class.
pub(in crate::stats) fn class_centers(
    points: &Matrix,
    weights: Option<&[f64]>,
    partition: &Partition,
) -> Result<(Vec<f64>, Matrix), Refusal> {
    refuse_unfit(points, partition)?;
    if weights.is_some_and(|w| w.len() != points.rows() || w.iter().any(|w| !(*w > 0.0 && w.is_finite()))) {
        return Err(Refusal::new("weights that are not one positive number a row").remedy("leave out the rows that count for nothing"));
    }
    let mut weight = vec![0.0; partition.classes()];
    let mut centers = Matrix::zeros(partition.classes(), points.columns());
    for (row, class) in partition.class_of().iter().enumerate() {
        let (class, w) = (*class as usize, weights.map_or(1.0, |w| w[row]));
        weight[class] += w;
        centers.row_mut(class).iter_mut().zip(points.row(row)).for_each(|(sum, x)| *sum += w * x);
    }
    for (class, weight) in weight.iter().enumerate() {
        centers.row_mut(class).iter_mut().for_each(|sum| *sum /= weight);
    }
    Ok((weight, centers))
}

fn refuse_unfit(points: &Matrix, partition: &Partition) -> Result<(), Refusal> {
    let (rows, classed) = (points.rows(), partition.class_of().len());
    if rows != classed {
        return Err(Refusal::new(format!("a partition of {classed} rows for {rows} points")).remedy("give the partition of these points"));
    }
    if points.as_slice().iter().any(|x| !x.is_finite()) {
        return Err(Refusal::new("a coordinate is not a number").remedy("leave the row out"));
    }
    Ok(())
}
