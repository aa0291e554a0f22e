//! Classes of a map: where the values of all periods are cut, so that maps of different quarters compare.
//!
//! Classes are made of shown values only, in the unit and with the digits that readers see. A class is `[low, high[`,
//! the last one closed. No break sits on a value: it lies strictly between two neighbors, so it is nobody's figure.

use crate::catalog::{Classification, StyleSpec};
use crate::measure::Unit;
use crate::stats::breaks::{SortedValues, equal_breaks, fisher_jenks_breaks, head_tail_breaks, q6_breaks, quantile_breaks};

/// Digits after the decimal point that are published, for each unit: percent 4, months and index 3.
fn published_decimals(unit: Unit) -> u32 {
    match unit {
        Unit::Share => 4,
        Unit::Months | Unit::Index | Unit::Points => 3,
        Unit::Rank => 1,
        Unit::Group => 0,
    }
}

/// Rounds half away from zero to this many digits after the point.
#[must_use]
pub fn round_to(value: f64, decimals: u32) -> f64 {
    let scale = 10_f64.powi(i32::try_from(decimals).unwrap_or(0));
    let rounded = (value * scale).round() / scale;
    // -0.0 would be written "-0".
    if rounded == 0.0 { 0.0 } else { rounded }
}

/// A value as published: a share in percent with 4 decimals, months and index with 3.
///
/// ```
/// use optima::{measure::Unit, publish::classify::reader_value};
/// assert_eq!(reader_value(Unit::Share, 1.0 / 3.0), 33.3333);
/// assert_eq!(reader_value(Unit::Months, 27.000_04), 27.0);
/// ```
#[must_use]
pub fn reader_value(unit: Unit, value: f64) -> f64 {
    let factor = if unit == Unit::Share { 100.0 } else { 1.0 };
    round_to(value * factor, published_decimals(unit))
}

/// The classes of a map.
#[derive(Debug, Clone, PartialEq)]
pub struct Classes {
    breaks: Vec<f64>,
    lowest: f64,
    highest: f64,
}

impl Classes {
    /// Cuts these values as the style asks; zeros are left out (they are a class of their own) and so is what is not finite.
    /// `None` where no value is left.
    ///
    /// There are never more classes than distinct values, except with manual breaks, which mean the same in every release: where the pure
    /// methods refuse, the map takes fewer classes, and its legend names those it has. Cost: O(k n log n) for Fisher–Jenks, O(n log n) for
    /// the others.
    #[must_use]
    pub fn over(values: impl IntoIterator<Item = f64>, style: &StyleSpec) -> Option<Self> {
        let values = SortedValues::new(values.into_iter().filter(|v| v.is_finite() && *v != 0.0)).ok()?;
        let (lowest, highest) = values.range();
        let wanted = style.palette.len().clamp(1, values.distinct());
        let cuts = match style.classification {
            Classification::Manual => return Some(Self { breaks: style.breaks.clone(), lowest, highest }),
            // Numbers of groups: a break halfway between two.
            Classification::Categories => return Some(Self::categories(style.palette.len())),
            Classification::Quantile => quantile_breaks(&values, wanted),
            // Too few values for two tails and four quarters: as many quantiles as there are values.
            Classification::Q6 => q6_breaks(&values).or_else(|_| quantile_breaks(&values, wanted)),
            Classification::FisherJenks => fisher_jenks_breaks(&values, wanted),
            Classification::HeadTail => head_tail_breaks(&values, wanted),
            Classification::Equal => equal_breaks(&values, wanted),
        };
        let mut distinct = values.as_slice().to_vec();
        distinct.dedup();
        let cuts = cuts.unwrap_or_default().into_iter();
        let mut breaks: Vec<(usize, f64)> = cuts.filter_map(|cut| between_neighbors(cut, &distinct)).collect();
        // Two cuts between the same neighbors part the values once.
        breaks.dedup_by_key(|(gap, _)| *gap);
        Some(Self { breaks: breaks.into_iter().map(|(_, cut)| cut).collect(), lowest, highest })
    }

    /// One class for each of the numbers 1 to `count`.
    #[must_use]
    pub fn categories(count: usize) -> Self {
        Self { breaks: (1..count).map(|i| real(i) + 0.5).collect(), lowest: 1.0, highest: real(count.max(1)) }
    }

    /// The number of classes, at least 1.
    #[must_use]
    pub fn count(&self) -> usize {
        self.breaks.len() + 1
    }

    /// The inner breaks, ascending.
    #[must_use]
    pub fn breaks(&self) -> &[f64] {
        &self.breaks
    }

    /// The limits of the class at this position: `low <= value < high`, `None` at the open ends.
    #[must_use]
    pub fn limits(&self, class: usize) -> (Option<f64>, Option<f64>) {
        (class.checked_sub(1).and_then(|i| self.breaks.get(i)).copied(), self.breaks.get(class).copied())
    }

    /// The lowest and the highest value, zeros apart.
    #[must_use]
    pub fn range(&self) -> (f64, f64) {
        (self.lowest, self.highest)
    }

    /// The class of a value other than zero: the number of breaks at or below it.
    #[must_use]
    pub fn class_of(&self, value: f64) -> usize {
        self.breaks.partition_point(|b| *b <= value)
    }

    /// Digits after the point that tell all breaks exactly.
    #[must_use]
    pub fn decimals(&self) -> u32 {
        self.breaks.iter().map(|b| (0..6).find(|d| (round_to(*b, *d) - b).abs() < 1e-9).unwrap_or(6)).max().unwrap_or(0)
    }
}

