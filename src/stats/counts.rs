//! Intervals of a count: how many events could as well have happened.

use super::distributions::gamma_quantile;
use super::proportion::normal_quantile;

/// Below this many events Byar's approximation gives way to the exact limits (Public Health England's rule).
pub const FEW_EVENTS: f64 = 10.0;

/// A way to an interval for a Poisson count; divide its limits by the person-years for those of a rate.
///
/// ```
/// use optima::stats::counts::CountInterval;
/// let (low, high) = CountInterval::Garwood.limits(4.0, 0.95).unwrap();
/// assert!((low - 1.08986537363).abs() < 1e-10 && (high - 10.2415886754).abs() < 1e-9);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CountInterval {
    /// Byar's approximation, `x (1 − 1/9x − z/3√x)³` and `(x+1) (1 − 1/9(x+1) + z/3√(x+1))³`, with 0 below less than one event.
    ///
    /// As the formula has it: for one event and levels above 99.7 % the lower limit falls below 0, where
    /// [`Self::ByarExactBelowTen`] does not. Breslow & Day, Statistical Methods in Cancer Research II (1987), 2.3.
    Byar,
    /// The exact limits: `χ²(α/2, 2x)/2` and `χ²(1−α/2, 2x+2)/2`. Garwood, Biometrika 28 (1936).
    Garwood,
    /// Exact below ten events, Byar's from ten: the practice of Public Health England (Technical Guide: Confidence Intervals, 2018).
    ByarExactBelowTen,
}

impl CountInterval {
    /// The two-sided limits for a count of events; fractional counts (shared zones) are taken as they are.
    ///
    /// `None` where the count is negative or not finite, or the level outside 0 to 1. Cost: O(1) for Byar, O(√x) for Garwood.
    #[must_use]
    pub fn limits(self, events: f64, level: f64) -> Option<(f64, f64)> {
        if !(events >= 0.0 && events.is_finite() && level > 0.0 && level < 1.0) {
            return None;
        }
        Some(match self {
            Self::ByarExactBelowTen if events < FEW_EVENTS => garwood(events, level),
            Self::Garwood => garwood(events, level),
            Self::Byar | Self::ByarExactBelowTen => byar(events, level),
        })
    }
}

fn byar(events: f64, level: f64) -> (f64, f64) {
    let z = normal_quantile(level);
    let cube = |x: f64, z: f64| x * (1.0 - 1.0 / (9.0 * x) + z / (3.0 * x.sqrt())).powi(3);
    // Below one event, in fractions, the cube would be of a large negative number.
    (if events >= 1.0 { cube(events, -z) } else { 0.0 }, cube(events + 1.0, z))
}

fn garwood(events: f64, level: f64) -> (f64, f64) {
    let tail = 0.5 - level / 2.0;
    let low = if events > 0.0 { gamma_quantile(events, tail) } else { 0.0 };
    (low, gamma_quantile(events + 1.0, 1.0 - tail))
}

#[cfg(test)]
mod tests {
    use super::CountInterval::{Byar, ByarExactBelowTen, Garwood};
    use super::*;
    use crate::stats::distributions::poisson_cdf;

    #[test]
    fn what_is_no_count_has_no_interval() {
        for method in [Byar, Garwood, ByarExactBelowTen] {
            for (x, level) in [(-1.0, 0.95), (f64::NAN, 0.95), (f64::INFINITY, 0.95), (4.0, 0.0), (4.0, 1.0)] {
                assert_eq!(method.limits(x, level), None);
            }
        }
    }

    #[test]
    fn ten_events_are_where_the_rule_changes() {
        assert_eq!(ByarExactBelowTen.limits(9.0, 0.95), Garwood.limits(9.0, 0.95));
        assert_eq!(ByarExactBelowTen.limits(10.0, 0.95), Byar.limits(10.0, 0.95));
        for x in 0..200_u32 {
            let (low, high) = ByarExactBelowTen.limits(f64::from(x), 0.998).unwrap();
            assert!(0.0 <= low && low <= f64::from(x) && f64::from(x) < high, "{x}");
        }
    }

    #[test]
    fn the_exact_interval_holds_the_mean_at_least_as_often_as_it_says() {
        // Σ P(X = x) over the x whose limits hold the mean.
        let coverage = |method: CountInterval, mean: f64| -> f64 {
            let holds = |x: u32| method.limits(f64::from(x), 0.95).is_some_and(|(low, high)| low <= mean && mean <= high);
            let mass = |x: u32| poisson_cdf(f64::from(x), mean) - poisson_cdf(f64::from(x) - 1.0, mean);
            (0..200).filter(|x| holds(*x)).map(mass).sum()
        };
        for mean in (1..120).map(|i| f64::from(i) / 2.0) {
            assert!(coverage(Garwood, mean) >= 0.95 - 1e-9, "{mean}");
            assert!((0.93..=1.0).contains(&coverage(ByarExactBelowTen, mean)), "{mean}: {}", coverage(ByarExactBelowTen, mean));
        }
    }
}
