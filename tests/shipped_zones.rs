//! The zones the project ships: the schematic ones are what their program draws, all of them cover their commune.

#![allow(clippy::cast_possible_truncation, clippy::float_cmp, reason = "all coordinates are whole meters, which compare exactly")]

#[allow(dead_code, reason = "the program's own main is not called here")]
#[path = "../examples/schematic_zones/main.rs"]
mod schematic_zones;
mod shipped;

use std::collections::{BTreeMap, BTreeSet};

use gdal::vector::ToGdal;
use geo::{Area, Contains, Point, Relate};
use shipped::{ReadZone, read_zones, table, territory};

/// The zones of the two real communes, read from what is shipped: folder, NIS code, number of sectors, km².
const COMMUNES: [(&str, &str, usize, f64); 2] = [("seraing", "62096", 71, 35.24), ("saint-nicolas", "62093", 22, 6.91)];

/// The sides of all rings, each from corner to corner in the direction it is drawn.
fn sides(zone: &ReadZone) -> Vec<[(i64, i64); 2]> {
    let whole = |c: &geo::Coord<f64>| {
        assert_eq!((c.x.fract(), c.y.fract()), (0.0, 0.0), "a corner is not on a whole meter");
        (c.x as i64, c.y as i64)
    };
    let rings = zone.shape.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    rings.flat_map(|ring| ring.0.windows(2).map(|w| [whole(&w[0]), whole(&w[1])]).collect::<Vec<_>>()).collect()
}

/// Whether no zones overlap, all are valid, and neighbors share every corner.
fn is_coverage(zones: &[&ReadZone]) {
    let corners: BTreeSet<(i64, i64)> = zones.iter().flat_map(|z| sides(z)).map(|s| s[0]).collect();
    let mut drawn = BTreeSet::new();
    for (zone, [a, b]) in zones.iter().flat_map(|z| sides(z).into_iter().map(move |s| (z, s))) {
        assert!(drawn.insert((a, b)), "a side is drawn twice in one direction: {:?}", zone.columns);
        let within = corners.range((a.0.min(b.0), i64::MIN)..=(a.0.max(b.0), i64::MAX)).any(|&c| {
            let along = (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0);
            along == 0 && c != a && c != b && (c.1 >= a.1.min(b.1) && c.1 <= a.1.max(b.1))
        });
        assert!(!within, "a corner of one zone lies on a side of another: {:?}", zone.columns);
    }
    for (i, a) in zones.iter().enumerate() {
        assert!(a.shape.to_gdal().unwrap().is_valid(), "{:?}", a.columns);
        for b in &zones[i + 1..] {
            let relation = a.shape.relate(&b.shape);
            assert!(relation.is_disjoint() || relation.is_touches(), "{:?} overlaps {:?}", a.columns, b.columns);
        }
    }
}

#[test]
fn the_schematic_zones_are_what_their_program_draws() {
    let folder = tempfile::tempdir().unwrap();
    for (id, ..) in COMMUNES {
        let (once, twice) = (folder.path().join("once.gpkg"), folder.path().join("twice.gpkg"));
        schematic_zones::draw(&territory(id), &once).unwrap();
        schematic_zones::draw(&territory(id), &twice).unwrap();
        assert!(std::fs::read(&once).unwrap() == std::fs::read(&twice).unwrap(), "{id}: two drawings differ");
        // SQLite writes its own version into a GeoPackage, so the shipped file is compared by what is in it.
        let (drawn, shipped) = (read_zones(&once), read_zones(&territory(id).join("zones.gpkg")));
        assert_eq!(drawn.len(), shipped.len(), "{id}");
        for (a, b) in drawn.iter().zip(&shipped) {
            assert_eq!(a.columns, b.columns, "{id}");
            assert!(a.shape == b.shape, "{id}: the outline of {:?} has changed", a.columns);
        }
    }
}

#[test]
fn the_schematic_zones_cover_the_commune_without_overlap_and_share_their_corners() {
    for (id, nis, count, km2) in COMMUNES {
        let zones = read_zones(&territory(id).join("zones.gpkg"));
        assert_eq!(zones.len(), count, "{id}");
        is_coverage(&zones.iter().collect::<Vec<_>>());
        for zone in &zones {
            let names: Vec<&str> = zone.columns.keys().map(String::as_str).collect();
            assert_eq!(names, ["cd_munty_refnis", "cd_sector", "cd_sub_munty", "tx_sector_descr_fr"]);
            assert_eq!(zone.column("cd_munty_refnis"), nis);
            assert_eq!(zone.shape.0.len(), 1, "{:?} is in several parts", zone.columns);
            assert!(zone.shape.0[0].interiors().is_empty(), "{:?} has a hole", zone.columns);
            assert!((20..=80).contains(&sides(zone).len()), "{:?}: {} corners", zone.columns, sides(zone).len());
        }
        let area: f64 = zones.iter().map(|z| z.shape.unsigned_area()).sum();
        assert!((area - km2 * 1e6).abs() < 0.02 * 1e6, "{id}: {area} m²");
    }
}

