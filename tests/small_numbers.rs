//! Small numbers: intervals, standardized and smoothed rates, funnels and class chances against the reference cases and against R
//! (`tests/reference/small_numbers.R`), each listed quantity at the stated tolerance.

#![allow(clippy::unwrap_used, reason = "tests may: a panic is how they fail")]

use std::collections::BTreeMap;
use std::path::Path;

use optima::stats::breaks::{SortedValues, head_tail_breaks, q6_breaks};
use optima::stats::class_uncertainty::map_reliability;
use optima::stats::counts::CountInterval;
use optima::stats::empirical_bayes::{LocalVariance, Places, Smoothed};
use optima::stats::funnel::{EventLaw, Funnel};
use optima::stats::proportion_intervals::ProportionInterval::{self, AgrestiCoull, ClopperPearson, Jeffreys, Wald, Wilson};
use optima::stats::sampling_law::SamplingLaw;
use optima::stats::standardized_rate::{StandardizedRate, Stratum, standardize};
use serde_json::Value;

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name)).unwrap()
}

fn case(name: &str) -> Value {
    serde_json::from_str(&read(&format!("{name}.json"))).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list")).iter().map(number).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

/// No further apart than this, absolutely or relative to the expected number.
#[derive(Clone, Copy)]
enum Within {
    Absolute(f64),
    Relative(f64),
}

fn same(ours: &[f64], expected: &[f64], within: Within, what: &str) {
    assert_eq!(ours.len(), expected.len(), "{what}");
    for (at, (a, b)) in ours.iter().zip(expected).enumerate() {
        let allowed = match within {
            Within::Absolute(t) => t,
            Within::Relative(t) => t * b.abs(),
        };
        assert!((a - b).abs() <= allowed, "{what}, at {at}: {a}, expected {b}");
    }
}

fn pair((low, high): (f64, f64)) -> [f64; 2] {
    [low, high]
}

const METHODS: [(ProportionInterval, &str); 4] =
    [(Wilson, "wilson"), (ClopperPearson, "clopper_pearson"), (Jeffreys, "jeffreys"), (AgrestiCoull, "agresti_coull")];

#[test]
fn intervals_of_proportions_and_counts_are_those_of_the_reference() {
    let case = case("intervals_a");
    assert_eq!(case["tolerance"]["bounds"], "abs 1e-9 (x/n), rel 1e-8 (counts)");
    let mut compared = 0;
    for (counts, expected) in list(&case["settings"]["proportions"]).iter().zip(list(&case["expected"]["proportions"])) {
        let [x, n] = numbers(counts)[..] else { panic!("{counts}") };
        for (level, key) in [(0.95, "a0.05"), (0.998, "a0.002")] {
            assert_eq!(expected[key].as_object().unwrap().len(), METHODS.len());
            for (method, name) in METHODS {
                let limits = pair(method.limits(x, n, level).unwrap());
                same(&limits, &numbers(&expected[key][name]), Within::Absolute(1e-9), &format!("{name} {x}/{n} {key}"));
                assert!(limits.iter().all(|limit| (0.0..=1.0).contains(limit)));
                compared += 1;
            }
        }
    }
    for (x, expected) in numbers(&case["settings"]["counts"]).into_iter().zip(list(&case["expected"]["counts"])) {
        for (level, key) in [(0.95, "a0.05"), (0.998, "a0.002")] {
            assert_eq!(expected[key].as_object().unwrap().len(), 2);
            for (method, name) in [(CountInterval::Byar, "byar"), (CountInterval::Garwood, "exact_garwood")] {
                let limits = pair(method.limits(x, level).unwrap());
                same(&limits, &numbers(&expected[key][name]), Within::Relative(1e-8), &format!("{name} {x} {key}"));
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 60);
}

#[test]
fn intervals_cover_as_often_as_the_reference_says() {
    let case = case("interval_coverage_binomial");
    assert_eq!(case["tolerance"]["all"], "abs 1e-9");
    let rows = list(&case["expected"]);
    assert_eq!(rows.len(), 5);
    for row in rows {
        let n = u32::try_from(row["n"].as_u64().unwrap()).unwrap();
        for (method, name) in [(Wilson, "wilson"), (ClopperPearson, "clopper_pearson"), (Wald, "wald")] {
            let coverage = method.coverage(n, number(&row["p"]), 0.95).unwrap();
            same(&[coverage], &[number(&row[name])], Within::Absolute(1e-9), &format!("{name} {row}"));
        }
    }
}

#[test]
fn intervals_are_those_of_r_from_one_event_to_a_city() {
    let case = case("small_numbers");
    for row in list(&case["proportions"]) {
        let (x, n, level) = (number(&row["x"]), number(&row["n"]), number(&row["level"]));
        for (method, name) in METHODS {
            same(&pair(method.limits(x, n, level).unwrap()), &numbers(&row[name]), Within::Absolute(1e-10), &format!("{name} {row}"));
        }
    }
    for row in list(&case["counts"]) {
        let (x, level) = (number(&row["x"]), number(&row["level"]));
        for (method, name) in [(CountInterval::Byar, "byar"), (CountInterval::Garwood, "garwood")] {
            same(&pair(method.limits(x, level).unwrap()), &numbers(&row[name]), Within::Relative(1e-9), &format!("{name} {row}"));
        }
    }
    for row in list(&case["coverage"]) {
        let n = u32::try_from(row["n"].as_u64().unwrap()).unwrap();
        for (method, name) in [(Jeffreys, "jeffreys"), (AgrestiCoull, "agresti_coull")] {
            let coverage = method.coverage(n, number(&row["p"]), 0.95).unwrap();
            same(&[coverage], &[number(&row[name])], Within::Absolute(1e-10), &format!("{name} {row}"));
        }
    }
    assert_eq!((list(&case["proportions"]).len(), list(&case["counts"]).len(), list(&case["coverage"]).len()), (18, 18, 3));
}

fn strata(events: &[f64], population: &[f64], standard: &[f64]) -> Vec<Stratum> {
    let rows = events.iter().zip(population).zip(standard);
    rows.map(|((events, population), standard)| Stratum { events: *events, population: *population, standard: *standard }).collect()
}

#[test]
fn standardized_rates_are_those_of_the_reference() {
    for name in ["dsr_a", "dsr_c"] {
        let case = case(name);
        assert_eq!((&case["tolerance"]["rate"], &case["tolerance"]["bounds"]), (&"rel 1e-9".into(), &"rel 1e-8".into()));
        assert_eq!(case["settings"]["per"], 1);
        let rows: Vec<Vec<f64>> =
            read(&format!("data/{name}.csv")).lines().skip(1).map(|line| line.split(',').map(|n| n.parse().unwrap()).collect()).collect();
        let column = |at: usize| rows.iter().map(|row| row[at]).collect::<Vec<f64>>();
        let rate = standardize(&strata(&column(1), &column(2), &column(3))).unwrap();
        let expected = &case["expected"];
        assert_eq!(expected.as_object().unwrap().len(), 7);
        for (ours, key) in [(rate.crude, "crude"), (rate.rate, "dsr"), (rate.variance, "variance")] {
            same(&[ours], &[number(&expected[key])], Within::Relative(1e-9), &format!("{name} {key}"));
        }
        let limits: [(_, &str); 4] = [
            (rate.fay_feuer(0.95), "fay_feuer_gamma"),
            (rate.dobson(CountInterval::Byar, 0.95), "dobson_byar"),
            (rate.dobson(CountInterval::Garwood, 0.95), "dobson_exact"),
            (rate.normal(0.95), "normal"),
        ];
        for (ours, key) in limits {
            same(&pair(ours.unwrap()), &numbers(&expected[key]), Within::Relative(1e-8), &format!("{name} {key}"));
        }
    }
}

#[test]
fn standardized_rates_of_few_events_are_those_of_epitools() {
    let case = case("small_numbers");
    for row in list(&case["dsr"]) {
        let level = number(&row["level"]);
        let strata = strata(&numbers(&row["events"]), &numbers(&row["population"]), &numbers(&row["standard"]));
        let rate: StandardizedRate = standardize(&strata).unwrap();
        let expected: Vec<f64> = ["crude", "rate", "variance"].iter().map(|key| number(&row[*key])).collect();
        same(&[rate.crude, rate.rate, rate.variance], &expected, Within::Relative(1e-9), "rate");
        same(&pair(rate.fay_feuer(level).unwrap()), &numbers(&row["fay_feuer"]), Within::Relative(1e-8), "gamma");
        let exact = rate.dobson(CountInterval::Garwood, level).unwrap();
        same(&pair(exact), &numbers(&row["dobson_exact"]), Within::Relative(1e-8), "exact");
    }
    assert_eq!(list(&case["dsr"]).len(), 2);
}

/// Areas that share a vertex of their outlines.
fn queen(features: &[Value]) -> Vec<Vec<u32>> {
    fn vertices(coordinates: &Value, into: &mut Vec<(u64, u64)>) {
        match coordinates.as_array() {
            Some(point) if point.first().is_some_and(Value::is_number) => {
                into.push((number(&point[0]).to_bits(), number(&point[1]).to_bits()));
            }
            Some(inner) => inner.iter().for_each(|part| vertices(part, into)),
            None => panic!("{coordinates} is no outline"),
        }
    }
    let mut areas_of: BTreeMap<(u64, u64), Vec<u32>> = BTreeMap::new();
    for (feature, area) in features.iter().zip(0_u32..) {
        let mut found = Vec::new();
        vertices(&feature["geometry"]["coordinates"], &mut found);
        for vertex in found {
            areas_of.entry(vertex).or_default().push(area);
        }
    }
    let mut neighbors = vec![Vec::new(); features.len()];
    for areas in areas_of.values() {
        for a in areas {
            neighbors[usize::try_from(*a).unwrap()].extend(areas.iter().filter(|b| *b != a));
        }
    }
    for near in &mut neighbors {
        near.sort_unstable();
        near.dedup();
    }
    neighbors
}

fn rates(smoothed: Vec<Option<Smoothed>>) -> Vec<f64> {
    smoothed.into_iter().map(|place| place.unwrap().rate).collect()
}

fn known(values: Vec<Option<f64>>) -> Vec<f64> {
    values.into_iter().map(Option::unwrap).collect()
}

#[test]
fn empirical_bayes_rates_of_auckland_are_those_of_the_reference() {
    let case = case("eb_auckland");
    assert_eq!(case["tolerance"]["all"], "abs 1e-12 on rates (rel 1e-8)");
    let json: Value = serde_json::from_str(&read("data/auckland.geojson")).unwrap();
    let features = list(&json["features"]);
    let property = |name: &str| features.iter().map(|f| number(&f["properties"][name])).collect::<Vec<f64>>();
    assert_eq!(case["settings"]["population"], "9 x Und5_81");
    let (events, population) = (property("M77_85"), property("Und5_81").into_iter().map(|n| 9.0 * n).collect::<Vec<_>>());
    let places = Places::new(&events, &population).unwrap();
    let neighbors = queen(features);
    let expected = &case["expected"];
    // Moran's I of these rates, the ninth quantity, belongs to the tests of autocorrelation.
    assert_eq!(expected.as_object().unwrap().len(), 9);
    let prior = places.prior().unwrap();
    let local = |variance| rates(places.local(|i| &neighbors[i], variance).unwrap());
    // The reference is printed with 9 significant digits: half a unit of the last is up to 5e-9 of the value.
    for (ours, key) in [
        (vec![prior.variance], "a"),
        (vec![prior.mean], "b"),
        (known(places.raw()), "raw"),
        (rates(places.global().unwrap()), "eb_global"),
        (local(LocalVariance::FromOwnMean), "eb_local_geoda_pysal"),
        (local(LocalVariance::FromEachMean), "eb_local_spdep_default"),
        (known(places.relative_risk()), "relative_risk_pct"),
        (known(places.poisson_map()), "poisson_pmap"),
    ] {
        let theirs = if expected[key].is_array() { numbers(&expected[key]) } else { vec![number(&expected[key])] };
        same(&ours, &theirs, Within::Relative(1e-8), key);
    }
}

#[test]
fn empirical_bayes_rates_of_a_grid_are_those_of_spdep() {
    let case = case("small_numbers");
    let bayes = &case["bayes"];
    let (events, population) = (numbers(&bayes["events"]), numbers(&bayes["population"]));
    let neighbors: Vec<Vec<u32>> = list(&bayes["neighbors"])
        .iter()
        .map(|near| list(near).iter().map(|j| u32::try_from(j.as_u64().unwrap()).unwrap()).collect())
        .collect();
    let places = Places::new(&events, &population).unwrap();
    let local = |variance| rates(places.local(|i| &neighbors[i], variance).unwrap());
    let prior = places.prior().unwrap();
    for (ours, key) in [
        (rates(places.global().unwrap()), "global"),
        (local(LocalVariance::FromOwnMean), "from_own_mean"),
        (local(LocalVariance::FromEachMean), "from_each_mean"),
        (known(places.relative_risk()), "relative_risk"),
        (known(places.poisson_map()), "pmap"),
    ] {
        same(&ours, &numbers(&bayes[key]), Within::Relative(1e-10), key);
    }
    same(&[prior.variance, prior.mean], &[number(&bayes["a"]), number(&bayes["b"])], Within::Relative(1e-10), "prior");
    // Whether a place is among its own neighbors does not matter.
    let with_self: Vec<Vec<u32>> = neighbors.iter().zip(0..).map(|(near, i)| [&[i], &near[..]].concat()).collect();
    assert_eq!(rates(places.local(|i| &with_self[i], LocalVariance::FromOwnMean).unwrap()), local(LocalVariance::FromOwnMean));
}

#[test]
fn funnel_limits_are_the_interpolated_quantiles_of_r() {
    let case = case("small_numbers");
    for row in list(&case["funnel"]) {
        let law = if row["law"] == "binomial" { EventLaw::Binomial } else { EventLaw::Poisson };
        let limits = Funnel::around(number(&row["reference"]), law).unwrap().limits(number(&row["size"])).unwrap();
        let ours = [limits.level_998.0, limits.level_95.0, limits.level_95.1, limits.level_998.1];
        same(&ours, &numbers(&row["limits"]), Within::Absolute(1e-9), &row.to_string());
    }
    assert_eq!(list(&case["funnel"]).len(), 9);
    let row = &case["overdispersion"];
    let places: Vec<(f64, f64)> = numbers(&row["events"]).into_iter().map(|x| (x, number(&row["size"]))).collect();
    let funnel = Funnel::around(number(&row["reference"]), EventLaw::Binomial).unwrap().with_overdispersion(&places);
    same(&[funnel.overdispersion()], &[number(&row["phi"])], Within::Relative(1e-12), "overdispersion");
}

#[test]
fn chances_of_classes_are_those_of_the_laws_in_r() {
    let case = case("small_numbers");
    let classes = &case["classes"];
    let laws = [SamplingLaw::proportion(7.0, 40.0), SamplingLaw::normal(0.24, 0.05), SamplingLaw::rate(12.0, 60.0)];
    let map = map_reliability(&laws, &numbers(&classes["breaks"])).unwrap();
    for ((place, key), own) in map.places.iter().flatten().zip(["proportion", "normal", "rate"]).zip([1, 2, 2]) {
        let expected = numbers(&classes[key]);
        same(&place.chances, &expected, Within::Absolute(1e-10), key);
        same(&[place.wrong], &[1.0 - expected[own]], Within::Absolute(1e-10), key);
        assert_eq!(place.own, own);
    }
    assert_eq!(map.places.iter().flatten().count(), 3);
    let wrong: Vec<f64> = map.places.iter().flatten().map(|place| place.wrong).collect();
    same(
        &[map.mean.unwrap(), map.classes[2].unwrap()],
        &[wrong.iter().sum::<f64>() / 3.0, wrong[1].midpoint(wrong[2])],
        Within::Absolute(1e-15),
        "means",
    );
}

#[test]
fn q6_and_head_tail_breaks_are_those_of_r() {
    let case = case("small_numbers");
    let values = SortedValues::new(numbers(&case["cut"]["values"])).unwrap();
    same(&q6_breaks(&values).unwrap(), &numbers(&case["cut"]["q6"]), Within::Absolute(1e-10), "q6");
    let head_tail = numbers(&case["cut"]["head_tail"]);
    // classInt adds the ends.
    let inner = &head_tail[1..head_tail.len() - 1];
    same(&head_tail_breaks(&values, 99).unwrap(), inner, Within::Absolute(1e-10), "head/tail");
    same(&head_tail_breaks(&values, 3).unwrap(), &inner[..2], Within::Absolute(1e-10), "head/tail");
}
