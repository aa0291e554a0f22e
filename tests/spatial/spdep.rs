//! spdep beside us where Columbus says nothing: an island, asymmetric neighbors, weights by distance, up to five colors.

use optima::stats::bivariate::{Bivariate, bivariate_moran, lee, local_bivariate_moran};
use optima::stats::geary::{geary, local_geary};
use optima::stats::getis_ord::{LocalG, general_g, gi, gi_star};
use optima::stats::join_count::join_counts;
use optima::stats::local_moran::{Center, LocalMoran, LocalQuestion, Moments, local_moran};
use optima::stats::moran::moran;
use optima::stats::partition::Partition;
use optima::stats::spatial_test::{Alternative, Divisor, Islands, Null, Question};
use optima::stats::spatial_weights::SpatialWeights;
use serde_json::Value;

use super::compare::{Comparison, Tolerance, case, name as quadrant_name, numbers};

struct Case {
    name: String,
    expected: Value,
    x: Vec<f64>,
    y: Vec<f64>,
    colors: Partition,
    weights: SpatialWeights,
    /// The weights of spdep's Gi*.
    star: SpatialWeights,
}

fn integers(value: &Value) -> Vec<u32> {
    value.as_array().unwrap().iter().map(|n| u32::try_from(n.as_u64().unwrap()).unwrap()).collect()
}

fn cases() -> Vec<Case> {
    let recorded = case("spatial_a");
    let read = |(name, expected): (&String, &Value)| {
        let link = |link: &Value| (u32::try_from(link[0].as_u64().unwrap()).unwrap(), link[1].as_f64().unwrap());
        let rows: Vec<Vec<(u32, f64)>> =
            expected["rows"].as_array().unwrap().iter().map(|row| row.as_array().unwrap().iter().map(link).collect()).collect();
        let weights = SpatialWeights::new(&rows).unwrap();
        let star = if name.ends_with("_standardized") {
            let neighbors: Vec<Vec<u32>> = rows.iter().map(|row| row.iter().map(|(neighbor, _)| *neighbor).collect()).collect();
            SpatialWeights::binary(&neighbors).unwrap().with_self().row_standardized()
        } else {
            weights.clone()
        };
        Case {
            name: name.clone(),
            x: numbers(&expected["x"]),
            y: numbers(&expected["y"]),
            colors: Partition::new(integers(&expected["color"])).unwrap(),
            expected: expected.clone(),
            weights,
            star,
        }
    };
    let cases: Vec<Case> = recorded["cases"].as_object().unwrap().iter().map(read).collect();
    assert_eq!(cases.len(), 5);
    assert!(cases.iter().any(|case| case.weights.islands() == [25]) && cases.iter().any(|case| case.expected["symmetric"] == false));
    cases
}

fn comparison() -> Comparison {
    let recorded = case("spatial_a");
    assert_eq!(recorded["tolerance"]["variance"], "rel 1e-10");
    Comparison::new(Tolerance { stat: 1e-12, variance: 1e-10, z: 1e-9, p: 1e-9, local: 1e-9 })
}

#[test]
fn global_statistics_are_spdeps_however_islands_count() {
    let mut compared = comparison();
    for Case { name, expected, x, weights, .. } in &cases() {
        for (islands, key) in [(Islands::Counted, "all"), (Islands::SetAside, "linked")] {
            let expected = &expected[key];
            let question = |null, alternative| Question { null, alternative, islands };
            let usual = question(Null::Randomization, Alternative::Greater);
            let normal = question(Null::Normality, Alternative::TwoSided);
            compared.test(&format!("{name} I"), &moran(x, weights, &usual).unwrap(), &expected["moran_randomisation"]);
            compared.test(&format!("{name} I, normality"), &moran(x, weights, &normal).unwrap(), &expected["moran_normality"]);
            let less = question(Null::Randomization, Alternative::Less);
            compared.test(&format!("{name} I, less"), &moran(x, weights, &less).unwrap(), &expected["moran_less"]);
            let g = general_g(x, weights, Alternative::Greater, islands).unwrap();
            compared.test(&format!("{name} G"), &g, &expected["global_G"]);
            let (c, c_normal) = (geary(x, weights, &usual).unwrap(), geary(x, weights, &normal).unwrap());
            if islands == Islands::Counted || weights.islands().is_empty() {
                compared.test(&format!("{name} C"), &c, &expected["geary_randomisation"]);
                compared.test(&format!("{name} C, normality"), &c_normal, &expected["geary_normality"]);
            } else {
                // spdep's variance mixes the number of all units with that of the linked ones: only C itself is comparable.
                compared.close(&format!("{name} C"), c.statistic, &expected["geary_randomisation"]["stat"], 1e-12);
            }
        }
    }
    assert_eq!(compared.compared, 5 * 2 * 4 * 5 + (5 + 2) * 10 + 3);
}

