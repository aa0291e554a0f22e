//! The index on the first principal axis of the standardized indicators.

use super::prepared::{Prepared, Weights};
use super::{CompositeIndex, Declaration};
use crate::stats::eigen::spectrum;
use crate::stats::matrix::Matrix;
use crate::stats::refusal::Refusal;

/// In what the score is given. Ranks and deciles are the same in either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Mean 0 and standard deviation 1 (divisor n) over the units with an index.
    Standardized,
    /// 0 for the least and 100 for the most difficult unit, `100 (s − min)/(max − min)`: tells nothing about other years.
    ZeroToHundred,
}

/// An index on the first axis, with what is needed to judge it.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstAxisIndex {
    /// The scores and ranks.
    pub index: CompositeIndex,
    /// In what the scores are given.
    pub scale: Scale,
    /// The first axis' share of inertia, 0..=1: how much of all differences one number tells.
    pub share: f64,
    /// All eigenvalues above tolerance, in descending order; they sum to the sum of weights.
    pub eigenvalues: Vec<f64>,
    /// The indicators in their order.
    pub indicators: Vec<IndicatorOnAxis>,
    /// Indicators, from 0, of positive weight and negative loading: the axis contradicts their declared direction, and calling it
    /// difficulty needs a reason, or the indicator needs to go. Largest contradiction first.
    pub contradicting: Vec<usize>,
}

/// An indicator on the axis; one of weight 0 is shown on an axis that others made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IndicatorOnAxis {
    /// Its correlation with the index, −1..=1, after it was turned so that more is worse: positive is as declared.
    pub loading: f64,
    /// Its contribution to the axis, 0..=1; the contributions sum to 1.
    pub contribution: f64,
}

/// The index of difficulty on the first principal axis.
///
/// Indicators are turned so that more is worse and standardized to z (divisor n), weights w are the metric: with R their correlations
/// and `u` the first eigenvector of `D R D`, D = diag(√w), the score is `Σ √w u z`, and equal weights give the plain analysis
/// ([`PrincipalComponents`](crate::stats::principal_components::PrincipalComponents)). The axis points to where the weighted loadings
/// sum to more than 0. Units without one of the indicators have no index. Domains do not matter here.
/// Cost: O(units × indicators² + indicators³).
///
/// Source: OECD & JRC, Handbook on Constructing Composite Indicators (2008), 6.1; Lebart, Morineau & Piron.
///
/// # Errors
/// Too few units with all indicators, an indicator that does not vary over them or has a number that is none, weights that are
/// negative or all 0; a first axis that the second equals, or on which declared directions cancel out.
///
/// ```
/// use optima::stats::composite_index::*;
/// let indicator = |values: [f64; 4], direction| Indicator { values: values.map(Some).to_vec(), direction, weight: 1.0, domain: None };
/// let rates = indicator([0.10, 0.25, 0.18, 0.31], Direction::MoreIsWorse);
/// let incomes = indicator([21.0, 14.0, 17.0, 15.0], Direction::MoreIsBetter);
/// let declared = Declaration { indicators: vec![rates, incomes], domains: vec![], least_units: 4 };
/// let found = first_axis_index(&declared, Scale::ZeroToHundred)?;
/// assert_eq!(found.index.scores[0], Some(0.0));
/// assert_eq!(found.index.ranks, [Some(4.0), Some(2.0), Some(3.0), Some(1.0)]);
/// assert!(found.share > 0.9 && found.contradicting.is_empty());
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
pub fn first_axis_index(declared: &Declaration, scale: Scale) -> Result<FirstAxisIndex, Refusal> {
    let prepared = Prepared::of(declared)?;
    let axis = Axis::of(&prepared, &prepared.weights)?;
    let mut scores = axis.scores(&prepared);
    if scale == Scale::ZeroToHundred {
        let low = scores.iter().copied().fold(f64::INFINITY, f64::min);
        let high = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for score in &mut scores {
            *score = 100.0 * (*score - low) / (high - low);
        }
    }
    let weights = &prepared.weights.indicators;
    let mut contradicting: Vec<usize> = (0..weights.len()).filter(|j| weights[*j] > 0.0 && axis.loadings[*j] < 0.0).collect();
    contradicting.sort_by(|a, b| axis.loadings[*a].total_cmp(&axis.loadings[*b]));
    let indicators =
        axis.loadings.iter().zip(&axis.vector).map(|(loading, u)| IndicatorOnAxis { loading: *loading, contribution: u * u }).collect();
    let units = declared.indicators.first().map_or(0, |indicator| indicator.values.len());
    Ok(FirstAxisIndex {
        index: CompositeIndex::of(&scores, &prepared.complete, units),
        scale,
        share: (axis.eigenvalues[0] / weights.iter().sum::<f64>()).min(1.0),
        eigenvalues: axis.eigenvalues,
        indicators,
        contradicting,
    })
}

