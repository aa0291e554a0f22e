//! How apart a group and all others live: indices of unevenness and exposure over zones, and of several groups at once.
//!
//! A zone has tᵢ persons, xᵢ of them of the group, pᵢ = xᵢ/tᵢ; T = Σt, X = Σx, P = X/T. Zones without persons are left out. All
//! indices are 0..=1 and do not depend on the order of zones. Source: Massey & Denton, The dimensions of residential segregation,
//! Social Forces 67 (1988); digits: `PySAL`'s `segregation`.

mod chance;
mod multigroup;

pub use chance::{ByChance, by_chance};
pub use multigroup::multigroup_entropy;

use super::inequality::half_mean_difference;
use super::refusal::Refusal;

/// A group and the rest over zones.
#[derive(Debug, Clone, PartialEq)]
pub struct Segregation {
    /// P: the group's share of all persons.
    pub share: f64,
    /// Dissimilarity `D = Σ t |p − P| / (2 T P (1 − P))`: the share of the group that would have to move for all zones to be alike.
    pub dissimilarity: f64,
    /// Gini's index of segregation `Σᵢ Σⱼ tᵢ tⱼ |pᵢ − pⱼ| / (2 T² P (1 − P))`.
    pub gini: f64,
    /// Isolation `xPx = Σ (x/X)(x/t)`: the chance that a neighbor of one of the group is of the group; P where zones are alike.
    pub isolation: f64,
    /// Interaction `xPy = Σ (x/X)((t − x)/t)`: the chance that the neighbor is not; 1 − isolation.
    pub interaction: f64,
    /// Theil's information index `H = Σ t (E − Eᵢ) / (T E)`, with E the entropy of shares P and 1 − P; 0 ln 0 = 0.
    pub entropy: f64,
    /// Atkinson's index `1 − P/(1 − P) [Σ (1 − p)^(1−b) p^b t / (P T)]^(1/(1−b))`, for the b that was asked for.
    pub atkinson: f64,
    /// The correlation ratio `η² = (xPx − P)/(1 − P)`: isolation beyond chance.
    pub correlation_ratio: f64,
    /// `1 − Σ min(x/X, y/Y) / Σ max(x/X, y/Y)` with y = t − x: equal to `2D/(1 + D)`.
    pub min_max: f64,
    /// The location quotient of each zone, `(x/t)/P`: 1 where the zone is as the whole; absent for a zone without persons.
    pub location_quotients: Vec<Option<f64>>,
    /// Zones without persons, from 0.
    pub empty_zones: Vec<usize>,
}

