//! The statistics beside the quotients, by hand, and which quartiers they are over.

#![allow(clippy::cast_precision_loss, reason = "places of a few zones")]

use crate::derive::tests::{HIDDEN, derive, made, measure, quarter, share};
use crate::measure::Unit;
use crate::protect::ProtectedMeasure;
use crate::publish::town;
use crate::territory::{Territory, Zone, ZoneCode, Zones};

const OF: &str = "{ of = [\"a\"] }";

fn counts(at: usize, zone: usize) -> (f64, f64) {
    (((zone * 5 + at) % 9) as f64, (20 + zone) as f64)
}

/// Two quarters; the second zone is hidden in the second of them.
fn two_quarters() -> ProtectedMeasure {
    measure("a", Unit::Share, &[quarter(1), quarter(2)], |at, zone| {
        if (at, zone) == (1, 1) {
            return HIDDEN;
        }
        let (x, n) = counts(at, zone);
        share(x, n)
    })
}

fn number(measure: &ProtectedMeasure, at: usize, name: &str) -> Option<f64> {
    let found = measure.statistics().iter().find(|one| one.name == name && one.period == Some(measure.periods()[at]))?;
    assert_eq!(found.zones, Some(20));
    Some(found.value)
}

/// Zones in three parts, by their places.
fn parted() -> Territory {
    let mut territory = town::territory();
    let part = |(at, zone): (usize, &Zone)| Zone { parent: Some(ZoneCode(format!("part {}", at % 3))), ..zone.clone() };
    territory.quartiers = Zones::new(territory.quartiers.as_slice().iter().enumerate().map(part).collect()).unwrap();
    territory
}

#[test]
fn a_quartier_that_is_hidden_once_is_left_out_of_all_quarters() {
    let made = made(vec![two_quarters()], "location_quotient", OF);
    for at in 0..2 {
        let base: Vec<(f64, f64)> = (0..21).filter(|zone| *zone != 1).map(|zone| counts(at, zone)).collect();
        let (x, n) = base.iter().fold((0.0, 0.0), |(x, n), zone| (x + zone.0, n + zone.1));
        let apart: f64 = base.iter().map(|zone| (zone.0 / x - (zone.1 - zone.0) / (n - x)).abs()).sum::<f64>() / 2.0;
        assert!((number(&made, at, "segregation_dissimilarity").unwrap() - apart).abs() < 1e-12);
        let isolation: f64 = base.iter().map(|zone| zone.0 / x * zone.0 / zone.1).sum();
        assert!((number(&made, at, "segregation_isolation").unwrap() - isolation).abs() < 1e-12);
        assert!((number(&made, at, "segregation_interaction").unwrap() - (1.0 - isolation)).abs() < 1e-12);
        let alone = made.statistics().iter().find(|one| one.name == "segregation_correlation_ratio").unwrap();
        let persons: f64 = base.iter().map(|zone| zone.1).sum();
        assert!((alone.expected.unwrap() - 19.0 / (persons - 1.0)).abs() < 1e-12);
        let mean = x / n;
        let theil: f64 = base.iter().filter(|zone| zone.0 > 0.0).map(|zone| zone.0 / x * (zone.0 / zone.1 / mean).ln()).sum();
        assert!((number(&made, at, "rates_theil").unwrap() - theil).abs() < 1e-12);
        assert!(number(&made, at, "rates_theil_between").is_none());
    }
    assert!(made.method()[0].1.starts_with("20 of 21 quartiers") && made.method()[0].1.ends_with("no zones above the quartiers"));
}

#[test]
fn inequality_splits_into_what_lies_between_and_within_the_zones_above() {
    let (shown, _) = derive(vec![two_quarters()], &parted(), "location_quotient", OF).unwrap();
    let made = shown.measures().last().unwrap();
    let (x_of, n_of) = (0..21).filter(|zone| *zone != 1).fold(([0.0; 3], [0.0; 3]), |(mut x, mut n), zone| {
        let found = counts(0, zone);
        x[zone % 3] += found.0;
        n[zone % 3] += found.1;
        (x, n)
    });
    let (x, n): (f64, f64) = (x_of.iter().sum(), n_of.iter().sum());
    let between: f64 = (0..3).map(|part| x_of[part] / x * (x_of[part] / n_of[part] / (x / n)).ln()).sum();
    let [found, within, total] = ["rates_theil_between", "rates_theil_within", "rates_theil"].map(|name| number(made, 0, name).unwrap());
    assert!((found - between).abs() < 1e-12 && between > 0.0, "{found} {between}");
    assert!((found + within - total).abs() < 1e-12);
}

#[test]
fn quarters_without_the_group_have_no_numbers_and_without_a_common_base_none_has() {
    let nobody = measure("a", Unit::Share, &[quarter(1), quarter(2)], |at, zone| share(if at == 0 { 0.0 } else { 1.0 }, (9 + zone) as f64));
    let found = made(vec![nobody], "location_quotient", OF);
    let of_first = found.statistics().iter().filter(|one| one.period == Some(quarter(1))).count();
    assert!(of_first == 0 && !found.statistics().is_empty());
    let never_the_same =
        measure("a", Unit::Share, &[quarter(1), quarter(2)], |at, zone| if zone % 2 == at { HIDDEN } else { share(2.0, 9.0) });
    let none = made(vec![never_the_same], "location_quotient", OF);
    assert!(none.statistics().is_empty() && none.method()[0].1.starts_with("none: "));
    // A quarter in which nothing is shown says nothing of the others.
    let silent = measure("a", Unit::Share, &[quarter(1), quarter(2)], |at, zone| if at == 0 { HIDDEN } else { share(zone as f64, 30.0) });
    assert!(!made(vec![silent], "location_quotient", OF).statistics().is_empty());
}
