//! Agglomerative clustering by Ward's criterion, the second-order moment: which persons, or places, go together.

use crate::stats::distinct_points::DistinctPoints;
use crate::stats::matrix::Matrix;
use crate::stats::refusal::Refusal;

mod cophenetic;
mod cut;
mod greedy;
mod living;
mod order;

/// Called now and then with work done and work in all; `false` stops.
pub type Progress<'a> = &'a mut dyn FnMut(usize, usize) -> bool;

/// One merge of two clusters: a node of the hierarchy.
///
/// Clusters are numbered: the distinct points first, in lexicographic order of their coordinates, then the merges as made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Merge {
    /// The cluster formed first of the two.
    pub elder: u32,
    /// The cluster formed last.
    pub younger: u32,
    /// The inertia between that is lost: `w_a w_b / (w_a + w_b) |c_a − c_b|²`, with weights that sum to 1.
    pub level: f64,
    /// Weight; all rows together weigh 1.
    pub weight: f64,
    /// Rows.
    pub size: u32,
}

/// A whole hierarchy: what was merged, from single points to all of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Hierarchy {
    merges: Vec<Merge>,
    point_of_row: Vec<u32>,
    point_weights: Vec<f64>,
    point_sizes: Vec<u32>,
    total_inertia: f64,
    total_weight: f64,
}

/// Clusters the rows of `points` by Ward's criterion on Euclidean distances, exactly; `weights` are the rows' (1 each where absent).
///
/// At each step the pair with the lowest level `w_a w_b / (w_a + w_b) |c_a − c_b|²` is merged: the sum of all levels is the
/// total inertia. Equal rows are one point from the start. Ties: of pairs at the very same level the one whose younger
/// cluster was formed first, then the one whose elder was. Since points are numbered in lexicographic order, the order of the
/// rows changes nothing; `k` equal rows are one row with `k` times the weight.
///
/// Levels are inertia, as in `FactoMineR`'s `HCPC`. R's `hclust(dist(x), "ward.D2")` gives heights: [`Hierarchy::height`].
///
/// Cost: some four searches a point in a tree of the living clusters, of O(log n) each where the axes are few (measured: a
/// million points on 5 axes in half a minute of CPU and 300 MB), of O(n) where they are many; memory linear in `n`. The first
/// quarter uses all threads. Numbers are the same for any number of threads.
///
/// # Errors
/// No point or one; a coordinate that is not finite or beyond 1e150; weights that are not all positive; stopped by `progress`.
///
/// Source: Ward, Hierarchical grouping to optimize an objective function, JASA 58 (1963); Müllner, Modern hierarchical,
/// agglomerative clustering algorithms (2011), for the algorithm; Murtagh & Legendre, J. Classification 31 (2014), for the two scales.
///
/// ```
/// use optima::stats::{matrix::Matrix, ward::ward};
/// let towns = Matrix::from_rows(1, vec![0.0, 10.0, 1.0, 12.0]);
/// let hierarchy = ward(&towns, None, &mut |_, _| true).unwrap();
/// let levels: Vec<f64> = hierarchy.merges().iter().map(|merge| merge.level).collect();
/// assert_eq!(levels, [0.125, 0.5, 27.5625]);
/// assert_eq!(hierarchy.cut(2).unwrap().class_of(), [0, 1, 0, 1]);
/// ```
pub fn ward(points: &Matrix, weights: Option<&[f64]>, progress: Progress<'_>) -> Result<Hierarchy, Refusal> {
    let distinct = DistinctPoints::of(points, weights)?;
    let merges = greedy::merges(&distinct, progress)?;
    Ok(Hierarchy {
        merges,
        total_inertia: distinct.inertia(),
        point_of_row: distinct.point_of_row,
        point_weights: distinct.weights,
        point_sizes: distinct.sizes,
        total_weight: distinct.total_weight,
    })
}

impl Hierarchy {
    /// The merges, levels never falling; one fewer than there are distinct points.
    #[must_use]
    pub fn merges(&self) -> &[Merge] {
        &self.merges
    }

    /// The number of distinct points: clusters below it are points, cluster `points() + i` is `merges()[i]`.
    #[must_use]
    pub fn points(&self) -> usize {
        self.point_weights.len()
    }

    /// The distinct point of each row.
    #[must_use]
    pub fn point_of_row(&self) -> &[u32] {
        &self.point_of_row
    }

    /// Weight of each distinct point; they sum to 1.
    #[must_use]
    pub fn point_weights(&self) -> &[f64] {
        &self.point_weights
    }

    /// Rows at each distinct point.
    #[must_use]
    pub fn point_sizes(&self) -> &[u32] {
        &self.point_sizes
    }

    /// `Σ w |x − g|²`, with weights that sum to 1.
    #[must_use]
    pub fn total_inertia(&self) -> f64 {
        self.total_inertia
    }

    /// The share of the total inertia that a merge loses, 0..=1; 0 where all points are one.
    #[must_use]
    pub fn share(&self, merge: &Merge) -> f64 {
        if self.total_inertia > 0.0 { merge.level / self.total_inertia } else { 0.0 }
    }

    /// The height that R's `hclust(…, "ward.D2")` gives the merge: half its square is the increase of the sum of squares within.
    ///
    /// `√(2 W level)`, with `W` the sum of the weights as given; the coordinates' unit. Merges of equal rows, at height 0, are not listed here.
    #[must_use]
    pub fn height(&self, merge: &Merge) -> f64 {
        (2.0 * self.total_weight * merge.level).sqrt()
    }
}
