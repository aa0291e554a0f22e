//! How far the hierarchy tells the distances.

use super::Hierarchy;
use crate::stats::distinct_points::square;
use crate::stats::matrix::Matrix;

impl Hierarchy {
    /// The correlation of the distances between rows with the heights at which they meet; absent where either does not vary.
    ///
    /// Pearson's, over all pairs of rows, unweighted, with [`Self::height`] and 0 for equal rows; R: `cor(dist(x), cophenetic(hc))`.
    /// `points` are those of the hierarchy. Cost: O(n² d) time, O(n) memory: for some thousands of rows.
    ///
    /// ```
    /// use optima::stats::{matrix::Matrix, ward::ward};
    /// let points = Matrix::from_rows(1, vec![0.0, 1.0, 10.0, 12.0]);
    /// let hierarchy = ward(&points, None, &mut |_, _| true).unwrap();
    /// assert!((hierarchy.cophenetic_correlation(&points).unwrap() - 0.977_487).abs() < 1e-6);
    /// ```
    #[must_use]
    pub fn cophenetic_correlation(&self, points: &Matrix) -> Option<f64> {
        let n = self.points();
        let mut rows_of: Vec<Vec<usize>> = vec![Vec::new(); n];
        for (row, point) in self.point_of_row.iter().enumerate() {
            rows_of[*point as usize].push(row);
        }
        let mut sums = [0.0; 6];
        let mut meet = |a: usize, b: usize, height: f64| {
            let distance = square(points.row(a), points.row(b)).sqrt();
            let added = [1.0, distance, height, distance * distance, height * height, distance * height];
            sums.iter_mut().zip(added).for_each(|(sum, more)| *sum += more);
        };
        for rows in &rows_of {
            for (at, a) in rows.iter().enumerate() {
                for b in &rows[..at] {
                    meet(*a, *b, 0.0);
                }
            }
        }
        for merge in &self.merges {
            let height = self.height(merge);
            let mut elder = std::mem::take(&mut rows_of[merge.elder as usize]);
            let younger = std::mem::take(&mut rows_of[merge.younger as usize]);
            for a in &elder {
                for b in &younger {
                    meet(*a, *b, height);
                }
            }
            elder.extend(younger);
            rows_of.push(elder);
        }
        let [pairs, x, y, xx, yy, xy] = sums;
        let (vx, vy) = (xx - x * x / pairs, yy - y * y / pairs);
        (vx > 0.0 && vy > 0.0).then(|| (xy - x * y / pairs) / (vx * vy).sqrt())
    }
}
