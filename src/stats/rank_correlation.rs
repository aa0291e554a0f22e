//! Do two orders agree? Average ranks, Spearman's rho and Kendall's tau-b: for an index before and after a choice was changed.

use super::refusal::Refusal;

/// The ranks of values, 1 for the smallest; equal values share the mean of their ranks.
///
/// Values whose neighbors in order lie within `tolerance` of each other are equal too: 0 for values as they are, more for results
/// of a computation, where two equal ones may differ in their last digits. Values are finite. Cost: O(n log n).
///
/// ```
/// use optima::stats::rank_correlation::average_ranks;
/// assert_eq!(average_ranks(&[10.0, 30.0, 20.0, 30.0], 0.0), [1.0, 3.5, 2.0, 3.5]);
/// ```
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "numbers of units")]
pub fn average_ranks(values: &[f64], tolerance: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| (values[*a] + 0.0).total_cmp(&(values[*b] + 0.0)));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for tied in order.chunk_by(|a, b| values[*b] - values[*a] <= tolerance) {
        let rank = before as f64 + (tied.len() + 1) as f64 / 2.0;
        for at in tied {
            ranks[*at] = rank;
        }
        before += tied.len();
    }
    ranks
}

/// Spearman's rho: the linear correlation of average ranks, −1..=1. Cost: O(n log n).
///
/// # Errors
/// Lengths that differ, fewer than two pairs, a number that is not finite, or all values of one side equal.
///
/// Source: Spearman, The proof and measurement of association between two things, American J. of Psychology 15 (1904); R's
/// `cor(method = "spearman")`.
///
/// ```
/// use optima::stats::rank_correlation::spearman;
/// assert_eq!(spearman(&[1.0, 2.0, 4.0], &[0.1, 0.3, 9.0])?, 1.0);
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
pub fn spearman(x: &[f64], y: &[f64]) -> Result<f64, Refusal> {
    check(x, y)?;
    let (x, y) = (average_ranks(x, 0.0), average_ranks(y, 0.0));
    #[expect(clippy::cast_precision_loss, reason = "numbers of pairs")]
    let mean = (x.len() + 1) as f64 / 2.0;
    let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>();
    Ok((sum(&x, &y) / (sum(&x, &x) * sum(&y, &y)).sqrt()).clamp(-1.0, 1.0))
}

/// Kendall's tau-b: `(C − D) / √((n0 − n1)(n0 − n2))`, −1..=1, of C concordant and D discordant pairs of units.
///
/// n0 counts all pairs of units, n1 those tied in x, n2 those tied in y. Cost: O(n log n), by Knight's count of exchanges.
///
/// # Errors
/// Lengths that differ, fewer than two units, a number that is not finite, or all values of one side equal.
///
/// Source: Kendall, Rank Correlation Methods (1948); Knight, A computer method for calculating Kendall's tau with ungrouped data, JASA 61
/// (1966); R's `cor(method = "kendall")`.
///
/// ```
/// use optima::stats::rank_correlation::kendall_tau_b;
/// // Of three pairs two agree and one does not.
/// assert!((kendall_tau_b(&[1.0, 2.0, 3.0], &[1.0, 3.0, 2.0])? - 1.0 / 3.0).abs() < 1e-15);
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
pub fn kendall_tau_b(x: &[f64], y: &[f64]) -> Result<f64, Refusal> {
    check(x, y)?;
    let mut pairs: Vec<(f64, f64)> = x.iter().zip(y).map(|(x, y)| (x + 0.0, y + 0.0)).collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let all = choose_two(pairs.len());
    let tied_x: i64 = pairs.chunk_by(|a, b| a.0 == b.0).map(|tied| choose_two(tied.len())).sum();
    let tied_both: i64 = pairs.chunk_by(|a, b| a == b).map(|tied| choose_two(tied.len())).sum();
    let mut y: Vec<f64> = pairs.into_iter().map(|(_, y)| y).collect();
    let discordant = exchanges(&mut y);
    let tied_y: i64 = y.chunk_by(|a, b| a == b).map(|tied| choose_two(tied.len())).sum();
    #[expect(clippy::cast_precision_loss, reason = "numbers of pairs")]
    let number = |pairs: i64| pairs as f64;
    let excess = number(all - tied_x - tied_y + tied_both - 2 * discordant);
    Ok((excess / (number(all - tied_x) * number(all - tied_y)).sqrt()).clamp(-1.0, 1.0))
}

fn check(x: &[f64], y: &[f64]) -> Result<(), Refusal> {
    if x.len() != y.len() {
        return Err(Refusal::new(format!("{} values beside {}", x.len(), y.len())).remedy("a rank correlation compares pairs"));
    }
    if x.len() < 2 {
        return Err(Refusal::new(format!("{} pairs", x.len())).remedy("a rank correlation needs two at least"));
    }
    if x.iter().chain(y).any(|value| !value.is_finite()) {
        return Err(Refusal::new("a value is missing or no number").remedy("leave out its pair"));
    }
    if [x, y].iter().any(|side| side.iter().all(|value| *value == side[0])) {
        return Err(Refusal::new("all values of one side are equal").remedy("they have no order to compare"));
    }
    Ok(())
}

fn choose_two(n: usize) -> i64 {
    i64::try_from(n * n.saturating_sub(1) / 2).unwrap_or(i64::MAX)
}

/// Sorts, and counts the pairs that stood in the wrong order.
fn exchanges(values: &mut [f64]) -> i64 {
    let mut merged = values.to_vec();
    let mut count = 0;
    let mut width = 1;
    while width < values.len() {
        for start in (0..values.len()).step_by(2 * width) {
            let middle = (start + width).min(values.len());
            let end = (start + 2 * width).min(values.len());
            let (mut left, mut right) = (start, middle);
            for slot in &mut merged[start..end] {
                if left < middle && (right == end || values[left] <= values[right]) {
                    *slot = values[left];
                    left += 1;
                } else {
                    *slot = values[right];
                    right += 1;
                    count += i64::try_from(middle - left).unwrap_or(i64::MAX);
                }
            }
        }
        values.copy_from_slice(&merged);
        width *= 2;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_values_share_a_rank_where_the_tolerance_says_so() {
        assert_eq!(average_ranks(&[0.3, 0.1 + 0.2, 5.0], 0.0), [1.0, 2.0, 3.0]);
        assert_eq!(average_ranks(&[0.3, 0.1 + 0.2, 5.0], 1e-12), [1.5, 1.5, 3.0]);
        assert_eq!(average_ranks(&[0.0, -0.0], 0.0), [1.5, 1.5]);
        assert!(average_ranks(&[], 0.0).is_empty());
    }

    #[test]
    fn what_has_no_order_is_refused() {
        for (x, y) in [(&[1.0][..], &[1.0][..]), (&[1.0, 2.0], &[1.0]), (&[1.0, 1.0], &[1.0, 2.0]), (&[1.0, f64::NAN], &[1.0, 2.0])] {
            assert!(spearman(x, y).is_err() && kendall_tau_b(x, y).is_err());
        }
    }

    #[test]
    fn a_negative_zero_is_tied_with_zero() {
        assert_eq!(kendall_tau_b(&[0.0, -0.0, 1.0], &[2.0, 1.0, 3.0]), kendall_tau_b(&[0.0, 0.0, 1.0], &[2.0, 1.0, 3.0]));
    }
}
