//! Whether a total gives its greatest contributors away: the (n,k), p % and pq rules on amounts.

use super::refusal::Refusal;

/// The rules, each with the numbers of the field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DominanceRules {
    /// Fewer contributors than this are too few.
    pub threshold: u64,
    /// `(n, k)`: the `n` greatest contributors may not make more than `k` % of the total.
    pub nk: (usize, f64),
    /// `p`: the second greatest contributor may not be able to tell the greatest to within `p` %.
    pub p: f64,
    /// `(p, q)`: as `p`, where contributors know each other to within `q` % beforehand; `q = 100` is the p % rule.
    pub pq: (f64, f64),
}

/// What the rules say of a total.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "one a rule")]
pub struct Sensitivity {
    /// The sum of the contributions.
    pub total: f64,
    /// Contributors, those of zero included.
    pub n: usize,
    /// Whether contributors are fewer than the threshold.
    pub few: bool,
    /// Whether the (n,k) rule is broken.
    pub nk: bool,
    /// Whether the p % rule is broken.
    pub p_percent: bool,
    /// Whether the pq rule is broken.
    pub pq: bool,
    /// By the p % rule: how far above the total an attacker's upper bound has to be, `p/100 x1 - (X - x1 - x2)`, in the unit of the
    /// contributions; 0 where the rule is not broken.
    pub upper_protection: f64,
}

/// What the dominance rules say of a total, from the contributions to it.
///
/// With `x1 >= x2 >= …` and their sum `X`: (n,k) is broken where `x1 + … + xn > k/100 X`; p % where `X - x1 - x2 < p/100 x1`; pq where
/// `X - x1 - x2 < p/q x1`. A tie breaks no rule: sides that differ by less than 1e-12 of the total, the noise of decimals, are a tie.
/// A total without contributors, or of zeros alone, breaks none but the threshold, and that only where there are contributors.
/// Cost: O(n log n). Source: Hundepool et al., Statistical Disclosure Control (2012), § 4.2; the SDC Handbook of `ESSnet`.
///
/// # Errors
/// A refusal of a contribution that is negative or not finite, and of rules out of range.
///
/// ```
/// use optima::stats::dominance::{DominanceRules, sensitivity};
/// let rules = DominanceRules { threshold: 3, nk: (2, 85.0), p: 10.0, pq: (10.0, 50.0) };
/// let found = sensitivity(&[100.0, 80.0, 5.0], &rules).unwrap();
/// assert!(found.p_percent && found.pq && found.nk && !found.few);
/// assert_eq!(found.upper_protection, 5.0);
/// ```
pub fn sensitivity(contributions: &[f64], rules: &DominanceRules) -> Result<Sensitivity, Refusal> {
    if contributions.iter().any(|x| !x.is_finite() || *x < 0.0) {
        return Err(Refusal::new("a contribution is negative or no number").remedy("dominance is defined for amounts from 0 upwards"));
    }
    let positive = |x: f64| x.is_finite() && x > 0.0;
    if rules.nk.0 == 0 || !positive(rules.nk.1) || !positive(rules.p) || !positive(rules.pq.0) || !positive(rules.pq.1) {
        return Err(Refusal::new("dominance rules out of range").remedy("n from 1, and k, p and q above 0, in percent"));
    }
    let mut sorted = contributions.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    // Smallest first: the sum that loses least, and the same in any order of the contributions.
    let total: f64 = sorted.iter().rev().sum();
    let rest: f64 = sorted.iter().skip(2).rev().sum();
    let greatest = sorted.first().copied().unwrap_or(0.0);
    let top: f64 = sorted.iter().take(rules.nk.0).rev().sum();
    let above = |a: f64, b: f64| a - b > 1e-12 * total;
    let (margin, margin_pq) = (rules.p * greatest / 100.0, rules.pq.0 * greatest / rules.pq.1);
    let p_percent = above(margin, rest);
    Ok(Sensitivity {
        total,
        n: sorted.len(),
        few: !sorted.is_empty() && (sorted.len() as u64) < rules.threshold,
        nk: above(top, rules.nk.1 * total / 100.0),
        p_percent,
        pq: above(margin_pq, rest),
        upper_protection: if p_percent { margin - rest } else { 0.0 },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RULES: DominanceRules = DominanceRules { threshold: 3, nk: (2, 85.0), p: 10.0, pq: (10.0, 50.0) };

    #[test]
    fn a_tie_breaks_no_rule_and_the_noise_of_decimals_is_none() {
        // 0.1 + 0.2 against 10 % of 3, and 85 of 100.
        let found = sensitivity(&[3.0, 1.0, 0.1, 0.2], &DominanceRules { nk: (1, 300.0 / 4.3), ..RULES }).unwrap();
        assert!(!found.p_percent && !found.nk && found.pq);
        assert!(!sensitivity(&[50.0, 35.0, 15.0], &RULES).unwrap().nk);
        assert!(sensitivity(&[50.0, 35.1, 14.9], &RULES).unwrap().nk);
    }

    #[test]
    fn nobody_and_zeros_are_not_dominated() {
        let nobody = sensitivity(&[], &RULES).unwrap();
        assert!(!nobody.few && !nobody.nk && !nobody.p_percent && !nobody.pq);
        let zeros = sensitivity(&[0.0, 0.0], &RULES).unwrap();
        assert!(zeros.few && !zeros.nk && !zeros.p_percent && !zeros.pq);
    }

    #[test]
    fn what_is_no_amount_and_no_rule_is_refused() {
        for bad in [-1.0, f64::NAN, f64::INFINITY] {
            assert!(sensitivity(&[bad], &RULES).unwrap_err().reason.starts_with("a contribution"));
            assert!(sensitivity(&[1.0], &DominanceRules { p: bad, ..RULES }).unwrap_err().reason.starts_with("dominance rules"));
        }
        assert!(sensitivity(&[1.0], &DominanceRules { nk: (0, 85.0), ..RULES }).is_err());
    }

    proptest! {
        #[test]
        fn scale_and_order_change_no_verdict(mut amounts in prop::collection::vec(0_u32..1000, 0..9), factor in 1_u32..1000) {
            let of = |amounts: &[u32], factor: u32| sensitivity(&amounts.iter().map(|x| f64::from(x * factor)).collect::<Vec<_>>(), &RULES).unwrap();
            let found = of(&amounts, 1);
            let scaled = of(&amounts, factor);
            prop_assert_eq!((found.few, found.nk, found.p_percent, found.pq), (scaled.few, scaled.nk, scaled.p_percent, scaled.pq));
            amounts.reverse();
            prop_assert_eq!(found, of(&amounts, 1));
            // A broken p % rule is a broken pq rule, for q below 100.
            prop_assert!(!found.p_percent || found.pq);
            prop_assert_eq!(found.p_percent, found.upper_protection > 0.0);
        }
    }
}
