//! The recorded cases of Columbus and Auckland: every quantity at the tolerance that the case states.

use optima::stats::bivariate::{Bivariate, bivariate_moran, lee, local_bivariate_moran};
use optima::stats::geary::{geary, local_geary};
use optima::stats::getis_ord::{general_g, gi, gi_star};
use optima::stats::join_count::join_counts;
use optima::stats::local_moran::{Center, LocalMoran, LocalQuestion, Moments, Quadrant, local_moran, moran_quadrants};
use optima::stats::moran::{moran, standardized_rates_moran};
use optima::stats::partition::Partition;
use optima::stats::spatial_test::{Alternative, Divisor, Islands, Null, Question};
use optima::stats::spatial_weights::SpatialWeights;
use serde_json::Value;

use super::compare::{Comparison, Tolerance, case, full_column, json, name, neighbors, reference, sharing_a_vertex};

fn columbus() -> (Value, SpatialWeights) {
    let weights = SpatialWeights::binary(&neighbors(&case("weights_columbus")["expected"]["queen_neighbours"])).unwrap();
    assert_eq!((weights.len(), weights.links(), weights.is_symmetric()), (49, 236, true));
    (json(&reference("columbus.geojson")), weights)
}

fn autocorrelation(of: &str, variable: &str) {
    let case = case(of);
    let stated = serde_json::json!({"stat": "abs 1e-9", "variance": "rel 1e-8", "z": "abs 1e-7", "local": "abs 1e-7"});
    stated.as_object().unwrap().iter().for_each(|(key, value)| assert_eq!(&case["tolerance"][key], value));
    let mut compared = Comparison::new(Tolerance { stat: 1e-9, variance: 1e-8, z: 1e-7, p: 1e-9, local: 1e-7 });
    let (map, binary) = columbus();
    let (x, weights, expected) = (full_column(&map, variable), binary.row_standardized(), &case["expected"]);
    let normality = Question { null: Null::Normality, ..Question::default() };
    compared.test("I", &moran(&x, &weights, &Question::default()).unwrap(), &expected["moran_randomisation"]);
    compared.test("I, normality", &moran(&x, &weights, &normality).unwrap(), &expected["moran_normality"]);
    compared.test("C", &geary(&x, &weights, &Question::default()).unwrap(), &expected["geary_randomisation"]);
    compared.test("C, normality", &geary(&x, &weights, &normality).unwrap(), &expected["geary_normality"]);
    let g = general_g(&x, &binary, Alternative::Greater, Islands::Counted).unwrap();
    compared.test("G", &g, &expected["global_G_binary"]);

    let lisa = &expected["lisa"];
    let units = |moments| -> Vec<LocalMoran> {
        let question = LocalQuestion { moments, center: Center::MeanOfLags, ..LocalQuestion::default() };
        local_moran(&x, &weights, &question).unwrap().into_iter().map(Option::unwrap).collect()
    };
    let (conditional, total) = (units(Moments::Conditional), units(Moments::Total));
    let mut none = compared.units("I_i", conditional.iter().map(|u| Some(u.test.statistic)), &lisa["Ii"]);
    none += compared.units("E", conditional.iter().map(|u| Some(u.test.expectation)), &lisa["E_conditional"]);
    none += compared.units("V", conditional.iter().map(|u| Some(u.test.variance)), &lisa["Var_conditional"]);
    none += compared.units("z", conditional.iter().map(|u| u.test.z), &lisa["z_conditional"]);
    none += compared.units("V total", total.iter().map(|u| Some(u.test.variance)), &lisa["Var_total"]);
    none += compared.units("z total", total.iter().map(|u| u.test.z), &lisa["z_total"]);
    let quadrants: Vec<&str> = conditional.iter().map(|u| name(u.quadrant)).collect();
    assert_eq!(serde_json::json!(quadrants), lisa["quadrant_mean"]);
    let deviates = |units: Vec<Option<optima::stats::getis_ord::LocalG>>| units.into_iter().map(|unit| unit.unwrap().z);
    none += compared.units("Gi", deviates(gi(&x, &binary, Alternative::TwoSided).unwrap()), &expected["Gi"]);
    none += compared.units("Gi*", deviates(gi_star(&x, &binary, Alternative::TwoSided).unwrap()), &expected["Gi_star"]);
    none += compared.units("c_i", local_geary(&x, &weights, Divisor::NMinusOne).unwrap(), &expected["local_geary"]);
    assert_eq!((none, compared.compared), (0, 5 * 5 + 9 * 49));
}

