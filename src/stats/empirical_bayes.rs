//! Empirical Bayes rates: what is small is drawn towards the rate of all, or of the neighbors, by as much as its size leaves open.
//!
//! Marshall, Mapping disease and mortality rates using empirical Bayes estimators, Applied Statistics 40 (1991), by moments.
//! Places without population say nothing: they get `None`, and what is counted there enters no sum.

use super::distributions::{gamma_quantile, poisson_cdf};
use super::refusal::Refusal;

/// Events and persons at risk of every place, checked.
///
/// ```
/// use optima::stats::empirical_bayes::Places;
/// let places = Places::new(&[3.0, 0.0, 12.0], &[100.0, 0.0, 900.0]).unwrap();
/// assert_eq!(places.raw(), [Some(0.03), None, Some(12.0 / 900.0)]);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Places<'a> {
    events: &'a [f64],
    population: &'a [f64],
}

/// Towards what a rate is drawn, and how strongly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prior {
    /// The mean rate, Marshall's `b` (or `m_i`).
    pub mean: f64,
    /// The variance of the true rates around it, Marshall's `a`; 0 where moments give less than chance alone: all is drawn to the mean.
    pub variance: f64,
    /// The variance of the mean as an estimate, `Σ n_i² (a + m / n_i) / N²` for places whose pooled rate it is; 0 for a mean known exactly.
    pub mean_variance: f64,
}

/// A smoothed rate and how it was made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Smoothed {
    /// The estimate, between the raw rate and the prior mean.
    pub rate: f64,
    /// The share of the raw rate in it, 0..=1.
    pub weight: f64,
    /// What it was drawn to.
    pub prior: Prior,
}

/// Two published forms of the local variance, which differ in the third digit: say which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LocalVariance {
    /// Deviations of all neighbors from the mean of the place's own neighborhood: `GeoDa`, `PySAL`, spdep with `geoda = TRUE`. The common one.
    FromOwnMean,
    /// Deviation of each neighbor from the mean of *its* neighborhood: spdep's default.
    FromEachMean,
}

impl Prior {
    /// The estimate for a place: `m + w (r − m)`, `w = a / (a + m / n)`. `None` where the population is 0.
    ///
    /// ```
    /// use optima::stats::empirical_bayes::Prior;
    /// let prior = Prior { mean: 0.02, variance: 0.0001, mean_variance: 0.0 };
    /// let few = prior.smooth(3.0, 50.0).unwrap();
    /// assert!((few.rate - 0.028).abs() < 1e-12 && (few.weight - 0.2).abs() < 1e-12);
    /// ```
    #[must_use]
    pub fn smooth(self, events: f64, population: f64) -> Option<Smoothed> {
        let raw = (population > 0.0).then(|| events / population)?;
        let weight = if self.variance > 0.0 { self.variance / (self.variance + self.mean / population) } else { 0.0 };
        // As a mean of the two, so that rounding cannot leave the interval between them.
        let rate = if weight == 1.0 { raw } else { self.mean + weight * (raw - self.mean) };
        Some(Smoothed { rate: rate.clamp(raw.min(self.mean), raw.max(self.mean)), weight, prior: self })
    }

    /// By moments: the mean, and `Σ squares / N − mean / (N / k)`, never below 0. `populations` are the places' own.
    fn of(events: f64, populations: &[f64], squares: impl FnOnce(f64) -> f64) -> Self {
        let population: f64 = populations.iter().sum();
        let places: f64 = populations.iter().map(|_| 1.0).sum();
        let mean = events / population;
        let variance = (squares(mean) / population - mean * places / population).max(0.0);
        let concentration: f64 = populations.iter().map(|n| (n / population).powi(2)).sum();
        Self { mean, variance, mean_variance: variance * concentration + mean / population }
    }
}

impl Smoothed {
    /// What is left open of the true rate of a place of this population: `w θ / n + (1 − w)² Var(m)`.
    ///
    /// The first term is the variance of the gamma posterior: with a gamma prior of mean `m` and variance `a` and Poisson events it has
    /// the shape `m²/a + x` and the rate `m/a + n`, hence the mean `θ = m + w (r − m)` and the variance `θ / (m/a + n) = w θ / n`.
    /// The second is that of the prior mean, estimated too: the error of the best linear estimate is uncorrelated with the data, so the
    /// variances add up. That of `a` as an estimate is left out. Where `a` is 0 the rate is the mean and as uncertain as it. For shares
    /// this is on the wide side, as events in `n` persons vary less than Poisson's.
    /// Source: Clayton & Kaldor, Biometrics 43 (1987), gamma prior; Prasad & Rao, JASA 85 (1990), g₁ and g₂.
    ///
    /// ```
    /// use optima::stats::empirical_bayes::Prior;
    /// let prior = Prior { mean: 0.02, variance: 0.0001, mean_variance: 0.0 };
    /// // Gamma(4 + 3) / (200 + 50)
    /// let few = prior.smooth(3.0, 50.0).unwrap();
    /// assert!((few.variance(50.0) - 7.0 / 250.0_f64.powi(2)).abs() < 1e-15);
    /// ```
    #[must_use]
    pub fn variance(&self, population: f64) -> f64 {
        let own = if population > 0.0 { self.weight * self.rate / population } else { 0.0 };
        own + (1.0 - self.weight).powi(2) * self.prior.mean_variance
    }

