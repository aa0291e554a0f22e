//! Proportions: intervals, and whether two differ.

use statrs::distribution::{ContinuousCDF, Normal};

/// The two-sided standard normal quantile of a confidence level: 1.959963984540054 for 0.95.
#[must_use]
pub fn normal_quantile(level: f64) -> f64 {
    Normal::standard().inverse_cdf(0.5 + level / 2.0)
}

/// Wilson's score interval of a proportion, without continuity correction.
///
/// `(p̂ + z²/2n ± z √(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n)`, with `p̂ = x/n`. Counts may be fractional (shared zones).
/// `None` where `n` is 0 or a count is negative. Cost: O(1).
/// Source: Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
///
/// ```
/// use optima::stats::proportion::wilson;
/// let (low, high) = wilson(22.0, 100.0, 0.95).unwrap();
/// assert!((low - 0.150012823846).abs() < 1e-9 && (high - 0.31070353515).abs() < 1e-9);
/// ```
#[must_use]
pub fn wilson(x: f64, n: f64, level: f64) -> Option<(f64, f64)> {
    if !(n > 0.0 && (0.0..=n).contains(&x)) {
        return None;
    }
    let z = normal_quantile(level);
    let (p, z2) = (x / n, z * z);
    let center = p + z2 / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    // At 0 and n the limits are exact; rounding must not push them over.
    let low = if x == 0.0 { 0.0 } else { ((center - half) / scale).max(0.0) };
    let high = if (x - n).abs() < f64::EPSILON * n { 1.0 } else { ((center + half) / scale).min(1.0) };
    Some((low, high))
}

/// Newcombe's hybrid score interval of the difference `x1/n1 − x2/n2` of two independent proportions (his method 10).
///
/// `d − √((p1−l1)² + (u2−p2)²)` to `d + √((u1−p1)² + (p2−l2)²)`, with Wilson's limits `l`, `u`.
/// `None` where an `n` is 0. Source: Newcombe, Interval estimation for the difference between independent proportions,
/// Statistics in Medicine 17 (1998).
///
/// ```
/// use optima::stats::proportion::newcombe;
/// let (low, high) = newcombe((56.0, 70.0), (48.0, 80.0), 0.95).unwrap();
/// assert!((low - 0.0524314724024).abs() < 1e-9 && (high - 0.333872654037).abs() < 1e-9);
/// ```
#[must_use]
pub fn newcombe((x1, n1): (f64, f64), (x2, n2): (f64, f64), level: f64) -> Option<(f64, f64)> {
    let (l1, u1) = wilson(x1, n1, level)?;
    let (l2, u2) = wilson(x2, n2, level)?;
    let (p1, p2) = (x1 / n1, x2 / n2);
    let difference = p1 - p2;
    Some((difference - (p1 - l1).hypot(u2 - p2), difference + (u1 - p1).hypot(p2 - l2)))
}

/// Two-sided p-value that two independent proportions are one: the pooled score test (χ² without correction, 1 df).
///
/// `None` where an `n` is 0, or where both proportions are 0 or both 1 and no difference can show.
#[must_use]
pub fn equality_p_value((x1, n1): (f64, f64), (x2, n2): (f64, f64)) -> Option<f64> {
    if !(n1 > 0.0 && n2 > 0.0) {
        return None;
    }
    let pooled = (x1 + x2) / (n1 + n2);
    let variance = pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2);
    (variance > 0.0).then(|| two_sided((x1 / n1 - x2 / n2) / variance.sqrt()))
}

/// Coefficient of variation of a proportion, `√((1−p̂)/(n p̂))`; infinite for 0 of n.
#[must_use]
pub fn coefficient_of_variation(x: f64, n: f64) -> f64 {
    if x <= 0.0 || n <= 0.0 { f64::INFINITY } else { ((1.0 - x / n).max(0.0) / x).sqrt() }
}

fn two_sided(z: f64) -> f64 {
    (2.0 * Normal::standard().cdf(-z.abs())).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_stays_within_0_and_1_and_holds_the_estimate() {
        for n in 1..60u32 {
            for x in 0..=n {
                let (low, high) = wilson(f64::from(x), f64::from(n), 0.95).unwrap();
                let p = f64::from(x) / f64::from(n);
                assert!((0.0..=1.0).contains(&low) && (0.0..=1.0).contains(&high) && low <= p && p <= high, "{x}/{n}");
            }
        }
        assert_eq!(wilson(0.0, 0.0, 0.95), None);
        assert_eq!(wilson(5.0, 4.0, 0.95), None);
    }

    #[test]
    fn the_score_test_is_the_chi_square_of_the_two_by_two_table() {
        // R: prop.test(c(56, 48), c(70, 80), correct = FALSE)$p.value
        let p = equality_p_value((56.0, 70.0), (48.0, 80.0)).unwrap();
        assert!((p - 0.008_045_081_368_197).abs() < 1e-10, "{p}");
        assert_eq!(equality_p_value((0.0, 10.0), (0.0, 20.0)), None);
        assert_eq!(equality_p_value((0.0, 0.0), (0.0, 20.0)), None);
    }
}
