//! Test-values: how surprising a class's share or mean is, as a standard normal quantile with a sign.
//!
//! Everything is done in logarithms: among a hundred thousand persons p is soon below the smallest double.

use std::f64::consts::{LN_2, TAU};

use statrs::function::gamma::ln_gamma;

/// A two-sided test, with its sign.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TestValue {
    /// `±Φ⁻¹(1 − p/2)`: positive where there is more than expected.
    pub value: f64,
    /// `ln p`; finite where p itself is too small for a double.
    pub ln_p: f64,
}

impl TestValue {
    /// The p-value, 0..=1; 0 below 1e-323.
    #[must_use]
    pub fn p(&self) -> f64 {
        self.ln_p.exp()
    }

    /// From a standard normal statistic.
    ///
    /// ```
    /// use optima::stats::test_value::TestValue;
    /// assert!((TestValue::of_normal(-1.959_963_984_540_054).p() - 0.05).abs() < 1e-15);
    /// assert!((TestValue::of_normal(50.0).ln_p + 1_254.138_213_958_86).abs() < 1e-10);
    /// ```
    #[must_use]
    pub fn of_normal(value: f64) -> Self {
        Self { value, ln_p: (LN_2 + ln_upper_tail(value.abs())).min(0.0) }
    }
}

/// Of which tail the hypergeometric p-value is double.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tails {
    /// `min(2 P(X > x) + P(X = x), 2 P(X < x) + P(X = x))`: half of what was observed counts (mid-p). `FactoMineR` since 1.36.
    #[default]
    MidP,
    /// `2 P(X ≥ x)` where there is more than expected, else `2 P(X ≤ x)`, at most 1: Lebart, Morineau & Piron, SPAD, older `FactoMineR`.
    Whole,
}

/// The test-value of a modality in a class: `together` persons of both, `class` in the class, `modality` who chose it, `all` in all.
///
/// X is hypergeometric: `class` persons drawn of `all` without replacement. The sign is that of `together/class − modality/all`.
/// Absent where the counts contradict each other or `all` is 0. Cost: O(√all) terms.
/// Source: Lebart, Morineau & Piron, Statistique exploratoire multidimensionnelle (2000); `FactoMineR::catdes`.
///
/// ```
/// use optima::stats::test_value::{Tails, hypergeometric};
/// // FactoMineR::catdes on its tea data: where = chain store, class 1.
/// let found = hypergeometric(157, 172, 192, 300, Tails::MidP).unwrap();
/// assert!((found.value - 11.746_030_2).abs() < 1e-6 && (found.p() / 7.401_497_28e-32 - 1.0).abs() < 1e-8);
/// // A million persons: p is far below the smallest double, the test-value is not.
/// let found = hypergeometric(200_000, 300_000, 400_000, 1_000_000, Tails::MidP).unwrap();
/// assert!(found.p() == 0.0 && found.value > 300.0 && found.ln_p.is_finite());
/// ```
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of persons, below 2⁵³")]
pub fn hypergeometric(together: u64, class: u64, modality: u64, all: u64, tails: Tails) -> Option<TestValue> {
    if all == 0 || class > all || modality > all || together > class.min(modality) || class + modality > all + together {
        return None;
    }
    let (x, n, k, total) = (together as f64, class as f64, modality as f64, all as f64);
    let more = x * total > n * k;
    let (ln_here, beyond) = (ln_probability(x, n, k, total), terms_beyond(x, n, k, total, x * total >= n * k));
    let ln_p = match tails {
        Tails::MidP => {
            // Both doubled tails sum to 2, so that the one away from the middle is the lower; in the middle it may exceed 1.
            let doubled = ln_here + 2f64.mul_add(beyond, 1.0).ln();
            if doubled > 0.0 { (2.0 - doubled.exp()).max(f64::MIN_POSITIVE).ln() } else { doubled }
        }
        Tails::Whole => (LN_2 + ln_here + beyond.ln_1p()).min(0.0),
    };
    let size = quantile_of_ln_upper_tail(ln_p - LN_2);
    Some(TestValue { value: if more { size } else { 0.0 - size }, ln_p })
}

/// `ln P(X = x)` by log-gamma.
fn ln_probability(x: f64, n: f64, k: f64, total: f64) -> f64 {
    let ln_choose = |n: f64, k: f64| ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0);
    ln_choose(k, x) + ln_choose(total - k, n - x) - ln_choose(total, n)
}

