//! Cutting the hierarchy into classes.

use super::Hierarchy;
use crate::stats::partition::Partition;
use crate::stats::refusal::Refusal;

impl Hierarchy {
    /// The partition into `classes` classes, of the rows: the last `classes − 1` merges are undone.
    ///
    /// Class 0 is the heaviest, and so on; of equal weights the class with the lexicographically first point comes first.
    ///
    /// # Errors
    /// No class, or more classes than distinct points.
    ///
    /// ```
    /// use optima::stats::{matrix::Matrix, ward::ward};
    /// let hierarchy = ward(&Matrix::from_rows(1, vec![9.0, 0.0, 1.0, 9.0]), None, &mut |_, _| true).unwrap();
    /// assert_eq!(hierarchy.cut(3).unwrap().class_of(), [0, 1, 2, 0]);
    /// assert_eq!(hierarchy.cut(4).unwrap_err().to_string(), "4 classes of 3 distinct points; ask for 3 classes or fewer");
    /// ```
    pub fn cut(&self, classes: usize) -> Result<Partition, Refusal> {
        let of_points = self.cut_points(classes)?;
        let class_of = self.point_of_row.iter().map(|point| of_points[*point as usize]).collect();
        Partition::new(class_of)
    }

    /// The class of each distinct point, numbered as in [`Self::cut`].
    fn cut_points(&self, classes: usize) -> Result<Vec<u32>, Refusal> {
        let n = self.points();
        if classes == 0 {
            return Err(Refusal::new("no class was asked for").remedy("ask for one class or more"));
        }
        if classes > n {
            return Err(Refusal::new(format!("{classes} classes of {n} distinct points")).remedy(format!("ask for {n} classes or fewer")));
        }
        let kept = &self.merges[..n - classes];
        // From the last merge kept down: who has no class yet is one.
        let mut top: Vec<u32> = (0..).take(n + kept.len()).collect();
        for (at, merge) in kept.iter().enumerate().rev() {
            let class = top[n + at];
            top[merge.elder as usize] = class;
            top[merge.younger as usize] = class;
        }
        let weight = |cluster: u32| {
            let cluster = cluster as usize;
            cluster.checked_sub(n).map_or_else(|| self.point_weights[cluster], |merge| self.merges[merge].weight)
        };
        let mut number = vec![u32::MAX; top.len()];
        let mut found = Vec::with_capacity(classes);
        for cluster in &top[..n] {
            if number[*cluster as usize] == u32::MAX {
                number[*cluster as usize] = 0;
                found.push(*cluster);
            }
        }
        // A stable sort: in the order of their first points where weights are equal.
        found.sort_by(|a, b| weight(*b).total_cmp(&weight(*a)));
        for (class, cluster) in (0..).zip(found) {
            number[cluster as usize] = class;
        }
        Ok(top[..n].iter().map(|cluster| number[*cluster as usize]).collect())
    }

    /// The inertia within classes once cut into `classes`: the sum of the levels that are kept. The rest of the total is between.
    ///
    /// ```
    /// use optima::stats::{matrix::Matrix, ward::ward};
    /// let hierarchy = ward(&Matrix::from_rows(1, vec![0.0, 1.0, 10.0, 12.0]), None, &mut |_, _| true).unwrap();
    /// assert_eq!((hierarchy.within(1), hierarchy.within(2), hierarchy.within(4)), (28.1875, 0.625, 0.0));
    /// ```
    #[must_use]
    pub fn within(&self, classes: usize) -> f64 {
        let kept = self.points().saturating_sub(classes.max(1));
        self.merges[..kept].iter().map(|merge| merge.level).sum()
    }

    /// The number of classes with the largest relative loss of inertia, as `FactoMineR`'s `HCPC(nb.clust = -1)` chooses it.
    ///
    /// With `W(k)` the inertia within `k` classes: the `k` in `least..=most` with the lowest `W(k) / W(k − 1)`, the first of equals.
    /// `HCPC` takes 3 to 10, and at most half of the rows; so does `None`. At most one fewer than there are distinct points.
    ///
    /// # Errors
    /// Fewer than three distinct points, or a range with no possible number.
    ///
    /// ```
    /// use optima::stats::{matrix::Matrix, ward::ward};
    /// let hierarchy = ward(&Matrix::from_rows(1, vec![0.0, 1.0, 50.0, 52.0, 90.0, 93.0]), None, &mut |_, _| true).unwrap();
    /// assert_eq!(hierarchy.classes_by_relative_loss(None).unwrap(), 3);
    /// assert_eq!(hierarchy.classes_by_relative_loss(Some((2, 5))).unwrap(), 3);
    /// ```
    pub fn classes_by_relative_loss(&self, range: Option<(usize, usize)>) -> Result<usize, Refusal> {
        let rows = self.point_of_row.len();
        // R rounds halves to the even number: round(2.5) is 2.
        let (least, most) = range.unwrap_or((3, 10.min(rows / 2 + usize::from(rows % 4 == 3))));
        let (least, most) = (least.max(2), most.min(self.points().saturating_sub(1)));
        let loss = |classes: usize| self.within(classes) / self.within(classes - 1);
        let mut best = None;
        for (classes, loss) in (least..=most).map(|classes| (classes, loss(classes))) {
            if best.is_none_or(|(_, lowest)| loss < lowest) {
                best = Some((classes, loss));
            }
        }
        let none = || {
            let reason = format!("no number of classes between {least} and {most} for {} distinct points", self.points());
            Refusal::new(reason).remedy("ask for a number of classes")
        };
        best.map(|(classes, _)| classes).ok_or_else(none)
    }
}