    /// The interval of a gamma law with this mean and [`variance`](Self::variance), the same tail left out on either side.
    ///
    /// `None` where nothing happened anywhere around (no such law has mean 0) or the level is outside 0 to 1.
    /// Cost: that of two gamma quantiles.
    ///
    /// ```
    /// use optima::stats::empirical_bayes::Prior;
    /// let few = Prior { mean: 0.02, variance: 0.0001, mean_variance: 0.0 }.smooth(3.0, 50.0).unwrap();
    /// // R: qgamma(c(0.025, 0.975), 7, 250)
    /// let (low, high) = few.interval(50.0, 0.95).unwrap();
    /// assert!((low - 0.0112574522061).abs() < 1e-12 && (high - 0.0522378960901).abs() < 1e-9);
    /// ```
    #[must_use]
    pub fn interval(&self, population: f64, level: f64) -> Option<(f64, f64)> {
        let variance = self.variance(population);
        if !(self.rate > 0.0 && variance > 0.0 && level > 0.0 && level < 1.0) {
            return None;
        }
        let tail = 0.5 - level / 2.0;
        let quantile = |p: f64| gamma_quantile(self.rate * self.rate / variance, p) * variance / self.rate;
        Some((quantile(tail), quantile(1.0 - tail)))
    }
}

impl<'a> Places<'a> {
    /// Events and population, place by place; a population of 0 says that nothing is known of the place.
    ///
    /// # Errors
    /// A refusal where the lengths differ, or a number is negative or not finite.
    pub fn new(events: &'a [f64], population: &'a [f64]) -> Result<Self, Refusal> {
        if events.len() != population.len() {
            return Err(Refusal::new(format!("events of {} places and population of {}", events.len(), population.len()))
                .remedy("give both for every place, in one order"));
        }
        if let Some(at) = events.iter().zip(population).position(|(d, n)| [*d, *n].iter().any(|v| !v.is_finite() || *v < 0.0)) {
            return Err(Refusal::new(format!("place {} has events or a population that are negative or missing", at + 1))
                .remedy("leave out what is missing by a population of 0"));
        }
        Ok(Self { events, population })
    }

    /// The raw rates, events per person.
    #[must_use]
    pub fn raw(&self) -> Vec<Option<f64>> {
        self.each(|events, population| Some(events / population))
    }

    /// Observed over expected events in percent, where expected is the rate of all: 100 is as everywhere; `None` too if nothing happened
    /// anywhere.
    #[must_use]
    pub fn relative_risk(&self) -> Vec<Option<f64>> {
        let Some(rate) = self.rate_of_all() else { return vec![None; self.events.len()] };
        self.each(|events, population| (rate > 0.0).then(|| 100.0 * events / (rate * population)))
    }

    /// The chance of at most so many events at the rate of all, `P(X ≤ x)`: near 0 few, near 1 many. The same hides behind spdep's `probmap`.
    ///
    /// Source: Choynowski, Maps based on probabilities, JASA 54 (1959).
    #[must_use]
    pub fn poisson_map(&self) -> Vec<Option<f64>> {
        let Some(rate) = self.rate_of_all() else { return vec![None; self.events.len()] };
        self.each(|events, population| Some(poisson_cdf(events, rate * population)))
    }

    /// The global prior: `b = Σ x / Σ n` and `a = Σ n (r − b)² / Σ n − b / n̄`, not below 0. Cost: O(places).
    ///
    /// # Errors
    /// A refusal where no place has a population.
    pub fn prior(&self) -> Result<Prior, Refusal> {
        let all: Vec<usize> = (0..self.events.len()).filter(|i| self.population[*i] > 0.0).collect();
        self.prior_of(&all).ok_or_else(|| Refusal::new("no place has a population").remedy("give the persons at risk of each place"))
    }