/// The segregation of a group from the rest; `group` and `total` count persons by zone, `atkinson_b` weighs zones where the group
/// is rare (below 0.5) or frequent (above). Cost: O(zones log zones).
///
/// # Errors
/// Lengths that differ; a count that is negative, no number, or above its total; a group that is nowhere or everywhere, or of a
/// share so near 0 or 1 that it cannot be told from them; a b outside ]0, 1[.
///
/// ```
/// use optima::stats::segregation::segregation;
/// let apart = segregation(&[30.0, 0.0, 0.0], &[30.0, 70.0, 0.0], 0.5)?;
/// assert_eq!((apart.dissimilarity, apart.isolation, apart.entropy), (1.0, 1.0, 1.0));
/// assert_eq!(apart.location_quotients, [Some(100.0 / 30.0), Some(0.0), None]);
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
pub fn segregation(group: &[f64], total: &[f64], atkinson_b: f64) -> Result<Segregation, Refusal> {
    if !(atkinson_b > 0.0 && atkinson_b < 1.0) {
        return Err(Refusal::new("Atkinson's b is not between 0 and 1").remedy("0.5 weighs all zones alike"));
    }
    let zones = zones(group, total)?;
    if zones.is_empty() {
        return Err(Refusal::new("no zone has persons").remedy("check the totals"));
    }
    let sum = |term: &dyn Fn(&Zone) -> f64| zones.iter().map(term).sum::<f64>();
    let (all, in_group, others) = (sum(&|z| z.total), sum(&|z| z.group), sum(&|z| z.rest()));
    if !all.is_finite() {
        return Err(Refusal::new("the persons of all zones are no number").remedy("check the totals"));
    }
    let (share, rest) = (in_group / all, others / all);
    if share <= 0.0 {
        return Err(Refusal::new("the group is nowhere").remedy("there is nobody to live apart"));
    }
    if rest <= 0.0 {
        return Err(Refusal::new("the group is everybody").remedy("there is nobody to live apart from"));
    }
    let spread = share * rest;
    if !(spread.is_normal() && share < 1.0) {
        return Err(Refusal::new("the group's share cannot be told from 0 or 1").remedy("check the counts"));
    }
    let b = atkinson_b;
    let alike = sum(&|z| z.total / all * (z.complement() / rest).powf(1.0 - b) * (z.share() / share).powf(b));
    let whole = binary_entropy(share, rest);
    let shares: Vec<(f64, f64)> = zones.iter().map(|z| (z.share(), z.total)).collect();
    let (least, most) = zones.iter().fold((0.0, 0.0), |(least, most), z| {
        let (x, y) = (z.group / in_group, z.rest() / others);
        (least + x.min(y), most + x.max(y))
    });
    let quotient = |(x, t): (&f64, &f64)| (*t > 0.0).then(|| x / t / share);
    let isolation = sum(&|z| z.group / in_group * z.share());
    Ok(Segregation {
        share,
        dissimilarity: unit(sum(&|z| z.total / all * (z.share() - share).abs()) / (2.0 * spread)),
        gini: unit(half_mean_difference(&shares) / spread),
        isolation: unit(isolation),
        interaction: unit(sum(&|z| z.group / in_group * z.complement())),
        entropy: unit(sum(&|z| z.total / all * (whole - binary_entropy(z.share(), z.complement()))) / whole),
        atkinson: unit(1.0 - alike.powf(1.0 / (1.0 - b))),
        correlation_ratio: unit(sum(&|z| z.total / all * (z.share() - share).powi(2)) / spread),
        min_max: unit(1.0 - least / most),
        location_quotients: group.iter().zip(total).map(quotient).collect(),
        empty_zones: (0..total.len()).filter(|zone| total[*zone] <= 0.0).collect(),
    })
}

/// Exposure `xPy = Σ (x/X)(y/t)`, 0..=1: the chance that a neighbor of one of the group is of another group. Cost: O(zones log zones).
///
/// With the group itself it is isolation, with all others interaction; over groups that share out all persons it sums to 1.
///
/// # Errors
/// As [`segregation`], for the counts of either group; a group that is nowhere.
///
/// ```
/// use optima::stats::segregation::exposure;
/// // Half of the job seekers live where half of the neighbors are retired, half where nobody is.
/// assert_eq!(exposure(&[5.0, 5.0], &[10.0, 0.0], &[20.0, 40.0])?, 0.25);
/// # Ok::<(), optima::stats::refusal::Refusal>(())
/// ```
pub fn exposure(group: &[f64], other: &[f64], total: &[f64]) -> Result<f64, Refusal> {
    check(other, total)?;
    check(group, total)?;
    let mut terms: Vec<(f64, f64)> =
        group.iter().zip(other).zip(total).filter(|((x, _), t)| **t > 0.0 && **x > 0.0).map(|((x, y), t)| (*x, y / t)).collect();
    terms.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let members: f64 = terms.iter().map(|(x, _)| x).sum();
    if members <= 0.0 || !members.is_finite() {
        return Err(Refusal::new("the group is nowhere, or its count is no number").remedy("there is nobody to be exposed"));
    }
    Ok(unit(terms.iter().map(|(x, share)| x / members * share).sum()))
}

/// Rounding may leave an index a last digit below 0 or above 1.
fn unit(index: f64) -> f64 {
    index.clamp(0.0, 1.0)
}

#[derive(Debug, Clone, Copy)]
struct Zone {
    group: f64,
    total: f64,
}

