//! Outlines as they come: references, generated bad files, and what must be said of each.

use std::path::{Path, PathBuf};

use gdal::spatial_ref::SpatialRef;
use gdal::vector::{FieldDefn, Geometry, LayerOptions, OGRFieldType, OGRwkbGeometryType};
use geo::{Area, Coord, MultiPolygon};
use optima::error::{Error, ErrorKind};
use optima::territory::coverage_audit::{Coverage, audit};
use optima::territory::crosswalk::{Crosswalk, spread};
use optima::territory::crs::{Extent, LAMBERT_72, LAMBERT_2008, Transformer, WEB_MERCATOR, WGS84, check_planar};
use optima::territory::diagnosis::{Cause, diagnose, expected_of_commune};
use optima::territory::finding::{CoverageFinding, FindingKind, Severity};
use optima::territory::folder::{ZoneOverrides, Zoning};
use optima::territory::raw_zone::RawZone;
use optima::territory::repair::{Mended, repair};
use optima::territory::zone_file::{ZoneColumns, ZoneRead, read_zones};
use optima::territory::{Epsg, Outlines, PerZone, Territory, Zones};
use optima::texts::Language;
use serde_json::Value;

fn reference(case: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/reference/{case}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn pair(value: &Value) -> (f64, f64) {
    (value[0].as_f64().unwrap(), value[1].as_f64().unwrap())
}

fn near(a: (f64, f64), b: (f64, f64), tolerance: f64) {
    assert!((a.0 - b.0).abs() <= tolerance && (a.1 - b.1).abs() <= tolerance, "{a:?} is not {b:?} within {tolerance}");
}

fn one(from: Epsg, to: Epsg, point: (f64, f64)) -> (f64, f64) {
    Transformer::new(from, to).unwrap().forward(&[point]).unwrap()[0]
}

// --- CRS ---

#[test]
fn control_points_come_out_as_in_the_reference() {
    for point in reference("crs_be_seraing")["expected"].as_array().unwrap() {
        let lambert = pair(&point["epsg31370"]);
        near(one(LAMBERT_72, LAMBERT_2008, lambert), pair(&point["epsg3812"]), 1e-3);
        near(one(LAMBERT_72, WGS84, lambert), pair(&point["lonlat_4326"]), 1e-8);
        near(one(LAMBERT_2008, WGS84, pair(&point["epsg3812"])), pair(&point["via3812_lonlat"]), 1e-8);
        near(one(LAMBERT_72, Epsg(3035), lambert), pair(&point["epsg3035"]), 1e-3);
        near(one(LAMBERT_72, WEB_MERCATOR, lambert), pair(&point["epsg3857"]), 1e-3);
    }
}

#[test]
fn there_and_back_moves_a_point_by_less_than_a_millimeter() {
    let start = [(231_000.0, 145_000.0), (25_000.0, 200_000.0), (149_186.41, 170_810.74)];
    for to in [LAMBERT_2008, WGS84, WEB_MERCATOR] {
        let transformer = Transformer::new(LAMBERT_72, to).unwrap();
        let end = transformer.backward(&transformer.forward(&start).unwrap()).unwrap();
        start.iter().zip(end).for_each(|(a, b)| near(*a, b, 1e-3));
    }
}

#[test]
fn the_projection_alone_agrees_with_the_published_grid() {
    let case = reference("crs_lambert72_projection");
    let geographic = (case["settings"]["lon"].as_f64().unwrap(), case["settings"]["lat"].as_f64().unwrap());
    near(one(Epsg(4313), LAMBERT_72, geographic), pair(&case["expected"]["xy"]), 1e-3);
}

#[test]
fn the_operation_is_named_with_its_accuracy() {
    let case = reference("crs_ngi_grid_point");
    let transformer = Transformer::new(LAMBERT_72, LAMBERT_2008).unwrap();
    let image = transformer.forward(&[pair(&case["expected"]["epsg31370"])]).unwrap()[0];
    let told = transformer.transformation();
    // With the office's grid in PROJ's folder the answer is exact to 1e-4 m and says so; without, it says 0.2 m.
    if told.operation == "BD72 to ETRS89 (3)" {
        near(image, pair(&case["expected"]["epsg3812_grid"]), 1e-4);
    } else {
        assert_eq!((told.operation.as_str(), told.accuracy), ("BD72 to ETRS89 (2)", Some(0.2)));
        near(image, pair(&case["expected"]["epsg3812_helmert_here"]), 1e-4);
    }
    assert_eq!(Transformer::new(LAMBERT_72, WGS84).unwrap().transformation().accuracy, Some(1.0));
    assert_eq!(Transformer::new(LAMBERT_72, LAMBERT_72).unwrap().transformation().operation, "none");
}

#[test]
fn threads_transform_at_once_and_agree() {
    let transformer = Transformer::new(LAMBERT_72, WGS84).unwrap();
    let images: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| transformer.forward(&[(231_000.0, 145_000.0)]).unwrap())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(images.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn crs_that_cannot_be_measured_in_are_refused() {
    assert!(check_planar(LAMBERT_72).is_ok() && check_planar(LAMBERT_2008).is_ok());
    for wrong in [WGS84, WEB_MERCATOR, Epsg(2230), Epsg(999_999)] {
        assert_eq!(check_planar(wrong).unwrap_err().kind(), ErrorKind::Config, "{wrong}");
    }
    assert!(Transformer::new(Epsg(1), LAMBERT_72).is_err());
}

#[test]
fn points_without_an_image_are_an_error_with_their_position() {
    let transformer = Transformer::new(WGS84, LAMBERT_72).unwrap();
    let error = transformer.forward(&[(5.5, 50.6), (231_000.0, 145_000.0)]).unwrap_err();
    assert!(error.message().contains("point 2 of 2"), "{error}");
    assert!(transformer.forward(&[(f64::NAN, 50.0)]).is_err());
    assert!(transformer.point((f64::INFINITY, 0.0)).is_none());
}

#[test]
fn each_usual_mistake_is_named() {
    let liege = expected_of_commune("62096").unwrap();
    let truth = [(231_000.0, 145_000.0), (233_500.5, 144_250.25), (229_100.0, 147_300.0)];
    let to = |crs: Epsg| Transformer::new(LAMBERT_72, crs).unwrap().forward(&truth).unwrap();
    let swap = |points: &[(f64, f64)]| points.iter().map(|(x, y)| (*y, *x)).collect::<Vec<_>>();
    assert_eq!(diagnose(&truth, LAMBERT_72, &liege), None);
    for (points, declared, cause) in [
        (swap(&truth), LAMBERT_72, Cause::AxesSwapped),
        (to(WGS84), LAMBERT_72, Cause::DegreesLonLat),
        (swap(&to(WGS84)), LAMBERT_72, Cause::DegreesLatLon),
        (swap(&to(WGS84)), WGS84, Cause::AxesSwapped),
        (to(LAMBERT_2008), LAMBERT_72, Cause::OtherCrs(LAMBERT_2008)),
        (truth.to_vec(), LAMBERT_2008, Cause::OtherCrs(LAMBERT_72)),
        (truth.to_vec(), WGS84, Cause::OtherCrs(LAMBERT_72)),
        (to(WEB_MERCATOR), LAMBERT_72, Cause::OtherCrs(WEB_MERCATOR)),
        (vec![(0.0, 0.0); 3], LAMBERT_72, Cause::ZeroZero),
        (vec![(1e5, 9e7); 3], LAMBERT_72, Cause::Unexplained),
        (vec![(f64::NAN, 1.0)], LAMBERT_72, Cause::Unexplained),
    ] {
        let found = diagnose(&points, declared, &liege).unwrap();
        assert_eq!(found.cause, cause, "{found}");
        assert_eq!(found.explained, if cause == Cause::Unexplained { 0.0 } else { 1.0 });
    }
    let mixed = [truth[0], truth[1], (0.0, 0.0)];
    let found = diagnose(&mixed, LAMBERT_72, &liege).unwrap();
    assert_eq!((found.cause, found.outside, found.looked_at), (Cause::ZeroZero, 1, 3));
    assert_eq!(
        diagnose(&to(LAMBERT_2008), LAMBERT_72, &liege).unwrap().to_string(),
        "3 of 3 points lie outside the expected extent; the coordinates look like EPSG:3812 (Lambert 2008), declared as EPSG:31370 (Lambert 72) (100 % of them would then lie inside)"
    );
    assert_eq!(expected_of_commune("99999"), None);
    assert_eq!(expected_of_commune("62A96"), None);
}

// --- Coverage ---

fn ring(points: &[(f64, f64)]) -> Vec<Coord<f64>> {
    points.iter().map(|(x, y)| Coord { x: *x, y: *y }).collect()
}

fn zone(code: &str, parts: Vec<Vec<Vec<Coord<f64>>>>) -> RawZone {
    RawZone { code: code.to_owned(), name: format!("name of {code}"), parent: None, feature: 1, parts }
}

fn square(code: &str, x: f64, y: f64, side: f64) -> RawZone {
    zone(code, vec![vec![ring(&[(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)])]])
}

fn kinds(findings: &[CoverageFinding]) -> Vec<FindingKind> {
    findings.iter().map(|finding| finding.kind).collect()
}

fn coverage_a() -> (Vec<RawZone>, Value) {
    let case = reference("coverage_a");
    let polygons = case["settings"]["polygons"].as_object().unwrap();
    let zones = polygons.iter().map(|(code, points)| {
        let points: Vec<(f64, f64)> = points.as_array().unwrap().iter().map(pair).collect();
        zone(code, vec![vec![ring(&points)]])
    });
    (zones.collect(), case["expected"].clone())
}

#[test]
fn the_audit_finds_what_the_reference_finds() {
    let (zones, expected) = coverage_a();
    for shift in [0.0, 230_000.0] {
        // Moved to where Lambert coordinates are, the numbers themselves are rounded to 3e-11.
        let moved: Vec<RawZone> = zones
            .iter()
            .map(|z| {
                let mut z = z.clone();
                z.parts.iter_mut().flatten().flatten().for_each(|c| *c = Coord { x: c.x + shift, y: c.y + shift });
                z
            })
            .collect();
        let tolerance = if shift == 0.0 { 1e-9 } else { 1e-8 };
        let coverage = Coverage::measure(&moved);
        let of = |kind: FindingKind| coverage.findings.iter().filter(move |f| f.kind == kind).collect::<Vec<_>>();
        let invalid = of(FindingKind::SelfIntersection);
        assert_eq!(invalid.len(), 1);
        assert_eq!(invalid[0].zones, ["bowtie"]);
        near(invalid[0].place.unwrap(), (12.0 + shift, 2.0 + shift), tolerance);
        let overlaps = of(FindingKind::Overlap);
        assert_eq!(overlaps.len(), 3);
        for overlap in overlaps {
            let reference = expected["overlaps"][overlap.zones.join("|")].as_f64().unwrap();
            assert!((overlap.area.unwrap() - reference).abs() <= tolerance, "{overlap}");
        }
        let gaps = of(FindingKind::SliverGap);
        assert_eq!(gaps.len(), 1);
        assert!((gaps[0].area.unwrap() - expected["enclosed_gap_areas"][0].as_f64().unwrap()).abs() <= tolerance, "{}", gaps[0]);
        assert_eq!(gaps[0].zones, ["P", "Q", "S"]);
        assert!((coverage.union_area - expected["union_area"].as_f64().unwrap()).abs() <= tolerance);
        assert!((coverage.areas.iter().sum::<f64>() - expected["sum_area"].as_f64().unwrap()).abs() <= tolerance);
        for (zone, area) in moved.iter().zip(&coverage.areas) {
            assert!((area - expected["valid_area"][&zone.code].as_f64().unwrap()).abs() <= tolerance, "{}", zone.code);
        }
        assert_eq!(coverage.findings.len(), 5, "{:?}", kinds(&coverage.findings));
    }
}

#[test]
fn adjacent_squares_have_nothing_to_tell() {
    let zones: Vec<RawZone> = (0..25).map(|i| square(&format!("Z{i:02}"), f64::from(i % 5), f64::from(i / 5), 1.0)).collect();
    let coverage = Coverage::measure(&zones);
    assert_eq!(coverage.findings, []);
    assert!((coverage.union_area - 25.0).abs() < 1e-12);
}

#[test]
fn borders_with_more_points_on_one_side_still_match() {
    let west = square("A", 231_000.0, 145_000.0, 90.0);
    let mut east = square("B", 231_090.0, 145_000.0, 90.0);
    east.parts[0][0].insert(4, Coord { x: 231_090.0, y: 145_030.123_456_7 });
    east.parts[0][0].insert(4, Coord { x: 231_090.0 + 3e-8, y: 145_060.7 });
    assert_eq!(kinds(&audit(&[west, east])), []);
}

#[test]
fn a_zone_in_the_hole_of_another_is_no_overlap_and_an_empty_hole_is_a_gap() {
    let hole = ring(&[(2.0, 2.0), (2.0, 5.0), (5.0, 5.0), (5.0, 2.0), (2.0, 2.0)]);
    let mut outer = square("A", 0.0, 0.0, 10.0);
    outer.parts[0].push(hole);
    assert_eq!(audit(&[outer.clone(), square("B", 2.0, 2.0, 3.0)]), []);
    let gap = audit(&[outer.clone(), square("B", 3.0, 3.0, 1.0)]);
    assert_eq!(kinds(&gap), [FindingKind::Gap]);
    assert!((gap[0].area.unwrap() - 8.0).abs() < 1e-12, "the islet is not part of the gap");
    let (x, y) = gap[0].place.unwrap();
    assert!((2.0..5.0).contains(&x) && (2.0..5.0).contains(&y));
    let inside = audit(&[square("A", 0.0, 0.0, 10.0), square("B", 3.0, 3.0, 1.0)]);
    assert_eq!((kinds(&inside), inside[0].area), (vec![FindingKind::Overlap], Some(1.0)));
}

#[test]
fn the_same_ground_drawn_twice_is_an_overlap_each_time() {
    let twice = audit(&[square("A", 0.0, 0.0, 2.0), square("B", 0.0, 0.0, 2.0)]);
    assert_eq!((kinds(&twice), twice[0].area), (vec![FindingKind::Overlap], Some(4.0)));
    // Another zoning of the same ground, all of whose borders match among themselves.
    let mut zones: Vec<RawZone> = (0..4).map(|i| square(&format!("A{i}"), f64::from(i % 2) * 2.0, f64::from(i / 2) * 2.0, 2.0)).collect();
    zones.push(square("B", 1.0, 1.0, 1.0));
    zones.push(square("C", 2.0, 1.0, 1.0));
    let found = audit(&zones);
    assert_eq!(found.iter().filter(|f| f.kind == FindingKind::Overlap).count(), 2, "{found:#?}");
}

#[test]
fn a_sliver_of_five_centimeters_is_found_and_measured() {
    let mut zones = vec![square("A", 0.0, 0.0, 100.0), square("B", 100.05, 0.0, 100.0)];
    zones.push(zone("C", vec![vec![ring(&[(0.0, 100.0), (200.05, 100.0), (200.05, 150.0), (0.0, 150.0), (0.0, 100.0)])]]));
    zones.push(zone("D", vec![vec![ring(&[(0.0, -50.0), (200.05, -50.0), (200.05, 0.0), (0.0, 0.0), (0.0, -50.0)])]]));
    let found = audit(&zones);
    assert_eq!(kinds(&found), [FindingKind::SliverGap]);
    assert!((found[0].area.unwrap() - 5.0).abs() < 1e-9 && (found[0].width.unwrap() - 0.05).abs() < 1e-4);
    assert_eq!(found[0].zones, ["A", "B", "C", "D"]);
    assert_eq!(found[0].severity, Severity::Warning);
}

#[test]
fn each_fault_of_rings_is_named_with_its_place() {
    let base = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0), (0.0, 0.0)];
    let hole = |points: &[(f64, f64)]| vec![vec![ring(&base), ring(points)]];
    let shell = |points: &[(f64, f64)]| vec![vec![ring(points)]];
    for (parts, expected) in [
        (shell(&[(0.0, 0.0), (4.0, 4.0), (4.0, 0.0), (0.0, 4.0), (0.0, 0.0)]), (FindingKind::SelfIntersection, (2.0, 2.0))),
        (shell(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (4.0, 9.0), (4.0, 4.0), (0.0, 4.0), (0.0, 0.0)]), (FindingKind::Spike, (4.0, 6.5))),
        (shell(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (2.0, 0.0), (0.0, 4.0), (0.0, 0.0)]), (FindingKind::SelfTouch, (2.0, 0.0))),
        (shell(&[(0.0, 0.0), (4.0, 0.0), (0.0, 0.0)]), (FindingKind::TooFewPoints, (0.0, 0.0))),
        (shell(&[(7.0, 1.0), (8.0, 1.0)]), (FindingKind::TooFewPoints, (7.0, 1.0))),
        (shell(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)]), (FindingKind::Unclosed, (0.0, 4.0))),
        (shell(&[(0.0, 0.0), (4.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 0.0)]), (FindingKind::RepeatedPoint, (4.0, 0.0))),
        (shell(&[(0.0, 0.0), (4.0, 0.0), (f64::NAN, 4.0), (0.0, 0.0)]), (FindingKind::NotFinite, (4.0, 0.0))),
        (shell(&[(0.0, 0.0), (4.0, 0.0), (1e308, 4.0), (0.0, 0.0)]), (FindingKind::NotFinite, (4.0, 0.0))),
        (hole(&[(20.0, 1.0), (22.0, 1.0), (22.0, 2.0), (20.0, 1.0)]), (FindingKind::HoleOutside, (20.0, 1.0))),
        (hole(&[(8.0, 4.0), (12.0, 4.0), (12.0, 6.0), (8.0, 6.0), (8.0, 4.0)]), (FindingKind::RingsCross, (10.0, 4.0))),
        (hole(&[(8.0, 4.0), (10.0, 4.0), (10.0, 6.0), (8.0, 6.0), (8.0, 4.0)]), (FindingKind::RingsShareLine, (10.0, 5.0))),
        (vec![vec![ring(&base)], vec![ring(&[(2.0, 2.0), (4.0, 2.0), (4.0, 4.0), (2.0, 2.0)])]], (FindingKind::NestedRings, (2.0, 2.0))),
        (vec![vec![ring(&base)], vec![ring(&base)]], (FindingKind::NestedRings, (0.0, 0.0))),
        (
            vec![vec![ring(&base)], vec![ring(&[(10.0, 0.0), (12.0, 0.0), (10.0, 10.0), (10.0, 0.0)])]],
            (FindingKind::PartsShareBorder, (10.0, 5.0)),
        ),
    ] {
        let found = audit(&[zone("A", parts)]);
        let hit = found.iter().find(|f| f.kind == expected.0).unwrap_or_else(|| panic!("{:?} is not in {found:#?}", expected.0));
        near(hit.place.unwrap(), expected.1, 1e-9);
    }
    // What the OGC allows: a hole that touches its shell at a point, an island in the hole, clockwise shells.
    let touching = hole(&[(0.0, 5.0), (3.0, 4.0), (3.0, 6.0), (0.0, 5.0)]);
    assert_eq!(kinds(&audit(&[zone("A", touching)])), [FindingKind::SliverGap]);
    let mut island = hole(&[(2.0, 2.0), (8.0, 2.0), (8.0, 8.0), (2.0, 8.0), (2.0, 2.0)]);
    island.push(vec![ring(&[(4.0, 4.0), (4.0, 6.0), (6.0, 6.0), (6.0, 4.0), (4.0, 4.0)])]);
    assert_eq!(kinds(&audit(&[zone("A", island)])), [FindingKind::Gap]);
}

