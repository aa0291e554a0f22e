//! Which counts a rounded figure leaves open: a percentage of 23 persons with one decimal is a count.

use crate::stats::refusal::Refusal;

/// Pairs tried at most: a range of denominators that is wider says that they are not known at all.
const TRIED: u64 = 100_000_000;
/// Decimals at most: beyond, a percentage is as good as exact.
const DECIMALS: u32 = 9;

/// All numerators, 0 to the denominator, whose percentage rounds to the one published.
///
/// `|100 x / n - percentage| <= ½ 10^-decimals`, in whole numbers. Both sides of a tie count, for the way it was rounded is not known.
/// Cost: O(numerators found).
///
/// # Errors
/// A denominator of 0, more than 9 decimals, a percentage that is negative or has more decimals than said.
///
/// ```
/// use optima::stats::disclosure_attack::numerators;
/// assert_eq!(numerators(23, 8.7, 1).unwrap(), [2]);
/// assert_eq!(numerators(1986, 0.2, 1).unwrap(), [3, 4]);
/// ```
pub fn numerators(denominator: u64, percentage: f64, decimals: u32) -> Result<Vec<u64>, Refusal> {
    let units = units(percentage, decimals)?;
    if denominator == 0 {
        return Err(Refusal::new("a percentage of nobody").remedy("leave it out"));
    }
    Ok(range(denominator, units, decimals).map_or_else(Vec::new, |(first, last)| (first..=last).collect()))
}

/// All pairs of numerator and denominator, the latter within `denominators`, whose percentage rounds to the one published.
///
/// In the order of the denominators. Cost: O(denominators + pairs found).
///
/// # Errors
/// As [`numerators`], and where more than 10^8 denominators are to be tried. Denominators of 0 are passed over.
///
/// ```
/// use optima::stats::disclosure_attack::pairs;
/// assert_eq!(pairs((20, 24), 8.7, 1).unwrap(), [(2, 23)]);
/// ```
pub fn pairs(denominators: (u64, u64), percentage: f64, decimals: u32) -> Result<Vec<(u64, u64)>, Refusal> {
    let units = units(percentage, decimals)?;
    if denominators.1.saturating_sub(denominators.0) > TRIED {
        return Err(too_many());
    }
    let numerators = |n: u64| range(n, units, decimals).into_iter().flat_map(move |(first, last)| (first..=last).map(move |x| (x, n)));
    Ok((denominators.0.max(1)..=denominators.1).flat_map(numerators).collect())
}

/// How many decimals, 2 at most, a percentage of this denominator may have so that each leaves at least `minimum` numerators open.
///
/// `None`: not even whole percents do. Whatever the numerator is: 0 % and 100 % leave about half as many open as others, and decide.
/// Cost: O(10^decimals).
///
/// ```
/// use optima::stats::disclosure_attack::safe_decimals;
/// assert_eq!([23, 1_000, 9_999, 100_000].map(|persons| safe_decimals(persons, 5)), [None, Some(0), Some(1), Some(2)]);
/// ```
#[must_use]
pub fn safe_decimals(denominator: u64, minimum: u64) -> Option<u32> {
    let open = |decimals: &u32| {
        (0..=100 * 10_u64.pow(*decimals))
            .filter_map(|units| range(denominator, units, *decimals))
            .all(|(first, last)| last - first + 1 >= minimum)
    };
    if denominator == 0 { None } else { (0..=2).rev().find(open) }
}

/// All pairs of numerator and denominator whose figures are the published ones, each rounded as they were.
///
/// `figures` gives what would be published of `x` out of `n`, in the order of `published`, or nothing. A rate together with its interval
/// gives its counts away more often than not. Figures are the same within 1e-9. In the order of the denominators. Cost: O(pairs).
///
/// # Errors
/// A published figure that is no number, more than 10^8 pairs to try.
///
/// ```
/// use optima::stats::disclosure_attack::compatible;
/// use optima::stats::proportion::wilson;
/// let rounded = |share: f64| (1000.0 * share).round() / 10.0;
/// let published = |x: u64, n: u64| {
///     let interval = wilson(x as f64, n as f64, 0.95)?;
///     Some([rounded(x as f64 / n as f64), rounded(interval.0), rounded(interval.1)])
/// };
/// let seen = published(7, 31).unwrap();
/// assert_eq!(compatible((1, 200), seen, published).unwrap(), [(7, 31)]);
/// ```
pub fn compatible<const N: usize>(
    denominators: (u64, u64),
    published: [f64; N],
    figures: impl Fn(u64, u64) -> Option<[f64; N]>,
) -> Result<Vec<(u64, u64)>, Refusal> {
    if published.iter().any(|figure| !figure.is_finite()) {
        return Err(Refusal::new("a published figure is no number"));
    }
    let (low, high) = denominators;
    let tried = u128::from(high.saturating_sub(low)).saturating_add(1).saturating_mul(u128::from(high / 2 + low / 2 + 1));
    if tried > u128::from(TRIED) {
        return Err(too_many());
    }
    let same = |found: [f64; N]| found.iter().zip(&published).all(|(a, b)| (a - b).abs() <= 1e-9 * b.abs().max(1.0));
    let all = (low..=high).flat_map(|n| (0..=n).map(move |x| (x, n)));
    Ok(all.filter(|(x, n)| figures(*x, *n).is_some_and(same)).collect())
}

fn too_many() -> Refusal {
    Refusal::new("too many denominators to try").remedy("give a narrower range: the greatest population of a zone, say")
}

/// The percentage in units of its last decimal.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be whole, not negative and small")]
fn units(percentage: f64, decimals: u32) -> Result<u64, Refusal> {
    if decimals > DECIMALS {
        return Err(Refusal::new("a percentage of more than 9 decimals").remedy("it is an exact value: state it as one"));
    }
    let units = percentage * 10_f64.powi(decimals.cast_signed());
    if !(0.0..1e15).contains(&units) || (units - units.round()).abs() > 1e-6 * units.max(1.0) {
        return Err(Refusal::new(format!("{percentage} is no percentage of {decimals} decimals")).remedy("give it as it was published"));
    }
    Ok(units.round() as u64)
}

/// The first and the last numerator; `None` where there is none.
fn range(denominator: u64, units: u64, decimals: u32) -> Option<(u64, u64)> {
    // 2 |100 x 10^d - units n| <= n.
    let scale = 200 * 10_u128.pow(decimals);
    let (n, twice) = (u128::from(denominator), 2 * u128::from(units));
    let first = (twice * n).saturating_sub(n).div_ceil(scale);
    let last = ((twice + 1) * n / scale).min(n);
    (n > 0 && first <= last).then(|| Some((u64::try_from(first).ok()?, u64::try_from(last).ok()?))).flatten()
}