impl Zone {
    fn rest(&self) -> f64 {
        self.total - self.group
    }

    fn share(&self) -> f64 {
        self.group / self.total
    }

    fn complement(&self) -> f64 {
        self.rest() / self.total
    }
}

/// Zones with persons, by share and then by size: no sum depends on the order they came in.
fn zones(group: &[f64], total: &[f64]) -> Result<Vec<Zone>, Refusal> {
    check(group, total)?;
    let mut zones: Vec<Zone> =
        group.iter().zip(total).filter(|(_, t)| **t > 0.0).map(|(x, t)| Zone { group: x + 0.0, total: *t }).collect();
    zones.sort_by(|a, b| a.share().total_cmp(&b.share()).then(a.total.total_cmp(&b.total)).then(a.group.total_cmp(&b.group)));
    Ok(zones)
}

fn check(group: &[f64], total: &[f64]) -> Result<(), Refusal> {
    if group.len() != total.len() {
        return Err(Refusal::new(format!("{} counts of a group for {} zones", group.len(), total.len())).remedy("give one a zone"));
    }
    let wrong = |(x, t): (&f64, &f64)| !(x.is_finite() && t.is_finite() && *x >= 0.0 && x <= t);
    match group.iter().zip(total).position(wrong) {
        Some(zone) => Err(Refusal::new(format!("the counts of zone {} are negative, no numbers, or above their total", zone + 1))
            .remedy("count group and total over the same persons")),
        None => Ok(()),
    }
}

/// `Σ −p ln p` of a share and its complement, with 0 ln 0 = 0.
fn binary_entropy(share: f64, rest: f64) -> f64 {
    entropy_term(share) + entropy_term(rest)
}

fn entropy_term(share: f64) -> f64 {
    if share > 0.0 { -share * share.ln() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_nowhere_or_everywhere_is_refused_and_told_so() {
        let told = |group: &[f64], total: &[f64]| segregation(group, total, 0.5).unwrap_err().reason;
        assert!(told(&[0.0, 0.0], &[5.0, 6.0]).contains("nowhere"));
        assert!(told(&[5.0, 6.0], &[5.0, 6.0]).contains("everybody"));
        assert!(told(&[0.0], &[0.0]).contains("no zone has persons") && told(&[], &[]).contains("no zone has persons"));
        assert!(told(&[7.0, 1.0], &[5.0, 6.0]).contains("zone 1"));
        assert!(told(&[1.0, -1.0], &[5.0, 6.0]).contains("zone 2"));
        assert!(segregation(&[1.0, 2.0], &[5.0, 6.0], 1.0).is_err() && segregation(&[1.0], &[5.0, 6.0], 0.5).is_err());
    }

    #[test]
    fn a_zone_without_persons_changes_nothing() {
        let with = segregation(&[3.0, 0.0, 1.0, 0.0], &[5.0, 0.0, 9.0, 4.0], 0.5).unwrap();
        let without = segregation(&[3.0, 1.0, 0.0], &[5.0, 9.0, 4.0], 0.5).unwrap();
        assert_eq!(with.empty_zones, [1]);
        assert_eq!(with.location_quotients[1], None);
        assert_eq!(
            Segregation { location_quotients: Vec::new(), empty_zones: Vec::new(), ..with },
            Segregation { location_quotients: Vec::new(), ..without }
        );
    }

    #[test]
    fn exposure_to_itself_is_isolation_and_to_all_others_interaction() {
        let (x, t) = ([3.0, 0.0, 1.0, 0.0], [5.0, 0.0, 9.0, 4.0]);
        let rest: Vec<f64> = x.iter().zip(t).map(|(x, t)| t - x).collect();
        let found = segregation(&x, &t, 0.5).unwrap();
        assert!((exposure(&x, &x, &t).unwrap() - found.isolation).abs() < 1e-15);
        assert!((exposure(&x, &rest, &t).unwrap() - found.interaction).abs() < 1e-15);
        assert!(exposure(&[0.0; 4], &x, &t).is_err());
    }
}
