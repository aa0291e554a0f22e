//! Direct standardization: the rate a quartier would have with the ages of a standard population.

use super::counts::CountInterval;
use super::distributions::gamma_quantile;
use super::proportion::normal_quantile;
use super::refusal::Refusal;

/// One stratum, an age group say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stratum {
    /// Events observed.
    pub events: f64,
    /// Persons, or person-years, among whom they were observed.
    pub population: f64,
    /// Persons of the standard population.
    pub standard: f64,
}

/// A directly standardized rate, per person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StandardizedRate {
    /// `Σ d_i / Σ n_i`.
    pub crude: f64,
    /// `Σ w_i d_i / n_i`, with `w_i` the share of the stratum in the standard.
    pub rate: f64,
    /// `Σ w_i² d_i / n_i²`, of Poisson events.
    pub variance: f64,
    /// Events of the strata that count.
    pub events: f64,
    largest_weight: f64,
}

/// Standardizes directly: `Σ w_i d_i / n_i`, `w_i = standard_i / Σ standard`.
///
/// A stratum that is nothing in the standard has no weight and may have no population; it counts in the crude rate only.
/// No event at all is a rate of 0 with an upper limit ([`StandardizedRate::fay_feuer`]).
///
/// # Errors
/// A refusal where there is no stratum, a number is negative or not finite, the standard is empty, a stratum of the standard has no
/// population (nothing is known of its rate), or a stratum has events and no population. Cost: O(strata).
///
/// ```
/// use optima::stats::standardized_rate::{Stratum, standardize};
/// let strata = [(2.0, 310.0, 21500.0), (5.0, 820.0, 33000.0), (9.0, 640.0, 27500.0), (4.0, 255.0, 18000.0)]
///     .map(|(events, population, standard)| Stratum { events, population, standard });
/// let rate = standardize(&strata).unwrap();
/// assert!((rate.rate - 0.0100900088079).abs() < 1e-12);
/// let (low, high) = rate.fay_feuer(0.95).unwrap();
/// assert!((low - 0.00605279717993).abs() < 1e-11 && (high - 0.0160634476383).abs() < 1e-11);
/// ```
pub fn standardize(strata: &[Stratum]) -> Result<StandardizedRate, Refusal> {
    for (at, s) in strata.iter().enumerate() {
        let numbers = [s.events, s.population, s.standard];
        if numbers.iter().any(|n| !n.is_finite() || *n < 0.0) {
            return Err(Refusal::new(format!("stratum {} has a number that is negative or missing", at + 1))
                .remedy("give events, population and standard of every stratum as numbers from 0"));
        }
        if s.population == 0.0 && (s.standard > 0.0 || s.events > 0.0) {
            return Err(Refusal::new(format!("stratum {} has no population", at + 1)).remedy("join it with the stratum beside it"));
        }
    }
    let sum = |part: fn(&Stratum) -> f64| strata.iter().map(part).sum::<f64>();
    let standard = sum(|s| s.standard);
    if standard <= 0.0 {
        return Err(Refusal::new("the standard population is empty").remedy("give the persons of the standard in each stratum"));
    }
    let mut found =
        StandardizedRate { crude: sum(|s| s.events) / sum(|s| s.population), rate: 0.0, variance: 0.0, events: 0.0, largest_weight: 0.0 };
    for s in strata.iter().filter(|s| s.standard > 0.0) {
        let weight = s.standard / standard / s.population;
        found.rate += weight * s.events;
        found.variance += weight * weight * s.events;
        found.events += s.events;
        found.largest_weight = found.largest_weight.max(weight);
    }
    Ok(found)
}

impl StandardizedRate {
    /// The gamma interval: the one that keeps its level also for few events and unequal weights.
    ///
    /// `G(α/2; r²/v, v/r)` and `G(1−α/2; (r+w)²/(v+w²), (v+w²)/(r+w))`, with `w` the largest weight of one event; 0 below no event.
    /// `None` where the level is outside 0 to 1. Source: Fay & Feuer, Statistics in Medicine 16 (1997); as in R's epitools.
    #[must_use]
    pub fn fay_feuer(&self, level: f64) -> Option<(f64, f64)> {
        let tail = tail(level)?;
        let quantile = |mean: f64, variance: f64, p: f64| gamma_quantile(mean * mean / variance, p) * variance / mean;
        let low = if self.variance > 0.0 { quantile(self.rate, self.variance, tail) } else { 0.0 };
        let (mean, variance) = (self.rate + self.largest_weight, self.variance + self.largest_weight.powi(2));
        Some((low, quantile(mean, variance, 1.0 - tail)))
    }

    /// Dobson's interval: that of the count of events, moved to the rate, `r + √(v/x) (L − x)`.
    ///
    /// With [`CountInterval::Byar`] it is Dobson–Byar, with [`CountInterval::Garwood`] Dobson-exact. `None` where nothing happened (no
    /// event tells how far one moves the rate; [`Self::fay_feuer`] answers) or the level is outside 0 to 1.
    /// Source: Dobson, Kuulasmaa, Eberle & Scherer, Statistics in Medicine 10 (1991).
    #[must_use]
    pub fn dobson(&self, count: CountInterval, level: f64) -> Option<(f64, f64)> {
        if self.events <= 0.0 {
            return None;
        }
        let (low, high) = count.limits(self.events, level)?;
        let step = (self.variance / self.events).sqrt();
        Some((self.rate + step * (low - self.events), self.rate + step * (high - self.events)))
    }

