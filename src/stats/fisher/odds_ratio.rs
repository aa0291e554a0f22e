//! Two rows and two columns: besides p, how large the difference is, with its exact interval.

use crate::stats::refusal::Refusal;

use super::MOST_COUNTED;

/// Fisher's test of two rows and two columns, and the odds ratio given the margins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoByTwo {
    /// The two-sided p-value: the probability of a table no more likely than this one; never 0.
    pub p: f64,
    /// The conditional maximum likelihood odds ratio; absent where a zero in the table leaves it without bound, or where an empty
    /// row or column leaves it open.
    pub odds_ratio: Option<f64>,
    /// The lower limit of its exact interval.
    pub low: f64,
    /// The upper limit of its exact interval; absent where there is none.
    pub high: Option<f64>,
}

/// Fisher's exact test of `[[a, b], [c, d]]`, as R's `fisher.test`, with the interval at `level`.
///
/// Given the margins, `a` follows the noncentral hypergeometric distribution. The odds ratio ω solves `E(a; ω) = a`; its limits
/// solve `P(A ≥ a; ω) = α/2` and `P(A ≤ a; ω) = α/2`, here to the last digits, where R stops within 1.2e-4 of ω, or of 1/ω
/// above 1. All sums are of logarithms, so that
/// large counts do not underflow. Cost: O(smallest margin).
///
/// Source: Fisher, The logic of inductive inference, JRSS 98 (1935); Cornfield, Proc. 3rd Berkeley Symposium (1956).
///
/// # Errors
/// A total past [`MOST_COUNTED`]; a level outside of 0..1.
///
/// ```
/// use optima::stats::fisher::two_by_two;
/// let tea = two_by_two([[3, 1], [1, 3]], 0.95).unwrap();
/// assert!((tea.p - 0.485_714_285_714).abs() < 1e-12);
/// assert!((tea.odds_ratio.unwrap() - 6.408_319_66).abs() < 1e-8);
/// assert_eq!(two_by_two([[3, 0], [1, 3]], 0.95).unwrap().high, None);
/// ```
pub fn two_by_two([[a, b], [c, d]]: [[u64; 2]; 2], level: f64) -> Result<TwoByTwo, Refusal> {
    let total = [a, b, c, d].into_iter().try_fold(0u64, u64::checked_add).filter(|n| *n <= MOST_COUNTED);
    if total.is_none() {
        return Err(Refusal::new(format!("more than {MOST_COUNTED} counts are too many for an exact test")).remedy("use chi-square"));
    }
    if !(level > 0.0 && level < 1.0) {
        return Err(Refusal::new("the confidence level is not between 0 and 1"));
    }
    let noncentral = Noncentral::new(a + c, b + d, a + b);
    let last = noncentral.weights.len() - 1;
    if last == 0 {
        return Ok(TwoByTwo { p: 1.0, odds_ratio: None, low: 0.0, high: None });
    }
    let (at, tail) = (noncentral.place(a), (1.0 - level) / 2.0);
    let odds_ratio = match at {
        0 => Some(0.0),
        at if at == last => None,
        _ => Some(noncentral.solve(false, &|shares| mean(shares, at))),
    };
    let low = if at == 0 { 0.0 } else { noncentral.solve(false, &|shares| shares[at..].iter().sum::<f64>() - tail) };
    let high = (at != last).then(|| noncentral.solve(true, &|shares| shares[..=at].iter().sum::<f64>() - tail));
    Ok(TwoByTwo { p: noncentral.p_value(at), odds_ratio, low, high })
}

#[expect(clippy::cast_precision_loss, reason = "no more than MOST_COUNTED")]
fn mean(shares: &[f64], about: usize) -> f64 {
    shares.iter().enumerate().map(|(at, share)| (at as f64 - about as f64) * share).sum()
}

/// The hypergeometric distribution of the first cell, as logarithms of weights that need not add up to 1.
struct Noncentral {
    low: u64,
    weights: Vec<f64>,
}

impl Noncentral {
    /// Of `drawn` members, those of the first of two kinds; each weight from the one before.
    #[expect(clippy::cast_precision_loss, reason = "counts below MOST_COUNTED")]
    fn new(first: u64, second: u64, drawn: u64) -> Self {
        let (low, high) = (drawn.saturating_sub(second), drawn.min(first));
        let mut weight = 0.0;
        let steps = (low..high).map(|n| {
            let ratio = (first - n) as f64 * (drawn - n) as f64 / ((n + 1) as f64 * (second + n + 1 - drawn) as f64);
            weight += ratio.ln();
            weight
        });
        let weights = std::iter::once(0.0).chain(steps).collect();
        Self { low, weights }
    }

    #[expect(clippy::cast_possible_truncation, reason = "no more than MOST_COUNTED")]
    fn place(&self, count: u64) -> usize {
        (count - self.low) as usize
    }

    fn p_value(&self, at: usize) -> f64 {
        let seen = self.weights[at] + 1e-7;
        let sum = |most: f64| {
            let chosen = || self.weights.iter().copied().filter(|w| *w <= most);
            let largest = chosen().fold(f64::NEG_INFINITY, f64::max);
            largest + chosen().map(|w| (w - largest).exp()).sum::<f64>().ln()
        };
        (sum(seen) - sum(f64::INFINITY)).exp().clamp(f64::MIN_POSITIVE, 1.0)
    }

    /// The shares of the distribution with this logarithm of the odds ratio.
    #[expect(clippy::cast_precision_loss, reason = "counts below MOST_COUNTED")]
    fn shares(&self, log_odds: f64) -> Vec<f64> {
        let raised = |(at, w): (usize, &f64)| w + log_odds * at as f64;
        let largest = self.weights.iter().enumerate().map(raised).fold(f64::NEG_INFINITY, f64::max);
        let mut shares: Vec<f64> = self.weights.iter().enumerate().map(|w| (raised(w) - largest).exp()).collect();
        let sum: f64 = shares.iter().sum();
        for share in &mut shares {
            *share /= sum;
        }
        shares
    }

    /// The odds ratio at which `statistic` of the shares is 0, by halving; it rises with the odds ratio, or falls.
    fn solve(&self, falls: bool, statistic: &dyn Fn(&[f64]) -> f64) -> f64 {
        let (mut low, mut high) = (-700.0f64, 700.0f64);
        while high - low > 1e-13 * low.abs().max(high.abs()).max(1e-3) {
            let middle = f64::midpoint(low, high);
            if middle <= low || middle >= high {
                break;
            }
            if (statistic(&self.shares(middle)) < 0.0) == falls { high = middle } else { low = middle }
        }
        f64::midpoint(low, high).exp()
    }
}
