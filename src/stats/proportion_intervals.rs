//! The intervals of a proportion by name, and how often each really holds the truth.
//!
//! Wilson's is the one that is published (`proportion::wilson`); the exact ones are for those who must never fall short, and Wald's is
//! here to show why it is not used.

use super::distributions::{beta_quantile, binomial_mass};
use super::proportion::{normal_quantile, wilson};

/// A way to an interval for `x` of `n`.
///
/// ```
/// use optima::stats::proportion_intervals::ProportionInterval;
/// let (low, high) = ProportionInterval::ClopperPearson.limits(0.0, 10.0, 0.95).unwrap();
/// assert!(low == 0.0 && (high - 0.308497107819).abs() < 1e-11);
/// assert_eq!(ProportionInterval::ClopperPearson.limits(0.0, 0.0, 0.95), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProportionInterval {
    /// Wilson's score interval: close to its level on average, also for small `n`. Wilson, JASA 22 (1927).
    Wilson,
    /// The exact interval: never below its level, so often wider than needed. Clopper & Pearson, Biometrika 26 (1934).
    ClopperPearson,
    /// Quantiles of the posterior under Jeffreys' prior, Beta(x + ½, n − x + ½). Brown et al., Statistical Science 16 (2001).
    Jeffreys,
    /// Wald's around `(x + z²/2) / (n + z²)`, cut to 0..=1. Agresti & Coull, The American Statistician 52 (1998).
    AgrestiCoull,
    /// `p̂ ± z √(p̂(1−p̂)/n)`, cut to 0..=1: for comparison only. Its 95 % are 40 % for n = 10, p = 0.05.
    Wald,
}

impl ProportionInterval {
    /// The two-sided limits, within 0..=1; exactly 0 below `x` = 0 and 1 above `x` = `n`, but for Agresti–Coull and Wald,
    /// which come to it by cutting.
    ///
    /// Counts may be fractional (shared zones). `None` where `n` is 0, `x` is outside 0..=n, or the level outside 0 to 1.
    /// Cost: O(1) for closed forms, two beta quantiles for the others.
    #[must_use]
    pub fn limits(self, x: f64, n: f64, level: f64) -> Option<(f64, f64)> {
        if !(n > 0.0 && n.is_finite() && (0.0..=n).contains(&x) && level > 0.0 && level < 1.0) {
            return None;
        }
        let (tail, y) = (0.5 - level / 2.0, n - x);
        let beta = |a: f64, b: f64, p: f64| beta_quantile(a, b, p);
        let around = |center: f64, size: f64| {
            let half = normal_quantile(level) * (center * (1.0 - center) / size).max(0.0).sqrt();
            ((center - half).max(0.0), (center + half).min(1.0))
        };
        let at_ends = |low: f64, high: f64| (if x > 0.0 { low } else { 0.0 }, if y > 0.0 { high } else { 1.0 });
        Some(match self {
            Self::Wilson => return wilson(x, n, level),
            Self::ClopperPearson => {
                let low = if x > 0.0 { beta(x, y + 1.0, tail) } else { 0.0 };
                (low, if y > 0.0 { beta(x + 1.0, y, 1.0 - tail) } else { 1.0 })
            }
            Self::Jeffreys => at_ends(beta(x + 0.5, y + 0.5, tail), beta(x + 0.5, y + 0.5, 1.0 - tail)),
            Self::AgrestiCoull => {
                let z2 = normal_quantile(level).powi(2);
                around((x + z2 / 2.0) / (n + z2), n + z2)
            }
            Self::Wald => around(x / n, n),
        })
    }

    /// The chance that the interval of a sample of `n` holds the true share: `Σ P(X = x)` over the `x` whose limits hold it.
    ///
    /// Exact, not simulated. `None` where `n` is 0, or the share or the level is outside 0 to 1. Cost: `n` intervals.
    ///
    /// ```
    /// use optima::stats::proportion_intervals::ProportionInterval;
    /// let coverage = ProportionInterval::Wald.coverage(10, 0.05, 0.95).unwrap();
    /// assert!((coverage - 0.400234562824).abs() < 1e-11);
    /// ```
    #[must_use]
    pub fn coverage(self, n: u32, share: f64, level: f64) -> Option<f64> {
        if !(0.0..=1.0).contains(&share) {
            return None;
        }
        (0..=n).try_fold(0.0, |covered, x| {
            let (low, high) = self.limits(f64::from(x), f64::from(n), level)?;
            Some(covered + if low <= share && share <= high { binomial_mass(x, n, share) } else { 0.0 })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::ProportionInterval::{AgrestiCoull, ClopperPearson, Jeffreys, Wald, Wilson};
    use super::*;
    use proptest::prelude::*;

    const ALL: [ProportionInterval; 5] = [Wilson, ClopperPearson, Jeffreys, AgrestiCoull, Wald];

    #[test]
    fn what_is_no_proportion_has_no_interval() {
        for method in ALL {
            for (x, n, level) in
                [(0.0, 0.0, 0.95), (5.0, 4.0, 0.95), (-1.0, 4.0, 0.95), (f64::NAN, 4.0, 0.95), (1.0, 4.0, 1.0), (1.0, 4.0, 0.0)]
            {
                assert_eq!(method.limits(x, n, level), None, "{method:?} {x}/{n} {level}");
            }
            assert_eq!(method.coverage(10, f64::NAN, 0.95), None);
            assert_eq!(method.coverage(0, 0.5, 0.95), None);
        }
    }

    #[test]
    fn the_exact_interval_never_falls_short_and_walds_does() {
        let mut worst = 1.0_f64;
        for n in [1, 5, 12, 40] {
            for share in (1..40).map(|i| f64::from(i) / 40.0) {
                assert!(ClopperPearson.coverage(n, share, 0.95).unwrap() >= 0.95 - 1e-12);
                worst = worst.min(Wald.coverage(n, share, 0.95).unwrap());
            }
        }
        assert!(worst < 0.2, "{worst}");
    }

    #[test]
    fn wilson_and_jeffreys_keep_their_level_on_average() {
        for method in [Wilson, Jeffreys] {
            let shares: Vec<f64> = (1..200).map(|i| f64::from(i) / 200.0).collect();
            let mean = shares.iter().map(|p| method.coverage(30, *p, 0.95).unwrap()).sum::<f64>() / 199.0;
            assert!((0.94..0.96).contains(&mean), "{method:?}: {mean}");
        }
    }

    proptest! {
        #[test]
        fn limits_hold_the_estimate_within_0_and_1_and_mirror(n in 1_u32..5_000, part in 0.0_f64..=1.0, level in 0.8_f64..0.999) {
            let n = f64::from(n);
            let x = (n * part).round();
            for method in ALL {
                let (low, high) = method.limits(x, n, level).unwrap();
                prop_assert!(0.0 <= low && low <= x / n + 1e-12 && x / n <= high + 1e-12 && high <= 1.0, "{:?} {} {}", method, low, high);
                let (mirrored_low, mirrored_high) = method.limits(n - x, n, level).unwrap();
                prop_assert!((1.0 - mirrored_high - low).abs() < 1e-9 && (1.0 - mirrored_low - high).abs() < 1e-9);
            }
        }
    }
}
