//! Neighbors and permutation tests against what spdep and esda say of the same zones.

#![allow(clippy::unwrap_used, reason = "tests may: a panic is how they fail")]

use std::path::Path;

use geo::{Coord, LineString, MultiPolygon, Polygon};
use optima::stats::permutation::{Permutations, Tail, global, local};
use optima::stats::spatial_weights::SpatialWeights;
use optima::territory::contiguity::{Tolerance, queen, rook};
use optima::territory::nearness::k_nearest;
use serde_json::Value;

fn json(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect()
}

/// The zones of columbus and three of their columns.
fn columbus() -> (Vec<MultiPolygon<f64>>, [Vec<f64>; 3]) {
    let ring =
        |ring: &Value| LineString::new(ring.as_array().unwrap().iter().map(|c| Coord { x: numbers(c)[0], y: numbers(c)[1] }).collect());
    let polygon = |rings: &Value| {
        let mut rings = rings.as_array().unwrap().iter().map(ring);
        Polygon::new(rings.next().unwrap(), rings.collect())
    };
    let file = json("columbus.geojson");
    let features = file["features"].as_array().unwrap();
    let shape = |feature: &Value| {
        let (kind, coordinates) = (&feature["geometry"]["type"], &feature["geometry"]["coordinates"]);
        MultiPolygon(if kind == "Polygon" {
            vec![polygon(coordinates)]
        } else {
            coordinates.as_array().unwrap().iter().map(polygon).collect()
        })
    };
    let column = |name: &str| features.iter().map(|feature| feature["properties"][name].as_f64().unwrap()).collect();
    (features.iter().map(shape).collect(), ["CRIME", "INC", "HOVAL"].map(column))
}

fn lists(weights: &SpatialWeights) -> Value {
    (0..weights.len()).map(|zone| weights.neighbors(zone).to_vec()).collect::<Vec<_>>().into()
}

#[test]
fn contiguity_is_that_of_the_reference() {
    let case = json("weights_columbus.json");
    assert_eq!(case["tolerance"]["all"], "exact");
    let expected = &case["expected"];
    let (zones, _) = columbus();
    let (queen, rook) = (queen(&zones, Tolerance::default()).unwrap(), rook(&zones, Tolerance::default()).unwrap());
    assert_eq!(expected["n"], zones.len());
    assert_eq!(lists(&queen), expected["queen_neighbours"]);
    assert_eq!((&expected["queen_links"], &expected["rook_links"]), (&queen.links().into(), &rook.links().into()));
    let cardinality = |weights: &SpatialWeights| Value::from((0..weights.len()).map(|zone| weights.cardinality(zone)).collect::<Vec<_>>());
    assert_eq!((&expected["queen_cardinality"], &expected["rook_cardinality"]), (&cardinality(&queen), &cardinality(&rook)));
    let nearest = k_nearest(&zones, 4).unwrap();
    assert_eq!((nearest.links(), Value::from(nearest.is_symmetric())), (4 * 49, expected["knn4_links_symmetric"].clone()));
}

/// Five standard deviations of the difference of p-values from `reference` and from `ours` permutations.
fn agree(found: f64, expected: f64, ours: f64, reference: f64) -> bool {
    let p = expected.max(2.0 / reference).min(0.5);
    (found - expected).abs() <= 5.0 * (p * (1.0 - p) * (1.0 / ours + 1.0 / reference)).sqrt()
}

#[test]
fn the_upper_p_of_moran_is_that_of_spdep() {
    let (zones, [crime, income, _]) = columbus();
    let weights = queen(&zones, Tolerance::default()).unwrap().row_standardized();
    for (name, values) in [("autocorr_columbus_crime.json", crime), ("autocorr_columbus_inc.json", income)] {
        let expected = json(name)["expected"].clone();
        let test = global::moran(&values, &weights, &Permutations { count: 9_999, seed: 1, tail: Tail::Greater }).unwrap();
        let reference = expected["moran_permutation_p_upper"].as_f64().unwrap();
        // The tolerance of the case.
        assert!((test.p - reference).abs() <= 4.0 * (reference * (1.0 - reference) / 9_999.0).sqrt() + 1e-4, "{name}: {}", test.p);
        assert!((test.statistic - expected["moran_randomisation"]["stat"].as_f64().unwrap()).abs() < 1e-9, "{name}");
        let test = global::geary(&values, &weights, &Permutations { count: 99, seed: 1, tail: Tail::Greater }).unwrap();
        assert!((test.statistic - expected["geary_randomisation"]["stat"].as_f64().unwrap()).abs() < 1e-9, "{name}");
    }
}

#[test]
fn p_of_every_area_is_that_of_esda() {
    let case = json("permutation_columbus.json");
    let (zones, [crime, income, value]) = columbus();
    let binary = queen(&zones, Tolerance::default()).unwrap();
    let (weights, star) = (binary.row_standardized(), binary.with_self());
    let all = Permutations { count: 99_999, seed: 7, tail: Tail::Directed };
    let of = |p: Result<Vec<Option<f64>>, _>| p.unwrap().into_iter().map(Option::unwrap).collect::<Vec<_>>();
    let high: Vec<bool> = crime.iter().map(|x| *x > 35.0).collect();
    let found = [
        ("lisa", of(local::moran(&crime, &weights, &all))),
        ("bivariate_lisa", of(local::bivariate_moran(&crime, &income, &weights, &all))),
        ("gi", of(local::getis_ord(&crime, &binary, &all))),
        ("gi_star", of(local::getis_ord(&crime, &star, &all))),
        ("local_geary", of(local::geary(&crime, &weights, &all))),
        ("moran", vec![global::moran(&value, &weights, &all).unwrap().p]),
        ("geary", vec![global::geary(&value, &weights, &all).unwrap().p]),
        ("g", vec![global::getis_ord(&value, &binary, &all).unwrap().p]),
        ("bivariate_moran", vec![global::bivariate_moran(&income, &value, &weights, &all).unwrap().p]),
        ("join_count", vec![global::join_count(&high, &binary, &all).unwrap().p]),
    ];
    assert_eq!(case["expected"].as_object().unwrap().len(), found.len());
    for (name, p) in found {
        let expected = numbers(&case["expected"][name]);
        assert_eq!(p.len(), expected.len(), "{name}");
        for (area, (p, expected)) in p.iter().zip(expected).enumerate() {
            assert!(agree(*p, expected, 99_999.0, 99_999.0), "{name}, area {area}: {p}, esda {expected}");
        }
    }
}