/// The shortest decimal that parts the values as `cut` does and lies strictly between its neighbors, after the position of the
/// upper one; `None` if it parts nothing.
fn between_neighbors(cut: f64, distinct: &[f64]) -> Option<(usize, f64)> {
    let at = distinct.partition_point(|v| *v < cut);
    let (below, above) = (*distinct.get(at.checked_sub(1)?)?, *distinct.get(at)?);
    let target = if cut < above { cut } else { below.midpoint(above) };
    let short = (0..=6).map(|d| round_to(target, d)).find(|short| below < *short && *short < above);
    Some((at, short.unwrap_or(target)))
}

/// A count as a number; exact below 2^53.
#[expect(clippy::cast_precision_loss, reason = "numbers of values and classes")]
fn real(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Drawing;
    use proptest::prelude::*;

    /// The methods that cut by the values.
    const CUT: [Classification; 5] =
        [Classification::Quantile, Classification::Q6, Classification::FisherJenks, Classification::HeadTail, Classification::Equal];

    fn style(classification: Classification, classes: usize) -> StyleSpec {
        StyleSpec {
            id: "test".to_owned(),
            drawing: Drawing::Choropleth,
            classification,
            palette: vec!["#000000".to_owned(); classes],
            breaks: Vec::new(),
        }
    }

    proptest! {
        #[test]
        fn every_value_has_a_class_and_no_break_sits_on_one(
            values in prop::collection::vec(0_u32..400, 1..60), classes in 1_usize..7, method in prop::sample::select(CUT.to_vec())
        ) {
            let values: Vec<f64> = values.into_iter().map(|v| f64::from(v) / 8.0).collect();
            let classes = if method == Classification::Q6 { 6 } else { classes };
            let mut distinct: Vec<f64> = values.iter().copied().filter(|v| *v != 0.0).collect();
            distinct.sort_by(f64::total_cmp);
            distinct.dedup();
            let Some(cut) = Classes::over(values.clone(), &style(method, classes)) else {
                prop_assert!(distinct.is_empty());
                return Ok(());
            };
            prop_assert!(cut.count() <= classes.min(distinct.len()));
            prop_assert!(cut.breaks().windows(2).all(|w| w[0] < w[1]));
            prop_assert!(distinct.iter().all(|value| !cut.breaks().contains(value)));
            for value in &distinct {
                let class = cut.class_of(*value);
                let (low, high) = cut.limits(class);
                prop_assert!(low.is_none_or(|low| low < *value) && high.is_none_or(|high| *value < high));
                prop_assert!(low.is_some() || class == 0);
                prop_assert!(high.is_some() || class + 1 == cut.count());
            }
        }
    }

    #[test]
    fn two_quantiles_in_one_gap_make_one_break() {
        let values = [333.0, 122.0, 122.0, 333.0, 18.0, 1.0, 334.0];
        let cut = Classes::over(values, &style(Classification::Quantile, 5)).unwrap();
        assert!(cut.breaks().windows(2).all(|w| w[0] < w[1]), "{:?}", cut.breaks());
    }

    #[test]
    fn two_values_make_two_classes_however_many_colors_there_are() {
        for method in CUT {
            let classes = Classes::over([7.0, 3.0, 0.0], &style(method, 6)).unwrap();
            assert_eq!((classes.count(), classes.class_of(3.0), classes.class_of(7.0)), (2, 0, 1), "{method:?}");
        }
    }

    #[test]
    fn head_tail_makes_the_classes_the_values_have() {
        let few_large = [1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 6.0, 18.0];
        assert_eq!(Classes::over(few_large, &style(Classification::HeadTail, 5)).unwrap().breaks(), [4.0, 12.0]);
        assert_eq!(Classes::over(few_large, &style(Classification::HeadTail, 2)).unwrap().breaks(), [4.0]);
        // The mean, 2, is a value: the break goes below it, into the gap.
        assert_eq!(Classes::over([1.0, 2.0, 3.0], &style(Classification::HeadTail, 2)).unwrap().breaks(), [1.5]);
    }

    #[test]
    fn q6_sets_the_tails_apart() {
        let values = (1..=41).map(f64::from);
        assert_eq!(Classes::over(values, &style(Classification::Q6, 6)).unwrap().breaks(), [2.5, 10.5, 20.5, 30.5, 38.5]);
    }

    #[test]
    fn a_break_is_the_shortest_number_that_parts_the_same_values() {
        assert_eq!(between_neighbors(10.25, &[8.1, 12.4]), Some((1, 10.0)));
        assert_eq!(between_neighbors(8.3, &[8.12, 8.34]), Some((1, 8.3)));
        assert_eq!(between_neighbors(8.12, &[7.9, 8.12]), Some((1, 8.0)));
        assert_eq!(between_neighbors(8.0, &[8.0, 9.0]), None, "a break at the lowest value parts nothing");
        let classes = Classes::over([8.12, 8.13, 9.9, 9.95], &style(Classification::FisherJenks, 2)).unwrap();
        assert_eq!((classes.breaks(), classes.decimals()), (&[9.0][..], 0));
    }

    #[test]
    fn zero_is_no_class_and_one_value_is_one_class() {
        assert_eq!(Classes::over([0.0, 0.0], &style(Classification::Quantile, 5)), None);
        let one = Classes::over([0.0, 7.5, 7.5], &style(Classification::FisherJenks, 5)).unwrap();
        assert_eq!((one.count(), one.limits(0), one.range()), (1, (None, None), (7.5, 7.5)));
    }

    #[test]
    fn manual_breaks_are_kept_and_close_on_the_left() {
        let mut manual = style(Classification::Manual, 3);
        manual.breaks = vec![90.0, 110.0];
        let classes = Classes::over([100.0], &manual).unwrap();
        assert_eq!(classes.count(), 3);
        assert_eq!([89.9, 90.0, 109.9, 110.0].map(|v| classes.class_of(v)), [0, 1, 1, 2]);
    }
}