#[test]
fn every_sector_is_drawn_around_its_center() {
    for (id, _, count, _) in COMMUNES {
        let zones = read_zones(&territory(id).join("zones.gpkg"));
        let rows = table(&territory(id).join("centers.csv"), b',');
        assert_eq!(rows.len(), count);
        let places: BTreeSet<(&str, &str)> = rows.iter().map(|r| (r["x"].as_str(), r["y"].as_str())).collect();
        assert_eq!(places.len(), count, "{id}: two sectors share a center");
        let invented = rows.iter().filter(|r| r["center_source"] == "invented").count();
        assert_eq!(invented, if id == "seraing" { 4 } else { 3 });
        for (row, zone) in rows.iter().zip(&zones) {
            assert_eq!(
                (&row["code"], &row["name"], &row["parent"]),
                (&zone.columns["cd_sector"], &zone.columns["tx_sector_descr_fr"], &zone.columns["cd_sub_munty"])
            );
            assert!(row["x"].ends_with("00") && row["y"].ends_with("00"), "{}: a center is finer than 100 m", row["code"]);
            let center = Point::new(row["x"].parse().unwrap(), row["y"].parse().unwrap());
            assert!(zone.shape.contains(&center), "{}", row["code"]);
        }
    }
}

#[test]
fn valmont_has_every_trap_and_covers_its_area_exactly() {
    let zones = read_zones(&territory("valmont").join("zones.geojson"));
    let own: Vec<&ReadZone> = zones.iter().filter(|z| z.column("commune") == "99001").collect();
    assert_eq!((own.len(), zones.len()), (9, 10));
    is_coverage(&zones.iter().collect::<Vec<_>>());
    let area: f64 = own.iter().map(|z| z.shape.unsigned_area()).sum();
    assert_eq!(area, 610.0 * 1e4, "600 ha of town and 10 ha of island");
    let holes = |z: &ReadZone| z.shape.iter().map(|p| p.interiors().len()).sum::<usize>();
    let with = |test: &dyn Fn(&ReadZone) -> bool| own.iter().filter(|z| test(z)).map(|z| z.column("code")).collect::<Vec<_>>();
    assert_eq!(with(&|z| holes(z) == 1), ["99001A00-"]);
    assert_eq!(with(&|z| z.shape.0.len() == 2), ["99001A110"]);
    let drawn: BTreeMap<&str, Vec<_>> = own.iter().map(|z| (z.column("code"), sides(z))).collect();
    let alone = |code: &str| drawn[code].iter().all(|[a, b]| !own.iter().any(|z| sides(z).contains(&[*b, *a])));
    assert_eq!(with(&|z| alone(z.column("code"))), ["99002X00-"], "the island");
    let codes: Vec<&str> = zones.iter().map(|z| z.column("code")).collect();
    assert!(!codes.is_sorted());
    let mut shares: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for row in table(&territory("valmont").join("crosswalk.csv"), b',') {
        shares.entry(row["sector"].clone()).or_default().push(row["weight"].parse().unwrap());
    }
    assert_eq!(shares.len(), 9);
    assert_eq!(shares.remove("99001B100").unwrap(), [0.6, 0.4]);
    assert!(shares.values().all(|s| *s == [1.0]));
}

#[test]
fn the_example_quartiers_name_each_sector_once_in_full() {
    let mut shares: BTreeMap<String, f64> = BTreeMap::new();
    for row in table(&territory("seraing").join("quartiers.example.csv"), b',') {
        *shares.entry(row["sector"].clone()).or_default() += row["weight"].parse::<f64>().unwrap();
    }
    let sectors: BTreeSet<String> =
        table(&territory("seraing").join("centers.csv"), b',').into_iter().map(|mut r| r.remove("code").unwrap()).collect();
    assert!(shares.keys().eq(sectors.iter()));
    assert!(shares.values().all(|s| *s == 1.0));
}
