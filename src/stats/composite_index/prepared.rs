//! The declaration, checked: what every method and every run of sensitivity starts from.

use super::{Declaration, Direction};
use crate::stats::matrix::Matrix;
use crate::stats::rank_correlation::average_ranks;
use crate::stats::refusal::Refusal;

/// The indicators of the complete units, turned so that more is worse.
pub(super) struct Prepared {
    /// Units with all indicators, ascending.
    pub(super) complete: Vec<usize>,
    /// Complete units × indicators, with mean 0 and deviation 1 (divisor n).
    pub(super) standardized: Matrix,
    /// Complete units × indicators: average ranks, n for the most difficult.
    pub(super) ranks: Matrix,
    /// The correlations of the turned indicators.
    pub(super) correlations: Matrix,
    /// The domain of each indicator.
    pub(super) domain_of: Vec<usize>,
    /// The weights as declared.
    pub(super) weights: Weights,
}

/// Weights of indicators and of domains.
#[derive(Debug, Clone)]
pub(super) struct Weights {
    pub(super) indicators: Vec<f64>,
    pub(super) domains: Vec<f64>,
}

impl Prepared {
    #[expect(clippy::cast_precision_loss, reason = "a number of units")]
    pub(super) fn of(declared: &Declaration) -> Result<Self, Refusal> {
        let (domain_of, weights) = weights(declared)?;
        let complete = complete_units(declared)?;
        let (n, p) = (complete.len(), declared.indicators.len());
        let (mut standardized, mut ranks) = (Matrix::zeros(n, p), Matrix::zeros(n, p));
        for (j, indicator) in declared.indicators.iter().enumerate() {
            let sign = if indicator.direction == Direction::MoreIsWorse { 1.0 } else { -1.0 };
            let turned: Vec<f64> = complete.iter().filter_map(|unit| indicator.values[*unit]).map(|x| sign * x).collect();
            let z = standardize(&turned).ok_or_else(|| {
                Refusal::new(format!("indicator {} does not vary over the units that have all", j + 1)).remedy("leave it out")
            })?;
            for (row, (z, rank)) in z.into_iter().zip(average_ranks(&turned, 0.0)).enumerate() {
                standardized[(row, j)] = z;
                ranks[(row, j)] = rank;
            }
        }
        let mut correlations = Matrix::zeros(p, p);
        for row in 0..n {
            for (j, a) in standardized.row(row).iter().enumerate() {
                correlations.row_mut(j).iter_mut().zip(standardized.row(row)).for_each(|(sum, b)| *sum += a * b / n as f64);
            }
        }
        Ok(Self { complete, standardized, ranks, correlations, domain_of, weights })
    }
}

fn weights(declared: &Declaration) -> Result<(Vec<usize>, Weights), Refusal> {
    let indicators: Vec<f64> = declared.indicators.iter().map(|indicator| indicator.weight).collect();
    for (what, weights) in [("indicator", &indicators), ("domain", &declared.domains)] {
        // Beyond, sums of weights would no longer be numbers, or shares of them would be lost.
        if let Some(at) = weights.iter().position(|w| !(*w == 0.0 || (1e-9..=1e9).contains(w))) {
            return Err(Refusal::new(format!("the weight of {what} {} is negative, no number, or beyond 1e-9 to 1e9", at + 1))
                .remedy("weights are 0 or more; 1 for each is a start"));
        }
    }
    if indicators.iter().all(|weight| *weight == 0.0) {
        return Err(Refusal::new("no indicator has a weight").remedy("an index needs one at least"));
    }
    if declared.domains.is_empty() {
        if let Some(at) = declared.indicators.iter().position(|indicator| indicator.domain.is_some()) {
            return Err(
                Refusal::new(format!("indicator {} names a domain and none is declared", at + 1)).remedy("declare the domains' weights")
            );
        }
        let weights = Weights { domains: indicators.clone(), indicators };
        return Ok(((0..declared.indicators.len()).collect(), weights));
    }
    let domains = declared.domains.len();
    let known = |domain: Option<usize>| domain.filter(|domain| *domain < domains);
    let mut domain_of = Vec::with_capacity(indicators.len());
    for (at, indicator) in declared.indicators.iter().enumerate() {
        let Some(domain) = known(indicator.domain) else {
            return Err(Refusal::new(format!("indicator {} is in none of the {domains} domains", at + 1)).remedy("name its domain, from 0"));
        };
        domain_of.push(domain);
    }
    let lives = |domain: usize| domain_of.iter().zip(&indicators).any(|(of, weight)| *of == domain && *weight > 0.0);
    if let Some(empty) = (0..domains).find(|domain| declared.domains[*domain] > 0.0 && !lives(*domain)) {
        return Err(
            Refusal::new(format!("domain {} has no indicator with a weight", empty + 1)).remedy("leave it out, or give it a weight of 0")
        );
    }
    if declared.domains.iter().all(|weight| *weight == 0.0) {
        return Err(Refusal::new("no domain has a weight").remedy("an index needs one at least"));
    }
    Ok((domain_of, Weights { indicators, domains: declared.domains.clone() }))
}

fn complete_units(declared: &Declaration) -> Result<Vec<usize>, Refusal> {
    let units = declared.indicators.first().map_or(0, |indicator| indicator.values.len());
    for (at, indicator) in declared.indicators.iter().enumerate() {
        if indicator.values.len() != units {
            return Err(Refusal::new(format!("indicator {} has {} values, the first {units}", at + 1, indicator.values.len()))
                .remedy("give one a unit, absent where it is not known"));
        }
        if indicator.values.iter().flatten().any(|x| !x.is_finite()) {
            return Err(
                Refusal::new(format!("indicator {} holds a number that is none", at + 1)).remedy("absent values are told as absent")
            );
        }
    }
    let complete: Vec<usize> =
        (0..units).filter(|unit| declared.indicators.iter().all(|indicator| indicator.values[*unit].is_some())).collect();
    let least = declared.least_units.max(2);
    if complete.len() < least {
        return Err(Refusal::new(format!("{} of {units} units have all indicators, {least} are needed", complete.len()))
            .remedy("leave out the indicator that is absent most often, or join units"));
    }
    Ok(complete)
}

/// Mean 0, deviation 1 (divisor n); `None` where the values vary by rounding alone.
#[expect(clippy::cast_precision_loss, reason = "a number of units")]
fn standardize(values: &[f64]) -> Option<Vec<f64>> {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // Halves: the range of numbers at both ends of doubles is still one.
    let range = high / 2.0 - low / 2.0;
    if range <= 1e-13 * low.abs().max(high.abs()) {
        return None;
    }
    let n = values.len() as f64;
    let unit: Vec<f64> = values.iter().map(|x| (x / 2.0 - low / 2.0) / range).collect();
    let mean = unit.iter().sum::<f64>() / n;
    let variance = unit.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
    let deviation = variance.sqrt();
    (deviation > 0.0).then(|| unit.iter().map(|x| (x - mean) / deviation).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_at_both_ends_are_standardized_and_rounding_alone_is_not() {
        assert_eq!(standardize(&[-1.7e308, 1.7e308]), Some(vec![-1.0, 1.0]));
        assert_eq!(standardize(&[2.0, 4.0]), Some(vec![-1.0, 1.0]));
        assert_eq!(standardize(&[0.3, 0.1 + 0.2]), None);
        assert_eq!(standardize(&[0.0, 0.0]), None);
    }
}
