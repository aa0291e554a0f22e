//! Ranks with what they leave open, in place of bare league tables.

use serde::Deserialize;

use super::fractions::{each_period, fraction, placed};
use crate::error::Error;
use crate::measure::{Definition, Interval, IntervalMethod, MeasureId, Unit, params};
use crate::protect::{Derivation, Derived, DerivedCell, NotDerived, ProtectedMeasure, Seen, Shown};
use crate::stats::rank_interval::{RankDraws, RankInterval, rank_intervals};
use crate::stats::refusal::Refusal;
use crate::stats::sampling_law::SamplingLaw;
use crate::territory::PerZone;

/// The rank of each quartier among those shown in the period, 1 the highest value, ties sharing the mean of their ranks.
///
/// The interval holds the ranks that the quartier takes in 95 % of draws of all values: a share x of n from Beta(x + ½, n − x + ½), a mean
/// from the normal law with the width of its Student interval. Unreliable where more than half of the ranks lie within the interval.
/// Absent where the value is not shown or its law is not known.
#[derive(Debug)]
pub(super) struct Rank;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    /// A share of counted persons, or a mean with its Student interval.
    of: [String; 1],
    #[serde(default = "draws")]
    draws: u32,
}

fn draws() -> u32 {
    RankDraws::default().draws
}

/// More would take hours and say no more.
const MOST_DRAWS: u32 = 1_000_000;

impl Derivation for Rank {
    fn definition(&self) -> Definition {
        Definition { id: "rank", unit: Unit::Rank, reference: "Goldstein & Spiegelhalter 1996" }
    }

    fn derive(&self, seen: &Seen<'_>, id: &MeasureId, table: &toml::Table) -> Result<Derived, NotDerived> {
        let Params { of: [of], draws } = params(table)?;
        if !(1..=MOST_DRAWS).contains(&draws) {
            return Err(Error::config(format!("expected 1 to {MOST_DRAWS} draws")).in_column("params.draws").into());
        }
        let measure = seen.measure(&of)?;
        let zones = &seen.territory().quartiers;
        let how = RankDraws { draws, seed: seen.seed_of(id), ..RankDraws::default() };
        let periods = measure.periods().to_vec();
        let cells = each_period(periods.len(), |at| {
            let laws: Vec<Option<SamplingLaw>> = seen.cells(measure, at).into_iter().map(|cell| law(measure, cell?)).collect();
            let ranked = laws.iter().flatten().count();
            if ranked == 0 {
                return Err(Refusal::new(format!("{of} shows no value whose uncertainty is known"))
                    .remedy("name a share of counted persons, or a mean with its Student interval"));
            }
            let ranks = rank_intervals(&laws, how)?;
            Ok(placed(zones, ranks.into_iter().enumerate().filter_map(|(zone, rank)| Some((zone, cell(&rank?, ranked))))))
        })?;
        let method = [
            ("order", "1 is the highest value; ties share the mean of their ranks; among the shown quartiers of the period".to_owned()),
            ("law", "shares: Beta(x + 1/2, n - x + 1/2); means: normal, as wide as their 95 % interval".to_owned()),
            ("draws", format!("{draws} draws, seed {}", how.seed)),
            ("top", "a fifth of the ranked quartiers, rounded up".to_owned()),
        ];
        Ok(Derived {
            unit: Unit::Rank,
            of: vec![measure.id().clone()],
            totals: vec![None; periods.len()],
            periods,
            cells: cells.into_iter().map(|cells| cells.unwrap_or_else(|| PerZone::from_fn(zones, |_| None))).collect(),
            categories: Vec::new(),
            details: vec!["expected_rank", "top_fifth"],
            statistics: Vec::new(),
            method: method.map(|(name, text)| (name.to_owned(), text)).to_vec(),
        })
    }
}

/// What is known of the true value; `None` where there is no law for it: bounds, forecasts, and what was smoothed already.
fn law(measure: &ProtectedMeasure, shown: &Shown) -> Option<SamplingLaw> {
    if measure.unit() == Unit::Share && !measure.is_derived() {
        let (x, n) = fraction(shown)?;
        return SamplingLaw::proportion(x, n);
    }
    let Interval { low, high, method: IntervalMethod::StudentT95 } = shown.interval? else { return None };
    // A limit may be cut off where values end; the other one then tells the width.
    let half = (high - shown.value).max(shown.value - low);
    SamplingLaw::from_interval(shown.value, (shown.value - half, shown.value + half), 0.95)
}

fn cell(rank: &RankInterval, ranked: usize) -> DerivedCell {
    let (low, high) = rank.interval;
    #[expect(clippy::cast_precision_loss, reason = "a number of quartiers")]
    let half = ranked as f64 / 2.0;
    DerivedCell {
        value: rank.rank,
        interval: Some(Interval { low, high, method: IntervalMethod::Rank95 }),
        // One rank alone is an interval of one.
        unreliable: high - low + 1.0 > half.max(1.0),
        details: vec![Some(rank.expected), Some(100.0 * rank.in_top)],
        ..DerivedCell::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derive::tests::of_the_town::{details, made, shown};

    #[test]
    fn ranks_follow_the_shown_values_and_lie_among_them() {
        for of in ["job_seekers", "inoccupation_duration"] {
            let (values, ranks) = made(&Rank, &format!("{{ of = [\"{of}\"], draws = 400 }}")).unwrap();
            let mut cells: Vec<(f64, f64)> = Vec::new();
            let mut expected = 0.0;
            for (zone, cell) in shown(&ranks, 3) {
                cells.push((cell.value, values.cell(3, zone).shown().unwrap().value));
                let interval = cell.interval.unwrap();
                assert!(1.0 <= interval.low && interval.low <= interval.high && interval.method == IntervalMethod::Rank95);
                let [mean, top] = details(&ranks, 3, zone)[..] else { panic!("two details") };
                expected += mean.unwrap();
                assert!((0.0..=100.0).contains(&top.unwrap()));
            }
            cells.sort_by(|a, b| a.0.total_cmp(&b.0));
            assert!(cells.windows(2).all(|pair| pair[0].1 >= pair[1].1), "the highest value is the first: {cells:?}");
            let count: f64 = cells.iter().map(|_| 1.0).sum();
            assert!((expected - count * (count + 1.0) / 2.0).abs() < 1e-6);
        }
    }

    #[test]
    fn a_rank_that_could_be_nearly_any_is_unreliable() {
        let wide = |low, high| cell(&RankInterval { rank: 5.0, expected: 5.0, interval: (low, high), in_top: 0.0 }, 20).unreliable;
        assert!(!wide(1.0, 10.0) && wide(1.0, 11.0));
        assert!(!cell(&RankInterval { rank: 1.0, expected: 1.0, interval: (1.0, 1.0), in_top: 1.0 }, 1).unreliable);
    }

    #[test]
    fn what_has_no_law_is_refused_and_too_many_draws_are_wrong() {
        // The town's index has Student intervals, which a real one never has: its rank is no law's.
        let (_, smoothed) = made(&super::super::smoothed::SmoothedRate, "{ of = [\"job_seekers\"] }").unwrap();
        assert!(smoothed.shown_values().all(|shown| law(&smoothed, shown).is_none()));
        assert_eq!(
            made(&Rank, "{ of = [\"job_seekers\"], draws = 0 }").unwrap_err().lines().next(),
            Some("params.draws: expected 1 to 1000000 draws")
        );
    }
}
