//! Where values are cut into classes, as the methods define it: inner breaks, ascending, some of which may sit on a value.
//!
//! A map moves them off the values (`publish::classify`). Classes are `low ≤ value < high`, the last one closed.

mod fisher_jenks;

pub use fisher_jenks::fisher_jenks_breaks;

use super::refusal::Refusal;

/// The probabilities of the inner breaks of Q6, in twentieths: tails of 5 % apart from quarters (mapsf's "Q6").
const Q6_TWENTIETHS: [usize; 5] = [1, 5, 10, 15, 19];

/// The number of classes of [`q6_breaks`].
pub const Q6_CLASSES: usize = 6;

/// Finite values in ascending order, at least one.
///
/// ```
/// use optima::stats::breaks::SortedValues;
/// let values = SortedValues::new([8.0, 4.2, 8.0]).unwrap();
/// assert_eq!((values.as_slice(), values.distinct()), (&[4.2, 8.0, 8.0][..], 2));
/// assert!(SortedValues::new([f64::NAN]).is_err());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SortedValues {
    sorted: Vec<f64>,
    distinct: usize,
}

impl SortedValues {
    /// Sorts the values. Cost: O(n log n).
    ///
    /// # Errors
    /// A refusal where there is no value, or one that is not finite (or above 1e150).
    pub fn new(values: impl IntoIterator<Item = f64>) -> Result<Self, Refusal> {
        // -0.0 is 0.0: the two are one value.
        let mut sorted: Vec<f64> = values.into_iter().map(|v| v + 0.0).collect();
        if sorted.is_empty() {
            return Err(Refusal::new("there is no value to class"));
        }
        // Larger ones are no measure of anything, and their squares are infinite.
        if sorted.iter().any(|v| v.is_nan() || v.abs() > 1e150) {
            return Err(Refusal::new("a value is missing or infinite").remedy("leave out what has no value"));
        }
        sorted.sort_by(f64::total_cmp);
        let distinct = sorted.chunk_by(|a, b| a == b).count();
        Ok(Self { sorted, distinct })
    }

    /// The values, ascending.
    #[must_use]
    pub fn as_slice(&self) -> &[f64] {
        &self.sorted
    }

    /// How many differ: there can be no more classes.
    #[must_use]
    pub fn distinct(&self) -> usize {
        self.distinct
    }

    /// The lowest and the highest.
    #[must_use]
    pub fn range(&self) -> (f64, f64) {
        (self.sorted[0], self.sorted[self.sorted.len() - 1])
    }

    /// The quantile of type 7 (R's default) at `part / whole`: `h = (n − 1) part / whole`, linear between the neighbors; exact in whole numbers.
    fn quantile(&self, part: usize, whole: usize) -> f64 {
        let last = self.sorted.len() - 1;
        let (at, rest) = (last * part / whole, last * part % whole);
        let low = self.sorted[at];
        low + (self.sorted[(at + 1).min(last)] - low) * real(rest) / real(whole)
    }

    /// That so many classes can be made.
    fn allow(&self, classes: usize) -> Result<(), Refusal> {
        match classes {
            0 => Err(Refusal::new("no class is asked for").remedy("ask for one class or more")),
            k if k > self.distinct => Err(Refusal::new(format!("{k} classes of {} different values", self.distinct))
                .remedy(format!("ask for at most {} classes", self.distinct))),
            _ => Ok(()),
        }
    }
}

/// Breaks at the quantiles i/k of type 7 (R's default). Source: Hyndman & Fan, The American Statistician 50 (1996).
///
/// # Errors
/// A refusal of no class, or of more classes than different values.
///
/// ```
/// use optima::stats::breaks::{SortedValues, quantile_breaks};
/// let values = SortedValues::new([1.0, 2.0, 3.0, 4.0]).unwrap();
/// assert_eq!(quantile_breaks(&values, 2).unwrap(), [2.5]);
/// assert_eq!(quantile_breaks(&values, 5).unwrap_err().to_string(), "5 classes of 4 different values; ask for at most 4 classes");
/// ```
pub fn quantile_breaks(values: &SortedValues, classes: usize) -> Result<Vec<f64>, Refusal> {
    values.allow(classes)?;
    Ok((1..classes).map(|i| values.quantile(i, classes)).collect())
}