    /// `r ± z √v`: for comparison, and for many events. May reach below 0.
    ///
    /// `None` where nothing happened, for its width would be 0, or the level is outside 0 to 1.
    #[must_use]
    pub fn normal(&self, level: f64) -> Option<(f64, f64)> {
        tail(level)?;
        let half = normal_quantile(level) * self.variance.sqrt();
        (half > 0.0).then_some((self.rate - half, self.rate + half))
    }
}

fn tail(level: f64) -> Option<f64> {
    (level > 0.0 && level < 1.0).then_some(0.5 - level / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::distributions::poisson_cdf;
    use proptest::prelude::*;

    fn strata(rows: &[(f64, f64, f64)]) -> Vec<Stratum> {
        rows.iter().map(|&(events, population, standard)| Stratum { events, population, standard }).collect()
    }

    #[test]
    fn no_event_is_a_rate_of_zero_with_an_upper_limit() {
        let rate = standardize(&strata(&[(0.0, 100.0, 10.0), (0.0, 300.0, 30.0)])).unwrap();
        assert_eq!((rate.rate, rate.variance, rate.crude), (0.0, 0.0, 0.0));
        let (low, high) = rate.fay_feuer(0.95).unwrap();
        // One event would weigh 1/400: the exact upper limit of no event, 3.688879454, times that.
        assert!(low == 0.0 && (high - 3.688_879_454_114 / 400.0).abs() < 1e-11, "{high}");
        assert_eq!(rate.dobson(CountInterval::Byar, 0.95), None);
        assert_eq!(rate.normal(0.95), None);
    }

    #[test]
    fn what_cannot_be_standardized_is_refused() {
        let reason = |rows: &[(f64, f64, f64)]| standardize(&strata(rows)).unwrap_err().to_string();
        assert_eq!(reason(&[(1.0, 10.0, 5.0), (0.0, 0.0, 5.0)]), "stratum 2 has no population; join it with the stratum beside it");
        assert_eq!(reason(&[(1.0, 0.0, 0.0), (0.0, 4.0, 5.0)]), "stratum 1 has no population; join it with the stratum beside it");
        assert!(reason(&[]).starts_with("the standard population is empty"));
        assert!(reason(&[(1.0, 10.0, 0.0)]).starts_with("the standard population is empty"));
        assert!(reason(&[(f64::NAN, 10.0, 1.0)]).starts_with("stratum 1 has a number that is negative or missing"));
    }

    #[test]
    fn a_stratum_that_is_nothing_in_the_standard_may_be_empty() {
        let with = standardize(&strata(&[(3.0, 50.0, 10.0), (0.0, 0.0, 0.0)])).unwrap();
        assert_eq!(with, standardize(&strata(&[(3.0, 50.0, 10.0)])).unwrap());
    }

    #[test]
    fn intervals_hold_the_true_rate_as_often_as_they_say() {
        // Each pair of counts with its chance: two strata of 4 and 9 expected events, weighted 7 to 3.
        let (means, populations, weights) = ([4.0, 9.0], [400.0, 300.0], [0.7, 0.3]);
        let truth = weights[0] * means[0] / populations[0] + weights[1] * means[1] / populations[1];
        let mass = |x: u32, mean: f64| poisson_cdf(f64::from(x), mean) - poisson_cdf(f64::from(x) - 1.0, mean);
        let coverage = |limits: &dyn Fn(&StandardizedRate) -> Option<(f64, f64)>| {
            let mut covered = 0.0;
            for (a, b) in (0..30).flat_map(|a| (0..40).map(move |b| (a, b))) {
                let rows = [(f64::from(a), populations[0], weights[0]), (f64::from(b), populations[1], weights[1])];
                let rate = standardize(&strata(&rows)).unwrap();
                let holds = limits(&rate).is_some_and(|(low, high)| low <= truth && truth <= high);
                covered += if holds { mass(a, means[0]) * mass(b, means[1]) } else { 0.0 };
            }
            covered
        };
        let fay_feuer = coverage(&|rate| rate.fay_feuer(0.95));
        assert!((0.95..0.985).contains(&fay_feuer), "{fay_feuer}");
        let dobson = coverage(&|rate| rate.dobson(CountInterval::ByarExactBelowTen, 0.95));
        assert!((0.92..0.97).contains(&dobson), "{dobson}");
        let normal = coverage(&|rate| rate.normal(0.95));
        assert!(normal < dobson, "{normal}");
    }

    proptest! {
        #[test]
        fn standardized_on_itself_a_rate_is_the_crude_one(rows in prop::collection::vec((0_u32..40, 1_u32..900), 1..8)) {
            let own: Vec<Stratum> = rows.iter().map(|&(d, n)| Stratum { events: d.into(), population: n.into(), standard: n.into() }).collect();
            let rate = standardize(&own).unwrap();
            prop_assert!((rate.rate - rate.crude).abs() <= 1e-12 * (1.0 + rate.crude));
            let (low, high) = rate.fay_feuer(0.95).unwrap();
            prop_assert!(0.0 <= low && low <= rate.rate && rate.rate < high && high.is_finite());
            // Of equal weights, the gamma interval is the exact one of the count.
            let (events, persons): (f64, f64) = (own.iter().map(|s| s.events).sum(), own.iter().map(|s| s.population).sum());
            let exact = CountInterval::Garwood.limits(events, 0.95).unwrap();
            prop_assert!((low - exact.0 / persons).abs() < 1e-9 && (high - exact.1 / persons).abs() < 1e-9);
            if let Some((low, high)) = rate.dobson(CountInterval::Garwood, 0.95) {
                prop_assert!((low - exact.0 / persons).abs() < 1e-9 && (high - exact.1 / persons).abs() < 1e-9);
            }
        }
    }
}
