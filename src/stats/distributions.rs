//! Tails and quantiles of the beta, gamma, binomial and Poisson laws, precise for one event and for millions.
//!
//! statrs cuts the continued fraction of the incomplete beta function off after 140 terms, which is not enough for a commune of
//! 60,000 inhabitants, and finds quantiles to fewer digits than exact intervals are published with.

use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::gamma::{checked_gamma_lr, checked_gamma_ur, ln_gamma};

/// Both tails of the beta law at `x`: `I_x(a, b)` and `1 − I_x(a, b)`, the smaller one to full relative precision.
///
/// `a`, `b` > 0; `x` outside 0..=1 is taken as its nearer end. Continued fraction by Lentz's method.
/// Cost: O(√max(a, b)). Source: Abramowitz & Stegun 26.5.8.
///
/// ```
/// // R: pbeta(0.3, 2, 5)
/// let (lower, upper) = optima::stats::distributions::beta_tails(2.0, 5.0, 0.3);
/// assert!((lower - 0.579825).abs() < 1e-12 && (lower + upper - 1.0).abs() < 1e-15);
/// ```
#[must_use]
pub fn beta_tails(a: f64, b: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if x >= 1.0 {
        return (1.0, 0.0);
    }
    let front = beta_front(a, b, x);
    if x < (a + 1.0) / (a + b + 2.0) {
        let lower = (front * continued_fraction(a, b, x) / a).clamp(0.0, 1.0);
        (lower, 1.0 - lower)
    } else {
        let upper = (front * continued_fraction(b, a, 1.0 - x) / b).clamp(0.0, 1.0);
        (1.0 - upper, upper)
    }
}

/// `x^a (1 − x)^b / B(a, b)`: the density times `x (1 − x)`.
fn beta_front(a: f64, b: f64, x: f64) -> f64 {
    (a * x.ln() + b * (-x).ln_1p() + ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b)).exp()
}

fn continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    const LEAST: f64 = 1e-300;
    let kept = |value: f64| if value.abs() < LEAST { LEAST } else { value };
    let (mut c, mut d) = (1.0, 1.0 / kept(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for step in 1..1_000_000 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / kept(1.0 + even * d);
        c = kept(1.0 + even / c);
        fraction *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / kept(1.0 + odd * d);
        c = kept(1.0 + odd / c);
        fraction *= d * c;
        if (d * c - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    fraction
}

/// Both tails of the gamma law of this shape and scale 1 at `x`: `P(a, x)` and `Q(a, x)`.
///
/// `shape` > 0. Cost: O(√shape). Source: Abramowitz & Stegun 6.5.29 and 6.5.31.
///
/// ```
/// // R: pgamma(2, 3)
/// assert!((optima::stats::distributions::gamma_tails(3.0, 2.0).0 - 0.3233235838169366).abs() < 1e-12);
/// ```
#[must_use]
pub fn gamma_tails(shape: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if x <= shape || x <= 1.0 {
        let lower = checked_gamma_lr(shape, x).unwrap_or(0.0).clamp(0.0, 1.0);
        (lower, 1.0 - lower)
    } else {
        let upper = checked_gamma_ur(shape, x).unwrap_or(0.0).clamp(0.0, 1.0);
        (1.0 - upper, upper)
    }
}

/// The quantile of the beta law: where the lower tail reaches `p`.
///
/// `a`, `b` > 0, `p` in 0..=1. Cost: some ten times that of [`beta_tails`].
///
/// ```
/// // R: qbeta(0.975, 23, 78)
/// assert!((optima::stats::distributions::beta_quantile(23.0, 78.0, 0.975) - 0.313919653786).abs() < 1e-11);
/// ```
#[must_use]
pub fn beta_quantile(a: f64, b: f64, p: f64) -> f64 {
    let mean = a / (a + b);
    let deviation = (mean * (1.0 - mean) / (a + b + 1.0)).sqrt();
    reaching(p, 1.0, (mean, deviation), |x| (beta_tails(a, b, x), beta_front(a, b, x) / (x * (1.0 - x))))
}

/// The quantile of the gamma law of this shape and scale 1: half that of χ² with `2 × shape` degrees of freedom.
///
/// `shape` > 0, `p` in 0..1. Cost: some ten times that of [`gamma_tails`].
///
/// ```
/// // R: qgamma(0.975, 5)
/// assert!((optima::stats::distributions::gamma_quantile(5.0, 0.975) - 10.2415886754).abs() < 1e-9);
/// ```
#[must_use]
pub fn gamma_quantile(shape: f64, p: f64) -> f64 {
    let density = |x: f64| ((shape - 1.0) * x.ln() - x - ln_gamma(shape)).exp();
    reaching(p, f64::MAX, (shape, shape.sqrt()), |x| (gamma_tails(shape, x), density(x)))
}

/// Where the lower tail reaches `p`: by Newton's steps from the normal law's guess, and, where they leave what is known to hold the
/// quantile or do not settle, by halving in the order of the doubles, so that a quantile of 1e-12 has as many digits as one of 0.5.
fn reaching(p: f64, most: f64, (mean, deviation): (f64, f64), law: impl Fn(f64) -> ((f64, f64), f64)) -> f64 {
    if p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return most;
    }
    let (mut below, mut reached) = (0.0, most);
    let guess = mean + deviation * Normal::standard().inverse_cdf(p);
    let mut x = if guess > below && guess < reached { guess } else { mean };
    for step in 0..120 {
        let ((lower, upper), density) = law(x);
        // By the smaller tail, which has the digits.
        let over = if p <= 0.5 { lower - p } else { 1.0 - p - upper };
        if over >= 0.0 {
            reached = x;
        } else {
            below = x;
        }
        let newton = x - over / density;
        let inside = step < 50 && newton > below && newton < reached;
        let next = if inside { newton } else { f64::from_bits(below.to_bits().midpoint(reached.to_bits())) };
        if (next - x).abs() <= f64::EPSILON * x || next <= below {
            return next.max(f64::MIN_POSITIVE);
        }
        x = next;
    }
    x
}

/// `P(X ≤ k)` for a Poisson count of this mean; `k` is rounded down, as fractional counts (shared zones) are in R's `ppois`.
///
/// ```
/// // R: ppois(8, 5.972450)
/// assert!((optima::stats::distributions::poisson_cdf(8.0, 5.97245) - 0.850069142688742).abs() < 1e-12);
/// ```
#[must_use]
pub fn poisson_cdf(k: f64, mean: f64) -> f64 {
    let k = whole(k);
    if k < 0.0 {
        0.0
    } else if mean <= 0.0 {
        1.0
    } else {
        gamma_tails(k + 1.0, mean).1
    }
}

/// `P(X ≤ k)` for `n` trials of this chance; between whole numbers of trials (shared zones) by the incomplete beta function.
///
/// ```
/// // R: pbinom(3, 10, 0.22)
/// assert!((optima::stats::distributions::binomial_cdf(3.0, 10.0, 0.22) - 0.841326106856899).abs() < 1e-12);
/// ```
#[must_use]
pub fn binomial_cdf(k: f64, n: f64, chance: f64) -> f64 {
    let k = whole(k);
    if k < 0.0 {
        0.0
    } else if k >= n || chance <= 0.0 {
        1.0
    } else {
        beta_tails(k + 1.0, n - k, chance).1
    }
}

/// `P(X = k)` for `n` trials of this chance, `k` and `n` whole.
///
/// ```
/// assert!((optima::stats::distributions::binomial_mass(2, 4, 0.5) - 0.375).abs() < 1e-14);
/// ```
#[must_use]
pub fn binomial_mass(k: u32, n: u32, chance: f64) -> f64 {
    if k > n {
        return 0.0;
    }
    let (k, n) = (f64::from(k), f64::from(n));
    // 0 ln 0 is 0 here.
    let term = |count: f64, log: f64| if count > 0.0 { count * log } else { 0.0 };
    let ways = ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0);
    (ways + term(k, chance.ln()) + term(n - k, (-chance).ln_1p())).exp()
}