#[test]
fn codes_names_and_strays_are_told() {
    let mut zones: Vec<RawZone> = (0..9).map(|i| square(&format!("Z{i}"), f64::from(i % 3), f64::from(i / 3), 1.0)).collect();
    zones.push(square("Z1", 3.0, 0.0, 1.0));
    zones.push(square("", 3.0, 1.0, 1.0));
    zones.push(square("FAR", 500.0, 500.0, 1.0));
    zones.push(zone("NONE", Vec::new()));
    zones[0].name.clear();
    zones[2].name = "name of Z3".to_owned();
    let found = audit(&zones);
    let expected = [
        FindingKind::DuplicateCode,
        FindingKind::EmptyCode,
        FindingKind::NoOutline,
        FindingKind::FarAway,
        FindingKind::EmptyName,
        FindingKind::RepeatedName,
        FindingKind::RepeatedName,
    ];
    assert_eq!(kinds(&found), expected);
    let line = serde_json::to_value(&found[3]).unwrap();
    assert_eq!(line["kind"], "far_away");
    assert_eq!(line["zones"][0], "FAR");
    assert_eq!(found[3].to_string(), "FAR: the zone lies far from all others, at 500.500 500.500");
}

#[test]
fn findings_do_not_depend_on_the_number_of_threads() {
    let (zones, _) = coverage_a();
    let on = |threads: usize| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| Coverage::measure(&zones));
    assert_eq!(on(1), on(4));
}

