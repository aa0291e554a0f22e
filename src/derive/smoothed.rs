//! Rates of small quartiers drawn towards the rate of all, or of their neighbors: what of the map would stand if it were drawn again.

use serde::Deserialize;

use super::fractions::{Fractions, each_period, fraction, placed, share};
use super::neighbors::Neighbors;
use crate::measure::reliability::{LARGEST_VARIATION, of_share};
use crate::measure::{Definition, Interval, IntervalMethod, MeasureId, Unit, params};
use crate::protect::{Derivation, Derived, DerivedCell, NotDerived, ProtectedCell, Seen};
use crate::stats::empirical_bayes::{LocalVariance, Places, Smoothed};
use crate::stats::refusal::Refusal;
use crate::stats::spatial_weights::SpatialWeights;
use crate::territory::PerZone;

/// The empirical Bayes rate of Marshall (1991) of a share x of n: `m + w (x/n − m)`, `w = a / (a + m/n)`.
///
/// `m` and `a` are mean and variance of the true rates, by moments: of all shown quartiers of the period, or of the quartier and its
/// shown neighbors. The interval is that of a gamma law ([`Smoothed::variance`]). Hidden quartiers take no part; the territory keeps its
/// own rate. Absent where x of n is not shown or is no share. Unreliable where the standard error is above a third of the rate.
#[derive(Debug)]
pub(super) struct SmoothedRate;

/// Whose rate a quartier is drawn to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Around {
    /// That of all shown quartiers.
    #[default]
    Territory,
    /// That of the quartier with its neighbors.
    Neighbors,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    /// The share.
    of: [String; 1],
    #[serde(default)]
    around: Around,
    #[serde(default)]
    neighbors: Neighbors,
}

impl Derivation for SmoothedRate {
    fn definition(&self) -> Definition {
        Definition { id: "smoothed_rate", unit: Unit::Share, reference: "Marshall 1991; Clayton & Kaldor 1987" }
    }

    fn derive(&self, seen: &Seen<'_>, _id: &MeasureId, table: &toml::Table) -> Result<Derived, NotDerived> {
        let Params { of: [of], around, neighbors } = params(table)?;
        let measure = share(seen, &of)?;
        let zones = &seen.territory().quartiers;
        let all = match around {
            Around::Territory => None,
            Around::Neighbors => Some(neighbors.weights(seen)?),
        };
        let periods = measure.periods().to_vec();
        let cells = each_period(periods.len(), |at| {
            let counted = Fractions::of(seen, measure, at);
            let smoothed = smooth(&counted, all.as_ref(), zones.count())?;
            let cells = counted.pairs().into_iter().zip(smoothed).map(|(pair, smoothed)| smoothed.map(|smoothed| cell(pair, smoothed)));
            Ok(placed(zones, counted.zones.iter().copied().zip(cells).filter_map(|(zone, cell)| Some((zone, cell?)))))
        })?;
        Ok(Derived {
            unit: Unit::Share,
            of: vec![measure.id().clone()],
            totals: (0..periods.len()).map(|at| whole(measure.total(at))).collect(),
            periods,
            cells: cells.into_iter().map(|cells| cells.unwrap_or_else(|| PerZone::from_fn(zones, |_| None))).collect(),
            categories: Vec::new(),
            details: vec!["raw_share", "own_weight"],
            statistics: Vec::new(),
            method: told(around, &neighbors),
        })
    }
}

fn smooth(counted: &Fractions, all: Option<&SpatialWeights>, zones: usize) -> Result<Vec<Option<Smoothed>>, Refusal> {
    let places = Places::new(&counted.events, &counted.persons)?;
    let Some(all) = all else { return places.global() };
    let kept: Vec<bool> = (0..zones).map(|zone| counted.zones.binary_search(&zone).is_ok()).collect();
    let (near, _) = all.restricted_to(&kept);
    places.prior()?;
    places.local(|place| near.neighbors(place), LocalVariance::FromOwnMean)
}