#[test]
fn join_counts_are_spdeps_for_two_to_five_colors() {
    let mut compared = comparison();
    for Case { name, expected, colors, weights, .. } in &cases() {
        for (islands, key) in [(Islands::Counted, "all"), (Islands::SetAside, "linked")] {
            let joins = join_counts(colors, weights, Alternative::Greater, islands).unwrap();
            let rows = expected[key]["joins"].as_array().unwrap();
            let found: Vec<_> = joins.same.iter().chain(joins.different.iter().map(|(_, test)| test)).collect();
            assert_eq!(rows.len(), found.len() + 1);
            for (row, (found, expected)) in found.iter().zip(rows).enumerate() {
                compared.joins(&format!("{name} {key} joins {row}"), found, expected, 1e-9);
            }
            let (what, total) = (format!("{name} {key} total"), &rows[found.len()]);
            if islands == Islands::Counted || weights.islands().is_empty() {
                compared.joins(&what, &joins.total, total, 1e-9);
            } else {
                // Colors that count islands and an n that does not have no common distribution: spdep's variance is another here.
                compared.close(&what, joins.total.statistic, &total[0], 1e-9);
                compared.close(&what, joins.total.expectation, &total[1], 1e-9);
            }
        }
    }
    assert!(compared.compared > 300, "{}", compared.compared);
}

#[test]
fn local_statistics_are_spdeps_and_absent_for_islands() {
    let mut compared = comparison();
    for Case { name, expected, x, y, weights, star, .. } in &cases() {
        let islands = weights.islands().len();
        assert_eq!(
            serde_json::json!(weights.islands()),
            serde_json::json!(expected["islands"].as_array().cloned().unwrap_or_else(|| vec![expected["islands"].clone()])),
            "{name}"
        );
        let mut units = |what: &str, found: Vec<Option<f64>>, expected: &Value| {
            assert_eq!(compared.units(&format!("{name} {what}"), found, expected), islands, "{name} {what}");
        };
        let local = |question| local_moran(x, weights, &question).unwrap();
        let pick = |of: &[Option<LocalMoran>], what: fn(&LocalMoran) -> f64| of.iter().map(|unit| unit.as_ref().map(what)).collect();
        let conditional = local(LocalQuestion::default());
        let total = local(LocalQuestion { moments: Moments::Total, alternative: Alternative::Greater, ..LocalQuestion::default() });
        for (found, key) in [(&conditional, "conditional"), (&total, "total")] {
            let expected = &expected[key];
            units("I_i", pick(found, |unit| unit.test.statistic), &expected["Ii"]);
            units("E", pick(found, |unit| unit.test.expectation), &expected["expectation"]);
            units("V", pick(found, |unit| unit.test.variance), &expected["variance"]);
            units("z", pick(found, |unit| unit.test.z.unwrap()), &expected["z"]);
            units("p", pick(found, |unit| unit.test.p_value.unwrap()), &expected["p"]);
        }
        let over_less = local(LocalQuestion { divisor: Divisor::NMinusOne, ..LocalQuestion::default() });
        units("I_i over n - 1", pick(&over_less, |unit| unit.test.statistic), &expected["over_n_minus_1"]);
        units("c_i", local_geary(x, weights, Divisor::NMinusOne).unwrap(), &expected["local_geary"]);
        let z = |units: Vec<Option<LocalG>>| units.into_iter().map(|unit| unit.map(|unit| unit.z.unwrap())).collect();
        units("Gi", z(gi(x, weights, Alternative::TwoSided).unwrap()), &expected["gi"]);
        units("Gi*", z(gi_star(x, star, Alternative::TwoSided).unwrap()), &expected["gi_star"]);
        units("bivariate", local_bivariate_moran(x, y, weights, Divisor::NMinusOne).unwrap(), &expected["local_bivariate"]);
        let l = lee(x, y, weights).unwrap();
        units("L", l.local, &expected["local_lee"]);
        compared.close(&format!("{name} Lee's L"), l.l, &expected["lee"], 1e-12);
        let slope = bivariate_moran(x, y, weights, Bivariate::Slope, Alternative::TwoSided).unwrap();
        compared.close(&format!("{name} bivariate"), slope.statistic, &expected["bivariate"], 1e-12);
    }
    assert_eq!(compared.compared, 16 * (2 * 25 + 2 * 20 + 19) + 2 * 5);
}

#[test]
fn quadrants_and_components_are_spdeps() {
    for Case { name, expected, x, weights, .. } in &cases() {
        let mut keys = vec![(Center::MeanOfValues, "quadrant_pysal")];
        // spdep's other center is of sums of neighbors' values, islands as 0: the same only where all rows sum to 1.
        if name == "nearest_standardized" {
            keys.push((Center::MeanOfLags, "quadrant_mean"));
        }
        for (center, key) in keys {
            let units = local_moran(x, weights, &LocalQuestion { center, ..LocalQuestion::default() }).unwrap();
            for (unit, (found, expected)) in units.iter().zip(expected[key].as_array().unwrap()).enumerate() {
                assert!(
                    found.is_none_or(|found| quadrant_name(found.quadrant) == expected),
                    "{name} {key} unit {unit}: {found:?}, {expected}"
                );
            }
        }
        let components: Vec<u32> = integers(&expected["components"]).iter().map(|component| component - 1).collect();
        let mut seen = Vec::new();
        for (found, expected) in weights.components().iter().zip(&components) {
            seen.push((*found, *expected));
        }
        seen.sort_unstable();
        seen.dedup();
        let (found, expected): (Vec<u32>, Vec<u32>) = seen.iter().copied().unzip();
        let distinct = |mut numbers: Vec<u32>| {
            numbers.sort_unstable();
            numbers.dedup();
            numbers.len()
        };
        assert!(distinct(found) == seen.len() && distinct(expected) == seen.len(), "{name}: {seen:?}");
    }
}