#[test]
fn crime_in_columbus_clusters_as_the_reference_says() {
    autocorrelation("autocorr_columbus_crime", "CRIME");
}

#[test]
fn income_in_columbus_clusters_as_the_reference_says() {
    autocorrelation("autocorr_columbus_inc", "INC");
}

/// Trap 1 of the design: the two conventions differ by (n − 1) / n, their quadrants and deviates do not.
#[test]
fn local_moran_over_n_minus_1_is_esdas_and_keeps_deviates_and_quadrants() {
    let case = case("spatial_esda");
    let (map, binary) = columbus();
    let (x, weights) = (full_column(&map, "CRIME"), binary.row_standardized());
    let of = |divisor| -> Vec<LocalMoran> {
        let question = LocalQuestion { divisor, ..LocalQuestion::default() };
        local_moran(&x, &weights, &question).unwrap().into_iter().map(Option::unwrap).collect()
    };
    let (over_n, over_less) = (of(Divisor::N), of(Divisor::NMinusOne));
    let mut compared = Comparison::new(Tolerance { stat: 0.0, variance: 0.0, z: 0.0, p: 0.0, local: 1e-12 });
    compared.units("Is", over_less.iter().map(|unit| Some(unit.test.statistic)), &case["Is"]);
    compared.units("localG", local_geary(&x, &weights, Divisor::N).unwrap(), &case["local_geary"]);
    assert_eq!(compared.compared, 2 * 49);
    // esda numbers them 1 HH, 2 LH, 3 LL, 4 HL.
    let esda = [Quadrant::HighHigh, Quadrant::LowHigh, Quadrant::LowLow, Quadrant::HighLow];
    let mut largest = 0.0_f64;
    for ((n, less), q) in over_n.iter().zip(&over_less).zip(case["q"].as_array().unwrap()) {
        assert_eq!((n.quadrant, n.quadrant), (less.quadrant, esda[usize::try_from(q.as_u64().unwrap()).unwrap() - 1]));
        assert!((n.test.z.unwrap() - less.test.z.unwrap()).abs() < 1e-12);
        assert!((less.test.statistic - n.test.statistic * 48.0 / 49.0).abs() < 1e-14);
        largest = largest.max((less.test.statistic - n.test.statistic).abs());
    }
    assert!(largest > 0.03, "{largest}: too near to tell one from the other");
    assert_eq!(moran_quadrants(&x, &weights, Center::MeanOfValues).unwrap()[0], Some(over_n[0].quadrant));
}

/// Trap 14: the two variances are two numbers, and each is named.
#[test]
fn the_variances_of_moran_under_randomization_and_normality_differ() {
    let (map, binary) = columbus();
    let (x, weights) = (full_column(&map, "CRIME"), binary.row_standardized());
    let of = |null| moran(&x, &weights, &Question { null, ..Question::default() }).unwrap();
    let (randomization, normality) = (of(Null::Randomization), of(Null::Normality));
    assert_eq!(randomization.statistic, normality.statistic);
    assert!((randomization.variance - normality.variance).abs() > 1e-4 && (randomization.z - normality.z).abs() > 0.04);
    assert_eq!(Question::default().null, Null::Randomization);
}

