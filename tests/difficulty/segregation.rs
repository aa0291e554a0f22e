//! Segregation against `PySAL`, against the double sum, and by its invariants.

use optima::stats::matrix::Matrix;
use optima::stats::segregation::{Segregation, exposure, multigroup_entropy, segregation};
use proptest::prelude::*;

use crate::{case, close, column, csv};

#[test]
fn twelve_quartiers_are_as_segregated_as_pysal_has_them() {
    let rows = csv("segregation_12.csv");
    let (group, total) = (column(&rows, 0), column(&rows, 1));
    let expected = &case("segregation_q12")["expected"];
    let found = segregation(&group, &total, 0.5).unwrap();
    let counts = Matrix::from_rows(2, group.iter().zip(&total).flat_map(|(x, t)| [*x, t - x]).collect());
    let quantities = [
        ("dissimilarity", found.dissimilarity),
        ("gini", found.gini),
        ("isolation", found.isolation),
        ("interaction", found.interaction),
        ("entropy_H", found.entropy),
        ("atkinson_b05", found.atkinson),
        ("eta2_correlation_ratio", found.correlation_ratio),
        ("minmax", found.min_max),
        ("multi_H_two_groups", multigroup_entropy(&counts).unwrap()),
    ];
    for (name, value) in quantities {
        close(name, &[value], &expected[name], 1e-9);
    }
    let quotients: Vec<f64> = found.location_quotients.iter().map(|quotient| quotient.unwrap()).collect();
    close("location_quotient", &quotients, &expected["location_quotient"], 1e-9);
    assert_eq!(expected.as_object().unwrap().len(), quantities.len() + 1);
}

fn indices(found: &Segregation) -> [f64; 8] {
    let s = found;
    [s.dissimilarity, s.gini, s.isolation, s.interaction, s.entropy, s.atkinson, s.correlation_ratio, s.min_max]
}

/// Zones of (group, total), some of them empty, the group neither nowhere nor everywhere.
fn zones() -> impl Strategy<Value = Vec<(f64, f64)>> {
    let zone = (0u32..400, 0u32..400, 0u8..5).prop_map(
        |(x, rest, empty)| {
            if empty == 0 { (0.0, 0.0) } else { (f64::from(x), f64::from(x + rest)) }
        },
    );
    prop::collection::vec(zone, 1..30).prop_filter("a group among others", |zones| {
        let (x, t) = zones.iter().fold((0.0, 0.0), |(x, t), zone| (x + zone.0, t + zone.1));
        x > 0.0 && x < t
    })
}

fn of(zones: &[(f64, f64)], b: f64) -> Segregation {
    let (x, t): (Vec<f64>, Vec<f64>) = zones.iter().copied().unzip();
    segregation(&x, &t, b).unwrap()
}

