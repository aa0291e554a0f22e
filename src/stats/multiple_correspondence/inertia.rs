//! Axes and their rates: the raw share understates how much an axis says, so that adjusted ones stand beside it, named.

/// One axis of a multiple correspondence analysis and what it is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    /// The eigenvalue λ of the indicator matrix; its square is that of Burt's table.
    pub eigenvalue: f64,
    /// λ / total inertia, 0..=1. Small by construction, as questions answer for themselves too: never to be shown alone.
    pub raw_share: f64,
    /// The adjusted rates; absent where λ ≤ 1/Q: such an axis says no more than one question by itself.
    pub adjusted: Option<AdjustedRate>,
}

/// The adjusted rates of an axis whose eigenvalue exceeds 1/Q, for Q active questions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdjustedRate {
    /// Benzécri's adjusted eigenvalue, (Q/(Q−1))² (λ − 1/Q)².
    pub eigenvalue: f64,
    /// Its share of the sum of all adjusted eigenvalues, 0..=1. Benzécri, Les cahiers de l'analyse des données 4 (1979).
    pub benzecri_share: f64,
    /// Its share of `greenacre_total`, 0..=1: more cautious. Greenacre, Correspondence Analysis in Practice (1993).
    pub greenacre_share: f64,
}

/// The rates of all axes, given the total inertia and Greenacre's total.
pub(super) fn axes(eigenvalues: &[f64], questions: f64, total: f64, greenacre_total: f64) -> Vec<Axis> {
    // Identical to 1/Q within rounding is not above it.
    let adjusted = |eigenvalue: f64| {
        let above = eigenvalue - 1.0 / questions;
        (questions > 1.0 && above > 1e-12).then(|| (questions / (questions - 1.0) * above).powi(2))
    };
    let sum: f64 = eigenvalues.iter().filter_map(|eigenvalue| adjusted(*eigenvalue)).sum();
    let rate = |eigenvalue: f64| AdjustedRate {
        eigenvalue,
        benzecri_share: eigenvalue / sum,
        greenacre_share: (eigenvalue / greenacre_total).min(1.0),
    };
    eigenvalues
        .iter()
        .map(|&eigenvalue| Axis { eigenvalue, raw_share: eigenvalue / total, adjusted: adjusted(eigenvalue).map(rate) })
        .collect()
}
