//! The index by ranks within domains, exponentially transformed.

use super::prepared::{Prepared, Weights};
use super::{CompositeIndex, Declaration, TIE};
use crate::stats::matrix::Matrix;
use crate::stats::rank_correlation::average_ranks;
use crate::stats::refusal::Refusal;

/// How the indicators of one domain become one number; a domain of one indicator is that indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// The weighted mean of the standardized values: distances count, and so do outliers.
    StandardizedValues,
    /// The weighted mean of the ranks: only the order counts.
    Ranks,
}

/// An index by ranks, with its domains.
#[derive(Debug, Clone, PartialEq)]
pub struct RankIndex {
    /// The scores, 0..=100, and ranks.
    pub index: CompositeIndex,
    /// How the indicators of a domain were combined.
    pub within: Within,
    /// For each domain the rank of each unit, 1 for the most difficult, ties shared; absent where the index is. Without declared
    /// domains they are those of the indicators.
    pub domain_ranks: Vec<Vec<Option<f64>>>,
}

/// The exponential transformation of a scaled rank, `X = −23 ln(1 − R (1 − e^(−100/23)))`: from 0 for R = 0 to 100 for R = 1.
///
/// A tenth of the units lies above 50: being worst in one domain is not made up for by being well in another.
/// Source: Ministry of Housing, Communities & Local Government, The English Indices of Deprivation 2019: Technical report.
///
/// ```
/// use optima::stats::composite_index::exponential_transformation;
/// assert_eq!(exponential_transformation(0.0), 0.0);
/// assert!((exponential_transformation(1.0) - 100.0).abs() < 1e-12);
/// assert!((exponential_transformation(0.9) - 50.0).abs() < 0.5);
/// ```
#[must_use]
pub fn exponential_transformation(scaled_rank: f64) -> f64 {
    -23.0 * (scaled_rank * (-100.0f64 / 23.0).exp_m1()).ln_1p()
}

/// The index of difficulty by ranks within domains.
///
/// In each domain the indicators, turned so that more is worse, are combined as `within` says, with their weights; the units are ranked,
/// R = rank/n with R = 1 for the most difficult and shared ranks for equals (to 1e-11), and R is transformed by
/// [`exponential_transformation`]. The score is the mean of these over domains, with the domains' weights: 0..=100. Units without one of
/// the indicators have no index, and do not count in n. Cost: O(units (indicators + domains log units)).
///
/// Source: English Indices of Deprivation 2019; Otavova et al., Measuring small-area level deprivation in Belgium: The Belgian Index of
/// Multiple Deprivation, Spatial and Spatio-temporal Epidemiology 45 (2023).
///
/// # Errors
/// As [`first_axis_index`](super::first_axis_index), but for its axes; an indicator without a declared domain or a domain without
/// indicator; units that all score the same.
///
/// ```
/// use optima::stats::composite_index::*;
/// let indicator = |values: [f64; 3], domain| Indicator { values: values.map(Some).to_vec(), direction: Direction::MoreIsWorse, weight: 1.0, domain };
/// let indicators = vec![indicator([0.1, 0.2, 0.3], Some(0)), indicator([0.2, 0.1, 0.3], Some(0)), indicator([9.0, 7.0, 8.0], Some(1))];
/// let found = rank_index(&Declaration { indicators, domains: vec![3.0, 1.0], least_units: 3 }, Within::Ranks)?;
/// assert_eq!(found.domain_ranks[0], [Some(2.5), Some(2.5), Some(1.0)]);
/// assert_eq!(found.index.ranks, [Some(2.0), Some(3.0), Some(1.0)]);
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
pub fn rank_index(declared: &Declaration, within: Within) -> Result<RankIndex, Refusal> {
    let prepared = Prepared::of(declared)?;
    let units = declared.indicators.first().map_or(0, |indicator| indicator.values.len());
    let scores = scores(&prepared, &prepared.weights, within)?;
    let n = prepared.complete.len();
    let domain = |domain: usize| {
        let mut ranks = vec![None; units];
        if let Some(scaled) = domain_ranks(&prepared, &prepared.weights, domain, within) {
            #[expect(clippy::cast_precision_loss, reason = "a number of units")]
            let from_top = |rank: f64| n as f64 + 1.0 - rank;
            prepared.complete.iter().zip(scaled).for_each(|(unit, rank)| ranks[*unit] = Some(from_top(rank)));
        }
        ranks
    };
    let domain_ranks = (0..prepared.weights.domains.len()).map(domain).collect();
    Ok(RankIndex { index: CompositeIndex::of(&scores, &prepared.complete, units), within, domain_ranks })
}

/// The scores of the complete units under these weights; a domain that they leave without indicators does not count.
#[expect(clippy::cast_precision_loss, reason = "a number of units")]
pub(super) fn scores(prepared: &Prepared, weights: &Weights, within: Within) -> Result<Vec<f64>, Refusal> {
    let n = prepared.complete.len();
    let (mut scores, mut total) = (vec![0.0; n], 0.0);
    for (domain, weight) in weights.domains.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
        if let Some(ranks) = domain_ranks(prepared, weights, domain, within) {
            total += weight;
            let add = |(score, rank): (&mut f64, f64)| *score += weight * exponential_transformation(rank / n as f64);
            scores.iter_mut().zip(ranks).for_each(add);
        }
    }
    if total <= 0.0 {
        return Err(Refusal::new("no domain has an indicator with a weight").remedy("an index needs one at least"));
    }
    for score in &mut scores {
        *score /= total;
    }
    let low = scores.iter().copied().fold(f64::INFINITY, f64::min);
    let high = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if high - low <= TIE {
        return Err(Refusal::new("all units score the same").remedy("the domains cancel out: check their directions and weights"));
    }
    Ok(scores)
}

/// The ranks of the complete units in a domain, n for the most difficult; `None` where no indicator of it has a weight.
#[expect(clippy::cast_precision_loss, reason = "a number of units")]
fn domain_ranks(prepared: &Prepared, weights: &Weights, domain: usize, within: Within) -> Option<Vec<f64>> {
    let members: Vec<(usize, f64)> =
        weights.indicators.iter().copied().enumerate().filter(|(j, weight)| prepared.domain_of[*j] == domain && *weight > 0.0).collect();
    let n = prepared.complete.len();
    let mean = |table: &Matrix, scale: f64| {
        let total: f64 = members.iter().map(|(_, weight)| weight * scale).sum();
        let value = |row: usize| members.iter().map(|(j, weight)| weight / total * table[(row, *j)]).sum();
        (0..n).map(value).collect::<Vec<f64>>()
    };
    match (members.as_slice(), within) {
        ([], _) => None,
        // One indicator is ranked as it is: what differs by little in it differs.
        ([(j, _)], _) => Some(prepared.ranks.column(*j)),
        (_, Within::StandardizedValues) => Some(average_ranks(&mean(&prepared.standardized, 1.0), TIE)),
        (_, Within::Ranks) => Some(average_ranks(&mean(&prepared.ranks, n as f64), TIE)),
    }
}
