//! The order in which a dendrogram shows the points.

use super::Hierarchy;

impl Hierarchy {
    /// The distinct points from left to right, so that no branches cross: the elder of two clusters lies left.
    ///
    /// ```
    /// use optima::stats::{matrix::Matrix, ward::ward};
    /// let hierarchy = ward(&Matrix::from_rows(1, vec![0.0, 5.0, 6.0, 20.0]), None, &mut |_, _| true).unwrap();
    /// assert_eq!(hierarchy.leaf_order(), [3, 0, 1, 2]);
    /// ```
    #[must_use]
    pub fn leaf_order(&self) -> Vec<u32> {
        let n = self.points();
        let mut order = Vec::with_capacity(n);
        let mut pending: Vec<u32> = (0..).take(2 * n).skip(2 * n - 2).take(1).collect();
        while let Some(cluster) = pending.pop() {
            match (cluster as usize).checked_sub(n) {
                None => order.push(cluster),
                Some(merge) => pending.extend([self.merges[merge].younger, self.merges[merge].elder]),
            }
        }
        order
    }
}