/// The probabilities beyond `x`, upward or downward, in units of that of `x`: each from the one before.
fn terms_beyond(x: f64, n: f64, k: f64, total: f64, upward: bool) -> f64 {
    let (mut at, mut term, mut sum) = (x, 1.0f64, 0.0f64);
    loop {
        term *= if upward {
            (k - at) * (n - at) / ((at + 1.0) * (total - k - n + at + 1.0))
        } else {
            at * (total - k - n + at) / ((k - at + 1.0) * (n - at + 1.0))
        };
        sum += term;
        at += if upward { 1.0 } else { -1.0 };
        if term <= sum * 1e-17 {
            return sum;
        }
    }
}

/// `ln P(Z > z)` of a standard normal Z, for any `z`, to some 1e-14.
///
/// Source: Abramowitz & Stegun, Handbook of Mathematical Functions (1964), 26.2.11 (a series, near 0) and 26.2.14 (a continued fraction).
///
/// ```
/// use optima::stats::test_value::ln_upper_tail;
/// assert!((ln_upper_tail(1.644_853_626_951_472_6) - 0.05f64.ln()).abs() < 1e-14);
/// ```
#[must_use]
pub fn ln_upper_tail(z: f64) -> f64 {
    if z < -2.0 {
        return (-ln_upper_tail(-z).exp()).ln_1p();
    }
    let ln_density = -0.5 * z * z - 0.5 * TAU.ln();
    if z < 2.0 {
        let (mut term, mut sum, mut odd) = (z, z, 1.0);
        while term.abs() > sum.abs() * 1e-17 {
            odd += 2.0;
            term *= z * z / odd;
            sum += term;
        }
        return (0.5 - ln_density.exp() * sum).ln();
    }
    // From 2 on, eighty steps are more than doubles can tell.
    let mills = (1..=80).rev().fold(z, |below, step| z + f64::from(step) / below);
    ln_density - mills.ln()
}

/// The `z ≥ 0` with `ln P(Z > z)` as given; 0 from ln ½ up.
#[must_use]
pub fn quantile_of_ln_upper_tail(ln_tail: f64) -> f64 {
    if ln_tail >= -LN_2 {
        return 0.0;
    }
    // Newton's method; the logarithm of the tail is concave and steeper outward, so that from above it falls on the root.
    let mut z = (-2.0 * ln_tail).sqrt();
    for _ in 0..60 {
        let tail = ln_upper_tail(z);
        let hazard = (-0.5 * z * z - 0.5 * TAU.ln() - tail).exp();
        let step = (tail - ln_tail) / hazard;
        z = (z + step).max(0.0);
        if step.abs() <= 1e-15 * (1.0 + z) {
            break;
        }
    }
    z
}

