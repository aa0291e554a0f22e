//! Several groups at once.

use super::{entropy_term, unit};
use crate::stats::matrix::Matrix;
use crate::stats::refusal::Refusal;

/// The information index of several groups, 0..=1: `H = Σᵢ tᵢ (E − Eᵢ) / (T E)`, E = −Σ Pₘ ln Pₘ over groups m, 0 ln 0 = 0.
///
/// `counts` is zones × groups, in persons, each person in one group. Zones without persons are left out; a group that is nowhere
/// adds nothing. With two groups it is [`Segregation::entropy`](super::Segregation::entropy). Cost: O(zones (log zones + groups)).
///
/// # Errors
/// A count that is negative or no number; fewer than two groups with persons.
///
/// Source: Theil & Finizza, A note on the measurement of racial integration of schools, J. of Mathematical Sociology 1 (1971);
/// Reardon & Firebaugh, Measures of multigroup segregation, Sociological Methodology 32 (2002).
///
/// ```
/// use optima::stats::{matrix::Matrix, segregation::multigroup_entropy};
/// let apart = Matrix::from_rows(3, vec![10.0, 0.0, 0.0, 0.0, 20.0, 0.0, 0.0, 0.0, 5.0]);
/// assert!((multigroup_entropy(&apart)? - 1.0).abs() < 1e-15);
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
pub fn multigroup_entropy(counts: &Matrix) -> Result<f64, Refusal> {
    if let Some(at) = counts.as_slice().iter().position(|count| !(count.is_finite() && *count >= 0.0)) {
        let (zone, group) = (at / counts.columns() + 1, at % counts.columns() + 1);
        return Err(Refusal::new(format!("the count of group {group} in zone {zone} is negative or no number")));
    }
    let size = |zone: &&[f64]| zone.iter().sum::<f64>();
    let mut zones: Vec<&[f64]> = (0..counts.rows()).map(|zone| counts.row(zone)).filter(|zone| size(zone) > 0.0).collect();
    // By their counts: no sum depends on the order they came in.
    zones.sort_by(|a, b| a.iter().zip(*b).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal));
    let groups: Vec<f64> = (0..counts.columns()).map(|group| zones.iter().map(|zone| zone[group]).sum()).collect();
    let all: f64 = groups.iter().sum();
    if groups.iter().filter(|persons| **persons > 0.0).count() < 2 || !all.is_finite() {
        return Err(Refusal::new("fewer than two groups have persons").remedy("there is nobody to live apart from"));
    }
    let entropy = |counts: &[f64], of: f64| counts.iter().map(|count| entropy_term(count / of)).sum::<f64>();
    let whole = entropy(&groups, all);
    if !whole.is_normal() {
        return Err(Refusal::new("one group's share cannot be told from 1").remedy("check the counts"));
    }
    let term = |zone: &&[f64]| size(zone) / all * (whole - entropy(zone, size(zone)));
    Ok(unit(zones.iter().map(term).sum::<f64>() / whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_that_is_nowhere_adds_nothing_and_one_group_is_refused() {
        let three = Matrix::from_rows(3, vec![4.0, 0.0, 2.0, 1.0, 0.0, 8.0, 0.0, 0.0, 0.0]);
        let two = Matrix::from_rows(2, vec![4.0, 2.0, 1.0, 8.0]);
        assert_eq!(multigroup_entropy(&three), multigroup_entropy(&two));
        assert!(multigroup_entropy(&Matrix::from_rows(2, vec![4.0, 0.0, 1.0, 0.0])).is_err());
        assert!(multigroup_entropy(&Matrix::from_rows(2, vec![4.0, f64::NAN])).is_err());
        assert!(multigroup_entropy(&Matrix::zeros(0, 0)).is_err());
    }
}
