//! Join counts: how often do neighbors have the same color, and how often each pair of colors?

use crate::stats::partition::Partition;
use crate::stats::refusal::Refusal;
use crate::stats::spatial_test::{Alternative, Constants, Islands, Null, PartTest, refuse_weights};
use crate::stats::spatial_weights::SpatialWeights;

/// Joins of units by color, each count beside what it is when the colors fall on the units in any order (non-free sampling).
#[derive(Debug, Clone, PartialEq)]
pub struct JoinCounts {
    /// For each color, joins of two units of it. `z` is absent for a color of one unit, which has none however it falls.
    pub same: Vec<PartTest>,
    /// For each pair of colors, the greater first, in the order (1, 0), (2, 0), (2, 1) …: joins of one with the other.
    pub different: Vec<((u32, u32), PartTest)>,
    /// Joins of two colors, whichever: spdep's `Jtot`. A low count is clustering.
    pub total: PartTest,
}

/// Join counts of units in colors, as spdep's `joincount.multi`.
///
/// `J_rs = ½ Σ w_ij` over links between colors `r` and `s`, in either direction; with `n_r` units of color `r` and `m^(k) = m (m − 1) … (m − k + 1)`:
/// `E J_rr = S0 n_r^(2) / (2 n^(2))`, `E J_rs = S0 n_r n_s / n^(2)`; variances after Cliff & Ord; that of the total from the covariances
/// of the `J_rr`, `¼ (S0² + S1 − S2) n_r^(2) n_s^(2) / n^(4) − E J_rr E J_ss`. With islands set aside `n` is lower while the colors still count
/// them (spdep's default). Cost: O(links log neighbors + colors²). Source: Cliff & Ord, Spatial Processes (1981).
///
/// # Errors
/// Colors of other units than the weights, a single color, no link, fewer than four units.
///
/// ```
/// use optima::stats::join_count::join_counts;
/// use optima::stats::partition::Partition;
/// use optima::stats::spatial_test::{Alternative, Islands};
/// use optima::stats::spatial_weights::SpatialWeights;
/// let chain = SpatialWeights::binary(&[vec![1], vec![0, 2], vec![1, 3], vec![2, 4], vec![3]]).unwrap();
/// let colors = Partition::new(vec![0, 0, 0, 1, 1]).unwrap();
/// let joins = join_counts(&colors, &chain, Alternative::Greater, Islands::Counted).unwrap();
/// assert_eq!((joins.same[0].statistic, joins.same[0].expectation, joins.total.statistic), (2.0, 1.2, 1.0));
/// ```
pub fn join_counts(
    colors: &Partition,
    weights: &SpatialWeights,
    alternative: Alternative,
    islands: Islands,
) -> Result<JoinCounts, Refusal> {
    refuse_weights(colors.class_of().len(), weights)?;
    if colors.classes() < 2 {
        return Err(Refusal::new("all units have one color").remedy("where nothing differs nothing can cluster"));
    }
    let chance = Chance(Constants::of(weights, islands, Null::Randomization)?);
    let size: Vec<f64> = colors.sizes().iter().map(|units| f64::from(*units)).collect();
    let counted = counted(colors, weights);
    let joins = |r: usize, s: usize| counted[r * size.len() + s];
    let of = |statistic, (expectation, variance): (f64, f64)| {
        PartTest::new(statistic, expectation, variance, expectation * expectation, alternative)
    };
    let same = (0..size.len()).map(|r| of(joins(r, r), chance.same(size[r]))).collect();
    let pairs = || (1..size.len()).flat_map(|r| (0..r).map(move |s| (r, s)));
    let between = |(r, s): (usize, usize)| joins(r, s) + joins(s, r);
    let class = |class: usize| u32::try_from(class).unwrap_or(u32::MAX);
    let different = pairs().map(|(r, s)| ((class(r), class(s)), of(between((r, s)), chance.different(size[r], size[s])))).collect();
    Ok(JoinCounts { same, different, total: of(pairs().map(between).sum(), chance.total(&size)) })
}

/// Half the weight of links from each color to each.
fn counted(colors: &Partition, weights: &SpatialWeights) -> Vec<f64> {
    let mut counted = vec![0.0; colors.classes() * colors.classes()];
    for (unit, color) in colors.class_of().iter().enumerate() {
        for (neighbor, weight) in weights.row(unit) {
            counted[*color as usize * colors.classes() + colors.class_of()[neighbor] as usize] += 0.5 * weight;
        }
    }
    counted
}

/// Expectations and variances where each order of the colors is as likely.
struct Chance(Constants);

/// `m (m − 1) …`, `terms` factors.
fn falling(m: f64, terms: u8) -> f64 {
    (0..terms).map(|k| m - f64::from(k)).product()
}

impl Chance {
    /// Sums of products of weights of two links that have both units, one, and none in common.
    fn in_common(&self) -> (f64, f64, f64) {
        let Constants { s0, s1, s2, .. } = self.0;
        (s1, s2 - 2.0 * s1, s0 * s0 + s1 - s2)
    }

    fn same(&self, units: f64) -> (f64, f64) {
        let chance = |terms| falling(units, terms) / falling(self.0.n, terms);
        let (both, one, none) = self.in_common();
        let expectation = 0.5 * self.0.s0 * chance(2);
        (expectation, 0.25 * (both * chance(2) + one * chance(3) + none * chance(4)) - expectation * expectation)
    }

    fn different(&self, r: f64, s: f64) -> (f64, f64) {
        let n = self.0.n;
        let (both, one, none) = self.in_common();
        let expectation = self.0.s0 * r * s / falling(n, 2);
        let of_both = 2.0 * both * r * s / falling(n, 2);
        let of_one = one * r * s * (r + s - 2.0) / falling(n, 3);
        let of_none = 4.0 * none * falling(r, 2) * falling(s, 2) / falling(n, 4);
        (expectation, 0.25 * (of_both + of_one + of_none) - expectation * expectation)
    }

    /// All joins are half of `S0`: those of two colors vary as the sum of those of one.
    fn total(&self, sizes: &[f64]) -> (f64, f64) {
        let (_, _, none) = self.in_common();
        let same: Vec<(f64, f64)> = sizes.iter().map(|units| self.same(*units)).collect();
        let covariance = |r: usize, s: usize| {
            let together = falling(sizes[r], 2) * falling(sizes[s], 2) / falling(self.0.n, 4);
            0.25 * none * together - same[r].0 * same[s].0
        };
        let pairs = (1..sizes.len()).flat_map(|r| (0..r).map(move |s| (r, s)));
        let expectation = pairs.clone().map(|(r, s)| self.different(sizes[r], sizes[s]).0).sum();
        (expectation, same.iter().map(|(_, variance)| variance).sum::<f64>() + 2.0 * pairs.map(|(r, s)| covariance(r, s)).sum::<f64>())
    }
}
