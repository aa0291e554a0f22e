//! What a published value leaves open: the law of the true value behind an estimate.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;
use statrs::distribution::{ContinuousCDF, Normal};

use super::distributions::{beta_tails, gamma_tails};
use super::proportion::normal_quantile;

/// The law of a place's true value, given what was observed.
///
/// ```
/// use optima::stats::sampling_law::SamplingLaw;
/// let law = SamplingLaw::proportion(22.0, 100.0).unwrap();
/// assert_eq!(law.estimate(), 0.22);
/// assert!((law.below(0.308425858516) - 0.975).abs() < 1e-9);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SamplingLaw(Law);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Law {
    Beta { x: f64, n: f64 },
    Gamma { events: f64, population: f64 },
    Normal { estimate: f64, error: f64 },
}

impl SamplingLaw {
    /// `x` of `n`: the posterior under Jeffreys' prior, Beta(x + ½, n − x + ½). `None` where that is no share.
    #[must_use]
    pub fn proportion(x: f64, n: f64) -> Option<Self> {
        (n > 0.0 && n.is_finite() && (0.0..=n).contains(&x)).then_some(Self(Law::Beta { x, n }))
    }

    /// Events per person-year: the posterior under Jeffreys' prior, Gamma(x + ½) / population. `None` where that is no rate.
    #[must_use]
    pub fn rate(events: f64, population: f64) -> Option<Self> {
        let usable = population > 0.0 && population.is_finite() && events >= 0.0 && events.is_finite();
        usable.then_some(Self(Law::Gamma { events, population }))
    }

    /// A normal law around an estimate with its standard error; 0 for a value known exactly. `None` where either is no such number.
    #[must_use]
    pub fn normal(estimate: f64, standard_error: f64) -> Option<Self> {
        let usable = estimate.is_finite() && standard_error >= 0.0 && standard_error.is_finite();
        usable.then_some(Self(Law::Normal { estimate, error: standard_error }))
    }

    /// A normal law whose standard error is that of a two-sided interval: `(high − low) / 2z`.
    #[must_use]
    pub fn from_interval(estimate: f64, (low, high): (f64, f64), level: f64) -> Option<Self> {
        (level > 0.0 && level < 1.0).then(|| Self::normal(estimate, (high - low) / (2.0 * normal_quantile(level))))?
    }

    /// The value as it is published: `x / n`, events per population, or the estimate.
    #[must_use]
    pub fn estimate(&self) -> f64 {
        match self.0 {
            Law::Beta { x, n } => x / n,
            Law::Gamma { events, population } => events / population,
            Law::Normal { estimate, .. } => estimate,
        }
    }

    /// The chance that the true value lies below this one; a value known exactly lies below what is greater.
    #[must_use]
    pub fn below(&self, value: f64) -> f64 {
        match self.0 {
            Law::Beta { x, n } => beta_tails(x + 0.5, n - x + 0.5, value).0,
            Law::Gamma { events, population } => gamma_tails(events + 0.5, value * population).0,
            Law::Normal { estimate, error: 0.0 } => f64::from(u8::from(estimate < value)),
            Law::Normal { estimate, error } => Normal::standard().cdf((value - estimate) / error),
        }
    }

    /// One value drawn from the law.
    pub(crate) fn draw(&self, chance: &mut ChaCha8Rng) -> f64 {
        match self.0 {
            Law::Beta { x, n } => {
                let (with, without) = (gamma(x + 0.5, chance), gamma(n - x + 0.5, chance));
                with / (with + without)
            }
            Law::Gamma { events, population } => gamma(events + 0.5, chance) / population,
            Law::Normal { estimate, error } => estimate + error * standard_normal(chance),
        }
    }
}

/// A gamma variate of scale 1. Source: Marsaglia & Tsang, ACM TOMS 26 (2000).
fn gamma(shape: f64, chance: &mut ChaCha8Rng) -> f64 {
    if shape < 1.0 {
        let boost = uniform(chance).powf(1.0 / shape);
        return gamma(shape + 1.0, chance) * boost;
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let z = standard_normal(chance);
        let v = (1.0 + c * z).powi(3);
        if v > 0.0 && uniform(chance).ln() < 0.5 * z * z + d - d * v + d * v.ln() {
            return d * v;
        }
    }
}

/// By inversion: one uniform number a variate.
fn standard_normal(chance: &mut ChaCha8Rng) -> f64 {
    Normal::standard().inverse_cdf(uniform(chance))
}

/// Strictly between 0 and 1, 53 bits.
#[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
fn uniform(chance: &mut ChaCha8Rng) -> f64 {
    ((chance.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::rand_core::SeedableRng;

    #[test]
    fn draws_follow_the_law_they_are_drawn_from() {
        let laws = [
            SamplingLaw::proportion(0.0, 12.0),
            SamplingLaw::proportion(22.0, 100.0),
            SamplingLaw::rate(3.0, 50.0),
            SamplingLaw::normal(-4.0, 1.5),
        ];
        for (law, seed) in laws.into_iter().flatten().zip(1..) {
            let mut chance = ChaCha8Rng::seed_from_u64(seed);
            let mut draws: Vec<f64> = (0..20_000).map(|_| law.below(law.draw(&mut chance))).collect();
            draws.sort_by(f64::total_cmp);
            // Kolmogorov's distance to the uniform law; 1.95 / √20000 is its 0.999 quantile.
            let distance = draws.iter().zip(0..).map(|(u, i)| (u - (f64::from(i) + 0.5) / 20_000.0).abs()).fold(0.0, f64::max);
            assert!(distance < 0.0138, "{law:?}: {distance}");
        }
    }

    #[test]
    fn what_is_no_value_has_no_law() {
        assert_eq!(SamplingLaw::proportion(3.0, 2.0), None);
        assert_eq!(SamplingLaw::proportion(0.0, 0.0), None);
        assert_eq!(SamplingLaw::rate(1.0, 0.0), None);
        assert_eq!(SamplingLaw::normal(f64::NAN, 1.0), None);
        assert_eq!(SamplingLaw::normal(1.0, -1.0), None);
        assert_eq!(SamplingLaw::from_interval(1.0, (2.0, 0.0), 0.95), None);
        assert_eq!(SamplingLaw::from_interval(1.0, (0.0, 2.0), 1.0), None);
    }

    #[test]
    fn the_error_of_an_interval_is_that_of_its_width() {
        let law = SamplingLaw::from_interval(10.0, (10.0 - 1.959_963_984_540_054, 10.0 + 1.959_963_984_540_054), 0.95).unwrap();
        assert!((law.below(11.0) - 0.841_344_746_068_543).abs() < 1e-10, "{}", law.below(11.0));
        let exact = SamplingLaw::normal(3.0, 0.0).unwrap();
        assert_eq!((exact.below(3.0), exact.below(3.1)), (0.0, 1.0));
    }
}
