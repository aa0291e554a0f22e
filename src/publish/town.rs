//! An invented town for the tests of the writers: an islet, a hole, a part apart, and every kind of cell.

// Positions and counts of a few dozen.
#![allow(clippy::cast_precision_loss)]

use std::f64::consts::TAU;

use chrono::NaiveDate;
use geo::{Coord, LineString, MultiPolygon, Polygon};

use crate::catalog::{Catalog, LayerSpec};
use crate::derive;
use crate::measure::{Change, Interval, IntervalMethod, MeasureId, Signal, Unit};
use crate::period::{Period, Quarter};
use crate::protect::{self, Frame, Protected, ProtectedCell, ProtectedMeasure, Reason, Shown};
use crate::publish::Release;
use crate::territory::{Epsg, Outlines, PerZone, Territory, TerritoryId, Zone, ZoneCode, ZoneIdx, Zones};
use crate::texts::Language;

const NAMES: [&str; 21] = [
    "Fond-du-Puits",
    "L'Espérance",
    "Haut-Pré",
    "Vieux Marché",
    "La Verrerie",
    "Bois de l'Abbaye",
    "Les Écoles",
    "Rive-Gauche",
    "Molinet",
    "Cité \"Neuve\"",
    "Aux Six Bonniers",
    "Pré-aux-Oies",
    "Gare & Quais",
    "Le Rond-Chêne",
    "Bas-Fourneau",
    "Les Biens-Communaux",
    "La Troque-Haute",
    "Nicolas-Fossoul",
    "Val des Moines",
    "Trois-Chemins",
    "Îlot du Port",
];

/// A corner of the grid of 5 × 4, pushed aside so that no border is straight.
fn corner(column: usize, row: usize) -> Coord<f64> {
    let (c, r) = (column as f64, row as f64);
    Coord { x: 228_000.0 + 1_250.0 * c + 220.0 * (c * 2.1 + r * 1.3).sin(), y: 143_000.0 + 1_000.0 * r + 200.0 * (c * 1.7 - r * 2.3).cos() }
}

fn cell(column: usize, row: usize) -> LineString<f64> {
    LineString::new(vec![
        corner(column, row),
        corner(column + 1, row),
        corner(column + 1, row + 1),
        corner(column, row + 1),
        corner(column, row),
    ])
}

fn ring(center: Coord<f64>, radius: f64) -> LineString<f64> {
    LineString::from(
        (0..=12)
            .map(|i| {
                let a = TAU * f64::from(i % 12) / 12.0;
                (center.x + radius * a.cos(), center.y + radius * a.sin())
            })
            .collect::<Vec<_>>(),
    )
}

/// The town.
pub(crate) fn territory() -> Territory {
    let zone = |i: usize, shape| Zone { code: ZoneCode(format!("99001A{i:02}-")), name: NAMES[i].to_owned(), parent: None, shape };
    let (low, high) = (corner(2, 2), corner(3, 3));
    let islet = Coord { x: low.x.midpoint(high.x), y: low.y.midpoint(high.y) };
    let mut zones: Vec<Zone> = (0..20)
        .map(|i| {
            let holes = if i == 12 { vec![ring(islet, 180.0)] } else { Vec::new() };
            let mut parts = vec![Polygon::new(cell(i % 5, i / 5), holes)];
            if i == 4 {
                parts.push(Polygon::new(ring(Coord { x: 235_300.0, y: 143_100.0 }, 260.0), Vec::new()));
            }
            zone(i, MultiPolygon(parts))
        })
        .collect();
    zones.push(zone(20, MultiPolygon(vec![Polygon::new(ring(islet, 180.0), Vec::new())])));
    let sectors = Zones::new(zones).unwrap();
    Territory {
        unlocated_codes: Vec::new(),
        id: TerritoryId("town".to_owned()),
        name: "Ville d'essai".to_owned(),
        crs: Epsg(31370),
        membership: PerZone::from_fn(&sectors, |zone| vec![(zone, 1.0)]),
        quartiers: sectors.clone(),
        sectors,
        outlines: Outlines::Schematic,
        source: "contours inventés pour les essais".to_owned(),
    }
}

fn quarters() -> Vec<Period> {
    let last = Quarter::new(2003, 4).unwrap();
    (0..8).rev().map(|back| Period::Quarter(last.minus(back))).collect()
}

/// A number in 0..1 that looks like chance and is the same every time.
fn chance(a: usize, b: usize, c: usize) -> f64 {
    let x = (a as f64 * 12.9898 + b as f64 * 78.233 + c as f64 * 37.719).sin() * 43_758.545_3;
    x - x.floor()
}