#[test]
fn repair_mends_everything_and_tells_the_areas() {
    let (zones, _) = coverage_a();
    let (mended, repairs) = repair(&zones, 100.0).unwrap();
    assert_eq!(audit(&mended), []);
    let of = |code: &str| mended.iter().find(|z| z.code == code).unwrap().shape().unsigned_area();
    // S loses to P, Q and R all that they cover, and takes nothing: the gap's longest neighbor is Q (its slanted side).
    assert!((of("bowtie") - 8.0).abs() < 1e-9);
    assert!((of("P") - 16.0).abs() < 1e-9 || (of("P") - 16.001_125).abs() < 1e-9);
    let total: f64 = mended.iter().map(|z| z.shape().unsigned_area()).sum();
    assert!((total - 72.0).abs() < 1e-9, "{total}: no ground is lost and none counted twice");
    assert_eq!(repairs.iter().filter(|r| r.mended == Mended::Rings).count(), 1);
    assert_eq!(repairs.iter().filter(|r| r.mended == Mended::Overlap).count(), 3);
    assert_eq!(repairs.iter().filter(|r| r.mended == Mended::Gap).count(), 1);
    let overlap = repairs.iter().find(|r| r.other.as_deref() == Some("P")).unwrap();
    assert_eq!(overlap.to_string(), "S: overlap left to P, 4.0000 m² before, 3.0000 m² after");
    // What needs no repair stays as it is, point for point.
    assert_eq!(mended.iter().find(|z| z.code == "R").unwrap().parts, zones.iter().find(|z| z.code == "R").unwrap().parts);
    let (again, nothing) = repair(&mended, 100.0).unwrap();
    assert_eq!((again, nothing.len()), (mended, 0));
}

