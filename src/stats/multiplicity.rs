//! Many tests at once: among 71 quartiers, three or four "changes" at 5 % are chance.
//!
//! Each function gives adjusted p-values in the order given, to be compared with the level asked for. p-values are 0..=1; all
//! results are too. Source of the digits: R's `p.adjust`.

/// Benjamini–Hochberg adjusted p-values, in the order given: `min over k ≥ rank of m p(k) / k`, at most 1.
///
/// Controls the false discovery rate under independence or positive dependence. Cost: O(m log m).
/// Source: Benjamini & Hochberg, JRSS B 57 (1995); R's `p.adjust(method = "BH")`.
///
/// ```
/// use optima::stats::multiplicity::benjamini_hochberg;
/// assert_eq!(benjamini_hochberg(&[0.01, 0.04, 0.03]), vec![0.03, 0.04, 0.04]);
/// ```
#[must_use]
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    step_up(p_values, 1.0)
}

/// Benjamini–Yekutieli adjusted p-values: those of Benjamini and Hochberg times `Σ 1/i` for i = 1 to m, at most 1.
///
/// Controls the false discovery rate under any dependence. Cost: O(m log m).
/// Source: Benjamini & Yekutieli, Annals of Statistics 29 (2001).
///
/// ```
/// use optima::stats::multiplicity::benjamini_yekutieli;
/// assert_eq!(benjamini_yekutieli(&[0.01, 0.02]), vec![0.03, 0.03]);
/// ```
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "numbers of tests")]
pub fn benjamini_yekutieli(p_values: &[f64]) -> Vec<f64> {
    step_up(p_values, (1..=p_values.len()).map(|i| 1.0 / i as f64).sum())
}

/// Holm's adjusted p-values: `max over k ≤ rank of (m − k + 1) p(k)`, at most 1.
///
/// Controls the chance of any false discovery, under any dependence; never weaker than Bonferroni. Cost: O(m log m).
/// Source: Holm, A simple sequentially rejective multiple test procedure, Scandinavian J. of Statistics 6 (1979).
///
/// ```
/// use optima::stats::multiplicity::holm;
/// assert_eq!(holm(&[0.01, 0.04, 0.03]), vec![0.03, 0.06, 0.06]);
/// ```
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "numbers of tests")]
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut adjusted = vec![1.0; p_values.len()];
    let mut most = 0.0f64;
    for (position, index) in ascending(p_values).into_iter().enumerate() {
        most = most.max(p_values[index] * (p_values.len() - position) as f64).min(1.0);
        adjusted[index] = most;
    }
    adjusted
}

/// Bonferroni's adjusted p-values: `m p`, at most 1.
///
/// ```
/// use optima::stats::multiplicity::bonferroni;
/// assert_eq!(bonferroni(&[0.01, 0.75]), vec![0.02, 1.0]);
/// ```
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "numbers of tests")]
pub fn bonferroni(p_values: &[f64]) -> Vec<f64> {
    p_values.iter().map(|p| (p * p_values.len() as f64).min(1.0)).collect()
}

/// `min over k ≥ rank of factor m p(k) / k`, at most 1.
#[expect(clippy::cast_precision_loss, reason = "numbers of tests")]
fn step_up(p_values: &[f64], factor: f64) -> Vec<f64> {
    let m = p_values.len() as f64;
    let mut adjusted = vec![1.0; p_values.len()];
    let mut least = 1.0f64;
    for (position, index) in ascending(p_values).into_iter().enumerate().rev() {
        least = least.min(p_values[index] * m * factor / (position + 1) as f64);
        adjusted[index] = least;
    }
    adjusted
}

fn ascending(p_values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    order
}
