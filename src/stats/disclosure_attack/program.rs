//! A linear program: what the statements leave of one component, and whether a point is a solution of it.

/// A statement within a program, once for real numbers and once for whole ones.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// In the order of the unknowns.
    pub terms: Vec<(usize, f64)>,
    /// As stated.
    pub real: (f64, f64),
    /// Rounded inwards where all terms are whole.
    pub tight: (f64, f64),
    /// The number of the statement.
    pub source: usize,
}

impl Row {
    /// A row, with its bounds rounded inwards to what sums of whole terms can be: multiples of the greatest common divisor.
    pub(super) fn new(terms: Vec<(usize, f64)>, real: (f64, f64), whole: &[bool], source: usize) -> Self {
        let divisor = common_divisor(&terms, whole);
        let tight = divisor.map_or(real, |d| (whole_above(real.0 / d) * d, whole_below(real.1 / d) * d));
        Self { terms, real, tight, source }
    }

    /// The bounds for real numbers, or those for whole ones.
    pub(super) fn bounds(&self, tight: bool) -> (f64, f64) {
        if tight { self.tight } else { self.real }
    }
}

/// Unknowns numbered from 0 within their bounds, and rows on them.
#[derive(Debug, Clone, Default)]
pub(super) struct Program {
    pub whole: Vec<bool>,
    /// What is known of each as a real number.
    pub real: Vec<(f64, f64)>,
    /// What is known of each, given that counts are whole.
    pub tight: Vec<(f64, f64)>,
    pub rows: Vec<Row>,
}

impl Program {
    /// The bounds for real numbers, or those for whole ones.
    pub(super) fn bounds(&self, tight: bool) -> &[(f64, f64)] {
        if tight { &self.tight } else { &self.real }
    }

    /// Does every statement hold of these numbers? Exactly so for whole terms; within 1e-6, relative above 1, for others.
    pub(super) fn holds(&self, values: &[f64]) -> bool {
        let within = |value: f64, (low, high): (f64, f64), exact: bool| {
            let slack = |end: f64| if exact || end.is_infinite() { 0.0 } else { 1e-6 * end.abs().max(1.0) };
            value >= low - slack(low) && value <= high + slack(high)
        };
        let bounded = values
            .iter()
            .zip(&self.tight)
            .zip(&self.whole)
            .all(|((v, bounds), whole)| (!whole || v.fract() == 0.0) && within(*v, *bounds, *whole));
        bounded && self.rows.iter().all(|row| within(sum(&row.terms, values), row.tight, common_divisor(&row.terms, &self.whole).is_some()))
    }

    /// A point of a solver with its whole numbers made whole: `None` where it is no solution then.
    pub(super) fn solution(&self, mut values: Vec<f64>) -> Option<Vec<f64>> {
        for ((value, whole), (low, high)) in values.iter_mut().zip(&self.whole).zip(&self.tight) {
            *value = if *whole { value.round() } else { value.clamp(*low, high.max(*low)) };
        }
        self.holds(&values).then_some(values)
    }

    /// Can a combination have whole values only?
    pub(super) fn is_whole(&self, terms: &[(usize, f64)]) -> bool {
        terms.iter().all(|(unknown, coefficient)| self.whole[*unknown] && coefficient.fract() == 0.0)
    }
}

/// `Σ coefficient × value`, in the order of the terms.
pub(super) fn sum(terms: &[(usize, f64)], values: &[f64]) -> f64 {
    terms.iter().map(|(unknown, coefficient)| coefficient * values[*unknown]).sum()
}

/// The sum of the terms where each lies within its bounds.
pub(super) fn reach(terms: &[(usize, f64)], bounds: &[(f64, f64)]) -> (f64, f64) {
    let mut reach = (0.0, 0.0);
    for (unknown, coefficient) in terms {
        let ends = times(*coefficient, bounds[*unknown]);
        reach = (reach.0 + ends.0, reach.1 + ends.1);
    }
    reach
}

/// A multiple of an interval, low end first.
pub(super) fn times(coefficient: f64, (low, high): (f64, f64)) -> (f64, f64) {
    if coefficient >= 0.0 { (coefficient * low, coefficient * high) } else { (coefficient * high, coefficient * low) }
}

/// The smallest whole number that is not below, but for the noise of sums of decimals.
pub(super) fn whole_above(value: f64) -> f64 {
    (value - noise(value)).ceil()
}

/// The greatest whole number that is not above, but for the noise of sums of decimals.
pub(super) fn whole_below(value: f64) -> f64 {
    (value + noise(value)).floor()
}

fn noise(value: f64) -> f64 {
    if value.is_finite() { 1e-6_f64.max(1e-9 * value.abs()) } else { 0.0 }
}

/// Of the coefficients of whole unknowns; `None` where a coefficient or an unknown is not whole, or nothing is there.
fn common_divisor(terms: &[(usize, f64)], whole: &[bool]) -> Option<f64> {
    let mut divisor = 0.0_f64;
    for (unknown, coefficient) in terms {
        if !whole[*unknown] || coefficient.fract() != 0.0 || coefficient.abs() > 9e15 {
            return None;
        }
        let (mut a, mut b) = (divisor, coefficient.abs());
        while b != 0.0 {
            (a, b) = (b, a % b);
        }
        divisor = a;
    }
    (divisor > 0.0).then_some(divisor)
}