#[test]
fn repair_leaves_large_gaps_and_refuses_to_lose_a_zone() {
    let mut frame = square("A", 0.0, 0.0, 100.0);
    frame.parts[0].push(ring(&[(20.0, 20.0), (60.0, 20.0), (60.0, 60.0), (20.0, 60.0), (20.0, 20.0)]));
    let (mended, repairs) = repair(std::slice::from_ref(&frame), 100.0).unwrap();
    assert_eq!((mended[0].parts.clone(), repairs.len()), (frame.parts, 0));
    let error = repair(&[square("A", 0.0, 0.0, 10.0), square("B", 2.0, 2.0, 3.0)], 100.0).unwrap_err();
    assert!(error.message().contains("zone B") && error.message().contains("nothing would be left"), "{error}");
}

fn corner() -> impl proptest::strategy::Strategy<Value = (f64, f64)> {
    use proptest::strategy::Strategy;
    // Few places, so that borders often touch, run along one another and meet in corners.
    (0_i32..9, 0_i32..9).prop_map(|(x, y)| (f64::from(x), f64::from(y)))
}

fn triangle(index: usize, corners: &[(f64, f64)]) -> Option<RawZone> {
    let drawn = zone(&format!("T{index}"), vec![vec![ring(&[corners[0], corners[1], corners[2], corners[0]])]]);
    (drawn.shape().unsigned_area() > 0.0).then_some(drawn)
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 2_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn areas_agree_with_another_overlay_and_repair_leaves_nothing_to_mend(corners in proptest::collection::vec(corner(), 12)) {
        use geo::BooleanOps;
        let zones: Vec<RawZone> = corners.chunks(3).enumerate().filter_map(|(i, three)| triangle(i, three)).collect();
        let shapes: Vec<MultiPolygon<f64>> = zones.iter().map(RawZone::shape).collect();
        let coverage = Coverage::measure(&zones);
        for (a, shape_a) in shapes.iter().enumerate() {
            for (b, shape_b) in shapes.iter().enumerate().skip(a + 1) {
                let pair = [zones[a].code.clone(), zones[b].code.clone()];
                let is_overlap = |f: &&CoverageFinding| matches!(f.kind, FindingKind::Overlap | FindingKind::SliverOverlap) && f.zones == pair;
                let ours = coverage.findings.iter().find(is_overlap).and_then(|f| f.area).unwrap_or_default();
                let theirs = shape_a.intersection(shape_b).unsigned_area();
                proptest::prop_assert!((ours - theirs).abs() < 1e-6, "{pair:?}: {ours} and {theirs}");
            }
        }
        let union = shapes.iter().fold(MultiPolygon(Vec::new()), |sum, shape| sum.union(shape));
        proptest::prop_assert!((coverage.union_area - union.unsigned_area()).abs() < 1e-6, "{} and {}", coverage.union_area, union.unsigned_area());
        let holes: f64 = union.iter().flat_map(geo::Polygon::interiors).map(|hole| geo::Polygon::new(hole.clone(), Vec::new()).unsigned_area()).sum();
        let gaps: f64 = coverage.findings.iter().filter(|f| matches!(f.kind, FindingKind::Gap | FindingKind::SliverGap)).filter_map(|f| f.area).sum();
        proptest::prop_assert!(gaps > holes - 1e-6, "{gaps} and {holes}: a gap that touches the outside in a corner is no hole of the union");
        if let Ok((mended, _)) = repair(&zones, 1e9) {
            let left = audit(&mended);
            proptest::prop_assert!(left.iter().all(|f| f.severity != Severity::Error), "{left:?}");
            let total: f64 = mended.iter().map(|z| z.shape().unsigned_area()).sum();
            proptest::prop_assert!((total - coverage.union_area - gaps).abs() < 1e-6, "{total} is not {} and {gaps}", coverage.union_area);
        }
    }
}

// --- Files ---

struct Folder(tempfile::TempDir);

/// A field: its name and type.
type Field<'a> = (&'a str, OGRFieldType::Type);

