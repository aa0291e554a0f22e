//! Funnel limits: how far from the reference the rate of a place of this size may lie by chance alone.
//!
//! Spiegelhalter, Funnel plots for comparing institutional performance, Statistics in Medicine 24 (2005).

use super::distributions::{binomial_cdf, poisson_cdf};
use super::proportion::normal_quantile;
use super::refusal::Refusal;

/// The law of the events of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventLaw {
    /// So many of `size` persons.
    Binomial,
    /// Events among `size` person-years, or where `size` is the expected number and the reference 1.
    Poisson,
}

/// Where places stand between the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Under the lower 99.8 % limit.
    FarBelow,
    /// Between the lower 99.8 % and 95 % limits.
    Below,
    /// As chance would have it.
    Inside,
    /// Between the upper 95 % and 99.8 % limits.
    Above,
    /// Over the upper 99.8 % limit.
    FarAbove,
}

/// The limits for one size, as rates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FunnelLimits {
    /// Lower and upper limit that one in 20 places crosses by chance.
    pub level_95: (f64, f64),
    /// Lower and upper limit that one in 500 crosses.
    pub level_998: (f64, f64),
}

/// A funnel around a reference rate.
///
/// ```
/// use optima::stats::funnel::{EventLaw, Funnel, Standing};
/// let funnel = Funnel::around(0.22, EventLaw::Binomial).unwrap();
/// assert_eq!(funnel.standing(31.0, 100.0), Some(Standing::Above));
/// assert_eq!(funnel.standing(3.1, 10.0), Some(Standing::Inside));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Funnel {
    reference: f64,
    law: EventLaw,
    overdispersion: f64,
}

impl Funnel {
    /// A funnel around this rate, by the events' law alone.
    ///
    /// # Errors
    /// A refusal where the rate is not above 0, or not below 1 for the binomial law: there chance has no room.
    pub fn around(reference: f64, law: EventLaw) -> Result<Self, Refusal> {
        let below = if law == EventLaw::Binomial { 1.0 } else { f64::INFINITY };
        if reference > 0.0 && reference < below {
            Ok(Self { reference, law, overdispersion: 1.0 })
        } else {
            Err(Refusal::new("the reference rate leaves chance no room").remedy("take a rate above 0, and below 1 for shares"))
        }
    }

    /// A funnel around the rate of all places together, `Σ events / Σ size`.
    ///
    /// # Errors
    /// As [`Self::around`].
    pub fn around_all(places: &[(f64, f64)], law: EventLaw) -> Result<Self, Refusal> {
        let (events, size) = places.iter().filter(|p| usable(**p)).fold((0.0, 0.0), |sum, p| (sum.0 + p.0, sum.1 + p.1));
        Self::around(events / size, law)
    }

    /// The limits moved away from the reference by `√φ`, for places that differ by more than chance and reasons nobody measured.
    ///
    /// `φ` is the mean of the squared z-scores of the places, the outermost tenth on each side drawn in to the next (winsorized), and at
    /// least 1. Places without size say nothing. Source: Spiegelhalter 2005, multiplicative overdispersion.
    #[must_use]
    pub fn with_overdispersion(self, places: &[(f64, f64)]) -> Self {
        let mut scores: Vec<f64> = places.iter().filter_map(|(events, size)| self.z_score(*events, *size)).collect();
        scores.sort_by(f64::total_cmp);
        let Some(last) = scores.len().checked_sub(1) else { return self };
        let cut = scores.len() / 10;
        let (low, high) = (scores[cut], scores[last - cut]);
        let count: f64 = scores.iter().map(|_| 1.0).sum();
        let factor = scores.iter().map(|z| z.clamp(low, high).powi(2)).sum::<f64>() / count;
        Self { overdispersion: factor.max(1.0), ..self }
    }

    /// The factor `φ` in use; 1 without overdispersion.
    #[must_use]
    pub fn overdispersion(&self) -> f64 {
        self.overdispersion
    }

    /// The rate it is drawn around.
    #[must_use]
    pub fn reference(&self) -> f64 {
        self.reference
    }

    /// How many standard errors a place lies above the reference, before overdispersion; `None` where it has no size.
    #[must_use]
    pub fn z_score(&self, events: f64, size: f64) -> Option<f64> {
        let spread = if self.law == EventLaw::Binomial { 1.0 - self.reference } else { 1.0 };
        usable((events, size)).then(|| (events / size - self.reference) / (self.reference * spread / size).sqrt())
    }

    /// The limits for places of this size; `None` without size.
    ///
    /// Exact quantiles, interpolated: `(r − α) / size`, with `r` the least count whose tail reaches `p` and
    /// `α = (F(r) − p) / (F(r) − F(r − 1))`, so that limits narrow smoothly with the size. Not below 0, nor above 1 for shares.
    #[must_use]
    pub fn limits(&self, size: f64) -> Option<FunnelLimits> {
        if !usable((0.0, size)) {
            return None;
        }
        let most = if self.law == EventLaw::Binomial { 1.0 } else { f64::INFINITY };
        let spread = self.overdispersion.sqrt();
        let limit = |p: f64| (self.reference + spread * (self.quantile(size, p) / size - self.reference)).clamp(0.0, most);
        Some(FunnelLimits { level_95: (limit(0.025), limit(0.975)), level_998: (limit(0.001), limit(0.999)) })
    }

    /// Where a place stands; a place on a limit is within it. `None` without size, or with more events than persons.
    #[must_use]
    pub fn standing(&self, events: f64, size: f64) -> Option<Standing> {
        let FunnelLimits { level_95, level_998 } = self.limits(size)?;
        let possible = self.law == EventLaw::Poisson || events <= size;
        let rate = (usable((events, size)) && possible).then(|| events / size)?;
        Some(match rate {
            r if r < level_998.0 => Standing::FarBelow,
            r if r < level_95.0 => Standing::Below,
            r if r > level_998.1 => Standing::FarAbove,
            r if r > level_95.1 => Standing::Above,
            _ => Standing::Inside,
        })
    }

