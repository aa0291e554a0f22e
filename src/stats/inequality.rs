//! How unequal a quantity is over units: Gini's index, and Theil's split into what lies between and within groups of units.
//!
//! Values x ≥ 0 with weights w ≥ 0 (persons, say; 1 each without weights), W = Σw, mean μ = Σwx/W. A weight of k counts as k units,
//! so that x is a value a person (an income, a rate) where the weight is a population. Results do not depend on the order of units.

use super::refusal::Refusal;

/// Gini's index in both its forms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gini {
    /// The population form `Σᵢ Σⱼ wᵢ wⱼ |xᵢ − xⱼ| / (2 W² μ)`, 0..1: of n units at most (n − 1)/n.
    pub population: f64,
    /// The same times `W/(W − 1)`: unbiased where the units are a sample, and 1 where one unit has all. Absent where W ≤ 1.
    pub unbiased: Option<f64>,
}

/// Theil's T with its parts, in natural logarithms: `between + within = total`.
#[derive(Debug, Clone, PartialEq)]
pub struct Theil {
    /// `T = Σ (w/W) (x/μ) ln(x/μ)`, 0 where all are equal, ln W at most for weights of 1 or more; a value of 0 adds 0.
    pub total: f64,
    /// `Σ (W_g/W) (μ_g/μ) ln(μ_g/μ)` over groups: what remains where everybody has the mean of the group.
    pub between: f64,
    /// `Σ s_g T_g` over groups: the inequality inside groups, by their shares of the sum.
    pub within: f64,
    /// The groups by number, 0 first; absent for a number that nobody has.
    pub groups: Vec<Option<TheilGroup>>,
}

/// A group in Theil's decomposition.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TheilGroup {
    /// The sum of its weights over that of all, 0..=1.
    pub share_of_weight: f64,
    /// Its share of the sum Σwx, 0..=1.
    pub share_of_sum: f64,
    /// Theil's T inside the group; 0 where the group has nothing.
    pub theil: f64,
}

/// Gini's index of values, weighted where weights are given. Cost: O(n log n).
///
/// # Errors
/// No value; a value or weight that is negative or no number; all values 0; weights that sum to 0, or that are a million million times
/// others.
///
/// Source: Gini, Variabilità e mutabilità (1912); Cowell, Measuring Inequality, 3rd ed. (2011); `PySAL`'s `inequality`.
///
/// ```
/// use optima::stats::inequality::gini;
/// let one_has_all = gini(&[0.0, 0.0, 0.0, 8.0], None)?;
/// assert_eq!((one_has_all.population, one_has_all.unbiased), (0.75, Some(1.0)));
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
pub fn gini(values: &[f64], weights: Option<&[f64]>) -> Result<Gini, Refusal> {
    let units = units(values, weights, None)?;
    let weight = total_weight(&units);
    let pairs: Vec<(f64, f64)> = units.iter().map(|unit| (unit.value, unit.weight)).collect();
    let population = (half_mean_difference(&pairs) / mean(&units)).clamp(0.0, 1.0);
    Ok(Gini { population, unbiased: (weight > 1.0).then(|| (population * weight / (weight - 1.0)).min(1.0)) })
}

/// Theil's T of values, between and within groups; `groups` numbers the group of each unit, from 0. Cost: O(n log n + groups).
///
/// # Errors
/// As [`gini`]; a number of groups other than of values, or a group's number of 1,000,000 or more.
///
/// Source: Theil, Economics and Information Theory (1967); Shorrocks, The class of additively decomposable inequality measures,
/// Econometrica 48 (1980); `PySAL`'s `inequality`.
///
/// ```
/// use optima::stats::inequality::theil;
/// let alike_inside = theil(&[1.0, 1.0, 3.0, 3.0], &[0, 0, 1, 1], None)?;
/// assert!(alike_inside.within.abs() < 1e-15 && (alike_inside.between - alike_inside.total).abs() < 1e-15);
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
pub fn theil(values: &[f64], groups: &[u32], weights: Option<&[f64]>) -> Result<Theil, Refusal> {
    let units = units(values, weights, Some(groups))?;
    let count = units.iter().map(|unit| unit.group + 1).max().unwrap_or(0);
    let (all_weight, all_mean) = (total_weight(&units), mean(&units));
    let mut by_group: Vec<Vec<Unit>> = vec![Vec::new(); count];
    for unit in &units {
        by_group[unit.group].push(*unit);
    }
    let (mut between, mut within) = (0.0, 0.0);
    let mut one = |group: &Vec<Unit>| {
        let (weight, mean) = (total_weight(group), mean(group));
        if weight <= 0.0 {
            return None;
        }
        let share_of_weight = weight / all_weight;
        let share_of_sum = share_of_weight * mean / all_mean;
        let theil = if mean > 0.0 { divergence(group, mean, weight) } else { 0.0 };
        between += share_of_weight * excess(mean / all_mean);
        within += share_of_sum * theil;
        Some(TheilGroup { share_of_weight, share_of_sum, theil })
    };
    let groups = by_group.iter().map(&mut one).collect();
    Ok(Theil { total: divergence(&units, all_mean, all_weight), between, within, groups })
}

/// `Σ F(1 − F) gap` over the gaps between values in ascending order: half the mean absolute difference of two draws. No term is
/// negative, so that equal values give 0 to the last digit.
pub(super) fn half_mean_difference(ascending: &[(f64, f64)]) -> f64 {
    let total: f64 = ascending.iter().map(|(_, weight)| weight).sum();
    let mut below = 0.0;
    let gap = |pair: &[(f64, f64)]| {
        below += pair[0].1 / total;
        (pair[1].0 - pair[0].0) * below * (1.0 - below).max(0.0)
    };
    ascending.windows(2).map(gap).sum()
}

