//! What never changes the index of difficulty.

use optima::stats::composite_index::*;
use proptest::prelude::*;

/// Indicators over units, a few cells absent, in up to three domains.
fn declarations() -> impl Strategy<Value = Declaration> {
    (2usize..6, 4usize..25).prop_flat_map(|(p, n)| {
        let cell = prop_oneof![9 => (0i32..60).prop_map(|x| Some(f64::from(x))), 1 => Just(None)];
        let indicator = (prop::collection::vec(cell, n), any::<bool>(), 0.25f64..4.0, 0usize..3);
        (prop::collection::vec(indicator, p), prop::collection::vec(0.25f64..4.0, 3)).prop_map(|(indicators, domains)| {
            // Domains that have an indicator, numbered without gaps.
            let mut named: Vec<usize> = indicators.iter().map(|indicator| indicator.3).collect();
            named.sort_unstable();
            named.dedup();
            let number = |domain: usize| named.iter().position(|name| *name == domain);
            let indicators = indicators
                .iter()
                .map(|(values, worse, weight, domain)| Indicator {
                    values: values.clone(),
                    direction: if *worse { Direction::MoreIsWorse } else { Direction::MoreIsBetter },
                    weight: *weight,
                    domain: number(*domain),
                })
                .collect();
            Declaration { indicators, domains: domains[..named.len()].to_vec(), least_units: 2 }
        })
    })
}

/// The index by all methods; absent where one is refused.
fn all(declared: &Declaration) -> [Option<CompositeIndex>; 3] {
    [
        first_axis_index(declared, Scale::Standardized).ok().map(|found| found.index),
        rank_index(declared, Within::Ranks).ok().map(|found| found.index),
        rank_index(declared, Within::StandardizedValues).ok().map(|found| found.index),
    ]
}

/// The same ranks and, but for rounding, scores.
fn same(a: &[Option<CompositeIndex>; 3], b: &[Option<CompositeIndex>; 3]) -> bool {
    let same_index = |a: &CompositeIndex, b: &CompositeIndex| {
        let near = |(a, b): (&Option<f64>, &Option<f64>)| match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-8,
            (a, b) => a == b,
        };
        a.ranks == b.ranks && a.left_out == b.left_out && a.scores.iter().zip(&b.scores).all(near)
    };
    a.iter().zip(b).all(|pair| match pair {
        (Some(a), Some(b)) => same_index(a, b),
        (a, b) => a.is_none() && b.is_none(),
    })
}

/// The unit that stands at each place after a shuffle.
fn shuffled(n: usize, keys: &[u32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by_key(|unit| keys[*unit]);
    order
}

proptest! {
    #[test]
    fn relabeling_units_permutes_the_index(declared in declarations(), keys in prop::collection::vec(any::<u32>(), 25)) {
        let order = shuffled(declared.indicators[0].values.len(), &keys);
        let mut relabeled = declared.clone();
        for indicator in &mut relabeled.indicators {
            indicator.values = order.iter().map(|unit| indicator.values[*unit]).collect();
        }
        let expected = all(&declared).map(|index| index.map(|index| {
            let ranks: Vec<Option<f64>> = order.iter().map(|unit| index.ranks[*unit]).collect();
            let left_out = (0..ranks.len()).filter(|unit| ranks[*unit].is_none()).collect();
            CompositeIndex { scores: order.iter().map(|unit| index.scores[*unit]).collect(), ranks, left_out }
        }));
        prop_assert!(same(&all(&relabeled), &expected));
    }

    #[test]
    fn the_order_of_indicators_does_not_matter(declared in declarations()) {
        let mut turned = declared.clone();
        turned.indicators.reverse();
        prop_assert!(same(&all(&turned), &all(&declared)));
    }

    #[test]
    fn scaling_an_indicator_changes_nothing(declared in declarations(), at in 0usize..6, scale in 1e-4f64..1e4, shift in -10.0f64..10.0) {
        let mut scaled = declared.clone();
        let at = at % declared.indicators.len();
        for value in scaled.indicators[at].values.iter_mut().flatten() {
            *value = (*value + shift) * scale;
        }
        prop_assert!(same(&all(&scaled), &all(&declared)));
    }

    #[test]
    fn an_indicator_and_its_direction_turned_change_nothing(declared in declarations(), at in 0usize..6) {
        let mut turned = declared.clone();
        let at = at % declared.indicators.len();
        let indicator = &mut turned.indicators[at];
        indicator.direction = match indicator.direction {
            Direction::MoreIsWorse => Direction::MoreIsBetter,
            Direction::MoreIsBetter => Direction::MoreIsWorse,
        };
        for value in indicator.values.iter_mut().flatten() {
            *value = -*value;
        }
        prop_assert_eq!(all(&turned), all(&declared));
    }

    #[test]
    fn all_weights_times_the_same_change_nothing(declared in declarations(), times in 0.01f64..100.0) {
        let mut heavier = declared.clone();
        heavier.indicators.iter_mut().for_each(|indicator| indicator.weight *= times);
        heavier.domains.iter_mut().for_each(|weight| *weight *= times);
        prop_assert!(same(&all(&heavier), &all(&declared)));
    }

    #[test]
    fn more_difficulty_in_an_indicator_never_lowers_the_rank_score(declared in declarations(), unit in 0usize..25, more in 1.0f64..50.0) {
        let unit = unit % declared.indicators[0].values.len();
        let mut worse = declared.clone();
        let indicator = &mut worse.indicators[0];
        let sign = if indicator.direction == Direction::MoreIsWorse { 1.0 } else { -1.0 };
        indicator.values[unit] = indicator.values[unit].map(|x| x + sign * more);
        if let (Ok(before), Ok(after)) = (rank_index(&declared, Within::Ranks), rank_index(&worse, Within::Ranks))
            && let (Some(before), Some(after)) = (before.index.scores[unit], after.index.scores[unit])
        {
            prop_assert!(after >= before - 1e-9, "{before} {after}");
        }
    }

    #[test]
    fn the_standardized_index_has_mean_0_and_deviation_1_and_ranks_follow_scores(declared in declarations()) {
        if let Ok(found) = first_axis_index(&declared, Scale::Standardized) {
            let scores: Vec<f64> = found.index.scores.iter().flatten().copied().collect();
            let n = scores.len() as f64;
            prop_assert!((scores.iter().sum::<f64>() / n).abs() < 1e-9);
            prop_assert!((scores.iter().map(|s| s * s).sum::<f64>() / n - 1.0).abs() < 1e-9);
            prop_assert!((found.indicators.iter().map(|on| on.contribution).sum::<f64>() - 1.0).abs() < 1e-9);
            prop_assert!(found.share > 0.0 && found.share <= 1.0);
        }
        for index in all(&declared).into_iter().flatten() {
            prop_assert_eq!(index.ranks.iter().flatten().sum::<f64>(), (1..=index.ranks.iter().flatten().count()).sum::<usize>() as f64);
            for a in 0..index.ranks.len() {
                for b in 0..a {
                    if let (Some(sa), Some(sb)) = (index.scores[a], index.scores[b]) {
                        prop_assert!(sa - sb <= 1e-9 || index.ranks[a] < index.ranks[b]);
                    }
                }
            }
        }
    }
}