/// A count rounded down, forgiving the last digits of sums of shares.
fn whole(k: f64) -> f64 {
    (k + 1e-7).floor()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_tails_of_a_city_are_those_of_r() {
        // R: pbeta(0.25, 150000, 450000), pbeta(0.2489, 150000, 450000), pgamma(41725, 41800)
        let near = |ours: f64, r: f64| (ours / r - 1.0).abs() < 1e-8;
        assert!(near(beta_tails(150_000.0, 450_000.0, 0.25).0, 0.500_198_236_064_912), "{:?}", beta_tails(150_000.0, 450_000.0, 0.25));
        assert!(near(beta_tails(150_000.0, 450_000.0, 0.2489).0, 0.024_466_644_461_52), "{:?}", beta_tails(150_000.0, 450_000.0, 0.2489));
        assert!(near(gamma_tails(41_800.0, 41_725.0).0, 0.357_396_721_899_372), "{:?}", gamma_tails(41_800.0, 41_725.0));
    }

    proptest! {
        #[test]
        fn a_quantile_is_where_the_tail_reaches_its_chance(a in 0.3_f64..3_000.0, b in 0.3_f64..3_000.0, p in 0.000_5_f64..0.999_5) {
            let x = beta_quantile(a, b, p);
            prop_assert!((0.0..=1.0).contains(&x));
            // Where the law is steep, one step between doubles moves the tail.
            let (before, after) = (beta_tails(a, b, x * (1.0 - 1e-14)).0, beta_tails(a, b, x).0);
            prop_assert!(before <= p + 1e-9 && after >= p - 1e-9, "{before} {p} {after}");
            let y = gamma_quantile(a, p);
            prop_assert!((gamma_tails(a, y).0 - p).abs() < 1e-9);
        }

        #[test]
        fn a_binomial_tail_is_the_sum_of_its_masses(n in 1_u32..200, k in 0_u32..200, chance in 0.0_f64..=1.0) {
            let sum: f64 = (0..=k.min(n)).map(|x| binomial_mass(x, n, chance)).sum();
            prop_assert!((binomial_cdf(f64::from(k), f64::from(n), chance) - sum).abs() < 1e-10);
        }

        #[test]
        fn a_poisson_tail_is_the_sum_of_its_masses(k in 0_u32..80, mean in 0.0_f64..60.0) {
            let mut mass = (-mean).exp();
            let mut sum = mass;
            for x in 1..=k {
                mass *= mean / f64::from(x);
                sum += mass;
            }
            prop_assert!((poisson_cdf(f64::from(k), mean) - sum).abs() < 1e-11);
        }
    }
}