/// The scores of the complete units, standardized, under these weights.
pub(super) fn scores(prepared: &Prepared, weights: &Weights) -> Result<Vec<f64>, Refusal> {
    Ok(Axis::of(prepared, weights)?.scores(prepared))
}

struct Axis {
    eigenvalues: Vec<f64>,
    /// The unit eigenvector, pointing to difficulty.
    vector: Vec<f64>,
    /// `√w u / √λ`: what a standardized indicator adds to the standardized score.
    coefficients: Vec<f64>,
    loadings: Vec<f64>,
}

impl Axis {
    fn of(prepared: &Prepared, weights: &Weights) -> Result<Self, Refusal> {
        // Relative to the largest, so that the spectrum's tolerance means the same for all weights.
        let largest = weights.indicators.iter().copied().fold(0.0, f64::max);
        let roots: Vec<f64> = weights.indicators.iter().map(|weight| (weight / largest).sqrt()).collect();
        let p = roots.len();
        let mut weighted = Matrix::zeros(p, p);
        for (j, root) in roots.iter().enumerate() {
            let cells = weighted.row_mut(j).iter_mut().zip(prepared.correlations.row(j));
            cells.zip(&roots).for_each(|((cell, r), other)| *cell = root * r * other);
        }
        let spectrum = spectrum(&weighted, 1)?;
        let (Some(mut vector), Some(first)) = (spectrum.vectors.into_iter().next(), spectrum.values.first().copied()) else {
            return Err(Refusal::new("the indicators have no first axis").remedy("look for extreme weights"));
        };
        if spectrum.values.get(1).is_some_and(|second| first - second <= 1e-6 * first) {
            return Err(
                Refusal::new("the first two axes are equal").remedy("the indicators do not go together: index by ranks, or choose others")
            );
        }
        let score: Vec<f64> = roots.iter().zip(&vector).map(|(root, u)| root * u / first.sqrt()).collect();
        let loading = |j: usize| prepared.correlations.row(j).iter().zip(&score).map(|(r, c)| r * c).sum::<f64>();
        let loadings: Vec<f64> = (0..p).map(loading).collect();
        let towards: f64 = loadings.iter().zip(&weights.indicators).map(|(l, w)| l * w / largest).sum();
        let size: f64 = loadings.iter().zip(&weights.indicators).map(|(l, w)| l.abs() * w / largest).sum();
        if towards.abs() <= 1e-6 * size {
            return Err(Refusal::new("the declared directions cancel out on the first axis")
                .remedy("check the directions; indicators that oppose each other make no index"));
        }
        let sign = towards.signum();
        for u in &mut vector {
            *u *= sign;
        }
        let turned = |values: Vec<f64>| values.into_iter().map(|x| sign * x).collect();
        let eigenvalues = spectrum.values.iter().map(|value| value * largest).collect();
        Ok(Self {
            eigenvalues,
            vector,
            coefficients: turned(score),
            loadings: turned(loadings).into_iter().map(|l: f64| l.clamp(-1.0, 1.0)).collect(),
        })
    }

    fn scores(&self, prepared: &Prepared) -> Vec<f64> {
        let z = &prepared.standardized;
        (0..z.rows()).map(|row| z.row(row).iter().zip(&self.coefficients).map(|(z, c)| z * c).sum()).collect()
    }
}
