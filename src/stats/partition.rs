//! Partitions of persons or places into classes, and how far two of them agree.

use crate::stats::refusal::Refusal;

/// The class of each row; classes are numbered from 0 and none is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    class_of: Vec<u32>,
    sizes: Vec<u32>,
}

impl Partition {
    /// The partition with these classes, row by row.
    ///
    /// # Errors
    /// No row, or a class below the highest that nobody is in.
    ///
    /// ```
    /// use optima::stats::partition::Partition;
    /// assert_eq!(Partition::new(vec![0, 1, 0]).unwrap().sizes(), [2, 1]);
    /// assert_eq!(Partition::new(vec![0, 2, 0]).unwrap_err().to_string(), "class 1 is empty; number the classes without a gap");
    /// ```
    pub fn new(class_of: Vec<u32>) -> Result<Self, Refusal> {
        let Some(highest) = class_of.iter().max() else { return Err(Refusal::new("a partition of nobody")) };
        if *highest as usize >= class_of.len() {
            return Err(Refusal::new("more classes than rows").remedy("number the classes without a gap"));
        }
        let mut sizes = vec![0; *highest as usize + 1];
        for class in &class_of {
            sizes[*class as usize] += 1;
        }
        match sizes.iter().position(|size| *size == 0) {
            Some(empty) => Err(Refusal::new(format!("class {empty} is empty")).remedy("number the classes without a gap")),
            None => Ok(Self { class_of, sizes }),
        }
    }

    /// The class of each row.
    #[must_use]
    pub fn class_of(&self) -> &[u32] {
        &self.class_of
    }

    /// The number of classes.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.sizes.len()
    }

    /// Rows in each class.
    #[must_use]
    pub fn sizes(&self) -> &[u32] {
        &self.sizes
    }

    /// The same classes, the heaviest first; of equal weights the one met first. Without weights each row weighs 1.
    ///
    /// ```
    /// use optima::stats::partition::Partition;
    /// let met_first = Partition::new(vec![0, 1, 1, 2, 2]).unwrap();
    /// assert_eq!(met_first.by_weight(None).class_of(), [2, 0, 0, 1, 1]);
    /// assert_eq!(met_first.by_weight(Some(&[9.0, 1.0, 1.0, 2.0, 2.0])).class_of(), [0, 2, 2, 1, 1]);
    /// ```
    #[must_use]
    pub fn by_weight(&self, weights: Option<&[f64]>) -> Self {
        let mut weight = vec![0.0; self.classes()];
        let mut first = Vec::with_capacity(self.classes());
        for (row, class) in self.class_of.iter().enumerate() {
            if weight[*class as usize] == 0.0 {
                first.push(*class);
            }
            weight[*class as usize] += weights.map_or(1.0, |w| w[row]);
        }
        first.sort_by(|a, b| weight[*b as usize].total_cmp(&weight[*a as usize]));
        let mut number = vec![0; self.classes()];
        (0..).zip(&first).for_each(|(to, from)| number[*from as usize] = to);
        Self {
            class_of: self.class_of.iter().map(|class| number[*class as usize]).collect(),
            sizes: first.iter().map(|class| self.sizes[*class as usize]).collect(),
        }
    }

    /// Rows in each class of this partition and each of the other.
    fn crossed_with(&self, other: &Self) -> Vec<u32> {
        let mut together = vec![0; self.classes() * other.classes()];
        for (a, b) in self.class_of.iter().zip(&other.class_of) {
            together[*a as usize * other.classes() + *b as usize] += 1;
        }
        together
    }

    /// For each class of this partition, the greatest Jaccard similarity `|A ∩ B| / |A ∪ B|` with a class of the other, 0..=1.
    ///
    /// # Errors
    /// Partitions of different numbers of rows.
    ///
    /// ```
    /// use optima::stats::partition::Partition;
    /// let one = Partition::new(vec![0, 0, 0, 1, 1]).unwrap();
    /// let other = Partition::new(vec![1, 1, 0, 0, 0]).unwrap();
    /// assert_eq!(one.greatest_jaccard(&other).unwrap(), [2.0 / 3.0, 2.0 / 3.0]);
    /// ```
    pub fn greatest_jaccard(&self, other: &Self) -> Result<Vec<f64>, Refusal> {
        refuse_unequal(self, other)?;
        let together = self.crossed_with(other);
        let jaccard = |both: u32, a: u32, b: u32| f64::from(both) / (f64::from(a) + f64::from(b) - f64::from(both));
        let greatest = |(row, a): (&[u32], &u32)| row.iter().zip(&other.sizes).map(|(both, b)| jaccard(*both, *a, *b)).fold(0.0, f64::max);
        Ok(together.chunks_exact(other.classes()).zip(&self.sizes).map(greatest).collect())
    }
}

/// The adjusted Rand index of two partitions: 1 where they are the same but for numbers, about 0 where they agree by chance.
///
/// `(Σ C(n_ij, 2) − E) / ((Σ C(n_i, 2) + Σ C(n_j, 2)) / 2 − E)` with `E = Σ C(n_i, 2) Σ C(n_j, 2) / C(n, 2)`; 1 where both are one
/// class, or both all single rows. Source: Hubert & Arabie, Journal of Classification 2 (1985).
///
/// # Errors
/// Partitions of different numbers of rows.
///
/// ```
/// use optima::stats::partition::{Partition, adjusted_rand_index};
/// let of = |classes: &[u32]| Partition::new(classes.to_vec()).unwrap();
/// assert_eq!(adjusted_rand_index(&of(&[0, 0, 1, 1]), &of(&[1, 1, 0, 0])).unwrap(), 1.0);
/// assert!((adjusted_rand_index(&of(&[0, 0, 1, 2]), &of(&[0, 0, 1, 1])).unwrap() - 4.0 / 7.0).abs() < 1e-15);
/// ```
pub fn adjusted_rand_index(a: &Partition, b: &Partition) -> Result<f64, Refusal> {
    refuse_unequal(a, b)?;
    let pairs = |n: f64| n * (n - 1.0) / 2.0;
    let sum = |counts: &[u32]| counts.iter().map(|n| pairs(f64::from(*n))).sum::<f64>();
    let (together, of_a, of_b) = (sum(&a.crossed_with(b)), sum(&a.sizes), sum(&b.sizes));
    let all = pairs(a.sizes.iter().map(|n| f64::from(*n)).sum());
    let expected = if all > 0.0 { of_a * of_b / all } else { 0.0 };
    let (range, above) = (f64::midpoint(of_a, of_b) - expected, together - expected);
    Ok(if range == 0.0 { 1.0 } else { above / range })
}

fn refuse_unequal(a: &Partition, b: &Partition) -> Result<(), Refusal> {
    let (a, b) = (a.class_of.len(), b.class_of.len());
    if a == b {
        Ok(())
    } else {
        Err(Refusal::new(format!("partitions of {a} and of {b} rows")).remedy("compare partitions of the same rows"))
    }
}
