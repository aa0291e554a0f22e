//! WHO-5 of a group: its mean, the share with reduced well-being, and how well the five answers go together.

use super::{Coding, Sheet};
use crate::stats::mean::{moments, student};
use crate::stats::proportion::wilson;
use crate::stats::refusal::Refusal;

/// A sheet and its weight: 1 for a whole person.
pub type Weighted = (Sheet, f64);

/// WHO-5 of a group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    /// The coding of its sheets.
    pub coding: Coding,
    /// The sum of weights.
    pub n: f64,
    /// The mean percentage, 0..=100; for [`Coding::OneToFive`] the mean raw sum, 5..=25.
    pub mean: f64,
    /// The standard error `s/√n`; absent for one person.
    pub standard_error: Option<f64>,
    /// Student's interval of the mean; absent for one person.
    pub interval: Option<(f64, f64)>,
    /// The share with reduced well-being (50 or less), 0..=1, and Wilson's interval; absent for [`Coding::OneToFive`].
    pub share_reduced: Option<(f64, (f64, f64))>,
    /// Cronbach's alpha `5/4 (1 − Σ item variances / variance of the sum)`; absent for one person, or where sums do not vary.
    pub cronbach_alpha: Option<f64>,
}

/// WHO-5 of the sheets of a group, all of one coding; intervals at `level`.
///
/// Official steps numbered from 0 and from 1 are one scale, but a group takes one declaration: mixed codings are refused.
/// Source: Cronbach, Coefficient alpha and the internal structure of tests, Psychometrika 16 (1951).
///
/// # Errors
/// No sheet; codings that differ; a weight that is negative or no number.
///
/// ```
/// use optima::stats::well_being::{Coding, Sheet, group};
/// let sheet = |items: [f64; 5]| (Sheet::read(items.map(Some), Coding::ZeroToFive).unwrap().unwrap(), 1.0);
/// let two = group(&[sheet([5.0; 5]), sheet([1.0, 2.0, 1.0, 1.0, 2.0])], 0.95).unwrap();
/// assert_eq!((two.mean, two.share_reduced.unwrap().0), (64.0, 0.5));
/// ```
pub fn group(sheets: &[Weighted], level: f64) -> Result<Group, Refusal> {
    let Some((first, _)) = sheets.first() else {
        return Err(Refusal::new("no WHO-5 sheet with all five answers"));
    };
    let coding = first.coding();
    if sheets.iter().any(|(sheet, _)| sheet.coding() != coding) {
        return Err(Refusal::new("WHO-5 sheets of different codings").remedy("their scores do not compare: make a group of each"));
    }
    if sheets.iter().any(|(_, weight)| !(weight.is_finite() && *weight >= 0.0)) {
        return Err(Refusal::new("a weight is negative or no number"));
    }
    let of = |value: &dyn Fn(&Sheet) -> f64| moments(&sheets.iter().map(|(sheet, weight)| (value(sheet), *weight)).collect::<Vec<_>>());
    let scale = if coding == Coding::OneToFive { 1.0 } else { 4.0 };
    let Some(scores) = of(&|sheet| scale * f64::from(sheet.raw())) else {
        return Err(Refusal::new("the weights of the WHO-5 sheets sum to 0"));
    };
    let reduced = sheets.iter().filter(|(sheet, _)| sheet.official().is_some_and(|official| official.reduced)).map(|(_, w)| w).sum::<f64>();
    let share_reduced = match coding {
        Coding::OneToFive => None,
        _ => wilson(reduced.min(scores.n), scores.n, level).map(|interval| (reduced.min(scores.n) / scores.n, interval)),
    };
    let variance = |value: &dyn Fn(&Sheet) -> f64| of(value).and_then(|moments| moments.deviation).map(|deviation| deviation * deviation);
    let items: Option<f64> = (0..5).map(|at| variance(&|sheet| f64::from(sheet.items[at]))).sum();
    let sums = variance(&|sheet| f64::from(sheet.raw())).filter(|v| *v > 0.0);
    Ok(Group {
        coding,
        n: scores.n,
        mean: scores.mean,
        standard_error: scores.deviation.map(|deviation| deviation / scores.n.sqrt()),
        interval: student(&scores, level),
        share_reduced,
        cronbach_alpha: items.zip(sums).map(|(items, sums)| 1.25 * (1.0 - items / sums)),
    })
}