/// The five inner breaks of Q6, the quantiles .05, .25, .5, .75, .95: the tails stand apart. As in the R package mapsf.
///
/// # Errors
/// A refusal of fewer than six different values.
///
/// ```
/// use optima::stats::breaks::{SortedValues, q6_breaks};
/// let values = SortedValues::new((0..=100).map(f64::from)).unwrap();
/// assert_eq!(q6_breaks(&values).unwrap(), [5.0, 25.0, 50.0, 75.0, 95.0]);
/// ```
pub fn q6_breaks(values: &SortedValues) -> Result<Vec<f64>, Refusal> {
    values.allow(Q6_CLASSES)?;
    Ok(Q6_TWENTIETHS.iter().map(|twentieths| values.quantile(*twentieths, 20)).collect())
}

/// Breaks at equal widths between the lowest and the highest value.
///
/// # Errors
/// A refusal of no class, or of more classes than different values.
///
/// ```
/// use optima::stats::breaks::{SortedValues, equal_breaks};
/// assert_eq!(equal_breaks(&SortedValues::new([0.0, 1.0, 9.0]).unwrap(), 3).unwrap(), [3.0, 6.0]);
/// ```
pub fn equal_breaks(values: &SortedValues, classes: usize) -> Result<Vec<f64>, Refusal> {
    values.allow(classes)?;
    let (low, high) = values.range();
    Ok((1..classes).map(|i| low + (high - low) * real(i) / real(classes)).collect())
}

/// Head/tail breaks: the mean of all, then the mean of those from it upwards, until one value is left or there are `most` classes.
///
/// For values of which many are small and few are large; the number of classes comes from the values. A value equal to a mean belongs to the
/// head, as classes are closed on the left. Source: Jiang, Head/tail breaks, The Professional Geographer 65 (2013); without his stop at
/// heads of 40 %.
///
/// # Errors
/// A refusal where no class is asked for.
///
/// ```
/// use optima::stats::breaks::{SortedValues, head_tail_breaks};
/// let values = SortedValues::new([1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 6.0, 18.0]).unwrap();
/// assert_eq!(head_tail_breaks(&values, 9).unwrap(), [4.0, 12.0]);
/// assert_eq!(head_tail_breaks(&values, 2).unwrap(), [4.0]);
/// ```
pub fn head_tail_breaks(values: &SortedValues, most: usize) -> Result<Vec<f64>, Refusal> {
    if most == 0 {
        return Err(Refusal::new("no class is asked for").remedy("ask for one class or more"));
    }
    let mut breaks = Vec::new();
    let mut head = values.as_slice();
    while breaks.len() + 1 < most && head[0] < head[head.len() - 1] {
        // Around the lowest, so that rounding cannot bring the mean of a head down to it.
        let low = head[0];
        let mean = low + head.iter().map(|v| v - low).sum::<f64>() / real(head.len());
        let tail = head.partition_point(|v| *v < mean);
        if tail == 0 || tail == head.len() {
            break;
        }
        breaks.push(mean);
        head = &head[tail..];
    }
    Ok(breaks)
}

/// How much of the spread lies between classes: `1 − Σ squares within classes / Σ squares`, 1 where classes are of one value each.
///
/// Classes are `low ≤ value < high`. `None` where all values are equal: there is nothing to explain. Cost: O(n + k log n).
/// Source: Robinson et al., Elements of Cartography; `classInt`'s goodness of variance fit.
///
/// ```
/// use optima::stats::breaks::{SortedValues, fisher_jenks_breaks, goodness_of_variance_fit};
/// let values = SortedValues::new([4.2, 5.1, 5.3, 7.7, 8.0, 8.1, 12.4, 13.0, 19.9, 20.2, 31.0, 33.3]).unwrap();
/// let breaks = fisher_jenks_breaks(&values, 4).unwrap();
/// assert!((goodness_of_variance_fit(&values, &breaks).unwrap() - 0.98386).abs() < 5e-6);
/// ```
#[must_use]
pub fn goodness_of_variance_fit(values: &SortedValues, breaks: &[f64]) -> Option<f64> {
    let sorted = values.as_slice();
    let mut from = 0;
    let mut within = 0.0;
    for to in breaks.iter().map(|b| sorted.partition_point(|v| v < b)).chain([sorted.len()]) {
        within += squares(&sorted[from..to.max(from)]);
        from = to.max(from);
    }
    let total = squares(sorted);
    (values.distinct() > 1 && total > 0.0).then(|| 1.0 - within / total)
}

/// The sum of squared distances to the mean; 0 of nothing.
fn squares(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / real(values.len().max(1));
    values.iter().map(|v| (v - mean).powi(2)).sum()
}

/// A count as a number; exact below 2^53.
#[expect(clippy::cast_precision_loss, reason = "numbers of values and classes")]
fn real(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests;