fn cell((x, n): (f64, f64), smoothed: Smoothed) -> DerivedCell {
    // A gamma law has no upper end, a share has.
    let interval = smoothed.interval(n, 0.95).map(|(low, high)| Interval { low, high: high.min(1.0), method: IntervalMethod::Smoothed95 });
    let reliable = if smoothed.rate > 0.0 { smoothed.variance(n).sqrt() <= LARGEST_VARIATION * smoothed.rate } else { of_share(x, n) };
    DerivedCell {
        value: smoothed.rate,
        numerator: Some(x),
        denominator: Some(n),
        interval,
        unreliable: !reliable,
        details: vec![Some(100.0 * x / n), Some(smoothed.weight)],
    }
}

/// The territory as it is shown: so large that there is nothing to smooth.
fn whole(total: ProtectedCell) -> Option<DerivedCell> {
    let shown = total.shown()?;
    let (x, n) = fraction(shown)?;
    Some(DerivedCell {
        value: shown.value,
        numerator: Some(x),
        denominator: Some(n),
        interval: shown.interval,
        unreliable: !shown.reliable,
        details: vec![Some(100.0 * x / n), Some(1.0)],
    })
}

fn told(around: Around, neighbors: &Neighbors) -> Vec<(String, String)> {
    let pair = |name: &str, text: String| (name.to_owned(), text);
    let interval = "gamma law with the posterior mean and variance, the prior mean's own error added; events as Poisson";
    let mut told = vec![match around {
        Around::Territory => {
            pair("smoothing", "empirical Bayes by moments (Marshall 1991), towards the shown quartiers together".to_owned())
        }
        Around::Neighbors => {
            pair("smoothing", "empirical Bayes by moments (Marshall 1991), towards the quartier and its shown neighbors".to_owned())
        }
    }];
    if around == Around::Neighbors {
        told.push(pair("variance", "around the mean of the quartier's own neighborhood (as GeoDa)".to_owned()));
        told.push(pair("neighbors", neighbors.told()));
    }
    told.push(pair("interval", interval.to_owned()));
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derive::tests::of_the_town::{details, made};
    use crate::protect::ProtectedMeasure;

    fn rate() -> (ProtectedMeasure, ProtectedMeasure) {
        made(&SmoothedRate, "{ of = [\"job_seekers\"] }").unwrap()
    }

    #[test]
    fn a_smoothed_rate_lies_between_its_own_and_that_of_all_and_small_quartiers_move_most() {
        let (of, smoothed) = rate();
        let mut weights: Vec<(f64, f64)> = Vec::new();
        for (zone, cell) in crate::derive::tests::of_the_town::shown(&smoothed, 7) {
            let (x, n) = (cell.numerator.unwrap(), cell.denominator.unwrap());
            assert_eq!(of.cell(7, zone).shown().unwrap().denominator, Some(n));
            let [raw, weight] = details(&smoothed, 7, zone)[..] else { panic!("two details") };
            assert_eq!(raw, Some(100.0 * x / n));
            let interval = cell.interval.unwrap();
            assert!(interval.low < cell.value && cell.value < interval.high && interval.method == IntervalMethod::Smoothed95);
            weights.push((n, weight.unwrap()));
        }
        weights.sort_by(|a, b| a.0.total_cmp(&b.0));
        assert!(weights.len() > 15 && weights.windows(2).all(|w| w[0].1 <= w[1].1), "{weights:?}");
    }

    #[test]
    fn the_neighborhood_is_another_answer_than_the_territory_and_says_so() {
        let (_, global) = rate();
        let (_, local) = made(&SmoothedRate, "{ of = [\"job_seekers\"], around = \"neighbors\", neighbors = \"rook\" }").unwrap();
        assert!(local.method().iter().any(|(name, text)| name == "neighbors" && text.starts_with("rook")));
        assert!(global.method().iter().all(|(name, _)| name != "neighbors"));
        let values = |measure: &ProtectedMeasure| -> Vec<f64> { measure.shown_values().map(|shown| shown.value).collect() };
        assert_eq!(values(&global).len(), values(&local).len());
        assert_ne!(values(&global), values(&local));
    }

    #[test]
    fn what_is_no_share_of_counted_persons_is_refused() {
        for of in ["inoccupation_duration", "combined_index"] {
            let refused = made(&SmoothedRate, &format!("{{ of = [\"{of}\"] }}")).unwrap_err();
            assert_eq!(refused, format!("{of} shows no share of x of n; name a measure of counted persons"));
        }
    }
}
