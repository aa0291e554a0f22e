//! Outlines, in files and as bytes, and the areas that two of them share.

use std::fs;
use std::sync::OnceLock;

use geo::{Coord, LineString, MultiPolygon, Polygon};
use optima::observatory::SourceSpec;
use optima::territory::Epsg;
use optima::territory::coverage_audit::Coverage;
use optima::territory::finding::{FindingKind, Severity};
use optima::territory::outlines::Outlines;
use optima::territory::raw_zone::RawZone;
use optima::territory::repair::repair;
use optima::territory::wkb::{push_polygons, write_multipolygon};
use optima::territory::zone_file::{ZoneColumns, read_zones};
use optima::territory::zone_layer::ZoneLayer;

use super::{files, scratch};

const LAMBERT_72: Epsg = Epsg(31370);

/// The audit and the repair of what a file gave; a few thousand points at most, so that each input is fast.
fn judge(zones: &[RawZone]) {
    if zones.iter().flat_map(RawZone::points).count() > 2_000 {
        return;
    }
    let measured = Coverage::measure(zones);
    assert_eq!(measured.areas.len(), zones.len());
    assert!(measured.union_area.is_finite() && measured.areas.iter().all(|area| area.is_finite()), "an area is a number");
    if let Ok((mended, _)) = repair(zones, 0.0) {
        assert_eq!(mended.len(), zones.len(), "a repair loses no zone");
    }
}

/// A `GeoJSON` file of zones, read as a territory's outlines and as the zones of a join.
pub fn outlines(bytes: &[u8]) {
    let path = scratch::file("zones.geojson", bytes);
    if let Ok(read) = read_zones(&path, None, &ZoneColumns::default(), None, LAMBERT_72, None) {
        judge(&read.zones);
    }
    if let Ok(layer) = ZoneLayer::read(&path, None) {
        assert_eq!(layer.count(), layer.outlines().zone_count());
    }
}

/// One zone with 30 vertices, which the template of [`geopackage`] holds.
fn template() -> &'static [u8] {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let places: Vec<String> = (0..30).map(|i| format!("[{},{}]", 200_000 + i * 10, 100_000 + i * i)).collect();
        let text = format!(
            r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::31370"}}}},"features":[
            {{"type":"Feature","properties":{{"code":"A1","name":"A"}},"geometry":{{"type":"Polygon","coordinates":[[{},{}]]}}}}]}}"#,
            places.join(","),
            places[0]
        );
        let layer = ZoneLayer::read(&scratch::file("template.geojson", text.as_bytes()), None).expect("the template is sound");
        let path = scratch::folder().join("template.gpkg");
        layer.write(layer.outlines(), &[], "zones", &path).expect("a GeoPackage can be written");
        fs::read(path).expect("and read")
    })
}

/// A `GeoPackage`: the first byte says whether the rest is a file (0), the geometry of a sound one from its header on (1), or changes of
/// single bytes of a sound one (any other): where, in 65536ths of its length, and what instead.
pub fn geopackage(bytes: &[u8]) {
    let Some((mode, rest)) = bytes.split_first() else { return };
    let mut file = rest.to_vec();
    if *mode != 0 {
        file = template().to_vec();
    }
    if *mode == 1 {
        let start = file.windows(4).rposition(|w| w == b"GP\0\x03").expect("the template holds a geometry");
        let length = rest.len().min(400).min(file.len() - start);
        file[start..start + length].copy_from_slice(&rest[..length]);
    } else if *mode > 1 {
        for change in rest.chunks_exact(3).take(64) {
            let at = usize::from(u16::from_be_bytes([change[0], change[1]])) * file.len() >> 16;
            file[at] = change[2];
        }
    }
    let path = scratch::file("zones.gpkg", &file);
    if let Ok(read) = read_zones(&path, None, &ZoneColumns::default(), None, LAMBERT_72, None) {
        judge(&read.zones);
    }
    _ = ZoneLayer::read(&path, None);
    files::table(&path, &SourceSpec::default());
}

