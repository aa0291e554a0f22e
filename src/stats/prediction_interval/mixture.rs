//! Student's distributions, mixed: how wide a range around a point has to be to hold a given part.

use statrs::distribution::{ContinuousCDF, StudentsT};

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

/// Half the width of the range around `point` that holds `level` of the mixture, to `1e-9` of the widest component.
pub(super) fn half_width(components: &[Component], freedom: f64, point: f64, level: f64) -> f64 {
    let Ok(student) = StudentsT::new(0.0, 1.0, freedom) else { return 0.0 };
    let quantile = student.inverse_cdf(0.5 + level / 2.0);
    let holds = |half: f64| -> f64 { components.iter().map(|c| c.weight * held(&student, c, point, half)).sum() };
    // Where each component holds its level, so does the whole.
    let reach = |c: &Component| (c.center - point).abs() + quantile * c.scale;
    let (mut low, mut high) = (0.0, components.iter().map(reach).fold(0.0, f64::max));
    let enough = 1e-9 * high;
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
fn held(student: &StudentsT, component: &Component, point: f64, half: f64) -> f64 {
    let away = point - component.center;
    if component.scale == 0.0 {
        return if away.abs() <= half { 1.0 } else { 0.0 };
    }
    student.cdf((away + half) / component.scale) - student.cdf((away - half) / component.scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_component_around_its_middle_has_students_quantile() {
        let one = [Component { weight: 1.0, center: 3.0, scale: 2.0 }];
        // R: qt(0.975, 10)
        assert!((half_width(&one, 10.0, 3.0, 0.95) / 2.0 - 2.228_138_852).abs() < 1e-7);
        assert_eq!(half_width(&[Component::certain(3.0)], 1.0, 3.0, 0.95), 0.0);
    }

    #[test]
    fn a_mixture_holds_its_level_and_a_point_off_its_middle_widens_it() {
        let two = [Component { weight: 0.4, center: 0.0, scale: 1.0 }, Component { weight: 0.6, center: 1.0, scale: 3.0 }];
        let student = StudentsT::new(0.0, 1.0, 7.0).unwrap();
        let mut last = 0.0;
        for point in [0.8, 2.0, 5.0] {
            let half = half_width(&two, 7.0, point, 0.95);
            let held: f64 = two.iter().map(|c| c.weight * held(&student, c, point, half)).sum();
            assert!((held - 0.95).abs() < 1e-7, "{held}");
            assert!(half > last);
            last = half;
        }
    }
}