    fn cdf(&self, count: f64, size: f64) -> f64 {
        match self.law {
            EventLaw::Binomial => binomial_cdf(count, size, self.reference),
            EventLaw::Poisson => poisson_cdf(count, size * self.reference),
        }
    }

    /// The interpolated quantile of the number of events.
    fn quantile(&self, size: f64, p: f64) -> f64 {
        let mean = size * self.reference;
        let guess = (mean + normal_quantile(2.0 * (p - 0.5).abs()) * mean.sqrt() * (p - 0.5).signum()).floor().max(0.0);
        // Steps that double, then halve: the least count whose tail reaches p.
        let (mut below, mut reached) = (guess - 1.0, guess);
        let mut step = 1.0;
        while self.cdf(reached, size) < p {
            below = reached;
            reached += step;
            step *= 2.0;
        }
        step = 1.0;
        while below >= 0.0 && self.cdf(below, size) >= p {
            reached = below;
            below = (below - step).max(-1.0);
            step *= 2.0;
        }
        while reached - below > 1.0 {
            let middle = below.midpoint(reached).floor();
            if self.cdf(middle, size) >= p { reached = middle } else { below = middle }
        }
        let (at, before) = (self.cdf(reached, size), self.cdf(reached - 1.0, size));
        reached - if at > before { (at - p) / (at - before) } else { 0.0 }
    }
}

fn usable((events, size): (f64, f64)) -> bool {
    size > 0.0 && size.is_finite() && events >= 0.0 && events.is_finite()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::distributions::binomial_mass;
    use proptest::prelude::*;

    #[test]
    fn a_reference_without_room_is_refused() {
        for (rate, law) in
            [(0.0, EventLaw::Poisson), (1.0, EventLaw::Binomial), (f64::NAN, EventLaw::Binomial), (f64::INFINITY, EventLaw::Poisson)]
        {
            assert_eq!(Funnel::around(rate, law).unwrap_err().reason, "the reference rate leaves chance no room");
        }
        assert!(Funnel::around_all(&[], EventLaw::Poisson).is_err());
        assert!(Funnel::around_all(&[(0.0, 10.0)], EventLaw::Poisson).is_err());
        assert_eq!(Funnel::around(1.0, EventLaw::Poisson).unwrap().limits(0.0), None);
        assert_eq!(Funnel::around(1.0, EventLaw::Poisson).unwrap().standing(f64::NAN, 3.0), None);
        assert_eq!(Funnel::around(0.5, EventLaw::Binomial).unwrap().standing(4.0, 3.0), None);
    }

    #[test]
    fn places_that_differ_more_than_chance_widen_the_funnel() {
        let funnel = Funnel::around(0.2, EventLaw::Binomial).unwrap();
        let alike: Vec<(f64, f64)> = (0..20).map(|_| (20.0, 100.0)).collect();
        assert_eq!(funnel.with_overdispersion(&alike).overdispersion(), 1.0);
        let apart: Vec<(f64, f64)> = (0..20).map(|i| (if i % 2 == 0 { 8.0 } else { 32.0 }, 100.0)).collect();
        let wide = funnel.with_overdispersion(&apart);
        // z = ±0.12 / 0.04 = ±3
        assert!((wide.overdispersion() - 9.0).abs() < 1e-9);
        let (narrow, wide) = (funnel.limits(400.0).unwrap(), wide.limits(400.0).unwrap());
        assert!((wide.level_95.1 - 0.2 - 3.0 * (narrow.level_95.1 - 0.2)).abs() < 1e-12);
        assert_eq!(funnel.with_overdispersion(&[]), funnel);
    }

    #[test]
    fn one_place_in_twenty_crosses_the_inner_limits_by_chance() {
        for (n, reference) in [(40_u32, 0.22), (150, 0.1), (600, 0.05)] {
            let funnel = Funnel::around(reference, EventLaw::Binomial).unwrap();
            let chance = |outside: &dyn Fn(Standing) -> bool| -> f64 {
                (0..=n).filter(|x| outside(funnel.standing(f64::from(*x), n.into()).unwrap())).map(|x| binomial_mass(x, n, reference)).sum()
            };
            let (out_95, out_998) = (chance(&|p| p != Standing::Inside), chance(&|p| p == Standing::FarAbove || p == Standing::FarBelow));
            assert!((0.02..0.09).contains(&out_95), "{n} {reference}: {out_95}");
            assert!(out_998 < 0.006, "{n} {reference}: {out_998}");
        }
    }

    proptest! {
        #[test]
        fn limits_are_nested_around_the_reference_and_narrow(reference in 0.01_f64..0.9, size in 30.0_f64..20_000.0, binomial: bool) {
            let funnel = Funnel::around(reference, if binomial { EventLaw::Binomial } else { EventLaw::Poisson }).unwrap();
            let here = funnel.limits(size).unwrap();
            let order = [here.level_998.0, here.level_95.0, here.level_95.1, here.level_998.1];
            prop_assert!(order.windows(2).all(|w| w[0] <= w[1]) && order.iter().all(|v| v.is_finite()), "{order:?}");
            prop_assert!(here.level_998.0 <= reference && reference <= here.level_998.1);
            let larger = funnel.limits(size * 4.0).unwrap();
            prop_assert!(larger.level_998.1 - larger.level_998.0 < here.level_998.1 - here.level_998.0);
        }
    }
}
