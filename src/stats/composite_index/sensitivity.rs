//! What becomes of the index without one of its indicators.

use super::prepared::{Prepared, Weights};
use super::{Declaration, Method, difficulty_ranks, first_axis, ranks};
use crate::stats::rank_correlation::{kendall_tau_b, spearman};
use crate::stats::refusal::Refusal;

/// The index without one indicator, beside the whole.
#[derive(Debug, Clone, PartialEq)]
pub struct LeftOut {
    /// The rank of each unit without the indicator minus its rank with it: negative for a unit that moves towards difficulty. Absent
    /// where the index is.
    pub rank_changes: Vec<Option<f64>>,
    /// The greatest change of a rank, without its sign.
    pub greatest_change: f64,
    /// Spearman's rho of both orders.
    pub spearman: f64,
    /// Kendall's tau-b of both orders.
    pub kendall: f64,
}

/// The index without each indicator in turn, in their order; over the same units, those that have all indicators.
///
/// By ranks, a domain that lost its only indicator is left out, and one that keeps others keeps its weight. An indicator of weight 0
/// changes nothing. Cost: one index an indicator.
///
/// # Errors
/// What the index itself refuses, or a single indicator of positive weight; inside, what the index without that indicator refuses.
///
/// Source: Saisana, Saltelli & Tarantola, Uncertainty and sensitivity analysis techniques as tools for the quality assessment of composite
/// indicators, JRSS A 168 (2005); OECD & JRC, Handbook (2008), 7.
///
/// ```
/// use optima::stats::composite_index::*;
/// let indicator = |values: [f64; 3]| Indicator { values: values.map(Some).to_vec(), direction: Direction::MoreIsWorse, weight: 1.0, domain: None };
/// let indicators = vec![indicator([0.1, 0.2, 0.3]), indicator([0.3, 0.1, 0.2]), indicator([0.1, 0.2, 0.4])];
/// let declared = Declaration { indicators, domains: vec![], least_units: 3 };
/// let runs = leave_one_out(&declared, Method::Ranks(Within::Ranks))?;
/// // Without the second indicator the first and the second unit change places.
/// let without_second = runs[1].as_ref().unwrap();
/// assert_eq!(without_second.rank_changes, [Some(1.0), Some(-1.0), Some(0.0)]);
/// assert_eq!((without_second.spearman, without_second.greatest_change), (0.5, 1.0));
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
pub fn leave_one_out(declared: &Declaration, method: Method) -> Result<Vec<Result<LeftOut, Refusal>>, Refusal> {
    let prepared = Prepared::of(declared)?;
    let base = difficulty_ranks(&scores(&prepared, &prepared.weights, method)?);
    if prepared.weights.indicators.iter().filter(|weight| **weight > 0.0).count() < 2 {
        return Err(Refusal::new("one indicator of positive weight").remedy("without it there is no index to compare"));
    }
    let units = declared.indicators.first().map_or(0, |indicator| indicator.values.len());
    let without = |left_out: usize| {
        let mut weights = prepared.weights.clone();
        weights.indicators[left_out] = 0.0;
        let ranks = difficulty_ranks(&scores(&prepared, &weights, method)?);
        let changes: Vec<f64> = ranks.iter().zip(&base).map(|(without, with)| without - with).collect();
        let mut rank_changes = vec![None; units];
        prepared.complete.iter().zip(&changes).for_each(|(unit, change)| rank_changes[*unit] = Some(*change));
        Ok(LeftOut {
            rank_changes,
            greatest_change: changes.iter().fold(0.0, |most, change| most.max(change.abs())),
            spearman: spearman(&base, &ranks)?,
            kendall: kendall_tau_b(&base, &ranks)?,
        })
    };
    Ok((0..declared.indicators.len()).map(without).collect())
}

/// The scores of the complete units by either method under these weights.
pub(super) fn scores(prepared: &Prepared, weights: &Weights, method: Method) -> Result<Vec<f64>, Refusal> {
    match method {
        Method::FirstAxis => first_axis::scores(prepared, weights),
        Method::Ranks(within) => ranks::scores(prepared, weights, within),
    }
}