fn shown_cell(unit: Unit, zone: usize, period: usize, salt: usize, many: bool) -> Shown {
    let level = chance(zone, 0, salt);
    let drift = 0.02 * period as f64 + 0.03 * chance(zone, period, salt);
    let denominator = (60.0 + 900.0 * chance(zone, 1, 7)).round();
    let share = (0.06 + 0.26 * level + drift).min(0.9);
    let numerator = if many { (denominator * share).round() } else { 8.0 };
    let value = match unit {
        Unit::Share => numerator / denominator,
        Unit::Months => 14.0 + 30.0 * level + 10.0 * drift,
        Unit::Index | Unit::Points => 60.0 + 90.0 * level,
        Unit::Group | Unit::Rank => 1.0,
    };
    let width = value * 0.15;
    let method = match unit {
        Unit::Share => IntervalMethod::Wilson95,
        Unit::Months | Unit::Index | Unit::Points | Unit::Group | Unit::Rank => IntervalMethod::StudentT95,
    };
    let change = |quarters: usize, step: f64| {
        (period >= quarters).then_some(Change {
            difference: value * step,
            interval: Some((value * (step - 0.04), value * (step + 0.04))),
            p_value: Some(0.01),
            p_adjusted: Some(0.031_234_567),
            signal: if zone.is_multiple_of(3) { Signal::Up } else { Signal::Noise },
        })
    };
    Shown {
        value,
        numerator: Some(numerator),
        denominator: (unit == Unit::Share).then_some(denominator),
        interval: Some(Interval { low: value - width, high: value + width, method }),
        reliable: zone % 9 != 4,
        since_quarter: change(1, 0.02),
        since_year: change(4, 0.06),
    }
}

fn zero_cell() -> Shown {
    Shown {
        value: 0.0,
        numerator: Some(0.0),
        denominator: Some(41.0),
        interval: None,
        reliable: true,
        since_quarter: None,
        since_year: None,
    }
}

/// A measure for each that the shipped catalog names: by quarter in `employment`, over a campaign elsewhere.
pub(crate) fn shown() -> Protected {
    shown_in(&territory())
}

/// The shipped catalog without the layers that wait for an analysis: the tests of the writers have none.
pub(crate) fn catalog(language: Language) -> Catalog {
    let mut catalog = Catalog::load(None, language).unwrap();
    catalog.layers.retain(|layer| !layer.measure.params.contains_key("analysis"));
    catalog
}

/// The same for other zones.
pub(crate) fn shown_in(territory: &Territory) -> Protected {
    let catalog = catalog(Language::Fr);
    let mut measures: Vec<ProtectedMeasure> = Vec::new();
    for (salt, layer) in catalog.layers.iter().enumerate() {
        if derive::is_derived(&layer.measure.indicator) || measures.iter().any(|m| m.id().as_str() == layer.measure.id) {
            continue;
        }
        let unit = match layer.measure.indicator.as_str() {
            "inoccupation_duration" => Unit::Months,
            "combined_index" => Unit::Index,
            _ => Unit::Share,
        };
        let campaign = Period::Span(NaiveDate::from_ymd_opt(1999, 1, 1).unwrap(), NaiveDate::from_ymd_opt(2002, 12, 31).unwrap());
        let periods = if layer.theme == "employment" { quarters() } else { vec![campaign] };
        let of = |zone: ZoneIdx, period: usize| match zone.position() {
            3 => ProtectedCell::Suppressed(Reason::Frequency),
            16 => ProtectedCell::Suppressed(Reason::Complementary),
            7 => ProtectedCell::Empty,
            10 if unit == Unit::Share => ProtectedCell::Published(zero_cell()),
            at => ProtectedCell::Published(shown_cell(unit, at, period, salt, at != 20)),
        };
        let cells = (0..periods.len()).map(|period| PerZone::from_fn(&territory.quartiers, |zone| of(zone, period))).collect();
        let totals = (0..periods.len()).map(|period| ProtectedCell::Published(shown_cell(unit, 50, period, salt, true))).collect();
        let method = vec![("Dénominateur".to_owned(), "population active <20-64 ans>".to_owned())];
        measures.push(ProtectedMeasure::for_tests(MeasureId::new(layer.measure.id.clone()).unwrap(), unit, method, periods, cells, totals));
    }
    let layers: Vec<&LayerSpec> = catalog.layers.iter().collect();
    let frame = Frame { territory, breaks: &[], texts: &catalog.texts, folder: std::path::Path::new("."), seed: 2003 };
    let (shown, refused) = protect::derive(Protected::for_tests(measures), derive::DERIVATIONS, frame, &layers).unwrap();
    assert!(refused.is_empty(), "{refused:?}");
    shown
}

/// A release of the town.
pub(crate) fn release() -> Release {
    Release {
        title: "Observatoire de la Ville d'essai".to_owned(),
        texts: Catalog::load(None, Language::Fr).unwrap().texts,
        date: NaiveDate::from_ymd_opt(2004, 1, 15).unwrap(),
        seed: 2003,
        inputs: Vec::new(),
        stages: Vec::new(),
        synthetic: true,
        source: "Ville d'essai, personnes inventées".to_owned(),
        scenarios: Vec::new(),
    }
}