    /// Marshall's global estimates. Cost: O(places).
    ///
    /// # Errors
    /// As [`Self::prior`].
    ///
    /// ```
    /// use optima::stats::empirical_bayes::Places;
    /// let smoothed = Places::new(&[30.0, 8.0, 60.0], &[1000.0, 100.0, 1500.0]).unwrap().global().unwrap();
    /// // The smallest place moves most.
    /// assert!(smoothed[1].unwrap().weight < smoothed[0].unwrap().weight);
    /// ```
    pub fn global(&self) -> Result<Vec<Option<Smoothed>>, Refusal> {
        let prior = self.prior()?;
        Ok(self.each(|events, population| prior.smooth(events, population)))
    }

    /// Marshall's local estimates: each place is drawn to its neighborhood, which is its neighbors and itself.
    ///
    /// `neighbors(i)` are the places beside place `i`; whether `i` itself is among them does not matter. A place without neighbors keeps its
    /// raw rate. Cost: O(places + links).
    ///
    /// # Errors
    /// A refusal where a neighbor is no place.
    ///
    /// ```
    /// use optima::stats::empirical_bayes::{LocalVariance, Places};
    /// let beside: [&[u32]; 3] = [&[1], &[0], &[]];
    /// let places = Places::new(&[3.0, 40.0, 1.0], &[100.0, 500.0, 20.0]).unwrap();
    /// let smoothed = places.local(|i| beside[i], LocalVariance::FromOwnMean).unwrap();
    /// assert_eq!(smoothed[2].unwrap().rate, 0.05);
    /// ```
    pub fn local<'n>(&self, neighbors: impl Fn(usize) -> &'n [u32], variance: LocalVariance) -> Result<Vec<Option<Smoothed>>, Refusal> {
        let around = self.neighborhoods(neighbors)?;
        let means: Vec<f64> = around.iter().map(|near| sum(self.events, near) / sum(self.population, near)).collect();
        let prior = |near: &[usize]| match variance {
            LocalVariance::FromOwnMean => self.prior_of(near),
            LocalVariance::FromEachMean => self.prior_around(near, |_, j| means[j]),
        };
        Ok((0..self.events.len()).map(|i| prior(&around[i])?.smooth(self.events[i], self.population[i])).collect())
    }

    /// Each place with its neighbors, without those that have no population; empty where the place itself has none.
    fn neighborhoods<'n>(&self, neighbors: impl Fn(usize) -> &'n [u32]) -> Result<Vec<Vec<usize>>, Refusal> {
        let count = self.events.len();
        (0..count)
            .map(|i| {
                let mut near = vec![i];
                for neighbor in neighbors(i) {
                    let j = usize::try_from(*neighbor).unwrap_or(usize::MAX);
                    if j >= count {
                        return Err(Refusal::new(format!("place {} has neighbor {neighbor} of {count} places", i + 1))
                            .remedy("make the neighbors of the same places"));
                    }
                    if j != i && self.population[j] > 0.0 {
                        near.push(j);
                    }
                }
                Ok(if self.population[i] > 0.0 { near } else { Vec::new() })
            })
            .collect()
    }

    fn prior_of(&self, near: &[usize]) -> Option<Prior> {
        self.prior_around(near, |mean, _| mean)
    }

    /// The prior of some places, where squares are taken around `center(mean, place)`; `None` of none.
    fn prior_around(&self, near: &[usize], center: impl Fn(f64, usize) -> f64) -> Option<Prior> {
        let squares = |mean: f64| {
            let square = |j: usize| self.population[j] * (self.events[j] / self.population[j] - center(mean, j)).powi(2);
            near.iter().map(|j| square(*j)).sum()
        };
        let populations: Vec<f64> = near.iter().map(|j| self.population[*j]).collect();
        (!near.is_empty()).then(|| Prior::of(sum(self.events, near), &populations, squares))
    }

    fn rate_of_all(&self) -> Option<f64> {
        self.prior().ok().map(|prior| prior.mean)
    }

    fn each<T>(&self, value: impl Fn(f64, f64) -> Option<T>) -> Vec<Option<T>> {
        self.events.iter().zip(self.population).map(|(d, n)| if *n > 0.0 { value(*d, *n) } else { None }).collect()
    }
}

