//! Where classes lie among the factor axes, and who stands for them.

use crate::stats::distinct_points::square;
use crate::stats::k_means::class_centers;
use crate::stats::matrix::Matrix;
use crate::stats::partition::Partition;
use crate::stats::refusal::Refusal;

/// A row that lies near the center of its class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paragon {
    /// The row.
    pub row: usize,
    /// Its distance from the center.
    pub distance: f64,
}

/// The place of one class. Paragons are persons: they never leave the private output.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassPlace {
    /// The class.
    pub class: usize,
    /// Its share of all weight, 0..=1.
    pub share: f64,
    /// Its center: the weighted mean on each axis.
    pub center: Vec<f64>,
    /// Its part of the inertia of each axis, 0..=1: `m (g − ḡ)² / λ`. Over all classes they sum to η² of the axis; 0 where the axis does not vary.
    pub contributions: Vec<f64>,
    /// The rows nearest to the center, the nearest first; of equal distances the lowest row.
    pub paragons: Vec<Paragon>,
}

/// The centers of classes, their parts in the axes, and `paragons` rows of each. Cost: O(n d).
///
/// # Errors
/// Points and partition of different rows, coordinates that are no numbers, weights that are not positive.
///
/// ```
/// use optima::stats::{class_profile::class_places, matrix::Matrix, partition::Partition};
/// let points = Matrix::from_rows(1, vec![-3.0, -1.0, -2.0, 6.0]);
/// let places = class_places(&points, None, &Partition::new(vec![0, 0, 0, 1]).unwrap(), 1).unwrap();
/// assert_eq!((places[0].center[0], places[0].paragons[0].row, places[1].paragons[0].row), (-2.0, 2, 3));
/// assert!((places[0].contributions[0] + places[1].contributions[0] - 48.0 / 50.0).abs() < 1e-12);
/// ```
pub fn class_places(points: &Matrix, weights: Option<&[f64]>, partition: &Partition, paragons: usize) -> Result<Vec<ClassPlace>, Refusal> {
    let (in_class, centers) = class_centers(points, weights, partition)?;
    let (all, axes) = (in_class.iter().sum::<f64>(), points.columns());
    let mut middle = vec![0.0; axes];
    for (class, weight) in in_class.iter().enumerate() {
        middle.iter_mut().zip(centers.row(class)).for_each(|(sum, x)| *sum += weight / all * x);
    }
    let mut inertia = vec![0.0; axes];
    let mut nearest: Vec<Vec<Paragon>> = vec![Vec::new(); in_class.len()];
    for (row, class) in partition.class_of().iter().enumerate() {
        let weight = weights.map_or(1.0, |w| w[row]) / all;
        for ((sum, x), middle) in inertia.iter_mut().zip(points.row(row)).zip(&middle) {
            *sum += weight * (x - middle) * (x - middle);
        }
        let distance = square(points.row(row), centers.row(*class as usize)).sqrt();
        let known = &mut nearest[*class as usize];
        let at = known.partition_point(|other| other.distance <= distance);
        if at < paragons {
            known.truncate(paragons - 1);
            known.insert(at, Paragon { row, distance });
        }
    }
    let place = |(class, paragons): (usize, Vec<Paragon>)| {
        let (share, center) = (in_class[class] / all, centers.row(class).to_vec());
        let part = |((g, middle), inertia): ((&f64, &f64), &f64)| {
            if *inertia > 0.0 { share * (g - middle) * (g - middle) / inertia } else { 0.0 }
        };
        let contributions = center.iter().zip(&middle).zip(&inertia).map(part).collect();
        ClassPlace { class, share, center, contributions, paragons }
    };
    Ok(nearest.into_iter().enumerate().map(place).collect())
}
