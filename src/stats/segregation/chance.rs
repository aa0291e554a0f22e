//! What the indices would be on average if nobody chose where to live: zones of few persons differ by chance alone.

use super::{unit, zones};
use crate::stats::refusal::Refusal;

/// Expectations of indices where the X of the group are dealt out by lot among the T persons, and zones keep their tᵢ persons.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ByChance {
    /// `Σ t √(2 P (1 − P) (T − t) / (π t (T − 1))) / (2 T P (1 − P))`: as if shares were normal, which they nearly are for 5 of the group
    /// and 5 others in a zone.
    pub dissimilarity: f64,
    /// `P + (1 − P) (k − 1)/(T − 1)` of k zones with persons, exactly.
    pub isolation: f64,
    /// 1 − isolation.
    pub interaction: f64,
    /// `(k − 1)/(T − 1)`, exactly.
    pub correlation_ratio: f64,
}

/// The expectations for these zones; counts as of [`segregation`](super::segregation). Cost: O(zones log zones).
///
/// An index below its expectation says nothing; one above it may still be chance.
///
/// # Errors
/// Counts that are negative, no numbers or above their total; a group that is nowhere or everywhere; one person.
///
/// Source: Cortese, Falk & Cohen, Further considerations on the methodological analysis of segregation indices, American Sociological
/// Review 41 (1976); Winship, A revaluation of indexes of residential segregation, Social Forces 55 (1977).
///
/// ```
/// use optima::stats::segregation::by_chance;
/// let few = by_chance(&[5.0, 5.0], &[10.0, 11.0])?;
/// let many = by_chance(&[500.0, 500.0], &[1000.0, 1100.0])?;
/// assert!((few.correlation_ratio - 1.0 / 20.0).abs() < 1e-15);
/// assert!(few.dissimilarity > 0.17 && many.dissimilarity < 0.02);
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
pub fn by_chance(group: &[f64], total: &[f64]) -> Result<ByChance, Refusal> {
    let zones = zones(group, total)?;
    let (all, in_group) = zones.iter().fold((0.0, 0.0), |(all, of), zone| (all + zone.total, of + zone.group));
    let share = in_group / all;
    let spread = share * (1.0 - share);
    if !(all.is_finite() && all > 1.0 && spread > 0.0) {
        return Err(Refusal::new("the group is nowhere or everybody, or there is one person").remedy("there is nothing to deal out"));
    }
    let term = |total: f64| total * (2.0 * spread * (all - total).max(0.0) / (std::f64::consts::PI * total * (all - 1.0))).sqrt();
    let dissimilarity = unit(zones.iter().map(|zone| term(zone.total)).sum::<f64>() / (2.0 * all * spread));
    #[expect(clippy::cast_precision_loss, reason = "a number of zones")]
    let correlation_ratio = unit((zones.len() - 1) as f64 / (all - 1.0));
    let isolation = share + (1.0 - share) * correlation_ratio;
    Ok(ByChance { dissimilarity, isolation, interaction: 1.0 - isolation, correlation_ratio })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::segregation::segregation;

    /// The mean over all ways to deal out, for two zones: hypergeometric weights, from one to the next.
    fn dealt(group: u32, sizes: [u32; 2]) -> ByChance {
        let [a, b] = sizes.map(f64::from);
        let x = f64::from(group);
        let low = group.saturating_sub(sizes[1]);
        let high = group.min(sizes[0]);
        let (mut weight, mut all) = (1.0, 0.0);
        let mut sums = [0.0; 4];
        for first in low..=high {
            let k = f64::from(first);
            let found = segregation(&[k, x - k], &[a, b], 0.5).unwrap();
            for (sum, index) in sums.iter_mut().zip([found.dissimilarity, found.isolation, found.interaction, found.correlation_ratio]) {
                *sum += weight * index;
            }
            all += weight;
            weight *= (x - k) * (a - k) / ((k + 1.0) * (b - x + k + 1.0));
        }
        let [dissimilarity, isolation, interaction, correlation_ratio] = sums.map(|sum| sum / all);
        ByChance { dissimilarity, isolation, interaction, correlation_ratio }
    }

    #[test]
    fn expectations_are_the_means_over_all_ways_to_deal_out() {
        for (group, sizes) in [(3, [3, 4]), (1, [2, 9]), (30, [40, 60]), (17, [25, 300])] {
            let exact = dealt(group, sizes);
            let found = by_chance(&[f64::from(group), 0.0].map(|x| x.min(f64::from(sizes[0]))), &sizes.map(f64::from)).unwrap();
            // Only the sum of the group matters.
            assert!((found.correlation_ratio - exact.correlation_ratio).abs() < 1e-12, "{group} {sizes:?}");
            assert!((found.isolation - exact.isolation).abs() < 1e-12 && (found.interaction - exact.interaction).abs() < 1e-12);
            if group == 30 {
                assert!((found.dissimilarity / exact.dissimilarity - 1.0).abs() < 0.02, "{found:?} {exact:?}");
            }
        }
    }

    #[test]
    fn where_there_is_nothing_to_deal_out_it_is_said() {
        assert!(by_chance(&[0.0, 0.0], &[3.0, 4.0]).is_err() && by_chance(&[3.0, 4.0], &[3.0, 4.0]).is_err());
        assert!(by_chance(&[], &[]).is_err() && by_chance(&[5.0], &[4.0]).is_err());
        assert_eq!(by_chance(&[2.0], &[4.0]).unwrap().dissimilarity, 0.0);
    }
}