#[test]
fn crime_and_income_in_columbus_go_together_as_the_reference_says() {
    let case = case("bivariate_columbus");
    assert_eq!(case["tolerance"]["all"], "abs 1e-9");
    let mut compared = Comparison::new(Tolerance { stat: 0.0, variance: 0.0, z: 0.0, p: 0.0, local: 0.0 });
    let (map, binary) = columbus();
    let (x, y, weights) = (full_column(&map, "CRIME"), full_column(&map, "INC"), binary.row_standardized());
    let expected = &case["expected"];
    for which in [Bivariate::Slope, Bivariate::PerWeight] {
        let test = bivariate_moran(&x, &y, &weights, which, Alternative::TwoSided).unwrap();
        compared.close("bivariate", test.statistic, &expected["moran_bv_num_over_sum_zx2"], 1e-9);
    }
    compared.close("L", lee(&x, &y, &weights).unwrap().l, &expected["lee_L"], 1e-9);
    let local = local_bivariate_moran(&x, &y, &weights, Divisor::NMinusOne).unwrap();
    let recorded = expected["local_bv_Ii_zx_times_lag_zy"].as_array().unwrap();
    assert_eq!(recorded.len(), local.len());
    for (found, expected) in local.iter().zip(recorded) {
        // Recorded with nine significant digits: from 1 on the ninth is coarser than the tolerance.
        let digits = if expected.as_f64().unwrap().abs() < 1.0 { 0.0 } else { 5e-9 };
        compared.close("local", found.unwrap(), expected, 1e-9 + digits);
    }
    // Pearson's correlation: each unit has one neighbor, its double.
    let pairs: Vec<Vec<u32>> = (0..98_u32).map(|unit| if unit < 49 { vec![unit + 49] } else { vec![] }).collect();
    let doubled = |values: &[f64]| [values, values].concat();
    let shifted = SpatialWeights::binary(&pairs).unwrap();
    let r = bivariate_moran(&doubled(&x), &doubled(&y), &shifted, Bivariate::PerWeight, Alternative::TwoSided).unwrap();
    compared.close("r", r.statistic, &expected["pearson"], 1e-9);
    assert_eq!(compared.compared, 4 + 49);
}

#[test]
fn joins_of_high_and_low_crime_in_columbus_are_those_of_the_reference() {
    let case = case("joincount_columbus");
    assert_eq!((&case["tolerance"]["all"], &case["settings"]["high_if"]), (&"abs 1e-8".into(), &"> 35".into()));
    let (map, weights) = columbus();
    let colors: Vec<u32> = full_column(&map, "CRIME").iter().map(|crime| u32::from(*crime > 35.0)).collect();
    let joins = join_counts(&Partition::new(colors).unwrap(), &weights, Alternative::Greater, Islands::Counted).unwrap();
    let multi = &case["expected"]["multi"];
    assert_eq!(multi["rows"], serde_json::json!(["low:low", "high:high", "high:low", "Jtot"]));
    let mut compared = Comparison::new(Tolerance { stat: 1e-8, variance: 1e-8, z: 1e-8, p: 1e-8, local: 0.0 });
    assert_eq!(joins.different[0].0, (1, 0));
    let rows = [joins.same[0], joins.same[1], joins.different[0].1, joins.total];
    for (row, found) in rows.iter().enumerate() {
        // The table is recorded with nine significant digits.
        compared.joins(&multi["rows"][row].to_string(), found, &multi["values"][row], 1e-8);
    }
    for (found, key) in [(joins.same[0], "same_low"), (joins.same[1], "same_high")] {
        let expected = &case["expected"][key];
        compared.close(key, found.statistic, &expected["stat"], 1e-8);
        compared.close(key, found.expectation, &expected["expectation"], 1e-8);
        compared.close(key, found.variance, &expected["variance"], 1e-8);
        compared.close(key, found.z.unwrap(), &expected["z"], 1e-8);
        compared.close(key, found.p_value.unwrap(), &expected["p"], 1e-8);
    }
    assert_eq!(compared.compared, 16 + 10);
}

#[test]
fn moran_of_standardized_rates_in_auckland_is_that_of_the_reference() {
    let case = case("eb_auckland");
    let map = json(&reference("data/auckland.geojson"));
    let weights = sharing_a_vertex(&map).row_standardized();
    assert!(weights.islands().is_empty() && weights.len() == 167);
    let events = full_column(&map, "M77_85");
    let population: Vec<f64> = full_column(&map, "Und5_81").iter().map(|children| 9.0 * children).collect();
    let test = standardized_rates_moran(&events, &population, &weights, &Question::default()).unwrap();
    let expected = case["expected"]["eb_moran_I"].as_f64().unwrap();
    assert!((test.statistic - expected).abs() <= 1e-12, "{}, expected {expected}", test.statistic);
    assert!(test.z > 5.0 && test.expectation == -1.0 / 166.0);
}
