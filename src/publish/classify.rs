//! Classes of a map: where the values of all periods are cut, so that maps of different quarters compare.
//!
//! Classes are made of shown values only, in the unit and with the digits that readers see. A class is `[low, high[`,
//! the last one closed. No break sits on a value: it lies strictly between two neighbors, so it is nobody's figure.

use crate::catalog::{Classification, StyleSpec};
use crate::measure::Unit;

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
    /// There are never more classes than distinct values, except with manual breaks, which mean the same in every release.
    /// Cost: O(k n log n) for Fisher–Jenks, O(n log n) for the others.
    #[must_use]
    pub fn over(values: impl IntoIterator<Item = f64>, style: &StyleSpec) -> Option<Self> {
        let mut sorted: Vec<f64> = values.into_iter().filter(|v| v.is_finite() && *v != 0.0).collect();
        sorted.sort_by(f64::total_cmp);
        let (lowest, highest) = (*sorted.first()?, *sorted.last()?);
        let mut distinct = sorted.clone();
        distinct.dedup();
        let wanted = style.palette.len().min(distinct.len());
        let cuts = match style.classification {
            Classification::Manual => return Some(Self { breaks: style.breaks.clone(), lowest, highest }),
            // Numbers of groups: a break halfway between two.
            Classification::Categories => return Some(Self::categories(style.palette.len())),
            Classification::Quantile => quantile_breaks(&sorted, wanted),
            Classification::FisherJenks => fisher_jenks_breaks(&sorted, wanted),
            Classification::Equal => equal_breaks(&sorted, wanted),
        };
        let mut breaks: Vec<(usize, f64)> = cuts.into_iter().filter_map(|cut| between_neighbors(cut, &distinct)).collect();
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

/// Inner breaks at the quantiles i/k of type 7 (R's default): h = (n − 1)·i/k, linear between the neighbors.
/// `sorted` ascending, not empty. Hyndman & Fan 1996.
#[must_use]
pub fn quantile_breaks(sorted: &[f64], classes: usize) -> Vec<f64> {
    let Some(last) = sorted.len().checked_sub(1) else { return Vec::new() };
    (1..classes)
        .map(|i| {
            // Exact in integers: the position is (n − 1)·i / k, remainder over k.
            let (whole, rest) = (last * i / classes, last * i % classes);
            let low = sorted[whole];
            let high = sorted[(whole + 1).min(last)];
            low + (high - low) * real(rest) / real(classes)
        })
        .collect()
}

/// Inner breaks at equal widths between the lowest and the highest value.
#[must_use]
pub fn equal_breaks(sorted: &[f64], classes: usize) -> Vec<f64> {
    let (Some(low), Some(high)) = (sorted.first(), sorted.last()) else { return Vec::new() };
    (1..classes).map(|i| low + (high - low) * real(i) / real(classes)).collect()
}

/// Inner breaks of the exact least-squares partition, halfway between neighbors (classInt's "fisher", not "jenks").
///
/// Minimizes the sum over classes of squared distances to the class mean by dynamic programming; the best first value
/// of the last class never moves left as the row grows, so each layer takes O(n log n). Of equal partitions the one with
/// the earliest cuts is kept. Fisher 1958; Wang & Song 2011. Equal values are never parted.
#[must_use]
pub fn fisher_jenks_breaks(sorted: &[f64], classes: usize) -> Vec<f64> {
    let squares = Squares::of(sorted);
    let n = squares.values.len();
    let classes = classes.min(n);
    if classes < 2 {
        return Vec::new();
    }
    let mut best: Vec<f64> = (0..n).map(|end| squares.within(0, end)).collect();
    let mut starts: Vec<Vec<usize>> = Vec::with_capacity(classes - 1);
    for layer in 1..classes {
        let mut next = vec![f64::INFINITY; n];
        let mut start = vec![0; n];
        fill_layer(&squares, &best, &mut next, &mut start, (layer, n - 1), (layer, n - 1));
        best = next;
        starts.push(start);
    }
    let mut end = n - 1;
    let mut breaks = Vec::with_capacity(classes - 1);
    for start in starts.iter().rev() {
        let first = start[end];
        breaks.push(squares.values[first - 1].midpoint(squares.values[first]));
        end = first - 1;
    }
    breaks.reverse();
    breaks
}

/// Fills `next[ends]`, knowing that the last class starts within `starts`: the middle first, then each side.
fn fill_layer(squares: &Squares, best: &[f64], next: &mut [f64], start: &mut [usize], ends: (usize, usize), starts: (usize, usize)) {
    if ends.0 > ends.1 {
        return;
    }
    let middle = ends.0.midpoint(ends.1);
    for first in starts.0..=starts.1.min(middle) {
        let cost = best[first - 1] + squares.within(first, middle);
        if cost < next[middle] {
            (next[middle], start[middle]) = (cost, first);
        }
    }
    if middle > ends.0 {
        fill_layer(squares, best, next, start, (ends.0, middle - 1), (starts.0, start[middle]));
    }
    fill_layer(squares, best, next, start, (middle + 1, ends.1), (start[middle], starts.1));
}

/// Distinct values with running sums, so that the squares within any run cost O(1).
struct Squares {
    values: Vec<f64>,
    weight: Vec<f64>,
    sum: Vec<f64>,
    square: Vec<f64>,
}

impl Squares {
    fn of(sorted: &[f64]) -> Self {
        // Sums are taken around the mean: far from it, squares would cancel.
        let mean = sorted.iter().sum::<f64>() / real(sorted.len().max(1));
        let mut this = Self { values: Vec::new(), weight: vec![0.0], sum: vec![0.0], square: vec![0.0] };
        for run in sorted.chunk_by(|a, b| a.total_cmp(b).is_eq()) {
            let (weight, centered) = (real(run.len()), run[0] - mean);
            let last = this.values.len();
            this.values.push(run[0]);
            this.weight.push(this.weight[last] + weight);
            this.sum.push(this.sum[last] + weight * centered);
            this.square.push(this.square[last] + weight * centered * centered);
        }
        this
    }

    fn within(&self, first: usize, last: usize) -> f64 {
        let of = |sums: &[f64]| sums[last + 1] - sums[first];
        let sum = of(&self.sum);
        (of(&self.square) - sum * sum / of(&self.weight)).max(0.0)
    }
}

/// A count as a number; exact below 2^53.
#[allow(clippy::cast_precision_loss, reason = "numbers of values and classes")]
fn real(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Drawing;
    use proptest::prelude::*;

    fn style(classification: Classification, classes: usize) -> StyleSpec {
        StyleSpec {
            id: "test".to_owned(),
            drawing: Drawing::Choropleth,
            classification,
            palette: vec!["#000000".to_owned(); classes],
            breaks: Vec::new(),
        }
    }

    fn reference(name: &str) -> serde_json::Value {
        let path = format!("{}/tests/reference/expected/{name}.json", env!("CARGO_MANIFEST_DIR"));
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    fn jenks71() -> Vec<f64> {
        let text = std::fs::read_to_string(format!("{}/tests/reference/data/jenks71.csv", env!("CARGO_MANIFEST_DIR"))).unwrap();
        sorted(text.lines().skip(1).map(|line| line.trim().parse().unwrap()).collect())
    }

    fn columbus_crime() -> Vec<f64> {
        let text = std::fs::read_to_string(format!("{}/tests/reference/data/columbus.geojson", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        sorted(json["features"].as_array().unwrap().iter().map(|f| f["properties"]["CRIME"].as_f64().unwrap()).collect())
    }

    fn sorted(mut values: Vec<f64>) -> Vec<f64> {
        values.sort_by(f64::total_cmp);
        values
    }

    fn groups<'a>(values: &'a [f64], breaks: &[f64]) -> Vec<&'a [f64]> {
        let mut from = 0;
        let mut groups: Vec<&[f64]> = breaks
            .iter()
            .map(|b| {
                let to = values.partition_point(|v| v < b);
                let group = &values[from..to];
                from = to;
                group
            })
            .collect();
        groups.push(&values[from..]);
        groups
    }

    fn squares(values: &[f64]) -> f64 {
        let mean = values.iter().sum::<f64>() / real(values.len());
        values.iter().map(|v| (v - mean).powi(2)).sum()
    }

    fn numbers(value: &serde_json::Value) -> Vec<f64> {
        value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
    }

    #[test]
    fn breaks_equal_those_of_classint() {
        for (name, values) in [("breaks_jenks71", jenks71()), ("breaks_columbus_crime", columbus_crime())] {
            let json = reference(name);
            let cases = json["expected"].as_object().unwrap();
            assert!(!cases.is_empty());
            for (key, expected) in cases {
                let k: usize = key[1..].parse().unwrap();
                let close = |ours: &[f64], theirs: &serde_json::Value| {
                    let theirs = numbers(theirs);
                    assert_eq!(ours.len(), k - 1);
                    for (a, b) in ours.iter().zip(&theirs[1..k]) {
                        // The reference is printed with 12 significant digits.
                        assert!((a - b).abs() < 1e-9, "{name} {key}: {a} against {b}");
                    }
                };
                let fisher = fisher_jenks_breaks(&values, k);
                close(&fisher, &expected["fisher_midpoint_breaks"]);
                close(&quantile_breaks(&values, k), &expected["quantile"]);
                close(&equal_breaks(&values, k), &expected["equal"]);
                let groups = groups(&values, &fisher);
                let counts: Vec<f64> = groups.iter().map(|g| real(g.len())).collect();
                assert_eq!(counts, numbers(&expected["fisher_counts"]), "{name} {key}");
                let gvf = 1.0 - groups.iter().map(|g| squares(g)).sum::<f64>() / squares(&values);
                assert!((gvf - expected["fisher_gvf"].as_f64().unwrap()).abs() < 1e-9, "{name} {key}: {gvf}");
            }
        }
    }

    #[test]
    fn the_golden_partition_of_the_formats_page_is_found() {
        let values = [4.2, 5.1, 5.3, 7.7, 8.0, 8.1, 12.4, 13.0, 19.9, 20.2, 31.0, 33.3];
        let breaks = fisher_jenks_breaks(&values, 4);
        for (ours, theirs) in breaks.iter().zip([10.25, 16.45, 25.6]) {
            assert!((ours - theirs).abs() < 1e-12, "{breaks:?}");
        }
        let within: f64 = groups(&values, &breaks).iter().map(|g| squares(g)).sum();
        assert!((within - 17.75).abs() < 1e-9, "{within}");
    }

    fn cheapest_by_brute_force(distinct: &[f64], sorted: &[f64], classes: usize, breaks: &mut Vec<f64>, from: usize) -> f64 {
        if breaks.len() == classes - 1 {
            return groups(sorted, breaks).iter().map(|g| squares(g)).sum();
        }
        let mut cheapest = f64::INFINITY;
        for i in from..distinct.len() {
            breaks.push(distinct[i - 1].midpoint(distinct[i]));
            cheapest = cheapest.min(cheapest_by_brute_force(distinct, sorted, classes, breaks, i + 1));
            breaks.pop();
        }
        cheapest
    }

    proptest! {
        #[test]
        fn fisher_jenks_is_never_beaten(values in prop::collection::vec(-30_i32..30, 1..12), classes in 2_usize..5) {
            let values = sorted(values.into_iter().map(|v| f64::from(v) / 4.0).collect());
            let mut distinct = values.clone();
            distinct.dedup();
            let classes = classes.min(distinct.len());
            prop_assume!(classes > 1);
            let ours: f64 = groups(&values, &fisher_jenks_breaks(&values, classes)).iter().map(|g| squares(g)).sum();
            let best = cheapest_by_brute_force(&distinct, &values, classes, &mut Vec::new(), 1);
            prop_assert!((ours - best).abs() < 1e-9, "{ours} against {best}");
        }

        #[test]
        fn every_value_has_a_class_and_no_break_sits_on_one(
            values in prop::collection::vec(0_u32..400, 1..60), classes in 1_usize..7, method in 0..3
        ) {
            let values: Vec<f64> = values.into_iter().map(|v| f64::from(v) / 8.0).collect();
            let method = [Classification::Quantile, Classification::FisherJenks, Classification::Equal][usize::try_from(method).unwrap()];
            let mut distinct = sorted(values.iter().copied().filter(|v| *v != 0.0).collect());
            distinct.dedup();
            let Some(cut) = Classes::over(values.clone(), &style(method, classes)) else {
                prop_assert!(distinct.is_empty());
                return Ok(());
            };
            prop_assert!(cut.count() <= classes.min(distinct.len()));
            prop_assert!(cut.breaks().windows(2).all(|w| w[0] < w[1]));
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
