//! A minimum without derivatives: the simplex of Nelder and Mead, in the steps that R's `optim` takes.
//!
//! The steps matter: on the flat likelihoods of short series, where the search stops is part of the answer that is compared.

/// Where to begin, how far to look, when to stop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search<'a> {
    pub(super) start: &'a [f64],
    /// The first simplex: one step along each axis.
    pub(super) steps: &'a [f64],
    /// Stops where the worst corner is within `tolerance · (|f(start)| + tolerance)` of the best.
    pub(super) tolerance: f64,
    /// Evaluations at most.
    pub(super) evaluations: usize,
}

/// What stands for a value that is not finite.
const VERY_LARGE: f64 = 1e35;

/// The best corner found and its value; `None` where `f` is not finite at the start.
///
/// Reflection 1, expansion 2, contraction and shrinking ½; a corner outside of the domain is one where `f` is not finite.
/// Source: Nelder & Mead, The Computer Journal 7 (1965); Nash, Compact Numerical Methods for Computers (1990), algorithm 19.
pub(super) fn minimize(f: &mut dyn FnMut(&[f64]) -> f64, search: &Search<'_>) -> Option<(Vec<f64>, f64)> {
    let Search { start, steps, tolerance, evaluations } = *search;
    let size = start.len();
    let first = f(start);
    if !first.is_finite() {
        return None;
    }
    let mut count = 1;
    let enough = tolerance * (first.abs() + tolerance);
    let mut corners: Vec<Vec<f64>> = vec![start.to_vec(); size + 1];
    for (axis, step) in steps.iter().enumerate() {
        corners[axis + 1][axis] += step;
    }
    let mut values = vec![first; size + 1];
    let mut evaluate = |at: &[f64], count: &mut usize| {
        *count += 1;
        let value = f(at);
        if value.is_finite() { value } else { VERY_LARGE }
    };
    let mut lowest = 0;
    // Ten first steps: as R counts, a first shrinking may be of a simplex that has grown.
    let mut previous_size = 10.0 * steps.iter().map(|step| step.abs()).sum::<f64>();
    let mut renew = true;
    loop {
        // The best corner of the round before, as R gives it: what the last evaluation found is not looked at.
        if count > evaluations {
            let value = values[lowest];
            return Some((corners.swap_remove(lowest), value));
        }
        if renew {
            for corner in (0..=size).filter(|corner| *corner != lowest) {
                values[corner] = evaluate(&corners[corner], &mut count);
            }
            renew = false;
        }
        let (mut low, mut high, mut highest) = (values[lowest], values[lowest], lowest);
        for (corner, value) in values.iter().enumerate() {
            if *value < low {
                (lowest, low) = (corner, *value);
            }
            if *value > high {
                (highest, high) = (corner, *value);
            }
        }
        if high <= low + enough {
            return Some((corners.swap_remove(lowest), low));
        }
        #[expect(clippy::cast_precision_loss, reason = "a handful of parameters")]
        let center: Vec<f64> =
            (0..size).map(|axis| corners.iter().fold(-corners[highest][axis], |sum, corner| sum + corner[axis]) / size as f64).collect();
        let reflected: Vec<f64> = center.iter().zip(&corners[highest]).map(|(c, h)| 2.0 * c - h).collect();
        let value = evaluate(&reflected, &mut count);
        if value < low {
            let expanded: Vec<f64> = reflected.iter().zip(&center).map(|(r, c)| 2.0 * r - c).collect();
            let further = evaluate(&expanded, &mut count);
            (corners[highest], values[highest]) = if further < value { (expanded, further) } else { (reflected, value) };
            continue;
        }
        if value < high {
            (corners[highest], values[highest]) = (reflected, value);
        }
        let contracted: Vec<f64> = corners[highest].iter().zip(&center).map(|(h, c)| 0.5 * h + 0.5 * c).collect();
        let nearer = evaluate(&contracted, &mut count);
        if nearer < values[highest] {
            (corners[highest], values[highest]) = (contracted, nearer);
        } else if value >= high {
            let best = corners[lowest].clone();
            let mut shrunk = 0.0;
            for corner in (0..=size).filter(|corner| *corner != lowest) {
                for (value, best) in corners[corner].iter_mut().zip(&best) {
                    *value = 0.5 * (*value - best) + best;
                    shrunk += (*value - best).abs();
                }
            }
            if shrunk >= previous_size {
                return Some((best, low));
            }
            previous_size = shrunk;
            renew = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_valley_of_rosenbrock_is_walked_to_its_end() {
        let mut valley = |x: &[f64]| 100.0 * (x[1] - x[0] * x[0]).powi(2) + (1.0 - x[0]).powi(2);
        let search = Search { start: &[-1.2, 1.0], steps: &[0.12, 0.12], tolerance: 1.5e-8, evaluations: 500 };
        let (at, value) = minimize(&mut valley, &search).unwrap();
        // R: optim(c(-1.2, 1), function(x) 100 * (x[2] - x[1]^2)^2 + (1 - x[1])^2)
        assert!((at[0] - 1.000_260_138_73).abs() < 1e-10 && (at[1] - 1.000_505_999_3).abs() < 1e-10, "{at:?}");
        assert!((value - 8.825_241_096_72e-8).abs() < 1e-17, "{value}");
        // The same with control = list(maxit = 60).
        let (at, value) = minimize(&mut valley, &Search { evaluations: 60, ..search }).unwrap();
        assert!((at[0] + 0.515_848_031_043_995).abs() < 1e-12 && (at[1] - 0.270_236_144_065_849).abs() < 1e-12, "{at:?}");
        assert!((value - 2.299_506_691_177_67).abs() < 1e-12);
    }

    #[test]
    fn a_wall_is_not_crossed_and_a_start_behind_it_is_told() {
        let mut wall = |x: &[f64]| if x[0] < 1.0 { f64::INFINITY } else { x[0] };
        let search = Search { start: &[3.0], steps: &[1.0], tolerance: 1e-10, evaluations: 500 };
        let (at, _) = minimize(&mut wall, &search).unwrap();
        assert!((at[0] - 1.0).abs() < 1e-6, "{at:?}");
        assert_eq!(minimize(&mut wall, &Search { start: &[0.0], ..search }), None);
    }
}
