//! Which quartiers stand outside what chance allows for their size: the funnel around the territory's share.

use serde::Deserialize;

use super::fractions::{Fractions, each_period, fraction, placed, share};
use crate::measure::{Definition, MeasureId, Unit, params};
use crate::protect::{Derivation, Derived, DerivedCell, NotDerived, ProtectedMeasure, Seen, Statistic};
use crate::stats::funnel::{EventLaw, Funnel, Standing};
use crate::stats::refusal::Refusal;
use crate::territory::PerZone;

/// Where the share x of n of a quartier stands between the exact binomial limits, 95 and 99.8 %, for n persons at the territory's share.
///
/// The reference is the territory's shown share; where it is hidden, that of the shown quartiers together. With `overdispersion` the
/// limits are moved away by √φ (Spiegelhalter 2005, §3.2). Absent where x of n is not shown or is no share; the territory has no place.
#[derive(Debug)]
pub(super) struct PlaceInFunnel;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    /// The share.
    of: [String; 1],
    /// Whether quartiers may differ by more than chance before one of them stands out.
    #[serde(default)]
    overdispersion: bool,
}

impl Derivation for PlaceInFunnel {
    fn definition(&self) -> Definition {
        Definition { id: "funnel", unit: Unit::Group, reference: "Spiegelhalter 2005" }
    }

    fn derive(&self, seen: &Seen<'_>, _id: &MeasureId, table: &toml::Table) -> Result<Derived, NotDerived> {
        let Params { of: [of], overdispersion } = params(table)?;
        let measure = share(seen, &of)?;
        let zones = &seen.territory().quartiers;
        let periods = measure.periods().to_vec();
        let mut statistics = Vec::new();
        let cells = each_period(periods.len(), |at| {
            let counted = Fractions::of(seen, measure, at);
            let pairs = counted.pairs();
            let funnel = around(measure, at, &pairs)?;
            let funnel = if overdispersion { funnel.with_overdispersion(&pairs) } else { funnel };
            let about =
                |name, value| Statistic { period: Some(periods[at]), name, value, zones: Some(pairs.len()), ..Statistic::default() };
            statistics.push(about("funnel_reference", funnel.reference()));
            statistics.extend(overdispersion.then(|| about("overdispersion", funnel.overdispersion())));
            Ok(placed(zones, counted.zones.iter().zip(&pairs).filter_map(|(zone, pair)| Some((*zone, cell(&funnel, *pair)?)))))
        })?;
        Ok(Derived {
            unit: Unit::Group,
            of: vec![measure.id().clone()],
            totals: vec![None; periods.len()],
            periods,
            cells: cells.into_iter().map(|cells| cells.unwrap_or_else(|| PerZone::from_fn(zones, |_| None))).collect(),
            categories: vec!["far_below", "below", "within", "above", "far_above"],
            details: vec!["raw_share", "z", "limit_95_low", "limit_95_high", "limit_998_low", "limit_998_high"],
            statistics,
            method: told(overdispersion),
        })
    }
}

/// The funnel around the territory's share, or that of the shown quartiers where the territory's is not shown.
fn around(measure: &ProtectedMeasure, at: usize, pairs: &[(f64, f64)]) -> Result<Funnel, Refusal> {
    match measure.total(at).shown().and_then(fraction) {
        Some((x, n)) => Funnel::around(x / n, EventLaw::Binomial),
        None => Funnel::around_all(pairs, EventLaw::Binomial),
    }
}

fn cell(funnel: &Funnel, (x, n): (f64, f64)) -> Option<DerivedCell> {
    let limits = funnel.limits(n)?;
    let category = match funnel.standing(x, n)? {
        Standing::FarBelow => 1.0,
        Standing::Below => 2.0,
        Standing::Inside => 3.0,
        Standing::Above => 4.0,
        Standing::FarAbove => 5.0,
    };
    let ((low, high), (far_low, far_high)) = (limits.level_95, limits.level_998);
    let percent = |share: f64| Some(100.0 * share);
    let details = vec![percent(x / n), funnel.z_score(x, n), percent(low), percent(high), percent(far_low), percent(far_high)];
    Some(DerivedCell { value: category, numerator: Some(x), denominator: Some(n), details, ..DerivedCell::default() })
}

fn told(overdispersion: bool) -> Vec<(String, String)> {
    let spread = if overdispersion {
        "limits widened by the square root of the mean squared z, outermost tenths drawn in (multiplicative, winsorized)"
    } else {
        "none: limits of chance alone"
    };
    let told = [
        ("limits", "exact binomial quantiles, interpolated, 95 % and 99.8 %; a share on a limit is within"),
        ("reference", "the territory's share; where it is hidden, that of the shown quartiers together"),
        ("overdispersion", spread),
    ];
    told.map(|(name, text)| (name.to_owned(), text.to_owned())).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derive::tests::of_the_town::{details, made, made_without_totals, shown};

    #[test]
    fn the_category_is_where_the_share_stands_between_its_limits() {
        let (_, funnel) = made(&PlaceInFunnel, "{ of = [\"job_seekers\"] }").unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for at in 0..funnel.periods().len() {
            for (zone, cell) in shown(&funnel, at) {
                let numbers: Vec<f64> = details(&funnel, at, zone).into_iter().flatten().collect();
                let [share, z, low, high, far_low, far_high] = numbers[..] else { panic!("six details") };
                assert!(far_low <= low && low < high && high <= far_high);
                let below = f64::from(u8::from(share < low)) + f64::from(u8::from(share < far_low));
                let above = f64::from(u8::from(share > high)) + f64::from(u8::from(share > far_high));
                assert_eq!(cell.value, 3.0 - below + above);
                assert!(cell.value == 3.0 || (z > 0.0) == (cell.value > 3.0));
                seen.insert(cell.value.to_bits());
            }
        }
        assert!(seen.len() >= 4, "the town has quartiers on both sides");
    }

    #[test]
    fn overdispersion_widens_the_limits_and_is_told() {
        let outside = |params: &str| {
            let (_, funnel) = made(&PlaceInFunnel, params).unwrap();
            (funnel.shown_values().filter(|shown| shown.value != 3.0).count(), funnel.statistics().to_vec())
        };
        let (chance, plain) = outside("{ of = [\"job_seekers\"] }");
        let (more, wide) = outside("{ of = [\"job_seekers\"], overdispersion = true }");
        assert!(more < chance, "{more} {chance}");
        assert!(plain.iter().all(|s| s.name == "funnel_reference") && wide.iter().any(|s| s.name == "overdispersion" && s.value > 1.0));
    }

    #[test]
    fn without_a_total_the_shown_quartiers_are_the_reference() {
        let (of, funnel) = made_without_totals(&PlaceInFunnel, "{ of = [\"job_seekers\"] }").unwrap();
        let sum = shown(&of, 0).iter().fold((0.0, 0.0), |s, (_, cell)| (s.0 + cell.numerator.unwrap(), s.1 + cell.denominator.unwrap()));
        let reference = funnel.statistics().iter().find(|s| s.name == "funnel_reference").unwrap();
        assert!((reference.value - sum.0 / sum.1).abs() < 1e-15);
        let (_, with) = made(&PlaceInFunnel, "{ of = [\"job_seekers\"] }").unwrap();
        assert_ne!(with.statistics()[0].value, reference.value);
    }
}