/// Well-known binary; what is read is written, and read back the same.
pub fn wkb(bytes: &[u8]) {
    let mut outlines = Outlines::default();
    if push_polygons(bytes, &mut outlines).is_err() || outlines.end_zone().is_err() {
        return;
    }
    assert!(outlines.vertices().len() <= bytes.len() / 8, "vertices that the bytes do not hold");
    let mut written = Vec::new();
    write_multipolygon(&outlines, 0, &mut written);
    let mut again = Outlines::default();
    push_polygons(&written, &mut again).and_then(|()| again.end_zone()).expect("what was written can be read");
    assert_eq!(again.vertices(), outlines.vertices());
    _ = outlines.locate(0.0, 0.0);
}

/// How a file names its CRS: in a `GeoJSON` file with one square, and as an EPSG code.
pub fn crs(bytes: &[u8]) {
    let name: String = String::from_utf8_lossy(bytes).escape_default().collect();
    let square = r#""geometry":{"type":"Polygon","coordinates":[[[5,50],[5.1,50],[5.1,50.1],[5,50]]]}"#;
    let text = format!(
        r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"{}"}}}},"features":[{{"type":"Feature","properties":{{"code":"A1"}},{square}}}]}}"#,
        name.replace('\\', "/")
    );
    let path = scratch::file("crs.geojson", text.as_bytes());
    _ = read_zones(&path, None, &ZoneColumns::default(), None, LAMBERT_72, None);
}

/// Two rings from bytes: coordinates on a small grid or as 16-bit numbers, so that vertices meet, edges overlap and rings touch.
fn two_rings(bytes: &[u8]) -> Option<[RawZone; 2]> {
    let (head, body) = bytes.split_first_chunk::<2>()?;
    let fine = head[0] & 1 == 1;
    let (offset, unit) = if head[0] & 2 == 2 { (2.0e5, 0.001) } else { (0.0, 1.0) };
    let places: Vec<Coord<f64>> = if fine {
        body.chunks_exact(4)
            .map(|c| (i16::from_le_bytes([c[0], c[1]]), i16::from_le_bytes([c[2], c[3]])))
            .map(|(x, y)| Coord { x: offset + f64::from(x) * unit, y: offset + f64::from(y) * unit })
            .collect()
    } else {
        body.chunks_exact(2).map(|c| Coord { x: offset + f64::from(c[0]) * unit, y: offset + f64::from(c[1]) * unit }).collect()
    };
    let places = &places[..places.len().min(200)];
    let cut = usize::from(head[1]) % places.len().max(1);
    let ring = |code: &str, places: &[Coord<f64>]| {
        let shape = Polygon::new(LineString(places.to_vec()), Vec::new());
        RawZone::of_shape(code, code, &MultiPolygon(vec![shape]))
    };
    Some([ring("A", &places[..cut]), ring("B", &places[cut..])])
}

/// Two rings on one network: area(A) + area(B) = area(A ∪ B) + area(A ∩ B), relative 1e-9, where both rings are valid.
pub fn overlay(bytes: &[u8]) {
    let Some(zones) = two_rings(bytes) else { return };
    let measured = Coverage::measure(&zones);
    assert!(measured.areas.iter().all(|area| *area >= 0.0 && area.is_finite()), "{:?}", measured.areas);
    let ring_fault =
        |kind: FindingKind| kind.severity() == Severity::Error && !matches!(kind, FindingKind::Overlap | FindingKind::SliverOverlap);
    if measured.findings.iter().any(|finding| ring_fault(finding.kind) || finding.kind == FindingKind::SelfTouch) {
        judge(&zones);
        return;
    }
    let shared: f64 = measured
        .findings
        .iter()
        .filter(|finding| matches!(finding.kind, FindingKind::Overlap | FindingKind::SliverOverlap))
        .filter_map(|finding| finding.area)
        .sum();
    let (apart, together) = (measured.areas.iter().sum::<f64>(), measured.union_area + shared);
    // An overlap thinner than the snapping distance is no finding; its area is below that times the perimeter.
    let tolerance = 1e-9 * apart + 1e-6 * perimeter(&zones);
    assert!((apart - together).abs() <= tolerance, "{apart} apart, {together} together, {shared} shared");
    judge(&zones);
}

fn perimeter(zones: &[RawZone]) -> f64 {
    let ring = |ring: &Vec<Coord<f64>>| ring.windows(2).map(|w| (w[1].x - w[0].x).hypot(w[1].y - w[0].y)).sum::<f64>();
    zones.iter().flat_map(|zone| zone.parts.iter().flatten()).map(ring).sum()
}
