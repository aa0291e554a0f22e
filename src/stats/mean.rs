//! Means: intervals, and whether two differ.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// Count, mean and standard deviation (divisor n − 1) of a group; the deviation is absent for one member.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// Members.
    pub n: f64,
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub deviation: Option<f64>,
}

/// The moments of weighted values, in two passes; `None` where the weights sum to 0.
///
/// Weights are shares of persons (1 for a whole person), so that `n = Σw` and the deviation divides by `n − 1`.
#[must_use]
pub fn moments(values: &[(f64, f64)]) -> Option<Moments> {
    let n: f64 = values.iter().map(|(_, w)| w).sum();
    if n <= 0.0 {
        return None;
    }
    let mean = values.iter().map(|(v, w)| v * w).sum::<f64>() / n;
    let squares: f64 = values.iter().map(|(v, w)| w * (v - mean) * (v - mean)).sum();
    Some(Moments { n, mean, deviation: (n > 1.0).then(|| (squares / (n - 1.0)).sqrt()) })
}

/// Student's t interval of a mean: `x̄ ± t(1−α/2, n−1) s/√n`; `None` for fewer than two members.
///
/// ```
/// use optima::stats::mean::{moments, student};
/// // R: t.test(c(3, 5, 8, 12, 20))$conf.int
/// let group = moments(&[(3.0, 1.0), (5.0, 1.0), (8.0, 1.0), (12.0, 1.0), (20.0, 1.0)]).unwrap();
/// let (low, high) = student(&group, 0.95).unwrap();
/// assert!((low - 1.242_946_353_8).abs() < 1e-6 && (high - 17.957_053_646_2).abs() < 1e-6, "{low} {high}");
/// ```
#[must_use]
pub fn student(group: &Moments, level: f64) -> Option<(f64, f64)> {
    let deviation = group.deviation?;
    let t = StudentsT::new(0.0, 1.0, group.n - 1.0).ok()?.inverse_cdf(0.5 + level / 2.0);
    let half = t * deviation / group.n.sqrt();
    Some((group.mean - half, group.mean + half))
}

/// The difference of two means by Welch: its interval and the two-sided p-value.
///
/// `t = (x̄1 − x̄2) / √(s1²/n1 + s2²/n2)` with the degrees of freedom of Welch and Satterthwaite. `None` for fewer than two
/// members on a side, or where neither side varies.
#[must_use]
pub fn welch(a: &Moments, b: &Moments, level: f64) -> Option<((f64, f64), f64)> {
    let (va, vb) = (a.deviation?.powi(2) / a.n, b.deviation?.powi(2) / b.n);
    let error = (va + vb).sqrt();
    if error <= 0.0 {
        return None;
    }
    let freedom = (va + vb).powi(2) / (va * va / (a.n - 1.0) + vb * vb / (b.n - 1.0));
    let t = StudentsT::new(0.0, 1.0, freedom).ok()?;
    let difference = a.mean - b.mean;
    let half = t.inverse_cdf(0.5 + level / 2.0) * error;
    Some(((difference - half, difference + half), (2.0 * t.cdf(-(difference / error).abs())).min(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(values: &[f64]) -> Moments {
        moments(&values.iter().map(|v| (*v, 1.0)).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn welch_agrees_with_an_independent_computation() {
        // Simpson's rule on the t density, in tests/reference/welch.py: df 5.4246, p 0.177018520712.
        let (interval, p) = welch(&group(&[3.0, 5.0, 8.0, 12.0, 20.0]), &group(&[1.0, 4.0, 6.0, 7.0]), 0.95).unwrap();
        assert!((p - 0.177_018_520_712).abs() < 1e-8, "{p}");
        assert!((interval.0 + 3.156_535_352_97).abs() < 1e-7 && (interval.1 - 13.356_535_352_97).abs() < 1e-7, "{interval:?}");
    }

    #[test]
    fn one_member_has_a_mean_and_no_interval() {
        let one = group(&[4.0]);
        assert_eq!((one.mean, one.deviation), (4.0, None));
        assert_eq!(student(&one, 0.95), None);
        assert_eq!(welch(&one, &group(&[1.0, 2.0]), 0.95), None);
        assert_eq!(moments(&[]), None);
    }

    #[test]
    fn doubling_each_weight_doubles_the_group_and_keeps_the_mean() {
        let single = moments(&[(1.0, 1.0), (5.0, 1.0)]).unwrap();
        let double = moments(&[(1.0, 2.0), (5.0, 2.0)]).unwrap();
        assert_eq!((double.n, double.mean), (single.n * 2.0, single.mean));
    }
}
