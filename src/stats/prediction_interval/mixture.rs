//! Student's distributions, mixed: how wide a range around a point has to be to hold a given part.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// The part of Student's distribution between −t and t, t ≥ 0, for a whole number of degrees of freedom: a finite sum.
///
/// Ten times as fast as the incomplete beta function, and asked some thousand times a series.
/// Source: Abramowitz & Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
fn central_part(t: f64, freedom: u32) -> f64 {
    let ratio = t / f64::from(freedom).sqrt();
    let cosine = 1.0 / (1.0 + ratio * ratio).sqrt();
    let sine = ratio * cosine;
    let square = cosine * cosine;
    let odd = freedom % 2 == 1;
    let (mut term, mut sum) = (if odd { cosine } else { 1.0 }, 0.0);
    let mut at = u32::from(odd);
    while at + 2 <= freedom {
        sum += term;
        at += 2;
        // Odd: 2/3, 4/5, 6/7 …; even: 1/2, 3/4, 5/6 …
        term *= square * f64::from(at - 1) / f64::from(at);
    }
    if odd { std::f64::consts::FRAC_2_PI * (ratio.atan() + sine * sum) } else { sine * sum }
}

/// One distribution of the mixture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Component {
    /// Its part of the whole.
    pub(super) weight: f64,
    /// Its middle.
    pub(super) center: f64,
    /// What Student's t is multiplied by; 0 where there is no doubt.
    pub(super) scale: f64,
}

impl Component {
    pub(super) fn certain(center: f64) -> Self {
        Self { weight: 1.0, center, scale: 0.0 }
    }
}

/// The two-sided quantile of Student's distribution: 2.228 for 10 degrees of freedom and 0.95.
pub(super) fn student_quantile(freedom: u32, level: f64) -> f64 {
    StudentsT::new(0.0, 1.0, f64::from(freedom)).map_or(0.0, |student| student.inverse_cdf(0.5 + level / 2.0))
}

/// Half the width of the range around `point` that holds `level` of the mixture, to `1e-8` of the widest component.
pub(super) fn half_width(components: &[Component], freedom: u32, point: f64, level: f64) -> f64 {
    let quantile = student_quantile(freedom, level);
    let holds = |half: f64| -> f64 { components.iter().map(|c| c.weight * held(freedom, c, point, half)).sum() };
    // Where each component holds its level, so does the whole.
    let reach = |c: &Component| (c.center - point).abs() + quantile * c.scale;
    let (mut low, mut high) = (0.0, components.iter().map(reach).fold(0.0, f64::max));
    let enough = 1e-8 * high;
    let (mut below, mut above) = (-level, holds(high) - level);
    // Illinois: false position that halves the side which does not move.
    let mut last_moved_low = None;
    while high - low > enough {
        let share = if above - below > 0.0 { (-below / (above - below)).clamp(0.02, 0.98) } else { 0.5 };
        let middle = low + share * (high - low);
        let excess = holds(middle) - level;
        if excess < 0.0 {
            (low, below) = (middle, excess);
            if last_moved_low == Some(true) {
                above *= 0.5;
            }
            last_moved_low = Some(true);
        } else {
            (high, above) = (middle, excess);
            if last_moved_low == Some(false) {
                below *= 0.5;
            }
            last_moved_low = Some(false);
        }
    }
    high
}

/// The part of one component within `half` of `point`.
fn held(freedom: u32, component: &Component, point: f64, half: f64) -> f64 {
    let away = point - component.center;
    if component.scale == 0.0 {
        return if away.abs() <= half { 1.0 } else { 0.0 };
    }
    let below = |t: f64| 0.5 * central_part(t.abs(), freedom).copysign(t);
    below((away + half) / component.scale) - below((away - half) / component.scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_component_around_its_middle_has_students_quantile() {
        let one = [Component { weight: 1.0, center: 3.0, scale: 2.0 }];
        // R: qt(0.975, 10)
        assert!((half_width(&one, 10, 3.0, 0.95) / 2.0 - 2.228_138_852).abs() < 1e-7);
        assert_eq!(half_width(&[Component::certain(3.0)], 1, 3.0, 0.95), 0.0);
    }

    #[test]
    fn the_finite_sum_is_students_distribution() {
        for freedom in 1..60 {
            let student = StudentsT::new(0.0, 1.0, f64::from(freedom)).unwrap();
            for t in [0.0, 0.3, 1.0, 2.2, 7.0, 60.0] {
                let expected = 1.0 - 2.0 * student.cdf(-t);
                assert!((central_part(t, freedom) - expected).abs() < 1e-9, "{freedom} {t}");
            }
        }
    }

    #[test]
    fn a_mixture_holds_its_level_and_a_point_off_its_middle_widens_it() {
        let two = [Component { weight: 0.4, center: 0.0, scale: 1.0 }, Component { weight: 0.6, center: 1.0, scale: 3.0 }];
        let mut last = 0.0;
        for point in [0.8, 2.0, 5.0] {
            let half = half_width(&two, 7, point, 0.95);
            let held: f64 = two.iter().map(|c| c.weight * held(7, c, point, half)).sum();
            assert!((held - 0.95).abs() < 1e-7, "{held}");
            assert!(half > last);
            last = half;
        }
    }
}