proptest! {
    #[test]
    fn all_indices_lie_between_0_and_1_and_agree_with_their_definitions(zones in zones(), b in 0.05f64..0.95) {
        let found = of(&zones, b);
        prop_assert!(indices(&found).iter().all(|index| (0.0..=1.0).contains(index)), "{found:?}");
        let lived_in: Vec<(f64, f64)> = zones.into_iter().filter(|zone| zone.1 > 0.0).collect();
        let (x, t) = lived_in.iter().fold((0.0, 0.0), |(x, t), zone| (x + zone.0, t + zone.1));
        let p = x / t;
        let pairs: f64 = lived_in.iter().map(|a| lived_in.iter().map(|b| a.1 * b.1 * (a.0 / a.1 - b.0 / b.1).abs()).sum::<f64>()).sum();
        prop_assert!((found.gini - pairs / (2.0 * t * t * p * (1.0 - p))).abs() < 1e-11);
        let apart: f64 = lived_in.iter().map(|zone| (zone.0 / x - (zone.1 - zone.0) / (t - x)).abs()).sum();
        prop_assert!((found.dissimilarity - apart / 2.0).abs() < 1e-12);
        let mean: f64 = lived_in.iter().map(|z| (1.0 - z.0 / z.1).powf(1.0 - b) * (z.0 / z.1).powf(b) * z.1 / (p * t)).sum();
        prop_assert!((found.atkinson - (1.0 - p / (1.0 - p) * mean.powf(1.0 / (1.0 - b)))).abs() < 1e-9);
        prop_assert!((found.correlation_ratio - (found.isolation - p) / (1.0 - p)).abs() < 1e-11);
        prop_assert!((found.min_max - 2.0 * found.dissimilarity / (1.0 + found.dissimilarity)).abs() < 1e-12);
        prop_assert!((found.isolation + found.interaction - 1.0).abs() < 1e-12);
        prop_assert!(found.gini >= found.dissimilarity - 1e-12);
    }

    #[test]
    fn equal_shares_are_no_segregation(sizes in prop::collection::vec(1u32..500, 1..30), of_ten in 1u32..10, b in 0.05f64..0.95) {
        let zones: Vec<(f64, f64)> = sizes.into_iter().map(|size| (f64::from(size * of_ten), f64::from(size * 10))).collect();
        let found = of(&zones, b);
        let unevenness = [found.dissimilarity, found.gini, found.entropy, found.atkinson, found.correlation_ratio, found.min_max];
        prop_assert!(unevenness.iter().all(|index| *index < 1e-12), "{found:?}");
        prop_assert!((found.isolation - f64::from(of_ten) / 10.0).abs() < 1e-12);
    }

    #[test]
    fn the_order_of_zones_does_not_matter(zones in zones(), first in 0usize..30) {
        let found = of(&zones, 0.3);
        let mut turned = zones.clone();
        turned.reverse();
        turned.rotate_left(first % zones.len());
        prop_assert_eq!(indices(&of(&turned, 0.3)), indices(&found));
    }

    #[test]
    fn a_zone_split_in_proportion_changes_no_index(zones in zones(), at in 0usize..30, parts in 2u32..5) {
        let at = at % zones.len();
        let part = (zones[at].0 / f64::from(parts), zones[at].1 / f64::from(parts));
        let mut split = zones.clone();
        split.splice(at..=at, (0..parts).map(|_| part));
        for (split, whole) in indices(&of(&split, 0.5)).iter().zip(indices(&of(&zones, 0.5))) {
            prop_assert!((split - whole).abs() < 1e-11);
        }
    }

    #[test]
    fn a_zone_moved_to_the_extremes_is_complete_segregation(sizes in prop::collection::vec(1u32..500, 2..20)) {
        let zones: Vec<(f64, f64)> =
            sizes.into_iter().enumerate().map(|(at, size)| (if at % 2 == 0 { f64::from(size) } else { 0.0 }, f64::from(size))).collect();
        let found = of(&zones, 0.5);
        prop_assert!(indices(&found).iter().enumerate().all(|(at, index)| (index - if at == 3 { 0.0 } else { 1.0 }).abs() < 1e-12), "{found:?}");
    }

    #[test]
    fn several_groups_share_out_exposure_and_two_are_a_group_and_the_rest(
        counts in prop::collection::vec((0u32..200, 0u32..200, 1u32..200), 2..20),
    ) {
        let groups: [Vec<f64>; 3] = [
            counts.iter().map(|zone| f64::from(zone.0)).collect(),
            counts.iter().map(|zone| f64::from(zone.1)).collect(),
            counts.iter().map(|zone| f64::from(zone.2)).collect(),
        ];
        let total: Vec<f64> = counts.iter().map(|zone| f64::from(zone.0 + zone.1 + zone.2)).collect();
        let all: f64 = groups.iter().map(|other| exposure(&groups[2], other, &total).unwrap()).sum();
        prop_assert!((all - 1.0).abs() < 1e-12);
        let cells = |merge: bool| counts.iter().flat_map(|z| {
            if merge { vec![f64::from(z.0 + z.1), f64::from(z.2)] } else { vec![f64::from(z.0), f64::from(z.1), f64::from(z.2)] }
        }).collect::<Vec<f64>>();
        if let Ok(three) = multigroup_entropy(&Matrix::from_rows(3, cells(false))) {
            let entropy = |shares: [f64; 3]| shares.into_iter().filter(|p| *p > 0.0).map(|p| -p * p.ln()).sum::<f64>();
            let all: f64 = total.iter().sum();
            let whole = entropy([0, 1, 2].map(|group: usize| groups[group].iter().sum::<f64>() / all));
            let lost = |zone: usize| total[zone] / all * (1.0 - entropy([0, 1, 2].map(|group: usize| groups[group][zone] / total[zone])) / whole);
            prop_assert!((three - (0..total.len()).map(lost).sum::<f64>()).abs() < 1e-11 && (0.0..=1.0).contains(&three));
            // Zones in another order, and each zone in two halves.
            let turned: Vec<f64> = cells(false).chunks(3).rev().flatten().copied().collect();
            prop_assert_eq!(multigroup_entropy(&Matrix::from_rows(3, turned)).unwrap(), three);
            let halves: Vec<f64> = cells(false).chunks(3).flat_map(|zone| [zone, zone].concat()).map(|count| count / 2.0).collect();
            prop_assert!((multigroup_entropy(&Matrix::from_rows(3, halves)).unwrap() - three).abs() < 1e-11);
        }
        if let Ok(two) = multigroup_entropy(&Matrix::from_rows(2, cells(true))) {
            prop_assert!((two - segregation(&groups[2], &total, 0.5).unwrap().entropy).abs() < 1e-12);
        }
    }
}