/// `ln P(χ² > statistic)` with `freedom` degrees of freedom, also where the probability itself is too small for a double.
///
/// ```
/// use optima::stats::test_value::ln_chi_square_tail;
/// // R: pchisq(c(3.84145882069412, 5000), c(1, 4), lower.tail = FALSE, log.p = TRUE)
/// assert!((ln_chi_square_tail(3.841_458_820_694_12, 1.0) - 0.05f64.ln()).abs() < 1e-12);
/// assert!((ln_chi_square_tail(5000.0, 4.0) + 2_492.175_554_069_122).abs() < 1e-10);
/// ```
#[must_use]
pub fn ln_chi_square_tail(statistic: f64, freedom: f64) -> f64 {
    let (a, x) = (freedom / 2.0, statistic / 2.0);
    if !(x > 0.0 && a > 0.0) {
        return 0.0;
    }
    let ln_front = a * x.ln() - x - ln_gamma(a);
    if x < a + 1.0 {
        // The lower tail by its series.
        let (mut term, mut sum, mut at) = (1.0 / a, 1.0 / a, a);
        while term > sum * 1e-17 {
            at += 1.0;
            term *= x / at;
            sum += term;
        }
        return (-(ln_front + sum.ln()).exp()).max(-1.0).ln_1p().max(f64::MIN_POSITIVE.ln());
    }
    // The upper tail by its continued fraction (Lentz).
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (f64::MAX, 1.0 / b);
    let mut fraction = d;
    for i in 1..100_000 {
        let i = f64::from(i);
        let term = i * (a - i);
        b += 2.0;
        d = 1.0 / (term * d + b);
        c = b + term / c;
        let change = c * d;
        fraction *= change;
        if (change - 1.0).abs() < 1e-16 {
            break;
        }
    }
    ln_front + fraction.ln()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::cast_precision_loss, reason = "the coefficients are divided at once")]

    use super::*;

    /// Binomial coefficients as whole numbers: exact up to 60 persons.
    fn choose(n: u64, k: u64) -> u128 {
        (0..u128::from(k)).fold(1, |product, i| product * (u128::from(n) - i) / (i + 1))
    }

    #[test]
    fn p_values_are_those_of_direct_summation() {
        let mut compared = 0;
        for all in [1u64, 2, 7, 20, 33, 60] {
            for class in (0..=all).filter(|class| class % (1 + all / 7) == 0) {
                for modality in (0..=all).filter(|modality| modality % (1 + all / 9) == 0) {
                    let range = (class + modality).saturating_sub(all)..=class.min(modality);
                    let ways = |x: u64| (choose(modality, x) * choose(all - modality, class - x)) as f64 / choose(all, class) as f64;
                    for x in range.clone() {
                        let sum = |keep: &dyn Fn(u64) -> bool| range.clone().filter(|i| keep(*i)).map(ways).sum::<f64>();
                        let (above, below, here) = (sum(&|i| i > x), sum(&|i| i < x), ways(x));
                        let mid = (2.0 * above + here).min(2.0 * below + here);
                        let found = hypergeometric(x, class, modality, all, Tails::MidP).unwrap();
                        assert!((found.p() / mid - 1.0).abs() < 1e-11, "{x} {class} {modality} {all}: {found:?}, {mid}");
                        let more = x * all > class * modality;
                        let whole = (2.0 * (here + if more { above } else { below })).min(1.0);
                        let found = hypergeometric(x, class, modality, all, Tails::Whole).unwrap();
                        assert!((found.p() / whole - 1.0).abs() < 1e-11, "{x} {class} {modality} {all}: {found:?}, {whole}");
                        assert!((found.value > 0.0) <= more && found.value.is_finite(), "{found:?}");
                        compared += 1;
                    }
                }
            }
        }
        assert!(compared > 1000, "{compared}");
    }

    #[test]
    fn counts_that_contradict_each_other_have_no_test_value() {
        for (together, class, modality, all) in [(3, 2, 5, 9), (3, 5, 2, 9), (1, 10, 2, 9), (0, 0, 0, 0), (0, 5, 6, 9)] {
            assert_eq!(hypergeometric(together, class, modality, all, Tails::MidP), None);
        }
    }

    #[test]
    fn a_quantile_leads_back_to_its_tail() {
        for ln_tail in [-0.7, -1.0, -5.0, -100.0, -449.0, -451.0, -746.0, -1e4, -1e9] {
            let z = quantile_of_ln_upper_tail(ln_tail);
            assert!((ln_upper_tail(z) - ln_tail).abs() < 1e-11 * ln_tail.abs(), "{ln_tail}: {z}");
        }
        assert_eq!(quantile_of_ln_upper_tail(-0.5), 0.0);
    }

    #[test]
    fn normal_tails_are_those_of_r() {
        // pnorm(z, lower.tail = FALSE, log.p = TRUE)
        for (z, expected) in [
            (0.0, -LN_2),
            (0.5, -1.175_911_761_593_618_5),
            (1.0, -1.841_021_645_009_263_6),
            (2.0, -3.783_184_333_682_031_7),
            (3.0, -6.607_726_221_510_349),
            (8.0, -35.013_437_159_914_55),
            (20.0, -203.917_155_371_097_27),
            (37.0, -689.030_585_576_890_6),
        ] {
            assert!((ln_upper_tail(z) / expected - 1.0).abs() < 1e-14, "{z}: {}", ln_upper_tail(z));
        }
        assert!((ln_upper_tail(-3.0) - (-(-6.607_726_221_510_349f64).exp()).ln_1p()).abs() < 1e-16);
    }

    #[test]
    fn a_million_persons_lose_no_digits() {
        // R: dhyper and phyper of 200000 in 300000 of 1000000, with 400000 chosen, in logarithms.
        let (here, above) = (-63_274.917_784_120_1f64, -63_276.304_094_105_9);
        let expected = here + (2.0 * f64::exp(above - here)).ln_1p();
        let found = hypergeometric(200_000, 300_000, 400_000, 1_000_000, Tails::MidP).unwrap();
        assert!((found.ln_p - expected).abs() < 1e-7, "{found:?}, {expected}");
    }

    #[test]
    fn the_two_forms_of_the_chi_square_tail_meet() {
        for freedom in [1.0, 2.0, 6.0, 40.0, 5000.0] {
            let at = freedom + 2.0;
            let (below, above) = (ln_chi_square_tail(at - 1e-9, freedom), ln_chi_square_tail(at, freedom));
            assert!((below - above).abs() < 1e-8, "{freedom}: {below} {above}");
        }
        // Two degrees of freedom: exp(−x/2).
        assert!((ln_chi_square_tail(3000.0, 2.0) + 1500.0).abs() < 1e-9);
        assert_eq!(ln_chi_square_tail(0.0, 3.0), 0.0);
    }
}