fn sum(numbers: &[f64], near: &[usize]) -> f64 {
    near.iter().map(|j| numbers[*j]).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::sampling_law::SamplingLaw;
    use proptest::prelude::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    #[test]
    fn no_events_at_all_are_a_rate_of_zero_everywhere() {
        let places = Places::new(&[0.0, 0.0, 0.0], &[10.0, 0.0, 30.0]).unwrap();
        let smoothed = places.global().unwrap();
        assert_eq!(smoothed.iter().map(|s| s.map(|s| s.rate)).collect::<Vec<_>>(), [Some(0.0), None, Some(0.0)]);
        assert_eq!(places.relative_risk(), [None; 3]);
        assert_eq!(places.poisson_map(), [Some(1.0), None, Some(1.0)]);
    }

    #[test]
    fn equal_rates_are_all_chance_and_wholly_drawn_to_the_mean() {
        let smoothed = Places::new(&[10.0, 21.0, 39.0], &[1000.0, 2000.0, 4000.0]).unwrap().global().unwrap();
        for place in smoothed {
            let place = place.unwrap();
            assert_eq!((place.rate, place.weight, place.prior.variance), (0.01, 0.0, 0.0));
        }
    }

    #[test]
    fn what_cannot_be_smoothed_is_refused() {
        assert_eq!(Places::new(&[1.0], &[]).unwrap_err().reason, "events of 1 places and population of 0");
        assert!(Places::new(&[1.0, -1.0], &[4.0, 4.0]).unwrap_err().reason.starts_with("place 2 has"));
        assert!(Places::new(&[1.0], &[f64::NAN]).unwrap_err().reason.starts_with("place 1 has"));
        assert_eq!(Places::new(&[1.0], &[0.0]).unwrap().global().unwrap_err().reason, "no place has a population");
        let beside = |_: usize| -> &'static [u32] { &[7] };
        let local = Places::new(&[1.0], &[9.0]).unwrap().local(beside, LocalVariance::FromOwnMean);
        assert_eq!(local.unwrap_err().reason, "place 1 has neighbor 7 of 1 places");
    }

    #[test]
    fn one_place_keeps_its_rate() {
        let place = Places::new(&[3.0], &[60.0]).unwrap();
        assert_eq!(place.global().unwrap()[0].unwrap().rate, 0.05);
        assert_eq!(place.local(|_| &[], LocalVariance::FromEachMean).unwrap()[0].unwrap().rate, 0.05);
    }

    #[test]
    fn true_rates_lie_in_their_intervals_about_as_often_as_said() {
        // 71 true rates around 0.1 by a gamma law, and Poisson events by inversion, 40 times; once with no difference between places.
        for (shape, seed, most) in [(16.0, 1, 0.98), (1e9, 2, 1.0)] {
            let mut chance = ChaCha8Rng::seed_from_u64(seed);
            let gamma = SamplingLaw::rate(shape - 0.5, shape / 0.1).unwrap();
            let even = SamplingLaw::proportion(0.5, 1.0).unwrap();
            let (mut held, mut all) = (0.0, 0.0);
            for _ in 0..40 {
                let population: Vec<f64> = (0..71).map(|i| 40.0 + 7.0 * f64::from(i)).collect();
                let truth: Vec<f64> = population.iter().map(|_| gamma.draw(&mut chance)).collect();
                let events: Vec<f64> = population
                    .iter()
                    .zip(&truth)
                    .map(|(n, rate)| {
                        let u = even.draw(&mut chance);
                        (0..2_000).map(f64::from).find(|k| poisson_cdf(*k, n * rate) >= u).unwrap()
                    })
                    .collect();
                let smoothed = Places::new(&events, &population).unwrap().global().unwrap();
                for ((smoothed, n), truth) in smoothed.into_iter().zip(&population).zip(&truth) {
                    let (low, high) = smoothed.unwrap().interval(*n, 0.95).unwrap();
                    held += f64::from(u8::from(low <= *truth && *truth <= high));
                    all += 1.0;
                }
            }
            assert!((0.93..=most).contains(&(held / all)), "{shape}: {}", held / all);
        }
    }

    #[test]
    fn where_all_are_alike_a_rate_is_as_uncertain_as_that_of_all() {
        let smoothed = Places::new(&[10.0, 20.0], &[1000.0, 2000.0]).unwrap().global().unwrap()[0].unwrap();
        // 30 events in 3000 persons.
        assert!((smoothed.variance(1000.0) - 30.0 / 3000.0_f64.powi(2)).abs() < 1e-18);
        let nobody = Places::new(&[0.0], &[9.0]).unwrap().global().unwrap()[0].unwrap();
        assert_eq!((nobody.variance(9.0), nobody.interval(9.0, 0.95)), (0.0, None));
    }

    #[test]
    fn smoothed_rates_are_nearer_to_the_truth_than_raw_ones() {
        let mut chance = ChaCha8Rng::seed_from_u64(4);
        let mut draw = |law: Option<SamplingLaw>| law.unwrap().draw(&mut chance);
        let (mut raw_misses, mut smoothed_misses) = (0.0, 0.0);
        for _ in 0..40 {
            // 71 quartiers of 20 to 400 persons, with rates around 4 %.
            let truth: Vec<f64> = (0..71).map(|_| draw(SamplingLaw::rate(12.0, 300.0))).collect();
            let population: Vec<f64> = (0..71_u32).map(|i| f64::from(20 + (i * i) % 380)).collect();
            let events: Vec<f64> = truth
                .iter()
                .zip(&population)
                .map(|(rate, n)| {
                    let uniform = draw(SamplingLaw::proportion(0.5, 1.0));
                    (0..200).map(f64::from).find(|x| poisson_cdf(*x, rate * n) >= uniform).unwrap()
                })
                .collect();
            let places = Places::new(&events, &population).unwrap();
            let miss = |rates: &mut dyn Iterator<Item = f64>| rates.zip(&truth).map(|(rate, truth)| (rate - truth).powi(2)).sum::<f64>();
            raw_misses += miss(&mut places.raw().into_iter().flatten());
            smoothed_misses += miss(&mut places.global().unwrap().into_iter().flatten().map(|s| s.rate));
        }
        assert!(smoothed_misses < 0.5 * raw_misses, "{smoothed_misses} against {raw_misses}");
    }

    fn ring(count: usize) -> Vec<Vec<u32>> {
        let place = |i: usize| u32::try_from(i % count).unwrap();
        (0..count).map(|i| if count > 1 { vec![place(i + count - 1), place(i + 1)] } else { Vec::new() }).collect()
    }

    proptest! {
        #[test]
        fn an_estimate_lies_between_the_raw_rate_and_the_prior_mean(rows in prop::collection::vec((0_u32..60, 0_u32..400), 1..40)) {
            let events: Vec<f64> = rows.iter().map(|r| r.0.into()).collect();
            let population: Vec<f64> = rows.iter().map(|r| r.1.into()).collect();
            let places = Places::new(&events, &population).unwrap();
            let beside = ring(rows.len());
            let raw = places.raw();
            let local = |variance| places.local(|i| &beside[i], variance).unwrap();
            let global = places.global().unwrap_or_else(|_| vec![None; rows.len()]);
            for smoothed in [global, local(LocalVariance::FromOwnMean), local(LocalVariance::FromEachMean)] {
                for (raw, smoothed) in raw.iter().zip(smoothed) {
                    prop_assert_eq!(raw.is_some(), smoothed.is_some());
                    let (Some(raw), Some(smoothed)) = (raw, smoothed) else { continue };
                    let (low, high) = (raw.min(smoothed.prior.mean), raw.max(smoothed.prior.mean));
                    prop_assert!(low <= smoothed.rate && smoothed.rate <= high && (0.0..=1.0).contains(&smoothed.weight));
                }
            }
        }

        #[test]
        fn an_infinite_population_keeps_its_raw_rate(mean in 0.001_f64..0.5, variance in 1e-8_f64..0.1, rate in 0.0_f64..1.0) {
            let prior = Prior { mean, variance, mean_variance: 0.0 };
            let city = prior.smooth(rate * 1e18, 1e18).unwrap();
            prop_assert!((city.rate - rate).abs() < 1e-9 && city.weight > 1.0 - 1e-9);
            // Nobody has a say of nearly nothing.
            prop_assert!(prior.smooth(rate * 1e-9, 1e-9).unwrap().weight < 0.01);
        }

        #[test]
        fn another_order_of_the_places_permutes_the_estimates(rows in prop::collection::vec((0_u32..60, 1_u32..400), 2..30), shift in 1_usize..29) {
            let turned = |v: &[f64]| { let mut v = v.to_vec(); v.rotate_left(shift % rows.len()); v };
            let events: Vec<f64> = rows.iter().map(|r| r.0.into()).collect();
            let population: Vec<f64> = rows.iter().map(|r| r.1.into()).collect();
            let beside = ring(rows.len());
            let rates = |events: &[f64], population: &[f64]| -> Vec<f64> {
                let places = Places::new(events, population).unwrap();
                places.local(|i| &beside[i], LocalVariance::FromEachMean).unwrap().into_iter().map(|s| s.unwrap().rate).collect()
            };
            // A ring turned is the same ring.
            let (here, there) = (turned(&rates(&events, &population)), rates(&turned(&events), &turned(&population)));
            prop_assert!(here.iter().zip(&there).all(|(a, b)| (a - b).abs() < 1e-12));
        }
    }
}