const TEXT: OGRFieldType::Type = OGRFieldType::OFTString;
const STATBEL: [Field<'static>; 3] = [("cd_sector", TEXT), ("tx_sector_descr_fr", TEXT), ("cd_munty_refnis", TEXT)];

/// Two sectors of Seraing and one of another commune, side by side.
const ROWS: [(&str, &str, &str, &str); 3] = [
    ("62096A000", "Fond de Seraing", "62096", "POLYGON((231000 145000,231100 145000,231100 145100,231000 145100,231000 145000))"),
    ("62096A01-", "Ougre\u{301}e", "62096", "MULTIPOLYGON(((231100 145000,231200 145000,231200 145100,231100 145100,231100 145000)))"),
    ("62093B000", "Tilleur", "62093", "POLYGON((231200 145000,231300 145000,231300 145100,231200 145100,231200 145000))"),
];

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    fn write(&self, name: &str, driver: &str, crs: Option<u32>, fields: &[Field<'_>], rows: &[(Vec<String>, Option<String>)]) -> PathBuf {
        self.write_kind(name, driver, crs, fields, rows, OGRwkbGeometryType::wkbUnknown)
    }

    fn write_kind(
        &self,
        name: &str,
        driver: &str,
        crs: Option<u32>,
        fields: &[Field<'_>],
        rows: &[(Vec<String>, Option<String>)],
        ty: OGRwkbGeometryType::Type,
    ) -> PathBuf {
        let path = self.path(name);
        let reference = crs.map(|code| {
            let mut reference = SpatialRef::from_epsg(code).unwrap();
            reference.set_axis_mapping_strategy(gdal::spatial_ref::AxisMappingStrategy::TraditionalGisOrder);
            reference
        });
        let mut dataset = gdal::DriverManager::get_driver_by_name(driver).unwrap().create_vector_only(&path).unwrap();
        let layer = dataset.create_layer(LayerOptions { name: "zones", srs: reference.as_ref(), ty, options: None }).unwrap();
        for (name, kind) in fields {
            FieldDefn::new(name, *kind).unwrap().add_to_layer(&layer).unwrap();
        }
        for (values, wkt) in rows {
            let defn = gdal::vector::Defn::from_layer(&layer);
            let mut feature = gdal::vector::Feature::new(&defn).unwrap();
            for (i, value) in values.iter().enumerate() {
                feature.set_field_string(i, value).unwrap();
            }
            if let Some(wkt) = wkt {
                feature.set_geometry(Geometry::from_wkt(wkt).unwrap()).unwrap();
            }
            feature.create(&layer).unwrap();
        }
        dataset.close().unwrap();
        path
    }
}

fn rows() -> Vec<(Vec<String>, Option<String>)> {
    ROWS.iter()
        .map(|(code, name, nis, wkt)| (vec![(*code).to_owned(), (*name).to_owned(), (*nis).to_owned()], Some((*wkt).to_owned())))
        .collect()
}

/// The rows with other outlines.
fn drawn(change: impl Fn((f64, f64)) -> (f64, f64)) -> Vec<(Vec<String>, Option<String>)> {
    let squares = (0..3).map(|i| {
        let corner = |dx: f64, dy: f64| change((231_000.0 + 100.0 * f64::from(i) + dx, 145_000.0 + dy));
        let points = [corner(0.0, 0.0), corner(100.0, 0.0), corner(100.0, 100.0), corner(0.0, 100.0), corner(0.0, 0.0)];
        format!("POLYGON(({}))", points.map(|(x, y)| format!("{x} {y}")).join(","))
    });
    rows().into_iter().zip(squares).map(|((values, _), wkt)| (values, Some(wkt))).collect()
}

fn read(path: &Path) -> Result<ZoneRead, Error> {
    read_zones(path, None, &ZoneColumns::default(), Some("62096"), LAMBERT_72, None)
}

fn refused(path: &Path, words: &[&str]) -> Error {
    let error = read(path).unwrap_err();
    let told = error.to_string();
    assert!(words.iter().all(|word| told.contains(word)), "expected {words:?} in: {told}");
    assert_eq!(error.file(), Some(path));
    error
}

#[test]
fn every_format_gives_the_same_zones() {
    let folder = Folder::new();
    let geopackage = read(&folder.write("z.gpkg", "GPKG", Some(31370), &STATBEL, &rows())).unwrap();
    assert_eq!(geopackage.zones.iter().map(|z| z.code.as_str()).collect::<Vec<_>>(), ["62096A000", "62096A01-"]);
    assert_eq!(geopackage.zones[1].name, "Ougrée", "names are composed (NFC)");
    assert_eq!(geopackage.zones[1].feature, 2);
    for (name, driver) in [("z.fgb", "FlatGeobuf"), ("z.sqlite", "SQLite"), ("z.gml", "GML")] {
        let path = folder.write(name, driver, Some(31370), &STATBEL, &rows());
        let mut zones = read(&path).unwrap().zones;
        // FlatGeobuf has an order of its own.
        zones.sort_by(|a, b| a.code.cmp(&b.code));
        zones.iter_mut().zip(&geopackage.zones).for_each(|(zone, first)| zone.feature = first.feature);
        assert_eq!(zones, geopackage.zones, "{name}");
    }
    let shapefile =
        folder.write("z.shp", "ESRI Shapefile", Some(31370), &[("CS01012023", TEXT), ("T_SEC_FR", TEXT), ("CNIS5_2023", TEXT)], &rows());
    let read_back = read(&shapefile).unwrap();
    assert_eq!(read_back.transformation.from, LAMBERT_72, "a .prj in ESRI's words");
    assert_eq!(
        read_back.zones.iter().map(|z| (&z.code, z.shape().unsigned_area())).collect::<Vec<_>>(),
        geopackage.zones.iter().map(|z| (&z.code, 1e4)).collect::<Vec<_>>()
    );
    let lambert_2008 = Transformer::new(LAMBERT_72, LAMBERT_2008).unwrap();
    let moved = read(&folder.write("z3812.gpkg", "GPKG", Some(3812), &STATBEL, &drawn(|p| lambert_2008.point(p).unwrap()))).unwrap();
    assert_eq!(moved.transformation.operation, "Inverse of BD72 to ETRS89 (2)");
    for (a, b) in moved.zones.iter().flat_map(RawZone::points).zip(geopackage.zones.iter().flat_map(RawZone::points)) {
        near((a.x, a.y), (b.x, b.y), 1e-3);
    }
    let degrees = Transformer::new(LAMBERT_72, WGS84).unwrap();
    for (name, driver) in [("z.geojson", "GeoJSON"), ("z.kml", "LIBKML")] {
        let path = folder.write(name, driver, Some(4326), &STATBEL, &drawn(|p| degrees.point(p).unwrap()));
        let read = read(&path).unwrap();
        assert_eq!(read.zones.len(), 2, "{name}");
        near((read.zones[0].shape().unsigned_area(), 0.0), (1e4, 0.0), 0.1);
        assert_eq!(read.transformation.from, WGS84);
    }
}

#[test]
fn a_zip_is_read_where_it_lies() {
    use std::io::Write;
    let folder = Folder::new();
    let inner = std::fs::read(folder.write("z.gpkg", "GPKG", Some(31370), &STATBEL, &rows())).unwrap();
    let pack = |name: &str, members: &[&str]| {
        let mut zip = zip::ZipWriter::new(std::fs::File::create(folder.path(name)).unwrap());
        for member in members {
            zip.start_file(*member, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(&inner).unwrap();
        }
        zip.finish().unwrap();
        folder.path(name)
    };
    assert_eq!(read(&pack("one.zip", &["folder/sectors.gpkg", "readme.txt"])).unwrap().zones.len(), 2);
    refused(&pack("two.zip", &["a.gpkg", "b.gpkg"]), &["several files of outlines", "a.gpkg", "b.gpkg"]);
    refused(&pack("none.zip", &["a.txt"]), &["no file of outlines"]);
    refused(&folder.text("broken.zip", "PK but not really"), &["zip is damaged"]);
}

#[test]
fn what_is_no_file_of_outlines_is_refused_with_its_path() {
    let folder = Folder::new();
    refused(&folder.path("absent.gpkg"), &["no such file"]);
    refused(folder.0.path(), &["found a folder"]);
    refused(&folder.text("empty.gpkg", ""), &["is empty"]);
    refused(&folder.text("noise.gpkg", "this is no database"), &["of no format that holds outlines"]);
    refused(&folder.text("table.csv", "cd_sector,x,y\n62096A000,1,2\n"), &["a table (CSV) holds no outlines"]);
    refused(&folder.text("virtual.vrt", "<OGRVRTDataSource></OGRVRTDataSource>"), &["of no format"]);
    refused(&folder.text("half.geojson", r#"{"type":"FeatureCollection","features":[{"type":"Feature","#), &[]);
    let fifo = folder.path("pipe");
    make_pipe(&fifo);
    refused(&fifo, &["found a pipe"]);
}

fn make_pipe(path: &Path) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn damaged_and_busy_databases_are_refused() {
    let folder = Folder::new();
    let sound = std::fs::read(folder.write("z.gpkg", "GPKG", Some(31370), &STATBEL, &rows())).unwrap();
    let file = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.path(name), bytes).unwrap();
        folder.path(name)
    };
    for cut in [200, 4096, sound.len() / 2, sound.len() - 4096] {
        refused(&file("cut.gpkg", &sound[..cut]), &[]);
    }
    // Every page in turn is overwritten: each time an error or the right zones, never a panic.
    let whole = read(&folder.path("z.gpkg")).unwrap().zones;
    for page in 1..sound.len() / 4096 {
        let mut bad = sound.clone();
        bad[page * 4096..page * 4096 + 512].fill(0xA5);
        if let Ok(read) = read(&file("page.gpkg", &bad)) {
            assert_eq!(read.zones, whole, "page {page}");
        }
    }
    std::fs::write(folder.path("z.gpkg-wal"), "pending").unwrap();
    refused(&folder.path("z.gpkg"), &["another program", "-wal", "QGIS"]);
    std::fs::remove_file(folder.path("z.gpkg-wal")).unwrap();
    let before: Vec<_> = std::fs::read_dir(folder.0.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    read(&folder.path("z.gpkg")).unwrap();
    let after: Vec<_> = std::fs::read_dir(folder.0.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!((before, std::fs::read(folder.path("z.gpkg")).unwrap()), (after, sound), "reading changes nothing");
}

#[test]
fn views_are_not_read() {
    let folder = Folder::new();
    let path = folder.write("z.gpkg", "GPKG", Some(31370), &STATBEL, &rows());
    {
        let dataset = gdal::Dataset::open_ex(
            &path,
            gdal::DatasetOptions {
                open_flags: gdal::GdalOpenFlags::GDAL_OF_UPDATE | gdal::GdalOpenFlags::GDAL_OF_VECTOR,
                ..Default::default()
            },
        )
        .unwrap();
        for sql in [
            "CREATE VIEW endless AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n AS fid, z.geom, z.cd_sector, z.cd_munty_refnis FROM c, zones z",
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('endless', 'features', 'endless', 31370)",
            "INSERT INTO gpkg_geometry_columns VALUES ('endless', 'geom', 'GEOMETRY', 31370, 0, 0)",
        ] {
            dataset.execute_sql(sql, None, gdal::vector::sql::Dialect::DEFAULT).unwrap();
        }
    }
    assert_eq!(read(&path).unwrap().zones.len(), 2, "the table beside the view is read");
    let error = read_zones(&path, Some("endless"), &ZoneColumns::default(), Some("62096"), LAMBERT_72, None).unwrap_err();
    assert!(error.to_string().contains("a view is no layer"), "{error}");
}

#[test]
fn a_database_whose_registers_are_views_is_not_opened() {
    let folder = Folder::new();
    let path = folder.write("z.gpkg", "GPKG", Some(31370), &STATBEL, &rows());
    {
        let open_flags = gdal::GdalOpenFlags::GDAL_OF_UPDATE | gdal::GdalOpenFlags::GDAL_OF_VECTOR;
        let dataset = gdal::Dataset::open_ex(&path, gdal::DatasetOptions { open_flags, ..Default::default() }).unwrap();
        for sql in [
            "CREATE TABLE columns_as_they_were AS SELECT * FROM gpkg_geometry_columns",
            "DROP TABLE gpkg_geometry_columns",
            "CREATE VIEW Gpkg_Geometry_Columns AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT g.* FROM c, columns_as_they_were g",
        ] {
            dataset.execute_sql(sql, None, gdal::vector::sql::Dialect::DEFAULT).unwrap();
        }
    }
    refused(&path, &["registers are views"]);
}

#[test]
fn columns_are_recognized_or_asked_for() {
    let folder = Folder::new();
    let odd = [("sector_id", TEXT), ("label", TEXT), ("town", TEXT)];
    let path = folder.write("odd.gpkg", "GPKG", Some(31370), &odd, &rows());
    refused(&path, &["zone's code", "sector_id, label, town", "[zone_columns] code"]);
    let column = |name: &str| Some(name.to_owned());
    let columns = ZoneColumns { code: column("SECTOR_ID"), name: column("label"), commune: column("town"), parent: None };
    assert_eq!(read_zones(&path, None, &columns, Some("62096"), LAMBERT_72, None).unwrap().zones.len(), 2);
    let wrong = ZoneColumns { commune: column("commune_code"), ..columns.clone() };
    let error = read_zones(&path, None, &wrong, Some("62096"), LAMBERT_72, None).unwrap_err();
    assert!(error.to_string().contains("zone_columns.commune: there is no column \"commune_code\""), "{error}");
    let without = folder.write(
        "without.gpkg",
        "GPKG",
        Some(31370),
        &[("cd_sector", TEXT), ("nom", TEXT)],
        &rows().into_iter().map(|(v, g)| (v[..2].to_vec(), g)).collect::<Vec<_>>(),
    );
    refused(&without, &["zone's commune", "cd_sector, nom"]);
    assert_eq!(
        read_zones(&without, None, &ZoneColumns::default(), None, LAMBERT_72, None).unwrap().zones.len(),
        3,
        "without a commune all zones are read"
    );
}

#[test]
fn a_commune_that_is_not_there_is_told_with_those_that_are() {
    let folder = Folder::new();
    let path = folder.write("z.gpkg", "GPKG", Some(31370), &STATBEL, &rows());
    let error = read_zones(&path, None, &ZoneColumns::default(), Some("62063"), LAMBERT_72, None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.message().contains("62063 is not in the file; there are 62093 (1 zones), 62096 (2 zones)"), "{error}");
}

#[test]
fn a_sector_belongs_to_the_commune_of_its_column_and_not_of_its_code() {
    let folder = Folder::new();
    let mut moved = rows();
    moved[2].0[2] = "62096".to_owned();
    let zones = read(&folder.write("z.gpkg", "GPKG", Some(31370), &STATBEL, &moved)).unwrap().zones;
    assert_eq!(zones[2].code, "62093B000");
}

#[test]
fn codes_stored_as_numbers_are_read_only_if_no_zero_can_be_lost() {
    let folder = Folder::new();
    let numbers = |codes: [&str; 2]| -> Vec<(Vec<String>, Option<String>)> {
        rows()
            .into_iter()
            .zip(codes)
            .map(|((mut values, wkt), code)| {
                values[0] = code.to_owned();
                (values, wkt)
            })
            .collect()
    };
    let fields = |kind| [("code", kind), ("name", TEXT), ("commune", TEXT)];
    let read_all = |name: &str, kind, codes| read(&folder.write(name, "GPKG", Some(31370), &fields(kind), &numbers(codes)));
    let ok = read_all("same.gpkg", OGRFieldType::OFTInteger, ["101", "102"]).unwrap();
    assert_eq!((ok.zones[0].code.as_str(), ok.notes.len()), ("101", 1));
    let error = read_all("lost.gpkg", OGRFieldType::OFTInteger64, ["9", "10"]).unwrap_err();
    assert!(error.to_string().contains("leading zeros"), "{error}");
    let error = read_all("real.gpkg", OGRFieldType::OFTReal, ["1", "2"]).unwrap_err();
    assert!(error.to_string().contains("codes are text"), "{error}");
}

#[test]
fn a_missing_crs_must_be_declared() {
    let folder = Folder::new();
    let path = folder.write("z.gpkg", "GPKG", None, &STATBEL, &rows());
    refused(&path, &["states no CRS", "crs = 31370"]);
    let declared = read_zones(&path, None, &ZoneColumns::default(), Some("62096"), LAMBERT_72, Some(LAMBERT_72)).unwrap();
    assert_eq!(declared.zones.len(), 2);
}

#[test]
fn wrong_crs_are_named() {
    let folder = Folder::new();
    let to = |crs: Epsg| Transformer::new(LAMBERT_72, crs).unwrap();
    let degrees = to(WGS84);
    let lambert_2008 = to(LAMBERT_2008);
    let write =
        |name: &str, driver: &str, crs: u32, rows: &[(Vec<String>, Option<String>)]| folder.write(name, driver, Some(crs), &STATBEL, rows);
    refused(&write("swapped.gpkg", "GPKG", 31370, &drawn(|(x, y)| (y, x))), &["axes look swapped"]);
    refused(&write("degrees.gpkg", "GPKG", 31370, &drawn(|p| degrees.point(p).unwrap())), &["look like degrees", "crs = 4326"]);
    refused(&write("2008.gpkg", "GPKG", 31370, &drawn(|p| lambert_2008.point(p).unwrap())), &["look like EPSG:3812", "declare crs = 3812"]);
    refused(&write("1972.gpkg", "GPKG", 3812, &drawn(|p| p)), &["look like EPSG:31370", "declare crs = 31370"]);
    // GeoJSON without a CRS means degrees; meters in it are told, and can be declared.
    let features: Vec<String> = drawn(|p| p)
        .iter()
        .map(|(v, wkt)| {
            format!(
                r#"{{"type":"Feature","properties":{{"cd_sector":"{}","cd_munty_refnis":"{}"}},"geometry":{}}}"#,
                v[0],
                v[2],
                Geometry::from_wkt(wkt.as_ref().unwrap()).unwrap().json().unwrap()
            )
        })
        .collect();
    let meters = folder.text("meters.geojson", &format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(",")));
    refused(&meters, &["look like EPSG:31370", "declared as EPSG:4326", "declare crs = 31370"]);
    let declared = read_zones(&meters, None, &ZoneColumns::default(), Some("62096"), LAMBERT_72, Some(LAMBERT_72)).unwrap();
    assert_eq!(declared.zones[0].shape().unsigned_area(), 1e4);
}

#[test]
fn heights_are_dropped_and_curves_made_straight_and_both_are_told() {
    let folder = Folder::new();
    let mut odd = rows();
    odd[0].1 = Some("POLYGON Z((231000 145000 7,231100 145000 8,231100 145100 9,231000 145100 9,231000 145000 7))".to_owned());
    odd[1].1 = Some("CURVEPOLYGON(CIRCULARSTRING(231200 145000,231300 145100,231400 145000,231300 144900,231200 145000))".to_owned());
    let read = read(&folder.write("z.gpkg", "GPKG", Some(31370), &STATBEL, &odd)).unwrap();
    assert_eq!(read.zones[0].shape().unsigned_area(), 1e4);
    let circle = read.zones[1].shape().unsigned_area();
    assert!((circle - std::f64::consts::PI * 1e4).abs() < 30.0, "{circle}");
    assert!(read.notes.iter().any(|n| n.contains("heights")) && read.notes.iter().any(|n| n.contains("curves")), "{:?}", read.notes);
}

#[test]
fn absent_and_wrong_outlines_are_problems_of_their_feature() {
    let folder = Folder::new();
    let mut odd = rows();
    odd[0].1 = None;
    odd[1].1 = Some("POLYGON EMPTY".to_owned());
    let read_odd = read(&folder.write("z.gpkg", "GPKG", Some(31370), &STATBEL, &odd)).unwrap();
    assert_eq!(kinds(&audit(&read_odd.zones)), [FindingKind::NoOutline, FindingKind::NoOutline]);
    odd[1].1 = Some("LINESTRING(0 0,1 1)".to_owned());
    refused(&folder.write("line.gpkg", "GPKG", Some(31370), &STATBEL, &odd), &["feature 2 (62096A01-)", "found LINESTRING"]);
    let points = folder.write_kind("points.gpkg", "GPKG", Some(31370), &STATBEL, &[], OGRwkbGeometryType::wkbPoint);
    refused(&points, &["no layer holds areas", "zones (Point)"]);
    refused(&folder.write("none.gpkg", "GPKG", Some(31370), &STATBEL, &[]), &["holds no feature"]);
}

// --- Crosswalk and folder ---

const CROSSWALK: &str =
    "quartier,name,sector,weight\nbas,Bas,62096A000,\nbas,Bas,62096A01-,0.25\nhaut,Haut,62096A01-,0.25\nhaut,Haut,62096A02-,1\n";

fn territory(folder: &Folder, toml: &str) -> PathBuf {
    let mut rows = rows();
    rows[2].0 = vec!["62096A02-".to_owned(), "Molinay".to_owned(), "62096".to_owned()];
    folder.write("zones.gpkg", "GPKG", Some(31370), &STATBEL, &rows);
    folder.text("crosswalk.csv", CROSSWALK);
    let start = "name = { fr = \"Ville\", en = \"Town\" }\nnis = \"62096\"\ncrs = 31370\nzones = \"zones.gpkg\"\noutlines = \"schematic\"\nsource = \"invented\"\n";
    folder.text("territory.toml", &format!("{start}{toml}"));
    folder.0.path().to_path_buf()
}

#[test]
fn a_territory_is_read_from_its_folder() {
    let folder = Folder::new();
    let path = territory(&folder, "quartiers = \"crosswalk.csv\"\nunlocated_codes = [\"62096ZZZZ\"]\n");
    let (town, report) = Territory::load(&path, &ZoneOverrides::default(), None, Language::En).unwrap();
    assert_eq!((town.name.as_str(), town.sectors.count(), town.quartiers.count()), ("Town", 3, 2));
    assert_eq!((town.outlines, town.source.as_str()), (Outlines::Schematic, "invented"));
    assert_eq!((report.unlocated_codes.len(), report.area, report.files.len()), (1, 3e4, 3));
    assert_eq!(report.notes, ["0.5000 of sector 62096A01- (Ougrée) is in no quartier"]);
    let areas: Vec<f64> = town.quartiers.iter().map(|(_, q)| q.shape.unsigned_area()).collect();
    assert_eq!(areas, [2e4, 1e4], "equal shares go to the lowest code");
    assert_eq!(town.quartiers.as_slice()[0].shape.0.len(), 1, "shared borders are dissolved");
    let (town, _) = Territory::load(&path, &ZoneOverrides::default(), Some(Zoning::Sectors), Language::Fr).unwrap();
    assert_eq!((town.name.as_str(), &town.quartiers), ("Ville", &town.sectors));
    assert!(town.membership.enumerate().all(|(idx, shares)| *shares == [(idx, 1.0)]));
    let official = ZoneOverrides { zones: Some(path.join("zones.gpkg")), ..ZoneOverrides::default() };
    assert_eq!(Territory::load(&path, &official, None, Language::Fr).unwrap().0.outlines, Outlines::Official);
}

#[test]
fn configuration_mistakes_of_a_territory_are_named() {
    for (toml, words) in [
        ("quartiere = \"x\"\n", "unknown field `quartiere`"),
        ("quartiers = \"none.csv\"\n", "none.csv: there is no such file"),
        ("[zone_columns]\ncode = \"cd\"\n", "there is no column \"cd\""),
    ] {
        let folder = Folder::new();
        let error = Territory::load(&territory(&folder, toml), &ZoneOverrides::default(), None, Language::Fr).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
    let folder = Folder::new();
    let path = territory(&folder, "");
    let error = Territory::load(&path, &ZoneOverrides::default(), Some(Zoning::Quartiers), Language::Fr).unwrap_err();
    assert!(error.to_string().contains("no crosswalk"), "{error}");
    let text = std::fs::read_to_string(path.join("territory.toml")).unwrap().replace("31370", "4326");
    folder.text("territory.toml", &text);
    let error = Territory::load(&path, &ZoneOverrides::default(), None, Language::Fr).unwrap_err();
    assert!(error.to_string().contains("crs: EPSG:4326 is no CRS to measure in"), "{error}");
}

#[test]
fn outlines_that_overlap_stop_the_run_unless_their_repair_is_asked_for() {
    let folder = Folder::new();
    let path = territory(&folder, "");
    let mut rows = rows();
    rows[1].1 = Some("POLYGON((231080 145000,231200 145000,231200 145100,231080 145100,231080 145000))".to_owned());
    std::fs::remove_file(folder.path("zones.gpkg")).unwrap();
    folder.write("zones.gpkg", "GPKG", Some(31370), &STATBEL, &rows);
    let error = Territory::load(&path, &ZoneOverrides::default(), None, Language::Fr).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Findings);
    assert!(error.to_string().contains("62096A000, 62096A01-: the zones overlap, 2000 m²"), "{error}");
    let (town, report) = Territory::load(&path, &ZoneOverrides { repair: true, ..ZoneOverrides::default() }, None, Language::Fr).unwrap();
    assert_eq!(report.repairs[0].to_string(), "62096A01-: overlap left to 62096A000, 12000.0000 m² before, 10000.0000 m² after");
    assert_eq!(town.sectors.as_slice()[1].shape.unsigned_area(), 1e4);
}

#[test]
fn a_crosswalk_keeps_what_it_spreads() {
    let folder = Folder::new();
    let path = territory(&folder, "quartiers = \"crosswalk.csv\"\n");
    let (town, _) = Territory::load(&path, &ZoneOverrides::default(), None, Language::Fr).unwrap();
    let values = PerZone::from_fn(&town.sectors, |idx| [1234.5, 0.1, 98_765.4][idx.position()]);
    let (sums, remainder) = spread(&values, &town.membership, &town.quartiers);
    let total: f64 = values.iter().sum();
    assert!((sums.iter().sum::<f64>() + remainder - total).abs() <= 1e-9 * total);
    assert!((remainder - 0.05).abs() < 1e-12);
    assert!((sums.iter().next().unwrap() - 1234.525).abs() < 1e-9);
}

#[test]
fn crosswalk_mistakes_are_told_in_one_go() {
    let header = "quartier,name,sector,weight\n";
    for (text, words) in [
        ("quartier,name\na,A\n", "the column \"sector\" is missing"),
        ("quartier,name,sector,weight,more\n", "there is no row"),
        ("", "missing"),
        (&format!("{header}a,A,s,0.6\nb,B,s,0.6\n"), "sector s sum to 1.2, more than 1"),
        (&format!("{header}a,A,s,NaN\n"), "row 2: weight"),
        (&format!("{header}a,A,s,-1\n"), "more than 0"),
        (&format!("{header}a,A,s,1e400\n"), "at most 1"),
        (&format!("{header}a,A,s,half\n"), "not a number"),
        (&format!("{header}a,A,s,0.5\na,A,s,0.5\n"), "given to quartier a twice"),
        (&format!("{header}a,A,s,\na,Other,t,\n"), "called \"A\" and \"Other\""),
        (&format!("{header}a,A,,1\n"), "must not be empty"),
        (&format!("{header}a,A\n"), "row 2"),
    ] {
        let error = Crosswalk::parse(text.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(words), "expected {words:?} in: {error}");
    }
    assert!(Crosswalk::parse(b"quartier,name,sector\na,Ougr\xE9e,s\n").unwrap_err().to_string().contains("row 2"));
    let three = (0..10).map(|i| format!("q{i},Q,s,0.1\n")).collect::<String>();
    assert!(Crosswalk::parse(format!("{header}{three}").as_bytes()).is_ok(), "ten tenths are one");
    let comma = Crosswalk::parse("\u{FEFF}quartier;name;sector;weight\na;A;s;0,5\n".as_bytes()).unwrap();
    assert_eq!(comma.shares["s"]["a"], 0.5);
    let zones = Zones::new(vec![square("s", 0.0, 0.0, 1.0).to_zone(), square("t", 1.0, 0.0, 1.0).to_zone()]).unwrap();
    let grouping = comma.group(&zones, None).unwrap();
    assert_eq!(grouping.warnings, ["0.5000 of sector s (name of s) is in no quartier", "sector t (name of t) is in no quartier"]);
    let unknown = Crosswalk::parse(format!("{header}a,A,s,\nb,B,u,\n").as_bytes()).unwrap().group(&zones, None).unwrap_err();
    assert!(unknown.to_string().contains("sector u is not among the zones") && unknown.to_string().contains("quartier b has"), "{unknown}");
}

#[test]
fn the_extent_of_zones_is_that_of_their_outlines() {
    let zones = Zones::new(vec![square("s", 0.0, 0.0, 1.0).to_zone(), square("t", 1.0, 2.0, 1.0).to_zone()]).unwrap();
    let extent = Extent::of_zones(&zones, LAMBERT_72);
    assert_eq!((extent.min_x, extent.min_y, extent.max_x, extent.max_y), (0.0, 0.0, 2.0, 3.0));
    assert!(extent.contains((2.0, 3.0)) && !extent.contains((2.1, 3.0)) && extent.grown(0.2).contains((2.1, 3.0)));
    let _: MultiPolygon<f64> = zones.as_slice()[0].shape.clone();
}
