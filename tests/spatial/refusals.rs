//! Where there is nothing to say: an answer or a clear refusal, never a NaN.

use optima::stats::bivariate::{Bivariate, bivariate_moran, lee, local_bivariate_moran};
use optima::stats::geary::{geary, local_geary};
use optima::stats::getis_ord::{general_g, gi, gi_star};
use optima::stats::join_count::join_counts;
use optima::stats::local_moran::{LocalQuestion, Moments, Quadrant, local_moran};
use optima::stats::moran::{moran, standardized_rates, standardized_rates_moran};
use optima::stats::partition::Partition;
use optima::stats::spatial_test::{Alternative, Divisor, Islands, Null, Question};
use optima::stats::spatial_weights::SpatialWeights;

fn ring(n: u32) -> SpatialWeights {
    SpatialWeights::binary(&(0..n).map(|unit| vec![(unit + 1) % n, (unit + n - 1) % n]).collect::<Vec<_>>()).unwrap()
}

/// What each statistic of values says where it refuses.
fn refusals(x: &[f64], weights: &SpatialWeights) -> Vec<Option<String>> {
    let rising: Vec<f64> = (0..x.len()).map(|unit| unit as f64).collect();
    let said = |refusal: optima::stats::refusal::Refusal| refusal.to_string();
    let usual = Question::default();
    vec![
        moran(x, weights, &usual).err().map(said),
        moran(x, weights, &Question { null: Null::Normality, ..usual }).err().map(said),
        moran(x, weights, &Question { islands: Islands::SetAside, ..usual }).err().map(said),
        geary(x, weights, &usual).err().map(said),
        general_g(x, weights, Alternative::Greater, Islands::Counted).err().map(said),
        general_g(x, weights, Alternative::Greater, Islands::SetAside).err().map(said),
        bivariate_moran(x, &rising, weights, Bivariate::Slope, Alternative::Greater).err().map(said),
        bivariate_moran(&rising, x, weights, Bivariate::PerWeight, Alternative::Greater).err().map(said),
        lee(x, &rising, weights).err().map(said),
        local_bivariate_moran(&rising, x, weights, Divisor::N).err().map(said),
        local_moran(x, weights, &LocalQuestion::default()).err().map(said),
        local_geary(x, weights, Divisor::N).err().map(said),
        gi(x, weights, Alternative::TwoSided).err().map(said),
        gi_star(x, weights, Alternative::TwoSided).err().map(said),
    ]
}

fn all_say(x: &[f64], weights: &SpatialWeights, expected: &str) {
    for (statistic, said) in refusals(x, weights).into_iter().enumerate() {
        assert!(said.as_ref().is_some_and(|said| said.starts_with(expected)), "statistic {statistic}: {said:?}, expected {expected}");
    }
}

#[test]
fn a_constant_field_is_refused_by_every_statistic() {
    for constant in [0.1, 0.0, 7.0, 1e300] {
        all_say(&[constant; 6], &ring(6), "all values are the same; where nothing differs nothing can cluster");
    }
    let one_color = Partition::new(vec![0; 6]).unwrap();
    let refusal = join_counts(&one_color, &ring(6), Alternative::Greater, Islands::Counted).unwrap_err();
    assert_eq!(refusal.reason, "all units have one color");
}

#[test]
fn one_unit_and_no_links_are_refused_by_every_statistic() {
    let nobody = |n: usize| SpatialWeights::binary(&vec![Vec::new(); n]).unwrap();
    all_say(&[3.0], &nobody(1), "no unit has a neighbor");
    all_say(&[], &nobody(0), "no unit has a neighbor");
    all_say(&[3.0, 4.0, 5.0, 6.0, 7.0], &nobody(5), "no unit has a neighbor; choose other neighbors");
    let colors = Partition::new(vec![0, 1, 0, 1, 1]).unwrap();
    let refusal = join_counts(&colors, &nobody(5), Alternative::Greater, Islands::Counted).unwrap_err();
    assert_eq!(refusal.reason, "no unit has a neighbor");
}