#[derive(Debug, Clone, Copy)]
struct Unit {
    /// Divided by the largest: indices do not know the scale, and no sum overflows.
    value: f64,
    weight: f64,
    group: usize,
}

/// The units that weigh something, in an order that does not depend on theirs.
fn units(values: &[f64], weights: Option<&[f64]>, groups: Option<&[u32]>) -> Result<Vec<Unit>, Refusal> {
    let n = values.len();
    if n == 0 {
        return Err(Refusal::new("no value").remedy("inequality is one of units: give their values"));
    }
    for (what, given) in [("weights", weights.map_or(n, <[f64]>::len)), ("groups", groups.map_or(n, <[u32]>::len))] {
        if given != n {
            return Err(Refusal::new(format!("{given} {what} for {n} values")).remedy("give one a value"));
        }
    }
    for (what, numbers) in [("value", values), ("weight", weights.unwrap_or(&[]))] {
        if let Some(at) = numbers.iter().position(|x| !(x.is_finite() && *x >= 0.0)) {
            return Err(Refusal::new(format!("{what} {} is negative or no number", at + 1))
                .remedy("inequality is of quantities that are shared out: leave out what has none"));
        }
    }
    if groups.is_some_and(|groups| groups.iter().any(|group| *group >= 1_000_000)) {
        return Err(Refusal::new("a group's number is 1,000,000 or more").remedy("number groups from 0"));
    }
    let weight = |at: usize| weights.map_or(1.0, |weights| weights[at]);
    let weighing = || (0..n).filter(|at| weight(*at) > 0.0);
    if weighing().next().is_none() || !weighing().map(weight).sum::<f64>().is_finite() {
        return Err(Refusal::new("the weights sum to 0, or to no number").remedy("weights count persons or units"));
    }
    let (least, most) = weighing().map(weight).fold((f64::INFINITY, 0.0f64), |(least, most), w| (least.min(w), most.max(w)));
    if most > 1e12 * least {
        return Err(Refusal::new("some weights are more than a million million times others").remedy("check the column of weights"));
    }
    let largest = weighing().map(|at| values[at]).fold(0.0, f64::max);
    if largest <= 0.0 {
        return Err(Refusal::new("all values are 0").remedy("there is nothing to be unequal about"));
    }
    let unit = |at: usize| Unit { value: values[at] / largest, weight: weight(at), group: groups.map_or(0, |groups| groups[at] as usize) };
    let mut units: Vec<Unit> = weighing().map(unit).collect();
    units.sort_by(|a, b| a.value.total_cmp(&b.value).then(a.weight.total_cmp(&b.weight)).then(a.group.cmp(&b.group)));
    Ok(units)
}

fn total_weight(units: &[Unit]) -> f64 {
    units.iter().map(|unit| unit.weight).sum()
}

fn mean(units: &[Unit]) -> f64 {
    let weight = total_weight(units);
    if weight > 0.0 { units.iter().map(|unit| unit.weight / weight * unit.value).sum() } else { 0.0 }
}

/// `Σ (w/W) (r ln r − r + 1)` of ratios r = x/μ: Theil's T, for r − 1 sums to 0.
fn divergence(units: &[Unit], mean: f64, weight: f64) -> f64 {
    units.iter().map(|unit| unit.weight / weight * excess(unit.value / mean)).sum()
}

/// `r ln r − r + 1`, never negative; 1 for r = 0, as 0 ln 0 = 0.
fn excess(ratio: f64) -> f64 {
    if ratio > 0.0 { (ratio * ratio.ln() - (ratio - 1.0)).max(0.0) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_negative_missing_or_nothing_is_refused() {
        let refused: [(&[f64], Option<&[f64]>); 8] = [
            (&[], None),
            (&[1.0, -1.0], None),
            (&[1.0, f64::NAN], None),
            (&[0.0, 0.0], None),
            (&[1.0, 2.0], Some(&[1.0])),
            (&[1.0, 2.0], Some(&[0.0, 0.0])),
            (&[1.0, 2.0], Some(&[1.0, -1.0])),
            (&[0.0, 2.0], Some(&[1e300, 1e-300])),
        ];
        for (values, weights) in refused {
            assert!(gini(values, weights).is_err() && theil(values, &vec![0; values.len()], weights).is_err(), "{values:?} {weights:?}");
        }
        assert!(theil(&[1.0, 2.0], &[0], None).is_err() && theil(&[1.0, 2.0], &[0, u32::MAX], None).is_err());
        assert!(gini(&[1.0, 0.0], Some(&[0.0, 1.0])).unwrap_err().reason.contains("all values are 0"));
    }

    #[test]
    fn zeros_add_nothing_and_one_who_has_all_gives_the_maximum() {
        let found = theil(&[0.0, 0.0, 5.0, 0.0], &[0, 0, 2, 2], None).unwrap();
        assert!((found.total - 4f64.ln()).abs() < 1e-15);
        assert!((found.between - 2f64.ln()).abs() < 1e-15 && (found.within - 2f64.ln()).abs() < 1e-15);
        assert_eq!(found.groups[0].map(|group| (group.share_of_sum, group.theil)), Some((0.0, 0.0)));
        assert!(found.groups[1].is_none());
    }

    #[test]
    fn one_unit_is_equal_to_itself_and_sizes_at_the_limit_of_doubles_are_computed() {
        assert_eq!(gini(&[3.0], None).unwrap(), Gini { population: 0.0, unbiased: None });
        assert_eq!(theil(&[3.0], &[0], None).unwrap().total, 0.0);
        assert_eq!(gini(&[1e308, 1e308, 1e-300], None), gini(&[1.0, 1.0, 0.0], None));
    }
}