#[test]
fn values_that_are_no_numbers_are_refused_by_every_statistic_with_the_unit_named() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        all_say(&[1.0, 2.0, 3.0, bad, 5.0, 6.0], &ring(6), "the value of unit 3 is not a number; leave units without a value out");
    }
}

#[test]
fn values_of_other_units_are_refused_by_every_statistic() {
    all_say(&[1.0, 2.0, 3.0, 4.0, 5.0], &ring(6), "5 values and 6 units");
    let colors = Partition::new(vec![0, 1, 0, 1, 1]).unwrap();
    assert!(join_counts(&colors, &ring(6), Alternative::Greater, Islands::Counted).is_err());
}

#[test]
fn units_linked_to_themselves_are_for_gi_star_alone() {
    let (x, star) = ([1.0, 2.0, 4.0, 8.0, 16.0, 3.0], ring(6).with_self());
    let said = refusals(&x, &star);
    assert_eq!(said.iter().filter(|said| said.is_none()).count(), 1);
    assert_eq!(gi_star(&x, &star, Alternative::Less).unwrap(), gi_star(&x, &ring(6), Alternative::Less).unwrap());
    assert!(said[0].as_ref().unwrap().starts_with("a unit is its own neighbor; only Gi* counts the unit itself"));
}

#[test]
fn where_all_are_neighbors_of_all_no_test_is_made_up() {
    for n in [4_u32, 9, 40] {
        let complete =
            SpatialWeights::binary(&(0..n).map(|unit| (0..n).filter(|other| *other != unit).collect()).collect::<Vec<_>>()).unwrap();
        let x: Vec<f64> = (0..n).map(|unit| f64::from(unit * unit % 7) + 0.1).collect();
        for weights in [complete.clone(), complete.row_standardized()] {
            let same = "the statistic comes out the same wherever the values lie";
            assert_eq!(moran(&x, &weights, &Question::default()).unwrap_err().reason, same);
            assert_eq!(geary(&x, &weights, &Question::default()).unwrap_err().reason, same);
            assert_eq!(general_g(&x, &weights, Alternative::Greater, Islands::Counted).unwrap_err().reason, same);
            for unit in gi(&x, &weights, Alternative::Greater).unwrap() {
                assert_eq!((unit.unwrap().z, unit.unwrap().p_value), (None, None));
            }
            for unit in local_moran(&x, &weights, &LocalQuestion::default()).unwrap() {
                assert_eq!((unit.unwrap().test.z, unit.unwrap().test.variance), (None, 0.0));
            }
            assert!(gi_star(&x, &weights.with_self(), Alternative::Greater).is_ok());
        }
        // Next to all, itself included: the lag is the same sum for each.
        assert!(gi_star(&x, &complete, Alternative::Greater).unwrap().iter().all(|unit| unit.unwrap().z.is_none()));
    }
}

#[test]
fn a_unit_at_the_mean_is_low_and_has_no_conditional_deviate() {
    let x = [0.1, 0.5, 0.3, 0.2, 0.4];
    let units = local_moran(&x, &ring(5), &LocalQuestion::default()).unwrap();
    let at_mean = units[2].unwrap();
    assert_eq!((at_mean.test.statistic, at_mean.test.z, at_mean.quadrant), (0.0, None, Quadrant::LowHigh));
    let total = local_moran(&x, &ring(5), &LocalQuestion { moments: Moments::Total, ..LocalQuestion::default() }).unwrap();
    assert!(total[2].unwrap().test.z.is_some());
}

#[test]
fn one_unit_that_differs_leaves_its_neighbors_nothing_to_vary() {
    let units = gi(&[5.0, 1.0, 1.0, 1.0, 1.0, 1.0], &ring(6), Alternative::Greater).unwrap();
    assert_eq!(units[0].unwrap().z, None);
    assert!(units[1].unwrap().z.unwrap() > 0.0 && units[3].unwrap().z.unwrap() < 0.0);
}

#[test]
fn few_units_are_refused_with_the_number_that_is_needed() {
    let chain = SpatialWeights::binary(&[vec![1], vec![0, 2], vec![1]]).unwrap();
    let refusal = moran(&[1.0, 2.0, 4.0], &chain, &Question::default()).unwrap_err();
    assert_eq!(refusal.to_string(), "3 units; a test of clustering needs 4 or more");
    assert!(moran(&[1.0, 2.0, 4.0], &chain, &Question { null: Null::Normality, ..Question::default() }).is_ok());
    let pair = SpatialWeights::binary(&[vec![1], vec![0]]).unwrap();
    assert_eq!(gi(&[1.0, 2.0], &pair, Alternative::Less).unwrap_err().reason, "2 units");
    assert!(local_moran(&[1.0, 2.0], &pair, &LocalQuestion::default()).is_err());
    // Islands set aside do not count as units.
    let with_islands = SpatialWeights::binary(&[vec![1], vec![0, 2], vec![1], vec![], vec![]]).unwrap();
    let aside = Question { islands: Islands::SetAside, ..Question::default() };
    assert_eq!(moran(&[1.0, 2.0, 4.0, 5.0, 7.0], &with_islands, &aside).unwrap_err().reason, "3 units");
}

#[test]
fn general_g_refuses_values_below_0_and_a_single_value_above() {
    let refusal = general_g(&[1.0, 2.0, -1.0, 4.0], &ring(4), Alternative::Greater, Islands::Counted).unwrap_err();
    assert_eq!(refusal.reason, "the value of unit 2 is below 0");
    let refusal = general_g(&[0.0, 2.0, 0.0, 0.0, 0.0], &ring(5), Alternative::Greater, Islands::Counted).unwrap_err();
    assert_eq!(refusal.reason, "one unit alone has a value above 0");
}

#[test]
fn rates_without_population_or_events_are_refused() {
    let said = |events: &[f64], population: &[f64]| standardized_rates(events, population).unwrap_err().reason;
    assert_eq!(said(&[1.0, 2.0], &[10.0, 0.0]), "the population of unit 1 is not above 0");
    assert_eq!(said(&[1.0, 2.0], &[10.0, f64::NAN]), "the population of unit 1 is not above 0");
    assert_eq!(said(&[1.0, -2.0], &[10.0, 10.0]), "the events of unit 1 are not a number from 0");
    assert_eq!(said(&[0.0, 0.0], &[10.0, 10.0]), "there is no event at all");
    assert_eq!(said(&[1.0], &[10.0, 10.0]), "events of 1 units and populations of 2");
    let equal = standardized_rates_moran(&[1.0; 5], &[10.0; 5], &ring(5), &Question::default());
    assert_eq!(equal.unwrap_err().reason, "all values are the same");
}

#[test]
fn weights_beyond_reason_are_refused_or_survived() {
    assert!(SpatialWeights::new(&[vec![(1, 1e200)], vec![]]).is_err());
    let x = [1.0, 2.0, 4.0, 8.0, 16.0];
    for size in [1e100, 1e-300] {
        let rows: Vec<Vec<(u32, f64)>> = (0..5).map(|unit| vec![((unit + 1) % 5, size), ((unit + 4) % 5, size)]).collect();
        let weights = SpatialWeights::new(&rows).unwrap();
        match moran(&x, &weights, &Question::default()) {
            Ok(test) => assert!((test.z - moran(&x, &ring(5), &Question::default()).unwrap().z).abs() < 1e-9),
            Err(refusal) => assert!(size < 1.0, "{refusal}"),
        }
        for unit in local_moran(&x, &weights, &LocalQuestion::default()).unwrap().into_iter().flatten() {
            assert!(unit.test.statistic.is_finite() && unit.test.variance.is_finite() && unit.test.z.is_none_or(f64::is_finite));
        }
    }
}
